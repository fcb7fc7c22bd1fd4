package search

import (
	"context"
	"math"
	"testing"

	"allot/mechanisms"
	"allot/mechanisms/distributions"
)

func colluding(t *testing.T, m *mechanisms.Market, family string, settings mechanisms.Settings) *Collusion {
	t.Helper()
	space, err := mechanisms.NewSpace(family, settings)
	if err != nil {
		t.Fatal(err)
	}
	all, err := Collude(context.Background(), &Problem{Market: m, Spaces: []mechanisms.Space{space}}, nil)
	if err != nil {
		t.Fatal(err)
	}
	if all[0].Reason != "" {
		t.Fatal(all[0].Reason)
	}
	return all[0]
}

func numbers(discount float64, values ...float64) *mechanisms.Market {
	m := &mechanisms.Market{Discount: discount, ConcealmentCost: math.Inf(1)}
	for _, v := range values {
		m.Agents = append(m.Agents, mechanisms.Agent{Value: mechanisms.Point(v)})
	}
	return m
}

// The first-price auction at 30, 20, 10: G = 20, critical discount factor 1/2. A burn
// share of one half halves G and leaves the factor alone; the protocol gets its half of Alice's
// reward whatever the ring does.
func TestCollude(t *testing.T) {
	for _, burn := range []float64{0, 0.5} {
		c := colluding(t, numbers(0.9, 30, 20, 10), "auction", mechanisms.Settings{"burnShare": mechanisms.Number(burn)})
		r, err := c.Ring.Analyse()
		if err != nil {
			t.Fatal(err)
		}
		if want := 20 * (1 - burn); math.Abs(r.Gap-want) > 1e-9 || math.Abs(r.CriticalDiscount-0.5) > 1e-12 {
			t.Errorf("burn share %g: gain %g at %g, want %g at 0.5", burn, r.Gap, r.CriticalDiscount, want)
		}
		if want := 30 * burn; r.Own == nil || math.Abs(r.Own.Revenue-want) > 1e-9 {
			t.Errorf("burn share %g: the protocol gets %+v, want %g", burn, r.Own, want)
		}
		if c.Factor != 1-burn || c.Candidate.Equilibrium.Status != "certified" {
			t.Errorf("burn share %g: factor %g, %s", burn, c.Factor, c.Candidate.Equilibrium.Status)
		}
	}
}

// Every ring stands on its own memory: solving the second mechanism leaves the first alone.
func TestColludeKeepsRingsApart(t *testing.T) {
	m := numbers(0, 30, 20, 10)
	var spaces []mechanisms.Space
	for _, exponent := range []float64{1, 0.5} {
		space, err := mechanisms.NewSpace("contest", mechanisms.Settings{"exponent": mechanisms.Number(exponent)})
		if err != nil {
			t.Fatal(err)
		}
		spaces = append(spaces, space)
	}
	both, err := Collude(context.Background(), &Problem{Market: m, Spaces: spaces}, nil)
	if err != nil {
		t.Fatal(err)
	}
	alone := colluding(t, m, "contest", mechanisms.Settings{"exponent": mechanisms.Number(1)})
	for i, u := range alone.Ring.Equilibrium.Payoff {
		if both[0].Ring.Equilibrium.Payoff[i] != u {
			t.Errorf("agent %d gets %g beside another mechanism, %g alone", i, both[0].Ring.Equilibrium.Payoff[i], u)
		}
	}
	if both[0].Ring.Discounts != nil {
		t.Error("discount factors from nowhere")
	}
}

func TestColludeRefuses(t *testing.T) {
	space, err := mechanisms.NewSpace("auction", nil)
	if err != nil {
		t.Fatal(err)
	}
	ranged, err := mechanisms.NewSpace("auction", mechanisms.Settings{"reserve": mechanisms.Range(0, 1)})
	if err != nil {
		t.Fatal(err)
	}
	u, err := distributions.NewUniform(0, 1)
	if err != nil {
		t.Fatal(err)
	}
	drawn := numbers(0.9, 1, 1)
	drawn.Agents[0].Value = u
	private := numbers(0.9, 1, 1)
	private.Information = mechanisms.Private
	for name, p := range map[string]*Problem{
		"drawn":   {Market: drawn, Spaces: []mechanisms.Space{space}},
		"private": {Market: private, Spaces: []mechanisms.Space{space}},
		"ranged":  {Market: numbers(0.9, 1, 1), Spaces: []mechanisms.Space{ranged}},
		"empty":   {Market: numbers(0.9, 1, 1)},
	} {
		if _, err := Collude(context.Background(), p, nil); err == nil {
			t.Errorf("%s: no error", name)
		}
	}
	if _, err := Collude(context.Background(), &Problem{Market: numbers(0, 1, 1), Spaces: []mechanisms.Space{space}}, []float64{0.5}); err == nil {
		t.Error("one discount factor for two agents is taken")
	}
}
