package mechanisms

import (
	"errors"
	"fmt"
	"math"
	"sort"
	"strconv"
)

// Custom is a family that a study defines by expressions of the signal a.
//
//	t_i = impact(a_i)/sum_j impact(a_j);  everyone pays pay(a_i), the winner winnerPays(a_i) too
//
// If every impact is 0 all share equally; impacts that are infinite share among
// themselves. Standing back must be free: pay(0) = 0. Impacts and payments are
// numbers of at least 0: what is found otherwise on a grid of signals is refused; elsewhere
// a negative or undefined impact counts as 0, a negative payment as 0 and an
// undefined one as out of reach. Expressions may use + - * / ^, comparisons, and, or, not,
// c ? x : y, min, max, abs, sqrt, exp, log, floor, ceil, and named parameters.
// The mechanism is Monotone where that follows from the expressions' structure. A
// test asserts that impact a^k, k = 2, and pay a are the contest of exponent 2, which is what
// the family then makes of them.
type Custom struct {
	impact, pay, winnerPays formula
	monotone                bool
}

const signalName = "a"

// NewCustom compiles the expressions; an empty pay or winnerPays is 0. The
// parameters are the numbers that the expressions may name. An error is a
// *SettingError with the line and the column in the expression.
func NewCustom(impact, pay, winnerPays string, parameters map[string]float64) (Custom, error) {
	used := make(map[string]bool, len(parameters))
	value := func(name string) (float64, bool) {
		x, ok := parameters[name]
		used[name] = used[name] || ok
		return x, ok
	}
	var c Custom
	for _, e := range []struct {
		name, text string
		formula    *formula
	}{{"impact", impact, &c.impact}, {"pay", pay, &c.pay}, {"winnerPays", winnerPays, &c.winnerPays}} {
		if e.text == "" && e.name != "impact" {
			e.text = "0"
		}
		f, err := newFormula(e.text, value)
		if err != nil {
			return Custom{}, customError(e.name, err)
		}
		if err := f.probe(e.name != "impact"); err != nil {
			return Custom{}, &SettingError{Family: "custom", Parameter: e.name, Reason: err.Error()}
		}
		*e.formula = f
	}
	names := make([]string, 0, len(parameters))
	for name := range parameters {
		names = append(names, name)
	}
	sort.Strings(names)
	for _, name := range names {
		switch {
		case name == signalName:
			return Custom{}, &SettingError{Family: "custom", Parameter: name, Reason: "the name is the signal's"}
		case math.IsNaN(parameters[name]) || math.IsInf(parameters[name], 0):
			return Custom{}, &SettingError{Family: "custom", Parameter: name, Reason: fmt.Sprintf("%g is not a finite number", parameters[name])}
		case !used[name]:
			return Custom{}, &SettingError{Family: "custom", Parameter: name, Reason: "no such parameter, and no expression uses the name"}
		}
	}
	if x := c.pay.at(0); x != 0 {
		return Custom{}, &SettingError{Family: "custom", Parameter: "pay", Reason: fmt.Sprintf("standing back must be free, but a signal of 0 pays %g: write a > 0 ? ... : 0", x)}
	}
	c.monotone = c.impact.proof.nondecreasing() && c.pay.proof.nondecreasing() && c.winnerPays.proof.nondecreasing()
	return c, nil
}

func customError(parameter string, err error) error {
	out := &SettingError{Family: "custom", Parameter: parameter, Reason: err.Error()}
	var at *formulaError
	if errors.As(err, &at) {
		out.Line, out.Column = at.line, at.column
	}
	return out
}

// probe looks for values that are negative or not numbers, on a grid of signals from
// 1e-9 to 1e9 and at 0; what is proven needs no grid.
func (f formula) probe(payment bool) error {
	if !f.proof.undefined && f.proof.low >= 0 {
		return nil
	}
	check := func(a float64) error {
		if x := f.at(a); math.IsNaN(x) || x < 0 {
			what := "an impact"
			if payment {
				what = "a payment"
			}
			return fmt.Errorf("%g at a signal of %g: %s must be a number of at least 0", x, a, what)
		}
		return nil
	}
	if err := check(0); err != nil {
		return err
	}
	for decade := -9; decade < 9; decade++ {
		for step := range 16 {
			if err := check(math.Pow(10, float64(decade)+float64(step)/16)); err != nil {
				return err
			}
		}
	}
	return nil
}

// contest is the contest that the expressions amount to: a power of the signal as
// impact, and everyone or the winner pays the signal.
func (c Custom) contest() (Contest, bool) {
	free, whole := c.pay.zero(), monomial{1, 1}
	everyone := c.pay.power == whole && c.winnerPays.zero()
	winner := free && c.winnerPays.power == whole
	if !(c.impact.power.factor > 0 && c.impact.power.exponent > 0) || !everyone && !winner {
		return Contest{}, false
	}
	contest, err := NewContest(Ratio{Exponent: c.impact.power.exponent, WinnerPays: winner})
	return contest, err == nil
}

// zero reports an expression that is proven to be 0 everywhere.
func (f formula) zero() bool { return f.proof.low == 0 && f.proof.high == 0 && !f.proof.undefined }

// Monotone implements Monotone: it reports what is proven, so false does not mean that a
// larger signal ever wins less often.
func (c Custom) Monotone() bool { return c.monotone }

// Allot implements Mechanism.
func (c Custom) Allot(signals []float64, out *Outcome) {
	n := len(signals)
	out.Resize(n)
	top := 0.0
	for i, a := range signals {
		x := c.impact.at(a)
		if !(x > 0) {
			x = 0
		}
		out.Win[i] = x
		top = math.Max(top, x)
		pay := payment(c.pay.at(a))
		out.IfLose[i] = pay
		out.IfWin[i] = math.Min(math.MaxFloat64, pay+payment(c.winnerPays.at(a)))
	}
	total := 0.0
	for i, x := range out.Win {
		switch {
		case top == 0:
			x = 1
		case math.IsInf(top, 1):
			x = truth(x == top)
		default: // relative to the largest, so that the sum cannot overflow
			x /= top
		}
		out.Win[i] = x
		total += x
	}
	for i := range out.Win {
		out.Win[i] /= total
	}
}

func payment(x float64) float64 {
	switch {
	case x <= 0:
		return 0
	case x <= math.MaxFloat64:
		return x
	}
	return math.MaxFloat64
}

var customFamily = Family{
	Name:    "custom",
	Summary: "a rule by expressions of the signal a",
	Parameters: []Parameter{
		{Name: "impact", Doc: "what a signal counts: the chance of winning is in proportion", Default: Word(signalName), Free: true},
		{Name: "pay", Doc: "what everyone pays", Default: Word("0"), Free: true},
		{Name: "winnerPays", Doc: "what the winner pays besides", Default: Word("0"), Free: true},
	},
	Named: true,
	New: func(s Settings) (Mechanism, error) {
		text := func(name string) string {
			if w := s.Word(name); w != "" {
				return w
			}
			return strconv.FormatFloat(s.Number(name), 'g', -1, 64)
		}
		parameters := make(map[string]float64)
		for name, setting := range s {
			parameters[name] = setting.From
		}
		for _, name := range []string{"impact", "pay", "winnerPays"} {
			delete(parameters, name)
		}
		for _, p := range TermParameters() {
			delete(parameters, p.Name)
		}
		custom, err := NewCustom(text("impact"), text("pay"), text("winnerPays"), parameters)
		if err != nil {
			return nil, err
		}
		if contest, ok := custom.contest(); ok { // the same rule, of which more is known
			return contest, nil
		}
		return custom, nil
	},
}
