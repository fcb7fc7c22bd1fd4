package objectives

import (
	"errors"
	"fmt"
	"math"
	"sort"
	"strings"
	"sync"

	"github.com/expr-lang/expr"
	"github.com/expr-lang/expr/file"
	"github.com/expr-lang/expr/vm"

	"allot/mechanisms"
)

// expression is a goal spelt out in a study.
//
//	g = any expression of the named objectives, robustRevenue(delta) and the vectors
//	    t, c, v, u sorted by value
//
// Domain: NaN where the result is not finite, where a name in it has no value
// (concentration at t_0 = 1) and it depends on it, and where an index is out of
// range. Evaluated by expr-lang/expr, restricted as [New] says. A test asserts
// revenue + 0.5*fairness = 4/3 + sqrt(2)/6 at values 4 and 2.
type expression struct {
	text     string
	program  *vm.Program
	used     []string
	elements []element
	pool     sync.Pool
}

// vectors are the names of the sorted vectors.
var vectors = []string{"t", "c", "v", "u"}

// compile never panics: what the evaluator's compiler does not survive is an error.
func compile(text string) (e *expression, err error) {
	if err := unreadable(text); err != nil {
		return nil, err
	}
	if strings.TrimSpace(text) == "" {
		return nil, at(text, 0, "the expression is empty")
	}
	defer func() {
		if r := recover(); r != nil {
			e, err = nil, at(text, 0, fmt.Sprintf("the expression cannot be compiled: %v", r))
		}
	}()
	g := &guard{used: make(map[string]bool)}
	program, err := expr.Compile(text, options(g)...)
	if g.reason != "" {
		return nil, at(text, g.position, g.reason)
	}
	if err != nil {
		var where *file.Error
		if errors.As(err, &where) {
			return nil, &ExpressionError{Text: text, Line: max(1, where.Line), Column: where.Column + 1, Reason: tidy(where.Message)}
		}
		return nil, at(text, 0, tidy(err.Error()))
	}
	e = &expression{text: strings.TrimSpace(text), program: program, elements: g.elements}
	for name := range g.used {
		e.used = append(e.used, name)
	}
	sort.Strings(e.used)
	return e, nil
}

// tidy takes the evaluator's type names out of a message.
func tidy(message string) string {
	message, _, _ = strings.Cut(message, "\n")
	return strings.NewReplacer("[]float64", "vector", "float64", "number", total, "sum").Replace(message)
}

// Name implements Objective.
func (e *expression) Name() string { return e.text }

// Fits says whether an expression asks for an element that vectors of n agents do not have:
// an [*ExpressionError], or nil. What is computed as an index is not looked at.
func Fits(o Objective, n int) error {
	e, ok := o.(*expression)
	if !ok {
		return nil
	}
	for _, k := range e.elements {
		if k.outside(n) {
			return at(e.text, k.position, fmt.Sprintf("there is no element [%g]: with %d agents elements are [0] to [%d], by value from the highest", k.index, n, n-1))
		}
	}
	return nil
}

// Warning implements Warner.
func (e *expression) Warning(n int) string {
	for _, name := range e.used {
		for _, o := range all {
			if w, ok := o.(Warner); ok && o.Name() == name {
				if text := w.Warning(n); text != "" {
					return text
				}
			}
		}
	}
	return ""
}

// evaluation is the work space of one evaluation.
type evaluation struct {
	machine vm.VM
	env     map[string]any
	account *mechanisms.Account
	order   byValue
	sorted  [4][]float64
}

// Of implements Objective.
func (e *expression) Of(a *mechanisms.Account) float64 {
	w, _ := e.pool.Get().(*evaluation)
	if w == nil {
		w = &evaluation{env: make(map[string]any, len(e.used))}
		w.env["robustRevenue"] = func(discount float64) float64 { return robust(w.account, discount) }
	}
	x := e.run(w, a)
	w.account = nil
	e.pool.Put(w)
	return x
}

func (e *expression) run(w *evaluation, a *mechanisms.Account) float64 {
	w.account = a
	ordered := false
	for _, name := range e.used {
		if k := vector(name); k >= 0 {
			if !ordered {
				ordered = true
				w.order.sort(a.Values)
			}
			from := [...][]float64{a.Win, a.Cost, a.Values, a.Payoff}[k]
			to := w.sorted[k][:0]
			for _, i := range w.order.agents {
				if i < len(from) {
					to = append(to, from[i])
				}
			}
			w.sorted[k] = to
			w.env[name] = to
			continue
		}
		for _, o := range all {
			if o.Name() == name {
				w.env[name] = o.Of(a)
			}
		}
	}
	out, err := w.machine.Run(e.program, w.env)
	if err != nil {
		return math.NaN()
	}
	x, ok := out.(float64)
	if !ok {
		return math.NaN()
	}
	return finite(x)
}

func vector(name string) int {
	for k, v := range vectors {
		if v == name {
			return k
		}
	}
	return -1
}

// byValue sorts agents by value, descending, equal ones in the market's order.
type byValue struct {
	agents []int
	values []float64
}

func (b *byValue) sort(values []float64) {
	b.values = values
	b.agents = b.agents[:0]
	sorted := true
	for i := range values {
		b.agents = append(b.agents, i)
		sorted = sorted && (i == 0 || values[i-1] >= values[i])
	}
	if !sorted {
		sort.Sort(b)
	}
	b.values = nil
}

func (b *byValue) Len() int      { return len(b.agents) }
func (b *byValue) Swap(i, j int) { b.agents[i], b.agents[j] = b.agents[j], b.agents[i] }
func (b *byValue) Less(i, j int) bool {
	x, y := b.values[b.agents[i]], b.values[b.agents[j]]
	if x != y {
		return x > y
	}
	return b.agents[i] < b.agents[j]
}
