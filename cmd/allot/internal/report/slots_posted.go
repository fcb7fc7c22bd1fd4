package report

import (
	"fmt"

	"allot/solver/equilibrium/slots"
)

// Posted is a run of a ticket market at prices that a rule posts.
type Posted struct {
	Rule           string
	Target, Factor float64
	// Offer is the most tickets sold in a slot.
	Offer int
	// Slots are those counted, after as many as were Skipped.
	Slots, Skipped int
	Seed           uint64
	Long           slots.Long
}

type postedJSON struct {
	Rule    string `json:"rule"`
	Target  Number `json:"target"`
	Factor  Number `json:"factor"`
	Offer   int    `json:"offer"`
	Slots   int    `json:"slots"`
	Skipped int    `json:"skipped"`
	Seed    uint64 `json:"seed"`
	// Price is the mean posted price, from Lowest to Highest, and Paid that of tickets
	// that were sold; Captured is the protocol's share of the slots' value, Error its
	// standard error and Samples the effective number of slots.
	Price    Number `json:"price"`
	Lowest   Number `json:"lowest"`
	Highest  Number `json:"highest"`
	Paid     Number `json:"paid"`
	Revenue  Number `json:"revenue"`
	Captured Number `json:"captured"`
	Error    Number `json:"standardError"`
	Samples  Number `json:"effectiveSlots"`
	Exposure Number `json:"exposure"`
	Unsold   Number `json:"unsold"`
	// Shares are how often each agent wins, in the market's order.
	Shares []Number `json:"shares"`
}

func postedData(p *Posted) *postedJSON {
	l := p.Long
	out := &postedJSON{
		Rule: p.Rule, Target: Number(p.Target), Factor: Number(p.Factor), Offer: p.Offer, Slots: p.Slots, Skipped: p.Skipped, Seed: p.Seed, Price: Number(l.Price), Lowest: Number(l.Low), Highest: Number(l.High), Paid: Number(l.Paid), Revenue: Number(l.Collected),
		Captured: Number(l.Captured), Error: Number(l.Error), Samples: Number(l.Samples), Exposure: Number(l.Exposure), Unsold: Number(l.Unsold), Shares: numbers(l.Shares),
	}
	return out
}

// settles reports that the price stays within a tenth.
func (p *Posted) settles() bool { return p.Long.High <= 1.1*p.Long.Low }

// postings are the tables of tickets sold at posted prices, none if there are none.
func postings(all []*Succession) []Table {
	var t Table
	for i, s := range all {
		if s.Asset == nil || s.Asset.Posted == nil {
			continue
		}
		p := s.Asset.Posted
		if t.Columns == nil {
			t.Columns = []string{"#", "target", "mean paid", "mean posted", "from, to", "captured", "error", "effective slots", "unsold"}
			t.Heading = fmt.Sprintf("Tickets at posted prices (%s), %d slots from seed %d, after %d that do not count\nThe mean posted counts slots without a sale too; captured is the share of the net value, error its standard error", p.Rule, p.Slots, p.Seed, p.Skipped)
		}
		l := p.Long
		t.Rows = append(t.Rows, []Cell{
			Text(fmt.Sprint(i + 1)), Amount(p.Target), Amount(l.Paid), Amount(l.Price), Text(fmt.Sprintf("%.3g, %.3g", l.Low, l.High)), Amount(l.Captured), Near(l.Error, 1), Amount(l.Samples), Amount(l.Unsold),
		})
	}
	if t.Columns == nil {
		return nil
	}
	return []Table{t}
}
