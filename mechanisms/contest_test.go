package mechanisms

import (
	"math"
	"testing"
)

func mustContest(t testing.TB, r Ratio) Contest {
	t.Helper()
	c, err := NewContest(r)
	if err != nil {
		t.Fatal(err)
	}
	return c
}

func TestContest(t *testing.T) {
	for _, c := range []struct {
		name               string
		ratio              Ratio
		signals            []float64
		win, ifWin, ifLose []float64
	}{
		{"Neuder, Garimidi, Roughgarden 2024", Ratio{Exponent: 1}, []float64{8. / 9, 4. / 9}, []float64{2. / 3, 1. / 3}, []float64{8. / 9, 4. / 9}, []float64{8. / 9, 4. / 9}},
		{"exponent 2", Ratio{Exponent: 2}, []float64{2, 1, 0}, []float64{0.8, 0.2, 0}, []float64{2, 1, 0}, []float64{2, 1, 0}},
		{"weights", Ratio{Exponent: 1, Weights: []float64{1, 3}}, []float64{3, 1}, []float64{0.5, 0.5}, []float64{3, 1}, []float64{3, 1}},
		{"phantom", Ratio{Exponent: 2, Phantom: 2}, []float64{4, 2}, []float64{4. / 6, 1. / 6}, []float64{4, 2}, []float64{4, 2}},
		{"winner pays, and a fee for taking part", Ratio{Exponent: 1, WinnerPays: true, Fee: 1}, []float64{3, 1, 0}, []float64{0.75, 0.25, 0}, []float64{4, 2, 0}, []float64{1, 1, 0}},
		{"nobody signals", Ratio{Exponent: 1, Fee: 1}, []float64{0, 0, 0, 0}, []float64{0.25, 0.25, 0.25, 0.25}, []float64{0, 0, 0, 0}, []float64{0, 0, 0, 0}},
		{"nobody but the phantom", Ratio{Exponent: 1, Phantom: 1}, []float64{0, 0}, []float64{0, 0}, []float64{0, 0}, []float64{0, 0}},
		{"powers that overflow", Ratio{Exponent: 1000}, []float64{1e300, 1e300, 1e299}, []float64{0.5, 0.5, 0}, []float64{1e300, 1e300, 1e299}, []float64{1e300, 1e300, 1e299}},
		{"powers that underflow", Ratio{Exponent: 3}, []float64{1e-200, 1e-200}, []float64{0.5, 0.5}, []float64{1e-200, 1e-200}, []float64{1e-200, 1e-200}},
		{"weights whose sum overflows", Ratio{Exponent: 1, Weights: []float64{1e308, 1e308, 1e308}}, []float64{1, 1, 1}, []float64{1. / 3, 1. / 3, 1. / 3}, []float64{1, 1, 1}, []float64{1, 1, 1}},
		{"weights that underflow", Ratio{Exponent: 1, Weights: []float64{5e-324, 5e-324}}, []float64{1, 1}, []float64{0.5, 0.5}, []float64{1, 1}, []float64{1, 1}},
	} {
		t.Run(c.name, func(t *testing.T) {
			out := allot(mustContest(t, c.ratio), c.signals...)
			equal(t, "win", out.Win, c.win)
			equal(t, "if win", out.IfWin, c.ifWin)
			equal(t, "if lose", out.IfLose, c.ifLose)
		})
	}
}

func TestContestRefuses(t *testing.T) {
	for _, r := range []Ratio{
		{}, {Exponent: -1}, {Exponent: math.NaN()}, {Exponent: math.Inf(1)}, {Exponent: 1, Fee: -1}, {Exponent: 1, Fee: math.NaN()},
		{Exponent: 1, Phantom: math.Inf(1)}, {Exponent: 1, Weights: []float64{1, 0}}, {Exponent: 1, Weights: []float64{-1}}, {Exponent: 1, Weights: []float64{math.NaN()}},
	} {
		if _, err := NewContest(r); err == nil {
			t.Errorf("%+v: no error", r)
		}
	}
}

func TestContestConforms(t *testing.T) {
	for _, r := range []Ratio{
		{Exponent: 1}, {Exponent: 0.3}, {Exponent: 2.5, Fee: 1}, {Exponent: 1, Phantom: 3}, {Exponent: 0.7, WinnerPays: true, Fee: 0.2},
	} {
		for _, n := range []int{1, 2, 6} {
			conforms(t, mustContest(t, r), n, true)
		}
	}
	conforms(t, mustContest(t, Ratio{Exponent: 1.5, Weights: []float64{1, 2, 3}}), 3, false)
}

// The contest keeps its own copy of the weights.
func TestContestIsImmutable(t *testing.T) {
	w := []float64{1, 3}
	c := mustContest(t, Ratio{Exponent: 1, Weights: w})
	w[0] = 100
	equal(t, "win", allot(c, 3, 1).Win, []float64{0.5, 0.5})
}

// Splitting a spend into k equal identities multiplies its impact by k^(1-rho):
// values (1, 1), exponent 1/2, each spends 1/8; with two identities the chance is
// sqrt 2/(1 + sqrt 2).
func TestContestSplit(t *testing.T) {
	c := mustContest(t, Ratio{Exponent: 0.5})
	out := allot(c.Split(0, 2), 1./16, 1./8, 1./16)
	equal(t, "chance", []float64{out.Win[0] + out.Win[2]}, []float64{math.Sqrt2 / (1 + math.Sqrt2)})

	weighted := mustContest(t, Ratio{Exponent: 1, Weights: []float64{2, 1}})
	out = allot(weighted.Split(0, 3), 1, 1, 1, 1)
	equal(t, "identities keep the weight", out.Win, []float64{2. / 7, 1. / 7, 2. / 7, 2. / 7})
	for _, split := range []Mechanism{weighted.Split(7, 2), weighted.Split(-1, 2), weighted.Split(0, 0), weighted.Split(0, -3)} {
		equal(t, "a split that means nothing changes nothing", allot(split, 1, 1).Win, []float64{2. / 3, 1. / 3})
	}
}
