package equilibrium

import "math"

// Entry: contests in which taking part is a decision (a fee, or everyone pays with
// an exponent above 1). A set of participants is an equilibrium iff
//
//	its members' shares sum to 1 (less the phantom's), each on its upper branch;
//	every member's payoff covers the fee;
//	no outsider could earn more than the fee against the set's A.
//
// Both checks are of global best replies (see solveContest). The default is the
// largest set of the highest effective values that satisfies the first two, if it
// satisfies the third; then, for few agents, the largest set that satisfies all
// three, highest values first. As a set grows its members' payoffs fall, so
// that the largest is found by bisection. Where there is no such set: everyone at zero or one
// agent alone if the fee deters the rest; the two highest mixing by a closed form; one agent
// hesitating; two, then more, mixing over finitely many signals; each if that
// keeps the others out; else no equilibrium is claimed. Perez-Castrillo, Verdier 1992. Tests assert three of five
// equal agents at rho = 1.5, and {1,2} of 10/9/8 at rho = 1.4.
func (s *Solver) solveEntry(eq *Equilibrium) {
	r := &s.contest
	s.member = memberCurve(r.Exponent, r.WinnerPays)
	eq.Method = methodSets
	limit := s.limit()
	least := 2
	if r.Phantom > 0 {
		least = 0
	}
	m := s.largest(least, limit)
	if m >= least && s.covers(m) >= -nearly && s.deters(m) {
		eq.Selection = "largest set of the highest values in which every payoff covers the fee; entry does not pay for the others"
		if r.Fee == 0 {
			eq.Selection = "largest set of the highest values; entry does not pay for the others"
		}
		if len(r.Weights) > 0 {
			eq.Selection = "largest set of the highest effective values (weight^(1/exponent) times value); entry does not pay for the others"
		}
		if m == len(s.order) {
			eq.Selection = ""
			if r.Exponent > 1 && !r.WinnerPays {
				eq.Selection = "largest set: everyone of positive value"
			}
		}
		s.report(s.order[:m], eq)
		s.markSet(pieceContest, s.order[:m], eq)
		eq.Margin = s.slack(m)
		return
	}
	found := false
	s.sets(least, limit, func(set []int) bool {
		found = true
		eq.Selection = "largest set that is an equilibrium, highest values first; the highest values alone are none"
		s.report(set, eq)
		s.markSet(pieceContest, set, eq)
		eq.Margin = 0
		return false
	})
	if found {
		return
	}
	if r.Phantom == 0 && r.Fee > 0 && s.few(eq) {
		return
	}
	if r.Phantom == 0 && r.Fee == 0 && len(s.order) >= 2 {
		first, second := s.order[0], s.order[1]
		logRatio := s.logs[1] - s.logs[0]
		if r.Exponent > 1+math.Exp(logRatio) {
			s.solveTopTwo(first, second, logRatio, eq)
			if eq.Selection == "" {
				eq.Selection = "the two highest values compete, the others stand back"
			}
			return
		}
	}
	if r.Phantom == 0 && r.Fee > 0 && !r.WinnerPays && r.Exponent >= 2 && s.solveTolled(eq) {
		return
	}
	if len(s.order) >= 2 && s.solveHesitant(eq) {
		return
	}
	if len(s.order) >= 2 && s.solveDuel(eq) {
		return
	}
	if len(s.order) >= 2 && s.solveFray(eq) {
		return
	}
	eq.notFound("no set of participants that was tried is a pure equilibrium, and no mixed one was found")
}

// notFound says so, and leaves everyone at zero.
func (eq *Equilibrium) notFound(why string) {
	eq.Status, eq.Selection, eq.Margin = NotFound, why, 0
	clear(eq.Profile.Signals)
	clear(eq.Win)
	clear(eq.Cost)
	clear(eq.Payoff)
	eq.Profile.Mixed = nil
	eq.Active, eq.Piece = 0, stir(pieceNotFound, 0)
}

// limit is the most agents that can take part: shares are at least 1-1/rho.
func (s *Solver) limit() int {
	n := len(s.order)
	if rho := s.contest.Exponent; rho > 1 && !s.contest.WinnerPays {
		if most := rho/(rho-1) + 1e-9; most < float64(n) {
			return int(most)
		}
	}
	return n
}

// largest is the largest number m of the highest values, at least least, that
// cover the fee together, or least-1.
func (s *Solver) largest(least, limit int) int {
	if limit < least {
		return least - 1
	}
	if s.covers(limit) >= -nearly {
		return limit
	}
	lo, hi := least-1, limit // lo covers (or is below least), hi does not
	for hi-lo > 1 {
		m := lo + (hi-lo)/2
		if s.covers(m) >= -nearly {
			lo = m
		} else {
			hi = m
		}
	}
	return lo
}

// covers solves for the set of the m highest values and returns the least of its
// payoffs less the fee, as a share of the value; -Inf where it has no solution.
func (s *Solver) covers(m int) float64 {
	if m == 0 {
		s.total = s.phantom
		return math.Inf(1)
	}
	if !s.settle(s.logs[:m], true) {
		return math.Inf(-1)
	}
	return s.least(s.order[:m])
}

func (s *Solver) least(members []int) float64 {
	least := math.Inf(1)
	for p, i := range members {
		v := s.values[i]
		least = math.Min(least, s.gross(1, s.shares[p], s.rest(p))-s.contest.Fee/v)
	}
	return least
}

// deters reports that no agent beyond the m highest gains by entering.
func (s *Solver) deters(m int) bool {
	for p := m; p < len(s.order); p++ {
		v := s.values[s.order[p]]
		if s.entry(p, s.total) > s.contest.Fee+nearly*v {
			return false
		}
		if len(s.contest.Weights) == 0 { // the rest have lower values
			return true
		}
	}
	return true
}

// slack is the margin of the set of the m highest values, which is solved for.
func (s *Solver) slack(m int) float64 {
	fee := s.contest.Fee
	slack := math.Inf(1)
	for p, i := range s.order[:m] {
		slack = math.Min(slack, math.Max(0, s.gross(s.values[i], s.shares[p], s.rest(p))-fee))
	}
	if m == len(s.order) {
		return slack
	}
	total, v := s.total, s.values[s.order[m]]
	if fee > 0 {
		if s.covers(m+1) > math.Inf(-1) {
			short := math.Inf(1)
			for p, i := range s.order[:m+1] {
				short = math.Min(short, s.gross(s.values[i], s.shares[p], s.rest(p))-fee)
			}
			return math.Min(slack, math.Max(0, -short))
		}
		return math.Min(slack, math.Max(0, fee-s.entry(m, total)))
	}
	// What the first outsider's value falls short of where it would enter.
	c := s.member.outsider()
	bottom, _, _, _ := c.at(c.low)
	return math.Min(slack, math.Max(0, v*math.Expm1((bottom+total-s.logs[m])/s.contest.Exponent)))
}

// few handles a fee so high that no two agents can share the right: one agent alone
// where nobody else is worth the fee, or nobody where a chance of 1/n is worth more to
// everyone than the whole right for the fee.
func (s *Solver) few(eq *Equilibrium) bool {
	able, n := 0, float64(len(s.values))
	var one int
	fee := s.contest.Fee
	for _, i := range s.order {
		if s.values[i] > fee {
			able++
			one = i
		}
	}
	if able > 1 && s.top*(1-1/n) > fee {
		return false
	}
	if able == 1 && s.values[one]*(1-1/n) >= fee {
		eq.Method = methodLone
		s.takeAlone(one, eq)
		eq.Margin = s.values[one]*(1-1/n) - fee
		for _, i := range s.order {
			if i != one {
				eq.Margin = math.Min(eq.Margin, fee-s.values[i])
			}
		}
		return true
	}
	eq.Method = methodNobody
	eq.Selection = "nobody signals: a chance of 1/n beats paying the fee"
	eq.Margin = fee - s.values[s.order[0]]*(1-1/n)
	for _, i := range s.order {
		eq.Margin = math.Min(eq.Margin, fee-s.values[i]*(1-1/n))
	}
	s.nobody(eq)
	eq.mark(pieceNobody)
	return true
}

// searched is how many of the highest values take part in the search for sets.
const searched = 14

// sets calls visit with every set of participants that is a pure equilibrium, as
// agents with their shares in s.shares: the larger first, then the higher values. It
// looks at subsets of the highest values only, searched of them, and stops when
// visit returns false.
func (s *Solver) sets(least, limit int, visit func(set []int) bool) {
	n := min(len(s.order), searched)
	var places [searched]int
	var member [searched]bool
	var logs [searched]float64
	for m := min(limit, n); m >= least; m-- {
		for p := range m {
			places[p] = p
		}
		for {
			s.set = s.set[:0]
			member = [searched]bool{}
			for p, q := range places[:m] {
				logs[p], member[q] = s.logs[q], true
				s.set = append(s.set, s.order[q])
			}
			if s.stands(logs[:m], member[:n]) && !visit(s.set) {
				return
			}
			p := m - 1 // the next combination in lexicographic order
			for p >= 0 && places[p] == n-m+p {
				p--
			}
			if p < 0 {
				break
			}
			places[p]++
			for q := p + 1; q < m; q++ {
				places[q] = places[q-1] + 1
			}
		}
	}
}

// stands reports that the set s.set, with the given logs, is an equilibrium.
func (s *Solver) stands(logs []float64, member []bool) bool {
	if len(logs) == 0 {
		s.total = s.phantom
	} else if !s.settle(logs, true) || s.least(s.set) < -nearly {
		return false
	}
	for p, i := range s.order {
		if p < len(member) && member[p] {
			continue
		}
		if s.entry(p, s.total) > s.contest.Fee+nearly*s.values[i] {
			return false
		}
	}
	return true
}
