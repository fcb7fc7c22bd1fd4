package distributions

import (
	"errors"
	"fmt"
	"math"
	"sort"
)

// Quantiles is the distribution with a piecewise-linear quantile function.
//
//	Q(p) is linear between (probabilities[k], values[k]) and the next knot
//
// Values that stay the same while the probability grows are an atom; values that
// jump at one probability are a gap. Domain: probabilities from 0 to 1 and values of
// at least 0, both ascending, not all values equal. A test asserts F(1) = 1/2 and
// mean 1 for the knots (0, 0), (1/2, 1), (1, 2).
type Quantiles struct{ p, v, sums []float64 }

// NewQuantiles is the distribution whose quantile function joins the knots, which it
// copies.
func NewQuantiles(probabilities, values []float64) (Quantiles, error) {
	n := len(values)
	if n < 2 || len(probabilities) != n {
		return Quantiles{}, errors.New("distributions: quantiles: there must be as many probabilities as values, and two or more")
	}
	if probabilities[0] != 0 || probabilities[n-1] != 1 {
		return Quantiles{}, fmt.Errorf("distributions: quantiles: probabilities run from %g to %g: they must run from 0 to 1", probabilities[0], probabilities[n-1])
	}
	for k := range values {
		if !finite(values[k]) || values[k] < 0 {
			return Quantiles{}, fmt.Errorf("distributions: quantiles: value %d is %g: values must be finite and at least 0", k+1, values[k])
		}
		if k > 0 && !(probabilities[k] >= probabilities[k-1] && values[k] >= values[k-1]) {
			return Quantiles{}, fmt.Errorf("distributions: quantiles: knot %d does not ascend", k+1)
		}
	}
	q := Quantiles{p: append([]float64(nil), probabilities...), v: append([]float64(nil), values...)}
	q.sums = make([]float64, n)
	for k := 1; k < n; k++ {
		q.sums[k] = q.sums[k-1] + (q.p[k]-q.p[k-1])*(q.v[k]/2+q.v[k-1]/2)
	}
	if low, high := q.Support(); low == high {
		return Quantiles{}, constant("quantiles", fmt.Sprintf("every value is %g", low))
	}
	return q, nil
}

// after is the first knot with a value above v.
func (q Quantiles) after(v float64) int {
	return sort.Search(len(q.v), func(k int) bool { return q.v[k] > v })
}

// CDF is P(V <= v).
func (q Quantiles) CDF(v float64) float64 {
	if math.IsNaN(v) {
		return 0
	}
	k := q.after(v)
	switch k {
	case 0:
		return 0
	case len(q.v):
		return 1
	}
	return q.p[k-1] + (q.p[k]-q.p[k-1])*((v-q.v[k-1])/(q.v[k]-q.v[k-1]))
}

// Survival is P(V > v).
func (q Quantiles) Survival(v float64) float64 {
	k := q.after(v)
	switch k {
	case 0:
		return 1
	case len(q.v):
		return 0
	}
	return (1 - q.p[k]) + (q.p[k]-q.p[k-1])*((q.v[k]-v)/(q.v[k]-q.v[k-1]))
}

// Quantile is the least value with CDF of at least p.
func (q Quantiles) Quantile(p float64) float64 {
	p = unit(p)
	k := sort.SearchFloat64s(q.p, p) // first knot with probability of at least p
	if k == 0 {
		low, _ := q.Support()
		return low
	}
	w := (p - q.p[k-1]) / (q.p[k] - q.p[k-1])
	return q.v[k-1] + w*(q.v[k]-q.v[k-1])
}

// Upper is the least value with survival of at most u.
func (q Quantiles) Upper(u float64) float64 { return q.Quantile(1 - unit(u)) }

// Density is f(v) off the atoms: the slope of the distribution function to the
// right of v, 0 in a gap.
func (q Quantiles) Density(v float64) float64 {
	k := q.after(v)
	if k == 0 || k == len(q.v) {
		return 0
	}
	return (q.p[k] - q.p[k-1]) / (q.v[k] - q.v[k-1])
}

// Mean is E V.
func (q Quantiles) Mean() float64 { return q.sums[len(q.sums)-1] }

// PartialMean is E[V; V <= v].
func (q Quantiles) PartialMean(v float64) float64 {
	if math.IsNaN(v) {
		return 0
	}
	k := q.after(v)
	switch k {
	case 0:
		return 0
	case len(q.v):
		return q.Mean()
	}
	return q.sums[k-1] + (q.CDF(v)-q.p[k-1])*(v/2+q.v[k-1]/2)
}

// TailMean is E[V; V > v].
func (q Quantiles) TailMean(v float64) float64 { return math.Max(0, q.Mean()-q.PartialMean(v)) }

// Support is from the least to the largest value that has probability: a gap at
// either end is left out.
func (q Quantiles) Support() (low, high float64) {
	n := len(q.p)
	i := 0
	for i+1 < n && q.p[i+1] == 0 {
		i++
	}
	j := n - 1
	for j > 0 && q.p[j-1] == 1 {
		j--
	}
	return q.v[i], q.v[j]
}

// Atoms are the values that have probability of their own, and how much.
func (q Quantiles) Atoms() (values, probabilities []float64) {
	for k := 1; k < len(q.v); k++ {
		mass := q.p[k] - q.p[k-1]
		if q.v[k] != q.v[k-1] || mass == 0 {
			continue
		}
		if n := len(values); n > 0 && values[n-1] == q.v[k] {
			probabilities[n-1] += mass
			continue
		}
		values = append(values, q.v[k])
		probabilities = append(probabilities, mass)
	}
	return values, probabilities
}

// Knots are the values between which the distribution function is linear.
func (q Quantiles) Knots() []float64 { return append([]float64(nil), q.v...) }
