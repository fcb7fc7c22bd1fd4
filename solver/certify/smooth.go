package certify

import "math"

// Second-order bounds. On an interval on which the second derivative is known to
// lie in [low, high],
//
//	high <= 0:  u is concave and the tangent at any point bounds it,
//	low >= 0:   u is convex and its ends bound it,
//	otherwise:  u <= max(u(lo), u(hi)) + |low| (hi-lo)^2/8, and
//	            u <= u(mid) + |u'(mid)| h + high h^2/2, h = (hi-lo)/2.
//
// The gap shrinks as h^2 at least, and to rounding where u is concave.

// smooth is a pay-off with a derivative, between jumps.
type smooth interface {
	// at is the pay-off and its slope at a, with bounds of their errors. At an end
	// of an interval it is the limit from inside.
	at(a float64) (u, slope, err, slopeErr float64)
	// bend encloses the second derivative on [lo, hi], margins included.
	bend(lo, hi float64) (low, high float64)
	// crude bounds the pay-off on [lo, hi] by monotony.
	crude(lo, hi float64) float64
}

func boundSmooth(f smooth, lo, hi, tol float64) (upper, signal, value float64, closed bool) {
	low, high := f.bend(lo, hi)
	if high <= 0 {
		upper, signal, value = boundConcave(f, lo, hi, lo+(hi-lo)/2, tol)
		return min(upper, f.crude(lo, hi)), signal, value, true
	}
	uLo, _, errLo, _ := f.at(lo)
	uHi, _, errHi, _ := f.at(hi)
	signal, value = lo, uLo-errLo
	if uHi-errHi > value {
		signal, value = hi, uHi-errHi
	}
	ends := max(uLo+errLo, uHi+errHi)
	if low >= 0 {
		return ends, signal, value, true
	}
	mid := lo + (hi-lo)/2
	u, slope, err, slopeErr := f.at(mid)
	if u-err > value {
		signal, value = mid, u-err
	}
	h := (hi - lo) / 2 * (1 + 4*unit)
	upper = min(f.crude(lo, hi), ends-low*h*h/2*(1+8*unit), u+err+(math.Abs(slope)+slopeErr+high*h/2)*h*(1+8*unit))
	return upper, signal, value, false
}

// boundConcave bounds a concave pay-off by tangents, at points that approach its
// maximum from a first guess.
func boundConcave(f smooth, lo, hi, a, tol float64) (upper, signal, value float64) {
	upper, value = math.Inf(1), math.Inf(-1)
	left, right := lo, hi
	slopeLeft, slopeRight := 0.0, 0.0 // of the last points on each side
	if !(a > lo && a < hi) {
		a = lo + (hi-lo)/2
	}
	side := 0
	for range 100 {
		u, slope, err, slopeErr := f.at(a)
		// The maximum lies between points at which the slope has surely turned:
		// the tangent need not reach further.
		reach := slope * (right - a)
		if slope < 0 {
			reach = slope * (left - a)
		}
		upper = min(upper, u+err+reach*(1+4*unit)+slopeErr*(right-left))
		if u-err > value {
			signal, value = a, u-err
		}
		if upper <= value+tol/256 {
			break
		}
		// Regula falsi on the slope, halving the side that stays (Dowell, Jarratt
		// 1971), and bisection until both sides are known.
		switch {
		case slope > slopeErr:
			left, slopeLeft = a, slope
			if side > 0 {
				slopeRight /= 2
			}
			side = 1
		case slope < -slopeErr:
			right, slopeRight = a, slope
			if side < 0 {
				slopeLeft /= 2
			}
			side = -1
		default:
			return upper, signal, value
		}
		next := left + (right-left)/2
		if slopeLeft > 0 && slopeRight < 0 && !math.IsInf(slopeLeft, 1) {
			next = left + (right-left)*(slopeLeft/(slopeLeft-slopeRight))
			if !(next > left && next < right) {
				next = left + (right-left)/2
			}
		} else if right == hi && side > 0 {
			next = left + (right-left)*0.9
			if right-left < 1e-3*(hi-lo) {
				next = hi
			}
		} else if left == lo && side < 0 {
			next = left + (right-left)*0.1
			if right-left < 1e-3*(hi-lo) {
				next = lo + (right-left)*1e-3
			}
		}
		if next == a {
			break
		}
		a = next
	}
	return upper, signal, value
}
