package certify

// Contests against mixtures with stretches between knots.
//
//	sup_a E u(a, Y) <= sup_a E u(a, low(Y)),   E u(X, Y) >= E [v t(low(X), high(Y)) - X] - fee
//
// An agent's chance falls as another's signal rises and rises with its own, so that
// moving every stretch's mass to one of its ends bounds pay-offs from above and
// below. The bounds are proven, and wide by about the mass of a part. Domain: up to
// 512 parts an agent, fewer where many mix. A test asserts that the bounds hold
// against a fine lattice.

const maxParts = 512

// prepareSteps cuts the stretches.
func (c *Certifier) prepareSteps() {
	k := &c.mixture
	stretches, mixing := 1, 0
	for i := range c.n {
		if !c.mixes(i) {
			continue
		}
		mixing++
		count := 0
		m := c.profile.Mixed[i]
		for j := 1; j < len(m.Signals); j++ {
			if m.Signals[j] > m.Signals[j-1] && m.Cumulative[j] > m.Cumulative[j-1] {
				count++
			}
		}
		stretches = max(stretches, count)
	}
	parts := maxParts
	if k.parts > 0 {
		parts = k.parts
	}
	for parts > 1 && joint(parts, mixing-1) > maxJoint {
		parts--
	}
	k.atoms.gather(c, max(1, parts/stretches))
	c.kind, k.tol = steppedContest, max(c.tol, c.scale/4096)
}

// joint is parts^agents, up to a little above maxJoint.
func joint(parts, agents int) int {
	count := 1
	for range agents {
		if count *= parts; count > maxJoint {
			break
		}
	}
	return count
}

// steppedAgent bounds agent i's deviations from above and what it gets from both
// sides.
func (c *Certifier) steppedAgent(i int) (best deviation, own, slack float64) {
	k := &c.mixture
	k.face(c, i, -1, k.atoms.signal)
	best, _, _ = c.facing(i)
	most := c.ownStretches(i, true)
	k.face(c, i, -1, k.atoms.high)
	least := c.ownStretches(i, false)
	// What the deviation found surely yields.
	back := k.v * k.free / float64(c.n)
	best.value = back
	if a := best.signal; a > 0 {
		u, _, err, _ := k.at(a)
		best.value = u - err - k.ratio.Fee*(1+4*unit)
		if best.value < back {
			best.value, best.signal = back, 0
		}
	}
	best.value -= 8 * unit * back * float64(1+len(k.p))
	return best, (most + least) / 2, (most-least)/2*(1+4*unit) + tiny
}

// ownStretches bounds what agent i's own strategy yields on the curve that is set
// up, from above or below.
func (c *Certifier) ownStretches(i int, above bool) float64 {
	k := &c.mixture
	sign := -1.0
	if above {
		sign = 1
	}
	if !c.mixes(i) {
		a := c.profile.Signals[i]
		return k.stretch(c.n, a, a, sign)
	}
	var sum total
	for row, who := range k.atoms.who {
		if who == i {
			for at := k.atoms.from[row]; at < k.atoms.from[row+1]; at++ {
				sum.add(k.atoms.chance[at] * k.stretch(c.n, k.atoms.signal[at], k.atoms.high[at], sign))
			}
		}
	}
	return sum.value() + sign*16*unit*(k.v+k.ratio.Fee)
}

// stretch bounds the mean pay-off of the signals in [lo, hi], from above (sign 1) or
// below (-1).
func (k *mixedContest) stretch(n int, lo, hi, sign float64) float64 {
	if hi == 0 {
		back := k.v * k.free / float64(n)
		return back * (1 + sign*unit*float64(8+len(k.p)))
	}
	low, high := k.win(lo), k.win(hi)
	if sign < 0 {
		low, high = high, low
	}
	err := sign * ((k.v+hi)*(k.rel+unit*float64(len(k.p)+16)) + 4*unit*k.ratio.Fee + tiny)
	if !k.winnerPays {
		return k.v*high - (lo + (hi-lo)/2) - k.ratio.Fee + err
	}
	// high is the chance that flatters the sign.
	gain := k.v - lo
	if sign < 0 {
		gain = k.v - hi
	}
	if gain < 0 {
		high = low
	}
	return gain*high - k.ratio.Fee + err
}

// win is the chance of winning with a signal above 0, or just above 0.
func (k *mixedContest) win(a float64) float64 {
	t := 0.0
	for j := range k.top {
		w, _ := k.odds(j, a)
		t += k.p[j] * w
	}
	return t
}
