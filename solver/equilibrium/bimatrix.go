package equilibrium

import "math"

// bimatrix solves games of two agents in finitely many signals by the method of
// Lemke and Howson (1964): with A the row agent's payoffs and B the column agent's, both
// made positive by a constant,
//
//	A y + r = 1,  B' x + s = 1,  x, y, r, s >= 0,  x_i r_i = 0,  y_j s_j = 0
//
// has the strategies as x/sum x and y/sum y. A path of pivots leaves x = y = 0 by one
// signal and ends where every product is 0 again; the lexicographic rule ends ties. Of
// several equilibria it finds one. A test asserts strategies (1/4, 3/4) in the
// constant-sum game (2, -1; -1, 0), and that nobody gains in games of other kinds.
type bimatrix struct {
	cells  [2][]float64 // of the agent's own strategy: rows by the other's signals
	basis  [2][]int
	pivots int // made so far
}

// solve writes the strategies; payoff gives the row and the column agent's, and with
// shift added both must be positive. It reports whether it did; what is played with a
// probability below 1e-13 is not played.
func (g *bimatrix) solve(rows, columns int, shift float64, payoff func(i, j int) (row, column float64), row, column []float64) bool {
	const starts = 3
	size := rows + columns
	for first := range min(starts, size) {
		g.start(rows, columns, shift, payoff)
		if g.path(rows, columns, first*size/starts) {
			g.read(0, 0, row)
			g.read(1, rows, column)
			if normal(row) && normal(column) {
				return true
			}
		}
	}
	return false
}

// start fills the tableaus. A column is a label: the row agent's signals, then the column
// agent's; in the last are the right sides.
func (g *bimatrix) start(rows, columns int, shift float64, payoff func(i, j int) (row, column float64)) {
	size := rows + columns
	width := size + 1
	g.cells[0], g.cells[1] = zeros(g.cells[0], columns*width), zeros(g.cells[1], rows*width)
	g.basis[0], g.basis[1] = g.basis[0][:0], g.basis[1][:0]
	for j := range columns {
		g.cells[0][j*width+rows+j], g.cells[0][j*width+size] = 1, 1
		g.basis[0] = append(g.basis[0], rows+j)
	}
	for i := range rows {
		g.cells[1][i*width+i], g.cells[1][i*width+size] = 1, 1
		g.basis[1] = append(g.basis[1], i)
		for j := range columns {
			a, b := payoff(i, j)
			g.cells[1][i*width+rows+j] = a + shift
			g.cells[0][j*width+i] = b + shift
		}
	}
}

// path pivots from the label given until that label leaves again.
func (g *bimatrix) path(rows, columns, label int) bool {
	side := 0
	if label >= rows {
		side = 1
	}
	enter := label
	for range 20 * (rows + columns + 10) {
		leave := g.pivot(side, enter, rows+columns+1)
		if leave < 0 {
			return false
		}
		if leave == label {
			return true
		}
		enter, side = leave, 1-side
	}
	return false
}

// pivot brings a label into one agent's basis and returns the one that leaves, or -1.
func (g *bimatrix) pivot(side, enter, width int) int {
	g.pivots++
	cells, basis := g.cells[side], g.basis[side]
	at := -1
	for r := range basis {
		if a := cells[r*width+enter]; a > 1e-11 && (at < 0 || g.before(side, r, at, enter, width)) {
			at = r
		}
	}
	if at < 0 {
		return -1
	}
	line := cells[at*width : (at+1)*width]
	scale := 1 / line[enter]
	for k := range line {
		line[k] *= scale
	}
	for r := range basis {
		if r == at {
			continue
		}
		other := cells[r*width : (r+1)*width]
		if f := other[enter]; f != 0 {
			for k := range other {
				other[k] -= f * line[k]
			}
			other[enter] = 0
		}
	}
	leave := basis[at]
	basis[at] = enter
	return leave
}

// before reports that row r leaves rather than row s: the lower ratio, and of equal ones
// that of the first slack in which they differ.
func (g *bimatrix) before(side, r, s, enter, width int) bool {
	cells := g.cells[side]
	a, b := cells[r*width+enter], cells[s*width+enter]
	const same = 1e-13
	x, y := cells[r*width+width-1]/a, cells[s*width+width-1]/b
	if d := x - y; math.Abs(d) > same*(math.Abs(x)+math.Abs(y)) {
		return d < 0
	}
	slack := 0 // of the row agent's tableau: the column agent's labels
	if side == 0 {
		slack = width - 1 - len(g.basis[0])
	}
	for k := range len(g.basis[side]) {
		x, y := cells[r*width+slack+k]/a, cells[s*width+slack+k]/b
		if d := x - y; math.Abs(d) > same*(math.Abs(x)+math.Abs(y)) {
			return d < 0
		}
	}
	return false
}

// read writes what an agent plays, whose labels start at first.
func (g *bimatrix) read(side, first int, plan []float64) {
	clear(plan)
	width := len(g.cells[side]) / len(g.basis[side])
	for r, label := range g.basis[side] {
		if k := label - first; k >= 0 && k < len(plan) {
			plan[k] = g.cells[side][r*width+width-1]
		}
	}
}
