package certify

import (
	"fmt"
	"math"
	"slices"

	"allot/mechanisms"
)

// Contests against mixtures that are made of atoms.
//
//	u(a) = sum_k p_k (v - [winner pays] a) t_k(a) - [all pay] a - fee,
//	t_k(a) = 1/(1 + q_k(a)),  q_k(a) = kappa_k (top_k/a)^rho,  kappa_k = B_k/(w top_k^rho)
//
// over what the others may jointly signal: B_k, with probability p_k, top_k the
// highest of the signals in it. The second
// derivatives are enclosed in closed form: a^2 t'' = rho t(1-t)(rho(1-2t) - 1), a
// cubic in t, which is monotone in a. For rho <= 1 the sum is concave. Domain: at
// most 2^14 joint signals; top_k = 0 where nobody signals. Reference: Wang
// (2010) for the semi-mixed equilibrium; a test asserts epsilon below 1e-13 for it at
// values 4, 2, rho = 1.5 (signals 1.058267, 2/3 with probability 0.793701).

const maxJoint = 1 << 14

// atoms is what the mixing agents may signal, and with what chance.
type atoms struct {
	who    []int // agents that mix
	from   []int // where each one's atoms start; one more than who
	signal []float64
	chance []float64
	// high is the upper end of a stretch between knots, of which signal is the
	// lower end; at an atom they are the same. exact says that there are atoms only.
	high   []float64
	exact  bool
	choice []int
}

// middle of a stretch; the atom itself otherwise.
func (t *atoms) middle(at int) float64 { return t.signal[at] + (t.high[at]-t.signal[at])/2 }

// gather lists the atoms of the mixing agents; stretches between knots are cut
// into equal parts.
func (t *atoms) gather(c *Certifier, parts int) {
	t.who, t.from, t.exact = t.who[:0], t.from[:0], true
	t.signal, t.high, t.chance = t.signal[:0], t.high[:0], t.chance[:0]
	for i := range c.n {
		if !c.mixes(i) {
			continue
		}
		t.who, t.from = append(t.who, i), append(t.from, len(t.signal))
		m := c.profile.Mixed[i]
		whole := m.Cumulative[len(m.Cumulative)-1]
		before := 0.0
		for k, x := range m.Signals {
			mass := (m.Cumulative[k] - before) / whole
			before = m.Cumulative[k]
			switch {
			case mass == 0:
			case k == 0 || m.Signals[k-1] == x:
				t.signal, t.high, t.chance = append(t.signal, x), append(t.high, x), append(t.chance, mass)
			default:
				t.exact = false
				low := m.Signals[k-1]
				for p := 1; p <= parts; p++ {
					next := m.Signals[k-1] + (x-m.Signals[k-1])*(float64(p)/float64(parts))
					if p == parts {
						next = x
					}
					t.signal, t.high, t.chance = append(t.signal, low), append(t.high, next), append(t.chance, mass/float64(parts))
					low = next
				}
			}
		}
	}
	t.from = append(t.from, len(t.signal))
	if cap(t.choice) < len(t.who) {
		t.choice = make([]int, len(t.who))
	}
	t.choice = t.choice[:len(t.who)]
}

// joint is the number of joint signals of the mixing agents but i.
func (t *atoms) joint(i int) int {
	count := 1
	for row, who := range t.who {
		if who != i {
			count *= t.from[row+1] - t.from[row]
			if count > maxJoint {
				return maxJoint + 1
			}
		}
	}
	return count
}

// start sets the first joint signal.
func (t *atoms) start() { copy(t.choice, t.from) }

// next moves to the next joint signal of the agents but i and reports whether there
// is one.
func (t *atoms) next(i int) bool { return t.nextOf(i, -1) }

// nextOf is next with all but one of the mixing agents left out (only < 0: none).
func (t *atoms) nextOf(i, only int) bool {
	for row, who := range t.who {
		if who == i || only >= 0 && row != only {
			continue
		}
		if t.choice[row]++; t.choice[row] < t.from[row+1] {
			return true
		}
		t.choice[row] = t.from[row]
	}
	return false
}

// mixedContest is one agent's pay-off curve.
type mixedContest struct {
	atoms  atoms
	ratio  mechanisms.Ratio
	v, rel float64
	// One for each joint signal: the highest, the others' total relative to it,
	// and its probability.
	top, kappa, p []float64
	free          float64 // chance that nobody else signals and there is no phantom
	splits        []float64
	turn1         float64 // where the cubic turns
	turn2         float64
	winnerPays    bool
	// No agent that stands back and has at most this value gains more than that.
	idleValue, idleBound float64
	// none is the chance that nobody signals at all.
	none float64
	tol  float64
	// parts is how many parts a mixture's stretches are cut into, 0 for the usual.
	parts int
}

func (c *Certifier) prepareAtoms(r mechanisms.Ratio) {
	k := &c.mixture
	k.atoms.gather(c, 1)
	c.kind, k.tol = atomContest, c.tol
	if !k.atoms.exact {
		c.prepareSteps()
	}
	c.prepareContest(r)
	k.idleValue, k.idleBound = -1, 0
	k.ratio, k.winnerPays = r, r.WinnerPays
	root := math.Sqrt(3*r.Exponent*r.Exponent + 1)
	k.turn1 = (3*r.Exponent - 1 - root) / (6 * r.Exponent)
	k.turn2 = (3*r.Exponent - 1 + root) / (6 * r.Exponent)
	// Only where nobody signals for sure can standing back win.
	k.none = 0
	if c.contest.sum == 0 {
		k.none = 1
		for row := range k.atoms.who {
			zero := 0.0
			for at := k.atoms.from[row]; at < k.atoms.from[row+1]; at++ {
				if k.atoms.high[at] == 0 {
					zero += k.atoms.chance[at]
				}
			}
			k.none *= zero
		}
	}
}

// face sets the curve up for agent i, against all others or, of those that mix,
// only one; each at the lower or the upper end of its stretches.
func (k *mixedContest) face(c *Certifier, i, only int, signal []float64) {
	r := c.contest.rivals(c, i)
	rho := r.rho
	k.v, k.free = c.values[i], 0
	k.top, k.kappa, k.p = k.top[:0], k.kappa[:0], k.p[:0]
	worst := 0.0
	k.atoms.start()
	for more := true; more; more = k.atoms.nextOf(i, only) {
		q, scale := 1.0, 0.0
		if r.b > 0 {
			scale = r.scale
		}
		for row, at := range k.atoms.choice {
			if k.atoms.who[row] != i && (only < 0 || row == only) {
				q *= k.atoms.chance[at]
				scale = max(scale, signal[at])
			}
		}
		if scale == 0 {
			k.free += q
			k.top, k.kappa, k.p = append(k.top, 0), append(k.kappa, 0), append(k.p, q)
			continue
		}
		b := 0.0
		if r.b > 0 {
			b = r.b * power(r.scale/scale, rho)
		}
		for row, at := range k.atoms.choice {
			if who := k.atoms.who[row]; who != i && signal[at] > 0 && (only < 0 || row == only) {
				b += weight(k.ratio.Weights, who) * power(signal[at]/scale, rho)
			}
		}
		_, e := math.Frexp(b / r.w)
		worst = max(worst, math.Abs(float64(e)))
		k.top, k.kappa, k.p = append(k.top, scale), append(k.kappa, b/r.w), append(k.p, q)
	}
	k.rel = unit * 2 * (c.contest.extra + 2*worst + 4*float64(len(k.atoms.who)))
}

func (c *Certifier) atomContestAgent(i int) (best deviation, own, slack float64) {
	k := &c.mixture
	many := k.atoms.joint(i) > maxJoint
	if !c.mixes(i) && c.profile.Signals[i] == 0 && k.none == 0 && (c.proven > 0 || many) {
		if best, ok := c.idleAgent(i); ok || many {
			return best, 0, 0
		}
	}
	if many {
		c.kind = refused
		c.rule.reason = fmt.Sprintf("agent %d faces more than %d joint signals of agents that mix", i+1, maxJoint)
		return best, 0, 0
	}
	if !k.atoms.exact {
		return c.steppedAgent(i)
	}
	k.face(c, i, -1, k.atoms.signal)
	return c.facing(i)
}

// idleAgent bounds what an agent that stands back could gain, by the cheaper game
// in which all the mixing agents but the strongest stand back as well, which
// raises every chance. Among agents of equal weights the bound of a higher value
// covers the lower ones. ok says that the bound is no more than is proven of others
// already, so that nothing is lost by it.
func (c *Certifier) idleAgent(i int) (best deviation, ok bool) {
	k := &c.mixture
	if k.ratio.Weights == nil && c.values[i] <= k.idleValue {
		return deviation{bound: k.idleBound}, true
	}
	strongest, most := 0, -1.0
	for row, who := range k.atoms.who {
		if m := c.profile.Signals[who]; m > most {
			strongest, most = row, m
		}
	}
	highest := i
	if k.ratio.Weights == nil && k.idleValue < 0 {
		for j, v := range c.values {
			if v > c.values[highest] && !c.mixes(j) && c.profile.Signals[j] == 0 {
				highest = j
			}
		}
	}
	for _, j := range [2]int{highest, i} {
		k.face(c, j, strongest, k.atoms.signal)
		if best, _, _ = c.facing(j); best.bound <= c.proven {
			k.idleValue, k.idleBound = max(k.idleValue, c.values[j]), max(k.idleBound, best.bound)
			return deviation{bound: best.bound}, true
		}
		k.idleValue = max(k.idleValue, 0)
	}
	return deviation{bound: best.bound}, false
}

// facing bounds agent i's pay-offs on the curve that is set up.
func (c *Certifier) facing(i int) (best deviation, own, slack float64) {
	k := &c.mixture
	v, fee := k.v, k.ratio.Fee
	high := v
	if !k.winnerPays {
		high = v - fee
	}
	back := v * k.free / float64(c.n)
	best = deviation{value: back, bound: back}
	if k.free > 0 {
		slack = unit * v * (8 + float64(len(k.p)))
		best.value, best.bound = back-slack, back+slack
	}
	// What the profile yields; its signals start the search.
	slack = 0
	var mean total
	if !c.mixes(i) {
		c.claimed(i, c.profile.Signals[i], 1, back, fee, &mean, &slack, &best)
	}
	for row, who := range k.atoms.who {
		if who == i {
			for at := k.atoms.from[row]; at < k.atoms.from[row+1]; at++ {
				c.claimed(i, k.atoms.signal[at], k.atoms.chance[at], back, fee, &mean, &slack, &best)
			}
		}
	}
	if high <= 0 {
		return best, mean.value(), slack
	}
	// The curve is without the fee; so are the bounds until the end.
	best.value, best.bound = best.value+fee, max(best.bound+fee, best.value+fee)
	c.split(high)
	low := 0.0
	for _, s := range k.splits {
		best = c.add(k, low, s, math.Inf(1), k.tol/16, best)
		low = s
	}
	best = c.search(k, best, k.tol/16, c.limit)
	best.value -= fee
	if best.signal == 0 && best.value > back {
		best.signal = math.SmallestNonzeroFloat64 // the limit at 0+
	}
	best.bound = best.bound - fee + 4*unit*(fee+max(0, best.bound))
	if fee == 0 {
		best.bound = max(best.bound, best.value)
	}
	return best, mean.value(), slack
}

// claimed adds what one signal of agent i's own strategy yields.
func (c *Certifier) claimed(i int, a, chance, back, fee float64, mean *total, slack *float64, best *deviation) {
	k := &c.mixture
	u, err := back, 8*unit*back*(1+float64(len(k.p)))
	if a > 0 {
		u, _, err, _ = k.at(a)
		u -= fee
		err += 4 * unit * fee
	}
	mean.add(chance * u)
	*slack += chance * (err + 8*unit*math.Abs(u))
	if u-err > best.value {
		best.value, best.signal = u-err, a
	}
}

// split cuts (0, high] where single curves turn from convex to concave.
func (c *Certifier) split(high float64) {
	k := &c.mixture
	k.splits = k.splits[:0]
	if rho := k.ratio.Exponent; rho > 1 && len(k.top) <= 256 {
		for j, top := range k.top {
			if a := top * math.Pow(k.kappa[j]*(rho-1)/(rho+1), 1/rho); a > 0 && a*(1+1e-6) < high {
				k.splits = append(k.splits, a*(1-1e-6), a*(1+1e-6))
			}
		}
		slices.Sort(k.splits)
		k.splits = slices.Compact(k.splits)
	}
	k.splits = append(k.splits, high)
}

func (k *mixedContest) bound(lo, hi, tol float64) (upper, signal, value float64, closed bool) {
	return boundSmooth(k, lo, hi, tol)
}

// odds of joint signal j.
func (k *mixedContest) odds(j int, a float64) (t, rest float64) {
	switch {
	case k.top[j] == 0:
		return 1, 0
	case a == 0:
		return 0, 1
	}
	return chance(k.kappa[j] * power(k.top[j]/a, k.ratio.Exponent))
}

func (k *mixedContest) at(a float64) (u, slope, err, slopeErr float64) {
	t, turn := 0.0, 0.0
	for j := range k.top {
		win, rest := k.odds(j, a)
		t += k.p[j] * win
		turn += k.p[j] * win * rest
	}
	rel := k.rel + unit*float64(len(k.p))
	err = (k.v+a)*(rel+8*unit) + tiny
	rise := 0.0 // t'
	if a > 0 {
		rise = k.ratio.Exponent * turn / a
	}
	if k.winnerPays {
		return (k.v - a) * t, (k.v-a)*rise - t, err, (math.Abs(k.v-a)*rise + t) * (rel + steep(turn))
	}
	return k.v*t - a, k.v*rise - 1, err, (k.v*rise + 1) * (rel + steep(turn))
}

func (k *mixedContest) bend(lo, hi float64) (low, high float64) {
	rho := k.ratio.Exponent
	if rho <= 1 {
		return math.Inf(-1), 0
	}
	for j := range k.top {
		if k.top[j] == 0 {
			continue
		}
		t0, rest0 := k.odds(j, lo)
		t1, rest1 := k.odds(j, hi)
		h0, h1 := k.cubic(t0, rest0)
		l, h := k.cubic(t1, rest1)
		h0, h1 = min(h0, l), max(h1, h)
		p0, p1 := min(t0*rest0, t1*rest1), max(t0*rest0, t1*rest1)
		for _, turn := range [2]float64{k.turn1, k.turn2} {
			if t0 < turn && turn < t1 {
				l, h = k.cubic(turn, 1-turn)
				h0, h1 = min(h0, l), max(h1, h)
			}
		}
		if t0 < 0.5 && t1 > 0.5 {
			p1 = 0.25
		}
		worth0, worth1 := k.v, k.v
		if k.winnerPays {
			worth0, worth1 = max(0, k.v-hi), k.v-lo
		}
		q := k.p[j]
		low += q * (scaled(h0, lo, hi, worth0, worth1))
		high += q * (-scaled(-h1, lo, hi, worth0, worth1))
		if k.winnerPays {
			margin := k.rel + 2200*unit
			low -= 2 * q * rho * p1 / lo * (1 + margin)
			high -= 2 * q * rho * p0 / hi * (1 - margin)
		}
	}
	margin := 16 * unit * float64(len(k.p)+4)
	if low != 0 {
		low -= math.Abs(low) * margin
	}
	if high != 0 {
		high += math.Abs(high) * margin
	}
	return low, high
}

// scaled is the least of h w/a^2 over a in [lo, hi] and w in [w0, w1].
func scaled(h, lo, hi, w0, w1 float64) float64 {
	switch {
	case h == 0:
		return 0
	case h > 0:
		return h * (w0 / hi) / hi
	case w1 == 0:
		return 0
	}
	return h * (w1 / lo) / lo
}

// cubic encloses rho t(1-t)(rho(1-2t) - 1).
func (k *mixedContest) cubic(t, rest float64) (low, high float64) {
	rho := k.ratio.Exponent
	g := rho*(rest-t) - 1
	margin := rho*(k.rel+8*unit) + 4*unit
	p := rho * t * rest
	low, high = p*(g-margin), p*(g+margin)
	low -= math.Abs(low) * (k.rel + 2200*unit) // see steep
	high += math.Abs(high) * (k.rel + 2200*unit)
	return low, high
}

func (k *mixedContest) crude(lo, hi float64) float64 {
	t := 0.0
	for j := range k.top {
		win, _ := k.odds(j, hi)
		t += k.p[j] * win
	}
	err := (k.v + hi) * (k.rel + unit*float64(len(k.p)+8))
	if k.winnerPays {
		return (k.v-lo)*t + err
	}
	return k.v*t - lo + err
}
