package constraints

import (
	"errors"
	"fmt"
	"math"

	"allot/mechanisms"
	"allot/solver/cartel"
	"allot/solver/equilibrium/private"
)

// ringProof demands that the ring of all agents has nothing to gain, or that it needs
// patience.
//
//	measure: G = v_max - c_min - sum u_i, at most 0;
//	with `minDiscount`: the critical discount factor, at least the option
//
// G is what the agents gain together when the highest value takes the right at the least
// cost and the others stand back (package cartel). Competition implies G > 0, so
// that no mechanism has both. Under oversight the ring must pay what passes. The critical discount factor is that of the best agreement
// under grim trigger; 1 where none holds. Domain: known equilibria. Tolerance 1e-9 (of
// E max v for G). A test asserts 20 for the first-price auction at 30/20/10 and the critical
// factor 0.5, and 4 under oversight of 0.8.
type ringProof struct {
	tolerance float64
	discount  float64 // NaN: the gain is measured
}

func newRingProof(o map[string]float64) (Constraint, error) {
	d := o["minDiscount"]
	if !math.IsNaN(d) && !(d >= 0 && d <= 1) {
		return nil, fmt.Errorf("constraints: ring-proof: minDiscount is %g: a discount factor is in [0, 1]", d)
	}
	return ringProof{tolerance: o["tolerance"], discount: d}, nil
}

func (ringProof) Name() string { return "ring-proof" }

func (r ringProof) Bound() Bound {
	if !math.IsNaN(r.discount) {
		return Bound{Relation: AtLeast, Value: r.discount, Tolerance: r.tolerance}
	}
	return Bound{Relation: AtMost, Tolerance: r.tolerance, Money: true}
}

var errNoRing = errors.New("what a ring gains is not known")

func (r ringProof) Measure(c *Case) (float64, error) {
	if !math.IsNaN(r.discount) {
		r, err := ringOf(c)
		if err != nil {
			return 0, err
		}
		delta, _, err := r.CriticalDiscount(&c.room().rings)
		return delta, err
	}
	if c.Design.Terms.Oversight > 0 {
		report, err := ring(c)
		if err != nil {
			return 0, err
		}
		return report.Gap, nil
	}
	s := cartel.Gap(c.Game, c.Equilibrium, &c.room().rings)
	if !s.Known {
		return 0, errNoRing
	}
	return s.Gap, nil
}

func ringOf(c *Case) (cartel.Ring, error) {
	if err := c.playable(); err != nil {
		return cartel.Ring{}, err
	}
	t := c.Design.Terms
	if t.Oversight > 0 && t.Noise > 0 {
		return cartel.Ring{}, errNoRing
	}
	return cartel.Ring{Game: c.Game, Equilibrium: c.Equilibrium, Solver: c.Solver, Oversight: t.Oversight, Curve: []float64{0}}, nil
}

func ring(c *Case) (*cartel.Report, error) {
	r, err := ringOf(c)
	if err != nil {
		return nil, err
	}
	return r.Analyse()
}

func (r ringProof) Explain(c *Case, measure float64) string {
	if !math.IsNaN(r.discount) {
		report, err := ring(c)
		switch {
		case err != nil:
			return err.Error()
		case !(report.Gap > 0):
			return "the ring has nothing to gain"
		case measure >= 1:
			return "no agreement of the ring holds at any discount factor"
		}
		return fmt.Sprintf("the ring of all agents holds from a discount factor of %.4g, %s signalling %.6g", measure, c.name(report.Leader), report.Bid)
	}
	if tau := c.Design.Terms.Oversight; tau > 0 && measure > 0 {
		return fmt.Sprintf("the ring gains %.6g although validators reject less than %.4g of what competition pays", measure, tau)
	}
	s := cartel.Gap(c.Game, c.Equilibrium, &c.room().rings)
	if _, verdict := r.Bound().Judge(measure, c.scale()); verdict != Violated {
		return "the ring has nothing to gain"
	}
	alone := c.Game.Values[s.Leader] - s.LeastCost
	for _, u := range c.Equilibrium.Payoff {
		alone -= u
	}
	_, contest := c.Game.Mechanism.(mechanisms.Ratioed)
	switch several := measure > alone+1e-12*c.Game.Values[s.Leader]; {
	case several && phantom(c.Game.Mechanism):
		return fmt.Sprintf("the ring gains %.6g when several of its members signal against the phantom bid", measure)
	case several && contest: // for the fee that it saves
		return fmt.Sprintf("the ring gains %.6g when all stand back and leave it to chance", measure)
	case several:
		return fmt.Sprintf("the ring gains %.6g when its members signal together", measure)
	case phantom(c.Game.Mechanism):
		return fmt.Sprintf("the ring gains %.6g when %s alone signals", measure, c.name(s.Leader))
	}
	return fmt.Sprintf("the ring gains %.6g when %s alone takes the right at %.6g", measure, c.name(s.Leader), s.LeastCost)
}

// privately is the gain of the ring whose leader is the highest value of the moment,
//
//	G = E[(max v - c_min)+] - sum E u_i
//
// the strong cartel of McAfee, McMillan 1992; in a contest with an entry fee at least that, or
// what all have by standing back, whichever is more. A test asserts 1/3 for two draws of U[0,1] without a reserve.
func (r ringProof) privately(c *Case) (float64, string, error) {
	if !math.IsNaN(r.discount) {
		return 0, "", errPatience
	}
	least, err := c.Types.leastCost(c.Game.Mechanism)
	if err != nil {
		return 0, "", err
	}
	gap, err := private.Excess(c.Types.Values, least)
	if err != nil {
		return 0, "", err
	}
	how := fmt.Sprintf("the highest value alone takes the right at %.6g", least)
	charged := false
	if r, ok := c.Game.Mechanism.(mechanisms.Ratioed); ok && r.Ratio().Fee > 0 {
		// All may stand back, and have the right by chance for nothing.
		charged = true
		chance := 0.0
		for _, v := range c.Types.Values {
			chance += v.Mean() / float64(len(c.Types.Values))
		}
		if chance > gap {
			gap, how = chance, "all stand back and leave it to chance"
		}
	}
	for _, u := range c.Equilibrium.Payoff {
		gap -= u
	}
	if charged && !(gap > 0) { // choosing between the two by the values may still gain
		return 0, "", errRule
	}
	if scale, _ := private.Excess(c.Types.Values, 0); !(gap > 1e-9*scale) { // quadrature's rounding
		return 0, "the ring has nothing to gain", nil
	}
	return gap, fmt.Sprintf("the ring gains %.6g in expectation when %s", gap, how), nil
}
