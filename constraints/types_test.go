package constraints_test

import (
	"math"
	"testing"

	"allot/constraints"
	"allot/mechanisms"
	"allot/mechanisms/distributions"
	"allot/solver/equilibrium"
	"allot/solver/equilibrium/private"
)

// typed is the case of a mechanism at its equilibrium among agents who know their own value.
func typed(t testing.TB, m mechanisms.Mechanism, values ...mechanisms.Distribution) *constraints.Case {
	t.Helper()
	market := &mechanisms.Market{Information: mechanisms.Private, ConcealmentCost: math.Inf(1)}
	for i, v := range values {
		market.Agents = append(market.Agents, mechanisms.Agent{Name: string(rune('A' + i%26)), Value: v})
	}
	eq, err := private.Solve(m, market)
	if err != nil || eq.Status != equilibrium.Converged {
		t.Fatal(err, eq)
	}
	return &constraints.Case{
		Market: market, Design: mechanisms.Design{Mechanism: m}, Game: mechanisms.Game{Mechanism: m, Values: eq.Account.Values},
		Equilibrium: &equilibrium.Equilibrium{Win: eq.Account.Win, Cost: eq.Account.Cost, Payoff: eq.Account.Payoff},
		Account:     &eq.Account, Solver: new(equilibrium.Solver),
		Types: &constraints.Types{Values: values, Curves: eq.Curves},
	}
}

// TestPrivately: constraints on agents who know their own values only.
func TestPrivately(t *testing.T) {
	uniform, err := distributions.NewUniform(0, 1)
	if err != nil {
		t.Fatal(err)
	}
	u2, u3 := []mechanisms.Distribution{uniform, uniform}, []mechanisms.Distribution{uniform, uniform, uniform}
	coin := must(distributions.NewEmpirical([]float64{1, 2}))
	atoms := []mechanisms.Distribution{coin, coin}
	apart := []mechanisms.Distribution{uniform, must(distributions.NewUniform(0, 2))}
	allPay := must(mechanisms.NewAllPay(0))
	winnerPays := must(mechanisms.NewContest(mechanisms.Ratio{Exponent: 1, WinnerPays: true}))
	charged := must(mechanisms.NewLottery(mechanisms.Lot{Fee: 0.1}))
	// Entry where v (1 - (1-v)/2) = 0.1.
	v := (math.Sqrt(1+8*0.1) - 1) / 2
	for _, c := range []struct {
		name    string
		options map[string]float64
		m       mechanisms.Mechanism
		values  []mechanisms.Distribution
		want    float64
		verdict constraints.Verdict
	}{
		{"ring-proof", nil, auction(1, 0), u2, 1. / 3, constraints.Violated}, // McAfee, McMillan 1992
		{"ring-proof", nil, auction(0, 0.5), u2, 5./24 - 1./6, constraints.Violated},
		// An entry fee that nobody pays: all stand back, as the ring would have them.
		{"ring-proof", nil, must(mechanisms.NewContest(mechanisms.Ratio{Exponent: 1, Fee: 3})), u2, 0, constraints.Unknown},
		{"ring-proof", nil, auction(1, 1), u2, 0, constraints.Holds}, // a reserve that nobody reaches
		{"ring-proof", map[string]float64{"minDiscount": 0.5}, auction(1, 0), u2, 0, constraints.Unknown},
		{"competition", nil, auction(1, 0), u2, 1. / 3, constraints.Holds},
		{"competition", nil, auction(1, 0), u3, 1. / 3, constraints.Holds}, // least for the pair
		{"competition", nil, auction(0, 0.5), u2, 5./12 - 3./8, constraints.Holds},
		{"competition", nil, lottery(0.5), u2, 0, constraints.Violated},
		{"competition", nil, auction(1, 0), u2[:1], 0, constraints.Unknown},
		{"ex-post", nil, auction(1, 0), u2, 0, constraints.Holds},
		{"ex-post", nil, allPay, u2, 0.5, constraints.Violated}, // the top bid, lost
		{"ex-post", nil, charged, u2, 0.1, constraints.Violated},
		{"ex-post", nil, winnerPays, u2, 0, constraints.Holds},
		{"no-randomness", nil, auction(1, 0), u2, 0, constraints.Holds},
		{"no-randomness", nil, auction(0, 0), atoms, 0, constraints.Unknown}, // ties have probability 1/2
		{"no-randomness", nil, auction(0, 0), atoms[:1], 0, constraints.Holds},
		{"no-randomness", nil, allPay, apart, 0, constraints.Holds}, // they tie at 0 by rounding only
		{"no-randomness", nil, lottery(0), u3, 2. / 3, constraints.Violated},
		{"no-randomness", nil, charged, u2, (1 - v) * (1 - v) / 2, constraints.Violated},
		{"sybil-proof", map[string]float64{"identities": 5}, auction(1, 0), u2, 0, constraints.Holds},
		{"sybil-proof", nil, lottery(0), u2, 1. / 12, constraints.Violated}, // (2/3 - 1/2)/2
		{"sybil-proof", map[string]float64{"identities": 3}, lottery(0), u2, 1. / 8, constraints.Violated},
		{"sybil-proof", nil, contest(1), u2, 0, constraints.Holds},
		{"sybil-proof", nil, contest(1.2), u2, 0, constraints.Holds},
		{"producer-proof", nil, auction(1, 0), u2, 0, constraints.Unknown},
	} {
		k, err := constraints.New(c.name, c.options)
		if err != nil {
			t.Fatal(err)
		}
		measure, why, err := constraints.Privately(k, typed(t, c.m, c.values...))
		if err != nil {
			measure, why = math.NaN(), err.Error()
		}
		b := k.Bound()
		b.Tolerance = math.Max(b.Tolerance, 1e-9)
		if _, verdict := b.Judge(measure, 1); verdict != c.verdict || why == "" {
			t.Errorf("%s of %T among %d: %v (%s), want %v", c.name, c.m, len(c.values), verdict, why, c.verdict)
		}
		if err == nil && !(math.Abs(measure-c.want) < 1e-7) {
			t.Errorf("%s of %T among %d: %v (%s), want %v", c.name, c.m, len(c.values), measure, why, c.want)
		}
	}
}

// TestPrivatelySybil holds what identities gain in a contest against a grid of signals and the
// rival's strategy knot by knot.
func TestPrivatelySybil(t *testing.T) {
	uniform, err := distributions.NewUniform(0, 1)
	if err != nil {
		t.Fatal(err)
	}
	c := typed(t, contest(0.5), uniform, uniform)
	k, err := constraints.New("sybil-proof", map[string]float64{"identities": 3})
	if err != nil {
		t.Fatal(err)
	}
	got, _, err := constraints.Privately(k, c)
	if err != nil {
		t.Fatal(err)
	}
	rival := c.Types.Curves[1]
	const grid = 400
	var chance [4][grid + 1]float64 // of k signals of size a each
	for n := 1; n <= 3; n++ {
		for g := range grid + 1 {
			a := 0.2 * math.Pow(float64(g)/grid, 2)
			for s := 1; s < len(rival.Bids); s++ {
				b, x := rival.Bids[s]/2+rival.Bids[s-1]/2, float64(n)*math.Sqrt(a)
				if x > 0 {
					chance[n][g] += (rival.Below[s] - rival.Below[s-1]) * x / (x + math.Sqrt(b))
				}
			}
		}
	}
	want := 0.0
	const types = 200
	for m := range types {
		v := (float64(m) + 0.5) / types
		var top [4]float64
		for n := 1; n <= 3; n++ {
			for g := range grid + 1 {
				top[n] = math.Max(top[n], v*chance[n][g]-float64(n)*0.2*math.Pow(float64(g)/grid, 2))
			}
		}
		want += (math.Max(top[3], math.Max(top[2], top[1])) - top[1]) / types
	}
	if !(math.Abs(got-want) < 2e-5) {
		t.Errorf("gain %v, on a grid %v", got, want)
	}
}
