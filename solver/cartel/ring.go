package cartel

import (
	"errors"
	"fmt"
	"math"

	"allot/mechanisms"
	"allot/solver/equilibrium"
)

// Ring is a cartel to be: a market, its competitive equilibrium, who takes part and
// how patient they are. The zero value of every field but Game and Equilibrium is
// the usual one.
type Ring struct {
	// Game is the mechanism and what winning is worth to each agent after terms.
	Game mechanisms.Game
	// Equilibrium is what the agents play when they compete.
	Equilibrium *equilibrium.Equilibrium
	// Members are the agents in the ring, ascending; nil for all. Outsiders play the
	// equilibrium of the market in which the leader stands for the ring.
	Members []int
	// Burned is what the protocol takes of each agent's reward when it wins (the burn
	// share's part: Terms.Burned times the value before terms); nil for nothing.
	Burned []float64
	// Discounts are the agents' discount factors, one for each agent of the market; nil
	// where they are not known.
	Discounts []float64
	// Shadow says whether a member may bid just below the leader.
	Shadow Shadow
	// Monitoring is how well the members see each other.
	Monitoring Monitoring
	// Oversight is tau: an outcome that pays less than tau times what competition
	// pays is rejected. It must be in [0, 1].
	Oversight float64
	// Curve are the discount factors at which the report gives the best agreement; nil
	// for 0, 0.05, ..., 0.95, 0.99.
	Curve []float64
	// Solver solves reduced markets; nil for one of the ring's own.
	Solver *equilibrium.Solver
}

// Shadow says whether a member may bid just below the leader's signal in an auction
// in which losing costs nothing, so that the leader cannot lower its bid unseen.
type Shadow int

const (
	// Auto allows it wherever it is free.
	Auto Shadow = iota
	// Off forbids it.
	Off
)

// Report is the best that a ring can do.
type Report struct {
	// Leader and the members' Agent are indices into the market's agents.
	Leader int
	// LeastCost is the least payment for the right with the others standing back.
	LeastCost float64
	// Gap is G: the most that the ring gains over competition in a period. For
	// mechanisms that say nothing about themselves it is what a search found.
	Gap float64
	// CriticalDiscount is the least discount factor, the same for all members, at
	// which some agreement holds: 1 where none does below 1, or where there is nothing
	// to gain.
	CriticalDiscount float64
	// Bid is the leader's signal in that agreement (0 in a contest: next to nothing),
	// Surplus what that agreement gains, Shadowed that a member bids just below, and
	// StandBack that even the leader does not signal.
	Bid, Surplus        float64
	Shadowed, StandBack bool
	// Members are the members' parts in that agreement, in the market's order.
	Members []Member
	// Temptation is what the leader gains at most in a period in which it breaks that
	// agreement: the transfers it does not pay and the payment it saves.
	Temptation float64
	// Revenue is the protocol's under competition; Collusive in the agreement.
	Revenue, Collusive float64
	// Curve is the best agreement at each discount factor.
	Curve []CurvePoint
	// Own is the best agreement at the members' own discount factors; nil where
	// Ring.Discounts is.
	Own *CurvePoint
	// Theorem is the article's theorem on this market.
	Theorem Theorem
	// Exact says that every deviation is a closed form. Otherwise deviations were
	// searched for, and CertifiedDiscount is a proven upper bound on what the agreement
	// needs, by package certify: 1 where nothing is proven. Where Exact it is the
	// critical discount.
	Exact             bool
	CertifiedDiscount float64
	Notes             []string
}

// Member is one member's part in an agreement, per period.
type Member struct {
	Agent int
	// Competitive is u_i. Deviation is D_i, what it gains at most by departing for one
	// period (the leader: by signalling less).
	Competitive, Deviation float64
	// Transfer is what the leader pays it: the equal split of the gain where that
	// holds at the critical discount factor, otherwise the least that holds. The
	// leader's is what it pays, with a minus. Collusive is what it ends with.
	Transfer, Collusive float64
	// CriticalDiscount is the least discount factor at which this member keeps to
	// the agreement, 1 where none does.
	CriticalDiscount float64
	// EqualTransfer is the transfer that splits the gain equally, u_i + G/n, and
	// EqualDiscount what this member needs to keep to it.
	EqualTransfer, EqualDiscount float64
}

// CurvePoint is the best agreement at a discount factor: Holds is false where there
// is none, Surplus is then 0, Bid 0 and Revenue competitive. Transfers are what members get, in
// the order of Report.Members; the leader's is negative, what it pays.
type CurvePoint struct {
	Discount              float64
	Holds                 bool
	Surplus, Bid, Revenue float64
	Shadowed, StandBack   bool
	Transfers             []float64
}

// members writes the ring's members into ws.members.
func (r *Ring) members(ws *Work) []int {
	ws.members = ws.members[:0]
	if r.Members == nil {
		for i := range r.Game.Values {
			ws.members = append(ws.members, i)
		}
	} else {
		ws.members = append(ws.members, r.Members...)
	}
	return ws.members
}

// check says what is wrong with the ring, or nil.
func (r *Ring) check() error {
	n := len(r.Game.Values)
	if r.Game.Spiteful() {
		return errors.New("cartel: rings of agents that mind each other's profit have no method")
	}
	if !fits(r.Game, r.Equilibrium) || len(r.Equilibrium.Cost) != n || len(r.Equilibrium.Win) != n {
		return fmt.Errorf("cartel: %d agents without a competitive equilibrium", n)
	}
	before := -1
	for _, i := range r.Members {
		if i <= before || i >= n {
			return fmt.Errorf("cartel: members %v are not ascending agents of %d", r.Members, n)
		}
		before = i
	}
	if r.Members != nil && len(r.Members) == 0 {
		return fmt.Errorf("cartel: a ring without members")
	}
	if r.Burned != nil && len(r.Burned) != n || r.Discounts != nil && len(r.Discounts) != n {
		return fmt.Errorf("cartel: %d burnt shares and %d discount factors for %d agents", len(r.Burned), len(r.Discounts), n)
	}
	for _, b := range r.Burned {
		if !(b >= 0 && b <= math.MaxFloat64) {
			return fmt.Errorf("cartel: burnt amount %g is not a finite number of at least 0", b)
		}
	}
	for _, list := range [...][]float64{r.Discounts, r.Curve} {
		for _, d := range list {
			if err := discount(d); err != nil {
				return err
			}
		}
	}
	if !(r.Oversight >= 0 && r.Oversight <= 1) {
		return fmt.Errorf("cartel: oversight %g is not in [0, 1]", r.Oversight)
	}
	return r.Monitoring.check()
}

func discount(d float64) error {
	if !(d >= 0 && d <= 1) {
		return fmt.Errorf("cartel: discount factor %g is not in [0, 1]", d)
	}
	return nil
}

// set prepares ws.stage for the ring.
func (r *Ring) set(ws *Work) error {
	if err := r.check(); err != nil {
		return err
	}
	r.members(ws)
	n := len(r.Game.Values)
	if len(ws.members) == n {
		ws.stage.prepare(r, ws, 0)
		return nil
	}
	if k, ok := r.Game.Mechanism.(mechanisms.Ranked); ok && !k.Ranking().AllPay {
		outside, next := 0.0, 0
		for i, v := range r.Game.Values {
			if next < len(ws.members) && ws.members[next] == i {
				next++
			} else {
				outside = math.Max(outside, v)
			}
		}
		ws.stage.prepare(r, ws, outside)
		return nil
	}
	return r.reduce(ws)
}

// competitive is the protocol's revenue when agents compete.
func (r *Ring) competitive() float64 {
	sum := 0.0
	for i, c := range r.Equilibrium.Cost {
		sum += c
		if r.Burned != nil {
			sum += r.Equilibrium.Win[i] * r.Burned[i]
		}
	}
	return sum
}

// RobustRevenue is the protocol's revenue when the ring's members, all with the same
// discount factor, make the agreement that gains them most among those that hold:
// the competitive revenue where none does. It can exceed the competitive revenue,
// where the ring replaces a winner of lower value. It does not allocate once ws has
// grown, partial rings apart. A test asserts (30-50 d)/(2-3 d) for
// the first-price auction at 30, 20, 10 and d in [0.5, 0.6), 0 from 0.6.
func (r *Ring) RobustRevenue(delta float64, ws *Work) (float64, error) {
	if err := discount(delta); err != nil {
		return 0, err
	}
	if err := r.set(ws); err != nil {
		return 0, err
	}
	beta := patience{common: r.Monitoring.Effective(delta)}
	s := &ws.stage
	if p, ok := s.cheapest(); ok && s.slack(p, beta) >= 0 {
		return p.revenue, nil
	}
	s.tabulate()
	if p, ok := s.settle(beta); ok {
		return p.revenue, nil
	}
	return r.competitive(), nil
}

// CriticalDiscount is the least discount factor, the same for all members, at which
// some agreement of the ring holds (1 where none does below 1, or where there is nothing
// to gain), and the leader's signal in it. It is Analyse for hot loops: it does
// not allocate once ws has grown, partial rings apart.
func (r *Ring) CriticalDiscount(ws *Work) (delta, bid float64, err error) {
	if err := r.set(ws); err != nil {
		return 0, 0, err
	}
	ws.stage.tabulate()
	p, ok := ws.stage.critical()
	if !ok {
		return 1, 0, nil
	}
	return r.Monitoring.Required(p.ratio()), p.b, nil
}

// cheapest is the least signal, where no agreement gains more than the one there: everywhere
// but in contests with a fee, where standing back can, with a choice of shadows, and in
// mechanisms that say nothing about themselves.
func (s *stage) cheapest() (point, bool) {
	mode := 0
	if s.shadows[1] {
		mode = 1
	}
	if !s.shadows[mode] || s.shadows == [2]bool{true, true} || s.kind == custom || s.kind == fixed || s.kind == ratioed && s.ratio.Fee > 0 {
		return point{}, false
	}
	p := s.point(s.lowest[mode], false, mode == 1)
	return p, p.g > 0 && p.d <= math.MaxFloat64
}

// settle is best, with the critical point added where no point of the table holds.
func (s *stage) settle(beta patience) (point, bool) {
	if p, ok := s.best(beta); ok || s.linear || s.kind == fixed {
		return p, ok
	}
	if p, ok := s.critical(); ok {
		s.refine(p)
	}
	return s.best(beta)
}

// Analyse finds the best agreements of the ring.
func (r *Ring) Analyse() (*Report, error) {
	ws := &Work{}
	if err := r.set(ws); err != nil {
		return nil, err
	}
	s := &ws.stage
	s.tabulate()
	rep := &Report{
		Leader: ws.members[s.leader], Revenue: r.competitive(), CriticalDiscount: 1,
		Exact: s.kind != custom, Notes: r.notes(s),
	}
	rep.Collusive = rep.Revenue
	if len(ws.members) == len(r.Game.Values) {
		gap := Gap(r.Game, r.Equilibrium, &Work{})
		rep.Gap, rep.LeastCost = gap.Gap, gap.LeastCost
		if r.Oversight > 0 {
			rep.Gap = 0 // of what oversight lets pass
		}
	} else {
		rep.LeastCost = math.Max(0, s.values[s.leader]-s.worth)
		if s.kind == ranked {
			rep.LeastCost = s.low
		}
	}
	for _, p := range s.points {
		rep.Gap = math.Max(rep.Gap, p.g)
	}
	p, ok := s.critical()
	if ok {
		s.refine(p)
		rep.CriticalDiscount = r.Monitoring.Required(p.ratio())
		rep.Bid, rep.Surplus, rep.Shadowed, rep.StandBack = p.b, p.g, p.shadow, p.rest
		rep.Collusive = p.revenue
		s.hold(p)
	} else {
		s.idle()
	}
	rep.Members = r.parts(ws, p, ok)
	rep.Temptation = s.temptation
	for _, m := range rep.Members {
		if m.Agent != rep.Leader {
			rep.Temptation += m.Transfer
		}
	}
	for _, d := range r.curve() {
		rep.Curve = append(rep.Curve, r.along(ws, d, patience{common: r.Monitoring.Effective(d)}))
	}
	if r.Discounts != nil {
		each := make([]float64, len(ws.members))
		d := 1.0
		for k, i := range ws.members {
			each[k] = r.Monitoring.Effective(r.Discounts[i])
			d = math.Min(d, r.Discounts[i])
		}
		own := r.along(ws, d, patience{each: each})
		rep.Own = &own
	}
	rep.Theorem = theorem(r, rep)
	rep.CertifiedDiscount = rep.CriticalDiscount
	if s.kind == custom && ok {
		beta, reason := s.certified(p)
		if reason != "" {
			rep.Notes = append(rep.Notes, "not certified: "+reason)
		}
		rep.CertifiedDiscount = r.Monitoring.Required(beta)
	}
	return rep, nil
}

func (r *Ring) curve() []float64 {
	if r.Curve != nil {
		return r.Curve
	}
	curve := make([]float64, 0, 21)
	for k := range 20 {
		curve = append(curve, float64(k)/20)
	}
	return append(curve, 0.99)
}

// hold computes the stage at a point.
func (s *stage) hold(p point) {
	if s.kind != fixed {
		s.at(p.b, p.rest, p.shadow)
	}
}

// idle is the stage without an agreement: nobody departs from anything.
func (s *stage) idle() {
	s.temptation = 0
	s.worth = s.compete[s.leader]
	for j := range s.values {
		s.dev[j], s.stand[j] = 0, s.compete[j]
	}
	s.stand[s.leader] = 0
}

// parts are the members' parts at a point, at which the stage stands.
func (r *Ring) parts(ws *Work, p point, ok bool) []Member {
	s := &ws.stage
	n := float64(len(s.values))
	beta := patience{common: p.ratio()}
	members := make([]Member, len(s.values))
	paid, equally := 0.0, 0.0
	for j := range s.values {
		m := &members[j]
		m.Agent, m.Competitive, m.Deviation = ws.members[j], s.compete[j], s.dev[j]
		if j == s.leader || !ok {
			continue
		}
		m.EqualTransfer = s.compete[j] + p.g/n - s.stand[j]
		m.Transfer = s.least(j, beta)
		m.EqualDiscount = r.Monitoring.Required(s.needs(j, m.EqualTransfer))
		paid += m.Transfer
		equally += m.EqualTransfer
	}
	l := &members[s.leader]
	l.Deviation = s.temptation
	l.Transfer, l.EqualTransfer = -paid, -equally
	if ok {
		l.EqualDiscount = r.Monitoring.Required(s.leaderNeeds(equally))
	}
	critical := r.Monitoring.Required(p.ratio())
	fair := ok
	for _, m := range members {
		fair = fair && m.EqualDiscount <= critical+1e-12
	}
	for j := range members {
		m := &members[j]
		if fair {
			m.Transfer = m.EqualTransfer
		}
		m.Collusive = s.compete[j]
		if !ok {
			m.Transfer, m.CriticalDiscount = 0, 1
			continue
		}
		if j == s.leader {
			m.Collusive = s.worth + m.Transfer
			m.CriticalDiscount = r.Monitoring.Required(s.leaderNeeds(-m.Transfer))
		} else {
			m.Collusive = s.stand[j] + m.Transfer
			m.CriticalDiscount = r.Monitoring.Required(s.needs(j, m.Transfer))
		}
	}
	return members
}

// needs is the least beta at which member j keeps to a transfer: 1 where it would
// rather compete or no beta below 1 is enough.
//
//	S + tau >= (1-beta) (S + D) + beta u
func (s *stage) needs(j int, transfer float64) float64 {
	return threshold(s.stand[j]+transfer, s.stand[j]+s.dev[j], s.compete[j], s.values[s.leader])
}

// leaderNeeds is the least beta at which the leader pays T in transfers.
//
//	T + D_l <= beta (W + D_l - u_l)
func (s *stage) leaderNeeds(paid float64) float64 {
	return threshold(s.worth-paid, s.worth+s.temptation, s.compete[s.leader], s.values[s.leader])
}

// threshold is the least beta with comply >= (1-beta) depart + beta compete.
func threshold(comply, depart, compete, scale float64) float64 {
	tolerance := 1e-12 * scale
	switch {
	case comply < compete-tolerance:
		return 1
	case depart <= comply+tolerance:
		return 0
	case depart <= compete:
		return 0
	}
	return math.Min(1, (depart-comply)/(depart-compete))
}

// along is the best agreement at one discount factor, with transfers: an equal
// split of the gain where that holds, otherwise the least that holds and an equal
// split of what is left.
func (r *Ring) along(ws *Work, d float64, beta patience) CurvePoint {
	s := &ws.stage
	p, ok := s.best(beta)
	if !ok {
		return CurvePoint{Discount: d, Revenue: r.competitive()}
	}
	s.hold(p)
	n := float64(len(s.values))
	c := CurvePoint{
		Discount: d, Holds: true, Surplus: p.g, Bid: p.b, Revenue: p.revenue,
		Shadowed: p.shadow, StandBack: p.rest, Transfers: make([]float64, len(s.values)),
	}
	spare, equally, fair := s.most(beta), 0.0, true
	for j := range s.values {
		if j == s.leader {
			continue
		}
		least, equal := s.least(j, beta), s.compete[j]+p.g/n-s.stand[j]
		c.Transfers[j] = least
		spare -= least
		equally += equal
		fair = fair && equal >= least
	}
	fair = fair && equally <= s.most(beta)
	for j := range s.values {
		if j == s.leader {
			continue
		}
		if fair {
			c.Transfers[j] = s.compete[j] + p.g/n - s.stand[j]
		} else {
			c.Transfers[j] += math.Max(0, spare) / n
		}
		c.Transfers[s.leader] -= c.Transfers[j]
	}
	return c
}

// notes are what a reader of the report should know.
func (r *Ring) notes(s *stage) []string {
	var notes []string
	switch s.kind {
	case custom:
		notes = append(notes, "the mechanism says nothing about itself: deviations and signals were searched for")
	case fixed:
		if len(s.values) < len(r.Game.Values) {
			notes = append(notes, "the leader and the outsiders play the equilibrium of the market without the other members")
		}
	}
	if r.Oversight > 0 && len(s.points) == 0 {
		notes = append(notes, "oversight leaves no agreement that gains anything")
	}
	if r.Equilibrium.Selection != "" {
		notes = append(notes, "under competition: "+r.Equilibrium.Selection)
	}
	return notes
}
