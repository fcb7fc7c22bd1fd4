package constraints_test

import (
	"math"
	"math/rand/v2"
	"strings"
	"testing"

	"allot/constraints"
	"allot/mechanisms"
)

// bare hides what a mechanism says about itself, so that only its rule is left.
type bare struct{ rule mechanisms.Mechanism }

func (b bare) Allot(signals []float64, out *mechanisms.Outcome) { b.rule.Allot(signals, out) }

// splitGain is what agent i gains by k identities in a contest with exponent rho < 1 in
// which everyone pays: equal spends x are best, and the first-order condition of
//
//	v k x^rho / (k x^rho + B) - k x
//
// is solved by bisection, B the others' impact.
func splitGain(v, rho, others float64, k int, honest float64) float64 {
	payoff := func(x float64) float64 {
		a := float64(k) * math.Pow(x, rho)
		return v*a/(a+others) - float64(k)*x
	}
	slope := func(x float64) float64 {
		a := float64(k) * math.Pow(x, rho)
		return v*others*rho*a/x/((a+others)*(a+others)) - float64(k)
	}
	low, high := 1e-12*v, v
	for range 200 {
		if m := math.Sqrt(low * high); slope(m) > 0 {
			low = m
		} else {
			high = m
		}
	}
	return payoff(low) - honest
}

func TestSybilProofOfContests(t *testing.T) {
	random := rand.New(rand.NewPCG(3, 1))
	for trial := range 60 {
		n := 2 + random.IntN(5)
		values := make([]float64, n)
		for i := range values {
			values[i] = math.Exp(2 * random.NormFloat64())
		}
		rho := 0.2 + 0.79*random.Float64()
		k := 2 + random.IntN(4)
		rule := contest(rho)
		if trial%3 == 0 {
			rule = bare{rule} // then found by the rule alone
		}
		c := solved(t, contest(rho), values...)
		c.Game.Mechanism, c.Design.Mechanism = rule, rule
		want := 0.0
		for i, v := range values {
			others := 0.0
			for j, x := range c.Equilibrium.Profile.Signals {
				if j != i {
					others += math.Pow(x, rho)
				}
			}
			want = math.Max(want, splitGain(v, rho, others, k, c.Equilibrium.Payoff[i]))
		}
		got, _ := measure(t, c, "sybil-proof", options{"identities": float64(k)})
		if !(math.Abs(got-want) <= 1e-8*want+1e-11*c.Account.Values[0]) {
			t.Errorf("values %v, exponent %v, %d identities: %v, want %v", values, rho, k, got, want)
		}
	}
}

// Splitting a spend at exponent 1/2 (values 1, 1): the honest pay-off is 0.375, and two
// identities that spend the same together win sqrt 2/(sqrt 2 + 1).
func TestSybilGainAtHalf(t *testing.T) {
	c := solved(t, contest(0.5), 1, 1)
	if got := c.Equilibrium.Payoff[0]; math.Abs(got-0.375) > 1e-12 {
		t.Fatalf("honest %v, want 0.375", got)
	}
	same := math.Sqrt2/(math.Sqrt2+1) - 0.125 // 0.460786
	got, verdict := measure(t, c, "sybil-proof", nil)
	if got < same-0.375 || got > same-0.375+0.01 || verdict != constraints.Violated {
		t.Errorf("gain %v (%v), want a little more than that of the same spend, %v", got, verdict, same-0.375)
	}
	if want := splitGain(1, 0.5, math.Sqrt(0.125), 2, 0.375); math.Abs(got-want) > 1e-12 {
		t.Errorf("gain %v, want %v", got, want)
	}
}

// From exponent 1 on splitting never pays, exactly.
func TestSybilProofFromOne(t *testing.T) {
	random := rand.New(rand.NewPCG(3, 2))
	for range 80 {
		n := 2 + random.IntN(6)
		values := make([]float64, n)
		for i := range values {
			values[i] = math.Exp(random.NormFloat64())
		}
		rho := 1.0
		if random.IntN(3) > 0 {
			rho = 1 + 0.3*random.Float64()
		}
		if n == 2 && random.IntN(2) == 0 {
			rho = 1 + 2*random.Float64() // semi-mixed and mixed
		}
		c := solved(t, contest(rho), values...)
		for _, k := range []float64{2, 5} {
			if got, _ := measure(t, c, "sybil-proof", options{"identities": k}); got != 0 {
				t.Errorf("values %v, exponent %v, %v identities: %v, want 0", values, rho, k, got)
			}
		}
	}
}

// Pan, Mazorra, Schlegel, Mamageishvili (2024): auctions pass, equal lotteries fail.
func TestSybilProofOfOthers(t *testing.T) {
	weighted := must(mechanisms.NewLottery(mechanisms.Lot{Price: 1, Weights: []float64{3, 2, 1}}))
	for _, c := range []struct {
		name       string
		rule       mechanisms.Mechanism
		values     []float64
		identities float64
		want       float64
	}{
		{"second-price", auction(0, 0), []float64{30, 20, 10}, 5, 0},
		{"first-price", auction(1, 0), []float64{30, 20, 10}, 5, 0},
		{"mixed price", auction(0.5, 7), []float64{30, 20, 10}, 3, 0},
		{"equal values", auction(1, 0), []float64{3, 3, 3}, 3, 0},
		{"second-price, equal values", auction(0, 0), []float64{3, 3, 3}, 3, 0},
		{"all-pay", allPay(0), []float64{30, 20, 10}, 3, 0},
		{"all-pay with a reserve", allPay(5), []float64{30, 20, 10}, 2, 0},
		{"all-pay, equal values", allPay(0), []float64{1, 1, 1}, 2, 0},
		{"equal lottery", lottery(2), []float64{4, 2}, 9, 0.8}, // 1 -> 9/10 (4-2)
		{"equal lottery", lottery(2), []float64{4, 2}, 2, 1. / 3},
		{"free lottery", lottery(0), []float64{1, 1, 1}, 4, 4./6 - 1./3},
		{"stakes", weighted, []float64{4, 3, 2}, 4, 0}, // a stake is divided
	} {
		s := solved(t, c.rule, c.values...)
		if got, _ := measure(t, s, "sybil-proof", options{"identities": c.identities}); math.Abs(got-c.want) > 1e-12 {
			t.Errorf("%s %v with %v identities: %v, want %v", c.name, c.values, c.identities, got, c.want)
		}
	}
}

// An agent's own number of identities overrides the study's.
func TestOwnIdentities(t *testing.T) {
	c := solved(t, lottery(2), 4, 2)
	c.Market.Agents[0].Identities = 9
	if got, _ := measure(t, c, "sybil-proof", nil); math.Abs(got-0.8) > 1e-12 {
		t.Errorf("nine of its own: %v, want 0.8", got)
	}
	c.Market.Agents[0].Identities = 1
	if got, _ := measure(t, c, "sybil-proof", nil); got != 0 {
		t.Errorf("one of its own: %v, want 0", got)
	}
}

// prize rewards identities: each that takes part wins with a chance that grows with its
// signal, pays the square of it, and the first signal counts far more than the rest.
type prize struct{}

func (prize) Allot(signals []float64, out *mechanisms.Outcome) {
	out.Resize(len(signals))
	total := 1.0
	for _, a := range signals {
		total += math.Log1p(10 * a)
	}
	for i, a := range signals {
		out.Win[i] = math.Log1p(10*a) / total
		out.IfWin[i], out.IfLose[i] = a*a, a*a
	}
}

// The search finds what a fine grid over two signals finds, for rules of every kind and
// strategies that are no equilibrium; what one signal gains is no reason to split.
func TestSybilSearchAgainstGrid(t *testing.T) {
	random := rand.New(rand.NewPCG(3, 3))
	fee := must(mechanisms.NewContest(mechanisms.Ratio{Exponent: 0.6, Fee: 0.02}))
	winner := must(mechanisms.NewContest(mechanisms.Ratio{Exponent: 0.8, WinnerPays: true}))
	phantom := must(mechanisms.NewContest(mechanisms.Ratio{Exponent: 0.7, Phantom: 0.1}))
	heavy := must(mechanisms.NewContest(mechanisms.Ratio{Exponent: 0.7, Weights: []float64{1, 2, 0.5}}))
	custom := must(mechanisms.NewCustom("sqrt(a) + a^2", "a", "", nil))
	for _, rule := range []mechanisms.Mechanism{fee, winner, phantom, heavy, custom, bare{fee}, prize{}} {
		for range 2 {
			values, signals := make([]float64, 3), make([]float64, 3)
			for i := range values {
				values[i] = 0.5 + random.Float64()
				signals[i] = 0.3 * random.Float64() * values[i]
			}
			c := given(rule, values, signals)
			got, _ := measure(t, c, "sybil-proof", nil)
			if want := gridGain(rule, values, signals); got < want-1e-7 || got > want+4e-3 {
				t.Errorf("%T: values %v, signals %v: %v, a grid finds %v", rule, values, signals, got, want)
			}
		}
	}
}

func gridGain(rule mechanisms.Mechanism, values, signals []float64) float64 {
	const steps = 60
	grid := []float64{0}
	for k := range steps {
		grid = append(grid, 2*math.Pow(10, -5*float64(k)/(steps-1)))
	}
	var out mechanisms.Outcome
	best := 0.0
	for i, v := range values {
		split := rule
		if s, ok := rule.(mechanisms.Splitter); ok {
			split = s.Split(i, 2)
		}
		own := append([]float64(nil), signals...)
		rule.Allot(own, &out)
		honest := out.Payoff(i, v)
		for k := range 8000 { // fine, so that best is no overestimate
			own[i] = 2 * math.Pow(10, -5*float64(k)/8000)
			rule.Allot(own, &out)
			honest = math.Max(honest, out.Payoff(i, v))
		}
		two := append(append([]float64(nil), signals...), 0)
		for _, x := range grid {
			for _, y := range grid {
				two[i], two[3] = x, y
				split.Allot(two, &out)
				best = math.Max(best, out.Payoff(i, v)+out.Payoff(3, v)-honest)
			}
		}
	}
	return best
}

// Scaling money scales the gain, the order of agents does not matter, an agent without
// value changes nothing.
func TestSybilProperties(t *testing.T) {
	base, _ := measure(t, solved(t, contest(0.6), 5, 3, 2), "sybil-proof", options{"identities": 3})
	if !(base > 0.1) {
		t.Fatalf("gain %v", base)
	}
	for name, c := range map[string]*constraints.Case{
		"in wei": solved(t, contest(0.6), 5e18, 3e18, 2e18), "permuted": solved(t, contest(0.6), 2, 5, 3), "with a worthless agent": solved(t, contest(0.6), 5, 0, 3, 2),
	} {
		got, _ := measure(t, c, "sybil-proof", options{"identities": 3})
		if name == "in wei" {
			got /= 1e18
		}
		if math.Abs(got-base) > 1e-9*base {
			t.Errorf("%s: %v, want %v", name, got, base)
		}
	}
}

func TestSybilProofOfVeryMany(t *testing.T) {
	const n = 100_000
	values := make([]float64, n)
	for i := range values {
		values[i] = 1 + float64(n-i)/n
	}
	c := solved(t, contest(1), values...)
	k := must(constraints.New("sybil-proof", nil))
	x, err := k.Measure(c)
	if err != nil || x != 0 {
		t.Errorf("%v, %v; want 0", x, err)
	}
	if why := k.Explain(c, x); !strings.Contains(why, "searched: 64 of 100000") {
		t.Errorf("explains %q", why)
	}
}
