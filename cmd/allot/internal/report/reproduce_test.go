package report

import (
	"bytes"
	"encoding/json"
	"math"
	"strings"
	"testing"

	"allot/cmd/allot/internal/reproduce"
)

func made() *reproduce.Entry {
	nan := math.NaN()
	return &reproduce.Entry{
		Source: reproduce.Source{Name: "made2026", Citation: "Made (2026)", Done: "what is done", Seen: "all of it"},
		Rows: []reproduce.Row{
			{Quantity: "same", Ours: 4. / 3, Theirs: 1.333333, Derived: true, Tolerance: 1e-6, Instead: nan, Verdict: reproduce.Agrees},
			{Quantity: "other", Ours: 27, Theirs: 20, Tolerance: 1e-9, Reason: "two agreements", Instead: 27, Verdict: reproduce.Differs},
			{Quantity: "another for the same reason", Ours: 28, Theirs: 20, Tolerance: 1e-9, Reason: "two agreements", Instead: 28, Verdict: reproduce.Differs},
			{Quantity: "new", Ours: 0.5, Theirs: nan, Instead: nan, Verdict: reproduce.Unpublished},
			{Quantity: "claimed", Ours: 1, Theirs: nan, Claim: "a monopoly", Instead: nan, Verdict: reproduce.Agrees},
			{Quantity: "wrong", Ours: 3, Theirs: 1, Reason: "a reason for 2", Instead: 2, Verdict: reproduce.Unexplained},
			{Quantity: "missing", Ours: nan, Theirs: 1, Instead: nan, Verdict: reproduce.Unexplained},
		},
		Tables:    []reproduce.Table{{Heading: "On the side", Columns: []string{"name", "x", "n"}, Rows: [][]any{{"a", 0.25, 3}, {"b", nan, 4}}}},
		Notes:     []string{"a note"},
		Certified: 2, Approximate: 1, Epsilon: 1e-9,
	}
}

func TestReproduction(t *testing.T) {
	var out bytes.Buffer
	if err := Reproduction(made()).Write(&out, Plain); err != nil {
		t.Fatal(err)
	}
	text := out.String()
	for _, want := range []string{
		"source      Made (2026)\n",
		"verdict     differs, unexplained\n",
		"equilibria  2 certified, epsilon at most 1e-09 of E max v; 1 without a proof\n",
		"1.333333*", "other [1]", "another for the same reason [1]", "a monopoly", "wrong [2]",
		"[1] two agreements\n", "[2] a reason for 2 (which gives 2, not ours)\n", "On the side\n", "a note\n",
	} {
		if !strings.Contains(text, want) {
			t.Errorf("%q is not in\n%s", want, text)
		}
	}
	if strings.Contains(text, "NaN") || strings.Contains(text, "[3]") {
		t.Errorf("what is not a number, or a reason twice, in\n%s", text)
	}
}

// TestReproductionData holds the contract: numbers in full, null for what is none.
func TestReproductionData(t *testing.T) {
	for _, d := range []*Document{Reproduction(made()), Reproductions([]*reproduce.Entry{made()})} {
		var out bytes.Buffer
		if err := d.Write(&out, JSON); err != nil {
			t.Fatal(err)
		}
		var data map[string]any
		if err := json.Unmarshal(out.Bytes(), &data); err != nil {
			t.Fatal(err)
		}
		if data["agrees"] != 2. || data["differs"] != 2. || data["unpublished"] != 1. || data["unexplained"] != 2. {
			t.Errorf("counts: %s", &out)
		}
		if entries, all := data["entries"].([]any); all {
			data = entries[0].(map[string]any)
		}
		rows := data["rows"].([]any)
		row := func(i int, key string) any { return rows[i].(map[string]any)[key] }
		if row(0, "ours") != 4./3 || row(0, "source") != "formula" || row(1, "source") != "printed" || row(1, "instead") != 27. {
			t.Errorf("rows: %s", &out)
		}
		if row(3, "theirs") != nil || row(3, "source") != "none" || row(4, "source") != "claim" || row(6, "ours") != nil {
			t.Errorf("rows: %s", &out)
		}
		out.Reset()
		if err := d.Write(&out, CSV); err != nil {
			t.Fatal(err)
		}
		if lines := strings.Split(strings.TrimSpace(out.String()), "\n"); len(lines) != 8 || lines[1] != "made2026,same,1.3333333333333333,1.333333,,formula,1e-06,agrees," {
			t.Errorf("csv:\n%s", &out)
		}
	}
}

func TestReproductions(t *testing.T) {
	good := made()
	good.Name, good.Rows = "good2026", good.Rows[:1]
	differs := made()
	differs.Name, differs.Rows = "differs2026", differs.Rows[:2]
	open := made()
	open.Name, open.Rows = "open2026", open.Rows[3:4]
	var out bytes.Buffer
	if err := Reproductions([]*reproduce.Entry{good, differs, open, made()}).Write(&out, Plain); err != nil {
		t.Fatal(err)
	}
	for _, want := range []string{
		"good2026          1        0          0            0  agrees\n",
		"  agrees but for known reasons\n", "  no published number\n", "  differs, unexplained\n",
		"differs2026: other: ours 27, theirs 20: two agreements\n",
	} {
		if !strings.Contains(out.String(), want) {
			t.Errorf("%q is not in\n%s", want, &out)
		}
	}
}
