package private

import (
	"math"
	"slices"
)

// The equations of relax.go on given stations, Newton's method for them, and where stations are
// missing. The matrix is a staircase of blocks, one for each step: rows are eliminated from the
// top down, with pivots among the equations that are left of the stations above and those of the
// next step, which keeps both growing and falling modes in check (Ascher, Mattheij, Russell 1995,
// chapter 7). The defect of a cubic, h |S' - f(S)| at two points, says where to divide: in money
// for bids, counted by the chance to win, and in chances for the l_k. Tests in mix_test.go.

// look fills in a slope; false means that some type would have to bid above its value.
func (r *relaxed) look(s *slope, y []float64) bool {
	k := len(r.groups)
	if r.looks++; r.looks > patience {
		return false
	}
	if s.f == nil {
		s.f, s.by = make([]float64, k+1), make([]float64, (k+1)*(k+1))
	}
	if !r.slope(y, s.f) {
		return false
	}
	for i := range s.by {
		s.by[i] = 0
	}
	s.gap = math.Inf(1)
	sum, count := 0.0, -1
	for i, g := range r.groups {
		if r.active[i] {
			sum += float64(g.n) * r.p[i]
			count += g.n
			s.gap = math.Min(s.gap, 1/r.p[i])
		}
	}
	// With w = 1/(phi-b): dl_i = 1 - w_i (N-1)/sum, db = (N-1)/(lambda sum).
	m := float64(count)
	squares := 0.0 // d sum/db
	for i, g := range r.groups {
		if r.active[i] {
			squares += float64(g.n) * r.p[i] * r.p[i]
			r.fall[i] = -r.p[i] * r.p[i] * r.rise(i, y[i])
		}
	}
	for i := range r.groups {
		if !r.active[i] {
			continue
		}
		row := s.by[i*(k+1):]
		for j, g := range r.groups {
			if !r.active[j] {
				continue
			}
			row[j] += r.p[i] * m / (sum * sum) * float64(g.n) * r.fall[j]
			if i == j {
				row[j] -= m / sum * r.fall[j]
			}
		}
		row[k] = -m/sum*r.p[i]*r.p[i] + r.p[i]*m/(sum*sum)*squares
	}
	row := s.by[k*(k+1):]
	for j, g := range r.groups {
		if r.active[j] {
			row[j] = -m / (r.first * sum * sum) * float64(g.n) * r.fall[j]
		}
	}
	row[k] = -m / (r.first * sum * sum) * squares
	return true
}

// rise is d phi_k/dl_k.
func (r *relaxed) rise(k int, l float64) float64 {
	if r.groups[k].point() {
		return 0
	}
	if l > -1e-12 && (l >= 0 || r.groups[k].high < math.Inf(1)) {
		return (r.value(k, 0) - r.value(k, -1e-7)) / 1e-7
	}
	d := 1e-4 * math.Min(1, -l)
	return (r.value(k, l+d) - r.value(k, l-d)) / (2 * d)
}

// settle solves for the weight in use and refines the stations until the cubics are within the
// tolerance.
func (r *relaxed) settle(tolerance float64) bool {
	for range 20 {
		if !r.newton() {
			if !r.part() {
				return false
			}
			continue
		}
		if !r.divide(tolerance) {
			return true
		}
		if len(r.stations) > many {
			return false
		}
	}
	return false
}

// newton solves the equations on the stations as they are.
func (r *relaxed) newton() bool {
	k := len(r.groups)
	for i := range r.stations {
		if n := &r.stations[i]; !r.at(n) {
			return false
		}
	}
	trial := make([]float64, k+1)
	for range 40 {
		if !r.solve() {
			return false
		}
		// No type may come nearer to its bid than by a good part of the way.
		share, size := 1.0, 0.0
		for i := range r.stations {
			n := &r.stations[i]
			step := r.move[i*(k+1) : (i+1)*(k+1)]
			for j := range n.y {
				if j == k {
					size = math.Max(size, math.Abs(step[j])/(n.gap+1e-9*r.scale))
				} else {
					size = math.Max(size, math.Abs(step[j])/(math.Abs(n.y[j])+1e-12))
				}
			}
		}
		for try := 0; ; try++ {
			ok := true
			for i := range r.stations {
				n := &r.stations[i]
				step := r.move[i*(k+1) : (i+1)*(k+1)]
				for j := range trial {
					trial[j] = r.moved(j, n.y[j], share*step[j])
				}
				for j := range r.groups {
					old, now := r.value(j, n.y[j])-n.y[k], r.value(j, trial[j])-trial[k]
					if (trial[j] < 0 || i == 0) && n.joined[j] && old > 0 && !(now > 0.1*old) {
						ok = false
					}
				}
				if !ok {
					break
				}
			}
			if ok {
				break
			}
			if share /= 2; try > 12 {
				return false
			}
		}
		for i := range r.stations {
			n := &r.stations[i]
			step := r.move[i*(k+1) : (i+1)*(k+1)]
			for j := range n.y {
				n.y[j] = r.moved(j, n.y[j], share*step[j])
			}
			if !r.at(n) {
				return false
			}
		}
		if share == 1 && size < 1e-6 {
			return true
		}
		if math.IsNaN(size) {
			return false
		}
	}
	return false
}

// moved is a component after a Newton step. In a tail without end, where values go with the
// logarithm of the rank, the step is one of ln(-l).
func (r *relaxed) moved(j int, y, step float64) float64 {
	switch {
	case j == len(r.groups):
		return y + step
	case y < 0 && y > -0.1 && r.groups[j].high == math.Inf(1):
		return y * math.Exp(math.Min(3, math.Max(-3, step/y)))
	}
	return math.Min(0, y+step)
}

// step fills in what the equations of a step miss and their derivatives by both ends: rows of
// 2(K+1) coefficients and a right side.
func (r *relaxed) step(a, b *station, out [][]float64) bool {
	k := len(r.groups) + 1
	h, ca, cm, cb := r.across(a, b)
	if !r.middle(a, b, h, ca, cb) {
		return false
	}
	low := r.ending(a, b)
	for i := range k {
		row := out[i]
		row[2*k] = -(b.y[i] - a.y[i] - h/6*(ca*a.f[i]+4*cm*r.mid.f[i]+cb*low.f[i]))
		for j := range k {
			// dy_m/dy_a = 1/2 + h/8 A, dy_m/dy_b = 1/2 - h/8 B
			da, db := r.mid.by[i*k+j]/2, r.mid.by[i*k+j]/2
			for l := range k {
				m := r.mid.by[i*k+l]
				da += m * h / 8 * ca * a.by[l*k+j]
				db -= m * h / 8 * cb * low.by[l*k+j]
			}
			row[j] = -h / 6 * (ca*a.by[i*k+j] + 4*cm*da)
			row[k+j] = -h / 6 * (cb*low.by[i*k+j] + 4*cm*db)
			if i == j {
				row[j]--
				row[k+j]++
			}
		}
	}
	for i := range r.groups {
		if a.joined[i] || !b.joined[i] {
			continue
		}
		// Its types there are those that follow the others.
		clear(out[i])
		perT := low.f[k-1]
		q := r.follower(i, b.y[k-1], perT)
		rise := (r.follower(i, b.y[k-1], perT*(1+1e-6)) - q) / (1e-6 * perT * r.first)
		for j := range k {
			out[i][k+j] = rise * r.first * low.by[(k-1)*k+j]
		}
		out[i][2*k-1] += rise
		out[i][k+i]++
		out[i][2*k] = math.Log1p(-q) - b.y[i]
	}
	return true
}

// at looks at a station.
func (r *relaxed) at(n *station) bool {
	copy(r.joined, n.joined)
	return r.look(&n.slope, n.y)
}

// middle looks at the middle of a step's cubic.
func (r *relaxed) middle(a, b *station, h, ca, cb float64) bool {
	y := r.ode.next
	k := len(r.groups)
	low := r.ending(a, b)
	if low == nil {
		return false
	}
	for i := range y {
		y[i] = a.y[i]/2 + b.y[i]/2 + h/8*(ca*a.f[i]-cb*low.f[i])
		if i < k && !a.joined[i] {
			y[i] = 0
		} else if i < k {
			y[i] = math.Min(0, y[i])
		}
	}
	copy(r.joined, a.joined)
	return r.look(&r.mid, y)
}

// ending is the slope at the lower end of a step, without those who join there; nil where some type
// would have to bid above its value.
func (r *relaxed) ending(a, b *station) *slope {
	if slices.Equal(a.joined, b.joined) {
		return &b.slope
	}
	copy(r.joined, a.joined)
	if !r.look(&r.foot, b.y) {
		return nil
	}
	return &r.foot
}

// across is the width of a step in its variable and dL/dx at its ends and in the middle.
func (r *relaxed) across(a, b *station) (h, ca, cm, cb float64) {
	if !a.inLog {
		return b.at - a.at, 1, 1, 1
	}
	x0, x1 := a.x(true), b.x(true)
	return x1 - x0, a.at, -math.Exp(x0/2 + x1/2), b.at
}

// solve finds the Newton step: row by row elimination from the top down, with pivots among the
// equations that are left of the stations above and those of the next step.
func (r *relaxed) solve() bool {
	k := len(r.groups) + 1
	m := len(r.stations)
	r.room(k, m)
	rows := r.rows
	for i := range k - 1 { // l_k is given at the top
		clear(rows[i])
		rows[i][i] = 1
	}
	for n := range m {
		use := rows
		if n+1 < m {
			if !r.step(&r.stations[n], &r.stations[n+1], rows[k-1:]) {
				return false
			}
		} else {
			use = rows[:k]
			clear(rows[k-1])
			r.bottom(rows[k-1])
		}
		if !triangular(use, k) {
			return false
		}
		for c := range k {
			r.done[n*k+c], use[c] = use[c], r.done[n*k+c]
		}
		if n+1 < m { // what is left is about the next station
			for i := range k - 1 {
				copy(rows[i], rows[k+i][k:2*k])
				rows[i][2*k] = rows[k+i][2*k]
				clear(rows[i][k : 2*k])
			}
		}
	}
	for n := m - 1; n >= 0; n-- {
		for c := k - 1; c >= 0; c-- {
			row := r.done[n*k+c]
			x := row[2*k]
			for j := c + 1; j < k; j++ {
				x -= row[j] * r.move[n*k+j]
			}
			if n+1 < m {
				for j := range k {
					x -= row[k+j] * r.move[(n+1)*k+j]
				}
			}
			r.move[n*k+c] = x / row[c]
		}
	}
	return true
}

// room makes space for m stations of k components.
func (r *relaxed) room(k, m int) {
	if len(r.rows) == 0 {
		r.rows = make([][]float64, 2*k-1)
		for i := range r.rows {
			r.rows[i] = make([]float64, 2*k+1)
		}
	}
	for len(r.done) < m*k {
		r.done = append(r.done, make([]float64, 2*k+1))
	}
	if len(r.move) < m*k {
		r.move = make([]float64, 2*m*k)
	}
}

// triangular scales the rows, 2k coefficients and a right side each, and eliminates the first k
// columns below their pivots, the largest entries; false means that a row or pivot is 0 or no
// number.
func triangular(rows [][]float64, k int) bool {
	for _, row := range rows {
		most := 0.0
		for _, x := range row[:2*k] {
			most = math.Max(most, math.Abs(x))
		}
		if !(most > 0 && most <= math.MaxFloat64) {
			return false
		}
		for j := range row {
			row[j] /= most
		}
	}
	for c := range k {
		best := c
		for i := c + 1; i < len(rows); i++ {
			if math.Abs(rows[i][c]) > math.Abs(rows[best][c]) {
				best = i
			}
		}
		rows[c], rows[best] = rows[best], rows[c]
		pivot := rows[c]
		if pivot[c] == 0 {
			return false
		}
		for i := c + 1; i < len(rows); i++ {
			f := rows[i][c] / pivot[c]
			if f == 0 {
				continue
			}
			for j := c; j < len(pivot); j++ {
				rows[i][j] -= f * pivot[j]
			}
		}
	}
	return true
}

// bottom is the equation at the lowest station.
func (r *relaxed) bottom(row []float64) {
	k := len(r.groups)
	n := &r.stations[len(r.stations)-1]
	if s := r.strong; s >= 0 {
		gap := r.value(s, n.y[s]) - n.y[k]
		miss := r.first*math.Log(gap) - math.Log(r.floor)
		for i, g := range r.groups {
			if i != s {
				row[i] = float64(g.n)
				miss += row[i] * n.y[i]
			}
		}
		row[s] = r.first / gap * r.rise(s, n.y[s])
		row[k] = -r.first / gap
		row[2*k+2] = -miss
		return
	}
	row[k] = 1
	row[2*k+2] = r.low - n.y[k]
	if r.tie > 0 { // so far down that it matters to nobody, a constant share
		share := 1 / (1 + r.first*(1/r.tie-1))
		best, phi := r.lowest(n.y)
		row[best] = -share * r.rise(best, n.y[best])
		row[2*k+2] += share * (phi - r.low)
	}
}

// cubic is the step's cubic and its slope at the fraction w, for component i.
func cubic(a, b *station, i int, h, ca, cb, w float64) (y, dy float64) {
	diff := b.y[i] - a.y[i]
	bump := h*ca*a.f[i] - diff
	back := diff - h*cb*b.f[i] - bump
	inner := bump + w*back
	y = a.y[i] + w*(diff+(1-w)*inner)
	dy = (diff + (1-2*w)*inner + w*(1-w)*back) / h
	return y, dy
}

// divide puts stations where the cubics depart from the system by more than the tolerance, as a
// share of E max v, and reports whether it did.
func (r *relaxed) divide(tolerance float64) bool {
	k := len(r.groups)
	y := make([]float64, k+1)
	out := make([]station, 0, 2*len(r.stations))
	for n := range r.stations {
		a := &r.stations[n]
		out = append(out, *a)
		if n+1 == len(r.stations) {
			break
		}
		b := &r.stations[n+1]
		h, ca, _, cb := r.across(a, b)
		worst := 0.0
		dys := r.move[:k+1]
		for _, w := range [...]float64{0.1727, 0.8273} {
			for i := range y {
				y[i], dys[i] = cubic(a, b, i, h, ca, cb, w)
				if i < k {
					y[i] = math.Min(0, y[i])
				}
			}
			at := a.at + w*(b.at-a.at)
			c := 1.0
			if a.inLog {
				at = -math.Exp(a.x(true) + w*h)
				c = at
			}
			copy(r.joined, a.joined)
			if !r.look(&r.mid, y) {
				worst = math.Max(worst, 100*tolerance)
				continue
			}
			best := math.Inf(-1) // the log of the best chance to win
			for i := range r.groups {
				best = math.Max(best, at-y[i])
			}
			for i := range y {
				if i < k && !a.joined[i] {
					continue
				}
				e := math.Abs(h * (dys[i] - c*r.mid.f[i]))
				if i == k {
					e *= math.Exp(best) / r.scale
				} else {
					e *= math.Exp(at)
				}
				worst = math.Max(worst, e)
			}
		}
		parts := 1
		if worst > tolerance && math.Abs(h) > 1e-9 {
			parts = int(math.Min(4, math.Ceil(math.Pow(worst/tolerance, 0.25))))
			parts = max(parts, 2)
		}
		for j := 1; j < parts; j++ {
			w := float64(j) / float64(parts)
			mid := station{at: a.at + w*(b.at-a.at), inLog: a.inLog, joined: a.joined, y: make([]float64, k+1)}
			if a.inLog {
				mid.at = -math.Exp(a.x(true) + w*h)
			}
			for i := range y {
				mid.y[i], _ = cubic(a, b, i, h, ca, cb, w)
				if i < k {
					mid.y[i] = math.Min(0, mid.y[i])
					if !a.joined[i] {
						mid.y[i] = 0
					}
				}
			}
			if !r.at(&mid) {
				for i := range y {
					mid.y[i] = a.y[i] + w*(b.y[i]-a.y[i])
				}
			}
			out = append(out, mid)
		}
	}
	more := len(out) > len(r.stations)
	r.stations = out
	return more
}

// part halves the steps in whose middle some type would have to bid above its value: too
// long ones.
func (r *relaxed) part() bool {
	k := len(r.groups)
	out := make([]station, 0, len(r.stations)+8)
	for n := range r.stations {
		a := &r.stations[n]
		out = append(out, *a)
		if n+1 == len(r.stations) {
			break
		}
		b := &r.stations[n+1]
		h, ca, cm, cb := r.across(a, b)
		if math.Abs(h) < 1e-9 || r.middle(a, b, h, ca, cb) {
			continue
		}
		mid := station{at: a.at/2 + b.at/2, inLog: a.inLog, joined: a.joined, y: make([]float64, k+1)}
		if a.inLog {
			mid.at = cm
		}
		for i := range k {
			mid.y[i] = a.y[i]/2 + b.y[i]/2
			if !a.joined[i] {
				mid.y[i] = 0
			}
		}
		phi := math.Inf(1)
		for i := range k {
			if mid.y[i] < 0 {
				phi = math.Min(phi, r.value(i, mid.y[i]))
			}
		}
		mid.y[k] = phi - math.Sqrt(a.gap*b.gap)
		if !r.at(&mid) {
			return false
		}
		out = append(out, mid)
	}
	more := len(out) > len(r.stations)
	r.stations = out
	return more
}
