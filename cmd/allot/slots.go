package main

import (
	"context"
	"errors"
	"fmt"
	"strings"

	"github.com/spf13/cobra"

	"allot/cmd/allot/internal/report"
	"allot/cmd/allot/internal/study"
	"allot/mechanisms"
	"allot/solver/certify"
	"allot/solver/equilibrium"
	"allot/solver/equilibrium/slots"
	"allot/solver/search"
)

func newSlots(env *environment) *cobra.Command {
	c := &cobra.Command{
		Use:   "slots STUDY.yaml",
		Short: "mechanisms played slot after slot: who holds on to the right",
		Long: `Slots plays every mechanism of a study, whose parameters are all fixed, slot after slot
among agents who look ahead and value the slot after their own more (market: premium,
discount, myopic): what being the incumbent is worth, how often the same agent wins
again, for how long, and what the premium brings it. Where several equilibria can be
listed it lists them. Under a cooldown (--cooldown) an identity that won sits out slots:
how often the same agent still wins again, and what becomes of shares and revenue, with
more and more identities for each agent, and last with those that the study gives
(identities). An agent signals with one identity at a time; in lotteries all enter. Of
tickets that wait to be drawn (family tickets with a supply) and rights sold ahead
(lookahead) it says what one is worth as an asset at the agents' capitalCost, and its
variance. Values are numbers that the agents know of each other; for assets alone they
may be drawn, anew in every slot. - reads the study from standard input.`,
		Example: "  allot examples second-slot | allot slots -",
		Args:    one("study"),
	}
	format := formatFlag(c)
	flags := studyFlags(c)
	posted := postedFlags(c)
	cooldown := c.Flags().Int("cooldown", 0, "also play under a cooldown: an identity that won a slot sits out so many")
	c.RunE = func(c *cobra.Command, args []string) error {
		f, err := format()
		if err != nil {
			return err
		}
		if err := posted.check(c); err != nil {
			return err
		}
		if c.Flags().Changed("cooldown") && (*cooldown < 1 || *cooldown > mostCooled) {
			return wrong("", "--cooldown: expected a whole number from 1 to %d, found %d", mostCooled, *cooldown)
		}
		s, err := env.load(c, args[0], flags)
		if err != nil {
			return err
		}
		if err := fixed(s); err != nil {
			return err
		}
		if err := lasting(s); err != nil {
			return err
		}
		ctx := c.Context()
		all, err := apart(ctx, func() ([]*report.Succession, error) {
			all, err := succeed(ctx, s, *cooldown)
			for _, one := range all {
				if err == nil {
					err = posted.sell(ctx, s.Problem.Market, one.Asset, s.Problem.Seed)
				}
			}
			return all, err
		})
		if err != nil {
			return unsolved(ctx, s, err)
		}
		if err := report.Slots(&s.Problem, all).Write(env.out, f); err != nil {
			return err
		}
		for _, one := range all {
			if one.Settled() || one.Asset != nil && one.Asset.Reason == "" && one.Asset.Drawn {
				return nil
			}
		}
		return &failure{status: exitInfeasible, err: errors.New("no mechanism has an equilibrium over many slots in hand")}
	}
	return c
}

// lasting refuses values that do not last from slot to slot, unless something is sold for
// slots to come, of which nobody knows more than the distribution.
func lasting(s *study.Study) error {
	m := s.Problem.Market
	_, known := m.Known(nil)
	if known && m.Information != mechanisms.Private {
		return nil
	}
	for _, space := range s.Problem.Spaces {
		if d, err := space.At(nil); err == nil && waits(&d) && m.Information != mechanisms.Private {
			return nil
		}
	}
	return wrong("write information: complete, and values as numbers: {name: Alice, value: 30}", "%s: allot slots takes values that last from slot to slot: numbers that agents know of each other; drawn values for tickets with a supply and rights sold ahead only", s.File)
}

// mostIncumbents is the largest market played slot after slot, mostDrawn that of
// lotteries, which take little time.
const (
	mostIncumbents = 32
	mostDrawn      = 128
)

func playable(m mechanisms.Mechanism) int {
	if _, ok := m.(mechanisms.EqualChance); ok {
		return mostDrawn
	}
	return mostIncumbents
}

// succeed plays every mechanism slot after slot.
func succeed(ctx context.Context, s *study.Study, cooldown int) ([]*report.Succession, error) {
	m := s.Problem.Market
	if _, known := m.Known(nil); !known {
		return await(&s.Problem)
	}
	// The game of one slot and its values after terms are those that rings face.
	games, err := search.Collude(ctx, &s.Problem, nil)
	if err != nil {
		return nil, err
	}
	discounts := make([]float64, len(m.Agents))
	for i := range discounts {
		discounts[i] = m.DiscountOf(i)
	}
	all := make([]*report.Succession, len(games))
	for i, g := range games {
		if err := ctx.Err(); err != nil {
			return nil, err
		}
		one := &report.Succession{Candidate: g.Candidate, Values: g.Ring.Game.Values, Reason: g.Reason, Asset: asset(m, g.Candidate.Family, g.Candidate.Settings, g.Factor)}
		all[i] = one
		if one.Asset != nil && one.Asset.Reason == "" && one.Reason == "" {
			one.Asset.Twice = twice(g.Candidate.Equilibrium.Agents, one.Asset.Supply)
		}
		switch {
		case one.Reason != "":
			continue
		case g.Candidate.Settings.Number("resale") > 0:
			one.Reason = "who uses two slots in a row after a resale is not known"
			continue
		case g.Candidate.Settings.Number("oversight") > 0:
			one.Reason = "oversight over many slots has no method"
			continue
		case len(m.Agents) > playable(g.Ring.Game.Mechanism):
			one.Reason = fmt.Sprintf("the game over slots is solved for up to %d agents", playable(g.Ring.Game.Mechanism))
			continue
		}
		game := slots.Incumbency{Mechanism: g.Ring.Game.Mechanism, Values: one.Values, Discounts: discounts, Premium: m.Premium, Myopic: m.Myopic}
		if one.Chain, err = game.Solve(); err != nil {
			one.Reason = strings.TrimPrefix(err.Error(), "slots: ")
			continue
		}
		if one.Chain.Status != equilibrium.Converged {
			one.Reason = fmt.Sprintf("the game over slots did not settle (%v); it may have an equilibrium all the same", one.Chain.Status)
			continue
		}
		if others, err := game.Equilibria(); err == nil {
			one.Others = others
		}
		if cooldown > 0 {
			one.Cooldown, one.Cooled = cooldown, cool(m, game, cooldown)
		}
	}
	return all, nil
}

// await is what tickets are worth that wait for slots of drawn values; such values
// do not last, and the game over slots has no method.
func await(p *search.Problem) ([]*report.Succession, error) {
	all := make([]*report.Succession, len(p.Spaces))
	for i, space := range p.Spaces {
		d, err := space.At(nil)
		if err != nil {
			return nil, err
		}
		all[i] = &report.Succession{
			Candidate: &search.Candidate{Family: d.Family, Settings: d.Settings, Equilibrium: search.Solved{Status: certify.None.String()}},
			Reason:    "values are drawn anew in every slot: the game over slots takes values that last",
			Asset:     asset(p.Market, d.Family, d.Settings, d.Terms.Factor(p.Market.ConcealmentCost)),
		}
	}
	return all, nil
}
