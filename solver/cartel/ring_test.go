package cartel

import (
	"math"
	"math/rand/v2"
	"testing"

	"allot/mechanisms"
	"allot/solver/equilibrium"
)

var abc = []float64{30, 20, 10}

func firstPrice(t testing.TB, values []float64, reserve float64) *Ring {
	return &Ring{Game: mechanisms.Game{Mechanism: auction(t, 1, reserve), Values: values}, Equilibrium: priceEq(values, reserve)}
}

func tickets(t testing.TB, values []float64) *Ring {
	return &Ring{Game: mechanisms.Game{Mechanism: contest(t, mechanisms.Ratio{Exponent: 1}), Values: values}, Equilibrium: ticketEq(values)}
}

func analyse(t testing.TB, r *Ring) *Report {
	t.Helper()
	rep, err := r.Analyse()
	if err != nil {
		t.Fatal(err)
	}
	return rep
}

// First price at 30, 20, 10: delta* = (30-2b)/(50-3b) for b <= 10 and 1/2 on [10, 20), so 1/2 at
// b = 10; the curve is b = (30-50 d)/(2-3 d) on [1/2, 6/10) and 0 from there.
func TestFirstPrice(t *testing.T) {
	r := firstPrice(t, abc, 0)
	for k := 0; k <= 100; k++ {
		r.Curve = append(r.Curve, float64(k)/100)
	}
	rep := analyse(t, r)
	near(t, "critical discount", rep.CriticalDiscount, 0.5, 1e-12)
	near(t, "bid", rep.Bid, 10, 1e-12)
	near(t, "gap", rep.Gap, 20, 1e-12)
	near(t, "surplus", rep.Surplus, 10, 1e-12)
	if !rep.Shadowed || rep.StandBack || !rep.Exact {
		t.Errorf("shadowed %v, stand back %v, exact %v", rep.Shadowed, rep.StandBack, rep.Exact)
	}
	for k, c := range rep.Curve {
		d := r.Curve[k]
		bid, revenue, holds := 0.0, 0.0, true
		switch {
		case d < 0.5:
			revenue, holds = 20, false
		case d < 0.6:
			bid = (30 - 50*d) / (2 - 3*d)
			revenue = bid
		}
		if c.Holds != holds {
			t.Errorf("delta %g: holds %v, want %v", d, c.Holds, holds)
		}
		near(t, "bid", c.Bid, bid, 1e-10)
		near(t, "revenue", c.Revenue, revenue, 1e-10)
		robust, err := r.RobustRevenue(d, &Work{})
		if err != nil {
			t.Fatal(err)
		}
		near(t, "robust revenue", robust, revenue, 1e-10)
	}
}

// n equal values: (n-1)/n for the first-price auction (rotation or lottery at bid 0),
// n/(n+1) for proportional tickets at next to no spend; tickets do better with a larger spend.
func TestEqualValues(t *testing.T) {
	for n := 2; n <= 100; n++ {
		values := make([]float64, n)
		for i := range values {
			values[i] = 7
		}
		rep := analyse(t, firstPrice(t, values, 0))
		near(t, "first price", rep.CriticalDiscount, float64(n-1)/float64(n), 1e-12)
		near(t, "first price bid", rep.Bid, 0, 0)
		zero := judge(t, tickets(t, values), Agreement{Transfers: equal(n, 7)})
		near(t, "tickets at bid 0", zero.CriticalDiscount, float64(n)/float64(n+1), 1e-12)
		rep = analyse(t, tickets(t, values))
		if rep.CriticalDiscount > float64(n)/float64(n+1)+1e-12 {
			t.Errorf("%d tickets: %g is worse than at bid 0", n, rep.CriticalDiscount)
		}
	}
}

// equal are the transfers at the critical discount n/(n+1) of n tickets at value v and bid 0:
// (1-d) v + d v/n^2 for each but the leader.
func equal(n int, v float64) []float64 {
	transfers := make([]float64, n-1)
	d := float64(n) / float64(n+1)
	for i := range transfers {
		transfers[i] = (1-d)*v + d*v/float64(n*n)
	}
	return transfers
}

func judge(t testing.TB, r *Ring, a Agreement) *Judgement {
	t.Helper()
	j, err := r.Judge(a)
	if err != nil {
		t.Fatal(err)
	}
	return j
}

// Tickets at rho = 1 in x = sqrt b over the m members with v_j > b: D = A - 2 B x + (m+1) x^2,
// G = g - x^2, so that B x^2 - ((m+1) g + A) x + B g = 0 at the best bid.
func TestTicketsBestBid(t *testing.T) {
	rng := rand.New(rand.NewPCG(5, 6))
	for range 200 {
		values := make([]float64, 2+rng.IntN(6))
		for i := range values {
			values[i] = 1 + 20*rng.Float64()
		}
		r := tickets(t, values)
		rep := analyse(t, r)
		sum := 0.0
		for _, u := range r.Equilibrium.Payoff {
			sum += u
		}
		l := rep.Leader
		g := values[l] - sum
		best := math.Inf(1)
		for cut := range values { // the members above each value in turn
			A, B, m := 0.0, 0.0, 0.0
			for j, v := range values {
				if j != l && v >= values[cut] {
					A, B, m = A+v, B+math.Sqrt(v), m+1
				}
			}
			if m == 0 {
				continue
			}
			p := (m+1)*g + A
			x := (p - math.Sqrt(p*p-4*B*B*g)) / (2 * B)
			d := x * x
			for j, v := range values {
				if j != l && v > x*x {
					d += (math.Sqrt(v) - x) * (math.Sqrt(v) - x)
				}
			}
			if x*x < g {
				best = math.Min(best, d/(d+g-x*x))
			}
		}
		near(t, "critical discount", rep.CriticalDiscount, best, 1e-10)
		if rep.Theorem.Competition != (rep.Theorem.Collected > 0) || !rep.Theorem.Holds {
			t.Errorf("theorem: %+v", rep.Theorem)
		}
	}
}

func TestReserveBetweenTopValues(t *testing.T) {
	rep := analyse(t, firstPrice(t, abc, 25))
	near(t, "gap", rep.Gap, 0, 0)
	near(t, "critical discount", rep.CriticalDiscount, 1, 0)
	near(t, "revenue", rep.Revenue, 25, 0)
	for _, c := range rep.Curve {
		near(t, "robust revenue", c.Revenue, 25, 0)
	}
	if rep.Theorem.Competition {
		t.Error("25 for a right that costs 25 alone is no competition")
	}
}

// In a second-price auction the leader can bid its value for nothing: no member
// gains by outbidding it.
func TestSecondPriceNeedsNoPatience(t *testing.T) {
	r := &Ring{Game: mechanisms.Game{Mechanism: auction(t, 0, 0), Values: abc}, Equilibrium: priceEq(abc, 0)}
	rep := analyse(t, r)
	near(t, "critical discount", rep.CriticalDiscount, 0, 0)
	near(t, "surplus", rep.Surplus, 20, 1e-12)
	near(t, "revenue at 0", rep.Curve[0].Revenue, 0, 0)
}

// dumb is the least discount factor of the leader alone at b, by the mechanism's
// rule and a fine grid of deviations.
func dumb(m mechanisms.Mechanism, values, compete []float64, leader int, b float64, shadow bool) (d, g float64) {
	n := len(values)
	var out mechanisms.Outcome
	signals := make([]float64, n)
	play := func(i int, a float64) float64 {
		for k := range signals {
			signals[k] = 0
		}
		signals[leader] = b
		signals[i] = a
		m.Allot(signals, &out)
		return out.Payoff(i, values[i])
	}
	for i, v := range values {
		stay := play(i, 0)
		if i == leader {
			stay = play(i, b)
		}
		g += stay - compete[i]
		if i == leader && shadow {
			continue
		}
		best := stay
		for k := range 800 {
			best = math.Max(best, play(i, 1.2*v*float64(k)/800))
		}
		best = math.Max(best, play(i, b*(1+1e-9)))
		best = math.Max(best, play(i, v*1e-9))
		if i != leader { // it joins for no less than competing brings
			best = math.Max(best, compete[i])
		}
		d += best - stay
	}
	return d, g
}

// Every capability against the dumb reference, and against itself with the
// capability hidden.
func TestAgainstReference(t *testing.T) {
	rng := rand.New(rand.NewPCG(7, 8))
	for round := range 25 {
		values := make([]float64, 2+rng.IntN(3))
		for i := range values {
			values[i] = 1 + 9*rng.Float64()
		}
		var m mechanisms.Mechanism
		shadow := false
		switch round % 5 {
		case 0:
			m, shadow = auction(t, 1, 0.5*rng.Float64()), true
		case 1:
			m = allPay(t, 0.5*rng.Float64())
		case 2:
			m = contest(t, mechanisms.Ratio{Exponent: 0.5 + 1.5*rng.Float64(), Fee: 0.1 * rng.Float64()})
		case 3:
			m = contest(t, mechanisms.Ratio{Exponent: 1 + rng.Float64(), Phantom: rng.Float64(), WinnerPays: round%2 == 0})
		case 4:
			m = lottery(t, mechanisms.Lot{Fee: 0.3 * rng.Float64(), Price: 0.3 * rng.Float64()})
		}
		eq := blank(len(values))
		for i, v := range values {
			eq.Payoff[i] = 0.1 * v * rng.Float64()
		}
		r := &Ring{Game: mechanisms.Game{Mechanism: m, Values: values}, Equilibrium: eq, Curve: []float64{0.5}}
		rep := analyse(t, r)
		if rep.CriticalDiscount == 1 || rep.StandBack {
			continue
		}
		b := math.Max(rep.Bid, 1e-9)
		d, g := dumb(m, values, eq.Payoff, rep.Leader, b, shadow)
		near(t, "surplus", rep.Surplus, g, 1e-6)
		near(t, "critical discount", rep.CriticalDiscount, d/(d+g), 2e-3)
		for _, p := range rep.Members { // everyone has at least what competing brings, and keeps to it
			if p.Collusive < p.Competitive-1e-9 || p.CriticalDiscount > rep.CriticalDiscount+1e-9 {
				t.Errorf("%T %+v values %v at %g: %+v", m, m, values, rep.CriticalDiscount, p)
			}
		}
		leader := rep.Leader
		for k := 1; k < 16; k++ { // no bid needs less patience
			b := values[leader] * float64(k) / 16
			if r, ok := m.(mechanisms.Ranked); ok && b < r.Ranking().Reserve {
				continue
			}
			if d, g := dumb(m, values, eq.Payoff, leader, b, shadow); g > 1e-9 && d/(d+g) < rep.CriticalDiscount-2e-3 {
				t.Errorf("%T %+v values %v: bid %g needs %g, less than %g at %g", m, m, values, b, d/(d+g), rep.CriticalDiscount, rep.Bid)
			}
		}
		if shadow {
			continue // the search does not know of shadows
		}
		r.Game.Mechanism = hidden{m}
		if h := analyse(t, r); !h.Exact {
			near(t, "found by search", h.CriticalDiscount, rep.CriticalDiscount, 1e-3)
			if _, several := m.(mechanisms.Ratioed); several {
				// The search has the leader play alone.
				if h.Gap > rep.Gap+1e-9 || h.Gap < rep.Surplus-1e-9 {
					t.Errorf("gap found by search %g, gap %g", h.Gap, rep.Gap)
				}
			} else {
				near(t, "gap found by search", h.Gap, rep.Gap, 1e-6)
			}
		} else {
			t.Error("a search is not exact")
		}
	}
}

// cloneEq is the equilibrium with every amount of money scaled.
func scaled(eq *equilibrium.Equilibrium, by float64) *equilibrium.Equilibrium {
	c := blank(len(eq.Payoff))
	for i := range eq.Payoff {
		c.Win[i], c.Cost[i], c.Payoff[i] = eq.Win[i], by*eq.Cost[i], by*eq.Payoff[i]
		c.Profile.Signals[i] = by * eq.Profile.Signals[i]
	}
	return c
}

func TestProperties(t *testing.T) {
	rng := rand.New(rand.NewPCG(9, 10))
	for range 100 {
		values := make([]float64, 2+rng.IntN(5))
		for i := range values {
			values[i] = 1 + 30*rng.Float64()
		}
		if rng.IntN(3) == 0 {
			values[1] = values[0]
		}
		for _, r := range []*Ring{firstPrice(t, values, 0), tickets(t, values)} {
			rep := analyse(t, r)
			if rep.Gap < 0 || rep.Surplus < 0 {
				t.Errorf("gap %g, surplus %g", rep.Gap, rep.Surplus)
			}
			// Scaling values scales money and leaves the critical discount alone.
			by := 1000 * rng.Float64()
			big := make([]float64, len(values))
			for i, v := range values {
				big[i] = by * v
			}
			s := analyse(t, &Ring{Game: mechanisms.Game{Mechanism: r.Game.Mechanism, Values: big}, Equilibrium: scaled(r.Equilibrium, by)})
			near(t, "scaled critical discount", s.CriticalDiscount, rep.CriticalDiscount, 1e-9)
			near(t, "scaled gap", s.Gap, by*rep.Gap, 1e-9)
			for i := range rep.Curve {
				near(t, "scaled revenue", s.Curve[i].Revenue, by*rep.Curve[i].Revenue, 1e-7)
			}
			// Better competition makes a ring harder to hold.
			richer := scaled(r.Equilibrium, 1)
			k := rng.IntN(len(values))
			richer.Payoff[k] += 0.2 * rep.Gap * rng.Float64()
			h := analyse(t, &Ring{Game: r.Game, Equilibrium: richer})
			if h.CriticalDiscount < rep.CriticalDiscount-1e-12 {
				t.Errorf("critical discount falls from %g to %g as a member gains under competition", rep.CriticalDiscount, h.CriticalDiscount)
			}
			// A burn share leaves the critical discount alone and scales the gain: agents play with
			// (1-alpha) v.
			alpha := rng.Float64()
			net, burned := make([]float64, len(values)), make([]float64, len(values))
			for i, v := range values {
				net[i], burned[i] = (1-alpha)*v, alpha*v
			}
			b := analyse(t, &Ring{Game: mechanisms.Game{Mechanism: r.Game.Mechanism, Values: net}, Equilibrium: scaled(r.Equilibrium, 1-alpha), Burned: burned})
			near(t, "critical discount under a burn", b.CriticalDiscount, rep.CriticalDiscount, 1e-9)
			near(t, "gap under a burn", b.Gap, (1-alpha)*rep.Gap, 1e-9)
			near(t, "collusive revenue under a burn", b.Collusive, (1-alpha)*rep.Collusive+alpha*values[rep.Leader], 1e-7)
			// Transfers at the critical discount hold for every member exactly there.
			for _, m := range rep.Members {
				if rep.CriticalDiscount < 1 && m.CriticalDiscount > rep.CriticalDiscount+1e-9 {
					t.Errorf("member %d needs %g, the ring %g", m.Agent, m.CriticalDiscount, rep.CriticalDiscount)
				}
			}
		}
		// A worthless agent changes nothing for an auction's ring.
		more := append(append([]float64(nil), values...), 0)
		a, b := analyse(t, firstPrice(t, values, 0)), analyse(t, firstPrice(t, more, 0))
		near(t, "gap with a worthless agent", b.Gap, a.Gap, 1e-12)
		near(t, "critical discount with a worthless agent", b.CriticalDiscount, a.CriticalDiscount, 1e-12)
	}
}
