package private

import "math"

// anderson accelerates a fixed-point iteration x <- x + f(x): of the last steps it takes the
// combination whose residuals nearly cancel (Anderson 1965; Walker, Ni 2011).
type anderson struct {
	depth  int
	dx, df [][]float64 // the last differences of iterates and residuals
	x, f   []float64   // the last iterate
	out    []float64
	at     int
	count  int
}

func newAnderson(size, depth int) *anderson {
	a := &anderson{depth: depth, x: make([]float64, size), f: make([]float64, size), out: make([]float64, size)}
	for range depth {
		a.dx = append(a.dx, make([]float64, size))
		a.df = append(a.df, make([]float64, size))
	}
	return a
}

// reset forgets the past.
func (a *anderson) reset() { a.at, a.count = 0, 0 }

// next is the next iterate from x and its residual f, at the given damping. The slice is
// reused.
func (a *anderson) next(x, f []float64, damp float64) []float64 {
	m := 0
	if a.count > 0 {
		k := a.at % a.depth
		for i := range x {
			a.dx[k][i], a.df[k][i] = x[i]-a.x[i], f[i]-a.f[i]
		}
		a.at++
		m = min(a.at, a.depth)
	}
	a.count++
	copy(a.x, x)
	copy(a.f, f)
	for i := range x {
		a.out[i] = x[i] + damp*f[i]
	}
	if m == 0 {
		return a.out
	}
	// min |f - dF g|: normal equations with a little ridge, by elimination.
	g := make([]float64, m)
	matrix := make([][]float64, m)
	for i := range matrix {
		matrix[i] = make([]float64, m+1)
		for j := range m {
			matrix[i][j] = dot(a.df[i], a.df[j])
		}
		matrix[i][i] *= 1 + 1e-12
		matrix[i][m] = dot(a.df[i], f)
	}
	for i := range m {
		p := i
		for r := i + 1; r < m; r++ {
			if math.Abs(matrix[r][i]) > math.Abs(matrix[p][i]) {
				p = r
			}
		}
		matrix[i], matrix[p] = matrix[p], matrix[i]
		if !(math.Abs(matrix[i][i]) > 0) {
			return a.out
		}
		for r := i + 1; r < m; r++ {
			w := matrix[r][i] / matrix[i][i]
			for k := i; k <= m; k++ {
				matrix[r][k] -= w * matrix[i][k]
			}
		}
	}
	for i := m - 1; i >= 0; i-- {
		g[i] = matrix[i][m]
		for k := i + 1; k < m; k++ {
			g[i] -= matrix[i][k] * g[k]
		}
		g[i] /= matrix[i][i]
	}
	for k := range m {
		if math.IsNaN(g[k]) || math.Abs(g[k]) > 1e6 {
			return a.out
		}
	}
	for k := range m {
		for i := range x {
			a.out[i] -= g[k] * (a.dx[k][i] + damp*a.df[k][i])
		}
	}
	return a.out
}

func dot(a, b []float64) float64 {
	sum := 0.0
	for i := range a {
		sum += a[i] * b[i]
	}
	return sum
}
