package private

import (
	"math"
	"sort"
)

// search is a search for the zero of what a top bid misses, by a bracket. From below the miss
// falls about as a power, near 1, of the distance to the zero, and is cheap to measure; above
// it falls off faster, and the integration is stiff. So the search stays below where it can:
// it extrapolates by the power through the last three points (the line, through two), and
// stops short by a few times what the extrapolation was off before. Where that does not help,
// inverse quadratic interpolation in the bracket, or halving (Chandrupatla 1997). The miss is
// linear in the top bid where values fall as powers at the lower end, and not where they do
// not.
type search struct {
	lo, hi    float64 // hi +Inf: none yet
	low, high float64 // what they miss, NaN where that is not known
	x, miss   float64 // the point that was an end before, NaN for none
	slope     float64 // an estimate, of the low side

	below   [3][2]float64 // the last points of the low side and their misses, the latest first
	n       int           // how many
	aimed   float64       // the last extrapolation by a power, 0 for none
	short   float64       // by what part of the way to stop short
	carried int           // how many are another search's
	slow    bool          // whether the last extrapolation brought little
}

func newSearch(lo, hi float64) search {
	none := math.NaN()
	return search{lo: lo, hi: hi, low: none, high: none, x: none, miss: none, short: 0.1}
}

// again is a search for nearly the same zero, which is to begin with the last point of the low side:
// from there its points are carried over, shifted by what the misses now differ.
func (z *search) again(lo, hi float64) search {
	next := newSearch(lo, hi)
	next.slope, next.below, next.carried = z.slope, z.below, z.n
	next.aimed, next.short = z.aimed, z.short
	return next
}

// take puts a point in the bracket.
func (z *search) take(x, miss float64, measured bool) {
	if measured && miss >= 0 {
		if !math.IsNaN(z.low) && z.low > miss {
			z.slope = (miss - z.low) / (x - z.lo)
		}
		if z.n > 0 && !(miss < z.low) { // noise: start anew
			z.n, z.aimed = 0, 0
		}
		z.slow = z.n > 0 && miss > 0.4*z.low
		if z.carried > 0 && x == z.below[0][0] {
			shift := miss - z.below[0][1]
			for i := range z.below[:z.carried] {
				z.below[i][1] += shift
			}
			z.n = z.carried
		} else {
			copy(z.below[1:], z.below[:2])
			z.below[0] = [2]float64{x, miss}
			z.n = min(z.n+1, 3)
		}
		z.carried = 0
		z.x, z.miss = z.lo, z.low
		z.lo, z.low = x, miss
		return
	}
	z.carried = 0
	if !measured {
		miss = math.NaN()
	} else if !math.IsNaN(z.high) && z.high < miss && math.IsNaN(z.low) {
		z.slope = (z.high - miss) / (z.hi - x)
	}
	z.short = math.Min(0.3, 4*z.short)
	z.x, z.miss = z.hi, z.high
	z.hi, z.high = x, miss
}

// ahead is where the power through the last three points of the low side is 0, or the line
// through the last two.
func (z *search) ahead() float64 {
	a, b, c := z.below[0], z.below[1], z.below[2]
	line := a[0] - a[1]*(a[0]-b[0])/(a[1]-b[1])
	if z.n < 3 {
		return line
	}
	near, far := math.Log(a[1]/b[1]), math.Log(b[1]/c[1])
	bent := func(r float64) bool {
		return near*math.Log((r-b[0])/(r-c[0])) > far*math.Log((r-a[0])/(r-b[0]))
	}
	lo, hi := a[0], a[0]+3*(line-a[0])
	if !bent(hi) {
		return line
	}
	for range 40 {
		if mid := lo/2 + hi/2; bent(mid) {
			hi = mid
		} else {
			lo = mid
		}
	}
	z.short = 0.04
	if z.aimed > b[0] {
		z.short = math.Min(0.3, math.Max(2e-4, 2*math.Abs(hi-z.aimed)/(z.aimed-b[0])))
	}
	z.aimed = hi
	return hi
}

// next is the point to look at.
func (z *search) next(scale float64) float64 {
	if z.n > 1 && !z.slow && z.low > 0 {
		to := z.ahead()
		if to -= z.short * (to - z.lo); to > z.lo && to < z.hi {
			return math.Min(to, 4*(z.lo+scale))
		}
	}
	z.slow = false
	to := z.lo/2 + z.hi/2
	switch known, over := !math.IsNaN(z.low), !math.IsNaN(z.high); {
	case known && z.n == 1 && z.slope < 0:
		to = z.lo - (1-z.short)*z.low/z.slope
	case known && over && math.IsNaN(z.miss):
		to = z.lo + (z.hi-z.lo)*z.low/(z.low-z.high)
	case known && over:
		xi := (z.lo - z.hi) / (z.x - z.hi)
		phi := (z.low - z.high) / (z.miss - z.high)
		if z.x > z.hi { // the point before lies on the other side
			xi = (z.hi - z.lo) / (z.x - z.lo)
			phi = (z.high - z.low) / (z.miss - z.low)
		}
		if phi*phi < xi && (1-phi)*(1-phi) < 1-xi {
			a, b, c := z.low, z.high, z.miss
			to = z.lo*b*c/((a-b)*(a-c)) + z.hi*a*c/((b-a)*(b-c)) + z.x*a*b/((c-a)*(c-b))
		}
	case known && z.slope < 0:
		to = z.lo - 1.5*z.low/z.slope
	case over && z.slope < 0:
		to = z.hi - 1.5*z.high/z.slope
	case known && math.IsInf(z.hi, 1):
		to = z.lo + z.low
	}
	if math.IsInf(z.hi, 1) {
		if !(to > z.lo) || math.IsInf(to, 1) {
			to = 2*z.lo + scale
		}
		return math.Min(to, 4*(z.lo+scale))
	}
	if !(to > z.lo && to < z.hi) {
		return z.lo/2 + z.hi/2
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
	x := math.Min(s.scale, s.low/2+math.Min(limit, 2*s.scale)/2)
	if x <= s.low {
		x = s.low + 0.25*(math.Min(limit, s.low+s.scale)-s.low)
	}
	s.seeking = true
	defer func() { s.seeking = false }()
	z := newSearch(s.low, limit)
	best := 0.0
	for _, pass := range [...]struct{ tolerance, enough, near float64 }{
		{math.Max(s.tolerance, 1e-5), 1e-4, 1e-5},
		{math.Max(s.tolerance, 1e-7), 1e-6, 1e-7},
		{s.tolerance, math.Max(1e-13, 0.5*s.tolerance), math.Max(1e-12, 0.1*s.tolerance)},
	} {
		found := false
		s.enough, s.rough = pass.enough, pass.enough > 1e-5
		for try := range 100 {
			s.kept = x
			r := s.shoot(x, pass.tolerance, try > 0 && pass.tolerance == s.tolerance)
			if !r.ok {
				return 0, false
			}
			z.take(x, r.miss, r.measured)
			if r.measured && math.Abs(r.miss) <= pass.enough*s.scale {
				best, found = x, true
				break
			}
			if r.measured && r.miss >= 0 {
				best, found = x, true
			}
			if found && z.hi-best <= math.Max(pass.near*s.scale, 4e-16*best) {
				break
			}
			x = z.next(s.scale)
			if !(x > z.lo && x < z.hi) {
				break
			}
		}
		if !found {
			return 0, false
		}
		x = best
		z = z.again(s.low, limit)
	}
	return best, true
}

// trace keeps the steps of the integration from a top bid.
func (s *system) trace(top float64) bool {
	if s.kept == top && len(s.steps) > 0 {
		return true
	}
	return s.shoot(top, s.tolerance, true).ok && len(s.steps) > 0
}
