package report_test

import (
	"math"
	"strings"
	"testing"

	"allot/cmd/allot/internal/report"
	"allot/mechanisms"
	"allot/solver/search"
)

// TestPrivateCartelWithoutCompetition holds that where no competitive equilibrium is known
// what a ring brings is shown and what it gains is not, in every format.
func TestPrivateCartelWithoutCompetition(t *testing.T) {
	p := &search.Problem{Market: &mechanisms.Market{Agents: []mechanisms.Agent{{Name: "Alice"}, {Name: "Bob"}}}}
	none := math.NaN()
	c := &report.PrivateCartel{
		Candidate:   &search.Candidate{Family: "auction", Equilibrium: search.Solved{Status: "none", Epsilon: math.Inf(1)}},
		Competitive: []float64{none, none}, Revenue: none,
		Weak:      report.PrivateRing{Members: []int{0, 1}, Payoff: []float64{0.25, 0.25}, Revenue: 0.125},
		Strong:    report.PrivateRing{Members: []int{0, 1}, Reason: "unknown competition"},
		Partial:   &report.PrivateRing{Members: []int{1}, Reason: "unknown competition"},
		NoReserve: "no reserve was found",
	}
	for _, all := range [][]*report.PrivateCartel{{c}, {c, {Candidate: c.Candidate, Reason: "no method"}}, nil} {
		d := report.PrivateCartels(p, all)
		for _, name := range report.Formats() {
			var out strings.Builder
			if err := d.Write(&out, report.Format(name)); err != nil {
				t.Fatalf("%s: %v", name, err)
			}
			text := out.String()
			if strings.Contains(text, "NaN") || strings.Contains(text, "Inf") {
				t.Errorf("%s: not a number in\n%s", name, text)
			}
			if len(all) > 0 && (!strings.Contains(text, "unknown competition") || !strings.Contains(text, "0.125")) && (name == "json" || name == "csv" || name == "table") {
				t.Errorf("%s: neither the reason nor the revenue in\n%s", name, text)
			}
		}
	}
}
