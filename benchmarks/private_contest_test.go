package benchmarks

import (
	"fmt"
	"math"
	"testing"

	"allot/mechanisms"
	"allot/mechanisms/distributions"
	"allot/solver/certify"
	proof "allot/solver/certify/private"
	"allot/solver/equilibrium"
	"allot/solver/equilibrium/private"
)

// uniforms are n values from U[0,1].
func uniforms(b *testing.B, n int) []mechanisms.Distribution {
	b.Helper()
	u, err := distributions.NewUniform(0, 1)
	if err != nil {
		b.Fatal(err)
	}
	out := make([]mechanisms.Distribution, n)
	for i := range out {
		out[i] = u
	}
	return out
}

// Proportional tickets among n draws of U[0,1], solved to a tolerance; the certificate,
// which is not timed, says that it was met.
func BenchmarkPrivateContest(b *testing.B) {
	m, err := mechanisms.NewContest(mechanisms.Ratio{Exponent: 1})
	if err != nil {
		b.Fatal(err)
	}
	for _, c := range []struct {
		n   int
		tol float64
	}{{2, 1e-4}, {2, 1e-5}, {2, 1e-6}, {4, 1e-6}, {8, 1e-6}, {16, 1e-6}, {100, 1e-6}} {
		b.Run(fmt.Sprintf("n=%d/tolerance=%.0e", c.n, c.tol), func(b *testing.B) {
			values := uniforms(b, c.n)
			var eq *private.Equilibrium
			b.ReportAllocs()
			for b.Loop() {
				if eq, err = (private.Solver{Tolerance: c.tol}).Solve(m, values); err != nil || eq.Status != equilibrium.Converged {
					b.Fatal(err, eq)
				}
			}
			x := proof.Contest(m, values, eq.Curves)
			if x.Standing != certify.Certified || !(x.Epsilon <= 1.1*c.tol) {
				b.Fatalf("%+v", x)
			}
			b.ReportMetric(float64(len(eq.Curves[0].Bids)), "knots")
		})
	}
}

// The certificate of proportional tickets between two draws of U[0,1].
func BenchmarkPrivateContestCertificate(b *testing.B) {
	m, err := mechanisms.NewContest(mechanisms.Ratio{Exponent: 1})
	if err != nil {
		b.Fatal(err)
	}
	for _, tol := range []float64{1e-4, 1e-5, 1e-6} {
		b.Run(fmt.Sprintf("tolerance=%.0e", tol), func(b *testing.B) {
			values := uniforms(b, 2)
			eq, err := private.Solver{Tolerance: tol}.Solve(m, values)
			if err != nil {
				b.Fatal(err)
			}
			b.ReportAllocs()
			for b.Loop() {
				if x := proof.Contest(m, values, eq.Curves); x.Standing != certify.Certified || !(x.Epsilon <= 1.1*tol) {
					b.Fatalf("%+v", x)
				}
			}
			b.ReportMetric(float64(len(eq.Curves[0].Bids)), "knots")
		})
	}
}

// Entry into a draw among n draws of U[0,1] at a fee of 0.4/n: the cutoff solves
// v (1 - v^n)/(1-v) = 0.4.
func BenchmarkPrivateLottery(b *testing.B) {
	for _, n := range []int{2, 100, 10000} {
		b.Run(fmt.Sprintf("n=%d", n), func(b *testing.B) {
			m, err := mechanisms.NewLottery(mechanisms.Lot{Fee: 0.4 / float64(n)})
			if err != nil {
				b.Fatal(err)
			}
			values := uniforms(b, n)
			b.ReportAllocs()
			for b.Loop() {
				eq, err := private.Solver{}.Solve(m, values)
				if err != nil {
					b.Fatal(err)
				}
				v := eq.Curves[0].Below[1]
				if x := v * -math.Expm1(float64(n)*math.Log(v)) / (1 - v); math.Abs(x-0.4) > 1e-9 {
					b.Fatalf("cutoff %g", v)
				}
			}
		})
	}
}

// All pay, and one agent's value is of four: atoms, for which there is only the approximate
// method.
func BenchmarkPrivateApproximate(b *testing.B) {
	m, err := mechanisms.NewAllPay(0)
	if err != nil {
		b.Fatal(err)
	}
	for _, n := range []int{3, 4, 16} {
		b.Run(fmt.Sprintf("n=%d", n), func(b *testing.B) {
			values := uniforms(b, n)
			four, err := distributions.NewEmpirical([]float64{0.5, 1, 1.5, 2})
			if err != nil {
				b.Fatal(err)
			}
			values[0] = four
			b.ReportAllocs()
			for b.Loop() {
				eq, err := private.Solver{}.Solve(m, values)
				if err != nil || eq.Status != equilibrium.IterationLimit || !(eq.Account.Revenue() > 0.3) {
					b.Fatal(err, eq)
				}
			}
		})
	}
}
