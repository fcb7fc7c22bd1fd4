package private

import (
	"math"
	"slices"
	"sync"

	"allot/mechanisms"
)

// grid is the union of the reserve and all knots' bids of at least the reserve, ascending,
// found in one pass of as many pointers as there are strategies. A bid at which some
// strategy jumps in rank (an atom) is there twice: before the atom and with it.
//
//	G_i(b) = G_i(a) + (b-a) dG/db   between knots a and b of agent i's strategy
//
// Domain: strategies that pass the reserve by a jump. A test asserts that the bound holds for
// strategies whose knots differ, and is within twice what a search finds.
type grid struct {
	memory
	bids []float64
	side side // what the player in hand faces
	// The lower envelope's lines, and the values of the player's types of the knots:
	// just below and just above each, which differ only where ranks have gaps.
	hull          []line
	before, after []float64
}

// memory is what the numbers of a grid are kept in.
type memory struct {
	all  []float64
	used int
}

// take is room for n numbers, whatever they are.
func (m *memory) take(n int) []float64 {
	if m.used+n > len(m.all) {
		m.all, m.used = make([]float64, max(n, 2*len(m.all), 4096)), 0
	}
	m.used += n
	return m.all[m.used-n : m.used : m.used]
}

// grids that are not in use, for their memory.
var grids = sync.Pool{New: func() any { return new(grid) }}

// merge fills in the grid, and the players' distribution functions of bids on it; or says why the
// strategies cannot be certified.
func (g *grid) merge(players []player, reserve float64) (reason string) {
	if !(reserve >= 0 && reserve <= math.MaxFloat64) {
		return "the reserve is not a finite number of at least 0"
	}
	total := 1
	for i := range players {
		p := &players[i]
		c := &p.curve
		total += len(c.Bids)
		p.next = 0
		for p.next < len(c.Bids) && c.Bids[p.next] < reserve {
			p.next++
		}
		if k := p.next; k > 0 && k < len(c.Bids) && rises(c, k-1, k) {
			return "a strategy passes the reserve other than by a jump"
		}
	}
	// Strategies have most knots in common, or none.
	size := total/max(len(players), 1) + 16
	g.used, g.bids = 0, g.bids[:0]
	for i := range players {
		players[i].below, players[i].above = g.take(size)[:0], g.take(size)[:0]
	}
	for bid := reserve; !math.IsInf(bid, 1); {
		next, atom := math.Inf(1), false
		for i := range players {
			p := &players[i]
			c := &p.curve
			n := len(c.Bids)
			below, above := 1.0, 0.0
			p.with = p.next
			switch k := p.next; {
			case k == n:
			case c.Bids[k] == bid:
				below, above = c.Below[k], c.Above[k]
				for k+1 < n && c.Bids[k+1] == bid {
					k++
				}
				atom = atom || k > p.next && rises(c, p.next, k)
				p.with, p.next = k, k+1
			case k == 0:
				below, above = 0, 1
			default:
				w := (bid - c.Bids[k-1]) / (c.Bids[k] - c.Bids[k-1])
				below = c.Below[k-1] + w*(c.Below[k]-c.Below[k-1])
				above = c.Above[k-1] - w*(c.Above[k-1]-c.Above[k])
			}
			p.below, p.above = append(p.below, below), append(p.above, above)
			if p.next < n {
				next = min(next, c.Bids[p.next])
			}
		}
		g.bids = append(g.bids, bid)
		if atom {
			g.bids = append(g.bids, bid)
			last := len(g.bids) - 2
			for i := range players {
				p := &players[i]
				below, above := p.below[last], p.above[last]
				if p.with < p.next {
					below, above = p.curve.Below[p.with], p.curve.Above[p.with]
				}
				p.below, p.above = append(p.below, below), append(p.above, above)
			}
		}
		bid = next
	}
	m := len(g.bids)
	g.before, g.after = g.take(m), g.take(m)
	g.side = side{cells: slices.Grow(g.side.cells[:0], m)[:m-1], low: g.take(m)}
	return ""
}

// rises reports that there are types between two knots.
func rises(c *mechanisms.BidCurve, j, k int) bool {
	return c.Above[k] < c.Above[j] || c.Below[k] > c.Below[j]
}

// side is the game that one player faces: at each bid of the grid the chance that
// nobody bids more (win) or somebody does (miss), the expected payment from below (for
// what a best reply brings at most) and from above (for what the strategy brings at
// least); and what is known between two bids.
type side struct {
	win, miss, low, high []float64
	cells                []cell
	count                int       // rivals
	own                  []float64 // the memory of win and miss where there are several
}

// cell is H between two bids a, b of the grid. The type phi(s) = s + first H/H' is
// indifferent between bidding s and a little more; types below it want less. H is a product
// of linear functions that ascend, so H/H' is a harmonic sum of them, concave, with a slope
// from 1/rivals to 1, and H' ascends.
type cell struct {
	from, to    float64 // phi just above a and just below b
	bend        float64 // how far phi can be above its chord
	rise        float64 // the least slope of phi
	flat, steep float64 // H' just above a and just below b; steep 0: no bid between pays
	most        float64 // that a bid between can bring beyond the better of both ends
	under       float64 // the most that the area between H and its chord can be
	slack       float64 // how far H can be below its chord, where all pay
}

// facing fills in what player i faces.
func (g *grid) facing(players []player, i int, rule mechanisms.Ranking) *side {
	m := len(g.bids)
	s := &g.side
	only := 0
	s.count = 0
	for j := range players {
		n := players[j].n
		if j == i {
			n--
		}
		if s.count += n; n > 0 {
			only = j
		}
	}
	if s.count == 1 {
		s.win, s.miss = players[only].below, players[only].above
	} else {
		if s.own == nil {
			s.own = g.take(2 * m)
		}
		s.chances(players, i, m)
	}
	for k := range s.cells {
		s.cells[k] = cell{}
	}
	g.pay(players, i, rule)
	if rule.AllPay {
		for k := range s.cells {
			if s.count > 1 {
				s.cells[k].slack = sag(s.win[k], s.win[k+1])
			}
		}
		return s
	}
	first := rule.First
	for k := range s.cells {
		a, b := g.bids[k], g.bids[k+1]
		dh := s.win[k+1] - s.win[k]
		if s.miss[k+1] < 0.5 {
			dh = s.miss[k] - s.miss[k+1]
		}
		c := &s.cells[k]
		if !(dh > 0 && b > a) {
			continue
		}
		c.most = (1+first)*dh*(b-a)/8 + (1-first)*c.under
		if s.count == 1 {
			q := (b - a) / dh
			c.from, c.to, c.rise = a+first*s.win[k]*q, b+first*s.win[k+1]*q, 1+first
			c.flat = dh / (b - a)
			c.steep = c.flat
			continue
		}
		g.curved(players, i, k, first)
	}
	return s
}

// curved fills in a cell with several rivals: H/H' is 1/sum n_j G_j'/G_j.
func (g *grid) curved(players []player, i, k int, first float64) {
	s, c := &g.side, &g.side.cells[k]
	a, b := g.bids[k], g.bids[k+1]
	low, high, lower, higher := 0.0, 0.0, 0.0, 0.0 // sums of G'/G and their squares
	none := 0.0                                    // agents with G = 0 at a
	for j := range players {
		p := &players[j]
		n := float64(p.n)
		if j == i {
			n--
		}
		d := p.below[k+1] - p.below[k]
		if p.above[k+1] < 0.5 {
			d = p.above[k] - p.above[k+1]
		}
		if n == 0 || !(d > 0) {
			continue
		}
		x, y := d/p.below[k], d/p.below[k+1]
		if p.below[k] == 0 {
			none += n
		}
		low, high = low+n*x, high+n*y
		lower, higher = lower+n*x*x, higher+n*y*y
	}
	if !(low > 0) {
		*c = cell{} // H does not rise by more than rounding
		return
	}
	width := b - a
	c.from, c.to = a+first*width/low, b+first*width/high
	before, behind := lower/(low*low), higher/(high*high)
	c.flat, c.steep = s.win[k]*low/width, s.win[k+1]*high/width
	if none > 0 { // nobody bids less
		c.from, c.flat, before = a, 0, 1/none
	}
	c.rise = 1 + first*behind
	c.bend = first * width * max(0, before-behind) / 4
}

// chances fills in win and miss where there are several rivals.
func (s *side) chances(players []player, i, m int) {
	s.win, s.miss = s.own[:m], s.own[m:]
	for k := range m {
		win, miss := 1.0, 0.0
		for j := range players {
			n := players[j].n
			if j == i {
				n--
			}
			p, q := players[j].below[k], players[j].above[k]
			for ; n > 0; n >>= 1 { // (p, q) to the power n
				if n&1 == 1 {
					win, miss = win*p, miss+q*(1-miss)
				}
				p, q = p*p, q*(2-q)
			}
		}
		s.win[k], s.miss[k] = win, miss
	}
}

// pay fills in the expected payments. That of the runner-up's bid is int y dH, which is that
// with H at its chord and the area between.
func (g *grid) pay(players []player, i int, rule mechanisms.Ranking) {
	s, bids := &g.side, g.bids
	s.high = s.low
	switch {
	case rule.AllPay:
		copy(s.low, bids)
		return
	case rule.First == 1:
		for k, b := range bids {
			s.low[k] = s.paid(k, b)
		}
		return
	}
	if s.count > 1 {
		s.high = g.take(len(bids))
	}
	least, most := 0.0, 0.0
	for k, b := range bids {
		if k == 0 {
			least = b * s.win[0]
			most = least
		} else {
			a := bids[k-1]
			rise := s.win[k] - s.win[k-1]
			if s.miss[k] < 0.5 {
				rise = s.miss[k-1] - s.miss[k]
			}
			part := (a/2 + b/2) * rise
			least += part
			most += part
			if s.count > 1 && b > a && rise > 0 {
				low, high := s.under(players, i, k-1)
				least += (b - a) * low
				most += (b - a) * high
				s.cells[k-1].under = (b - a) * high
			}
		}
		own := rule.First * s.paid(k, b)
		s.low[k] = own + (1-rule.First)*least
		s.high[k] = own + (1-rule.First)*most
	}
}

// paid is what the winner's own bid costs at the k-th bid.
func (s *side) paid(k int, bid float64) float64 {
	if s.miss[k] > 0.5 {
		return bid * s.win[k]
	}
	return bid - bid*s.miss[k]
}

// sag is how far a log-concave function between a and b, a <= b, can be below its chord.
func sag(a, b float64) float64 {
	if a <= 0 {
		return b
	}
	l := math.Log(b / a)
	return min(b-a, b*l*l/8)
}

// under bounds the mean distance of H from its chord in a cell with several rivals. All
// derivatives of H are positive, so that Gauss's rule, here with three nodes, makes H too
// small, and Lobatto's with four too large: both are exact for five rivals.
func (s *side) under(players []player, i, k int) (least, most float64) {
	at := func(w float64) float64 {
		h := 1.0
		for j := range players {
			n := players[j].n
			if j == i {
				n--
			}
			p := &players[j]
			for x := p.below[k] + w*(p.below[k+1]-p.below[k]); n > 0; n >>= 1 {
				if n&1 == 1 {
					h *= x
				}
				x *= x
			}
		}
		return max(0, s.win[k]+w*(s.win[k+1]-s.win[k])-h)
	}
	least = 5.0 / 12 * (at(0.5-0.5/math.Sqrt(5)) + at(0.5+0.5/math.Sqrt(5)))
	most = 4.0/9*at(0.5) + 5.0/18*(at(0.5-math.Sqrt(0.15))+at(0.5+math.Sqrt(0.15)))
	return least, max(least, most)
}
