package private

import (
	"math"
	"sort"

	"allot/mechanisms"
	"allot/solver/equilibrium"
)

// Two different agents in an all-pay auction. Types of ranks p and q that bid the same
// have v_1(p) dq = db = v_2(q) dp, so that
//
//	int_p^1 ds/v_1(s) = int_q^1 ds/v_2(s),   db = v_2(q) dp
//
// which is the matching function k'(v) = k f_1(v)/(v f_2(k)) of Amann, Leininger (1996)
// in ranks, where it separates. Down to the bid r: there one agent's lowest type gets
// nothing, v_1(p*) q* = r say; types of the other that gain from bidding r do, the rest
// stand back. At r = 0 the lower types of one agent bid 0. It holds with atoms and for a
// value that is known. A test asserts equal agents' closed form, and top bid and
// payments of U[0,1] against U[0,2] by an independent integration of k.
func (s Solver) allPay(eq *Equilibrium, rule mechanisms.Ranking, groups []*group) {
	eq.Method = "matching function in ranks (Amann, Leininger 1996)"
	if groups[0].point() && groups[1].point() {
		eq.Status, eq.Reason = equilibrium.NotFound, "both values are known: a game of complete information"
		return
	}
	d := &duel{groups: groups, reserve: rule.Reserve}
	for i, g := range groups {
		d.matchings[i] = newMatching(g, s.refine(ladder(g, rank{0, 1, g.low}, 2), g, equals(2), nil, eq.Highest))
	}
	d.meet()
	if d.reserve > 0 && !d.cut() {
		s.lone(eq, groups, d.reserve)
		return
	}
	d.start()
	d.finish(eq, d.climb())
	if bad := unsound(eq); bad != "" {
		*eq = Equilibrium{Status: equilibrium.NotFound, Method: eq.Method, Reason: bad, Highest: eq.Highest}
	}
}

// duel is the auction between two groups of one agent each.
type duel struct {
	groups    []*group
	reserve   float64
	matchings [2]*matching
	times     []float64 // t from the top down to the lowest bid
	endless   bool      // t grows without end towards the lowest types

	strategies       [2]knots
	win, worth, cost [2]float64
}

// ranks are the two types that bid the same at t.
func (d *duel) ranks(t float64) [2]rank {
	return [2]rank{d.matchings[0].at(t), d.matchings[1].at(t)}
}

// meet sets the times at which one of the two has a knot, as far down as both go.
func (d *duel) meet() {
	a, b := d.matchings[0].times, d.matchings[1].times
	end := math.Min(a[0], b[0])
	if d.endless = math.IsInf(end, 1); d.endless { // both go down to nothing
		end = math.Min(a[1], b[1])
	}
	d.times = []float64{0, end}
	for _, m := range d.matchings {
		for _, t := range m.times {
			if t > 0 && t < end {
				d.times = append(d.times, t)
			}
		}
	}
	sort.Float64s(d.times)
}

// cut ends the times where a type would pay more than it wins at the reserve; false means that
// it does from the top on.
func (d *duel) cut() bool {
	lasting := func(t float64) bool {
		r := d.ranks(t)
		return r[0].value*r[1].below >= d.reserve && r[1].value*r[0].below >= d.reserve
	}
	n := sort.Search(len(d.times), func(k int) bool { return !lasting(d.times[k]) })
	if n == 0 {
		return false
	}
	if n < len(d.times) {
		lo, hi := d.times[n-1], d.times[n]
		for range 100 {
			if mid := lo/2 + hi/2; mid <= lo || mid >= hi {
				break
			} else if lasting(mid) {
				lo = mid
			} else {
				hi = mid
			}
		}
		d.times = append(d.times[:n], lo)
	}
	return true
}

// start begins the strategies: types that stand back, and those that bid the reserve in an atom,
// against types of the other that stand back.
func (d *duel) start() {
	low := d.ranks(d.times[len(d.times)-1])
	out := [2]float64{low[0].below, low[1].below} // who bids less than the reserve, or 0
	switch {
	case d.reserve > 0:
		// One agent's lowest type gets nothing; the other's types that gain from bidding the
		// reserve do.
		i := 0
		if low[0].value*low[1].below < low[1].value*low[0].below {
			i = 1
		}
		out[i] = d.matchings[i].least(low[i], d.reserve/low[1-i].below)
	case d.endless:
		for i, g := range d.groups {
			out[i] = 0
			d.strategies[i].add(rank{0, 1, g.low}, 0)
		}
	}
	for i, g := range d.groups {
		d.strategies[i].bottom(g, out[i], low[i], d.reserve)
	}
	if d.reserve == 0 {
		return
	}
	for i, m := range d.matchings {
		mass, back := low[i].below-out[i], out[1-i]
		d.win[i] += mass * back
		d.worth[i] += back * m.sum(out[i], low[i].below)
		d.cost[i] += d.reserve * mass
	}
}

// bottom adds the types up to low: those below the rank out stand back, the others bid the
// reserve.
func (k *knots) bottom(g *group, out float64, low rank, reserve float64) {
	first := rank{out, 1 - out, g.at(out, 1-out)}
	if low.below-out < 1e-12 {
		first = low
	}
	k.out(g, first)
	k.add(first, reserve)
	if first != low {
		k.add(low, reserve)
	}
}

// climb integrates from the lowest bid up and returns the top bid.
func (d *duel) climb() float64 {
	bid := d.reserve
	last := len(d.times) - 1
	now := d.ranks(d.times[last])
	for k := last - 1; k >= 0; k-- {
		from, to := d.times[k+1], d.times[k]
		if from == to {
			continue
		}
		next := d.ranks(to)
		rise := 0.0
		for _, x := range gauss5 {
			at := d.ranks(from/2 + to/2 + x[0]*(to-from)/2)
			w := (from - to) / 2 * x[1] // dt; dp = v_1 dt, dq = v_2 dt
			step := w * at[0].value * at[1].value
			rise += step
			for i, own := range at {
				won := w * own.value * at[1-i].below
				d.win[i] += won
				d.worth[i] += won * own.value
				d.cost[i] += step * (own.above - next[i].above)
			}
		}
		for i := range now {
			d.cost[i] += bid * (now[i].above - next[i].above)
		}
		bid += rise
		now = next
		for i, r := range now {
			d.strategies[i].add(r, bid)
		}
	}
	return bid
}

// finish fills in the equilibrium.
func (d *duel) finish(eq *Equilibrium, top float64) {
	eq.Account = newAccount(2)
	acc := &eq.Account
	for i, g := range d.groups {
		k := &d.strategies[i]
		if k.ranks[len(k.ranks)-1].above > 0 {
			k.add(rank{1, 0, g.high}, top)
		}
		j := g.agents[0]
		eq.Curves[j] = k.curve()
		acc.Values[j], acc.Win[j], acc.Cost[j], acc.Payoff[j] = g.Mean(), d.win[i], d.cost[i], d.worth[i]-d.cost[i]
	}
	acc.Welfare = d.worth[0] + d.worth[1]
	acc.Unsold = clean(1 - d.win[0] - d.win[1])
	eq.Bottom, eq.Top = d.reserve, top
	eq.Status = equilibrium.Converged
}

// lone is the all-pay auction in which no two types compete: the reserve is above what
// all but one agent have, so that one pays it alone.
func (s Solver) lone(eq *Equilibrium, groups []*group, r float64) {
	meet := 0
	for _, g := range groups {
		if g.high > r {
			meet += g.n
		}
	}
	if meet > 1 {
		eq.Status, eq.Reason = equilibrium.NotFound, "an all-pay auction whose reserve only one agent's types meet, at the top: no method here solves that"
		eq.Curves = nil
		return
	}
	eq.Account = newAccount(len(eq.Curves))
	acc := &eq.Account
	acc.Unsold = 1
	for _, g := range groups {
		var k knots
		j := g.agents[0]
		entry := rank{1, 0, g.high}
		if r < g.high {
			v := math.Nextafter(r, 0)
			entry = rank{g.CDF(v), g.survival(v), r}
			ends := panels([]*group{g}, r)
			worth := r*entry.above + over(g.survival, ends) + beyond([]*group{g}, ends[len(ends)-1])
			acc.Win[j], acc.Cost[j], acc.Payoff[j] = entry.above, r*entry.above, worth-r*entry.above
			acc.Welfare += worth
			acc.Unsold -= entry.above
		}
		k.one(g, entry, r)
		curve := k.curve()
		for _, a := range g.agents {
			eq.Curves[a], acc.Values[a] = curve, g.Mean()
		}
	}
	acc.Unsold = clean(acc.Unsold)
	eq.Bottom, eq.Top = r, r
	eq.Status = equilibrium.Converged
}

// matching is t(p) = int_p^1 ds/v(s) and its inverse.
type matching struct {
	g     *group
	ranks []rank
	times []float64 // at the ranks; descending
}

func newMatching(g *group, ranks []rank) *matching {
	m := &matching{g: g, ranks: ranks, times: make([]float64, len(ranks))}
	for k := len(ranks) - 2; k >= 0; k-- {
		m.times[k] = m.times[k+1] + m.time(ranks[k], ranks[k+1])
	}
	return m
}

// time is int ds/v(s) between two ranks.
func (m *matching) time(a, b rank) float64 {
	sum := 0.0
	switch {
	case a.value == b.value:
		if a.value == 0 {
			return 0
		}
		return (a.above - b.above) / a.value
	case a.below <= 0 && a.value == 0: // as if v were a power of the rank
		if e := m.power(b); e < 1 {
			return b.below / b.value / (1 - e)
		}
		return math.Inf(1)
	case b.above <= 0 && math.IsInf(b.value, 1):
		return a.above / a.value / 2
	case a.above < 0.5 && a.above > 1.5*b.above && b.above > 0:
		h := math.Log(a.above/b.above) / 2
		for _, x := range gauss5 {
			q := b.above * math.Exp(h*(1+x[0]))
			sum += h * x[1] * q / m.g.upper(q)
		}
	case a.above < 0.5:
		h := (a.above - b.above) / 2
		for _, x := range gauss5 {
			sum += h * x[1] / m.g.upper(b.above+h*(1+x[0]))
		}
	case a.below > 0 && b.below > 1.1*a.below:
		h := math.Log(b.below/a.below) / 2
		for _, x := range gauss5 {
			p := a.below * math.Exp(h*(1+x[0]))
			sum += h * x[1] * p / m.g.Quantile(p)
		}
	default:
		h := (b.below - a.below) / 2
		for _, x := range gauss5 {
			sum += h * x[1] / m.g.Quantile(a.below+h*(1+x[0]))
		}
	}
	return sum
}

// at is the rank with a given t: Newton steps in its cell.
func (m *matching) at(t float64) rank {
	n := len(m.times)
	k := sort.Search(n, func(k int) bool { return m.times[k] <= t }) // the upper end of the cell
	if k == 0 {
		return m.ranks[0]
	}
	if k == n || m.times[k] == t {
		return m.ranks[min(k, n-1)]
	}
	a, b := m.ranks[k-1], m.ranks[k]
	lo, hi := b.above, a.above // the chance above grows with t
	x := lo + (hi-lo)*math.Min(1, (t-m.times[k])/(m.times[k-1]-m.times[k]))
	if a.below <= 0 && a.value == 0 {
		e := m.power(b)
		x := (t - m.times[k]) * b.value / b.below
		switch {
		case math.Abs(e-1) < 1e-9:
			x = math.Exp(-x)
		default:
			x = math.Pow(math.Max(0, 1-(1-e)*x), 1/(1-e))
		}
		return rank{b.below * x, 0, 0}.fix(m.g)
	}
	var r rank
	for range 40 {
		r = rank{1 - x, x, 0}
		r.value = m.g.at(r.below, r.above)
		if a.value == b.value {
			r.value = a.value
		}
		miss := m.times[k] + m.time(r, b) - t
		if miss > 0 {
			hi = x
		} else {
			lo = x
		}
		next := x - miss*r.value
		if !(next >= lo && next <= hi) {
			next = lo/2 + hi/2
		}
		if math.Abs(next-x) <= 2e-16*math.Max(x, b.above) || next == x {
			break
		}
		x = next
	}
	return r
}

// power is the exponent of v as a power of the rank below b.
func (m *matching) power(b rank) float64 {
	v := m.g.Quantile(b.below / 4)
	if !(v > 0) {
		return 2
	}
	e := math.Log(b.value/v) / math.Log(4)
	if math.Abs(e-1) < 1e-6 {
		return 1
	}
	return e
}

// fix fills in the rest of a rank.
func (r rank) fix(g *group) rank {
	r.above = 1 - r.below
	r.value = g.at(r.below, r.above)
	return r
}

// least is the lowest rank up to low with a value of at least v.
func (m *matching) least(low rank, v float64) float64 {
	if v <= m.g.low {
		return 0
	}
	return math.Min(low.below, m.g.CDF(math.Nextafter(v, 0)))
}

// sum is int v(s) ds between two ranks.
func (m *matching) sum(p, q float64) float64 {
	if q <= p {
		return 0
	}
	return integral(func(x float64) float64 { return m.g.Quantile(x) }, p, q)
}
