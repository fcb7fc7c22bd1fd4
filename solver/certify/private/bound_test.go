package private_test

import (
	"math"
	"math/rand/v2"
	"slices"
	"sort"
	"testing"

	"gonum.org/v1/gonum/integrate/quad"

	"allot/mechanisms"
	"allot/mechanisms/distributions"
	"allot/solver/certify"
	"allot/solver/certify/private"
)

// game is a dumb reference for the certificate: payoffs from the definition, by quadrature
// that is exact for the polynomials that chances to win are between bids, and a search over
// dense types and bids. Ties are lost by whom they are its own strategy's, and won by a
// deviation.
type game struct {
	rule   mechanisms.Ranking
	values []mechanisms.Distribution
	curves []mechanisms.BidCurve
	bids   []float64   // everyone's, ascending, from the reserve
	areas  [][]float64 // int H up to each, for each agent
}

func newGame(rule mechanisms.Ranking, values []mechanisms.Distribution, curves []mechanisms.BidCurve) *game {
	g := &game{rule: rule, values: values, curves: curves, bids: []float64{rule.Reserve}, areas: make([][]float64, len(curves))}
	for _, c := range curves {
		for _, b := range c.Bids {
			if b > rule.Reserve {
				g.bids = append(g.bids, b)
			}
		}
	}
	slices.Sort(g.bids)
	g.bids = slices.Compact(g.bids)
	return g
}

// under is the chance of a bid of at most b, or of less than b.
func under(c mechanisms.BidCurve, b float64, less bool) float64 {
	k := sort.Search(len(c.Bids), func(k int) bool { return c.Bids[k] > b || less && c.Bids[k] == b })
	switch {
	case k == len(c.Bids):
		return 1
	case k == 0:
		return 0
	case c.Bids[k-1] == b:
		return c.Below[k-1]
	}
	return c.Below[k-1] + (c.Below[k]-c.Below[k-1])*(b-c.Bids[k-1])/(c.Bids[k]-c.Bids[k-1])
}

func (g *game) win(i int, b float64, less bool) float64 {
	if b < g.rule.Reserve {
		return 0
	}
	h := 1.0
	for j, c := range g.curves {
		if j != i {
			h *= under(c, b, less)
		}
	}
	return h
}

// pay is the expected payment of the bid b that wins with chance h.
func (g *game) pay(i int, b, h float64) float64 {
	switch {
	case g.rule.AllPay:
		return b
	case b < g.rule.Reserve:
		return 0
	case g.rule.First == 1:
		return b * h
	}
	h0 := func(x float64) float64 { return g.win(i, x, false) }
	if g.areas[i] == nil {
		g.areas[i] = make([]float64, len(g.bids))
		for k := 1; k < len(g.bids); k++ {
			g.areas[i][k] = g.areas[i][k-1] + quad.Fixed(h0, g.bids[k-1], g.bids[k], 8, nil, 0)
		}
	}
	k := sort.SearchFloat64s(g.bids, b)
	area := 0.0
	if k > 0 {
		area = g.areas[i][k-1] + quad.Fixed(h0, g.bids[k-1], b, 8, nil, 0)
	}
	return b*h - (1-g.rule.First)*area
}

// gain is the most that a type finds to gain, with so many types and bids for each step.
func (g *game) gain(dense int) float64 {
	most := 0.0
	for i, d := range g.values {
		type offer struct{ win, cost float64 }
		offers := []offer{{0, 0}}
		for k, b := range g.bids {
			for t := range dense {
				x := b
				if k+1 < len(g.bids) {
					x += (g.bids[k+1] - b) * float64(t) / float64(dense)
				} else if t > 0 {
					break
				}
				h := g.win(i, x, false)
				offers = append(offers, offer{h, g.pay(i, x, h)})
			}
		}
		c := g.curves[i]
		for k := 1; k < len(c.Bids); k++ {
			for t := range dense + 1 {
				w := 1e-9 + (1-2e-9)*float64(t)/float64(dense)
				p := c.Below[k-1] + w*(c.Below[k]-c.Below[k-1])
				v := d.Quantile(p)
				if c.Below[k] == c.Below[k-1] || v > 1e3 {
					continue
				}
				b := c.Bids[k-1] + w*(c.Bids[k]-c.Bids[k-1])
				h := g.win(i, b, true)
				own := v*h - g.pay(i, b, h)
				for _, o := range offers {
					most = math.Max(most, v*o.win-o.cost-own)
				}
			}
		}
	}
	return most
}

// atRanks is a strategy with knots at ranks.
func atRanks(d mechanisms.Distribution, ranks []float64, bid func(p, v float64) float64) mechanisms.BidCurve {
	var c mechanisms.BidCurve
	for _, p := range ranks {
		v := d.Quantile(p)
		c.Below, c.Above, c.Values, c.Bids = append(c.Below, p), append(c.Above, 1-p), append(c.Values, v), append(c.Bids, bid(p, v))
	}
	return c
}

// ranks are n+1 of them, from 0 to 1, with some disorder.
func ranks(r *rand.Rand, n int) []float64 {
	out := []float64{0}
	for k := 1; k < n; k++ {
		out = append(out, (float64(k)+0.8*(r.Float64()-0.5))/float64(n))
	}
	return append(out, 1)
}

func family(t *testing.T) []mechanisms.Distribution {
	var out []mechanisms.Distribution
	add := func(d mechanisms.Distribution, err error) {
		if err != nil {
			t.Fatal(err)
		}
		out = append(out, d)
	}
	u, err := distributions.NewUniform(0, 1)
	add(u, err)
	p, err := distributions.NewPower(2, 1)
	add(p, err)
	b, err := distributions.NewBeta(2, 3)
	add(b, err)
	q, err := distributions.NewQuantiles([]float64{0, 0.3, 0.55, 1}, []float64{0, 0.2, 0.7, 1})
	add(q, err)
	gap, err := distributions.NewQuantiles([]float64{0, 0.4, 0.4, 0.7, 0.8, 1}, []float64{0, 0.3, 0.5, 0.7, 0.7, 1})
	add(gap, err)
	e, err := distributions.NewExponential(0.4)
	add(e, err)
	l, err := distributions.NewLogNormal(-1, 0.5)
	add(l, err)
	return out
}

// Whatever is played, nobody finds more to gain than is certified: two and three agents, one
// or two of a kind, any price, common knots and others.
func TestReference(t *testing.T) {
	r := rand.New(rand.NewPCG(7, 11))
	all := family(t)
	certified := 0
	for range 200 {
		kinds := 1 + r.IntN(3)
		var values []mechanisms.Distribution
		var curves []mechanisms.BidCurve
		n := 3 + r.IntN(9)
		common := ranks(r, n)
		rough := 0.3 * float64(r.IntN(2))
		for range kinds {
			d := all[r.IntN(len(all))]
			x := common
			if r.IntN(2) == 0 {
				x = ranks(r, n)
			}
			bend := r.Float64()
			last := 0.0
			c := atRanks(d, x, func(p, _ float64) float64 {
				b := math.Max(last, 0.5*(bend*p+(1-bend)*p*p)+rough/float64(n)*r.Float64())
				if p == 1 {
					b = 0.5 + rough/float64(n)
				}
				last = b
				return b
			})
			for range 1 + r.IntN(2) {
				values, curves = append(values, d), append(curves, c)
			}
		}
		if len(values) == 1 {
			continue
		}
		m := auction(t, [...]float64{1, 1, 0.5, 0.3}[r.IntN(4)], 0)
		if r.IntN(5) == 0 {
			m, _ = mechanisms.NewAllPay(0)
		}
		got := private.Auction(m, values, curves)
		if got.Standing != certify.Certified {
			continue // values without end that may lose
		}
		certified++
		found := newGame(m.Ranking(), values, curves).gain(6)
		if got.Epsilon < found-1e-9 { // for ranks of 1e-9 about jumps
			t.Errorf("%+v among %v: certified %g, found %g", m.Ranking(), values, got.Epsilon, found)
		}
	}
	if certified < 100 {
		t.Errorf("%d markets of 200 were certified", certified)
	}
}

// Equal agents who play the exact equilibrium at their knots: the certificate is not below
// what they find to gain because they play the chords between, and not far above it.
//
//	b(v) = v - int_low^v (F(x)/F(v))^(n-1) dx
func TestChords(t *testing.T) {
	r := rand.New(rand.NewPCG(5, 3))
	for i, d := range family(t) {
		for _, n := range []int{2, 3} {
			low, high := d.Support()
			if i == 4 || math.IsInf(high, 1) {
				continue // a gap, over which the bid jumps; no end
			}
			x := ranks(r, 24)
			for k, w := range x { // even in values
				x[k] = d.CDF(low + (high-low)*w)
			}
			c := atRanks(d, x, func(p, v float64) float64 {
				if v <= low {
					return low
				}
				sum := 0.0
				for k := range 400 {
					a, b := low+(v-low)*float64(k)/400, low+(v-low)*float64(k+1)/400
					sum += quad.Fixed(func(x float64) float64 { return math.Pow(d.CDF(x)/d.CDF(v), float64(n-1)) }, a, b, 5, nil, 0)
				}
				return v - sum
			})
			var values []mechanisms.Distribution
			var curves []mechanisms.BidCurve
			for range n {
				values, curves = append(values, d), append(curves, c)
			}
			m := auction(t, 1, 0)
			got := private.Auction(m, values, curves)
			found := newGame(m.Ranking(), values, curves).gain(6)
			if got.Epsilon < found-1e-12 || got.Epsilon > 3.5*found+6e-5 { // the density of some is 0 at an end
				t.Errorf("%d draws of %v: certified %g, found %g", n, d, got.Epsilon, found)
			}
		}
	}
}

// weakAndStrong are the strategies of U[0,1] and U[0,2] (Griesmer, Levitan, Shubik 1967) on
// so many steps: v = 2b/(1 + 3b^2/4) and 2b/(1 - 3b^2/4), up to the bid 2/3.
func weakAndStrong(n, m int) []mechanisms.BidCurve {
	out := make([]mechanisms.BidCurve, 2)
	for i, steps := range []int{n, m} {
		c := &out[i]
		for k := range steps + 1 {
			b := 2.0 / 3 * float64(k) / float64(steps)
			v, high := 2*b/(1+0.75*b*b), 1.0
			if i == 1 {
				v, high = 2*b/(1-0.75*b*b), 2
			}
			p := math.Min(1, v/high)
			if k == steps {
				p = 1
			}
			c.Bids, c.Values, c.Below, c.Above = append(c.Bids, b), append(c.Values, v), append(c.Below, p), append(c.Above, 1-p)
		}
	}
	return out
}

// The bound is second order in the steps, with or without the density; with it, it is near
// what can be gained, and knots that differ do no harm.
func TestSecondOrder(t *testing.T) {
	values := []mechanisms.Distribution{uniform(t, 1), uniform(t, 2)}
	plain := []mechanisms.Distribution{bare{values[0]}, bare{values[1]}}
	m := auction(t, 1, 0)
	last, before := 0.0, 0.0
	for _, n := range []int{20, 40, 80} {
		curves := weakAndStrong(n, n)
		got, without := private.Auction(m, values, curves).Epsilon, private.Auction(m, plain, curves).Epsilon
		if found := newGame(m.Ranking(), values, curves).gain(6); got < found || got > 2*found {
			t.Errorf("%d steps: certified %g, found %g", n, got, found)
		}
		if !(without > 2*got) {
			t.Errorf("%d steps: without densities %g, with them %g", n, without, got)
		}
		if last > 0 && (got > last/3.5 || got < last/4.5 || without > before/3.5 || without < before/4.5) {
			t.Errorf("%d steps: %g after %g, %g after %g without densities", n, got, last, without, before)
		}
		last, before = got, without
		apart := weakAndStrong(n, n+7)
		other := private.Auction(m, values, apart).Epsilon
		if found := newGame(m.Ranking(), values, apart).gain(6); other < found || other > 2*found {
			t.Errorf("%d and %d steps: certified %g, found %g", n, n+7, other, found)
		}
	}
}

// bare is a distribution that says nothing of its density.
type bare struct{ of mechanisms.Distribution }

func (b bare) CDF(v float64) float64        { return b.of.CDF(v) }
func (b bare) Quantile(p float64) float64   { return b.of.Quantile(p) }
func (b bare) Mean() float64                { return b.of.Mean() }
func (b bare) Support() (low, high float64) { return b.of.Support() }
