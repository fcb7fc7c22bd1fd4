package constraints

import (
	"errors"
	"fmt"
	"math"
	"slices"
)

// decentralization demands that the right does not gather in few hands.
//
//	maxShare:    max_i s_i,      at most the option
//	maxHHI:      sum_i s_i^2,    at most the option
//	minNakamoto: the least number of agents with more than half, at least the option
//
// with s_i = t_i/(1-t_0), the shares given that somebody wins. One of the three options
// is set. Domain: unknown where nobody ever wins (t_0 = 1). maxShare and maxHHI vary
// continuously; the Nakamoto number (Srinivasan, Lee 2017) is whole. Tolerance 1e-9. A test
// asserts 0.6, 0.52 and 1 for the proportional contest at 30/20/10.
type decentralization struct {
	kind  concentration
	bound float64
}

type concentration int

const (
	share concentration = iota
	hhi
	nakamoto
)

func newDecentralization(o map[string]float64) (Constraint, error) {
	var d decentralization
	found := 0
	for k, name := range [...]string{"maxShare", "maxHHI", "minNakamoto"} {
		x := o[name]
		if math.IsNaN(x) {
			continue
		}
		found++
		d = decentralization{kind: concentration(k), bound: x}
		if !(x >= 0) || k < 2 && x > 1 || math.IsInf(x, 0) {
			return nil, fmt.Errorf("constraints: decentralization: %s is %g: a share or an index is in [0, 1], a number of agents at least 0", name, x)
		}
	}
	if found != 1 {
		return nil, errors.New("constraints: decentralization: give one of maxShare, maxHHI and minNakamoto")
	}
	return d, nil
}

func (decentralization) Name() string { return "decentralization" }

func (d decentralization) Bound() Bound {
	if d.kind == nakamoto {
		return Bound{Relation: AtLeast, Value: d.bound, Tolerance: 1e-9}
	}
	return Bound{Relation: AtMost, Value: d.bound, Tolerance: 1e-9}
}

var errNobodyWins = errors.New("nobody ever wins: there are no shares")

func (d decentralization) Measure(c *Case) (float64, error) {
	total := 0.0
	for _, t := range c.Account.Win {
		total += t
	}
	if !(total > 0) {
		return 0, errNobodyWins
	}
	switch d.kind {
	case share:
		most := 0.0
		for _, t := range c.Account.Win {
			most = math.Max(most, t)
		}
		return most / total, nil
	case hhi:
		sum := 0.0
		for _, t := range c.Account.Win {
			sum += t / total * (t / total)
		}
		return sum, nil
	}
	w := c.room()
	w.sorted = append(w.sorted[:0], c.Account.Win...)
	slices.Sort(w.sorted)
	sum, rest := 0.0, len(w.sorted)
	for rest > 0 && sum <= total*(0.5+1e-12) {
		rest--
		sum += w.sorted[rest]
	}
	return float64(len(w.sorted) - rest), nil
}

func (d decentralization) Explain(c *Case, measure float64) string {
	most := 0
	for i, t := range c.Account.Win {
		if t > c.Account.Win[most] {
			most = i
		}
	}
	switch d.kind {
	case share:
		return fmt.Sprintf("the largest share is %.4g (%s)", measure, c.name(most))
	case hhi:
		return fmt.Sprintf("the Herfindahl-Hirschman index is %.4g: as many as %.4g equal agents", measure, 1/measure)
	}
	return fmt.Sprintf("%g agents are the fewest with more than half of the slots", measure)
}
