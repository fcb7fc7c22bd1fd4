package equilibrium_test

import (
	"fmt"
	"log"

	"allot/mechanisms"
	"allot/solver/equilibrium"
)

func ExampleSolver_Solve() {
	contest, err := mechanisms.NewContest(mechanisms.Ratio{Exponent: 1})
	if err != nil {
		log.Fatal(err)
	}
	var solver equilibrium.Solver
	var eq equilibrium.Equilibrium
	if err := solver.Solve(mechanisms.Game{Mechanism: contest, Values: []float64{30, 20, 10}}, &eq); err != nil {
		log.Fatal(err)
	}
	fmt.Println(eq.Status, eq.Regime, eq.Active)
	for i := range eq.Win {
		fmt.Printf("%.1f %.1f %.1f\n", eq.Profile.Signals[i], eq.Win[i], eq.Payoff[i])
	}
	// Output:
	// converged pure 2
	// 7.2 0.6 10.8
	// 4.8 0.4 3.2
	// 0.0 0.0 0.0
}

func ExampleSolver_All() {
	contest, err := mechanisms.NewContest(mechanisms.Ratio{Exponent: 1.4})
	if err != nil {
		log.Fatal(err)
	}
	var solver equilibrium.Solver
	all, err := solver.All(mechanisms.Game{Mechanism: contest, Values: []float64{10, 9, 8}})
	if err != nil {
		log.Fatal(err)
	}
	for _, eq := range all {
		fmt.Printf("%.4f\n", eq.Win)
	}
	// Output:
	// [0.5368 0.4632 0.0000]
	// [0.5775 0.0000 0.4225]
}

func ExampleProportional() {
	shares := make([]float64, 3)
	total := equilibrium.Proportional([]float64{30, 20, 10}, shares)
	fmt.Printf("%.1f %.1f\n", total, shares)
	// Output:
	// 12.0 [0.6 0.4 0.0]
}
