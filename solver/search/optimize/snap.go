package optimize

import (
	"math"
	"strconv"
)

// snap replaces the coordinates of the answer by the short decimals that they miss by
// a rounding error: 1 for 0.99999999997. A decimal is tried where the digits after it
// are 000 or 999, and taken where it is feasible and not worse, or worse only by what
// the tolerance of a constraint was worth. Where another value of the parameter was seen
// to do as well, the answer is one of many, and the plainest of them is wanted: 0, 1,
// an end of the range, or a short decimal in it, in this order.
// Domain: any answer; one without a near short decimal and without ties costs no evaluation.
type snap struct {
	axis    int
	choices []float64
	ready   bool
}

func (s *snap) run(o *Optimizer) bool {
	p := o.best
	if p == nil {
		return true
	}
	for ; s.axis < len(o.problem.Axes); s.axis, s.ready = s.axis+1, false {
		a := o.problem.Axes[s.axis]
		if a.To == a.From {
			continue
		}
		if !s.ready {
			s.choices, s.ready = nil, true
			if o.ties(s.axis) {
				s.choices = plain(o.best.X[s.axis], a)
			}
			if !a.Integer {
				s.choices = append(s.choices, decimals(o.best.X[s.axis], a)...)
			}
		}
		for _, v := range s.choices {
			x := append([]float64(nil), o.best.X...)
			x[s.axis] = v
			q := o.at(x)
			if q == nil {
				return false
			}
			if q == o.best {
				break
			}
			if o.excuses(q, o.best) {
				o.best = q
				break
			}
		}
	}
	return true
}

// ties reports that a point with another value on the axis is as good as the answer.
func (o *Optimizer) ties(axis int) bool {
	p := o.best
	if !p.Feasible || p.failed {
		return false
	}
	for _, q := range o.points {
		if q.told && !q.failed && q.Feasible && q.Objective == p.Objective && q.X[axis] != p.X[axis] {
			return true
		}
	}
	return false
}

// plain lists values of an axis, the plainest first: none after v itself.
func plain(v float64, a Axis) []float64 {
	middle := a.From + (a.To-a.From)/2
	var out []float64
	for _, w := range [...]float64{0, 1, a.From, a.To, math.Round(middle)} {
		if w >= a.From && w <= a.To {
			out = append(out, w)
		}
		if w == v {
			break
		}
	}
	return out
}

// decimals lists up to two short decimals next to v, the shortest first.
func decimals(v float64, a Axis) []float64 {
	var out []float64
	size := math.Max(math.Abs(a.From), math.Abs(a.To))
	if size == 0 {
		return nil
	}
	first := -int(math.Floor(math.Log10(size)))
	for digits := first; digits <= first+11 && len(out) < 2; digits++ {
		var w float64
		if digits >= 0 {
			w, _ = strconv.ParseFloat(strconv.FormatFloat(v, 'f', digits, 64), 64)
		} else {
			unit := math.Pow(10, float64(-digits))
			w = math.Round(v/unit) * unit
		}
		if w == v {
			break
		}
		if w < a.From || w > a.To || math.Abs(w-v) > 1e-3*math.Pow(10, float64(-digits)) {
			continue
		}
		if len(out) == 0 || out[len(out)-1] != w {
			out = append(out, w)
		}
	}
	return out
}

// excuses reports that q may stand for p.
func (o *Optimizer) excuses(q, p *point) bool {
	if q.failed || !q.Feasible {
		return false
	}
	if q.Objective >= p.Objective {
		return true
	}
	// p lives on the tolerance: it is better only by moving a slack by as much.
	wp, wq := worst(p), worst(q)
	return wq < wp && wp-wq <= 2*o.problem.Tolerance && wp > -o.problem.Tolerance &&
		p.Objective-q.Objective <= 1e-4*math.Max(math.Abs(p.Objective), 1e-6)
}
