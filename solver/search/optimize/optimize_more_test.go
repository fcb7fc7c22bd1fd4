package optimize

import (
	"fmt"
	"math"
	"math/rand/v2"
	"slices"
	"testing"

	"github.com/google/go-cmp/cmp"
)

func TestNothingFeasible(t *testing.T) {
	// x + y >= 3 in the unit square: the least violation is 1, at (1, 1).
	for seed := uint64(1); seed <= 5; seed++ {
		o := solve(t, Problem{Axes: box(2, 0, 1), Constraints: 1, Budget: 200, Seed: seed}, func(x []float64) Result {
			return smooth(-x[0], 3-x[0]-x[1])
		})
		if best, ok := o.Best(); ok {
			t.Errorf("seed %d: a best point %v where nothing is feasible", seed, best.X)
		}
		least, ok := o.Least()
		if !ok || least.Violation > 1+1e-9 {
			t.Errorf("seed %d: least violation %v at %v, want 1", seed, least.Violation, least.X)
		}
	}
	// In one dimension: x <= 0.2 and x >= 0.6 conflict least at 0.4.
	o := solve(t, Problem{Axes: box(1, 0, 1), Constraints: 2, Seed: 1}, func(x []float64) Result {
		return smooth(x[0], x[0]-0.2, 0.6-x[0])
	})
	if least, ok := o.Least(); !ok || math.Abs(least.X[0]-0.4) > 1e-9 {
		t.Errorf("least violation at %v, want 0.4", least.X)
	}
	if _, ok := o.Best(); ok {
		t.Error("a best point where nothing is feasible")
	}
}

func TestEverythingFails(t *testing.T) {
	for _, bad := range []float64{math.NaN(), math.Inf(1), math.Inf(-1)} {
		for d := range 4 {
			o := solve(t, Problem{Axes: box(d, 0, 1), Budget: 60, Seed: 3}, func([]float64) Result { return smooth(bad) })
			if _, ok := o.Best(); ok {
				t.Errorf("d = %d: %v became the best", d, bad)
			}
			if _, ok := o.Least(); ok {
				t.Errorf("d = %d: %v became the least violating", d, bad)
			}
		}
	}
}

func TestUnknownSlackIsViolated(t *testing.T) {
	o := solve(t, Problem{Axes: box(2, 0, 1), Constraints: 1, Budget: 300, Seed: 1}, func(x []float64) Result {
		if x[0] > 0.5 {
			return smooth(10, math.NaN())
		}
		return smooth(x[0]+x[1], -1)
	})
	if best, ok := o.Best(); !ok || math.Abs(best.Objective-1.5) > 1e-9 || best.X[0] > 0.5 {
		t.Errorf("best %v at %v, want 1.5", best.Objective, best.X)
	}
}

func TestConstantObjective(t *testing.T) {
	for d := range 5 {
		o := solve(t, Problem{Axes: box(d, -1, 1), Seed: 1}, func([]float64) Result { return smooth(7) })
		best, ok := o.Best()
		if !ok || best.Objective != 7 {
			t.Errorf("d = %d: best %v, %v", d, best.Objective, ok)
		}
		if o.Evaluations() > 250 {
			t.Errorf("d = %d: %d evaluations of a constant", d, o.Evaluations())
		}
		if d == 0 && (o.Evaluations() != 1 || o.Why() != Exhausted) {
			t.Errorf("no axis: %d evaluations, %s", o.Evaluations(), o.Why())
		}
	}
}

func TestDegenerateAxes(t *testing.T) {
	axes := []Axis{{From: 2, To: 2}, {From: 0, To: 1}, {From: 3, To: 3.9, Integer: true}}
	o := solve(t, Problem{Axes: axes, Seed: 1}, func(x []float64) Result { return smooth(-math.Abs(x[1]-0.7) + x[0]) })
	if best, _ := o.Best(); !slices.Equal(best.X, []float64{2, 0.7, 3}) {
		t.Errorf("best at %v", best.X)
	}
	// Every point of a small box of whole numbers, once.
	o = solve(t, Problem{Axes: []Axis{{From: -1, To: 1, Integer: true}, {From: 0, To: 3, Integer: true}}, Seed: 1},
		func(x []float64) Result { return smooth(x[0] * x[1]) })
	if best, _ := o.Best(); o.Evaluations() != 12 || o.Why() != Exhausted || best.Objective != 3 {
		t.Errorf("%d evaluations, %s, best %v", o.Evaluations(), o.Why(), best.Objective)
	}
}

func TestBudgetIsExact(t *testing.T) {
	for budget := 1; budget <= 60; budget++ {
		o := solve(t, Problem{Axes: box(3, -2, 2), Constraints: 1, Budget: budget, Seed: uint64(budget)}, func(x []float64) Result {
			return smooth(-(1-x[0])*(1-x[0])-100*math.Pow(x[1]-x[0]*x[0], 2)-x[2]*x[2], x[0]+x[1]-1)
		})
		// The last few are kept for rounding, which may not need them.
		if o.Evaluations() > budget || o.Evaluations() < min(budget, max(43, budget-6)) || o.Why() != OutOfBudget {
			t.Errorf("budget %d: %d evaluations, %s", budget, o.Evaluations(), o.Why())
		}
	}
}

// trace runs a search, telling each batch in the order of shuffle, and returns all bits.
func trace(t *testing.T, p Problem, f func([]float64) Result, shuffle func([]Trial)) []string {
	t.Helper()
	o, err := New(p)
	if err != nil {
		t.Fatal(err)
	}
	var lines []string
	for {
		trials, done := o.Ask()
		if done {
			break
		}
		for _, trial := range trials {
			lines = append(lines, fmt.Sprintf("%d %x", trial.ID, trial.X))
		}
		shuffle(trials)
		for k, trial := range trials {
			if err := o.Tell(trial.ID, f(trial.X)); err != nil {
				t.Fatal(err)
			}
			if rest, _ := o.Ask(); k < len(trials)-1 && len(rest) != len(trials)-1-k {
				t.Fatalf("%d trials left of a batch, want %d", len(rest), len(trials)-1-k)
			}
		}
	}
	best, _ := o.Best()
	return append(lines, fmt.Sprintf("%x %x %s", best.X, best.Objective, o.Why()))
}

func TestSameBitsInAnyOrder(t *testing.T) {
	random := rand.New(rand.NewPCG(1, 2))
	cases := []struct {
		p Problem
		f func([]float64) Result
	}{
		{Problem{Axes: designAxes, Constraints: 2, Budget: 200, Seed: 5}, design},
		{Problem{Axes: problems[0].axes, Constraints: 7, Budget: 600, Seed: 5}, weldedBeam},
		{Problem{Axes: []Axis{{From: 0.05, To: 3}}, Seed: 9}, func(x []float64) Result { return oneDimensional[0].f(x[0]) }},
	}
	for _, c := range cases {
		straight := trace(t, c.p, c.f, func([]Trial) {})
		for range 3 {
			shuffled := trace(t, c.p, c.f, func(b []Trial) { random.Shuffle(len(b), func(i, j int) { b[i], b[j] = b[j], b[i] }) })
			if diff := cmp.Diff(straight, shuffled); diff != "" {
				t.Fatalf("the order of telling left a trace:\n%s", diff)
			}
		}
		other := c.p
		other.Seed++
		if slices.Equal(straight, trace(t, other, c.f, func([]Trial) {})) {
			t.Error("the seed makes no difference")
		}
	}
}

func TestContractErrors(t *testing.T) {
	for _, p := range []Problem{
		{Axes: []Axis{{From: 1, To: 0}}},
		{Axes: []Axis{{From: math.NaN(), To: 0}}},
		{Axes: []Axis{{From: 0, To: math.Inf(1)}}},
		{Axes: []Axis{{From: -math.MaxFloat64, To: math.MaxFloat64}}},
		{Axes: []Axis{{From: 0.2, To: 0.8, Integer: true}}},
		{Constraints: -1},
		{Budget: -1},
		{Tolerance: math.NaN()},
		{Tolerance: -1},
	} {
		if _, err := New(p); err == nil {
			t.Errorf("%+v was accepted", p)
		}
	}
	o, err := New(Problem{Axes: box(2, 0, 1), Constraints: 1})
	if err != nil {
		t.Fatal(err)
	}
	if o.Tell(0, Result{}) == nil {
		t.Error("a trial was told before it was asked")
	}
	trials, _ := o.Ask()
	if o.Tell(trials[0].ID, Result{}) == nil {
		t.Error("a result without slack was accepted")
	}
	r := Result{Slack: []float64{0}}
	if err := o.Tell(trials[0].ID, r); err != nil {
		t.Error(err)
	}
	if o.Tell(trials[0].ID, r) == nil {
		t.Error("a trial was told twice")
	}
	// What the caller holds is the caller's.
	r.Slack[0] = 5
	trials[1].X[0] = 99
	if again, _ := o.Ask(); again[0].X[0] == 99 {
		t.Error("a trial shares memory with the search")
	}
	if p, _ := o.Best(); p.Slack[0] != 0 {
		t.Error("a result shares memory with the caller")
	}
}

// TestScaling: other units of the axes give the same search.
func TestScaling(t *testing.T) {
	f := func(x, y float64) Result { return smooth(-(x-0.3)*(x-0.3)-2*(y-0.6)*(y-0.6), x+y-0.8) }
	a := solve(t, Problem{Axes: box(2, 0, 1), Constraints: 1, Seed: 2}, func(x []float64) Result { return f(x[0], x[1]) })
	b := solve(t, Problem{Axes: []Axis{{From: 0, To: 1 << 20}, {From: 0, To: 1.0 / 1024}}, Constraints: 1, Seed: 2},
		func(x []float64) Result { return f(x[0]/(1<<20), x[1]*1024) })
	p, _ := a.Best()
	q, _ := b.Best()
	if math.Abs(p.Objective-q.Objective) > 1e-9 {
		t.Errorf("%v in one unit, %v in another", p.Objective, q.Objective)
	}
	// The optimum of the line x + y = 0.8: multipliers give (0.3 - s, 0.6 - s/2), s = 0.2/3.
	s := 0.1 / 1.5
	if want := -s*s - 2*s*s/4; math.Abs(p.Objective-want) > 1e-8 {
		t.Errorf("objective %v, want %v", p.Objective, want)
	}
}
