package cartel

import (
	"fmt"
	"math"
	"math/bits"
	"sort"

	"allot/mechanisms"
	"allot/solver/equilibrium"
)

// A ring of some of the agents. Its leader, the highest value in it, stands for the ring in
// the market that is left: leader and outsiders play the equilibrium of that market.
//
//	G = u_leader(reduced market) - sum over members of u_i(whole market)
//
// which can be negative: a merger of two in a contest of many loses (the outsiders
// expand). In a winner-pays auction the outsiders bid up to their values, so that the ring
// is one against a reserve of max(r, their highest value) and may raise its bid to deter
// members; elsewhere the leader plays its equilibrium signal. Members can upset the
// reduced equilibrium by their best reply to it. Reference: Graham and Marshall (1987);
// Salant, Switzer and Reynolds (1983) for mergers that lose. A test asserts that at 30,
// 20, 10 the first-price ring of the two highest gains 10, and that tickets at equal
// values reward no ring of two among four.

// MaxAgents is the number of agents up to which Rings looks at every coalition.
const MaxAgents = 12

// Coalition is one partial ring.
type Coalition struct {
	// Members are agents of the market, ascending.
	Members []int
	// Gain is the most that the ring gains together in a period (0 where it gains
	// nothing), Each is a member's share.
	Gain, Each float64
	// CriticalDiscount is the least discount factor at which an agreement of the ring
	// holds, 1 where none does.
	CriticalDiscount float64
	// Sustainable: an agreement that gains something holds at the members' own
	// discount factors, or at some below 1 where they are not known. Surplus, Bid and
	// Revenue are the best such agreement's; of the one with the largest gain
	// where discount factors are not known.
	Sustainable           bool
	Surplus, Bid, Revenue float64
	// Known is false where the reduced market's equilibrium, or what members can do
	// against it, was not found; Reason says which.
	Known  bool
	Reason string
}

// Rings examines the partial rings of a market: every coalition of two or more for up to
// MaxAgents agents, the k highest values beyond (every k up to 64, then in steps of a tenth, and all). forms is the one with the
// largest sustainable surplus for each member, of equals the larger, then the first, or -1.
func Rings(r Ring) (rings []Coalition, forms int, err error) {
	r.Members = nil
	if err := r.check(); err != nil {
		return nil, -1, err
	}
	if r.Solver == nil {
		r.Solver = &equilibrium.Solver{}
	}
	n := len(r.Game.Values)
	ws := &Work{}
	forms = -1
	var members []int
	examine := func() error {
		c, err := r.coalition(members, ws)
		if err != nil {
			return err
		}
		rings = append(rings, c)
		if c.Sustainable {
			k := len(rings) - 1
			if forms < 0 || prefer(c, rings[forms], r.Game.Values[highest(r.Game.Values)]) {
				forms = k
			}
		}
		return nil
	}
	if n <= MaxAgents {
		for set := uint(1); set < 1<<n; set++ {
			if bits.OnesCount(set) < 2 {
				continue
			}
			members = members[:0]
			for i := range n {
				if set>>i&1 == 1 {
					members = append(members, i)
				}
			}
			if err := examine(); err != nil {
				return nil, -1, err
			}
		}
		return rings, forms, nil
	}
	order := make([]int, n)
	for i := range order {
		order[i] = i
	}
	sort.SliceStable(order, func(a, b int) bool { return r.Game.Values[order[a]] > r.Game.Values[order[b]] })
	for k := 2; k <= n; k = further(k, n) {
		members = append(members[:0], order[:k]...)
		sort.Ints(members)
		if err := examine(); err != nil {
			return nil, -1, err
		}
	}
	return rings, forms, nil
}

// further is the size of the next ring: every size up to 64, then a tenth more, and all.
func further(k, n int) int {
	if k < 64 || k >= n {
		return k + 1
	}
	return min(n, k+k/10)
}

// prefer reports that ring a forms rather than b.
func prefer(a, b Coalition, scale float64) bool {
	x, y := a.Surplus/float64(len(a.Members)), b.Surplus/float64(len(b.Members))
	if math.Abs(x-y) > 1e-12*scale {
		return x > y
	}
	return len(a.Members) > len(b.Members)
}

func (r Ring) coalition(members []int, ws *Work) (Coalition, error) {
	c := Coalition{Members: append([]int(nil), members...), CriticalDiscount: 1, Known: true}
	r.Members = c.Members
	var unknown *unknownError
	if err := r.set(ws); err != nil {
		if ok := asUnknown(err, &unknown); !ok {
			return c, err
		}
		c.Known, c.Reason = false, unknown.reason
		return c, nil
	}
	s := &ws.stage
	c.Revenue = r.competitive()
	s.tabulate()
	for _, p := range s.points {
		c.Gain = math.Max(c.Gain, p.g)
	}
	c.Each = c.Gain / float64(len(members))
	p, ok := s.critical()
	if !ok {
		return c, nil
	}
	s.refine(p)
	c.CriticalDiscount = r.Monitoring.Required(p.ratio())
	beta := patience{common: 1}
	if r.Discounts != nil {
		ws.each = ws.each[:0]
		for _, i := range members {
			ws.each = append(ws.each, r.Monitoring.Effective(r.Discounts[i]))
		}
		beta = patience{each: ws.each}
	} else if c.CriticalDiscount >= 1 {
		return c, nil
	}
	if p, ok := s.best(beta); ok {
		c.Sustainable, c.Surplus, c.Bid, c.Revenue = true, p.g, p.b, p.revenue
	}
	return c, nil
}

// unknownError says that something about a ring could not be found.
type unknownError struct{ reason string }

func (e *unknownError) Error() string { return "cartel: " + e.reason }

func asUnknown(err error, target **unknownError) bool {
	e, ok := err.(*unknownError)
	if ok {
		*target = e
	}
	return ok
}

// reduce solves the market that a partial ring leaves and sets the stage.
func (r *Ring) reduce(ws *Work) error {
	n := len(r.Game.Values)
	leader := ws.members[0]
	for _, i := range ws.members {
		if r.Game.Values[i] > r.Game.Values[leader] {
			leader = i
		}
	}
	ws.reduced = append(ws.reduced[:0], leader)
	next := 0
	for i := range n {
		if next < len(ws.members) && ws.members[next] == i {
			next++
			continue
		}
		ws.reduced = append(ws.reduced, i)
	}
	ws.values = ws.values[:0]
	for _, i := range ws.reduced {
		ws.values = append(ws.values, r.Game.Values[i])
	}
	m, err := mechanisms.Among(r.Game.Mechanism, ws.reduced)
	if err != nil {
		return err
	}
	solver := r.Solver
	if solver == nil {
		solver = &ws.solver
	}
	g := mechanisms.Game{Mechanism: m, Values: ws.values}
	if err := solver.Solve(g, &ws.eq); err != nil {
		return fmt.Errorf("cartel: the market without %d members: %w", len(ws.members)-1, err)
	}
	if !fits(g, &ws.eq) || len(ws.eq.Cost) != len(ws.values) || len(ws.eq.Win) != len(ws.values) {
		return &unknownError{"no equilibrium was found of the market that the ring leaves"}
	}
	return ws.stage.reduced(r, ws, &ws.eq, g)
}

// upset fills in what each member gains by its best reply to the reduced equilibrium.
func (s *stage) upset(r *Ring, ws *Work, eq *equilibrium.Equilibrium, g mechanisms.Game) error {
	pure, mixed := eq.Regime == equilibrium.Pure, false
	for _, m := range eq.Profile.Mixed {
		pure, mixed = pure && m.IsEmpty(), mixed || !m.IsEmpty()
	}
	switch m := r.Game.Mechanism.(type) {
	case mechanisms.Ranked:
		if !pure && !mixed {
			return &unknownError{"the market that the ring leaves is played in mixed strategies, which are not known"}
		}
		for j, v := range s.values {
			s.dev[j] = outbid(v, m.Ranking().Reserve, eq.Profile)
		}
		return nil
	case mechanisms.EqualChance:
		lot := m.Lot()
		others := 0.0
		for k, a := range eq.Profile.Signals {
			if a > 0 {
				others += weight(lot.Weights, ws.reduced[k])
			}
		}
		for j, v := range s.values {
			w := weight(lot.Weights, ws.members[j])
			s.dev[j] = math.Max(0, w/(w+others)*(v-lot.Price)-lot.Fee)
		}
		return nil
	case mechanisms.Ratioed:
		if !pure || eq.Approximate {
			return &unknownError{"the market that the ring leaves has no equilibrium in pure strategies: what members can do against it is not known"}
		}
		ratio := m.Ratio()
		for j, v := range s.values {
			k := crowd(ratio, eq.Profile.Signals, ws.reduced, weight(ratio.Weights, ws.members[j]))
			u, _ := reply(v, ratio.Exponent, k, ratio.WinnerPays)
			s.dev[j] = math.Max(0, u-ratio.Fee)
		}
		return nil
	}
	if !pure || eq.Approximate {
		return &unknownError{"the market that the ring leaves has no equilibrium in pure strategies: what members can do against it is not known"}
	}
	if m, ok := r.Game.Mechanism.(mechanisms.Priced); ok {
		sum := 0.0
		for _, a := range eq.Profile.Signals {
			sum += a
		}
		for j, v := range s.values {
			s.dev[j], _ = order(v, sum, m.Sale())
		}
		return nil
	}
	// One more agent joins the reduced market, under a mechanism that takes any number.
	n := len(g.Values)
	ws.joined = append(append(ws.joined[:0], g.Values...), 0)
	ws.game = mechanisms.Game{Mechanism: g.Mechanism, Values: ws.joined}
	ws.leader = 0
	ws.signals = grow(ws.signals, n+1)
	ws.out.Resize(n + 1)
	copy(ws.signals, eq.Profile.Signals)
	for j, v := range s.values {
		ws.joined[n] = v
		ws.signals[n] = 0
		_, best := ws.search(n, reach(g, eq, 0), own)
		ws.signals[n] = 0
		ws.game.Mechanism.Allot(ws.signals, &ws.out)
		s.stand[j] = ws.out.Payoff(n, v)
		s.dev[j] = math.Max(0, best-s.stand[j])
	}
	return nil
}

// crowd is the single signal, of an agent's own weight, that stands for all signals of
// a contest and its phantom bid.
func crowd(r mechanisms.Ratio, signals []float64, agents []int, w float64) float64 {
	top := r.Phantom
	for _, a := range signals {
		top = math.Max(top, a)
	}
	if top == 0 {
		return 0
	}
	sum := 0.0
	if r.Phantom > 0 {
		sum = math.Pow(r.Phantom/top, r.Exponent)
	}
	for k, a := range signals {
		if a > 0 {
			sum += weight(r.Weights, agents[k]) * math.Pow(a/top, r.Exponent)
		}
	}
	return top * math.Pow(sum/w, 1/r.Exponent)
}

// outbid is the best pay-off of one more agent in an all-pay auction against what the
// others play: v times the chance that all are below its bid, less the bid. Between knots of the
// mixtures that chance is a product of increasing affine functions, which is
// convex, so that the best bid is just above a knot.
func outbid(v, reserve float64, profile mechanisms.Profile) float64 {
	best := 0.0
	try := func(x float64) {
		if x < reserve {
			x = reserve
		}
		chance := 1.0
		for i := range profile.Signals {
			if i < len(profile.Mixed) && !profile.Mixed[i].IsEmpty() {
				chance *= below(profile.Mixed[i], x)
			} else if profile.Signals[i] > x {
				chance = 0
			}
		}
		best = math.Max(best, v*chance-x)
	}
	try(reserve)
	for i, a := range profile.Signals {
		if i < len(profile.Mixed) && !profile.Mixed[i].IsEmpty() {
			for _, x := range profile.Mixed[i].Signals {
				try(x)
			}
		} else {
			try(a)
		}
	}
	return best
}

// below is the probability of a signal of at most x.
func below(m mechanisms.Mixture, x float64) float64 {
	k := sort.Search(len(m.Signals), func(k int) bool { return m.Signals[k] > x })
	switch k {
	case 0:
		return 0
	case len(m.Signals):
		return 1
	}
	a, b := m.Signals[k-1], m.Signals[k]
	return m.Cumulative[k-1] + (m.Cumulative[k]-m.Cumulative[k-1])*(x-a)/(b-a)
}

// duel is what a newcomer of value v has in competition with the ring's leader.
func (r *Ring) duel(ws *Work, leader, v float64) (float64, error) {
	m, err := mechanisms.Among(r.Game.Mechanism, []int{ws.stage.leader, len(r.Game.Values)})
	if err != nil {
		return 0, err
	}
	solver := r.Solver
	if solver == nil {
		solver = &ws.solver
	}
	g := mechanisms.Game{Mechanism: m, Values: []float64{leader, v}}
	if err := solver.Solve(g, &ws.eq); err != nil {
		return 0, fmt.Errorf("cartel: a newcomer against the leader: %w", err)
	}
	if !fits(g, &ws.eq) {
		return 0, &unknownError{"no equilibrium was found of the leader and a newcomer"}
	}
	return ws.eq.Payoff[1], nil
}
