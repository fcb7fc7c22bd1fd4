package private_test

import (
	"math"
	"testing"

	"allot/mechanisms"
	"allot/solver/equilibrium"
	"allot/solver/equilibrium/private"
)

// McAfee, McMillan (1992): two draws of U[0,1].
func TestCollude(t *testing.T) {
	u := uniform(t, 0, 1)
	c, err := private.Collude(times(2, u), 0)
	if err != nil {
		t.Fatal(err)
	}
	near(t, "competitive", c.Competitive[0], 1.0/6, 1e-12)
	near(t, "weak", c.Weak[1], 0.25, 1e-12)
	near(t, "strong", c.Strong[0], 1.0/3, 1e-12)
	near(t, "revenue", c.Revenue, 0, 0)
	// With a reserve of 1/2: E(v-r)+ = 1/8, the share (1-F^2)/(2(1-F)) = 3/4.
	c, err = private.Collude(times(2, u), 0.5)
	if err != nil {
		t.Fatal(err)
	}
	near(t, "weak at 1/2", c.Weak[0], 3.0/32, 1e-12)
	near(t, "strong at 1/2", c.Strong[0]+c.Strong[1], 5.0/24, 1e-12) // int_1/2^1 (1-x^2) dx
	near(t, "revenue at 1/2", c.Revenue, 0.375, 1e-12)
	// A ring of all is a lone bidder: it pays the reserve even where no value is below 1.
	for _, r := range []float64{0, 0.25, 1} {
		eq, err := private.Solver{}.Ring(auction(t, 1, r), times(2, uniform(t, 1, 2)), []int{0, 1})
		if err != nil {
			t.Fatal(err)
		}
		near(t, "reserve paid", eq.Account.Revenue(), r, 1e-12)
		near(t, "ring of all", eq.Account.Payoff[0], 5.0/3-r, 1e-12) // E max = 1 + 2/3
	}
	// Many members: nearly everything is shared.
	c, err = private.Collude(times(100, u), 0)
	if err != nil {
		t.Fatal(err)
	}
	near(t, "weak, 100", c.Weak[0], 0.005, 1e-12)
}

// Graham, Marshall (1987): a ring of two of three draws of U[0,1].
func TestRing(t *testing.T) {
	u := uniform(t, 0, 1)
	second := auction(t, 0, 0)
	eq, err := private.Solver{}.Solve(second, times(3, u))
	if err != nil {
		t.Fatal(err)
	}
	near(t, "no ring", eq.Account.Revenue(), 0.5, 1e-12)
	eq, err = private.Solver{}.Ring(second, times(3, u), []int{0, 2})
	if err != nil {
		t.Fatal(err)
	}
	near(t, "ring of two", eq.Account.Revenue(), 5.0/12, 1e-10)
	// A ring of two uniforms is F = v^2: the first-price auction of Marshall et al. (1994).
	eq, err = private.Solver{}.Ring(auction(t, 1, 0), times(3, u), []int{0, 2})
	if err != nil {
		t.Fatal(err)
	}
	if eq.Status != equilibrium.Converged {
		t.Fatal(eq.Reason)
	}
	near(t, "first price", eq.Account.Revenue(), 0.426290695206, 1e-8)
	// Different members.
	eq, err = private.Solver{}.Ring(second, []dist{u, uniform(t, 0, 2), u}, []int{0, 1})
	if err != nil {
		t.Fatal(err)
	}
	// E min(u, max(u', w)): int_0^1 (1-x)(1 - x^2/2) dx.
	near(t, "different members", eq.Account.Revenue(), 1-0.5-1.0/6+0.125, 1e-9)
}

func TestRingReserve(t *testing.T) {
	u := uniform(t, 0, 1)
	r, y, err := private.Solver{}.RingReserve(0, times(2, u), []int{0, 1})
	if err != nil {
		t.Fatal(err)
	}
	near(t, "reserve", r, 1/math.Sqrt(3), 1e-6)
	near(t, "revenue", y, 2/(3*math.Sqrt(3)), 1e-11)
	// r (1 - (r-1)^2) peaks at 4/3; values that are known are taken whole.
	if r, y, err = (private.Solver{}).RingReserve(1, times(2, uniform(t, 1, 2)), []int{0, 1}); err != nil {
		t.Fatal(err)
	}
	near(t, "reserve against U[1,2]", r, 4.0/3, 1e-6)
	near(t, "revenue against U[1,2]", y, 32.0/27, 1e-11)
	if r, y, err = (private.Solver{}).RingReserve(0, []dist{mechanisms.Point(30), u}, []int{0, 1}); err != nil {
		t.Fatal(err)
	}
	near(t, "reserve against 30", r, 30, 0)
	near(t, "revenue against 30", y, 30, 1e-12)
	for _, members := range [][]int{nil, {0, 0}, {7}} {
		if _, _, err := (private.Solver{}).RingReserve(0, times(2, u), members); err == nil {
			t.Errorf("ring %v is accepted", members)
		}
	}
}
