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
	n, m := len(c), len(A)
	size := n + m + n
	width := 2*size + 2 // w, z, the artificial variable, the right-hand side
	tableau := make([][]float64, size)
	cells := make([]float64, size*width)
	for i := range tableau {
		tableau[i] = cells[i*width : (i+1)*width]
		tableau[i][i] = 1
		tableau[i][2*size] = -1
	}
	rhs := 2*size + 1
	for i := range n {
		q := c[i]
		for j := range n {
			tableau[i][size+j] = -B[i][j]
			q += B[i][j] * low[j]
		}
		for k := range m {
			tableau[i][size+n+k] = -A[k][i]
			tableau[n+k][size+i] = A[k][i]
		}
		tableau[i][size+n+m+i] = -1
		tableau[n+m+i][size+i] = 1
		tableau[n+m+i][rhs] = high[i] - low[i]
		tableau[i][rhs] = q
	}
	for k := range m {
		q := b[k]
		for j := range n {
			q -= A[k][j] * low[j]
		}
		tableau[n+k][rhs] = q
	}
	basis := make([]int, size)
	for i := range basis {
		basis[i] = i
	}
	row := -1
	for i := range size {
		if tableau[i][rhs] < 0 && (row < 0 || tableau[i][rhs] < tableau[row][rhs]) {
			row = i
		}
	}
	if row >= 0 {
		enter := 2 * size
		for range 50 * (size + 1) {
			left := basis[row]
			pivot(tableau, row, enter)
			basis[row] = enter
			if left == 2*size {
				break
			}
			// The complement of what left comes in.
			if left < size {
				enter = left + size
			} else {
				enter = left - size
			}
			row = -1
			least := math.Inf(1)
			for i := range size {
				if tableau[i][enter] <= 1e-11 {
					continue
				}
				ratio := math.Max(tableau[i][rhs], 0) / tableau[i][enter]
				// Ties: the artificial variable leaves first, then the larger pivot.
				switch {
				case row < 0 || ratio < least-1e-13*(1+least):
					row, least = i, ratio
				case ratio <= least+1e-13*(1+least) && basis[row] != 2*size &&
					(basis[i] == 2*size || tableau[i][enter] > tableau[row][enter]):
					row, least = i, math.Min(least, ratio)
				}
			}
			if row < 0 {
				return nil, nil, false
			}
		}
	}
	d = append([]float64(nil), low...)
	multipliers = make([]float64, m)
	for i, v := range basis {
		switch x := tableau[i][rhs]; {
		case math.IsNaN(x) || v == 2*size && x > 1e-9:
			return nil, nil, false
		case v >= size && v < size+n:
			d[v-size] = math.Min(math.Max(low[v-size]+x, low[v-size]), high[v-size])
		case v >= size+n && v < size+n+m:
			multipliers[v-size-n] = math.Max(x, 0)
		}
	}
	refine(B, c, A, b, low, high, d, multipliers)
	return d, multipliers, true
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

// pivot brings column enter into the basis in the given row.
func pivot(tableau [][]float64, row, enter int) {
	p := tableau[row]
	scale := 1 / p[enter]
	for j := range p {
		p[j] *= scale
	}
	p[enter] = 1
	for i, r := range tableau {
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
