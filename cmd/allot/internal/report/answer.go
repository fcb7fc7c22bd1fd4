package report

import (
	"fmt"
	"math"
	"slices"
	"sort"
	"strconv"
	"strings"
	"unicode/utf8"

	"allot/constraints"
	"allot/mechanisms"
	"allot/objectives"
	"allot/solver/search"
)

// shownAgents is how many agents a table shows one by one.
const shownAgents = 12

// Search is the document of a search; binding says of each constraint whether it binds at
// the best mechanism, nil where that is not known.
func Search(p *search.Problem, r *search.Report, binding []bool) *Document {
	data := searchData(p, r, binding)
	d := &Document{Data: data, Records: searchRecords(data)}
	d.Facts = append(d.Facts, Fact{"status", standing(r)})
	head := r.Best
	if head == nil && len(r.Candidates) > 0 {
		head = r.Candidates[0]
	}
	if head != nil {
		label := "best mechanism"
		if r.Best == nil {
			label = "least violating"
		}
		d.Facts = append(d.Facts, Fact{label, Mechanism(head)})
		d.Facts = append(d.Facts, Fact{"objective", fmt.Sprintf("%s = %s%s", p.Objective.Name(), Digits(head.Objective), errorOf(head))})
		if r.Best == nil {
			d.Facts = append(d.Facts, Fact{"violation", Violation(head)})
		}
	}
	d.Facts = append(d.Facts, Fact{"bound", bound(r)})
	if head != nil {
		d.Facts = append(d.Facts, details(head)...)
	}
	d.Facts = append(d.Facts, Fact{"effort", fmt.Sprintf("%d evaluations, seed %d", r.Evaluations, r.Seed)})
	if r.Best != nil && len(binding) > 0 {
		text := "no constraint keeps the objective from being better"
		if names := binders(r.Best.Constraints, binding); len(names) > 0 {
			text = strings.Join(names, ", ") + ": without it the objective would be better"
		}
		d.Facts = append(d.Facts, Fact{"what binds", text})
	}
	if head != nil {
		d.Tables = append(d.Tables, Agents("Agents", head))
		if bids := Bids("Bids by rank", head); len(bids.Rows) > 0 {
			d.Tables = append(d.Tables, bids)
		}
		if len(head.Constraints) > 0 {
			d.Tables = append(d.Tables, Findings("Constraints", head, binding))
		}
	}
	if len(r.Candidates) > 1 {
		d.Tables = append(d.Tables, Ranking("Every mechanism, best first", r.Candidates))
	}
	d.Remarks = remarks(r)
	return d
}

// Evaluation is the document of an evaluation.
func Evaluation(p *search.Problem, r *search.Report) *Document {
	data := searchData(p, r, nil)
	d := &Document{
		Data:    &evaluationJSON{Objective: data.Objective, Candidates: data.Candidates, Warnings: data.Warnings},
		Records: searchRecords(data),
	}
	d.Facts = append(d.Facts, Fact{"objective", p.Objective.Name()})
	if len(r.Candidates) == 1 {
		c := r.Candidates[0]
		d.Facts = []Fact{{"mechanism", Mechanism(c)}, {"objective", fmt.Sprintf("%s = %s%s", p.Objective.Name(), Digits(c.Objective), errorOf(c))}}
		d.Facts = append(d.Facts, details(c)...)
		d.Tables = append(d.Tables, Agents("Agents", c))
		if bids := Bids("Bids by rank", c); len(bids.Rows) > 0 {
			d.Tables = append(d.Tables, bids)
		}
		if len(c.Constraints) > 0 {
			d.Tables = append(d.Tables, Findings("Constraints", c, nil))
		}
	} else {
		d.Tables = append(d.Tables, Ranking("Every mechanism", r.Candidates))
		for i, c := range r.Candidates {
			heading := fmt.Sprintf("%d. %s", i+1, Mechanism(c))
			t := Agents(heading, c)
			t.Heading += "\n" + equilibrium(c)
			if c.Equilibrium.Selection != "" {
				t.Heading += "\nselection: " + c.Equilibrium.Selection
			}
			d.Tables = append(d.Tables, t)
			if len(c.Constraints) > 0 {
				d.Tables = append(d.Tables, Findings("Constraints of "+heading, c, nil))
			}
		}
	}
	d.Remarks = remarks(r)
	return d
}

// standing is the status in words.
func standing(r *search.Report) string {
	text := string(r.Status)
	switch r.Status {
	case search.Optimal:
		text += ": the gap to a proven bound is within tolerance"
	case search.Feasible:
		text += ": every constraint holds; nothing better was found"
	case search.Infeasible:
		valued := func(c *search.Candidate) bool { return !math.IsNaN(c.Objective) }
		if len(r.Candidates) > 0 && !slices.ContainsFunc(r.Candidates, valued) {
			text += ": no mechanism was found that has an equilibrium and a value of the objective"
			break
		}
		text += ": no mechanism was found that satisfies every constraint"
	case search.Stopped:
		text += ": the search was interrupted; this is what was in hand"
	}
	return text
}

func bound(r *search.Report) string {
	if math.IsInf(r.Bound.Value, 0) || math.IsNaN(r.Bound.Value) {
		return "none is known for this objective"
	}
	text := "no mechanism brings more than " + Digits(r.Bound.Value)
	if r.Best != nil && !math.IsNaN(r.Bound.Gap) && !math.IsInf(r.Bound.Gap, 0) {
		text += ", gap " + Digits(rounded(r.Bound.Gap, math.Abs(r.Bound.Value)))
	}
	if r.Bound.Method != "" {
		text += " (" + r.Bound.Method + ")"
	}
	return text
}

// details are the facts of one candidate below its objective.
func details(c *search.Candidate) []Fact {
	facts := []Fact{{"equilibrium", equilibrium(c)}}
	if c.Equilibrium.Selection != "" {
		facts = append(facts, Fact{"selection", c.Equilibrium.Selection})
	}
	facts = append(facts, Fact{"certificate", certificate(c)})
	if text := metrics(c); text != "" {
		facts = append(facts, Fact{"metrics", text})
	}
	if !math.IsNaN(c.TailShare) {
		facts = append(facts, Fact{"tail", fmt.Sprintf("%.3g %% of the objective comes from the top 0.1 %% of values", 100*c.TailShare)})
	}
	return facts
}

func equilibrium(c *search.Candidate) string {
	e := c.Equilibrium
	if e.Stopped == "not-found" && e.Method == "" {
		return "not found, which does not say that there is none"
	}
	parts := []string{}
	for _, s := range []string{e.Regime, e.Method} {
		if s != "" {
			parts = append(parts, s)
		}
	}
	text := strings.Join(parts, ", by ")
	if e.Stopped != "" && e.Stopped != "converged" {
		text += " (stopped: " + e.Stopped + ")"
	}
	if text == "" {
		text = "not found, which does not say that there is none"
	}
	return text
}

func certificate(c *search.Candidate) string {
	e := c.Equilibrium
	switch {
	case e.Status == "none" || math.IsNaN(e.Epsilon) || math.IsInf(e.Epsilon, 0):
		return "none"
	case e.Status == "certified":
		return fmt.Sprintf("no agent gains more than %s by deviating (%.2g of the expected highest value)", short(e.Epsilon), e.Relative)
	}
	return fmt.Sprintf("%s: the best deviation found gains %s (%.2g of the expected highest value)", e.Status, short(e.Epsilon), e.Relative)
}

func short(x float64) string { return strconv.FormatFloat(x, 'g', 3, 64) }

func errorOf(c *search.Candidate) string {
	if c.StandardError > 0 && !math.IsInf(c.StandardError, 0) {
		return " (standard error " + strconv.FormatFloat(c.StandardError, 'g', 2, 64) + ")"
	}
	return ""
}

// metrics lists the built-in objectives in their usual order.
func metrics(c *search.Candidate) string {
	var parts []string
	for _, o := range objectives.All() {
		if x, ok := c.Metrics[o.Name()]; ok {
			parts = append(parts, o.Name()+" "+Digits(rounded(x, 1e-3*scale(c))))
		}
	}
	return strings.Join(parts, ", ")
}

// scale is the size of the money in a candidate.
func scale(c *search.Candidate) float64 {
	top := 0.0
	for _, a := range c.Equilibrium.Agents {
		if !math.IsInf(a.Value, 0) && !math.IsNaN(a.Value) {
			top = math.Max(top, a.Value)
		}
	}
	return top
}

// Mechanism names a candidate with its parameters, as Parameters lists them.
func Mechanism(c *search.Candidate) string {
	var parts []string
	for _, p := range Parameters(c) {
		parts = append(parts, p.Label+" "+p.Text)
	}
	if len(parts) == 0 {
		return c.Family
	}
	return c.Family + ": " + strings.Join(parts, ", ")
}

// Parameters lists a candidate's parameters in the family's order; those that are 0
// by default and were not searched are left out where they are 0.
func Parameters(c *search.Candidate) []Fact {
	var known []mechanisms.Parameter
	for _, f := range mechanisms.Families() {
		if f.Name == c.Family {
			known = append(known, f.Parameters...)
		}
	}
	known = append(known, mechanisms.TermParameters()...)
	rank := map[string]int{}
	for i, p := range known {
		rank[p.Name] = i + 1
	}
	names := make([]string, 0, len(c.Settings))
	for name := range c.Settings {
		names = append(names, name)
	}
	sort.Slice(names, func(i, j int) bool {
		a, b := rank[names[i]], rank[names[j]]
		if a != b {
			return a != 0 && (b == 0 || a < b)
		}
		return names[i] < names[j]
	})
	var facts []Fact
	for _, name := range names {
		s := c.Settings[name]
		shown := rank[name] == 0
		if !shown {
			p := known[rank[name]-1]
			shown = s.Word != "" || len(s.List) > 0 || s.From != 0 || p.Default.Word != "" || p.Default.From != 0 ||
				p.Optional && !toggled(p) // a floor of 0 is not the same as none
		}
		for _, searched := range c.Searched {
			shown = shown || searched == name
		}
		if shown {
			text := setting(s)
			if rank[name] > 0 && toggled(known[rank[name]-1]) {
				text = strconv.FormatBool(s.From != 0)
			}
			facts = append(facts, Fact{name, text})
		}
	}
	return facts
}

func setting(s mechanisms.Setting) string {
	switch {
	case s.Word != "":
		return s.Word
	case s.List != nil:
		if len(s.List) > 8 {
			return fmt.Sprintf("%d numbers", len(s.List))
		}
		parts := make([]string, len(s.List))
		for i, x := range s.List {
			parts[i] = Digits(x)
		}
		return "[" + strings.Join(parts, " ") + "]"
	}
	return Digits(s.From)
}

// Agents is the table of what the agents do and get. Where there are many, it shows
// those that win most and sums up the others.
func Agents(heading string, c *search.Candidate) Table {
	t := Table{Heading: heading, Columns: []string{"agent", "value", "signal", "wins", "pays", "keeps"}}
	all := c.Equilibrium.Agents
	s := scale(c)
	row := func(name string, value, signal Cell, a search.AgentResult) {
		t.Rows = append(t.Rows, []Cell{Text(name), value, signal, Near(a.Win, 1), Near(a.Cost, s), Near(a.Payoff, s)})
	}
	shown := all
	if len(all) > shownAgents {
		shown = append([]search.AgentResult(nil), all...)
		sort.SliceStable(shown, func(i, j int) bool {
			a, b := shown[i], shown[j]
			if a.Win != b.Win {
				return a.Win > b.Win
			}
			return a.Value > b.Value
		})
		shown = shown[:shownAgents-2]
	}
	var top, total search.AgentResult
	for _, a := range shown {
		row(a.Name, Amount(a.Value), Near(a.Signal, s), a)
		add(&top, a)
	}
	for _, a := range all {
		add(&total, a)
	}
	if n := len(all) - len(shown); n > 0 {
		row(fmt.Sprintf("%d others", n), Text(""), Text(""), search.AgentResult{
			Win: total.Win - top.Win, Cost: total.Cost - top.Cost, Payoff: total.Payoff - top.Payoff,
		})
	}
	if u := c.Equilibrium.Unsold; u > 0 {
		t.Rows = append(t.Rows, []Cell{Text("(nobody)"), Text(""), Text(""), Amount(u), Text(""), Text("")})
		total.Win += u
	}
	if len(all) > 1 {
		row("together", Text(""), Text(""), total)
	}
	return t
}

// amountWidth is how many columns an amount takes, as a rule.
const amountWidth = 9

// Bids is the table of strategies with private values: what the types at some ranks
// bid, for the first few agents that bid differently, as many as the width takes. It
// has no rows where there are no strategies.
func Bids(heading string, c *search.Candidate) Table {
	const shown = 3
	var different []search.AgentResult
	for _, a := range c.Equilibrium.Agents {
		same := func(b search.AgentResult) bool { return slices.Equal(a.Strategy, b.Strategy) }
		if len(a.Strategy) > 0 && len(different) < shown && !slices.ContainsFunc(different, same) {
			different = append(different, a)
		}
	}
	t := Table{Heading: heading, Columns: []string{"share of types below"}}
	if len(different) == 0 {
		return t
	}
	taken := utf8.RuneCountInString(t.Columns[0])
	for i, a := range different {
		at := a.Name + " at"
		taken += max(utf8.RuneCountInString(at), amountWidth) + amountWidth + 4
		if i > 0 && taken > width {
			different = different[:i]
			break
		}
		t.Columns = append(t.Columns, at, "bids")
	}
	last := len(different[0].Strategy) - 1
	for _, p := range []float64{0, 0.1, 0.25, 0.5, 0.75, 0.9, 0.99, 1} {
		k := int(math.Round(p * float64(last)))
		row := []Cell{Amount(different[0].Strategy[k].Rank)}
		for _, a := range different {
			row = append(row, Amount(a.Strategy[k].Value), Amount(a.Strategy[k].Bid))
		}
		t.Rows = append(t.Rows, row)
	}
	return t
}

func add(sum *search.AgentResult, a search.AgentResult) {
	sum.Win += a.Win
	sum.Cost += a.Cost
	sum.Payoff += a.Payoff
}

// binders names the constraints that bind, with their bounds where others go by the same
// name.
func binders(findings []constraints.Finding, binding []bool) []string {
	count := map[string]int{}
	for _, f := range findings {
		count[f.Name]++
	}
	var names []string
	for j, f := range findings {
		if j >= len(binding) || !binding[j] {
			continue
		}
		name := f.Name
		if count[name] > 1 {
			name += " " + f.Bound.Relation.String() + " " + Digits(f.Bound.Value)
		}
		names = append(names, name)
	}
	return names
}

// Findings is the table of a candidate's constraints; binding says which of them bind, nil
// where that is not known.
func Findings(heading string, c *search.Candidate, binding []bool) Table {
	t := Table{Heading: heading, Columns: []string{"constraint", "measure", "bound", "violation", "verdict", "why"}}
	size := math.Min(1, scale(c)) // what is rounding beside shares and money alike
	for j, f := range c.Constraints {
		verdict := f.Verdict.String()
		if j < len(binding) && binding[j] {
			verdict += ", binds"
		}
		t.Rows = append(t.Rows, []Cell{
			Text(f.Name), Near(f.Measure, size), Text(f.Bound.Relation.String() + " " + Digits(f.Bound.Value)),
			violation(f.Violation), Text(verdict), Text(f.Why),
		})
	}
	return t
}

// violation is a cell with a violation. A strict bound that is met exactly is violated
// by nothing.
func violation(x float64) Cell {
	if x > 0 && x < 1e-300 {
		return Cell{number: x, numeric: true, text: "at the bound"}
	}
	return Amount(x)
}

// Violation is a candidate's violation in words.
func Violation(c *search.Candidate) string {
	switch {
	case c.Feasible:
		return "none"
	case c.Violation == 0 && c.Equilibrium.Status == "none":
		return "unknown: no equilibrium was found"
	case c.Violation == 0 && !slices.ContainsFunc(c.Constraints, func(f constraints.Finding) bool { return f.Verdict == constraints.Unknown }):
		return "0, but the objective has no value there"
	case c.Violation == 0 || math.IsNaN(c.Violation):
		return "unknown: not every constraint could be checked"
	}
	return violation(c.Violation).shown()
}

// Ranking is the table of candidates.
func Ranking(heading string, candidates []*search.Candidate) Table {
	t := Table{Heading: heading, Columns: []string{"#", "objective", "violation", "certificate", "mechanism"}}
	for i, c := range candidates {
		violated := violation(c.Violation)
		switch {
		case c.Feasible:
			violated = Text("none")
		case c.Violation == 0: // nothing is violated, but something could not be checked
			violated = Text("unknown")
		}
		certificate := c.Equilibrium.Status
		if certificate == "certified" {
			certificate = fmt.Sprintf("%.2g", rounded(c.Equilibrium.Relative, 1e-286))
		}
		t.Rows = append(t.Rows, []Cell{Text(strconv.Itoa(i + 1)), Amount(c.Objective), violated, Text(certificate), Text(Mechanism(c))})
	}
	return t
}

func remarks(r *search.Report) []string {
	var all []string
	for _, w := range r.Warnings {
		all = append(all, "warning: "+w)
	}
	for i, c := range r.Candidates {
		for _, n := range c.Notes {
			which := ""
			if len(r.Candidates) > 1 {
				which = fmt.Sprintf(" on %d (%s)", i+1, c.Family)
			}
			all = append(all, fmt.Sprintf("note%s: %s", which, n))
		}
	}
	return all
}
