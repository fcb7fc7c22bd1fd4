package slots

import (
	"fmt"
	"math"

	"allot/mechanisms"
	"gonum.org/v1/gonum/mat"
)

// Equilibria lists the pure Markov-perfect equilibria of a winner-pays auction
// without reserve, for at most four agents, in the order of the winners in the
// states 1, 2, ... Every choice of a winner and a price-setter in every state
// gives linear equations in the values; those whose choices are then right are kept.
// That enumeration is complete but for equilibria in which equal bids share.
//
//	V_j(s) = delta_j V_j(k)  for losers,   V_k(s) = W_k(k|s) - p,   p = max(0, W_l(l|s) - W_l(k|s))
//
// A test asserts three at values 4, 3.9, Premium 0.2 and discount 0.9: the first always
// wins, the incumbent does, the second does.
func (g Incumbency) Equilibria() ([]Chain, error) {
	if err := g.check(); err != nil {
		return nil, err
	}
	n := len(g.Values)
	r, ok := g.Mechanism.(mechanisms.Ranked)
	if !ok || r.Ranking().AllPay || r.Ranking().Reserve > 0 || n > 4 || g.Myopic || g.rests() {
		return nil, fmt.Errorf("slots: equilibria are listed for forward-looking bidders in winner-pays auctions without reserve, without a cooldown and with at most four agents; not for a %T among %d", g.Mechanism, n)
	}
	states, err := g.histories()
	if err != nil {
		return nil, err
	}
	st, err := newStage(g, states)
	if err != nil {
		return nil, err
	}
	var found []Chain
	// choice[s] = winner*n + setter; setter = winner stands for a price of 0.
	choice := make([]int, n)
	for {
		c, ok := st.candidate(choice)
		if ok && !known(found, c) {
			c.finish(g, states)
			c.Selection = "one of the pure equilibria"
			found = append(found, c)
		}
		s := n - 1
		for s >= 0 && choice[s] == n*n-1 {
			choice[s] = 0
			s--
		}
		if s < 0 {
			return found, nil
		}
		choice[s]++
	}
}

func known(found []Chain, c Chain) bool {
	for _, f := range found {
		same := true
		for s, row := range c.Win {
			for i, t := range row {
				same = same && t == f.Win[s][i] && math.Abs(c.Value[s][i]-f.Value[s][i]) <= 1e-9*(1+math.Abs(f.Value[s][i]))
			}
		}
		if same {
			return true
		}
	}
	return false
}

// candidate solves the equations of a choice and reports whether it is right.
func (st *stage) candidate(choice []int) (Chain, bool) {
	g := st.game
	n := len(g.Values)
	at := func(i, s int) int { return s*n + i }
	a, b := mat.NewDense(n*n, n*n, nil), mat.NewVecDense(n*n, nil)
	add := func(row, i, s int, x float64) { a.Set(row, at(i, s), a.At(row, at(i, s))+x) }
	held := func(i, s int) float64 {
		if i == s {
			return g.Values[i] * (1 + g.Premium)
		}
		return g.Values[i]
	}
	for s, x := range choice {
		k, l := x/n, x%n
		for j := range n {
			row := at(j, s)
			add(row, j, s, 1)
			add(row, j, k, -g.Discounts[j])
			if j == k {
				b.SetVec(row, held(k, s))
				if l != k {
					b.SetVec(row, held(k, s)-held(l, s))
					add(row, l, l, g.Discounts[l])
					add(row, l, k, -g.Discounts[l])
				}
			}
		}
	}
	var lu mat.LU
	lu.Factorize(a)
	var v mat.VecDense
	if lu.Det() == 0 || lu.SolveVecTo(&v, false, b) != nil {
		return Chain{}, false
	}
	c := newChain(n, st.states)
	for s := range n {
		for i := range n {
			if x := v.AtVec(at(i, s)); math.Abs(x) > 1e-14*g.Values[i]/(1-g.Discounts[i]) {
				c.Value[s][i] = x
			}
		}
	}
	// Without an incumbent, whoever wins: no state depends on it without a reserve.
	if !st.enter(n, &c) {
		return Chain{}, false
	}
	for s, x := range choice {
		k, l := x/n, x%n
		for i := range n {
			for j := range n + 1 {
				st.worth[i][j] = g.worth(i, j, &st.states[s], c.Value)
			}
		}
		near := 10 * st.near()
		price := 0.0
		if l != k {
			price = st.gives(l, k)
		}
		if price < -near || l != k && st.gives(k, l) < price-near || l == k && st.own(k) < -near {
			return Chain{}, false
		}
		for j := range n {
			if j != k && st.gives(j, k) > price+near {
				return Chain{}, false
			}
		}
		c.Win[s][k], c.Cost[s][k] = 1, math.Max(0, price)
	}
	return c, true
}

// enter fills in the state without an incumbent. Its own value enters only the
// choice among several possible winners, so a few rounds settle it.
func (st *stage) enter(none int, c *Chain) bool {
	for range 3 {
		if st.solve(none, c.Value, c.Win[none], c.Cost[none]) != nil || st.status != 0 {
			return false
		}
		for i := range st.play {
			c.Value[none][i] = st.payoff(i, c.Win[none], c.Cost[none])
		}
	}
	return true
}
