package certify

import (
	"math"
	"strings"
	"testing"

	"allot/mechanisms"
)

func contestOf(t testing.TB, r mechanisms.Ratio) mechanisms.Mechanism {
	t.Helper()
	m, err := mechanisms.NewContest(r)
	if err != nil {
		t.Fatal(err)
	}
	return m
}

func auctionOf(t testing.TB, first, reserve float64) mechanisms.Mechanism {
	t.Helper()
	m, err := mechanisms.NewAuction(first, reserve)
	if err != nil {
		t.Fatal(err)
	}
	return m
}

func allPayOf(t testing.TB, reserve float64) mechanisms.Mechanism {
	t.Helper()
	m, err := mechanisms.NewAllPay(reserve)
	if err != nil {
		t.Fatal(err)
	}
	return m
}

func lotteryOf(t testing.TB, l mechanisms.Lot) mechanisms.Mechanism {
	t.Helper()
	m, err := mechanisms.NewLottery(l)
	if err != nil {
		t.Fatal(err)
	}
	return m
}

func ticketsOf(t testing.TB, s mechanisms.Sale) mechanisms.Mechanism {
	t.Helper()
	m, err := mechanisms.NewTickets(s)
	if err != nil {
		t.Fatal(err)
	}
	return m
}

// atomsAt is a mixture over the given signals.
func atomsAt(signals, chances []float64) mechanisms.Mixture {
	var m mechanisms.Mixture
	sum := 0.0
	for k, x := range signals {
		m.Signals = append(m.Signals, x, x)
		m.Cumulative = append(m.Cumulative, sum, min(1, sum+chances[k]))
		sum += chances[k]
	}
	m.Cumulative[len(m.Cumulative)-1] = 1
	return m
}

// ramp is an atom at low and the rest of the mass evenly on [low, high].
func ramp(low, high, mass float64) mechanisms.Mixture {
	return mechanisms.Mixture{Signals: []float64{low, high}, Cumulative: []float64{mass, 1}}
}

func pure(signals ...float64) mechanisms.Profile { return mechanisms.Profile{Signals: signals} }

func mixed(ms ...mechanisms.Mixture) mechanisms.Profile {
	p := mechanisms.Profile{Mixed: ms}
	for _, m := range ms {
		p.Signals = append(p.Signals, m.Mean())
	}
	return p
}

// plain hides what a mechanism says of itself but that it is monotone.
type plain struct{ m mechanisms.Mechanism }

func (p plain) Allot(s []float64, out *mechanisms.Outcome) { p.m.Allot(s, out) }
func (p plain) Monotone() bool                             { return true }

// bare hides even that.
type bare struct{ m mechanisms.Mechanism }

func (b bare) Allot(s []float64, out *mechanisms.Outcome) { b.m.Allot(s, out) }

type known struct {
	name    string
	source  string
	m       mechanisms.Mechanism
	values  []float64
	profile mechanisms.Profile
	payoff  []float64
	epsilon float64 // at most, as a share of the largest value
}

func knownEquilibria(t testing.TB) []known {
	x2 := 2.0 / 3
	x1 := x2 * math.Pow(0.5, -2.0/3)
	q := 0.5 * math.Pow(0.5, -2.0/3)
	s13 := 1 / (1 + math.Pow(2, 1.3)) // the weak agent's share at rho = 1.3
	// With eta = 1, (4-z)/(4+z) + (2-z)/(2+z) = 1 gives z^2 + 2 z - 8/3 = 0, and
	// orders of A = sqrt z in all.
	z := math.Sqrt(11.0/3) - 1
	orders := [2]float64{math.Sqrt(z) * (4 - z) / (4 + z), math.Sqrt(z) * (2 - z) / (2 + z)}
	big := 4 * 1.3 * s13 * (1 - s13)
	return []known{
		{"contest 4,2", "Neuder, Garimidi, Roughgarden 2024", contestOf(t, mechanisms.Ratio{Exponent: 1}),
			[]float64{4, 2}, pure(8.0/9, 4.0/9), []float64{16.0 / 9, 2.0 / 9}, 1e-14},
		{"contest 30,20,10", "Hillman, Riley 1989", contestOf(t, mechanisms.Ratio{Exponent: 1}),
			[]float64{30, 20, 10}, pure(7.2, 4.8, 0), []float64{10.8, 3.2, 0}, 1e-14},
		{"contest 4,2 rho 1.3", "Nti 1999", contestOf(t, mechanisms.Ratio{Exponent: 1.3}),
			[]float64{4, 2}, pure(big, big/2), []float64{1.7765854518522541, 0.04359784350184748}, 1e-13},
		{"contest symmetric rho 1.4", "Perez-Castrillo, Verdier 1992", contestOf(t, mechanisms.Ratio{Exponent: 1.4}),
			[]float64{1, 1, 1}, pure(1.4*2/9, 1.4*2/9, 1.4*2/9), []float64{1.0 / 45, 1.0 / 45, 1.0 / 45}, 1e-13},
		{"contest entry rho 1.5", "Perez-Castrillo, Verdier 1992", contestOf(t, mechanisms.Ratio{Exponent: 1.5}),
			[]float64{1, 1, 1, 1, 1}, pure(1.0/3, 1.0/3, 1.0/3, 0, 0), []float64{0, 0, 0, 0, 0}, 1e-13},
		{"contest semi-mixed", "Wang 2010", contestOf(t, mechanisms.Ratio{Exponent: 1.5}),
			[]float64{4, 2}, mixed(atomsAt([]float64{x1}, []float64{1}), atomsAt([]float64{0, x2}, []float64{1 - q, q})),
			[]float64{1.8834652640424008, 0}, 1e-13},
		{"contest phantom", "first-order condition: (1+x)^2 = 4", contestOf(t, mechanisms.Ratio{Exponent: 1, Phantom: 1}),
			[]float64{4}, pure(1), []float64{1}, 1e-14},
		{"contest fee", "entry: u = 2/9 < fee keeps the weak agent out", contestOf(t, mechanisms.Ratio{Exponent: 1, Fee: 0.1}),
			[]float64{4, 2}, pure(8.0/9, 4.0/9), []float64{16.0/9 - 0.1, 2.0/9 - 0.1}, 1e-14},
		{"contest winner-pays", "first-order condition: v = 3a", contestOf(t, mechanisms.Ratio{Exponent: 1, WinnerPays: true}),
			[]float64{3, 3}, pure(1, 1), []float64{1, 1}, 1e-13},
		{"all-pay 30,20,10", "Baye, Kovenock, de Vries 1996", allPayOf(t, 0),
			[]float64{30, 20, 10}, mixed(ramp(0, 20, 0), ramp(0, 20, 1.0/3), mechanisms.Mixture{}), []float64{10, 0, 0}, 1e-13},
		{"first price 30,20,10", "Bertrand", auctionOf(t, 1, 0),
			[]float64{30, 20, 10}, pure(math.Nextafter(20, 30), 20, 10), []float64{10, 0, 0}, 1e-14},
		{"first price equal", "Bertrand", auctionOf(t, 1, 0),
			[]float64{20, 20, 10}, pure(20, 20, 10), []float64{0, 0, 0}, 0},
		{"second price 30,20,10", "Vickrey 1961", auctionOf(t, 0, 0),
			[]float64{30, 20, 10}, pure(30, 20, 10), []float64{10, 0, 0}, 1e-14},
		{"reserve", "Myerson 1981", auctionOf(t, 1, 25),
			[]float64{30, 20, 10}, pure(25, 20, 10), []float64{5, 0, 0}, 1e-14},
		{"all-pay reserve above v2", "Hillman, Riley 1989", allPayOf(t, 25),
			[]float64{30, 20}, pure(25, 0), []float64{5, 0}, 1e-14},
		{"lottery at price 2", "posted price", lotteryOf(t, mechanisms.Lot{Price: 2}),
			[]float64{4, 2}, pure(1, 1), []float64{1, 0}, 1e-13},
		{"lottery stakes", "random proposer", lotteryOf(t, mechanisms.Lot{Weights: []float64{3, 1}}),
			[]float64{4, 2}, pure(1, 1), []float64{3, 0.5}, 1e-13},
		{"tickets eta 1", "Burian, Crapis, Saleh 2024: v (1-s) = z (1+s)", ticketsOf(t, mechanisms.Sale{Elasticity: 1, Price: 1}),
			[]float64{4, 2}, pure(orders[0], orders[1]), nil, 1e-12},
		{"tickets capped", "s in proportion to values of the others", ticketsOf(t, mechanisms.Sale{Elasticity: math.Inf(1), Price: 1, Supply: 8}),
			[]float64{4, 2}, pure(5, 3), []float64{2.5, 0.75}, 1e-13},
		{"nothing is worth anything", "zeros", contestOf(t, mechanisms.Ratio{Exponent: 1}),
			[]float64{0, 0}, pure(0, 0), []float64{0, 0}, 0},
		{"one agent", "zeros", contestOf(t, mechanisms.Ratio{Exponent: 1}),
			[]float64{5}, pure(0), []float64{5}, 1e-14},
	}
}

func TestKnownEquilibria(t *testing.T) {
	for _, k := range knownEquilibria(t) {
		t.Run(k.name, func(t *testing.T) {
			top := 0.0
			for _, v := range k.values {
				top = max(top, v)
			}
			c := Game(mechanisms.Game{Mechanism: k.m, Values: k.values}, k.profile, k.payoff, Options{})
			t.Logf("%+v", c)
			if c.Standing != Certified || c.Reason != "" {
				t.Fatalf("%s: not certified: %+v", k.source, c)
			}
			if !(c.Epsilon <= k.epsilon*top) {
				t.Errorf("%s: epsilon %g of the largest value, want at most %g", k.source, c.Epsilon/top, k.epsilon)
			}
		})
	}
}

func TestMalformed(t *testing.T) {
	m := contestOf(t, mechanisms.Ratio{Exponent: 1})
	nan := math.NaN()
	for _, k := range []struct {
		name    string
		m       mechanisms.Mechanism
		values  []float64
		profile mechanisms.Profile
		payoff  []float64
		reason  string
	}{
		{"no mechanism", nil, []float64{1}, pure(1), nil, "no mechanism"},
		{"no agents", m, nil, pure(), nil, "no agents"},
		{"too few signals", m, []float64{1, 2}, pure(1), nil, "1 signals for 2 agents"},
		{"mixtures", m, []float64{1}, mechanisms.Profile{Signals: []float64{1}, Mixed: make([]mechanisms.Mixture, 2)}, nil, "2 mixtures"},
		{"value", m, []float64{nan}, pure(1), nil, "value NaN"},
		{"negative", m, []float64{1}, pure(-1), nil, "signal -1"},
		{"infinite", m, []float64{1}, pure(math.Inf(1)), nil, "signal +Inf"},
		{"payoffs", m, []float64{1}, pure(1), []float64{1, 2}, "2 pay-offs"},
		{"payoff", m, []float64{1}, pure(1), []float64{nan}, "not a number"},
		{"wrong claim", m, []float64{4, 2}, pure(8.0/9, 4.0/9), []float64{2, 2.0 / 9}, "claimed to get 2"},
		{"descending", m, []float64{1}, mixed(mechanisms.Mixture{Signals: []float64{2, 1}, Cumulative: []float64{0, 1}}), nil, "descend"},
		{"short", m, []float64{1}, mixed(mechanisms.Mixture{Signals: []float64{1, 2}, Cumulative: []float64{0, 0.5}}), nil, "add up"},
	} {
		t.Run(k.name, func(t *testing.T) {
			c := Game(mechanisms.Game{Mechanism: k.m, Values: k.values}, k.profile, k.payoff, Options{})
			if c.Standing != None || !strings.Contains(c.Reason, k.reason) || !(c.Epsilon >= 0) {
				t.Errorf("got %+v, want none because of %q", c, k.reason)
			}
		})
	}
}

// A claim below what the profile yields, within the tolerance, is what epsilon is
// measured from; one above it changes nothing.
func TestEpsilonCoversClaims(t *testing.T) {
	g := mechanisms.Game{Mechanism: contestOf(t, mechanisms.Ratio{Exponent: 1}), Values: []float64{4, 2}}
	p := pure(8.0/9, 4.0/9)
	for _, k := range []struct{ off, low, high float64 }{{-2e-9, 1.99e-9, 2.01e-9}, {2e-9, 0, 1e-13}} {
		c := Game(g, p, []float64{16.0/9 + k.off, 2.0 / 9}, Options{})
		if c.Standing != Certified || c.Epsilon < k.low || c.Epsilon > k.high {
			t.Errorf("claim off by %g: %+v, want epsilon in [%g, %g]", k.off, c, k.low, k.high)
		}
	}
}
