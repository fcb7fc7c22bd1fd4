package search

import (
	"errors"
	"fmt"
	"math"
	"strings"

	"allot/mechanisms"
	"allot/mechanisms/distributions"
	"allot/solver/certify"
	"allot/solver/equilibrium"
	"allot/solver/equilibrium/private"
	"allot/solver/equilibrium/rights"
)

// The reasons why a right that is sold on has no method with private values.
var (
	errPrivateOversight = errors.New("oversight has no method with private values: what competition pays is then not one number")
	errResalePersistent = errors.New("resale with private values has no method where part of a value is known ahead: give no persistence, and only the distributions are known when the right is sold")
	errResaleCapital    = errors.New("resale has no method for agents with different costs of capital")
	errResaleFamily     = errors.New("resale among agents that differ has a method for winner-pays auctions: elsewhere it matters to each who else holds the right")
	errResaleReserve    = errors.New("resale among agents that differ has no method where the reserve is above the price")
	errResaleUnsold     = errors.New("resale has no method where the right can stay with the protocol")
)

// resale is what the right is worth to agents that know nothing but the distributions
// when it is sold, and sell it on by the auction that is best for the holder once each
// knows its own value (Pai, Resnick 2024). Per unit of what the terms leave.
type resale struct {
	err   error
	alike bool
	// holder[i] is what holding the right is worth, rival[i][j] what it is worth to j
	// that i holds it.
	holder []float64
	rival  [][]float64
	// buyers are those who can buy the right in a winner-pays auction, at price.
	buyers []int
	price  float64
	// kept is, among agents that are alike, how often the holder uses the slot itself.
	kept float64
	// uses is how often each uses the slot in the end where they differ, usual how
	// often its value is the highest.
	uses, usual []float64
}

// resales computes the worth of the right once: it does not depend on the design.
func (b *bayesian) resales() *resale {
	if b.resale == nil {
		b.resale = newResale(b.values)
	}
	return b.resale
}

// mostDifferent is how many different agents a resale is computed for: the time it takes
// grows with their cube.
const mostDifferent = 20

func newResale(values []mechanisms.Distribution) *resale {
	n := len(values)
	r := &resale{alike: true, uses: make([]float64, n), usual: make([]float64, n)}
	for _, v := range values[1:] {
		r.alike = r.alike && distributions.Equal(v, values[0])
	}
	if !r.alike && n > mostDifferent {
		r.err = fmt.Errorf("resale among agents that differ has a method for up to %d of them", mostDifferent)
		return r
	}
	if r.alike {
		one, err := rights.Resell(values[0], n)
		if r.err = err; err != nil {
			return r
		}
		r.price, r.kept = one.Price, one.Kept
		for i := range n {
			r.holder = append(r.holder, one.Holder)
			r.rival = append(r.rival, make([]float64, n))
			for j := range n {
				r.rival[i][j] = one.Rival
			}
			r.usual[i] = 1 / float64(n)
		}
		return r
	}
	s, err := rights.ResellAmong(values)
	if r.err = err; err != nil {
		return r
	}
	r.holder, r.rival, r.price, r.usual = s.Holder, s.Rival, s.Price, s.Usual
	for i, v := range values { // twins of the winner share with it
		if distributions.Equal(v, values[s.Winner]) {
			r.buyers = append(r.buyers, i)
		}
	}
	twins := float64(len(r.buyers))
	copy(r.uses, s.Shares)
	sum := 0.0
	for _, i := range r.buyers {
		sum += s.Shares[i]
	}
	for _, i := range r.buyers {
		r.uses[i] = sum / twins
	}
	return r
}

// resell plays a right that is sold before anything but the distributions is known, and
// sold on. Among agents that are alike any rule is a game of equal values, of what
// holding the right is worth less what it is worth that a rival holds it; among others a
// winner-pays auction is one in which each would pay that difference.
func (b *bayesian) resell(d *mechanisms.Design) played {
	r, hold, err := b.resold(d)
	if err != nil {
		return played{failure: err.Error()}
	}
	m := b.problem.Market
	psi := m.ConcealmentCost
	// What the right brings later, in money paid now.
	unit := d.Terms.Factor(psi) * hold
	n := len(b.values)
	s := sale{played: played{eq: &private.Equilibrium{Highest: b.highest}}, win: make([]float64, n), cost: make([]float64, n), payoff: make([]float64, n)}
	if r.alike {
		err = s.alike(r, d.Mechanism, unit)
	} else {
		err = s.among(r, d.Mechanism, unit)
	}
	switch {
	case err != nil:
		return played{failure: err.Error()}
	case s.failure != "":
		return s.played
	}
	means := make([]float64, n)
	gross := 0.0 // the value of the slot to whoever uses it
	for i, v := range b.values {
		means[i] = v.Mean()
		total := r.holder[i]
		for j, x := range r.rival[i] {
			if j != i {
				total += x
			}
		}
		gross += s.win[i] * total
	}
	s.account.Settle(means, s.win, s.cost, s.payoff, d.Terms, psi)
	s.account.Burned = d.Terms.Burned(psi) * gross
	s.account.Welfare = gross * (1 - d.Terms.Lost(psi))
	s.eq.Account = s.account
	s.notes = append(s.notes, r.note(m, s.win))
	return s.played
}

// resold is what the right is worth, and what money later is worth now; an error says why
// the design has no method.
func (b *bayesian) resold(d *mechanisms.Design) (r *resale, hold float64, err error) {
	m := b.problem.Market
	switch {
	case d.Terms.Lookahead == 0:
		return nil, 0, errResaleNow
	case m.Persistence > 0:
		return nil, 0, errResalePersistent
	case len(b.values) < 2:
		return nil, 0, errors.New("resale takes two agents or more")
	}
	forecasts, err := rights.Forecasts(m, d.Mechanism, d.Terms.Lookahead)
	if err != nil {
		return nil, 0, err
	}
	for _, f := range forecasts {
		if f.Hold != forecasts[0].Hold {
			return nil, 0, errResaleCapital
		}
	}
	r = b.resales()
	return r, forecasts[0].Hold, r.err
}

// sale is the play of the auction in which the right is sold first.
type sale struct {
	played
	win, cost, payoff []float64
}

// alike plays the game of equal values.
func (s *sale) alike(r *resale, m mechanisms.Mechanism, unit float64) error {
	game := mechanisms.Game{Mechanism: m, Values: make([]float64, len(s.win))}
	for i := range game.Values {
		game.Values[i] = unit * r.price
	}
	var solver equilibrium.Solver
	var stage equilibrium.Equilibrium
	if err := solver.Solve(game, &stage); err != nil {
		return err
	}
	s.eq.Status, s.eq.Method, s.eq.Selection = stage.Status, "resale (Pai, Resnick 2024); "+stage.Method, stage.Selection
	if stage.Status == equilibrium.NotFound {
		s.failure = "no equilibrium was found (" + stage.Method + "); it may exist all the same"
		return nil
	}
	sold := 0.0
	for _, t := range stage.Win {
		sold += t
	}
	if sold < 1-1e-9 {
		return errResaleUnsold
	}
	copy(s.win, stage.Win)
	copy(s.cost, stage.Cost)
	for i, u := range stage.Payoff {
		s.payoff[i] = u + unit*r.rival[0][i]
	}
	s.regime, s.signals = stage.Regime, stage.Profile.Signals
	s.certificate = func() certify.Certificate {
		return unproven(certify.Game(game, stage.Profile, stage.Payoff, certify.Options{}))
	}
	return nil
}

// among has those buy, at equal chances, to whom holding the right is worth most.
func (s *sale) among(r *resale, m mechanisms.Mechanism, unit float64) error {
	ranked, ok := m.(mechanisms.Ranked)
	if !ok || ranked.Ranking().AllPay {
		return errResaleFamily
	}
	if ranked.Ranking().Reserve > unit*r.price {
		return errResaleReserve
	}
	share := 1 / float64(len(r.buyers))
	s.signals = make([]float64, len(s.win))
	for _, k := range r.buyers {
		s.win[k], s.cost[k] = share, share*unit*r.price
		s.signals[k] = unit * r.price
		for j := range s.payoff {
			worth := r.rival[k][j]
			if j == k {
				worth = r.holder[k] - r.price
			}
			s.payoff[j] += share * unit * worth
		}
	}
	s.eq.Method = "resale (Pai, Resnick 2024): winner-pays auction with externalities"
	s.eq.Selection = "the buyer to whom holding the right is worth most"
	s.certificate = func() certify.Certificate {
		return unproven(certify.Certificate{Standing: certify.Approximate, Epsilon: unit * r.regret()})
	}
	return nil
}

// regret is what an agent would gain at most by buying, or by not buying, at the price.
func (r *resale) regret() float64 {
	most := 0.0
	for _, k := range r.buyers {
		keenest := math.Inf(-1) // what k would pay rather than see another hold the right
		for j := range r.holder {
			if j == k {
				continue
			}
			most = math.Max(most, r.holder[j]-r.rival[k][j]-r.price)
			keenest = math.Max(keenest, r.holder[k]-r.rival[j][k])
		}
		most = math.Max(most, r.price-keenest)
	}
	return most
}

// unproven is a certificate of the sale alone: what the right is worth was integrated
// over cells of the values, not bounded.
func unproven(c certify.Certificate) certify.Certificate {
	c.Standing = min(c.Standing, certify.Approximate)
	if c.Reason == "" {
		c.Reason = "what the right is worth to a holder who resells is by quadrature, without a proven bound"
	}
	return c
}

// note says who uses the slot after the resale, against an auction just in time.
func (r *resale) note(m *mechanisms.Market, win []float64) string {
	const most = 4
	uses, text := r.uses, "resale: only the distributions are known when the right is sold; "
	if n := float64(len(win)); r.alike {
		text += fmt.Sprintf("its holder uses the slot itself in %.4g %% of cases; ", 100*r.kept)
		for i, t := range win {
			uses[i] = t*r.kept + (1-t)*(1-r.kept)/(n-1)
		}
	}
	var parts []string
	for i, x := range uses {
		if i == most && len(uses) > most+1 {
			sum := 0.0
			for _, y := range uses[most:] {
				sum += y
			}
			parts = append(parts, fmt.Sprintf("%d others %.4g %%", len(uses)-most, 100*sum))
			break
		}
		parts = append(parts, fmt.Sprintf("%s %.4g %% (just in time %.4g %%)", m.Agents[i].Name, 100*x, 100*r.usual[i]))
	}
	return text + "in the end it is used by " + strings.Join(parts, ", ")
}
