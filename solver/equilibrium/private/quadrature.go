package private

import (
	"math"
	"sort"
)

// The nodes and weights of Gauss-Legendre quadrature with 16 points on [-1, 1],
// positive half (Abramowitz and Stegun 1964, table 25.4).
var gauss16 = [8][2]float64{
	{0.0950125098376374402, 0.1894506104550684963},
	{0.2816035507792589132, 0.1826034150449235889},
	{0.4580167776572273863, 0.1691565193950025382},
	{0.6178762444026437484, 0.1495959888165767321},
	{0.7554044083550030339, 0.1246289712555338720},
	{0.8656312023878317439, 0.0951585116824927848},
	{0.9445750230732325761, 0.0622535239386478929},
	{0.9894009349916499326, 0.0271524594117540949},
}

// The nodes and weights of Gauss-Laguerre quadrature with five points (Abramowitz and Stegun
// 1964, table 25.9).
var laguerre5 = [5][2]float64{
	{0.263560319718, 0.521755610583},
	{1.413403059107, 0.398666811083},
	{3.596425771041, 0.0759424496817},
	{7.085810005859, 0.00361175867992},
	{12.640800844276, 0.0000233699723858},
}

// The nodes and weights of Gauss-Legendre quadrature with five points on [-1, 1].
var gauss5 = [5][2]float64{
	{0, 128.0 / 225},
	{0.5384693101056831, 0.47862867049936647},
	{-0.5384693101056831, 0.47862867049936647},
	{0.9061798459386640, 0.23692688505618908},
	{-0.9061798459386640, 0.23692688505618908},
}

// The same with four points, positive half.
var gauss4 = [2][2]float64{
	{0.3399810435848562648, 0.6521451548625461426},
	{0.8611363115940525752, 0.3478548451374538574},
}

// integral is the integral of f over [a, b].
func integral(f func(float64) float64, a, b float64) float64 {
	if !(b > a) {
		return 0
	}
	sum := 0.0
	if a > 0 && b > 2*a { // in ln v: tails are powers, or nearly
		c, h := math.Log(a)/2+math.Log(b)/2, math.Log(b/a)/2
		for _, g := range gauss16 {
			x, y := math.Exp(c-h*g[0]), math.Exp(c+h*g[0])
			sum += g[1] * (x*f(x) + y*f(y))
		}
		return sum * h
	}
	c, h := a/2+b/2, b/2-a/2
	for _, g := range gauss16 {
		sum += g[1] * (f(c-h*g[0]) + f(c+h*g[0]))
	}
	return sum * h
}

// integral4 is the integral of f over [0, t] by Gauss-Legendre with four points.
func integral4(f func(float64) float64, t float64) float64 {
	sum := 0.0
	for _, q := range gauss4 {
		sum += q[1] * (f(t*(1-q[0])/2) + f(t*(1+q[0])/2))
	}
	return sum * t / 2
}

// panels are the ends of intervals from low upward on which every distribution
// function is smooth and does not vary by much more than a small factor at either
// end. The last end is the top of the support, or so far up that what is above counts for
// nothing but in expectations of the largest value (see beyond).
func panels(groups []*group, low float64) []float64 {
	var ends []float64
	top := low
	for _, g := range groups {
		top = math.Max(top, g.high)
	}
	for _, g := range groups {
		ends = append(ends, g.breaks...)
		if g.point() || g.rough() && len(g.breaks) > 64 {
			continue
		}
		for _, p := range [...]float64{1e-24, 1e-16, 1e-11, 1e-8, 1e-6, 1e-4, 1e-3, 0.01, 0.05, 0.15, 0.3, 0.5} {
			ends = append(ends, g.Quantile(p))
		}
		// Above the median by factors of the survival function: of 4, and far up in a
		// tail of 16 and more.
		ratio := 4.0
		for s := 0.25; s > 1e-80; s /= ratio {
			if g.high < math.Inf(1) && s < 1e-12 {
				break
			}
			v := g.upper(s)
			if math.IsInf(v, 1) {
				break
			}
			ends = append(ends, v)
			if s < 1e-12 {
				ratio = 16
			}
			if s < 1e-18 && g.tail != nil && g.tail(v) < 1e-18*g.Mean() {
				break
			}
		}
	}
	sort.Float64s(ends)
	out := append(make([]float64, 0, len(ends)+2), low)
	for _, v := range ends {
		if v > out[len(out)-1] && v <= top && v < math.Inf(1) {
			out = append(out, v)
		}
	}
	return out
}

// over is the integral of f over the panels.
func over(f func(float64) float64, ends []float64) float64 {
	sum, carry := 0.0, 0.0
	for k := 1; k < len(ends); k++ {
		y := integral(f, ends[k-1], ends[k]) - carry
		t := sum + y
		carry = (t - sum) - y
		sum = t
	}
	return sum
}

// pair is the integrals of both parts of f over the panels.
func pair(f func(float64) (x, y float64), ends []float64) (x, y float64) {
	for k := 1; k < len(ends); k++ {
		a, b := ends[k-1], ends[k]
		inLog := a > 0 && b > 2*a
		c, h := a/2+b/2, b/2-a/2
		if inLog {
			c, h = math.Log(a)/2+math.Log(b)/2, math.Log(b)/2-math.Log(a)/2
		}
		sumX, sumY := 0.0, 0.0
		for _, g := range gauss16 {
			for _, t := range [...]float64{-g[0], g[0]} {
				v, w := c+h*t, g[1]
				if inLog {
					v = math.Exp(v)
					w *= v
				}
				p, q := f(v)
				sumX += w * p
				sumY += w * q
			}
		}
		x += sumX * h
		y += sumY * h
	}
	return x, y
}

// beyond is sum n_k E[(V_k - v)+], what the largest value brings above v when v is
// so high that two values above it count for nothing.
func beyond(groups []*group, v float64) float64 {
	sum := 0.0
	for _, g := range groups {
		if g.tail != nil && g.high > v {
			sum += float64(g.n) * math.Max(0, g.tail(v)-v*g.survival(v))
		}
	}
	return sum
}

// power is x^n for whole n.
func power(x float64, n int) float64 {
	if n > 64 {
		return math.Pow(x, float64(n))
	}
	y := 1.0
	for n > 0 {
		if n&1 == 1 {
			y *= x
		}
		x *= x
		n >>= 1
	}
	return y
}

// raised is (1-s)^m from p = 1-s and s.
func raised(p, s, m float64) float64 {
	if m == 1 {
		return p
	}
	if s < 0.5 {
		return math.Exp(m * math.Log1p(-s))
	}
	return math.Pow(p, m)
}

// missed is 1 - (1-s)^m.
func missed(s, m float64) float64 {
	if s >= 1 {
		return 1
	}
	return -math.Expm1(m * math.Log1p(-s))
}
