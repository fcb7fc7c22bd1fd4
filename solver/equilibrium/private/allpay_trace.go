package private

import "math"

// tally turns the steps of the last shot into strategies and expectations: of the highest bid's
// distribution function P a group has the share dl_k/dL, so that
//
//	t_k = int P dl_k,   E[v; wins] = int phi_k P dl_k,   E c_k = int b F_k dl_k
//
// by quadrature over the steps. Knots are as close as the tolerance asks for.
type tally struct {
	*paying
	limit            float64 // what a deviation may gain between two knots
	strategies       []knots
	win, worth, cost []float64
	few              []float64 // types that follow from above where their group does not take part
	left             int       // the agent that is left at the lowest bid, alone, or -1
	unsold           float64
	y, dy, other     []float64
}

// finish fills in the equilibrium from the last shot, which ended at L = end.
func (p *paying) finish(s Solver, eq *Equilibrium, top, end float64) {
	k := len(p.groups)
	t := &tally{
		paying: p, limit: 0.6 * s.Tolerance * eq.Highest, strategies: make([]knots, k),
		win: make([]float64, k), worth: make([]float64, k), cost: make([]float64, k), few: make([]float64, k),
		y: make([]float64, k+1), dy: make([]float64, k+1), other: make([]float64, k+1),
	}
	t.bottom(end)
	for j := len(p.steps) - 1; j >= 0; j-- {
		st := &p.steps[j]
		t.place(st, 1, t.y)
		for i := range p.groups {
			if st.part[i] == bids && (len(t.strategies[i].bids) == 0 || j+1 == len(p.steps)) {
				t.add(i)
			}
		}
		t.expect(st)
		t.divide(st)
	}
	eq.Bottom, eq.Top = p.reserve, t.top(top)
	t.settle(eq)
}

// place writes the step's states at a share w of it, with who takes part, and returns L.
func (t *tally) place(st *payment, w float64, y []float64) float64 {
	st.inside(w, y)
	for i := range t.groups {
		y[i] = math.Min(0, y[i])
	}
	copy(t.part, st.part)
	return st.l(w)
}

// bottom begins with who is left at the reserve, alone: those of its types that gain by it bid
// just that.
func (t *tally) bottom(end float64) {
	t.place(&t.steps[len(t.steps)-1], 1, t.y)
	t.left = t.alone(end, t.y)
	if t.reserve <= 0 {
		return
	}
	i := t.left
	if i < 0 {
		t.unsold = math.Exp(end)
		return
	}
	g, chance := t.groups[i], math.Exp(end-t.y[i])
	v := t.reserve / chance
	low := rank{g.CDF(math.Nextafter(v, 0)), g.survival(math.Nextafter(v, 0)), math.Max(v, g.low)}
	here := t.rank(i, t.y[i])
	t.unsold = chance * low.below
	if mass := here.below - low.below; mass > 0 {
		t.strategies[i].out(g, low)
		t.strategies[i].add(low, t.reserve)
		t.win[i], t.cost[i] = chance*mass, t.reserve*mass
		t.worth[i] = chance * valued(g, low, here)
	}
}

// add puts a knot of group i at the states y.
func (t *tally) add(i int) {
	g, r, k := t.groups[i], t.rank(i, t.y[i]), &t.strategies[i]
	t.few[i] = r.above
	bid := math.Max(t.y[len(t.groups)], t.reserve)
	if len(k.bids) == 0 {
		if i == t.left && t.reserve == 0 { // just above those who bid nothing
			bid = math.Max(bid, 1e-18*t.scale)
			k.add(rank{0, 1, g.low}, bid)
		} else {
			k.out(g, r)
		}
	}
	k.add(r, bid)
}

// follow puts knots of groups that do not take part yet, whose few types above the others' bid
// with them.
func (t *tally) follow(l float64) {
	bid := t.y[len(t.groups)]
	for i, g := range t.groups {
		if t.part[i] != waits || g.high < math.Inf(1) || !t.slope(l, t.y, t.dy) {
			continue
		}
		v := t.dy[len(t.groups)] / math.Exp(l) // 1/(P T)
		q := g.survival(v)
		k := &t.strategies[i]
		if n := len(k.ranks); n > 0 && q > k.ranks[n-1].above {
			continue
		}
		if t.few[i] > q {
			t.win[i] += math.Exp(l) * (t.few[i] - q)
			t.worth[i] += math.Exp(l) * (t.few[i] - q) * v
			t.cost[i] += bid * (t.few[i] - q)
		}
		if t.few[i] = q; q > 1e-280 {
			k.add(rank{1 - q, q, v}, bid)
		}
	}
}

// expect adds a step to the expectations.
func (t *tally) expect(st *payment) {
	for _, x := range gauss5 {
		l := t.place(st, 0.5+x[0]/2, t.y)
		if !t.slope(l, t.y, t.dy) {
			continue
		}
		f := x[1] / 2 * math.Abs(st.width)
		if st.inLog {
			f *= -l
		}
		for i := range t.groups {
			if st.part[i] == bids {
				t.win[i] += f * math.Exp(l) * t.dy[i]
				t.worth[i] += f * math.Exp(l) * t.dy[i] * t.phi[i]
				t.cost[i] += f * t.y[len(t.groups)] * math.Exp(t.y[i]) * t.dy[i]
			}
		}
	}
}

// gain is about what a type gains at most by another's bid between two knots at shares w0 and w1
// of a step.
func (t *tally) gain(st *payment, w0, w1 float64) float64 {
	a, b := t.place(st, w0, t.y), t.place(st, w1, t.other)
	worst := 0.0
	for i := range t.groups {
		if st.part[i] == bids {
			high, low := math.Exp(a-t.y[i]), math.Exp(b-t.other[i])
			v, u := t.value(i, t.y[i]), t.value(i, t.other[i])
			bend := math.Log(high / low) // H is no line between knots
			worst = math.Max(worst, math.Max((high-low)*(v-u), math.Min(high-low, high*bend*bend/8)*v))
		}
	}
	return worst
}

// parts is into how many parts a stretch is divided whose gain is above the limit.
func (t *tally) parts(gain, most float64) int {
	if !(gain > t.limit) {
		return 1
	}
	return int(math.Min(most, math.Ceil(math.Sqrt(gain/t.limit))))
}

// divide puts the knots of a step, from its lower end up.
func (t *tally) divide(st *payment) {
	parts := t.parts(t.gain(st, 0, 1), 4096)
	for m := parts; m > 0; m-- {
		w1, w0 := float64(m)/float64(parts), float64(m-1)/float64(parts)
		finer := t.parts(t.gain(st, w0, w1), 64)
		for f := 1; f <= finer; f++ {
			l := t.place(st, w1+(w0-w1)*float64(f)/float64(finer), t.y)
			t.follow(l)
			for i := range t.groups {
				if st.part[i] == bids {
					t.add(i)
				}
			}
		}
	}
}

// top ends the strategies and returns the top bid: top where the shot began, and what the
// types above that add.
func (t *tally) top(top float64) float64 {
	first := &t.steps[0]
	t.place(first, 0, t.y)
	if t.inLog && t.slope(first.l(0), t.y, t.dy) {
		top -= first.l(0) * t.dy[len(t.groups)]
	}
	for i, g := range t.groups {
		endless := g.high == math.Inf(1)
		if q := -math.Expm1(t.y[i]); first.part[i] == bids && q > 0 {
			t.win[i] += q
			t.cost[i] += q * top
			if endless && g.tail != nil {
				t.worth[i] += g.tail(g.upper(q))
			} else {
				t.worth[i] += q * t.value(i, t.y[i])
			}
		}
		k := &t.strategies[i]
		switch n := len(k.bids); {
		case n == 0:
			k.add(rank{0, 1, g.low}, 0)
			k.add(rank{1, 0, g.high}, 0)
		case k.ranks[n-1].above > 0:
			bid := k.bids[n-1]
			if endless {
				bid = top
			}
			k.add(rank{1, 0, g.high}, bid)
		}
	}
	return top
}

// settle fills in strategies and expectations.
func (t *tally) settle(eq *Equilibrium) {
	eq.Account = newAccount(len(eq.Curves))
	acc := &eq.Account
	sold := 0.0
	for i, g := range t.groups {
		sold += float64(g.n) * t.win[i]
	}
	share := (1 - t.unsold) / sold // of the stretch below the last step
	for i, g := range t.groups {
		curve := t.strategies[i].curve()
		for _, a := range g.agents {
			eq.Curves[a] = curve
			acc.Values[a], acc.Win[a], acc.Cost[a] = g.Mean(), t.win[i]*share, t.cost[i]
			acc.Payoff[a] = t.worth[i] - t.cost[i]
			acc.Welfare += t.worth[i]
		}
	}
	if math.Abs(1-t.unsold-sold) > 1e-6 {
		eq.Reason = "the integration lost a part of the types"
	}
	acc.Unsold = clean(t.unsold)
}

// alone is the one single agent that still takes part, or -1.
func (p *paying) alone(l float64, y []float64) int {
	best, most := -1, 1e-12*p.scale
	for i, g := range p.groups {
		if u := p.payoff(i, l, y); p.part[i] == bids && g.n == 1 && u > most {
			best, most = i, u
		}
	}
	return best
}

// rank is the place of the type of group k whose l is given.
func (p *paying) rank(k int, l float64) rank {
	r := rank{below: math.Exp(l), above: -math.Expm1(l)}
	if r.above < 0.5 {
		r.below = 1 - r.above
	}
	if r.above <= 0 {
		return rank{1, 0, p.groups[k].high}
	}
	r.value = p.groups[k].at(r.below, r.above)
	return r
}

// valued is int v dF between two ranks.
func valued(g *group, a, b rank) float64 {
	ends := panels([]*group{g}, a.value)
	for i, v := range ends {
		if v >= b.value {
			ends = ends[:i]
			break
		}
	}
	return b.value*b.below - a.value*a.below - over(g.CDF, append(ends, b.value))
}
