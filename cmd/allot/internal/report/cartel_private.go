package report

import (
	"fmt"
	"math"
	"slices"
	"strconv"

	"allot/solver/search"
)

// PrivateCartel is what rings of agents who know their own values only bring in one
// period against one auction, in expectation (McAfee, McMillan 1992; Graham, Marshall 1987).
type PrivateCartel struct {
	// Candidate is the mechanism under competition, which brings Revenue and the payoffs
	// Competitive where its equilibrium was Found; Certified to the tolerance asked for.
	Candidate   *search.Candidate
	Found       bool
	Certified   bool
	Competitive []float64
	Revenue     float64
	// Reason says why no ring is computed, "" where some is.
	Reason string
	// Weak is the ring of all without transfers, Strong that with them, Partial the ring
	// that the study names, nil for that of all.
	Weak, Strong PrivateRing
	Partial      *PrivateRing
	// Reserve is what brings the most against the ring of all, and Best what it brings;
	// NoReserve says why they are not computed.
	Reserve, Best float64
	NoReserve     string
	Notes         []string
}

// PrivateRing is what a ring brings each agent of the market, outsiders too, and leaves to
// the protocol; nothing but the members where there is a Reason.
type PrivateRing struct {
	Members []int
	Payoff  []float64
	Revenue float64
	Reason  string
}

// PrivateCartels is the document of the rings against every mechanism of a study.
func PrivateCartels(p *search.Problem, all []*PrivateCartel) *Document {
	n := namesOf(p.Market)
	data := privateData(n, all)
	d := &Document{Data: data, Records: privateRecords(data)}
	if len(all) == 1 {
		all[0].alone(d, n)
	} else {
		privately(d, n, all)
	}
	var every []string
	for i, c := range all {
		which := ""
		if len(all) > 1 {
			which = fmt.Sprintf(" on %d (%s)", i+1, c.Candidate.Family)
		}
		for _, note := range c.assumptions() {
			if !slices.Contains(every, note) {
				every = append(every, note)
			}
		}
		for _, note := range c.remarks() {
			d.Remarks = append(d.Remarks, "note"+which+": "+note)
		}
	}
	for _, note := range every {
		d.Remarks = append(d.Remarks, "note: "+note)
	}
	return d
}

// size is the size of the money.
func (c *PrivateCartel) size() float64 {
	sum := 0.0
	for _, x := range append([]float64{c.Revenue, c.Weak.Revenue}, append(c.Competitive, c.Weak.Payoff...)...) {
		if x > 0 && x <= math.MaxFloat64 {
			sum += x
		}
	}
	return sum
}

// gains are what each agent gets beyond competition, NaN where that is not known.
func (c *PrivateCartel) gains(r *PrivateRing) []float64 {
	all := make([]float64, len(r.Payoff))
	for i, u := range r.Payoff {
		all[i] = u - c.Competitive[i]
		if math.Abs(all[i]) < 1e-12*c.size() {
			all[i] = 0
		}
	}
	return all
}

// gain is what the members gain together.
func (c *PrivateCartel) gain(r *PrivateRing) float64 {
	if r.Reason != "" || c.Reason != "" {
		return math.NaN()
	}
	all, sum := c.gains(r), 0.0
	for _, i := range r.Members {
		sum += all[i]
	}
	return sum
}

// losersIn are members whom a ring makes worse off than competition by more than rounding.
func (c *PrivateCartel) losersIn(r *PrivateRing) []int {
	var all []int
	gains := c.gains(r)
	for _, i := range r.Members {
		if i < len(gains) && gains[i] < -1e-9*c.size() {
			all = append(all, i)
		}
	}
	return all
}

// assumptions are what the numbers stand for, the same on every mechanism.
func (c *PrivateCartel) assumptions() []string {
	if c.Reason != "" {
		return nil
	}
	all := []string{"one auction, in expectation before values are known; with private values it is not computed how patient the members must be"}
	if c.Weak.Reason == "" {
		all = append(all, "among members that are alike no ring without transfers does better where hazard rates do not fall (McAfee, McMillan 1992)")
	}
	return all
}

func (c *PrivateCartel) remarks() []string {
	var all []string
	for _, note := range c.Candidate.Notes {
		if note != c.Reason {
			all = append(all, note)
		}
	}
	if c.Reason == "" && c.Found && !c.Certified {
		all = append(all, "gains are measured beyond competition that is not certified to the tolerance; "+certificate(c.Candidate))
	}
	return slices.Compact(append(all, c.Notes...))
}

// alone is the document of one mechanism.
func (c *PrivateCartel) alone(d *Document, n names) {
	d.Facts = append(d.Facts, Fact{"mechanism", Mechanism(c.Candidate)})
	if c.Reason != "" {
		d.Facts = append(d.Facts, Fact{"ring", "not computed: " + c.Reason})
		return
	}
	d.Facts = append(d.Facts, Fact{"competition", c.competition()}, Fact{"certificate", certificate(c.Candidate)})
	d.Facts = append(d.Facts, Fact{"weak cartel", c.story(n, &c.Weak, "without transfers all with a value of at least the reserve bid that and share equally")})
	d.Facts = append(d.Facts, Fact{"strong cartel", c.story(n, &c.Strong, "with transfers the highest value takes the right at the reserve and what that gains is shared equally")})
	if r := c.Partial; r != nil {
		d.Facts = append(d.Facts, Fact{"partial ring", c.story(n, r, n.list(r.Members)+" act as one with the highest of their values and share equally what that gains")})
	}
	d.Facts = append(d.Facts, Fact{"best reserve", c.reserve()})
	d.Tables = append(d.Tables, c.members("What each agent keeps, in expectation", n))
}

func (c *PrivateCartel) competition() string {
	if !c.Found {
		return "no equilibrium was found"
	}
	return "the protocol gets " + Digits(rounded(c.Revenue, c.size()))
}

// story is a ring in a sentence.
func (c *PrivateCartel) story(n names, r *PrivateRing, how string) string {
	if r.Reason != "" {
		return "not computed: " + r.Reason
	}
	text := how
	if g := c.gain(r); !math.IsNaN(g) {
		verb := "gain "
		if g < 0 {
			verb = "lose "
		}
		text += ": the members " + verb + Digits(rounded(math.Abs(g), c.size())) + " together"
	}
	text += "; the protocol gets " + Digits(rounded(r.Revenue, c.size()))
	if l := c.losersIn(r); len(l) > 0 {
		text += "; better off under competition: " + n.list(l)
	}
	return text
}

func (c *PrivateCartel) reserve() string {
	if c.NoReserve != "" {
		return "not computed: " + c.NoReserve
	}
	return fmt.Sprintf("against the ring of all, %s brings the most that was found: %s", Digits(c.Reserve), Digits(c.Best))
}

// columns are the rings that a table of members shows.
func (c *PrivateCartel) columns() (heads []string, rings []*PrivateRing) {
	for _, k := range []struct {
		head string
		ring *PrivateRing
	}{{"weak cartel", &c.Weak}, {"strong cartel", &c.Strong}, {"partial ring", c.Partial}} {
		if k.ring != nil && k.ring.Reason == "" {
			heads, rings = append(heads, k.head), append(rings, k.ring)
		}
	}
	return heads, rings
}

// members is the table of what each agent keeps and gains.
func (c *PrivateCartel) members(heading string, n names) Table {
	t := Table{Heading: heading, Columns: []string{"agent", "competition"}}
	heads, rings := c.columns()
	columns := [][]float64{c.Competitive}
	for k, r := range rings {
		t.Columns = append(t.Columns, heads[k], "gains")
		columns = append(columns, r.Payoff, c.gains(r))
	}
	shown, more := few(n)
	size := c.size()
	for i, name := range shown {
		row := []Cell{Text(name)}
		for _, x := range columns {
			row = append(row, Near(x[i], size))
		}
		t.Rows = append(t.Rows, row)
	}
	if more > 0 {
		row := []Cell{Text(fmt.Sprintf("%d others", more))}
		for _, x := range columns {
			sum := 0.0
			for _, y := range x[len(shown):] {
				sum += y
			}
			row = append(row, Near(sum, size))
		}
		t.Rows = append(t.Rows, row)
	}
	return t
}

// privately is the document of several mechanisms side by side.
func privately(d *Document, n names, all []*PrivateCartel) {
	d.Facts = []Fact{
		{"weak", "the ring of all without transfers: all bid the reserve and share equally"},
		{"strong", "the ring of all with transfers: the highest value takes the right at the reserve"},
		{"competition", "what the protocol gets without a ring"},
		{"reserve", "what brings the most against the ring of all, of what was found"},
	}
	t := Table{Heading: "Rings with private values against each mechanism", Columns: []string{"#", "competition", "ring leaves", "weak gains", "strong gains", "reserve", "brings", "mechanism"}}
	partial := Table{Heading: "The study's partial ring", Columns: []string{"#", "competition", "ring leaves", "ring gains", "ring"}}
	var reasons []Fact
	for i, c := range all {
		number, mechanism := Text(strconv.Itoa(i+1)), Text(Mechanism(c.Candidate))
		if c.Reason != "" {
			t.Rows = append(t.Rows, []Cell{number, Text("-"), Text("-"), Text("-"), Text("-"), Text("-"), Text("-"), mechanism})
			reasons = append(reasons, Fact{"not computed", fmt.Sprintf("rings on %d: %s", i+1, c.Reason)})
			continue
		}
		size := c.size()
		left, reserve, best := Text("-"), Text("-"), Text("-")
		for _, r := range []*PrivateRing{&c.Strong, &c.Weak} {
			if r.Reason == "" {
				left = Near(r.Revenue, size)
			}
		}
		if c.NoReserve == "" {
			reserve, best = Amount(c.Reserve), Near(c.Best, size)
		}
		t.Rows = append(t.Rows, []Cell{number, Near(c.Revenue, size), left, Near(c.gain(&c.Weak), size), Near(c.gain(&c.Strong), size), reserve, best, mechanism})
		for _, k := range []struct{ name, reason string }{{"the weak cartel", c.Weak.Reason}, {"the strong cartel", c.Strong.Reason}, {"the best reserve", c.NoReserve}} {
			if k.reason != "" {
				reasons = append(reasons, Fact{"not computed", fmt.Sprintf("%s on %d: %s", k.name, i+1, k.reason)})
			}
		}
		if r := c.Partial; r != nil {
			row := []Cell{number, Near(c.Revenue, size), Text("-"), Text("-"), Text(n.list(r.Members))}
			if r.Reason == "" {
				row[2], row[3] = Near(r.Revenue, size), Near(c.gain(r), size)
			} else {
				reasons = append(reasons, Fact{"not computed", fmt.Sprintf("the partial ring on %d: %s", i+1, r.Reason)})
			}
			partial.Rows = append(partial.Rows, row)
		}
	}
	d.Facts = append(d.Facts, reasons...)
	d.Tables = append(d.Tables, t)
	if len(partial.Rows) > 0 {
		d.Tables = append(d.Tables, partial)
	}
	for i, c := range all {
		if c.Reason == "" {
			d.Tables = append(d.Tables, c.members(folded(fmt.Sprintf("%d. %s: what each agent keeps, in expectation", i+1, Mechanism(c.Candidate))), n))
		}
	}
}

// The types below are the JSON contract: what is known of rings with complete
// information only stays null.

type privateCartelJSON struct {
	privateMechanismJSON
	Mechanisms []privateMechanismJSON `json:"mechanisms"`
}

type privateMechanismJSON struct {
	Leader           *string      `json:"leader"`
	LeastCost        Number       `json:"leastCost"`
	Gap              Number       `json:"gap"`
	CriticalDiscount Number       `json:"criticalDiscount"`
	Bid              Number       `json:"bid"`
	RobustRevenue    Number       `json:"robustRevenue"`
	Sustainable      *bool        `json:"sustainable"`
	Members          []memberJSON `json:"members"`
	Curve            []curveJSON  `json:"curve"`

	Family             string          `json:"family"`
	Parameters         map[string]any  `json:"parameters"`
	CompetitiveRevenue Number          `json:"competitiveRevenue"`
	CollusiveRevenue   Number          `json:"collusiveRevenue"`
	Equilibrium        equilibriumJSON `json:"equilibrium"`
	Private            privateJSON     `json:"private"`
	Notes              []string        `json:"notes"`
}

type privateJSON struct {
	Computed bool               `json:"computed"`
	Reason   string             `json:"reason"`
	Weak     *privateRingJSON   `json:"weak"`
	Strong   *privateRingJSON   `json:"strong"`
	Ring     *privateRingJSON   `json:"ring"`
	Reserve  privateReserveJSON `json:"reserve"`
}

type privateRingJSON struct {
	Members  []string           `json:"members"`
	Computed bool               `json:"computed"`
	Reason   string             `json:"reason"`
	Gain     Number             `json:"gain"`
	Revenue  Number             `json:"revenue"`
	Agents   []privateAgentJSON `json:"agents"`
}

type privateAgentJSON struct {
	Name        string `json:"name"`
	Member      bool   `json:"member"`
	Competitive Number `json:"competitive"`
	Collusive   Number `json:"collusive"`
	Gain        Number `json:"gain"`
}

type privateReserveJSON struct {
	Computed bool   `json:"computed"`
	Reason   string `json:"reason"`
	Reserve  Number `json:"reserve"`
	Revenue  Number `json:"revenue"`
}

func privateData(n names, all []*PrivateCartel) *privateCartelJSON {
	out := &privateCartelJSON{Mechanisms: make([]privateMechanismJSON, 0, len(all))}
	for _, c := range all {
		out.Mechanisms = append(out.Mechanisms, c.data(n))
	}
	if len(all) > 0 {
		out.privateMechanismJSON = out.Mechanisms[0]
	}
	return out
}

func (c *PrivateCartel) data(n names) privateMechanismJSON {
	k := candidateData(c.Candidate, nil)
	none := Number(math.NaN())
	out := privateMechanismJSON{
		LeastCost: none, Gap: none, CriticalDiscount: none, Bid: none, RobustRevenue: none, Members: []memberJSON{}, Curve: []curveJSON{},
		Family: k.Family, Parameters: k.Parameters, CompetitiveRevenue: none, CollusiveRevenue: none, Equilibrium: k.Equilibrium, Notes: texts(append(c.remarks(), c.assumptions()...)),
		Private: privateJSON{Computed: c.Reason == "", Reason: c.Reason, Reserve: privateReserveJSON{Reserve: none, Revenue: none, Reason: c.Reason}},
	}
	if c.Reason != "" {
		return out
	}
	out.CompetitiveRevenue = Number(c.Revenue)
	out.Private.Weak, out.Private.Strong = c.ring(n, &c.Weak), c.ring(n, &c.Strong)
	ring, shown := &c.Strong, out.Private.Strong
	if c.Partial != nil {
		out.Private.Ring = c.ring(n, c.Partial)
		ring, shown = c.Partial, out.Private.Ring
	}
	out.Gap, out.CollusiveRevenue = shown.Gain, shown.Revenue
	if shown.Computed {
		for _, i := range ring.Members {
			out.Members = append(out.Members, memberJSON{
				Name: n[i], Competitive: Number(c.Competitive[i]), Collusive: Number(ring.Payoff[i]),
				Deviation: none, Transfer: none, CriticalDiscount: none,
			})
		}
	}
	if out.Private.Reserve.Reason = c.NoReserve; c.NoReserve == "" {
		out.Private.Reserve = privateReserveJSON{Computed: true, Reserve: Number(c.Reserve), Revenue: Number(c.Best)}
	}
	return out
}

func (c *PrivateCartel) ring(n names, r *PrivateRing) *privateRingJSON {
	out := &privateRingJSON{Members: n.text(r.Members), Computed: r.Reason == "", Reason: r.Reason, Gain: Number(c.gain(r)), Revenue: Number(math.NaN()), Agents: []privateAgentJSON{}}
	if r.Reason != "" {
		return out
	}
	out.Revenue = Number(r.Revenue)
	inside := make([]bool, len(n))
	for _, i := range r.Members {
		inside[i] = true
	}
	for i, g := range c.gains(r) {
		out.Agents = append(out.Agents, privateAgentJSON{n[i], inside[i], Number(c.Competitive[i]), Number(r.Payoff[i]), Number(g)})
	}
	return out
}

// privateRecords are the contract as CSV.
func privateRecords(data *privateCartelJSON) [][]string {
	r := newRecords("mechanism")
	for i := range data.Mechanisms {
		m := &data.Mechanisms[i]
		r.about(i+1, m.Family)
		r.missing("ring", m.Private.Reason)
		r.number("ring", "", "competitiveRevenue", m.CompetitiveRevenue)
		r.privateRing("weak", m.Private.Weak)
		r.privateRing("strong", m.Private.Strong)
		r.privateRing("partial ring", m.Private.Ring)
		if m.Private.Computed {
			r.missing("reserve", m.Private.Reserve.Reason)
			r.number("reserve", "", "reserve", m.Private.Reserve.Reserve)
			r.number("reserve", "", "revenue", m.Private.Reserve.Revenue)
		}
		r.notes(m.Notes)
	}
	return r.rows
}

// missing says why something was not computed, if so.
func (r *records) missing(kind, reason string) {
	if reason != "" {
		r.put(kind, "", "not computed", reason)
	}
}

func (r *records) privateRing(kind string, ring *privateRingJSON) {
	if ring == nil {
		return
	}
	r.missing(kind, ring.Reason)
	r.number(kind, "", "gain", ring.Gain)
	r.number(kind, "", "revenue", ring.Revenue)
	for _, name := range ring.Members {
		r.put(kind, name, "member", "true")
	}
	for _, a := range ring.Agents {
		r.number(kind, a.Name, "competitive", a.Competitive)
		r.number(kind, a.Name, "collusive", a.Collusive)
		r.number(kind, a.Name, "gain", a.Gain)
	}
}
