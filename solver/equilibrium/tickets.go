package equilibrium

import (
	"math"

	"allot/mechanisms"
)

// How buyers of tickets behave.
const (
	conductStrategic = "strategic buyers, who know that they move the price"
	conductTaking    = "price-taking buyers, who bid until the last rival drops out"
)

// Tickets at a uniform price under complete information (Burian, Crapis, Saleh 2024;
// Schlegel 2024). Strategic buyers face p(Q) = p0 (Q/N)^eta: with z = p(Q) Q
//
//	v_i (1-s_i) = z (1 + eta s_i),   s_i = max(0, (v_i - z)/(v_i + eta z)),   sum s_i = 1
//
// and c_i = z s_i, whatever p0 and N. A buyer's payoff is strictly concave in its order,
// so first-order conditions are global and the equilibrium is unique. With a capped
// supply (eta = +Inf) z = 0, nobody can order more and s_i = v_i/(v_i + w): the limit.
// Price-taking buyers bid until the last rival drops out: all to the highest value at the second
// highest. With elastic supply this is the proportional contest. A lone
// positive value takes a capped supply for nothing, and otherwise buys as little as it
// can. Tests assert z = 4/3 at values 4, 2 and eta = 0, shares 2 - sqrt 2,
// sqrt 2 - 1 and z = 0 when capped, and z = v (n-1)/(n+eta) for n equal values.
func (s *Solver) solveTickets(sale mechanisms.Sale, values []float64, eq *Equilibrium) {
	conduct := conductStrategic
	switch {
	case sale.PriceTaking:
		conduct = conductTaking
		winnerPays(mechanisms.Ranking{}, values, eq)
		eq.Method = "tickets to the highest value at the second (Burian, Crapis, Saleh 2024)"
	case sale.Elasticity == 0:
		s.solveContest(mechanisms.Ratio{Exponent: 1}, values, eq)
	default:
		s.solveCurve(sale, values, eq)
	}
	if eq.Selection == "" {
		eq.Selection = conduct
	} else {
		eq.Selection = conduct + "; " + eq.Selection
	}
}

// pieceTickets tells this solution from those of other methods in Piece.
const pieceTickets uint64 = 1 << 16

func (s *Solver) solveCurve(sale mechanisms.Sale, values []float64, eq *Equilibrium) {
	eq.Method = "share functions of ticket demand"
	first, second, _ := topTwo(values)
	capped := math.IsInf(sale.Elasticity, 1)
	full := sale.Price * sale.Scale() // what the supply costs at p0: the unit of orders
	if !(full > 0 && full <= math.MaxFloat64) {
		eq.Status, eq.Method = NotFound, "orders of a supply that costs more than can be represented"
		return
	}
	if capped { // the orders' sum, rounded any way, must not exceed the supply
		full *= 1 - float64(len(values)+4)*0x1p-52
	}
	signals := eq.Profile.Signals
	if second < 0 || values[second] == 0 {
		if values[first] == 0 || second < 0 {
			for i := range eq.Win {
				eq.Win[i], eq.Payoff[i] = 1/float64(len(values)), values[i]/float64(len(values))
			}
			eq.Selection = "nobody buys, all share equally"
			eq.mark(pieceNobody)
			return
		}
		order, cost := full, 0.0
		if !capped {
			eq.Selection = "limit: the lone buyer buys as little as it can"
			order = math.Max(math.Min(full, values[first])*1e-15, math.SmallestNonzeroFloat64)
			cost = order * math.Pow(order/full, sale.Elasticity)
		}
		signals[first] = order
		eq.Win[first], eq.Cost[first], eq.Payoff[first] = 1, cost, values[first]-cost
		eq.markAgents(pieceTickets, first)
		return
	}
	z := curveShares(values, eq.Win, sale.Elasticity)
	total := full // of the orders: z = total (total/full)^eta
	if !capped {
		total = full * math.Exp((math.Log(z)-math.Log(full))/(1+sale.Elasticity))
	}
	for i, v := range values {
		t := eq.Win[i]
		signals[i] = total * t
		eq.Cost[i], eq.Payoff[i] = z*t, (v-z)*t
		if !capped {
			eq.Margin = math.Min(eq.Margin, math.Abs(v-z))
		}
	}
	eq.mark(pieceTickets)
}

// curveShares writes the shares along a price curve of elasticity eta > 0 and returns
// z. At least two values are positive. It works with y = (1+eta) z and k = eta/(1+eta),
//
//	s_i(y) = max(0, (v_i - (1-k) y)/(v_i + k y)),   s_i'(y) = -v_i/(v_i + k y)^2
//
// which has the capped supply as k = 1. The sum is convex and falls, so Newton's
// method from below climbs to the root; the equal-value solution for the second highest
// value is below. It does not allocate.
func curveShares(values, shares []float64, eta float64) float64 {
	first, second, _ := topTwo(values)
	k, rest := 1.0, 0.0
	if !math.IsInf(eta, 1) {
		k, rest = eta/(1+eta), 1/(1+eta)
	}
	unit := values[second]
	top := math.Min(values[first]/unit, 1e150) // above it a value's share is 1 less the others'
	y := 1 / (1 + rest)
	for range 200 {
		sum, slope := -1.0, 0.0
		for i, v := range values {
			v = math.Min(v/unit, top)
			s := 0.0
			if v > rest*y {
				d := v + k*y
				s = (v - rest*y) / d
				slope += v / d / d
				sum += s
			}
			shares[i] = s
		}
		next := y + sum/slope
		if !(next > y*(1+0x1p-50)) {
			break
		}
		y = next
	}
	total := 0.0
	for _, s := range shares {
		total += s
	}
	for i := range shares {
		shares[i] /= total
	}
	return rest * y * unit
}
