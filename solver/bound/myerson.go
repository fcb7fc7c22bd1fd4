package bound

import (
	"errors"
	"fmt"
	"math"
	"sort"

	"allot/mechanisms"
	"allot/mechanisms/distributions"
)

// Optimum is the best of all mechanisms that agents with independent private values
// take part in of their own will.
//
//	max over mechanisms of (1-w) revenue + w welfare = E max(0, max_i psi_i(v_i)),
//	psi_i(v) = v - (1-w) (1-F_i(v))/f_i(v), ironed
//
// The right goes to the highest psi_i that is not negative (Myerson 1981; Riley,
// Samuelson 1981; Bulow, Roberts 1989); with w = 0 the value bounds the revenue of
// every mechanism, with w = 1 it is E max v. Distributions may be irregular, have atoms,
// gaps and no upper end. Tests assert 31/48 for U[0,1] against U[0,2], 2/e - 1/(2 e^2)
// for two draws of Exp(1), and 5/12 for two of U[0,1].
type Optimum struct {
	// Value is (1-w) Revenue + w Welfare.
	Value, Revenue, Welfare float64
	// Reserves are the least values that can win, Win the chances to win, in the
	// agents' order.
	Reserves, Win []float64
	// Unsold is the chance that nobody wins.
	Unsold float64
	// Ironed says that some virtual values had to be ironed.
	Ironed bool
}

// Revenue is the mechanism that brings the most revenue when agent i's value is
// drawn from values[i].
func Revenue(values []mechanisms.Distribution) (Optimum, error) { return Weighted(values, 0) }

// Weighted is the mechanism that brings the most of (1-weight) revenue + weight
// welfare, for a weight in [0, 1]: the frontier between the two as weight varies.
func Weighted(values []mechanisms.Distribution, weight float64) (Optimum, error) {
	if len(values) == 0 {
		return Optimum{}, errors.New("bound: there are no agents")
	}
	if !(weight >= 0 && weight <= 1) {
		return Optimum{}, fmt.Errorf("bound: weight %g is not in [0, 1]", weight)
	}
	curves, err := curvesOf(values, weight)
	if err != nil {
		return Optimum{}, err
	}
	return allot(curves, weight, len(values)), nil
}

// Welfare is E max v, which no mechanism's welfare exceeds.
func Welfare(values []mechanisms.Distribution) (float64, error) {
	o, err := Weighted(values, 1)
	return o.Welfare, err
}

// curvesOf groups agents by distribution and makes their curves.
func curvesOf(values []mechanisms.Distribution, weight float64) ([]*curve, error) {
	for i, d := range values {
		if d == nil {
			return nil, fmt.Errorf("bound: agent %d has no value", i+1)
		}
	}
	var curves []*curve
	for _, agents := range distributions.Groups(values) {
		d := values[agents[0]]
		low, high := d.Support()
		if !(low >= 0 && low <= math.MaxFloat64 && high >= low) || !(d.Mean() <= math.MaxFloat64) {
			return nil, fmt.Errorf("bound: agent %d: values must be finite, at least 0 and have a mean", agents[0]+1)
		}
		c := newCurve(d, weight)
		c.n, c.agents = len(agents), agents
		curves = append(curves, c)
	}
	return curves, nil
}

// reserve is the lowest type that may win.
func (c *curve) reserve() place {
	i := sort.Search(len(c.pieces), func(k int) bool { return c.pieces[k].top >= 0 })
	if i == len(c.pieces) {
		return place{1, 0, c.high}
	}
	p := &c.pieces[i]
	if p.flat || p.bottom >= 0 {
		return p.low
	}
	v := c.solve(p, 0)
	return place{c.d.CDF(v), c.survival(v), v}
}

// allot computes what comes of giving the right to the highest ironed virtual value.
func allot(curves []*curve, weight float64, agents int) Optimum {
	o := Optimum{Reserves: make([]float64, agents), Win: make([]float64, agents), Unsold: 1}
	// Where some curve has a seam, the others' integrals are split.
	var seams []float64
	for _, c := range curves {
		for _, p := range c.pieces {
			seams = append(seams, p.bottom, p.top)
		}
		for _, x := range c.places {
			if len(curves) > 1 && x.q > 0 && x.p > 0 && x.v < math.Inf(1) {
				seams = append(seams, c.below(x), c.psi(x.v))
			}
		}
	}
	sort.Float64s(seams)
	for k, c := range curves {
		low := c.reserve()
		win, welfare, objective := 0.0, 0.0, 0.0
		for i := range c.pieces {
			p := &c.pieces[i]
			if p.flat {
				if p.high.q < low.q && p.top >= 0 {
					o.Ironed = o.Ironed || p.high.v > p.low.v*(1+1e-9)
					x := tied(curves, k, p) * (p.low.q - p.high.q)
					win += x
					objective += p.top * x
					mean := p.low.v/2 + p.high.v/2
					if p.high.v > p.low.v*(1+1e-12) {
						mean = (c.tailAt(p.low) - c.tailAt(p.high)) / (p.low.q - p.high.q)
					}
					welfare += x * mean
				}
				continue
			}
			from := p.low
			if from.q > low.q {
				from = low
			}
			if from.q <= p.high.q {
				continue
			}
			a, b, d := c.integrate(curves, k, from, p.high, seams)
			win += a
			welfare += b
			objective += d
		}
		if n := len(c.pieces); n > 0 { // above the last place
			if x := c.pieces[n-1].high; x.q > 0 {
				win += x.q
				tail := c.tail(x.v)
				welfare += tail
				objective += (1-c.weight)*x.q*x.v + c.weight*tail
			}
		}
		for _, i := range c.agents {
			o.Reserves[i], o.Win[i] = low.v, win
		}
		o.Welfare += float64(c.n) * welfare
		o.Value += float64(c.n) * objective
		o.Unsold *= math.Pow(1-low.q, float64(c.n))
	}
	switch {
	case weight == 0:
		o.Revenue = o.Value
	case weight < 1:
		o.Revenue = (o.Value - weight*o.Welfare) / (1 - weight)
	default:
		o.Revenue = revenueOfBest(curves)
	}
	return o
}

// tailAt is E[V; types above the place].
func (c *curve) tailAt(x place) float64 {
	if x.q == 0 {
		return 0
	}
	t := c.tail(x.v)
	if x.v > 0 {
		t += math.Max(-x.q, x.q-c.survival(x.v)) * x.v
	}
	return t
}

// revenueOfBest is the expected runner-up's value: what an auction without a reserve
// brings, in which the highest value wins.
func revenueOfBest(curves []*curve) float64 {
	// E v_(2) = sum_i E max over the others - (N-1) E max, by inclusion and exclusion;
	// computed as the integral of P(v_(2) > x).
	var ends []float64
	for _, c := range curves {
		for _, x := range c.places {
			if x.v < math.Inf(1) {
				ends = append(ends, x.v)
			}
		}
	}
	sort.Float64s(ends)
	x, w := nodes()
	sum := ends[0] * second(curves, ends[0], true)
	for k := 1; k < len(ends); k++ {
		h := ends[k]/2 - ends[k-1]/2
		if h <= 0 {
			continue
		}
		for j := range x {
			sum += h * w[j] * second(curves, ends[k-1]+h*(1+x[j]), false)
		}
	}
	return sum
}

// second is the chance that two values or more are above v.
func second(curves []*curve, v float64, least bool) float64 {
	n := 0
	for _, c := range curves {
		n += c.n
	}
	if n < 2 {
		return 0
	}
	if least {
		return 1
	}
	// Binomials by group: none above, one above.
	log, odds, zero := 0.0, 0.0, 0
	first, square := 0.0, 0.0
	for _, c := range curves {
		s := c.survival(v)
		if s >= 1 {
			zero += c.n
			continue
		}
		log += float64(c.n) * math.Log1p(-s)
		odds += float64(c.n) * s / (1 - s)
		first += float64(c.n) * s
		square += float64(c.n) * s * s
	}
	switch {
	case zero >= 2:
		return 1
	case zero == 1: // one is above for sure
		return -math.Expm1(log)
	case first < 1e-5: // P = sum of pairs, up to a relative 1e-5 of next to nothing
		return (first*first - square) / 2 * (1 - 2*first/3)
	}
	return math.Max(0, 1-math.Exp(log)*(1+odds))
}

// others is the chance that no rival of one agent of curve k has an ironed virtual
// value above z.
func others(curves []*curve, k int, own place, z float64) float64 {
	h := 1.0
	for j, c := range curves {
		n := c.n
		q := own.q
		if j == k {
			n--
		} else if n > 0 {
			q = c.chance(z)
		}
		switch {
		case n == 0:
		case q >= 1:
			return 0
		case q < 0.5:
			h *= math.Exp(float64(n) * math.Log1p(-q))
		case j == k:
			h *= math.Pow(own.p, float64(n))
		default:
			h *= math.Pow(1-q, float64(n))
		}
	}
	return h
}

// tied is the chance that a type in a flat piece of curve k wins: ties within its group
// are shared, ties between groups go to the group that comes first.
func tied(curves []*curve, k int, p *piece) float64 {
	c := curves[k]
	n := float64(c.n)
	// int over the piece of (1-q)^(n-1), per unit of q
	a, b := 1-p.low.q, 1-p.high.q
	h := (math.Pow(b, n) - math.Pow(a, n)) / (n * (p.low.q - p.high.q))
	for j, d := range curves {
		if j == k {
			continue
		}
		q := d.chance(p.top)
		if j < k { // those who tie come first
			q = d.atLeast(p.top)
		}
		h *= math.Pow(1-q, float64(d.n))
	}
	return h
}

// atLeast is the chance of an ironed virtual value of at least z.
func (c *curve) atLeast(z float64) float64 {
	for i := range c.pieces {
		if p := &c.pieces[i]; p.flat && p.top == z {
			return p.low.q
		}
	}
	return c.chance(z)
}

// integrate is the chance to win, E[v; win] and E[psi; win] of the types between two places of a
// piece that is not flat.
func (c *curve) integrate(curves []*curve, k int, from, to place, seams []float64) (win, welfare, objective float64) {
	ends := []place{from}
	for _, x := range c.places {
		if x.q < from.q && x.q > to.q {
			ends = append(ends, x)
		}
	}
	ends = append(ends, to)
	if len(curves) > 1 {
		p := piece{low: from, high: to, bottom: c.psi(from.v), top: c.below(to)}
		for i, z := range seams {
			if z <= p.bottom || z >= p.top || i > 0 && z == seams[i-1] {
				continue
			}
			v := c.solve(&p, z)
			ends = append(ends, place{c.d.CDF(v), c.survival(v), v})
		}
		sort.Slice(ends, func(i, j int) bool { return ends[i].q > ends[j].q })
	}
	x, w := nodes()
	for i := 1; i < len(ends); i++ {
		a, b := ends[i-1], ends[i]
		if !(a.q > b.q) {
			continue
		}
		for j := range x {
			var t place
			var h float64
			if a.q < 0.5 && a.q > 2*b.q && a.q < 100*b.q { // in ln q
				l := math.Log(a.q/b.q) / 2
				t.q = b.q * math.Exp(l*(1+x[j]))
				h = l * t.q
				t = c.at(1-t.q, t.q)
			} else if a.q < 0.5 {
				h = (a.q - b.q) / 2
				t.q = b.q + h*(1+x[j])
				t = c.at(1-t.q, t.q)
			} else {
				h = (b.p - a.p) / 2
				t.p = a.p + h*(1+x[j])
				t = c.at(t.p, 1-t.p)
			}
			z := c.psi(t.v)
			if math.IsNaN(z) || math.IsInf(z, 0) {
				continue
			}
			y := h * w[j] * others(curves, k, t, z)
			win += y
			welfare += y * t.v
			objective += y * z
		}
	}
	return win, welfare, objective
}
