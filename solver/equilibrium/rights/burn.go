package rights

import (
	"fmt"
	"math"
)

// Laffer is the burn share that brings the protocol most when winners can hide the
// reward at cost psi h^2 v/2 and payments shrink with what is left to agents: with W
// the winner's expected value and C what is collected, both without a burn,
//
//	revenue(alpha) = C (1 - alpha + alpha^2/(2 psi)) + W alpha (1 - alpha/psi)
//	alpha* = psi (W - C)/(2 W - C)
//
// for any mechanism whose payments are in proportion to values. It is below psi/2, where
// half of the burn's base would be hidden, unless nothing is collected. alpha* is at most 1; with
// psi = +Inf (rewards can be observed) it is 1, and 0 if C = W. Domain: 0 <= C <= W finite, psi >=
// 0. A test asserts 1/6 at psi = 1/2, W = 4, C = 2.
func Laffer(psi, worth, collected float64) (share, revenue float64, err error) {
	if math.IsNaN(psi) || psi < 0 || !finite(worth, collected) || collected > worth {
		return 0, 0, fmt.Errorf("rights: burn share: concealment cost %g, worth %g and collected %g: they must be at least 0, and collected at most worth", psi, worth, collected)
	}
	switch {
	case psi == 0 || worth == collected:
	case math.IsInf(psi, 1):
		share = 1
	default:
		share = math.Min(1, psi*(worth-collected)/(2*worth-collected))
	}
	hidden := 0.0
	if share > 0 {
		hidden = share / psi
	}
	return share, collected*(1-share*(1-hidden/2)) + worth*share*(1-hidden), nil
}
