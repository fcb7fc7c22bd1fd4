package certify

import (
	"math"
	"slices"

	"allot/mechanisms"
)

// worthAllPay prepares the all-pay auction in which at most two agents bid, and mix.
func (c *Certifier) worthAllPay() string {
	s, k := &c.spite, &c.auction
	switch {
	case !k.rank.AllPay:
		return "spite has no proof for mixtures where only the winner pays"
	case k.rank.Reserve > 0:
		return "spite has no proof for mixtures above a reserve"
	case !c.gatherActive():
		return crowded
	}
	s.knots = append(s.knots[:0], 0)
	for p, i := range s.active {
		s.own[p].Signals, s.own[p].Cumulative = append(s.own[p].Signals[:0], c.profile.Signals[i]), append(s.own[p].Cumulative[:0], 1)
		if c.mixes(i) {
			m := c.profile.Mixed[i]
			s.own[p] = mechanisms.Mixture{Signals: append(s.own[p].Signals[:0], m.Signals...), Cumulative: append(s.own[p].Cumulative[:0], m.Cumulative...)}
		}
		s.knots = append(s.knots, s.own[p].Signals...)
	}
	slices.Sort(s.knots)
	s.knots = slices.Compact(s.knots)
	for p := range s.below {
		s.below[p], s.upTo[p] = grow(s.below[p], len(s.knots)), grow(s.upTo[p], len(s.knots))
		if p < len(s.active) {
			tabulate(s.own[p], s.knots, s.below[p], s.upTo[p])
			continue
		}
		for j := range s.knots { // nobody: surely 0
			s.below[p][j], s.upTo[p][j] = 1, 1
		}
		s.below[p][0] = 0
	}
	return ""
}

// mindfulAllPay bounds U_i, what others pay left out.
func (c *Certifier) mindfulAllPay(i int) (best deviation, own, slack float64) {
	s := &c.spite
	c.evaluations += len(s.knots)
	v, weight := c.values[i], s.weights[i]
	slack = unit * float64(64+8*len(s.knots)) * (v + weight*c.scale + s.knots[len(s.knots)-1])
	place := slices.Index(s.active, i)
	best.bound = math.Inf(-1)
	if place < 0 {
		own = c.outside(i, &best)
	} else {
		own = c.inside(i, place, &best)
	}
	best.value -= slack
	best.bound += slack
	return best, own, slack
}

// allIdle is U_i where nobody bids: all share equally.
func (c *Certifier) allIdle(i int) float64 {
	sum := 0.0
	for j, v := range c.values {
		if j != i {
			sum += v
		}
	}
	return (c.values[i] - c.spite.weights[i]*sum) / float64(c.n)
}

// inside is what an active agent's mixture yields, and the best of its bids.
func (c *Certifier) inside(i, place int, best *deviation) (own float64) {
	s := &c.spite
	rival := 0.0
	if len(s.active) == 2 {
		rival = c.values[s.active[1-place]]
	}
	v, loss := c.values[i], s.weights[i]*rival
	below, upTo := s.below[1-place], s.upTo[1-place]
	var mean total
	for j, b := range s.knots {
		// The limit from above, and all there is between knots.
		if u := (v+loss)*upTo[j] - loss - b; u > best.bound {
			best.signal, best.value, best.bound = b, u, u
			if upTo[j] > below[j] {
				best.signal = math.Nextafter(b, math.MaxFloat64)
			}
		}
		mass := s.upTo[place][j] - s.below[place][j]
		if mass > 0 {
			u := (v+loss)*(below[j]+(upTo[j]-below[j])/2) - loss - b
			if b == 0 {
				u = upTo[0]*c.allIdle(i) - loss*(1-upTo[0])
			}
			mean.add(mass * u)
		}
		if j+1 < len(s.knots) {
			if mass := s.below[place][j+1] - s.upTo[place][j]; mass > 0 {
				mean.add(mass * ((v+loss)*((upTo[j]+below[j+1])/2) - loss - (b + (s.knots[j+1]-b)/2)))
			}
		}
	}
	return mean.value()
}

// outside is what standing back yields an agent that does, and the best of its bids.
func (c *Certifier) outside(i int, best *deviation) (own float64) {
	s := &c.spite
	v, weight := c.values[i], s.weights[i]
	var won [2]float64 // the actives' values
	for p, j := range s.active {
		won[p] = c.values[j]
	}
	idle := s.upTo[0][0] * s.upTo[1][0]
	// The chances that one of the two is ahead of the other with a bid of at most b.
	lead := func(p, j int) (atom, between float64) {
		q := 1 - p
		atom = (s.upTo[p][j] - s.below[p][j]) * (s.below[q][j] + (s.upTo[q][j]-s.below[q][j])/2)
		if j+1 < len(s.knots) {
			mass := s.below[p][j+1] - s.upTo[p][j]
			between = mass * (s.upTo[q][j] + s.below[q][j+1]) / 2
		}
		return atom, between
	}
	var all, ahead [2]float64
	for p := range all {
		for j := range s.knots {
			atom, between := lead(p, j)
			all[p] += atom + between
		}
	}
	passed := idle // of which nobody bids; overtaken with any bid
	for p := range ahead {
		ahead[p], _ = lead(p, 0)
	}
	own = idle*c.allIdle(i) - weight*(won[0]*(all[0]-ahead[0])+won[1]*(all[1]-ahead[1]))
	for j, b := range s.knots {
		passed = s.upTo[0][j] * s.upTo[1][j]
		u := v*passed - weight*(won[0]*(all[0]-ahead[0])+won[1]*(all[1]-ahead[1])) - b
		if u > best.bound {
			best.signal, best.value, best.bound = math.Nextafter(b, math.MaxFloat64), u, u
		}
		if j+1 < len(s.knots) {
			for p := range ahead {
				_, between := lead(p, j)
				atom, _ := lead(p, j+1)
				ahead[p] += between + atom
			}
		}
	}
	if own > best.bound {
		best.signal, best.value, best.bound = 0, own, own
	}
	return own
}

// spitefulSale is the pay-off of an order, w t(a) - P(A)(a - s B), B the others' orders,
// P(A) = (A/S)^eta: what rivals pay for its size counts too. It is concave if eta <= 1 or
// s (eta-1) <= 2, for -(P (a - s B))” = -(eta P/A^2)((eta-1)(a - s B) + 2 A).
type spitefulSale struct {
	supply, eta, s, w, others, rel float64
}

// worthSale writes w of a ticket sale.
func (c *Certifier) worthSale() string {
	s, k := &c.spite, &c.sale
	values := c.values
	for i := range c.n {
		if math.IsInf(k.eta, 1) || k.eta > 1 && s.weights[i]*(k.eta-1) > 2 {
			return "spite has no proof for tickets whose price rises so steeply"
		}
		var mean, orders total
		size := 0.0
		for j, a := range c.profile.Signals {
			if j != i {
				mean.add(values[j] * a)
				orders.add(a)
				size = max(size, values[j])
			}
		}
		b := orders.value()
		if b == 0 { // all the others are alike
			mean, b = total{}, float64(c.n-1)
			for j, v := range values {
				if j != i {
					mean.add(v)
				}
			}
		}
		s.worths[i] = values[i] + s.weights[i]*(mean.value()/b)
		s.slack[i] = s.weights[i] * size * 32 * unit
	}
	return ""
}

// mindfulOrder bounds U_i, less what the agent cannot change.
func (c *Certifier) mindfulOrder(i int) (best deviation, own, slack float64) {
	c.evaluations++
	a := c.profile.Signals[i]
	var sum total
	for j, b := range c.profile.Signals {
		if j != i {
			sum.add(b)
		}
	}
	k := &spitefulSale{supply: c.sale.supply, eta: c.sale.eta, s: c.spite.weights[i], w: c.values[i], others: sum.value()}
	if k.others == 0 {
		if a > 0 {
			price := power(a/k.supply, k.eta)
			own = k.w - a*price
		} else {
			own = k.w / float64(c.n)
		}
		slack = unit*64*k.w + c.spite.slack[i]
		return deviation{signal: math.SmallestNonzeroFloat64, value: k.w - slack, bound: k.w + slack}, own, slack
	}
	high := max(k.w+k.s*k.others, k.supply)
	scale := max(math.Abs(math.Log(max(k.others, a)/k.supply)), math.Abs(math.Log(max(1, (high+k.others)/k.supply))))
	k.rel = unit * (64 + 4*k.eta*(2+scale))
	own, _, slack, _ = k.at(a)
	slack += c.spite.slack[i]
	upper, signal, value := boundConcave(k, 0, high, a, c.tol)
	best = deviation{signal: signal, value: value, bound: upper + c.spite.slack[i]}
	if u, _, err, _ := k.at(0); u-err > best.value {
		best.signal, best.value = 0, u-err
	}
	best.bound = max(best.bound, best.value)
	return best, own, slack
}

func (k *spitefulSale) at(a float64) (u, slope, err, slopeErr float64) {
	sum := a + k.others
	price := power(sum/k.supply, k.eta)
	t, rest := a/sum, k.others/sum
	pay := price * (a - k.s*k.others)
	fall := price * (1 + k.eta*t)
	lift := price * k.eta * k.s * rest
	rise := k.w * (rest / sum)
	err = (k.w+price*(a+k.s*k.others))*(k.rel+8*unit) + tiny
	return k.w*t - pay, rise - fall + lift, err, (rise + fall + lift) * (k.rel + 8*unit)
}

func (k *spitefulSale) bend(lo, hi float64) (low, high float64) { return math.Inf(-1), 0 }

func (k *spitefulSale) crude(lo, hi float64) float64 { return math.Inf(1) }
