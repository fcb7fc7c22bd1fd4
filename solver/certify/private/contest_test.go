package private_test

import (
	"math"
	"testing"

	"allot/mechanisms"
	"allot/solver/certify"
	"allot/solver/certify/private"
)

func contest(t testing.TB, r mechanisms.Ratio) mechanisms.Contest {
	t.Helper()
	c, err := mechanisms.NewContest(r)
	if err != nil {
		t.Fatal(err)
	}
	return c
}

// constant is the strategy of an agent of known value.
func constant(value, signal float64) mechanisms.BidCurve {
	return mechanisms.BidCurve{Values: []float64{value, value}, Bids: []float64{signal, signal}, Below: []float64{0, 1}, Above: []float64{1, 0}}
}

// Known values: a_i = X t_i with t_i = 1 - X/v_i is an equilibrium (Cornes, Hartley 2005), and
// a deviation's gain is known in closed form: (sqrt v - sqrt S)^2 against v a/(a+S) - a.
func TestContestKnown(t *testing.T) {
	values := []mechanisms.Distribution{mechanisms.Point(2), mechanisms.Point(1)}
	m := contest(t, mechanisms.Ratio{Exponent: 1})
	exact := []mechanisms.BidCurve{constant(2, 4.0/9), constant(1, 2.0/9)}
	if c := private.Contest(m, values, exact); c.Standing != certify.Certified || c.Epsilon > 1e-9 {
		t.Errorf("%+v", c)
	}
	wrong := []mechanisms.BidCurve{constant(2, 0.3), constant(1, 2.0/9)}
	s := 2.0 / 9
	gain := math.Pow(math.Sqrt(2)-math.Sqrt(s), 2) - (2*0.3/(0.3+s) - 0.3)
	if c := private.Contest(m, values, wrong); c.Agent != 0 || c.Epsilon < gain || c.Epsilon > gain+1e-3 { // the mesh is coarse away from the strategy
		t.Errorf("%+v: the first agent gains %g", c, gain)
	}
	// Nobody signals: whoever signals a little wins all, 2 instead of 2/2.
	if c := private.Contest(m, values, []mechanisms.BidCurve{constant(2, 0), constant(1, 0)}); c.Epsilon < 1 || c.Epsilon > 1+1e-9 {
		t.Errorf("%+v", c)
	}
}

// The bound against a search over types and signals with the rivals' signals summed over a
// fine grid (the dumb reference): never less than what is found, and not much more.
func TestContestBound(t *testing.T) {
	for _, n := range []int{2, 3} {
		for _, r := range []mechanisms.Ratio{
			{Exponent: 1}, {Exponent: 0.5}, {Exponent: 2}, {Exponent: 1.4, WinnerPays: true},
			{Exponent: 0.7, WinnerPays: true, Phantom: 0.1}, {Exponent: 1, Fee: 0.03, Phantom: 0.05},
		} {
			values, curves := make([]mechanisms.Distribution, n), make([]mechanisms.BidCurve, n)
			c := line(201, 1, 0.21, 0.01)
			for i := range values {
				values[i], curves[i] = uniform(t, 1), c
			}
			got := private.Contest(contest(t, r), values, curves)
			found := contestSearch(r, n, func(p float64) float64 { return 0.21*p + 0.01 })
			if got.Standing != certify.Certified || got.Epsilon < found-1e-6 || got.Epsilon > found+2e-3 {
				t.Errorf("n = %d, %+v: epsilon %g, found %g", n, r, got.Epsilon, found)
			}
		}
	}
}

func contestSearch(r mechanisms.Ratio, n int, play func(rank float64) float64) float64 {
	points := 400
	if n == 3 {
		points = 60
	}
	impact := func(a float64) float64 { return math.Pow(a, r.Exponent) }
	var sums []float64
	for k := range points {
		x := impact(play((float64(k) + 0.5) / float64(points)))
		if n == 2 {
			sums = append(sums, x)
			continue
		}
		for l := range points {
			sums = append(sums, x+impact(play((float64(l)+0.5)/float64(points))))
		}
	}
	phantom := 0.0
	if r.Phantom > 0 {
		phantom = impact(r.Phantom)
	}
	payoff := func(v, win, a float64) float64 {
		if r.WinnerPays {
			return (v-a)*win - r.Fee
		}
		return v*win - a - r.Fee
	}
	chance := func(a float64) float64 {
		x, win := impact(a), 0.0
		for _, s := range sums {
			win += x / (x + s + phantom) / float64(len(sums))
		}
		return win
	}
	most := 0.0
	const signals = 150
	var at, win [signals]float64
	for b := range at {
		at[b] = 0.6 * float64(b+1) / signals
		win[b] = chance(at[b])
	}
	for k := 0; k <= 20; k++ {
		v := float64(k) / 20
		a := play(v)
		own, best := payoff(v, chance(a), a), 0.0
		for b := range at {
			best = math.Max(best, payoff(v, win[b], at[b]))
		}
		most = math.Max(most, best-own)
	}
	return most
}

func TestContestRefuses(t *testing.T) {
	u := []mechanisms.Distribution{uniform(t, 1), uniform(t, 1)}
	c := line(11, 1, 0.2, 0)
	m := contest(t, mechanisms.Ratio{Exponent: 1})
	for _, got := range []certify.Certificate{
		private.Contest(nil, u, []mechanisms.BidCurve{c, c}),
		private.Contest(m, u, []mechanisms.BidCurve{c}),
		private.Contest(m, []mechanisms.Distribution{nil, nil}, []mechanisms.BidCurve{c, c}),
		private.Contest(m, u, []mechanisms.BidCurve{c, {}}),
		private.Contest(contest(t, mechanisms.Ratio{Exponent: 1e9}), u, []mechanisms.BidCurve{c, c}),
	} {
		if got.Standing != certify.None || !math.IsInf(got.Epsilon, 1) || got.Reason == "" {
			t.Errorf("%+v", got)
		}
	}
}
