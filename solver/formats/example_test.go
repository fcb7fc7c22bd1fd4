package formats_test

import (
	"fmt"

	"allot/solver/formats"
)

// Two integrated and two other builders, as in block 20915921, values drawn independently.
func ExampleCompare() {
	values, _ := formats.Builders(
		formats.Type{Count: 2, Mu: -3.024, Sigma: 0.448},
		formats.Type{Count: 2, Mu: -3.497, Sigma: 0.570},
	)
	r, _ := formats.Compare(values, 0)
	fmt.Printf("sealed %.5f, open %.5f ETH\n", r.First.Revenue, r.Open.Revenue)
	fmt.Printf("best reserve: sealed %.5f, open %.5f\n", r.FirstBest.Revenue, r.OpenBest.Revenue)
	fmt.Printf("bound %.5f\n", r.Bound.Revenue)
	// Output:
	// sealed 0.04894, open 0.04882 ETH
	// best reserve: sealed 0.04908, open 0.04901
	// bound 0.04943
}

func ExampleTwins() {
	r, _ := formats.Twins([]formats.Type{
		{Count: 2, Mu: -3.024, Sigma: 0.448, Omega: 0.0005},
		{Count: 2, Mu: -3.497, Sigma: 0.570, Omega: 0.0005},
	}, 50)
	fmt.Printf("sealed %.5f, open %.5f of %.5f ETH\n", r.First.Revenue, r.Open.Revenue, r.Highest)
	// Output: sealed 0.05917, open 0.05917 of 0.05921 ETH
}
