package optimize

import (
	"encoding/binary"
	"errors"
	"fmt"
	"math"
)

// Axis is a parameter in [From, To]. An Integer axis takes whole numbers only.
type Axis struct {
	From, To float64
	Integer  bool
}

// Problem says what is searched: maximise an objective over the box of the axes,
// subject to Constraints slacks that must not be positive.
type Problem struct {
	Axes        []Axis
	Constraints int
	// Budget is the most evaluations (default 400).
	Budget int
	// Seed fixes every random choice.
	Seed uint64
	// Tolerance is the largest slack that counts as satisfied (default 1e-9).
	Tolerance float64
}

// Trial is a point to be evaluated; X is in the units of the axes.
type Trial struct {
	ID int
	X  []float64
}

// Result is what an evaluation found. An objective that is not finite is a failed
// point. A slack that is NaN counts as violated.
type Result struct {
	Objective float64
	// Slack has one number for each constraint: at most 0 where it holds, the
	// violation where it does not; best signed and smooth. An equality h = 0 is best
	// given as two slacks, h and -h, less its tolerance if it has one: |h| has no
	// smooth side at the answer.
	Slack []float64
	// Piece names the smooth piece that the point is in: points of one piece vary
	// smoothly between each other.
	Piece uint64
	// Margin is the distance to the end of the piece in any units that vary
	// smoothly, at least 0; +Inf where it is not known or there is no end.
	Margin float64
}

// Point is a point that was evaluated.
type Point struct {
	Trial
	Result
	// Violation is the largest slack, or 0; Feasible: it is within tolerance.
	Violation float64
	Feasible  bool
}

// Stop is why a search ended.
type Stop string

const (
	// Running: it has not ended.
	Running Stop = ""
	// Converged: every promising piece was polished to its end and exploring
	// further found nothing.
	Converged Stop = "converged"
	// Exhausted: there are no other points.
	Exhausted Stop = "exhausted"
	// OutOfBudget: the evaluations are used up.
	OutOfBudget Stop = "evaluation-limit"
)

// Optimizer is a search that asks for evaluations and is told their results. It is
// not safe for concurrent use; its trials may be evaluated concurrently.
type Optimizer struct {
	problem Problem
	points  []*point
	index   map[string]*point
	// queue holds what the current stage waits for; open, what was handed out.
	queue  []*point
	open   int
	stages []stage
	why    Stop
	best   *point
	least  *point
	// pursued counts the polishes of each cell, reached is where they ended.
	pursued map[cell]int
	reached map[cell]*point
	// curvature is the polish of each cell that ended last.
	curvature map[cell]*polish
	rounds    int
	// last is the polish that just ended, ends is where polishes ended, settled those
	// that ended at a stationary point; detour is where exploring proposes to start.
	last    *polish
	paused  []*polish
	ends    []*point
	settled map[*point]bool
	// began: where polishes started.
	began  map[*point]bool
	detour *point
	// crowned is the champion whose neighbourhood was looked at, idle the rounds of
	// exploring since; closing: only the last refinements remain.
	crowned *point
	// swept is the champion through which the whole axes were looked along.
	swept *point
	// visited: for which champion a cell next to it was polished; ended: beside which
	// champion the end of its piece was looked for.
	visited map[cell]*point
	ended   *point
	idle    int
	closing bool
	// cut: the budget ended the search, but for the last refinements.
	cut     bool
	scratch []byte
}

// point is a Point with what the search needs beside it.
type point struct {
	Point
	unit []float64
	cell cell
	// asked: handed out; told: the result is known; failed: it is no number.
	asked, told, failed bool
}

// cell is a smooth piece at one choice of the integer axes.
type cell struct {
	piece  uint64
	levels string
}

// stage is a part of the search. run is called until it reports done; it asks for
// points with Optimizer.at, and where one is not known yet it returns false and is
// called again, from its last committed state, when the results are in.
type stage interface {
	run(o *Optimizer) (done bool)
}

var (
	errBudget    = errors.New("optimize: budget must not be negative")
	errTolerance = errors.New("optimize: tolerance must be a number and not negative")
)

// New starts a search. It fails where an axis is not a finite range, an integer axis
// holds no whole number, or a count is negative.
func New(p Problem) (*Optimizer, error) {
	p.Axes = append([]Axis(nil), p.Axes...)
	for i, a := range p.Axes {
		if math.IsNaN(a.From) || math.IsInf(a.From, 0) || math.IsNaN(a.To) || math.IsInf(a.To, 0) || a.To < a.From || math.IsInf(a.To-a.From, 0) {
			return nil, fmt.Errorf("optimize: axis %d: [%v, %v] is not a finite range", i, a.From, a.To)
		}
		if a.Integer {
			a.From, a.To = math.Ceil(a.From), math.Floor(a.To)
			if a.To < a.From {
				return nil, fmt.Errorf("optimize: axis %d: no whole number in its range", i)
			}
			p.Axes[i] = a
		}
	}
	if p.Constraints < 0 {
		return nil, errors.New("optimize: the number of constraints must not be negative")
	}
	if p.Budget < 0 {
		return nil, errBudget
	}
	if p.Budget == 0 {
		p.Budget = 400
	}
	if p.Tolerance < 0 || math.IsNaN(p.Tolerance) || math.IsInf(p.Tolerance, 0) {
		return nil, errTolerance
	}
	if p.Tolerance == 0 {
		p.Tolerance = 1e-9
	}
	o := &Optimizer{
		problem:   p,
		index:     make(map[string]*point),
		pursued:   make(map[cell]int),
		reached:   make(map[cell]*point),
		curvature: make(map[cell]*polish),
		settled:   make(map[*point]bool),
		began:     make(map[*point]bool),
		visited:   make(map[cell]*point),
		scratch:   make([]byte, 0, 8*len(p.Axes)),
	}
	o.stages = []stage{&survey{}}
	return o, nil
}

// Ask returns the next trials, in any order and all at once if need be, and whether the search
// is done. Until every trial of a batch has been told it returns the rest of that
// batch. Points never repeat.
func (o *Optimizer) Ask() (trials []Trial, done bool) {
	if o.open > 0 {
		for _, p := range o.queue {
			if !p.told {
				trials = append(trials, p.trial())
			}
		}
		return trials, false
	}
	for turns := 0; o.why == Running; turns++ {
		if turns > 10000 {
			// No stage asks any more: there is nothing left to learn.
			o.why = Converged
			break
		}
		if len(o.points) >= o.problem.Budget {
			o.why = OutOfBudget
			break
		}
		if len(o.stages) == 0 {
			switch {
			case o.exhausted():
				o.why = Exhausted
			case o.cut:
				o.why = OutOfBudget
			default:
				o.why = Converged
			}
			break
		}
		room := o.problem.Budget - len(o.points)
		if !o.closing && o.problem.Budget >= 50 {
			// The last few evaluations are for the digits of the answer.
			room -= min(2*len(o.problem.Axes), o.problem.Budget/10)
		}
		if room <= 0 {
			room = o.problem.Budget - len(o.points)
			o.closing, o.cut = true, true
			o.stages = []stage{&snap{}}
		}
		o.queue = o.queue[:0]
		finished := o.stages[0].run(o)
		if len(o.queue) > 0 {
			if len(o.queue) > room {
				for _, p := range o.queue[room:] {
					delete(o.index, o.key(p.X))
				}
				o.queue = o.queue[:room]
			}
			for _, p := range o.queue {
				p.ID = len(o.points)
				p.asked = true
				o.points = append(o.points, p)
				trials = append(trials, p.trial())
			}
			o.open = len(o.queue)
			return trials, false
		}
		if finished {
			o.stages = o.stages[1:]
			if len(o.stages) == 0 {
				o.stages = o.next()
			}
		}
	}
	return nil, true
}

func (p *point) trial() Trial { return Trial{ID: p.ID, X: append([]float64(nil), p.X...)} }

// Tell reports the result of a trial. It fails for a trial that was not asked or was
// told already, and for a wrong number of slacks.
func (o *Optimizer) Tell(id int, r Result) error {
	if id < 0 || id >= len(o.points) {
		return fmt.Errorf("optimize: trial %d was not asked", id)
	}
	p := o.points[id]
	if p.told {
		return fmt.Errorf("optimize: trial %d was told already", id)
	}
	if len(r.Slack) != o.problem.Constraints {
		return fmt.Errorf("optimize: trial %d: %d slacks for %d constraints", id, len(r.Slack), o.problem.Constraints)
	}
	p.Result = r
	p.Slack = append([]float64(nil), r.Slack...)
	if math.IsNaN(p.Margin) {
		p.Margin = math.Inf(1)
	}
	p.cell.piece = r.Piece
	p.failed = math.IsNaN(r.Objective) || math.IsInf(r.Objective, 0)
	for _, s := range p.Slack {
		if math.IsNaN(s) {
			s = math.Inf(1)
		}
		p.Violation = math.Max(p.Violation, s)
	}
	if p.failed {
		p.Violation = math.Inf(1)
	}
	p.Feasible = !p.failed && p.Violation <= o.problem.Tolerance
	p.told = true
	o.open--
	o.note(p)
	return nil
}

// note keeps the best and the least violating point; among equals the first that was
// asked, so that the order of telling leaves no trace.
func (o *Optimizer) note(p *point) {
	if p.failed {
		return
	}
	if p.Feasible && o.before(p, o.best) {
		o.best = p
	}
	if l := o.least; l == nil || p.Violation < l.Violation || p.Violation == l.Violation &&
		(p.Objective > l.Objective || p.Objective == l.Objective && p.ID < l.ID) {
		o.least = p
	}
}

// before: a is better than b, or as good and older.
func (o *Optimizer) before(a, b *point) bool {
	return b == nil || o.better(a, b) || !o.better(b, a) && a.ID < b.ID
}

// Best is the best feasible point; false where none was found.
func (o *Optimizer) Best() (Point, bool) { return o.best.export() }

// Least is the least violating point; false where every evaluation failed.
func (o *Optimizer) Least() (Point, bool) { return o.least.export() }

func (p *point) export() (Point, bool) {
	if p == nil {
		return Point{}, false
	}
	q := p.Point
	q.X = append([]float64(nil), q.X...)
	q.Slack = append([]float64(nil), q.Slack...)
	return q, true
}

// Evaluations is how many trials were asked.
func (o *Optimizer) Evaluations() int { return len(o.points) }

// Why is why the search ended.
func (o *Optimizer) Why() Stop { return o.why }

// better orders points: feasible ones by objective, then the others by violation.
func (o *Optimizer) better(a, b *point) bool {
	if a.Feasible != b.Feasible {
		return a.Feasible
	}
	if a.failed != b.failed {
		return b.failed
	}
	if !a.Feasible {
		if a.Violation != b.Violation {
			return a.Violation < b.Violation
		}
		return a.Objective > b.Objective
	}
	if a.Objective != b.Objective {
		return a.Objective > b.Objective
	}
	return a.Violation < b.Violation
}

// key is the point's identity: the bits of its numbers.
func (o *Optimizer) key(x []float64) string {
	o.scratch = o.scratch[:0]
	for _, v := range x {
		o.scratch = binary.LittleEndian.AppendUint64(o.scratch, math.Float64bits(v))
	}
	return string(o.scratch)
}

// at is the point at x (in the units of the axes), repaired to the box and to whole
// numbers; nil where it is not known yet, and then it is queued.
func (o *Optimizer) at(x []float64) *point {
	y := make([]float64, len(x))
	for i, a := range o.problem.Axes {
		v := x[i]
		if math.IsNaN(v) {
			v = a.From
		}
		if a.Integer {
			v = math.Round(v)
		}
		v = math.Min(math.Max(v, a.From), a.To)
		if v == 0 {
			v = 0 // a negative zero is no other point
		}
		y[i] = v
	}
	k := o.key(y)
	if p, ok := o.index[k]; ok {
		if p.told {
			return p
		}
		return nil
	}
	p := &point{unit: make([]float64, len(y))}
	p.X = y
	var levels []byte
	for i, a := range o.problem.Axes {
		if a.To > a.From {
			p.unit[i] = (y[i] - a.From) / (a.To - a.From)
		}
		if a.Integer {
			levels = binary.LittleEndian.AppendUint64(levels, math.Float64bits(y[i]))
		}
	}
	p.cell.levels = string(levels)
	o.index[k] = p
	o.queue = append(o.queue, p)
	return nil
}

// value maps a unit coordinate to the axis; the ends are met exactly.
func (o *Optimizer) value(i int, u float64) float64 {
	a := o.problem.Axes[i]
	switch {
	case u <= 0:
		return a.From
	case u >= 1:
		return a.To
	}
	return a.From + u*(a.To-a.From)
}

// exhausted reports that every point of an all-integer box was evaluated.
func (o *Optimizer) exhausted() bool {
	n := 1.0
	for _, a := range o.problem.Axes {
		if a.To == a.From {
			continue
		}
		if !a.Integer {
			return false
		}
		n *= a.To - a.From + 1
	}
	return float64(len(o.points)) >= n
}
