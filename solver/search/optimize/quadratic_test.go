package optimize

import (
	"math"
	"math/rand/v2"
	"testing"
)

func TestQuadraticByHand(t *testing.T) {
	one := [][]float64{{2}}
	d, l, ok := quadratic(one, []float64{-4}, [][]float64{{1}}, []float64{1}, []float64{-5}, []float64{5})
	if !ok || math.Abs(d[0]-1) > 1e-12 || math.Abs(l[0]-2) > 1e-12 {
		t.Errorf("min (d-2)^2, d <= 1: %v, %v, %v", d, l, ok)
	}
	if _, _, ok = quadratic(one, []float64{0}, [][]float64{{1}, {-1}}, []float64{-2, -2}, []float64{-5}, []float64{5}); ok {
		t.Error("d <= -2 and d >= 2 at once")
	}
	if _, _, ok = quadratic(one, []float64{0}, [][]float64{{1}}, []float64{-6}, []float64{-5}, []float64{5}); ok {
		t.Error("d <= -6 in [-5, 5]")
	}
	if _, _, ok = quadratic([][]float64{{math.NaN()}}, []float64{0}, nil, nil, []float64{-1}, []float64{1}); ok {
		t.Error("a matrix that is not a number gave an answer")
	}
}

// TestQuadraticConditions checks the answer of random problems by the conditions that
// prove a convex optimum, and a refusal by sampling.
func TestQuadraticConditions(t *testing.T) {
	random := rand.New(rand.NewPCG(4, 2))
	solved, refused := 0, 0
	for range 400 {
		n, m := 1+random.IntN(4), random.IntN(6)
		B := make([][]float64, n)
		root := make([][]float64, n)
		for i := range B {
			B[i], root[i] = make([]float64, n), make([]float64, n)
			for j := range n {
				root[i][j] = random.NormFloat64()
			}
		}
		c, low, high := make([]float64, n), make([]float64, n), make([]float64, n)
		for i := range n {
			for j := range n {
				for k := range n {
					B[i][j] += root[i][k] * root[j][k]
				}
			}
			B[i][i] += 0.3
			c[i] = 3 * random.NormFloat64()
			low[i], high[i] = -random.Float64(), random.Float64()
		}
		A, b := make([][]float64, m), make([]float64, m)
		for k := range A {
			A[k] = make([]float64, n)
			for i := range n {
				A[k][i] = random.NormFloat64()
			}
			b[k] = random.NormFloat64()
		}
		d, l, ok := quadratic(B, c, A, b, low, high)
		if !ok {
			// Then no point of a fine random sample satisfies the rows with room.
			refused++
			for range 3000 {
				slack := math.Inf(1)
				x := make([]float64, n)
				for i := range x {
					x[i] = low[i] + (high[i]-low[i])*random.Float64()
				}
				for k := range A {
					s := b[k]
					for i := range x {
						s -= A[k][i] * x[i]
					}
					slack = math.Min(slack, s)
				}
				if slack > 1e-9 {
					t.Fatalf("refused, yet %v satisfies every row", x)
				}
			}
			continue
		}
		solved++
		// The conditions of Karush, Kuhn and Tucker, which prove a convex optimum.
		for i := range d {
			g := c[i]
			for j := range d {
				g += B[i][j] * d[j]
			}
			for k := range A {
				g += l[k] * A[k][i]
			}
			inside := d[i] > low[i]+1e-9 && d[i] < high[i]-1e-9
			switch {
			case d[i] < low[i] || d[i] > high[i]:
				t.Fatalf("outside the box: %v", d)
			case inside && math.Abs(g) > 1e-7, d[i] <= low[i]+1e-9 && g < -1e-7, d[i] >= high[i]-1e-9 && g > 1e-7:
				t.Fatalf("not stationary: %v in coordinate %d of %v", g, i, d)
			}
		}
		for k := range A {
			s := b[k]
			for i := range d {
				s -= A[k][i] * d[i]
			}
			if s < -1e-9 || l[k] < 0 || l[k]*s > 1e-7 {
				t.Fatalf("row %d: slack %v, multiplier %v", k, s, l[k])
			}
		}
	}
	if solved < 200 || refused < 20 {
		t.Errorf("%d solved and %d refused: the sample tells little", solved, refused)
	}
}
