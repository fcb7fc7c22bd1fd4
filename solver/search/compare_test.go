package search_test

import (
	"context"
	"reflect"
	"testing"

	"allot/mechanisms"
	"allot/mechanisms/distributions"
	"allot/solver/search"
)

// A winner-take-all ticket whose losing tickets are refunded is an execution
// auction, one whose losing tickets are burnt is an all-pay auction, and a contest
// with a very large exponent brings what the all-pay auction brings.
func TestCompareFindsWhatIsTheSame(t *testing.T) {
	word, number := mechanisms.Word, mechanisms.Number
	p := &search.Problem{
		Market:    market(30, 20, 10),
		Objective: goal(t, "revenue"),
		Spaces: []mechanisms.Space{
			0: space(t, "auction", mechanisms.Settings{"pricing": word("first")}),
			1: space(t, "auction", mechanisms.Settings{"pricing": number(1)}),
			2: space(t, "auction", mechanisms.Settings{"pricing": word("second")}),
			3: space(t, "auction", mechanisms.Settings{"pricing": word("all-pay")}),
			4: space(t, "contest", mechanisms.Settings{"exponent": number(1000)}),
			5: space(t, "contest", mechanisms.Settings{"exponent": number(1)}),
			6: space(t, "lottery", mechanisms.Settings{"price": number(20)}),
		},
	}
	c, err := search.Compare(context.Background(), p)
	if err != nil {
		t.Fatal(err)
	}
	for _, x := range []struct {
		i, j int
		want search.Likeness
	}{
		{0, 1, search.SameRule}, {0, 2, search.SameEverywhere}, {0, 3, search.Different}, {3, 4, search.SameEverywhere},
		{4, 5, search.Different}, {0, 6, search.SameRevenue}, {6, 6, search.SameRule},
	} {
		if got := c.Likeness[x.i][x.j]; got != x.want {
			t.Errorf("%d and %d: %s, want %s", x.i, x.j, got, x.want)
		}
		if c.Likeness[x.i][x.j] != c.Likeness[x.j][x.i] {
			t.Errorf("%d and %d are not alike both ways", x.i, x.j)
		}
	}
	if got, want := c.Classes(search.SameEverywhere), [][]int{{0, 1, 2}, {3, 4}, {5}, {6}}; !reflect.DeepEqual(got, want) {
		t.Errorf("classes %v, want %v", got, want)
	}
}

// Proportional tickets at a fixed price are the contest with exponent 1.
func TestElasticTicketsAreTheProportionalContest(t *testing.T) {
	c, err := search.Compare(context.Background(), &search.Problem{
		Market:    market(4, 2),
		Objective: goal(t, "revenue"),
		Spaces: []mechanisms.Space{
			space(t, "contest", nil),
			space(t, "tickets", mechanisms.Settings{"eta": mechanisms.Number(0)}),
		},
	})
	if err != nil {
		t.Fatal(err)
	}
	if got := c.Likeness[0][1]; got != search.SameRule {
		t.Errorf("%s", got)
	}
}

// Waiting costs Alice 3 % of her value, which shows in nothing here: she wins at Bob's
// 20 all the same. Where she sets the price it does.
func TestCompareCountsTheCostOfWaiting(t *testing.T) {
	m := market(30, 20, 10)
	m.Agents[0].CapitalCost = 0.001
	p := &search.Problem{
		Market: m, Objective: goal(t, "revenue"),
		Spaces: []mechanisms.Space{
			space(t, "auction", nil),
			space(t, "auction", mechanisms.Settings{"lookahead": mechanisms.Number(32)}),
			space(t, "auction", mechanisms.Settings{"lookahead": mechanisms.Number(32), "pricing": mechanisms.Word("second")}),
			space(t, "auction", mechanisms.Settings{"lookahead": mechanisms.Number(32), "resale": mechanisms.Number(1)}),
		},
	}
	c, err := search.Compare(context.Background(), p)
	if err != nil {
		t.Fatal(err)
	}
	if got := c.Likeness[0][1]; got != search.SameOutcome {
		t.Errorf("just in time and ahead: %s, want %s", got, search.SameOutcome)
	}
	if got := c.Likeness[1][2]; got != search.SameEverywhere {
		t.Errorf("first and second price ahead: %s, want %s", got, search.SameEverywhere)
	}
	if got := c.Likeness[1][3]; got != search.Different {
		t.Errorf("with and without resale: %s, want %s", got, search.Different)
	}
}

// Rules that differ at one size of signals or values only are told apart whatever the
// currency, and of private values no other markets are claimed.
func TestCompareLooksWhereRulesDiffer(t *testing.T) {
	number := mechanisms.Number
	for _, unit := range []float64{1e-9, 1, 1e17} {
		c, err := search.Compare(context.Background(), &search.Problem{
			Market: market(4*unit, 2.5*unit, unit), Objective: goal(t, "revenue"),
			Spaces: []mechanisms.Space{
				space(t, "auction", nil),
				space(t, "auction", mechanisms.Settings{"reserve": number(0.1 * unit)}),
				space(t, "auction", mechanisms.Settings{"reserve": number(0.11 * unit)}),
				space(t, "lottery", mechanisms.Settings{"fee": number(0.001 * unit)}),
				space(t, "lottery", mechanisms.Settings{"fee": number(0.001001 * unit)}),
				space(t, "auction", mechanisms.Settings{"reserve": number(0.1 * unit), "pricing": mechanisms.Word("second")}),
			},
		})
		if err != nil {
			t.Fatal(err)
		}
		for _, x := range []struct {
			i, j int
			want search.Likeness
		}{{0, 1, search.SameOutcome}, {1, 2, search.SameOutcome}, {3, 4, search.Different}, {1, 5, search.SameEverywhere}} {
			if got := c.Likeness[x.i][x.j]; got != x.want {
				t.Errorf("in units of %g, %d and %d: %s, want %s", unit, x.i, x.j, got, x.want)
			}
		}
	}
	m := market(1, 1)
	m.Information = mechanisms.Private
	uniform, err := distributions.NewUniform(0, 1)
	if err != nil {
		t.Fatal(err)
	}
	m.Agents[0].Value, m.Agents[1].Value = uniform, uniform
	c, err := search.Compare(context.Background(), &search.Problem{
		Market: m, Objective: goal(t, "revenue"),
		Spaces: []mechanisms.Space{space(t, "auction", nil), space(t, "auction", mechanisms.Settings{"pricing": mechanisms.Word("second")})},
	})
	if err != nil {
		t.Fatal(err)
	}
	if got := c.Likeness[0][1]; got != search.SameOutcome || c.Markets != 0 {
		t.Errorf("first and second price with private values: %s, %d markets", got, c.Markets)
	}
}
