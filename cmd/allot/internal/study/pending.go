package study

import (
	"fmt"

	"allot/constraints"
)

type pendingConstraint struct {
	name  string
	bound constraints.Bound
}

func (p pendingConstraint) Name() string                               { return p.name }
func (p pendingConstraint) Bound() constraints.Bound                   { return p.bound }
func (p pendingConstraint) Measure(*constraints.Case) (float64, error) { return 0, nil }
func (p pendingConstraint) Explain(*constraints.Case, float64) string  { return "" }

func constraintKinds() []constraints.Kind {
	return []constraints.Kind{{Name: "individual-rationality"}, {Name: "best-response"}, {Name: "sybil-proof", Options: map[string]float64{"identities": 4}}, {Name: "decentralization", Options: map[string]float64{"maxShare": 1}}}
}
func newConstraint(name string, o map[string]float64) (constraints.Constraint, error) {
	return pendingConstraint{name: name}, nil
}
func newFormula(text string, r constraints.Relation, v float64) (constraints.Constraint, error) {
	return pendingConstraint{text, constraints.Bound{Relation: r, Value: v}}, fmt.Errorf("constraints: %s", text)
}
