package component

import (
	"math"
	"sort"
)

// column is what does not depend on C: a score, what is worth C times value there, the chance
// to beat the group's others, their slopes, and the step's integrals of omega exp(omega z)
// Phi^(n-1), whole and weighted to the step's upper end.
type column struct {
	value, win, rise float64
	whole, part      float64
}

// entry is what a row holds at a column, in units of C.
type entry struct {
	bid, at, keep float64 // the relative bid, the chord of H there, value - bid
	step          int     // the law's step
}

// gain bounds what bidders of the group gain: any type within Reach, and on average.
func (b *book) gain(rivals *law) (epsilon, expected float64) {
	g := &gain{book: b, rivals: rivals}
	m := float64(b.Count - 1)
	for k := range b.plan[0] {
		z := b.z(k)
		c := column{value: math.Exp(b.Omega * z), win: 1}
		if b.Count > 1 {
			c.win = math.Pow(phi(z), m)
			c.rise = m * math.Pow(phi(z), m-1) * density(z)
		}
		for _, q := range gauss {
			x := z + q[0]*b.dz
			f := q[1] * b.dz * b.Omega * math.Exp(b.Omega*x) * math.Pow(phi(x), m)
			c.whole += f
			c.part += q[0] * f
		}
		g.columns = append(g.columns, c)
	}
	rows := len(b.plan)
	last, next := make([]entry, len(g.columns)), make([]entry, len(g.columns))
	before := 0.0
	for i := range rows {
		g.read(i, next)
		now := g.row(i, next)
		if i > 0 {
			most := math.Exp(b.Mu + b.Sigma*b.y(i))
			share := math.Max(before, now) + g.between(i, last, next)
			epsilon = math.Max(epsilon, most*share)
			mean := math.Exp(b.Mu+b.Sigma*b.Sigma/2) * (phi(b.y(i)-b.Sigma) - phi(b.y(i-1)-b.Sigma))
			expected += mean * share
		}
		before = now
		last, next = next, last
	}
	return epsilon, expected + b.beyond()
}

// gain is a group against the law of the highest bid of the others.
type gain struct {
	*book
	rivals  *law
	columns []column
}

// common is ln C of a row.
func (g *gain) common(i int) float64 { return g.Mu + g.Sigma*g.y(i) }

func (g *gain) read(i int, row []entry) {
	for k := range row {
		e := &row[k]
		x := g.Omega * g.plan[i][k]
		e.bid = math.Exp(x)
		e.step, e.at = g.rivals.find(g.common(i) + x)
		e.keep = g.columns[k].value - e.bid
	}
}

// row bounds what types gain whose C is that of a row, as a share of C: the range of Q, with
// what it varies by between entries and what the law is wide by; or bids above the row's
// highest; or below its lowest.
func (g *gain) row(i int, row []entry) float64 {
	low, high := math.Inf(1), math.Inf(-1)
	sum, doubt, between := 0.0, 0.0, 0.0
	for k := range row {
		e, c := &row[k], &g.columns[k]
		u := e.keep * c.win * e.at
		if k > 0 {
			f, d := &row[k-1], &g.columns[k-1]
			width, least, most := g.rivals.spread(f.step, e.step)
			reach := g.Omega * (g.plan[i][k] - g.plan[i][k-1])
			bent := 0.0
			if f.step != e.step {
				bent = reach * (most - least) / 4
			}
			sum += d.whole*f.at + d.part*(e.at-f.at)
			doubt += d.whole * (width + bent)
			between = math.Max(between, g.varies(f, e, d, c, reach/g.dz, least, most)+width*c.win*(c.value-f.bid))
		}
		low, high = math.Min(low, u-sum), math.Max(high, u-sum)
	}
	last := len(row) - 1
	top := &g.columns[last]
	loose := 2 * g.rivals.loose * top.value
	// Imitation, both ends of which may be between entries; what a bid above adds to that of
	// the highest type is most for the highest value.
	share := high - low + 2*between + doubt + g.above(i, row[last])
	return math.Max(share, g.columns[0].win*top.value) + loose + 1e-13*top.value
}

// varies bounds how far Q leaves the range of its ends between two entries. There Q' = L A +
// (v-b) P L' with A = (v-b) P' - b' P, P = Phi^m the chance against the group's others and L the
// chord of the law over the bid; with slopes in [-m, M] it leaves by at most the step times
// mM/(m+M).
func (g *gain) varies(f, e *entry, d, c *column, pace, least, most float64) float64 {
	// A at either end, by the slope of this step, and what it may differ by inside, as
	// |P'| <= 0.4 m, |P''| <= 0.41 m^2, |P'''| <= 0.76 m^3, and v and b grow at most at the rate w.
	m, w := math.Max(1, float64(g.Count-1)), math.Max(g.Omega, pace)
	a0 := f.keep*d.rise - pace*f.bid*d.win
	a1 := e.keep*c.rise - pace*e.bid*c.win
	curve := g.dz * g.dz / 8
	keepLow := math.Min(f.keep, e.keep) - curve*w*w*c.value
	keepHigh := math.Max(f.keep, e.keep) + curve*w*w*c.value
	bend := curve * m * m * m * (keepHigh + c.value*w*(1.23+w*(1.2+w)))
	low, high := math.Min(a0, a1)-bend, math.Max(a0, a1)+bend
	low, high = math.Min(low*f.at, low*e.at), math.Max(high*f.at, high*e.at) // L ascends
	low += math.Max(0, keepLow) * d.win * least * pace
	high += keepHigh * c.win * most * pace
	if low >= 0 || high <= 0 {
		return 0
	}
	return g.dz * high * -low / (high - low)
}

// above bounds what the highest type gains by bids above its own, which beat the group's
// others for sure: (v-b) L is concave in ln b in a step, so it rises by no more than its slope
// at the step's start.
func (g *gain) above(i int, e entry) float64 {
	v := g.columns[len(g.columns)-1].value
	x, c := math.Log(e.bid), g.common(i)
	own := (v - e.bid) * (e.at - g.rivals.width[e.step]) * g.columns[len(g.columns)-1].win
	most := (v - e.bid) * e.at
	for j := e.step; j < len(g.rivals.at)-1; j++ {
		end := g.rivals.x + float64(j+1)*g.rivals.dx - c
		bid := math.Exp(x)
		if bid >= v {
			break
		}
		_, at := g.rivals.find(c + x)
		if j > e.step {
			at = g.rivals.at[j]
		}
		slope := (v-bid)*g.rivals.slope(j) - bid*at
		most = math.Max(most, (v-bid)*at+math.Max(0, slope)*(end-x)+g.rivals.width[j]*(v-bid))
		x = end
	}
	return math.Max(0, most-own)
}

// between bounds how far what is gained at a C between two rows exceeds the larger of what is
// gained at either, as a share of C. For z and z' held fixed the pay-off is
// a(y) L(x(y)), a = (v - exp(omega B)) P, x = ln C + omega B, B linear in y.
//
// A type z above z' has a larger a, by (v(z) - v(z')) P(z'), but also loses int omega v
// (W - W(z')) by imitating: the two together are positive only as far as P < P(z') (1 + d/L), d
// the bound for the law.
func (g *gain) between(i int, last, next []entry) float64 {
	move := g.common(i) - g.common(i-1)
	deviation, own := 0.0, 0.0
	n := len(next)
	top := g.columns[n-1].value
	tilt := func(k int) float64 { return g.Omega * math.Abs(g.plan[i][k]-g.plan[i-1][k]) }
	// How far the product departs from its chord by a alone: the curvature of exp(omega B), and
	// the two slopes together.
	rest := func(bid, tilt, rise float64) float64 { return bid * (tilt*tilt/8 + math.Expm1(tilt)*rise/4) }
	for k := range n {
		// Entries up to the next column, for z' in between.
		r := min(k+1, n-1)
		tilt := math.Max(tilt(k), tilt(r))
		width, least, most := g.rivals.spread(last[k].step, next[r].step)
		d := width + (move+tilt)*(most-least)/4
		win, least := g.columns[r].win, last[k].at
		keep := math.Max(0, g.columns[r].value-math.Min(last[k].bid, next[k].bid))
		more := rest(math.Max(last[r].bid, next[r].bid), tilt, next[r].at-least)
		until := n - 1
		if least > width {
			limit := win * (1 + d/(least-width))
			until = k + sort.Search(n-1-k, func(s int) bool { return g.columns[k+s].win >= limit })
		}
		excess := g.columns[until].value - g.columns[k].value
		own = math.Max(own, win*(keep*d+more))
		deviation = math.Max(deviation, win*((keep+excess)*d+more))
	}
	// Bids above the rows' highest, by a factor that is held fixed.
	move += tilt(n - 1)
	for j := last[n-1].step; j < len(g.rivals.at)-1; j++ {
		bid := math.Exp(g.rivals.x + float64(j)*g.rivals.dx - g.common(i))
		if bid >= top {
			break
		}
		width, least, most := g.rivals.spread(j, min(j+int(move/g.rivals.dx)+2, len(g.rivals.at)-2))
		deviation = math.Max(deviation, (top-bid)*(width+move*(most-least)/4)+rest(top, tilt(n-1), most*move))
	}
	return deviation + own
}
