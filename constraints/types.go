package constraints

import (
	"errors"
	"math"

	"allot/mechanisms"
	"allot/solver/equilibrium"
	"allot/solver/equilibrium/private"
)

// Types is an equilibrium of agents who know their own values only. Measures are
// expectations before values are known, unless a constraint says otherwise; the definitions
// are those for known values, realisation by realisation.
type Types struct {
	// Values are the distributions that agents play with (after terms), in the market's order.
	Values []mechanisms.Distribution
	// Curves are their strategies; empty where an agent's signal does not depend on its type.
	Curves []mechanisms.BidCurve
}

// privately constraints have a measure for agents who know their own values only.
type privately interface {
	// privately is the measure, and one line on it.
	privately(c *Case) (measure float64, why string, err error)
}

var (
	errPrivate  = errors.New("not defined with private values: it is about agents that know each other's values")
	errUntyped  = errors.New("not computed with private values where these share a component, the right is resold or agents mind rivals' profit")
	errRule     = errors.New("not computed with private values for this rule")
	errTies     = errors.New("not computed with private values where several agents' types bid the same with positive probability")
	errPatience = errors.New("not defined with private values: patience is of rings that meet again and know their values")
)

// Privately measures a constraint where agents know their own values only, with one line
// on it. An error says why there is no measure.
func Privately(k Constraint, c *Case) (measure float64, why string, err error) {
	if Interim(k) {
		if measure, err = k.Measure(c); err != nil {
			return 0, "", err
		}
		return measure, k.Explain(c, measure), nil
	}
	if g, ok := k.(guarded); ok {
		k = g.Constraint
	}
	p, ok := k.(privately)
	switch {
	case !ok:
		return 0, "", errPrivate
	case c == nil || c.Account == nil || c.Equilibrium == nil:
		return 0, "", errNoAccount
	case c.Types == nil:
		return 0, "", errUntyped
	}
	if measure, why, err = p.privately(c); err == nil && (math.IsNaN(measure) || math.IsInf(measure, 0)) {
		err = errNotFinite
	}
	return measure, why, err
}

// leastCost is what a lone agent pays for the right: the reserve, the fee, the fee and the
// price. A phantom bid makes it depend on the type, and has none.
func (t *Types) leastCost(m mechanisms.Mechanism) (float64, error) {
	switch m := m.(type) {
	case mechanisms.Ranked:
		return m.Ranking().Reserve, nil
	case mechanisms.EqualChance:
		return m.Lot().Fee + m.Lot().Price, nil
	case mechanisms.Ratioed:
		if r := m.Ratio(); r.Phantom == 0 {
			return r.Fee, nil
		}
	case mechanisms.Priced:
		return 0, nil
	}
	return 0, errRule
}

// collected is what the agents of the highest n means pay together, at the equilibrium of
// a market of these alone, and their values.
func (t *Types) collected(m mechanisms.Mechanism, order []int, n int) (float64, []mechanisms.Distribution, error) {
	values := make([]mechanisms.Distribution, n)
	for k, i := range order[:n] {
		values[k] = t.Values[i]
	}
	eq, err := private.Solver{Tolerance: 1e-6, Brief: true}.Solve(m, values)
	if err != nil || eq.Status == equilibrium.NotFound {
		return 0, nil, errUnsolved
	}
	return total(eq.Account.Cost), values, nil
}

// entrants are the chances that agents take part in a lottery.
func (t *Types) entrants() []float64 {
	chance := make([]float64, len(t.Curves))
	for i, c := range t.Curves {
		for k := 1; k < len(c.Bids); k++ {
			if c.Bids[k] > 0 && c.Bids[k-1] > 0 {
				chance[i] += c.Below[k] - c.Below[k-1]
			}
		}
		chance[i] = math.Min(1, chance[i])
	}
	return chance
}

// tie reports that types of two agents bid the same, at the reserve or above, with a
// probability that is not rounding: at most the products of what the agents bid there.
func (t *Types) tie(reserve float64) bool {
	before := make(map[float64]float64) // what the agents before have at a bid
	chance := 0.0
	for _, c := range t.Curves {
		atoms := func(visit func(bid, mass float64)) {
			for k := 1; k < len(c.Bids); k++ {
				if b := c.Bids[k]; b >= reserve && b == c.Bids[k-1] {
					visit(b, math.Max(c.Below[k]-c.Below[k-1], c.Above[k-1]-c.Above[k]))
				}
			}
		}
		atoms(func(b, mass float64) { chance += before[b] * mass })
		atoms(func(b, mass float64) { before[b] += mass })
	}
	return chance > 1e-10
}
