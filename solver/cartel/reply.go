package cartel

import "math"

// The best reply in a contest to a rival impact K (other agents' and the phantom
// bid's), for an agent of value v and weight w:
//
//	max over a of  v s - a  (everyone pays)  or  s (v - a)  (the winner pays),
//	s = w a^rho / (w a^rho + K) = 1/(1 + (k/a)^rho),  k = (K/w)^(1/rho)
//
// In z = ln(a/k) the first-order conditions rho v s(1-s) = a and rho (1-s)(v-a) = a,
// taken in logarithms, are concave, so that Newton's method from the right of the
// largest root descends to it. At rho = 1 they have closed forms. For rho > 1 there
// may be no root, or the pay-off there may be negative: then 0. A test asserts
// (sqrt v - sqrt k)^2 at rho = 1.

// rival is k, the single signal of equal weight that stands for a rival's signal b of
// weight wb and a phantom bid.
func rival(b, wb, phantom, w, rho float64) float64 {
	if phantom == 0 && wb == w {
		return b
	}
	top := math.Max(b, phantom)
	if top == 0 {
		return 0
	}
	if rho == 1 {
		return (wb*b + phantom) / w
	}
	return top * math.Pow((wb*math.Pow(b/top, rho)+math.Pow(phantom/top, rho))/w, 1/rho)
}

// reply is the best pay-off against k before any fee, and its signal: 0 at 0 where
// no signal pays. Against nothing it is the limit, v at a signal of 0.
func reply(v, rho, k float64, winnerPays bool) (payoff, signal float64) {
	if v <= 0 {
		return 0, 0
	}
	if k <= 0 {
		return v, 0
	}
	if rho == 1 {
		if winnerPays {
			a := k * v / (k + math.Sqrt(k*k+k*v))
			return a / (a + k) * (v - a), a
		}
		if k >= v {
			return 0, 0
		}
		d := math.Sqrt(v) - math.Sqrt(k)
		return d * d, math.Sqrt(k) * d
	}
	var z float64
	if winnerPays {
		z = math.Log(rho/(1+rho)) + math.Log(v/k)
	} else {
		z = math.Log(rho/4) + math.Log(v/k)
		if rho > 1 && z <= math.Log((rho-1)/(rho+1))/rho {
			return 0, 0
		}
	}
	for range 100 {
		e := softplus(rho * z)
		s := math.Exp(rho*z - e)
		a := k * math.Exp(z)
		var h, slope float64
		if winnerPays {
			h = math.Log(rho) - e + math.Log((v-a)/k) - z
			slope = -rho*s - a/(v-a) - 1
		} else {
			h = math.Log(rho) + math.Log(v/k) + rho*z - 2*e - z
			slope = rho*(1-2*s) - 1
		}
		if !(slope < 0) { // left of the peak: no root
			return 0, 0
		}
		step := h / slope
		if !(math.Abs(step) <= math.MaxFloat64) {
			return 0, 0
		}
		z -= step
		if math.Abs(step) <= 1e-14*(1+math.Abs(z)) {
			break
		}
	}
	s := math.Exp(rho*z - softplus(rho*z))
	a := k * math.Exp(z)
	if winnerPays {
		payoff = s * (v - a)
	} else {
		payoff = s*v - a
	}
	if !(payoff > 0) {
		return 0, 0
	}
	return payoff, a
}

// softplus is ln(1 + e^x).
func softplus(x float64) float64 {
	return math.Max(x, 0) + math.Log1p(math.Exp(-math.Abs(x)))
}

func weight(weights []float64, i int) float64 {
	if i < len(weights) {
		return weights[i]
	}
	return 1
}
