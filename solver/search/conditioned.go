package search

import (
	"errors"
	"fmt"
	"math"

	"allot/mechanisms"
	"allot/solver/certify"
	"allot/solver/equilibrium/private"
	"allot/solver/equilibrium/rights"
)

// The reasons why a market with a component that all know has no method.
var (
	errSharedAhead = errors.New("with a common component there is no method for a right that is sold before it is known, or sold on")
	errSharedRule  = errors.New("with a common component there is a method for auctions, and for contests without a fee or a phantom: other rules have sums of money that do not scale with it")
)

// condition plays a design where all agents know a component of their values: the
// expectation over it of games of independent private values. See shared.
func (b *bayesian) condition(d *mechanisms.Design, factor float64, forecasts []rights.Forecast) played {
	unit := factor * forecasts[0].Hold
	holds := make([]float64, len(b.values))
	worth := make([]mechanisms.Distribution, len(b.values))
	for i, v := range b.values {
		switch {
		case unit == 0:
			holds[i] = factor * forecasts[i].Hold
		default:
			holds[i] = forecasts[i].Hold / forecasts[0].Hold
		}
		worth[i] = times(v, holds[i])
	}
	if unit == 0 {
		unit = 1
	}
	rule, reserve := d.Mechanism, 0.0
	ranked, auction := rule.(mechanisms.Ranked)
	var ranking mechanisms.Ranking
	if auction {
		ranking = ranked.Ranking()
		reserve = ranking.Reserve / unit
		var err error
		if rule, err = auctionOf(ranking, 0); err != nil {
			return played{failure: err.Error()}
		}
		ranking.Reserve = 0
	} else if c, ok := rule.(mechanisms.Ratioed); !ok || c.Ratio().Fee > 0 || c.Ratio().Phantom > 0 {
		return played{failure: errSharedRule.Error()}
	}
	g, err := b.shared.game(fmt.Sprintf("%T %+v %v", rule, rule, holds), &scaledGame{
		rule: rule, ranking: ranking, auction: auction, worth: worth,
		solver: private.Solver{Tolerance: b.problem.Tolerance / 4},
	})
	if err == nil && reserve > 0 {
		err = g.build()
	}
	if err != nil {
		return played{failure: err.Error()}
	}
	finish := func(x []float64) mechanisms.Account {
		a := accountOf(x, unit)
		b.settle(&a, b.values, d, factor, forecasts)
		return a
	}
	sums := b.shared.over(b.shared.tail, g, reserve)
	eq := &private.Equilibrium{
		Status: g.bottom.Status, Selection: g.bottom.Selection, Highest: b.highest,
		Method: g.bottom.Method + ", given the common component",
	}
	p := played{eq: eq, account: finish(sums.all)}
	top := finish(sums.top)
	p.top = &top
	for _, c := range b.shared.spliced {
		p.others = append(p.others, finish(b.shared.over(c, g, reserve).all))
	}
	for k := firstAgent; k < len(sums.all); k += 4 {
		p.signals = append(p.signals, unit*sums.all[k+3])
	}
	var proven *certify.Certificate
	p.certificate = func() certify.Certificate {
		if proven == nil {
			c := g.certificate(reserve)
			c.Epsilon *= unit * b.shared.mean
			c.Signal *= unit * b.shared.mean
			proven = &c
		}
		return *proven
	}
	p.show = func() []mechanisms.BidCurve {
		n, err := g.nodes[0], error(nil)
		if reserve > 0 {
			one := *g // its nodes are not the interpolants'
			if n, err = one.solve(reserve / b.shared.mean); err != nil {
				return nil
			}
		}
		return raisedBids(n.eq.Curves, unit*b.shared.mean)
	}
	p.notes = append(p.notes, fmt.Sprintf("agents know the common component: strategies are shown where it is at its mean, %.6g, and epsilon is a mean over it", b.shared.mean))
	return p
}

// game is the scaled game of a name, solved without a reserve.
func (s *shared) game(name string, g *scaledGame) (*scaledGame, error) {
	if known := s.games[name]; known != nil {
		return known, nil
	}
	n, err := g.solve(0)
	if err != nil {
		return nil, err
	}
	g.bottom, g.still, g.entries, g.scale = n.eq, n.x, len(n.x), n.eq.Highest
	if len(s.games) >= 64 { // a search over a rule's exponent has many
		clear(s.games)
	}
	s.games[name] = g
	return g, nil
}

// raisedBids are strategies with every bid multiplied.
func raisedBids(curves []mechanisms.BidCurve, factor float64) []mechanisms.BidCurve {
	out := append([]mechanisms.BidCurve(nil), curves...)
	for i, c := range curves {
		out[i].Bids = make([]float64, len(c.Bids))
		for k, bid := range c.Bids {
			out[i].Bids[k] = factor * bid
		}
	}
	return out
}

// tail says how much of the objective the common component's top share brings, and what
// it would be with another tail. It is said of what adds up over the component's values.
func (b *bayesian) tail(c *Candidate, p *played) {
	if p.top == nil || !(math.Abs(c.Objective) > 0) {
		return
	}
	of := func(a *mechanisms.Account) float64 { return b.problem.Objective.Of(a) }
	rest := p.account
	rest.Win, rest.Cost, rest.Payoff = less(p.account.Win, p.top.Win), less(p.account.Cost, p.top.Cost), less(p.account.Payoff, p.top.Payoff)
	rest.Unsold, rest.Welfare = p.account.Unsold-p.top.Unsold, p.account.Welfare-p.top.Welfare
	rest.Burned, rest.Proposer = p.account.Burned-p.top.Burned, p.account.Proposer-p.top.Proposer
	top := of(p.top)
	if math.Abs(of(&rest)+top-c.Objective) > 1e-9*math.Abs(c.Objective) || math.IsNaN(top) {
		return
	}
	c.TailShare = top / c.Objective
	if len(p.others) == len(b.shared.spliced) && len(p.others) > 0 {
		note := fmt.Sprintf("of the %s, %.3g %% comes from the top %g %% of the common component; with a Pareto tail there instead, the %[1]s would be", b.problem.Objective.Name(), 100*c.TailShare, 100*topShare)
		for k := range p.others {
			if k > 0 {
				note += " and"
			}
			note += fmt.Sprintf(" %.6g (index %g)", of(&p.others[k]), b.shared.spliced[k].index)
		}
		c.Notes = append(c.Notes, note)
	}
}

func less(a, b []float64) []float64 {
	out := make([]float64, len(a))
	for i := range a {
		out[i] = a[i] - b[i]
	}
	return out
}
