package private

import (
	"fmt"
	"math"
	"testing"

	"allot/mechanisms"
	"allot/mechanisms/distributions"
	"allot/solver/certify"
	proof "allot/solver/certify/private"
	"allot/solver/equilibrium"
)

func priced(t testing.TB, first, reserve float64) mechanisms.Auction {
	t.Helper()
	m, err := mechanisms.NewAuction(first, reserve)
	if err != nil {
		t.Fatal(err)
	}
	return m
}

func alike(n int, d mechanisms.Distribution) []mechanisms.Distribution {
	all := make([]mechanisms.Distribution, n)
	for i := range all {
		all[i] = d
	}
	return all
}

// Uniform values: first price v (n-1)(1+s)/((n-1)(1+s)+1), second price (v (1+s) + s)/(1+2s).
func TestSpitefulUniform(t *testing.T) {
	u, err := distributions.NewUniform(0, 1)
	if err != nil {
		t.Fatal(err)
	}
	for _, n := range []int{2, 3, 7} {
		for _, s := range []float64{0.01, 0.3, 0.5, 1, 3} {
			for first := range 2 {
				m := priced(t, float64(first), 0)
				eq, err := Solver{Tolerance: 1e-7, Spite: s}.Solve(m, alike(n, u))
				if err != nil || eq.Status != equilibrium.Converged {
					t.Fatalf("n %d s %g: %v", n, s, err)
				}
				a := float64(n-1) * (1 + s)
				bid := func(v float64) float64 { return v * a / (a + 1) }
				// E v_(1) a/(a+1), or (E v_(2) (1+s) + s)/(1+2s).
				revenue := a / (a + 1) * float64(n) / float64(n+1)
				if first == 0 {
					bid = func(v float64) float64 { return (v*(1+s) + s) / (1 + 2*s) }
					revenue = bid(float64(n-1) / float64(n+1))
				}
				for k, v := range eq.Curves[0].Values {
					counts := 1.0 // how much the bid can matter
					if first == 1 {
						counts = math.Pow(v, float64(n-1))
					}
					if got := eq.Curves[0].Bids[k]; math.Abs(got-bid(v))*counts > 1e-10 {
						t.Fatalf("first %d n %d s %g: bid of %g is %.12g, want %.12g", first, n, s, v, got, bid(v))
					}
				}
				if got := eq.Account.Collected(); math.Abs(got-revenue) > 1e-9 {
					t.Errorf("first %d n %d s %g: revenue %.12g, want %.12g", first, n, s, got, revenue)
				}
				c := proof.Spiteful(m, alike(n, u), eq.Curves, s)
				if c.Standing != certify.Certified || c.Epsilon > 1e-6 {
					t.Errorf("first %d n %d s %g: %v %g %s", first, n, s, c.Standing, c.Epsilon, c.Reason)
				}
			}
		}
	}
}

// Other distributions, reserves and numbers of agents: certified to the tolerance, and
// revenue at second price exceeds that at first (Morgan, Steiglitz, Reis 2003; Brandt, Sandholm,
// Shoham 2007).
func TestSpitefulIsCertified(t *testing.T) {
	make := func(d mechanisms.Distribution, err error) mechanisms.Distribution {
		if err != nil {
			t.Fatal(err)
		}
		return d
	}
	u, err := distributions.NewUniform(1, 3)
	low := make(u, err)
	pw, err := distributions.NewPower(2.5, 2)
	power := make(pw, err)
	b, err := distributions.NewBeta(2, 3)
	beta := make(b, err)
	ln, err := distributions.NewLogNormal(0, 0.5)
	lognormal := make(ln, err)
	for name, d := range map[string]mechanisms.Distribution{"uniform": low, "power": power, "beta": beta, "lognormal": lognormal} {
		for _, n := range []int{2, 5} {
			if name == "beta" && n == 5 || name == "lognormal" && n == 2 {
				continue // dear
			}
			for _, s := range []float64{0.6} {
				var revenue [2]float64
				for first := range 2 {
					for _, r := range []float64{0, d.Quantile(0.3)} {
						if r > 0 && (name == "beta" || name == "lognormal") {
							continue // dear
						}
						label := fmt.Sprintf("%s n %d s %g first %d reserve %g", name, n, s, first, r)
						m := priced(t, float64(first), r)
						eq, err := Solver{Tolerance: 2.5e-7, Spite: s}.Solve(m, alike(n, d))
						if err != nil {
							t.Fatal(err)
						}
						if eq.Status != equilibrium.Converged {
							if _, high := d.Support(); first == 1 || !math.IsInf(high, 1) && r == 0 || eq.Reason == "" {
								t.Errorf("%s: %v %s", label, eq.Status, eq.Reason)
							}
							continue
						}
						c := proof.Spiteful(m, alike(n, d), eq.Curves, s)
						if c.Standing != certify.Certified || c.Epsilon > 1e-6*eq.Highest {
							t.Errorf("%s: %v %g %s (%d knots)", label, c.Standing, c.Epsilon, c.Reason, len(eq.Curves[0].Bids))
						}
						if r == 0 {
							revenue[first] = eq.Account.Collected()
						}
						for i, u := range eq.Account.Payoff {
							if w := eq.Account.Win[i]; w < 0 || w > 1 || math.IsNaN(u) {
								t.Errorf("%s: wins %g keeps %g", label, w, u)
							}
						}
					}
				}
				if revenue[0] > 0 && !(revenue[0] > revenue[1]) {
					t.Errorf("%s n %d s %g: revenue %g at second price, %g at first", name, n, s, revenue[0], revenue[1])
				}
			}
		}
	}
}

// At no spite the closed form is that of agents without; what has no method says so.
func TestSpitefulEdges(t *testing.T) {
	u, err := distributions.NewUniform(0, 1)
	if err != nil {
		t.Fatal(err)
	}
	v, err := distributions.NewUniform(0, 2)
	if err != nil {
		t.Fatal(err)
	}
	ex, err := distributions.NewExponential(1)
	if err != nil {
		t.Fatal(err)
	}
	m := priced(t, 1, 0.4)
	plain, err := Solver{}.Solve(m, alike(3, u))
	if err != nil {
		t.Fatal(err)
	}
	near, err := Solver{Spite: 1e-9}.Solve(m, alike(3, u))
	if err != nil {
		t.Fatal(err)
	}
	if a, b := plain.Account.Collected(), near.Account.Collected(); math.Abs(a-b) > 1e-8 {
		t.Errorf("revenue %g at next to no spite, %g at none", b, a)
	}
	lone, err := Solver{Spite: 1}.Solve(m, alike(1, u))
	if err != nil || lone.Status != equilibrium.Converged || math.Abs(lone.Account.Collected()-0.24) > 1e-15 {
		t.Errorf("a lone agent pays %g, %v", lone.Account.Collected(), err)
	}
	allPay, err := mechanisms.NewAllPay(0)
	if err != nil {
		t.Fatal(err)
	}
	lottery, err := mechanisms.NewLottery(mechanisms.Lot{})
	if err != nil {
		t.Fatal(err)
	}
	for _, c := range []struct {
		m      mechanisms.Mechanism
		values []mechanisms.Distribution
	}{
		{m, []mechanisms.Distribution{u, v}}, {allPay, alike(2, u)}, {priced(t, 0.5, 0), alike(2, u)}, {priced(t, 0, 0), alike(2, ex)},
		{priced(t, 0, 0.9), alike(2, u)}, {lottery, alike(2, u)},
	} {
		if eq, err := (Solver{Spite: 0.5}).Solve(c.m, c.values); err != nil || eq.Status != equilibrium.NotFound || eq.Reason == "" {
			t.Errorf("%T: %v %q, %v", c.m, eq.Status, eq.Reason, err)
		}
	}
	if _, err := (Solver{Spite: -1}).Solve(m, alike(2, u)); err == nil {
		t.Error("a weight of -1: no error")
	}
}
