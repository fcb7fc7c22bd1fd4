package search

import (
	"errors"
	"math"
	"sort"

	"allot/mechanisms"
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
