package objectives

import (
	"math"

	"allot/mechanisms"
)

// Entropy is Shannon's entropy of who wins, in nats.
//
//	g = -sum s_i ln s_i,  s_i = t_i/(1-t_0),  in [0, ln n]
//
// exp(entropy) is the number of equal agents with the same entropy. 0 ln 0 = 0.
// Domain: NaN where nobody ever wins (t_0 = 1) and for an empty market. Shannon
// (1948). A test asserts exp(g) = 1.96013 at shares 0.6, 0.4, 0.
type Entropy struct{}

// Name implements Objective.
func (Entropy) Name() string { return "entropy" }

// Of implements Objective.
func (Entropy) Of(a *mechanisms.Account) float64 {
	total := sold(a.Win)
	if !(total > 0) {
		return math.NaN()
	}
	sum := 0.0
	for _, t := range a.Win {
		if s := t / total; s != 0 {
			sum -= s * math.Log(s)
		}
	}
	return math.Max(0, sum) // one share of 1 - 1e-17 would give -0 or less
}

// sold is 1 - t_0 as the sum of the shares, which loses nothing where t_0 is close
// to 1.
func sold(win []float64) float64 {
	sum := 0.0
	for _, t := range win {
		sum += t
	}
	return sum
}
