package slots_test

import (
	"context"
	"fmt"

	"allot/mechanisms"
	"allot/mechanisms/distributions"
	"allot/solver/equilibrium/slots"
)

// Near-equal bidders, of whom the incumbent values the next slot 20 % more.
func ExampleIncumbency_Equilibria() {
	auction, err := mechanisms.NewAuction(1, 0)
	if err != nil {
		fmt.Println(err)
		return
	}
	game := slots.Incumbency{Mechanism: auction, Values: []float64{4, 3.9}, Discounts: []float64{0.9, 0.9}, Premium: 0.2}
	found, err := game.Equilibria()
	if err != nil {
		fmt.Println(err)
		return
	}
	for _, c := range found {
		fmt.Printf("incumbent 1: wins %.0f, incumbent 2: wins %.0f\n", c.Win[0][0], c.Win[1][1])
	}
	// Output:
	// incumbent 1: wins 1, incumbent 2: wins 0
	// incumbent 1: wins 1, incumbent 2: wins 1
	// incumbent 1: wins 0, incumbent 2: wins 1
}

// A proportional contest gives two slots running to one agent in 5 cases of 9.
func ExampleIncumbency_Solve() {
	contest, err := mechanisms.NewContest(mechanisms.Ratio{Exponent: 1})
	if err != nil {
		fmt.Println(err)
		return
	}
	c, err := slots.Incumbency{Mechanism: contest, Values: []float64{4, 2}, Discounts: []float64{0.9, 0.9}}.Solve()
	if err != nil {
		fmt.Println(err)
		return
	}
	fmt.Printf("%s: exposure %.4f, runs of %.2f slots\n", c.Selection, c.Exposure, c.RunLength)
	// Output: value iteration from zero: exposure 0.5556, runs of 2.25 slots
}

// A winner that sits out one slot can come back under another name.
func ExampleCooldown_Solve() {
	for _, identities := range [][]int{nil, {10, 10, 10}} {
		rest, err := slots.Cooldown{Weights: []float64{0.5, 0.25, 0.25}, Identities: identities, Slots: 1}.Solve()
		if err != nil {
			fmt.Println(err)
			return
		}
		fmt.Printf("%.4f\n", rest.Exposure)
	}
	// Output:
	// 0.0000
	// 0.3506
}

func ExampleStreak() {
	p, err := slots.Streak(95, 100, 20, slots.Reissued)
	fmt.Printf("%.4f %v\n", p, err)
	// Output: 0.0416 <nil>
}

func ExampleExposure() {
	x, err := slots.Exposure([]float64{2. / 3, 1. / 3})
	fmt.Printf("%.6f %v\n", x, err)
	// Output: 0.555556 <nil>
}

func ExampleSales_Run() {
	reward, err := distributions.NewExponential(30)
	if err != nil {
		fmt.Println(err)
		return
	}
	out, err := slots.Sales{
		Buyers:  []slots.Buyer{{Capture: 0.9}, {Capture: 0.8}},
		Posting: slots.EIP1559{Target: 50, Factor: 8},
		Price:   20, Offer: 4, Reward: reward, Slots: 10000, Runs: 4, Seed: 1,
	}.Run(context.Background())
	if err != nil {
		fmt.Println(err)
		return
	}
	fmt.Printf("the best buyer wins %.0f%% of the slots; %.0f independent runs\n", 100*out.Shares[0], out.Paths)
	// Output: the best buyer wins 100% of the slots; 4 independent runs
}

func ExampleEIP1559() {
	fmt.Println(slots.EIP1559{Target: 50, Factor: 8}.Next(20, 75))
	// Output: 21.25
}

func ExampleAMM() {
	fmt.Printf("%.6f\n", slots.AMM{Target: 40, Factor: 25, B: 6}.Next(0, 40))
	// Output: 16.464241
}

func ExampleHeuristicBid() {
	bid, err := slots.HeuristicBid(30, 0.8003694945947761, 10, 32, 32, 32)
	fmt.Printf("%.6f %v\n", bid, err)
	// Output: 21.609976 <nil>
}

func ExampleEffectivePaths() {
	fmt.Printf("%.2f\n", slots.EffectivePaths([]float64{1, 1, 1, 1, 1, 1, 1, 2, 2, 2}, 0))
	// Output: 1.72
}
