package cartel

import (
	"math"
	"math/rand/v2"
	"testing"

	"allot/mechanisms"
	"allot/solver/equilibrium"
)

// The competitive equilibria below are closed forms, made by hand, so that these
// tests do not lean on the solver.

// priceEq is the equilibrium of a winner-pays auction: the highest value wins at
// max(r, v_2); equal top values share.
func priceEq(values []float64, reserve float64) *equilibrium.Equilibrium {
	n := len(values)
	eq := blank(n)
	first, second, ties := 0.0, 0.0, 0
	for _, v := range values {
		switch {
		case v > first:
			first, second, ties = v, first, 1
		case v == first:
			second = v
			ties++
		case v > second:
			second = v
		}
	}
	price := math.Max(reserve, second)
	for i, v := range values {
		eq.Profile.Signals[i] = math.Min(v, price)
		if v == first && v >= reserve {
			eq.Win[i] = 1 / float64(ties)
			eq.Cost[i] = price / float64(ties)
			eq.Payoff[i] = (v - price) / float64(ties)
		}
	}
	return eq
}

// ticketEq is the equilibrium of proportional tickets:
// X = (m-1)/sum 1/v over the active, t_i = 1 - X/v_i.
func ticketEq(values []float64) *equilibrium.Equilibrium {
	n := len(values)
	eq := blank(n)
	active := make([]bool, n)
	inverse, m, spend := 0.0, 0.0, 0.0
	for range values {
		next := -1
		for i, v := range values {
			if !active[i] && (next < 0 || v > values[next]) {
				next = i
			}
		}
		if m > 1 && values[next] <= spend || values[next] == 0 {
			break
		}
		active[next] = true
		inverse += 1 / values[next]
		m++
		spend = (m - 1) / inverse
	}
	for i, v := range values {
		if active[i] {
			t := 1 - spend/v
			eq.Win[i], eq.Cost[i], eq.Payoff[i] = t, spend*t, v*t*t
			eq.Profile.Signals[i] = spend * t
		}
	}
	return eq
}

// allPayEq is the equilibrium of the all-pay auction without reserve, v_1 > v_2 > v_3.
func allPayEq(v1, v2 float64, rest int) *equilibrium.Equilibrium {
	eq := blank(2 + rest)
	eq.Regime = equilibrium.Mixed
	eq.Win[0], eq.Win[1] = 1-v2/(2*v1), v2/(2*v1)
	eq.Cost[0], eq.Cost[1] = v2/2, v2*v2/(2*v1)
	eq.Payoff[0] = v1 - v2
	eq.Profile.Mixed = make([]mechanisms.Mixture, 2+rest)
	eq.Profile.Mixed[0] = mechanisms.Mixture{Signals: []float64{0, v2}, Cumulative: []float64{0, 1}}
	eq.Profile.Mixed[1] = mechanisms.Mixture{Signals: []float64{0, v2}, Cumulative: []float64{1 - v2/v1, 1}}
	return eq
}

func blank(n int) *equilibrium.Equilibrium {
	return &equilibrium.Equilibrium{
		Profile: mechanisms.Profile{Signals: make([]float64, n)},
		Win:     make([]float64, n), Cost: make([]float64, n), Payoff: make([]float64, n),
		Margin: math.Inf(1),
	}
}

func auction(t testing.TB, first, reserve float64) mechanisms.Mechanism {
	t.Helper()
	m, err := mechanisms.NewAuction(first, reserve)
	if err != nil {
		t.Fatal(err)
	}
	return m
}

func allPay(t testing.TB, reserve float64) mechanisms.Mechanism {
	t.Helper()
	m, err := mechanisms.NewAllPay(reserve)
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

func lottery(t testing.TB, l mechanisms.Lot) mechanisms.Mechanism {
	t.Helper()
	m, err := mechanisms.NewLottery(l)
	if err != nil {
		t.Fatal(err)
	}
	return m
}

// hidden is a mechanism that says nothing about itself.
type hidden struct{ inner mechanisms.Mechanism }

func (h hidden) Allot(signals []float64, out *mechanisms.Outcome) { h.inner.Allot(signals, out) }

func near(t *testing.T, what string, got, want, tol float64) {
	t.Helper()
	if !(math.Abs(got-want) <= tol*(1+math.Abs(want))) {
		t.Errorf("%s = %.15g, want %.15g", what, got, want)
	}
}

func payoffs(eq *equilibrium.Equilibrium, u ...float64) *equilibrium.Equilibrium {
	copy(eq.Payoff, u)
	return eq
}

func TestGap(t *testing.T) {
	abc := []float64{30, 20, 10}
	tests := []struct {
		name        string
		m           mechanisms.Mechanism
		values      []float64
		eq          *equilibrium.Equilibrium
		gap, least  float64
		leader      int
		approximate bool
	}{
		{"first price", auction(t, 1, 0), abc, priceEq(abc, 0), 20, 0, 0, false},
		{"second price", auction(t, 0, 0), abc, priceEq(abc, 0), 20, 0, 0, false},
		{"first price, reserve below v2", auction(t, 1, 5), abc, priceEq(abc, 5), 15, 5, 0, false},
		{"first price, reserve 25", auction(t, 1, 25), abc, priceEq(abc, 25), 0, 25, 0, false},
		{"first price, reserve above all", auction(t, 1, 40), abc, priceEq(abc, 40), 0, 40, 0, false},
		{"all pay", allPay(t, 0), abc, allPayEq(30, 20, 1), 20, 0, 0, false},
		{"tickets", contest(t, mechanisms.Ratio{Exponent: 1}), abc, ticketEq(abc), 16, 0, 0, false},
		{"tickets, unordered", contest(t, mechanisms.Ratio{Exponent: 1}), []float64{10, 30, 20}, ticketEq([]float64{10, 30, 20}), 16, 0, 1, false},
		// One ticket holder and a fee of 1: 30 - 1 - 30.
		{"lone agent", contest(t, mechanisms.Ratio{Exponent: 1, Fee: 1}), []float64{30}, payoffs(blank(1), 29), 1, 1, 0, false},
		// Equal values and a fee: all stand back and pay nothing.
		{"equal values, fee", contest(t, mechanisms.Ratio{Exponent: 1, Fee: 1}), []float64{9, 9, 9}, blank(3), 9, 1, 0, false},
		{"lottery", lottery(t, mechanisms.Lot{}), abc, payoffs(blank(3), 10, 20./3, 10./3), 10, 0, 0, false},
		{"lottery, price", lottery(t, mechanisms.Lot{Fee: 1, Price: 5}), []float64{30, 10}, payoffs(blank(2), 11.5, 1.5), 11, 6, 0, false},
		// The phantom bid 1 against 4: signal sqrt(4)-1 = 1, pay-off (2-1)^2.
		{"phantom", contest(t, mechanisms.Ratio{Exponent: 1, Phantom: 1}), []float64{4, 2}, blank(2), 1, 3, 0, false},
		// Winner pays at rho 1, R = 1: sum (v_i-V)^2/4 = V for values 4, 4: V = 2 (lone: V = 6 - 2 sqrt 5).
		{"phantom, winner pays", contest(t, mechanisms.Ratio{Exponent: 1, Phantom: 1, WinnerPays: true}), []float64{4, 4}, blank(2), 2, 4 - (6 - 2*math.Sqrt(5)), 0, false},
		{"worthless", auction(t, 1, 0), []float64{0, 0}, blank(2), 0, 0, 0, false},
		{"custom first price", hidden{auction(t, 1, 0)}, abc, priceEq(abc, 0), 20, 0, 0, true},
		{"custom first price, reserve", hidden{auction(t, 1, 5)}, abc, priceEq(abc, 5), 15, 5, 0, true},
		{"custom tickets", hidden{contest(t, mechanisms.Ratio{Exponent: 1})}, abc, ticketEq(abc), 16, 0, 0, true},
		{"custom phantom", hidden{contest(t, mechanisms.Ratio{Exponent: 1, Phantom: 1})}, []float64{4, 2}, blank(2), 1, 3, 0, true},
	}
	var ws Work
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			s := Gap(mechanisms.Game{Mechanism: tt.m, Values: tt.values}, tt.eq, &ws)
			if !s.Known || s.Leader != tt.leader {
				t.Errorf("leader %d (known %v), want %d", s.Leader, s.Known, tt.leader)
			}
			tol := 1e-12
			if tt.approximate {
				tol = 1e-9
			}
			near(t, "gap", s.Gap, tt.gap, tol)
			near(t, "least cost", s.LeastCost, tt.least, tol)
		})
	}
}

func TestGapUnknown(t *testing.T) {
	m := auction(t, 1, 0)
	lost := blank(2)
	lost.Status = equilibrium.NotFound
	for name, c := range map[string]struct {
		g  mechanisms.Game
		eq *equilibrium.Equilibrium
	}{
		"no agents":    {mechanisms.Game{Mechanism: m}, blank(0)},
		"no mechanism": {mechanisms.Game{Values: []float64{1, 2}}, blank(2)},
		"no solution":  {mechanisms.Game{Mechanism: m, Values: []float64{1, 2}}, nil},
		"not found":    {mechanisms.Game{Mechanism: m, Values: []float64{1, 2}}, lost},
		"other size":   {mechanisms.Game{Mechanism: m, Values: []float64{1, 2}}, blank(3)},
		"nan value":    {mechanisms.Game{Mechanism: m, Values: []float64{1, math.NaN()}}, blank(2)},
		"infinite":     {mechanisms.Game{Mechanism: m, Values: []float64{1, math.Inf(1)}}, blank(2)},
		"negative":     {mechanisms.Game{Mechanism: m, Values: []float64{1, -1}}, blank(2)},
		"nan pay-off":  {mechanisms.Game{Mechanism: m, Values: []float64{1, 2}}, payoffs(blank(2), math.NaN())},
	} {
		if s := Gap(c.g, c.eq, &Work{}); s != (Surplus{}) {
			t.Errorf("%s: %+v, want unknown", name, s)
		}
	}
}

// The best reply against a search on a fine grid.
func TestReply(t *testing.T) {
	rng := rand.New(rand.NewPCG(1, 2))
	for range 200 {
		v, k, rho := 10*rng.Float64(), 4*rng.Float64(), 0.2+3*rng.Float64()
		if rng.IntN(4) == 0 {
			rho = 1
		}
		for _, winnerPays := range []bool{false, true} {
			best := 0.0
			for i := 1; i <= 5000; i++ {
				a := v * float64(i) / 5000
				s := 1 / (1 + math.Pow(k/a, rho))
				u := s*v - a
				if winnerPays {
					u = s * (v - a)
				}
				best = math.Max(best, u)
			}
			got, a := reply(v, rho, k, winnerPays)
			if got < best-1e-12 || got > best+1e-4*v {
				t.Errorf("v %g k %g rho %g winner pays %v: %g at %g, grid %g", v, k, rho, winnerPays, got, a, best)
			}
		}
	}
}

// The best total of several members against coordinate ascent from many starts.
func TestPool(t *testing.T) {
	rng := rand.New(rand.NewPCG(3, 4))
	for range 40 {
		values := make([]float64, 1+rng.IntN(3))
		for i := range values {
			values[i] = 10 * rng.Float64()
		}
		r := mechanisms.Ratio{Exponent: 0.2 + 0.75*rng.Float64(), Phantom: 0.2 + 3*rng.Float64(), WinnerPays: rng.IntN(2) == 0}
		m := contest(t, r)
		total := func(a []float64) float64 {
			var out mechanisms.Outcome
			m.Allot(a, &out)
			sum := 0.0
			for i, v := range values {
				sum += out.Payoff(i, v)
			}
			return sum
		}
		best := 0.0
		for range 12 {
			a := make([]float64, len(values))
			for i := range a {
				a[i] = values[i] * rng.Float64()
			}
			f := total(a)
			for step := 5.0; step > 1e-7; step /= 1.5 {
				for range 6 {
					for i := range a {
						old := a[i]
						for _, x := range []float64{old + step, math.Max(0, old-step), 0} {
							a[i] = x
							if g := total(a); g > f {
								f, old = g, x
							}
						}
						a[i] = old
					}
				}
			}
			best = math.Max(best, f)
		}
		s := Gap(mechanisms.Game{Mechanism: m, Values: values}, blank(len(values)), &Work{})
		if s.Gap < best-1e-6 || s.Gap > best+1e-3*(1+best) {
			t.Errorf("values %v %+v: gap %.10g, ascent %.10g", values, r, s.Gap, best)
		}
	}
}

func BenchmarkGap(b *testing.B) {
	values := []float64{30, 28, 25, 22, 20, 18, 15, 12, 10, 5}
	for name, c := range map[string]struct {
		m  mechanisms.Mechanism
		eq *equilibrium.Equilibrium
	}{
		"first price": {auction(b, 1, 0), priceEq(values, 0)},
		"tickets":     {contest(b, mechanisms.Ratio{Exponent: 1}), ticketEq(values)},
		"lottery":     {lottery(b, mechanisms.Lot{Price: 1}), blank(len(values))},
		"phantom":     {contest(b, mechanisms.Ratio{Exponent: 1.3, Phantom: 1}), ticketEq(values)},
		"custom":      {hidden{contest(b, mechanisms.Ratio{Exponent: 1})}, ticketEq(values)},
	} {
		b.Run(name, func(b *testing.B) {
			var ws Work
			g := mechanisms.Game{Mechanism: c.m, Values: values}
			Gap(g, c.eq, &ws)
			b.ReportAllocs()
			for b.Loop() {
				Gap(g, c.eq, &ws)
			}
		})
	}
}

// TestGapNextToExponentOne: what several members have together against a phantom bid, by a
// scan over equal spends of m of n equal values,
//
//	m a^rho v/(m a^rho + R^rho) - m a
//
// however close to 1 the exponent is, where an impact's cost is nearly linear.
func TestGapNextToExponentOne(t *testing.T) {
	rng := rand.New(rand.NewPCG(11, 5))
	for _, below := range []float64{0.5, 0.2, 0.05, 0.021, 0.01, 1e-3, 1e-5, 1e-9} {
		for range 8 {
			n, v, r := 1+rng.IntN(5), 1+9*rng.Float64(), 0.01+rng.Float64()
			rho := 1 - below
			values := make([]float64, n)
			for i := range values {
				values[i] = v
			}
			eq := blank(n)
			want := 0.0
			for m := 1; m <= n; m++ {
				total := func(log float64) float64 {
					a, k := math.Exp(log), float64(m)
					return v/(1+math.Pow(r/a, rho)/k) - k*a
				}
				at, step := math.Log(v), 0.01
				for x := math.Log(v) - 20; x < math.Log(v); x += step {
					if total(x) > total(at) {
						at = x
					}
				}
				for ; step > 1e-9; step /= 2 {
					for _, x := range []float64{at - step, at + step} {
						if total(x) > total(at) {
							at = x
						}
					}
				}
				want = math.Max(want, total(at))
			}
			s := Gap(mechanisms.Game{Mechanism: contest(t, mechanisms.Ratio{Exponent: rho, Phantom: r}), Values: values}, eq, new(Work))
			if !(math.Abs(s.Gap-want) <= 1e-9*v) {
				t.Errorf("%d values of %g, phantom bid %g, exponent 1-%g: gap %.12g, want %.12g", n, v, r, below, s.Gap, want)
			}
		}
	}
}
