package cartel

import (
	"math"
	"testing"

	"allot/mechanisms"
	"allot/solver/equilibrium"
)

func solved(t testing.TB, m mechanisms.Mechanism, values []float64) *Ring {
	t.Helper()
	r := &Ring{Game: mechanisms.Game{Mechanism: m, Values: values}, Equilibrium: &equilibrium.Equilibrium{}, Solver: &equilibrium.Solver{}}
	if err := r.Solver.Solve(r.Game, r.Equilibrium); err != nil {
		t.Fatal(err)
	}
	return r
}

func find(t testing.TB, rings []Coalition, members ...int) Coalition {
	t.Helper()
	for _, c := range rings {
		same := len(c.Members) == len(members)
		for k := range members {
			same = same && c.Members[k] == members[k]
		}
		if same {
			return c
		}
	}
	t.Fatalf("no ring of %v", members)
	return Coalition{}
}

// First price at 30, 20, 10: a ring of the two highest buys at 10 what it bought at 20.
func TestRingsFirstPrice(t *testing.T) {
	rings, forms, err := Rings(*firstPrice(t, abc, 0))
	if err != nil {
		t.Fatal(err)
	}
	if len(rings) != 4 {
		t.Fatalf("%d coalitions of two or more of three", len(rings))
	}
	near(t, "two highest", find(t, rings, 0, 1).Gain, 10, 1e-12)
	// At a bid of 10: D = 10 - 0, G = 10.
	near(t, "two highest, critical", find(t, rings, 0, 1).CriticalDiscount, 0.5, 1e-12)
	near(t, "first and third", find(t, rings, 0, 2).Gain, 0, 0)
	near(t, "two lowest", find(t, rings, 1, 2).Gain, 0, 0)
	near(t, "all", find(t, rings, 0, 1, 2).Gain, 20, 1e-12)
	if c := rings[forms]; len(c.Members) != 3 {
		t.Errorf("forms %v", c.Members)
	}
}

// Tickets with n equal values v pay v/n^2 each; a ring of k leaves a market of n-k+1, in which it gets
// v/(n-k+1)^2: it gains iff n^2 > k (n-k+1)^2 (Salant, Switzer, Reynolds 1983 for Cournot).
// A member upsets it by spending against X = v (m-1)/m, m = n-k+1: (1 - sqrt((m-1)/m))^2 v.
func TestRingsOfTickets(t *testing.T) {
	for n := 3; n <= 8; n++ {
		values := make([]float64, n)
		for i := range values {
			values[i] = 1
		}
		rings, _, err := Rings(*solved(t, contest(t, mechanisms.Ratio{Exponent: 1}), values))
		if err != nil {
			t.Fatal(err)
		}
		if len(rings) != 1<<n-n-1 {
			t.Fatalf("%d coalitions of %d", len(rings), n)
		}
		for _, c := range rings {
			k := len(c.Members)
			m := float64(n - k + 1)
			gain := 1/(m*m) - float64(k)/float64(n*n)
			near(t, "gain", c.Gain, math.Max(0, gain), 1e-12)
			if k < n && gain > 1e-12 {
				out := 1 - math.Sqrt((m-1)/m)
				d := float64(k-1) * math.Max(out*out, 1/float64(n*n)) // a member that competes has 1/n^2
				near(t, "critical discount", c.CriticalDiscount, d/(d+gain), 1e-9)
			}
		}
	}
}

// All-pay at 30, 20, 10: without Bob, Alice meets Carol: 20 instead of 10, and Bob can bid 10 for sure.
func TestRingsAllPay(t *testing.T) {
	rings, _, err := Rings(*solved(t, allPay(t, 0), abc))
	if err != nil {
		t.Fatal(err)
	}
	c := find(t, rings, 0, 1)
	near(t, "gain", c.Gain, 10, 1e-9)
	near(t, "critical discount", c.CriticalDiscount, 0.5, 1e-9)
	near(t, "revenue", c.Revenue, 10*(30+10)/60., 1e-9)
}

// Lottery: a ring of two of three leaves two in the draw, who get half each.
func TestRingsLottery(t *testing.T) {
	rings, _, err := Rings(*solved(t, lottery(t, mechanisms.Lot{Weights: []float64{1, 2, 1}}), []float64{12, 4, 4}))
	if err != nil {
		t.Fatal(err)
	}
	// Alone against weight 1: 12/2 - 12/4 - 4/2; the third member could enter with weight 2 of 4.
	c := find(t, rings, 0, 1)
	near(t, "gain", c.Gain, 6-3-2, 1e-12)
	near(t, "critical discount", c.CriticalDiscount, 2./(2+1), 1e-12)
}

// A mechanism known by its rule gives what the same mechanism gives by what it says of itself.
func TestRingsBySearch(t *testing.T) {
	r := solved(t, contest(t, mechanisms.Ratio{Exponent: 1}), []float64{3, 3, 3, 3, 3})
	rings, _, err := Rings(*r)
	if err != nil {
		t.Fatal(err)
	}
	want := find(t, rings, 0, 1, 2, 3)
	w := &Work{}
	w.members = append(w.members, 0, 1, 2, 3)
	if err := r.reduce(w); err != nil {
		t.Fatal(err)
	}
	g := mechanisms.Game{Mechanism: hidden{r.Game.Mechanism}, Values: w.values}
	r.Game.Mechanism = g.Mechanism
	if err := w.stage.reduced(r, w, &w.eq, g); err != nil {
		t.Fatal(err)
	}
	w.stage.tabulate()
	p, ok := w.stage.critical()
	if !ok {
		t.Fatal("no agreement")
	}
	near(t, "critical discount", p.ratio(), want.CriticalDiscount, 1e-6)
}

// Beyond MaxAgents only the rings of the highest values are looked at.
func TestRingsOfMany(t *testing.T) {
	values := make([]float64, MaxAgents+3)
	for i := range values {
		values[i] = float64(1 + (i*7)%len(values))
	}
	r := firstPrice(t, values, 0)
	rings, forms, err := Rings(*r)
	if err != nil {
		t.Fatal(err)
	}
	if len(rings) != len(values)-1 {
		t.Fatalf("%d rings", len(rings))
	}
	for k, c := range rings { // the k+2 highest: from 14 down to the next value
		next := float64(len(values) - k - 2)
		near(t, "gain", c.Gain, float64(len(values)-1)-next, 1e-12)
	}
	if forms < 0 {
		t.Error("no ring forms")
	}
	// Impatient members form none.
	r.Discounts = make([]float64, len(values))
	if _, forms, err = Rings(*r); err != nil || forms >= 0 {
		t.Errorf("ring %d forms at discount factors of 0 (%v)", forms, err)
	}
}
