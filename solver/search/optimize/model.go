package optimize

import (
	"math"

	"gonum.org/v1/gonum/floats"
)

// The model that a polish steps by: derivatives by finite differences inside the piece
// (one-sided, central once one side is not exact enough), second derivatives by damped
// BFGS (Powell 1978), minimised within a box under the linearised slacks and margin.
// Domain: at least one free axis; a direction that leaves the piece on both sides is frozen.

// differentiate takes one-sided differences inside the piece; false where points
// are missing. A direction that leaves the piece on both sides is frozen.
func (p *polish) differentiate(o *Optimizer) bool {
	n := len(p.free)
	rows := len(p.at.Slack) + 1
	grad := make([]float64, n)
	jac := make([][]float64, rows)
	for k := range jac {
		jac[k] = make([]float64, n)
	}
	d := make([]float64, n)
	ready := true
	for j, i := range p.free {
		sides := 1
		if p.central {
			sides = 2
		}
		taken := 0
		for _, h := range []float64{difference, -difference, difference / 1e3, -difference / 1e3} {
			if taken >= sides || taken > 0 && math.Abs(h) < difference {
				break
			}
			h *= p.sign[j]
			if u := p.at.unit[i] + h; u < 0 || u > 1 {
				continue
			}
			d[j] = h
			q := p.moved(o, d)
			d[j] = 0
			if q == nil {
				ready = false
				if p.central {
					continue
				}
				break
			}
			if q == p.at || !p.usable(q) {
				continue
			}
			// The mean of the two sides is the central difference.
			du := q.unit[i] - p.at.unit[i]
			mean := func(old *float64, rise float64) {
				*old = (*old*float64(taken) + rise/du) / float64(taken+1)
			}
			mean(&grad[j], p.at.Objective-q.Objective)
			for k, s := range q.Slack {
				mean(&jac[k][j], s-p.at.Slack[k])
			}
			if !math.IsInf(q.Margin, 0) && !math.IsInf(p.at.Margin, 0) {
				mean(&jac[rows-1][j], q.Margin-p.at.Margin)
			}
			taken++
		}
		p.frozen[j] = taken == 0
	}
	if !ready {
		return false
	}
	if p.limit--; p.limit < 0 {
		p.ending = paused
	}
	// Next time look first where the piece goes on.
	for j := range n {
		if p.walls[j] != [2]bool{} {
			continue
		}
		if jac[rows-1][j] < 0 {
			p.sign[j] = -1
		} else if jac[rows-1][j] > 0 {
			p.sign[j] = 1
		}
	}
	pair(jac[:rows-1])
	p.grad, p.jac = grad, jac
	p.curve()
	return true
}

// pair makes the rows of an equality that is written as two slacks exact opposites, so
// that rounding does not turn them into a contradiction.
func pair(jac [][]float64) {
	for k, a := range jac {
		for _, b := range jac[k+1:] {
			sum, size := 0.0, 0.0
			for j := range a {
				sum = math.Max(sum, math.Abs(a[j]+b[j]))
				size = math.Max(size, math.Abs(a[j]))
			}
			if sum > 1e-4*size {
				continue
			}
			for j := range a {
				a[j] = (a[j] - b[j]) / 2
				b[j] = -a[j]
			}
		}
	}
}

// curve updates the matrix of second derivatives (damped BFGS).
func (p *polish) curve() {
	n := len(p.free)
	if p.b == nil {
		scale := math.Max(floats.Norm(p.grad, 2), 1e-8)
		p.b = make([][]float64, n)
		for j := range p.b {
			p.b[j] = make([]float64, n)
			p.b[j][j] = scale
		}
		return
	}
	if p.old == nil {
		return
	}
	s, y, bs := make([]float64, n), make([]float64, n), make([]float64, n)
	for j, i := range p.free {
		s[j] = p.at.unit[i] - p.old.at.unit[i]
		y[j] = p.grad[j] - p.old.grad[j]
		for k := range p.jac {
			y[j] += p.multiplier(k) * (p.jac[k][j] - p.old.jac[k][j])
		}
	}
	for j := range n {
		bs[j] = floats.Dot(p.b[j], s)
	}
	sbs, sy := floats.Dot(s, bs), floats.Dot(s, y)
	// A step of the size of the differences tells noise, not curvature.
	least := 3 * difference
	if p.central {
		least = difference / 3
	}
	if floats.Norm(s, 2) < least || sbs <= 0 {
		return
	}
	if sy < 0.1*sbs {
		theta := 0.9 * sbs / (sbs - sy)
		for j := range n {
			y[j] = theta*y[j] + (1-theta)*bs[j]
		}
		sy = floats.Dot(s, y)
	}
	for j := range n {
		for k := range n {
			p.b[j][k] += y[j]*y[k]/sy - bs[j]*bs[k]/sbs
		}
	}
}

// multiplier of row k; the margin's is subtracted since its row is -M <= 0.
func (p *polish) multiplier(k int) float64 {
	if p.lambda == nil {
		return 0
	}
	if k == len(p.jac)-1 {
		return -p.lambda[k]
	}
	return p.lambda[k]
}

// solve minimises the model within the radius, with the slacks' constants given; where
// the linear constraints contradict each other the violated ones are relaxed evenly.
func (p *polish) solve(o *Optimizer, constants []float64, margin float64) (d, lambda []float64, relaxed, ok bool) {
	n, m := len(p.free), len(constants)
	low, high := make([]float64, n+1), make([]float64, n+1)
	for j, i := range p.free {
		if p.frozen[j] {
			continue
		}
		low[j] = math.Max(-p.delta, -p.at.unit[i])
		high[j] = math.Min(p.delta, 1-p.at.unit[i])
		if p.walls[j][0] {
			low[j] = 0
		}
		if p.walls[j][1] {
			high[j] = 0
		}
	}
	scales := make([]float64, m+1)
	for k := range scales {
		scales[k] = 1
		if s := floats.Norm(p.jac[k], 2); s > 0 {
			scales[k] = 1 / s
		}
	}
	var a [][]float64
	var b []float64
	// Aim inside by part of the tolerance, so that rounding does not decide; where that
	// leaves no room (an equality written as two slacks) use part of the tolerance.
	for _, attempt := range []float64{1, -1, 0} {
		aim, elastic := attempt*o.problem.Tolerance/4, attempt == 0
		a, b = a[:0], b[:0]
		size := n
		if elastic {
			size = n + 1
		}
		worst := 0.0
		for k := range m + 1 {
			row := make([]float64, size)
			rhs := 0.0
			switch {
			case k < m:
				for j := range n {
					row[j] = p.jac[k][j] * scales[k]
				}
				rhs = (-constants[k] - aim) * scales[k]
				if constants[k] <= o.problem.Tolerance {
					// What holds need not be improved: it may be flat there.
					rhs = math.Max(rhs, 0)
				}
				if elastic && rhs < 0 {
					row[n] = -1
					worst = math.Max(worst, -rhs)
				}
			case math.IsInf(p.at.Margin, 0):
			default:
				for j := range n {
					row[j] = -p.jac[k][j] * scales[k]
				}
				rhs = (margin - p.spare()) * scales[k]
			}
			a, b = append(a, row), append(b, rhs)
		}
		// In units in which the gradient is 1.
		unit := math.Max(floats.Norm(p.grad, 2), 1e-9)
		c, B := make([]float64, size), make([][]float64, size)
		for j := range B {
			B[j] = make([]float64, size)
			if j < n {
				floats.ScaleTo(B[j][:n], 1/unit, p.b[j])
				c[j] = p.grad[j] / unit
			}
		}
		if elastic {
			c[n] = 1e4
			low[n], high[n] = 0, worst
		}
		d, lambda, ok = quadratic(B, c, a, b, low[:size], high[:size])
		if ok {
			for k := range lambda {
				lambda[k] *= scales[k] * unit
			}
			return d[:n], lambda, elastic, true
		}
	}
	return nil, nil, true, false
}

// spare is the margin that a step must leave: a share of what there is, and enough for
// the curvature of the end of the piece, so that the climb can go along that end.
func (p *polish) spare() float64 {
	slope := floats.Norm(p.jac[len(p.jac)-1], 2)
	bend := math.Min(p.bend*p.reach*p.reach, p.at.Margin+0.5*slope*p.reach)
	return math.Max(keepMargin*p.at.Margin, bend)
}

// blur bounds how far one-sided differences of the objective are off.
func (p *polish) blur() float64 {
	most := 0.0
	for j := range p.b {
		most = math.Max(most, p.b[j][j])
	}
	return difference / 2 * most * math.Sqrt(float64(len(p.b)))
}
