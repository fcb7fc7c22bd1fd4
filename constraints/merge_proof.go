package constraints

import (
	"fmt"
	"math"

	"allot/mechanisms"
)

// mergeProof demands that nobody gains by passing several agents off as one.
//
//	measure: max over groups S of 2..K agents of
//	         v_S (max { t(y) : c(y) <= sum_S c_i } - sum_S t_i), at most 0
//
// where t(y), c(y) are the chance and the expected payment of one identity, that of the
// member with the largest chance, that signals y while the rest of S stands back and the
// others do as before, and v_S = sum_S t_i v_i /
// sum_S t_i. It is the reverse of sybil-proof: the group pools what it pays in one
// identity, and the measure is what the number of identities alone brings: the chance
// is valued at what it was worth to the group, and no less is paid. What the same
// agents gain by giving the right to the best of them, or by paying less, they gain as
// well with all their identities: that is a ring, see ring-proof. Where nobody is left
// outside there is nothing to gain.
//
// In contests a pooled spend has the impact m^(rho-1) times as large: merging pays iff
// rho > 1, so that rho = 1 is the one exponent that is proof against both. A fee per
// identity makes it pay at rho = 1 too. K is the option `identities`, 2 unless set. All
// pairs among the 16 largest chances are searched (fewer of very many agents under a
// rule that says nothing about itself), of larger groups the largest and the
// smallest chances; with mixtures as in sybil-proof. For rules that are not monotone the
// signal is the best of a scan. Gains below 1e-13 of the highest value are rounding.
// Tolerance 1e-9 of E max v. A test asserts 0 for three equal agents at rho = 1 and
// 2^1.4/(2^1.4 + 1) - 2/3 at rho = 1.4 and values 1.
type mergeProof struct {
	identities int
	tolerance  float64
}

// mergers is how many agents' groups are searched.
const mergers = 16

func newMergeProof(o map[string]float64) (Constraint, error) {
	k, err := identities("merge-proof", o["identities"])
	if err != nil {
		return nil, err
	}
	return mergeProof{identities: k, tolerance: o["tolerance"]}, nil
}

func (mergeProof) Name() string { return "merge-proof" }

func (m mergeProof) Bound() Bound {
	return Bound{Relation: AtMost, Tolerance: m.tolerance, Money: true}
}

func (m mergeProof) Measure(c *Case) (float64, error) {
	gain, _, err := m.search(c, nil)
	return gain, err
}

func (m mergeProof) Explain(c *Case, measure float64) string {
	var group []int
	_, signal, err := m.search(c, &group)
	if err != nil {
		return err.Error()
	}
	if _, verdict := m.Bound().Judge(measure, c.scale()); verdict != Violated {
		return fmt.Sprintf("no gain found from merging up to %d agents", m.identities)
	}
	text := c.name(group[0])
	for _, i := range group[1:] {
		text += " + " + c.name(i)
	}
	return fmt.Sprintf("%s gain %.6g as one that signals %.6g", text, measure, signal)
}

// search is the best merger; its members are left in group where that is not nil.
func (m mergeProof) search(c *Case, group *[]int) (gain, signal float64, err error) {
	if err := c.playable(); err != nil {
		return 0, 0, err
	}
	w := c.room()
	if err := w.support.take(c.Game, c.Equilibrium); err != nil {
		return 0, 0, err
	}
	// Candidates: those that win at all, the largest chance first.
	w.sortAgents(c.Equilibrium.Win)
	active := 0
	for active < len(w.order) && c.Equilibrium.Win[w.order[active]] > 0 {
		active++
	}
	order := w.order[:active]
	w.field.prepare(c.Game.Mechanism, &w.support)
	w.highest = 0
	for _, v := range c.Game.Values {
		w.highest = math.Max(w.highest, v)
	}
	limit := min(active, mergers)
	if kind, _ := reductionOf(c.Game.Mechanism); kind == whole { // a trial costs as much as there are agents
		for limit > 2 && limit*limit/2*len(w.support.rows) > 5_000_000 {
			limit--
		}
	}
	look := func(members []int) {
		if g, y := w.pool(c, members); g > gain {
			gain, signal = g, y
			if group != nil {
				*group = append((*group)[:0], members...)
			}
		}
	}
	var pair [2]int
	for a := range limit {
		for b := range a {
			pair = [2]int{order[b], order[a]}
			look(pair[:])
		}
	}
	for size := 3; size <= min(m.identities, active); size++ {
		look(order[:size])
		look(order[active-size:])
	}
	return gain, signal, nil
}

// pool is what the members gain by playing as one, and the signal with which.
func (w *scratch) pool(c *Case, members []int) (gain, signal float64) {
	chance, worth, cost, largest := 0.0, 0.0, 0.0, 0.0
	for _, i := range members {
		win, pays := c.Equilibrium.Win[i], c.Equilibrium.Cost[i]
		if c.Equilibrium.Profile.Mixed != nil {
			// Both sides of the comparison by the same quadrature.
			win, pays = 0, 0
			w.out.Resize(w.support.agents)
			for k, p := range w.support.weights {
				c.Game.Mechanism.Allot(w.support.row(k), &w.out)
				win += p * w.out.Win[i]
				pays += p * w.out.Cost(i)
			}
		}
		chance += win
		worth += win * c.Game.Values[i]
		cost += pays
		largest += c.Equilibrium.Profile.Signals[i]
	}
	if !(chance > 0) || !(chance < 1-1e-12) {
		return 0, 0
	}
	value := worth / chance
	f := &w.field
	f.face(c.Game, &w.support, members...)
	f.value = value
	f.identities(1)
	win, signal := f.afford(cost, largest)
	gain = value * (win - chance)
	if !(gain > 1e-13*w.highest) {
		return 0, signal
	}
	return gain, signal
}

// afford is the best chance of one signal that costs at most as much as given.
func (f *field) afford(cost, signal float64) (win, at float64) {
	budget := cost * (1 + 1e-14)
	high := f.span(signal)
	if high == 0 {
		return 0, 0
	}
	try := func(y float64) bool {
		t, c := f.chance(y)
		if c > budget {
			return false
		}
		if t > win {
			win, at = t, y
		}
		return true
	}
	if m, ok := f.alone.(mechanisms.Ratioed); ok && !m.Ratio().WinnerPays {
		if _, c := f.chance(signal); try(signal) && c >= cost*(1-1e-13) {
			return win, at // a larger signal costs more
		}
	}
	if _, ok := f.alone.(mechanisms.EqualChance); ok { // only taking part counts
		try(high)
		return win, at
	}
	try(high * 1e-9)
	if try(signal) && try(2*high) {
		return win, at
	}
	// Between a signal that can be paid for and the next of the scan that cannot, the
	// largest that can is met by bisection.
	before, affordable := 0.0, true
	for j := range points + 1 {
		y := 2 * high
		if j < points {
			y = high * math.Pow(10, -6*(1-float64(j)/(points-1)))
		}
		ok := try(y)
		if affordable && !ok {
			low, top := before, y
			for range 60 {
				if middle := (low + top) / 2; try(middle) {
					low = middle
				} else {
					top = middle
				}
			}
		}
		before, affordable = y, ok
	}
	return win, at
}
