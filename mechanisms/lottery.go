package mechanisms

import (
	"fmt"
	"math"
)

// Lottery draws the winner among those who enter (signal above 0).
//
//	t_i = w_i / sum of w over entrants;  everyone in it pays Fee, the winner Price too
//
// Every identity has the same chance, or with stake weights one in proportion to
// its stake: at no fee and no price that is today's random proposer. With nobody
// in it the right stays with the protocol. Domain: Fee >= 0, Price >= 0, weights
// > 0. A test asserts revenue 2 at values 4, 2 and price 2.
type Lottery struct{ lot Lot }

// NewLottery checks the parameters; it copies the weights.
func NewLottery(l Lot) (Lottery, error) {
	if bad(l.Fee) || bad(l.Price) {
		return Lottery{}, fmt.Errorf("mechanisms: lottery: fee %g and price %g must be finite and at least 0", l.Fee, l.Price)
	}
	for i, w := range l.Weights {
		if bad(w) || w == 0 {
			return Lottery{}, fmt.Errorf("mechanisms: lottery: weight %d is %g: weights are positive and finite", i+1, w)
		}
	}
	l.Weights = append([]float64(nil), l.Weights...)
	return Lottery{lot: l}, nil
}

// Lot implements EqualChance.
func (l Lottery) Lot() Lot { return l.lot }

// Monotone implements Monotone.
func (l Lottery) Monotone() bool { return true }

// Split implements Splitter: a stake is divided among its owner's identities.
func (l Lottery) Split(i, k int) Mechanism {
	if i < 0 || i >= len(l.lot.Weights) || k < 2 {
		return l
	}
	lot := l.lot
	w := append([]float64(nil), lot.Weights...)
	w[i] /= float64(k)
	for range k - 1 {
		w = append(w, w[i])
	}
	lot.Weights = w
	return Lottery{lot: lot}
}

// Allot implements Mechanism.
func (l Lottery) Allot(signals []float64, out *Outcome) {
	out.Resize(len(signals))
	total := 0.0
	for i, s := range signals {
		out.Win[i] = 0
		if s > 0 {
			out.Win[i] = l.weight(i)
			total += out.Win[i]
		}
	}
	if total > math.MaxFloat64 { // a sum of weights
		total = rescale(out.Win)
	}
	for i, s := range signals {
		out.IfWin[i], out.IfLose[i] = 0, 0
		if s > 0 {
			out.Win[i] /= total
			out.IfWin[i], out.IfLose[i] = l.lot.Fee+l.lot.Price, l.lot.Fee
		}
	}
}

func (l Lottery) weight(i int) float64 {
	if i < len(l.lot.Weights) {
		return l.lot.Weights[i]
	}
	return 1
}

var lotteryFamily = Family{
	Name:    "lottery",
	Summary: "the winner is drawn among those who enter",
	Parameters: []Parameter{
		{Name: "fee", Doc: "what entering costs", High: math.MaxFloat64},
		{Name: "price", Doc: "what winning costs", High: math.MaxFloat64},
		{Name: "weights", Doc: "stakes: each agent's chance is in proportion", PerAgent: true},
	},
	New: func(s Settings) (Mechanism, error) {
		return NewLottery(Lot{Fee: s.Number("fee"), Price: s.Number("price"), Weights: s["weights"].List})
	},
}
