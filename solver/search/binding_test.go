package search_test

import (
	"context"
	"fmt"
	"slices"
	"testing"

	"allot/constraints"
	"allot/mechanisms"
	"allot/objectives"
	"allot/solver/search"
)

// TestBinding holds that a constraint binds where it keeps the objective from
// growing, and only there: values 10 and 1 with proof against false identities stop
// at exponent 1, beyond which splitting pays, while at
// values 4 and 2 the best exponent is a kink of the revenue and nothing binds.
func TestBinding(t *testing.T) {
	options := map[string]map[string]float64{"decentralization": {"maxShare": 0.35}}
	for _, c := range []struct {
		values []float64
		fee    float64
		names  []string
		want   []bool
	}{
		{[]float64{10, 1}, 0, []string{"individual-rationality", "sybil-proof"}, []bool{false, true}},
		// The kink where the fourth agent drops out and the largest share meet: no small
		// step along a parameter or a diagonal improves revenue.
		{[]float64{1, 0.8, 0.7, 0.6, 0.5, 0.4}, 0.05, []string{"individual-rationality", "decentralization"}, []bool{false, true}},
		{[]float64{4, 2}, 0, []string{"individual-rationality", "best-response"}, []bool{false, false}},
	} {
		m := &mechanisms.Market{}
		for _, v := range c.values {
			m.Agents = append(m.Agents, mechanisms.Agent{Value: mechanisms.Point(v)})
		}
		settings := mechanisms.Settings{"exponent": mechanisms.Range(0.05, 3)}
		if c.fee > 0 {
			settings = mechanisms.Settings{"exponent": mechanisms.Range(0.2, 1), "fee": mechanisms.Range(0, c.fee), "burnShare": mechanisms.Range(0, 0.9)}
			m.ConcealmentCost = 2
		}
		space, err := mechanisms.NewSpace("contest", settings)
		if err != nil {
			t.Fatal(err)
		}
		p := &search.Problem{Market: m, Spaces: []mechanisms.Space{space}, Objective: objectives.Revenue{}, Evaluations: 200}
		for _, name := range c.names {
			k, err := constraints.New(name, options[name])
			if err != nil {
				t.Fatal(err)
			}
			p.Constraints = append(p.Constraints, k)
		}
		r, err := search.Search(context.Background(), p, nil)
		if err != nil {
			t.Fatal(err)
		}
		got, err := search.Binding(context.Background(), p, r.Best)
		if err != nil || !slices.Equal(got, c.want) {
			t.Errorf("values %v at exponent %v: %v binds, error %v, want %v", c.values, r.Best.Settings.Number("exponent"), got, err, c.want)
		}
	}
}

// TestBindingOfOneName: of two constraints on one expression only that binds which does.
func TestBindingOfOneName(t *testing.T) {
	p := &search.Problem{
		Market: market(4, 2), Objective: objectives.Revenue{}, Evaluations: 100,
		Spaces: []mechanisms.Space{space(t, "contest", mechanisms.Settings{"exponent": mechanisms.Range(0.05, 3)})},
	}
	for _, b := range []struct {
		relation constraints.Relation
		value    float64
	}{{constraints.AtLeast, 0.46}, {constraints.AtMost, 0.49}} {
		k, err := constraints.NewExpression("fairness", b.relation, b.value)
		if err != nil {
			t.Fatal(err)
		}
		p.Constraints = append(p.Constraints, k)
	}
	got, err := search.Binding(context.Background(), p, find(t, p).Best)
	if err != nil || !slices.Equal(got, []bool{true, false}) {
		t.Errorf("%v binds, error %v", got, err)
	}
}

func ExampleBinding() {
	space, err := mechanisms.NewSpace("contest", mechanisms.Settings{"exponent": mechanisms.Range(0.05, 3)})
	if err != nil {
		fmt.Println(err)
		return
	}
	fair, err := constraints.NewExpression("fairness", constraints.AtLeast, 0.45)
	if err != nil {
		fmt.Println(err)
		return
	}
	p := &search.Problem{
		Market:      &mechanisms.Market{Agents: []mechanisms.Agent{{Value: mechanisms.Point(4)}, {Value: mechanisms.Point(2)}}},
		Spaces:      []mechanisms.Space{space},
		Objective:   objectives.Revenue{},
		Constraints: []constraints.Constraint{fair},
	}
	r, err := search.Search(context.Background(), p, nil)
	if err != nil {
		fmt.Println(err)
		return
	}
	binds, err := search.Binding(context.Background(), p, r.Best)
	fmt.Println(binds, err)
	// Output: [true] <nil>
}
