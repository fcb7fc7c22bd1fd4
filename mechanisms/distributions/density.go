package distributions

import "math"

// DensityRange(low, high) is, for the families that have a density, the least and the most
// that it is between two values of the support, ends included:
//
//	least (w-v) <= F(w) - F(v) <= most (w-v)   for low <= v <= w <= high
//
// It bounds how far a quantile function can be from its chord, which is what a certificate
// over all types needs. Least is 0 over a gap, most +Inf at a pole and where a value has
// probability of its own. Each family's density has one peak, one trough or no turn, so that
// the ends and that place tell. A test compares every family with its density on a grid, and
// asserts 1/2 on both sides for U[0, 2].

// ends is the range of a density that does not turn between two values.
func ends(low, high float64, density func(float64) float64) (least, most float64) {
	a, b := density(low), density(high)
	return math.Min(a, b), math.Max(a, b)
}

// DensityRange is the least and the most of the density on [low, high].
func (u Uniform) DensityRange(low, high float64) (least, most float64) {
	f := 1 / (u.high - u.low)
	return f, f
}

// DensityRange is the least and the most of the density on [low, high].
func (l LogNormal) DensityRange(low, high float64) (least, most float64) {
	least, most = ends(low, high, l.Density)
	if mode := math.Exp(l.mu - l.sigma*l.sigma); low < mode && mode < high {
		most = l.Density(mode)
	}
	return least, most
}

// DensityRange is the least and the most of the density on [low, high].
func (e Exponential) DensityRange(low, high float64) (least, most float64) {
	return ends(low, high, e.Density)
}

// DensityRange is the least and the most of the density on [low, high].
func (p Pareto) DensityRange(low, high float64) (least, most float64) {
	return ends(low, high, p.Density)
}

// DensityRange is the least and the most of the density on [low, high].
func (p Power) DensityRange(low, high float64) (least, most float64) {
	return ends(low, high, p.Density)
}

// DensityRange is the least and the most of the density on [low, high].
func (b Beta) DensityRange(low, high float64) (least, most float64) {
	least, most = ends(low, high, b.Density)
	alpha, beta := b.beta.Alpha, b.beta.Beta
	turn := (alpha - 1) / (alpha + beta - 2)
	if !(low < turn && turn < high) { // NaN where the density is flat
		return least, most
	}
	switch f := b.Density(turn); {
	case alpha > 1 && beta > 1:
		most = f
	case alpha < 1 && beta < 1:
		least = f
	}
	return least, most
}

// DensityRange is the least and the most of the density on [low, high].
func (q Quantiles) DensityRange(low, high float64) (least, most float64) {
	least = math.Inf(1)
	for k := max(1, q.first(low)); k < len(q.v) && q.v[k-1] <= high; k++ {
		mass, width := q.p[k]-q.p[k-1], q.v[k]-q.v[k-1]
		switch {
		case width == 0:
			if mass > 0 {
				most = math.Inf(1)
			}
		case q.v[k] > low && q.v[k-1] < high || low == high:
			least, most = math.Min(least, mass/width), math.Max(most, mass/width)
		}
	}
	return math.Min(least, most), most
}

// first is the first knot with a value of at least v.
func (q Quantiles) first(v float64) int {
	k := q.after(v)
	for k > 0 && q.v[k-1] >= v {
		k--
	}
	return k
}

// DensityRange is the least and the most of the density on [low, high].
func (s scaled) DensityRange(low, high float64) (least, most float64) {
	d, ok := s.of.(interface {
		DensityRange(low, high float64) (least, most float64)
	})
	if !ok {
		return 0, math.Inf(1)
	}
	least, most = d.DensityRange(low/s.factor, high/s.factor)
	return least / s.factor, most / s.factor
}
