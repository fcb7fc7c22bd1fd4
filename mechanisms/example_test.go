package mechanisms_test

import (
	"fmt"
	"math"

	"allot/mechanisms"
)

// A first-price auction at 30/20/10: the winner bids just above the second value.
func ExampleNewAuction() {
	auction, err := mechanisms.NewAuction(1, 0)
	if err != nil {
		fmt.Println(err)
		return
	}
	out := mechanisms.NewOutcome(3)
	auction.Allot([]float64{20.5, 20, 10}, out)
	fmt.Println(out.Win, out.Cost(0))
	// Output: [1 0 0] 20.5
}

func ExampleNewAllPay() {
	auction, err := mechanisms.NewAllPay(1)
	if err != nil {
		fmt.Println(err)
		return
	}
	out := mechanisms.NewOutcome(2)
	auction.Allot([]float64{3, 2}, out)
	fmt.Println(out.Win, out.Cost(0), out.Cost(1))
	// Output: [1 0] 3 2
}

// Proportional execution tickets (Neuder, Garimidi, Roughgarden 2024).
func ExampleNewContest() {
	contest, err := mechanisms.NewContest(mechanisms.Ratio{Exponent: 1})
	if err != nil {
		fmt.Println(err)
		return
	}
	out := mechanisms.NewOutcome(2)
	contest.Allot([]float64{8. / 9, 4. / 9}, out)
	fmt.Printf("%.4f, payoffs %.4f %.4f\n", out.Win, out.Payoff(0, 4), out.Payoff(1, 2))
	// Output: [0.6667 0.3333], payoffs 1.7778 0.2222
}

// Today's random proposer: stakes, no fee, no price.
func ExampleNewLottery() {
	lottery, err := mechanisms.NewLottery(mechanisms.Lot{Weights: []float64{3, 1}})
	if err != nil {
		fmt.Println(err)
		return
	}
	out := mechanisms.NewOutcome(2)
	lottery.Allot([]float64{1, 1}, out)
	fmt.Println(out.Win)
	// Output: [0.75 0.25]
}

func ExampleNewSpace() {
	space, err := mechanisms.NewSpace("auction", mechanisms.Settings{"reserve": mechanisms.Range(0, 30)})
	if err != nil {
		fmt.Println(err)
		return
	}
	design, err := space.At([]float64{15})
	if err != nil {
		fmt.Println(err)
		return
	}
	fmt.Println(space.Axes()[0].Name, design.Mechanism.(mechanisms.Ranked).Ranking().Reserve)

	_, err = mechanisms.NewSpace("auction", mechanisms.Settings{"reserve": mechanisms.Number(-1)})
	fmt.Println(err)
	// Output:
	// reserve 15
	// mechanisms: auction: reserve: -1 is not a number of at least 0
}

func ExampleFamilies() {
	for _, f := range mechanisms.Families()[:3] {
		fmt.Printf("%s: %s\n", f.Name, f.Summary)
	}
	// Output:
	// auction: the highest signal wins
	// contest: the right is shared in proportion to powers of the signals
	// lottery: the winner is drawn among those who enter
}

// Half of the reward is burnt and can be hidden at a cost: agents hide half of it and
// play with 62.5 % of their values.
func ExampleTerms_Factor() {
	terms := mechanisms.Terms{BurnShare: 0.5}
	fmt.Println(terms.Hidden(1), terms.Factor(1), terms.Factor(math.Inf(1)))
	// Output: 0.5 0.625 0.5
}

func ExampleAccount_Settle() {
	var a mechanisms.Account
	a.Settle([]float64{4, 2}, []float64{2. / 3, 1. / 3}, []float64{2. / 3, 1. / 3}, []float64{4. / 3, 1. / 6},
		mechanisms.Terms{BurnShare: 0.25}, math.Inf(1))
	fmt.Printf("revenue %.4f, welfare %.4f, surplus %.4f\n", a.Revenue(), a.Welfare, a.Surplus())
	// Output: revenue 1.8333, welfare 3.3333, surplus 1.5000
}

func ExampleMarket_Validate() {
	m := mechanisms.Market{Agents: []mechanisms.Agent{{Name: "Alice", Value: mechanisms.Point(-3)}}}
	fmt.Println(m.Validate())
	// Output: mechanisms: agent 1 (Alice) has values in [-3, -3]: they must be finite and at least 0
}

func ExampleMixture_Mean() {
	// Back with probability 1/2, else uniform on [0, 2].
	m := mechanisms.Mixture{Signals: []float64{0, 2}, Cumulative: []float64{0.5, 1}}
	fmt.Println(m.Mean())
	// Output: 0.5
}

// Every family takes the terms, as it takes parameters of its own.
func ExampleTermParameters() {
	for _, p := range mechanisms.TermParameters() {
		fmt.Println(p.Name)
	}
	space, err := mechanisms.NewSpace("auction", mechanisms.Settings{
		"pricing": mechanisms.Word("second"), "burnShare": mechanisms.Number(0.2),
	})
	if err != nil {
		fmt.Println(err)
		return
	}
	d, err := space.At(nil)
	fmt.Println(d.Terms.BurnShare, err)
	// Output:
	// burnShare
	// lookahead
	// resale
	// oversight
	// oversightNoise
	// floor
	// 0.2 <nil>
}
