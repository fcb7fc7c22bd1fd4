package private

import (
	"math"
	"slices"
)

// relaxed is the system of system.go as a boundary-value problem, for prices in which the
// winner's own bid has a small weight lambda: from the top downward an error of the bid grows by
// H^(-1/lambda), H being the chance to win, so that no top bid in floating point leads far.
// Collocation has no direction. Between stations y is a cubic whose slope is the system's at both
// ends and in the middle,
//
//	y_1 - y_0 = h/6 (f_0 + 4 f_m + f_1),   y_m = (y_0+y_1)/2 + h/8 (f_0 - f_1)
//
// (Lobatto IIIA, order 4; Kierzenka, Shampine 2001), with l_k given at the top, and at the bottom
// b, or for a single agent above the others its indifference. Newton's method solves it for a
// sequence of lambda that falls from 1, where shots from the top lead; the stations follow where
// the cubic departs from the system. Groups that wait have dl_k/dL = max(0, 1 - p_k/T): no event
// needs to be found, but for values without end: a group whose tail is lighter than the others'
// joins at a station below the top, with the few types that would follow the others there.
// Domain: lambda in (0, 1], down to about 1e-3. A test asserts the bids and the revenue of two
// draws of U[0,1] written as different distributions, b = v (n-1)/(n-1+lambda), to lambda 0.01.
type relaxed struct {
	*system
	stations []station
	tie      float64 // the lowest station's (b-low)/(phi-low) at lambda 1, 0 where its bid is given

	looks int // at the system

	rows [][]float64
	done [][]float64 // the eliminated rows of all stations
	move []float64   // the Newton step
	mid  slope
	foot slope     // of the lower end of a step where somebody joins
	fall []float64 // d (1/(phi_k-b))/dl_k
}

// station is a place on the way from the top to the bottom.
type station struct {
	at     float64 // L
	inLog  bool    // whether the step down from here is in ln(-L)
	joined []bool  // groups without end that take part; below the station where they do not yet, they join
	y      []float64
	slope
}

// slope is the system's slope dy/dL and its derivative by y, row by row.
type slope struct {
	f, by []float64
	gap   float64 // the least phi - b of those who take part
}

// x is the station's place in the variable of a step.
func (n *station) x(inLog bool) float64 {
	if inLog {
		return math.Log(-n.at)
	}
	return n.at
}

// relax replaces the recorded steps of a first-price shot by those of the weight first. It
// reports whether it could.
func (s *system) relax(first float64, lower func(first float64) (low, floor float64)) bool {
	r := &relaxed{system: s, fall: make([]float64, len(s.groups))}
	if s.broken {
		return false // atoms and gaps are not smooth
	}
	if !r.begin() || len(r.stations) > many/4 {
		return false
	}
	lambda, ratio := s.first, 0.6
	for lambda > first {
		next := math.Max(first, lambda*ratio)
		saved := make([]station, len(r.stations))
		for i := range r.stations {
			saved[i] = r.stations[i]
			saved[i].y = append([]float64(nil), r.stations[i].y...)
		}
		r.cut()
		r.rejoin()
		low, floor := s.low, s.floor
		nextLow, nextFloor := lower(next)
		r.guess(next/lambda, nextLow)
		s.first, s.low, s.floor = next, nextLow, nextFloor
		want := 1e-4
		if next == first {
			want = 30 * s.tolerance
		}
		if !r.settle(want) || r.stations[0].gap < 1e-12*s.scale {
			r.stations = saved
			s.first, s.low, s.floor = lambda, low, floor
			if ratio = math.Sqrt(ratio); ratio > 0.97 {
				return false
			}
			continue
		}
		lambda = next
	}
	r.record()
	return true
}

// guess moves the solution to a weight that is smaller by a ratio and to its lowest bid: the bids
// are nearer to the values by about that much, and the types that bid the lowest bid are those
// of about that value.
func (r *relaxed) guess(ratio, low float64) {
	k := len(r.groups)
	for i := range r.stations {
		n := &r.stations[i]
		if r.strong >= 0 && low > r.low {
			sum := 0.0
			for j, g := range r.groups {
				if j == r.strong || n.y[j] == 0 {
					continue
				}
				if from := g.CDF(r.low); from > 0 && from < 1 {
					n.y[j] *= math.Log(g.CDF(low)) / math.Log(from)
				}
				sum += float64(g.n) * n.y[j]
			}
			n.y[r.strong] = math.Min(0, n.at-sum)
			phi := math.Inf(1)
			for j := range r.groups {
				if v := r.value(j, n.y[j]); n.y[j] < 0 || v > n.y[k] {
					phi = math.Min(phi, v)
				}
			}
			n.y[k] = phi - n.gap
		}
		n.y[k] += n.gap * (1 - ratio)
	}
}

// rejoin moves the places where groups without end join at their tops to where few of their types
// would follow the others: a smaller weight lets them join later.
func (r *relaxed) rejoin() {
	k := len(r.groups)
	for i, g := range r.groups {
		if g.high < math.Inf(1) || r.stations[0].joined[i] {
			continue
		}
		in := false
		for s := range r.stations {
			n := &r.stations[s]
			copy(r.joined, n.joined)
			r.joined[i] = false
			if !in || n.y[i] == 0 {
				q := 0.0
				if r.system.slope(n.y, r.ode.next) {
					q = r.follower(i, n.y[k], r.ode.next[k])
				}
				if in = in || q > math.Min(1e-7, r.few(n.at)); in {
					n.y[i] = math.Log1p(-q)
				} else {
					n.y[i] = 0
				}
			}
			if n.joined[i] != in {
				n.joined = append([]bool(nil), n.joined...)
				n.joined[i] = in
			}
		}
	}
}

// cut takes off the top where a single agent outbids all others by next to nothing: its types
// above, who would bid within rounding of the others' top bid, bid just that.
func (r *relaxed) cut() {
	for i := len(r.stations) / 2; i > 0; i-- {
		n := &r.stations[i]
		if n.gap > 1e-8*r.scale {
			continue
		}
		above := -1
		for j, g := range r.groups {
			if v := r.value(j, n.y[j]); v-n.y[len(r.groups)] < 1e-7*r.scale && g.high-v < 1e-7*r.scale {
				n.y[j] = 0
			} else if n.y[j] < 0 {
				if above >= 0 || g.n > 1 {
					return
				}
				above = j
			}
		}
		if above >= 0 {
			n.y[above] = n.at
			r.stations = r.stations[i:]
			r.inLog = false // there is no tail left above
		}
		return
	}
}

// More stations, or looks at the system, are not worth a solution.
const (
	many     = 6000
	patience = 250000
)

// begin makes the stations of the recorded steps.
func (r *relaxed) begin() bool {
	k := len(r.groups)
	tail := append([]bool(nil), r.tail...)
	r.relaxed = true
	for i := range r.mode { // from here on the states are l_k
		r.mode[i], r.tail[i] = in, false
	}
	y := make([]float64, k+1)
	share, low := 0.0, false
	for i := range r.steps {
		if low {
			break
		}
		st := &r.steps[i]
		for _, w := range [...]float64{0, 1.0 / 3, 2.0 / 3, 1} {
			if w == 1 && i+1 < len(r.steps) {
				break
			}
			st.inside(w, y)
			at := st.at + w*st.width
			if st.inLog {
				at = -math.Exp(at)
			}
			if at < r.end+1e-6 { // at the end itself no type has a gap
				continue
			}
			plain(st, tail, y)
			for j, g := range r.groups {
				if r.joined[j] = true; g.high == math.Inf(1) && !(-y[j] > r.few(at)) { // it follows the others
					r.joined[j], y[j] = false, 0
				}
			}
			lose := at - r.least(y)
			if r.strong < 0 && lose < -9 { // the shot is no longer good
				_, phi := r.lowest(y)
				if share == 0 {
					share = 0.5
					if n := len(r.stations); n > 0 {
						last := &r.stations[n-1]
						_, before := r.lowest(last.y)
						share = math.Min(0.99, math.Max(0.1, (last.y[k]-r.low)/(before-r.low)))
					}
				}
				y[k] = r.low + share*(phi-r.low)
				for j, g := range r.groups { // the lowest types of others follow
					if from := g.CDF(r.low); from > 0 && y[j] < 0 {
						y[j] = math.Log(g.CDF(r.low + (share+1)/2*(phi-r.low)))
					}
				}
			}
			n := station{at: at, inLog: st.inLog, joined: append([]bool(nil), r.joined...), y: append([]float64(nil), y...)}
			if m := len(r.stations); m > 0 {
				last := &r.stations[m-1]
				near := n.inLog == last.inLog && math.Abs(n.x(n.inLog)-last.x(n.inLog)) < 0.03 && at > r.end+1e-6 && slices.Equal(n.joined, last.joined)
				if !(at < last.at) || near {
					continue
				}
			}
			if !r.look(&n.slope, n.y) {
				continue
			}
			worth := lose // ln of the chance to win, times money where types crowd at a lowest bid
			if _, phi := r.lowest(y); r.low > 0 {
				worth += math.Log((phi - r.low) / r.scale)
			}
			if r.strong >= 0 && y[r.strong] < -18 || r.strong < 0 && worth < -23 {
				break
			}
			if low = r.end > r.depth && r.strong < 0 && n.gap < 1e-6*r.scale; low {
				break // some gaps vanish as powers of the distance to the end
			}
			r.stations = append(r.stations, n)
		}
	}
	m := len(r.stations)
	if m < 3 {
		return false
	}
	if r.end <= r.depth || !low && r.stations[m-1].at > r.end+1 {
		r.tie = share
		return true
	}
	r.alight(tail)
	return true
}

// plain turns the states of a recorded step, ln(-l_k) in tails, into l_k.
func plain(st *step, tail []bool, y []float64) {
	for j, t := range tail {
		switch {
		case !t:
			y[j] = math.Min(0, y[j])
		case st.mode[j] == in:
			y[j] = -math.Exp(y[j])
		default:
			y[j] = 0
		}
	}
}

// alight puts the last station as near to the end as the shot is good.
func (r *relaxed) alight(tail []bool) {
	k := len(r.groups)
	y := make([]float64, k+1)
	for s := 1e-6; s < 1; s *= 1.5 {
		at := r.end + s
		for i := len(r.steps) - 1; i >= 0; i-- {
			st := &r.steps[i]
			x := at
			if st.inLog {
				x = math.Log(-at)
			}
			w := (x - st.at) / st.width
			if w < 0 || w > 1 {
				continue
			}
			st.inside(w, y)
			m := len(r.stations)
			for m > 2 && r.stations[m-1].at < at+s/2 {
				m--
			}
			n := station{at: at, inLog: st.inLog, joined: r.stations[m-1].joined, y: y}
			plain(st, tail, y)
			if r.at(&n) && n.gap >= 1e-6*r.scale {
				r.stations = append(r.stations[:m], n)
				return
			}
			break
		}
	}
}

// lowest is the lowest type that takes part, of a group that has none below the lowest bid, or of
// any if there is no such group: its group and value.
func (r *relaxed) lowest(y []float64) (group int, phi float64) {
	phi = math.Inf(1)
	for _, any := range []bool{false, true} {
		for i, g := range r.groups {
			if v := r.value(i, y[i]); y[i] < 0 && v < phi && (any || g.low >= r.low) {
				group, phi = i, v
			}
		}
		if phi < math.Inf(1) {
			break
		}
	}
	return group, phi
}

// record writes the cubics as steps.
func (r *relaxed) record() {
	k := len(r.groups)
	r.steps = r.steps[:0]
	if n := r.stations[len(r.stations)-1]; r.strong < 0 && r.tie == 0 { // down to the end itself
		foot := station{at: r.end, joined: n.joined, y: append([]float64(nil), n.y...)}
		for i, g := range r.groups {
			if n.y[i] < 0 {
				foot.y[i] = math.Log(g.CDF(math.Nextafter(r.low, 0)))
			}
		}
		foot.y[k] = r.low
		r.stations = append(r.stations, foot)
	}
	for n := range len(r.stations) - 1 {
		a, b := r.stations[n], r.stations[n+1]
		straight := b.f == nil // the foot
		low := &b.slope
		if !straight {
			low = r.ending(&a, &b)
		}
		if a.at < 0 { // who joined may have moved L
			a.at, b.at = 0, 0
			for i, g := range r.groups {
				if a.joined[i] {
					a.at += float64(g.n) * a.y[i]
					b.at += float64(g.n) * b.y[i]
				}
			}
		}
		h, ca, _, cb := r.across(&a, &b)
		st := step{at: a.x(a.inLog), width: h, cut: 1, inLog: a.inLog, mode: make([]int8, k), piece: make([]int, k), c: make([]float64, terms*(k+1))}
		for i := range k + 1 {
			diff := b.y[i] - a.y[i]
			c := st.c[terms*i:]
			c[0], c[1] = a.y[i], diff
			if !straight {
				bump := h*ca*a.f[i] - diff
				c[2], c[3] = bump, diff-h*cb*low.f[i]-bump
			}
			if i < k && b.y[i] < 0 && a.joined[i] {
				st.mode[i] = in
			}
		}
		r.steps = append(r.steps, st)
	}
}

// few is how many types of a tail without end may follow the others.
func (r *relaxed) few(l float64) float64 { return math.Max(1e-4*-l, r.tip) }

// whole is the value of the type of group k whose l is given, pieces or not.
func (s *system) whole(k int, l float64) float64 {
	g := s.groups[k]
	if l >= 0 {
		if g.high == math.Inf(1) {
			return g.upper(s.tip)
		}
		return g.high
	}
	if l > -0.69 {
		return g.upper(math.Max(-math.Expm1(l), s.tip*1e-3))
	}
	return g.Quantile(math.Exp(l))
}

// slack is the system's slope where types that would rather wait do.
func (s *system) slack(y, dy []float64) bool {
	k := len(s.groups)
	b := y[k]
	sum, n := 0.0, 0
	for i, g := range s.groups {
		s.active[i] = false
		if !s.joined[i] {
			continue
		}
		s.phi[i] = s.value(i, y[i])
		gap := s.phi[i] - b
		if gap <= 0 {
			if y[i] >= 0 { // it waits
				continue
			}
			return false
		}
		s.p[i] = 1 / gap
		s.active[i] = true
		sum += float64(g.n) * s.p[i]
		n += g.n
	}
	if n < 2 {
		return false
	}
	// The largest p first.
	for {
		worst := -1
		for i := range s.groups {
			if s.active[i] && y[i] >= 0 && s.p[i]*float64(n-1) >= sum && (worst < 0 || s.p[i] > s.p[worst]) {
				worst = i
			}
		}
		if worst < 0 {
			break
		}
		s.active[worst] = false
		sum -= float64(s.groups[worst].n) * s.p[worst]
		n -= s.groups[worst].n
	}
	t := sum / float64(n-1)
	for i := range s.groups {
		dy[i] = 0
		if s.active[i] {
			dy[i] = 1 - s.p[i]/t
		}
	}
	dy[k] = 1 / (s.first * t)
	return true
}
