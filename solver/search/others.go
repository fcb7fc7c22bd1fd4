package search

import (
	"fmt"
	"strings"

	"allot/mechanisms"
	"allot/solver/equilibrium"
)

// others says which sets of participants are pure equilibria besides the one shown, and what
// each pays: contests with an exponent above 1 or a fee may have several (see
// equilibrium.Solver.All). Domain: up to 10 agents with known values; "" where there are none.
// A test asserts A and C besides A and B for 10/9/8 at exponent 1.4 (Perez-Castrillo, Verdier 1992).
func (w *worker) others() string {
	const most, shown = 10, 5
	eq := &w.eq
	if _, ok := w.game.Mechanism.(mechanisms.Ratioed); !ok || !w.draws.single() || eq.Regime != equilibrium.Pure || len(w.game.Values) > most {
		return ""
	}
	all, err := new(equilibrium.Solver).All(w.game)
	if err != nil || len(all) < 2 {
		return ""
	}
	var sets []string
	for i := range all[1:] {
		other := &all[1+i]
		var names []string
		paid := 0.0
		for j, a := range other.Profile.Signals {
			if a > 0 {
				names = append(names, w.problem.Market.Agents[j].Name)
			}
			paid += other.Cost[j]
		}
		who := strings.Join(names, ", ")
		if who == "" {
			who = "nobody"
		}
		sets = append(sets, fmt.Sprintf("%s (%.6g paid)", who, paid))
	}
	more := ""
	if n := len(sets) - shown; n > 0 {
		sets, more = sets[:shown], fmt.Sprintf("; and %d more", n)
	}
	return "other sets of participants are equilibria too: " + strings.Join(sets, "; ") + more
}
