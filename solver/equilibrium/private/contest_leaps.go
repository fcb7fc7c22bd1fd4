package private

import (
	"math"
)

// Where the exponent is above 1 or taking part costs a fee, a type's payoff may have several
// peaks in its signal, and the best reply leaps from one to the next as the value grows. With
// the chance W to win and what it costs, C = a or a W, and a fee, the type v maximises v W - C:
// it is on the lower convex hull of the curve (W, C) and of the point of who stands back,
// (P(nobody signals)/n, 0). An edge of the hull that bridges a part of the curve is a leap, at
// the value that is its slope. So best replies ascend in the value, whatever the curve, and
// among continuous distributions one type only is indifferent at a leap: the strategies are
// pure, and what others face is continuous in the leaps.
//
// Without a fee and a phantom bid nobody can stand back while others may, too: next to nothing
// would win against them. The lowest types then signal less and less by leaps, down to what no
// longer counts.

// arc is a stretch of signals on which best replies are continuous.
type arc struct {
	from   rank    // the lowest type that replies on it
	lo, hi float64 // in ln a
	// under and over are ln a of that type's replies on either side, -Inf to stand back.
	under, over float64
}

const (
	hullStep = 0.05  // between signals that are tried, in ln a
	hullBend = 1e-3  // how far off an edge signals are that are no leap, of the edge's rise in cost
	hullLeap = 1e-10 // the same, of the highest value
)

// tried is a signal with its chance and cost.
type tried struct{ log, win, cost float64 }

// value is v W - C.
func (t tried) value(v float64) float64 { return v*t.win - t.cost }

// try is what the signal of ln a = l brings to party i.
func (c *contest) try(i int, l float64) tried {
	w := c.grid.chance(c.impact(i, l), c.p)
	cost := math.Exp(l)
	if c.rule.WinnerPays {
		cost *= w
	}
	return tried{l, w, cost + c.rule.Fee}
}

// hull finds the arcs of party i's best replies to what it faces: nobody is the chance that
// nobody else signals. The first may be empty: who stands back.
func (c *contest) hull(i int, nobody float64) []arc {
	p := &c.parties[i]
	back := tried{math.Inf(-1), nobody / c.agents(), 0}
	all := append(c.tries[:0], back)
	hull := append(c.edges[:0], 0) // indices into all
	end := math.Log(math.Max(c.scale, c.worth(i))) + hullStep
	for l := math.Log(idle * c.scale); l < end; l += hullStep {
		t := c.try(i, l)
		all = append(all, t)
		if t.win <= all[hull[0]].win {
			continue
		}
		for len(hull) > 1 {
			a, b := all[hull[len(hull)-2]], all[hull[len(hull)-1]]
			if t.win > b.win && (b.cost-a.cost)*(t.win-b.win) < (t.cost-b.cost)*(b.win-a.win) {
				break
			}
			hull = hull[:len(hull)-1]
		}
		hull = append(hull, len(all)-1)
	}
	c.tries, c.edges = all, hull
	// From edge to edge.
	arcs := c.spare[:0]
	start, first := arc{from: from(p.group, math.SmallestNonzeroFloat64)}, 0
	for k := 1; k <= len(hull); k++ {
		if k < len(hull) && !c.leaps(all, hull[k-1], hull[k]) {
			continue
		}
		// An arc from vertex first to vertex k-1.
		a := start
		a.lo, a.hi = math.Inf(-1), math.Inf(-1)
		if hull[first] > 0 {
			a.lo, a.hi = all[hull[first]].log-hullStep, all[hull[k-1]].log+hullStep
		}
		if k == len(hull) {
			return append(arcs, a)
		}
		low, high := all[hull[k-1]], all[hull[k]]
		v := (high.cost - low.cost) / (high.win - low.win)
		if v > p.high {
			return append(arcs, a)
		}
		if v > p.low {
			// Where both replies bring the same.
			next := arc{lo: high.log - hullStep, hi: high.log + hullStep}
			if k+1 < len(hull) {
				next.hi = math.Max(next.hi, all[hull[k+1]].log)
			}
			x, y := low, high
			for range 6 {
				if low.log > math.Inf(-1) {
					x = c.try(i, c.within(i, v, low.log, low.log-hullStep, low.log+hullStep, 1e-10))
				}
				y = c.try(i, c.within(i, v, high.log, next.lo, next.hi, 1e-10))
				rise := y.win - x.win
				if !(rise > 0) {
					break
				}
				move := (y.value(v) - x.value(v)) / rise
				v -= move
				if math.Abs(move) <= 1e-14*v {
					break
				}
			}
			start.under, start.over = x.log, y.log
		}
		if v > p.low {
			arcs = append(arcs, a)
			start.from = from(p.group, v)
		}
		if v >= p.high {
			return arcs
		}
		first = k
	}
	return arcs
}

// leaps reports that the signals between two of the hull are off it.
func (c *contest) leaps(all []tried, j, k int) bool {
	if j == 0 {
		return true
	}
	a, b := all[j], all[k]
	slope := (b.cost - a.cost) / (b.win - a.win)
	for _, t := range all[j+1 : k] {
		if off := t.cost - a.cost - slope*(t.win-a.win); off > hullBend*(b.cost-a.cost) || off > hullLeap*c.scale {
			return true
		}
	}
	return false
}

// before reports that a rank is lower than another, in either tail.
func (r rank) before(other rank) bool {
	if r.above < 0.5 {
		return r.above > other.above
	}
	return r.below < other.below
}

// stretch is the arc on which the types above a rank reply.
func (c *contest) stretch(i int, r rank) *arc {
	if c.arcs == nil {
		return &arc{lo: math.Inf(-1), hi: math.Inf(1)}
	}
	k := 0
	for k+1 < len(c.arcs[i]) && !r.before(c.arcs[i][k+1].from) {
		k++
	}
	return &c.arcs[i][k]
}

// leap sets party i's signals to the best replies to what it faces, of which it knows nobody,
// the chance that nobody else signals.
func (c *contest) leap(i int, nobody, near float64) {
	p := &c.parties[i]
	c.spare, c.arcs[i] = c.arcs[i], c.hull(i, nobody)
	arcs := c.arcs[i]
	c.entry[i] = arcs[0].from
	if math.IsInf(arcs[0].lo, -1) {
		c.entry[i] = rank{1, 0, p.high}
		if len(arcs) > 1 {
			c.entry[i] = arcs[1].from
		}
	}
	c.more[i] = append(c.more[i][:0], c.bends[i]...)
	for _, a := range arcs {
		if c.entry[i].before(a.from) {
			c.more[i] = append(c.more[i], a.from)
		}
	}
	c.place(i)
	k := 0
	for j := range c.nodes[i] {
		y := &c.nodes[i][j]
		for k+1 < len(arcs) && arcs[k+1].from.value <= y.value {
			k++
		}
		if a := arcs[k]; a.hi > math.Inf(-1) {
			y.log = c.within(i, y.value, y.log, a.lo, a.hi, near)
		}
	}
}

// jump solves the contest by best replies that may leap: from signals without leaps at an exponent
// of at most 1, in rounds and by Newton's method in turn, until what is faced is met to the accuracy
// or as closely as they come.
func (c *contest) jump(accuracy float64) {
	const start, near, passes = 1e-3, 1e-5, 4
	rho := c.rule.Exponent
	c.rule.Exponent = math.Min(1, rho)
	c.span()
	c.rounds(start, 1)
	c.arcs = make([][]arc, len(c.parties))
	c.rule.Exponent = rho
	c.span()
	for i := range c.parties {
		c.transform(i)
	}
	missed, best := math.Inf(1), c.faces()
	for _, damp := range [...]float64{1, 0.3, 0.1} {
		c.rounds(near, damp)
		s := c.faces()
		if worst := c.polish(s, accuracy); worst < missed {
			best, missed = s, worst
		}
		c.face(best)
		if missed < accuracy {
			break
		}
	}
	c.respond(best, c.faces())
	c.face(best)
	for pass := 0; pass < passes && c.refine(); pass++ {
		c.polish(best, accuracy)
		c.face(best)
	}
	c.respond(best, c.faces())
}
