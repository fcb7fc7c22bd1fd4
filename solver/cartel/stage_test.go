package cartel

import (
	"math"
	"math/rand/v2"
	"testing"

	"allot/mechanisms"
	"allot/solver/equilibrium"
)

// The two ways to find the best sustainable bid of an auction, for one discount factor
// and for one each.
func TestHalveAgainstScan(t *testing.T) {
	rng := rand.New(rand.NewPCG(15, 16))
	held := 0
	for range 60 {
		values := make([]float64, 80+rng.IntN(80))
		for i := range values {
			values[i] = 10 * rng.Float64()
			if i%7 == 0 {
				values[i] = math.Round(values[i])
			}
		}
		// Few members are tempted at the higher bids.
		values[0] = 11 + 10*rng.Float64()
		first := float64(rng.IntN(3)) / 2
		r := &Ring{Game: mechanisms.Game{Mechanism: auction(t, first, rng.Float64()), Values: values}, Equilibrium: priceEq(values, 0)}
		if rng.IntN(2) == 0 {
			r.Shadow = Off
		}
		ws := &Work{}
		if err := r.set(ws); err != nil {
			t.Fatal(err)
		}
		ws.stage.tabulate()
		each := make([]float64, len(values))
		for i := range each {
			each[i] = 0.5 + 0.5*rng.Float64()
		}
		for _, beta := range []patience{{common: rng.Float64()}, {common: 1 - 0.01*rng.Float64()}, {each: each}} {
			a, okA := ws.stage.scan(beta)
			b, okB := ws.stage.halve(beta)
			if okA != okB {
				t.Errorf("scan %v, halve %v at %+v", okA, okB, beta)
			}
			if okA {
				held++
			}
			near(t, "surplus", b.g, a.g, 1e-9)
			near(t, "bid", b.b, a.b, 1e-9)
		}
	}
	if held < 30 {
		t.Errorf("only %d agreements hold: the test says little", held)
	}
}

// The sums over sorted values against the stage itself.
func TestKinks(t *testing.T) {
	rng := rand.New(rand.NewPCG(17, 18))
	for range 100 {
		values := make([]float64, 1+rng.IntN(6))
		for i := range values {
			values[i] = math.Round(10 * rng.Float64())
		}
		r := &Ring{Game: mechanisms.Game{Mechanism: auction(t, rng.Float64(), 3*rng.Float64()), Values: values}, Equilibrium: blank(len(values)), Burned: make([]float64, len(values))}
		for i, v := range values {
			r.Equilibrium.Payoff[i], r.Burned[i] = 0.1*v*rng.Float64(), rng.Float64()
		}
		ws := &Work{}
		if err := r.set(ws); err != nil {
			t.Fatal(err)
		}
		ws.stage.tabulate()
		for _, p := range ws.stage.points {
			q := ws.stage.point(p.b, p.rest, p.shadow)
			near(t, "D", p.d, q.d, 1e-12)
			near(t, "G", p.g, q.g, 1e-12)
			near(t, "revenue", p.revenue, q.revenue, 1e-12)
		}
	}
}

func ticketsAt(t testing.TB, s mechanisms.Sale) mechanisms.Mechanism {
	t.Helper()
	m, err := mechanisms.NewTickets(s)
	if err != nil {
		t.Fatal(err)
	}
	return m
}

func TestOrder(t *testing.T) {
	rng := rand.New(rand.NewPCG(19, 20))
	for range 100 {
		v, b := 10*rng.Float64(), 4*rng.Float64()
		sale := mechanisms.Sale{Elasticity: 3 * rng.Float64(), Price: 0.5 + rng.Float64(), Supply: 1 + 3*rng.Float64()}
		m := sale.Price * sale.Supply
		best := 0.0
		for k := 1; k <= 40000; k++ {
			a := 4 * v * float64(k) / 40000
			best = math.Max(best, v*a/(a+b)-a*math.Pow((a+b)/m, sale.Elasticity))
		}
		got, _ := order(v, b, sale)
		if got < best-1e-12 || got > best+1e-3*v {
			t.Errorf("v %g b %g %+v: %g, grid %g", v, b, sale, got, best)
		}
		flat, _ := order(v, b, mechanisms.Sale{Elasticity: 1e-12, Price: 1})
		near(t, "elastic limit", flat, math.Pow(math.Max(0, math.Sqrt(v)-math.Sqrt(b)), 2), 1e-9)
	}
	got, a := order(6, 1, mechanisms.Sale{Elasticity: math.Inf(1), Price: 2, Supply: 2})
	near(t, "capped", got, 6*3./4, 1e-15)
	near(t, "capped order", a, 3, 1e-15)
}

// Every family of tickets against the dumb reference and the search.
func TestTicketsAtARisingPrice(t *testing.T) {
	for _, eta := range []float64{0.3, 1, 4} {
		m := ticketsAt(t, mechanisms.Sale{Elasticity: eta, Price: 1, Supply: 8})
		r := solved(t, m, abc)
		rep := analyse(t, r)
		if !(rep.CriticalDiscount > 0 && rep.CriticalDiscount < 1) || !rep.Exact {
			t.Fatalf("eta %g: critical discount %g", eta, rep.CriticalDiscount)
		}
		sum := 0.0
		for _, u := range r.Equilibrium.Payoff {
			sum += u
		}
		near(t, "gap", rep.Gap, 30-sum, 1e-12)
		d, g := dumb(m, abc, r.Equilibrium.Payoff, 0, rep.Bid, false)
		near(t, "surplus", rep.Surplus, g, 1e-9)
		near(t, "critical discount", rep.CriticalDiscount, d/(d+g), 2e-3)
		r.Game.Mechanism = hidden{m}
		h := analyse(t, r)
		near(t, "by search", h.CriticalDiscount, rep.CriticalDiscount, 1e-4)
	}
	// A leader who orders the whole of a capped supply leaves nothing to depart with; the others
	// join for what competing brings them.
	capped := solved(t, ticketsAt(t, mechanisms.Sale{Elasticity: math.Inf(1), Price: 1, Supply: 8}), abc)
	rep := analyse(t, capped)
	others := capped.Equilibrium.Payoff[1] + capped.Equilibrium.Payoff[2]
	near(t, "capped", rep.CriticalDiscount, others/(30-capped.Equilibrium.Payoff[0]), 1e-12)
	near(t, "capped bid", rep.Bid, 8, 1e-12)
	near(t, "capped revenue", rep.Collusive, 0, 0)
}

// What is rejected below tau of the competitive total raises the least cost to it.
func TestOversight(t *testing.T) {
	r := firstPrice(t, abc, 0)
	r.Oversight = 0.75
	rep := analyse(t, r)
	near(t, "gap", rep.Gap, 5, 1e-12)
	near(t, "bid", rep.Bid, 15, 1e-12)
	near(t, "critical discount", rep.CriticalDiscount, 0.5, 1e-12)
	for _, c := range rep.Curve {
		if c.Revenue < 15-1e-12 {
			t.Errorf("revenue %g passes at delta %g", c.Revenue, c.Discount)
		}
	}
	if _, err := r.Judge(Agreement{Bid: 14, Transfers: []float64{1, 1}}); err == nil {
		t.Error("a payment of 14 of 20 passes")
	}
	// Tickets collect 12: the leader must spend 6.
	r = tickets(t, abc)
	r.Oversight = 0.5
	rep = analyse(t, r)
	near(t, "tickets' gap", rep.Gap, 10, 1e-12)
	near(t, "tickets' revenue", rep.Curve[20].Revenue, 6, 1e-12)
	// Nothing short of competition passes.
	r.Oversight = 1
	if rep = analyse(t, r); rep.Collusive < 12-1e-9 {
		t.Errorf("collusive revenue %g", rep.Collusive)
	}
	// A lottery's payment is not the ring's choice.
	r = &Ring{Game: mechanisms.Game{Mechanism: lottery(t, mechanisms.Lot{Fee: 1}), Values: abc}, Equilibrium: blank(3), Oversight: 0.9}
	for i, v := range abc {
		r.Equilibrium.Win[i], r.Equilibrium.Cost[i], r.Equilibrium.Payoff[i] = 1./3, 1, v/3-1
	}
	rep = analyse(t, r)
	near(t, "lottery", rep.CriticalDiscount, 1, 0)
	if len(rep.Notes) == 0 {
		t.Error("no note on oversight")
	}
}

// The theorem: for every family, on any market, competition implies a gain, and its split makes
// every member better off.
func TestTheoremForEveryFamily(t *testing.T) {
	rng := rand.New(rand.NewPCG(21, 22))
	competing := 0
	for range 40 {
		values := make([]float64, 2+rng.IntN(4))
		for i := range values {
			values[i] = 0.5 + 20*rng.Float64()
		}
		if rng.IntN(4) == 0 {
			values[1] = values[0]
		}
		for _, m := range []mechanisms.Mechanism{
			auction(t, 1, 8*rng.Float64()), auction(t, rng.Float64(), 8*rng.Float64()), auction(t, 0, 0), allPay(t, 0), allPay(t, 4*rng.Float64()),
			contest(t, mechanisms.Ratio{Exponent: 0.4 + 0.6*rng.Float64()}),
			contest(t, mechanisms.Ratio{Exponent: 1, Fee: rng.Float64()}),
			contest(t, mechanisms.Ratio{Exponent: 1, Phantom: rng.Float64()}),
			lottery(t, mechanisms.Lot{Fee: 0.2 * rng.Float64(), Price: rng.Float64()}),
			ticketsAt(t, mechanisms.Sale{Elasticity: 2 * rng.Float64(), Price: 1, Supply: 4}),
		} {
			r := solved(t, m, values)
			if r.Equilibrium.Status == equilibrium.NotFound {
				continue
			}
			rep := analyse(t, r)
			if !rep.Theorem.Holds || rep.Gap < 0 {
				t.Errorf("%T %+v at %v: %+v", m, m, values, rep.Theorem)
			}
			if rep.Theorem.Competition {
				competing++
				if !(rep.Theorem.Gain > 0) {
					t.Errorf("%T: competition without a gain", m)
				}
			}
			if rep.CriticalDiscount < 1 && !(rep.Surplus > 0 && rep.Surplus <= rep.Gap*(1+1e-12)) {
				t.Errorf("%T %+v: surplus %g of %g", m, m, rep.Surplus, rep.Gap)
			}
			if delta, bid, err := r.CriticalDiscount(&Work{}); err != nil || delta != rep.CriticalDiscount || bid != rep.Bid {
				t.Errorf("%T: critical discount %g at %g (%v), report %g at %g", m, delta, bid, err, rep.CriticalDiscount, rep.Bid)
			}
			for _, c := range rep.Curve {
				if revenue, err := r.RobustRevenue(c.Discount, &Work{}); err != nil || math.Abs(revenue-c.Revenue) > 1e-7*(1+c.Revenue) {
					t.Errorf("%T %+v at %v: robust revenue %g at %g (%v), curve %g", m, m, values, revenue, c.Discount, err, c.Revenue)
				}
			}
			sum := 0.0
			for _, x := range rep.Members {
				if math.IsNaN(x.Transfer+x.Collusive+x.Deviation+x.CriticalDiscount+x.EqualDiscount) || x.CriticalDiscount > 1 {
					t.Errorf("%T: member %+v", m, x)
				}
				sum += x.Collusive - x.Competitive
			}
			near(t, "members' gains", sum, rep.Surplus, 1e-9)
		}
	}
	if competing < 100 {
		t.Errorf("only %d markets with competition", competing)
	}
}

// Markets without anything to collude about.
func TestDegenerate(t *testing.T) {
	for name, r := range map[string]*Ring{
		"one agent":      firstPrice(t, []float64{5}, 0),
		"worthless":      firstPrice(t, []float64{0, 0}, 0),
		"huge":           firstPrice(t, []float64{1e300, 5e299, 1}, 0),
		"tiny":           firstPrice(t, []float64{3e-300, 2e-300, 1e-300}, 0),
		"one in tickets": {Game: mechanisms.Game{Mechanism: contest(t, mechanisms.Ratio{Exponent: 1}), Values: []float64{5}}, Equilibrium: payoffs(blank(1), 5)},
		"custom":         {Game: mechanisms.Game{Mechanism: hidden{auction(t, 1, 0)}, Values: []float64{0, 0}}, Equilibrium: blank(2)},
		"huge tickets":   tickets(t, []float64{1e300, 5e299}),
	} {
		rep, err := r.Analyse()
		if err != nil {
			t.Errorf("%s: %v", name, err)
			continue
		}
		for _, c := range append(rep.Curve, CurvePoint{Surplus: rep.Gap, Bid: rep.Bid, Revenue: rep.Revenue, Discount: rep.CriticalDiscount}) {
			if x := c.Surplus + c.Bid + c.Revenue + c.Discount; math.IsNaN(x) || math.IsInf(x, 0) {
				t.Errorf("%s: %+v", name, c)
			}
		}
		if n := len(r.Game.Values); n == 1 && (rep.Gap != 0 || rep.CriticalDiscount != 1) {
			t.Errorf("%s: gap %g, critical %g", name, rep.Gap, rep.CriticalDiscount)
		}
	}
	// A large market costs a sort, not a square.
	values := make([]float64, 100000)
	for i := range values {
		values[i] = float64(i % 5003)
	}
	rep := analyse(t, firstPrice(t, values, 0))
	if !(rep.CriticalDiscount > 0 && rep.CriticalDiscount < 1) {
		t.Errorf("critical discount %g", rep.CriticalDiscount)
	}
}

// A sustainable signal between the points of the table, with a discount factor for each:
// the least common factor at which tickets hold, lowered for a member that nothing
// tempts at that signal.
func TestBetweenPoints(t *testing.T) {
	values := []float64{30, 20, 10, 1}
	r := tickets(t, values)
	rep := analyse(t, r)
	if rep.Bid < 1 {
		t.Fatalf("bid %g tempts the last member", rep.Bid)
	}
	d := rep.CriticalDiscount + 1e-9
	r.Discounts = []float64{d, d, d, 0}
	if rep = analyse(t, r); !rep.Own.Holds {
		t.Errorf("nothing holds at %g", d)
	}
	d -= 2e-6
	r.Discounts = []float64{d, d, d, 0}
	if rep = analyse(t, r); rep.Own.Holds {
		t.Errorf("%+v holds at %g", rep.Own, d)
	}
	ws := &Work{}
	if err := r.set(ws); err != nil { // without the critical point on the table
		t.Fatal(err)
	}
	ws.stage.tabulate()
	d += 4e-6
	p, ok := ws.stage.best(patience{each: []float64{d, d, d, 0}})
	if !ok {
		t.Fatalf("nothing holds at %g between points", d)
	}
	near(t, "bid", p.b, rep.Bid, 0.05)
}
