package formats

import (
	"errors"
	"fmt"
	"math"

	"gonum.org/v1/gonum/mathext"

	"allot/solver/certify"
)

// Twins compares the sealed first-price auction with the open one when builders of a type
// share a component of their values and know it: v_i = C e_i, ln C ~ N(mu, sigma^2) known to
// the type, ln e_i ~ N(0, omega^2) known to the builder, types independent.
//
// In the open auction builders bid their values. In the first-price auction a type whose
// members know C plays the symmetric equilibrium of its n members against each other and
// against the other types' highest bid, of distribution function H: with z the normal score
// of e, the payoff per chance to beat the twins, V = (v - b) H(b), solves
//
//	dV/dz = omega v H(b) - (n-1) phi(z)/Phi(z) V
//
// from V = 0 at the bottom, b the higher solution of (v-b) H(b) = V (twins bid the price up).
// H follows from the strategies by quadrature over z and C, and the two are iterated: the
// other types matter by the order of omega only, so that this converges, unlike best replies
// among single builders. As omega -> 0 twins compete all of the surplus away and both formats
// bring E max_t C_t; a test asserts that, and that the formats differ by the order of omega^2.
//
// Domain: two or more builders in each type, sigma and omega > 0, omega at most sigma. The
// bound over all mechanisms is E max v: correlated values can be extracted in full (Cremer,
// McLean 1988). Epsilon is what a search over types and bids on the grid finds, types beyond
// four standard deviations left out, so Standing is Approximate. The model is that of Gupta, Pai, Resnick, Tang.
func Twins(types []Type, steps int) (Report, error) {
	if len(types) == 0 {
		return Report{}, errors.New("formats: there are no types")
	}
	for i, t := range types {
		if t.Count < 2 || !(t.Sigma > 0 && t.Omega > 0 && t.Omega <= t.Sigma) || math.IsNaN(t.Mu) || math.IsInf(t.Mu+t.Sigma, 0) {
			return Report{}, fmt.Errorf("formats: type %d: there must be two builders or more, and 0 < omega <= sigma", i+1)
		}
	}
	if steps <= 0 {
		steps = 160
	}
	w := newWorld(types, steps)
	if !w.solve() {
		return Report{}, errors.New("formats: the iteration between the types did not settle")
	}
	var r Report
	r.Highest = w.expect(func(j int) float64 { return w.above(j, 0) })
	r.Bound.Revenue, r.Bound.Value = r.Highest, r.Highest
	r.Bound.Welfare = r.Highest
	open := w.expect(func(j int) float64 { return w.above(j, 1) })
	r.Open = Format{Revenue: open, Welfare: r.Highest, Payoff: r.Highest - open, Standing: certify.Certified}
	first := w.expect(w.sealed)
	// Twins of one type are ranked by value, and types nearly: the welfare is that of the
	// winners.
	r.First = Format{Revenue: first, Welfare: math.NaN(), Payoff: math.NaN(), Standing: certify.Approximate, Epsilon: w.gain() / r.Highest}
	r.OpenBest = w.reserve(r.Open)
	r.FirstBest = Format{Reserve: math.NaN(), Revenue: math.NaN(), Welfare: math.NaN(), Payoff: math.NaN(), Epsilon: math.NaN()}
	return r, nil
}

// world is the grid: scores z of e and y of C (both standard normal), log bids x.
type world struct {
	types []Type
	z, dz float64   // z runs from z by dz
	phi   []float64 // Phi(z)
	y, dy float64
	ny    int
	x, dx float64
	nx    int
	// bid[t][i*len(phi)+k] is ln b - ln C at y_i, z_k, over omega_t.
	bid [][]float64
	// score[t][j] is the normal score of the chance that type t's highest bid is at most
	// exp(x_j).
	score [][]float64
	// order[r][t][j]: the chance that at most r of type t's values are above exp(x_j), as
	// (chance, complement).
	none, one [][2][]float64
}

func newWorld(types []Type, steps int) *world {
	w := &world{types: types, z: -8.5, dz: 17 / float64(steps), y: -9.5, ny: steps/2 + 1, nx: 4 * steps}
	w.dy = 19 / float64(w.ny-1)
	for k := 0; k <= steps; k++ {
		w.phi = append(w.phi, normal(w.z+float64(k)*w.dz))
	}
	low, high := math.Inf(1), math.Inf(-1)
	for _, t := range types {
		s := math.Hypot(t.Sigma, t.Omega)
		low = math.Min(low, t.Mu-9*s)
		high = math.Max(high, t.Mu+9*s+s*s)
	}
	w.x, w.dx = low, (high-low)/float64(w.nx-1)
	for _, t := range types {
		w.bid = append(w.bid, make([]float64, w.ny*len(w.phi)))
		w.score = append(w.score, make([]float64, w.nx))
		b := w.bid[len(w.bid)-1]
		for i := range w.ny {
			for k := range w.phi { // the first guess: values
				b[i*len(w.phi)+k] = w.z + float64(k)*w.dz
			}
		}
		w.none = append(w.none, w.ranked(t, 0))
		w.one = append(w.one, w.ranked(t, 1))
	}
	return w
}

func normal(z float64) float64  { return math.Erfc(-z/math.Sqrt2) / 2 }
func density(z float64) float64 { return math.Exp(-z*z/2) / math.Sqrt(2*math.Pi) }

// orderDensity is the density over z of the r-th highest (r = 0 or 1) of n scores.
func orderDensity(n, r int, z float64) float64 {
	p, m := normal(z), float64(n)
	if r == 0 {
		return m * math.Pow(p, m-1) * density(z)
	}
	return m * (m - 1) * math.Pow(p, m-2) * normal(-z) * density(z)
}

// ranked is the distribution of type t's highest (r = 0) or second highest value.
func (w *world) ranked(t Type, r int) [2][]float64 {
	out := [2][]float64{make([]float64, w.nx), make([]float64, w.nx)}
	for j := range w.nx {
		x := w.x + float64(j)*w.dx
		for k := range w.phi {
			z := w.z + float64(k)*w.dz
			f := w.dz * orderDensity(t.Count, r, z)
			y := (x - t.Mu - t.Omega*z) / t.Sigma
			out[0][j] += f * normal(y)
			out[1][j] += f * normal(-y)
		}
	}
	return out
}

// above is the chance that more than r of all values (r = 0 or 1) are above exp(x_j).
func (w *world) above(j, r int) float64 {
	if r == 0 {
		log := 0.0
		for t := range w.types {
			log += math.Log1p(-math.Min(w.none[t][1][j], 1))
		}
		return -math.Expm1(log)
	}
	// Two or more: of one type, or one each of two types.
	atMost := 0.0 // P(exactly one above) + P(none)
	zero := 1.0
	for t := range w.types {
		zero *= w.none[t][0][j]
	}
	atMost = zero
	for t := range w.types {
		p := math.Max(0, w.one[t][0][j]-w.none[t][0][j])
		for s := range w.types {
			if s != t {
				p *= w.none[s][0][j]
			}
		}
		atMost += p
	}
	if atMost < 0.999 {
		return 1 - atMost
	}
	// In the tail, by pairs.
	sum := 0.0
	for t := range w.types {
		sum += w.one[t][1][j]
		for s := range t {
			sum += w.none[s][1][j] * w.none[t][1][j]
		}
	}
	return math.Min(sum, 1-atMost+1e-12)
}

// expect is the expectation of a value with the given chance of being above exp(x_j): by
// the trapezoid rule, which is spectrally accurate for it.
func (w *world) expect(above func(j int) float64) float64 {
	sum := 0.0
	for j := range w.nx {
		weight := w.dx
		if j == 0 {
			weight /= 2
		}
		sum += weight * math.Exp(w.x+float64(j)*w.dx) * above(j)
	}
	// The trapezoid rule's corrections at the low end, where the integrand is exp(x).
	return sum + math.Exp(w.x)*(1+w.dx*w.dx/12-math.Pow(w.dx, 4)/720)
}

// sealed is the chance that some bid is above exp(x_j).
func (w *world) sealed(j int) float64 {
	log := 0.0
	for t := range w.types {
		log += math.Log(normal(w.score[t][j]))
		if w.score[t][j] > 1 {
			log += math.Log1p(-normal(-w.score[t][j])) - math.Log(normal(w.score[t][j]))
		}
	}
	return -math.Expm1(log)
}

// rivals is the chance that every other type's highest bid is at most exp(x), by
// interpolating scores with cubics, and its elasticity.
func (w *world) rivals(t int, x float64) (p, elasticity float64) {
	p = 1
	u := (x - w.x) / w.dx
	j := min(max(int(u), 1), w.nx-3)
	u -= float64(j)
	for s := range w.types {
		if s == t {
			continue
		}
		c := w.score[s][j-1 : j+3]
		score := c[0]*(-u*(u-1)*(u-2)/6) + c[1]*((u+1)*(u-1)*(u-2)/2) + c[2]*(-(u+1)*u*(u-2)/2) + c[3]*((u+1)*u*(u-1)/6)
		q := normal(score)
		p *= q
		if q > 0 {
			rise := c[0]*(-(3*u*u-6*u+2)/6) + c[1]*((3*u*u-4*u-1)/2) + c[2]*(-(3*u*u-2*u-2)/2) + c[3]*((3*u*u-1)/6)
			elasticity += density(score) / q * rise / w.dx
		}
	}
	return p, elasticity
}

// solve iterates strategies and the distributions of bids.
func (w *world) solve() bool {
	for t := range w.types {
		w.distribute(t)
	}
	for range 200 {
		worst := 0.0
		for t := range w.types {
			worst = math.Max(worst, w.play(t))
		}
		for t := range w.types {
			w.distribute(t)
		}
		if worst < 1e-11 {
			return true
		}
	}
	return false
}

// distribute computes the scores of the chance that type t's highest bid is at most exp(x_j).
func (w *world) distribute(t int) {
	ty, n := w.types[t], len(w.phi)
	for j := range w.nx {
		x := w.x + float64(j)*w.dx
		below, above := 0.0, 0.0
		for k := range n {
			z := w.z + float64(k)*w.dz
			f := w.dz * orderDensity(ty.Count, 0, z)
			if f < 1e-22 {
				continue
			}
			// The y with mu + sigma y + omega bid(y, z) = x.
			y := (x - ty.Mu) / ty.Sigma
			for range 60 {
				next := (x - ty.Mu - ty.Omega*w.at(t, y, k)) / ty.Sigma
				done := math.Abs(next-y) < 1e-13
				y = next
				if done {
					break
				}
			}
			below += f * normal(y)
			above += f * normal(-y)
		}
		if above < below {
			w.score[t][j] = -mathext.NormalQuantile(math.Max(above, 1e-300))
		} else {
			w.score[t][j] = mathext.NormalQuantile(math.Max(below, 1e-300))
		}
	}
}

// at is bid at any y, by cubics.
func (w *world) at(t int, y float64, k int) float64 {
	n := len(w.phi)
	u := (y - w.y) / w.dy
	u = math.Min(math.Max(u, 0), float64(w.ny-1))
	i := min(max(int(u), 1), w.ny-3)
	u -= float64(i)
	b := w.bid[t]
	c0, c1, c2, c3 := b[(i-1)*n+k], b[i*n+k], b[(i+1)*n+k], b[(i+2)*n+k]
	return c0*(-u*(u-1)*(u-2)/6) + c1*((u+1)*(u-1)*(u-2)/2) + c2*(-(u+1)*u*(u-2)/2) + c3*((u+1)*u*(u-1)/6)
}

// play computes type t's strategies and returns the largest change.
func (w *world) play(t int) float64 {
	ty, n := w.types[t], len(w.phi)
	m := float64(ty.Count - 1)
	worst := 0.0
	for i := range w.ny {
		x := ty.Mu + ty.Sigma*(w.y+float64(i)*w.dy)
		// V in units of omega C: V = gap H, b = C exp(omega z) (1 - omega gap exp(-omega z)).
		bid := func(z, v float64) (logBid, win float64) {
			value := math.Exp(ty.Omega * z)
			// Newton steps from the smaller gap up; where (v-b) H is at its peak the twins no
			// longer matter and the bid is the best against the others.
			gap, least, most := v, v, value/ty.Omega*(1-1e-9)
			for range 80 {
				left := 1 - ty.Omega*gap/value
				logBid = z + math.Log(left)/ty.Omega
				var e float64
				win, e = w.rivals(t, x+ty.Omega*logBid)
				if win <= 0 {
					return logBid, 0
				}
				f, d := gap*win-v, win*(1-gap*e*ty.Omega/(value*left))
				next := gap - f/d
				if d <= 0 { // beyond the peak
					most = gap
					next = least/2 + most/2
				} else {
					least = gap
					if f >= 0 || next > most {
						next = math.Min(next, least/2+most/2)
					}
				}
				if math.Abs(next-gap) <= 1e-14*gap || most-least <= 1e-14*most {
					break
				}
				gap = next
			}
			return logBid, win
		}
		slope := func(z, v float64) float64 {
			_, win := bid(z, v)
			hazard := m * density(z) / normal(z)
			return math.Exp(ty.Omega*z)*win - hazard*v
		}
		z := w.z
		// At the bottom V is where its slope vanishes.
		v := 0.0
		for range 40 {
			_, win := bid(z, v)
			v = math.Exp(ty.Omega*z) * win / (m * density(z) / normal(z))
		}
		for k := range n {
			b, _ := bid(z, v)
			if d := math.Abs(b-w.bid[t][i*n+k]) * density(math.Max(0, math.Abs(z)-2)); d > worst {
				worst = d
			}
			w.bid[t][i*n+k] = b
			h := w.dz / 2
			for range 2 {
				k1 := slope(z, v)
				k2 := slope(z+h/2, v+h/2*k1)
				k3 := slope(z+h/2, v+h/2*k2)
				k4 := slope(z+h, v+h*k3)
				v += h / 6 * (k1 + 2*k2 + 2*k3 + k4)
				z += h
			}
			z = w.z + float64(k+1)*w.dz
		}
	}
	return worst
}

// gain is the most that a type on the grid gains by another type's bid of its group, over
// the types within four standard deviations of their group's: the few beyond meet next to
// no twin, and with omega as large as 0.13 the grid leaves them up to 4e-5 of E max v.
func (w *world) gain() float64 {
	worst := 0.0
	n := len(w.phi)
	bids, wins := make([]float64, n), make([]float64, n)
	for t, ty := range w.types {
		for i := range w.ny {
			x := ty.Mu + ty.Sigma*(w.y+float64(i)*w.dy)
			for k := range n {
				b := x + ty.Omega*w.bid[t][i*n+k]
				bids[k] = math.Exp(b)
				win, _ := w.rivals(t, b)
				wins[k] = math.Pow(w.phi[k], float64(ty.Count-1)) * win
			}
			for k := range n {
				z := w.z + float64(k)*w.dz
				if math.Abs(z) > 4 {
					continue
				}
				v := math.Exp(x + ty.Omega*z)
				own := (v - bids[k]) * wins[k]
				for j := range n {
					worst = math.Max(worst, (v-bids[j])*wins[j]-own)
				}
			}
		}
	}
	return worst
}

// reserve is the open auction with the best reserve of the grid of log values:
// r P(v_(1) > r) + int_r P(v_(2) > x) dx.
func (w *world) reserve(open Format) Format {
	best := open
	best.Reserve = 0
	tail := 0.0
	for j := w.nx - 1; j > 0; j-- {
		r := math.Exp(w.x + float64(j)*w.dx)
		y := r*w.above(j, 0) + tail + w.dx/2*r*w.above(j, 1)
		if y > best.Revenue*(1+1e-9) {
			best.Revenue, best.Reserve, best.Unsold = y, r, 1-w.above(j, 0)
			best.Welfare, best.Payoff = math.NaN(), math.NaN()
		}
		tail += w.dx * r * w.above(j, 1)
	}
	return best
}
