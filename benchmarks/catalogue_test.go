package benchmarks

import (
	"context"
	"math"
	"testing"

	"allot/mechanisms"
	"allot/objectives"
	"allot/solver/search"
)

// report solves one case of the catalogue through the same door as the command.
func report(t testing.TB, c Case) *search.Candidate {
	t.Helper()
	space, err := mechanisms.NewSpace(c.Family, c.Settings)
	if err != nil {
		t.Fatal(err)
	}
	market := &mechanisms.Market{ConcealmentCost: math.Inf(1)}
	for i, v := range c.Values {
		market.Agents = append(market.Agents, mechanisms.Agent{Name: string(rune('a' + i)), Value: mechanisms.Point(v)})
	}
	goal, err := objectives.New("revenue")
	if err != nil {
		t.Fatal(err)
	}
	r, err := search.Evaluate(context.Background(), &search.Problem{Market: market, Spaces: []mechanisms.Space{space}, Objective: goal})
	if err != nil {
		t.Fatal(err)
	}
	return r.Candidates[0]
}

func TestCatalogue(t *testing.T) {
	for _, c := range Catalogue() {
		t.Run(c.ID, func(t *testing.T) {
			got := report(t, c)
			near := func(what string, have, want float64) {
				if !(math.Abs(have-want) <= c.Tolerance) {
					t.Errorf("%s = %.17g, %s gives %.17g", what, have, c.Citation, want)
				}
			}
			for i, a := range got.Equilibrium.Agents {
				if c.Win != nil {
					near("win of "+a.Name, a.Win, c.Win[i])
				}
				if c.Cost != nil {
					near("cost of "+a.Name, a.Cost, c.Cost[i])
				}
				if c.Payoff != nil {
					near("payoff of "+a.Name, a.Payoff, c.Payoff[i])
				}
			}
			for name, want := range c.Metrics {
				near(name, got.Metrics[name], want)
			}
			if got.Equilibrium.Regime != c.Regime {
				t.Errorf("regime %q, want %q", got.Equilibrium.Regime, c.Regime)
			}
			least := 1e-6 // of mixed strategies, some of which are atoms found numerically
			if c.Regime == "pure" {
				least = 1e-9
			}
			if !(got.Equilibrium.Status == "certified" && got.Equilibrium.Relative <= least) {
				t.Errorf("the equilibrium is %s with epsilon %g of E max v", got.Equilibrium.Status, got.Equilibrium.Relative)
			}
		})
	}
}
