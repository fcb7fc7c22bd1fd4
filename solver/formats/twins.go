package formats

import (
	"fmt"
	"math"

	"allot/solver/certify"
	proof "allot/solver/certify/component"
	"allot/solver/equilibrium/component"
)

// Twins compares the sealed first-price auction with the open one when builders of a type
// share a component of their values and know it: v_i = C e_i, ln C ~ N(mu, sigma^2) known to
// the type, ln e_i ~ N(0, omega^2) known to the builder, types independent. Package
// equilibrium/component has the game.
//
// The bound is that of a designer who knows every C, the mean over C of Myerson's optimum.
// Epsilon is proven (package certify/component), over all types but those more than six
// standard deviations out, of chance 2e-9 each, and so is Error; what is stable beyond shows
// in more steps.
//
// A reserve in the sealed auction is tried where it keeps the right from being sold with the
// chances 1e-5, 1e-3 and 0.1; one that adds less than 1e-5 of revenue is none.
//
// Domain: two or more builders in each type, sigma and omega > 0, omega at most sigma. steps
// is the grid, entries to a standard deviation; 0 means 50. A test asserts that both formats
// bring E max_t C_t as omega -> 0, and differ by the order of omega^2.
func Twins(types []Type, steps int) (Report, error) {
	if steps <= 0 {
		steps = 50
	}
	groups, proven := make([]component.Group, len(types)), make([]proof.Group, len(types))
	for t, ty := range types {
		groups[t], proven[t] = component.Group(ty), proof.Group(ty)
	}
	g, err := component.New(groups, steps)
	if err != nil {
		return Report{}, fmt.Errorf("formats: %w", err)
	}
	var r Report
	r.Highest, r.Bound.Revenue = g.Highest(), g.Bound()
	r.Bound.Value = r.Bound.Revenue
	var plans []proof.Plan
	for _, p := range g.Plans(proof.Reach, steps) {
		plans = append(plans, p)
	}
	p := proof.FirstPrice(proven, plans)
	first := g.FirstPrice()
	r.First = Format{Revenue: first.Revenue, Welfare: first.Welfare, Payoff: first.Welfare - first.Revenue, Standing: p.Standing,
		Epsilon: p.Epsilon / r.Highest, Error: math.Max(p.High-first.Revenue, first.Revenue-p.Low)}
	r.FirstBest = r.reserved(g)
	open, err := g.Open()
	if err != nil {
		return r, fmt.Errorf("formats: %w", err)
	}
	r.Open = Format{Revenue: open.Revenue, Welfare: open.Welfare, Payoff: open.Welfare - open.Revenue, Standing: certify.Certified}
	r.OpenBest = r.Open
	if x, y, unsold := g.OpenReserve(); x > 0 {
		r.OpenBest = Format{Reserve: x, Revenue: y, Unsold: unsold, Welfare: math.NaN(), Payoff: math.NaN(), Standing: certify.Certified}
	}
	return r, nil
}

// reserved is the sealed auction with the best reserve that was tried, all on the same coarse
// grid; NaN where one could not be solved.
func (r *Report) reserved(g *component.Game) Format {
	const coarse = 15
	best := r.First
	_, none, err := g.Reserved(0, coarse)
	for _, unsold := range []float64{1e-5, 1e-3, 0.1} {
		x, y, failed := g.Reserved(unsold, coarse)
		if err != nil || failed != nil || y > r.Bound.Revenue {
			return Format{Reserve: math.NaN(), Revenue: math.NaN(), Welfare: math.NaN(), Payoff: math.NaN(), Epsilon: math.Inf(1)}
		}
		if y > none*(1+1e-5) && y > best.Revenue {
			best = Format{Reserve: x, Revenue: y, Unsold: unsold, Welfare: math.NaN(), Payoff: math.NaN(), Epsilon: math.Inf(1)}
		}
	}
	return best
}
