package equilibrium

import "allot/mechanisms"

// Solver holds the work space of the methods. The zero value is ready; a Solver
// must not be used by two goroutines at once.
type Solver struct{}

// Solve computes the equilibrium of a game into eq, whose slices it reuses. An
// error means that the game is malformed (values negative or not finite); that no
// equilibrium was found is said in eq.Status.
func (s *Solver) Solve(g mechanisms.Game, eq *Equilibrium) error { return nil }
