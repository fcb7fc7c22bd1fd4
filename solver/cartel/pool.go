package cartel

import (
	"math"

	"gonum.org/v1/gonum/floats"

	"allot/mechanisms"
)

// A ring against a phantom bid R in a contest: the most that its members can have
// together when several of them may signal,
//
//	max over a of  V = [sum w_i a_i^rho y_i] / (sum w_i a_i^rho + R^rho) - rest
//
// Only winners pay: y_i = v_i - a_i. By Dinkelbach's transform (1967) the maximum is
// the V at which sum_i max_a w_i a^rho (v_i - a - V) = R^rho V, a = rho (v_i - V)/(1+rho):
// one root of a decreasing function.
//
// Everyone pays: y_i = v_i, rest = sum a_i. For rho >= 1 the cost of an impact is concave
// in it, so that one member alone is best and pool has nothing to add. For rho < 1 a split
// of the impact is cheaper: with V the mean worth, (v_i - V)/S = a_i'(q_i), which gives
// every q_i at given V and S, S by one root and V by another; V is scanned, since
// several stationary points can exist. A fee is paid by each of the k highest values,
// k = 1..256 (with weights this leaves out some sets). Domain: R > 0. A test asserts n v^2/(4R)
// less its second-order part for n equal values at rho = 1/2.

// maxPool is the largest number of members that pay a fee together that is looked at.
const maxPool = 256

// pool is the best total of several members, or 0 where that cannot be more than one
// member's.
func pool(values []float64, r mechanisms.Ratio) float64 {
	if !r.WinnerPays && r.Exponent >= 1 || len(values) < 2 {
		return 0
	}
	if r.Fee == 0 {
		return poolAbove(values, r, math.Inf(-1), len(values))
	}
	top := values[highest(values)]
	best, floor := 0.0, math.Inf(1)
	for range values { // the k highest values, by descending value
		next, count := math.Inf(-1), 0
		for _, v := range values {
			if v < floor && v > next {
				next = v
			}
		}
		if math.IsInf(next, -1) {
			break
		}
		for _, v := range values {
			if v >= next {
				count++
			}
		}
		ties := 0
		for _, v := range values {
			if v == next {
				ties++
			}
		}
		for k := count - ties + 1; k <= count; k++ {
			if k > maxPool || float64(k)*r.Fee >= top {
				return best
			}
			best = math.Max(best, poolAbove(values, r, next, k)-float64(k)*r.Fee)
		}
		floor = next
	}
	return best
}

// poolAbove is the best total of the first k members with values of at least floor.
func poolAbove(values []float64, r mechanisms.Ratio, floor float64, k int) float64 {
	if r.WinnerPays {
		return poolWinners(values, r, floor, k)
	}
	top := 0.0
	for _, v := range values {
		top = math.Max(top, v)
	}
	const steps = 48
	best, before, at := 0.0, math.NaN(), 0.0
	for s := 0; s <= steps; s++ {
		x := float64(s) / steps
		mean := top * x * x * (3 - 2*x) // denser at both ends
		f, total := poolBalance(values, r, floor, k, mean)
		best = math.Max(best, total)
		if s > 0 && before > 0 && f <= 0 {
			low, high := at, mean
			for range 60 {
				mid := (low + high) / 2
				if f, total = poolBalance(values, r, floor, k, mid); f > 0 {
					low = mid
				} else {
					high = mid
				}
				best = math.Max(best, total)
			}
		}
		before, at = f, mean
	}
	return best
}

// poolBalance takes the members' mean worth V as given and returns by how much
// sum q_i (v_i - V) exceeds V R^rho, and what the members have at these impacts. Impacts are in units of R^rho,
// so that S = 1 + sum q (in logarithm here).
func poolBalance(values []float64, r mechanisms.Ratio, floor float64, k int, mean float64) (excess, total float64) {
	rho, e := r.Exponent, r.Exponent/(1-r.Exponent)
	// q_i = c_i S^-e, c_i = w_i (a_i/R)^rho with a_i^(1-rho) = rho w_i (v_i-V) / (S R^rho), in
	// logarithms: e is large next to exponent 1.
	sum, count := math.Inf(-1), 0
	for i, v := range values {
		if v < floor || count >= k {
			continue
		}
		count++
		if v > mean {
			w := weight(r.Weights, i)
			sum = floats.LogSumExp([]float64{sum, math.Log(w) + e*math.Log(rho*w*(v-mean)/r.Phantom)})
		}
	}
	if math.IsInf(sum, -1) {
		return -mean, 0
	}
	// S^e (S - 1) = sum in x = ln(S - 1), which is within e ln 2 of the lesser of sum and
	// its (1-rho)-th power.
	high := math.Min(sum, (1-rho)*sum)
	low := high - e*math.Ln2
	for range 100 {
		mid := (low + high) / 2
		if mid == low || mid == high {
			break
		}
		if e*floats.LogSumExp([]float64{0, mid})+mid < sum {
			low = mid
		} else {
			high = mid
		}
	}
	S := floats.LogSumExp([]float64{0, (low + high) / 2})
	worth, spent, impact := 0.0, 0.0, 1.0
	count = 0
	for i, v := range values {
		if v < floor || count >= k {
			continue
		}
		count++
		if v > mean {
			w := weight(r.Weights, i)
			a := (math.Log(rho*w*(v-mean)/r.Phantom) - S) / (1 - rho) // ln(a/R)
			q := w * math.Exp(rho*a)
			excess += q * (v - mean)
			worth += q * v
			impact += q
			spent += r.Phantom * math.Exp(a)
		}
	}
	excess -= mean
	// Of these spends exactly, however well S is known.
	if total = worth/impact - spent; !(total <= math.MaxFloat64) {
		total = 0
	}
	return excess, total
}

// poolWinners solves sum_i w_i (a_i/R)^rho (v_i - V)/(1+rho) = V for V.
func poolWinners(values []float64, r mechanisms.Ratio, floor float64, k int) float64 {
	rho := r.Exponent
	low, high := 0.0, 0.0
	for _, v := range values {
		high = math.Max(high, v)
	}
	for range 100 {
		mid := (low + high) / 2
		if mid == low || mid == high {
			break
		}
		f, count := -mid, 0
		for i, v := range values {
			if v < floor || count >= k {
				continue
			}
			count++
			if v > mid {
				a := rho / (1 + rho) * (v - mid)
				f += weight(r.Weights, i) * math.Pow(a/r.Phantom, rho) * (v - mid - a)
			}
		}
		if f > 0 {
			low = mid
		} else {
			high = mid
		}
	}
	return low
}
