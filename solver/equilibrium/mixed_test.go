package equilibrium

import (
	"math"
	"slices"
	"testing"

	"allot/mechanisms"
)

// A point is a signal and its probability.
type point struct{ signal, mass float64 }

// points turns a strategy into finitely many points: an atom into itself, a
// stretch of a mixture into count midpoints.
func points(eq *Equilibrium, i, count int) []point {
	if eq.Profile.Mixed == nil || eq.Profile.Mixed[i].IsEmpty() {
		return []point{{eq.Profile.Signals[i], 1}}
	}
	m := eq.Profile.Mixed[i]
	all := []point{{m.Signals[0], m.Cumulative[0]}}
	for k := 1; k < len(m.Signals); k++ {
		mass, width := m.Cumulative[k]-m.Cumulative[k-1], m.Signals[k]-m.Signals[k-1]
		if width == 0 {
			all = append(all, point{m.Signals[k], mass})
			continue
		}
		for j := range count {
			all = append(all, point{m.Signals[k-1] + width*(float64(j)+0.5)/float64(count), mass / float64(count)})
		}
	}
	return slices.DeleteFunc(all, func(p point) bool { return p.mass == 0 })
}

// against is what agent i gets with signal a while every other agent but rival stands
// back and rival plays its strategy.
func against(m mechanisms.Mechanism, values []float64, rival int, strategy []point, i int, a float64) (payoff, win, cost float64) {
	signals := make([]float64, len(values))
	out := mechanisms.NewOutcome(len(values))
	for _, b := range strategy {
		signals[rival], signals[i] = b.signal, a
		m.Allot(signals, out)
		payoff += out.Payoff(i, values[i]) * b.mass
		win += out.Win[i] * b.mass
		cost += out.Cost(i) * b.mass
	}
	return payoff, win, cost
}

// Every mixed profile of two active agents: no signal of theirs gains more than
// epsilon, their own bring what is reported, and outsiders gain nothing.
func TestMixedProfiles(t *testing.T) {
	ratio := func(rho float64, weights ...float64) mechanisms.Mechanism {
		return contest(t, mechanisms.Ratio{Exponent: rho, Weights: weights})
	}
	for _, c := range []struct {
		name          string
		m             mechanisms.Mechanism
		values        []float64
		first, second int
		epsilon       float64
	}{
		{"all-pay", allPayAuction(t, 0), []float64{4, 2, 1}, 0, 1, 4e-3},
		{"all-pay, reserve", allPayAuction(t, 0.7), []float64{1.9, 4, 2}, 1, 2, 4e-3},
		{"all-pay, equal, reserve", allPayAuction(t, 0.5), []float64{2, 2, 2}, 0, 1, 4e-3},
		{"semi-mixed", ratio(1.5), []float64{4, 2}, 0, 1, 1e-9},
		{"semi-mixed, outsider", ratio(1.7), []float64{1.9, 4, 2}, 1, 2, 1e-9},
		{"semi-mixed at 2", ratio(2), []float64{4, 2}, 0, 1, 1e-9},
		{"semi-mixed, weights", ratio(1.8, 2, 1), []float64{3, 2}, 0, 1, 1e-9},
		{"semi-mixed, the favoured is the lower value", ratio(1.8, 1, 5), []float64{3, 2.9}, 1, 0, 1e-9},
		{"dissipated 2.2", ratio(2.2), []float64{4, 2}, 0, 1, 1e-6},
		{"dissipated 3", ratio(3), []float64{4, 2, 2}, 0, 1, 1e-6},
		{"dissipated 5, equal", ratio(5), []float64{2, 2}, 0, 1, 2e-5},
		{"dissipated 5, weights", ratio(5, 9, 1), []float64{2, 2}, 0, 1, 2e-5},
		{"dissipated 20", ratio(20), []float64{2, 3}, 1, 0, 2e-3},
		{"dissipated 100", ratio(100), []float64{4, 2}, 0, 1, 2e-3},
		{"dissipated 1e6", ratio(1e6), []float64{4, 2}, 0, 1, 4e-3},
		{"fee 0.3 of two equals", contest(t, mechanisms.Ratio{Exponent: 1, Fee: 0.3}), []float64{1, 1}, 0, 1, 1e-6},
		{"fee at 0.7", contest(t, mechanisms.Ratio{Exponent: 0.7, Fee: 0.7}), []float64{2, 3}, 1, 0, 1e-6},
		{"fee at 1.5", contest(t, mechanisms.Ratio{Exponent: 1.5, Fee: 0.2}), []float64{4, 2}, 0, 1, 1e-6},
		{"fee at 4", contest(t, mechanisms.Ratio{Exponent: 4, Fee: 0.2}), []float64{4, 2}, 0, 1, 1e-4},
		{"fee, weights", contest(t, mechanisms.Ratio{Exponent: 1, Fee: 1, Weights: []float64{1, 3}}), []float64{4, 3}, 1, 0, 1e-6},
	} {
		t.Run(c.name, func(t *testing.T) {
			eq := solve(t, c.m, c.values...)
			if eq.Regime == Pure || eq.Status != Converged || eq.Active != 2 {
				t.Fatalf("%v %v, %d active", eq.Status, eq.Regime, eq.Active)
			}
			const count = 300
			top := math.Max(c.values[c.first], c.values[c.second])
			for i := range c.values {
				rival := c.first
				if i == c.first {
					rival = c.second
				}
				best, at := 0.0, 0.0
				strategy := points(eq, rival, count)
				for x := 1.2; x > 1e-5; x *= 0.985 {
					if u, _, _ := against(c.m, c.values, rival, strategy, i, x*c.values[i]); u > best {
						best, at = u, x*c.values[i]
					}
				}
				if best > eq.Payoff[i]+c.epsilon*top {
					t.Errorf("agent %d gets %g by %g, %g in equilibrium", i, best, at, eq.Payoff[i])
				}
				payoff, win, cost := 0.0, 0.0, 0.0
				own := points(eq, i, count)
				for _, a := range own {
					u, w, p := against(c.m, c.values, rival, strategy, i, a.signal)
					payoff += u * a.mass
					win += w * a.mass
					cost += p * a.mass
				}
				if i != c.first && i != c.second {
					continue
				}
				near(t, "payoff", payoff, eq.Payoff[i], c.epsilon)
				near(t, "win", win, eq.Win[i], c.epsilon)
				near(t, "cost", cost, eq.Cost[i], c.epsilon)
			}
			for i, m := range eq.Profile.Mixed {
				if !m.IsEmpty() {
					near(t, "mean", m.Mean(), eq.Profile.Signals[i], c.epsilon)
					if m.Cumulative[len(m.Cumulative)-1] != 1 {
						t.Errorf("agent %d: the distribution ends at %g", i, m.Cumulative[len(m.Cumulative)-1])
					}
					for k := 1; k < len(m.Signals); k++ {
						if m.Signals[k] < m.Signals[k-1] || m.Cumulative[k] < m.Cumulative[k-1] {
							t.Errorf("agent %d: knot %d is out of order", i, k)
						}
					}
				}
			}
		})
	}
}

func TestDuelsOfEquals(t *testing.T) {
	eq := solve(t, contest(t, mechanisms.Ratio{Exponent: 1, Fee: 0.3}), 1, 1)
	near(t, "win", eq.Win[0], eq.Win[1], 1e-6)
	near(t, "cost", eq.Cost[0], eq.Cost[1], 1e-6)
	near(t, "payoff", eq.Payoff[0], eq.Payoff[1], 1e-6)
}

// The game (2, -1; -1, 0) has value -1/4: each plays its first signal with
// probability 1/4.
func TestMatrixGame(t *testing.T) {
	var g matrixGame
	row, column := make([]float64, 2), make([]float64, 2)
	payoffs := [2][2]float64{{2, -1}, {-1, 0}}
	if !g.solve(2, 2, 2, func(i, j int) float64 { return payoffs[i][j] }, row, column) {
		t.Fatal("not solved")
	}
	for _, p := range [][]float64{row, column} {
		near(t, "first", p[0], 0.25, 1e-14)
		near(t, "second", p[1], 0.75, 1e-14)
	}
	// Dominated signals are not played; three by two.
	tall := [3][2]float64{{1, 2}, {0, 1}, {3, 0}}
	row = make([]float64, 3)
	if !g.solve(3, 2, 1, func(i, j int) float64 { return tall[i][j] }, row, column) {
		t.Fatal("not solved")
	}
	near(t, "row", row[0], 0.75, 1e-14)
	near(t, "dominated", row[1], 0, 0)
	near(t, "column", column[0], 0.5, 1e-14)
}

// The symmetric strategy above exponent 2 dissipates the whole value: its mean is
// 1/2, and no signal earns more than epsilon, on a grid far finer than the one
// that found it.
func TestDissipation(t *testing.T) {
	for _, rho := range []float64{2.001, 2.1, 2.5, 3, 4, 6, 15} {
		var d dissipation
		d.solve(rho)
		mass, mean, best, own := 0.0, 0.0, 0.0, 0.0
		for j, y := range d.atoms {
			mass += d.masses[j]
			mean += d.masses[j] * y
			own += d.masses[j] * d.payoff(y)
		}
		for x := 1.1; x > 1e-9; x *= 0.998 {
			best = math.Max(best, d.payoff(x))
		}
		near(t, "mass", mass, 1, 1e-12)
		bound := 1e-3
		if rho <= 10 {
			bound = 1e-4
		}
		if rho <= 3 {
			bound = 1e-7
		}
		if best-own > d.epsilon+1e-12 || d.epsilon > bound {
			t.Errorf("rho %g: epsilon %g, but %g can be gained", rho, d.epsilon, best-own)
		}
		near(t, "mean", mean, 0.5, 2*bound+1e-5)
	}
}
