package private

import (
	"math"

	"allot/mechanisms"
	"allot/solver/equilibrium"
)

// Equal agents who play for u_i - s sum_{j != i} u_j, the same s for all. The bid of the type
// of rank q among n agents is
//
//	first price:   b(q) = [r q*^m + int_q*^q v(p) dp^m]/q^m,  m = (n-1)(1+s)
//	second price:  b(q) = int_q^1 v(p) d(-(1-p)^k)/(1-q)^k,   k = (1+s)/s
//
// for with H = F^(n-1) the chance that every rival's value is less,
//
//	first price:   b' H = (1+s)(v - b) H'
//	second price:  b' s (1-F) = (1+s)(b - v) f, whatever n
//
// A loser gains by a higher bid at first price what the winner's profit is worth to it, and at
// second price also by raising what the winner pays, so that it bids above its value. Who
// wins, and so welfare, is as without spite. Domain: first price at any reserve; second price
// for values with an end, at a reserve that everybody bids (with one above, some bid that
// would lose by winning). References: Morgan, Steiglitz, Reis (2003); Brandt, Sandholm, Shoham
// (2007). Tests assert, for n uniform values, v (n-1)(1+s)/((n-1)(1+s)+1) and
// (v (1+s) + s)/(1+2s), and at n = 2, s = 1/2 revenue 2/5 and 1/2.
func (s Solver) spiteful(eq *Equilibrium, rule mechanisms.Ranking, g *group) {
	n, w := g.n, s.Spite
	eq.Method = "closed form for equal agents who mind their rivals' profit (Morgan, Steiglitz, Reis 2003)"
	eq.Selection = "the symmetric equilibrium"
	entry := rank{0, 1, g.low}
	if rule.First == 1 {
		entry = s.entry(rule, g)
	}
	account(eq, g, entry)
	eq.Status = equilibrium.Converged
	s.Tolerance /= 8 * (1 + w)
	rise := equals(n)
	if rule.First == 0 { // what raising the winner's price brings bends where H hardly rises
		h, others := rise, equals(n-1)
		rise = func(a, b rank) float64 { return h(a, b) + w*others(a, b) }
	}
	ranks := s.refine(ladder(g, entry, n), g, rise, nil, eq.Highest)
	var k knots
	cost := 0.0
	switch {
	case entry.below >= 1:
		k.one(g, entry, rule.Reserve)
	case rule.First == 1:
		m := float64(n-1) * (1 + w)
		k.fill(g, entry, rule.Reserve, m, false, ranks)
		from := len(k.ranks) - len(ranks)
		for j := 1; j < len(ranks); j++ {
			a, bid := k.ranks[from+j-1], k.bids[from+j-1]
			cost += spent(a, k.ranks[from+j], func(r rank) float64 {
				r.value = g.at(r.below, r.above)
				b := bid * fall(a, r, m)
				if top := raised(r.below, r.above, m); top > 0 {
					b += stretch(g, a, r, m) / top
				}
				return b * raised(r.below, r.above, float64(n-1))
			})
		}
	default:
		steep := (1 + w) / w
		ranks = gradual(g, ranks, steep)
		bids := make([]float64, len(ranks))
		bids[len(ranks)-1] = g.high
		for j := len(ranks) - 2; j >= 0; j-- {
			bids[j] = pushed(g, ranks[j], ranks[j+1], bids[j+1], steep)
		}
		if bids[0] < rule.Reserve {
			*eq = Equilibrium{Status: equilibrium.NotFound, Method: eq.Method, Curves: eq.Curves, Highest: eq.Highest,
				Reason: "spiteful agents in a second-price auction whose reserve keeps some out have no method here"}
			return
		}
		for j, r := range ranks {
			k.add(r, bids[j])
			if j > 0 {
				b, bid := r, bids[j]
				cost += spent(ranks[j-1], r, func(r rank) float64 {
					r.value = g.at(r.below, r.above)
					return pushed(g, r, b, bid, steep) * float64(n-1) * raised(r.below, r.above, float64(n-2)) * r.above
				})
			}
		}
	}
	for i := range eq.Account.Cost {
		worth := eq.Account.Payoff[i] + eq.Account.Cost[i]
		eq.Account.Cost[i], eq.Account.Payoff[i] = cost, worth-cost
	}
	curve := k.curve()
	for i := range eq.Curves {
		eq.Curves[i] = curve
	}
	eq.Bottom, eq.Top = bidRange(eq.Curves, rule.Reserve)
}

// spiteReason says why agents who mind their rivals' profit have no method in an auction,
// or "".
func spiteReason(rule mechanisms.Ranking, groups []*group) string {
	switch {
	case len(groups) > 1:
		return "spiteful agents with different values have no method here"
	case rule.AllPay || rule.First > 0 && rule.First < 1:
		return "spiteful agents have a method in first-price and second-price auctions only"
	case rule.First == 0 && math.IsInf(groups[0].high, 1):
		return "spiteful agents have a method in a second-price auction only where values have an end"
	}
	return ""
}

// pushed is the second-price bid of rank r from that of a higher rank b, whose bid it takes.
func pushed(g *group, r, b rank, bid, steep float64) float64 {
	if r.above <= 0 {
		return bid
	}
	rest := math.Pow(b.above/r.above, steep)
	// int v d(-t^k) = v(r)(1 - rest) + int (v - v(r)) d(-t^k), t = (1-p)/(1-q).
	sum, low := 0.0, b.above/r.above
	c, h := 1/2.+low/2, 1/2.-low/2
	for _, x := range gauss5 {
		t := c + h*x[0]
		q := t * r.above
		sum += h * x[1] * (g.at(1-q, q) - r.value) * steep * math.Pow(t, steep-1)
	}
	return bid*rest + r.value*(1-rest) + sum
}

// gradual cuts steps in which (1-p)^k falls by more than a factor of 2.
func gradual(g *group, ranks []rank, steep float64) []rank {
	out := ranks[:1:1]
	for _, b := range ranks[1:] {
		a := out[len(out)-1]
		if b.above > 0 {
			steps := math.Min(math.Ceil(steep*math.Log(a.above/b.above)/math.Ln2), 1000)
			for k := 1.; k < steps; k++ {
				q := a.above * math.Pow(b.above/a.above, k/steps)
				out = append(out, rank{1 - q, q, g.at(1-q, q)})
			}
		}
		out = append(out, b)
	}
	return out
}

// spent is the integral of a payment over the ranks between two.
func spent(a, b rank, payment func(r rank) float64) float64 {
	width := b.below - a.below
	if a.above < 0.5 {
		width = a.above - b.above
	}
	sum := 0.0
	for _, x := range gauss5 {
		w := (1 + x[0]) / 2
		r := rank{below: a.below + w*width, above: a.above - w*width}
		sum += width / 2 * x[1] * payment(r)
	}
	return sum
}
