package optimize

import "math"

// Moves in whole coordinates. Where a constraint or the end of a piece decides, another whole
// number pays only once the other coordinates have followed: the neighbours themselves
// are worse, or violate. Which of them are worth a polish is told by the Lagrangian (see
// neighbour), and where the ends of pieces are by lines (see beyond).
// Domain: any number of whole axes; without any, nothing is asked. A test asserts the best of
// random problems against a search at every whole number.

// levels tries the neighbouring whole numbers of a point, and on each axis alone others at
// twice the distance, and so on, for the Lagrangian (see neighbour) to compare.
type levels struct{ base *point }

func (l *levels) run(o *Optimizer) bool {
	points := [][]float64{l.base.X}
	for i, a := range o.problem.Axes {
		// All combinations of steps, while these are few.
		if !a.Integer || a.To == a.From || len(points) > 27 {
			continue
		}
		for _, base := range points[:len(points):len(points)] {
			for _, step := range []float64{-1, 1} {
				x := append([]float64(nil), base...)
				if x[i] += step; x[i] >= a.From && x[i] <= a.To {
					points = append(points, x)
				}
			}
		}
	}
	for i, a := range o.problem.Axes {
		for step := 2.0; a.Integer && step <= 1<<farthest; step *= 2 {
			for _, to := range []float64{l.base.X[i] - step, l.base.X[i] + step} {
				if to >= a.From && to <= a.To {
					x := append([]float64(nil), l.base.X...)
					x[i] = to
					points = append(points, x)
				}
			}
		}
	}
	return o.ask(points)
}

// farthest is how often the distance is doubled.
const farthest = 6

// neighbour is the most promising point near the champion at other whole coordinates, by the
// Lagrangian with the champion's multipliers,
//
//	L(x) = F(x) - sum_k lambda_k g_k(x) + lambda M(x),
//
// which sees that a constraint, or the margin of the champion's piece, has room there, or what
// meeting it would cost; nil where none promises more than the champion has.
func (o *Optimizer) neighbour(champion *point) *point {
	q := o.curvature[champion.cell]
	if q == nil || champion.failed || !near(q.at, champion) {
		return nil
	}
	lagrangian := func(p *point) float64 {
		l := p.Objective
		for k, s := range p.Slack {
			l -= math.Max(0, q.multiplier(k)) * s
		}
		if m := math.Max(0, -q.multiplier(len(p.Slack))); m > 0 && p.Piece == champion.Piece && !math.IsInf(p.Margin, 0) {
			l += m * p.Margin
		}
		return l
	}
	var best *point
	most := lagrangian(champion) + 1e-6*(math.Abs(champion.Objective)+1e-3)
	for _, p := range o.points {
		if p.failed || math.IsInf(p.Violation, 0) || o.began[p] || o.visited[p.cell] == o.crowned || o.pursued[p.cell] >= o.perCell() || !o.beside(p, champion) {
			continue
		}
		if l := lagrangian(p); l > most {
			best, most = p, l
		}
	}
	return best
}

// beside: the points differ in whole coordinates, and in the others by little.
func (o *Optimizer) beside(p, q *point) bool {
	for i, a := range o.problem.Axes {
		if !a.Integer && math.Abs(p.unit[i]-q.unit[i]) > 0.06 {
			return false
		}
	}
	return p.cell.levels != q.cell.levels
}

// beyond looks along the axes through the points next to the champion in one whole coordinate
// that are in another piece: where the champion is at the end of its own, that end is elsewhere
// there.
func (o *Optimizer) beyond(live []int, champion *point) []stage {
	o.ended = champion
	if champion.failed || !o.atEnd(champion) {
		return nil
	}
	var stages []stage
	for i, a := range o.problem.Axes {
		for _, step := range []float64{-1, 1} {
			x := append([]float64(nil), o.crowned.X...) // of which levels looked at the neighbours
			if x[i] += step; !a.Integer || x[i] < a.From || x[i] > a.To {
				continue
			}
			p := o.index[o.key(x)]
			if p == nil || !p.told || !p.failed && p.Piece == champion.Piece {
				continue
			}
			for _, j := range live {
				if u := champion.unit[j]; !o.problem.Axes[j].Integer && u > 0 && u < 1 {
					stages = append(stages, newProbe(o, j, p))
				}
			}
		}
	}
	return stages
}

// atEnd: another piece is next to the point.
func (o *Optimizer) atEnd(p *point) bool {
	for _, q := range o.points {
		if !q.told || q.cell.levels != p.cell.levels || !q.failed && q.Piece == p.Piece {
			continue
		}
		close := true
		for i, u := range p.unit {
			close = close && math.Abs(u-q.unit[i]) < 1e-3
		}
		if close {
			return true
		}
	}
	return false
}
