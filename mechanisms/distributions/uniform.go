package distributions

import "fmt"

// Uniform is the uniform distribution on [low, high].
//
//	F(v) = (v-low)/(high-low)
//
// Domain: 0 <= low < high. A test asserts mean 1 and F(0.5) = 1/4 on [0, 2].
type Uniform struct{ low, high float64 }

// NewUniform is the uniform distribution on [low, high].
func NewUniform(low, high float64) (Uniform, error) {
	switch {
	case !finite(low) || !finite(high) || low < 0 || high < low:
		return Uniform{}, fmt.Errorf("distributions: uniform: [%g, %g] is not an interval of finite numbers of at least 0", low, high)
	case low == high:
		return Uniform{}, constant("uniform", fmt.Sprintf("low and high are both %g", low))
	}
	return Uniform{low, high}, nil
}

// CDF is P(V <= v).
func (u Uniform) CDF(v float64) float64 { return unit((v - u.low) / (u.high - u.low)) }

// Survival is P(V > v).
func (u Uniform) Survival(v float64) float64 { return unit((u.high - v) / (u.high - u.low)) }

// Quantile is the value with CDF p.
func (u Uniform) Quantile(p float64) float64 {
	p = unit(p)
	return min(u.high, u.low+p*(u.high-u.low))
}

// Upper is the value with survival q.
func (u Uniform) Upper(q float64) float64 {
	q = unit(q)
	return max(u.low, u.high-q*(u.high-u.low))
}

// Density is f(v).
func (u Uniform) Density(v float64) float64 {
	if v < u.low || v > u.high {
		return 0
	}
	return 1 / (u.high - u.low)
}

// Mean is E V.
func (u Uniform) Mean() float64 { return u.low/2 + u.high/2 }

// PartialMean is E[V; V <= v].
func (u Uniform) PartialMean(v float64) float64 {
	v = min(max(v, u.low), u.high)
	return u.CDF(v) * (u.low/2 + v/2)
}

// TailMean is E[V; V > v].
func (u Uniform) TailMean(v float64) float64 {
	v = min(max(v, u.low), u.high)
	return u.Survival(v) * (u.high/2 + v/2)
}

// Support is [low, high].
func (u Uniform) Support() (low, high float64) { return u.low, u.high }
