package private

import (
	"errors"
	"fmt"
	"math"
	"sort"

	"allot/mechanisms"
	"allot/solver/equilibrium"
)

// Collusion is what each member of the all-inclusive ring gets in expectation.
type Collusion struct {
	// Competitive is the payoff without a ring, in a second-price auction (and in any
	// auction that gives the right to the highest value).
	Competitive []float64
	// Weak is the payoff in a ring without transfers: everyone with a value of at least the
	// reserve bids that, and they share equally. Where hazard rates do not fall no ring
	// without transfers does better; a member whose competitive payoff is higher would rather
	// compete.
	Weak []float64
	// Strong is the payoff in a ring with transfers: the highest value takes the right at
	// the reserve and what is gained over competition is shared equally.
	Strong []float64
	// Revenue is what the ring leaves the protocol: the reserve times the chance of a sale.
	Revenue float64
}

// Collude computes what the all-inclusive ring brings its members at a reserve:
//
//	weak:    u_i = E[(v_i-r)+] int_0^1 prod_{j!=i} (F_j(r) + s (1-F_j(r))) ds
//	strong:  sum u_i = E[(max v - r)+]
//
// (McAfee, McMillan 1992.) A test asserts 1/6, 1/4 and 1/3 for two draws of U[0,1] without a
// reserve.
func Collude(values []mechanisms.Distribution, reserve float64) (Collusion, error) {
	var c Collusion
	m, err := mechanisms.NewAuction(0, reserve)
	if err != nil {
		return c, fmt.Errorf("private: %w", err)
	}
	eq, err := Solver{}.Solve(m, values)
	if err != nil {
		return c, err
	}
	c.Competitive = eq.Account.Payoff
	groups := grouped(values)
	c.Weak, c.Strong = make([]float64, len(values)), make([]float64, len(values))
	for i, g := range groups {
		left := func(s float64) float64 { // prod_{j!=i} (F_j(r) + s (1-F_j(r)))
			p := 1.0
			for j, h := range groups {
				n := h.n
				if j == i {
					n--
				}
				out := h.CDF(math.Nextafter(reserve, math.Inf(-1)))
				p *= power(out+s*(1-out), n)
			}
			return p
		}
		share := 0.0
		if len(values) <= 20 {
			share = integral(left, 0, 1)
		} else { // a polynomial of high degree: split towards 1
			for a, b := 0.0, 0.5; a < 1-1e-15; a, b = b, b+(1-b)/2 {
				share += integral(left, a, b)
			}
		}
		one := []*group{{law: g.law, n: 1}}
		for _, k := range g.agents {
			c.Weak[k] = share * excess(one, reserve)
		}
	}
	gain := excess(groups, reserve)
	for _, u := range c.Competitive {
		gain -= u
	}
	for k := range c.Strong {
		c.Strong[k] = c.Competitive[k] + gain/float64(len(values))
	}
	c.Revenue = reserve * (1 - belowStrictly(groups, reserve))
	return c, nil
}

// Excess is E[(max v - r)+], what the highest value is worth beyond r.
func Excess(values []mechanisms.Distribution, r float64) (float64, error) {
	for i, d := range values {
		if d == nil {
			return 0, fmt.Errorf("private: agent %d has no value", i+1)
		}
	}
	if len(values) == 0 || math.IsNaN(r) {
		return 0, errors.New("private: there is no agent, or no number to exceed")
	}
	return excess(grouped(values), r), nil
}

// excess is E[(max v - r)+].
func excess(groups []*group, r float64) float64 {
	ends := panels(groups, r)
	return over(func(x float64) float64 { return above(groups, x) }, ends) + beyond(groups, ends[len(ends)-1])
}

// Ring is the equilibrium in which the members with the given indices act as one agent with
// the highest of their values (Graham, Marshall 1987; in a first-price auction Marshall,
// Meurer, Richard, Stromquist 1994), after the outsiders, who keep their order. The ring is
// its last agent. A test asserts that a ring of two of three draws of U[0,1] lowers the
// second-price revenue from 1/2 to 5/12.
func (s Solver) Ring(m mechanisms.Mechanism, values []mechanisms.Distribution, members []int) (*Equilibrium, error) {
	ringed, err := ringed(values, members)
	if err != nil {
		return nil, err
	}
	return s.Solve(m, ringed)
}

// RingReserve is the reserve that brings the most against a ring, and that revenue, with the
// given weight of the winner's own bid: 1 is the first-price auction, 0 the second-price. A
// test asserts 1/sqrt(3) and 2/(3 sqrt(3)) against the ring of two draws of U[0,1].
func (s Solver) RingReserve(first float64, values []mechanisms.Distribution, members []int) (reserve, revenue float64, err error) {
	if s.Tolerance <= 0 {
		s.Tolerance = 1e-4 // knots do not matter to the revenue
	}
	all, err := ringed(values, members)
	if err != nil {
		return 0, 0, err
	}
	at := func(r float64) float64 {
		if err != nil {
			return 0
		}
		m, e := mechanisms.NewAuction(first, r)
		if e != nil {
			err = e
			return 0
		}
		eq, e := s.Solve(m, all)
		if e != nil {
			err = e
			return 0
		}
		if eq.Status != equilibrium.Converged {
			err = fmt.Errorf("private: no equilibrium found at reserve %g: %s", r, eq.Reason)
			return 0
		}
		return eq.Account.Revenue()
	}
	// A scan over ranks of the highest value, then golden sections.
	groups := grouped(all)
	top := &highestOf{groups}
	candidates := []float64{0}
	for k := 1; k < 32; k++ {
		candidates = append(candidates, top.Quantile(float64(k)/32))
	}
	best := 0
	for k, r := range candidates {
		if y := at(r); y > revenue {
			best, revenue = k, y
		}
	}
	a, b := candidates[max(best-1, 0)], candidates[min(best+1, len(candidates)-1)]
	const ratio = 0.6180339887498949
	x, y := b-ratio*(b-a), a+ratio*(b-a)
	fx, fy := at(x), at(y)
	for b-a > 1e-5*b {
		if fx >= fy {
			b, y, fy = y, x, fx
			x = b - ratio*(b-a)
			fx = at(x)
		} else {
			a, x, fx = x, y, fy
			y = a + ratio*(b-a)
			fy = at(y)
		}
	}
	reserve = a/2 + b/2
	h := 1e-3 * reserve
	if f0, f1, f2 := at(reserve-h), at(reserve), at(reserve+h); f0-2*f1+f2 < 0 {
		if step := h * (f0 - f2) / (2 * (f0 - 2*f1 + f2)); math.Abs(step) < h {
			reserve += step
		}
	}
	if y := at(reserve); y >= revenue {
		revenue = y
	} else {
		reserve = candidates[best]
	}
	return reserve, revenue, err
}

// ringed are the outsiders' distributions and that of the ring's highest value.
func ringed(values []mechanisms.Distribution, members []int) ([]mechanisms.Distribution, error) {
	if len(members) == 0 {
		return nil, errors.New("private: the ring has no members")
	}
	inside := make(map[int]bool, len(members))
	var ring, all []mechanisms.Distribution
	for _, i := range members {
		if i < 0 || i >= len(values) || inside[i] {
			return nil, fmt.Errorf("private: ring: there is no agent %d, or it is named twice", i)
		}
		if values[i] == nil {
			return nil, fmt.Errorf("private: agent %d has no value", i+1)
		}
		inside[i] = true
		ring = append(ring, values[i])
	}
	for i, d := range values {
		if !inside[i] {
			all = append(all, d)
		}
	}
	if len(ring) == 1 {
		return append(all, ring[0]), nil
	}
	return append(all, &highestOf{grouped(ring)}), nil
}

// highestOf is the distribution of the highest of independent values.
type highestOf struct{ groups []*group }

func (h *highestOf) CDF(v float64) float64      { return below(h.groups, v) }
func (h *highestOf) Survival(v float64) float64 { return above(h.groups, v) }
func (h *highestOf) Mean() float64              { return highest(h.groups, 0) }

// TailMean is E[V; V > v].
func (h *highestOf) TailMean(v float64) float64 {
	if v < 0 {
		return h.Mean()
	}
	return v*above(h.groups, v) + excess(h.groups, v)
}

// Density is f(v) where every value has one.
func (h *highestOf) Density(v float64) float64 {
	sum := 0.0
	for i, g := range h.groups {
		d, ok := g.Distribution.(interface{ Density(float64) float64 })
		if !ok {
			return 0
		}
		sum += float64(g.n) * d.Density(v) * rivals(h.groups, i, v)
	}
	return sum
}

// Support implements mechanisms.Distribution.
func (h *highestOf) Support() (low, high float64) {
	for _, g := range h.groups {
		low, high = math.Max(low, g.low), math.Max(high, g.high)
	}
	return low, high
}

// Knots are the values where the distribution function is not smooth.
func (h *highestOf) Knots() []float64 {
	low, high := h.Support()
	var knots []float64
	for _, g := range h.groups {
		for _, v := range g.breaks {
			if v >= low && v <= high {
				knots = append(knots, v)
			}
		}
	}
	sort.Float64s(knots)
	return knots
}

// Quantile implements mechanisms.Distribution, by bisection; equal agents' is exact.
func (h *highestOf) Quantile(p float64) float64 {
	if len(h.groups) == 1 {
		return h.groups[0].Quantile(math.Pow(p, 1/float64(h.groups[0].n)))
	}
	low, high := h.Support()
	if p <= 0 {
		return low
	}
	if p >= 1 {
		return high
	}
	return h.find(func(v float64) bool { return h.CDF(v) >= p })
}

// Upper is the value with survival q.
func (h *highestOf) Upper(q float64) float64 {
	if len(h.groups) == 1 { // 1 - (1-q)^(1/n)
		return h.groups[0].upper(-math.Expm1(math.Log1p(-q) / float64(h.groups[0].n)))
	}
	low, high := h.Support()
	if q >= 1 {
		return low
	}
	if q <= 0 {
		return high
	}
	return h.find(func(v float64) bool { return h.Survival(v) <= q })
}

// find is the least value that satisfies a monotone condition.
func (h *highestOf) find(done func(float64) bool) float64 {
	low, high := h.Support()
	if math.IsInf(high, 1) {
		for high = 2*low + 1; !done(high) && high < 1e300; {
			high *= 2
		}
	}
	for range 2000 {
		mid := low/2 + high/2
		if mid <= low || mid >= high {
			break
		}
		if done(mid) {
			high = mid
		} else {
			low = mid
		}
	}
	return high
}
