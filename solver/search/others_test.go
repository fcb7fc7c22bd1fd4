package search_test

import (
	"context"
	"slices"
	"testing"

	"allot/mechanisms"
	"allot/solver/search"
)

// 10/9/8 at exponent 1.4: the first agent against the third is an equilibrium as well as
// against the second, which is shown; what it pays follows from rho k^rho (v1+v3)/(1+k^rho)^2
// (Nti 1999). At exponent 1 there is one equilibrium.
func TestOtherEquilibriaAreListed(t *testing.T) {
	r, err := search.Evaluate(context.Background(), &search.Problem{
		Market: market(10, 9, 8),
		Spaces: []mechanisms.Space{
			space(t, "contest", mechanisms.Settings{"exponent": mechanisms.Number(1.4)}),
			space(t, "contest", mechanisms.Settings{"exponent": mechanisms.Number(1)}),
		},
		Objective: goal(t, "revenue"),
	})
	if err != nil {
		t.Fatal(err)
	}
	want := "other sets of participants are equilibria too: agent 1, agent 3 (6.14875 paid)"
	if !slices.Contains(r.Candidates[0].Notes, want) {
		t.Errorf("notes %q, want %q", r.Candidates[0].Notes, want)
	}
	if len(r.Candidates[1].Notes) > 0 {
		t.Errorf("notes %q", r.Candidates[1].Notes)
	}
}
