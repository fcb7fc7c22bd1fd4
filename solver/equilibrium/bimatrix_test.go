package equilibrium

import (
	"math"
	"math/rand/v2"
	"testing"
)

// gains is what either agent could gain at most.
func gains(rows, columns int, payoff func(i, j int) (float64, float64), row, column []float64) float64 {
	var own, best [2]float64
	best[0], best[1] = math.Inf(-1), math.Inf(-1)
	for i := range rows {
		u := 0.0
		for j, q := range column {
			a, _ := payoff(i, j)
			u += q * a
		}
		own[0] += row[i] * u
		best[0] = math.Max(best[0], u)
	}
	for j := range columns {
		u := 0.0
		for i, p := range row {
			_, b := payoff(i, j)
			u += p * b
		}
		own[1] += column[j] * u
		best[1] = math.Max(best[1], u)
	}
	return math.Max(best[0]-own[0], best[1]-own[1])
}

// The game (2, -1; -1, 0) has value -1/4: each plays its first signal with
// probability 1/4.
func TestBimatrix(t *testing.T) {
	var g bimatrix
	row, column := make([]float64, 2), make([]float64, 2)
	payoffs := [2][2]float64{{2, -1}, {-1, 0}}
	if !g.solve(2, 2, 3, func(i, j int) (float64, float64) { return payoffs[i][j], -payoffs[i][j] }, row, column) {
		t.Fatal("not solved")
	}
	for _, p := range [][]float64{row, column} {
		near(t, "first", p[0], 0.25, 1e-14)
		near(t, "second", p[1], 0.75, 1e-14)
	}
	// Dominated signals are not played; three by two.
	tall := [3][2]float64{{1, 2}, {0, 1}, {3, 0}}
	row = make([]float64, 3)
	if !g.solve(3, 2, 4, func(i, j int) (float64, float64) { return tall[i][j], -tall[i][j] }, row, column) {
		t.Fatal("not solved")
	}
	near(t, "row", row[0], 0.75, 1e-14)
	near(t, "dominated", row[1], 0, 0)
	near(t, "column", column[0], 0.5, 1e-14)
}

// Nobody gains in games of random payoffs, with many ties or none.
func TestBimatrixOnRandomGames(t *testing.T) {
	r := rand.New(rand.NewPCG(31, 32))
	var g bimatrix
	for k := range 400 {
		rows, columns := 1+r.IntN(12), 1+r.IntN(12)
		a, b := make([]float64, rows*columns), make([]float64, rows*columns)
		for i := range a {
			a[i], b[i] = r.Float64(), r.Float64()
			if k%2 == 0 {
				a[i], b[i] = float64(r.IntN(3)), float64(r.IntN(3))
			}
			if k%3 == 0 {
				b[i] = -a[i]
			}
		}
		row, column := make([]float64, rows), make([]float64, columns)
		payoff := func(i, j int) (float64, float64) { return a[i*columns+j], b[i*columns+j] }
		if !g.solve(rows, columns, 3, payoff, row, column) {
			t.Fatalf("game %d is not solved", k)
		}
		if gain := gains(rows, columns, payoff, row, column); gain > 1e-10 {
			t.Errorf("game %d: %g is gained", k, gain)
		}
	}
}
