package distributions

// Tails are the survival function of a distribution and its inverse.
//
//	survival(v) = P(V > v) = 1 - F(v)      upper(q) = Q(1 - q)
//
// Distributions with methods Survival and Upper, as those of this package, give
// their own, which keep the digits that 1 - F(v) loses at the upper end; the
// others get these formulas. A test asserts 2.23e-28 for P(V > 3) where ln V has
// mean 0 and deviation 0.1.
func Tails(d anyValue) (survival, upper func(float64) float64) {
	if own, ok := d.(interface {
		Survival(float64) float64
		Upper(float64) float64
	}); ok {
		return own.Survival, own.Upper
	}
	return func(v float64) float64 { return 1 - d.CDF(v) }, func(q float64) float64 { return d.Quantile(1 - q) }
}
