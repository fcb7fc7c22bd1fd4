package certify

import (
	"math/rand/v2"
	"testing"

	"allot/mechanisms"
)

// The uniform strategies of the all-pay auction are nearly an equilibrium of a
// contest with a large exponent rho: agents gain O(v/rho^2).
func TestContestNearTheAllPayAuction(t *testing.T) {
	for _, rho := range []float64{60} {
		g := mechanisms.Game{Mechanism: contestOf(t, mechanisms.Ratio{Exponent: rho}), Values: []float64{30, 20, 10}}
		p := mixed(ramp(0, 20, 0), ramp(0, 20, 1.0/3), mechanisms.Mixture{})
		var certifier Certifier
		certifier.mixture.parts = 100
		c := certifier.Game(g, p, []float64{10, 0, 0}, Options{})
		// A part holds 1/100 of each mixture.
		if share := c.Epsilon / 30; c.Standing != Certified || !(share <= 2/(rho*rho)+2.0/100) {
			t.Errorf("exponent %g: %+v, %g of the largest value", rho, c, share)
		}
	}
}

// Contests against stretches: the proven bounds hold against a lattice, and are
// wide by no more than a few parts.
func TestStepsCoverLattice(t *testing.T) {
	const parts = 60
	r := rand.New(rand.NewPCG(11, 12))
	for trial := range 15 {
		ratio := mechanisms.Ratio{Exponent: 0.5 + 5*r.Float64(), WinnerPays: r.IntN(2) == 0, Fee: 0.1 * float64(r.IntN(2))}
		if r.IntN(2) == 0 {
			ratio.Phantom = r.Float64()
		}
		g := mechanisms.Game{Mechanism: contestOf(t, ratio), Values: []float64{0.5 + r.Float64(), 0.5 + r.Float64()}}
		p := anyProfile(r, 2, true)
		for i := range 2 {
			if i == 0 || r.IntN(2) == 0 {
				low := r.Float64() * float64(r.IntN(2))
				p.Mixed[i] = ramp(low, low+0.1+r.Float64(), r.Float64()*float64(r.IntN(2)))
				p.Signals[i] = p.Mixed[i].Mean()
			}
		}
		// Few parts, so that a bound that is not one would show.
		var certifier Certifier
		certifier.mixture.parts = 64
		c := certifier.Game(g, p, nil, Options{})
		gain, best := denseGain(g, p, 40, parts)
		const mesh = 2e-3 // of the lattice's own pay-offs, which err to second order
		if c.Standing != Certified || c.Epsilon < gain-mesh || c.Epsilon > gain+0.15 {
			t.Fatalf("trial %d: %+v values %v profile %v: %+v, a lattice gains %g", trial, ratio, g.Values, p, c, gain)
		}
		for i := range 2 {
			d := certifier.BestDeviation(g, p, i, Options{})
			if d.Bound < best[i]-mesh || d.Payoff > d.Bound {
				t.Fatalf("trial %d: %+v agent %d: %+v, a lattice finds %g", trial, ratio, i, d, best[i])
			}
			if got := expected(g, p, i, d.Signal, parts); got < d.Payoff-mesh {
				t.Fatalf("trial %d: %+v agent %d: signal %g yields %g, not %g", trial, ratio, i, d.Signal, got, d.Payoff)
			}
		}
	}
}

// Agents that stand back share one bound: the same epsilon as one by one, and
// whatever their order.
func TestIdleAgents(t *testing.T) {
	r := rand.New(rand.NewPCG(13, 14))
	for trial := range 40 {
		rho := 0.5 + 3*r.Float64()
		values := []float64{2, 1.5}
		p := mechanisms.Profile{Signals: []float64{0, 0}, Mixed: []mechanisms.Mixture{anyAtoms(r), anyAtoms(r)}}
		for range 4 {
			values = append(values, 2*r.Float64())
			p.Signals, p.Mixed = append(p.Signals, 0), append(p.Mixed, mechanisms.Mixture{})
		}
		for i := range 2 {
			p.Signals[i] = p.Mixed[i].Mean()
		}
		g := mechanisms.Game{Mechanism: contestOf(t, mechanisms.Ratio{Exponent: rho}), Values: values}
		c := Game(g, p, nil, Options{})
		gain, _ := denseGain(g, p, 200, 1)
		most := 0.0
		for i := range values {
			own := expected(g, p, i, -1, 1)
			most = max(most, BestDeviation(g, p, i, Options{}).Bound-own)
		}
		if c.Standing != Certified || c.Epsilon < gain-1e-15 || c.Epsilon > most+1e-9 {
			t.Fatalf("trial %d: %+v, a grid gains %g, one by one %g", trial, c, gain, most)
		}
	}
}
