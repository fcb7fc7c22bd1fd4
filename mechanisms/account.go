package mechanisms

import "math"

// Account is what an equilibrium brings to everyone, in the market's order of
// agents and in the market's unit of money. Under private values, and over
// draws, every number is an expectation.
type Account struct {
	// Values are v_i, before any terms.
	Values []float64
	// Win is t_i, Cost is c_i, Payoff is u_i = t_i (worth of winning) - c_i.
	Win, Cost, Payoff []float64
	// Unsold is t_0, the share that stays with the protocol.
	Unsold float64
	// Welfare is sum t_i v_i less what concealment costs.
	Welfare float64
	// Burned is what the burn share brings to the protocol.
	Burned float64
	// Proposer is the part of sum c_i that reaches the beacon proposer.
	Proposer float64
	// Robust is the protocol's revenue when agents with a discount factor collude
	// as well as they can (package cartel computes it); nil where nobody did.
	Robust func(discount float64) float64
}

// Settle fills the account from an equilibrium's winning probabilities,
// payments and payoffs, which it keeps (it does not copy), under the terms and
// the cost psi of concealing a reward.
func (a *Account) Settle(values, win, cost, payoff []float64, terms Terms, psi float64) {
	a.Values, a.Win, a.Cost, a.Payoff = values, win, cost, payoff
	sold, worth := 0.0, 0.0
	for i, t := range win {
		sold += t
		if t > 0 { // 0 * v must not meet an infinite value
			worth += t * values[i]
		}
	}
	a.Unsold = math.Max(0, 1-sold)
	if a.Unsold < 1e-12+0x1p-52*float64(len(win)) { // rounding of a sum of shares, not a share kept back
		a.Unsold = 0
	}
	a.Burned = terms.Burned(psi) * worth
	a.Welfare = worth * (1 - terms.Lost(psi))
	a.Proposer = terms.Residual * a.Collected()
}

// Collected is sum c_i.
func (a *Account) Collected() float64 {
	sum := 0.0
	for _, c := range a.Cost {
		sum += c
	}
	return sum
}

// Revenue is sum c_i plus what the burn share brings.
func (a *Account) Revenue() float64 { return a.Collected() + a.Burned }

// Surplus is sum u_i, what the agents keep.
func (a *Account) Surplus() float64 {
	sum := 0.0
	for _, u := range a.Payoff {
		sum += u
	}
	return sum
}
