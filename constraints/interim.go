package constraints

import "errors"

// Interim reports a constraint that is about what agents expect before they know
// their values, or about the terms: it measures a case's account, design and
// certificate alone. The others are about agents that know each other's values; some
// have a measure of their own where they do not ([Privately]).
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

// Overseen reports a constraint whose measure is right where validators reject outcomes
// that pay too little: one of what is played and not of what else might be, or of
// rings, which oversight is for; where they see with noise, one that is [Interim].
func Overseen(c Constraint, noisy bool) bool {
	if Interim(c) || noisy {
		return Interim(c)
	}
	if g, ok := c.(guarded); ok {
		c = g.Constraint
	}
	switch c.(type) {
	case ringProof, exPost, budget, noRandomness, multiSlot:
		return true
	}
	return false
}

// errSpiteful is why a constraint about what else agents could do has no measure among
// agents that mind their rivals' profit.
var errSpiteful = errors.New("an agent is spiteful: false identities, smaller markets, rings and play over slots are computed for agents that mind their own profit alone")

// spiteful reports a constraint whose measure is right among agents that mind their rivals'
// profit: one of what is played and paid, or the certificate, which is then of u_i - s_i
// sum_{j != i} u_j. Individual rationality remains about money: a spiteful agent that pays to
// keep a rival from winning fails it, although no other signal is better for it.
func spiteful(k Constraint, c *Case) bool {
	switch k.(type) {
	case exPost, budget, noRandomness:
		return true
	case multiSlot:
		return premium(c) == 0
	}
	return Interim(k)
}
