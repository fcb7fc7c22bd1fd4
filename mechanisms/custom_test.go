package mechanisms

import (
	"errors"
	"fmt"
	"math"
	"math/rand/v2"
	"strings"
	"testing"
)

func TestCustomPowerIsTheContest(t *testing.T) {
	rng := rand.New(rand.NewPCG(3, 1))
	for round := range 100 {
		rho := 0.2 + 3*rng.Float64()
		contest, err := NewContest(Ratio{Exponent: rho, WinnerPays: round%2 == 0})
		if err != nil {
			t.Fatal(err)
		}
		pay, winnerPays := "a", ""
		if round%2 == 0 {
			pay, winnerPays = "", "a"
		}
		custom, err := NewCustom("a^k", pay, winnerPays, map[string]float64{"k": rho})
		if err != nil {
			t.Fatal(err)
		}
		if !custom.Monotone() {
			t.Fatal("a power of the signal is not proven to rise")
		}
		signals := make([]float64, 1+round%5)
		for i := range signals {
			signals[i] = math.Max(0, rng.NormFloat64())
		}
		want, got := NewOutcome(len(signals)), NewOutcome(len(signals))
		contest.Allot(signals, want)
		custom.Allot(signals, got)
		for i := range signals {
			if math.Abs(got.Win[i]-want.Win[i]) > 1e-12 || got.IfWin[i] != want.IfWin[i] || got.IfLose[i] != want.IfLose[i] {
				t.Fatalf("signals %v: %+v, the contest has %+v", signals, got, want)
			}
		}
	}
}

func TestCustomErrorsSayWhere(t *testing.T) {
	for _, c := range []struct {
		impact, pay  string
		parameters   map[string]float64
		parameter    string
		line, column int
		reason       string
	}{
		{"a^k", "a", nil, "impact", 1, 3, `unknown name "k"`},
		{"a", "a +\n  2 * q", nil, "pay", 2, 7, `unknown name "q"`},
		{"a + ", "a", nil, "impact", 1, 4, "unexpected"},
		{"", "a", nil, "impact", 1, 1, "unexpected"},
		{"a $ 2", "a", nil, "impact", 1, 3, "unexpected"},
		{"sin(a)", "a", nil, "impact", 1, 1, "unknown function sin"},
		{"map([1], #)", "a", nil, "impact", 1, 1, "unknown function map"},
		{"sqrt(a, 2)", "a", nil, "impact", 1, 1, "takes one number"},
		{"a > 1", "a", nil, "impact", 1, 3, "a condition, not a number"},
		{"a + (a > 1)", "a", nil, "impact", 1, 8, "a condition stands"},
		{"a ? 1 : 2", "a", nil, "impact", 1, 1, "a number stands"},
		{"a % 2", "a", nil, "impact", 1, 3, "operator %"},
		{`"a"`, "a", nil, "impact", 1, 1, "only numbers"},
		{"a[0]", "a", nil, "impact", 1, 2, "only numbers"},
		{"let x = 2; x", "a", nil, "impact", 1, 5, "only numbers"},
		{strings.Repeat("(a+", 40) + "a" + strings.Repeat(")", 40), "a", nil, "impact", 1, 99, "nested too deeply"},
		{strings.Repeat("a+", 600) + "a", "a", nil, "impact", 1, 1001, "longer than"},
		{"a - 1", "a", nil, "impact", 0, 0, "-1 at a signal of 0"},
		{"sqrt(a - 1)", "a", nil, "impact", 0, 0, "NaN at a signal of 0"},
		{"a * (20 - a)", "a", nil, "impact", 0, 0, "a number of at least 0"},
		{"a", "1 + a", nil, "pay", 0, 0, "standing back must be free"},
		{"a", "a * (a - 1)", nil, "pay", 0, 0, "a payment"},
		{"a", "a", map[string]float64{"k": 2}, "k", 0, 0, "no such parameter"},
		{"a", "a", map[string]float64{"a": 2}, "a", 0, 0, "signal"},
		{"a^k", "a", map[string]float64{"k": math.NaN()}, "", 0, 0, "NaN"},
	} {
		_, err := NewCustom(c.impact, c.pay, "", c.parameters)
		var at *SettingError
		if !errors.As(err, &at) {
			t.Errorf("%q, %q: error %v", c.impact, c.pay, err)
			continue
		}
		if c.parameter != "" && at.Parameter != c.parameter || at.Line != c.line || at.Column != c.column || !strings.Contains(err.Error(), c.reason) {
			t.Errorf("%q, %q: %s at %d:%d: %v; want %s at %d:%d: %s", c.impact, c.pay, at.Parameter, at.Line, at.Column, err, c.parameter, c.line, c.column, c.reason)
		}
	}
}

func TestFormulaValues(t *testing.T) {
	value := func(name string) (float64, bool) { return 3, name == "k" }
	for _, c := range []struct {
		text    string
		a, want float64
	}{
		{"1/2", 0, 0.5}, {"-a^2", 3, -9}, {"2^-1", 0, 0.5}, {"2**3^2", 0, 512}, {"a - 1 - 1", 5, 3}, {"a/2/2", 8, 2},
		{"min(a, 2, 5)", 3, 2}, {"max(a, 2, 5)", 3, 5}, {"abs(-a)", 3, 3}, {"sqrt(a)", 9, 3}, {"exp(log(a))", 9, 9},
		{"floor(a) + ceil(a)", 2.5, 5}, {"a > 2 ? a : k", 1, 3}, {"a >= 2 ? a : k", 2, 2}, {"a < 2 and a > 0 ? 1 : 0", 1, 1},
		{"a == 2 or a != a ? 1 : 0", 2, 1}, {"!(a == 2) ? 1 : 0", 2, 0}, {"not (a <= 2) ? 1 : 0", 3, 1}, {"1 < a < 3 ? 1 : 0", 2, 1},
		{"1e+06 + .5", 0, 1000000.5}, {"+a", 2, 2}, {"k*a + k", 2, 9}, {"if a > 1 {2} else {3}", 0, 3}, {"true ? 1 : 2", 0, 1},
	} {
		f, err := newFormula(c.text, value)
		if err != nil {
			t.Errorf("%s: %v", c.text, err)
			continue
		}
		if got := f.at(c.a); math.Abs(got-c.want) > 1e-12 {
			t.Errorf("%s at %g is %g, want %g", c.text, c.a, got, c.want)
		}
	}
}

func TestFormulaProofs(t *testing.T) {
	value := func(name string) (float64, bool) {
		return map[string]float64{"k": 2, "r": 1}[name], name == "k" || name == "r"
	}
	for _, c := range []struct {
		text  string
		rises bool
	}{
		{"a", true}, {"a^k + 3*a", true}, {"1", true}, {"sqrt(a) * log(1 + a)", true}, {"a/(a + k)", true}, {"k*a/(1 + k*a)", true},
		{"a/(r + a)", true}, {"1 - exp(-a)", true}, {"-1/(1 + a)", true}, {"a > r ? 1 + a : 0", true}, {"a < r ? 0 : a", true},
		{"max(a, r) - r", true}, {"min(a, 5)", true}, {"floor(a)", true}, {"(1 + a)^(1 + a)", true}, {"2^a", true}, {"0.5^(-a)", true},
		{"a >= 1 and a >= 2 ? 1 : 0", true}, {"abs(a)", true}, {"0 * (a - 2)", true}, {"-2 * -a", true},
		// These fall somewhere, or are not numbers everywhere.
		{"1/(1 + a)", false}, {"a * exp(-a)", false}, {"a/(1 + a^k)", false}, {"a > r ? a - r : a", false}, {"abs(a - 1)", false},
		{"sqrt(a - 1)", false}, {"1/a", false}, {"a - a^2", false}, {"0.5^a", false}, {"min(a, 3 - a)", false}, {"a == 2 ? 1 : 0", false},
		{"exp(a)/exp(a)", false}, {"log(a) - log(a)", false}, {"exp(-a)", false}, {"(a - 1)^2", false}, {"a < 1 ? a : 0", false},
	} {
		f, err := newFormula(c.text, value)
		if err != nil {
			t.Errorf("%s: %v", c.text, err)
			continue
		}
		if got := f.proof.nondecreasing(); got != c.rises {
			t.Errorf("%s: proven to rise: %t, want %t (%+v)", c.text, got, c.rises, f.proof)
		}
	}
}

// Whatever is proven of a random expression must hold where one looks.
func TestFormulaProofsHold(t *testing.T) {
	rng := rand.New(rand.NewPCG(4, 1))
	var grow func(depth int) string
	grow = func(depth int) string {
		if depth == 0 || rng.IntN(6) == 0 {
			return []string{"a", "a", "k", "0", "1", "2.5", "0.5"}[rng.IntN(7)]
		}
		x, y := grow(depth-1), grow(depth-1)
		switch rng.IntN(14) {
		case 0, 1:
			return fmt.Sprintf("(%s + %s)", x, y)
		case 2:
			return fmt.Sprintf("(%s - %s)", x, y)
		case 3, 4:
			return fmt.Sprintf("(%s * %s)", x, y)
		case 5:
			return fmt.Sprintf("(%s / %s)", x, y)
		case 6:
			return fmt.Sprintf("(%s ^ %s)", x, y)
		case 7:
			return fmt.Sprintf("(%s / (%s + %s))", x, x, y)
		case 8:
			return fmt.Sprintf("(-%s)", x)
		case 9:
			return fmt.Sprintf("min(%s, %s)", x, y)
		case 10:
			return fmt.Sprintf("max(%s, %s)", x, y)
		case 11:
			return fmt.Sprintf("%s(%s)", []string{"abs", "sqrt", "exp", "log", "floor", "ceil"}[rng.IntN(6)], x)
		case 12:
			return fmt.Sprintf("(%s %s %s ? %s : %s)", x, []string{"<", "<=", ">", ">=", "==", "!="}[rng.IntN(6)], y, grow(depth-1), grow(depth-1))
		}
		return fmt.Sprintf("((%s > %s %s %s < %s) ? %s : %s)", x, y, []string{"and", "or"}[rng.IntN(2)], y, grow(depth-1), grow(depth-1), x)
	}
	value := func(name string) (float64, bool) { return 1.5, name == "k" }
	proven := 0
	for range 20000 {
		text := grow(1 + rng.IntN(4))
		f, err := newFormula(text, value)
		if err != nil {
			if strings.Contains(err.Error(), "longer") || strings.Contains(err.Error(), "deeply") {
				continue
			}
			t.Fatalf("%s: %v", text, err)
		}
		p := f.proof
		last, first := math.NaN(), true
		for step := -1; step <= 60; step++ {
			a := 0.0
			if step >= 0 {
				a = math.Pow(10, float64(step)/6-5)
			}
			x := f.at(a)
			slack := 1e-9 * math.Max(1, math.Abs(x))
			switch {
			case !p.undefined && math.IsNaN(x), !math.IsNaN(x) && !p.undefined && (x < p.low-slack || x > p.high+slack):
				t.Fatalf("%s is %g at %g, outside the proven [%g, %g]", text, x, a, p.low, p.high)
			case !first && p.rises && !p.undefined && x < last-slack, !first && p.falls && !p.undefined && x > last+slack:
				t.Fatalf("%s goes from %g to %g at %g: %+v", text, last, x, a, p)
			}
			last, first = x, false
		}
		if p.rises != p.falls && !p.undefined {
			proven++
		}
	}
	if proven < 1000 {
		t.Errorf("only %d proofs: the test shows too little", proven)
	}
}

// A study's power of the signal is the contest itself, with all that is known of it.
func TestCustomFamilyRecognisesContests(t *testing.T) {
	for _, c := range []struct {
		impact, pay, winnerPays string
		exponent                float64 // 0: no contest
		winner                  bool
	}{
		{"a", "a", "0", 1, false}, {"k*a^k/3", "a", "0", 2, false}, {"3*a^(k+0)", "a", "0", 0, false}, {"2*a**k*a", "0", "a", 3, true},
		{"a^-k", "a", "0", 0, false}, {"1", "a", "0", 0, false}, {"a", "a", "a", 0, false}, {"a", "2*a", "0", 0, false}, {"a + 0.1", "a", "0", 0, false}, {"a^a", "a", "0", 0, false}, {"(2*a)^0.5", "1*a", "a*0", 0.5, false},
	} {
		settings := Settings{"impact": Word(c.impact), "pay": Word(c.pay), "winnerPays": Word(c.winnerPays)}
		if strings.Contains(c.impact, "k") {
			settings["k"] = Number(2)
		}
		space, err := NewSpace("custom", settings)
		if err != nil {
			t.Fatal(err)
		}
		design, err := space.At(nil)
		if err != nil {
			t.Fatal(err)
		}
		contest, ok := design.Mechanism.(Ratioed)
		if ok != (c.exponent > 0) {
			t.Errorf("%s, %s, %s: a %T", c.impact, c.pay, c.winnerPays, design.Mechanism)
		}
		if !ok {
			continue
		}
		if r := contest.Ratio(); math.Abs(r.Exponent-c.exponent) > 1e-15 || r.WinnerPays != c.winner {
			t.Errorf("%s, %s, %s: %+v", c.impact, c.pay, c.winnerPays, r)
		}
		factors := map[string]float64{}
		if _, named := settings["k"]; named {
			factors["k"] = 2
		}
		custom, err := NewCustom(c.impact, c.pay, c.winnerPays, factors)
		if err != nil {
			t.Fatal(err)
		}
		x, y := NewOutcome(3), NewOutcome(3)
		for _, signals := range [][]float64{{3, 2, 1}, {0, 0, 0}, {1, 0, 4}} {
			custom.Allot(signals, x)
			contest.Allot(signals, y)
			for i := range signals {
				if math.Abs(x.Win[i]-y.Win[i]) > 1e-12 || x.IfWin[i] != y.IfWin[i] || x.IfLose[i] != y.IfLose[i] {
					t.Errorf("%s at %v: %+v, the contest has %+v", c.impact, signals, x, y)
				}
			}
		}
	}
}

func TestCustomExtremes(t *testing.T) {
	for _, c := range []struct {
		name    string
		custom  [3]string
		signals []float64
		win     []float64
		ifWin   []float64
		ifLose  []float64
	}{
		{"all stand back", [3]string{"a", "a", ""}, []float64{0, 0}, []float64{0.5, 0.5}, []float64{0, 0}, []float64{0, 0}},
		{"infinite impacts", [3]string{"exp(a)", "a", ""}, []float64{1e4, 1e5, 1}, []float64{0.5, 0.5, 0}, []float64{1e4, 1e5, 1}, []float64{1e4, 1e5, 1}},
		{"sum of impacts overflows", [3]string{"a", "a", ""}, []float64{math.MaxFloat64, math.MaxFloat64}, []float64{0.5, 0.5}, []float64{math.MaxFloat64, math.MaxFloat64}, []float64{math.MaxFloat64, math.MaxFloat64}},
		{"a lottery with a price", [3]string{"a > 0 ? 1 : 0", "", "a > 0 ? 2 : 0"}, []float64{1, 3, 0}, []float64{0.5, 0.5, 0}, []float64{2, 2, 0}, []float64{0, 0, 0}},
		{"undefined between the probes", [3]string{"a", "a == 0.123 ? log(-1) : a", ""}, []float64{0.123, 1}, []float64{0.123 / 1.123, 1 / 1.123}, []float64{math.MaxFloat64, 1}, []float64{math.MaxFloat64, 1}},
		{"negative between the probes", [3]string{"a == 0.123 ? -1 : a", "a == 0.123 ? -1 : a", ""}, []float64{0.123, 1}, []float64{0, 1}, []float64{0, 1}, []float64{0, 1}},
	} {
		m, err := NewCustom(c.custom[0], c.custom[1], c.custom[2], nil)
		if err != nil {
			t.Errorf("%s: %v", c.name, err)
			continue
		}
		out := NewOutcome(len(c.signals))
		m.Allot(c.signals, out)
		for i := range c.signals {
			if math.Abs(out.Win[i]-c.win[i]) > 1e-15 || out.IfWin[i] != c.ifWin[i] || out.IfLose[i] != c.ifLose[i] {
				t.Errorf("%s: %+v, want %v %v %v", c.name, out, c.win, c.ifWin, c.ifLose)
				break
			}
		}
	}
}

func TestCustomFamilyTakesNamedNumbers(t *testing.T) {
	space, err := NewSpace("custom", Settings{"impact": Word("b*a^k"), "pay": Word("a"), "k": Range(1, 3), "b": Number(2), "burnShare": Number(0.1)})
	if err != nil {
		t.Fatal(err)
	}
	if axes := space.Axes(); len(axes) != 1 || axes[0].Name != "k" {
		t.Fatalf("axes %v, want k", axes)
	}
	out := NewOutcome(2)
	design, err := space.At([]float64{2})
	if err != nil {
		t.Fatal(err)
	}
	design.Mechanism.Allot([]float64{2, 1}, out)
	if out.Win[0] != 0.8 || design.Terms.BurnShare != 0.1 {
		t.Errorf("at k = 2 signals 2, 1 win %v under %+v, want 0.8", out.Win, design.Terms)
	}
	if _, err := NewSpace("custom", Settings{"impact": Number(1), "pay": Number(0)}); err != nil {
		t.Errorf("numbers are expressions: %v", err)
	}
	for name, s := range map[string]Settings{
		"unused name":     {"impact": Word("a"), "k": Number(2)},
		"misspelt":        {"impactt": Word("a")},
		"negative number": {"impact": Word("a^k"), "k": Number(-1)},
		"range of text":   {"impact": Range(1, 2)},
		"missing name":    {"impact": Word("a^k")},
	} {
		var at *SettingError
		if _, err := NewSpace("custom", s); !errors.As(err, &at) {
			t.Errorf("%s: error %v", name, err)
		}
	}
}

func FuzzFormula(f *testing.F) {
	for _, text := range []string{"a^k", "a > 1 ? a : 0", "((", "a.b(c)", "1..2", "a |> map(#)", "\x00", "-1e999", "max()", "min(a,)"} {
		f.Add(text, 1.5)
	}
	f.Fuzz(func(t *testing.T, text string, a float64) {
		compiled, err := newFormula(text, func(name string) (float64, bool) { return 2, name == "k" })
		if err == nil {
			compiled.at(a)
		}
	})
}

func BenchmarkCustomAllot(b *testing.B) {
	b.ReportAllocs()
	m, err := NewCustom("a^k", "a", "", map[string]float64{"k": 1.5})
	if err != nil {
		b.Fatal(err)
	}
	signals, out := []float64{3, 2, 1, 1}, NewOutcome(4)
	for b.Loop() {
		m.Allot(signals, out)
	}
}
