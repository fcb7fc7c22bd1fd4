package constraints

import "fmt"

// knownProposer demands that the next execution proposer is always known, as
// preconfirmations need.
//
//	measure: the lookahead L in slots, at least 1
//
// A right that is sold or drawn just in time (L = 0) has no proposer to speak to
// before its slot. Domain: every case. The fourth demand of J. Ma's reply to the
// base model. A test asserts that L = 0 is violated by 1.
type knownProposer struct{}

func (knownProposer) Name() string { return "known-proposer" }

func (knownProposer) Bound() Bound { return Bound{Relation: AtLeast, Value: 1} }

func (knownProposer) Measure(c *Case) (float64, error) {
	return float64(c.Design.Terms.Lookahead), nil
}

func (knownProposer) Explain(_ *Case, measure float64) string {
	if measure < 1 {
		return "the right is allotted just in time: nobody knows the next proposer"
	}
	if measure == 1 {
		return "the proposer is known a slot ahead"
	}
	return fmt.Sprintf("the proposer is known %g slots ahead", measure)
}
