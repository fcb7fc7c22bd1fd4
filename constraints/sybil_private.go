package constraints

import (
	"fmt"
	"math"

	"gonum.org/v1/gonum/integrate/quad"

	"allot/mechanisms"
	"allot/solver/equilibrium/private"
)

// privately is the most that an agent expects to gain, before it knows its value, by up to
// K equal identities over the best that one identity brings, the others' strategies as they are:
//
//	auctions   0: the highest of several bids wins as it would alone, and the others cost or
//	           raise the price
//	lotteries  E max_k (T_k (v - price) - k fee)+ - E (T_1 (v - price) - fee)+, T_k = E[k/(k+M)]
//	           over the number M of other entrants: exact, as lines in v
//	contests   E max_k,x P(x) v - k ((x/k)^(1/rho) + fee) over the same for k = 1, x the impact
//	           of all identities, P(x) = E[x/(x+S)]; 0 where all pay and rho >= 1, for k identities
//	           multiply the impact of a spend by k^(1-rho)
//
// Domain: equal weights. A test asserts 1/12 for the free lottery of two draws of U[0,1] with
// two identities (1/2 of the time -> 2/3), and best replies on a grid in a contest.
func (s sybilProof) privately(c *Case) (float64, string, error) {
	none := fmt.Sprintf("no gain found with up to %d identities", s.identities)
	t := c.Types
	var gainOf func(i, most int) (gain float64, k int, err error)
	switch m := c.Game.Mechanism.(type) {
	case mechanisms.Ranked:
		return 0, "several bids win no more often than the highest of them, and cost no less", nil
	case mechanisms.EqualChance:
		if m.Lot().Weights != nil {
			return 0, "", errRule
		}
		gainOf = func(i, most int) (float64, int, error) { return t.severalEntries(m.Lot(), i, most) }
	case mechanisms.Ratioed:
		r := m.Ratio()
		if len(r.Weights) > 0 || !(r.Exponent > 0) {
			return 0, "", errRule
		}
		if !r.WinnerPays && r.Exponent >= 1 {
			return 0, "k identities multiply the impact of a spend by k^(1-exponent), at most 1", nil
		}
		gainOf = func(i, most int) (float64, int, error) { return t.severalSpends(r, i, most) }
	default:
		return 0, "", errRule
	}
	worst, agent, many := 0.0, -1, 0
	for i := range t.Values {
		most := s.identities
		if own := c.fakes(i); own > 0 {
			most = min(mostIdentities, own)
		}
		if most < 2 || i > 0 && most == s.identities && c.fakes(i-1) == 0 && t.alike(i, i-1) {
			continue
		}
		gain, k, err := gainOf(i, most)
		if err != nil {
			return 0, "", err
		}
		if gain > worst {
			worst, agent, many = gain, i, k
		}
	}
	if agent < 0 || !(worst > 1e-12*c.scale()) {
		return 0, none, nil
	}
	return worst, fmt.Sprintf("%s expects to gain %.6g as up to %d equal identities", c.name(agent), worst, many), nil
}

// alike reports two agents of one distribution with one strategy.
func (t *Types) alike(i, j int) bool {
	a, b := t.Curves[i].Bids, t.Curves[j].Bids
	return len(a) > 0 && len(b) > 0 && &a[0] == &b[0]
}

// severalEntries is what agent i expects to gain by up to most entries, and how many are best
// for its highest types.
func (t *Types) severalEntries(lot mechanisms.Lot, i, most int) (gain float64, k int, err error) {
	r, err := private.NewRivals(t.Curves, i, 0, 0)
	if err != nil {
		return 0, 0, err
	}
	// Lines in v: what k entries bring.
	slope, drop := make([]float64, most+1), make([]float64, most+1)
	for k := 1; k <= most; k++ {
		slope[k] = r.Chance(float64(k))
		drop[k] = slope[k]*lot.Price + float64(k)*lot.Fee
	}
	expected := func(lines int) (sum float64, last int, err error) {
		at := 0.0
		for now := 0; ; {
			// Where the next line of the upper envelope takes over.
			next, from := 0, math.Inf(1)
			for k := 1; k <= lines; k++ {
				if slope[k] <= slope[now] {
					continue
				}
				x := math.Max(at, (drop[k]-drop[now])/(slope[k]-slope[now]))
				if x < from || x == from && slope[k] > slope[next] {
					next, from = k, x
				}
			}
			if next == 0 {
				return sum, now, nil
			}
			over, err := private.Excess(t.Values[i:i+1], from)
			if err != nil {
				return 0, 0, err
			}
			sum += (slope[next] - slope[now]) * over
			now, at = next, from
		}
	}
	with, k, err := expected(most)
	if err != nil {
		return 0, 0, err
	}
	without, _, err := expected(1)
	return with - without, k, err
}

// severalSpends is what agent i expects to gain in a contest by up to most equal identities.
func (t *Types) severalSpends(r mechanisms.Ratio, i, most int) (gain float64, many int, err error) {
	rivals, err := private.NewRivals(t.Curves, i, r.Exponent, r.Phantom)
	if err != nil {
		return 0, 0, err
	}
	if rivals.Most() == 0 {
		return 0, 1, nil // next to nothing wins
	}
	best := func(v float64, k int) float64 {
		n := float64(k)
		pay := func(log float64) float64 {
			x := math.Exp(log)
			p, each := rivals.Chance(x), math.Pow(x/n, 1/r.Exponent)
			if r.WinnerPays {
				return p*(v-each) - n*r.Fee
			}
			return p*v - n*(each+r.Fee)
		}
		// An impact of more than that of the whole value in each identity never pays.
		low, high := math.Log(1e-8*rivals.Most()), math.Log(n)+r.Exponent*math.Log(v)
		if !(high > low) {
			return 0
		}
		const steps = 24
		at, top := low, math.Inf(-1)
		for m := range steps + 1 {
			if y := pay(low + (high-low)*float64(m)/steps); y > top {
				at, top = low+(high-low)*float64(m)/steps, y
			}
		}
		step := (high - low) / steps
		_, top = climb(pay, math.Max(low, at-step), at, math.Min(high, at+step), top)
		return math.Max(0, top)
	}
	many = 1
	more := func(v float64) float64 {
		if !(v > 0) {
			return 0
		}
		one := best(v, 1)
		top := one
		for k := 2; k <= most; k++ {
			y := best(v, k)
			if y > top {
				top, many = y, max(many, k)
			}
			if y < top { // concave in k
				break
			}
		}
		return top - one
	}
	// In ranks, finer towards the top.
	value := t.Values[i].Quantile
	if low, high := t.Values[i].Support(); low == high {
		return more(low), many, nil
	}
	for a, b := 0.0, 0.5; a < 1-1e-7; a, b = b, b+(1-b)/2 {
		gain += quad.Fixed(func(p float64) float64 { return more(value(p)) }, a, b, 5, quad.Legendre{}, 0)
	}
	return gain, many, nil
}
