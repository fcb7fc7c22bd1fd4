package objectives

import (
	"math"
	"strconv"

	"allot/mechanisms"
)

// RobustRevenue is the protocol's revenue when agents collude as well as they can.
//
//	g = revenue under the most profitable agreement of the ring of all agents that
//	    is sustainable at the discount factor; revenue where none is
//
// Domain: Discount in [0, 1]; NaN where the account does not say what a ring does
// (Account.Robust is nil). It can exceed the revenue of competition: a ring that
// must deter deviations bids high. Package cartel computes it. A test asserts that
// the account is asked with the discount factor given.
type RobustRevenue struct {
	Discount float64
}

// Name implements Objective.
func (r RobustRevenue) Name() string {
	return "robustRevenue(" + strconv.FormatFloat(r.Discount, 'g', -1, 64) + ")"
}

// Of implements Objective.
func (r RobustRevenue) Of(a *mechanisms.Account) float64 { return robust(a, r.Discount) }

func robust(a *mechanisms.Account, discount float64) float64 {
	if a == nil || a.Robust == nil || !(discount >= 0 && discount <= 1) {
		return math.NaN()
	}
	return finite(a.Robust(discount))
}
