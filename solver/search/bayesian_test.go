package search_test

import (
	"context"
	"fmt"
	"math"
	"testing"

	"allot/mechanisms"
	"allot/mechanisms/distributions"
	"allot/solver/search"
)

func hidden(t testing.TB, values ...mechanisms.Distribution) *mechanisms.Market {
	t.Helper()
	m := &mechanisms.Market{Information: mechanisms.Private, ConcealmentCost: math.Inf(1)}
	for i, v := range values {
		m.Agents = append(m.Agents, mechanisms.Agent{Name: fmt.Sprint("agent ", i+1), Value: v})
	}
	return m
}

func uniform(t testing.TB, low, high float64) mechanisms.Distribution {
	t.Helper()
	u, err := distributions.NewUniform(low, high)
	if err != nil {
		t.Fatal(err)
	}
	return u
}

// Myerson 1981: the reserve 1/2 brings 5/12 and nothing brings more.
func TestReserveSearchClosesTheGap(t *testing.T) {
	r := find(t, &search.Problem{
		Market:    hidden(t, uniform(t, 0, 1), uniform(t, 0, 1)),
		Spaces:    []mechanisms.Space{space(t, "auction", mechanisms.Settings{"reserve": mechanisms.Range(0, 1)})},
		Objective: goal(t, "revenue"),
	})
	b := r.Best
	if math.Abs(b.Settings.Number("reserve")-0.5) > 1e-5 || math.Abs(b.Objective-5./12) > 1e-10 || math.Abs(r.Bound.Gap) > 1e-9 {
		t.Errorf("reserve %.10g, revenue %.12g, gap %.3g", b.Settings.Number("reserve"), b.Objective, r.Bound.Gap)
	}
	if r.Status != search.Optimal || b.Equilibrium.Status != "certified" || b.Equilibrium.Relative > 1e-6 {
		t.Errorf("%s, %s, epsilon %g", r.Status, b.Equilibrium.Status, b.Equilibrium.Relative)
	}
	t.Log(r.Evaluations, b.Equilibrium.Relative)
}

// A burn share scales the values that agents play with: the auction brings (1-a)/3 and
// the burn a 2/3 (symmetric uniforms, no reserve).
func TestBurnShareWithPrivateValues(t *testing.T) {
	r, err := search.Evaluate(context.Background(), &search.Problem{
		Market:    hidden(t, uniform(t, 0, 1), uniform(t, 0, 1)),
		Spaces:    []mechanisms.Space{space(t, "auction", mechanisms.Settings{"burnShare": mechanisms.Number(0.25)})},
		Objective: goal(t, "revenue"),
	})
	if err != nil {
		t.Fatal(err)
	}
	c := r.Candidates[0]
	if want := 0.75/3 + 0.25*2/3; math.Abs(c.Objective-want) > 1e-9 || math.Abs(c.Metrics["welfare"]-2./3) > 1e-9 {
		t.Errorf("revenue %.12g, want %.12g; welfare %.12g", c.Objective, want, c.Metrics["welfare"])
	}
	if r.Bound.Value < c.Objective {
		t.Errorf("the bound %g is below what was reached, %g", r.Bound.Value, c.Objective)
	}
}

// Kaplan, Zamir 2012: U[0,1] against U[0,2] bring 0.459005.
func TestAsymmetricFirstPrice(t *testing.T) {
	r, err := search.Evaluate(context.Background(), &search.Problem{
		Market:    hidden(t, uniform(t, 0, 1), uniform(t, 0, 2)),
		Spaces:    []mechanisms.Space{space(t, "auction", nil)},
		Objective: goal(t, "revenue"),
	})
	if err != nil {
		t.Fatal(err)
	}
	c := r.Candidates[0]
	if math.Abs(c.Objective-0.45900505570283523) > 1e-6 || c.Equilibrium.Relative > 1e-6 {
		t.Errorf("revenue %.9g, %s, epsilon %g (%v)", c.Objective, c.Equilibrium.Status, c.Equilibrium.Relative, c.Notes)
	}
}
