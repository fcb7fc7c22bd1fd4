package study

import (
	"errors"
	"fmt"
	"math"

	"github.com/expr-lang/expr/ast"
	"github.com/expr-lang/expr/file"
	"github.com/expr-lang/expr/parser"

	"allot/solver/cartel"
)

const (
	// longestShare and deepestShare bound an expression of k.
	longestShare = 1000
	deepestShare = 50
)

// schedule is a number as a function of k.
type schedule func(k float64) float64

// share reads what each member gets with k newcomers: article, a number or an
// expression of k.
func (d *decoder) share(n *node) (func(int) float64, string, error) {
	if n.word("article") {
		return cartel.ArticleShare, "2/(k+2)!", nil
	}
	if n.form == plain && decimal.MatchString(n.text) {
		x, err := d.positive(n, "share")
		return cartel.FlatShare(x), n.text, err
	}
	if n.form != plain && n.form != quoted {
		return nil, "", d.fail(n, "write article, a number or an expression such as 2/(k+1)", "share: expected a text, found %s", n.is())
	}
	text, err := d.printable(n, "share")
	if err != nil {
		return nil, "", err
	}
	s, err := newSchedule(text)
	if err != nil {
		e := d.fail(n, "write article, a number or an expression such as 2/(k+1)", "share: %v", err).(*Error)
		var at *placed
		if errors.As(err, &at) {
			n.within(e, at.column)
		}
		return nil, "", e
	}
	return func(k int) float64 { return s(float64(k)) }, text, nil
}

// placed is an error at a character of an expression; columns count from 0.
type placed struct {
	column int
	reason string
}

func (e *placed) Error() string { return e.reason }

func newSchedule(text string) (s schedule, err error) {
	if len(text) > longestShare {
		return nil, &placed{0, fmt.Sprintf("the expression is longer than %d characters", longestShare)}
	}
	defer func() { // a parser that trips over its input must not take the program with it
		if r := recover(); r != nil {
			s, err = nil, &placed{0, fmt.Sprintf("the expression cannot be read: %v", r)}
		}
	}()
	tree, err := parser.Parse(text)
	if err != nil {
		var at *file.Error
		if errors.As(err, &at) {
			return nil, &placed{at.Column, at.Message}
		}
		return nil, &placed{0, err.Error()}
	}
	return build(tree.Node, 0)
}

func refuse(n ast.Node, format string, args ...any) (schedule, error) {
	return nil, &placed{n.Location().From, fmt.Sprintf(format, args...)}
}

// build turns a parsed expression into a function: numbers, k, + - * / ^, comparisons
// (1 or 0), c ? x : y and a few functions.
func build(n ast.Node, depth int) (schedule, error) {
	if depth > deepestShare {
		return refuse(n, "the expression is nested too deeply")
	}
	switch n := n.(type) {
	case *ast.IntegerNode:
		x := float64(n.Value)
		return func(float64) float64 { return x }, nil
	case *ast.FloatNode:
		x := n.Value
		return func(float64) float64 { return x }, nil
	case *ast.IdentifierNode:
		if n.Value == "k" {
			return func(k float64) float64 { return k }, nil
		}
		return refuse(n, "unknown name %q: the number of newcomers is k", n.Value)
	case *ast.UnaryNode:
		x, err := build(n.Node, depth+1)
		if err != nil {
			return nil, err
		}
		switch n.Operator {
		case "+":
			return x, nil
		case "-":
			return func(k float64) float64 { return -x(k) }, nil
		}
		return refuse(n, "the operator %s may not be used", n.Operator)
	case *ast.BinaryNode:
		f, ok := arithmetic[n.Operator]
		if !ok {
			return refuse(n, "the operator %s may not be used", n.Operator)
		}
		x, err := build(n.Left, depth+1)
		if err != nil {
			return nil, err
		}
		y, err := build(n.Right, depth+1)
		if err != nil {
			return nil, err
		}
		return func(k float64) float64 { return f(x(k), y(k)) }, nil
	case *ast.ConditionalNode:
		var parts [3]schedule
		for i, p := range []ast.Node{n.Cond, n.Exp1, n.Exp2} {
			var err error
			if parts[i], err = build(p, depth+1); err != nil {
				return nil, err
			}
		}
		return func(k float64) float64 {
			if parts[0](k) != 0 {
				return parts[1](k)
			}
			return parts[2](k)
		}, nil
	case *ast.CallNode:
		if callee, ok := n.Callee.(*ast.IdentifierNode); ok {
			return call(n, callee.Value, n.Arguments, depth)
		}
	case *ast.BuiltinNode:
		return call(n, n.Name, n.Arguments, depth)
	}
	return refuse(n, "only numbers, k, + - * / ^, comparisons, c ? x : y and the functions factorial, min, max, abs, sqrt, exp, log, floor may be used")
}

func truth(b bool) float64 {
	if b {
		return 1
	}
	return 0
}

var arithmetic = map[string]func(x, y float64) float64{
	"+": func(x, y float64) float64 { return x + y }, "-": func(x, y float64) float64 { return x - y },
	"*": func(x, y float64) float64 { return x * y }, "/": func(x, y float64) float64 { return x / y },
	"^": math.Pow, "**": math.Pow,
	"<": func(x, y float64) float64 { return truth(x < y) }, "<=": func(x, y float64) float64 { return truth(x <= y) },
	">": func(x, y float64) float64 { return truth(x > y) }, ">=": func(x, y float64) float64 { return truth(x >= y) },
	"==": func(x, y float64) float64 { return truth(x == y) }, "!=": func(x, y float64) float64 { return truth(x != y) },
}

var single = map[string]func(float64) float64{
	"abs": math.Abs, "sqrt": math.Sqrt, "exp": math.Exp, "log": math.Log, "floor": math.Floor,
	"factorial": func(x float64) float64 { return math.Gamma(x + 1) },
}

func call(n ast.Node, name string, arguments []ast.Node, depth int) (schedule, error) {
	parts := make([]schedule, len(arguments))
	for i, a := range arguments {
		var err error
		if parts[i], err = build(a, depth+1); err != nil {
			return nil, err
		}
	}
	if f, ok := single[name]; ok {
		if len(parts) != 1 {
			return refuse(n, "%s takes one number", name)
		}
		return func(k float64) float64 { return f(parts[0](k)) }, nil
	}
	extreme := math.Min
	switch name {
	case "min":
	case "max":
		extreme = math.Max
	default:
		return refuse(n, "unknown function %s: there are factorial, min, max, abs, sqrt, exp, log, floor", name)
	}
	if len(parts) == 0 {
		return refuse(n, "%s takes one number or more", name)
	}
	return func(k float64) float64 {
		x := parts[0](k)
		for _, p := range parts[1:] {
			x = extreme(x, p(k))
		}
		return x
	}, nil
}
