package search

import (
	"errors"
	"fmt"
	"math"
	"sort"

	"allot/mechanisms"
	"allot/mechanisms/distributions"
	"allot/solver/certify"
	"allot/solver/equilibrium"
	"allot/solver/equilibrium/private"
)

// What the game brings at a component of 1, x(rho | 1) in shared.go, as piecewise
// interpolants through Chebyshev's points: each is refined until twice as many points
// agree with it, and split where they do not (Berrut, Trefethen 2004).

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
		if !distributions.Equal(d, g.worth[0]) {
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
