package objectives_test

import (
	"errors"
	"fmt"
	"math"
	"strings"
	"sync"
	"testing"

	"allot/mechanisms"
	"allot/objectives"
)

// unsorted has its agents out of order, two of equal value.
func unsorted() *mechanisms.Account {
	a := &mechanisms.Account{}
	a.Settle([]float64{10, 30, 20, 20}, []float64{0.1, 0.4, 0.2, 0.3}, []float64{1, 4, 2, 3}, []float64{0.5, 7, 3, 4},
		mechanisms.Terms{}, math.Inf(1))
	return a
}

func TestExpressions(t *testing.T) {
	nan := math.NaN()
	for text, want := range map[string]float64{
		"revenue + 0.5*fairness":               10 + 0.5*math.Pow(0.1*0.4*0.2*0.3, 0.25),
		"1/2":                                  0.5,
		"7/2":                                  3.5,
		"9223372036854775807*3":                3 * 9223372036854775807.0, // no wrap-around
		"t[0]":                                 0.4,
		"v[1] + 100*t[1]":                      20 + 20, // of equal values the first agent first
		"t[2]":                                 0.3,
		"t[-1]":                                0.1,
		"t[4]":                                 nan,
		"u[0] - c[0]":                          3,
		"sum(t)":                               1,
		"sum(v[0:2]) - revenue":                40,
		"t | sum()":                            1,
		"len(t)*3":                             12,
		"dot(t, v)":                            23,
		"dot(t[0:2], v)":                       nan,
		"max(t) - min(t)":                      0.3,
		"max(1, 2, 3)":                         3,
		"mean(v)":                              20,
		"median(c)":                            2.5,
		"median(1, 5, 9)":                      5,
		"count(t, # > 0.15)":                   3,
		"sum(t, # * #)":                        0.3,
		"all(u, # >= 0) ? 1 : -1":              1,
		"none(u, # > 9) ? 1 : 0":               1,
		"2^3 + 2**0.5":                         8 + math.Sqrt2,
		"abs(-2) + sqrt(4) + exp(0)":           5,
		"log(0)":                               nan,
		"1/0":                                  nan,
		"0 * (1/0)":                            nan,
		"pow(2, 5000)":                         nan,
		"exp(entropy)":                         math.Exp(-(0.1*math.Log(0.1) + 0.4*math.Log(0.4) + 0.2*math.Log(0.2) + 0.3*math.Log(0.3))),
		"not (revenue > 1) ? 1 : 2":            2,
		"if revenue > 1 {2} else {3}":          2,
		"revenue > 1 and fairness < 1 ? 1 : 0": 1,
		"mean(v[9:12])":                        nan,
	} {
		o, err := objectives.New(text)
		if err != nil {
			t.Errorf("%s: %v", text, err)
			continue
		}
		if got := o.Of(unsorted()); !near(got, want, 1e-12) {
			t.Errorf("%s = %v, want %v", text, got, want)
		}
		if o.Name() != text {
			t.Errorf("%s is called %s", text, o.Name())
		}
	}
}

func TestExpressionsOfSparseAccounts(t *testing.T) {
	for text, want := range map[string]float64{
		"sum(t)": 0, "len(v)": 0, "t[0]": math.NaN(), "max(v)": math.NaN(), "mean(v)": math.NaN(), "median(v)": math.NaN(), "dot(t, v)": 0,
		"revenue": 0, "fairness + 1": math.NaN(), "revenue >= 0 ? 1 : fairness": 1,
	} {
		o, err := objectives.New(text)
		if err != nil {
			t.Fatal(err)
		}
		if got := o.Of(&mechanisms.Account{}); !near(got, want, 0) {
			t.Errorf("%s of an empty market = %v, want %v", text, got, want)
		}
	}
}

func TestWrongExpressions(t *testing.T) {
	for _, c := range []struct {
		text         string
		line, column int
		reason       string
	}{
		{"", 1, 1, "empty"},
		{" \n ", 1, 1, "empty"},
		{"revenu", 1, 1, "unknown name revenu"},
		{"revenue\n + foo", 2, 4, "unknown name foo"},
		{"revenue +", 1, 9, "unexpected token"},
		{"t", 1, 1, "expected number, but got vector"},
		{"revenue > 1", 1, 1, "expected number, but got bool"},
		{"true ? 1 : t", 1, 1, "expected number"},
		{"min(t, 3)", 1, 5, "cannot use vector"},
		{"sqrt(t)", 1, 6, "cannot use vector"},
		{"fairness(3)", 1, 1, "not callable"},
		{"robustRevenue(2)", 1, 1, "discount factor 2"},
		{"robustRevenue()", 1, 1, "not enough arguments"},
		{"1e400", 1, 5, "out of range"},
		{"now()", 1, 1, "unknown name now"},
		{"$env", 1, 1, "$env"},
		{"1 + 1..1e9", 1, 6, "operator .."},
		{"sum(1..1000000000)", 1, 6, "operator .."},
		{"repeat('a', 1e9)", 1, 8, "text"},
		{"'a' matches '(a+)+$' ? 1 : 0", 1, 1, "text"},
		{"1 in [1] ? 1 : 0", 1, 3, "operator in"},
		{"revenue % 2", 1, 9, "operator %"},
		{"revenue ?? 1", 1, 9, "operator ??"},
		{"t.x", 1, 3, "text"},
		{"t == v ? 1 : 0", 1, 3, "not vectors"},
		{"map(t, #)[0]", 1, 1, "map"},
		{"filter(t, true)[0]", 1, 1, "filter"},
		{"reduce(t, #acc + #)", 1, 1, "reduce"},
		{"sum(t, sum(v, #))", 1, 8, "each element"},
		{"sum(t, sum(v))", 1, 8, "each element"},
		{"sum(t, dot(t, v))", 1, 8, "each element"},
		{"sum(t, max(true ? t : v))", 1, 8, "each element"},
		{"sum(t, t == v ? 1 : 0)", 1, 10, "not vectors"},
		{"sum(t, robustRevenue(0.5))", 1, 8, "each element"},
		{"let x = 1; x", 1, 5, "not allowed"},
		{"1; 2", 1, 1, "not allowed"},
		{"[1, 2][0]", 1, 1, "not allowed"},
		{"{a: 1}.a", 1, 1, "not allowed"},
		{"\xff", 1, 1, "not text"},
		{"1 + \x00", 1, 5, "not text"},
	} {
		o, err := objectives.New(c.text)
		var wrong *objectives.ExpressionError
		if !errors.As(err, &wrong) {
			t.Errorf("%q: %v, %v", c.text, o, err)
			continue
		}
		if wrong.Line != c.line || wrong.Column != c.column || !strings.Contains(wrong.Reason, c.reason) {
			t.Errorf("%q: line %d, column %d: %s; want line %d, column %d: ...%s...", c.text, wrong.Line, wrong.Column, wrong.Reason, c.line, c.column, c.reason)
		}
		if strings.Contains(err.Error(), "float64") || strings.Contains(err.Error(), "\n") {
			t.Errorf("%q: %q speaks of the evaluator's insides", c.text, err)
		}
	}
}

// Texts that are large in one way or another are refused, not run.
func TestExpressionsAreBounded(t *testing.T) {
	for _, text := range []string{
		strings.Repeat("(", 1999), strings.Repeat("-", 1999) + "1", strings.Repeat("1+", 999) + "1",
		strings.Repeat("sum(t, ", 200) + "1" + strings.Repeat(")", 200),
		strings.Repeat("true ? 1 : ", 150) + "1", strings.Repeat(" ", 5000) + "revenue + 1",
	} {
		if o, err := objectives.New(text); err == nil {
			t.Errorf("%.20q... (%d bytes) was taken: %v", text, len(text), o.Name())
		}
	}
}

func TestExpressionsAreShared(t *testing.T) {
	o, err := objectives.New("sum(v[0:2]) + t[0] + robustRevenue(0.5)")
	if err != nil {
		t.Fatal(err)
	}
	var group sync.WaitGroup
	wrong := make(chan string, 8)
	for k := range 8 {
		group.Go(func() {
			a := &mechanisms.Account{}
			x := float64(k + 1)
			a.Settle([]float64{x, 2 * x, 3 * x}, []float64{0.1, 0.2, 0.7}, make([]float64, 3), make([]float64, 3), mechanisms.Terms{}, 0)
			a.Robust = func(float64) float64 { return x }
			for range 500 {
				if got := o.Of(a); !near(got, 6*x+0.7, 1e-12) {
					wrong <- fmt.Sprintf("%v, want %v", got, 6*x+0.7)
					return
				}
			}
		})
	}
	group.Wait()
	close(wrong)
	for w := range wrong {
		t.Error(w)
	}
}

func FuzzNew(f *testing.F) {
	for _, s := range []string{
		"revenue", "revenue + 0.5*fairness", "robustRevenue(0.9)", "sum(v[0:2]) - revenue", "count(t, # > 0.1)", "t | sum()", "1..1e9",
		"if revenue > 1 {2} else {3}", "max(t)^-2", "t[1.5]", "not true ? 1 : 2", "$env", "dot(t,v)/len(t)", "1e308*10", "\"\\u0000\"", "/* x */ 1", "t[1e300]",
	} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, text string) {
		o, err := objectives.New(text)
		if err != nil {
			var wrong *objectives.ExpressionError
			if !errors.As(err, &wrong) {
				t.Fatalf("%q: %v is no ExpressionError", text, err)
			}
			if wrong.Line < 1 || wrong.Column < 1 || wrong.Reason == "" {
				t.Fatalf("%q: %+v", text, wrong)
			}
			return
		}
		for _, a := range []*mechanisms.Account{unsorted(), {}, {Values: []float64{1}}} {
			x := o.Of(a)
			if math.IsInf(x, 0) {
				t.Fatalf("%q = %v", text, x)
			}
			if y := o.Of(a); !near(x, y, 0) {
				t.Fatalf("%q = %v, then %v", text, x, y)
			}
		}
	})
}
