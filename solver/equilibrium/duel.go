package equilibrium

import (
	"math"
	"slices"
)

// duel finds what two agents mix over: the equilibrium of the game restricted to finite sets
// of signals (bimatrix), to which the signals that gain are added (double oracle, McMahan,
// Gordon, Blum 2003). At each step the atoms near those that are played are tried (fray). Domain:
// fee + phantom > 0, or the winner pays. A test asserts the closed form at exponent 2 with a fee,
// which this does not know.
type duel struct {
	fray
	game   bimatrix
	points [2][]float64
	plans  [2][]float64
}

// solve looks for an equilibrium of the two fighters, with about so many pivots of the restricted
// games for each start, and returns what can be gained.
func (d *duel) solve(sigma *dissipation, pivots int) (epsilon float64) {
	const enough = 1e-11
	points := max(160, pivots/40)
	epsilon = math.Inf(1)
	var best [2]fighter
	keep := func(gain float64) {
		if gain >= epsilon {
			return
		}
		epsilon = gain
		for i := range best {
			best[i] = d.fighters[i]
			best[i].logs, best[i].masses = slices.Clone(best[i].logs), slices.Clone(best[i].masses)
		}
	}
	grown := false
	grow := func(i int, l float64) {
		const apart = 0.02
		if !slices.ContainsFunc(d.points[i], func(m float64) bool { return l == m || math.Abs(l-m) < apart/d.rho }) {
			d.points[i] = append(d.points[i], l)
			grown = true
		}
	}
	for _, atoms := range [2]bool{true, false} {
		if atoms && (sigma == nil || d.rho < 2 || d.winnerPays || !sigma.solve(d.rho)) {
			continue
		}
		for i := range d.points {
			d.begin(i)
			if atoms {
				d.ladder(i, sigma.atoms)
			} else {
				d.grid(i)
			}
		}
		d.game.pivots, grown = 0, true
		for grown && epsilon > enough && len(d.points[0])+len(d.points[1]) < points && d.game.pivots < pivots {
			if !d.restricted() {
				break
			}
			grown = false
			d.take(0)
			keep(d.gain(enough, grow))
			for _, near := range []float64{0.5, 0.8, 1.1, 1.5, 2} {
				d.take(near / d.rho)
				if keep(d.improve(enough)); epsilon <= enough {
					break
				}
			}
		}
		if epsilon <= enough {
			break
		}
	}
	if epsilon < math.Inf(1) {
		copy(d.fighters, best[:])
	}
	return epsilon
}

// begin sets the signals that are where they must be.
func (d *duel) begin(i int) {
	f := &d.fighters[i]
	d.points[i] = append(d.points[i][:0], math.Inf(-1))
	if d.fee > 0 && math.IsInf(d.phantom, -1) {
		d.points[i] = append(d.points[i], math.Log(f.value)+math.Log(dust))
	}
}

// high is the most that it can pay an agent to signal: its value, or what beats the other's.
func (d *duel) high(i int) float64 {
	f, other := &d.fighters[i], &d.fighters[1-i]
	return math.Min(math.Log(f.value), math.Log(other.value)+(other.weight-f.weight)/d.rho)
}

// ladder adds the atoms of the strategy without a fee or a phantom bid.
func (d *duel) ladder(i int, atoms []float64) {
	f, high := &d.fighters[i], d.high(i)
	low := high + math.Log(dust)
	if d.phantom > low*d.rho { // less than it takes against the phantom bid alone
		low = (d.phantom - f.weight - math.Log(f.value)) / (d.rho - 1)
	}
	for _, y := range atoms {
		if l := high + math.Log(y); l > low {
			d.points[i] = append(d.points[i], l)
		}
	}
}

// grid adds signals at equal distances in logarithms.
func (d *duel) grid(i int) {
	const reach, most = 3, 60
	high := d.high(i)
	low := high - reach
	step := math.Max(reach/float64(most), 0.7/d.rho)
	for l := high + 1/d.rho - step/2; l > low; l -= step {
		d.points[i] = append(d.points[i], l)
	}
}

// restricted solves the game in the points.
func (d *duel) restricted() bool {
	a, b := d.points[0], d.points[1]
	d.plans[0], d.plans[1] = room(d.plans[0], len(a)), room(d.plans[1], len(b))
	f, g := &d.fighters[0], &d.fighters[1]
	shift := 1.1 + (1+d.fee)*math.Max(1/f.value, 1/g.value)
	return d.game.solve(len(a), len(b), shift, func(i, j int) (float64, float64) {
		return d.outcome(f, g, a[i], b[j])
	}, d.plans[0], d.plans[1])
}

// outcome is what two fighters get by two signals.
func (d *duel) outcome(f, g *fighter, l, m float64) (u, v float64) {
	if math.IsInf(l, -1) && math.IsInf(m, -1) {
		if math.IsInf(d.phantom, -1) {
			u = 1 / float64(d.agents)
		}
		return u, u
	}
	e, h := d.strength(f, l), d.strength(g, m)
	total := logSum(logSum(e, h), d.phantom)
	one := func(f *fighter, l, e float64) float64 {
		if math.IsInf(l, -1) {
			return 0
		}
		t, a := math.Exp(e-total), math.Exp(l)/f.value
		if d.winnerPays {
			return t*(1-a) - d.fee/f.value
		}
		return t - a - d.fee/f.value
	}
	return one(f, l, e), one(g, m, h)
}

// take makes atoms of the plans; neighbours closer than near are taken together.
func (d *duel) take(near float64) {
	for i := range d.plans {
		f := &d.fighters[i]
		f.logs, f.masses = f.logs[:0], f.masses[:0]
		order := make([]int, 0, len(d.plans[i]))
		for k, p := range d.plans[i] {
			if p > 0 {
				order = append(order, k)
			}
		}
		slices.SortFunc(order, func(a, b int) int {
			switch x, y := d.points[i][a], d.points[i][b]; {
			case x < y:
				return -1
			case x > y:
				return 1
			}
			return 0
		})
		for _, k := range order {
			l, p := d.points[i][k], d.plans[i][k]
			if last := len(f.logs) - 1; last >= 0 && l-f.logs[last] < near {
				q := f.masses[last]
				f.logs[last] = (f.logs[last]*q + l*p) / (q + p)
				f.masses[last] += p
				continue
			}
			f.logs, f.masses = append(f.logs, l), append(f.masses, p)
		}
	}
}
