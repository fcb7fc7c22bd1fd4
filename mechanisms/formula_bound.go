package mechanisms

import (
	"math"

	"github.com/expr-lang/expr/ast"
)

// bound is what is proven of an expression over the signals a in [0, signalRange]: its
// values lie in [low, high], it does not fall (rises), does not rise (falls) or
// neither (both: it is constant), and whether it is a number everywhere. The rules are
// those of interval arithmetic and of sums, products, quotients and compositions
// of monotone functions; what they do not cover counts as not proven. Steps of the
// last digit, by which exp, log and powers may err, are left out of account.
type bound struct {
	low, high    float64
	rises, falls bool
	undefined    bool
}

const signalRange = 1e100

var unproven = bound{low: math.Inf(-1), high: math.Inf(1), undefined: true}

// nondecreasing reports an expression that is proven to be a number everywhere and
// never to fall.
func (b bound) nondecreasing() bool { return b.rises && !b.undefined }

func (b bound) constant() bool { return b.rises && b.falls }

func (b bound) neg() bound {
	b.low, b.high, b.rises, b.falls = -b.high, -b.low, b.falls, b.rises
	return b
}

// with keeps the range honest: an end that is not a number proves nothing.
func (b bound) with(low, high float64) bound {
	b.low, b.high = low, high
	if math.IsNaN(low) || math.IsNaN(high) {
		return unproven
	}
	return b
}

func both(x, y bound) bound {
	return bound{rises: x.rises && y.rises, falls: x.falls && y.falls, undefined: x.undefined || y.undefined}
}

func (b bound) add(c bound) bound { return both(b, c).with(b.low+c.low, b.high+c.high).sum(b, c) }

// sum marks Inf - Inf, which can occur between the ends too.
func (b bound) sum(x, y bound) bound {
	if math.IsInf(x.low, -1) && math.IsInf(y.high, 1) || math.IsInf(x.high, 1) && math.IsInf(y.low, -1) {
		b.undefined = true
	}
	return b
}

func (b bound) hasZero() bool { return b.low <= 0 && b.high >= 0 }

func (b bound) unbounded() bool { return math.IsInf(b.low, 0) || math.IsInf(b.high, 0) }

func (b bound) mul(c bound) bound {
	if b.hasZero() && c.unbounded() || c.hasZero() && b.unbounded() {
		return unproven // 0 * Inf
	}
	switch {
	case b.low >= 0 && c.low >= 0:
		return both(b, c).with(b.low*c.low, b.high*c.high)
	case b.high <= 0 && b.low < 0:
		return b.neg().mul(c).neg()
	case c.high <= 0 && c.low < 0:
		return b.mul(c.neg()).neg()
	case b.constant() || c.constant():
		if !b.constant() {
			b, c = c, b
		}
		if b.low == b.high {
			c.undefined = c.undefined || b.undefined
			return c.with(b.low*c.low, b.low*c.high) // b > 0, the other signs are done
		}
	}
	low, high := math.Inf(1), math.Inf(-1)
	for _, x := range [2]float64{b.low, b.high} {
		for _, y := range [2]float64{c.low, c.high} {
			low, high = math.Min(low, x*y), math.Max(high, x*y)
		}
	}
	out := bound{undefined: b.undefined || c.undefined}
	return out.with(low, high)
}

func (b bound) over(c bound) bound {
	switch {
	case c.high < 0:
		return b.neg().over(c.neg())
	case !(c.low > 0) || b.unbounded() && math.IsInf(c.high, 1):
		return unproven
	}
	inverse := bound{rises: c.falls, falls: c.rises, undefined: c.undefined}.with(1/c.high, 1/c.low)
	return b.mul(inverse)
}

func (b bound) pow(c bound) bound {
	out := bound{undefined: b.undefined || c.undefined}
	corners := func() bound {
		x, y, z, w := math.Pow(b.low, c.low), math.Pow(b.low, c.high), math.Pow(b.high, c.low), math.Pow(b.high, c.high)
		return out.with(min(x, y, z, w), max(x, y, z, w))
	}
	switch {
	case c.low == c.high && c.low >= 0 && b.low >= 0:
		out.rises, out.falls = b.rises, b.falls
	case c.low == c.high && b.low > 0:
		out.rises, out.falls = b.falls, b.rises
	case b.low >= 1:
		out.rises = c.rises && (c.low >= 0 && b.rises || b.constant())
		out.falls = c.falls && (c.low >= 0 && b.falls || b.constant())
	case b.constant() && b.low > 0 && b.high <= 1:
		out.rises, out.falls = c.falls, c.rises
	case !(b.low > 0):
		return unproven
	}
	return corners()
}

// bound proves what it can of a node that has been compiled.
func (c *compiler) bound(n ast.Node) bound {
	switch n := n.(type) {
	case *ast.IntegerNode:
		return constantBound(float64(n.Value))
	case *ast.FloatNode:
		return constantBound(n.Value)
	case *ast.BoolNode:
		return constantBound(truth(n.Value))
	case *ast.IdentifierNode:
		if n.Value == signalName {
			return bound{high: signalRange, rises: true}
		}
		x, _ := c.value(n.Value)
		return constantBound(x)
	case *ast.UnaryNode:
		x := c.bound(n.Node)
		switch n.Operator {
		case "+":
			return x
		case "-":
			return x.neg()
		}
		return opposite(x)
	case *ast.BinaryNode:
		return c.binaryBound(n)
	case *ast.ConditionalNode:
		return choice(c.bound(n.Cond), c.bound(n.Exp1), c.bound(n.Exp2))
	case *ast.CallNode:
		if callee, ok := n.Callee.(*ast.IdentifierNode); ok {
			return c.callBound(callee.Value, n.Arguments)
		}
	case *ast.BuiltinNode:
		return c.callBound(n.Name, n.Arguments)
	}
	return unproven
}

func constantBound(x float64) bound { return bound{low: x, high: x, rises: true, falls: true} }

func opposite(condition bound) bound {
	return bound{low: 1 - condition.high, high: 1 - condition.low, rises: condition.falls, falls: condition.rises, undefined: condition.undefined}
}

// choice is condition ? yes : no. A condition that turns true as the signal rises
// gives a rising choice where yes and no rise and yes is never below no.
func choice(condition, yes, no bound) bound {
	switch {
	case condition.undefined:
		return unproven
	case condition.low == 1:
		return yes
	case condition.high == 0:
		return no
	}
	out := both(yes, no).with(math.Min(yes.low, no.low), math.Max(yes.high, no.high))
	out.rises = out.rises && (condition.rises && yes.low >= no.high || condition.falls && yes.high <= no.low)
	out.falls = out.falls && (condition.rises && yes.high <= no.low || condition.falls && yes.low >= no.high)
	return out
}

func (c *compiler) binaryBound(n *ast.BinaryNode) bound {
	x, y := c.bound(n.Left), c.bound(n.Right)
	switch n.Operator {
	case "+":
		return x.add(y)
	case "-":
		return x.add(y.neg())
	case "*":
		return x.mul(y)
	case "/":
		if sum, ok := n.Right.(*ast.BinaryNode); ok && sum.Operator == "+" {
			// X/(X + k) = 1 - k/(X + k) has the direction of X >= 0 for a constant k > 0.
			for _, pair := range [2][2]ast.Node{{sum.Left, sum.Right}, {sum.Right, sum.Left}} {
				k := c.bound(pair[1])
				if pair[0].String() == n.Left.String() && k.constant() && k.low > 0 && x.low >= 0 && !math.IsInf(x.high, 1) {
					x.undefined = x.undefined || k.undefined
					return x.with(0, 1)
				}
			}
		}
		return x.over(y)
	case "^", "**":
		return x.pow(y)
	case "<", "<=":
		return comparison(x, y, n.Operator == "<")
	case ">", ">=":
		return comparison(y, x, n.Operator == ">")
	case "and", "&&":
		return both(x, y).with(math.Min(x.low, y.low), math.Min(x.high, y.high))
	case "or", "||":
		return both(x, y).with(math.Max(x.low, y.low), math.Max(x.high, y.high))
	}
	constant := x.constant() && y.constant()
	return bound{low: 0, high: 1, rises: constant, falls: constant, undefined: x.undefined || y.undefined}
}

// comparison is x < y or x <= y.
func comparison(x, y bound, strict bool) bound {
	out := bound{low: 0, high: 1, undefined: x.undefined || y.undefined}
	out.rises, out.falls = x.falls && y.rises, x.rises && y.falls
	switch {
	case x.high < y.low || !strict && x.high == y.low:
		out.low = 1
	case x.low > y.high || strict && x.low == y.high:
		out.high = 0
	}
	return out
}

func (c *compiler) callBound(name string, arguments []ast.Node) bound {
	out := c.bound(arguments[0])
	switch name {
	case "min", "max":
		for _, argument := range arguments[1:] {
			x := c.bound(argument)
			if name == "min" {
				out = both(out, x).with(math.Min(out.low, x.low), math.Min(out.high, x.high))
			} else {
				out = both(out, x).with(math.Max(out.low, x.low), math.Max(out.high, x.high))
			}
		}
		return out
	case "abs":
		switch {
		case out.low >= 0:
			return out
		case out.high <= 0:
			return out.neg()
		}
		return bound{undefined: out.undefined}.with(0, math.Max(-out.low, out.high))
	case "exp":
		return out.with(math.Exp(out.low), math.Exp(out.high))
	case "floor":
		return out.with(math.Floor(out.low), math.Floor(out.high))
	case "ceil":
		return out.with(math.Ceil(out.low), math.Ceil(out.high))
	case "sqrt", "log":
		if out.low < 0 {
			return unproven
		}
		if name == "sqrt" {
			return out.with(math.Sqrt(out.low), math.Sqrt(out.high))
		}
		return out.with(math.Log(out.low), math.Log(out.high))
	}
	return unproven
}
