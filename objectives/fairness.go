package objectives

import (
	"math"

	"allot/mechanisms"
)

// Fairness is the geometric mean of the winning probabilities.
//
//	g = (t_1 t_2 ... t_n)^(1/n),  in [0, 1/n]
//
// It is taken over t_i themselves and not over t_i/(1-t_0): a share that the
// protocol keeps back is nobody's chance. It is 0 as soon as one agent has none,
// and 0 at t_0 = 1. Domain: n >= 1, NaN for an empty market. Summed in logarithms,
// so that a million shares do not underflow. For n = 2 it is sqrt(t_1 t_2) of Neuder,
// Garimidi and Roughgarden (2024); a test asserts their sqrt(2)/3 at values 4 and 2.
type Fairness struct{}

// Name implements Objective.
func (Fairness) Name() string { return "fairness" }

// Of implements Objective.
func (Fairness) Of(a *mechanisms.Account) float64 {
	return math.Exp(logProduct(a.Win) / float64(len(a.Win)))
}

// logProduct is the sum of the logarithms of the shares: -Inf where one is 0, NaN
// where there is none or one is not a probability.
func logProduct(win []float64) float64 {
	if len(win) == 0 {
		return math.NaN()
	}
	sum, zero := 0.0, false
	for _, t := range win {
		if t == 0 {
			zero = true // a NaN further on must still show
			continue
		}
		sum += math.Log(t)
	}
	if zero && !math.IsNaN(sum) {
		return math.Inf(-1)
	}
	return sum
}
