package search_test

import (
	"context"
	"fmt"
	"slices"

	"allot/constraints"
	"allot/mechanisms"
	"allot/solver/search"
)

// refund is a mechanism of one's own: tickets whose losers get a share of their money back.
type refund struct{ share float64 }

// Allot is all that a mechanism must have.
func (r refund) Allot(signals []float64, out *mechanisms.Outcome) {
	sum := 0.0
	for _, a := range signals {
		sum += a
	}
	for i, a := range signals {
		out.Win[i] = 1 / float64(len(signals))
		if sum > 0 {
			out.Win[i] = a / sum
		}
		out.IfWin[i], out.IfLose[i] = a, (1-r.share)*a
	}
}

// Monotone is a promise that the certificate needs for a proof: whoever signals more wins no less
// often and pays no less.
func (refund) Monotone() bool { return true }

// refunds is its family: the parameters that a search can vary.
var refunds = mechanisms.Family{
	Name:    "refund",
	Summary: "tickets whose losers get a share of their money back",
	Parameters: []mechanisms.Parameter{
		{Name: "share", Doc: "what losers get back", Low: 0, High: 1},
	},
	New: func(s mechanisms.Settings) (mechanisms.Mechanism, error) {
		return refund{share: s.Number("share")}, nil
	},
}

// harvest is an objective of one's own: revenue, and how often the last agent wins.
type harvest struct{}

func (harvest) Name() string { return "harvest" }

func (harvest) Of(a *mechanisms.Account) float64 { return a.Revenue() + a.Win[len(a.Win)-1] }

// mild is a constraint of one's own: no loser pays more than most.
type mild struct{ most float64 }

func (mild) Name() string { return "mild" }

func (m mild) Bound() constraints.Bound {
	return constraints.Bound{Relation: constraints.AtMost, Value: m.most, Tolerance: 1e-9, Money: true}
}

func (mild) Measure(c *constraints.Case) (float64, error) {
	out := mechanisms.NewOutcome(len(c.Game.Values))
	c.Game.Mechanism.Allot(c.Equilibrium.Profile.Signals, out)
	return slices.Max(out.IfLose), nil
}

func (mild) Explain(_ *constraints.Case, measure float64) string {
	return fmt.Sprintf("a loser pays %.3f", measure)
}

// A mechanism, an objective and a constraint of one's own take part in a search like those that
// ship with allot: the generic solver plays the mechanism, and the certificate checks it.
func ExampleSearch_ownRule() {
	space, err := refunds.Space(mechanisms.Settings{"share": mechanisms.Range(0, 1)})
	if err != nil {
		fmt.Println(err)
		return
	}
	r, err := search.Search(context.Background(), &search.Problem{
		Market:      twoBuyers(),
		Spaces:      []mechanisms.Space{space},
		Objective:   harvest{},
		Constraints: []constraints.Constraint{mild{most: 0.5}},
	}, nil)
	if err != nil {
		fmt.Println(err)
		return
	}
	fmt.Printf("%s: %s, share %.3f, harvest %.3f, %s\n", r.Status, r.Best.Family, r.Best.Settings.Number("share"), r.Best.Objective, r.Best.Equilibrium.Status)
	for _, f := range r.Best.Constraints {
		fmt.Printf("%s %s: %s\n", f.Name, f.Verdict, f.Why)
	}
	// Output:
	// feasible: refund, share 0.499, harvest 1.580, certified
	// mild holds: a loser pays 0.500
}
