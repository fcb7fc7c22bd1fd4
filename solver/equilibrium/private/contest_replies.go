package private

import (
	"math"
	"slices"
)

// replies solves the conditions by best replies to transforms: where rho <= 1 a type's best
// signal against given transforms is one root, found to rounding, and the transforms of
// these signals are mixed with the given ones until they agree (see anderson). The
// transforms are linear in the strategies' distributions, so that mixing them is what
// agents do who sometimes reply; and they do not feel the types that signal next to
// nothing. It reports whether they agree to the accuracy.
func (c *contest) replies(accuracy float64) bool { return c.rounds(accuracy, 1) }

// rounds is replies with each round's step damped by a further factor. Where replies may leap it
// ends with what was faced when least was missed.
func (c *contest) rounds(accuracy, calm float64) bool {
	n := len(c.grid.u)
	size := 0
	const many = 8
	if !c.begun && c.agents() > many {
		c.mean()
	}
	c.begun = true
	for i := range c.parties {
		if c.arcs == nil {
			c.transform(i)
		}
		size += 2*n + 1
	}
	x, f := make([]float64, size), make([]float64, size)
	// The transform of a party's sum, and what it loses by one part more of u.
	read := func(to []float64) {
		k := 0
		for i := range c.parties {
			m := c.parties[i].n
			for j, u := range c.grid.u {
				one := math.Min(1, c.one[i][j])
				to[k], to[k+n] = 0, 0
				if g := power(one, m); g > 1e-200 {
					to[k], to[k+n] = g, u*float64(m)*c.slope[i][j]/one*g
				}
				k++
			}
			to[k+n] = c.outs[i]
			k += n + 1
		}
	}
	mix := newAnderson(size, 8)
	var best faced
	least := math.Inf(1)
	if c.arcs != nil {
		defer func() { c.face(best) }()
	}
	damp := calm * math.Min(1, 2/math.Max(2, c.agents()))
	worst := 1e-2
	const rounds, exact = 150, 1e-12
	for range rounds {
		read(x)
		var now faced
		if c.arcs != nil {
			now = c.faces()
		}
		near := math.Max(exact, 1e-3*worst) // no nearer than the transforms are
		for i := range c.parties {
			if c.arcs != nil {
				c.leap(i, c.rivals(i), near)
				continue
			}
			c.rivals(i)
			for j := range c.nodes[i] {
				y := &c.nodes[i][j]
				y.log = c.root(i, y.value, y.log, near)
			}
		}
		for i := range c.parties {
			c.transform(i)
		}
		read(f)
		worst = 0
		for k := range f {
			f[k] -= x[k]
			worst = math.Max(worst, math.Abs(f[k]))
		}
		if worst < least {
			least = worst
			best = now
		}
		if worst < accuracy && near < 1e-8 {
			return true
		}
		next := mix.next(x, f, damp)
		k := 0
		for i := range c.parties {
			m := float64(c.parties[i].n)
			for j, u := range c.grid.u {
				g, h := next[k], next[k+n]
				if !(g >= 0 && g <= 1 && h >= 0) {
					g, h = x[k]+damp*f[k], x[k+n]+damp*f[k+n]
				}
				c.one[i][j], c.slope[i][j] = 0, 0
				if g > 0 {
					one := math.Pow(g, 1/m)
					c.one[i][j], c.slope[i][j] = one, h/(u*m*g)*one
				}
				k++
			}
			if c.outs[i] = next[k+n]; !(c.outs[i] >= 0 && c.outs[i] <= 1) {
				c.outs[i] = x[k+n] + damp*f[k+n]
			}
			k += n + 1
		}
	}
	return false
}

// refine asks for more nodes where ln a bends much between two ranks, as it does next to
// the types for whom it hardly pays to signal. It reports whether there are such ranks.
func (c *contest) refine() bool {
	const much, parts, least, rough = 0.2, 4, 1e-6, 1e-4
	found := false
	for i := range c.parties {
		p := &c.parties[i]
		if p.point() || p.rough() || len(c.nodes[i]) == 0 {
			continue
		}
		c.rivals(i)
		var on *arc
		signal := func(r rank) float64 {
			if !(r.value > 0 && r.value <= math.MaxFloat64) {
				return math.Log(idle * c.scale)
			}
			return c.within(i, r.value, math.Log(r.value)-3, on.lo, on.hi, rough)
		}
		var more []rank
		steps := merged(ladder(p.group, c.entry[i], p.n), c.more[i])
		for k := 1; k < len(steps); k++ {
			a, b := steps[k-1], steps[k]
			on = c.stretch(i, a)
			before, now := signal(a), signal(b)
			if math.Exp(now) > least*c.scale && b.value <= p.upper(1e-6) && math.Abs(signal(halfway(p.group, a, b))-(before+now)/2) > much {
				for j := 1; j < parts; j++ {
					w := float64(j) / parts
					r := rank{a.below + w*(b.below-a.below), a.above + w*(b.above-a.above), 0}
					r.value = p.at(r.below, r.above)
					more = append(more, r)
				}
			}
		}
		if len(more) > 0 {
			found = true
			c.bends[i] = append(c.bends[i], more...)
			c.more[i] = append(c.more[i], more...)
			c.place(i)
		}
	}
	return found
}

// merged puts more ranks among those of a ladder.
func merged(steps, more []rank) []rank {
	if len(more) == 0 {
		return steps
	}
	all := append(append(make([]rank, 0, len(steps)+len(more)), steps...), more...)
	slices.SortFunc(all, func(a, b rank) int {
		switch {
		case a.above > b.above || a.above == b.above && a.below < b.below:
			return -1
		case a.above < b.above || a.below > b.below:
			return 1
		}
		return 0
	})
	return all
}

// mean starts the signals from replies to a sum of impacts that does not vary: the one that
// they bring about.
func (c *contest) mean() {
	const rough = 1e-3
	lo, hi := math.Log(c.impact(0, math.Log(idle*c.scale))), math.Log(1/c.grid.u[0])
	n := c.agents()
	for hi-lo > 1e-2 {
		mid := lo + (hi-lo)/2
		rest := math.Exp(mid)*(n-1)/n + c.phantom()
		for k, u := range c.grid.u {
			c.p[k] = math.Exp(-u * rest)
			c.q[k] = rest * c.p[k]
		}
		sum := 0.0
		for i := range c.parties {
			for j := range c.nodes[i] {
				y := &c.nodes[i][j]
				y.log = c.root(i, y.value, y.log, rough)
				sum += float64(c.parties[i].n) * y.weight * c.impact(i, y.log)
			}
		}
		if sum > math.Exp(mid) {
			lo = mid
		} else {
			hi = mid
		}
	}
}

// root is ln a of the best reply of a type where rho <= 1, from a start: the condition falls in
// ln a. Newton's method, in a where that is more, within a bracket, until it moves less than near.
func (c *contest) root(i int, v, l, near float64) float64 {
	return c.within(i, v, l, math.Inf(-1), math.Inf(1), near)
}

// within is root among the signals from lo to hi, where the condition falls.
func (c *contest) within(i int, v, l, lo, hi, near float64) float64 {
	lo, hi = math.Max(lo, math.Log(idle*c.scale)), math.Min(hi, math.Log(v))
	if hi <= lo {
		return lo
	}
	least := true                                                                    // lo has not been tried
	if l = math.Max(lo, math.Min(hi, l)); c.rule.WinnerPays && l > math.Log(v)-0.1 { // Newton's steps are small next to v
		l = math.Max(lo, math.Log(v/2))
	}
	for range 100 {
		f, df := c.condition(i, v, l)
		if !(f > 0) { // also where the rivals leave nothing to win by signalling more
			hi = l
			if least && l == lo {
				return lo
			}
		} else {
			lo, least = l, false
		}
		step := -f / df
		if step > 0 {
			step = math.Log1p(step)
		}
		next := l + step
		if math.IsNaN(next) || next <= lo || next >= hi {
			switch {
			case least && hi-lo > 3:
				next = hi - 3
			case least:
				next = lo
			default:
				next = lo + (hi-lo)/2
			}
		}
		if math.Abs(next-l) <= near || !(hi > lo) {
			return next
		}
		l = next
	}
	return l
}
