package private

import "math"

// system is the auction among groups k of n_k agents in which the winner's own bid has the
// weight lambda in the price (1: first price) as a system of differential equations. With
// l_k = ln F_k(phi_k), p_k = lambda/(phi_k - b) and T = sum n_k p_k/(N-1), the first-order
// conditions are dl_k/db = T - p_k (lambda 1: Marshall, Meurer, Richard, Stromquist 1994). In
// the independent variable L = sum n_k l_k, the log of the distribution function of the
// highest bid, they become
//
//	db/dL = 1/T,   dl_k/dL = 1 - p_k/T,
//
// bounded and smooth down to the lowest bid, where db/dL = 0, and as L runs to -Inf. Next
// to a top that has no end, or no density, theta = ln(-L) takes the place of L, and
// z_k = ln(-l_k) that of l_k for the groups that have such a top: however unequal the
// tails are, z_k is smooth in theta, and the types of the lighter ones follow the others'.
//
// Sums are over the groups that take part at b. A group whose next type has p_k > T waits
// for a lower bid: above the bid at which it joins, and where its values have a gap or an
// atom ends. An atom is a piece of l_k over which phi_k stays: its types mix. So the values
// of a group are pieces, who takes part stays the same over a step, and steps end where a
// piece does or a group joins.
type system struct {
	groups  []*group
	first   float64 // lambda
	reserve float64
	low     float64 // the lowest bid that can win
	end     float64 // L there
	depth   float64 // the least L that is looked at
	tip     float64 // the survival that stands for the top of a support without end
	tipped  bool    // whether the top is approached in theta
	scale   float64 // E max v

	tolerance float64 // of the integration, for a step, as a share of E max v
	enough    float64 // of what is missed, likewise

	strong int     // the one group whose support starts above low, or -1
	floor  float64 // (l-low)^lambda prod F_j(low), the same along its lowest type's indifference

	pieces [][]piece
	broken bool   // whether there are atoms or gaps, other than values that are known
	tail   []bool // whether x_k is z_k

	// The state: who takes part, by which piece, and the x_k and b.
	mode  []int8
	piece []int
	y     []float64
	inLog bool // whether the independent variable is theta

	p, phi []float64 // at the last slope, p without lambda

	relaxed bool   // see relax.go
	joined  []bool // there: who takes part
	active  []bool // and does not wait

	ode       explicit // the state after a step, whichever way it was made
	stiff     bool     // whether steps are implicit
	u         [6][]float64
	drift     []float64
	matrix    []float64
	pivots    []int
	stiffness float64 // of the last Jacobian
	last      step    // the last step, with its polynomial once it is shaped
	shaped    bool
	probe     []float64
	atEnd     []float64 // p and phi there, while the polynomial is made
	steps     []step
	room      []float64 // for their polynomials
	kept      float64   // the top bid that they are from
	seeking   bool      // whether integrations are to find the top bid only
	rough     bool      // and that roughly: a top bid that looks too high is
	starts    []float64 // the l_k at the tip of the last start
}

// What a group does at a bid.
const (
	waiting int8 = iota
	in
	done // no types are left that could win
)

// piece is a range of l over which the value falls continuously, or stays.
type piece struct {
	top, bottom float64 // values
	lo          float64 // the lower end of l, -Inf where the types go on below the lowest bid
}

func newSystem(groups []*group, reserve, low, scale float64) *system {
	k := len(groups)
	s := &system{groups: groups, first: 1, reserve: reserve, low: low, scale: scale, strong: -1}
	s.joined, s.active = make([]bool, k), make([]bool, k)
	s.mode, s.piece, s.pivots = make([]int8, k), make([]int, k), make([]int, k+1)
	s.p, s.phi, s.tail = make([]float64, k), make([]float64, k), make([]bool, k)
	s.ode = newExplicit(k + 1)
	for i := range s.u {
		s.u[i] = make([]float64, k+1)
	}
	for _, v := range []*[]float64{&s.y, &s.drift, &s.probe} {
		*v = make([]float64, k+1)
	}
	s.matrix, s.last.c = make([]float64, (k+1)*(k+1)), make([]float64, terms*(k+1))
	s.starts, s.atEnd = make([]float64, k), make([]float64, 2*k)
	s.tip = 1e-13
	for i, g := range groups {
		s.pieces = append(s.pieces, g.pieces(low, reserve))
		for j, p := range s.pieces[i] {
			s.broken = s.broken || !g.point() && (p.top == p.bottom || j > 0 && p.top < s.pieces[i][j-1].bottom)
		}
		s.tail[i] = g.high == math.Inf(1)
		if f, ok := g.Distribution.(interface{ Density(float64) float64 }); ok && !g.rough() && !g.point() && !s.tail[i] {
			s.tail[i] = !(f.Density(g.high)*(g.high-g.low) > 1e-3)
		}
		s.tipped = s.tipped || s.tail[i]
	}
	for s.tipped && s.tip > 1e-280 {
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

// pieces are the values above low, from the top.
func (g *group) pieces(low, reserve float64) []piece {
	if !g.rough() || g.point() {
		return []piece{{g.high, g.low, math.Inf(-1)}}
	}
	var out []piece
	add := func(top, bottom, above, below float64) {
		if !(above-below > 1e-14) || top <= low {
			return
		}
		p := piece{top, bottom, math.Log(below)}
		if bottom < low || bottom == low && (top > low || reserve < low) {
			p.lo = math.Inf(-1)
		}
		out = append(out, p)
	}
	for i := len(g.breaks) - 1; i >= 0; i-- {
		v := g.breaks[i]
		if i+1 < len(g.breaks) {
			if g.breaks[i+1] == v {
				continue
			}
			add(g.breaks[i+1], v, g.CDF(math.Nextafter(g.breaks[i+1], 0)), g.CDF(v))
		}
		before := 0.0
		if v > 0 {
			before = g.CDF(math.Nextafter(v, 0))
		}
		if at := g.CDF(v); at-before > 1e-13 {
			add(v, v, at, before)
		}
	}
	return out
}

// l is l_k from x_k.
func (s *system) l(k int, x float64) float64 {
	if s.tail[k] {
		return -math.Exp(x)
	}
	return x
}

// value is the value of the type of group k with the state x.
func (s *system) value(k int, x float64) float64 {
	g := s.groups[k]
	if s.relaxed {
		return s.whole(k, x)
	}
	p := &s.pieces[k][min(s.piece[k], len(s.pieces[k])-1)]
	if p.top == p.bottom {
		return p.top
	}
	if l := s.l(k, x); l < 0 {
		if l > -0.69 && s.tail[k] {
			x = g.upper(-math.Expm1(l))
		} else {
			x = g.Quantile(math.Exp(l))
		}
	} else {
		x = g.high
	}
	if !g.rough() {
		return x
	}
	if x > p.top {
		return p.top
	}
	if x < p.bottom && p.lo > math.Inf(-1) {
		return p.bottom
	}
	return x
}

// slope writes dx/dL and db/dL; false means that some type would have to bid above its
// value, or that nobody competes.
func (s *system) slope(y, dy []float64) bool {
	k := len(s.groups)
	if s.relaxed {
		return s.slack(y, dy)
	}
	b := y[k]
	sum, n := 0.0, 0
	for i, g := range s.groups {
		dy[i] = 0
		if s.mode[i] != in {
			continue
		}
		s.phi[i] = s.value(i, y[i])
		gap := s.phi[i] - b
		if !(gap > 1e-9*math.Max(b-s.low, 0)) {
			return false
		}
		s.p[i] = 1 / gap
		sum += float64(g.n) * s.p[i]
		n += g.n
	}
	if n < 2 {
		return false
	}
	t := sum / float64(n-1)
	for i, g := range s.groups {
		if s.mode[i] != in {
			continue
		}
		dy[i] = 1 - s.p[i]/t
		if s.tail[i] {
			if n-1 == g.n { // without the difference
				dy[i] = s.others(i) / sum
			}
			dy[i] /= -math.Exp(y[i])
		}
	}
	dy[k] = 1 / (s.first * t)
	return true
}

// others is sum n_j p_j over the groups but i.
func (s *system) others(i int) float64 {
	sum := 0.0
	for j, g := range s.groups {
		if j != i && s.mode[j] == in {
			sum += float64(g.n) * s.p[j]
		}
	}
	return sum
}

// rate is slope in the independent variable in use.
func (s *system) rate(x float64, y, dy []float64) bool {
	if !s.slope(y, dy) {
		return false
	}
	if s.inLog {
		l := -math.Exp(x)
		for i := range dy {
			dy[i] *= l
		}
	}
	return true
}

// perT is 1/(lambda T), and 0 where fewer than two agents take part.
func (s *system) perT(y []float64) float64 {
	if !s.slope(y, s.ode.next) {
		return 0
	}
	return s.ode.next[len(s.groups)]
}

// count is the number of agents who take part.
func (s *system) count() int {
	n := 0
	for i, g := range s.groups {
		if s.mode[i] == in {
			n += g.n
		}
	}
	return n
}

// all is L of a state.
func (s *system) all(y []float64) float64 {
	l := 0.0
	for i, g := range s.groups {
		if s.mode[i] != waiting || s.piece[i] > 0 || !s.tail[i] {
			l += float64(g.n) * s.l(i, y[i])
		}
	}
	return l
}

// at sets the state of a recorded step at the fraction w of its width.
func (s *system) at(st *step, w float64, y []float64) {
	copy(s.mode, st.mode)
	copy(s.piece, st.piece)
	st.inside(w, y)
	for i, g := range s.groups {
		s.joined[i] = s.mode[i] == in
		if s.tail[i] {
			continue
		}
		y[i] = math.Min(y[i], 0)
		if g.rough() && s.mode[i] == in { // the end of a piece to the letter
			if lo := s.pieces[i][s.piece[i]].lo; math.Abs(y[i]-lo) < 1e-8 {
				y[i] = lo
			}
		}
	}
}

// between is int Q(p) dp from p up to the state y of group k.
func (s *system) between(k int, from float64, y []float64) float64 {
	sum := 0.0
	to := math.Exp(s.l(k, y[k]))
	for ; s.piece[k] < len(s.pieces[k]) && to > from; s.piece[k]++ {
		at := math.Max(from, math.Exp(s.pieces[k][s.piece[k]].lo))
		sum += integral(func(p float64) float64 {
			x := math.Log(p)
			if s.tail[k] {
				x = math.Log(-x)
			}
			return s.value(k, x)
		}, at, to)
		to = at
	}
	return sum
}
