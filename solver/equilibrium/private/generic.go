package private

import (
	"math"
	"sort"

	"allot/mechanisms"
	"allot/solver/equilibrium"
)

// generic solves any mechanism approximately: types and signals are discretised and every
// type's mixed strategy is moved along its expected payoffs by dual averaging with an entropic
// regulariser (simultaneous online dual averaging: Fichtl, Oberlechner, Bichler 2022, after
// Nesterov 2009). Agents with one distribution share a strategy where the mechanism tells
// nobody apart. What a signal brings depends on the distributions of the others' signals only,
// not on who has which type: these are summed over exactly with one rival, and over the points
// of a Halton sequence with more, so that a step costs signals times points. The strategies are the signals'
// distributions in the order of the types (a type with a higher value signals more), so what
// is returned is approximate: the certificate of package certify/private says by how much.
// Domain: up to 64 agents; values without an upper end are cut at the rank 1 - 1e-4 of their
// distribution for the signals, never for the values.
type generic struct {
	m       mechanisms.Mechanism
	n       int
	types   [][]float64 // values at the middle ranks
	signals []float64
	// strategy[i][t*len(signals)+b] is the chance that agent i's type t signals b; score is
	// what it has added up.
	strategy, score [][]float64
	marginal        [][]float64 // the chance of each signal
	win, cost       [][]float64 // what each signal brings on average
	points          [][]float64 // a Halton sequence for three rivals or more
	leader          []int       // whose strategy an agent shares
	out             *mechanisms.Outcome
	play            []float64
}

const (
	genericTypes   = 32
	genericSignals = 65
	genericSteps   = 600
	genericPoints  = 128
)

func (s Solver) generic(m mechanisms.Mechanism, values []mechanisms.Distribution) (*Equilibrium, error) {
	n := len(values)
	eq := &Equilibrium{Curves: make([]mechanisms.BidCurve, n), Method: "dual averaging over discretised types and signals (Fichtl, Oberlechner, Bichler 2022)"}
	groups := grouped(values)
	eq.Highest = highest(groups, 0)
	if lot, ok := m.(mechanisms.EqualChance); ok {
		s.lottery(eq, lot.Lot(), values)
		return eq, nil
	}
	if n > 64 {
		eq.Status, eq.Reason, eq.Curves = equilibrium.NotFound, "more than 64 agents are too many for the generic method", nil
		return eq, nil
	}
	g := &generic{m: m, n: n, out: mechanisms.NewOutcome(n), play: make([]float64, n)}
	anonymous := true
	if _, ok := m.(mechanisms.Splitter); ok {
		r, ok := m.(mechanisms.Ratioed)
		anonymous = ok && r.Ratio().Weights == nil
	}
	g.leader = make([]int, n)
	for i := range g.leader {
		g.leader[i] = i
	}
	top := 0.0
	laws := make([]*law, n)
	for _, h := range groups {
		for _, i := range h.agents {
			laws[i] = h.law
			if anonymous {
				g.leader[i] = h.agents[0]
			}
		}
		top = math.Max(top, math.Min(h.high, h.upper(1e-4)))
	}
	if top == 0 {
		top = 1
	}
	for i := range n {
		t := make([]float64, genericTypes)
		for k := range t {
			t[k] = laws[i].Quantile((float64(k) + 0.5) / genericTypes)
		}
		g.types = append(g.types, t)
	}
	// The signals: 0 and up to the highest value; a first run finds how much of that is used.
	g.grid(top)
	g.run(genericSteps / 4)
	used := 0.0
	for i := range n {
		sum := 0.0
		for b, p := range g.marginal[i] {
			if sum += p; sum > 0.9995 {
				used = math.Max(used, g.signals[min(b+2, len(g.signals)-1)])
				break
			}
		}
	}
	if used < top && used > 0 {
		g.grid(used)
	}
	g.run(genericSteps)
	g.account(eq, laws)
	eq.Status = equilibrium.IterationLimit
	if bad := unsound(eq); bad != "" {
		*eq = Equilibrium{Status: equilibrium.NotFound, Method: eq.Method, Reason: bad, Highest: eq.Highest}
	}
	return eq, nil
}

// grid sets the signals, evenly spaced from 0, and everyone's uniform strategy.
func (g *generic) grid(top float64) {
	g.signals = make([]float64, genericSignals)
	for b := range g.signals {
		g.signals[b] = top * float64(b) / (genericSignals - 1)
	}
	size := genericTypes * genericSignals
	g.strategy, g.score, g.marginal, g.win, g.cost = nil, nil, nil, nil, nil
	for i := range g.n {
		if k := g.leader[i]; k < i {
			g.strategy, g.score = append(g.strategy, g.strategy[k]), append(g.score, g.score[k])
			g.marginal = append(g.marginal, g.marginal[k])
			g.win, g.cost = append(g.win, g.win[k]), append(g.cost, g.cost[k])
			continue
		}
		g.strategy = append(g.strategy, make([]float64, size))
		g.score = append(g.score, make([]float64, size))
		g.marginal = append(g.marginal, make([]float64, genericSignals))
		g.win = append(g.win, make([]float64, genericSignals))
		g.cost = append(g.cost, make([]float64, genericSignals))
	}
	for i := range g.n {
		g.respond(i, 0)
	}
	if g.n > 2 && g.points == nil {
		for k := range genericPoints {
			p := make([]float64, g.n)
			for j := range p {
				p[j] = halton(k+1, primes[j])
			}
			g.points = append(g.points, p)
		}
	}
}

// respond sets agent i's mixed strategies from its scores, at the given rate.
func (g *generic) respond(i int, rate float64) {
	marginal := g.marginal[i]
	for b := range marginal {
		marginal[b] = 0
	}
	for t := range genericTypes {
		score := g.score[i][t*genericSignals : (t+1)*genericSignals]
		most := score[0]
		for _, x := range score {
			most = math.Max(most, x)
		}
		total := 0.0
		strategy := g.strategy[i][t*genericSignals : (t+1)*genericSignals]
		for b, x := range score {
			p := math.Exp(rate * (x - most))
			strategy[b] = p
			total += p
		}
		for b := range strategy {
			strategy[b] /= total
			marginal[b] += strategy[b] / genericTypes
		}
	}
}

// run takes steps of dual averaging from where the scores are.
func (g *generic) run(steps int) {
	scale := 0.0
	for _, t := range g.types {
		scale = math.Max(scale, t[len(t)-1])
	}
	if scale == 0 {
		scale = 1
	}
	for step := 1; step <= steps; step++ {
		for i := range g.n {
			g.average(i)
		}
		for i := range g.n {
			if g.leader[i] < i {
				continue
			}
			for t, v := range g.types[i] {
				score := g.score[i][t*genericSignals : (t+1)*genericSignals]
				for b := range score {
					score[b] += v*g.win[i][b] - g.cost[i][b]
				}
			}
			g.respond(i, 25/(scale*math.Sqrt(float64(step))))
		}
	}
	for i := range g.n {
		g.average(i)
	}
}

// average computes what each signal of agent i brings against the others' distributions.
func (g *generic) average(i int) {
	if g.leader[i] < i {
		return
	}
	for b := range g.signals {
		win, cost := 0.0, 0.0
		add := func(weight float64) {
			g.m.Allot(g.play, g.out)
			win += weight * g.out.Win[i]
			cost += weight * g.out.Cost(i)
		}
		g.play[i] = g.signals[b]
		var others []int
		for j := range g.n {
			if j != i {
				others = append(others, j)
			}
		}
		switch len(others) {
		case 0:
			add(1)
		case 1:
			for x, p := range g.marginal[others[0]] {
				if p > 1e-9 {
					g.play[others[0]] = g.signals[x]
					add(p)
				}
			}
		default:
			for _, point := range g.points {
				for _, j := range others {
					g.play[j] = g.draw(j, point[j])
				}
				add(1 / float64(len(g.points)))
			}
		}
		g.win[i][b], g.cost[i][b] = win, cost
	}
}

// draw is agent j's signal of rank p.
func (g *generic) draw(j int, p float64) float64 {
	for b, q := range g.marginal[j] {
		if p -= q; p <= 0 {
			return g.signals[b]
		}
	}
	return g.signals[len(g.signals)-1]
}

// account fills in expectations and strategies: signals in the order of the types.
func (g *generic) account(eq *Equilibrium, laws []*law) {
	eq.Account = newAccount(g.n)
	acc := &eq.Account
	for i, l := range laws {
		acc.Values[i] = l.Mean()
		var k knots
		sum := 0.0
		k.add(rank{0, 1, l.low}, 0)
		// Half of a signal's mass lies on either side of it.
		for b, p := range g.marginal[i] {
			if p < 1e-7 {
				continue
			}
			sum += p / 2
			if sum > 0 && sum < 1-1e-9 {
				k.add(rank{sum, 1 - sum, l.at(sum, 1-sum)}, g.signals[b])
			}
			sum += p / 2
		}
		k.add(rank{1, 0, l.high}, k.bids[len(k.bids)-1])
		eq.Curves[i] = k.curve()
		eq.Top = math.Max(eq.Top, k.bids[len(k.bids)-1])
	}
	g.expect(acc, eq.Curves, laws)
}

// jointPoints is how many draws of everyone's ranks the expectations are taken over.
const jointPoints = 8192

// expect fills in the expectations from the strategies as they are given: every point of a lattice in all
// ranks at once (an additive recurrence on the generalised golden ratio: Roberts 2018) is
// a market day, so that the shares sum to what is sold.
func (g *generic) expect(acc *mechanisms.Account, curves []mechanisms.BidCurve, laws []*law) {
	root := 2.0
	for range 64 {
		root = math.Pow(1+root, 1/float64(g.n+1))
	}
	value := make([]float64, g.n)
	for k := range jointPoints {
		step := 1.0
		for j, l := range laws {
			step /= root
			x := 0.5 + float64(k+1)*step
			x -= math.Floor(x)
			g.play[j], value[j] = played(&curves[j], x), l.at(x, 1-x)
		}
		g.m.Allot(g.play, g.out)
		for j, v := range value {
			acc.Win[j] += g.out.Win[j] / jointPoints
			acc.Cost[j] += g.out.Cost(j) / jointPoints
			acc.Payoff[j] += g.out.Payoff(j, v) / jointPoints
		}
	}
	// Agents who play alike get alike: the lattice treats its coordinates differently.
	for _, x := range [...][]float64{acc.Win, acc.Cost, acc.Payoff} {
		sum, count := make([]float64, g.n), make([]float64, g.n)
		for j, y := range x {
			sum[g.leader[j]] += y
			count[g.leader[j]]++
		}
		for j := range x {
			x[j] = sum[g.leader[j]] / count[g.leader[j]]
		}
	}
	sold := 0.0
	for j := range laws {
		sold += acc.Win[j]
		acc.Welfare += acc.Payoff[j] + acc.Cost[j]
	}
	acc.Unsold = math.Max(0, 1-sold)
	if acc.Unsold < 1e-9 {
		acc.Unsold = 0
	}
}

// played is the signal of the type of rank p < 1.
func played(c *mechanisms.BidCurve, p float64) float64 {
	if p <= 0 {
		return c.Bids[0]
	}
	k := sort.SearchFloat64s(c.Below, p)
	w := (p - c.Below[k-1]) / (c.Below[k] - c.Below[k-1])
	return c.Bids[k-1] + w*(c.Bids[k]-c.Bids[k-1])
}

// primes are the bases of the Halton sequence.
var primes = func() []int {
	p := []int{2}
	for k := 3; len(p) < 64; k += 2 {
		prime := true
		for _, q := range p {
			prime = prime && k%q != 0
		}
		if prime {
			p = append(p, k)
		}
	}
	return p
}()

// halton is the k-th number of the van der Corput sequence in a base.
func halton(k, base int) float64 {
	f, x := 1.0, 0.0
	for k > 0 {
		f /= float64(base)
		x += f * float64(k%base)
		k /= base
	}
	return x
}
