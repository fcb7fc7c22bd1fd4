package equilibrium

import "allot/mechanisms"

func (s *Solver) solveGeneric(g mechanisms.Game, eq *Equilibrium) {
	eq.Method = "none"
	eq.notFound("no method")
}
