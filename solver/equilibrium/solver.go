package equilibrium

import (
	"errors"
	"fmt"
	"math"

	"allot/mechanisms"
)

// Solver holds the work space of the methods. The zero value is ready; a Solver
// must not be used by two goroutines at once. What Solve returns depends on the
// game alone, not on what was solved before, unless Warm is set.
type Solver struct {
	// Warm starts share functions from the last game of the same size. The result
	// then agrees with a cold start to rounding, not bit for bit.
	Warm bool
	// Brief leaves out profiles that cost far more than the payoffs (contests with an
	// exponent above 2, whose payoffs are known by theorem): Profile then holds
	// mean signals only. Mixtures that take long to find are not looked for.
	Brief bool
	// Patient looks ten times as long as usual for mixtures of two agents that are hard to find
	// (steep contests with a phantom bid or a fee), a second or so; Brief goes before it.
	Patient bool

	order      []int     // agents of positive value, highest effective value first
	set        []int     // participants under study, as agents
	logs       []float64 // k_i = log w_i + exponent*log(v_i/v_max), by place in order
	shares     []float64 // s_i of the set
	odds       []float64 // log(s_i/(1-s_i)) of the set
	scratch    []float64
	warmOdds   []float64
	warmRho    float64
	member     curve
	top        float64 // v_max
	contest    mechanisms.Ratio
	values     []float64
	phantom    float64 // log(Phantom^rho) on the scale of the logs, -Inf for none
	total      float64 // log A on the scale of the logs
	dissipated dissipation
	bits       []uint64
	worths     []float64 // what winning is worth to agents with what it keeps from rivals
	lastMove   []float64 // by how much it last fell short
}

// Solve computes the equilibrium of a game into eq, whose slices it reuses. An
// error means that the game is malformed (no mechanism, no agents, values negative or
// not finite, parameters out of their domain); that no equilibrium was found is
// said in eq.Status.
func (s *Solver) Solve(g mechanisms.Game, eq *Equilibrium) error {
	if g.Mechanism == nil {
		return errors.New("equilibrium: the game has no mechanism")
	}
	if len(g.Values) == 0 {
		return errors.New("equilibrium: the game has no agents")
	}
	for i, v := range g.Values {
		if !(v >= 0 && v <= math.MaxFloat64) {
			return fmt.Errorf("equilibrium: value %d is %g: values are finite and at least 0", i+1, v)
		}
	}
	if err := checkSpites(g); err != nil {
		return err
	}
	eq.reset(len(g.Values))
	spiteful := g.Spiteful()
	switch m := g.Mechanism.(type) {
	case mechanisms.Priced:
		if spiteful {
			s.spitefulTickets(m.Sale(), g, eq)
		} else {
			s.solveTickets(m.Sale(), g.Values, eq)
		}
	case mechanisms.Ranked:
		r := m.Ranking()
		if !(r.First >= 0 && r.First <= 1) || !(r.Reserve >= 0 && r.Reserve <= math.MaxFloat64) {
			return fmt.Errorf("equilibrium: pricing %g is not in [0, 1] or reserve %g is not finite and at least 0", r.First, r.Reserve)
		}
		switch {
		case r.AllPay && spiteful:
			s.spitefulAllPay(r.Reserve, g, eq)
		case r.AllPay:
			allPay(r.Reserve, g.Values, eq)
		case spiteful:
			spitefulAuction(r, g, eq)
		default:
			winnerPays(r, g.Values, eq)
		}
	case mechanisms.Ratioed:
		r := m.Ratio()
		if err := checkRatio(r, len(g.Values)); err != nil {
			return err
		}
		if spiteful {
			s.spitefulContest(r, g, eq)
		} else {
			s.solveContest(r, g.Values, eq)
		}
	case mechanisms.EqualChance:
		l := m.Lot()
		if err := checkLot(l, len(g.Values)); err != nil {
			return err
		}
		if spiteful {
			s.spitefulLottery(l, g, eq)
		} else {
			s.solveLottery(l, g.Values, eq)
		}
	default:
		if spiteful {
			eq.refuse("no method for a rule of one's own among spiteful agents")
		} else {
			s.solveGeneric(g, eq)
		}
	}
	return nil
}

func checkSpites(g mechanisms.Game) error {
	if len(g.Spites) > 0 && len(g.Spites) != len(g.Values) {
		return fmt.Errorf("equilibrium: %d weights on rivals' profit for %d agents", len(g.Spites), len(g.Values))
	}
	for i, s := range g.Spites {
		if !(s >= 0 && s <= math.MaxFloat64) {
			return fmt.Errorf("equilibrium: agent %d puts weight %g on rivals' profit: weights are finite and at least 0", i+1, s)
		}
	}
	return nil
}

func checkRatio(r mechanisms.Ratio, n int) error {
	finite := func(x float64) bool { return x >= 0 && x <= math.MaxFloat64 }
	if !(r.Exponent > 0 && r.Exponent <= math.MaxFloat64) || !finite(r.Fee) || !finite(r.Phantom) {
		return fmt.Errorf("equilibrium: exponent %g is not positive, or fee %g or phantom bid %g is not at least 0, or one is not finite", r.Exponent, r.Fee, r.Phantom)
	}
	return checkWeights(r.Weights, n)
}

func checkLot(l mechanisms.Lot, n int) error {
	finite := func(x float64) bool { return x >= 0 && x <= math.MaxFloat64 }
	if !finite(l.Fee) || !finite(l.Price) {
		return fmt.Errorf("equilibrium: fee %g or price %g is not finite and at least 0", l.Fee, l.Price)
	}
	return checkWeights(l.Weights, n)
}

func checkWeights(w []float64, n int) error {
	if len(w) > 0 && len(w) != n {
		return fmt.Errorf("equilibrium: %d weights for %d agents", len(w), n)
	}
	for i, x := range w {
		if !(x > 0 && x <= math.MaxFloat64) {
			return fmt.Errorf("equilibrium: weight %d is %g: weights are positive and finite", i+1, x)
		}
	}
	return nil
}

// reset prepares eq for n agents: everyone stands back and wins nothing.
func (eq *Equilibrium) reset(n int) {
	eq.Status, eq.Regime, eq.Approximate = Converged, Pure, false
	eq.Method, eq.Selection = "", ""
	eq.Active, eq.Piece, eq.Margin = 0, 0, math.Inf(1)
	eq.Win, eq.Cost, eq.Payoff = zeros(eq.Win, n), zeros(eq.Cost, n), zeros(eq.Payoff, n)
	eq.Profile.Signals = zeros(eq.Profile.Signals, n)
	eq.Profile.Mixed = nil
}

// zeros returns a slice of n zeros in x's memory where it fits.
func zeros(x []float64, n int) []float64 {
	x = room(x, n)
	clear(x)
	return x
}

// room returns a slice of length n in x's memory where it fits.
func room[T any](x []T, n int) []T {
	if cap(x) < n {
		return make([]T, n)
	}
	return x[:n]
}

// mixtures gives the profile an empty mixture for every agent, in memory that is
// kept from call to call.
func (eq *Equilibrium) mixtures(n int) {
	if cap(eq.mixed) < n {
		eq.mixed = make([]mechanisms.Mixture, n)
	}
	eq.mixed = eq.mixed[:n]
	for i := range eq.mixed {
		eq.mixed[i].Signals, eq.mixed[i].Cumulative = eq.mixed[i].Signals[:0], eq.mixed[i].Cumulative[:0]
	}
	eq.Profile.Mixed = eq.mixed
}

// knot appends a point of agent i's cumulative distribution function.
func (eq *Equilibrium) knot(i int, signal, cumulative float64) {
	m := &eq.Profile.Mixed[i]
	m.Signals, m.Cumulative = append(m.Signals, signal), append(m.Cumulative, cumulative)
}

// The kinds of solution that Piece tells apart, besides the participants.
const (
	pieceNobody uint64 = iota + 1
	pieceAtRunnerUp
	pieceAtReserve
	pieceAllPayMixed
	pieceAllPayReserve
	pieceContest
	pieceSemiMixed
	pieceDissipated
	pieceLottery
	pieceGeneric
	pieceNotFound
	pieceDuel
)

// mark sets Piece from the kind of solution and the agents whose share or signal
// is positive, and counts them.
func (eq *Equilibrium) mark(kind uint64) {
	hash := kind * 0x9e3779b97f4a7c15
	var word uint64
	active := 0
	for i, t := range eq.Win {
		if t > 0 || eq.Profile.Signals[i] > 0 {
			word |= 1 << (i & 63)
			active++
		}
		if i&63 == 63 {
			hash = stir(hash, word)
			word = 0
		}
	}
	eq.Piece, eq.Active = stir(hash, word), active
}

// markSet is mark with the participants given: the same piece for the same set.
// Shares too small for a number count.
func (s *Solver) markSet(kind uint64, members []int, eq *Equilibrium) {
	words := len(eq.Win)/64 + 1
	if cap(s.bits) < words {
		s.bits = make([]uint64, words)
	}
	s.bits = s.bits[:words]
	clear(s.bits)
	for _, i := range members {
		s.bits[i>>6] |= 1 << (i & 63)
	}
	hash := kind * 0x9e3779b97f4a7c15
	for _, word := range s.bits {
		hash = stir(hash, word)
	}
	eq.Piece, eq.Active = hash, len(members)
}

// markAgents is mark with the participants given.
func (eq *Equilibrium) markAgents(kind uint64, agents ...int) {
	hash := kind * 0x9e3779b97f4a7c15
	for _, i := range agents {
		hash = stir(hash, uint64(i)+1)
	}
	eq.Piece, eq.Active = hash, len(agents)
}

// stir is a step of the splitmix64 generator (Steele, Lea, Flood 2014).
func stir(hash, word uint64) uint64 {
	x := hash + word + 0x9e3779b97f4a7c15
	x = (x ^ x>>30) * 0xbf58476d1ce4e5b9
	x = (x ^ x>>27) * 0x94d049bb133111eb
	return x ^ x>>31
}

// topTwo returns the agents of the two highest values (the first of equals; second
// is -1 for one agent) and how many share the highest.
func topTwo(values []float64) (first, second, equal int) {
	first, second = 0, -1
	for i := 1; i < len(values); i++ {
		switch v := values[i]; {
		case v > values[first]:
			first, second = i, first
		case second < 0 || v > values[second]:
			second = i
		}
	}
	for _, v := range values {
		if v == values[first] {
			equal++
		}
	}
	return first, second, equal
}
