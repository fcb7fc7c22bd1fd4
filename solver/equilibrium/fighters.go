package equilibrium

import (
	"math"
	"slices"
)

const (
	methodDuel = "double oracle (McMahan, Gordon, Blum 2003; Lemke, Howson 1964), then the atoms' first-order conditions"
	methodFray = "first-order conditions of finitely many signals for each agent, global searches"
)

// fray is the contest with the given agents as fighters.
func (s *Solver) fray(agents []int) fray {
	r := &s.contest
	d := fray{rho: r.Exponent, fee: r.Fee / s.top, winnerPays: r.WinnerPays, agents: len(s.values), phantom: math.Inf(-1)}
	if r.Phantom > 0 {
		d.phantom = d.rho * (math.Log(r.Phantom) - math.Log(s.top))
	}
	for _, i := range agents {
		d.fighters = append(d.fighters, s.fighter(i))
	}
	return d
}

func (s *Solver) fighter(agent int) fighter {
	return fighter{agent: agent, value: s.values[agent] / s.top, weight: math.Log(s.weight(agent))}
}

// solveDuel is what solveEntry does where no set of participants is a pure equilibrium and
// no single agent's hesitation makes one: the two highest effective values mix.
func (s *Solver) solveDuel(eq *Equilibrium) bool {
	const most, steepest = 1e-5, 10 // steeper, there are too many atoms
	if s.contest.Exponent > steepest {
		return false
	}
	pivots := 2000
	switch {
	case s.Brief:
		pivots = 200
	case s.Patient:
		pivots = 20000
	}
	d := duel{fray: s.fray(s.order[:2])}
	epsilon := d.solve(&s.dissipated, pivots)
	if !(epsilon <= most) || d.entered(s, 1e-11) {
		return false
	}
	eq.Method = methodDuel
	eq.Selection = "no pure equilibrium was found; the two highest values compete, others may exist"
	if eq.Approximate = epsilon > 1e-9; eq.Approximate {
		eq.Selection = "no pure equilibrium was found; the two highest values compete, an epsilon-equilibrium"
	}
	d.report(s, eq)
	return true
}

// solveFray looks for equilibria in which the m highest values take part and the lowest of
// these may stand back, starting from the stationary point of them all.
func (s *Solver) solveFray(eq *Equilibrium) bool {
	const enough, most = 1e-11, 6
	r := &s.contest
	for m := 2; m <= min(len(s.order), most); m++ {
		start := make([]float64, m)
		settled := s.settle(s.logs[:m], true)
		for p, i := range s.order[:m] {
			t, rest := 1/float64(m), 1-1/float64(m)
			if settled {
				t, rest = s.shares[p], s.rest(p)
			}
			a := r.Exponent * rest * s.values[i] / s.top
			if r.WinnerPays {
				a /= 1 + r.Exponent*rest
			} else {
				a *= t
			}
			start[p] = math.Log(a)
		}
		d := s.fray(s.order[:m])
		for lazy := 1; lazy <= m; lazy++ {
			for _, q := range []float64{0.5, 0.85, 0.2} {
				for p := range d.fighters {
					f := &d.fighters[p]
					f.logs, f.masses = append(f.logs[:0], start[p]), append(f.masses[:0], 1)
					if p >= m-lazy {
						f.logs, f.masses = append(f.logs[:0], math.Inf(-1), start[p]), append(f.masses[:0], 1-q, q)
					}
				}
				if d.improve(enough) > enough || d.entered(s, enough) {
					continue
				}
				eq.Method = methodFray
				eq.Selection = "no pure equilibrium was found; of several that mix this is one"
				d.report(s, eq)
				return true
			}
		}
	}
	return false
}

// scaled is the fighter who stands back with probability out, signals dust with
// probability least, and else plays scale times the strategy that dissipates the value.
func (d *fray) scaled(s *Solver, agent int, scale, out, least float64) fighter {
	f := s.fighter(agent)
	add := func(l, p float64) {
		if p > 0 {
			f.logs, f.masses = append(f.logs, l), append(f.masses, p)
		}
	}
	add(math.Inf(-1), out)
	add(math.Log(f.value*dust), least)
	for k, y := range s.dissipated.atoms {
		add(math.Log(y*scale/s.top), (1-out-least)*s.dissipated.masses[k])
	}
	return f
}

// entered reports that an outsider would gain more than a share of its value by
// entering, or that this is not known.
func (d *fray) entered(s *Solver, share float64) bool {
	const most = 4000
	joint := 1
	for i := range d.fighters {
		joint *= len(d.fighters[i].logs)
	}
	for _, i := range s.order {
		if slices.ContainsFunc(d.fighters, func(f fighter) bool { return f.agent == i }) {
			continue
		}
		f := s.fighter(i)
		if d.fenced(&f) {
			continue
		}
		if joint > most {
			return true
		}
		d.face(-1)
		back, _, _ := d.at(&f, math.Inf(-1))
		gains := false
		d.peaks(&f, func(_, u float64) { gains = gains || u > back+share })
		if gains {
			return true
		}
	}
	return false
}

// fenced reports that one of the fighters alone keeps an agent out: against more its chance is
// lower still.
func (d *fray) fenced(f *fighter) bool {
	all := d.fighters
	defer func() { d.fighters = all }()
	for j := range all {
		d.fighters = all[j : j+1]
		d.face(-1)
		gains := false
		d.peaks(f, func(l, u float64) { gains = gains || l > math.Inf(-1) && u > 1e-11 })
		if !gains {
			return true
		}
	}
	return false
}

// report writes the strategies and what they bring.
func (d *fray) report(s *Solver, eq *Equilibrium) {
	eq.Regime = Mixed
	eq.Margin = 0
	eq.mixtures(len(eq.Win))
	idle := 1.0
	var agents []int
	for i := range d.fighters {
		f := &d.fighters[i]
		d.face(i)
		v := s.values[f.agent]
		sum, mean := 0.0, 0.0
		if f.logs[0] > math.Inf(-1) {
			idle = 0
		} else {
			idle *= f.masses[0]
		}
		for k, l := range f.logs {
			a, p := s.top*math.Exp(l), f.masses[k]
			if k > 0 {
				eq.knot(f.agent, a, sum)
			}
			if sum += p; k == len(f.logs)-1 {
				sum = 1
			}
			eq.knot(f.agent, a, sum)
			mean += p * a
			u, _, _ := d.at(f, l)
			// What is won and what it costs follow from the payoff.
			switch {
			case a == 0:
				eq.Win[f.agent] += p * u
			case d.winnerPays:
				t := (u + d.fee/f.value) / (1 - math.Exp(l)/f.value)
				eq.Win[f.agent] += p * t
				eq.Cost[f.agent] += p * (t*a + s.contest.Fee)
			default:
				eq.Win[f.agent] += p * (u + math.Exp(l)/f.value + d.fee/f.value)
				eq.Cost[f.agent] += p * (a + s.contest.Fee)
			}
		}
		eq.Profile.Signals[f.agent] = mean
		eq.Payoff[f.agent] = eq.Win[f.agent]*v - eq.Cost[f.agent]
		agents = append(agents, f.agent)
	}
	if math.IsInf(d.phantom, -1) && idle > 0 { // nobody signals: all share, outsiders too
		for i, v := range s.values {
			if !slices.Contains(agents, i) {
				eq.Win[i] = idle / float64(d.agents)
				eq.Payoff[i] = eq.Win[i] * v
			}
		}
	}
	slices.Sort(agents)
	eq.markAgents(pieceDuel, agents...)
}
