package equilibrium

import (
	"math"

	"allot/mechanisms"
)

// Winner-pays auctions under complete information.
//
//	the highest value wins at max(r, v_(2)) if v_(1) >= r; equal top values share equally
//
// This is the limit of undominated epsilon-equilibria for every weight First > 0 of
// the winner's own bid, and the dominant-strategy outcome at First = 0 (Vickrey
// 1961). The signals are a Nash profile as they stand: the leader is one
// representable number above the runner-up, who bids its value. Domain: any number
// of agents, any values >= 0, any reserve >= 0. A test asserts that 30/20/10 sells
// at 20, and at 25 with reserve 25.
func winnerPays(r mechanisms.Ranking, values []float64, eq *Equilibrium) {
	first, second, equal := topTwo(values)
	v1, v2 := values[first], 0.0
	if second >= 0 {
		v2 = values[second]
	}
	eq.Method = "leader at the runner-up's value (limit of undominated epsilon-equilibria)"
	if r.First == 0 {
		eq.Method = "dominant strategies (Vickrey 1961)"
	}
	signals := eq.Profile.Signals
	copy(signals, values)
	if v1 < r.Reserve {
		eq.Margin = r.Reserve - v1
		eq.markAgents(pieceNobody)
		return
	}
	price := math.Max(r.Reserve, v2)
	kind := pieceAtRunnerUp
	eq.Margin = math.Inf(1)
	if r.Reserve > v2 {
		kind = pieceAtReserve
		eq.Margin = math.Min(v1-r.Reserve, r.Reserve-v2)
	} else if r.Reserve > 0 {
		eq.Margin = v2 - r.Reserve
	}
	if equal > 1 {
		eq.Selection = "equal values share equally"
		share := 1 / float64(equal)
		for i, v := range values {
			if v == v1 {
				eq.Win[i], eq.Cost[i] = share, share*price
			}
		}
		eq.mark(kind)
		eq.Active = equal
		return
	}
	if r.First > 0 {
		switch {
		case second < 0 || r.Reserve > v2:
			signals[first] = r.Reserve
		default:
			signals[first] = math.Nextafter(v2, math.Inf(1))
		}
	}
	eq.Win[first], eq.Cost[first], eq.Payoff[first] = 1, price, v1-price
	eq.markAgents(kind, first)
}

// All-pay auctions under complete information.
//
//	r < v_2:  G_1(b) = b/v_2 and G_2(b) = (v_1 - v_2 + b)/v_1 on [r, v_2]
//	          t_2 = (v_2^2-r^2)/(2 v_1 v_2), c_1 = (v_2^2+r^2)/(2 v_2), c_2 = (v_2^2-r^2)/(2 v_1)
//	r >= v_2: agent 1 pays r
//
// Agent 1 has an atom r/v_2 at r, agent 2 stands back with probability
// (v_1-v_2+r)/v_1, the others always: a third value v_3 <= v_2 earns at most
// v_3 b/v_2 - b <= 0 from any b. With v_1 = v_2 or v_2 = v_3 there are continua of
// equilibria with other payments; the one with the fewest active agents is
// selected, the first of equals. Hillman, Riley 1989; Baye, Kovenock, de Vries
// 1996. A test asserts revenue 50/3 at 30/20/10 and 0.75 at (2,1,1).
func allPay(r float64, values []float64, eq *Equilibrium) {
	eq.Method = "all-pay auction (Hillman, Riley 1989; Baye, Kovenock, de Vries 1996)"
	first, second, equal := topTwo(values)
	v1, v2 := values[first], 0.0
	if second >= 0 {
		v2 = values[second]
	}
	switch {
	case v1 < r:
		eq.Margin = r - v1
		eq.markAgents(pieceNobody)
		return
	case v1 == 0: // r = 0: nobody pays, all tie
		eq.Selection = "equal values share equally"
		for i := range eq.Win {
			eq.Win[i] = 1 / float64(len(values))
		}
		eq.mark(pieceNobody)
		return
	case v2 == 0 && r == 0 && second >= 0:
		// Any positive signal wins: the limit.
		eq.Selection = "limit: the lone positive value signals as little as it can"
		a := math.SmallestNonzeroFloat64
		eq.Profile.Signals[first] = a
		eq.Win[first], eq.Cost[first], eq.Payoff[first] = 1, a, v1-a
		eq.markAgents(pieceAllPayReserve, first)
		return
	case r >= v2:
		if r > 0 {
			eq.Margin = math.Min(v1-r, r-v2)
		}
		if equal > 1 {
			eq.Selection = "fewest active, the first of equal values"
		}
		eq.Profile.Signals[first] = r
		eq.Win[first], eq.Cost[first], eq.Payoff[first] = 1, r, v1-r
		eq.markAgents(pieceAllPayReserve, first)
		return
	}
	third := 0
	for i, v := range values {
		if v == v2 && i != first && i != second {
			third++
		}
	}
	if equal > 1 || third > 0 {
		eq.Selection = "fewest active, the first of equal values; with equal values there are continua of equilibria, some with other payments"
	}
	eq.Regime = Mixed
	k, z := v2/v1, r/v2 // ratios first, so that no square over- or underflows
	weak := k * (1 - z) * (1 + z) / 2
	eq.Win[second], eq.Win[first] = weak, 1-weak
	eq.Cost[first], eq.Cost[second] = v2*(1+z*z)/2, v2*weak
	eq.Payoff[first], eq.Payoff[second] = v1-v2, 0
	if r > 0 {
		eq.Margin = v2 - r
	}
	eq.mixtures(len(values))
	out := (v1 - v2 + r) / v1
	eq.knot(first, r, z)
	eq.knot(first, v2, 1)
	eq.knot(second, 0, out)
	if r > 0 {
		eq.knot(second, r, out)
	}
	eq.knot(second, v2, 1)
	eq.Profile.Signals[first], eq.Profile.Signals[second] = eq.Cost[first], eq.Cost[second]
	eq.markAgents(pieceAllPayMixed, first, second)
}
