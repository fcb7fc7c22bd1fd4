package constraints

import (
	"math"
	"testing"

	"allot/mechanisms"
	"allot/solver/equilibrium"
)

func TestSupport(t *testing.T) {
	semi := mechanisms.Mixture{Signals: []float64{0, 2, 2}, Cumulative: []float64{0.25, 0.25, 1}}
	uniform := mechanisms.Mixture{Signals: []float64{0, 10}, Cumulative: []float64{0, 1}}
	atomAndDensity := mechanisms.Mixture{Signals: []float64{0, 10}, Cumulative: []float64{0.5, 1}}
	for _, c := range []struct {
		name  string
		mixed []mechanisms.Mixture
		rows  int
		means []float64
	}{
		{"pure", nil, 1, []float64{1, 3}},
		{"atoms", []mechanisms.Mixture{semi, {}}, 2, []float64{1.5, 3}},
		{"two of atoms", []mechanisms.Mixture{semi, semi}, 4, []float64{1.5, 1.5}},
		{"density", []mechanisms.Mixture{uniform, {}}, nodes, []float64{5, 3}},
		{"densities", []mechanisms.Mixture{uniform, atomAndDensity}, nodes, []float64{5, 2.5}},
	} {
		var s support
		eq := &equilibrium.Equilibrium{Profile: mechanisms.Profile{Signals: []float64{1, 3}, Mixed: c.mixed}}
		if err := s.take(mechanisms.Game{Values: []float64{4, 4}}, eq); err != nil {
			t.Fatal(err)
		}
		if len(s.weights) != c.rows {
			t.Errorf("%s: %d joint signals, want %d", c.name, len(s.weights), c.rows)
		}
		mass, means := 0.0, [2]float64{}
		for k, p := range s.weights {
			mass += p
			for i, a := range s.row(k) {
				means[i] += p * a
			}
		}
		if math.Abs(mass-1) > 1e-12 {
			t.Errorf("%s: mass %v", c.name, mass)
		}
		for i, want := range c.means {
			if math.Abs(means[i]-want) > 0.03 {
				t.Errorf("%s: mean %d is %v, want %v", c.name, i, means[i], want)
			}
		}
	}
	missing := &equilibrium.Equilibrium{Regime: equilibrium.Mixed, Profile: mechanisms.Profile{Signals: []float64{1, 3}}}
	if err := new(support).take(mechanisms.Game{Values: []float64{4, 4}}, missing); err == nil {
		t.Error("means were taken for a mixture")
	}
}

func TestClimb(t *testing.T) {
	for name, f := range map[string]func(float64) float64{
		"smooth": func(x float64) float64 { return -math.Cosh(x - 0.7) },
		"kink":   func(x float64) float64 { return -math.Abs(x - 0.7) },
		"flat":   func(x float64) float64 { return -math.Pow(x-0.7, 4) },
	} {
		at, value := climb(f, -1, 0.2, 3, f(0.2))
		if math.Abs(value-f(0.7)) > 1e-7 || value != f(at) {
			t.Errorf("%s: %v at %v", name, value, at)
		}
	}
	// A function that is constant stays where it is, and ends.
	if _, value := climb(func(float64) float64 { return 1 }, 0, 1, 2, 1); value != 1 {
		t.Errorf("constant: %v", value)
	}
}
