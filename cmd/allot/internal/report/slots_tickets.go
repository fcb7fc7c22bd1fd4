package report

import (
	"fmt"
	"math"

	"allot/solver/equilibrium/rights"
)

// Asset is a claim on a slot to come: a ticket on the one for which it will be drawn, or
// a right that is sold ahead.
type Asset struct {
	// Supply is how many tickets are outstanding; Ahead is how many slots ahead a right
	// is sold, 0 for tickets.
	Supply, Ahead float64
	// Lifetime is how many slots a ticket lasts, 0 for ever; Wait is how many it is
	// expected to wait until it is drawn or expires.
	Lifetime, Wait float64
	// Factor is what a burn share leaves of values; Drawn says that these are drawn.
	Factor float64
	Drawn  bool
	// Holdings are what one is worth to each agent; Capture is who holds tickets and at
	// what price if buyers take prices.
	Holdings    []Holding
	Capture     rights.Capture
	PriceTaking bool
	// Twice is how often one agent wins two slots in a row where a ticket that was drawn
	// can be drawn again, is reissued to others, or is spent; 0 where it is not known.
	Twice [3]float64
	// Burns says that a burn share was taken off the values.
	Burns bool
	// Reason says why there are no numbers, "" where there are.
	Reason string
	// Posted is a run at posted prices, nil if none was asked for or, as Unposted
	// says, none could be made.
	Posted   *Posted
	Unposted string
}

// Holding is a ticket in an agent's hands.
type Holding struct {
	// Mean and Second are E[v] and E[v^2] of its value of a slot net of a burn share, Rate
	// its capital cost.
	Mean, Second, Rate float64
	Ticket             rights.Asset
}

// deviation of a slot's value; +Inf where the tail is too heavy for one.
func (h *Holding) deviation() float64 { return math.Sqrt(math.Max(0, h.Second-h.Mean*h.Mean)) }

// npv is what all slots to come are worth, mu/d.
func (h *Holding) npv() float64 {
	if h.Mean == 0 {
		return 0
	}
	return h.Mean / h.Rate
}

type assetJSON struct {
	Holder       string `json:"holder"`
	Mean         Number `json:"mean"`
	SecondMoment Number `json:"secondMoment"`
	CapitalCost  Number `json:"capitalCost"`
	Supply       Number `json:"supply"`
	// Wait is the expected number of slots until a ticket is drawn or expires.
	Wait     Number `json:"wait"`
	Value    Number `json:"value"`
	Variance Number `json:"variance"`
	Issued   Number `json:"issued"`
	Unissued Number `json:"unissued"`
	NPV      Number `json:"npv"`
	// Price is what a slot's tickets sell for and Captured its share of mean; null
	// where buyers do not take prices.
	Price    Number        `json:"price"`
	Captured Number        `json:"captured"`
	Agents   []holdingJSON `json:"agents"`
	Twice    *twiceJSON    `json:"twice,omitempty"`
	Posted   *postedJSON   `json:"posted,omitempty"`
}

// twiceJSON is how often one agent wins two slots in a row, by what becomes of a ticket
// that was drawn.
type twiceJSON struct {
	Returned Number `json:"returned"`
	Reissued Number `json:"reissued"`
	Spent    Number `json:"spent"`
}

// holdingJSON is a ticket in an agent's hands; moments that do not exist are null.
type holdingJSON struct {
	Name         string `json:"name"`
	Mean         Number `json:"mean"`
	SecondMoment Number `json:"secondMoment"`
	CapitalCost  Number `json:"capitalCost"`
	Value        Number `json:"value"`
	Variance     Number `json:"variance"`
	Deviation    Number `json:"deviation"`
}

func assetData(n names, a *Asset) *assetJSON {
	price, captured := a.sold()
	h := a.Holdings[a.Capture.Holder]
	out := &assetJSON{
		Holder: n[a.Capture.Holder], Mean: Number(h.Mean), SecondMoment: Number(h.Second), CapitalCost: Number(h.Rate),
		Supply: Number(a.Supply), Wait: Number(a.Wait), Value: Number(h.Ticket.Mean), Variance: Number(h.Ticket.Variance),
		Issued: Number(h.Ticket.Issued), Unissued: Number(h.Ticket.Unissued), NPV: Number(h.npv()), Price: Number(price), Captured: Number(captured),
		Agents: holdingsData(n, a),
	}
	if t := a.Twice; t[0] > 0 {
		out.Twice = &twiceJSON{Number(t[0]), Number(t[1]), Number(t[2])}
	}
	if a.Posted != nil {
		out.Posted = postedData(a.Posted)
	}
	return out
}

func holdingsData(n names, a *Asset) []holdingJSON {
	out := []holdingJSON{}
	for i, h := range a.Holdings {
		out = append(out, holdingJSON{
			Name: n[i], Mean: Number(h.Mean), SecondMoment: Number(h.Second), CapitalCost: Number(h.Rate),
			Value: Number(h.Ticket.Mean), Variance: Number(h.Ticket.Variance), Deviation: Number(math.Sqrt(h.Ticket.Variance)),
		})
	}
	return out
}

// aheadJSON is a right that is sold ahead.
type aheadJSON struct {
	Lookahead Number        `json:"lookahead"`
	Agents    []holdingJSON `json:"agents"`
}

// sold is what a slot's tickets sell for and the share of the holder's value that this
// is, neither a number for buyers that know that they move the price.
func (a *Asset) sold() (price, share float64) {
	if !a.PriceTaking {
		return math.NaN(), math.NaN()
	}
	return a.Capture.Price, a.Capture.Share
}

// notes are what the numbers of an asset leave out.
func (a *Asset) notes() []string {
	if a.Reason != "" {
		return []string{a.Reason}
	}
	var out []string
	if a.Ahead > 0 {
		return nil
	}
	if !a.PriceTaking {
		out = append(out, "buyers know that they move the price: the ticket is worth this to the agent that values it most, who need not hold them all, and the captured share is that of price-taking buyers only")
	}
	if a.Holdings[a.Capture.Holder].Rate == 0 {
		out = append(out, "waiting costs the holder nothing (no capitalCost): tickets still to be issued are worth more than any number")
	}
	if a.Burns {
		out = append(out, "a ticket's worth and the captured share are net of the burn share")
	}
	if a.Posted != nil && !a.Posted.settles() {
		out = append(out, "posted prices: the price does not settle, from "+Digits(a.Posted.Long.Low)+" to "+Digits(a.Posted.Long.High)+": it holds for a whole slot, in which buyers take tickets until one more is not worth it, or none")
	}
	if a.Unposted != "" {
		out = append(out, a.Unposted)
	}
	return out
}

// assets are the tables of tickets as assets, none if there are no numbers.
func assets(n names, all []*Succession) []Table {
	held := Table{
		Heading: "Tickets as assets, for all slots to come; price and captured share if buyers take prices",
		Columns: []string{"#", "holder", "wait in slots", "issued", "unissued", "NPV", "price a slot", "captured"},
	}
	worth := Table{
		Heading: "What a ticket or a right sold ahead is worth to each agent (mu: net value, d: capital cost)",
		Columns: []string{"#", "agent", "mu", "its deviation", "d", "worth", "variance", "deviation"},
	}
	again := Table{
		Heading: "How often one agent wins two slots in a row, if a ticket that was drawn",
		Columns: []string{"#", "can be drawn again", "is reissued to others", "is spent"},
	}
	drawn := false
	for i, s := range all {
		a := s.Asset
		if a == nil || a.Reason != "" {
			continue
		}
		label := Text(fmt.Sprint(i + 1))
		if h := a.Holdings[a.Capture.Holder]; a.Ahead == 0 {
			price, captured := a.sold()
			held.Rows = append(held.Rows, []Cell{label, Text(n[a.Capture.Holder]), Amount(a.Wait), Amount(h.Ticket.Issued), Amount(h.Ticket.Unissued), Amount(h.npv()), Amount(price), Amount(captured)})
			if t := a.Twice; t[0] > 0 {
				again.Rows = append(again.Rows, []Cell{label, Amount(t[0]), Amount(t[1]), Amount(t[2])})
			}
		}
		shown, more := a.Holdings, 0
		if len(shown) > shownAgents {
			shown, more = shown[:shownAgents-2], len(shown)-shownAgents+2
		}
		for k, h := range shown {
			worth.Rows = append(worth.Rows, []Cell{label, Text(n[k]), Amount(h.Mean), Near(h.deviation(), h.Mean), Amount(h.Rate), Amount(h.Ticket.Mean), Amount(h.Ticket.Variance), Amount(math.Sqrt(h.Ticket.Variance))})
		}
		if more > 0 {
			worth.Rows = append(worth.Rows, []Cell{label, Text(fmt.Sprintf("%d others", more)), Text(""), Text(""), Text(""), Text(""), Text(""), Text("")})
		}
		drawn = drawn || a.Drawn
	}
	if len(worth.Rows) == 0 {
		return nil
	}
	if drawn {
		worth.Heading += "\nSlots are independent; the variance is that of what the slot brings, of the wait and of expiring"
	} else {
		worth.Heading += "\nA known value has E[R^2] = mu^2, so that the variance is that of the wait, and of expiring, alone"
	}
	var tables []Table
	for _, t := range []Table{held, worth, again} {
		if len(t.Rows) > 0 {
			tables = append(tables, t)
		}
	}
	return tables
}
