package slots

import (
	"fmt"

	"allot/mechanisms"
)

// history is a state of the game over slots: who won the last ones.
//
// Without a cooldown it is the incumbent alone. Under a cooldown of c slots an agent
// of K identities signals with one of them at a time, and with none while all K rest,
// that is while it has K of the last c slots; the rule is then played among the agents
// that are free. Nobody wins where nobody is free. An agent with more than c
// identities always has one that does not rest: a cooldown is defeated by c+1 identities
// each, wherever what one identity brings does not depend on the others. Tests assert
// that, that two agents of one identity take turns and pay nothing under a cooldown of one
// slot, and that the numbers are those of the game written out by hand.
type history struct {
	// last won the last slot, as many as there are agents for nobody.
	last int
	// winners are those of the last slots, the last one first; nil where last is all.
	winners []int
	// free are the agents that can take part.
	free []int
	// next is the state after agent k wins, or with the last entry nobody; -1 where k
	// cannot win.
	next []int
}

// maxHistories bounds the states of a game under a cooldown.
const maxHistories = 256

// rests reports that somebody may have to sit out.
func (g Incumbency) rests() bool {
	for i := range g.Values {
		if g.identities(i) <= g.Cooldown {
			return true
		}
	}
	return false
}

func (g Incumbency) identities(i int) int {
	if g.Identities == nil {
		return 1
	}
	return g.Identities[i]
}

// histories lists the states, of which the last is that nobody won anything.
func (g Incumbency) histories() ([]history, error) {
	n := len(g.Values)
	if !g.rests() {
		all, next := make([]int, n), make([]int, n+1)
		for i := range next {
			next[i] = i
			if i < n {
				all[i] = i
			}
		}
		states := make([]history, n+1)
		for s := range states {
			states[s] = history{last: s, free: all, next: next}
		}
		return states, nil
	}
	none := make([]int, g.Cooldown)
	for k := range none {
		none[k] = n
	}
	states := []history{{last: n, winners: none}}
	index := map[string]int{fmt.Sprint(none): 0}
	for s := 0; s < len(states); s++ {
		used := make([]int, n+1)
		for _, k := range states[s].winners {
			used[k]++
		}
		next := make([]int, n+1)
		var free []int
		for k := range next {
			next[k] = -1
			if k < n && used[k] >= g.identities(k) {
				continue
			}
			if k < n {
				free = append(free, k)
			}
			winners := append([]int{k}, states[s].winners[:g.Cooldown-1]...)
			for j := 1; j < len(winners); j++ { // who never rests need not be remembered
				if i := winners[j]; i < n && g.identities(i) > g.Cooldown {
					winners[j] = n
				}
			}
			key := fmt.Sprint(winners)
			if _, seen := index[key]; !seen {
				if len(states) == maxHistories {
					return nil, fmt.Errorf("slots: a cooldown of %d slots among %d agents has more than the %d histories that are solved for", g.Cooldown, n, maxHistories)
				}
				index[key] = len(states)
				states = append(states, history{last: k, winners: winners})
			}
			next[k] = index[key]
		}
		states[s].free, states[s].next = free, next
	}
	// The first state comes last.
	states = append(states[1:], states[0])
	for s := range states {
		for k, to := range states[s].next {
			if to >= 0 {
				states[s].next[k] = (to + len(states) - 1) % len(states)
			}
		}
	}
	return states, nil
}

// single reports a lottery of one identity each that has to be played out: entering costs
// something, or nobody may be left to draw.
func (g Incumbency) single(lot mechanisms.Lot) bool {
	for i := range g.Values {
		if g.identities(i) > 1 {
			return false
		}
	}
	return lot.Fee > 0 || len(g.Values) <= g.Cooldown
}

// draws is the long run of a lottery under a cooldown, see Cooldown: whoever enters the
// lottery of one slot does so with every identity that does not rest. Stakes are divided
// among identities; without stakes each has a chance of its own.
func (g Incumbency) draws(lot mechanisms.Lot) (Chain, error) {
	n := len(g.Values)
	c := Chain{Selection: "everyone enters with every identity", Payoffs: make([]float64, n)}
	if lot.Fee > 0 {
		return Chain{}, fmt.Errorf("slots: no method for an entry fee under a cooldown: it may pay to wait until others rest")
	}
	weights := make([]float64, n)
	for i, v := range g.Values {
		if v <= lot.Price && v*(1+g.Premium) > lot.Price && lot.Price > 0 {
			return Chain{}, fmt.Errorf("slots: no method for agent %d under a cooldown: it would enter for its premium alone", i+1)
		}
		if v >= lot.Price {
			if weights[i] = float64(g.identities(i)); lot.Weights != nil {
				weights[i] = lot.Weights[i]
			}
		}
	}
	rest, err := Cooldown{Weights: weights, Identities: g.Identities, Slots: g.Cooldown}.Solve()
	if err != nil {
		return Chain{}, err
	}
	c.Shares, c.Twice, c.Exposure, c.Revenue = rest.Shares, rest.Twice, rest.Exposure, lot.Price
	for i, t := range rest.Shares {
		extra := g.Premium * g.Values[i] * rest.Twice[i]
		c.Gain += extra
		c.Payoffs[i] = t*(g.Values[i]-lot.Price) + extra
	}
	c.RunLength = runLength(c.Shares, c.Exposure)
	return c, nil
}
