package equilibrium

import (
	"math"
	"math/rand/v2"
	"testing"

	"allot/mechanisms"
)

// games are mechanisms of every kind with values in general position.
func games(t testing.TB) map[string]func(unit float64, n int) mechanisms.Mechanism {
	make := func(r mechanisms.Ratio) func(float64, int) mechanisms.Mechanism {
		return func(unit float64, n int) mechanisms.Mechanism {
			r := r
			r.Fee *= unit
			r.Phantom *= unit
			return contest(t, r)
		}
	}
	return map[string]func(float64, int) mechanisms.Mechanism{
		"first-price":  func(u float64, n int) mechanisms.Mechanism { return auction(t, 1, 0.1*u) },
		"second-price": func(u float64, n int) mechanisms.Mechanism { return auction(t, 0, 0.1*u) },
		"all-pay":      func(u float64, n int) mechanisms.Mechanism { return allPayAuction(t, 0.1*u) },
		"proportional": make(mechanisms.Ratio{Exponent: 1}),
		"phantom":      make(mechanisms.Ratio{Exponent: 1, Phantom: 0.2}),
		"0.6":          make(mechanisms.Ratio{Exponent: 0.6}),
		"0.6, phantom": make(mechanisms.Ratio{Exponent: 0.6, Phantom: 0.2}),
		"fee":          make(mechanisms.Ratio{Exponent: 0.8, Fee: 0.03}),
		"fee at 1":     make(mechanisms.Ratio{Exponent: 1, Fee: 0.03}),
		"1.3":          make(mechanisms.Ratio{Exponent: 1.3}),
		"2.05":         make(mechanisms.Ratio{Exponent: 2.05}),
		"winner-pays":  make(mechanisms.Ratio{Exponent: 1.5, WinnerPays: true}),
		"winner, fee":  make(mechanisms.Ratio{Exponent: 1, WinnerPays: true, Fee: 0.02, Phantom: 0.1}),
		"lottery": func(u float64, n int) mechanisms.Mechanism {
			l, err := mechanisms.NewLottery(mechanisms.Lot{Fee: 0.05 * u, Price: 0.2 * u})
			if err != nil {
				t.Fatal(err)
			}
			return l
		},
	}
}

// Another unit of money, another order of the agents and a worthless agent more
// change nothing but the unit, the order and the agent.
func TestProperties(t *testing.T) {
	r := rand.New(rand.NewPCG(5, 6))
	for name, make := range games(t) {
		t.Run(name, func(t *testing.T) {
			for range 20 {
				n := 2 + r.IntN(6)
				values := []float64{}
				for range n {
					values = append(values, 0.05+r.Float64())
				}
				eq := solve(t, make(1, n), values...)

				const unit = 0x1p40
				scaled := append([]float64(nil), values...)
				for i := range scaled {
					scaled[i] *= unit
				}
				big := solve(t, make(unit, n), scaled...)

				order := r.Perm(n)
				mixed := append([]float64(nil), values...)
				for i, j := range order {
					mixed[j] = values[i]
				}
				moved := solve(t, make(1, n), mixed...)

				more := solve(t, make(1, n+1), append([]float64{0}, values...)...)
				tolerance := 1e-12
				if eq.Approximate && eq.Method == methodDuel { // found by search
					tolerance = 1e-4
					if more.Status == NotFound {
						continue // the worthless agent has a share when the others stand back
					}
				}
				for i := range values {
					near(t, "win, unit", big.Win[i], eq.Win[i], tolerance)
					near(t, "cost, unit", big.Cost[i]/unit, eq.Cost[i], tolerance)
					near(t, "payoff, unit", big.Payoff[i]/unit, eq.Payoff[i], tolerance)
					near(t, "win, order", moved.Win[order[i]], eq.Win[i], tolerance)
					near(t, "cost, order", moved.Cost[order[i]], eq.Cost[i], tolerance)
					near(t, "win, worthless agent", more.Win[i+1], eq.Win[i], tolerance)
					near(t, "cost, worthless agent", more.Cost[i+1], eq.Cost[i], tolerance)
				}
				if more.Win[0] != 0 || more.Status != eq.Status || moved.Status != eq.Status || big.Regime != eq.Regime {
					t.Errorf("%v: worthless agent wins %g, %v %v %v", values, more.Win[0], more.Status, moved.Status, big.Regime)
				}
				if big.Piece != eq.Piece {
					t.Errorf("%v: another unit, another piece", values)
				}
			}
		})
	}
}

// Values of any size, down to the least and up to the largest number.
func TestScales(t *testing.T) {
	sets := [][]float64{
		{0}, {0, 0}, {0, 0, 0}, {1}, {5e-324}, {1e308}, {1, 0}, {0, 5e-324, 0}, {5e-324, 5e-324}, {1e308, 1e308, 1e308},
		{1e300, 1e-300}, {1e300, 1, 1e-300}, {1e-310, 1e-310, 1e-310}, {1e300, 1e300, 1e-10, 1e-10}, {1.7e308, 5e-324, 1}, {1e-300, 2e-300, 3e-300},
		{1e-160, 1e-161}, {1e160, 1e161},
	}
	ratios := []mechanisms.Ratio{}
	for _, rho := range []float64{1e-3, 0.01, 0.5, 0.999999, 1, 1.000001, 1.2, 1.999, 2, 2.5, 50, 1e6} {
		for _, winner := range []bool{false, true} {
			for _, fee := range []float64{0, 0.01, 1e-300, 1e300} {
				for _, phantom := range []float64{0, 0.5, 1e-300, 1e300} {
					ratios = append(ratios, mechanisms.Ratio{Exponent: rho, WinnerPays: winner, Fee: fee, Phantom: phantom})
				}
			}
		}
	}
	s, eq := Solver{Brief: true}, new(Equilibrium)
	for _, values := range sets {
		for _, ratio := range ratios {
			if err := s.Solve(mechanisms.Game{Mechanism: contest(t, ratio), Values: values}, eq); err != nil {
				t.Fatal(err)
			}
			sane(t, values, eq, ratio)
			if eq.Status == NotFound && ratio.Fee == 0 && (ratio.Exponent <= 1 || ratio.WinnerPays) {
				t.Errorf("%v %+v: not found", values, ratio)
			}
		}
		for _, reserve := range []float64{0, 1e-300, 1, 1e300} {
			for _, m := range []mechanisms.Mechanism{auction(t, 1, reserve), auction(t, 0, reserve), auction(t, 0.5, reserve), allPayAuction(t, reserve)} {
				eq := solve(t, m, values...)
				if eq.Regime == Pure {
					requireAllot(t, m, values, eq)
				}
			}
		}
	}
}

func TestMillion(t *testing.T) {
	r := rand.New(rand.NewPCG(9, 9))
	values := make([]float64, 1_000_000)
	for i := range values {
		values[i] = r.ExpFloat64()
	}
	var s Solver
	var eq Equilibrium
	for k, ratio := range []mechanisms.Ratio{{Exponent: 1}, {Exponent: 0.5}, {Exponent: 1, WinnerPays: true}, {Exponent: 0.9, Fee: 0.01}, {Exponent: 1.05}} {
		if k > 1 { // the slower ones
			values = values[:100_000]
		}
		if err := s.Solve(mechanisms.Game{Mechanism: contest(t, ratio), Values: values}, &eq); err != nil {
			t.Fatal(err)
		}
		sane(t, values, &eq)
		sum := 0.0
		for _, w := range eq.Win {
			sum += w
		}
		if eq.Status != Converged {
			t.Errorf("%+v: %v (%s)", ratio, eq.Status, eq.Selection)
			continue
		}
		near(t, "sum of chances", sum, 1, 1e-9)
	}
}

// What a solver solved before must not show in what it returns.
func TestSameBits(t *testing.T) {
	r := rand.New(rand.NewPCG(11, 12))
	kinds := games(t)
	names := []string{"first-price", "all-pay", "proportional", "0.6", "fee", "1.3", "2.05", "winner-pays", "winner, fee", "lottery", "phantom"}
	var used Solver
	eq := new(Equilibrium)
	for range 300 {
		name := names[r.IntN(len(names))]
		values := randomValues(r, 1+r.IntN(6))
		m := kinds[name](1, len(values))
		if err := used.Solve(mechanisms.Game{Mechanism: m, Values: values}, eq); err != nil {
			t.Fatal(err)
		}
		fresh := solve(t, m, values...)
		for i := range values {
			if eq.Win[i] != fresh.Win[i] || eq.Cost[i] != fresh.Cost[i] || eq.Payoff[i] != fresh.Payoff[i] || eq.Profile.Signals[i] != fresh.Profile.Signals[i] {
				t.Fatalf("%s %v: agent %d: %v, fresh %v", name, values, i, eq.Win, fresh.Win)
			}
		}
		if eq.Piece != fresh.Piece || eq.Margin != fresh.Margin || eq.Active != fresh.Active || (eq.Profile.Mixed == nil) != (fresh.Profile.Mixed == nil) {
			t.Fatalf("%s %v: piece, margin or participants differ", name, values)
		}
		for i := range eq.Profile.Mixed {
			a, b := eq.Profile.Mixed[i], fresh.Profile.Mixed[i]
			if len(a.Signals) != len(b.Signals) {
				t.Fatalf("%s %v: mixtures differ", name, values)
			}
			for k := range a.Signals {
				if a.Signals[k] != b.Signals[k] || a.Cumulative[k] != b.Cumulative[k] {
					t.Fatalf("%s %v: mixtures differ", name, values)
				}
			}
		}
	}
}

func TestWarmStart(t *testing.T) {
	r := rand.New(rand.NewPCG(13, 14))
	warm, cold := Solver{Warm: true}, Solver{}
	a, b := new(Equilibrium), new(Equilibrium)
	for range 200 {
		values := make([]float64, 20)
		for i := range values {
			values[i] = math.Exp(r.NormFloat64())
		}
		m := contest(t, mechanisms.Ratio{Exponent: []float64{0.3, 0.7, 0.95}[r.IntN(3)]})
		g := mechanisms.Game{Mechanism: m, Values: values}
		if warm.Solve(g, a) != nil || cold.Solve(g, b) != nil {
			t.Fatal("error")
		}
		for i := range values {
			near(t, "win", a.Win[i], b.Win[i], 1e-13)
			near(t, "cost", a.Cost[i], b.Cost[i], 1e-13)
		}
	}
}

func TestNothingIsAllocated(t *testing.T) {
	values := []float64{5, 3, 8, 1, 2, 9, 4, 7, 6, 2.5}
	for _, name := range []string{"first-price", "all-pay", "proportional", "0.6", "fee", "1.3", "winner-pays", "lottery", "phantom"} {
		m := games(t)[name](1, len(values))
		var s Solver
		var eq Equilibrium
		g := mechanisms.Game{Mechanism: m, Values: values}
		if err := s.Solve(g, &eq); err != nil {
			t.Fatal(err)
		}
		if n := testing.AllocsPerRun(10, func() { _ = s.Solve(g, &eq) }); n != 0 {
			t.Errorf("%s: %g allocations", name, n)
		}
	}
}

func TestErrors(t *testing.T) {
	var s Solver
	var eq Equilibrium
	fine := auction(t, 1, 0)
	for name, g := range map[string]mechanisms.Game{
		"no mechanism":  {Values: []float64{1}},
		"no agents":     {Mechanism: fine},
		"NaN":           {Mechanism: fine, Values: []float64{1, math.NaN()}},
		"infinite":      {Mechanism: fine, Values: []float64{math.Inf(1)}},
		"negative":      {Mechanism: fine, Values: []float64{-1}},
		"bad exponent":  {Mechanism: mechanisms.Contest{}, Values: []float64{1, 2}},
		"weights short": {Mechanism: contest(t, mechanisms.Ratio{Exponent: 1, Weights: []float64{1}}), Values: []float64{1, 2}},
	} {
		if s.Solve(g, &eq) == nil {
			t.Errorf("%s: no error", name)
		}
		if _, err := s.All(g); err == nil {
			t.Errorf("%s: no error from All", name)
		}
	}
}

// The optimal exponent for values 4, 2 is the pure threshold, and the piece changes there:
// the margin says how far it is.
func TestMarginAtThreshold(t *testing.T) {
	last, piece := math.Inf(1), uint64(0)
	for i, rho := range []float64{1.01, 1.1, 1.2, 1.3, 1.38, 1.3833323479810615} {
		eq := solve(t, contest(t, mechanisms.Ratio{Exponent: rho}), 4, 2)
		if eq.Margin >= last {
			t.Errorf("rho %g: margin %g does not fall", rho, eq.Margin)
		}
		if i > 0 && eq.Piece != piece {
			t.Errorf("rho %g: another piece", rho)
		}
		last, piece = eq.Margin, eq.Piece
	}
	if last > 1e-12 {
		t.Errorf("margin %g at the threshold", last)
	}
	if eq := solve(t, contest(t, mechanisms.Ratio{Exponent: 1.384}), 4, 2); eq.Piece == piece || eq.Regime != SemiMixed {
		t.Errorf("beyond the threshold: %v, the same piece: %v", eq.Regime, eq.Piece == piece)
	}
}

// Below exponent 1 everyone takes part, however small its share: one piece, whose end
// at exponent 1 the margin announces.
func TestPieceBelowOne(t *testing.T) {
	values := []float64{1, 0.5, 0.1, 1e-3}
	last, piece := math.Inf(1), uint64(0)
	for i, rho := range []float64{0.2, 0.7, 0.99, 0.9999, 0.999999} {
		eq := solve(t, contest(t, mechanisms.Ratio{Exponent: rho}), values...)
		if i > 0 && eq.Piece != piece || eq.Active != len(values) || !(eq.Margin < last) {
			t.Errorf("rho %g: %d active, margin %g after %g, same piece %v", rho, eq.Active, eq.Margin, last, eq.Piece == piece)
		}
		last, piece = eq.Margin, eq.Piece
	}
	one := solve(t, contest(t, mechanisms.Ratio{Exponent: 1}), values...)
	if one.Piece == piece || one.Active != 2 {
		t.Errorf("rho 1: %d active, the same piece %v", one.Active, one.Piece == piece)
	}
	// The solution itself is continuous there.
	near1 := solve(t, contest(t, mechanisms.Ratio{Exponent: 1 - 1e-9}), values...)
	for i := range values {
		near(t, "win", near1.Win[i], one.Win[i], 1e-7)
	}
}

// A fee's piece ends where its margin says: the participants change when the margin is 0.
func TestMarginOfEntry(t *testing.T) {
	values := []float64{1, 0.8, 0.7, 0.6, 0.5, 0.4}
	changes := 0
	before := solve(t, contest(t, mechanisms.Ratio{Exponent: 0.8, Fee: 1e-4}), values...)
	const step = 1e-4
	for fee := 2e-4; fee < 0.1; fee += step {
		eq := solve(t, contest(t, mechanisms.Ratio{Exponent: 0.8, Fee: fee}), values...)
		if eq.Status != Converged {
			t.Fatalf("fee %g: %v", fee, eq.Status)
		}
		if (eq.Piece != before.Piece) != (eq.Active != before.Active) {
			t.Errorf("fee %g: %d active after %d, same piece %v", fee, eq.Active, before.Active, eq.Piece == before.Piece)
		}
		if eq.Piece != before.Piece {
			changes++
			if before.Margin > step*1.001 {
				t.Errorf("fee %g: the piece ends %g early", fee, before.Margin)
			}
		}
		before = eq
	}
	if changes < 3 {
		t.Errorf("%d changes", changes)
	}
}
