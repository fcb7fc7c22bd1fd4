package bound

import (
	"math"
	"sort"
	"sync"

	"gonum.org/v1/gonum/integrate/quad"

	"allot/mechanisms"
	"allot/mechanisms/distributions"
)

// place is a type: the chance q of a higher value (p = 1-q without rounding), the value.
type place struct{ p, q, v float64 }

// piece is a stretch of types from low to high values. In a flat one every type has
// the same ironed virtual value, top = bottom; in the others it ascends from bottom to
// top without ironing.
type piece struct {
	low, high   place
	bottom, top float64
	flat        bool
}

// curve is a group's ironed virtual value, weight being the weight of welfare:
//
//	psi(v) = v - (1-weight) (1-F(v))/f(v)
//
// ironed by the concave hull of its integral (1-weight) q v(q) + weight E[V; V > v(q)]
// over the chance q of a higher value (Myerson 1981; Bulow, Roberts 1989).
type curve struct {
	d        mechanisms.Distribution
	n        int
	agents   []int
	weight   float64
	survival func(float64) float64
	upper    func(float64) float64
	density  func(float64) float64
	tail     func(float64) float64
	low      float64
	high     float64
	places   []place // panels, ascending in value
	pieces   []piece // ascending in value
}

// newCurve makes the curve of a distribution.
func newCurve(d mechanisms.Distribution, weight float64) *curve {
	c := &curve{d: d, weight: weight}
	c.low, c.high = d.Support()
	c.survival, c.upper = distributions.Tails(d)
	if t, ok := d.(interface{ TailMean(float64) float64 }); ok {
		c.tail = t.TailMean
	} else {
		c.tail = c.slowTail
	}
	if f, ok := d.(interface{ Density(float64) float64 }); ok {
		c.density = f.Density
	} else {
		c.density = func(v float64) float64 { // by a difference that is good to ten digits
			h := 1e-4 * v
			return (8*(d.CDF(v+h)-d.CDF(v-h)) - (d.CDF(v+2*h) - d.CDF(v-2*h))) / (12 * h)
		}
	}
	c.panels()
	c.iron()
	return c
}

// psi is the virtual value before ironing.
func (c *curve) psi(v float64) float64 {
	s := (1 - c.weight) * c.survival(v)
	if s <= 0 {
		return v
	}
	return v - s/c.density(v)
}

// below is the virtual value before ironing of the types just below a place, to whom an atom or
// another density there does not belong.
func (c *curve) below(x place) float64 {
	s := (1 - c.weight) * x.q
	if s <= 0 || math.IsInf(x.v, 1) {
		return x.v
	}
	return x.v - s/c.density(math.Nextafter(x.v, 0))
}

// at is the type above which there is q = 1-p.
func (c *curve) at(p, q float64) place {
	switch {
	case q <= 0:
		return place{1, 0, c.high}
	case p <= 0:
		return place{0, 1, c.low}
	case q < 0.5:
		return place{p, q, c.upper(q)}
	}
	return place{p, q, c.d.Quantile(p)}
}

// panels sets the places between which the quantile function is smooth.
func (c *curve) panels() {
	add := func(p, q float64) { c.places = append(c.places, c.at(p, q)) }
	var breaks []float64
	if k, ok := c.d.(interface{ Knots() []float64 }); ok {
		breaks = k.Knots()
	} else if a, ok := c.d.(interface {
		Atoms() (values, probabilities []float64)
	}); ok {
		breaks, _ = a.Atoms()
	} else if c.low == c.high {
		breaks = []float64{c.low}
	}
	for _, v := range breaks {
		below := math.Nextafter(v, math.Inf(-1))
		for _, x := range [...]place{{c.d.CDF(below), c.survival(below), v}, {c.d.CDF(v), c.survival(v), v}} {
			if x.v >= c.low && x.v <= c.high {
				c.places = append(c.places, x)
			}
		}
	}
	if len(breaks) < 3 && c.low < c.high { // a smooth distribution
		add(0, 1)
		for p := 0.5; p > 1e-14; p /= 4 {
			add(p, 1-p)
		}
		ratio, least := 4.0, 1e-300
		if c.high < math.Inf(1) {
			least = 1e-16
		}
		for q := 0.25; q > least; q /= ratio {
			x := c.at(1-q, q)
			if math.IsInf(x.v, 1) {
				break
			}
			c.places = append(c.places, x)
			if q < 1e-20 {
				ratio = 16
			}
			if q < 1e-16 && c.tail(x.v) < 1e-17*c.d.Mean() {
				break
			}
		}
		if c.high < math.Inf(1) {
			add(1, 0)
		}
	}
	sort.SliceStable(c.places, func(i, j int) bool {
		a, b := c.places[i], c.places[j]
		if a.q != b.q {
			return a.q > b.q
		}
		return a.v < b.v
	})
	out := c.places[:0]
	for _, x := range c.places {
		if len(out) == 0 || out[len(out)-1] != x {
			out = append(out, x)
		}
	}
	c.places = out
}

// worth is the integral of psi over the types above a place: the curve to be ironed.
func (c *curve) worth(x place) float64 {
	r := (1 - c.weight) * x.q * x.v
	if x.q == 0 {
		r = 0
	}
	if c.weight > 0 {
		// Types at x.v itself that count as above it (an atom).
		r += c.weight * (c.tail(x.v) + math.Max(0, x.q-c.survival(x.v))*x.v)
	}
	return r
}

// iron cuts the types into pieces.
func (c *curve) iron() {
	// A fine set of places, and the upper concave hull of worth over q.
	var fine []place
	for k, x := range c.places {
		if k > 0 {
			c.between(&fine, c.places[k-1], x, 12)
		}
		fine = append(fine, x)
	}
	hull := c.hull(fine)
	// Tangent points are sharpened: the hull's error is the square of theirs.
	for range 5 {
		var sharper []place
		for i, k := range hull {
			if i > 0 && k > hull[i-1]+1 { // an ironed stretch from hull[i-1] to k
				for _, t := range [...]int{hull[i-1], k} {
					if t > 0 {
						c.between(&sharper, fine[t-1], fine[t], 16)
					}
					if t+1 < len(fine) {
						c.between(&sharper, fine[t], fine[t+1], 16)
					}
				}
			}
		}
		if len(sharper) == 0 {
			break
		}
		fine = append(fine, sharper...)
		sort.SliceStable(fine, func(i, j int) bool {
			if fine[i].q != fine[j].q {
				return fine[i].q > fine[j].q
			}
			return fine[i].v < fine[j].v
		})
		hull = c.hull(fine)
	}
	for i := 1; i < len(hull); i++ {
		a, b := fine[hull[i-1]], fine[hull[i]]
		if a.q == b.q {
			continue // a gap: no types
		}
		if b.v-a.v <= 1e-14*b.v || (hull[i] > hull[i-1]+1 && !c.regular(fine[hull[i-1]:hull[i]+1])) {
			slope := (c.worth(a) - c.worth(b)) / (a.q - b.q)
			c.pieces = append(c.pieces, piece{a, b, slope, slope, true})
			continue
		}
		bottom, top := c.psi(a.v), c.below(b)
		if n := len(c.pieces); n > 0 && !c.pieces[n-1].flat && c.pieces[n-1].high == a {
			c.pieces[n-1].high, c.pieces[n-1].top = b, top
			continue
		}
		c.pieces = append(c.pieces, piece{a, b, bottom, top, false})
	}
	// Rounding at the seams must not make the virtual value descend.
	last := math.Inf(-1)
	for i := range c.pieces {
		p := &c.pieces[i]
		if p.flat {
			p.bottom = math.Max(p.bottom, last)
			p.top = p.bottom
		} else {
			p.bottom = math.Max(p.bottom, last)
			p.top = math.Max(p.top, p.bottom)
		}
		last = p.top
	}
}

// atom is the least probability that counts as an atom's rather than rounding.
const atom = 1e-12

// regular reports that psi ascends over the places but for rounding, so that the hull
// left them out by rounding only.
func (c *curve) regular(fine []place) bool {
	last := math.Inf(-1)
	for k, x := range fine {
		if k > 0 && x.q == fine[k-1].q && x.v > fine[k-1].v && c.weight < 1 {
			return false // a gap
		}
		if k > 0 && x.v == fine[k-1].v && fine[k-1].q-x.q > atom {
			if last > x.v { // types of one value, whose virtual value it is
				return false
			}
			last = x.v
		}
		y := c.psi(x.v)
		if y < last-1e-10*(math.Abs(x.v)+math.Abs(y)) {
			return false
		}
		last = math.Max(last, y)
	}
	return true
}

// between adds places between two, where there are types between them.
func (c *curve) between(out *[]place, a, b place, steps int) {
	if a.q == b.q || a.v == b.v {
		return
	}
	for k := 1; k < steps; k++ {
		w := float64(k) / float64(steps)
		var x place
		switch {
		case b.q > 0 && a.q < 0.5:
			q := a.q * math.Pow(b.q/a.q, w)
			x = c.at(1-q, q)
		case a.q < 0.5:
			q := a.q * (1 - w)
			x = c.at(1-q, q)
		case a.p > 0:
			p := a.p * math.Pow(b.p/a.p, w)
			x = c.at(p, 1-p)
		default:
			p := b.p * w
			x = c.at(p, 1-p)
		}
		if x.q < a.q && x.q > b.q && x.v < math.Inf(1) {
			*out = append(*out, x)
		}
	}
}

// hull is the upper concave hull of worth over q. The places descend in q; at a gap,
// where two have one q, the upper counts.
func (c *curve) hull(fine []place) []int {
	w := make([]float64, len(fine))
	for i, x := range fine {
		w[i] = c.worth(x)
	}
	var hull []int
	for i, x := range fine {
		if n := len(hull); n > 0 && fine[hull[n-1]].q == x.q {
			if w[i] < w[hull[n-1]] {
				continue
			}
			hull = hull[:n-1]
		}
		for n := len(hull); n > 1; n = len(hull) {
			a, p := hull[n-1], hull[n-2]
			if (w[a]-w[p])/(fine[p].q-fine[a].q) > (w[i]-w[a])/(fine[a].q-x.q) {
				break
			}
			hull = hull[:n-1] // below the chord
		}
		hull = append(hull, i)
	}
	return hull
}

// chance is the chance of a type whose ironed virtual value is above z.
func (c *curve) chance(z float64) float64 {
	i := sort.Search(len(c.pieces), func(k int) bool { return c.pieces[k].top > z })
	if i == len(c.pieces) {
		return 0
	}
	p := &c.pieces[i]
	if p.flat || z < p.bottom {
		return p.low.q
	}
	return c.survival(c.solve(p, z))
}

// solve is the value with psi = z in a piece that is not flat: Illinois steps.
func (c *curve) solve(p *piece, z float64) float64 {
	a, b := p.low.v, p.high.v
	fa, fb := p.bottom-z, p.top-z
	if fa >= 0 {
		return a
	}
	if fb <= 0 {
		return b
	}
	side := 0
	for step := range 200 {
		x := a/2 + b/2
		if !math.IsInf(fa, 0) && !math.IsInf(fb, 0) && step%6 != 5 {
			x = (a*fb - b*fa) / (fb - fa)
		}
		if !(x > a && x < b) {
			x = a/2 + b/2
		}
		if b-a <= 4e-16*b || x == a || x == b {
			return x
		}
		fx := c.psi(x) - z
		if fx == 0 {
			return x
		}
		if math.Abs(fx) <= 2e-16*math.Abs(x) {
			return x
		}
		if fx < 0 {
			a, fa = x, fx
			if side == -1 {
				fb /= 2
			}
			side = -1
		} else {
			b, fb = x, fx
			if side == 1 {
				fa /= 2
			}
			side = 1
		}
	}
	return a/2 + b/2
}

// nodes are those of Gauss-Legendre quadrature on [-1, 1].
var nodes = sync.OnceValues(func() (x, w []float64) {
	x, w = make([]float64, 16), make([]float64, 16)
	quad.Legendre{}.FixedLocations(x, w, -1, 1)
	return x, w
})

// slowTail is E[V; V > v] for a distribution that does not say it.
func (c *curve) slowTail(v float64) float64 {
	x, w := nodes()
	sum, q := 0.0, c.survival(v)
	for range 60 { // halves, down to 1e-18 of the chance
		for k := range x {
			sum += w[k] * q / 4 * c.upper(q*(0.75+x[k]/4))
		}
		q /= 2
	}
	return sum
}
