package objectives

import (
	"fmt"
	"math"
	"reflect"
	"sort"
	"unicode/utf8"

	"github.com/expr-lang/expr"
	"github.com/expr-lang/expr/ast"
)

const (
	// longest is the length of an expression in bytes, and most the number of its
	// nodes: what a person writes stays far below, and with predicates that do not
	// nest they bound the cost of an evaluation.
	longest = 2000
	most    = 300
)

// ExpressionError says where an expression is wrong and why.
type ExpressionError struct {
	Text string
	// Line and Column count from 1, the column in characters.
	Line, Column int
	Reason       string
}

func (e *ExpressionError) Error() string {
	return fmt.Sprintf("objectives: expression: line %d, column %d: %s", e.Line, e.Column, e.Reason)
}

// at is the error at a character of the text.
func at(text string, position int, reason string) *ExpressionError {
	line, column := 1, 1
	for _, r := range text {
		if position <= 0 {
			break
		}
		position--
		if r == '\n' {
			line, column = line+1, 0
		}
		column++
	}
	return &ExpressionError{Text: text, Line: line, Column: column, Reason: reason}
}

var (
	operators = map[string]bool{
		"+": true, "-": true, "*": true, "/": true, "^": true, "**": true,
		"<": true, "<=": true, ">": true, ">=": true, "==": true, "!=": true,
		"and": true, "&&": true, "or": true, "||": true, "not": true, "!": true,
	}
	// builtins are what of the evaluator's own functions is allowed.
	builtins = map[string]bool{"sum": true, "count": true, "all": true, "any": true, "none": true, "len": true}
	// functions are ours, of numbers or vectors.
	functions = map[string]func(params ...any) (any, error){
		"abs": of(math.Abs), "ceil": of(math.Ceil), "cos": of(math.Cos), "exp": of(math.Exp), "floor": of(math.Floor),
		"log": of(math.Log), "round": of(math.Round), "sin": of(math.Sin), "sqrt": of(math.Sqrt),
		"pow": func(p ...any) (any, error) { return math.Pow(p[0].(float64), p[1].(float64)), nil },
		"dot": func(p ...any) (any, error) { return dot(p[0].([]float64), p[1].([]float64)), nil },
		"max": over(func(n int, at func(int) float64) float64 { return extreme(n, at, math.Max) }),
		"min": over(func(n int, at func(int) float64) float64 { return extreme(n, at, math.Min) }),
		"mean": over(func(n int, at func(int) float64) float64 {
			return plus(n, at) / float64(n)
		}),
		"median": over(median),
		total:    over(plus),
	}
)

// total is the sum of a vector without a term of its own; the visitor puts it in for
// sum(x), whose own loop boxes every element.
const total = "sumOfVector"

func of(f func(float64) float64) func(...any) (any, error) {
	return func(p ...any) (any, error) { return f(p[0].(float64)), nil }
}

// over makes a function of one vector or of one or more numbers.
func over(f func(n int, at func(int) float64) float64) func(...any) (any, error) {
	return func(p ...any) (any, error) {
		if x, ok := p[0].([]float64); ok {
			return f(len(x), func(k int) float64 { return x[k] }), nil
		}
		return f(len(p), func(k int) float64 { return p[k].(float64) }), nil
	}
}

func plus(n int, at func(int) float64) float64 {
	sum := 0.0
	for k := range n {
		sum += at(k)
	}
	return sum
}

func extreme(n int, at func(int) float64, of func(x, y float64) float64) float64 {
	if n == 0 {
		return math.NaN()
	}
	x := at(0)
	for k := 1; k < n; k++ {
		x = of(x, at(k))
	}
	return x
}

func median(n int, at func(int) float64) float64 {
	if n == 0 {
		return math.NaN()
	}
	x := make([]float64, n)
	for k := range x {
		if x[k] = at(k); math.IsNaN(x[k]) {
			return math.NaN()
		}
	}
	sort.Float64s(x)
	return (x[(n-1)/2] + x[n/2]) / 2
}

func dot(x, y []float64) float64 {
	if len(x) != len(y) {
		return math.NaN()
	}
	sum := 0.0
	for k := range x {
		sum += x[k] * y[k]
	}
	return sum
}

// signatures types our functions, so that a wrong argument is found when compiling.
func signatures(name string) []any {
	switch name {
	case "pow":
		return []any{new(func(float64, float64) float64)}
	case "dot":
		return []any{new(func([]float64, []float64) float64)}
	case total:
		return []any{new(func([]float64) float64)}
	case "max", "min", "mean", "median":
		return []any{new(func([]float64) float64), new(func(float64, ...float64) float64)}
	}
	return []any{new(func(float64) float64)}
}

// options are the evaluator's: our names and functions, nothing else.
func options(guard *guard) []expr.Option {
	o := []expr.Option{
		expr.Env(names()), expr.AsFloat64(), expr.WarnOnAny(), expr.MaxNodes(most),
		expr.DisableAllBuiltins(), expr.Patch(guard),
	}
	for _, b := range []string{"sum", "count", "all", "any", "none", "len", "int", "float"} {
		o = append(o, expr.EnableBuiltin(b))
	}
	sorted := make([]string, 0, len(functions))
	for name := range functions {
		sorted = append(sorted, name)
	}
	sort.Strings(sorted)
	for _, name := range sorted {
		o = append(o, expr.Function(name, functions[name], signatures(name)...))
	}
	return o
}

// names is an environment with every name's type.
func names() map[string]any {
	env := map[string]any{"robustRevenue": func(float64) float64 { return 0 }}
	for _, o := range all {
		env[o.Name()] = 0.0
	}
	for _, v := range vectors {
		env[v] = []float64(nil)
	}
	return env
}

// guard walks a parsed expression, children first: it turns whole numbers into
// floating-point ones (so that nothing wraps around) and notes the first part that
// is not allowed, and which names are used.
type guard struct {
	used     map[string]bool
	elements []element
	position int
	reason   string
}

// element is a vector's element with a fixed index: negative ones count from the end.
type element struct {
	index    float64
	position int
}

// outside reports an element that vectors of n numbers do not have.
func (e element) outside(n int) bool { return e.index < -float64(n) || e.index >= float64(n) }

func (g *guard) refuse(n ast.Node, format string, args ...any) {
	if g.reason == "" || n.Location().From < g.position {
		g.position, g.reason = n.Location().From, fmt.Sprintf(format, args...)
	}
}

// Visit implements ast.Visitor.
func (g *guard) Visit(node *ast.Node) {
	switch n := (*node).(type) {
	case *ast.IntegerNode:
		f := &ast.FloatNode{Value: float64(n.Value)}
		ast.Patch(node, f)
		f.SetLocation(n.Location())
	case *ast.FloatNode, *ast.BoolNode, *ast.ConditionalNode:
	case *ast.IdentifierNode:
		if n.Value == "$env" {
			g.refuse(n, "name $env is not allowed")
		}
		g.used[n.Value] = true
	case *ast.PointerNode:
		if n.Name != "" {
			g.refuse(n, "#%s is not allowed", n.Name)
		}
	case *ast.UnaryNode:
		if !operators[n.Operator] {
			g.refuse(n, "operator %s is not allowed", n.Operator)
		}
	case *ast.BinaryNode:
		if !operators[n.Operator] {
			g.refuse(n, "operator %s is not allowed", n.Operator)
		} else if isVector(n.Left) || isVector(n.Right) {
			g.refuse(n, "operator %s takes numbers, not vectors", n.Operator)
		}
	case *ast.MemberNode:
		if _, ok := n.Property.(*ast.StringNode); ok || n.Method || n.Optional {
			g.refuse(n, "members are not allowed: a vector has elements [0], [1], ...")
			return
		}
		if k, ok := constant(n.Property); ok {
			g.elements = append(g.elements, element{k, n.Location().From})
		}
		n.Property = call("int", n.Property)
	case *ast.SliceNode:
		if n.From != nil {
			n.From = call("int", n.From)
		}
		if n.To != nil {
			n.To = call("int", n.To)
		}
	case *ast.PredicateNode:
		f := &finder{}
		body := n.Node
		ast.Walk(&body, f)
		if f.found {
			g.refuse(n, "a condition or term for each element holds numbers, elements and functions of numbers only")
		}
	case *ast.CallNode:
		// The type checker knows which names are functions.
		id, ok := n.Callee.(*ast.IdentifierNode)
		if !ok {
			g.refuse(n, "only functions can be called")
		} else if id.Value == "robustRevenue" && len(n.Arguments) == 1 {
			if d, ok := n.Arguments[0].(*ast.FloatNode); ok && !(d.Value >= 0 && d.Value <= 1) {
				g.refuse(n, "discount factor %g is not in [0, 1]", d.Value)
			}
		}
	case *ast.BuiltinNode:
		switch {
		case !builtins[n.Name]:
			g.refuse(n, "function %s is not allowed", n.Name)
		case n.Name == "len":
			ast.Patch(node, call("float", n))
		case n.Name == "count":
			ast.Patch(node, call("float", n))
		case n.Name == "sum" && len(n.Arguments) == 1:
			f := &ast.CallNode{Callee: &ast.IdentifierNode{Value: total}, Arguments: n.Arguments}
			ast.Patch(node, f)
			f.SetLocation(n.Location())
		}
	case *ast.StringNode:
		// As the property of a member it is that node's to refuse.
		g.refuse(n, "text is not allowed")
	default:
		g.refuse(n, "this is not allowed: an expression has numbers, names, functions and vectors only")
	}
}

// constant is the value of a number as it is written, with or without a sign.
func constant(n ast.Node) (float64, bool) {
	switch n := n.(type) {
	case *ast.FloatNode:
		return n.Value, true
	case *ast.UnaryNode:
		if k, ok := constant(n.Node); ok && n.Operator == "-" {
			return -k, true
		}
	}
	return 0, false
}

func call(name string, argument ast.Node) ast.Node {
	n := &ast.BuiltinNode{Name: name, Arguments: []ast.Node{argument}}
	n.SetLocation(argument.Location())
	return n
}

// finder looks for what would make a predicate cost more than a fixed number of
// steps for each element: one inside another, a function of a whole vector, and the
// ring's revenue.
type finder struct{ found bool }

func (f *finder) Visit(node *ast.Node) {
	switch n := (*node).(type) {
	case *ast.PredicateNode:
		f.found = true
	case *ast.CallNode:
		for _, a := range n.Arguments {
			f.found = f.found || isVector(a)
		}
		if id, ok := n.Callee.(*ast.IdentifierNode); ok && id.Value == "robustRevenue" {
			f.found = true
		}
	}
}

// isVector goes by the type that the checker found, which patched nodes keep.
func isVector(n ast.Node) bool {
	if t := n.Type(); t != nil && t.Kind() == reflect.Slice {
		return true
	}
	id, ok := n.(*ast.IdentifierNode)
	return ok && vector(id.Value) >= 0
}

// unreadable refuses a text before anything parses it.
func unreadable(text string) *ExpressionError {
	if len(text) > longest {
		return at(text, 0, fmt.Sprintf("%d bytes: an expression has at most %d", len(text), longest))
	}
	for i, r := range text {
		if r == utf8.RuneError || r == 0 {
			return at(text, utf8.RuneCountInString(text[:i]), "this is not text")
		}
	}
	return nil
}
