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
	"allot/solver/cartel"
	"allot/solver/search"
)

func newCartel(env *environment) *cobra.Command {
	return env.onStudy(&cobra.Command{
		Use:   "cartel STUDY.yaml",
		Short: "the best off-chain agreement against each mechanism",
		Long: `Cartel computes, for every mechanism of a study whose parameters are all fixed, the best
off-chain agreement that the agents can make: who takes the right, who is paid what, how
patient they must be, which ring forms, and what is left to the protocol. An agreement
that the study gives is examined beside it. Values are numbers that the agents know of
each other. Where each knows its own value only (information: private), it computes what
rings bring in one auction instead: without transfers, with transfers, and of some agents
only. - reads the study from standard input.`,
		Example: "  allot examples cartel-families | allot cartel -",
	}, func(ctx context.Context, s *study.Study) (*report.Document, error) {
		if err := fixed(s); err != nil {
			return nil, err
		}
		if s.Problem.Market.Information == mechanisms.Private {
			return cartelPrivately(ctx, s)
		}
		if err := known(s); err != nil {
			return nil, err
		}
		cartels, err := apart(ctx, func() ([]*report.Cartel, error) { return collude(ctx, s) })
		if err != nil {
			return nil, unsolved(ctx, s, err)
		}
		d := report.Cartels(&s.Problem, cartels)
		loose := 0
		for _, k := range cartels {
			if !certified(&s.Problem, k.Collusion.Candidate) {
				loose++
			}
		}
		return d, loosely(s, loose, len(cartels))
	})
}

// cartelPrivately is the same for agents who know their own values only.
func cartelPrivately(ctx context.Context, s *study.Study) (*report.Document, error) {
	cartels, err := apart(ctx, func() ([]*report.PrivateCartel, error) { return colludePrivately(ctx, s) })
	if err != nil {
		return nil, unsolved(ctx, s, err)
	}
	loose := 0
	for _, k := range cartels {
		if !k.Certified {
			loose++
		}
	}
	return report.PrivateCartels(&s.Problem, cartels), loosely(s, loose, len(cartels))
}

// apart computes beside the command, which an interrupt ends at once.
func apart[T any](ctx context.Context, compute func() (T, error)) (T, error) {
	type answer struct {
		value T
		err   error
	}
	done := make(chan answer, 1)
	go func() {
		var a answer
		defer func() {
			if p := recover(); p != nil {
				a = answer{err: &failure{status: exitFailure, err: fmt.Errorf("internal error: %v", p)}}
			}
			done <- a
		}()
		a.value, a.err = compute()
	}()
	select {
	case <-ctx.Done():
		return *new(T), &failure{status: exitInterrupted, err: errors.New("interrupted before anything was solved")}
	case a := <-done:
		return a.value, a.err
	}
}

// unsolved is an error as the command reports it.
func unsolved(ctx context.Context, s *study.Study, err error) error {
	var in *study.Error
	var f *failure
	if errors.As(err, &in) || errors.As(err, &f) {
		return err
	}
	return solving(ctx, s.File, err)
}

// loosely is the exit status of rings beside competition that is not all certified.
func loosely(s *study.Study, loose, all int) error {
	if loose == 0 {
		return nil
	}
	return &failure{status: exitUncertified, err: fmt.Errorf("%d of %d competitive equilibria are not certified to the tolerance %g", loose, all, tolerance(&s.Problem))}
}

// known refuses a study whose agents know each other's values, which are yet to be drawn.
func known(s *study.Study) error {
	const hint = "write values as numbers, {name: Alice, value: 30}, or information: private"
	m := s.Problem.Market
	for i := range m.Agents {
		_, number := m.Agents[i].Value.(mechanisms.Point)
		if c := m.Agents[i].Common; c != nil && number {
			_, number = c.Value.(mechanisms.Point)
		}
		if !number {
			return wrong(hint, "%s: allot cartel takes values that are numbers; %s's is drawn", s.File, m.Agents[i].Name)
		}
	}
	return nil
}

const (
	// usual is the discount factor of the tables where the study gives none.
	usual = 0.9
	// mostRings is the largest market whose partial rings are examined, mostSearched
	// the same where what members can do is searched for, mostEntry the largest ring that
	// newcomers are let into.
	mostRings    = 200
	mostSearched = 10
	mostEntry    = 100
)

// collude examines the ring against every mechanism of the study.
func collude(ctx context.Context, s *study.Study) ([]*report.Cartel, error) {
	a := s.Cartel
	if a == nil {
		a = &study.Cartel{}
	}
	if n := len(s.Problem.Market.Agents); a.Entry != nil && n > mostEntry {
		return nil, a.Refuse("entry", fmt.Sprintf("entry: a ring of %d is too large: the limit is %d", n, mostEntry), "")
	}
	discounts := factors(s, a)
	collusions, err := search.Collude(ctx, &s.Problem, discounts)
	if err != nil {
		return nil, err
	}
	cartels := make([]*report.Cartel, len(collusions))
	var refused error
	examined := 0
	for i, c := range collusions {
		k := &report.Cartel{Collusion: c, Discount: usual, Notes: append([]string(nil), c.Candidate.Notes...)}
		cartels[i] = k
		if c.Reason != "" {
			k.Notes = []string{c.Reason}
			continue
		}
		c.Ring.Members, c.Ring.Monitoring = a.Ring, a.Monitoring
		if a.Oversight > 0 { // else the mechanism's own
			c.Ring.Oversight = a.Oversight
		}
		c.Ring.Discounts = discounts
		if a.Shadow != nil && !*a.Shadow {
			c.Ring.Shadow = cartel.Off
		}
		if err := examine(k, a); err != nil {
			var reason *study.Error
			if !errors.As(err, &reason) {
				return nil, err
			}
			refused = err
			k.Notes = append(k.Notes, reason.Message)
			continue
		}
		examined++
	}
	if refused != nil && examined == 0 {
		return nil, refused
	}
	return cartels, nil
}

// factors are the market's discount factors with those of the cartel block in their
// place; nil where a member of the ring has none.
func factors(s *study.Study, a *study.Cartel) []float64 {
	m := s.Problem.Market
	discounts := make([]float64, len(m.Agents))
	ring := a.Ring
	for i := range discounts {
		discounts[i] = m.DiscountOf(i)
		if a.Ring == nil {
			ring = append(ring, i)
		}
	}
	for k, i := range ring {
		if a.Discounts != nil {
			discounts[i] = a.Discounts[k]
		} else if !(discounts[i] > 0) {
			return nil
		}
	}
	return discounts
}

// examine computes everything about one mechanism.
func examine(k *report.Cartel, a *study.Cartel) error {
	ring := &k.Collusion.Ring
	best, err := ring.Analyse()
	if err != nil {
		return err
	}
	k.Best, k.Theorem, k.Least, k.Robust = best, best.Theorem, best.LeastCost, best.Revenue
	if best.Own != nil {
		k.Given, k.Discount, k.Robust = true, best.Own.Discount, best.Own.Revenue
		for _, m := range best.Members {
			k.Mixed = k.Mixed || ring.Discounts[m.Agent] != best.Own.Discount
		}
	} else {
		k.Discount = usual
		if k.Robust, err = ring.RobustRevenue(usual, &cartel.Work{}); err != nil {
			return err
		}
	}
	if best.Gap > 0 {
		// Where the ring cannot hold on to the least cost, there is nothing to show.
		k.Bare, _ = ring.Settle(best.LeastCost)
	}
	whole := *ring
	whole.Members = nil
	if len(best.Members) < len(ring.Game.Values) {
		whole.Curve = []float64{0}
		r, err := whole.Analyse()
		if err != nil {
			return err
		}
		k.Theorem, k.Least, whole.Curve = r.Theorem, r.LeastCost, nil
	}
	if err := given(k, ring, a); err != nil {
		return err
	}
	most := mostRings
	if !best.Exact {
		most = mostSearched
	}
	switch n := len(ring.Game.Values); {
	case n > most:
		k.Notes = append(k.Notes, fmt.Sprintf("partial rings are examined among up to %d agents here", most))
	case n > 1:
		for _, d := range whole.Discounts {
			if d == 0 && a.Discounts == nil || d == 0 && a.Ring != nil {
				whole.Discounts = nil // somebody outside the ring has none
				break
			}
		}
		if k.Rings, k.Forms, err = cartel.Rings(whole); err != nil {
			return err
		}
	}
	if a.Entry == nil {
		return nil
	}
	k.Schedule = a.Entry.Schedule
	adaptive := cartel.Adaptive{
		Bid: best.Bid, Share: a.Entry.Share, Horizon: len(a.Entry.Bound) - 1,
		Bound: func(t int) int { return a.Entry.Bound[min(t, len(a.Entry.Bound)-1)] },
	}
	if _, ok := ring.Game.Mechanism.(mechanisms.Ranked); ok && best.CriticalDiscount >= 1 {
		adaptive.Bid = best.LeastCost // no agreement of the members' own holds
	}
	if a.Bid != nil {
		adaptive.Bid = *a.Bid
	}
	for _, v := range a.Entry.Newcomers {
		adaptive.Newcomers = append(adaptive.Newcomers, v*k.Collusion.Factor)
	}
	k.EntryBid, k.Bound = adaptive.Bid, a.Entry.Bound
	if k.Entry, err = whole.Adapt(adaptive); err != nil {
		return a.Refuse("entry", "entry: "+bare(err), "")
	}
	return nil
}

// given judges the agreement that the study gives, or the part of one.
func given(k *report.Cartel, ring *cartel.Ring, a *study.Cartel) (err error) {
	key := "bid"
	if _, ok := ring.Game.Mechanism.(mechanisms.EqualChance); ok && a.Bid != nil {
		k.Notes = append(k.Notes, "the bid plays no part: in a lottery the leader has no signal to choose")
	}
	switch {
	case a.Bid != nil && a.Transfers != nil:
		k.Terms = "bid and transfers as the study gives them"
		k.Judged, err = ring.Judge(cartel.Agreement{Bid: *a.Bid, Transfers: a.Transfers})
	case a.Bid != nil:
		k.Terms = "the bid as the study gives it, the best transfers for it"
		k.Judged, err = ring.Settle(*a.Bid)
	case a.Transfers != nil:
		key = "transfers"
		k.Terms = "the transfers as the study gives them, the best bid for them"
		k.Judged, err = ring.Signal(a.Transfers)
	}
	if err != nil {
		hint := ""
		if strings.Contains(err.Error(), "does not win") {
			hint = "the leader must signal enough to win with the other members standing back"
		}
		return a.Refuse(key, key+": "+bare(err), hint)
	}
	return nil
}

// bare is an error's text without the package's name.
func bare(err error) string { return strings.TrimPrefix(err.Error(), "cartel: ") }
