package slots

import (
	"errors"
	"fmt"
	"math"
	"slices"

	"allot/mechanisms"
	"allot/solver/equilibrium"
)

// Incumbency is a mechanism that is played slot after slot, in which the holder of a
// slot values the next one more.
//
//	W_i(k|s) = 1[k=i] (1 + mu 1[i=s]) v_i + delta_i V_i(k)    when k wins in state s
//	V_i(s)   = sum_k t_k(s) W_i(k|s) - c_i(s)
//
// The state is the incumbent, or that there is none (the last state): then nobody has
// the premium mu. With three or more agents it matters to a loser who wins. In a
// contest, a lottery or a ticket sale the chances of the others stay in proportion
// whatever one signals, so i plays like an agent of value
//
//	sum_{k != i} t_k (W_i(i) - W_i(k)) / (1 - t_i),
//
// which makes the stage a fixed point of the game without such concerns. In a
// winner-pays auction (Jehiel, Moldovanu 1996; Funk 1996) k wins at the most that another
// j would pay for winning instead of k, W_j(j) - W_j(k), if it would itself pay that much
// for winning instead of that j; several k can qualify, or none. With two agents any
// mechanism will do. No price is negative.
//
// Under a Cooldown the state is who won the last slots, see histories.
//
// Domain: values >= 0, Premium >= 0, discount factors in [0, 1). A test asserts three
// equilibria at values 4, 3.9, Premium 0.2 and discount 0.9.
type Incumbency struct {
	Mechanism mechanisms.Mechanism
	// Values are v_i and Discounts delta_i, one for each agent.
	Values, Discounts []float64
	// Premium is mu.
	Premium float64
	// Myopic agents look at the slot's own payoff only.
	Myopic bool
	// Cooldown is how many slots an identity that won sits out, and Identities how many
	// each agent has; nil means one each.
	Cooldown   int
	Identities []int
}

// Chain is a Markov-perfect equilibrium. Rows are states: agent s is the
// incumbent, or nobody (the last row), and under a cooldown the Histories; columns
// are agents.
type Chain struct {
	Status equilibrium.Status
	// Selection says which equilibrium this is.
	Selection string
	// Residual is the largest change of a value in the last step, in value units.
	Residual float64
	Steps    int
	// Win[s][i] is t_i, Cost[s][i] is c_i and Value[s][i] is V_i in state s.
	Win, Cost, Value [][]float64
	// Histories are the states under a cooldown that binds: who won the last slots, the
	// last one first and as many agents as there are for nobody. A lottery has none
	// under a cooldown, and no rows: its long run is known without (see Cooldown).
	Histories [][]int
	// Stationary is how often each state occurs in the long run, from a first slot
	// without an incumbent; Shares is how often each agent wins, and Payoffs what each
	// keeps per slot.
	Stationary, Shares, Payoffs []float64
	// Twice is how often each agent wins a slot and the next.
	Twice []float64
	// Revenue is sum c_i per slot in the long run.
	Revenue float64
	// Exposure is the probability that the winner of a slot wins the next, sum_s pi_s
	// t_s(s), the sum of Twice. RunLength is the mean number of slots in a row, +Inf where
	// the holder never changes.
	Exposure, RunLength float64
	// Gain is what the premium brings per slot, sum_s pi_s t_s(s) mu v_s.
	Gain float64
}

const (
	maxAgents = 256
	maxSteps  = 20000
	// maxFailed is how many steps may have a stage that does not settle, and maxTurns how
	// often the participants may change, a state, before they are held on to, and after.
	maxFailed   = 200
	maxTurns    = 20
	maxCooldown = 1 << 12
)

// Solve finds a Markov-perfect equilibrium by value iteration from zero. An error
// means that the game is malformed or has no method; that the iteration did not
// settle is said in Status.
func (g Incumbency) Solve() (Chain, error) { return g.SolveFrom(nil) }

// SolveFrom is Solve from other values, start[s][i], which can lead to another
// equilibrium.
func (g Incumbency) SolveFrom(start [][]float64) (Chain, error) {
	if err := g.check(); err != nil {
		return Chain{}, err
	}
	if m, ok := g.Mechanism.(mechanisms.EqualChance); ok && g.Cooldown > 0 && !g.single(m.Lot()) {
		return g.draws(m.Lot())
	}
	n := len(g.Values)
	states, err := g.histories()
	if err != nil {
		return Chain{}, err
	}
	c := newChain(n, states)
	c.Selection = "value iteration from zero"
	if start != nil {
		if len(start) != len(states) {
			return Chain{}, fmt.Errorf("slots: %d rows of values for %d states", len(start), len(states))
		}
		c.Selection = "value iteration from given values"
		for s, row := range start {
			if len(row) != n {
				return Chain{}, fmt.Errorf("slots: row %d has %d values for %d agents", s+1, len(row), n)
			}
			for i, v := range row {
				if math.IsNaN(v) || math.IsInf(v, 0) {
					return Chain{}, fmt.Errorf("slots: the value %g of agent %d in row %d is not finite", v, i+1, s+1)
				}
			}
			copy(c.Value[s], row)
		}
	}
	if g.Myopic {
		c.Selection = "myopic agents"
	}
	st, err := newStage(g, states)
	if err != nil {
		return Chain{}, err
	}
	scale := 0.0 // of a slot; values can be 1/(1-delta) of it, and so can their rounding
	for _, v := range g.Values {
		scale = math.Max(scale, v*(1+g.Premium))
	}
	next, size := rows(len(states), n), 0.0
	unsettled := equilibrium.Converged
	for failed := 0; c.Steps < maxSteps; {
		c.Steps++
		c.Residual, size, unsettled = 0, 0, equilibrium.Converged
		for s := range next {
			if err := st.solve(s, c.Value, c.Win[s], c.Cost[s]); err != nil {
				return Chain{}, err
			}
			switch {
			case st.status == equilibrium.IterationLimit: // on the way to values at which it may settle
				unsettled = st.status
			case st.status != equilibrium.Converged:
				c.Status = st.status
				return c, nil
			}
			for i := range g.Values {
				next[s][i] = st.payoff(i, c.Win[s], c.Cost[s])
				c.Residual = math.Max(c.Residual, math.Abs(next[s][i]-c.Value[s][i]))
				size = math.Max(size, math.Abs(next[s][i]))
			}
		}
		if g.Myopic {
			c.Residual = 0
			st.evaluateMyopic(&c)
			break
		}
		c.Value, next = next, c.Value
		if unsettled != equilibrium.Converged {
			if failed++; failed > maxFailed {
				break
			}
			continue
		}
		if st.turns > maxTurns*len(states) {
			if st.hold {
				break
			}
			st.hold, st.turns = true, 0
		}
		if c.Residual <= 1e-14*scale+4e-16*size || math.IsNaN(c.Residual) {
			break
		}
	}
	if unsettled != equilibrium.Converged || !(c.Residual <= 1e-9*scale+1e-13*size) {
		c.Status = equilibrium.IterationLimit
		return c, nil
	}
	if slices.Contains(st.other, true) {
		c.Selection += ", of several sets of participants one that stands"
	}
	c.finish(g, states)
	return c, nil
}

func (g Incumbency) check() error {
	n := len(g.Values)
	switch {
	case g.Mechanism == nil:
		return errors.New("slots: there is no mechanism")
	case n == 0 || n > maxAgents:
		return fmt.Errorf("slots: %d agents: there must be from 1 to %d", n, maxAgents)
	case len(g.Discounts) != n:
		return fmt.Errorf("slots: %d discount factors for %d agents", len(g.Discounts), n)
	case !(g.Premium >= 0 && g.Premium <= math.MaxFloat64):
		return fmt.Errorf("slots: premium %g is not finite and at least 0", g.Premium)
	case g.Cooldown < 0 || g.Cooldown > maxCooldown || g.Identities != nil && len(g.Identities) != n:
		return fmt.Errorf("slots: a cooldown of %d slots for %d agents with %d numbers of identities", g.Cooldown, n, len(g.Identities))
	}
	for i, k := range g.Identities {
		if k < 1 {
			return fmt.Errorf("slots: agent %d has %d identities: there must be at least 1", i+1, k)
		}
	}
	for i, v := range g.Values {
		if !(v >= 0 && v <= math.MaxFloat64) || !(g.Discounts[i] >= 0 && g.Discounts[i] < 1) {
			return fmt.Errorf("slots: agent %d: value %g must be finite and at least 0, discount factor %g in [0, 1)", i+1, v, g.Discounts[i])
		}
		if math.IsInf(v*(1+g.Premium)/(1-g.Discounts[i]), 1) {
			return fmt.Errorf("slots: agent %d: a value of %g for ever is too large", i+1, v)
		}
	}
	return nil
}

// worth is W_i(k|s) for k in 0..n, n for nobody, in state s.
func (g Incumbency) worth(i, k int, s *history, values [][]float64) float64 {
	w := 0.0
	if k == i {
		w = g.Values[i]
		if s.last == i {
			w *= 1 + g.Premium
		}
	}
	if !g.Myopic && s.next[k] >= 0 {
		w += g.Discounts[i] * values[s.next[k]][i]
	}
	return w
}

func rows(n, m int) [][]float64 {
	out := make([][]float64, n)
	flat := make([]float64, n*m)
	for i := range out {
		out[i] = flat[i*m : (i+1)*m : (i+1)*m]
	}
	return out
}

func newChain(n int, states []history) Chain {
	m := len(states)
	c := Chain{Win: rows(m, n), Cost: rows(m, n), Value: rows(m, n), Stationary: make([]float64, m), Shares: make([]float64, n), Payoffs: make([]float64, n), Twice: make([]float64, n)}
	for _, s := range states {
		if s.winners != nil {
			c.Histories = append(c.Histories, s.winners)
		}
	}
	return c
}

// finish computes what holds in the long run.
func (c *Chain) finish(g Incumbency, states []history) {
	n := len(g.Values)
	step := rows(len(states), len(states))
	for s, win := range c.Win {
		sold := 0.0
		for k, t := range win {
			if t > 0 {
				step[s][states[s].next[k]] += t
				sold += t
			}
		}
		step[s][states[s].next[n]] += math.Max(0, 1-sold)
	}
	c.Stationary = longRun(step)
	c.Revenue, c.Exposure, c.Gain = 0, 0, 0
	for s, pi := range c.Stationary {
		for i, t := range c.Win[s] {
			c.Shares[i] += pi * t
			c.Revenue += pi * c.Cost[s][i]
			c.Payoffs[i] += pi * (t*g.Values[i] - c.Cost[s][i])
		}
		if i := states[s].last; i < n {
			again := pi * c.Win[s][i]
			c.Twice[i] += again
			c.Exposure += again
			c.Gain += again * g.Premium * g.Values[i]
			c.Payoffs[i] += again * g.Premium * g.Values[i]
		}
	}
	c.Exposure = math.Min(1, c.Exposure)
	c.RunLength = runLength(c.Shares, c.Exposure)
}

// runLength is the mean length of a maximal run of one winner: wins over runs.
func runLength(shares []float64, kept float64) float64 {
	wins := 0.0
	for _, x := range shares {
		wins += x
	}
	if started := wins - kept; started > 1e-15*wins {
		return wins / started
	}
	if wins == 0 {
		return 0
	}
	return math.Inf(1)
}

// longRun is the limit of the mean distribution over states from the last state: the
// powers of the lazy chain (1+P)/2, squared until the horizon is beyond any count.
// P is used up.
func longRun(p [][]float64) []float64 {
	n := len(p)
	for s := range p {
		for k := range p[s] {
			p[s][k] /= 2
		}
		p[s][s] += 0.5
	}
	q := rows(n, n)
	for range 60 {
		change := 0.0
		for s := range q {
			clear(q[s])
			for k, x := range p[s] {
				if x == 0 {
					continue
				}
				for l, y := range p[k] {
					q[s][l] += x * y
				}
			}
			total := 0.0
			for _, x := range q[s] {
				total += x
			}
			for l := range q[s] {
				q[s][l] /= total // keep rounding from compounding
				change = math.Max(change, math.Abs(q[s][l]-p[s][l]))
			}
		}
		p, q = q, p
		if change < 1e-15 {
			break
		}
	}
	pi, total := p[n-1], 0.0
	for s, x := range pi {
		if x < 1e-14 { // what is left of states that are never met again
			pi[s] = 0
		}
		total += pi[s]
	}
	for s := range pi {
		pi[s] /= total
	}
	return pi
}
