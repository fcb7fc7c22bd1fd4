package private

import "math"

// implicit makes steps of the system by the Rosenbrock method RODAS of order 4(3) (Hairer, Wanner
// 1996, IV.7), which is L-stable, for stretches where some agents' types follow the others' at
// once: there dl_k/dL = 1 - p_k/T is a small difference whose rate of return to 0 is L/l_k,
// without a bound as a group's share of the tail goes to none. The Jacobian is diagonal but for T
// and b: only dphi_k/dl_k is not at hand, and taken by a difference. A test asserts the order on
// the closed form of two exponential draws.

// The coefficients of RODAS.
var (
	rosA = [5][4]float64{
		{},
		{1.544000000000000},
		{0.9466785280815826, 0.2557011698983284},
		{3.314825187068521, 2.896124015972201, 0.9986419139977817},
		{1.221224509226641, 6.019134481288629, 12.53708332932087, -0.6878860361058950},
	}
	rosC = [6][5]float64{
		{},
		{-5.6688},
		{-2.430093356833875, -0.2063599157091915},
		{-0.1073529058151375, -9.594562251023355, -20.47028614809616},
		{7.496443313967647, -10.24680431464352, -33.99990352819905, 11.70890893206160},
		{8.083246795921522, -7.981132988064893, -31.52159432874371, 16.31930543123136, -6.058818238834054},
	}
	rosAt = [6]float64{0, 0.386, 0.21, 0.63, 1, 1}
	rosD  = [6]float64{0.25, -0.1043, 0.1035, -0.3620000000000023e-1, 0, 0}
	rosH  = [2][5]float64{
		{10.12623508344586, -7.487995877610167, -34.80091861555747, -7.992771707568823, 1.025137723295662},
		{-0.6762803392801253, 6.087714651680015, 16.43084320892478, 24.76722511418386, -6.594389125716872},
	}
)

const rosGamma = 0.25

// implicit makes a step of width h from y, whose slope is in ode.slopes[0], to ode.end, with the
// slope there in ode.slopes[ending]. False means that some type would have bid above its value.
func (s *system) implicit(x, h float64) bool {
	k := len(s.y)
	s.jacobian(x)
	g := 1 / (rosGamma * h)
	for i := range k {
		row := s.matrix[i*k : i*k+k]
		for j := range row {
			row[j] = -row[j]
		}
		row[i] += g
	}
	if !s.decompose() {
		return false
	}
	f := s.ode.slopes[ending]
	for stage := range 6 {
		if stage == 0 {
			copy(f, s.ode.slopes[0])
		} else {
			for i := range k {
				if stage == 5 {
					s.ode.next[i] += s.u[4][i]
					continue
				}
				s.ode.next[i] = s.y[i]
				for j := range stage {
					s.ode.next[i] += rosA[stage][j] * s.u[j][i]
				}
			}
			if !s.rate(x+rosAt[stage]*h, s.ode.next, f) {
				return false
			}
		}
		u := s.u[stage]
		for i := range k {
			sum := 0.0
			for j := range stage {
				sum += rosC[stage][j] * s.u[j][i]
			}
			u[i] = f[i] + sum/h + h*rosD[stage]*s.drift[i]
		}
		s.solve(u)
	}
	for i := range k {
		s.ode.off[i] = s.u[5][i]
		s.ode.end[i] = s.ode.next[i] + s.ode.off[i]
	}
	return s.rate(x+h, s.ode.end, f)
}

// jacobian writes d rate/dy into the matrix and d rate/dx, at fixed y, into the drift.
func (s *system) jacobian(x float64) {
	k := len(s.groups)
	n := k + 1
	s.rate(x, s.y, s.ode.slopes[0])
	t, count := 0.0, 0
	for i, g := range s.groups {
		if s.mode[i] == in {
			t += float64(g.n) * s.p[i]
			count += g.n
		}
	}
	t /= float64(count - 1)
	factor := 1.0
	clear(s.drift)
	if s.inLog {
		factor = -math.Exp(x)
		copy(s.drift, s.ode.slopes[0])
	}
	clear(s.matrix)
	s.stiffness = 0
	// By the shares p/T, which are numbers near 1 where p and T are next to 0.
	c, bump := factor/float64(count-1), 0.0
	for j, g := range s.groups {
		if s.mode[j] != in {
			continue
		}
		r, steep := s.p[j]/t, s.steep(j)
		bump += float64(g.n) * r * r
		for i := range s.groups {
			if s.mode[i] != in {
				continue
			}
			d := -s.p[i] / t * float64(g.n)
			if i == j {
				d = s.others(j) / t
			}
			d *= c * r * (s.p[j] * steep)
			if s.tail[i] {
				d /= -math.Exp(s.y[i])
			}
			if i == j {
				s.stiffness = math.Max(s.stiffness, math.Abs(d))
				if s.tail[i] {
					d -= s.ode.slopes[0][i]
				}
			}
			s.matrix[i*n+j] = d
		}
		s.matrix[k*n+j] = c * float64(g.n) * r * r * steep
	}
	for i := range s.groups {
		if s.mode[i] != in {
			continue
		}
		d := 0.0
		for j, g := range s.groups {
			if s.mode[j] == in && j != i {
				d += float64(g.n) * (s.p[j] / t) * (s.p[j] - s.p[i])
			}
		}
		d *= c * (s.p[i] / t)
		if s.tail[i] {
			d /= -math.Exp(s.y[i])
		}
		s.matrix[i*n+k] = d
	}
	s.matrix[k*n+k] = -c * bump
	s.stiffness = math.Max(s.stiffness, math.Abs(s.matrix[k*n+k]))
}

// steep is dphi/dx of group k.
func (s *system) steep(k int) float64 {
	x := s.y[k]
	d := 1e-6
	if !s.tail[k] {
		d = 1e-6 * math.Max(1e-4, math.Abs(x))
		x -= d
		return (s.phi[k] - s.value(k, x)) / d
	}
	return (s.value(k, x+d) - s.phi[k]) / d
}

// decompose replaces the matrix by its factors, with pivots.
func (s *system) decompose() bool {
	n := len(s.y)
	a := s.matrix
	for c := range n {
		pivot := c
		for r := c + 1; r < n; r++ {
			if math.Abs(a[r*n+c]) > math.Abs(a[pivot*n+c]) {
				pivot = r
			}
		}
		s.pivots[c] = pivot
		if pivot != c {
			for j := range n {
				a[c*n+j], a[pivot*n+j] = a[pivot*n+j], a[c*n+j]
			}
		}
		d := a[c*n+c]
		if !(math.Abs(d) > 0) {
			return false
		}
		for r := c + 1; r < n; r++ {
			m := a[r*n+c] / d
			a[r*n+c] = m
			if m != 0 {
				for j := c + 1; j < n; j++ {
					a[r*n+j] -= m * a[c*n+j]
				}
			}
		}
	}
	return true
}

// solve solves the factored system in place.
func (s *system) solve(u []float64) {
	n := len(u)
	a := s.matrix
	for c, p := range s.pivots {
		u[c], u[p] = u[p], u[c]
	}
	for r := range n {
		for j := range r {
			u[r] -= a[r*n+j] * u[j]
		}
	}
	for r := n - 1; r >= 0; r-- {
		for j := r + 1; j < n; j++ {
			u[r] -= a[r*n+j] * u[j]
		}
		u[r] /= a[r*n+r]
	}
}

// cubic writes the polynomial of the implicit step just made.
func (s *system) cubic(st *step) {
	clear(st.c)
	for i := range s.y {
		c := st.c[terms*i : terms*i+4]
		c[0], c[1] = s.y[i], s.ode.end[i]-s.y[i]
		for j := range 5 {
			c[2] += rosH[0][j] * s.u[j][i]
			c[3] += rosH[1][j] * s.u[j][i]
		}
	}
}
