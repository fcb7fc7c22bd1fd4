package equilibrium

import (
	"math/rand/v2"
	"testing"

	"allot/mechanisms"
)

func TestContestsByReference(t *testing.T) {
	r := rand.New(rand.NewPCG(1, 2))
	exponents := []float64{0.01, 0.1, 0.3, 0.5, 0.7, 0.9, 0.99, 0.999, 0.999999, 1}
	found := 0
	for range 600 {
		n := 1 + r.IntN(7)
		values := randomValues(r, n)
		ratio := mechanisms.Ratio{Exponent: exponents[r.IntN(len(exponents))]}
		if r.IntN(3) == 0 {
			ratio.Exponent = r.Float64() * 2.2
		}
		if r.IntN(3) == 0 {
			ratio.Fee = 0.1 * r.Float64() * values[0]
		}
		if r.IntN(3) == 0 {
			ratio.Phantom = r.Float64() * values[0]
		}
		ratio.WinnerPays = r.IntN(3) == 0
		if r.IntN(3) == 0 {
			for range n {
				ratio.Weights = append(ratio.Weights, 0.2+r.Float64())
			}
		}
		m := contest(t, ratio)
		eq := solve(t, m, values...)
		if eq.Status != Converged {
			if ratio.Exponent <= 1 && ratio.Fee == 0 {
				t.Fatalf("%v %+v: %v", values, ratio, eq.Status)
			}
			continue
		}
		if eq.Regime != Pure {
			continue
		}
		found++
		t.Logf("%v %+v", values, ratio)
		requirePure(t, m, values, eq, 1e-11)
	}
	if found < 400 {
		t.Errorf("%d pure equilibria", found)
	}
}
