package cartel

import (
	"math"

	"allot/mechanisms"
	"allot/solver/equilibrium"
)

// stage is one period of the agreement, as a function of the leader's signal b: what
// the leader has before transfers, what the others have for standing back, and what
// each gains at most by departing from it. Everything is in the members' order.
//
//	winner-pays auction, l = weight of the own bid, r = reserve or outsiders' price:
//	  W = v - l b - (1-l) r,  D_j = (v_j - b)+,  D_l = l (b - r)
//	  shadowed (a member bids just below b): W = v - b, D_l = 0
//	all-pay auction: the same at l = 1, never shadowed
//	contest: W = t v - b - fee,  D_j = (best reply to b - fee)+,  D_l = best pay-off alone - W
//	tickets at a rising price: W = v - b (b/M)^eta,  D_j = best reply to the order b
//	lottery: W = v - fee - price,  D_j = (w_j/(w_j + w_l) (v_j - price) - fee)+
//	others:  by search over signals
//
// Reference: the one-shot deviation principle. Tests hold all of it against a grid
// search through Mechanism.Allot.
type stage struct {
	kind   kind
	leader int
	values []float64
	// compete is u_i; weights are 1 where the mechanism has none.
	compete, weights, burned []float64
	rivals                   float64 // sum of compete

	lambda, floor float64 // ranked
	ratio         mechanisms.Ratio
	sale          mechanisms.Sale
	alone         float64    // ratio: the leader's best pay-off alone
	low, high     float64    // the range of b
	lowest        [2]float64 // its lower end in each mode, after oversight
	oversight     float64    // the least that must be collected
	shadows       [2]bool    // which modes exist: without, with a shadow
	linear        bool       // D and G are piecewise linear between points
	search        *Work      // for mechanisms that say nothing about themselves
	reach         float64

	// What at fills.
	dev, stand              []float64
	worth, temptation, take float64

	points []point
	sorted []float64
}

type kind int

const (
	ranked kind = iota
	ratioed
	fixed // one point, which is already in dev, stand, worth and take
	priced
	custom
)

// point is the stage at one signal, in sums.
type point struct {
	b            float64
	rest, shadow bool
	// d is the sum of all D_i, g is G, revenue what the protocol gets.
	d, g, revenue float64
}

// at computes the stage at a signal of the leader's. rest is the profile in which the
// leader stands back too.
func (s *stage) at(b float64, rest, shadow bool) {
	l := s.leader
	v := s.values[l]
	switch s.kind {
	case ranked:
		s.temptation = s.lambda * math.Max(0, b-s.lowest[0])
		s.worth = v - s.lambda*b - (1-s.lambda)*s.floor
		if shadow {
			s.temptation, s.worth = 0, v-b
		}
		s.take = v - s.worth + s.burned[l]
		for j, v := range s.values {
			s.stand[j], s.dev[j] = 0, math.Max(0, v-b)
		}
	case ratioed:
		s.contest(b, rest)
	case priced:
		cost := paid(b, s.sale)
		s.worth, s.temptation, s.take = v-cost, cost-paid(s.lowest[0], s.sale), cost+s.burned[l]
		for j, v := range s.values {
			s.stand[j] = 0
			s.dev[j], _ = order(v, b, s.sale)
		}
	case custom:
		s.probe(b)
	}
	s.dev[l], s.stand[l] = 0, 0
}

func (s *stage) contest(b float64, rest bool) {
	l := s.leader
	if rest {
		share := 1 / float64(len(s.values))
		s.take = 0
		for j, v := range s.values {
			s.stand[j] = v * share
			s.dev[j] = math.Max(0, v-s.ratio.Fee-v*share)
			s.take += share * s.burned[j]
		}
		s.worth, s.temptation = s.stand[l], s.dev[l]
		return
	}
	t, cost := s.lead(b)
	s.worth = t*s.values[l] - cost
	s.temptation = math.Max(0, s.alone-s.worth)
	s.take = cost + t*s.burned[l]
	for j, v := range s.values {
		k := rival(b, s.weights[l], s.ratio.Phantom, s.weights[j], s.ratio.Exponent)
		u, _ := reply(v, s.ratio.Exponent, k, s.ratio.WinnerPays)
		s.stand[j], s.dev[j] = 0, math.Max(0, u-s.ratio.Fee)
	}
}

// lead is what a contest's leader wins and pays at b; at 0 the limit from above.
func (s *stage) lead(b float64) (t, cost float64) {
	t = 1
	if r := s.ratio; r.Phantom > 0 {
		t = 0
		if b > 0 {
			k := rival(0, 1, r.Phantom, s.weights[s.leader], r.Exponent)
			t = 1 / (1 + math.Pow(k/b, r.Exponent))
		}
	}
	if s.ratio.WinnerPays {
		return t, t*b + s.ratio.Fee
	}
	return t, b + s.ratio.Fee
}

// probe asks the mechanism itself.
func (s *stage) probe(b float64) {
	ws := s.search
	for i := range ws.signals {
		ws.signals[i] = 0
	}
	ws.signals[s.leader] = b
	ws.game.Mechanism.Allot(ws.signals, &ws.out)
	s.take = 0
	for j, v := range s.values {
		s.stand[j] = ws.out.Payoff(j, v)
		s.take += ws.out.Cost(j) + ws.out.Win[j]*s.burned[j]
	}
	for j := range s.values {
		_, best := ws.search(j, math.Max(s.reach, 1.5*b), own)
		s.dev[j] = math.Max(0, best-s.stand[j])
		ws.signals[j] = 0
		if j == s.leader {
			ws.signals[j] = b
		}
	}
	s.worth, s.temptation = s.stand[s.leader], s.dev[s.leader]
}

// sum turns what at has filled into a point.
func (s *stage) sum(b float64, rest, shadow bool) point {
	p := point{b: b, rest: rest, shadow: shadow, d: s.temptation, g: s.worth - s.rivals, revenue: s.take}
	for j := range s.dev {
		p.d += s.tempts(j)
		p.g += s.stand[j]
	}
	p.g = positive(p.g, s.values[s.leader])
	return p
}

// tempts is what must be made up to member j, the leader apart: what it gains by departing
// for one period, or by competing from the start where that is more.
func (s *stage) tempts(j int) float64 {
	if j == s.leader {
		return s.dev[j]
	}
	return math.Max(s.dev[j], s.compete[j]-s.stand[j])
}

func (s *stage) point(b float64, rest, shadow bool) point {
	s.at(b, rest, shadow)
	return s.sum(b, rest, shadow)
}

// prepare sets the stage for the all-inclusive ring, or in a winner-pays auction
// for a ring whose outsiders bid up to their values, of which outside is the
// highest (0 for none).
func (s *stage) prepare(r *Ring, ws *Work, outside float64) {
	s.resize(len(r.members(ws)))
	for k, i := range ws.members {
		s.values[k], s.compete[k] = r.Game.Values[i], r.Equilibrium.Payoff[i]
		s.weights[k], s.burned[k] = 1, 0
		if r.Burned != nil {
			s.burned[k] = r.Burned[i]
		}
		s.rivals += s.compete[k]
	}
	s.leader = highest(s.values)
	collected := 0.0
	for _, c := range r.Equilibrium.Cost {
		collected += c
	}
	s.oversight = r.Oversight * collected
	s.shadows[0] = true
	switch m := r.Game.Mechanism.(type) {
	case mechanisms.Ranked:
		s.prepareRanked(m.Ranking(), r.Shadow, outside)
	case mechanisms.EqualChance:
		s.prepareLottery(m.Lot(), ws.members)
	case mechanisms.Ratioed:
		s.prepareContest(m.Ratio(), ws.members)
	case mechanisms.Priced:
		s.prepareSale(m.Sale())
	default:
		s.prepareSearch(r, ws)
	}
	s.bound()
}

func (s *stage) prepareRanked(k mechanisms.Ranking, shadow Shadow, outside float64) {
	v := s.values[s.leader]
	s.kind, s.linear = ranked, true
	s.lambda, s.floor = k.First, math.Max(k.Reserve, outside)
	if k.AllPay {
		s.lambda = 1
	} else if k.First > 0 && shadow != Off {
		s.shadows = [2]bool{k.First < 1, true}
	}
	s.low, s.high = s.floor, v
	if outside >= v && outside > 0 {
		s.high = s.low // an outsider outbids the ring
	}
}

func (s *stage) prepareLottery(lot mechanisms.Lot, members []int) {
	s.kind = fixed
	for k, i := range members {
		s.weights[k] = weight(lot.Weights, i)
	}
	s.worth = s.values[s.leader] - lot.Fee - lot.Price
	s.take = lot.Fee + lot.Price + s.burned[s.leader]
	for j, v := range s.values {
		s.stand[j] = 0
		s.dev[j] = math.Max(0, s.weights[j]/(s.weights[j]+s.weights[s.leader])*(v-lot.Price)-lot.Fee)
	}
	s.dev[s.leader] = 0
	if lot.Fee+lot.Price < s.oversight {
		s.shadows[0] = false // what the leader pays is not its choice
	}
}

func (s *stage) prepareContest(ratio mechanisms.Ratio, members []int) {
	s.kind, s.ratio = ratioed, ratio
	for k, i := range members {
		s.weights[k] = weight(ratio.Weights, i)
	}
	s.leader = s.lonely()
	v := s.values[s.leader]
	k := rival(0, 1, ratio.Phantom, s.weights[s.leader], ratio.Exponent)
	u, b := reply(v, ratio.Exponent, k, ratio.WinnerPays)
	s.alone = math.Max(0, u-ratio.Fee)
	s.low, s.high = b, v
}

func (s *stage) prepareSale(sale mechanisms.Sale) {
	s.kind, s.sale = priced, sale
	full := sale.Price * sale.Scale()
	if s.high = full; math.IsInf(sale.Elasticity, 1) {
		s.low = full // the whole supply costs no more than a part of it
	} else {
		s.high *= math.Pow(math.Max(0, s.values[s.leader]-s.rivals)/full, 1/(1+sale.Elasticity))
	}
}

// prepareSearch is for mechanisms that say nothing about themselves.
func (s *stage) prepareSearch(r *Ring, ws *Work) {
	s.kind, s.search = custom, ws
	ws.game = mechanisms.Game{Mechanism: r.Game.Mechanism, Values: s.values}
	ws.leader = s.leader
	ws.signals = grow(ws.signals, len(s.values))
	ws.out.Resize(len(s.values))
	clear(ws.signals)
	s.reach = reach(r.Game, r.Equilibrium, s.leader)
	s.low, _ = ws.search(s.leader, s.reach, together)
	s.high = s.reach
}

// lonely is the member that earns most alone in a contest: the highest value
// unless weights and a phantom bid make another's signal count for more.
func (s *stage) lonely() int {
	if s.ratio.Phantom == 0 || s.ratio.Weights == nil {
		return highest(s.values)
	}
	leader, best := highest(s.values), 0.0
	for i, v := range s.values {
		u, _ := reply(v, s.ratio.Exponent, rival(0, 1, s.ratio.Phantom, s.weights[i], s.ratio.Exponent), s.ratio.WinnerPays)
		if u > best {
			leader, best = i, u
		}
	}
	return leader
}

func (s *stage) resize(n int) {
	kept := *s
	*s = stage{
		values: grow(kept.values, n), compete: grow(kept.compete, n), weights: grow(kept.weights, n), burned: grow(kept.burned, n),
		dev: grow(kept.dev, n), stand: grow(kept.stand, n), points: kept.points[:0], sorted: kept.sorted,
	}
}

// collects is what the protocol is paid at b, the burn apart.
func (s *stage) collects(b float64, shadow bool) float64 {
	switch s.kind {
	case ranked:
		if shadow {
			return b
		}
		return s.lambda*b + (1-s.lambda)*s.floor
	case ratioed:
		_, cost := s.lead(b)
		return cost
	case priced:
		return paid(b, s.sale)
	}
	for i := range s.search.signals {
		s.search.signals[i] = 0
	}
	s.search.signals[s.leader] = b
	s.search.game.Mechanism.Allot(s.search.signals, &s.search.out)
	sum := 0.0
	for j := range s.values {
		sum += s.search.out.Cost(j)
	}
	return sum
}

// bound sets the least b of every mode and drops modes that oversight rejects.
func (s *stage) bound() {
	for mode := range s.shadows {
		s.shadows[mode] = s.shadows[mode] && s.allowed(mode)
	}
}

// allowed sets the least b of a mode that oversight lets pass, and reports whether there
// is one.
func (s *stage) allowed(mode int) bool {
	shadow := mode == 1
	s.lowest[mode] = s.low
	if s.kind == fixed || s.oversight <= 0 || s.collects(s.low, shadow) >= s.oversight {
		return true
	}
	if s.kind == ranked {
		switch {
		case shadow:
			s.lowest[mode] = s.oversight
		case s.lambda > 0:
			s.lowest[mode] = (s.oversight - (1-s.lambda)*s.floor) / s.lambda
		default:
			return false
		}
		return s.lowest[mode] <= s.high
	}
	low, high := s.low, s.high
	if s.collects(high, shadow) < s.oversight {
		return false
	}
	for range 200 {
		mid := (low + high) / 2
		if mid == low || mid == high {
			break
		}
		if s.collects(mid, shadow) < s.oversight {
			low = mid
		} else {
			high = mid
		}
	}
	s.lowest[mode] = high
	if s.kind == ratioed { // the leader can go no lower either
		t, cost := s.lead(high)
		s.alone = t*s.values[s.leader] - cost
	}
	return true
}

// reduced fills a stage from the equilibrium of the market that a partial ring
// leaves: the leader and the outsiders play eq, which members can upset.
func (s *stage) reduced(r *Ring, ws *Work, eq *equilibrium.Equilibrium, g mechanisms.Game) error {
	s.resize(len(ws.members))
	for k, i := range ws.members {
		s.values[k], s.compete[k] = r.Game.Values[i], r.Equilibrium.Payoff[i]
		s.rivals += s.compete[k]
		s.stand[k], s.dev[k] = 0, 0
	}
	s.leader = highest(s.values)
	s.kind, s.shadows[0] = fixed, true
	s.worth = eq.Payoff[0] // the leader comes first in the reduced market
	for k, c := range eq.Cost {
		s.take += c
		if r.Burned != nil {
			s.take += eq.Win[k] * r.Burned[ws.reduced[k]]
		}
	}
	if err := s.upset(r, ws, eq, g); err != nil {
		return err
	}
	s.dev[s.leader] = 0
	s.tabulate()
	return nil
}
