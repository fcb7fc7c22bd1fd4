package search

import (
	"context"
	"math"

	"allot/constraints"
	"allot/mechanisms"
)

// Binding names the constraints that keep the objective of a candidate from
// growing: those that are violated where a small step of the searched parameters
// improves the objective. A constraint that holds with equality everywhere, as
// individual rationality does for an agent that gets nothing, does not bind.
//
// Steps are 1e-4 of each parameter's range, along each parameter and, for up to
// four of them, along every diagonal.
func Binding(ctx context.Context, p *Problem, c *Candidate) ([]string, error) {
	if c == nil || !c.Feasible || len(c.Searched) == 0 || len(p.Constraints) == 0 || c.space >= len(p.Spaces) {
		return nil, nil
	}
	q := *p
	q.Spaces = neighbours(p.Spaces[c.space], c)
	if len(q.Spaces) == 0 {
		return nil, nil
	}
	r, _, err := run(ctx, &q, nil)
	if err != nil {
		return nil, err
	}
	binds := make([]bool, len(p.Constraints))
	for _, n := range r.Candidates {
		if !(n.Objective > c.Objective+1e-10*math.Abs(c.Objective)) {
			continue
		}
		for j, f := range n.Constraints {
			binds[j] = binds[j] || f.Verdict == constraints.Violated
		}
	}
	var names []string
	for j, b := range binds {
		if b {
			names = append(names, c.Constraints[j].Name)
		}
	}
	return names, nil
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
