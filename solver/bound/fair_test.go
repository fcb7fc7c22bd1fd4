package bound

import (
	"math"
	"math/rand/v2"
	"testing"

	"allot/objectives"
)

func TestFairRevenue(t *testing.T) {
	for _, c := range []struct {
		values   []float64
		fairness float64
		want     float64
	}{
		{[]float64{4, 2}, 0, 4},
		{[]float64{4, 2}, 0.5, 3},
		// t_1 t_2 = 0.16 at shares 0.8 and 0.2.
		{[]float64{4, 2}, 0.4, 2 + 2*0.8},
		{[]float64{7, 7, 7}, 0.2, 7},
		{[]float64{5}, 1, 5},
		{[]float64{0, 0}, 0.3, 0},
	} {
		if got := FairRevenue(c.values, c.fairness); math.Abs(got-c.want) > 1e-12 {
			t.Errorf("FairRevenue(%v, %g) = %.15g, want %g", c.values, c.fairness, got, c.want)
		}
	}
	for _, f := range []float64{-1, 0.6, math.NaN()} {
		if got := FairRevenue([]float64{4, 2}, f); !math.IsNaN(got) {
			t.Errorf("fairness %g gives %g", f, got)
		}
	}
}

// No random shares beat the frontier.
func TestFairRevenueIsABound(t *testing.T) {
	random := rand.New(rand.NewPCG(1, 2))
	for range 2000 {
		n := 2 + random.IntN(4)
		values, shares := make([]float64, n), make([]float64, n)
		total := 0.0
		for i := range values {
			values[i] = 10 * random.Float64()
			shares[i] = random.ExpFloat64()
			total += shares[i]
		}
		revenue, logs := 0.0, 0.0
		for i := range shares {
			revenue += shares[i] / total * values[i]
			logs += math.Log(shares[i]/total) / float64(n)
		}
		if bound := FairRevenue(values, math.Exp(logs)); !(revenue <= bound+1e-9) {
			t.Fatalf("shares %v at values %v bring %g, more than %g", shares, values, revenue, bound)
		}
	}
}

// At values 4, 2 nothing brings more than 4; over two equally likely draws the mean.
func TestFull(t *testing.T) {
	goal, err := objectives.New("revenue")
	if err != nil {
		t.Fatal(err)
	}
	if got, method := Full(goal, []float64{4, 2}, []float64{1}, 2); got != 4 || method == "" {
		t.Errorf("%g by %q", got, method)
	}
	if got, _ := Full(goal, []float64{4, 2, 1, 8}, []float64{0.5, 0.5}, 2); got != 6 {
		t.Errorf("%g", got)
	}
	odd, err := objectives.New("1/fairness")
	if err != nil {
		t.Fatal(err)
	}
	if got, method := Full(odd, []float64{4, 2}, []float64{1}, 2); !math.IsInf(got, 1) || method != "" {
		t.Errorf("%g by %q", got, method)
	}
}
