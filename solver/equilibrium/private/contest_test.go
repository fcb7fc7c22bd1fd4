package private_test

import (
	"math"
	"math/rand/v2"
	"testing"

	"allot/mechanisms"
	"allot/mechanisms/distributions"
	"allot/solver/certify"
	certificate "allot/solver/certify/private"
	"allot/solver/equilibrium"
	"allot/solver/equilibrium/private"
)

// contested solves and certifies a contest.
func contested(t testing.TB, rule mechanisms.Ratio, values []dist, tol float64) *private.Equilibrium {
	t.Helper()
	m := must[mechanisms.Contest](t)(mechanisms.NewContest(rule))
	eq, err := private.Solver{}.Solve(m, values)
	if err != nil || eq.Status != equilibrium.Converged {
		t.Fatalf("%+v: %v: %v %s: %s", rule, err, eq.Status, eq.Method, eq.Reason)
	}
	c := certificate.Contest(m, values, eq.Curves)
	if c.Standing != certify.Certified || !(c.Epsilon <= tol*eq.Highest) {
		t.Errorf("%+v: %s: epsilon %.3g of E max v, agent %d at %g: %s", rule, c.Standing, c.Epsilon/eq.Highest, c.Agent, c.Signal, c.Reason)
	}
	sold := eq.Account.Unsold
	for _, w := range eq.Account.Win {
		sold += w
	}
	near(t, "shares", sold, 1, 1e-7)
	near(t, "welfare", eq.Account.Revenue()+eq.Account.Surplus(), eq.Account.Welfare, 1e-9*eq.Highest)
	return eq
}

// Known values: the contest of complete information, t_i = 1 - X/v_i, X = (m-1)/sum 1/v_j
// (Cornes, Hartley 2005; Nti 1999 for other exponents: a = rho k^rho v/(1+k^rho)^2 of both).
func TestContestKnownValues(t *testing.T) {
	eq := contested(t, mechanisms.Ratio{Exponent: 1}, []dist{mechanisms.Point(30), mechanisms.Point(20), mechanisms.Point(10)}, 1e-9)
	for i, want := range []float64{0.6, 0.4, 0} {
		near(t, "share", eq.Account.Win[i], want, 1e-9)
		near(t, "spend", eq.Account.Cost[i], 12*want, 1e-8)
	}
	for _, rho := range []float64{0.3, 0.7, 1} {
		eq := contested(t, mechanisms.Ratio{Exponent: rho}, []dist{mechanisms.Point(2), mechanisms.Point(1)}, 1e-8)
		k := math.Pow(0.5, rho)
		near(t, "spend", eq.Account.Cost[0], 2*rho*k/((1+k)*(1+k)), 1e-9)
		near(t, "share", eq.Account.Win[0], 1/(1+k), 1e-9)
	}
	// Weights: rho = 1, w = 1, 3 at equal values: both spend w1 w2 v/(w1+w2)^2.
	eq = contested(t, mechanisms.Ratio{Exponent: 1, Weights: []float64{1, 3}}, []dist{mechanisms.Point(1), mechanisms.Point(1)}, 1e-9)
	near(t, "weighted spend", eq.Account.Cost[0], 3.0/16, 1e-9)
	near(t, "weighted share", eq.Account.Win[1], 0.75, 1e-9)
	// A lone agent against a phantom bid: a = sqrt(v R) - R.
	eq = contested(t, mechanisms.Ratio{Exponent: 1, Phantom: 0.25}, []dist{mechanisms.Point(1)}, 1e-9)
	near(t, "against a phantom", eq.Account.Cost[0], 0.25, 1e-9)
	near(t, "unsold", eq.Account.Unsold, 0.5, 1e-9)
	// Nobody signals: all share.
	eq = contested(t, mechanisms.Ratio{Exponent: 1}, []dist{mechanisms.Point(0), mechanisms.Point(0)}, 0)
	near(t, "shared", eq.Account.Win[0], 0.5, 0)
}

// Narrow distributions approach known values, and the spend falls with the exponent.
func TestContestLimits(t *testing.T) {
	for _, n := range []int{2, 4} {
		eq := contested(t, mechanisms.Ratio{Exponent: 1}, times(n, uniform(t, 1, 1.0001)), 1.1e-6)
		near(t, "narrow", eq.Account.Cost[0], float64(n-1)/float64(n*n), 1e-4)
	}
	eq := contested(t, mechanisms.Ratio{Exponent: 1e-3}, times(2, uniform(t, 1, 2)), 1.1e-6)
	near(t, "small exponent", eq.Account.Win[0], 0.5, 1e-9)
	near(t, "small exponent, spend", eq.Account.Cost[0]/(1e-3*1.5/4), 1, 1e-3)
}

// Two types, 1 and 2 with equal chances, two agents: the two first-order conditions.
//
//	1 = v_1 [1/(8x) + y/(2 (x+y)^2)],  1 = v_2 [x/(2 (x+y)^2) + 1/(8y)]
func TestContestTwoTypes(t *testing.T) {
	e := must[distributions.Empirical](t)(distributions.NewEmpirical([]float64{1, 2}))
	eq := contested(t, mechanisms.Ratio{Exponent: 1}, times(2, dist(e)), 1e-8)
	bids := eq.Curves[0].Bids
	x, y := bids[0], bids[len(bids)-1]
	near(t, "low type", 1/(8*x)+y/(2*(x+y)*(x+y)), 1, 1e-9)
	near(t, "high type", 2*(x/(2*(x+y)*(x+y))+1/(8*y)), 1, 1e-9)
	near(t, "spend", eq.Account.Cost[0], x/2+y/2, 1e-9)
	near(t, "welfare", eq.Account.Welfare, 0.25*1+0.25*2+0.5*(x+2*y)/(x+y), 1e-9)
}

func TestContestMarkets(t *testing.T) {
	u, u2 := uniform(t, 0, 1), uniform(t, 0, 2)
	a, b := logNormal(t, -3.024, 0.448), logNormal(t, -3.497, 0.570)
	for _, c := range []struct {
		rule   mechanisms.Ratio
		values []dist
		tol    float64
	}{
		{mechanisms.Ratio{Exponent: 1}, times(2, u), 1e-6},
		{mechanisms.Ratio{Exponent: 1}, times(10, u), 1e-6},
		{mechanisms.Ratio{Exponent: 0.5}, times(3, u), 1e-6},
		{mechanisms.Ratio{Exponent: 1.3}, times(2, u), 2e-6},
		{mechanisms.Ratio{Exponent: 1, WinnerPays: true}, times(3, u), 1e-6},
		{mechanisms.Ratio{Exponent: 0.6, WinnerPays: true, Weights: []float64{2, 1}}, []dist{u, u2}, 1e-6},
		{mechanisms.Ratio{Exponent: 1, Phantom: 0.2}, times(3, u), 1e-6},
		{mechanisms.Ratio{Exponent: 1}, []dist{u, u2, u2}, 1e-6},
		{mechanisms.Ratio{Exponent: 1}, []dist{a, a, b, b}, 1e-6},
		{mechanisms.Ratio{Exponent: 1}, []dist{pareto(t, 1, 3), exponential(t, 1)}, 2e-6},
		{mechanisms.Ratio{Exponent: 1, Fee: 0.05}, times(2, u), 1e-6},
		{mechanisms.Ratio{Exponent: 1, Fee: 0.05}, []dist{u, u2, u2}, 1e-6},
		{mechanisms.Ratio{Exponent: 0.5, WinnerPays: true}, []dist{a, a, b, b}, 1e-6},
	} {
		contested(t, c.rule, c.values, c.tol)
	}
}

// Perturbed strategies are found out.
func TestContestPerturbed(t *testing.T) {
	u := uniform(t, 0, 1)
	for _, rule := range []mechanisms.Ratio{{Exponent: 0.5, WinnerPays: true}, {Exponent: 1.5}, {Exponent: 1, Fee: 0.05}} {
		eq := contested(t, rule, times(2, u), 2e-6)
		m := must[mechanisms.Contest](t)(mechanisms.NewContest(rule))
		last := 3e-6
		for _, d := range []float64{0.02, 0.2} {
			c := eq.Curves[0]
			c.Bids = append([]float64(nil), c.Bids...)
			for k := range c.Bids {
				c.Bids[k] *= 1 + d
			}
			curves := []mechanisms.BidCurve{c, eq.Curves[1]}
			got := certificate.Contest(m, times(2, u), curves)
			if !(got.Epsilon > 2*last) {
				t.Errorf("%+v, perturbed by %g: epsilon %g after %g", rule, d, got.Epsilon, last)
			}
			if found := certificate.Search(m, times(2, u), curves); found.Epsilon > got.Epsilon+2e-3 {
				t.Errorf("%+v, perturbed by %g: epsilon %g, a search finds %g", rule, d, got.Epsilon, found.Epsilon)
			}
			last = got.Epsilon
		}
	}
}

// Discretised best replies, damped, between two U[0,1] agents: the dumb reference.
func TestContestReference(t *testing.T) {
	const types = 60
	bids := make([]float64, types)
	value := func(k int) float64 { return (float64(k) + 0.5) / types }
	for k := range bids {
		bids[k] = value(k) / 4
	}
	for range 60 {
		next := make([]float64, types)
		for k := range next {
			lo, hi := 0.0, value(k)
			gain := func(a float64) float64 {
				sum := 0.0
				for _, b := range bids {
					sum += a / (a + b) / types
				}
				return value(k)*sum - a
			}
			for range 50 { // golden section: the payoff is concave
				x, y := lo+0.382*(hi-lo), lo+0.618*(hi-lo)
				if gain(x) < gain(y) {
					lo = x
				} else {
					hi = y
				}
			}
			next[k] = lo
		}
		for k := range bids {
			bids[k] = bids[k]/2 + next[k]/2
		}
	}
	eq := contested(t, mechanisms.Ratio{Exponent: 1}, times(2, uniform(t, 0, 1)), 1e-6)
	for k := 2; k < types; k++ {
		near(t, "bid", bidOf(eq.Curves[0], value(k)), bids[k], 2e-4)
	}
}

// Expectations against a simulation of the strategies, with its standard error.
func TestContestSimulation(t *testing.T) {
	u, u2 := uniform(t, 0, 1), uniform(t, 0, 2)
	a, b := logNormal(t, -3.024, 0.448), logNormal(t, -3.497, 0.570)
	r := rand.New(rand.NewPCG(3, 17))
	for _, c := range []struct {
		rule   mechanisms.Ratio
		values []dist
	}{
		{mechanisms.Ratio{Exponent: 1}, []dist{a, a, b, b}},
		{mechanisms.Ratio{Exponent: 0.7, WinnerPays: true, Phantom: 0.1}, []dist{u, u2, u2}},
		{mechanisms.Ratio{Exponent: 1, Fee: 0.1}, times(2, u)},
	} {
		eq := contested(t, c.rule, c.values, 1e-6)
		m := must[mechanisms.Contest](t)(mechanisms.NewContest(c.rule))
		const draws = 100000
		n := len(c.values)
		signals, out := make([]float64, n), mechanisms.NewOutcome(n)
		mean, square := make([]float64, 3*n), make([]float64, 3*n)
		for range draws {
			for i := range c.values {
				p := r.Float64()

				signals[i] = played(eq.Curves[i], p)
			}
			m.Allot(signals, out)
			for i := range n {
				for j, x := range [2]float64{out.Win[i], out.Cost(i)} {
					mean[j*n+i] += x / draws
					square[j*n+i] += x * x / draws
				}
			}
		}
		for i := range n {
			for j, want := range []float64{eq.Account.Win[i], eq.Account.Cost[i]} {
				k := j*n + i
				se := math.Sqrt((square[k] - mean[k]*mean[k]) / draws)
				if math.Abs(mean[k]-want) > 4.5*se+1e-9 {
					t.Errorf("%+v, agent %d: simulated %g +- %g, computed %g", c.rule, i, mean[k], se, want)
				}
			}
		}
	}
}

// played is the signal of the type of rank p.
func played(c mechanisms.BidCurve, p float64) float64 {
	lo, hi := 1, len(c.Below)-1
	for lo < hi {
		if mid := (lo + hi) / 2; c.Below[mid] >= p {
			hi = mid
		} else {
			lo = mid + 1
		}
	}
	w := 0.0
	if d := c.Below[lo] - c.Below[lo-1]; d > 0 {
		w = math.Min(1, math.Max(0, (p-c.Below[lo-1])/d))
	}
	return c.Bids[lo-1] + w*(c.Bids[lo]-c.Bids[lo-1])
}

// Scale, order and an agent of no value.
func TestContestProperties(t *testing.T) {
	values := []dist{power(t, 2, 1), power(t, 0.7, 1.5)}
	x := contested(t, mechanisms.Ratio{Exponent: 0.8, Phantom: 0.1}, values, 1e-6)
	y := contested(t, mechanisms.Ratio{Exponent: 0.8, Phantom: 0.8}, []dist{power(t, 2, 8), power(t, 0.7, 12)}, 1e-6)
	near(t, "scaled", y.Account.Revenue()/8, x.Account.Revenue(), 1e-8)
	z := contested(t, mechanisms.Ratio{Exponent: 0.8, Phantom: 0.1}, []dist{values[1], values[0]}, 1e-6)
	near(t, "permuted", z.Account.Cost[1], x.Account.Cost[0], 1e-8)
	w := contested(t, mechanisms.Ratio{Exponent: 0.8, Phantom: 0.1}, append(values, mechanisms.Point(0)), 1e-6)
	near(t, "with one more of no value", w.Account.Revenue(), x.Account.Revenue(), 1e-8)
}

// Whatever the numbers, there is an answer without NaN or a reason.
func TestContestExtremes(t *testing.T) {
	u := uniform(t, 0, 1)
	e := must[distributions.Empirical](t)(distributions.NewEmpirical([]float64{0, 1, 1, 5}))
	for _, rule := range []mechanisms.Ratio{
		{Exponent: 1e-9}, {Exponent: 1e300}, {Exponent: 1, Fee: 1e9}, {Exponent: 1, Phantom: 1e9},
		{Exponent: 1, Weights: []float64{1e-6, 1e6}}, {Exponent: 1, WinnerPays: true, Fee: 0.01},
	} {
		m := must[mechanisms.Contest](t)(mechanisms.NewContest(rule))
		for _, values := range [][]dist{{u, u}, {u, mechanisms.Point(0)}, {mechanisms.Point(1), u}, {e, e}} {
			eq, err := private.Solver{}.Solve(m, values)
			if err != nil || eq.Status == equilibrium.NotFound && eq.Reason == "" {
				t.Errorf("%+v: %v %+v", rule, err, eq)
				continue
			}
			for i, w := range eq.Account.Win {
				if x := w + eq.Account.Cost[i] + eq.Account.Payoff[i]; math.IsNaN(x) || math.IsInf(x, 0) || w < 0 || w > 1+1e-9 {
					t.Errorf("%+v, agent %d: win %g, cost %g, payoff %g", rule, i, w, eq.Account.Cost[i], eq.Account.Payoff[i])
				}
			}
			if len(eq.Curves) > 0 {
				if c := certificate.Contest(m, values, eq.Curves); math.IsNaN(c.Epsilon) || c.Epsilon < 0 {
					t.Errorf("%+v: %+v", rule, c)
				}
			}
		}
	}
}

// Many agents: what is certified does not get worse with their number, and the account is
// what the strategies bring: revenue is the mean of their signals. Between types who signal
// next to nothing and types who signal much quadrature needs nodes where ln a bends; with few
// there, 30 draws of U[0,1] seem to bring 0.75618 instead of 0.75605.
func TestContestManyAgents(t *testing.T) {
	uniform := must[distributions.Uniform](t)(distributions.NewUniform(0, 1))
	for _, c := range []struct {
		n       int
		rule    mechanisms.Ratio
		revenue float64
	}{
		{30, mechanisms.Ratio{Exponent: 1}, 0.756048},
		{100, mechanisms.Ratio{Exponent: 1}, 0.866055},
		{100, mechanisms.Ratio{Exponent: 0.5}, 0.326749},
		{1000, mechanisms.Ratio{Exponent: 1, Phantom: 0.2}, 0.758843},
	} {
		values := make([]dist, c.n)
		for i := range values {
			values[i] = uniform
		}
		eq := contested(t, c.rule, values, 1e-6)
		mean := 0.0
		b := eq.Curves[0]
		for k := 1; k < len(b.Bids); k++ {
			mean += (b.Below[k] - b.Below[k-1]) * (b.Bids[k] + b.Bids[k-1]) / 2
		}
		near(t, "revenue of the strategies", float64(c.n)*mean, eq.Account.Revenue(), 2e-6)
		near(t, "revenue", eq.Account.Revenue(), c.revenue, 2e-6)
	}
}

// Different groups of many agents, and a tail without a variance.
func TestContestManyDifferentAgents(t *testing.T) {
	uniform := must[distributions.Uniform](t)(distributions.NewUniform(0, 2))
	wide := must[distributions.Power](t)(distributions.NewPower(0.5, 3))
	var values []dist
	for i := range 60 {
		values = append(values, dist(uniform))
		if i%2 == 0 {
			values = append(values, wide)
		}
	}
	contested(t, mechanisms.Ratio{Exponent: 1}, values, 1e-6)
	pareto := must[distributions.Pareto](t)(distributions.NewPareto(1, 1.3))
	m := must[mechanisms.Contest](t)(mechanisms.NewContest(mechanisms.Ratio{Exponent: 1}))
	values = []dist{pareto, pareto, pareto}
	eq, err := private.Solver{Tolerance: 1e-3}.Solve(m, values)
	if err != nil || eq.Status != equilibrium.Converged {
		t.Fatalf("%v: %v: %s", err, eq.Status, eq.Reason)
	}
	if c := certificate.Contest(m, values, eq.Curves); c.Standing != certify.Certified || c.Epsilon > 4e-3*eq.Highest {
		t.Errorf("%s: epsilon %.3g of E max v: %s", c.Standing, c.Epsilon/eq.Highest, c.Reason)
	}
}

// Above exponent 1 first-order conditions can hold at signals that are no equilibrium, where half
// of the types signal next to nothing and could gain half of E max v: best replies that leap
// find another.
func TestContestAboveExponentOne(t *testing.T) {
	d := logNormal(t, -0.49349501129370826, 0.4659740187444328)
	contested(t, mechanisms.Ratio{Exponent: 1.0961478242767615, Phantom: 0.022678003671542823}, times(2, d), 2e-6)
	d = logNormal(t, -0.16132390784844308, 0.485781667899136)
	contested(t, mechanisms.Ratio{Exponent: 1.1855, Phantom: 0.217}, times(3, d), 2e-6)
}
