package constraints

import (
	"fmt"
	"math"
)

// budget demands that no agent can have to pay more than it has.
//
//	measure: max over i with a budget B_i and outcomes of  payment_i - B_i, at most 0
//
// Outcomes are those of ex-post. A budget of 0 is no limit; where nobody has a
// budget the measure is 0. Tolerance 1e-9 of E max v. A test asserts 20 - 15 for the
// first-price auction at 30/20/10 where the first agent has 15.
type budget struct{ tolerance float64 }

func (budget) Name() string { return "budget" }

// Worst says that over draws the largest measure counts, not the mean.
func (budget) Worst() bool { return true }

func (b budget) Bound() Bound { return Bound{Relation: AtMost, Tolerance: b.tolerance, Money: true} }

func (budget) Measure(c *Case) (float64, error) {
	over, _, err := overdraft(c)
	return over, err
}

func (b budget) Explain(c *Case, measure float64) string {
	_, i, err := overdraft(c)
	switch {
	case err != nil:
		return "no outcome is known"
	case i < 0:
		return "nobody has a budget"
	}
	if _, verdict := b.Bound().Judge(measure, c.scale()); verdict == Violated {
		return fmt.Sprintf("%s can have to pay %.6g with a budget of %.6g", c.name(i), c.Market.Agents[i].Budget+measure, c.Market.Agents[i].Budget)
	}
	return fmt.Sprintf("%s comes closest: at least %.6g of its budget is left", c.name(i), math.Max(0, -measure))
}

// overdraft is the largest payment beyond a budget and whose it is.
func overdraft(c *Case) (over float64, agent int, err error) {
	over, agent = math.Inf(-1), -1
	limited := false
	if c.Market != nil {
		for i := range c.Market.Agents {
			limited = limited || c.Market.Agents[i].Budget > 0
		}
	}
	if !limited {
		return 0, -1, nil
	}
	err = c.outcomes(func(i int, win, ifWin, ifLose float64) {
		if i >= len(c.Market.Agents) || !(c.Market.Agents[i].Budget > 0) {
			return
		}
		b := c.Market.Agents[i].Budget
		if win > 0 && ifWin-b > over {
			over, agent = ifWin-b, i
		}
		if win < 1 && ifLose-b > over {
			over, agent = ifLose-b, i
		}
	})
	if agent < 0 && err == nil {
		over = math.NaN()
	}
	return over, agent, err
}
