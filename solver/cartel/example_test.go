package cartel_test

import (
	"fmt"
	"log"

	"allot/mechanisms"
	"allot/solver/cartel"
	"allot/solver/equilibrium"
)

// ring is the first-price auction among Alice (30), Bob (20) and Carol (10).
func ring() *cartel.Ring {
	m, err := mechanisms.NewAuction(1, 0)
	if err != nil {
		log.Fatal(err)
	}
	r := &cartel.Ring{
		Game:        mechanisms.Game{Mechanism: m, Values: []float64{30, 20, 10}},
		Equilibrium: &equilibrium.Equilibrium{},
		Discounts:   []float64{0.55, 0.55, 0.55},
	}
	var s equilibrium.Solver
	if err := s.Solve(r.Game, r.Equilibrium); err != nil {
		log.Fatal(err)
	}
	return r
}

func ExampleGap() {
	r := ring()
	s := cartel.Gap(r.Game, r.Equilibrium, &cartel.Work{})
	fmt.Printf("gap %g, least cost %g, leader %d\n", s.Gap, s.LeastCost, s.Leader)
	// Output: gap 20, least cost 0, leader 0
}

func ExampleRing_Analyse() {
	rep, err := ring().Analyse()
	if err != nil {
		log.Fatal(err)
	}
	fmt.Printf("critical discount %.3g at a bid of %g\n", rep.CriticalDiscount, rep.Bid)
	fmt.Printf("at 0.55 each: bid %.4f, the protocol gets %.4f of %g\n", rep.Own.Bid, rep.Own.Revenue, rep.Revenue)
	// Output:
	// critical discount 0.5 at a bid of 10
	// at 0.55 each: bid 7.1429, the protocol gets 7.1429 of 20
}

func ExampleRing_Judge() {
	j, err := ring().Judge(cartel.Agreement{Bid: 1, Transfers: []float64{5, 4}})
	if err != nil {
		log.Fatal(err)
	}
	for _, m := range j.Members {
		fmt.Printf("%d ends with %g and needs %.4f\n", m.Agent, m.Collusive, m.CriticalDiscount)
	}
	fmt.Println("holds:", j.Holds, "fails for", j.Fails)
	// Output:
	// 0 ends with 20 and needs 0.4737
	// 1 ends with 5 and needs 0.7368
	// 2 ends with 4 and needs 0.5556
	// holds: false fails for [1 2]
}

func ExampleRing_RobustRevenue() {
	r := ring()
	var ws cartel.Work
	for _, d := range []float64{0.4, 0.5, 0.9} {
		revenue, err := r.RobustRevenue(d, &ws)
		if err != nil {
			log.Fatal(err)
		}
		fmt.Println(d, revenue)
	}
	// Output:
	// 0.4 20
	// 0.5 10
	// 0.9 0
}

func ExampleRings() {
	rings, forms, err := cartel.Rings(*ring())
	if err != nil {
		log.Fatal(err)
	}
	for _, c := range rings {
		fmt.Printf("%v gains %g\n", c.Members, c.Gain)
	}
	// At 0.55 all three hold at a bid of 7.14 only, 4.29 each; the two highest gain 5 each.
	fmt.Println("forms:", rings[forms].Members)
	// Output:
	// [0 1] gains 10
	// [0 2] gains 0
	// [1 2] gains 0
	// [0 1 2] gains 20
	// forms: [0 1]
}

func ExampleRing_Adapt() {
	r := ring()
	r.Discounts = []float64{0.97, 0.97, 0.97}
	e, err := r.Adapt(cartel.Adaptive{
		Bid:   1,
		Share: cartel.ArticleShare,
		Bound: func(int) int { return 9 },
	})
	if err != nil {
		log.Fatal(err)
	}
	bob := e.Plans[1]
	fmt.Printf("Bob invents %d and ends it: %v\n", bob.Invented, bob.Ends)
	fmt.Printf("one invention pays below %.4f\n", bob.Attacks[0].Below)
	fmt.Println("survives:", e.Survives)
	// Output:
	// Bob invents 6 and ends it: true
	// one invention pays below 0.9818
	// survives: false
}

func ExampleMonitoring() {
	m := cartel.Monitoring{Lag: 1, FalseAlarm: 0.05}
	fmt.Printf("%.4f %.4f\n", m.Effective(0.9), m.Required(0.5))
	// Output: 0.7310 0.7443
}

func ExampleRing_Settle() {
	j, err := ring().Settle(1)
	if err != nil {
		log.Fatal(err)
	}
	fmt.Printf("signalling %g it holds from %.4f, with %.2f to Bob and %.2f to Carol\n", j.Bid, j.CriticalDiscount, j.Members[1].Transfer, j.Members[2].Transfer)
	// Output: signalling 1 it holds from 0.5957, with 7.68 to Bob and 3.64 to Carol
}

func ExampleRing_Signal() {
	j, err := ring().Signal([]float64{5, 4})
	if err != nil {
		log.Fatal(err)
	}
	fmt.Printf("signalling %.4f it holds from %.4f\n", j.Bid, j.CriticalDiscount)
	// Output: signalling 6.0000 it holds from 0.6429
}

// What the leader pays newcomers by how many came: the article's schedule, and a flat one.
func ExampleArticleShare() {
	flat := cartel.FlatShare(0.25)
	for k := range 4 {
		fmt.Printf("%.4f %g\n", cartel.ArticleShare(k), flat(k))
	}
	// Output:
	// 1.0000 0.25
	// 0.3333 0.25
	// 0.0833 0.25
	// 0.0167 0.25
}
