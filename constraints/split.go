package constraints

import (
	"math"

	"allot/mechanisms"
)

// search is the state of a field's search over the signals of k identities.
type search struct {
	x, best, kept []float64
	// most is what the best of the signals tried brings; base what one identity
	// gets: the equilibrium's pay-off, or more where one signal was seen to bring
	// more, so that a profile that is not quite an equilibrium is not taken for a
	// reason to split.
	most, base float64
	grid       []float64
	// The coordinates from, ..., to-1 move together.
	from, to    int
	along, once func(float64) float64
	one         [1]float64
	evaluations int
}

// points is the number of signals of a scan, logarithmic over six decades.
const points = 22

// start begins a search from what the agent plays and gets.
func (f *field) start(own, payoff float64) {
	if f.along == nil { // once, so that nothing is allocated later
		f.along = func(z float64) float64 {
			y := math.Exp(z)
			for j := f.from; j < f.to; j++ {
				f.x[j] = y
			}
			return f.try()
		}
		f.once = func(z float64) float64 { return f.single(math.Exp(z)) }
	}
	f.identities(1)
	f.base = f.single(own)
	if payoff > f.base || math.IsNaN(f.base) {
		f.base = payoff
	}
	f.scale(own)
}

// scale lists the signals of a scan, ascending: a grid, next to nothing, the agent's own
// and the half of it, and just above each of the others' highest.
func (f *field) scale(own float64) {
	f.grid = f.grid[:0]
	if _, draw := f.alone.(mechanisms.EqualChance); draw {
		f.grid = append(f.grid, math.Max(own, math.Max(f.value, 1))) // only taking part counts
		return
	}
	high := f.span(own)
	if high == 0 {
		return
	}
	f.grid = append(f.grid, high*1e-9)
	for j := range points {
		f.grid = append(f.grid, high*math.Pow(10, -6*(1-float64(j)/(points-1))))
	}
	f.insert(own)
	f.insert(own / 2)
	if f.alone != nil {
		top := 0.0
		for k := range f.weights {
			for j, a := range f.rows[k*f.agents : (k+1)*f.agents] {
				if j != f.place {
					top = math.Max(top, a)
				}
			}
		}
		f.insert(top * (1 + 1e-9))
	}
}

func (f *field) insert(y float64) {
	if !(y > 0) {
		return
	}
	k := len(f.grid)
	for k > 0 && f.grid[k-1] > y {
		k--
	}
	if k > 0 && f.grid[k-1] == y {
		return
	}
	f.grid = append(f.grid, 0)
	copy(f.grid[k+1:], f.grid[k:])
	f.grid[k] = y
}

// try is what the signals x bring. A new best is held against what one identity gets
// with their sum and with the highest of them.
func (f *field) try() float64 {
	u := f.payoff(f.split, f.x)
	if !(u > f.most) {
		return u
	}
	f.most = u
	copy(f.best, f.x)
	sum, top := 0.0, 0.0
	for _, y := range f.x {
		sum += y
		top = math.Max(top, y)
	}
	f.base = math.Max(f.base, math.Max(f.single(sum), f.single(top)))
	return u
}

// scan moves the coordinates from, ..., to-1 along the grid and then climbs from the
// best point.
func (f *field) scan(from, to int) {
	f.from, f.to = from, to
	best, top := -1, math.Inf(-1)
	for k, y := range f.grid {
		for j := from; j < to; j++ {
			f.x[j] = y
		}
		if u := f.try(); u > top {
			best, top = k, u
		}
	}
	if best > 0 && best+1 < len(f.grid) {
		climb(f.along, math.Log(f.grid[best-1]), math.Log(f.grid[best]), math.Log(f.grid[best+1]), top)
	}
}

// polish is a compass search from the best signals, coordinate by coordinate in
// logarithms (Kolda, Lewis, Torczon 2003): shorter steps only while the last ones
// gained.
func (f *field) polish(rounds int) {
	step := 0.7
	for range rounds {
		before := f.most
		for j := range f.x {
			for _, factor := range [...]float64{math.Exp(step), math.Exp(-step), 0} {
				copy(f.x, f.best)
				f.x[j] *= factor
				if f.x[j] == f.best[j] {
					continue
				}
				f.try()
			}
		}
		if !(f.most > before) {
			if step < 0.2 && f.most <= f.base {
				return
			}
			step /= 4
			if step < 1e-7 {
				return
			}
		}
	}
}

// gain is the most that the agent was seen to gain by k identities.
func (f *field) gain(own float64, k int, thorough bool) float64 {
	f.identities(k)
	f.most = math.Inf(-1)
	if _, draw := f.alone.(mechanisms.EqualChance); draw {
		for m := 1; m <= k; m++ {
			for j := range f.x {
				f.x[j] = 0
				if j < m && len(f.grid) > 0 {
					f.x[j] = f.grid[0]
				}
			}
			f.try()
		}
		return f.most - f.base
	}
	f.scan(0, k)
	if own > 0 {
		f.x[0] = own
		f.scan(1, k)
	}
	if len(f.grid) > 0 { // identities that only count
		for j := range f.x {
			f.x[j] = f.grid[0]
		}
		f.scan(0, 1)
	}
	if thorough {
		f.polish(2)
		if kind, _ := reductionOf(f.alone); kind == whole && len(f.grid) > 0 {
			f.restart()
		}
	}
	if f.most > f.base {
		f.polish(60)
	}
	return f.most - f.base
}

// restart tries very unequal signals, for rules that say nothing about themselves.
func (f *field) restart() {
	high := f.grid[len(f.grid)-1]
	for _, ratio := range [...]float64{0.5, 0.1} {
		kept := f.most
		f.kept = append(f.kept[:0], f.best...)
		f.most = math.Inf(-1)
		y := high / 2
		for j := range f.x {
			f.x[j] = y
			y *= ratio
		}
		f.try()
		f.polish(6)
		if kept >= f.most {
			f.most = kept
			copy(f.best, f.kept)
		}
	}
}

// deviate raises base to the best that one signal is seen to bring.
func (f *field) deviate() {
	best, top := -1, math.Inf(-1)
	for k, y := range f.grid {
		if u := f.single(y); u > top {
			best, top = k, u
		}
	}
	if best > 0 && best+1 < len(f.grid) {
		_, top = climb(f.once, math.Log(f.grid[best-1]), math.Log(f.grid[best]), math.Log(f.grid[best+1]), top)
	}
	f.base = math.Max(f.base, top)
}
