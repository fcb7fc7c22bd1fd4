package equilibrium

import "math"

// solveTopTwo is the contest with an exponent above the pure threshold, everyone
// paying, entry free, no phantom bid: the two highest effective values play
// against each other and the others stand back. first and second are these two,
// logRatio is log(k^rho) <= 0. An agent of effective value at most the second's
// earns at most 0 against the first, as the second does, and no more against both: the
// outsiders' global best reply is 0 in either regime.
//
// Semi-mixed, 1 + k^rho < rho <= 2, in units in which the weights are 1 (Wang 2010):
//
//	x_2 = v_2 (rho-1)/rho with probability q = k (rho-1)^(-1/rho), else 0
//	x_1 = x_2 (rho-1)^(-1/rho),  t_2 = q (rho-1)/rho,  u_2 = 0
//
// Above 2 every equilibrium has the payoffs, spends and chances of the all-pay
// auction (Alcalde, Dahm 2010; Ewerhart 2017):
//
//	t_2 = k/2, c_1 = v_1 k/2, c_2 = v_2 k/2, u_1 = v_1 (1-k), u_2 = 0
//
// and the profile is one in finitely many atoms, an epsilon-equilibrium. A test
// asserts x = (1.058267, 0.666667), q = 0.793701 at 4/2, rho = 1.5, revenue 2^(2/3).
func (s *Solver) solveTopTwo(first, second int, logRatio float64, eq *Equilibrium) {
	rho := s.contest.Exponent
	k := math.Exp(logRatio / rho)
	v1, v2 := s.values[first], s.values[second]
	if rho > 2 {
		s.solveDissipated(first, second, k, eq)
		return
	}
	eq.Method, eq.Regime = methodSemiMixed, SemiMixed
	// Signals in each agent's own unit: x/w^(1/rho), so v_2 k stands for
	// agent 2's effective value in agent 1's unit.
	steep := math.Exp(-math.Log(rho-1) / rho) // (rho-1)^(-1/rho)
	q := math.Min(1, k*steep)
	a2 := v2 * (rho - 1) / rho
	a1 := v1 * k * (rho - 1) / rho * steep
	t2 := q * (rho - 1) / rho
	eq.Win[first], eq.Win[second] = 1-t2, t2
	eq.Cost[first], eq.Cost[second] = a1, q*a2
	eq.Payoff[first], eq.Payoff[second] = v1*(1-t2)-a1, 0
	eq.mixtures(len(s.values))
	eq.knot(second, 0, 1-q)
	eq.knot(second, a2, 1-q)
	eq.knot(second, a2, 1)
	eq.Profile.Signals[first], eq.Profile.Signals[second] = a1, q*a2
	eq.Margin = v1 * math.Min(1-q, 2-rho)
	if k == 1 { // at k = 1, rho = 2 the atom at 0 vanishes
		eq.Margin = v1 * (2 - rho)
	}
	eq.markAgents(pieceSemiMixed, first, second)
}

// solveDissipated is solveTopTwo for rho > 2. Let sigma be the symmetric strategy
// of two agents of value 1 who earn nothing by it. Agent 1 plays v_2 sigma, and agent 2
// does so with probability k, else 0: agent 2 then earns nothing, and agent 1
// v_1 (1-k), by any signal in sigma's support, and neither can earn more.
func (s *Solver) solveDissipated(first, second int, k float64, eq *Equilibrium) {
	rho := s.contest.Exponent
	eq.Method, eq.Regime, eq.Approximate = methodDissipated, Mixed, true
	eq.Selection = "payoffs, spends and chances are those of every equilibrium; the profile is an epsilon-equilibrium"
	if len(s.order) > 2 {
		eq.Selection = "the two highest values compete, the others stand back; the profile is an epsilon-equilibrium"
	}
	v1, v2 := s.values[first], s.values[second]
	eq.Win[first], eq.Win[second] = 1-k/2, k/2
	eq.Cost[first], eq.Cost[second] = v1*k/2, v2*k/2
	eq.Payoff[first], eq.Payoff[second] = v1*(1-k), 0
	eq.Margin = v1 * (rho - 2)
	eq.Profile.Signals[first], eq.Profile.Signals[second] = eq.Cost[first], eq.Cost[second]
	eq.markAgents(pieceDissipated, first, second)
	if s.Brief {
		return
	}
	eq.mixtures(len(s.values))
	if !s.dissipated.solve(rho) { // the gain from the all-pay auction's strategies is O(v/rho^2)
		eq.knot(first, 0, 0)
		eq.knot(first, v1*k, 1)
		eq.knot(second, 0, 1-k)
		eq.knot(second, v2, 1)
		return
	}
	sum := 0.0
	if k < 1 {
		eq.knot(second, 0, 1-k)
	}
	for i, y := range s.dissipated.atoms {
		before := sum
		sum += s.dissipated.masses[i]
		if i == len(s.dissipated.atoms)-1 {
			sum = 1
		}
		if i > 0 {
			eq.knot(first, y*v1*k, before)
		}
		eq.knot(first, y*v1*k, sum)
		if i > 0 || k < 1 {
			eq.knot(second, y*v2, 1-k+k*before)
		}
		eq.knot(second, y*v2, 1-k+k*sum)
	}
}
