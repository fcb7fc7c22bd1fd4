package private_test

import (
	"testing"

	"allot/mechanisms"
	"allot/mechanisms/distributions"
	"allot/solver/certify"
	certificate "allot/solver/certify/private"
	"allot/solver/equilibrium"
	"allot/solver/equilibrium/private"
)

// Above an exponent of 1, and with a fee, best replies leap: the certificate, which shares no code
// with them, is the judge. Their account is what the strategies bring: revenue is the mean of
// the signals and of the fees of those who signal.
func TestContestLeaps(t *testing.T) {
	u, u12 := uniform(t, 0, 1), uniform(t, 1, 2)
	small, narrow := uniform(t, 0, 0.5), logNormal(t, -0.3, 0.1)
	for _, c := range []struct {
		rule   mechanisms.Ratio
		values []dist
		tol    float64
	}{
		{mechanisms.Ratio{Exponent: 1.2}, times(10, u), 2e-6},
		{mechanisms.Ratio{Exponent: 1.5}, times(5, u), 1e-6},
		{mechanisms.Ratio{Exponent: 1.2}, times(3, u12), 1e-6},
		{mechanisms.Ratio{Exponent: 1.5}, times(5, logNormal(t, 0, 0.5)), 2e-6},
		{mechanisms.Ratio{Exponent: 1, Fee: 0.02}, times(5, u), 1e-6},
		{mechanisms.Ratio{Exponent: 1.2, Phantom: 0.15}, times(2, power(t, 2, 1)), 1e-6},
		{mechanisms.Ratio{Exponent: 1.35, Phantom: 0.016, WinnerPays: true}, []dist{small, small, narrow, narrow}, 1e-6},
	} {
		eq := contested(t, c.rule, c.values, c.tol)
		if c.rule.WinnerPays {
			continue
		}
		for i, b := range eq.Curves {
			mean := 0.0
			for k := 1; k < len(b.Bids); k++ {
				mass := b.Below[k] - b.Below[k-1]
				mean += mass * (b.Bids[k] + b.Bids[k-1]) / 2
				if b.Bids[k] > 0 {
					mean += mass * c.rule.Fee
				}
			}
			near(t, "cost of the strategy", mean, eq.Account.Cost[i], 2e-6)
		}
	}
}

// With values well above 0, or a fee, and an exponent at which few of many can take part the
// lowest types signal less and less, by leaps. The rounds may not end there: what is missed is
// small, and bears on the account by less.
func TestContestCascade(t *testing.T) {
	for _, c := range []struct {
		rule    mechanisms.Ratio
		values  []dist
		revenue float64
	}{
		{mechanisms.Ratio{Exponent: 1.5}, times(3, uniform(t, 1, 2)), 1.2654},
		{mechanisms.Ratio{Exponent: 1.5, Fee: 0.05}, times(2, uniform(t, 0, 1)), 0.264669},
	} {
		m := must[mechanisms.Contest](t)(mechanisms.NewContest(c.rule))
		eq, err := private.Solver{}.Solve(m, c.values)
		if err != nil || eq.Status == equilibrium.NotFound {
			t.Fatalf("%+v: %v: %v: %s", c.rule, err, eq.Status, eq.Reason)
		}
		if b := certificate.Contest(m, c.values, eq.Curves); b.Standing != certify.Certified || b.Epsilon > 1e-3*eq.Highest {
			t.Errorf("%+v: %s: epsilon %.3g of E max v: %s", c.rule, b.Standing, b.Epsilon/eq.Highest, b.Reason)
		}
		near(t, "revenue", eq.Account.Revenue(), c.revenue, 2e-4)
	}
}

// The values below which float64 has no rank are not types that gain much: a log-normal's from 0 to
// many deviations below its median, who signal next to nothing or, at the second price, stand
// back.
func TestContestFarBelow(t *testing.T) {
	small, narrow := uniform(t, 0, 0.5), logNormal(t, -0.3, 0.1)
	contested(t, mechanisms.Ratio{Exponent: 1, Phantom: 0.016, WinnerPays: true}, []dist{small, small, narrow, narrow}, 1e-6)
	auction := must[mechanisms.Auction](t)(mechanisms.NewAuction(0, 0.2))
	values := []dist{small, must[distributions.LogNormal](t)(distributions.NewLogNormal(0.45, 0.01))}
	eq, err := private.Solver{}.Solve(auction, values)
	if err != nil {
		t.Fatal(err)
	}
	if c := certificate.Auction(auction, values, eq.Curves); c.Epsilon != 0 || c.Standing != certify.Certified {
		t.Errorf("second price: %s: epsilon %g", c.Standing, c.Epsilon)
	}
}
