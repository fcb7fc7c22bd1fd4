package component

import (
	"math"

	"gonum.org/v1/gonum/mathext"
)

// reach is how many standard deviations of C and of e the grids span: 3e-12 is beyond.
const reach = 7

// world is the grid of a game: scores z of e and y of C (both standard normal), log bids x. The
// trapezoid rule in z and in x is spectrally accurate for what is integrated by it.
type world struct {
	groups []Group
	*scores
	y, dy float64
	ny    int
	x, dx float64
	nx    int
	// floor is the logarithm of the reserve.
	floor float64
	// bid[t][i*len(phi)+k] is ln b - ln C at y_i, z_k, over omega_t; gap is (v - b)/C, over
	// omega_t.
	bid, gap [][]float64
	// score[t][j] is the normal score of the chance that type t's highest bid is at most
	// exp(x_j).
	score [][]float64
	// rival[t] is ln H and its elasticity for type t, over finer steps of x.
	rival [][][2]float64
	// none and one are the chances that none, and at most one, of type t's values is above
	// exp(x_j), as (chance, complement).
	none, one [][2][]float64
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

// steps is the grid's, entries to a standard deviation.
func (w *world) steps() int { return (len(w.phi) - 1) / reach }

// stride is how many steps in z a quadrature over z can take at once, a quarter of a standard
// deviation: the trapezoid rule's error is of the order of exp(-2 pi^2/step^2).
func (w *world) stride() int { return max(1, int(0.25/w.dz)) }

// ranked is the distribution of type t's highest (r = 0) or second highest value.
func (w *world) ranked(t Group, r int) [2][]float64 {
	return w.law(t, r, w.stride(), func(z float64) float64 { return t.Omega * z })
}

// law is the distribution, over the x_j, of C times exp(rise(z)), z the highest or second
// highest score of type t, by every s-th of the scores: the chance to be at most exp(x_j) and
// its complement.
func (w *world) law(t Group, r, s int, rise func(z float64) float64) [2][]float64 {
	out := [2][]float64{make([]float64, w.nx), make([]float64, w.nx)}
	for k := 0; k < len(w.phi); k += s {
		z := w.z(k)
		f, up := float64(s)*w.dz*orderDensity(t.Count, r, z), rise(z)
		for j := range w.nx {
			y := (w.x + float64(j)*w.dx - t.Mu - up) / t.Sigma
			p := normal(y)
			out[0][j] += f * p
			if y > 0 {
				p = normal(-y)
			} else {
				p = 1 - p
			}
			out[1][j] += f * p
		}
	}
	return out
}

// above is the chance that more than r of all values (r = 0 or 1) are above exp(x_j).
func (w *world) above(j, r int) float64 {
	if r == 0 {
		log := 0.0
		for t := range w.groups {
			log += math.Log1p(-math.Min(w.none[t][1][j], 1))
		}
		return -math.Expm1(log)
	}
	// Two or more: of one type, or one each of two types.
	zero := 1.0
	for t := range w.groups {
		zero *= w.none[t][0][j]
	}
	atMost := zero
	for t := range w.groups {
		p := math.Max(0, w.one[t][0][j]-w.none[t][0][j])
		for s := range w.groups {
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
	for t := range w.groups {
		sum += w.one[t][1][j]
		for s := range t {
			sum += w.none[s][1][j] * w.none[t][1][j]
		}
	}
	return math.Min(sum, 1-atMost+1e-12)
}

// expect is the expectation of a value with the given chance of being above exp(x_j).
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
	for t := range w.groups {
		if w.score[t][j] > 0 {
			log += math.Log1p(-normal(-w.score[t][j]))
		} else {
			log += math.Log(normal(w.score[t][j]))
		}
	}
	return -math.Expm1(log)
}

// myerson is the mean over C of Myerson's optimum given C: E max(0, psi).
func (w *world) myerson() float64 {
	laws := make([][2][]float64, len(w.groups))
	for t, ty := range w.groups {
		laws[t] = w.law(ty, 0, 1, func(z float64) float64 {
			// Below the reserve given C the virtual value counts as nothing.
			return math.Max(-1e3, ty.Omega*z+math.Log(math.Max(0, 1-ty.Omega*normal(-z)/density(z))))
		})
	}
	return w.expect(func(j int) float64 {
		log := 0.0
		for t := range w.groups {
			log += math.Log1p(-math.Min(laws[t][1][j], 1))
		}
		return -math.Expm1(log)
	})
}

// lagrange are the weights of six equally spaced points, from -2 to 3, at u in [0, 1].
func lagrange(u float64) [6]float64 {
	a, b, c, d, e, f := u+2, u+1, u, u-1, u-2, u-3
	return [6]float64{
		-b * c * d * e * f / 120, a * c * d * e * f / 24, -a * b * d * e * f / 12,
		a * b * c * e * f / 12, -a * b * c * d * f / 24, a * b * c * d * e / 120,
	}
}

// distribute computes the scores of the chance that type t's highest bid is at most exp(x_j).
func (w *world) distribute(t int) {
	ty := w.groups[t]
	below, above := make([]float64, w.nx), make([]float64, w.nx)
	s := w.stride()
	for k := 0; k < len(w.phi); k += s {
		z := w.z(k)
		f := float64(s) * w.dz * orderDensity(ty.Count, 0, z)
		if f < 1e-22 {
			continue
		}
		y := (w.x - ty.Mu) / ty.Sigma
		for j := range w.nx {
			x := w.x + float64(j)*w.dx
			// The y with mu + sigma y + omega bid(y, z) = x, from the last one.
			y += w.dx / ty.Sigma
			for range 60 {
				next := (x - ty.Mu - ty.Omega*w.at(t, y, k)) / ty.Sigma
				done := math.Abs(next-y) < 1e-12
				y = next
				if done {
					break
				}
			}
			p := normal(-math.Abs(y))
			if y > 0 {
				above[j] += f * p
				below[j] += f * (1 - p)
			} else {
				below[j] += f * p
				above[j] += f * (1 - p)
			}
		}
	}
	for j := range w.nx {
		if above[j] < below[j] {
			w.score[t][j] = -mathext.NormalQuantile(math.Max(above[j], 1e-300))
		} else {
			w.score[t][j] = mathext.NormalQuantile(math.Max(below[j], 1e-300))
		}
	}
}

// at is bid at any y, by interpolation of degree five.
func (w *world) at(t int, y float64, k int) float64 {
	u := math.Min(math.Max((y-w.y)/w.dy, 0), float64(w.ny-1))
	i := min(max(int(u), 2), w.ny-4)
	sum := 0.0
	for m, c := range lagrange(u - float64(i)) {
		sum += c * w.bid[t][(i-2+m)*len(w.phi)+k]
	}
	return sum
}

// finer is how many steps the tables of rivals have to one of the x.
const finer = 2

// meet fills the tables of what type t meets: the logarithm of the chance that every other
// type's highest bid is at most exp(x), and its elasticity, from the scores by cubics.
func (w *world) meet(t int) {
	for f := range w.rival[t] {
		j := min(max(f/finer, 1), w.nx-3)
		u := float64(f)/finer - float64(j)
		var log, elasticity float64
		for s := range w.groups {
			if s == t {
				continue
			}
			c := w.score[s][j-1 : j+3]
			score := c[0]*(-u*(u-1)*(u-2)/6) + c[1]*((u+1)*(u-1)*(u-2)/2) + c[2]*(-(u+1)*u*(u-2)/2) + c[3]*((u+1)*u*(u-1)/6)
			rise := c[0]*(-(3*u*u-6*u+2)/6) + c[1]*((3*u*u-4*u-1)/2) + c[2]*(-(3*u*u-2*u-2)/2) + c[3]*((3*u*u-1)/6)
			q := math.Max(normal(score), 1e-300)
			if score > 0 {
				log += math.Log1p(-normal(-score))
			} else {
				log += math.Log(q)
			}
			elasticity += density(score) / q * rise / w.dx
		}
		w.rival[t][f] = [2]float64{log, elasticity}
	}
}

// rivals is the chance that every other type's highest bid is at most exp(x), and its
// elasticity, by Hermite's cubics of its logarithm.
func (w *world) rivals(t int, x float64) (p, elasticity float64) {
	h := w.dx / finer
	u := (x - w.x) / h
	table := w.rival[t]
	j := min(max(int(u), 0), len(table)-2)
	u -= float64(j)
	a, b := table[j], table[j+1]
	rise, s0, s1 := b[0]-a[0], a[1]*h, b[1]*h
	c2, c3 := 3*rise-2*s0-s1, s0+s1-2*rise
	return math.Exp(a[0] + u*(s0+u*(c2+u*c3))), (s0 + u*(2*c2+u*3*c3)) / h
}
