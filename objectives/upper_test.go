package objectives

import (
	"math"
	"testing"
)

func TestUpper(t *testing.T) {
	for _, c := range []struct {
		text string
		vmax float64
		n    int
		want float64
	}{
		{"revenue", 4, 2, 4},
		{"fairness", 4, 2, 0.5},
		{"entropy", 4, 3, math.Log(3)},
		{"rootProduct", 4, 2, 0.5},
		{"revenue + fairness", 4, 2, 4.5},
		{"2*revenue - 3*fairness", 4, 2, 8},
		{"-(revenue - 10)", 4, 2, 10},
		{"revenue * fairness", 4, 2, 2},
		{"min(revenue, 3)", 4, 2, 3},
		{"sqrt(revenue) + t[0]", 4, 2, 3},
		{"sum(t)", 4, 2, 1},
		{"revenue > 1 ? 5 : fairness", 4, 2, 5},
		{"1/fairness", 4, 2, math.Inf(1)},
		{"robustRevenue(0.9)", 4, 2, 4},
	} {
		o, err := New(c.text)
		if err != nil {
			t.Fatal(err)
		}
		if got := Upper(o, c.vmax, c.n); math.Abs(got-c.want) > 1e-12*math.Abs(c.want) && got != c.want {
			t.Errorf("Upper(%s) = %g, want %g", c.text, got, c.want)
		}
	}
}
