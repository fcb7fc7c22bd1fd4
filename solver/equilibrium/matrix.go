package equilibrium

import "math"

// matrixGame solves two-agent constant-sum games in finitely many signals by the
// simplex method (Dantzig 1951): with B the row agent's payoffs made positive by a constant,
//
//	max sum y,  B y <= 1,  y >= 0
//
// has the column agent's minimax strategy as y/sum y and the row agent's maximin
// strategy as its dual. Bland's rule ends ties. A test asserts strategies (1/4, 3/4)
// of both agents in the game (2, -1; -1, 0).
type matrixGame struct {
	cells []float64
	basis []int
}

// solve writes the row agent's strategy (where row is not nil) and the column
// agent's; payoff(i, j) + shift must be positive. It reports whether it did; what is
// played with a probability below 1e-13 is not played.
func (g *matrixGame) solve(rows, columns int, shift float64, payoff func(i, j int) float64, row, column []float64) bool {
	width := columns + rows + 1
	g.cells = zeros(g.cells, (rows+1)*width)
	g.basis = g.basis[:0]
	for i := range rows {
		line := g.cells[i*width:]
		for j := range columns {
			line[j] = payoff(i, j) + shift
		}
		line[columns+i], line[width-1] = 1, 1
		g.basis = append(g.basis, columns+i)
	}
	goal := g.cells[rows*width:]
	for j := range columns {
		goal[j] = -1
	}
	size := rows + columns
	for step := range 30 * (size + 1) {
		enter, least := -1, -1e-13
		for j := range size {
			if goal[j] < least {
				enter, least = j, goal[j]
				if step > 10*(size+1) { // Bland's rule, against cycling
					break
				}
			}
		}
		if enter < 0 {
			break
		}
		leave, ratio := -1, math.Inf(1)
		for i := range rows {
			if a := g.cells[i*width+enter]; a > 1e-12 {
				r := g.cells[i*width+width-1] / a
				if r < ratio || r == ratio && leave >= 0 && g.basis[i] < g.basis[leave] {
					leave, ratio = i, r
				}
			}
		}
		if leave < 0 {
			return false
		}
		g.pivot(leave, enter, rows, width)
	}
	clear(column)
	for i, j := range g.basis {
		if j < columns {
			column[j] = g.cells[i*width+width-1]
		}
	}
	if row != nil {
		copy(row, goal[columns:columns+rows])
		if !normal(row) {
			return false
		}
	}
	return normal(column)
}

func (g *matrixGame) pivot(leave, enter, rows, width int) {
	pivot := g.cells[leave*width : (leave+1)*width]
	scale := 1 / pivot[enter]
	for j := range pivot {
		pivot[j] *= scale
	}
	for i := range rows + 1 {
		if i == leave {
			continue
		}
		line := g.cells[i*width : (i+1)*width]
		if f := line[enter]; f != 0 {
			for j := range line {
				line[j] -= f * pivot[j]
			}
		}
	}
	g.basis[leave] = enter
}

// normal makes x a probability distribution, without what is negligible.
func normal(x []float64) bool {
	for range 2 { // the second time without what the first removed
		sum := 0.0
		for _, p := range x {
			sum += math.Max(0, p)
		}
		if !(sum > 0 && sum <= math.MaxFloat64) {
			return false
		}
		for i, p := range x {
			x[i] = 0
			if p > 1e-13*sum {
				x[i] = p / sum
			}
		}
	}
	return true
}

// eliminate solves n linear equations, rows of n coefficients and a right side, by
// Gaussian elimination with partial pivoting, and leaves the solution in the last column. It
// reports whether there is one.
func eliminate(rows []float64, n int) bool {
	width := n + 1
	for c := range n {
		pivot := c
		for r := c + 1; r < n; r++ {
			if math.Abs(rows[r*width+c]) > math.Abs(rows[pivot*width+c]) {
				pivot = r
			}
		}
		top := rows[c*width : (c+1)*width]
		if pivot != c {
			for k, x := range rows[pivot*width : (pivot+1)*width] {
				rows[pivot*width+k], top[k] = top[k], x
			}
		}
		if !(math.Abs(top[c]) > 0 && math.Abs(top[c]) <= math.MaxFloat64) {
			return false
		}
		for r := c + 1; r < n; r++ {
			line := rows[r*width : (r+1)*width]
			if f := line[c] / top[c]; f != 0 {
				for k := c; k < width; k++ {
					line[k] -= f * top[k]
				}
			}
		}
	}
	for c := n - 1; c >= 0; c-- {
		line := rows[c*width : (c+1)*width]
		x := line[n]
		for k := c + 1; k < n; k++ {
			x -= line[k] * rows[k*width+n]
		}
		line[n] = x / line[c]
	}
	return true
}

// golden is a golden-section search (Kiefer 1953) for a maximum of f in [lo, hi].
func golden(f func(float64) float64, lo, hi float64, steps int) float64 {
	const r = 0.6180339887498949
	a, b := hi-r*(hi-lo), lo+r*(hi-lo)
	fa, fb := f(a), f(b)
	for range steps {
		if fa < fb {
			lo, a, fa = a, b, fb
			b = lo + r*(hi-lo)
			fb = f(b)
		} else {
			hi, b, fb = b, a, fa
			a = hi - r*(hi-lo)
			fa = f(a)
		}
	}
	if fa < fb {
		return b
	}
	return a
}
