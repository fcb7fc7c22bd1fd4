package mechanisms_test

import (
	"fmt"

	"allot/mechanisms"
)

// Of five tickets sold at 2 (Q/10) each, four win four times in five. An order of
// four stands for 8, what they would cost at 2.
func ExampleNewTickets() {
	sale, err := mechanisms.NewTickets(mechanisms.Sale{Elasticity: 1, Price: 2, Supply: 10})
	if err != nil {
		fmt.Println(err)
		return
	}
	out := mechanisms.NewOutcome(2)
	sale.Allot([]float64{8, 2}, out)
	fmt.Println(out.Win, out.IfLose)
	// Output: [0.8 0.2] [4 1]
}

// A ticket of 100 waits 100 slots on average: capital at 0.1 % a slot takes a part.
func ExampleSale_Worth() {
	fmt.Printf("%.4f\n", 30*mechanisms.Sale{Price: 1, Supply: 100}.Worth(0.001))
	// Output: 27.2727
}

// A contest with a threshold: signals below r count for nothing.
func ExampleNewCustom() {
	rule, err := mechanisms.NewCustom("a >= r ? a^2 : 0", "a", "", map[string]float64{"r": 1})
	if err != nil {
		fmt.Println(err)
		return
	}
	out := mechanisms.NewOutcome(3)
	rule.Allot([]float64{2, 1, 0.5}, out)
	fmt.Println(out.Win, rule.Monotone())

	_, err = mechanisms.NewCustom("a^k", "a", "", nil)
	fmt.Println(err)
	// Output:
	// [0.8 0.2 0] true
	// mechanisms: custom: impact: line 1, column 3: unknown name "k": the signal is a, other names need a value under parameters
}
