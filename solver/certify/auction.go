package certify

import (
	"math"
	"slices"

	"allot/mechanisms"
)

// Auctions, against pure and mixed bids.
//
// With G(a) = P(every other bid <= a) and reserve r, the supremum of an agent's
// pay-off over bids near a >= r (a itself, or the least bid above it) is
//
//	all pay:      v G(a) - a
//	winner pays:  (v - a) G(a) + (1 - first) int_r^a G(m) dm
//
// and bids below r, or below a bid that is sure, bring at most 0. G is a product
// of distributions that are linear between knots, all with non-negative slopes:
// between knots it is a polynomial with non-negative coefficients, hence convex, so that
// an all-pay bid is best at a knot, and its derivatives are monotone, which bounds
// winner-pays bids to second order. What the profile yields replaces G by the
// chance of winning with ties shared (see tie). Domain: reserve >= 0, first in [0, 1].
// References: Baye, Kovenock, de Vries (1996); Vickrey (1961). A test asserts
// epsilon below 1e-14 for the mixed equilibrium of the all-pay auction at 30, 20.

// auction is what the agents of an auction share.
type auction struct {
	rank mechanisms.Ranking
	// top and second are the two highest pure bids, -1 where there are none; ties
	// and runners count the pure bids at each.
	top, second   float64
	ties, runners int
	// knots are the signals at which some distribution bends; mixing agents' chances
	// of a bid below (strictly) and up to each knot lie in rows.
	knots       []float64
	mixing      []int
	below, upTo []float64
	work        tie
}

func (c *Certifier) prepareAuction(r mechanisms.Ranking) {
	k := &c.auction
	k.rank, k.top, k.second, k.ties, k.runners = r, -1, -1, 0, 0
	k.mixing = k.mixing[:0]
	for i, a := range c.profile.Signals {
		switch {
		case c.mixes(i):
			k.mixing = append(k.mixing, i)
		case a > k.top:
			k.second, k.runners = k.top, k.ties
			k.top, k.ties = a, 1
		case a == k.top:
			k.ties++
		case a > k.second:
			k.second, k.runners = a, 1
		case a == k.second:
			k.runners++
		}
	}
	if c.kind == pureAuction {
		return
	}
	k.knots = append(k.knots[:0], 0, r.Reserve, max(0, k.top), max(0, k.second))
	for _, i := range k.mixing {
		k.knots = append(k.knots, c.profile.Mixed[i].Signals...)
	}
	slices.Sort(k.knots)
	k.knots = slices.Compact(k.knots)
	k.below, k.upTo = grow(k.below, len(k.knots)*len(k.mixing)), grow(k.upTo, len(k.knots)*len(k.mixing))
	for row, i := range k.mixing {
		at := row * len(k.knots)
		tabulate(c.profile.Mixed[i], k.knots, k.below[at:], k.upTo[at:])
	}
}

// tabulate writes the chances of a signal below and of at most each knot.
func tabulate(m mechanisms.Mixture, knots, below, upTo []float64) {
	last := len(m.Signals) - 1
	whole := m.Cumulative[last]
	j := 0 // m.Signals[:j] are at most the knot
	for k, x := range knots {
		for j <= last && m.Signals[j] < x {
			j++
		}
		lower := j // m.Signals[lower] >= x
		for j <= last && m.Signals[j] == x {
			j++
		}
		switch {
		case j > lower: // x is a knot of its own
			upTo[k] = m.Cumulative[j-1] / whole
			below[k] = m.Cumulative[lower] / whole
			if lower == 0 {
				below[k] = 0
			}
		case lower == 0:
			below[k], upTo[k] = 0, 0
		case lower > last:
			below[k], upTo[k] = 1, 1
		default:
			x0, x1 := m.Signals[lower-1], m.Signals[lower]
			f0, f1 := m.Cumulative[lower-1], m.Cumulative[lower]
			f := (f0 + (f1-f0)*((x-x0)/(x1-x0))) / whole
			below[k], upTo[k] = f, f
		}
	}
}

// rival is the highest pure bid of the others (-1: none) and how many make it.
func (k *auction) rival(pure bool, a float64) (top float64, ties int) {
	switch {
	case !pure || a < k.top:
		return k.top, k.ties
	case k.ties > 1:
		return k.top, k.ties - 1
	}
	return k.second, k.runners
}

// payoff of agent i at a pure profile.
func (k *auction) payoff(c *Certifier, i int) float64 {
	a, v := c.profile.Signals[i], c.values[i]
	wins := a == k.top && a >= k.rank.Reserve
	switch {
	case k.rank.AllPay && wins:
		return v/float64(k.ties) - a
	case k.rank.AllPay:
		return -a
	case !wins:
		return 0
	case k.rank.First == 1 || k.ties > 1:
		return (v - a) / float64(k.ties)
	}
	return v - (k.rank.First*a + (1-k.rank.First)*max(k.second, k.rank.Reserve))
}

func (c *Certifier) pureAuctionAgent(i int) (best deviation, own, slack float64) {
	k := &c.auction
	c.evaluations++
	a, v := c.profile.Signals[i], c.values[i]
	own = k.payoff(c, i)
	slack = 2 * unit * math.Abs(own)
	if f := k.rank.First; a == k.top && !k.rank.AllPay && f > 0 && f < 1 {
		slack += 4 * unit * a
	} else if k.rank.AllPay && a == k.top {
		slack += 2 * unit * v
	}
	top, _ := k.rival(true, a)
	price := max(top, k.rank.Reserve)
	if v > price {
		best.signal = price
		if top == price {
			best.signal = math.Nextafter(price, math.MaxFloat64)
		}
		best.value = max(0, (v-best.signal)*(1-2*unit))
		best.bound = (v - price) * (1 + 2*unit)
	}
	return best, own, slack
}

// chances writes into c.auction.work the product over the others' mixtures of
// P(bid <= a) on the piece from knot j to the next, as a polynomial in the
// position s in the piece.
func (k *auction) chances(i, j int) {
	k.work.reset()
	n := len(k.knots)
	for row, who := range k.mixing {
		if who != i {
			from := k.upTo[row*n+j]
			k.work.factor(from, max(0, k.below[row*n+j+1]-from))
		}
	}
}

// upToKnot is the product of P(bid <= knot j) over the others' mixtures.
func (k *auction) upToKnot(i, j int) float64 {
	g := 1.0
	n := len(k.knots)
	for row, who := range k.mixing {
		if who != i {
			g *= k.upTo[row*n+j]
		}
	}
	return g
}

// wins is the chance of winning with a bid at knot j, ties shared among the
// mixing agents with atoms there and a number of sure bids.
func (k *auction) wins(i, j, ties int) float64 {
	k.work.reset()
	n := len(k.knots)
	for row, who := range k.mixing {
		if who != i {
			low := k.below[row*n+j]
			k.work.factor(low, max(0, k.upTo[row*n+j]-low))
		}
	}
	return k.work.share(ties)
}

func (c *Certifier) mixedAuctionAgent(i int) (best deviation, own, slack float64) {
	k := &c.auction
	v, first := c.values[i], k.rank.First
	mixes := c.mixes(i)
	sure, ties := k.rival(!mixes, c.profile.Signals[i])
	floor := max(0, sure, k.rank.Reserve)
	// Rounding: each factor of G is good to a few units, relative to 1.
	rel := unit * (16 + 8*float64(len(k.mixing)))
	integral := 0.0 // int_floor^a G
	mine := mixture{m: mechanisms.Mixture{}}
	if mixes {
		mine.m = c.profile.Mixed[i]
	}
	var mean total
	if a := c.profile.Signals[i]; !mixes && a < sure && k.rank.AllPay {
		mean.add(-a) // a sure loss, and not always at a knot
	}
	for j, a := range k.knots {
		c.evaluations++
		err := (v + a) * rel
		// What the profile yields here.
		mass := 0.0
		if mixes {
			mass = mine.atom(a)
		} else if a == c.profile.Signals[i] && a >= sure {
			mass = 1
		}
		if mass > 0 {
			mean.add(mass * c.ownBid(i, j, a, sure, ties, integral))
			slack += mass * err
		}
		if a >= floor {
			g := k.upToKnot(i, j)
			u := v*g - a
			if !k.rank.AllPay {
				u = (v-a)*g + (1-first)*integral
			}
			if u-err > best.value {
				best.value, best.signal = u-err, a
				if sure >= a || g != k.wins(i, j, 0) {
					best.signal = math.Nextafter(a, math.MaxFloat64)
				}
			}
			best.bound = max(best.bound, u+err)
		}
		if j+1 == len(k.knots) {
			break
		}
		width := k.knots[j+1] - a
		density := 0.0
		if mixes {
			density = mine.between(a, k.knots[j+1])
		}
		if a < floor {
			if density > 0 && k.rank.AllPay {
				mean.add(-density * (a + width/2))
				slack += density * (a + width) * rel
			}
			continue
		}
		needed := !k.rank.AllPay && first < 1
		search := !k.rank.AllPay && a < v && (v-a)*k.upToKnot(i, j+1)+(1-first)*(integral+width) > best.bound
		if density == 0 && !needed && !search {
			continue
		}
		k.chances(i, j)
		if density > 0 {
			mean.add(density * k.average(v, a, width, integral))
			slack += density * (v + a + width) * rel
		}
		if search {
			c.pricing = priceCurve{work: &k.work, v: v, first: first, from: a, width: width, integral: integral, rel: rel}
			best = c.add(&c.pricing, a, min(v, a+width), math.Inf(1), c.tol, best)
			best = c.search(&c.pricing, best, c.tol/16, c.limit)
			c.pricing.work = nil
			// The pieces that follow need the polynomial no more.
			k.chances(i, j)
		}
		integral += width * k.work.share(0)
	}
	return best, mean.value(), slack + tiny
}

// ownBid is what a bid at knot j yields.
func (c *Certifier) ownBid(i, j int, a, sure float64, ties int, integral float64) float64 {
	k := &c.auction
	v, t := c.values[i], 0.0
	switch {
	case a < k.rank.Reserve || a < sure:
	case a > sure:
		t = k.wins(i, j, 0)
	default:
		t = k.wins(i, j, ties)
	}
	if k.rank.AllPay {
		return v*t - a
	}
	return (v-a)*t + (1-k.rank.First)*integral
}

// average is the mean pay-off over a piece, from the polynomial in k.work.
func (k *auction) average(v, from, width, integral float64) float64 {
	g, gs, ig := 0.0, 0.0, 0.0
	for d, x := range k.work.coefficient {
		e := float64(d)
		g += x / (e + 1)
		gs += x / (e + 2)
		ig += x / ((e + 1) * (e + 2))
	}
	if k.rank.AllPay {
		return v*g - (from + width/2)
	}
	return (v-from)*g - width*gs + (1-k.rank.First)*(integral+width*ig)
}

// mixture reads an agent's own mixture in the order of the knots.
type mixture struct {
	m    mechanisms.Mixture
	next int
}

// atom is the mass at a knot.
func (m *mixture) atom(a float64) float64 {
	for m.next < len(m.m.Signals) && m.m.Signals[m.next] < a {
		m.next++
	}
	first := m.next
	for m.next < len(m.m.Signals) && m.m.Signals[m.next] == a {
		m.next++
	}
	if m.next == first {
		return 0
	}
	low := m.m.Cumulative[first]
	if first == 0 {
		low = 0
	}
	return (m.m.Cumulative[m.next-1] - low) / m.m.Cumulative[len(m.m.Cumulative)-1]
}

// between is the mass on a piece between neighbouring knots, after atom(lo).
func (m *mixture) between(lo, hi float64) float64 {
	if m.next == 0 || m.next == len(m.m.Signals) {
		return 0
	}
	x0, x1 := m.m.Signals[m.next-1], m.m.Signals[m.next]
	mass := (m.m.Cumulative[m.next] - m.m.Cumulative[m.next-1]) / m.m.Cumulative[len(m.m.Cumulative)-1]
	return mass * ((hi - lo) / (x1 - x0))
}

// priceCurve is the pay-off of a winner-pays bid on a piece between knots.
type priceCurve struct {
	work                            *tie
	v, first, from, width, integral float64
	rel                             float64
}

func (p *priceCurve) bound(lo, hi, tol float64) (upper, signal, value float64, closed bool) {
	return boundSmooth(p, lo, hi, tol)
}

func (p *priceCurve) at(a float64) (u, slope, err, slopeErr float64) {
	s := (a - p.from) / p.width
	g, first, _ := p.work.at(s)
	ig := 0.0
	for d := len(p.work.coefficient) - 1; d >= 0; d-- {
		ig = ig*s + p.work.coefficient[d]/float64(d+1)
	}
	ig *= s * p.width
	first /= p.width
	u = (p.v-a)*g + (1-p.first)*(p.integral+ig)
	slope = (p.v-a)*first - p.first*g
	return u, slope, (p.v + a) * p.rel, ((p.v+a)*first + g) * p.rel
}

func (p *priceCurve) bend(lo, hi float64) (low, high float64) {
	_, firstLo, secondLo := p.work.at((lo - p.from) / p.width)
	_, firstHi, secondHi := p.work.at((hi - p.from) / p.width)
	w := p.width
	low = (p.v-hi)/w*secondLo/w*(1-p.rel) - (1+p.first)*(firstHi/w)*(1+p.rel)
	high = (p.v-lo)/w*secondHi/w*(1+p.rel) - (1+p.first)*(firstLo/w)*(1-p.rel)
	return low, high
}

func (p *priceCurve) crude(lo, hi float64) float64 {
	g, _, _ := p.work.at(min(1, (hi-p.from)/p.width*(1+4*unit)))
	return (p.v-lo)*g*(1+p.rel) + (1-p.first)*(p.integral+(hi-p.from)*g)*(1+p.rel) + p.v*p.rel
}
