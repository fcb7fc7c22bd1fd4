package private

import "allot/mechanisms"

// tails are the parts of a distribution that the certificate reads.
type tails struct {
	d         mechanisms.Distribution
	upper     func(float64) float64
	tail      func(float64) float64
	low, high float64
	// between are the least and the most that the density is between two values, nil where
	// unknown.
	between func(low, high float64) (least, most float64)
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
	if r, ok := d.(interface {
		DensityRange(low, high float64) (least, most float64)
	}); ok {
		t.between = r.DensityRange
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
	return max(t.low, t.value(p-just, s+just))
}

// stray is how far the values of the ranks between two, d apart, of which v and w are the
// values, can be from the chord.
func (t *tails) stray(v, w, d float64) float64 {
	if t.between == nil || !(w > v) {
		return w - v
	}
	least, most := t.between(v, w)
	far := max(0, w-v-d/most) // all of the rise at one end but what the most density needs
	if mean := d / 4 * (1/least - 1/most); mean < far {
		return mean
	}
	return far
}
