package constraints

import (
	"errors"
	"fmt"
	"math"

	"allot/mechanisms"
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

// privately is over all types and outcomes: what a loser pays at most, or the winner beyond
// its value. In an auction the winner pays at most its bid.
func (e exPost) privately(c *Case) (float64, string, error) {
	loss := math.Inf(-1)
	if len(c.Types.Values) > 1 {
		loss = 0 // standing back
	}
	var fee float64 // of whoever takes part
	winner, loser := func(v, b float64) float64 { return b - v }, func(float64) float64 { return 0 }
	switch m := c.Game.Mechanism.(type) {
	case mechanisms.Ranked:
		if r := m.Ranking(); r.AllPay {
			loser = func(b float64) float64 { return b }
		}
	case mechanisms.Ratioed:
		r := m.Ratio()
		if fee = r.Fee; !r.WinnerPays {
			loser = func(b float64) float64 { return b }
		}
	case mechanisms.EqualChance:
		fee = m.Lot().Fee
		winner = func(v, _ float64) float64 { return m.Lot().Price - v }
	default:
		return 0, "", errRule
	}
	for _, s := range c.Types.Curves {
		for k, b := range s.Bids {
			if !(b > 0) || s.Values[k] > math.MaxFloat64 {
				continue
			}
			loss = math.Max(loss, winner(s.Values[k], b)+fee)
			if len(c.Types.Values) > 1 {
				loss = math.Max(loss, loser(b)+fee)
			}
		}
	}
	if len(c.Types.Curves) == 0 {
		return 0, "", errNoProfile
	}
	if !(loss > 0.1*e.tolerance*c.scale()) { // rounding of the strategies' knots
		return math.Min(loss, 0), "nobody is out of pocket in any outcome", nil
	}
	return loss, fmt.Sprintf("some type can be out of pocket by %.6g", loss), nil
}

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
