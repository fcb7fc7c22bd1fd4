package private

import (
	"math"
	"sort"

	"allot/mechanisms"
	"allot/solver/equilibrium"
)

// The lower end of an auction among different agents: the lowest bid that can win, who plays
// below it, and markets where one agent is above all others. See firstPrice for the
// rule and its sources. A test asserts 1/4 for U[0,1] against U[1/2,2] (Kaplan, Zamir 2012) and
// bid 1 for U[5,6] against U[0,1].

// lowest is the lowest bid that can win, and the agent whose support starts above it, if
// there is exactly one.
func lowest(groups []*group, rule mechanisms.Ranking) (low float64, strong *group) {
	reserve := rule.Reserve
	for _, g := range groups {
		if strong == nil || g.low > strong.low {
			strong = g
		}
	}
	if strong.low <= reserve {
		return reserve, nil
	}
	next := reserve
	for _, g := range groups {
		if g == strong {
			if g.n > 1 {
				return strong.low, nil
			}
			continue
		}
		next = math.Max(next, g.low)
	}
	if next >= strong.low {
		return strong.low, nil
	}
	e := edge{groups: groups, strong: strong, first: rule.First, next: next}
	return e.best(), strong
}

// edge is the choice of the lowest bid by the one agent whose values are above the others' for
// sure: argmax (l-b) H(b) + (1-lambda) int_r^b H with H = prod F_j, the others bidding their
// values.
type edge struct {
	groups []*group
	strong *group
	first  float64 // lambda
	next   float64 // the least that can be worth bidding

	spared, from float64 // int H up to the bid from
}

// win is H.
func (e *edge) win(b float64) float64 {
	p := 1.0
	for _, g := range e.groups {
		if g != e.strong {
			p *= power(g.CDF(b), g.n)
		}
	}
	return p
}

// pay is what the lowest type has from bidding b, from on.
func (e *edge) pay(b float64) float64 {
	p := (e.strong.low - b) * e.win(b)
	if e.first < 1 {
		p += (1 - e.first) * (e.spared + integral(e.win, e.from, b))
	}
	return p
}

// best is the bid: that of a grid and the others' kinks, then better between its neighbours.
func (e *edge) best() float64 {
	candidates := e.candidates()
	e.from = e.next
	best, most := e.next, e.pay(e.next)
	at := sort.SearchFloat64s(candidates, e.next)
	for i, b := range candidates {
		if b < e.next || b > e.strong.low {
			continue
		}
		if p := e.pay(b); p > most {
			best, most, at = b, p, i
		}
		if e.first < 1 {
			e.spared, e.from = e.spared+integral(e.win, e.from, b), b
		}
	}
	a, b := best, best
	if at > 0 {
		a = math.Max(e.next, candidates[at-1])
	}
	if at+1 < len(candidates) {
		b = math.Min(e.strong.low, candidates[at+1])
	}
	e.spared, e.from = 0, a // what is below matters to none of them
	return e.between(a, b, best)
}

// candidates are the bids of the grid, ascending.
func (e *edge) candidates() []float64 {
	l := e.strong.low
	candidates := []float64{e.next, l}
	for _, g := range e.groups {
		if g != e.strong {
			candidates = append(candidates, g.breaks...)
		}
	}
	for i := 1; i < 400; i++ {
		candidates = append(candidates, e.next+(l-e.next)*float64(i)/400)
	}
	sort.Float64s(candidates)
	return candidates
}

// between is the best bid in [a, b], best being one of them: by golden sections to rounding, then
// the derivative's sign by a parabola.
func (e *edge) between(a, b, best float64) float64 {
	l, most := e.strong.low, e.pay(best)
	for range 100 {
		x, y := b-(b-a)*0.6180339887498949, a+(b-a)*0.6180339887498949
		if !(b-a > 1e-7*l) {
			break
		}
		if e.pay(x) > e.pay(y) {
			b = y
		} else {
			a = x
		}
	}
	mid, h := a/2+b/2, 1e-4*l
	if mid-h > e.next && mid+h < l {
		f0, f1, f2 := e.pay(mid-h), e.pay(mid), e.pay(mid+h)
		if d := f0 - 2*f1 + f2; d < 0 {
			if x := mid + h*(f0-f2)/(2*d); e.pay(x) >= most*(1-1e-13) && math.Abs(x-mid) < h {
				return x
			}
		}
	}
	if e.pay(mid) > most {
		return mid
	}
	return best
}

// degenerate reports that at the lowest bid one agent wins against all others for sure.
func degenerate(groups, active []*group, low float64) bool {
	if len(active) == 1 && active[0].n > 1 {
		return false
	}
	above := 0
	for _, g := range groups {
		if g.survival(low) > 0 || g.high > low {
			above += g.n
		}
	}
	return above < 2
}

// alone is the equilibrium in which at most one agent has values above the lowest bid:
// it bids that, the others their values.
func (s Solver) alone(eq *Equilibrium, rule mechanisms.Ranking, groups, active []*group, low float64) {
	eq.Selection = "the others bid their values"
	eq.Account = newAccount(len(eq.Curves))
	acc := &eq.Account
	unsold := 1.0
	for _, g := range groups {
		var k knots
		one := len(active) == 1 && active[0] == g
		if one {
			entry := rank{0, 1, g.low}
			if low > g.low {
				v := math.Nextafter(low, 0)
				entry = rank{g.CDF(v), g.survival(v), low}
			}
			bid := low
			if atom(groups, low) { // a hair above those who bid just that
				bid += 1e-12 * eq.Highest
			}
			k.one(g, entry, bid)
			i := g.agents[0]
			tail := g.Mean()
			if low > g.low {
				ends := panels([]*group{g}, low)
				tail = low*entry.above + over(g.survival, ends) + beyond([]*group{g}, ends[len(ends)-1])
			}
			price := low - (1-rule.First)*runnerUp(groups, g, rule.Reserve, low)
			acc.Win[i], acc.Cost[i], acc.Payoff[i] = entry.above, price*entry.above, tail-price*entry.above
			acc.Welfare += tail
			unsold -= entry.above
		} else {
			s.truth0(&k, g, rule.Reserve, low, eq.Highest)
		}
		curve := k.curve()
		for _, i := range g.agents {
			eq.Curves[i] = curve
			acc.Values[i] = g.Mean()
		}
	}
	acc.Unsold = clean(unsold)
	s.leftovers(eq, groups, low)
	eq.Bottom, eq.Top = low, low
	eq.Status = equilibrium.Converged
}

// runnerUp is int_reserve^low prod F_j over the rivals of the one agent of group g: what a bid
// of low is above the expectation of theirs, and of the reserve.
func runnerUp(groups []*group, g *group, reserve, low float64) float64 {
	var others []*group
	for _, o := range groups {
		if o != g {
			others = append(others, o)
		}
	}
	if len(others) == 0 || low <= reserve {
		return math.Max(0, low-reserve)
	}
	ends := panels(others, reserve)
	for i, x := range ends {
		if x >= low {
			ends = ends[:i]
			break
		}
	}
	return over(func(x float64) float64 { return below(others, x) }, append(ends, low))
}

// truth0 adds types that bid their values from the reserve up to low, standing back
// below the reserve.
func (s Solver) truth0(k *knots, g *group, reserve, low, scale float64) {
	if g.low == low && g.high == low { // a known value that is the lowest bid
		k.add(rank{0, 1, low}, low)
		k.add(rank{1, 0, low}, low)
		return
	}
	if g.low >= low && g.low > reserve {
		return
	}
	entry := rank{0, 1, g.low}
	if reserve > g.low {
		v := math.Nextafter(reserve, 0)
		entry = rank{g.CDF(v), g.survival(v), reserve}
		k.out(g, entry)
	}
	// Below low, and just low: whoever bids a hair more than low beats the latter only.
	under := math.Nextafter(low, 0)
	for _, r := range s.refine(ladder(g, entry, 2), g, equals(3), nil, scale) {
		if r.value >= low {
			break
		}
		k.add(r, math.Max(reserve, r.value))
		if v := g.beyond(r); v > r.value && v < low { // over a gap
			r.value = v
			k.add(r, math.Max(reserve, v))
		}
	}
	below := rank{g.CDF(under), g.survival(under), math.Min(g.high, low)}
	k.add(below, math.Max(reserve, math.Min(g.high, under)))
	if below.above-g.survival(low) > 1e-15 {
		k.add(below, low)
		k.add(rank{g.CDF(low), g.survival(low), low}, low)
	}
	if n := len(k.bids); g.high <= low && k.ranks[n-1].above > 0 {
		k.add(rank{1, 0, g.high}, k.bids[n-1])
	}
}

// atom reports that somebody's value is just low with positive probability.
func atom(groups []*group, low float64) bool {
	for _, g := range groups {
		if low == 0 && g.CDF(0) > 1e-14 || low > 0 && g.CDF(low)-g.CDF(math.Nextafter(low, 0)) > 1e-14 {
			return true
		}
	}
	return false
}

// leftovers are agents with values of just the lowest bid: they take at that price what nobody
// else wants, ties shared equally.
func (s Solver) leftovers(eq *Equilibrium, groups []*group, low float64) {
	acc := &eq.Account
	if low <= 0 {
		return
	}
	under := math.Nextafter(low, 0)
	for i, g := range groups {
		mass := g.CDF(low) - g.CDF(under)
		if mass <= 1e-14 {
			continue
		}
		p := mass * integral(func(u float64) float64 {
			h := 1.0
			for j, r := range groups {
				n := r.n
				if j == i {
					n--
				}
				a, b := r.CDF(under), r.CDF(low)
				h *= power(a+u*(b-a), n)
			}
			return h
		}, 0, 1)
		for _, k := range g.agents {
			acc.Win[k] += p
			acc.Cost[k] += low * p
			acc.Welfare += low * p
			acc.Unsold -= p
		}
	}
	acc.Unsold = clean(acc.Unsold)
}
