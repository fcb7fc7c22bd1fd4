package search_test

import (
	"context"
	"math"
	"testing"

	"allot/constraints"
	"allot/mechanisms"
	"allot/mechanisms/distributions"
	"allot/solver/search"
)

func only(t testing.TB, p *search.Problem) *search.Candidate {
	t.Helper()
	r, err := search.Evaluate(context.Background(), p)
	if err != nil {
		t.Fatal(err)
	}
	if r.Bound.Value < r.Candidates[0].Objective-1e-9 {
		t.Errorf("the bound %g is below what was reached, %g", r.Bound.Value, r.Candidates[0].Objective)
	}
	return r.Candidates[0]
}

// Sold 32 slots ahead at capital cost d a right is worth v/(1+d)^32 (Burian, Crapis
// 2024), known values or not; who gets it does not change.
func TestWaitingCosts(t *testing.T) {
	const d = 0.001
	hold := math.Pow(1+d, -32)
	auction := []mechanisms.Space{space(t, "auction", mechanisms.Settings{"lookahead": mechanisms.Number(32)})}
	known := market(30, 20, 10)
	secret := hidden(t, uniform(t, 0, 1), uniform(t, 0, 1))
	for _, c := range []struct {
		market           *mechanisms.Market
		revenue, welfare float64
	}{{known, 20 * hold, 30}, {secret, hold / 3, 2. / 3}} {
		for i := range c.market.Agents {
			c.market.Agents[i].CapitalCost = d
		}
		got := only(t, &search.Problem{Market: c.market, Spaces: auction, Objective: goal(t, "revenue")})
		if math.Abs(got.Objective-c.revenue) > 1e-9*c.revenue || math.Abs(got.Metrics["welfare"]-c.welfare) > 1e-9 {
			t.Errorf("revenue %.12g and welfare %.12g, want %.12g and %g", got.Objective, got.Metrics["welfare"], c.revenue, c.welfare)
		}
	}
}

// A ticket of 100 waits for its draw: at d = 0.001 it is worth 1/1.1 of the slot, and
// the buyer with the lowest net value loses out (Burian, Crapis, Saleh 2024).
func TestTicketsWaitToBeDrawn(t *testing.T) {
	m := market(30, 29)
	m.Agents[0].CapitalCost = 0.001
	c := only(t, &search.Problem{
		Market:    m,
		Spaces:    []mechanisms.Space{space(t, "tickets", mechanisms.Settings{"supply": mechanisms.Number(100), "eta": mechanisms.Word("capped"), "conduct": mechanisms.Word("price-taking")})},
		Objective: goal(t, "revenue"),
	})
	if a := c.Equilibrium.Agents; a[0].Win != 0 || a[1].Win != 1 || math.Abs(c.Objective-30/1.1) > 1e-9 {
		t.Errorf("%+v, revenue %g, want agent 2 at %g", a, c.Objective, 30/1.1)
	}
}

// Forecasts of two equal log-normal values are less apart than the values: with
// complete information the auction brings 2 E v Phi(-s'/sqrt 2), s' = phi^L s.
func TestForecastsComeTogether(t *testing.T) {
	v, err := distributions.NewLogNormal(math.Log(0.05), 0.96954)
	if err != nil {
		t.Fatal(err)
	}
	for _, lookahead := range []float64{0, 2} {
		m := &mechanisms.Market{ConcealmentCost: math.Inf(1), Persistence: 0.7, Agents: []mechanisms.Agent{{Name: "a", Value: v}, {Name: "b", Value: v}}}
		c := only(t, &search.Problem{
			Market: m, Objective: goal(t, "revenue"), Draws: 4096, Seed: 1,
			Spaces: []mechanisms.Space{space(t, "auction", mechanisms.Settings{"lookahead": mechanisms.Number(lookahead)})},
		})
		s := math.Pow(0.7, lookahead) * 0.96954
		if want := v.Mean() * math.Erfc(s/2); math.Abs(c.Objective-want) > 2e-3*want {
			t.Errorf("lookahead %g: revenue %g, want %g", lookahead, c.Objective, want)
		}
	}
	// With private values of which nearly nothing is known ahead, the two bid the mean.
	m := hidden(t, v, v)
	m.Persistence = 0.5
	c := only(t, &search.Problem{
		Market: m, Objective: goal(t, "revenue"),
		Spaces: []mechanisms.Space{space(t, "auction", mechanisms.Settings{"lookahead": mechanisms.Number(12), "pricing": mechanisms.Word("second")})},
	})
	s := math.Pow(0.5, 12) * 0.96954
	if want := v.Mean() * math.Erfc(s/2); math.Abs(c.Objective-want) > 1e-6*want {
		t.Errorf("private forecasts: revenue %g, want %g", c.Objective, want)
	}
}

// Persistence acts on logarithms: values that are not log-normal have no forecast.
func TestForecastNeedsALogNormalValue(t *testing.T) {
	for _, information := range []mechanisms.Information{mechanisms.Complete, mechanisms.Private} {
		m := hidden(t, uniform(t, 0, 1), uniform(t, 0, 1))
		m.Persistence, m.Information = 0.5, information
		r, err := search.Evaluate(context.Background(), &search.Problem{
			Market: m, Objective: goal(t, "revenue"),
			Spaces: []mechanisms.Space{space(t, "auction", mechanisms.Settings{"lookahead": mechanisms.Number(1)})},
		})
		if err == nil && r.Candidates[0].Equilibrium.Status != "none" {
			t.Errorf("%v: %+v", information, r.Candidates[0])
		}
	}
}

// A burn auction: what attesters saw is burnt, the beacon proposer gets the rest.
func TestFloorLeavesTheProposerTheRest(t *testing.T) {
	for _, m := range []*mechanisms.Market{market(30, 20, 10), hidden(t, uniform(t, 0, 1), uniform(t, 0, 1))} {
		c := only(t, &search.Problem{
			Market: m, Objective: goal(t, "revenue"),
			Spaces: []mechanisms.Space{space(t, "auction", mechanisms.Settings{"floor": mechanisms.Number(0.8)})},
		})
		if got := c.Metrics["proposerIncome"]; math.Abs(got-0.2*c.Metrics["revenue"]) > 1e-12 || got == 0 {
			t.Errorf("the proposer gets %g of %g", got, c.Metrics["revenue"])
		}
	}
	// The beacon proposer's share can be bounded: at least 0.95 must be seen in time.
	little, err := constraints.New("beacon-rewards", map[string]float64{"max": 0.05 * 20 / 30})
	if err != nil {
		t.Fatal(err)
	}
	r := find(t, &search.Problem{
		Market: market(30, 20, 10), Objective: goal(t, "revenue + 0.1*proposerIncome"),
		Spaces:      []mechanisms.Space{space(t, "auction", mechanisms.Settings{"floor": mechanisms.Range(0, 1)})},
		Constraints: []constraints.Constraint{little},
	})
	if got := r.Best.Settings.Number("floor"); math.Abs(got-0.95) > 1e-6 {
		t.Errorf("floor %.9g, want 0.95 (proposer gets %g)", got, r.Best.Metrics["proposerIncome"])
	}
}
