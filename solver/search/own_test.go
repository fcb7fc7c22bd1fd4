package search_test

import (
	"context"
	"testing"

	"allot/constraints"
	"allot/mechanisms"
	"allot/mechanisms/distributions"
	"allot/objectives"
	"allot/solver/search"
)

// A mechanism with nothing but Allot, which writes into the outcome as it is given: every
// constraint, comparisons and cartels take it, whatever agents know.
func TestOwnMechanism(t *testing.T) {
	space, err := refunds.Space(mechanisms.Settings{"share": mechanisms.Number(0.4)})
	if err != nil {
		t.Fatal(err)
	}
	var all []constraints.Constraint
	for _, k := range constraints.Kinds() {
		options := map[string]float64(nil)
		if k.Name == "decentralization" {
			options = map[string]float64{"maxShare": 0.6}
		}
		c, err := constraints.New(k.Name, options)
		if err != nil {
			t.Fatal(k.Name, err)
		}
		all = append(all, c)
	}
	uniform, err := distributions.NewUniform(1, 2)
	if err != nil {
		t.Fatal(err)
	}
	private := &mechanisms.Market{Information: mechanisms.Private, Agents: []mechanisms.Agent{{Name: "a", Value: uniform}, {Name: "b", Value: uniform}}}
	three := twoBuyers()
	three.Agents = append(three.Agents, mechanisms.Agent{Name: "Carol", Value: mechanisms.Point(3)})
	for name, m := range map[string]*mechanisms.Market{"two": twoBuyers(), "three": three, "private": private} {
		p := &search.Problem{Market: m, Spaces: []mechanisms.Space{space, space}, Objective: objectives.Revenue{}, Constraints: all}
		r, err := search.Evaluate(context.Background(), p)
		if err != nil {
			t.Fatal(name, err)
		}
		if c := r.Candidates[0]; len(c.Constraints) != len(all) || !(c.Objective > 0.5) || m.Information == mechanisms.Complete && c.Equilibrium.Status != "certified" {
			t.Errorf("%s: %d constraints, revenue %g, %s", name, len(c.Constraints), c.Objective, c.Equilibrium.Status)
		}
		if _, err := search.Compare(context.Background(), p); err != nil {
			t.Errorf("%s: %v", name, err)
		}
	}
	p := &search.Problem{Market: three, Spaces: []mechanisms.Space{space}}
	c, err := search.Collude(context.Background(), p, []float64{0.9, 0.9, 0.9})
	if err != nil || len(c) != 1 {
		t.Fatal(err)
	}
}
