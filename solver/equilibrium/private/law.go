package private

import (
	"math"
	"sort"

	"allot/mechanisms"
	"allot/mechanisms/distributions"
)

// law is a distribution with its tails: where a distribution has no survival
// function of its own, it is made from the distribution function.
type law struct {
	mechanisms.Distribution
	survival, upper func(float64) float64
	tail            func(float64) float64 // E[V; V > v], nil where unknown
	// between are the least and the most of the density between two values, nil where unknown.
	between   func(low, high float64) (least, most float64)
	low, high float64
	breaks    []float64 // values where the distribution function is not smooth
}

func newLaw(d mechanisms.Distribution) *law {
	l := &law{Distribution: d}
	l.low, l.high = d.Support()
	l.survival, l.upper = distributions.Tails(d)
	if t, ok := d.(interface{ TailMean(float64) float64 }); ok {
		l.tail = t.TailMean
	}
	if r, ok := d.(interface {
		DensityRange(low, high float64) (least, most float64)
	}); ok {
		l.between = r.DensityRange
	}
	l.breaks = append(l.breaks, l.low)
	if l.high < math.Inf(1) {
		l.breaks = append(l.breaks, l.high)
	}
	if k, ok := d.(interface{ Knots() []float64 }); ok {
		l.breaks = append(l.breaks, k.Knots()...)
	} else if a, ok := d.(interface {
		Atoms() (values, probabilities []float64)
	}); ok {
		values, _ := a.Atoms()
		l.breaks = append(l.breaks, values...)
	}
	sort.Float64s(l.breaks)
	return l
}

// rough reports a distribution that has atoms, gaps or kinks.
func (l *law) rough() bool { return len(l.breaks) > 2 }

// atomic reports a value that has probability of its own.
func (l *law) atomic() bool {
	if l.point() {
		return true
	}
	a, ok := l.Distribution.(interface {
		Atoms() (values, probabilities []float64)
	})
	if !ok {
		return false
	}
	values, _ := a.Atoms()
	return len(values) > 0
}

// point reports a value that is known.
func (l *law) point() bool { return l.low == l.high }

// at is the value of rank p, where s = 1-p is given without rounding.
func (l *law) at(p, s float64) float64 {
	if s < 0.5 {
		return l.upper(s)
	}
	return l.Quantile(p)
}

// beyond is the value just above a rank: beyond the gap where there is one.
func (l *law) beyond(r rank) float64 {
	if !l.rough() || r.above <= 0 {
		return r.value
	}
	v := 0.0
	if r.above < 0.5 {
		v = l.upper(r.above * (1 - 1e-12))
	} else {
		v = l.Quantile(r.below + 1e-12)
	}
	if v <= r.value*(1+1e-9) {
		return r.value
	}
	return v
}

// group is a number of agents with one distribution.
type group struct {
	*law
	n      int
	agents []int
}

// grouped sorts agents by distribution, in order of appearance.
func grouped(values []mechanisms.Distribution) []*group {
	var groups []*group
	for _, agents := range distributions.Groups(values) {
		groups = append(groups, &group{law: newLaw(values[agents[0]]), n: len(agents), agents: agents})
	}
	return groups
}
