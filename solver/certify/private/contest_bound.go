package private

import (
	"fmt"
	"math"
	"sort"
)

// outcome is the bound for one player.
type outcome struct {
	gain, signal float64
	evaluations  int
	reason, tail string
}

// corner is a signal of the polygon above the attainable: a chance of winning, its
// expected payment at least, the signal.
type corner struct{ win, cost, signal float64 }

// far is how rare the types of an unbounded distribution are that count in expectation.
const far = 1e-6

// bound is the most that any type of player i can gain.
func (c *contest) bound(i int) outcome {
	p := &c.players[i]
	rho := c.rule.Exponent
	low, high, nobody := c.rivals(i)
	signals := mesh(p.curve.Bids, p.typical(), math.Max(1, 1/rho))
	m := len(signals)
	least, most := make([]float64, m), make([]float64, m)
	for k, a := range signals {
		least[k], most[k] = c.chance(c.impact(p, a), low, high)
	}
	for k := 1; k < m; k++ { // W ascends
		least[k] = math.Max(least[k], least[k-1])
	}
	for k := m - 2; k >= 0; k-- {
		most[k] = math.Min(most[k], most[k+1])
	}
	hull := c.polygon(p, signals, least, most, nobody)
	out := outcome{gain: math.Inf(-1), evaluations: m}
	best := func(v float64) (float64, float64) {
		lo, hi := 0, len(hull)-1
		for lo < hi {
			mid := (lo + hi) / 2
			if v*(hull[mid+1].win-hull[mid].win) > hull[mid+1].cost-hull[mid].cost {
				lo = mid + 1
			} else {
				hi = mid
			}
		}
		return v*hull[lo].win - hull[lo].cost, hull[lo].signal
	}
	at := func(a float64) int { return min(m-1, sort.SearchFloat64s(signals, a)) }
	// own is what the type v has at least from the signal a, one of a cell up to most.
	own := func(v, a, top float64) float64 {
		if top == 0 {
			return v * nobody * (1 - 1e-14)
		}
		w := nobody * (1 - 1e-14)
		if a > 0 {
			w = math.Max(w, least[at(a)])
		}
		switch {
		case c.rule.WinnerPays && v < top:
			return (v-top)*most[at(top)] - c.rule.Fee
		case c.rule.WinnerPays:
			return (v-a)*w - c.rule.Fee
		}
		return v*w - a - c.rule.Fee
	}
	b := p.curve
	unbounded, rare := math.IsInf(p.tails.high, 1), 0.0
	for k := 1; k < len(b.Bids); k++ {
		if b.Above[k] == b.Above[k-1] && b.Below[k] == b.Below[k-1] {
			continue
		}
		from, to := p.after(b.Below[k-1], b.Above[k-1]), p.before(b.Below[k], b.Above[k])
		to = math.Max(from, to)
		x, y := b.Bids[k-1], b.Bids[k]
		bend := 0.0
		if rho > 1 && y > x {
			rise := 1.0
			if x > 0 {
				rise = math.Max(0, most[at(y)]-least[at(x)])
			} else if y > 0 {
				rise = most[at(y)]
			}
			bend = rise * sagging(x, y, rho)
		}
		worst := 0.0
		for _, v := range [2]float64{from, to} {
			if math.IsInf(v, 1) {
				if p.tails.tail == nil {
					out.reason = "a distribution is unbounded and does not say E[V; V > v]"
					return out
				}
				// They gain at most v and what they pay.
				rare += p.tails.tail(from) + b.Above[k-1]*(y+c.rule.Fee)
				continue
			}
			value, signal := best(v)
			for _, a := range [2]float64{x, y} {
				gain := value - own(v, a, y) + v*bend + 8*0x1p-52*(v+y)
				if unbounded && b.Above[k-1] <= far {
					worst = math.Max(worst, gain)
				} else if gain > out.gain {
					out.gain, out.signal = gain, signal
				}
			}
		}
		rare += worst * (b.Above[k-1] - b.Above[k])
	}
	if unbounded {
		out.tail = fmt.Sprintf("types above the rank 1 - %.0e are covered in expectation", far)
		out.gain = math.Max(out.gain, rare)
	}
	return out
}

// sagging is how far (a^rho - x^rho)/(y^rho - x^rho) can be below (a-x)/(y-x) on [x, y].
func sagging(x, y, rho float64) float64 {
	if x <= 0 || y > 1e3*x {
		return 1
	}
	r := y/x - 1
	total := math.Expm1(rho * math.Log1p(r))
	// Where the slopes agree: rho r (1+tr)^(rho-1) = total.
	t := math.Expm1(math.Log(total/(rho*r))/(rho-1)) / r
	t = math.Max(0, math.Min(1, t))
	return math.Max(0, t-math.Expm1(rho*math.Log1p(t*r))/total)*(1+1e-6) + 1e-16
}

// mesh has the signals at which W is enclosed: the strategy's own and those between them,
// closer together next to a gap in it, and below and above it: by constant factors, power
// times as large in the logarithm as the impacts', down to nearly nothing beside a typical
// signal: the highest may be one that nobody ever sees.
func mesh(bids []float64, typical, power float64) []float64 {
	top := bids[len(bids)-1]
	if top == 0 {
		top, typical = 1, 1
	}
	out := make([]float64, 0, 2*len(bids)+900)
	last := 0.0
	near := func(a, step, end float64) { // from a towards end, by growing steps
		for d := a * step; ; d *= 1.5 {
			x := a + d
			if end < a {
				x = a - d
			}
			if (x-end)*(a-end) <= 0 || x <= 0 || d > 0.1*a {
				return
			}
			out = append(out, x)
		}
	}
	for _, a := range bids {
		if !(a > typical*1e-13) || a == last {
			if a > 0 && a != last {
				out = append(out, a)
			}
			continue
		}
		if a > last*1.003 {
			near(a, 0x1p-17, math.Max(last, a*0.5))
			if last > 0 {
				near(last, 0x1p-17, a)
			}
		} else {
			out = append(out, last/2+a/2)
		}
		out = append(out, a)
		last = a
	}
	near(top, 0x1p-17, 2*top)
	power = math.Min(power, 20)
	for a, step := 2*top, math.Pow(0.96, power); a > math.Pow(1e-13, power)*typical; a *= step {
		out = append(out, a)
	}
	sort.Float64s(out)
	n := 1
	for _, a := range out[1:] {
		if a > out[n-1] {
			out[n] = a
			n++
		}
	}
	return out[:n]
}

// polygon is the lower convex hull, in (chance, payment), of corners above W.
func (c *contest) polygon(p *contestant, signals, least, most []float64, nobody float64) []corner {
	rho := c.rule.Exponent
	m := len(signals)
	// z is what W is concave in: the signal, or its impact.
	z := signals
	if rho > 1 {
		z = make([]float64, m)
		for k, a := range signals {
			z[k] = c.impact(p, a)
		}
	}
	signal := func(z float64) float64 {
		if rho > 1 {
			return math.Pow(z/p.weight, 1/rho) * (1 - 1e-14)
		}
		return z
	}
	points := make([]corner, 1, 4*m+8)
	points[0] = corner{nobody * (1 + 1e-14), 0, 0}
	pay := func(a, win float64) float64 {
		if c.rule.WinnerPays {
			return a*win + c.rule.Fee
		}
		return a + c.rule.Fee
	}
	previous := corner{-1, 0, 0}
	push := func(zz, win float64) {
		win = math.Max(0, math.Min(1, win))
		a := signal(zz)
		if c.rule.WinnerPays && previous.win >= 0 && win > previous.win && a > previous.signal {
			// The payment is at least a parabola in the chance: where its tangents meet.
			dh := win - previous.win
			s := (a - previous.signal) / dh
			points = append(points, corner{previous.win + dh/2, pay(previous.signal, previous.win) + (previous.signal+s*previous.win)*dh/2, previous.signal})
		}
		previous = corner{win, 0, a}
		points = append(points, corner{win, pay(a, win), a})
	}
	// The slope of W at z[k] lies between those of chords to its right and to its left; the
	// nearest need not be the best, since W is enclosed only.
	const reach = 6
	right := func(k int) float64 {
		s := 0.0
		for j := k + 1; j < m && j <= k+reach; j++ {
			s = math.Max(s, (least[j]-most[k])/(z[j]-z[k]))
		}
		return s
	}
	left := func(k int) float64 {
		s := most[k] / z[k] // W is concave and at least 0 at 0
		for j := k - 1; j >= 0 && j >= k-reach; j-- {
			s = math.Min(s, (most[k]-least[j])/(z[k]-z[j]))
		}
		return math.Max(0, s)
	}
	push(0, most[0]-right(0)*z[0])
	push(z[0], most[0])
	for k := 0; k+1 < m; k++ {
		w := z[k+1] - z[k]
		sr := right(k + 1)
		sl := left(k)
		// most[k] + sl t = most[k+1] - sr (w - t)
		t := 0.0
		if sl > sr {
			t = (most[k+1] - sr*w - most[k]) / (sl - sr)
		}
		switch {
		case sl > sr && t > 0 && t < w:
			push(z[k]+t, most[k]+sl*t)
		default: // the bounds are too loose for tangents: W ascends
			push(z[k], most[k+1])
		}
		push(z[k+1], most[k+1])
	}
	if k := m - 1; most[k] < 1 {
		if s := left(k); s > 0 {
			push(z[k]+(1-most[k])/s, 1)
		}
	}
	sort.Slice(points, func(i, j int) bool {
		if points[i].win != points[j].win {
			return points[i].win < points[j].win
		}
		return points[i].cost < points[j].cost
	})
	hull := points[:0]
	for _, q := range points {
		if n := len(hull); n > 0 && q.win == hull[n-1].win {
			continue
		}
		for len(hull) > 0 && hull[len(hull)-1].cost >= q.cost {
			hull = hull[:len(hull)-1]
		}
		for n := len(hull); n > 1; n = len(hull) {
			a, b := hull[n-2], hull[n-1]
			if (b.cost-a.cost)*(q.win-b.win) < (q.cost-b.cost)*(b.win-a.win) {
				break
			}
			hull = hull[:n-1]
		}
		hull = append(hull, q)
	}
	return hull
}
