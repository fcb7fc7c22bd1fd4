package optimize

import (
	"math"
	"testing"
)

// designValues, designAxes: six agents, a contest with an exponent, a share of the
// reward taken by the protocol at concealment cost psi = 2, an entry fee.
var designValues = []float64{1, 0.8, 0.7, 0.6, 0.5, 0.4}

var designAxes = []Axis{{From: 0.2, To: 1}, {From: 0, To: 0.9}, {From: 0, To: 0.05}}

// shares solves sum_i s_i(A) = 1 with rho v_i (s A)^(1-1/rho) (1-s) = A (Cornes, Hartley
// 2005), in logarithms y = log s, a = log A, for 0 < rho <= 1: Newton inside bisection.
func shares(v []float64, rho float64) []float64 {
	s := make([]float64, len(v))
	one := func(w, a float64) float64 {
		if rho == 1 {
			return math.Max(0, 1-math.Exp(a)/w)
		}
		lo, hi := -700.0, 0.0
		y := -1.0
		for range 60 {
			h := math.Log(rho*w) + math.Log1p(-math.Exp(y)) - a/rho - (1/rho-1)*y
			if h > 0 {
				lo = y
			} else {
				hi = y
			}
			next := y + h/(math.Exp(y)/(1-math.Exp(y))+1/rho-1)
			if !(next > lo && next < hi) {
				next = (lo + hi) / 2
			}
			if math.Abs(next-y) < 1e-15 {
				break
			}
			y = next
		}
		return math.Exp(y)
	}
	fill := func(a float64) float64 {
		sum := 0.0
		for i, w := range v {
			s[i] = one(w, a)
			sum += s[i]
		}
		return sum - 1
	}
	lo, hi := -60.0, 2.0
	flo, fhi := fill(lo), fill(hi)
	for k := range 200 {
		mid := (lo + hi) / 2
		if k%3 != 0 {
			mid = lo - flo*(hi-lo)/(fhi-flo)
		}
		if mid <= lo || mid >= hi {
			break
		}
		f := fill(mid)
		if math.Abs(f) < 1e-15 {
			break
		}
		if f > 0 {
			lo, flo = mid, f
		} else {
			hi, fhi = mid, f
		}
	}
	return s
}

// design is the design problem: revenue, subject to a largest share of at most 0.35 and
// a surplus of the agents of at least 0.05.
func design(x []float64) Result {
	rho, alpha, fee := x[0], x[1], x[2]
	const psi = 2
	k := 1 - alpha + alpha*alpha/(2*psi)
	for m := len(designValues); m >= 1; m-- {
		v := make([]float64, m)
		for i := range v {
			v[i] = k * designValues[i]
		}
		if m == 1 {
			return Result{Objective: fee, Slack: []float64{0.65, 0.05 - (v[0] - fee)}, Piece: 1, Margin: v[0] - fee}
		}
		s := shares(v, rho)
		revenue, surplus, largest, least := float64(m)*fee, 0.0, 0.0, math.Inf(1)
		for i, t := range s {
			cost := rho * v[i] * t * (1 - t)
			payoff := v[i]*t - cost
			revenue += cost + alpha*(1-alpha/psi)*t*designValues[i]
			surplus += payoff - fee
			largest = math.Max(largest, t)
			if t > 0 {
				least = math.Min(least, payoff)
			}
		}
		if least >= fee {
			return Result{Objective: revenue, Slack: []float64{largest - 0.35, 0.05 - surplus}, Piece: uint64(m), Margin: least - fee}
		}
	}
	return Result{}
}

func TestDesignTrace(t *testing.T) {
	best := 0.0
	for seed := uint64(1); seed <= 10; seed++ {
		o := solve(t, Problem{Axes: designAxes, Constraints: 2, Budget: 1000, Seed: seed}, design)
		p, ok := o.Best()
		t.Log(seed, o.Evaluations(), o.Why(), ok, p.X, p.Objective, p.Slack, p.Piece, p.Margin)
		best = math.Max(best, p.Objective)
	}
	for seed := uint64(1); seed <= 10; seed++ {
		o := solve(t, Problem{Axes: designAxes, Constraints: 2, Budget: 150, Seed: seed}, design)
		p, _ := o.Best()
		t.Log(seed, o.Evaluations(), o.Why(), p.X, p.Objective, 1-p.Objective/best, p.Slack, p.Piece, p.Margin, "at", p.ID)
		for c, n := range o.pursued {
			if o.reached[c] != nil {
				t.Log("    cell", c.piece, n, o.reached[c].Objective, o.reached[c].Violation, o.reached[c].ID)
			}
		}
	}
}
