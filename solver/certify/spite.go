package certify

import (
	"math"
	"slices"

	"allot/mechanisms"
)

// Agents that mind their rivals' profit: certificates of
//
//	U_i = u_i - s_i sum_{j != i} u_j,   u_j = t_j v_j - c_j
//
// Where one's signal leaves the others' chances in proportion (contests, lotteries),
// with sigma_j the chance of j when i stands back (1/(n-1) if nobody else signals),
//
//	U_i = w_i t_i - c_i + const,   w_i = v_i + s_i sum_{j != i} sigma_j m_j,
//
// m_j = v_j, or v_j - a_j where only the winner pays, or v_j less a lottery's price: the
// bounds for agents without spite apply to w, which is computed from the claimed
// strategies. Against a pair that mixes while all others stand back sigma is 1 for the
// one rival, and w_k <= v_k + s_k max(v_i, v_j) for an agent that stands back. In
// auctions a deviation either wins or leaves a known rival the winner:
//
//	winner pays:  sup U_i = max(v_i - p, -s_i mean_j (v_j - p)),  p = max(r, highest rival bid),
//	              j those who make it (0 if it is below r)
//	all pay:      sup U_i = max(v_i - p, -s_i mean_j v_j), what others pay left out
//
// and for two agents that mix all-pay bids without a reserve, every chance is linear
// between knots, so that U is convex between them. Domain: finite s >= 0; rules known by their
// rule only, three agents or more that mix, and winner-pays rules against mixtures are
// refused. References: Morgan, Steiglitz, Reis (2003); Tullock (1980); Baye, Kovenock, de
// Vries (1996). A test asserts epsilon below 1e-12 for the all-pay auction of 30 and 20
// with s = 1/2, and 1 for a bid of 1 too much.

// spite is what certificates of spiteful agents need besides.
type spite struct {
	weights []float64
	worths  []float64 // w_i
	slack   []float64 // the rounding of w_i
	shift   []float64 // what standing back brings besides, where nobody signals
	alone   []float64 // w_i where nobody else signals, against mixtures
	plain   []float64 // u_i of the profile, give or take rough
	rough   []float64
	off     []float64 // what the claimed u_i are more than that
	active  []int
	own     [2]mechanisms.Mixture
	knots   []float64
	below   [2][]float64
	upTo    [2][]float64
	on      bool
}

// minds prepares the certificate of a spiteful game, after prepare; it returns why there
// is none, or "".
func (c *Certifier) minds(g mechanisms.Game, payoff []float64) string {
	k := &c.spite
	k.weights = g.Spites
	if len(k.weights) != c.n {
		return "there is not one weight on rivals' profit for each agent"
	}
	for _, s := range k.weights {
		if bad(s) {
			return "a weight on rivals' profit is not a finite number of at least 0"
		}
	}
	k.plain, k.rough, k.off = grow(k.plain, c.n), grow(k.rough, c.n), grow(k.off, c.n)
	k.worths, k.slack, k.shift = grow(k.worths, c.n), grow(k.slack, c.n), grow(k.shift, c.n)
	clear(k.off)
	clear(k.slack)
	clear(k.shift)
	for i := range c.n {
		_, k.plain[i], k.rough[i] = c.agent(i)
		if c.kind == refused {
			return c.rule.reason
		}
		if payoff != nil {
			k.off[i] = payoff[i] - k.plain[i]
		}
	}
	copy(k.worths, c.values)
	reason := ""
	switch c.kind {
	case pureContest:
		reason = c.worthContest()
	case drawing:
		reason = c.worthLottery()
	case atomContest, steppedContest:
		reason = c.worthMixed()
	case pureAuction:
	case mixedAuction:
		reason = c.worthAllPay()
	case selling:
		reason = c.worthSale()
	default:
		reason = "spite has no proof under a rule that says nothing of itself"
	}
	if reason == "" {
		k.on = true
		c.values = k.worths
	}
	return reason
}

// mindful is agent in a spiteful game: bounds and what the profile yields, both less
// what the agent cannot change.
func (c *Certifier) mindful(i int) (best deviation, own, slack float64) {
	switch c.kind {
	case pureAuction:
		return c.mindfulBid(i)
	case mixedAuction:
		return c.mindfulAllPay(i)
	case selling:
		return c.mindfulOrder(i)
	}
	best, own, slack = c.agent(i)
	k := &c.spite
	if (c.kind == atomContest || c.kind == steppedContest) && !slices.Contains(k.active, i) {
		// w is a bound here, but what standing back yields is known.
		own = c.mixture.none * k.alone[i] / float64(c.n)
		slack = unit * float64(8*c.n) * own
	}
	slack += k.slack[i]
	best.bound += k.slack[i]
	if k.shift[i] != 0 { // standing back while nobody signals
		idle := c.mixture.free
		best.bound = math.Max(best.bound, c.values[i]*idle/float64(c.n)+idle*math.Max(0, k.shift[i]))
		own -= c.standsBack(i) * idle * math.Max(0, -k.shift[i])
	}
	return best, own, slack
}

// standsBack is the chance that agent i signals 0.
func (c *Certifier) standsBack(i int) float64 { return 1 - c.entry(i) }

// worthContest writes w of a contest against pure signals.
func (c *Certifier) worthContest() string {
	k, s := &c.contest, &c.spite
	values := c.values
	for i := range c.n {
		if s.weights[i] == 0 {
			continue
		}
		r := k.rivals(c, i)
		var mean total
		size := 0.0
		for j, a := range c.profile.Signals {
			if j == i {
				continue
			}
			share := 0.0
			switch {
			case r.b == 0: // nobody else signals
				share = 1 / float64(c.n-1)
			case r.scale == k.top:
				share = k.share[j] / r.b
			case a > 0:
				share = weight(k.ratio.Weights, j) * power(a/r.scale, k.ratio.Exponent) / r.b
			}
			keeps := values[j]
			if k.ratio.WinnerPays {
				keeps -= a
			}
			mean.add(share * keeps)
			size += share * (values[j] + a)
		}
		s.worths[i] = values[i] + s.weights[i]*mean.value()
		// The shares' rounding is that of the odds.
		s.slack[i] = s.weights[i] * size * (2*r.rel + unit*(32+4*k.extra))
		if s.worths[i] < 0 {
			if c.profile.Signals[i] > 0 {
				return "an agent signals although what it keeps from rivals is a loss"
			}
			s.worths[i] = 0 // it stands back, and rightly
		}
	}
	return ""
}

// worthLottery writes w of a lottery against sure entries.
func (c *Certifier) worthLottery() string {
	k, s := &c.lottery, &c.spite
	if len(k.who) > 0 {
		return "spite has no proof in a lottery that agents mix their entry to"
	}
	values := c.values
	for i := range c.n {
		var mean, weights total
		size := 0.0
		for j := range c.n {
			if j != i && c.entry(j) == 1 {
				w := weight(k.lot.Weights, j)
				weights.add(w)
				mean.add(w * (values[j] - k.lot.Price))
				size = max(size, values[j]+k.lot.Price)
			}
		}
		if w := weights.value(); w > 0 && s.weights[i] > 0 {
			s.worths[i] = values[i] + s.weights[i]*(mean.value()/w)
			s.slack[i] = s.weights[i] * size * 32 * unit
		}
	}
	return ""
}

// gatherActive lists the agents that may signal more than 0, and reports whether they are
// at most two.
func (c *Certifier) gatherActive() bool {
	k := &c.spite
	k.active = k.active[:0]
	for i := range c.n {
		if c.mixes(i) || c.profile.Signals[i] > 0 {
			k.active = append(k.active, i)
		}
	}
	return len(k.active) <= 2
}

const crowded = "spite has no proof where more than two agents are active and some mix"

// worthMixed writes w of a contest in which at most two agents signal, and mix.
func (c *Certifier) worthMixed() string {
	s, k := &c.spite, &c.mixture
	switch {
	case !c.gatherActive():
		return crowded
	case k.winnerPays || k.ratio.Phantom > 0:
		return "spite has no proof for mixtures where only the winner pays or a phantom bids"
	case c.kind == steppedContest && c.n > 2:
		return "spite has no proof for mixtures with a density among more than two agents"
	}
	values := c.values
	s.alone = grow(s.alone, c.n)
	for i := range c.n {
		// Of an agent that stands back: sigma is 1 for one of the active, or equal where
		// nobody signals.
		highest, mean := 0.0, 0.0
		for j, v := range values {
			if j == i {
				continue
			}
			mean += v / float64(c.n-1)
			if k.none > 0 || slices.Contains(s.active, j) {
				highest = max(highest, v)
			}
		}
		s.alone[i] = values[i] + s.weights[i]*mean
		if len(s.active) == 1 && s.active[0] == i {
			highest = mean // nobody signals but agent i
		}
		s.worths[i] = values[i] + s.weights[i]*highest*(1+4*unit)
		s.slack[i] = s.weights[i] * highest * 8 * unit * float64(c.n)
	}
	if len(s.active) < 2 {
		return ""
	}
	for p, i := range s.active {
		j := s.active[1-p]
		s.worths[i] = values[i] + s.weights[i]*values[j]
		// Where both signal 0 the others share the right as well.
		for m := range c.n {
			if m != i && m != j {
				s.shift[i] += s.weights[i] / float64(c.n) * (values[j] - values[m])
			}
		}
	}
	k.idleValue, k.idleBound = -1, 0
	return ""
}

// mindfulBid bounds U_i against pure bids.
func (c *Certifier) mindfulBid(i int) (best deviation, own, slack float64) {
	k := &c.auction
	c.evaluations++
	s, a, v := c.spite.weights[i], c.profile.Signals[i], c.values[i]
	top, ties := k.rival(true, a)
	r := k.rank.Reserve
	price := max(top, r)
	win := v - price
	lose := 0.0 // what losing brings, bids that lose an all-pay auction left out
	if top >= r && ties > 0 {
		sum := 0.0
		for j, b := range c.profile.Signals {
			if j == i || b != top || c.mixes(j) {
				continue
			}
			if sum += c.values[j]; !k.rank.AllPay {
				sum -= price
			}
		}
		lose = -s * (sum / float64(ties))
	}
	wins := 0.0 // the chance that the profile gives agent i
	switch {
	case a < r || a < top:
	case a > top:
		wins = 1
	default:
		wins = 1 / float64(ties+1)
	}
	size := (v + price + a + s*(c.scale+price)) * float64(16+c.n)
	slack = size * unit
	pays := price // what the winner pays as things stand
	if k.rank.First > 0 {
		pays = max(pays, a)
		pays = k.rank.First*pays + (1-k.rank.First)*price
	}
	if k.rank.AllPay {
		own = wins*v + (1-wins)*lose - a
	} else {
		own = wins*(v-pays) + (1-wins)*c.losing(i, lose, s, top, ties)
	}
	best = deviation{signal: price, value: win, bound: max(win, lose) + slack}
	if lose > win {
		best.signal, best.value = 0, lose
	} else if top == price {
		best.signal = math.Nextafter(price, math.MaxFloat64)
	}
	best.value -= slack
	return best, own, slack
}

// losing is U_i when it loses a winner-pays auction as the profile stands, whose
// winner pays no more than at the supremum.
func (c *Certifier) losing(i int, most, s, top float64, ties int) float64 {
	k := &c.auction
	if ties != 1 || s == 0 || top < k.rank.Reserve {
		return most
	}
	second, winner := k.rank.Reserve, -1
	for j, b := range c.profile.Signals {
		if j != i && b == top {
			winner = j
		} else {
			second = max(second, b)
		}
	}
	pays := k.rank.First*top + (1-k.rank.First)*min(second, top)
	return -s * (c.values[winner] - pays)
}

// weighted is what an agent's U is claimed to be more than the profile yields.
func (c *Certifier) weighted(i int) float64 {
	k := &c.spite
	off := k.off[i]
	for j, x := range k.off {
		if j != i && k.weights[i] > 0 {
			off -= k.weights[i] * x
		}
	}
	return off
}
