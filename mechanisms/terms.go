package mechanisms

import "math"

// Terms are the conditions that any family can carry.
//
// burnShare alpha: the protocol takes alpha of the realised reward. Hiding a part
// h of a reward v costs psi h^2 v/2, so that a winner hides h = min(1, alpha/psi)
// and agents play with
//
//	v (1 - alpha + alpha^2/(2 psi))  for alpha <= psi,   v (1 - psi/2) above.
//
// The protocol gets alpha (1-h) v from the winner; psi h^2 v/2 is lost.
// Domain: alpha in [0, 1], psi in [0, +Inf]. At psi = 0 hiding is free: agents
// play with v and the burn brings nothing. A test asserts factor 0.625 at
// alpha = 0.5, psi = 1 (and h = 0.5, burnt 0.25 v, lost 0.125 v).
type Terms struct {
	BurnShare float64
	// Lookahead is L: the right is sold that many slots ahead.
	Lookahead int
	// Resale lets the holder sell the right on, by the auction that is best for it, once
	// values are known (Pai, Resnick 2024). It takes a lookahead.
	Resale bool
	// Oversight is tau: validators reject an outcome that pays less than tau times its
	// competitive total. Noise is the deviation of the logarithm of what they see.
	Oversight, Noise float64
	// Floor says that there is one (a burn auction, Drake 2023): what attesters saw bid at
	// the deadline is burnt, and the beacon proposer gets the rest. Residual is the share
	// of the payments that reaches it, 1 less the share of the final ones that was there,
	// where nobody who proposes bids as well (see Agent.Stake). 0, without a floor: all is
	// burnt or smoothed.
	Floor    bool
	Residual float64
}

// Hidden is h, the share of the reward that a winner conceals.
func (t Terms) Hidden(psi float64) float64 {
	switch {
	case t.BurnShare == 0 || math.IsInf(psi, 1):
		return 0
	case t.BurnShare >= psi:
		return 1
	}
	return t.BurnShare / psi
}

// Factor is what agents play with per unit of value: v times it is the worth of
// winning once the terms are taken off.
func (t Terms) Factor(psi float64) float64 {
	h := t.Hidden(psi)
	return 1 - t.BurnShare*(1-h) - t.lost(psi, h)
}

// Burned is what the protocol takes of the winner's reward, per unit of value.
func (t Terms) Burned(psi float64) float64 { return t.BurnShare * (1 - t.Hidden(psi)) }

// Lost is what concealment costs, per unit of value.
func (t Terms) Lost(psi float64) float64 { return t.lost(psi, t.Hidden(psi)) }

func (t Terms) lost(psi, h float64) float64 {
	if h == 0 {
		return 0
	}
	return psi * h * h / 2
}
