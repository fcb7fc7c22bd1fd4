package main

import (
	"strings"

	"allot/cmd/allot/internal/report"
	"allot/mechanisms"
	"allot/solver/equilibrium"
	"allot/solver/equilibrium/slots"
)

const (
	// mostCooled is the longest cooldown, and mostAlone the largest market in which each
	// agent is tried as the only one with more identities.
	mostCooled = 32
	mostAlone  = 8
)

// identityCounts are how many identities each agent is tried with. Elsewhere than in
// lotteries one more than the cooldown is long defeats it.
func identityCounts(lottery bool, cooldown int) []int {
	if lottery {
		return []int{1, 2, 4, 8, 16, 64}
	}
	var counts []int
	for k := 1; k <= min(cooldown, 5); k++ {
		counts = append(counts, k)
	}
	return append(counts, cooldown+1)
}

// cool plays the game under a cooldown with more and more identities, and with those of
// the study where it gives any.
func cool(m *mechanisms.Market, g slots.Incumbency, cooldown int) []report.Cooled {
	n := len(g.Values)
	if priced, ok := g.Mechanism.(mechanisms.Priced); ok && priced.Sale().Supply > 0 {
		return []report.Cooled{{Reason: "tickets that wait to be drawn rest with their holder: what they are then worth has no method"}}
	}
	play := func(identities []int) report.Cooled {
		g.Cooldown, g.Identities = cooldown, identities
		out := report.Cooled{Identities: identities}
		chain, err := g.Solve()
		switch {
		case err != nil:
			out.Reason = strings.TrimPrefix(err.Error(), "slots: ")
		case chain.Status != equilibrium.Converged:
			out.Reason = "the game did not settle (" + chain.Status.String() + ")"
		}
		out.Chain = chain
		return out
	}
	alike := func(k int) []int {
		all := make([]int, n)
		for i := range all {
			all[i] = k
		}
		return all
	}
	var rows []report.Cooled
	_, lottery := g.Mechanism.(mechanisms.EqualChance)
	for _, k := range identityCounts(lottery, cooldown) {
		row := play(alike(k))
		row.Alike = k
		if len(rows) > 0 && rows[0].Reason == "" && row.Reason == "" && n <= mostAlone {
			for i := range n {
				one := alike(1)
				one[i] = k
				if alone := play(one); alone.Reason == "" {
					row.Try(i, alone.Chain.Payoffs[i]-rows[0].Chain.Payoffs[i])
				}
			}
		}
		rows = append(rows, row)
	}
	own, given := alike(1), false
	for i := range own {
		if k := m.Agents[i].Identities; k > 0 {
			own[i], given = k, true
		}
	}
	if given {
		rows = append(rows, play(own))
	}
	return rows
}
