package search_test

import (
	"math"
	"testing"

	"allot/mechanisms"
	"allot/mechanisms/distributions"
	"allot/solver/formats"
	"allot/solver/search"
)

func near(t *testing.T, what string, got, want, tol float64) {
	t.Helper()
	if !(math.Abs(got-want) <= tol) {
		t.Errorf("%s: got %.12g, want %.12g", what, got, want)
	}
}

// apart is a market of two groups that each know a component of their own.
func apart(t *testing.T, knows mechanisms.Knowledge) *mechanisms.Market {
	t.Helper()
	m := &mechanisms.Market{Information: mechanisms.Private}
	for _, g := range []formats.Type{{Count: 2, Mu: -3, Sigma: 0.4, Omega: 0.1}, {Count: 2, Mu: -3.5, Sigma: 0.6, Omega: 0.01}} {
		c, err := distributions.NewLogNormal(g.Mu-0.2, g.Sigma)
		if err != nil {
			t.Fatal(err)
		}
		e, err := distributions.NewLogNormal(0.2, g.Omega)
		if err != nil {
			t.Fatal(err)
		}
		common := &mechanisms.Common{Value: c, Knows: knows}
		for range g.Count {
			m.Agents = append(m.Agents, mechanisms.Agent{Name: "a", Value: e, Common: common})
		}
	}
	return m
}

// A study of such groups is the model of formats.Twins, with its certificate and its bound; what
// has no method says so.
func TestTwins(t *testing.T) {
	sealed := evaluated(t, apart(t, mechanisms.KnowsBoth), mechanisms.Settings{"pricing": mechanisms.Word("first")})
	open := evaluated(t, apart(t, mechanisms.KnowsBoth), mechanisms.Settings{"pricing": mechanisms.Word("second")})
	want, err := formats.Twins([]formats.Type{{Count: 2, Mu: -3, Sigma: 0.4, Omega: 0.1}, {Count: 2, Mu: -3.5, Sigma: 0.6, Omega: 0.01}}, 50)
	if err != nil {
		t.Fatal(err)
	}
	for _, x := range []struct {
		c       *search.Candidate
		revenue float64
	}{{sealed, want.First.Revenue}, {open, want.Open.Revenue}} {
		near(t, "revenue", x.c.Objective, x.revenue, 1e-7*x.revenue)
		near(t, "welfare less what agents keep", x.c.Metrics["welfare"]-x.c.Metrics["agentSurplus"], x.revenue, 1e-7*x.revenue)
		if x.c.Equilibrium.Status != "certified" || x.c.Equilibrium.Relative > 1e-4 {
			t.Errorf("%s, epsilon %g", x.c.Equilibrium.Status, x.c.Equilibrium.Relative)
		}
	}
	b, err := search.UpperBounds(&search.Problem{
		Market: apart(t, mechanisms.KnowsBoth), Spaces: []mechanisms.Space{space(t, "auction", mechanisms.Settings{"pricing": mechanisms.Word("first")})}, Objective: goal(t, "revenue"),
	})
	if err != nil {
		t.Fatal(err)
	}
	near(t, "bound", b.Bound.Value, want.Bound.Revenue, 1e-9)
	// A reserve has no method here, and agents who do not know the component are in another game.
	for _, c := range []*search.Candidate{
		evaluated(t, apart(t, mechanisms.KnowsBoth), mechanisms.Settings{"pricing": mechanisms.Word("first"), "reserve": mechanisms.Number(0.01)}),
		evaluated(t, apart(t, mechanisms.KnowsOwn), mechanisms.Settings{"pricing": mechanisms.Word("first")}),
	} {
		if !math.IsNaN(c.Objective) || len(c.Notes) == 0 {
			t.Errorf("%+v", c)
		}
	}
}
