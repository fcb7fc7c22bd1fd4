package equilibrium

import (
	"math"
	"slices"
)

const methodDissipated = "all-pay payoffs above exponent 2 (Alcalde, Dahm 2010; Ewerhart 2017)"

// dissipation is a strategy in finitely many atoms for two agents of value 1 in
// the contest with exponent rho > 2 in which both pay:
//
//	sum_j p_j x^rho/(x^rho + y_j^rho) - x <= epsilon for every x >= 0
//
// Less what does not depend on one's own signal the contest is constant-sum, so that
// an equilibrium strategy is a maximin one: a linear program over a finite set
// of signals, to which the local maxima of the payoff against its solution are
// added until they gain little (exchange, as in Remez 1934). The exact
// strategy has countably many atoms, which accumulate at 0 (Ewerhart 2015). A
// test asserts that a mean signal is 1/2 and that no signal gains more than epsilon.
type dissipation struct {
	rho           float64
	atoms, masses []float64 // ascending
	epsilon       float64

	points, plan []float64
	slight       []float64 // local maxima that gain little
	idle         []int
	game         matrixGame
}

func (d *dissipation) chance(x, y float64) float64 {
	if x == y {
		return 0.5
	}
	return 1 / (1 + math.Exp(d.rho*(math.Log(y)-math.Log(x))))
}

// payoff is what signal x earns against the atoms.
func (d *dissipation) payoff(x float64) float64 {
	u := -x
	for j, y := range d.atoms {
		u += d.masses[j] * d.chance(x, y)
	}
	return u
}

func (d *dissipation) solve(rho float64) {
	if d.rho == rho && len(d.atoms) > 0 {
		return
	}
	d.rho = rho
	// The number of atoms grows with rho times the logarithm of the least.
	const cells, most = 600, 160
	lowest := 1e-7
	switch {
	case rho > 10:
		lowest = 1e-3
	case rho > 6:
		lowest = 1e-5
	case rho > 3:
		lowest = 5e-7
	}
	target := lowest
	d.points, d.idle = d.points[:0], d.idle[:0]
	for x := 1.0; x > 1e-3; x *= 1 - 0.5/rho {
		d.add(x)
	}
	best := math.Inf(1)
	var atoms, masses []float64
	for range 80 {
		if !d.maximin() {
			break
		}
		own := 0.0
		for j, y := range d.atoms {
			own += d.masses[j] * d.payoff(y)
		}
		// Standing back earns 0, and so does the strategy in equilibrium: near exponent 2
		// payoffs are so flat that one could gain little and earn much.
		gain := math.Abs(own)
		d.retire()
		known := len(d.points)
		slight := d.slight[:0]
		if -own > target/4 {
			d.add(lowest)
		}
		ratio := math.Pow(lowest, 1./cells)
		before, at := math.Inf(-1), d.payoff(1)
		for x, i := 1.0, 0; i < cells; i++ {
			next := d.payoff(x * ratio)
			if at >= before && at >= next {
				y := d.climb(x*ratio, math.Min(1, x/ratio))
				u := d.payoff(y) - own
				gain = math.Max(gain, u)
				if u > target/4 {
					d.add(y)
				} else if u > 0 {
					slight = append(slight, y)
				}
			}
			before, at, x = at, next, x*ratio
		}
		if len(d.points) == known {
			for _, y := range slight {
				d.add(y)
			}
		}
		d.slight = slight
		if gain < best {
			best = gain
			atoms, masses = append(atoms[:0], d.atoms...), append(masses[:0], d.masses...)
		}
		if gain <= target || len(d.points) > most {
			break
		}
	}
	d.atoms, d.masses, d.epsilon = append(d.atoms[:0], atoms...), append(d.masses[:0], masses...), math.Max(0, best)
}

// add puts a signal among the points unless it is there.
func (d *dissipation) add(x float64) {
	if !slices.Contains(d.points, x) {
		d.points, d.idle = append(d.points, x), append(d.idle, 0)
	}
}

// retire drops the points that were not played in any of the last solutions.
func (d *dissipation) retire() {
	const patience = 5
	kept := 0
	for i, x := range d.points {
		d.idle[i]++
		if d.plan[i] > 0 {
			d.idle[i] = 0
		}
		if d.idle[i] < patience {
			d.points[kept], d.idle[kept] = x, d.idle[i]
			kept++
		}
	}
	d.points, d.idle = d.points[:kept], d.idle[:kept]
}

// climb is a golden-section search (Kiefer 1953) for a local maximum in [lo, hi].
func (d *dissipation) climb(lo, hi float64) float64 {
	return golden(d.payoff, lo, hi, 40)
}

// maximin solves the game restricted to points and leaves the points that are
// played in atoms, with their probabilities in masses. The game is skew-symmetric up
// to a constant, so that either agent's strategy will do.
func (d *dissipation) maximin() bool {
	n := len(d.points)
	d.plan = room(d.plan, n)
	if !d.game.solve(n, n, 1.5, func(i, j int) float64 {
		return d.chance(d.points[i], d.points[j]) - d.points[i] + d.points[j]
	}, nil, d.plan) {
		return false
	}
	d.atoms, d.masses = d.atoms[:0], d.masses[:0]
	for j, p := range d.plan {
		if p > 0 {
			d.atoms = append(d.atoms, d.points[j])
		}
	}
	slices.Sort(d.atoms)
	for _, x := range d.atoms {
		d.masses = append(d.masses, d.plan[slices.Index(d.points, x)])
	}
	return true
}
