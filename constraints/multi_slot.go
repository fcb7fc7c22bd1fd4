package constraints

import (
	"errors"
	"fmt"
	"math"
	"strings"

	"allot/mechanisms"
	"allot/solver/equilibrium"
	"allot/solver/equilibrium/slots"
)

// multiSlot demands that holding two slots in a row is worth no more than the two
// slots apart.
//
//	measure: mu sum_s pi_s t_s(s) v_s, at most `max` (0 unless set)
//
// the extra pay-off per slot of agents that hold two slots in a row, when a holder of
// slot s values slot s+1 at (1+mu) v (mu: the market's premium; v before any terms, for what
// the protocol takes of it was made all the same). pi_s is how often s is the
// incumbent and t_s(s) how often it wins again, in the Markov-perfect equilibrium of the
// mechanism played slot after slot by agents that look ahead with the market's discount
// factor (package slots); the premium then shows in what incumbents signal, and a stable
// auction has exposure sum_s pi_s t_s(s) = 1. Values that are drawn anew in every slot know
// no incumbents, and the mechanism is played anew in each: the measure is then
// mu sum_s E[t_s] E[t_s v_s], slots being independent. There is no
// measure where the game over slots has no method or is not solved: played anew in each slot
// incumbents would seem to hold on less than they do. With the option
// `cooldown` an identity that won sits out so many slots, and every agent has as many as
// it names in the market or the option `identities` says (1 unless set); values that are drawn
// anew have no measure then, and what agents pay by the explanation is of the game over slots,
// the objective of one slot. Money: violations
// are a share of E max v. Domain: every case but resale; 0 without a premium.
// Tolerance 1e-9. Tests assert 4 (4/9) + 2 (1/9) at mu = 1 for draws without looking ahead from
// the proportional contest at values 4 and 2, mu v_1 for the auction, and 0 under a cooldown of
// one slot with one identity each.
type multiSlot struct {
	max                  float64
	cooldown, identities int
}

// longestCooldown is the longest that a study can ask for.
const longestCooldown = 32

func newMultiSlot(o map[string]float64) (Constraint, error) {
	k, err := identities("multi-slot", o["identities"])
	if err != nil {
		return nil, err
	}
	if c := o["cooldown"]; c != math.Trunc(c) || c > longestCooldown {
		return nil, fmt.Errorf("constraints: multi-slot: cooldown is %g: a whole number from 0 to %d", c, longestCooldown)
	}
	return multiSlot{max: o["max"], cooldown: int(o["cooldown"]), identities: k}, nil
}

func (multiSlot) Name() string { return "multi-slot" }

func (m multiSlot) Bound() Bound {
	return Bound{Relation: AtMost, Value: m.max, Tolerance: 1e-9, Money: true}
}

// mostIncumbents is the largest market in which the game over slots is solved: its time
// grows with the square of the agents and more.
const mostIncumbents = 12

var errResold = errors.New("who uses two slots in a row after a resale is not known")

func (m multiSlot) Measure(c *Case) (float64, error) {
	mu := premium(c)
	if mu == 0 {
		return 0, nil
	}
	if c.Design.Terms.Resale {
		return 0, errResold
	}
	chain, reason, anew := m.incumbents(c)
	switch {
	case reason == "":
		sum := 0.0
		for i, v := range c.Account.Values {
			sum += chain.Twice[i] * v
		}
		return mu * sum, nil
	case m.cooldown > 0:
		return 0, errors.New("under a cooldown: " + reason)
	case !anew:
		return 0, errors.New(reason)
	}
	w := c.room()
	w.signals, _ = m.moments(c, w.signals[:0])
	measure, _ := m.pool(w.signals)
	return measure, nil
}

// moments are, of values that are drawn anew in every slot, E t_i, E t_i v_i and the premium.
func (m multiSlot) moments(c *Case, into []float64) (out []float64, ok bool) {
	if c.Market == nil || len(c.Account.Win) != len(c.Account.Values) {
		return into, false
	}
	w := c.room()
	if w.known, ok = c.Market.Known(w.known); ok {
		return into, false
	}
	into = append(into, c.Account.Win...)
	for i, t := range c.Account.Win {
		v := 0.0
		if t != 0 {
			v = t * c.Account.Values[i]
		}
		into = append(into, v)
	}
	return append(into, premium(c)), true
}

func (m multiSlot) pool(moments []float64) (measure float64, why string) {
	n, sum := len(moments)/2, 0.0
	for i, t := range moments[:n] {
		sum += t * moments[n+i]
	}
	mu := moments[2*n]
	twice := exposure(moments[:n])
	if mu == 0 {
		return 0, fmt.Sprintf("no premium on a second slot; one agent holds two in a row with probability %.4g", twice)
	}
	return mu * sum, fmt.Sprintf("one agent holds two slots in a row with probability %.4g: worth %.6g more than apart; each slot on its own: values are drawn anew in every slot", twice, mu*sum)
}

func premium(c *Case) float64 {
	if c.Market == nil {
		return 0
	}
	return c.Market.Premium
}

// incumbents is the Markov-perfect equilibrium of the mechanism played slot after slot,
// or the reason why there is none in hand; anew: there are no incumbents.
func (m multiSlot) incumbents(c *Case) (chain slots.Chain, reason string, anew bool) {
	w := c.room()
	known := false
	if w.known, known = c.Market.Known(w.known); !known {
		return slots.Chain{}, "values are drawn anew in every slot", true
	}
	chain, reason = m.chain(c, w)
	return chain, reason, false
}

func (m multiSlot) chain(c *Case, w *scratch) (slots.Chain, string) {
	n := len(c.Game.Values)
	if n > mostIncumbents {
		return slots.Chain{}, fmt.Sprintf("the game over slots is solved for up to %d agents", mostIncumbents)
	}
	if n != len(w.known) || n != len(c.Account.Values) {
		return slots.Chain{}, "the game is not the market's"
	}
	if c.Design.Terms.Oversight > 0 {
		return slots.Chain{}, "oversight over many slots has no method"
	}
	w.discounts = w.discounts[:0]
	for i := range n {
		w.discounts = append(w.discounts, c.Market.DiscountOf(i))
	}
	game := slots.Incumbency{
		Mechanism: c.Game.Mechanism, Values: c.Game.Values, Discounts: w.discounts, Premium: c.Market.Premium, Myopic: c.Market.Myopic,
	}
	if m.cooldown > 0 {
		if p, ok := c.Game.Mechanism.(mechanisms.Priced); ok && p.Sale().Supply > 0 {
			return slots.Chain{}, "tickets that wait to be drawn rest with their holder"
		}
		game.Cooldown, game.Identities = m.cooldown, make([]int, n)
		for i := range game.Identities {
			game.Identities[i] = m.identities
			if own := c.Market.Agents[i].Identities; own > 0 {
				game.Identities[i] = own
			}
		}
	}
	chain, err := game.Solve()
	switch {
	case err != nil:
		return chain, strings.TrimPrefix(err.Error(), "slots: ")
	case chain.Status != equilibrium.Converged:
		return chain, "the game over slots did not settle (" + chain.Status.String() + ")"
	}
	return chain, ""
}

func (m multiSlot) Explain(c *Case, measure float64) string {
	if premium(c) == 0 && m.cooldown == 0 {
		return fmt.Sprintf("no premium on a second slot; one agent holds two in a row with probability %.4g", exposure(c.Account.Win))
	}
	if c.Design.Terms.Resale {
		return errResold.Error()
	}
	extra := math.Max(0, measure)
	chain, reason, _ := m.incumbents(c)
	if reason != "" {
		return fmt.Sprintf("one agent holds two slots in a row with probability %.4g: worth %.6g more than apart; each slot on its own: %s", exposure(c.Account.Win), extra, reason)
	}
	runs := "the holder never changes"
	if !math.IsInf(chain.RunLength, 1) {
		runs = fmt.Sprintf("runs of %.4g slots", chain.RunLength)
	}
	text := fmt.Sprintf("the holder of a slot wins the next with probability %.4g (%s): worth %.6g a slot more than apart; Markov-perfect, %s", chain.Exposure, runs, extra, chain.Selection)
	if m.cooldown > 0 {
		text += fmt.Sprintf("; under the cooldown agents pay %.6g a slot", chain.Revenue)
	}
	return text
}

// exposure is sum t_i^2.
func exposure(win []float64) float64 {
	sum := 0.0
	for _, t := range win {
		sum += t * t
	}
	return sum
}
