package private

import (
	"math"
	"testing"

	"allot/mechanisms"
	"allot/mechanisms/distributions"
)

// Both steps have the order that they claim: the error of one step falls by 2^9 (8(5,3)) and
// 2^5 (4(3)) as its width is halved, on the closed form b(v) = E[V; V < v]/F(v) of two
// exponential draws, where l = ln F(v), L = 2l.
func TestStepOrders(t *testing.T) {
	d, err := distributions.NewExponential(1)
	if err != nil {
		t.Fatal(err)
	}
	bid := func(l float64) float64 {
		v := -math.Log(-math.Expm1(l))
		return (-math.Expm1(-v) - v*math.Exp(-v)) / -math.Expm1(-v)
	}
	miss := func(stiff bool, h float64) float64 {
		s := newSystem(grouped([]mechanisms.Distribution{d, d}), 0, 0, 1)
		s.mode[0] = in
		const from = -1.0 // l
		s.y[0], s.y[1] = math.Log(-from), bid(from)
		s.rate(2*from, s.y, s.ode.slopes[0])
		ok := false
		if stiff {
			ok = s.implicit(2*from, h)
		} else {
			ok = s.ode.step(s.rate, 2*from, h, s.y)
		}
		if !ok {
			t.Fatal("the step failed")
		}
		if l := s.l(0, s.ode.end[0]); math.Abs(l-from-h/2) > 1e-4 {
			t.Fatalf("l is %g after a step of %g", l, h)
		}
		return math.Abs(s.ode.end[1] - bid(from+h/2))
	}
	for _, c := range []struct {
		stiff        bool
		order, width float64
	}{{false, 9, -0.3}, {true, 5, -0.4}} {
		h := c.width
		if order := math.Log2(miss(c.stiff, h) / miss(c.stiff, h/2)); !(order > c.order-0.3) {
			t.Errorf("stiff %v: the error of a step falls with the power %.2f of its width, not %g", c.stiff, order, c.order)
		}
	}
}
