package private

import (
	"fmt"
	"math"
	"strings"

	"allot/mechanisms"
)

// result is the bound for one player.
type result struct {
	gain, signal float64
	evaluations  int
	reason, rare string
	lowest       bool // whether the types of the lowest ranks gain most
}

// line is a bid's loss against winning for nothing, v miss + cost, as a function of v.
type line struct{ miss, cost, bid float64 }

// reply is the lower envelope over v >= 0 of a player's losses, with a pointer into it
// that follows the values looked at.
type reply struct {
	hull []line
	last int
}

// push adds a line; lines come in the order of falling miss.
func (r *reply) push(l line) {
	n := len(r.hull)
	for ; n > 0; n-- {
		a := &r.hull[n-1]
		if l.miss >= a.miss {
			if l.cost >= a.cost {
				break
			}
			continue
		}
		if l.cost <= a.cost {
			continue
		}
		if n > 1 {
			// a is needless if l undercuts it no later than a undercuts its predecessor.
			p := &r.hull[n-2]
			if (l.cost-a.cost)*(p.miss-a.miss) <= (a.cost-p.cost)*(a.miss-l.miss) {
				continue
			}
		}
		break
	}
	if n > 0 && l.miss >= r.hull[n-1].miss && l.cost >= r.hull[n-1].cost {
		r.hull = r.hull[:n]
		return
	}
	r.hull = append(r.hull[:n], l)
}

// best is the least loss of the type v.
func (r *reply) best(v float64) float64 {
	k := r.last
	least := r.hull[k].miss*v + r.hull[k].cost
	for k+1 < len(r.hull) {
		next := r.hull[k+1].miss*v + r.hull[k+1].cost
		if next > least {
			break
		}
		k, least = k+1, next
	}
	for k > 0 {
		next := r.hull[k-1].miss*v + r.hull[k-1].cost
		if next >= least {
			break
		}
		k, least = k-1, next
	}
	r.last = k
	return least
}

// reach is the most of e t - c t^2/2 for t in [0, width].
func reach(e, c, width float64) float64 {
	switch {
	case !(e > 0):
		return 0
	case e < c*width:
		return e * e / (2 * c)
	}
	return (e - c*width/2) * width
}

// arc is the most of a t + b t^2 for t in [0, width].
func arc(a, b, width float64) float64 {
	if a > 0 && a < -2*b*width {
		return -a * a / (4 * b)
	}
	return max(0, (a+b*width)*width)
}

// replies is the envelope of what player i can do: a line for each bid of the grid. What
// a bid between two of them can bring is credited to the one that is nearer to the types
// of whom that can be the best: the lower for types that bid no more than it, the upper
// for those that bid no less.
func (g *grid) replies(s *side) reply {
	r := reply{hull: append(g.hull[:0], line{1, 0, 0})}
	g.hull = r.hull
	for k, b := range g.bids {
		credit := 0.0
		if k < len(s.cells) {
			if c := &s.cells[k]; c.steep > 0 && g.after[k] > c.from {
				credit = min(c.most, c.steep*reach(g.after[k]-c.from, c.rise, g.bids[k+1]-b))
			}
		}
		if k > 0 {
			if c := &s.cells[k-1]; c.steep > 0 && c.to > g.before[k] {
				credit = max(credit, min(c.most, c.steep*reach(c.to-g.before[k], c.rise, b-g.bids[k-1])))
			}
		}
		r.push(line{s.miss[k], s.low[k] - credit, b})
	}
	g.hull = r.hull
	return r
}

// types fills in the values of player p's types at the knots, from the rank least on.
func (g *grid) types(p *player, least float64) {
	m := len(g.bids)
	for k := range m {
		if k > 0 && p.below[k] == p.below[k-1] && p.above[k] == p.above[k-1] {
			g.before[k], g.after[k] = g.before[k-1], g.after[k-1]
			continue
		}
		g.before[k] = p.before(p.below[k], p.above[k])
		g.after[k] = g.before[k]
		if p.rough {
			g.after[k] = max(g.before[k], p.after(p.below[k], p.above[k]))
		} else if p.below[k] < least {
			g.after[k] = p.value(least, 1)
		}
	}
}

// rarest is how rare the types of an unbounded distribution are that count in expectation:
// ranks end there, not values, so that a strategy cannot tell them apart. Types below the rank
// scarce do where one of them would gain more than all others, which a few of almost no mass
// between their lowest value and the rest can.
const (
	rarest = 1e-200
	scarce = 1e-12
)

// bound is the most that any type of player i can gain.
func (g *grid) bound(players []player, i int, rule mechanisms.Ranking) result {
	res := g.check(players, i, rule, 0)
	if !res.lowest {
		return res
	}
	if above := g.check(players, i, rule, scarce); above.reason == "" && above.gain < res.gain/2 {
		// A type gains at most its value and its bid.
		above.gain += scarce * (players[i].after(scarce, 1-scarce) + g.bids[len(g.bids)-1])
		above.rare = both(fmt.Sprintf("types below the rank %.0e are covered in expectation", scarce), above.rare)
		return above
	}
	return res
}

// both are two remarks in one, of which either may be empty or say the same.
func both(a, b string) string {
	switch {
	case a == "" || strings.Contains(b, a):
		return b
	case b == "" || strings.Contains(a, b):
		return a
	}
	return a + "; " + b
}

// check is bound for the types from the rank least on.
func (g *grid) check(players []player, i int, rule mechanisms.Ranking, least float64) result {
	p := &players[i]
	s := g.facing(players, i, rule)
	g.types(p, least)
	r := g.replies(s)
	res := result{gain: math.Inf(-1), evaluations: len(g.bids)}
	note := func(gain float64) {
		if gain > res.gain {
			res.gain, res.signal, res.lowest = gain, r.hull[r.last].bid, false
		}
	}
	// Those who stand back win nothing, and pay where all pay.
	for k := 1; k < len(p.curve.Bids) && p.curve.Bids[k] < rule.Reserve; k++ {
		if !rises(&p.curve, k-1, k) {
			continue
		}
		v, paid := p.before(p.curve.Below[k], p.curve.Above[k]), 0.0
		if rule.AllPay {
			paid = p.curve.Bids[k]
		}
		if math.IsInf(v, 1) {
			res.reason = "a type of unbounded value stands back"
			return res
		}
		x := r.best(v)
		note(v + paid - x)
	}
	for k := range s.cells {
		if !(p.above[k+1] < p.above[k]) && !(p.below[k+1] > p.below[k]) || p.below[k+1] <= least && least > 0 {
			continue // no types
		}
		c := &s.cells[k]
		v, w := g.after[k], max(g.after[k], g.before[k+1])
		if p.above[k] <= rarest && math.IsInf(p.high, 1) && p.tails.tail != nil {
			note(p.tails.tail(v) + s.high[len(s.high)-1]*p.above[k])
			res.rare = fmt.Sprintf("types above the rank 1 - %.0e are covered in expectation", rarest)
			break
		}
		best := r.best(v)
		atA, atB := v*s.miss[k]+s.high[k], v*s.miss[k+1]+s.high[k+1]
		corner := max(atA, atB) - best
		if c.slack > 0 {
			corner += v * c.slack
		}
		if math.IsInf(w, 1) {
			note(corner)
			gain, reason := g.tail(players, i, k, s, v, best)
			if reason != "" {
				res.reason = reason
				return res
			}
			note(gain)
			continue
		}
		low := atA - best
		signal := r.hull[r.last].bid
		best = r.best(w)
		atA, atB = w*s.miss[k]+s.high[k], w*s.miss[k+1]+s.high[k+1]
		other := max(atA, atB) - best
		if c.slack > 0 {
			other += w * c.slack
		}
		gain := max(corner, other)
		if c.steep > 0 && gain > res.gain {
			gain = min(gain, g.within(p, s, k, low, atB-best))
		}
		if gain > res.gain {
			res.gain, res.signal, res.lowest = gain, r.hull[r.last].bid, p.below[k] == 0
			if corner > other {
				res.signal = signal
			}
		}
	}
	if math.IsInf(res.gain, -1) {
		res.gain = 0
	}
	top := g.bids[len(g.bids)-1]
	res.gain += 8 * 0x1p-52 * top
	return res
}

// within bounds what the types that bid between two bids a, b of the grid can gain, of whom
// those at the ends gain low and high. The type v that bids s = a + t has v - phi(s) within
// the chord of that at both ends and the distances of v and phi from theirs; and
//
//	u(v, y) - u(v, s) = int_s^y (v - phi) dH,   phi' >= rise
//
// bounds what it gains by another bid between, and by going to an end, beyond which it gains
// no more than the type there: u(v, y) - u(v, b) grows with v for y > b.
func (g *grid) within(p *player, s *side, k int, low, high float64) float64 {
	c := &s.cells[k]
	width := g.bids[k+1] - g.bids[k]
	v, w := g.after[k], g.before[k+1]
	d := p.below[k+1] - p.below[k]
	if p.above[k+1] < 0.5 {
		d = p.above[k] - p.above[k+1]
	}
	stray := p.stray(v, w, d)
	from, to := v-c.from, w-c.to
	up, down := max(from, to)+stray, max(-from, -to)+stray+c.bend
	slope := (from - to) / width
	most := c.steep * max(
		min(reach(up, c.rise, width), arc(to+stray, slope, width)),
		min(reach(down, c.rise, width), arc(-from+stray+c.bend, slope, width)))
	over := c.steep * arc(to+stray, slope-c.rise/2, width)
	under := c.steep*arc(-from+stray+c.bend, slope-c.rise/2, width) + (c.steep-c.flat)*reach(down, c.rise, width)
	return max(most, max(high+over, low+under))
}

// tail bounds what the types of at least v can gain that bid between the last two bids of
// player i, when the best reply of v loses best against winning for nothing:
//
//	v' miss(b) + C(b) - best(v')  <=  ratio sup_{x >= v} x P(V > x) + C(top) - best(v)
//
// with ratio the most that miss(b) can be of the player's own chance of a higher
// bid, and x P(V > x) <= E[V; V > x] <= E[V; V > v].
func (g *grid) tail(players []player, i, k int, s *side, v, best float64) (gain float64, reason string) {
	p := &players[i]
	if p.tails.tail == nil {
		return 0, "a distribution is unbounded and does not say E[V; V > v]"
	}
	if s.miss[k+1] > 0 {
		return 0, "a type of unbounded value may lose against a higher bid"
	}
	sum := 0.0
	for j := range players {
		n := players[j].n
		if j == i {
			n--
		}
		sum += float64(n) * players[j].above[k]
	}
	return sum/p.above[k]*p.tails.tail(v) + s.high[k+1] - best, ""
}
