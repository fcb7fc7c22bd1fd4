package search_test

import (
	"context"
	"math"
	"strings"
	"testing"

	"allot/constraints"
	"allot/mechanisms"
	"allot/mechanisms/distributions"
	"allot/solver/search"
)

// spitefulMarket has the same weight on rivals' profit for all.
func spitefulMarket(s float64, values ...float64) *mechanisms.Market {
	m := market(values...)
	for i := range m.Agents {
		m.Agents[i].Spite = s
	}
	return m
}

func TestSpiteIsPlayed(t *testing.T) {
	var named []constraints.Constraint
	for _, name := range []string{"individual-rationality", "best-response", "sybil-proof", "competition", "ring-proof", "producer-proof", "multi-slot", "decentralization"} {
		options := map[string]float64{}
		if name == "decentralization" {
			options["maxShare"] = 1
		}
		c, err := constraints.New(name, options)
		if err != nil {
			t.Fatal(err)
		}
		named = append(named, c)
	}
	r, err := search.Evaluate(context.Background(), &search.Problem{
		Market: spitefulMarket(0.5, 30, 20), Objective: goal(t, "revenue"), Constraints: named,
		Spaces: []mechanisms.Space{
			space(t, "auction", nil),
			space(t, "auction", mechanisms.Settings{"pricing": mechanisms.Word("all-pay")}),
			space(t, "auction", mechanisms.Settings{"burnShare": mechanisms.Number(0.2)}),
			space(t, "auction", mechanisms.Settings{"oversight": mechanisms.Number(0.8)}),
		},
	})
	if err != nil {
		t.Fatal(err)
	}
	if !math.IsInf(r.Bound.Value, 1) || r.Status == search.Optimal {
		t.Errorf("%s, bound %g: spiteful agents pay more than the right is worth to them", r.Status, r.Bound.Value)
	}
	// (20 + 15)/1.5; w = (40, 35): 35/2 + 35^2/80 > 30; 0.8 of the first and 0.2 of 30.
	for k, want := range []float64{70. / 3, 17.5 + 35.*35/80, 0.8*70/3 + 6} {
		if got := r.Candidates[k].Objective; math.Abs(got-want) > 1e-9 {
			t.Errorf("mechanism %d: revenue %.12g, want %.12g", k+1, got, want)
		}
		if r.Candidates[k].Equilibrium.Status != "certified" {
			t.Errorf("mechanism %d: %+v", k+1, r.Candidates[k].Equilibrium)
		}
	}
	first, all, watched := r.Candidates[0].Constraints, r.Candidates[1].Constraints, r.Candidates[3]
	for j, want := range []constraints.Verdict{constraints.Holds, constraints.Holds, constraints.Unknown, constraints.Unknown, constraints.Unknown, constraints.Unknown, constraints.Holds, constraints.Holds} {
		if first[j].Verdict != want || want == constraints.Unknown && !strings.Contains(first[j].Why, "spiteful") {
			t.Errorf("%s: %v, %s", first[j].Name, first[j].Verdict, first[j].Why)
		}
	}
	if all[0].Verdict != constraints.Violated || math.Abs(all[0].Measure-(35.*35/80-20*35./80)) > 1e-9 {
		t.Errorf("all-pay: individual rationality %v, %g", all[0].Verdict, all[0].Measure)
	}
	if !math.IsNaN(watched.Objective) || len(watched.Notes) == 0 || !strings.Contains(watched.Notes[0], "spiteful") {
		t.Errorf("oversight: %g, %v", watched.Objective, watched.Notes)
	}
	rings, err := search.Collude(context.Background(), &search.Problem{Market: spitefulMarket(0.5, 30, 20), Spaces: []mechanisms.Space{space(t, "auction", nil)}}, nil)
	if err != nil || !strings.Contains(rings[0].Reason, "spiteful") {
		t.Errorf("rings: %v, %v", rings, err)
	}
}

// Welfare has the bound that it has without spite: it is about chances alone.
func TestSpiteKeepsTheBoundOfWelfare(t *testing.T) {
	r, err := search.Evaluate(context.Background(), &search.Problem{Market: spitefulMarket(0.5, 4, 2), Objective: goal(t, "welfare"), Spaces: []mechanisms.Space{space(t, "auction", nil)}})
	if err != nil || r.Bound.Value != 4 {
		t.Errorf("%v, %v", r.Bound, err)
	}
	b, err := search.UpperBounds(&search.Problem{Market: spitefulMarket(0.5, 4, 2), Objective: goal(t, "revenue"), Spaces: []mechanisms.Space{space(t, "auction", nil)}})
	if err != nil || !math.IsInf(b.Bound.Value, 1) || len(b.Frontier) > 0 {
		t.Errorf("%+v, %v", b, err)
	}
}

// Over draws: E P_21 = E v_(2) + s/(1+s) E(v_(1) - v_(2)) = 1/3 + 1/9 for two uniform values.
func TestSpiteOverDraws(t *testing.T) {
	u, err := distributions.NewUniform(0, 1)
	if err != nil {
		t.Fatal(err)
	}
	m := &mechanisms.Market{ConcealmentCost: math.Inf(1), Agents: []mechanisms.Agent{{Value: u, Spite: 0.5}, {Value: u, Spite: 0.5}}}
	r, err := search.Evaluate(context.Background(), &search.Problem{Market: m, Objective: goal(t, "revenue"), Draws: 1024, Spaces: []mechanisms.Space{space(t, "auction", nil)}})
	if err != nil {
		t.Fatal(err)
	}
	if got := r.Candidates[0].Objective; math.Abs(got-4./9) > 1e-3 {
		t.Errorf("revenue %g, want 4/9", got)
	}
}

// With private values equal agents with equal weights are played: two uniform values, s = 1/2,
// v a/(a+1) at first price, a = 3/2, and (v (1+s) + s)/(1+2s) at second. Others are refused, not
// ignored.
func TestPrivateSpite(t *testing.T) {
	u, err := distributions.NewUniform(0, 1)
	if err != nil {
		t.Fatal(err)
	}
	m := &mechanisms.Market{Information: mechanisms.Private, ConcealmentCost: math.Inf(1), Agents: []mechanisms.Agent{{Value: u, Spite: 0.5}, {Value: u, Spite: 0.5}}}
	second := mechanisms.Settings{"pricing": mechanisms.Word("second")}
	var named []constraints.Constraint
	for _, name := range []string{"best-response", "sybil-proof"} {
		c, err := constraints.New(name, nil)
		if err != nil {
			t.Fatal(err)
		}
		named = append(named, c)
	}
	p := &search.Problem{Market: m, Objective: goal(t, "revenue"), Constraints: named, Spaces: []mechanisms.Space{
		space(t, "auction", nil), space(t, "auction", second), space(t, "auction", mechanisms.Settings{"burnShare": mechanisms.Number(0.5)}), space(t, "contest", nil),
		space(t, "auction", mechanisms.Settings{"lookahead": mechanisms.Number(1), "resale": mechanisms.Number(1)}),
	}}
	r, err := search.Evaluate(context.Background(), p)
	if err != nil {
		t.Fatal(err)
	}
	// Welfare 2/3, of which half is burnt in the third.
	for k, want := range []float64{0.6 * 2 / 3, (1.5/3 + 0.5) / 2, 0.5*0.4 + 0.5*2/3, math.NaN(), math.NaN()} {
		c := r.Candidates[k]
		if math.Abs(c.Objective-want) > 1e-9 || math.IsNaN(c.Objective) != math.IsNaN(want) {
			t.Errorf("mechanism %d: revenue %.12g, want %.12g", k+1, c.Objective, want)
		}
		if want > 0 && (c.Equilibrium.Status != "certified" || c.Constraints[0].Verdict != constraints.Holds || c.Constraints[1].Verdict != constraints.Unknown) {
			t.Errorf("mechanism %d: %s, %+v", k+1, c.Equilibrium.Status, c.Constraints)
		}
	}
	if !math.IsInf(r.Bound.Value, 1) || r.Status == search.Optimal {
		t.Errorf("%s at bound %g", r.Status, r.Bound.Value)
	}
	if b, err := search.UpperBounds(p); err != nil || b.Optimum != nil || len(b.Frontier) > 0 {
		t.Errorf("bounds %+v, %v", b, err)
	}
	m.Agents[1].Spite = 0
	r, err = search.Evaluate(context.Background(), p)
	if err != nil {
		t.Fatal(err)
	}
	if c := r.Candidates[0]; !math.IsNaN(c.Objective) || c.Feasible || len(c.Notes) == 0 || c.Equilibrium.Status != "none" {
		t.Errorf("different weights: %+v", c)
	}
}

// A floor where the second of 30/20/10 is a staking service with three tenths of the slots: it
// keeps 20 - 10 floor of its own, and burns all that others would keep.
func TestFloorWhereServicesHaveBuilders(t *testing.T) {
	m := market(30, 20, 10)
	m.Agents[1].Stake = 0.3
	floor := func(x float64) mechanisms.Settings { return mechanisms.Settings{"floor": mechanisms.Number(x)} }
	rewards, err := constraints.New("beacon-rewards", map[string]float64{"max": 0.125})
	if err != nil {
		t.Fatal(err)
	}
	r, err := search.Evaluate(context.Background(), &search.Problem{
		Market: m, Objective: goal(t, "proposerIncome"), Constraints: []constraints.Constraint{rewards},
		Spaces: []mechanisms.Space{
			space(t, "auction", floor(0.75)), space(t, "auction", floor(1)), space(t, "auction", nil), space(t, "contest", floor(0.5)),
			space(t, "auction", mechanisms.Settings{"floor": mechanisms.Number(0.75), "pricing": mechanisms.Word("second")}),
			space(t, "auction", mechanisms.Settings{"floor": mechanisms.Number(0.75), "burnShare": mechanisms.Number(0.5)}),
		},
	})
	if err != nil {
		t.Fatal(err)
	}
	for k, want := range []float64{0.3 * 12.5, 0.3 * 10, 0, math.NaN(), math.NaN(), 0.3 * 6.25} {
		if got := r.Candidates[k].Objective; math.Abs(got-want) > 1e-12 || math.IsNaN(got) != math.IsNaN(want) {
			t.Errorf("mechanism %d: proposers keep %g, want %g", k+1, got, want)
		}
	}
	if c := r.Candidates[0]; c.Constraints[0].Verdict != constraints.Holds || c.Constraints[0].Measure != 0.125 || !strings.Contains(strings.Join(c.Notes, " "), "keep 3.75 a slot, 5 if") {
		t.Errorf("%+v, %v", c.Constraints, c.Notes)
	}
	m.Information = mechanisms.Private
	m.Agents[0].Value, err = distributions.NewUniform(0, 1)
	if err != nil {
		t.Fatal(err)
	}
	r, err = search.Evaluate(context.Background(), &search.Problem{Market: m, Objective: goal(t, "proposerIncome"), Spaces: []mechanisms.Space{space(t, "auction", floor(0.75))}})
	if err != nil || !math.IsNaN(r.Candidates[0].Objective) {
		t.Errorf("private values: %v, %v", r, err)
	}
}

// Over draws of two uniform values, the first a service with all slots, floor 1: it keeps the
// price, E v_(2) = 1/3, for nobody bids against the other early.
func TestFloorOverDraws(t *testing.T) {
	u, err := distributions.NewUniform(0, 1)
	if err != nil {
		t.Fatal(err)
	}
	m := &mechanisms.Market{ConcealmentCost: math.Inf(1), Agents: []mechanisms.Agent{{Name: "a", Value: u, Stake: 1}, {Name: "b", Value: u}}}
	r, err := search.Evaluate(context.Background(), &search.Problem{
		Market: m, Objective: goal(t, "proposerIncome"), Draws: 1024,
		Spaces: []mechanisms.Space{space(t, "auction", mechanisms.Settings{"floor": mechanisms.Number(1)})},
	})
	if err != nil {
		t.Fatal(err)
	}
	if c := r.Candidates[0]; math.Abs(c.Objective-1./3) > 1e-3 || len(c.Notes) == 0 || !strings.Contains(c.Notes[0], "0 if no staking service") {
		t.Errorf("%g, %v", c.Objective, c.Notes)
	}
}
