package equilibrium

import (
	"math"
	"math/rand/v2"
	"slices"
	"sort"

	"allot/mechanisms"
)

// The generic solver serves every mechanism without a fast method. It first looks for
// a pure equilibrium by iterated best replies, one agent after the other, each
// a global search over a grid of signals and a local one in the best cell
// (Cournot 1838):
//
//	a_i <- argmax_a t_i(a, a_-i) v_i - c_i(a, a_-i)   until gains fall no further, to 1e-9 of max v at least
//
// and where that does not end, for a mixed one in finitely many signals, Approximate set.
// Of two agents: an equilibrium of the game on a grid, to which best replies are added as long
// as they gain; where payoffs are smooth little is left to gain, where they jump about the grid's
// step. Of more: regret matching on a grid (Hart, Mas-Colell 2000, with the weights of Tammelin
// 2014): each agent plays signals in proportion to what it regrets not having played, against a
// draw from the others' current strategies. The time average need not be an equilibrium,
// so that Status is Converged only if nobody gains more than 2 % of max v on the grid.
// Domain: up to 500 agents; not found beyond. A test asserts that it agrees with the
// fast methods on contests and all-pay auctions that hide what they are.
type generic struct {
	m       mechanisms.Mechanism
	values  []float64
	top     float64
	signals []float64
	trial   []float64
	grid    []float64
	out     mechanisms.Outcome
}

const (
	methodReplies = "iterated best replies, global searches (Cournot 1838)"
	methodOracle  = "double oracle (McMahan, Gordon, Blum 2003; Lemke, Howson 1964)"
	methodRegret  = "regret matching on a grid of signals (Hart, Mas-Colell 2000)"
	genericMost   = 500
)

func (s *Solver) solveGeneric(game mechanisms.Game, eq *Equilibrium) {
	n := len(game.Values)
	eq.Method = methodReplies
	if n > genericMost {
		eq.notFound("more agents than the generic method takes")
		return
	}
	g := generic{m: game.Mechanism, values: game.Values, signals: make([]float64, n), trial: make([]float64, n), out: *mechanisms.NewOutcome(n)}
	g.top = slices.Max(game.Values)
	if g.top == 0 {
		g.m.Allot(g.signals, &g.out)
		g.report(eq)
		return
	}
	for _, start := range []float64{0.25, 0.9, 0.02} {
		for i, v := range g.values {
			g.signals[i] = start * v
		}
		if g.settle() {
			g.report(eq)
			return
		}
	}
	g.mix(eq)
}

// payoff is what agent i gets by a while the others play trial.
func (g *generic) payoff(i int, a float64) float64 {
	own := g.trial[i]
	g.trial[i] = a
	g.m.Allot(g.trial, &g.out)
	g.trial[i] = own
	u := g.out.Payoff(i, g.values[i])
	if math.IsNaN(u) {
		return math.Inf(-1)
	}
	return u
}

// reply is agent i's best reply to trial, and what it brings.
func (g *generic) reply(i int) (signal, payoff float64) {
	unit := g.top
	for reach := 1.0; ; reach *= 10 {
		g.grid = append(g.grid[:0], 0)
		for x := 1e-6 * unit; x < reach*unit; x *= 1.25 {
			g.grid = append(g.grid, x)
		}
		for k := range 40 {
			g.grid = append(g.grid, reach*unit*float64(k+1)/40)
		}
		for j, a := range g.trial {
			if j != i && a > 0 {
				g.grid = append(g.grid, a, a*(1+1e-9))
			}
		}
		sort.Float64s(g.grid)
		best, at := math.Inf(-1), 0
		for k, a := range g.grid {
			if u := g.payoff(i, a); u > best {
				best, at = u, k
			}
		}
		if at == len(g.grid)-1 && reach < 1e6 { // still rising at the end of the grid
			continue
		}
		signal, payoff = g.grid[at], best
		if at > 0 && at < len(g.grid)-1 {
			a := golden(func(a float64) float64 { return g.payoff(i, a) }, g.grid[at-1], g.grid[at+1], 60)
			if u := g.payoff(i, a); u >= payoff {
				signal, payoff = a, u
			}
		}
		if u := g.payoff(i, g.trial[i]); u >= payoff-1e-15*g.top { // do not move for nothing
			signal, payoff = g.trial[i], u
		}
		return signal, payoff
	}
}

// settle iterates best replies from signals; true where nobody gains any more.
func (g *generic) settle() bool {
	n := len(g.values)
	rounds := max(4, min(120, 40_000_000/(n*n*150)))
	copy(g.trial, g.signals)
	best := math.Inf(1)
	for round := range rounds {
		worst := 0.0
		for i := range n {
			before := g.payoff(i, g.trial[i])
			a, u := g.reply(i)
			worst = math.Max(worst, u-before)
			if round > 30 { // damped, against cycles
				a = (a + g.trial[i]) / 2
			}
			g.trial[i] = a
		}
		// Gains are of the second order: signals are as good as they get only
		// once gains fall no further.
		falling := worst < 0.9*best && worst > 1e-15*g.top && round < rounds-1
		best = math.Min(best, worst)
		if worst <= 1e-9*g.top && !falling {
			// Everyone moved a last time: check what is reported, not what was.
			gain := 0.0
			for i := range n {
				_, u := g.reply(i)
				gain = math.Max(gain, u-g.payoff(i, g.trial[i]))
			}
			if gain <= 1e-9*g.top {
				copy(g.signals, g.trial)
				return true
			}
		}
	}
	return false
}

// report writes a pure profile.
func (g *generic) report(eq *Equilibrium) {
	g.m.Allot(g.signals, &g.out)
	copy(eq.Profile.Signals, g.signals)
	for i, v := range g.values {
		eq.Win[i], eq.Cost[i] = g.out.Win[i], g.out.Cost(i)
		eq.Payoff[i] = g.out.Payoff(i, v)
	}
	if !eq.finite() {
		eq.notFound("the mechanism brings numbers that are not finite")
		return
	}
	eq.Selection = "the equilibrium that best replies lead to; others may exist"
	eq.Margin = 0
	eq.mark(pieceGeneric)
}

func (eq *Equilibrium) finite() bool {
	for i := range eq.Win {
		if s := eq.Win[i] + eq.Cost[i] + eq.Payoff[i]; math.IsNaN(s) || math.IsInf(s, 0) {
			return false
		}
	}
	return true
}

// mix looks for a mixed equilibrium on a grid of signals.
func (g *generic) mix(eq *Equilibrium) {
	n := len(g.values)
	size := 121
	if n > 2 {
		size = 33
	}
	grid := make([]float64, size)
	for k := range grid {
		grid[k] = g.top * float64(k) / float64(size-1)
	}
	if n == 2 {
		g.mixTwo(grid, eq)
	} else {
		g.mixMany(grid, eq)
	}
}

// regret is one agent's state in regret matching.
type regret struct {
	sums, plan, average []float64
}

func newRegret(size int) *regret {
	r := &regret{sums: make([]float64, size), plan: make([]float64, size), average: make([]float64, size)}
	for k := range r.plan {
		r.plan[k] = 1 / float64(size)
	}
	return r
}

// learn updates the plan from the payoffs of all signals, and adds it to the average.
func (r *regret) learn(payoffs []float64, weight float64) {
	own := 0.0
	for k, p := range r.plan {
		own += p * payoffs[k]
	}
	total := 0.0
	for k, u := range payoffs {
		r.sums[k] = math.Max(0, r.sums[k]+u-own)
		total += r.sums[k]
	}
	for k := range r.plan {
		if total > 0 {
			r.plan[k] = r.sums[k] / total
		}
		r.average[k] += weight * r.plan[k]
	}
}

// settled is the average strategy without what is negligible.
func (r *regret) settled() []float64 {
	total := 0.0
	for _, x := range r.average {
		total += x
	}
	kept := 0.0
	for k, x := range r.average {
		if x < 1e-4*total {
			r.average[k] = 0
		}
		kept += r.average[k]
	}
	for k := range r.average {
		r.average[k] /= kept
	}
	return r.average
}

// mixTwo is two agents: an equilibrium of the game restricted to the grid (bimatrix), to
// which best replies are added as long as they gain (double oracle, McMahan, Gordon, Blum 2003).
func (g *generic) mixTwo(grid []float64, eq *Equilibrium) {
	const rounds, enough = 20, 1e-7
	var game bimatrix
	var best [2][]float64
	var bestGrid []float64
	least := math.Inf(1)
	for round, last := 0, 0; round < rounds && round < last+7; round++ { // no progress: it jumps
		size := len(grid)
		pay := [2][]float64{make([]float64, size*size), make([]float64, size*size)}
		low, high := math.Inf(1), math.Inf(-1)
		for j, a := range grid {
			for k, b := range grid {
				g.trial[0], g.trial[1] = a, b
				g.m.Allot(g.trial, &g.out)
				for i := range pay {
					u := g.out.Payoff(i, g.values[i]) / g.top
					pay[i][j*size+k] = u
					low, high = math.Min(low, u), math.Max(high, u)
				}
			}
		}
		plans := [2][]float64{make([]float64, size), make([]float64, size)}
		if !(high-low <= math.MaxFloat64) || !game.solve(size, size, 1-low, func(j, k int) (float64, float64) {
			return pay[0][j*size+k], pay[1][j*size+k]
		}, plans[0], plans[1]) {
			break
		}
		gain := 0.0
		var more []float64
		for i := range plans {
			own := 0.0
			for k, p := range plans[i] {
				if p > 0 {
					own += p * g.against(i, grid[k], grid, plans[1-i])
				}
			}
			a, u := g.replyTo(i, grid, plans[1-i])
			gain = math.Max(gain, u-own)
			if u-own > enough*g.top && !slices.Contains(grid, a) && !slices.Contains(more, a) {
				more = append(more, a)
			}
		}
		if gain < 0.7*least {
			last = round
		}
		if gain < least {
			least, best, bestGrid = gain, plans, grid
		}
		if len(more) == 0 {
			break
		}
		grid = append(slices.Clone(grid), more...)
		sort.Float64s(grid)
	}
	if bestGrid == nil {
		eq.notFound("the mechanism brings numbers that are not finite, or the restricted game was not solved")
		return
	}
	for i := range best {
		for j, p := range best[0] {
			for k, q := range best[1] {
				if p > 0 && q > 0 {
					g.trial[0], g.trial[1] = bestGrid[j], bestGrid[k]
					g.m.Allot(g.trial, &g.out)
					eq.Win[i] += p * q * g.out.Win[i]
					eq.Cost[i] += p * q * g.out.Cost(i)
				}
			}
		}
		eq.Payoff[i] = eq.Win[i]*g.values[i] - eq.Cost[i]
	}
	g.reportMixed(bestGrid, best[:], least, eq)
}

// against is what agent i gets by a against the other's plan.
func (g *generic) against(i int, a float64, grid, plan []float64) float64 {
	sum := 0.0
	g.trial[i] = a
	for k, p := range plan {
		if p > 0 {
			g.trial[1-i] = grid[k]
			g.m.Allot(g.trial, &g.out)
			sum += p * g.out.Payoff(i, g.values[i])
		}
	}
	return sum
}

// replyTo is agent i's best reply to the other's plan, and what it brings: the best of the grid's
// signals, those between and just above them, improved by a local search.
func (g *generic) replyTo(i int, grid, plan []float64) (signal, payoff float64) {
	payoff = math.Inf(-1)
	try := func(a float64) {
		if u := g.against(i, a, grid, plan); u > payoff {
			signal, payoff = a, u
		}
	}
	for k, a := range grid {
		try(a)
		try(a + 1e-9*g.top)
		if k > 0 {
			try((grid[k-1] + a) / 2)
		}
	}
	at, _ := slices.BinarySearch(grid, signal)
	lo, hi := grid[max(0, at-1)], grid[min(len(grid)-1, at+1)]
	try(golden(func(a float64) float64 { return g.against(i, a, grid, plan) }, lo, hi, 50))
	return signal, payoff
}

// mixMany is more agents: payoffs against draws from the others' plans.
func (g *generic) mixMany(grid []float64, eq *Equilibrium) {
	n, size := len(g.values), len(grid)
	rounds := max(50, min(20_000, 60_000_000/(n*n*size)))
	random := rand.New(rand.NewPCG(1, 2))
	agents := make([]*regret, n)
	for i := range agents {
		agents[i] = newRegret(size)
	}
	drawn := make([]float64, n)
	draw := func(plan []float64) float64 {
		p := random.Float64()
		for k, q := range plan {
			if p -= q; p < 0 {
				return grid[k]
			}
		}
		return grid[0]
	}
	payoffs := make([]float64, size)
	for round := range rounds {
		for i := range agents {
			drawn[i] = draw(agents[i].plan)
		}
		copy(g.trial, drawn)
		for i := range agents {
			for k, a := range grid {
				payoffs[k] = g.payoff(i, a)
			}
			agents[i].learn(payoffs, float64(round+1))
		}
	}
	plans := make([][]float64, n)
	for i := range agents {
		plans[i] = agents[i].settled()
	}
	// What the averages bring, and what each agent could gain against them.
	samples := max(50, rounds/2)
	regrets := make([]float64, n*size)
	for range samples {
		for i := range plans {
			drawn[i] = draw(plans[i])
		}
		copy(g.trial, drawn)
		g.m.Allot(g.trial, &g.out)
		for i := range plans {
			eq.Win[i] += g.out.Win[i] / float64(samples)
			eq.Cost[i] += g.out.Cost(i) / float64(samples)
		}
		for i := range plans {
			own := g.payoff(i, g.trial[i])
			for k, a := range grid {
				regrets[i*size+k] += (g.payoff(i, a) - own) / float64(samples)
			}
		}
	}
	for i, v := range g.values {
		eq.Payoff[i] = eq.Win[i]*v - eq.Cost[i]
	}
	g.reportMixed(grid, plans, slices.Max(regrets), eq)
}

// reportMixed writes strategies in atoms on the grid.
func (g *generic) reportMixed(grid []float64, plans [][]float64, gain float64, eq *Equilibrium) {
	eq.Method, eq.Regime, eq.Approximate = methodRegret, Mixed, true
	if len(plans) == 2 {
		eq.Method = methodOracle
	}
	if !eq.finite() || math.IsNaN(gain) {
		eq.notFound("the mechanism brings numbers that are not finite")
		return
	}
	eq.Selection = "the equilibrium that regrets lead to; others may exist"
	if gain > 0.02*g.top {
		eq.Status = IterationLimit
	}
	eq.mixtures(len(g.values))
	for i, plan := range plans {
		sum, mean := 0.0, 0.0
		last := lastPlayed(plan)
		for k, p := range plan {
			if p == 0 {
				continue
			}
			if sum > 0 {
				eq.knot(i, grid[k], sum)
			}
			sum += p
			mean += p * grid[k]
			if k == last {
				sum = 1
			}
			eq.knot(i, grid[k], sum)
		}
		eq.Profile.Signals[i] = mean
	}
	eq.Margin = 0
	eq.mark(pieceGeneric)
}

// lastPlayed is the place of a plan's last signal that is played.
func lastPlayed(plan []float64) int {
	last := 0
	for k, p := range plan {
		if p > 0 {
			last = k
		}
	}
	return last
}
