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
		s.solveDissipated(first, second, eq)
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

// solveDissipated is solveTopTwo for rho > 2, and for rho = 2 with a fee f. Let sigma be the
// symmetric strategy of two agents of value 1 who earn nothing by it, without a fee, and
// c = (w_2/w_1)^(1/rho). Agent 2 stands back with probability z, agent 1 with
// probability w, and it signals next to nothing, dust, with probability P - w; else they
// play s_1 sigma and s_2 sigma, s_1 = c s_2. Any signal in sigma's support then brings
// either agent as much as dust does if
//
//	s_1 = v_1 (1-z),  s_2 = v_2 (1-P),  u_1 = v_1 z - f,  u_2 = v_2 P - f,
//
// and no signal more. Standing back brings agent 1 v_1 z/n and agent 2 v_2 w/n, so that
//
//	w = 0, P = f/v_2, u_1 = v_1 - f - c (v_2-f), u_2 = 0   if u_1 >= v_1 z/n, else
//	u_1 = v_1 z/n, u_2 = v_2 w/n,
//
// where with weights either agent may be the one that signals dust.
//
// It reports whether that keeps the others out: without a fee, or with w = 0 and equal
// weights, it does. At 10/9/8, rho = 3, f = 1/2 a test asserts payoffs 1, 0, 0 and z = 0.15.
func (s *Solver) solveDissipated(first, second int, eq *Equilibrium) bool {
	rho, fee, n := s.contest.Exponent, s.contest.Fee, float64(len(s.values))
	c := math.Exp((math.Log(s.weight(second)) - math.Log(s.weight(first))) / rho)
	if s.values[first]-fee < c*(s.values[second]-fee) {
		first, second, c = second, first, 1/c
	}
	v1, v2 := s.values[first], s.values[second]
	scale2 := v2 - fee
	scale1 := c * scale2
	if !(scale2 > 0) {
		return false
	}
	z, out, stay := 1-scale1/v1, 0.0, fee/v2 // stay: P
	if fee == 0 && v1 == scale1 {
		z = 0
	}
	slack := v1*z*(1-1/n) - fee
	if slack < 0 && fee > 0 {
		indifferent := func() bool {
			z = fee / v1 * (n / (n - 1))
			scale1 = v1 * (1 - z)
			scale2 = scale1 / c
			stay = 1 - scale2/v2
			out = math.Max(0, n*(stay-fee/v2))
			return scale2 > 0 && out <= stay*(1+1e-9)
		}
		if !indifferent() {
			first, second, c, v1, v2 = second, first, 1/c, v2, v1
			if !indifferent() {
				return false
			}
		}
		out = math.Min(out, stay)
	}
	if (len(s.contest.Weights) > 0 && fee > 0 || out > 0) && len(s.order) > 2 {
		// The others' best signals against the strategies.
		d := s.fray(nil)
		if !s.dissipated.solve(rho) {
			return false
		}
		d.fighters = []fighter{
			d.scaled(s, first, scale1, out, stay-out),
			d.scaled(s, second, scale2, z, 0),
		}
		if d.entered(s, 1e-6) {
			return false
		}
	}
	eq.Method, eq.Regime, eq.Approximate = methodDissipated, Mixed, true
	eq.Selection = "payoffs, spends and chances are those of every equilibrium; the profile is an epsilon-equilibrium"
	if fee > 0 {
		eq.Method = methodTolled
		eq.Selection = "the strategies without a fee, scaled, others may exist; the profile is an epsilon-equilibrium"
	}
	if len(s.order) > 2 {
		eq.Selection = "the two highest values compete, the others stand back; the profile is an epsilon-equilibrium"
	}
	for i, v := range s.values {
		eq.Win[i] = z * out / n
		eq.Payoff[i] = v * eq.Win[i]
	}
	eq.Win[second] += (1 - z) * (1 + stay) / 2
	eq.Win[first] = z*(1-out) + (1-z)*(1-stay)/2 + z*out/n
	eq.Cost[first] = (1-stay)*scale1/2 + (1-out)*fee
	eq.Cost[second] = (1 - z) * (scale2/2 + fee)
	eq.Payoff[first], eq.Payoff[second] = v1*z-fee, v2*stay-fee
	if out == 0 {
		eq.Payoff[second] = 0
	}
	eq.Margin = v1 * (rho - 2)
	if fee > 0 {
		eq.Margin = math.Min(eq.Margin, math.Abs(slack))
	}
	eq.Profile.Signals[first], eq.Profile.Signals[second] = (1-stay)*scale1/2, (1-z)*scale2/2
	eq.markAgents(pieceDissipated, first, second)
	if s.Brief {
		return true
	}
	eq.mixtures(len(s.values))
	s.sigma(first, scale1, out, stay-out, eq)
	s.sigma(second, scale2, z, 0, eq)
	return true
}

// solveTolled is solveDissipated between the two agents to whom the right is worth most
// above the fee, in units in which the weights are 1.
func (s *Solver) solveTolled(eq *Equilibrium) bool {
	first, second, best, next := -1, -1, 0.0, 0.0
	for _, i := range s.order {
		switch worth := math.Exp(math.Log(s.weight(i))/s.contest.Exponent) * (s.values[i] - s.contest.Fee); {
		case worth > best:
			first, second, best, next = i, first, worth, best
		case worth > next:
			second, next = i, worth
		}
	}
	return second >= 0 && s.solveDissipated(first, second, eq)
}

// sigma writes the strategy of an agent that stands back with probability out, signals
// dust with probability least, and else plays scale times the symmetric strategy.
func (s *Solver) sigma(agent int, scale, out, least float64, eq *Equilibrium) {
	sum := 0.0
	if out > 0 {
		eq.knot(agent, 0, out)
		sum = out
	}
	play := func(a, p float64) {
		if sum > 0 {
			eq.knot(agent, a, sum)
		}
		sum += p
		eq.knot(agent, a, sum)
	}
	if least > 0 {
		play(dust*s.values[agent], least)
	}
	rest := 1 - out - least
	if !s.dissipated.solve(s.contest.Exponent) { // the gain from the all-pay auction's strategies is O(v/rho^2)
		eq.knot(agent, 0, sum)
		eq.knot(agent, scale, 1)
		return
	}
	for i, y := range s.dissipated.atoms {
		if i == len(s.dissipated.atoms)-1 {
			rest = 1 - sum
			play(y*scale, rest)
			m := &eq.Profile.Mixed[agent]
			m.Cumulative[len(m.Cumulative)-1] = 1
			return
		}
		play(y*scale, rest*s.dissipated.masses[i])
	}
}
