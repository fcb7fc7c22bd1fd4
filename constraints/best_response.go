package constraints

import (
	"fmt"

	"allot/solver/certify"
)

// bestResponse demands that what the agents are said to play is an equilibrium.
//
//	measure: the certificate's epsilon >= max_i (sup_a u_i(a, others) - u_i), at most 0
//
// Domain: certified equilibria. Without a proof the measure is unknown, unless a
// deviation that gains more than the tolerance was found. Tolerance 1e-6 of E max v
// unless set; over draws the worst draw counts. Nash (1950). A test asserts that an
// epsilon without a proof is unknown below the tolerance and violated above.
type bestResponse struct{ tolerance float64 }

func (bestResponse) Name() string { return "best-response" }

// Worst says that over draws the largest measure counts, not the mean.
func (bestResponse) Worst() bool { return true }

func (b bestResponse) Bound() Bound {
	return Bound{Relation: AtMost, Tolerance: b.tolerance, Money: true}
}

func (b bestResponse) Measure(c *Case) (float64, error) {
	if c.Certificate == nil {
		return 0, errNoCertificate
	}
	p := c.Certificate()
	switch p.Standing {
	case certify.Certified:
		return p.Epsilon, nil
	case certify.Approximate:
		if p.Epsilon > b.tolerance*c.scale() {
			return p.Epsilon, nil
		}
		return 0, &uncertifiedError{p.Reason}
	}
	return 0, &uncertifiedError{p.Reason}
}

func (b bestResponse) Explain(c *Case, measure float64) string {
	if c.Certificate == nil {
		return errNoCertificate.Error()
	}
	p := c.Certificate()
	if _, verdict := b.Bound().Judge(measure, c.scale()); verdict == Violated {
		return fmt.Sprintf("%s may gain up to %.3g with the signal %.6g", c.name(p.Agent), measure, p.Signal)
	}
	return fmt.Sprintf("nobody can gain more than %.3g by any deviation (%s)", measure, p.Method)
}

var errNoCertificate = &uncertifiedError{}

type uncertifiedError struct{ reason string }

func (e *uncertifiedError) Error() string {
	if e.reason == "" {
		return "the equilibrium is not certified"
	}
	return "the equilibrium is not certified: " + e.reason
}
