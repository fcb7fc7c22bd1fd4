package equilibrium

import "math"

// A curve is an agent's first-order condition in the log odds l = log(s/(1-s)) of
// its share s, given log A, the log of the sum of all w a^rho (phantom included):
//
//	slope*l + bend*log(1+e^l) + [winner] rho*log(1+rho*(1-s)) = k - log A,
//	k = log w + rho*log(rho*v)
//
// (Cornes, Hartley 2005, in logarithms). With s the agent's share of A itself:
//
//	everyone pays:  rho v s (1-s) = a           slope 1-rho, bend 2 rho-1
//	winner pays:    rho v (1-s)/(1+rho(1-s)) = a slope 1,     bend rho-1
//
// An outsider weighs its entry against an A that it is not in, t = e^l/(1+e^l) its
// chance, which adds rho*log(1-t) on the other side: bend + 1. The curve is
// increasing for l > low; below, a stationary point would be worth less than
// standing back (everyone pays, rho > 1: share below 1-1/rho) and is not used. Where
// low is -Inf every level is met exactly once.
type curve struct {
	slope, bend, rho float64
	winner           bool
	low              float64
}

func memberCurve(rho float64, winner bool) curve {
	if winner {
		return curve{slope: 1, bend: rho - 1, rho: rho, winner: true, low: math.Inf(-1)}
	}
	c := curve{slope: 1 - rho, bend: 2*rho - 1, rho: rho, low: math.Inf(-1)}
	if rho > 1 {
		c.low = math.Log(rho - 1)
	}
	return c
}

// outsider is the condition of an agent that A does not include.
func (c curve) outsider() curve {
	c.bend++
	return c
}

// at returns the curve's level and derivative at l, and s and 1-s.
func (c *curve) at(l float64) (level, derivative, s, rest float64) {
	var soft float64 // log(1+e^l)
	if l > 0 {
		e := math.Exp(-l)
		s = 1 / (1 + e)
		rest = e * s
		soft = l + log1p(e)
	} else {
		e := math.Exp(l)
		rest = 1 / (1 + e)
		s = e * rest
		soft = log1p(e)
	}
	level = c.slope*l + c.bend*soft
	derivative = c.slope + c.bend*s
	if c.winner {
		level += c.rho * math.Log1p(c.rho*rest)
		derivative -= c.rho * s * rest * c.rho / (1 + c.rho*rest)
	}
	return level, derivative, s, rest
}

// log1p is log(1+e) for e in [0, 1], to within 1e-16 of the sum that it enters.
func log1p(e float64) float64 {
	if e > 1./64 {
		return math.Log(1 + e)
	}
	return e * (1 - e*(1./2-e*(1./3-e*(1./4-e*(1./5-e*(1./6-e*(1./7-e/8)))))))
}

// find returns the log odds at which the curve has the given level; ok is false
// where it lies above it throughout. Newton's method kept within a bracket.
func (c *curve) find(level, start float64) (l float64, ok bool) {
	lo, hi := c.low, math.Inf(1)
	if !math.IsInf(lo, -1) {
		bottom, _, _, _ := c.at(lo)
		if bottom >= level {
			// A share at its least is right when the two agree to rounding.
			return lo, bottom-level <= 1e-12*(1+math.Abs(level))
		}
	} else if c.slope == 0 && level <= 0 {
		return lo, false
	}
	l = start
	if !(l > lo) {
		l = lo + 1
	}
	if math.IsInf(l, 0) || math.IsNaN(l) {
		l = 0
	}
	for range 300 {
		f, d, _, _ := c.at(l)
		f -= level
		switch {
		case f > 0:
			hi = l
		case f < 0:
			lo = l
		default:
			return l, true
		}
		next := l - f/d
		if !(d > 0) || !(next > lo && next < hi) {
			switch {
			case math.IsInf(hi, 1):
				next = l + math.Max(1, math.Abs(l))
			case math.IsInf(lo, -1):
				next = l - math.Max(1, math.Abs(l))
			default:
				next = lo + (hi-lo)/2
			}
		}
		if math.Abs(next-l) <= 4e-16*math.Max(1, math.Abs(next)) {
			return next, true
		}
		l = next
	}
	return l, true
}

// guess is a log odds near the one at the given level, from the asymptotes.
func (c *curve) guess(level float64) float64 {
	d := c.slope
	if level > 0 || d <= 0 {
		d += c.bend
	}
	return level / d
}

// balance finds log A at which the shares of agents with the given k sum to 1, a
// phantom bid's share exp(phantom - log A) included. It writes the log odds and the
// shares and returns log A; spare holds 3*len(k) numbers. warm says that odds holds
// a start that belongs to log A = total. Agents and A move together in one Newton iteration
// with second-order terms (one exponential and one logarithm an agent and pass), and
// the last, small step is applied to the shares without another pass; where that does
// not converge, or the curve has a lower end, nest takes over.
func (c *curve) balance(k []float64, phantom float64, odds, shares, spare []float64, warm bool, total float64) (float64, bool) {
	if !math.IsInf(c.low, -1) {
		return c.nest(k, phantom, odds, shares)
	}
	if !warm {
		total = c.begin(k, phantom, odds, shares)
	}
	n := len(k)
	odds, shares = odds[:n], shares[:n]
	lag, rate, bends := spare[:n], spare[n:2*n], spare[2*n:3*n]
	for range 30 {
		sum, weight, p := -1.0, 0.0, 0.0
		if phantom > math.Inf(-1) {
			p = math.Exp(phantom - total)
			sum += p
			weight += p
		}
		for i, l := range odds {
			level, d, s, rest := c.at(l)
			inverse := 1 / d
			f := (level - k[i] + total) * inverse
			g := s * rest
			sum += s - g*f
			weight += g * inverse
			shares[i], lag[i], rate[i] = s, f, inverse
			b := c.bend * g
			if c.winner {
				w := 1 + c.rho*rest
				b -= c.rho * c.rho * g * ((rest-s)*w + c.rho*g) / (w * w)
			}
			bends[i] = b * inverse / 2
		}
		step := sum / weight
		if !(math.Abs(step) <= 1e9) {
			break
		}
		// The second order, where the step is small enough for it to help.
		more := 0.0
		for i, s := range shares {
			if d := lag[i] + step*rate[i]; math.Abs(d) < 0.5 {
				more += s * (1 - s) * d * d * (0.5 - s - bends[i])
			}
		}
		step += (more + p*step*step/2) / weight
		total += step
		worst := 0.0
		for i, f := range lag {
			d := f + step*rate[i]
			if math.Abs(d) < 0.5 {
				d += bends[i] * d * d
			}
			lag[i] = d
			before := odds[i]
			odds[i] -= d
			if d = math.Abs(d); d > worst && max(before, odds[i]) > -745 { // below, e^l is 0
				worst = d
			}
		}
		if worst <= 4e-6 {
			for i, s := range shares {
				if s == 0 {
					continue
				}
				d, rest := lag[i], 1-s
				shares[i] = s - s*rest*d*(1-(rest-s)*d/2)
			}
			return total, true
		}
	}
	return c.nest(k, phantom, odds, shares)
}

// begin writes a start for balance and returns its log A: shares as if they were
// all small, s ~ e^((k - log A)/slope); near exponent 1, where that is far too
// steep, the shares at exponent 1.
func (c *curve) begin(k []float64, phantom float64, odds, shares []float64) float64 {
	top := math.Inf(-1)
	for _, x := range k {
		top = math.Max(top, x)
	}
	if !c.winner && c.slope < 0.12 {
		for i, x := range k {
			odds[i] = math.Exp(x - top)
		}
		r := 0.0
		if phantom > math.Inf(-1) {
			r = math.Exp(math.Min(phantom-top, 600))
		}
		total := top + math.Log(proportional(odds, shares, r))
		if !(math.Abs(total) <= 1e300) {
			total = top
		}
		for i, x := range k {
			odds[i] = c.guess(x - total)
		}
		return total
	}
	sum := 0.0
	for i, x := range k {
		e := math.Exp((x - top) / c.slope)
		shares[i] = e
		sum += e
	}
	shift, slope := math.Log(sum), c.slope
	for i, x := range k {
		s := shares[i] / sum
		odds[i] = (x-top)/slope - shift + s*(1+s)
	}
	total := top + slope*shift
	if c.winner {
		total -= c.rho * math.Log1p(c.rho)
	}
	return math.Max(total, phantom)
}

// nest is balance by a bracketed Newton iteration on log A with every agent's share
// solved for at each step. ok is false where the shares sum to more than 1 at the
// largest A that every agent could bear, or the iteration fails.
func (c *curve) nest(k []float64, phantom float64, odds, shares []float64) (float64, bool) {
	lo, hi := math.Inf(-1), math.Inf(1)
	top, least := math.Inf(-1), math.Inf(1)
	for _, x := range k {
		top, least = math.Max(top, x), math.Min(least, x)
	}
	total := math.Max(top, phantom)
	for i := range odds {
		odds[i] = c.guess(k[i] - total)
	}
	excess := func(total float64) (f, d float64) {
		f = -1
		if phantom > math.Inf(-1) {
			p := math.Exp(phantom - total)
			f, d = f+p, d-p
		}
		for i := range odds {
			l, _ := c.find(k[i]-total, odds[i])
			odds[i] = l
			_, slope, s, rest := c.at(l)
			shares[i] = s
			f += s
			d -= s * rest / slope
		}
		return f, d
	}
	if !math.IsInf(c.low, -1) {
		bottom, _, _, _ := c.at(c.low)
		hi = least - bottom
		total = hi
		for i := range odds {
			odds[i] = math.Max(c.low, 0) + 1
		}
		if f, _ := excess(hi); f >= 0 {
			return hi, f <= 1e-12
		}
		total = hi - 0.1
	}
	for range 300 {
		f, d := excess(total)
		switch {
		case f > 0:
			lo = total
		case f < 0:
			hi = total
		default:
			return total, true
		}
		reach := 40 + math.Abs(total)/2 // where all shares are flat a step means nothing
		next := total - math.Max(-reach, math.Min(reach, f/d))
		if !(d < 0) || !(next > lo && next < hi) {
			switch {
			case math.IsInf(hi, 1):
				next = total + math.Max(1, math.Abs(total))
			case math.IsInf(lo, -1):
				next = total - math.Max(1, math.Abs(total))
			default:
				next = lo + (hi-lo)/2
			}
		}
		if math.Abs(next-total) <= 4e-16*math.Max(1, math.Abs(next)) {
			f, _ := excess(next)
			return next, math.Abs(f) < 1e-9
		}
		total = next
	}
	return total, false
}
