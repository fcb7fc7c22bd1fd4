package constraints

import (
	"fmt"
	"math"
	"sort"
	"strings"
)

// sybilProof demands that nobody gains by passing itself off as several agents.
//
//	measure: max over agents i, k <= K and signals a^1..a^k of
//	         sum_j (t_j v_i - c_j) - (the most that i gets with one identity), at most 0
//
// the others' strategies (pure or mixed) held fixed. K is the option `identities`, 2
// unless set; an agent's own number overrides it. A mechanism that tells agents apart
// says what its identities are (mechanisms.Splitter).
//
// It is a search for any mechanism, and so a lower bound: for every k the symmetric
// split, one identity that keeps the agent's signal beside k-1 equal ones, and one
// signal beside k-1 that only take part, each globally in one dimension and then
// climbed; the best by compass search in all dimensions, from unequal starts too
// where the mechanism says nothing about itself. What one identity gets is the
// equilibrium's pay-off, or more where the search sees one signal bring more, such as
// the sum or the highest of the split's. Mixtures with a density enter as 89 joint
// signals (13 of more than 20,000 agents). Agents of equal value and signal count once; of
// more than 64 (fewer where they make every trial dear) half of those searched have the
// highest values and half are spread over the rest, and the explanation says how many.
// Gains below 1e-13 of the highest value are rounding and count as 0.
//
// In contests k identities multiply the impact of a spend by k^(1-rho): they pay iff
// rho < 1 (Neuder, Garimidi, Roughgarden 2024 for rho = 1). First-price and
// second-price auctions pass, equal lotteries fail (Pan, Mazorra, Schlegel,
// Mamageishvili 2024). Tolerance 1e-9 of E max v. A test asserts 0.8 for the lottery at
// price 2, values 4 and 2, with 9 identities (1 -> 1.8).
type sybilProof struct {
	identities int
	tolerance  float64
}

// most identities that are searched: every one more costs a search.
const mostIdentities = 64

func newSybilProof(o map[string]float64) (Constraint, error) {
	k, err := identities("sybil-proof", o["identities"])
	if err != nil {
		return nil, err
	}
	return sybilProof{identities: k, tolerance: o["tolerance"]}, nil
}

func identities(name string, k float64) (int, error) {
	if k != math.Trunc(k) || !(k >= 1 && k <= mostIdentities) {
		return 0, fmt.Errorf("constraints: %s: identities is %g: a whole number from 1 to %d", name, k, mostIdentities)
	}
	return int(k), nil
}

func (sybilProof) Name() string { return "sybil-proof" }

func (s sybilProof) Bound() Bound {
	return Bound{Relation: AtMost, Tolerance: s.tolerance, Money: true}
}

// disguise is the best split that was found.
type disguise struct {
	gain     float64
	agent    int
	signals  []float64 // the identities'
	searched int       // agents
}

func (s sybilProof) Measure(c *Case) (float64, error) {
	d, err := s.search(c, false)
	return d.gain, err
}

func (s sybilProof) Explain(c *Case, measure float64) string {
	d, err := s.search(c, true)
	if err != nil {
		return err.Error()
	}
	some := ""
	if d.searched < len(c.Game.Values) {
		some = fmt.Sprintf(" (searched: %d of %d agents)", d.searched, len(c.Game.Values))
	}
	if _, verdict := s.Bound().Judge(measure, c.scale()); verdict != Violated {
		return fmt.Sprintf("no gain found with up to %d identities%s", s.identities, some)
	}
	list := make([]string, len(d.signals))
	for j, y := range d.signals {
		list[j] = fmt.Sprintf("%.4g", y)
	}
	return fmt.Sprintf("%s gains %.6g as %d identities that signal %s%s", c.name(d.agent), d.gain, len(list), strings.Join(list, ", "), some)
}

func (s sybilProof) search(c *Case, witness bool) (disguise, error) {
	found := disguise{agent: -1}
	if err := c.playable(); err != nil {
		return found, err
	}
	w := c.room()
	if err := w.support.take(c.Game, c.Equilibrium); err != nil {
		return found, err
	}
	f := &w.field
	f.prepare(c.Game.Mechanism, &w.support)
	agents, distinct := w.leading(c)
	found.searched = len(c.Game.Values)
	if len(agents) < distinct {
		found.searched = len(agents)
	}
	highest := 0.0
	for _, i := range agents {
		highest = math.Max(highest, c.Game.Values[i])
	}
	for _, i := range agents {
		most := s.identities
		if own := c.fakes(i); own > 0 {
			most = min(mostIdentities, own)
		}
		if most < 2 || c.Game.Values[i] == 0 {
			continue
		}
		own := c.Equilibrium.Profile.Signals[i]
		f.face(c.Game, &w.support, i)
		f.start(own, c.Equilibrium.Payoff[i])
		for k := 2; k <= most; k++ {
			gain := f.gain(own, k, k == most)
			if gain > found.gain+1e-13*highest {
				// A gain over what one identity gets must survive a search for the latter.
				f.deviate()
				gain = f.most - f.base
			}
			if gain > found.gain && gain > 1e-13*highest {
				found.gain, found.agent = gain, i
				if witness {
					found.signals = append([]float64(nil), f.best...)
				}
			}
		}
	}
	return found, nil
}

// fakes is agent i's own number of identities, 0 for the study's.
func (c *Case) fakes(i int) int {
	if c.Market == nil || i >= len(c.Market.Agents) {
		return 0
	}
	return c.Market.Agents[i].Identities
}

// leading lists the agents to search, by value, descending: one of each value and
// signal, and of very many the highest and some spread over the rest. distinct is how
// many there are.
func (w *scratch) leading(c *Case) (agents []int, distinct int) {
	g, eq := c.Game, c.Equilibrium
	w.sortAgents(g.Values)
	kind, _ := reductionOf(g.Mechanism)
	if _, ok := named(g.Mechanism); !ok && eq.Profile.Mixed == nil {
		kept := 0
		for _, i := range w.order {
			if kept > 0 {
				j := w.order[kept-1]
				if g.Values[i] == g.Values[j] && eq.Profile.Signals[i] == eq.Profile.Signals[j] && eq.Payoff[i] == eq.Payoff[j] && c.fakes(i) == c.fakes(j) {
					continue
				}
			}
			w.order[kept] = i
			kept++
		}
		w.order = w.order[:kept]
	}
	distinct = len(w.order)
	size := len(w.support.rows)
	limit := max(2, min(64, 500_000_000/(size+1)))
	if kind == whole { // every trial then costs as much as there are agents
		limit = max(2, min(limit, 2_000_000/(size+1)))
	}
	if distinct <= limit {
		return w.order, distinct
	}
	top := limit / 2
	for k := top; k < limit; k++ {
		w.order[k] = w.order[top+(k-top)*(distinct-1-top)/max(1, limit-1-top)]
	}
	return w.order[:limit], distinct
}

// byValue sorts agents by value, descending, equal ones in the market's order.
type byValue struct {
	order  []int
	values []float64
}

func (b *byValue) Len() int      { return len(b.order) }
func (b *byValue) Swap(i, j int) { b.order[i], b.order[j] = b.order[j], b.order[i] }
func (b *byValue) Less(i, j int) bool {
	if x, y := b.values[b.order[i]], b.values[b.order[j]]; x != y {
		return x > y
	}
	return b.order[i] < b.order[j]
}

// sortAgents lists all agents in w.order, sorted by value.
func (w *scratch) sortAgents(values []float64) {
	w.order = w.order[:0]
	for i := range values {
		w.order = append(w.order, i)
	}
	w.byValue.order, w.byValue.values = w.order, values
	if !sort.IsSorted(&w.byValue) {
		sort.Sort(&w.byValue)
	}
	w.byValue.values = nil
}
