// Package component proves a claimed equilibrium of the sealed first-price auction among
// groups of bidders who share a component of their values and know it. It shares no code with
// the solvers: from the groups' distributions and the claimed strategies alone it bounds from
// above what any type could gain by any bid.
//
// Bidder i of group t values the right at C e_i: ln C ~ N(mu, sigma^2) is known to the group,
// ln e_i ~ N(0, omega^2) to the bidder, and everything is independent. y and z are the normal
// scores of C and e. A group's strategy is a table of B = ln(bid/C)/omega over both scores,
// bilinear between its entries: a function on the continuum. Three facts make the bound.
//
//   - Whoever imitates the type z' of its group in place of its own z gains at most
//     Q(z') - Q(z), with Q = U - int omega v W dz, U = (v - b) W the pay-off of the claimed bid
//     and W = Phi(z)^(n-1) H(b) its chance to win: the rest, int omega v (W(z) - W(z')) dz
//     between them, is never positive, for W ascends. Q is next to constant at an equilibrium, so
//     bounds of its slope between entries are of second order in the mesh.
//   - For z and z' held fixed what is gained is a smooth function of y, and between two
//     entries no more than its chord and a bound of its curvature.
//   - H, the chance that the other groups bid less, is a mean over z of Phi(y*), y* the score
//     at which their type z bids that much, next to linear in z and in the bid: see law.
//
// Types more than Reach standard deviations out in y or z are not covered, and nothing is
// supposed of them but that within a group those of smaller z bid less and those of larger z
// more: their chance widens the bounds of H.
//
// Reference: the bound by Q is the envelope theorem of auctions (Myerson 1981); the model is
// that of Gupta, Pai, Resnick, Tang, Structural Estimation of MEV-Boost Auctions. A test asserts
// that for a group alone, whose exact equilibrium with two bidders is b = C exp(omega^2/2)
// Phi(z-omega)/Phi(z), epsilon falls with the square of the mesh, and that bids that are 1 % too
// high are refused by as much as a search finds.
package component

import (
	"fmt"
	"math"

	"allot/solver/certify"
)

// Reach is how many standard deviations are covered, in y and in z.
const Reach = 6

// Group is a number of bidders who share the component C of their values C e_i: ln C has the mean Mu
// and the deviation Sigma, ln e_i the mean 0 and the deviation Omega.
type Group struct {
	Count            int
	Mu, Sigma, Omega float64
}

// Plan is a group's strategy: ln(bid/C)/omega, the rows over y and the columns over z, both
// equally spaced from -Reach to Reach.
type Plan [][]float64

// Proof is what is proven of strategies.
type Proof struct {
	Standing certify.Standing
	// Reason is why there is no proof, or "".
	Reason string
	// Epsilon is the most that a type within Reach can gain by any bid, in the unit of
	// values; Expected the most that a bidder gains on average by any strategy, the types beyond
	// included.
	Epsilon, Expected float64
	// Outside is the chance that a bidder's type is beyond Reach.
	Outside float64
	// Low and High are bounds of the revenue of these strategies.
	Low, High float64
}

// FirstPrice bounds what bidders can gain in a first-price auction without a reserve.
func FirstPrice(groups []Group, plans []Plan) Proof {
	if len(groups) == 0 || len(groups) != len(plans) {
		return none("there are no groups, or not as many strategies")
	}
	books := make([]*book, len(groups))
	for t, g := range groups {
		b, reason := newBook(g, plans[t])
		if reason != "" {
			return none("group %d: %s", t+1, reason)
		}
		books[t] = b
	}
	laws := newLaws(books)
	p := Proof{Standing: certify.Certified, Outside: 1 - core*core}
	for t, b := range books {
		epsilon, expected := b.gain(fold(laws, t))
		p.Epsilon = math.Max(p.Epsilon, epsilon)
		p.Expected = math.Max(p.Expected, expected)
	}
	p.Low, p.High = fold(laws, -1).highest()
	for _, b := range books {
		p.High += float64(b.Count) * b.beyond()
	}
	if !(p.Epsilon < math.MaxFloat64) || !(p.Expected < math.MaxFloat64) {
		return none("the bound is not a finite number")
	}
	return p
}

func none(format string, a ...any) Proof {
	return Proof{Reason: fmt.Sprintf(format, a...), Epsilon: math.Inf(1), Expected: math.Inf(1), Low: math.Inf(-1), High: math.Inf(1)}
}

// core is the chance that a score is within Reach.
var core = math.Erf(Reach / math.Sqrt2)

func phi(z float64) float64 { return math.Erfc(-z/math.Sqrt2) / 2 }

func density(z float64) float64 { return math.Exp(-z*z/2) / math.Sqrt(2*math.Pi) }

// book is a group with its strategy, checked.
type book struct {
	Group
	plan   Plan
	dy, dz float64
	// flat is the least slope of a log bid in y.
	flat float64
}

func (b *book) y(i int) float64 { return -Reach + float64(i)*b.dy }
func (b *book) z(k int) float64 { return -Reach + float64(k)*b.dz }

// log is the log bid of an entry.
func (b *book) log(i, k int) float64 { return b.Mu + b.Sigma*b.y(i) + b.Omega*b.plan[i][k] }

// beyond is E[v; the type is beyond Reach].
func (b *book) beyond() float64 {
	within := func(s float64) float64 { return phi(Reach-s) - phi(-Reach-s) }
	mean := math.Exp(b.Mu + (b.Sigma*b.Sigma+b.Omega*b.Omega)/2)
	return mean * (1 - within(b.Sigma)*within(b.Omega) + 1e-15)
}

func newBook(g Group, plan Plan) (*book, string) {
	if g.Count < 1 || !(g.Sigma > 0 && g.Omega > 0) || math.IsNaN(g.Mu) || math.IsInf(g.Mu+g.Sigma+g.Omega, 0) {
		return nil, "there must be a bidder, and sigma and omega above 0"
	}
	if len(plan) < 3 || len(plan[0]) < 3 {
		return nil, "the strategy has fewer than three rows or columns"
	}
	b := &book{Group: g, plan: plan, dy: 2 * Reach / float64(len(plan)-1), dz: 2 * Reach / float64(len(plan[0])-1), flat: math.Inf(1)}
	for i, row := range plan {
		if len(row) != len(plan[0]) {
			return nil, "the strategy's rows differ in length"
		}
		for k, x := range row {
			switch {
			case !(x <= b.z(k)+1e-9):
				return nil, fmt.Sprintf("the bid at y %g, z %g is above the value", b.y(i), b.z(k))
			case k > 0 && !(b.Omega*(x-row[k-1]) < b.Sigma*b.dy/2):
				return nil, "the columns are too far apart for the rows"
			case k > 0 && !(x > row[k-1]):
				return nil, fmt.Sprintf("bids do not ascend in z at y %g, z %g", b.y(i), b.z(k))
			case i > 0:
				b.flat = math.Min(b.flat, (b.log(i, k)-b.log(i-1, k))/b.dy)
			}
		}
	}
	if !(b.flat > b.Sigma/2) {
		return nil, "bids do not ascend with the common component, or at less than half its pace"
	}
	return b, ""
}
