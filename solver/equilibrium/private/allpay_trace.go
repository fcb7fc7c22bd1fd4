package private

import "math"

// finish turns the steps of the last shot, which ended at L = end, into strategies and
// expectations: of the highest bid's distribution function P a group has the share dl_k/dL, so
//
//	t_k = int P dl_k,   E[v; wins] = int phi_k P dl_k,   E c_k = int b F_k dl_k
//
// by quadrature over the steps.
func (p *paying) finish(s Solver, eq *Equilibrium, top, end float64) {
	k := len(p.groups)
	y, dy, other := make([]float64, k+1), make([]float64, k+1), make([]float64, k+1)
	win, worth, cost := make([]float64, k), make([]float64, k), make([]float64, k)
	build := make([]knots, k)
	place := func(st *payment, w float64, y []float64) float64 {
		st.inside(w, y)
		for i := range y[:k] {
			y[i] = math.Min(0, y[i])
		}
		copy(p.part, st.part)
		return st.l(w)
	}
	last := &p.steps[len(p.steps)-1]
	place(last, 1, y)
	// Who is left at the reserve, alone: those of its types that gain by it bid just that.
	left, unsold := p.left(end, y), 0.0
	for i, g := range p.groups {
		if i == left && p.reserve > 0 {
			chance := math.Exp(end - y[i])
			v := p.reserve / chance
			low := rank{g.CDF(math.Nextafter(v, 0)), g.survival(math.Nextafter(v, 0)), math.Max(v, g.low)}
			here := p.rank(i, y[i])
			unsold = chance * low.below
			if mass := here.below - low.below; mass > 0 {
				build[i].out(g, low)
				build[i].add(low, p.reserve)
				win[i], cost[i] = chance*mass, p.reserve*mass
				worth[i] = chance * valued(g, low, here)
			}
		}
	}
	if left < 0 && p.reserve > 0 {
		unsold = math.Exp(end)
	}
	limit := 0.6 * s.Tolerance * eq.Highest
	few := make([]float64, k) // types that follow from above where their group does not take part
	follow := func(l float64, y []float64) {
		for i, g := range p.groups {
			if p.part[i] != waits || g.high < math.Inf(1) || !p.slope(l, y, dy) {
				continue
			}
			v := dy[k] / math.Exp(l) // 1/(P T)
			q := g.survival(v)
			if n := len(build[i].ranks); n > 0 && q > build[i].ranks[n-1].above {
				continue
			}
			if few[i] > q {
				win[i] += math.Exp(l) * (few[i] - q)
				worth[i] += math.Exp(l) * (few[i] - q) * v
				cost[i] += y[k] * (few[i] - q)
			}
			if few[i] = q; q > 1e-280 {
				build[i].add(rank{1 - q, q, v}, y[k])
			}
		}
	}
	add := func(i int, y []float64) {
		g, r := p.groups[i], p.rank(i, y[i])
		few[i] = r.above
		bid := math.Max(y[k], p.reserve)
		if len(build[i].bids) == 0 {
			if i == left && p.reserve == 0 { // just above those who bid nothing
				bid = math.Max(bid, 1e-18*p.scale)
				build[i].add(rank{0, 1, g.low}, bid)
			} else {
				build[i].out(g, r)
			}
		}
		build[i].add(r, bid)
	}
	for j := len(p.steps) - 1; j >= 0; j-- {
		st := &p.steps[j]
		place(st, 1, y)
		for i := range p.groups {
			if st.part[i] == bids && (len(build[i].bids) == 0 || j+1 == len(p.steps)) {
				add(i, y)
			}
		}
		for _, x := range gauss5 {
			w := 0.5 + x[0]/2
			l := place(st, w, y)
			if !p.slope(l, y, dy) {
				continue
			}
			f := x[1] / 2 * math.Abs(st.width)
			if st.inLog {
				f *= -l
			}
			for i := range p.groups {
				if st.part[i] == bids {
					win[i] += f * math.Exp(l) * dy[i]
					worth[i] += f * math.Exp(l) * dy[i] * p.phi[i]
					cost[i] += f * y[k] * math.Exp(y[i]) * dy[i]
				}
			}
		}
		gain := func(w0, w1 float64) float64 {
			a, b := place(st, w0, y), place(st, w1, other)
			worst := 0.0
			for i := range p.groups {
				if st.part[i] == bids {
					high, low := math.Exp(a-y[i]), math.Exp(b-other[i])
					v, u := p.value(i, y[i]), p.value(i, other[i])
					bend := math.Log(high / low) // H is no line between knots
					worst = math.Max(worst, math.Max((high-low)*(v-u), math.Min(high-low, high*bend*bend/8)*v))
				}
			}
			return worst
		}
		parts := 1
		if g := gain(0, 1); g > limit {
			parts = int(math.Min(4096, math.Ceil(math.Sqrt(g/limit))))
		}
		for m := parts; m > 0; m-- {
			w1, w0 := float64(m)/float64(parts), float64(m-1)/float64(parts)
			finer := 1
			if g := gain(w0, w1); g > limit {
				finer = int(math.Min(64, math.Ceil(math.Sqrt(g/limit))))
			}
			for f := 1; f <= finer; f++ {
				l := place(st, w1+(w0-w1)*float64(f)/float64(finer), y)
				follow(l, y)
				for i := range p.groups {
					if st.part[i] == bids {
						add(i, y)
					}
				}
			}
		}
	}
	// The top.
	place(&p.steps[0], 0, y)
	eq.Top = top
	if p.inLog && p.slope(p.steps[0].l(0), y, dy) {
		eq.Top -= p.steps[0].l(0) * dy[k]
	}
	acc := &eq.Account
	agents := len(eq.Curves)
	acc.Values, acc.Win = make([]float64, agents), make([]float64, agents)
	acc.Cost, acc.Payoff = make([]float64, agents), make([]float64, agents)
	sold := 0.0
	for i, g := range p.groups {
		if q := -math.Expm1(y[i]); p.steps[0].part[i] == bids && q > 0 {
			win[i] += q
			cost[i] += q * eq.Top
			if g.high == math.Inf(1) && g.tail != nil {
				worth[i] += g.tail(g.upper(q))
			} else {
				worth[i] += q * p.value(i, y[i])
			}
		}
		b := &build[i]
		switch n := len(b.bids); {
		case n == 0:
			b.add(rank{0, 1, g.low}, 0)
			b.add(rank{1, 0, g.high}, 0)
		case b.ranks[n-1].above > 0:
			bid := b.bids[n-1]
			if g.high == math.Inf(1) {
				bid = eq.Top
			}
			b.add(rank{1, 0, g.high}, bid)
		}
		sold += float64(g.n) * win[i]
	}
	for i, g := range p.groups {
		curve := build[i].curve()
		share := (1 - unsold) / sold // of the stretch below the last step
		for _, a := range g.agents {
			eq.Curves[a] = curve
			acc.Values[a], acc.Win[a], acc.Cost[a] = g.Mean(), win[i]*share, cost[i]
			acc.Payoff[a] = worth[i] - cost[i]
			acc.Welfare += worth[i]
		}
	}
	if math.Abs(1-unsold-sold) > 1e-6 {
		eq.Reason = "the integration lost a part of the types"
	}
	acc.Unsold = clean(unsold)
	eq.Bottom = p.reserve
}

// left is the one single agent that still takes part, or -1.
func (p *paying) left(l float64, y []float64) int {
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
