package constraints

import "fmt"

// allocation demands that somebody gets the right.
//
//	measure: t_0 = 1 - sum t_i, at most 0
//
// A reserve that binds violates it: the program with sum t_i = 1 excludes it. Domain:
// every case. Tolerance 1e-9 unless set. A test asserts 1 for a reserve above the
// highest value.
type allocation struct{ tolerance float64 }

func (allocation) Name() string { return "allocation" }

func (a allocation) Bound() Bound { return Bound{Relation: AtMost, Tolerance: a.tolerance} }

func (allocation) Measure(c *Case) (float64, error) { return c.Account.Unsold, nil }

func (a allocation) Explain(c *Case, measure float64) string {
	if measure > a.tolerance {
		return fmt.Sprintf("with probability %.4g nobody wins", measure)
	}
	return "somebody always wins"
}
