package component

import "math"

// outcome is what members of each group win, pay, keep and bid, by the trapezoid rule over both
// scores. In the open auction bids are values, and what is kept is int omega v W dz by the
// envelope theorem; in the sealed one it is (v - b) W.
func (w *world) outcome(open bool) Outcome {
	n := len(w.groups)
	out := Outcome{Win: make([]float64, n), Payment: make([]float64, n), Payoff: make([]float64, n), Bids: make([]float64, n)}
	for t, ty := range w.groups {
		for i := range w.ny {
			y := w.y + float64(i)*w.dy
			c := ty.Mu + ty.Sigma*y
			var win, keep, worth, bids float64
			for k, p := range w.phi {
				z, at := w.z(k), i*len(w.phi)+k
				h, _ := w.rivals(t, c+ty.Omega*w.bid[t][at])
				chance := w.dz * math.Pow(p, float64(ty.Count-1)) * h
				value, weight := math.Exp(ty.Omega*z), density(z)
				win += weight * chance
				worth += weight * chance * value
				if open {
					keep += normal(-z) * chance * ty.Omega * value
				} else {
					keep += weight * chance * ty.Omega * w.gap[t][at]
				}
				bids += w.dz * weight * math.Exp(ty.Omega*w.bid[t][at])
			}
			weight := w.dy * density(y)
			out.Win[t] += weight * win
			out.Payoff[t] += weight * math.Exp(c) * keep
			out.Payment[t] += weight * math.Exp(c) * (worth - keep)
			out.Bids[t] += weight * math.Exp(c) * bids
		}
	}
	return out
}

// kept is what all members keep together.
func (w *world) kept(o Outcome) float64 {
	sum := 0.0
	for t, g := range w.groups {
		sum += float64(g.Count) * o.Payoff[t]
	}
	return sum
}

// taken is what the sealed auction brings with the reserve at which the grid begins: the
// reserve itself wherever anybody bids, and int P(a bid above x) dx from there on, by
// Gregory's rule.
func (w *world) taken() float64 {
	ends := [...]float64{3. / 8, 7. / 6, 23. / 24}
	sum := 0.0
	for j := range w.nx {
		weight := w.dx
		if j < len(ends) {
			weight *= ends[j]
		}
		sum += weight * math.Exp(w.x+float64(j)*w.dx) * w.sealed(j)
	}
	return sum + math.Exp(w.x)*w.above(0, 0)
}
