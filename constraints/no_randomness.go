package constraints

import (
	"fmt"
	"math"

	"gonum.org/v1/gonum/integrate/quad"

	"allot/mechanisms"
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
	w.out.Resize(w.support.agents)
	sum := 0.0
	for s, p := range w.support.weights {
		c.Game.Mechanism.Allot(w.support.row(s), &w.out)
		sum += p * drawn(w.out.Win)
	}
	return sum, nil
}

// privately: an auction's signals decide where ties have no probability; of a lottery it is E[(M-1)/M] over the
// number M of entrants, by a transform.
func (noRandomness) privately(c *Case) (float64, string, error) {
	if c.Design.Terms.Lookahead >= 1 {
		return 0, "whatever is drawn is drawn ahead, from randomness that is public by the slot", nil
	}
	switch m := c.Game.Mechanism.(type) {
	case mechanisms.Ranked:
		if c.Types.tie(m.Ranking().Reserve) {
			return 0, "", errTies
		}
		return 0, "the signals alone decide who wins", nil
	case mechanisms.EqualChance:
		if m.Lot().Weights != nil {
			break
		}
		enter := c.Types.entrants()
		// E[1/M; M >= 1] = int_0^1 (prod (1-q+qs) - prod (1-q))/s ds
		none := 1.0
		for _, q := range enter {
			none *= 1 - q
		}
		inverse := 0.0
		for a, b := 0.5, 1.0; b > 1e-9; a, b = a/2, a {
			inverse += quad.Fixed(func(s float64) float64 {
				p := 1.0
				for _, q := range enter {
					p *= 1 - q + q*s
				}
				return (p - none) / s
			}, a, b, 24, quad.Legendre{}, 0)
		}
		x := math.Max(0, 1-none-inverse)
		if x < 1e-9 {
			x = 0
		}
		return x, fmt.Sprintf("%.4g %% of the allocation is drawn just in time; there is no unpredictable randomness for it", 100*x), nil
	}
	return 0, "", errRule
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
