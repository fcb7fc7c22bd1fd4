package constraints

import (
	"fmt"
	"math"
)

// multiSlot demands that holding two slots in a row is worth no more than the two
// slots apart.
//
//	measure: mu sum_i t_i(s) t_i(s+1) v_i, at most `max` (0 unless set)
//
// the expected extra pay-off when a holder of slot s values slot s+1 at (1+mu) v (mu:
// the market's premium). The mechanism is played anew in each slot, independently,
// as if nobody looked ahead, so t_i(s) = t_i(s+1) = t_i: exposure sum t_i^2 for a draw,
// 1 for an auction that the same agent always wins (the case of an incumbent who
// bids for its premium is a game over slots and not this measure). Money: violations are a
// share of E max v. Domain: every case; 0 without a premium. Tolerance 1e-9. A test asserts
// exposure 5/9 for the proportional contest at values 4 and 2: 4 (4/9) + 2 (1/9) at mu = 1.
type multiSlot struct{ max float64 }

func (multiSlot) Name() string { return "multi-slot" }

func (m multiSlot) Bound() Bound {
	return Bound{Relation: AtMost, Value: m.max, Tolerance: 1e-9, Money: true}
}

func (multiSlot) Measure(c *Case) (float64, error) {
	mu := 0.0
	if c.Market != nil {
		mu = c.Market.Premium
	}
	if mu == 0 {
		return 0, nil
	}
	sum := 0.0
	for i, t := range c.Account.Win {
		if t != 0 {
			sum += t * t * c.Account.Values[i]
		}
	}
	return mu * sum, nil
}

func (m multiSlot) Explain(c *Case, measure float64) string {
	exposure := 0.0
	for _, t := range c.Account.Win {
		exposure += t * t
	}
	if c.Market == nil || c.Market.Premium == 0 {
		return fmt.Sprintf("no premium on a second slot; one agent holds two in a row with probability %.4g", exposure)
	}
	return fmt.Sprintf("one agent holds two slots in a row with probability %.4g: worth %.6g more than apart", exposure, math.Max(0, measure))
}
