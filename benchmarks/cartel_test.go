package benchmarks

import (
	"testing"

	"allot/mechanisms"
	"allot/solver/cartel"
	"allot/solver/equilibrium"
)

// The ring's gain in the hot loop, the full analysis of a market of ten, and every
// coalition of twelve.

var tenValues = []float64{30, 28, 25, 22, 20, 18, 15, 12, 10, 5}

func cartelRings(b *testing.B, values []float64) map[string]*cartel.Ring {
	b.Helper()
	first, err := mechanisms.NewAuction(1, 0)
	if err != nil {
		b.Fatal(err)
	}
	tickets, err := mechanisms.NewContest(mechanisms.Ratio{Exponent: 1})
	if err != nil {
		b.Fatal(err)
	}
	draw, err := mechanisms.NewLottery(mechanisms.Lot{Price: 4})
	if err != nil {
		b.Fatal(err)
	}
	rings := make(map[string]*cartel.Ring)
	for name, m := range map[string]mechanisms.Mechanism{"first-price": first, "tickets": tickets, "lottery": draw} {
		r := &cartel.Ring{
			Game:        mechanisms.Game{Mechanism: m, Values: values},
			Equilibrium: &equilibrium.Equilibrium{},
			Solver:      &equilibrium.Solver{},
		}
		if err := r.Solver.Solve(r.Game, r.Equilibrium); err != nil {
			b.Fatal(err)
		}
		rings[name] = r
	}
	return rings
}

func BenchmarkRingGap(b *testing.B) {
	for name, r := range cartelRings(b, tenValues) {
		b.Run(name, func(b *testing.B) {
			var ws cartel.Work
			b.ReportAllocs()
			for b.Loop() {
				if !cartel.Gap(r.Game, r.Equilibrium, &ws).Known {
					b.Fatal("unknown gap")
				}
			}
		})
	}
}

func BenchmarkRobustRevenue(b *testing.B) {
	for name, r := range cartelRings(b, tenValues) {
		b.Run(name, func(b *testing.B) {
			var ws cartel.Work
			if _, err := r.RobustRevenue(0.9, &ws); err != nil {
				b.Fatal(err)
			}
			b.ReportAllocs()
			for b.Loop() {
				if _, err := r.RobustRevenue(0.9, &ws); err != nil {
					b.Fatal(err)
				}
			}
		})
	}
}

func BenchmarkCartelAnalysis(b *testing.B) {
	for name, r := range cartelRings(b, tenValues) {
		b.Run(name, func(b *testing.B) {
			b.ReportAllocs()
			for b.Loop() {
				if _, err := r.Analyse(); err != nil {
					b.Fatal(err)
				}
			}
		})
	}
}

func BenchmarkCoalitionsOfTwelve(b *testing.B) {
	for name, r := range cartelRings(b, append([]float64{33, 29}, tenValues...)) {
		b.Run(name, func(b *testing.B) {
			b.ReportAllocs()
			for b.Loop() {
				if _, _, err := cartel.Rings(*r); err != nil {
					b.Fatal(err)
				}
			}
		})
	}
}
