package benchmarks

import (
	"fmt"
	"math"
	"testing"

	"allot/solver/search/optimize"
)

// BenchmarkOptimize is the search alone on problems that cost nothing: what the
// optimiser itself takes, and how many evaluations it asks for.
func BenchmarkOptimize(b *testing.B) {
	for _, c := range []struct {
		name  string
		axes  []optimize.Axis
		slack int
		f     func(x []float64) optimize.Result
		best  float64
	}{
		{"kink", []optimize.Axis{{From: 0.05, To: 3}}, 0, func(x []float64) optimize.Result {
			if x[0] <= math.Sqrt2 {
				return optimize.Result{Objective: x[0], Piece: 1, Margin: math.Inf(1)}
			}
			return optimize.Result{Objective: 2*math.Sqrt2 - x[0], Piece: 2, Margin: math.Inf(1)}
		}, math.Sqrt2},
		// Hock, Schittkowski (1981), problem 43.
		{"hs43", []optimize.Axis{{From: -3, To: 3}, {From: -3, To: 3}, {From: -3, To: 3}, {From: -3, To: 3}}, 3, func(x []float64) optimize.Result {
			p, q, r, s := x[0], x[1], x[2], x[3]
			return optimize.Result{
				Objective: -(p*p + q*q + 2*r*r + s*s - 5*p - 5*q - 21*r + 7*s),
				Slack: []float64{p*p + q*q + r*r + s*s + p - q + r - s - 8,
					p*p + 2*q*q + r*r + 2*s*s - p - s - 10, 2*p*p + q*q + r*r + 2*p - q - s - 5},
				Margin: math.Inf(1),
			}
		}, 44},
	} {
		b.Run(c.name, func(b *testing.B) {
			b.ReportAllocs()
			evaluations := 0
			for i := range b.N {
				o, err := optimize.New(optimize.Problem{Axes: c.axes, Constraints: c.slack, Seed: uint64(i%10 + 1)})
				if err != nil {
					b.Fatal(err)
				}
				for {
					trials, done := o.Ask()
					if done {
						break
					}
					for _, t := range trials {
						if err := o.Tell(t.ID, c.f(t.X)); err != nil {
							b.Fatal(err)
						}
					}
				}
				best, ok := o.Best()
				if !ok || math.Abs(best.Objective-c.best) > 1e-6*c.best {
					b.Fatalf("%v, want %v", best.Objective, c.best)
				}
				evaluations += o.Evaluations()
			}
			b.ReportMetric(float64(evaluations)/float64(b.N), "evaluations/op")
		})
	}
}

// BenchmarkPoints draws scrambled Sobol points.
func BenchmarkPoints(b *testing.B) {
	for _, c := range [][2]int{{4096, 10}, {4096, 37}, {1 << 16, 10}} {
		b.Run(fmt.Sprintf("%dx%d", c[0], c[1]), func(b *testing.B) {
			b.ReportAllocs()
			for range b.N {
				if optimize.Points(c[0], c[1], 1) == nil {
					b.Fatal("no points")
				}
			}
		})
	}
}
