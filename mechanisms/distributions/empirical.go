package distributions

import (
	"errors"
	"fmt"
	"math"
	"sort"
)

// Empirical is the distribution of a draw from a sample.
//
//	F(v) = #{k : x_k <= v}/N
//
// Every distinct number is an atom. Domain: finite numbers of at least 0, at least
// two of them different. A test asserts F(2) = 2/3 and mean 2 for 1, 2, 3.
type Empirical struct {
	// sorted sample; sums[k] is the mean contribution of the k smallest.
	sample, sums []float64
}

// NewEmpirical is the distribution of a draw from the sample, which it copies.
func NewEmpirical(sample []float64) (Empirical, error) {
	if len(sample) == 0 {
		return Empirical{}, errors.New("distributions: empirical: the sample is empty")
	}
	x := append([]float64(nil), sample...)
	for i, v := range x {
		if !finite(v) || v < 0 {
			return Empirical{}, fmt.Errorf("distributions: empirical: number %d is %g: values must be finite and at least 0", i+1, v)
		}
	}
	sort.Float64s(x)
	if x[0] == x[len(x)-1] {
		return Empirical{}, constant("empirical", fmt.Sprintf("every number is %g", x[0]))
	}
	sums := make([]float64, len(x)+1)
	n, carry := float64(len(x)), 0.0
	for i, v := range x { // compensated: samples have heavy tails
		y := v/n - carry
		t := sums[i] + y
		carry = (t - sums[i]) - y
		sums[i+1] = t
	}
	return Empirical{x, sums}, nil
}

// upTo is the number of draws of at most v.
func (e Empirical) upTo(v float64) int {
	return sort.Search(len(e.sample), func(k int) bool { return e.sample[k] > v })
}

// CDF is P(V <= v).
func (e Empirical) CDF(v float64) float64 {
	if math.IsNaN(v) {
		return 0
	}
	return float64(e.upTo(v)) / float64(len(e.sample))
}

// Survival is P(V > v).
func (e Empirical) Survival(v float64) float64 {
	return float64(len(e.sample)-e.upTo(v)) / float64(len(e.sample))
}

// Quantile is the least number of the sample with CDF of at least p.
func (e Empirical) Quantile(p float64) float64 {
	n := len(e.sample)
	p = unit(p)
	k := int(math.Ceil(p * float64(n)))
	k = min(max(k, 1), n)
	// p*n may have been rounded either way.
	for k > 1 && float64(k-1)/float64(n) >= p {
		k--
	}
	for k < n && float64(k)/float64(n) < p {
		k++
	}
	return e.sample[k-1]
}

// Upper is the least number of the sample with survival of at most q.
func (e Empirical) Upper(q float64) float64 {
	n := len(e.sample)
	q = unit(q)
	k := min(max(int(math.Floor(q*float64(n))), 0), n-1) // this many may lie above
	for k > 0 && float64(k)/float64(n) > q {
		k--
	}
	for k < n-1 && float64(k+1)/float64(n) <= q {
		k++
	}
	return e.sample[n-1-k]
}

// Mean is E V.
func (e Empirical) Mean() float64 { return e.sums[len(e.sample)] }

// PartialMean is E[V; V <= v].
func (e Empirical) PartialMean(v float64) float64 {
	if math.IsNaN(v) {
		return 0
	}
	return e.sums[e.upTo(v)]
}

// TailMean is E[V; V > v].
func (e Empirical) TailMean(v float64) float64 { return e.Mean() - e.PartialMean(v) }

// Support is from the smallest to the largest number.
func (e Empirical) Support() (low, high float64) {
	return e.sample[0], e.sample[len(e.sample)-1]
}

// Atoms are the distinct numbers and their probabilities.
func (e Empirical) Atoms() (values, probabilities []float64) {
	n := float64(len(e.sample))
	for i := 0; i < len(e.sample); {
		j := i
		for j < len(e.sample) && e.sample[j] == e.sample[i] {
			j++
		}
		values = append(values, e.sample[i])
		probabilities = append(probabilities, float64(j-i)/n)
		i = j
	}
	return values, probabilities
}
