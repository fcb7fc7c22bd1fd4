package constraints

// Interim reports a constraint that is about what agents expect before they know
// their values, or about the terms: it measures a case's account, design and
// certificate alone. The others are about agents that know each other's values, and
// have no measure with private values.
func Interim(c Constraint) bool {
	if g, ok := c.(guarded); ok {
		c = g.Constraint
	}
	switch c.(type) {
	case allocation, individualRationality, bestResponse, decentralization, expression, beaconRewards, knownProposer:
		return true
	}
	return false
}
