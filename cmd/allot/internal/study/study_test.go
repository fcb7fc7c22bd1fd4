package study

import (
	"errors"
	"fmt"
	"math"
	"strings"
	"testing"

	"allot/mechanisms"
)

const small = `market:
  agents:
    - {name: Alice, value: 30}
    - {name: Bob, value: 20}
mechanisms:
  - {family: auction}
`

func TestParse(t *testing.T) {
	s, err := Parse("s.yaml", []byte(`# a study
market:
  information: private
  discount: 0.95
  concealmentCost: 2
  persistence: 0.32
  premium: .2
  agents:
    - {name: Alice, value: 30, budget: 12, capitalCost: 1e-3, identities: 3, discount: 0.9, spite: 0.1, stake: 0.2}
    - {value: 20}
    - {name: integrated, count: 2, common: {lognormal: {mu: -3.024, sigma: 0.448}}, knows: both, value: {lognormal: {mu: 0, sigma: 0.1}}}
    - common: {quantiles: {probabilities: [0, 0.5, 1], values: [0, 1, 2]}}
      members:
        - {name: Carol, value: {power: {exponent: 3, high: 1}}}
        - {name: "agent 2"}
mechanisms:
  - family: contest
    exponent: {from: 0.1, to: 2}
    payment: winner-pays
    weights: [1, 1, 1, 1, 1, 2]
  - {family: auction, pricing: 0.5, reserve: 3, burnShare: 0.25, lookahead: 2}
objective: "revenue + 0.5*fairness"
search: {evaluations: 1e3, seed: 7, draws: 64, tolerance: 1e-9}
cartel: {ring: [Alice, Carol], bid: 1, transfers: [1], discounts: [0.5, 0], shadow: false}
`))
	if err != nil {
		t.Fatal(err)
	}
	p := s.Problem
	m := p.Market
	if m.Information != mechanisms.Private || m.Discount != 0.95 || m.ConcealmentCost != 2 || m.Persistence != 0.32 || m.Premium != 0.2 {
		t.Errorf("market %+v", m)
	}
	var names []string
	for _, a := range m.Agents {
		names = append(names, a.Name)
	}
	if got, want := strings.Join(names, "|"), "Alice|agent 3|integrated 1|integrated 2|Carol|agent 2"; got != want {
		t.Errorf("names %s, want %s", got, want)
	}
	a := m.Agents[0]
	if a.Value != mechanisms.Point(30) || a.Budget != 12 || a.CapitalCost != 1e-3 || a.Identities != 3 || a.Discount != 0.9 || a.Spite != 0.1 || a.Stake != 0.2 {
		t.Errorf("Alice is %+v", a)
	}
	if g := m.Agents[2].Common; g == nil || g != m.Agents[3].Common || g.Knows != mechanisms.KnowsBoth || g.Name != "integrated" {
		t.Errorf("the integrated agents share %+v", g)
	}
	if g := m.Agents[4].Common; g == nil || g != m.Agents[5].Common || g.Value.Mean() != 1 || m.Agents[5].Value != mechanisms.Point(1) {
		t.Errorf("the group shares %+v", g)
	}
	if axes := p.Spaces[0].Axes(); len(axes) != 1 || axes[0].Name != "exponent" || axes[0].From != 0.1 || axes[0].To != 2 {
		t.Errorf("axes %v", axes)
	}
	if p.Objective.Name() != "revenue + 0.5*fairness" || p.Evaluations != 1000 || p.Seed != 7 || p.Draws != 64 || p.Tolerance != 1e-9 {
		t.Errorf("problem %+v", p)
	}
	c := s.Cartel
	if c == nil || fmt.Sprint(c.Ring, *c.Bid, c.Transfers, c.Discounts, *c.Shadow) != "[0 4] 1 [1] [0.5 0] false" {
		t.Errorf("cartel %+v", c)
	}
}

func TestCustom(t *testing.T) {
	s, err := Parse("s", []byte(`market: {agents: [{value: 3}, {value: 2}]}
mechanisms:
  - {family: custom, impact: "a^k", pay: a, winnerPays: 0, parameters: {k: {from: 1, to: 2}}}
  - {family: tickets, eta: inf, conduct: price-taking}
`))
	if err != nil {
		t.Fatal(err)
	}
	if axes := s.Problem.Spaces[0].Axes(); len(axes) != 1 || axes[0].Name != "k" || axes[0].To != 2 {
		t.Errorf("axes %v", axes)
	}
}

func TestDefaults(t *testing.T) {
	s, err := Parse("s.yaml", []byte(small))
	if err != nil {
		t.Fatal(err)
	}
	p := s.Problem
	if p.Objective.Name() != "revenue" || p.Evaluations != 400 || p.Seed != 1 || p.Draws != 4096 || p.Tolerance != 1e-6 || s.Cartel != nil {
		t.Errorf("defaults %+v", p)
	}
	if !math.IsInf(p.Market.ConcealmentCost, 1) {
		t.Errorf("without a concealment cost the reward can be observed, not %g", p.Market.ConcealmentCost)
	}
}

func TestDistributions(t *testing.T) {
	for text, mean := range map[string]float64{
		"{uniform: {low: 1, high: 3}}":                                 2,
		"{lognormal: {mu: -1, sigma: 2}}":                              math.E,
		"{exponential: {mean: 4}}":                                     4,
		"{pareto: {scale: 1, shape: 3}}":                               1.5,
		"{power: {exponent: 3, high: 2}}":                              1.5,
		"{beta: {a: 1, b: 3}}":                                         0.25,
		"{empirical: [1, 2, 6]}":                                       3,
		"{quantiles: {probabilities: [0, 0.5, 1], values: [0, 1, 2]}}": 1,
		"7": 7,
	} {
		s, err := Parse("s", []byte("market: {agents: [{value: "+text+"}]}\nmechanisms: [{family: lottery}]\n"))
		if err != nil {
			t.Errorf("%s: %v", text, err)
			continue
		}
		if got := s.Problem.Market.Agents[0].Value.Mean(); math.Abs(got-mean) > 1e-12*mean {
			t.Errorf("%s: mean %g, want %g", text, got, mean)
		}
	}
}

// TestErrors holds position, message and hint of everything that studies get wrong.
func TestErrors(t *testing.T) {
	agents := func(a string) string {
		return "market:\n  agents:\n    - " + a + "\nmechanisms:\n  - {family: auction}\n"
	}
	mechanism := func(m string) string {
		return "market: {agents: [{value: 3}, {value: 2}]}\nmechanisms:\n  - " + m + "\n"
	}
	for name, c := range map[string]struct {
		text, at, message, hint string
	}{
		"unknown key":         {small + "objektive: revenue\n", "7:1", `unknown key "objektive"`, "did you mean objective?"},
		"unknown agent key":   {agents("{nmae: A, value: 3}"), "3:8", `unknown key "nmae" in an agent`, "did you mean name?"},
		"unknown parameter":   {mechanism("{family: auction, resreve: 3}"), "3:23", `unknown key "resreve" in the auction`, "did you mean reserve?"},
		"unknown family":      {mechanism("{family: auctoin}"), "3:14", `no family "auctoin"`, "did you mean auction?"},
		"no family":           {mechanism("{pricing: first}"), "3:5", "no family", "auction"},
		"no such element":     {mechanism("{family: auction}") + "objective: revenue + t[2]\n", "4:23", "there is no element [2]", ""},
		"nor in a constraint": {mechanism("{family: auction}") + "constraints: [{expression: \"u[-3]\", atLeast: 0}]\n", "4:30", "there is no element [-3]", ""},
		"unknown constraint":  {small + "constraints: [sybilproof!]\n", "7:15", `no constraint "sybilproof!"`, ""},
		"duplicate key":       {small + "market: {}\n", "7:1", `already defined`, "once"},
		"duplicate flow key":  {agents("{name: A, value: 3, value: 4}"), "3:27", `already defined`, "once"},
		"second document":     {small + "---\n" + small, "7:1", "second document", ""},
		"after document end":  {small + "...\n" + small, "8:1", "second document", ""},
		"nan":                 {agents("{name: A, value: .nan}"), "3:24", "expected a finite number", ""},
		"nan word":            {agents("{name: A, value: NaN}"), "3:24", "expected a finite number", ""},
		"infinity":            {agents("{name: A, value: .inf}"), "3:24", "expected a finite number", "no limit"},
		"negative infinity":   {agents("{name: A, value: -.inf}"), "3:24", "expected a finite number", ""},
		"too large":           {agents("{name: A, value: 1e400}"), "3:24", "too large", ""},
		"too small":           {agents("{name: A, value: 1e-400}"), "3:24", "too small", "write 0"},
		"negative":            {agents("{name: A, value: -1}"), "3:24", `at least 0, found "-1"`, ""},
		"quoted number":       {agents(`{name: A, value: "30"}`), "3:24", "expected a number, found the text", "without quotes"},
		"octal":               {agents("{name: A, value: 010}"), "3:24", "looks octal", "write 10"},
		"octal 1.2":           {agents("{name: A, value: 0o10}"), "3:24", "expected a number", "decimal"},
		"hexadecimal":         {agents("{name: A, value: 0x10}"), "3:24", "expected a number", "decimal"},
		"separator":           {agents("{name: A, value: 1_000}"), "3:24", "expected a number", "decimal"},
		"text for a number":   {agents("{name: A, value: thirty}"), "3:24", `expected a number, found "thirty"`, ""},
		"list for a number":   {agents("{name: A, value: [3]}"), "3:24", "expected a number, found a list", "uniform"},
		"nothing":             {agents("{name: A, value: }"), "3:23", "expected a number, found nothing", "uniform"},
		"no value":            {agents("{name: A}"), "3:7", "no value", "add value"},
		"fraction of a count": {agents("{value: 3, count: 2.5}"), "3:25", `whole number, found "2.5"`, ""},
		"no count":            {agents("{value: 3, count: 0}"), "3:25", "at least 1", ""},
		"huge count":          {agents("{value: 3, count: 1e12}"), "3:25", "at most 1000000", ""},
		"name is a number":    {agents("{name: 3, value: 3}"), "3:14", "expected a text", "quotes"},
		"empty name":          {agents(`{name: "", value: 3}`), "3:14", "expected a text", ""},
		"control character":   {agents(`{name: "a\e[31m", value: 3}`), "3:14", "cannot be printed", ""},
		"names twice":         {agents("{name: A, value: 3}\n    - {name: A, value: 4}"), "4:14", `"A" is taken: first on line 3`, ""},
		"empty market":        {"market: {agents: []}\nmechanisms: [{family: auction}]\n", "1:18", "no agents", ""},
		"no agents":           {"market: {}\nmechanisms: [{family: auction}]\n", "1:9", "no agents", ""},
		"no market":           {"mechanisms: [{family: auction}]\n", "1:1", "no market", ""},
		"no mechanisms":       {"market: {agents: [{value: 3}]}\n", "1:1", "no mechanisms", ""},
		"empty mechanisms":    {"market: {agents: [{value: 3}]}\nmechanisms: []\n", "2:13", "no mechanisms", ""},
		"information":         {"market: {information: privat, agents: [{value: 3}]}\n", "1:23", "complete or private", "did you mean private?"},
		"discount of 1":       {"market: {discount: 1, agents: [{value: 3}]}\n", "1:20", "[0, 1)", ""},
		"knows of nothing":    {agents("{value: 3, knows: own}"), "3:25", "there is none", "add common"},
		"knows":               {agents("{value: 3, common: 2, knows: owned}"), "3:36", "own, common or both", "did you mean own?"},
		"distribution":        {agents("{value: {lognorml: {mu: 1, sigma: 1}}}"), "3:16", "unknown distribution", "did you mean lognormal?"},
		"two distributions":   {agents("{value: {uniform: {low: 0, high: 1}, exponential: {mean: 1}}}"), "3:15", "one distribution", ""},
		"distribution key":    {agents("{value: {uniform: {low: 0, hihg: 1}}}"), "3:34", `unknown key "hihg"`, "did you mean high?"},
		"distribution lacks":  {agents("{value: {uniform: {low: 0}}}"), "3:25", "uniform has no high", ""},
		"distribution bad":    {agents("{value: {uniform: {low: 2, high: 1}}}"), "3:25", "not an interval", ""},
		"negative support":    {agents("{value: {uniform: {low: -2, high: 1}}}"), "3:31", "at least 0", ""},
		"no mean":             {agents("{value: {pareto: {scale: 1, shape: 1}}}"), "3:24", "no mean", ""},
		"empty sample":        {agents("{value: {empirical: []}}"), "3:27", "list is empty", ""},
		"negative in sample":  {agents("{value: {empirical: [1, -2]}}"), "3:31", "at least 0", ""},
		"range without to":    {mechanism("{family: auction, reserve: {from: 1}}"), "3:32", "no to", "from"},
		"range empty":         {mechanism("{family: auction, reserve: {from: 2, to: 1}}"), "3:32", "reserve: the range from 2 to 1 is empty", ""},
		"negative parameter":  {mechanism("{family: auction, reserve: -1}"), "3:32", "reserve: -1 is not", ""},
		"nan parameter":       {mechanism("{family: auction, reserve: .nan}"), "3:32", "finite number", ""},
		"wrong word":          {mechanism("{family: auction, pricing: frist}"), "3:32", "expected first, second, all-pay, a number", "did you mean first?"},
		"weights too few":     {mechanism("{family: contest, weights: [1]}"), "3:32", "1 numbers for 2 agents", ""},
		"weight of zero":      {mechanism("{family: contest, weights: [1, 0]}"), "3:5", "weights are positive", ""},
		"expression":          {mechanism("{family: custom, impact: a^k, pay: a}"), "3:32", `impact: unknown name "k"`, ""},
		"quoted expression":   {mechanism(`{family: custom, impact: "a^k", pay: a}`), "3:33", `impact: unknown name "k"`, ""},
		"name not used":       {mechanism("{family: custom, impact: a, parameters: {k: 2}}"), "3:49", "no expression uses the name", ""},
		"name taken":          {mechanism("{family: custom, impact: a, parameters: {pay: 2}}"), "3:46", "is taken", "another name"},
		"names of no mapping": {mechanism("{family: custom, impact: a, parameters: 3}"), "3:45", "expected a mapping", "{k: 2}"},
		"names in an auction": {mechanism("{family: auction, parameters: {k: 2}}"), "3:23", `unknown key "parameters"`, ""},
		"eta":                 {mechanism("{family: tickets, eta: elastic}"), "3:28", "expected capped, inf, a number", ""},
		"lookahead 2.5":       {mechanism("{family: contest, lookahead: 2.5}"), "3:34", "whole number", ""},
		"burn share":          {mechanism("{family: contest, burnShare: 1.5}"), "3:34", "[0, 1]", ""},
		"custom expression":   {mechanism("{family: custom, impact: a^k + b, parameters: {k: 2}}"), "3:36", "impact: unknown name", ""},
		"custom unused":       {mechanism("{family: custom, impact: a, parameters: {k: 2}}"), "3:49", "k: ", ""},
		"custom parameter":    {mechanism("{family: custom, parameters: {k: -2}}"), "3:38", "k: -2 is not", ""},
		"custom name taken":   {mechanism("{family: custom, parameters: {impact: 2}}"), "3:35", "is taken", "another name"},
		"custom word":         {mechanism("{family: custom, parameters: {k: two}}"), "3:38", "expected a number", ""},
		"parameters":          {mechanism("{family: contest, parameters: {k: 2}}"), "3:23", "unknown key", ""},
		"objective":           {small + "objective: revenu\n", "7:12", "unknown name revenu", "did you mean revenue?"},
		"objective term":      {small + "objective: revenue + fairnes\n", "7:22", "unknown name fairnes", "did you mean fairness?"},
		"objective quoted":    {small + "objective: \"revenue + fairnes\"\n", "7:23", "unknown name fairnes", "did you mean fairness?"},
		"objective mapping":   {small + "objective: {a: 1}\n", "7:12", "expected a text", ""},
		"block":               {small + "objective: >\n  revenue\n  + bogus\n", "7:12", "unknown name bogus", "there are"},
		"long key":            {small + strings.Repeat("x", 500) + ": 1\n", "7:1", `unknown key "` + strings.Repeat("x", 40) + `..."`, "there are"},
		"constraint's name":   {small + "constraints: [{name: [a]}]\n", "7:22", "expected the name of a constraint, found a list", "allocation"},
		"map of one thing":    {small + "map: {x: {agent: Bob, from: 1, to: 2}, y: {agent: Bob, from: 3, to: 4}}\n", "7:43", "varied by x already", "two things"},
		"no relation":         {small + "constraints: [{expression: fairness}]\n", "7:15", "0 of atLeast", ""},
		"two relations":       {small + "constraints: [{expression: fairness, atLeast: 0, atMost: 1}]\n", "7:15", "2 of atLeast", ""},
		"evaluations":         {small + "search: {evaluations: 0}\n", "7:23", "at least 1", ""},
		"seed":                {small + "search: {seed: -1}\n", "7:16", "at least 0", ""},
		"draws":               {small + "search: {draws: 1e12}\n", "7:17", "at most", ""},
		"tolerance":           {small + "search: {tolerance: 0}\n", "7:21", "above 0", ""},
		"ring":                {small + "cartel: {ring: [Alice, Bop]}\n", "7:24", `no agent "Bop"`, "Bob"},
		"transfers":           {small + "cartel: {transfers: [1, 1]}\n", "7:21", "2 numbers for 1 members", ""},
		"discounts":           {small + "cartel: {discounts: [1, 0.5]}\n", "7:22", "[0, 1)", ""},
		"shadow":              {small + "cartel: {shadow: maybe}\n", "7:18", "true or false", ""},
		"empty file":          {"", "1:1", "the study is empty", "examples"},
		"only a comment":      {"# nothing\n", "1:1", "the study is empty", ""},
		"only a scalar":       {"hello\n", "1:1", "expected a mapping", ""},
		"anchor":              {"a: &x [1]\nb: *x\n", "1:4", "aliases", ""},
		"alias":               {"market: *x\n", "1:9", "aliases", ""},
		"merge":               {"market:\n  <<: {a: 1}\n", "2:3", "merge keys", ""},
		"tag":                 {"market: !!binary abc\n", "1:9", "tags", ""},
		"tab":                 {"market:\n\tagents: []\n", "2:1", "tab", "spaces"},
		"binary":              {"\x7fELF\x02\x01", "1:1", "byte 0x7f", ""},
		"zero bytes":          {"market:\x00", "1:8", "byte 0x00", ""},
		"latin 1":             {"market: caf\xe9\n", "1:12", "UTF-8", ""},
		"unclosed":            {"market: {agents: [\n", "", "", ""},
		"empty entries":       {"market:\n" + strings.Repeat("  -\n", 100000), "2:3", "nothing in it", ""},
		"many keys":           {strings.Repeat("a: 1\n", 1001), "1001:2", "more than 1000 keys", ""},
		"many flow keys":      {"a: {" + strings.Repeat("b: 1, ", 1001) + "}", "1:6006", "more than 1000 keys", ""},
		"many colons":         {"a: " + strings.Repeat("b: ", 100000), "1:3002", "more than 1000 keys", ""},
		"many braces":         {strings.Repeat("{}", 100000), "1:3", "", ""},
		"deep flow":           {"a: " + strings.Repeat("[", 100000), "1:67", "64 levels", ""},
		"deep dashes":         {strings.Repeat("- ", 100000), "1:129", "64 levels", ""},
		"deep questions":      {strings.Repeat("? ", 100000), "1:129", "64 levels", ""},
	} {
		t.Run(name, func(t *testing.T) {
			_, err := Parse("s.yaml", []byte(c.text))
			var e *Error
			if !errors.As(err, &e) {
				t.Fatalf("error %v, want one with a position", err)
			}
			if c.at != "" && fmt.Sprintf("%d:%d", e.Line, e.Column) != c.at {
				t.Errorf("at %d:%d, want %s (%s)", e.Line, e.Column, c.at, e.Message)
			}
			if !strings.Contains(e.Message, c.message) {
				t.Errorf("message %q, want %q", e.Message, c.message)
			}
			if !strings.Contains(e.Hint, c.hint) {
				t.Errorf("hint %q, want %q", e.Hint, c.hint)
			}
			if !strings.HasPrefix(err.Error(), "s.yaml:") {
				t.Errorf("error %q does not start with the file", err)
			}
		})
	}
}

// TestHostile holds that size is bounded before anything is built.
func TestHostile(t *testing.T) {
	var bomb strings.Builder
	bomb.WriteString("a: &a [x, x, x, x, x, x, x, x, x]\n")
	for c := 'b'; c <= 'z'; c++ {
		fmt.Fprintf(&bomb, "%c: &%c [*%c, *%c, *%c, *%c, *%c, *%c, *%c, *%c, *%c]\n", c, c, c-1, c-1, c-1, c-1, c-1, c-1, c-1, c-1, c-1)
	}
	for name, text := range map[string]string{
		"nested aliases": bomb.String(),
		"a long file":    small + strings.Repeat("# padding padding padding\n", maxBytes/20),
		"a long line":    "market: " + strings.Repeat("x", 2*maxBytes),
	} {
		_, err := Read("s.yaml", strings.NewReader(text))
		var e *Error
		if !errors.As(err, &e) || e.Line < 1 || e.Column < 1 {
			t.Errorf("%s: error %v, want one with a position", name, err)
		}
	}
}

func TestCounts(t *testing.T) {
	s, err := Parse("s", []byte("market: {agents: [{name: small, count: 1e6, value: 1}]}\nmechanisms: [{family: lottery}]\n"))
	if err != nil {
		t.Fatal(err)
	}
	if n := len(s.Problem.Market.Agents); n != maxAgents {
		t.Errorf("%d agents", n)
	}
	_, err = Parse("s", []byte("market: {agents: [{count: 1e6, value: 1}, {value: 2}]}\nmechanisms: [{family: lottery}]\n"))
	if err == nil || !strings.Contains(err.Error(), "s:1:43: the market has more than 1000000 agents") {
		t.Errorf("error %v", err)
	}
}

func FuzzParse(f *testing.F) {
	f.Add([]byte(small))
	f.Add([]byte("a: &a [*a]\n<<: *a\n"))
	f.Add([]byte("market: {agents: [{value: {lognormal: {mu: -3, sigma: 0.4}}, count: 2}]}\nmechanisms: [{family: contest, exponent: {from: 0.1, to: 2}}]\nobjective: revenue + fairness\n"))
	f.Add([]byte("? a\n: - |\n  b\n - 'c\n"))
	f.Fuzz(func(t *testing.T, text []byte) {
		s, err := Parse("s", text)
		if err != nil {
			var e *Error
			if !errors.As(err, &e) || e.Line < 1 || e.Column < 1 || e.Message == "" {
				t.Fatalf("error without a position: %v", err)
			}
			return
		}
		if err := s.Problem.Market.Validate(); err != nil {
			t.Fatal(err)
		}
	})
}

// A study may be written as JSON, in which every word is quoted.
func TestQuotedWords(t *testing.T) {
	s, err := Parse("study.json", []byte(`{"market": {"information": "private", "agents": [{"name": "a", "value": {"uniform": {"low": 0, "high": 1}}}, {"name": "b", "value": 2}]},
 "mechanisms": [{"family": "auction", "pricing": "second"}], "objective": "revenue", "constraints": ["allocation"], "cartel": {"ring": "all"}}`))
	if err != nil {
		t.Fatal(err)
	}
	if s.Problem.Market.Information != mechanisms.Private || s.Cartel == nil || s.Cartel.Ring != nil {
		t.Errorf("%+v", s)
	}
}

// Editors on some systems begin a text with a byte order mark.
func TestByteOrderMark(t *testing.T) {
	s, err := Parse("s.yaml", []byte("\ufeff"+small))
	if err != nil || len(s.Problem.Spaces) != 1 {
		t.Fatalf("%v, %v", s, err)
	}
	_, err = Parse("s.yaml", []byte("\ufeffmarkt: 1\n"))
	var e *Error
	if !errors.As(err, &e) || e.Column != 1 || !strings.Contains(e.Message, `"markt"`) {
		t.Errorf("%v", err)
	}
}
