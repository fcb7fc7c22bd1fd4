package mechanisms

import (
	"math"
	"math/rand/v2"
	"testing"
)

func mustTickets(t testing.TB, s Sale) Priced {
	t.Helper()
	m, err := NewTickets(s)
	if err != nil {
		t.Fatal(err)
	}
	return m
}

func TestTicketsElasticIsTheProportionalContest(t *testing.T) {
	contest, err := NewContest(Ratio{Exponent: 1})
	if err != nil {
		t.Fatal(err)
	}
	rng := rand.New(rand.NewPCG(1, 1))
	for round := range 200 {
		price := math.Exp(4 * rng.NormFloat64())
		sale := mustTickets(t, Sale{Price: price})
		spends := make([]float64, 1+round%6)
		for i := range spends {
			if rng.IntN(4) > 0 {
				spends[i] = math.Exp(3 * rng.NormFloat64())
			}
		}
		want, got := NewOutcome(len(spends)), NewOutcome(len(spends))
		contest.Allot(spends, want)
		sale.Allot(spends, got)
		for i, s := range spends {
			if math.Abs(got.Win[i]-want.Win[i]) > 1e-12 || math.Abs(got.Cost(i)-want.Cost(i)) > 1e-12*s {
				t.Fatalf("spends %v: agent %d wins %g at %g, in the contest %g at %g", spends, i, got.Win[i], got.Cost(i), want.Win[i], want.Cost(i))
			}
		}
	}
}

func TestTicketsPriceCurve(t *testing.T) {
	for _, c := range []struct {
		name string
		sale Sale
		q    []float64
		win  []float64
		pay  []float64
	}{
		{"linear", Sale{Elasticity: 1, Price: 2, Supply: 10}, []float64{8, 2}, []float64{0.8, 0.2}, []float64{4, 1}},
		{"square", Sale{Elasticity: 2, Price: 2, Supply: 10}, []float64{30, 10}, []float64{0.75, 0.25}, []float64{120, 40}},
		{"capped and sold", Sale{Elasticity: math.Inf(1), Price: 2, Supply: 10}, []float64{12, 8}, []float64{0.6, 0.4}, []float64{0, 0}},
		{"capped and exceeded", Sale{Elasticity: math.Inf(1), Price: 2, Supply: 10}, []float64{12, 10, 0}, []float64{6. / 11, 5. / 11, 0}, []float64{math.MaxFloat64, math.MaxFloat64, 0}},
		{"nobody buys", Sale{Elasticity: 1, Price: 2}, []float64{0, 0}, []float64{0.5, 0.5}, []float64{0, 0}},
		{"huge orders", Sale{Elasticity: 3, Price: 2}, []float64{math.MaxFloat64, math.MaxFloat64}, []float64{0.5, 0.5}, []float64{math.MaxFloat64, math.MaxFloat64}},
		{"tiny orders", Sale{Price: 2}, []float64{5e-324, 0}, []float64{1, 0}, []float64{5e-324, 0}},
	} {
		out := NewOutcome(len(c.q))
		mustTickets(t, c.sale).Allot(c.q, out)
		for i := range c.q {
			if math.Abs(out.Win[i]-c.win[i]) > 1e-15 || out.IfWin[i] != out.IfLose[i] || !(math.Abs(out.IfWin[i]-c.pay[i]) <= 1e-12*c.pay[i]) {
				t.Errorf("%s: agent %d wins %g paying %g or %g, want %g paying %g", c.name, i, out.Win[i], out.IfWin[i], out.IfLose[i], c.win[i], c.pay[i])
			}
		}
	}
}

// Monotone is a promise about every signal: try to break it.
func TestTicketsAreMonotone(t *testing.T) {
	rng := rand.New(rand.NewPCG(2, 1))
	for round := range 2000 {
		sale := Sale{Elasticity: []float64{0, 0.3, 1, 4, 50, math.Inf(1)}[round%6], Price: math.Exp(rng.NormFloat64()), Supply: float64(rng.IntN(5)), PriceTaking: round%7 == 0}
		m := mustTickets(t, sale)
		if !m.(Monotone).Monotone() {
			t.Fatal("tickets do not say that they are monotone")
		}
		q := make([]float64, 1+rng.IntN(4))
		for i := range q {
			q[i] = math.Max(0, rng.NormFloat64())
		}
		low, high := NewOutcome(len(q)), NewOutcome(len(q))
		m.Allot(q, low)
		q[0] += rng.ExpFloat64()
		m.Allot(q, high)
		slack := 1e-14
		if high.Win[0] < low.Win[0]-slack || high.IfWin[0] < low.IfWin[0]-slack || high.IfLose[0] < low.IfLose[0]-slack {
			t.Fatalf("%+v at %v: win %g -> %g, pay %g -> %g", sale, q, low.Win[0], high.Win[0], low.IfWin[0], high.IfWin[0])
		}
	}
}

// Burian and Crapis (2024), observation 2: with capital cost d a ticket in a supply
// of n is worth mu/(1 + n d): 27.2727 at mu = 30, n = 100, d = 0.001.
func TestTicketWorth(t *testing.T) {
	if got := 30 * (Sale{Supply: 100}).Worth(0.001); math.Abs(got-27.27272727272727) > 1e-12 {
		t.Errorf("a ticket is worth %g", got)
	}
	for _, c := range []struct{ supply, d, lifetime float64 }{
		{100, 0.001, 50}, {100, 0.001, 1}, {32, 0.01, 320}, {1, 0.1, 5}, {7, 1e-8, 1000}, {2.5, 3, 3}, {100, 0.001, 0}, {5, 0.2, 1e6},
	} {
		s := Sale{Supply: c.supply, Lifetime: c.lifetime}
		steps := int(c.lifetime)
		if steps == 0 || steps > 100000 {
			steps = 100000
		}
		drawn, worth := 0.0, 0.0
		for k := 1; k <= steps; k++ {
			p := math.Pow(1-1/c.supply, float64(k-1)) / c.supply
			drawn += p
			worth += p * math.Pow(1+c.d, -float64(k))
		}
		if got := s.Worth(c.d); math.Abs(got-worth/drawn) > 1e-12 {
			t.Errorf("%+v: worth %g, by summing %g", c, got, worth/drawn)
		}
		if got := s.Drawn(); math.Abs(got-drawn) > 1e-12 {
			t.Errorf("%+v: drawn with probability %g, by summing %g", c, got, drawn)
		}
	}
	if got := (Sale{}).Worth(0.5); got != 1 {
		t.Errorf("a ticket for one slot does not wait, but is worth %g", got)
	}
	if got := (Sale{Supply: 3}).Worth(-1); !math.IsNaN(got) {
		t.Errorf("a negative capital cost gives %g", got)
	}
}

func TestTicketsToPriceTakersAreRanked(t *testing.T) {
	m := mustTickets(t, Sale{Price: 1, Supply: 100, PriceTaking: true})
	r, ok := m.(Ranked)
	if !ok || r.Ranking() != (Ranking{}) {
		t.Fatalf("%T is not a second-price ranking", m)
	}
	out := NewOutcome(2)
	m.Allot([]float64{4, 2}, out)
	if out.Win[0] != 1 || out.IfWin[0] != 2 || out.IfLose[1] != 0 {
		t.Errorf("signals 4, 2 give %+v, want all tickets to the first at 2", out)
	}
	if _, ok := mustTickets(t, Sale{Price: 1}).(Ranked); ok {
		t.Error("tickets to strategic buyers rank")
	}
	if e, ok := mustTickets(t, Sale{Price: 3, Supply: 7}).(Ratioed); !ok || e.Ratio().Exponent != 1 {
		t.Error("elastic tickets are no contest")
	}
	if _, ok := mustTickets(t, Sale{Price: 1, Elasticity: 0.1}).(Ratioed); ok {
		t.Error("tickets along a price curve are a contest")
	}
}

func TestTicketsRefuse(t *testing.T) {
	nan := math.NaN()
	for _, s := range []Sale{
		{}, {Price: -1}, {Price: nan}, {Price: math.Inf(1)}, {Price: 1, Elasticity: -1}, {Price: 1, Elasticity: nan}, {Price: 1, Elasticity: 1e7},
		{Price: 1, Supply: 0.5}, {Price: 1, Supply: nan}, {Price: 1, Supply: math.Inf(1)}, {Price: 1, Lifetime: 0.5}, {Price: 1, Lifetime: -1},
	} {
		if m, err := NewTickets(s); err == nil {
			t.Errorf("%+v makes %v", s, m)
		}
	}
}

func TestTicketsFamily(t *testing.T) {
	space, err := NewSpace("tickets", Settings{"eta": Word("capped"), "supply": Number(100), "conduct": Word("price-taking")})
	if err != nil {
		t.Fatal(err)
	}
	design, err := space.At(nil)
	if err != nil {
		t.Fatal(err)
	}
	want := Sale{Elasticity: math.Inf(1), Price: 1, Supply: 100, PriceTaking: true}
	if got := design.Mechanism.(Priced).Sale(); got != want {
		t.Errorf("the study's sale is %+v, want %+v", got, want)
	}
	for _, s := range []Settings{{"eta": Word("elastic")}, {"conduct": Word("naive")}, {"price": Number(0)}, {"supply": Number(0.5)}} {
		if _, err := NewSpace("tickets", s); err == nil {
			t.Errorf("%v is accepted", s)
		}
	}
}

func BenchmarkTicketsAllot(b *testing.B) {
	b.ReportAllocs()
	m := mustTickets(b, Sale{Elasticity: 0.7, Price: 1})
	q, out := []float64{3, 2, 1, 1}, NewOutcome(4)
	for b.Loop() {
		m.Allot(q, out)
	}
}
