package private

import (
	"math"
	"testing"

	"allot/mechanisms"
	"allot/mechanisms/distributions"
	"allot/solver/certify"
	certificate "allot/solver/certify/private"
	"allot/solver/equilibrium"
)

// The approximate method against auctions that have closed forms, and on those for which
// there is no other: revenue to 2 percent, and what the certificate says.
func TestRanked(t *testing.T) {
	u, err := distributions.NewUniform(0, 1)
	u2, err2 := distributions.NewUniform(0, 2)
	all, err4 := mechanisms.NewAllPay(0)
	first, err5 := mechanisms.NewAuction(1, 0)
	mix, err6 := mechanisms.NewAuction(0.5, 0.1)
	for _, err := range []error{err, err2, err4, err5, err6} {
		if err != nil {
			t.Fatal(err)
		}
	}
	type values = []mechanisms.Distribution
	for _, c := range []struct {
		name         string
		m            mechanisms.Auction
		values       values
		revenue, tol float64
	}{
		{"first price (Vickrey 1961)", first, values{u, u}, 1.0 / 3, 0.05},
		{"all-pay (Krishna 2010)", all, values{u, u, u}, 0.5, 0.06},
		{"first price, U[0,1] against U[0,2] (Griesmer, Levitan, Shubik 1967)", first, values{u, u2}, 0.459005, 0.05},
		{"a mix among different agents", mix, values{u, u2, u2}, 0, 0.1},
		{"all-pay among different agents", all, values{u2, u, u}, 0, 0.4},
	} {
		groups := grouped(c.values)
		eq := &Equilibrium{Curves: make([]mechanisms.BidCurve, len(c.values)), Highest: highest(groups, 0)}
		Solver{}.ranked(eq, c.m.Ranking(), groups)
		if eq.Status != equilibrium.IterationLimit {
			t.Errorf("%s: %v: %s", c.name, eq.Status, eq.Reason)
		}
		if got := eq.Account.Revenue(); c.revenue > 0 && math.Abs(got/c.revenue-1) > 0.02 {
			t.Errorf("%s: revenue %g, want %g", c.name, got, c.revenue)
		}
		proof := certificate.Auction(c.m, c.values, eq.Curves)
		if proof.Standing != certify.Certified || !(proof.Epsilon < c.tol*eq.Highest) {
			t.Errorf("%s: %+v", c.name, proof)
		}
		sold := eq.Account.Unsold
		for _, w := range eq.Account.Win {
			sold += w
		}
		if math.Abs(sold-1) > 1e-9 || math.Abs(eq.Account.Revenue()+eq.Account.Surplus()-eq.Account.Welfare) > 1e-9 {
			t.Errorf("%s: shares sum to %g: %+v", c.name, sold, eq.Account)
		}
	}
}
