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
// the lowest that enters have the most to gain. s_i is the integral of a product of powers,
// monotone, bounded by sums over 4096 steps from both sides. A test asserts that entry from
// the exact threshold of two draws of U[0,1] at fee 0.1 is certified to 1e-3 and entry from
// a wrong one is not.
func Lottery(m mechanisms.EqualChance, values []mechanisms.Distribution, curves []mechanisms.BidCurve) certify.Certificate {
	none := func(reason string) certify.Certificate {
		return certify.Certificate{Standing: certify.None, Epsilon: math.Inf(1), Reason: reason}
	}
	if m == nil || len(values) == 0 || len(values) != len(curves) {
		return none("there is no mechanism, or there are not as many strategies as agents")
	}
	if len(values) > 512 {
		return none("more than 512 agents are too many for this bound")
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
	cert := certify.Certificate{Standing: certify.Certified, Method: "entry is linear in the value"}
	const steps = 4096
	for i := range n {
		chance := func(u float64) float64 {
			p := 1.0
			for j := range n {
				if j != i {
					p *= out(j) + (1-out(j))*math.Pow(u, weight(j)/weight(i))
				}
			}
			return p
		}
		low, high := 0.0, 0.0 // the integrand ascends
		for k := range steps {
			low += chance(float64(k)/steps) / steps
			high += chance(float64(k+1)/steps) / steps
		}
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
		cert.Evaluations += 2 * steps
	}
	return cert
}
