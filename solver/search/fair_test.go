package search_test

import (
	"math"
	"testing"

	"allot/constraints"
	"allot/mechanisms"
	"allot/solver/search"
)

// Of the rules in which false identities cost nothing by themselves, the fairest that is
// proof against them is the proportional contest (Neuder, Garimidi, Roughgarden 2024 ask
// for one): smaller exponents are fairer and pay for splitting, larger ones are not, equal
// chances are fairest and pay most, and auctions leave the weaker nothing or, all-pay,
// v_2/(2 v_1). Tickets at a fixed price are that contest, and so are phantom bids of 0.
func TestTheFairestSybilProofRuleIsTheProportionalContest(t *testing.T) {
	number, ranged, word := mechanisms.Number, mechanisms.Range, mechanisms.Word
	catalogue := []mechanisms.Space{
		space(t, "auction", mechanisms.Settings{"pricing": ranged(0, 1), "reserve": ranged(0, 1)}),
		space(t, "auction", mechanisms.Settings{"pricing": word("all-pay")}),
		space(t, "contest", mechanisms.Settings{"exponent": ranged(0.05, 4)}),
		space(t, "contest", mechanisms.Settings{"exponent": number(1), "phantom": ranged(0, 1)}),
		space(t, "contest", mechanisms.Settings{"exponent": ranged(0.05, 4), "payment": word("winner-pays")}),
		space(t, "lottery", mechanisms.Settings{"price": ranged(0, 1)}),
		space(t, "tickets", nil),
	}
	proof := []constraints.Constraint{named(t, "individual-rationality", nil), named(t, "sybil-proof", nil)}
	for _, x := range []struct {
		values []float64
		want   float64 // (prod (1 - X/v_i))^(1/n), X = (n-1)/sum 1/v_i
	}{
		{[]float64{4, 2}, math.Sqrt2 / 3},
		{[]float64{10, 1}, math.Sqrt(10) / 11},
		{[]float64{5, 4, 3}, math.Cbrt(23. / 47 * 17 / 47 * 7 / 47)},
	} {
		p := &search.Problem{Market: market(x.values...), Spaces: catalogue, Objective: goal(t, "fairness"), Constraints: proof, Evaluations: 40, Seed: 1}
		r := find(t, p)
		if r.Best == nil {
			t.Fatalf("%v: nothing is feasible", x.values)
		}
		proportional := r.Best.Family == "tickets" || r.Best.Family == "contest" && math.Abs(r.Best.Settings.Number("exponent")-1) < 1e-7 && r.Best.Settings.Number("phantom") < 1e-7
		if !proportional || r.Best.Settings.Word("payment") == "winner-pays" || math.Abs(r.Best.Objective-x.want) > 1e-7 {
			t.Errorf("%v: %s %v, fairness %.9g, want the proportional contest and %.9g", x.values, r.Best.Family, r.Best.Settings, r.Best.Objective, x.want)
		}
		for _, c := range r.Candidates {
			lottery := c.Family == "lottery" || c.Settings.Word("payment") == "winner-pays"
			if c.Feasible && (c.Objective > x.want+1e-7 || lottery && c.Objective > 0) {
				t.Errorf("%v: %s %v has fairness %.9g", x.values, c.Family, c.Settings, c.Objective)
			}
		}

		// A price that rises with demand treats two identities as one and slows the strong
		// down: fairer still.
		p.Spaces = []mechanisms.Space{space(t, "tickets", mechanisms.Settings{"eta": number(2)})}
		if c := only(t, p); !c.Feasible || c.Objective <= x.want {
			t.Errorf("%v: tickets at a rising price have fairness %.9g, want more than %.9g", x.values, c.Objective, x.want)
		}
	}
	// So does a fee for every identity, where all can bear it: a second one of agent 1's costs
	// 2/3 and brings 4 (2/3 - 1/2).
	for fee, feasible := range map[float64]bool{2. / 3: true, 0.6: false} {
		c := only(t, &search.Problem{Market: market(4, 2), Objective: goal(t, "fairness"), Constraints: proof, Spaces: []mechanisms.Space{space(t, "lottery", mechanisms.Settings{"fee": number(fee)})}})
		if c.Feasible != feasible || c.Objective != 0.5 {
			t.Errorf("a lottery at a fee of %g: feasible %v, fairness %g", fee, c.Feasible, c.Objective)
		}
	}
}

// Draws just in time spread two slots in a row and auctions ahead are known, each rule
// failing what the other meets: the report says that of all mechanisms together.
func TestConflictsAcrossMechanisms(t *testing.T) {
	m := market(4, 3.9, 3.8)
	m.Premium, m.Discount = 0.5, 0.5
	p := &search.Problem{
		Market: m, Objective: goal(t, "revenue"), Evaluations: 30, Seed: 1,
		Spaces: []mechanisms.Space{
			space(t, "contest", nil),
			space(t, "auction", mechanisms.Settings{"lookahead": mechanisms.Number(1)}),
		},
		Constraints: []constraints.Constraint{named(t, "multi-slot", map[string]float64{"max": 1}), named(t, "known-proposer", nil)},
	}
	r := find(t, p)
	if want := "of all mechanisms together: multi-slot and known-proposer conflict: each held alone, never both, in the 2 mechanisms tried"; r.Best != nil || len(r.Warnings) != 1 || r.Warnings[0] != want {
		t.Errorf("%v, warnings %q, want %q", r.Status, r.Warnings, want)
	}
	p.Spaces = append(p.Spaces, space(t, "contest", mechanisms.Settings{"lookahead": mechanisms.Number(1)}))
	if r := find(t, p); r.Best == nil || r.Best.Settings.Number("lookahead") != 1 || r.Best.Family != "contest" || len(r.Warnings) != 0 {
		t.Errorf("%v, %+v, warnings %q: a draw ahead meets both", r.Status, r.Best, r.Warnings)
	}
}
