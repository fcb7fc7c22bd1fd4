// Package private proves a claimed equilibrium among agents who know their own value
// only. It shares no code with the solvers: from the mechanism's rule, the
// distributions and the claimed strategies alone it bounds from above what any type of
// any agent could gain by any bid.
//
// [Auction] is for auctions (private.go; grid.go divides the bids, bound.go bounds the gain between
// them), [Spiteful] for those among agents who mind their rivals' profit, [Contest] for ratio-form
// contests (contest.go encloses the chance to win, contest_bound.go bounds the gain), [Lottery] for
// draws among those who enter. [Search] takes any mechanism and proves nothing: it looks for a
// better signal. Gains are in the unit of the values.
package private

import (
	"fmt"
	"math"
	"reflect"
	"slices"

	"allot/mechanisms"
	"allot/solver/certify"
)

// Auction bounds what agents can gain in an auction of any price mix, first to second,
// or in an all-pay auction, when agent i's value is drawn from values[i] and it plays
// curves[i].
//
// With H(b) the chance that every rival bids less, I its integral from the reserve r
// and first the weight of the winner's own bid, the type v that bids b has
//
//	u(v, b) = v H(b) - C(b),   C = b H - (1-first) I,   or C = b where all pay.
//
// Between knots the bids' distribution functions are linear, so H is a product of linear
// functions that ascend: convex and log-concave. A type's payoff from a bid has the slope
// (v - phi) H', phi = b + first H/H', so that between knots it has one peak, and
//
//   - a higher bid's advantage grows with v: what a type gains by a bid beyond the knots
//     between which it bids is at most what it gains by going to the nearer of them, and the
//     type of that knot by going on. So the types of knots and the cells between knots do;
//   - what the type v of a knot can have, B(v) = max_b [v H - C], is bounded by the hull of
//     the curve (H, C): a line for each knot, with what a bid next to it adds at most, found
//     for every type in one pass of two pointers;
//   - in a cell the type v(s) that bids s gains at most what v(s) - phi(s) says. H/H' is a
//     harmonic sum of linear functions, concave, and v is as near to its chord as the
//     density's range allows. Where that is unknown the payoffs of both ends' types decide:
//     B is convex in v, hence so is what a type v gains that bids b.
//
// Both are second order in the mesh. The first is the mesh that others' bids show, which
// linear functions between knots are not the equilibrium by; with the second a type may be
// anywhere between two knots, which costs four to ten times as many of them.
//
// Where all pay, u is convex between knots: B needs knots only, and u is at least its
// chord less the distance between H and its chord. Types above the last knot of an
// unbounded distribution are covered by v P(V > v) <= E[V; V > v], and those that are rarer
// than 1e-200 together by what they have to gain in expectation; so are the types below the rank
// 1e-12, of at most their value and their bid, where one of them would gain more than twice what
// others do. Reason says which. What is proven is
// the bound for every type but those within 1e-12 in rank of a jump of the value; and
// up to the rounding of float64, for which a few units in the last place of the top bid are
// added. The bound on u(v, b) supposes that a tie at an atom is lost.
//
// One case is not about the curves to the letter: in a second-price auction a curve whose
// every knot bids its type's value is read as the rule to bid one's value, of which it is a
// sample, and that rule is dominant: epsilon 0. Taken linearly in the rank between its
// knots, such a curve can be far from it where knots are few.
//
// A test asserts that the bound for the exact equilibrium of uniform draws is rounding, that
// it falls with the square of the mesh for U[0,1] against U[0,2], that it grows when bids are
// perturbed, and that it is never less than what a search over types and bids finds.
func Auction(m mechanisms.Ranked, values []mechanisms.Distribution, curves []mechanisms.BidCurve) certify.Certificate {
	if m == nil || len(values) == 0 || len(values) != len(curves) {
		return none("there is no mechanism, or there are not as many strategies as agents")
	}
	if i := slices.Index(values, nil); i >= 0 {
		return none("agent %d has no value", i+1)
	}
	rule := m.Ranking()
	players, reason := sorted(values, curves)
	if reason != "" {
		return none("%s", reason)
	}
	if !rule.AllPay && rule.First == 0 && truthful(players, rule.Reserve) {
		return certify.Certificate{Standing: certify.Certified, Method: "bidding one's value is dominant (Vickrey 1961); a curve that does so at every knot is read as that rule"}
	}
	g := grids.Get().(*grid)
	defer grids.Put(g)
	if reason := g.merge(players, rule.Reserve); reason != "" {
		return none("%s", reason)
	}
	out := certify.Certificate{Standing: certify.Certified, Method: "conjugate of the cost of winning, over all types and bids"}
	for i := range players {
		p := &players[i]
		b := g.bound(players, i, rule)
		out.Evaluations += b.evaluations
		if b.reason != "" {
			return none("%s", b.reason)
		}
		out.Reason = both(out.Reason, b.rare)
		if b.gain > out.Epsilon || i == 0 {
			out.Epsilon, out.Agent, out.Signal = b.gain, p.agent, b.signal
		}
	}
	if math.IsNaN(out.Epsilon) || math.IsInf(out.Epsilon, 0) {
		return none("the bound is not a finite number")
	}
	out.Epsilon = math.Max(0, out.Epsilon)
	return out
}

// none is no certificate, with the reason.
func none(format string, args ...any) certify.Certificate {
	return certify.Certificate{Standing: certify.None, Epsilon: math.Inf(1), Reason: fmt.Sprintf(format, args...)}
}

// truthful reports strategies whose every knot bids the value of its type, or stands back
// below the reserve, in a second-price auction. Between knots such a strategy is read as
// what it samples: values themselves, of which no curve through ranks has all. The knots'
// values must be those of the distribution; the type above all others has none where the
// distribution has no end, and may bid anything.
func truthful(players []player, reserve float64) bool {
	for i := range players {
		p := &players[i]
		c := &p.curve
		if len(c.Values) != len(c.Bids) {
			return false
		}
		for k, bid := range c.Bids {
			v := c.Values[k]
			low, high := p.before(c.Below[k], c.Above[k]), p.after(c.Below[k], c.Above[k])
			if c.Below[k] == 0 && p.d.CDF(v) == 0 { // float64 has no rank between the values' low end and v
				high = v
			}
			slack := 1e-9 * v // of quantile functions, which are not exact in the tails
			switch {
			case math.IsInf(v, 1):
				if k+1 < len(c.Bids) || bid < reserve {
					return false
				}
				continue
			case !(v >= low-slack && v <= high+slack):
				return false
			case bid == v:
			case bid < reserve && v <= reserve:
			default:
				return false
			}
		}
	}
	return true
}

// player is a number of agents with one distribution and one strategy.
type player struct {
	tails
	curve mechanisms.BidCurve
	n     int
	agent int // the first of them
	// below and above are the bid's distribution function at the knots of the merged
	// grid.
	below, above []float64
	next, with   int // the next knot, and the last of an atom
}

// sorted groups agents by strategy and checks the strategies.
func sorted(values []mechanisms.Distribution, curves []mechanisms.BidCurve) ([]player, string) {
	type key struct {
		bids *float64
		n    int
	}
	var out []player
	index := make(map[key][]int)
	for i, c := range curves {
		n := len(c.Bids)
		if n < 2 || len(c.Below) != n || len(c.Above) != n {
			return nil, fmt.Sprintf("agent %d: the strategy has fewer than two knots, or knots without a rank", i+1)
		}
		k := key{&c.Bids[0], n}
		if m := len(out); m > 0 && n > 0 && n == len(out[m-1].curve.Bids) && &c.Bids[0] == &out[m-1].curve.Bids[0] && equal(out[m-1].d, values[i]) {
			out[m-1].n++
			continue
		}
		found := false
		for _, j := range index[k] {
			if equal(out[j].d, values[i]) {
				out[j].n++
				found = true
				break
			}
		}
		if found {
			continue
		}
		for j := range c.Bids {
			ok := c.Bids[j] >= 0 && c.Bids[j] <= math.MaxFloat64 && c.Below[j] >= 0 && c.Above[j] >= 0 && math.Abs(c.Below[j]+c.Above[j]-1) < 1e-12
			if j > 0 {
				ok = ok && c.Bids[j] >= c.Bids[j-1] && c.Below[j] >= c.Below[j-1] && c.Above[j] <= c.Above[j-1]
			}
			if !ok {
				return nil, fmt.Sprintf("agent %d: knot %d of the strategy is not finite or does not ascend", i+1, j+1)
			}
		}
		if c.Below[0] != 0 || c.Above[n-1] != 0 {
			return nil, fmt.Sprintf("agent %d: the strategy does not cover every type", i+1)
		}
		index[k] = append(index[k], len(out))
		out = append(out, player{tails: newTails(values[i]), curve: c, n: 1, agent: i})
	}
	return out, ""
}

// equal reports distributions that can be compared and are equal. Others count as
// different, which costs time only.
func equal(a, b mechanisms.Distribution) bool {
	return reflect.TypeOf(a).Comparable() && reflect.TypeOf(b).Comparable() && a == b
}
