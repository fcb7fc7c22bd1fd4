package bound

import (
	"math"

	"allot/objectives"
)

// Full bounds an objective over all mechanisms when agents know each other's
// values: individual rationality gives c_i <= t_i v_i, so that no mechanism that
// pays no subsidy takes, or leaves, more than sum t_i v_i <= v_(1), and a designer
// who knows v and may price-discriminate takes all of it; the concentration
// measures are largest at equal shares (objectives.Upper has the table and bounds
// expressions of them).
//
// values holds the draws row by row, n agents each, and weights what each counts;
// one row for a market of numbers. At values 4, 2 the revenue bound is 4, which a
// test asserts. The bound is +Inf and the method empty where nothing is known.
func Full(o objectives.Objective, values, weights []float64, n int) (bound float64, method string) {
	for k, w := range weights {
		vmax := 0.0
		for _, v := range values[k*n : (k+1)*n] {
			vmax = math.Max(vmax, v)
		}
		bound += w * objectives.Upper(o, vmax, n)
	}
	if math.IsNaN(bound) || math.IsInf(bound, 1) {
		return math.Inf(1), ""
	}
	return bound, "full information: c_i <= t_i v_i and sum t_i <= 1"
}
