package private

import (
	"math"
	"slices"

	"allot/mechanisms"
	"allot/solver/certify"
)

// Contest bounds what agents can gain in a contest with a ratio-form success function, all
// or the winner paying, when agent i's value is drawn from values[i] and it plays
// curves[i].
//
// With x = w a^rho the impact of a signal and S the sum of the rivals' impacts and the
// phantom's, the type v that signals a > 0 has
//
//		u(v, a) = v W - a - fee,  or (v-a) W - fee,    W = E[x/(x+S)] = int_0^inf x e^(-xu) E[e^(-uS)] du
//
//	  - Between knots a signal is linear in the rank. For rho <= 1 its power is a Bernstein
//	    function, so that e^(-u w a^rho) is completely monotone: all its even derivatives
//	    are positive, so Gauss quadrature is below the mean and Lobatto quadrature above it.
//	    For rho > 1 the power lies between a chord and a tangent, for which the same holds.
//	    A product of transforms is that of the sum; as a function of u the integrand is
//	    completely monotone once more. So W is enclosed to about 1e-11, for any n.
//	  - W is concave in x, and for rho <= 1 in a: chords on either side, extended, are
//	    above it between two signals. So every signal's (W, cost) lies above a polygon, and
//	    the best reply's value B(v) = max W v - cost is at most the maximum over its corners,
//	    second order in the mesh.
//	  - B is convex in v, hence so is what the type v gains that signals a: it is largest at
//	    a knot's type; and u is concave in a for rho <= 1 (for rho > 1 but for v times the
//	    rise of W times the bend of the power), so least at a knot's signal.
//
// The types of an unbounded distribution above the rank 1 - 1e-6 are covered in
// expectation, which Reason says then: what they gain counts times how rare they are, and
// above the last knot they gain at most v. So are types below the rank 1e-100, which float64
// tells from the lowest by their values only. The bound is proven up to the rounding of float64,
// for which margins are added (Bernstein 1928 and Schilling, Song, Vondracek 2012 for the
// functions; Davis, Rabinowitz 1984 for the quadrature). A test asserts that the bound for
// known values equals that of the complete-information contest to rounding, and that it is
// never less than what a search finds.
func Contest(m mechanisms.Ratioed, values []mechanisms.Distribution, curves []mechanisms.BidCurve) certify.Certificate {
	if m == nil || len(values) == 0 || len(values) != len(curves) {
		return none("there is no mechanism, or there are not as many strategies as agents")
	}
	if i := slices.Index(values, nil); i >= 0 {
		return none("agent %d has no value", i+1)
	}
	c := contest{rule: m.Ratio(), agents: len(values)}
	if c.rule.Exponent > 1e3 {
		return none("an exponent of %g is out of this bound's reach", c.rule.Exponent)
	}
	if reason := c.group(values, curves); reason != "" {
		return none("%s", reason)
	}
	out := certify.Certificate{Standing: certify.Certified, Method: "enclosed transforms of the rivals' impacts, polygon of best replies over all types and signals"}
	if reason := c.lay(); reason != "" {
		return none("%s", reason)
	}
	for i := range c.players {
		b := c.bound(i)
		out.Evaluations += b.evaluations
		if b.reason != "" {
			return none("%s", b.reason)
		}
		if b.tail != "" {
			out.Reason = b.tail
		}
		if i == 0 || b.gain > out.Epsilon {
			out.Epsilon, out.Agent, out.Signal = b.gain, c.players[i].agent, b.signal
		}
	}
	if math.IsNaN(out.Epsilon) || math.IsInf(out.Epsilon, 0) {
		return none("the bound is not a finite number")
	}
	out.Epsilon = math.Max(0, out.Epsilon)
	return out
}

// contest is what the bound works on.
type contest struct {
	rule    mechanisms.Ratio
	agents  int
	players []contestant
	// The nodes in u: panel by panel, Gauss's for the lower and Lobatto's for the upper
	// bound, with their weights.
	low, high   []float64
	lowW, highW []float64
	ends        []float64 // of the panels
}

// contestant is a number of agents with one distribution, strategy and weight, and the
// bounds of the transform of its impact at the nodes.
type contestant struct {
	tails
	curve     mechanisms.BidCurve
	n, agent  int
	weight    float64
	idle      float64 // the chance of a signal of 0
	low, high []float64
}

func (c *contest) group(values []mechanisms.Distribution, curves []mechanisms.BidCurve) string {
	if _, reason := sorted(values, curves); reason != "" {
		return reason
	}
	type key struct {
		bids   *float64
		n      int
		weight float64
	}
	index := make(map[key][]int)
	for i := range values {
		w := 1.0
		if i < len(c.rule.Weights) {
			w = c.rule.Weights[i]
		}
		k := key{&curves[i].Bids[0], len(curves[i].Bids), w}
		found := false
		for _, j := range index[k] {
			if equal(c.players[j].d, values[i]) {
				c.players[j].n++
				found = true
				break
			}
		}
		if found {
			continue
		}
		index[k] = append(index[k], len(c.players))
		p := contestant{tails: newTails(values[i]), curve: curves[i], n: 1, agent: i, weight: w}
		for t := 1; t < len(p.curve.Bids); t++ {
			if p.curve.Bids[t] == 0 {
				p.idle = p.curve.Below[t]
			}
		}
		c.players = append(c.players, p)
	}
	return ""
}

// typical is the signal of the upper tenth of types.
func (p *contestant) typical() float64 {
	for k, a := range p.curve.Bids {
		if p.curve.Above[k] <= 0.1 && a > 0 {
			return a
		}
	}
	return p.curve.Bids[len(p.curve.Bids)-1]
}

func (c *contest) impact(p *contestant, a float64) float64 {
	if a == 0 {
		return 0
	}
	if c.rule.Exponent == 1 {
		return p.weight * a
	}
	return p.weight * math.Pow(a, c.rule.Exponent)
}

func (c *contest) phantom() float64 {
	if c.rule.Phantom == 0 {
		return 0
	}
	return math.Pow(c.rule.Phantom, c.rule.Exponent)
}

// Gauss-Legendre with 6 points and Lobatto with 7, on [-1, 1] (Abramowitz and Stegun
// 1964, tables 25.4 and 25.6), ascending.
var (
	gauss6   = [6]float64{-0.932469514203152028, -0.661209386466264514, -0.238619186083196909, 0.238619186083196909, 0.661209386466264514, 0.932469514203152028}
	gauss6W  = [6]float64{0.171324492379170345, 0.360761573048138608, 0.467913934572691047, 0.467913934572691047, 0.360761573048138608, 0.171324492379170345}
	lobatto  = [7]float64{-1, -0.830223896278566929, -0.468848793470714214, 0, 0.468848793470714214, 0.830223896278566929, 1}
	lobattoW = [7]float64{1.0 / 21, 0.276826047361565948, 0.431745381209862623, 0.487619047619047619, 0.431745381209862623, 0.276826047361565948, 1.0 / 21}
)

// lay makes the nodes and the players' transforms.
func (c *contest) lay() string {
	most, least := c.phantom(), math.Inf(1)
	for i := range c.players {
		p := &c.players[i]
		b := p.curve.Bids
		most += float64(p.n) * c.impact(p, b[len(b)-1])
		mid := c.impact(p, p.typical())
		for _, a := range b {
			if x := c.impact(p, a); x > 0 {
				least = math.Min(least, math.Max(x, mid*math.Min(1e-12, math.Pow(1e-12, c.rule.Exponent))))
				break
			}
		}
	}
	if math.IsInf(least, 1) || !(most > 0) {
		least, most = 1, math.Max(1, most)
	}
	least /= 64
	if !(least > 0) || !(most <= math.MaxFloat64) || math.Log(most/least) > 2000 {
		return "the signals' impacts differ by too many orders of magnitude"
	}
	c.panels(least, most)
	for i := range c.players {
		c.transform(&c.players[i])
	}
	return ""
}

// panels makes the nodes for impacts from least, of one agent, to most, of all together.
func (c *contest) panels(least, most float64) {
	u := 0.25 / most
	c.ends = []float64{0, u}
	for top := 46 / least; u < top; {
		u *= 1.5
		c.ends = append(c.ends, u)
	}
	for k := 1; k < len(c.ends); k++ {
		h, mid := (c.ends[k]-c.ends[k-1])/2, (c.ends[k]+c.ends[k-1])/2
		for j := range gauss6 {
			c.low, c.lowW = append(c.low, mid+h*gauss6[j]), append(c.lowW, h*gauss6W[j])
		}
		for j := range lobatto {
			c.high, c.highW = append(c.high, mid+h*lobatto[j]), append(c.highW, h*lobattoW[j])
		}
	}
}

// transform encloses E[e^(-uS)] of one agent's impact S.
func (c *contest) transform(p *contestant) {
	p.low, p.high = make([]float64, len(c.low)), make([]float64, len(c.high))
	sum := func(to, nodes []float64, weight, s float64) {
		if s == 0 {
			for k := range nodes {
				to[k] += weight
			}
			return
		}
		for k, u := range nodes {
			z := u * s
			if z > 740 {
				break
			}
			to[k] += weight * math.Exp(-z)
		}
	}
	const g = 0.577350269189625765 // Gauss with two points
	b := p.curve
	for k := 1; k < len(b.Bids); k++ {
		width := b.Below[k] - b.Below[k-1]
		if b.Below[k-1] > 0.5 {
			width = b.Above[k-1] - b.Above[k]
		}
		if !(width > 0) {
			continue
		}
		from, to := b.Bids[k-1], b.Bids[k]
		if from == to {
			s := c.impact(p, from)
			sum(p.low, c.low, width, s)
			sum(p.high, c.high, width, s)
			continue
		}
		if c.rule.Exponent > 1 {
			c.bent(p, sum, width, from, to)
			continue
		}
		// The gap between the two rules falls with the fourth power of the parts.
		const tight, most = 1e6, 64
		r := (to - from) / (from/2 + to/2)
		parts := max(1, min(most, int(math.Ceil(math.Sqrt(math.Sqrt(tight*float64(p.n)*width))*r))))
		for j := range parts {
			a, z := from+(to-from)*float64(j)/float64(parts), from+(to-from)*float64(j+1)/float64(parts)
			w, mid, h := width/float64(parts), a/2+z/2, z/2-a/2
			sum(p.low, c.low, w/2, c.impact(p, mid-g*h))
			sum(p.low, c.low, w/2, c.impact(p, mid+g*h))
			sum(p.high, c.high, w/6, c.impact(p, a))
			sum(p.high, c.high, w*2/3, c.impact(p, mid))
			sum(p.high, c.high, w/6, c.impact(p, z))
		}
	}
	margin := 1e-15 + 0x1p-52*float64(len(b.Bids))
	for k := range p.low {
		p.low[k] *= 1 - margin
	}
	for k := range p.high {
		p.high[k] = math.Min(1, p.high[k]*(1+margin))
	}
}

// bent adds a cell where rho > 1: the chord is above the power, the tangent in the middle
// below it. The cell is cut so that this matters little.
func (c *contest) bent(p *contestant, sum func(to, nodes []float64, weight, s float64), width, from, to float64) {
	const g = 0.577350269189625765
	rho := c.rule.Exponent
	r := (to - from) / (from/2 + to/2)
	parts := max(1, min(64, int(math.Ceil(math.Sqrt(width*rho*(rho-1)*r*r*1e7)))))
	for k := range parts {
		a, b := from+(to-from)*float64(k)/float64(parts), from+(to-from)*float64(k+1)/float64(parts)
		w, mid := width/float64(parts), a/2+b/2
		sa, sb, sm := c.impact(p, a), c.impact(p, b), c.impact(p, mid)
		sum(p.low, c.low, w/2, sa/2+sb/2-g*(sb/2-sa/2))
		sum(p.low, c.low, w/2, sa/2+sb/2+g*(sb/2-sa/2))
		rise := rho * sm / mid * (b/2 - a/2)
		if sm < rise {
			rise, sm = 0, sa
		}
		sum(p.high, c.high, w/6, sm-rise)
		sum(p.high, c.high, w*2/3, sm)
		sum(p.high, c.high, w/6, sm+rise)
	}
}

// rivals encloses the transform of what player i faces.
func (c *contest) rivals(i int) (low, high []float64, nobody float64) {
	product := func(nodes []float64, of func(*contestant) []float64, margin float64) []float64 {
		out := make([]float64, len(nodes))
		r := c.phantom()
		for k, u := range nodes {
			out[k] = math.Exp(-r*u) * margin
		}
		for j := range c.players {
			p := &c.players[j]
			n := p.n
			if j == i {
				n--
			}
			if n == 0 {
				continue
			}
			for k, x := range of(p) {
				if n == 1 {
					out[k] *= x
				} else {
					out[k] *= math.Pow(x, float64(n))
				}
			}
		}
		return out
	}
	low = product(c.low, func(p *contestant) []float64 { return p.low }, 1-1e-14)
	high = product(c.high, func(p *contestant) []float64 { return p.high }, 1+1e-14)
	nobody = 1
	for j := range c.players {
		n := c.players[j].n
		if j == i {
			n--
		}
		nobody *= math.Pow(c.players[j].idle, float64(n))
	}
	if c.rule.Phantom > 0 {
		nobody = 0
	}
	return low, high, nobody / float64(c.agents)
}

// chance encloses W(x), x > 0.
func (c *contest) chance(x float64, low, high []float64) (least, most float64) {
	end := len(c.ends) - 1
	for k, u := range c.ends {
		if x*u > 50 {
			end = k
			break
		}
	}
	for k := range 6 * end {
		least += c.lowW[k] * math.Exp(-x*c.low[k]) * low[k]
	}
	for k := range 7 * end {
		most += c.highW[k] * math.Exp(-x*c.high[k]) * high[k]
	}
	// Above the last panel P is at most what it is there, and at least 0.
	u := c.ends[end]
	most = x*most + math.Exp(-x*u)*high[7*end-1]
	const margin = 2e-14
	return math.Max(0, x*least*(1-margin)), math.Min(1, most*(1+margin)+1e-16)
}
