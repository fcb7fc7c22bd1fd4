package search

import (
	"context"
	"fmt"
	"math"
	"strings"

	"allot/constraints"
	"allot/mechanisms"
	"allot/objectives"
	"allot/solver/certify"
)

// candidate solves a design in full: expectations, certificate, findings.
func (e *evaluator) candidate(space mechanisms.Space, x []float64) (*Candidate, error) {
	design, err := space.At(x)
	if err != nil {
		return nil, err
	}
	p := e.problem
	t := newTally(e.draws.agents)
	result := e.solve(context.Background(), []*mechanisms.Design{&design}, []*tally{t})[0]
	c := newCandidate(space, design, x)
	c.Objective = result.objective
	for j, o := range objectives.All() {
		if j < len(t.metrics) && t.failed == 0 {
			c.Metrics[o.Name()] = t.metrics[j]
		}
	}
	c.Equilibrium = e.solved(t)
	for j, k := range p.Constraints {
		t.grow(j)
		why := t.witness[j]
		if math.IsNaN(result.measures[j]) {
			if why = t.whys[j]; why == "" {
				why = t.failure
			}
		}
		switch {
		case math.IsNaN(result.measures[j]):
		case result.pooled != nil && result.pooled[j] != nil:
			_, why = constraints.Pool(k, result.pooled[j])
		case !e.draws.single() && why != "":
			why = "where it does worst: " + why
		}
		c.Constraints = append(c.Constraints, finding(k, result.measures[j], e.scale(), why))
	}
	c.Violation, c.Feasible = violationOf(c.Constraints)
	switch {
	case t.failed > 0:
		c.Objective = math.NaN()
		c.Feasible = false
		c.Notes = append(c.Notes, t.failure)
	case math.IsNaN(c.Objective):
		c.Feasible = false
		c.Notes = append(c.Notes, fmt.Sprintf("%s is not defined here (nobody wins, or a concentration measure of nothing)", p.Objective.Name()))
	}
	if t.failed == 0 {
		c.Notes = append(c.Notes, t.oversight.notes(design.Terms)...)
		c.Notes = append(c.Notes, t.floor.notes(p.Market)...)
		if o := t.oversight; design.Terms.Oversight > 0 && !math.IsNaN(o.honest) {
			c.Oversight = &Oversight{Rejected: o.honest, Passed: o.passed, Paid: o.paid, Total: o.total}
		}
	}
	if sale, ok := design.Mechanism.(mechanisms.Priced); ok && sale.Sale().Supply > 0 && !e.draws.single() {
		c.Notes = append(c.Notes, "tickets that wait: values last once they are drawn, so that buyers know what the slot will bring; where every slot is drawn anew a ticket is worth its mean")
	}
	if t.others != "" {
		c.Notes = append(c.Notes, t.others)
	}
	if !e.draws.single() {
		c.StandardError = math.NaN()
	}
	if !e.draws.single() && c.Objective != 0 && !math.IsNaN(c.Objective) {
		c.TailShare = t.tail / c.Objective
	}
	return c, nil
}

func newCandidate(space mechanisms.Space, design mechanisms.Design, x []float64) *Candidate {
	c := &Candidate{
		Family:    space.Family(),
		Settings:  design.Settings,
		Metrics:   make(map[string]float64),
		TailShare: math.NaN(),
		point:     append([]float64(nil), x...),
	}
	for _, a := range space.Axes() {
		c.Searched = append(c.Searched, a.Name)
	}
	return c
}

func (e *evaluator) solved(t *tally) Solved {
	s := Solved{
		Status:    t.standing.String(),
		Stopped:   t.stopped.String(),
		Method:    strings.Join(t.methods, "; "),
		Regime:    t.regime(),
		Selection: strings.Join(t.selections, "; "),
		Epsilon:   t.epsilon,
		Unsold:    t.unsold,
	}
	if t.failed > 0 {
		s.Status, s.Epsilon = certify.None.String(), math.Inf(1)
	}
	if s.Relative = s.Epsilon; e.scale() > 0 {
		s.Relative /= e.scale()
	}
	for i := range e.draws.agents {
		a := AgentResult{
			Name:  e.problem.Market.Agents[i].Name,
			Value: t.values[i], Signal: t.signals[i], Win: t.win[i], Cost: t.cost[i], Payoff: t.payoff[i],
		}
		if i < len(t.mixed) {
			a.Mixture = t.mixed[i]
		}
		s.Agents = append(s.Agents, a)
	}
	return s
}

// finding holds a measure against the constraint's bound.
func finding(k constraints.Constraint, measure, scale float64, why string) constraints.Finding {
	b := k.Bound()
	b.Tolerance = math.Max(b.Tolerance, feasibility)
	f := constraints.Finding{Name: k.Name(), Measure: measure, Bound: b, Why: why}
	f.Violation, f.Verdict = b.Judge(measure, scale)
	return f
}

// rescramblings is how many other sets of draws the standard error is taken from.
const rescramblings = 4

// standardError is the spread of the objective over other scramblings of the
// draws: an estimate, with few degrees of freedom, of how far the expectation
// over one set of draws is from the true one.
func (e *evaluator) standardError(ctx context.Context, c *Candidate, space mechanisms.Space) (float64, error) {
	if e.draws.single() {
		return 0, nil
	}
	design, err := space.At(c.point)
	if err != nil {
		return 0, err
	}
	sum := 0.0
	for k := range rescramblings {
		d, err := newDraws(e.problem.Market, e.problem.Draws, e.problem.Seed+uint64(k+1)*0xd1342543de82ef95)
		if err != nil {
			return 0, err
		}
		other := newEvaluator(e.problem, d).evaluate(ctx, []*mechanisms.Design{&design})[0].objective
		sum += (other - c.Objective) * (other - c.Objective)
	}
	// The differences have twice the variance of one set.
	return math.Sqrt(sum / (2 * rescramblings)), nil
}
