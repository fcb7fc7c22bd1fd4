package distributions

import (
	"math"
	"math/rand/v2"
	"strings"
	"testing"

	"gonum.org/v1/gonum/integrate/quad"
)

type distribution interface {
	CDF(float64) float64
	Survival(float64) float64
	Quantile(float64) float64
	Upper(float64) float64
	Mean() float64
	PartialMean(float64) float64
	TailMean(float64) float64
	Support() (low, high float64)
}

// must fails the test on an error.
func must[D any](t *testing.T) func(D, error) D {
	return func(d D, err error) D {
		t.Helper()
		if err != nil {
			t.Fatal(err)
		}
		return d
	}
}

// every is one or more of each family, smooth ones first.
func every(t *testing.T) (smooth, all map[string]distribution) {
	smooth = map[string]distribution{
		"uniform 0 2":       must[Uniform](t)(NewUniform(0, 2)),
		"uniform 3 7":       must[Uniform](t)(NewUniform(3, 7)),
		"lognormal 0 1":     must[LogNormal](t)(NewLogNormal(0, 1)),
		"lognormal builder": must[LogNormal](t)(NewLogNormal(-3.024, 0.448)),
		"exponential 2":     must[Exponential](t)(NewExponential(2)),
		"pareto 1 3":        must[Pareto](t)(NewPareto(1, 3)),
		"pareto 2 1.27":     must[Pareto](t)(NewPareto(2, 1.27)),
		"power 2 1":         must[Power](t)(NewPower(2, 1)),
		"power 0.5 3":       must[Power](t)(NewPower(0.5, 3)),
		"beta 2 3":          must[Beta](t)(NewBeta(2, 3)),
		"beta 0.5 0.5":      must[Beta](t)(NewBeta(0.5, 0.5)),
		"beta 1 4":          must[Beta](t)(NewBeta(1, 4)),
	}
	all = map[string]distribution{
		"empirical": must[Empirical](t)(NewEmpirical([]float64{3, 1, 2, 2, 10})),
		"quantiles": must[Quantiles](t)(NewQuantiles([]float64{0, 0.25, 0.5, 0.5, 1}, []float64{0, 1, 1, 2, 6})),
	}
	for name, d := range smooth {
		all[name] = d
	}
	return smooth, all
}

func close(t *testing.T, what string, got, want, tol float64) {
	t.Helper()
	if !(math.Abs(got-want) <= tol*math.Max(1, math.Abs(want))) {
		t.Errorf("%s: got %.15g, want %.15g", what, got, want)
	}
}

func TestValues(t *testing.T) {
	u := must[Uniform](t)(NewUniform(0, 2))
	close(t, "uniform mean", u.Mean(), 1, 0)
	close(t, "uniform F", u.CDF(0.5), 0.25, 0)
	l := must[LogNormal](t)(NewLogNormal(0, 1))
	close(t, "lognormal mean", l.Mean(), math.Sqrt(math.E), 1e-15)
	// E max(X, Y) - E|X - Y|: the expected smaller of two draws is 2 Phi(-1/sqrt 2) E X.
	close(t, "lognormal smaller of two", 2*phi(-1/math.Sqrt2)*l.Mean(), 0.790562, 1e-6)
	close(t, "exponential partial mean", must[Exponential](t)(NewExponential(1)).PartialMean(1), 1-2/math.E, 1e-15)
	p := must[Pareto](t)(NewPareto(1, 3))
	close(t, "pareto mean", p.Mean(), 1.5, 1e-15)
	close(t, "pareto partial mean", p.PartialMean(2), 1.125, 1e-15)
	close(t, "power mean", must[Power](t)(NewPower(2, 1)).Mean(), 2.0/3, 1e-15)
	close(t, "beta F", must[Beta](t)(NewBeta(2, 3)).CDF(0.5), 11.0/16, 1e-14)
	e := must[Empirical](t)(NewEmpirical([]float64{3, 1, 2}))
	close(t, "empirical F", e.CDF(2), 2.0/3, 0)
	close(t, "empirical mean", e.Mean(), 2, 1e-15)
	q := must[Quantiles](t)(NewQuantiles([]float64{0, 0.5, 1}, []float64{0, 1, 2}))
	close(t, "quantiles F", q.CDF(1), 0.5, 0)
	close(t, "quantiles mean", q.Mean(), 1, 1e-15)
}

func TestLaws(t *testing.T) {
	_, all := every(t)
	for name, d := range all {
		r := rand.New(rand.NewPCG(1, 2)) // the order of the names is not fixed
		low, high := d.Support()
		for range 500 {
			p := r.Float64()
			v := d.Quantile(p)
			if !(v >= low && v <= high) {
				t.Fatalf("%s: quantile %g of %g outside [%g, %g]", name, v, p, low, high)
			}
			if f := d.CDF(v); f < p-1e-12 {
				t.Errorf("%s: F(Q(%g)) = %g", name, p, f)
			}
			if below := d.CDF(v * (1 - 1e-9)); below > p+1e-12 {
				t.Errorf("%s: a smaller value than Q(%g) has F = %g", name, p, below)
			}
			w := d.Upper(p)
			if s := d.Survival(w); s > p+1e-12 {
				t.Errorf("%s: S(U(%g)) = %g", name, p, s)
			}
			close(t, name+": F + S", d.CDF(v)+d.Survival(v), 1, 1e-14)
			close(t, name+": parts of the mean", d.PartialMean(v)+d.TailMean(v), d.Mean(), 1e-13)
		}
		for _, v := range []float64{-1, math.Nextafter(low, -1)} {
			if low > 0 || v < 0 {
				close(t, name+": below", d.CDF(v), 0, 0)
				close(t, name+": below", d.Survival(v), 1, 0)
				close(t, name+": below", d.PartialMean(v), 0, 0)
			}
		}
		close(t, name+": at the top", d.CDF(high), 1, 0)
		close(t, name+": at the top", d.PartialMean(high), d.Mean(), 1e-14)
		for _, p := range []float64{math.NaN(), -1, 2, math.Inf(1)} {
			if math.IsNaN(d.Quantile(p)) || math.IsNaN(d.Upper(p)) {
				t.Errorf("%s: no quantile at %g", name, p)
			}
		}
	}
}

// Deep in the tail 1 - F rounds to nothing; Survival and Upper do not.
func TestTail(t *testing.T) {
	smooth, _ := every(t)
	for name, d := range smooth {
		for _, q := range []float64{1e-9, 1e-14, 1e-30, 1e-200} {
			if _, high := d.Support(); high < math.Inf(1) && q < 1e-8 {
				continue // values next to a finite end are no finer than rounding
			}
			if got := d.Survival(d.Upper(q)); math.Abs(got/q-1) > 1e-6 {
				t.Errorf("%s: S(U(%g)) = %g", name, q, got)
			}
		}
	}
}

// The dumb reference: partial means by quadrature of the quantile function, densities
// by differences.
func TestAgainstQuadrature(t *testing.T) {
	smooth, all := every(t)
	for name, d := range all {
		for _, p := range []float64{0.1, 0.25, 0.5, 0.75, 0.9} {
			v := d.Quantile(p)
			// E[V; V<=v] = v F(v) - int_low^v F
			low, _ := d.Support()
			sum, steps := 0.0, 400
			for k := range steps {
				a, b := low+(v-low)*float64(k)/float64(steps), low+(v-low)*float64(k+1)/float64(steps)
				sum += quad.Fixed(d.CDF, a, b, 12, nil, 0)
			}
			tol := 1e-9
			if smooth[name] == nil || strings.Contains(name, "0.5") {
				tol = 3e-3 // steps and poles
			}
			close(t, name+": partial mean", d.PartialMean(v), v*d.CDF(v)-sum, tol)
			if s, ok := d.(interface{ Density(float64) float64 }); ok && smooth[name] != nil {
				h := 1e-5 * v
				close(t, name+": density", s.Density(v), (d.CDF(v+h)-d.CDF(v-h))/(2*h), 1e-6)
			}
		}
	}
}

func TestAtoms(t *testing.T) {
	_, all := every(t)
	for name, d := range all {
		a, ok := d.(interface {
			Atoms() (values, probabilities []float64)
		})
		if !ok {
			continue
		}
		values, probabilities := a.Atoms()
		if len(values) == 0 {
			t.Errorf("%s has no atoms", name)
		}
		for k, v := range values {
			close(t, name, d.CDF(v)-d.CDF(math.Nextafter(v, 0)), probabilities[k], 1e-12)
		}
	}
}

func TestErrors(t *testing.T) {
	nan, inf := math.NaN(), math.Inf(1)
	try := func(_ any, err error) error { return err }
	for _, c := range []struct {
		name string
		err  error
		want string
	}{
		{"uniform negative", try(NewUniform(-1, 1)), "at least 0"},
		{"uniform NaN", try(NewUniform(0, nan)), "finite"},
		{"uniform infinite", try(NewUniform(0, inf)), "finite"},
		{"uniform reversed", try(NewUniform(2, 1)), "interval"},
		{"uniform constant", try(NewUniform(1, 1)), "point value"},
		{"lognormal constant", try(NewLogNormal(0, 0)), "point value"},
		{"lognormal negative", try(NewLogNormal(0, -1)), "above 0"},
		{"lognormal NaN", try(NewLogNormal(nan, 1)), "finite"},
		{"lognormal mean", try(NewLogNormal(0, 100)), "mean"},
		{"exponential", try(NewExponential(-1)), "above 0"},
		{"exponential 0", try(NewExponential(0)), "point value"},
		{"exponential NaN", try(NewExponential(nan)), "finite"},
		{"pareto tail", try(NewPareto(1, 1)), "no mean"},
		{"pareto scale", try(NewPareto(0, 2)), "above 0"},
		{"pareto NaN", try(NewPareto(1, nan)), "finite"},
		{"power", try(NewPower(0, 1)), "above 0"},
		{"power 0", try(NewPower(1, 0)), "point value"},
		{"beta", try(NewBeta(0, 1)), "above 0"},
		{"beta infinite", try(NewBeta(inf, 1)), "finite"},
		{"beta extreme", try(NewBeta(1e-300, 1)), "outside"},
		{"empirical empty", try(NewEmpirical(nil)), "empty"},
		{"empirical negative", try(NewEmpirical([]float64{1, -1})), "number 2"},
		{"empirical constant", try(NewEmpirical([]float64{1, 1})), "point value"},
		{"quantiles short", try(NewQuantiles([]float64{0}, []float64{0})), "two or more"},
		{"quantiles ends", try(NewQuantiles([]float64{0, 0.9}, []float64{0, 1})), "from 0 to 1"},
		{"quantiles order", try(NewQuantiles([]float64{0, 1}, []float64{1, 0})), "ascend"},
		{"quantiles NaN", try(NewQuantiles([]float64{0, 1}, []float64{1, nan})), "finite"},
		{"quantiles constant", try(NewQuantiles([]float64{0, 1}, []float64{1, 1})), "point value"},
	} {
		if c.err == nil || !strings.Contains(c.err.Error(), c.want) || !strings.HasPrefix(c.err.Error(), "distributions: ") {
			t.Errorf("%s: error %v does not say %q", c.name, c.err, c.want)
		}
	}
}
