package equilibrium

import (
	"math"
	"math/rand/v2"
	"testing"

	"allot/mechanisms"
)

// bestGain is a deliberately dumb reference: what the agent that gains most gains by
// leaving a pure profile, by trying thousands of signals on the rule itself.
func bestGain(m mechanisms.Mechanism, values, signals []float64) (gain float64, agent int, signal float64) {
	out := mechanisms.NewOutcome(len(values))
	try := append([]float64(nil), signals...)
	for i, v := range values {
		m.Allot(signals, out)
		own := out.Payoff(i, v)
		payoff := func(a float64) float64 {
			try[i] = a
			m.Allot(try, out)
			return out.Payoff(i, v)
		}
		grid := []float64{0, signals[i]}
		for x := 2.0; x > 1e-9; x *= 0.95 {
			grid = append(grid, x*v)
		}
		for _, b := range signals {
			grid = append(grid, b, math.Nextafter(b, math.Inf(1)))
		}
		best, at := math.Inf(-1), 0.0
		for _, a := range grid {
			if u := payoff(a); u > best {
				best, at = u, a
			}
		}
		if at > 0 {
			fine := golden(payoff, at*0.94, at*1.06, 60)
			if u := payoff(fine); u > best {
				best, at = u, fine
			}
		}
		try[i] = signals[i]
		if best-own > gain {
			gain, agent, signal = best-own, i, at
		}
	}
	return gain, agent, signal
}

// solve solves a game and fails the test where that is an error or a number is
// not finite, or the accounts do not add up.
func solve(t testing.TB, m mechanisms.Mechanism, values ...float64) *Equilibrium {
	t.Helper()
	var s Solver
	eq := new(Equilibrium)
	if err := s.Solve(mechanisms.Game{Mechanism: m, Values: values}, eq); err != nil {
		t.Fatalf("Solve(%v): %v", values, err)
	}
	sane(t, values, eq)
	return eq
}

func sane(t testing.TB, values []float64, eq *Equilibrium, game ...any) {
	t.Helper()
	sum, top := 0.0, 0.0
	loss := 1e-12 // that rounding can make of a payoff of 0, or an approximate profile
	if eq.Approximate {
		loss = 0.03
	}
	for i, v := range values {
		top = math.Max(top, v)
		for _, x := range []float64{eq.Win[i], eq.Cost[i], eq.Payoff[i], eq.Profile.Signals[i]} {
			if math.IsNaN(x) || math.IsInf(x, 0) {
				t.Fatalf("%v %+v: agent %d: win %g cost %g payoff %g signal %g", values, game, i, eq.Win[i], eq.Cost[i], eq.Payoff[i], eq.Profile.Signals[i])
			}
		}
		if eq.Win[i] < 0 || eq.Cost[i] < 0 || eq.Profile.Signals[i] < 0 || eq.Payoff[i] < -loss*v {
			t.Fatalf("%v %+v: agent %d: win %g cost %g payoff %g signal %g", values, game, i, eq.Win[i], eq.Cost[i], eq.Payoff[i], eq.Profile.Signals[i])
		}
		if d := eq.Win[i]*v - eq.Cost[i] - eq.Payoff[i]; math.Abs(d) > 1e-13*(v+eq.Cost[i]) {
			t.Fatalf("%v %+v: agent %d: t v - c - u = %g (%s)", values, game, i, d, eq.Method)
		}
		sum += eq.Win[i]
	}
	if sum > 1+1e-12 {
		t.Fatalf("%v %+v: chances sum to %g (%s)", values, game, sum, eq.Method)
	}
	if math.IsNaN(eq.Margin) || eq.Margin < 0 {
		t.Fatalf("%v %+v: margin %g", values, game, eq.Margin)
	}
	if eq.Method == "" {
		t.Fatalf("%v %+v: no method", values, game)
	}
}

// requirePure fails unless the profile is a pure equilibrium by the reference, to
// within epsilon of the highest value, and brings what the equilibrium says.
func requirePure(t testing.TB, m mechanisms.Mechanism, values []float64, eq *Equilibrium, epsilon float64) {
	t.Helper()
	if eq.Status != Converged || eq.Regime != Pure || eq.Profile.Mixed != nil {
		t.Fatalf("%v: %v, %v, want a pure equilibrium (%s; %s)", values, eq.Status, eq.Regime, eq.Method, eq.Selection)
	}
	top := 0.0
	for _, v := range values {
		top = math.Max(top, v)
	}
	if gain, i, a := bestGain(m, values, eq.Profile.Signals); gain > epsilon*top {
		t.Fatalf("%v: agent %d gains %g by %g instead of %g\nsignals %v\nwin %v\n%s; %s", values, i, gain, a, eq.Profile.Signals[i], eq.Profile.Signals, eq.Win, eq.Method, eq.Selection)
	}
	requireAllot(t, m, values, eq)
}

// requireAllot fails unless the signals bring the chances and payments reported.
func requireAllot(t testing.TB, m mechanisms.Mechanism, values []float64, eq *Equilibrium) {
	t.Helper()
	out := mechanisms.NewOutcome(len(values))
	m.Allot(eq.Profile.Signals, out)
	for i := range values {
		if d := math.Abs(out.Win[i] - eq.Win[i]); d > 1e-12*eq.Win[i]+1e-15 {
			t.Fatalf("%v: agent %d wins %.17g by the rule, %.17g reported (%s)", values, i, out.Win[i], eq.Win[i], eq.Method)
		}
		if c := out.Cost(i); math.Abs(c-eq.Cost[i]) > 1e-12*eq.Cost[i]+1e-300 {
			t.Fatalf("%v: agent %d pays %.17g by the rule, %.17g reported (%s)", values, i, c, eq.Cost[i], eq.Method)
		}
	}
}

// randomValues draws n values of one of several kinds: spread, close, with ties
// and zeros, lognormal.
func randomValues(r *rand.Rand, n int) []float64 {
	values := make([]float64, n)
	kind := r.IntN(5)
	for i := range values {
		switch kind {
		case 0:
			values[i] = r.Float64()
		case 1:
			values[i] = 1 + 0.05*r.Float64()
		case 2:
			values[i] = float64(r.IntN(4))
		case 3:
			values[i] = math.Exp(2 * r.NormFloat64())
		default:
			values[i] = 100 * math.Exp(0.3*r.NormFloat64())
		}
	}
	return values
}

func contest(t testing.TB, r mechanisms.Ratio) mechanisms.Contest {
	t.Helper()
	c, err := mechanisms.NewContest(r)
	if err != nil {
		t.Fatal(err)
	}
	return c
}
