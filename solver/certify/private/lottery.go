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
	lot := m.Lot()
	weight := func(i int) float64 {
		if i < len(lot.Weights) {
			return lot.Weights[i]
		}
		return 1
	}
	// The rank from which agents enter.
	n := len(values)
	first := make([]int, n)
	for i, c := range curves {
		for first[i] < len(c.Bids) && !(c.Bids[first[i]] > 0) {
			first[i]++
		}
		if k := first[i]; k > 0 && k < len(c.Bids) && c.Below[k-1] != c.Below[k] {
			return none("a strategy starts to enter other than by a jump")
		}
	}
	out := func(i int) float64 {
		if k := first[i]; k < len(curves[i].Below) {
			return curves[i].Below[k]
		}
		return 1
	}
	// Agents of one weight and one chance of entering face the same.
	type class struct{ weight, out float64 }
	index := make(map[class]int)
	of := make([]int, n)
	var c contest
	least, most := math.Inf(1), 0.0
	for i := range n {
		k := class{weight(i), out(i)}
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
		return none("the weights differ by too many orders of magnitude")
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
		low, high, _ := c.rivals(j)
		lows[j], highs[j] = c.chance(c.players[j].weight, low, high)
	}
	cert := certify.Certificate{Standing: certify.Certified, Method: "entry is linear in the value, the chance enclosed by quadrature from both sides"}
	for i := range n {
		low, high := lows[of[i]], highs[of[i]]
		t := newTails(values[i])
		note := func(gain float64, signal float64) {
			if gain > cert.Epsilon {
				cert.Epsilon, cert.Agent, cert.Signal = gain, i, signal
			}
		}
		if q := out(i); q > 0 {
			v := t.before(q, 1-q)
			if v > lot.Price {
				note((v-lot.Price)*high-lot.Fee, 1)
			}
			if math.IsInf(v, 1) {
				return none("types of unbounded value stay out")
			}
		}
		if q := out(i); q < 1 {
			v := t.after(q, 1-q)
			if v < lot.Price {
				note((lot.Price-v)*high+lot.Fee, 0)
			} else {
				note(lot.Fee-(v-lot.Price)*low, 0)
			}
		}
		cert.Evaluations++
	}
	return cert
}
