package component_test

import (
	"math"
	"math/rand/v2"
	"strings"
	"testing"

	"allot/solver/certify"
	"allot/solver/certify/component"
)

func phi(z float64) float64 { return math.Erfc(-z/math.Sqrt2) / 2 }

// plan tabulates a strategy, bid/C by the scores of C and e.
func plan(g component.Group, steps int, bid func(y, z float64) float64) component.Plan {
	var p component.Plan
	for i := -component.Reach * steps; i <= component.Reach*steps; i++ {
		var row []float64
		for k := -component.Reach * steps; k <= component.Reach*steps; k++ {
			row = append(row, math.Log(bid(float64(i)/float64(steps), float64(k)/float64(steps)))/g.Omega)
		}
		p = append(p, row)
	}
	return p
}

// alone is the equilibrium of two bidders who meet nobody else: the mean of the other's value,
// given that it is lower (Vickrey 1961).
func alone(g component.Group) func(y, z float64) float64 {
	return func(_, z float64) float64 {
		return math.Exp(g.Omega*g.Omega/2) * phi(z-g.Omega) / phi(z)
	}
}

// Two bidders alone: what can be gained by leaving the exact equilibrium falls with the square
// of the mesh, and the revenue is E[C] E min(e_1, e_2).
func TestAlone(t *testing.T) {
	g := component.Group{Count: 2, Mu: 0.3, Sigma: 0.3, Omega: 0.1}
	mean := math.Exp(g.Mu + g.Sigma*g.Sigma/2)
	want := mean * 2 * math.Exp(g.Omega*g.Omega/2) * phi(-g.Omega/math.Sqrt2)
	last := 0.0
	for _, steps := range []int{12, 25, 50} {
		p := component.FirstPrice([]component.Group{g}, []component.Plan{plan(g, steps, alone(g))})
		if p.Standing != certify.Certified {
			t.Fatalf("%d steps: %s", steps, p.Reason)
		}
		if last > 0 && !(p.Epsilon < last/3) {
			t.Errorf("%d steps: epsilon %g after %g", steps, p.Epsilon, last)
		}
		if !(p.Low < want && want < p.High && p.High-p.Low < want/float64(steps*steps)) {
			t.Errorf("%d steps: revenue from %.10g to %.10g, not about %.10g", steps, p.Low, p.High, want)
		}
		if !(p.Expected < p.Epsilon) {
			t.Errorf("%d steps: %g on average, %g at most", steps, p.Expected, p.Epsilon)
		}
		last = p.Epsilon
	}
	if last > 5e-5*mean {
		t.Errorf("epsilon %g", last)
	}
}

// What is bounded is never below what a dumb search finds: two groups that bid shares of their
// values, so that everyone could gain, H by plain sums.
func TestSearch(t *testing.T) {
	groups := []component.Group{{Count: 2, Mu: 0, Sigma: 0.4, Omega: 0.1}, {Count: 3, Mu: -0.3, Sigma: 0.6, Omega: 0.05}}
	for _, shade := range []float64{0.01, 0.1} {
		var plans []component.Plan
		bids := make([]func(y, z float64) float64, len(groups))
		for i, g := range groups {
			bids[i] = func(y, z float64) float64 { return math.Exp(g.Omega*z) * (1 - shade*phi(z/2+y/4)) }
			plans = append(plans, plan(g, 20, bids[i]))
		}
		p := component.FirstPrice(groups, plans)
		if p.Standing != certify.Certified {
			t.Fatal(p.Reason)
		}
		r := rand.New(rand.NewPCG(1, 2))
		found := 0.0
		for range 12 {
			i := r.IntN(2)
			g, other := groups[i], groups[1-i]
			y, z := 2*r.NormFloat64(), 2*r.NormFloat64()
			c := math.Exp(g.Mu + g.Sigma*y)
			payoff := func(to float64) float64 { // imitating the score to
				rel := bids[i](y, to)
				h, mass := 0.0, 0.0
				for k := -75; k <= 75; k++ {
					s := float64(k) / 12.5
					w := math.Pow(phi(s+0.04), float64(other.Count)) - math.Pow(phi(s-0.04), float64(other.Count))
					// The score of C at which the other group's type s bids as much.
					a, b := -8.0, 8.0
					for range 25 {
						m := a/2 + b/2
						if math.Exp(other.Mu+other.Sigma*m)*bids[1-i](m, s) < c*rel {
							a = m
						} else {
							b = m
						}
					}
					h, mass = h+w*phi(a), mass+w
				}
				return (math.Exp(g.Omega*z) - rel) * c * math.Pow(phi(to), float64(g.Count-1)) * h / mass
			}
			own := payoff(z)
			for to := -4.0; to <= 4; to += 0.5 {
				found = math.Max(found, payoff(to)-own)
			}
		}
		if p.Epsilon < found {
			t.Errorf("shade %g: bounded by %g, but a search finds %g", shade, p.Epsilon, found)
		}
		if !(found > 1e-5) {
			t.Errorf("shade %g: the search finds %g", shade, found)
		}
	}
}

// Bids that are off are refused by as much as they are off.
func TestPerturbed(t *testing.T) {
	g := component.Group{Count: 2, Mu: 0, Sigma: 0.3, Omega: 0.1}
	last := 0.0
	for _, off := range []float64{0, 0.002, 0.004, 0.008} {
		bid := alone(g)
		p := component.FirstPrice([]component.Group{g}, []component.Plan{plan(g, 25, func(y, z float64) float64 {
			return bid(y, z) * (1 - off*phi(z))
		})})
		if p.Standing != certify.Certified || !(p.Epsilon > last) {
			t.Errorf("bids off by %g: epsilon %g after %g: %s", off, p.Epsilon, last, p.Reason)
		}
		last = p.Epsilon
	}
}

// What is no strategy that the bound is for is said to be none.
func TestRefused(t *testing.T) {
	g := component.Group{Count: 2, Mu: 0, Sigma: 0.3, Omega: 0.1}
	good := plan(g, 2, alone(g))
	ragged := append(component.Plan{good[0], good[1][1:]}, good...)
	for _, c := range []struct {
		want  string
		group component.Group
		plan  component.Plan
	}{
		{"above the value", g, plan(g, 2, func(_, z float64) float64 { return math.Exp(g.Omega*z) * 1.01 })},
		{"do not ascend in z", g, plan(g, 2, func(y, z float64) float64 { return alone(g)(y, math.Min(z, 1)) })},
		{"with the common component", g, plan(g, 2, func(y, z float64) float64 { return alone(g)(y, z) * math.Exp(-0.2*(y+6)) })},
		{"differ in length", g, ragged},
		{"fewer than three", g, component.Plan{{1, 2, 3}}},
		{"above the value", g, plan(g, 2, func(y, z float64) float64 { return math.NaN() })},
		{"above 0", component.Group{Count: 2, Omega: 0.1}, good},
		{"above 0", component.Group{Count: 2, Mu: math.NaN(), Sigma: 1, Omega: 0.1}, good},
		{"a bidder", component.Group{Sigma: 1, Omega: 0.1}, good},
	} {
		p := component.FirstPrice([]component.Group{c.group}, []component.Plan{c.plan})
		if p.Standing != certify.None || !strings.Contains(p.Reason, c.want) || !math.IsInf(p.Epsilon, 1) {
			t.Errorf("%s: %+v", c.want, p)
		}
	}
	if p := component.FirstPrice(nil, nil); p.Standing != certify.None {
		t.Errorf("%+v", p)
	}
}
