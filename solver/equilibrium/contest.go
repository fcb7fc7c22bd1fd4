package equilibrium

import (
	"math"
	"slices"

	"allot/mechanisms"
)

// The names of the contest's methods.
const (
	methodProportional = "share sum at exponent 1 (Szidarovszky, Okuguchi 1997; Cornes, Hartley 2005)"
	methodShares       = "share functions (Cornes, Hartley 2005)"
	methodTwo          = "two agents, closed form (Nti 1999)"
	methodSets         = "active sets on the upper branch (Perez-Castrillo, Verdier 1992; Cornes, Hartley 2005), global best replies"
	methodSemiMixed    = "semi-mixed (Wang 2010)"
	methodLone         = "limit for a lone participant"
	methodNobody       = "nobody takes part"
)

// nearly is the slack, as a share of the value, at which an inequality that holds
// with equality in exact arithmetic is taken to hold.
const nearly = 1e-12

// Contests under complete information. A weight is a change of unit: agent i with
// weight w_i plays like one of value w_i^(1/rho) v_i without, its effective value.
//
//	everyone pays:  a_i = rho v_i t_i (1-t_i),           u_i = v_i t_i (1-rho+rho t_i) - fee
//	winner pays:    a_i = rho v_i (1-t_i)/(1+rho(1-t_i)), u_i = v_i t_i/(1+rho(1-t_i)) - fee
//
// Against a fixed A of the others the payoff of the winner-pays contest, and with
// rho <= 1 that of the other, is single-peaked; with rho > 1 it falls, rises and falls,
// so that the best reply is 0 or the stationary point on the upper branch, and
// the latter exactly when its payoff is not negative, t_i >= 1 - 1/rho. The checks of members and
// outsiders below are therefore global. Domain: rho > 0, fee, phantom >= 0.
// Tests assert 12 = 7.2 + 4.8 + 0 at 30/20/10, rho = 1, and 1.602164 at 4/2, rho = 1.3.
func (s *Solver) solveContest(r mechanisms.Ratio, values []float64, eq *Equilibrium) {
	s.dispatchContest(r, values, eq)
	if r.Phantom > 0 || eq.Status != Converged || eq.Regime != Pure || len(values) == 1 {
		return
	}
	// Values so far apart, or so small, that no equilibrium signal can be represented:
	// the highest value has all but nothing of the right.
	if eq.Method == methodNobody || slices.ContainsFunc(eq.Profile.Signals, positive) {
		return
	}
	first, _, _ := topTwo(values)
	if values[first] == 0 {
		return
	}
	eq.reset(len(values))
	eq.Method = methodLone
	s.takeAlone(first, eq)
}

func positive(x float64) bool { return x > 0 }

func (s *Solver) dispatchContest(r mechanisms.Ratio, values []float64, eq *Equilibrium) {
	s.contest, s.values = r, values
	positive, lone := 0, -1
	for i, v := range values {
		if v > 0 {
			positive++
			lone = i
		}
	}
	switch {
	case positive == 0:
		eq.Method = methodNobody
		if r.Phantom == 0 {
			s.nobody(eq)
		}
		eq.mark(pieceNobody)
		return
	case r.Phantom > 0:
	case len(values) == 1:
		eq.Method = methodNobody
		eq.Selection = "the lone agent wins without a signal"
		s.nobody(eq)
		eq.mark(pieceNobody)
		return
	case positive == 1:
		s.lone(lone, eq)
		return
	}
	if r.Fee == 0 && !r.WinnerPays {
		switch {
		case r.Exponent == 1:
			s.solveProportional(eq)
			return
		case positive == 2 && r.Phantom == 0:
			s.solveTwo(eq)
			return
		}
	}
	s.prepare()
	if r.Fee == 0 && (r.Exponent <= 1 || r.WinnerPays) {
		eq.Method = methodShares
		s.member = memberCurve(r.Exponent, r.WinnerPays)
		if !s.settle(s.logs, false) {
			eq.notFound("the share functions could not be evaluated to full precision")
			return
		}
		s.report(s.order, eq)
		if !r.WinnerPays && r.Exponent < 1 && len(s.order) > 2 {
			eq.Margin = s.top * (1 - r.Exponent) // at exponent 1 low values stand back
		}
		s.markSet(pieceContest, s.order, eq)
		return
	}
	s.solveEntry(eq)
}

// nobody is the outcome when nobody signals and there is no phantom bid.
func (s *Solver) nobody(eq *Equilibrium) {
	for i, v := range s.values {
		eq.Win[i] = 1 / float64(len(s.values))
		eq.Payoff[i] = v * eq.Win[i]
	}
}

// lone is the contest with one positive value: any signal wins, so that the least
// is best, and there is no least. What is reported is within 1e-15 of the value.
func (s *Solver) lone(i int, eq *Equilibrium) {
	v, n := s.values[i], float64(len(s.values))
	eq.Method = methodLone
	if v-s.contest.Fee < v/n {
		eq.Method = methodNobody
		eq.Selection = "nobody signals: a chance of 1/n beats paying the fee"
		eq.Margin = s.contest.Fee - v*(1-1/n)
		s.nobody(eq)
		eq.mark(pieceNobody)
		return
	}
	if s.contest.Fee > 0 {
		eq.Margin = v*(1-1/n) - s.contest.Fee
	}
	s.takeAlone(i, eq)
}

// takeAlone gives agent i the right for a signal as small as it matters.
func (s *Solver) takeAlone(i int, eq *Equilibrium) {
	v := s.values[i]
	eq.Selection = "limit: the lone participant signals as little as it can"
	a := math.Max(v*1e-15, math.SmallestNonzeroFloat64)
	eq.Profile.Signals[i] = a
	eq.Win[i], eq.Cost[i] = 1, a+s.contest.Fee
	eq.Payoff[i] = v - eq.Cost[i]
	eq.markAgents(pieceContest, i)
}

func (s *Solver) weight(i int) float64 {
	if i < len(s.contest.Weights) {
		return s.contest.Weights[i]
	}
	return 1
}

// solveProportional is exponent 1, where everyone pays and entry is free.
func (s *Solver) solveProportional(eq *Equilibrium) {
	eq.Method = methodProportional
	effective := s.values
	weights := s.contest.Weights
	if len(weights) > 0 {
		s.scratch = room(s.scratch, len(s.values))
		effective = s.scratch
		for i, v := range s.values {
			effective[i] = math.Min(v*weights[i], math.MaxFloat64)
		}
	}
	x := proportional(effective, eq.Win, s.contest.Phantom)
	signals := eq.Profile.Signals
	slack := math.Inf(1)
	for i, t := range eq.Win {
		v := s.values[i]
		if t > 0 {
			a := x * t
			if len(weights) > 0 {
				a /= weights[i]
			}
			signals[i], eq.Cost[i] = a, a
			eq.Payoff[i] = v * t * t
		}
		if v > 0 {
			if d := math.Abs(effective[i] - x); d < slack {
				slack = d
			}
		}
	}
	if s.contest.Phantom > 0 {
		eq.Margin = slack
	}
	eq.mark(pieceContest)
}

// prepare ranks the agents of positive value by effective value, the first of
// equals first, and fills the logs of what they bring to the contest.
func (s *Solver) prepare() {
	rho := s.contest.Exponent
	s.order = s.order[:0]
	s.top = 0
	sorted := true
	last := math.Inf(1)
	for i, v := range s.values {
		s.top = max(s.top, v)
		if v > 0 {
			s.order = append(s.order, i)
			sorted = sorted && v <= last
			last = v
		}
	}
	s.logs = room(s.logs, len(s.order))
	base := math.Log(s.top)
	for p, i := range s.order {
		s.logs[p] = rho * (math.Log(s.values[i]) - base)
		if len(s.contest.Weights) > 0 {
			s.logs[p] += math.Log(s.contest.Weights[i])
		}
	}
	s.phantom = math.Inf(-1)
	if s.contest.Phantom > 0 {
		s.phantom = rho * (math.Log(s.contest.Phantom) - base - math.Log(rho))
	}
	n := len(s.order)
	s.shares, s.odds, s.scratch = room(s.shares, n), room(s.odds, n), room(s.scratch, 3*n)
	if s.contest.Fee == 0 && (rho <= 1 || s.contest.WinnerPays) || sorted && len(s.contest.Weights) == 0 {
		return // the order of the agents does not matter, or is right
	}
	if len(s.contest.Weights) == 0 {
		slices.SortStableFunc(s.order, func(i, j int) int {
			switch a, b := s.values[i], s.values[j]; {
			case a > b:
				return -1
			case a < b:
				return 1
			}
			return 0
		})
		for p, i := range s.order {
			s.logs[p] = rho * (math.Log(s.values[i]) - base)
		}
		return
	}
	// The logs belong to places; rank the agents by theirs.
	s.warmOdds = room(s.warmOdds, len(s.values))
	byAgent := s.warmOdds
	s.warmRho = 0
	for p, i := range s.order {
		byAgent[i] = s.logs[p]
	}
	slices.SortStableFunc(s.order, func(i, j int) int {
		switch a, b := byAgent[i], byAgent[j]; {
		case a > b:
			return -1
		case a < b:
			return 1
		}
		return 0
	})
	for p, i := range s.order {
		s.logs[p] = byAgent[i]
	}
}

// settle solves the contest among agents with the given logs for s.shares, s.odds
// and s.total; false where they have no equilibrium on the upper branch.
func (s *Solver) settle(logs []float64, set bool) bool {
	n := len(logs)
	odds, shares := s.odds[:n], s.shares[:n]
	if s.contest.Exponent == 1 && !s.contest.WinnerPays {
		return s.settleProportional(logs, odds, shares)
	}
	warm := s.Warm && !set && len(s.warmOdds) == n && s.warmRho == s.contest.Exponent
	if warm {
		copy(odds, s.warmOdds)
	}
	total, ok := s.member.balance(logs, s.phantom, odds, shares, s.scratch, warm, s.total)
	s.total = total
	if s.Warm && !set {
		s.warmOdds = room(s.warmOdds, n)
		copy(s.warmOdds, odds)
		s.warmRho = s.contest.Exponent
	}
	return ok
}

// settleProportional is settle at exponent 1; false where a member would stand back.
func (s *Solver) settleProportional(logs, odds, shares []float64) bool {
	top := math.Inf(-1)
	for _, k := range logs {
		top = math.Max(top, k)
	}
	effective := s.scratch[:len(logs)]
	for p, k := range logs {
		effective[p] = math.Exp(k - top)
	}
	r := 0.0
	if s.contest.Phantom > 0 {
		r = math.Exp(math.Min(s.phantom-top, 700))
	}
	s.total = top + math.Log(proportional(effective, shares, r))
	for p, t := range shares {
		if t <= 0 {
			return false
		}
		odds[p] = math.Log(t) - math.Log1p(-t)
	}
	return true
}

// report writes what the members, agents by place in s.shares, play and get.
func (s *Solver) report(members []int, eq *Equilibrium) {
	rho, fee := s.contest.Exponent, s.contest.Fee
	for p, i := range members {
		t, rest := s.shares[p], s.rest(p)
		v := s.values[i]
		if t == 0 {
			continue
		}
		var a, cost, payoff float64
		if s.contest.WinnerPays {
			slope := 1 + rho*rest
			a = v * (rho * rest / slope)
			cost, payoff = t*a, t*(v/slope)
		} else {
			a = rho * rest * t * v
			cost, payoff = a, v*t*(1-rho*rest)
		}
		if a == 0 { // the share is below what a signal can express
			continue
		}
		eq.Profile.Signals[i] = a
		eq.Win[i], eq.Cost[i], eq.Payoff[i] = t, cost+fee, payoff-fee
	}
}

// rest is 1 less the share at a place, without cancellation.
func (s *Solver) rest(p int) float64 {
	if t := s.shares[p]; t <= 0.5 {
		return 1 - t
	}
	e := math.Exp(-s.odds[p])
	return e / (1 + e)
}

// gross is the payoff of an agent of value v with chance t, rest being 1-t, before the fee.
func (s *Solver) gross(v, t, rest float64) float64 {
	rho := s.contest.Exponent
	if s.contest.WinnerPays {
		return v * t / (1 + rho*rest)
	}
	return v * t * (1 - rho*rest)
}

// entry is what an outsider, by place in order, could get at most before the fee
// against the current A, and 0 where standing back is its best reply.
func (s *Solver) entry(p int, total float64) float64 {
	c := s.member.outsider()
	l, ok := c.find(s.logs[p]-total, c.guess(s.logs[p]-total))
	if !ok {
		return 0
	}
	_, _, t, rest := c.at(l)
	return math.Max(0, s.gross(s.values[s.order[p]], t, rest))
}

// solveTwo is two agents who both pay, with free entry and no phantom bid. With k
// the ratio of their effective values, k <= 1:
//
//	rho <= 1 + k^rho:      t_2 = k^rho/(1+k^rho), a_i = rho v_i t_1 t_2     (Nti 1999)
//	1 + k^rho < rho <= 2:  semi-mixed                                       (Wang 2010)
//	rho > 2, or = 2:       payoffs of the all-pay auction (Alcalde, Dahm 2010; Ewerhart 2017)
func (s *Solver) solveTwo(eq *Equilibrium) {
	rho := s.contest.Exponent
	first, second := -1, -1
	for i, v := range s.values {
		if v > 0 {
			if first < 0 {
				first = i
			} else {
				second = i
			}
		}
	}
	logRatio := s.logRatio(first, second)
	if logRatio > 0 {
		first, second, logRatio = second, first, -logRatio
	}
	power := math.Exp(logRatio) // k^rho
	if rho > 1+power+1e-15 {
		s.solveTopTwo(first, second, logRatio, eq)
		return
	}
	eq.Method = methodTwo
	t2 := power / (1 + power)
	t1 := 1 / (1 + power)
	s.pay(first, t1, t2, eq)
	s.pay(second, t2, t1, eq)
	if rho > 1 {
		eq.Margin = math.Max(0, eq.Payoff[second])
	}
	eq.mark(pieceContest)
}

// pay writes the part of an agent that wins with chance t, 1-t being rest.
func (s *Solver) pay(i int, t, rest float64, eq *Equilibrium) {
	rho, v := s.contest.Exponent, s.values[i]
	a := rho * t * rest * v
	eq.Profile.Signals[i], eq.Win[i], eq.Cost[i], eq.Payoff[i] = a, t, a, v*t*(1-rho*rest)
}

// logRatio is log(k^rho), k the effective value of j over that of i.
func (s *Solver) logRatio(i, j int) float64 {
	l := 0.0
	if s.values[i] != s.values[j] {
		l = s.contest.Exponent * (math.Log(s.values[j]) - math.Log(s.values[i]))
	}
	return l + math.Log(s.weight(j)) - math.Log(s.weight(i))
}
