package optimize

import (
	"math"
	"sort"
)

// A line finds the best points along one axis, ends of pieces and of the feasible set
// included, to adjacent floats.
//
// The known points are cut into runs of one kind (same piece, feasible or not). A peak
// is a point that no neighbour of its run beats. Between neighbours of the same kind a
// peak is closed in by parabolas and golden sections (Brent 1973, chapter 5); next to a
// point of another kind, towards which the run rises, the gap is halved, or shortened
// by a secant of the slack or margin that vanishes there, until no float lies between (next to
// 0: until it is closest).
// Domain: any function; jumps, kinks, one-sided limits and undefined stretches
// are what it is for. Value: x for x <= 1/3, 0 above, has its best point at the float 1/3.
type line struct {
	axis int
	// whole: the axis takes whole numbers.
	whole  bool
	base   []float64
	points []*point
	// probes are shares of the axis to look at first, where the line starts from one point:
	// of its neighbourhood, or of the whole axis.
	probes  []float64
	pending float64
	waiting bool
	turn    int
	spent   int
	scale   float64
}

const (
	peaksPursued = 6
	flat         = 1e-14
	// closest is how near to each other, as a share of the axis, two kinds of point come at
	// most: floats are that dense only next to 0, where halving would go on a thousand times.
	closest = 1e-20
)

// newLine is the line of a problem with one live axis, through all that is known.
func newLine(o *Optimizer, axis int) *line {
	l := &line{axis: axis, whole: o.problem.Axes[axis].Integer, base: o.points[0].X}
	for _, p := range o.points {
		l.add(p)
	}
	return l
}

// newProbe is the line through a point, next to it.
func newProbe(o *Optimizer, axis int, base *point) *line {
	l := &line{axis: axis, whole: o.problem.Axes[axis].Integer, base: base.X}
	l.add(base)
	for _, h := range []float64{1e-6, 1e-3, 0.05} {
		l.probes = append(l.probes, base.unit[axis]-h, base.unit[axis]+h)
	}
	return l
}

// sweepSteps is how many steps a sweep takes at first: regimes that are narrower along the axis
// are left to the survey.
const sweepSteps = 16

// newSweep is the line through a point along the whole axis.
func newSweep(o *Optimizer, axis int, base *point) *line {
	l := &line{axis: axis, whole: o.problem.Axes[axis].Integer, base: base.X}
	l.add(base)
	for k := range sweepSteps + 1 {
		l.probes = append(l.probes, float64(k)/sweepSteps)
	}
	return l
}

func (l *line) add(p *point) {
	t := p.X[l.axis]
	k := sort.Search(len(l.points), func(i int) bool { return l.points[i].X[l.axis] >= t })
	if k < len(l.points) && l.points[k].X[l.axis] == t {
		return
	}
	l.points = append(l.points, nil)
	copy(l.points[k+1:], l.points[k:])
	l.points[k] = p
}

func (l *line) point(o *Optimizer, t float64) *point {
	x := append([]float64(nil), l.base...)
	x[l.axis] = t
	return o.at(x)
}

func (l *line) run(o *Optimizer) bool {
	if l.probes != nil {
		var all []*point
		ready := true
		for _, u := range l.probes {
			if u < 0 || u > 1 {
				continue
			}
			p := l.point(o, o.value(l.axis, u))
			ready = ready && p != nil
			all = append(all, p)
		}
		if !ready {
			return false
		}
		for _, p := range all {
			l.add(p)
		}
		l.probes = nil
	}
	for {
		if l.waiting {
			p := l.point(o, l.pending)
			if p == nil {
				return false
			}
			l.waiting = false
			l.add(p)
		}
		t, ok := l.choose(o)
		if !ok || l.spent >= 1000 {
			return true
		}
		l.spent++
		l.pending, l.waiting = t, true
	}
}

// kind separates the runs.
func sameKind(a, b *point) bool {
	return a.failed == b.failed && a.Piece == b.Piece && a.Feasible == b.Feasible
}

// height is what is climbed: the objective, or less violation.
func height(p *point) float64 {
	if p.Feasible {
		return p.Objective
	}
	return -p.Violation
}

// peak is a point worth closing in on, and how high it might be.
type peak struct {
	index int
	hope  float64
}

// choose is the next point to look at; false where every peak is closed.
func (l *line) choose(o *Optimizer) (float64, bool) {
	feasible := false
	low, high := math.Inf(1), math.Inf(-1)
	for _, p := range l.points {
		feasible = feasible || p.Feasible
	}
	best := math.Inf(-1)
	for _, p := range l.points {
		if p.failed || p.Feasible != feasible || math.IsInf(height(p), 0) {
			continue
		}
		low, high = math.Min(low, height(p)), math.Max(high, height(p))
		best = math.Max(best, height(p))
	}
	if !(high >= low) {
		return 0, false
	}
	l.scale = math.Max(math.Abs(high), math.Min(high-low, 1e3*math.Abs(high)+1e-300))
	var peaks []peak
	for i, p := range l.points {
		if p.failed || p.Feasible != feasible || math.IsInf(height(p), 0) {
			continue
		}
		hope, top := height(p), true
		for _, s := range []int{-1, 1} {
			j := i + s
			if j < 0 || j >= len(l.points) {
				continue
			}
			q := l.points[j]
			inner := i - s
			var slope float64
			if inner >= 0 && inner < len(l.points) && sameKind(l.points[inner], p) {
				slope = (height(p) - height(l.points[inner])) / (l.t(i) - l.t(inner))
			} else {
				slope = math.Inf(s)
			}
			gap := l.t(j) - l.t(i)
			if sameKind(p, q) {
				if height(q) > height(p) || height(q) == height(p) && s < 0 {
					top = false
				}
				continue
			}
			if rise := slope * gap; rise > 0 {
				hope = math.Max(hope, height(p)+2*rise)
			}
		}
		if top {
			if i > 0 && i < len(l.points)-1 && sameKind(p, l.points[i-1]) && sameKind(p, l.points[i+1]) {
				// Inside a bracket a smooth top is at most about as high again above
				// its point as the bracket's sides are below it.
				hope += math.Max(height(p)-height(l.points[i-1]), height(p)-height(l.points[i+1]))
			}
			peaks = append(peaks, peak{i, hope})
		}
	}
	sort.SliceStable(peaks, func(a, b int) bool { return peaks[a].hope > peaks[b].hope })
	if len(peaks) > peaksPursued {
		peaks = peaks[:peaksPursued]
	}
	// In turn with the peak that is highest already: hope next to a run of one point, of
	// which nothing is known, has no end.
	if l.spent%2 == 0 {
		sort.SliceStable(peaks, func(a, b int) bool { return height(l.points[peaks[a].index]) > height(l.points[peaks[b].index]) })
	}
	for _, k := range peaks {
		if k.hope < best {
			continue
		}
		if t, ok := l.close(o, k.index); ok {
			return t, true
		}
	}
	return 0, false
}

func (l *line) t(i int) float64 { return l.points[i].X[l.axis] }

// close chooses the next point for one peak; false where it is closed.
func (l *line) close(o *Optimizer, i int) (float64, bool) {
	p := l.points[i]
	eps := flat * l.scale
	inside := func(j int) bool { return j >= 0 && j < len(l.points) && sameKind(l.points[j], p) }
	// Ends of the run towards which it rises.
	for _, s := range []int{1, -1} {
		j := i + s
		if j < 0 || j >= len(l.points) || inside(j) {
			continue
		}
		// To the last float: any rise counts.
		if inside(i-s) && height(p) <= height(l.points[i-s]) {
			continue
		}
		if t, ok := l.border(o, i, j); ok {
			if !l.whole {
				return t, true
			}
			if t, ok = l.nearest(t, l.t(i), l.t(j)); ok {
				return t, true
			}
		}
	}
	left, right := i-1, i+1
	switch {
	case inside(left) && inside(right):
		drop := math.Max(height(p)-height(l.points[left]), height(p)-height(l.points[right]))
		if drop <= eps {
			return 0, false
		}
		if l.whole {
			side := right
			if l.t(i)-l.t(left) > l.t(right)-l.t(i) {
				side = left
			}
			const golden = 0.3819660112501051
			return l.nearest(l.t(i)+golden*(l.t(side)-l.t(i)), l.t(i), l.t(side))
		}
		return l.between(l.t(left), l.t(i), l.t(right), height(l.points[left]), height(p), height(l.points[right]))
	case inside(left):
		return l.edge(i, left, eps)
	case inside(right):
		return l.edge(i, right, eps)
	}
	return 0, false
}

// nearest is the whole number strictly between a and b that is nearest to t.
func (l *line) nearest(t, a, b float64) (float64, bool) {
	low, high := math.Min(a, b)+1, math.Max(a, b)-1
	if low > high {
		return 0, false
	}
	return math.Min(math.Max(math.Round(t), low), high), true
}

// edge looks between a peak at the end of its run and its neighbour, from where the run
// might rise above both: once, close to the end.
func (l *line) edge(i, j int, eps float64) (float64, bool) {
	a, b := l.t(i), l.t(j)
	if height(l.points[i])-height(l.points[j]) <= eps {
		return 0, false
	}
	if math.Abs(b-a) <= 1e-6*(l.length()) {
		return 0, false
	}
	if l.whole {
		return l.nearest(a+(b-a)*0.05, a, b)
	}
	return l.middle(a, a+(b-a)*0.05)
}

func (l *line) length() float64 {
	return math.Max(l.t(len(l.points)-1)-l.t(0), 1e-300)
}

// middle is t where it is a new float beside a.
func (l *line) middle(a, t float64) (float64, bool) {
	k := sort.Search(len(l.points), func(i int) bool { return l.t(i) >= t })
	if t == a || k < len(l.points) && l.t(k) == t {
		return 0, false
	}
	return t, true
}

// between steps into the bracket a < b < c whose inner point is highest.
func (l *line) between(a, b, c, fa, fb, fc float64) (float64, bool) {
	width := c - a
	l.turn++
	t := b
	if l.turn%3 != 0 {
		// The vertex of the parabola, moved on a little so that it traps.
		p, q := (b-a)*(fb-fc), (b-c)*(fb-fa)
		if den := p - q; den != 0 {
			v := b - 0.5*((b-a)*p-(b-c)*q)/den
			if v > a && v < c {
				move := v - b
				least := 1e-3 * math.Min(c-b, b-a)
				if math.Abs(move) < least {
					if c-b > b-a {
						move = math.Max(least, 1e-2*(c-b))
					} else {
						move = -math.Max(least, 1e-2*(b-a))
					}
				}
				t = b + move
			}
		}
	}
	if t <= a || t >= c || t == b {
		const golden = 0.3819660112501051
		if c-b > b-a {
			t = b + golden*(c-b)
		} else {
			t = b - golden*(b-a)
		}
	}
	if t > a && t < c && t != b && width > 0 {
		return t, true
	}
	// Golden sections fall on floats that exist: take what is left between them.
	if t = a + (b-a)/2; t > a && t < b {
		return t, true
	}
	if t = b + (c-b)/2; t > b && t < c {
		return t, true
	}
	return 0, false
}

// border narrows the gap between p = points[i] and the other kind at points[j].
func (l *line) border(o *Optimizer, i, j int) (float64, bool) {
	a, b := l.t(i), l.t(j)
	mid := a + (b-a)/2
	if mid == a || mid == b || math.Abs(b-a) <= closest*l.length() {
		return 0, false
	}
	l.turn++
	if l.turn%3 == 0 {
		return mid, true
	}
	p, q := l.points[i], l.points[j]
	guess := math.NaN()
	inner := 2*i - j
	switch {
	case p.failed || q.failed:
	case p.Piece == q.Piece && p.Feasible != q.Feasible:
		// The worst slack changes sign in between.
		sp, sq := worst(p), worst(q)
		if sp < o.problem.Tolerance && sq > o.problem.Tolerance && !math.IsInf(sq, 0) {
			guess = a + (b-a)*(o.problem.Tolerance/2-sp)/(sq-sp)
		}
	case p.Piece != q.Piece && inner >= 0 && inner < len(l.points) && sameKind(l.points[inner], p):
		mp, mi := p.Margin, l.points[inner].Margin
		if !math.IsInf(mp, 0) && !math.IsInf(mi, 0) && mi > mp {
			guess = a + (a-l.t(inner))*mp/(mi-mp)
		}
	}
	if math.IsNaN(guess) || (guess-a)*(guess-b) >= 0 {
		return mid, true
	}
	// Step past the guess by a little, alternately, so that both ends close in.
	near := 0.01 * math.Min(math.Abs(guess-a), math.Abs(b-guess))
	if l.turn%3 == 1 {
		near = -near
	}
	if t := guess + near; (t-a)*(t-b) < 0 {
		return t, true
	}
	return mid, true
}

// worst is the largest slack, signed.
func worst(p *point) float64 {
	w := math.Inf(-1)
	for _, s := range p.Slack {
		if math.IsNaN(s) {
			return math.Inf(1)
		}
		w = math.Max(w, s)
	}
	return w
}
