package private

import (
	"math"

	"allot/mechanisms"
)

// tails are the parts of a distribution that the certificate reads.
type tails struct {
	d         mechanisms.Distribution
	upper     func(float64) float64
	tail      func(float64) float64
	low, high float64
	// rough distributions have atoms, gaps or kinks: a rank can stand for two values.
	rough bool
}

func newTails(d mechanisms.Distribution) tails {
	t := tails{d: d}
	t.low, t.high = d.Support()
	if u, ok := d.(interface{ Upper(float64) float64 }); ok {
		t.upper = u.Upper
	} else {
		t.upper = func(q float64) float64 { return d.Quantile(1 - q) }
	}
	if m, ok := d.(interface{ TailMean(float64) float64 }); ok {
		t.tail = m.TailMean
	}
	_, t.rough = d.(interface {
		Atoms() (values, probabilities []float64)
	})
	return t
}

// value is the value of rank p = 1-s.
func (t *tails) value(p, s float64) float64 {
	switch {
	case p <= 0:
		return t.low
	case s <= 0:
		return t.high
	case s < 0.5:
		return t.upper(s)
	}
	return t.d.Quantile(p)
}

// just is the width in rank of the types next to a jump of the value that the bounds
// leave out.
const just = 1e-12

// after is the value of the ranks just above p: beyond the gap where there is one.
func (t *tails) after(p, s float64) float64 {
	if !t.rough {
		return t.value(p, s)
	}
	if s < 0.5 {
		return t.value(p, s*(1-just))
	}
	return t.value(p+just, s-just)
}

// before is the value of the ranks just below p: before the gap where there is one.
func (t *tails) before(p, s float64) float64 {
	if !t.rough {
		return t.value(p, s)
	}
	if s < 0.5 {
		return t.value(p, s*(1+just)+1e-300)
	}
	return math.Max(t.low, t.value(p-just, s+just))
}
