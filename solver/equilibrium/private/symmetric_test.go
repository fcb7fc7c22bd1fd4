package private_test

import (
	"testing"

	"allot/mechanisms/distributions"
	"allot/solver/certify"
	certificate "allot/solver/certify/private"
	"allot/solver/equilibrium/private"
)

// TestAllPayAmongEquals: the certificate is within the tolerance for values that hardly differ
// too, where what every type loses is how far the chance to win is below its chord.
func TestAllPayAmongEquals(t *testing.T) {
	m := allPay(t, 0)
	for _, d := range []dist{
		uniform(t, 0, 1), uniform(t, 1, 1.1), must[distributions.LogNormal](t)(distributions.NewLogNormal(0, 0.01)),
		must[distributions.Empirical](t)(distributions.NewEmpirical([]float64{1, 2, 3})),
	} {
		for _, n := range []int{2, 3, 6, 40} {
			values := make([]dist, n)
			for i := range values {
				values[i] = d
			}
			eq, err := private.Solver{}.Solve(m, values)
			if err != nil {
				t.Fatal(err)
			}
			if c := certificate.Auction(m, values, eq.Curves); c.Standing != certify.Certified || !(c.Epsilon <= 1e-6*eq.Highest) {
				t.Errorf("%d agents of %T: %v, %g of E max v", n, d, c.Standing, c.Epsilon/eq.Highest)
			}
		}
	}
}
