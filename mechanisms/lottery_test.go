package mechanisms

import (
	"math"
	"testing"
)

func mustLottery(t testing.TB, l Lot) Lottery {
	t.Helper()
	m, err := NewLottery(l)
	if err != nil {
		t.Fatal(err)
	}
	return m
}

func TestLottery(t *testing.T) {
	for _, c := range []struct {
		name               string
		lot                Lot
		signals            []float64
		win, ifWin, ifLose []float64
	}{
		{"free", Lot{}, []float64{1, 0.2, 0}, []float64{0.5, 0.5, 0}, []float64{0, 0, 0}, []float64{0, 0, 0}},
		{"fee and price", Lot{Fee: 1, Price: 2}, []float64{1, 7}, []float64{0.5, 0.5}, []float64{3, 3}, []float64{1, 1}},
		{"stakes", Lot{Weights: []float64{1, 3, 9}}, []float64{1, 1, 0}, []float64{0.25, 0.75, 0}, []float64{0, 0, 0}, []float64{0, 0, 0}},
		{"nobody", Lot{Fee: 1}, []float64{0, 0}, []float64{0, 0}, []float64{0, 0}, []float64{0, 0}},
		{"stakes whose sum overflows", Lot{Weights: []float64{1e308, 1e308, 1e308}}, []float64{1, 1, 1}, []float64{1. / 3, 1. / 3, 1. / 3}, []float64{0, 0, 0}, []float64{0, 0, 0}},
	} {
		t.Run(c.name, func(t *testing.T) {
			out := allot(mustLottery(t, c.lot), c.signals...)
			equal(t, "win", out.Win, c.win)
			equal(t, "if win", out.IfWin, c.ifWin)
			equal(t, "if lose", out.IfLose, c.ifLose)
		})
	}
}

// Values 4, 2 and a price of 2: both enter, revenue 2.
func TestLotteryRevenue(t *testing.T) {
	out := allot(mustLottery(t, Lot{Price: 2}), 1, 1)
	equal(t, "revenue", []float64{out.Cost(0) + out.Cost(1)}, []float64{2})
	equal(t, "payoffs", []float64{out.Payoff(0, 4), out.Payoff(1, 2)}, []float64{1, 0})
}

func TestLotteryRefuses(t *testing.T) {
	for _, l := range []Lot{{Fee: -1}, {Price: math.NaN()}, {Price: math.Inf(1)}, {Weights: []float64{0}}, {Weights: []float64{1, math.Inf(1)}}} {
		if _, err := NewLottery(l); err == nil {
			t.Errorf("%+v: no error", l)
		}
	}
}

func TestLotteryConforms(t *testing.T) {
	for _, l := range []Lot{{}, {Fee: 1, Price: 0.5}} {
		for _, n := range []int{1, 2, 6} {
			conforms(t, mustLottery(t, l), n, true)
		}
	}
	conforms(t, mustLottery(t, Lot{Weights: []float64{3, 1}}), 2, false)
}

// Values 4, 2 at a price of 2: with nine more identities the first agent's payoff
// rises from 1 to 20/11 (10 chances in 11); with stakes it does not.
func TestLotterySplit(t *testing.T) {
	signals := make([]float64, 11)
	for i := range signals {
		signals[i] = 1
	}
	gain := func(m Mechanism) float64 {
		out := allot(m, signals...)
		sum := out.Payoff(0, 4)
		for i := 2; i < 11; i++ {
			sum += out.Payoff(i, 4)
		}
		return sum
	}
	equal(t, "payoff", []float64{gain(mustLottery(t, Lot{Price: 2}).Split(0, 10))}, []float64{20. / 11})
	staked := mustLottery(t, Lot{Price: 2, Weights: []float64{1, 1}})
	equal(t, "payoff with stakes", []float64{gain(staked.Split(0, 10))}, []float64{1})
	for _, split := range []Mechanism{staked.Split(7, 2), staked.Split(-1, 2), staked.Split(0, 0)} {
		equal(t, "a split that means nothing changes nothing", allot(split, 1, 1).Win, []float64{0.5, 0.5})
	}
}
