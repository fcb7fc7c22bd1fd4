package search

import (
	"errors"
	"fmt"
	"math"
	"reflect"
	"sort"

	"allot/mechanisms"
	"allot/solver/certify"
	"allot/solver/equilibrium"
	"allot/solver/equilibrium/private"
)

// Values v_i = C e_i of which all agents know C (and each its own e_i, independent of
// the others'): given C the game is one of independent private values, and money has no
// scale of its own, so that
//
//	x(r | C) = C x(r/C | 1)
//
// for every sum of money x that an auction with reserve r brings. The function
// x(rho | 1) is found once, as piecewise Chebyshev interpolants, and its expectation over
// C by quadrature in the ranks of C, the tail's mean exactly. Without a reserve
// x = E[C] x(0 | 1), one game. Domain: auctions; contests without a fee and without a
// phantom, which have no money in their rule. C must have a mean. Tests compare with the
// second-price auction's closed form for log-normal C and with a plain grid over C.
type shared struct {
	common mechanisms.Distribution
	tail   tailed
	mean   float64
	// spliced are the component with a Pareto tail of its own, for tables and samples,
	// whose tail is what was seen and no more.
	spliced []splice
	games   map[string]*scaledGame
}

// tailed distributions know their upper tail.
type tailed interface {
	mechanisms.Distribution
	Survival(v float64) float64
	Upper(q float64) float64
	TailMean(v float64) float64
}

// shareOf splits the market's values into a component that all share and know, and the
// agents' own factors; common is nil where there is none. A component that is a number
// is part of the factor.
func shareOf(m *mechanisms.Market) (common mechanisms.Distribution, own *mechanisms.Market) {
	own = new(mechanisms.Market)
	*own = *m
	own.Agents = append([]mechanisms.Agent(nil), m.Agents...)
	var first *mechanisms.Common
	all := true
	for i := range own.Agents {
		a := &own.Agents[i]
		if a.Common == nil || a.Value == nil || a.Common.Value == nil {
			all = false
			continue
		}
		if c, ok := a.Common.Value.(mechanisms.Point); ok {
			a.Value, a.Common, all = times(a.Value, float64(c)), nil, false
			continue
		}
		if i == 0 {
			first = a.Common
		}
		all = all && a.Common == first && a.Common.Knows != mechanisms.KnowsOwn
	}
	if !all || first == nil {
		return nil, own
	}
	for i := range own.Agents {
		own.Agents[i].Common = nil
	}
	return first.Value, own
}

func newShared(common mechanisms.Distribution) (*shared, error) {
	t, ok := common.(tailed)
	low, _ := common.Support()
	if mean := common.Mean(); !ok || !(low >= 0) || !(mean <= math.MaxFloat64) {
		return nil, errors.New("the common component must be at least 0, have a mean and a known tail")
	}
	s := &shared{common: common, tail: t, mean: common.Mean(), games: make(map[string]*scaledGame)}
	_, knots := common.(interface{ Knots() []float64 })
	_, atoms := common.(interface {
		Atoms() (values, probabilities []float64)
	})
	if start := t.Upper(topShare); (knots || atoms) && start > 0 && !math.IsInf(start, 1) {
		for _, index := range [...]float64{1.2, 1.4} {
			s.spliced = append(s.spliced, splice{tailed: t, start: start, index: index})
		}
	}
	return s, nil
}

// topShare is the part of the component's upper tail whose weight is reported.
const topShare = 1e-3

// splice is a distribution above whose quantile 1-topShare a Pareto tail replaces what was
// there.
type splice struct {
	tailed
	start, index float64
}

func (s splice) Survival(v float64) float64 {
	if v < s.start {
		return math.Max(topShare, s.tailed.Survival(v))
	}
	return topShare * math.Pow(s.start/v, s.index)
}

func (s splice) Upper(q float64) float64 {
	if q < topShare {
		return s.start * math.Pow(topShare/q, 1/s.index)
	}
	return math.Min(s.start, s.tailed.Upper(q))
}

func (s splice) TailMean(v float64) float64 {
	v = math.Max(v, s.start) // only asked for there
	return s.Survival(v) * v * s.index / (s.index - 1)
}

func (s splice) Mean() float64 { return s.tailed.Mean() - topMean(s.tailed) + topMean(s) }

func (s splice) Support() (low, high float64) {
	low, _ = s.tailed.Support()
	return low, math.Inf(1)
}

// totals are expectations over the component, all of them and those of its top share.
type totals struct{ all, top []float64 }

// The entries of a vector of what one game brings: two, then four an agent.
const (
	unsoldEntry = iota
	welfareEntry
	firstAgent
)

// vector is what the game at a reserve brings.
func (g *scaledGame) vector(eq *private.Equilibrium, rho float64) []float64 {
	a := &eq.Account
	x := []float64{a.Unsold, a.Welfare}
	for i := range a.Win {
		bid := math.NaN()
		if i < len(eq.Curves) && len(eq.Curves[i].Bids) > 0 {
			bid = expectedBid(eq.Curves, i)
		} else if t, ok := g.worth[i].(tailed); ok && g.truthful() { // those below the reserve stand back
			bid = t.TailMean(math.Nextafter(rho, 0))
		}
		x = append(x, a.Win[i], a.Cost[i], a.Payoff[i], bid)
	}
	return x
}

// isMoney reports an entry that scales with the component.
func isMoney(k int) bool { return k != unsoldEntry && (k < firstAgent || (k-firstAgent)%4 != 0) }

// account is the account of a vector.
func accountOf(x []float64, unit float64) mechanisms.Account {
	acc := mechanisms.Account{Unsold: x[unsoldEntry], Welfare: unit * x[welfareEntry]}
	for k := firstAgent; k < len(x); k += 4 {
		acc.Win = append(acc.Win, x[k])
		acc.Cost = append(acc.Cost, unit*x[k+1])
		acc.Payoff = append(acc.Payoff, unit*x[k+2])
	}
	return acc
}

// over is the expectation of what the game brings at a reserve, in units of the worths.
func (s *shared) over(c tailed, g *scaledGame, reserve float64) totals {
	t := totals{all: make([]float64, g.entries), top: make([]float64, g.entries)}
	x := make([]float64, g.entries)
	add := func(to []float64, weight, money float64) {
		for k, y := range x {
			if isMoney(k) {
				to[k] += money * y
			} else {
				to[k] += weight * y
			}
		}
	}
	if reserve == 0 {
		g.at(0, x)
		add(t.all, 1, c.Mean())
		add(t.top, topShare, topMean(c))
		return t
	}
	ends := s.ends(c, g, reserve)
	for k, v := range ends {
		below := math.Nextafter(v, math.Inf(-1))
		from, to := c.Survival(below), c.Survival(v)
		if v <= 0 {
			from = 1
		}
		if mass := from - to; mass > 1e-15 { // an atom, perhaps partly in the top share
			g.at(reserve/v, x)
			add(t.all, mass, mass*v)
			if in := math.Min(from, topShare) - to; in > 0 {
				add(t.top, in, in*v)
			}
		}
		if k+1 == len(ends) {
			break
		}
		a, b := to, c.Survival(math.Nextafter(ends[k+1], 0))
		if !(a > b) {
			continue
		}
		node := func(weight, q float64) {
			v := c.Upper(q)
			g.at(reserve/v, x)
			add(t.all, weight, weight*v)
			if q < topShare {
				add(t.top, weight, weight*v)
			}
		}
		piece := func(a, b float64) {
			for _, n := range gauss16 {
				for _, z := range [...]float64{-n[0], n[0]} {
					switch {
					case a > 1.5*b && b > 0: // in ln s
						h := math.Log(a)/2 - math.Log(b)/2
						q := b * math.Exp(h*(1+z))
						node(h*n[1]*q, q)
					default:
						h := (a - b) / 2
						node(h*n[1], b+h*(1+z))
					}
				}
			}
		}
		if a > topShare && b < topShare {
			piece(a, topShare)
			piece(topShare, b)
		} else {
			piece(a, b)
		}
	}
	last := ends[len(ends)-1]
	if q := c.Survival(last); q > 0 {
		g.at(reserve/last, x)
		add(t.all, q, c.TailMean(last))
		add(t.top, q, c.TailMean(last))
	}
	return t
}

// topMean is E[C; C in its top share], an atom at its start counted in part.
func topMean(c tailed) float64 {
	start := c.Upper(topShare)
	return c.TailMean(start) + start*math.Max(0, topShare-c.Survival(start))
}

// The nodes and weights of Gauss-Legendre quadrature with 16 points on [-1, 1],
// positive half (Abramowitz and Stegun 1964, table 25.4).
var gauss16 = [8][2]float64{
	{0.0950125098376374402, 0.1894506104550684963},
	{0.2816035507792589132, 0.1826034150449235889},
	{0.4580167776572273863, 0.1691565193950025382},
	{0.6178762444026437484, 0.1495959888165767321},
	{0.7554044083550030339, 0.1246289712555338720},
	{0.8656312023878317439, 0.0951585116824927848},
	{0.9445750230732325761, 0.0622535239386478929},
	{0.9894009349916499326, 0.0271524594117540949},
}

// ends are values of the component between which both it and what the game brings are
// smooth, up to where what is above has next to no reserve.
func (s *shared) ends(c tailed, g *scaledGame, reserve float64) []float64 {
	low, high := c.Support()
	ends := []float64{low}
	if high < math.Inf(1) {
		ends = append(ends, high)
	}
	if k, ok := s.common.(interface{ Knots() []float64 }); ok {
		ends = append(ends, k.Knots()...)
	} else if a, ok := s.common.(interface {
		Atoms() (values, probabilities []float64)
	}); ok {
		values, _ := a.Atoms()
		ends = append(ends, values...)
	} else {
		for _, p := range [...]float64{1e-12, 1e-9, 1e-6, 1e-4, 1e-3, 0.01, 0.05, 0.1, 0.2, 0.3, 0.4, 0.5} {
			ends = append(ends, c.Quantile(p))
		}
	}
	for q := 0.5; q > 1e-18; q /= 2 {
		ends = append(ends, c.Upper(q))
	}
	for _, p := range g.pieces {
		if p.from > 0 {
			ends = append(ends, reserve/p.from)
		}
		ends = append(ends, reserve/p.to)
	}
	sort.Float64s(ends)
	out := ends[:0]
	for _, v := range ends {
		if v >= low && v <= high && v < math.Inf(1) && (len(out) == 0 || v > out[len(out)-1]) {
			out = append(out, v)
		}
	}
	return out
}

// scaledGame is what an auction brings at a component of 1, as a function of the reserve.
type scaledGame struct {
	rule    mechanisms.Mechanism // at no reserve
	ranking mechanisms.Ranking
	auction bool
	worth   []mechanisms.Distribution
	solver  private.Solver
	scale   float64 // E max of the worths
	bottom  *private.Equilibrium
	still   []float64 // the vector at no reserve
	entries int
	pieces  []piece
	nodes   []*solvedNode
	built   error
	done    bool
	rough   float64 // how far the interpolants are off, as a share of scale, by estimate
}

// solvedNode is the game at one reserve.
type solvedNode struct {
	reserve float64
	eq      *private.Equilibrium
	x       []float64
}

// piece is an interpolant on [from, to] through Chebyshev's extreme points.
type piece struct {
	from, to float64
	x        [][]float64
}

// most is how many reserves are solved for one rule.
const most = 400

func (g *scaledGame) solve(rho float64) (*solvedNode, error) {
	m := g.rule
	if g.auction && rho > 0 {
		a, err := auctionOf(g.ranking, rho)
		if err != nil {
			return nil, err
		}
		m = a
	}
	solver := g.solver
	solver.Brief = rho > 0 && g.truthful()
	eq, err := solver.Solve(m, g.worth)
	switch {
	case err != nil:
		return nil, err
	case eq.Status == equilibrium.NotFound:
		if g.auction && rho > 0 {
			return nil, fmt.Errorf("no equilibrium was found, though one may exist, where the reserve is %g of the common component: %s", rho, eq.Reason)
		}
		return nil, errors.New("no equilibrium was found, though one may exist: " + eq.Reason)
	}
	n := &solvedNode{reserve: rho, eq: eq, x: g.vector(eq, rho)}
	g.nodes = append(g.nodes, n)
	return n, nil
}

func auctionOf(r mechanisms.Ranking, reserve float64) (mechanisms.Mechanism, error) {
	if r.AllPay {
		return mechanisms.NewAllPay(reserve)
	}
	return mechanisms.NewAuction(r.First, reserve)
}

// build finds the interpolants.
func (g *scaledGame) build() error {
	if g.done {
		return g.built
	}
	g.done = true
	seams := []float64{0, g.bottom.Bottom}
	top := 0.0
	for _, d := range g.worth {
		low, high := d.Support()
		seams = append(seams, low, high)
		if high == math.Inf(1) {
			high = reach(d)
		}
		top = math.Max(top, high)
		if k, ok := d.(interface{ Knots() []float64 }); ok && len(k.Knots()) <= 64 {
			seams = append(seams, k.Knots()...)
		}
		for _, p := range [...]float64{0.01, 0.5, 0.99} {
			seams = append(seams, d.Quantile(p))
		}
	}
	seams = append(seams, top)
	sort.Float64s(seams)
	ends := seams[:1]
	for _, v := range seams[1:] {
		if v <= top && v > ends[len(ends)-1]+1e-9*top {
			ends = append(ends, v)
		}
	}
	accuracy := g.solver.Tolerance / 2
	if g.exact() {
		accuracy = 1e-11
	}
	for k := 1; k < len(ends); k++ {
		if g.built = g.refine(ends[k-1], ends[k], accuracy, 0); g.built != nil {
			return g.built
		}
	}
	return nil
}

// exact reports a rule with a closed form.
func (g *scaledGame) exact() bool {
	for _, d := range g.worth[1:] {
		if !reflect.DeepEqual(d, g.worth[0]) {
			return g.truthful()
		}
	}
	return true
}

// truthful reports a rule under which bidding one's value is best whatever others do.
func (g *scaledGame) truthful() bool { return g.auction && !g.ranking.AllPay && g.ranking.First == 0 }

// reach is a value so high that what lies above counts for nothing.
func reach(d mechanisms.Distribution) float64 {
	t, ok := d.(tailed)
	if !ok {
		return d.Quantile(1 - 1e-12)
	}
	v := t.Upper(1e-12)
	for q := 1e-14; q > 1e-80 && t.TailMean(v) > 1e-12*t.Mean(); q /= 100 {
		v = t.Upper(q)
	}
	return v
}

// refine adds the interpolant on [from, to], of twice as many points until those that
// come new agree with it, then halves.
func (g *scaledGame) refine(from, to, accuracy float64, depth int) error {
	at := func(degree, k int) float64 {
		switch k {
		case 0:
			return from
		case degree:
			return to
		}
		return from + (to-from)*(1-math.Cos(math.Pi*float64(k)/float64(degree)))/2
	}
	look := func(rho float64) ([]float64, error) {
		if rho == 0 {
			return g.still, nil
		}
		for _, n := range g.nodes {
			if n.reserve == rho {
				return n.x, nil
			}
		}
		n, err := g.solve(rho)
		if err != nil {
			return nil, err
		}
		return n.x, nil
	}
	var p piece
	miss, worst := 0.0, math.Inf(1)
	guess := make([]float64, g.entries)
	for degree := 2; degree <= 16; degree *= 2 {
		next := piece{from: from, to: to, x: make([][]float64, degree+1)}
		last := miss
		miss = 0
		for k := range next.x {
			if degree > 2 && k%2 == 0 {
				next.x[k] = p.x[k/2]
				continue
			}
			rho := at(degree, k)
			x, err := look(rho)
			if err != nil {
				return err
			}
			next.x[k] = x
			if degree > 2 {
				p.at(rho, guess)
				miss = math.Max(miss, g.distance(guess, x))
			}
		}
		p = next
		// By how much the last points were missed says what the next would be: the fall
		// of the error is at least geometric.
		if degree > 4 {
			if worst = miss; miss < last {
				worst *= miss / last
			}
		}
		if worst <= accuracy {
			break
		}
	}
	middle := from/2 + to/2
	if worst > accuracy && depth < 12 && len(g.nodes) < most && middle > from && middle < to {
		if err := g.refine(from, middle, accuracy, depth+1); err != nil {
			return err
		}
		return g.refine(middle, to, accuracy, depth+1)
	}
	g.rough = math.Max(g.rough, worst)
	same := true
	for _, x := range p.x {
		same = same && g.distance(x, g.still) <= accuracy
	}
	if same { // the reserve is as good as none, which noise must not hide
		for k := range p.x {
			p.x[k] = g.still
		}
	}
	g.pieces = append(g.pieces, p)
	return nil
}

// distance is how far apart two vectors are, money as a share of the highest worth.
func (g *scaledGame) distance(a, b []float64) float64 {
	d := 0.0
	for k, x := range a {
		switch {
		case k >= firstAgent && (k-firstAgent)%4 == 3: // a mean bid: those that stand back bid anything
		case isMoney(k):
			d = math.Max(d, math.Abs(x-b[k])/g.scale)
		default:
			d = math.Max(d, math.Abs(x-b[k]))
		}
	}
	return d
}

// at is the interpolant's vector, by the barycentric formula (Berrut, Trefethen 2004).
func (p *piece) at(rho float64, x []float64) {
	n := len(p.x) - 1
	if &p.x[0][0] == &p.x[n][0] { // constant
		copy(x, p.x[0])
		return
	}
	sum := 0.0
	clear(x)
	for k, y := range p.x {
		node := p.from + (p.to-p.from)*(1-math.Cos(math.Pi*float64(k)/float64(n)))/2
		switch k {
		case 0:
			node = p.from
		case n:
			node = p.to
		}
		if rho == node {
			copy(x, y)
			return
		}
		w := 1 / (rho - node)
		if k == 0 || k == n {
			w /= 2
		}
		if k%2 == 1 {
			w = -w
		}
		sum += w
		for j, v := range y {
			x[j] += w * v
		}
	}
	for j := range x {
		x[j] /= sum
	}
}

// at is what the game brings at a reserve.
func (g *scaledGame) at(rho float64, x []float64) {
	switch n := len(g.pieces); {
	case rho <= 0:
		copy(x, g.still)
	case n == 0 || !(rho <= g.pieces[n-1].to): // nobody's value is as high
		clear(x)
		x[unsoldEntry] = 1
	default:
		k := sort.Search(n, func(k int) bool { return g.pieces[k].to >= rho })
		g.pieces[k].at(rho, x)
	}
}

// certificate bounds what a deviation gains at any value of the component, as a share of
// the component.
func (g *scaledGame) certificate(reserve float64) certify.Certificate {
	nodes := g.nodes
	if reserve == 0 || g.truthful() { // the reserve changes nothing in what is best
		nodes = nodes[:1]
	}
	var out certify.Certificate
	for k, n := range nodes {
		m := g.rule
		if g.auction && n.reserve > 0 {
			a, err := auctionOf(g.ranking, n.reserve)
			if err != nil {
				continue
			}
			m = a
		}
		c := prove(m, g.worth, n.eq)
		if k == 0 {
			out = c
			continue
		}
		c.Standing, c.Evaluations = min(c.Standing, out.Standing), c.Evaluations+out.Evaluations
		if c.Epsilon < out.Epsilon {
			c.Epsilon, c.Agent, c.Signal = out.Epsilon, out.Agent, out.Signal
		}
		out = c
	}
	if reserve > 0 && out.Standing == certify.Certified && !g.truthful() {
		out.Standing = certify.Approximate
		out.Reason = fmt.Sprintf("proven where the reserve is one of %d shares of the common component, from 0 to all: between these what agents play is not computed, and what the auction brings is interpolated, to %.1g by estimate", len(nodes), g.rough)
	}
	return out
}
