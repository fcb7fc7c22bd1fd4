package slots

import (
	"fmt"
	"math"
)

// Posting is a rule by which a protocol posts the price of its tickets.
type Posting interface {
	// Next is the price after one at which held tickets are outstanding.
	Next(price float64, held int) float64
	// Check says what is wrong with the rule's parameters, or nil.
	Check() error
}

// EIP1559 raises the price by 1/Factor per Target of excess,
//
//	p <- p (1 + (held - Target)/(Factor Target)).
//
// Domain: Target > 0, Factor >= 1. A test asserts 21.25 after 20 with 75 held, Target 50 and
// Factor 8 (Stichler 2024).
type EIP1559 struct{ Target, Factor float64 }

// Next implements Posting.
func (r EIP1559) Next(price float64, held int) float64 {
	return math.Max(0, math.Min(math.MaxFloat64, price*(1+(float64(held)-r.Target)/(r.Factor*r.Target))))
}

// Check implements Posting.
func (r EIP1559) Check() error {
	if !(r.Target > 0 && r.Target <= math.MaxFloat64) || !(r.Factor >= 1 && r.Factor <= math.MaxFloat64) {
		return fmt.Errorf("slots: posted price: target %g must be positive and factor %g at least 1, and both finite", r.Target, r.Factor)
	}
	return nil
}

// AMM is the exponential automated market maker: with x = held - Target the next ticket
// costs e^B (e^((x+1)/Factor) - e^(x/Factor)). Domain: Target >= 0, Factor > 0. A test
// asserts 16.464241 at x = 0, Factor 25 and B 6 (Stichler 2024).
type AMM struct{ Target, Factor, B float64 }

// Next implements Posting.
func (r AMM) Next(_ float64, held int) float64 {
	x := float64(held) - r.Target
	return math.Min(math.MaxFloat64, math.Exp(r.B+x/r.Factor)*math.Expm1(1/r.Factor))
}

// EachTicket says that every ticket has a price of its own.
func (r AMM) EachTicket() {}

// Check implements Posting.
func (r AMM) Check() error {
	if !(r.Target >= 0 && r.Target <= math.MaxFloat64) || !(r.Factor > 0 && r.Factor <= math.MaxFloat64) || math.IsNaN(r.B) || math.IsInf(r.B, 0) || math.IsInf(math.Expm1(1/r.Factor), 1) {
		return fmt.Errorf("slots: posted price: target %g must be at least 0, factor %g positive and %g a number, and all finite", r.Target, r.Factor, r.B)
	}
	return nil
}

// HeuristicBid is what a holder bids for a ticket in Stichler's (2024) simulation,
// mean capture (n-1)/n (1 - (1-slots/supply)^(expiry/slots)) with n holders, slots in an
// epoch, and a supply of tickets that expire after expiry slots (0: never). It is no equilibrium of
// these tickets. A test asserts 21.609976354058958 at mean 30, capture
// 0.8003694945947761, 10 holders and 32, 32, 32.
func HeuristicBid(mean, capture float64, holders int, slots, supply, expiry float64) (float64, error) {
	if !(mean >= 0 && mean <= math.MaxFloat64) || !(capture >= 0 && capture <= 1) || holders < 1 || !(slots > 0) || !(supply >= slots) || !(expiry >= 0) {
		return 0, fmt.Errorf("slots: bid for a ticket of mean %g captured to %g, among %d holders, with %g slots, supply %g and expiry %g", mean, capture, holders, slots, supply, expiry)
	}
	bid := mean * capture * float64(holders-1) / float64(holders)
	if expiry > 0 {
		bid *= -math.Expm1(expiry / slots * math.Log1p(-slots/supply))
	}
	return bid, nil
}
