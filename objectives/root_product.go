package objectives

import (
	"fmt"
	"math"

	"allot/mechanisms"
)

// RootProduct is the square root of the product of the winning probabilities.
//
//	g = sqrt(t_1 t_2 ... t_n),  in [0, n^(-n/2)]
//
// It is the geometric mean for n = 2 only: equal shares score 0.5, 0.19245 and
// 0.0625 for n = 2, 3, 4, so that a market looks less fair for being larger, and
// a warning says so. Domain: n >= 1, NaN for an empty market; 0 as soon as one
// agent has no chance, and where the true value is below the least positive
// number. A test asserts the three values.
type RootProduct struct{}

// Name implements Objective.
func (RootProduct) Name() string { return "rootProduct" }

// Of implements Objective.
func (RootProduct) Of(a *mechanisms.Account) float64 {
	return math.Exp(logProduct(a.Win) / 2)
}

// Warning implements Warner.
func (RootProduct) Warning(n int) string {
	if n <= 2 {
		return ""
	}
	return fmt.Sprintf("rootProduct is the geometric mean of two agents only: with %d agents equal shares score %.3g; fairness takes the %dth root", n, math.Pow(float64(n), -float64(n)/2), n)
}
