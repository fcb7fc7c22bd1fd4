package private

import (
	"math"

	"allot/mechanisms"
	"allot/solver/equilibrium"
)

// A draw among those who enter: with a fee c and a price p on winning, the type v enters
// iff (v - p) s_i >= c, where s_i is its expected chance,
//
//	s_i = int_0^1 w_i x^(w_i-1) prod_{j != i} (F_j(tau_j) + (1-F_j(tau_j)) x^(w_j)) dx,
//
// F_j(tau_j) being the chance that j stays out. Without a fee everyone enters whose value is
// at least the price. With one the thresholds tau are found by iteration: a rival's higher
// threshold raises one's chance and lowers one's own threshold, so averaged steps are taken.
// Domain: any distributions; weights > 0. A test asserts the threshold of two draws of U[0,1]
// at fee 0.1: tau (1+tau)/2 = 0.1.
func (s Solver) lottery(eq *Equilibrium, lot mechanisms.Lot, values []mechanisms.Distribution) {
	eq.Method = "thresholds of entry"
	n := len(values)
	laws := make([]*law, n)
	for _, g := range grouped(values) {
		for _, i := range g.agents {
			laws[i] = g.law
		}
	}
	weight := func(i int) float64 {
		if i < len(lot.Weights) {
			return lot.Weights[i]
		}
		return 1
	}
	at, out := make([]float64, n), make([]float64, n)
	for i, l := range laws {
		at[i] = lot.Price
		out[i] = l.CDF(math.Nextafter(at[i], math.Inf(-1)))
	}
	share := func(i int) float64 { return entrance(i, n, out, weight) }
	if lot.Fee > 0 {
		if n > 1 {
			eq.Selection = "the equilibrium that averaged steps reach"
		}
		worst := math.Inf(1)
		for step := 0; step < 2000 && worst > 1e-13; step++ {
			worst = 0
			for i, l := range laws {
				next := lot.Price + lot.Fee/share(i)
				worst = math.Max(worst, math.Abs(next-at[i])/math.Max(next, 1e-300))
				at[i] += 0.5 * (next - at[i])
				out[i] = l.CDF(math.Nextafter(at[i], math.Inf(-1)))
			}
		}
		if worst > 1e-9 {
			eq.Status, eq.Reason = equilibrium.NotFound, "the thresholds of entry did not settle"
			eq.Curves = nil
			return
		}
	}
	acc := &eq.Account
	acc.Values, acc.Win = make([]float64, n), make([]float64, n)
	acc.Cost, acc.Payoff = make([]float64, n), make([]float64, n)
	acc.Unsold = 1
	for i, l := range laws {
		enters := 1 - out[i]
		p := share(i)
		one := []*group{{law: l, n: 1}}
		worth := p * (at[i]*enters + excess(one, at[i]))
		acc.Values[i], acc.Win[i] = l.Mean(), p*enters
		acc.Cost[i] = (p*lot.Price + lot.Fee) * enters
		acc.Payoff[i] = worth - acc.Cost[i]
		acc.Welfare += worth
		acc.Unsold *= out[i]
		var k knots
		entry := rank{out[i], enters, math.Min(math.Max(at[i], l.low), l.high)}
		k.out(&group{law: l}, entry)
		signal := 0.0
		if enters > 0 {
			signal = 1
			k.add(entry, signal)
		}
		if len(k.ranks) == 0 {
			k.add(rank{0, 1, l.low}, signal)
		}
		k.add(rank{1, 0, l.high}, signal)
		eq.Curves[i] = k.curve()
	}
	acc.Unsold = clean(acc.Unsold)
	eq.Bottom, eq.Top = 0, 1
	eq.Status = equilibrium.Converged
}

// entrance is an entrant's expected chance.
func entrance(i, n int, out []float64, weight func(int) float64) float64 {
	// In u = x^(w_i): int_0^1 prod (out_j + (1-out_j) u^(w_j/w_i)) du, by panels towards
	// both ends.
	f := func(u float64) float64 {
		p := 1.0
		for j := range n {
			if j == i {
				continue
			}
			e := weight(j) / weight(i)
			x := u
			if e != 1 {
				x = math.Pow(u, e)
			}
			p *= out[j] + (1-out[j])*x
			if p == 0 {
				break
			}
		}
		return p
	}
	sum := 0.0
	for a, b := 0.0, 0.5; a < 1-1e-15; a, b = b, b+(1-b)/2 {
		if n < 16 && len(out) < 16 && a == 0 {
			if even(i, n, weight) { // a polynomial of low degree
				return integral(f, 0, 1)
			}
		}
		if a == 0 { // powers of u: towards 0 too
			for c, d := 1e-12, 1e-9; c < 0.5; c, d = d, math.Min(0.5, d*8) {
				sum += integral(f, c, d)
			}
			continue
		}
		sum += integral(f, a, b)
	}
	return sum
}

// even reports equal weights.
func even(i, n int, weight func(int) float64) bool {
	for j := range n {
		if weight(j) != weight(i) {
			return false
		}
	}
	return true
}
