package private

import (
	"math"
	"slices"

	"allot/mechanisms"
)

// traced are the recorded steps of a first-price auction on their way to strategies and
// expectations, each of the active groups'.
type traced struct {
	Solver
	eq             *Equilibrium
	rule           mechanisms.Ranking
	groups, active []*group
	sys            *system
	strong         *group

	last  int   // how many steps are good
	rest  int   // the group whose types are left where the integration ended, or -1
	piece []int // the pieces there
	end   []float64
	first []rank // the first types above the lowest bid

	build            []knots
	win, worth, cost []float64 // of one agent
	y, dy            []float64
}

// trace turns the recorded steps into strategies and expectations.
func (s Solver) trace(eq *Equilibrium, rule mechanisms.Ranking, groups, active []*group, sys *system, strong *group) {
	k := len(active)
	t := &traced{Solver: s, eq: eq, rule: rule, groups: groups, active: active, sys: sys, strong: strong,
		rest: -1, piece: slices.Clone(sys.piece), end: slices.Clone(sys.y), build: make([]knots, k),
		win: make([]float64, k), worth: make([]float64, k), cost: make([]float64, k), y: make([]float64, k+1), dy: make([]float64, k+1)}
	switch {
	case sys.first < 1: // relaxed down to the lowest bid
	case sys.count() == 1:
		t.rest = slices.Index(sys.mode, in)
	case sys.strong >= 0 && sys.mode[sys.strong] == in && t.end[k] <= sys.low:
		t.rest = sys.strong
	}
	t.good()
	places := s.places(sys, t.last, eq.Highest)
	t.foot(len(places))
	t.knots(places)
	t.crown()
	t.expect()
	t.others()
	t.top()
	t.fill()
}

// good counts the steps from the top down to where next to nobody wins.
func (t *traced) good() {
	t.last = len(t.sys.steps)
	for t.last > 1 {
		st := &t.sys.steps[t.last-1]
		t.sys.at(st, 0, t.y)
		if math.Exp(st.l(0)-t.sys.least(t.y)) > 1e-10 {
			break
		}
		t.last--
	}
}

// foot are the knots below the steps, of strategies with so many above.
func (t *traced) foot(above int) {
	sys := t.sys
	for i, g := range t.active {
		b := &t.build[i]
		b.bids, b.ranks = make([]float64, 0, above+32), make([]rank, 0, above+32)
		if sys.reserve > g.low {
			v := math.Nextafter(sys.reserve, 0)
			b.out(g, rank{g.CDF(v), g.survival(v), sys.reserve})
		}
		if sys.low > sys.reserve && g.low < sys.low {
			t.truth0(b, g, sys.reserve, sys.low, t.eq.Highest)
		}
	}
	sys.at(&sys.steps[t.last-1], 1, t.y)
	t.first = t.patch(t.build, t.active, sys, t.y, t.strong)
	for i := range t.active { // types that still wait there stay below, whatever those above them bid
		if n := len(t.build[i].bids); i != t.rest && sys.mode[i] == waiting && !sys.relaxed && (!sys.tail[i] || sys.piece[i] > 0) {
			p := math.Exp(math.Min(0, t.y[i]))
			t.build[i].jump(rank{p, 1 - p, sys.pieces[i][sys.piece[i]].top}, t.build[i].bids[n-1])
		}
	}
	if t.rest < 0 {
		return
	}
	bid := sys.low
	if atom(t.groups, bid) { // a hair above those who bid just that
		bid += 1e-12 * t.eq.Highest
		for i := range t.active {
			if n := len(t.build[i].ranks); i != t.rest && n > 0 {
				t.build[i].jump(t.build[i].ranks[n-1], bid)
			}
		}
	}
	copy(sys.piece, t.piece)
	p := math.Exp(sys.l(t.rest, t.end[t.rest]))
	t.build[t.rest].jump(rank{p, 1 - p, sys.value(t.rest, t.end[t.rest])}, bid)
}

// knots adds the places along the steps.
func (t *traced) knots(places []place) {
	sys := t.sys
	for _, at := range places {
		if at.bid <= sys.low {
			continue
		}
		for i, g := range t.active {
			mode, b, r := sys.steps[at.step].mode[i], &t.build[i], at.on[i].rank
			if mode != in && (r.above < 1e-280 || !sys.tail[i] && !sys.relaxed || mode == done) {
				continue // it joins below, or again above
			}
			if r.above <= 0 {
				r = rank{1, 0, g.high}
			}
			if n := len(b.ranks); n > 0 && r.above >= b.ranks[n-1].above && r.below <= b.ranks[n-1].below &&
				(at.bid <= b.bids[n-1] || mode != in || !g.rough()) {
				continue
			}
			b.jump(r, at.bid)
		}
	}
}

// crown ends the strategies at the top.
func (t *traced) crown() {
	top := t.eq.Top
	if t.sys.tipped {
		st := &t.sys.steps[0]
		t.sys.at(st, 0, t.y)
		if t.sys.slope(t.y, t.dy) {
			top += math.Exp(st.at) * t.dy[len(t.active)]
		}
	}
	for i, g := range t.active {
		b := &t.build[i]
		if n := len(b.ranks); n == 0 || b.ranks[n-1].above > 0 {
			bid := top
			if g.high < math.Inf(1) && n > 0 { // it joins at its top
				bid = b.bids[n-1]
			}
			b.add(rank{1, 0, g.high}, bid)
		}
	}
	t.eq.Top = math.Max(t.eq.Top, top)
}

// expect adds up what the steps bring: dF^N for the highest bid's distribution function
// F^N = e^L, of which a group that takes part has the share dl_k/dL. The winner is spared
// (1-lambda) of the distance to the runner-up, int (1-G_k) H_k db with G_k its own and H_k
// the best opposing bid's distribution function. Followers, who are few, are added by the
// trapezoid rule.
func (t *traced) expect() {
	sys, y, dy := t.sys, t.y, t.dy
	k := len(sys.groups)
	few, before := make([]float64, k), make([]float64, k)
	nodes := gauss5[:]
	if sys.tipped { // in order and with both ends, for the followers
		nodes = [][2]float64{{-1, 0}, gauss5[4], gauss5[2], gauss5[0], gauss5[1], gauss5[3], {1, 0}}
	}
	chance, bid := 0.0, 0.0
	for j := range t.last {
		st := &sys.steps[j]
		parts := math.Ceil(math.Abs(st.width))
		for m := range len(nodes) * int(parts) {
			x := nodes[m%len(nodes)]
			w := (float64(m/len(nodes)) + 0.5 + x[0]/2) / parts
			sys.at(st, w, y)
			sound := sys.slope(y, dy)
			at := st.l(w)
			f := x[1] / 2 * math.Abs(st.width) / parts
			if st.inLog {
				f *= -at
			}
			all := at
			for i := range k {
				if few[i] = 0; sound {
					few[i] = sys.trailing(i, y[k], dy[k])
				}
				if few[i] > 0 {
					all += float64(sys.groups[i].n) * math.Log1p(-few[i])
				}
			}
			h := math.Exp(all)
			for i := range k {
				if sys.mode[i] == in {
					l := sys.l(i, y[i])
					share, phi := dy[i], sys.phi[i]
					if sys.tail[i] {
						share *= l
					}
					switch {
					case !sound:
						share, phi = sys.chord(st, i), sys.value(i, y[i])
					case sys.tail[i] && l > 0.01*at: // a small difference of large ones
						share = sys.share(st, w, i, l)
					}
					t.win[i] += f * h * share
					t.worth[i] += f * h * share * phi
					t.cost[i] += f * h * share * y[k]
					if sys.first < 1 && sound {
						t.cost[i] += f * (1 - sys.first) * math.Exp(all-l) * math.Expm1(l) * dy[k]
					}
					continue
				}
				t.cost[i] -= f * (1 - sys.first) * h * few[i] * dy[k]
				if few[i] > 0 {
					d := few[i] - before[i]
					mean := h
					if m > 0 || j > 0 {
						mean = h/2 + chance/2
					}
					t.win[i] += mean * d
					t.worth[i] += mean * d * (y[k] + sys.first*dy[k])
					t.cost[i] += mean * d * (y[k]/2 + bid/2)
				}
				before[i] = few[i]
			}
			chance, bid = h, y[k]
		}
	}
}

// share is dl_i/dL at a place of a step by its polynomial.
func (s *system) share(st *step, w float64, i int, l float64) float64 {
	d := l * st.rise(w, i)
	if st.inLog {
		d /= st.l(w)
	}
	return d
}

// chord is dl_i/dL in the mean over a step, for where the polynomial leaves no gap between a
// type and its bid.
func (s *system) chord(st *step, i int) float64 {
	st.inside(0, s.probe)
	from := s.l(i, s.probe[i])
	st.inside(1, s.probe)
	return (s.l(i, s.probe[i]) - from) / (st.l(1) - st.l(0))
}

// others adds what the steps leave out below: the types that are left of one agent, who bid the
// least, and what a runner-up below the last step bids.
func (t *traced) others() {
	sys := t.sys
	if t.rest >= 0 {
		h := 1.0
		for i, g := range t.active {
			if i != t.rest {
				h *= power(t.first[i].below, g.n)
			}
		}
		from := t.first[t.rest].below
		mass := math.Exp(sys.l(t.rest, t.end[t.rest])) - from
		t.win[t.rest] += h * mass
		t.cost[t.rest] += h * mass * sys.low
		copy(sys.piece, t.piece)
		t.worth[t.rest] += h * sys.between(t.rest, from, t.end)
	}
	if t.strong == nil || sys.first == 1 {
		return
	}
	sys.at(&sys.steps[t.last-1], 1, t.y)
	chance := 1.0
	for i, g := range t.active {
		if g != t.strong {
			chance *= math.Exp(float64(g.n) * sys.l(i, t.y[i]))
		}
	}
	spared := runnerUp(t.groups, t.strong, sys.reserve, sys.low) + math.Max(0, t.y[len(t.active)]-sys.low)*chance
	t.cost[sys.strong] -= (1 - sys.first) * spared
}

// top adds the types above the first step.
func (t *traced) top() {
	t.sys.at(&t.sys.steps[0], 0, t.y)
	for i, g := range t.active {
		q := -math.Expm1(t.sys.l(i, t.y[i]))
		if t.sys.mode[i] != in || q <= 0 {
			continue
		}
		t.win[i] += q
		t.cost[i] += q * t.eq.Top
		v := t.sys.value(i, t.y[i])
		switch {
		case g.tail != nil && g.high == math.Inf(1):
			t.worth[i] += g.tail(v)
		case q > 1e-9:
			ends := panels([]*group{g}, v)
			t.worth[i] += q*v + over(g.survival, ends) + beyond([]*group{g}, ends[len(ends)-1])
		default:
			t.worth[i] += q * v
		}
	}
}

// fill writes the strategies and the account of all groups.
func (t *traced) fill() {
	eq, sys := t.eq, t.sys
	agents := len(eq.Curves)
	acc := &eq.Account
	acc.Values, acc.Win = make([]float64, agents), make([]float64, agents)
	acc.Cost, acc.Payoff = make([]float64, agents), make([]float64, agents)
	for _, g := range t.groups {
		index := slices.Index(t.active, g)
		curve := mechanisms.BidCurve{}
		if index >= 0 {
			curve = t.build[index].curve()
		} else {
			var b knots
			t.truth0(&b, g, t.rule.Reserve, sys.low, eq.Highest)
			if len(b.bids) < 2 || b.ranks[len(b.ranks)-1].above > 0 {
				b.add(rank{1, 0, g.high}, math.Min(g.high, sys.low))
			}
			curve = b.curve()
		}
		for _, i := range g.agents {
			eq.Curves[i] = curve
			acc.Values[i] = g.Mean()
			if index >= 0 {
				acc.Win[i], acc.Cost[i] = t.win[index], t.cost[index]
				acc.Payoff[i] = t.worth[index] - t.cost[index]
				acc.Welfare += t.worth[index]
			}
		}
	}
	sold := 0.0
	for _, w := range acc.Win {
		sold += w
	}
	// Nobody bids more than the lowest bid: unsold below a reserve, and else taken by whoever
	// has just that value.
	bottom := 1.0
	for _, g := range t.active {
		v := sys.low
		if sys.low == sys.reserve {
			v = math.Nextafter(v, 0)
		}
		bottom *= power(g.CDF(v), g.n)
	}
	if t.strong != nil {
		bottom = 0
	}
	// What is left is the stretch below the last step, where next to nobody wins.
	if gap := 1 - bottom - sold; !(math.Abs(gap) < 1e-6 && sold > 0) {
		eq.Reason = "the chances to win do not add up to 1: the integration lost a part of the types"
		return
	}
	for i := range acc.Win {
		acc.Win[i] *= (1 - bottom) / sold
	}
	acc.Unsold = bottom
	if bottom > 0 {
		t.leftovers(eq, t.groups, sys.low)
	}
	acc.Unsold = clean(acc.Unsold)
}

// patch joins the strategies to the lowest bid where the integration ends above it, and
// gives the first types above it.
func (s Solver) patch(build []knots, active []*group, sys *system, y []float64, strong *group) []rank {
	k := len(active)
	b := y[k]
	const steps = 24
	start := make([]float64, k)
	first := make([]rank, k)
	for i, g := range active {
		v := sys.low
		if sys.reserve >= sys.low && g.low < sys.low {
			v = math.Nextafter(v, 0)
		}
		start[i] = g.CDF(v)
		first[i] = rank{start[i], g.survival(v), math.Max(g.low, sys.low)}
	}
	if strong == nil || b <= sys.low+1e-9*sys.scale {
		for i, g := range active {
			if g == strong || g.low == sys.low {
				build[i].add(rank{0, 1, g.low}, sys.low)
			}
			if g != strong {
				build[i].jump(first[i], sys.low)
			}
		}
		return first
	}
	// The single agent with the highest low end is kept indifferent: the others' bids have
	// prod G = U/(l-b)^lambda.
	from, to, pay := 0.0, 0.0, 0.0
	for i, g := range active {
		if g == strong {
			continue
		}
		from += float64(g.n) * math.Log(start[i])
		to += float64(g.n) * sys.l(i, y[i])
	}
	pay = to + sys.first*math.Log(strong.low-b)
	for j := range steps {
		x := sys.low + (b-sys.low)*float64(j)/steps
		h := pay - sys.first*math.Log(strong.low-x)
		w := 0.0
		if to > from && j > 0 {
			w = math.Min(1, math.Max(0, (h-from)/(to-from)))
		}
		for i, g := range active {
			if g == strong {
				if j == 0 {
					build[i].add(rank{0, 1, g.low}, x)
				}
				continue
			}
			if j == 0 && g.low == sys.low {
				build[i].add(rank{0, 1, g.low}, x)
			}
			p := math.Exp(math.Log(start[i]) + w*(sys.l(i, y[i])-math.Log(start[i])))
			if !math.IsNaN(p) {
				build[i].jump(rank{p, 1 - p, g.at(p, 1-p)}, x)
			}
		}
	}
	return first
}
