package search

import (
	"context"
	"errors"
	"fmt"
	"math"
	"runtime"
	"sort"

	"allot/constraints"
	"allot/mechanisms"
	"allot/objectives"
	"allot/solver/search/optimize"
)

// feasibility is how far past its bound a constraint without a tolerance of its
// own may be and still hold: rounding, not slack.
const feasibility = 1e-9

// Search finds the best mechanism of the problem's spaces. An error means that the
// problem is malformed; what could not be found is said in the report. When the
// context ends, the report has what was in hand, with status Stopped: the best design so
// far of each space that was begun is solved once more, in full. progress may be nil; it is
// called from the calling goroutine.
func Search(ctx context.Context, problem *Problem, progress func(Progress)) (*Report, error) {
	r, e, err := run(ctx, problem, progress)
	if err != nil {
		return nil, err
	}
	sort.SliceStable(r.Candidates, func(a, b int) bool { return better(r.Candidates[a], r.Candidates[b]) })
	if r.Best != nil {
		err = r.estimate(ctx, e, problem, r.Best)
	}
	return r, err
}

// Evaluate solves and checks fixed mechanisms: a space with a searched parameter is
// an error. The report has one candidate for each space, in the problem's order.
func Evaluate(ctx context.Context, problem *Problem) (*Report, error) {
	for _, s := range problem.Spaces {
		if axes := s.Axes(); len(axes) > 0 {
			return nil, fmt.Errorf("search: %s: %s is a range: evaluate takes fixed parameters", s.Family(), axes[0].Name)
		}
	}
	r, e, err := run(ctx, problem, nil)
	if err != nil {
		return nil, err
	}
	return r, r.estimate(ctx, e, problem, r.Candidates...)
}

// estimate gives candidates the standard error of their objective.
func (r *Report) estimate(ctx context.Context, e judge, p *Problem, candidates ...*Candidate) error {
	for _, c := range candidates {
		if math.IsNaN(c.Objective) {
			continue
		}
		deviation, err := e.standardError(ctx, c, p.Spaces[c.space])
		if err != nil {
			return err
		}
		if ctx.Err() != nil {
			r.Status = Stopped
			return nil
		}
		c.StandardError = deviation
	}
	return nil
}

func run(ctx context.Context, problem *Problem, progress func(Progress)) (*Report, judge, error) {
	p := *problem
	if err := p.normalise(); err != nil {
		return nil, nil, err
	}
	report := &Report{Seed: p.Seed}
	e, err := p.judge()
	if err != nil {
		return nil, nil, err
	}
	stopped := false
	all := newConflicts(len(p.Constraints))
	for i := range p.Spaces {
		if ctx.Err() != nil {
			stopped = true
			break
		}
		c, evaluations, err := explore(ctx, &p, e, i, all, progress)
		if err != nil {
			return nil, nil, err
		}
		report.Evaluations += evaluations
		if c == nil { // interrupted before anything was solved
			stopped = true
			break
		}
		c.space = i
		report.Candidates = append(report.Candidates, c)
		stopped = stopped || ctx.Err() != nil
	}
	report.finish(&p, e.bound(), stopped)
	if report.Status == Infeasible && len(p.Spaces) > 1 {
		for _, line := range all.explain(p.Constraints) {
			report.Warnings = append(report.Warnings, "of all mechanisms together: "+line)
		}
	}
	return report, e, nil
}

// normalise fills in defaults and checks the problem.
func (p *Problem) normalise() error {
	switch {
	case p.Market == nil:
		return errors.New("search: the problem has no market")
	case len(p.Spaces) == 0:
		return errors.New("search: the problem has no mechanisms")
	case p.Objective == nil:
		return errors.New("search: the problem has no objective")
	case p.Evaluations < 0 || p.Draws < 0 || p.Workers < 0 || !(p.Tolerance >= 0):
		return errors.New("search: evaluations, draws, workers and tolerance must not be negative")
	}
	if err := p.Market.Validate(); err != nil {
		return err
	}
	for _, c := range p.Constraints {
		if c == nil {
			return errors.New("search: a constraint is nil")
		}
	}
	if p.Evaluations == 0 {
		p.Evaluations = 400
	}
	if p.Draws == 0 {
		p.Draws = 4096
	}
	if p.Draws > MaxDraws {
		return fmt.Errorf("search: %d draws are too many: the limit is %d", p.Draws, MaxDraws)
	}
	if p.Workers > MaxWorkers {
		return fmt.Errorf("search: %d workers are too many: the limit is %d", p.Workers, MaxWorkers)
	}
	if p.Workers == 0 {
		p.Workers = min(runtime.GOMAXPROCS(0), MaxWorkers)
	}
	if p.Tolerance == 0 {
		p.Tolerance = 1e-6
	}
	n := len(p.Market.Agents)
	for _, s := range p.Spaces {
		if d, err := s.At(corner(s)); err != nil {
			return err
		} else if w := d.Settings["weights"].List; w != nil && len(w) != n {
			return &mechanisms.SettingError{Family: s.Family(), Parameter: "weights", Reason: fmt.Sprintf("%d weights for %d agents", len(w), n)}
		}
	}
	return nil
}

func corner(s mechanisms.Space) []float64 {
	x := make([]float64, len(s.Axes()))
	for k, a := range s.Axes() {
		x[k] = a.From
	}
	return x
}

// judge solves and checks designs in the problem's market.
type judge interface {
	// evaluate gives what a search needs; a nil design gives NaN. Points that the end of the
	// context cut short say so.
	evaluate(ctx context.Context, designs []*mechanisms.Design) []point
	// candidate gives the full report of one.
	candidate(space mechanisms.Space, x []float64) (*Candidate, error)
	// standardError is that of a candidate's objective, 0 where it is exact; it
	// means nothing once the context has ended.
	standardError(ctx context.Context, c *Candidate, space mechanisms.Space) (float64, error)
	// scale is E max v.
	scale() float64
	// bound is the upper bound over all mechanisms, without the gap.
	bound() Bound
}

func (p *Problem) judge() (judge, error) {
	if p.Market.Information == mechanisms.Private {
		return newBayesian(p)
	}
	d, err := newDraws(p.Market, p.Draws, p.Seed)
	if err != nil {
		return nil, err
	}
	return newEvaluator(p, d), nil
}

// explore finds the best design of one space, and records in all what held together. The
// candidate is nil where the context ended before anything was solved.
func explore(ctx context.Context, p *Problem, e judge, index int, all *conflicts, progress func(Progress)) (*Candidate, int, error) {
	space := p.Spaces[index]
	axes := space.Axes()
	spec := optimize.Problem{
		Constraints: p.sides(),
		Budget:      p.Evaluations,
		Seed:        p.Seed + uint64(index)*0x9e3779b97f4a7c15,
		Tolerance:   feasibility,
	}
	for _, a := range axes {
		spec.Axes = append(spec.Axes, optimize.Axis{From: a.From, To: a.To, Integer: a.Integer})
	}
	o, err := optimize.New(spec)
	if err != nil {
		return nil, 0, err
	}
	conflicts := newConflicts(len(p.Constraints))
	cut := 0
	for ctx.Err() == nil {
		trials, done := o.Ask()
		if done {
			break
		}
		designs := make([]*mechanisms.Design, len(trials))
		for k, t := range trials {
			if d, err := space.At(t.X); err == nil {
				designs[k] = &d
			}
		}
		for k, result := range e.evaluate(ctx, designs) {
			if result.cut {
				cut++
				continue
			}
			slack := p.slack(result.measures, e.scale())
			conflicts.record(slack)
			all.record(slack)
			err := o.Tell(trials[k].ID, optimize.Result{Objective: result.objective, Slack: p.smooth(slack, result.measures), Piece: result.piece, Margin: result.margin})
			if err != nil {
				return nil, o.Evaluations(), err
			}
		}
		if progress != nil {
			best := inHand(o)
			progress(Progress{Family: space.Family(), Evaluations: o.Evaluations(), Budget: p.Evaluations, Best: best.Objective, Violation: best.Violation})
		}
	}
	best := inHand(o)
	evaluations := o.Evaluations() - cut
	switch {
	case best.X == nil && ctx.Err() != nil:
		return nil, evaluations, nil
	case best.X == nil:
		best.X = corner(space) // every evaluation failed: the report says why
	}
	c, err := e.candidate(space, best.X)
	if err != nil {
		return nil, evaluations, err
	}
	if !c.Feasible {
		c.Notes = append(c.Notes, conflicts.explain(p.Constraints)...)
	}
	return c, evaluations, nil
}

// inHand is the best feasible point, or the least violating one; its X is nil where
// nothing could be evaluated.
func inHand(o *optimize.Optimizer) optimize.Point {
	if best, ok := o.Best(); ok {
		return best
	}
	least, _ := o.Least()
	return least
}

// slack turns measures into what must be at most feasibility, in the units in which
// violations are given.
func (p *Problem) slack(measures []float64, scale float64) []float64 {
	slack := make([]float64, len(measures))
	for j, c := range p.Constraints {
		b := c.Bound()
		s := excess(b, measures[j])
		if b.Money && scale > 0 {
			s /= scale
		}
		switch {
		case b.Relation == constraints.Above && s >= 0:
			s += 2 * feasibility // a strict bound that is met exactly is violated
		case b.Tolerance > feasibility:
			s -= b.Tolerance - feasibility
		case b.Relation != constraints.Equals:
			// Rounding is forgiven, but not offered to the search as slack.
			s += 0.99 * feasibility
		}
		slack[j] = s
	}
	return slack
}

// sides counts the slacks that the optimiser sees: two for an equality.
func (p *Problem) sides() int {
	n := len(p.Constraints)
	for _, c := range p.Constraints {
		if c.Bound().Relation == constraints.Equals {
			n++
		}
	}
	return n
}

// smooth gives an equality its two sides, h and -h, in place of |h|, which has a kink
// where it holds.
func (p *Problem) smooth(slack, measures []float64) []float64 {
	out := make([]float64, 0, p.sides())
	for j, c := range p.Constraints {
		b := c.Bound()
		if b.Relation != constraints.Equals || math.IsNaN(slack[j]) {
			out = append(out, slack[j])
			if b.Relation == constraints.Equals {
				out = append(out, slack[j])
			}
			continue
		}
		// |h| less the tolerance that was taken off already.
		distance := math.Abs(measures[j] - b.Value)
		unit, allowed := 1.0, 0.0
		if distance > 0 {
			allowed = math.Max(0, b.Tolerance-feasibility)
			unit = (slack[j] + allowed) / distance
		}
		h := (measures[j] - b.Value) * unit
		out = append(out, h-allowed, -h-allowed)
	}
	return out
}

// better orders candidates: feasible first, by objective; then by violation.
func better(a, b *Candidate) bool {
	if a.Feasible != b.Feasible {
		return a.Feasible
	}
	if !a.Feasible {
		return a.Violation < b.Violation || math.IsNaN(b.Violation) && !math.IsNaN(a.Violation)
	}
	return a.Objective > b.Objective || math.IsNaN(b.Objective) && !math.IsNaN(a.Objective)
}

// finish draws the conclusion.
func (r *Report) finish(p *Problem, b Bound, stopped bool) {
	n := len(p.Market.Agents)
	r.Bound = b
	r.Bound.Gap = math.Inf(1)
	for _, c := range r.Candidates {
		if c.Feasible && (r.Best == nil || better(c, r.Best)) {
			r.Best = c
		}
	}
	if w, ok := p.Objective.(objectives.Warner); ok {
		if text := w.Warning(n); text != "" {
			r.Warnings = append(r.Warnings, text)
		}
	}
	if r.Best != nil {
		r.Bound.Gap = b.Value - r.Best.Objective
	}
	switch {
	case stopped:
		r.Status = Stopped
	case r.Best == nil:
		r.Status = Infeasible
	case !math.IsInf(b.Value, 0) && r.Bound.Gap <= 1e-9*math.Max(math.Abs(b.Value), math.SmallestNonzeroFloat64):
		r.Status = Optimal
	default:
		r.Status = Feasible
	}
}
