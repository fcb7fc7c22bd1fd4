package private_test

import (
	"testing"

	"allot/mechanisms"
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

// TestMixOfHighPowers: bids are the mean of values over p^m, m = (n-1)/lambda, whose own powers
// float64 takes for 0 at the lowest ranks: at m = 40, too.
func TestMixOfHighPowers(t *testing.T) {
	d := must[distributions.Quantiles](t)(distributions.NewQuantiles([]float64{0, 0.5, 1}, []float64{0.6, 0.8, 2}))
	m := must[mechanisms.Auction](t)(mechanisms.NewAuction(0.1, 0))
	values := times(5, dist(d))
	eq, err := private.Solver{}.Solve(m, values)
	if err != nil {
		t.Fatal(err)
	}
	if c := certificate.Auction(m, values, eq.Curves); c.Standing != certify.Certified || !(c.Epsilon <= 1e-6*eq.Highest) {
		t.Errorf("%v %s, %g of E max v", c.Standing, c.Reason, c.Epsilon/eq.Highest)
	}
}
