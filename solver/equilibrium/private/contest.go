package private

import (
	"fmt"
	"math"

	"allot/mechanisms"
	"allot/solver/equilibrium"
)

// A contest's agents signal a(v), which maximises
//
//	everyone pays:  v W(x) - a - fee        x = w a^rho, W(x) = E[x/(x+S)]
//	winner pays:    (v - a) W(x) - fee      S: the others' impacts and the phantom's
//
// and stand back (a = 0) where that brings less than v times the chance to be given the
// right because nobody signals. The conditions v W' x' = 1, or (v-a) W' x' = W, are
// solved at all quadrature nodes of all distributions at once (Nystrom's method, Atkinson
// 1997): chances come from transforms (see lattice). For rho <= 1 best replies to transforms
// make new transforms (see replies), otherwise one Newton step in ln a per node and
// round; both are accelerated by Anderson's method (Walker, Ni 2011). The strategy
// between nodes is the best reply against the nodes. Where rho > 1 or there is a fee best replies
// leap (see contest_leaps.go); with atoms the types that a fee keeps out are found by bisection
// on the rank of the lowest that enters, for each party in turn.
//
// Private-information contests: Hurley, Shogren 1998; Fey 2008; Wasser 2013 (existence
// for rho <= 1); Ewerhart 2014 (uniqueness). For rho > 1 a monotone pure equilibrium need
// not exist; what is found then is for the certificate to judge. Domain: every
// distribution with a mean, any number of agents, weights, fee and phantom. A test asserts
// that known values give the complete-information contest, and that two types give the
// roots of their two conditions.
type contest struct {
	rule    mechanisms.Ratio
	parties []party
	entry   []rank
	nodes   [][]node
	grid    *lattice
	// For every party: transforms of one agent's impact at the lattice (p, and q its
	// derivative with the sign turned), and of the sum of the rivals'.
	one, slope [][]float64
	p, q       []float64
	scale      float64 // the highest value that counts
	begun      bool    // the nodes have signals to start from
	// Where the nodes must be closer, for every party: where signals bend, and where they leap too.
	bends, more [][]rank
	outs        []float64 // the chance that an agent of each party stands back
	// The arcs of every party's best replies, nil where there is one (see contest_leaps.go).
	arcs  [][]arc
	spare []arc
	tries []tried
	edges []int
}

// node is a type: its value, weight (probability) and ln a.
type node struct{ value, weight, log float64 }

// idle is how far below the highest value the least signal lies: who would signal less
// signals that.
const idle = 1e-12

func (s Solver) contest(rule mechanisms.Ratio, values []mechanisms.Distribution) *Equilibrium {
	groups := grouped(values)
	eq := &Equilibrium{Curves: make([]mechanisms.BidCurve, len(values)), Highest: highest(groups, 0)}
	eq.Method = "first-order conditions at quadrature nodes, chances by transforms (Wasser 2013; Walker, Ni 2011)"
	none := func(format string, args ...any) *Equilibrium {
		return &Equilibrium{Status: equilibrium.NotFound, Method: eq.Method, Reason: fmt.Sprintf(format, args...), Highest: eq.Highest}
	}
	c := &contest{rule: rule, parties: parties(values, rule.Weights)}
	c.entry = make([]rank, len(c.parties))
	c.nodes = make([][]node, len(c.parties))
	c.more, c.bends = make([][]rank, len(c.parties)), make([][]rank, len(c.parties))
	c.outs = make([]float64, len(c.parties))
	top := 0.0
	for i := range c.parties {
		p := &c.parties[i]
		c.entry[i] = from(p.group, math.SmallestNonzeroFloat64)
		top = math.Max(top, math.Min(p.high, p.upper(1e-6/float64(p.n))))
	}
	c.scale = top
	if top == 0 || len(values) == 1 && rule.Phantom == 0 {
		c.still(eq)
		return eq
	}
	if low := math.Log(idle*top) * rule.Exponent; math.Abs(low) > 600 || rule.Exponent > 20 {
		return none("an exponent of %g is out of this method's reach", rule.Exponent)
	}
	if reason := c.enter(s.Tolerance * eq.Highest); reason != "" {
		return none("%s", reason)
	}
	eq.Status = equilibrium.Converged
	if rule.Exponent > 1 || c.arcs != nil {
		switch gain := c.gain(); {
		case gain > stray*eq.Highest:
			return none("some types would rather signal otherwise: with an exponent above 1 there may be no equilibrium in which everyone plays one signal")
		case gain > s.Tolerance*eq.Highest:
			eq.Status = equilibrium.IterationLimit
		}
	}
	if c.arcs != nil {
		eq.Method = "best replies on the convex hull of chances and costs, chances by transforms (Wasser 2013), by Newton's method"
	}
	c.expect(eq)
	c.strategies(eq, s.Tolerance*eq.Highest)
	if reason := unsound(eq); reason != "" {
		return none("%s", reason)
	}
	switch {
	case eq.Status != equilibrium.Converged:
		eq.Selection = "some types gain by another signal"
	case rule.Exponent > 1:
		eq.Selection = "a monotone pure equilibrium; others may exist"
	case rule.Fee > 0:
		eq.Selection = "equal agents play alike; others may exist"
	}
	_, eq.Top = bidRange(eq.Curves, 0)
	for i := range c.parties {
		if e := c.entry[i]; e.above > 0 {
			b := eq.Curves[c.parties[i].agents[0]].Bids
			for _, x := range b {
				if x > 0 && (eq.Bottom == 0 || x < eq.Bottom) {
					eq.Bottom = x
				}
			}
		}
	}
	return eq
}

// still is the contest in which nobody signals: no agent has a value above 0, or there is
// one only.
func (c *contest) still(eq *Equilibrium) {
	n := len(eq.Curves)
	for i := range eq.Curves {
		for j := range c.parties {
			p := &c.parties[j]
			for _, a := range p.agents {
				if a != i {
					continue
				}
				var k knots
				k.add(rank{0, 1, p.low}, 0)
				k.add(rank{1, 0, p.high}, 0)
				eq.Curves[i] = k.curve()
				share := 1 / float64(n)
				if c.rule.Phantom > 0 {
					share = 0
				}
				eq.Account.Values = append(eq.Account.Values, p.Mean())
				eq.Account.Win = append(eq.Account.Win, share)
				eq.Account.Cost = append(eq.Account.Cost, 0)
				eq.Account.Payoff = append(eq.Account.Payoff, share*p.Mean())
				eq.Account.Welfare += share * p.Mean()
			}
		}
	}
	if c.rule.Phantom > 0 {
		eq.Account.Unsold = 1
	}
	eq.Selection = "nobody signals"
	eq.Status = equilibrium.Converged
}

// place makes the nodes of party i for the types that take part, by Gauss-Legendre
// quadrature in ranks, or in their logarithms in the tails. Signals carry over from last,
// where there was one.
func (c *contest) place(i int) {
	p := &c.parties[i]
	last := c.nodes[i]
	out := make([]node, 0, len(last))
	start := func(v float64) float64 {
		if len(last) == 0 { // equal agents of equal and known values
			n := c.agents()
			return math.Log(v * math.Max(idle, math.Min(1, c.rule.Exponent)*(n-1)/(n*n)))
		}
		return guess(last, v)
	}
	add := func(weight, v float64) {
		if weight > 0 && v > 0 && v <= math.MaxFloat64 {
			out = append(out, node{v, weight, start(v)})
		}
	}
	steps := merged(ladder(p.group, c.entry[i], p.n), c.more[i])
	if p.point() {
		add(c.entry[i].above, p.low)
		c.nodes[i] = out
		return
	}
	for k := 1; k < len(steps) && c.entry[i].above > 0; k++ {
		a, b := steps[k-1], steps[k]
		width := b.below - a.below
		if a.above < 0.5 {
			width = a.above - b.above
		}
		if !(width > 0) {
			continue
		}
		if p.rough() { // an atom?
			mid := p.at(a.below+width/2, a.above-width/2)
			if low, high := p.at(a.below+width*0.01, a.above-width*0.01), p.at(b.below-width*0.01, b.above+width*0.01); low == mid && mid == high {
				add(width, mid)
				continue
			}
		}
		for _, g := range gauss4 {
			for _, t := range [2]float64{-g[0], g[0]} {
				switch {
				case a.above < 0.5 && b.above > 0 && a.above > 1.5*b.above:
					h := math.Log(a.above/b.above) / 2
					q := b.above * math.Exp(h*(1-t))
					add(h*g[1]*q, p.upper(q))
				case a.above < 0.5:
					h := (a.above - b.above) / 2
					add(h*g[1], p.upper(b.above+h*(1-t)))
				case a.below > 0 && b.below > 1.5*a.below:
					h := math.Log(b.below/a.below) / 2
					q := a.below * math.Exp(h*(1+t))
					add(h*g[1]*q, p.Quantile(q))
				default:
					h := (b.below - a.below) / 2
					add(h*g[1], p.Quantile(a.below+h*(1+t)))
				}
			}
		}
	}
	c.nodes[i] = out
}

// guess is ln a of a value, from nodes in ascending order.
func guess(nodes []node, v float64) float64 {
	lo, hi := 0, len(nodes)-1
	if v <= nodes[0].value {
		return nodes[0].log
	}
	if v >= nodes[hi].value {
		return nodes[hi].log
	}
	for hi-lo > 1 {
		if mid := (lo + hi) / 2; nodes[mid].value <= v {
			lo = mid
		} else {
			hi = mid
		}
	}
	a, b := nodes[lo], nodes[hi]
	w := 0.0
	if b.value > a.value {
		w = (v - a.value) / (b.value - a.value)
	}
	return a.log + w*(b.log-a.log)
}

// impact is x for a signal of ln a = l.
func (c *contest) impact(i int, l float64) float64 {
	return c.parties[i].weight * math.Exp(c.rule.Exponent*l)
}

// phantom is the protocol's own impact.
func (c *contest) phantom() float64 {
	if c.rule.Phantom == 0 {
		return 0
	}
	return math.Pow(c.rule.Phantom, c.rule.Exponent)
}

// span makes a lattice for all impacts that can occur.
func (c *contest) span() {
	least, most := math.Inf(1), c.phantom()
	for i := range c.parties {
		p := &c.parties[i]
		least = math.Min(least, c.impact(i, math.Log(idle*c.scale)))
		most += float64(p.n) * c.impact(i, math.Log(math.Max(c.scale, c.worth(i))))
	}
	c.grid = newLattice(least, most)
	n := len(c.grid.u)
	c.p, c.q = make([]float64, n), make([]float64, n)
	c.one, c.slope = make([][]float64, len(c.parties)), make([][]float64, len(c.parties))
	for i := range c.parties {
		c.one[i], c.slope[i] = make([]float64, n), make([]float64, n)
	}
}

// worth is the highest value of a node.
func (c *contest) worth(i int) float64 {
	if n := len(c.nodes[i]); n > 0 {
		return c.nodes[i][n-1].value
	}
	return 0
}

// transform computes the transforms of one agent of party i.
func (c *contest) transform(i int) {
	one, slope := c.one[i], c.slope[i]
	total := 0.0
	for _, x := range c.nodes[i] {
		total += x.weight
	}
	rest := math.Max(0, 1-total)
	c.outs[i] = math.Max(0, 1-c.entry[i].above)
	for k := range one {
		one[k], slope[k] = rest, 0
	}
	for _, x := range c.nodes[i] {
		s := c.impact(i, x.log)
		for k, u := range c.grid.u {
			z := s * u
			if z > 700 {
				break
			}
			e := x.weight * math.Exp(-z)
			one[k] += e
			slope[k] += e * s
		}
	}
}

// rivals fills in the transforms of what party i's agents face, and returns the chance
// that nobody else signals.
func (c *contest) rivals(i int) (nobody float64) {
	r := c.phantom()
	for k, u := range c.grid.u {
		p, sum := math.Exp(-r*u), r
		for j := range c.parties {
			m := c.parties[j].n
			if j == i {
				m--
			}
			if m == 0 {
				continue
			}
			one := math.Min(1, c.one[j][k])
			p *= power(one, m)
			if one > 0 {
				sum += float64(m) * c.slope[j][k] / one
			}
		}
		c.p[k], c.q[k] = p, p*sum
	}
	return c.nobody(i)
}

// nobody is the chance that nobody but an agent of party i signals, the protocol included.
func (c *contest) nobody(i int) float64 {
	if c.rule.Phantom > 0 {
		return 0
	}
	nobody := 1.0
	for j := range c.parties {
		m := c.parties[j].n
		if j == i {
			m--
		}
		nobody *= power(c.outs[j], m)
	}
	return nobody
}

// payoff is what a type of value v gets from ln a = l, the fee not taken off.
func (c *contest) payoff(i int, v, l float64) float64 {
	w := c.grid.chance(c.impact(i, l), c.p)
	if c.rule.WinnerPays {
		return (v - math.Exp(l)) * w
	}
	return v*w - math.Exp(l)
}

// condition is the first-order condition of a type in logarithms, and its slope in ln a
// with the others' signals given.
func (c *contest) condition(i int, v, l float64) (f, df float64) {
	x := c.impact(i, l)
	w, d1, d2 := c.grid.slopes(x, c.p, c.q)
	rho := c.rule.Exponent
	if c.rule.WinnerPays { // ln (v-a) + ln(rho x W'/W) - ln a
		a := math.Exp(l)
		return math.Log((v-a)/a) + math.Log(rho*x*d1/w), -a/(v-a) - 1 + rho*(1+x*d2/d1-x*d1/w)
	}
	return math.Log(v*rho) + math.Log(x*d1) - l, rho*(1+x*d2/d1) - 1
}

// newton is the step in ln a towards the first-order condition of a type, within limits.
func (c *contest) newton(i int, v, l float64) float64 {
	down := math.Max(math.Log(idle*c.scale)-l, -2)
	if c.rule.WinnerPays && math.Exp(l) >= v {
		return math.Max(math.Log(v/2)-l, -2)
	}
	f, df := c.condition(i, v, l)
	if math.IsNaN(f) || math.IsInf(f, 0) { // the rivals leave nothing to win by signalling more
		return down
	}
	if !(df < -1e-3) {
		df = -1e-3
		if c.rule.Exponent > 1 {
			df = -1
		}
	}
	return math.Max(down, math.Min(2, -f/df))
}

// solve finds the signals of all nodes at the present entries.
func (c *contest) solve(tolerance float64) bool {
	total := 0
	for i := range c.parties {
		total += len(c.nodes[i])
	}
	if total == 0 {
		return true
	}
	c.span()
	if c.rule.Exponent <= 1 && c.replies(tolerance) {
		return true
	}
	floor := math.Log(idle * c.scale)
	x, f := make([]float64, total), make([]float64, total)
	agents := 0
	for i := range c.parties {
		if len(c.nodes[i]) > 0 {
			agents += c.parties[i].n
		}
	}
	mix := newAnderson(total, 6)
	// Everyone's reply to everyone's reply overshoots by n/2.
	damp := math.Min(1, 2/math.Max(2, float64(agents)))
	best, stale, last := math.Inf(1), 0, math.Inf(1)
	for range 300 {
		k := 0
		for i := range c.parties {
			c.transform(i)
		}
		worst, sum := 0.0, 0.0
		for i := range c.parties {
			if len(c.nodes[i]) == 0 {
				continue
			}
			c.rivals(i)
			for _, y := range c.nodes[i] {
				x[k], f[k] = y.log, c.newton(i, y.value, y.log)
				worst = math.Max(worst, math.Abs(f[k])*math.Min(1, 1e3*math.Exp(y.log)/c.scale))
				sum += math.Abs(f[k])
				k++
			}
		}
		last = worst
		if worst < tolerance {
			return true
		}
		if sum < 0.9*best {
			best, stale = sum, 0
		} else if stale++; stale > 25 {
			damp, stale = damp*0.6, 0
			best = sum
			mix.reset()
			if damp < 1e-3/float64(agents) {
				break
			}
		}
		next := mix.next(x, f, damp)
		k = 0
		for i := range c.parties {
			for j := range c.nodes[i] {
				y := &c.nodes[i][j]
				move := next[k] - y.log
				if !(math.Abs(move) <= 3) {
					move = damp * f[k]
				}
				y.log = math.Min(math.Max(floor, y.log+move), math.Max(floor, math.Log(y.value)))
				k++
			}
		}
	}
	return last < 1e-6 || c.together(tolerance) // payoffs depend on the residuals' squares
}
