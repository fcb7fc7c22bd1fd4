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

// far is how rare the types of an unbounded distribution are that count in expectation, and
// deep those below all others: the values of ranks that float64 does not tell from 0.
const (
	far  = 1e-6
	deep = 1e-100
)

// facing is what a player faces: its chance of winning W, enclosed at a mesh of signals.
type facing struct {
	*contest
	p                    *contestant
	signals, least, most []float64 // W is between least and most
	nobody               float64   // the chance that nobody else signals
}

func (c *contest) facing(i int) *facing {
	f := &facing{contest: c, p: &c.players[i]}
	low, high, nobody := c.rivals(i)
	f.nobody = nobody
	f.signals = mesh(f.p.curve.Bids, f.p.typical(), math.Max(1, 1/c.rule.Exponent))
	m := len(f.signals)
	f.least, f.most = make([]float64, m), make([]float64, m)
	for k, a := range f.signals {
		f.least[k], f.most[k] = c.chance(c.impact(f.p, a), low, high)
	}
	for k := 1; k < m; k++ { // W ascends
		f.least[k] = math.Max(f.least[k], f.least[k-1])
	}
	for k := m - 2; k >= 0; k-- {
		f.most[k] = math.Min(f.most[k], f.most[k+1])
	}
	return f
}

// at is the place of a signal in the mesh.
func (f *facing) at(a float64) int {
	return min(len(f.signals)-1, sort.SearchFloat64s(f.signals, a))
}

// own is what the type v has at least from the signal a, one of a cell up to top.
func (f *facing) own(v, a, top float64) float64 {
	if top == 0 {
		return v * f.nobody * (1 - 1e-14)
	}
	w := f.nobody * (1 - 1e-14)
	if a > 0 {
		w = math.Max(w, f.least[f.at(a)])
	}
	switch {
	case f.rule.WinnerPays && v < top:
		return (v-top)*f.most[f.at(top)] - f.rule.Fee
	case f.rule.WinnerPays:
		return (v-a)*w - f.rule.Fee
	}
	return v*w - a - f.rule.Fee
}

// bend is by how much W can be below its chord on a cell of the strategy.
func (f *facing) bend(x, y float64) float64 {
	if f.rule.Exponent <= 1 || y <= x {
		return 0
	}
	rise := f.most[f.at(y)]
	if x > 0 {
		rise = math.Max(0, rise-f.least[f.at(x)])
	}
	return rise * sagging(x, y, f.rule.Exponent)
}

// bound is the most that any type of player i can gain.
func (c *contest) bound(i int) outcome {
	f := c.facing(i)
	hull := f.polygon()
	out := outcome{gain: math.Inf(-1), evaluations: len(f.signals)}
	p, b := f.p, f.p.curve
	unbounded, rare := math.IsInf(p.tails.high, 1), 0.0
	for k := 1; k < len(b.Bids); k++ {
		if b.Above[k] == b.Above[k-1] && b.Below[k] == b.Below[k-1] {
			continue
		}
		from, to := p.after(b.Below[k-1], b.Above[k-1]), p.before(b.Below[k], b.Above[k])
		to = math.Max(from, to)
		x, y := b.Bids[k-1], b.Bids[k]
		bend := f.bend(x, y)
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
			value, signal := hull.best(v)
			for _, a := range [2]float64{x, y} {
				gain := value - f.own(v, a, y) + v*bend + 8*0x1p-52*(v+y)
				if unbounded && b.Above[k-1] <= far || b.Below[k] <= deep {
					worst = math.Max(worst, gain)
				} else if gain > out.gain {
					out.gain, out.signal = gain, signal
				}
			}
		}
		rare += worst * math.Max(b.Above[k-1]-b.Above[k], b.Below[k]-b.Below[k-1])
	}
	if unbounded {
		out.tail = fmt.Sprintf("types above the rank 1 - %.0e are covered in expectation", far)
	}
	out.gain = math.Max(out.gain, rare)
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
type polygon []corner

// best is what the type v has at most, and by what signal.
func (h polygon) best(v float64) (value, signal float64) {
	lo, hi := 0, len(h)-1
	for lo < hi {
		mid := (lo + hi) / 2
		if v*(h[mid+1].win-h[mid].win) > h[mid+1].cost-h[mid].cost {
			lo = mid + 1
		} else {
			hi = mid
		}
	}
	return v*h[lo].win - h[lo].cost, h[lo].signal
}

// polygon puts corners where tangents of W from both sides meet.
func (f *facing) polygon() polygon {
	m := len(f.signals)
	c := corners{facing: f, z: f.signals, points: make([]corner, 1, 4*m+8), previous: corner{-1, 0, 0}}
	c.points[0] = corner{f.nobody * (1 + 1e-14), 0, 0}
	if f.rule.Exponent > 1 {
		c.z = make([]float64, m)
		for k, a := range f.signals {
			c.z[k] = f.impact(f.p, a)
		}
	}
	z, most := c.z, f.most
	c.push(0, most[0]-c.right(0)*z[0])
	c.push(z[0], most[0])
	for k := 0; k+1 < m; k++ {
		w := z[k+1] - z[k]
		sr, sl := c.right(k+1), c.left(k)
		// most[k] + sl t = most[k+1] - sr (w - t)
		t := 0.0
		if sl > sr {
			t = (most[k+1] - sr*w - most[k]) / (sl - sr)
		}
		if sl > sr && t > 0 && t < w {
			c.push(z[k]+t, most[k]+sl*t)
		} else { // the bounds are too loose for tangents: W ascends
			c.push(z[k], most[k+1])
		}
		c.push(z[k+1], most[k+1])
	}
	if k := m - 1; most[k] < 1 {
		if s := c.left(k); s > 0 {
			c.push(z[k]+(1-most[k])/s, 1)
		}
	}
	return convex(c.points)
}

// corners are those of a polygon under construction.
type corners struct {
	*facing
	z        []float64 // what W is concave in: the signals, or their impacts
	points   []corner
	previous corner // the last one pushed, its payment left out
}

// signal is the signal of z, not more.
func (c *corners) signal(z float64) float64 {
	if c.rule.Exponent > 1 {
		return math.Pow(z/c.p.weight, 1/c.rule.Exponent) * (1 - 1e-14)
	}
	return z
}

// pay is the expected payment of a signal that wins with a chance.
func (c *corners) pay(a, win float64) float64 {
	if c.rule.WinnerPays {
		return a*win + c.rule.Fee
	}
	return a + c.rule.Fee
}

// push adds the corner of z and a chance of winning.
func (c *corners) push(z, win float64) {
	win = math.Max(0, math.Min(1, win))
	a, last := c.signal(z), c.previous
	if c.rule.WinnerPays && last.win >= 0 && win > last.win && a > last.signal {
		// The payment is at least a parabola in the chance: where its tangents meet.
		dh := win - last.win
		s := (a - last.signal) / dh
		c.points = append(c.points, corner{last.win + dh/2, c.pay(last.signal, last.win) + (last.signal+s*last.win)*dh/2, last.signal})
	}
	c.previous = corner{win, 0, a}
	c.points = append(c.points, corner{win, c.pay(a, win), a})
}

// chords is how many chords to a side are looked at: the slope of W at z[k] lies between those of
// chords to its right and to its left; the nearest need not be the best, since W is enclosed only.
const chords = 6

func (c *corners) right(k int) float64 {
	s := 0.0
	for j := k + 1; j < len(c.z) && j <= k+chords; j++ {
		s = math.Max(s, (c.least[j]-c.most[k])/(c.z[j]-c.z[k]))
	}
	return s
}

func (c *corners) left(k int) float64 {
	s := c.most[k] / c.z[k] // W is concave and at least 0 at 0
	for j := k - 1; j >= 0 && j >= k-chords; j-- {
		s = math.Min(s, (c.most[k]-c.least[j])/(c.z[k]-c.z[j]))
	}
	return math.Max(0, s)
}

// convex is the lower convex hull of the points, which it overwrites.
func convex(points []corner) polygon {
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
