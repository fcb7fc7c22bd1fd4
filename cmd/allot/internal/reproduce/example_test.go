package reproduce_test

import (
	"context"
	"fmt"

	"allot/cmd/allot/internal/reproduce"
)

func ExampleFind() {
	s, err := reproduce.Find("nti")
	fmt.Println(s.Name, err)
	_, err = reproduce.Find("nobody")
	fmt.Println(err)
	// Output:
	// nti1999 <nil>
	// there is no source "nobody"
}

func ExampleSource_Run() {
	s, _ := reproduce.Find("execution-auctions")
	e, _ := s.Run(context.Background())
	for _, r := range e.Rows {
		fmt.Printf("%s: %.7g, %v\n", r.Quantity, r.Ours, r.Verdict)
	}
	// Output:
	// a slot 32 slots ahead, mean 30, d = 0.001: mu/(1+d)^m: 29.05566, agrees
	// its variance, Var R/(1+d)^2m: 844.2315, agrees
	// variance of a ticket of 32 less that of the slot: 2.39557, agrees
	// d per slot of 3.4 % a year, 2,628,000 slots: 1.272252e-08, agrees
	// (1+d)^2628000: 1.034, differs
}

func ExampleSources() {
	for _, s := range reproduce.Sources()[:2] {
		fmt.Println(s.Name)
	}
	fmt.Println(reproduce.Names()[2])
	// Output:
	// base-model
	// neuder2024
	// burian-crapis2024
}
