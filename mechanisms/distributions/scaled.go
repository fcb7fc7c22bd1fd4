package distributions

import "math"

// anyValue is what every distribution of values can do.
type anyValue interface {
	CDF(v float64) float64
	Quantile(p float64) float64
	Mean() float64
	Support() (low, high float64)
}

// Scaled is the distribution of factor times a value drawn from d.
//
//	F(v) = F_d(v/factor)
//
// Distributions of this package stay in their family; others are wrapped. Domain:
// factor finite and above 0; other factors give nil. A test asserts the quantiles of a
// scaled log-normal.
func Scaled(d anyValue, factor float64) anyValue {
	if !(factor > 0) || !finite(factor) {
		return nil
	}
	if factor == 1 {
		return d
	}
	times := func(x []float64) []float64 {
		y := make([]float64, len(x))
		for k := range x {
			y[k] = factor * x[k]
		}
		return y
	}
	switch d := d.(type) {
	case Uniform:
		return Uniform{low: factor * d.low, high: factor * d.high}
	case LogNormal:
		return LogNormal{mu: d.mu + math.Log(factor), sigma: d.sigma, mean: factor * d.mean}
	case Exponential:
		return Exponential{mean: factor * d.mean}
	case Pareto:
		return Pareto{scale: factor * d.scale, shape: d.shape}
	case Power:
		return Power{exponent: d.exponent, high: factor * d.high}
	case Empirical:
		return Empirical{sample: times(d.sample), sums: times(d.sums)}
	case Quantiles:
		return Quantiles{p: d.p, v: times(d.v), sums: times(d.sums)}
	}
	return scaled{d, factor}
}

type scaled struct {
	of     anyValue
	factor float64
}

func (s scaled) CDF(v float64) float64      { return s.of.CDF(v / s.factor) }
func (s scaled) Quantile(p float64) float64 { return s.factor * s.of.Quantile(p) }
func (s scaled) Mean() float64              { return s.factor * s.of.Mean() }

func (s scaled) Survival(v float64) float64 {
	survival, _ := Tails(s.of)
	return survival(v / s.factor)
}

func (s scaled) Upper(q float64) float64 {
	_, upper := Tails(s.of)
	return s.factor * upper(q)
}

func (s scaled) Support() (low, high float64) {
	low, high = s.of.Support()
	return s.factor * low, s.factor * high
}
