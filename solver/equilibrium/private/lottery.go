package private

import (
	"math"

	"allot/mechanisms"
	"allot/solver/equilibrium"
)

// A lottery's agents enter if their value is at least a cutoff:
//
//	(v*_i - price) T_i = fee,   T_i = E[w_i/(w_i + sum of w over the others who enter)]
//
// because what entering brings rises with the value and standing back brings
// nothing. Without a fee v* is the price whatever the others do. Agents of equal
// distribution and weight enter alike; the fewer enter, the better the chance, so among
// equals the cutoff is unique; among different agents each one's cutoff is solved for in
// turn until none moves. Types of the cutoff's value (an atom) mix: the cutoff is a rank.
// The chance is exact but for rounding, for any number of agents and any weights (see
// lattice). Domain: every distribution with a mean. (Entry at a cutoff: Samuelson 1985.)
// A test asserts v* = (sqrt 5 - 1)/2 for two uniform draws at fee 1/2, where v (1+v)/2 = 1/2,
// and the binomial sum for many.
func (s Solver) lottery(eq *Equilibrium, lot mechanisms.Lot, values []mechanisms.Distribution) {
	eq.Method = "cutoffs of entry (Samuelson 1985), the chances by the transform of the entrants' weights"
	ps := parties(values, lot.Weights)
	d := draw{parties: ps, lot: lot, entry: make([]rank, len(ps))}
	if !d.solve() {
		eq.Status, eq.Reason = equilibrium.NotFound, "the cutoffs of entry did not settle"
		eq.Curves = nil
		return
	}
	if lot.Fee > 0 && len(values) > 1 {
		eq.Selection = "equal agents enter alike"
		if len(ps) > 1 {
			eq.Selection += "; others may exist"
		}
	}
	eq.Account = newAccount(len(values))
	acc := &eq.Account
	none := 1.0
	for i := range ps {
		p := &ps[i]
		e := d.entry[i]
		var k knots
		k.one(p.group, e, 1)
		curve := k.curve()
		t := 0.0
		if e.above > 0 {
			t = d.chance(i)
			eq.Top, eq.Bottom = 1, 1
		}
		win := e.above * t
		worth := t * upward(p.group, e)
		cost := e.above*lot.Fee + win*lot.Price
		none *= power(1-e.above, p.n)
		for _, a := range p.agents {
			eq.Curves[a] = curve
			acc.Values[a], acc.Win[a], acc.Cost[a], acc.Payoff[a] = p.Mean(), win, cost, math.Max(0, worth-cost)
			acc.Welfare += worth
		}
	}
	acc.Unsold = clean(none)
	eq.Status = equilibrium.Converged
}

// upward is E[V; rank above e].
func upward(g *group, e rank) float64 {
	if e.above <= 0 {
		return 0
	}
	if g.point() {
		return e.above * g.low
	}
	if e.below <= 0 {
		return g.Mean()
	}
	v, one := e.value, []*group{{law: g.law, n: 1}}
	ends := panels(one, v)
	return v*e.above + over(g.survival, ends) + beyond(one, ends[len(ends)-1])
}

// draw is a lottery among parties.
type draw struct {
	parties []party
	lot     mechanisms.Lot
	entry   []rank
	grid    *lattice
	product []float64
}

// chance is T_i at the present cutoffs.
func (d *draw) chance(i int) float64 {
	if d.grid == nil {
		least, most := math.Inf(1), 0.0
		for _, p := range d.parties {
			least, most = math.Min(least, p.weight), most+p.weight*float64(p.n)
		}
		d.grid = newLattice(least, most)
		d.product = make([]float64, len(d.grid.u))
	}
	for k, u := range d.grid.u {
		log := 0.0
		for j := range d.parties {
			p, m := &d.parties[j], d.parties[j].n
			if j == i {
				m--
			}
			if q := d.entry[j].above; m > 0 && q > 0 {
				log += float64(m) * math.Log1p(q*math.Expm1(-p.weight*u))
			}
		}
		d.product[k] = math.Exp(log)
	}
	return d.grid.chance(d.parties[i].weight, d.product)
}

// solve finds the cutoffs.
func (d *draw) solve() bool {
	for i := range d.parties {
		p := &d.parties[i]
		d.entry[i] = rank{0, 1, p.low}
		if d.lot.Fee == 0 {
			d.entry[i] = from(p.group, d.lot.Price)
		}
	}
	if d.lot.Fee == 0 {
		return true
	}
	last := math.Inf(1)
	weight := 1.0
	for round := range 400 {
		moved := 0.0
		for i := range d.parties {
			before := d.entry[i]
			d.cut(i)
			if weight < 1 {
				d.entry[i] = between(d.parties[i].group, before, d.entry[i], weight)
			}
			moved = math.Max(moved, math.Abs(d.entry[i].above-before.above))
		}
		if len(d.parties) == 1 || moved < 1e-14 {
			return true
		}
		if round > 20 && moved > 0.7*last {
			weight = math.Max(0.1, weight*0.8)
		}
		last = moved
	}
	return last < 1e-11
}

// from is the rank of the lowest type of at least v.
func from(g *group, v float64) rank {
	switch {
	case v <= g.low:
		return rank{0, 1, g.low}
	case v > g.high:
		return rank{1, 0, g.high}
	}
	just := math.Nextafter(v, 0)
	return rank{g.CDF(just), g.survival(just), v}
}

// between is the rank a share w of the way from a to b.
func between(g *group, a, b rank, w float64) rank {
	r := rank{below: a.below + w*(b.below-a.below), above: a.above + w*(b.above-a.above)}
	r.value = g.low
	switch {
	case r.above <= 0:
		r.value = g.high
	case r.below > 0:
		r.value = g.at(r.below, r.above)
	}
	return r
}

// cut solves for the cutoff of party i, given the others': the least rank at which
// entering pays its fee.
func (d *draw) cut(i int) {
	p := &d.parties[i]
	pays := func(r rank) bool {
		d.entry[i] = r
		return (r.value-d.lot.Price)*d.chance(i) >= d.lot.Fee
	}
	d.entry[i] = least(p.group, pays)
}

// least is the lowest rank for which what holds from some rank up holds.
func least(g *group, holds func(rank) bool) rank {
	if r := (rank{0, 1, g.low}); holds(r) {
		return r
	}
	// In ln(p/(1-p)), which reaches both tails.
	at := func(x float64) rank {
		p, q := 1/(1+math.Exp(-x)), 1/(1+math.Exp(x))
		return rank{p, q, g.at(p, q)}
	}
	lo, hi := -700.0, 700.0
	if !holds(at(hi)) {
		return rank{1, 0, g.high}
	}
	for range 80 {
		mid := lo/2 + hi/2
		if mid <= lo || mid >= hi {
			break
		}
		if holds(at(mid)) {
			hi = mid
		} else {
			lo = mid
		}
	}
	return at(hi)
}
