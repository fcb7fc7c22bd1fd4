package private

import "math"

// Shots from the top bid downward for the system of allpay_many.go, by explicit steps to where
// somebody joins or drops out.

// landing is how a shot from the top bid ended: with nobody left to compete, above the reserve, or
// at the reserve, where miss is what a second agent still gains.
type landing struct {
	high bool
	miss float64
	at   float64 // L
	ok   bool
}

// descent is a place on the way down from a top bid: L, or ln(-L) next to the top of values without
// end, and how long the next step is to be.
type descent struct {
	x, width float64
	inLog    bool
}

// l is L there.
func (s *descent) l() float64 {
	if s.inLog {
		return -math.Exp(s.x)
	}
	return s.x
}

// shoot integrates down from the top bid.
func (p *paying) shoot(top float64) landing {
	s, ok := p.launch(top)
	if !ok {
		return landing{high: true, miss: top - p.reserve, ok: true}
	}
	for range 6000 {
		l := s.l()
		p.pass()
		if p.join(l, p.y) {
			l = 0
			for i, g := range p.groups {
				l += float64(g.n) * p.y[i]
			}
			if s.x = l; s.inLog && l < 0 {
				s.x = math.Log(-l)
			}
			s.width = math.Min(s.width, 0.02)
		}
		if end, over := p.over(&s, l); over {
			return end
		}
		if s.inLog && s.x >= 0 {
			s = descent{x: l, width: 0.1}
			continue
		}
		if !p.advance(&s) {
			return landing{}
		}
	}
	return landing{}
}

// launch starts at the top bid; false means that nobody bids so much.
func (p *paying) launch(top float64) (descent, bool) {
	k := len(p.groups)
	p.steps = p.steps[:0]
	clear(p.y)
	for i := range p.part {
		p.part[i], p.gain[i], p.kink[i] = waits, 0, 0
	}
	p.y[k] = top
	p.join(0, p.y)
	s := descent{inLog: p.inLog, width: 0.1}
	if !s.inLog {
		return s, true
	}
	n := 0
	for i, g := range p.groups {
		if p.part[i] == bids {
			n += g.n
		}
	}
	if n == 0 {
		return s, false
	}
	s.x = math.Log(p.tip * float64(n))
	for i := range p.groups {
		if p.part[i] == bids {
			p.y[i] = -math.Exp(s.x) / float64(n)
		}
	}
	return s, true
}

// over lets drop out whose next type has nothing left, writes the slope into ode.slopes[0], and
// reports whether the shot ends here, and how.
func (p *paying) over(s *descent, l float64) (end landing, over bool) {
	y, bid := p.y, p.y[len(p.groups)]
	for i := range p.groups {
		if p.part[i] == bids && p.payoff(i, l, y) <= 1e-15*p.scale {
			p.part[i] = stands
		}
	}
	if !p.rate(s)(s.x, y, p.ode.slopes[0]) {
		return landing{high: true, miss: bid - p.reserve, at: l, ok: true}, true
	}
	for i := range p.groups {
		if d := p.ode.slopes[0][i]; p.part[i] == bids && (d < 0 && !s.inLog || d > 0 && s.inLog) { // it would rather bid less
			return landing{miss: math.Inf(-1), at: l, ok: true}, true
		}
		if p.record && p.part[i] != bids {
			p.gain[i] = math.Max(p.gain[i], p.payoff(i, l, y))
		}
	}
	switch {
	case bid <= p.reserve:
		return landing{miss: -p.second(l, y), at: l, ok: true}, true
	case !(l < -700 || math.Exp(l)*p.most(y) < 1e-14*p.scale):
		return landing{}, false
	case p.reserve > 0:
		return landing{high: true, miss: bid - p.reserve, at: l, ok: true}, true
	}
	return landing{high: bid > 0, miss: bid, at: l, ok: true}, true
}

// advance makes a step, up to the first event only, or shortens the next; false means that no step
// is short enough.
func (p *paying) advance(s *descent) bool {
	h := -s.width
	if s.inLog {
		h = math.Min(s.width, -math.Min(s.x, -1e-300))
	}
	err, ok := p.attempt(s, h)
	if !ok || err > p.tolerance {
		shrink := 0.3
		if ok {
			shrink = math.Max(0.2, 0.9*p.ode.grow(p.tolerance/err))
		}
		s.width = math.Abs(h) * shrink
		return math.Abs(h) >= 1e-12
	}
	whole := p.shape(s, h)
	if share := p.event(&whole); share < 1 {
		h *= math.Min(1, math.Max(share, 1e-11/math.Abs(h))) // past it, however near
		if _, ok = p.attempt(s, h); !ok {
			return false
		}
		whole = p.shape(s, h)
	}
	if p.record {
		p.steps = append(p.steps, payment{whole, append([]part(nil), p.part...)})
	}
	copy(p.y, p.ode.end)
	s.x += h
	grow := 5.0
	if err > 0 {
		grow = math.Min(5, 0.9*p.ode.grow(p.tolerance/err))
	}
	s.width = math.Min(math.Max(math.Abs(h)*grow, 1e-9), 1)
	return true
}

// rate is the slope by x, which is L or ln(-L), at states whose l_k are cut at 0.
func (p *paying) rate(s *descent) func(x float64, y, dy []float64) bool {
	return func(x float64, y, dy []float64) bool {
		for i := range p.groups {
			y[i] = math.Min(0, y[i])
		}
		if !s.inLog {
			return p.slope(x, y, dy)
		}
		l := -math.Exp(x)
		if !p.slope(l, y, dy) {
			return false
		}
		for i := range dy {
			dy[i] *= l
		}
		return true
	}
}

// attempt is a step from the slope in ode.slopes[0] to ode.end, and its error.
func (p *paying) attempt(s *descent, h float64) (err float64, ok bool) {
	if !p.ode.step(p.rate(s), s.x, h, p.y) {
		return 0, false
	}
	k := len(p.groups)
	for i := range p.y {
		e := math.Abs(p.ode.off[i])
		if i == k {
			e /= p.scale
		} else if h > 0 && p.part[i] == bids { // in ln(-L): shares of the tail to four digits
			from := math.Max(math.Abs(p.y[i]), math.Abs(p.ode.end[i]))
			if p.groups[i].high < math.Inf(1) {
				from = math.Max(from, p.tolerance)
			}
			e = math.Max(e, 1e4*p.tolerance*e/from)
		}
		err = math.Max(err, e)
	}
	return err, !math.IsNaN(err)
}

// shape is the step with its polynomial.
func (p *paying) shape(s *descent, h float64) step {
	st := step{at: s.x, width: h, cut: 1, inLog: s.inLog, c: make([]float64, terms*len(p.y))}
	p.ode.dense(p.rate(s), s.x, h, p.y, &st)
	return st
}

// pass counts the kinks that are behind.
func (p *paying) pass() {
	for i, kinks := range p.kinks {
		for p.kink[i] < len(kinks) && p.y[i] <= kinks[p.kink[i]]+1e-9 {
			p.kink[i]++
		}
	}
}

// event is the share of a step after which somebody joins or drops out, or meets a kink of its
// distribution function, or the bid is the reserve; 1 for none.
func (p *paying) event(st *step) float64 {
	y := p.at
	k := len(p.groups)
	happened := func(w float64) bool {
		st.inside(w, y)
		for i := range y[:k] {
			y[i] = math.Min(0, y[i])
		}
		l := st.l(w)
		if y[k] < p.reserve {
			return true
		}
		for i := range p.groups {
			if p.part[i] == bids && (p.payoff(i, l, y) < 0 || p.kink[i] < len(p.kinks[i]) && y[i] < p.kinks[i][p.kink[i]]) {
				return true
			}
			if _, ok := p.ready(i, l, y); ok {
				return true
			}
		}
		return false
	}
	if !happened(1) {
		return 1
	}
	lo, hi := 0.0, 1.0
	for range 60 {
		if mid := lo/2 + hi/2; happened(mid) {
			hi = mid
		} else {
			lo = mid
		}
	}
	return hi
}

// second is the second largest pay-off of those who take part.
func (p *paying) second(l float64, y []float64) float64 {
	most, next := math.Inf(-1), math.Inf(-1)
	for i, g := range p.groups {
		if p.part[i] != bids {
			continue
		}
		for range min(g.n, 2) {
			u := p.payoff(i, l, y)
			next = math.Max(next, math.Min(most, u))
			most = math.Max(most, u)
		}
	}
	return next
}

// most is the largest phi_k/F_k of those who take part.
func (p *paying) most(y []float64) float64 {
	most := 0.0
	for i := range p.groups {
		if p.part[i] == bids {
			most = math.Max(most, p.value(i, y[i])*math.Exp(-y[i]))
		}
	}
	return most
}
