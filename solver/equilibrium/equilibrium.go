// Package equilibrium computes what the agents play: the Nash equilibrium of a
// mechanism when values are known to the agents.
//
// A [Solver] picks the method by what the mechanism can do (the optional
// interfaces of package mechanisms), never by its name; mechanisms without a fast
// method go to the generic solver. Nothing here is taken on trust: package certify
// checks a claimed equilibrium by other means.
//
// solver.go picks. Auctions are in ranked.go, lotteries in lottery.go, ticket sales in tickets.go.
// Contests begin in contest.go: pure play by share functions (share.go, proportional.go), who takes
// part (entry.go); where they are too steep for that, one agent that mixes (hesitant.go), two
// (mixed.go, dissipation.go, duel.go) or several (fighters.go, fray.go). spite.go and
// spite_shares.go are for agents who mind their rivals' profit, generic.go for any other rule, by
// best replies, then over finite sets of signals (matrix.go, bimatrix.go). all.go lists the other
// pure equilibria. The packages below are for what Nash play with known values leaves out: private
// (each knows its own value only), component (groups know a part), rights (rights bought ahead or
// sold on), slots (play slot after slot).
package equilibrium

import "allot/mechanisms"

// Status says why the solver stopped.
type Status int

const (
	// Converged: the method ended as it should.
	Converged Status = iota
	// IterationLimit: the method ran out of steps; the profile is its best.
	IterationLimit
	// NotFound: no equilibrium was found. It may exist all the same.
	NotFound
)

func (s Status) String() string {
	return [...]string{"converged", "iteration-limit", "not-found"}[s]
}

// Regime is the kind of equilibrium.
type Regime int

const (
	// Pure: every agent plays one signal.
	Pure Regime = iota
	// SemiMixed: some agents play one signal, others mix.
	SemiMixed
	// Mixed: every active agent mixes.
	Mixed
)

func (r Regime) String() string { return [...]string{"pure", "semi-mixed", "mixed"}[r] }

// Equilibrium is what the agents play and what it brings. Slices are in the
// market's order; a Solver reuses them from call to call.
type Equilibrium struct {
	Status Status
	Regime Regime
	// Method names the method and its source.
	Method string
	// Selection says which equilibrium this is where several exist, or "".
	Selection string
	// Profile is what the agents play. Where only pay-offs are known (contests
	// with a large exponent), Approximate is set and the profile is an
	// epsilon-equilibrium.
	Profile     mechanisms.Profile
	Approximate bool
	// Win, Cost and Payoff are the expected t_i, c_i and u_i, u_i in the game's
	// values (after terms).
	Win, Cost, Payoff []float64
	// Active is the number of agents that take part.
	Active int
	// Piece tells the smooth pieces of the solution map apart: two solutions with
	// the same piece have the same regime and the same participants, so that
	// results vary smoothly with the mechanism's parameters between them.
	Piece uint64
	// Margin is the least slack of the inequalities that keep the solution in
	// its piece, in value units and smooth in the parameters (for entry: the least
	// active pay-off less the fee, or what the first outsider falls short by):
	// it reaches 0 where the piece ends. +Inf where nothing can change.
	Margin float64

	mixed []mechanisms.Mixture // memory of Profile.Mixed
}
