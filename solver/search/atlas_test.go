package search_test

import (
	"context"
	"testing"

	"allot/mechanisms"
	"allot/solver/search"
)

// At values v, 2: the second-price auction brings 2, proportional tickets with a burn
// share of a half bring (v/2)2/(v+2) + (v v + 4)/(2 (v+2)): less than 2 at v = 2 (1.5),
// more at v = 4 (2.333).
func TestMap(t *testing.T) {
	p := &search.Problem{
		Market:    market(4, 2),
		Objective: goal(t, "revenue"),
		Spaces: []mechanisms.Space{
			space(t, "auction", mechanisms.Settings{"pricing": mechanisms.Word("second")}),
			space(t, "contest", mechanisms.Settings{"burnShare": mechanisms.Number(0.5)}),
		},
	}
	value := search.Dial{Name: "value of the first", Values: []float64{2, 4}, Turn: func(m *mechanisms.Market, v float64) { m.Agents[0].Value = mechanisms.Point(v) }}
	// With concealment for nothing the burn brings nothing, and tickets bring 4/3 at most.
	hiding := search.Dial{Name: "concealment cost", Values: []float64{0, 1e9}, Turn: func(m *mechanisms.Market, v float64) { m.ConcealmentCost = v }}
	calls := 0
	a, err := search.Map(context.Background(), p, value, hiding, func(int, int) { calls++ })
	if err != nil {
		t.Fatal(err)
	}
	want := [][]int{{0, 0}, {0, 1}}
	for j := range want {
		for i := range want[j] {
			if a.Places[j][i].Space != want[j][i] {
				t.Errorf("at %g, %g: mechanism %d, want %d", value.Values[i], hiding.Values[j], a.Places[j][i].Space, want[j][i])
			}
		}
	}
	if calls != 4 || a.Evaluations != 8 || p.Market.Agents[0].Value != mechanisms.Point(4) {
		t.Errorf("%d calls, %d evaluations, market %v", calls, a.Evaluations, p.Market.Agents[0].Value)
	}
	if _, err := search.Map(context.Background(), p, search.Dial{}, hiding, nil); err == nil {
		t.Error("a map without points is taken")
	}
}
