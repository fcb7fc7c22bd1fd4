package certify

import (
	"math"

	"allot/mechanisms"
)

// Tickets at a price that rises with the orders, against pure orders.
//
//	u(a) = v a/(a+B) - a ((a+B)/S)^eta,   S = Price Supply
//
// is concave for every eta >= 0: the chance is, and the payment is a product of two
// increasing functions with second derivative eta A^(eta-2) (2A + (eta-1) a) >= 0,
// A = a+B. A tangent bounds it. From a = max(v, S) on the payment exceeds v. With a
// capped supply (eta = +Inf) orders up to S - B are free and more is out of reach.
// With nobody else (B = 0) the supremum is the limit at 0+, v. Reference: Burian, Crapis,
// Saleh (2024). A test asserts epsilon below 1e-12 at values 4, 2 and eta = 1, where
// z = 0.9149 and s = (0.6277, 0.3723).

// sale is what the buyers share, and the pay-off curve of one of them.
type sale struct {
	supply, eta float64
	total       float64
	v, others   float64
	rel         float64
}

// prepareSale reports whether the sale is one that the closed form covers.
func (c *Certifier) prepareSale(s mechanisms.Sale) bool {
	k := &c.sale
	k.supply, k.eta = s.Price*s.Scale(), s.Elasticity
	if s.PriceTaking || !(k.eta > 0) || bad(k.supply) || k.supply == 0 {
		return false
	}
	c.kind = selling
	var sum total
	for _, a := range c.profile.Signals {
		sum.add(a)
	}
	k.total = sum.value()
	c.out.Resize(c.n)
	c.rule.mechanism.Allot(c.profile.Signals, &c.out)
	return true
}

func (c *Certifier) saleAgent(i int) (best deviation, own, slack float64) {
	k := &c.sale
	c.evaluations++
	a := c.profile.Signals[i]
	k.v, k.others = c.values[i], k.total-a
	if a > k.total/2 {
		var sum total
		for j, b := range c.profile.Signals {
			if j != i {
				sum.add(b)
			}
		}
		k.others = sum.value()
	}
	v := k.v
	own = c.out.Payoff(i, v)
	slack = 8*unit*(v+float64(c.n)*unit*v) + k.paymentError(i, c)
	switch {
	case v == 0:
	case k.others == 0:
		best = deviation{signal: a, value: max(own-slack, v/float64(c.n)), bound: v}
		if own-slack < best.value {
			best.signal = 0
		}
		if u, _, err, _ := k.at(math.SmallestNonzeroFloat64); u-err > best.value {
			best.signal, best.value = math.SmallestNonzeroFloat64, u-err
		}
	case math.IsInf(k.eta, 1):
		// The rule rounds the sum of orders before it compares it with the supply.
		margin := unit * (8 + 4*float64(c.n))
		room := k.supply*(1+margin) - k.others*(1-4*unit)
		if room > 0 {
			best.bound = v * min(1, room/(room+k.others)*(1+8*unit))
			best.signal = max(0, k.supply*(1-margin)-k.others*(1+4*unit))
			best.value = max(0, v*best.signal/(best.signal+k.others)*(1-8*unit))
		}
		if own-slack > best.value {
			best.signal, best.value = a, own-slack
		}
	default:
		scale := max(math.Abs(math.Log(max(k.others, a)/k.supply)), math.Abs(math.Log(max(1, v/k.supply))))
		k.rel = unit * (32 + 4*k.eta*(2+scale))
		high := max(v, k.supply)
		upper, signal, value := boundConcave(k, 0, high, a, c.tol)
		if value > 0 {
			best.signal, best.value = signal, value
		}
		best.bound = max(0, upper)
		if own-slack > best.value {
			best.signal, best.value = a, own-slack
		}
	}
	best.bound = max(best.bound, best.value)
	return best, own, slack
}

// paymentError bounds the rounding of what agent i pays at the profile.
func (k *sale) paymentError(i int, c *Certifier) float64 {
	pay := c.out.IfWin[i]
	if math.IsInf(k.eta, 1) || pay == 0 {
		return 0
	}
	return pay * unit * (32 + 4*k.eta*(2+math.Abs(math.Log(k.total/k.supply))))
}

func (k *sale) at(a float64) (u, slope, err, slopeErr float64) {
	sum := a + k.others
	price := 0.0
	if !math.IsInf(k.eta, 1) {
		price = power(sum/k.supply, k.eta)
	}
	t, rest := a/sum, k.others/sum
	pay := 0.0
	if a > 0 && price > 0 {
		pay = a * price
	}
	fall := price * (1 + k.eta*t)
	rise := k.v * (rest / sum)
	return k.v*t - pay, rise - fall, (k.v+pay)*(k.rel+8*unit) + tiny, (rise + fall) * (k.rel + 8*unit)
}

func (k *sale) bend(lo, hi float64) (low, high float64) { return math.Inf(-1), 0 }

func (k *sale) crude(lo, hi float64) float64 { return k.v }
