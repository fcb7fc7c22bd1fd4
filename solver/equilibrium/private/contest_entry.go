package private

import (
	"math"
	"slices"
)

// enter finds who takes part and what they signal; the reason is not empty where it does
// not succeed. Without a fee and with rho <= 1 all types above 0 take part. Otherwise the
// lowest type that does is indifferent:
//
//	u(v*, a(v*)) - fee = v* P(nobody else signals)/n
func (c *contest) enter(tolerance float64) string {
	for i := range c.parties {
		c.place(i)
	}
	const accuracy = 1e-10
	if (c.rule.Fee > 0 || c.rule.Exponent > 1) && !slices.ContainsFunc(c.parties, func(p party) bool { return p.atomic() }) {
		const close = 5e-9
		c.jump(close)
		return ""
	}
	// An exponent above 1 is approached from 1, where there is always an equilibrium.
	if rho := c.rule.Exponent; rho > 1 {
		for c.rule.Exponent = 1; c.rule.Exponent < rho; c.rule.Exponent += 0.1 {
			c.solve(1e-3)
		}
		c.rule.Exponent = rho
	}
	if c.rule.Fee == 0 && c.rule.Exponent <= 1 {
		const passes, rough = 5, 1e-5
		for pass := 0; pass == 0 || pass < passes && c.refine(); pass++ {
			c.solve(rough)
		}
		if !c.solve(accuracy) {
			return "the first-order conditions were not solved"
		}
		return ""
	}
	if c.rule.Fee == 0 {
		if !c.solve(accuracy) {
			return "the first-order conditions were not solved: with an exponent above 1 there may be no equilibrium in which everyone plays one signal"
		}
		if c.rational(tolerance) {
			return ""
		}
		if len(c.parties) > 1 {
			return "with an exponent above 1 some types would rather stand back"
		}
	}
	if len(c.parties) > 1 {
		return c.settle(accuracy)
	}
	if !c.cut(0, accuracy) {
		return "the first-order conditions were not solved at some entry"
	}
	return ""
}

// settle finds the entries of several parties: each moves to the lowest type that would
// take part against the others' present signals, the moves accelerated like the rounds
// (see anderson), in ln(p/(1-p)) of the rank.
func (c *contest) settle(accuracy float64) string {
	n := len(c.parties)
	x, f := make([]float64, n), make([]float64, n)
	logit := func(r rank) float64 {
		return math.Max(-45, math.Min(200, math.Log(math.Max(r.below, 1e-300)/math.Max(r.above, 1e-300))))
	}
	mix := newAnderson(n, 4)
	for range 60 {
		if !c.solve(accuracy) {
			return "the first-order conditions were not solved at some entry"
		}
		if c.grid == nil {
			return "nobody takes part"
		}
		for i := range c.parties {
			c.transform(i)
		}
		worst := 0.0
		for i := range c.parties {
			p := &c.parties[i]
			share := c.rivals(i) / c.agents()
			start := func(v float64) float64 {
				if len(c.nodes[i]) == 0 {
					return math.Log(v / 4)
				}
				return guess(c.nodes[i], v)
			}
			to := least(p.group, func(r rank) bool {
				v := r.value
				return v > math.MaxFloat64 || v > 0 && c.payoff(i, v, c.best(i, v, start(v)))-c.rule.Fee >= v*share
			})
			x[i] = logit(c.entry[i])
			f[i] = math.Max(-8, math.Min(8, logit(to)-x[i]))
			worst = math.Max(worst, math.Abs(to.above-c.entry[i].above))
		}
		if worst < 1e-9 {
			return ""
		}
		next := mix.next(x, f, 0.5)
		for i := range c.parties {
			p := &c.parties[i]
			z := math.Max(-45, math.Min(200, next[i]))
			if math.IsNaN(z) || math.Abs(z-x[i]) > 8 {
				z = x[i] + f[i]/2
			}
			q, s := 1/(1+math.Exp(-z)), 1/(1+math.Exp(z))
			switch {
			case z <= -44 && (p.low > 0 || c.rule.Fee == 0):
				c.entry[i] = from(p.group, math.SmallestNonzeroFloat64)
			case z >= 40 && p.high < math.Inf(1) || z >= 199:
				c.entry[i] = rank{1, 0, p.high}
			default:
				c.entry[i] = rank{q, s, p.at(q, s)}
			}
			c.place(i)
		}
	}
	return "who takes part did not settle"
}

// rational reports that no node would rather stand back.
func (c *contest) rational(tolerance float64) bool {
	for i := range c.parties {
		if len(c.nodes[i]) == 0 {
			continue
		}
		share := c.rivals(i) / c.agents()
		for _, x := range c.nodes[i] {
			if c.payoff(i, x.value, x.log)-c.rule.Fee < x.value*share-tolerance/2 {
				return false
			}
		}
	}
	return true
}

// stray is the share of E max v by which some type may gain by another signal for what meets the
// first-order conditions to be shown, as an approximation.
const stray = 1e-2

// gain is the most that a type gains by standing back, by entering, or by another signal: above
// exponent 1 the first-order conditions can hold at a signal that is far from the best. Types that
// are rarer than one in a million count together, in expectation.
func (c *contest) gain() float64 {
	for i := range c.parties {
		c.transform(i)
	}
	most := 0.0
	for i := range c.parties {
		p := &c.parties[i]
		share := c.rivals(i) / c.agents()
		look := func(v, own float64) float64 {
			best := v * share
			for l := math.Log(v); l > math.Log(v)-14; l -= 0.1 {
				best = math.Max(best, c.payoff(i, v, l)-c.rule.Fee)
			}
			return best - own
		}
		const far = 1e-6
		above, rare := 0.0, 0.0
		for k := len(c.nodes[i]) - 1; k >= 0; k-- {
			x := &c.nodes[i][k]
			gain := look(x.value, c.payoff(i, x.value, x.log)-c.rule.Fee)
			if above += x.weight; above < far {
				rare += x.weight * gain
			} else {
				most = math.Max(most, gain)
			}
		}
		most = math.Max(most, rare)
		if e := c.entry[i]; e.below > 0 { // the highest type that stands back
			v := e.value
			if p.high < math.Inf(1) {
				v = math.Min(v, p.high)
			}
			if v > 0 && v <= math.MaxFloat64 {
				most = math.Max(most, look(v, v*share))
			}
		}
	}
	return most
}

// agents is n.
func (c *contest) agents() float64 {
	n := 0
	for i := range c.parties {
		n += c.parties[i].n
	}
	return float64(n)
}

// cut finds the lowest type of party i that takes part, the others' entries given.
func (c *contest) cut(i int, accuracy float64) bool {
	p := &c.parties[i]
	ok := true
	excess := func(r rank) float64 {
		c.entry[i] = r
		c.place(i)
		ok = c.solve(accuracy) && ok
		if c.grid == nil {
			c.span()
		}
		for j := range c.parties {
			c.transform(j)
		}
		nobody := c.rivals(i)
		v := r.value
		if !(v > 0) {
			return -c.rule.Fee
		}
		if v > math.MaxFloat64 {
			return math.Inf(1)
		}
		start := math.Log(v / 4)
		if len(c.nodes[i]) > 0 {
			start = guess(c.nodes[i], v)
		}
		return c.payoff(i, v, c.best(i, v, start)) - c.rule.Fee - v*nobody/c.agents()
	}
	first := from(p.group, math.SmallestNonzeroFloat64)
	if first.above <= 0 {
		return true
	}
	if p.low > 0 || c.rule.Fee == 0 {
		if excess(first) >= 0 {
			return ok
		}
	}
	at := func(z float64) rank {
		q, s := 1/(1+math.Exp(-z)), 1/(1+math.Exp(z))
		return rank{q, s, p.at(q, s)}
	}
	lo, hi := math.Max(-40, math.Log(math.Max(first.below, 1e-18)/first.above)), 40.0
	if p.high == math.Inf(1) {
		hi = 200
	}
	if excess(at(hi)) < 0 {
		c.entry[i] = rank{1, 0, p.high}
		c.nodes[i] = nil
		return c.solve(accuracy)
	}
	// Bisection, then false position (Illinois: Dowell, Jarratt 1971).
	fl, fh := math.NaN(), math.NaN()
	for step := range 80 {
		z := lo/2 + hi/2
		if step > 8 && fl < 0 && fh > 0 {
			z = (lo*fh - hi*fl) / (fh - fl)
			if !(z > lo && z < hi) {
				z = lo/2 + hi/2
			}
		}
		f := excess(at(z))
		if f >= 0 {
			hi, fh = z, f
			if step > 8 {
				fl /= 2
			}
		} else {
			lo, fl = z, f
			if step > 8 {
				fh /= 2
			}
		}
		if hi-lo < 1e-11 || math.Abs(f) < 1e-12*c.scale {
			return ok
		}
	}
	excess(at(hi))
	return ok
}

// best is ln a of the best reply of a type of party i, from a start.
func (c *contest) best(i int, v, l float64) float64 {
	floor := math.Log(idle * c.scale)
	l = math.Max(floor, l)
	for range 200 {
		step := c.newton(i, v, l)
		l = math.Min(math.Max(floor, l+step), math.Max(floor, math.Log(v)))
		if math.Abs(step) < 1e-12 {
			break
		}
	}
	return l
}

// expect fills in the expectations from the nodes.
func (c *contest) expect(eq *Equilibrium) {
	eq.Account = newAccount(len(eq.Curves))
	acc := &eq.Account
	for i := range c.parties {
		c.transform(i)
	}
	sold := 0.0
	for i := range c.parties {
		p := &c.parties[i]
		back := c.rivals(i) / c.agents()
		win, worth, cost, in, value := 0.0, 0.0, 0.0, 0.0, 0.0
		for _, x := range c.nodes[i] {
			w := x.weight * c.grid.chance(c.impact(i, x.log), c.p)
			in += x.weight
			value += x.weight * x.value
			win += w
			worth += w * x.value
			if c.rule.WinnerPays {
				cost += w * math.Exp(x.log)
			} else {
				cost += x.weight * math.Exp(x.log)
			}
		}
		cost += in * c.rule.Fee
		win += back * math.Max(0, 1-in)
		worth += back * math.Max(0, p.Mean()-value)
		for _, a := range p.agents {
			acc.Values[a], acc.Win[a], acc.Cost[a], acc.Payoff[a] = p.Mean(), win, cost, worth-cost
			if math.Abs(worth-cost) < 1e-9*eq.Highest {
				acc.Payoff[a] = math.Max(0, worth-cost)
			}
			acc.Welfare += worth
			sold += win
		}
	}
	if c.rule.Phantom > 0 {
		acc.Unsold = clean(1 - sold)
	}
}

// mostKnots is how many knots a strategy has at most.
const mostKnots = 20000

// strategies makes the strategies: best replies at ranks so close that no type gains more
// than half the tolerance from the next one's signal, or more where that takes too many.
func (c *contest) strategies(eq *Equilibrium, tolerance float64) {
	for i := range c.parties {
		p := &c.parties[i]
		e := c.entry[i]
		var k knots
		c.rivals(i)
		for enough := tolerance; ; enough *= 4 {
			k = knots{}
			k.out(p.group, e)
			if e.above <= 0 {
				if len(k.bids) == 0 {
					k.add(rank{0, 1, p.low}, 0)
				}
				k.add(rank{1, 0, p.high}, 0)
				break
			}
			if c.trace(i, &k, enough); len(k.bids) <= mostKnots {
				break
			}
		}
		curve := k.curve()
		for _, a := range p.agents {
			eq.Curves[a] = curve
		}
	}
}

// trace adds the knots of party i's types that take part.
func (c *contest) trace(i int, k *knots, tolerance float64) {
	p := &c.parties[i]
	var on *arc
	reply := func(v float64) float64 {
		switch {
		case !(v > 0):
			return math.Log(idle * c.scale)
		case c.arcs != nil:
			return c.within(i, v, guess(c.nodes[i], v), on.lo, on.hi, 1e-12)
		}
		return c.best(i, v, guess(c.nodes[i], v))
	}
	const crowd = 1e-8
	total := c.phantom()
	for j := range c.parties {
		for _, y := range c.nodes[j] {
			total += float64(c.parties[j].n) * y.weight * c.impact(j, y.log)
		}
	}
	// split adds the knots between two types.
	var split func(a, b rank, la, lb float64, depth int)
	split = func(a, b rank, la, lb float64, depth int) {
		if depth > 40 || len(k.bids) > mostKnots || b.value <= a.value {
			return
		}
		worse := math.Max(c.payoff(i, a.value, la)-c.payoff(i, a.value, lb), c.payoff(i, b.value, lb)-c.payoff(i, b.value, la))
		if c.rule.Exponent > 1 { // what a power departs from its chord counts too
			rise := c.grid.chance(c.impact(i, lb), c.p) - c.grid.chance(c.impact(i, la), c.p)
			worse += b.value * rise * math.Min(1, (c.rule.Exponent-1)*(lb-la)/8)
		}
		// What the chord departs from the strategy changes what all face, by this share.
		width := math.Max(b.below-a.below, a.above-b.above)
		bend := c.rule.Exponent * (lb - la)
		share := c.agents() * width * c.impact(i, lb) * bend * bend / 8
		if !(worse > tolerance/2*math.Max(1, a.value/c.scale)) && !(share > crowd*total) { // far up, in expectation
			return
		}
		m := halfway(p.group, a, b)
		if !(m.above < a.above && m.above > b.above || m.below > a.below && m.below < b.below) {
			return
		}
		lm := reply(m.value)
		split(a, m, la, lm, depth+1)
		k.add(m, math.Exp(lm))
		split(m, b, lm, lb, depth+1)
	}
	steps := ladder(p.group, c.entry[i], p.n)
	if c.arcs != nil {
		steps = merged(steps, c.more[i])
	}
	for j := 1; j < len(steps); j++ {
		a, b := steps[j-1], steps[j]
		last := on
		on = c.stretch(i, a)
		if p.rough() && a.above > b.above { // beyond the gap, if there is one
			step := math.Min(5e-13, (a.above-b.above)/4)
			a.value = p.at(a.below+step, a.above-step)
		}
		if j == 1 {
			a.value = math.Max(a.value, c.entry[i].value)
		}
		la := reply(a.value)
		if j == 1 || p.rough() || on != last && c.arcs != nil {
			k.add(a, math.Exp(la))
		}
		if math.IsInf(b.value, 1) { // the last types, of which there are next to none
			k.add(b, k.bids[len(k.bids)-1])
			break
		}
		lb := reply(b.value)
		split(a, b, la, lb, 0)
		k.add(b, math.Exp(lb))
	}
}

// halfway is the rank in the middle, by logarithms in the tails.
func halfway(g *group, a, b rank) rank {
	var r rank
	switch {
	case a.above < 0.5:
		r.above = a.above/2 + b.above/2
		if b.above > 0 && a.above > 2*b.above {
			r.above = math.Sqrt(a.above) * math.Sqrt(b.above)
		}
		r.below = 1 - r.above
	case a.below == 0 && b.below < 1e-6 && g.low == 0: // values fall off to 0
		r.below = b.below / 1e3
		r.above = 1 - r.below
	case a.below > 0 && b.below > 2*a.below:
		r.below = math.Sqrt(a.below) * math.Sqrt(b.below)
		r.above = 1 - r.below
	default:
		r.below = a.below/2 + b.below/2
		r.above = 1 - r.below
	}
	r.value = g.at(r.below, r.above)
	return r
}
