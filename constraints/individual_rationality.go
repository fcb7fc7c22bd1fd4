package constraints

import (
	"fmt"
	"math"
)

// individualRationality demands that nobody expects to lose by taking part.
//
//	measure: -min_i u_i, at most 0,  u_i = t_i v_i - c_i after the terms
//
// Interim: what an agent expects before the right is drawn; a loser of an all-pay
// rule may still be out of pocket (see ex-post). It is about money whatever agents mind:
// one that plays for u_i - s_i sum u_j may pay more than the right is worth to it, and
// then violates it. Domain: every case with agents.
// Tolerance 1e-9 of E max v. A test asserts -2/9 for the proportional contest at
// values 4 and 2.
type individualRationality struct{ tolerance float64 }

func (individualRationality) Name() string { return "individual-rationality" }

func (r individualRationality) Bound() Bound {
	return Bound{Relation: AtMost, Tolerance: r.tolerance, Money: true}
}

func (individualRationality) Measure(c *Case) (float64, error) {
	least, _ := poorest(c)
	return 0 - least, nil // not -0
}

func (r individualRationality) Explain(c *Case, measure float64) string {
	least, i := poorest(c)
	if i < 0 {
		return "there are no agents"
	}
	if _, verdict := r.Bound().Judge(measure, c.scale()); verdict == Violated {
		return fmt.Sprintf("%s expects to lose %.6g", c.name(i), -least)
	}
	return fmt.Sprintf("the least pay-off is %.6g (%s)", least, c.name(i))
}

// poorest is the least expected pay-off and whose it is; NaN counts as the least.
func poorest(c *Case) (least float64, agent int) {
	least, agent = math.NaN(), -1
	for i, u := range c.Account.Payoff {
		if agent < 0 || u < least || math.IsNaN(u) {
			least, agent = u, i
		}
	}
	return least, agent
}
