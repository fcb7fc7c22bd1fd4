package rights

import (
	"errors"
	"fmt"
	"math"

	"allot/mechanisms"
	"allot/solver/equilibrium"
)

// Floor is a burn auction at first price: the best bid that attesters saw at a deadline is
// burnt, the rest of the price p goes to the beacon proposer. By the deadline builders bid
// a share Seen of what they bid in the end, b_i. Staking services that have a builder of
// their own propose shares q_k of the slots. In its own slots a service's builder holds back
// until the deadline, so that nobody bids against it early; in all others it makes its final
// bid early, which costs it nothing and burns what its rival would earn:
//
//	burnt in slots of k:           B_k = min(p, max(Seen p_{-k}, max_{i != k, q_i > 0} b_i))
//	of proposers without builder:  B_0 = min(p, max(Seen p, max_{q_i > 0} b_i))
//	to the proposers:              sum_k q_k (p - B_k) + (1 - sum_k q_k)(p - B_0)
//
// p_{-k} is the price of the auction without k. The price is that of the auction without a
// floor whoever proposes: a builder that wins its own service's slot pays p - B_k to itself
// and prefers to sell at any price above its value. That is so at first price; where a
// loser moves the price, a proposer's builder would drive it up, and in contests a proposer
// that buys gets part of its payment back, so that these are refused. Seen and stakes are as
// if builders that are not integrated had no reason to bid early (Drake 2023; Elowsson 2024;
// the discussion of the base model). Domain: Seen in [0, 1], stakes that sum to at most 1.
// A test asserts, for 30/20/10 and Seen 0.8: an income of 4 with nobody integrated, and with the
// second builder integrated to a tenth of the slots 12 in its own, 0 in all others.
type Floor struct {
	Seen float64
	// Stakes[k] is q_k, 0 for agents that are no staking service; nil for nobody.
	Stakes []float64

	solver         equilibrium.Solver
	eq             equilibrium.Equilibrium
	values, spites []float64
}

// Burn is where the price of a slot goes.
type Burn struct {
	Price float64
	// Kept is what proposers keep a slot, Apart what they would if no staking service had
	// a builder.
	Kept, Apart float64
	// Own[k] is what agent k keeps of a slot that it proposes, 0 for agents without a stake,
	// and Others what proposers without a builder keep.
	Own    []float64
	Others float64
}

// errFloor is why a rule has no method.
var errFloor = errors.New("rights: a floor where staking services have builders has a method for first-price auctions only: elsewhere a proposer's builder gets part of its payment back, or gains by driving the price up")

// Fits says why the floor has no method for the mechanism, or nil.
func (f *Floor) Fits(m mechanisms.Mechanism) error {
	if r, ok := m.(mechanisms.Ranked); ok && !r.Ranking().AllPay && r.Ranking().First == 1 {
		return nil
	}
	return errFloor
}

// Settle splits the price of an auction's equilibrium into out, whose slices it reuses. It
// does not allocate once these have grown. A Floor must not be used by two goroutines at
// once.
func (f *Floor) Settle(g mechanisms.Game, eq *equilibrium.Equilibrium, out *Burn) error {
	n := len(g.Values)
	if !(f.Seen >= 0 && f.Seen <= 1) || f.Stakes != nil && len(f.Stakes) != n || len(eq.Cost) != n || len(eq.Profile.Signals) != n {
		return fmt.Errorf("rights: floor: a share %g seen in [0, 1], %d stakes and an equilibrium for %d agents are needed", f.Seen, len(f.Stakes), n)
	}
	total := 0.0
	for k, q := range f.Stakes {
		if !(q >= 0 && q <= 1) {
			return fmt.Errorf("rights: floor: the stake %g of agent %d is not a share", q, k+1)
		}
		total += q
	}
	if total > 1+1e-12 {
		return fmt.Errorf("rights: floor: stakes sum to %g", total)
	}
	if err := f.Fits(g.Mechanism); err != nil {
		return err
	}
	p := 0.0
	for _, c := range eq.Cost {
		p += c
	}
	out.Price, out.Apart = p, p-f.Seen*p
	out.Own = out.Own[:0]
	out.Others = p - math.Min(p, math.Max(f.Seen*p, f.early(eq, -1)))
	out.Kept = math.Max(0, 1-total) * out.Others
	for k := range g.Values {
		own := 0.0
		if k < len(f.Stakes) && f.Stakes[k] > 0 {
			rest, err := f.without(g, k)
			if err != nil {
				return err
			}
			own = p - math.Min(p, math.Max(f.Seen*rest, f.early(eq, k)))
			out.Kept += f.Stakes[k] * own
		}
		out.Own = append(out.Own, own)
	}
	return nil
}

// early is the highest bid of the services that do not propose.
func (f *Floor) early(eq *equilibrium.Equilibrium, proposer int) float64 {
	most := 0.0
	for i, q := range f.Stakes {
		if i != proposer && q > 0 {
			most = math.Max(most, eq.Profile.Signals[i])
		}
	}
	return most
}

// without is the price of the auction that agent k keeps away from.
func (f *Floor) without(g mechanisms.Game, k int) (float64, error) {
	if len(g.Values) == 1 {
		return 0, nil
	}
	f.values = append(append(f.values[:0], g.Values[:k]...), g.Values[k+1:]...)
	f.spites = f.spites[:0]
	if g.Spites != nil {
		f.spites = append(append(f.spites, g.Spites[:k]...), g.Spites[k+1:]...)
	}
	if err := f.solver.Solve(mechanisms.Game{Mechanism: g.Mechanism, Values: f.values, Spites: f.spites}, &f.eq); err != nil {
		return 0, fmt.Errorf("rights: floor: %w", err)
	}
	price := 0.0
	for _, c := range f.eq.Cost {
		price += c
	}
	return price, nil
}
