// Package formats compares the auctions that a market of private values can hold: the
// sealed first-price auction, the open one (which private values make a second-price
// auction), each without a reserve and with the best one, and the bound over all
// mechanisms.
//
// It has the market of block builders as Gupta, Pai, Resnick, Tang estimate it, in two
// variants: values that are independent draws ([Builders]), and values with a component
// that builders of a type share and know ([Twins]).
package formats

import (
	"errors"
	"fmt"
	"math"

	"allot/mechanisms"
	"allot/solver/bound"
	"allot/solver/certify"
	certificate "allot/solver/certify/private"
	"allot/solver/equilibrium"
	"allot/solver/equilibrium/private"
)

// Format is what one auction brings, in the unit of the values: Payoff is what all agents keep
// together, Unsold the chance of no sale.
type Format struct {
	Reserve                          float64
	Revenue, Welfare, Unsold, Payoff float64
	// Epsilon bounds what any type can gain, as a share of E max v; Standing says whether
	// that is proven.
	Epsilon  float64
	Standing certify.Standing
	// Error bounds how far Revenue is from what these strategies bring, where that is proven
	// ([Twins], the sealed auction); elsewhere it is 0 and Revenue an exact expectation but for
	// the tolerance of its quadrature.
	Error float64
}

// Report compares the formats.
type Report struct {
	// First and Open have no reserve, FirstBest and OpenBest the best one.
	First, Open, FirstBest, OpenBest Format
	// Bound is the most revenue of all mechanisms, Highest E max v.
	Bound   bound.Optimum
	Highest float64
}

// Compare computes the report for agents with independent private values, to the
// tolerance (a share of E max v; 0 means 1e-6).
//
// The best reserve is the maximum of a smooth function of one variable: a scan for the
// open auction, golden sections about it for both. A test asserts that for two draws of
// U[0,1] every format with the best reserve, 1/2, reaches the bound, 5/12.
func Compare(values []mechanisms.Distribution, tolerance float64) (Report, error) {
	var r Report
	if len(values) == 0 {
		return r, errors.New("formats: there are no agents")
	}
	c := comparison{values, tolerance}
	var err error
	if r.Bound, err = bound.Revenue(values); err != nil {
		return r, fmt.Errorf("formats: %w", err)
	}
	if r.First, err = c.hold(1, 0); err != nil {
		return r, err
	}
	if r.Open, err = c.hold(0, 0); err != nil {
		return r, err
	}
	welfare, err := bound.Welfare(values)
	if err != nil {
		return r, fmt.Errorf("formats: %w", err)
	}
	r.Highest = welfare
	// No reserve above the bound's own reserves can be the best.
	top := 0.0
	for _, x := range r.Bound.Reserves {
		top = math.Max(top, x)
	}
	const steps = 40
	best, most := 0.0, r.Open.Revenue
	for k := 1; k <= steps; k++ {
		x := 1.2 * top * float64(k) / steps
		y, err := c.revenue(0, x)
		if err != nil {
			return r, err
		}
		if y > most {
			best, most = x, y
		}
	}
	width := 1.2 * top / steps
	at, err := c.golden(0, math.Max(0, best-width), best+width, 30)
	if err != nil {
		return r, err
	}
	if r.OpenBest, err = c.hold(0, at); err != nil {
		return r, err
	}
	// The first-price auction's is near: widen until it is inside.
	low, high := math.Max(0, at-4*width), at+4*width
	if at, err = c.golden(1, low, high, 24); err != nil {
		return r, err
	}
	if r.FirstBest, err = c.hold(1, at); err != nil {
		return r, err
	}
	return r, nil
}

// comparison is a market under comparison.
type comparison struct {
	values    []mechanisms.Distribution
	tolerance float64
}

// hold solves and certifies one auction.
func (c comparison) hold(first, reserve float64) (Format, error) {
	m, err := mechanisms.NewAuction(first, reserve)
	if err != nil {
		return Format{}, fmt.Errorf("formats: %w", err)
	}
	eq, err := private.Solver{Tolerance: c.tolerance}.Solve(m, c.values)
	if err != nil {
		return Format{}, fmt.Errorf("formats: %w", err)
	}
	if eq.Status != equilibrium.Converged {
		return Format{}, fmt.Errorf("formats: no equilibrium found at reserve %g: %s", reserve, eq.Reason)
	}
	proof := certificate.Auction(m, c.values, eq.Curves)
	f := Format{Reserve: reserve, Revenue: eq.Account.Revenue(), Welfare: eq.Account.Welfare, Unsold: eq.Account.Unsold,
		Payoff: eq.Account.Surplus(), Standing: proof.Standing, Epsilon: math.Inf(1)}
	if eq.Highest > 0 {
		f.Epsilon = proof.Epsilon / eq.Highest
	}
	return f, nil
}

// revenue is an auction's revenue; the strategies' knots are few, for they do not matter
// to it.
func (c comparison) revenue(first, reserve float64) (float64, error) {
	m, err := mechanisms.NewAuction(first, reserve)
	if err != nil {
		return 0, fmt.Errorf("formats: %w", err)
	}
	eq, err := private.Solver{Tolerance: 1e-3}.Solve(m, c.values)
	if err != nil {
		return 0, fmt.Errorf("formats: %w", err)
	}
	if eq.Status != equilibrium.Converged {
		return 0, fmt.Errorf("formats: no equilibrium found at reserve %g: %s", reserve, eq.Reason)
	}
	return eq.Account.Revenue(), nil
}

// golden is the maximum of revenue in [a, b] by golden sections.
func (c comparison) golden(first, a, b float64, steps int) (float64, error) {
	const ratio = 0.6180339887498949
	x, y := b-ratio*(b-a), a+ratio*(b-a)
	fx, err := c.revenue(first, x)
	if err != nil {
		return 0, err
	}
	fy, err := c.revenue(first, y)
	if err != nil {
		return 0, err
	}
	for range steps {
		if fx >= fy {
			b, y, fy = y, x, fx
			x = b - ratio*(b-a)
			if fx, err = c.revenue(first, x); err != nil {
				return 0, err
			}
		} else {
			a, x, fx = x, y, fy
			y = a + ratio*(b-a)
			if fy, err = c.revenue(first, y); err != nil {
				return 0, err
			}
		}
	}
	// A flat top is better placed by wider points: the vertex of a parabola, whose error is of
	// the second order in their distance, at two of them.
	mid := a/2 + b/2
	h := math.Max(b-a, 5e-3*mid)
	if mid <= 2*h {
		return mid, nil
	}
	f := [5]float64{}
	for i := range f {
		if f[i], err = c.revenue(first, mid+float64(i-2)*h); err != nil {
			return 0, err
		}
	}
	vertex := func(low, high, step float64) float64 { return step * (low - high) / (2 * (low - 2*f[2] + high)) }
	if s := (4*vertex(f[1], f[3], h) - vertex(f[0], f[4], 2*h)) / 3; math.Abs(s) <= h {
		return mid + s, nil
	}
	return mid, nil
}
