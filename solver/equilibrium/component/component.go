// Package component solves auctions among groups of bidders who share a component of their
// values and know it: v_i = C e_i, ln C ~ N(mu, sigma^2) known to the group, ln e_i ~
// N(0, omega^2) known to the bidder, groups independent.
//
// In the open auction bidders bid their values, which is dominant. In the first-price auction
// a group whose members know C plays the symmetric equilibrium of its n members against each
// other and against the other groups' highest bid, of distribution function H: with z the
// normal score of e, the payoff per chance to beat the twins, V = (v - b) H(b), solves
//
//	dV/dz = omega v H(b) - (n-1) phi(z)/Phi(z) V
//
// from V = 0 at the bottom, b the higher solution of (v-b) H(b) = V (twins bid the price up).
// H follows from the strategies by quadrature over z and C, and the two are iterated: the
// other groups matter by the order of omega only, so that this converges, unlike best replies
// among single bidders. Types whose e is far up meet no twin and V is next to the peak of
// (v-b) H(b), where the equation is stiff: hence backward differences of order four (Gear
// 1971), implicit in V, one root a step.
//
// As omega -> 0 twins compete all of the surplus away: both formats bring E max_t C_t (for two
// groups the mean of the larger of two log-normal draws, a closed form), short of it by the
// order of omega; a test asserts that, and that the formats differ by the order of omega^2.
//
// Domain: two or more bidders in each group, sigma and omega > 0, omega at most sigma, every
// group within 36 of the others' standard deviations. The model is that of Gupta, Pai, Resnick, Tang, Structural Estimation of MEV-Boost Auctions.
package component

import (
	"errors"
	"fmt"
	"math"
)

// Group is a number of bidders who share the component C of their values C e_i: ln C has the mean Mu
// and the deviation Sigma, ln e_i the mean 0 and the deviation Omega.
type Group struct {
	Count            int
	Mu, Sigma, Omega float64
}

// Game is the auction among groups, solved for its first-price form.
type Game struct{ world *world }

// Outcome is what one format brings: revenue and welfare, and of each group what a member
// wins, pays, keeps and bids on average.
type Outcome struct {
	Revenue, Welfare           float64
	Win, Payment, Payoff, Bids []float64
}

var errUnsettled = errors.New("component: the iteration between the groups did not settle")

// New solves the game without a reserve. steps is the grid, entries to a standard deviation; 0
// means 50.
func New(groups []Group, steps int) (*Game, error) {
	if steps <= 0 {
		steps = 50
	}
	w, err := newWorld(groups, steps, math.Inf(-1))
	if err != nil {
		return nil, err
	}
	if !w.solve() {
		return nil, errUnsettled
	}
	return &Game{w}, nil
}

// newWorld is the grid for these groups and a reserve, not yet solved.
func newWorld(groups []Group, steps int, floor float64) (*world, error) {
	if len(groups) == 0 {
		return nil, errors.New("component: there are no groups")
	}
	low, high := math.Inf(1), math.Inf(-1)
	for i, t := range groups {
		if t.Count < 2 || !(t.Sigma > 0 && t.Omega > 0 && t.Omega <= t.Sigma) || math.IsNaN(t.Mu) || math.IsInf(t.Mu+t.Sigma, 0) {
			return nil, fmt.Errorf("component: group %d: there must be two bidders or more, and 0 < omega <= sigma", i+1)
		}
		s := math.Hypot(t.Sigma, t.Omega)
		low = math.Min(low, t.Mu-(reach+1)*s)
		high = math.Max(high, t.Mu+(reach+1)*s+s*s)
	}
	for i, t := range groups {
		// Chances are kept as normal scores, of which a float64 holds 37.
		if math.Max(high-t.Mu, t.Mu-low) > 36*t.Sigma {
			return nil, fmt.Errorf("component: group %d: sigma is too small beside how far the groups are spread", i+1)
		}
	}
	if floor > low { // what is bid begins there
		low = floor
	}
	w := &world{groups: groups, scores: newScores(reach * steps), y: -reach, ny: 7*steps/5 + 1, nx: 8*steps + 1, floor: floor}
	w.dy = 2 * reach / float64(w.ny-1)
	w.x, w.dx = low, (high-low)/float64(w.nx-1)
	for _, t := range groups {
		b := make([]float64, w.ny*len(w.phi))
		for i := range b { // the first guess: values
			b[i] = w.z(i % len(w.phi))
		}
		w.bid = append(w.bid, b)
		w.gap = append(w.gap, make([]float64, len(b)))
		w.score = append(w.score, make([]float64, w.nx))
		w.rival = append(w.rival, make([][2]float64, finer*(w.nx-1)+1))
		w.none = append(w.none, w.ranked(t, 0))
		w.one = append(w.one, w.ranked(t, 1))
	}
	return w, nil
}

// Highest is E max v.
func (g *Game) Highest() float64 {
	return g.world.expect(func(j int) float64 { return g.world.above(j, 0) })
}

// Bound is the revenue of the best mechanism of a designer who knows every C, which no
// mechanism can exceed: given them values are independent, and it is the mean over C of
// Myerson's optimum, E max(0, psi) with psi = v (1 - omega (1-Phi(z))/phi(z)).
func (g *Game) Bound() float64 { return g.world.myerson() }

// FirstPrice is the sealed first-price auction without a reserve.
func (g *Game) FirstPrice() Outcome {
	out := g.world.outcome(false)
	out.Revenue = g.world.expect(g.world.sealed)
	out.Welfare = out.Revenue + g.world.kept(out)
	return out
}

// Open is the open auction without a reserve, in which everybody bids its value.
func (g *Game) Open() (Outcome, error) {
	w, err := newWorld(g.world.groups, g.world.steps(), math.Inf(-1))
	if err != nil {
		return Outcome{}, err
	}
	for t := range w.groups { // the first guess is just that
		w.distribute(t)
	}
	for t := range w.groups {
		w.meet(t)
	}
	out := w.outcome(true)
	out.Revenue, out.Welfare = w.expect(func(j int) float64 { return w.above(j, 1) }), g.Highest()
	return out, nil
}

// OpenReserve is the best reserve of the open auction on the grid of log values and what it
// brings: r P(v_(1) > r) + int_r P(v_(2) > x) dx; 0 and the revenue without one where none adds
// to it.
func (g *Game) OpenReserve() (reserve, revenue, unsold float64) {
	w := g.world
	revenue = w.expect(func(j int) float64 { return w.above(j, 1) })
	tail := 0.0
	for j := w.nx - 1; j > 0; j-- {
		r := math.Exp(w.x + float64(j)*w.dx)
		y := r*w.above(j, 0) + tail + w.dx/2*r*w.above(j, 1)
		if y > revenue*(1+1e-9) {
			revenue, reserve, unsold = y, r, 1-w.above(j, 0)
		}
		tail += w.dx * r * w.above(j, 1)
	}
	return reserve, revenue, unsold
}

// Reserved is what the sealed auction brings with a reserve that keeps the right from being
// sold with the given chance, and that reserve; on a grid of so many steps. At 0 the reserve is
// next to nothing.
func (g *Game) Reserved(unsold float64, steps int) (reserve, revenue float64, err error) {
	w := g.world
	j := 0
	for j < w.nx-1 && 1-w.above(j, 0) < unsold {
		j++
	}
	x := w.x + float64(j)*w.dx
	v, err := newWorld(w.groups, steps, x)
	if err != nil {
		return 0, 0, err
	}
	if !v.solve() {
		return 0, 0, errUnsettled
	}
	return math.Exp(x), v.taken(), nil
}

// Plans are the strategies of the first-price auction as ln(bid/C)/omega, for each group a row
// for every score of C and a column for every score of e, equally spaced from -span to span:
// so many rows to a standard deviation, and as many columns where e matters, half as many where
// it hardly does.
func (g *Game) Plans(span, steps int) [][][]float64 {
	w := g.world
	span = min(span, reach)
	plans := make([][][]float64, len(w.groups))
	for t, ty := range w.groups {
		columns := steps
		if ty.Omega < 0.02*ty.Sigma {
			columns = max(4, steps/2)
		}
		fine, edge := newScores(2*reach*columns), (reach-span)*columns
		bids, gaps := make([]float64, len(fine.phi)), make([]float64, len(fine.phi))
		for i := -span * steps; i <= span*steps; i++ {
			w.row(t, float64(i)/float64(steps), fine, bids, gaps)
			plans[t] = append(plans[t], append([]float64(nil), bids[edge:len(bids)-edge]...))
		}
	}
	return plans
}
