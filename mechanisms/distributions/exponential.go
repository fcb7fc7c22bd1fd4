package distributions

import (
	"fmt"
	"math"
)

// Exponential is the exponential distribution with a given mean.
//
//	F(v) = 1 - exp(-v/mean)
//
// Domain: mean > 0. A test asserts E[V; V <= 1] = 1 - 2/e at mean 1.
type Exponential struct{ mean float64 }

// NewExponential is the exponential distribution with a given mean.
func NewExponential(mean float64) (Exponential, error) {
	switch {
	case !finite(mean) || mean < 0:
		return Exponential{}, fmt.Errorf("distributions: exponential: mean %g must be finite and above 0", mean)
	case mean == 0:
		return Exponential{}, constant("exponential", "the mean is 0")
	}
	return Exponential{mean}, nil
}

// CDF is P(V <= v).
func (e Exponential) CDF(v float64) float64 { return -math.Expm1(-math.Max(v, 0) / e.mean) }

// Survival is P(V > v).
func (e Exponential) Survival(v float64) float64 { return math.Exp(-math.Max(v, 0) / e.mean) }

// Quantile is the value with CDF p; +Inf at 1.
func (e Exponential) Quantile(p float64) float64 { return -e.mean * math.Log1p(-unit(p)) }

// Upper is the value with survival q; +Inf at 0.
func (e Exponential) Upper(q float64) float64 { return math.Max(0, -e.mean*math.Log(unit(q))) }

// Density is f(v).
func (e Exponential) Density(v float64) float64 {
	if v < 0 {
		return 0
	}
	return math.Exp(-v/e.mean) / e.mean
}

// Mean is E V.
func (e Exponential) Mean() float64 { return e.mean }

// PartialMean is E[V; V <= v].
func (e Exponential) PartialMean(v float64) float64 {
	x := math.Max(v, 0) / e.mean
	if math.IsInf(x, 1) {
		return e.mean
	}
	if x < 1e-4 { // the difference below would cancel
		return e.mean * x * x * (0.5 - x*(1.0/3-x/8))
	}
	return e.mean * (-math.Expm1(-x) - x*math.Exp(-x))
}

// TailMean is E[V; V > v].
func (e Exponential) TailMean(v float64) float64 {
	x := math.Max(v, 0) / e.mean
	if math.IsInf(x, 1) {
		return 0
	}
	return e.mean * (1 + x) * math.Exp(-x)
}

// Support is [0, +Inf].
func (e Exponential) Support() (low, high float64) { return 0, math.Inf(1) }
