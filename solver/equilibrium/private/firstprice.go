package private

import (
	"fmt"
	"math"

	"allot/mechanisms"
	"allot/solver/equilibrium"
)

// Different agents in a first-price auction, or one whose price is a mix of the winner's bid, of
// weight lambda, and the runner-up's: the system of differential equations in system.go, shot
// from the top bid, which is the one unknown. Backwards from the top one error grows, by 1/H, H
// being the chance to win: in money it stays what it was, so that with a top bid exact to rounding
// the strategies are good down to chances of 1e-9, below which they are joined to the lowest bid
// by hand.
//
// The lowest bid that can win is the reserve r, or the highest of all low ends of the
// supports if two agents have it or more, or for a single agent with the highest low end l
// argmax_b (l-b) H(b) + (1-lambda) int_r^b H, H = prod F_j over the others: types below it bid
// their values, or stand back below the reserve. A value that is known mixes, and so does an
// atom of a sample; two agents or more who are known to have one value bid it, and the others
// play above them. Where an agent's last types would win against the lowest bid alone, they
// bid that, or a hair more if others bid just that. With lambda < 1 relax.go takes over from the
// shot at lambda 1. (Vickrey 1961, appendix III;
// Griesmer, Levitan, Shubik 1967; Maskin, Riley 2000; Lebrun 1999, 2006; Fibich, Gavish
// 2011; Kaplan, Zamir 2012.) A test asserts top bid 2/3 and revenue 0.459005 for U[0,1]
// against U[0,2], 37/64 and 0.426291 for F = v against v^2, and Vickrey's bids of
// [1/4, 7/16] for U[0,1] against a known 1/2.
func (s Solver) firstPrice(eq *Equilibrium, rule mechanisms.Ranking, groups []*group) {
	eq.Method = "first-order conditions integrated from the top bid (Marshall et al. 1994; Lebrun 1999)"
	low, strong := lowest(groups, rule)
	active, n := reaching(groups, low)
	if n < 2 || degenerate(groups, active, low) {
		s.alone(eq, rule, groups, active, low)
		return
	}
	// The lowest bid that can win, and what the lowest type of a single agent above all others
	// gets there. A price mix is reached from the first-price auction.
	lower := func(first float64) (low, floor float64) {
		low, _ = lowest(groups, mechanisms.Ranking{First: first, Reserve: rule.Reserve})
		if strong == nil {
			return low, 0
		}
		floor = math.Pow(strong.low-low, first)
		for _, g := range groups {
			if g != strong {
				floor *= power(g.CDF(low), g.n)
			}
		}
		return low, floor
	}
	mix := rule.First < 1
	floor := 0.0
	low, floor = lower(1)
	active, _ = reaching(groups, low)
	sys := newSystem(active, rule.Reserve, low, eq.Highest)
	sys.floor = floor
	sys.tolerance = math.Min(1e-8, math.Max(1e-13, 1e-4*s.Tolerance))
	sys.depth = -300
	if strong != nil {
		sys.depth = -40
	}
	for i, g := range active {
		if low == rule.Reserve {
			sys.end += float64(g.n) * math.Log(g.CDF(math.Nextafter(low, 0)))
		} else { // types of just the lowest bid bid that
			sys.end += float64(g.n) * math.Log(g.CDF(low))
		}
		if g == strong {
			sys.strong = i
		}
	}
	if math.IsInf(sys.end, -1) || sys.end < sys.depth {
		sys.end = sys.depth
	}
	sys.end = math.Max(sys.end, sys.depth)
	top, ok := sys.top()
	if !ok {
		eq.Status, eq.Reason = equilibrium.NotFound, "the integration from the top bid did not settle"
		return
	}
	if !sys.trace(top) {
		eq.Status, eq.Reason = equilibrium.NotFound, "the integration from the top bid did not settle"
		return
	}
	if mix {
		if strong != nil {
			eq.Selection = "types that cannot win bid their values"
		}
		eq.Method = "first-order conditions of a price mix by collocation, led from the first-price auction (Kierzenka, Shampine 2001)"
		if !sys.relax(rule.First, lower) {
			eq.Status, eq.Reason = equilibrium.NotFound, "the collocation of the price mix did not settle"
			return
		}
		top = sys.steps[0].c[terms*len(active)]
	}
	eq.Top, eq.Bottom = top, sys.low
	s.trace(eq, rule, groups, active, sys, strong)
	eq.Status = equilibrium.Converged
	bad := eq.Reason
	if bad == "" {
		bad = unsound(eq)
	}
	if bad != "" {
		*eq = Equilibrium{Status: equilibrium.NotFound, Method: eq.Method, Reason: bad, Highest: eq.Highest}
	}
}

// reaching are the groups with values above a bid, and the number of their agents.
func reaching(groups []*group, bid float64) (active []*group, n int) {
	for _, g := range groups {
		if g.high > bid {
			active = append(active, g)
			n += g.n
		}
	}
	return active, n
}

// unsound says what is not a number in an equilibrium.
func unsound(eq *Equilibrium) string {
	for i := range eq.Account.Win {
		if x := eq.Account.Win[i] + eq.Account.Cost[i] + eq.Account.Payoff[i]; math.IsNaN(x) || math.IsInf(x, 0) {
			return fmt.Sprintf("the expectations of agent %d are not numbers", i+1)
		}
	}
	return ""
}
