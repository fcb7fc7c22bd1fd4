package slots

import (
	"math"
	"math/rand/v2"
	"strings"
	"testing"

	"allot/mechanisms"
	"allot/solver/equilibrium"
)

func auction(t testing.TB, reserve float64) mechanisms.Mechanism {
	t.Helper()
	m, err := mechanisms.NewAuction(1, reserve)
	if err != nil {
		t.Fatal(err)
	}
	return m
}

func contest(t testing.TB, r mechanisms.Ratio) mechanisms.Mechanism {
	t.Helper()
	m, err := mechanisms.NewContest(r)
	if err != nil {
		t.Fatal(err)
	}
	return m
}

func same(n int, x float64) []float64 {
	out := make([]float64, n)
	for i := range out {
		out[i] = x
	}
	return out
}

func solved(t testing.TB, g Incumbency) Chain {
	t.Helper()
	c, err := g.Solve()
	if err != nil {
		t.Fatal(err)
	}
	if c.Status != equilibrium.Converged {
		t.Fatalf("%v after %d steps, residual %g", c.Status, c.Steps, c.Residual)
	}
	return c
}

func listed(t testing.TB, g Incumbency) []history {
	t.Helper()
	states, err := g.histories()
	if err != nil {
		t.Fatal(err)
	}
	return states
}

func near(t testing.TB, what string, got, want, tolerance float64) {
	t.Helper()
	if !(math.Abs(got-want) <= tolerance) {
		t.Errorf("%s: %.15g, want %.15g", what, got, want)
	}
}

// Two bidders of nearly equal value: the first always wins, the second always does, or
// whoever is the incumbent. The values of the third solve 0.1 A + 0.9 B = 0.9 and
// 0.9 A + 0.1 B = 0.68.
func TestThreeEquilibria(t *testing.T) {
	g := Incumbency{Mechanism: auction(t, 0), Values: []float64{4, 3.9}, Discounts: same(2, 0.9), Premium: 0.2}
	found, err := g.Equilibria()
	if err != nil {
		t.Fatal(err)
	}
	want := []struct {
		winners [2]int
		values  [2]float64 // of the winner in its state
		prices  [2]float64
	}{
		{[2]int{0, 0}, [2]float64{9, 7.42}, [2]float64{3.9, 4.68}},
		{[2]int{0, 1}, [2]float64{0.6525, 0.9275}, [2]float64{4.73475, 4.58725}},
		{[2]int{1, 1}, [2]float64{5.22, 6.8}, [2]float64{4.8, 4}},
	}
	if len(found) != len(want) {
		t.Fatalf("%d equilibria, want %d", len(found), len(want))
	}
	for k, w := range want {
		for s, i := range w.winners {
			near(t, "win", found[k].Win[s][i], 1, 0)
			near(t, "value", found[k].Value[s][i], w.values[s], 1e-12)
			near(t, "price", found[k].Cost[s][i], w.prices[s], 1e-12)
		}
	}
	c := solved(t, g)
	near(t, "value iteration from zero selects the first: share", c.Shares[0], 1, 0)
	near(t, "its value", c.Value[0][0], 9, 1e-11)
	near(t, "its exposure", c.Exposure, 1, 0)
	near(t, "its gain", c.Gain, 0.8, 1e-12)
	if !math.IsInf(c.RunLength, 1) || !strings.Contains(c.Selection, "from zero") {
		t.Errorf("run length %g, selection %q", c.RunLength, c.Selection)
	}
	g.Values = []float64{4, 2}
	if found, err = g.Equilibria(); err != nil || len(found) != 1 {
		t.Errorf("values 4, 2: %d equilibria, %v; want one", len(found), err)
	}
}

// Every equilibrium found by iteration is among those listed, and the listed ones
// are fixed points of the iteration's step.
func TestListedEquilibriaAreFixedPoints(t *testing.T) {
	rng := rand.New(rand.NewPCG(11, 1))
	for range 60 {
		n := 2 + rng.IntN(2)
		g := Incumbency{Mechanism: auction(t, 0), Values: make([]float64, n), Discounts: make([]float64, n), Premium: rng.Float64()}
		for i := range g.Values {
			g.Values[i], g.Discounts[i] = 1+rng.Float64(), 0.95*rng.Float64()
		}
		found, err := g.Equilibria()
		if err != nil {
			t.Fatal(err)
		}
		states := listed(t, g)
		for _, c := range found {
			for s := range n {
				for i := range n {
					v := -c.Cost[s][i]
					for k := range n {
						v += c.Win[s][k] * g.worth(i, k, &states[s], c.Value)
					}
					near(t, "a value is what its play brings", c.Value[s][i], v, 1e-9)
				}
				for i := range n { // outbidding the winner k at its price does not pay
					for k := range n {
						if price := c.Cost[s][k]; c.Win[s][k] == 1 && i != k {
							if gain := g.worth(i, i, &states[s], c.Value) - price - g.worth(i, k, &states[s], c.Value); gain > 1e-9 {
								t.Fatalf("%+v: agent %d gains %g by outbidding in state %d", g, i, gain, s)
							}
						}
					}
				}
			}
		}
		c, err := g.Solve()
		if err != nil {
			t.Fatal(err)
		}
		if c.Status == equilibrium.Converged && !known(found, Chain{Win: c.Win[:n], Value: c.Value[:n]}) {
			t.Fatalf("%+v: the equilibrium of value iteration %v is not among the %d listed", g, c.Win, len(found))
		}
	}
}

// Draws in proportion to 2/3, 1/3 give both of two slots to one agent in 5 cases of 9;
// the runs then last 9/4 slots.
func TestIndependentDraws(t *testing.T) {
	c := solved(t, Incumbency{Mechanism: contest(t, mechanisms.Ratio{Exponent: 1}), Values: []float64{4, 2}, Discounts: same(2, 0.9)})
	near(t, "exposure", c.Exposure, 0.5555555555555556, 1e-12)
	near(t, "run length", c.RunLength, 2.25, 1e-12)
	near(t, "revenue", c.Revenue, 4./3, 1e-12)
	near(t, "share", c.Shares[0], 2./3, 1e-12)
	near(t, "value for ever", c.Value[0][0], (16./9)/0.1, 1e-10)
	squares, err := Exposure([]float64{2. / 3, 1. / 3})
	if err != nil {
		t.Fatal(err)
	}
	near(t, "sum of squares", squares, c.Exposure, 1e-12)
	stable := solved(t, Incumbency{Mechanism: auction(t, 0), Values: []float64{4, 2}, Discounts: same(2, 0.9)})
	near(t, "exposure of a stable auction", stable.Exposure, 1, 0)
}

// In contests nobody gains by any spend, judged by the mechanism's own rule and by
// what each winner would mean to the agent.
func TestStageSpendsAreBestReplies(t *testing.T) {
	rng := rand.New(rand.NewPCG(12, 1))
	for round := range 40 {
		n := 2 + rng.IntN(3)
		r := mechanisms.Ratio{Exponent: []float64{1, 0.5, 1, 0.8}[round%4]}
		if round%3 == 0 {
			r.Phantom = rng.Float64()
		}
		m := contest(t, r)
		g := Incumbency{Mechanism: m, Values: make([]float64, n), Discounts: make([]float64, n), Premium: rng.Float64()}
		for i := range g.Values {
			g.Values[i], g.Discounts[i] = 1+2*rng.Float64(), 0.95*rng.Float64()
		}
		c, states := solved(t, g), listed(t, g)
		out := mechanisms.NewOutcome(n)
		for s := range n + 1 {
			yields := func(i int, spends []float64) float64 {
				m.Allot(spends, out)
				u, sold := -out.Cost(i), 0.0
				for k, p := range out.Win {
					u += p * g.worth(i, k, &states[s], c.Value)
					sold += p
				}
				return u + math.Max(0, 1-sold)*g.worth(i, n, &states[s], c.Value)
			}
			spends := append([]float64(nil), c.Cost[s]...) // everyone pays its signal
			for i := range n {
				own := yields(i, spends)
				near(t, "a value is what the spends bring", own, c.Value[s][i], 1e-9)
				for step := range 400 {
					spends[i] = 3 * float64(step) / 400
					if got := yields(i, spends); got > own+1e-9 {
						t.Fatalf("%+v: in state %d agent %d gets %g by spending %g, %g by %g", g, s, i, got, spends[i], own, c.Cost[s][i])
					}
				}
				spends[i] = c.Cost[s][i]
			}
		}
	}
}

// Stationary shares and runs agree with the chain drawn slot by slot.
func TestLongRunAgreesWithDraws(t *testing.T) {
	g := Incumbency{Mechanism: contest(t, mechanisms.Ratio{Exponent: 1}), Values: []float64{4, 3.9, 3}, Discounts: same(3, 0.9), Premium: 0.4}
	c := solved(t, g)
	rng := rand.New(rand.NewPCG(13, 1))
	const slots = 1 << 20
	wins, twice, runs, state := make([]float64, 3), 0.0, 0.0, 3
	for range slots {
		u, k := rng.Float64(), 0
		for k < 2 && u >= c.Win[state][k] {
			u -= c.Win[state][k]
			k++
		}
		wins[k]++
		if k == state {
			twice++
		} else {
			runs++
		}
		state = k
	}
	for i := range wins {
		near(t, "share", wins[i]/slots, c.Shares[i], 0.004)
	}
	near(t, "exposure", twice/slots, c.Exposure, 0.004)
	near(t, "run length", slots/runs, c.RunLength, 0.02)
	if c.Exposure <= 1./3 {
		t.Errorf("exposure %g: the premium brings no runs", c.Exposure)
	}
}

func TestReserveCanKeepTheSlot(t *testing.T) {
	c := solved(t, Incumbency{Mechanism: auction(t, 5), Values: []float64{4, 3}, Discounts: same(2, 0.5)})
	near(t, "share of nobody", c.Stationary[2], 1, 0)
	near(t, "revenue", c.Revenue, 0, 0)
	near(t, "run length", c.RunLength, 0, 0)
	// At 4 a lone bidder of value 4 that will be worth 8 as the incumbent takes it:
	// V(1) = 8 - 4 + V(1)/2 = 8 and V(none) = 4 - 4 + 8/2 = 4.
	c = solved(t, Incumbency{Mechanism: auction(t, 4), Values: []float64{4, 0}, Discounts: same(2, 0.5), Premium: 1})
	near(t, "value as the incumbent", c.Value[0][0], 8, 1e-12)
	near(t, "value without", c.Value[2][0], 4, 1e-12)
	near(t, "price", c.Cost[2][0], 4, 0)
}

func TestIncumbencySymmetries(t *testing.T) {
	rng := rand.New(rand.NewPCG(14, 1))
	for round := range 40 {
		n := 2 + rng.IntN(3)
		m := contest(t, mechanisms.Ratio{Exponent: 1})
		if round%2 == 0 {
			m = auction(t, 0)
		}
		g := Incumbency{Mechanism: m, Values: make([]float64, n), Discounts: same(n, 0.8), Premium: rng.Float64() / 2}
		for i := range g.Values {
			g.Values[i] = 1 + 5*rng.Float64()
		}
		base, err := g.Solve()
		if err != nil {
			t.Fatal(err)
		}
		if base.Status != equilibrium.Converged {
			continue
		}
		back, big, more := g, g, g
		back.Values, big.Values = make([]float64, n), make([]float64, n)
		for i, v := range g.Values {
			back.Values[n-1-i], big.Values[i] = v, 8*v
		}
		more.Values, more.Discounts = append(append([]float64(nil), g.Values...), 0), same(n+1, 0.8)
		reversed, scaled, joined := solved(t, back), solved(t, big), solved(t, more)
		for i := range n {
			near(t, "in another order", reversed.Shares[n-1-i], base.Shares[i], 1e-9)
			near(t, "in another currency", scaled.Value[0][i], 8*base.Value[0][i], 1e-8)
			near(t, "with a worthless agent", joined.Shares[i], base.Shares[i], 1e-9)
		}
	}
}

func TestMyopicPlayIsTheStaticGame(t *testing.T) {
	g := Incumbency{Mechanism: contest(t, mechanisms.Ratio{Exponent: 1}), Values: []float64{4, 2}, Discounts: []float64{0.9, 0.5}, Premium: 0.5, Myopic: true}
	c := solved(t, g)
	for s, values := range [][]float64{{6, 2}, {4, 3}, {4, 2}} {
		shares := make([]float64, 2)
		x := equilibrium.Proportional(values, shares)
		for i := range shares {
			near(t, "share", c.Win[s][i], shares[i], 1e-13)
			near(t, "cost", c.Cost[s][i], x*shares[i], 1e-13)
		}
	}
	for s := range c.Value { // V = u + delta P V
		for i := range g.Values {
			v := -c.Cost[s][i]
			for k, p := range c.Win[s] {
				v += p * g.Discounts[i] * c.Value[k][i]
			}
			w := g.Values[i]
			if s == i {
				w *= 1.5
			}
			near(t, "value", c.Value[s][i], v+c.Win[s][i]*w, 1e-11)
		}
	}
}

func TestIncumbencyRefuses(t *testing.T) {
	two := []float64{1, 1}
	allPay, err := mechanisms.NewAllPay(0)
	if err != nil {
		t.Fatal(err)
	}
	for name, g := range map[string]Incumbency{
		"no mechanism":          {Values: two, Discounts: two},
		"no agents":             {Mechanism: auction(t, 0)},
		"discount factor 1":     {Mechanism: auction(t, 0), Values: two, Discounts: two},
		"negative value":        {Mechanism: auction(t, 0), Values: []float64{-1, 1}, Discounts: same(2, 0.5)},
		"values overflow":       {Mechanism: auction(t, 0), Values: []float64{1e308, 1}, Discounts: same(2, 0.99)},
		"premium not a number":  {Mechanism: auction(t, 0), Values: two, Discounts: same(2, 0.5), Premium: math.NaN()},
		"all-pay, three agents": {Mechanism: allPay, Values: same(3, 1), Discounts: same(3, 0.5)},
	} {
		if c, err := g.Solve(); err == nil {
			t.Errorf("%s: %+v", name, c)
		}
	}
	g := Incumbency{Mechanism: auction(t, 0), Values: two, Discounts: same(2, 0.5)}
	for _, start := range [][][]float64{{{1, 1}}, {{1}, {1}, {1}}, {{1, 1}, {1, math.NaN()}, {1, 1}}} {
		if _, err := g.SolveFrom(start); err == nil {
			t.Errorf("starts from %v", start)
		}
	}
}

func BenchmarkIncumbency(b *testing.B) {
	b.ReportAllocs()
	g := Incumbency{Mechanism: contest(b, mechanisms.Ratio{Exponent: 1}), Values: []float64{4, 3.9, 3}, Discounts: same(3, 0.9), Premium: 0.2}
	for b.Loop() {
		if _, err := g.Solve(); err != nil {
			b.Fatal(err)
		}
	}
}

// Tickets slot after slot: elastic ones are the contest, and with price-taking buyers
// the auction.
func TestTicketsSlotAfterSlot(t *testing.T) {
	tickets := func(s mechanisms.Sale) mechanisms.Mechanism {
		s.Price = 1
		m, err := mechanisms.NewTickets(s)
		if err != nil {
			t.Fatal(err)
		}
		return m
	}
	game := func(m mechanisms.Mechanism) Chain {
		return solved(t, Incumbency{Mechanism: m, Values: []float64{4, 3.9, 3}, Discounts: same(3, 0.9), Premium: 0.2})
	}
	for _, c := range [][2]Chain{
		{game(tickets(mechanisms.Sale{})), game(contest(t, mechanisms.Ratio{Exponent: 1}))},
		{game(tickets(mechanisms.Sale{Elasticity: 1e-12})), game(contest(t, mechanisms.Ratio{Exponent: 1}))},
		{game(tickets(mechanisms.Sale{PriceTaking: true})), game(auction(t, 0))},
	} {
		near(t, "exposure", c[0].Exposure, c[1].Exposure, 1e-9)
		near(t, "revenue", c[0].Revenue, c[1].Revenue, 1e-9)
	}
	elastic, capped := game(tickets(mechanisms.Sale{})), game(tickets(mechanisms.Sale{Elasticity: math.Inf(1)}))
	if capped.Revenue != 0 || capped.Exposure >= elastic.Exposure {
		t.Errorf("a capped supply: revenue %g, exposure %g against %g", capped.Revenue, capped.Exposure, elastic.Exposure)
	}
}

// A draw in proportion to stakes is the same whatever it is worth to be the incumbent.
func TestDrawsByStake(t *testing.T) {
	m, err := mechanisms.NewLottery(mechanisms.Lot{Weights: []float64{5, 3, 2}})
	if err != nil {
		t.Fatal(err)
	}
	c := solved(t, Incumbency{Mechanism: m, Values: []float64{4, 3.9, 3}, Discounts: same(3, 0.9), Premium: 0.5})
	for i, want := range []float64{0.5, 0.3, 0.2} {
		near(t, "share", c.Shares[i], want, 1e-12)
	}
	near(t, "exposure", c.Exposure, 0.38, 1e-12)
	near(t, "gain", c.Gain, 0.5*(0.25*4+0.09*3.9+0.04*3), 1e-12)
}
