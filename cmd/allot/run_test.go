package main

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"io"
	"math"
	"strings"
	"syscall"
	"testing"
	"unicode/utf8"

	"github.com/google/go-cmp/cmp"

	"allot/cmd/allot/internal/report"
	"allot/cmd/allot/internal/study"
	"allot/mechanisms"
	"allot/solver/search"
)

const two = `market: {agents: [{name: Alice, value: 4}, {name: Bob, value: 2}]}
mechanisms: [{family: contest, exponent: {from: 0.1, to: 1}}]
`

// fake puts an engine in place that answers with the report.
func fake(t *testing.T, r *search.Report, err error) {
	t.Helper()
	before := engine
	t.Cleanup(func() { engine = before })
	engine.search = func(ctx context.Context, _ *search.Problem, _ func(search.Progress)) (*search.Report, error) {
		return r, err
	}
	engine.evaluate = func(context.Context, *search.Problem) (*search.Report, error) { return r, err }
	engine.binding = func(context.Context, *search.Problem, *search.Candidate) ([]bool, error) { return nil, nil }
}

func candidate(status string, epsilon float64) *search.Candidate {
	return &search.Candidate{
		Family: "contest", Settings: mechanisms.Settings{"exponent": mechanisms.Number(1)}, Searched: []string{"exponent"},
		Objective: 4. / 3, Metrics: map[string]float64{"revenue": 4. / 3, "effectiveAgents": math.NaN()}, Feasible: true, TailShare: math.NaN(),
		Equilibrium: search.Solved{Status: status, Epsilon: epsilon, Relative: epsilon / 4, Agents: []search.AgentResult{{Name: "Alice", Value: 4}, {Name: "Bob", Value: 2}}},
	}
}

// TestStatuses holds the exit status of every way in which a search can end.
func TestStatuses(t *testing.T) {
	good, loose, open := candidate("certified", 1e-12), candidate("certified", 1), candidate("approximate", 1e-12)
	for name, c := range map[string]struct {
		report *search.Report
		err    error
		status int
		says   string
	}{
		"done":         {&search.Report{Status: search.Optimal, Best: good, Candidates: []*search.Candidate{good}}, nil, 0, ""},
		"infeasible":   {&search.Report{Status: search.Infeasible, Candidates: []*search.Candidate{{Violation: 0.25}}}, nil, 3, "the least violation is 0.25"},
		"nothing":      {&search.Report{Status: search.Infeasible}, nil, 3, "no feasible mechanism"},
		"loose":        {&search.Report{Status: search.Feasible, Best: loose, Candidates: []*search.Candidate{loose}}, nil, 4, "not certified to the tolerance 1e-06"},
		"approximate":  {&search.Report{Status: search.Feasible, Best: open, Candidates: []*search.Candidate{open}}, nil, 4, "not certified"},
		"interrupted":  {&search.Report{Status: search.Stopped, Best: good, Candidates: []*search.Candidate{good}}, nil, 130, "interrupted"},
		"nothing yet":  {&search.Report{Status: search.Stopped, Bound: search.Bound{Value: math.Inf(1)}}, nil, 130, "interrupted"},
		"wrong market": {nil, errors.New("search: contest: weights: 1 weights for 2 agents"), 2, "weights for 2 agents"},
	} {
		t.Run(name, func(t *testing.T) {
			fake(t, c.report, c.err)
			var out, errs bytes.Buffer
			if got := run(context.Background(), []string{"search", "-"}, &environment{in: strings.NewReader(two), out: &out, errors: &errs}); got != c.status {
				t.Errorf("status %d, want %d: %s", got, c.status, &errs)
			}
			if !strings.Contains(errs.String(), c.says) || c.says == "" && errs.Len() > 0 {
				t.Errorf("standard error %q, want %q", &errs, c.says)
			}
			if (out.Len() > 0) != (c.report != nil) {
				t.Errorf("standard output %q", &out)
			}
		})
	}
}

// TestInterrupt holds that a search that is interrupted reports what it has.
func TestInterrupt(t *testing.T) {
	for _, format := range []string{"table", "json"} {
		ctx, cancel := context.WithCancel(context.Background())
		before := engine
		engine.search = func(ctx context.Context, p *search.Problem, tell func(search.Progress)) (*search.Report, error) {
			return search.Search(ctx, p, func(s search.Progress) {
				if s.Evaluations > 3 {
					cancel()
				}
				tell(s)
			})
		}
		var out, errs bytes.Buffer
		got := run(ctx, []string{"search", "-", "--format", format}, &environment{in: strings.NewReader(two), out: &out, errors: &errs})
		engine = before
		if got != 130 || !strings.Contains(out.String(), "stopped") || !strings.Contains(errs.String(), "interrupted") {
			t.Errorf("status %d, standard output %q, standard error %q", got, &out, &errs)
		}
		if format == "json" && !json.Valid(out.Bytes()) {
			t.Errorf("not JSON: %s", &out)
		}
	}
}

// TestInterruptWaiting holds that a command that waits for its input can be interrupted.
func TestInterruptWaiting(t *testing.T) {
	for _, command := range []string{"search", "import"} {
		ctx, cancel := context.WithCancel(context.Background())
		cancel()
		in, out := io.Pipe()
		var errs bytes.Buffer
		if got := run(ctx, []string{command, "-"}, &environment{in: in, out: io.Discard, errors: &errs}); got != 130 || errs.String() != "allot: interrupted\n" {
			t.Errorf("%s: status %d, standard error %q", command, got, &errs)
		}
		out.Close()
	}
}

// closed is a pipe whose reader has gone away.
type closed struct{ err error }

func (c closed) Write([]byte) (int, error) { return 0, c.err }

func TestOutputFails(t *testing.T) {
	for err, want := range map[error]int{syscall.EPIPE: 0, io.ErrShortWrite: 1} {
		var errs bytes.Buffer
		got := run(context.Background(), []string{"examples"}, &environment{out: closed{err}, errors: &errs})
		if got != want || (errs.Len() > 0) != (want > 0) {
			t.Errorf("%v: status %d, want %d, standard error %q", err, got, want, &errs)
		}
	}
}

// TestPanic holds that a defect is a message and a status, not a trace.
func TestPanic(t *testing.T) {
	fake(t, nil, nil)
	engine.search = func(context.Context, *search.Problem, func(search.Progress)) (*search.Report, error) {
		var none []int
		return nil, errors.New(string(rune(none[0])))
	}
	var out, errs bytes.Buffer
	if got := run(context.Background(), []string{"search", "-"}, &environment{in: strings.NewReader(two), out: &out, errors: &errs}); got != 1 || !strings.Contains(errs.String(), "allot: internal error: ") {
		t.Errorf("status %d, standard error %q", got, &errs)
	}
}

// TestOverrides holds that flags take the place of what a study says.
func TestOverrides(t *testing.T) {
	fake(t, &search.Report{Status: search.Infeasible}, nil)
	var got search.Problem
	engine.search = func(_ context.Context, p *search.Problem, _ func(search.Progress)) (*search.Report, error) {
		got = *p
		return &search.Report{Status: search.Infeasible}, nil
	}
	text := two + "search: {evaluations: 11, seed: 12, draws: 13, tolerance: 0.5}\n"
	for _, c := range []struct {
		flags string
		want  [5]float64
	}{
		{"", [5]float64{11, 12, 13, 0, 0.5}},
		{"--evaluations 5 --seed 0 --draws 7 --workers 2 --tolerance 1e-3", [5]float64{5, 0, 7, 2, 1e-3}},
	} {
		run(context.Background(), append([]string{"search", "-"}, strings.Fields(c.flags)...), &environment{in: strings.NewReader(text), out: io.Discard, errors: io.Discard})
		if g := [5]float64{float64(got.Evaluations), float64(got.Seed), float64(got.Draws), float64(got.Workers), got.Tolerance}; g != c.want {
			t.Errorf("%s: %v, want %v", c.flags, g, c.want)
		}
	}
}

// TestExamples holds that every study that ships is read and solved.
func TestExamples(t *testing.T) {
	names := exampleNames()
	if len(names) < 6 {
		t.Errorf("%d examples", len(names))
	}
	for _, name := range names {
		t.Run(name, func(t *testing.T) {
			text, ok := example(name)
			if !ok || !strings.HasPrefix(text, "# ") || len(title(text)) > 84 {
				t.Fatalf("the example has no title of 84 characters or fewer: %q", title(text))
			}
			s, err := study.Parse(name, []byte(text))
			if err != nil {
				t.Fatal(err)
			}
			s.Problem.Evaluations, s.Problem.Draws = 30, 64
			r, err := search.Search(context.Background(), &s.Problem, nil)
			if err != nil {
				t.Fatal(err)
			}
			if infeasible := name == "infeasible" || name == "just-in-time"; (r.Best == nil) != infeasible {
				t.Errorf("status %s", r.Status)
			}
			var out strings.Builder
			if err := report.Search(&s.Problem, r, nil).Write(&out, report.Plain); err != nil {
				t.Fatal(err)
			}
			narrow(t, out.String())
		})
	}
	for _, line := range []string{"cartel cartel-families", "cartel cartel-newcomers", "slots second-slot", "map map", "compare three-agents", "evaluate three-agents", "bound builders"} {
		command, name, _ := strings.Cut(line, " ")
		text, _ := example(name)
		var out strings.Builder
		if status := run(context.Background(), []string{command, "-"}, &environment{in: strings.NewReader(text), out: &out, errors: io.Discard}); status != 0 {
			t.Errorf("%s: exit status %d", line, status)
		}
		narrow(t, out.String())
	}
}

// narrow holds that a report fits a terminal of 100 columns and has no number that is none.
func narrow(t *testing.T, text string) {
	t.Helper()
	for _, line := range strings.Split(text, "\n") {
		if utf8.RuneCountInString(line) > 100 || strings.Contains(line, "NaN") {
			t.Errorf("%q", line)
		}
	}
}

// TestProgress holds what the line on a terminal says, and that elsewhere there is
// none.
func TestProgress(t *testing.T) {
	p := &progress{bar: nil}
	if got := p.line(); got != "starting" {
		t.Errorf("line %q", got)
	}
	p.take(search.Progress{Family: "auction", Evaluations: 100, Budget: 400, Best: 1})
	p.take(search.Progress{Family: "contest", Evaluations: 50, Budget: 400, Best: 1.6626475, Violation: 0.125})
	if got := p.line(); !strings.HasPrefix(got, "contest 50/400, ") || !strings.HasSuffix(got, "/s, best 1.662648, violation 0.12") {
		t.Errorf("line %q", got)
	}
	if p.base != 100 {
		t.Errorf("%d evaluations before this family, want 100", p.base)
	}
	var out bytes.Buffer
	q := newProgress(&out)
	q.tell(search.Progress{Family: "contest", Evaluations: 1, Budget: 2})
	q.done()
	if out.Len() > 0 {
		t.Errorf("%q was written to what is not a terminal", &out)
	}
}

// TestSlot holds that the study of the real slot is what import makes of the
// relay's answer: 501 bids of 37 builders, the best 0.041833000007137365 ETH.
func TestSlot(t *testing.T) {
	var out, errs bytes.Buffer
	if status := run(context.Background(), []string{"import", "testdata/relay-bids-slot-6214255.json"}, &environment{out: &out, errors: &errs}); status != 0 {
		t.Fatal(&errs)
	}
	text, _ := example("slot-6214255")
	var problems [2]search.Problem
	for i, text := range []string{out.String(), text} {
		s, err := study.Parse("slot", []byte(text))
		if err != nil {
			t.Fatal(err)
		}
		problems[i] = s.Problem
	}
	agents := problems[0].Market.Agents
	if len(agents) != 37 || agents[0].Value != mechanisms.Point(0.041833000007137365) {
		t.Errorf("%d builders, the best at %v", len(agents), agents[0].Value)
	}
	if diff := cmp.Diff(agents, problems[1].Market.Agents); diff != "" {
		t.Errorf("the example differs from what import makes (-import +example):\n%s", diff)
	}
}
