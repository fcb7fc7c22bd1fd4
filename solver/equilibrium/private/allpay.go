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
	r := rule.Reserve
	var m [2]*matching
	for i, g := range groups {
		m[i] = newMatching(g, s.refine(ladder(g, rank{0, 1, g.low}, 2), g, equals(2), nil, eq.Highest))
	}
	if groups[0].low == groups[0].high && groups[1].low == groups[1].high {
		eq.Status, eq.Reason = equilibrium.NotFound, "both values are known: a game of complete information"
		return
	}
	// Every t at which one of the two has a knot, as far down as both go.
	end := math.Min(m[0].times[0], m[1].times[0])
	endless := math.IsInf(end, 1)
	if endless { // both go down to nothing
		end = math.Min(m[0].times[1], m[1].times[1])
	}
	times := []float64{0, end}
	for _, x := range m {
		for _, t := range x.times {
			if t > 0 && t < end {
				times = append(times, t)
			}
		}
	}
	sort.Float64s(times)
	// Down to where a type would pay more than it wins.
	lasting := func(t float64) bool {
		a, b := m[0].at(t), m[1].at(t)
		return a.value*b.below >= r && b.value*a.below >= r
	}
	if r > 0 {
		if !lasting(0) {
			s.lone(eq, groups, r)
			return
		}
		n := sort.Search(len(times), func(k int) bool { return !lasting(times[k]) })
		if n < len(times) {
			lo, hi := times[n-1], times[n]
			for range 100 {
				if mid := lo/2 + hi/2; mid <= lo || mid >= hi {
					break
				} else if lasting(mid) {
					lo = mid
				} else {
					hi = mid
				}
			}
			times = append(times[:n], lo)
			end = lo
		}
	}
	// From the lowest bid up.
	last := len(times) - 1
	a, b := m[0].at(times[last]), m[1].at(times[last])
	outA, outB := a.below, b.below // who bids less than r, or 0
	var ka, kb knots
	if endless && r == 0 {
		outA, outB = 0, 0
		ka.add(rank{0, 1, groups[0].low}, 0)
		kb.add(rank{0, 1, groups[1].low}, 0)
	}
	if r > 0 {
		// One agent's lowest type gets nothing; the other's types that gain from bidding r
		// do.
		if a.value*b.below < b.value*a.below {
			outB = m[1].least(b, r/a.below)
		} else {
			outA = m[0].least(a, r/b.below)
		}
	}
	stand := func(k *knots, g *group, out float64, low rank) {
		first := rank{out, 1 - out, g.at(out, 1-out)}
		if low.below-out < 1e-12 {
			first = low
		}
		if first.below > 0 {
			k.add(rank{0, 1, g.low}, 0)
			k.add(first, 0)
		}
		k.add(first, r)
		if first != low {
			k.add(low, r)
		}
	}
	stand(&ka, groups[0], outA, a)
	stand(&kb, groups[1], outB, b)
	acc := &eq.Account
	acc.Values, acc.Win = make([]float64, 2), make([]float64, 2)
	acc.Cost, acc.Payoff = make([]float64, 2), make([]float64, 2)
	worth := [2]float64{}
	// Types that bid r in an atom, against those of the other that stand back.
	if r > 0 {
		acc.Win[0] += (a.below - outA) * outB
		acc.Win[1] += (b.below - outB) * outA
		worth[0] += outB * m[0].sum(outA, a.below)
		worth[1] += outA * m[1].sum(outB, b.below)
		acc.Cost[0] += r * (a.below - outA)
		acc.Cost[1] += r * (b.below - outB)
	}
	bid := r
	for k := last - 1; k >= 0; k-- {
		t0, t1 := times[k+1], times[k]
		if t0 == t1 {
			continue
		}
		na, nb := m[0].at(t1), m[1].at(t1)
		rise := 0.0
		for _, x := range gauss5 {
			t := t0/2 + t1/2 + x[0]*(t1-t0)/2
			ia, ib := m[0].at(t), m[1].at(t)
			w := (t0 - t1) / 2 * x[1] // dt; dp = v_1 dt, dq = v_2 dt
			step := w * ia.value * ib.value
			rise += step
			acc.Win[0] += w * ia.value * ib.below
			acc.Win[1] += w * ib.value * ia.below
			worth[0] += w * ia.value * ib.below * ia.value
			worth[1] += w * ib.value * ia.below * ib.value
			acc.Cost[0] += step * (ia.above - na.above)
			acc.Cost[1] += step * (ib.above - nb.above)
		}
		acc.Cost[0] += bid * (a.above - na.above)
		acc.Cost[1] += bid * (b.above - nb.above)
		bid += rise
		a, b = na, nb
		ka.add(a, bid)
		kb.add(b, bid)
	}
	for i, k := range []*knots{&ka, &kb} {
		if n := len(k.ranks) - 1; k.ranks[n].above > 0 {
			k.add(rank{1, 0, groups[i].high}, bid)
		}
		eq.Curves[groups[i].agents[0]] = k.curve()
	}
	win, cost := acc.Win, acc.Cost
	acc.Win, acc.Cost = make([]float64, 2), make([]float64, 2)
	for i, g := range groups {
		j := g.agents[0]
		acc.Win[j], acc.Cost[j], acc.Payoff[j] = win[i], cost[i], worth[i]-cost[i]
		acc.Values[j] = g.Mean()
	}
	acc.Welfare = worth[0] + worth[1]
	acc.Unsold = clean(1 - win[0] - win[1])
	eq.Bottom, eq.Top = r, bid
	eq.Status = equilibrium.Converged
	if bad := unsound(eq); bad != "" {
		*eq = Equilibrium{Status: equilibrium.NotFound, Method: eq.Method, Reason: bad, Highest: eq.Highest}
	}
}

// lone is the all-pay auction in which no two types compete: the reserve is above what
// all but one agent have, so that one pays it alone.
func (s Solver) lone(eq *Equilibrium, groups []*group, r float64) {
	acc := &eq.Account
	agents := len(eq.Curves)
	acc.Values, acc.Win = make([]float64, agents), make([]float64, agents)
	acc.Cost, acc.Payoff = make([]float64, agents), make([]float64, agents)
	meet := 0
	for _, g := range groups {
		if g.high > r {
			meet += g.n
		}
	}
	if meet > 1 {
		eq.Status, eq.Reason = equilibrium.NotFound, "an all-pay auction whose reserve only one agent's types meet, at the top: no method here solves that"
		eq.Curves, eq.Account = nil, mechanisms.Account{}
		return
	}
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
