package mechanisms

import (
	"math"
	"math/rand/v2"
	"testing"
)

func TestTerms(t *testing.T) {
	inf := math.Inf(1)
	for _, c := range []struct {
		alpha, psi                   float64
		hidden, factor, burned, lost float64
	}{
		{0, 1, 0, 1, 0, 0},
		{0.25, inf, 0, 0.75, 0.25, 0},
		{1, inf, 0, 0, 1, 0},
		{0.5, 1, 0.5, 0.625, 0.25, 0.125},
		{0.8, 0.4, 1, 0.8, 0, 0.2},
		{0.4, 0.4, 1, 0.8, 0, 0.2}, // the two formulas meet at alpha = psi
		{0.5, 0, 1, 1, 0, 0},
		{0, 0, 0, 1, 0, 0},
	} {
		terms := Terms{BurnShare: c.alpha}
		equal(t, "terms", []float64{terms.Hidden(c.psi), terms.Factor(c.psi), terms.Burned(c.psi), terms.Lost(c.psi)},
			[]float64{c.hidden, c.factor, c.burned, c.lost})
	}
}

// Hiding h is the winner's best choice, and nothing gets lost on the way: what the
// agent plays with, what is burnt and what hiding costs make up the value.
func TestTermsByReference(t *testing.T) {
	r := rand.New(rand.NewPCG(1, 2))
	for range 500 {
		terms, psi := Terms{BurnShare: r.Float64()}, 2*r.Float64()
		best := math.Inf(-1)
		for k := range 2001 {
			h := float64(k) / 2000
			best = math.Max(best, 1-terms.BurnShare*(1-h)-psi*h*h/2)
		}
		if f := terms.Factor(psi); f < best-1e-15 || f > best+1e-6 {
			t.Errorf("alpha %g, psi %g: factor %g, the best of a grid %g", terms.BurnShare, psi, f, best)
		}
		if sum := terms.Factor(psi) + terms.Burned(psi) + terms.Lost(psi); math.Abs(sum-1) > 1e-15 {
			t.Errorf("alpha %g, psi %g: factor, burnt and lost make %g", terms.BurnShare, psi, sum)
		}
	}
}

func TestAccount(t *testing.T) {
	// Values 4, 2, alpha 1/4, observed rewards: bids 2/3, 1/3, shares 2/3, 1/3; the burn
	// brings (4*2/3 + 2/3)/4 = 5/6.
	var a Account
	a.Settle([]float64{4, 2}, []float64{2. / 3, 1. / 3}, []float64{2. / 3, 1. / 3}, []float64{4. / 3, 1. / 6}, Terms{BurnShare: 0.25}, math.Inf(1))
	equal(t, "account", []float64{a.Unsold, a.Welfare, a.Burned, a.Collected(), a.Revenue(), a.Surplus()}, []float64{0, 10. / 3, 5. / 6, 1, 11. / 6, 1.5})
	// Psi = 1/2: half is hidden at a cost of 1/16 of the value; an eighth is burnt.
	a.Settle([]float64{8}, []float64{0.5}, []float64{1}, []float64{2}, Terms{BurnShare: 0.25}, 0.5)
	equal(t, "account", []float64{a.Unsold, a.Welfare, a.Burned, a.Revenue()}, []float64{0.5, 3.75, 0.5, 1.5})
	a.Settle([]float64{math.MaxFloat64, 1}, []float64{0, 1}, []float64{0, 0}, []float64{0, 1}, Terms{}, 0)
	equal(t, "no chance of the largest number", []float64{a.Welfare, a.Unsold}, []float64{1, 0})
}

func TestMixtureMean(t *testing.T) {
	for _, c := range []struct {
		name string
		m    Mixture
		mean float64
	}{
		{"uniform", Mixture{[]float64{0, 2}, []float64{0, 1}}, 1},
		{"an atom of 1/2 at 0, then uniform", Mixture{[]float64{0, 2}, []float64{0.5, 1}}, 0.5},
		{"an atom at 1", Mixture{[]float64{1}, []float64{1}}, 1},
		{"atoms at 0 and 3", Mixture{[]float64{0, 3, 3}, []float64{0.25, 0.25, 1}}, 2.25},
		{"none", Mixture{}, 0},
	} {
		equal(t, c.name, []float64{c.m.Mean()}, []float64{c.mean})
	}
	if !(Mixture{}).IsEmpty() || (Mixture{Signals: []float64{1}}).IsEmpty() {
		t.Error("only a mixture without knots is empty")
	}
}

// A payment that is large beside a chance of 0 or 1 must not spoil the cost.
func TestOutcomeCost(t *testing.T) {
	o := Outcome{Win: []float64{0, 1, 0.25}, IfWin: []float64{math.Inf(1), 2, 8}, IfLose: []float64{1, math.Inf(1), 4}}
	equal(t, "cost", []float64{o.Cost(0), o.Cost(1), o.Cost(2)}, []float64{1, 2, 5})
	equal(t, "payoff", []float64{o.Payoff(0, 3), o.Payoff(1, 3), o.Payoff(2, 3)}, []float64{-1, 1, 0.75 - 5})
}

// Without a floor everything paid is burnt; with one the proposer gets what attesters
// did not see in time. The setting is there only where it was given.
func TestFloor(t *testing.T) {
	for _, c := range []struct {
		settings Settings
		want     float64
	}{{nil, 0}, {Settings{"floor": Number(1)}, 0}, {Settings{"floor": Number(0.75)}, 5}, {Settings{"floor": Number(0)}, 20}} {
		space, err := NewSpace("auction", c.settings)
		if err != nil {
			t.Fatal(err)
		}
		design, err := space.At(nil)
		if err != nil {
			t.Fatal(err)
		}
		if _, there := design.Settings["floor"]; there != (c.settings != nil) {
			t.Errorf("%v: the design's settings are %v", c.settings, design.Settings)
		}
		var a Account
		a.Settle([]float64{30, 20}, []float64{1, 0}, []float64{20, 0}, []float64{10, 0}, design.Terms, math.Inf(1))
		if a.Proposer != c.want || a.Revenue() != 20 {
			t.Errorf("%v: the proposer gets %g of %g, want %g of 20", c.settings, a.Proposer, a.Revenue(), c.want)
		}
	}
	if _, err := NewSpace("auction", Settings{"floor": Number(1.5)}); err == nil {
		t.Error("more than everything is burnt")
	}
}
