package main

import (
	"fmt"
	"math"
	"strings"

	"allot/cmd/allot/internal/report"
	"allot/mechanisms"
	"allot/mechanisms/distributions"
	"allot/solver/equilibrium/rights"
	"allot/solver/equilibrium/slots"
	"allot/solver/search"
)

// waits reports a right that is bought for a slot to come: tickets with a supply, and
// whatever is sold ahead.
func waits(d *mechanisms.Design) bool {
	return d.Family == "tickets" && d.Settings.Number("supply") > 0 || d.Terms.Lookahead > 0 && !d.Terms.Resale
}

// asset is what one of a mechanism's tickets, or a right that is sold ahead, is worth to each
// agent, when factor is what the burn share leaves of values; nil for mechanisms that sell
// neither. It is a claim on a slot of which nobody knows more than the distribution of
// values, those of slots being independent.
func asset(m *mechanisms.Market, family string, settings mechanisms.Settings, factor float64) *report.Asset {
	if family != "tickets" {
		if ahead := settings.Number("lookahead"); ahead > 0 && settings.Number("resale") == 0 {
			return soldAhead(m, ahead, factor)
		}
		return nil
	}
	_, known := m.Known(nil)
	out := &report.Asset{Factor: factor, Drawn: !known, Supply: settings.Number("supply"), PriceTaking: settings.Word("conduct") == "price-taking", Burns: settings.Number("burnShare") > 0}
	refuse := func(format string, args ...any) *report.Asset {
		out.Reason = fmt.Sprintf(format, args...)
		return out
	}
	switch {
	case out.Supply == 0:
		return refuse("without a supply tickets are for one slot and no asset")
	case settings.Number("lookahead") > 0:
		return refuse("the value of a ticket as an asset is known for tickets drawn just in time")
	case settings.Number("oversight") > 0:
		return refuse("the value of a ticket as an asset is not known under oversight")
	}
	for i := range m.Agents {
		if m.Agents[i].Spite > 0 && len(m.Agents) > 1 {
			return refuse("the value of a ticket as an asset is not known among spiteful agents")
		}
	}
	sale := mechanisms.Sale{Supply: out.Supply, Lifetime: settings.Number("lifetime")}
	out.Lifetime, out.Wait = sale.Lifetime, out.Supply*sale.Drawn()
	worth := make([]float64, len(m.Agents)) // of the tickets for a slot
	for i := range m.Agents {
		mean, second := moments(&m.Agents[i])
		h := report.Holding{Mean: factor * mean, Second: factor * factor * second, Rate: m.Agents[i].CapitalCost}
		if math.IsInf(out.Supply*h.Rate*(2+h.Rate), 1) {
			return refuse("supply %g at capital cost %g is beyond what numbers hold", out.Supply, h.Rate)
		}
		var err error
		if h.Ticket, err = rights.Expiring(h.Mean, h.Second, out.Supply, sale.Lifetime, h.Rate); err != nil {
			return refuse("%s", strings.TrimPrefix(err.Error(), "rights: "))
		}
		worth[i] = h.Mean * sale.Worth(h.Rate)
		out.Holdings = append(out.Holdings, h)
	}
	var err error
	if out.Capture, err = rights.Captured(worth, make([]float64, len(worth)), out.Supply); err != nil {
		return refuse("%s", strings.TrimPrefix(err.Error(), "rights: "))
	}
	if mean := out.Holdings[out.Capture.Holder].Mean; mean > 0 { // of the slot, before what waiting costs
		out.Capture.Share = out.Capture.Price / mean
	}
	return out
}

// twice is how often one agent wins two slots in a row when the agents hold shares of the
// tickets, by what becomes of one that was drawn.
func twice(shares []search.AgentResult, supply float64) (out [3]float64) {
	for _, a := range shares {
		for draw := range out {
			p, err := slots.Streak(math.Min(a.Win, 1)*supply, supply, 2, slots.Draw(draw))
			if err != nil {
				return [3]float64{math.NaN(), math.NaN(), math.NaN()}
			}
			out[draw] += p
		}
	}
	return out
}

// soldAhead is what the right to a slot of a drawn value is worth that many slots before
// (Burian, Crapis 2024); nil for known values, which have no variance.
func soldAhead(m *mechanisms.Market, ahead, factor float64) *report.Asset {
	if _, known := m.Known(nil); known {
		return nil
	}
	out := &report.Asset{Factor: factor, Drawn: true, Ahead: ahead}
	for i := range m.Agents {
		mean, second := moments(&m.Agents[i])
		h := report.Holding{Mean: factor * mean, Second: factor * factor * second, Rate: m.Agents[i].CapitalCost}
		var err error
		if h.Ticket, err = rights.Auctioned(h.Mean, math.Max(0, h.Second-h.Mean*h.Mean), ahead, h.Rate); err != nil {
			out.Reason = strings.TrimPrefix(err.Error(), "rights: ")
			return out
		}
		out.Holdings = append(out.Holdings, h)
	}
	return out
}

// moments are E[v] and E[v^2] of an agent's value.
func moments(a *mechanisms.Agent) (mean, second float64) {
	mean, second = a.Value.Mean(), distributions.SecondMoment(a.Value)
	if c := a.Common; c != nil {
		mean *= c.Value.Mean()
		second *= distributions.SecondMoment(c.Value)
	}
	return mean, second
}

// reward is what a slot is worth to the agent that makes most of it, and what share of
// that each makes, where all agents' values are one and the same draw up to these
// shares.
func reward(m *mechanisms.Market) (top mechanisms.Distribution, shares []float64, ok bool) {
	if values, known := m.Known(nil); known {
		most := 0.0
		for _, v := range values {
			most = math.Max(most, v)
		}
		return mechanisms.Point(most), over(values, most), true
	}
	common := m.Agents[0].Common
	most, parts := 0.0, make([]float64, len(m.Agents))
	for i := range m.Agents {
		own, known := m.Agents[i].Value.(mechanisms.Point)
		if !known || common == nil || m.Agents[i].Common != common {
			return nil, nil, false
		}
		parts[i] = float64(own)
		most = math.Max(most, parts[i])
	}
	scaled := distributions.Scaled(common.Value, most)
	return scaled, over(parts, most), scaled != nil
}

func over(values []float64, most float64) []float64 {
	shares := make([]float64, len(values))
	for i, v := range values {
		if most > 0 {
			shares[i] = v / most
		}
	}
	return shares
}
