package optimize

import (
	"math"
	"testing"
)

// problem is a test problem with its known answer.
type problem struct {
	name        string
	axes        []Axis
	constraints int
	f           func(x []float64) Result
	// best is the known maximum of the objective, within relative tolerance tol, for
	// every seed 1..5 with budget evaluations.
	best, tol float64
	budget    int
}

func box(n int, from, to float64) []Axis {
	axes := make([]Axis, n)
	for i := range axes {
		axes[i] = Axis{From: from, To: to}
	}
	return axes
}

// weldedBeam is the design of Rao (1996) in the form of Coello (2000), x = (h, l, t, b);
// best known cost 1.724852 (He, Prempain, Wu 2004).
func weldedBeam(x []float64) Result {
	const load, length, e, g = 6000.0, 14.0, 30e6, 12e6
	h, l, t, b := x[0], x[1], x[2], x[3]
	m := load * (length + l/2)
	r := math.Sqrt(l*l/4 + (h+t)*(h+t)/4)
	j := 2 * math.Sqrt2 * h * l * (l*l/12 + (h+t)*(h+t)/4)
	t1 := load / (math.Sqrt2 * h * l)
	t2 := m * r / j
	tau := math.Sqrt(t1*t1 + t1*t2*l/r + t2*t2)
	sigma := 6 * load * length / (b * t * t)
	delta := 4 * load * length * length * length / (e * t * t * t * b)
	buckle := 4.013 * e * math.Sqrt(t*t*math.Pow(b, 6)/36) / (length * length) * (1 - t/(2*length)*math.Sqrt(e/(4*g)))
	return smooth(-(1.10471*h*h*l + 0.04811*t*b*(14+l)),
		tau/13600-1, sigma/30000-1, h-b, 0.10471*h*h+0.04811*t*b*(14+l)-5, 0.125-h, delta/0.25-1, 1-buckle/load)
}

var problems = []problem{
	{name: "welded beam", axes: []Axis{{From: 0.1, To: 2}, {From: 0.1, To: 10}, {From: 0.1, To: 10}, {From: 0.1, To: 2}},
		constraints: 7, f: weldedBeam, best: -1.724852, tol: 1e-6, budget: 1000},
	// Floudas, Pardalos (1990), problem 3.4 (G06).
	{name: "G06", axes: []Axis{{From: 13, To: 100}, {From: 0, To: 100}}, constraints: 2, f: func(x []float64) Result {
		a, b := x[0], x[1]
		return smooth(-(math.Pow(a-10, 3) + math.Pow(b-20, 3)),
			100-(a-5)*(a-5)-(b-5)*(b-5), (a-6)*(a-6)+(b-5)*(b-5)-82.81)
	}, best: 6961.81387558015, tol: 1e-9, budget: 400},
	// Hock, Schittkowski (1981), problem 71: one inequality, and an equality as two
	// slacks.
	{name: "HS71", axes: box(4, 1, 5), constraints: 3, f: func(x []float64) Result {
		h := x[0]*x[0] + x[1]*x[1] + x[2]*x[2] + x[3]*x[3] - 40
		return smooth(-(x[0]*x[3]*(x[0]+x[1]+x[2]) + x[2]), 25-x[0]*x[1]*x[2]*x[3], h, -h)
	}, best: -17.0140172891563, tol: 1e-6, budget: 600},
	// Rosenbrock in the disk x^2 + y^2 <= 2: the optimum (1, 1) lies on its edge.
	{name: "Rosenbrock in a disk", axes: box(2, -1.5, 1.5), constraints: 1, f: func(x []float64) Result {
		return smooth(-(1-x[0])*(1-x[0])-100*math.Pow(x[1]-x[0]*x[0], 2), x[0]*x[0]+x[1]*x[1]-2)
	}, best: 0, tol: 1e-6, budget: 500},
	// Hock, Schittkowski (1981), problem 43 (Rosen, Suzuki).
	{name: "HS43", axes: box(4, -3, 3), constraints: 3, f: func(x []float64) Result {
		a, b, c, d := x[0], x[1], x[2], x[3]
		return smooth(-(a*a + b*b + 2*c*c + d*d - 5*a - 5*b - 21*c + 7*d),
			a*a+b*b+c*c+d*d+a-b+c-d-8, a*a+2*b*b+c*c+2*d*d-a-d-10, 2*a*a+b*b+c*c+2*a-b-d-5)
	}, best: 44, tol: 1e-8, budget: 400},
	// A corner.
	{name: "linear in six", axes: box(6, 0, 1), f: func(x []float64) Result {
		return smooth(x[0] - x[1] + 2*x[2] - x[3]/2 + x[4] + x[5])
	}, best: 5, tol: 0, budget: 400},
	{name: "two integers", axes: []Axis{{From: 0, To: 30, Integer: true}, {From: -0.5, To: 20.5, Integer: true}},
		f: func(x []float64) Result {
			return smooth(-(x[0]-17)*(x[0]-17) - (x[1]-4)*(x[1]-4) - (x[0]-17)*(x[1]-4))
		}, best: 0, tol: 0, budget: 300},
	{name: "an integer and a number", axes: []Axis{{From: 1, To: 9, Integer: true}, {From: 0, To: 4}},
		f: func(x []float64) Result {
			return smooth(-math.Pow(x[0]-6.2, 2) - math.Pow(x[1]-x[0]/4, 2))
		}, best: -0.04, tol: 1e-9, budget: 300},
	// The two sides of a jump along a curve; the best point is the end of the left piece.
	{name: "a jump in two dimensions", axes: box(2, 0, 1), f: func(x []float64) Result {
		m := 0.8 - x[0] - 0.3*x[1]*x[1]
		if m >= 0 {
			return Result{Objective: 2*x[0] - math.Pow(x[1]-0.5, 2), Piece: 1, Margin: m}
		}
		return Result{Objective: x[0] - math.Pow(x[1]-0.5, 2), Piece: 2, Margin: -m}
	}, best: jumpBest(), tol: 1e-9, budget: 300},
	// The same without being told the distance to the jump.
	{name: "a jump without a margin", axes: box(2, 0, 1), f: func(x []float64) Result {
		if x[0] <= 0.7 {
			return Result{Objective: 2*x[0] - math.Pow(x[1]-0.5, 2), Piece: 1, Margin: math.Inf(1)}
		}
		return Result{Objective: x[0] - math.Pow(x[1]-0.5, 2), Piece: 2, Margin: math.Inf(1)}
	}, best: 1.4, tol: 1e-9, budget: 300},
	// Half of the box is no number.
	{name: "a hole of NaN", axes: box(2, 0, 1), f: func(x []float64) Result {
		if x[0]+x[1] > 1.2 {
			return smooth(math.NaN())
		}
		return smooth(-math.Pow(x[0]-0.3, 2) - math.Pow(x[1]-0.6, 2))
	}, best: 0, tol: 1e-9, budget: 300},
}

// jumpBest is the maximum over y of 2 (0.8 - 0.3 y^2) - (y - 0.5)^2, at y = 0.5/1.6.
func jumpBest() float64 {
	y := 0.5 / 1.6
	return 2*(0.8-0.3*y*y) - (y-0.5)*(y-0.5)
}

func TestProblems(t *testing.T) {
	for _, p := range problems {
		for seed := uint64(1); seed <= 5; seed++ {
			o := solve(t, Problem{Axes: p.axes, Constraints: p.constraints, Budget: p.budget, Seed: seed}, p.f)
			best, ok := o.Best()
			if !ok {
				least, _ := o.Least()
				t.Errorf("%s, seed %d: nothing feasible, least violation %v at %v", p.name, seed, least.Violation, least.X)
				continue
			}
			if gap := p.best - best.Objective; gap > p.tol*math.Max(1, math.Abs(p.best)) || -gap > 1e-6*math.Max(1, math.Abs(p.best)) {
				t.Errorf("%s, seed %d: %.12g at %v after %d (%s), want %.12g", p.name, seed, best.Objective, best.X, o.Evaluations(), o.Why(), p.best)
			}
			if best.Violation > 1e-9 {
				t.Errorf("%s, seed %d: violation %g", p.name, seed, best.Violation)
			}
			t.Logf("%s, seed %d: %.12g after %d (%s), found at %d", p.name, seed, best.Objective, o.Evaluations(), o.Why(), best.ID)
		}
	}
}

// TestRounding: answers survive objectives and slacks whose last digits are rounding
// errors, as those of an iterative solver are.
func TestRounding(t *testing.T) {
	for _, p := range problems {
		for _, size := range []float64{1e-13, 1e-11} {
			o := solve(t, Problem{Axes: p.axes, Constraints: p.constraints, Budget: p.budget, Seed: 1}, func(x []float64) Result {
				r := p.f(x)
				h := uint64(1)
				for _, v := range x {
					h = mixed(h ^ math.Float64bits(v))
				}
				noise := size * (float64(h>>11)/(1<<52) - 1)
				r.Objective += noise * math.Max(1, math.Abs(p.best))
				for k := range r.Slack {
					r.Slack[k] += noise
				}
				return r
			})
			best, ok := o.Best()
			if gap := p.best - best.Objective; !ok || gap > 1e-6*math.Max(1, math.Abs(p.best)) {
				t.Errorf("%s, rounding %g: %v, %v, want %v", p.name, size, best.Objective, ok, p.best)
			}
		}
	}
}
