package equilibrium

import (
	"fmt"
	"math"
	"math/rand/v2"
	"reflect"
	"testing"

	"allot/mechanisms"
	"allot/solver/certify"
)

// mindful is U_i of a profile by the rule itself, mixtures on a lattice; agent i signals a,
// or plays its own strategy where a < 0.
func mindful(g mechanisms.Game, p mechanisms.Profile, i int, a float64, parts int) float64 {
	n := len(g.Values)
	out := mechanisms.NewOutcome(n)
	signals := make([]float64, n)
	var walk func(j int) float64
	walk = func(j int) float64 {
		switch {
		case j == n:
			g.Mechanism.Allot(signals, out)
			u := out.Payoff(i, g.Values[i])
			for k, v := range g.Values {
				if k != i {
					u -= g.Spite(i) * out.Payoff(k, v)
				}
			}
			return u
		case j == i && a >= 0:
			signals[j] = a
			return walk(j + 1)
		case p.Mixed == nil || p.Mixed[j].IsEmpty():
			signals[j] = p.Signals[j]
			return walk(j + 1)
		}
		m, before, sum := p.Mixed[j], 0.0, 0.0
		for k, x := range m.Signals {
			mass := m.Cumulative[k] - before
			before = m.Cumulative[k]
			switch {
			case mass == 0:
			case k == 0 || x == m.Signals[k-1]:
				signals[j] = x
				sum += mass * walk(j+1)
			default:
				for q := range parts { // no two agents on the same lattice: ties are for atoms
					at := (float64(q) + 0.5 + 0.1*float64(j)) / (float64(parts) + 0.3)
					signals[j] = m.Signals[k-1] + (x-m.Signals[k-1])*at
					sum += mass / float64(parts) * walk(j+1)
				}
			}
		}
		return sum
	}
	return walk(0)
}

// mindfulGain is the dumb reference: what any agent gains in U by signals of a grid.
func mindfulGain(g mechanisms.Game, p mechanisms.Profile, parts int) float64 {
	top, gain := 0.0, 0.0
	for i, v := range g.Values {
		top = math.Max(top, v*(1+g.Spite(i)))
	}
	var near []float64
	for i, a := range p.Signals {
		near = append(near, a, math.Nextafter(a, math.Inf(1)), math.Nextafter(a, 0))
		if p.Mixed != nil {
			for _, x := range p.Mixed[i].Signals {
				near = append(near, x, math.Nextafter(x, math.Inf(1)), math.Nextafter(x, 0))
			}
		}
	}
	for i := range g.Values {
		own := mindful(g, p, i, -1, parts)
		best, at := math.Inf(-1), 0.0
		look := func(a float64) {
			if u := mindful(g, p, i, a, parts); a >= 0 && u > best {
				best, at = u, a
			}
		}
		for _, a := range near {
			look(a)
		}
		look(0)
		for x := 1.3; x > 1e-5; x *= 0.93 {
			look(x * top)
		}
		if parts < 2 {
			look(golden(func(a float64) float64 { return mindful(g, p, i, a, parts) }, at*0.92, at*1.08, 40))
		}
		gain = math.Max(gain, best-own)
	}
	return gain
}

func spiteful(t testing.TB, m mechanisms.Mechanism, values, spites []float64) (mechanisms.Game, *Equilibrium) {
	t.Helper()
	g := mechanisms.Game{Mechanism: m, Values: values, Spites: spites}
	eq := new(Equilibrium)
	if err := new(Solver).Solve(g, eq); err != nil {
		t.Fatal(err)
	}
	return g, eq
}

func rule[M mechanisms.Mechanism](m M, err error) mechanisms.Mechanism {
	if err != nil {
		return nil
	}
	return m
}

func ratio(rho float64) mechanisms.Mechanism {
	return rule(mechanisms.NewContest(mechanisms.Ratio{Exponent: rho}))
}

func TestSpiteClosedForms(t *testing.T) {
	near := func(what string, got, want float64) {
		t.Helper()
		if !(math.Abs(got-want) <= 1e-11*math.Max(1, math.Abs(want))) {
			t.Errorf("%s: %.15g, want %.15g", what, got, want)
		}
	}
	three, half := []float64{30, 20, 10}, []float64{0.5, 0.5, 0.5}
	auction := func(first, reserve float64) mechanisms.Mechanism { return rule(mechanisms.NewAuction(first, reserve)) }
	for _, c := range []struct {
		name         string
		m            mechanisms.Mechanism
		spites       []float64
		price, wins0 float64
	}{
		{"first price: P_21 = (20 + 15)/1.5", auction(1, 0), half, 70. / 3, 1},
		{"second price: P_12 = (30 + 10)/1.5", auction(0, 0), half, 80. / 3, 1},
		{"a mix of prices: the least", auction(0.3, 0), half, 70. / 3, 1},
		{"a reserve above", auction(1, 25), half, 25, 1},
		{"a reserve above, which losers drive up", auction(0, 25), half, 80. / 3, 1},
		{"a reserve that nobody pays", auction(0, 31), half, 0, 0},
		{"only the last minds: (10 + 30)/2", auction(1, 0), []float64{0, 0, 1}, 20, 1},
		{"only the last minds, a little more", auction(1, 0), []float64{0, 0, 3}, 25, 1},
		{"only the last minds: it makes the winner pay its value", auction(0, 0), []float64{0, 0, 1}, 30, 1},
		{"only the winner minds: nobody drives the price", auction(0, 0), []float64{1, 0, 0}, 20, 1},
	} {
		_, eq := spiteful(t, c.m, three, c.spites)
		near(c.name+": price", eq.Cost[0], c.price)
		near(c.name+": wins", eq.Win[0], c.wins0)
	}
	// All-pay: w = (40, 35), c_1 = 35/2, c_2 = 35^2/80, t_2 = 35/80.
	_, eq := spiteful(t, rule(mechanisms.NewAllPay(0)), []float64{30, 20}, []float64{0.5, 0.5})
	near("all-pay: cost of the first", eq.Cost[0], 17.5)
	near("all-pay: cost of the second", eq.Cost[1], 35.*35/80)
	near("all-pay: chance of the second", eq.Win[1], 35./80)
	near("all-pay: what the first keeps", eq.Payoff[0], 30*45./80-17.5)
	// Proportional, two: w = (5, 4), X = 20/9.
	_, eq = spiteful(t, ratio(1), []float64{4, 2}, []float64{0.5, 0.5})
	near("proportional: revenue", eq.Cost[0]+eq.Cost[1], 20./9)
	near("proportional: chance", eq.Win[0], 5./9)
	// Proportional, equal weights: t_i = (1 - A/v_i)/(1+s), A = (m-1-s)/sum 1/v_j.
	values, s := []float64{5, 4, 3.5, 4.5}, 0.3
	_, eq = spiteful(t, ratio(1), values, []float64{s, s, s, s})
	inverse := 0.0
	for _, v := range values {
		inverse += 1 / v
	}
	for i, v := range values {
		near(fmt.Sprintf("proportional: chance %d of 4", i+1), eq.Win[i], (1-(3-s)/inverse/v)/(1+s))
	}
	// Equal values and weights: a_i = rho w (n-1)/n^2, w = v (1+s).
	_, eq = spiteful(t, ratio(0.7), []float64{6, 6, 6}, []float64{0.4, 0.4, 0.4})
	near("equal agents: signal", eq.Profile.Signals[1], 0.7*6*1.4*2/9)
	// Winner pays, equal: a = rho W (1-t)/(1+rho(1-t)), W = v + s (v - a).
	_, eq = spiteful(t, rule(mechanisms.NewContest(mechanisms.Ratio{Exponent: 1, WinnerPays: true})), []float64{6, 6}, []float64{0.4, 0.4})
	near("winner pays: signal", eq.Profile.Signals[0], 6*1.4/(3+0.4))
	// Tickets, equal: w (1-t) = z (1 + eta (t - s (1-t))).
	_, eq = spiteful(t, rule(mechanisms.NewTickets(mechanisms.Sale{Elasticity: 1, Price: 1})), []float64{6, 6, 6}, []float64{0.5, 0.5, 0.5})
	near("tickets: collected", eq.Cost[0]+eq.Cost[1]+eq.Cost[2], 9*(2./3)/(1+1./3-1./3))
	// A lottery at a price above the value of one that enters to keep another out.
	_, eq = spiteful(t, rule(mechanisms.NewLottery(mechanisms.Lot{Price: 3})), []float64{5, 2}, []float64{0, 1})
	near("lottery: the second enters at a loss", eq.Win[1], 0.5)
	_, eq = spiteful(t, rule(mechanisms.NewLottery(mechanisms.Lot{Price: 3})), []float64{5, 2}, []float64{0, 0.4})
	near("lottery: it does not for less spite", eq.Win[1], 0)
}

// What is not solved says why.
func TestSpiteRefuses(t *testing.T) {
	three := []float64{3, 2, 1}
	for _, c := range []struct {
		m      mechanisms.Mechanism
		spites []float64
	}{
		{rule(mechanisms.NewAuction(1, 0)), []float64{2, 1, 0}},
		{rule(mechanisms.NewAllPay(1)), []float64{0.5, 0.5, 0}},
		{rule(mechanisms.NewTickets(mechanisms.Sale{Elasticity: math.Inf(1), Price: 1})), []float64{0.5, 0.5, 0}},
		{rule(mechanisms.NewTickets(mechanisms.Sale{Elasticity: 10, Price: 1})), []float64{0.5, 0.5, 0}},
		{bare{ratio(1)}, []float64{0.5, 0.5, 0}},
	} {
		if _, eq := spiteful(t, c.m, three, c.spites); eq.Status != NotFound || eq.Method == "" {
			t.Errorf("%T %v: %v, %q", c.m, c.spites, eq.Status, eq.Method)
		}
	}
	for _, s := range [][]float64{{1}, {-1, 0, 0}, {math.NaN(), 0, 0}, {math.Inf(1), 0, 0}} {
		if new(Solver).Solve(mechanisms.Game{Mechanism: ratio(1), Values: three, Spites: s}, new(Equilibrium)) == nil {
			t.Errorf("weights %v: no error", s)
		}
	}
}

// All lists what Solve finds: the sets of agents without spite are not theirs.
func TestSpiteAll(t *testing.T) {
	g := mechanisms.Game{Mechanism: ratio(1.4), Values: []float64{10, 9, 8}, Spites: []float64{0.1, 0, 0}}
	all, err := new(Solver).All(g)
	if err != nil || len(all) > 1 {
		t.Errorf("%d equilibria, %v", len(all), err)
	}
}

// bare hides what a mechanism can do.
type bare struct{ mechanisms.Mechanism }

func randomRule(rng *rand.Rand) (mechanisms.Mechanism, string) {
	switch rng.IntN(9) {
	case 0:
		return rule(mechanisms.NewAuction([]float64{1, 0, rng.Float64()}[rng.IntN(3)], float64(rng.IntN(2))*rng.Float64())), "auction"
	case 1:
		return rule(mechanisms.NewAllPay(0)), "all-pay"
	case 2:
		return ratio(0.2 + 0.8*rng.Float64()), "contest"
	case 3:
		return ratio(1), "proportional"
	case 4:
		return ratio(1 + rng.Float64()), "steep contest"
	case 5:
		return rule(mechanisms.NewContest(mechanisms.Ratio{Exponent: 0.3 + rng.Float64(), WinnerPays: true, Fee: float64(rng.IntN(2)) * 0.05 * rng.Float64()})), "winner pays"
	case 6:
		return rule(mechanisms.NewContest(mechanisms.Ratio{Exponent: 0.3 + 0.7*rng.Float64(), Phantom: 0.3 * rng.Float64(), Fee: float64(rng.IntN(2)) * 0.05 * rng.Float64()})), "phantom"
	case 7:
		return rule(mechanisms.NewLottery(mechanisms.Lot{Price: 0.6 * rng.Float64(), Fee: 0.1 * float64(rng.IntN(2)) * rng.Float64()})), "lottery"
	}
	return rule(mechanisms.NewTickets(mechanisms.Sale{Elasticity: 2 * rng.Float64(), Price: 1})), "tickets"
}

// Random games: the dumb reference finds no gain, the certificate agrees with it, money
// scales, agents can be permuted, and a worthless agent without spite changes nothing.
func TestSpiteAgainstReference(t *testing.T) {
	rng := rand.New(rand.NewPCG(7, 11))
	found, tried := map[string]int{}, map[string]int{}
	for range 400 {
		m, name := randomRule(rng)
		n := 2 + rng.IntN(3)
		values, spites := make([]float64, n), make([]float64, n)
		for i := range values {
			values[i] = 0.2 + rng.Float64()
			if rng.IntN(3) > 0 {
				spites[i] = rng.Float64()
			}
		}
		if rng.IntN(6) == 0 {
			values[1] = values[0]
		}
		g, eq := spiteful(t, m, values, spites)
		tried[name]++
		if eq.Status != Converged {
			continue
		}
		found[name]++
		cert := certify.Game(g, eq.Profile, eq.Payoff, certify.Options{})
		tolerance := 1e-9
		if eq.Approximate {
			tolerance = 2e-3
		}
		if cert.Standing != certify.Certified || cert.Epsilon > tolerance {
			t.Errorf("%s %v %v (%s): %v %g %s", name, values, spites, eq.Method, cert.Standing, cert.Epsilon, cert.Reason)
			continue
		}
		parts, slack := 1, 1e-12
		if eq.Profile.Mixed != nil && name == "all-pay" {
			if parts, slack = 40, 0.06; n > 3 {
				continue
			}
		}
		if gain := mindfulGain(g, eq.Profile, parts); gain > cert.Epsilon+slack {
			t.Errorf("%s %v %v (%s): a gain of %g was found, %g is certified", name, values, spites, eq.Method, gain, cert.Epsilon)
		}
		sum := 0.0
		for i, w := range eq.Win {
			sum += w
			if got := w*values[i] - eq.Cost[i]; math.Abs(got-eq.Payoff[i]) > 1e-12 {
				t.Errorf("%s: agent %d keeps %g, but %g is said", name, i, got, eq.Payoff[i])
			}
		}
		if sum > 1+1e-12 {
			t.Errorf("%s %v: chances sum to %g", name, values, sum)
		}
	}
	for name, n := range tried {
		if n < 20 || found[name] < n*8/10 {
			t.Errorf("%s: %d of %d were solved", name, found[name], n)
		}
	}
}

// A profile that is not an equilibrium in U is not certified as one, even where it is one in
// u: the certificate is at least what the dumb reference finds, and at pure profiles hardly more.
func TestSpiteCertificateRefutes(t *testing.T) {
	rng := rand.New(rand.NewPCG(3, 5))
	for range 500 {
		m, name := randomRule(rng)
		n := 2 + rng.IntN(3)
		values, spites, solved := make([]float64, n), make([]float64, n), make([]float64, n)
		for i := range values {
			if rng.IntN(8) > 0 {
				values[i] = 0.2 + rng.Float64()
			}
			spites[i] = float64(rng.IntN(2)) * rng.Float64()
			solved[i] = spites[i] * float64(rng.IntN(2))
		}
		_, eq := spiteful(t, m, values, solved)
		if eq.Status != Converged || name == "all-pay" && eq.Profile.Mixed != nil {
			continue
		}
		// Somebody plays something else.
		p := mechanisms.Profile{Signals: append([]float64(nil), eq.Profile.Signals...), Mixed: eq.Profile.Mixed}
		i := rng.IntN(n)
		p.Signals[i] *= []float64{1, 0, 0.5 + rng.Float64()}[rng.IntN(3)]
		if p.Mixed != nil && rng.IntN(2) == 0 {
			p.Mixed[i] = mechanisms.Mixture{}
		}
		g := mechanisms.Game{Mechanism: m, Values: values, Spites: spites}
		cert := certify.Game(g, p, nil, certify.Options{})
		if cert.Standing != certify.Certified {
			continue
		}
		if gain := mindfulGain(g, p, 1); gain > cert.Epsilon+1e-10 || p.Mixed == nil && cert.Epsilon > gain+0.06 {
			t.Errorf("%s %v %v %v: gain %g, certified %g", name, values, spites, p.Signals, gain, cert.Epsilon)
		}
	}
}

func TestSpiteProperties(t *testing.T) {
	rng := rand.New(rand.NewPCG(13, 1))
	for range 200 {
		m, name := randomRule(rng)
		values, spites := []float64{1 + rng.Float64(), 0.5 + rng.Float64(), rng.Float64()}, []float64{rng.Float64(), rng.Float64(), rng.Float64()}
		// No spite: the same bits.
		_, none := spiteful(t, m, values, []float64{0, 0, 0})
		plain := new(Equilibrium)
		if err := new(Solver).Solve(mechanisms.Game{Mechanism: m, Values: values}, plain); err != nil {
			t.Fatal(err)
		}
		if !reflect.DeepEqual(none, plain) {
			t.Fatalf("%s: without spite %+v, want %+v", name, none, plain)
		}
		_, eq := spiteful(t, m, values, spites)
		if eq.Status != Converged {
			continue
		}
		// Permuted.
		_, turned := spiteful(t, m, []float64{values[2], values[0], values[1]}, []float64{spites[2], spites[0], spites[1]})
		if turned.Status != Converged {
			t.Fatalf("%s %v %v: not found when permuted", name, values, spites)
		}
		for i, w := range eq.Win {
			if k := (i + 1) % 3; math.Abs(turned.Win[k]-w) > 1e-9 || math.Abs(turned.Cost[k]-eq.Cost[i]) > 1e-9 {
				t.Fatalf("%s %v %v: agent %d wins %g pays %g, permuted %g, %g", name, values, spites, i, w, eq.Cost[i], turned.Win[k], turned.Cost[k])
			}
		}
	}
}

// Units: values, reserve and fee in another unit.
func TestSpiteScales(t *testing.T) {
	values, spites := []float64{3, 2, 2.5}, []float64{0.2, 0.9, 0}
	thousand := []float64{3000, 2000, 2500}
	for _, pair := range [][2]mechanisms.Mechanism{
		{rule(mechanisms.NewAuction(0, 1)), rule(mechanisms.NewAuction(0, 1000))},
		{rule(mechanisms.NewAllPay(0)), rule(mechanisms.NewAllPay(0))},
		{ratio(0.8), ratio(0.8)},
		{ratio(1.2), ratio(1.2)},
		{rule(mechanisms.NewContest(mechanisms.Ratio{Exponent: 1, Fee: 0.01, Phantom: 0.1})), rule(mechanisms.NewContest(mechanisms.Ratio{Exponent: 1, Fee: 10, Phantom: 100}))},
		{rule(mechanisms.NewTickets(mechanisms.Sale{Elasticity: 1.5, Price: 1})), rule(mechanisms.NewTickets(mechanisms.Sale{Elasticity: 1.5, Price: 1000}))},
	} {
		_, a := spiteful(t, pair[0], values, spites)
		_, b := spiteful(t, pair[1], thousand, spites)
		if a.Status != Converged || b.Status != Converged {
			t.Fatalf("%T: %v %q, %v %q", pair[0], a.Status, a.Method, b.Status, b.Method)
		}
		for i := range values {
			if math.Abs(a.Win[i]-b.Win[i]) > 1e-10 || math.Abs(1000*a.Cost[i]-b.Cost[i]) > 1e-8 {
				t.Errorf("%T: agent %d: %g, %g and %g, %g", pair[0], i, a.Win[i], a.Cost[i], b.Win[i], b.Cost[i])
			}
		}
	}
}
