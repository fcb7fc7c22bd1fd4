package private_test

import (
	"math"
	"testing"

	"allot/solver/equilibrium"
	"allot/solver/equilibrium/private"
)

// Equal agents written as different ones bid the closed form b = v m/(m+1), m = (n-1)/lambda, and
// bring what equal agents do (Vickrey 1961; Riley, Samuelson 1981).
func TestMixOfEqualAgents(t *testing.T) {
	u, p := uniform(t, 0, 1), power(t, 1, 1)
	for _, first := range []float64{0.95, 0.5, 0.2, 0.05, 0.01} {
		eq := solved(t, auction(t, first, 0), []dist{u, p}, 1e-6)
		near(t, "revenue", eq.Account.Revenue(), 1.0/3, 2e-8)
		near(t, "top", eq.Top, 1/(1+first), 3e-9)
		near(t, "bid of 0.6", bidOf(eq.Curves[1], 0.6), 0.6/(1+first), 1e-6)
		eq = solved(t, auction(t, first, 0), []dist{u, p, u}, 1e-6)
		near(t, "revenue of three", eq.Account.Revenue(), 0.5, 2e-8)
		near(t, "bid of 0.6 among three", bidOf(eq.Curves[1], 0.6), 0.6*2/(2+first), 1e-6)
		eq = solved(t, auction(t, first, 0.5), []dist{u, p}, 1e-6)
		near(t, "revenue at a reserve", eq.Account.Revenue(), 5.0/12, 1e-8)
		// v - int_r^v (x/v)^m dx
		m := 1 / first // and up to the chords between knots
		near(t, "bid of 0.8 at a reserve", bidOf(eq.Curves[0], 0.8), 0.8-(0.8-0.5*math.Pow(0.5/0.8, m))/(m+1), 1e-5)
	}
}

// The linear class (Cheng 2006, lambda 1): F_i = (v/h_i)^a_i with h_1 c_1 = h_2 c_2 bid c_i v,
// c_i = a_j/(a_j+lambda); the payoffs are h_i (1/(a_j+1) - 1/(a_i+a_j+1)).
func TestMixLinearClass(t *testing.T) {
	for _, first := range []float64{0.7, 0.3, 0.1} {
		c1, c2 := 2.5/(2.5+first), 1/(1+first)
		values := []dist{power(t, 1, c2), power(t, 2.5, c1)}
		eq := solved(t, auction(t, first, 0), values, 1e-6)
		near(t, "top", eq.Top, c1*c2, 1e-8)
		near(t, "bid of 0.5, weak", bidOf(eq.Curves[0], 0.5), c1*0.5, 1e-6)
		near(t, "bid of 0.5, strong", bidOf(eq.Curves[1], 0.5), c2*0.5, 1e-6)
		near(t, "payoff, weak", eq.Account.Payoff[0], c2*(1/3.5-1/4.5), 1e-8)
		near(t, "payoff, strong", eq.Account.Payoff[1], c1*(1.0/2-1/4.5), 1e-8)
	}
}

// A mix goes over into the first price and into the second; the lowest bid of a single agent
// above the others is argmax (l-b) F(b) + (1-lambda) int F, l/(1+lambda) against U[0,1].
func TestMixLimits(t *testing.T) {
	u, u2, high := uniform(t, 0, 1), uniform(t, 0, 2), uniform(t, 0.5, 2)
	for _, values := range [][]dist{{u, u2}, {u, u2, u2}, {exponential(t, 1), u}, {u, high}} {
		ends := [2]float64{}
		for i, first := range []float64{0, 1} {
			ends[i] = solved(t, auction(t, first, 0), values, 1e-6).Account.Revenue()
		}
		for _, d := range []float64{0.05, 0.02} {
			near(t, "towards the second price", solved(t, auction(t, d, 0), values, 1e-6).Account.Revenue(), ends[0], d/2)
			near(t, "towards the first price", solved(t, auction(t, 1-d, 0), values, 1e-6).Account.Revenue(), ends[1], d/2)
		}
	}
	for _, first := range []float64{0.8, 0.3, 0.1} {
		near(t, "bottom", solved(t, auction(t, first, 0), []dist{u, high}, 1e-6).Bottom, 0.5/(1+first), 1e-7)
		eq := solved(t, auction(t, first, 0), []dist{u, uniform(t, 5, 6)}, 1e-6)
		near(t, "one above all others pays", eq.Account.Revenue(), first+(1-first)/2, 1e-9)
	}
	// Too near to the second price for collocation: approximate.
	for _, c := range []struct {
		first  float64
		values []dist
	}{
		{1e-7, []dist{u, high}},
	} {
		eq, err := private.Solver{}.Solve(auction(t, c.first, 0), c.values)
		if err != nil || eq.Status != equilibrium.IterationLimit || !(eq.Account.Revenue() > 0) {
			t.Errorf("%g: %v, %v %q", c.first, err, eq.Status, eq.Reason)
		}
	}
}
