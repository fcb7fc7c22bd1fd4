package equilibrium

import (
	"testing"

	"allot/mechanisms"
)

// Just above exponent 2 payoffs are flat around the best signal: a strategy from which
// nobody gains by deviating can still earn more than the 0 of every equilibrium
// (Ewerhart 2017). The profile brings what is reported, at every exponent.
func TestDissipationBringsWhatIsReported(t *testing.T) {
	values := []float64{4, 2}
	for _, c := range []struct{ rho, epsilon float64 }{{2 + 1e-9, 1e-6}, {2.001, 1e-6}, {2.3, 1e-6}, {5, 4e-6}} {
		m := contest(t, mechanisms.Ratio{Exponent: c.rho})
		eq := solve(t, m, values...)
		for i := range values {
			own, win := 0.0, 0.0
			strategy := points(eq, 1-i, 1)
			for _, a := range points(eq, i, 1) {
				u, w, _ := against(m, values, 1-i, strategy, i, a.signal)
				own, win = own+a.mass*u, win+a.mass*w
			}
			near(t, "payoff", own, eq.Payoff[i], c.epsilon)
			near(t, "win", win, eq.Win[i], c.epsilon)
			for x := 1.2 * values[i]; x > 1e-9; x *= 0.997 {
				if u, _, _ := against(m, values, 1-i, strategy, i, x); u > eq.Payoff[i]+c.epsilon {
					t.Fatalf("exponent %g: agent %d gains %g by %g", c.rho, i+1, u-eq.Payoff[i], x)
				}
			}
		}
	}
}
