// Package certify proves a claimed equilibrium. It shares no code with the
// solvers: from the mechanism's rule and the claimed strategies alone it bounds
// from above what any agent could gain by any deviation.
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

func (s Standing) String() string { return [...]string{"none", "approximate", "certified"}[s] }

// Certificate bounds what agents can gain by deviating.
type Certificate struct {
	Standing Standing
	// Epsilon is an upper bound on max_i (sup_a u_i(a, others) - u_i), in value
	// units. It is never negative.
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
