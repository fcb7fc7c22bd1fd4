package distributions

import (
	"math"
	"math/rand/v2"
	"testing"
)

// On random intervals the range holds every slope of the distribution function over a
// smaller one, and each end is nearly one of them.
func TestDensityRange(t *testing.T) {
	least, most := must[Uniform](t)(NewUniform(0, 2)).DensityRange(0.3, 1)
	close(t, "uniform least", least, 0.5, 0)
	close(t, "uniform most", most, 0.5, 0)
	_, all := every(t)
	all["beta flat"] = must[Beta](t)(NewBeta(1, 1))
	all["kinks and a gap"] = must[Quantiles](t)(NewQuantiles([]float64{0, 0.25, 0.5, 0.5, 0.9, 1}, []float64{0, 1, 1.5, 2, 5, 6}))
	for name, d := range all {
		ranged, ok := d.(interface {
			DensityRange(low, high float64) (least, most float64)
		})
		if !ok {
			if name != "empirical" {
				t.Errorf("%s has no range", name)
			}
			continue
		}
		r := rand.New(rand.NewPCG(3, 4))
		for range 200 {
			p := r.Float64()
			low, high := d.Quantile(p), d.Quantile(p+(1-p)*r.Float64()*r.Float64())
			if !(high > low) {
				continue
			}
			least, most := ranged.DensityRange(low, high)
			if !(least >= 0 && most >= least) {
				t.Fatalf("%s on [%g, %g]: from %g to %g", name, low, high, least, most)
			}
			const steps = 64
			seenLeast, seenMost := math.Inf(1), 0.0
			for k := range steps {
				a, b := low+(high-low)*float64(k)/steps, low+(high-low)*float64(k+1)/steps
				f := (d.CDF(b) - d.CDF(a)) / (b - a)
				seenLeast, seenMost = math.Min(seenLeast, f), math.Max(seenMost, f)
				if rounding := 1e-14 / (b - a); f < least*(1-1e-9)-rounding || f > most*(1+1e-9)+rounding {
					t.Fatalf("%s on [%g, %g]: slope %g, range %g to %g", name, low, high, f, least, most)
				}
			}
			tight := 1.3 // a grid of 64 does not see poles, atoms and steep ends
			if !math.IsInf(most, 1) && seenMost > 0 && high < 3*low && (most > tight*seenMost || seenLeast > tight*least+1e-9) && name != "kinks and a gap" && name != "quantiles" {
				t.Errorf("%s on [%g, %g]: range %g to %g, seen %g to %g", name, low, high, least, most, seenLeast, seenMost)
			}
		}
	}
	ranged := Scaled(must[Beta](t)(NewBeta(3, 2)), 4).(interface {
		DensityRange(low, high float64) (least, most float64)
	})
	least, most = ranged.DensityRange(1, 4) // 12 x^2 (1-x)/4 for x from 1/4 to 1, most at 2/3
	close(t, "scaled beta least", least, 0, 0)
	close(t, "scaled beta most", most, 4.0/9, 1e-14)
	// Where a value has probability of its own, and over a gap.
	q := all["quantiles"].(Quantiles)
	if least, most := q.DensityRange(0.5, 1); !math.IsInf(most, 1) || least != 0.25 {
		t.Errorf("up to an atom: %g to %g", least, most)
	}
	if least, most := q.DensityRange(1.2, 1.8); least != 0 || most != 0 {
		t.Errorf("within a gap: %g to %g", least, most)
	}
	if least, most := q.DensityRange(1.2, 3); least != 0 || most != 0.125 {
		t.Errorf("over the end of a gap: %g to %g", least, most)
	}
}
