package equilibrium

import (
	"fmt"

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
