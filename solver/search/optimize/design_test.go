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

// designOptimum finds the optimum without the optimiser: for given exponent and burn share,
// and m participants, revenue rises in the fee, so the fee is the largest that the
// participants, the surplus and the axis allow; the other two are searched on a
// grid that is refined around its best points.
func designOptimum() (best float64, at []float64) {
	low, high := []float64{0.2, 0}, []float64{1, 0.9}
	n := 80
	for range 16 {
		best = math.Inf(-1)
		for i := range n + 1 {
			rho := math.Min(low[0]+(high[0]-low[0])*float64(i)/float64(n), 1)
			shared := make([][]float64, len(designValues)+1)
			for m := 2; m <= len(designValues); m++ {
				shared[m] = shares(designValues[:m], rho)
			}
			for j := range n + 1 {
				alpha := math.Min(low[1]+(high[1]-low[1])*float64(j)/float64(n), 0.9)
				k := 1 - alpha + alpha*alpha/4
				entry := math.Inf(-1) // the fee must keep every larger set from entering
				for m := len(designValues); m >= 2; m-- {
					least, surplus := math.Inf(1), 0.0
					for a, s := range shared[m] {
						payoff := k * designValues[a] * (s - rho*s*(1-s))
						surplus += payoff
						if s > 0 {
							least = math.Min(least, payoff)
						}
					}
					fee := math.Min(math.Min(0.05, least*(1-1e-13)), (surplus-0.05)/float64(m))
					if fee >= 0 && fee > entry {
						revenue, largest := float64(m)*fee, 0.0
						for a, s := range shared[m] {
							revenue += designValues[a] * (k*rho*s*(1-s) + alpha*(1-alpha/2)*s)
							largest = math.Max(largest, s)
						}
						if revenue > best && largest <= 0.35 {
							best, at = revenue, []float64{rho, alpha, fee}
						}
					}
					entry = math.Max(entry, least)
				}
			}
		}
		for d, v := range at[:2] {
			width := (high[d] - low[d]) * 0.25
			low[d], high[d] = math.Max(v-width, []float64{0.2, 0}[d]), math.Min(v+width, []float64{1, 0.9}[d])
		}
		n = 16
	}
	return best, at
}

// TestDesignProblem: within 0.01 % of the optimum in at most 150 evaluations from every
// seed; the differences for derivatives count.
func TestDesignProblem(t *testing.T) {
	optimum, at := designOptimum()
	t.Logf("optimum %.10f at %v", optimum, at)
	for seed := uint64(1); seed <= 10; seed++ {
		o := solve(t, Problem{Axes: designAxes, Constraints: 2, Budget: 150, Seed: seed}, design)
		best, ok := o.Best()
		if !ok || best.Objective < optimum*(1-1e-4) {
			t.Errorf("seed %d: %v at %v after %d, want %v", seed, best.Objective, best.X, o.Evaluations(), optimum)
		}
		if best.Objective > optimum*(1+1e-7) || best.Violation > 1e-9 {
			t.Errorf("seed %d: %.12g beats the optimum %.12g, violation %g", seed, best.Objective, optimum, best.Violation)
		}
		for _, p := range o.points {
			if p.Feasible && p.Objective >= optimum*(1-1e-4) {
				t.Logf("seed %d: within 0.01 %% after %d evaluations; at %d: %.10f", seed, p.ID+1, o.Evaluations(), best.Objective)
				break
			}
		}
	}
	// With the default budget the answer is exact.
	o := solve(t, Problem{Axes: designAxes, Constraints: 2, Seed: 11}, design)
	if best, _ := o.Best(); math.Abs(best.Objective-optimum) > 1e-7 {
		t.Errorf("%.12g after %d, want %.12g", best.Objective, o.Evaluations(), optimum)
	}
}
