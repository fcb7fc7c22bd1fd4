package private

import (
	"math"
	"slices"

	"gonum.org/v1/gonum/mat"
)

// faced is what best replies are to: transforms of one agent of every party, and the chances
// to stand back.
type faced struct {
	one, slope [][]float64
	outs       []float64
}

// faces is a copy of what is faced now.
func (c *contest) faces() faced {
	f := faced{outs: slices.Clone(c.outs)}
	for i := range c.parties {
		f.one, f.slope = append(f.one, slices.Clone(c.one[i])), append(f.slope, slices.Clone(c.slope[i]))
	}
	return f
}

// face makes f what is faced.
func (c *contest) face(f faced) {
	for i := range c.parties {
		copy(c.one[i], f.one[i])
		copy(c.slope[i], f.slope[i])
	}
	copy(c.outs, f.outs)
}

// respond makes the signals replies to s, and writes by how much these bring about something
// else into miss; worst is the most of it that some agent faces, of a chance.
func (c *contest) respond(s, miss faced) (worst float64) {
	c.face(s)
	p, q, none := make([][]float64, len(c.parties)), make([][]float64, len(c.parties)), make([]float64, len(c.parties))
	for i := range c.parties {
		none[i] = c.rivals(i)
		p[i], q[i] = slices.Clone(c.p), slices.Clone(c.q)
		c.leap(i, none[i], 1e-12)
	}
	for i := range c.parties {
		c.transform(i)
		miss.outs[i] = c.outs[i] - s.outs[i]
		for k := range c.grid.u {
			miss.one[i][k], miss.slope[i][k] = c.one[i][k]-s.one[i][k], c.slope[i][k]-s.slope[i][k]
		}
	}
	for i := range c.parties {
		worst = math.Max(worst, math.Abs(c.rivals(i)-none[i]))
		for k, u := range c.grid.u {
			worst = math.Max(worst, math.Max(math.Abs(c.p[k]-p[i][k]), u*math.Abs(c.q[k]-q[i][k])))
		}
	}
	return worst
}

// polish improves what is faced by Newton's method for the fixed point of the replies, whose
// derivative is exact where no leap comes or goes; s is where it starts and ends, and the result
// what is missed there.
func (c *contest) polish(s faced, accuracy float64) (worst float64) {
	const rounds, least = 25, 1e-3
	miss, next, missed := c.faces(), c.faces(), c.faces()
	worst = c.respond(s, miss)
	for range rounds {
		if worst < accuracy {
			break
		}
		step, ok := c.direction(s, miss)
		better := false
		for share := 1.0; ok && !better && share > least; share /= 2 {
			for i := range c.parties {
				next.outs[i] = math.Max(0, math.Min(1, s.outs[i]+share*step.outs[i]))
				for k := range c.grid.u {
					next.one[i][k] = math.Max(0, math.Min(1, s.one[i][k]+share*step.one[i][k]))
					next.slope[i][k] = math.Max(0, s.slope[i][k]+share*step.slope[i][k])
				}
			}
			if w := c.respond(next, missed); w < worst*(1-share/10) {
				better, worst = true, w
				miss, missed = missed, miss
				for i := range c.parties {
					copy(s.one[i], next.one[i])
					copy(s.slope[i], next.slope[i])
				}
				copy(s.outs, next.outs)
			}
		}
		if !better {
			break
		}
	}
	return worst
}

// mostLeaps is how many signals and leaps Newton's method takes on.
const mostLeaps = 900

// direction is the Newton step (I - R')^-1 miss, R the replies to s: R' = A B, B what signals and
// leaps change by with what is faced, A the reverse, so that the step is miss + A z with
// (I - B A) z = B miss, a system of as many unknowns as there are signals and leaps. The signals
// at hand are the replies to s.
func (c *contest) direction(s, miss faced) (step faced, ok bool) {
	n := len(c.grid.u)
	c.face(s)
	first, total := make([]int, len(c.parties)+1), 0
	for i := range c.parties {
		total += len(c.common(i)) + max(0, len(c.arcs[i])-1)
		first[i+1] = total
	}
	if total > mostLeaps || total == 0 {
		return faced{}, false
	}
	replies, brings := make([]*mat.Dense, len(c.parties)), make([]*mat.Dense, len(c.parties))
	for i := range c.parties {
		if first[i+1] > first[i] {
			c.rivals(i)
			replies[i], brings[i] = c.sensitivity(i)
		}
	}
	system, right := mat.NewDense(total, total, nil), mat.NewVecDense(total, nil)
	for i := range c.parties {
		if replies[i] == nil {
			continue
		}
		c.rivals(i)
		for j := range c.parties {
			var b mat.Dense
			b.Mul(replies[i], c.through(i, j, mat.NewDense(2*n+1, 1, slices.Concat(miss.one[j], miss.slope[j], []float64{miss.outs[j]}))))
			for t := first[i]; t < first[i+1]; t++ {
				right.SetVec(t, right.AtVec(t)+b.At(t-first[i], 0))
			}
			if brings[j] != nil {
				system.Slice(first[i], first[i+1], first[j], first[j+1]).(*mat.Dense).Mul(replies[i], c.through(i, j, brings[j]))
			}
		}
	}
	system.Scale(-1, system)
	for t := range total {
		system.Set(t, t, 1+system.At(t, t))
	}
	z := mat.NewVecDense(total, nil)
	var lu mat.LU
	lu.Factorize(system)
	if err := lu.SolveVecTo(z, false, right); err != nil && math.IsNaN(mat.Norm(z, 1)) {
		return faced{}, false
	}
	step = c.faces()
	for j := range c.parties {
		d := mat.NewVecDense(2*n+1, nil)
		if brings[j] != nil {
			d.MulVec(brings[j], z.SliceVec(first[j], first[j+1]))
		}
		for k := range n {
			step.one[j][k], step.slope[j][k] = miss.one[j][k]+d.AtVec(k), miss.slope[j][k]+d.AtVec(n+k)
		}
		step.outs[j] = miss.outs[j] + d.AtVec(2*n)
	}
	return step, true
}

// common are the nodes of party i but for types so rare that nobody feels how they change.
func (c *contest) common(i int) []node {
	const rare = 1e-12
	n := len(c.nodes[i])
	for n > 0 && c.nodes[i][n-1].weight < rare {
		n--
	}
	return c.nodes[i][:n]
}

// sensitivity has what the signals and leaps of party i change by with what it faces, (p, q,
// the chance that nobody else signals), and what the party's (one, slope, out) change by with
// them.
func (c *contest) sensitivity(i int) (replies, brings *mat.Dense) {
	n, nodes, arcs := len(c.grid.u), c.common(i), c.arcs[i]
	size := len(nodes) + max(0, len(arcs)-1)
	replies, brings = mat.NewDense(size, 2*n+1, nil), mat.NewDense(2*n+1, size, nil)
	for j := range nodes {
		y := &nodes[j]
		x := c.impact(i, y.log)
		for k, u := range c.grid.u {
			e := c.rule.Exponent * y.weight * x * math.Exp(-u*x)
			brings.Set(k, j, -e*u)
			brings.Set(n+k, j, e*(1-u*x))
		}
		const held = 1e-6 // by an end of its arc
		f, df := c.condition(i, y.value, y.log)
		if !(df < 0) || !(math.Abs(f) < held*-df) {
			continue
		}
		w, d1, _ := c.grid.slopes(x, c.p, c.q)
		for k, u := range c.grid.u {
			e := latticeStep * u * math.Exp(-u*x) / -df
			replies.Set(j, n+k, e*u/d1)
			if c.rule.WinnerPays {
				replies.Set(j, k, -e*x/w)
			}
		}
	}
	// The chance to win with a signal is worth v, or v - a, more.
	worth := func(v, l float64) float64 {
		if c.rule.WinnerPays {
			return v - math.Exp(l)
		}
		return v
	}
	for m := 1; m < len(arcs); m++ {
		a, j := &arcs[m], len(nodes)+m-1
		v := a.from.value
		many := density(c.parties[i].group, a.from)
		back := math.IsInf(a.under, -1)
		under, over := c.try(i, a.under), c.try(i, a.over)
		x, y := c.impact(i, a.under), c.impact(i, a.over)
		if back {
			under.win, x = c.nobody(i)/c.agents(), 0
			brings.Set(2*n, j, many)
			replies.Set(j, 2*n, v/c.agents()/(over.win-under.win))
		}
		for k, u := range c.grid.u {
			ex, ey := math.Exp(-u*x), math.Exp(-u*y)
			brings.Set(k, j, many*(ex-ey))
			brings.Set(n+k, j, many*(x*ex-y*ey))
			gain := worth(v, a.over) * y * ey
			if !back {
				gain -= worth(v, a.under) * x * ex
			}
			replies.Set(j, k, -gain*latticeStep*u/(over.win-under.win))
		}
	}
	return replies, brings
}

// through is by how much what party i faces changes with party j's (one, slope, out), for every
// column of changes.
func (c *contest) through(i, j int, changes *mat.Dense) *mat.Dense {
	n := len(c.grid.u)
	_, cols := changes.Dims()
	out := mat.NewDense(2*n+1, cols, nil)
	m := float64(c.parties[j].n)
	if j == i {
		m--
	}
	if m == 0 {
		return out
	}
	for k := range n {
		one := math.Min(1, c.one[j][k])
		if !(one > 0) || !(c.p[k] > 0) {
			continue
		}
		for t := range cols {
			d, e := changes.At(k, t)/one, changes.At(n+k, t)/one
			out.Set(k, t, m*c.p[k]*d)
			out.Set(n+k, t, m*(c.q[k]*d+c.p[k]*(e-c.slope[j][k]/one*d)))
		}
	}
	if nobody := c.nobody(i); nobody > 0 {
		for t := range cols {
			out.Set(2*n, t, m*nobody/c.outs[j]*changes.At(2*n, t))
		}
	}
	return out
}

// density is how many types there are around one, for a unit of value.
func density(g *group, r rank) float64 {
	const h = 1e-6
	low, high := r.value*(1-h), r.value*(1+h)
	if r.above < 0.5 {
		return (g.survival(low) - g.survival(high)) / (high - low)
	}
	return (g.CDF(high) - g.CDF(low)) / (high - low)
}
