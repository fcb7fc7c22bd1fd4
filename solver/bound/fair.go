package bound

import "math"

// FairRevenue is the full-information frontier between revenue and fairness: the most
// that a designer who knows the values takes at a geometric mean of the shares of
// at least fairness.
//
//	max sum t_i v_i  subject to  (t_1...t_n)^(1/n) >= fairness, sum t_i = 1
//	t_i = c/(m - v_i), sum t_i = 1, with m > v_(1) from the constraint
//
// by the concavity of sum ln t_i. Domain: values finite and >= 0, fairness in [0, 1/n];
// NaN outside. fairness 0 gives v_(1), 1/n the mean value. A test asserts 4 and 3 at
// values 4, 2 and fairness 0 and 1/2, and 2 + 2 t_1 in between.
func FairRevenue(values []float64, fairness float64) float64 {
	n := float64(len(values))
	top, sum := 0.0, 0.0
	for _, v := range values {
		if !(v >= 0 && v <= math.MaxFloat64) {
			return math.NaN()
		}
		top = math.Max(top, v)
		sum += v / n
	}
	switch {
	case n == 0 || !(fairness >= 0) || fairness > (1+1e-15)/n:
		return math.NaN()
	case fairness == 0 || sum == top:
		return top
	case fairness >= (1-1e-15)/n:
		return sum
	}
	// With gap g = m - top: as g grows from 0 the shares become equal and the mean
	// of their logarithms rises to ln(1/n).
	at := func(g float64) (meanLog, revenue float64) {
		total := 0.0
		for _, v := range values {
			total += 1 / (g + (top - v))
		}
		for _, v := range values {
			t := 1 / ((g + (top - v)) * total)
			meanLog += math.Log(t) / n
			revenue += t * v
		}
		return meanLog, revenue
	}
	want := math.Log(fairness)
	low, high := math.Log(top)-700, math.Log(top)+40
	for range 200 {
		middle := (low + high) / 2
		if meanLog, _ := at(math.Exp(middle)); meanLog < want {
			low = middle
		} else {
			high = middle
		}
	}
	// The unfair side: never below what is attainable.
	_, revenue := at(math.Exp(low))
	return revenue
}
