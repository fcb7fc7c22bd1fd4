package constraints

import (
	"errors"
	"fmt"
	"math"
)

// exPost demands that nobody loses in any outcome, the draw's included.
//
//	measure: max over i and outcomes of  IfWin_i - v_i where i wins,  IfLose_i where not
//
// at most 0, v_i after the terms. Outcomes are those of the signals played; of a
// mixture, those of its knots against the lowest, the highest and every single knot
// of the others, which is exact where payments are monotone in every signal, as
// those of every family are. A tie counts as won and as lost, so a rule in which
// losers pay fails, and one in which winners pay their own bid up to their value
// holds. Tolerance 1e-9 of E max v. A test asserts 8/9 for the proportional contest
// at values 4 and 2 (the larger spend, lost), 0 for the first-price auction.
type exPost struct{ tolerance float64 }

func (exPost) Name() string { return "ex-post" }

// Worst says that over draws the largest measure counts, not the mean.
func (exPost) Worst() bool { return true }

func (e exPost) Bound() Bound {
	return Bound{Relation: AtMost, Tolerance: e.tolerance, Money: true}
}

func (exPost) Measure(c *Case) (float64, error) {
	loss, _, err := worstLoss(c)
	return loss, err
}

func (e exPost) Explain(c *Case, measure float64) string {
	_, i, err := worstLoss(c)
	if err != nil || i < 0 {
		return "no outcome is known"
	}
	if _, verdict := e.Bound().Judge(measure, c.scale()); verdict == Violated {
		return fmt.Sprintf("%s can be out of pocket by %.6g", c.name(i), measure)
	}
	return "nobody is out of pocket in any outcome"
}

var errNoProfile = errors.New("what the agents play is not known, only what it brings")

// worstLoss is the largest loss in any outcome and whose it is.
func worstLoss(c *Case) (loss float64, agent int, err error) {
	loss, agent = math.Inf(-1), -1
	err = c.outcomes(func(i int, win, ifWin, ifLose float64) {
		if win > 0 && ifWin-c.Game.Values[i] > loss {
			loss, agent = ifWin-c.Game.Values[i], i
		}
		if win < 1 && ifLose > loss {
			loss, agent = ifLose, i
		}
	})
	if agent < 0 && err == nil {
		loss = math.NaN()
	}
	return loss, agent, err
}
