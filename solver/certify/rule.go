package certify

import (
	"fmt"
	"math"

	"allot/mechanisms"
)

// Mechanisms known by their rule only.
//
// A Monotone mechanism's chance t and payments W (won), L (lost) never fall in
// the own signal. On [lo, hi] no signal gets more than
//
//	max over t in {t(lo), t(hi)} of  t (v - W(lo)) - (1-t) L(lo),
//
// up to the largest number there is (signals are float64: neighbours have nothing
// between them, which is what closes the gap at a jump). Branch and bound on
// this closes the gap in proportion to the width of the intervals. Against mixtures
// the bounds are summed over what the others may jointly signal. Mechanisms that
// promise nothing are searched on a grid: a finding, not a proof. Domain: up to
// 4,096 agents. A test asserts that the bound covers the dense grid's best.

const (
	maxRuleAgents = 4096
	maxRuleJoint  = 4096
)

type rule struct {
	mechanism mechanisms.Mechanism
	reason    string
	atoms     atoms
	c         *Certifier
	i         int
}

func (c *Certifier) prepareRule() string {
	k := &c.rule
	if c.n > maxRuleAgents {
		return fmt.Sprintf("%d agents are too many for a mechanism that is known by its rule only (at most %d)", c.n, maxRuleAgents)
	}
	k.atoms.gather(c, 16)
	if c.kind == sampled {
		k.reason = "the mechanism promises nothing about deviations: they were sampled"
	} else if !k.atoms.exact {
		c.kind = sampled
		k.reason = "mixtures that are not made of atoms: deviations were sampled"
	}
	// A pay-off costs as many allotments as there are joint signals, and each of
	// these looks at every agent.
	cost := k.atoms.joint(-1) * c.n
	c.limit = min(c.limit, max(64*c.n, 100_000_000/cost))
	if c.kind == sampled {
		c.limit = min(c.limit, 4096*c.n, max(64*c.n, 20_000_000/cost))
	}
	c.out.Resize(c.n)
	c.signals = append(c.signals[:0], c.profile.Signals...)
	return ""
}

func (c *Certifier) ruleAgent(i int) (best deviation, own, slack float64) {
	k := &c.rule
	if k.atoms.joint(i) > maxRuleJoint {
		c.kind = refused
		k.reason = fmt.Sprintf("agent %d faces more than %d joint signals of agents that mix", i+1, maxRuleJoint)
		return best, 0, 0
	}
	k.c, k.i = c, i
	defer func() { k.c = nil; c.signals[i] = c.profile.Signals[i] }()
	v := c.values[i]
	best.value = math.Inf(-1)
	best.bound = math.Inf(-1)
	// What the profile yields.
	var mean total
	try := func(a, chance float64) {
		u, err := k.payoff(a)
		mean.add(chance * u)
		slack += chance * err
		if u-err > best.value {
			best.value, best.signal = u-err, a
		}
		best.bound = max(best.bound, u+err)
	}
	if !c.mixes(i) {
		try(c.profile.Signals[i], 1)
	}
	for row, who := range k.atoms.who {
		if who == i {
			for at := k.atoms.from[row]; at < k.atoms.from[row+1]; at++ {
				try(k.atoms.middle(at), k.atoms.chance[at])
			}
		}
	}
	own = mean.value()
	try(0, 0)
	if c.kind == sampled {
		return k.sample(best, v), own, slack
	}
	high := max(v, math.SmallestNonzeroFloat64)
	for j, s := range c.profile.Signals {
		if j != i {
			high = max(high, s)
		}
	}
	// Beyond high: double it while the tail could hold more.
	tail := math.Inf(1)
	for range 64 {
		u, _ := k.payoff(high)
		if u > best.value {
			try(high, 0)
		}
		if upper, _, _, _ := k.bound(high, math.MaxFloat64, c.tol); upper < tail {
			tail = upper
		}
		if tail <= max(best.value, best.bound)+c.tol || high > math.MaxFloat64/4 {
			break
		}
		high *= 2
	}
	best = c.add(k, math.SmallestNonzeroFloat64, high, math.Inf(1), c.tol, best)
	best = c.search(k, best, c.tol, c.limit)
	best.bound = max(best.bound, tail)
	return best, own, slack
}

// payoff is what agent i gets by signal a, and its rounding.
func (k *rule) payoff(a float64) (u, err float64) {
	v := k.c.values[k.i]
	k.each(a, func(q float64) {
		u += q * k.c.out.Payoff(k.i, v)
		err += q * 16 * unit * (v + k.c.out.IfWin[k.i] + k.c.out.IfLose[k.i])
	})
	return u, err
}

// each allots at every joint signal of the others, agent i signalling a.
func (k *rule) each(a float64, f func(q float64)) {
	c := k.c
	c.signals[k.i] = a
	k.atoms.start()
	for more := true; more; more = k.atoms.next(k.i) {
		q := 1.0
		for row, at := range k.atoms.choice {
			if who := k.atoms.who[row]; who != k.i {
				q *= k.atoms.chance[at]
				c.signals[who] = k.atoms.middle(at)
			}
		}
		k.mechanism.Allot(c.signals, &c.out)
		f(q)
	}
}

func (k *rule) bound(lo, hi, tol float64) (upper, signal, value float64, closed bool) {
	c, i := k.c, k.i
	v := c.values[i]
	uLo, uHi, err, errHi := 0.0, 0.0, 0.0, 0.0
	k.atoms.start()
	for more := true; more; more = k.atoms.next(i) {
		q := 1.0
		for row, at := range k.atoms.choice {
			if who := k.atoms.who[row]; who != i {
				q *= k.atoms.chance[at]
				c.signals[who] = k.atoms.middle(at)
			}
		}
		c.signals[i] = lo
		k.mechanism.Allot(c.signals, &c.out)
		t0, won, lost := c.out.Win[i], c.out.IfWin[i], c.out.IfLose[i]
		uLo += q * c.out.Payoff(i, v)
		c.signals[i] = hi
		k.mechanism.Allot(c.signals, &c.out)
		t1 := c.out.Win[i]
		if !(t1 >= t0 && t1 <= 1) {
			t1 = 1
		}
		uHi += q * c.out.Payoff(i, v)
		upper += q * max(t0*(v-won)-(1-t0)*lost, t1*(v-won)-(1-t1)*lost)
		err += q * 16 * unit * (v + won + lost)
		errHi += q * 16 * unit * (v + c.out.IfWin[i] + c.out.IfLose[i])
	}
	signal, value = lo, uLo-err
	if uHi-errHi > value {
		signal, value = hi, uHi-errHi
	}
	if mid := lo + (hi-lo)/2; !(mid > lo && mid < hi) {
		// Neighbours: there is no signal between them.
		return max(uLo+err, uHi+errHi), signal, value, true
	}
	return upper + err, signal, value, false
}

// sample looks for a good deviation on a grid, near the others' signals and, by
// golden sections, around the best found.
func (k *rule) sample(best deviation, v float64) deviation {
	c := k.c
	high := v
	look := func(a float64) {
		if bad(a) {
			return
		}
		c.evaluations++
		if u, _ := k.payoff(a); u > best.value {
			best.value, best.signal = u, a
		}
	}
	for j, s := range c.profile.Signals {
		high = max(high, s)
		if j != k.i && c.n <= 256 {
			look(s)
			look(math.Nextafter(s, math.MaxFloat64))
			look(math.Nextafter(s, 0))
		}
	}
	high *= 1.25
	steps := min(2048, max(16, c.limit/2))
	for s := range steps {
		look(high * float64(s+1) / float64(steps))
	}
	for s := 1; s <= 40; s++ {
		look(math.Ldexp(high, -s))
	}
	width := high / float64(steps)
	for range 3 {
		centre := best.signal
		for s := -16; s <= 16; s++ {
			look(centre + width*float64(s)/16)
		}
		width /= 16
	}
	best.bound = max(best.value, best.bound)
	return best
}
