package distributions

import (
	"fmt"
	"math"

	"gonum.org/v1/gonum/mathext"
)

// LogNormal is the distribution of exp(mu + sigma Z), Z standard normal.
//
//	F(v) = Phi((ln v - mu)/sigma),  E V = exp(mu + sigma^2/2),
//	E[V; V <= v] = E V Phi((ln v - mu)/sigma - sigma)
//
// Domain: mu finite, sigma > 0, a mean that a float64 holds. A test asserts the mean
// e^0.5 and the expected smaller of two draws, 0.790562, at mu 0 and sigma 1.
type LogNormal struct{ mu, sigma, mean float64 }

// NewLogNormal is the distribution of exp(mu + sigma Z).
func NewLogNormal(mu, sigma float64) (LogNormal, error) {
	switch {
	case !finite(mu) || !finite(sigma) || sigma < 0:
		return LogNormal{}, fmt.Errorf("distributions: lognormal: mu %g and sigma %g must be finite, sigma above 0", mu, sigma)
	case sigma == 0:
		return LogNormal{}, constant("lognormal", "sigma is 0")
	}
	mean := math.Exp(mu + sigma*sigma/2)
	if math.IsInf(mean, 1) || math.Exp(mu) == 0 {
		return LogNormal{}, fmt.Errorf("distributions: lognormal: at mu %g and sigma %g the mean or the median is outside the range of numbers", mu, sigma)
	}
	return LogNormal{mu, sigma, mean}, nil
}

// score is (ln v - mu)/sigma, -Inf at 0.
func (l LogNormal) score(v float64) float64 {
	if !(v > 0) {
		return math.Inf(-1)
	}
	return (math.Log(v) - l.mu) / l.sigma
}

// phi is the standard normal distribution function.
func phi(z float64) float64 { return math.Erfc(-z/math.Sqrt2) / 2 }

// CDF is P(V <= v).
func (l LogNormal) CDF(v float64) float64 { return phi(l.score(v)) }

// Survival is P(V > v).
func (l LogNormal) Survival(v float64) float64 { return phi(-l.score(v)) }

// Quantile is the value with CDF p; +Inf at 1.
func (l LogNormal) Quantile(p float64) float64 {
	return math.Exp(l.mu + l.sigma*mathext.NormalQuantile(unit(p)))
}

// Upper is the value with survival q; +Inf at 0.
func (l LogNormal) Upper(q float64) float64 {
	return math.Exp(l.mu - l.sigma*mathext.NormalQuantile(unit(q)))
}

// Density is f(v).
func (l LogNormal) Density(v float64) float64 {
	if !(v > 0) || math.IsInf(v, 1) {
		return 0
	}
	z := l.score(v)
	return math.Exp(-z*z/2) / (math.Sqrt(2*math.Pi) * l.sigma * v)
}

// Mean is E V.
func (l LogNormal) Mean() float64 { return l.mean }

// PartialMean is E[V; V <= v].
func (l LogNormal) PartialMean(v float64) float64 { return l.mean * phi(l.score(v)-l.sigma) }

// TailMean is E[V; V > v].
func (l LogNormal) TailMean(v float64) float64 { return l.mean * phi(l.sigma-l.score(v)) }

// Support is [0, +Inf].
func (l LogNormal) Support() (low, high float64) { return 0, math.Inf(1) }

// Parameters are mu and sigma.
func (l LogNormal) Parameters() (mu, sigma float64) { return l.mu, l.sigma }
