package objectives

import (
	"math"
	"strconv"
	"strings"
)

// All lists the objectives that need no parameter, in the order in which they are
// shown.
func All() []Objective { return append([]Objective(nil), all...) }

var all = []Objective{
	Revenue{}, Welfare{}, AgentSurplus{}, Fairness{}, RootProduct{}, Entropy{},
	EffectiveAgents{}, MinShare{}, ProposerIncome{},
}

// New is the objective that the text names, robustRevenue(delta) included, or that
// it spells out as an expression of the named ones:
//
//	revenue + 0.5*fairness
//	sum(v[0:2]) - revenue
//	min(minShare, 0.2) > 0.1 ? robustRevenue(0.9) : 0
//
// Beside the names there are the vectors t, c, v and u (winning probabilities,
// costs, values, pay-offs), each with its largest value's agent first: all four are
// sorted by value, descending, agents of equal value in the market's order, so
// that t[0] is the chance of the highest value. Numbers are floating-point, 7/2
// and 7.0/2 the same. There are + - * / ^, comparisons, and, or, not, a ? b : c; the
// functions abs, ceil, cos, exp, floor, log, max, mean, median, min, pow, round,
// sin, sqrt of numbers, sum, mean, median, min, max, len of vectors, dot(a, b), and
// sum, count, all, any, none with a condition or term for each element, written #:
// sum(t, # * #), count(t, # > 0.1). log is the natural logarithm, and t[-1] the last
// element. A result that is not finite is NaN.
//
// An expression has no effects, sees nothing but the account, and its cost is at
// most proportional to its length times the number of agents. A text that is wrong
// gives an *ExpressionError.
func New(text string) (Objective, error) {
	name := strings.TrimSpace(text)
	for _, o := range all {
		if o.Name() == name {
			return o, nil
		}
	}
	if inner, ok := strings.CutPrefix(name, "robustRevenue("); ok {
		if number, ok := strings.CutSuffix(inner, ")"); ok {
			if d, err := strconv.ParseFloat(strings.TrimSpace(number), 64); err == nil && d >= 0 && d <= 1 {
				return RobustRevenue{Discount: d}, nil
			}
		}
	}
	e, err := compile(text)
	if err != nil {
		return nil, err
	}
	return e, nil
}

// finite is x, or NaN where x is infinite: an objective never is.
func finite(x float64) float64 {
	if math.IsInf(x, 0) {
		return math.NaN()
	}
	return x
}
