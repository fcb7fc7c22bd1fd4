package distributions

import (
	"fmt"
	"math"
)

// Pareto is the Pareto distribution of the first kind.
//
//	F(v) = 1 - (scale/v)^shape  for v >= scale,  E V = shape scale/(shape-1)
//
// Domain: scale > 0, shape > 1 (there is no mean otherwise; the variance is
// infinite up to shape 2). A test asserts mean 1.5 and E[V; V <= 2] = 1.125 at scale
// 1 and shape 3.
type Pareto struct{ scale, shape float64 }

// NewPareto is the Pareto distribution above scale.
func NewPareto(scale, shape float64) (Pareto, error) {
	switch {
	case !finite(scale) || scale <= 0 || !finite(shape) || shape <= 0:
		return Pareto{}, fmt.Errorf("distributions: pareto: scale %g and shape %g must be finite and above 0", scale, shape)
	case shape <= 1:
		return Pareto{}, fmt.Errorf("distributions: pareto: at shape %g the tail is so heavy that there is no mean; the shape must be above 1", shape)
	}
	p := Pareto{scale, shape}
	if math.IsInf(p.Mean(), 1) {
		return Pareto{}, fmt.Errorf("distributions: pareto: at scale %g and shape %g the mean is outside the range of numbers", scale, shape)
	}
	return p, nil
}

// CDF is P(V <= v).
func (p Pareto) CDF(v float64) float64 {
	if !(v > p.scale) {
		return 0
	}
	return -math.Expm1(p.shape * math.Log(p.scale/v))
}

// Survival is P(V > v).
func (p Pareto) Survival(v float64) float64 {
	if !(v > p.scale) {
		return 1
	}
	return math.Pow(p.scale/v, p.shape)
}

// Quantile is the value with CDF q; +Inf at 1.
func (p Pareto) Quantile(q float64) float64 {
	return p.scale * math.Exp(-math.Log1p(-unit(q))/p.shape)
}

// Upper is the value with survival q; +Inf at 0.
func (p Pareto) Upper(q float64) float64 { return p.scale * math.Pow(unit(q), -1/p.shape) }

// Density is f(v).
func (p Pareto) Density(v float64) float64 {
	if v < p.scale || math.IsInf(v, 1) {
		return 0
	}
	return p.shape / v * math.Pow(p.scale/v, p.shape)
}

// Mean is E V.
func (p Pareto) Mean() float64 { return p.scale * (p.shape / (p.shape - 1)) }

// PartialMean is E[V; V <= v].
func (p Pareto) PartialMean(v float64) float64 {
	if !(v > p.scale) {
		return 0
	}
	return p.Mean() * -math.Expm1((p.shape-1)*math.Log(p.scale/v))
}

// TailMean is E[V; V > v].
func (p Pareto) TailMean(v float64) float64 {
	if !(v > p.scale) {
		return p.Mean()
	}
	return p.Mean() * math.Pow(p.scale/v, p.shape-1)
}

// Support is [scale, +Inf].
func (p Pareto) Support() (low, high float64) { return p.scale, math.Inf(1) }
