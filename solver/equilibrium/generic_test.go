package equilibrium

import (
	"math"
	"math/rand/v2"
	"testing"

	"allot/mechanisms"
)

// plain hides what a mechanism can do, so that only the generic solver is left.
type plain struct{ m mechanisms.Mechanism }

func (p plain) Allot(signals []float64, out *mechanisms.Outcome) { p.m.Allot(signals, out) }

func TestGenericAgreesWithFastMethods(t *testing.T) {
	r := rand.New(rand.NewPCG(21, 22))
	for range 25 {
		n := 2 + r.IntN(4)
		values := make([]float64, n)
		for i := range values {
			values[i] = 10 * (0.3 + r.Float64())
		}
		ratio := mechanisms.Ratio{Exponent: 0.4 + 0.6*r.Float64(), WinnerPays: r.IntN(2) == 0}
		if r.IntN(2) == 0 {
			ratio.Phantom = 1
		}
		m := contest(t, ratio)
		fast, slow := solve(t, m, values...), solve(t, plain{m}, values...)
		if slow.Status != Converged || slow.Regime != Pure {
			t.Errorf("%+v %v: %v %v", ratio, values, slow.Status, slow.Regime)
			continue
		}
		requirePure(t, m, values, slow, 1e-12)
		for i := range values {
			near(t, "win", slow.Win[i], fast.Win[i], 1e-7)
			near(t, "cost", slow.Cost[i], fast.Cost[i], 2e-6)
		}
	}
}

func TestGenericMixes(t *testing.T) {
	values := []float64{4, 2}
	for name, m := range map[string]mechanisms.Mechanism{
		"all-pay": allPayAuction(t, 0),
		"reserve": allPayAuction(t, 0.5),
		"3":       contest(t, mechanisms.Ratio{Exponent: 3}),
		"1.6":     contest(t, mechanisms.Ratio{Exponent: 1.6}),
	} {
		fast, slow := solve(t, m, values...), solve(t, plain{m}, values...)
		if slow.Status != Converged || !slow.Approximate || slow.Regime != Mixed {
			t.Errorf("%s: %v, %v", name, slow.Status, slow.Regime)
		}
		win, payoff := 0.03, 0.06
		if name == "3" || name == "1.6" { // smooth
			win, payoff = 1e-3, 2e-3
		}
		for i := range values {
			near(t, name+": win", slow.Win[i], fast.Win[i], win)
			near(t, name+": payoff", slow.Payoff[i], fast.Payoff[i], payoff)
			if mix := slow.Profile.Mixed[i]; math.Abs(mix.Mean()-slow.Profile.Signals[i]) > 1e-9 || mix.Cumulative[len(mix.Cumulative)-1] != 1 {
				t.Errorf("%s: agent %d: mean %g, %g", name, i, mix.Mean(), slow.Profile.Signals[i])
			}
		}
	}
	// Three agents: Baye, Kovenock, de Vries 1996: at 4, 2, 1 the third stands back.
	slow := solve(t, plain{allPayAuction(t, 0)}, 4, 2, 1)
	near(t, "win", slow.Win[0], 0.75, 0.08)
	near(t, "revenue", revenue(slow), 1.5, 0.25)
	if slow.Status == NotFound || !slow.Approximate {
		t.Errorf("%v, approximate %v", slow.Status, slow.Approximate)
	}
}

// broken brings what is not a number.
type broken struct{}

func (broken) Allot(signals []float64, out *mechanisms.Outcome) {
	out.Resize(len(signals))
	for i := range signals {
		out.Win[i], out.IfWin[i], out.IfLose[i] = math.NaN(), math.NaN(), math.Inf(1)
	}
}

func TestGenericIsHonest(t *testing.T) {
	for _, values := range [][]float64{{1, 2}, {0, 0}, {1}, {1, 2, 3}} {
		if eq := solve(t, broken{}, values...); eq.Status != NotFound {
			t.Errorf("%v: %v", values, eq.Status)
		}
	}
	if eq := solve(t, plain{allPayAuction(t, 0)}, make([]float64, genericMost+1)...); eq.Status != NotFound {
		t.Errorf("too many agents: %v", eq.Status)
	}
}
