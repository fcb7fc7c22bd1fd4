package distributions

import (
	"fmt"
	"math"
)

// Power is the power distribution on [0, high].
//
//	F(v) = (v/high)^exponent,  E V = high exponent/(exponent+1)
//
// With a whole exponent k it is the largest of k uniform draws. Domain: exponent > 0,
// high > 0. A test asserts mean 2/3 at exponent 2 and high 1.
type Power struct{ exponent, high float64 }

// NewPower is the power distribution on [0, high].
func NewPower(exponent, high float64) (Power, error) {
	switch {
	case !finite(exponent) || exponent <= 0 || !finite(high) || high < 0:
		return Power{}, fmt.Errorf("distributions: power: exponent %g and high %g must be finite and above 0", exponent, high)
	case high == 0:
		return Power{}, constant("power", "high is 0")
	}
	return Power{exponent, high}, nil
}

// CDF is P(V <= v).
func (p Power) CDF(v float64) float64 {
	x := unit(v / p.high)
	if p.exponent == 1 {
		return x
	}
	return math.Pow(x, p.exponent)
}

// Survival is P(V > v).
func (p Power) Survival(v float64) float64 {
	x := unit(v / p.high)
	if x == 0 {
		return 1
	}
	return -math.Expm1(p.exponent * math.Log(x))
}

// Quantile is the value with CDF q.
func (p Power) Quantile(q float64) float64 { return p.high * math.Pow(unit(q), 1/p.exponent) }

// Upper is the value with survival q.
func (p Power) Upper(q float64) float64 {
	q = unit(q)
	if q == 1 {
		return 0
	}
	return p.high * math.Exp(math.Log1p(-q)/p.exponent)
}

// Density is f(v); +Inf at 0 for an exponent below 1.
func (p Power) Density(v float64) float64 {
	if v < 0 || v > p.high {
		return 0
	}
	return p.exponent / p.high * math.Pow(v/p.high, p.exponent-1)
}

// Mean is E V.
func (p Power) Mean() float64 { return p.high * (p.exponent / (p.exponent + 1)) }

// PartialMean is E[V; V <= v].
func (p Power) PartialMean(v float64) float64 {
	return p.Mean() * math.Pow(unit(v/p.high), p.exponent+1)
}

// TailMean is E[V; V > v].
func (p Power) TailMean(v float64) float64 {
	x := unit(v / p.high)
	if x == 0 {
		return p.Mean()
	}
	return p.Mean() * -math.Expm1((p.exponent+1)*math.Log(x))
}

// Support is [0, high].
func (p Power) Support() (low, high float64) { return 0, p.high }
