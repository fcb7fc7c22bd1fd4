package private

import (
	"math"

	"allot/mechanisms"
)

// party is a number of agents with one distribution of values and one weight.
type party struct {
	*group
	n      int
	agents []int
	weight float64
}

// parties sorts agents by distribution and weight, in order of appearance.
func parties(values []mechanisms.Distribution, weights []float64) []party {
	type key struct {
		g int
		w float64
	}
	var out []party
	index := make(map[key]int)
	groups := grouped(values)
	for i, g := range groups {
		for _, a := range g.agents {
			w := 1.0
			if a < len(weights) {
				w = weights[a]
			}
			j, ok := index[key{i, w}]
			if !ok {
				j = len(out)
				index[key{i, w}] = j
				out = append(out, party{group: g, weight: w})
			}
			out[j].n++
			out[j].agents = append(out[j].agents, a)
		}
	}
	return out
}

// lattice has the nodes of the integrals over u that give the chances in a draw. An
// agent of impact x among rivals whose impacts sum to S wins with probability
//
//	E[x/(x+S)] = int_0^inf x e^(-xu) E[e^(-uS)] du
//
// and the transform of a sum of independent impacts is the product of theirs: n
// agents cost as much as two. In y = ln u the integrand is analytic in a strip of
// half-width pi/2 and falls off at both ends, so the trapezoidal rule with step h errs by
// about e^(-pi^2/h) (Trefethen, Weideman 2014). What lies below the first node is a
// geometric sum.
type lattice struct {
	u    []float64
	rest float64 // int_0 du below the first node
}

const latticeStep = 0.3

// newLattice covers impacts from least (of one agent) to most (of all together).
func newLattice(least, most float64) *lattice {
	first, last := math.Log(1e-8/most), math.Log(45/least)
	n := min(6000, 2+int((last-first)/latticeStep))
	l := &lattice{u: make([]float64, n)}
	for k := range l.u {
		l.u[k] = math.Exp(first + latticeStep*float64(k))
	}
	l.rest = latticeStep * l.u[0] / math.Expm1(latticeStep)
	return l
}

// chance is E[x/(x+S)] from P(u) = E[e^(-uS)] at the nodes.
func (l *lattice) chance(x float64, p []float64) float64 {
	sum := 0.0
	for k, u := range l.u {
		z := x * u
		if z > 60 {
			break
		}
		sum += u * math.Exp(-z) * p[k]
	}
	return math.Min(1, x*(l.rest+latticeStep*sum))
}

// slopes are E[x/(x+S)] and its first two derivatives in x, from P and Q(u) = -P'(u) =
// E[S e^(-uS)]: E[S/(x+S)^2] = int u e^(-xu) Q du, so that nothing cancels.
func (l *lattice) slopes(x float64, p, q []float64) (w, d1, d2 float64) {
	for k, u := range l.u {
		z := x * u
		if z > 60 {
			break
		}
		e := u * math.Exp(-z)
		w += e * p[k]
		e *= u * q[k]
		d1 += e
		d2 -= e * u
	}
	return math.Min(1, x*(l.rest+latticeStep*w)), latticeStep * d1, latticeStep * d2
}
