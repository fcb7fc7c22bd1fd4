package private

import (
	"math"
	"sort"
)

// aim is a search for the top bid: what is missed below falls to 0 about as a power, near
// 1, of the distance to the bid sought, above which an integration mostly ends early and
// measures nothing. So the search stays on the low side: it extrapolates, by a power
// through the last three points once it can, and stops short by a part of the way that is
// a few times what the extrapolation was off before.
type aim struct {
	lo, hi float64    // hi 0: none yet
	x, m   [3]float64 // the last points of the low side, the latest first
	n      int        // how many
	over   [2]float64 // the least point above that was measured, 0 for none
	short  float64    // by what part of the way to stop short
	halve  bool       // whether to halve next
	start  float64    // where an earlier search would have looked next, 0 for none
	last   float64    // the last extrapolation by a power, 0 for none
}

// low takes in a point on the low side.
func (a *aim) low(x, m float64) {
	if a.n > 0 && (x <= a.x[0] || m >= a.m[0]) { // noise: start anew from the better
		if m >= a.m[0] {
			a.lo = math.Max(a.lo, x)
			a.halve = true
			return
		}
		a.n = 0
	}
	copy(a.x[1:], a.x[:2])
	copy(a.m[1:], a.m[:2])
	a.x[0], a.m[0] = x, m
	a.n = min(a.n+1, 3)
	a.lo = x
}

// root is where the power through the three points is 0, or where the line through the
// last two is.
func (a *aim) root() float64 {
	line := a.x[0] - a.m[0]*(a.x[0]-a.x[1])/(a.m[0]-a.m[1])
	if a.n < 3 {
		return line - 0.2*(line-a.x[0])
	}
	near, far := math.Log(a.m[0]/a.m[1]), math.Log(a.m[1]/a.m[2])
	bent := func(r float64) bool {
		return near*math.Log((r-a.x[1])/(r-a.x[2])) > far*math.Log((r-a.x[0])/(r-a.x[1]))
	}
	lo, hi := a.x[0], a.x[0]+3*(line-a.x[0])
	if !bent(hi) {
		return line
	}
	for range 50 {
		if mid := lo/2 + hi/2; bent(mid) {
			hi = mid
		} else {
			lo = mid
		}
	}
	if a.last > a.x[1] {
		a.short = math.Min(0.3, math.Max(0.003, 2*math.Abs(hi-a.last)/(a.last-a.x[1])))
	} else {
		a.short = 0.04
	}
	a.last = hi
	return hi
}

// next is the bid to look at.
func (a *aim) next(scale float64) float64 {
	var to float64
	switch {
	case a.n == 0 && a.hi == 0:
		return 2 * a.lo
	case a.n == 0 || a.halve && a.hi > 0:
		a.halve = false
		return a.lo/2 + a.hi/2
	case a.over[0] > 0:
		to = a.x[0] + (a.over[0]-a.x[0])*a.m[0]/(a.m[0]-a.over[1])
		a.halve = true // in turn with halving, so that neither end stays
		if to > a.lo && to < a.hi {
			return to
		}
		return a.lo/2 + a.hi/2
	case a.n == 1:
		if to = a.x[0] + a.m[0]/2; a.start > a.x[0] {
			to = a.start
		}
	default:
		to = a.root()
	}
	if to -= a.short * (to - a.x[0]); a.hi > 0 && to >= a.hi {
		return a.x[0]/2 + a.hi/2
	} else if a.hi == 0 {
		to = math.Min(to, 4*(a.x[0]+scale))
	}
	return to
}

// top finds the top bid: roughly first, then as well as asked for.
func (s *system) top() (float64, bool) {
	// A group's top bid is below the second highest top of all agents.
	tops := []float64{}
	for _, g := range s.groups {
		for range min(g.n, 2) {
			tops = append(tops, g.high)
		}
	}
	sort.Float64s(tops)
	limit := tops[len(tops)-2]
	a := aim{lo: s.low, hi: limit, short: 0.15}
	if math.IsInf(limit, 1) {
		a.hi = 0
	}
	x := math.Min(s.scale, s.low/2+math.Min(limit, 2*s.scale)/2)
	if x <= a.lo {
		x = a.lo + 0.25*(math.Min(limit, a.lo+s.scale)-a.lo)
	}
	tolerance := math.Max(s.tolerance, 1e-7)
	enough := math.Max(1e-12, 0.02*s.tolerance) * s.scale
	for range 200 {
		if a.hi > 0 && !(x > a.lo && x < a.hi) {
			x = a.lo/2 + a.hi/2
		}
		if x <= a.lo || a.hi > 0 && x >= a.hi {
			break
		}
		r := s.shoot(x, tolerance, false)
		if !r.ok {
			return 0, false
		}
		if r.high || r.miss < 0 {
			a.hi = x
			if !r.high {
				if a.n > 0 && tolerance == s.tolerance && -r.miss <= enough {
					return x, true
				}
				a.over = [2]float64{x, r.miss}
			}
			a.short = math.Min(0.3, 4*a.short)
			if a.n > 0 && tolerance > s.tolerance && x-a.x[0] <= 1e-6*s.scale {
				x = a.refined(s.low, limit)
				tolerance = s.tolerance
			} else {
				x = a.next(s.scale)
			}
		} else {
			a.low(x, r.miss)
			if tolerance > s.tolerance && r.miss <= 1e-6*s.scale {
				x = a.refined(s.low, limit)
				tolerance = s.tolerance
				continue
			}
			if r.miss <= enough && tolerance == s.tolerance {
				break
			}
			x = a.next(s.scale)
		}
		if near := 0.1 * s.tolerance * s.scale; tolerance == s.tolerance && a.n > 0 &&
			(a.hi > 0 && a.hi-a.x[0] <= near || r.ok && !r.high && r.miss > 0 && a.n == 3 && x > a.x[0] && x-a.x[0] <= near) {
			break // nearer, what is missed is noise
		}
		if a.hi > 0 && a.hi-a.lo <= 4e-16*a.hi {
			break
		}
	}
	if a.n == 0 {
		return 0, false
	}
	return a.x[0], true
}

// refined starts the finer search at the best point of the rough one, of whose points
// and bracket none holds for it, and returns that point.
func (a *aim) refined(low, limit float64) float64 {
	x, start := a.x[0], 0.0
	if a.n > 1 {
		start = a.root()
	}
	*a = aim{lo: low, hi: limit, short: 0.1, start: start}
	if math.IsInf(limit, 1) {
		a.hi = 0
	}
	return x
}
