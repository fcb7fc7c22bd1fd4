package private

import (
	"math"
	"slices"

	"allot/mechanisms"
)

// mesh chooses the knots of strategies from an integration's steps: as few as the tolerance
// allows. Between two knots bids are linear in the rank, hence everyone's distribution
// function G_j of bids in the bid, and the type phi = b + lambda H/H', H = prod G_j over
// the rivals, would bid b. The type v that does so instead gains at most
//
//	H' (v-phi)^2/(2 phi'),   phi' >= 1 + lambda/rivals,   and H' |v-phi| (b'-b)
//
// where b' is the farther knot in the direction that it would rather go; v and phi are taken
// by their chords, v with what the density's range leaves open. Where that is not known a type
// can be anywhere between two knots, and what the end's types gain by going to the other end
// counts, about dH dv/2. Both fall with the square of the distance of
// the knots, so that the square root says how many there must be, wherever the integration's
// steps end. Where hardly anybody wins little is lost by any bid: there bids are within ten
// tolerances of the chords. Tests assert that the certificate is within the tolerance, and
// not below a fifth of it.
type mesh struct {
	sys   *system
	limit float64 // of what a type may gain
	near  float64 // and of how far a bid may be from the chord
	y, dy []float64
	room  []spot       // for places
	ratio [2][]float64 // (b-a) G'/G at both ends of what is looked at
}

// place is a knot: by step and fraction of the step, and what is there for each group.
type place struct {
	step int
	w    float64
	bid  float64
	on   []spot
}

// spot is the rank whose types bid so much, or the next below, and the slope of the bid in the
// rank, +Inf where no types are.
type spot struct {
	rank
	slope float64
}

// at fills in what is at a place.
func (m *mesh) at(p place) place {
	k := len(m.sys.groups)
	if len(m.room) < k {
		m.room = make([]spot, 256*k)
	}
	p.on, m.room = m.room[:k:k], m.room[k:]
	sys, st := m.sys, &m.sys.steps[p.step]
	sys.at(st, p.w, m.y)
	p.bid = m.y[k]
	ok := sys.slope(m.y, m.dy)
	for i, g := range sys.groups {
		on := &p.on[i]
		on.slope = math.Inf(1)
		if sys.mode[i] == waiting && (sys.tail[i] || sys.relaxed) {
			on.rank = rank{1, 0, g.high}
			if q := sys.trailing(i, p.bid, m.dy[k]); ok && q > 0 {
				on.rank = rank{1 - q, q, min(g.high, p.bid+sys.first*m.dy[k])}
			}
			continue
		}
		switch { // the next type of those who wait
		case ok && sys.mode[i] == in && !sys.relaxed:
			on.value = sys.phi[i]
		case sys.mode[i] == in || sys.relaxed:
			on.value = sys.value(i, m.y[i])
		case sys.mode[i] == waiting:
			on.value = sys.pieces[i][sys.piece[i]].top
		default:
			on.value = sys.pieces[i][len(sys.pieces[i])-1].bottom
		}
		l := min(sys.l(i, m.y[i]), 0)
		if l > -0.69 {
			on.above = -math.Expm1(l)
			on.below = 1 - on.above
		} else {
			on.below = math.Exp(l)
			on.above = 1 - on.below
		}
		if rise := m.dy[i]; ok && sys.mode[i] == in {
			if sys.tail[i] {
				rise *= l
			}
			if rise > 0 {
				on.slope = m.dy[k] / (on.below * rise)
			}
		}
	}
	return p
}

// places are the knots in the order of bids, from the lower end of the last step that counts.
func (s Solver) places(sys *system, last int, scale float64) []place {
	k := len(sys.groups)
	m := &mesh{sys: sys, limit: 0.7 * s.Tolerance * scale, near: 10 * s.Tolerance * scale, y: make([]float64, k+1), dy: make([]float64, k+1)}
	for i := range m.ratio {
		m.ratio[i] = make([]float64, k)
	}
	var out []place
	for j := last - 1; j >= 0; {
		// A run of steps with the same groups taking part, by the same pieces.
		first := j
		for first > 0 && slices.Equal(sys.steps[first-1].mode, sys.steps[j].mode) && slices.Equal(sys.steps[first-1].piece, sys.steps[j].piece) {
			first--
		}
		out = m.march(append(out, m.at(place{step: j, w: 1})), first)
		j = first - 1
	}
	return out
}

// march adds the knots of a run of steps up to the first of them: each as far from the one before
// as it may be.
func (m *mesh) march(out []place, first int) []place {
	from := out[len(out)-1]
	width := math.Abs(m.sys.steps[from.step].width) / 8
	least := 0.0
	for i := first; i <= from.step; i++ {
		least += math.Abs(m.sys.steps[i].width) / 20000
	}
	for from.step > first || from.w > 0 {
		room := m.room
		to := m.at(m.up(from, width, first))
		load := math.Sqrt(max(m.loss(&from, &to)/m.limit, m.off(&from, &to)/m.near))
		if !(load <= 1) && width > least {
			m.room = room
			shrink := 0.1
			if 0.9/load > shrink {
				shrink = 0.9 / load
			}
			width = max(least, width*shrink)
			continue
		}
		out = append(out, to)
		from = to
		grow := 1.5
		if 0.95/load < grow {
			grow = 0.95 / load
		}
		width = max(least, width*grow)
	}
	return out
}

// up is the place that is a distance above another in the independent variable, at most the upper
// end of the first step.
func (m *mesh) up(p place, distance float64, first int) place {
	for {
		st := &m.sys.steps[p.step]
		width := math.Abs(st.width)
		if left := p.w * width; distance < left {
			return place{step: p.step, w: p.w - distance/width}
		} else if p.step == first {
			return place{step: first}
		} else {
			distance -= left
		}
		p = place{step: p.step - 1, w: 1}
		if next := &m.sys.steps[p.step]; next.inLog && !st.inLog {
			distance /= -next.l(1)
		}
	}
}

// off is about how far a bid between two places is from the chord in the rank: by how much the
// slope of the bid changes.
func (m *mesh) off(from, to *place) float64 {
	worst := 0.0
	for i := range m.sys.groups {
		rise := to.on[i].below - from.on[i].below
		if to.on[i].above < 0.5 {
			rise = from.on[i].above - to.on[i].above
		}
		if rise > 0 && to.on[i].value > from.on[i].value {
			bend := math.Abs(to.on[i].slope - from.on[i].slope)
			if math.IsNaN(bend) { // nobody joins at either end
				continue
			}
			// Where types join, bids are as the root of the rank.
			worst = max(worst, min(bend*rise/8, (to.bid-from.bid)/4))
		}
	}
	return worst
}

// loss is about the most that a type gains who bids between two places because bids are
// linear there.
func (m *mesh) loss(a, b *place) float64 {
	groups, first := m.sys.groups, m.sys.first
	width := b.bid - a.bid
	if width < 0 {
		return 0
	}
	for j := range groups {
		rise := b.on[j].below - a.on[j].below
		if b.on[j].above < 0.5 {
			rise = a.on[j].above - b.on[j].above
		}
		m.ratio[0][j], m.ratio[1][j] = rise/a.on[j].below, rise/b.on[j].below
	}
	worst := 0.0
	if m.crude(a) {
		for i := range groups {
			rise := 0.0
			for j, g := range groups {
				n := g.n
				if j == i {
					n--
				}
				rise += float64(n) * m.ratio[1][j]
			}
			for j, g := range groups {
				n := g.n
				if j == i {
					n--
				}
				rise *= power(b.on[j].below, n)
			}
			dv := b.on[i].value - a.on[i].value
			if m.ratio[1][i] <= 0 || math.IsInf(dv, 1) {
				dv = 0
			}
			worst = max(worst, rise*max(dv, width))
		}
		return worst
	}
	if width == 0 {
		return 0
	}
	for i := range groups {
		low, high, lower, higher, win, less := 0.0, 0.0, 0.0, 0.0, 1.0, 1.0
		for j, g := range groups {
			n := g.n
			if j == i {
				n--
			}
			if n == 0 {
				continue
			}
			c, x, y := float64(n), m.ratio[0][j], m.ratio[1][j]
			low, high, lower, higher = low+c*x, high+c*y, lower+c*x*x, higher+c*y*y
			less, win = less*power(a.on[j].below, n), win*power(b.on[j].below, n)
		}
		if !(low > 0 && high > 0 && win > 0) {
			continue
		}
		v, w := a.on[i].value, b.on[i].value
		from, to := v-a.bid-first*width/low, w-b.bid-first*width/high
		curb, steep := 1+first*higher/(high*high), win*high/width
		// The ends' types, and those who wait for a lower bid, look in from outside.
		most := peak(max(from, -to), -curb/2, width)
		switch rise := m.ratio[1][i] * b.on[i].below; {
		case rise > 0:
			stray := groups[i].stray(v, w, rise)
			bend := first * width * max(0, lower/(low*low)-higher/(high*high)) / 4
			slope := (from - to) / width
			up := min(peak(max(from, to)+stray, -curb/2, width), peak(to+stray, slope, width))
			down := min(peak(max(-from, -to)+stray+bend, -curb/2, width), peak(-from+stray+bend, slope, width))
			dh := win - less
			if d := (win*high + less*low) / 2; dh < 1e-3 && d > dh { // of numbers next to 1
				dh = d
			}
			cross := dh / steep * (w - v + math.Abs(from+to)) / 2
			most = min(max(up, down), most+cross)
			if v == w { // one type has all these bids: what is lost here and gained there add up
				most *= 2
			}
		case math.IsInf(groups[i].high, 1):
			continue
		default:
			most = peak(from, -curb/2, width)
		}
		worst = max(worst, steep*most)
	}
	return worst
}

// equal are the knots of n agents of one group who play the closed form: from few ranks on,
// steps whose chords lose too much are split until none does. The slope of a bid in the rank,
// m (v-b)/p, says how far it is from the chord.
func (s Solver) equal(k *knots, g *group, entry rank, rule mechanisms.Ranking, scale float64) {
	m := &mesh{sys: &system{groups: []*group{g}, first: rule.First}, limit: 0.9 * s.Tolerance * scale, near: 10 * s.Tolerance * scale}
	m.ratio[0], m.ratio[1] = make([]float64, 1), make([]float64, 1)
	power := float64(g.n-1) / rule.First
	from, to := place{on: make([]spot, 1)}, place{on: make([]spot, 1)}
	slope := func(r rank, bid float64) float64 { return power * (r.value - bid) / r.below }
	ranks := g.steady(ladder(g, entry, g.n), power)
	for range 8 {
		k.fill(g, entry, rule.Reserve, power, false, ranks)
		bids := k.bids[len(k.bids)-len(ranks):]
		finer := make([]rank, 1, 2*len(ranks))
		finer[0] = ranks[0]
		for j := 1; j < len(ranks); j++ {
			a, b := ranks[j-1], ranks[j]
			n := 1.0
			if b.value < math.Inf(1) && power*math.Log(b.below) > -60 { // somebody wins
				from.bid, from.on[0].rank = bids[j-1], rank{a.below, a.above, g.beyond(a)}
				to.bid, to.on[0].rank = bids[j], b
				n = m.loss(&from, &to) / m.limit
				if bend := slope(a, bids[j-1]) - slope(b, bids[j]); a.below > 0 {
					n = max(n, math.Abs(bend)*(b.below-a.below)/8/m.near)
				}
			}
			steps := 1.0
			if n > 1 {
				steps = min(256, math.Ceil(math.Sqrt(1.4*n)))
			}
			for i := 1.0; i < steps; i++ {
				finer = append(finer, g.between(a, b, i/steps))
			}
			finer = append(finer, b)
		}
		if len(finer) == len(ranks) || len(finer) > 20000 {
			break
		}
		ranks = finer
	}
}

// steady adds ranks where p^m grows too much for quadrature between two. See growth for where it
// grows more than that.
func (g *group) steady(ranks []rank, m float64) []rank {
	out := ranks[:1:1]
	for j := 1; j < len(ranks); j++ {
		a, b := ranks[j-1], ranks[j]
		if grow := m * math.Log(b.below/a.below); grow <= growth && b.above > 0 {
			for left := grow - 3; left > 0; left -= 3 {
				p := b.below * math.Exp(-left/m)
				out = append(out, rank{p, 1 - p, g.at(p, 1-p)})
			}
		}
		out = append(out, b)
	}
	return out
}

// crude reports where the bends of chords say little: in the tail, where values are large and
// bids may differ by rounding only; and in markets with atoms, whose types mix, and gaps, whose
// ends' types look in. There a type between two places gains at most about dH dv (see refine).
func (m *mesh) crude(a *place) bool {
	rare := len(m.sys.pieces) > 0
	for i := range a.on {
		rare = rare && a.on[i].above < 0.01
	}
	return rare || m.sys.broken
}

// peak is the most of a t + b t^2 for t from 0 to the width.
func peak(a, b, width float64) float64 {
	if a > 0 && a < -2*b*width {
		return -a * a / (4 * b)
	}
	return max(0, (a+b*width)*width)
}

// stray is how far the values between two can be from the chord in the rank, when d types are
// between them.
func (l *law) stray(v, w, d float64) float64 {
	if l.between == nil || !(w > v) {
		return w - v
	}
	least, most := l.between(v, w)
	return max(0, min(w-v-d/most, d/4*(1/least-1/most)))
}
