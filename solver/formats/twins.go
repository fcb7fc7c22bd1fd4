package formats

import (
	"errors"
	"fmt"
	"math"
	"sort"

	"allot/solver/certify"
	"allot/solver/certify/component"
)

// Twins compares the sealed first-price auction with the open one when builders of a type
// share a component of their values and know it: v_i = C e_i, ln C ~ N(mu, sigma^2) known to
// the type, ln e_i ~ N(0, omega^2) known to the builder, types independent.
//
// In the open auction builders bid their values, which is dominant. In the first-price auction
// a type whose members know C plays the symmetric equilibrium of its n members against each
// other and against the other types' highest bid, of distribution function H: with z the
// normal score of e, the payoff per chance to beat the twins, V = (v - b) H(b), solves
//
//	dV/dz = omega v H(b) - (n-1) phi(z)/Phi(z) V
//
// from V = 0 at the bottom, b the higher solution of (v-b) H(b) = V (twins bid the price up).
// H follows from the strategies by quadrature over z and C, and the two are iterated: the
// other types matter by the order of omega only, so that this converges, unlike best replies
// among single builders. Types whose e is far up meet no twin and V is next to the peak of
// (v-b) H(b), where the equation is stiff: hence backward differences of order four (Gear
// 1971), implicit in V, one root a step.
//
// As omega -> 0 twins compete all of the surplus away: both formats bring E max_t C_t (for two
// types the mean of the larger of two log-normal draws, a closed form), short of it by the
// order of omega; a test asserts that, and that the formats differ by the order of omega^2.
//
// The bound is that of a designer who knows every C, which no mechanism can exceed: given
// them values are independent, and it is the mean over C of Myerson's optimum, E max(0, psi)
// with psi = v (1 - omega (1-Phi(z))/phi(z)).
// Epsilon is proven (package component), over all types but those more than six standard
// deviations out, of chance 2e-9 each; Revenue's own error is that of the quadrature.
//
// A reserve in the sealed auction is tried where it keeps the right from being sold with the
// chances 1e-5, 1e-3 and 0.1; one that adds less than 1e-5 of revenue is none.
//
// Domain: two or more builders in each type, sigma and omega > 0, omega at most sigma. steps
// is the grid, entries to a standard deviation; 0 means 50. The model is that of Gupta, Pai,
// Resnick, Tang.
func Twins(types []Type, steps int) (Report, error) {
	if steps <= 0 {
		steps = 50
	}
	w, err := newWorld(types, steps, math.Inf(-1))
	if err != nil {
		return Report{}, err
	}
	if !w.solve() {
		return Report{}, errUnsettled
	}
	var r Report
	r.Highest = w.expect(func(j int) float64 { return w.above(j, 0) })
	r.Bound.Revenue = w.myerson()
	r.Bound.Value = r.Bound.Revenue
	open := w.expect(func(j int) float64 { return w.above(j, 1) })
	r.Open = Format{Revenue: open, Welfare: r.Highest, Payoff: r.Highest - open, Standing: certify.Certified}
	first, payoff := w.expect(w.sealed), w.payoff()
	proof := w.prove(steps)
	r.First = Format{Revenue: first, Welfare: first + payoff, Payoff: payoff, Standing: proof.Standing, Epsilon: proof.Epsilon / r.Highest,
		Error: math.Max(proof.High-first, first-proof.Low)}
	r.OpenBest = w.reserve(r.Open)
	r.FirstBest, err = w.reserved(r.First)
	return r, err
}

var errUnsettled = errors.New("formats: the iteration between the types did not settle")

// newWorld is the grid for these types and a reserve, not yet solved.
func newWorld(types []Type, steps int, floor float64) (*world, error) {
	if len(types) == 0 {
		return nil, errors.New("formats: there are no types")
	}
	low, high := math.Inf(1), math.Inf(-1)
	for i, t := range types {
		if t.Count < 2 || !(t.Sigma > 0 && t.Omega > 0 && t.Omega <= t.Sigma) || math.IsNaN(t.Mu) || math.IsInf(t.Mu+t.Sigma, 0) {
			return nil, fmt.Errorf("formats: type %d: there must be two builders or more, and 0 < omega <= sigma", i+1)
		}
		s := math.Hypot(t.Sigma, t.Omega)
		low = math.Min(low, t.Mu-(reach+1)*s)
		high = math.Max(high, t.Mu+(reach+1)*s+s*s)
	}
	if floor > low { // what is bid begins there
		low = floor
	}
	w := &world{types: types, scores: newScores(reach * steps), y: -reach, ny: 7*steps/5 + 1, nx: 8*steps + 1, floor: floor}
	w.dy = 2 * reach / float64(w.ny-1)
	w.x, w.dx = low, (high-low)/float64(w.nx-1)
	for _, t := range types {
		b := make([]float64, w.ny*len(w.phi))
		for i := range b { // the first guess: values
			b[i] = w.z(i % len(w.phi))
		}
		w.bid = append(w.bid, b)
		w.gap = append(w.gap, make([]float64, len(b)))
		w.score = append(w.score, make([]float64, w.nx))
		w.rival = append(w.rival, make([][2]float64, finer*(w.nx-1)+1))
		w.none = append(w.none, w.ranked(t, 0))
		w.one = append(w.one, w.ranked(t, 1))
	}
	return w, nil
}

// prove certifies the strategies, on so many rows to a standard deviation of C, and as many
// columns to one of e where e matters, half as many where it hardly does.
func (w *world) prove(steps int) component.Proof {
	groups, plans := make([]component.Group, len(w.types)), make([]component.Plan, len(w.types))
	for t, ty := range w.types {
		groups[t] = component.Group(ty)
		columns := steps
		if ty.Omega < 0.02*ty.Sigma {
			columns = max(4, steps/2)
		}
		fine, edge := newScores(2*reach*columns), (reach-component.Reach)*columns
		bids, gaps := make([]float64, len(fine.phi)), make([]float64, len(fine.phi))
		for i := -component.Reach * steps; i <= component.Reach*steps; i++ {
			w.row(t, float64(i)/float64(steps), fine, bids, gaps)
			plans[t] = append(plans[t], append([]float64(nil), bids[edge:len(bids)-edge]...))
		}
	}
	return component.FirstPrice(groups, plans)
}

// reserved is the sealed auction with the best reserve that was tried, on a coarser grid.
func (w *world) reserved(first Format) (Format, error) {
	const coarse = 15
	best := first
	for _, unsold := range []float64{1e-5, 1e-3, 0.1} {
		j := sort.Search(w.nx-1, func(j int) bool { return 1-w.above(j, 0) >= unsold })
		x := w.x + float64(j)*w.dx
		v, err := newWorld(w.types, coarse, x)
		if err != nil {
			return best, err
		}
		if !v.solve() {
			return best, errUnsettled
		}
		if y := v.taken(); y > best.Revenue*(1+1e-5) {
			best = Format{Reserve: math.Exp(x), Revenue: y, Unsold: 1 - w.above(j, 0), Welfare: math.NaN(), Payoff: math.NaN(), Epsilon: math.Inf(1)}
		}
	}
	return best, nil
}

// taken is what the sealed auction brings with the reserve at which the grid begins: the
// reserve itself wherever anybody bids, and int P(a bid above x) dx from there on, by
// Gregory's rule.
func (w *world) taken() float64 {
	ends := [...]float64{3. / 8, 7. / 6, 23. / 24}
	sum := 0.0
	for j := range w.nx {
		weight := w.dx
		if j < len(ends) {
			weight *= ends[j]
		}
		sum += weight * math.Exp(w.x+float64(j)*w.dx) * w.sealed(j)
	}
	return sum + math.Exp(w.x)*w.above(0, 0)
}
