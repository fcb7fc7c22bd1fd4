package private

import "math"

// system is the auction among groups k of n_k agents in which the winner's own bid has the
// weight lambda in the price (1: first price) as a system of differential equations. With
// l_k = ln F_k(phi_k), p_k = lambda/(phi_k - b) and T = sum n_k p_k/(N-1), the first-order
// conditions are dl_k/db = T - p_k (lambda 1: Marshall, Meurer, Richard, Stromquist 1994).
// In the independent variable L = sum n_k l_k, the log
// of the distribution function of the highest bid, they become
//
//	db/dL = 1/T,   dl_k/dL = 1 - p_k/T,
//
// bounded and smooth down to the lowest bid, where db/dL = 0, and as L runs to -Inf. Next
// to a top that has no end, or no density, theta = ln(-L) takes the place of L.
//
// A group takes part at b if p_k < T, T over the others; otherwise its next type waits for
// a lower bid. While the types of a group that bid b are next to none, because it joins
// at its top, they follow the others: p_k = T over these.
type system struct {
	groups  []*group
	first   float64 // lambda
	reserve float64
	low     float64 // the lowest bid that can win
	end     float64 // L there
	depth   float64 // the least L that is looked at
	tip     float64 // the survival that stands for the top of a support without end
	inLog   bool    // whether the top is approached in theta
	scale   float64 // E max v

	tolerance float64 // of the integration, for a step, as a share of E max v

	strong int     // the one group whose support starts above low, or -1
	floor  float64 // (l-low)^lambda prod F_j(low), the same along its lowest type's indifference

	relaxed bool   // no event is found: whoever has l_k = 0 may wait
	joined  []bool // dynamic, not following
	p       []float64
	active  []bool
	phi     []float64

	stages  [7][]float64
	y, next []float64
	end1    []float64 // the state at the end of a step
	steps   []step
}

// step is a step of the integration: the polynomial of Dormand, Prince (1980) and Shampine
// for b (last) and the l_k.
type step struct {
	at, width float64
	inLog     bool
	joined    []bool
	c         []float64 // five coefficients for each component
}

func newSystem(groups []*group, reserve, scale float64) *system {
	k := len(groups)
	s := &system{groups: groups, first: 1, reserve: reserve, scale: scale, strong: -1}
	s.joined, s.active = make([]bool, k), make([]bool, k)
	s.p, s.phi = make([]float64, k), make([]float64, k)
	for i := range s.stages {
		s.stages[i] = make([]float64, k+1)
	}
	s.y, s.next, s.end1 = make([]float64, k+1), make([]float64, k+1), make([]float64, k+1)
	s.tip = 1e-13
	for _, g := range groups {
		if g.point() {
			continue
		}
		f, ok := g.Distribution.(interface{ Density(float64) float64 })
		regular := g.high < math.Inf(1) && ok
		if regular {
			d := f.Density(g.high) * (g.high - g.low)
			regular = d > 1e-3 && d < 1e3
		}
		if _, steps := g.Distribution.(interface {
			Atoms() (values, probabilities []float64)
		}); steps {
			regular = true
		}
		s.inLog = s.inLog || !regular
	}
	for s.inLog && s.tip > 1e-280 {
		sum := 0.0
		for _, g := range groups {
			if g.high == math.Inf(1) && g.tail != nil {
				sum += float64(g.n) * g.tail(g.upper(s.tip))
			}
		}
		if sum < 1e-10*scale {
			break
		}
		s.tip /= 100
	}
	return s
}

// value is the value of the type of group k whose l is given.
func (s *system) value(k int, l float64) float64 {
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

// slope writes dy/dL; false means that some type would have to bid above its value.
func (s *system) slope(y, dy []float64) bool {
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
			if s.relaxed && y[i] >= 0 { // it waits
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
	// Types that would rather wait: the largest p first.
	for {
		worst := -1
		for i := range s.groups {
			if s.active[i] && (!s.relaxed || y[i] >= 0) && s.p[i]*float64(n-1) >= sum && (worst < 0 || s.p[i] > s.p[worst]) {
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

// follower is the survival of the types of group k that would bid b if they follow the
// others.
func (s *system) follower(k int, b, perT float64) float64 {
	g := s.groups[k]
	v := b + s.first*perT
	if v >= g.high {
		return 0
	}
	return g.survival(v)
}

// trailing is follower for what a group that does not take part plays: a known value does
// not follow, it starts to mix all at once.
func (s *system) trailing(k int, b, perT float64) float64 {
	if s.groups[k].point() {
		return 0
	}
	return s.follower(k, b, perT)
}

// The coefficients of Dormand and Prince (1980), and of the dense output (Hairer,
// Norsett, Wanner 1993, II.6).
var (
	dpA = [6][6]float64{
		{1.0 / 5},
		{3.0 / 40, 9.0 / 40},
		{44.0 / 45, -56.0 / 15, 32.0 / 9},
		{19372.0 / 6561, -25360.0 / 2187, 64448.0 / 6561, -212.0 / 729},
		{9017.0 / 3168, -355.0 / 33, 46732.0 / 5247, 49.0 / 176, -5103.0 / 18656},
		{35.0 / 384, 0, 500.0 / 1113, 125.0 / 192, -2187.0 / 6784, 11.0 / 84},
	}
	dpE = [7]float64{71.0 / 57600, 0, -71.0 / 16695, 71.0 / 1920, -17253.0 / 339200, 22.0 / 525, -1.0 / 40}
	dpD = [7]float64{-12715105075.0 / 11282082432, 0, 87487479700.0 / 32700410799, -10690763975.0 / 1880347072,
		701980252875.0 / 199316789632, -1453857185.0 / 822651844, 69997945.0 / 29380423}
	dpC = [6]float64{1.0 / 5, 3.0 / 10, 4.0 / 5, 8.0 / 9, 1, 1}
)

// rate writes the slope in the independent variable in use: L, or theta with L = -e^theta.
func (s *system) rate(inLog bool, x float64, y, dy []float64) bool {
	if !s.slope(y, dy) {
		return false
	}
	if inLog {
		l := -math.Exp(x)
		for i := range dy {
			dy[i] *= l
		}
	}
	return true
}

// shot is how an integration from a top bid ended.
type shot struct {
	high bool    // the top bid is too high: some type would bid above its value
	miss float64 // otherwise by how much the top bid is too low, in money
	at   float64 // L where it ended
	ok   bool
}

// stiff is how many steps a search for the top bid gives an integration: those that end at
// the lowest bid take hundreds at most.
const stiff = 3000

// shoot integrates down from the top bid. With record it keeps the steps.
func (s *system) shoot(top float64, tolerance float64, record bool) shot {
	k := len(s.groups)
	y := s.y
	s.steps = s.steps[:0]
	inLog := s.inLog
	x := 0.0
	s.start(top)
	if inLog {
		x = math.Log(s.tip * float64(s.count()))
		l := -math.Exp(x)
		s.spread(l)
	}
	y[k] = top
	step, rejected := 0.1, false
	if inLog {
		step = 0.3
	}
	l := func() float64 {
		if inLog {
			return -math.Exp(x)
		}
		return x
	}
	fresh := false
	for count := 0; ; count++ {
		if count > stiff && !record {
			// From a top bid that is too high the weaker agents' gains die out, ever faster,
			// instead of growing: the system is stiff on that side only.
			return shot{high: true, at: l(), ok: true}
		}
		if count > 30000 {
			return shot{at: l()}
		}
		if inLog && x >= -1e-12 {
			inLog, x, step, fresh = false, -1, 0.1, false
			x = 0
			for i, g := range s.groups {
				if s.joined[i] {
					x += float64(g.n) * y[i]
				}
			}
		}
		// Who joins?
		if !fresh {
			if !s.rate(inLog, x, y, s.stages[0]) {
				return shot{high: true, at: l(), ok: true}
			}
			fresh = true
		}
		if s.join(y, l()) {
			x = 0
			for i, g := range s.groups {
				if s.joined[i] {
					x += float64(g.n) * y[i]
				}
			}
			if inLog {
				x = math.Log(-x)
			}
			fresh = false
			step = math.Min(step, 0.02)
			continue
		}
		last := s.end
		if inLog {
			last = math.Min(0, math.Log(-s.end))
		}
		h := step
		final := false
		if inLog {
			if x+h >= last {
				h = last - x
			}
			final = last < 0 && x+h >= last-1e-15
		} else {
			if x-h <= last {
				h, final = x-last, true
			}
			h = -h
		}
		if h == 0 {
			return s.finish(y, l())
		}
		ok := true
		for stage := 1; stage < 7 && ok; stage++ {
			a := &dpA[stage-1]
			for i := range y {
				sum := 0.0
				for j := range stage {
					sum += a[j] * s.stages[j][i]
				}
				s.next[i] = y[i] + h*sum
			}
			for i := range k {
				if s.next[i] > 0 {
					s.next[i] = 0
				}
			}
			ok = s.rate(inLog, x+dpC[stage-1]*h, s.next, s.stages[stage])
		}
		copy(s.end1, s.next)
		err := 0.0
		if ok {
			lnow := l()
			for i := range y {
				e := 0.0
				for j := range 7 {
					e += dpE[j] * s.stages[j][i]
				}
				e = math.Abs(h * e)
				if i == k { // an error of the bid counts by the chance to win
					e *= math.Exp(lnow-s.least(y)) / s.scale
				} else if s.joined[i] {
					part := e / math.Max(math.Abs(y[i]), math.Abs(s.next[i]))
					e *= math.Exp(lnow) * math.Max(1, s.phi[i]/s.scale)
					if inLog { // shares of the tail to four digits
						e = math.Max(e, part*tolerance*1e4)
					}
				}
				err = math.Max(err, e)
			}
		}
		if !ok || err > tolerance {
			if math.Abs(h) < 1e-9 {
				if !ok {
					return shot{high: true, at: l(), ok: true}
				}
			} else {
				shrink := 0.3
				if ok {
					shrink = math.Max(0.2, 0.9*math.Pow(tolerance/err, 0.2))
				}
				step = math.Abs(h) * shrink
				rejected = true
				continue
			}
		}
		if s.late(x+h, inLog) && math.Abs(h) > 1e-7 {
			step = math.Abs(h) / 4
			rejected = true
			continue
		}
		if record {
			s.keep(x, h, inLog, y, s.end1)
		}
		copy(y, s.end1)
		x += h
		s.stages[0], s.stages[6] = s.stages[6], s.stages[0]
		grow := 5.0
		if err > 0 {
			grow = math.Min(5, 0.9*math.Pow(tolerance/err, 0.2))
		}
		if rejected {
			grow = math.Min(grow, 1)
		}
		rejected = false
		step = math.Min(math.Abs(h)*math.Max(grow, 0.3), 1.5)
		if inLog {
			step = math.Min(step, 1)
		}
		if final {
			return s.finish(y, l())
		}
		// Far below the lowest bid nothing new is learnt, nor where nobody wins.
		if s.strong < 0 && s.low-y[k] > 100*s.scale {
			return s.finish(y, l())
		}
		if lnow := l(); lnow < s.depth || s.strong < 0 && lnow-s.least(y) < -29 {
			return s.finish(y, lnow)
		}
	}
}

// least is min l_k over those who take part: e^(L-least) is the best chance to win.
func (s *system) least(y []float64) float64 {
	m := 0.0
	for i := range s.groups {
		if s.joined[i] {
			m = math.Min(m, y[i])
		}
	}
	return m
}

// finish measures what is missed. A top bid that is too low by d ends with a lowest bid
// that is too low by about d over the chance to win; or leaves a single agent above the
// others with more than it can have.
func (s *system) finish(y []float64, l float64) shot {
	b := y[len(s.groups)]
	if s.strong >= 0 {
		rivals := l - y[s.strong]
		return shot{miss: (s.groups[s.strong].low-b)*math.Exp(rivals) - s.floor, at: l, ok: true}
	}
	return shot{miss: (s.low - b) * math.Exp(l-s.least(y)), at: l, ok: true}
}

// count is the number of agents who take part.
func (s *system) count() int {
	n := 0
	for i, g := range s.groups {
		if s.joined[i] {
			n += g.n
		}
	}
	return n
}

// start decides who takes part at the top: the highest tops, two agents at least, then
// whoever does not wait.
func (s *system) start(top float64) {
	for i := range s.groups {
		s.joined[i] = false
		s.y[i] = 0
		s.phi[i] = s.value(i, 0)
	}
	for {
		best := -1
		for i := range s.groups {
			if !s.joined[i] && s.phi[i] > top && (best < 0 || s.phi[i] > s.phi[best]) {
				best = i
			}
		}
		if best < 0 {
			return
		}
		if n := s.count(); n >= 2 {
			sum := 0.0
			for i, g := range s.groups {
				if s.joined[i] {
					sum += float64(g.n) / (s.phi[i] - top)
				}
			}
			if perT := float64(n-1) / sum; top+perT >= s.phi[best]*(1-1e-15) {
				return
			}
		}
		s.joined[best] = true
	}
}

// spread gives those who take part at the top their first l.
func (s *system) spread(l float64) {
	n := float64(s.count())
	for i := range s.groups {
		if s.joined[i] {
			s.y[i] = l / n
		}
	}
}

// join lets groups in whose next type no longer waits.
func (s *system) join(y []float64, l float64) bool {
	some, t := false, -1.0
	for i, g := range s.groups {
		if s.joined[i] {
			continue
		}
		if t < 0 {
			if t = s.perT(y); t == 0 {
				return false
			}
		}
		if q := s.follower(i, y[len(s.groups)], t); q > s.few(g, l) {
			s.joined[i] = true
			if y[i] = math.Log1p(-q); g.point() { // it starts to mix here
				y[i] = 0
			}
			some = true
		}
	}
	return some
}

// few is how many types of a group may follow the others.
func (s *system) few(g *group, l float64) float64 {
	if g.high == math.Inf(1) {
		return math.Max(1e-4*-l, s.tip)
	}
	return 1e-10
}

// late reports that at the end of a step many more types follow than should.
func (s *system) late(x float64, inLog bool) bool {
	t := -1.0
	for i, g := range s.groups {
		if s.joined[i] {
			continue
		}
		if t < 0 {
			t = s.perT(s.end1)
		}
		l := x
		if inLog {
			l = -math.Exp(x)
		}
		if s.follower(i, s.end1[len(s.groups)], t) > 2*s.few(g, l)+1e-8 {
			return true
		}
	}
	return false
}

// perT is 1/T.
func (s *system) perT(y []float64) float64 {
	if !s.slope(y, s.next) {
		return math.Inf(1)
	}
	return s.next[len(s.groups)]
}

// keep records a step's polynomial.
func (s *system) keep(x, h float64, inLog bool, y, next []float64) {
	n := len(y)
	st := step{at: x, width: h, inLog: inLog, joined: append([]bool(nil), s.joined...), c: make([]float64, 5*n)}
	for i := range y {
		diff := next[i] - y[i]
		bump := h*s.stages[0][i] - diff
		d := 0.0
		for j := range 7 {
			d += dpD[j] * s.stages[j][i]
		}
		c := st.c[5*i:]
		c[0], c[1], c[2], c[3], c[4] = y[i], diff, bump, diff-h*s.stages[6][i]-bump, h*d
	}
	s.steps = append(s.steps, st)
}

// inside evaluates a step's polynomial at the fraction w of its width.
func (st *step) inside(w float64, y []float64) {
	for i := range y {
		c := st.c[5*i : 5*i+5]
		y[i] = c[0] + w*(c[1]+(1-w)*(c[2]+w*(c[3]+(1-w)*c[4])))
	}
}
