package distributions

import "math"

// SecondMoment is E[V^2], +Inf where the tail is too heavy for one.
//
// Distributions of this package and known values have one in closed form; of others it
// is not known and NaN. Tests assert it against quadrature, E[V^2] = 2 at an
// exponential mean of 1, and that a Pareto tail of shape 2 has none.
func SecondMoment(d anyValue) float64 {
	if low, high := d.Support(); low == high {
		return low * low
	}
	switch d := d.(type) {
	case Uniform:
		return (d.low*d.low + d.low*d.high + d.high*d.high) / 3
	case LogNormal:
		return d.mean * d.mean * math.Exp(d.sigma*d.sigma)
	case Exponential:
		return 2 * d.mean * d.mean
	case Pareto:
		if d.shape <= 2 {
			return math.Inf(1)
		}
		return d.scale * d.scale * (d.shape / (d.shape - 2))
	case Power:
		return d.high * d.high * (d.exponent / (d.exponent + 2))
	case Beta:
		return d.Mean() * ((d.beta.Alpha + 1) / (d.beta.Alpha + d.beta.Beta + 1))
	case Empirical:
		sum := 0.0
		for _, v := range d.sample { // ascending, so that little is lost
			sum += v * v / float64(len(d.sample))
		}
		return sum
	case Quantiles:
		sum := 0.0
		for k := 1; k < len(d.v); k++ {
			a, b := d.v[k-1], d.v[k]
			sum += (d.p[k] - d.p[k-1]) * ((a*a + a*b + b*b) / 3)
		}
		return sum
	case scaled:
		return d.factor * d.factor * SecondMoment(d.of)
	}
	return math.NaN()
}
