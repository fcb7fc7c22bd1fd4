package cartel

import (
	"math"
	"slices"
	"sort"
)

// The stage at the signals that matter: where D and G have kinks if they are
// piecewise linear in b, on a grid of squares (D has a vertical tangent in b at 0 in
// contests) otherwise. A ratio of piecewise linear functions is monotone between
// kinks, and delta G - (1-delta) D is linear there, so that auctions are exact; elsewhere the
// best grid point is refined by golden sections and crossings by bisection.

const (
	ratioSteps  = 40
	customSteps = 16
)

// tabulate fills points, ascending in b within each mode, with G > 0 only; the
// profile in which all stand back comes last.
func (s *stage) tabulate() {
	s.points = s.points[:0]
	for mode, exists := range s.shadows {
		if exists {
			s.column(s.lowest[mode], mode == 1)
		}
	}
	if s.kind == ratioed && s.ratio.Phantom == 0 && s.ratio.Fee > 0 && s.oversight <= 0 && len(s.values) > 1 {
		s.add(s.point(0, true, false))
	}
}

func (s *stage) add(p point) {
	if p.g > 0 && p.d >= 0 && p.d <= math.MaxFloat64 {
		s.points = append(s.points, p)
	}
}

func (s *stage) column(low float64, shadow bool) {
	switch s.kind {
	case fixed:
		s.add(s.sum(0, false, false))
		return
	case ranked:
		s.kinks(low, shadow)
		return
	}
	first := s.point(low, false, shadow)
	s.add(first)
	high := s.vanishing(low, first)
	if !(high > low) || first.g <= 0 {
		return
	}
	steps := s.steps()
	for k := 1; k < steps; k++ {
		x := float64(k) / float64(steps)
		s.add(s.point(low+(high-low)*x*x, false, shadow))
	}
}

func (s *stage) steps() int {
	if s.kind == custom {
		return customSteps
	}
	return ratioSteps
}

// kinks adds the points of an auction: its least bid and the values above that, where a
// member ceases to be tempted. Sums run over sorted values, so that a large market costs
// a sort.
func (s *stage) kinks(low float64, shadow bool) {
	if s.rivals-s.compete[s.leader] > 1e-12*s.values[s.leader] {
		s.corners(low, shadow)
		return
	}
	s.sorted = append(s.sorted[:0], s.values...)
	sort.Float64s(s.sorted)
	first, high, sum := len(s.points), math.Inf(1), 0.0
	for k := len(s.sorted) - 1; k >= 0 && s.sorted[k] > low; k-- {
		// sum is that of the k' values above this one.
		b := s.sorted[k]
		if b <= s.high && b < high {
			s.kink(b, sum, len(s.sorted)-1-k, shadow)
			high = b
		}
		sum += b
	}
	above := len(s.sorted) - sort.Search(len(s.sorted), func(k int) bool { return s.sorted[k] > low })
	s.kink(low, sum, above, shadow)
	slices.Reverse(s.points[first:])
}

// corners is kinks where others than the leader gain by competing: a member is then
// tempted by no less than that, whatever the bid.
func (s *stage) corners(low float64, shadow bool) {
	s.sorted = append(s.sorted[:0], low)
	for j, v := range s.values {
		for _, b := range [...]float64{v, v - s.compete[j]} {
			if b > low && b <= s.high {
				s.sorted = append(s.sorted, b)
			}
		}
	}
	sort.Float64s(s.sorted)
	for _, b := range slices.Compact(s.sorted) {
		s.add(s.point(b, false, shadow))
	}
}

// kink adds the point at b, given the sum of the values above it and their number.
func (s *stage) kink(b, sum float64, above int, shadow bool) {
	v := s.values[s.leader]
	if v > b { // the leader's own value is not tempted
		sum -= v
		above--
	}
	p := point{b: b, shadow: shadow, d: s.lambda * math.Max(0, b-s.lowest[0]), g: v - s.lambda*b - (1-s.lambda)*s.floor}
	if shadow {
		p.d, p.g = 0, v-b
	}
	p.revenue = v - p.g + s.burned[s.leader]
	p.d += math.Max(0, sum-float64(above)*b)
	p.g = positive(p.g-s.rivals, v)
	s.add(p)
}

// vanishing is the signal above low at which the ring's gain is gone.
func (s *stage) vanishing(low float64, first point) float64 {
	if s.kind == ratioed && s.ratio.Phantom == 0 {
		return s.values[s.leader] - s.ratio.Fee - s.rivals
	}
	if s.kind == priced {
		return s.high
	}
	high, rounds := s.high, 100
	if s.kind == custom {
		rounds = 24
	}
	if s.gain(high) > 0 {
		return high
	}
	for range rounds {
		mid := (low + high) / 2
		if mid == low || mid == high {
			break
		}
		if s.gain(mid) > 0 {
			low = mid
		} else {
			high = mid
		}
	}
	return high
}

// gain is G(b), without deviations.
func (s *stage) gain(b float64) float64 {
	if s.kind == ratioed {
		t, cost := s.lead(b)
		return t*s.values[s.leader] - cost - s.rivals
	}
	for i := range s.search.signals {
		s.search.signals[i] = 0
	}
	return s.search.together(b) - s.rivals
}

// ratio is the least discount factor of a point, D/(D+G).
func (p point) ratio() float64 {
	if p.d <= 0 {
		return 0
	}
	return p.d / (p.d + p.g)
}

// critical is the point with the least D/(D+G), of equals the one with most surplus.
func (s *stage) critical() (best point, ok bool) {
	if len(s.points) == 0 {
		return point{}, false
	}
	at := 0
	for k, p := range s.points {
		q := s.points[at]
		if d := p.ratio() - q.ratio(); d < -1e-12 || d <= 1e-12 && p.g > q.g {
			at = k
		}
	}
	best = s.points[at]
	if s.linear || s.kind == fixed || best.rest {
		return best, true
	}
	low, high := best.b, best.b
	if at > 0 {
		low = s.points[at-1].b
	}
	if at+1 < len(s.points) && !s.points[at+1].rest {
		high = s.points[at+1].b
	}
	rounds := 70
	if s.kind == custom {
		rounds = 20
	}
	x, y := high-golden*(high-low), low+golden*(high-low)
	px, py := s.point(x, false, false), s.point(y, false, false)
	for range rounds {
		if high-low <= 1e-12*high {
			break
		}
		if px.ratio() <= py.ratio() {
			high, y, py = y, x, px
			x = high - golden*(high-low)
			px = s.point(x, false, false)
		} else {
			low, x, px = x, y, py
			y = low + golden*(high-low)
			py = s.point(y, false, false)
		}
	}
	for _, p := range [...]point{px, py} {
		if p.g > 0 && p.ratio() < best.ratio() {
			best = p
		}
	}
	return best, true
}

// refine adds the critical point to the table, so that whatever is sustainable
// anywhere is sustainable at a point of it.
func (s *stage) refine(p point) {
	if s.linear || p.rest {
		return
	}
	for k, q := range s.points {
		if q.b == p.b && !q.rest {
			return
		}
		if q.rest || q.b > p.b {
			s.points = append(s.points, point{})
			copy(s.points[k+1:], s.points[k:])
			s.points[k] = p
			return
		}
	}
	s.points = append(s.points, p)
}

// patience is what the members' discount factors amount to under the monitoring:
// one for all, or one each.
type patience struct {
	common float64
	each   []float64
}

func (p patience) of(j int) float64 {
	if p.each != nil {
		return p.each[j]
	}
	return p.common
}

// slack is by how much the leader's limit on transfers exceeds what the others must
// get: beta_l (W - u_l) - (1-beta_l) D_l - sum of (1-beta_j) max(D_j, u_j - S_j) + beta_j (u_j - S_j). An
// agreement holds where it is not negative.
func (s *stage) slack(p point, beta patience) float64 {
	if beta.each == nil {
		return beta.common*p.g - (1-beta.common)*p.d
	}
	if s.kind != fixed {
		s.at(p.b, p.rest, p.shadow)
	}
	most := s.most(beta)
	for j := range s.values {
		if j != s.leader {
			most -= s.least(j, beta)
		}
	}
	return most
}

// least is the transfer that keeps member j in, most the transfers that the leader
// would rather pay than break the agreement; both at the signal of the last call of at.
func (s *stage) least(j int, beta patience) float64 {
	b := beta.of(j)
	return (1-b)*s.tempts(j) + b*(s.compete[j]-s.stand[j])
}

func (s *stage) most(beta patience) float64 {
	b := beta.of(s.leader)
	return b*(s.worth-s.compete[s.leader]) - (1-b)*s.temptation
}

// best is the sustainable point with the largest surplus.
func (s *stage) best(beta patience) (best point, ok bool) {
	if s.linear && len(s.points) > 64 {
		return s.halve(beta)
	}
	return s.scan(beta)
}

// scan is best by looking at every point.
func (s *stage) scan(beta patience) (best point, ok bool) {
	tolerance := 1e-12 * s.values[s.leader]
	before, holds := 0.0, false
	peak, most := -1, math.Inf(-1)
	for k, p := range s.points {
		f := s.slack(p, beta)
		if f > most && !p.rest {
			peak, most = k, f
		}
		if f < -tolerance {
			before, holds = f, false
			continue
		}
		q := p
		if k > 0 && !holds && !p.rest && s.points[k-1].shadow == p.shadow && s.points[k-1].b < p.b && f > tolerance {
			q = s.crossing(s.points[k-1], before, p, f, beta)
		}
		holds = true
		if !ok || q.g > best.g {
			best, ok = q, true
		}
	}
	if !ok && peak >= 0 && beta.each != nil && !s.linear && s.kind != fixed {
		return s.between(peak, beta)
	}
	return best, ok
}

// between looks for a sustainable signal beside the point with the most slack, where no
// point has enough. With one discount factor for all the table has the critical point, and
// there is none.
func (s *stage) between(peak int, beta patience) (best point, ok bool) {
	low, high := s.points[max(0, peak-1)].b, s.points[peak].b
	if peak+1 < len(s.points) && !s.points[peak+1].rest {
		high = s.points[peak+1].b
	}
	from := s.point(low, false, false)
	below := s.slack(from, beta)
	rounds := 60
	if s.kind == custom {
		rounds = 20
	}
	for range rounds { // golden sections, until one side has enough
		for _, x := range [...]float64{high - golden*(high-low), low + golden*(high-low)} {
			p := s.point(x, false, false)
			if f := s.slack(p, beta); f >= 0 && p.g > 0 {
				return s.crossing(from, below, p, f, beta), true
			}
		}
		x, y := high-golden*(high-low), low+golden*(high-low)
		if s.slack(s.point(x, false, false), beta) >= s.slack(s.point(y, false, false), beta) {
			high = y
		} else {
			low = x
		}
	}
	return point{}, false
}

// halve is best in a large auction: the slack is concave in b in each mode, so that its
// peak is found by comparing neighbours and the crossing below it by halving.
func (s *stage) halve(beta patience) (best point, ok bool) {
	tolerance := 1e-12 * s.values[s.leader]
	for first := 0; first < len(s.points); {
		end := first
		for end < len(s.points) && s.points[end].shadow == s.points[first].shadow {
			end++
		}
		points := s.points[first:end]
		first = end
		if s.slack(points[0], beta) >= -tolerance {
			if p := points[0]; !ok || p.g > best.g {
				best, ok = p, true
			}
			continue
		}
		low, high := 0, len(points)-1 // the first peak is in [low, high]
		for low < high {
			mid := (low + high) / 2
			if s.slack(points[mid], beta) < s.slack(points[mid+1], beta) {
				low = mid + 1
			} else {
				high = mid
			}
		}
		if s.slack(points[low], beta) < -tolerance {
			continue
		}
		k := sort.Search(low, func(k int) bool { return s.slack(points[k], beta) >= -tolerance })
		from, to := points[k-1], points[k]
		p := to
		if f := s.slack(to, beta); f > tolerance {
			p = s.crossing(from, s.slack(from, beta), to, f, beta)
		}
		if !ok || p.g > best.g {
			best, ok = p, true
		}
	}
	return best, ok
}

// crossing is the least sustainable point between an unsustainable and a sustainable one.
func (s *stage) crossing(from point, below float64, to point, above float64, beta patience) point {
	if s.linear {
		b := from.b + (to.b-from.b)*(-below)/(above-below)
		return s.point(b, false, to.shadow)
	}
	low, high := from.b, to.b
	rounds := 100
	if s.kind == custom {
		rounds = 24
	}
	f, g := below, above // Illinois, with a bisection where it stalls
	for k := range rounds {
		mid := high - g*(high-low)/(g-f)
		if k%4 == 3 || !(mid > low && mid < high) {
			mid = (low + high) / 2
		}
		if mid == low || mid == high || high-low <= 1e-14*high {
			break
		}
		p := s.point(mid, false, false)
		if h := s.slack(p, beta); h < 0 {
			low, f = mid, h
			g /= 2
		} else {
			high, g, to = mid, h, p
			f /= 2
		}
	}
	return to
}
