package search_test

import (
	"context"
	"fmt"

	"allot/mechanisms"
	"allot/objectives"
	"allot/solver/search"
)

// spaces are one space for each settings of a family.
func spaces(family string, settings ...mechanisms.Settings) ([]mechanisms.Space, error) {
	var all []mechanisms.Space
	for _, s := range settings {
		space, err := mechanisms.NewSpace(family, s)
		if err != nil {
			return nil, err
		}
		all = append(all, space)
	}
	return all, nil
}

// twoBuyers value the right at 4 and 2.
func twoBuyers() *mechanisms.Market {
	return &mechanisms.Market{Agents: []mechanisms.Agent{
		{Name: "Alice", Value: mechanisms.Point(4)},
		{Name: "Bob", Value: mechanisms.Point(2)},
	}}
}

// Which exponent of the ticket contest brings most? The one at which the weaker agent is
// left with nothing (Nti 1999).
func ExampleSearch() {
	tickets, err := spaces("contest", mechanisms.Settings{"exponent": mechanisms.Range(0.05, 3)})
	if err != nil {
		fmt.Println(err)
		return
	}
	r, err := search.Search(context.Background(), &search.Problem{
		Market: twoBuyers(), Spaces: tickets, Objective: objectives.Revenue{},
	}, nil)
	if err != nil {
		fmt.Println(err)
		return
	}
	fmt.Printf("%s: exponent %.6f, revenue %.6f, %s\n",
		r.Status, r.Best.Settings.Number("exponent"), r.Best.Objective, r.Best.Equilibrium.Status)
	// Output: feasible: exponent 1.383332, revenue 1.662648, certified
}

// Revenue of the proportional ticket and of the auction (Neuder, Garimidi, Roughgarden 2024).
func ExampleEvaluate() {
	fixed, err := spaces("contest", mechanisms.Settings{"exponent": mechanisms.Number(1)})
	if err != nil {
		fmt.Println(err)
		return
	}
	auction, err := spaces("auction", mechanisms.Settings{"pricing": mechanisms.Word("first")})
	if err != nil {
		fmt.Println(err)
		return
	}
	r, err := search.Evaluate(context.Background(), &search.Problem{
		Market: twoBuyers(), Spaces: append(fixed, auction...), Objective: objectives.Revenue{},
	})
	if err != nil {
		fmt.Println(err)
		return
	}
	for _, c := range r.Candidates {
		fmt.Printf("%s: revenue %.4f\n", c.Family, c.Objective)
	}
	// Output:
	// contest: revenue 1.3333
	// auction: revenue 2.0000
}

// A ticket that burns what everyone spends, with a large exponent, is the all-pay auction
// (Alcalde, Dahm 2010): the same outcome from another rule.
func ExampleCompare() {
	rules, err := spaces("auction",
		mechanisms.Settings{"pricing": mechanisms.Word("first")},
		mechanisms.Settings{"pricing": mechanisms.Word("second")},
		mechanisms.Settings{"pricing": mechanisms.Word("all-pay")})
	if err != nil {
		fmt.Println(err)
		return
	}
	contest, err := spaces("contest", mechanisms.Settings{"exponent": mechanisms.Number(50)})
	if err != nil {
		fmt.Println(err)
		return
	}
	c, err := search.Compare(context.Background(), &search.Problem{
		Market: twoBuyers(), Spaces: append(rules, contest...), Objective: objectives.Revenue{},
	})
	if err != nil {
		fmt.Println(err)
		return
	}
	fmt.Println(c.Likeness[0][1])
	fmt.Println(c.Likeness[2][3])
	fmt.Println(c.Classes(search.SameOutcome))
	// Output:
	// same outcome in every sampled market
	// same outcome in every sampled market
	// [[0 1] [2 3]]
}

// Where does the all-pay auction bring more than the first-price auction? Nowhere with
// two agents, and as much where they are equal (Baye, Kovenock, de Vries 1993).
func ExampleMap() {
	rules, err := spaces("auction",
		mechanisms.Settings{"pricing": mechanisms.Word("all-pay")},
		mechanisms.Settings{"pricing": mechanisms.Word("first")})
	if err != nil {
		fmt.Println(err)
		return
	}
	value := func(agent int) func(*mechanisms.Market, float64) {
		return func(m *mechanisms.Market, v float64) { m.Agents[agent].Value = mechanisms.Point(v) }
	}
	atlas, err := search.Map(context.Background(), &search.Problem{
		Market: twoBuyers(), Spaces: rules, Objective: objectives.Revenue{},
	},
		search.Dial{Name: "Alice", Values: []float64{3, 4}, Turn: value(0)},
		search.Dial{Name: "Bob", Values: []float64{1, 2}, Turn: value(1)}, nil)
	if err != nil {
		fmt.Println(err)
		return
	}
	for j, row := range atlas.Places {
		for i, place := range row {
			fmt.Printf("%g against %g: %s, %g\n", atlas.X.Values[i], atlas.Y.Values[j],
				place.Best.Settings.Word("pricing"), place.Best.Objective)
		}
	}
	// Output:
	// 3 against 1: first, 1
	// 4 against 1: first, 1
	// 3 against 2: first, 2
	// 4 against 2: first, 2
}

// No mechanism takes more than the highest value from agents whose values are known; a
// demand for fairness takes from that.
func ExampleUpperBounds() {
	tickets, err := spaces("contest", mechanisms.Settings{"exponent": mechanisms.Range(0.05, 3)})
	if err != nil {
		fmt.Println(err)
		return
	}
	b, err := search.UpperBounds(&search.Problem{Market: twoBuyers(), Spaces: tickets, Objective: objectives.Revenue{}})
	if err != nil {
		fmt.Println(err)
		return
	}
	last := b.Frontier[len(b.Frontier)-1]
	fmt.Println(b.Bound.Value)
	fmt.Printf("revenue %g at fairness %g\n", last.Revenue, last.Fairness)
	// Output:
	// 4
	// revenue 3 at fairness 0.5
}
