package search_test

import (
	"context"
	"math"
	"testing"

	"allot/mechanisms"
	"allot/mechanisms/distributions"
	"allot/solver/search"
)

// together gives all agents of a market a component that they know.
func together(m *mechanisms.Market, c mechanisms.Distribution, knows mechanisms.Knowledge) *mechanisms.Market {
	common := &mechanisms.Common{Name: "all", Value: c, Knows: knows}
	for i := range m.Agents {
		m.Agents[i].Common = common
	}
	return m
}

func evaluated(t testing.TB, m *mechanisms.Market, settings mechanisms.Settings) *search.Candidate {
	t.Helper()
	r, err := search.Evaluate(context.Background(), &search.Problem{
		Market: m, Spaces: []mechanisms.Space{space(t, "auction", settings)}, Objective: goal(t, "revenue"),
	})
	if err != nil {
		t.Fatal(err)
	}
	return r.Candidates[0]
}

// Two draws of U[0,1] times a component C: given C and the reserve r, with rho = r/C, an
// auction brings C (1 + 3 rho^2 - 4 rho^3)/3 up to rho = 1 (Riley, Samuelson 1981) and
// leaves rho^2 unsold. For C uniform on [1, 2] and r = 1/2 and 3/2 the integrals are
// elementary.
func TestKnownComponent(t *testing.T) {
	c := uniform(t, 1, 2)
	revenue := func(r float64) float64 { // int_a^2 C/3 + r^2/C - 4 r^3/(3 C^2) dC, a = max(1, r)
		a := math.Max(1, r)
		return (4-a*a)/6 + r*r*math.Log(2/a) - 4*r*r*r/3*(1/a-1./2)
	}
	for _, pricing := range []string{"first", "second", "all-pay"} {
		for _, r := range []float64{0, 0.5, 1.5} {
			m := together(hidden(t, uniform(t, 0, 1), uniform(t, 0, 1)), c, mechanisms.KnowsBoth)
			got := evaluated(t, m, mechanisms.Settings{"pricing": mechanisms.Word(pricing), "reserve": mechanisms.Number(r)})
			want := revenue(r)
			if pricing == "all-pay" && r > 0 {
				// Types from q, v(q) q = rho, take part: q = sqrt(rho), so that the auction
				// brings int_q^1 (2v-1) 2v dv = 4 (1-q^3)/3 - (1-q^2).
				want = 0
				const n = 200000
				for k := range n {
					c := 1 + (float64(k)+0.5)/n
					if rho := r / c; rho < 1 {
						q := math.Sqrt(rho)
						want += c * (4*(1-q*q*q)/3 - (1 - q*q)) / n
					}
				}
			}
			if math.Abs(got.Objective-want) > 1e-8 {
				t.Errorf("%s, reserve %g: revenue %.12g, want %.12g", pricing, r, got.Objective, want)
			}
			if got.Equilibrium.Relative > 1e-6 || r == 0 && got.Equilibrium.Status != "certified" {
				t.Errorf("%s, reserve %g: %s, epsilon %g (%v)", pricing, r, got.Equilibrium.Status, got.Equilibrium.Relative, got.Notes)
			}
		}
	}
}

// A component that the agents do not know, or that some do not share, is refused with
// its reason; one that is a number is part of the values.
func TestUnknownComponent(t *testing.T) {
	m := together(hidden(t, uniform(t, 0, 1), uniform(t, 0, 1)), uniform(t, 1, 2), mechanisms.KnowsOwn)
	if got := evaluated(t, m, nil); !math.IsNaN(got.Objective) || len(got.Notes) == 0 {
		t.Errorf("revenue %g, notes %v", got.Objective, got.Notes)
	}
	m = together(hidden(t, uniform(t, 0, 1), uniform(t, 0, 1)), uniform(t, 1, 2), mechanisms.KnowsBoth)
	m.Agents[1].Common = nil
	if got := evaluated(t, m, nil); !math.IsNaN(got.Objective) || len(got.Notes) == 0 {
		t.Errorf("revenue %g, notes %v", got.Objective, got.Notes)
	}
	m = together(hidden(t, uniform(t, 0, 1), uniform(t, 0, 1)), mechanisms.Point(3), mechanisms.KnowsOwn)
	if got := evaluated(t, m, mechanisms.Settings{"reserve": mechanisms.Number(1.5)}); math.Abs(got.Objective-1.25) > 1e-9 {
		t.Errorf("revenue %.12g, want 5/4", got.Objective)
	}
}

// Different agents' first-price auction, interpolated in the reserve, against an auction
// solved at every number of a sample.
func TestKnownComponentSample(t *testing.T) {
	sample := []float64{0.3, 0.7, 0.7, 1, 1.9, 2.6, 11}
	c, err := distributions.NewEmpirical(sample)
	if err != nil {
		t.Fatal(err)
	}
	for _, pricing := range []string{"first", "second"} {
		settings := mechanisms.Settings{"pricing": mechanisms.Word(pricing), "reserve": mechanisms.Number(0.8)}
		got := evaluated(t, together(hidden(t, uniform(t, 0, 1), uniform(t, 0, 2)), c, mechanisms.KnowsCommon), settings)
		want, win, top := 0.0, 0.0, 0.0
		for _, x := range sample {
			one := evaluated(t, hidden(t, uniform(t, 0, x), uniform(t, 0, 2*x)), settings)
			want += one.Objective / float64(len(sample))
			win += one.Equilibrium.Agents[0].Win / float64(len(sample))
			top = one.Objective
		}
		if math.Abs(got.Objective-want) > 2e-6 || math.Abs(got.Equilibrium.Agents[0].Win-win) > 2e-6 {
			t.Errorf("%s: revenue %.9g, want %.9g; wins %.9g, want %.9g (%v)", pricing, got.Objective, want, got.Equilibrium.Agents[0].Win, win, got.Notes)
		}
		if share := top * 1e-3 / want; math.Abs(got.TailShare-share) > 1e-6 {
			t.Errorf("%s: share of the top %.9g, want %.9g", pricing, got.TailShare, share)
		}
	}
}

// Values, payments and the reserve scale together, and E C enters alone without one: a
// Pareto component's tail is exact although its variance is infinite.
func TestKnownComponentTail(t *testing.T) {
	c, err := distributions.NewPareto(1, 1.27)
	if err != nil {
		t.Fatal(err)
	}
	m := together(hidden(t, uniform(t, 0, 1), uniform(t, 0, 1)), c, mechanisms.KnowsBoth)
	got := evaluated(t, m, nil)
	if want := 1.27 / 0.27 / 3; math.Abs(got.Objective-want) > 1e-9*want {
		t.Errorf("revenue %.12g, want %.12g", got.Objective, want)
	}
	if want := math.Pow(1e-3, 1-1/1.27); math.Abs(got.TailShare-want) > 1e-9 {
		t.Errorf("share of the top %.12g, want %.12g", got.TailShare, want)
	}
	// E[C (1+3 rho^2-4 rho^3)/3] for r = 1/2: E C = a/(a-1), E 1/C = a/(a+1), E 1/C^2 = a/(a+2).
	const a, r = 1.27, 0.5
	want := a/(a-1)/3 + r*r*a/(a+1) - 4*r*r*r/3*a/(a+2)
	got = evaluated(t, m, mechanisms.Settings{"reserve": mechanisms.Number(r)})
	if math.Abs(got.Objective-want) > 1e-9*want {
		t.Errorf("revenue %.12g, want %.12g", got.Objective, want)
	}
}
