package report

import (
	"math"
	"strconv"

	"allot/solver/cartel"
)

// The types below are the JSON contract of rings: names and order are part of it.

// cartelJSON is the first mechanism, and all of them.
type cartelJSON struct {
	ringJSON
	Mechanisms []ringJSON `json:"mechanisms"`
}

type ringJSON struct {
	Leader           string       `json:"leader"`
	LeastCost        Number       `json:"leastCost"`
	Gap              Number       `json:"gap"`
	CriticalDiscount Number       `json:"criticalDiscount"`
	Bid              Number       `json:"bid"`
	RobustRevenue    Number       `json:"robustRevenue"`
	Sustainable      bool         `json:"sustainable"`
	Members          []memberJSON `json:"members"`
	Curve            []curveJSON  `json:"curve"`

	Family     string         `json:"family"`
	Parameters map[string]any `json:"parameters"`
	// Discount is that of RobustRevenue: the members', or 0.9 where none is given.
	Discount           Number          `json:"discount"`
	DiscountGiven      bool            `json:"discountGiven"`
	Surplus            Number          `json:"surplus"`
	Temptation         Number          `json:"temptation"`
	CompetitiveRevenue Number          `json:"competitiveRevenue"`
	CollusiveRevenue   Number          `json:"collusiveRevenue"`
	Shadowed           bool            `json:"shadowed"`
	StandBack          bool            `json:"standBack"`
	Exact              bool            `json:"exact"`
	CertifiedDiscount  Number          `json:"certifiedDiscount"`
	Fails              []string        `json:"fails"`
	Best               *bestJSON       `json:"best,omitempty"`
	AtLeastCost        *bareJSON       `json:"atLeastCost,omitempty"`
	Equilibrium        equilibriumJSON `json:"equilibrium"`
	Theorem            *theoremJSON    `json:"theorem"`
	Rings              []coalitionJSON `json:"rings"`
	Entry              *entryJSON      `json:"entry,omitempty"`
	Notes              []string        `json:"notes"`
}

type memberJSON struct {
	Name             string `json:"name"`
	Competitive      Number `json:"competitive"`
	Deviation        Number `json:"deviation"`
	Transfer         Number `json:"transfer"`
	Collusive        Number `json:"collusive"`
	CriticalDiscount Number `json:"criticalDiscount"`
}

type curveJSON struct {
	Discount Number `json:"discount"`
	Holds    bool   `json:"holds"`
	Surplus  Number `json:"surplus"`
	Bid      Number `json:"bid"`
	Revenue  Number `json:"revenue"`
}

// bestJSON is the agreement that was solved for, where the study gives another.
type bestJSON struct {
	CriticalDiscount Number       `json:"criticalDiscount"`
	Bid              Number       `json:"bid"`
	Surplus          Number       `json:"surplus"`
	Temptation       Number       `json:"temptation"`
	CollusiveRevenue Number       `json:"collusiveRevenue"`
	Sustainable      bool         `json:"sustainable"`
	Shadowed         bool         `json:"shadowed"`
	StandBack        bool         `json:"standBack"`
	Members          []memberJSON `json:"members"`
}

// bareJSON is the agreement in which the leader pays no more than the least cost.
type bareJSON struct {
	CriticalDiscount Number       `json:"criticalDiscount"`
	Bid              Number       `json:"bid"`
	Surplus          Number       `json:"surplus"`
	CollusiveRevenue Number       `json:"collusiveRevenue"`
	Members          []memberJSON `json:"members"`
}

type theoremJSON struct {
	Collected    Number              `json:"collected"`
	Competition  bool                `json:"competition"`
	Holds        bool                `json:"holds"`
	Gain         Number              `json:"gain"`
	ArticleFails bool                `json:"articleFails"`
	Members      []theoremMemberJSON `json:"members"`
}

type theoremMemberJSON struct {
	Name            string `json:"name"`
	Competitive     Number `json:"competitive"`
	Collusive       Number `json:"collusive"`
	ArticleTransfer Number `json:"articleTransfer"`
	ArticleGain     Number `json:"articleGain"`
}

type coalitionJSON struct {
	Members          []string `json:"members"`
	Forms            bool     `json:"forms"`
	Gain             Number   `json:"gain"`
	Each             Number   `json:"each"`
	CriticalDiscount Number   `json:"criticalDiscount"`
	Sustainable      bool     `json:"sustainable"`
	Surplus          Number   `json:"surplus"`
	Bid              Number   `json:"bid"`
	Revenue          Number   `json:"revenue"`
	Known            bool     `json:"known"`
	Reason           string   `json:"reason"`
}

type entryJSON struct {
	Bid      Number        `json:"bid"`
	Share    string        `json:"share"`
	Bound    []int         `json:"bound"`
	Survives bool          `json:"survives"`
	Invented int           `json:"invented"`
	States   []stateJSON   `json:"states"`
	Plans    []planJSON    `json:"plans"`
	After    []planJSON    `json:"after"`
	Arrivals []arrivalJSON `json:"arrivals"`
}

type stateJSON struct {
	Newcomers int      `json:"newcomers"`
	Share     Number   `json:"share"`
	Total     Number   `json:"total"`
	Keeps     Number   `json:"keeps"`
	Breach    []Number `json:"breach"`
}

type planJSON struct {
	Name     string       `json:"name"`
	Discount Number       `json:"discount"`
	Comply   Number       `json:"comply"`
	Value    Number       `json:"value"`
	Invented int          `json:"invented"`
	Wins     int          `json:"wins"`
	Ends     bool         `json:"ends"`
	Pays     bool         `json:"pays"`
	Attacks  []attackJSON `json:"attacks"`
}

// attackJSON pays at discount factors d with above < d < below; null for never.
type attackJSON struct {
	Invented int    `json:"invented"`
	Ends     bool   `json:"ends"`
	Above    Number `json:"above"`
	Below    Number `json:"below"`
}

type arrivalJSON struct {
	Value    Number `json:"value"`
	Leads    bool   `json:"leads"`
	Joining  Number `json:"joining"`
	Refusing Number `json:"refusing"`
	Joins    bool   `json:"joins"`
}

func cartelData(n names, all []*Cartel) *cartelJSON {
	out := &cartelJSON{Mechanisms: make([]ringJSON, 0, len(all))}
	for _, c := range all {
		out.Mechanisms = append(out.Mechanisms, c.data(n))
	}
	if len(all) > 0 {
		out.ringJSON = out.Mechanisms[0]
	}
	return out
}

// text names agents in full.
func (n names) text(agents []int) []string {
	list := make([]string, len(agents))
	for k, i := range agents {
		list[k] = n[i]
	}
	return list
}

func memberData(n names, members []cartel.Member) []memberJSON {
	list := make([]memberJSON, len(members))
	for k, m := range members {
		list[k] = memberJSON{n[m.Agent], Number(m.Competitive), Number(m.Deviation), Number(m.Transfer), Number(m.Collusive), Number(m.CriticalDiscount)}
	}
	return list
}

func (c *Cartel) data(n names) ringJSON {
	k := candidateData(c.Collusion.Candidate, nil)
	out := ringJSON{
		Family: k.Family, Parameters: k.Parameters, Equilibrium: k.Equilibrium, Notes: texts(c.remarks()),
		Members: []memberJSON{}, Curve: []curveJSON{}, Rings: []coalitionJSON{}, Fails: []string{},
	}
	b := c.Best
	if b == nil {
		none := Number(math.NaN())
		out.LeastCost, out.Gap, out.CriticalDiscount, out.Bid, out.RobustRevenue = none, none, none, none, none
		out.Discount, out.Surplus, out.Temptation, out.CompetitiveRevenue, out.CollusiveRevenue, out.CertifiedDiscount = none, none, none, none, none, none
		return out
	}
	out.Leader, out.LeastCost, out.Gap = n[b.Leader], Number(b.LeastCost), Number(b.Gap)
	out.RobustRevenue, out.Discount = Number(c.Robust), Number(c.Discount)
	out.DiscountGiven = c.Given
	if j := c.Bare; j != nil {
		out.AtLeastCost = &bareJSON{Number(j.CriticalDiscount), Number(j.Bid), Number(j.Surplus), Number(j.Revenue), memberData(n, j.Members)}
	}
	out.CompetitiveRevenue, out.Exact, out.CertifiedDiscount = Number(b.Revenue), b.Exact, Number(b.CertifiedDiscount)
	best := bestJSON{
		CriticalDiscount: Number(b.CriticalDiscount), Bid: Number(b.Bid), Surplus: Number(b.Surplus), Temptation: Number(b.Temptation),
		CollusiveRevenue: Number(b.Collusive), Sustainable: b.CriticalDiscount < 1, Shadowed: b.Shadowed, StandBack: b.StandBack,
		Members: memberData(n, b.Members),
	}
	if b.Own != nil {
		best.Sustainable = b.Own.Holds
	}
	if j := c.Judged; j != nil {
		out.Best = &best
		out.CriticalDiscount, out.Bid, out.Surplus, out.Temptation = Number(j.CriticalDiscount), Number(j.Bid), Number(j.Surplus), Number(j.Temptation)
		out.CollusiveRevenue, out.Sustainable, out.Shadowed, out.Members = Number(j.Revenue), j.Holds, j.Shadowed, memberData(n, j.Members)
		out.Fails = n.text(j.Fails)
	} else {
		out.CriticalDiscount, out.Bid, out.Surplus, out.Temptation = best.CriticalDiscount, best.Bid, best.Surplus, best.Temptation
		out.CollusiveRevenue, out.Sustainable, out.Shadowed, out.StandBack, out.Members = best.CollusiveRevenue, best.Sustainable, best.Shadowed, best.StandBack, best.Members
	}
	for _, p := range b.Curve {
		out.Curve = append(out.Curve, curveJSON{Number(p.Discount), p.Holds, Number(p.Surplus), Number(p.Bid), Number(p.Revenue)})
	}
	t := c.Theorem
	out.Theorem = &theoremJSON{
		Collected: Number(t.Collected), Competition: t.Competition, Holds: t.Holds, Gain: Number(t.Gain), ArticleFails: t.ArticleFails,
		Members: make([]theoremMemberJSON, 0, len(t.ArticleGains)),
	}
	for i, u := range c.Collusion.Ring.Equilibrium.Payoff {
		if i < len(t.ArticleGains) {
			out.Theorem.Members = append(out.Theorem.Members, theoremMemberJSON{n[i], Number(u), Number(u + t.Gain), Number(t.Article[i]), Number(t.ArticleGains[i])})
		}
	}
	for i, r := range c.Rings {
		out.Rings = append(out.Rings, coalitionJSON{
			Members: n.text(r.Members), Forms: i == c.Forms, Gain: Number(r.Gain), Each: Number(r.Each), CriticalDiscount: Number(r.CriticalDiscount),
			Sustainable: r.Sustainable, Surplus: Number(r.Surplus), Bid: Number(r.Bid), Revenue: Number(r.Revenue), Known: r.Known, Reason: r.Reason,
		})
	}
	out.Entry = c.entryData(n)
	return out
}

func (c *Cartel) entryData(n names) *entryJSON {
	e := c.Entry
	if e == nil {
		return nil
	}
	out := &entryJSON{
		Bid: Number(c.EntryBid), Share: c.Schedule, Bound: c.Bound, Survives: e.Survives, Invented: e.Invented,
		States: []stateJSON{}, Plans: planData(n, e.Plans), After: planData(n, e.After), Arrivals: []arrivalJSON{},
	}
	for _, s := range e.States {
		out.States = append(out.States, stateJSON{Newcomers: s.Newcomers, Share: Number(s.Share), Total: Number(s.Total), Keeps: Number(s.Keeps), Breach: numbers(s.Breach)})
	}
	for _, a := range e.Arrivals {
		out.Arrivals = append(out.Arrivals, arrivalJSON{Number(a.Value), a.Leads, Number(a.Joining), Number(a.Refusing), a.Joins})
	}
	return out
}

func planData(n names, plans []cartel.Plan) []planJSON {
	list := make([]planJSON, 0, len(plans))
	for _, p := range plans {
		out := planJSON{
			Name: n[p.Agent], Discount: Number(p.Discount), Comply: Number(p.Comply), Value: Number(p.Value),
			Invented: p.Invented, Wins: p.Wins, Ends: p.Ends, Pays: p.Pays(), Attacks: []attackJSON{},
		}
		for _, a := range p.Attacks {
			attack := attackJSON{a.Invented, a.Ends, Number(a.From), Number(a.Below)}
			if !(a.From < a.Below) {
				attack.Above, attack.Below = Number(math.NaN()), Number(math.NaN())
			}
			out.Attacks = append(out.Attacks, attack)
		}
		list = append(list, out)
	}
	return list
}

// cartelRecords are the contract as CSV.
func cartelRecords(data *cartelJSON) [][]string {
	r := newRecords("mechanism")
	for i := range data.Mechanisms {
		m := &data.Mechanisms[i]
		r.about(i+1, m.Family)
		r.ring(m)
		for _, p := range m.Curve {
			at := Exact(float64(p.Discount))
			r.truth("curve", at, "holds", p.Holds)
			r.number("curve", at, "surplus", p.Surplus)
			r.number("curve", at, "bid", p.Bid)
			r.number("curve", at, "revenue", p.Revenue)
		}
		r.theorem(m.Theorem)
		for k, c := range m.Rings {
			r.coalition(strconv.Itoa(k+1), c)
		}
		r.entry(m.Entry)
		r.notes(m.Notes)
	}
	return r.rows
}

func (r *records) ring(m *ringJSON) {
	r.put("ring", "", "leader", m.Leader)
	for _, f := range []struct {
		field string
		x     Number
	}{
		{"leastCost", m.LeastCost}, {"gap", m.Gap}, {"criticalDiscount", m.CriticalDiscount}, {"bid", m.Bid},
		{"robustRevenue", m.RobustRevenue}, {"discount", m.Discount}, {"surplus", m.Surplus}, {"temptation", m.Temptation},
		{"competitiveRevenue", m.CompetitiveRevenue}, {"collusiveRevenue", m.CollusiveRevenue}, {"certifiedDiscount", m.CertifiedDiscount},
	} {
		r.number("ring", "", f.field, f.x)
	}
	r.truth("ring", "", "sustainable", m.Sustainable)
	r.members("member", m.Members)
	for _, name := range m.Fails {
		r.put("fails", name, "", "true")
	}
	if b := m.Best; b != nil {
		r.number("best", "", "criticalDiscount", b.CriticalDiscount)
		r.number("best", "", "bid", b.Bid)
		r.number("best", "", "surplus", b.Surplus)
		r.number("best", "", "collusiveRevenue", b.CollusiveRevenue)
		r.members("best member", b.Members)
	}
}

func (r *records) members(kind string, list []memberJSON) {
	for _, m := range list {
		r.number(kind, m.Name, "competitive", m.Competitive)
		r.number(kind, m.Name, "deviation", m.Deviation)
		r.number(kind, m.Name, "transfer", m.Transfer)
		r.number(kind, m.Name, "collusive", m.Collusive)
		r.number(kind, m.Name, "criticalDiscount", m.CriticalDiscount)
	}
}

func (r *records) theorem(t *theoremJSON) {
	if t == nil {
		return
	}
	r.number("theorem", "", "collected", t.Collected)
	r.truth("theorem", "", "competition", t.Competition)
	r.truth("theorem", "", "holds", t.Holds)
	r.number("theorem", "", "gain", t.Gain)
	for _, m := range t.Members {
		r.number("theorem", m.Name, "collusive", m.Collusive)
		r.number("theorem", m.Name, "articleTransfer", m.ArticleTransfer)
		r.number("theorem", m.Name, "articleGain", m.ArticleGain)
	}
}

func (r *records) coalition(which string, c coalitionJSON) {
	const kind = "partial ring"
	for _, name := range c.Members {
		r.put(kind, which, "member", name)
	}
	r.truth(kind, which, "forms", c.Forms)
	r.truth(kind, which, "sustainable", c.Sustainable)
	r.number(kind, which, "gain", c.Gain)
	r.number(kind, which, "criticalDiscount", c.CriticalDiscount)
	r.number(kind, which, "surplus", c.Surplus)
	r.number(kind, which, "revenue", c.Revenue)
}

func (r *records) entry(e *entryJSON) {
	if e == nil {
		return
	}
	r.truth("entry", "", "survives", e.Survives)
	for _, p := range e.Plans {
		r.number("plan", p.Name, "comply", p.Comply)
		r.number("plan", p.Name, "value", p.Value)
		r.truth("plan", p.Name, "pays", p.Pays)
		for _, a := range p.Attacks {
			what := "invents " + strconv.Itoa(a.Invented)
			if a.Ends {
				what += " and ends"
			}
			r.number("attack", p.Name, what+": above", a.Above)
			r.number("attack", p.Name, what+": below", a.Below)
		}
	}
}
