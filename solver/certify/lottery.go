package certify

import (
	"fmt"
	"math"

	"allot/mechanisms"
)

// Lotteries: an agent is in or out.
//
//	u(in) = E[w_i/(w_i + W)] (v - price) - fee,   u(out) = 0
//
// W is the weight of the others who are in. Against mixed entry with equal
// weights the expectation is int_0^1 s^m prod_j (1 - p_j + p_j s) ds over m sure
// entrants (see tieShare); with unequal weights it is a sum over who is in, up
// to 16 agents that mix. Domain: fee, price >= 0. A test asserts pay-offs 1, 0 at
// values 4, 2 and price 2.

const maxMixedEntrants = 16

// lottery is what the agents of a lottery share.
type lottery struct {
	lot  mechanisms.Lot
	sure float64   // weight of those who enter for sure
	many int       // how many they are
	who  []int     // agents whose entry is mixed
	in   []float64 // with these chances
	work tie
}

func (c *Certifier) prepareLottery(l mechanisms.Lot) {
	k := &c.lottery
	k.lot, k.many = l, 0
	k.who, k.in = k.who[:0], k.in[:0]
	var sum total
	for i := range c.n {
		p := c.entry(i)
		switch {
		case p == 1:
			k.many++
			sum.add(weight(l.Weights, i))
		case p > 0:
			k.who, k.in = append(k.who, i), append(k.in, p)
		}
	}
	k.sure = sum.value()
	if len(k.who) > maxMixedEntrants+1 && l.Weights != nil {
		c.kind = refused
		c.rule.reason = fmt.Sprintf("%d agents with unequal weights mix their entry: too many to tell apart", len(k.who))
	}
}

// entry is the chance that agent i enters.
func (c *Certifier) entry(i int) float64 {
	if !c.mixes(i) {
		if c.profile.Signals[i] > 0 {
			return 1
		}
		return 0
	}
	m := c.profile.Mixed[i]
	out := 0.0
	for k, x := range m.Signals {
		if x == 0 {
			out = m.Cumulative[k]
		}
	}
	return 1 - out
}

// lotteryPayoff is what agent i gets by entering or not, and its rounding.
func (c *Certifier) lotteryPayoff(i int, enter bool) (u, slack float64) {
	if !enter {
		return 0, 0
	}
	k := &c.lottery
	l := k.lot
	t := 0.0
	others := k.many
	if c.entry(i) == 1 {
		others--
	}
	if l.Weights == nil {
		k.work.reset()
		for j, who := range k.who {
			if who != i {
				k.work.factor(1-k.in[j], k.in[j])
			}
		}
		t = k.work.share(others)
	} else {
		own := weight(l.Weights, i)
		rest := k.sure
		if c.entry(i) == 1 {
			rest = c.sureWithout(i)
		}
		t = c.drawn(i, own, rest, 0)
	}
	v := c.values[i]
	u = t*(v-l.Price) - l.Fee
	slack = unit * (8*(v+l.Price)*(4+float64(len(k.who))) + 4*l.Fee)
	return u, slack + tiny
}

// sureWithout is the weight of the sure entrants but agent i.
func (c *Certifier) sureWithout(i int) float64 {
	k := &c.lottery
	own := weight(k.lot.Weights, i)
	if own <= k.sure/2 {
		return k.sure - own
	}
	var sum total
	for j := range c.n {
		if j != i && c.entry(j) == 1 {
			sum.add(weight(k.lot.Weights, j))
		}
	}
	return sum.value()
}

// drawn is the chance that a weight is drawn against rest and those from the
// j-th on whose entry is mixed.
func (c *Certifier) drawn(i int, own, rest float64, j int) float64 {
	k := &c.lottery
	for j < len(k.who) && k.who[j] == i {
		j++
	}
	if j == len(k.who) {
		return own / (own + rest)
	}
	p := k.in[j]
	return p*c.drawn(i, own, rest+weight(k.lot.Weights, k.who[j]), j+1) + (1-p)*c.drawn(i, own, rest, j+1)
}

func (c *Certifier) lotteryAgent(i int) (best deviation, own, slack float64) {
	c.evaluations++
	in, err := c.lotteryPayoff(i, true)
	if in-err > 0 {
		best.value, best.signal = in-err, c.profile.Signals[i]
		if best.signal == 0 {
			best.signal = math.Max(c.scale, math.SmallestNonzeroFloat64)
		}
	}
	best.bound = max(0, in+err)
	if p := c.entry(i); p > 0 {
		own, slack = p*in, p*err+unit*math.Abs(in)
	}
	return best, own, slack
}

// tie integrates products of factors low_j + p_j s with low, p >= 0 over s in
// [0, 1]: the chance of winning a draw among equals when each of the others is
// behind with probability low_j and level with probability p_j, for
// E[1/(1+K)] = int_0^1 E[s^K] ds.
type tie struct {
	// coefficient of s^d in the product.
	coefficient []float64
}

func (t *tie) reset() { t.coefficient = append(t.coefficient[:0], 1) }

// factor multiplies the product by low + p s. All terms are >= 0, so that
// nothing cancels.
func (t *tie) factor(low, p float64) {
	if p == 0 {
		for d := range t.coefficient {
			t.coefficient[d] *= low
		}
		return
	}
	t.coefficient = append(t.coefficient, 0)
	for d := len(t.coefficient) - 1; d > 0; d-- {
		t.coefficient[d] = t.coefficient[d]*low + t.coefficient[d-1]*p
	}
	t.coefficient[0] *= low
}

// share is the integral of s^m times the product.
func (t *tie) share(m int) float64 {
	sum := 0.0
	for d, x := range t.coefficient {
		sum += x / float64(m+d+1)
	}
	return sum
}

// at is the product at s, and its derivatives there.
func (t *tie) at(s float64) (f, first, second float64) {
	for d := len(t.coefficient) - 1; d >= 0; d-- {
		second = second*s + 2*first
		first = first*s + f
		f = f*s + t.coefficient[d]
	}
	return f, first, second
}
