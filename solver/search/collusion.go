package search

import (
	"context"
	"errors"
	"fmt"
	"math"

	"allot/mechanisms"
	"allot/objectives"
	"allot/solver/cartel"
	"allot/solver/certify"
	"allot/solver/equilibrium"
)

// Collusion is one fixed mechanism in a market of known values, with the ring that can form
// against it.
type Collusion struct {
	// Candidate is the mechanism under competition.
	Candidate *Candidate
	// Ring is the ring of all agents: its values are those after terms.
	Ring cartel.Ring
	// Factor is what winning is worth after terms per unit of value.
	Factor float64
	// Reason says why there is no ring to examine, "" where there is: the competitive
	// equilibrium was not found, or validators see outcomes with noise.
	Reason string
}

// errDrawn is what a ring cannot be computed from.
var errDrawn = errors.New("search: rings are computed for agents who know each other's values: numbers, and information: complete")

// Collude solves every mechanism of the problem, whose parameters are fixed, under
// competition and prepares its ring. discounts are the agents' discount factors; nil for
// the market's, where every agent has one. Objective and constraints play no part. Values
// that are drawn or private are an error.
func Collude(ctx context.Context, problem *Problem, discounts []float64) ([]*Collusion, error) {
	p := *problem
	p.Objective, p.Constraints, p.Workers = objectives.Revenue{}, nil, 1
	if err := p.normalise(); err != nil {
		return nil, err
	}
	if _, known := p.Market.Known(nil); !known || p.Market.Information == mechanisms.Private {
		return nil, errDrawn
	}
	if discounts == nil {
		discounts = patience(p.Market)
	} else if len(discounts) != len(p.Market.Agents) {
		return nil, fmt.Errorf("search: %d discount factors for %d agents", len(discounts), len(p.Market.Agents))
	}
	d, err := newDraws(p.Market, p.Draws, p.Seed)
	if err != nil {
		return nil, err
	}
	e := newEvaluator(&p, d)
	w := e.workers[0]
	all := make([]*Collusion, 0, len(p.Spaces))
	for _, space := range p.Spaces {
		if err := ctx.Err(); err != nil {
			return nil, err
		}
		if axes := space.Axes(); len(axes) > 0 {
			return nil, fmt.Errorf("search: %s: %s is a range: rings form against fixed mechanisms", space.Family(), axes[0].Name)
		}
		design, err := space.At(nil)
		if err != nil {
			return nil, err
		}
		c := &Collusion{Factor: design.Terms.Factor(p.Market.ConcealmentCost)}
		if c.Candidate, err = e.candidate(space, nil); err != nil {
			return nil, err
		}
		all = append(all, c)
		if c.Candidate.Equilibrium.Status == certify.None.String() || w.eq.Status == equilibrium.NotFound {
			if c.Reason = "the competitive equilibrium was not found"; len(c.Candidate.Notes) > 0 {
				c.Reason = c.Candidate.Notes[0]
			}
			continue
		}
		// The worker stands at the market's only draw.
		eq := w.eq
		eq.Profile = mechanisms.Profile{Signals: append([]float64(nil), eq.Profile.Signals...)}
		eq.Win = append([]float64(nil), eq.Win...)
		eq.Cost = append([]float64(nil), eq.Cost...)
		eq.Payoff = append([]float64(nil), eq.Payoff...)
		c.Ring = cartel.Ring{
			Oversight:   design.Terms.Oversight,
			Game:        mechanisms.Game{Mechanism: design.Mechanism, Values: append([]float64(nil), w.game.Values...)},
			Equilibrium: &eq, Burned: append([]float64(nil), w.burned...), Discounts: discounts, Solver: new(equilibrium.Solver),
		}
		if design.Terms.Oversight > 0 && design.Terms.Noise > 0 {
			c.Reason = errNoisyRing.Error()
		}
		if p.Market.Spites() != nil {
			c.Reason = errSpitefulRing.Error()
		}
		if !fitted(c.Ring.Game.Values) {
			c.Reason = "what winning is worth is not a number"
		}
	}
	return all, nil
}

func fitted(values []float64) bool {
	for _, v := range values {
		if !(v >= 0 && v <= math.MaxFloat64) {
			return false
		}
	}
	return true
}

// patience are the agents' discount factors, nil where one has none.
func patience(m *mechanisms.Market) []float64 {
	discounts := make([]float64, len(m.Agents))
	for i := range m.Agents {
		if discounts[i] = m.DiscountOf(i); !(discounts[i] > 0) {
			return nil
		}
	}
	return discounts
}
