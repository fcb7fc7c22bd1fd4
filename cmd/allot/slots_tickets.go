package main

import (
	"fmt"
	"math"
	"strings"

	"allot/cmd/allot/internal/report"
	"allot/mechanisms"
	"allot/solver/equilibrium/rights"
	"allot/solver/search"
)

// asset is what one of a mechanism's tickets is worth to the agent to whom it is worth
// most, when agents' values are known and factor is what the burn share leaves of them;
// nil for mechanisms that sell no tickets.
func asset(m *mechanisms.Market, c *search.Candidate, factor float64) *report.Asset {
	if c.Family != "tickets" {
		return nil
	}
	out := &report.Asset{Supply: c.Settings.Number("supply"), PriceTaking: c.Settings.Word("conduct") == "price-taking", Burns: c.Settings.Number("burnShare") > 0}
	refuse := func(format string, args ...any) *report.Asset {
		out.Reason = fmt.Sprintf(format, args...)
		return out
	}
	switch {
	case out.Supply == 0:
		return refuse("without a supply tickets are for one slot and no asset")
	case c.Settings.Number("lifetime") > 0:
		return refuse("the value of a ticket as an asset is known for tickets that do not expire")
	case c.Settings.Number("lookahead") > 0:
		return refuse("the value of a ticket as an asset is known for tickets drawn just in time")
	case c.Settings.Number("oversight") > 0:
		return refuse("the value of a ticket as an asset is not known under oversight")
	}
	means, known := m.Known(nil)
	if !known {
		return refuse("the second moment of drawn values is not known")
	}
	rates := make([]float64, len(means))
	for i := range means {
		means[i] *= factor
		rates[i] = m.Agents[i].CapitalCost
	}
	var err error
	if out.Capture, err = rights.Captured(means, rates, out.Supply); err != nil {
		return refuse("%s", strings.TrimPrefix(err.Error(), "rights: "))
	}
	out.Mean, out.Rate = means[out.Capture.Holder], rates[out.Capture.Holder]
	switch {
	case out.Rate == 0:
		return refuse("the agent that values tickets most has no capitalCost, so that waiting costs nothing")
	case math.IsInf(out.Supply*out.Rate*(2+out.Rate), 1):
		return refuse("supply %g at capital cost %g is beyond what numbers hold", out.Supply, out.Rate)
	}
	// A reward that is known has no variance of its own: its second moment is mu^2.
	if out.Ticket, err = rights.Ticket(out.Mean, out.Mean*out.Mean, out.Supply, out.Rate); err != nil {
		return refuse("%s", strings.TrimPrefix(err.Error(), "rights: "))
	}
	return out
}
