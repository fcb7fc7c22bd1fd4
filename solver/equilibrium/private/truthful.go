package private

import (
	"allot/mechanisms"
	"allot/solver/equilibrium"
)

func (s Solver) truthful(eq *Equilibrium, rule mechanisms.Ranking, groups []*group) {
	eq.Status = equilibrium.NotFound
}
func (s Solver) allPay(eq *Equilibrium, rule mechanisms.Ranking, groups []*group) {
	eq.Status = equilibrium.NotFound
}
func (s Solver) generic(m mechanisms.Mechanism, values []mechanisms.Distribution) (*Equilibrium, error) {
	return &Equilibrium{Status: equilibrium.NotFound}, nil
}
