package mechanisms

import (
	"fmt"
	"math"
)

// Priced mechanisms sell tickets at one price for all; the winner of a slot is drawn
// among the tickets.
type Priced interface {
	Mechanism
	Sale() Sale
}

// Sale describes execution tickets as a market: with Q tickets sold, each costs
//
//	p(Q) = Price (Q/N)^Elasticity,   N = Supply (1 where Supply is 0),
//
// from elastic supply (Elasticity 0, a contest with exponent 1) to a supply capped
// at N (+Inf). A holder of q tickets wins with probability q/Q.
//
// Conduct decides what concentration a capped supply brings, and is never implied.
// Strategic buyers know that they move the price (Cournot): with z = p(Q) Q,
//
//	s_i = max(0, (v_i - z)/(v_i + Elasticity z)),   sum s_i = 1,
//
// and z -> 0 as the supply is capped, with s_i = v_i/(v_i + w). Price-taking buyers
// bid until the last rival drops out: all tickets go to the highest value, which pays
// the second highest a slot (Burian, Crapis, Saleh 2024; Schlegel 2024).
//
// Lifetime is the number of slots after which a ticket that was not drawn expires, 0
// for never. Domain: Elasticity in [0, 1e6] or +Inf, Price > 0, Supply 0 or at least 1, Lifetime >= 0
// and 0 or at least 1. A test asserts z = 4/3 and shares 2/3, 1/3 at values 4, 2 and
// Elasticity 0, shares 2 - sqrt 2, sqrt 2 - 1 and z = 0 when capped, and 1, 0 and 2
// with price-taking buyers.
type Sale struct {
	Elasticity  float64
	Price       float64
	Supply      float64
	PriceTaking bool
	Lifetime    float64
}

// Scale is N, the supply at which a ticket costs Price.
func (s Sale) Scale() float64 {
	if s.Supply == 0 {
		return 1
	}
	return s.Supply
}

// Worth is what tickets for a slot of value 1 are worth to a buyer whose capital
// costs d per slot, while they wait to be drawn: 1/(1 + N d) (Burian, Crapis 2024).
// With a Lifetime only tickets that are drawn in time are worth anything, but as
// many more are sold as expire: with x = 1 - 1/N the expectation of (1+d)^-wait over
// the waits of those drawn,
//
//	sum_{k<=Lifetime} x^(k-1) (1+d)^-k / sum_{k<=Lifetime} x^(k-1).
//
// Tickets without a Supply are for one slot and do not wait. It is NaN for d < 0.
func (s Sale) Worth(d float64) float64 {
	switch {
	case math.IsNaN(d) || d < 0:
		return math.NaN()
	case s.Supply == 0 || d == 0:
		return 1
	case s.Lifetime == 0:
		return 1 / (1 + s.Supply*d)
	}
	// sum_{k=1..L} x^(k-1) y^k = y (1 - (xy)^L)/(1 - xy) with y = 1/(1+d); at N = 1
	// every ticket is drawn in the next slot.
	drawn := -math.Expm1(s.Lifetime * math.Log1p(-1/s.Supply))
	late := -math.Expm1(s.Lifetime * (math.Log1p(-1/s.Supply) - math.Log1p(d)))
	return late / drawn / (1 + s.Supply*d)
}

// Drawn is the probability that a ticket is drawn before it expires,
// 1 - (1 - 1/N)^Lifetime.
func (s Sale) Drawn() float64 {
	if s.Lifetime == 0 || s.Supply == 0 {
		return 1
	}
	return -math.Expm1(s.Lifetime * math.Log1p(-1/s.Supply))
}

// maxElasticity is where orders that differ in the last digit begin to differ in
// what they cost.
const maxElasticity = 1e6

// NewTickets checks the sale. Where buyers are strategic a signal is an order, in
// money: what its tickets would cost at Price. Orders a_i of A in all win with
// probability a_i/A and cost a_i (A/(N Price))^Elasticity; if nobody buys, all share
// equally, as in a contest; beyond a capped supply the price has no bound. With
// elastic supply orders are spends and the mechanism is [Ratioed]. Where
// buyers are price-taking a signal is the most that one would pay a slot for all
// tickets, and the mechanism is [Ranked].
func NewTickets(s Sale) (Priced, error) {
	if math.IsNaN(s.Elasticity) || s.Elasticity < 0 || bad(s.Price) || s.Price == 0 || bad(s.Supply) || bad(s.Lifetime) {
		return nil, fmt.Errorf("mechanisms: tickets: eta %g must be at least 0, price %g positive, supply %g and lifetime %g finite and at least 0", s.Elasticity, s.Price, s.Supply, s.Lifetime)
	}
	if s.Elasticity > maxElasticity && !math.IsInf(s.Elasticity, 1) {
		return nil, fmt.Errorf("mechanisms: tickets: eta %g is above %g: such a supply is capped", s.Elasticity, float64(maxElasticity))
	}
	if s.Supply > 0 && s.Supply < 1 || s.Lifetime > 0 && s.Lifetime < 1 {
		return nil, fmt.Errorf("mechanisms: tickets: supply %g and lifetime %g must be 0 or at least 1", s.Supply, s.Lifetime)
	}
	if s.PriceTaking {
		return ascending{sale: s}, nil
	}
	if s.Elasticity == 0 {
		return elastic{Contest{Ratio{Exponent: 1}}, s}, nil
	}
	return tickets{sale: s}, nil
}

// elastic is the sale of any number of tickets at Price.
type elastic struct {
	Contest
	sale Sale
}

// Sale implements Priced.
func (e elastic) Sale() Sale { return e.sale }

// tickets is the sale to strategic buyers along a price curve that rises.
type tickets struct{ sale Sale }

// Sale implements Priced.
func (t tickets) Sale() Sale { return t.sale }

// Monotone implements Monotone: one more ticket raises q/Q, the price and what one
// pays.
func (t tickets) Monotone() bool { return true }

// Allot implements Mechanism.
func (t tickets) Allot(signals []float64, out *Outcome) {
	n := len(signals)
	out.Resize(n)
	top := 0.0
	for _, a := range signals {
		top = math.Max(top, a)
	}
	if top == 0 {
		for i := range signals {
			out.Win[i], out.IfWin[i], out.IfLose[i] = 1/float64(n), 0, 0
		}
		return
	}
	total := 0.0 // relative to the largest, so that it cannot overflow
	for _, a := range signals {
		total += a / top
	}
	price := t.price(total * (top / t.sale.Price / t.sale.Scale()))
	for i, a := range signals {
		out.Win[i] = a / top / total
		pay := 0.0
		if a > 0 {
			pay = math.Min(math.MaxFloat64, price*a)
		}
		out.IfWin[i], out.IfLose[i] = pay, pay
	}
}

// price is p/Price at Q/N = x > 0.
func (t tickets) price(x float64) float64 {
	switch {
	case t.sale.Elasticity == 1:
		return x
	case math.IsInf(t.sale.Elasticity, 1):
		if x > 1 {
			return math.Inf(1)
		}
		return 0
	}
	return math.Pow(x, t.sale.Elasticity)
}

// ascending is the sale to price-taking buyers: the price of a slot's tickets rises
// until one is left, so the outcome is that of a second-price auction.
type ascending struct {
	second Auction
	sale   Sale
}

// Sale implements Priced.
func (a ascending) Sale() Sale { return a.sale }

// Ranking implements Ranked.
func (a ascending) Ranking() Ranking { return a.second.Ranking() }

// Monotone implements Monotone.
func (a ascending) Monotone() bool { return true }

// Allot implements Mechanism.
func (a ascending) Allot(signals []float64, out *Outcome) { a.second.Allot(signals, out) }

var ticketsFamily = Family{
	Name:    "tickets",
	Summary: "the winner is drawn among tickets, which are sold at one price",
	Parameters: []Parameter{
		{Name: "eta", Doc: "how fast the price rises with the tickets sold: 0 elastic supply, capped (or inf) a fixed one", High: maxElasticity, Words: []string{"capped", "inf"}},
		{Name: "price", Doc: "price of a ticket when the supply is sold", Default: Number(1), Low: math.SmallestNonzeroFloat64, High: math.MaxFloat64},
		{Name: "supply", Doc: "tickets outstanding, one drawn a slot; 0: tickets are for one slot", High: math.MaxFloat64},
		{Name: "conduct", Doc: "whether buyers know that they move the price", Default: Word("strategic"), Words: []string{"strategic", "price-taking"}},
		{Name: "lifetime", Doc: "slots after which a ticket expires; 0: never", High: math.MaxFloat64},
	},
	New: func(s Settings) (Mechanism, error) {
		eta := s.Number("eta")
		if s.Word("eta") != "" {
			eta = math.Inf(1)
		}
		return NewTickets(Sale{
			Elasticity:  eta,
			Price:       s.Number("price"),
			Supply:      s.Number("supply"),
			PriceTaking: s.Word("conduct") == "price-taking",
			Lifetime:    s.Number("lifetime"),
		})
	},
}
