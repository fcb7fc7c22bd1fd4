package private

import (
	"math"

	"allot/mechanisms"
	"allot/solver/equilibrium"
)

// Three or more agents of different kinds in an all-pay auction. The type phi_k that bids b
// maximises phi_k H_k(b) - b, H_k = P/F_k(phi_k) with P the distribution function of the highest
// bid: phi_k H_k' = 1. With l_k = ln F_k(phi_k), L = ln P and w_k = F_k/phi_k
//
//	dl_k/dL = 1 - (N-1) w_k/S,   db/dL = P (N-1)/S,   S = sum n_k w_k
//
// over the groups that take part, of N agents: from the top down the l_k do not depend on the top
// bid. It decides who takes part, through the pay-offs u_k = phi_k H_k - b. A group whose
// next type would rather bid less, (N-1) w_k >= S, waits; one whose next type has u_k = 0 drops
// out, and its types below bid nothing: with three or more agents a strategy can so jump
// (Parreiras, Rubinchik 2010). The top bid is right if all but at most one single agent have
// dropped out just at the reserve (or at 0); that agent's types that gain by it bid the reserve.
// Not covered, and said not to be found: strategies with a jump elsewhere than to 0, known
// values of pay-off 0, atoms and gaps. A test asserts three draws of U[0,h_k], where
// b = (v/h_k)^(1/c_k)/A, A = sum 1/h_k/2, c_k = 1 - 1/(h_k A), closed forms of equal agents
// written as different ones, the pair of Amann, Leininger (1996), and what a dumb best reply
// gains.
type paying struct {
	groups  []*group
	reserve float64
	scale   float64
	tip     float64 // the survival that stands for the top of a support without end
	inLog   bool

	tolerance float64
	part      []part
	phi, w    []float64
	ode       explicit
	y         []float64
	at        []float64   // for looks inside a step
	kinks     [][]float64 // where l_k meets those of the distribution function, descending
	kink      []int       // the next of each group
	record    bool
	steps     []payment
	gain      []float64 // what the next type of a group that does not take part would gain at most
}

// part is what a group does at a bid.
type part uint8

const (
	waits part = iota // its highest type bids less
	bids
	stands // its types below bid nothing
)

// payment is a step with who takes part in it.
type payment struct {
	step
	part []part
}

// slope writes dy/dL for y = (l_1, ..., l_K, b) at L.
func (p *paying) slope(l float64, y, dy []float64) bool {
	k := len(p.groups)
	sum, n := 0.0, 0
	for i, g := range p.groups {
		dy[i] = 0
		if p.part[i] != bids {
			continue
		}
		p.phi[i] = p.value(i, y[i])
		p.w[i] = math.Exp(y[i]) / p.phi[i]
		sum += float64(g.n) * p.w[i]
		n += g.n
	}
	if n < 2 || !(sum > 0) {
		return false
	}
	m := float64(n-1) / sum
	for i := range p.groups {
		if p.part[i] == bids {
			dy[i] = 1 - m*p.w[i]
		}
	}
	dy[k] = math.Exp(l) * m
	return true
}

// value is the value of the type of group k whose l is given.
func (p *paying) value(k int, l float64) float64 {
	g := p.groups[k]
	switch {
	case l >= 0 && g.high == math.Inf(1):
		return g.upper(p.tip)
	case l >= 0:
		return g.high
	case l > -0.69:
		return g.upper(math.Max(-math.Expm1(l), p.tip*1e-3))
	}
	return g.Quantile(math.Exp(l))
}

// payoff is u_k at L.
func (p *paying) payoff(k int, l float64, y []float64) float64 {
	return p.value(k, y[k])*math.Exp(l-y[k]) - y[len(p.groups)]
}

// ready reports that a group that waits would bid as the others do now, and gain by it: v is its
// type that would.
func (p *paying) ready(i int, l float64, y []float64) (v float64, ok bool) {
	g := p.groups[i]
	if p.part[i] != waits {
		return 0, false
	}
	sum, n := 0.0, 0
	for j, o := range p.groups {
		if p.part[j] == bids {
			sum += float64(o.n) * math.Exp(y[j]) / p.value(j, y[j])
			n += o.n
		}
	}
	v = p.value(i, 0)
	if n >= 2 {
		v = float64(n-1) / sum
		if g.high == math.Inf(1) && g.survival(v) < math.Max(1e-4*-l, p.tip) || v >= g.high*(1-1e-15) {
			return v, false
		}
		if v = math.Max(g.low, v); g.high < math.Inf(1) {
			v = g.high
		}
	}
	return v, v*math.Exp(l) > y[len(p.groups)]
}

// join lets in whoever is ready, the highest first, and reports whether somebody came.
func (p *paying) join(l float64, y []float64) bool {
	came := false
	for {
		best, at, most := -1, 0.0, 0.0
		for i := range p.groups {
			if v, ok := p.ready(i, l, y); ok && (best < 0 || p.value(i, 0) > most) {
				best, at, most = i, v, p.value(i, 0)
			}
		}
		if best < 0 {
			return came
		}
		if g := p.groups[best]; g.high == math.Inf(1) && at < most {
			y[best] = math.Log1p(-g.survival(at))
		}
		p.part[best], p.gain[best] = bids, 0
		came = true
	}
}

// allPayMany solves the auction.
func (s Solver) allPayMany(eq *Equilibrium, rule mechanisms.Ranking, groups []*group) {
	eq.Method = "first-order conditions integrated from the top bid, dropping out at pay-off 0 (Parreiras, Rubinchik 2010)"
	missing := func(reason string) {
		*eq = Equilibrium{Status: equilibrium.NotFound, Method: eq.Method, Reason: reason, Highest: eq.Highest}
	}
	for _, g := range groups {
		if a, ok := g.Distribution.(interface {
			Atoms() (values, probabilities []float64)
		}); ok && !g.point() {
			if values, _ := a.Atoms(); len(values) > 0 {
				missing("atoms among three or more different agents of an all-pay auction")
				return
			}
		}
	}
	if _, n := reaching(groups, rule.Reserve); n < 2 {
		s.lone(eq, groups, rule.Reserve)
		return
	}
	p := newPaying(groups, rule.Reserve, eq.Highest)
	p.tolerance = math.Min(1e-8, math.Max(1e-13, 1e-5*s.Tolerance))
	top, ok := p.search()
	if !ok {
		missing("no top bid at which the last agents drop out at the reserve was found")
		return
	}
	p.record = true
	last := p.shoot(top)
	if !last.ok || !(math.Abs(last.miss) <= 1e-9*p.scale) || len(p.steps) == 0 {
		missing("no top bid at which the last agents drop out at the reserve was found")
		return
	}
	for i := range groups {
		if p.gain[i] > 1e-8*p.scale {
			missing("an agent would come back at a lower bid: a strategy with a jump elsewhere than to 0")
			return
		}
	}
	p.finish(s, eq, top, last.at)
	eq.Status = equilibrium.Converged
	if bad := unsound(eq); bad != "" {
		missing(bad)
	}
}

func newPaying(groups []*group, reserve, scale float64) *paying {
	k := len(groups)
	sys := newSystem(groups, reserve, 0, scale)
	p := &paying{groups: groups, reserve: reserve, scale: scale, tip: sys.tip, inLog: sys.tipped}
	for _, g := range groups {
		if f, ok := g.Distribution.(interface{ Density(float64) float64 }); ok && g.high < math.Inf(1) && !g.point() {
			p.inLog = p.inLog || f.Density(g.high)*(g.high-g.low) >= 1e3
		}
	}
	p.part, p.gain = make([]part, k), make([]float64, k)
	p.kinks, p.kink = make([][]float64, k), make([]int, k)
	for i, g := range groups {
		for j := len(g.breaks) - 1; j >= 0; j-- {
			if v := g.breaks[j]; v > g.low && v < g.high {
				p.kinks[i] = append(p.kinks[i], math.Log(g.CDF(v)))
			}
		}
	}
	p.phi, p.w = make([]float64, k), make([]float64, k)
	p.y, p.at, p.ode = make([]float64, k+1), make([]float64, k+1), newExplicit(k+1)
	return p
}

// search finds the least top bid from which everybody drops out above the
// reserve, or the greatest from which two are left there, whichever misses by less: by the secant
// through the last two points below, and by halving.
func (p *paying) search() (float64, bool) {
	lo, hi := p.reserve, 2*p.scale+p.reserve
	for range 60 {
		if r := p.shoot(hi); !r.ok {
			return 0, false
		} else if r.high {
			break
		}
		lo, hi = hi, 2*hi
	}
	// What is missed below falls to 0 about as a line; above, about as a root.
	below, above := math.Inf(-1), math.Inf(1)
	before, missed := lo, below // an earlier point below
	for try := range 200 {
		x := lo/2 + hi/2
		if try%4 > 0 && missed < below && missed > math.Inf(-1) {
			if t := lo - below*(lo-before)/(below-missed); t > lo && t < hi {
				if x = t; try%4 == 2 { // just beyond, to have the other side too
					x = math.Min(hi, t+0.01*(t-lo))
				}
			}
		}
		if !(x > lo && x < hi) {
			break
		}
		r := p.shoot(x)
		switch {
		case !r.ok:
			return 0, false
		case r.high:
			hi, above = x, r.miss
		default:
			before, missed = lo, below
			lo, below = x, r.miss
		}
		least := math.Min(above, -below)
		if least <= 1e-13*p.scale || hi-lo < 1e-7*p.scale && least > 1e-3*p.scale { // it jumps over 0
			break
		}
	}
	if -below < above {
		return lo, true
	}
	return hi, true
}
