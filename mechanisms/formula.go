package mechanisms

import (
	"errors"
	"fmt"
	"math"

	"github.com/expr-lang/expr/ast"
	"github.com/expr-lang/expr/file"
	"github.com/expr-lang/expr/parser"
)

// formula is an expression of the signal a, compiled to a program for a small stack
// machine: no loops, no memory, no way out, so that its cost is its length and a
// call allocates nothing. expr-lang/expr parses the text; only numbers, names, arithmetic,
// comparisons, choices and the functions below are taken. Named parameters are
// folded into the program as numbers.
type formula struct {
	code  []instruction
	proof bound
	power monomial
}

type opcode uint8

const (
	opNumber opcode = iota
	opSignal
	opAdd
	opSub
	opMul
	opDiv
	opPow
	opMin
	opMax
	opLess
	opAtMost
	opEqual
	opAnd
	opOr
	opChoose
	opNeg
	opNot
	opAbs
	opSqrt
	opExp
	opLog
	opFloor
	opCeil
)

type instruction struct {
	op     opcode
	number float64
}

const (
	formulaLength = 1000 // characters of an expression
	formulaDepth  = 32   // numbers that wait on the stack
)

var functions = map[string]struct {
	op        opcode
	arguments int // -1: one or more
}{
	"min": {opMin, -1}, "max": {opMax, -1}, "abs": {opAbs, 1}, "sqrt": {opSqrt, 1},
	"exp": {opExp, 1}, "log": {opLog, 1}, "floor": {opFloor, 1}, "ceil": {opCeil, 1},
}

// formulaError says where an expression is wrong; lines and columns count from 1.
type formulaError struct {
	line, column int
	reason       string
}

func (e *formulaError) Error() string {
	return fmt.Sprintf("line %d, column %d: %s", e.line, e.column, e.reason)
}

// newFormula compiles the text; value gives the named parameters.
func newFormula(text string, value func(name string) (float64, bool)) (f formula, err error) {
	if len(text) > formulaLength {
		return formula{}, &formulaError{1, formulaLength + 1, fmt.Sprintf("the expression is longer than %d characters", formulaLength)}
	}
	defer func() { // a parser that trips over its input must not take the program with it
		if r := recover(); r != nil {
			f, err = formula{}, &formulaError{1, 1, fmt.Sprintf("cannot be read: %v", r)}
		}
	}()
	tree, err := parser.Parse(text)
	if err != nil {
		var at *file.Error
		if errors.As(err, &at) {
			return formula{}, &formulaError{at.Line, at.Column + 1, at.Message}
		}
		return formula{}, &formulaError{1, 1, err.Error()}
	}
	c := compiler{text: text, value: value}
	kind, err := c.compile(tree.Node, 0)
	if err != nil {
		return formula{}, err
	}
	if kind != isNumber {
		return formula{}, c.fail(tree.Node, "the expression is a condition, not a number")
	}
	return formula{code: c.code, proof: c.bound(tree.Node), power: c.monomial(tree.Node)}, nil
}

// monomial is factor * a^exponent, the form of an expression that is nothing else; the
// zero factor says that it is not known to be one.
type monomial struct{ factor, exponent float64 }

func (c *compiler) monomial(n ast.Node) monomial {
	out := monomial{}
	switch n := n.(type) {
	case *ast.IntegerNode:
		out.factor = float64(n.Value)
	case *ast.FloatNode:
		out.factor = n.Value
	case *ast.IdentifierNode:
		if n.Value == signalName {
			return monomial{1, 1}
		}
		out.factor, _ = c.value(n.Value)
	case *ast.UnaryNode:
		if n.Operator == "+" {
			return c.monomial(n.Node)
		}
	case *ast.BinaryNode:
		x, y := c.monomial(n.Left), c.monomial(n.Right)
		if x.factor == 0 || y.factor == 0 {
			return out
		}
		switch n.Operator {
		case "*":
			out = monomial{x.factor * y.factor, x.exponent + y.exponent}
		case "/":
			out = monomial{x.factor / y.factor, x.exponent - y.exponent}
		case "^", "**":
			if y.exponent == 0 {
				out = monomial{math.Pow(x.factor, y.factor), x.exponent * y.factor}
			}
		}
	}
	if !(out.factor > 0 && out.factor <= math.MaxFloat64) {
		return monomial{}
	}
	return out
}

// at evaluates the formula. It allocates nothing.
func (f formula) at(a float64) float64 {
	var stack [formulaDepth]float64
	top := -1
	for _, in := range f.code {
		switch in.op {
		case opNumber:
			top++
			stack[top] = in.number
			continue
		case opSignal:
			top++
			stack[top] = a
			continue
		case opChoose:
			top -= 2
			if stack[top] == 0 {
				stack[top] = stack[top+2]
			} else {
				stack[top] = stack[top+1]
			}
			continue
		}
		if in.op >= opNeg {
			stack[top] = unary(in.op, stack[top])
			continue
		}
		top--
		stack[top] = binary(in.op, stack[top], stack[top+1])
	}
	return stack[0]
}

func binary(op opcode, x, y float64) float64 {
	switch op {
	case opAdd:
		return x + y
	case opSub:
		return x - y
	case opMul:
		return x * y
	case opDiv:
		return x / y
	case opPow:
		return math.Pow(x, y)
	case opMin:
		return math.Min(x, y)
	case opMax:
		return math.Max(x, y)
	case opLess:
		return truth(x < y)
	case opAtMost:
		return truth(x <= y)
	case opEqual:
		return truth(x == y)
	case opAnd:
		return truth(x != 0 && y != 0)
	}
	return truth(x != 0 || y != 0)
}

func unary(op opcode, x float64) float64 {
	switch op {
	case opNeg:
		return -x
	case opNot:
		return truth(x == 0)
	case opAbs:
		return math.Abs(x)
	case opSqrt:
		return math.Sqrt(x)
	case opExp:
		return math.Exp(x)
	case opLog:
		return math.Log(x)
	case opFloor:
		return math.Floor(x)
	}
	return math.Ceil(x)
}

func truth(b bool) float64 {
	if b {
		return 1
	}
	return 0
}

// kind tells numbers from conditions.
type kind bool

const (
	isNumber    kind = false
	isCondition kind = true
)

type compiler struct {
	text  string
	value func(string) (float64, bool)
	code  []instruction
}

func (c *compiler) fail(n ast.Node, format string, arguments ...any) error {
	line, column, runes := 1, 1, 0
	for _, r := range c.text {
		if runes == n.Location().From {
			break
		}
		runes++
		column++
		if r == '\n' {
			line, column = line+1, 1
		}
	}
	return &formulaError{line, column, fmt.Sprintf(format, arguments...)}
}

func (c *compiler) emit(op opcode, number float64) {
	c.code = append(c.code, instruction{op, number})
}

// compile appends the program of the node, which finds depth numbers on the stack.
func (c *compiler) compile(n ast.Node, depth int) (kind, error) {
	if depth >= formulaDepth {
		return isNumber, c.fail(n, "the expression is nested too deeply")
	}
	switch n := n.(type) {
	case *ast.IntegerNode:
		c.emit(opNumber, float64(n.Value))
		return isNumber, nil
	case *ast.FloatNode:
		if math.IsInf(n.Value, 0) {
			return isNumber, c.fail(n, "the number is too large")
		}
		c.emit(opNumber, n.Value)
		return isNumber, nil
	case *ast.BoolNode:
		c.emit(opNumber, truth(n.Value))
		return isCondition, nil
	case *ast.IdentifierNode:
		if n.Value == signalName {
			c.emit(opSignal, 0)
			return isNumber, nil
		}
		x, ok := c.value(n.Value)
		if !ok {
			return isNumber, c.fail(n, "unknown name %q: the signal is a, other names need a value under parameters", n.Value)
		}
		c.emit(opNumber, x)
		return isNumber, nil
	case *ast.UnaryNode:
		switch n.Operator {
		case "+":
			return isNumber, c.operand(n.Node, depth, isNumber)
		case "-":
			if err := c.operand(n.Node, depth, isNumber); err != nil {
				return isNumber, err
			}
			c.emit(opNeg, 0)
			return isNumber, nil
		}
		if err := c.operand(n.Node, depth, isCondition); err != nil {
			return isCondition, err
		}
		c.emit(opNot, 0)
		return isCondition, nil
	case *ast.BinaryNode:
		return c.binary(n, depth)
	case *ast.ConditionalNode:
		if err := c.operand(n.Cond, depth, isCondition); err != nil {
			return isNumber, err
		}
		if err := c.operand(n.Exp1, depth+1, isNumber); err != nil {
			return isNumber, err
		}
		if err := c.operand(n.Exp2, depth+2, isNumber); err != nil {
			return isNumber, err
		}
		c.emit(opChoose, 0)
		return isNumber, nil
	case *ast.CallNode:
		if callee, ok := n.Callee.(*ast.IdentifierNode); ok {
			return isNumber, c.call(n, callee.Value, n.Arguments, depth)
		}
	case *ast.BuiltinNode:
		return isNumber, c.call(n, n.Name, n.Arguments, depth)
	}
	return isNumber, c.fail(n, "only numbers, names, + - * / ^, comparisons, and, or, not, c ? x : y and the functions min, max, abs, sqrt, exp, log, floor, ceil may be used")
}

func (c *compiler) operand(n ast.Node, depth int, want kind) error {
	got, err := c.compile(n, depth)
	if err == nil && got != want {
		if want == isNumber {
			return c.fail(n, "a condition stands where a number is needed")
		}
		return c.fail(n, "a number stands where a condition is needed")
	}
	return err
}

var binaryOperators = map[string]struct {
	op        opcode
	arguments kind
	result    kind
}{
	"+": {opAdd, isNumber, isNumber}, "-": {opSub, isNumber, isNumber}, "*": {opMul, isNumber, isNumber},
	"/": {opDiv, isNumber, isNumber}, "^": {opPow, isNumber, isNumber}, "**": {opPow, isNumber, isNumber},
	"<": {opLess, isNumber, isCondition}, ">": {opLess, isNumber, isCondition},
	"<=": {opAtMost, isNumber, isCondition}, ">=": {opAtMost, isNumber, isCondition},
	"==": {opEqual, isNumber, isCondition}, "!=": {opEqual, isNumber, isCondition},
	"and": {opAnd, isCondition, isCondition}, "&&": {opAnd, isCondition, isCondition},
	"or": {opOr, isCondition, isCondition}, "||": {opOr, isCondition, isCondition},
}

func (c *compiler) binary(n *ast.BinaryNode, depth int) (kind, error) {
	o, ok := binaryOperators[n.Operator]
	if !ok {
		return isNumber, c.fail(n, "the operator %s may not be used", n.Operator)
	}
	first, second := n.Left, n.Right
	if n.Operator == ">" || n.Operator == ">=" {
		first, second = second, first
	}
	if err := c.operand(first, depth, o.arguments); err != nil {
		return o.result, err
	}
	if err := c.operand(second, depth+1, o.arguments); err != nil {
		return o.result, err
	}
	c.emit(o.op, 0)
	if n.Operator == "!=" {
		c.emit(opNot, 0)
	}
	return o.result, nil
}

func (c *compiler) call(n ast.Node, name string, arguments []ast.Node, depth int) error {
	f, ok := functions[name]
	if !ok {
		return c.fail(n, "unknown function %s: there are min, max, abs, sqrt, exp, log, floor, ceil", name)
	}
	if len(arguments) == 0 || f.arguments > 0 && len(arguments) != f.arguments {
		return c.fail(n, "%s takes %s", name, map[int]string{1: "one number", -1: "one number or more"}[f.arguments])
	}
	for k, argument := range arguments {
		if err := c.operand(argument, depth+min(k, 1), isNumber); err != nil {
			return err
		}
		if k > 0 || f.arguments == 1 {
			c.emit(f.op, 0)
		}
	}
	return nil
}
