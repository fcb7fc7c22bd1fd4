package search

import (
	"errors"
	"fmt"
	"math"

	"allot/constraints"
	"allot/mechanisms"
	"allot/solver/equilibrium"
	"allot/solver/equilibrium/rights"
)

// The reasons why a combination of terms has no method.
var (
	errResaleNow      = errors.New("resale takes a lookahead of at least 1: of a right that is sold just in time nothing is left to sell on")
	errResaleForecast = errors.New("resale has no method where part of a value is known ahead (a persistence between 0 and 1): agents would bid on forecasts and resell on values")
	errMixedOversight = errors.New("oversight has no method where agents mix: honest outcomes then pay less than their mean total by chance, which changes what agents play")
	errOverseen       = errors.New("not defined under oversight: which deviations validators would let pass has no method")
	errNoise          = errors.New("not defined where validators see totals with noise: what they reject by mistake changes what pays, which has no method")
	errSpiteOversight = errors.New("oversight has no method among spiteful agents: to have an outcome rejected can pay where a rival wins")
	errSpiteResale    = errors.New("resale among spiteful agents who know their own value only has no method")
	errSharedSpite    = errors.New("with private values there is a method for spiteful agents only where all have the same weight on rivals' profit and no common component")
	errSpitefulRing   = errors.New("neither rings of spiteful agents nor their play slot after slot have a method: what one keeps, others mind")
	errNoisyRing      = errors.New("what a ring gains where validators see totals with noise has no method")
)

// resells says whether the right is sold on in a market of agents that know each
// other's values, and why that has no method. The holder then sells to the agent of the
// highest value at that value, or is that agent, so that the right is worth the highest
// value to everyone.
func resells(m *mechanisms.Market, t mechanisms.Terms) (bool, error) {
	switch {
	case !t.Resale:
		return false, nil
	case t.Lookahead == 0:
		return false, errResaleNow
	case m.Persistence > 0 && m.Persistence < 1:
		if _, known := m.Known(nil); !known {
			return false, errResaleForecast
		}
	}
	return true, nil
}

// highest is the highest value, and fills tops with it.
func highest(values, tops []float64) float64 {
	top := 0.0
	for _, v := range values {
		top = math.Max(top, v)
	}
	for i := range tops {
		tops[i] = top
	}
	return top
}

// collected is what an equilibrium brings in payments.
func collected(eq *equilibrium.Equilibrium) float64 {
	sum := 0.0
	for _, c := range eq.Cost {
		sum += c
	}
	return sum
}

// oversee gives the share of honest outcomes that validators reject. The profile of the
// game without oversight is then one of the game with it up to that share of the largest
// payoff, since a rejected outcome brings and costs nothing: the certificate says so.
func oversee(t mechanisms.Terms, g mechanisms.Game, eq *equilibrium.Equilibrium) (rejected float64, err error) {
	total := collected(eq)
	if t.Oversight == 0 || total == 0 {
		return 0, nil
	}
	if g.Spiteful() {
		return 0, errSpiteOversight
	}
	if eq.Regime != equilibrium.Pure {
		return 0, errMixedOversight
	}
	e, err := rights.Oversight{Threshold: t.Oversight, Noise: t.Noise}.Errors(total, total)
	return e.Honest, err
}

// scaled writes share times each number into the buffer.
func scaled(buffer, numbers []float64, share float64) []float64 {
	buffer = buffer[:0]
	for _, x := range numbers {
		buffer = append(buffer, share*x)
	}
	return buffer
}

// overseen says why a constraint has no measure under the terms, or nil.
func overseen(c constraints.Constraint, t mechanisms.Terms) error {
	if t.Oversight == 0 || constraints.Overseen(c, t.Noise > 0) {
		return nil
	}
	if t.Noise > 0 {
		return errNoise
	}
	return errOverseen
}

// oversight sums the error rates of validators over draws.
type oversight struct{ honest, passed, paid, total float64 }

func (o *oversight) add(p oversight, weight float64) {
	o.honest += weight * p.honest
	o.passed += weight * p.passed
	o.paid += weight * p.paid
	o.total += weight * p.total
}

// rates are the error rates at one equilibrium, against the cartel total that is best
// for a leader of the highest value.
func rates(t mechanisms.Terms, g mechanisms.Game, eq *equilibrium.Equilibrium) oversight {
	rule, total := rights.Oversight{Threshold: t.Oversight, Noise: t.Noise}, collected(eq)
	e, err := rule.Evade(highest(g.Values, nil), total)
	if err != nil {
		return oversight{math.NaN(), math.NaN(), math.NaN(), total}
	}
	rejected, err := rule.Errors(total, e.Paid)
	if err != nil {
		return oversight{math.NaN(), math.NaN(), e.Paid, total}
	}
	return oversight{honest: rejected.Honest, passed: rejected.Cartel, paid: e.Paid, total: total}
}

// notes say what a reader should know of how the terms were honoured.
func (o oversight) notes(t mechanisms.Terms) []string {
	var notes []string
	if t.Resale {
		notes = append(notes, "resale: whoever holds the right sells it just in time to the agent of the highest value, at that value; chances and payments are those of holding it")
	}
	if t.Oversight > 0 && !math.IsNaN(o.honest) {
		notes = append(notes, fmt.Sprintf("oversight: %.4g %% of honest outcomes are rejected; a cartel does best to pay %.6g where competition pays %.6g, and %.4g %% of its outcomes pass", 100*o.honest, o.paid, o.total, 100*o.passed))
		if t.Noise > 0 {
			notes = append(notes, "oversight: "+errNoisyRing.Error()+", so robustRevenue and ring-proof are not given")
		}
	}
	return notes
}

// resold reports that some mechanism of the problem may sell the right on.
func (p *Problem) resold() bool {
	for _, s := range p.Spaces {
		if d, err := s.At(corner(s)); err == nil && d.Terms.Resale {
			return true
		}
		for _, a := range s.Axes() {
			if a.Name == "resale" {
				return true
			}
		}
	}
	return false
}
