package certify

import (
	"fmt"
	"math"

	"allot/mechanisms"
)

// Deviation is the best that one agent can do against the others' strategies.
type Deviation struct {
	Standing Standing
	// Signal is a deviation and Payoff what it surely yields; no signal yields
	// more than Bound, which is +Inf where nothing is proven. Where the supremum is
	// a limit (the least bid above another's), Signal is a neighbour of it.
	Signal, Payoff, Bound float64
	// Reason is why there is no proof, or "".
	Reason string
}

// Certifier holds work space, so that certificates cost no allocations. The zero
// value is ready; a Certifier must not be used by two goroutines at once.
type Certifier struct {
	heap        []piece
	evaluations int
	limit       int
	limited     bool
	// proven is a gain that need not be undercut: the tolerance, or what other
	// agents may gain. 0 where every agent's own bound is asked for.
	proven float64

	n       int
	values  []float64
	profile mechanisms.Profile
	scale   float64 // largest value
	tol     float64
	kind    kind
	out     mechanisms.Outcome
	signals []float64

	contest contest
	mixture mixedContest
	auction auction
	pricing priceCurve
	lottery lottery
	sale    sale
	rule    rule
	spite   spite
}

// kind is how the pay-offs of a game are bounded.
type kind int

const (
	refused kind = iota
	pureContest
	atomContest
	steppedContest
	pureAuction
	mixedAuction
	drawing
	selling
	monotone
	sampled
)

var methods = [...]string{
	refused:        "",
	pureContest:    "tangents of the contest's concave parts",
	atomContest:    "branch and bound, second order, over the atoms of the others' mixtures",
	steppedContest: "branch and bound over the steps of the others' mixtures",
	pureAuction:    "closed form over the others' bids",
	mixedAuction:   "products of the others' distributions, piece by piece",
	drawing:        "closed form over who enters",
	selling:        "a tangent of the concave pay-off",
	monotone:       "branch and bound on monotone chances and payments",
	sampled:        "sampled deviations",
}

const tooLarge = "pay-offs are too large to be told apart"

// deviation is a signal, a pay-off surely reached near it, and an upper bound on
// the pay-offs of all signals.
type deviation struct {
	signal, value, bound float64
}

// Game proves how far a profile is from an equilibrium of the game, in U_i = u_i - s_i
// sum_{j != i} u_j where agents mind their rivals' profit. Payoff holds
// the claimed pay-offs u_i, which are recomputed from the strategies; nil claims
// nothing. Epsilon covers what a claim is off by; a claim that is off by more than
// epsilon and the tolerance is refused, as a malformed profile is: standing
// None and a reason.
func Game(g mechanisms.Game, p mechanisms.Profile, payoff []float64, o Options) Certificate {
	var c Certifier
	return c.Game(g, p, payoff, o)
}

// BestDeviation bounds the pay-off of every signal of one agent, the others
// playing the profile. The agent's own strategy does not matter; it is where the
// search starts.
func BestDeviation(g mechanisms.Game, p mechanisms.Profile, agent int, o Options) Deviation {
	var c Certifier
	return c.BestDeviation(g, p, agent, o)
}

// Game is the function of the same name without its allocations.
func (c *Certifier) Game(g mechanisms.Game, p mechanisms.Profile, payoff []float64, o Options) Certificate {
	none := Certificate{Epsilon: math.Inf(1)}
	if reason := c.prepare(g, p, o); reason != "" {
		none.Reason = reason
		return none
	}
	if payoff != nil && len(payoff) != c.n {
		none.Reason = fmt.Sprintf("%d pay-offs are claimed for %d agents", len(payoff), c.n)
		return none
	}
	cert := Certificate{Standing: Certified, Method: methods[c.kind], Epsilon: -1}
	if g.Spiteful() {
		if reason := c.minds(g, payoff); reason != "" {
			none.Reason = reason
			return none
		}
		cert.Method += ", rivals' profit counted in"
	}
	mismatch, liar := 0.0, -1
	left, todo := c.limit, c.n
	// Agents that mix come first: what they may gain says how far to go for others.
	for turn := range 2 * c.n {
		i := turn % c.n
		if c.mixes(i) != (turn < c.n) {
			continue
		}
		c.limit = max(64, left/todo)
		todo--
		c.proven = max(c.tol, cert.Epsilon)
		before := c.evaluations
		best, own, slack := c.bounds(i)
		left -= c.evaluations - before
		if c.kind == refused {
			return c.giveUp(none)
		}
		// The lower of what is claimed and what the profile yields.
		low := own - slack
		if payoff != nil {
			claim := payoff[i]
			if math.IsNaN(claim) || math.IsInf(claim, 0) {
				none.Reason = fmt.Sprintf("the claimed pay-off of agent %d is not a number", i+1)
				return none
			}
			off := math.Abs(claim-own) - 2*slack
			if c.spite.on {
				off, claim = math.Abs(c.spite.off[i])-2*c.spite.rough[i], own+c.weighted(i)
			}
			if off > mismatch {
				mismatch, liar = off, i
			}
			low = min(low, claim)
		}
		gain := best.bound - low
		if math.IsNaN(gain) {
			gain = math.Inf(1)
		}
		if gain > cert.Epsilon {
			cert.Epsilon, cert.Agent, cert.Signal = gain, i, best.signal
		}
	}
	cert.Epsilon = max(0, cert.Epsilon)
	cert.Evaluations = c.evaluations
	switch {
	case c.kind == sampled:
		cert.Standing = Approximate
		cert.Reason = c.rule.reason
	case c.limited:
		cert.Method += ", stopped at its limit of evaluations"
	}
	if mismatch > max(10*c.tol, cert.Epsilon) {
		own := c.yields(liar)
		cert.Standing = None
		cert.Reason = fmt.Sprintf("agent %d is claimed to get %g, but the profile yields %g", liar+1, payoff[liar], own)
	} else if math.IsInf(cert.Epsilon, 1) {
		cert.Standing, cert.Reason = None, tooLarge
	}
	return cert
}

// yields is what the profile yields agent i, its rivals' profit aside.
func (c *Certifier) yields(i int) float64 {
	if c.spite.on {
		return c.spite.plain[i]
	}
	c.proven = 0
	_, own, _ := c.agent(i)
	return own
}

// giveUp says why an agent's pay-off could not be bounded.
func (c *Certifier) giveUp(none Certificate) Certificate {
	none.Reason, none.Evaluations = c.rule.reason, c.evaluations
	return none
}

// BestDeviation is the function of the same name without its allocations.
func (c *Certifier) BestDeviation(g mechanisms.Game, p mechanisms.Profile, agent int, o Options) Deviation {
	if reason := c.prepare(g, p, o); reason != "" {
		return Deviation{Bound: math.Inf(1), Reason: reason}
	}
	if g.Spiteful() {
		return Deviation{Bound: math.Inf(1), Reason: "a spiteful agent's deviation has no pay-off of its own: see Game"}
	}
	if agent < 0 || agent >= c.n {
		return Deviation{Bound: math.Inf(1), Reason: fmt.Sprintf("there is no agent %d", agent+1)}
	}
	best, _, _ := c.agent(agent)
	switch {
	case c.kind == refused:
		return Deviation{Bound: math.Inf(1), Reason: c.rule.reason}
	case !(best.bound < math.Inf(1)) || math.IsNaN(best.value) || math.IsInf(best.value, 0):
		return Deviation{Bound: math.Inf(1), Reason: tooLarge}
	case c.kind == sampled:
		return Deviation{Standing: Approximate, Signal: best.signal, Payoff: best.value, Bound: math.Inf(1), Reason: c.rule.reason}
	}
	return Deviation{Standing: Certified, Signal: best.signal, Payoff: best.value, Bound: best.bound}
}

// bounds is agent with its rivals' profit counted in where it minds that, less what it
// cannot change.
func (c *Certifier) bounds(i int) (best deviation, own, slack float64) {
	if c.spite.on {
		return c.mindful(i)
	}
	return c.agent(i)
}

// agent bounds what agent i can get, and recomputes what it gets: own, give or
// take slack.
func (c *Certifier) agent(i int) (best deviation, own, slack float64) {
	switch c.kind {
	case pureContest:
		return c.pureContestAgent(i)
	case atomContest, steppedContest:
		return c.atomContestAgent(i)
	case pureAuction:
		return c.pureAuctionAgent(i)
	case mixedAuction:
		return c.mixedAuctionAgent(i)
	case drawing:
		return c.lotteryAgent(i)
	case selling:
		return c.saleAgent(i)
	case monotone, sampled:
		return c.ruleAgent(i)
	}
	return deviation{bound: math.Inf(1)}, 0, 0
}

// prepare checks the game and the profile, chooses how to bound pay-offs and
// computes what the agents share. It returns what is wrong, or "".
func (c *Certifier) prepare(g mechanisms.Game, p mechanisms.Profile, o Options) string {
	c.evaluations, c.limited, c.kind, c.proven, c.spite.on = 0, false, refused, 0, false
	c.heap = c.heap[:0]
	c.rule.reason = ""
	n := len(g.Values)
	switch {
	case g.Mechanism == nil:
		return "there is no mechanism"
	case n == 0:
		return "there are no agents"
	case len(p.Signals) != n:
		return fmt.Sprintf("%d signals for %d agents", len(p.Signals), n)
	case p.Mixed != nil && len(p.Mixed) != n:
		return fmt.Sprintf("%d mixtures for %d agents", len(p.Mixed), n)
	}
	c.n, c.values, c.profile, c.scale = n, g.Values, p, 0
	for i, v := range g.Values {
		if bad(v) {
			return fmt.Sprintf("the value %g of agent %d is not a finite number of at least 0", v, i+1)
		}
		c.scale = max(c.scale, v)
	}
	mixing := false
	for i, s := range p.Signals {
		if c.mixes(i) {
			mixing = true
			if reason := checkMixture(p.Mixed[i]); reason != "" {
				return fmt.Sprintf("the mixture of agent %d %s", i+1, reason)
			}
		} else if bad(s) {
			return fmt.Sprintf("the signal %g of agent %d is not a finite number of at least 0", s, i+1)
		}
	}
	c.tol = o.Tolerance
	if !(c.tol > 0) {
		c.tol = 1e-10 * c.scale
	}
	c.limit = o.MaxEvaluations
	if c.limit <= 0 {
		c.limit = 200_000
	}
	return c.choose(g.Mechanism, mixing)
}

// choose picks the method by what the mechanism can do.
func (c *Certifier) choose(m mechanisms.Mechanism, mixing bool) string {
	c.rule.mechanism = m
	switch m := m.(type) {
	case mechanisms.Ranked:
		if r := m.Ranking(); r.First >= 0 && r.First <= 1 && !bad(r.Reserve) {
			c.kind = pureAuction
			if mixing {
				c.kind = mixedAuction
			}
			c.prepareAuction(r)
			break
		}
		return "the mechanism's ranking is malformed"
	case mechanisms.Ratioed:
		r := m.Ratio()
		if !(r.Exponent > 0) || math.IsInf(r.Exponent, 1) || bad(r.Fee) || bad(r.Phantom) || badWeights(r.Weights) {
			return "the mechanism's ratio is malformed"
		}
		if mixing {
			c.prepareAtoms(r)
			break
		}
		c.kind = pureContest
		c.prepareContest(r)
	case mechanisms.EqualChance:
		l := m.Lot()
		if bad(l.Fee) || bad(l.Price) || badWeights(l.Weights) {
			return "the mechanism's lot is malformed"
		}
		c.kind = drawing
		c.prepareLottery(l)
	default:
		if m, ok := m.(mechanisms.Priced); ok && !mixing && c.prepareSale(m.Sale()) {
			return ""
		}
		c.kind = sampled
		if m, ok := m.(mechanisms.Monotone); ok && m.Monotone() {
			c.kind = monotone
		}
		return c.prepareRule()
	}
	if !mixing {
		return c.agree()
	}
	return ""
}

// agree compares what the mechanism says of itself with what it does at the
// profile: a description that is not true would prove nothing.
func (c *Certifier) agree() string {
	c.out.Resize(c.n)
	c.rule.mechanism.Allot(c.profile.Signals, &c.out)
	for i, v := range c.values {
		did := c.out.Payoff(i, v)
		said := c.profilePayoff(i)
		if !(math.Abs(did-said) <= 1e-9*(v+c.profile.Signals[i]+math.Abs(said))) {
			return fmt.Sprintf("the mechanism gives agent %d a pay-off of %g, but by its description it is %g", i+1, did, said)
		}
	}
	return ""
}

// profilePayoff is the pay-off of agent i at a pure profile by the mechanism's
// description.
func (c *Certifier) profilePayoff(i int) float64 {
	switch c.kind {
	case pureContest:
		return c.contest.payoff(c, i)
	case pureAuction:
		return c.auction.payoff(c, i)
	case drawing:
		own, _ := c.lotteryPayoff(i, c.profile.Signals[i] > 0)
		return own
	}
	return 0
}

// mixes reports an agent that plays a mixture.
func (c *Certifier) mixes(i int) bool {
	return c.profile.Mixed != nil && !c.profile.Mixed[i].IsEmpty()
}

func bad(x float64) bool { return !(x >= 0 && x <= math.MaxFloat64) }

func badWeights(w []float64) bool {
	for _, x := range w {
		if bad(x) || x == 0 {
			return true
		}
	}
	return false
}

func weight(w []float64, i int) float64 {
	if i < len(w) {
		return w[i]
	}
	return 1
}

// checkMixture says what is wrong with a mixture, or "".
func checkMixture(m mechanisms.Mixture) string {
	if len(m.Cumulative) != len(m.Signals) {
		return "has knots without a probability"
	}
	last, before := 0.0, 0.0
	for k, x := range m.Signals {
		f := m.Cumulative[k]
		if bad(x) || !(f >= 0 && f <= 1) {
			return "has a knot that is not a number in range"
		}
		if x < last || f < before {
			return "has knots that descend"
		}
		if k == 0 && f > 0 && len(m.Signals) > 1 && m.Signals[1] == x && m.Cumulative[1] == f {
			return "has a knot twice"
		}
		last, before = x, f
	}
	if math.Abs(before-1) > 1e-9 {
		return "does not add up to 1"
	}
	return ""
}

// total adds numbers with Neumaier's compensation: its relative error is a few
// units in the last place however many numbers of one sign are added.
type total struct{ sum, rest float64 }

func (t *total) add(x float64) {
	s := t.sum + x
	if math.Abs(t.sum) >= math.Abs(x) {
		t.rest += (t.sum - s) + x
	} else {
		t.rest += (x - s) + t.sum
	}
	t.sum = s
}

func (t *total) value() float64 { return t.sum + t.rest }
