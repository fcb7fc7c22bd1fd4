package distributions

import (
	"fmt"
	"math"

	"gonum.org/v1/gonum/mathext"
	"gonum.org/v1/gonum/stat/distuv"
)

// Beta is the beta distribution on [0, 1].
//
//	f(v) = v^(a-1) (1-v)^(b-1)/B(a, b),  E V = a/(a+b),
//	E[V; V <= v] = a/(a+b) I_v(a+1, b)
//
// I is the regularised incomplete beta function. Domain: a, b > 0. A test asserts
// F(1/2) = 11/16 at a 2 and b 3.
type Beta struct{ beta distuv.Beta }

// NewBeta is the beta distribution with shapes a and b.
func NewBeta(a, b float64) (Beta, error) {
	if !finite(a) || !finite(b) || a <= 0 || b <= 0 {
		return Beta{}, fmt.Errorf("distributions: beta: shapes %g and %g must be finite and above 0", a, b)
	}
	if !finite(a+b) || a+b > 1e12 || math.Min(a, b) < 1e-6 {
		return Beta{}, fmt.Errorf("distributions: beta: shapes %g and %g are outside [1e-6, 1e12]", a, b)
	}
	return Beta{distuv.Beta{Alpha: a, Beta: b}}, nil
}

// CDF is P(V <= v).
func (b Beta) CDF(v float64) float64 {
	return mathext.RegIncBeta(b.beta.Alpha, b.beta.Beta, unit(v))
}

// Survival is P(V > v).
func (b Beta) Survival(v float64) float64 {
	if f := b.CDF(v); v < 0.5 && f < 0.5 { // 1-v is rounded, and the density may be steep
		return 1 - f
	}
	return mathext.RegIncBeta(b.beta.Beta, b.beta.Alpha, 1-unit(v))
}

// Quantile is the value with CDF p.
func (b Beta) Quantile(p float64) float64 {
	p = unit(p)
	if p == 0 || p == 1 {
		return p
	}
	return b.polish(mathext.InvRegIncBeta(b.beta.Alpha, b.beta.Beta, p), p, b.CDF, 1)
}

// Upper is the value with survival q.
func (b Beta) Upper(q float64) float64 {
	q = unit(q)
	if q == 0 || q == 1 {
		return 1 - q
	}
	return b.polish(1-mathext.InvRegIncBeta(b.beta.Beta, b.beta.Alpha, q), q, b.Survival, -1)
}

// polish takes Newton steps on a quantile, as the inverse of the incomplete beta
// function is good to about eight digits only.
func (b Beta) polish(v, p float64, f func(float64) float64, sign float64) float64 {
	for range 3 {
		d := b.Density(v)
		if !(d > 0) || math.IsInf(d, 1) {
			return v
		}
		next := v - sign*(f(v)-p)/d
		if !(next > 0 && next < 1) {
			return v
		}
		if math.Abs(next-v) <= 1e-16*v {
			return next
		}
		v = next
	}
	return v
}

// Density is f(v); it is +Inf at an end where the shape is below 1.
func (b Beta) Density(v float64) float64 {
	if v < 0 || v > 1 {
		return 0
	}
	if (v == 0 && b.beta.Alpha == 1) || (v == 1 && b.beta.Beta == 1) {
		return math.Max(b.beta.Alpha, b.beta.Beta)
	}
	return b.beta.Prob(v)
}

// Mean is E V.
func (b Beta) Mean() float64 { return b.beta.Alpha / (b.beta.Alpha + b.beta.Beta) }

// PartialMean is E[V; V <= v].
func (b Beta) PartialMean(v float64) float64 {
	return b.Mean() * mathext.RegIncBeta(b.beta.Alpha+1, b.beta.Beta, unit(v))
}

// TailMean is E[V; V > v].
func (b Beta) TailMean(v float64) float64 {
	if below := b.PartialMean(v); v < 0.5 && below < b.Mean()/2 {
		return b.Mean() - below
	}
	return b.Mean() * mathext.RegIncBeta(b.beta.Beta, b.beta.Alpha+1, 1-unit(v))
}

// Support is [0, 1].
func (b Beta) Support() (low, high float64) { return 0, 1 }
