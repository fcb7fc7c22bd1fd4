package private

import (
	"math"

	"allot/mechanisms"
	"allot/solver/equilibrium"
)

// Equal agents in an auction: the bid of the type of rank q among n agents is
//
//	winner pays:  b(q) = [r q*^m + int_q*^q v(p) dp^m]/q^m,  m = (n-1)/lambda
//	all-pay:      b(q) = r + int_q*^q v(p) dp^(n-1)
//
// which is beta(v) = v - int_r^v (F(x)/F(v))^m dx with v(p) the quantile function, and
// holds with atoms too: types of one value then mix. lambda is the weight of the
// winner's own bid; at 0 agents bid their values. q* is the rank of the lowest type that
// bids: v(q*) = r, or v(q*) q*^(n-1) = r where all pay. Domain: every distribution with a
// mean. (Vickrey 1961; Riley, Samuelson 1981, optimal auctions; Krishna 2010, chapter
// 2.) A test asserts b(0.8) = 0.55625 for two uniform draws at a reserve of 1/2, and
// revenue 5/12.
func (s Solver) symmetric(eq *Equilibrium, rule mechanisms.Ranking, g *group) {
	n := g.n
	eq.Method = "closed form for equal agents (Vickrey 1961; Riley, Samuelson 1981)"
	if n > 1 {
		eq.Selection = "the symmetric equilibrium"
	}
	entry := s.entry(rule, g)
	account(eq, g, entry)
	if n == 1 && entry.above > 0 { // nobody bids against even its lowest value
		spare := entry.above * math.Max(0, entry.value-rule.Reserve)
		eq.Account.Payoff[0] += spare
		eq.Account.Cost[0] = math.Max(0, eq.Account.Cost[0]-spare)
	}
	eq.Status = equilibrium.Converged
	if s.Brief {
		return
	}
	var k knots
	switch {
	case entry.below >= 1 || n == 1:
		k.one(g, entry, rule.Reserve)
		if n == 1 && rule.Reserve == 0 {
			eq.Selection = "a lone agent bids nothing"
		}
	case !rule.AllPay && rule.First == 0:
		s.truth(&k, g, equals(n), n, entry.value, rule.Reserve, eq.Highest, nil)
	case rule.AllPay:
		k.fill(g, entry, rule.Reserve, float64(n-1), true, s.refine(ladder(g, entry, n), g, equals(n), chord(n-1), eq.Highest))
	default:
		s.equal(&k, g, entry, rule, eq.Highest)
	}
	curve := k.curve()
	for i := range eq.Curves {
		eq.Curves[i] = curve
	}
	eq.Bottom, eq.Top = bidRange(eq.Curves, rule.Reserve)
}

// rank is a place in a distribution: the probability below, that above, the value.
type rank struct{ below, above, value float64 }

// entry is the lowest type that bids.
func (s Solver) entry(rule mechanisms.Ranking, g *group) rank {
	r := rule.Reserve
	if r <= g.low || g.n == 1 || !rule.AllPay {
		if r <= g.low && (g.n == 1 || !rule.AllPay || r == 0) {
			return rank{0, 1, g.low}
		}
		if !rule.AllPay || g.n == 1 {
			if r > g.high {
				return rank{1, 0, g.high}
			}
			v := math.Nextafter(r, 0)
			return rank{g.CDF(v), g.survival(v), r}
		}
	}
	// v(q) q^(n-1) >= r first holds at q*; v grows with q, and so does the product.
	m := float64(g.n - 1)
	if g.high < math.Inf(1) && g.high < r {
		return rank{1, 0, g.high}
	}
	// Search in ln(q/(1-q)), which reaches both tails.
	lo, hi := -700.0, 700.0
	at := func(x float64) rank {
		p, q := 1/(1+math.Exp(-x)), 1/(1+math.Exp(x))
		return rank{p, q, g.at(p, q)}
	}
	worth := func(k rank) float64 { return k.value * raised(k.below, k.above, m) }
	if worth(at(hi)) < r {
		return rank{1, 0, g.high}
	}
	for range 200 {
		mid := lo/2 + hi/2
		if mid <= lo || mid >= hi {
			break
		}
		if worth(at(mid)) >= r {
			hi = mid
		} else {
			lo = mid
		}
	}
	return at(hi)
}

// account fills in the expectations for equal agents of whom those from the rank of
// entry up take part and the highest wins: by the envelope theorem (Myerson 1981) they
// do not depend on who pays what.
//
//	u = int_v* (1-F) F^(n-1) dx,  welfare = v* (1-q*^n) + int_v* (1-F^n) dx
func account(eq *Equilibrium, g *group, entry rank) {
	n := g.n
	win, payoff, worth := 0.0, 0.0, 0.0
	if entry.above > 0 {
		ends := panels([]*group{g}, entry.value)
		last := ends[len(ends)-1]
		some := missed(entry.above, float64(n)) // 1 - q*^n
		win = some / float64(n)
		one := []*group{{law: g.law, n: 1}}
		// Both in one pass over the distribution function.
		gains, tops := pair(func(x float64) (gain, top float64) {
			s := g.survival(x)
			if s > 0.1 { // nothing cancels
				below := 1 - s
				h := power(below, n-1)
				return s * h, 1 - h*below
			}
			l := math.Log1p(-s)
			return s * math.Exp(float64(n-1)*l), -math.Expm1(float64(n) * l)
		}, ends)
		payoff = gains + beyond(one, last)
		worth = (entry.value*some + tops + beyond([]*group{g}, last)) / float64(n)
	}
	acc := &eq.Account
	cost := math.Max(0, worth-payoff)
	for range n {
		acc.Values = append(acc.Values, g.Mean())
		acc.Win = append(acc.Win, win)
		acc.Cost = append(acc.Cost, cost)
		acc.Payoff = append(acc.Payoff, payoff)
	}
	acc.Unsold = clean(1 - win*float64(n))
	acc.Welfare = worth * float64(n)
}

// clean removes the rounding of a sum of shares.
func clean(share float64) float64 {
	if share < 1e-12 {
		return 0
	}
	return share
}

// bidRange is the lowest bid that can win and the highest of all.
func bidRange(curves []mechanisms.BidCurve, reserve float64) (bottom, top float64) {
	bottom = math.Inf(1)
	for _, c := range curves {
		for k, b := range c.Bids {
			if k+1 < len(c.Bids) && c.Below[k+1] == c.Below[k] && c.Bids[k+1] > b {
				continue // the foot of a jump
			}
			if b >= reserve {
				bottom, top = math.Min(bottom, b), math.Max(top, b)
			}
		}
	}
	return math.Min(bottom, top), top
}
