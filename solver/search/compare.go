package search

import (
	"context"
	"fmt"
	"math"
	"math/rand/v2"
	"sort"

	"allot/mechanisms"
	"allot/objectives"
)

// Likeness says how alike two mechanisms are; each includes those before it.
type Likeness int

const (
	// Different mechanisms.
	Different Likeness = iota
	// SameRevenue: the protocol takes the same in this market, from other outcomes.
	SameRevenue
	// SameOutcome: every agent wins as often and pays as much in this market.
	SameOutcome
	// SameEverywhere: the same outcome in every market that was sampled.
	SameEverywhere
	// SameRule: the same winning probabilities and payments for every vector
	// of signals that was sampled, and the same terms.
	SameRule
)

func (l Likeness) String() string {
	return [...]string{"different", "same revenue", "same outcome here", "same outcome in every sampled market", "same rule"}[l]
}

// Comparison is every mechanism in one market, and which are alike.
type Comparison struct {
	*Report
	// Likeness[i][j] compares candidates i and j.
	Likeness [][]Likeness
	// Markets and Signals are how many random markets and vectors of signals
	// stand behind SameEverywhere and SameRule. Markets is 0 where values are private:
	// none are sampled.
	Markets, Signals int
}

// Classes groups the candidates that are at least as alike as asked. SameRevenue
// does not chain: groups are taken around the first of each.
func (c *Comparison) Classes(least Likeness) [][]int {
	var classes [][]int
	seen := make([]bool, len(c.Likeness))
	for i := range c.Likeness {
		if seen[i] {
			continue
		}
		class := []int{i}
		for j := i + 1; j < len(c.Likeness); j++ {
			if !seen[j] && c.Likeness[i][j] >= least {
				class, seen[j] = append(class, j), true
			}
		}
		classes = append(classes, class)
	}
	return classes
}

const (
	sampledMarkets = 64
	sampledSignals = 256
	// alike is how far two numbers may be apart, as a share of E max v.
	alike = 1e-9
)

// Compare evaluates fixed mechanisms in one market and says which are conceptually
// the same.
func Compare(ctx context.Context, problem *Problem) (*Comparison, error) {
	report, err := Evaluate(ctx, problem)
	if err != nil {
		return nil, err
	}
	if len(report.Candidates) != len(problem.Spaces) {
		return nil, fmt.Errorf("search: the comparison was interrupted: %w", ctx.Err())
	}
	designs := make([]mechanisms.Design, len(problem.Spaces))
	for i, s := range problem.Spaces {
		if designs[i], err = s.At(nil); err != nil {
			return nil, err
		}
	}
	c := &Comparison{Report: report, Likeness: make([][]Likeness, len(designs)), Signals: sampledSignals}
	top := 0.0
	for i := range problem.Market.Agents {
		if m := problem.Market.Agents[i].Value.Mean(); m <= math.MaxFloat64 {
			top = math.Max(top, m)
		}
	}
	if top == 0 {
		top = 1
	}
	outcomes := make([][]float64, len(designs))
	if problem.Market.Information != mechanisms.Private {
		c.Markets = sampledMarkets
		sampleOutcomes(designs, outcomes, top, problem)
	}
	for i := range designs {
		c.Likeness[i] = make([]Likeness, len(designs))
	}
	for i := range designs {
		for j := range designs {
			c.Likeness[i][j] = likeness(i, j, designs, report, outcomes, top)
		}
	}
	return c, nil
}

func likeness(i, j int, designs []mechanisms.Design, r *Report, outcomes [][]float64, top float64) Likeness {
	a, b := r.Candidates[i], r.Candidates[j]
	if i == j || sameRule(designs[i], designs[j], len(r.Candidates[i].Equilibrium.Agents), top) {
		return SameRule
	}
	scale := 0.0
	for _, x := range a.Equilibrium.Agents {
		scale = math.Max(scale, x.Value)
	}
	near := func(x, y, unit float64) bool { return math.Abs(x-y) <= alike*unit }
	if !near(a.Metrics["revenue"], b.Metrics["revenue"], scale) {
		return Different
	}
	for k := range a.Equilibrium.Agents {
		x, y := a.Equilibrium.Agents[k], b.Equilibrium.Agents[k]
		if !near(x.Win, y.Win, 1) || !near(x.Cost, y.Cost, scale) {
			return SameRevenue
		}
	}
	if len(outcomes[i]) == 0 || len(outcomes[i]) != len(outcomes[j]) {
		return SameOutcome
	}
	for k, x := range outcomes[i] {
		if !near(x, outcomes[j][k], 1) {
			return SameOutcome
		}
	}
	return SameEverywhere
}

// levels are the sizes of signals and values at which mechanisms may begin to differ: the
// numbers that they are made of.
func levels(designs ...mechanisms.Design) []float64 {
	seen := map[float64]bool{}
	var all []float64
	for _, d := range designs {
		for _, s := range d.Settings {
			for _, x := range append([]float64{s.From}, s.List...) {
				if x > 0 && x <= math.MaxFloat64 && !seen[x] {
					seen[x] = true
					all = append(all, x)
				}
			}
		}
	}
	sort.Float64s(all) // settings come in no order
	return all
}

// sizes gives a size for the k-th sample: the largest value's, one of the levels, or any
// from a ten thousandth of the largest value to a hundred times it.
func sizes(k int, top float64, levels []float64, random *rand.Rand) float64 {
	switch {
	case k%3 == 0:
		return top
	case k%3 == 1 && len(levels) > 0:
		return levels[k/3%len(levels)]
	}
	return top * math.Pow(10, 6*random.Float64()-4)
}

// sameRule compares what two mechanisms make of the same signals. Weights must not
// differ, which shows in the outcomes, nor must the terms.
func sameRule(a, b mechanisms.Design, n int, top float64) bool {
	if a.Terms != b.Terms {
		return false
	}
	random := rand.New(rand.NewPCG(1, uint64(n)))
	signals := make([]float64, n)
	x, y := mechanisms.NewOutcome(n), mechanisms.NewOutcome(n)
	steps := levels(a, b)
	for sample := range sampledSignals {
		unit := sizes(sample, top, steps, random)
		for k := range signals {
			switch random.IntN(6) {
			case 0:
				signals[k] = 0
			case 1:
				signals[k] = unit // ties
			default:
				signals[k] = unit * random.Float64()
			}
		}
		a.Mechanism.Allot(signals, x)
		b.Mechanism.Allot(signals, y)
		for k := range signals {
			if math.Abs(x.Win[k]-y.Win[k]) > alike || math.Abs(x.Cost(k)-y.Cost(k)) > alike*unit {
				return false
			}
		}
	}
	return true
}

// sampleOutcomes are each design's shares and costs (per unit of the largest value)
// in random markets of as many agents whose values are known; empty for a design with a
// market that was not solved.
func sampleOutcomes(designs []mechanisms.Design, outcomes [][]float64, top float64, p *Problem) {
	n := len(p.Market.Agents)
	d := &draws{agents: n, values: make([]float64, sampledMarkets*n), weights: make([]float64, sampledMarkets)}
	random := rand.New(rand.NewPCG(2, uint64(n)))
	steps := levels(designs...)
	for k := range sampledMarkets {
		unit := sizes(k, top, steps, random)
		for i := range d.row(k) {
			d.row(k)[i] = unit * (0.05 + 1.95*random.Float64())
		}
	}
	q := *p
	q.Objective, q.Constraints = objectives.Revenue{}, nil
	w := newWorker(&q, d)
	for i := range designs {
		w.look(&designs[i])
		for k := range sampledMarkets {
			var s sums
			if w.solve(&designs[i], k, &s); math.IsNaN(s.objective) {
				outcomes[i] = nil
				break
			}
			// What agents pay counts per unit of the largest value, before terms.
			top := highest(d.row(k), nil)
			for j := range n {
				outcomes[i] = append(outcomes[i], w.account.Win[j], w.account.Cost[j]/top)
			}
		}
	}
}
