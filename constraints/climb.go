package constraints

import "math"

// climb looks for the largest f on [low, high] from a middle point with value top,
// by Brent's method (1973, chapter 5: golden sections and parabolas), until the
// point is known to 1e-7, which gives the value to about 1e-14: points are logarithms.
func climb(f func(float64) float64, low, middle, high, top float64) (at, value float64) {
	const golden = 0.3819660112501051
	x, w, v := middle, middle, middle
	fx, fw, fv := top, top, top
	step, last := 0.0, 0.0
	for range 60 {
		centre := (low + high) / 2
		const tolerance = 1e-7
		if math.Abs(x-centre) <= 2*tolerance-(high-low)/2 {
			break
		}
		parabola := false
		if math.Abs(last) > tolerance {
			r := (x - w) * (fv - fx)
			q := (x - v) * (fw - fx)
			p := (x-v)*q - (x-w)*r
			q = 2 * (q - r)
			if q > 0 {
				p = -p
			}
			q = math.Abs(q)
			before := last
			last = step
			if math.Abs(p) < math.Abs(q*before/2) && p > q*(low-x) && p < q*(high-x) {
				step, parabola = p/q, true
				if u := x + step; u-low < 2*tolerance || high-u < 2*tolerance {
					step = math.Copysign(tolerance, centre-x)
				}
			}
		}
		if !parabola {
			last = high - x
			if x >= centre {
				last = low - x
			}
			step = golden * last
		}
		u := x + step
		if math.Abs(step) < tolerance {
			u = x + math.Copysign(tolerance, step)
		}
		fu := f(u)
		if !(fu < fx) {
			if u >= x {
				low = x
			} else {
				high = x
			}
			v, fv, w, fw, x, fx = w, fw, x, fx, u, fu
			continue
		}
		if u < x {
			low = u
		} else {
			high = u
		}
		switch {
		case fu >= fw || w == x:
			v, fv, w, fw = w, fw, u, fu
		case fu >= fv || v == x || v == w:
			v, fv = u, fu
		}
	}
	return x, fx
}
