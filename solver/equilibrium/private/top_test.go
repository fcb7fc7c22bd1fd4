package private_test

import (
	"math"
	"testing"

	"allot/mechanisms"
	"allot/mechanisms/distributions"
	proof "allot/solver/certify/private"
	"allot/solver/equilibrium"
	"allot/solver/equilibrium/private"
)

// Values whose tails have nothing in common: a first-price auction is solved and proven, and
// truth in a second-price auction is proven without an allowance for knots. The runner-up's
// expectation of independent values is int prod_i(1-F_i) for two.
func TestUnequalTails(t *testing.T) {
	must := func(d mechanisms.Distribution, err error) mechanisms.Distribution {
		if err != nil {
			t.Fatal(err)
		}
		return d
	}
	exponential := must(distributions.NewExponential(1))
	slight := must(distributions.NewLogNormal(-3.024, 0.448))
	wide := must(distributions.NewLogNormal(0, 1))
	heavy := must(distributions.NewPareto(1, 1.3))
	for _, c := range []struct {
		name   string
		values []mechanisms.Distribution
		first  bool // whether the first-price auction is solved
	}{
		{"exponential and slight", []mechanisms.Distribution{exponential, slight}, true},
		{"slight, wide, exponential", []mechanisms.Distribution{slight, wide, exponential}, true},
		{"Pareto and log-normal", []mechanisms.Distribution{heavy, wide}, true},
	} {
		for _, weight := range []float64{0, 1} {
			if weight == 1 && !c.first {
				continue
			}
			m, err := mechanisms.NewAuction(weight, 0)
			if err != nil {
				t.Fatal(err)
			}
			eq, err := private.Solver{}.Solve(m, c.values)
			if err != nil || eq.Status != equilibrium.Converged {
				t.Fatal(c.name, weight, err, eq)
			}
			proven := proof.Auction(m, c.values, eq.Curves)
			if !(proven.Epsilon <= 1e-6*eq.Highest) {
				t.Errorf("%s, first %g: epsilon %g of E max v", c.name, weight, proven.Epsilon/eq.Highest)
			}
			if weight > 0 {
				continue
			}
			if proven.Epsilon != 0 {
				t.Errorf("%s: epsilon %g of truth", c.name, proven.Epsilon)
			}
			if len(c.values) == 2 { // midpoints in ln v
				want := 0.0
				const step = 1e-4
				for x := -20.0; x < 40; x += step {
					v := math.Exp(x + step/2)
					s := 1.0
					for _, d := range c.values {
						s *= d.(interface{ Survival(float64) float64 }).Survival(v)
					}
					want += v * s * step
				}
				if math.Abs(eq.Account.Revenue()-want) > 1e-6*want {
					t.Errorf("%s: revenue %.9g, want %.9g", c.name, eq.Account.Revenue(), want)
				}
			}
		}
	}
}

// A value that everyone knows against two draws of U[0,1], and agents who hardly reach a
// reserve: both certificates are within the tolerance.
func TestKnownAmongOthers(t *testing.T) {
	must := func(d mechanisms.Distribution, err error) mechanisms.Distribution {
		if err != nil {
			t.Fatal(err)
		}
		return d
	}
	u := must(distributions.NewUniform(0, 1))
	slight, wide := must(distributions.NewLogNormal(-3.024, 0.448)), must(distributions.NewLogNormal(0, 1))
	for _, c := range []struct {
		reserve float64
		values  []mechanisms.Distribution
	}{
		{0, []mechanisms.Distribution{mechanisms.Point(0.5), u, u}},
		{0.3, []mechanisms.Distribution{slight, wide, must(distributions.NewExponential(1)), u}},
	} {
		m, err := mechanisms.NewAuction(1, c.reserve)
		if err != nil {
			t.Fatal(err)
		}
		eq, err := private.Solver{}.Solve(m, c.values)
		if err != nil || eq.Status != equilibrium.Converged {
			t.Fatal(err, eq)
		}
		if proven := proof.Auction(m, c.values, eq.Curves); !(proven.Epsilon <= 1e-6*eq.Highest) {
			t.Errorf("%d agents: epsilon %g of E max v: %s", len(c.values), proven.Epsilon/eq.Highest, proven.Reason)
		}
	}
}

// Markets in which tails, supports, atoms and known values are as unequal as they come are
// solved and certified.
func TestUnequalMarkets(t *testing.T) {
	u := uniform(t, 0, 1)
	sample := func(v ...float64) dist { return sample(t, v...) }
	beta := func(a, b float64) dist { return must[distributions.Beta](t)(distributions.NewBeta(a, b)) }
	knots := must[distributions.Quantiles](t)(distributions.NewQuantiles([]float64{0, 0.25, 0.6, 1}, []float64{0.98, 2, 2.4, 3.4}))
	heavy := pareto(t, 1, 1.3)
	for _, c := range []struct {
		name    string
		reserve float64
		values  []dist
	}{
		{"two Paretos of different index", 0, []dist{heavy, pareto(t, 1, 3)}},
		{"two Paretos and two", 0, []dist{heavy, heavy, pareto(t, 0.8, 4.5), pareto(t, 0.8, 4.5)}},
		{"Pareto, exponential, uniform", 0, []dist{pareto(t, 0.5, 1.2), exponential(t, 1), exponential(t, 1), uniform(t, 0.3, 2)}},
		{"one heavy tail above light ones", 0.5, []dist{pareto(t, 0.1, 1.5), u, beta(1.4, 1.3)}},
		{"no density at one top, a high one at the other", 0, []dist{beta(0.5, 2.5), beta(1.3, 0.3), uniform(t, 0, 1.3)}},
		{"a known value, a heavy tail", 0, []dist{mechanisms.Point(1.4), exponential(t, 0.4), exponential(t, 0.4), pareto(t, 0.4, 4)}},
		{"kinks, one agent above others", 0, []dist{knots, pareto(t, 0.45, 4), pareto(t, 0.45, 4), mechanisms.Point(0.2)}},
		{"a sample and a uniform", 0, []dist{sample(0.2, 0.5, 0.5, 1.3), u}},
		{"a sample and two uniforms, a reserve", 0.15, []dist{sample(0.2, 0.5, 0.5, 1.3), sample(0.2, 0.5, 0.5, 1.3), u, u}},
		{"two samples", 0, []dist{sample(1, 2, 3), sample(1, 2.5)}},
		{"three samples", 0, []dist{sample(0.3, 0.7), sample(0.3, 0.7), sample(0.1, 0.5, 0.9, 1.3), sample(0.2, 0.6)}},
		{"samples among one above", 0.1, []dist{sample(0.2, 0.1, 0.05), sample(0.2, 0.1, 0.05), sample(0.66, 0.33, 1.2, 1), sample(0.8, 0.82)}},
		{"twins of a known value among others", 0.2, []dist{mechanisms.Point(0.5), mechanisms.Point(0.5), u, u, exponential(t, 0.5)}},
		{"half an agent's types below the others", 0, []dist{uniform(t, 0.176, 2.15), uniform(t, 0.176, 2.15), logNormal(t, -0.42, 1.13), logNormal(t, -0.42, 1.13), sample(0.181, 1.36)}},
		{"a tail that joins where a sample ends", 0, []dist{beta(1.06, 3.32), beta(1.06, 3.32), sample(1.59, 0.523), sample(1.59, 0.523), sample(1.59, 0.523)}},
		{"a group that is exhausted above a reserve", 0.642, []dist{logNormal(t, 0.304, 0.378), beta(2.5, 2.74)}},
		{"a group that is exhausted above twins", 0, []dist{mechanisms.Point(0.534), mechanisms.Point(0.534), pareto(t, 0.474, 2.11), pareto(t, 0.242, 4.27), pareto(t, 0.242, 4.27)}},
		{"types of two others left where one atom bids", 0, []dist{sample(0.00836, 1.72), logNormal(t, -0.128, 0.712), logNormal(t, -0.128, 0.712)}},
		{"an atom below a single agent above", 0, []dist{beta(1.11, 1.92), sample(1.96, 0.429), pareto(t, 0.883, 3.04)}},
		{"a single agent above a reserve", 0.469, []dist{exponential(t, 0.584), exponential(t, 0.584), logNormal(t, -0.193, 0.986), mechanisms.Point(0.303), pareto(t, 0.55, 1.93)}},
		{"a tail next to no mean", 0.764, []dist{pareto(t, 1.04, 1.05), pareto(t, 1.04, 1.05), pareto(t, 1.04, 1.3), pareto(t, 1.04, 1.3)}},
		{"values that float64 has no rank for", 0.531, []dist{power(t, 0.2, 2.008), logNormal(t, 0.1386, 0.01), exponential(t, 0.275), exponential(t, 0.275), power(t, 2, 1.206), power(t, 2, 1.206)}},
	} {
		t.Run(c.name, func(t *testing.T) { solved(t, auction(t, 1, c.reserve), c.values, 1.2e-6) })
	}
}

// A tolerance that no number of knots can meet ends with many knots, not without end.
func TestKnotsEnd(t *testing.T) {
	eq, err := private.Solver{Tolerance: 1e-30}.Solve(auction(t, 1, 0), []dist{uniform(t, 0, 1), uniform(t, 0, 2)})
	if err != nil || eq.Status != equilibrium.Converged {
		t.Fatal(err, eq.Status)
	}
	if n := len(eq.Curves[0].Bids); n < 1000 || n > 50000 {
		t.Errorf("%d knots", n)
	}
	near(t, "revenue", eq.Account.Revenue(), 0.459005055703, 1e-9)
}
