package slots

import (
	"fmt"
	"math"

	"allot/mechanisms"
	"allot/solver/equilibrium"
)

// stage solves one slot's game, given what each state is worth to each agent.
type stage struct {
	game    Incumbency
	states  []history
	rules   []mechanisms.Mechanism // each state's, for those who are free
	free    []int                  // in the state at hand
	solver  equilibrium.Solver
	eq      equilibrium.Equilibrium
	worth   [][]float64         // worth[i][k] = W_i(k|s), k = n for nobody
	play    []float64           // the values that agents play with
	those   []float64           // of the agents that are free
	plays   [][]float64         // the same when each state was last solved
	begun   []bool              // it was
	ranking *mechanisms.Ranking // nil: not a winner-pays auction
	status  equilibrium.Status
	winners []int
	// sets are the participants when each state was last solved, and turns how often they
	// changed; hold: they are tried first.
	sets  [][]int
	turns int
	hold  bool
	other []bool // each state was last solved for participants that were held on to
}

func newStage(g Incumbency, states []history) (*stage, error) {
	n := len(g.Values)
	st := &stage{
		game: g, states: states, worth: rows(n, n+1), play: make([]float64, n), those: make([]float64, 0, n), winners: make([]int, 0, n),
		plays: rows(len(states), n), begun: make([]bool, len(states)), sets: make([][]int, len(states)), other: make([]bool, len(states)), rules: make([]mechanisms.Mechanism, len(states)),
	}
	for s := range states {
		var err error
		if st.rules[s], err = mechanisms.Among(g.Mechanism, states[s].free); err != nil {
			return nil, fmt.Errorf("slots: %w", err)
		}
	}
	if r, ok := g.Mechanism.(mechanisms.Ranked); ok && !r.Ranking().AllPay {
		ranking := r.Ranking()
		st.ranking = &ranking
	}
	return st, nil
}

// payoff is what the stage brings agent i.
func (st *stage) payoff(i int, win, cost []float64) float64 {
	sum, sold := -cost[i], 0.0
	for k, t := range win {
		if t > 0 {
			sum += t * st.worth[i][k]
			sold += t
		}
	}
	if left := 1 - sold; left > 1e-12 {
		sum += left * st.worth[i][len(win)]
	}
	return sum
}

// evaluateMyopic fills in what play that ignores the future is worth all the same,
// discounted: V = u + delta P V, by iteration.
func (st *stage) evaluateMyopic(c *Chain) {
	g, nobody := st.game, len(st.game.Values)
	g.Myopic = false
	for i := range g.Values {
		for s := range c.Value {
			c.Value[s][i] = 0
		}
		for range maxSteps {
			change, size := 0.0, 0.0
			for s := range c.Value {
				v := -c.Cost[s][i]
				sold := 0.0
				for k, t := range c.Win[s] {
					v += t * g.worth(i, k, &st.states[s], c.Value)
					sold += t
				}
				v += math.Max(0, 1-sold) * g.worth(i, nobody, &st.states[s], c.Value)
				change = math.Max(change, math.Abs(v-c.Value[s][i]))
				size = math.Max(size, math.Abs(v))
				c.Value[s][i] = v
			}
			if change <= 1e-14*size {
				break
			}
		}
	}
}

// solve writes the chances and payments of state s.
func (st *stage) solve(s int, values [][]float64, win, cost []float64) error {
	n := len(st.play)
	for i := range n {
		for k := range n + 1 {
			st.worth[i][k] = st.game.worth(i, k, &st.states[s], values)
		}
	}
	st.status, st.free = equilibrium.Converged, st.states[s].free
	if len(st.free) == 0 {
		clear(win)
		clear(cost)
		return nil
	}
	if st.ranking != nil {
		st.auction(win, cost)
		return nil
	}
	if st.begun[s] { // from step to step of the value iteration little changes
		copy(st.play, st.plays[s])
	} else {
		st.guess()
	}
	err := st.proportional(s, win, cost)
	copy(st.plays[s], st.play)
	st.begun[s] = err == nil && st.status == equilibrium.Converged
	return err
}

// guess makes all rivals alike.
func (st *stage) guess() {
	for _, i := range st.free {
		st.play[i] = 0
		for _, k := range st.free {
			if k != i {
				st.play[i] = math.Max(st.play[i], st.gives(i, k))
			}
		}
		if len(st.free) == 1 {
			st.play[i] = math.Max(0, st.own(i))
		}
	}
}

// gives is what j would pay for winning instead of k.
func (st *stage) gives(j, k int) float64 { return st.worth[j][j] - st.worth[j][k] }

// challenge is what k pays when it wins: the most that another would pay for winning
// instead, at least the reserve; rival is that other, n for the reserve alone.
func (st *stage) challenge(k int) (price float64, rival int) {
	price, rival = st.ranking.Reserve, len(st.play)
	for _, j := range st.free {
		if x := st.gives(j, k); j != k && x > price {
			price, rival = x, j
		}
	}
	return price, rival
}

// near is the slack within which two willingnesses are a tie.
func (st *stage) near() float64 {
	size := 0.0
	for i := range st.play {
		for k := range st.worth[i] {
			size = math.Max(size, math.Abs(st.worth[i][k]))
		}
	}
	return 1e-12 * size
}

// auction is a winner-pays auction. Of the agents that can win, the one to which
// winning is worth most in the slot itself does; those that tie with it share.
func (st *stage) auction(win, cost []float64) {
	clear(win)
	clear(cost)
	near := st.near()
	best := -1
	st.winners = st.winners[:0]
	for _, k := range st.free {
		price, rival := st.challenge(k)
		if st.gives(k, rival) < price-near {
			continue
		}
		st.winners = append(st.winners, k)
		if best < 0 || st.own(k) > st.own(best) {
			best = k
		}
	}
	if best < 0 {
		for _, j := range st.free {
			if st.own(j) > st.ranking.Reserve+near {
				// Somebody would buy from nobody, but whoever does is outbid.
				st.status = equilibrium.NotFound
				return
			}
		}
		return // nobody wins
	}
	share := 0.0
	for _, k := range st.winners {
		if st.tie(k, best, near) {
			share++
		}
	}
	for _, k := range st.winners {
		if st.tie(k, best, near) {
			price, _ := st.challenge(k)
			win[k], cost[k] = 1/share, price/share
		}
	}
}

// own is what winning is worth to k in the slot and after, against nobody's winning.
func (st *stage) own(k int) float64 { return st.gives(k, len(st.play)) }

// tie reports that k and best would pay the same for winning instead of each other.
func (st *stage) tie(k, best int, near float64) bool {
	return k == best || math.Abs(st.gives(k, best)-st.gives(best, k)) <= near && math.Abs(st.own(k)-st.own(best)) <= near
}
