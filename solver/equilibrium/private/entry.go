package private

import "math"

// Who takes part in the system at a bid. From the top down a group joins when its next
// type no longer waits, T (v - b) > 1 with T over those who take part, and leaves where a
// piece of its values ends and the next type is less. The tails of groups whose top has no
// end or no density take part from the first; the types of a tail that is far lighter than
// the others' follow these, p = T, and take part once they are more than a few. A test
// asserts that an atom's types join where a uniform rival's bids make them indifferent
// (Vickrey 1961, appendix III: 7/16 for a known 1/2 against U[0,1]).

// start sets the state at a top bid. Next to a top without end or density the first step,
// from L = 0, is one of Euler's implicit method: q_k = |L| (1 - p_k(q_k)/T) for the
// survival q_k, with T so that they sum to |L|.
func (s *system) start(top float64) bool {
	k := len(s.groups)
	s.inLog = s.tipped
	for i := range s.groups {
		s.mode[i], s.piece[i], s.y[i] = waiting, 0, 0
	}
	s.y[k] = top
	if !s.tipped {
		return s.settle()
	}
	size := s.tip * 4
	// The highest values first, then whoever does not wait for the others.
	for {
		best, most := -1, 0.0
		n, sum := 0, 0.0
		for i, g := range s.groups {
			if s.mode[i] == in {
				n += g.n
				sum += float64(g.n) * s.p[i]
			}
		}
		for i, g := range s.groups {
			v := g.high
			if v == math.Inf(1) {
				v = g.upper(size)
			}
			if s.mode[i] == waiting && v > top && v > most {
				best, most = i, v
			}
		}
		if best < 0 {
			break
		}
		g := s.groups[best]
		s.starts[best] = size
		if n >= 2 {
			perT := float64(n-1) / sum
			if v := top + perT; v >= g.high {
				break
			} else if v > most {
				if s.starts[best] = g.survival(v); !(s.starts[best] > few*size) {
					break
				}
			}
		}
		s.mode[best], s.p[best] = in, 1/(most-top)
	}
	n := s.count()
	if n < 2 {
		return false
	}
	for range 12 {
		change := 0.0
		for i := range s.groups {
			if s.mode[i] == in {
				q := s.tipShare(i, n, top, size)
				change = math.Max(change, math.Abs(math.Log(q/s.starts[i])))
				s.starts[i] = q
			}
		}
		if change < 0.01 {
			break
		}
	}
	for i := range s.groups {
		if s.mode[i] != in {
			continue
		}
		if s.y[i] = math.Log1p(-s.starts[i]); s.tail[i] {
			s.y[i] = math.Log(-s.y[i])
		}
	}
	return true
}

// tipShare is the root q of q = size (1 - p(q)/T) for group k while the others' p stay.
func (s *system) tipShare(k, n int, b, size float64) float64 {
	g := s.groups[k]
	others := s.others(k)
	part := func(q float64) float64 {
		s.p[k] = 1 / (g.upper(q) - b)
		if s.p[k] < 0 {
			return 0
		}
		return size * (others - float64(n-1-g.n)*s.p[k]) / (others + float64(g.n)*s.p[k])
	}
	lo, hi := 1e-290, size
	for range 60 {
		mid := math.Sqrt(lo) * math.Sqrt(hi)
		if part(mid) > mid {
			lo = mid
		} else {
			hi = mid
		}
		if hi < 1.001*lo {
			break
		}
	}
	part(lo)
	return lo
}

// settle ends pieces that are over and lets groups in whose next type need not wait. False
// means that a type would have to bid above its value; whether anybody competes is for
// count to say.
func (s *system) settle() bool {
	k := len(s.groups)
	b := s.y[k]
	for i := range s.groups {
		for s.mode[i] == in {
			pieces := s.pieces[i]
			p := &pieces[s.piece[i]]
			if s.tail[i] || math.IsInf(p.lo, -1) || s.y[i] > p.lo+1e-14*math.Max(1, -p.lo) {
				break
			}
			s.y[i] = p.lo
			s.piece[i]++
			switch {
			case s.piece[i] == len(pieces):
				s.mode[i] = done
			case pieces[s.piece[i]].top < p.bottom*(1-1e-13):
				s.mode[i] = waiting
			}
		}
	}
	for {
		best, most := -1, 0.0
		n := s.count()
		perT := 0.0
		if n >= 2 {
			if perT = s.perT(s.y); perT == 0 {
				return false
			}
		}
		for i := range s.groups {
			if s.mode[i] != waiting || n >= 2 && s.tail[i] {
				continue
			}
			if v := s.pieces[i][s.piece[i]].top; v > b+perT*(1+1e-12) && v > most {
				best, most = i, v
			}
		}
		if best < 0 {
			if n < 2 {
				for i := range s.groups {
					if s.mode[i] == waiting {
						return false
					}
				}
			}
			return true
		}
		if s.mode[best] = in; s.tail[best] {
			s.y[best] = math.Log(s.tip)
		}
	}
}

// event is the fraction of the last step at which a piece ends or a group joins first, and
// which; 1 and -1 for none.
func (s *system) event() (float64, int) {
	k := len(s.groups)
	w, who := 1.0, -1
	perT := -1.0
	for i := range s.groups {
		switch s.mode[i] {
		case in:
			if p := &s.pieces[i][s.piece[i]]; !s.tail[i] && s.ode.end[i] < p.lo {
				s.shape()
				if at := s.crossing(w, func(v float64) float64 { s.last.inside(v, s.probe); return p.lo - s.probe[i] }); at < w || who < 0 {
					w, who = at, i
				}
			}
		case waiting:
			if s.tail[i] {
				continue
			}
			v := s.pieces[i][s.piece[i]].top
			if perT < 0 {
				perT = s.perT(s.ode.end)
			}
			if perT == 0 || v-s.ode.end[k] <= perT {
				continue
			}
			s.shape()
			if at := s.crossing(w, func(x float64) float64 {
				s.last.inside(x, s.probe)
				return v - s.probe[k] - s.perT(s.probe)
			}); at < w || who < 0 {
				w, who = at, i
			}
		}
	}
	return w, who
}

// crossing is where f turns positive on [0, w], at w where it does not (Illinois).
func (s *system) crossing(w float64, f func(float64) float64) float64 {
	a, b := 0.0, w
	fa, fb := f(a), f(b)
	if fb <= 0 {
		return w
	}
	if fa >= 0 {
		return 0
	}
	side := 0
	for range 60 {
		c := b - fb*(b-a)/(fb-fa)
		if !(c > a && c < b) {
			c = a/2 + b/2
		}
		if fc := f(c); fc >= 0 {
			if b, fb = c, fc; side > 0 {
				fa /= 2
			}
			side = 1
		} else {
			if a, fa = c, fc; side < 0 {
				fb /= 2
			}
			side = -1
		}
		if b-a < 1e-13 || fb == 0 {
			break
		}
	}
	return b
}

// few is the part of the tail that may follow the others without taking part.
const few = 1e-10

// follower is the survival of the types of group k that would bid b if they follow the
// others, who take part.
func (s *system) follower(k int, b, perT float64) float64 {
	g := s.groups[k]
	v := b + s.first*perT
	if v >= g.high {
		return 0
	}
	return g.survival(v)
}

// trailing is follower for what a group that does not take part plays: a group whose top
// has a density waits.
func (s *system) trailing(k int, b, perT float64) float64 {
	if s.mode[k] != waiting || !s.tail[k] && (!s.relaxed || s.groups[k].point()) {
		return 0
	}
	return s.follower(k, b, perT)
}

// join lets groups in whose tails follow the others, once they are more than few.
func (s *system) join(l float64) bool {
	some, perT := false, -1.0
	for i := range s.groups {
		if s.mode[i] != waiting || !s.tail[i] {
			continue
		}
		if perT < 0 {
			if perT = s.perT(s.y); perT == 0 {
				return false
			}
		}
		if q := s.follower(i, s.y[len(s.groups)], perT); q > few*math.Min(1, -l) {
			s.mode[i] = in
			s.y[i] = math.Log(-math.Log1p(-q))
			some = true
		}
	}
	return some
}

// late reports that at the end of a step many more types follow than should.
func (s *system) late(x float64) bool {
	perT := -1.0
	if s.inLog {
		x = -math.Exp(x)
	}
	for i := range s.groups {
		if s.mode[i] != waiting || !s.tail[i] {
			continue
		}
		if perT < 0 {
			perT = s.perT(s.ode.end)
		}
		if s.follower(i, s.ode.end[len(s.groups)], perT) > 1e4*few*math.Min(1, -x) {
			return true
		}
	}
	return false
}
