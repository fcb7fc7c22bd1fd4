package constraints

import (
	"errors"
	"fmt"
	"math"

	"allot/objectives"
)

// expression holds a goal against a number.
//
//	measure: g(T, C), any objective or expression of objectives
//
// at least, at most or equal to the value. Domain: unknown where g is not defined.
// Tolerance 1e-9, in g's own unit. A test asserts that fairness is sqrt(2)/3 for the
// proportional contest at values 4 and 2.
type expression struct {
	goal  objectives.Objective
	bound Bound
}

// NewExpression is the constraint that holds the expression, as package objectives
// reads it, against a value. An error in the text is an *objectives.ExpressionError.
func NewExpression(text string, relation Relation, value float64) (Constraint, error) {
	if relation < AtMost || relation > Above {
		return nil, fmt.Errorf("constraints: there is no relation %d", int(relation))
	}
	if math.IsNaN(value) || math.IsInf(value, 0) {
		return nil, fmt.Errorf("constraints: %g is not a finite number", value)
	}
	g, err := objectives.New(text)
	if err != nil {
		return nil, err
	}
	return guarded{expression{goal: g, bound: Bound{Relation: relation, Value: value, Tolerance: 1e-9}}}, nil
}

func (e expression) Name() string { return e.goal.Name() }

func (e expression) Bound() Bound { return e.bound }

func (e expression) Measure(c *Case) (float64, error) {
	x := e.goal.Of(c.Account)
	if math.IsNaN(x) {
		return 0, errUndefined
	}
	return x, nil
}

var errUndefined = errors.New("the expression has no value here")

func (e expression) Explain(_ *Case, measure float64) string {
	return fmt.Sprintf("%s is %.6g, bound %s %.6g", e.goal.Name(), measure, e.bound.Relation, e.bound.Value)
}
