package mechanisms

import (
	"fmt"
	"math"
)

// Auction gives the right to the highest signal of at least the reserve; ties
// share equally.
//
//	t_i = 1/#{j : a_j = max a}  if a_i = max a >= r, else 0
//	winner pays:  First*a_i + (1-First)*max(second highest, r);  all-pay: a_i
//
// First = 1 is the first-price auction, 0 the second-price (Vickrey 1961). Below
// the reserve nobody wins: t_0 = 1. In an all-pay auction a signal below the
// reserve is paid and lost. Domain: First in [0, 1], Reserve >= 0. A test asserts that
// signals 20.5, 20, 10 cost 20.5, 20 and 20.25 at First 1, 0 and 0.5.
type Auction struct {
	first, reserve float64
	allPay         bool
}

// NewAuction is a winner-pays auction; first is the weight of the winner's own bid.
func NewAuction(first, reserve float64) (Auction, error) {
	if !(first >= 0 && first <= 1) || bad(reserve) {
		return Auction{}, fmt.Errorf("mechanisms: auction: pricing %g is not in [0, 1] or reserve %g is not a finite number of at least 0", first, reserve)
	}
	return Auction{first: first, reserve: reserve}, nil
}

// NewAllPay is an all-pay auction.
func NewAllPay(reserve float64) (Auction, error) {
	if bad(reserve) {
		return Auction{}, fmt.Errorf("mechanisms: auction: reserve %g is not a finite number of at least 0", reserve)
	}
	return Auction{reserve: reserve, allPay: true}, nil
}

// Ranking implements Ranked.
func (a Auction) Ranking() Ranking {
	return Ranking{AllPay: a.allPay, First: a.first, Reserve: a.reserve}
}

// Monotone implements Monotone: no signal of one's own lowers one's chance or
// payments.
func (a Auction) Monotone() bool { return true }

// Allot implements Mechanism.
func (a Auction) Allot(signals []float64, out *Outcome) {
	out.Resize(len(signals))
	best, second, ties := -1.0, -1.0, 0
	for _, s := range signals {
		switch {
		case s > best:
			best, second, ties = s, best, 1
		case s == best:
			second = s
			ties++
		case s > second:
			second = s
		}
	}
	price := a.first*best + (1-a.first)*math.Max(second, a.reserve)
	for i, s := range signals {
		out.Win[i], out.IfWin[i], out.IfLose[i] = 0, 0, 0
		if a.allPay {
			out.IfWin[i], out.IfLose[i] = s, s
		}
		if s == best && s >= a.reserve {
			out.Win[i] = 1 / float64(ties)
			if !a.allPay {
				out.IfWin[i] = price
			}
		}
	}
}

var auctionFamily = Family{
	Name:    "auction",
	Summary: "the highest signal wins",
	Parameters: []Parameter{
		{Name: "pricing", Doc: "what the winner pays: its own bid, the runner-up's, or a mix; or all pay", Default: Word("first"), Low: 0, High: 1, Words: []string{"first", "second", "all-pay"}},
		{Name: "reserve", Doc: "the least signal that wins", High: math.MaxFloat64},
	},
	New: func(s Settings) (Mechanism, error) {
		reserve := s.Number("reserve")
		switch s.Word("pricing") {
		case "first":
			return NewAuction(1, reserve)
		case "second":
			return NewAuction(0, reserve)
		case "all-pay":
			return NewAllPay(reserve)
		}
		return NewAuction(s.Number("pricing"), reserve)
	},
}
