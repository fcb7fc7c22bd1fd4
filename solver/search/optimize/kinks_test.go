package optimize

import (
	"math"
	"testing"
)

// oneD is a problem along one axis whose best point is known exactly.
type oneD struct {
	name        string
	axis        Axis
	constraints int
	f           func(x float64) Result
	at          float64
	// within is how near the answer must come; 0: exactly there.
	within float64
}

// threshold is the root of rho = 1 + (1/2)^rho (Nti 1999).
const threshold = 1.3833323479810615

var oneDimensional = []oneD{
	{name: "two regimes that meet in a kink", axis: Axis{From: 0.05, To: 3}, f: func(x float64) Result {
		if x <= threshold {
			return Result{Objective: x, Piece: 1, Margin: math.Inf(1)}
		}
		return Result{Objective: 2*threshold - x, Piece: 2, Margin: math.Inf(1)}
	}, at: threshold, within: 1e-12},
	{name: "a kink inside one piece", axis: Axis{From: 0.05, To: 3}, f: func(x float64) Result {
		return smooth(-math.Abs(x - math.Sqrt2))
	}, at: math.Sqrt2, within: 1e-12},
	{name: "a jump at the last point of a piece", axis: Axis{From: 0, To: 40}, f: func(x float64) Result {
		if x <= 30 {
			return Result{Objective: x, Piece: 1, Margin: math.Inf(1)}
		}
		return Result{Objective: 0, Piece: 2, Margin: math.Inf(1)}
	}, at: 30},
	{name: "the same, with the distance told", axis: Axis{From: 0, To: 40}, f: func(x float64) Result {
		if x <= 30 {
			return Result{Objective: x, Piece: 1, Margin: 30 - x}
		}
		return Result{Objective: 0, Piece: 2, Margin: x - 30}
	}, at: 30},
	{name: "the last point is no decimal", axis: Axis{From: 0, To: 1}, f: func(x float64) Result {
		if x <= 1.0/3 {
			return Result{Objective: x, Piece: 1, Margin: math.Inf(1)}
		}
		return Result{Objective: x / 10, Piece: 2, Margin: math.Inf(1)}
	}, at: 1.0 / 3},
	{name: "a one-sided gain that falls to 0 at 1, objective falling", axis: Axis{From: 0.1, To: 4}, constraints: 1, f: func(x float64) Result {
		return smooth(1/(1+x*x), math.Max(0, 0.7*(1-x)))
	}, at: 1},
	{name: "a one-sided gain from 1 on, objective rising", axis: Axis{From: 0.1, To: 4}, constraints: 1, f: func(x float64) Result {
		return smooth(10*x/11, math.Max(0, math.Pow(x, 1.5)-1))
	}, at: 1},
	{name: "a gain that leaves 0 along a tangent", axis: Axis{From: 0.1, To: 4}, constraints: 1, f: func(x float64) Result {
		return smooth(x, math.Pow(math.Max(0, x-1), 2))
	}, at: 1},
	{name: "a gain less its tolerance", axis: Axis{From: 0.1, To: 4}, constraints: 1, f: func(x float64) Result {
		return smooth(-x, math.Max(0, 0.3*(1-x))-1e-9)
	}, at: 1},
	{name: "a signed slack", axis: Axis{From: 0, To: 2}, constraints: 1, f: func(x float64) Result {
		return smooth(x, x*x-2)
	}, at: math.Sqrt2, within: 1e-9},
	{name: "a smooth top", axis: Axis{From: -3, To: 5}, f: func(x float64) Result {
		return smooth(-math.Cosh(x - math.Ln2))
	}, at: math.Ln2, within: 2e-8},
	{name: "the lower corner", axis: Axis{From: 0.25, To: 1}, f: func(x float64) Result { return smooth(-x) }, at: 0.25},
	{name: "the upper corner", axis: Axis{From: 0, To: 0.9}, f: func(x float64) Result { return smooth(math.Exp(x)) }, at: 0.9},
	{name: "a narrow second top", axis: Axis{From: 0, To: 1}, f: func(x float64) Result {
		return smooth(math.Max(1-math.Abs(x-0.3), 1.2-12*math.Abs(x-0.8)))
	}, at: 0.8, within: 1e-12},
	{name: "failures above the best point", axis: Axis{From: 0, To: 1}, f: func(x float64) Result {
		if x > 0.6180339887498949 {
			return smooth(math.NaN())
		}
		return smooth(x)
	}, at: 0.6180339887498949},
	// A lone agent against a phantom bid R spends 2 sqrt(R) - R while that pays; R = 0 and
	// R >= 4 are regimes of their own.
	{name: "a piece of one point at 0", axis: Axis{From: 0, To: 5}, f: func(x float64) Result {
		r := Result{Objective: math.Max(0, 2*math.Sqrt(x)-x), Piece: 1, Margin: math.Inf(1)}
		if x == 0 || x >= 4 {
			r.Piece = 2
		}
		return r
	}, at: 1, within: 2e-7},
	{name: "whole numbers", axis: Axis{From: 0, To: 1e6, Integer: true}, f: func(x float64) Result {
		return smooth(-math.Abs(x - 123456.4))
	}, at: 123456},
}

func TestOneDimension(t *testing.T) {
	for _, p := range oneDimensional {
		for seed := uint64(1); seed <= 8; seed++ {
			o := solve(t, Problem{Axes: []Axis{p.axis}, Constraints: p.constraints, Seed: seed},
				func(x []float64) Result { return p.f(x[0]) })
			best, ok := o.Best()
			if !ok || !(math.Abs(best.X[0]-p.at) <= p.within) {
				t.Errorf("%s, seed %d: best at %v (%v), want %v; %d evaluations, %s", p.name, seed, best.X, ok, p.at, o.Evaluations(), o.Why())
			}
			if seed == 1 {
				t.Logf("%s: %d evaluations, %s", p.name, o.Evaluations(), o.Why())
			}
		}
	}
}

// TestKinksInTwoDimensions: one-sided gains and absolute values, which have no smooth side
// to come from.
func TestKinksInTwoDimensions(t *testing.T) {
	for _, p := range []struct {
		name   string
		axes   []Axis
		f      func(x, y float64) Result
		at     []float64
		within []float64
	}{
		{"a gain that falls to 0 at 1, objective falling", []Axis{{From: 0.1, To: 4}, {From: 0, To: 0.9}}, func(x, y float64) Result {
			return smooth(1/(1+x*x)-math.Pow(y-0.37, 2)*(1+x), math.Max(0, (0.7+y)*(1-x)))
		}, []float64{1, 0.37}, []float64{0, 1e-5}},
		{"a gain from 1 on, objective rising", []Axis{{From: 0.1, To: 4}, {From: 0, To: 0.9}}, func(x, y float64) Result {
			return smooth(x-math.Pow(y-0.37, 2)*(1+x), math.Max(0, (0.7+y)*(x-1)))
		}, []float64{1, 0.37}, []float64{0, 1e-5}},
		// The same with most of the tolerance taken away everywhere.
		{"a flat gain just within the tolerance", []Axis{{From: 0.1, To: 4}, {From: 0, To: 0.9}}, func(x, y float64) Result {
			return smooth(1/(1+x*x)-math.Pow(y-0.37, 2)*(1+x), math.Max(0, (0.7+y)*(1-x))+0.99e-9)
		}, []float64{1, 0.37}, []float64{0, 1e-5}},
		{"a smooth top where a flat gain is just within the tolerance", []Axis{{From: 0.1, To: 4}, {From: 0, To: 0.9}}, func(x, y float64) Result {
			return smooth(-math.Pow(x-2.3, 2)-math.Pow(y-0.37, 2)*(1+x), math.Max(0, (0.7+y)*(1-x))+0.99e-9)
		}, []float64{2.3, 0.37}, []float64{1e-5, 1e-5}},
		// x y subject to y = 1 - x^2.
		{"an equality as an absolute value", box(2, 0, 2), func(x, y float64) Result {
			return smooth(x*y, math.Abs(x*x+y-1))
		}, []float64{1 / math.Sqrt(3), 2.0 / 3}, []float64{1e-4, 1e-4}},
	} {
		for seed := uint64(1); seed <= 6; seed++ {
			o := solve(t, Problem{Axes: p.axes, Constraints: 1, Seed: seed}, func(x []float64) Result { return p.f(x[0], x[1]) })
			best, ok := o.Best()
			for i := range p.at {
				if !ok || !(math.Abs(best.X[i]-p.at[i]) <= p.within[i]) {
					t.Errorf("%s, seed %d: best at %v (%v), want %v; %d evaluations", p.name, seed, best.X, ok, p.at, o.Evaluations())
					break
				}
			}
		}
	}
}
