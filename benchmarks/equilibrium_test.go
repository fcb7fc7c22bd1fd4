package benchmarks

import (
	"fmt"
	"math/rand/v2"
	"testing"

	"allot/mechanisms"
	"allot/solver/equilibrium"
)

// drawn are n values uniform on (0, 1], always the same.
func drawn(n int) []float64 {
	r := rand.New(rand.NewPCG(7, uint64(n)))
	values := make([]float64, n)
	for i := range values {
		values[i] = 1 - r.Float64()
	}
	return values
}

// BenchmarkProportional is the kernel of the contest with exponent 1, on values
// that keep few agents in (uniform) and all of them (equal).
func BenchmarkProportional(b *testing.B) {
	for _, n := range []int{2, 10, 1000, 1_000_000} {
		b.Run(fmt.Sprintf("uniform/n=%d", n), func(b *testing.B) {
			values, shares := drawn(n), make([]float64, n)
			b.ReportAllocs()
			for b.Loop() {
				equilibrium.Proportional(values, shares)
			}
		})
	}
	for _, n := range []int{10, 1000} {
		b.Run(fmt.Sprintf("equal/n=%d", n), func(b *testing.B) {
			values, shares := make([]float64, n), make([]float64, n)
			for i := range values {
				values[i] = 1
			}
			b.ReportAllocs()
			for b.Loop() {
				equilibrium.Proportional(values, shares)
			}
		})
	}
}

// BenchmarkSolve is a whole solution: shares, signals, costs, payoffs.
func BenchmarkSolve(b *testing.B) {
	contest := func(r mechanisms.Ratio) mechanisms.Mechanism {
		c, err := mechanisms.NewContest(r)
		if err != nil {
			b.Fatal(err)
		}
		return c
	}
	allPay, err := mechanisms.NewAllPay(0.1)
	if err != nil {
		b.Fatal(err)
	}
	for _, c := range []struct {
		name string
		m    mechanisms.Mechanism
		n    []int
	}{
		{"exponent=1", contest(mechanisms.Ratio{Exponent: 1}), []int{2, 10, 1000}},
		{"exponent=0.7", contest(mechanisms.Ratio{Exponent: 0.7}), []int{2, 10, 1000}},
		{"exponent=0.99", contest(mechanisms.Ratio{Exponent: 0.99}), []int{10, 1000}},
		{"exponent=1.2", contest(mechanisms.Ratio{Exponent: 1.2}), []int{2, 10}},
		{"exponent=0.7,fee=0.01", contest(mechanisms.Ratio{Exponent: 0.7, Fee: 0.01}), []int{10}},
		{"winner-pays", contest(mechanisms.Ratio{Exponent: 1, WinnerPays: true}), []int{10}},
		{"all-pay-auction", allPay, []int{10}},
	} {
		for _, n := range c.n {
			for _, warm := range []bool{false, true} {
				if warm && c.name != "exponent=0.7" {
					continue
				}
				name := fmt.Sprintf("%s/n=%d", c.name, n)
				if warm {
					name += "/warm"
				}
				b.Run(name, func(b *testing.B) {
					s, eq := equilibrium.Solver{Warm: warm}, new(equilibrium.Equilibrium)
					values := drawn(n)
					other := make([]float64, n) // a neighbour, as a search or a draw would give
					for i, v := range values {
						other[i] = v * (1 + 0.01*float64(i%3))
					}
					games := [2]mechanisms.Game{{Mechanism: c.m, Values: values}, {Mechanism: c.m, Values: other}}
					b.ReportAllocs()
					i := 0
					for b.Loop() {
						if err := s.Solve(games[i&1], eq); err != nil {
							b.Fatal(err)
						}
						i++
					}
				})
			}
		}
	}
}
