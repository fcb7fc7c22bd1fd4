package optimize

import (
	"math"

	"gonum.org/v1/gonum/floats"
)

// A polish climbs to the top of one smooth piece by sequential quadratic programming:
//
//	min  grad F'd + 1/2 d'Bd   subject to   g + J d <= 0,  -M - grad M'd <= -theta M,  |d| <= Delta,
//
// F = -objective, g the slacks, M the margin of the piece; B a damped BFGS matrix of
// the Lagrangian, derivatives by finite differences inside the piece, steps judged by
// the exact penalty F + nu sum max(0, g) with a second-order correction, and cut back
// where they leave the piece. At the end the violation is second order in the last step,
// so that the end is feasible to the tolerance, not feasible up to a weight.
// Domain: any dimension; integer axes stay where they are.
// References: Nocedal, Wright (2006), chapter 18 (S l1 QP, damped BFGS, corrections).
// Value: x on the line x + y <= 1 that maximises xy is (1/2, 1/2).
type polish struct {
	at   *point
	free []int
	// grad is the gradient of F, jac one row for each slack and, last, the margin.
	grad  []float64
	jac   [][]float64
	sign  []float64
	b     [][]float64
	delta float64
	nu    float64
	// bend bounds the curvature of the margin as far as steps that left the piece tell.
	bend float64
	// reach is how long the step is expected to be.
	reach  float64
	old    *linear // the linearisation before the last step
	lambda []float64
	frozen []bool
	// walls: directions along the axes, down and up, that leave the piece at once.
	walls   [][2]bool
	step    *proposal
	cut     *cut
	trifles int
	ending  ending
	started bool
	// central: both sides are taken, since one side was not exact enough.
	central bool
	// rough: the last digits wait until the other pieces had their turn; promise is
	// what the last model that was put off promised.
	rough   bool
	promise float64
	// limit is the number of gradients that may be spent.
	limit int
}

// cut is a step of which only the part below low is known to stay in the piece, and
// the part above high to leave it.
type cut struct {
	step      *proposal
	low, high float64
}

// linear is a linearisation and the point at which it was taken.
type linear struct {
	at   *point
	grad []float64
	jac  [][]float64
}

// proposal is a step that waits for its evaluation.
type proposal struct {
	d         []float64
	predicted float64
	// corrected: the second-order correction of a step that was rejected.
	corrected bool
}

// ending is how a polish ended.
type ending int

const (
	unfinished ending = iota
	stationary        // the model promises nothing more
	stuck             // steps shrank to nothing: a kink or a jump
	paused            // what is left is small, or its allowance is used up
)

const (
	difference   = 1e-5 // finite-difference step in the unit cube
	firstRadius  = 0.25
	leastRadius  = 1e-9
	keepMargin   = 0.02 // share of the margin that a step must keep
	predictedEnd = 1e-11
	roughEnd     = 1e-6
	trifle       = 1e-9
)

func newPolish(o *Optimizer, start *point, limit int) *polish {
	p := &polish{at: start, delta: firstRadius, limit: limit, rough: true}
	for i, a := range o.problem.Axes {
		if !a.Integer && a.To > a.From {
			p.free = append(p.free, i)
		}
	}
	n := len(p.free)
	p.sign = make([]float64, n)
	p.frozen = make([]bool, n)
	p.walls = make([][2]bool, n)
	for j := range p.sign {
		p.sign[j] = 1
	}
	return p
}

// resume lets a paused polish go on to the last digits.
func (p *polish) resume(limit int) {
	p.rough, p.ending, p.limit = false, unfinished, limit
}

// hope is what the polish may still reach: ten times what its model promises.
func (p *polish) hope() float64 {
	f := p.at.Objective + 10*p.promise
	for _, s := range p.at.Slack {
		f -= p.nu * math.Max(s, 0)
	}
	return f
}

// run goes on until an evaluation is missing.
func (p *polish) run(o *Optimizer) bool {
	if !p.started {
		p.started = true
		o.began[p.at] = true
		p.inherit(o)
		o.pursued[p.at.cell]++
	}
	for turns := 0; p.ending == unfinished; turns++ {
		if len(p.free) == 0 {
			p.ending = stationary
			break
		}
		if turns > 1000 {
			// Only points that are known come up: nothing more is learnt here.
			p.ending = stuck
			break
		}
		if p.grad == nil && !p.differentiate(o) {
			return false
		}
		if p.cut != nil {
			if !p.halve(o) {
				return false
			}
			continue
		}
		if p.step == nil && !p.propose(o) {
			p.sharpen()
			continue
		}
		if !p.judge(o) {
			return false
		}
		if p.ending != unfinished {
			p.sharpen()
		}
	}
	o.ends = append(o.ends, p.at)
	if r := o.reached[p.at.cell]; r == nil || o.better(p.at, r) {
		o.reached[p.at.cell] = p.at
	}
	if p.b != nil {
		o.curvature[p.at.cell] = p
	}
	return true
}

// inherit takes over what an earlier polish learnt of the piece, if it ended near by:
// its matrix, and that one-sided differences do not do.
func (p *polish) inherit(o *Optimizer) {
	q := o.curvature[p.at.cell]
	if q == nil || p.b != nil {
		return
	}
	for i, u := range p.at.unit {
		if math.Abs(u-q.at.unit[i]) > 0.02 {
			return
		}
	}
	p.b = make([][]float64, len(q.b))
	for j := range p.b {
		p.b[j] = append([]float64(nil), q.b[j]...)
	}
	p.central, p.nu, p.lambda = q.central, q.nu, q.lambda
	p.delta = math.Min(p.delta, math.Max(q.delta, 1e-2))
}

// sharpen goes on with central differences where a polish would end with directions
// left in which only the objective's derivative decides: one-sided differences are off
// by half their step times the curvature, too much for a long narrow valley.
func (p *polish) sharpen() {
	if p.ending == paused || p.central || p.grad == nil {
		return
	}
	binding := 0
	for _, l := range p.lambda {
		if l > 0 {
			binding++
		}
	}
	for _, i := range p.free {
		if u := p.at.unit[i]; u == 0 || u == 1 {
			binding++
		}
	}
	if binding >= len(p.free) {
		return
	}
	p.central, p.grad, p.old, p.step = true, nil, nil, nil
	p.ending = unfinished
	p.delta = math.Max(p.delta, 1e-2)
}

// moved is the point at unit offset d of the free axes from the current one.
func (p *polish) moved(o *Optimizer, d []float64) *point {
	x := append([]float64(nil), p.at.X...)
	for j, i := range p.free {
		if d[j] != 0 {
			x[i] = o.value(i, p.at.unit[i]+d[j])
		}
	}
	return o.at(x)
}

// usable reports that q varies smoothly with the current point.
func (p *polish) usable(q *point) bool {
	return !q.failed && q.cell == p.at.cell && !math.IsInf(q.Violation, 0)
}

// propose finds the next step; false where there is none.
func (p *polish) propose(o *Optimizer) bool {
	if p.ending != unfinished {
		return false
	}
	m := len(p.at.Slack)
	// How much margin a step must leave depends on how long it is: iterate.
	p.reach = p.delta
	d, lambda, relaxed, ok := p.solve(o, p.at.Slack, p.at.Margin)
	for k := 0; ok && k < 6 && p.bend*p.reach*p.reach > keepMargin*p.at.Margin; k++ {
		length := floats.Norm(d, math.Inf(1))
		if length > 0.7*p.reach {
			break
		}
		p.reach = 1.2 * length
		d, lambda, relaxed, ok = p.solve(o, p.at.Slack, p.at.Margin)
	}
	if !ok {
		p.ending = stuck
		return false
	}
	if relaxed {
		// The multipliers are those of the relaxation, not of the constraints.
		if p.lambda == nil {
			p.lambda = make([]float64, len(lambda))
		}
	} else {
		worst := 0.0
		for _, l := range lambda[:m] {
			worst = math.Max(worst, l)
		}
		// Enough to be exact; more would forbid steps along curved constraints.
		p.lambda = lambda
		p.nu = math.Max(2*worst, math.Min(p.nu, 20*worst))
	}
	if p.nu == 0 {
		p.nu = math.Max(floats.Norm(p.grad, 2), 1e-8)
	}
	change := floats.Dot(p.grad, d)
	for j := range d {
		change += 0.5 * d[j] * floats.Dot(p.b[j], d)
	}
	before, after := 0.0, 0.0
	for k, s := range p.at.Slack {
		before += math.Max(s, 0)
		after += math.Max(s+floats.Dot(p.jac[k], d), 0)
	}
	// A violation that the linear model can lower must be worth lowering.
	if relaxed && !(before-after > 1e-6*before) {
		// Not even the linear model lowers the violation: it is stationary.
		p.ending = stationary
		return false
	}
	if relaxed && change > 0 {
		p.nu = math.Max(p.nu, 2*change/(before-after))
	}
	predicted := -change + p.nu*(before-after)
	if predicted <= 0 && p.bend*p.reach*p.reach > p.at.Margin && p.delta > leastRadius {
		// The curvature allowed for outweighs the gain: a shorter step bends less.
		p.delta /= 4
		return p.propose(o)
	}
	if !(predicted > predictedEnd*(1e-3+math.Abs(p.at.Objective))) || floats.Norm(d, math.Inf(1)) < 1e-13 {
		p.ending = stationary
		for _, w := range p.walls {
			if w[0] || w[1] {
				p.ending = stuck
			}
		}
		return false
	}
	p.promise = predicted
	if p.rough && predicted < roughEnd*(1e-3+math.Abs(p.at.Objective)) {
		p.ending = paused
		return false
	}
	p.step = &proposal{d: d, predicted: predicted}
	return true
}

// penalty is the exact penalty function.
func (p *polish) penalty(q *point) float64 {
	f := -q.Objective
	for _, s := range q.Slack {
		f += p.nu * math.Max(s, 0)
	}
	return f
}

// judge evaluates the proposal and accepts it, corrects it or shrinks the radius;
// false where the evaluation is missing.
func (p *polish) judge(o *Optimizer) bool {
	q := p.moved(o, p.step.d)
	if q == nil {
		return false
	}
	step := p.step
	p.step = nil
	length := floats.Norm(step.d, math.Inf(1))
	if q == p.at {
		p.ending = stationary
		return true
	}
	if !p.usable(q) {
		if !q.failed && q.cell != p.at.cell && !math.IsInf(p.at.Margin, 0) {
			p.bend = math.Max(4*p.bend, 0.1*floats.Norm(p.jac[len(p.jac)-1], 2))
		}
		if math.IsInf(p.at.Margin, 0) {
			known, found := p.feel(o, step)
			if !known {
				p.step = step
				return false
			}
			if !found {
				p.cut = &cut{step: step, high: 1}
			}
			return true
		}
		p.shrink(length / 2)
		return true
	}
	if length > 10*difference && !math.IsInf(q.Margin, 0) {
		// What the margin fell short of its linear model, and forget old surprises.
		m := p.at.Margin + floats.Dot(p.jac[len(p.jac)-1], step.d) - q.Margin
		p.bend = math.Max(1.5*m/(length*length), p.bend/8)
	}
	ratio := (p.penalty(p.at) - p.penalty(q)) / step.predicted
	// Where the objective is at its last digits, restoring feasibility decides.
	restores := q.Violation < p.at.Violation/2 && p.at.Violation > o.problem.Tolerance && length < 1e-4
	if ratio > 1e-4 || restores {
		p.old = &linear{at: p.at, grad: p.grad, jac: p.jac}
		for j, d := range step.d {
			if d != 0 {
				p.walls[j] = [2]bool{}
			}
		}
		gain := p.penalty(p.at) - p.penalty(q)
		if gain > trifle*(1e-3+math.Abs(q.Objective)) || p.at.Violation > o.problem.Tolerance {
			p.trifles = 0
		} else if p.trifles++; p.trifles >= 3 {
			p.at, p.grad, p.jac = q, nil, nil
			p.ending = stationary
			return true
		}
		if ratio > 1.2 && length < 0.5*p.delta && length < 3*difference {
			// Steps too short to show their curvature are held back by too much of it.
			for j := range p.b {
				floats.Scale(0.25, p.b[j])
			}
		}
		p.at, p.grad, p.jac = q, nil, nil
		if ratio > 0.5 {
			p.delta = math.Max(p.delta, 2*length)
		} else if ratio < 0.25 && !restores {
			p.delta = length / 2
		}
		p.delta = math.Min(p.delta, 1)
		return true
	}
	if !step.corrected {
		constants := make([]float64, len(q.Slack))
		for k, s := range q.Slack {
			constants[k] = s - floats.Dot(p.jac[k], step.d)
		}
		margin := q.Margin - floats.Dot(p.jac[len(p.jac)-1], step.d)
		if d, _, relaxed, ok := p.solve(o, constants, margin); ok && !relaxed && !floats.EqualApprox(d, step.d, 1e-3*length) {
			p.step = &proposal{d: d, predicted: step.predicted, corrected: true}
			return true
		}
	}
	p.shrink(length / 4)
	if step.predicted < 2*p.blur()*length {
		// The difference between one side and the other could have promised as much.
		p.sharpen()
	}
	return true
}

// feel looks along the axes of a step that left the piece for those that leave it at
// once, and walls them off; known is false where points are missing.
func (p *polish) feel(o *Optimizer, step *proposal) (known, found bool) {
	known = true
	d := make([]float64, len(p.free))
	for j, i := range p.free {
		side := 0
		h := -difference
		if step.d[j] > 0 {
			side, h = 1, difference
		}
		if u := p.at.unit[i] + h; step.d[j] == 0 || math.Abs(step.d[j]) < difference || u < 0 || u > 1 {
			continue
		}
		d[j] = h
		q := p.moved(o, d)
		d[j] = 0
		if q == nil {
			known = false
		} else if !p.usable(q) && !p.walls[j][side] {
			p.walls[j][side] = true
			found = true
			p.sign[j] = float64(1 - 2*side)
		}
	}
	if found && known {
		p.delta = firstRadius
	}
	return known, found && known
}

// halve narrows a step that left the piece to its last part inside; false where the
// evaluation is missing.
func (p *polish) halve(o *Optimizer) bool {
	c := p.cut
	length := floats.Norm(c.step.d, math.Inf(1))
	d := make([]float64, len(c.step.d))
	for (c.high-c.low)*length > difference/2 {
		mid := c.low + (c.high-c.low)/2
		floats.ScaleTo(d, mid, c.step.d)
		q := p.moved(o, d)
		switch {
		case q == nil:
			return false
		case p.usable(q):
			c.low = mid
		default:
			c.high = mid
		}
	}
	p.cut = nil
	if c.low == 0 {
		p.shrink(math.Min(c.high, 0.5) * length)
		return true
	}
	floats.ScaleTo(d, c.low, c.step.d)
	p.step = &proposal{d: d, predicted: c.low * c.step.predicted, corrected: true}
	return true
}

func (p *polish) shrink(delta float64) {
	p.delta = delta
	if delta < leastRadius {
		p.ending = stuck
	}
}
