package report

import (
	"fmt"
	"math"
	"slices"
	"strconv"
	"strings"

	"allot/mechanisms"
	"allot/solver/equilibrium/slots"
	"allot/solver/search"
)

// Succession is one mechanism played slot after slot.
type Succession struct {
	Candidate *search.Candidate
	// Values are what winning a slot is worth after terms, without a premium.
	Values []float64
	// Chain is the Markov-perfect equilibrium; Others are all the pure ones where
	// they can be listed.
	Chain  slots.Chain
	Others []slots.Chain
	// Reason says why there is no chain, "" where there is.
	Reason string
	// Asset is the ticket, or the right sold ahead, as an asset; nil for neither.
	Asset *Asset
	// Cooled is the mechanism under a cooldown of that many slots, nil for none.
	Cooldown int
	Cooled   []Cooled
}

// once is the exposure of the mechanism played anew in each slot, as if nobody looked
// ahead or had a premium.
func (s *Succession) once() float64 {
	if s.Candidate.Equilibrium.Status == "none" {
		return math.NaN()
	}
	sum := 0.0
	for _, a := range s.Candidate.Equilibrium.Agents {
		sum += a.Win * a.Win
	}
	return sum
}

type slotsJSON struct {
	Premium    Number           `json:"premium"`
	Myopic     bool             `json:"myopic"`
	Mechanisms []successionJSON `json:"mechanisms"`
}

type successionJSON struct {
	Family     string         `json:"family"`
	Parameters map[string]any `json:"parameters"`
	// Once is the exposure without premium and without looking ahead.
	Once       Number        `json:"exposureOnce"`
	Chain      *chainJSON    `json:"chain,omitempty"`
	Equilibria []chainJSON   `json:"equilibria"`
	Ticket     *assetJSON    `json:"ticket,omitempty"`
	Ahead      *aheadJSON    `json:"ahead,omitempty"`
	Cooldown   *cooldownJSON `json:"cooldown,omitempty"`
	Notes      []string      `json:"notes"`
}

type chainJSON struct {
	Status    string `json:"status"`
	Selection string `json:"selection"`
	Residual  Number `json:"residual"`
	// RunLength is null where the holder never changes.
	Exposure  Number           `json:"exposure"`
	RunLength Number           `json:"runLength"`
	Gain      Number           `json:"gain"`
	Revenue   Number           `json:"revenue"`
	States    []incumbencyJSON `json:"states"`
	Agents    []incumbentJSON  `json:"agents"`
}

// incumbencyJSON is what happens after the named agent's slot, or after nobody's.
type incumbencyJSON struct {
	Incumbent  string   `json:"incumbent"`
	Stationary Number   `json:"stationary"`
	Win        []Number `json:"win"`
	Cost       []Number `json:"cost"`
	Value      []Number `json:"value"`
}

type incumbentJSON struct {
	Name  string `json:"name"`
	Share Number `json:"share"`
	Value Number `json:"value"`
}

const nobody = "nobody"

func chainData(n names, s *Succession, c slots.Chain) *chainJSON {
	out := &chainJSON{
		Status: c.Status.String(), Selection: c.Selection, Residual: Number(c.Residual), Exposure: Number(c.Exposure),
		RunLength: Number(c.RunLength), Gain: Number(c.Gain), Revenue: Number(c.Revenue),
	}
	for k := range c.Win {
		name := nobody
		if k < len(n) {
			name = n[k]
		}
		out.States = append(out.States, incumbencyJSON{name, Number(c.Stationary[k]), numbers(c.Win[k]), numbers(c.Cost[k]), numbers(c.Value[k])})
	}
	for i, name := range n {
		out.Agents = append(out.Agents, incumbentJSON{name, Number(c.Shares[i]), Number(s.Values[i])})
	}
	return out
}

// Slots is the document of mechanisms played slot after slot.
func Slots(p *search.Problem, all []*Succession) *Document {
	m := p.Market
	n := namesOf(m)
	d := &Document{}
	data := &slotsJSON{Premium: Number(m.Premium), Myopic: m.Myopic, Mechanisms: []successionJSON{}}
	d.Facts = append(d.Facts, Fact{"premium", fmt.Sprintf("the holder of a slot values the next %s %% more", Digits(100*m.Premium))}, Fact{"agents", foresight(m)})
	side := Table{Heading: "Slot after slot", Columns: []string{"#", "wins again", "once", "run of", "premium", "revenue", "mechanism"}}
	var tables []Table
	for i, s := range all {
		row := successionJSON{Family: s.Candidate.Family, Parameters: parametersData(s.Candidate), Once: Number(s.once()), Equilibria: []chainJSON{}, Notes: []string{}}
		label := strconv.Itoa(i + 1)
		if a := s.Asset; a != nil {
			switch {
			case a.Reason != "":
			case a.Ahead > 0:
				row.Ahead = &aheadJSON{Number(a.Ahead), holdingsData(n, a)}
			default:
				row.Ticket = assetData(n, a)
			}
			for _, text := range a.notes() {
				row.Notes = append(row.Notes, text)
				d.Remarks = append(d.Remarks, fmt.Sprintf("note on %s (%s): %s", label, s.Candidate.Family, text))
			}
		}
		if s.Reason != "" {
			dash := Text("-")
			side.Rows = append(side.Rows, []Cell{Text(label), dash, Amount(s.once()), dash, dash, dash, Text(Mechanism(s.Candidate))})
			row.Notes = append(row.Notes, s.Reason)
			d.Remarks = append(d.Remarks, fmt.Sprintf("note on %s (%s): %s", label, s.Candidate.Family, s.Reason))
			data.Mechanisms = append(data.Mechanisms, row)
			continue
		}
		c := s.Chain
		side.Rows = append(side.Rows, []Cell{Text(label), Amount(c.Exposure), Amount(s.once()), Amount(c.RunLength), Amount(c.Gain), Amount(c.Revenue), Text(Mechanism(s.Candidate))})
		row.Chain = chainData(n, s, c)
		tables = append(tables, incumbents(label, n, s))
		for _, o := range s.Others {
			row.Equilibria = append(row.Equilibria, *chainData(n, s, o))
		}
		if len(s.Others) > 1 {
			tables = append(tables, several(label, n, s))
			text := fmt.Sprintf("%d pure equilibria; the numbers are those of %s", len(s.Others), c.Selection)
			row.Notes = append(row.Notes, text)
			d.Remarks = append(d.Remarks, fmt.Sprintf("note on %s (%s): %s", label, s.Candidate.Family, text))
		}
		row.Cooldown = cooldownData(n, s)
		under, texts := cooled(label, n, s)
		tables = append(tables, under...)
		for _, text := range texts {
			row.Notes = append(row.Notes, text)
			d.Remarks = append(d.Remarks, fmt.Sprintf("note on %s (%s): %s", label, s.Candidate.Family, text))
		}
		data.Mechanisms = append(data.Mechanisms, row)
	}
	d.Tables = slices.Concat([]Table{side}, assets(n, all), postings(all), tables)
	d.Data = data
	return d
}

func foresight(m *mechanisms.Market) string {
	if m.Myopic {
		return "look at the slot alone (myopic)"
	}
	low, high := math.Inf(1), 0.0
	for i := range m.Agents {
		low, high = math.Min(low, m.DiscountOf(i)), math.Max(high, m.DiscountOf(i))
	}
	switch {
	case high == 0:
		return "look at the slot alone: the market has no discount factor"
	case low == high:
		return "look ahead with a discount factor of " + Digits(low)
	}
	return fmt.Sprintf("look ahead with discount factors from %s to %s", Digits(low), Digits(high))
}

// incumbents is what holding the last slot means to each agent.
func incumbents(label string, n names, s *Succession) Table {
	c := s.Chain
	last := len(c.Win) - 1
	t := Table{
		Heading: fmt.Sprintf("Incumbents under %s. %s (%s)", label, Mechanism(s.Candidate), c.Selection),
		Columns: []string{"agent", "value", "share", "wins again", "pays then", "worth as incumbent", "worth at first"},
	}
	size := 0.0
	for _, row := range c.Value {
		for _, v := range row {
			size = math.Max(size, math.Abs(v))
		}
	}
	shown := min(len(n), shownAgents)
	for i := range shown {
		t.Rows = append(t.Rows, []Cell{
			Text(n[i]), Amount(s.Values[i]), Amount(c.Shares[i]), Amount(c.Win[i][i]), Near(c.Cost[i][i], size), Near(c.Value[i][i], size), Near(c.Value[last][i], size),
		})
	}
	if left := len(n) - shown; left > 0 {
		t.Rows = append(t.Rows, []Cell{Text(fmt.Sprintf("%d others", left)), Text(""), Text(""), Text(""), Text(""), Text(""), Text("")})
	}
	return t
}

// several lists the pure equilibria: who follows whom.
func several(label string, n names, s *Succession) Table {
	t := Table{Heading: "All pure equilibria under " + label, Columns: []string{"wins again", "revenue", "worth as incumbent", "who follows whom"}}
	for _, c := range s.Others {
		var next, worth []string
		for k := range n {
			for i, x := range c.Win[k] {
				if x > 0.5 {
					next = append(next, fmt.Sprintf("%s after %s", n[i], n[k]))
				}
			}
			worth = append(worth, Digits(c.Value[k][k]))
		}
		t.Rows = append(t.Rows, []Cell{Amount(c.Exposure), Amount(c.Revenue), Text(strings.Join(worth, ", ")), Text(strings.Join(next, ", "))})
	}
	return t
}

// Settled reports that there is a chain.
func (s *Succession) Settled() bool { return s.Reason == "" }
