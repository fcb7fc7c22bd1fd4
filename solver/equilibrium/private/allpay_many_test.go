package private

import (
	"math"
	"sort"
	"testing"

	"allot/mechanisms"
	"allot/mechanisms/distributions"
	"allot/solver/certify"
	certificate "allot/solver/certify/private"
	"allot/solver/equilibrium"
)

// drawn fails the test on an error.
func drawn(t *testing.T, d mechanisms.Distribution, err error) mechanisms.Distribution {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
	return d
}

func flat(t *testing.T, low, high float64) mechanisms.Distribution {
	d, err := distributions.NewUniform(low, high)
	return drawn(t, d, err)
}

func steep(t *testing.T, exponent, high float64) mechanisms.Distribution {
	d, err := distributions.NewPower(exponent, high)
	return drawn(t, d, err)
}

// dumb is what an agent gains at most over 200 types and 4000 bids against the others' curves.
func dumb(values []mechanisms.Distribution, curves []mechanisms.BidCurve, reserve float64) float64 {
	chance := func(c mechanisms.BidCurve, b float64) float64 { // of a bid of at most b
		k := sort.Search(len(c.Bids), func(k int) bool { return c.Bids[k] > b })
		switch {
		case k == 0:
			return 0
		case k == len(c.Bids):
			return 1
		}
		return c.Below[k-1] + (c.Below[k]-c.Below[k-1])*(b-c.Bids[k-1])/(c.Bids[k]-c.Bids[k-1])
	}
	top := 0.0
	for _, c := range curves {
		top = math.Max(top, c.Bids[len(c.Bids)-1])
	}
	most := 0.0
	for i := range values {
		win := func(b float64) float64 {
			h := 1.0
			for j := range values {
				if j != i {
					h *= chance(curves[j], b)
				}
			}
			return h
		}
		const bids = 4000
		h := make([]float64, bids)
		for k := range h {
			h[k] = win(reserve + (top-reserve)*float64(k+1)/bids)
		}
		c := curves[i]
		for m := range 200 {
			p := (float64(m) + 0.5) / 200
			k := sort.SearchFloat64s(c.Below, p)
			bid := c.Bids[k-1]
			if d := c.Below[k] - c.Below[k-1]; d > 0 {
				bid += (c.Bids[k] - bid) * (p - c.Below[k-1]) / d
			}
			v, own := values[i].Quantile(p), -bid
			if bid >= reserve && bid > 0 {
				own += v * win(bid)
			}
			best := 0.0
			for k := range h {
				best = math.Max(best, v*h[k]-reserve-(top-reserve)*float64(k+1)/bids)
			}
			most = math.Max(most, best-own)
		}
	}
	return most
}

// paid solves and certifies; the certificate and a dumb best reply must agree.
func paid(t *testing.T, name string, reserve float64, values ...mechanisms.Distribution) *Equilibrium {
	t.Helper()
	m, err := mechanisms.NewAllPay(reserve)
	if err != nil {
		t.Fatal(err)
	}
	groups := grouped(values)
	eq := &Equilibrium{Curves: make([]mechanisms.BidCurve, len(values)), Highest: highest(groups, 0)}
	Solver{Tolerance: 1e-6}.allPayMany(eq, m.Ranking(), groups)
	if eq.Status != equilibrium.Converged {
		t.Fatalf("%s: %v: %s", name, eq.Status, eq.Reason)
	}
	proof := certificate.Auction(m, values, eq.Curves)
	if proof.Standing != certify.Certified || !(proof.Epsilon <= 1e-6*eq.Highest) {
		t.Errorf("%s: epsilon %g of E max v, agent %d at %g: %s", name, proof.Epsilon/eq.Highest, proof.Agent, proof.Signal, proof.Reason)
	}
	if gain := dumb(values, eq.Curves, reserve); !(gain <= 1e-6*eq.Highest) {
		t.Errorf("%s: a dumb best reply gains %g", name, gain)
	}
	sold := eq.Account.Unsold
	for _, w := range eq.Account.Win {
		sold += w
	}
	if math.Abs(sold-1) > 1e-9 || math.Abs(eq.Account.Revenue()+eq.Account.Surplus()-eq.Account.Welfare) > 1e-9*eq.Highest {
		t.Errorf("%s: shares sum to %g: %+v", name, sold, eq.Account)
	}
	return eq
}

// Closed forms, equal agents written as different ones, and pairs by the matching function.
func TestAllPayAmongMany(t *testing.T) {
	same := func(name string, got, want, tol float64) {
		t.Helper()
		if !(math.Abs(got-want) <= tol) {
			t.Errorf("%s: %.12g, want %.12g", name, got, want)
		}
	}
	// Three of U[0,h]: F = P^c, b = P/A.
	for _, h := range [][3]float64{{1, 1.2, 1.4}, {1, 1, 2}, {0.9, 1, 1.05}} {
		eq := paid(t, "three uniform", 0, flat(t, 0, h[0]), flat(t, 0, h[1]), flat(t, 0, h[2]))
		a := (1/h[0] + 1/h[1] + 1/h[2]) / 2
		revenue := 0.0
		for i := range h {
			c := 1 - 1/(h[i]*a)
			revenue += c / (1 + c) / a
			same("chance", eq.Account.Win[i], c, 1e-9)
			curve := eq.Curves[i]
			for k := 1; k < len(curve.Bids); k += 97 {
				same("bid", curve.Bids[k], math.Pow(curve.Values[k]/h[i], 1/c)/a, 1e-9)
			}
		}
		same("revenue", eq.Account.Revenue(), revenue, 1e-9)
		same("top", eq.Top, 1/a, 1e-9)
	}
	// A weak third agent stays out: what is left is a pair.
	pair := func(reserve float64, values ...mechanisms.Distribution) *Equilibrium {
		m, err := mechanisms.NewAllPay(reserve)
		if err != nil {
			t.Fatal(err)
		}
		eq, err := Solver{}.Solve(m, values)
		if err != nil {
			t.Fatal(err)
		}
		return eq
	}
	for _, reserve := range []float64{0, 0.15, 0.4} {
		for _, d := range [][2]mechanisms.Distribution{
			{flat(t, 0, 1), flat(t, 0, 2)},
			{flat(t, 0.5, 1), flat(t, 0.3, 1.2)},
			{flat(t, 0, 1), steep(t, 2.5, 1)},
		} {
			want := pair(reserve, d[0], d[1])
			got := paid(t, "a pair", reserve, d[0], d[1])
			same("pair: revenue", got.Account.Revenue(), want.Account.Revenue(), 2e-8)
			same("pair: chance", got.Account.Win[0], want.Account.Win[0], 2e-8)
			got = paid(t, "with a weak third", reserve, d[0], flat(t, 0, 0.1), d[1])
			same("third: revenue", got.Account.Revenue(), want.Account.Revenue(), 2e-8)
			same("third: chance", got.Account.Win[1], 0, 0)
		}
		u, p := flat(t, 0, 1), steep(t, 1, 1)
		want := pair(reserve, u, u, u, u)
		got := paid(t, "equal agents", reserve, u, p, p, u)
		same("equal: revenue", got.Account.Revenue(), want.Account.Revenue(), 1e-8)
		same("equal: top", got.Top, want.Top, 1e-8)
	}
}

// What no closed form has: strategies that jump (Parreiras, Rubinchik 2010), supports that start
// above 0, unbounded values, known values, groups, a reserve that only one agent can meet.
func TestAllPayShapes(t *testing.T) {
	u := flat(t, 0, 1)
	slight, err1 := distributions.NewLogNormal(-3.024, 0.448)
	wide, err2 := distributions.NewLogNormal(-3.497, 0.570)
	exponential, err3 := distributions.NewExponential(1)
	heavy, err4 := distributions.NewPareto(1, 3)
	beta, err5 := distributions.NewBeta(2, 3)
	for _, err := range []error{err1, err2, err3, err4, err5} {
		if err != nil {
			t.Fatal(err)
		}
	}
	eq := paid(t, "v, v^2, v^3", 0, u, steep(t, 2, 1), steep(t, 3, 1))
	c := eq.Curves[0]
	jump := 0.0
	for k := 1; k < len(c.Bids); k++ {
		if c.Below[k] == c.Below[k-1] {
			jump = math.Max(jump, c.Bids[k]-c.Bids[k-1])
		}
	}
	if !(jump > 0.1) {
		t.Errorf("the strategy of v against v^2 and v^3 jumps by %g", jump)
	}
	for _, reserve := range []float64{0, 0.2} {
		paid(t, "powers", reserve, u, steep(t, 2, 1), steep(t, 3, 1))
		paid(t, "supports above 0", reserve, flat(t, 0.5, 1), flat(t, 0.3, 1.2), flat(t, 0.6, 1.3))
		paid(t, "two and one", reserve, flat(t, 0.5, 1), flat(t, 0.5, 1), flat(t, 0.6, 1.3))
		paid(t, "a gap", reserve, flat(t, 0, 0.8), flat(t, 0.9, 1), flat(t, 0.85, 1.3))
		paid(t, "a known value", reserve, mechanisms.Point(0.8), u, u)
		paid(t, "no density at the top", reserve, beta, u, steep(t, 2, 1))
		paid(t, "unbounded against bounded", reserve, exponential, u, u)
		paid(t, "unequal tails", reserve, heavy, exponential, u)
		paid(t, "builders", reserve/20, slight, slight, wide, wide)
	}
	eq = paid(t, "a reserve that one meets", 1.2, u, flat(t, 0, 0.8), flat(t, 0, 1.3))
	if got := eq.Account.Revenue(); math.Abs(got-1.2*0.1/1.3) > 1e-12 {
		t.Errorf("revenue %g of the one", got)
	}
}

// Kinks and joins that lie next to each other end steps one by one.
func TestAllPayKinks(t *testing.T) {
	tail := func(mu, sigma float64) mechanisms.Distribution {
		d, err := distributions.NewLogNormal(mu, sigma)
		return drawn(t, d, err)
	}
	beta := func(a, b float64) mechanisms.Distribution {
		d, err := distributions.NewBeta(a, b)
		return drawn(t, d, err)
	}
	heavy, err := distributions.NewPareto(0.483, 2.14)
	drawn(t, heavy, err)
	knots, err := distributions.NewQuantiles([]float64{0, 0.25, 0.6, 1}, []float64{0.351, 0.604, 1.37, 2.22})
	drawn(t, knots, err)
	paid(t, "kinks", 0, tail(-0.171, 1.04), tail(-0.171, 1.04), knots, knots)
	u, top := flat(t, 0.836, 1.21), beta(3.48, 1.05)
	paid(t, "joins", 0, beta(2.52, 2.63), u, u, top, top, heavy, heavy)
}
