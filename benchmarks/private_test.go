package benchmarks

import (
	"fmt"
	"math"
	"testing"

	"allot/mechanisms"
	"allot/mechanisms/distributions"
	certificate "allot/solver/certify/private"
	"allot/solver/equilibrium"
	"allot/solver/equilibrium/private"
)

// privateCase is a market of private values.
type privateCase struct {
	name      string
	mechanism mechanisms.Auction
	values    []mechanisms.Distribution
	tolerance float64
	revenue   float64
}

func privateCases(b *testing.B) []privateCase {
	uniform := func(high float64) mechanisms.Distribution {
		d, err := distributions.NewUniform(0, high)
		if err != nil {
			b.Fatal(err)
		}
		return d
	}
	logNormal := func(mu, sigma float64) mechanisms.Distribution {
		d, err := distributions.NewLogNormal(mu, sigma)
		if err != nil {
			b.Fatal(err)
		}
		return d
	}
	auction := func(reserve float64) mechanisms.Auction {
		a, err := mechanisms.NewAuction(1, reserve)
		if err != nil {
			b.Fatal(err)
		}
		return a
	}
	mix, err := mechanisms.NewAuction(0.5, 0)
	if err != nil {
		b.Fatal(err)
	}
	all, err := mechanisms.NewAllPay(0)
	if err != nil {
		b.Fatal(err)
	}
	x, y := logNormal(-3.024, 0.448), logNormal(-3.497, 0.570)
	u := uniform(1)
	var eight []mechanisms.Distribution
	for i := range 8 {
		eight = append(eight, logNormal(-3.5+0.1*float64(i), 0.3+0.05*float64((i*3)%8)))
	}
	return []privateCase{
		{"equal-reserve", auction(0.5), []mechanisms.Distribution{u, u}, 1.4e-6, 5.0 / 12},
		{"uniform-pair", auction(0), []mechanisms.Distribution{u, uniform(2)}, 1.4e-6, 0.459005055703},
		{"builders-2+2", auction(0), []mechanisms.Distribution{x, x, y, y}, 1e-6, 0.048939261},
		{"eight-lognormal", auction(0), eight, 1e-4, 0.0708192},
		{"mix-builders-2+2", mix, []mechanisms.Distribution{x, x, y, y}, 1e-6, 0.048902638},
		{"mix-eight-lognormal", mix, eight, 1e-6, 0.0707463},
		// c/(1+c)/A with A = (1+1/1.2+1/1.4)/2 and c = 1-1/(h A)
		{"all-pay-three", all, []mechanisms.Distribution{u, uniform(1.2), uniform(1.4)}, 1e-6, 0.580198462},
		{"all-pay-builders-2+2", all, []mechanisms.Distribution{x, x, y, y}, 1e-6, 0.047192844},
	}
}

// BenchmarkPrivate solves and certifies; the answer is checked, so that nothing is fast by
// being wrong.
func BenchmarkPrivate(b *testing.B) {
	for _, c := range privateCases(b) {
		solve := func(b *testing.B) *private.Equilibrium {
			eq, err := private.Solver{Tolerance: c.tolerance}.Solve(c.mechanism, c.values)
			if err != nil || eq.Status != equilibrium.Converged {
				b.Fatal(err, eq)
			}
			if d := eq.Account.Revenue() - c.revenue; math.Abs(d) > c.tolerance*eq.Highest {
				b.Fatalf("revenue %g, want %g", eq.Account.Revenue(), c.revenue)
			}
			return eq
		}
		b.Run(c.name+"/solve", func(b *testing.B) {
			b.ReportAllocs()
			for b.Loop() {
				solve(b)
			}
		})
		b.Run(c.name+"/certify", func(b *testing.B) {
			eq := solve(b)
			knots := 0
			for _, curve := range eq.Curves {
				knots += len(curve.Bids)
			}
			b.ReportAllocs()
			for b.Loop() {
				proof := certificate.Auction(c.mechanism, c.values, eq.Curves)
				if proof.Epsilon > c.tolerance*eq.Highest {
					b.Fatalf("epsilon %g of E max v", proof.Epsilon/eq.Highest)
				}
			}
			b.ReportMetric(float64(b.Elapsed().Nanoseconds())/float64(b.N)/float64(knots), "ns/knot")
		})
	}
}

// BenchmarkPrivateAccount is what equal agents bring at a reserve, without strategies.
func BenchmarkPrivateAccount(b *testing.B) {
	c := privateCases(b)[0]
	b.ReportAllocs()
	for b.Loop() {
		eq, err := private.Solver{Brief: true}.Solve(c.mechanism, c.values)
		if err != nil || math.Abs(eq.Account.Revenue()-c.revenue) > 1e-12 {
			b.Fatal(err, eq)
		}
	}
}

// BenchmarkPrivateAgents is the cost against the number of different agents.
func BenchmarkPrivateAgents(b *testing.B) {
	for _, n := range []int{2, 3, 4, 6, 8} {
		var values []mechanisms.Distribution
		for i := range n {
			d, err := distributions.NewLogNormal(-3.5+0.05*float64(i), 0.4+0.01*float64(i))
			if err != nil {
				b.Fatal(err)
			}
			values = append(values, d)
		}
		m, err := mechanisms.NewAuction(1, 0)
		if err != nil {
			b.Fatal(err)
		}
		b.Run(fmt.Sprint(n), func(b *testing.B) {
			for b.Loop() {
				if eq, err := (private.Solver{}).Solve(m, values); err != nil || eq.Status != equilibrium.Converged {
					b.Fatal(err, eq)
				}
			}
		})
	}
}

// BenchmarkPrivateTolerance is the cost against the tolerance, hence the number of knots.
func BenchmarkPrivateTolerance(b *testing.B) {
	c := privateCases(b)[1]
	for _, tolerance := range []float64{1e-4, 1e-5, 1e-6, 1e-7} {
		b.Run(fmt.Sprint(tolerance), func(b *testing.B) {
			knots := 0
			for b.Loop() {
				eq, err := private.Solver{Tolerance: tolerance}.Solve(c.mechanism, c.values)
				if err != nil {
					b.Fatal(err)
				}
				knots = len(eq.Curves[0].Bids)
				certificate.Auction(c.mechanism, c.values, eq.Curves)
			}
			b.ReportMetric(float64(knots), "knots")
		})
	}
}
