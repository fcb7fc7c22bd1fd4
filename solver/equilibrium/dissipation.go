package equilibrium

import (
	"math"
	"slices"
)

const (
	methodDissipated = "all-pay payoffs above exponent 2 (Alcalde, Dahm 2010; Ewerhart 2017)"
	methodTolled     = "strategies that dissipate the value (Ewerhart 2015), scaled for the fee"
)

// dissipation is a strategy in finitely many atoms for two agents of value 1 in
// the contest with exponent rho > 2 in which both pay:
//
//	u(x) = sum_j p_j x^rho/(x^rho + y_j^rho) - x <= epsilon for every x >= 0
//
// The exact strategy has countably many atoms, which accumulate at 0 (Ewerhart 2015).
// A ladder comes within 6e-7 of it up to exponent 100. Should it fail, there is exchange:
// less what does not depend on one's own signal the contest is constant-sum, so that
// an equilibrium strategy is a maximin one: a linear program over a finite set
// of signals, to which the local maxima of the payoff against its solution are
// added until they gain little (as in Remez 1934). A test asserts that a mean signal is
// 1/2 and that no signal gains more than epsilon.
type dissipation struct {
	rho           float64
	atoms, masses []float64 // ascending
	epsilon       float64

	ladder      ladder
	logs, below []float64 // log y_j, and the mass up to y_j

	points, plan []float64
	slight       []float64 // local maxima that gain little
	idle         []int
	game         matrixGame
}

// Above steepest a strategy takes too many atoms; exchange is of use up to crude only.
const steepest, crude = 100, 20

// solve finds the strategy, and reports whether it did.
func (d *dissipation) solve(rho float64) bool {
	if d.rho == rho && len(d.atoms) > 0 {
		return true
	}
	d.rho, d.atoms, d.masses, d.epsilon = rho, d.atoms[:0], d.masses[:0], math.Inf(1)
	const enough = 1e-6
	if rho == 2 { // pure
		d.atoms, d.masses, d.epsilon = append(d.atoms, 0.5), append(d.masses, 1), 0
		return true
	}
	if rho <= steepest && d.ladder.solve(rho) {
		d.atoms, d.masses = d.ladder.strategy(d.atoms, d.masses)
		d.epsilon = d.gain()
	}
	if d.epsilon > enough && rho <= crude {
		d.exchange()
	}
	if d.epsilon > enough && rho > crude {
		d.atoms, d.masses = d.atoms[:0], d.masses[:0]
	}
	return len(d.atoms) > 0
}

// gain is what the best signal earns more than the strategy against it, or what the
// strategy itself earns, which is 0 in equilibrium.
func (d *dissipation) gain() float64 {
	n := len(d.atoms)
	d.logs, d.below = room(d.logs, n), room(d.below, n)
	sum := 0.0
	for j, y := range d.atoms {
		sum += d.masses[j]
		d.logs[j], d.below[j] = math.Log(y), sum
	}
	own := 0.0
	for j, l := range d.logs {
		u, _, _ := d.near(l)
		own += d.masses[j] * u
	}
	best := 0.0
	lo := d.logs[0] - 2
	for j := range n + 1 {
		hi := d.logs[n-1] + 2/d.rho
		if j < n {
			hi = d.logs[j]
		}
		best = math.Max(best, d.peak(lo, hi))
		lo = hi
	}
	if gain := math.Max(math.Abs(own), best-own); gain >= 0 { // not NaN
		return gain
	}
	return math.Inf(1)
}

// peak is the most that a signal between exp lo and exp hi earns: the best of a few,
// improved by Newton's method.
func (d *dissipation) peak(lo, hi float64) float64 {
	const samples = 5
	best, at := math.Inf(-1), lo
	for k := range samples {
		l := lo + (hi-lo)*(float64(k)+0.5)/samples
		if u, _, _ := d.near(l); u > best {
			best, at = u, l
		}
	}
	for range 3 {
		_, slope, bend := d.near(at)
		if !(bend < 0) {
			break
		}
		at = math.Min(math.Max(at-slope/bend, lo), hi)
		u, _, _ := d.near(at)
		best = math.Max(best, u)
	}
	return best
}

// near is the payoff of signal exp l against atoms listed by gain, with its derivatives
// in l, without the atoms that matter less than rounding does.
func (d *dissipation) near(l float64) (u, slope, bend float64) {
	const far = 40
	x := math.Exp(l)
	u, slope, bend = -x, -x, -x
	first, _ := slices.BinarySearch(d.logs, l-far/d.rho)
	if first > 0 {
		u += d.below[first-1]
	}
	for j := first; j < len(d.logs); j++ {
		e := d.rho * (d.logs[j] - l)
		if e > far {
			break
		}
		t := 1 / (1 + math.Exp(e))
		w := d.masses[j] * d.rho * t * (1 - t)
		u += d.masses[j] * t
		slope += w
		bend += w * d.rho * (1 - 2*t)
	}
	return u, slope, bend
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

// exchange replaces the strategy where it finds one from which less is gained.
func (d *dissipation) exchange() {
	rho, before := d.rho, d.epsilon
	ownAtoms, ownMasses := slices.Clone(d.atoms), slices.Clone(d.masses)
	best := math.Inf(1)
	var atoms, masses []float64
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
	d.atoms, d.masses = append(d.atoms[:0], atoms...), append(d.masses[:0], masses...)
	if len(atoms) > 0 {
		d.epsilon = math.Max(best, d.gain())
	}
	if len(atoms) == 0 || before < d.epsilon {
		d.atoms, d.masses, d.epsilon = append(d.atoms[:0], ownAtoms...), append(d.masses[:0], ownMasses...), before
	}
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

// ladder is the strategy by its first-order conditions, in logarithms of signals
// a_1 = 0 > a_2 > ... and of masses b_k:
//
//	u(y_k) = 0,  u'(y_k) = 0
//
// They are solved for the atoms of the head. Against a density of
// c = sin(pi/rho)/(pi/rho) all signals would earn 0, and the ripple that is left when
// it is gathered in atoms at distances s/rho, in logarithms, has a height of
// y (4 pi/rho) exp(-2 pi^2/s) by Poisson's summation formula. The head ends where that
// is slight. In the tail
//
//	s = 2 pi^2/(L - l),  (L - l)^2 = L^2 - 4 pi^2 k/rho
//
// at the k-th atom below the head and distance l from it keeps it there as y falls,
// and the masses are c y s/rho, by the trapezoidal rule. At the joint some masses are
// solved for by u(y_k) = 0 alone. All is in proportion to the highest signal, which
// in the end the sum of the masses settles. Domain: rho > 2, with some 6 rho atoms.
// A test asserts y_1 = 0.6011 and p_1 = 0.7938 at rho = 3.
type ladder struct {
	rho          float64
	signal, mass []float64
	offset       []float64 // a_k less a of the last of the head
	head, free   int       // so many atoms are the head's, so many masses are solved for

	y, p            []float64
	jacobian, trial []float64
	normal          []float64
	kept            []float64
}

// The height of the ripple is ladderRipple up to exponent 10 and in proportion to the exponent
// above, to save atoms; those below the floor, a logarithm, do not matter; the joint is
// so many atoms wide.
const (
	ladderRipple = 3e-8
	ladderFloor  = -17
	ladderJoint  = 8
)

// solve reports whether the conditions hold; gain tells how well.
func (d *ladder) solve(rho float64) bool {
	d.rho = rho
	d.start()
	return d.settle()
}

// strategy appends the atoms and masses, ascending.
func (d *ladder) strategy(atoms, masses []float64) (a, m []float64) {
	sum := 0.0
	for _, b := range d.mass {
		sum += math.Exp(b)
	}
	for k := len(d.signal) - 1; k >= 0; k-- {
		atoms = append(atoms, math.Exp(d.signal[k])/sum)
		masses = append(masses, math.Exp(d.mass[k])/sum)
	}
	return atoms, masses
}

// start sets the tail and a first guess of the head. Where the conditions hold the
// ripple falls like
//
//	2 pi^2/s = (rho-2) l + x
//
// with x fitted to solutions, and just above 2 the k-th signal is 1 + 4/(k (rho-2))
// times the next; the guess decides how fast the conditions are met, not how well.
func (d *ladder) start() {
	const period = 2 * math.Pi * math.Pi
	rho := d.rho
	x := 5.75 - 4.2/(rho-0.8)
	height := math.Log(4 * math.Pi / (rho * ladderRipple * math.Max(1, rho/10)))
	d.signal, d.mass, d.offset = append(d.signal[:0], 0), d.mass[:0], d.offset[:0]
	l := 0.0
	for (rho-1)*l+x <= height {
		level := (rho-2)*l + x
		step := 2 * period / rho / (level + math.Sqrt(level*level+2*period*(rho-2)/rho))
		if rho < 2.3 {
			step = math.Max(step, math.Log1p(4/(float64(len(d.signal))*(rho-2))))
		}
		if l+step > -ladderFloor {
			break
		}
		l += step
		d.signal = append(d.signal, -l)
	}
	d.head = len(d.signal)
	// Wider, in units of s, the ripple is not as small as Poisson's formula has it.
	const widest = 8.0
	level := (rho-2)*l + x
	if last := l; (rho-1)*l+x > height {
		for k := 1.0; last < -ladderFloor; k++ {
			left := level*level - 2*period*k/rho
			if left > period*period/(widest*widest) {
				last = l + level - math.Sqrt(left)
			} else {
				last += widest / rho
			}
			d.signal = append(d.signal, -last)
		}
	}
	n := len(d.signal)
	d.free = min(n, d.head+ladderJoint)
	density := math.Sin(math.Pi/rho) / (math.Pi / rho)
	for k, a := range d.signal {
		width := 4.0 // alone
		switch {
		case n == 1:
		case k == 0:
			width = 1.2 * (a - d.signal[1])
		case k < d.free && k < n-1:
			width = (d.signal[k-1] - d.signal[k+1]) / 2
		case k < d.free:
			width = 1.5 * (d.signal[k-1] - a)
		default:
			width = widest / rho
			if left := level + l + a; left > period/widest {
				width = period / left / rho
			}
			if k == n-1 { // and all that is below
				width = math.Exp(width / 2)
			}
		}
		part := density * width
		if k < d.free { // an atom far from all others has the mass 2 y
			part = 2 * math.Tanh(part/2)
		}
		d.mass = append(d.mass, a+math.Log(part))
		d.offset = append(d.offset, a+l)
	}
}

// settle is the method of Levenberg (1944) and Marquardt (1963): the farther down, the
// less the conditions fix the signals, and the less it matters.
func (d *ladder) settle() bool {
	size := d.free + d.head - 1
	d.jacobian, d.trial = room(d.jacobian, size*(size+1)), room(d.trial, size*(size+1))
	d.kept = room(d.kept, 2*len(d.signal))
	const rough, most = 1e-5, 60
	damping, least := 1e-3, 1e-13
	miss := d.conditions(d.jacobian)
	for range most {
		if miss < 1e-10 {
			return true
		}
		if !d.step(damping) {
			return false
		}
		keptSignal, keptMass := d.kept[:len(d.signal)], d.kept[len(d.signal):]
		copy(keptSignal, d.signal)
		copy(keptMass, d.mass)
		d.move()
		now := d.conditions(d.trial)
		if now < miss {
			d.jacobian, d.trial = d.trial, d.jacobian
			slow := now > 0.5*miss && now < 1e-8
			miss, damping = now, math.Max(damping/10, least)
			if slow {
				return true
			}
			continue
		}
		copy(d.signal, keptSignal)
		copy(d.mass, keptMass)
		if damping *= 10; damping > 10 {
			break
		}
	}
	return miss < rough
}

// conditions fills rows of derivatives by masses, then by signals but the first, and
// what the condition misses by, with the sign changed: u/y for each mass that is solved
// for, then u' for each atom of the head but the last. It returns the length of the latter.
func (d *ladder) conditions(rows []float64) float64 {
	const far = 40
	n, rho, free, head := len(d.signal), d.rho, d.free, d.head
	size := free + head - 1
	width := size + 1
	clear(rows)
	d.y, d.p = room(d.y, n), room(d.p, n)
	for k, a := range d.signal {
		d.y[k], d.p[k] = math.Exp(a), math.Exp(d.mass[k])
	}
	sum := 0.0
	for i := range free {
		level := rows[i*width : (i+1)*width]
		var slope []float64
		if i < head-1 {
			slope = rows[(free+i)*width : (free+i+1)*width]
		}
		u, v := -1.0, -1.0
		ownU, ownV := 0.0, 0.0
		for j, p := range d.p {
			p /= d.y[i]
			e := rho * (d.signal[j] - d.signal[i])
			if e > far {
				continue
			}
			t, rise, bend := 1.0, 0.0, 0.0
			if e > -far {
				t = 1 / (1 + math.Exp(e))
				rise = rho * t * (1 - t)
				bend = rho * rise * (1 - 2*t)
			}
			t, rise, bend = p*t, p*rise, p*bend
			u, v = u+t, v+rise
			// The tail moves with the last of the head.
			at := free + min(j, head-1) - 1
			if j >= free {
				if head > 1 {
					level[at] += t
					if slope != nil {
						slope[at] += rise
					}
				}
			} else {
				level[j] += t
				if slope != nil {
					slope[j] += rise
				}
			}
			if j != i {
				ownU, ownV = ownU+rise, ownV+bend
				if at >= free {
					level[at] -= rise
					if slope != nil {
						slope[at] -= bend
					}
				}
			}
		}
		if at := free + min(i, head-1) - 1; at >= free {
			level[at] += ownU - (u + 1)
			if slope != nil {
				slope[at] += ownV - (v + 1)
			}
		}
		level[size] = -u
		sum += u * u
		if slope != nil {
			slope[size] = -v
			sum += v * v
		}
	}
	return math.Sqrt(sum)
}

// step solves the damped normal equations; the last column of normal is the step.
func (d *ladder) step(damping float64) bool {
	size := d.free + d.head - 1
	width := size + 1
	d.normal = zeros(d.normal, size*width)
	for r := range size {
		row := d.jacobian[r*width : (r+1)*width]
		for i, f := range row[:size] {
			if f != 0 {
				for j, x := range row[i:] {
					d.normal[i*width+i+j] += f * x
				}
			}
		}
	}
	for i := range size {
		for j := range i {
			d.normal[i*width+j] = d.normal[j*width+i]
		}
		d.normal[i*width+i] += damping
	}
	return eliminate(d.normal, size)
}

// move adds the step, shortened where it is long.
func (d *ladder) move() {
	const longest = 0.5
	width := d.free + d.head
	step := func(k int) float64 { return d.normal[k*width+width-1] }
	long := 0.0
	for k := range width - 1 {
		long = math.Max(long, math.Abs(step(k)))
	}
	part := math.Min(1, longest/long)
	for k := range d.free {
		d.mass[k] += part * step(k)
	}
	for k := 1; k < d.head; k++ {
		d.signal[k] += part * step(d.free+k-1)
	}
	for k := d.head; k < len(d.signal); k++ {
		by := d.signal[d.head-1] + d.offset[k] - d.signal[k]
		d.signal[k] += by
		if k >= d.free {
			d.mass[k] += by
		}
	}
}
