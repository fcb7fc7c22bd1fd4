package rights

import (
	"fmt"
	"math"
)

// Oversight lets validators reject an outcome that pays less than a share Threshold of
// what they take for its competitive total. They see C exp(Noise Z) where C is that
// total and Z standard normal, so that an outcome that pays b is rejected with probability
//
//	P(b < Threshold C exp(Noise Z)) = Phi(ln(Threshold C/b)/Noise).
//
// Without noise an outcome passes exactly if it pays Threshold C. Domain: Threshold
// and Noise finite and at least 0. A test asserts both error rates by drawing.
type Oversight struct{ Threshold, Noise float64 }

// Errors are the two ways in which oversight goes wrong.
type Errors struct {
	// Honest is how often an outcome that pays its competitive total is rejected.
	Honest float64
	// Cartel is how often one that pays the cartel's total passes.
	Cartel float64
}

// Errors reports the error rates when competition pays one total and a cartel
// another.
func (o Oversight) Errors(competitive, cartel float64) (Errors, error) {
	if !finite(o.Threshold, o.Noise, competitive, cartel) {
		return Errors{}, fmt.Errorf("rights: oversight: threshold %g, noise %g and totals %g and %g must be finite and at least 0", o.Threshold, o.Noise, competitive, cartel)
	}
	return Errors{Honest: o.rejected(competitive, competitive), Cartel: 1 - o.rejected(cartel, competitive)}, nil
}

func (o Oversight) rejected(paid, competitive float64) float64 {
	bar := o.Threshold * competitive
	switch {
	case bar == 0:
		return 0
	case paid == 0:
		return 1
	case o.Noise == 0:
		if paid < bar {
			return 1
		}
		return 0
	}
	return math.Erfc(-math.Log(bar/paid)/o.Noise/math.Sqrt2) / 2
}

// Evasion is a cartel's best total under oversight, and what it keeps.
type Evasion struct {
	// Paid is the total, Profit the expected value*pass - paid*pass, Pass the
	// probability that the outcome passes.
	Paid, Profit, Pass float64
}

// Evade finds the total b in [0, competitive] that is best for a cartel of which the
// leader values the right at value: it maximises pass(b) (value - b), by a fine search
// refined where the grid is best; a rejected outcome brings and costs nothing. Without noise b is
// 0 or Threshold*competitive.
func (o Oversight) Evade(value, competitive float64) (Evasion, error) {
	if _, err := o.Errors(competitive, 0); err != nil {
		return Evasion{}, err
	}
	if !finite(value) {
		return Evasion{}, fmt.Errorf("rights: oversight: value %g must be finite and at least 0", value)
	}
	at := func(b float64) Evasion {
		pass := 1 - o.rejected(b, competitive)
		return Evasion{Paid: b, Profit: pass * (value - b), Pass: pass}
	}
	best := at(0)
	try := func(b float64) {
		if e := at(b); e.Profit > best.Profit {
			best = e
		}
	}
	try(math.Min(o.Threshold, 1) * competitive)
	const steps = 1000
	for k := 1; k <= steps; k++ {
		try(competitive * float64(k) / steps)
	}
	// The pass rate is log-concave in ln b, so the best point is in the cells around it.
	low, high := math.Max(0, best.Paid-competitive/steps), math.Min(competitive, best.Paid+competitive/steps)
	for range 100 {
		a, b := low+(high-low)/3, high-(high-low)/3
		if at(a).Profit < at(b).Profit {
			low = a
		} else {
			high = b
		}
	}
	try((low + high) / 2)
	return best, nil
}
