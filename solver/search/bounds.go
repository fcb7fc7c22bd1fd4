package search

import (
	"math"

	"allot/solver/bound"
)

// Bounds are upper bounds over all mechanisms, whatever their family.
type Bounds struct {
	// Bound is that of the problem's objective, without a gap.
	Bound Bound
	// Optimum is the mechanism of most revenue with private values; nil otherwise.
	Optimum *bound.Optimum
	// Frontier is revenue against welfare with private values, against fairness where
	// values are known numbers; empty otherwise.
	Frontier []Frontier
}

// Frontier is a point of a frontier: no mechanism brings more of one at as much of the
// other. What is not on it is NaN.
type Frontier struct {
	Revenue, Welfare, Fairness float64
}

// UpperBounds computes the bounds of a problem. Its mechanisms matter only in that a
// burn share takes from a reward that the protocol observes, against which Myerson's
// optimum is no bound.
func UpperBounds(problem *Problem) (*Bounds, error) {
	p := *problem
	if err := p.normalise(); err != nil {
		return nil, err
	}
	j, err := p.judge()
	if err != nil {
		return nil, err
	}
	out := &Bounds{Bound: j.bound()}
	switch e := j.(type) {
	case *bayesian:
		if e.refusal != "" || e.twins != nil || e.spite > 0 {
			break
		}
		optimum, err := bound.Revenue(e.values)
		if err != nil {
			return nil, err
		}
		optimum.Value, optimum.Revenue, optimum.Welfare = e.level()*optimum.Value, e.level()*optimum.Revenue, e.level()*optimum.Welfare
		if e.shared != nil {
			for i := range optimum.Reserves { // at the component's mean
				optimum.Reserves[i] *= e.shared.mean
			}
		}
		out.Optimum = &optimum
		for k := range 11 {
			o, err := bound.Weighted(e.values, float64(k)/10)
			if err != nil {
				return nil, err
			}
			out.Frontier = append(out.Frontier, Frontier{Revenue: e.level() * o.Revenue, Welfare: e.level() * o.Welfare, Fairness: math.NaN()})
		}
	case *evaluator:
		values, known := p.Market.Known(nil)
		if !known || len(values) < 2 || p.Market.Spites() != nil {
			break
		}
		for k := range 11 {
			f := float64(k) / 10 / float64(len(values))
			out.Frontier = append(out.Frontier, Frontier{Revenue: bound.FairRevenue(values, f), Welfare: math.NaN(), Fairness: f})
		}
	}
	return out, nil
}
