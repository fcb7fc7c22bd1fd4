package component_test

import (
	"math"
	"testing"

	"allot/solver/equilibrium/component"
)

func near(t *testing.T, what string, got, want, tol float64) {
	t.Helper()
	if !(math.Abs(got-want) <= tol) {
		t.Errorf("%s: got %.12g, want %.12g", what, got, want)
	}
}

// What members pay adds up to the revenue, which is computed from the bids' law instead, what
// they win to one, and what they keep to the rest of the welfare. A group alone has closed
// forms: both formats bring E[C] E min(e_1, e_2).
func TestOutcome(t *testing.T) {
	for _, groups := range [][]component.Group{
		{{Count: 2, Mu: -3, Sigma: 0.4, Omega: 0.13}, {Count: 3, Mu: -3.5, Sigma: 0.6, Omega: 0.004}},
		{{Count: 2, Mu: 0.3, Sigma: 0.3, Omega: 0.1}},
	} {
		g, err := component.New(groups, 25)
		if err != nil {
			t.Fatal(err)
		}
		open, err := g.Open()
		if err != nil {
			t.Fatal(err)
		}
		for _, o := range []component.Outcome{g.FirstPrice(), open} {
			win, paid, kept := 0.0, 0.0, 0.0
			for i, x := range groups {
				n := float64(x.Count)
				win, paid, kept = win+n*o.Win[i], paid+n*o.Payment[i], kept+n*o.Payoff[i]
			}
			near(t, "chances", win, 1, 1e-7)
			near(t, "payments", paid, o.Revenue, 2e-7*o.Revenue)
			near(t, "welfare", paid+kept, o.Welfare, 2e-7*o.Welfare)
			if len(groups) == 1 {
				x := groups[0]
				near(t, "revenue", o.Revenue, 2*math.Exp(x.Mu+x.Sigma*x.Sigma/2+x.Omega*x.Omega/2)*math.Erfc(x.Omega/2)/2, 2e-7)
			}
			if o.Revenue > g.Bound() || g.Bound() > g.Highest() {
				t.Errorf("revenue %g, bound %g, E max v %g", o.Revenue, g.Bound(), g.Highest())
			}
		}
	}
}

// A reserve next to no value is below changes nothing, though another grid and another start
// of the equation lead there; one that matters costs.
func TestReserved(t *testing.T) {
	g, err := component.New([]component.Group{{Count: 2, Mu: -3.35, Sigma: 0.4, Omega: 0.13}, {Count: 2, Mu: -3.8, Sigma: 0.7, Omega: 0.1}}, 25)
	if err != nil {
		t.Fatal(err)
	}
	none := g.FirstPrice().Revenue
	for _, unsold := range []float64{1e-9, 1e-2} {
		x, y, err := g.Reserved(unsold, 25)
		switch {
		case err != nil:
			t.Fatal(err)
		case unsold < 1e-6:
			near(t, "revenue", y, none, 1e-6*none)
		case y > none*(1-1e-4):
			t.Errorf("a reserve of %g brings %g, none %g", x, y, none)
		}
	}
}

// Among many twins whoever values the right just above the reserve hardly ever wins, and the
// equation starts steeply: a reserve that hardly ever matters still changes next to nothing.
func TestSteepStart(t *testing.T) {
	g, err := component.New([]component.Group{{Count: 20, Mu: -3, Sigma: 0.4, Omega: 0.1}, {Count: 2, Mu: -3.5, Sigma: 0.6, Omega: 0.1}}, 15)
	if err != nil {
		t.Fatal(err)
	}
	_, y, err := g.Reserved(1e-5, 15)
	if err != nil {
		t.Fatal(err)
	}
	near(t, "revenue", y, g.FirstPrice().Revenue, 1e-5*y)
}

func TestErrors(t *testing.T) {
	good := component.Group{Count: 2, Sigma: 0.4, Omega: 0.1}
	for _, groups := range [][]component.Group{
		nil,
		{good, {Count: 1, Sigma: 0.4, Omega: 0.1}},
		{good, {Count: 2, Sigma: 0.4, Omega: 0.5}},
		{good, {Count: 2, Sigma: math.Inf(1), Omega: 0.1}},
		{good, {Count: 2, Mu: math.NaN(), Sigma: 0.4, Omega: 0.1}},
		{good, {Count: 2, Sigma: 1e-3, Omega: 1e-4}}, // its scores are beyond a float64
	} {
		if _, err := component.New(groups, 10); err == nil {
			t.Errorf("%+v is solved", groups)
		}
	}
}
