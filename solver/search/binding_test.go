package search_test

import (
	"context"
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
	for _, c := range []struct {
		values []float64
		names  []string
		want   []string
	}{
		{[]float64{10, 1}, []string{"individual-rationality", "sybil-proof"}, []string{"sybil-proof"}},
		{[]float64{4, 2}, []string{"individual-rationality", "best-response"}, nil},
	} {
		m := &mechanisms.Market{}
		for _, v := range c.values {
			m.Agents = append(m.Agents, mechanisms.Agent{Value: mechanisms.Point(v)})
		}
		space, err := mechanisms.NewSpace("contest", mechanisms.Settings{"exponent": mechanisms.Range(0.05, 3)})
		if err != nil {
			t.Fatal(err)
		}
		p := &search.Problem{Market: m, Spaces: []mechanisms.Space{space}, Objective: objectives.Revenue{}, Evaluations: 200}
		for _, name := range c.names {
			k, err := constraints.New(name, nil)
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
