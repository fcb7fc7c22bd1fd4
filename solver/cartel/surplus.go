package cartel

import (
	"math"

	"allot/mechanisms"
	"allot/solver/equilibrium"
)

// Surplus is what the all-inclusive ring gains over competition.
type Surplus struct {
	// Gap is G, the most that the members can have together less what they have
	// under competition. It is never negative: the ring can always compete.
	Gap float64
	// Leader is the member that takes the right: the highest value, the first of
	// equals. (Where a contest weighs agents against a phantom bid, the one that
	// earns most alone.)
	Leader int
	// LeastCost is c_min, the least payment with which the leader gets the right
	// when the others stand back: v_l less its best pay-off alone.
	LeastCost float64
	// Known is false where the equilibrium was not found or does not fit the
	// game; the numbers are then 0.
	Known bool
}

// Work is the work space of the package's hot paths. The zero value is ready; a
// Work must not be used by two goroutines at once.
type Work struct {
	out     mechanisms.Outcome
	signals []float64
	game    mechanisms.Game
	members []int
	reduced []int
	stage   stage

	// The market that a partial ring leaves.
	values, joined, each []float64
	eq                   equilibrium.Equilibrium
	solver               equilibrium.Solver
	leader               int
}

// Gap is the ring's gain
//
//	G = max over profiles of sum (t_i v_i - c_i) - sum u_i
//
// For the usual mechanisms the best profile is the leader alone, so that
// G = v_l - c_min - sum u_i: with c_min the reserve in auctions, the fee in contests
// (a signal of next to nothing wins), 0 for tickets, fee and price in lotteries. In a contest with a
// phantom bid the leader's signal is its best reply to it, and several members
// play where that pays (Exponent < 1, or only winners pay). In a contest with a fee
// all may stand back. For other mechanisms the leader's signal is found by a global
// search in one dimension, and Gap is then a lower bound.
//
// It does not allocate once ws has grown. A test asserts 20 for the first-price
// auction at 30, 20, 10 and 16 for its proportional tickets.
func Gap(g mechanisms.Game, eq *equilibrium.Equilibrium, ws *Work) Surplus {
	if !fits(g, eq) {
		return Surplus{}
	}
	compete := 0.0
	for _, u := range eq.Payoff {
		compete += u
	}
	leader, worth, total := lone(g, eq, ws)
	s := Surplus{Leader: leader, LeastCost: math.Max(0, g.Values[leader]-worth), Known: true}
	if r, ok := g.Mechanism.(mechanisms.Ranked); ok {
		s.LeastCost = r.Ranking().Reserve
	} else if e, ok := g.Mechanism.(mechanisms.EqualChance); ok {
		s.LeastCost = e.Lot().Fee + e.Lot().Price
	}
	s.Gap = positive(total-compete, g.Values[leader])
	return s
}

// fits reports a game with values that are numbers, of agents that mind nobody else's
// profit, and an equilibrium of as many agents.
func fits(g mechanisms.Game, eq *equilibrium.Equilibrium) bool {
	n := len(g.Values)
	if g.Mechanism == nil || g.Spiteful() || eq == nil || n == 0 || len(eq.Payoff) != n || eq.Status == equilibrium.NotFound {
		return false
	}
	sum := 0.0
	for i, v := range g.Values {
		sum += v
		if !(v >= 0 && v <= math.MaxFloat64) || math.IsNaN(eq.Payoff[i]) || math.IsInf(eq.Payoff[i], 0) {
			return false
		}
	}
	return sum <= math.MaxFloat64
}

// positive is x, or 0 where x is rounding at the scale.
func positive(x, scale float64) float64 {
	if !(x > 1e-13*scale) {
		return 0
	}
	return x
}

// lone is the member that takes the right for the ring, its best pay-off alone
// (others at 0), and the most that all members can have together.
func lone(g mechanisms.Game, eq *equilibrium.Equilibrium, ws *Work) (leader int, worth, total float64) {
	leader = highest(g.Values)
	v := g.Values[leader]
	switch m := g.Mechanism.(type) {
	case mechanisms.Ranked:
		worth = math.Max(0, v-m.Ranking().Reserve)
		return leader, worth, worth
	case mechanisms.EqualChance:
		lot := m.Lot()
		worth = math.Max(0, v-lot.Fee-lot.Price)
		return leader, worth, worth
	case mechanisms.Ratioed:
		r := m.Ratio()
		if r.Phantom == 0 {
			worth = v - r.Fee
			return leader, math.Max(0, worth), math.Max(worth, mean(g.Values))
		}
		for i, v := range g.Values {
			if i != leader && r.Weights == nil {
				continue
			}
			w := weight(r.Weights, i)
			u, _ := reply(v, r.Exponent, rival(0, 1, r.Phantom, w, r.Exponent), r.WinnerPays)
			if u-r.Fee > worth {
				leader, worth = i, u-r.Fee
			}
		}
		return leader, worth, math.Max(worth, pool(g.Values, r))
	}
	if _, ok := g.Mechanism.(mechanisms.Priced); ok {
		return leader, v, v // an order of next to nothing wins for next to nothing
	}
	ws.game, ws.leader = g, leader
	ws.signals = grow(ws.signals, len(g.Values))
	ws.out.Resize(len(g.Values))
	for i := range ws.signals {
		ws.signals[i] = 0
	}
	all := ws.together(0)
	_, total = ws.search(leader, reach(g, eq, leader), together)
	// The leader's own pay-off is the total less what the others get for standing back.
	worth = ws.out.Payoff(leader, v)
	return leader, math.Max(0, worth), math.Max(total, all)
}

func highest(values []float64) int {
	best := 0
	for i, v := range values {
		if v > values[best] {
			best = i
		}
	}
	return best
}

func mean(values []float64) float64 {
	sum := 0.0
	for _, v := range values {
		sum += v / float64(len(values))
	}
	return sum
}

func grow(s []float64, n int) []float64 {
	if cap(s) < n {
		return make([]float64, n)
	}
	return s[:n]
}
