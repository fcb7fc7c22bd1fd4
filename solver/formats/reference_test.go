package formats_test

import (
	"math"
	"testing"

	"gonum.org/v1/gonum/mat"

	"allot/mechanisms"
	"allot/mechanisms/distributions"
	"allot/solver/bound"
	"allot/solver/formats"
)

func normal(z float64) float64  { return math.Erfc(-z/math.Sqrt2) / 2 }
func density(z float64) float64 { return math.Exp(-z*z/2) / math.Sqrt(2*math.Pi) }

// collocation is a second route to the sealed auction among two log-normal types, by nothing
// that the solver uses: the first-order conditions of both types in the normal score z of the
// first (Marshall et al. 1994), with p_k = 1/(v_k - b), T = sum n_k p_k/(N-1),
//
//	(T - p_1) db/dz = phi/Phi(z),  (T - p_2) db/dz = phi/Phi(m) dm/dz,
//
// m the score of the second type that bids as much, hold at all z. Two polynomials, of
// ln(b/(v_1-b)) and of ln((v_2-b)/(v_1-b)), are fitted to them by least squares (Levenberg 1944,
// Marquardt 1963), from equal types on in steps: both ends are singular, and no other solution is
// smooth at either.
type collocation struct {
	n      int // coefficients of a polynomial
	points []float64
	a, b   formats.Type
}

const bottom, top = -5, 5.5

// at is the score's log bid, its slope, the gaps of both types and the second one's score and slope.
func (c *collocation) at(x []float64, z float64) (log, slope, gap, other, m, rise float64) {
	u := (2*z - bottom - top) / (top - bottom)
	var p, d [2]float64
	t0, t1, d0, d1 := 1.0, u, 0.0, 1.0
	for k := range c.n {
		for s := range p {
			p[s] += x[s*c.n+k] * t0
			d[s] += x[s*c.n+k] * d0 * 2 / (top - bottom)
		}
		t0, t1, d0, d1 = t1, 2*u*t1-t0, d1, 2*t1+2*u*d1-d0
	}
	v, e := math.Exp(c.a.Mu+c.a.Sigma*z), 1/(1+math.Exp(p[0]))
	bid := v * (1 - e)
	gap, slope = v*e, c.a.Sigma+d[0]*e
	other = gap * math.Exp(p[1])
	m = (math.Log(bid+other) - c.b.Mu) / c.b.Sigma
	rise = (bid*slope + other*(c.a.Sigma-d[0]*(1-e)+d[1])) / ((bid + other) * c.b.Sigma)
	return math.Log(bid), slope, gap, other, m, rise
}

func (c *collocation) residuals(x, out []float64) float64 {
	n1, n2 := float64(c.a.Count), float64(c.b.Count)
	sum := 0.0
	for i, z := range c.points {
		log, slope, gap, other, m, rise := c.at(x, z)
		total := (n1/gap + n2/other) / (n1 + n2 - 1)
		h, g := density(z)/normal(z), density(m)/normal(m)
		out[2*i] = ((total-1/gap)*math.Exp(log)*slope - h) / (h + 1e-3)
		out[2*i+1] = ((total-1/other)*math.Exp(log)*slope - g*rise) / (g + 1e-3)
		sum += out[2*i]*out[2*i] + out[2*i+1]*out[2*i+1]
	}
	return sum
}

func (c *collocation) fit(x []float64) {
	rows, damp := 2*len(c.points), 1e-3
	r, s := make([]float64, rows), make([]float64, rows)
	y := make([]float64, len(x))
	for range 40 {
		now := c.residuals(x, r)
		j := mat.NewDense(rows, len(x), nil)
		for k := range x {
			copy(y, x)
			y[k] += 1e-6
			c.residuals(y, s)
			for i := range s {
				j.Set(i, k, (s[i]-r[i])/1e-6)
			}
		}
		var a mat.Dense
		a.Mul(j.T(), j)
		var g, d mat.VecDense
		g.MulVec(j.T(), mat.NewVecDense(rows, r))
		better := false
		for ; damp < 1e6 && !better; damp *= 10 {
			var b mat.Dense
			b.CloneFrom(&a)
			for k := range x {
				b.Set(k, k, a.At(k, k)*(1+damp))
			}
			if d.SolveVec(&b, &g) != nil {
				continue
			}
			for k := range x {
				y[k] = x[k] - d.AtVec(k)
			}
			better = c.residuals(y, s) < now
		}
		if !better {
			return
		}
		damp = math.Max(damp/1000, 1e-14)
		copy(x, y)
		if c.residuals(x, r) > now*(1-1e-6) {
			return
		}
	}
}

// revenue is the mean of the highest bid.
func (c *collocation) revenue(x []float64) float64 {
	const steps = 4000
	sum := 0.0
	for i := range steps + 1 {
		z := bottom + (top-bottom)*float64(i)/steps
		log, slope, _, _, m, _ := c.at(x, z)
		above := -math.Expm1(float64(c.a.Count)*math.Log1p(-normal(-z)) + float64(c.b.Count)*math.Log1p(-normal(-m)))
		weight := (top - bottom) / float64(steps)
		if i == 0 || i == steps {
			weight /= 2
		}
		sum += weight * above * math.Exp(log) * slope
		if i == 0 {
			sum += math.Exp(log)
		}
	}
	return sum
}

// start is the equilibrium of equal log-normal types, ln(b/(v-b)) by the midpoint rule.
func (c *collocation) start() []float64 {
	x := make([]float64, 2*c.n)
	n := float64(c.a.Count + c.b.Count - 1)
	knots := 2 * c.n
	for i := range knots {
		u := -math.Cos(math.Pi * (float64(i) + 0.5) / float64(knots))
		z := bottom/2. + top/2. + u*(top-bottom)/2
		gap := 0.0
		for k := range 400 {
			s := z - 8*(float64(k)+0.5)/400
			gap += 0.02 * c.a.Sigma * math.Exp(c.a.Sigma*(s-z)) * math.Pow(normal(s)/normal(z), n)
		}
		for k := range c.n {
			x[k] += 2 / float64(knots) * math.Log((1-gap)/gap) * math.Cos(float64(k)*math.Acos(u))
		}
	}
	x[0] /= 2
	return x
}

// The printed blocks' sealed revenue, with an entrant too, and that of the market whose types
// differ most, by the second route: four digits and more.
func TestCollocation(t *testing.T) {
	for _, m := range [][2]formats.Type{
		{{Count: 2, Mu: -3.024, Sigma: 0.448}, {Count: 2, Mu: -3.497, Sigma: 0.570}},
		{{Count: 2, Mu: -3.024, Sigma: 0.448}, {Count: 3, Mu: -3.497, Sigma: 0.570}},
		{{Count: 2, Mu: -3.0642, Sigma: 0.4360}, {Count: 2, Mu: -3.4991, Sigma: 0.5152}},
		{integrated.At(2, 0, 6.38), others.At(2, 0, 6.38)},
	} {
		c := &collocation{n: 17, a: m[0], b: m[0]}
		c.b.Count = m[1].Count
		for i := range 4 * c.n {
			c.points = append(c.points, bottom/2.+top/2.-(top-bottom)/2*math.Cos(math.Pi*(float64(i)+0.5)/float64(4*c.n)))
		}
		x := c.start()
		const steps = 4
		for s := 1; s <= steps; s++ {
			c.b.Mu = m[0].Mu + (m[1].Mu-m[0].Mu)*float64(s)/steps
			c.b.Sigma = m[0].Sigma + (m[1].Sigma-m[0].Sigma)*float64(s)/steps
			c.fit(x)
		}
		values, err := formats.Builders(m[0], m[1])
		if err != nil {
			t.Fatal(err)
		}
		r, err := formats.Compare(values, 0)
		if err != nil {
			t.Fatal(err)
		}
		near(t, "revenue", r.First.Revenue, c.revenue(x), 1e-5*r.First.Revenue)
	}
}

// dumb is a second route to what twins bring in the sealed auction: both types' strategies on a
// grid, H by a plain sum over C, gaps by the envelope formula v - b = int omega v W dz / W, again
// and again.
func dumb(types []formats.Type) float64 {
	const ny, nz, nx = 81, 161, 801
	z := func(k int) float64 { return -6 + 12*float64(k)/(nz-1) }
	y := func(i int) float64 { return -6 + 12*float64(i)/(ny-1) }
	const low, dx = -7.0, 9.0 / (nx - 1)
	bid := make([][][]float64, len(types)) // ln of bids
	law := make([][]float64, len(types))
	for t, ty := range types {
		law[t] = make([]float64, nx)
		for i := range ny {
			row := make([]float64, nz)
			for k := range row {
				row[k] = ty.Mu + ty.Sigma*y(i) + ty.Omega*z(k) - ty.Omega/2
			}
			bid[t] = append(bid[t], row)
		}
	}
	for range 30 {
		for t, ty := range types {
			for j := range law[t] {
				law[t][j] = 0
			}
			for i := range ny {
				k := 0
				for j := range nx {
					x := low + dx*float64(j)
					for k < nz-1 && bid[t][i][k+1] <= x {
						k++
					}
					s := 1.0
					switch {
					case k == 0 && bid[t][i][0] > x:
						continue
					case k < nz-1:
						s = normal(z(k) + 12./(nz-1)*(x-bid[t][i][k])/(bid[t][i][k+1]-bid[t][i][k]))
					}
					law[t][j] += 12. / (ny - 1) * density(y(i)) * math.Pow(s, float64(ty.Count))
				}
			}
		}
		for t, ty := range types {
			for i := range ny {
				keep, before := 0.0, 0.0
				for k := range nz {
					u := (bid[t][i][k] - low) / dx
					j := min(max(int(u), 0), nx-2)
					h := 1.0
					for s := range types {
						if s != t {
							h *= law[s][j] + (u-float64(j))*(law[s][j+1]-law[s][j])
						}
					}
					value := math.Exp(ty.Mu + ty.Sigma*y(i) + ty.Omega*z(k))
					win := math.Pow(normal(z(k)), float64(ty.Count-1)) * math.Max(h, 1e-12)
					now := ty.Omega * value * win
					keep += 6. / (nz - 1) * (now + before)
					before = now
					bid[t][i][k] = bid[t][i][k]/2 + math.Log(math.Max(value-keep/win, value/2))/2
				}
			}
		}
	}
	sum := math.Exp(low)
	for j := range nx {
		none := 1.0
		for t := range types {
			none *= law[t][j]
		}
		sum += dx * math.Exp(low+dx*float64(j)) * (1 - none)
	}
	return sum
}

// Twins by the dumb route, with factors large enough for its grid; and the bound as the mean,
// over both components, of Myerson's optimum for what is then four independent values.
func TestTwinsReference(t *testing.T) {
	types := []formats.Type{{Count: 2, Mu: -3.35, Sigma: 0.4, Omega: 0.13}, {Count: 3, Mu: -3.6, Sigma: 0.6, Omega: 0.2}}
	r, err := formats.Twins(types, 25)
	if err != nil {
		t.Fatal(err)
	}
	near(t, "sealed", r.First.Revenue, dumb(types), 5e-5*r.First.Revenue)
	sum, mass := 0.0, 0.0
	for i := -9; i <= 9; i++ {
		for j := -9; j <= 9; j++ {
			var values []mechanisms.Distribution
			for k, y := range []float64{float64(i) / 2, float64(j) / 2} {
				d, err := distributions.NewLogNormal(types[k].Mu+types[k].Sigma*y, types[k].Omega)
				if err != nil {
					t.Fatal(err)
				}
				for range types[k].Count {
					values = append(values, d)
				}
			}
			o, err := bound.Revenue(values)
			if err != nil {
				t.Fatal(err)
			}
			weight := density(float64(i)/2) * density(float64(j)/2)
			sum, mass = sum+weight*o.Revenue, mass+weight
		}
	}
	near(t, "bound", r.Bound.Revenue, sum/mass, 5e-5*r.Bound.Revenue)
	if !(r.First.Revenue < r.Bound.Revenue && r.Open.Revenue < r.Bound.Revenue && r.Bound.Revenue < r.Highest) {
		t.Errorf("%+v", r)
	}
}
