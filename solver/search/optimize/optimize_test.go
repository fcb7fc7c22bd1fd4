package optimize

import (
	"math"
	"testing"
)

// solve runs a search to its end, checking the contract on the way.
func solve(t testing.TB, p Problem, f func(x []float64) Result) *Optimizer {
	t.Helper()
	o, err := New(p)
	if err != nil {
		t.Fatal(err)
	}
	seen := map[string]bool{}
	for {
		trials, done := o.Ask()
		if done {
			break
		}
		if len(trials) == 0 {
			t.Fatal("a batch without trials that is not the end")
		}
		for _, trial := range trials {
			if k := o.key(trial.X); seen[k] {
				t.Fatalf("point %v asked twice", trial.X)
			} else {
				seen[k] = true
			}
			for i, a := range p.Axes {
				if !(trial.X[i] >= a.From && trial.X[i] <= a.To) || a.Integer && trial.X[i] != math.Round(trial.X[i]) {
					t.Fatalf("point %v outside its axes", trial.X)
				}
			}
			if err := o.Tell(trial.ID, f(trial.X)); err != nil {
				t.Fatal(err)
			}
		}
	}
	budget := p.Budget
	if budget == 0 {
		budget = 400
	}
	if len(seen) != o.Evaluations() || len(seen) > budget {
		t.Fatalf("%d points evaluated, %d reported, budget %d", len(seen), o.Evaluations(), budget)
	}
	if o.Why() == Running {
		t.Fatal("no reason to stop")
	}
	return o
}

func smooth(objective float64, slack ...float64) Result {
	return Result{Objective: objective, Slack: slack, Margin: math.Inf(1)}
}
