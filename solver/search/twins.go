package search

import (
	"errors"
	"fmt"
	"math"

	"allot/mechanisms"
	"allot/mechanisms/distributions"
	"allot/solver/certify"
	proof "allot/solver/certify/component"
	"allot/solver/equilibrium"
	games "allot/solver/equilibrium/component"
	"allot/solver/equilibrium/private"
)

// Values v_i = C_g e_i of which each group of agents knows its own C_g, and not the others':
// the game of package equilibrium/component. Domain: groups of two or more whose members are
// alike, log-normal components and factors, known both (knows: both), first- and second-price
// auctions without a reserve (one in a study's space is not found) and without terms. The bound is the mean over the components of
// Myerson's optimum. A test compares a study with formats.Twins.
type twins struct {
	groups []games.Group
	member []int // each agent's group
	game   *games.Game
	proof  *certify.Certificate
}

var errTwinsRule = errors.New("where each group knows a component of its own there is a method for first- and second-price auctions without a reserve and without terms")

// twinsOf are the groups of a market in which each agent shares a component with its group
// and knows it; nil where the market is another.
func twinsOf(m *mechanisms.Market) *twins {
	t := &twins{}
	index := make(map[*mechanisms.Common]int)
	for i := range m.Agents {
		a := &m.Agents[i]
		if a.Common == nil || a.Common.Knows != mechanisms.KnowsBoth {
			return nil
		}
		c, shared := a.Common.Value.(distributions.LogNormal)
		e, alone := a.Value.(distributions.LogNormal)
		if !shared || !alone {
			return nil
		}
		mu, sigma := c.Parameters()
		own, omega := e.Parameters()
		g := games.Group{Mu: mu + own, Sigma: sigma, Omega: omega}
		k, known := index[a.Common]
		if !known {
			k = len(t.groups)
			index[a.Common] = k
			t.groups = append(t.groups, g)
		}
		t.groups[k].Count++
		g.Count = t.groups[k].Count
		if g != t.groups[k] {
			return nil
		}
		t.member = append(t.member, k)
	}
	if len(t.groups) < 2 {
		return nil
	}
	return t
}

// plain is the market of the agents' values before anything is known of them, as if they were
// independent.
func (t *twins) plain(m *mechanisms.Market) (*mechanisms.Market, error) {
	out := *m
	out.Agents = append([]mechanisms.Agent(nil), m.Agents...)
	for i, k := range t.member {
		g := t.groups[k]
		d, err := distributions.NewLogNormal(g.Mu, math.Hypot(g.Sigma, g.Omega))
		if err != nil {
			return nil, err
		}
		out.Agents[i].Value, out.Agents[i].Common = d, nil
	}
	return &out, nil
}

// solve solves the game.
func (t *twins) solve() (err error) {
	t.game, err = games.New(t.groups, 0)
	return err
}

// account is the account of an outcome.
func (t *twins) account(o games.Outcome, values []mechanisms.Distribution) (a mechanisms.Account, bids []float64) {
	a.Welfare = o.Welfare
	for i, k := range t.member {
		a.Values = append(a.Values, values[i].Mean())
		a.Win = append(a.Win, o.Win[k])
		a.Cost = append(a.Cost, o.Payment[k])
		a.Payoff = append(a.Payoff, o.Payoff[k])
		bids = append(bids, o.Bids[k])
	}
	return a, bids
}

// together plays a design among such groups.
func (b *bayesian) together(d *mechanisms.Design) played {
	ranked, ok := d.Mechanism.(mechanisms.Ranked)
	if !ok || d.Terms != (mechanisms.Terms{}) {
		return played{failure: errTwinsRule.Error()}
	}
	rule := ranked.Ranking()
	if rule.AllPay || rule.Reserve > 0 || rule.First != 0 && rule.First != 1 {
		return played{failure: errTwinsRule.Error()}
	}
	eq := &private.Equilibrium{Status: equilibrium.Converged, Highest: b.highest}
	var outcome games.Outcome
	var err error
	certificate := func() certify.Certificate {
		return certify.Certificate{Standing: certify.Certified, Method: "bidding one's value is dominant (Vickrey 1961)"}
	}
	if rule.First == 1 {
		eq.Method = "each group's symmetric equilibrium given its component, against the others' law of the highest bid"
		outcome = b.twins.game.FirstPrice()
		certificate = b.twins.certificate
	} else {
		eq.Method = "dominant strategies (Vickrey 1961)"
		if outcome, err = b.twins.game.Open(); err != nil {
			return played{failure: err.Error()}
		}
	}
	p := played{eq: eq, certificate: certificate}
	p.account, p.signals = b.twins.account(outcome, b.values)
	p.notes = append(p.notes, "each group knows its component: what agents win, pay and bid is a mean over it")
	if rule.First == 1 {
		p.notes = append(p.notes, fmt.Sprintf("epsilon is over the types within %d standard deviations of both parts of the value", proof.Reach))
	}
	return p
}

// certificate proves the first-price strategies, once.
func (t *twins) certificate() certify.Certificate {
	if t.proof == nil {
		var groups []proof.Group
		var plans []proof.Plan
		for k, p := range t.game.Plans(proof.Reach, 50) {
			groups, plans = append(groups, proof.Group(t.groups[k])), append(plans, p)
		}
		p := proof.FirstPrice(groups, plans)
		t.proof = &certify.Certificate{Standing: p.Standing, Epsilon: p.Epsilon, Method: "imitation by the envelope theorem, over both parts of the value", Reason: p.Reason}
	}
	return *t.proof
}
