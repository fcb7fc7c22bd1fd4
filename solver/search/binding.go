package search

import (
	"context"
	"math"
	"slices"

	"allot/constraints"
	"allot/mechanisms"
)

// Binding says of each of the problem's constraints whether it keeps the objective of a
// candidate from being better; nil where there is nothing to say: nothing feasible, or
// nothing searched.
//
// A constraint binds if it is violated where a small step of the searched parameters
// improves the objective (1e-4 of each parameter's range, along each parameter and,
// for up to four of them, along every diagonal), or if it is at its bound and the
// candidate's space has something better, by 1e-6, that violates nothing else. A
// constraint that holds with equality everywhere, as individual rationality does for
// an agent that gets nothing, does not bind. When the context ends, its error is returned.
func Binding(ctx context.Context, p *Problem, c *Candidate) ([]bool, error) {
	if c == nil || !c.Feasible || len(c.Searched) == 0 || c.space >= len(p.Spaces) || len(c.Constraints) != len(p.Constraints) {
		return nil, nil
	}
	binds := make([]bool, len(p.Constraints))
	q := *p
	if q.Spaces = neighbours(p.Spaces[c.space], c); len(q.Spaces) > 0 {
		r, _, err := run(ctx, &q, nil)
		if err != nil {
			return nil, err
		}
		for _, n := range r.Candidates {
			if n.Objective > c.Objective+1e-10*math.Abs(c.Objective) {
				for j, f := range n.Constraints {
					binds[j] = binds[j] || f.Verdict == constraints.Violated
				}
			}
		}
	}
	if err := relax(ctx, p, c, binds); err != nil {
		return nil, err
	}
	return binds, ctx.Err()
}

// relax searches the candidate's space without the constraints that are at their
// bounds, together and then one by one.
func relax(ctx context.Context, p *Problem, c *Candidate, binds []bool) error {
	var tight []int
	for j, f := range c.Constraints {
		if !binds[j] && f.Verdict == constraints.Holds && math.Abs(f.Measure-f.Bound.Value) <= math.Max(f.Bound.Tolerance, 1e-6*math.Abs(f.Bound.Value)) {
			tight = append(tight, j)
		}
	}
	improves := func(without []int) (bool, error) {
		if ctx.Err() != nil {
			return false, nil
		}
		q := *p
		q.Spaces = p.Spaces[c.space : c.space+1]
		q.Evaluations = min(max(p.Evaluations, 1), 200)
		q.Constraints = nil
		for j, k := range p.Constraints {
			if !slices.Contains(without, j) {
				q.Constraints = append(q.Constraints, k)
			}
		}
		r, _, err := run(ctx, &q, nil)
		if err != nil || r.Best == nil {
			return false, err
		}
		if !(r.Best.Objective > c.Objective+1e-6*math.Abs(c.Objective)) {
			return false, nil
		}
		// It is the constraints that are missing, and not luck, if what is better
		// violates one of them.
		fixed, err := q.Spaces[0].Fixed(r.Best.point)
		if err != nil {
			return false, err
		}
		q.Spaces, q.Constraints = []mechanisms.Space{fixed}, p.Constraints
		if r, _, err = run(ctx, &q, nil); err != nil || len(r.Candidates) == 0 {
			return false, err
		}
		return slices.ContainsFunc(without, func(j int) bool { return r.Candidates[0].Constraints[j].Verdict == constraints.Violated }), nil
	}
	if len(tight) == 0 {
		return nil
	}
	better, err := improves(tight)
	if err != nil || !better {
		return err
	}
	for _, j := range tight {
		if len(tight) == 1 {
			binds[j] = true
			break
		}
		if binds[j], err = improves([]int{j}); err != nil {
			return err
		}
	}
	return nil
}

// neighbours are the fixed mechanisms a small step away from the candidate.
func neighbours(s mechanisms.Space, c *Candidate) []mechanisms.Space {
	axes := s.Axes()
	var steps [][]float64
	for k := range axes {
		for _, sign := range []float64{-1, 1} {
			step := make([]float64, len(axes))
			step[k] = sign
			steps = append(steps, step)
		}
	}
	if d := len(axes); d > 1 && d <= 4 {
		for mask := range 1 << d {
			step := make([]float64, d)
			for k := range step {
				step[k] = float64(mask>>k&1)*2 - 1
			}
			steps = append(steps, step)
		}
	}
	var spaces []mechanisms.Space
	for _, step := range steps {
		point := make([]float64, len(axes))
		moved := false
		for k, a := range axes {
			x := c.Settings[a.Name].From
			size := 1e-4 * (a.To - a.From)
			if a.Integer {
				size = 1
			}
			y := math.Min(a.To, math.Max(a.From, x+step[k]*size))
			point[k] = y
			moved = moved || y != x
		}
		if !moved {
			continue
		}
		fixed, err := s.Fixed(point)
		if err == nil { // a point where there is no mechanism is no way to improve
			spaces = append(spaces, fixed)
		}
	}
	return spaces
}
