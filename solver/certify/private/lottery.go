package private

import (
	"math"

	"allot/mechanisms"
	"allot/solver/certify"
)

// Lottery bounds what agents can gain in a draw among those who enter, when agent i's value
// is drawn from values[i] and the types whose signal is above 0 on curves[i] enter.
//
// The type v gains (v - price) s_i - fee by entering, s_i being its expected chance against
// the others' chances of entering: linear in v, so that the highest type that stays out and
// the lowest that enters have the most to gain. s_i = int_0^inf w_i e^(-w_i u) prod_{j != i}
// (F_j + (1-F_j) e^(-w_j u)) du, whose integrand is completely monotone: Gauss quadrature is
// below it and Lobatto quadrature above (see [Contest]). A test asserts that entry from
// the exact threshold of two draws of U[0,1] at fee 0.1 is certified to 1e-10 and entry from
// a wrong one is not.
func Lottery(m mechanisms.EqualChance, values []mechanisms.Distribution, curves []mechanisms.BidCurve) certify.Certificate {
	none := func(reason string) certify.Certificate {
		return certify.Certificate{Standing: certify.None, Epsilon: math.Inf(1), Reason: reason}
	}
	if m == nil || len(values) == 0 || len(values) != len(curves) {
		return none("there is no mechanism, or there are not as many strategies as agents")
	}
	for _, d := range values {
		if d == nil {
			return none("an agent has no value")
		}
	}
	if _, reason := sorted(values, curves); reason != "" {
		return none(reason)
	}
	e := entries{lot: m.Lot(), curves: curves, first: make([]int, len(values))}
	if reason := e.jumps(); reason != "" {
		return none(reason)
	}
	low, high, reason := e.chances()
	if reason != "" {
		return none(reason)
	}
	cert := certify.Certificate{Standing: certify.Certified, Method: "entry is linear in the value, the chance enclosed by quadrature from both sides"}
	for i, d := range values {
		out, in := e.gains(i, newTails(d), low[i], high[i])
		if math.IsInf(out, 1) {
			return none("types of unbounded value stay out")
		}
		if out > cert.Epsilon {
			cert.Epsilon, cert.Agent, cert.Signal = out, i, 1
		}
		if in > cert.Epsilon {
			cert.Epsilon, cert.Agent, cert.Signal = in, i, 0
		}
		cert.Evaluations++
	}
	return cert
}

// entries are strategies in a draw, of which only who enters matters.
type entries struct {
	lot    mechanisms.Lot
	curves []mechanisms.BidCurve
	first  []int // the knots from which agents enter
}

// jumps finds where agents begin to enter; the reason is not empty where that is not one rank.
func (e *entries) jumps() string {
	for i, c := range e.curves {
		k := 0
		for k < len(c.Bids) && !(c.Bids[k] > 0) {
			k++
		}
		if k > 0 && k < len(c.Bids) && c.Below[k-1] != c.Below[k] {
			return "a strategy starts to enter other than by a jump"
		}
		e.first[i] = k
	}
	return ""
}

// out is the chance that agent i stays out.
func (e *entries) out(i int) float64 {
	if k := e.first[i]; k < len(e.curves[i].Below) {
		return e.curves[i].Below[k]
	}
	return 1
}

// chances encloses every agent's chance to win by entering.
func (e *entries) chances() (low, high []float64, reason string) {
	n := len(e.curves)
	// Agents of one weight and one chance of entering face the same.
	type class struct{ weight, out float64 }
	index := make(map[class]int)
	of := make([]int, n)
	var c contest
	least, most := math.Inf(1), 0.0
	for i := range n {
		k := class{1, e.out(i)}
		if i < len(e.lot.Weights) {
			k.weight = e.lot.Weights[i]
		}
		j, ok := index[k]
		if !ok {
			j = len(c.players)
			index[k] = j
			c.players = append(c.players, contestant{weight: k.weight, idle: k.out})
		}
		c.players[j].n++
		of[i] = j
		least, most = math.Min(least, k.weight), most+k.weight
	}
	if !(most <= math.MaxFloat64) || math.Log(most/least) > 2000 {
		return nil, nil, "the weights differ by too many orders of magnitude"
	}
	c.panels(least, most)
	for j := range c.players {
		p := &c.players[j]
		p.low, p.high = make([]float64, len(c.low)), make([]float64, len(c.high))
		for k, u := range c.low {
			p.low[k] = (p.idle + (1-p.idle)*math.Exp(-p.weight*u)) * (1 - 4e-16)
		}
		for k, u := range c.high {
			p.high[k] = math.Min(1, (p.idle+(1-p.idle)*math.Exp(-p.weight*u))*(1+4e-16))
		}
	}
	lows, highs := make([]float64, len(c.players)), make([]float64, len(c.players))
	for j := range c.players {
		under, over, _ := c.rivals(j)
		lows[j], highs[j] = c.chance(c.players[j].weight, under, over)
	}
	low, high = make([]float64, n), make([]float64, n)
	for i, j := range of {
		low[i], high[i] = lows[j], highs[j]
	}
	return low, high, ""
}

// gains is what agent i's types gain at most, those that stay out by entering and those that enter
// by staying out, with a chance to win between low and high.
func (e *entries) gains(i int, t tails, low, high float64) (out, in float64) {
	q, price, fee := e.out(i), e.lot.Price, e.lot.Fee
	if q > 0 {
		switch v := t.before(q, 1-q); {
		case math.IsInf(v, 1):
			out = v
		case v > price:
			out = (v-price)*high - fee
		}
	}
	if q < 1 {
		if v := t.after(q, 1-q); v < price {
			in = (price-v)*high + fee
		} else {
			in = fee - (v-price)*low
		}
	}
	return out, in
}
