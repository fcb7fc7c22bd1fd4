package equilibrium

import (
	"fmt"
	"math"

	"allot/mechanisms"
)

// Agents that mind their rivals' profit, under complete information.
//
//	U_i = u_i - s_i sum_{j != i} u_j,   u_j = t_j v_j - c_j
//
// Winner-pays auctions. That j wins at p is better for j than that i wins at p iff
//
//	v_j - p >= -s_j (v_i - p),  p <= P_ji = (v_j + s_j v_i)/(1 + s_j),
//
// a mean of the two values. With s_i s_j <= 1 for every pair, the highest value wins at
//
//	p = max(r, max_j P_j1),   v_1 >= r
//
// or more: the winner gives way to j only above P_1j >= P_j1, and a spiteful loser
// would push what it does not pay. The prices of equilibria end at P_1m, m the highest
// value among the spiteful losers. With a weight First > 0 on the winner's own bid the
// least price is selected, the only one at First = 1 (a bid above P_j1 is dominated, one
// below is overtaken); at First = 0 the highest, since a winner's bid below what
// it would pay to keep the right from its rival is dominated.
//
// All-pay auctions, no reserve. Nobody's signal moves what others pay, so that a pair
// that nobody joins plays for w_i = v_i + s_i v_j. An outsider k stays out iff
// v_k + s_k (t_i v_i + t_j v_j) <= min(w_i, w_j): what it gains by a signal b is convex
// in b up to there. A reserve is solved where one agent pays it and nobody joins.
//
// Payoffs are given in u. Domain: finite s >= 0; pairs with s_i s_j > 1 would each rather
// have the other overpay than win, and are refused in winner-pays auctions. References:
// Morgan, Steiglitz, Reis (2003); Brandt, Sandholm, Shoham (2007); Nishimura, Cason, Saijo,
// Ikeda (2011) on second-price auctions with known values, where losers overbid and winners
// underbid; Jehiel, Moldovanu (1996) for thresholds that depend on the rival. Tests assert 20 and s = 1/2 for all:
// 30/20/10 sells at 70/3 by first price and at 80/3 by second price, and the all-pay
// auction of 30 and 20 collects 155/4.
func spitefulAuction(r mechanisms.Ranking, g mechanisms.Game, eq *Equilibrium) {
	values := g.Values
	eq.Method = "the price at which every rival would rather see the winner pay than win (Morgan, Steiglitz, Reis 2003)"
	if a, b := topSpites(g.Spites); a*b > 1 {
		eq.refuse(fmt.Sprintf("no method for winner-pays auctions among agents whose weights on each other's profit, %g and %g, multiply to more than 1: each would rather have the other overpay than win", a, b))
		return
	}
	first, _, equal := topTwo(values)
	v1 := values[first]
	signals := eq.Profile.Signals
	copy(signals, values)
	if v1 < r.Reserve {
		eq.Margin = r.Reserve - v1
		eq.markAgents(pieceNobody)
		return
	}
	if equal > 1 {
		eq.Selection = "equal values share equally"
		share, price := 1/float64(equal), math.Max(r.Reserve, v1)
		for i, v := range values {
			if v == v1 {
				eq.Win[i], eq.Cost[i] = share, share*price
			}
		}
		eq.mark(pieceAtRunnerUp)
		eq.Active = equal
		return
	}
	least, driver := 0.0, -1 // max_j P_j1, and the spiteful loser of the highest value
	for j := range values {
		if j == first {
			continue
		}
		signals[j] = limit(g, j, first)
		least = math.Max(least, signals[j])
		if g.Spite(j) > 0 && (driver < 0 || values[j] > values[driver]) {
			driver = j
		}
	}
	most := least
	if driver >= 0 {
		most = math.Max(least, limit(g, first, driver))
	}
	price := math.Max(r.Reserve, least)
	switch {
	case r.First == 0 && most > price:
		price = most
		signals[driver] = most
		eq.Selection = "the losers drive the price up to the most that the winner pays to keep the right from the best of those who mind its profit; any price from that of the first-price auction is possible"
	case r.First < 1 && most > price:
		eq.Selection = "the least price that keeps every rival from overtaking; up to the most that the winner would pay, any is possible"
	}
	kind := pieceAtRunnerUp
	eq.Margin = math.Inf(1)
	if price <= r.Reserve {
		price = r.Reserve
		signals[first] = price
		kind = pieceAtReserve
		eq.Margin = math.Min(v1-price, price-least)
	} else {
		signals[first] = math.Nextafter(price, math.Inf(1))
		if r.Reserve > 0 {
			eq.Margin = price - r.Reserve
		}
	}
	eq.Win[first], eq.Cost[first], eq.Payoff[first] = 1, price, v1-price
	eq.markAgents(kind, first)
}

// limit is P_ik, the most that agent i would pay for winning where k wins otherwise.
func limit(g mechanisms.Game, i, k int) float64 {
	s := g.Spite(i)
	v, rival := g.Values[i], g.Values[k]
	x := v + (rival-v)*(s/(1+s))
	return math.Min(math.Max(x, math.Min(v, rival)), math.Max(v, rival))
}

// topSpites are the two largest weights.
func topSpites(spites []float64) (a, b float64) {
	for _, s := range spites {
		if s > a {
			a, b = s, a
		} else if s > b {
			b = s
		}
	}
	return a, b
}

// refuse says that no equilibrium was found, and why.
func (eq *Equilibrium) refuse(why string) {
	eq.notFound(why)
	eq.Method = why
}

// kept writes what agents keep themselves.
func (eq *Equilibrium) kept(values []float64) {
	for i, v := range values {
		eq.Payoff[i] = -eq.Cost[i]
		if t := eq.Win[i]; t > 0 {
			eq.Payoff[i] = t*v - eq.Cost[i]
		}
	}
}

// spitefulAllPay is the all-pay auction; see spitefulAuction.
func (s *Solver) spitefulAllPay(reserve float64, g mechanisms.Game, eq *Equilibrium) {
	n := len(g.Values)
	if reserve > 0 {
		s.spitefulReserve(reserve, g, eq)
		return
	}
	s.pairs(g, func(i, j int) bool {
		eq.reset(n)
		s.worths = zeros(s.worths, n)
		s.worths[i] = g.Values[i] + g.Spite(i)*g.Values[j]
		s.worths[j] = g.Values[j] + g.Spite(j)*g.Values[i]
		allPay(0, s.worths, eq)
		weak, won := math.Min(s.worths[i], s.worths[j]), eq.Win[i]*g.Values[i]+eq.Win[j]*g.Values[j]
		for k := range n {
			if k != i && k != j && g.Values[k]+g.Spite(k)*won > weak*(1+nearly) {
				return false
			}
		}
		return true
	}, eq)
}

// spitefulReserve is an all-pay auction in which one agent pays the reserve and nobody
// joins it, or nobody buys.
func (s *Solver) spitefulReserve(reserve float64, g mechanisms.Game, eq *Equilibrium) {
	first, _, _ := topTwo(g.Values)
	v1 := g.Values[first]
	if v1 < reserve {
		eq.Method = "nobody buys: the reserve exceeds every value"
		eq.Margin = reserve - v1
		eq.markAgents(pieceNobody)
		return
	}
	margin := v1 - reserve
	for j, v := range g.Values {
		if j != first {
			margin = math.Min(margin, reserve-v-g.Spite(j)*v1)
		}
	}
	if margin < 0 {
		eq.refuse("no method for all-pay auctions with a reserve that spiteful agents mix above")
		return
	}
	eq.Method, eq.Margin = "one agent pays the reserve and keeps all others out", margin
	eq.Profile.Signals[first] = reserve
	eq.Win[first], eq.Cost[first] = 1, reserve
	eq.kept(g.Values)
	eq.markAgents(pieceAllPayReserve, first)
}

// contenders is how many agents, of the highest values, are tried as pairs.
const contenders = 12

// pairs tries pairs of agents, those of the highest values first, until one is an
// equilibrium in which the others stand back.
func (s *Solver) pairs(g mechanisms.Game, try func(i, j int) bool, eq *Equilibrium) {
	s.order = s.order[:0]
	for i := range g.Values {
		s.order = append(s.order, i)
	}
	sortByValue(s.order, g.Values)
	order := append([]int(nil), s.order[:min(contenders, len(s.order))]...)
	for b := 1; b < len(order); b++ {
		for a := range b {
			if !try(order[a], order[b]) {
				continue
			}
			eq.kept(g.Values)
			eq.Method += methodSpite
			if len(g.Values) > 2 {
				if eq.Selection != "" {
					eq.Selection += "; "
				}
				eq.Selection += "two agents compete, of the highest values that keep the others out"
			}
			return
		}
	}
	eq.refuse("no pair of agents keeps the others out, and no method for more spiteful agents who mix")
}
