package equilibrium

import (
	"fmt"
	"math"
	"math/rand/v2"
	"strings"
	"testing"

	"allot/mechanisms"
)

func sell(t testing.TB, sale mechanisms.Sale, values ...float64) *Equilibrium {
	t.Helper()
	if sale.Price == 0 {
		sale.Price = 1
	}
	m, err := mechanisms.NewTickets(sale)
	if err != nil {
		t.Fatal(err)
	}
	var s Solver
	eq := new(Equilibrium)
	if err := s.Solve(mechanisms.Game{Mechanism: m, Values: values}, eq); err != nil {
		t.Fatal(err)
	}
	if eq.Status != Converged {
		t.Fatalf("%+v at %v: %v by %s", sale, values, eq.Status, eq.Method)
	}
	return eq
}

func sum(x []float64) float64 {
	total := 0.0
	for _, y := range x {
		total += y
	}
	return total
}

func TestTickets(t *testing.T) {
	capped := math.Inf(1)
	for _, c := range []struct {
		name    string // author (year), or how the numbers follow
		sale    mechanisms.Sale
		values  []float64
		revenue float64
		win     []float64
	}{
		{"Neuder, Garimidi, Roughgarden (2024)", mechanisms.Sale{}, []float64{4, 2}, 4. / 3, []float64{2. / 3, 1. / 3}},
		{"capped, strategic: w^2 = v1 v2", mechanisms.Sale{Elasticity: capped}, []float64{4, 2}, 0, []float64{2 - math.Sqrt2, math.Sqrt2 - 1}},
		{"Schlegel (2024)", mechanisms.Sale{Supply: 100, PriceTaking: true}, []float64{4, 2}, 2, []float64{1, 0}},
		{"Burian, Crapis, Saleh (2024): equal buyers capture nothing", mechanisms.Sale{PriceTaking: true}, []float64{2, 2, 2, 1}, 2, []float64{1. / 3, 1. / 3, 1. / 3, 0}},
		{"equal values: z = v (n-1)/(n+eta)", mechanisms.Sale{Elasticity: 2}, []float64{3, 3, 3}, 1.2, []float64{1. / 3, 1. / 3, 1. / 3}},
		// s_1 = 2/3, s_2 = 1/3: v_i (1-s_i) = z (1+s_i) at z = 1 gives v = 5, 2.
		{"linear supply, by hand", mechanisms.Sale{Elasticity: 1}, []float64{2, 5}, 1, []float64{1. / 3, 2. / 3}},
		{"below the price nobody buys", mechanisms.Sale{Elasticity: 1}, []float64{5, 0.9, 2}, 1, []float64{2. / 3, 0, 1. / 3}},
		{"a lone buyer takes a capped supply for nothing", mechanisms.Sale{Elasticity: capped}, []float64{0, 7}, 0, []float64{0, 1}},
		{"a lone buyer", mechanisms.Sale{Elasticity: 1}, []float64{7, 0}, 0, []float64{1, 0}},
		{"one agent", mechanisms.Sale{Elasticity: 1}, []float64{7}, 0, []float64{1}},
		{"nobody", mechanisms.Sale{Elasticity: capped}, []float64{0, 0}, 0, []float64{0.5, 0.5}},
		{"values far apart", mechanisms.Sale{Elasticity: 1}, []float64{1e300, 1e-300}, 1e-300, []float64{1, 0}},
	} {
		eq := sell(t, c.sale, c.values...)
		if got := sum(eq.Cost); math.Abs(got-c.revenue) > 1e-12*math.Max(1e-3, c.revenue) {
			t.Errorf("%s: revenue %.17g, want %.17g", c.name, got, c.revenue)
		}
		for i := range c.win {
			if math.Abs(eq.Win[i]-c.win[i]) > 1e-12 {
				t.Errorf("%s: shares %v, want %v", c.name, eq.Win, c.win)
			}
			if want := eq.Win[i]*c.values[i] - eq.Cost[i]; math.Abs(eq.Payoff[i]-want) > 1e-12*c.values[i] {
				t.Errorf("%s: agent %d is said to keep %g of %g", c.name, i, eq.Payoff[i], want)
			}
		}
		word := "strategic"
		if c.sale.PriceTaking {
			word = "price-taking"
		}
		if !strings.HasPrefix(eq.Selection, word) {
			t.Errorf("%s: the selection %q does not say the conduct", c.name, eq.Selection)
		}
	}
}

func TestElasticTicketsAreTheProportionalContest(t *testing.T) {
	rng := rand.New(rand.NewPCG(5, 1))
	for range 500 {
		values := make([]float64, 2+rng.IntN(8))
		for i := range values {
			values[i] = math.Exp(2 * rng.NormFloat64())
		}
		shares := make([]float64, len(values))
		x := Proportional(values, shares)
		for _, eta := range []float64{0, 1e-14} { // by the contest's method and along the curve
			eq := sell(t, mechanisms.Sale{Elasticity: eta}, values...)
			if math.Abs(sum(eq.Cost)-x) > 1e-12*x {
				t.Fatalf("eta %g: %v pay %.17g, in the contest %.17g", eta, values, sum(eq.Cost), x)
			}
			for i := range shares {
				if math.Abs(eq.Win[i]-shares[i]) > 1e-12 {
					t.Fatalf("eta %g: %v win %v, in the contest %v", eta, values, eq.Win, shares)
				}
			}
		}
	}
}

// Nobody gains by any order on a fine grid, judged by the mechanism's own rule.
func TestTicketOrdersAreBestReplies(t *testing.T) {
	rng := rand.New(rand.NewPCG(6, 1))
	for round := range 150 {
		sale := mechanisms.Sale{
			Elasticity: []float64{0.2, 1, 3, 40, math.Inf(1)}[round%5],
			Price:      math.Exp(2 * rng.NormFloat64()),
			Supply:     float64(rng.IntN(3) * 50),
		}
		values := make([]float64, 2+rng.IntN(4))
		top := 0.0
		for i := range values {
			values[i] = math.Exp(rng.NormFloat64())
			top = math.Max(top, values[i])
		}
		eq := sell(t, sale, values...)
		m, err := mechanisms.NewTickets(sale)
		if err != nil {
			t.Fatal(err)
		}
		out := mechanisms.NewOutcome(len(values))
		signals := append([]float64(nil), eq.Profile.Signals...)
		for i, v := range values {
			m.Allot(signals, out)
			if got := out.Payoff(i, v); math.Abs(got-eq.Payoff[i]) > 1e-10*top {
				t.Fatalf("%+v at %v: agent %d is said to get %g and gets %g", sale, values, i, eq.Payoff[i], got)
			}
			for step := range 1500 {
				signals[i] = eq.Profile.Signals[i] * float64(step) / 500
				if eq.Profile.Signals[i] == 0 {
					signals[i] = sum(eq.Profile.Signals) * float64(step) / 1500
				}
				m.Allot(signals, out)
				if got := out.Payoff(i, v); got > eq.Payoff[i]+1e-10*top {
					t.Fatalf("%+v at %v: agent %d gets %g by ordering %g, %g by %g", sale, values, i, got, signals[i], eq.Payoff[i], eq.Profile.Signals[i])
				}
			}
			signals[i] = eq.Profile.Signals[i]
		}
	}
}

func TestTicketSymmetries(t *testing.T) {
	rng := rand.New(rand.NewPCG(7, 1))
	for round := range 300 {
		sale := mechanisms.Sale{Elasticity: math.Exp(3 * rng.NormFloat64()), PriceTaking: round%5 == 0}
		if round%4 == 0 {
			sale.Elasticity = math.Inf(1)
		}
		n := 2 + rng.IntN(6)
		values := make([]float64, n)
		for i := range values {
			values[i] = math.Exp(rng.NormFloat64())
		}
		base := sell(t, sale, values...)
		near := func(what string, got, want float64) {
			if math.Abs(got-want) > 1e-11*math.Max(1, math.Abs(want)) {
				t.Fatalf("%+v at %v: %s: %g, want %g", sale, values, what, got, want)
			}
		}
		near("shares sum to 1", sum(base.Win), 1)
		more := sell(t, sale, append(append([]float64(nil), values...), 0)...)
		repriced := sale
		repriced.Price, repriced.Supply = 17, 30
		other := sell(t, repriced, values...)
		reversed, scaled := make([]float64, n), make([]float64, n)
		for i, v := range values {
			reversed[n-1-i], scaled[i] = v, 1024*v
		}
		back, big := sell(t, sale, reversed...), sell(t, sale, scaled...)
		for i := range values {
			near("with a worthless agent", more.Win[i], base.Win[i])
			near("at another price and supply", other.Cost[i], base.Cost[i])
			near("in another order", back.Win[n-1-i], base.Win[i])
			near("in another currency", big.Cost[i], 1024*base.Cost[i])
		}
	}
}

// A supply that rises faster in price makes strategic shares more equal and brings
// less.
func TestStrategicBuyersReduceDemand(t *testing.T) {
	values := []float64{4, 2, 1.8}
	last := sell(t, mechanisms.Sale{}, values...)
	for _, eta := range []float64{0.1, 1, 10, 1e3, 1e6, math.Inf(1)} {
		eq := sell(t, mechanisms.Sale{Elasticity: eta}, values...)
		if eq.Win[0] >= last.Win[0] || sum(eq.Cost) >= sum(last.Cost) {
			t.Errorf("eta %g: top share %g and revenue %g do not fall from %g and %g", eta, eq.Win[0], sum(eq.Cost), last.Win[0], sum(last.Cost))
		}
		last = eq
	}
}

func TestTicketsAmongMany(t *testing.T) {
	rng := rand.New(rand.NewPCG(8, 1))
	values := make([]float64, 200_000)
	for i := range values {
		values[i] = math.Exp(6 * rng.NormFloat64())
	}
	for _, eta := range []float64{1e-9, 1, 1e4, math.Inf(1)} {
		eq := sell(t, mechanisms.Sale{Elasticity: eta}, values...)
		z := sum(eq.Cost)
		worst := 0.0
		for i, v := range values {
			s := 0.0
			if !math.IsInf(eta, 1) {
				s = math.Max(0, (v-z)/(v+eta*z))
				worst = math.Max(worst, math.Abs(s-eq.Win[i]))
			}
		}
		if worst > 1e-10 || math.Abs(sum(eq.Win)-1) > 1e-9 {
			t.Errorf("eta %g: shares sum to %g and are off by %g", eta, sum(eq.Win), worst)
		}
	}
}

func ExampleSolver_Solve_tickets() {
	for _, sale := range []mechanisms.Sale{
		{Price: 1},
		{Price: 1, Elasticity: math.Inf(1)},
		{Price: 1, Elasticity: math.Inf(1), PriceTaking: true},
	} {
		m, err := mechanisms.NewTickets(sale)
		if err != nil {
			fmt.Println(err)
			return
		}
		var s Solver
		var eq Equilibrium
		if err := s.Solve(mechanisms.Game{Mechanism: m, Values: []float64{4, 2}}, &eq); err != nil {
			fmt.Println(err)
			return
		}
		fmt.Printf("%.4f %.4f %s\n", eq.Win, eq.Cost[0]+eq.Cost[1], eq.Selection)
	}
	// Output:
	// [0.6667 0.3333] 1.3333 strategic buyers, who know that they move the price
	// [0.5858 0.4142] 0.0000 strategic buyers, who know that they move the price
	// [1.0000 0.0000] 2.0000 price-taking buyers, who bid until the last rival drops out
}

func BenchmarkTickets(b *testing.B) {
	b.ReportAllocs()
	m, err := mechanisms.NewTickets(mechanisms.Sale{Elasticity: 0.7, Price: 1})
	if err != nil {
		b.Fatal(err)
	}
	var s Solver
	var eq Equilibrium
	game := mechanisms.Game{Mechanism: m, Values: []float64{4, 3, 2, 1}}
	for b.Loop() {
		if err := s.Solve(game, &eq); err != nil {
			b.Fatal(err)
		}
	}
}
