package report

import (
	"fmt"
	"math"
	"slices"
	"sort"
	"strconv"
	"strings"

	"allot/mechanisms"
	"allot/solver/cartel"
	"allot/solver/search"
)

// Cartel is what is known of the ring against one mechanism.
type Cartel struct {
	Collusion *search.Collusion
	// Best is nil where there is no ring to examine.
	Best *cartel.Report
	// Bare is the agreement in which the leader pays no more than the least cost, nil
	// where there is none.
	Bare *cartel.Judgement
	// Theorem is about the ring of all agents, whose least cost is Least.
	Theorem cartel.Theorem
	Least   float64
	// Discount is the discount factor of Robust, the protocol's revenue under the best
	// agreement: the members' where Given, which is the least of them where they are
	// Mixed.
	Discount, Robust float64
	Given, Mixed     bool
	// Judged is the agreement that the study gives, nil for none; Terms says what of it
	// is given.
	Judged *cartel.Judgement
	Terms  string
	// Rings are the partial rings, Forms the one that forms or -1.
	Rings []cartel.Coalition
	Forms int
	// Entry is the agreement that admits newcomers, nil for none, at a bid, a schedule of
	// shares and a bound.
	Entry    *cartel.Entry
	EntryBid float64
	Schedule string
	Bound    []int
	Notes    []string
}

const (
	// shownRings is how many partial rings a table shows.
	shownRings = 10
	// shownName is how long a ring's name may be in a table.
	shownName = 48
)

// names are the market's.
type names []string

func namesOf(m *mechanisms.Market) names {
	all := make(names, len(m.Agents))
	for i := range m.Agents {
		all[i] = m.Agents[i].Name
	}
	return all
}

// list names agents; many are counted.
func (n names) list(agents []int) string {
	if len(agents) == len(n) && len(n) > 2 {
		return fmt.Sprintf("all %d agents", len(n))
	}
	parts := make([]string, len(agents))
	for k, i := range agents {
		parts[k] = n[i]
	}
	text := strings.Join(parts, ", ")
	if len(text) > shownName {
		return fmt.Sprintf("%d agents: %s, ..., %s", len(agents), parts[0], parts[len(parts)-1])
	}
	return text
}

// Cartels is the document of the rings against every mechanism of a study.
func Cartels(p *search.Problem, all []*Cartel) *Document {
	n := namesOf(p.Market)
	data := cartelData(n, all)
	d := &Document{Data: data, Records: cartelRecords(data)}
	if len(all) == 1 {
		all[0].alone(d, n)
	} else {
		across(d, n, all)
	}
	for i, c := range all {
		which := ""
		if len(all) > 1 {
			which = fmt.Sprintf(" on %d (%s)", i+1, c.Collusion.Candidate.Family)
		}
		for _, note := range c.remarks() {
			d.Remarks = append(d.Remarks, "note"+which+": "+note)
		}
	}
	return d
}

func (c *Cartel) remarks() []string {
	all := slices.Clone(c.Notes)
	if c.Best != nil {
		all = append(all, c.Best.Notes...)
		if !c.Best.Exact && c.Best.CriticalDiscount < 1 {
			text := "nothing is proven of the deviations, which were searched for"
			if c.Best.CertifiedDiscount < 1 {
				text = "the agreement is proven to hold from " + Digits(c.Best.CertifiedDiscount)
			}
			all = append(all, text)
		}
	}
	return slices.Compact(all)
}

// at says which discount factor the protocol's revenue is at.
func (c *Cartel) at() string {
	switch {
	case !c.Given:
		return "a discount factor of " + Digits(c.Discount) + " (the study gives none)"
	case c.Mixed:
		return "the members' own discount factors, " + Digits(c.Discount) + " or more"
	}
	return "a discount factor of " + Digits(c.Discount)
}

// size is the size of the money.
func (c *Cartel) size() float64 {
	top := 0.0
	for _, v := range c.Collusion.Ring.Game.Values {
		top = math.Max(top, v)
	}
	return top
}

// alone is the document of one mechanism.
func (c *Cartel) alone(d *Document, n names) {
	k := c.Collusion.Candidate
	d.Facts = append(d.Facts, Fact{"mechanism", Mechanism(k)})
	if c.Best == nil {
		d.Facts = append(d.Facts, Fact{"ring", "not examined: " + c.Collusion.Reason})
		return
	}
	d.Facts = append(d.Facts, Fact{"competition", c.competition()})
	d.Facts = append(d.Facts, Fact{"certificate", certificate(k)})
	d.Facts = append(d.Facts, c.facts(n)...)
	if c.Judged != nil {
		d.Tables = append(d.Tables, memberTable("The agreement of the study: "+c.Terms, n, c.Judged.Members, c.size()))
	}
	if c.Best.CriticalDiscount < 1 {
		d.Tables = append(d.Tables, memberTable("The agreement that needs least patience, per period", n, c.Best.Members, c.size()))
	} else {
		d.Tables = append(d.Tables, Agents("Under competition", k))
	}
	if c.Best.CriticalDiscount < 1 {
		d.Tables = append(d.Tables, c.curve())
	}
	d.Tables = append(d.Tables, c.theorem(n))
	if len(c.Rings) > 0 {
		d.Tables = append(d.Tables, c.rings(n))
	}
	d.Tables = append(d.Tables, c.entry(n)...)
}

func (c *Cartel) competition() string {
	e := c.Collusion.Candidate.Equilibrium
	best := 0
	for i, a := range e.Agents {
		if a.Win > e.Agents[best].Win {
			best = i
		}
	}
	text := "nobody wins"
	if a := e.Agents[best]; a.Win >= 1-1e-12 {
		text = a.Name + " wins"
	} else if a.Win > 0 {
		text = fmt.Sprintf("%s wins most often, with probability %s", a.Name, Digits(a.Win))
	}
	return text + "; the protocol gets " + Digits(rounded(c.Best.Revenue, c.size()))
}

// facts are the ring in short.
func (c *Cartel) facts(n names) []Fact {
	b, size := c.Best, c.size()
	members := make([]int, len(b.Members))
	for k, m := range b.Members {
		members[k] = m.Agent
	}
	leader := n[b.Leader]
	facts := []Fact{{"ring", fmt.Sprintf("%s; %s takes the right for it, at a least cost of %s", n.list(members), leader, Digits(rounded(b.LeastCost, size)))}}
	if !(b.Gap > 0) {
		facts = append(facts, Fact{"gain", "nothing: no agreement brings the members more than competition does"})
	} else {
		facts = append(facts, Fact{"gain", fmt.Sprintf("%s a period beyond what the members get when they compete", Digits(b.Gap))})
		facts = append(facts, Fact{"patience", c.patience(n)})
		if c.Bare != nil && c.Bare.CriticalDiscount < 1 && c.Bare.Bid != b.Bid {
			facts = append(facts, Fact{"", fmt.Sprintf("at the least cost, where it gains %s, from %s", Digits(c.Bare.Surplus), Digits(c.Bare.CriticalDiscount))})
		}
		if b.CriticalDiscount < 1 {
			facts = append(facts, Fact{"temptation", fmt.Sprintf("%s gains %s in the period in which it breaks that agreement", leader, Digits(rounded(b.Temptation, size)))})
		}
	}
	facts = append(facts, Fact{"robust revenue", fmt.Sprintf("%s at %s, against %s under competition", Digits(rounded(c.Robust, size)), c.at(), Digits(rounded(b.Revenue, size)))})
	if j := c.Judged; j != nil {
		facts = append(facts, Fact{"this agreement", c.verdict(n)})
	}
	if len(c.Rings) > 0 {
		facts = append(facts, Fact{"which ring forms", c.forms(n)})
	}
	facts = append(facts, Fact{"theorem", c.proof(n)})
	if c.Entry != nil {
		facts = append(facts, Fact{"newcomers", c.survival(n)})
	}
	return facts
}

func (c *Cartel) patience(n names) string {
	b := c.Best
	if b.CriticalDiscount >= 1 {
		return "no agreement holds below a discount factor of 1"
	}
	how := fmt.Sprintf("%s signalling %s", n[b.Leader], Digits(b.Bid))
	switch {
	case c.lots():
		how = fmt.Sprintf("%s alone taking part", n[b.Leader])
	case b.StandBack:
		how = "nobody signalling"
	case b.Shadowed:
		how += ", somebody just below"
	}
	return fmt.Sprintf("an agreement holds from a discount factor of %s, with %s; it gains %s", Digits(b.CriticalDiscount), how, Digits(b.Surplus))
}

// lots says that the leader has no signal to choose.
func (c *Cartel) lots() bool {
	_, ok := c.Collusion.Ring.Game.Mechanism.(mechanisms.EqualChance)
	return ok
}

func (c *Cartel) verdict(n names) string {
	j := c.Judged
	text := fmt.Sprintf("%s signals %s: ", n[j.Leader], Digits(j.Bid))
	if c.lots() {
		text = fmt.Sprintf("%s alone takes part: ", n[j.Leader])
	}
	switch {
	case j.CriticalDiscount >= 1:
		text += "holds at no discount factor below 1"
	default:
		text += "holds from a discount factor of " + Digits(j.CriticalDiscount)
	}
	if c.Given {
		if j.Holds {
			text += "; at the members' own it holds"
		} else {
			text += "; at the members' own it fails for " + n.list(j.Fails)
		}
	} else if !j.Holds {
		text += ": it fails for " + n.list(j.Fails)
	}
	return text + fmt.Sprintf("; gain %s, the protocol gets %s", Digits(rounded(j.Surplus, c.size())), Digits(rounded(j.Revenue, c.size())))
}

func (c *Cartel) forms(n names) string {
	if c.Forms < 0 {
		return "none: no ring has an agreement that holds and gains anything"
	}
	r := c.Rings[c.Forms]
	return fmt.Sprintf("%s: %s for each member, the most of all rings", n.list(r.Members), Digits(r.Surplus/float64(len(r.Members))))
}

func (c *Cartel) proof(n names) string {
	t, size := c.Theorem, c.size()
	if len(t.ArticleGains) == 0 {
		return "not examined"
	}
	if !t.Competition {
		return fmt.Sprintf("no competition: the agents pay %s, no more than the least cost", Digits(rounded(t.Collected, size)))
	}
	text := fmt.Sprintf("competition: the agents pay %s, more than the least cost; so some agreement gains, %s for each agent", Digits(rounded(t.Collected, size)), Digits(t.Gain))
	if !t.Holds {
		text = fmt.Sprintf("competition: the agents pay %s, more than the least cost, and yet no agreement was found to gain", Digits(rounded(t.Collected, size)))
	}
	return text
}

// losers are those whom the article's own transfers make worse off.
func (c *Cartel) losers() []int {
	var all []int
	for i, g := range c.Theorem.ArticleGains {
		if g < -1e-12*c.size() {
			all = append(all, i)
		}
	}
	return all
}

// few are the rows that a table shows, and how many are left out.
func few[T any](all []T) ([]T, int) {
	if len(all) <= shownAgents {
		return all, 0
	}
	return all[:shownAgents-2], len(all) - shownAgents + 2
}

func memberTable(heading string, n names, members []cartel.Member, size float64) Table {
	t := Table{Heading: heading, Columns: []string{"member", "if all compete", "by departing once", "transfer", "in the ring", "holds from"}}
	shown, more := few(members)
	for _, m := range shown {
		t.Rows = append(t.Rows, []Cell{
			Text(n[m.Agent]), Near(m.Competitive, size), Near(m.Deviation, size), Near(m.Transfer, size), Near(m.Collusive, size), patient(m.CriticalDiscount),
		})
	}
	if more > 0 {
		var u, x, tau float64
		worst := 0.0
		for _, m := range members[len(shown):] {
			u, x, tau, worst = u+m.Competitive, x+m.Collusive, tau+m.Transfer, math.Max(worst, m.CriticalDiscount)
		}
		t.Rows = append(t.Rows, []Cell{Text(fmt.Sprintf("%d others", more)), Near(u, size), Text(""), Near(tau, size), Near(x, size), patient(worst)})
	}
	return t
}

// patient is a cell with a critical discount factor.
func patient(d float64) Cell {
	if d >= 1 {
		return Cell{number: d, numeric: true, text: "never"}
	}
	return Amount(d)
}

// curve is the table of the best agreement at every discount factor; equal rows are one.
func (c *Cartel) curve() Table {
	t := Table{Heading: "The best agreement at each discount factor", Columns: []string{"discount factor", "ring gains", "leader signals", "protocol gets"}}
	size := c.size()
	for i := 0; i < len(c.Best.Curve); {
		p := c.Best.Curve[i]
		j := i
		for j+1 < len(c.Best.Curve) && alike(p, c.Best.Curve[j+1], size) {
			j++
		}
		d := Digits(p.Discount)
		if j > i {
			d += " to " + Digits(c.Best.Curve[j].Discount)
		}
		row := []Cell{Text(d), Near(p.Surplus, size), Near(p.Bid, size), Near(p.Revenue, size)}
		if !p.Holds {
			row[1], row[2] = Text("none holds"), Text("")
		} else if p.StandBack {
			row[2] = Text("nobody does")
		}
		t.Rows = append(t.Rows, row)
		i = j + 1
	}
	return t
}

func alike(a, b cartel.CurvePoint, size float64) bool {
	near := func(x, y float64) bool { return math.Abs(x-y) <= 1e-9*size }
	return a.Holds == b.Holds && a.StandBack == b.StandBack && near(a.Surplus, b.Surplus) && near(a.Bid, b.Bid) && near(a.Revenue, b.Revenue)
}

func (c *Cartel) theorem(n names) Table {
	heading := "The theorem: an agreement that makes everyone better off"
	if !c.Theorem.Competition {
		heading = "The theorem says nothing here: there is no competition"
	}
	t := Table{Heading: heading, Columns: []string{"agent", "if all compete", "with equal shares", "gains", "article's transfer", "gains by it"}}
	size := c.size()
	u := c.Collusion.Ring.Equilibrium.Payoff
	shown, more := few(c.Theorem.ArticleGains)
	for i, g := range shown {
		gain := Near(g, size)
		t.Rows = append(t.Rows, []Cell{
			Text(n[i]), Near(u[i], size), Near(u[i]+c.Theorem.Gain, size), Near(c.Theorem.Gain, size), Near(c.Theorem.Article[i], size), gain,
		})
	}
	if more > 0 {
		t.Rows = append(t.Rows, []Cell{Text(fmt.Sprintf("%d others", more)), Text(""), Text(""), Text(""), Text(""), Text("")})
	}
	if c.Theorem.ArticleFails {
		t.Heading += "\n" + folded("the article's own transfers fail for "+n.list(c.losers())+", better off under competition")
	}
	return t
}

// ranked are the rings, best first: those that hold by what each member gains.
func (c *Cartel) ranked() []cartel.Coalition {
	all := slices.Clone(c.Rings)
	worth := func(r cartel.Coalition) float64 {
		if r.Sustainable {
			return r.Surplus / float64(len(r.Members))
		}
		return -1
	}
	tolerance := 1e-12 * c.size()
	sort.SliceStable(all, func(i, j int) bool {
		a, b := worth(all[i]), worth(all[j])
		if math.Abs(a-b) > tolerance {
			return a > b
		}
		if math.Abs(all[i].Each-all[j].Each) > tolerance {
			return all[i].Each > all[j].Each
		}
		return len(all[i].Members) > len(all[j].Members)
	})
	return all
}

func (c *Cartel) rings(n names) Table {
	heading := fmt.Sprintf("Partial rings, %d in all, best first; the outsiders respond", len(c.Rings))
	if len(c.Rings) == 1 {
		heading = "The only ring"
	}
	t := Table{Heading: heading, Columns: []string{"gains at most", "for each", "holds from", "gains if it holds", "protocol gets", "ring"}}
	size := c.size()
	for _, r := range c.ranked()[:min(len(c.Rings), shownRings)] {
		row := []Cell{Near(r.Gain, size), Near(r.Each, size), patient(r.CriticalDiscount), Near(r.Surplus, size), Near(r.Revenue, size), Text(n.list(r.Members))}
		switch {
		case !r.Known:
			row[0], row[1], row[2], row[3], row[4] = Text("-"), Text("-"), Text("-"), Text("-"), Text("-")
			row[5] = Text(n.list(r.Members) + ": " + r.Reason)
		case !r.Sustainable:
			row[3] = Text("does not")
		}
		t.Rows = append(t.Rows, row)
	}
	return t
}

// across is the document of several mechanisms side by side.
func across(d *Document, n names, all []*Cartel) {
	var first *Cartel
	for _, c := range all {
		if c.Best != nil {
			first = c
			break
		}
	}
	if first == nil {
		d.Facts = append(d.Facts, Fact{"ring", "not examined against any of these mechanisms"})
		return
	}
	d.Facts = []Fact{
		{"holds from", "the least discount factor at which some agreement of the ring holds"},
		{"ring gains", "the most that the ring gains in a period beyond competition"},
		{"ring leaves", "the protocol's revenue when the agents make their best agreement at " + first.at()},
	}
	t := Table{Heading: "Rings against each mechanism", Columns: []string{"#", "holds from", "signal", "ring gains", "competition brings", "ring leaves", "mechanism"}}
	proof := Table{Heading: "The theorem: whatever ensures competition leaves a ring something to gain", Columns: []string{"#", "agents pay", "least cost", "competition", "each gains", "article's own transfers fail for"}}
	formed := Table{Heading: "Which ring forms", Columns: []string{"#", "for each", "holds from", "protocol gets", "ring"}}
	for i, c := range all {
		number := Text(strconv.Itoa(i + 1))
		if c.Best == nil {
			t.Rows = append(t.Rows, []Cell{number, Text("-"), Text("-"), Text("-"), Text("-"), Text("-"), Text(Mechanism(c.Collusion.Candidate))})
			continue
		}
		b, size := c.Best, c.size()
		signal := Near(b.Bid, size)
		if b.StandBack || b.CriticalDiscount >= 1 {
			signal = Text("-")
		}
		t.Rows = append(t.Rows, []Cell{number, patient(b.CriticalDiscount), signal, Near(b.Gap, size), Near(b.Revenue, size), Near(c.Robust, size), Text(Mechanism(c.Collusion.Candidate))})
		competition, fails := "no", "-"
		if c.Theorem.Competition {
			competition, fails = "yes", "nobody"
			if l := c.losers(); len(l) > 0 {
				fails = n.list(l)
			}
		}
		proof.Rows = append(proof.Rows, []Cell{number, Near(c.Theorem.Collected, size), Near(c.Least, size), Text(competition), Near(c.Theorem.Gain, size), Text(fails)})
		if len(c.Rings) > 0 {
			if c.Forms < 0 {
				formed.Rows = append(formed.Rows, []Cell{number, Text("-"), Text("never"), Near(b.Revenue, size), Text("none")})
			} else {
				r := c.Rings[c.Forms]
				formed.Rows = append(formed.Rows, []Cell{number, Near(r.Surplus/float64(len(r.Members)), size), patient(r.CriticalDiscount), Near(r.Revenue, size), Text(n.list(r.Members))})
			}
		}
	}
	d.Tables = append(d.Tables, t, revenues(all), proof)
	if len(formed.Rows) > 0 {
		d.Tables = append(d.Tables, formed)
	}
	for i, c := range all {
		if c.Best == nil {
			continue
		}
		heading := fmt.Sprintf("%d. %s", i+1, Mechanism(c.Collusion.Candidate))
		switch {
		case c.Judged != nil:
			d.Tables = append(d.Tables, memberTable(heading+"\n"+folded(c.verdict(n)), n, c.Judged.Members, c.size()))
		case c.Best.CriticalDiscount < 1:
			d.Tables = append(d.Tables, memberTable(heading+"\n"+folded(c.patience(n)), n, c.Best.Members, c.size()))
		}
		for _, e := range c.entry(n) {
			e.Heading = fmt.Sprintf("%d. %s", i+1, e.Heading)
			d.Tables = append(d.Tables, e)
		}
	}
}

// folded is a text in lines of a terminal.
func folded(text string) string { return strings.Join(wrap(text, width), "\n") }

// patiences are the discount factors of the table of revenues.
var patiences = []float64{0, 0.3, 0.5, 0.6, 0.7, 0.8, 0.9, 0.95, 0.99}

// revenues is the table of what the protocol gets at several discount factors.
func revenues(all []*Cartel) Table {
	t := Table{Heading: "What the protocol gets under the best agreement, by discount factor", Columns: []string{"#"}}
	for _, d := range patiences {
		t.Columns = append(t.Columns, Digits(d))
	}
	for i, c := range all {
		if c.Best == nil {
			continue
		}
		row := []Cell{Text(strconv.Itoa(i + 1))}
		for _, d := range patiences {
			cell := Text("-")
			for _, p := range c.Best.Curve {
				if math.Abs(p.Discount-d) < 1e-9 {
					cell = Cell{number: p.Revenue, numeric: true, text: strconv.FormatFloat(rounded(p.Revenue, c.size()), 'g', 5, 64)}
				}
			}
			row = append(row, cell)
		}
		t.Rows = append(t.Rows, row)
	}
	return t
}
