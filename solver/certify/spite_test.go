package certify

import (
	"math"
	"testing"

	"allot/mechanisms"
)

func TestSpite(t *testing.T) {
	first, err := mechanisms.NewAuction(1, 0)
	if err != nil {
		t.Fatal(err)
	}
	second, err := mechanisms.NewAuction(0, 0)
	if err != nil {
		t.Fatal(err)
	}
	allPay, err := mechanisms.NewAllPay(0)
	if err != nil {
		t.Fatal(err)
	}
	capped, err := mechanisms.NewTickets(mechanisms.Sale{Elasticity: math.Inf(1), Price: 1})
	if err != nil {
		t.Fatal(err)
	}
	steep, err := mechanisms.NewContest(mechanisms.Ratio{Exponent: 1.5})
	if err != nil {
		t.Fatal(err)
	}
	two, half := []float64{30, 20}, []float64{0.5, 0.5}
	bids := func(a ...float64) mechanisms.Profile { return mechanisms.Profile{Signals: a} }
	p := 70. / 3
	for _, c := range []struct {
		name    string
		g       mechanisms.Game
		profile mechanisms.Profile
		payoff  []float64
		epsilon float64 // NaN: refused
	}{
		{"first price at P_21", mechanisms.Game{Mechanism: first, Values: two, Spites: half}, bids(math.Nextafter(p, 30), p), []float64{30 - p, 0}, 0},
		{"a bid of 1 too much", mechanisms.Game{Mechanism: first, Values: two, Spites: half}, bids(p+1, p), nil, 1},
		{"the bids of agents without spite: the loser overtakes, 20-20 against -5", mechanisms.Game{Mechanism: first, Values: two, Spites: half}, bids(math.Nextafter(20, 30), 20), nil, 5},
		{"second price: a loser pushes by 4, which is worth half of that", mechanisms.Game{Mechanism: second, Values: two, Spites: half}, bids(26, 22), nil, 2},
		{"a tie at 24: winning brings the first 6 and losing 2", mechanisms.Game{Mechanism: first, Values: two, Spites: half}, bids(24, 24), nil, 2},
		{"all-pay: G_1 = b/35, G_2 = (5+b)/40", mechanisms.Game{Mechanism: allPay, Values: two, Spites: half}, mechanisms.Profile{
			Signals: []float64{17.5, 35. * 35 / 80},
			Mixed:   []mechanisms.Mixture{{Signals: []float64{0, 35}, Cumulative: []float64{0, 1}}, {Signals: []float64{0, 35}, Cumulative: []float64{0.125, 1}}},
		}, []float64{30*45./80 - 17.5, 20*35./80 - 35.*35/80}, 0},
		{"all-pay: an outsider of value 20 and weight 1 gains 20 + 205/8 - 35", mechanisms.Game{Mechanism: allPay, Values: []float64{30, 20, 20}, Spites: []float64{0.5, 0.5, 1}}, mechanisms.Profile{
			Signals: []float64{17.5, 35. * 35 / 80, 0},
			Mixed:   []mechanisms.Mixture{{Signals: []float64{0, 35}, Cumulative: []float64{0, 1}}, {Signals: []float64{0, 35}, Cumulative: []float64{0.125, 1}}, {}},
		}, nil, 20 + 30*45./80 + 20*35./80 - 35},
		{"a contest in which the other stands back: 0 brings (1-1/2*2)/2, 1/2 brings 1/2, and next to nothing 1", mechanisms.Game{Mechanism: steep, Values: []float64{1, 2}, Spites: []float64{0.5, 0}}, mechanisms.Profile{
			Signals: []float64{0.25, 0}, Mixed: []mechanisms.Mixture{{Signals: []float64{0, 0.5, 0.5}, Cumulative: []float64{0.5, 0.5, 1}}, {}},
		}, nil, 0.75},
		{"a claim that is not true", mechanisms.Game{Mechanism: first, Values: two, Spites: half}, bids(math.Nextafter(p, 30), p), []float64{30 - p, 1}, math.NaN()},
		{"a capped supply", mechanisms.Game{Mechanism: capped, Values: two, Spites: half}, bids(0.5, 0.5), nil, math.NaN()},
		{"weights for other agents", mechanisms.Game{Mechanism: first, Values: two, Spites: []float64{1}}, bids(21, 20), nil, math.NaN()},
		{"a weight that is none", mechanisms.Game{Mechanism: first, Values: two, Spites: []float64{math.NaN(), 0}}, bids(21, 20), nil, math.NaN()},
	} {
		got := Game(c.g, c.profile, c.payoff, Options{})
		switch {
		case math.IsNaN(c.epsilon):
			if got.Standing != None || got.Reason == "" {
				t.Errorf("%s: %+v", c.name, got)
			}
		case got.Standing != Certified || math.Abs(got.Epsilon-c.epsilon) > 1e-11:
			t.Errorf("%s: %v, epsilon %.15g, want %.15g (%s)", c.name, got.Standing, got.Epsilon, c.epsilon, got.Reason)
		}
	}
	if d := BestDeviation(mechanisms.Game{Mechanism: first, Values: two, Spites: half}, bids(21, 20), 0, Options{}); d.Standing != None || d.Reason == "" {
		t.Errorf("deviation %+v", d)
	}
}
