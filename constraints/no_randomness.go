package constraints

import (
	"fmt"
	"math"

	"allot/solver/equilibrium"
)

// noRandomness demands that the allocation needs no randomness that nobody could
// predict, for the chain has none.
//
//	measure: L >= 1: 0;  L = 0: E[ sum_i t_i(a) - max_i t_i(a) ], at most `max` (0 unless set)
//
// over the signals a that the agents play: the probability that the right goes to
// another than the one that a rule without a draw would name on the same signals. A
// contest or lottery that is drawn just in time needs it (1 - its largest share); an
// auction does not, its ties apart. Mixed strategies are the agents' private
// randomness and not the protocol's, so the all-pay auction measures 0 although nobody
// can tell who will win. With a lookahead the draw takes place ahead of the slot, from
// a beacon value that signals are committed before and that is public by the slot: it
// need not be unpredictable just in time. So known-proposer or no-randomness, either
// one, rules out a just-in-time lottery, and with it the use of one against
// multi-slot holdings. Domain: mixed regimes by quadrature over the
// mixtures, unknown where these are not given. Tolerance 1e-9. A test asserts 1/3 for the
// proportional contest at values 4 and 2.
type noRandomness struct{ max float64 }

func (noRandomness) Name() string { return "no-randomness" }

func (n noRandomness) Bound() Bound { return Bound{Relation: AtMost, Value: n.max, Tolerance: 1e-9} }

func (noRandomness) Measure(c *Case) (float64, error) {
	if c.Design.Terms.Lookahead >= 1 {
		return 0, nil
	}
	if err := c.playable(); err != nil {
		return 0, err
	}
	if c.Equilibrium.Regime == equilibrium.Pure {
		// Not from the signals: a winner by a hair and a tie have the same ones.
		return drawn(c.Account.Win), nil
	}
	w := c.room()
	if err := w.support.take(c.Game, c.Equilibrium); err != nil {
		return 0, err
	}
	sum := 0.0
	for s, p := range w.support.weights {
		c.Game.Mechanism.Allot(w.support.row(s), &w.out)
		sum += p * drawn(w.out.Win)
	}
	return sum, nil
}

// drawn is sum t - max t, 0 below rounding.
func drawn(win []float64) float64 {
	sum, most := 0.0, 0.0
	for _, t := range win {
		sum += t
		most = math.Max(most, t)
	}
	if sum-most < 1e-12 {
		return 0
	}
	return sum - most
}

func (noRandomness) Explain(c *Case, measure float64) string {
	switch {
	case c.Design.Terms.Lookahead >= 1:
		return "whatever is drawn is drawn ahead, from randomness that is public by the slot"
	case measure == 0:
		return "the signals alone decide who wins"
	}
	return fmt.Sprintf("%.4g %% of the allocation is drawn just in time; there is no unpredictable randomness for it", 100*measure)
}
