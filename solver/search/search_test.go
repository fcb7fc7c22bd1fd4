package search_test

import (
	"context"
	"errors"
	"fmt"
	"math"
	"reflect"
	"strings"
	"sync/atomic"
	"testing"

	"allot/constraints"
	"allot/mechanisms"
	"allot/mechanisms/distributions"
	"allot/objectives"
	"allot/solver/search"
)

func market(values ...float64) *mechanisms.Market {
	m := &mechanisms.Market{ConcealmentCost: math.Inf(1)}
	for i, v := range values {
		m.Agents = append(m.Agents, mechanisms.Agent{Name: fmt.Sprint("agent ", i+1), Value: mechanisms.Point(v)})
	}
	return m
}

func space(t testing.TB, family string, settings mechanisms.Settings) mechanisms.Space {
	t.Helper()
	s, err := mechanisms.NewSpace(family, settings)
	if err != nil {
		t.Fatal(err)
	}
	return s
}

func goal(t testing.TB, text string) objectives.Objective {
	t.Helper()
	o, err := objectives.New(text)
	if err != nil {
		t.Fatal(err)
	}
	return o
}

func find(t testing.TB, p *search.Problem) *search.Report {
	t.Helper()
	r, err := search.Search(context.Background(), p, nil)
	if err != nil {
		t.Fatal(err)
	}
	return r
}

// exponent and revenue at the pure threshold of values 4, 2: the root of
// rho = 1 + 2^-rho (Nti 1999), revenue rho (v1+v2) p1 p2 there.
const threshold, thresholdRevenue = 1.3833323479810615, 1.6626475129011133

func TestRevenuePeaksAtThePureThreshold(t *testing.T) {
	r := find(t, &search.Problem{
		Market:    market(4, 2),
		Spaces:    []mechanisms.Space{space(t, "contest", mechanisms.Settings{"exponent": mechanisms.Range(0.05, 3)})},
		Objective: goal(t, "revenue"),
	})
	got := r.Best.Settings.Number("exponent")
	if math.Abs(got-threshold) > 1e-11 || math.Abs(r.Best.Objective-thresholdRevenue) > 1e-11 {
		t.Errorf("exponent %.16g revenue %.16g, want %.16g and %.16g", got, r.Best.Objective, threshold, thresholdRevenue)
	}
	if r.Status != search.Feasible || r.Bound.Value != 4 {
		t.Errorf("status %s, bound %g", r.Status, r.Bound.Value)
	}
	t.Log(r.Evaluations, r.Best.Equilibrium)
}

func TestReserveTakesEverything(t *testing.T) {
	r := find(t, &search.Problem{
		Market:    market(30, 20, 10),
		Spaces:    []mechanisms.Space{space(t, "auction", mechanisms.Settings{"reserve": mechanisms.Range(0, 40)})},
		Objective: goal(t, "revenue"),
	})
	if r.Status != search.Optimal || r.Best.Settings.Number("reserve") != 30 || r.Best.Objective != 30 {
		t.Errorf("status %s, reserve %.16g, revenue %.16g after %d evaluations", r.Status, r.Best.Settings.Number("reserve"), r.Best.Objective, r.Evaluations)
	}
}

// The expected second-highest of two uniforms is 1/3.
func TestDrawsAgreeWithTheIntegral(t *testing.T) {
	u, err := distributions.NewUniform(0, 1)
	if err != nil {
		t.Fatal(err)
	}
	m := &mechanisms.Market{ConcealmentCost: math.Inf(1), Agents: []mechanisms.Agent{{Name: "a", Value: u}, {Name: "b", Value: u}}}
	p := &search.Problem{Market: m, Spaces: []mechanisms.Space{space(t, "auction", nil)}, Objective: goal(t, "revenue")}
	r, err := search.Evaluate(context.Background(), p)
	if err != nil {
		t.Fatal(err)
	}
	c := r.Candidates[0]
	if math.Abs(c.Objective-1./3) > 5e-4 || math.Abs(c.Metrics["welfare"]-2./3) > 5e-4 {
		t.Errorf("revenue %g, welfare %g", c.Objective, c.Metrics["welfare"])
	}
	if !(c.StandardError > 0 && math.Abs(c.Objective-1./3) < 8*c.StandardError) {
		t.Errorf("standard error %g does not cover %g", c.StandardError, c.Objective-1./3)
	}
}

// A Pareto value with index 1.3 has a mean and no variance: 1.3/0.3.
func TestHeavyTailSettles(t *testing.T) {
	heavy, err := distributions.NewPareto(1, 1.3)
	if err != nil {
		t.Fatal(err)
	}
	common := &mechanisms.Common{Name: "slot", Value: heavy}
	m := &mechanisms.Market{ConcealmentCost: math.Inf(1), Agents: []mechanisms.Agent{
		{Name: "a", Value: mechanisms.Point(1), Common: common}, {Name: "b", Value: mechanisms.Point(1), Common: common}}}
	p := &search.Problem{Market: m, Spaces: []mechanisms.Space{space(t, "auction", nil)}, Objective: goal(t, "revenue")}
	for seed := range uint64(5) {
		p.Seed = seed
		r, err := search.Evaluate(context.Background(), p)
		if err != nil {
			t.Fatal(err)
		}
		c := r.Candidates[0]
		if want := 1.3 / 0.3; math.Abs(c.Objective/want-1) > 0.01 {
			t.Errorf("seed %d: revenue %g, want %g", seed, c.Objective, want)
		}
		// The top 0.1 % of a Pareto holds 0.001^(1-1/1.3) of the mean.
		if want := math.Pow(1e-3, 1-1/1.3); math.Abs(c.TailShare-want) > 0.03 {
			t.Errorf("seed %d: tail share %g, want %g", seed, c.TailShare, want)
		}
	}
}

func TestSameBitsOnAnyNumberOfWorkers(t *testing.T) {
	l, err := distributions.NewLogNormal(-3, 0.5)
	if err != nil {
		t.Fatal(err)
	}
	m := &mechanisms.Market{ConcealmentCost: 2}
	for i := range 4 {
		m.Agents = append(m.Agents, mechanisms.Agent{Name: fmt.Sprint(i), Value: l})
	}
	var first *search.Report
	for _, workers := range []int{1, 2, 3, 8} {
		r := find(t, &search.Problem{
			Market: m, Objective: goal(t, "revenue + 0.01*fairness"), Seed: 7, Draws: 512, Evaluations: 40, Workers: workers,
			Spaces: []mechanisms.Space{space(t, "contest", mechanisms.Settings{"exponent": mechanisms.Range(0.3, 1), "burnShare": mechanisms.Range(0, 0.5)})},
		})
		if first == nil {
			first = r
		} else if !reflect.DeepEqual(first, r) {
			t.Errorf("%d workers give another answer: %+v, not %+v", workers, r.Best, first.Best)
		}
	}
}

func TestInterruptedSearchSaysSo(t *testing.T) {
	ctx, stop := context.WithCancel(context.Background())
	r, err := search.Search(ctx, &search.Problem{
		Market: market(4, 2), Objective: goal(t, "revenue"),
		Spaces: []mechanisms.Space{space(t, "contest", mechanisms.Settings{"exponent": mechanisms.Range(0.05, 3)})},
	}, func(search.Progress) { stop() })
	if err != nil || r.Status != search.Stopped || r.Best == nil {
		t.Errorf("%v, %+v", err, r)
	}
}

// fuse is a context that ends after so many looks at it.
type fuse struct {
	context.Context
	left atomic.Int64
}

func newFuse(looks int64) *fuse {
	f := &fuse{Context: context.Background()}
	f.left.Store(looks)
	return f
}

func (f *fuse) Err() error {
	if f.left.Add(-1) < 0 {
		return context.Canceled
	}
	return nil
}

// TestInterruptedBatch: the search ends between two draws, not with the batch of designs
// that it tries together, and keeps those that were solved by then.
func TestInterruptedBatch(t *testing.T) {
	heavy, err := distributions.NewLogNormal(0, 1)
	if err != nil {
		t.Fatal(err)
	}
	agents := []mechanisms.Agent{{Name: "a", Value: heavy}, {Name: "b", Value: heavy}}
	p := &search.Problem{
		Market: &mechanisms.Market{ConcealmentCost: math.Inf(1), Agents: agents}, Objective: goal(t, "revenue"), Draws: 256, Workers: 1,
		Spaces: []mechanisms.Space{space(t, "contest", mechanisms.Settings{"exponent": mechanisms.Range(0.05, 1)}), space(t, "auction", nil)},
	}
	for _, c := range []struct {
		looks  int64
		solved int
	}{{200, 0}, {700, 2}} {
		r, err := search.Search(newFuse(c.looks), p, nil)
		if err != nil || r.Status != search.Stopped || r.Evaluations != c.solved || (r.Best != nil) != (c.solved > 0) {
			t.Errorf("after %d looks: %+v, %v", c.looks, r, err)
			continue
		}
		if r.Best != nil && !math.IsNaN(r.Best.StandardError) {
			t.Errorf("a standard error of %g that was not computed", r.Best.StandardError)
		}
	}
	r, err := search.Search(context.Background(), p, nil)
	if err != nil || !(r.Best.StandardError > 0) || !math.IsNaN(r.Candidates[1].StandardError) {
		t.Errorf("standard errors %g of the best, %g of another: %v", r.Best.StandardError, r.Candidates[1].StandardError, err)
	}
	if _, err := search.Compare(newFuse(3), &search.Problem{Market: p.Market, Objective: p.Objective, Spaces: p.Spaces[1:]}); !errors.Is(err, context.Canceled) {
		t.Errorf("a comparison that was interrupted: %v", err)
	}
	if _, err := search.Binding(newFuse(3), p, r.Candidates[1]); !errors.Is(err, context.Canceled) {
		t.Errorf("what binds, interrupted: %v", err)
	}
}

func TestMalformedProblems(t *testing.T) {
	good := search.Problem{Market: market(4, 2), Objective: goal(t, "revenue"), Spaces: []mechanisms.Space{space(t, "auction", nil)}}
	for name, spoil := range map[string]func(*search.Problem){
		"no market":     func(p *search.Problem) { p.Market = nil },
		"no agents":     func(p *search.Problem) { p.Market = market() },
		"negative":      func(p *search.Problem) { p.Market = market(4, -2) },
		"not a number":  func(p *search.Problem) { p.Market = market(4, math.NaN()) },
		"no mechanisms": func(p *search.Problem) { p.Spaces = nil },
		"no objective":  func(p *search.Problem) { p.Objective = nil },
		"nil demand":    func(p *search.Problem) { p.Constraints = []constraints.Constraint{nil} },
		"draws":         func(p *search.Problem) { p.Draws = 1 << 30 },
		"workers":       func(p *search.Problem) { p.Workers = 1 << 30 },
		"weights": func(p *search.Problem) {
			p.Spaces = []mechanisms.Space{space(t, "contest", mechanisms.Settings{"weights": {List: []float64{1, 2, 3}}})}
		},
	} {
		p := good
		spoil(&p)
		if _, err := search.Search(context.Background(), &p, nil); err == nil {
			t.Errorf("%s: no error", name)
		}
	}
}

// An equality is met to 1e-9: fairness 0.46 at values 4, 2 is
// t_1 t_2 = 0.2116, so that k^rho/(1+k^rho)^2 = 0.2116 with k = 1/2.
func TestEquality(t *testing.T) {
	equal, err := constraints.NewExpression("fairness", constraints.Equals, 0.46)
	if err != nil {
		t.Fatal(err)
	}
	r := find(t, &search.Problem{
		Market:      market(4, 2),
		Spaces:      []mechanisms.Space{space(t, "contest", mechanisms.Settings{"exponent": mechanisms.Range(0.05, 3), "burnShare": mechanisms.Range(0, 1)})},
		Objective:   goal(t, "agentSurplus"),
		Constraints: []constraints.Constraint{equal},
	})
	if r.Best == nil {
		t.Fatalf("%+v", r.Candidates[0])
	}
	// x + 1/x = 1/0.2116 - 2 with x = 2^rho.
	sum := 1/0.2116 - 2
	x := (sum + math.Sqrt(sum*sum-4)) / 2
	if want := math.Log2(x); math.Abs(r.Best.Settings.Number("exponent")-want) > 1e-7 || r.Best.Settings.Number("burnShare") != 0 {
		t.Errorf("%v after %d evaluations, want exponent %.10g and no burn", r.Best.Settings, r.Evaluations, want)
	}
	if math.Abs(r.Best.Metrics["fairness"]-0.46) > 1e-9 {
		t.Errorf("fairness %.12g", r.Best.Metrics["fairness"])
	}
}

// Where no bound is known nothing proves the best that was found.
func TestWithoutABoundNothingIsOptimal(t *testing.T) {
	r, err := search.Search(context.Background(), &search.Problem{
		Market: market(30, 20), Objective: goal(t, "cos(revenue)/revenue"), Spaces: []mechanisms.Space{space(t, "auction", nil)},
	}, nil)
	if err != nil {
		t.Fatal(err)
	}
	if !math.IsInf(r.Bound.Value, 1) || r.Status != search.Feasible {
		t.Errorf("status %s at bound %g", r.Status, r.Bound.Value)
	}
}

// TestRegimesBesideWholeNumbers: a searched lookahead beside the exponent does not keep the search
// from the exponent up to which the two highest values compete in pure strategies, where
// revenue is r (v1 + v2) k^r/(1 + k^r)^2, r = 1 + k^r, k = v2/v1 (Nti 1999).
func TestRegimesBesideWholeNumbers(t *testing.T) {
	m := market(6.45, 6.77, 7.65)
	for i := range m.Agents {
		m.Agents[i].CapitalCost = 0.01
	}
	k, r := 6.77/7.65, 1.0
	for range 200 {
		r = 1 + math.Pow(k, r)
	}
	want := r * (7.65 + 6.77) * math.Pow(k, r) / math.Pow(1+math.Pow(k, r), 2)
	for seed := uint64(1); seed <= 8; seed++ {
		found := find(t, &search.Problem{
			Market: m, Objective: objectives.Revenue{}, Seed: seed,
			Spaces: []mechanisms.Space{space(t, "contest", mechanisms.Settings{"exponent": mechanisms.Range(0.1, 2), "lookahead": mechanisms.Range(0, 3)})},
		})
		if found.Best == nil || !(math.Abs(found.Best.Objective-want) <= 1e-8*want) {
			t.Errorf("seed %d: %v, want %v", seed, found.Best, want)
		}
	}
}

// TestRoomLeft: of a constraint whose largest measure counts, what is left is negative: a budget
// of 25 where 20 are paid, and in every draw.
func TestRoomLeft(t *testing.T) {
	k, err := constraints.New("budget", nil)
	if err != nil {
		t.Fatal(err)
	}
	u, err := distributions.NewUniform(10, 20)
	if err != nil {
		t.Fatal(err)
	}
	for _, second := range []mechanisms.Distribution{mechanisms.Point(20), u} {
		m := market(30, 20)
		m.Agents[0].Budget, m.Agents[1].Value = 25, second
		r := find(t, &search.Problem{
			Market: m, Objective: goal(t, "revenue"), Constraints: []constraints.Constraint{k}, Draws: 128,
			Spaces: []mechanisms.Space{space(t, "auction", nil)},
		})
		if got := r.Best.Constraints[0].Measure; !(got >= -5.1 && got <= -5+1e-9) {
			t.Errorf("second value %v: %g is left", second, got)
		}
	}
}

// TestSlotsDrawnAnew: where values are drawn anew in every slot, the holder of one wins the next
// as often as anybody like it: of two U[0,1] each has half of the slots, and the next brings its
// winner 2/3 in an auction, 1/2 in a lottery.
func TestSlotsDrawnAnew(t *testing.T) {
	u, err := distributions.NewUniform(0, 1)
	if err != nil {
		t.Fatal(err)
	}
	k, err := constraints.New("multi-slot", nil)
	if err != nil {
		t.Fatal(err)
	}
	m := &mechanisms.Market{ConcealmentCost: math.Inf(1), Premium: 1, Agents: []mechanisms.Agent{{Name: "a", Value: u}, {Name: "b", Value: u}}}
	r, err := search.Evaluate(context.Background(), &search.Problem{
		Market: m, Objective: goal(t, "revenue"), Constraints: []constraints.Constraint{k}, Draws: 1024,
		Spaces: []mechanisms.Space{space(t, "auction", nil), space(t, "lottery", nil)},
	})
	if err != nil {
		t.Fatal(err)
	}
	for i, want := range []float64{1. / 3, 1. / 4} {
		f := r.Candidates[i].Constraints[0]
		if math.Abs(f.Measure-want) > 1e-3 || f.Verdict != constraints.Violated || !strings.HasPrefix(f.Why, "one agent holds two slots in a row with probability 0.5") {
			t.Errorf("%s: %g (%s), want %g", r.Candidates[i].Family, f.Measure, f.Why, want)
		}
	}
}
