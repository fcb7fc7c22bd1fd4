package search_test

import (
	"context"
	"math"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"

	"allot/constraints"
	"allot/mechanisms"
	"allot/mechanisms/distributions"
	"allot/solver/search"
)

// terms adds terms to settings.
func terms(settings mechanisms.Settings, pairs ...any) mechanisms.Settings {
	out := mechanisms.Settings{}
	for name, s := range settings {
		out[name] = s
	}
	for k := 0; k < len(pairs); k += 2 {
		out[pairs[k].(string)] = mechanisms.Number(pairs[k+1].(float64))
	}
	return out
}

func named(t testing.TB, name string, options map[string]float64) constraints.Constraint {
	t.Helper()
	c, err := constraints.New(name, options)
	if err != nil {
		t.Fatal(err)
	}
	return c
}

func says(t testing.TB, c *search.Candidate, text string) {
	t.Helper()
	if !strings.Contains(strings.Join(c.Notes, "; "), text) {
		t.Errorf("%s: notes %q do not say %q", c.Family, c.Notes, text)
	}
}

// Two uniform values, of which nothing is known ahead: the right is worth 7/12 to its
// holder and 1/24 to the other, so that it sells for 13/24, and the holder uses the slot itself
// in 3/4 of cases (Pai, Resnick 2024). The winner's value is 5/8 on average: not 2/3, as
// just in time. A proportional contest brings half of 13/24.
func TestResaleOfUniformValues(t *testing.T) {
	for _, x := range []struct {
		family                 string
		settings               mechanisms.Settings
		capital                float64
		revenue, welfare, left float64
	}{
		{"auction", mechanisms.Settings{"pricing": mechanisms.Word("second")}, 0, 13. / 24, 5. / 8, 1. / 24},
		{"auction", nil, 0.001, 13. / 24 * math.Pow(1.001, -32), 5. / 8, 1. / 24 * math.Pow(1.001, -32)},
		{"auction", mechanisms.Settings{"pricing": mechanisms.Word("all-pay")}, 0, 13. / 24, 5. / 8, 1. / 24},
		{"contest", nil, 0, 13. / 48, 5. / 8, 1./24 + 13./96},
		{"auction", mechanisms.Settings{"burnShare": mechanisms.Number(0.5)}, 0, 0.5*13/24 + 0.5*5/8, 5. / 8, 1. / 48},
	} {
		m := hidden(t, uniform(t, 0, 1), uniform(t, 0, 1))
		for i := range m.Agents {
			m.Agents[i].CapitalCost = x.capital
		}
		c := only(t, &search.Problem{Market: m, Objective: goal(t, "revenue"), Spaces: []mechanisms.Space{space(t, x.family, terms(x.settings, "lookahead", 32., "resale", 1.))}})
		a := c.Equilibrium.Agents[0]
		if math.Abs(c.Objective-x.revenue) > 1e-6 || math.Abs(c.Metrics["welfare"]-x.welfare) > 1e-6 || math.Abs(a.Payoff-x.left) > 1e-6 || a.Win != 0.5 {
			t.Errorf("%s %v: revenue %.9g, welfare %.9g, %+v; want %.9g, %.9g, payoff %.9g", x.family, x.settings, c.Objective, c.Metrics["welfare"], a, x.revenue, x.welfare, x.left)
		}
		if c.Equilibrium.Status != "approximate" {
			t.Errorf("status %s: the worth of the right is not proven", c.Equilibrium.Status)
		}
		says(t, c, "its holder uses the slot itself in 75 % of cases")
	}
}

// The strongest buys, and uses more slots than just in time: 7/8 against 3/4 for values
// on [0, 2] against [0, 1].
func TestResaleMakesTheStrongestStronger(t *testing.T) {
	m := hidden(t, uniform(t, 0, 1), uniform(t, 0, 2))
	ahead := terms(nil, "lookahead", 1., "resale", 1.)
	c := only(t, &search.Problem{Market: m, Objective: goal(t, "revenue"), Spaces: []mechanisms.Space{space(t, "auction", ahead)}})
	if a := c.Equilibrium.Agents; a[0].Win != 0 || a[1].Win != 1 || c.Equilibrium.Epsilon > 1e-9 {
		t.Errorf("%+v, epsilon %g", a, c.Equilibrium.Epsilon)
	}
	says(t, c, "agent 2 87.5 % (just in time 75 %)")
	// By drawing: the holder, of value v, sells at (1+v)/2 to a rival on [0, 1] (Myerson 1981).
	random := rand.New(rand.NewPCG(3, 4))
	worth, other := 0.0, 0.0
	const draws = 400_000
	for range draws {
		v, w := 2*random.Float64(), random.Float64()
		if ask := (1 + v) / 2; v < 1 && w > ask {
			worth += ask
			other += w - ask
		} else {
			worth += v
		}
	}
	if got := c.Metrics["welfare"]; math.Abs(got-(worth+other)/draws) > 3e-3 {
		t.Errorf("welfare %g, by drawing %g", got, (worth+other)/draws)
	}
	// Twins of the strongest share with it.
	m = hidden(t, uniform(t, 0, 1), uniform(t, 0, 2), uniform(t, 0, 2))
	c = only(t, &search.Problem{Market: m, Objective: goal(t, "revenue"), Spaces: []mechanisms.Space{space(t, "auction", ahead)}})
	if a := c.Equilibrium.Agents; a[0].Win != 0 || a[1].Win != 0.5 || a[2].Win != 0.5 || a[1].Payoff != a[2].Payoff {
		t.Errorf("twins: %+v", a)
	}
	if total := c.Metrics["revenue"] + c.Metrics["agentSurplus"]; math.Abs(total-c.Metrics["welfare"]) > 1e-9 {
		t.Errorf("revenue and payoffs make %g, welfare is %g", total, c.Metrics["welfare"])
	}
}

// Agents that know each other's values pay for the right what the highest value is: who
// holds it sells it on at that. A contest then spreads the right and loses nothing.
func TestResaleAmongThoseWhoKnow(t *testing.T) {
	ahead := terms(nil, "lookahead", 32., "resale", 1.)
	r, err := search.Evaluate(context.Background(), &search.Problem{
		Market: market(30, 20, 10), Objective: goal(t, "revenue + fairness"),
		Spaces: []mechanisms.Space{space(t, "auction", ahead), space(t, "contest", ahead), space(t, "contest", terms(ahead, "burnShare", 0.5))},
	})
	if err != nil {
		t.Fatal(err)
	}
	for i, want := range [][3]float64{{30, 30, 1. / 3}, {20, 30, 1. / 3}, {10 + 15, 30, 1. / 3}} {
		c := r.Candidates[i]
		got := [3]float64{c.Metrics["revenue"], c.Metrics["welfare"], c.Metrics["fairness"]}
		for k := range got {
			if math.Abs(got[k]-want[k]) > 1e-9 {
				t.Errorf("%s: revenue, welfare, fairness %v, want %v", c.Family, got, want)
			}
		}
		if c.Equilibrium.Agents[1].Value != 20 || c.Equilibrium.Status != "certified" || c.Objective > r.Bound.Value {
			t.Errorf("%+v, bound %+v", c.Equilibrium, r.Bound)
		}
		says(t, c, "sells it just in time")
	}
}

// What has no method says so, and shows no number.
func TestTermsWithoutAMethod(t *testing.T) {
	u, w := uniform(t, 0, 1), uniform(t, 0, 2)
	logNormal, err := distributions.NewLogNormal(0, 1)
	if err != nil {
		t.Fatal(err)
	}
	secret := func(edit func(*mechanisms.Market), values ...mechanisms.Distribution) *mechanisms.Market {
		m := hidden(t, values...)
		edit(m)
		return m
	}
	keep := func(*mechanisms.Market) {}
	persistent := func(m *mechanisms.Market) { m.Persistence = 0.5 }
	open := func(m *mechanisms.Market) { m.Persistence, m.Information = 0.5, mechanisms.Complete }
	ahead := terms(nil, "lookahead", 1., "resale", 1.)
	for _, x := range []struct {
		market   *mechanisms.Market
		family   string
		settings mechanisms.Settings
		says     string
	}{
		{market(4, 2), "auction", terms(nil, "resale", 1.), "lookahead of at least 1"},
		{secret(keep, u, u), "auction", terms(nil, "resale", 1.), "lookahead of at least 1"},
		{secret(open, logNormal, logNormal), "auction", ahead, "part of a value is known ahead"},
		{secret(persistent, logNormal, logNormal), "auction", ahead, "part of a value is known ahead"},
		{secret(func(m *mechanisms.Market) { m.Agents[0].CapitalCost = 0.1 }, u, u), "auction", ahead, "different costs of capital"},
		{secret(keep, u, w), "contest", ahead, "winner-pays"},
		{secret(keep, u, w), "auction", terms(ahead, "reserve", 1.), "above the price"},
		{secret(keep, u, u), "auction", terms(ahead, "reserve", 1.), "stay with the protocol"},
		{secret(keep, u), "auction", ahead, "two agents"},
		{secret(keep, append(slices.Repeat([]mechanisms.Distribution{u}, 20), w)...), "auction", ahead, "up to 20"},
		{secret(keep, u, u), "auction", terms(nil, "oversight", 0.5), "private values"},
		{market(4, 2), "auction", mechanisms.Settings{"pricing": mechanisms.Word("all-pay"), "oversight": mechanisms.Number(0.5)}, "agents mix"},
	} {
		c := only(t, &search.Problem{Market: x.market, Objective: goal(t, "revenue"), Spaces: []mechanisms.Space{space(t, x.family, x.settings)}, Draws: 16})
		if !math.IsNaN(c.Objective) || c.Feasible || c.Equilibrium.Status != "none" {
			t.Errorf("%s %v: objective %g, %+v", x.family, x.settings, c.Objective, c.Equilibrium)
		}
		says(t, c, x.says)
	}
}

// A first-price auction at 30, 20, 10 brings 20; under oversight of 0.8 a patient ring must
// pay 16 and gains 4. Constraints on what might be played instead are unknown.
func TestOversightHoldsRingsToAShare(t *testing.T) {
	p := &search.Problem{
		Market: market(30, 20, 10), Objective: goal(t, "robustRevenue(0.9)"),
		Spaces:      []mechanisms.Space{space(t, "auction", nil), space(t, "auction", terms(nil, "oversight", 0.8)), space(t, "contest", terms(nil, "oversight", 1.))},
		Constraints: []constraints.Constraint{named(t, "ring-proof", nil), named(t, "sybil-proof", nil), named(t, "individual-rationality", nil)},
	}
	r, err := search.Evaluate(context.Background(), p)
	if err != nil {
		t.Fatal(err)
	}
	for i, want := range []struct{ robust, gain float64 }{{0, 20}, {16, 4}, {12, 4}} {
		c := r.Candidates[i]
		if math.Abs(c.Objective-want.robust) > 1e-9 || math.Abs(c.Constraints[0].Measure-want.gain) > 1e-9 {
			t.Errorf("%s: robust revenue %g, ring gains %g; want %+v", c.Family, c.Objective, c.Constraints[0].Measure, want)
		}
		if v := c.Constraints[1].Verdict; (v == constraints.Unknown) != (i > 0) || c.Constraints[2].Verdict != constraints.Holds {
			t.Errorf("%s: %+v", c.Family, c.Constraints)
		}
	}
	says(t, r.Candidates[1], "0 % of honest outcomes are rejected; a cartel does best to pay 16 where competition pays 20, and 100 % of its outcomes pass")
	cases, err := search.Collude(context.Background(), &search.Problem{Market: p.Market, Spaces: p.Spaces[1:2]}, nil)
	if err != nil || cases[0].Ring.Oversight != 0.8 {
		t.Errorf("ring of %+v, %v", cases, err)
	}
}

// Validators who see totals with noise reject honest outcomes: Phi(ln 0.8/0.1) = 1.283 % of
// them at tau = 0.8 and a deviation of 0.1. Nobody then wins, and nothing is paid.
func TestOversightWithNoise(t *testing.T) {
	c := only(t, &search.Problem{
		Market: market(30, 20, 10), Objective: goal(t, "revenue"),
		Spaces:      []mechanisms.Space{space(t, "auction", terms(nil, "oversight", 0.8, "oversightNoise", 0.1))},
		Constraints: []constraints.Constraint{named(t, "ring-proof", nil), named(t, "allocation", nil)},
	})
	rejected := math.Erfc(-math.Log(0.8)/0.1/math.Sqrt2) / 2
	if math.Abs(c.Objective-20*(1-rejected)) > 1e-12 || math.Abs(c.Equilibrium.Unsold-rejected) > 1e-12 || math.Abs(c.Equilibrium.Agents[0].Payoff-10*(1-rejected)) > 1e-12 {
		t.Errorf("revenue %g, unsold %g, want %g rejected", c.Objective, c.Equilibrium.Unsold, rejected)
	}
	if !(c.Equilibrium.Epsilon >= 10*rejected && c.Equilibrium.Epsilon < 10*rejected+1e-9) {
		t.Errorf("epsilon %g, want %g: a larger bid is rejected less often", c.Equilibrium.Epsilon, 10*rejected)
	}
	if c.Constraints[0].Verdict != constraints.Unknown || !strings.Contains(c.Constraints[0].Why, "with noise") || math.Abs(c.Constraints[1].Measure-rejected) > 1e-12 {
		t.Errorf("%+v", c.Constraints)
	}
	says(t, c, "1.283 % of honest outcomes are rejected")
	if o := c.Oversight; o == nil || math.Abs(o.Rejected-rejected) > 1e-12 || o.Total != 20 || !(o.Paid > 16 && o.Paid < 20) || !(o.Passed > 0.5 && o.Passed < 1) {
		t.Errorf("oversight %+v", o)
	}
	robust := only(t, &search.Problem{
		Market: market(30, 20, 10), Objective: goal(t, "robustRevenue(0.9)"),
		Spaces: []mechanisms.Space{space(t, "auction", terms(nil, "oversight", 0.8, "oversightNoise", 0.1))},
	})
	if !math.IsNaN(robust.Objective) {
		t.Errorf("robust revenue %g where rings have no method", robust.Objective)
	}
	says(t, robust, "no method")
}

// Where winners hide rewards at cost psi h^2 v/2, payments are in proportion to values, and W and C
// are the winner's value and what is collected without a burn, the best burn share is
// psi (W-C)/(2W-C), at most 1, and brings C (1 - alpha + alpha^2/(2 psi)) + W alpha (1 - alpha/psi).
func TestBestBurnShare(t *testing.T) {
	for _, c := range []struct{ psi, share, revenue float64 }{
		{0.5, 1. / 6, 13. / 6},
		{2, 2. / 3, 2*(1./3+1./9) + 4*(2./3)*(2./3)},
		{50, 1, 2*0.01 + 4*0.98},
	} {
		m := twoBuyers()
		m.ConcealmentCost = c.psi
		r, err := search.Search(context.Background(), &search.Problem{
			Market: m, Objective: goal(t, "revenue"),
			Spaces: []mechanisms.Space{space(t, "auction", mechanisms.Settings{"burnShare": mechanisms.Range(0, 1)})},
		}, nil)
		if err != nil {
			t.Fatal(err)
		}
		near(t, "burn share", r.Best.Settings.Number("burnShare"), c.share, 1e-6)
		near(t, "revenue", r.Best.Objective, c.revenue, 1e-9)
	}
}
