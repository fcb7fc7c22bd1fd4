package search_test

import (
	"context"
	"fmt"
	"log"
	"math"

	"allot/mechanisms"
	"allot/solver/search"
)

func ExampleCollude() {
	market := &mechanisms.Market{Discount: 0.9, ConcealmentCost: math.Inf(1)}
	for _, v := range []float64{30, 20, 10} {
		market.Agents = append(market.Agents, mechanisms.Agent{Value: mechanisms.Point(v)})
	}
	tickets, err := mechanisms.NewSpace("contest", mechanisms.Settings{"exponent": mechanisms.Number(1)})
	if err != nil {
		log.Fatal(err)
	}
	all, err := search.Collude(context.Background(), &search.Problem{Market: market, Spaces: []mechanisms.Space{tickets}}, nil)
	if err != nil {
		log.Fatal(err)
	}
	r, err := all[0].Ring.Analyse()
	if err != nil {
		log.Fatal(err)
	}
	fmt.Printf("competition brings %.0f, the ring gains %.0f\n", r.Revenue, r.Gap)
	// Output: competition brings 12, the ring gains 16
}
