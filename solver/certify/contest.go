package certify

import (
	"math"

	"allot/mechanisms"
)

// Contests against pure strategies.
//
//	u(a) = v t(a) - a - fee,  t(a) = 1/(1 + q(a)),  q(a) = B/(w a^rho)    (all pay)
//	u(a) = (v - a) t(a) - fee                                       (winner pays)
//
// With t' = rho t(1-t)/a, t is concave for rho <= 1, and otherwise convex below
// and concave above the signal where t = (rho-1)/(2 rho). A convex part ends in
// a concave one or at 0, where u is that of standing back, so that the tangent
// at any signal of the concave part bounds u everywhere; at the best signal of
// the concave part it does so to rounding. Where the winner pays, log u is
// concave and its tangent bounds it. Domain: rho > 0. With nothing to beat
// (B = 0) the supremum is the limit at 0+, v - fee, or v/n for standing back.
// Reference: Tullock (1980); Perez-Castrillo, Verdier (1992) for the shape.
// A test asserts epsilon below 1e-14 at values 4, 2, signals 8/9, 4/9, rho = 1.

// contest is what the agents of a contest share.
type contest struct {
	ratio mechanisms.Ratio
	// share is w_i (a_i/top)^rho, the phantom's (R/top)^rho included in sum.
	share             []float64
	top, sum, phantom float64
	// extra is the part of the rounding of odds that comes from n and rho.
	extra float64
}

// sure is agent i's signal, or 0 where it mixes (atoms.go deals with these).
func (c *Certifier) sure(i int) float64 {
	if c.mixes(i) {
		return 0
	}
	return c.profile.Signals[i]
}

// prepareContest computes the shares, in O(n).
func (c *Certifier) prepareContest(r mechanisms.Ratio) {
	k := &c.contest
	k.ratio, k.top = r, r.Phantom
	for i := range c.n {
		k.top = max(k.top, c.sure(i))
	}
	k.share = grow(k.share, c.n)
	k.phantom = 0
	var sum total
	if r.Phantom > 0 {
		k.phantom = power(r.Phantom/k.top, r.Exponent)
		sum.add(k.phantom)
	}
	for i := range c.n {
		k.share[i] = 0
		if a := c.sure(i); a > 0 {
			k.share[i] = weight(r.Weights, i) * power(a/k.top, r.Exponent)
		}
		sum.add(k.share[i])
	}
	k.sum = sum.value()
	k.extra = 16 + 8*r.Exponent + 2*math.Log(float64(c.n)+1)
}

func power(x, rho float64) float64 {
	if rho == 1 {
		return x
	}
	return math.Pow(x, rho)
}

// rivals is what one agent is up against: q(a) = b/(w (a/scale)^rho).
type rivals struct {
	b, w, scale, rho float64
	// rel bounds the relative error of q.
	rel float64
}

// odds is q(a), t and 1-t.
func (r *rivals) odds(a float64) (t, rest float64) {
	return chance(r.b / (r.w * power(a/r.scale, r.rho)))
}

// steep bounds the relative error of t(1-t) beyond that of q at moderate odds: powers
// err in proportion to their logarithms.
func steep(product float64) float64 {
	_, e := math.Frexp(product)
	return unit * (8 + 2*math.Abs(float64(e)))
}

func chance(q float64) (t, rest float64) { return 1 / (1 + q), 1 / (1 + 1/q) }

// rivals of agent i: the others' total is the sum less its own share, unless that
// would cancel or has underflowed.
func (k *contest) rivals(c *Certifier, i int) rivals {
	r := rivals{w: weight(k.ratio.Weights, i), scale: k.top, rho: k.ratio.Exponent}
	r.b = k.sum - k.share[i]
	if k.share[i] > k.sum/2 {
		var sum total
		sum.add(k.phantom)
		for j, s := range k.share {
			if j != i {
				sum.add(s)
			}
		}
		r.b = sum.value()
		if r.b < 1e-200 {
			r.b, r.scale = k.rescaled(c, i)
		}
	}
	if r.b > 0 {
		_, e := math.Frexp(r.b / r.w)
		r.rel = unit * (k.extra + 2*math.Abs(float64(e)))
	}
	return r
}

// rescaled is the others' total relative to the largest signal among them.
func (k *contest) rescaled(c *Certifier, i int) (b, scale float64) {
	scale = k.ratio.Phantom
	for j := range c.n {
		if j != i {
			scale = max(scale, c.sure(j))
		}
	}
	if scale == 0 {
		return 0, k.top
	}
	var sum total
	if k.ratio.Phantom > 0 {
		sum.add(power(k.ratio.Phantom/scale, k.ratio.Exponent))
	}
	for j := range c.n {
		if a := c.sure(j); j != i && a > 0 {
			sum.add(weight(k.ratio.Weights, j) * power(a/scale, k.ratio.Exponent))
		}
	}
	return sum.value(), scale
}

// payoff of agent i at the profile.
func (k *contest) payoff(c *Certifier, i int) float64 {
	a, v := c.profile.Signals[i], c.values[i]
	switch {
	case k.sum == 0 && a == 0:
		return v / float64(c.n)
	case a == 0:
		return 0
	}
	t := k.share[i] / k.sum
	if k.ratio.WinnerPays {
		return (v-a)*t - k.ratio.Fee
	}
	return v*t - a - k.ratio.Fee
}

func (c *Certifier) pureContestAgent(i int) (best deviation, own, slack float64) {
	k := &c.contest
	v, a, fee := c.values[i], c.profile.Signals[i], k.ratio.Fee
	r := k.rivals(c, i)
	c.evaluations++
	if r.b == 0 {
		// Nobody to beat: any signal wins, standing back wins with 1/n or, where
		// only the agent's own signal kept the protocol from drawing, the same.
		own = k.payoff(c, i)
		best = deviation{value: v / float64(c.n)}
		if v-fee > best.value {
			best.signal, best.value = math.SmallestNonzeroFloat64, v-fee
		}
		best.bound = best.value
		slack = 8*unit*(v+a+fee) + tiny
		if v == 0 && a == 0 {
			slack = 0
		}
		best.bound += slack
		return best, own, slack
	}
	t, rest := 0.0, 1.0
	switch {
	case a > 0 && r.scale == k.top:
		t, rest = chance(r.b / k.share[i])
	case a > 0:
		t, rest = r.odds(a)
	}
	if a > 0 {
		own = v*t - a - fee
		if k.ratio.WinnerPays {
			own = (v-a)*t - fee
		}
		slack = (v+a)*(r.rel/4+8*unit) + 4*unit*(a+fee) + tiny
	}
	if v <= fee || v == 0 {
		return best, own, slack // winning is not worth the entry
	}
	if k.ratio.WinnerPays {
		best = c.winnerPays(&r, v, fee, a, t, rest)
	} else {
		best = c.everyonePays(&r, v, fee, a, t, rest)
	}
	// The claimed signal itself is a deviation too.
	if own-slack > best.value {
		best.value, best.signal = own-slack, a
	}
	best.bound = max(best.bound, best.value)
	return best, own, slack
}

// everyonePays bounds v t(a) - a - fee over a > 0, and 0 for standing back,
// starting at a claimed signal a with chance t (0: none).
func (c *Certifier) everyonePays(r *rivals, v, fee, a, t, rest float64) deviation {
	rho, high := r.rho, v-fee
	best := deviation{}
	if !(a > 0 && t > 0 && t*2*rho > rho-1) || rest == 0 || a > high {
		switch {
		case rho > 1:
			// Where the ray from the origin touches t.
			a = r.scale * math.Pow(r.b/r.w*(rho-1), 1/rho)
		case rho == 1:
			beta := r.scale * (r.b / r.w)
			if v <= beta*(1-r.rel-8*unit) {
				return best // t(a) <= a/beta
			}
			a = beta * (math.Sqrt(v/beta) - 1)
		default:
			a = r.scale
		}
		a = max(a, 0x1p-1000*high)
		t, rest = r.odds(a)
	}
	bound := v
	for range 80 {
		u := v*t - a
		slope := v*(rho*t*rest)/a - 1
		err := (v+a)*(r.rel/4+8*unit) + tiny
		rel := r.rel + steep(t*rest)
		slopeErr := (math.Abs(slope) + 1) * rel
		if rho <= 1 || t*2*rho >= (rho-1)*(1+r.rel+8*unit) {
			if slope < 0 {
				// The tangent at 0, without cancelling a.
				bound = min(bound, v*t*(1-rho*rest)+v*t*(1+rho*rest)*rel+tiny)
			} else {
				bound = min(bound, u+slope*(high-a)+err+slopeErr*high)
			}
		}
		if u-err-fee > best.value {
			best.value, best.signal = u-err-fee, a
		}
		if bound-fee <= best.value+c.tol/256 || bound-fee <= 0 {
			break
		}
		// Newton on log((slope+1)) as a function of log odds, where it is concave
		// and, in the concave part of t, decreasing.
		fall := 1 - 1/rho - 2*t
		step := 1.0
		if fall < 0 {
			step = -math.Log(slope+1) / fall
		}
		step = min(max(step, -60), 60)
		next := a * math.Exp(step/rho)
		if !(next < high) {
			next = a + (high-a)/2
		}
		if next == a || !(next > 0) {
			break
		}
		a = next
		t, rest = r.odds(a)
		c.evaluations++
	}
	best.bound = max(0, bound-fee+4*unit*(bound+fee))
	return best
}

// winnerPays bounds (v - a) t(a) - fee over a in (0, v), and 0 for standing back.
func (c *Certifier) winnerPays(r *rivals, v, fee, a, t, rest float64) deviation {
	rho := r.rho
	best := deviation{}
	if !(a > 0 && a < v && t > 0 && rest > 0) {
		a = min(r.scale, v/2)
		t, rest = r.odds(a)
	}
	bound := v
	for range 80 {
		u := (v - a) * t
		err := v*(r.rel/4+8*unit) + tiny
		up, down := rho*rest/a, 1/(v-a)
		slope := up - down
		slopeErr := up*(r.rel+steep(t*rest)) + down*8*unit
		reach := slope * (v - a)
		span := v - a
		if slope < 0 {
			reach, span = -slope*a, a
		}
		if u > 0 {
			bound = min(bound, u*(1+r.rel+8*unit)*math.Exp(reach+slopeErr*span)*(1+4*unit)+tiny)
		}
		if u-err-fee > best.value {
			best.value, best.signal = u-err-fee, a
		}
		if bound-fee <= best.value+c.tol/256 || bound-fee <= 0 {
			break
		}
		// Newton on log(up/down) as a function of log a: concave and decreasing.
		step := math.Log(up/down) / (rho*t + a/(v-a) + 1)
		step = min(max(step, -60), 60)
		next := a * math.Exp(step)
		if !(next < v) {
			next = a + (v-a)/2
		}
		if next == a || !(next > 0) {
			break
		}
		a = next
		t, rest = r.odds(a)
		c.evaluations++
	}
	best.bound = max(0, bound-fee+4*unit*(bound+fee))
	return best
}

// grow returns a slice of length n, allocating only when it must.
func grow(s []float64, n int) []float64 {
	if cap(s) < n {
		return make([]float64, n)
	}
	return s[:n]
}
