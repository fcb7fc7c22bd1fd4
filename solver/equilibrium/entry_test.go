package equilibrium

import (
	"fmt"
	"math"
	"math/rand/v2"
	"slices"
	"testing"

	"allot/mechanisms"
)

func participants(eq *Equilibrium) string {
	var set []int
	for i, a := range eq.Profile.Signals {
		if a > 0 {
			set = append(set, i+1)
		}
	}
	return fmt.Sprint(set)
}

func TestAll(t *testing.T) {
	for _, c := range []struct {
		why    string
		ratio  mechanisms.Ratio
		values []float64
		want   []string
	}{
		{"either of the lower two", mechanisms.Ratio{Exponent: 1.4}, []float64{10, 9, 8}, []string{"[1 2]", "[1 3]"}},
		{"Perez-Castrillo, Verdier 1992: any k <= rho/(rho-1) equals that keep the rest out", mechanisms.Ratio{Exponent: 1.5}, []float64{1, 1, 1, 1},
			[]string{"[1 2 3]", "[1 2 4]", "[1 3 4]", "[2 3 4]", "[1 2]", "[1 3]", "[1 4]", "[2 3]", "[2 4]", "[3 4]"}},
		{"above the threshold of every pair", mechanisms.Ratio{Exponent: 1.9}, []float64{10, 7, 5}, nil},
		{"unique", mechanisms.Ratio{Exponent: 0.5}, []float64{10, 9, 8}, []string{"[1 2 3]"}},
		{"a fee that only the highest value bears", mechanisms.Ratio{Exponent: 1, Fee: 3}, []float64{10, 2, 1}, []string{"[1]"}},
		{"a fee that nobody bears for 2/3 more", mechanisms.Ratio{Exponent: 1, Fee: 8}, []float64{10, 2, 1}, []string{"[]"}},
		{"a fee of a quarter of the value deters the second of two equals, and no one", mechanisms.Ratio{Exponent: 1, Fee: 0.3}, []float64{1, 1}, nil},
	} {
		t.Run(c.why, func(t *testing.T) {
			var s Solver
			m := contest(t, c.ratio)
			all, err := s.All(mechanisms.Game{Mechanism: m, Values: c.values})
			if err != nil {
				t.Fatal(err)
			}
			var got []string
			for i := range all {
				sane(t, c.values, &all[i])
				requirePure(t, m, c.values, &all[i], 1e-11)
				got = append(got, participants(&all[i]))
			}
			if fmt.Sprint(got) != fmt.Sprint(c.want) {
				t.Errorf("got %v, want %v", got, c.want)
			}
		})
	}
	var s Solver
	many := make([]float64, 20)
	for i := range many {
		many[i] = 1
	}
	if _, err := s.All(mechanisms.Game{Mechanism: contest(t, mechanisms.Ratio{Exponent: 1.5}), Values: many}); err == nil {
		t.Error("no error for 20 agents")
	}
}

// A dumb search for a pure equilibrium that knows nothing of sets or curves:
// sequential best replies by trying signals, from random starts.
func bestReplyIteration(m mechanisms.Mechanism, values []float64, r *rand.Rand, starts, rounds int) ([]float64, bool) {
	n := len(values)
	out := mechanisms.NewOutcome(n)
	top := 0.0
	for _, v := range values {
		top = math.Max(top, v)
	}
	for range starts {
		signals := make([]float64, n)
		for i, v := range values {
			signals[i] = v * r.Float64() / 2
		}
		for range rounds {
			for i, v := range values {
				payoff := func(a float64) float64 {
					signals[i] = a
					m.Allot(signals, out)
					return out.Payoff(i, v)
				}
				best, at := payoff(0), 0.0
				for x := 1.0; x > 1e-4; x *= 0.93 {
					if u := payoff(x * v); u > best+1e-13*v {
						best, at = u, x*v
					}
				}
				if at > 0 {
					at = golden(payoff, at*0.9, at*1.1, 50)
				}
				signals[i] = at
			}
			if gain, _, _ := bestGain(m, values, signals); gain < 1e-9*top {
				return signals, true
			}
		}
	}
	return nil, false
}

// Where no equilibrium is claimed a dumb search must not find a pure one, and where it
// finds one it must be on the list of all.
func TestEntryByReference(t *testing.T) {
	r := rand.New(rand.NewPCG(3, 4))
	none, listed := 0, 0
	for range 120 {
		n := 2 + r.IntN(3)
		values := make([]float64, n)
		for i := range values {
			values[i] = 0.3 + r.Float64()
		}
		ratio := mechanisms.Ratio{Exponent: 0.5 + 1.4*r.Float64()}
		if r.IntN(2) == 0 {
			ratio.Fee = 0.4 * r.Float64()
		}
		if r.IntN(4) == 0 {
			ratio.Phantom = 0.3 * r.Float64()
		}
		m := contest(t, ratio)
		var s Solver
		all, err := s.All(mechanisms.Game{Mechanism: m, Values: values})
		if err != nil {
			t.Fatal(err)
		}
		for i := range all {
			requirePure(t, m, values, &all[i], 1e-11)
		}
		signals, ok := bestReplyIteration(m, values, r, 2, 12)
		if !ok {
			continue
		}
		if len(all) == 0 {
			none++
			t.Errorf("%v %+v: no pure equilibrium listed, but %v is one", values, ratio, signals)
			continue
		}
		match := false
		for i := range all {
			d := 0.0
			for j, a := range all[i].Profile.Signals {
				d = math.Max(d, math.Abs(a-signals[j]))
			}
			match = match || d < 1e-3
		}
		listed++
		if !match {
			t.Errorf("%v %+v: %v is an equilibrium but not on the list", values, ratio, signals)
		}
	}
	if listed < 30 {
		t.Errorf("the reference found %d equilibria: too few to say anything", listed)
	}
}

func TestDefaultSelection(t *testing.T) {
	eq := solve(t, contest(t, mechanisms.Ratio{Exponent: 1.4}), 8, 10, 9)
	if got := participants(eq); got != "[2 3]" || eq.Selection == "" {
		t.Errorf("participants %s (%s), want the two highest values", got, eq.Selection)
	}
	// 9/9 keep 10 out, and 10/9 have no pure equilibrium: (9/10)^1.9 < 0.9.
	eq = solve(t, contest(t, mechanisms.Ratio{Exponent: 1.9}), 10, 9, 9)
	if got := participants(eq); got != "[2 3]" {
		t.Errorf("participants %s, want the two equal values", got)
	}
	// No set of two is an equilibrium: the highest two mix.
	eq = solve(t, contest(t, mechanisms.Ratio{Exponent: 1.9}), 5, 10, 7)
	if eq.Regime != SemiMixed || eq.Win[0] != 0 || eq.Status != Converged {
		t.Errorf("%v %v, win %v", eq.Status, eq.Regime, eq.Win)
	}
}

// Of the sets of 10/9/8 at exponent 1.4 (see TestAll) any that is one can be asked for.
func TestAmong(t *testing.T) {
	g := mechanisms.Game{Mechanism: contest(t, mechanisms.Ratio{Exponent: 1.4}), Values: []float64{10, 9, 8}}
	var s Solver
	var eq Equilibrium
	for _, c := range []struct {
		agents []int
		want   bool
	}{{[]int{0, 1}, true}, {[]int{0, 2}, true}, {[]int{1, 2}, false}, {[]int{0, 1, 2}, false}, {[]int{0}, false}, {nil, false}, {[]int{0, 7}, false}} {
		got := s.Among(g, c.agents, &eq)
		if got != c.want {
			t.Errorf("%v: %v, want %v", c.agents, got, c.want)
		}
		for i, a := range eq.Profile.Signals {
			if got && (a > 0) != slices.Contains(c.agents, i) {
				t.Errorf("%v: signals %v", c.agents, eq.Profile.Signals)
			}
		}
	}
	if g.Mechanism = contest(t, mechanisms.Ratio{Exponent: 0.9}); s.Among(g, []int{0, 1, 2}, &eq) {
		t.Error("below exponent 1 taking part is no decision")
	}
}
