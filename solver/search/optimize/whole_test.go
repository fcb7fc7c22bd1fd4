package optimize

import (
	"math"
	"math/rand/v2"
	"testing"
)

// whole is a random problem of two numbers and a whole number under one constraint, in one
// piece or in two with a jump or a kink where they meet, at a place that moves with the
// whole number.
func whole(rng *rand.Rand) ([]Axis, func(x []float64) Result) {
	between := func(low, high float64) float64 { return low + (high-low)*rng.Float64() }
	top := []float64{4, 8, 16, 32}[rng.IntN(4)]
	slopes := [3]float64{between(0.5, 2), between(-1, 2), between(-0.6, 0.6)}
	bends := [3]float64{between(0, 0.5), between(0, 1), between(0, 0.5)}
	cross := between(-0.3, 0.3)
	slack := [5]float64{between(-2, -0.5), between(0.3, 1.5), between(-1, 1), between(-1, 1), between(0, 0.5)}
	end := [3]float64{between(0.8, 2.5), between(-1, 1), between(-0.5, 0.5)}
	jump, pieces := between(-0.5, 0.3), rng.IntN(3)
	return []Axis{{From: 0.1, To: 3}, {From: 0, To: 0.9}, {From: 0, To: top, Integer: true}}, func(x []float64) Result {
		a, b, c := x[0], x[1], x[2]/top
		r := smooth(
			slopes[0]*a+slopes[1]*b+slopes[2]*c+cross*a*c-bends[0]*a*a-bends[1]*(b-0.3)*(b-0.3)-bends[2]*(c-0.5)*(c-0.5),
			slack[0]+slack[1]*a+slack[2]*b+slack[3]*c+slack[4]*a*a*b)
		if pieces == 0 {
			return r
		}
		m := end[0] - a + end[1]*c + end[2]*b
		if r.Piece, r.Margin = 1, math.Abs(m); m < 0 {
			r.Piece = 2
			r.Objective += jump + 0.8*m
			if pieces == 2 {
				r.Slack[0] += 0.3
			}
		}
		return r
	}
}

// TestWholeNumbersBesideConstraintsAndEnds: where a constraint or the end of a piece decides,
// another whole number pays only once the other coordinates have followed. The reference
// searches at every whole number apart.
func TestWholeNumbersBesideConstraintsAndEnds(t *testing.T) {
	rng := rand.New(rand.NewPCG(78, 1))
	search := func(axes []Axis, budget int, seed uint64, f func([]float64) Result) float64 {
		best, ok := solve(t, Problem{Axes: axes, Constraints: 1, Budget: budget, Seed: seed}, f).Best()
		if !ok {
			return math.Inf(-1)
		}
		return best.Objective
	}
	missed, total := 0, 0
	for k := range 40 {
		axes, f := whole(rng)
		want := math.Inf(-1)
		for level := 0.0; level <= axes[2].To; level++ {
			fixed := append([]Axis(nil), axes...)
			fixed[2].From, fixed[2].To = level, level
			want = math.Max(want, search(fixed, 400, 1, f))
		}
		if math.IsInf(want, -1) {
			continue
		}
		for seed := range uint64(3) {
			total++
			if got := search(axes, 400, seed, f); got < want-1e-7*(1+math.Abs(want)) {
				missed++
				t.Logf("problem %d, seed %d: %.9g, want %.9g", k, seed, got, want)
			}
		}
	}
	if missed > total/20 {
		t.Errorf("%d of %d answers are not the best", missed, total)
	}
}
