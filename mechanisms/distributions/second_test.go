package distributions

import (
	"math"
	"testing"

	"gonum.org/v1/gonum/integrate/quad"
)

func TestSecondMoment(t *testing.T) {
	_, all := every(t)
	for name, d := range all {
		got := SecondMoment(d)
		if name == "pareto 2 1.27" {
			if !math.IsInf(got, 1) {
				t.Errorf("%s: %g, want none", name, got)
			}
			continue
		}
		// E V^2 = int Q(1-q)^2 dq with q = x^6, which tames both ends.
		want := 0.0
		const parts = 64
		for k := range parts {
			want += quad.Fixed(func(x float64) float64 {
				v := d.Upper(math.Pow(x, 6))
				return v * v * 6 * math.Pow(x, 5)
			}, float64(k)/parts, float64(k+1)/parts, 64, nil, 0)
		}
		tolerance := 1e-9
		if name == "empirical" || name == "quantiles" || name == "beta 0.5 0.5" {
			tolerance = 2e-3 // jumps and steep ends
		}
		close(t, name, got, want, tolerance)
		close(t, name+", scaled", SecondMoment(Scaled(d, 3)), 9*got, 1e-13)
	}
	two, err := NewPareto(1, 2)
	if err != nil {
		t.Fatal(err)
	}
	if m := SecondMoment(two); !math.IsInf(m, 1) {
		t.Errorf("Pareto of shape 2: %g", m)
	}
	sample, err := NewEmpirical([]float64{3, 1, 2, 2, 10})
	if err != nil {
		t.Fatal(err)
	}
	close(t, "sample", SecondMoment(sample), 118./5, 1e-14)
}
