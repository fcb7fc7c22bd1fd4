package equilibrium

import "math"

const methodHesitant = "one agent indifferent about entry, the rest pure (after Wang 2010)"

// hesitant is a contest with a fee or a phantom bid in which one agent, the mixer,
// enters with probability q and the members of a set play one signal each. With Z what
// the members and the phantom bring, V the mixer's value, and t its chance when it enters:
//
//	everyone pays:  rho t^2 - (rho-1) t = fee/V,  x = rho V t(1-t)
//	winner pays:    t = fee (1+rho)/(V + rho fee), x = rho V (1-t)/(1+rho(1-t))
//	both:           X = w x^rho,  Z = X (1-t)/t
//
// leaves the mixer indifferent, and q makes the members' first-order conditions agree
// with Z: a linear equation for one member, a bisection for more (everyone pays). Values
// are shares of the largest. What the members and the outsiders could gain is searched
// over their signals. Domain: rho > 0, fee + phantom > 0. A test asserts that a
// phantom bid of 1e-9 gives Wang's equilibrium at 4/2, rho = 1.5, and checks others by the rule.
type hesitant struct {
	rho, fee, phantom float64
	winnerPays        bool
	agents            int       // all of them, the worthless too
	z, x              float64   // Z, and the mixer's X
	signal, share     float64   // the mixer's x and t
	q                 float64   // the probability that the mixer enters
	parts             []float64 // w a^rho of the members
}

// solveHesitant looks for such an equilibrium: the highest values against the next,
// then any one of the first few against another.
func (s *Solver) solveHesitant(eq *Equilibrium) bool {
	n := len(s.order)
	for m := 1; m < min(n, 9); m++ {
		if s.hesitates(s.order[:m], s.order[m], eq) {
			return true
		}
		if s.contest.WinnerPays {
			break
		}
	}
	few := min(n, 4)
	for p := range few {
		for o := range few {
			if p != o && (p != 0 || o != 1) && s.hesitates(s.order[p:p+1], s.order[o], eq) {
				return true
			}
		}
	}
	return false
}

// hesitates tries one set of members and one mixer.
func (s *Solver) hesitates(members []int, mixer int, eq *Equilibrium) bool {
	r := &s.contest
	h := hesitant{rho: r.Exponent, fee: r.Fee / s.top, phantom: r.Phantom / s.top, winnerPays: r.WinnerPays, agents: len(s.values)}
	if !h.enter(s.values[mixer]/s.top, s.weight(mixer)) {
		return false
	}
	h.parts = make([]float64, len(members))
	if !h.balance(s, members) {
		return false
	}
	const tolerance = 1e-10
	for _, i := range s.order {
		place := -1
		for p, j := range members {
			if i == j {
				place = p
			}
		}
		v, w, part := s.values[i]/s.top, s.weight(i), 0.0
		switch {
		case i == mixer:
			continue
		case place >= 0:
			part = h.parts[place]
		}
		own := 0.0
		if part > 0 {
			own = h.payoff(v, w, h.z-part, math.Pow(part/w, 1/h.rho))
		}
		if h.most(v, w, h.z-part) > own+tolerance*v {
			return false
		}
	}
	h.report(s, members, mixer, eq)
	return true
}

// enter solves for what leaves the mixer indifferent.
func (h *hesitant) enter(v, w float64) bool {
	rho, f := h.rho, h.fee/v
	t := ((rho - 1) + math.Sqrt((rho-1)*(rho-1)+4*rho*f)) / (2 * rho)
	if h.winnerPays {
		t = f * (1 + rho) / (1 + rho*f)
	}
	if !(t > 0 && t < 1) {
		return false
	}
	h.signal = rho * v * t * (1 - t)
	if h.winnerPays {
		h.signal = rho * v * (1 - t) / (1 + rho*(1-t))
	}
	h.x = w * math.Pow(h.signal, rho)
	h.z, h.share = h.x*(1-t)/t, t
	return h.z > 0 && h.z <= math.MaxFloat64 && h.x > 0
}

// balance finds q and the members' parts.
func (h *hesitant) balance(s *Solver, members []int) bool {
	room := h.z
	if h.phantom > 0 {
		room -= math.Pow(h.phantom, h.rho)
	}
	if !(room > 0) {
		return false
	}
	if len(members) == 1 {
		v, w := s.values[members[0]]/s.top, s.weight(members[0])
		a := math.Pow(room/w, 1/h.rho)
		slope := func(total float64) float64 {
			rise := h.rho / a * room * (total - room) / (total * total)
			if h.winnerPays {
				return rise*(v-a) - room/total
			}
			return rise*v - 1
		}
		out, in := slope(h.z), slope(h.z+h.x)
		if h.phantom == 0 { // no rounding: alone, it has everything
			out = -1
		}
		h.parts[0], h.q = room, out/(out-in)
		return h.q > 0 && h.q < 1
	}
	if h.winnerPays {
		return false
	}
	excess := func(q float64) float64 {
		sum := -room
		for p, i := range members {
			h.parts[p] = h.part(s.values[i]/s.top, s.weight(i), q)
			sum += h.parts[p]
		}
		return sum
	}
	lo, hi := 0.0, 1.0
	low, high := excess(lo), excess(hi)
	if !(low < 0 && high > 0 || low > 0 && high < 0) {
		return false
	}
	for range 200 {
		h.q = lo + (hi-lo)/2
		if h.q == lo || h.q == hi {
			break
		}
		if (excess(h.q) > 0) == (high > 0) {
			hi = h.q
		} else {
			lo = h.q
		}
	}
	return math.Abs(excess(h.q)) <= 1e-12*room
}

// part is a member's w a^rho given q and Z, everyone paying: the larger root p of
//
//	rho v (w p^(rho-1))^(1/rho) (B - D p) = 1,  B = E 1/total, D = E 1/total^2
//
// or 0 where there is none.
func (h *hesitant) part(v, w, q float64) float64 {
	in := h.z + h.x
	b, d := q/in+(1-q)/h.z, q/(in*in)+(1-q)/(h.z*h.z)
	power := 1 - 1/h.rho
	slope := func(p float64) float64 {
		return h.rho*v*math.Pow(w, 1/h.rho)*math.Pow(p, power)*(b-d*p) - 1
	}
	lo, hi := math.Max(0, power*b/((1+power)*d)), b/d
	if lo > 0 && slope(lo) < 0 {
		return 0
	}
	for range 200 {
		p := lo + (hi-lo)/2
		if p == lo || p == hi {
			break
		}
		if slope(p) > 0 {
			lo = p
		} else {
			hi = p
		}
	}
	return lo
}

// payoff is what signal a brings against others who bring rest, and X more with
// probability q.
func (h *hesitant) payoff(v, w, rest, a float64) float64 {
	if rest <= 1e-15*h.z { // nobody else, if the mixer stays out
		rest = 0
	}
	own := w * math.Pow(a, h.rho)
	win := 0.0
	if own > 0 {
		win = h.q*own/(own+rest+h.x) + (1-h.q)*own/(own+rest)
	} else if rest == 0 {
		win = (1 - h.q) / float64(h.agents)
	}
	switch {
	case a == 0:
		return win * v
	case h.winnerPays:
		return win*(v-a) - h.fee
	}
	return win*v - a - h.fee
}

// most is the most that a signal brings.
func (h *hesitant) most(v, w, rest float64) float64 {
	const cells, ratio = 1200, 0.98
	at := func(a float64) float64 { return h.payoff(v, w, rest, a) }
	best := at(0)
	before, here := math.Inf(-1), at(v)
	for x, i := v, 0; i < cells; i++ {
		next := at(x * ratio)
		best = math.Max(best, here)
		if here >= before && here >= next {
			best = math.Max(best, at(golden(at, x*ratio, math.Min(v, x/ratio), 50)))
		}
		before, here, x = here, next, x*ratio
	}
	return best
}

// report writes what the agents play and get.
func (h *hesitant) report(s *Solver, members []int, mixer int, eq *Equilibrium) {
	eq.Method, eq.Regime = methodHesitant, SemiMixed
	eq.Selection = "no pure equilibrium was found; one agent enters with some probability, others may exist"
	in := h.z + h.x
	for p, i := range members {
		part, v := h.parts[p], s.values[i]
		a := s.top * math.Pow(part/s.weight(i), 1/h.rho)
		t := h.q*part/in + (1-h.q)*part/h.z
		if len(members) == 1 && h.phantom == 0 {
			t = 1 - h.q*h.share
		}
		eq.Profile.Signals[i], eq.Win[i] = a, t
		eq.Cost[i] = a + s.contest.Fee
		if h.winnerPays {
			eq.Cost[i] = t*a + s.contest.Fee
		}
		eq.Payoff[i] = v*t - eq.Cost[i]
	}
	x, t := s.top*h.signal, h.q*h.share
	eq.Win[mixer], eq.Cost[mixer] = t, s.values[mixer]*t
	eq.Profile.Signals[mixer] = h.q * x
	eq.mixtures(len(s.values))
	eq.knot(mixer, 0, 1-h.q)
	eq.knot(mixer, x, 1-h.q)
	eq.knot(mixer, x, 1)
	eq.Margin = s.top * math.Min(h.q, 1-h.q)
	eq.markAgents(pieceSemiMixed, append(append(make([]int, 0, len(members)+1), members...), mixer)...)
}
