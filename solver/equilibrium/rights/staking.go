package rights

import (
	"fmt"
	"math"

	"allot/solver/equilibrium"
)

// Staking is the equilibrium of stakers (or miners) who share a reward in proportion
// to what they put in, at constant unit costs (Arnosti, Weinberg 2022):
//
//	x_i = max(0, 1 - c_i/c*),  sum x_i = 1
//
// It is the proportional contest at values 1/c_i, and c* is the inverse of what it
// collects. Domain: costs > 0, at least two. Tests assert c* = 2.1 at costs 1, 1.1 and 1.75 with shares
// 3/7, 3/7, 1/7 at 1, 1, 1.5.
func Staking(costs []float64) (shares []float64, threshold float64, err error) {
	if len(costs) < 2 {
		return nil, 0, fmt.Errorf("rights: staking: %d stakers: there must be two or more", len(costs))
	}
	least := math.Inf(1)
	for i, c := range costs {
		if !finite(c) || c == 0 {
			return nil, 0, fmt.Errorf("rights: staking: cost %d is %g: costs are positive and finite", i+1, c)
		}
		least = math.Min(least, c)
	}
	values := make([]float64, len(costs))
	for i, c := range costs {
		values[i] = least / c
	}
	shares = make([]float64, len(costs))
	return shares, least / equilibrium.Proportional(values, shares), nil
}
