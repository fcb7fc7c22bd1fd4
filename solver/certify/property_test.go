package certify

import (
	"fmt"
	"math"
	"math/rand/v2"
	"testing"

	"allot/mechanisms"
)

// The dumb reference: every pay-off by the mechanism's rule, at each joint signal
// of the others or, for continuous mixtures, by drawing from them on a lattice of
// quantiles; deviations on a dense grid.

// draws is a mixture as equally likely or weighted signals.
func draws(m mechanisms.Mixture, signal float64, parts int) (signals, chances []float64) {
	if m.IsEmpty() {
		return []float64{signal}, []float64{1}
	}
	before := 0.0
	for k, x := range m.Signals {
		mass := m.Cumulative[k] - before
		before = m.Cumulative[k]
		switch {
		case mass == 0:
		case k == 0 || x == m.Signals[k-1]:
			signals, chances = append(signals, x), append(chances, mass)
		default:
			for p := range parts {
				at := m.Signals[k-1] + (x-m.Signals[k-1])*(float64(p)+0.5)/float64(parts)
				signals, chances = append(signals, at), append(chances, mass/float64(parts))
			}
		}
	}
	return signals, chances
}

// expected is agent i's pay-off by rule, when it signals a or (a < 0) plays its own
// strategy.
func expected(g mechanisms.Game, p mechanisms.Profile, i int, a float64, parts int) float64 {
	n := len(g.Values)
	out := mechanisms.NewOutcome(n)
	signals := make([]float64, n)
	var walk func(j int) float64
	walk = func(j int) float64 {
		if j == n {
			g.Mechanism.Allot(signals, out)
			return out.Payoff(i, g.Values[i])
		}
		if j == i && a >= 0 {
			signals[j] = a
			return walk(j + 1)
		}
		var m mechanisms.Mixture
		if p.Mixed != nil {
			m = p.Mixed[j]
		}
		xs, qs := draws(m, p.Signals[j], parts)
		sum := 0.0
		for k, x := range xs {
			signals[j] = x
			sum += qs[k] * walk(j+1)
		}
		return sum
	}
	return walk(0)
}

// denseGain is the most that a grid of deviations gains over the profile, and the
// largest pay-off of a deviation of each agent.
func denseGain(g mechanisms.Game, p mechanisms.Profile, steps, parts int) (gain float64, best []float64) {
	top := 0.0
	grid := []float64{0, 5e-324, 1e-12, 1e-6}
	for _, v := range g.Values {
		top = max(top, v)
	}
	for i, s := range p.Signals {
		top = max(top, s)
		grid = append(grid, s, math.Nextafter(s, math.MaxFloat64))
		if p.Mixed != nil {
			for _, x := range p.Mixed[i].Signals {
				grid = append(grid, x, math.Nextafter(x, math.MaxFloat64))
			}
		}
	}
	for s := range steps {
		grid = append(grid, 1.1*top*float64(s+1)/float64(steps))
	}
	for i := range g.Values {
		own := expected(g, p, i, -1, parts)
		most := math.Inf(-1)
		for _, a := range grid {
			most = max(most, expected(g, p, i, a, parts))
		}
		gain = max(gain, most-own)
		best = append(best, most)
	}
	return gain, best
}

// anyMechanism draws a mechanism for n agents.
func anyMechanism(t testing.TB, r *rand.Rand, n int) (mechanisms.Mechanism, string) {
	reserve := 0.0
	if r.IntN(2) == 0 {
		reserve = r.Float64()
	}
	switch r.IntN(6) {
	case 3:
		sale := mechanisms.Sale{Elasticity: []float64{0.3, 1, 4 * r.Float64()}[r.IntN(3)], Price: 0.2 + r.Float64(), Supply: float64(r.IntN(2) * 2)}
		m, err := mechanisms.NewTickets(sale)
		if err != nil {
			t.Fatal(err)
		}
		return m, fmt.Sprintf("tickets %+v", sale)
	case 0:
		first := []float64{0, 1, 0.5, r.Float64()}[r.IntN(4)]
		return auctionOf(t, first, reserve), fmt.Sprintf("auction first %g reserve %g", first, reserve)
	case 1:
		return allPayOf(t, reserve), fmt.Sprintf("all-pay reserve %g", reserve)
	case 2:
		l := mechanisms.Lot{Fee: r.Float64() * 0.3, Price: r.Float64()}
		if r.IntN(2) == 0 {
			for range n {
				l.Weights = append(l.Weights, 0.1+r.Float64())
			}
		}
		return lotteryOf(t, l), fmt.Sprintf("lottery %+v", l)
	}
	c := mechanisms.Ratio{Exponent: []float64{1, 1.4, 2.5, 0.5, 0.1 + 4*r.Float64()}[r.IntN(5)], WinnerPays: r.IntN(3) == 0}
	if r.IntN(2) == 0 {
		c.Fee = 0.2 * r.Float64()
	}
	if r.IntN(3) == 0 {
		c.Phantom = r.Float64()
	}
	if r.IntN(3) == 0 {
		for range n {
			c.Weights = append(c.Weights, 0.1+r.Float64())
		}
	}
	return contestOf(t, c), fmt.Sprintf("contest %+v", c)
}

// anySignal is often one of a few numbers, so that ties and zeros happen.
func anySignal(r *rand.Rand) float64 {
	if r.IntN(2) == 0 {
		return []float64{0, 0.25, 0.5, 1}[r.IntN(4)]
	}
	return r.Float64() * 1.5
}

func anyAtoms(r *rand.Rand) mechanisms.Mixture {
	a, b, p := anySignal(r), anySignal(r), r.Float64()
	if a > b {
		a, b = b, a
	}
	if a == b {
		return atomsAt([]float64{a}, []float64{1})
	}
	return atomsAt([]float64{a, b}, []float64{p, 1 - p})
}

func anyProfile(r *rand.Rand, n int, mix bool) mechanisms.Profile {
	var p mechanisms.Profile
	for range n {
		p.Signals = append(p.Signals, anySignal(r))
	}
	if !mix {
		return p
	}
	p.Mixed = make([]mechanisms.Mixture, n)
	for i := range n {
		if r.IntN(3) > 0 {
			p.Mixed[i] = anyAtoms(r)
			p.Signals[i] = p.Mixed[i].Mean()
		}
	}
	return p
}

func anyValues(r *rand.Rand, n int) []float64 {
	v := make([]float64, n)
	for i := range v {
		v[i] = []float64{0, 1, r.Float64(), 2 * r.Float64()}[r.IntN(4)]
	}
	return v
}

// The bound covers what the dense grid finds, and is attained (nearly) by
// the deviation that it names.
func TestBoundCoversDenseGrid(t *testing.T) {
	for _, mix := range []bool{false, true} {
		r := rand.New(rand.NewPCG(1, 2))
		for trial := range 4000 {
			n := 1 + r.IntN(4)
			m, name := anyMechanism(t, r, n)
			g := mechanisms.Game{Mechanism: m, Values: anyValues(r, n)}
			p := anyProfile(r, n, mix)
			if _, sale := m.(mechanisms.Priced); mix && (sale || n > 3) {
				continue // the dumb reference, or the rule alone, takes too long
			}
			c := Game(g, p, nil, Options{})
			if c.Standing != Certified {
				t.Fatalf("trial %d: %s values %v profile %v: %+v", trial, name, g.Values, p, c)
			}
			gain, best := denseGain(g, p, 40, 1)
			if c.Epsilon < gain-1e-15 {
				t.Fatalf("trial %d: %s values %v profile %v: epsilon %g, but a grid gains %g", trial, name, g.Values, p, c.Epsilon, gain)
			}
			for i := range n {
				d := BestDeviation(g, p, i, Options{})
				if d.Bound < best[i]-1e-15 {
					t.Fatalf("trial %d: %s values %v profile %v agent %d: bound %g, but a grid finds %g", trial, name, g.Values, p, i, d.Bound, best[i])
				}
				if d.Bound-d.Payoff > 1e-8 {
					t.Fatalf("trial %d: %s values %v profile %v agent %d: bound %g is far from the pay-off found %g", trial, name, g.Values, p, i, d.Bound, d.Payoff)
				}
				if got := expected(g, p, i, d.Signal, 1); got < d.Payoff-1e-12 {
					t.Fatalf("trial %d: %s values %v profile %v agent %d: signal %g yields %g, not %g", trial, name, g.Values, p, i, d.Signal, got, d.Payoff)
				}
			}
			// Claims of what the profile yields are accepted, others refused.
			claims := make([]float64, n)
			for i := range claims {
				claims[i] = expected(g, p, i, -1, 1)
			}
			if c := Game(g, p, claims, Options{}); c.Standing != Certified {
				t.Fatalf("trial %d: %s values %v profile %v claims %v: %+v", trial, name, g.Values, p, claims, c)
			}
			claims[trial%n] += 2*c.Epsilon + 0.001
			if c := Game(g, p, claims, Options{}); c.Standing != None {
				t.Fatalf("trial %d: %s: a wrong claim was accepted: %+v", trial, name, c)
			}
		}
	}
}

// Certificates by the rule alone agree with those by the description.
func TestRuleAgreesWithDescription(t *testing.T) {
	for _, mix := range []bool{false, true} {
		r := rand.New(rand.NewPCG(3, 4))
		trials := 400
		if mix {
			trials = 60
		}
		for trial := range trials {
			n := 1 + r.IntN(3)
			m, name := anyMechanism(t, r, n)
			g := mechanisms.Game{Mechanism: m, Values: anyValues(r, n)}
			p := anyProfile(r, n, mix)
			exact := Game(g, p, nil, Options{})
			g.Mechanism = plain{m}
			coarse := Game(g, p, nil, Options{Tolerance: 4e-3})
			if exact.Standing != Certified || coarse.Standing != Certified {
				t.Fatalf("trial %d: %s: %+v, %+v", trial, name, exact, coarse)
			}
			// The supremum may be a limit between two signals for the description,
			// so the rule's may be less by the gap between neighbours.
			if coarse.Epsilon < exact.Epsilon-1e-9 || coarse.Epsilon > exact.Epsilon+9e-3 {
				t.Fatalf("trial %d: %s values %v profile %v: by rule %+v, by description %+v", trial, name, g.Values, p, coarse, exact)
			}
			g.Mechanism = bare{m}
			seen := Game(g, p, nil, Options{})
			if seen.Standing != Approximate || seen.Reason == "" || seen.Epsilon > exact.Epsilon+1e-9 {
				t.Fatalf("trial %d: %s values %v profile %v: sampled %+v, proven %+v", trial, name, g.Values, p, seen, exact)
			}
		}
	}
}

// Continuous mixtures: auctions against a lattice of quantiles.
func TestBoundCoversContinuousMixtures(t *testing.T) {
	const parts = 120
	r := rand.New(rand.NewPCG(5, 6))
	for trial := range 60 {
		n := 2
		var m mechanisms.Mechanism
		reserve := float64(r.IntN(2)) * 0.3 * r.Float64()
		name := "all-pay"
		if r.IntN(2) == 0 {
			m = allPayOf(t, reserve)
		} else {
			first := []float64{0, 1, 0.5, r.Float64()}[r.IntN(4)]
			m, name = auctionOf(t, first, reserve), fmt.Sprintf("first %g", first)
		}
		g := mechanisms.Game{Mechanism: m, Values: anyValues(r, n)}
		p := anyProfile(r, n, true)
		for i := range n {
			if r.IntN(3) == 0 {
				continue
			}
			low := r.Float64() * 0.5
			mid, high := low+0.1+r.Float64()*0.5, low+0.7+r.Float64()*0.3
			f := r.Float64()
			p.Mixed[i] = mechanisms.Mixture{Signals: []float64{low, mid, high}, Cumulative: []float64{f * f, f, 1}}
			p.Signals[i] = p.Mixed[i].Mean()
		}
		c := Game(g, p, nil, Options{})
		if c.Standing != Certified {
			t.Fatalf("trial %d: %s: %+v", trial, name, c)
		}
		gain, best := denseGain(g, p, 100, parts)
		// The lattice moves the chance of winning by at most half a part of a
		// piece's mass, against each of two mixtures.
		slop := 2.0 / parts
		if c.Epsilon < gain-2*slop || c.Epsilon > gain+0.06 {
			t.Fatalf("trial %d: %s reserve %g values %v profile %v: epsilon %g, a grid gains %g", trial, name, reserve, g.Values, p, c.Epsilon, gain)
		}
		claims := make([]float64, n)
		for i := range n {
			claims[i] = expected(g, p, i, -1, parts)
			d := BestDeviation(g, p, i, Options{})
			if d.Bound < best[i]-slop || d.Bound-d.Payoff > 1e-8 {
				t.Fatalf("trial %d: %s agent %d: bound %g, pay-off %g, a grid finds %g", trial, name, i, d.Bound, d.Payoff, best[i])
			}
		}
		// The lattice's own pay-offs are right to its mesh.
		if c := Game(g, p, claims, Options{Tolerance: slop}); c.Standing != Certified {
			t.Fatalf("trial %d: %s reserve %g values %v profile %v claims %v: %+v", trial, name, reserve, g.Values, p, claims, c)
		}
	}
}

// Values, signals, fee, phantom and reserve in another unit scale epsilon.
func TestScaling(t *testing.T) {
	r := rand.New(rand.NewPCG(7, 8))
	for trial := range 200 {
		n := 1 + r.IntN(3)
		values, p := anyValues(r, n), anyProfile(r, n, trial%2 == 0)
		rho, winner := 0.3+3*r.Float64(), r.IntN(2) == 0
		fee, phantom := 0.1*r.Float64(), r.Float64()*float64(r.IntN(2))
		at := func(scale float64) Certificate {
			q := mechanisms.Profile{}
			v := make([]float64, n)
			for i := range n {
				v[i] = values[i] * scale
				q.Signals = append(q.Signals, p.Signals[i]*scale)
			}
			if p.Mixed != nil {
				for _, m := range p.Mixed {
					k := mechanisms.Mixture{Cumulative: m.Cumulative}
					for _, x := range m.Signals {
						k.Signals = append(k.Signals, x*scale)
					}
					q.Mixed = append(q.Mixed, k)
				}
			}
			m := contestOf(t, mechanisms.Ratio{Exponent: rho, Fee: fee * scale, Phantom: phantom * scale, WinnerPays: winner})
			return Game(mechanisms.Game{Mechanism: m, Values: v}, q, nil, Options{})
		}
		one := at(1)
		for _, scale := range []float64{0x1p-900, 1e-300, 1e-6, 1e9, 1e300} {
			got := at(scale)
			if got.Standing != Certified || math.Abs(got.Epsilon/scale-one.Epsilon) > 3e-10 {
				t.Fatalf("trial %d: scale %g: %+v, at scale 1 %+v", trial, scale, got, one)
			}
		}
	}
}

// A larger perturbation is further from equilibrium.
func TestPerturbationsAreSeen(t *testing.T) {
	for _, k := range knownEquilibria(t) {
		if k.profile.Mixed != nil {
			continue
		}
		if _, ok := k.m.(mechanisms.Ratioed); !ok {
			continue
		}
		g := mechanisms.Game{Mechanism: k.m, Values: k.values}
		if k.values[0] == 0 || len(k.values) == 1 && k.profile.Signals[0] == 0 {
			continue
		}
		last := Game(g, k.profile, nil, Options{}).Epsilon
		for _, by := range []float64{1e-6, 1e-5, 1e-4, 1e-3, 1e-2, 1e-1} {
			p := pure(append([]float64(nil), k.profile.Signals...)...)
			p.Signals[0] *= 1 - by
			c := Game(g, p, nil, Options{})
			gain, _ := denseGain(g, p, 2000, 1)
			if c.Standing != Certified || c.Epsilon < gain-1e-14 {
				t.Errorf("%s less %g: %+v, a grid gains %g", k.name, by, c, gain)
			}
			if !(c.Epsilon > last) {
				t.Errorf("%s less %g: epsilon %g is not above %g", k.name, by, c.Epsilon, last)
			}
			last = c.Epsilon
		}
	}
}
