package optimize

import (
	"math"

	"gonum.org/v1/gonum/mat"
)

// quadratic solves  min 1/2 d'Bd + c'd  subject to  A d <= b, low <= d <= high,
// with B positive semidefinite, by Lemke's complementary pivoting (Cottle, Pang, Stone
// 1992, section 4.4) on its first-order conditions
//
//	w = q + M z >= 0, z >= 0, w'z = 0, M = [B A'; -A 0], d = low + z.
//
// It returns d and the multipliers of the rows of A; ok is false where the
// constraints contradict each other. Value: min (d-2)^2 with d <= 1 is d = 1,
// multiplier 2.
func quadratic(B [][]float64, c []float64, A [][]float64, b, low, high []float64) (d, multipliers []float64, ok bool) {
	t := newTableau(B, c, A, b, low, high)
	if !t.solve() {
		return nil, nil, false
	}
	n, m := len(c), len(A)
	d = append([]float64(nil), low...)
	multipliers = make([]float64, m)
	for i, v := range t.basis {
		z := v - t.size
		switch x := t.right(i); {
		case math.IsNaN(x) || z == t.size && x > 1e-9:
			return nil, nil, false
		case z >= 0 && z < n:
			d[z] = math.Min(math.Max(low[z]+x, low[z]), high[z])
		case z >= n && z < n+m:
			multipliers[z-n] = math.Max(x, 0)
		}
	}
	refine(B, c, A, b, low, high, d, multipliers)
	return d, multipliers, true
}

// tableau is that of complementary pivoting: columns for w, z, the artificial variable and the
// right-hand side.
type tableau struct {
	rows  [][]float64
	basis []int // the variable that each row gives
	size  int   // of w, and of z
}

// newTableau has w in the basis.
func newTableau(B [][]float64, c []float64, A [][]float64, b, low, high []float64) *tableau {
	n, m := len(c), len(A)
	t := &tableau{size: n + m + n}
	size, width := t.size, 2*t.size+2
	t.rows, t.basis = make([][]float64, size), make([]int, size)
	cells := make([]float64, size*width)
	for i := range t.rows {
		t.rows[i] = cells[i*width : (i+1)*width]
		t.rows[i][i] = 1
		t.rows[i][2*size] = -1
		t.basis[i] = i
	}
	right := width - 1
	for i := range n {
		q := c[i]
		for j := range n {
			t.rows[i][size+j] = -B[i][j]
			q += B[i][j] * low[j]
		}
		for k := range m {
			t.rows[i][size+n+k] = -A[k][i]
			t.rows[n+k][size+i] = A[k][i]
		}
		t.rows[i][size+n+m+i] = -1
		t.rows[n+m+i][size+i] = 1
		t.rows[n+m+i][right] = high[i] - low[i]
		t.rows[i][right] = q
	}
	for k := range m {
		q := b[k]
		for j := range n {
			q -= A[k][j] * low[j]
		}
		t.rows[n+k][right] = q
	}
	return t
}

// right is the right-hand side of a row.
func (t *tableau) right(row int) float64 { return t.rows[row][2*t.size+1] }

// solve pivots until the artificial variable has left the basis, where it remains if that takes too
// long; false means that there is no solution.
func (t *tableau) solve() bool {
	row := -1
	for i := range t.rows {
		if t.right(i) < 0 && (row < 0 || t.right(i) < t.right(row)) {
			row = i
		}
	}
	if row < 0 {
		return true
	}
	enter := 2 * t.size
	for range 50 * (t.size + 1) {
		left := t.basis[row]
		pivot(t.rows, row, enter)
		t.basis[row] = enter
		if left == 2*t.size {
			break
		}
		// The complement of what left comes in.
		if left < t.size {
			enter = left + t.size
		} else {
			enter = left - t.size
		}
		if row = t.leaves(enter); row < 0 {
			return false
		}
	}
	return true
}

// leaves is the row whose variable leaves the basis for the one that enters, -1 if none does. Ties:
// the artificial variable leaves first, then the larger pivot.
func (t *tableau) leaves(enter int) int {
	row, least := -1, math.Inf(1)
	for i, r := range t.rows {
		if r[enter] <= 1e-11 {
			continue
		}
		ratio := math.Max(t.right(i), 0) / r[enter]
		switch {
		case row < 0 || ratio < least-1e-13*(1+least):
			row, least = i, ratio
		case ratio <= least+1e-13*(1+least) && t.basis[row] != 2*t.size &&
			(t.basis[i] == 2*t.size || r[enter] > t.rows[row][enter]):
			row, least = i, math.Min(least, ratio)
		}
	}
	return row
}

// pivot brings column enter into the basis in the given row.
func pivot(rows [][]float64, row, enter int) {
	p := rows[row]
	scale := 1 / p[enter]
	for j := range p {
		p[j] *= scale
	}
	p[enter] = 1
	for i, r := range rows {
		f := r[enter]
		if i == row || f == 0 {
			continue
		}
		for j := range r {
			r[j] -= f * p[j]
		}
		r[enter] = 0
	}
}

// refine solves the conditions of the rows and bounds that bind once more, directly:
// pivoting loses digits that feasibility to the last digits needs. It leaves d alone
// where that gives no number or another vertex.
func refine(B [][]float64, c []float64, A [][]float64, b, low, high, d, multipliers []float64) {
	var free, binding []int
	for j := range d {
		if d[j] > low[j] && d[j] < high[j] {
			free = append(free, j)
		}
	}
	for k, l := range multipliers {
		if l > 0 {
			binding = append(binding, k)
		}
	}
	n, m := len(free), len(binding)
	if n == 0 || m == 0 || m > n {
		return
	}
	system, right := mat.NewDense(n+m, n+m, nil), mat.NewVecDense(n+m, nil)
	for r, i := range free {
		rhs := -c[i]
		for j := range d {
			rhs -= B[i][j] * d[j]
		}
		for s, j := range free {
			system.Set(r, s, B[i][j])
		}
		for s, k := range binding {
			system.Set(r, n+s, A[k][i])
			system.Set(n+s, r, A[k][i])
		}
		right.SetVec(r, rhs)
	}
	for s, k := range binding {
		rhs := b[k]
		for j := range d {
			rhs -= A[k][j] * d[j]
		}
		right.SetVec(n+s, rhs)
	}
	var move mat.VecDense
	if err := move.SolveVec(system, right); err != nil {
		return
	}
	for r, i := range free {
		v := d[i] + move.AtVec(r)
		if !(math.Abs(move.AtVec(r)) <= 1e-4*(high[i]-low[i])) || v < low[i] || v > high[i] {
			return
		}
	}
	for r, i := range free {
		d[i] += move.AtVec(r)
	}
}
