package cartel

import (
	"fmt"
	"math"
)

// Agreement is a given agreement: what the leader signals, and what it pays to the
// other members, in the market's order (one number for each but the leader).
type Agreement struct {
	// Bid 0 in a contest is next to nothing. It is not used where the leader has no choice: in
	// lotteries, and in partial rings elsewhere than in winner-pays auctions.
	Bid       float64
	Transfers []float64
}

// Judgement is what becomes of a given agreement.
type Judgement struct {
	Leader int
	// Bid is the leader's signal.
	Bid float64
	// Surplus is what the ring gains over competition, Revenue the protocol's.
	Surplus, Revenue float64
	// CriticalDiscount is the least discount factor, the same for all, at which every
	// member keeps to it; 1 where none does below 1.
	CriticalDiscount float64
	// Members are the members' parts. The equal split is of this agreement's surplus.
	Members []Member
	// Temptation is what the leader gains at most by breaking it for a period.
	Temptation float64
	// Shadowed says that a member bids just below the leader.
	Shadowed bool
	// Fails are the members (agents of the market) that do not keep to it at their
	// own discount factors, Holds that there are none. Without discount factors
	// Fails are those whom none below 1 would keep.
	Fails []int
	Holds bool
}

// Judge says whether an agreement holds, for whom it fails and how patient each
// member would have to be. With transfers tau and pay-offs P_j = S_j + D_j of departing,
//
//	member j:  delta_j = (P_j - S_j - tau_j)/(P_j - u_j)  (1 - tau_j/D_j where S_j = u_j = 0)
//	leader:    delta_l = (sum tau + D_l)/(W + D_l - u_l)
//
// The article's example: first price at 30, 20, 10 with bid 1 and transfers 1, 1 needs
// 2/19 of Alice (3/20 where nobody shadows her), 18/19 of Bob and 8/9 of Carol; with
// transfers 5, 4 it is 9/19 (1/2), 14/19 and 5/9.
func (r *Ring) Judge(a Agreement) (*Judgement, error) {
	ws := &Work{}
	if err := r.set(ws); err != nil {
		return nil, err
	}
	s := &ws.stage
	n := len(s.values)
	if len(a.Transfers) != n-1 {
		return nil, fmt.Errorf("cartel: %d transfers for %d members and their leader", len(a.Transfers), n-1)
	}
	for _, t := range append([]float64{a.Bid}, a.Transfers...) {
		if !(t >= 0 && t <= math.MaxFloat64) {
			return nil, fmt.Errorf("cartel: bid %g and transfers %v must be finite and at least 0", a.Bid, a.Transfers)
		}
	}
	if s.kind == ranked && (a.Bid < s.floor || s.high == s.low && n < len(r.Game.Values)) {
		return nil, fmt.Errorf("cartel: the leader does not win at %g: it takes %g", a.Bid, s.floor)
	}
	paid := 0.0
	for _, t := range a.Transfers {
		paid += t
	}
	shadow := s.shadows[1]
	if shadow && s.shadows[0] { // the ring does what tempts the leader less
		s.at(a.Bid, false, false)
		open := s.leaderNeeds(paid)
		s.at(a.Bid, false, true)
		shadow = s.leaderNeeds(paid) < open
	}
	if s.kind != fixed && s.collects(a.Bid, shadow) < s.oversight*(1-1e-12) {
		return nil, fmt.Errorf("cartel: oversight rejects the agreement: it pays %g of %g", s.collects(a.Bid, shadow), s.oversight)
	}
	s.point(a.Bid, false, shadow)
	if s.kind == ratioed && a.Bid < s.low {
		s.temptation = math.Max(0, s.alone-s.worth)
	}
	j := &Judgement{Leader: ws.members[s.leader], Bid: a.Bid, Revenue: s.take, Shadowed: shadow, Temptation: s.temptation + paid}
	j.Surplus = s.worth - s.rivals
	for _, x := range s.stand {
		j.Surplus += x
	}
	next := 0
	for k := range s.values {
		m := Member{Agent: ws.members[k], Competitive: s.compete[k], Deviation: s.dev[k]}
		var beta, equal float64
		if k == s.leader {
			m.Deviation, m.Transfer = s.temptation, -paid
			m.Collusive = s.worth - paid
			m.EqualTransfer = s.compete[k] + j.Surplus/float64(n) - s.worth
			beta, equal = s.leaderNeeds(paid), s.leaderNeeds(-m.EqualTransfer)
		} else {
			m.Transfer = a.Transfers[next]
			next++
			m.Collusive = s.stand[k] + m.Transfer
			m.EqualTransfer = s.compete[k] + j.Surplus/float64(n) - s.stand[k]
			beta, equal = s.needs(k, m.Transfer), s.needs(k, m.EqualTransfer)
		}
		m.CriticalDiscount, m.EqualDiscount = r.Monitoring.Required(beta), r.Monitoring.Required(equal)
		j.CriticalDiscount = math.Max(j.CriticalDiscount, m.CriticalDiscount)
		own := math.Nextafter(1, 0)
		if r.Discounts != nil {
			own = r.Discounts[m.Agent]
		}
		if m.CriticalDiscount > own+1e-12 || m.CriticalDiscount >= 1 {
			j.Fails = append(j.Fails, m.Agent)
		}
		j.Members = append(j.Members, m)
	}
	j.Holds = len(j.Fails) == 0
	return j, nil
}
