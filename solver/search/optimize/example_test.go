package optimize_test

import (
	"fmt"
	"math"

	"allot/solver/search/optimize"
)

// A revenue that rises with an exponent up to a threshold and falls above it, with a cap
// on the exponent: the search finds the kink, not a point near it.
func Example() {
	o, err := optimize.New(optimize.Problem{Axes: []optimize.Axis{{From: 0.05, To: 3}}, Constraints: 1, Seed: 1})
	if err != nil {
		fmt.Println(err)
		return
	}
	for {
		trials, done := o.Ask() // a batch: its trials may be evaluated in parallel
		if done {
			break
		}
		for _, t := range trials {
			x := t.X[0]
			r := optimize.Result{Objective: x, Slack: []float64{x - 2}, Piece: 1, Margin: math.Inf(1)}
			if x > 1.4 {
				r.Objective, r.Piece = 2.8-x, 2
			}
			if err := o.Tell(t.ID, r); err != nil {
				fmt.Println(err)
				return
			}
		}
	}
	best, ok := o.Best()
	fmt.Println(best.X[0], best.Objective, ok, o.Why())
	// Output: 1.4 1.4 true converged
}

func ExamplePoints() {
	// The mean of u^2 over 1024 scrambled Sobol points.
	sum := 0.0
	for _, u := range optimize.Points(1024, 1, 7) {
		sum += u * u
	}
	fmt.Printf("%.4f\n", sum/1024)
	// Output: 0.3333
}
