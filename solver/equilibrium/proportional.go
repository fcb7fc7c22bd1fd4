package equilibrium

import "math"

// Proportional solves the contest with exponent 1 in which everyone pays: it
// writes the equilibrium shares of agents with the given values and returns X, the
// sum of their signals; agent i signals X*shares[i].
//
//	sum_i max(0, 1 - X/v_i) = 1,   s_i = max(0, 1 - X/v_i)
//
// Newton's method on the piecewise-linear share sum, from below: any subset S of
// the agents gives a bound (|S|-1)/sum_S 1/v_i <= X, and an agent at or below a
// bound is out for good, so that most are dropped on sight and the rest are
// compacted in place. len(shares) >= len(values); values are finite and >= 0.
// With fewer than two positive values X is 0 and nobody has a share. It does not
// allocate. Szidarovszky, Okuguchi 1997; Stein 2002; Cornes, Hartley 2005. A test
// asserts X = 12 and shares 0.6, 0.4, 0 at 30/20/10.
func Proportional(values, shares []float64) float64 { return proportional(values, shares, 0) }

// proportional is Proportional against a phantom bid R, whose share is R/X:
// sum_i max(0, 1 - X/v_i) = 1 - R/X, X the signals and R together.
func proportional(values, shares []float64, phantom float64) float64 {
	n := len(values)
	shares = shares[:n]
	if n == 2 && phantom == 0 {
		if a, b := values[0], values[1]; a > 1e-150 && b > 1e-150 && a < 1e150 && b < 1e150 {
			sum := 1 / (a + b)
			shares[0], shares[1] = a*sum, b*sum
			return a * shares[1]
		}
	}
	kept := shares[:0] // the inverses of the values that are still in
	var inverse, count float64
	if phantom == 0 {
		for _, v := range values {
			// v > (count-1)/inverse, the bound of those kept so far
			if v*inverse > count-1 && v > 0 {
				w := 1 / v
				inverse += w
				count++
				kept = append(kept, w)
			}
		}
		if !(inverse < 1e280 && inverse > 1e-280) { // also no positive value at all
			return scaled(values, shares, 0)
		}
		for count > 1 {
			in, sum := 0, 0.0
			for _, w := range kept {
				kept[in] = w
				if (count-1)*w < inverse { // 1/w > X
					sum += w
					in++
				}
			}
			if in == len(kept) {
				break
			}
			kept, count, inverse = kept[:in], float64(in), sum
		}
		if count < 2 {
			clear(shares)
			return 0
		}
		return spread(values, shares, (count-1)/inverse, int(count))
	}
	return scaled(values, shares, phantom)
}

// spread writes the shares at total x, of m agents with positive ones.
func spread(values, shares []float64, x float64, m int) float64 {
	if m == 2 { // without the cancellation in 1 - x/v
		first, second := -1, -1
		for i, v := range values {
			shares[i] = 0
			if v > x {
				if first < 0 {
					first = i
				} else if second < 0 {
					second = i
				}
			}
		}
		if second >= 0 {
			sum := values[first] + values[second]
			shares[first], shares[second] = values[first]/sum, values[second]/sum
		}
		return x
	}
	for i, v := range values {
		s := 0.0
		if v > x {
			s = (v - x) / v
		}
		shares[i] = s
	}
	return x
}

// scaled is proportional for values of any size. It works on values divided by a
// power of two near the second highest (the highest where a phantom bids), caps
// what is then astronomic and drops what is negligible.
func scaled(values, shares []float64, phantom float64) float64 {
	const huge = 1e250
	first, second, _ := topTwo(values)
	clear(shares)
	unit := values[first]
	if phantom == 0 {
		unit = 0
		if second >= 0 {
			unit = values[second]
		}
	}
	if unit <= phantom { // nobody, or nobody but the highest value
		return phantom
	}
	_, e := math.Frexp(unit)
	r := 0.0
	if phantom > 0 { // below 1/huge of the highest value it makes no difference
		r = math.Max(math.Ldexp(phantom, -e), 1/huge)
	}
	kept := shares[:0]
	inverse := 0.0
	for _, v := range values {
		if v := math.Min(math.Ldexp(v, -e), huge); v > 1/huge {
			kept = append(kept, 1/v)
			inverse += 1 / v
		}
	}
	x := 0.0
	for len(kept) > 0 {
		// inverse*x^2 - (len-1)*x - r = 0
		half := float64(len(kept)-1) / 2
		x = (half + math.Sqrt(half*half+inverse*r)) / inverse
		in, sum := 0, 0.0
		for _, w := range kept {
			kept[in] = w
			if x*w < 1 {
				sum += w
				in++
			}
		}
		if in == len(kept) {
			break
		}
		kept, inverse = kept[:in], sum
	}
	m := 0
	for i, v := range values {
		v = math.Ldexp(v, -e)
		shares[i] = 0
		if v > x {
			m++
			if shares[i] = 1; v < huge {
				shares[i] = (v - x) / v
			}
		}
	}
	x = math.Ldexp(x, e)
	if m == 2 && phantom == 0 {
		w := values[second] / values[first]
		shares[first], shares[second] = 1/(1+w), w/(1+w)
		x = values[second] / (1 + w)
	}
	return x
}
