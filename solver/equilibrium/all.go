package equilibrium

import (
	"fmt"
	"slices"

	"allot/mechanisms"
)

// All lists the pure equilibria of a game, the one that Solve selects first where it is
// pure. In contests in which taking part is a decision (a fee, or everyone pays
// with an exponent above 1) these are found by trying every set of participants: an
// error where more than 14 agents have a positive value. For other mechanisms, and among
// agents who mind their rivals' profit, it is what Solve finds, or nothing where that is not a pure equilibrium. A test
// asserts {1,2} and {1,3} for 10/9/8 at exponent 1.4.
func (s *Solver) All(g mechanisms.Game) ([]Equilibrium, error) {
	var eq Equilibrium
	if err := s.Solve(g, &eq); err != nil {
		return nil, err
	}
	var all []Equilibrium
	if eq.Status == Converged && eq.Regime == Pure {
		all = append(all, eq)
	}
	m, ok := g.Mechanism.(mechanisms.Ratioed)
	if _, priced := g.Mechanism.(mechanisms.Priced); !ok || priced || g.Spiteful() {
		return all, nil
	}
	r := m.Ratio()
	n := len(g.Values)
	if r.Fee == 0 && (r.Exponent <= 1 || r.WinnerPays) || n == 1 && r.Phantom == 0 {
		return all, nil
	}
	s.contest, s.values = r, g.Values
	s.prepare()
	if len(s.order) > searched {
		return all, fmt.Errorf("equilibrium: %d agents: all equilibria are found for at most %d", len(s.order), searched)
	}
	if len(s.order) == 0 {
		return all, nil
	}
	s.member = memberCurve(r.Exponent, r.WinnerPays)
	add := func(fill func(e *Equilibrium)) {
		var e Equilibrium
		e.reset(n)
		fill(&e)
		for i := range all {
			if all[i].Piece == e.Piece {
				return
			}
		}
		all = append(all, e)
	}
	least := 2
	if r.Phantom > 0 {
		least = 0
	}
	s.sets(least, s.limit(), func(set []int) bool {
		add(func(e *Equilibrium) {
			e.Method, e.Margin = methodSets, 0
			e.Selection = "one of several sets of participants"
			s.report(set, e)
			s.markSet(pieceContest, set, e)
		})
		return true
	})
	if r.Phantom > 0 {
		return all, nil
	}
	// One alone: its entry beats a chance of 1/n, and the fee deters the others.
	// Nobody: the fee deters everyone from turning 1/n into certainty.
	chance := 1 / float64(n)
	nobody := true
	for _, i := range s.order {
		v := g.Values[i]
		nobody = nobody && v*(1-chance) <= r.Fee
		alone := v*(1-chance) >= r.Fee
		for _, j := range s.order {
			alone = alone && (j == i || g.Values[j] <= r.Fee)
		}
		if alone {
			add(func(e *Equilibrium) {
				e.Method = methodLone
				s.takeAlone(i, e)
				e.Margin = 0
			})
		}
	}
	if nobody {
		add(func(e *Equilibrium) {
			e.Method, e.Margin = methodNobody, 0
			s.nobody(e)
			e.mark(pieceNobody)
		})
	}
	return all, nil
}

// Among writes the pure equilibrium of a contest in which exactly the given agents take part
// into eq, and reports whether there is one; false too where taking part is no decision (see
// All), where fewer than two would and no phantom bid stands against them, among agents who
// mind their rivals' profit, and for other mechanisms. A test asserts {1,3} of 10/9/8 at exponent 1.4.
func (s *Solver) Among(g mechanisms.Game, agents []int, eq *Equilibrium) bool {
	m, ok := g.Mechanism.(mechanisms.Ratioed)
	if _, priced := g.Mechanism.(mechanisms.Priced); !ok || priced || g.Spiteful() {
		return false
	}
	r := m.Ratio()
	if r.Fee == 0 && (r.Exponent <= 1 || r.WinnerPays) || r.Phantom == 0 && len(agents) < 2 || checkRatio(r, len(g.Values)) != nil {
		return false
	}
	s.contest, s.values = r, g.Values
	s.prepare()
	s.member = memberCurve(r.Exponent, r.WinnerPays)
	s.set = s.set[:0]
	member, logs := make([]bool, len(s.order)), make([]float64, 0, len(agents))
	for p, i := range s.order {
		if slices.Contains(agents, i) {
			member[p] = true
			s.set, logs = append(s.set, i), append(logs, s.logs[p])
		}
	}
	if len(s.set) != len(agents) || !s.stands(logs, member) {
		return false
	}
	eq.reset(len(g.Values))
	eq.Method, eq.Selection, eq.Margin = methodSets, "participants as given", 0
	s.report(s.set, eq)
	s.markSet(pieceContest, s.set, eq)
	return true
}
