package private

import (
	"math"

	"allot/mechanisms"
	"allot/solver/certify"
)

// Spiteful bounds what agents can gain in u_i - s sum_{j != i} u_j who draw their values from
// one distribution and play one strategy, in a first-price or a second-price auction.
//
// Let G be a rival's bid distribution, H = G^m with m = n-1, and phi(y) the type that bids y.
// A type v that bids y gains at the rate
//
//	dU/dy = (v - phi(y)) H' + e(y)
//	first price:   e = (1+s)(phi - y) H' - H
//	second price:  e = (1+s)(phi - y) H' + s m (1-G) G^(m-1)
//
// for a higher bid turns losses against y into wins, which gains v - y and keeps phi - y
// from a rival, and costs the winner's own payment, or raises what the one rival pays that is
// above. phi ascends, so that the first term never favours moving: with E the integral of e,
//
//	sup_b U(v, b) - U(v, y) <= sup_b E(b) - E(y)
//
// for every type, bids that a share of types makes apart, whose size counts in full. Between knots G is linear and phi as near to its chord as the density's
// range allows (as in Auction), which makes the bound second order in the mesh. Of a
// reserve that keeps types out, the types next to it gain at most H(r)|v - r| besides.
// Domain: two agents or more; a second-price auction in which everyone bids at least the
// reserve. References: Morgan,
// Steiglitz, Reis (2003). A test asserts that the bound for closed forms is within
// tolerance, that it is never less than what a search over types and bids finds, and that it
// grows when bids are perturbed.
func Spiteful(m mechanisms.Ranked, values []mechanisms.Distribution, curves []mechanisms.BidCurve, s float64) certify.Certificate {
	if m == nil || len(values) < 2 || len(values) != len(curves) {
		return none("there is no mechanism, or there are not as many strategies as agents, two at least")
	}
	for i, d := range values {
		if d == nil {
			return none("agent %d has no value", i+1)
		}
	}
	if !(s >= 0 && s <= math.MaxFloat64) {
		return none("the weight %g on rivals' profit is not a finite number of at least 0", s)
	}
	rule := m.Ranking()
	if rule.AllPay || rule.First != 0 && rule.First != 1 {
		return none("spite has a proof in first-price and second-price auctions only")
	}
	players, reason := sorted(values, curves)
	if reason != "" {
		return none("%s", reason)
	}
	if len(players) != 1 {
		return none("spite has a proof for equal agents with one strategy only")
	}
	r := residual{player: &players[0], m: float64(len(values) - 1), s: s, second: rule.First == 0, reserve: rule.Reserve}
	if reason := r.follow(); reason != "" {
		return none("%s", reason)
	}
	out := certify.Certificate{Standing: certify.Certified, Method: "the integral of the first-order condition's residual, over all types and bids", Evaluations: len(r.player.curve.Bids)}
	out.Epsilon = math.Max(0, r.most-r.least) + r.edge + r.rounding
	out.Signal = r.signal
	if math.IsNaN(out.Epsilon) || math.IsInf(out.Epsilon, 0) {
		return none("the bound is not a finite number")
	}
	return out
}

// residual follows E over the bids.
type residual struct {
	*player
	m, s     float64
	second   bool
	reserve  float64
	sum, err float64 // E at the knot, give or take err
	// most is the most that E is at any bid, least the least at a bid that is made.
	most, least    float64
	edge, rounding float64
	signal         float64
}

func (r *residual) note(low, high, bid float64, made bool) {
	if high > r.most {
		r.most, r.signal = high, bid
	}
	if made {
		r.least = math.Min(r.least, low)
	}
}

// follow integrates e from the reserve up.
func (r *residual) follow() string {
	c := &r.curve
	k := 0
	for k < len(c.Bids) && c.Bids[k] < r.reserve {
		k++
	}
	r.most, r.least = 0, math.Inf(1) // E is 0 at the reserve
	if k == len(c.Bids) {            // nobody bids
		r.least = 0
		r.edge = math.Max(0, r.player.high-r.reserve)
		return ""
	}
	// Those below stand back, against rivals who do so with chance p.
	p, q := c.Below[k], c.Above[k]
	idle := pow(p, r.m)
	if p > 0 {
		if r.second {
			return "spite has no proof in a second-price auction that some stand back from"
		}
		r.edge = idle * math.Max(0, math.Max(r.before(p, q)-r.reserve, r.reserve-r.after(p, q)))
	}
	// No rival bids between the reserve and the lowest bid.
	gap := c.Bids[k] - r.reserve
	if r.second {
		r.sum = gap * r.s * r.m * (1 - p) * pow(p, r.m-1)
	} else {
		r.sum = -gap * idle
	}
	r.note(r.sum, r.sum, c.Bids[k], true)
	for ; k+1 < len(c.Bids); k++ {
		if !(c.Below[k+1] > c.Below[k]) && !(c.Above[k+1] < c.Above[k]) {
			if c.Bids[k+1] > c.Bids[k] {
				r.jump(k)
			}
			continue
		}
		if !(c.Bids[k+1] > c.Bids[k]) {
			r.tie(k)
			continue
		}
		if reason := r.cell(k); reason != "" {
			return reason
		}
	}
	top := c.Bids[len(c.Bids)-1]
	r.rounding = 8 * 0x1p-52 * top * (1 + r.s) * float64(len(c.Bids))
	return ""
}

// jump is a gap between bids that nobody makes.
func (r *residual) jump(k int) {
	c := &r.curve
	p, gap := c.Below[k], c.Bids[k+1]-c.Bids[k]
	if r.second {
		r.sum += gap * r.s * r.m * c.Above[k] * pow(p, r.m-1)
	} else {
		r.sum -= gap * pow(p, r.m)
	}
	r.note(r.sum-r.err, r.sum+r.err, c.Bids[k+1], true)
}

// tie is a bid that a share of types makes: whether it beats them changes H by at most m
// times that share.
func (r *residual) tie(k int) {
	c := &r.curve
	d := math.Max(c.Below[k+1]-c.Below[k], c.Above[k]-c.Above[k+1])
	r.err += (1 + r.s) * r.m * d * math.Max(c.Bids[k], r.before(c.Below[k+1], c.Above[k+1]))
	r.note(r.sum-r.err, r.sum+r.err, c.Bids[k], true)
}

// cell adds the bids between two knots.
func (r *residual) cell(k int) string {
	c := &r.curve
	a, b := c.Bids[k], c.Bids[k+1]
	pa, pb, width := c.Below[k], c.Below[k+1], b-a
	d := pb - pa
	if c.Above[k] < 0.5 {
		d = c.Above[k] - c.Above[k+1]
	}
	ha, hb := pow(pa, r.m), pow(pb, r.m)
	mean := meanPower(pa, pb, d, r.m) // of H
	v := r.after(pa, c.Above[k])
	w := math.Max(v, r.before(pb, c.Above[k+1]))
	if math.IsInf(w, 1) {
		if r.player.tails.tail == nil || r.second {
			return "a distribution is unbounded and does not say E[V; V > v]"
		}
		if k+2 < len(c.Bids) {
			return "a value is not finite"
		}
		// int phi dH <= m E[V; V > v], and what else there is only lowers E.
		down := width + (1+r.s)*math.Max(0, b-v)*(hb-ha)
		r.note(r.sum-r.err-down, r.sum+r.err+(1+r.s)*r.m*r.player.tails.tail(v), b, true)
		return ""
	}
	// With phi along its chord, int (phi - y) dH by parts; H' between its ends, as H is convex.
	slope := (w - v) / width
	gain := (w-b)*hb - (v-a)*ha - (slope-1)*width*mean
	sa, sb := r.m*pow(pa, r.m-1)*(d/width), r.m*pow(pb, r.m-1)*(d/width)
	high, low := (1+r.s)*extreme(w-a, sa, sb), -(1+r.s)*extreme(b-v, sa, sb)
	before := r.err
	r.err += (1 + r.s) * r.stray(v, w, d) * (hb - ha)
	more := (1 + r.s) * gain
	if r.second {
		// int m (1-G) G^(m-1) dG = [(1-G) G^m] + int G^m dG
		raise := (c.Above[k+1]*hb - c.Above[k]*ha + d*mean) / d * width
		more += r.s * raise
		least, most := r.alone(pa, c.Above[k]), r.alone(pb, c.Above[k+1])
		if most < least {
			least, most = most, least
		}
		if peak := (r.m - 1) / r.m; pa < peak && peak < pb {
			most = r.alone(peak, 1-peak)
		}
		high, low = high+r.s*most, low+r.s*least
	} else {
		more -= width * mean
		high, low = high-ha, low-hb
	}
	start := r.sum
	r.sum += more
	r.note(math.Min(start-before+width*math.Min(0, low), r.sum-r.err), math.Max(start+before+width*math.Max(0, high), r.sum+r.err), b, true)
	return ""
}

// alone is the density of one rival above and the others below.
func (r *residual) alone(p, q float64) float64 { return r.m * q * pow(p, r.m-1) }

// extreme is the most that x H' can be, H' between two slopes.
func extreme(x, least, most float64) float64 {
	if x > 0 {
		return x * most
	}
	return x * least
}

func pow(x, m float64) float64 {
	switch m {
	case 0:
		return 1
	case 1:
		return x
	}
	return math.Pow(x, m)
}

// meanPower is the mean of p^m over [a, b], d = b - a without rounding.
func meanPower(a, b, d, m float64) float64 {
	if b <= 0 {
		return 0
	}
	if d > b/2 {
		return (pow(b, m+1) - pow(a, m+1)) / ((m + 1) * d)
	}
	return pow(b, m) * -math.Expm1((m+1)*math.Log1p(-d/b)) / ((m + 1) * (d / b))
}
