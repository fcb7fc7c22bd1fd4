package benchmarks

import (
	"context"
	"fmt"
	"math"
	"testing"

	"allot/constraints"
	"allot/mechanisms"
	"allot/objectives"
	"allot/solver/cartel"
	"allot/solver/equilibrium"
	"allot/solver/search"
)

// BenchmarkEvaluation is one evaluation of a mechanism among ten agents as a search
// makes thousands of them: equilibrium, revenue, welfare and effective agents, and
// the gap G of the all-inclusive ring.
func BenchmarkEvaluation(b *testing.B) {
	values := []float64{10, 9.5, 9, 8.5, 8, 7.5, 7, 6.5, 6, 5.5}
	for _, bench := range []struct {
		name, family string
		settings     mechanisms.Settings
	}{
		{"first-price", "auction", nil},
		{"proportional", "contest", nil},
		{"exponent-0.7", "contest", mechanisms.Settings{"exponent": mechanisms.Number(0.7)}},
	} {
		b.Run(bench.name, func(b *testing.B) {
			s, err := mechanisms.NewSpace(bench.family, bench.settings)
			if err != nil {
				b.Fatal(err)
			}
			d, err := s.At(nil)
			if err != nil {
				b.Fatal(err)
			}
			var goals []objectives.Objective
			for _, o := range objectives.All() {
				if o.Name() == "revenue" || o.Name() == "welfare" || o.Name() == "effectiveAgents" {
					goals = append(goals, o)
				}
			}
			var solver equilibrium.Solver
			var eq equilibrium.Equilibrium
			var account mechanisms.Account
			var rings cartel.Work
			game := mechanisms.Game{Mechanism: d.Mechanism, Values: values}
			sum := 0.0
			b.ReportAllocs()
			b.ResetTimer()
			for range b.N {
				if err := solver.Solve(game, &eq); err != nil {
					b.Fatal(err)
				}
				account.Settle(values, eq.Win, eq.Cost, eq.Payoff, d.Terms, math.Inf(1))
				for _, o := range goals {
					sum += o.Of(&account)
				}
				sum += cartel.Gap(game, &eq, &rings).Gap
			}
			if !(sum > 0) {
				b.Fatal("nothing was earned")
			}
		})
	}
}

// design is the three-parameter design problem: values 1, 0.8, 0.7, 0.6, 0.5, 0.4;
// exponent, burn share and entry fee; revenue with a bounded largest share and a
// surplus that agents must be left.
func design(t testing.TB, seed uint64, evaluations int) *search.Problem {
	t.Helper()
	market := &mechanisms.Market{ConcealmentCost: 2}
	for i, v := range []float64{1, 0.8, 0.7, 0.6, 0.5, 0.4} {
		market.Agents = append(market.Agents, mechanisms.Agent{Name: fmt.Sprint(i + 1), Value: mechanisms.Point(v)})
	}
	s, err := mechanisms.NewSpace("contest", mechanisms.Settings{
		"exponent": mechanisms.Range(0.2, 1), "burnShare": mechanisms.Range(0, 0.9), "fee": mechanisms.Range(0, 0.05)})
	if err != nil {
		t.Fatal(err)
	}
	goal, err := objectives.New("revenue")
	if err != nil {
		t.Fatal(err)
	}
	share, err := constraints.New("decentralization", map[string]float64{"maxShare": 0.35})
	if err != nil {
		t.Fatal(err)
	}
	surplus, err := constraints.NewExpression("agentSurplus", constraints.AtLeast, 0.05)
	if err != nil {
		t.Fatal(err)
	}
	return &search.Problem{Market: market, Spaces: []mechanisms.Space{s}, Objective: goal,
		Constraints: []constraints.Constraint{share, surplus}, Seed: seed, Evaluations: evaluations}
}

// designOptimum is what searches with a budget of 5,000 agree on to 1e-11 (seeds 100 to
// 105, which stopped after about 1,650 evaluations), rounded; the grid search over the
// same model written out by hand in package optimize's tests agrees to 1e-7. It is no
// proven bound.
const designOptimum = 0.6370125

func TestDesignProblem(t *testing.T) {
	for seed := range uint64(10) {
		r, err := search.Search(context.Background(), design(t, seed, 150), nil)
		if err != nil {
			t.Fatal(err)
		}
		if r.Best == nil || r.Evaluations > 150 || math.Abs(r.Best.Objective/designOptimum-1) > 1e-4 || !(r.Best.Violation <= 1e-9) {
			t.Errorf("seed %d: %d evaluations, %+v, want %g", seed, r.Evaluations, r.Best, designOptimum)
		}
	}
}

// BenchmarkDesignProblem reports the evaluations that the search asked for, and the share
// of seeds that stayed more than 0.01 % below the optimum: at most one in fifty may.
func BenchmarkDesignProblem(b *testing.B) {
	b.ReportAllocs()
	evaluations, missed := 0, 0
	for seed := range b.N {
		r, err := search.Search(context.Background(), design(b, uint64(seed), 150), nil)
		if err != nil {
			b.Fatal(err)
		}
		if r.Best == nil || r.Best.Objective < designOptimum*(1-1e-4) {
			missed++
		}
		evaluations += r.Evaluations
	}
	if 50*missed > b.N+40 {
		b.Fatalf("%d of %d seeds did not come within 0.01 %% of the optimum", missed, b.N)
	}
	b.ReportMetric(float64(evaluations)/float64(b.N), "evaluations/op")
	b.ReportMetric(float64(missed)/float64(b.N), "missed/op")
}
