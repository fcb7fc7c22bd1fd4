package objectives_test

import (
	"fmt"
	"math"

	"allot/mechanisms"
	"allot/objectives"
)

// account is the proportional contest at values 4 and 2.
func account() *mechanisms.Account {
	a := &mechanisms.Account{}
	a.Settle([]float64{4, 2}, []float64{2. / 3, 1. / 3}, []float64{8. / 9, 4. / 9}, []float64{16. / 9, 2. / 9},
		mechanisms.Terms{}, math.Inf(1))
	return a
}

func ExampleNew() {
	goal, err := objectives.New("revenue + 0.5*fairness")
	if err != nil {
		fmt.Println(err)
		return
	}
	fmt.Printf("%s = %.6f\n", goal.Name(), goal.Of(account()))
	_, err = objectives.New("revenue + 0.5*fariness")
	fmt.Println(err)
	// Output:
	// revenue + 0.5*fairness = 1.569036
	// objectives: expression: line 1, column 15: unknown name fariness
}

func ExampleAll() {
	for _, o := range objectives.All() {
		fmt.Printf("%-15s %.6f\n", o.Name(), o.Of(account()))
	}
	// Output:
	// revenue         1.333333
	// welfare         3.333333
	// agentSurplus    2.000000
	// fairness        0.471405
	// rootProduct     0.471405
	// entropy         0.636514
	// effectiveAgents 1.800000
	// minShare        0.333333
	// proposerIncome  0.000000
}

func ExampleRobustRevenue() {
	a := account()
	a.Robust = func(discount float64) float64 { return 1 - discount }
	goal := objectives.RobustRevenue{Discount: 0.75}
	fmt.Println(goal.Name(), goal.Of(a))
	// Output: robustRevenue(0.75) 0.25
}

// At values 4 and 2 nothing brings more than 4 in revenue and 1/2 in fairness.
func ExampleUpper() {
	goal, err := objectives.New("revenue + fairness")
	if err != nil {
		fmt.Println(err)
		return
	}
	fmt.Printf("%.1f\n", objectives.Upper(goal, 4, 2))
	// Output: 4.5
}
