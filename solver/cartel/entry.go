package cartel

import (
	"fmt"
	"math"
)

// The adaptive agreement of the article's discussion. Only the winner is seen, so an
// unknown winner is invited to join; with k newcomers admitted the leader pays each of
// the others s_k a period, and if more than N(t) members stand at time t all compete for ever.
//
// A member can be the unknown winner. Per period (S_j + D_j = P_j by departing, u_j under
// competition), having invented m of the k newcomers, member j solves
//
//	V_t(k) = max { (1-d) (S_j + (1+m) s_k) + d V_t+1(k),        comply
//	               (1-d) P_j + d V_t+1(k+1) }                   invent one more
//
// with V = u_j once n + k + 1 > N(t+1). In the period of an invention the leader does not win
// and pays nobody. The leader, whose invention wins for her, solves the same with W - (others) s_k
// for complying, W + D_l for inventing (she pays no transfers then) and a third choice: to keep the
// transfers openly, (1-d)(W + D_l) + d u_l. N is constant from the horizon on, where complying
// for ever or inventing is an optimal stopping problem; from there the recursion goes back.
//
// With N constant, j inventions in a row pay where
//
//	P - d^j (P - x_j) > x_0,   x_j = S + (1+j) s_j
//
// and the breach at the bound after j inventions the same with d^(j+1) and u for x_j. So Bob alone can take the right N - n times; the article's bound
// (N-3)/2 supposes that Carol does as he does. Tests assert shares 1, 1/3, 1/12, 1/60, totals 2, 1, 1/3,
// 1/12 and Bob's breach thresholds 1 - s_k/19, and hold the values against brute force over all plans
// and against simulation.

// Adaptive is an agreement that admits newcomers.
type Adaptive struct {
	// Bid is the leader's signal.
	Bid float64
	// Share is s_k, what each member but the leader gets with k newcomers.
	Share func(k int) float64
	// Bound is N(t), the number of members at which the agreement stops admitting,
	// which must not fall; it is constant from Horizon on.
	Bound   func(t int) int
	Horizon int
	// Newcomers are the values of newcomers in the order in which they turn up.
	Newcomers []float64
}

// ArticleShare is the article's schedule 2/(k+2)!: 1, 1/3, 1/12, 1/60, ...
func ArticleShare(k int) float64 {
	s := 2.0
	for i := 2; i <= k+2 && s > 0; i++ {
		s /= float64(i)
	}
	return s
}

// FlatShare is the schedule that pays x however many there are.
func FlatShare(x float64) func(int) float64 { return func(int) float64 { return x } }

// Entry is what becomes of an adaptive agreement.
type Entry struct {
	Leader int
	// States are the states with k = 0, 1, ... newcomers, up to the bound or 16.
	States []State
	// Plans are each member's best plan against the others' compliance at its discount
	// factor, in the market's order.
	Plans []Plan
	// Invented is how many newcomers the leader invents in hers; After are the other members' best
	// plans once she has.
	Invented int
	After    []Plan
	// Survives: no member but the leader gains by departing, neither at the start nor
	// after the leader's inventions, and the leader does not end it.
	Survives bool
	Arrivals []Arrival
}

// State is the agreement with Newcomers admitted.
type State struct {
	Newcomers int
	// Share is s_k, Total what the leader pays in all, Keeps what is left to her.
	Share, Total, Keeps float64
	// Breach is, for each member in the market's order, the least discount factor
	// at which it does not break the agreement for good in this state.
	Breach []float64
}

// Plan is a member's best plan.
type Plan struct {
	Agent    int
	Discount float64
	// Comply is the value of complying for ever, Value that of the best plan, both as
	// amounts per period; Invented how many newcomers it invents in all, Wins how
	// many periods it takes the right in (or the leader keeps the transfers in), and Ends
	// that it ends in competition.
	Comply, Value float64
	Invented      int
	Wins          int
	Ends          bool
	// Attacks are the plans that invent at once, with the discount factors at which
	// they pay.
	Attacks []Attack
}

// Pays reports a plan other than to comply.
func (p Plan) Pays() bool { return p.Wins > 0 }

// Attack is the plan to invent some newcomers in a row, from the first period on, and
// comply from then on; or with Ends to take the right or the transfers once more,
// after which all compete. It pays at discount factors d with From < d < Below; never where From = Below.
type Attack struct {
	Invented    int
	Ends        bool
	From, Below float64
}

// Arrival is a genuine newcomer whose value is known.
type Arrival struct {
	Value float64
	// Leads: the value exceeds the leader's, and the newcomer takes the lead.
	Leads bool
	// Joining and Refusing are what it gets per period in the agreement, and in
	// competition with the leader, who stands for the ring.
	Joining, Refusing float64
	Joins             bool
}

// maxStates bounds the work of the dynamic programs.
const maxStates = 1 << 22

const (
	shownStates  = 16
	shownAttacks = 64
)

// Adapt solves an adaptive agreement of the all-inclusive ring. Members are as patient as
// Ring.Discounts says, which it needs. Monitoring does not enter: a departure shows
// at once, but not whose it is.
func (r *Ring) Adapt(a Adaptive) (*Entry, error) {
	ws := &Work{}
	if r.Members != nil && len(r.Members) != len(r.Game.Values) {
		return nil, fmt.Errorf("cartel: an adaptive agreement is one of all agents")
	}
	if r.Discounts == nil {
		return nil, fmt.Errorf("cartel: an adaptive agreement needs discount factors")
	}
	if err := r.set(ws); err != nil {
		return nil, err
	}
	for i, d := range r.Discounts {
		if d >= 1 {
			return nil, fmt.Errorf("cartel: discount factor %g of agent %d is not below 1", d, i+1)
		}
	}
	s := &ws.stage
	if !(a.Bid >= 0 && a.Bid <= math.MaxFloat64) || s.kind == ranked && a.Bid < s.floor {
		return nil, fmt.Errorf("cartel: the leader does not win at %g", a.Bid)
	}
	s.hold(point{b: a.Bid, shadow: s.shadows[1]})
	room, err := a.room(len(s.values))
	if err != nil {
		return nil, err
	}
	shares := make([]float64, room[len(room)-1]+1)
	for k := range shares {
		shares[k] = a.Share(k)
		if !(shares[k] >= 0 && shares[k] <= math.MaxFloat64) {
			return nil, fmt.Errorf("cartel: the share with %d newcomers is %g: it must be finite and at least 0", k, shares[k])
		}
	}
	e := &Entry{Leader: s.leader, States: s.states(shares), Survives: true}
	for j := range s.values {
		g := s.attacker(j, shares, room, 0)
		p := g.solve(r.Discounts[j])
		p.Agent, p.Attacks = j, g.attacks()
		e.Plans = append(e.Plans, p)
	}
	lead := e.Plans[s.leader]
	e.Invented = lead.Invented
	e.Survives = !lead.Ends
	for j := range s.values {
		if j == s.leader {
			continue
		}
		e.Survives = e.Survives && !e.Plans[j].Pays()
		if e.Invented > 0 && !lead.Ends {
			g := s.attacker(j, shares, []int{room[len(room)-1]}, e.Invented)
			p := g.solve(r.Discounts[j])
			p.Agent, p.Attacks = j, g.attacks()
			e.After = append(e.After, p)
			e.Survives = e.Survives && !p.Pays()
		}
	}
	for k, v := range a.Newcomers {
		arrival, err := r.arrival(ws, a, v, k+1)
		if err != nil {
			return nil, err
		}
		e.Arrivals = append(e.Arrivals, arrival)
	}
	return e, nil
}

// room is how many newcomers there may be at each time, up to the horizon.
func (a Adaptive) room(n int) ([]int, error) {
	if a.Share == nil || a.Bound == nil || a.Horizon < 0 {
		return nil, fmt.Errorf("cartel: an adaptive agreement needs shares, a bound and a horizon of at least 0")
	}
	if a.Horizon >= maxStates {
		return nil, fmt.Errorf("cartel: a horizon of %d is too far to solve", a.Horizon)
	}
	room := make([]int, a.Horizon+1)
	for t := range room {
		room[t] = a.Bound(t) - n
		if room[t] < 0 || t > 0 && room[t] < room[t-1] {
			return nil, fmt.Errorf("cartel: the bound %d at time %d falls, or is below the %d members that there are", room[t]+n, t, n)
		}
	}
	if last := room[len(room)-1]; last >= maxStates/len(room) {
		return nil, fmt.Errorf("cartel: %d newcomers over %d periods are too many to solve", last, len(room))
	}
	return room, nil
}

func (s *stage) states(shares []float64) []State {
	var states []State
	for k, share := range shares[:min(len(shares), shownStates+1)] {
		st := State{Newcomers: k, Share: share, Total: float64(len(s.values)-1+k) * share}
		st.Keeps = s.worth - st.Total
		for j := range s.values {
			beta := 0.0
			if j == s.leader {
				beta = s.leaderNeeds(st.Total)
			} else {
				beta = s.needs(j, share)
			}
			st.Breach = append(st.Breach, beta)
		}
		states = append(states, st)
	}
	return states
}

// attacker is one member's decision problem: what it gets by complying with m newcomers of its
// own, by taking the right, under competition.
type attacker struct {
	comply        []float64
	take, compete float64
	tolerance     float64
	room          []int // newcomers that it may still invent, at each time
	leader        bool
}

func (s *stage) attacker(j int, shares []float64, room []int, admitted int) attacker {
	g := attacker{compete: s.compete[j], tolerance: 1e-12 * s.values[s.leader], leader: j == s.leader}
	for k := admitted; k < len(shares); k++ {
		own := float64(k - admitted)
		if g.leader { // she pays the others, not her own
			g.comply = append(g.comply, s.worth-float64(len(s.values)-1+admitted)*shares[k])
		} else {
			g.comply = append(g.comply, s.stand[j]+(1+own)*shares[k])
		}
	}
	g.take = s.stand[j] + s.dev[j]
	if g.leader {
		g.take = s.worth + s.temptation
	}
	for _, n := range room {
		g.room = append(g.room, n-admitted)
	}
	return g
}

// solve is the best plan by backward induction.
func (g attacker) solve(d float64) Plan {
	last := len(g.room) - 1
	most := g.room[last]
	// next[k] is V_t+1(k); choice[t][k] what to do.
	next := make([]float64, most+2)
	choice := make([][]uint8, last+1)
	const (
		complies = iota
		invents
		ends
	)
	end := (1-d)*g.take + d*g.compete
	decide := func(k, room int, comply, more float64) (float64, uint8) {
		value, what := comply, uint8(complies)
		if k < room {
			if more > value+g.tolerance {
				value, what = more, invents
			}
			if g.leader && end > value+g.tolerance { // she keeps the transfers
				value, what = end, ends
			}
		} else if end > value+g.tolerance {
			value, what = end, ends
		}
		return value, what
	}
	choice[last] = make([]uint8, most+1)
	for k := most; k >= 0; k-- { // for ever: comply or invent
		next[k], choice[last][k] = decide(k, most, g.comply[k], (1-d)*g.take+d*next[k+1])
	}
	for t := last - 1; t >= 0; t-- {
		// At time t the next period's room is g.room[t+1]; there cannot be more than g.room[t] by then.
		choice[t] = make([]uint8, g.room[t]+1)
		for k := 0; k <= g.room[t]; k++ {
			comply := (1-d)*g.comply[k] + d*next[k]
			next[k], choice[t][k] = decide(k, g.room[t+1], comply, (1-d)*g.take+d*next[k+1])
		}
	}
	p := Plan{Discount: d, Comply: g.comply[0], Value: next[0]}
	for t, k := 0, 0; ; {
		what := choice[min(t, last)][k]
		if what == invents {
			k++
			p.Invented++
			p.Wins++
		} else if what == ends {
			p.Ends = true
			p.Wins++
			break
		} else if t >= last {
			break
		}
		t++
	}
	return p
}

// attacks are the plans that invent at once, and where they pay.
func (g attacker) attacks() []Attack {
	var list []Attack
	for j := 0; ; j++ {
		if j > 0 && j <= shownAttacks {
			list = append(list, g.interval(j, j, g.comply[j], false))
		}
		if j >= g.room[min(j+1, len(g.room)-1)] || g.leader && j == 0 {
			list = append(list, g.interval(j, j+1, g.compete, true))
		}
		if j >= g.room[min(j+1, len(g.room)-1)] {
			return list
		}
	}
}

// interval is where take for some periods, then x for ever, beats complying:
// take - d^periods (take - x) > comply.
func (g attacker) interval(invented, periods int, x float64, ends bool) Attack {
	a := Attack{Invented: invented, Ends: ends}
	now, later := g.take-g.comply[0], x-g.comply[0]
	root := func(y float64) float64 { return math.Pow(y, 1/float64(periods)) }
	switch {
	case now > g.tolerance && later >= -g.tolerance:
		a.Below = 1
	case now > g.tolerance:
		a.Below = root(now / (g.take - x))
	case later > g.tolerance:
		a.From, a.Below = 0, 1
		if now < 0 {
			a.From = root(-now / (x - g.take))
		}
	}
	return a
}

// arrival is a newcomer of known value, the k-th.
func (r *Ring) arrival(ws *Work, a Adaptive, v float64, k int) (Arrival, error) {
	s := &ws.stage
	if !(v >= 0 && v <= math.MaxFloat64) {
		return Arrival{}, fmt.Errorf("cartel: a newcomer's value %g is not a finite number of at least 0", v)
	}
	top := s.values[s.leader]
	out := Arrival{Value: v, Leads: v > top, Joining: a.Share(k)}
	if out.Leads {
		worth := s.worth // what the right is worth to another value, at the same payment
		switch s.kind {
		case ranked, priced, fixed:
			worth += v - top
		case ratioed:
			t, cost := s.lead(a.Bid)
			worth = t*v - cost
		default:
			s.collects(a.Bid, false)
			worth += ws.out.Win[s.leader] * (v - top)
		}
		out.Joining = worth - float64(len(s.values)-1+k)*a.Share(k)
	}
	refusing, err := r.duel(ws, top, v)
	if err != nil {
		return Arrival{}, err
	}
	out.Refusing = refusing
	out.Joins = out.Joining >= out.Refusing
	return out, nil
}
