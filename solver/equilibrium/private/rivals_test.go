package private_test

import (
	"math"
	"testing"

	"allot/mechanisms"
	"allot/solver/equilibrium/private"
)

// TestRivals holds the transform against chances that are sums.
func TestRivals(t *testing.T) {
	half := mechanisms.BidCurve{ // enters every other time with a signal of 4
		Values: []float64{0, 0.5, 0.5, 1}, Bids: []float64{0, 0, 4, 4},
		Below: []float64{0, 0.5, 0.5, 1}, Above: []float64{1, 0.5, 0.5, 0},
	}
	for _, c := range []struct {
		others            int
		exponent, phantom float64
		x, want           float64
	}{
		{1, 0, 0, 2, (1 + 2./3) / 2},
		{2, 0, 0, 2, (1 + 2*2./3 + 2./4) / 4},
		{1, 0.5, 0, 2, (1 + 2./4) / 2},
		{1, 1, 1, 3, (3./4 + 3./8) / 2},
		{0, 1, 0, 1e-3, 1},
		{1, 1, 0, 0, 0},
	} {
		curves := []mechanisms.BidCurve{half}
		for range c.others {
			curves = append(curves, half)
		}
		r, err := private.NewRivals(curves, 0, c.exponent, c.phantom)
		if err != nil {
			t.Fatal(err)
		}
		if got := r.Chance(c.x); !(math.Abs(got-c.want) < 1e-8) {
			t.Errorf("%+v: %v", c, got)
		}
	}
	// One rival whose signal is its rank: E[x/(x+U)] = x ln((1+x)/x).
	line := mechanisms.BidCurve{Values: []float64{0, 1}, Bids: []float64{0, 1}, Below: []float64{0, 1}, Above: []float64{1, 0}}
	r, err := private.NewRivals([]mechanisms.BidCurve{line, line}, 0, 1, 0)
	if err != nil {
		t.Fatal(err)
	}
	for _, x := range []float64{0.1, 0.5, 1, 3} {
		if got, want := r.Chance(x), x*math.Log((1+x)/x); !(math.Abs(got-want) < 1e-7) {
			t.Errorf("x %v: %v, want %v", x, got, want)
		}
	}
	for _, bad := range []func() error{
		func() error { _, err := private.NewRivals(nil, 0, 1, 0); return err },
		func() error { _, err := private.NewRivals(make([]mechanisms.BidCurve, 2), 0, 1, 0); return err },
		func() error { _, err := private.NewRivals([]mechanisms.BidCurve{half}, 0, math.NaN(), 0); return err },
	} {
		if bad() == nil {
			t.Error("malformed rivals are taken")
		}
	}
}
