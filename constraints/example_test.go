package constraints_test

import (
	"fmt"
	"math"

	"allot/constraints"
	"allot/mechanisms"
	"allot/solver/certify"
	"allot/solver/equilibrium"
)

// tickets is the proportional contest at values 4 and 2, at its equilibrium.
func tickets(rho float64) *constraints.Case {
	rule, err := mechanisms.NewContest(mechanisms.Ratio{Exponent: rho})
	if err != nil {
		panic(err)
	}
	c := &constraints.Case{
		Market: &mechanisms.Market{
			Agents:          []mechanisms.Agent{{Name: "Alice", Value: mechanisms.Point(4)}, {Name: "Bob", Value: mechanisms.Point(2)}},
			ConcealmentCost: math.Inf(1),
		},
		Design:      mechanisms.Design{Mechanism: rule},
		Game:        mechanisms.Game{Mechanism: rule, Values: []float64{4, 2}},
		Equilibrium: new(equilibrium.Equilibrium), Account: new(mechanisms.Account), Solver: new(equilibrium.Solver),
	}
	if err := new(equilibrium.Solver).Solve(c.Game, c.Equilibrium); err != nil {
		panic(err)
	}
	eq := c.Equilibrium
	c.Account.Settle(c.Game.Values, eq.Win, eq.Cost, eq.Payoff, mechanisms.Terms{}, math.Inf(1))
	c.Certificate = func() certify.Certificate { return certify.Game(c.Game, eq.Profile, eq.Payoff, certify.Options{}) }
	return c
}

func ExampleNew() {
	proof, err := constraints.New("sybil-proof", map[string]float64{"identities": 2})
	if err != nil {
		fmt.Println(err)
		return
	}
	for _, rho := range []float64{0.5, 1} {
		c := tickets(rho)
		gain, err := proof.Measure(c)
		if err != nil {
			fmt.Println(err)
			return
		}
		_, verdict := proof.Bound().Judge(gain, 4)
		fmt.Printf("exponent %g: %v: %s\n", rho, verdict, proof.Explain(c, gain))
	}
	// Output:
	// exponent 0.5: violated: Alice gains 0.325047 as 2 identities that signal 0.225, 0.225
	// exponent 1: holds: no gain found with up to 2 identities
}

// What validators reject holds a ring to a share of what competition pays; which false
// identities they would let pass is not known.
func ExampleOverseen() {
	for _, name := range []string{"ring-proof", "sybil-proof"} {
		c, err := constraints.New(name, nil)
		if err != nil {
			fmt.Println(err)
			return
		}
		fmt.Println(name, constraints.Overseen(c, false))
	}
	// Output:
	// ring-proof true
	// sybil-proof false
}

func ExampleNewExpression() {
	fair, err := constraints.NewExpression("fairness", constraints.AtLeast, 0.45)
	if err != nil {
		fmt.Println(err)
		return
	}
	c := tickets(1)
	x, _ := fair.Measure(c)
	_, verdict := fair.Bound().Judge(x, 4)
	fmt.Printf("%v: %s\n", verdict, fair.Explain(c, x))
	// Output: holds: fairness is 0.471405, bound >= 0.45
}

func ExampleKinds() {
	for _, k := range constraints.Kinds() {
		fmt.Printf("%-22s %s\n", k.Name, k.Doc)
	}
	// Output:
	// allocation             somebody always wins
	// individual-rationality nobody expects to lose
	// ex-post                nobody loses in any outcome
	// best-response          the strategies are certified best responses
	// sybil-proof            nobody gains by several identities
	// merge-proof            several agents gain nothing by one identity
	// competition            agents pay more together than one alone would
	// ring-proof             the ring of all agents gains nothing, or needs patience
	// producer-proof         producer and agents together gain nothing
	// beacon-rewards         the slot's value does not reach the beacon proposer
	// multi-slot             two slots in a row are worth no more than two apart
	// known-proposer         the next proposer is known ahead
	// no-randomness          no draw needs randomness that nobody could predict
	// decentralization       the right does not gather in few hands
	// budget                 nobody can have to pay more than it has
}

func ExampleBound_Judge() {
	money := constraints.Bound{Relation: constraints.AtMost, Money: true, Tolerance: 1e-9}
	violation, verdict := money.Judge(0.3, 30) // E max v = 30
	fmt.Printf("%.2f %v\n", violation, verdict)
	// Output: 0.01 violated
}

// With private values a constraint has a measure where it is about what agents expect
// before they know their values.
func ExampleInterim() {
	for _, name := range []string{"individual-rationality", "ring-proof"} {
		c, err := constraints.New(name, nil)
		if err != nil {
			fmt.Println(err)
			return
		}
		fmt.Println(name, constraints.Interim(c))
	}
	// Output:
	// individual-rationality true
	// ring-proof false
}
