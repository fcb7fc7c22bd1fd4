package private

import (
	"math"
	"slices"
)

// An integration of the system down from a top bid, and what it misses at the lowest bid.
// From a top bid that is too low the bids pass the lowest bid that can win while types are
// left; from one that is too high they end above it, next to a value. In money either is
// about the distance to the right top bid (Lebrun 1999: the solutions from different top bids
// do not cross). A test asserts top bids of closed forms to 1e-8 and better.

// shot is how an integration from a top bid ended.
type shot struct {
	// By how much the top bid is too low, in money, below 0 if it is too high; whether that
	// is a measure or a sign only.
	miss     float64
	measured bool
	at       float64 // L where it ended
	ok       bool
}

// most is how many steps an integration may take.
const most = 20000

// shoot integrates down from the top bid. With record it keeps the steps.
func (s *system) shoot(top float64, tolerance float64, record bool) shot {
	s.steps = s.steps[:0]
	if !s.start(top) {
		return shot{miss: -1, ok: true}
	}
	d := dive{system: s, tolerance: tolerance, record: record, width: 0.1, force: -1, near: math.Inf(1)}
	d.l = s.all(s.y)
	d.x, d.from = d.l, d.l
	if s.inLog {
		d.x = math.Log(-d.l)
	}
	s.stiff = s.inLog
	for count := range most {
		if end, over := d.advance(count); over {
			return end
		}
	}
	return shot{at: d.l}
}

// dive is an integration on its way down.
type dive struct {
	*system
	tolerance float64
	record    bool

	x, l     float64 // the place in the variable in use, and L there
	width    float64 // of the next step
	fresh    bool    // whether the slope there is known
	rejected bool    // whether the last attempt was
	force    int     // who joins, or whose piece ends, at the end of the next step, or -1

	held, free int // steps held back by stability, and implicit ones that would not have been

	peak       float64 // what was missed where bids came next to a value, 0 where they did not
	near, from float64 // how near they were to one at the last step, and L there
}

// advance makes a step, or shortens the next, and reports whether the integration is over, and how.
func (d *dive) advance(count int) (end shot, over bool) {
	if d.count() < 2 {
		return d.finish(d.l), true
	}
	if d.inLog && d.x >= -1e-12 {
		d.inLog, d.x, d.width, d.fresh = false, d.l, 0.1, false
	}
	if !d.fresh && !d.rate(d.x, d.y, d.ode.slopes[0]) {
		return d.above(d.l, d.peak), true
	}
	d.fresh = true
	h, final := d.stride()
	if h == 0 {
		return d.finish(d.l), true
	}
	err, ok := d.attempt(h)
	if !ok && (math.Abs(h) < 1e-9 || count > 3000 && d.seeking) {
		return d.above(d.l, d.peak), true
	}
	least := math.Abs(h) < 1e-11*math.Max(1, math.Abs(d.x)) // it cannot be made smaller
	if !ok || err > d.tolerance && !least {
		d.retreat(h, err, ok)
		return shot{}, false
	}
	d.last.at, d.last.width, d.last.cut, d.last.inLog, d.shaped = d.x, h, 1, d.inLog, false
	if h, ok = d.shorten(h); !ok {
		return shot{}, false
	}
	if h != 0 {
		if d.late(d.x+h) && math.Abs(h) > 1e-6 {
			d.width, d.rejected, d.force = math.Abs(h)/4, true, -1
			return shot{}, false
		}
		d.accept(h, err)
	}
	d.stability(h)
	joined := d.join(d.l)
	if joined || d.force >= 0 {
		return d.turn(joined)
	}
	return d.over(h, final)
}

// stride is the next step's width with its sign, and whether it is the last.
func (d *dive) stride() (h float64, final bool) {
	last := d.system.end
	if d.inLog {
		last = math.Min(0, math.Log(-last))
	}
	if h = d.width; h >= math.Abs(last-d.x) {
		h, final = math.Abs(last-d.x), !d.inLog || last < 0
	}
	if !d.inLog {
		h = -h
	}
	return h, final
}

// attempt makes a step to ode.end, with its error.
func (d *dive) attempt(h float64) (err float64, ok bool) {
	if d.stiff {
		ok = d.implicit(d.x, h)
	} else {
		ok = d.ode.step(d.rate, d.x, h, d.y)
	}
	if ok {
		err = d.error(d.l, d.tolerance)
	}
	return err, ok && !math.IsNaN(err)
}

// retreat shortens the next step after one that failed or whose error was too large.
func (d *dive) retreat(h, err float64, ok bool) {
	shrink := 0.25
	if ok {
		shrink = math.Max(0.2, 0.9*d.power(d.tolerance/err))
	} else if !d.stiff {
		d.stiff, d.held, d.free = true, 0, 0
	}
	d.width, d.rejected, d.force = math.Abs(h)*shrink, true, -1
	if d.ode.held {
		d.held++
	}
}

// shorten looks for who joins and for ends of pieces inside the step: false means that it is to be
// made again up to there, 0 that one is where the step starts.
func (d *dive) shorten(h float64) (float64, bool) {
	if d.force >= 0 {
		return h, true
	}
	w, who := d.event()
	if who < 0 {
		return h, true
	}
	d.force = who
	switch {
	case w >= 1-1e-9:
		return h, true
	case math.Abs(w*h) > 1e-14*math.Max(1, math.Abs(d.x)):
		d.width = math.Abs(h) * w
		return h, false
	}
	copy(d.ode.end, d.y)
	return 0, true
}

// accept goes to the end of the step, records it, and says how long the next is to be.
func (d *dive) accept(h, err float64) {
	k := len(d.groups)
	if i := d.force; i >= 0 && d.mode[i] == in { // the end of a piece to the letter
		d.ode.end[i] = d.pieces[i][d.piece[i]].lo
		d.shaped = false
	}
	if d.record || d.ode.end[k] < d.low {
		d.shape()
	}
	if d.record {
		d.keep()
	}
	copy(d.y, d.ode.end)
	d.ode.slopes[0], d.ode.slopes[ending] = d.ode.slopes[ending], d.ode.slopes[0]
	d.x += h
	if d.l = d.x; d.inLog {
		d.l = -math.Exp(d.x)
	}
	grow := 5.0
	if err > 0 {
		grow = math.Min(5, 0.9*d.power(d.tolerance/err))
	}
	if d.rejected {
		grow = math.Min(grow, 1)
	}
	d.rejected = false
	old := d.width
	d.width = math.Min(math.Abs(h)*math.Max(grow, 0.3), 4)
	if d.force >= 0 && !(d.inLog && d.stiff) {
		d.width = math.Max(d.width, old/5)
	}
}

// stability changes to implicit steps where explicit ones are held back, and back again.
func (d *dive) stability(h float64) {
	switch {
	case d.stiff:
		if d.free++; d.stiffness*math.Abs(h) > 2 {
			d.free = 0
		}
		if d.free > 10 {
			d.stiff, d.held, d.free = false, 0, 0
		}
	case d.ode.held:
		if d.held++; d.held > 15 {
			d.stiff, d.held, d.free = true, 0, 0
		}
	case d.held > 0:
		d.held--
	}
}

// turn goes on with who has joined, or by the next piece.
func (d *dive) turn(joined bool) (end shot, over bool) {
	if i := d.force; i >= 0 {
		if d.mode[i] == in {
			d.y[i] = d.pieces[i][d.piece[i]].lo
		} else {
			d.mode[i] = in
		}
		d.force = -1
	}
	if !d.settle() {
		return d.above(d.l, d.peak), true
	}
	if d.l = d.all(d.y); d.l < 0 {
		if d.x = d.l; d.inLog {
			d.x = math.Log(-d.l)
		}
	}
	d.stiff = d.stiff || joined
	d.fresh = false
	return shot{}, false
}

// over reports whether the integration ends after a step of width h, and how.
func (d *dive) over(h float64, final bool) (end shot, over bool) {
	k := len(d.groups)
	b := d.y[k]
	if b < d.low-100*d.scale {
		return d.finish(d.l), true
	}
	if b < d.low && h != 0 && (d.strong >= 0 || d.system.end < -60) {
		w := d.crossing(1, func(w float64) float64 { d.last.inside(w, d.probe); return d.low - d.probe[k] })
		d.last.inside(w, d.y)
		d.y[k] = d.low
		if d.record {
			st := &d.steps[len(d.steps)-1]
			st.cut, st.width = w, w*st.width
		}
		return d.finish(d.last.l(w)), true
	}
	for i := range d.groups { // no types are left that could win
		if d.mode[i] == in && d.strong < 0 && !(d.phi[i] > d.low+1e-12*d.scale) {
			d.mode[i] = done
		}
	}
	if final || d.l < d.depth || d.strong < 0 && d.settled(d.l) {
		return d.finish(d.l), true
	}
	// A bid that is too high ends next to a value: then and there it says by how much.
	near := math.Inf(1)
	if b > d.low {
		near = d.tight() / (b - d.low)
	}
	if near > 1e-2 {
		d.peak = 0
	} else if d.peak == 0 {
		d.peak = (b - d.low) * math.Exp(d.l-d.least(d.y))
	}
	if d.rough && near < 0.03 && math.Log(d.near/near) > 5*(d.from-d.l) { // it will
		return d.above(d.l, d.peak), true
	}
	d.near, d.from = near, d.l
	return shot{}, false
}

// keep records the last step. Steps with the same groups taking part, by the same pieces, share
// what says so.
func (s *system) keep() {
	st := s.last
	if len(s.room) < len(st.c) {
		s.room = make([]float64, 64*len(st.c))
	}
	st.c, s.room = s.room[:len(st.c):len(st.c)], s.room[len(st.c):]
	copy(st.c, s.last.c)
	if n := len(s.steps); n > 0 && slices.Equal(s.steps[n-1].mode, s.mode) && slices.Equal(s.steps[n-1].piece, s.piece) {
		st.mode, st.piece = s.steps[n-1].mode, s.steps[n-1].piece
	} else {
		st.mode, st.piece = slices.Clone(s.mode), slices.Clone(s.piece)
	}
	s.steps = append(s.steps, st)
}

// power is the factor of a step's width for a ratio of errors.
func (s *system) power(ratio float64) float64 {
	if s.stiff {
		return math.Sqrt(math.Sqrt(ratio))
	}
	return s.ode.grow(ratio)
}

// error is the step's error as a share of E max v: of the bid by the chance to win, of
// the l_k by the value of the types that they misplace; of a tail to four digits.
func (s *system) error(l, tolerance float64) float64 {
	k := len(s.groups)
	err := math.Abs(s.ode.off[k]) * math.Exp(l-s.least(s.y)) / s.scale
	for i := range s.groups {
		if s.mode[i] != in {
			continue
		}
		e := math.Abs(s.ode.off[i])
		part := 0.0
		if s.tail[i] {
			part = e
			e *= math.Exp(s.y[i])
		} else if s.inLog {
			part = e / math.Max(-0.01*l, math.Max(math.Abs(s.y[i]), math.Abs(s.ode.end[i])))
		}
		e *= math.Exp(l) * math.Max(1, s.phi[i]/s.scale)
		err = math.Max(err, math.Max(e, part*tolerance*1e4))
	}
	return err
}

// least is min l_k over those who take part: e^(L-least) is the best chance to win.
func (s *system) least(y []float64) float64 {
	m := 0.0
	for i := range s.groups {
		if s.mode[i] == in {
			m = math.Min(m, s.l(i, y[i]))
		}
	}
	return m
}

// settled reports that what is left below matters no more to what is missed: in money it is
// at most the value above the lowest bid times the chance to win.
func (s *system) settled(l float64) bool {
	h := l - s.least(s.y)
	if h < -34 {
		return true
	}
	most := 0.0
	for i := range s.groups {
		if s.mode[i] == in {
			most = math.Max(most, s.phi[i]-s.low)
		}
	}
	return most*math.Exp(h) < 1e-3*math.Max(math.Abs(s.low-s.y[len(s.groups)])*math.Exp(h), s.enough*s.scale)
}

// tight is the least gain of those who take part.
func (s *system) tight() float64 {
	gap := math.Inf(1)
	for i := range s.groups {
		if s.mode[i] == in {
			gap = math.Min(gap, s.phi[i]-s.y[len(s.groups)])
		}
	}
	return gap
}

// above is the end of an integration from a top bid that is too high.
func (s *system) above(l, peak float64) shot {
	if s.y[len(s.groups)] < s.low { // it is not
		return s.finish(l)
	}
	if peak == 0 {
		peak = (s.y[len(s.groups)] - s.low) * math.Exp(l-s.least(s.y))
	}
	return shot{miss: -peak, measured: peak > 0, at: l, ok: true}
}

// finish measures what is missed, in money: what the types that are left at the lowest bid
// would have more than 0, or by how much the bids end above it, times the chance to win;
// or what a single agent above the others would have more than it can.
func (s *system) finish(l float64) shot {
	k := len(s.groups)
	b := s.y[k]
	if s.strong >= 0 {
		rivals := l
		if s.mode[s.strong] != waiting || !s.tail[s.strong] {
			rivals -= s.l(s.strong, s.y[s.strong])
		}
		miss := (s.groups[s.strong].low-b)*math.Exp(rivals) - s.floor
		if b == s.low && s.perT(s.y) > 0 { // the others have types left, too
			for i := range s.groups {
				if s.mode[i] == in && i != s.strong {
					miss = math.Max(miss, (s.phi[i]-b)*math.Exp(l-s.l(i, s.y[i])))
				}
			}
		}
		return shot{miss: miss, measured: true, at: l, ok: true}
	}
	miss := s.low - b
	if b == s.low && s.end < -60 && s.perT(s.y) > 0 {
		miss = s.tight()
	}
	return shot{miss: miss * math.Exp(l-s.least(s.y)), measured: true, at: l, ok: true}
}
