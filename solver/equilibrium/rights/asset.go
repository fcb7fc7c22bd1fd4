package rights

import (
	"fmt"
	"math"
)

// Asset is a claim on a slot's reward.
type Asset struct {
	// Mean and Variance are those of its discounted reward; a reward whose tail is too
	// heavy has no variance, +Inf.
	Mean, Variance float64
	// Issued is what all outstanding tickets are worth, Unissued what those still to
	// be issued are; together mean/d, +Inf where waiting costs nothing. Both are 0 for
	// rights sold ahead.
	Issued, Unissued float64
}

// Ticket is one of n tickets, one of which is drawn every slot and replaced, when a
// slot's reward has the given mean and second moment and d is the discount rate per slot.
//
//	E = mu/(1 + n d),  Var = E[R^2]/(1 + 2 n d + n d^2) - mu^2/(1 + n d)^2
//	issued n mu/(1 + n d), unissued mu/(d (1 + n d))
//
// Burian, Crapis (2024), observations 1 to 5. Domain: n >= 1, d >= 0, second >= mean^2 or
// +Inf. A test asserts 27.2727, 2727.27, 27272.73 and variance 756.0734 at mean 30, second
// moment 1800, n = 100 and d = 0.001.
func Ticket(mean, second, n, d float64) (Asset, error) {
	if !finite(mean, n, d) || !(second >= 0) || second < mean*mean*(1-1e-12) || n < 1 {
		return Asset{}, fmt.Errorf("rights: ticket: mean %g, second moment %g, supply %g and discount rate %g must be finite (the second moment apart) and at least 0, the second moment at least the mean's square, the supply at least 1", mean, second, n, d)
	}
	// The variance is that of the reward, discounted, and that of the wait: what is left of
	// mu^2 by the formula, without its cancellation.
	a := Asset{Mean: mean / (1 + n*d)}
	left := 1 + n*d*(2+d)
	a.Variance = math.Max(0, second-mean*mean)/left + a.Mean*d*(n/left)*d*(n-1)*a.Mean
	a.Issued = n * a.Mean
	if a.Mean > 0 {
		a.Unissued = a.Mean / d
	}
	return a, nil
}

// Expiring is a ticket as in [Ticket] that expires after so many slots if it was not
// drawn; as many more are issued as expire, so that n stay outstanding. With x = 1 - 1/n and
// y = 1/(1+d), over the slots k = 1..lifetime
//
//	E = mu/n sum x^(k-1) y^k,  E V^2 = E[R^2]/n sum x^(k-1) y^(2k)
//	issued mu sum y^k (x^(k-1) - x^L)/(1 - x^L),  unissued mu/d less that
//
// for tickets outstanding are of every age, and of age j as often as x^j. Domain: as for Ticket,
// lifetime at least 1, or 0 for never. Tests assert the sums, that a long lifetime is none, and
// E = 1/2, variance 1/4 for a reward of 1 with n = 2, lifetime 1 and d = 0.
func Expiring(mean, second, n, lifetime, d float64) (Asset, error) {
	a, err := Ticket(mean, second, n, d)
	if err != nil || lifetime == 0 {
		return a, err
	}
	if !(lifetime >= 1 && lifetime <= math.MaxFloat64) {
		return Asset{}, fmt.Errorf("rights: ticket: lifetime %g must be finite, and 0 or at least 1", lifetime)
	}
	// sum_{k<=L} x^(k-1) z^k = z (1 - (xz)^L)/(1 - xz), z = 1/(1+e)
	sum := func(e float64) float64 {
		return -math.Expm1(lifetime*(math.Log1p(-1/n)-math.Log1p(e))) / (e + 1/n)
	}
	left := math.Exp(lifetime * math.Log1p(-1/n)) // x^L
	apart := lifetime                             // sum y^k
	if d > 0 {
		apart = -math.Expm1(-lifetime*math.Log1p(d)) / d
	}
	within := sum(d)
	a.Mean = mean / n * within
	a.Variance = math.Max(0, second/n*sum(d*(2+d))-a.Mean*a.Mean)
	a.Issued = mean * math.Max(0, within-left*apart) / (1 - left)
	a.Unissued = 0
	if mean > 0 {
		a.Unissued = math.Max(0, mean/d-a.Issued)
	}
	return a, nil
}

// Auctioned is the right to a slot sold some slots ahead.
//
//	E = mu/(1+d)^slots,  Var = Var(R)/(1+d)^(2 slots)
//
// Domain: all finite and at least 0, the variance +Inf too. A test asserts 29.0557 and 844.2315 at mean 30, variance
// 900, 32 slots and d = 0.001 (Burian, Crapis 2024).
func Auctioned(mean, variance, slots, d float64) (Asset, error) {
	if !finite(mean, slots, d) || !(variance >= 0) {
		return Asset{}, fmt.Errorf("rights: slot sold ahead: mean %g, variance %g, %g slots and discount rate %g must be finite (the variance apart) and at least 0", mean, variance, slots, d)
	}
	left := math.Exp(-slots * math.Log1p(d))
	if math.IsInf(variance, 1) {
		return Asset{Mean: mean * left, Variance: variance}, nil
	}
	return Asset{Mean: mean * left, Variance: variance * left * left}, nil
}

// SlotRate is the rate per slot that compounds to a rate per year. A test asserts
// 1.2723e-8 at 3.4 % and 2,628,000 slots.
func SlotRate(annual, slots float64) (float64, error) {
	if !(annual > -1 && annual <= math.MaxFloat64) || !(slots > 0 && slots <= math.MaxFloat64) {
		return 0, fmt.Errorf("rights: a rate of %g a year of %g slots", annual, slots)
	}
	return math.Expm1(math.Log1p(annual) / slots), nil
}

// Capture is who holds tickets sold to price-taking buyers, and what the protocol gets.
type Capture struct {
	// Holder is the agent with the highest mean net of capital cost, the first of equals.
	Holder int
	// Price is the second highest such mean, what a slot's tickets sell for.
	Price float64
	// Share is Price as a share of the holder's mean reward, 0 if that is 0.
	Share float64
}

// Captured compares mu_b/(1 + n d_b) over buyers b (Burian, Crapis, Saleh 2024). One
// buyer pays nothing. Equal means without capital cost give share 1. A test asserts
// holder 1 and share 1/2 at means 4, 2, and 0.907112 for equal buyers at d = 1e-4, n = 1024.
func Captured(means, rates []float64, n float64) (Capture, error) {
	if len(means) == 0 || len(means) != len(rates) || !finite(n) {
		return Capture{}, fmt.Errorf("rights: capture: %d means, %d discount rates, supply %g", len(means), len(rates), n)
	}
	best, out := -1.0, Capture{}
	for i, mean := range means {
		if !finite(mean, rates[i]) {
			return Capture{}, fmt.Errorf("rights: capture: mean %g and discount rate %g of buyer %d must be finite and at least 0", mean, rates[i], i+1)
		}
		worth := mean / (1 + n*rates[i])
		switch {
		case worth > best:
			out.Price = math.Max(0, best)
			best, out.Holder = worth, i
		case worth > out.Price:
			out.Price = worth
		}
	}
	if mean := means[out.Holder]; mean > 0 {
		out.Share = out.Price / mean
	}
	return out, nil
}

// finite reports numbers that are all finite and at least 0.
func finite(numbers ...float64) bool {
	for _, x := range numbers {
		if !(x >= 0 && x <= math.MaxFloat64) {
			return false
		}
	}
	return true
}
