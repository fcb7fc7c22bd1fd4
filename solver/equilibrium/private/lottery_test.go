package private_test

import (
	"math"
	"testing"

	"allot/mechanisms"
	"allot/mechanisms/distributions"
	"allot/solver/equilibrium"
	"allot/solver/equilibrium/private"
)

func entered(t testing.TB, lot mechanisms.Lot, values []dist) *private.Equilibrium {
	t.Helper()
	l := must[mechanisms.Lottery](t)(mechanisms.NewLottery(lot))
	eq, err := private.Solver{}.Solve(l, values)
	if err != nil || eq.Status != equilibrium.Converged {
		t.Fatalf("%v: %+v", err, eq)
	}
	sold := eq.Account.Unsold
	for i, w := range eq.Account.Win {
		sold += w
		if u := eq.Account.Payoff[i]; !(u >= 0) || !(w >= 0) {
			t.Errorf("agent %d: win %g, payoff %g", i, w, u)
		}
	}
	near(t, "shares", sold, 1, 1e-11)
	near(t, "welfare", eq.Account.Revenue()+eq.Account.Surplus(), eq.Account.Welfare, 1e-11*(1+eq.Highest))
	return eq
}

// cutoffRank is the rank from which an agent enters.
func cutoffRank(c mechanisms.BidCurve) float64 {
	for k, b := range c.Bids {
		if b > 0 {
			return c.Below[k]
		}
	}
	return 1
}

// Equal agents: the cutoff solves (v - p) (1 - F^n)/(n (1-F)) = fee, the binomial sum of
// 1/(k+1) over the others who enter.
func TestLotteryCutoffs(t *testing.T) {
	near(t, "two uniform draws", cutoffRank(entered(t, mechanisms.Lot{Fee: 0.5}, times(2, uniform(t, 0, 1))).Curves[0]), (math.Sqrt(5)-1)/2, 1e-13)
	for _, n := range []int{2, 3, 10, 1000, 1000000} {
		for _, price := range []float64{0, 0.3} {
			fee := 0.4 / float64(n)
			eq := entered(t, mechanisms.Lot{Fee: fee, Price: price}, times(n, uniform(t, 0, 1)))
			f := cutoffRank(eq.Curves[0])
			chance := -math.Expm1(float64(n)*math.Log(f)) / (float64(n) * (1 - f))
			near(t, "indifference", (f-price)*chance/fee, 1, 1e-9)
			near(t, "win", eq.Account.Win[0]/chance, 1-f, 1e-10)
			near(t, "welfare", eq.Account.Welfare, float64(n)*chance*(1-f*f)/2, 1e-9)
		}
	}
	// Known values mix: all n equal agents enter with probability q, v (1-(1-q)^n)/(n q) = fee.
	eq := entered(t, mechanisms.Lot{Fee: 1}, times(3, mechanisms.Point(2)))
	q := 1 - cutoffRank(eq.Curves[0])
	near(t, "mixing", 2*(1-math.Pow(1-q, 3))/(3*q), 1, 1e-12)
	near(t, "no profit", eq.Account.Surplus(), 0, 1e-12)
	// An atom in the middle of a sample.
	e := must[distributions.Empirical](t)(distributions.NewEmpirical([]float64{0.5, 1, 1, 1, 3}))
	q = 1 - cutoffRank(entered(t, mechanisms.Lot{Fee: 0.8}, times(2, dist(e))).Curves[0])
	near(t, "mixing atom", 1*(1-q/2), 0.8, 1e-12)
	if q <= 0.2 || q >= 0.8 {
		t.Errorf("entry %g", q)
	}
	// Nobody pays a fee above the top value; a lone agent enters where its value covers it.
	if eq := entered(t, mechanisms.Lot{Fee: 2}, times(3, uniform(t, 0, 1))); eq.Account.Unsold != 1 {
		t.Errorf("unsold %g", eq.Account.Unsold)
	}
	near(t, "alone", cutoffRank(entered(t, mechanisms.Lot{Fee: 0.2, Price: 0.3}, times(1, uniform(t, 0, 1))).Curves[0]), 0.5, 1e-13)
}

// Different agents, with weights: each cutoff type is indifferent when the chances are
// summed over all sets of entrants (the dumb reference).
func TestLotteryDifferentAgents(t *testing.T) {
	weights := []float64{1, 2, 5, 5}
	values := []dist{uniform(t, 0, 1), logNormal(t, -0.5, 0.7), pareto(t, 0.2, 2), pareto(t, 0.2, 2)}
	lot := mechanisms.Lot{Fee: 0.11, Price: 0.05, Weights: weights}
	eq := entered(t, lot, values)
	for i := range values {
		out := make([]float64, 4)
		for j := range out {
			out[j] = cutoffRank(eq.Curves[j])
		}
		chance := 0.0
		for set := range 16 {
			if set>>i&1 == 0 {
				continue
			}
			p, total := 1.0, 0.0
			for j := range 4 {
				in := set>>j&1 == 1
				if in {
					total += weights[j]
				}
				if j != i && in {
					p *= 1 - out[j]
				} else if j != i {
					p *= out[j]
				}
			}
			chance += p * weights[i] / total
		}
		near(t, "win", eq.Account.Win[i], (1-out[i])*chance, 1e-12)
		v := values[i].Quantile(out[i])
		if gain := (v-lot.Price)*chance - lot.Fee; out[i] > 0 && math.Abs(gain) > 1e-10 || out[i] == 0 && gain < -1e-10 {
			t.Errorf("agent %d: the cutoff type %g gains %g", i, v, gain)
		}
	}
	// An agent of no value stays out and changes nothing; scale and order do not matter.
	more := entered(t, mechanisms.Lot{Fee: 0.11, Price: 0.05, Weights: append(weights, 3)}, append(append([]dist(nil), values...), mechanisms.Point(0)))
	near(t, "one more of no value", more.Account.Revenue(), eq.Account.Revenue(), 1e-11)
	back := entered(t, mechanisms.Lot{Fee: 0.11, Price: 0.05, Weights: []float64{5, 5, 2, 1}}, []dist{values[3], values[2], values[1], values[0]})
	near(t, "permuted", back.Account.Revenue(), eq.Account.Revenue(), 1e-11)
}
