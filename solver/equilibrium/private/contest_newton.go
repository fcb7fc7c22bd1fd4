package private

import (
	"math"

	"gonum.org/v1/gonum/mat"
)

// mostUnknowns is how many nodes Newton's method for all of them at once takes on.
const mostUnknowns = 600

// together solves the conditions by Newton's method for all nodes at once, with the exact
// derivatives of the transforms, where rounds of separate steps do not settle: with many
// agents whose replies to each other overshoot.
func (c *contest) together(tolerance float64) bool {
	total := 0
	for i := range c.parties {
		total += len(c.nodes[i])
	}
	if total > mostUnknowns {
		return false
	}
	n := len(c.grid.u)
	t := &simultaneous{
		contest: c, floor: math.Log(idle * c.scale),
		miss: make([]float64, total), from: make([]float64, total), step: mat.NewVecDense(total, nil),
		own: mat.NewDense(total, n, nil), others: mat.NewDense(n, total, nil), jacobian: mat.NewDense(total, total, nil),
	}
	best, length := math.Inf(1), 1.0
	for range 50 {
		worst, sum := c.residuals(t.miss)
		if worst < tolerance {
			return true
		}
		if sum > 1.5*best && length > 1e-3 { // back half the way
			length /= 2
			c.shift(func(k int, y *node) { t.put(y, t.from[k]+length*t.step.AtVec(k)) })
			continue
		}
		best, length = sum, 1
		t.linearise()
		if !t.move() {
			return false
		}
	}
	return false
}

// simultaneous is Newton's method for all nodes at once. What the others' nodes do to a party's
// conditions goes through the transform of its rivals' impacts at the lattice, so that its rows of
// the Jacobian are a product: own, by the transform, times others, the transform by the nodes.
type simultaneous struct {
	*contest
	floor       float64 // the least ln a
	miss, from  []float64
	own, others *mat.Dense // nodes by lattice, lattice by nodes
	jacobian    *mat.Dense
	step        *mat.VecDense
}

// put sets a node's signal, within bounds.
func (t *simultaneous) put(y *node, log float64) {
	y.log = math.Min(math.Max(t.floor, log), math.Max(t.floor, math.Log(y.value)))
}

// linearise fills in what the conditions miss by and their Jacobian.
func (t *simultaneous) linearise() {
	total, n := len(t.miss), len(t.grid.u)
	first := 0
	for i := range t.parties {
		nodes := len(t.nodes[i])
		if nodes == 0 {
			continue
		}
		t.rivals(i)
		t.through(i)
		t.by(i, first)
		block := t.jacobian.Slice(first, first+nodes, 0, total).(*mat.Dense)
		block.Mul(t.own.Slice(first, first+nodes, 0, n), t.others)
		for j := range t.nodes[i] {
			y, row := &t.nodes[i][j], first+j
			own, slope := t.condition(i, y.value, y.log)
			t.miss[row] = own
			if slope > -1e-6 {
				slope = -1e-6
			}
			if y.log <= t.floor && own < 0 {
				t.miss[row] = 0
				clear(t.jacobian.RawRowView(row))
			}
			t.jacobian.Set(row, row, t.jacobian.At(row, row)+slope)
		}
		first += nodes
	}
}

// through fills in others: the derivatives of q of party i's rivals by all nodes' signals.
func (t *simultaneous) through(i int) {
	col := 0
	for j := range t.parties {
		m := float64(t.parties[j].n)
		if j == i {
			m--
		}
		for l := range t.nodes[j] {
			y := &t.nodes[j][l]
			s := t.impact(j, y.log)
			for k, u := range t.grid.u {
				z := s * u
				d := 0.0
				if one := t.one[j][k]; m > 0 && z < 700 && one > 0 && t.p[k] > 0 {
					e := t.rule.Exponent * y.weight * s * math.Exp(-z)
					change := -e * u // of the transform
					d = m / one * (change*t.q[k] + t.p[k]*(e*(1-z)-t.slope[j][k]*change/one))
				}
				t.others.Set(k, col+l, d)
			}
		}
		col += len(t.nodes[j])
	}
}

// by fills in own: the derivatives of the conditions of party i's nodes, whose rows start at
// first, by q of its rivals.
func (t *simultaneous) by(i, first int) {
	for j := range t.nodes[i] {
		x := t.impact(i, t.nodes[i][j].log)
		_, d1, _ := t.grid.slopes(x, t.p, t.q)
		for k, u := range t.grid.u {
			w := 0.0
			if x*u < 60 && d1 > 0 {
				w = latticeStep * u * u * math.Exp(-x*u) / d1
			}
			t.own.Set(first+j, k, w)
		}
	}
}

// move solves for the Newton step and makes it; false means that there is none.
func (t *simultaneous) move() bool {
	var lu mat.LU
	lu.Factorize(t.jacobian)
	if err := lu.SolveVecTo(t.step, false, mat.NewVecDense(len(t.miss), t.miss)); err != nil && math.IsNaN(mat.Norm(t.step, 1)) {
		return false
	}
	t.shift(func(k int, y *node) {
		t.from[k] = y.log
		d := math.Max(-2, math.Min(2, -t.step.AtVec(k)))
		if math.IsNaN(d) {
			d = 0
		}
		t.step.SetVec(k, d)
		t.put(y, y.log+d)
	})
	return true
}

// shift visits all nodes.
func (c *contest) shift(visit func(k int, y *node)) {
	k := 0
	for i := range c.parties {
		for j := range c.nodes[i] {
			visit(k, &c.nodes[i][j])
			k++
		}
	}
}

// residuals are the Newton steps of all nodes on their own, the largest of those that
// matter, and the sum of their sizes.
func (c *contest) residuals(f []float64) (worst, sum float64) {
	for i := range c.parties {
		c.transform(i)
	}
	k := 0
	for i := range c.parties {
		if len(c.nodes[i]) == 0 {
			continue
		}
		c.rivals(i)
		for _, y := range c.nodes[i] {
			f[k] = c.newton(i, y.value, y.log)
			worst = math.Max(worst, math.Abs(f[k])*math.Min(1, 1e3*math.Exp(y.log)/c.scale))
			sum += math.Abs(f[k])
			k++
		}
	}
	return worst, sum
}
