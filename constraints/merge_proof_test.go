package constraints_test

import (
	"cmp"
	"math"
	"math/rand/v2"
	"slices"
	"testing"

	"allot/constraints"
	"allot/mechanisms"
	"allot/solver/equilibrium"
)

func TestMergeProof(t *testing.T) {
	fee := must(mechanisms.NewContest(mechanisms.Ratio{Exponent: 1, Fee: 0.1}))
	pooled := math.Pow(2, 1.4)
	for _, c := range []struct {
		name       string
		rule       mechanisms.Mechanism
		values     []float64
		identities float64
		want       float64
	}{
		{"tickets", contest(1), []float64{1, 1, 1}, 2, 0},
		{"tickets", contest(1), []float64{30, 25, 20, 18}, 4, 0},
		{"exponent below 1", contest(0.6), []float64{3, 2, 1}, 3, 0},
		{"exponent above 1", contest(1.4), []float64{1, 1, 1}, 2, pooled/(pooled+1) - 2./3},
		{"nobody left outside", contest(1.3), []float64{4, 2}, 2, 0},
		{"second-price", auction(0, 0), []float64{30, 20, 10}, 3, 0},
		{"first-price", auction(1, 0), []float64{30, 20, 10}, 3, 0},
		{"ties", auction(1, 0), []float64{3, 3, 3}, 2, 0}, // one wins a half at the tie, or all for more than both paid
		{"all-pay", allPay(0), []float64{30, 20, 10}, 2, 0},
		{"lottery", lottery(1), []float64{4, 3, 2}, 3, 0},
		// Three spend 2/9 and pay 0.1; two that merge have 0.1 more to spend.
		{"fee", fee, []float64{1, 1, 1}, 2, (4./9+0.1)/(6./9+0.1) - 2./3},
	} {
		got, _ := measure(t, solved(t, c.rule, c.values...), "merge-proof", options{"identities": c.identities})
		if math.Abs(got-c.want) > 1e-12 {
			t.Errorf("%s %v, groups of %v: %v, want %v", c.name, c.values, c.identities, got, c.want)
		}
	}
}

// In contests in which everyone pays, the pooled spend is the sum: the measure is the
// best over all pairs of its closed form.
func TestMergeGainOfContests(t *testing.T) {
	random := rand.New(rand.NewPCG(4, 1))
	for range 80 {
		n := 3 + random.IntN(4)
		values := make([]float64, n)
		for i := range values {
			values[i] = 1 + 0.2*random.Float64()
		}
		rho := 0.5 + 0.7*random.Float64()
		c := solved(t, contest(rho), values...)
		total, want := 0.0, 0.0
		x := c.Equilibrium.Profile.Signals
		for i := range x {
			total += math.Pow(x[i], rho)
		}
		for i := range x {
			for j := range i {
				if x[i] == 0 || x[j] == 0 {
					continue
				}
				ti, tj := c.Equilibrium.Win[i], c.Equilibrium.Win[j]
				if ti+tj > 1-1e-9 {
					continue
				}
				a := math.Pow(x[i]+x[j], rho)
				gain := a/(total-math.Pow(x[i], rho)-math.Pow(x[j], rho)+a) - ti - tj
				want = math.Max(want, gain*(ti*values[i]+tj*values[j])/(ti+tj))
			}
		}
		for _, rule := range []mechanisms.Mechanism{contest(rho), bare{contest(rho)}} {
			c.Game.Mechanism = rule
			if got, _ := measure(t, c, "merge-proof", nil); math.Abs(got-want) > 1e-9 {
				t.Errorf("values %v, exponent %v, %T: %v, want %v", values, rho, rule, got, want)
			}
		}
		split, _ := measure(t, c, "sybil-proof", nil)
		merge, _ := measure(t, c, "merge-proof", nil)
		if split > 0 && merge > 0 {
			t.Errorf("exponent %v: both splitting (%v) and merging (%v) pay", rho, split, merge)
		}
	}
}

// The measure of competition is the least over markets that are solved one by one,
// agents left out and not only without value.
func TestCompetitionAgainstSmallerMarkets(t *testing.T) {
	random := rand.New(rand.NewPCG(4, 2))
	unsolved := 0
	for range 150 {
		n := 2 + random.IntN(6)
		values := make([]float64, n)
		for i := range values {
			values[i] = math.Exp(random.NormFloat64())
		}
		rules := []mechanisms.Mechanism{
			contest(0.4 + 0.9*random.Float64()), contest(1), auction(random.Float64(), random.Float64()), allPay(0), allPay(0.3), lottery(0.5 * random.Float64()),
			must(mechanisms.NewContest(mechanisms.Ratio{Exponent: 0.9, Fee: 0.01})),
		}
		for _, rule := range rules {
			found := true
			for m := 2; m <= n && found; m++ {
				var eq equilibrium.Equilibrium
				err := new(equilibrium.Solver).Solve(mechanisms.Game{Mechanism: rule, Values: descending(values)[:m]}, &eq)
				found = err == nil && eq.Status == equilibrium.Converged
			}
			if !found {
				unsolved++
				continue
			}
			c := solved(t, rule, values...)
			least := math.Inf(1)
			sorted := descending(values)
			for m := 2; m <= n; m++ {
				sum := 0.0
				for _, x := range solved(t, rule, sorted[:m]...).Equilibrium.Cost {
					sum += x
				}
				least = math.Min(least, sum)
			}
			cMin := 0.0
			switch r := rule.(type) {
			case mechanisms.Ranked:
				cMin = r.Ranking().Reserve
			case mechanisms.Ratioed:
				cMin = r.Ratio().Fee
			case mechanisms.EqualChance:
				cMin = r.Lot().Price
			}
			got, _ := measure(t, c, "competition", nil)
			if math.Abs(got-(least-cMin)) > 1e-9*sorted[0] {
				t.Errorf("%T %+v, values %v: %v, want %v", rule, rule, values, got, least-cMin)
			}
		}
	}
	if unsolved > 150 { // of about 1,050
		t.Errorf("%d games without a known equilibrium", unsolved)
	}
}

func descending(values []float64) []float64 {
	sorted := append([]float64(nil), values...)
	slices.SortFunc(sorted, func(a, b float64) int { return cmp.Compare(b, a) })
	return sorted
}

// Very many agents are judged without as many markets.
func TestCompetitionOfVeryMany(t *testing.T) {
	const n = 50_000
	values := make([]float64, n)
	for i := range values {
		values[i] = 1 + float64(i)/n
	}
	for _, c := range []struct {
		rule    mechanisms.Mechanism
		verdict constraints.Verdict
	}{{contest(1), constraints.Holds}, {auction(1, 0), constraints.Holds}, {auction(1, 5), constraints.Violated}} {
		if got, verdict := measure(t, solved(t, c.rule, values...), "competition", nil); verdict != c.verdict {
			t.Errorf("%T %+v: %v (%v), want %v", c.rule, c.rule, verdict, got, c.verdict)
		}
	}
	// A lottery says nothing of the markets in between, but one without competition is
	// enough to violate it.
	if _, verdict := measure(t, solved(t, lottery(0.5), values[:2000]...), "competition", nil); verdict != constraints.Violated {
		t.Errorf("lottery: %v", verdict)
	}
	fees := must(mechanisms.NewLottery(mechanisms.Lot{Fee: 1e-4}))
	if _, verdict := measure(t, solved(t, fees, values[:2000]...), "competition", nil); verdict != constraints.Unknown {
		t.Errorf("lottery with a fee: %v", verdict)
	}
}
