package main

import (
	"context"
	"fmt"
	"math"
	"strings"

	"github.com/spf13/cobra"

	"allot/cmd/allot/internal/report"
	"allot/mechanisms"
	"allot/mechanisms/distributions"
	"allot/solver/equilibrium/slots"
)

const (
	// mostPosted is the longest run, of which every slot's revenue is kept.
	mostPosted = 10_000_000
	// mostOffered is how many tickets may be sold in a slot.
	mostOffered = 10_000
	// slotsATicket is how long a run is at least for each ticket outstanding; a tenth as
	// many slots go before it and are not counted, in which the first tickets are sold.
	slotsATicket = 1000
)

// posted is what the flags ask of posted prices.
type posted struct {
	rule   string
	slots  int
	target float64
	offer  int
}

func postedFlags(c *cobra.Command) *posted {
	p := &posted{}
	c.Flags().StringVar(&p.rule, "posted", "", "sell tickets at a posted price too, by this rule: eip1559 or amm")
	c.Flags().IntVar(&p.slots, "posted-slots", 1_000_000, "how many slots to sell at posted prices")
	c.Flags().Float64Var(&p.target, "posted-target", 0, "how many tickets the rule aims at (default: the mechanism's supply)")
	c.Flags().IntVar(&p.offer, "posted-offer", 0, "how many tickets are on offer in a slot (default: as many as the rule aims at, at least 2)")
	return p
}

func (p *posted) check(c *cobra.Command) error {
	switch {
	case !c.Flags().Changed("posted"):
		for _, flag := range []string{"posted-slots", "posted-target", "posted-offer"} {
			if c.Flags().Changed(flag) {
				return wrong("add --posted eip1559 or --posted amm", "--%s: no rule posts prices", flag)
			}
		}
	case p.rule != "eip1559" && p.rule != "amm":
		return wrong("", "--posted: expected eip1559 or amm, found %s", p.rule)
	case p.slots < 1 || p.slots > mostPosted:
		return wrong("", "--posted-slots: expected a whole number from 1 to %d, found %d", mostPosted, p.slots)
	case c.Flags().Changed("posted-target") && !(p.target > 0 && p.target <= math.MaxFloat64):
		return wrong("", "--posted-target: expected a number above 0, found %g", p.target)
	case c.Flags().Changed("posted-offer") && (p.offer < 1 || p.offer > mostOffered):
		return wrong("", "--posted-offer: expected a whole number from 1 to %d, found %d", mostOffered, p.offer)
	}
	return nil
}

// sell runs the market for a ticket at posted prices and puts what it finds, or the
// reason why there is nothing, beside the asset. There must be an asset.
//
// The EIP-1559 rule moves by up to 1/8 from slot to slot and begins at the ticket's worth
// to its holder; the automated market maker asks that at the target, has half the target as
// its factor, and moves with every ticket. They count tickets after the draw.
func (p *posted) sell(ctx context.Context, m *mechanisms.Market, a *report.Asset, seed uint64) error {
	if p.rule == "" || a == nil || a.Ahead > 0 || a.Reason != "" {
		return nil
	}
	refuse := func(format string, args ...any) error {
		a.Unposted = "posted prices: " + fmt.Sprintf(format, args...)
		return nil
	}
	for i := range m.Agents {
		if m.Agents[i].Budget > 0 {
			return refuse("budgets over many slots have no method")
		}
	}
	holder := a.Holdings[a.Capture.Holder]
	top, shares, ok := reward(m)
	target := p.target
	if target == 0 {
		target = a.Supply
	}
	switch {
	case !a.PriceTaking:
		return refuse("they are run among buyers that take prices (conduct: price-taking)")
	case a.Lifetime > 0:
		return refuse("tickets that expire have no method")
	case !(holder.Ticket.Mean > 0):
		return refuse("nobody buys tickets that are worth nothing")
	case !ok:
		return refuse("values drawn agent by agent have no method: give the agents a common component and fixed values")
	case len(shares) > mostIncumbents:
		return refuse("they are run among up to %d agents", mostIncumbents)
	case math.Max(a.Supply, target)*slotsATicket > float64(p.slots):
		return refuse("%d slots are less than %d for each ticket outstanding", p.slots, slotsATicket)
	}
	net := distributions.Scaled(top, a.Factor)
	offer := p.offer
	if offer == 0 {
		offer = max(2, int(math.Ceil(target)))
	}
	sales := slots.Sales{Offer: offer, Reward: net, Slots: p.slots, Skip: p.slots / 10, Runs: 1, Seed: seed, Workers: 1}
	for i, share := range shares {
		sales.Buyers = append(sales.Buyers, slots.Buyer{Capture: share, Capital: m.Agents[i].CapitalCost})
	}
	out := &report.Posted{Rule: p.rule, Target: target, Offer: offer, Skipped: p.slots / 10, Slots: p.slots, Seed: seed}
	if p.rule == "eip1559" {
		out.Factor = 8
		sales.Posting, sales.Price = slots.EIP1559{Target: target, Factor: out.Factor}, holder.Ticket.Mean
	} else {
		out.Factor = target / 2
		rule := slots.AMM{Target: target, Factor: out.Factor, B: math.Log(holder.Ticket.Mean) - math.Log(math.Expm1(1/out.Factor))}
		sales.Posting, sales.Price = rule, rule.Next(0, 0)
	}
	var err error
	if out.Long, err = sales.Run(ctx); err != nil {
		if ctx.Err() != nil {
			return err
		}
		return refuse("%s", strings.TrimPrefix(err.Error(), "slots: "))
	}
	a.Posted = out
	return nil
}
