package private

import (
	"math"

	"allot/mechanisms"
)

// grid is the union of all knots' bids of at least the reserve, ascending. A bid at
// which some strategy jumps in rank (an atom) is there twice: before the atom and with it.
type grid struct{ bids []float64 }

// merge makes the grid and fills in the players' distribution functions on it.
func merge(players []player, reserve float64) grid {
	var g grid
	total := 1
	for i := range players {
		total += len(players[i].curve.Bids)
	}
	g.bids = make([]float64, 0, total+8)
	at := make([]int, len(players)) // next knot
	// What is below the reserve stands back.
	g.bids = append(g.bids, reserve)
	for {
		next, atom := math.Inf(1), false
		for i := range players {
			c := &players[i].curve
			k := at[i]
			for k < len(c.Bids) && c.Bids[k] < reserve {
				k++
			}
			at[i] = k
			if k < len(c.Bids) && c.Bids[k] < next {
				next = c.Bids[k]
			}
		}
		if math.IsInf(next, 1) {
			break
		}
		for i := range players {
			c := &players[i].curve
			first := at[i]
			for at[i] < len(c.Bids) && c.Bids[at[i]] == next {
				at[i]++
			}
			if at[i]-first > 1 && c.Above[at[i]-1] < c.Above[first] {
				atom = true
			}
		}
		if next > reserve {
			g.bids = append(g.bids, next)
		}
		if atom {
			g.bids = append(g.bids, next)
		}
	}
	for i := range players {
		players[i].spread(g.bids, reserve)
	}
	return g
}

// spread evaluates the player's distribution function of bids on the grid.
func (p *player) spread(bids []float64, reserve float64) {
	c := &p.curve
	both := make([]float64, 2*len(bids))
	p.below, p.above = both[:len(bids):len(bids)], both[len(bids):]
	n := len(c.Bids)
	k := 0 // the last knot with a bid of less, or equal
	for j, b := range bids {
		before := j+1 < len(bids) && bids[j+1] == b // the copy before the atom
		for k+1 < n && (c.Bids[k+1] < b || !before && c.Bids[k+1] <= b) {
			k++
		}
		switch {
		case c.Bids[k] > b || before && c.Bids[k] >= b:
			p.below[j], p.above[j] = 0, 1
			if k == 0 && c.Bids[0] == b && before {
				p.below[j], p.above[j] = c.Below[0], c.Above[0]
			}
		case k+1 == n:
			p.below[j], p.above[j] = 1, 0
		case c.Bids[k] == b:
			p.below[j], p.above[j] = c.Below[k], c.Above[k]
		default:
			next := k + 1
			w := (b - c.Bids[k]) / (c.Bids[next] - c.Bids[k])
			p.below[j] = c.Below[k] + w*(c.Below[next]-c.Below[k])
			p.above[j] = c.Above[k] - w*(c.Above[k]-c.Above[next])
		}
	}
}

// result is the bound for one player.
type result struct {
	gain, signal float64
	evaluations  int
	reason       string
}

// side is the game that one player faces: at each bid of the grid the chance that
// some rival bids as much (miss = 1-H) and the expected payment, from below (for what
// a best reply brings at most) and from above (for what the strategy brings at least).
type side struct {
	win, miss, low, high, slack []float64
}

// rivals fills in the chance to win and the payments that player i faces.
func (g *grid) rivals(players []player, i int, rule mechanisms.Ranking) side {
	m := len(g.bids)
	all := make([]float64, 5*m)
	s := side{win: all[:m], miss: all[m : 2*m], low: all[2*m : 3*m], high: all[3*m : 4*m], slack: all[4*m:]}
	count, only := 0, 0
	for j := range players {
		n := players[j].n
		if j == i {
			n--
		}
		count += n
		if n > 0 {
			only = j
		}
	}
	if count == 1 {
		copy(s.win, players[only].below)
		copy(s.miss, players[only].above)
	} else {
		for k := range g.bids {
			s.win[k], s.miss[k] = product(players, i, k)
		}
	}
	// The expected runner-up's bid, int y dH: from below with H at its chord, from above
	// with H log-linear.
	least, most := 0.0, 0.0
	for k, b := range g.bids {
		if rule.AllPay {
			s.low[k], s.high[k] = b, b
			if k > 0 && count > 1 {
				s.slack[k] = sag(s.win[k-1], s.win[k])
			}
			continue
		}
		own := 0.0
		if rule.First > 0 {
			own = rule.First * (b - b*s.miss[k])
			if s.miss[k] > 0.5 {
				own = rule.First * b * s.win[k]
			}
		}
		if rule.First < 1 {
			if k == 0 {
				least = b * s.win[0]
				most = least
			} else {
				a := g.bids[k-1]
				rise := s.win[k] - s.win[k-1]
				if s.miss[k] < 0.5 {
					rise = s.miss[k-1] - s.miss[k]
				}
				part := (a/2 + b/2) * rise
				least += part
				most += part
				if count > 1 {
					most += (b - a) * math.Max(0, s.win[k-1]/2+s.win[k]/2-logMean(s.win[k-1], s.win[k]))
				}
			}
		}
		s.low[k] = own + (1-rule.First)*least
		s.high[k] = own + (1-rule.First)*most
	}
	return s
}

// product is the chance that every rival of player i bids at most the k-th bid, and
// one minus it.
func product(players []player, i, k int) (win, miss float64) {
	win, log := 1.0, 0.0
	small := true
	for j := range players {
		n := players[j].n
		if j == i {
			n--
		}
		if n == 0 {
			continue
		}
		q := players[j].above[k]
		if q > 0.1 {
			small = false
		}
		if n == 1 {
			win *= players[j].below[k]
		} else {
			win *= math.Pow(players[j].below[k], float64(n))
		}
		if small {
			log += float64(n) * math.Log1p(-q)
		}
	}
	if small {
		return math.Exp(log), -math.Expm1(log)
	}
	return win, 1 - win
}

// sag is how far a log-concave function between a and b, a <= b, can be below its chord.
func sag(a, b float64) float64 {
	if a <= 0 {
		return b
	}
	l := math.Log(b / a)
	return math.Min(b-a, b*l*l/8)
}

// logMean is the mean of the log-linear function between a and b: what a log-concave
// one has at least.
func logMean(a, b float64) float64 {
	if a <= 0 || b <= a {
		return math.Min(a, b)
	}
	x := (b - a) / a
	if x < 1e-4 {
		return a * (1 + x/2 - x*x/12)
	}
	return (b - a) / math.Log1p(x)
}

// line is a bid's loss against winning for nothing, v miss + cost, as a function of v.
type line struct{ miss, cost, bid float64 }

// hull is the lower envelope over v >= 0 of the losses of all bids, standing back
// included: lines in the order of falling miss.
func (g *grid) hull(s side, rule mechanisms.Ranking) []line {
	hull := make([]line, 1, len(g.bids)+1)
	hull[0] = line{1, 0, 0}
	push := func(l line) {
		for n := len(hull); n > 0; n = len(hull) {
			a := hull[n-1]
			if l.miss >= a.miss {
				if l.cost >= a.cost {
					return
				}
				hull = hull[:n-1]
				continue
			}
			if l.cost <= a.cost {
				hull = hull[:n-1]
				continue
			}
			if n > 1 {
				// a is needless if l undercuts it no later than a undercuts its predecessor.
				p := hull[n-2]
				if (l.cost-a.cost)*(p.miss-a.miss) <= (a.cost-p.cost)*(a.miss-l.miss) {
					hull = hull[:n-1]
					continue
				}
			}
			break
		}
		hull = append(hull, l)
	}
	for k, b := range g.bids {
		if k > 0 && !rule.AllPay {
			if a := g.bids[k-1]; b > a && s.miss[k-1] > s.miss[k] {
				// The parabola's tangents meet halfway in H: from the left with the slope
				// a + first H/H'.
				dh := s.miss[k-1] - s.miss[k]
				slope := a + rule.First*s.win[k-1]*(b-a)/dh
				push(line{s.miss[k-1]/2 + s.miss[k]/2, s.low[k-1] + slope*dh/2, a/2 + b/2})
			}
		}
		push(line{s.miss[k], s.low[k], b})
	}
	return hull
}

// bound is the most that any type of player i can gain.
func (g *grid) bound(players []player, i int, rule mechanisms.Ranking) result {
	p := &players[i]
	c := &p.curve
	s := g.rivals(players, i, rule)
	hull := g.hull(s, rule)
	res := result{gain: math.Inf(-1), evaluations: len(g.bids) + len(c.Bids)}
	last := 0 // the pointer into the hull
	best := func(v float64) float64 {
		for last+1 < len(hull) && hull[last+1].miss*v+hull[last+1].cost <= hull[last].miss*v+hull[last].cost {
			last++
		}
		for last > 0 && hull[last-1].miss*v+hull[last-1].cost < hull[last].miss*v+hull[last].cost {
			last--
		}
		return hull[last].miss*v + hull[last].cost
	}
	note := func(gain float64) {
		if gain > res.gain {
			res.gain, res.signal = gain, hull[last].bid
		}
	}
	j := 0 // the place in the grid
	for k := 1; k < len(c.Bids); k++ {
		if c.Above[k] == c.Above[k-1] && c.Below[k] == c.Below[k-1] {
			continue // a jump of the bid: no types
		}
		from, to := p.after(c.Below[k-1], c.Above[k-1]), p.before(c.Below[k], c.Above[k])
		to = math.Max(from, to)
		a, b := c.Bids[k-1], c.Bids[k]
		if b < rule.Reserve { // stand back: nothing won; paid only where all pay
			paid := 0.0
			if rule.AllPay {
				paid = b
			}
			if math.IsInf(to, 1) {
				res.reason = "a type of unbounded value stands back"
				return res
			}
			x := best(from)
			note(from + paid - x)
			x = best(to)
			note(to + paid - x)
			continue
		}
		if a < rule.Reserve {
			res.reason = "a strategy passes the reserve other than by a jump"
			return res
		}
		for j+1 < len(g.bids) && g.bids[j] < a {
			j++
		}
		for j > 0 && g.bids[j-1] >= a {
			j--
		}
		start := j
		for a < b && start+1 < len(g.bids) && g.bids[start+1] == a {
			start++ // an atom at a is of others' types, or of this player's lower ones
		}
		loss := func(v float64) float64 {
			worst := math.Inf(-1)
			for t := start; t < len(g.bids) && g.bids[t] <= b; t++ {
				x := v*s.miss[t] + s.high[t]
				if t > start && s.slack[t] > 0 {
					x = math.Max(x, math.Max(v*s.miss[t-1]+s.high[t-1], x)+v*s.slack[t])
				}
				worst = math.Max(worst, x)
			}
			return worst
		}
		x := best(from)
		note(loss(from) - x)
		if !math.IsInf(to, 1) {
			x = best(to)
			note(loss(to) - x)
			continue
		}
		gain, reason := g.tail(players, i, k, start, s, from, x)
		if reason != "" {
			res.reason = reason
			return res
		}
		note(gain)
	}
	if math.IsInf(res.gain, -1) {
		res.gain = 0
	}
	top := g.bids[len(g.bids)-1]
	res.gain += 8 * 0x1p-52 * top
	return res
}

// tail bounds what the types of at least v can gain that bid between the last two knots
// of player i, when the best reply of v loses best against winning for nothing:
//
//	v' miss(b) + C(b) - best(v')  <=  ratio sup_{x >= v} x P(V > x) + C(top) - best(v)
//
// with ratio the most that miss(b) can be of the player's own chance of a higher
// bid, and x P(V > x) <= E[V; V > x] <= E[V; V > v].
func (g *grid) tail(players []player, i, k, start int, s side, v, best float64) (gain float64, reason string) {
	p := &players[i]
	if p.tails.tail == nil {
		return 0, "a distribution is unbounded and does not say E[V; V > v]"
	}
	ratio, end := 0.0, start
	for t := start; t < len(g.bids) && g.bids[t] <= p.curve.Bids[k]; t++ {
		end = t
		own := p.above[t]
		switch {
		case own > 0:
			sum := 0.0
			for j := range players {
				n := players[j].n
				if j == i {
					n--
				}
				sum += float64(n) * players[j].above[t]
			}
			ratio = math.Max(ratio, sum/own)
		case s.miss[t] > 0:
			return 0, "a type of unbounded value may lose against a higher bid"
		}
	}
	return ratio*p.tails.tail(v) + s.high[end] - best, ""
}
