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
	floor := math.Log(idle * c.scale)
	f, best := make([]float64, total), math.Inf(1)
	left, right := mat.NewDense(total, n, nil), mat.NewDense(n, total, nil)
	jacobian, step := mat.NewDense(total, total, nil), mat.NewVecDense(total, nil)
	keep := make([]float64, total)
	length := 1.0
	for range 50 {
		worst, sum := c.residuals(f)
		if worst < tolerance {
			return true
		}
		if sum > 1.5*best && length > 1e-3 { // back half the way
			length /= 2
			c.shift(func(k int, y *node) {
				y.log = math.Min(math.Max(floor, keep[k]+length*step.AtVec(k)), math.Max(floor, math.Log(y.value)))
			})
			continue
		}
		best, length = sum, 1
		row := 0
		for i := range c.parties {
			if len(c.nodes[i]) == 0 {
				continue
			}
			c.rivals(i)
			first := row
			for j := range c.parties {
				m := float64(c.parties[j].n)
				if j == i {
					m--
				}
				col := c.offset(j)
				for l := range c.nodes[j] {
					y := &c.nodes[j][l]
					s := c.impact(j, y.log)
					for k, u := range c.grid.u {
						z := s * u
						d := 0.0
						if one := c.one[j][k]; m > 0 && z < 700 && one > 0 && c.p[k] > 0 {
							e := c.rule.Exponent * y.weight * s * math.Exp(-z)
							change := -e * u // of the transform
							d = m / one * (change*c.q[k] + c.p[k]*(e*(1-z)-c.slope[j][k]*change/one))
						}
						right.Set(k, col+l, d)
					}
				}
			}
			for j := range c.nodes[i] {
				y := &c.nodes[i][j]
				x := c.impact(i, y.log)
				_, d1, _ := c.grid.slopes(x, c.p, c.q)
				for k, u := range c.grid.u {
					w := 0.0
					if x*u < 60 && d1 > 0 {
						w = latticeStep * u * u * math.Exp(-x*u) / d1
					}
					left.Set(row, k, w)
				}
				row++
			}
			block := jacobian.Slice(first, row, 0, total).(*mat.Dense)
			block.Mul(left.Slice(first, row, 0, n), right)
			for j := range c.nodes[i] {
				y := &c.nodes[i][j]
				own, slope := c.condition(i, y.value, y.log)
				f[first+j] = own
				if slope > -1e-6 {
					slope = -1e-6
				}
				if y.log <= floor && own < 0 {
					f[first+j] = 0
					for k := range total {
						jacobian.Set(first+j, k, 0)
					}
				}
				jacobian.Set(first+j, first+j, jacobian.At(first+j, first+j)+slope)
			}
		}
		var lu mat.LU
		lu.Factorize(jacobian)
		if err := lu.SolveVecTo(step, false, mat.NewVecDense(total, f)); err != nil && math.IsNaN(mat.Norm(step, 1)) {
			return false
		}
		c.shift(func(k int, y *node) {
			keep[k] = y.log
			d := math.Max(-2, math.Min(2, -step.AtVec(k)))
			if math.IsNaN(d) {
				d = 0
			}
			step.SetVec(k, d)
			y.log = math.Min(math.Max(floor, y.log+d), math.Max(floor, math.Log(y.value)))
		})
	}
	return false
}

// offset is the place of party j's first node among all.
func (c *contest) offset(j int) int {
	n := 0
	for i := range j {
		n += len(c.nodes[i])
	}
	return n
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
