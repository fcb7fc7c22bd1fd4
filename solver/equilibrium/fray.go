package equilibrium

import (
	"math"
	"slices"
)

// fray is a contest in which some agents, the fighters, mix over finitely many signals, atoms, and
// the rest stand back. Divided by its value v_i agent i's payoff of a = exp l is
//
//	u_i(l) = E t_i (1 - [winner pays] a/v_i) - [all pay] a/v_i - [a > 0] fee/v_i
//
// over the others' atoms. Newton's method meets
//
//	u_i(l) = U_i and u_i'(l) = 0 at each atom,  sum of masses = 1,
//
// which is an equilibrium where no other signal earns more; signals that do become
// atoms, and atoms whose masses are negative are dropped. Standing back, l = -Inf, is an atom
// without a slope; so is dust, as little as one can signal, which is of use where all the
// others may stand back at once. Values are shares of the largest. Domain: joint signals of the
// fighters few enough to list. A test asserts that no signal gains, by the rule itself.
type fray struct {
	rho, fee   float64
	phantom    float64 // exponent*log of the phantom bid, -Inf for none
	winnerPays bool
	agents     int // all of them, those who stand back and the worthless too
	fighters   []fighter

	joint, chance []float64 // what the others jointly bring, logarithms, and with what chance
	rows          []float64
	choice, base  []int
	place         [][]int
}

// fighter is an agent that takes part.
type fighter struct {
	agent         int
	value, weight float64   // weight: its logarithm
	logs, masses  []float64 // atoms ascending
	payoff        float64
}

// dust is the least signal, a share of the agent's value.
const dust = 1e-15

// strength is log w a^rho.
func (d *fray) strength(f *fighter, l float64) float64 { return d.rho*l + f.weight }

// logSum is log(e^a + e^b).
func logSum(a, b float64) float64 {
	if a < b {
		a, b = b, a
	}
	if math.IsInf(b, -1) {
		return a
	}
	return a + math.Log1p(math.Exp(b-a))
}

// face lists what the fighters but i jointly bring.
func (d *fray) face(i int) {
	d.joint, d.chance = append(d.joint[:0], d.phantom), append(d.chance[:0], 1)
	for j := range d.fighters {
		f := &d.fighters[j]
		if j == i {
			continue
		}
		count := len(d.joint)
		for k := len(f.logs) - 1; k >= 0; k-- {
			e := d.strength(f, f.logs[k])
			for at := range count {
				sum, p := logSum(d.joint[at], e), d.chance[at]*f.masses[k]
				if k == 0 {
					d.joint[at], d.chance[at] = sum, p
				} else {
					d.joint, d.chance = append(d.joint, sum), append(d.chance, p)
				}
			}
		}
	}
}

// at is the payoff of signal exp l against what face has listed, with its
// derivatives in l; l = -Inf is standing back.
func (d *fray) at(f *fighter, l float64) (u, slope, bend float64) {
	const far = 40
	own := d.strength(f, l)
	win, rise, turn := 0.0, 0.0, 0.0
	for k, e := range d.joint {
		e -= own
		if math.IsInf(l, -1) {
			if math.IsInf(d.joint[k], -1) {
				win += d.chance[k] / float64(d.agents)
			}
			continue
		}
		switch {
		case e > far:
		case e < -far:
			win += d.chance[k]
		default:
			t := 1 / (1 + math.Exp(e))
			w := d.chance[k] * t
			win += w
			w *= d.rho * (1 - t)
			rise += w
			turn += w * d.rho * (1 - 2*t)
		}
	}
	if math.IsInf(l, -1) {
		return win, 0, 0
	}
	a := math.Exp(l) / f.value
	fee := d.fee / f.value
	if d.winnerPays {
		return win*(1-a) - fee, rise*(1-a) - a*win, turn*(1-a) - 2*a*rise - a*win
	}
	return win - a - fee, rise - a, turn - a
}

// peaks calls visit with the local maxima of the payoff against what face has listed, with
// standing back, and with dust where it can win.
func (d *fray) peaks(f *fighter, visit func(l, u float64)) {
	u, _, _ := d.at(f, math.Inf(-1))
	visit(math.Inf(-1), u)
	high := math.Log(f.value)
	low := high
	for _, e := range d.joint {
		if math.IsInf(e, -1) {
			l := high + math.Log(dust)
			u, _, _ := d.at(f, l)
			visit(l, u)
			continue
		}
		low = math.Min(low, (e-f.weight-8)/d.rho)
	}
	low = math.Max(low, high+math.Log(dust)+1) // above dust
	step := 0.35 / d.rho
	cells := int((high-low)/step) + 1
	if cells > 20000 {
		cells, step = 20000, (high-low)/20000
	}
	l := high
	here, slope, _ := d.at(f, l)
	if slope >= 0 {
		visit(l, here)
	}
	for range cells {
		next := l - step
		_, before, _ := d.at(f, next)
		if before > 0 && slope <= 0 { // it rises at next and falls at l
			visit(d.peak(f, next, l, before, slope))
		}
		l, slope = next, before
	}
}

// peak is the maximum between two signals, by Newton's method on the slope, bracketed.
func (d *fray) peak(f *fighter, lo, hi, rise, fall float64) (l, u float64) {
	l = lo + (hi-lo)*rise/(rise-fall)
	for range 60 {
		v, slope, bend := d.at(f, l)
		u = v
		if slope > 0 {
			lo = l
		} else {
			hi = l
		}
		next := l - slope/bend
		if !(bend < 0) || !(next > lo && next < hi) {
			next = lo + (hi-lo)/2
		}
		if math.Abs(next-l) <= 1e-15*(1+math.Abs(l)) || slope == 0 {
			break
		}
		l = next
	}
	return l, u
}

// gain is what the best signal of any fighter earns more than its strategy; visit, if not
// nil, is called with those that earn more than enough. It sets payoffs.
func (d *fray) gain(enough float64, visit func(i int, l float64)) float64 {
	gain := 0.0
	for i := range d.fighters {
		f := &d.fighters[i]
		d.face(i)
		f.payoff = 0
		for k, l := range f.logs {
			u, _, _ := d.at(f, l)
			f.payoff += f.masses[k] * u
		}
		d.peaks(f, func(l, u float64) {
			gain = math.Max(gain, u-f.payoff)
			if u > f.payoff+enough && visit != nil {
				visit(i, l)
			}
		})
	}
	return gain
}

// improve meets the conditions of the atoms, then of these and the signals that gain, until
// none gains more than enough or that leads nowhere, and returns what is gained.
func (d *fray) improve(enough float64) float64 {
	best := math.Inf(1)
	for idle := 0; idle < 3 && d.meet(); {
		more := make([][]float64, len(d.fighters))
		gain := d.gain(enough, func(i int, l float64) {
			if !slices.Contains(d.fighters[i].logs, l) {
				more[i] = append(more[i], l)
			}
		})
		if gain <= enough {
			return gain
		}
		if idle++; gain < 0.7*best {
			best, idle = gain, 0
		}
		for i := range more {
			f := &d.fighters[i]
			f.logs = append(f.logs, more[i]...)
			f.masses = append(f.masses, make([]float64, len(more[i]))...)
			f.sort()
		}
	}
	return math.Inf(1)
}

// meet meets the conditions with positive masses, without the atoms that have none then.
func (d *fray) meet() bool {
	const most = 6
	for range most {
		if !d.newton() {
			return false
		}
		dropped := false
		for i := range d.fighters {
			f := &d.fighters[i]
			kept := 0
			for k, p := range f.masses {
				if p > 0 {
					f.logs[kept], f.masses[kept] = f.logs[k], p
					kept++
				}
			}
			if kept == 0 {
				return false
			}
			dropped = dropped || kept < len(f.logs)
			f.logs, f.masses = f.logs[:kept], f.masses[:kept]
			for k := 1; k < kept; k++ {
				if f.logs[k] <= f.logs[k-1] {
					return false
				}
			}
		}
		if !dropped {
			return true
		}
	}
	return false
}

// sort puts the atoms in order.
func (f *fighter) sort() {
	for k := 1; k < len(f.logs); k++ {
		for j := k; j > 0 && f.logs[j] < f.logs[j-1]; j-- {
			f.logs[j], f.logs[j-1] = f.logs[j-1], f.logs[j]
			f.masses[j], f.masses[j-1] = f.masses[j-1], f.masses[j]
		}
	}
}

// fixed reports an atom that is where it must be: standing back, or dust.
func (f *fighter) fixed(l float64) bool { return l <= math.Log(f.value)+math.Log(dust)+1e-9 }

// newton is Newton's method on the conditions of the atoms.
func (d *fray) newton() bool {
	size := d.layout()
	const most, pairs = 400, 1500
	joint := 1
	for i := range d.fighters {
		joint *= len(d.fighters[i].logs)
	}
	if size > most || len(d.fighters) > 2 && joint > pairs {
		return false
	}
	d.rows = room(d.rows, size*(size+1))
	best := math.Inf(1)
	for round := range 40 {
		miss := d.conditions(round == 0)
		if !(miss <= math.MaxFloat64) {
			return false
		}
		if miss <= 4e-15 || miss >= best && miss < 1e-12 {
			return true
		}
		best = math.Min(best, miss)
		if !eliminate(d.rows, size) {
			return false
		}
		d.move(size)
	}
	return false
}

// layout gives every unknown its place, fighter by fighter, and returns their number:
// masses, logs of the atoms that are not fixed (place, -1 for the fixed ones), payoff.
func (d *fray) layout() int {
	d.base, d.place = append(d.base[:0], 0), d.place[:0]
	at := 0
	for i := range d.fighters {
		f := &d.fighters[i]
		at += len(f.logs)
		place := make([]int, len(f.logs))
		for k, l := range f.logs {
			place[k] = -1
			if !f.fixed(l) {
				place[k] = at
				at++
			}
		}
		at++
		d.base, d.place = append(d.base, at), append(d.place, place)
	}
	return at
}

// move adds a Newton step, shortened where it is long.
func (d *fray) move(size int) {
	step := func(at int) float64 { return d.rows[at*(size+1)+size] }
	long := 0.0
	for i := range d.fighters {
		for _, at := range d.place[i] {
			if at >= 0 {
				long = math.Max(long, math.Abs(step(at))*d.rho)
			}
		}
	}
	part := math.Min(1, 0.5/long)
	for i := range d.fighters {
		f := &d.fighters[i]
		for k, at := range d.place[i] {
			f.masses[k] += part * step(d.base[i]+k)
			if at >= 0 {
				f.logs[k] += part * step(at)
			}
		}
		f.payoff += part * step(d.base[i+1]-1)
	}
}

// conditions fills rows with the derivatives of the conditions and, in the last
// column, what they miss by, with the sign changed. It returns the largest miss. start says
// that payoffs are to be set first.
func (d *fray) conditions(start bool) float64 {
	size := d.base[len(d.fighters)]
	width := size + 1
	clear(d.rows[:size*width])
	d.choice = room(d.choice, len(d.fighters))
	worst := 0.0
	for i := range d.fighters {
		f := &d.fighters[i]
		base, end := d.base[i], d.base[i+1]-1
		level, sum := 0.0, 0.0
		for k, l := range f.logs {
			level += f.masses[k] * d.condition(i, l, base+k, d.place[i][k])
			sum += f.masses[k]
		}
		if start {
			f.payoff = level
		}
		last := d.rows[end*width : (end+1)*width]
		for k, at := range d.place[i] {
			row := d.rows[(base+k)*width : (base+k+1)*width]
			row[end], last[base+k] = -1, 1
			row[size] += f.payoff
			worst = math.Max(worst, math.Abs(row[size]))
			if at >= 0 {
				worst = math.Max(worst, math.Abs(d.rows[at*width+size])/d.rho)
			}
		}
		last[size] = 1 - sum
		worst = math.Max(worst, math.Abs(1-sum))
	}
	return worst
}

// condition adds one atom's conditions, level and slope being their rows (slope -1:
// none), and returns its payoff.
func (d *fray) condition(i int, l float64, levelRow, slopeRow int) float64 {
	width := d.base[len(d.fighters)] + 1
	f := &d.fighters[i]
	levels := d.rows[levelRow*width : (levelRow+1)*width]
	var slopes []float64
	if slopeRow >= 0 {
		slopes = d.rows[slopeRow*width : (slopeRow+1)*width]
	}
	back := math.IsInf(l, -1)
	a := 0.0
	if !back {
		a = math.Exp(l) / f.value
	}
	worth, fall := 1.0, 0.0 // of the prize, and the derivative's part
	if d.winnerPays {
		worth, fall = 1-a, -a
	}
	own := d.strength(f, l)
	u, slope, bend := 0.0, 0.0, 0.0
	clear(d.choice)
	for more := true; more; more = d.choose(i) {
		t, rise, turn, total := d.against(i, own)
		q := d.odds(i, i)
		u += q * worth * t
		slope += q * (worth*rise + fall*t)
		bend += q * (worth*turn + 2*fall*rise + fall*t)
		for j := range d.fighters {
			if j == i {
				continue
			}
			g, c := &d.fighters[j], d.choice[j]
			without := d.odds(i, j)
			levels[d.base[j]+c] += without * worth * t
			if slopes != nil {
				slopes[d.base[j]+c] += without * (worth*rise + fall*t)
			}
			if at := d.place[j][c]; at >= 0 && !back {
				share := math.Exp(d.strength(g, g.logs[c]) - total)
				by := -d.rho * t * share
				levels[at] += q * worth * by
				if slopes != nil {
					slopes[at] += q * (worth*d.rho*by*(1-2*t) + fall*by)
				}
			}
		}
	}
	if !back {
		u -= d.fee / f.value
		if !d.winnerPays {
			u, slope, bend = u-a, slope-a, bend-a
		}
	}
	levels[width-1] = -u
	if slopes != nil {
		levels[slopeRow] += slope
		slopes[slopeRow] += bend
		slopes[width-1] = -slope
	}
	return u
}

// choose goes on to the next joint choice of the atoms of all fighters but i; false after the
// last.
func (d *fray) choose(i int) bool {
	for j := range d.fighters {
		if j == i {
			continue
		}
		if d.choice[j]++; d.choice[j] < len(d.fighters[j].logs) {
			return true
		}
		d.choice[j] = 0
	}
	return false
}

// odds is the chance of the joint choice of all fighters but i and j.
func (d *fray) odds(i, j int) float64 {
	p := 1.0
	for k := range d.fighters {
		if k != i && k != j {
			p *= d.fighters[k].masses[d.choice[k]]
		}
	}
	return p
}

// against is the chance t that fighter i wins with strength own, -Inf for standing back, against
// the joint choice, its first and second derivatives in l, and the logarithm of all strengths.
func (d *fray) against(i int, own float64) (t, rise, turn, total float64) {
	total = d.phantom
	for j := range d.fighters {
		if j != i {
			f := &d.fighters[j]
			total = logSum(total, d.strength(f, f.logs[d.choice[j]]))
		}
	}
	if math.IsInf(own, -1) {
		if math.IsInf(total, -1) {
			t = 1 / float64(d.agents)
		}
		return t, 0, 0, total
	}
	t = 1 / (1 + math.Exp(total-own))
	rise = d.rho * t * (1 - t)
	turn = d.rho * rise * (1 - 2*t)
	return t, rise, turn, logSum(total, own)
}
