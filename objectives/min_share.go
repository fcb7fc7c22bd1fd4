package objectives

import (
	"math"

	"allot/mechanisms"
)

// MinShare is the smallest share.
//
//	g = min_i s_i,  s_i = t_i/(1-t_0),  in [0, 1/n]
//
// Domain: NaN where nobody ever wins (t_0 = 1) and for an empty market. Rawls's
// maximin (1971) as a goal. A test asserts 1/3 for the proportional contest at
// values 4 and 2.
type MinShare struct{}

// Name implements Objective.
func (MinShare) Name() string { return "minShare" }

// Of implements Objective.
func (MinShare) Of(a *mechanisms.Account) float64 {
	total := sold(a.Win)
	if !(total > 0) {
		return math.NaN()
	}
	least := math.Inf(1)
	for _, t := range a.Win {
		least = math.Min(least, t)
	}
	return finite(least / total)
}
