package search

import (
	"fmt"
	"math"
	"slices"

	"allot/constraints"
	"allot/mechanisms"
	"allot/solver/certify"
	"allot/solver/equilibrium"
)

// tally collects what a full report of one design says: expectations over draws,
// the worst certificate, and a witness for each constraint.
type tally struct {
	values, signals, win, cost, payoff []float64
	unsold                             float64
	mixed                              []mechanisms.Mixture // of the last draw
	metrics                            []float64
	objective, tail                    float64 // tail: the objective's part from the top 0.1 % of values
	undefined                          float64 // weight of the draws where the objective is not a number

	solved, failed float64 // weights
	failure        string
	regimes        [3]float64
	methods        []string
	selections     []string
	others         string // equilibria besides the one shown
	stopped        equilibrium.Status
	standing       certify.Standing
	epsilon        float64
	reason         string
	approximate    bool
	oversight      oversight
	floor          integration

	whys    []string  // per constraint: why unknown
	witness []string  // per constraint: one line on the worst draw
	worstBy []float64 // its violation
}

func newTally(n int) *tally {
	v := make([]float64, 5*n)
	return &tally{
		values: v[:n:n], signals: v[n : 2*n : 2*n], win: v[2*n : 3*n : 3*n], cost: v[3*n : 4*n : 4*n], payoff: v[4*n:],
		standing: certify.Certified,
	}
}

func (t *tally) fail(err error, eq *equilibrium.Equilibrium, weight float64) {
	t.failed += weight
	t.stopped = equilibrium.NotFound
	switch {
	case err != nil:
		t.failure = err.Error()
	case t.failure == "":
		t.failure = "no equilibrium was found (" + eq.Method + "); it may exist all the same"
	}
}

func (t *tally) grow(j int) {
	for len(t.whys) <= j {
		t.whys = append(t.whys, "")
		t.witness = append(t.witness, "")
		t.worstBy = append(t.worstBy, math.Inf(-1))
	}
}

func (t *tally) unknown(j int, err error) {
	t.grow(j)
	if t.whys[j] == "" {
		t.whys[j] = err.Error()
	}
}

// explain keeps the explanation of the draw in which the constraint does worst.
func (t *tally) explain(j int, c constraints.Constraint, k *constraints.Case, measure float64) {
	t.grow(j)
	if by := excess(c.Bound(), measure); by > t.worstBy[j] {
		t.worstBy[j] = by
		t.witness[j] = c.Explain(k, measure)
	}
}

func (t *tally) record(w *worker, values []float64, weight float64, tail bool) {
	eq := &w.eq
	t.solved += weight
	for i, v := range values {
		t.values[i] += weight * v
		t.signals[i] += weight * eq.Profile.Signals[i]
		t.win[i] += weight * w.account.Win[i]
		t.cost[i] += weight * w.account.Cost[i]
		t.payoff[i] += weight * w.account.Payoff[i]
	}
	if terms := w.kase.Design.Terms; terms.Oversight > 0 {
		t.oversight.add(rates(terms, w.game, eq), weight)
	}
	if w.floor != nil {
		t.floor.add(w.burn.Price, w.burn.Kept, w.burn.Apart, w.burn.Others, w.burn.Own, weight)
	}
	t.unsold += weight * w.account.Unsold
	if w.draws.single() {
		t.mixed = nil
		for _, m := range eq.Profile.Mixed { // the solver reuses its slices
			t.mixed = append(t.mixed, mechanisms.Mixture{Signals: slices.Clone(m.Signals), Cumulative: slices.Clone(m.Cumulative)})
		}
	}
	if t.metrics == nil {
		t.metrics = make([]float64, len(w.metrics))
	}
	for j, o := range w.metrics {
		t.metrics[j] += weight * o.Of(&w.account)
	}
	g := w.problem.Objective.Of(&w.account)
	t.objective += weight * g
	if math.IsNaN(g) {
		t.undefined += weight
	}
	if tail {
		t.tail += weight * g
	}
	t.regimes[eq.Regime] += weight
	t.methods = once(t.methods, eq.Method)
	if eq.Selection != "" {
		t.selections = once(t.selections, eq.Selection)
	}
	t.others = w.others()
	t.stopped = max(t.stopped, eq.Status)
	t.approximate = t.approximate || eq.Approximate
	c := w.certify()
	t.certify(c)
}

func (t *tally) certify(c certify.Certificate) {
	t.standing = min(t.standing, c.Standing)
	t.epsilon = math.Max(t.epsilon, c.Epsilon)
	if t.reason == "" {
		t.reason = c.Reason
	}
}

// once appends a text that is not there yet.
func once(list []string, text string) []string {
	for _, have := range list {
		if have == text {
			return list
		}
	}
	return append(list, text)
}

// add adds the tally of a later chunk.
func (t *tally) add(o *tally) {
	for _, pair := range [][2][]float64{{t.values, o.values}, {t.signals, o.signals}, {t.win, o.win}, {t.cost, o.cost}, {t.payoff, o.payoff}} {
		for i, x := range pair[1] {
			pair[0][i] += x
		}
	}
	if t.metrics == nil {
		t.metrics = make([]float64, len(o.metrics))
	}
	for j, x := range o.metrics {
		t.metrics[j] += x
	}
	t.unsold += o.unsold
	t.oversight.add(o.oversight, 1)
	t.floor.add(o.floor.price, o.floor.kept, o.floor.apart, o.floor.others, o.floor.own, 1)
	t.mixed = o.mixed
	t.objective += o.objective
	t.tail += o.tail
	t.undefined += o.undefined
	t.solved += o.solved
	t.failed += o.failed
	if t.failure == "" {
		t.failure = o.failure
	}
	for k := range t.regimes {
		t.regimes[k] += o.regimes[k]
	}
	for _, m := range o.methods {
		t.methods = once(t.methods, m)
	}
	for _, m := range o.selections {
		t.selections = once(t.selections, m)
	}
	if t.others == "" {
		t.others = o.others
	}
	t.stopped = max(t.stopped, o.stopped)
	t.approximate = t.approximate || o.approximate
	if o.solved > 0 {
		t.certify(certify.Certificate{Standing: o.standing, Epsilon: o.epsilon, Reason: o.reason})
	}
	for j := range o.whys {
		t.grow(j)
		if t.whys[j] == "" {
			t.whys[j] = o.whys[j]
		}
		if o.worstBy[j] > t.worstBy[j] {
			t.worstBy[j], t.witness[j] = o.worstBy[j], o.witness[j]
		}
	}
}

// regime names the regime, or the mix of regimes over draws.
func (t *tally) regime() string {
	text := ""
	for k, w := range t.regimes {
		switch {
		case w <= 0:
		case w >= t.solved*(1-1e-12):
			return equilibrium.Regime(k).String()
		default:
			if text != "" {
				text += ", "
			}
			text += fmt.Sprintf("%s %.1f%%", equilibrium.Regime(k), 100*w/t.solved)
		}
	}
	return text
}

// excess is how far a measure is past its bound, negative within it.
func excess(b constraints.Bound, measure float64) float64 {
	switch b.Relation {
	case constraints.AtLeast, constraints.Above:
		return b.Value - measure
	case constraints.Equals:
		return math.Abs(measure - b.Value)
	}
	return measure - b.Value
}
