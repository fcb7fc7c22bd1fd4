package constraints_test

import (
	"errors"
	"math"
	"slices"
	"strings"
	"testing"

	"allot/constraints"
	"allot/mechanisms"
	"allot/mechanisms/distributions"
	"allot/objectives"
	"allot/solver/certify"
	"allot/solver/equilibrium"
)

// solved is the case of a mechanism at its equilibrium.
func solved(t testing.TB, m mechanisms.Mechanism, values ...float64) *constraints.Case {
	t.Helper()
	market := &mechanisms.Market{ConcealmentCost: math.Inf(1)}
	for i, v := range values {
		market.Agents = append(market.Agents, mechanisms.Agent{Name: string(rune('A' + i%26)), Value: mechanisms.Point(v)})
	}
	c := &constraints.Case{
		Market: market, Design: mechanisms.Design{Mechanism: m}, Game: mechanisms.Game{Mechanism: m, Values: values},
		Equilibrium: new(equilibrium.Equilibrium), Account: new(mechanisms.Account), Solver: new(equilibrium.Solver),
	}
	var s equilibrium.Solver
	if err := s.Solve(c.Game, c.Equilibrium); err != nil {
		t.Fatal(err)
	}
	eq := c.Equilibrium
	if eq.Status != equilibrium.Converged {
		t.Fatalf("values %v: %v", values, eq.Status)
	}
	c.Account.Settle(values, eq.Win, eq.Cost, eq.Payoff, mechanisms.Terms{}, math.Inf(1))
	c.Certificate = func() certify.Certificate { return certify.Game(c.Game, eq.Profile, eq.Payoff, certify.Options{}) }
	return c
}

// given is a case whose equilibrium is made by hand: pure signals, outcomes by the rule.
func given(m mechanisms.Mechanism, values, signals []float64) *constraints.Case {
	var out mechanisms.Outcome
	m.Allot(signals, &out)
	n := len(values)
	eq := &equilibrium.Equilibrium{Win: make([]float64, n), Cost: make([]float64, n), Payoff: make([]float64, n)}
	eq.Profile.Signals = signals
	for i, v := range values {
		eq.Win[i], eq.Cost[i], eq.Payoff[i] = out.Win[i], out.Cost(i), out.Payoff(i, v)
	}
	c := &constraints.Case{
		Design: mechanisms.Design{Mechanism: m}, Game: mechanisms.Game{Mechanism: m, Values: values},
		Equilibrium: eq, Account: new(mechanisms.Account), Solver: new(equilibrium.Solver),
	}
	c.Account.Settle(values, eq.Win, eq.Cost, eq.Payoff, mechanisms.Terms{}, math.Inf(1))
	return c
}

func must[T any](x T, err error) T {
	if err != nil {
		panic(err)
	}
	return x
}

func auction(first, reserve float64) mechanisms.Mechanism {
	return must(mechanisms.NewAuction(first, reserve))
}
func allPay(reserve float64) mechanisms.Mechanism { return must(mechanisms.NewAllPay(reserve)) }
func contest(rho float64) mechanisms.Mechanism {
	return must(mechanisms.NewContest(mechanisms.Ratio{Exponent: rho}))
}
func lottery(price float64) mechanisms.Mechanism {
	return must(mechanisms.NewLottery(mechanisms.Lot{Price: price}))
}

func measure(t testing.TB, c *constraints.Case, name string, options map[string]float64) (float64, constraints.Verdict) {
	t.Helper()
	k, err := constraints.New(name, options)
	if err != nil {
		t.Fatal(err)
	}
	x, err := k.Measure(c)
	if err != nil {
		return math.NaN(), constraints.Unknown
	}
	scale := 0.0
	for _, v := range c.Account.Values {
		scale = math.Max(scale, v)
	}
	_, verdict := k.Bound().Judge(x, scale)
	if why := k.Explain(c, x); why == "" || strings.Contains(why, "NaN") {
		t.Errorf("%s explains %q", name, why)
	}
	return x, verdict
}

type options = map[string]float64

func TestMeasures(t *testing.T) {
	const holds, violated, unknown = constraints.Holds, constraints.Violated, constraints.Unknown
	v42, v321 := []float64{4, 2}, []float64{30, 20, 10}
	withFee := must(mechanisms.NewContest(mechanisms.Ratio{Exponent: 1, Fee: 0.1}))
	charged := must(mechanisms.NewLottery(mechanisms.Lot{Fee: 0.1}))
	for _, c := range []struct {
		name    string
		options options
		rule    mechanisms.Mechanism
		values  []float64
		want    float64
		verdict constraints.Verdict
	}{
		{"allocation", nil, contest(1), v42, 0, holds},
		{"allocation", nil, auction(1, 25), v42, 1, violated}, // a reserve above the highest value
		{"allocation", options{"tolerance": 1}, auction(1, 25), v42, 1, holds},

		// Neuder, Garimidi, Roughgarden 2024: pay-offs 16/9 and 2/9, spends 8/9 and 4/9.
		{"individual-rationality", nil, contest(1), v42, -2. / 9, holds},
		{"individual-rationality", nil, auction(1, 0), v321, 0, holds},
		{"ex-post", nil, contest(1), v42, 8. / 9, violated},
		{"ex-post", nil, auction(1, 0), v321, 0, holds},
		{"ex-post", nil, auction(0, 0), v321, 0, holds},
		{"ex-post", nil, lottery(2), v42, 0, holds},
		{"ex-post", nil, allPay(0), v42, 2, violated}, // the highest bid of the mixture, lost

		{"best-response", nil, contest(1), v42, 0, holds},
		{"best-response", nil, allPay(0), v321, 0, holds},

		{"competition", nil, auction(1, 0), v321, 20, holds},
		{"competition", nil, auction(1, 15), v321, 5, holds},
		{"competition", nil, auction(1, 25), v321, 0, violated},
		{"competition", nil, contest(1), v321, 12, holds},
		{"competition", nil, contest(1), v42, 4. / 3, holds},
		{"competition", nil, contest(1), []float64{5, 5, 5}, 2.5, holds}, // (n-1)/n v, least at n' = 2
		{"competition", nil, allPay(0), v321, 50. / 3, holds},            // Hillman, Riley 1989
		{"competition", nil, lottery(2), v42, 0, violated},
		{"competition", nil, withFee, v42, 4./3 + 0.1, holds},
		{"competition", nil, charged, slices.Repeat([]float64{1}, 3000), 0.1, holds}, // ten enter
		{"competition", nil, contest(1), []float64{5}, 0, unknown},

		// The article's example: G = 20 (first-price) and 16 (tickets).
		{"ring-proof", nil, auction(1, 0), v321, 20, violated},
		{"ring-proof", nil, contest(1), v321, 16, violated},
		{"ring-proof", nil, contest(1), v42, 2, violated},
		{"ring-proof", nil, auction(1, 25), v321, 0, holds},
		// Critical discount factors at n = 2 equal values: first-price 1/2. Tickets 2/3 where the
		// leader spends nothing; (1-2x+2x^2)/(3/2-2x+x^2) where it spends x^2, least 2 - sqrt 2.
		{"ring-proof", options{"minDiscount": 0.55}, auction(1, 0), []float64{1, 1}, 0.5, violated},
		{"ring-proof", options{"minDiscount": 0.55}, contest(1), []float64{1, 1}, 2 - math.Sqrt2, holds},

		// Roughgarden 2021: the producer with its users cannot improve on an auction.
		{"producer-proof", nil, auction(1, 0), v321, 0, holds},
		{"producer-proof", nil, auction(0, 0), v321, 0, holds},
		{"producer-proof", nil, contest(1), v42, 4 - 10./3, violated},
		{"producer-proof", nil, lottery(2), v42, 1, violated},
		{"producer-proof", nil, auction(1, 25), v42, 4, violated},

		{"known-proposer", nil, contest(1), v42, 0, violated},
		{"no-randomness", nil, contest(1), v42, 1. / 3, violated},
		{"no-randomness", options{"max": 0.4}, contest(1), v42, 1. / 3, holds},
		{"no-randomness", nil, auction(1, 0), v321, 0, holds},
		{"no-randomness", nil, allPay(0), v42, 0, holds}, // the agents' own dice
		{"no-randomness", nil, allPay(0), []float64{1, 1, 1}, 0, holds},
		{"no-randomness", nil, lottery(0), v42, 0.5, violated},

		{"decentralization", options{"maxShare": 0.6}, contest(1), v321, 0.6, holds},
		{"decentralization", options{"maxShare": 0.5}, contest(1), v321, 0.6, violated},
		{"decentralization", options{"maxHHI": 0.6}, contest(1), v321, 0.52, holds},
		{"decentralization", options{"minNakamoto": 2}, contest(1), v321, 1, violated},
		{"decentralization", options{"minNakamoto": 2}, lottery(0), v42, 2, holds},
		{"decentralization", options{"minNakamoto": 3}, lottery(0), []float64{1, 1, 1, 1}, 3, holds},
		{"decentralization", options{"maxShare": 0.6}, auction(1, 25), v42, 0, unknown},

		{"beacon-rewards", nil, contest(1), v42, 0, holds},
		{"multi-slot", nil, contest(1), v42, 0, holds}, // no premium
		{"budget", nil, contest(1), v42, 0, holds},     // no budgets
	} {
		got, verdict := measure(t, solved(t, c.rule, c.values...), c.name, c.options)
		if verdict != c.verdict {
			t.Errorf("%s %v, %T %v: %v (%v), want %v", c.name, c.options, c.rule, c.values, verdict, got, c.verdict)
		}
		if c.verdict != unknown && !(math.Abs(got-c.want) <= 1e-9*math.Max(1, c.values[0])) {
			t.Errorf("%s %v, %T %v: %v, want %v", c.name, c.options, c.rule, c.values, got, c.want)
		}
	}
}

func TestBudget(t *testing.T) {
	c := solved(t, auction(1, 0), 30, 20, 10)
	c.Market.Agents[0].Budget = 15
	c.Market.Agents[2].Budget = 5
	if got, verdict := measure(t, c, "budget", nil); !(math.Abs(got-5) < 1e-9) || verdict != constraints.Violated {
		t.Errorf("%v, %v; want 5", got, verdict)
	}
	c.Market.Agents[0].Budget = 21
	if got, verdict := measure(t, c, "budget", nil); !(math.Abs(got+1) < 1e-9) || verdict != constraints.Holds {
		t.Errorf("%v, %v; want -1", got, verdict)
	}
	// The highest bid that the mixture of an all-pay auction ever calls for is 20.
	c = solved(t, allPay(0), 30, 20, 10)
	c.Market.Agents[1].Budget = 15
	if got, verdict := measure(t, c, "budget", nil); !(math.Abs(got-5) < 1e-9) || verdict != constraints.Violated {
		t.Errorf("all-pay: %v, %v; want 5", got, verdict)
	}
}

func TestSlots(t *testing.T) {
	c := solved(t, contest(1), 4, 2)
	c.Market.Premium = 1
	// Nobody looks ahead: shares (8, 2)/10 where agent 1 is the incumbent, (4, 4)/8 where
	// agent 2 is, which they are 5/7 and 2/7 of the time.
	if got, verdict := measure(t, c, "multi-slot", nil); !(math.Abs(got-(5./7*0.8*4+2./7*0.5*2)) < 1e-12) || verdict != constraints.Violated {
		t.Errorf("multi-slot among incumbents: %v, %v; want 18/7", got, verdict)
	}
	c.Market.Discount = 0.9
	ahead, _ := measure(t, c, "multi-slot", nil)
	c.Market.Myopic = true
	if got, _ := measure(t, c, "multi-slot", nil); !(math.Abs(got-18./7) < 1e-12) || math.Abs(ahead-got) < 1e-3 {
		t.Errorf("multi-slot: %v looking ahead, %v myopic; want 18/7", ahead, got)
	}
	// An auction is won by the same agent for ever, and drawn values take each slot on its own;
	// a market too large, a rule that the game over slots has no method for, and values at
	// which it does not settle have no measure.
	fixed := solved(t, auction(1, 0), 4, 2)
	fixed.Market.Premium, fixed.Market.Discount = 0.5, 0.9
	says := func(c *constraints.Case, want float64, text string) {
		t.Helper()
		k, err := constraints.New("multi-slot", nil)
		if err != nil {
			t.Fatal(err)
		}
		got, err := k.Measure(c)
		if why := k.Explain(c, got); err != nil || !(math.Abs(got-want) < 1e-12) || !strings.Contains(why, text) {
			t.Errorf("multi-slot: %v, %v, %q; want %v, %q", got, err, why, want, text)
		}
	}
	says(fixed, 2, "Markov-perfect")
	large := solved(t, lottery(0), make([]float64, 20)...)
	large.Market.Premium = 1
	unknown := func(c *constraints.Case, text string) {
		t.Helper()
		k, err := constraints.New("multi-slot", nil)
		if err != nil {
			t.Fatal(err)
		}
		if got, err := k.Measure(c); err == nil || !strings.Contains(err.Error(), text) {
			t.Errorf("multi-slot: %v, %v; want an error with %q", got, err, text)
		}
	}
	unknown(large, "up to 12 agents")
	three := solved(t, allPay(0), 3, 2, 1)
	three.Market.Premium = 1
	unknown(three, "no method for")
	const kept = 0.1 / 1.0828567056280802
	circling := solved(t, contest(1.09), 4.26*kept, 0.705, 4.72*kept)
	circling.Market.Premium, circling.Market.Discount = 0.1, 0.9
	unknown(circling, "did not settle")
	// Who won sits out: nobody wins twice with one identity, and with two everything is as
	// before; agents that have more of their own use those.
	without, _ := measure(t, fixed, "multi-slot", nil)
	for _, x := range []struct {
		own, identities, cooldown, want float64
	}{{0, 1, 1, 0}, {0, 2, 1, without}, {0, 2, 2, 0}, {3, 1, 2, without}} {
		fixed.Market.Agents[0].Identities = int(x.own)
		o := options{"cooldown": x.cooldown, "identities": x.identities}
		if got, _ := measure(t, fixed, "multi-slot", o); x.cooldown < 2 && !(math.Abs(got-x.want) < 1e-12) || x.own > 0 && got != without {
			t.Errorf("%+v: %g", x, got)
		}
	}
	fixed.Market.Agents[0].Identities = 0
	if _, verdict := measure(t, large, "multi-slot", options{"cooldown": 1}); verdict != constraints.Unknown {
		t.Errorf("a cooldown in a market too large: %v", verdict)
	}
	fixed.Design.Terms.Resale = true
	if _, verdict := measure(t, fixed, "multi-slot", nil); verdict != constraints.Unknown {
		t.Errorf("multi-slot with resale: %v", verdict)
	}
	drawn, err := distributions.NewUniform(0, 4)
	if err != nil {
		t.Fatal(err)
	}
	c.Market.Agents[1].Value = drawn
	says(c, 2, "drawn anew")
	// Exposure 5/9 at (2/3, 1/3), each weighed by its value.
	if got, verdict := measure(t, c, "multi-slot", nil); !(math.Abs(got-(4*4./9+2./9)) < 1e-12) || verdict != constraints.Violated {
		t.Errorf("multi-slot: %v, %v; want 2", got, verdict)
	}
	if _, verdict := measure(t, c, "multi-slot", options{"max": 2.1}); verdict != constraints.Holds {
		t.Errorf("multi-slot within 2.1: %v", verdict)
	}
	c.Design.Terms.Lookahead = 1
	if got, verdict := measure(t, c, "known-proposer", nil); got != 1 || verdict != constraints.Holds {
		t.Errorf("known-proposer: %v, %v", got, verdict)
	}
	if got, verdict := measure(t, c, "no-randomness", nil); got != 0 || verdict != constraints.Holds {
		t.Errorf("no-randomness ahead: %v, %v", got, verdict)
	}
	c.Account.Proposer = 1. / 3
	if got, verdict := measure(t, c, "beacon-rewards", nil); !(math.Abs(got-0.1) < 1e-12) || verdict != constraints.Violated {
		t.Errorf("beacon-rewards: %v, %v", got, verdict)
	}
	if _, verdict := measure(t, c, "beacon-rewards", options{"max": 0.1}); verdict != constraints.Holds {
		t.Errorf("beacon-rewards within 0.1: %v", verdict)
	}
}

func TestBestResponseWithoutProof(t *testing.T) {
	c := solved(t, contest(1), 4, 2)
	for _, p := range []struct {
		certificate certify.Certificate
		verdict     constraints.Verdict
	}{
		{certify.Certificate{Standing: certify.Approximate, Epsilon: 1e-8, Reason: "a search"}, constraints.Unknown},
		{certify.Certificate{Standing: certify.Approximate, Epsilon: 0.5}, constraints.Violated},
		{certify.Certificate{Standing: certify.None}, constraints.Unknown},
		{certify.Certificate{Standing: certify.Certified, Epsilon: 0.5}, constraints.Violated},
		{certify.Certificate{Standing: certify.Certified, Epsilon: 1e-8}, constraints.Holds},
		{certify.Certificate{Standing: certify.Certified, Epsilon: math.NaN()}, constraints.Unknown},
	} {
		c.Certificate = func() certify.Certificate { return p.certificate }
		if got, verdict := measure(t, c, "best-response", nil); verdict != p.verdict {
			t.Errorf("%+v: %v (%v), want %v", p.certificate, verdict, got, p.verdict)
		}
	}
	c.Certificate = nil
	if _, verdict := measure(t, c, "best-response", nil); verdict != constraints.Unknown {
		t.Errorf("no certificate: %v", verdict)
	}
}

func TestExpression(t *testing.T) {
	c := solved(t, contest(1), 4, 2)
	for _, e := range []struct {
		text     string
		relation constraints.Relation
		value    float64
		verdict  constraints.Verdict
	}{
		{"fairness", constraints.AtLeast, 0.45, constraints.Holds},
		{"fairness", constraints.AtLeast, math.Sqrt2/3 + 1e-8, constraints.Violated},
		{"fairness", constraints.AtMost, math.Sqrt2 / 3, constraints.Holds},
		{"revenue - 4/3", constraints.Equals, 0, constraints.Holds},
		{"revenue", constraints.Above, 4. / 3, constraints.Violated},
		{"robustRevenue(0.9)", constraints.AtLeast, 0, constraints.Unknown},
	} {
		k, err := constraints.NewExpression(e.text, e.relation, e.value)
		if err != nil {
			t.Fatal(err)
		}
		x, err := k.Measure(c)
		verdict := constraints.Unknown
		if err == nil {
			_, verdict = k.Bound().Judge(x, 4)
		}
		if verdict != e.verdict {
			t.Errorf("%s %v %v: %v (%v, %v), want %v", e.text, e.relation, e.value, verdict, x, err, e.verdict)
		}
	}
	var wrong *objectives.ExpressionError
	if _, err := constraints.NewExpression("fariness", constraints.AtLeast, 0); !errors.As(err, &wrong) || wrong.Column != 1 {
		t.Errorf("a wrong name: %v", err)
	}
	for _, x := range []float64{math.NaN(), math.Inf(1)} {
		if _, err := constraints.NewExpression("fairness", constraints.AtLeast, x); err == nil {
			t.Errorf("a bound of %v was taken", x)
		}
	}
	if _, err := constraints.NewExpression("fairness", constraints.Relation(9), 0); err == nil {
		t.Error("a relation that does not exist was taken")
	}
}

func TestRegistry(t *testing.T) {
	want := []string{
		"allocation", "individual-rationality", "ex-post", "best-response", "sybil-proof", "merge-proof", "competition", "ring-proof",
		"producer-proof", "beacon-rewards", "multi-slot", "known-proposer", "no-randomness", "decentralization", "budget",
	}
	for i, k := range constraints.Kinds() {
		if k.Name != want[i] || k.Doc == "" {
			t.Errorf("kind %d is %q: %q", i, k.Name, k.Doc)
		}
		o := options{}
		if k.Name == "decentralization" {
			o["maxShare"] = 0.5
		}
		c, err := constraints.New(k.Name, o)
		if err != nil || c.Name() != k.Name {
			t.Errorf("New(%s): %v, %v", k.Name, c, err)
		}
	}
	for _, w := range []struct {
		name    string
		options options
		says    string
	}{
		{"sybilproof", nil, "no constraint"},
		{"sybil-proof", options{"identity": 2}, "no option"},
		{"sybil-proof", options{"identities": 1.5}, "whole number"},
		{"sybil-proof", options{"identities": 1e9}, "whole number"},
		{"merge-proof", options{"identities": 0}, "whole number"},
		{"allocation", options{"tolerance": math.NaN()}, "finite"},
		{"multi-slot", options{"max": math.Inf(1)}, "finite"},
		{"multi-slot", options{"max": -1}, "at least 0"},
		{"multi-slot", options{"cooldown": 0.5}, "whole number"},
		{"multi-slot", options{"cooldown": 33}, "whole number"},
		{"multi-slot", options{"identities": 0}, "whole number"},
		{"ring-proof", options{"minDiscount": 2}, "discount"},
		{"decentralization", nil, "one of"},
		{"decentralization", options{"maxShare": 0.5, "maxHHI": 0.5}, "one of"},
		{"decentralization", options{"maxShare": 2}, "[0, 1]"},
	} {
		if c, err := constraints.New(w.name, w.options); err == nil || !strings.Contains(err.Error(), w.says) || strings.Count(err.Error(), "constraints") > 1 && w.says != "no constraint" {
			t.Errorf("New(%s, %v) = %v, %v; want ...%s...", w.name, w.options, c, err, w.says)
		}
	}
}

func TestJudge(t *testing.T) {
	for _, c := range []struct {
		bound     constraints.Bound
		measure   float64
		violation float64
		verdict   constraints.Verdict
	}{
		{constraints.Bound{Relation: constraints.AtMost, Value: 1}, 0.5, 0, constraints.Holds},
		{constraints.Bound{Relation: constraints.AtMost, Value: 1}, 1.5, 0.5, constraints.Violated},
		{constraints.Bound{Relation: constraints.AtMost, Value: 1, Tolerance: 0.1, Money: true}, 1.5, 0.05, constraints.Holds},
		{constraints.Bound{Relation: constraints.AtMost, Value: 1, Money: true}, 1.5, 0.05, constraints.Violated},
		{constraints.Bound{Relation: constraints.AtLeast, Value: 1}, 0.5, 0.5, constraints.Violated},
		{constraints.Bound{Relation: constraints.Equals, Value: 1}, 0.5, 0.5, constraints.Violated},
		{constraints.Bound{Relation: constraints.Above}, 0, math.SmallestNonzeroFloat64, constraints.Violated},
		{constraints.Bound{Relation: constraints.Above}, 1e-300, 0, constraints.Holds},
	} {
		violation, verdict := c.bound.Judge(c.measure, 10)
		if math.Abs(violation-c.violation) > 1e-15 || verdict != c.verdict {
			t.Errorf("%+v of %v: %v, %v; want %v, %v", c.bound, c.measure, violation, verdict, c.violation, c.verdict)
		}
	}
	if _, verdict := (constraints.Bound{}).Judge(math.NaN(), 1); verdict != constraints.Unknown {
		t.Errorf("NaN: %v", verdict)
	}
}

// Cases that are empty, incomplete or degenerate give a measure or a reason, never a
// panic or a NaN.
func TestDegenerateCases(t *testing.T) {
	empty := &constraints.Case{Account: &mechanisms.Account{}, Equilibrium: &equilibrium.Equilibrium{}, Game: mechanisms.Game{Mechanism: contest(1)}, Solver: new(equilibrium.Solver)}
	cases := []*constraints.Case{
		nil, {}, {Account: &mechanisms.Account{}}, empty,
		solved(t, contest(1), 4), solved(t, contest(1), 0, 0), solved(t, contest(0.5), 3, 0), solved(t, contest(1), 7, 7, 7),
		solved(t, auction(1, 0), 0), solved(t, auction(0, 0), 0, 0, 0), solved(t, allPay(0), 5, 5), solved(t, lottery(2), 1, 1), solved(t, lottery(0), 0, 0),
	}
	missing := solved(t, contest(1), 4, 2)
	missing.Equilibrium.Status = equilibrium.NotFound
	short := solved(t, contest(1), 4, 2)
	short.Equilibrium.Profile.Signals = nil
	hidden := solved(t, allPay(0), 4, 2)
	hidden.Equilibrium.Profile.Mixed = nil
	cases = append(cases, missing, short, hidden)
	for j, c := range cases {
		for _, k := range constraints.Kinds() {
			o := options{}
			if k.Name == "decentralization" {
				o["maxHHI"] = 0.5
			}
			k := must(constraints.New(k.Name, o))
			x, err := k.Measure(c)
			if err == nil && (math.IsNaN(x) || math.IsInf(x, 0)) {
				t.Errorf("case %d: %s measures %v", j, k.Name(), x)
			}
			if why := k.Explain(c, x); why == "" || strings.Contains(why, "NaN") {
				t.Errorf("case %d: %s explains %q", j, k.Name(), why)
			}
		}
	}
}

// The outcomes of two who mix among very many are seen without looking at all pairs.
func TestMixturesAmongVeryMany(t *testing.T) {
	values := make([]float64, 30_000)
	for i := range values {
		values[i] = 1 + float64(i*7919%30_011)/30_011
	}
	c := solved(t, allPay(0), values...)
	second := descending(values)[1]
	if got, _ := measure(t, c, "ex-post", nil); math.Abs(got-second) > 1e-9 {
		t.Errorf("ex-post: %v, want the second value %v", got, second)
	}
	for _, name := range []string{"no-randomness", "sybil-proof", "merge-proof"} {
		if got, _ := measure(t, c, name, nil); got != 0 {
			t.Errorf("%s: %v, want 0", name, got)
		}
	}
}

// Constraints on what agents expect can be held against private values, those about agents
// that know each other's values cannot.
func TestInterim(t *testing.T) {
	interim := map[string]bool{
		"allocation": true, "individual-rationality": true, "best-response": true, "decentralization": true, "beacon-rewards": true, "known-proposer": true,
	}
	for _, k := range constraints.Kinds() {
		o := options{}
		if k.Name == "decentralization" {
			o["maxShare"] = 0.5
		}
		if got := constraints.Interim(must(constraints.New(k.Name, o))); got != interim[k.Name] {
			t.Errorf("%s: %v, want %v", k.Name, got, interim[k.Name])
		}
	}
	// Oversight: what is played, and rings, are measured right; with noise only the former.
	for name, want := range map[string][2]bool{
		"allocation": {true, true}, "ring-proof": {true, false}, "no-randomness": {true, false}, "ex-post": {true, false},
		"budget": {true, false}, "sybil-proof": {}, "merge-proof": {}, "competition": {}, "producer-proof": {},
	} {
		c := must(constraints.New(name, nil))
		if got := [2]bool{constraints.Overseen(c, false), constraints.Overseen(c, true)}; got != want {
			t.Errorf("%s under oversight: %v, want %v", name, got, want)
		}
	}
	if !constraints.Interim(must(constraints.NewExpression("fairness", constraints.AtLeast, 0.4))) {
		t.Error("an expression is not interim")
	}
}

// Measures are taken in the search's inner loop: once their work space has grown they
// allocate nothing.
func TestMeasuresDoNotAllocate(t *testing.T) {
	for _, rule := range []mechanisms.Mechanism{contest(1), contest(0.6), auction(1, 0), allPay(0), lottery(2)} {
		c := solved(t, rule, 30, 20, 15, 12, 10)
		for _, k := range constraints.Kinds() {
			o := options{}
			switch k.Name {
			case "decentralization":
				o["minNakamoto"] = 2
			case "best-response":
				continue // the certificate is not this package's
			}
			k := must(constraints.New(k.Name, o))
			if n := testing.AllocsPerRun(10, func() { _, _ = k.Measure(c) }); n != 0 {
				t.Errorf("%s of %T: %v allocations", k.Name(), rule, n)
			}
		}
	}
}

// TestLostChances: what a rule that draws whoever signals costs one alone is said to include
// the chances that it loses.
func TestLostChances(t *testing.T) {
	k := must(constraints.New("competition", nil))
	for _, r := range []struct {
		m    mechanisms.Mechanism
		lost bool
	}{{must(mechanisms.NewCustom("1", "a", "0", nil)), true}, {auction(1, 4), false}} {
		c := given(r.m, []float64{4, 2}, []float64{0, 0})
		x, err := k.Measure(c)
		if why := k.Explain(c, x); err != nil || x > 0 || strings.HasSuffix(why, "the chances that it loses all the same included") != r.lost {
			t.Errorf("%T: %g, %q, %v", r.m, x, why, err)
		}
	}
}

// TestWhoSignalsForTheRing: one member at exponent 1, several against a phantom bid where an
// impact is cheaper split, nobody where that saves the fee.
func TestWhoSignalsForTheRing(t *testing.T) {
	for _, c := range []struct {
		exponent, fee, phantom float64
		says                   string
	}{
		{1, 0, 0.5, "when A alone signals"},
		{0.9, 0, 0.5, "when several of its members signal against the phantom bid"},
		{1, 0, 0, "when A alone takes the right at 0"},
		{1, 1, 0, "when all stand back and leave it to chance"},
	} {
		m := must(mechanisms.NewContest(mechanisms.Ratio{Exponent: c.exponent, Fee: c.fee, Phantom: c.phantom}))
		k := must(constraints.New("ring-proof", nil))
		s := solved(t, m, 5.5, 5.5)
		x, err := k.Measure(s)
		if why := k.Explain(s, x); err != nil || !(x > 0 && x < 5.5) || !strings.HasSuffix(why, c.says) {
			t.Errorf("exponent %g, phantom bid %g: %g, %q, %v", c.exponent, c.phantom, x, why, err)
		}
	}
}
