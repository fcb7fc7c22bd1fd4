package equilibrium

import (
	"math"
	"testing"

	"allot/mechanisms"
)

// near fails unless got is want to a relative (near 0 absolute) tolerance.
func near(t testing.TB, what string, got, want, tolerance float64) {
	t.Helper()
	if !(math.Abs(got-want) <= tolerance*math.Max(1, math.Abs(want))) {
		t.Errorf("%s: %.15g, want %.15g", what, got, want)
	}
}

func auction(t testing.TB, first, reserve float64) mechanisms.Auction {
	t.Helper()
	a, err := mechanisms.NewAuction(first, reserve)
	if err != nil {
		t.Fatal(err)
	}
	return a
}

func allPayAuction(t testing.TB, reserve float64) mechanisms.Auction {
	t.Helper()
	a, err := mechanisms.NewAllPay(reserve)
	if err != nil {
		t.Fatal(err)
	}
	return a
}

func revenue(eq *Equilibrium) float64 {
	sum := 0.0
	for _, c := range eq.Cost {
		sum += c
	}
	return sum
}

func TestPublishedContests(t *testing.T) {
	threshold := 1.3833323479810615
	for _, c := range []struct {
		source       string
		ratio        mechanisms.Ratio
		values       []float64
		cost, win    []float64
		payoff       []float64
		revenue, tol float64
		regime       Regime
	}{
		{"Neuder, Garimidi, Roughgarden 2024: 4/2", mechanisms.Ratio{Exponent: 1}, []float64{4, 2},
			[]float64{8. / 9, 4. / 9}, []float64{2. / 3, 1. / 3}, []float64{16. / 9, 2. / 9}, 4. / 3, 1e-14, Pure},
		{"30/20/10: X = 2/(11/60) > 10, so the third is out; X = 12", mechanisms.Ratio{Exponent: 1}, []float64{30, 20, 10},
			[]float64{7.2, 4.8, 0}, []float64{0.6, 0.4, 0}, []float64{10.8, 3.2, 0}, 12, 1e-14, Pure},
		{"symmetric: x = v (n-1)/n^2", mechanisms.Ratio{Exponent: 1}, []float64{10, 10, 10, 10, 10},
			[]float64{1.6, 1.6, 1.6, 1.6, 1.6}, []float64{.2, .2, .2, .2, .2}, []float64{.4, .4, .4, .4, .4}, 8, 1e-14, Pure},
		{"symmetric, rho 1.4 <= n/(n-1): x = rho v (n-1)/n^2", mechanisms.Ratio{Exponent: 1.4}, []float64{1, 1, 1},
			[]float64{2.8 / 9, 2.8 / 9, 2.8 / 9}, []float64{1. / 3, 1. / 3, 1. / 3}, []float64{1. / 45, 1. / 45, 1. / 45}, 2.8 / 3, 1e-13, Pure},
		{"Nti 1999: 4/2 at 1.3", mechanisms.Ratio{Exponent: 1.3}, []float64{4, 2},
			[]float64{1.0681094305720253, 0.5340547152860127}, []float64{0.7111737206060699, 0.2888262793939301},
			[]float64{1.7765854518522541, 0.04359784350184748}, 1.602164145858038, 1e-13, Pure},
		{"Nti 1999: the pure threshold rho = 1 + 2^-rho of 4/2", mechanisms.Ratio{Exponent: threshold}, []float64{4, 2},
			nil, nil, nil, 1.6626475129011133, 1e-12, Pure},
		{"Wang 2010: 4/2 at 1.5", mechanisms.Ratio{Exponent: 1.5}, []float64{4, 2},
			[]float64{1.0582673679787995, 0.7937005259840997 * 2 / 3}, []float64{0.7354331580053001, 0.26456684199469993},
			[]float64{1.8834652640424008, 0}, math.Pow(2, 2./3), 1e-13, SemiMixed},
		{"Alcalde, Dahm 2010; Ewerhart 2017: 4/2 above 2", mechanisms.Ratio{Exponent: 2.5}, []float64{4, 2},
			[]float64{1, 0.5}, []float64{0.75, 0.25}, []float64{2, 0}, 1.5, 1e-14, Mixed},
		{"Perez-Castrillo, Verdier 1992: 3 of 5 at 1.5", mechanisms.Ratio{Exponent: 1.5}, []float64{1, 1, 1, 1, 1},
			[]float64{1. / 3, 1. / 3, 1. / 3, 0, 0}, []float64{1. / 3, 1. / 3, 1. / 3, 0, 0}, []float64{0, 0, 0, 0, 0}, 1, 1e-12, Pure},
		{"burn share 1/4 of 4/2: bids fall by 1/4", mechanisms.Ratio{Exponent: 1}, []float64{3, 1.5},
			[]float64{2. / 3, 1. / 3}, []float64{2. / 3, 1. / 3}, nil, 1, 1e-14, Pure},
		{"phantom bid: X^2/v = R alone", mechanisms.Ratio{Exponent: 1, Phantom: 1}, []float64{4},
			[]float64{1}, []float64{0.5}, []float64{1}, 1, 1e-14, Pure},
	} {
		t.Run(c.source, func(t *testing.T) {
			m := contest(t, c.ratio)
			eq := solve(t, m, c.values...)
			if eq.Status != Converged || eq.Regime != c.regime {
				t.Fatalf("%v, %v, want %v", eq.Status, eq.Regime, c.regime)
			}
			for i := range c.values {
				if c.cost != nil {
					near(t, "cost", eq.Cost[i], c.cost[i], c.tol)
				}
				if c.win != nil {
					near(t, "win", eq.Win[i], c.win[i], c.tol)
				}
				if c.payoff != nil {
					near(t, "payoff", eq.Payoff[i], c.payoff[i], c.tol)
				}
			}
			near(t, "revenue", revenue(eq), c.revenue, c.tol)
			if c.regime == Pure {
				requirePure(t, m, c.values, eq, 1e-11)
			}
		})
	}
}

// Arnosti, Weinberg (2022): with costs c_i and values 1, shares are
// max(0, 1 - c_i/c*); a participant's share is at least 1 - 1/rho for rho > 1, so
// that there are at most rho/(rho-1) of them.
func TestArnostiWeinberg(t *testing.T) {
	for _, c := range []struct {
		costs, shares []float64
		level         float64
	}{
		{[]float64{1, 1.1}, []float64{1.1 / 2.1, 1 / 2.1}, 2.1},
		{[]float64{1, 1, 1.5}, []float64{3. / 7, 3. / 7, 1. / 7}, 1.75},
	} {
		values, shares := make([]float64, len(c.costs)), make([]float64, len(c.costs))
		for i, cost := range c.costs {
			values[i] = 1 / cost
		}
		x := Proportional(values, shares)
		near(t, "c*", 1/x, c.level, 1e-14)
		for i := range shares {
			near(t, "share", shares[i], c.shares[i], 1e-14)
		}
	}
	for _, rho := range []float64{1.1, 1.25, 1.4, 1.7, 2} {
		values := []float64{1, 0.99, 0.98, 0.97, 0.96, 0.95, 0.94, 0.93, 0.92, 0.91, 0.9, 0.89}
		eq := solve(t, contest(t, mechanisms.Ratio{Exponent: rho}), values...)
		if eq.Status != Converged || eq.Regime != Pure {
			continue
		}
		if float64(eq.Active) > rho/(rho-1)+1e-9 {
			t.Errorf("rho %g: %d active", rho, eq.Active)
		}
		for i, share := range eq.Win {
			if share > 0 && share < 1-1/rho-1e-9 {
				t.Errorf("rho %g: agent %d has share %g", rho, i, share)
			}
		}
	}
}

func TestPublishedAuctions(t *testing.T) {
	for _, c := range []struct {
		source            string
		m                 mechanisms.Mechanism
		values            []float64
		cost, win, payoff []float64
		regime            Regime
	}{
		{"first price 30/20/10", auction(t, 1, 0), []float64{30, 20, 10}, []float64{20, 0, 0}, []float64{1, 0, 0}, []float64{10, 0, 0}, Pure},
		{"Vickrey 1961", auction(t, 0, 0), []float64{10, 30, 20}, []float64{0, 20, 0}, []float64{0, 1, 0}, []float64{0, 10, 0}, Pure},
		{"reserve between", auction(t, 0.3, 25), []float64{30, 20, 10}, []float64{25, 0, 0}, []float64{1, 0, 0}, []float64{5, 0, 0}, Pure},
		{"reserve above", auction(t, 1, 31), []float64{30, 20, 10}, []float64{0, 0, 0}, []float64{0, 0, 0}, []float64{0, 0, 0}, Pure},
		{"equal values", auction(t, 1, 1), []float64{2, 1, 2}, []float64{1, 0, 1}, []float64{0.5, 0, 0.5}, []float64{0, 0, 0}, Pure},
		{"Hillman, Riley 1989: 30/20/10", allPayAuction(t, 0), []float64{30, 20, 10}, []float64{10, 20. / 3, 0}, []float64{2. / 3, 1. / 3, 0}, []float64{10, 0, 0}, Mixed},
		{"Hillman, Riley 1989: 4/2", allPayAuction(t, 0), []float64{2, 4}, []float64{0.5, 1}, []float64{0.25, 0.75}, []float64{0, 2}, Mixed},
		{"Baye, Kovenock, de Vries 1996: 2/1/1, fewest active", allPayAuction(t, 0), []float64{2, 1, 1}, []float64{0.5, 0.25, 0}, []float64{0.75, 0.25, 0}, []float64{1, 0, 0}, Mixed},
		{"all-pay, reserve below: t_2 = (v_2^2-r^2)/(2 v_1 v_2)", allPayAuction(t, 1), []float64{4, 2}, []float64{5. / 4, 3. / 8}, []float64{13. / 16, 3. / 16}, []float64{2, 0}, Mixed},
		{"all-pay, reserve between", allPayAuction(t, 3), []float64{4, 2}, []float64{3, 0}, []float64{1, 0}, []float64{1, 0}, Pure},
		{"all-pay, reserve above", allPayAuction(t, 5), []float64{4, 2}, []float64{0, 0}, []float64{0, 0}, []float64{0, 0}, Pure},
	} {
		t.Run(c.source, func(t *testing.T) {
			eq := solve(t, c.m, c.values...)
			if eq.Status != Converged || eq.Regime != c.regime {
				t.Fatalf("%v, %v, want %v", eq.Status, eq.Regime, c.regime)
			}
			for i := range c.values {
				near(t, "cost", eq.Cost[i], c.cost[i], 1e-14)
				near(t, "win", eq.Win[i], c.win[i], 1e-14)
				near(t, "payoff", eq.Payoff[i], c.payoff[i], 1e-14)
			}
			if c.regime == Pure {
				if gain, i, a := bestGain(c.m, c.values, eq.Profile.Signals); gain > 1e-14*30 {
					t.Errorf("agent %d gains %g by %g", i, gain, a)
				}
				out := mechanisms.NewOutcome(len(c.values))
				c.m.Allot(eq.Profile.Signals, out)
				for i := range c.values {
					near(t, "win by the rule", out.Win[i], eq.Win[i], 0)
					near(t, "cost by the rule", out.Cost(i), eq.Cost[i], 1e-15)
				}
			}
		})
	}
}

func TestLotteries(t *testing.T) {
	for _, c := range []struct {
		source    string
		lot       mechanisms.Lot
		values    []float64
		cost, win []float64
	}{
		{"price at the second value", mechanisms.Lot{Price: 2}, []float64{4, 2}, []float64{1, 1}, []float64{0.5, 0.5}},
		{"free", mechanisms.Lot{}, []float64{4, 0, 2, 1}, []float64{0, 0, 0, 0}, []float64{1. / 3, 0, 1. / 3, 1. / 3}},
		{"stakes", mechanisms.Lot{Weights: []float64{1, 3}}, []float64{4, 2}, []float64{0, 0}, []float64{0.25, 0.75}},
		{"a fee of 1 shuts out 2 (2/2 = 1 just covers it), then 1", mechanisms.Lot{Fee: 1}, []float64{4, 2, 1}, []float64{1, 1, 0}, []float64{0.5, 0.5, 0}},
		{"too dear for all", mechanisms.Lot{Fee: 5}, []float64{4, 2, 1}, []float64{0, 0, 0}, []float64{0, 0, 0}},
		{"stakes and a fee", mechanisms.Lot{Fee: 1, Weights: []float64{1, 9}}, []float64{4, 2}, []float64{0, 1}, []float64{0, 1}},
	} {
		t.Run(c.source, func(t *testing.T) {
			m, err := mechanisms.NewLottery(c.lot)
			if err != nil {
				t.Fatal(err)
			}
			eq := solve(t, m, c.values...)
			for i := range c.values {
				near(t, "cost", eq.Cost[i], c.cost[i], 1e-15)
				near(t, "win", eq.Win[i], c.win[i], 1e-15)
			}
			requirePure(t, m, c.values, eq, 1e-15)
		})
	}
}
