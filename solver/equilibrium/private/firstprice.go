package private

import (
	"fmt"
	"math"
	"slices"

	"allot/mechanisms"
	"allot/solver/equilibrium"
)

// Different agents in a first-price auction, or one whose price is a mix of the winner's bid, of
// weight lambda, and the runner-up's: the system of differential equations in system.go, shot
// from the top bid, which is the one unknown. Backwards from the top one error grows, by 1/H, H
// being the chance to win: in money it stays what it was, so that with a top bid exact to rounding
// the strategies are good down to chances of 1e-9, below which they are joined to the lowest bid
// by hand.
//
// The lowest bid that can win is the reserve r, or the highest of all low ends of the
// supports if two agents have it or more, or for a single agent with the highest low end l
// argmax_b (l-b) H(b) + (1-lambda) int_r^b H, H = prod F_j over the others: types below it bid
// their values, or stand back below the reserve. A value that is known mixes, and so does an
// atom of a sample; two agents or more who are known to have one value bid it, and the others
// play above them. Where an agent's last types would win against the lowest bid alone, they
// bid that, or a hair more if others bid just that. With lambda < 1 relax.go takes over from the
// shot at lambda 1. (Vickrey 1961, appendix III;
// Griesmer, Levitan, Shubik 1967; Maskin, Riley 2000; Lebrun 1999, 2006; Fibich, Gavish
// 2011; Kaplan, Zamir 2012.) A test asserts top bid 2/3 and revenue 0.459005 for U[0,1]
// against U[0,2], 37/64 and 0.426291 for F = v against v^2, and Vickrey's bids of
// [1/4, 7/16] for U[0,1] against a known 1/2.
func (s Solver) firstPrice(eq *Equilibrium, rule mechanisms.Ranking, groups []*group) {
	eq.Method = "first-order conditions integrated from the top bid (Marshall et al. 1994; Lebrun 1999)"
	low, strong := lowest(groups, rule)
	active, n := reaching(groups, low)
	if n < 2 || degenerate(groups, active, low) {
		s.alone(eq, rule, groups, active, low)
		return
	}
	// The lowest bid that can win, and what the lowest type of a single agent above all others
	// gets there. A price mix is reached from the first-price auction.
	lower := func(first float64) (low, floor float64) {
		low, _ = lowest(groups, mechanisms.Ranking{First: first, Reserve: rule.Reserve})
		if strong == nil {
			return low, 0
		}
		floor = math.Pow(strong.low-low, first)
		for _, g := range groups {
			if g != strong {
				floor *= power(g.CDF(low), g.n)
			}
		}
		return low, floor
	}
	mix := rule.First < 1
	floor := 0.0
	low, floor = lower(1)
	active, _ = reaching(groups, low)
	sys := newSystem(active, rule.Reserve, low, eq.Highest)
	sys.floor = floor
	sys.tolerance = math.Min(1e-8, math.Max(1e-13, 1e-4*s.Tolerance))
	sys.depth = -300
	if strong != nil {
		sys.depth = -40
	}
	for i, g := range active {
		if low == rule.Reserve {
			sys.end += float64(g.n) * math.Log(g.CDF(math.Nextafter(low, 0)))
		} else { // types of just the lowest bid bid that
			sys.end += float64(g.n) * math.Log(g.CDF(low))
		}
		if g == strong {
			sys.strong = i
		}
	}
	if math.IsInf(sys.end, -1) || sys.end < sys.depth {
		sys.end = sys.depth
	}
	sys.end = math.Max(sys.end, sys.depth)
	top, ok := sys.top()
	if !ok {
		eq.Status, eq.Reason = equilibrium.NotFound, "the integration from the top bid did not settle"
		return
	}
	if !sys.trace(top) {
		eq.Status, eq.Reason = equilibrium.NotFound, "the integration from the top bid did not settle"
		return
	}
	if mix {
		if strong != nil {
			eq.Selection = "types that cannot win bid their values"
		}
		eq.Method = "first-order conditions of a price mix by collocation, led from the first-price auction (Kierzenka, Shampine 2001)"
		if !sys.relax(rule.First, lower) {
			eq.Status, eq.Reason = equilibrium.NotFound, "the collocation of the price mix did not settle"
			return
		}
		top = sys.steps[0].c[terms*len(active)]
	}
	eq.Top, eq.Bottom = top, sys.low
	s.trace(eq, rule, groups, active, sys, strong)
	eq.Status = equilibrium.Converged
	bad := eq.Reason
	if bad == "" {
		bad = unsound(eq)
	}
	if bad != "" {
		*eq = Equilibrium{Status: equilibrium.NotFound, Method: eq.Method, Reason: bad, Highest: eq.Highest}
	}
}

// reaching are the groups with values above a bid, and the number of their agents.
func reaching(groups []*group, bid float64) (active []*group, n int) {
	for _, g := range groups {
		if g.high > bid {
			active = append(active, g)
			n += g.n
		}
	}
	return active, n
}

// unsound says what is not a number in an equilibrium.
func unsound(eq *Equilibrium) string {
	for i := range eq.Account.Win {
		if x := eq.Account.Win[i] + eq.Account.Cost[i] + eq.Account.Payoff[i]; math.IsNaN(x) || math.IsInf(x, 0) {
			return fmt.Sprintf("the expectations of agent %d are not numbers", i+1)
		}
	}
	return ""
}

// trace turns the recorded steps into strategies and expectations.
func (s Solver) trace(eq *Equilibrium, rule mechanisms.Ranking, groups, active []*group, sys *system, strong *group) {
	k := len(active)
	y, dy := make([]float64, k+1), make([]float64, k+1)
	win, worth, cost := make([]float64, k), make([]float64, k), make([]float64, k)
	build := make([]knots, k)
	for i, g := range active {
		if sys.reserve > g.low {
			v := math.Nextafter(sys.reserve, 0)
			build[i].out(g, rank{g.CDF(v), g.survival(v), sys.reserve})
		}
		if sys.low > sys.reserve && g.low < sys.low {
			s.truth0(&build[i], g, sys.reserve, sys.low, eq.Highest)
		}
	}
	// Where the integration ended, and who was left.
	end := make([]float64, k+1)
	copy(end, sys.y)
	rest := -1
	if sys.first < 1 { // relaxed down to the lowest bid
	} else if sys.count() == 1 {
		rest = slices.Index(sys.mode, in)
	} else if sys.strong >= 0 && sys.mode[sys.strong] == in && end[k] <= sys.low {
		rest = sys.strong
	}
	piece := slices.Clone(sys.piece)
	// Where the strategies are still good.
	last := len(sys.steps)
	for last > 1 {
		st := &sys.steps[last-1]
		sys.at(st, 0, y)
		if math.Exp(st.l(0)-sys.least(y)) > 1e-10 {
			break
		}
		last--
	}
	places := s.places(sys, last, eq.Highest)
	// The stretch below: joined by hand.
	sys.at(&sys.steps[last-1], 1, y)
	first := s.patch(build, active, sys, y, strong)
	for i := range active { // types that still wait there stay below, whatever those above them bid
		if n := len(build[i].bids); i != rest && sys.mode[i] == waiting && !sys.relaxed && (!sys.tail[i] || sys.piece[i] > 0) {
			p := math.Exp(math.Min(0, y[i]))
			build[i].jump(rank{p, 1 - p, sys.pieces[i][sys.piece[i]].top}, build[i].bids[n-1])
		}
	}
	if rest >= 0 {
		bid := sys.low
		if atom(groups, bid) { // a hair above those who bid just that
			bid += 1e-12 * eq.Highest
			for i := range active {
				if i != rest && len(build[i].bids) > 0 {
					build[i].jump(build[i].ranks[len(build[i].ranks)-1], bid)
				}
			}
		}
		copy(sys.piece, piece)
		p := math.Exp(sys.l(rest, end[rest]))
		build[rest].jump(rank{p, 1 - p, sys.value(rest, end[rest])}, bid)
	}
	for _, at := range places {
		if at.bid <= sys.low {
			continue
		}
		for i, g := range active {
			mode := sys.steps[at.step].mode[i]
			r := rank{at.below[i], at.above[i], at.value[i]}
			if mode != in && (r.above < 1e-280 || !sys.tail[i] && !sys.relaxed || mode == done) {
				continue // it joins below, or again above
			}
			if r.above <= 0 {
				r = rank{1, 0, g.high}
			}
			if n := len(build[i].ranks); n > 0 && r.above >= build[i].ranks[n-1].above && r.below <= build[i].ranks[n-1].below &&
				(at.bid <= build[i].bids[n-1] || mode != in || !g.rough()) {
				continue
			}
			build[i].jump(r, at.bid)
		}
	}
	// The top.
	top := eq.Top
	if sys.tipped {
		st := &sys.steps[0]
		sys.at(st, 0, y)
		if sys.slope(y, dy) {
			top += math.Exp(st.at) * dy[k]
		}
	}
	for i, g := range active {
		if n := len(build[i].ranks); n == 0 || build[i].ranks[n-1].above > 0 {
			bid := top
			if g.high < math.Inf(1) && n > 0 { // it joins at its top
				bid = build[i].bids[n-1]
			}
			build[i].add(rank{1, 0, g.high}, bid)
		}
	}
	eq.Top = math.Max(eq.Top, top)
	s.expect(sys, last, win, worth, cost)
	if rest >= 0 { // what is left of the last agent bids the least
		h := 1.0
		for i, g := range active {
			if i != rest {
				h *= power(first[i].below, g.n)
			}
		}
		mass := math.Exp(sys.l(rest, end[rest])) - first[rest].below
		win[rest] += h * mass
		cost[rest] += h * mass * sys.low
		worth[rest] += h * sys.between(rest, first[rest].below, end)
	}
	if strong != nil && sys.first < 1 { // what the runner-up bids below the last step
		sys.at(&sys.steps[last-1], 1, y)
		chance := 1.0
		for i, g := range active {
			if g != strong {
				chance *= math.Exp(float64(g.n) * sys.l(i, y[i]))
			}
		}
		cost[sys.strong] -= (1 - sys.first) * (runnerUp(groups, strong, sys.reserve, sys.low) + math.Max(0, y[k]-sys.low)*chance)
	}
	// Above the first step.
	sys.at(&sys.steps[0], 0, y)
	for i, g := range active {
		q := -math.Expm1(sys.l(i, y[i]))
		if sys.mode[i] != in || q <= 0 {
			continue
		}
		win[i] += q
		cost[i] += q * eq.Top
		v := sys.value(i, y[i])
		switch {
		case g.tail != nil && g.high == math.Inf(1):
			worth[i] += g.tail(v)
		case q > 1e-9:
			ends := panels([]*group{g}, v)
			worth[i] += q*v + over(g.survival, ends) + beyond([]*group{g}, ends[len(ends)-1])
		default:
			worth[i] += q * v
		}
	}
	agents := len(eq.Curves)
	acc := &eq.Account
	acc.Values, acc.Win = make([]float64, agents), make([]float64, agents)
	acc.Cost, acc.Payoff = make([]float64, agents), make([]float64, agents)
	for _, g := range groups {
		var curve mechanisms.BidCurve
		index := -1
		for i, a := range active {
			if a == g {
				index = i
			}
		}
		if index >= 0 {
			curve = build[index].curve()
		} else {
			var b knots
			s.truth0(&b, g, rule.Reserve, sys.low, eq.Highest)
			if len(b.bids) < 2 || b.ranks[len(b.ranks)-1].above > 0 {
				b.add(rank{1, 0, g.high}, math.Min(g.high, sys.low))
			}
			curve = b.curve()
		}
		for _, i := range g.agents {
			eq.Curves[i] = curve
			acc.Values[i] = g.Mean()
			if index >= 0 {
				acc.Win[i], acc.Cost[i] = win[index], cost[index]
				acc.Payoff[i] = worth[index] - cost[index]
				acc.Welfare += worth[index]
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
	for _, g := range active {
		v := sys.low
		if sys.low == sys.reserve {
			v = math.Nextafter(v, 0)
		}
		bottom *= power(g.CDF(v), g.n)
	}
	if strong != nil {
		bottom = 0
	}
	// What is left is the stretch below the last step, where next to nobody wins.
	if gap := 1 - bottom - sold; math.Abs(gap) < 1e-6 && sold > 0 {
		for i := range acc.Win {
			acc.Win[i] *= (1 - bottom) / sold
		}
	} else {
		eq.Reason = "the chances to win do not add up to 1: the integration lost a part of the types"
		return
	}
	acc.Unsold = bottom
	if bottom > 0 {
		s.leftovers(eq, groups, sys.low)
	}
	acc.Unsold = clean(acc.Unsold)
}

// expect adds up what the steps bring: dF^N for the highest bid's distribution function
// F^N = e^L, of which a group that takes part has the share dl_k/dL. The winner is spared
// (1-lambda) of the distance to the runner-up, int (1-G_k) H_k db with G_k its own and H_k
// the best opposing bid's distribution function. Followers, who are few, are added by the
// trapezoid rule.
func (s Solver) expect(sys *system, last int, win, worth, cost []float64) {
	k := len(sys.groups)
	y, dy := make([]float64, k+1), make([]float64, k+1)
	few, before := make([]float64, k), make([]float64, k)
	nodes := [...][2]float64{{-1, 0}, gauss5[4], gauss5[2], gauss5[0], gauss5[1], gauss5[3], {1, 0}}
	chance, bid := 0.0, 0.0
	for j := range last {
		st := &sys.steps[j]
		parts := math.Ceil(math.Abs(st.width))
		for m := range 7 * int(parts) {
			x := nodes[m%7]
			w := (float64(m/7) + 0.5 + x[0]/2) / parts
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
					win[i] += f * h * share
					worth[i] += f * h * share * phi
					cost[i] += f * h * share * y[k]
					if sys.first < 1 && sound {
						cost[i] += f * (1 - sys.first) * math.Exp(all-l) * math.Expm1(l) * dy[k]
					}
					continue
				}
				cost[i] -= f * (1 - sys.first) * h * few[i] * dy[k]
				if few[i] > 0 {
					d := few[i] - before[i]
					mean := h
					if m > 0 || j > 0 {
						mean = h/2 + chance/2
					}
					win[i] += mean * d
					worth[i] += mean * d * (y[k] + sys.first*dy[k])
					cost[i] += mean * d * (y[k]/2 + bid/2)
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
		if to > from {
			w = math.Min(1, math.Max(0, (h-from)/(to-from)))
		}
		for i, g := range active {
			if g == strong {
				if j == 0 {
					build[i].add(rank{0, 1, g.low}, x)
				}
				continue
			}
			p := math.Exp(math.Log(start[i]) + w*(sys.l(i, y[i])-math.Log(start[i])))
			if !math.IsNaN(p) {
				build[i].add(rank{p, 1 - p, g.at(p, 1-p)}, x)
			}
		}
	}
	return first
}
