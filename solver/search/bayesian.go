package search

import (
	"context"
	"errors"
	"math"

	"allot/constraints"
	"allot/mechanisms"
	"allot/mechanisms/distributions"
	"allot/objectives"
	"allot/solver/bound"
	"allot/solver/certify"
	proof "allot/solver/certify/private"
	"allot/solver/equilibrium"
	"allot/solver/equilibrium/private"
	"allot/solver/equilibrium/rights"
)

// bayesian judges designs when each agent knows its own value only. Everything is an
// expectation over types by quadrature; concentration measures and constraints are
// of the agents' chances before they know their values.
type bayesian struct {
	problem *Problem
	values  []mechanisms.Distribution
	refusal string // why the market cannot be solved, or ""
	highest float64
	resale  *resale // computed when first asked for
	// shared is a component of the values that all agents know, nil for none; values
	// are then the agents' own factors.
	shared *shared
	// twins are groups that each know a component of their own, nil for none; values are
	// then the agents' before anything is known.
	twins *twins
	// spite is the weight that every agent puts on its rivals' profit.
	spite float64
}

func newBayesian(p *Problem) (*bayesian, error) {
	if err := p.Market.Validate(); err != nil {
		return nil, err
	}
	market, spite := minding(p.Market)
	common, own := shareOf(market)
	groups := twinsOf(market)
	if groups != nil {
		var err error
		if own, err = groups.plain(market); err != nil {
			return nil, err
		}
	}
	values, refusal, err := private.Values(own)
	if err != nil {
		return nil, err
	}
	b := &bayesian{problem: p, values: values, refusal: refusal, spite: spite}
	if market.Spites() != nil && refusal == "" || spite > 0 && (common != nil || groups != nil) {
		b.refusal = errSharedSpite.Error()
		return b, nil
	}
	if groups != nil && refusal == "" {
		if err = groups.solve(); err != nil {
			b.refusal = err.Error()
			return b, nil
		}
		b.twins, b.highest = groups, groups.game.Highest()
		return b, nil
	}
	if refusal == "" {
		if b.highest, err = bound.Welfare(values); err != nil {
			return nil, err
		}
	}
	if common != nil && refusal == "" {
		if b.shared, err = newShared(common); err != nil {
			b.refusal = err.Error()
			return b, nil
		}
		b.highest *= b.shared.mean
	}
	return b, nil
}

// minding is the market without the weight that all its agents put on their rivals' profit
// alike, and that weight; the market itself where their weights differ.
func minding(m *mechanisms.Market) (*mechanisms.Market, float64) {
	spites := m.Spites()
	for _, s := range spites {
		if s != spites[0] {
			return m, 0
		}
	}
	if spites == nil {
		return m, 0
	}
	plain := *m
	plain.Agents = append([]mechanisms.Agent(nil), m.Agents...)
	for i := range plain.Agents {
		plain.Agents[i].Spite = 0
	}
	return &plain, spites[0]
}

// level is the mean of what multiplies the agents' factors.
func (b *bayesian) level() float64 {
	if b.shared == nil {
		return 1
	}
	return b.shared.mean
}

// played is one design, solved.
type played struct {
	eq          *private.Equilibrium
	account     mechanisms.Account
	certificate func() certify.Certificate
	failure     string
	regime      equilibrium.Regime
	signals     []float64 // where they do not depend on types
	notes       []string
	// types is what agents know and play, nil where that is not all that a constraint needs.
	types *constraints.Types
	// top is the account of the common component's top share alone, others the accounts
	// with other tails, and show the strategies to print; nil without such a component.
	top    *mechanisms.Account
	others []mechanisms.Account
	show   func() []mechanisms.BidCurve
}

// play solves a design: agents play with their values less what the terms take.
func (b *bayesian) play(d *mechanisms.Design) played {
	if b.refusal != "" {
		return played{failure: b.refusal}
	}
	if b.twins != nil {
		return b.together(d)
	}
	if b.shared != nil && (d.Terms.Resale || d.Terms.Lookahead > 0 && b.forgets()) {
		return played{failure: errSharedAhead.Error()}
	}
	if d.Terms.Oversight > 0 {
		return played{failure: errPrivateOversight.Error()}
	}
	if d.Terms.Floor && b.problem.Market.Stakes() != nil {
		return played{failure: errPrivateFloor.Error()}
	}
	if d.Terms.Resale && b.spite > 0 {
		return played{failure: errSpiteResale.Error()}
	}
	if d.Terms.Resale {
		return b.resell(d)
	}
	psi := b.problem.Market.ConcealmentCost
	factor := d.Terms.Factor(psi)
	values, forecasts, err := b.seen(d)
	if err != nil {
		return played{failure: err.Error()}
	}
	if b.shared != nil {
		return b.condition(d, factor, forecasts)
	}
	worth := make([]mechanisms.Distribution, len(values))
	for i, v := range values {
		worth[i] = times(v, factor*forecasts[i].Hold)
	}
	// A quarter of what is asked for, so that the certificate, which is looser than
	// the solver's own estimate, stays within it.
	eq, err := private.Solver{Tolerance: b.problem.Tolerance / 4, Spite: b.spite}.Solve(d.Mechanism, worth)
	switch {
	case err != nil:
		return played{failure: err.Error()}
	case eq.Status == equilibrium.NotFound:
		return played{eq: eq, failure: "no equilibrium was found, though one may exist: " + eq.Reason}
	}
	p := played{eq: eq, account: eq.Account}
	if b.spite == 0 { // what else agents could do is computed for those who mind their own profit
		p.types = &constraints.Types{Values: worth, Curves: eq.Curves}
	}
	b.settle(&p.account, values, d, factor, forecasts)
	var c *certify.Certificate
	p.certificate = func() certify.Certificate {
		if c == nil {
			x := b.prove(d.Mechanism, worth, eq)
			c = &x
		}
		return *c
	}
	return p
}

// settle completes an account of what agents with the worths factor * Hold * value do.
func (b *bayesian) settle(a *mechanisms.Account, values []mechanisms.Distribution, d *mechanisms.Design, factor float64, forecasts []rights.Forecast) {
	psi := b.problem.Market.ConcealmentCost
	// The quadrature gave the welfare in what agents play with.
	gross := 0.0
	if factor > 0 {
		gross = a.Welfare / factor
		if waits(forecasts) { // t_i v_i is u_i + c_i less what waiting takes
			gross = 0
			for i, f := range forecasts {
				if f.Hold > 0 {
					gross += (a.Payoff[i] + a.Cost[i]) / (factor * f.Hold)
				}
			}
		}
	}
	a.Values = make([]float64, len(values))
	for i, v := range values {
		a.Values[i] = b.level() * v.Mean()
	}
	a.Burned = d.Terms.Burned(psi) * gross
	a.Welfare = gross * (1 - d.Terms.Lost(psi))
	a.Proposer = d.Terms.Residual * a.Collected()
}

// seen is the values as the agents forecast them when the design sells the right.
func (b *bayesian) seen(d *mechanisms.Design) ([]mechanisms.Distribution, []rights.Forecast, error) {
	forecasts, err := rights.Forecasts(b.problem.Market, d.Mechanism, d.Terms.Lookahead)
	if err != nil || d.Terms.Lookahead == 0 || !b.forgets() {
		return b.values, forecasts, err
	}
	ahead, err := rights.Ahead(b.problem.Market, d.Terms.Lookahead)
	if err != nil {
		return nil, nil, err
	}
	values, refusal, err := private.Values(ahead)
	if err == nil && refusal != "" {
		err = errors.New(refusal)
	}
	return values, forecasts, err
}

// forgets reports that a slot's value is not all known ahead of it.
func (b *bayesian) forgets() bool {
	return b.problem.Market.Persistence > 0 && b.problem.Market.Persistence < 1
}

func waits(forecasts []rights.Forecast) bool {
	for _, f := range forecasts {
		if f.Hold != 1 {
			return true
		}
	}
	return false
}

// times is the distribution of factor * v.
func times(v mechanisms.Distribution, factor float64) mechanisms.Distribution {
	if x, ok := v.(mechanisms.Point); ok {
		return mechanisms.Point(factor * float64(x))
	}
	if factor == 0 {
		return mechanisms.Point(0)
	}
	return distributions.Scaled(v, factor)
}

// prove certifies the strategies.
func (b *bayesian) prove(m mechanisms.Mechanism, values []mechanisms.Distribution, eq *private.Equilibrium) certify.Certificate {
	if r, ok := m.(mechanisms.Ranked); ok && b.spite > 0 {
		return proof.Spiteful(r, values, eq.Curves, b.spite)
	}
	return prove(m, values, eq)
}

func prove(m mechanisms.Mechanism, values []mechanisms.Distribution, eq *private.Equilibrium) certify.Certificate {
	switch m := m.(type) {
	case mechanisms.Ranked:
		c := proof.Auction(m, values, eq.Curves)
		if c.Standing != certify.None || eq.Status == equilibrium.Converged {
			return c
		}
		found := proof.Search(m, values, eq.Curves)
		found.Reason = c.Reason
		return found
	case mechanisms.EqualChance:
		return proof.Lottery(m, values, eq.Curves)
	case mechanisms.Ratioed:
		return proof.Contest(m, values, eq.Curves)
	}
	return proof.Search(m, values, eq.Curves)
}

func (b *bayesian) scale() float64 { return b.highest }

// beyond reports that Myerson's optimum is no bound: with a burn share the protocol
// takes part of a reward that it observes, and ahead of time agents know less of their
// values, of which a seller can make more.
func (b *bayesian) beyond() bool {
	if b.problem.resold() { // a holder who resells takes part of what rivals would keep
		return true
	}
	for _, s := range b.problem.Spaces {
		for _, a := range s.Axes() {
			if a.Name == "burnShare" || a.Name == "lookahead" && b.forgets() {
				return true
			}
		}
		if d, err := s.At(corner(s)); err == nil && (d.Terms.BurnShare > 0 || d.Terms.Lookahead > 0 && b.forgets()) {
			return true
		}
	}
	return false
}

// bound is Myerson's optimum for the revenue, E max v for other money and what
// equal shares bring for the measures of concentration.
func (b *bayesian) bound() Bound {
	if b.spite > 0 && !ofChances(b.problem.Objective) {
		return Bound{Value: math.Inf(1)}
	}
	name := b.problem.Objective.Name()
	if b.twins != nil && name == "revenue" && !b.beyond() {
		return Bound{Value: b.twins.game.Bound(), Method: "Myerson 1981, for each value of the common components"}
	}
	if b.refusal == "" && b.twins == nil && name == "revenue" && !b.beyond() {
		if optimum, err := bound.Revenue(b.values); err == nil {
			method := "Myerson 1981"
			if b.shared != nil {
				optimum.Revenue *= b.shared.mean
				method += ", for each value of the common component"
			}
			if optimum.Ironed {
				method += ", ironed"
			}
			return Bound{Value: optimum.Revenue, Method: method}
		}
	}
	value := objectives.Upper(b.problem.Objective, b.highest, len(b.values))
	if b.refusal != "" || math.IsInf(value, 1) || math.IsNaN(value) {
		return Bound{Value: math.Inf(1)}
	}
	return Bound{Value: value, Method: "first best: E v_(1) for money, equal shares for concentration"}
}

// measure measures a constraint on a design.
func (b *bayesian) measure(c constraints.Constraint, d *mechanisms.Design, p *played) (float64, string) {
	m, why, err := constraints.Privately(c, b.kase(d, p))
	if err != nil {
		return math.NaN(), err.Error()
	}
	return m, why
}

func (b *bayesian) kase(d *mechanisms.Design, p *played) *constraints.Case {
	return &constraints.Case{
		Market:      b.problem.Market,
		Design:      *d,
		Game:        mechanisms.Game{Mechanism: d.Mechanism, Values: p.account.Values},
		Equilibrium: &equilibrium.Equilibrium{Win: p.account.Win, Cost: p.account.Cost, Payoff: p.account.Payoff},
		Account:     &p.account,
		Certificate: p.certificate,
		Solver:      new(equilibrium.Solver),
		Types:       p.types,
	}
}

func (b *bayesian) evaluate(ctx context.Context, designs []*mechanisms.Design) []point {
	points := make([]point, len(designs))
	for i, d := range designs {
		points[i] = point{objective: math.NaN(), measures: make([]float64, len(b.problem.Constraints)), margin: math.Inf(1)}
		for j := range points[i].measures {
			points[i].measures[j] = math.NaN()
		}
		if points[i].cut = ctx.Err() != nil; points[i].cut || d == nil {
			continue
		}
		p := b.play(d)
		if p.failure != "" {
			continue
		}
		points[i].objective = b.problem.Objective.Of(&p.account)
		for j, c := range b.problem.Constraints {
			points[i].measures[j], _ = b.measure(c, d, &p)
		}
	}
	return points
}

func (b *bayesian) candidate(space mechanisms.Space, x []float64) (*Candidate, error) {
	design, err := space.At(x)
	if err != nil {
		return nil, err
	}
	p := b.play(&design)
	c := newCandidate(space, design, x)
	c.Equilibrium = Solved{Status: certify.None.String(), Stopped: equilibrium.NotFound.String(), Regime: equilibrium.Pure.String(), Epsilon: math.Inf(1), Relative: math.Inf(1)}
	if p.eq != nil {
		c.Equilibrium.Stopped, c.Equilibrium.Method, c.Equilibrium.Selection = p.eq.Status.String(), p.eq.Method, p.eq.Selection
	}
	if p.failure != "" {
		c.Objective = math.NaN()
		c.Notes = append(c.Notes, p.failure)
		for _, k := range b.problem.Constraints {
			c.Constraints = append(c.Constraints, finding(k, math.NaN(), b.scale(), p.failure))
		}
		return c, nil
	}
	c.Equilibrium.Regime = p.regime.String()
	c.Notes = append(c.Notes, p.notes...)
	proof := p.certificate()
	c.Equilibrium.Status, c.Equilibrium.Epsilon, c.Equilibrium.Relative = proof.Standing.String(), proof.Epsilon, proof.Epsilon
	if b.highest > 0 {
		c.Equilibrium.Relative /= b.highest
	}
	if proof.Reason != "" {
		c.Notes = append(c.Notes, proof.Reason)
	}
	c.Equilibrium.Unsold = p.account.Unsold
	if p.show != nil {
		p.eq.Curves = p.show()
	}
	for i, a := range b.problem.Market.Agents {
		c.Equilibrium.Agents = append(c.Equilibrium.Agents, AgentResult{
			Name: a.Name, Value: p.account.Values[i], Signal: p.signal(i),
			Win: p.account.Win[i], Cost: p.account.Cost[i], Payoff: p.account.Payoff[i],
			Strategy: b.strategy(p.eq.Curves, i),
		})
	}
	c.Objective = b.problem.Objective.Of(&p.account)
	for _, o := range objectives.All() {
		c.Metrics[o.Name()] = o.Of(&p.account)
	}
	b.tail(c, &p)
	for _, k := range b.problem.Constraints {
		m, why := b.measure(k, &design, &p)
		c.Constraints = append(c.Constraints, finding(k, m, b.scale(), why))
	}
	c.Violation, c.Feasible = violationOf(c.Constraints)
	if math.IsNaN(c.Objective) {
		c.Feasible = false
		c.Notes = append(c.Notes, b.problem.Objective.Name()+" is not defined here")
	}
	return c, nil
}

// signal is what agent i signals on average.
func (p *played) signal(i int) float64 {
	if i < len(p.signals) {
		return p.signals[i]
	}
	return expectedBid(p.eq.Curves, i)
}

// expectedBid is the mean of a bid that is linear in the rank between knots.
func expectedBid(curves []mechanisms.BidCurve, i int) float64 {
	if i >= len(curves) {
		return math.NaN()
	}
	c, sum := curves[i], 0.0
	for k := 1; k < len(c.Bids); k++ {
		width := c.Below[k] - c.Below[k-1]
		if c.Below[k-1] > 0.5 {
			width = c.Above[k-1] - c.Above[k]
		}
		sum += width * (c.Bids[k] + c.Bids[k-1]) / 2
	}
	return sum
}

// ranks is how many steps of equal probability a strategy is shown in.
const ranks = 100

// strategy samples a bid function at equal steps of the rank.
func (b *bayesian) strategy(curves []mechanisms.BidCurve, i int) []RankBid {
	if i >= len(curves) || len(curves[i].Bids) == 0 {
		return nil
	}
	c, k := curves[i], 0
	points := make([]RankBid, 0, ranks+1)
	for step := range ranks + 1 {
		p := float64(step) / ranks
		for k < len(c.Below)-2 && c.Below[k+1] < p {
			k++
		}
		bid := c.Bids[k]
		if len(c.Bids) > 1 && c.Below[k+1] > c.Below[k] {
			x := math.Min(1, math.Max(0, (p-c.Below[k])/(c.Below[k+1]-c.Below[k])))
			bid += x * (c.Bids[k+1] - c.Bids[k])
		}
		points = append(points, RankBid{Rank: p, Value: b.level() * b.values[i].Quantile(p), Bid: bid})
	}
	return points
}

// standardError is 0: expectations are by quadrature.
func (b *bayesian) standardError(context.Context, *Candidate, mechanisms.Space) (float64, error) {
	return 0, nil
}
