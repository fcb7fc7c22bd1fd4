package private_test

import (
	"fmt"
	"math"
	"math/rand/v2"
	"testing"

	"allot/mechanisms"
	"allot/mechanisms/distributions"
	"allot/solver/certify"
	"allot/solver/certify/private"
)

// line is the strategy of bidding slope v + level for values uniform on [0, high], with so
// many knots.
func line(knots int, high, slope, level float64) mechanisms.BidCurve {
	var c mechanisms.BidCurve
	for k := range knots {
		p := float64(k) / float64(knots-1)
		c.Below = append(c.Below, p)
		c.Above = append(c.Above, 1-p)
		c.Values = append(c.Values, p*high)
		c.Bids = append(c.Bids, slope*p*high+level)
	}
	return c
}

func uniform(t testing.TB, high float64) mechanisms.Distribution {
	u, err := distributions.NewUniform(0, high)
	if err != nil {
		t.Fatal(err)
	}
	return u
}

func auction(t testing.TB, first, reserve float64) mechanisms.Auction {
	a, err := mechanisms.NewAuction(first, reserve)
	if err != nil {
		t.Fatal(err)
	}
	return a
}

// Straight lines are the exact equilibrium among n uniform draws, b = v (n-1)/n (Vickrey 1961),
// on any knots: what is left is rounding. Without the density it is of the grid, and falls with
// the square of the mesh.
func TestExact(t *testing.T) {
	for _, n := range []int{2, 3, 7} {
		values, plain, curves := make([]mechanisms.Distribution, n), make([]mechanisms.Distribution, n), make([]mechanisms.BidCurve, n)
		last := 0.0
		for _, knots := range []int{201, 401, 801} {
			c := line(knots, 1, float64(n-1)/float64(n), 0)
			for i := range values {
				values[i], curves[i] = uniform(t, 1), c
				plain[i] = bare{values[i]}
			}
			if got := private.Auction(auction(t, 1, 0), values, curves); got.Standing != certify.Certified || got.Epsilon > 4e-15 {
				t.Errorf("n = %d, %d knots: %+v", n, knots, got)
			}
			got := private.Auction(auction(t, 1, 0), plain, curves)
			if got.Standing != certify.Certified || got.Epsilon > 1.2*float64(n-1)/float64(knots*knots) {
				t.Errorf("n = %d, %d knots: %+v", n, knots, got)
			}
			if last > 0 && (got.Epsilon > last/3.5 || got.Epsilon < last/4.5) {
				t.Errorf("n = %d, %d knots: epsilon %g after %g", n, knots, got.Epsilon, last)
			}
			last = got.Epsilon
		}
	}
}

// Truth in a second-price auction and v^2/2 where all pay are exact as well.
func TestOtherRules(t *testing.T) {
	u := []mechanisms.Distribution{uniform(t, 1), uniform(t, 1)}
	truth := line(1001, 1, 1, 0)
	if c := private.Auction(auction(t, 0, 0), u, []mechanisms.BidCurve{truth, truth}); c.Standing != certify.Certified || c.Epsilon > 1.1e-6 {
		t.Errorf("%+v", c)
	}
	// A mix: b = v m/(1+m), m = 1/first.
	mix := line(1001, 1, 1/(1+0.4), 0)
	if c := private.Auction(auction(t, 0.4, 0), u, []mechanisms.BidCurve{mix, mix}); c.Standing != certify.Certified || c.Epsilon > 1.1e-6 {
		t.Errorf("%+v", c)
	}
	paid := line(1001, 1, 1, 0)
	for k, v := range paid.Values {
		paid.Bids[k] = v * v / 2
	}
	a, err := mechanisms.NewAllPay(0)
	if err != nil {
		t.Fatal(err)
	}
	if c := private.Auction(a, u, []mechanisms.BidCurve{paid, paid}); c.Standing != certify.Certified || c.Epsilon > 2e-6 {
		t.Errorf("%+v", c)
	}
}

// A wrong strategy is found out: epsilon grows with the perturbation, and is never less
// than what a search over types and bids finds (the dumb reference).
func TestPerturbed(t *testing.T) {
	u := []mechanisms.Distribution{uniform(t, 1), uniform(t, 1)}
	for _, first := range []float64{1, 0.5, 0} {
		m := auction(t, first, 0)
		slope := 1 / (1 + first)
		last := 0.0
		for _, d := range []float64{0, 0.003, 0.01, 0.03, 0.1} {
			c := line(401, 1, slope, 0)
			for k, v := range c.Values {
				c.Bids[k] += d * v * v * (1 - v/2)
			}
			curves := []mechanisms.BidCurve{c, c}
			got := private.Auction(m, u, curves)
			if d > 0 && got.Epsilon < 1.5*last {
				t.Errorf("first %g, perturbed by %g: epsilon %g after %g", first, d, got.Epsilon, last)
			}
			if found := newGame(m.Ranking(), u, curves).gain(2); got.Epsilon < found-1e-9 {
				t.Errorf("first %g, perturbed by %g: epsilon %g is below a gain of %g", first, d, got.Epsilon, found)
			} else if d >= 0.03 && got.Epsilon > 1.2*found+1e-4 {
				t.Errorf("first %g, perturbed by %g: epsilon %g, best gain found %g", first, d, got.Epsilon, found)
			}
			last = got.Epsilon
		}
	}
}

// Random strategies of three different agents: never below what random deviations find.
func TestRandom(t *testing.T) {
	r := rand.New(rand.NewPCG(1, 9))
	for range 60 {
		first, reserve := float64(r.IntN(3))/2, 0.2*float64(r.IntN(2))
		m := auction(t, first, reserve)
		allPay := r.IntN(4) == 0
		if allPay {
			m, _ = mechanisms.NewAllPay(reserve)
		}
		values, curves := make([]mechanisms.Distribution, 3), make([]mechanisms.BidCurve, 3)
		for i := range values {
			values[i] = uniform(t, 1+float64(i)/2)
			c := mechanisms.BidCurve{}
			b := 0.0
			n := 3 + r.IntN(5)
			for k := range n {
				p := float64(k) / float64(n-1)
				if k > 0 {
					b += r.Float64() / float64(n)
				}
				if b > 0 && b < reserve {
					c.Below, c.Above, c.Bids = append(c.Below, p), append(c.Above, 1-p), append(c.Bids, 0)
					b = reserve
				}
				c.Below, c.Above, c.Bids = append(c.Below, p), append(c.Above, 1-p), append(c.Bids, b)
			}
			if reserve > 0 && c.Bids[1] >= reserve { // those below stand back by a jump
				c.Below = append([]float64{0}, c.Below...)
				c.Above = append([]float64{1}, c.Above...)
				c.Bids = append([]float64{0}, c.Bids...)
				c.Bids[1], c.Below[1], c.Above[1] = c.Bids[2], c.Below[0], c.Above[0]
			}
			curves[i] = c
		}
		got := private.Auction(m, values, curves)
		if got.Standing != certify.Certified {
			t.Fatalf("%+v for %v", got, curves)
		}
		rule := m.Ranking()
		for range 300 {
			i := r.IntN(3)
			p := r.Float64()
			v := values[i].Quantile(p)
			pay := func(b float64) float64 {
				if b < rule.Reserve {
					if rule.AllPay {
						return -b
					}
					return 0
				}
				h := func(x float64) float64 {
					q := 1.0
					for j, c := range curves {
						if j != i {
							q *= rankOf(c, x)
						}
					}
					return q
				}
				if rule.AllPay {
					return v*h(b) - b
				}
				u := (v - b) * h(b)
				const steps = 400
				for s := range steps {
					u += (1 - rule.First) * h(rule.Reserve+(b-rule.Reserve)*(float64(s)+0.5)/steps) * (b - rule.Reserve) / steps
				}
				return u
			}
			own := pay(bidAt(curves[i], p))
			if gain := pay(1.2*r.Float64()) - own; gain > got.Epsilon+1e-5 {
				t.Fatalf("a gain of %g, certified %g", gain, got.Epsilon)
			}
		}
	}
}

func rankOf(c mechanisms.BidCurve, b float64) float64 {
	p := 0.0
	for k := range c.Bids {
		if c.Bids[k] <= b {
			p = c.Below[k]
		} else {
			if k > 0 {
				p += (c.Below[k] - c.Below[k-1]) * (b - c.Bids[k-1]) / (c.Bids[k] - c.Bids[k-1])
			}
			break
		}
	}
	return p
}

func bidAt(c mechanisms.BidCurve, p float64) float64 {
	for k := 1; k < len(c.Below); k++ {
		if c.Below[k] >= p && c.Below[k] > c.Below[k-1] {
			return c.Bids[k-1] + (c.Bids[k]-c.Bids[k-1])*(p-c.Below[k-1])/(c.Below[k]-c.Below[k-1])
		}
	}
	return c.Bids[len(c.Bids)-1]
}

// What cannot be bounded has no certificate, and says why.
func TestNone(t *testing.T) {
	u := []mechanisms.Distribution{uniform(t, 1), uniform(t, 1)}
	good := line(11, 1, 0.5, 0)
	bad := func(f func(c *mechanisms.BidCurve)) mechanisms.BidCurve {
		c := line(11, 1, 0.5, 0)
		f(&c)
		return c
	}
	m := auction(t, 1, 0)
	for name, c := range map[string]mechanisms.BidCurve{
		"empty":     {},
		"short":     bad(func(c *mechanisms.BidCurve) { c.Above = c.Above[:3] }),
		"NaN":       bad(func(c *mechanisms.BidCurve) { c.Bids[3] = math.NaN() }),
		"infinite":  bad(func(c *mechanisms.BidCurve) { c.Bids[10] = math.Inf(1) }),
		"negative":  bad(func(c *mechanisms.BidCurve) { c.Bids[0] = -1 }),
		"descends":  bad(func(c *mechanisms.BidCurve) { c.Bids[5] = 0 }),
		"no top":    bad(func(c *mechanisms.BidCurve) { c.Below[10], c.Above[10] = 0.95, 0.05 }),
		"two ranks": bad(func(c *mechanisms.BidCurve) { c.Above[5] = 0.4 }),
	} {
		if got := private.Auction(m, u, []mechanisms.BidCurve{good, c}); got.Standing != certify.None || got.Reason == "" {
			t.Errorf("%s: %+v", name, got)
		}
	}
	if got := private.Auction(m, u, nil); got.Standing != certify.None {
		t.Errorf("%+v", got)
	}
	if got := private.Auction(nil, u, []mechanisms.BidCurve{good, good}); got.Standing != certify.None {
		t.Errorf("%+v", got)
	}
	if got := private.Auction(m, []mechanisms.Distribution{nil, u[0]}, []mechanisms.BidCurve{good, good}); got.Standing != certify.None {
		t.Errorf("%+v", got)
	}
}

func ExampleAuction() {
	u, _ := distributions.NewUniform(0, 1)
	m, _ := mechanisms.NewAuction(1, 0)
	for _, slope := range []float64{0.5, 0.6} { // half the value is the equilibrium
		c := line(1001, 1, slope, 0)
		proof := private.Auction(m, []mechanisms.Distribution{u, u}, []mechanisms.BidCurve{c, c})
		fmt.Printf("%.1f v: %v, epsilon %.6f\n", slope, proof.Standing, proof.Epsilon)
	}
	// Output:
	// 0.5 v: certified, epsilon 0.000000
	// 0.6 v: certified, epsilon 0.016833
}

func TestSearch(t *testing.T) {
	u := []mechanisms.Distribution{uniform(t, 1), uniform(t, 1)}
	m := auction(t, 1, 0)
	half, more := line(101, 1, 0.5, 0), line(101, 1, 0.7, 0)
	if c := private.Search(m, u, []mechanisms.BidCurve{half, half}); c.Standing != certify.Approximate || c.Epsilon > 4e-3 {
		t.Errorf("%+v", c)
	}
	if c := private.Search(m, u, []mechanisms.BidCurve{more, more}); c.Epsilon < 0.03 {
		t.Errorf("%+v", c)
	}
	if c := private.Search(nil, u, []mechanisms.BidCurve{half, half}); c.Standing != certify.None {
		t.Errorf("%+v", c)
	}
	if c := private.Search(m, []mechanisms.Distribution{nil, nil}, []mechanisms.BidCurve{half, half}); c.Standing != certify.None {
		t.Errorf("%+v", c)
	}
}

func ExampleSearch() {
	u, _ := distributions.NewUniform(0, 1)
	m, _ := mechanisms.NewAuction(1, 0)
	c := line(101, 1, 0.7, 0)
	found := private.Search(m, []mechanisms.Distribution{u, u}, []mechanisms.BidCurve{c, c})
	fmt.Printf("%v: a gain of %.2f\n", found.Standing, found.Epsilon)
	// Output: approximate: a gain of 0.06
}

// entry is the strategy of entering from a rank.
func entry(rank float64) mechanisms.BidCurve {
	return mechanisms.BidCurve{Values: []float64{0, rank, rank, 1}, Bids: []float64{0, 0, 1, 1}, Below: []float64{0, rank, rank, 1}, Above: []float64{1, 1 - rank, 1 - rank, 0}}
}

func TestLottery(t *testing.T) {
	u := []mechanisms.Distribution{uniform(t, 1), uniform(t, 1)}
	m, err := mechanisms.NewLottery(mechanisms.Lot{Fee: 0.1})
	if err != nil {
		t.Fatal(err)
	}
	tau := (math.Sqrt(1.8) - 1) / 2 // tau (1+tau)/2 = fee
	if c := private.Lottery(m, u, []mechanisms.BidCurve{entry(tau), entry(tau)}); c.Standing != certify.Certified || c.Epsilon > 1e-10 {
		t.Errorf("%+v", c)
	}
	// From 0.4 up: the type below 0.4 has 0.4*0.7 - 0.1 = 0.18 to gain.
	if c := private.Lottery(m, u, []mechanisms.BidCurve{entry(0.4), entry(0.4)}); math.Abs(c.Epsilon-0.18) > 1e-3 {
		t.Errorf("%+v", c)
	}
	if c := private.Lottery(nil, u, nil); c.Standing != certify.None {
		t.Errorf("%+v", c)
	}
}

func ExampleLottery() {
	u, _ := distributions.NewUniform(0, 1)
	m, _ := mechanisms.NewLottery(mechanisms.Lot{Price: 0.5})
	c := entry(0.5)
	proof := private.Lottery(m, []mechanisms.Distribution{u, u}, []mechanisms.BidCurve{c, c})
	fmt.Printf("%v: %.6f\n", proof.Standing, proof.Epsilon)
	// Output: certified: 0.000000
}

// Truth is proven by dominance, and a bid that is not the value's is not taken for it.
func TestTruth(t *testing.T) {
	u, err := distributions.NewUniform(0, 1)
	if err != nil {
		t.Fatal(err)
	}
	values := []mechanisms.Distribution{u, u}
	m, err := mechanisms.NewAuction(0, 0)
	if err != nil {
		t.Fatal(err)
	}
	curve := mechanisms.BidCurve{Values: []float64{0, 0.5, 1}, Bids: []float64{0, 0.5, 1}, Below: []float64{0, 0.5, 1}, Above: []float64{1, 0.5, 0}}
	if c := private.Auction(m, values, []mechanisms.BidCurve{curve, curve}); c.Epsilon != 0 || c.Standing != certify.Certified {
		t.Errorf("%s, epsilon %g", c.Standing, c.Epsilon)
	}
	shaded := curve
	shaded.Bids = []float64{0, 0.4, 1}
	if c := private.Auction(m, values, []mechanisms.BidCurve{curve, shaded}); !(c.Epsilon >= 0.0049) {
		t.Errorf("shaded: %s, epsilon %g", c.Standing, c.Epsilon)
	}
	// A strategy that says of itself that it is true, at values that its types do not have.
	lie := curve
	lie.Values, lie.Bids = []float64{0, 0.4, 1}, []float64{0, 0.4, 1}
	if c := private.Auction(m, values, []mechanisms.BidCurve{curve, lie}); !(c.Epsilon >= 0.0049) {
		t.Errorf("false: %s, epsilon %g", c.Standing, c.Epsilon)
	}
}
