// Package private computes what agents play who know their own value only: the
// Bayes-Nash equilibrium for independent private values.
//
// [Solve] picks the method by what the mechanism can do and by who competes:
//
//   - equal agents in an auction (any price mix, all-pay, reserve): the closed form
//     (Vickrey 1961; Riley, Samuelson 1981), by quadrature in ranks;
//   - equal agents who mind their rivals' profit, in a first-price or second-price auction: the
//     closed form of Morgan, Steiglitz, Reis (2003);
//   - different agents in a first-price auction: the system of Marshall, Meurer,
//     Richard, Stromquist (1994) and Lebrun (1999), integrated from the top;
//   - different agents in an auction with a price between the first and the second bid: the
//     same system with the own bid's weight in it, by collocation, led from the first price;
//   - different agents in a second-price auction: truth (Vickrey 1961);
//   - two different agents in an all-pay auction: the matching function of Amann,
//     Leininger (1996); three or more: first-order conditions from the top, groups dropping
//     out at pay-off 0 (Parreiras, Rubinchik 2010);
//   - contests: first-order conditions at quadrature nodes, the chances by transforms
//     (Wasser 2013), any number of agents;
//   - lotteries: cutoffs of entry (Samuelson 1985);
//   - anything else, approximately: dual averaging over discretised types and signals
//     (Fichtl, Oberlechner, Bichler 2022), in auctions through the best opposing bid.
//
// Strategies are [mechanisms.BidCurve]s: piecewise linear in the rank, so that
// distributions with atoms, gaps and kinks, and values that are known, need nothing
// of their own, and a certificate can be exact. Winning probabilities, payments
// and payoffs are expectations by quadrature, not by simulation. Nothing is taken
// on trust: package certify/private checks the strategies by other means.
//
// Where to look: symmetric.go; spite.go; firstprice.go, with the system (system.go), shots (shoot.go,
// entry.go, top.go) by steps (step.go, explicit.go, implicit.go), the lower end (bottom.go),
// the knots (mesh.go) and what comes of them (traced.go); relax.go and collocate.go for price mixes; truthful.go; allpay.go for two, allpay_many.go,
// allpay_shoot.go and allpay_trace.go for more; contest.go and the files named after it; lottery.go;
// generic.go, and ranked.go for auctions, where no other method finds anything. What they share:
// law.go (distributions and groups), knots.go (strategies), quadrature.go, transform.go (chances to
// win in contests), anderson.go (iterations). ring.go is about rings, rivals.go about one agent's
// other signals.
package private

import (
	"errors"
	"fmt"
	"math"

	"allot/mechanisms"
	"allot/solver/equilibrium"
)

// Equilibrium is what the agents play and what it brings.
type Equilibrium struct {
	Status equilibrium.Status
	// Method names the method and its source, Selection says which equilibrium this
	// is where several exist, Reason why there is none.
	Method, Selection, Reason string
	// Curves are the agents' strategies in the market's order; agents that play the
	// same share the slices, which must not be changed.
	Curves []mechanisms.BidCurve
	// Account has the expectations: Values are E v_i, Win, Cost and Payoff those of
	// an agent before it knows its value.
	Account mechanisms.Account
	// Top is the highest bid, Bottom the lowest that can win.
	Bottom, Top float64
	// Highest is E max v, by which epsilons are measured.
	Highest float64
}

// Solver computes equilibria. The zero value works.
type Solver struct {
	// Tolerance is what a deviation may gain, as a share of E max v, on account of
	// the strategies' finitely many knots (default 1e-6).
	Tolerance float64
	// Brief leaves out strategies, Bottom, Top and Highest where the account does not need
	// them: in auctions among equal agents and, but for Highest, second-price auctions.
	Brief bool
	// Spite is the weight that every agent puts on its rivals' profit: equal agents in
	// first-price and second-price auctions only.
	Spite float64
}

// Solve computes the equilibrium of the mechanism in the market. An error means
// that the market is malformed; that no equilibrium was found is said in the
// Status, with the Reason.
func Solve(m mechanisms.Mechanism, market *mechanisms.Market) (*Equilibrium, error) {
	values, reason, err := Values(market)
	if err != nil {
		return nil, err
	}
	if reason != "" {
		return &Equilibrium{Status: equilibrium.NotFound, Reason: reason}, nil
	}
	return Solver{}.Solve(m, values)
}

// Values are the market's distributions of values; the reason is not empty where the
// market has something that independent private values leave out.
func Values(market *mechanisms.Market) (values []mechanisms.Distribution, reason string, err error) {
	if market == nil {
		return nil, "", errors.New("private: there is no market")
	}
	if err := market.Validate(); err != nil {
		return nil, "", fmt.Errorf("private: %w", err)
	}
	for i := range market.Agents {
		a := &market.Agents[i]
		switch {
		case a.Budget > 0:
			return nil, fmt.Sprintf("agent %d (%s) has a budget: with private values no method here solves that", i+1, a.Name), nil
		case a.Spite > 0:
			return nil, fmt.Sprintf("agent %d (%s) is spiteful: with private values there is a method only for equal agents with the same weight on rivals' profit", i+1, a.Name), nil
		case a.Common != nil:
			return nil, fmt.Sprintf("agent %d (%s) shares a component: its value is not independent of its twins'", i+1, a.Name), nil
		}
		values = append(values, a.Value)
	}
	return values, "", nil
}

// Solve computes the equilibrium of the mechanism when agent i's value is drawn from
// values[i], independently of the others'.
func (s Solver) Solve(m mechanisms.Mechanism, values []mechanisms.Distribution) (*Equilibrium, error) {
	if m == nil || len(values) == 0 {
		return nil, errors.New("private: there is no mechanism or no agent")
	}
	for i, d := range values {
		if d == nil {
			return nil, fmt.Errorf("private: agent %d has no value", i+1)
		}
		low, high := d.Support()
		if !(low >= 0 && low <= math.MaxFloat64 && high >= low) || !(d.Mean() <= math.MaxFloat64) {
			return nil, fmt.Errorf("private: agent %d: values must be finite, at least 0 and have a mean", i+1)
		}
	}
	if s.Tolerance <= 0 {
		s.Tolerance = 1e-6
	}
	ranked, ok := m.(mechanisms.Ranked)
	mindful := s.Spite > 0 && len(values) > 1
	if !(s.Spite >= 0 && s.Spite <= math.MaxFloat64) {
		return nil, fmt.Errorf("private: the weight %g on rivals' profit is not a finite number of at least 0", s.Spite)
	}
	if mindful && !ok {
		return &Equilibrium{Status: equilibrium.NotFound, Reason: "spiteful agents have a method in first-price and second-price auctions only"}, nil
	}
	if !ok {
		if r, ok := m.(mechanisms.Ratioed); ok {
			eq := s.contest(r.Ratio(), values)
			if eq.Status != equilibrium.NotFound {
				return eq, nil
			}
			if other, err := s.generic(m, values); err == nil && other.Status != equilibrium.NotFound {
				return other, nil
			}
			return eq, nil
		}
		return s.generic(m, values)
	}
	rule := ranked.Ranking()
	groups := grouped(values)
	eq := &Equilibrium{Curves: make([]mechanisms.BidCurve, len(values))}
	if !s.Brief || len(groups) > 1 || mindful {
		eq.Highest = highest(groups, 0)
	}
	if mindful {
		if reason := spiteReason(rule, groups); reason != "" {
			eq.Status, eq.Reason = equilibrium.NotFound, reason
			return eq, nil
		}
	}
	switch {
	case mindful:
		s.spiteful(eq, rule, groups[0])
	case len(groups) == 1:
		s.symmetric(eq, rule, groups[0])
	case !rule.AllPay && rule.First == 0:
		s.truthful(eq, rule, groups)
	case !rule.AllPay:
		if s.firstPrice(eq, rule, groups); eq.Status != equilibrium.Converged && rule.First < 1 {
			*eq = Equilibrium{Curves: make([]mechanisms.BidCurve, len(values)), Highest: eq.Highest}
			s.ranked(eq, rule, groups)
		}
	case rule.AllPay && len(groups) == 2 && len(values) == 2:
		s.allPay(eq, rule, groups)
	default:
		if s.allPayMany(eq, rule, groups); eq.Status != equilibrium.Converged {
			*eq = Equilibrium{Curves: make([]mechanisms.BidCurve, len(values)), Highest: eq.Highest}
			s.ranked(eq, rule, groups)
		}
	}
	return eq, nil
}

// newAccount is an account of so many agents without any entries.
func newAccount(agents int) mechanisms.Account {
	all := make([]float64, 4*agents)
	part := func(k int) []float64 { return all[k*agents : (k+1)*agents : (k+1)*agents] }
	return mechanisms.Account{Values: part(0), Win: part(1), Cost: part(2), Payoff: part(3)}
}

// highest is E[max v; max v >= low].
func highest(groups []*group, low float64) float64 {
	if low <= 0 {
		for _, g := range groups {
			low = math.Max(low, g.low)
		}
	}
	ends := panels(groups, low)
	sum := over(func(v float64) float64 { return above(groups, v) }, ends) + beyond(groups, ends[len(ends)-1])
	return low*(1-belowStrictly(groups, low)) + sum
}

// below is P(every value <= v).
func below(groups []*group, v float64) float64 {
	p := 1.0
	for _, g := range groups {
		p *= power(g.CDF(v), g.n)
	}
	return p
}

// above is P(some value > v), without cancellation in the tail.
func above(groups []*group, v float64) float64 {
	some := 0.0
	for _, g := range groups {
		s := g.survival(v)
		for n := g.n; n > 0; n >>= 1 { // of twice as many 1-(1-s)^2
			if n&1 == 1 {
				some += s * (1 - some)
			}
			s *= 2 - s
		}
	}
	return some
}

// belowStrictly is P(every value < v).
func belowStrictly(groups []*group, v float64) float64 {
	if v <= 0 {
		return 0
	}
	return below(groups, math.Nextafter(v, 0))
}
