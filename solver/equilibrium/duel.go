package equilibrium

import (
	"math"
	"slices"
)

const methodDuel = "double oracle on the constant-sum equivalent (McMahan, Gordon, Blum 2003)"

// duel is the contest of two agents who both pay, without a phantom bid, when a fee
// leaves it no pure equilibrium. Divided by the values, and less what does not depend on
// one's own signal, the payoffs are constant-sum:
//
//	M(a, b) = t_1(a, b) - (a + fee [a > 0])/v_1 + (b + fee [b > 0])/v_2
//
// so that maximin strategies over a finite set of signals, to which each agent's best
// replies are added until neither gains more than 1e-7 of its value, are an
// epsilon-equilibrium. Among more agents the two of the highest effective values play
// it, provided that they never both stand back (the others would share the right, which
// is not constant-sum) and that no other agent would gain by entering. A test asserts
// that no signal gains, by the rule itself, and that equal agents fare alike.
type duel struct {
	agents  [2]int
	values  [2]float64
	weights [2]float64 // logarithms
	rho     float64
	fee     float64
	points  [2][]float64
	plans   [2][]float64
	game    matrixGame
}

// chance is t of the agent with signal a and weight place i against b.
func (d *duel) chance(i int, a, b float64) float64 {
	switch {
	case a == 0 && b == 0:
		return 0.5
	case a == 0:
		return 0
	case b == 0:
		return 1
	}
	return 1 / (1 + math.Exp(d.rho*(math.Log(b)-math.Log(a))+d.weights[1-i]-d.weights[i]))
}

// cost is what signal a costs.
func (d *duel) cost(a float64) float64 {
	if a > 0 {
		return a + d.fee
	}
	return 0
}

// payoff is what agent i gets by a against the other's plan, as a share of its value.
func (d *duel) payoff(i int, a float64) float64 {
	win := 0.0
	for k, p := range d.plans[1-i] {
		if p > 0 {
			win += p * d.chance(i, a, d.points[1-i][k])
		}
	}
	return win - d.cost(a)/d.values[i]
}

// reply is agent i's best reply and what it brings, as a share of its value.
func (d *duel) reply(i int) (signal, payoff float64) {
	const least, ratio = 1e-8, 0.93
	v := d.values[i]
	best, at := d.payoff(i, least*v), least*v
	for x := 1.0; x > least; x *= ratio {
		if u := d.payoff(i, x*v); u > best {
			best, at = u, x*v
		}
	}
	if at > least*v {
		a := golden(func(a float64) float64 { return d.payoff(i, a) }, at*ratio, math.Min(v, at/ratio), 50)
		if u := d.payoff(i, a); u > best {
			best, at = u, a
		}
	}
	if u := d.payoff(i, 0); u >= best {
		best, at = u, 0
	}
	return at, best
}

// solveDuel is what solveEntry does where no set of participants is a pure equilibrium.
func (s *Solver) solveDuel(eq *Equilibrium) bool {
	d := duel{rho: s.contest.Exponent, fee: s.contest.Fee}
	for i := range 2 {
		d.agents[i] = s.order[i]
		d.values[i], d.weights[i] = s.values[s.order[i]], math.Log(s.weight(s.order[i]))
		d.points[i] = []float64{0}
		for x := 0.5; x > 1e-3; x *= 0.5 {
			d.points[i] = append(d.points[i], x*d.values[i])
		}
	}
	gain := math.Inf(1)
	for range 100 {
		rows, columns := len(d.points[0]), len(d.points[1])
		d.plans[0], d.plans[1] = room(d.plans[0], rows), room(d.plans[1], columns)
		shift := 1 + (d.values[0]+d.fee)/d.values[0]
		if !d.game.solve(rows, columns, shift, func(i, j int) float64 {
			a, b := d.points[0][i], d.points[1][j]
			return d.chance(0, a, b) - d.cost(a)/d.values[0] + d.cost(b)/d.values[1]
		}, d.plans[0], d.plans[1]) {
			return false
		}
		gain = 0
		var replies [2]float64
		for i := range replies {
			own := 0.0
			for k, p := range d.plans[i] {
				if p > 0 {
					own += p * d.payoff(i, d.points[i][k])
				}
			}
			a, u := d.reply(i)
			gain, replies[i] = math.Max(gain, u-own), a
		}
		if gain <= 1e-7 {
			break
		}
		grown := false
		for i, a := range replies {
			if !slices.Contains(d.points[i], a) {
				d.points[i] = append(d.points[i], a)
				grown = true
			}
		}
		if !grown {
			break
		}
	}
	if gain > 1e-4 || len(s.values) > 2 && d.plans[0][0] > 0 && d.plans[1][0] > 0 {
		return false
	}
	for _, i := range s.order[2:] {
		if d.enters(s.values[i], math.Log(s.weight(i))) {
			return false
		}
	}
	d.report(eq)
	return true
}

// enters reports that an outsider would gain by entering.
func (d *duel) enters(value, weight float64) bool {
	payoff := func(x float64) float64 {
		win, own := 0.0, d.rho*math.Log(x)+weight
		for j, p := range d.plans[0] {
			for k, q := range d.plans[1] {
				if p > 0 && q > 0 {
					// log 0 = -Inf: a rival that stands back counts for nothing
					a := math.Exp(d.rho*math.Log(d.points[0][j]) + d.weights[0] - own)
					b := math.Exp(d.rho*math.Log(d.points[1][k]) + d.weights[1] - own)
					win += p * q / (1 + a + b)
				}
			}
		}
		return win*value - d.cost(x)
	}
	const ratio = 0.93
	for part := 1.0; part > 1e-8; part *= ratio {
		x := part * value
		// The chance rises with the signal: no signal in the cell brings more.
		if u := payoff(x); u > 1e-7*value || u+(1-ratio)*x > 1e-7*value && payoff(golden(payoff, x*ratio, x, 40)) > 1e-7*value {
			return true
		}
	}
	return false
}

// report writes the strategies and what they bring.
func (d *duel) report(eq *Equilibrium) {
	first, second := d.agents[0], d.agents[1]
	eq.Method, eq.Regime, eq.Approximate = methodDuel, Mixed, true
	eq.Selection = "no pure equilibrium was found; the two highest values compete, an epsilon-equilibrium"
	eq.Margin = 0
	eq.mixtures(len(eq.Win))
	for i, agent := range d.agents {
		order := make([]int, 0, len(d.points[i]))
		for k, p := range d.plans[i] {
			if p > 0 {
				order = append(order, k)
			}
		}
		slices.SortFunc(order, func(a, b int) int {
			if d.points[i][a] < d.points[i][b] {
				return -1
			}
			return 1
		})
		sum, mean := 0.0, 0.0
		for at, k := range order {
			a, p := d.points[i][k], d.plans[i][k]
			if at > 0 {
				eq.knot(agent, a, sum)
			}
			if sum += p; at == len(order)-1 {
				sum = 1
			}
			eq.knot(agent, a, sum)
			mean += p * a
			eq.Cost[agent] += p * d.cost(a)
			for j, q := range d.plans[1-i] {
				if q > 0 {
					eq.Win[agent] += p * q * d.chance(i, a, d.points[1-i][j])
				}
			}
		}
		eq.Profile.Signals[agent] = mean
		eq.Payoff[agent] = eq.Win[agent]*d.values[i] - eq.Cost[agent]
	}
	eq.markAgents(pieceDuel, min(first, second), max(first, second))
}
