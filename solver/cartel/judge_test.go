package cartel

import (
	"math"
	"slices"
	"testing"

	"allot/mechanisms"
)

// The article's example in both versions (transfers 1, 1 and 5, 4), first price at
// 30, 20, 10, bid 1. Alice's number depends on whether somebody shadows her bid.
func TestArticleAgreement(t *testing.T) {
	tests := []struct {
		transfers         []float64
		shadow            Shadow
		alice, bob, carol float64
		collusive         float64
	}{
		{[]float64{1, 1}, Auto, 2. / 19, 18. / 19, 8. / 9, 27},
		{[]float64{1, 1}, Off, 3. / 20, 18. / 19, 8. / 9, 27},
		{[]float64{5, 4}, Auto, 9. / 19, 14. / 19, 5. / 9, 20},
		{[]float64{5, 4}, Off, 1. / 2, 14. / 19, 5. / 9, 20},
	}
	for _, tt := range tests {
		r := firstPrice(t, abc, 0)
		r.Shadow = tt.shadow
		j := judge(t, r, Agreement{Bid: 1, Transfers: tt.transfers})
		near(t, "Alice", j.Members[0].CriticalDiscount, tt.alice, 1e-12)
		near(t, "Bob", j.Members[1].CriticalDiscount, tt.bob, 1e-12)
		near(t, "Carol", j.Members[2].CriticalDiscount, tt.carol, 1e-12)
		near(t, "Alice's pay-off", j.Members[0].Collusive, tt.collusive, 1e-12)
		near(t, "critical discount", j.CriticalDiscount, tt.bob, 1e-12)
		near(t, "surplus", j.Surplus, 19, 1e-12)
		if !j.Holds {
			t.Errorf("fails for %v without discount factors", j.Fails)
		}
		r.Discounts = []float64{0.9, 0.9, 0.9}
		j = judge(t, r, Agreement{Bid: 1, Transfers: tt.transfers})
		if want := tt.bob > 0.9; slices.Contains(j.Fails, 1) != want || j.Holds == want {
			t.Errorf("transfers %v: fails for %v", tt.transfers, j.Fails)
		}
	}
}

// At a bid b below 10, transfers 1 - delta times the deviation: the critical discount of the best
// transfers is (30-2b)/(50-3b), 3/5 at 0, 28/47 at 1.
func TestBestTransfersAtABid(t *testing.T) {
	for _, b := range []float64{0, 1, 5, 10, 15} {
		d := (30 - 2*b) / (50 - 3*b)
		if b > 10 {
			d = 0.5
		}
		transfers := []float64{(1 - d) * (20 - b), (1 - d) * math.Max(0, 10-b)}
		j := judge(t, firstPrice(t, abc, 0), Agreement{Bid: b, Transfers: transfers})
		for k, m := range j.Members {
			if k == 2 && b >= 10 {
				continue // nothing tempts Carol
			}
			near(t, "critical discount", m.CriticalDiscount, d, 1e-12)
		}
	}
}

func TestMonitoring(t *testing.T) {
	near(t, "lag 2", Monitoring{Lag: 2}.Effective(0.9), 0.729, 1e-12)
	near(t, "false alarms", Monitoring{FalseAlarm: 0.1}.Effective(0.9), 0.81, 1e-12)
	r := firstPrice(t, abc, 0)
	r.Monitoring = Monitoring{Lag: 1, FalseAlarm: 0.05}
	rep := analyse(t, r)
	near(t, "critical discount", rep.CriticalDiscount, math.Sqrt(0.5)/0.95, 1e-12)
	r.Monitoring = Monitoring{FalseAlarm: 0.6} // no patience makes up for it
	near(t, "too many alarms", analyse(t, r).CriticalDiscount, 1, 0)

	// The formula against the two value functions, summed period by period.
	for _, m := range []Monitoring{{}, {Lag: 2}, {FalseAlarm: 0.1}, {Lag: 3, FalseAlarm: 0.02}} {
		const x, P, u, delta = 5.0, 12.0, 2.0, 0.8
		value := func(deviate bool) float64 {
			total, quiet := 0.0, 1.0 // quiet: chance that nothing has ended the agreement
			for k := range 400 {
				stage := x
				if deviate {
					stage = P
					if k > m.Lag {
						quiet = 0
					}
				}
				total += math.Pow(delta, float64(k)) * (quiet*stage + (1-quiet)*u)
				quiet *= 1 - m.FalseAlarm
			}
			return total
		}
		beta := m.Effective(delta)
		complies := x >= (1-beta)*P+beta*u
		if got := value(false) >= value(true); got != complies {
			t.Errorf("%+v: sums say %v, the formula %v", m, got, complies)
		}
		q := delta * (1 - m.FalseAlarm)
		gain := (x - u - (1-math.Pow(q, float64(m.Lag+1)))*(P-u)) / (1 - q)
		near(t, "value of complying", value(false)-value(true), gain, 1e-9)
	}
}

func TestDiscountsOfEach(t *testing.T) {
	r := firstPrice(t, abc, 0)
	r.Discounts = []float64{0.5, 0.5, 0.5}
	rep := analyse(t, r)
	if rep.Own == nil || !rep.Own.Holds {
		t.Fatal("0.5 each is enough")
	}
	near(t, "bid", rep.Own.Bid, 10, 1e-9)
	// Bob alone impatient: at b = 0, 20 (1-d_B) + 10 (1-d) <= d_A 20.
	r.Discounts = []float64{0.95, 0.2, 0.95}
	rep = analyse(t, r)
	if !rep.Own.Holds || rep.Own.Bid != 0 {
		t.Errorf("own %+v: 16.5 in transfers of at most 19", rep.Own)
	}
	r.Discounts = []float64{0.3, 0.99, 0.99}
	if rep = analyse(t, r); !rep.Own.Holds || rep.Own.Bid != 0 {
		t.Errorf("own %+v: a leader of 0.3 pays up to 6", rep.Own)
	}
	r.Discounts = []float64{0.3, 0.6, 0.6}
	// 0.3 (20-b) - 0.4 (20-b) < 0 for every b.
	if rep = analyse(t, r); rep.Own.Holds {
		t.Errorf("own %+v: nothing holds", rep.Own)
	}
}

func TestJudgeErrors(t *testing.T) {
	r := firstPrice(t, abc, 5)
	for name, a := range map[string]Agreement{
		"transfers": {Bid: 6, Transfers: []float64{1}},
		"negative":  {Bid: 6, Transfers: []float64{1, -1}},
		"nan":       {Bid: math.NaN(), Transfers: []float64{1, 1}},
		"reserve":   {Bid: 4, Transfers: []float64{1, 1}},
	} {
		if _, err := r.Judge(a); err == nil {
			t.Errorf("%s: no error", name)
		}
	}
	for name, r := range map[string]*Ring{
		"empty":     {Game: mechanisms.Game{Mechanism: auction(t, 1, 0)}, Equilibrium: blank(0)},
		"members":   {Game: r.Game, Equilibrium: r.Equilibrium, Members: []int{2, 1}},
		"none":      {Game: r.Game, Equilibrium: r.Equilibrium, Members: []int{}},
		"discounts": {Game: r.Game, Equilibrium: r.Equilibrium, Discounts: []float64{0.5}},
		"discount":  {Game: r.Game, Equilibrium: r.Equilibrium, Discounts: []float64{0.5, 2, 0}},
		"curve":     {Game: r.Game, Equilibrium: r.Equilibrium, Curve: []float64{math.NaN()}},
		"oversight": {Game: r.Game, Equilibrium: r.Equilibrium, Oversight: 2},
		"lag":       {Game: r.Game, Equilibrium: r.Equilibrium, Monitoring: Monitoring{Lag: -1}},
		"burned":    {Game: r.Game, Equilibrium: r.Equilibrium, Burned: []float64{1, 2, math.Inf(1)}},
	} {
		if _, err := r.Analyse(); err == nil {
			t.Errorf("%s: no error", name)
		}
	}
}

// The article's transfers t_j R + (sum c - c_min)/n and the equal split, cases of the
// article's theorem: first-price 30/20/10, equal values, tickets (Neuder, Garimidi,
// Roughgarden 2024 for 4, 2).
func TestTheorem(t *testing.T) {
	equal := func(n int, v float64) []float64 {
		values := make([]float64, n)
		for i := range values {
			values[i] = v
		}
		return values
	}
	tests := []struct {
		name       string
		r          *Ring
		article    []float64
		leaderGain float64
		each       []float64 // what members end with under the equal split
		fails      bool
	}{
		{"first price", firstPrice(t, abc, 0), []float64{0, 20. / 3, 20. / 3}, 20. / 3, []float64{50. / 3, 20. / 3, 20. / 3}, false},
		{"first price, equal", firstPrice(t, equal(3, 10), 0), []float64{0, 20. / 3, 20. / 3}, -10. / 3, []float64{10. / 3, 10. / 3, 10. / 3}, true},
		{"tickets, equal", tickets(t, equal(3, 9)), []float64{0, 5, 5}, -2, []float64{3, 3, 3}, true},
		{"tickets, 4 and 2", tickets(t, []float64{4, 2}), []float64{0, 2}, 2. / 9, []float64{25. / 9, 11. / 9}, false},
		{"tickets, two of 4", tickets(t, equal(2, 4)), []float64{0, 3}, 0, []float64{2, 2}, false},
		{"tickets, 30/20/10", tickets(t, abc), []float64{0, 16, 4}, 10 - 10.8, []float64{10.8 + 16./3, 3.2 + 16./3, 16. / 3}, true},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			rep := analyse(t, tt.r)
			th := rep.Theorem
			if !th.Competition || !th.Holds || th.ArticleFails != tt.fails {
				t.Errorf("theorem %+v", th)
			}
			for j, want := range tt.article {
				near(t, "article's transfer", th.Article[j], want, 1e-12)
				near(t, "equal split", tt.r.Equilibrium.Payoff[j]+th.Gain, tt.each[j], 1e-12)
			}
			near(t, "leader's gain", th.ArticleGains[rep.Leader], tt.leaderGain, 1e-12)
		})
	}
}
