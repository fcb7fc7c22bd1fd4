package private

import (
	"math"
	"sort"
)

// search is a search for the zero of what a top bid misses, by a bracket: inverse
// quadratic interpolation where the three last points allow it, else halving (Chandrupatla
// 1997). The miss is linear in the top bid where values fall as powers at the lower end,
// and not where they do not.
type search struct {
	lo, hi    float64 // hi +Inf: none yet
	low, high float64 // what they miss, NaN where that is not known
	x, miss   float64 // the point that was an end before, NaN for none
	slope     float64 // an estimate
}

func newSearch(lo, hi, slope float64) search {
	none := math.NaN()
	return search{lo: lo, hi: hi, low: none, high: none, x: none, miss: none, slope: slope}
}

// take puts a point in the bracket.
func (z *search) take(x, miss float64, measured bool) {
	if measured && miss >= 0 {
		if !math.IsNaN(z.low) && z.low > miss {
			z.slope = (miss - z.low) / (x - z.lo)
		}
		z.x, z.miss = z.lo, z.low
		z.lo, z.low = x, miss
		return
	}
	if !measured {
		miss = math.NaN()
	} else if !math.IsNaN(z.high) && z.high < miss {
		z.slope = (z.high - miss) / (z.hi - x)
	}
	z.x, z.miss = z.hi, z.high
	z.hi, z.high = x, miss
}

// next is the point to look at.
func (z *search) next(scale float64) float64 {
	to := z.lo/2 + z.hi/2
	switch known, over := !math.IsNaN(z.low), !math.IsNaN(z.high); {
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
	z := newSearch(s.low, limit, 0)
	best := 0.0
	for _, pass := range [...]struct{ tolerance, enough, near float64 }{
		{math.Max(s.tolerance, 1e-7), 1e-6, 1e-7},
		{s.tolerance, 1e-13, 1e-11},
	} {
		found := false
		for range 100 {
			r := s.shoot(x, pass.tolerance, false)
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
		z = newSearch(s.low, limit, z.slope)
	}
	return best, true
}
