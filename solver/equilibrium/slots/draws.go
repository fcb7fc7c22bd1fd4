package slots

import (
	"fmt"
	"math"
)

// Exposure is the probability that independent draws give two consecutive slots to
// one agent, sum t_i^2; the shares sum to at most 1. A test asserts 5/9 for shares 2/3, 1/3.
func Exposure(shares []float64) (float64, error) {
	sum, squares := 0.0, 0.0
	for i, t := range shares {
		if !(t >= 0 && t <= 1) {
			return 0, fmt.Errorf("slots: share %d is %g: shares are in [0, 1]", i+1, t)
		}
		sum += t
		squares += t * t
	}
	if sum > 1+1e-9 {
		return 0, fmt.Errorf("slots: the shares sum to %g", sum)
	}
	return squares, nil
}

// Draw is what happens to a ticket that was drawn.
type Draw int

const (
	// Returned tickets can be drawn again: draws with replacement.
	Returned Draw = iota
	// Reissued tickets go to others, so that the supply stays the same.
	Reissued
	// Spent tickets are gone: draws without replacement.
	Spent
)

// Streak is the probability that the holder of some tickets of a supply wins a run of
// consecutive slots:
//
//	Returned: (h/N)^m   Reissued: prod_{k<m} (h-k)/N   Spent: prod_{k<m} (h-k)/(N-k)
//
// Burian, Crapis (2024) take Reissued: 95 of 100 tickets win 20 slots running with
// probability 0.0416, 35 with 1.2e-4 (a test asserts both). Domain: 0 <= held <= supply finite,
// whole or not, supply and slots >= 1.
func Streak(held, supply float64, slots int, draw Draw) (float64, error) {
	if !(held >= 0 && held <= supply) || !(supply >= 1 && supply <= math.MaxFloat64) || slots < 1 {
		return 0, fmt.Errorf("slots: a run of %d slots with %g tickets of %g", slots, held, supply)
	}
	if draw == Returned {
		return math.Pow(held/supply, float64(slots)), nil
	}
	p := 1.0
	for k := range slots {
		left, own := supply, held-float64(k)
		if draw == Spent {
			left -= float64(k)
		}
		if own <= 0 {
			return 0, nil
		}
		p *= own / left
	}
	return p, nil
}

// Cooldown is a draw in proportion to weights in which a winner sits out the next
// slots. Each agent divides its weight equally among its identities.
type Cooldown struct {
	Weights []float64
	// Identities is how many identities each agent has; nil means one each.
	Identities []int
	// Slots is how many slots a winner sits out.
	Slots int
}

// Rest is what a cooldown comes to in the long run.
type Rest struct {
	// Shares is how often each agent wins.
	Shares []float64
	// Twice is the probability that each agent wins a given slot and the next, and
	// Exposure their sum.
	Twice    []float64
	Exposure float64
}

// Solve computes the long run exactly. Under a cooldown of c slots any c+1 consecutive
// winners are distinct identities, with probability in proportion to the product of
// their weights (sampling by rejection: the stationary law of the last c is the
// product of their weights times what they leave). With e_m the elementary symmetric
// polynomial of all identities' weights and S_i that of agent i's own,
//
//	t_i = sum_{k of i} w_k e_c(w without k) / ((c+1) e_{c+1})
//	exposure = sum_i sum_{k != l of i} w_k w_l e_{c-1}(w without k, l) / (c (c+1) e_{c+1})
//
// and sum t_i^2 at c = 0. One identity each gives exposure 0; K identities each
// bring it back towards the draw without cooldown. An error where fewer than c+1
// identities have a weight: nobody would be left to draw. Tests assert the values of a
// brute-force chain.
func (c Cooldown) Solve() (Rest, error) {
	n := len(c.Weights)
	if n == 0 || c.Slots < 0 || c.Slots > 1<<12 || c.Identities != nil && len(c.Identities) != n {
		return Rest{}, fmt.Errorf("slots: a cooldown of %d slots for %d agents with %d numbers of identities", c.Slots, n, len(c.Identities))
	}
	top, identities := 0.0, 0
	count := make([]int, n)
	for i, w := range c.Weights {
		count[i] = 1
		if c.Identities != nil {
			count[i] = c.Identities[i]
		}
		if !(w >= 0 && w <= math.MaxFloat64) || count[i] < 1 || count[i] > 1<<20 {
			return Rest{}, fmt.Errorf("slots: agent %d has weight %g and %d identities: weights are finite and at least 0, identities from 1 to %d", i+1, w, count[i], 1<<20)
		}
		if w == 0 {
			count[i] = 0
		}
		top = math.Max(top, w)
		identities += count[i]
	}
	if identities <= c.Slots {
		return Rest{}, fmt.Errorf("slots: nobody is left to draw: identities %d, cooldown %d", identities, c.Slots)
	}
	m := c.Slots
	weight := make([]float64, n) // of one identity, on a scale on which e_m does not vanish
	total := 0.0
	for _, w := range c.Weights {
		total += w / top
	}
	for i, w := range c.Weights {
		if count[i] > 0 {
			weight[i] = w / top / total * float64(m+1) / float64(count[i])
		}
	}
	all := symmetric(weight, count, m+1)
	out := Rest{Shares: make([]float64, n), Twice: make([]float64, n)}
	z := all[m+1] * float64(m+1)
	sum := 0.0
	for i := range weight {
		if count[i] == 0 {
			continue
		}
		count[i]--
		out.Shares[i] = float64(count[i]+1) * weight[i] * symmetric(weight, count, m)[m] / z
		sum += out.Shares[i]
		switch {
		case m == 0:
			out.Twice[i] = out.Shares[i] * out.Shares[i]
		case count[i] > 0:
			count[i]--
			pairs := float64(count[i]+2) * float64(count[i]+1)
			out.Twice[i] = pairs * weight[i] * weight[i] * symmetric(weight, count, m-1)[m-1] / (z * float64(m))
			count[i]++
		}
		count[i]++
		out.Exposure += out.Twice[i]
	}
	if !(math.Abs(sum-1) < 1e-9) {
		return Rest{}, fmt.Errorf("slots: weights too far apart for a cooldown of %d slots", c.Slots)
	}
	return out, nil
}

// symmetric is the elementary symmetric polynomials e_0..e_m of the weights, weight
// i counted count[i] times: the coefficients of prod (1 + w_i x)^count_i. All terms are
// positive, so nothing cancels.
func symmetric(weight []float64, count []int, m int) []float64 {
	e := make([]float64, m+1)
	power := make([]float64, m+1)
	e[0] = 1
	degree := 0
	for i, w := range weight {
		if count[i] == 0 {
			continue
		}
		last := min(count[i], m)
		power[0] = 1
		for k := 1; k <= last; k++ { // binomial(count, k) w^k
			power[k] = power[k-1] * w * float64(count[i]-k+1) / float64(k)
		}
		degree = min(degree+last, m)
		for k := degree; k >= 0; k-- {
			sum := 0.0
			for l := 0; l <= min(k, last); l++ {
				sum += e[k-l] * power[l]
			}
			e[k] = sum
		}
	}
	return e
}
