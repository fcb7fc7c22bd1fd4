package optimize

import "math"

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
	return d, multipliers, true
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
