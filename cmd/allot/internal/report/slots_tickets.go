package report

import (
	"fmt"
	"math"

	"allot/solver/equilibrium/rights"
)

// Asset is a ticket as an asset: a claim on the slot for which it will be drawn.
type Asset struct {
	// Mean is the holder's value of a slot net of a burn share, Rate its capital cost.
	Mean, Rate float64
	// Supply is how many tickets are outstanding.
	Supply float64
	// Ticket is what one is worth to the holder, Capture who holds them and at what
	// price if buyers take prices.
	Ticket      rights.Asset
	Capture     rights.Capture
	PriceTaking bool
	// Burns says that a burn share was taken off the values.
	Burns bool
	// Reason says why there are no numbers, "" where there are.
	Reason string
	// Posted is a run at posted prices, nil if none was asked for or, as Unposted
	// says, none could be made.
	Posted   *Posted
	Unposted string
}

type assetJSON struct {
	Holder       string `json:"holder"`
	Mean         Number `json:"mean"`
	SecondMoment Number `json:"secondMoment"`
	CapitalCost  Number `json:"capitalCost"`
	Supply       Number `json:"supply"`
	// Wait is the expected number of slots until a ticket is drawn.
	Wait     Number `json:"wait"`
	Value    Number `json:"value"`
	Variance Number `json:"variance"`
	Issued   Number `json:"issued"`
	Unissued Number `json:"unissued"`
	NPV      Number `json:"npv"`
	// Price is what a slot's tickets sell for and Captured its share of mean; null
	// where buyers do not take prices.
	Price    Number      `json:"price"`
	Captured Number      `json:"captured"`
	Posted   *postedJSON `json:"posted,omitempty"`
}

func assetData(n names, a *Asset) *assetJSON {
	price, captured := a.sold()
	out := &assetJSON{
		Holder: n[a.Capture.Holder], Mean: Number(a.Mean), SecondMoment: Number(a.Mean * a.Mean), CapitalCost: Number(a.Rate),
		Supply: Number(a.Supply), Wait: Number(a.Supply), Value: Number(a.Ticket.Mean), Variance: Number(a.Ticket.Variance),
		Issued: Number(a.Ticket.Issued), Unissued: Number(a.Ticket.Unissued), NPV: Number(a.npv()), Price: Number(price), Captured: Number(captured),
	}
	if a.Posted != nil {
		out.Posted = postedData(a.Posted)
	}
	return out
}

// npv is what all slots to come are worth to the holder, mu/d.
func (a *Asset) npv() float64 { return a.Mean / a.Rate }

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
	if !a.PriceTaking {
		out = append(out, "buyers know that they move the price: the ticket is worth this to the agent that values it most, who need not hold them all, and the captured share is that of price-taking buyers only")
	}
	if a.Burns {
		out = append(out, "a ticket's worth and the captured share are net of the burn share")
	}
	if a.Unposted != "" {
		out = append(out, a.Unposted)
	}
	return out
}

// assets are the tables of tickets as assets, none if there are no numbers.
func assets(n names, all []*Succession) []Table {
	worth := Table{
		Heading: "Tickets as assets, for all slots to come: a known value has E[R^2] = mu^2, so that the variance is that of the wait alone",
		Columns: []string{"#", "a ticket", "variance", "issued", "unissued", "NPV"},
	}
	held := Table{
		Heading: "Who holds them: price and captured share if buyers take prices",
		Columns: []string{"#", "holder", "net value mu", "capital cost d", "wait in slots", "price a slot", "captured"},
	}
	for i, s := range all {
		a := s.Asset
		if a == nil || a.Reason != "" {
			continue
		}
		label := Text(fmt.Sprint(i + 1))
		price, captured := a.sold()
		worth.Rows = append(worth.Rows, []Cell{label, Amount(a.Ticket.Mean), Amount(a.Ticket.Variance), Amount(a.Ticket.Issued), Amount(a.Ticket.Unissued), Amount(a.npv())})
		held.Rows = append(held.Rows, []Cell{label, Text(n[a.Capture.Holder]), Amount(a.Mean), Amount(a.Rate), Amount(a.Supply), Amount(price), Amount(captured)})
	}
	if len(worth.Rows) == 0 {
		return nil
	}
	return []Table{worth, held}
}
