package optimize

import (
	"math"
	"testing"
)

// Where many values of a parameter are equally good, the answer is the plainest.
func TestTiesGoToPlainNumbers(t *testing.T) {
	for _, c := range []struct {
		name string
		axis Axis
		f    func(x float64) Result
		want float64
	}{
		{"flat", Axis{From: 0, To: 3}, func(float64) Result { return smooth(4) }, 0},
		{"flat, without 0", Axis{From: 0.1, To: 4}, func(float64) Result { return smooth(4) }, 1},
		{"flat, without 0 and 1", Axis{From: 2.5, To: 4}, func(float64) Result { return smooth(4) }, 2.5},
		{"flat where feasible", Axis{From: 0.1, To: 4}, func(x float64) Result { return smooth(0, 1-x) }, 1},
		{"flat where feasible, from 1.7", Axis{From: 0, To: 4}, func(x float64) Result { return smooth(0, 1.7-x) }, 4},
		{"whole numbers", Axis{From: 0, To: 32, Integer: true}, func(x float64) Result { return smooth(2, 1-x) }, 1},
		{"few whole numbers", Axis{From: 0, To: 8, Integer: true}, func(x float64) Result { return smooth(2, 1-x+0.99e-9) }, 1},
		{"a plateau within", Axis{From: 0, To: 4}, func(x float64) Result { return smooth(-math.Max(0, math.Abs(x-1.5)-1)) }, 1},
		{"no tie", Axis{From: 0, To: 4}, func(x float64) Result { return smooth(-(x - 1.25) * (x - 1.25)) }, 1.25},
	} {
		o := solve(t, Problem{Axes: []Axis{c.axis}, Constraints: len(c.f(c.axis.From).Slack), Tolerance: 1e-9, Budget: 200, Seed: 1}, func(x []float64) Result { return c.f(x[0]) })
		best, ok := o.Best()
		if !ok || math.Abs(best.X[0]-c.want) > 1e-9 {
			t.Errorf("%s: %v, want %g", c.name, best.X, c.want)
		}
	}
}
