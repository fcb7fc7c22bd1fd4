package objectives

import (
	"math"
	"strings"

	"github.com/expr-lang/expr/ast"
)

// Upper bounds an objective from above over every outcome that individual
// rationality allows when the highest value is at most v_max and n agents compete:
// sum t_i <= 1 and 0 <= c_i <= t_i v_i, no subsidies.
//
//	revenue, welfare, agentSurplus, proposerIncome, robustRevenue in [0, v_max]
//	fairness, minShare in [0, 1/n]; rootProduct in [0, n^(-n/2)]
//	effectiveAgents in [1, n]; entropy in [0, ln n]
//
// Expressions are bounded by interval arithmetic over these ranges, each taken on
// its own, so that the bound is sound but need not be met: revenue + fairness at
// values 4, 2 gives 4.5, which a test asserts. +Inf where nothing is known. Over
// draws, the mean of the bounds bounds the mean.
func Upper(o Objective, vmax float64, n int) float64 {
	e, ok := o.(*expression)
	if !ok {
		name, _, _ := strings.Cut(o.Name(), "(") // robustRevenue(delta)
		return ranges(name, vmax, n).high
	}
	high := (&bounder{vmax: vmax, n: n}).of(e.program.Node()).high
	if math.IsNaN(high) {
		return math.Inf(1)
	}
	// Rounding of the arithmetic above must not make the bound unsound.
	return high + 1e-14*math.Abs(high)
}

type interval struct{ low, high float64 }

var anything = interval{math.Inf(-1), math.Inf(1)}

func ranges(name string, vmax float64, n int) interval {
	switch name {
	case "revenue", "welfare", "agentSurplus", "proposerIncome", "robustRevenue":
		return interval{0, vmax}
	case "fairness", "minShare":
		return interval{0, 1 / float64(n)}
	case "rootProduct":
		return interval{0, math.Exp(-float64(n) / 2 * math.Log(float64(n)))}
	case "effectiveAgents":
		return interval{1, float64(n)}
	case "entropy":
		return interval{0, math.Log(float64(n))}
	}
	return anything
}

type bounder struct {
	vmax float64
	n    int
}

func (b *bounder) of(node ast.Node) interval {
	switch n := node.(type) {
	case *ast.FloatNode:
		return interval{n.Value, n.Value}
	case *ast.IntegerNode:
		return interval{float64(n.Value), float64(n.Value)}
	case *ast.IdentifierNode:
		return ranges(n.Value, b.vmax, b.n)
	case *ast.UnaryNode:
		x := b.of(n.Node)
		switch n.Operator {
		case "-":
			return interval{-x.high, -x.low}
		case "+":
			return x
		}
	case *ast.ConditionalNode:
		x, y := b.of(n.Exp1), b.of(n.Exp2)
		return interval{math.Min(x.low, y.low), math.Max(x.high, y.high)}
	case *ast.BinaryNode:
		return b.binary(n.Operator, b.of(n.Left), b.of(n.Right))
	case *ast.MemberNode:
		return b.element(n.Node)
	case *ast.BuiltinNode:
		return b.call(n.Name, n.Arguments)
	case *ast.CallNode:
		if f, ok := n.Callee.(*ast.IdentifierNode); ok {
			return b.call(f.Value, n.Arguments)
		}
	}
	return anything
}

// element is the range of one element of a sorted vector.
func (b *bounder) element(n ast.Node) interval {
	if v, ok := n.(*ast.IdentifierNode); ok {
		switch v.Value {
		case "t":
			return interval{0, 1}
		case "c", "v", "u":
			return interval{0, b.vmax}
		}
	}
	return anything
}

func (b *bounder) call(name string, arguments []ast.Node) interval {
	if len(arguments) == 0 {
		return anything
	}
	if v, ok := arguments[0].(*ast.IdentifierNode); ok && vector(v.Value) >= 0 {
		one := b.element(v)
		switch name {
		case "max", "min", "mean", "median":
			return one
		case "sum", total:
			if v.Value == "v" {
				return interval{0, float64(b.n) * b.vmax}
			}
			return one // shares, and what they are worth, sum to one right at most
		}
		return anything
	}
	if name == "robustRevenue" {
		return interval{0, b.vmax}
	}
	x := make([]interval, len(arguments))
	for k, a := range arguments {
		x[k] = b.of(a)
	}
	switch name {
	case "sqrt":
		return monotone(math.Sqrt, interval{math.Max(0, x[0].low), x[0].high})
	case "log":
		return monotone(math.Log, interval{math.Max(0, x[0].low), x[0].high})
	case "exp":
		return monotone(math.Exp, x[0])
	case "floor", "ceil", "round":
		return interval{math.Floor(x[0].low), math.Ceil(x[0].high)}
	case "abs":
		high := math.Max(math.Abs(x[0].low), math.Abs(x[0].high))
		if x[0].low <= 0 && x[0].high >= 0 {
			return interval{0, high}
		}
		return interval{math.Min(math.Abs(x[0].low), math.Abs(x[0].high)), high}
	case "sin", "cos":
		return interval{-1, 1}
	case "pow":
		if len(x) == 2 {
			return b.binary("^", x[0], x[1])
		}
	case "max", "min":
		out := x[0]
		for _, y := range x[1:] {
			if name == "max" {
				out = interval{math.Max(out.low, y.low), math.Max(out.high, y.high)}
			} else {
				out = interval{math.Min(out.low, y.low), math.Min(out.high, y.high)}
			}
		}
		return out
	}
	return anything
}

func monotone(f func(float64) float64, x interval) interval { return interval{f(x.low), f(x.high)} }

func (b *bounder) binary(operator string, x, y interval) interval {
	switch operator {
	case "+":
		return interval{x.low + y.low, x.high + y.high}
	case "-":
		return interval{x.low - y.high, x.high - y.low}
	case "*":
		return corners(x, y, func(p, q float64) float64 {
			if p == 0 || q == 0 { // a bound of 0 times one of infinity
				return 0
			}
			return p * q
		})
	case "/":
		if y.low <= 0 && y.high >= 0 {
			return anything
		}
		return corners(x, y, func(p, q float64) float64 { return p / q })
	case "^", "**":
		if x.low < 0 {
			return anything
		}
		return corners(x, y, math.Pow)
	}
	return anything
}

// corners is the hull of a function's values at the corners, which is its range
// where it is monotone in each argument.
func corners(x, y interval, f func(p, q float64) float64) interval {
	out := interval{math.Inf(1), math.Inf(-1)}
	for _, p := range [...]float64{x.low, x.high} {
		for _, q := range [...]float64{y.low, y.high} {
			z := f(p, q)
			if math.IsNaN(z) {
				return anything
			}
			out = interval{math.Min(out.low, z), math.Max(out.high, z)}
		}
	}
	return out
}
