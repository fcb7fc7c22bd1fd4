package optimize

import (
	"math"
	"slices"
	"testing"
)

func TestPointsAreStratified(t *testing.T) {
	const n, dims = 1 << 11, 300
	for _, seed := range []uint64{0, 1, 1 << 63, math.MaxUint64} {
		x := Points(n, dims, seed)
		for d := range dims {
			for k := 1; k <= n; k *= 2 {
				seen := make([]bool, k)
				for i := range k {
					v := x[i*dims+d]
					if !(v > 0 && v < 1) {
						t.Fatalf("seed %d: point %d of dimension %d is %v", seed, i, d, v)
					}
					cell := int(v * float64(k))
					if seen[cell] {
						t.Fatalf("seed %d: two of the first %d points of dimension %d in one of as many intervals", seed, k, d)
					}
					seen[cell] = true
				}
			}
		}
	}
}

// TestPointsAreANet: the first two dimensions of Sobol's sequence are a (0, 2)-sequence
// (Sobol 1967): each elementary rectangle of area 1/n holds one of n points.
func TestPointsAreANet(t *testing.T) {
	const bits = 10
	for seed := range uint64(5) {
		x := Points(1<<bits, 2, seed)
		for a := range bits + 1 {
			seen := make([]bool, 1<<bits)
			for i := range 1 << bits {
				cell := int(x[2*i]*float64(int(1)<<a))<<(bits-a) + int(x[2*i+1]*float64(int(1)<<(bits-a)))
				if seen[cell] {
					t.Fatalf("seed %d: a rectangle of sides 2^-%d, 2^-%d holds two points", seed, a, bits-a)
				}
				seen[cell] = true
			}
		}
	}
}

func TestPointsIntegrate(t *testing.T) {
	// The product of 1 + (x - 1/2) integrates to 1; plain sampling errs by about
	// sqrt((13/12)^6 - 1)/64 = 0.012 at 4096 points.
	const n, dims = 4096, 6
	mean := 0.0
	const seeds = 20
	worst := 0.0
	for seed := range uint64(seeds) {
		x := Points(n, dims, seed)
		sum := 0.0
		for i := range n {
			f := 1.0
			for _, v := range x[i*dims : (i+1)*dims] {
				f *= 1 + (v - 0.5)
			}
			sum += f
		}
		worst = math.Max(worst, math.Abs(sum/n-1))
		mean += (sum/n - 1) / seeds
	}
	if worst > 6e-4 || math.Abs(mean) > 1e-4 {
		t.Errorf("worst error %g, mean error %g", worst, mean)
	}
}

func TestPointsDomain(t *testing.T) {
	for _, bad := range [][2]int{{0, 1}, {-1, 2}, {1<<20 + 1, 1}, {1, 0}, {1, -3}, {1, 21200}, {1 << 20, 1000}, {math.MaxInt, math.MaxInt}} {
		if Points(bad[0], bad[1], 1) != nil {
			t.Errorf("n = %d, dims = %d gave points", bad[0], bad[1])
		}
	}
	if x := Points(2, 21199, 1); len(x) != 2*21199 || slices.Min(x) <= 0 || slices.Max(x) >= 1 {
		t.Error("the largest dimension")
	}
	if x := Points(1, 1, 1); len(x) != 1 {
		t.Error("one point")
	}
	large := Points(1<<20, 1, 7)
	slices.Sort(large)
	for i, v := range large {
		if int(v*(1<<20)) != i {
			t.Fatalf("the %d-th of 2^20 points is %v", i, v)
		}
	}
}

func TestPointsSeed(t *testing.T) {
	a, b, c := Points(64, 3, 1), Points(64, 3, 1), Points(64, 3, 2)
	if !slices.Equal(a, b) || slices.Equal(a, c) {
		t.Error("points are a function of the seed")
	}
	// A prefix is a prefix.
	if !slices.Equal(Points(40, 3, 1), a[:120]) {
		t.Error("fewer points are not the first ones")
	}
	// Dimensions are scrambled on their own.
	if a[0] == a[1] || a[1] == a[2] {
		t.Error("dimensions share a shift")
	}
}

func TestDirectionsAgreeWithTheSequence(t *testing.T) {
	// The first points of Joe and Kuo's sequence in three dimensions.
	v := directions(3, 3)
	want := [][]float64{{0.5, 0.5, 0.5}, {0.25, 0.75, 0.75}, {0.125, 0.625, 0.375}}
	for c, row := range want {
		for d, w := range row {
			if got := float64(v[c*3+d]) / (1 << 32); got != w {
				t.Errorf("direction %d of dimension %d: %v, want %v", c, d, got, w)
			}
		}
	}
}
