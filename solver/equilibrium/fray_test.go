package equilibrium

import (
	"math"
	"testing"

	"allot/mechanisms"
)

// With a fee f and an exponent above 2 the closed form has payoffs 1, 0, 0 at 10/9/8,
// f = 1/2, whatever the exponent, and the second stands back with probability 0.15. The profile
// proves it.
func TestTolled(t *testing.T) {
	for _, c := range []struct {
		rho, fee        float64
		values, weights []float64
		payoffs         []float64
	}{
		{3, 0.5, []float64{10, 9, 8}, nil, []float64{1, 0, 0}},
		{2, 0.5, []float64{10, 9, 8}, nil, []float64{1, 0, 0}},
		{30, 0.5, []float64{10, 9, 8}, nil, []float64{1, 0, 0}},
		{2.5, 0.1, []float64{1, 1}, nil, []float64{0.1, 0.1}},                 // f/(n-1)
		{2.5, 0.1, []float64{1, 0.95}, nil, []float64{0.1, 0.05}},             // both stand back at times
		{2.5, 0.2, []float64{3, 1}, []float64{1, 32}, []float64{0.2, 0.15}},   // f = v_2/5 = v_1/15, both stand back
		{2.5, 0.02, []float64{1, 0.5, 1}, nil, []float64{0.01, 1.5e-4, 0.01}}, // f/2, and v_2/3 when both stand back
	} {
		m := contest(t, mechanisms.Ratio{Exponent: c.rho, Fee: c.fee, Weights: c.weights})
		eq := solve(t, m, c.values...)
		for i, want := range c.payoffs {
			near(t, "payoff", eq.Payoff[i], want, 1e-12)
		}
		if eq.Regime != Mixed || eq.Status != Converged || eq.Method != methodTolled {
			t.Fatalf("%+v: %v, %v by %s", c, eq.Status, eq.Regime, eq.Method)
		}
		if e := proven(t, mechanisms.Game{Mechanism: m, Values: c.values}, eq.Profile, eq.Payoff, 1e-8); e > 2e-7 {
			t.Errorf("%+v: %g can be gained", c, e)
		}
	}
	eq := solve(t, contest(t, mechanisms.Ratio{Exponent: 3, Fee: 0.5}), 10, 9, 8)
	near(t, "standing back", eq.Profile.Mixed[1].Cumulative[0], 0.15, 1e-12)
	near(t, "dust", eq.Profile.Mixed[0].Cumulative[0], 0.5/9, 1e-12)
}

// The double oracle knows nothing of the closed form and comes to it.
func TestDuelAgainstClosedForm(t *testing.T) {
	d := duel{fray: fray{rho: 2, fee: 0.05, agents: 3, phantom: math.Inf(-1)}}
	d.fighters = []fighter{{value: 1}, {agent: 1, value: 0.9}}
	if epsilon := d.solve(nil, 1000); epsilon > 1e-11 {
		t.Fatalf("%g can be gained", epsilon)
	}
	near(t, "payoff", d.fighters[0].payoff, 0.1, 1e-12)
	near(t, "payoff", d.fighters[1].payoff, 0, 1e-12)
	for i, first := range []float64{0.05 / 0.9, 0.15} { // dust, and standing back
		f := &d.fighters[i]
		near(t, "first mass", f.masses[0], first, 1e-12)
		near(t, "atom", math.Exp(f.logs[1]), 0.425, 1e-9)
		near(t, "its mass", f.masses[1], 1-first, 1e-12)
	}
}

// What two or more agents mix over is an equilibrium, proven to rounding, and brings what is
// reported.
func TestFrays(t *testing.T) {
	for _, c := range []struct {
		why    string
		ratio  mechanisms.Ratio
		values []float64
		method string
	}{
		{"a fee just below exponent 2", mechanisms.Ratio{Exponent: 1.9, Fee: 0.5}, []float64{10, 9, 8}, methodDuel},
		{"a fee of two equals", mechanisms.Ratio{Exponent: 1, Fee: 0.3}, []float64{1, 1}, methodDuel},
		{"a phantom bid", mechanisms.Ratio{Exponent: 3, Phantom: 1}, []float64{10, 9, 8}, methodDuel},
		{"a small phantom bid among near equals", mechanisms.Ratio{Exponent: 2.3, Phantom: 0.004}, []float64{1, 0.9999, 1, 0.998}, methodDuel},
		{"both, weights", mechanisms.Ratio{Exponent: 4, Phantom: 0.1, Fee: 0.05, Weights: []float64{1, 2}}, []float64{2, 1}, methodDuel},
		{"the winner pays, a fee and a phantom bid among four equals", mechanisms.Ratio{Exponent: 2.218, Fee: 0.141, Phantom: 0.0957, WinnerPays: true}, []float64{1, 1, 1, 1}, methodFray},
		{"the winner pays, near equals", mechanisms.Ratio{Exponent: 2.988, Fee: 1.2775, Phantom: 0.00808, WinnerPays: true}, []float64{10.006, 10.0045, 9.9875, 10.002}, methodFray},
		{"the winner pays, weights", mechanisms.Ratio{Exponent: 2.409, Fee: 0.01966, Weights: []float64{0.313, 1.101, 1.221, 0.554}, WinnerPays: true}, []float64{1, 0, 4, 1}, methodFray},
	} {
		t.Run(c.why, func(t *testing.T) {
			m := contest(t, c.ratio)
			eq := solve(t, m, c.values...)
			if eq.Status != Converged || eq.Approximate || eq.Regime != Mixed || eq.Method != c.method {
				t.Fatalf("%v, approximate %v, %v by %s", eq.Status, eq.Approximate, eq.Regime, eq.Method)
			}
			sane(t, c.values, eq)
			if e := proven(t, mechanisms.Game{Mechanism: m, Values: c.values}, eq.Profile, eq.Payoff, 1e-12); e > 1e-10 {
				t.Errorf("%g can be gained", e)
			}
		})
	}
}

// As the fee or the phantom bid vanishes what is played becomes what is played without.
func TestFraysAreContinuous(t *testing.T) {
	for _, rho := range []float64{1.6, 1.9, 2.2, 3} {
		free := solve(t, contest(t, mechanisms.Ratio{Exponent: rho}), 4, 2, 1)
		for _, r := range []mechanisms.Ratio{{Exponent: rho, Fee: 1e-6}, {Exponent: rho, Phantom: 1e-6}} {
			eq := solve(t, contest(t, r), 4, 2, 1)
			near(t, "revenue", revenue(eq), revenue(free), 1e-4)
			near(t, "win", eq.Win[0], free.Win[0], 1e-4)
		}
	}
}

// Steep contests with a small phantom bid take more atoms than are usually looked for.
func TestPatience(t *testing.T) {
	const rho, phantom, value = 9.09, 0.0817, 3.28
	g := mechanisms.Game{Mechanism: contest(t, mechanisms.Ratio{Exponent: rho, Phantom: phantom}), Values: []float64{value, value}}
	for _, patient := range []bool{false, true} {
		s := &Solver{Patient: patient}
		var eq Equilibrium
		if err := s.Solve(g, &eq); err != nil {
			t.Fatal(err)
		}
		if found := eq.Status == Converged; found != patient {
			t.Fatalf("patient %v: %v", patient, eq.Status)
		}
		if !patient {
			continue
		}
		sane(t, g.Values, &eq)
		if e := proven(t, g, eq.Profile, eq.Payoff, 1e-12); !(e < 1e-5*value) || !eq.Approximate {
			t.Errorf("%g can be gained, approximate %v", e, eq.Approximate)
		}
	}
}
