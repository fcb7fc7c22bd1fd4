package search

import (
	"context"
	"errors"
	"math"
	"strings"
	"sync"

	"allot/constraints"
	"allot/mechanisms"
	"allot/objectives"
	"allot/solver/bound"
	"allot/solver/cartel"
	"allot/solver/certify"
	"allot/solver/equilibrium"
	"allot/solver/equilibrium/rights"
)

// chunk is how many draws are summed on their own. Partial sums are added in
// order, so that the answer does not depend on who computed them.
const chunk = 64

// evaluator solves designs on the draws of a problem.
type evaluator struct {
	problem *Problem
	draws   *draws
	workers []*worker
}

func newEvaluator(p *Problem, d *draws) *evaluator {
	e := &evaluator{problem: p, draws: d}
	for range p.Workers {
		e.workers = append(e.workers, newWorker(p, d))
	}
	return e
}

// point is what a search needs of one design.
type point struct {
	objective float64
	// measures holds each constraint's mean measure, NaN where unknown.
	measures []float64
	piece    uint64
	margin   float64
	cut      bool // the context ended before it was solved
	// pooled holds, of constraints that are measured on expectations, these; nil of others.
	pooled [][]float64
}

// sums are weighted sums over a chunk of draws.
type sums struct {
	objective float64
	measures  []float64
	piece     uint64
	margin    float64
	report    *tally // nil unless a full report is wanted
	cut       bool
	pooled    [][]float64 // as those of a point
}

// pool adds to what constraint j of so many is measured on.
func pool(into [][]float64, j, of int, weight float64, moments []float64) [][]float64 {
	if into == nil {
		into = make([][]float64, of)
	}
	if into[j] == nil {
		into[j] = make([]float64, len(moments))
	}
	for k, x := range moments {
		into[j][k] += weight * x
	}
	return into
}

func (e *evaluator) scale() float64 { return e.draws.scale }

func (e *evaluator) bound() Bound {
	values := e.draws.values
	if e.problem.resold() { // welfare is then the highest value whoever holds the right
		values = make([]float64, len(values))
		for k := range e.draws.weights {
			highest(e.draws.row(k), values[k*e.draws.agents:(k+1)*e.draws.agents])
		}
	}
	if e.problem.Market.Spites() != nil && !ofChances(e.problem.Objective) {
		return Bound{Value: math.Inf(1)}
	}
	value, method := bound.Full(e.problem.Objective, values, e.draws.weights, e.draws.agents)
	return Bound{Value: value, Method: method}
}

// ofChances reports an objective of winning probabilities alone. Bounds of the others take
// it that nobody pays more than winning is worth, as spiteful agents do (all-pay auctions
// can collect more than the highest value from them).
func ofChances(o objectives.Objective) bool {
	switch o.(type) {
	case objectives.Welfare, objectives.Fairness, objectives.RootProduct, objectives.Entropy, objectives.EffectiveAgents, objectives.MinShare:
		return true
	}
	return false
}

func (e *evaluator) evaluate(ctx context.Context, designs []*mechanisms.Design) []point {
	return e.solve(ctx, designs, nil)
}

// solve solves designs; full reports fill the tallies.
func (e *evaluator) solve(ctx context.Context, designs []*mechanisms.Design, reports []*tally) []point {
	chunks := (e.draws.len() + chunk - 1) / chunk
	partial := make([]sums, len(designs)*chunks)
	e.spread(len(partial), func(w *worker, task int) {
		s := &partial[task]
		s.measures = e.unmeasured()
		d := designs[task/chunks]
		if d == nil {
			s.unknown()
			return
		}
		if reports != nil {
			s.report = newTally(e.draws.agents)
		}
		from := task % chunks * chunk
		w.sum(ctx, d, from, min(from+chunk, e.draws.len()), s)
	})
	points := make([]point, len(designs))
	for i := range designs {
		parts := partial[i*chunks : (i+1)*chunks]
		points[i] = e.gather(parts)
		for _, s := range parts {
			if s.report != nil {
				reports[i].add(s.report)
			}
		}
	}
	return points
}

// spread runs the tasks on the workers.
func (e *evaluator) spread(tasks int, run func(w *worker, task int)) {
	if len(e.workers) == 1 || tasks == 1 {
		for task := range tasks {
			run(e.workers[0], task)
		}
		return
	}
	var group sync.WaitGroup
	next := make(chan int)
	for _, w := range e.workers {
		group.Go(func() {
			for task := range next {
				run(w, task)
			}
		})
	}
	for task := range tasks {
		next <- task
	}
	close(next)
	group.Wait()
}

// gather adds up a design's partial sums.
func (e *evaluator) gather(parts []sums) point {
	p := point{measures: e.unmeasured(), margin: math.Inf(1)}
	for _, s := range parts {
		p.objective += s.objective
		p.cut = p.cut || s.cut
		for j, c := range e.problem.Constraints {
			if worst(c) {
				p.measures[j] = maxNaN(p.measures[j], s.measures[j])
			} else {
				p.measures[j] += s.measures[j]
			}
			if s.pooled != nil && s.pooled[j] != nil {
				p.pooled = pool(p.pooled, j, len(p.measures), 1, s.pooled[j])
			}
		}
		if e.draws.single() { // over draws the pieces blur into a smooth mean
			p.piece, p.margin = s.piece, s.margin
		}
	}
	for j, moments := range p.pooled {
		if moments != nil && !math.IsNaN(p.measures[j]) {
			p.measures[j], _ = constraints.Pool(e.problem.Constraints[j], moments)
		}
	}
	return p
}

// unmeasured are the measures before any draw: nothing, of which a mean is a sum, or less
// than every measure where the largest counts.
func (e *evaluator) unmeasured() []float64 {
	measures := make([]float64, len(e.problem.Constraints))
	for j, c := range e.problem.Constraints {
		if worst(c) {
			measures[j] = math.Inf(-1)
		}
	}
	return measures
}

// worst reports a constraint whose measure over draws is the largest, not the mean.
func worst(c constraints.Constraint) bool {
	w, ok := c.(interface{ Worst() bool })
	return ok && w.Worst()
}

func maxNaN(a, b float64) float64 {
	if math.IsNaN(a) || math.IsNaN(b) {
		return math.NaN()
	}
	return math.Max(a, b)
}

// worker is the work space of one goroutine.
type worker struct {
	problem   *Problem
	draws     *draws
	solver    equilibrium.Solver
	certifier certify.Certifier
	eq        equilibrium.Equilibrium
	account   mechanisms.Account
	game      mechanisms.Game
	rings     cartel.Work
	burned    []float64 // what the protocol takes of each agent's reward
	kase      constraints.Case
	// certificate of the current draw, once computed.
	certificate certify.Certificate
	certified   bool
	metrics     []objectives.Objective
	brief       bool // while searching, profiles are not looked at
	moments     []float64
	// forecasts are how the agents see the values of the design at hand, nil for
	// the values themselves; seen is room for a draw of them.
	forecasts []rights.Forecast
	blind     error // why there are none
	seen      []float64
	// tops is what the right is worth to each agent where it can be sold on, nil
	// where it cannot; passed are the chances, payments and payoffs of outcomes that
	// validators let pass.
	tops     []float64
	rejected float64
	passed   [3][]float64
	// floor splits the price where staking services have builders; nil where none has.
	floor *rights.Floor
	burn  rights.Burn
}

func newWorker(p *Problem, d *draws) *worker {
	w := &worker{problem: p, draws: d, metrics: objectives.All()}
	w.game.Values, w.game.Spites = make([]float64, d.agents), p.Market.Spites()
	w.burned = make([]float64, d.agents)
	w.kase = constraints.Case{
		Market:      p.Market,
		Equilibrium: &w.eq,
		Account:     &w.account,
		Solver:      new(equilibrium.Solver),
		Certificate: w.certify,
	}
	w.account.Robust = w.robust
	w.brief = true
	for _, c := range p.Constraints {
		// What looks at deviations needs what the agents play, not only what it brings.
		w.brief = w.brief && constraints.Interim(c) && c.Name() != "best-response"
	}
	return w
}

// certify computes the certificate of the current draw when first asked for.
func (w *worker) certify() certify.Certificate {
	if !w.certified {
		w.certificate = w.certifier.Game(w.game, w.eq.Profile, w.eq.Payoff, certify.Options{})
		most := 0.0
		for _, u := range w.eq.Payoff {
			most = math.Max(most, u)
		}
		w.certificate.Epsilon += w.rejected * most // see oversee
		w.certified = true
	}
	return w.certificate
}

// robust is the protocol's revenue when the current draw's agents collude.
func (w *worker) robust(discount float64) float64 {
	if w.kase.Design.Terms.Noise > 0 && w.kase.Design.Terms.Oversight > 0 || w.game.Spiteful() {
		return math.NaN()
	}
	ring := cartel.Ring{Game: w.game, Equilibrium: &w.eq, Burned: w.burned, Solver: w.kase.Solver, Oversight: w.kase.Design.Terms.Oversight}
	revenue, err := ring.RobustRevenue(discount, &w.rings)
	if err != nil {
		return math.NaN()
	}
	return revenue
}

// look prepares for a design: a right that is sold ahead, or a ticket that waits to be
// drawn, is worth a forecast less what waiting costs.
func (w *worker) look(d *mechanisms.Design) {
	w.forecasts, w.blind = rights.Forecasts(w.problem.Market, d.Mechanism, d.Terms.Lookahead)
	w.tops, w.floor = nil, nil
	if stakes := w.problem.Market.Stakes(); d.Terms.Floor && stakes != nil {
		w.floor = &rights.Floor{Seen: 1 - d.Terms.Residual, Stakes: stakes}
		if err := w.floor.Fits(d.Mechanism); err != nil {
			w.blind = errors.New(strings.TrimPrefix(err.Error(), "rights: "))
		}
	}
	if resold, err := resells(w.problem.Market, d.Terms); err != nil {
		w.blind = err
	} else if resold {
		w.tops = make([]float64, w.draws.agents)
	}
	for _, f := range w.forecasts {
		if !f.Plain() {
			w.seen = make([]float64, w.draws.agents)
			return
		}
	}
	w.forecasts = nil
}

// unknown makes every sum NaN: something was not solved.
func (s *sums) unknown() {
	s.objective = math.NaN()
	for j := range s.measures {
		s.measures[j] = math.NaN()
	}
}

// sum adds the draws in [from, to) under the design, fewer when it is interrupted.
func (w *worker) sum(ctx context.Context, d *mechanisms.Design, from, to int, s *sums) {
	w.look(d)
	for k := from; k < to; k++ {
		if s.cut = ctx.Err() != nil; s.cut {
			return
		}
		w.solve(d, k, s)
	}
}

// solve adds draw k under the design to the sums.
func (w *worker) solve(d *mechanisms.Design, k int, s *sums) {
	values, weight := w.draws.row(k), w.draws.weights[k]
	if w.forecasts != nil {
		for i, f := range w.forecasts {
			w.seen[i] = f.Value(values[i])
		}
		values = w.seen
	}
	worth := values
	if w.tops != nil {
		highest(values, w.tops)
		worth = w.tops
	}
	w.solver.Brief = w.brief && s.report == nil
	w.solver.Patient = s.report != nil && w.draws.single()
	if err := w.play(d, worth); err != nil || w.eq.Status == equilibrium.NotFound {
		s.unknown()
		if s.report != nil {
			s.report.fail(err, &w.eq, weight)
		}
		return
	}
	w.settle(d, worth)
	w.account.Values = values
	s.piece, s.margin = w.eq.Piece, w.eq.Margin
	w.kase.Design, w.kase.Game = *d, w.game // before the objective, which may look at rings
	s.objective += weight * w.problem.Objective.Of(&w.account)
	w.measure(d, weight, s)
	if s.report != nil {
		s.report.record(w, values, weight, w.draws.tail != nil && w.draws.tail[k])
	}
}

// play solves the game in which winning is worth so much before terms.
func (w *worker) play(d *mechanisms.Design, worth []float64) error {
	psi := w.problem.Market.ConcealmentCost
	factor, burned := d.Terms.Factor(psi), d.Terms.Burned(psi)
	for i, v := range worth {
		w.game.Values[i] = factor * v
		w.burned[i] = burned * v
	}
	for i, f := range w.forecasts {
		w.game.Values[i] *= f.Hold
	}
	w.game.Mechanism, w.certified, w.rejected = d.Mechanism, false, 0
	if w.blind != nil {
		return w.blind
	}
	err := w.solver.Solve(w.game, &w.eq)
	if err != nil || w.eq.Status == equilibrium.NotFound {
		return err
	}
	if w.rejected, err = oversee(d.Terms, w.game, &w.eq); err == nil && w.floor != nil {
		err = w.floor.Settle(w.game, &w.eq, &w.burn)
	}
	return err
}

// settle makes the account of what was played.
func (w *worker) settle(d *mechanisms.Design, worth []float64) {
	win, cost, payoff := w.eq.Win, w.eq.Cost, w.eq.Payoff
	if w.rejected > 0 {
		for k, x := range [][]float64{win, cost, payoff} {
			w.passed[k] = scaled(w.passed[k], x, 1-w.rejected)
		}
		win, cost, payoff = w.passed[0], w.passed[1], w.passed[2]
	}
	w.account.Settle(worth, win, cost, payoff, d.Terms, w.problem.Market.ConcealmentCost)
	if w.floor != nil {
		w.account.Proposer = (1 - w.rejected) * w.burn.Kept
	}
}

// measure adds what the constraints measure.
func (w *worker) measure(d *mechanisms.Design, weight float64, s *sums) {
	for j, c := range w.problem.Constraints {
		measure, err := 0.0, overseen(c, d.Terms)
		if err == nil {
			measure, err = c.Measure(&w.kase)
		}
		if err != nil {
			measure = math.NaN()
			if s.report != nil {
				s.report.unknown(j, err)
			}
		}
		if worst(c) {
			s.measures[j] = maxNaN(s.measures[j], measure)
		} else {
			s.measures[j] += weight * measure
		}
		if err != nil {
			continue
		}
		if m, ok := constraints.Moments(c, &w.kase, w.moments[:0]); ok {
			w.moments = m
			s.pooled = pool(s.pooled, j, len(s.measures), weight, m)
		}
		if s.report != nil {
			s.report.explain(j, c, &w.kase, measure)
		}
	}
}
