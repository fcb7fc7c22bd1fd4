package optimize

import (
	"math"
	"sort"
)

// cellsPursued is how many cells are polished from the survey on.
const cellsPursued = 8

// perCell is how many polishes a cell may take: more where the budget is large.
func (o *Optimizer) perCell() int { return max(6, o.problem.Budget/100) }

// survey is the global phase: the centre, the corners where they are few, and a
// scrambled Sobol sequence; a box of few whole-number points is enumerated.
type survey struct{}

func (*survey) run(o *Optimizer) bool {
	live := o.live()
	centre := make([]float64, len(o.problem.Axes))
	for i := range centre {
		centre[i] = 0.5
	}
	if all := o.enumeration(live); all != nil {
		return o.ask(all)
	}
	points := [][]float64{centre}
	budget := o.problem.Budget
	if len(live) <= 4 && 1<<len(live) <= budget/8 {
		for c := range 1 << len(live) {
			u := append([]float64(nil), centre...)
			for b, i := range live {
				u[i] = float64(c >> b & 1)
			}
			points = append(points, u)
		}
	}
	n := 10 * len(live)
	if len(live) == 1 {
		n = 24
	}
	if extra := budget / 40; len(live) > 1 && n < 2*extra {
		n = 2 * extra
	}
	n = max(1, min(n, budget/4, 512))
	sample := Points(n, max(1, len(live)), o.problem.Seed)
	for k := range n {
		u := append([]float64(nil), centre...)
		for j, i := range live {
			u[i] = sample[k*len(live)+j]
		}
		points = append(points, u)
	}
	x := make([][]float64, len(points))
	for k, u := range points {
		x[k] = o.scaled(u)
	}
	return o.ask(x)
}

// ask queues points; true where all are known.
func (o *Optimizer) ask(points [][]float64) bool {
	known := true
	for _, x := range points {
		if o.at(x) == nil {
			known = false
		}
	}
	return known
}

// scaled maps the unit cube to the axes.
func (o *Optimizer) scaled(u []float64) []float64 {
	x := make([]float64, len(u))
	for i := range u {
		x[i] = o.value(i, u[i])
	}
	return x
}

// live lists the axes with more than one point.
func (o *Optimizer) live() []int {
	var live []int
	for i, a := range o.problem.Axes {
		if a.To > a.From {
			live = append(live, i)
		}
	}
	return live
}

// enumeration is every point of the box where all axes are integer and the points are
// no more than half of the budget; the only point where no axis is live; else nil.
func (o *Optimizer) enumeration(live []int) [][]float64 {
	base := make([]float64, len(o.problem.Axes))
	n := 1.0
	for i, a := range o.problem.Axes {
		base[i] = a.From
		if a.To > a.From {
			if !a.Integer {
				return nil
			}
			n *= a.To - a.From + 1
		}
	}
	if n > 1 && n > float64(o.problem.Budget)/2 {
		return nil
	}
	points := make([][]float64, int(n))
	for k := range points {
		x := append([]float64(nil), base...)
		rest := k
		for _, i := range live {
			levels := int(o.problem.Axes[i].To-o.problem.Axes[i].From) + 1
			x[i] += float64(rest % levels)
			rest /= levels
		}
		points[k] = x
	}
	return points
}

// next chooses what to do when a stage has ended; nil ends the search.
func (o *Optimizer) next() []stage {
	live := o.live()
	if len(live) == 0 || o.closing {
		return nil
	}
	if o.exhausted() { // nothing is left to ask, but of equals the plainest is wanted
		o.closing = true
		return []stage{&snap{}}
	}
	if len(live) == 1 {
		o.closing = true
		return []stage{newLine(o, live[0]), &snap{}}
	}
	o.settle()
	if start := o.start(); start != nil {
		o.last = newPolish(o, start, gradients(live))
		return []stage{o.last}
	}
	if p := o.waiting(); p != nil {
		p.resume(gradients(live))
		o.last = p
		return []stage{p}
	}
	if p := o.detour; p != nil {
		o.detour = nil
		if o.pursued[p.cell] < o.perCell() {
			o.last = newPolish(o, p, gradients(live))
			return []stage{o.last}
		}
	}
	champion := o.champion()
	if champion == nil {
		champion = o.points[0]
	}
	if o.unfinished(champion) {
		o.last = newPolish(o, champion, gradients(live))
		o.last.rough = false
		return []stage{o.last}
	}
	if o.crowned == nil || o.improves(champion, o.crowned) {
		// A new champion: look along the axes and at the neighbouring whole numbers.
		o.crowned = champion
		stages := []stage{&levels{base: champion}}
		if !champion.failed {
			for _, i := range live {
				if !o.problem.Axes[i].Integer && o.unsettled(champion) {
					stages = append(stages, newProbe(o, i, champion))
				}
			}
		}
		o.idle = 0
		return stages
	}
	if p := o.neighbour(champion); p != nil {
		o.visited[p.cell] = o.crowned
		o.last = newPolish(o, p, gradients(live))
		return []stage{o.last}
	}
	if o.ended != champion {
		if stages := o.beyond(live, champion); len(stages) > 0 {
			return stages
		}
	}
	if o.swept == nil {
		if stages := o.sweep(live, champion); len(stages) > 0 {
			return stages
		}
	}
	if o.idle++; o.idle <= max(2, o.problem.Budget/200) {
		o.rounds++
		return []stage{newExplore(o, live)}
	}
	if o.swept != champion {
		if stages := o.sweep(live, champion); len(stages) > 0 {
			return stages
		}
	}
	o.closing = true
	return []stage{&snap{}}
}

// sweep looks at all regimes along each axis through the champion, which polishes do not cross.
func (o *Optimizer) sweep(live []int, champion *point) []stage {
	o.swept = champion
	var stages []stage
	for _, i := range live {
		if !o.problem.Axes[i].Integer && !champion.failed {
			stages = append(stages, newSweep(o, i, champion))
		}
	}
	return stages
}

// unsettled: the polish did not end at the point as at a stationary one.
func (o *Optimizer) unsettled(p *point) bool { return !o.settled[p] }

// champion is the best point, or the least violating one.
func (o *Optimizer) champion() *point {
	if o.best != nil {
		return o.best
	}
	return o.least
}

// start is the most promising point to polish from: the best of a cell that was not
// polished, or that is better than what its polish reached, or far from it.
func (o *Optimizer) start() *point {
	weight := o.weight()
	value := func(p *point) float64 { return p.Objective - weight*p.Violation }
	bests := make(map[cell]*point)
	var cells []cell
	for _, p := range o.points {
		if p.failed || math.IsInf(p.Violation, 0) {
			continue
		}
		if o.began[p] || o.resting(p.cell) {
			continue
		}
		if r := o.reached[p.cell]; r != nil && (!o.improves(p, r) || o.distance(p) < 1e-3) || o.pursued[p.cell] >= o.perCell() {
			continue
		}
		b, seen := bests[p.cell]
		if !seen {
			cells = append(cells, p.cell)
		}
		if !seen || value(p) > value(b) {
			bests[p.cell] = p
		}
	}
	var best *point
	for _, c := range cells {
		if o.pursued[c] == 0 && len(o.pursued) >= cellsPursued {
			continue
		}
		if p := bests[c]; best == nil || value(p) > value(best) {
			best = p
		}
	}
	if best != nil {
		return best
	}
	return nil
}

// unfinished: the champion improved on everything that was polished to its end, and was
// not polished itself.
func (o *Optimizer) unfinished(p *point) bool {
	if p.failed || math.IsInf(p.Violation, 0) || o.began[p] || o.pursued[p.cell] >= 2*o.perCell() {
		return false
	}
	for _, e := range o.ends {
		if e.cell != p.cell {
			continue
		}
		far := 0.0
		for i, u := range p.unit {
			far = math.Max(far, math.Abs(u-e.unit[i]))
		}
		// A point of the differences around an end is no new start.
		if far < 3*difference || o.settled[e] && !o.improves(p, e) {
			return false
		}
	}
	return true
}

// near: of one cell and within a hundredth of the box.
func near(p, q *point) bool {
	for i, u := range p.unit {
		if math.Abs(u-q.unit[i]) > 0.01 {
			return false
		}
	}
	return p.cell == q.cell
}

// gradients is how many a polish may take before others have their turn.
func gradients(live []int) int { return 12 + 4*len(live) }

// resting: a polish in the cell is paused.
func (o *Optimizer) resting(c cell) bool {
	for _, p := range o.paused {
		if p.at.cell == c {
			return true
		}
	}
	return false
}

// settle files the polish that ended last.
func (o *Optimizer) settle() {
	p := o.last
	o.last = nil
	switch {
	case p == nil:
	case p.ending == stationary:
		o.settled[p.at] = true
	case p.ending == paused:
		o.paused = append(o.paused, p)
	}
}

// waiting takes the paused polish with the most to gain, if it might still beat the
// champion; the others are dropped for good only when something better is certain.
func (o *Optimizer) waiting() *polish {
	champion := o.champion()
	best := -1
	for k, p := range o.paused {
		if champion != nil && champion.Feasible && p.hope() < champion.Objective && !near(p.at, champion) {
			continue
		}
		if best < 0 || p.hope() > o.paused[best].hope() {
			best = k
		}
	}
	if best < 0 {
		return nil
	}
	p := o.paused[best]
	o.paused = append(o.paused[:best:best], o.paused[best+1:]...)
	return p
}

// improves reports that p is better than r by more than rounding.
func (o *Optimizer) improves(p, r *point) bool {
	if p.Feasible && r.Feasible {
		return p.Objective > r.Objective+1e-9*(math.Abs(r.Objective)+1e-3)
	}
	if p.Feasible != r.Feasible {
		return p.Feasible
	}
	return p.Violation < 0.999*r.Violation
}

// weight makes violations and objectives comparable: the spread of the objective for
// the median violation. It ranks starts only; it never decides what is best.
func (o *Optimizer) weight() float64 {
	low, high := math.Inf(1), math.Inf(-1)
	var violations []float64
	for _, p := range o.points {
		if p.failed || !p.told {
			continue
		}
		low, high = math.Min(low, p.Objective), math.Max(high, p.Objective)
		if p.Violation > 0 && !math.IsInf(p.Violation, 0) {
			violations = append(violations, p.Violation)
		}
	}
	if len(violations) == 0 || !(high > low) {
		return 1
	}
	sort.Float64s(violations)
	return (high - low) / violations[len(violations)/2]
}

// explore samples with an evolution strategy whose constraints enter by an augmented
// Lagrangian,
//
//	L(x) = F(x) + 1/(2 mu) sum_k (max(0, lambda_k + mu g_k)^2 - lambda_k^2),
//
// with lambda_k <- max(0, lambda_k + mu g_k) at the best of every generation (Atamna,
// Auger, Hansen 2016, for evolution strategies). It starts away from where polishes
// ended, and leaves its best point for the next polish.
type explore struct {
	live     []int
	base     *point
	strategy *strategy
	wave     [][]float64
	lambda   []float64
	mu       float64
	scale    float64
	waves    int
	worst    float64
	best     *point
	value    float64
}

const wavesPerRound = 5

func newExplore(o *Optimizer, live []int) *explore {
	e := &explore{live: live, lambda: make([]float64, o.problem.Constraints), worst: math.Inf(1)}
	weight := o.weight()
	best := math.Inf(-1)
	for _, p := range o.points {
		if p.failed || math.IsInf(p.Violation, 0) {
			continue
		}
		if o.distance(p) < 0.15 {
			continue
		}
		if v := p.Objective - weight*p.Violation; v > best {
			best, e.base = v, p
		}
	}
	if e.base == nil {
		e.base = o.points[0]
	}
	low, high := math.Inf(1), math.Inf(-1)
	for _, p := range o.points {
		if !p.failed {
			low, high = math.Min(low, p.Objective), math.Max(high, p.Objective)
		}
	}
	e.scale = 1
	if high > low {
		e.scale = 1 / (high - low)
	}
	e.mu = 2 * weight * e.scale
	if !(e.mu > 0) || math.IsInf(e.mu, 0) {
		e.mu = 1
	}
	mean := make([]float64, len(live))
	for j, i := range live {
		mean[j] = e.base.unit[i]
	}
	// A strategy that cannot start leaves nothing to explore with.
	e.strategy, _ = newStrategy(mean, 0.2, o.problem.Seed+uint64(o.rounds))
	return e
}

// distance to the nearest end of a polish, largest coordinate.
func (o *Optimizer) distance(p *point) float64 {
	least := math.Inf(1)
	for _, r := range o.ends {
		far := 0.0
		for i, u := range p.unit {
			far = math.Max(far, math.Abs(u-r.unit[i]))
		}
		if far < least {
			least = far
		}
	}
	return least
}

func (e *explore) run(o *Optimizer) bool {
	for e.strategy != nil && e.waves < wavesPerRound && !e.strategy.stopped() {
		if e.wave == nil {
			wave, err := e.strategy.generation()
			if err != nil {
				break
			}
			e.wave = wave
		}
		points := make([][]float64, len(e.wave))
		for k, y := range e.wave {
			u := append([]float64(nil), e.base.unit...)
			for j, i := range e.live {
				u[i] = y[j]
			}
			points[k] = o.scaled(u)
		}
		if !o.ask(points) {
			return false
		}
		values := make([]float64, len(points))
		var top *point
		least := math.Inf(1)
		for k := range points {
			p := o.at(points[k])
			for j, i := range e.live {
				e.wave[k][j] = p.unit[i]
			}
			values[k] = e.lagrangian(p)
			if values[k] < least {
				least, top = values[k], p
			}
		}
		if e.strategy.tell(e.wave, values) != nil {
			break
		}
		if top != nil {
			if e.best == nil || least < e.value {
				e.best, e.value = top, least
			}
			for k, s := range top.Slack {
				e.lambda[k] = math.Max(0, e.lambda[k]+e.mu*s)
			}
			if top.Violation > o.problem.Tolerance && top.Violation > 0.25*e.worst {
				e.mu *= 2
			}
			e.worst = top.Violation
		}
		e.wave = nil
		e.waves++
	}
	if e.best != nil && o.distance(e.best) > 0.05 {
		o.detour = e.best
	}
	return true
}

// lagrangian of a point, +Inf where it failed.
func (e *explore) lagrangian(p *point) float64 {
	if p.failed || math.IsInf(p.Violation, 0) {
		return math.Inf(1)
	}
	l := -p.Objective * e.scale
	for k, s := range p.Slack {
		t := math.Max(0, e.lambda[k]+e.mu*s)
		l += (t*t - e.lambda[k]*e.lambda[k]) / (2 * e.mu)
	}
	return l
}
