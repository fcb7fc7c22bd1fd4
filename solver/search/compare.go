package search

import (
	"context"
	"errors"
	"math"
	"math/rand/v2"

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
	// stand behind SameEverywhere and SameRule.
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
		return nil, errors.New("search: the comparison was interrupted")
	}
	n := len(problem.Market.Agents)
	designs := make([]mechanisms.Design, len(problem.Spaces))
	for i, s := range problem.Spaces {
		if designs[i], err = s.At(nil); err != nil {
			return nil, err
		}
	}
	c := &Comparison{Report: report, Likeness: make([][]Likeness, len(designs)), Markets: sampledMarkets, Signals: sampledSignals}
	outcomes := sampleOutcomes(designs, n, problem)
	for i := range designs {
		c.Likeness[i] = make([]Likeness, len(designs))
	}
	for i := range designs {
		for j := range designs {
			c.Likeness[i][j] = likeness(i, j, designs, report, outcomes, n)
		}
	}
	return c, nil
}

func likeness(i, j int, designs []mechanisms.Design, r *Report, outcomes [][]float64, n int) Likeness {
	a, b := r.Candidates[i], r.Candidates[j]
	if i == j || sameRule(designs[i], designs[j], n) {
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

// sameRule compares what two mechanisms make of the same signals. Weights must not
// differ, which shows in the outcomes, nor must the terms.
func sameRule(a, b mechanisms.Design, n int) bool {
	if a.Terms != b.Terms {
		return false
	}
	random := rand.New(rand.NewPCG(1, uint64(n)))
	signals := make([]float64, n)
	x, y := mechanisms.NewOutcome(n), mechanisms.NewOutcome(n)
	for range sampledSignals {
		unit := math.Pow(10, 4*random.Float64()-2) // reserves and fees bite at some scale
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
// in random markets of n agents; empty for a design with a market that was not
// solved.
func sampleOutcomes(designs []mechanisms.Design, n int, p *Problem) [][]float64 {
	scale := 0.0
	for i := range p.Market.Agents {
		if m := p.Market.Agents[i].Value.Mean(); m <= math.MaxFloat64 {
			scale = math.Max(scale, m)
		}
	}
	outcomes := make([][]float64, len(designs))
	d := &draws{agents: n, values: make([]float64, sampledMarkets*n), weights: make([]float64, sampledMarkets)}
	random := rand.New(rand.NewPCG(2, uint64(n)))
	for k := range d.values {
		d.values[k] = scale * (0.05 + 1.95*random.Float64())
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
	return outcomes
}
