package slots

import (
	"errors"
	"fmt"
	"math"
	"slices"

	"allot/mechanisms"
	"allot/solver/equilibrium"
)

// proportional is a mechanism in which what one signals leaves the others' chances
// in proportion; with two agents that is every mechanism without a share for nobody. The
// values that agents play with depend on their chances, which makes a fixed point of it:
//
//	x_i = sum_{k != i} t_k (W_i(i) - W_i(k)) / (1 - t_i),   t an equilibrium at values x
//
// Where taking part is a decision, the chances jump with the set of participants, and at
// the values that a set brings about the solver can select another one, and at those of
// that one the first. Then each set that came up is held on to, the largest first, as long
// as it is an equilibrium: of several the solver selects one only. The same can happen from
// step to step of the value iteration, and then the last set is tried first. A test asserts
// both kinds.
func (st *stage) proportional(s int, win, cost []float64) error {
	f := &fixed{stage: st, rule: st.rules[s], win: win, cost: cost}
	switch st.game.Mechanism.(type) {
	case mechanisms.Ratioed, mechanisms.EqualChance, mechanisms.Priced:
		f.kept = true
	}
	n := len(st.free)
	if !f.kept && n > 2 {
		return fmt.Errorf("slots: no method for this rule among %d agents: it matters to each who else wins", n)
	}
	if n <= 2 {
		st.guess() // exact unless the right can stay with the protocol
	}
	settled, err := false, error(nil)
	st.other[s] = false
	if st.hold && st.sets[s] != nil {
		start := slices.Clone(st.play)
		if settled, err = f.settle(st.sets[s]); err != nil {
			return err
		}
		if st.other[s] = settled; !settled {
			copy(st.play, start)
		}
	}
	if !settled {
		settled, err = f.settle(nil)
	}
	if err != nil || st.status != equilibrium.Converged {
		return err
	}
	if !settled {
		slices.SortStableFunc(f.circle, func(a, b []int) int { return len(b) - len(a) })
		start := slices.Clone(st.play)
		for _, set := range f.circle {
			copy(st.play, start)
			if settled, err = f.settle(set); settled || err != nil {
				break
			}
		}
		st.other[s] = true
	}
	if !settled {
		st.status = equilibrium.IterationLimit
	}
	if !slices.Equal(st.sets[s], f.last) {
		st.sets[s] = slices.Clone(f.last)
		st.turns++
	}
	return err
}

// fixed is the search for the fixed point of one stage.
type fixed struct {
	stage     *stage
	rule      mechanisms.Mechanism
	win, cost []float64
	// kept: others' chances stay in proportion.
	kept bool
	// last is the set of the last game, circle those since the values began to go in one.
	last   []int
	now    []int
	circle [][]int
}

const (
	// mostTurns is how often the set may change before the values are taken to go in a
	// circle, by then in small steps.
	mostTurns = 40
	mostSteps = 2000
)

// settle iterates, with the set held on to where one is given; false where that leads
// nowhere. The stage's status is Converged unless a game on the way has no solution.
func (f *fixed) settle(set []int) (settled bool, err error) {
	st := f.stage
	n := len(st.free)
	size, weight, lastMove := 0.0, 1.0, math.Inf(1)
	turns := 0
	f.last = nil
	clear(f.win)
	clear(f.cost)
	for range mostSteps {
		st.those = st.those[:0]
		for _, i := range st.free {
			st.those = append(st.those, st.play[i])
		}
		eq, err := f.solve(set)
		if err != nil {
			return false, fmt.Errorf("slots: %w", err)
		}
		if eq == nil {
			return false, nil
		}
		if eq.Status != equilibrium.Converged {
			st.status = eq.Status
			return false, nil
		}
		sold := 0.0
		for k, i := range st.free {
			f.win[i], f.cost[i] = eq.Win[k], eq.Cost[k]
			sold += f.win[i]
		}
		nobody := 1 - sold
		if nobody < 1e-12 {
			nobody = 0
		}
		if nobody > 0 && !f.kept {
			return false, errors.New("slots: no method for this rule where the right can stay with the protocol")
		}
		if n <= 2 && nobody == 0 {
			return true, nil // the values did not depend on the chances
		}
		if n > 2 && eq.Regime != equilibrium.Pure {
			return false, fmt.Errorf("slots: no method for a %v equilibrium among %d agents: it matters to each who else wins", eq.Regime, n)
		}
		if f.takePart(eq.Profile.Signals); set == nil && !slices.Equal(f.now, f.last) {
			if turns++; turns > mostTurns {
				return false, nil
			}
			same := func(old []int) bool { return slices.Equal(old, f.now) }
			if turns > mostTurns/2 && !slices.ContainsFunc(f.circle, same) {
				f.circle = append(f.circle, slices.Clone(f.now))
			}
		}
		f.now, f.last = f.last, f.now
		move := st.move(f.win, nobody, weight, &size)
		if move <= 1e-14*size {
			return true, nil
		}
		if move > 0.9*lastMove {
			weight = math.Max(0.05, weight*0.7)
		}
		lastMove = move
	}
	return false, nil
}

// takePart fills now with who signals, by place among those who are free.
func (f *fixed) takePart(signals []float64) {
	f.now = f.now[:0]
	for k, a := range signals {
		if a > 0 {
			f.now = append(f.now, k)
		}
	}
}

// solve is the equilibrium that the solver selects, or the one with the given set; nil
// where that is none.
func (f *fixed) solve(set []int) (*equilibrium.Equilibrium, error) {
	st := f.stage
	g := mechanisms.Game{Mechanism: f.rule, Values: st.those}
	if set != nil {
		if st.solver.Among(g, set, &st.eq) {
			return &st.eq, nil
		}
		return nil, nil
	}
	return &st.eq, st.solver.Solve(g, &st.eq)
}

// move takes the values that agents play with a step towards those that the chances make,
// and returns how far these are off; size grows with the largest of them.
func (st *stage) move(win []float64, nobody, weight float64, size *float64) float64 {
	move := 0.0
	for _, i := range st.free {
		others, against := nobody, nobody*st.own(i)
		for _, k := range st.free {
			if t := win[k]; k != i {
				others += t
				against += t * st.gives(i, k)
			}
		}
		to := st.play[i]
		if others > 1e-14 {
			to = math.Max(0, against/others)
		}
		*size = math.Max(*size, math.Abs(to))
		move = math.Max(move, math.Abs(to-st.play[i]))
		st.play[i] += weight * (to - st.play[i])
	}
	return move
}
