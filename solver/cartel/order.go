package cartel

import (
	"math"

	"allot/mechanisms"
)

// The best reply of a strategic buyer of tickets at a price that rises, to an order b of the others',
//
//	max over a of  v a/(a+b) - a ((a+b)/M)^eta,   M = N p0,
//
// orders in money. The pay-off is strictly concave in a: with S = a+b its slope
// v b/S^2 - (S/M)^eta (1 + eta (S-b)/S) falls from v/b - (b/M)^eta, and is bisected. A
// capped supply (eta = +Inf) leaves M - b for nothing. Against nothing the limit is v. Tests
// assert reply's closed form as eta -> 0 and v (M-b)/M when capped.

// order is the best pay-off against orders of b in all, and its order.
func order(v, b float64, sale mechanisms.Sale) (payoff, a float64) {
	m := sale.Price * sale.Scale()
	switch {
	case v <= 0:
		return 0, 0
	case b <= 0:
		return v, 0
	case math.IsInf(sale.Elasticity, 1):
		a = math.Max(0, m-b)
		return v * (a / m), a
	}
	eta := sale.Elasticity
	slope := func(s float64) float64 {
		return v*b/(s*s) - math.Pow(s/m, eta)*(1+eta*(s-b)/s)
	}
	if slope(b) <= 0 {
		return 0, 0
	}
	low, high := b, b+math.Sqrt(v*b)
	for range 200 { // the slope is negative somewhere beyond
		if slope(high) < 0 {
			break
		}
		low, high = high, 2*high
	}
	for high-low > 1e-15*high {
		mid := (low + high) / 2
		if mid <= low || mid >= high {
			break
		}
		if slope(mid) > 0 {
			low = mid
		} else {
			high = mid
		}
	}
	a = (low + high) / 2
	payoff = (a-b)*(v/a) - (a-b)*math.Pow(a/m, eta)
	return math.Max(0, payoff), a - b
}

// paid is what a lone order costs.
func paid(b float64, sale mechanisms.Sale) float64 {
	m := sale.Price * sale.Scale()
	if math.IsInf(sale.Elasticity, 1) {
		if b > m {
			return math.Inf(1)
		}
		return 0
	}
	return b * math.Pow(b/m, sale.Elasticity)
}
