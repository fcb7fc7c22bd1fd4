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
	k := len(s.groups)
	s.steps = s.steps[:0]
	if !s.start(top) {
		return shot{miss: -1, ok: true}
	}
	l, peak := s.all(s.y), 0.0
	x, width, stiff, held, free := l, 0.1, false, 0, 0
	if s.inLog {
		x, width, stiff = math.Log(-l), 0.1, true
	}
	rejected, fresh, force := false, false, -1
	before, from := math.Inf(1), l
	for count := range most {
		if s.count() < 2 {
			return s.finish(l)
		}
		if s.inLog && x >= -1e-12 {
			s.inLog, x, width, fresh = false, l, 0.1, false
		}
		if !fresh {
			if !s.rate(x, s.y, s.ode.slopes[0]) {
				return s.above(l, peak)
			}
			fresh = true
		}
		last := s.end
		if s.inLog {
			last = math.Min(0, math.Log(-s.end))
		}
		h, final := width, false
		if h >= math.Abs(last-x) {
			h, final = math.Abs(last-x), !s.inLog || last < 0
		}
		if h == 0 {
			return s.finish(l)
		}
		if !s.inLog {
			h = -h
		}
		var ok bool
		if stiff {
			ok = s.implicit(x, h)
		} else {
			ok = s.ode.step(s.rate, x, h, s.y)
		}
		err := 0.0
		if ok {
			err = s.error(l, tolerance)
		}
		if !ok || err > tolerance {
			if !ok && (math.Abs(h) < 1e-9 || count > 3000 && s.seeking) {
				return s.above(l, peak)
			}
			if ok && math.Abs(h) < 1e-11*math.Max(1, math.Abs(x)) {
				// accepted: it cannot be made smaller
			} else {
				if !ok && !stiff {
					stiff, held, free = true, 0, 0
				}
				shrink := 0.25
				if ok {
					shrink = math.Max(0.2, 0.9*s.power(tolerance/err, stiff))
				}
				width, rejected, force = math.Abs(h)*shrink, true, -1
				if !stiff {
					fresh = true
				}
				if s.ode.held {
					held++
				}
				continue
			}
		}
		s.last.at, s.last.width, s.last.cut, s.last.inLog, s.stiff, s.shaped = x, h, 1, s.inLog, stiff, false
		if force < 0 {
			if w, who := s.event(); who >= 0 {
				if w < 1-1e-9 {
					if math.Abs(w*h) > 1e-14*math.Max(1, math.Abs(x)) {
						width, force = math.Abs(h)*w, who
						continue
					}
					copy(s.ode.end, s.y)
					h = 0
				}
				force = who
			}
		}
		if h != 0 {
			if s.late(x + h) {
				if math.Abs(h) > 1e-6 {
					width, rejected, force = math.Abs(h)/4, true, -1
					continue
				}
			}
			if force >= 0 && s.mode[force] == in { // the end of a piece to the letter
				s.ode.end[force] = s.pieces[force][s.piece[force]].lo
				s.shaped = false
			}
			if record || s.ode.end[k] < s.low {
				s.shape()
			}
			if record {
				s.keep()
			}
			copy(s.y, s.ode.end)
			x += h
			s.ode.slopes[0], s.ode.slopes[ending] = s.ode.slopes[ending], s.ode.slopes[0]
			grow := 5.0
			if err > 0 {
				grow = math.Min(5, 0.9*s.power(tolerance/err, stiff))
			}
			if rejected {
				grow = math.Min(grow, 1)
			}
			rejected = false
			old := width
			width = math.Min(math.Abs(h)*math.Max(grow, 0.3), 4)
			if force >= 0 {
				width = math.Max(width, old/5)
			}
			if s.inLog && stiff {
				width = math.Min(math.Abs(h)*math.Max(grow, 0.3), 4)
			}
		}
		if l = x; s.inLog {
			l = -math.Exp(x)
		}
		// Stiff or not?
		if stiff {
			if free++; s.stiffness*math.Abs(h) > 2 {
				free = 0
			}
			if free > 10 {
				stiff, held, free = false, 0, 0
			}
		} else if s.ode.held {
			if held++; held > 15 {
				stiff, held, free = true, 0, 0
			}
		} else if held > 0 {
			held--
		}
		joined := s.join(l)
		if force >= 0 || joined {
			if force >= 0 {
				if s.mode[force] == in {
					s.y[force] = s.pieces[force][s.piece[force]].lo
				} else {
					s.mode[force] = in
				}
				force = -1
			}
			if !s.settle() {
				return s.above(l, peak)
			}
			if l = s.all(s.y); l < 0 {
				if x = l; s.inLog {
					x = math.Log(-l)
				}
			}
			stiff = stiff || joined
			fresh = false
			continue
		}
		if s.y[k] < s.low-100*s.scale {
			return s.finish(l)
		}
		if s.y[k] < s.low && h != 0 && (s.strong >= 0 || s.end < -60) {
			w := s.crossing(1, func(w float64) float64 { s.last.inside(w, s.probe); return s.low - s.probe[k] })
			s.last.inside(w, s.y)
			s.y[k] = s.low
			if record {
				st := &s.steps[len(s.steps)-1]
				st.cut, st.width = w, w*st.width
			}
			return s.finish(s.last.l(w))
		}
		for i := range s.groups { // no types are left that could win
			if s.mode[i] == in && s.strong < 0 && !(s.phi[i] > s.low+1e-12*s.scale) {
				s.mode[i] = done
			}
		}
		if final || l < s.depth || s.strong < 0 && s.settled(l) {
			return s.finish(l)
		}
		// A bid that is too high ends next to a value: then and there it says by how much.
		near := math.Inf(1)
		if s.y[k] > s.low {
			near = s.tight() / (s.y[k] - s.low)
		}
		if near > 1e-2 {
			peak = 0
		} else if peak == 0 {
			peak = (s.y[k] - s.low) * math.Exp(l-s.least(s.y))
		}
		if s.rough && near < 0.03 && math.Log(before/near) > 5*(from-l) { // it will
			return s.above(l, peak)
		}
		before, from = near, l
	}
	return shot{at: l}
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
func (s *system) power(ratio float64, stiff bool) float64 {
	if stiff {
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
		return shot{miss: (s.groups[s.strong].low-b)*math.Exp(rivals) - s.floor, measured: true, at: l, ok: true}
	}
	miss := s.low - b
	if b == s.low && s.end < -60 && s.perT(s.y) > 0 {
		miss = s.tight()
	}
	return shot{miss: miss * math.Exp(l-s.least(s.y)), measured: true, at: l, ok: true}
}
