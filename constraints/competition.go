package constraints

import (
	"errors"
	"fmt"
	"math"

	"allot/mechanisms"
	"allot/solver/cartel"
	"allot/solver/equilibrium"
)

// competition demands that agents drive up what the right costs.
//
//	measure: min over n' in 2..n of  sum_i c_i(n') - c_min, above 0
//
// where n' are the agents of the n' highest values (the others are given a value of 0)
// at their equilibrium, and c_min is the least payment with which the highest value gets
// the right when everybody else stands back: the reserve of an auction, a fee, next
// to nothing in a contest; where no signal wins for certain, against a phantom bid or under a
// custom rule, the value less the best pay-off alone, so that lost chances count as paid. It is the definition of the base model, whose theorem says
// that no such mechanism is proof against a ring: see ring-proof. A reserve of at least
// the second value gives competition up. Domain: two agents at least; for one the
// condition is void and the measure unknown.
//
// Auctions, and contests with exponent 1 without fee, phantom bid and weights, collect least
// from the two highest values, so that these are enough. Otherwise every n' up to 64 is
// solved (up to 8 of more than 1,024 agents), then each doubled one, and n; contests without fee and
// phantom bid collect something from any two agents of positive value, so that the
// verdict stands for all n' while the measure is the least of those solved; for other
// rules it is then unknown unless one n' violates it. A test asserts 20 for the
// first-price auction at 30/20/10, and 0, hence violated, with a reserve of 25.
//
// In contests and lotteries those who take part are the largest set of the highest values that
// can: n' of them or more, and it is the same set, so that a larger n' need not be solved.
type competition struct{}

func (competition) Name() string { return "competition" }

func (competition) Bound() Bound { return Bound{Relation: Above, Money: true} }

// Markets are solved one by one up to most of them, of more than many agents up to few.
const most, many, few = 64, 1024, 8

var (
	errLone      = errors.New("there is one agent: nobody to compete with")
	errUnsolved  = errors.New("the equilibrium of a smaller market was not found")
	errTooMany   = errors.New("too many agents to solve every smaller market; those solved have competition")
	errLeastCost = errors.New("the least cost of the right is not known")
)

func (competition) Measure(c *Case) (float64, error) {
	least, _, err := competitive(c)
	return least, err
}

func (k competition) Explain(c *Case, measure float64) string {
	_, n, err := competitive(c)
	if err != nil {
		return err.Error()
	}
	if _, verdict := k.Bound().Judge(measure, c.scale()); verdict == Violated {
		if !certain(c.Game.Mechanism) {
			return fmt.Sprintf("with the %d highest values agents pay no more in all than one alone would, the chances that it loses all the same included", n)
		}
		return fmt.Sprintf("with the %d highest values agents pay no more in all than one alone would", n)
	}
	return fmt.Sprintf("agents pay at least %.6g more in all than one alone would (n' = %d)", measure, n)
}

// competitive is the least excess over c_min and the number of agents with it.
func competitive(c *Case) (least float64, worst int, err error) {
	n := len(c.Game.Values)
	if n < 2 {
		return 0, 0, errLone
	}
	if c.playable() != nil || c.Solver == nil {
		return 0, 0, errUnsolved
	}
	w := c.room()
	lone := cartel.Gap(c.Game, c.Equilibrium, &w.rings)
	if !lone.Known {
		return 0, 0, errLeastCost
	}
	least, worst = total(c.Equilibrium.Cost)-lone.LeastCost, n
	pair, settled := twoEnough(c.Game.Mechanism)
	if pair {
		w.topTwo(c.Game.Values)
	} else {
		w.sortAgents(c.Game.Values)
	}
	w.values = append(w.values[:0], c.Game.Values...)
	clear(w.values)
	game := mechanisms.Game{Mechanism: c.Game.Mechanism, Values: w.values}
	brief := c.Solver.Brief
	c.Solver.Brief = true // costs are all that counts here
	defer func() { c.Solver.Brief = brief }()
	rivals := n
	if !pair && highestTakePart(c.Game.Mechanism) {
		rivals = max(2, takePart(c.Equilibrium, w.order))
	}
	filled, solved := 0, most
	if n > many && rivals > most {
		solved = few
	}
	for m := 2; m < rivals; m++ {
		for ; filled < m; filled++ {
			w.values[w.order[filled]] = c.Game.Values[w.order[filled]]
		}
		if err := c.Solver.Solve(game, &w.eq); err != nil || w.eq.Status == equilibrium.NotFound {
			return 0, 0, errUnsolved
		}
		if x := total(w.eq.Cost) - lone.LeastCost; x < least || math.IsNaN(x) {
			least, worst = x, m
		}
		if pair {
			break
		}
		if m >= solved {
			m = 2*m - 1
		}
	}
	if rounding := 1e-13 * c.Game.Values[w.order[0]]; math.Abs(least) <= rounding {
		least = 0
	}
	if !pair && !settled && rivals > solved && least > 0 {
		return 0, 0, errTooMany
	}
	return least, worst, nil
}

// certain reports a mechanism in which a lone agent can have the right for certain.
func certain(m mechanisms.Mechanism) bool {
	switch m := m.(type) {
	case mechanisms.Ratioed:
		return m.Ratio().Phantom == 0
	case mechanisms.Ranked, mechanisms.EqualChance, mechanisms.Priced:
		return true
	}
	return false
}

// phantom reports a contest with a phantom bid.
func phantom(m mechanisms.Mechanism) bool {
	r, ok := m.(mechanisms.Ratioed)
	return ok && r.Ratio().Phantom > 0
}

// highestTakePart reports a mechanism in which agents stand back by their values alone.
func highestTakePart(m mechanisms.Mechanism) bool {
	switch m := m.(type) {
	case mechanisms.Ratioed:
		return len(m.Ratio().Weights) == 0
	case mechanisms.EqualChance:
		return true
	}
	return false
}

// takePart is how many of the highest values contain everyone who takes part.
func takePart(eq *equilibrium.Equilibrium, order []int) int {
	for m := len(order); m > 0; m-- {
		if i := order[m-1]; eq.Win[i] > 0 || eq.Cost[i] > 0 {
			return m
		}
	}
	return 0
}

// topTwo lists the agents of the two highest values in w.order.
func (w *scratch) topTwo(values []float64) {
	first, second := 0, -1
	for i := 1; i < len(values); i++ {
		switch {
		case values[i] > values[first]:
			first, second = i, first
		case second < 0 || values[i] > values[second]:
			second = i
		}
	}
	w.order = append(w.order[:0], first, second)
}

func total(costs []float64) float64 {
	sum := 0.0
	for _, c := range costs {
		sum += c
	}
	return sum
}

// twoEnough reports a mechanism that collects least from the two highest values, and one
// that collects something from any two.
func twoEnough(m mechanisms.Mechanism) (pair, settled bool) {
	switch m := m.(type) {
	case mechanisms.Ranked:
		return true, true
	case mechanisms.Ratioed:
		r := m.Ratio()
		settled = r.Fee == 0 && r.Phantom == 0
		return settled && r.Exponent == 1 && len(r.Weights) == 0 && !r.WinnerPays, settled
	}
	return false, false
}

// privately is the least, over markets of the n' highest means, of what the agents pay in
// expectation beyond what a lone agent pays for the right where some value covers that:
//
//	min over n' in 2..n of  sum E c_i(n') - c_min P(max v >= c_min)
//
// In auctions the pair and all together are solved: what any two would pay beyond the reserve
// more rivals do not undo, so that the verdict stands for all n', while the measure is the least
// of the two. Elsewhere up to eight agents are looked at one by one. A test asserts 1/3 for two draws of
// U[0,1] in a first-price auction, and 5/12 - 3/8 with a reserve of 1/2.
func (k competition) privately(c *Case) (float64, string, error) {
	t, n := c.Types, len(c.Types.Values)
	if n < 2 {
		return 0, "", errLone
	}
	cost, err := t.leastCost(c.Game.Mechanism)
	if err != nil {
		return 0, "", err
	}
	_, ranked := c.Game.Mechanism.(mechanisms.Ranked)
	if !ranked && n > few {
		return 0, "", errTooMany
	}
	w := c.room()
	means := make([]float64, n)
	for i, v := range t.Values {
		means[i] = v.Mean()
	}
	w.sortAgents(means)
	least, worst := math.Inf(1), n
	for m := 2; m <= n; m++ {
		if ranked && m > 2 {
			m = n
		}
		paid, values := total(c.Equilibrium.Cost), t.Values
		if m < n {
			if paid, values, err = t.collected(c.Game.Mechanism, w.order, m); err != nil {
				return 0, "", err
			}
		}
		if x := paid - cost*reached(values, cost); x < least {
			least, worst = x, m
		}
	}
	if most := means[w.order[0]]; math.Abs(least) <= 1e-9*most { // quadrature's rounding
		least = 0
	}
	if !(least > 0) {
		return least, fmt.Sprintf("with the %d highest means agents expect to pay no more in all than one alone would", worst), nil
	}
	return least, fmt.Sprintf("with the %d highest means agents expect to pay %.6g more in all than one alone would", worst, least), nil
}

// reached is the chance that some value is at least x.
func reached(values []mechanisms.Distribution, x float64) float64 {
	if x <= 0 {
		return 1
	}
	none := 1.0
	for _, v := range values {
		none *= v.CDF(math.Nextafter(x, 0))
	}
	return 1 - none
}
