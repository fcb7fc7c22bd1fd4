package private

import (
	"errors"
	"math"

	"allot/mechanisms"
)

// Rivals are what one agent faces in a draw whose other agents keep their strategies:
// impacts b^exponent of their signals b, none of those who stand back, and a phantom bid's.
//
//	chance(x) = E[x/(x+S)] = int_0^inf x e^(-xu) prod_j E[e^(-u b_j^exponent)] du
//
// by the transforms of transform.go. Domain: equal weights; exponent 0 is the lottery, in
// which whoever enters has the impact 1. A test asserts (1 + 2/3)/2 for an impact of 2 against
// one rival that enters every other time. Safe to share.
type Rivals struct {
	grid    *lattice
	product []float64
	most    float64
}

// NewRivals is what the agent faces. An error means that the strategies are malformed.
func NewRivals(curves []mechanisms.BidCurve, agent int, exponent, phantom float64) (*Rivals, error) {
	if agent < 0 || agent >= len(curves) || !(exponent >= 0) || !(phantom >= 0) {
		return nil, errors.New("private: rivals: there is no such agent, or an exponent or a phantom bid is negative")
	}
	impact := func(b float64) float64 {
		if b <= 0 {
			return 0
		}
		return math.Pow(b, exponent)
	}
	r := &Rivals{most: impact(phantom)}
	var distinct []mechanisms.BidCurve // those that are shared count once
	var times []int
	index := make(map[*float64]int)
	for j, c := range curves {
		n := len(c.Bids)
		if n == 0 || len(c.Below) != n || len(c.Above) != n {
			return nil, errors.New("private: rivals: a strategy has no knots")
		}
		if j == agent {
			continue
		}
		k, ok := index[&c.Bids[0]]
		if !ok {
			k = len(distinct)
			index[&c.Bids[0]] = k
			distinct, times = append(distinct, c), append(times, 0)
		}
		times[k]++
		r.most += impact(c.Bids[n-1])
	}
	if r.most == 0 {
		return r, nil // nobody to beat
	}
	r.grid = newLattice(1e-9*r.most, 4*r.most)
	r.product = make([]float64, len(r.grid.u))
	for m, u := range r.grid.u {
		r.product[m] = math.Exp(-u * impact(phantom))
	}
	one := make([]float64, len(r.grid.u))
	for k, c := range distinct {
		clear(one)
		for s := 1; s < len(c.Bids); s++ {
			mass := c.Below[s] - c.Below[s-1]
			if c.Below[s-1] > 0.5 {
				mass = c.Above[s-1] - c.Above[s]
			}
			if !(mass > 0) {
				continue
			}
			if c.Bids[s] == c.Bids[s-1] {
				r.grid.add(one, impact(c.Bids[s]), mass)
				continue
			}
			// By octaves, in each of which the transform is smooth where it counts.
			from, to := c.Bids[s-1], c.Bids[s]
			for b := to; b > from; {
				a := math.Max(from, b/2)
				if b < 1e-9*to {
					a = from
				}
				for _, g := range gauss5 {
					r.grid.add(one, impact(a+(b-a)*(0.5+g[0]/2)), mass*(b-a)/(to-from)*g[1]/2)
				}
				b = a
			}
		}
		for m := range one {
			r.product[m] *= power(math.Min(1, one[m]), times[k])
		}
	}
	return r, nil
}

// add adds a weight at the impact x to a transform.
func (l *lattice) add(transform []float64, x, weight float64) {
	for m, u := range l.u {
		z := u * x
		if z > 60 {
			break
		}
		transform[m] += weight * math.Exp(-z)
	}
}

// Chance is the probability that an impact x wins.
func (r *Rivals) Chance(x float64) float64 {
	switch {
	case !(x > 0):
		return 0
	case r.grid == nil:
		return 1
	}
	return r.grid.chance(x, r.product)
}

// Most is the rivals' largest impact together.
func (r *Rivals) Most() float64 { return r.most }
