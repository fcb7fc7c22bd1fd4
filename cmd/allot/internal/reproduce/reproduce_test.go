package reproduce

import (
	"context"
	"errors"
	"math"
	"strings"
	"testing"
)

// TestEverySource holds that all of ours agrees with all of theirs but for reasons that are
// known. The builders' question, the dear one, is in the tests of the command.
func TestEverySource(t *testing.T) {
	names := map[string]bool{}
	for _, s := range Sources() {
		if names[s.Name] || s.Name == "" || s.Citation == "" || s.Done == "" || s.Seen == "" {
			t.Errorf("%+v: a name twice, or something left out", s)
		}
		names[s.Name] = true
		if s.Name == "builders" {
			continue
		}
		t.Run(s.Name, func(t *testing.T) {
			e, err := s.Run(context.Background())
			if err != nil {
				t.Fatal(err)
			}
			if len(e.Rows) == 0 || e.Count(Agrees)+e.Count(Differs)+e.Count(Unpublished)+e.Count(Unexplained) != len(e.Rows) {
				t.Errorf("%d rows, and the verdicts do not add up", len(e.Rows))
			}
			quantities := map[string]bool{}
			for _, r := range e.Rows {
				if quantities[r.Quantity] {
					t.Errorf("%s: twice", r.Quantity)
				}
				quantities[r.Quantity] = true
				if r.Verdict == Unexplained || math.IsNaN(r.Ours) {
					t.Errorf("%s: ours %.12g, theirs %.12g %s, instead %.12g: %v", r.Quantity, r.Ours, r.Theirs, r.Claim, r.Instead, r.Verdict)
				}
				if r.Verdict == Differs && r.Reason == "" {
					t.Errorf("%s: differs, and no reason is given", r.Quantity)
				}
			}
			for _, table := range e.Tables {
				for _, row := range table.Rows {
					if len(row) != len(table.Columns) {
						t.Errorf("%s: %d cells in %d columns", table.Heading, len(row), len(table.Columns))
					}
				}
			}
		})
	}
}

// TestDisagreements holds that what the sources are known to be wrong about is shown, with
// what is right: the article's example and theorem, a misprint (Burian, Crapis 2024), the
// conduct that a monopoly needs (Schlegel 2024), ten runs that are two (Stichler 2024).
func TestDisagreements(t *testing.T) {
	for _, c := range []struct {
		source, quantity string
		ours             float64
	}{
		{"base-model", "transfers 1 and 1: Alice keeps per period", 27},
		{"base-model", "transfers 1 and 1: least discount factor for Bob", 18. / 19},
		{"base-model", "transfers 1 and 1: least discount factor for Carol", 8. / 9},
		{"base-model", "transfers 1 and 1: least discount factor for Alice", 2. / 19},
		{"base-model", "transfers 5 and 4: least discount factor for Bob", 14. / 19},
		{"base-model", "tickets at 30, 20, 10: Alice with the article's transfers", 10},
		{"base-model", "N = 9, discount 0.9: newcomers that Bob invents", 6},
		{"base-model", "winner-take-all tickets, burnt: revenue, as an execution auction's 20", 50. / 3},
		{"base-model", "two uniform values: chance that the best mechanism keeps the right", 0.25},
		{"aps-burn", "0.3 seen, the last builder is a service's: other proposers keep", 10},
		{"aps-burn", "all seen, the second builder is of a service with 0.3 of the slots: proposers keep", 3},
		{"execution-auctions", "(1+d)^2628000", 1.034},
		{"schlegel2024", "capped supply, strategic buyers: largest share", 2 - math.Sqrt2},
		{"stichler2024", "2024-10-31_12-04: independent runs behind its averages", 100. / 58},
	} {
		s, err := Find(c.source)
		if err != nil {
			t.Fatal(err)
		}
		e, err := s.Run(context.Background())
		if err != nil {
			t.Fatal(err)
		}
		found := false
		for _, r := range e.Rows {
			if r.Quantity == c.quantity {
				found = true
				if r.Verdict != Differs || !near(r.Ours, c.ours, 1e-9) {
					t.Errorf("%s: %s: %v, ours %.12g, want %.12g", c.source, c.quantity, r.Verdict, r.Ours, c.ours)
				}
			}
		}
		if !found {
			t.Errorf("%s has no row %q", c.source, c.quantity)
		}
	}
}

// TestVerdicts holds that a reason excuses nothing but what it leads to.
func TestVerdicts(t *testing.T) {
	h := &sheet{ctx: context.Background(), entry: &Entry{}}
	nan := math.NaN()
	h.same("same", 1, 1+1e-9, 1e-8)
	h.same("off", 1, 1.1, 1e-8)
	h.same("none", nan, 1, 1e-8)
	h.same("infinite", math.Inf(1), 1, 1e-8)
	h.other("as the reason says", 2, 1, 2, 1e-8, "why")
	h.other("no longer different", 1, 1, 2, 1e-8, "why")
	h.other("not as the reason says", 3, 1, 2, 1e-8, "why")
	h.other("none of ours", nan, 1, 2, 1e-8, "why")
	h.holds("true", 1, "so", true)
	h.holds("false", 1, "so", false)
	h.holds("true of nothing", nan, "so", true)
	h.fails("false, for the reason", 2, "so", 2, 1e-8, "why")
	h.fails("false, and not for it", 2.1, "so", 2, 1e-8, "why")
	h.open("new", 1, "")
	h.open("nothing new", nan, "")
	want := []Verdict{
		Agrees, Unexplained, Unexplained, Unexplained,
		Differs, Agrees, Unexplained, Unexplained,
		Agrees, Unexplained, Unexplained,
		Differs, Unexplained,
		Unpublished, Unexplained,
	}
	for i, r := range h.entry.Rows {
		if r.Verdict != want[i] {
			t.Errorf("%s: %v, want %v", r.Quantity, r.Verdict, want[i])
		}
	}
	if len(h.entry.Rows) != len(want) {
		t.Errorf("%d rows, want %d", len(h.entry.Rows), len(want))
	}
}

// TestErrors holds that what cannot be computed is an error, and the first one.
func TestErrors(t *testing.T) {
	broken := Source{Name: "broken", run: func(h *sheet) {
		h.same("before", 1, 1, 0)
		h.catalogue("no such case", "")
		h.solve([]float64{4, 2}, "no such family", set())
		h.same("after", 1, 1, 0)
	}}
	if _, err := broken.Run(context.Background()); err == nil || !strings.Contains(err.Error(), `broken: the catalogue of known answers has no case "no such case"`) {
		t.Errorf("error %v", err)
	}
	ended, end := context.WithCancel(context.Background())
	end()
	for _, s := range Sources() {
		if _, err := s.Run(ended); !errors.Is(err, context.Canceled) {
			t.Errorf("%s: interrupted, error %v", s.Name, err)
		}
	}
}

func TestFind(t *testing.T) {
	for name, want := range map[string]string{"wang2010": "wang2010", "griesmer": "griesmer1967", "neuder": "neuder2024"} {
		if s, err := Find(name); err != nil || s.Name != want {
			t.Errorf("%s: %s, error %v", name, s.Name, err)
		}
	}
	for _, name := range []string{"", "b", "nobody", "Wang2010"} {
		if s, err := Find(name); err == nil {
			t.Errorf("%q finds %s", name, s.Name)
		}
	}
	if got, want := len(Names()), len(Sources()); got != want {
		t.Errorf("%d names of %d sources", got, want)
	}
}

// The program of Bahrani, Garimidi, Roughgarden (2024) against a grid on the simplex.
func TestProgram(t *testing.T) {
	mu := []float64{4, 2}
	best, at := math.Inf(-1), 0.0
	for k := 0; k <= 3000; k++ {
		s := float64(k) / 3000
		if y := mu[0]*(s-s*s/2) + mu[1]*((1-s)-(1-s)*(1-s)/2); y > best {
			best, at = y, s
		}
	}
	if s := program(mu); !near(s[0], at, 1e-3) || !near(s[0]+s[1], 1, 1e-12) {
		t.Errorf("shares %v, on the grid %g", s, at)
	}
}
