package constraints

import (
	"fmt"
	"math"
	"sort"

	"allot/mechanisms"
	"allot/solver/cartel"
	"allot/solver/equilibrium"
)

// scratch is the work space of the measures of one goroutine.
type scratch struct {
	support support
	field   field
	out     mechanisms.Outcome
	signals []float64
	sorted  []float64
	highest float64
	order   []int
	byValue byValue
	values  []float64
	// known and discounts are the market's, for the game over slots.
	known, discounts []float64
	eq               equilibrium.Equilibrium
	rings            cartel.Work
}

// room is the case's work space.
func (c *Case) room() *scratch {
	if c.scratch == nil {
		c.scratch = new(scratch)
	}
	return c.scratch
}

// scale is the highest value, the unit of money's tolerances within one case.
func (c *Case) scale() float64 {
	most := 0.0
	for _, v := range c.Account.Values {
		most = math.Max(most, v)
	}
	return most
}

// name is what agent i is called.
func (c *Case) name(i int) string {
	if c.Market != nil && i >= 0 && i < len(c.Market.Agents) && c.Market.Agents[i].Name != "" {
		return c.Market.Agents[i].Name
	}
	return fmt.Sprintf("agent %d", i+1)
}

// nodes is the number of joint signals that stand for mixtures with densities, coarse that
// of markets with more than crowd agents: Fibonacci numbers, each with the one before it
// as the lattice's generator.
const (
	nodes, generator        = 89, 55
	coarse, coarseGenerator = 13, 8
	crowd                   = 20_000
)

// support is a profile as joint signals with probabilities: one of a pure profile,
// all combinations of atoms where there are few of them, and otherwise a Fibonacci
// lattice in the mixtures' quantiles (rank-1; Sloan, Joe 1994), whose projection on one
// mixture is the midpoint rule. Agents mix independently.
type support struct {
	agents  int
	rows    []float64
	weights []float64
	atoms   []int
}

func (s *support) row(k int) []float64 { return s.rows[k*s.agents : (k+1)*s.agents] }

// take makes the support of an equilibrium's profile.
func (s *support) take(g mechanisms.Game, eq *equilibrium.Equilibrium) error {
	p := &eq.Profile
	n := len(g.Values)
	s.agents, s.rows, s.weights = n, s.rows[:0], s.weights[:0]
	if n == 0 || len(p.Signals) != n || p.Mixed != nil && len(p.Mixed) != n {
		return errNoProfile
	}
	if p.Mixed == nil && eq.Regime != equilibrium.Pure {
		return errNoProfile
	}
	combinations, mixing := 1, 0
	s.atoms = s.atoms[:0]
	for i := range p.Mixed {
		m := &p.Mixed[i]
		if m.IsEmpty() {
			continue
		}
		if len(m.Cumulative) != len(m.Signals) {
			return errNoProfile
		}
		mixing++
		k := atoms(m)
		if k == 0 || k > nodes || combinations*k > 4*nodes {
			combinations = 0
		}
		combinations *= k
	}
	switch {
	case mixing == 0:
		s.rows = append(s.rows, p.Signals...)
		s.weights = append(s.weights, 1)
	case combinations > 0:
		s.product(p, combinations)
	default:
		s.lattice(p)
	}
	return nil
}

// atoms is how many atoms make up the mixture, 0 if it has a density somewhere.
func atoms(m *mechanisms.Mixture) int {
	count := 0
	if m.Cumulative[0] > 0 {
		count++
	}
	for k := 1; k < len(m.Signals); k++ {
		if m.Cumulative[k] > m.Cumulative[k-1] {
			if m.Signals[k] != m.Signals[k-1] {
				return 0
			}
			count++
		}
	}
	return count
}

// atom is the k-th atom.
func atom(m *mechanisms.Mixture, k int) (signal, mass float64) {
	if m.Cumulative[0] > 0 {
		if k == 0 {
			return m.Signals[0], m.Cumulative[0]
		}
		k--
	}
	for j := 1; j < len(m.Signals); j++ {
		if mass := m.Cumulative[j] - m.Cumulative[j-1]; mass > 0 {
			if k == 0 {
				return m.Signals[j], mass
			}
			k--
		}
	}
	return m.Signals[len(m.Signals)-1], 0
}

func (s *support) product(p *mechanisms.Profile, combinations int) {
	for c := range combinations {
		start, weight, rest := len(s.rows), 1.0, c
		s.rows = append(s.rows, p.Signals...)
		for i := range p.Mixed {
			m := &p.Mixed[i]
			if m.IsEmpty() {
				continue
			}
			count := atoms(m)
			signal, mass := atom(m, rest%count)
			rest /= count
			s.rows[start+i] = signal
			weight *= mass
		}
		s.weights = append(s.weights, weight)
	}
}

func (s *support) lattice(p *mechanisms.Profile) {
	count, next := nodes, generator
	if s.agents > crowd {
		count, next = coarse, coarseGenerator
	}
	for c := range count {
		start, step, shift := len(s.rows), 1, 0.5
		s.rows = append(s.rows, p.Signals...)
		for i := range p.Mixed {
			m := &p.Mixed[i]
			if m.IsEmpty() {
				continue
			}
			s.rows[start+i] = quantile(m, (float64(c*step%count)+shift)/float64(count))
			step = step * next % count
			// A little apart, so that equal mixtures do not tie at a node.
			if shift += 0.003; shift > 0.8 {
				shift = 0.5
			}
		}
		s.weights = append(s.weights, 1/float64(count))
	}
}

// quantile is the least signal with cumulative probability of at least q.
func quantile(m *mechanisms.Mixture, q float64) float64 {
	k := sort.SearchFloat64s(m.Cumulative, q)
	switch {
	case k == 0:
		return m.Signals[0]
	case k >= len(m.Signals):
		return m.Signals[len(m.Signals)-1]
	}
	low, high := m.Cumulative[k-1], m.Cumulative[k]
	return m.Signals[k-1] + (q-low)/(high-low)*(m.Signals[k]-m.Signals[k-1])
}

// outcomes visits every agent in the outcomes of the signals played: the support's
// extremes for mixtures (see ex-post).
func (c *Case) outcomes(visit func(i int, win, ifWin, ifLose float64)) error {
	if err := c.playable(); err != nil {
		return err
	}
	p := &c.Equilibrium.Profile
	n := len(c.Game.Values)
	if p.Mixed != nil && len(p.Mixed) != n || p.Mixed == nil && c.Equilibrium.Regime != equilibrium.Pure {
		return errNoProfile
	}
	w := c.room()
	w.signals = append(w.signals[:0], p.Signals...)
	w.out.Resize(n)
	look := func(from, to int) {
		c.Game.Mechanism.Allot(w.signals, &w.out)
		for i := from; i < to; i++ {
			visit(i, w.out.Win[i], w.out.IfWin[i], w.out.IfLose[i])
		}
	}
	if p.Mixed == nil {
		look(0, n)
		return nil
	}
	end := func(i int, high bool) float64 {
		m := &p.Mixed[i]
		switch {
		case m.IsEmpty():
			return p.Signals[i]
		case high:
			return m.Signals[len(m.Signals)-1]
		}
		return m.Signals[0]
	}
	for _, high := range [...]bool{false, true} {
		for i := range w.signals {
			w.signals[i] = end(i, high)
		}
		look(0, n)
		for i := range p.Mixed {
			if p.Mixed[i].IsEmpty() {
				continue // seen already
			}
			kept := w.signals[i]
			// A mixture of very many knots is sampled at its ends and evenly between.
			step := max(1, len(p.Mixed[i].Signals)/64)
			for k := 0; k < len(p.Mixed[i].Signals); k += step {
				w.signals[i] = p.Mixed[i].Signals[k]
				look(i, i+1)
			}
			w.signals[i] = end(i, !high)
			look(i, i+1)
			w.signals[i] = kept
		}
	}
	return nil
}
