package private_test

import (
	"fmt"

	"allot/mechanisms"
	"allot/mechanisms/distributions"
	certificate "allot/solver/certify/private"
	"allot/solver/equilibrium/private"
)

// A weak and a strong bidder in a first-price auction (Griesmer, Levitan, Shubik 1967).
func ExampleSolve() {
	weak, _ := distributions.NewUniform(0, 1)
	strong, _ := distributions.NewUniform(0, 2)
	auction, _ := mechanisms.NewAuction(1, 0)
	market := &mechanisms.Market{
		Information: mechanisms.Private,
		Agents:      []mechanisms.Agent{{Name: "weak", Value: weak}, {Name: "strong", Value: strong}},
	}
	eq, _ := private.Solve(auction, market)
	proof := certificate.Auction(auction, []mechanisms.Distribution{weak, strong}, eq.Curves)
	fmt.Printf("%v: top bid %.6f, revenue %.6f, weak wins %.4f\n", eq.Status, eq.Top, eq.Account.Revenue(), eq.Account.Win[0])
	fmt.Printf("%v: nobody gains more than 1e-6 of E max v: %t\n", proof.Standing, proof.Epsilon < 1e-6*eq.Highest)
	// Output:
	// converged: top bid 0.666667, revenue 0.459005, weak wins 0.3333
	// certified: nobody gains more than 1e-6 of E max v: true
}

func ExampleSolver_Solve() {
	u, _ := distributions.NewUniform(0, 1)
	auction, _ := mechanisms.NewAuction(1, 0.5)
	eq, _ := private.Solver{Tolerance: 1e-7}.Solve(auction, []mechanisms.Distribution{u, u})
	fmt.Printf("revenue %.6f, unsold %.2f\n", eq.Account.Revenue(), eq.Account.Unsold)
	// Output: revenue 0.416667, unsold 0.25
}

func ExampleCollude() {
	u, _ := distributions.NewUniform(0, 1)
	c, _ := private.Collude([]mechanisms.Distribution{u, u}, 0)
	fmt.Printf("%.4f %.4f %.4f\n", c.Competitive[0], c.Weak[0], c.Strong[0])
	// Output: 0.1667 0.2500 0.3333
}

func ExampleSolver_Ring() {
	u, _ := distributions.NewUniform(0, 1)
	m, _ := mechanisms.NewAuction(0, 0)
	eq, _ := private.Solver{}.Ring(m, []mechanisms.Distribution{u, u, u}, []int{0, 1})
	fmt.Printf("%.6f\n", eq.Account.Revenue())
	// Output: 0.416667
}

func ExampleSolver_RingReserve() {
	u, _ := distributions.NewUniform(0, 1)
	r, revenue, _ := private.Solver{}.RingReserve(0, []mechanisms.Distribution{u, u}, []int{0, 1})
	fmt.Printf("%.5f %.5f\n", r, revenue)
	// Output: 0.57735 0.38490
}

// Budgets are among what the methods for private values leave out; the reason says so.
func ExampleValues() {
	u, _ := distributions.NewUniform(0, 1)
	market := &mechanisms.Market{
		Information: mechanisms.Private,
		Agents:      []mechanisms.Agent{{Name: "Alice", Value: u, Budget: 0.5}, {Name: "Bob", Value: u}},
	}
	values, reason, err := private.Values(market)
	fmt.Println(len(values), err)
	fmt.Println(reason)
	// Output:
	// 0 <nil>
	// agent 1 (Alice) has a budget: with private values no method here solves that
}
