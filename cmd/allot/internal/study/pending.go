package study

import (
	"fmt"

	"allot/constraints"
)

func constraintKinds() []constraints.Kind { return nil }
func newConstraint(name string, o map[string]float64) (constraints.Constraint, error) {
	return nil, fmt.Errorf("constraints: %s", name)
}
func newFormula(text string, r constraints.Relation, v float64) (constraints.Constraint, error) {
	return nil, fmt.Errorf("constraints: %s", text)
}
