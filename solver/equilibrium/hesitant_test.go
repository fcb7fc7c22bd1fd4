package equilibrium

import (
	"math"
	"testing"

	"allot/mechanisms"
)

// As a phantom bid vanishes the equilibrium becomes Wang's (2010): at 4/2, exponent
// 1.5, signals 1.058267 and 0.666667, the second with probability 0.793701.
func TestHesitantIsWangs(t *testing.T) {
	eq := solve(t, contest(t, mechanisms.Ratio{Exponent: 1.5, Phantom: 1e-9}), 4, 2)
	if eq.Status != Converged || eq.Regime != SemiMixed || eq.Method != methodHesitant {
		t.Fatalf("%v, %v by %s", eq.Status, eq.Regime, eq.Method)
	}
	near(t, "first signal", eq.Profile.Signals[0], 1.058267, 1e-6)
	near(t, "second signal", eq.Profile.Mixed[1].Signals[1], 0.666667, 1e-6)
	near(t, "entry", 1-eq.Profile.Mixed[1].Cumulative[0], 0.793701, 1e-6)
}

// What one hesitant agent makes an equilibrium is one by the rule itself: no signal
// on a grid gains against the others' strategies, and what is reported is what is got.
func TestHesitant(t *testing.T) {
	for _, c := range []struct {
		name   string
		ratio  mechanisms.Ratio
		values []float64
	}{
		{"phantom", mechanisms.Ratio{Exponent: 1.3, Phantom: 0.2}, []float64{4, 2}},
		{"phantom, steeper", mechanisms.Ratio{Exponent: 1.4, Phantom: 0.1}, []float64{4, 2}},
		{"fee", mechanisms.Ratio{Exponent: 1.4, Fee: 0.03}, []float64{4, 2}},
		{"fee, exponent 1", mechanisms.Ratio{Exponent: 1, Fee: 0.9}, []float64{9, 3}},
		{"fee and phantom", mechanisms.Ratio{Exponent: 1.4, Fee: 0.01, Phantom: 0.1}, []float64{2, 4}},
		{"two members", mechanisms.Ratio{Exponent: 0.9255338644537809, Fee: 0.04763079928611915}, []float64{10, 2.7779262231234316, 2.5420552593686114}},
		{"weights", mechanisms.Ratio{Exponent: 1.4, Fee: 0.03, Weights: []float64{2, 1}}, []float64{3, 2}},
		{"winner pays", mechanisms.Ratio{Exponent: 2, Fee: 0.2, WinnerPays: true}, []float64{9, 1}},
	} {
		t.Run(c.name, func(t *testing.T) {
			m := contest(t, c.ratio)
			eq := solve(t, m, c.values...)
			if eq.Status != Converged || eq.Regime != SemiMixed {
				t.Fatalf("%v, %v by %s", eq.Status, eq.Regime, eq.Method)
			}
			n, mixer := len(c.values), -1
			for i := range c.values {
				if !eq.Profile.Mixed[i].IsEmpty() {
					mixer = i
				}
			}
			mix := eq.Profile.Mixed[mixer]
			q := 1 - mix.Cumulative[0]
			out := mechanisms.NewOutcome(n)
			signals := make([]float64, n)
			payoff := func(i int, a float64) float64 {
				copy(signals, eq.Profile.Signals)
				if i == mixer {
					signals[i] = a
					m.Allot(signals, out)
					return out.Payoff(i, c.values[i])
				}
				sum := 0.0
				for k, p := range [2]float64{1 - q, q} {
					signals[i], signals[mixer] = a, mix.Signals[2*k]
					m.Allot(signals, out)
					sum += p * out.Payoff(i, c.values[i])
				}
				return sum
			}
			for i, v := range c.values {
				own := payoff(i, eq.Profile.Signals[i])
				if i == mixer {
					own = payoff(i, mix.Signals[2])
				}
				near(t, "payoff", own, eq.Payoff[i], 1e-10)
				for a := v; a > 1e-9*v; a *= 0.999 {
					if gain := payoff(i, a) - own; gain > 1e-9 {
						t.Fatalf("agent %d gains %g by %g", i+1, gain, a)
					}
				}
				if gain := payoff(i, 0) - own; gain > 1e-9 {
					t.Fatalf("agent %d gains %g by standing back", i+1, gain)
				}
				near(t, "payoff is what is won less what it costs", eq.Win[i]*v-eq.Cost[i], eq.Payoff[i], 1e-12)
			}
		})
	}
}

// A chance of 1/n is worth more to both than the whole right for a fee of 3: nobody
// signals, although either could pay the fee.
func TestNobodyAtHighFee(t *testing.T) {
	for _, rule := range []mechanisms.Ratio{{Exponent: 1, Fee: 3}, {Exponent: 2, Fee: 2.5}, {Exponent: 1, Fee: 3, WinnerPays: true}} {
		eq := solve(t, contest(t, rule), 5, 5)
		if eq.Status != Converged || eq.Regime != Pure || eq.Method != methodNobody {
			t.Fatalf("%+v: %v, %v by %q", rule, eq.Status, eq.Regime, eq.Method)
		}
		near(t, "payoff", eq.Payoff[0], 2.5, 0)
		if !(eq.Margin >= 0) || math.IsInf(eq.Margin, 0) {
			t.Errorf("margin %g", eq.Margin)
		}
	}
}
