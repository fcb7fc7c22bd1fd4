package certify

import (
	"math"
	"math/rand/v2"
	"testing"

	"allot/mechanisms"
)

// A point where every first-order condition holds need not be an equilibrium: the
// global bound must see the deviation.
func TestStationaryPointsAreNotEnough(t *testing.T) {
	t.Run("symmetric, exponent 2.5", func(t *testing.T) {
		// x = rho/4 solves both conditions and loses 0.125; standing back earns 0.
		g := mechanisms.Game{Mechanism: contestOf(t, mechanisms.Ratio{Exponent: 2.5}), Values: []float64{1, 1}}
		c := Game(g, pure(0.625, 0.625), nil, Options{})
		if c.Standing != Certified || math.Abs(c.Epsilon-0.125) > 1e-9 || c.Signal != 0 {
			t.Errorf("%+v, want epsilon 0.125 by standing back", c)
		}
	})
	t.Run("three of three at exponent 1.4", func(t *testing.T) {
		// Solve the three first-order conditions by the shares s_i: with
		// A = sum a^rho, a_i = rho v_i s_i (1-s_i) and s_i = a_i^rho/A, which
		// has two branches, s below and above (rho-1)/(2 rho-1). The third agent's
		// pay-off is negative where s < 1 - 1/rho, a local minimum below half that.
		const rho = 1.4
		values := []float64{10, 10, 0}
		share := func(v, total float64, low, high float64) float64 {
			// s A = (rho v s (1-s))^rho, bisection on a branch.
			f := func(s float64) float64 { return rho*math.Log(rho*v*s*(1-s)) - math.Log(s*total) }
			for range 200 {
				mid := (low + high) / 2
				if (f(mid) > 0) == (f(low) > 0) {
					low = mid
				} else {
					high = mid
				}
			}
			return (low + high) / 2
		}
		const turn = (rho - 1) / (2*rho - 1)
		lowest, highest := 1e-12, turn
		excess := func(total float64) (float64, []float64) {
			s := []float64{
				share(values[0], total, turn, 1-1e-12),
				share(values[1], total, turn, 1-1e-12),
				share(values[2], total, lowest, highest),
			}
			return s[0] + s[1] + s[2] - 1, s
		}
		found := 0
		for trial := range 12 {
			branch := [2][2]float64{{1e-12, turn}, {turn, 1 - 1e-12}}[trial%2]
			lowest, highest = branch[0], branch[1]
			values[2] = 8.75 + 0.25*float64(trial/2)
			last, _ := excess(0.1)
			for total := 0.1; total < 60; total *= 1.02 {
				e, _ := excess(total)
				if last*e < 0 {
					low, high := total/1.02, total
					for range 200 {
						mid := (low + high) / 2
						if x, _ := excess(mid); (x > 0) == (last > 0) {
							low = mid
						} else {
							high = mid
						}
					}
					_, s := excess(low)
					signals := make([]float64, 3)
					for i, x := range s {
						signals[i] = rho * values[i] * x * (1 - x)
					}
					g := mechanisms.Game{Mechanism: contestOf(t, mechanisms.Ratio{Exponent: rho}), Values: values}
					if stationary(g, signals) && s[2] < 1-1/rho-1e-6 {
						found++
						t.Logf("values %v shares %v", values, s)
						c := Game(g, pure(signals...), nil, Options{})
						gain, _ := denseGain(g, pure(signals...), 800, 1)
						if c.Epsilon < gain || c.Epsilon < 1e-4 || c.Agent != 2 || c.Signal != 0 {
							t.Errorf("signals %v are stationary only: %+v, a grid gains %g", signals, c, gain)
						}
					}
				}
				last = e
			}
		}
		if found == 0 {
			t.Fatal("no stationary point with three members was found")
		}
	})
	t.Run("two equilibria of 10, 9, 8 at exponent 1.4", func(t *testing.T) {
		const rho = 1.4
		values := []float64{10, 9, 8}
		g := mechanisms.Game{Mechanism: contestOf(t, mechanisms.Ratio{Exponent: rho}), Values: values}
		for _, pair := range [][2]int{{0, 1}, {0, 2}} {
			v1, v2 := values[pair[0]], values[pair[1]]
			k := math.Pow(v2/v1, rho)
			signals := make([]float64, 3)
			signals[pair[0]], signals[pair[1]] = rho*v1*k/((1+k)*(1+k)), rho*v2*k/((1+k)*(1+k))
			if c := Game(g, pure(signals...), nil, Options{}); c.Standing != Certified || c.Epsilon > 1e-12 {
				t.Errorf("%v: %+v, want an equilibrium", pair, c)
			}
		}
		// {2, 3} is none: agent 1 enters.
		k := math.Pow(8.0/9, rho)
		c := Game(g, pure(0, rho*9*k/((1+k)*(1+k)), rho*8*k/((1+k)*(1+k))), nil, Options{})
		if c.Agent != 0 || c.Epsilon < 0.1 {
			t.Errorf("agent 1 stands back: %+v", c)
		}
	})
}

// stationary reports that every agent's pay-off is flat at its signal.
func stationary(g mechanisms.Game, signals []float64) bool {
	for i := range signals {
		h := 1e-5 * signals[i]
		up := expected(g, pure(signals...), i, signals[i]+h, 1)
		down := expected(g, pure(signals...), i, signals[i]-h, 1)
		if math.Abs(up-down)/(2*h) > 1e-5 {
			return false
		}
	}
	return true
}

func TestMillionAgents(t *testing.T) {
	const n = 1_000_000
	values, signals := make([]float64, n), make([]float64, n)
	for i := range values {
		values[i] = 1
		signals[i] = float64(n-1) / n / n // (n-1)/n^2 v
	}
	g := mechanisms.Game{Mechanism: contestOf(t, mechanisms.Ratio{Exponent: 1}), Values: values}
	c := Game(g, pure(signals...), nil, Options{})
	if c.Standing != Certified || c.Epsilon > 1e-12 {
		t.Errorf("contest: %+v", c)
	}
	signals[n/2] = 0.5
	c = Game(g, pure(signals...), nil, Options{})
	if c.Standing != Certified || c.Agent == n/2 && c.Epsilon < 1e-3 {
		t.Errorf("contest with an outlier: %+v", c)
	}
	for i := range values {
		values[i], signals[i] = float64(n-i), float64(n-i)
	}
	c = Game(mechanisms.Game{Mechanism: auctionOf(t, 0, 0), Values: values}, pure(signals...), nil, Options{})
	if c.Standing != Certified || c.Epsilon > 1e-9 {
		t.Errorf("second price: %+v", c)
	}
	c = Game(mechanisms.Game{Mechanism: plain{auctionOf(t, 0, 0)}, Values: values}, pure(signals...), nil, Options{})
	if c.Standing != None || c.Reason == "" {
		t.Errorf("by the rule only: %+v, want none with a reason", c)
	}
}

// Hostile sizes: whatever comes, a bound or a reason, never NaN.
func TestExtremes(t *testing.T) {
	r := rand.New(rand.NewPCG(9, 10))
	sizes := []float64{0, 5e-324, 1e-300, 1e-9, 1, 3, 1e9, 1e300, math.MaxFloat64}
	exponents := []float64{1e-9, 0.05, 1, 2.5, 40, 1e6, 1e300}
	any := func() float64 { return sizes[r.IntN(len(sizes))] }
	for trial := range 2000 {
		n := 1 + r.IntN(4)
		g := mechanisms.Game{Values: make([]float64, n)}
		p := mechanisms.Profile{Signals: make([]float64, n)}
		for i := range n {
			g.Values[i], p.Signals[i] = any(), any()
		}
		if r.IntN(3) == 0 {
			p.Mixed = make([]mechanisms.Mixture, n)
			for i := range n {
				if a, b := any(), any(); a < b && r.IntN(2) == 0 {
					q := r.Float64()
					p.Mixed[i] = atomsAt([]float64{a, b}, []float64{q, 1 - q})
					p.Signals[i] = a
				}
			}
		}
		var err error
		switch r.IntN(4) {
		case 0:
			g.Mechanism, err = mechanisms.NewAuction(r.Float64(), any())
		case 1:
			g.Mechanism, err = mechanisms.NewAllPay(any())
		case 2:
			g.Mechanism, err = mechanisms.NewLottery(mechanisms.Lot{Fee: any(), Price: any()})
		case 3:
			g.Mechanism, err = mechanisms.NewContest(mechanisms.Ratio{Exponent: exponents[r.IntN(len(exponents))], Fee: any(), Phantom: any(), WinnerPays: r.IntN(2) == 0})
		}
		if err != nil {
			t.Fatal(err)
		}
		for _, m := range []mechanisms.Mechanism{g.Mechanism, plain{g.Mechanism}, bare{g.Mechanism}} {
			h := mechanisms.Game{Mechanism: m, Values: g.Values}
			c := Game(h, p, nil, Options{MaxEvaluations: 500})
			if !(c.Epsilon >= 0) || c.Standing == None && c.Reason == "" || c.Standing == Certified && math.IsInf(c.Epsilon, 0) || math.IsNaN(c.Signal) {
				t.Fatalf("trial %d: %T %v values %v profile %v: %+v", trial, m, g.Mechanism, g.Values, p, c)
			}
			if d := BestDeviation(h, p, 0, Options{MaxEvaluations: 100}); math.IsNaN(d.Bound) || math.IsNaN(d.Payoff) || math.IsNaN(d.Signal) || d.Bound < d.Payoff {
				t.Fatalf("trial %d: %T %v values %v profile %v: %+v", trial, m, g.Mechanism, g.Values, p, d)
			}
		}
		gain, _ := denseGain(g, p, 20, 1)
		c := Game(g, p, nil, Options{})
		if k, ok := g.Mechanism.(mechanisms.Ratioed); ok && k.Ratio().Exponent < 0.05 {
			continue // there the rule itself rounds ratios of signals to 0
		}
		if c.Standing == Certified && !math.IsInf(gain, 1) && c.Epsilon < gain*(1-1e-12) {
			t.Fatalf("trial %d: %v values %v profile %v: %+v, a grid gains %g", trial, g.Mechanism, g.Values, p, c, gain)
		}
	}
}

func TestCertifierDoesNotAllocate(t *testing.T) {
	for _, k := range knownEquilibria(t) {
		g := mechanisms.Game{Mechanism: k.m, Values: k.values}
		var c Certifier
		c.Game(g, k.profile, k.payoff, Options{})
		if allocs := testing.AllocsPerRun(20, func() { c.Game(g, k.profile, k.payoff, Options{}) }); allocs > 0 {
			t.Errorf("%s: %g allocations", k.name, allocs)
		}
	}
}
