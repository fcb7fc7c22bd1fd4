// Package certify proves a claimed equilibrium. It shares no code with the
// solvers: from the mechanism's rule and the claimed strategies alone it bounds
// from above what any agent could gain by any deviation.
//
// The bound is over all signals in [0, infinity), not over a grid. Where the
// pay-off of a deviation is concave, a tangent bounds it; where it is convex, its
// ends do; elsewhere branch and bound does, with enclosures of the second
// derivative where the mechanism says enough of itself (package mechanisms'
// optional interfaces) and with the monotony of chances and payments where it
// does not. Margins for rounding are part of every bound.
//
// [Game] is the certificate of a profile, [BestDeviation] what one agent can do; a [Certifier]
// (certifier.go) keeps their work space. There is a file for each kind of rule: auction.go,
// contest.go (against mixtures atoms.go and steps.go), lottery.go, tickets.go, and rule.go for
// mechanisms known by their rule only, by branch and bound (branch.go, smooth.go); spite.go and
// spite_mixed.go are for agents who mind their rivals' profit. Package private is for values
// that only their agents know, package component for those that a group knows in part.
package certify

// Standing says what is in hand.
type Standing int

const (
	// None: nothing could be said.
	None Standing = iota
	// Approximate: epsilon is what a search found, not a proven bound.
	Approximate
	// Certified: epsilon is a proven upper bound.
	Certified
)

func (s Standing) String() string {
	switch s {
	case Approximate:
		return "approximate"
	case Certified:
		return "certified"
	}
	return "none"
}

// Certificate bounds what agents can gain by deviating.
type Certificate struct {
	Standing Standing
	// Epsilon is an upper bound on max_i (sup_a u_i(a, others) - u_i), in value
	// units, u_i being the lower of what is claimed and what the profile yields; of
	// agents that mind their rivals' profit, what counts is u_i - s_i sum_{j != i} u_j.
	// It is never negative, and +Inf where nothing could be said.
	Epsilon float64
	// Agent is the one that can gain most, and Signal a deviation within the
	// bound.
	Agent  int
	Signal float64
	// Method says how; Reason why there is no proof, or "".
	Method, Reason string
	// Evaluations is how many pay-offs were bounded.
	Evaluations int
}

// Options say how far to go. The zero value is the usual choice.
type Options struct {
	// Tolerance is the gap, in value units, between a bound and a pay-off found at
	// which a bound is not refined further (default: 1e-10 of the largest value).
	// A claimed pay-off may differ from the recomputed one by ten times as much.
	Tolerance float64
	// MaxEvaluations limits the pay-offs that branch and bound computes, over all
	// agents (default 200,000, fewer where each is costly). What is proven by then is
	// still a proof.
	MaxEvaluations int
}
