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

// Floor is a burn auction: the best bid that attesters saw at a deadline is burnt,
// the rest of the price goes to the beacon proposer. Bids rise with the value of the
// block: at the deadline builders bid a share Seen of what they bid in the end, up to
// the runner-up's value. With values v_1 >= v_2 >= ...
//
//	apart:       burnt Seen v_2, to the proposer (1 - Seen) v_2, the winner keeps v_1 - v_2
//	integrated:  the proposer's own builder holds back until the deadline, so that the burn
//	             is Seen times the second highest of the others, and takes the slot or sells it,
//	             whichever is worth more
//	spite:       a builder that would lose bids early instead, up to Seen times the highest
//	             of the others, to burn what its rival would earn; any weight on
//	             rivals' profit is enough, since it is outbid
//
// (Drake 2023; Elowsson 2024.) Domain: Seen in [0, 1]. A test asserts 16, 4 and 10 at
// values 30, 20, 10 and Seen 0.8.
type Floor struct {
	// Seen is the share of the final bids that is there at the deadline.
	Seen float64
	// Builder is the agent that the proposer is integrated with, counted from 1; 0
	// means none.
	Builder int
	// Spite makes that builder burn its rivals' profit.
	Spite bool
}

// Split is where the value of a slot goes in a burn auction.
type Split struct {
	// Winner is the agent that builds the block.
	Winner int
	// Burnt goes to the protocol, Proposer to the beacon proposer (and its builder),
	// Profit to the winner if that is somebody else. They sum to the winner's value.
	Burnt, Proposer, Profit float64
}

// Settle splits the values, which are known.
func (f Floor) Settle(values []float64) (Split, error) {
	if len(values) == 0 || !finite(values...) || !(f.Seen >= 0 && f.Seen <= 1) || f.Builder < 0 || f.Builder > len(values) {
		return Split{}, fmt.Errorf("rights: floor: %d finite values of at least 0, a share %g seen in [0, 1] and builder %d of them are needed", len(values), f.Seen, f.Builder)
	}
	own := f.Builder - 1
	first, second := -1, -1 // of the others
	for i, v := range values {
		switch {
		case i == own:
		case first < 0 || v > values[first]:
			first, second = i, first
		case second < 0 || v > values[second]:
			second = i
		}
	}
	value := func(i int) float64 {
		if i < 0 {
			return 0
		}
		return values[i]
	}
	if own < 0 {
		burnt := f.Seen * value(second)
		return Split{Winner: first, Burnt: burnt, Proposer: value(second) - burnt, Profit: value(first) - value(second)}, nil
	}
	burnt := f.Seen * value(second)
	if values[own] >= value(first) { // it wins; to burn more would burn its own
		return Split{Winner: own, Burnt: burnt, Proposer: values[own] - burnt}, nil
	}
	if f.Spite {
		burnt = f.Seen * value(first)
	}
	price := math.Max(burnt, math.Max(value(second), values[own]))
	return Split{Winner: first, Burnt: burnt, Proposer: price - burnt, Profit: value(first) - price}, nil
}
