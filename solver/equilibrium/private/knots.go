package private

import (
	"math"
	"sort"

	"allot/mechanisms"
)

// knots are a strategy under construction.
type knots struct {
	ranks []rank
	bids  []float64
}

func (k *knots) add(r rank, bid float64) {
	if n := len(k.bids); n > 0 { // rounding must not make a curve descend
		bid = math.Max(bid, k.bids[n-1])
		r.below = math.Max(r.below, k.ranks[n-1].below)
		r.above = math.Min(r.above, k.ranks[n-1].above)
		r.value = math.Max(r.value, k.ranks[n-1].value)
	}
	k.ranks = append(k.ranks, r)
	k.bids = append(k.bids, bid)
}

// jump is add where ranks that differ by rounding are one: a jump of the bid there has no
// types.
func (k *knots) jump(r rank, bid float64) {
	if n := len(k.ranks); n > 0 {
		if last := k.ranks[n-1]; last.above > 0.01 && last.above-r.above < 1e-15 && r.below-last.below < 1e-15 {
			r.below, r.above = last.below, last.above
		}
	}
	k.add(r, bid)
}

// curve is the strategy.
func (k *knots) curve() mechanisms.BidCurve {
	n := len(k.bids)
	all := make([]float64, 3*n)
	c := mechanisms.BidCurve{Bids: k.bids, Values: all[:n:n], Below: all[n : 2*n : 2*n], Above: all[2*n:]}
	for i, r := range k.ranks {
		c.Values[i], c.Below[i], c.Above[i] = r.value, r.below, r.above
	}
	return c
}

// out adds the types below entry, who stand back.
func (k *knots) out(g *group, entry rank) {
	if entry.below > 0 {
		k.add(rank{0, 1, g.low}, 0)
		k.add(entry, 0)
	}
}

// one is the strategy of types that have nobody to fear: from entry up they bid the
// reserve.
func (k *knots) one(g *group, entry rank, reserve float64) {
	k.out(g, entry)
	if entry.above > 0 {
		k.add(entry, reserve)
		k.add(rank{1, 0, g.high}, reserve)
	} else if len(k.bids) == 0 {
		k.add(rank{0, 1, g.low}, 0)
		k.add(rank{1, 0, g.high}, 0)
	}
}

// truth is the strategy of bidding one's value; types below the entry stand back.
func (s Solver) truth(k *knots, g *group, rise func(a, b rank) float64, n int, low, reserve, scale float64, seams []float64) {
	entry := rank{0, 1, g.low}
	if v := math.Nextafter(low, 0); low > g.low {
		entry = rank{g.CDF(v), g.survival(v), low}
	}
	k.out(g, entry)
	if entry.above <= 0 {
		if len(k.bids) == 0 {
			k.add(rank{0, 1, g.low}, 0)
		}
		k.add(rank{1, 0, g.high}, 0)
		return
	}
	coarse := ladder(g, entry, n)
	for _, v := range seams {
		if q := g.survival(v); v > entry.value && q > 0 && q < entry.above {
			i := sort.Search(len(coarse), func(i int) bool { return coarse[i].above <= q })
			if coarse[i].above < q && coarse[i-1].above > q {
				coarse = append(coarse[:i], append([]rank{{g.CDF(v), q, v}}, coarse[i:]...)...)
			}
		}
	}
	for _, r := range s.refine(coarse, g, rise, nil, scale) {
		bid := r.value
		if math.IsInf(bid, 1) { // the last types, of which there are next to none
			bid = 2 * k.bids[len(k.bids)-1]
		}
		k.add(r, math.Max(bid, reserve))
		if v := g.beyond(r); v > r.value && v < math.Inf(1) { // over a gap
			r.value = v
			k.add(r, math.Max(v, reserve))
		}
	}
}

// ladder is a coarse set of ranks from entry to the top: both tails by constant
// factors, and every atom, gap and kink.
func ladder(g *group, entry rank, n int) []rank {
	ranks := []rank{entry}
	add := func(p, s float64) {
		if s < entry.above && p > entry.below && s > 0 && p < 1+1e-9 {
			ranks = append(ranks, rank{p, s, g.at(p, s)})
		}
	}
	for _, v := range g.breaks {
		if v > g.low {
			below := math.Nextafter(v, 0)
			add(g.CDF(below), g.survival(below))
		}
		if v < g.high {
			add(g.CDF(v), g.survival(v))
		}
	}
	for p := 0.5; p > 1e-9; p /= 1.8 {
		add(p, 1-p)
		if q := p + (0.5-p)/2; p < 0.5 {
			add(q, 1-q)
		}
	}
	for i := range 16 { // the ranks that the highest of n has
		p := (float64(i) + 0.5) / 16
		s := missed(1-p, 1) // 1-p
		s = -math.Expm1(math.Log(s) / float64(max(n, 1)))
		add(1-s, s)
	}
	last := 0.5
	for s := 0.4; s > 1e-290; s /= 2 {
		if s < 1e-9 && s > last/4 {
			continue // far up, steps by factors of 4
		}
		last = s
		v := g.upper(s)
		if math.IsInf(v, 1) {
			break
		}
		add(1-s, s)
		if g.high < math.Inf(1) && s < 1e-13/float64(n) {
			break
		}
		if g.high == math.Inf(1) && s < 1e-9/float64(n) && (g.tail == nil && s < 1e-16 || g.tail != nil && g.tail(v)*float64(n) < 1e-13*g.Mean()) {
			break
		}
	}
	sort.Slice(ranks, func(i, j int) bool {
		if ranks[i].above != ranks[j].above {
			return ranks[i].above > ranks[j].above
		}
		return ranks[i].below < ranks[j].below
	})
	out := ranks[:1]
	for _, r := range ranks[1:] {
		if last := out[len(out)-1]; r.above < last.above && r.below >= last.below {
			out = append(out, r)
		}
	}
	return append(out, rank{1, 0, g.high})
}

// fill sets the bids of the closed form at the ranks.
func (k *knots) fill(g *group, entry rank, reserve, m float64, allPay bool, ranks []rank) {
	k.ranks, k.bids = k.ranks[:0], k.bids[:0]
	k.out(g, entry)
	bid := reserve
	if entry.below == 0 && reserve < g.low && !allPay {
		bid = g.low // the lowest type competes with itself
	}
	last := ranks[0]
	k.add(last, bid)
	for _, next := range ranks[1:] {
		switch {
		case allPay:
			bid += stretch(g, last, next, m)
		case m > 50 && m*math.Log(next.below/last.below) > growth || m*math.Log(next.below) < -600:
			bid = 0
			for _, x := range laguerre5 {
				p := next.below * math.Exp(-x[0]/m)
				bid += x[1] * g.at(p, 1-p)
			}
		default:
			bid = bid*fall(last, next, m) + stretch(g, last, next, m)/raised(next.below, next.above, m)
		}
		k.add(next, bid)
		last = next
	}
}

// fall is (a.below/b.below)^m.
func fall(a, b rank, m float64) float64 {
	if a.below <= 0 {
		return 0
	}
	if a.above < 0.5 {
		return math.Exp(m * (math.Log1p(-a.above) - math.Log1p(-b.above)))
	}
	return math.Pow(a.below/b.below, m)
}

// stretch is int v(p) dp^m between two ranks.
func stretch(g *group, a, b rank, m float64) float64 {
	if a.value == b.value { // an atom
		return a.value * ascent(a, b, m)
	}
	if b.above == 0 { // the last stretch
		if g.high == math.Inf(1) {
			if g.tail == nil {
				return a.value * m * a.above
			}
			return m * g.tail(a.value)
		}
		return m * a.above * (a.value/2 + b.value/2)
	}
	// v(b) dp^m less the integral of v(b) - v(p), so that the error is one of the
	// difference only.
	sum := 0.0
	whole := b.value * ascent(a, b, m)
	switch {
	case a.above < 0.5 && a.above > 1.2*b.above: // in ln(1-p)
		c, h := math.Log(a.above)/2+math.Log(b.above)/2, math.Log(a.above)/2-math.Log(b.above)/2
		for _, x := range gauss5 {
			s := math.Exp(c + h*x[0])
			sum += h * x[1] * (b.value - g.upper(s)) * m * raised(1-s, s, m-1) * s
		}
	case a.above < 0.5:
		c, h := a.above/2+b.above/2, (a.above-b.above)/2
		for _, x := range gauss5 {
			s := c + h*x[0]
			sum += h * x[1] * (b.value - g.upper(s)) * m * raised(1-s, s, m-1)
		}
	case a.below > 0 && b.below > 1.2*a.below: // in ln p
		c, h := math.Log(a.below)/2+math.Log(b.below)/2, math.Log(b.below/a.below)/2
		for _, x := range gauss5 {
			p := math.Exp(c + h*x[0])
			sum += h * x[1] * (b.value - g.Quantile(p)) * m * math.Pow(p, m)
		}
	default:
		c, h := a.below/2+b.below/2, (b.below-a.below)/2
		for _, x := range gauss5 {
			p := c + h*x[0]
			sum += h * x[1] * (b.value - g.Quantile(p)) * m * raised(p, 1-p, m-1)
		}
	}
	return whole - sum
}

// ascent is b.below^m - a.below^m.
func ascent(a, b rank, m float64) float64 {
	if a.above < 0.5 {
		if x := missed(a.above, m); x < 0.5 {
			return x - missed(b.above, m)
		}
	}
	return raised(b.below, b.above, m) - raised(a.below, a.above, m)
}

// growth is by how much ln p^m can grow between two ranks for what is below the first to count:
// int v dp^m / p^m is int_0^inf v(p e^(-t/m)) e^-t dt where it grows by more, and m is large.
const growth = 30

// equals is the rise of the chance to win against n-1 others of the same group.
func equals(n int) func(a, b rank) float64 {
	m := float64(max(n-1, 1))
	return func(a, b rank) float64 { return ascent(a, b, m) }
}

// chord is about v times the most by which p^m is below its chord between two ranks, more than
// twofold: what one type loses there and gains elsewhere adds up.
func chord(m int) func(a, b rank) float64 {
	if m < 2 {
		return nil
	}
	n := float64(m)
	return func(a, b rank) float64 {
		v, width := b.value, b.below-a.below
		if math.IsInf(v, 1) {
			v = a.value
		}
		if a.above < 0.5 {
			width = a.above - b.above
		}
		return v * n * (n - 1) * math.Pow(b.below, n-2) * width * width / 3
	}
}

// refine chooses the ranks of the final strategy. Over a step from knot to knot a
// type gains at most about dH dv, H the chance to win: that is what one end's type
// loses with the other's bid. So steps of equal sqrt(dH dv) are the best, as many as the
// tolerance asks for. rise is the rise of H.
//
// Where all pay, bids between knots also miss the closed form by what H is below its chord,
// which costs every type of a narrow support as much: lost adds that, nil for nothing.
func (s Solver) refine(coarse []rank, g *group, rise, lost func(a, b rank) float64, scale float64) []rank {
	weight := make([]float64, 0, len(coarse))
	total := 0.0
	for j := range coarse {
		if j > 0 {
			a, b := coarse[j-1], coarse[j]
			dh := rise(a, b)
			dv := b.value - a.value
			if math.IsInf(dv, 1) {
				dv = 0
			} else if dv <= 1e-12*b.value {
				// An atom, whose types mix: the bids' spread, at most v dH/H.
				dv = b.value * math.Min(1, dh/b.below)
			}
			loss := dh * dv
			if lost != nil {
				loss += lost(a, b)
			}
			total += math.Sqrt(math.Max(0, loss))
		}
		weight = append(weight, total)
	}
	count := math.Min(2+1.25*total/math.Sqrt(s.Tolerance*scale), 20000)
	out := coarse[:1:1]
	for j := 1; j < len(coarse); j++ {
		a, b := coarse[j-1], coarse[j]
		steps := int(math.Ceil(count * (weight[j] - weight[j-1]) / math.Max(total, 1e-300)))
		for k := 1; k < steps && b.above > 0; k++ {
			r := g.between(a, b, float64(k)/float64(steps))
			out = append(out, r)
		}
		out = append(out, b)
	}
	return out
}

// between is the rank at a share w of the way between two, in a tail without end by a constant
// factor.
func (g *group) between(a, b rank, w float64) rank {
	var r rank
	if a.above < 0.5 {
		r.above = a.above + w*(b.above-a.above)
		if g.high == math.Inf(1) {
			r.above = a.above * math.Pow(b.above/a.above, w)
		}
		r.below = 1 - r.above
	} else {
		r.below = a.below + w*(b.below-a.below)
		r.above = 1 - r.below
	}
	r.value = g.at(r.below, r.above)
	return r
}
