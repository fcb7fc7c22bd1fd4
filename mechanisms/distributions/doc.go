// Package distributions has the distributions of values: uniform, log-normal,
// exponential, Pareto, power, beta, a sample, and a piecewise-linear quantile
// function.
//
// Each has the methods of a distribution as package mechanisms wants them (CDF,
// Quantile, Mean, Support) and, beyond these,
//
//	Survival(v)      P(V > v), accurate in the upper tail where 1 - CDF(v) is not
//	Upper(q)         the value with Survival q: Quantile(1-q) without its rounding
//	PartialMean(v)   E[V; V <= v]
//	TailMean(v)      E[V; V > v]
//	Density(v)       the density, where there is one
//
// Values are never negative, have a finite mean and are not constant: a value that
// is known is a point, which package mechanisms has. Everything is immutable and safe
// to share between goroutines. Nothing is truncated.
package distributions

import (
	"fmt"
	"math"
)

// finite reports a number that is neither NaN nor infinite.
func finite(x float64) bool { return math.Abs(x) <= math.MaxFloat64 }

// constant is the error for a distribution without variance.
func constant(name, why string) error {
	return fmt.Errorf("distributions: %s: %s: a value without variance is a point value", name, why)
}

// unit clamps a probability.
func unit(p float64) float64 {
	if !(p > 0) { // NaN too
		return 0
	}
	return min(p, 1)
}
