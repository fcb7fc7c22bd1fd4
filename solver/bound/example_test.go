package bound_test

import (
	"fmt"

	"allot/objectives"
	"allot/solver/bound"
)

// Agents who know each other's values never pay more than they win: at values 4 and 2
// nobody takes more than 4, and fairness is at most that of equal shares.
func ExampleFull() {
	for _, o := range []objectives.Objective{objectives.Revenue{}, objectives.Fairness{}} {
		most, method := bound.Full(o, []float64{4, 2}, []float64{1}, 2)
		fmt.Printf("%s <= %g (%s)\n", o.Name(), most, method)
	}
	// Output:
	// revenue <= 4 (full information: c_i <= t_i v_i and sum t_i <= 1)
	// fairness <= 0.5 (full information: c_i <= t_i v_i and sum t_i <= 1)
}

// Equal shares cost a designer who knows the values 4 and 2 one in revenue.
func ExampleFairRevenue() {
	for _, fairness := range []float64{0, 0.4, 0.5} {
		fmt.Printf("%.4f\n", bound.FairRevenue([]float64{4, 2}, fairness))
	}
	// Output:
	// 4.0000
	// 3.6000
	// 3.0000
}
