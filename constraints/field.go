package constraints

import (
	"math"

	"allot/mechanisms"
	"allot/solver/equilibrium"
)

// field is what one agent faces: the others' joint signals with probabilities, and
// room for k identities of its own. What the others do is told by few numbers where
// the mechanism says so: in a ranked one by their three highest signals, in a contest
// without weights by the one signal whose impact is theirs together.
type field struct {
	value float64
	// place is the agent's row in a scenario of agents signals.
	place, agents int
	rows, weights []float64
	// split and alone are the mechanism with k identities and with one.
	split, alone mechanisms.Mechanism
	k            int
	signals      []float64
	out          mechanisms.Outcome
	// totals is sum_j (a_j/top)^rho in each scenario, kept for the next agent.
	totals, tops []float64
	rho          float64

	search
}

// kind of reduction that a mechanism allows.
type reduction int

const (
	whole reduction = iota
	ranks
	impact
)

func reductionOf(m mechanisms.Mechanism) (reduction, float64) {
	switch m := m.(type) {
	case mechanisms.Ranked:
		if _, ok := m.(mechanisms.Splitter); !ok {
			return ranks, 0
		}
	case mechanisms.Ratioed:
		if r := m.Ratio(); len(r.Weights) == 0 && r.Exponent > 0 && !math.IsInf(r.Exponent, 1) {
			return impact, r.Exponent
		}
	}
	return whole, 0
}

// named reports a mechanism that tells agents apart, and so says what identities are.
// One whose weights are all 1 does not (and asking it would allocate).
func named(m mechanisms.Mechanism) (mechanisms.Splitter, bool) {
	s, ok := m.(mechanisms.Splitter)
	if !ok {
		return nil, false
	}
	switch m := m.(type) {
	case mechanisms.Ratioed:
		ok = len(m.Ratio().Weights) > 0
	case mechanisms.EqualChance:
		ok = len(m.Lot().Weights) > 0
	}
	return s, ok
}

// prepare sums the impacts of every scenario, once for all agents.
func (f *field) prepare(m mechanisms.Mechanism, s *support) {
	kind, rho := reductionOf(m)
	f.rho, f.totals, f.tops = rho, f.totals[:0], f.tops[:0]
	if kind != impact {
		return
	}
	for k := range s.weights {
		row, top, total := s.row(k), 0.0, 0.0
		for _, a := range row {
			top = math.Max(top, a)
		}
		if top > 0 {
			for _, a := range row {
				total += power(a/top, rho)
			}
		}
		f.totals, f.tops = append(f.totals, total), append(f.tops, top)
	}
}

func power(x, rho float64) float64 {
	switch {
	case x == 0 || rho == 1:
		return x
	case x == 1:
		return 1
	}
	return math.Pow(x, rho)
}

// face makes the field that the members face as one agent, the first of them; the other
// members stand back.
func (f *field) face(g mechanisms.Game, s *support, members ...int) {
	i := members[0]
	f.value, f.alone = g.Values[i], g.Mechanism
	f.weights = s.weights
	kind, _ := reductionOf(g.Mechanism)
	f.rows = f.rows[:0]
	switch kind {
	case ranks:
		f.place, f.agents = 0, min(4, s.agents)
		for k := range s.weights {
			var high [3]float64
			for j, a := range s.row(k) {
				if !(a > high[2]) || among(members, j) {
					continue
				}
				for r := range high {
					if a > high[r] {
						a, high[r] = high[r], a
					}
				}
			}
			f.rows = append(f.rows, 0)
			f.rows = append(f.rows, high[:f.agents-1]...)
		}
		return
	case impact:
		f.place, f.agents = 0, min(2, s.agents)
		idle := false
		for k := range s.weights {
			f.rows = append(f.rows, 0)
			if f.agents == 2 {
				rest := f.others(s.row(k), k, members)
				f.rows = append(f.rows, rest)
				idle = idle || rest == 0
			}
		}
		if !idle {
			return
		}
		// Where nobody else signals, how many they are decides an idle draw.
	}
	f.place, f.agents, f.rows = i, s.agents, append(f.rows[:0], s.rows...)
	for k := range s.weights {
		for _, j := range members {
			f.rows[k*s.agents+j] = 0
		}
	}
}

func among(members []int, j int) bool {
	for _, i := range members {
		if i == j {
			return true
		}
	}
	return false
}

// others is the one signal with the impact of all but the members in scenario k.
func (f *field) others(row []float64, k int, members []int) float64 {
	top := f.tops[k]
	if top == 0 {
		return 0
	}
	own := 0.0
	for _, i := range members {
		own += power(row[i]/top, f.rho)
	}
	rest := f.totals[k] - own
	if own > f.totals[k]/2 { // the difference would lose digits
		top, rest = 0, 0
		for j, a := range row {
			if a > top && !among(members, j) {
				top = a
			}
		}
		if top == 0 {
			return 0
		}
		for j, a := range row {
			if a > 0 && !among(members, j) {
				rest += power(a/top, f.rho)
			}
		}
	}
	if f.rho == 1 {
		return top * rest
	}
	return top * math.Pow(rest, 1/f.rho)
}

// identities gives the agent k of them.
func (f *field) identities(k int) {
	f.k, f.split = k, f.alone
	if s, ok := named(f.alone); ok && k > 1 {
		f.split = s.Split(f.place, k)
	}
	if cap(f.x) < k {
		f.x, f.best = make([]float64, k), make([]float64, k)
	}
	f.x, f.best = f.x[:k], f.best[:k]
	clear(f.x)
	clear(f.best)
	if cap(f.signals) < f.agents+k {
		f.signals = make([]float64, f.agents+k)
	}
}

// payoff is what the identities' signals bring the agent together.
func (f *field) payoff(m mechanisms.Mechanism, x []float64) float64 {
	f.evaluations++
	sum := 0.0
	n := f.agents
	s := f.signals[:n+len(x)-1]
	for k, p := range f.weights {
		copy(s, f.rows[k*n:(k+1)*n])
		s[f.place] = x[0]
		copy(s[n:], x[1:])
		f.out.Resize(len(s))
		m.Allot(s, &f.out)
		u := f.out.Payoff(f.place, f.value)
		for j := range x[1:] {
			u += f.out.Payoff(n+j, f.value)
		}
		sum += p * u
	}
	return sum
}

// single is what one signal brings.
func (f *field) single(y float64) float64 {
	f.one[0] = y
	return f.payoff(f.alone, f.one[:])
}

// chance is the probability of winning with one signal, and what it costs.
func (f *field) chance(y float64) (win, cost float64) {
	n := f.agents
	s := f.signals[:n]
	for k, p := range f.weights {
		copy(s, f.rows[k*n:(k+1)*n])
		s[f.place] = y
		f.out.Resize(n)
		f.alone.Allot(s, &f.out)
		win += p * f.out.Win[f.place]
		cost += p * f.out.Cost(f.place)
	}
	return win, cost
}

// span is the largest signal worth trying: one that costs the agent's whole value.
func (f *field) span(signal float64) float64 {
	high := math.Max(f.value, signal)
	for _, a := range f.rows {
		high = math.Max(high, a)
	}
	if high == 0 {
		return 0
	}
	switch f.alone.(type) {
	case mechanisms.Ranked, mechanisms.Ratioed, mechanisms.EqualChance:
		return high // signals are in money, or only whether there is one counts
	}
	for range 60 {
		if _, cost := f.chance(high / 4); !(cost >= f.value) || f.value == 0 {
			break
		}
		high /= 4
	}
	_, before := f.chance(high)
	for range 60 {
		win, cost := f.chance(2 * high)
		if !(cost < f.value) || cost == before || win > 1-1e-6 {
			break
		}
		high, before = 2*high, cost
	}
	return high
}

// playable says why the search cannot hold the profile fixed, or nil.
func (c *Case) playable() error {
	eq, n := c.Equilibrium, len(c.Game.Values)
	if eq == nil || eq.Status == equilibrium.NotFound || c.Game.Mechanism == nil {
		return errNoProfile
	}
	if n == 0 || len(eq.Win) != n || len(eq.Cost) != n || len(eq.Payoff) != n || len(eq.Profile.Signals) != n {
		return errNoProfile
	}
	return nil
}
