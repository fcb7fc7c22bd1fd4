package equilibrium

import (
	"math"
	"slices"

	"allot/mechanisms"
)

// Contests, lotteries and ticket sales among agents that mind their rivals' profit.
//
// Whatever i signals, the others' chances stay in proportion. With sigma_j the chance of j
// when i stands back (1/(n-1) each where nobody else signals), U_i is, but for what i
// cannot change, the payoff of an agent without spite that values winning at
//
//	w_i = v_i + s_i sum_{j != i} sigma_j m_j
//
// m_j being what j keeps when it wins: v_j where everyone pays, v_j - a_j where the
// winner does, v_j less the price of a lottery. So best replies, entry and the conditions
// for an equilibrium are those of the contest with values w, whose shares give w
// again: a fixed point. Two agents who both pay, without a phantom bid, have w_i = v_i +
// s_i v_j whatever they play, so that mixed equilibria carry over; among more agents a
// pair mixes where those who stand back would do so at v_k + s_k max(v_i, v_j) too. With
// exponent 1 and the same s for all, everyone active,
//
//	t_i = (1 - A/v_i)/(1+s),  A = (m-1-s)/sum 1/v_j.
//
// Tickets along a price curve of elasticity eta: orders raise what rivals pay,
//
//	w_i (1-t_i) = z (1 + eta (t_i - s_i (1-t_i)))
//
// concave in the order, and so global, if eta <= 1 or s_i (eta-1) <= 2; other sales, and
// capped ones, in which the last order has no bounded price, are refused.
//
// Several fixed points may exist; the one that iteration from all rivals alike leads to
// is selected. References: Morgan, Steiglitz, Reis (2003); Cornes, Hartley (2005). Tests assert
// 4/2, s = 1/2: w = (5, 4), revenue 20/9 at exponent 1; and the closed form above.

const methodSpite = "; values raised by what winning keeps from rivals"

// spitefulContest is a contest; see above.
func (s *Solver) spitefulContest(r mechanisms.Ratio, g mechanisms.Game, eq *Equilibrium) {
	n := len(g.Values)
	solve := func(worths []float64) {
		eq.reset(n)
		s.solveContest(r, worths, eq)
	}
	if n == 2 && r.Phantom == 0 && !r.WinnerPays {
		s.worths = room(s.worths, n)
		for i, v := range g.Values {
			s.worths[i] = v + g.Spite(i)*g.Values[1-i]
		}
		solve(s.worths)
		if eq.Status != NotFound {
			eq.kept(g.Values)
			eq.Method += methodSpite
		}
		return
	}
	margin := func(k int) float64 {
		if r.WinnerPays {
			return g.Values[k] - eq.Profile.Signals[k]
		}
		return g.Values[k]
	}
	alone := func(i int) float64 { // nobody else signals: all the others are alike
		sum := 0.0
		for k := range n {
			if k != i {
				sum += margin(k)
			}
		}
		return sum / float64(n-1)
	}
	s.fixedPoint(g, eq, solve, margin, alone)
	switch {
	case eq.Status != NotFound && eq.Regime == Pure:
	case r.Phantom > 0 || r.WinnerPays:
		eq.refuse("no method for spiteful agents who mix where only the winner pays or a phantom bids")
	case r.Exponent > 1 || r.Fee > 0:
		s.spitefulPair(r, g, eq)
	}
}

// spitefulPair is a contest in which two agents compete and the others stand back.
func (s *Solver) spitefulPair(r mechanisms.Ratio, g mechanisms.Game, eq *Equilibrium) {
	n := len(g.Values)
	s.pairs(g, func(i, j int) bool {
		eq.reset(n)
		s.worths = room(s.worths, n)
		for k, v := range g.Values {
			s.worths[k] = v + g.Spite(k)*math.Max(g.Values[i], g.Values[j])
		}
		s.worths[i] = g.Values[i] + g.Spite(i)*g.Values[j]
		s.worths[j] = g.Values[j] + g.Spite(j)*g.Values[i]
		s.solveContest(r, s.worths, eq)
		return eq.Status != NotFound && eq.Active == 2 && eq.Win[i] > 0 && eq.Win[j] > 0
	}, eq)
}

// spitefulLottery is a lottery: in it, alone, nobody is denied anything.
func (s *Solver) spitefulLottery(l mechanisms.Lot, g mechanisms.Game, eq *Equilibrium) {
	n := len(g.Values)
	solve := func(worths []float64) {
		eq.reset(n)
		s.solveLottery(l, worths, eq)
	}
	s.fixedPoint(g, eq, solve, func(k int) float64 { return g.Values[k] - l.Price }, func(int) float64 { return 0 })
}

// spitefulTickets is a ticket sale.
func (s *Solver) spitefulTickets(sale mechanisms.Sale, g mechanisms.Game, eq *Equilibrium) {
	n := len(g.Values)
	conduct := conductStrategic
	switch full := sale.Price * sale.Scale(); {
	case sale.PriceTaking:
		conduct = conductTaking
		spitefulAuction(mechanisms.Ranking{First: 1}, g, eq)
	case sale.Elasticity == 0:
		s.spitefulContest(mechanisms.Ratio{Exponent: 1}, g, eq)
	case math.IsInf(sale.Elasticity, 1):
		eq.refuse("no method for a capped supply among spiteful agents: what an order beyond it costs rivals has no bound")
		return
	case !(full > 0 && full <= math.MaxFloat64):
		eq.refuse("orders of a supply that costs more than can be represented")
		return
	default:
		if a, _ := topSpites(g.Spites); sale.Elasticity > 1 && a*(sale.Elasticity-1) > 2 {
			eq.refuse("no method for tickets at so steep a price among agents so spiteful: a larger order can be worth it for what it costs rivals alone")
			return
		}
		mean := func(i int) float64 {
			sum := 0.0
			for k, v := range g.Values {
				if k != i {
					sum += v
				}
			}
			return sum / float64(n-1)
		}
		s.fixedPoint(g, eq, func(worths []float64) {
			eq.reset(n)
			s.spitefulCurve(sale, full, worths, g, eq)
		}, func(k int) float64 { return g.Values[k] }, mean)
	}
	if eq.Status == NotFound {
		return
	}
	if eq.Selection == "" {
		eq.Selection = conduct
	} else {
		eq.Selection = conduct + "; " + eq.Selection
	}
}

// spitefulCurve is the sale at given worths w: sum t_i(z) = 1, each share falling in z.
func (s *Solver) spitefulCurve(sale mechanisms.Sale, full float64, worths []float64, g mechanisms.Game, eq *Equilibrium) {
	eta := sale.Elasticity
	if first, second, _ := topTwo(worths); second < 0 || worths[second] == 0 {
		lone := append([]float64(nil), worths...)
		lone[first] = g.Values[first]
		s.solveCurve(sale, lone, eq)
		return
	}
	eq.Method = "share functions of ticket demand"
	excess := func(z float64) float64 {
		sum := -1.0
		for i, w := range worths {
			t := 0.0
			if a := g.Spite(i); w > 0 {
				t = math.Max(0, (w-z*(1-eta*a))/(w+eta*z*(1+a)))
			}
			eq.Win[i] = t
			sum += t
		}
		return sum
	}
	high := slices.Max(worths)
	low := 0.0
	for range 200 {
		if excess(high) <= 0 {
			break
		}
		low, high = high, 2*high
	}
	if !(excess(high) <= 0) {
		eq.refuse("at no price do spiteful buyers stop ordering more")
		return
	}
	for range 200 {
		z := low + (high-low)/2
		if !(z > low && z < high) {
			break
		}
		if excess(z) > 0 {
			low = z
		} else {
			high = z
		}
	}
	z, total := high, 0.0
	excess(z)
	for _, t := range eq.Win {
		total += t
	}
	orders := full * math.Exp((math.Log(z)-math.Log(full))/(1+eta))
	for i, w := range worths {
		t := eq.Win[i] / total
		eq.Win[i], eq.Cost[i], eq.Profile.Signals[i] = t, z*t, orders*t
		eq.Margin = math.Min(eq.Margin, math.Abs(w-z*(1-eta*g.Spite(i))))
	}
	eq.mark(pieceTickets)
}

// fixedPoint plays the game of values w, which solve solves into eq, until the shares
// bring the same w. margin is what an agent keeps when it wins, alone the mean of the
// others' margins for an agent that has no rival with a chance.
func (s *Solver) fixedPoint(g mechanisms.Game, eq *Equilibrium, solve func([]float64), margin func(k int) float64, alone func(i int) float64) {
	n := len(g.Values)
	s.worths = room(s.worths, n)
	worths := s.worths
	first, second, _ := topTwo(g.Values)
	for i, v := range g.Values {
		rival := g.Values[first]
		if i == first {
			rival = g.Values[second]
		}
		worths[i] = v + g.Spite(i)*rival
	}
	s.lastMove = zeros(s.lastMove, n)
	weight := 1.0
	for step := range 500 {
		solve(worths)
		if eq.Status == NotFound {
			return
		}
		sold := 0.0
		for _, t := range eq.Win {
			sold += t
		}
		nobody := 1 - sold
		if nobody < 1e-12 {
			nobody = 0
		}
		move, size, along, change := 0.0, 0.0, 0.0, 0.0
		for i, v := range g.Values {
			to := v
			if a := g.Spite(i); a > 0 {
				others, keep := nobody, 0.0
				for k, t := range eq.Win {
					if k != i && t > 0 {
						others += t
						keep += t * margin(k)
					}
				}
				if others > 0 {
					to += a * (keep / others)
				} else {
					to += a * alone(i)
				}
				to = math.Max(0, to)
			}
			size = math.Max(size, to)
			to -= worths[i]
			move = math.Max(move, math.Abs(to))
			d := to - s.lastMove[i]
			along += s.lastMove[i] * d
			change += d * d
			s.lastMove[i] = to
		}
		if move <= 1e-14*size {
			eq.kept(g.Values)
			eq.Method += methodSpite
			if eq.Selection != "" {
				eq.Selection += "; "
			}
			eq.Selection += "the fixed point that iteration from all rivals alike leads to"
			return
		}
		if step > 0 && change > 0 { // Aitken's relaxation of vectors (Irons, Tuck 1969)
			weight = math.Min(math.Max(0.05, -weight*along/change), 50)
		}
		for i, d := range s.lastMove {
			worths[i] = math.Max(0, worths[i]+weight*d)
		}
	}
	eq.refuse("what agents keep from each other by winning did not settle")
}

// sortByValue sorts agents by value, descending, the first of equals first.
func sortByValue(agents []int, values []float64) {
	slices.SortStableFunc(agents, func(i, j int) int {
		switch a, b := values[i], values[j]; {
		case a > b:
			return -1
		case a < b:
			return 1
		}
		return 0
	})
}
