package equilibrium

import (
	"math"
	"testing"

	"allot/mechanisms"
	"allot/solver/certify"
)

// Just above exponent 2 payoffs are flat around the best signal: a strategy from which
// nobody gains by deviating can still earn more than the 0 of every equilibrium
// (Ewerhart 2017). The profile brings what is reported, at every exponent.
func TestDissipationBringsWhatIsReported(t *testing.T) {
	values := []float64{4, 2}
	for _, rho := range []float64{2 + 1e-9, 2.001, 2.3, 5} {
		const epsilon = 1e-6
		m := contest(t, mechanisms.Ratio{Exponent: rho})
		eq := solve(t, m, values...)
		for i := range values {
			own, win := 0.0, 0.0
			strategy := points(eq, 1-i, 1)
			for _, a := range points(eq, i, 1) {
				u, w, _ := against(m, values, 1-i, strategy, i, a.signal)
				own, win = own+a.mass*u, win+a.mass*w
			}
			near(t, "payoff", own, eq.Payoff[i], epsilon)
			near(t, "win", win, eq.Win[i], epsilon)
			for x := 1.2 * values[i]; x > 1e-9; x *= 0.997 {
				if u, _, _ := against(m, values, 1-i, strategy, i, x); u > eq.Payoff[i]+epsilon {
					t.Fatalf("exponent %g: agent %d gains %g by %g", rho, i+1, u-eq.Payoff[i], x)
				}
			}
		}
	}
}

// proven is what can be gained at most, proven to a tolerance, both as a share of the
// highest value.
func proven(t *testing.T, g mechanisms.Game, p mechanisms.Profile, payoff []float64, tolerance float64) float64 {
	t.Helper()
	top := 0.0
	for _, v := range g.Values {
		top = math.Max(top, v)
	}
	c := certify.Game(g, p, payoff, certify.Options{Tolerance: tolerance * top})
	if c.Standing != certify.Certified {
		t.Fatalf("%s: %s", c.Standing, c.Reason)
	}
	return c.Epsilon / top
}

// The profiles prove the theorem's payoffs right to 1e-6 (Alcalde, Dahm 2010; Ewerhart 2017).
func TestDissipationIsCertified(t *testing.T) {
	for _, rho := range []float64{2.05, 2.5, 3, 4, 5, 7, 8, 10, 15, 20} {
		games := []struct{ values, weights []float64 }{
			{values: []float64{1, 1}},
			{values: []float64{30, 20, 10}},
			{values: []float64{4, 2}},
			{[]float64{2, 2}, []float64{9, 1}},
			{[]float64{2, 3}, []float64{0.5, 4}},
		}
		bound, tolerance := 1.2e-8, 1e-9
		if rho > 3 { // certificates take longer with more atoms
			games, bound, tolerance = games[:1], 5e-7, 2e-7
		}
		for _, c := range games {
			m := contest(t, mechanisms.Ratio{Exponent: rho, Weights: c.weights})
			eq := solve(t, m, c.values...)
			if e := proven(t, mechanisms.Game{Mechanism: m, Values: c.values}, eq.Profile, eq.Payoff, tolerance); e > bound {
				t.Errorf("exponent %g, values %g, weights %g: %g can be gained", rho, c.values, c.weights, e)
			}
		}
	}
}

// Nothing can be gained against the symmetric strategy where it has hundreds of atoms.
func TestSteepDissipationIsCertified(t *testing.T) {
	for _, rho := range []float64{30, 50} {
		var d dissipation
		if !d.solve(rho) {
			t.Fatalf("exponent %g: not solved", rho)
		}
		var eq Equilibrium
		eq.reset(2)
		eq.mixtures(2)
		sum := 0.0
		for j, y := range d.atoms {
			eq.knot(1, y, sum)
			sum += d.masses[j]
			eq.knot(1, y, sum)
		}
		eq.Profile.Signals[1] = eq.Profile.Mixed[1].Mean()
		game := mechanisms.Game{Mechanism: contest(t, mechanisms.Ratio{Exponent: rho}), Values: []float64{1, 1}}
		best := certify.BestDeviation(game, eq.Profile, 0, certify.Options{Tolerance: 4e-7})
		if best.Standing != certify.Certified || best.Bound > 1e-6 {
			t.Errorf("exponent %g: %s, %g by %g", rho, best.Standing, best.Bound, best.Signal)
		}
	}
}

// What is said to be gained is what a fine grid finds, by the formula itself, and
// nearly nothing, at exponents from just above 2 to the steepest.
func TestDissipationEpsilon(t *testing.T) {
	var d dissipation
	for rho := 2 + 1e-12; rho <= steepest; rho = 2 + (rho-2)*1.9 {
		if !d.solve(rho) || d.epsilon > 7e-7 {
			t.Fatalf("exponent %g: epsilon %g", rho, d.epsilon)
		}
		mass, mean, own, best := 0.0, 0.0, 0.0, 0.0
		for j, y := range d.atoms {
			mass, mean = mass+d.masses[j], mean+d.masses[j]*y
			own += d.masses[j] * d.payoff(y)
			if j > 0 && y <= d.atoms[j-1] {
				t.Fatalf("exponent %g: atom %d is out of order", rho, j)
			}
		}
		for x := 1.2; x > 1e-9; x *= 1 - 0.06/rho {
			best = math.Max(best, d.payoff(x))
		}
		near(t, "mass", mass, 1, 1e-12)
		near(t, "mean", mean, 0.5, d.epsilon+1e-12)
		near(t, "own", own, 0, d.epsilon+1e-12)
		if best-own > d.epsilon*(1+1e-6)+1e-12 {
			t.Errorf("exponent %g: epsilon %g, but %g can be gained", rho, d.epsilon, best-own)
		}
	}
}

// Exchange knows nothing of first-order conditions and comes to the same atoms.
func TestLadderAgainstExchange(t *testing.T) {
	for _, rho := range []float64{2.2, 3, 6} {
		var ladder, other dissipation
		if !ladder.solve(rho) {
			t.Fatalf("exponent %g: not solved", rho)
		}
		other.rho, other.epsilon = rho, math.Inf(1)
		other.exchange()
		if !(other.epsilon < 1e-5) {
			t.Fatalf("exponent %g: exchange leaves %g", rho, other.epsilon)
		}
		for k := 1; k <= 3; k++ {
			y, p := ladder.atoms[len(ladder.atoms)-k], ladder.masses[len(ladder.atoms)-k]
			mass, mean := 0.0, 0.0
			for j, x := range other.atoms {
				if math.Abs(math.Log(x/y)) < 0.5/rho {
					mass, mean = mass+other.masses[j], mean+other.masses[j]*x
				}
			}
			near(t, "mass", mass, p, 5e-3*p)
			near(t, "atom", mean/mass, y, 5e-3*y)
		}
	}
}

// Exchange has 0.6012 and 0.7937, from which 3e-8 can be gained.
func TestHighestAtom(t *testing.T) {
	var d dissipation
	d.solve(3)
	near(t, "highest atom", d.atoms[len(d.atoms)-1], 0.6011, 2e-4)
	near(t, "its mass", d.masses[len(d.atoms)-1], 0.7938, 2e-4)
}

// Exchange takes nothing for something worse.
func TestExchangeKeepsTheBetter(t *testing.T) {
	var d dissipation
	d.solve(5)
	epsilon, atoms := d.epsilon, len(d.atoms)
	d.exchange()
	if d.epsilon != epsilon || len(d.atoms) != atoms {
		t.Errorf("epsilon %g in %d atoms, had %g in %d", d.epsilon, len(d.atoms), epsilon, atoms)
	}
}

// What is too steep is left to others, whatever was solved before.
func TestTooSteep(t *testing.T) {
	var d dissipation
	for range 2 {
		if !d.solve(40) {
			t.Fatal("not solved")
		}
		for range 2 {
			if d.solve(steepest+1) || len(d.atoms) > 0 {
				t.Fatal("solved")
			}
		}
	}
}

func TestEliminate(t *testing.T) {
	rows := []float64{
		0, 2, 1, 7,
		1, 1, 1, 6,
		2, 0, 3, 11,
	}
	if !eliminate(rows, 3) {
		t.Fatal("not solved")
	}
	for i, x := range []float64{1, 2, 3} {
		near(t, "x", rows[4*i+3], x, 1e-14)
	}
	for _, rows := range [][]float64{{1, 2, 1, 2, 4, 1}, {math.NaN(), 1, 1, 1, 1, 1}, {math.Inf(1), 1, 1, 1, 1, 1}} {
		if eliminate(rows, 2) {
			t.Errorf("solved to %g", rows)
		}
	}
}

// New exponents allocate nothing once there is room, and nothing at all where no
// profile is asked for.
func TestDissipationAllocatesNothing(t *testing.T) {
	game := mechanisms.Game{Values: []float64{4, 2}}
	games := make([]mechanisms.Game, 2)
	for i, rho := range []float64{9, 4} {
		game.Mechanism = contest(t, mechanisms.Ratio{Exponent: rho})
		games[i] = game
	}
	for _, brief := range []bool{true, false} {
		s := Solver{Brief: brief}
		var eq Equilibrium
		if n := testing.AllocsPerRun(10, func() {
			for _, g := range games {
				if err := s.Solve(g, &eq); err != nil {
					t.Fatal(err)
				}
			}
		}); n != 0 {
			t.Errorf("brief %v: %g allocations", brief, n)
		}
	}
}

func BenchmarkDissipation(b *testing.B) {
	var d dissipation
	exponents := []float64{2.5, 5, 10, 20, 50}
	b.ReportAllocs()
	for i := 0; b.Loop(); i++ {
		d.solve(exponents[i%len(exponents)])
	}
}
