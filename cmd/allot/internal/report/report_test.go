package report_test

import (
	"bytes"
	"encoding/csv"
	"encoding/json"
	"fmt"
	"math"
	"strings"
	"testing"
	"unicode/utf8"

	"github.com/google/go-cmp/cmp"

	"allot/cmd/allot/internal/report"
	"allot/constraints"
	"allot/mechanisms"
	"allot/objectives"
	"allot/solver/search"
)

func write(t *testing.T, d *report.Document, f report.Format) string {
	t.Helper()
	var out bytes.Buffer
	if err := d.Write(&out, f); err != nil {
		t.Fatalf("%s: %v", f, err)
	}
	return out.String()
}

var awkward = &report.Document{
	Facts: []report.Fact{{Label: "what", Text: "100 % of a_b & {c} | d"}},
	Tables: []report.Table{{
		Heading: "E[revenue]",
		Columns: []string{"E[revenue]", "mechanism_name", "why"},
		Rows: [][]report.Cell{
			{report.Amount(1. / 3), report.Text("a|b"), report.Text("x\ny")},
			{report.Amount(math.NaN()), report.Text("日本語"), report.Text("")},
			{report.Amount(math.Inf(1)), report.Text(`\#`), report.Text("$^~")},
			{report.Amount(0.30000000000000004), report.Text("e"), report.Text("")},
			{report.Near(1e-17, 1), report.Text("f"), report.Text("")},
		},
	}},
	Remarks: []string{"warning: <none>"},
	Data:    map[string]report.Number{"nan": report.Number(math.NaN()), "third": 1. / 3},
}

// TestFormats holds that headers and numbers are shown as they were given and that
// what a format reserves is escaped.
func TestFormats(t *testing.T) {
	for f, want := range map[report.Format]string{
		report.Plain: `what  100 % of a_b & {c} | d

E[revenue]
E[revenue]  mechanism_name  why
---------------------------------
 0.3333333  a|b             x
                            y
         -  日本語
 unbounded  \#              $^~
       0.3  e
         0  f

warning: <none>
`,
		report.JSON: `{
  "nan": null,
  "third": 0.3333333333333333
}
`,
		report.CSV: `E[revenue],mechanism_name,why
0.3333333333333333,a|b,"x
y"
,日本語,
,\#,$^~
0.30000000000000004,e,
1e-17,f,
`,
		report.LaTeX: `% needs \usepackage{booktabs}
\begin{description}
  \item[what] 100 \% of a\_b \& \{c\} \textbar{} d
\end{description}

\begin{table}
\centering
\caption{E[revenue]}
\begin{tabular}{rll}
\toprule
E[revenue] & mechanism\_name & why \\
\midrule
0.3333333 & a\textbar{}b & x y \\
- & 日本語 &  \\
unbounded & \textbackslash{}\# & \$\textasciicircum{}\textasciitilde{} \\
0.3 & e &  \\
0 & f &  \\
\bottomrule
\end{tabular}
\end{table}

\noindent warning: \textless{}none\textgreater{}
`,
	} {
		if diff := cmp.Diff(want, write(t, awkward, f)); diff != "" {
			t.Errorf("%s (-want +got):\n%s", f, diff)
		}
	}
	md := write(t, awkward, report.Markdown)
	for _, line := range []string{"- **what**: 100 % of a\\_b & {c} \\| d", "### E\\[revenue\\]", "- warning: &lt;none&gt;"} {
		if !strings.Contains(md, line+"\n") {
			t.Errorf("markdown lacks %q:\n%s", line, md)
		}
	}
	// Every row of a Markdown table has three cells, whatever is in them.
	for _, line := range strings.Split(md, "\n") {
		if strings.HasPrefix(line, "|") {
			if n := strings.Count(strings.ReplaceAll(line, `\|`, ""), "|"); n != 4 {
				t.Errorf("%d bars in %q", n, line)
			}
		}
	}
}

func TestRagged(t *testing.T) {
	d := &report.Document{Tables: []report.Table{{Columns: []string{"a", "b"}, Rows: [][]report.Cell{{report.Text("x")}}}}}
	for _, f := range report.Formats() {
		if err := d.Write(&bytes.Buffer{}, report.Format(f)); err == nil {
			t.Errorf("%s: a row of one cell in two columns was taken", f)
		}
	}
}

func TestDigits(t *testing.T) {
	for x, want := range map[float64]string{
		1.6626475129: "1.662648", 20: "20", 1e-9: "1e-09", 123456789: "1.234568e+08", 0: "0", math.Inf(-1): "unbounded",
	} {
		if got := report.Digits(x); got != want {
			t.Errorf("%v is shown as %s, want %s", x, got, want)
		}
	}
	for x, want := range map[float64]string{0.30000000000000004: "0.30000000000000004", math.Inf(1): "", 1e300: "1e+300"} {
		if got := report.Exact(x); got != want {
			t.Errorf("%v is written as %s, want %s", x, got, want)
		}
	}
}

// answer is a report with n agents and everything that can go missing missing.
func answer(n int) (*search.Problem, *search.Report) {
	c := &search.Candidate{
		Family:    "contest",
		Settings:  mechanisms.Settings{"exponent": mechanisms.Number(1.3833323479810615), "fee": {}, "weights": {}, "payment": mechanisms.Word("all-pay")},
		Searched:  []string{"exponent"},
		Objective: 1.6626475129011133, Metrics: map[string]float64{"revenue": 1.6626475129011133, "effectiveAgents": math.NaN()},
		Feasible: true, TailShare: math.NaN(), StandardError: 0.001,
		Equilibrium: search.Solved{Status: "certified", Stopped: "converged", Method: "m", Regime: "pure", Selection: "s", Epsilon: 1e-14, Relative: 2.5e-15, Unsold: 0.25},
		Constraints: []constraints.Finding{
			{Name: "sybil-proof", Measure: 0, Bound: constraints.Bound{Value: 0}, Verdict: constraints.Holds, Why: strings.Repeat("because ", 30)},
			{Name: "competition", Measure: math.NaN(), Bound: constraints.Bound{Relation: constraints.Above}, Violation: math.NaN(), Verdict: constraints.Unknown, Why: "unknown"},
		},
		Notes: []string{"a note"},
	}
	for i := range n {
		c.Equilibrium.Agents = append(c.Equilibrium.Agents, search.AgentResult{Name: fmt.Sprintf("agent %d", i+1), Value: 4 / float64(i+1), Signal: 1, Win: 0.75 / float64(n), Cost: 1, Payoff: 1e-18})
	}
	other := *c
	other.Feasible, other.Violation, other.Objective = false, 0.5, math.NaN()
	return &search.Problem{Objective: objectives.Revenue{}}, &search.Report{
		Status: search.Feasible, Best: c, Candidates: []*search.Candidate{c, &other}, Bound: search.Bound{Value: math.Inf(1), Gap: math.Inf(1)},
		Evaluations: 400, Seed: 1, Warnings: []string{"a warning"},
	}
}

// TestNarrow holds that tables fit a terminal of 100 columns, with many agents too.
func TestNarrow(t *testing.T) {
	for _, n := range []int{1, 2, 37, 5000} {
		p, r := answer(n)
		for _, d := range []*report.Document{report.Search(p, r, []bool{true, false}), report.Evaluation(p, r)} {
			text := write(t, d, report.Plain)
			if strings.Contains(text, "NaN") || strings.Contains(text, "Inf") {
				t.Errorf("what is not a number is shown:\n%s", text)
			}
			lines := strings.Split(text, "\n")
			if len(lines) > 90 {
				t.Errorf("%d lines for %d agents", len(lines), n)
			}
			for _, line := range lines {
				if utf8.RuneCountInString(line) > 100 || strings.HasSuffix(line, " ") {
					t.Errorf("%d characters: %q", utf8.RuneCountInString(line), line)
				}
			}
		}
	}
	p, r := answer(37)
	text := write(t, report.Search(p, r, []bool{true, false}), report.Plain)
	for _, want := range []string{
		"\n27 others ", "\n(nobody) ", "\ntogether ", "holds, binds", "what binds      sybil-proof", "\nwarning: a warning\n", "\nnote on 1 (contest): a note\n",
		"objective       revenue = 1.662648 (standard error 0.001)\n", "bound           none is known for this objective\n", "contest: exponent 1.383332, payment all-pay\n",
	} {
		if !strings.Contains(text, want) {
			t.Errorf("the table lacks %q:\n%s", want, text)
		}
	}
}

// TestContract holds the names of the JSON contract.
func TestContract(t *testing.T) {
	p, r := answer(2)
	text := write(t, report.Search(p, r, []bool{true, false}), report.JSON)
	var got struct {
		Status     string
		Best       map[string]any
		Candidates []struct {
			Family      string
			Parameters  map[string]any
			Objective   *float64
			Metrics     map[string]*float64
			Equilibrium struct {
				Status, Method, Regime string
				Epsilon                float64
				Agents                 []map[string]any
			}
			Constraints []map[string]any
		}
		Bound       map[string]any
		Evaluations int
		Seed        int
		Warnings    []string
	}
	d := json.NewDecoder(strings.NewReader(text))
	if err := d.Decode(&got); err != nil {
		t.Fatal(err)
	}
	c := got.Candidates[0]
	if got.Status != "feasible" || got.Best["family"] != "contest" || *c.Objective != 1.6626475129011133 || got.Candidates[1].Objective != nil || c.Metrics["effectiveAgents"] != nil || *c.Metrics["revenue"] != 1.6626475129011133 {
		t.Errorf("%s", text)
	}
	if diff := cmp.Diff(map[string]any{"exponent": 1.3833323479810615, "fee": 0., "payment": "all-pay"}, c.Parameters); diff != "" {
		t.Errorf("parameters (-want +got):\n%s", diff)
	}
	if diff := cmp.Diff(map[string]any{"name": "agent 1", "value": 4., "signal": 1., "win": 0.375, "cost": 1., "payoff": 1e-18}, c.Equilibrium.Agents[0]); diff != "" {
		t.Errorf("agent (-want +got):\n%s", diff)
	}
	if diff := cmp.Diff(map[string]any{"name": "competition", "measure": nil, "relation": ">", "bound": 0., "violation": nil, "verdict": "unknown", "binds": false, "why": "unknown"}, c.Constraints[1]); diff != "" {
		t.Errorf("constraint (-want +got):\n%s", diff)
	}
	if diff := cmp.Diff(map[string]any{"value": nil, "gap": nil, "method": ""}, got.Bound); diff != "" {
		t.Errorf("bound (-want +got):\n%s", diff)
	}
	r.Best = nil
	if text := write(t, report.Search(p, r, nil), report.JSON); !strings.Contains(text, `"best": null,`) {
		t.Errorf("nothing is feasible, and best is not null:\n%s", text)
	}
	if text := write(t, report.Evaluation(p, r), report.JSON); !strings.HasPrefix(text, "{\n  \"objective\": \"revenue\",\n  \"candidates\": [") {
		t.Errorf("evaluation:\n%s", text)
	}
}

// TestRecords holds that CSV has every number of JSON.
func TestRecords(t *testing.T) {
	p, r := answer(3)
	rows, err := csv.NewReader(strings.NewReader(write(t, report.Search(p, r, nil), report.CSV))).ReadAll()
	if err != nil {
		t.Fatal(err)
	}
	found := map[string]string{}
	for _, row := range rows[1:] {
		found[strings.Join([]string{row[0], row[2], row[3], row[4]}, " ")] = row[5]
	}
	for key, want := range map[string]string{
		"0 answer  status": "feasible", "0 bound  value": "", "1 result  objective": "1.6626475129011133", "2 result  objective": "",
		"1 parameter exponent value": "1.3833323479810615", "1 agent agent 3 value": "1.3333333333333333", "2 result  violation": "0.5",
		"1 constraint sybil-proof verdict": "holds", "1 note  text": "a note", "0 warning  text": "a warning", "1 equilibrium  epsilon": "1e-14",
	} {
		if got, ok := found[key]; !ok || got != want {
			t.Errorf("%s: %q (found %v), want %q", key, got, ok, want)
		}
	}
}
