package distributions

import (
	"math"
	"testing"
)

func TestScaled(t *testing.T) {
	must := func(d anyValue, err error) anyValue {
		t.Helper()
		if err != nil {
			t.Fatal(err)
		}
		return d
	}
	for name, d := range map[string]anyValue{
		"uniform":     must(NewUniform(1, 3)),
		"lognormal":   must(NewLogNormal(-3, 0.7)),
		"exponential": must(NewExponential(2)),
		"pareto":      must(NewPareto(1, 1.5)),
		"power":       must(NewPower(2, 3)),
		"beta":        must(NewBeta(2, 3)),
		"empirical":   must(NewEmpirical([]float64{1, 2, 2, 5})),
		"quantiles":   must(NewQuantiles([]float64{0, 0.5, 1}, []float64{1, 2, 9})),
		"wrapped":     Scaled(must(NewBeta(2, 3)), 2),
	} {
		s := Scaled(d, 0.25)
		for _, p := range []float64{0, 0.1, 0.5, 0.9, 0.999} {
			if want := d.Quantile(p) / 4; math.Abs(s.Quantile(p)-want) > 1e-14*want {
				t.Errorf("%s: quantile %g is %g, not %g", name, p, s.Quantile(p), want)
			}
			v := d.Quantile(p)
			if math.Abs(s.CDF(v/4)-d.CDF(v)) > 1e-13 {
				t.Errorf("%s: CDF(%g) is %g, not %g", name, v/4, s.CDF(v/4), d.CDF(v))
			}
		}
		if math.Abs(s.Mean()-d.Mean()/4) > 1e-14*d.Mean() {
			t.Errorf("%s: mean %g", name, s.Mean())
		}
	}
	for _, factor := range []float64{0, -1, math.NaN(), math.Inf(1)} {
		if Scaled(must(NewUniform(0, 1)), factor) != nil {
			t.Errorf("factor %g is taken", factor)
		}
	}
}
