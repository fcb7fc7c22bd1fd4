package main

import (
	"context"
	"errors"
	"math"
	"strings"

	"allot/cmd/allot/internal/report"
	"allot/cmd/allot/internal/study"
	"allot/mechanisms"
	"allot/objectives"
	"allot/solver/equilibrium"
	"allot/solver/equilibrium/private"
	"allot/solver/search"
)

// The reasons why a ring of agents with private values is not computed.
const (
	noAuction = "rings with private values have a method for auctions only"
	noTerms   = "rings with private values have no method under a burn share, a lookahead, resale or oversight"
	noWeak    = "in an all-pay auction with a reserve all who bid it pay it: there is no method for that"
	noPartial = "partial rings have a method in first- and second-price auctions"
	noGain    = "what members gain is beyond competition, of which no equilibrium was found"
)

// colludePrivately computes what rings of agents who know their own values only bring in
// one period against every mechanism of the study.
func colludePrivately(ctx context.Context, s *study.Study) ([]*report.PrivateCartel, error) {
	p := s.Problem
	p.Objective, p.Constraints = objectives.Revenue{}, nil
	competition, err := search.Evaluate(ctx, &p)
	if err != nil {
		return nil, err
	}
	if len(competition.Candidates) != len(p.Spaces) {
		return nil, &failure{status: exitInterrupted, err: errors.New("interrupted before every mechanism was solved")}
	}
	values, refusal, err := private.Values(p.Market)
	if err != nil {
		return nil, err
	}
	a := s.Cartel
	if a == nil {
		a = &study.Cartel{}
	}
	cartels := make([]*report.PrivateCartel, len(p.Spaces))
	for i, space := range p.Spaces {
		if err := ctx.Err(); err != nil {
			return nil, err
		}
		design, err := space.At(nil)
		if err != nil {
			return nil, err
		}
		k := &report.PrivateCartel{Candidate: competition.Candidates[i], Reason: refusal}
		k.Certified = certified(&s.Problem, k.Candidate)
		cartels[i] = k
		ranked, auction := design.Mechanism.(mechanisms.Ranked)
		t := design.Terms
		switch {
		case k.Reason != "":
		case !auction:
			k.Reason = noAuction
		case t.BurnShare > 0 || t.Lookahead > 0 || t.Resale || t.Oversight > 0:
			k.Reason = noTerms
		default:
			if err := privately(k, ranked.Ranking(), design.Mechanism, values, a.Ring); err != nil {
				return nil, err
			}
		}
		k.Notes = append(k.Notes, unused(a)...)
	}
	return cartels, nil
}

// unused says which parts of the study's agreement play no part.
func unused(a *study.Cartel) []string {
	var keys []string
	for _, k := range []struct {
		name  string
		given bool
	}{
		{"bid", a.Bid != nil}, {"transfers", a.Transfers != nil}, {"discounts", a.Discounts != nil}, {"shadow", a.Shadow != nil},
		{"monitoring", a.Monitoring.Lag != 0 || a.Monitoring.FalseAlarm != 0}, {"oversight", a.Oversight > 0}, {"entry", a.Entry != nil},
	} {
		if k.given {
			keys = append(keys, k.name)
		}
	}
	if len(keys) == 0 {
		return nil
	}
	return []string{"with private values the cartel's " + strings.Join(keys, ", ") + " is left out: not computed"}
}

// privately computes the rings against one auction.
func privately(k *report.PrivateCartel, rule mechanisms.Ranking, m mechanisms.Mechanism, values []mechanisms.Distribution, ring []int) error {
	n := len(values)
	all := make([]int, n)
	for i := range all {
		all[i] = i
	}
	compete := make([]float64, n)
	surplus := 0.0
	for i, a := range k.Candidate.Equilibrium.Agents {
		compete[i] = a.Payoff
		surplus += a.Payoff
	}
	k.Revenue = k.Candidate.Metrics["revenue"]
	if k.Found = k.Candidate.Equilibrium.Status != "none" && !math.IsNaN(surplus); !k.Found {
		k.Revenue = math.NaN()
		for i := range compete {
			compete[i] = math.NaN()
		}
	}
	k.Competitive = compete

	// Whatever the price, the ring of all pays the reserve and no more.
	c, err := private.Collude(values, rule.Reserve)
	if err != nil {
		return err
	}
	k.Weak = report.PrivateRing{Members: all, Payoff: c.Weak, Revenue: c.Revenue}
	if rule.AllPay && rule.Reserve > 0 {
		k.Weak = report.PrivateRing{Members: all, Reason: noWeak}
	}
	most := 0.0
	for _, u := range c.Strong {
		most += u
	}
	k.Strong = report.PrivateRing{Members: all, Payoff: shared(compete, all, nil, most), Revenue: c.Revenue}
	if !k.Found {
		k.Strong = report.PrivateRing{Members: all, Reason: noGain}
	}
	if len(ring) > 0 && len(ring) < n {
		r, err := partial(k, rule, m, values, ring)
		if err != nil {
			return err
		}
		k.Partial = &r
	}
	// The ring of all is a single bidder, who pays the reserve under any price.
	k.Reserve, k.Best, err = private.Solver{Brief: true}.RingReserve(0, values, all)
	if err != nil {
		k.NoReserve = bareOf(err)
	}
	return nil
}

// partial is the ring of some agents, who share equally what they gain over competition.
func partial(k *report.PrivateCartel, rule mechanisms.Ranking, m mechanisms.Mechanism, values []mechanisms.Distribution, ring []int) (report.PrivateRing, error) {
	r := report.PrivateRing{Members: ring}
	switch {
	case rule.AllPay || rule.First != 0 && rule.First != 1:
		r.Reason = noPartial
		return r, nil
	case !k.Found:
		r.Reason = noGain
		return r, nil
	}
	eq, err := private.Solver{}.Ring(m, values, ring)
	switch {
	case err != nil:
		return r, err
	case eq.Status != equilibrium.Converged:
		r.Reason = "no equilibrium was found against the ring: " + eq.Reason
		return r, nil
	}
	last := len(eq.Account.Payoff) - 1 // the ring itself
	r.Payoff = shared(k.Competitive, ring, eq.Account.Payoff[:last], eq.Account.Payoff[last])
	r.Revenue = eq.Account.Revenue()
	if rule.First == 1 {
		k.Notes = append(k.Notes, "the equilibrium against the partial ring, which the outsiders know of, has no certificate")
	}
	return r, nil
}

// shared are the agents' payoffs where the members split equally what the ring's total
// adds to competition; outsiders are those of the others, in order.
func shared(compete []float64, ring []int, outsiders []float64, total float64) []float64 {
	payoff := make([]float64, len(compete))
	inside := make([]bool, len(compete))
	for _, i := range ring {
		inside[i] = true
		total -= compete[i]
	}
	for i, next := 0, 0; i < len(payoff); i++ {
		if inside[i] {
			payoff[i] = compete[i] + total/float64(len(ring))
		} else if next < len(outsiders) {
			payoff[i] = outsiders[next]
			next++
		}
	}
	return payoff
}

// bareOf is an error's text without the package's name.
func bareOf(err error) string { return strings.TrimPrefix(err.Error(), "private: ") }
