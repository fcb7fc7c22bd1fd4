package cartel

import "math"

// Agreements of which a part is given.
//
//	bid given:        delta* = D/(D+G) at that bid, with the transfers of [Member.Transfer]
//	transfers given:  the bid at which these transfers need least patience
//
// A larger bid leaves members less to gain by departing and the leader less to pay
// them from, so that the second is a trade-off in one dimension: it is searched for on a
// grid, then by golden section. Domain: as [Ring.Judge]. Tests assert 28/47 and transfers
// 361/47, 171/47 for the first-price auction at 30, 20, 10 and bid 1.

// Settle is the best agreement in which the leader signals bid: transfers that hold at the
// least discount factor that any hold at. Where the ring gains nothing at the bid, all
// transfers are 0.
func (r *Ring) Settle(bid float64) (*Judgement, error) {
	ws := &Work{}
	if err := r.set(ws); err != nil {
		return nil, err
	}
	s := &ws.stage
	given := Agreement{Bid: bid, Transfers: make([]float64, len(s.values)-1)}
	j, err := r.Judge(given)
	if err != nil {
		return nil, err
	}
	mode, least, ok := 0, 2.0, false
	for m, exists := range s.shadows {
		if !exists || s.kind != fixed && s.collects(bid, m == 1) < s.oversight*(1-1e-12) {
			continue
		}
		if p := s.point(bid, false, m == 1); p.g > 0 && p.ratio() < least {
			mode, least, ok = m, p.ratio(), true
		}
	}
	if !ok {
		return j, nil
	}
	next := 0
	for _, m := range r.parts(ws, s.point(bid, false, mode == 1), true) {
		if m.Agent != ws.members[s.leader] {
			given.Transfers[next] = math.Max(0, m.Transfer)
			next++
		}
	}
	return r.Judge(given)
}

// signals is how many bids Signal tries before it narrows them down.
const signals = 64

// Signal is the best agreement with these transfers: the leader's signal is the one at
// which they need least patience, of equals the least.
func (r *Ring) Signal(transfers []float64) (*Judgement, error) {
	ws := &Work{}
	if err := r.set(ws); err != nil {
		return nil, err
	}
	s := &ws.stage
	low := math.Min(s.lowest[0], s.lowest[1])
	if !s.shadows[0] {
		low = s.lowest[1]
	} else if !s.shadows[1] {
		low = s.lowest[0]
	}
	if s.kind == fixed {
		return r.Judge(Agreement{Transfers: transfers})
	}
	high := math.Max(low, s.high)
	best, err := r.Judge(Agreement{Bid: low, Transfers: transfers})
	if err != nil {
		return nil, err
	}
	try := func(b float64) float64 {
		j, err := r.Judge(Agreement{Bid: b, Transfers: transfers})
		if err != nil {
			return 2
		}
		if j.needs() < best.needs()-1e-12 {
			best = j
		}
		return j.needs()
	}
	step := (high - low) / signals
	for k := 1; k <= signals; k++ {
		try(low + float64(k)*step)
	}
	from, to := math.Max(low, best.Bid-step), math.Min(high, best.Bid+step)
	const golden = 0.6180339887498949
	a, b := to-golden*(to-from), from+golden*(to-from)
	fa, fb := try(a), try(b)
	for range 80 {
		if fa <= fb {
			to, b, fb = b, a, fa
			a = to - golden*(to-from)
			fa = try(a)
		} else {
			from, a, fa = a, b, fb
			b = from + golden*(to-from)
			fb = try(b)
		}
	}
	return best, nil
}

// needs is the critical discount factor, made comparable where it is 1: by how many
// members fail.
func (j *Judgement) needs() float64 {
	if j.CriticalDiscount < 1 {
		return j.CriticalDiscount
	}
	lost := 0
	for _, m := range j.Members {
		if m.CriticalDiscount >= 1 {
			lost++
		}
	}
	return 1 + float64(lost)/float64(len(j.Members)+1)
}
