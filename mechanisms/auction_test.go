package mechanisms

import (
	"math"
	"math/rand/v2"
	"testing"
)

func allot(m Mechanism, signals ...float64) *Outcome {
	out := NewOutcome(len(signals))
	m.Allot(signals, out)
	return out
}

func equal(t testing.TB, what string, got, want []float64) {
	t.Helper()
	if len(got) != len(want) {
		t.Fatalf("%s: %v, want %v", what, got, want)
	}
	for i := range got {
		if !(math.Abs(got[i]-want[i]) <= 1e-15*math.Max(1, math.Abs(want[i]))) {
			t.Errorf("%s: %v, want %v", what, got, want)
			return
		}
	}
}

func mustAuction(t testing.TB, first, reserve float64) Auction {
	t.Helper()
	a, err := NewAuction(first, reserve)
	if err != nil {
		t.Fatal(err)
	}
	return a
}

func mustAllPay(t testing.TB, reserve float64) Auction {
	t.Helper()
	a, err := NewAllPay(reserve)
	if err != nil {
		t.Fatal(err)
	}
	return a
}

func TestAuction(t *testing.T) {
	for _, c := range []struct {
		name               string
		m                  Auction
		signals            []float64
		win, ifWin, ifLose []float64
	}{
		{"first price", mustAuction(t, 1, 0), []float64{20.5, 20, 10}, []float64{1, 0, 0}, []float64{20.5, 0, 0}, []float64{0, 0, 0}},
		{"second price", mustAuction(t, 0, 0), []float64{20.5, 20, 10}, []float64{1, 0, 0}, []float64{20, 0, 0}, []float64{0, 0, 0}},
		{"half", mustAuction(t, 0.5, 0), []float64{10, 20.5, 20}, []float64{0, 1, 0}, []float64{0, 20.25, 0}, []float64{0, 0, 0}},
		{"second price, reserve above the runner-up", mustAuction(t, 0, 15), []float64{20, 10}, []float64{1, 0}, []float64{15, 0}, []float64{0, 0}},
		{"reserve met exactly", mustAuction(t, 1, 20), []float64{20, 10}, []float64{1, 0}, []float64{20, 0}, []float64{0, 0}},
		{"reserve not met", mustAuction(t, 1, 25), []float64{20, 10}, []float64{0, 0}, []float64{0, 0}, []float64{0, 0}},
		{"tie", mustAuction(t, 0, 1), []float64{5, 3, 5}, []float64{0.5, 0, 0.5}, []float64{5, 0, 5}, []float64{0, 0, 0}},
		{"a lone agent pays the reserve at second price", mustAuction(t, 0, 2), []float64{9}, []float64{1}, []float64{2}, []float64{0}},
		{"nobody signals, no reserve: all tie at 0", mustAuction(t, 1, 0), []float64{0, 0}, []float64{0.5, 0.5}, []float64{0, 0}, []float64{0, 0}},
		{"nobody signals, reserve", mustAuction(t, 1, 1), []float64{0, 0}, []float64{0, 0}, []float64{0, 0}, []float64{0, 0}},
		{"all-pay", mustAllPay(t, 0), []float64{3, 5, 1}, []float64{0, 1, 0}, []float64{3, 5, 1}, []float64{3, 5, 1}},
		{"all-pay below the reserve is lost", mustAllPay(t, 6), []float64{3, 5}, []float64{0, 0}, []float64{3, 5}, []float64{3, 5}},
		{"nobody at all", mustAuction(t, 1, 0), nil, nil, nil, nil},
	} {
		t.Run(c.name, func(t *testing.T) {
			out := allot(c.m, c.signals...)
			equal(t, "win", out.Win, c.win)
			equal(t, "if win", out.IfWin, c.ifWin)
			equal(t, "if lose", out.IfLose, c.ifLose)
		})
	}
}

func TestAuctionRefuses(t *testing.T) {
	for _, c := range [][2]float64{{-0.1, 0}, {1.1, 0}, {math.NaN(), 0}, {1, -1}, {1, math.NaN()}, {1, math.Inf(1)}} {
		if _, err := NewAuction(c[0], c[1]); err == nil {
			t.Errorf("pricing %g, reserve %g: no error", c[0], c[1])
		}
	}
	if _, err := NewAllPay(-1); err == nil {
		t.Error("all-pay with reserve -1: no error")
	}
}

// conforms fails unless the mechanism keeps Mechanism's promises at random signals:
// chances of at least 0 that sum to at most 1, the same for the same
// signals, nothing allocated, and, where it is Monotone, an agent's chance and
// payments do not fall when it raises its signal. anonymous says that agents are alike.
func conforms(t *testing.T, m Mechanism, n int, anonymous bool) {
	t.Helper()
	r := rand.New(rand.NewPCG(1, uint64(n)))
	out, again := NewOutcome(n), NewOutcome(n)
	signals := make([]float64, n)
	for range 300 {
		for i := range signals {
			signals[i] = float64(r.IntN(4)) * math.Exp(3*r.NormFloat64())
		}
		m.Allot(signals, out)
		sum := 0.0
		for i, w := range out.Win {
			if !(w >= 0 && w <= 1) || math.IsNaN(out.IfWin[i]) || math.IsNaN(out.IfLose[i]) {
				t.Fatalf("%v: win %v, if win %v, if lose %v", signals, out.Win, out.IfWin, out.IfLose)
			}
			sum += w
		}
		if sum > 1+1e-12 {
			t.Fatalf("%v: chances sum to %g", signals, sum)
		}
		i := r.IntN(n)
		before := signals[i]
		signals[i] += r.Float64() * 3
		m.Allot(signals, again)
		if mono, ok := m.(Monotone); ok && mono.Monotone() {
			if again.Win[i] < out.Win[i]-1e-15 || again.IfLose[i] < out.IfLose[i] || again.Win[i] > 0 && out.Win[i] > 0 && again.IfWin[i] < out.IfWin[i] {
				t.Fatalf("agent %d raises %g to %g in %v: win %g to %g, if win %g to %g, if lose %g to %g", i, before, signals[i], signals,
					out.Win[i], again.Win[i], out.IfWin[i], again.IfWin[i], out.IfLose[i], again.IfLose[i])
			}
		}
		if !anonymous || n < 2 {
			continue
		}
		j := (i + 1) % n
		m.Allot(signals, out)
		signals[i], signals[j] = signals[j], signals[i]
		m.Allot(signals, again)
		if math.Abs(out.Win[i]-again.Win[j]) > 1e-15 || math.Abs(out.Cost(i)-again.Cost(j)) > 1e-12*math.Max(1, out.Cost(i)) {
			t.Fatalf("%v: agents %d and %d are not alike", signals, i, j)
		}
	}
	if allocated := testing.AllocsPerRun(10, func() { m.Allot(signals, out) }); allocated != 0 {
		t.Errorf("Allot allocates %g times", allocated)
	}
}

func TestAuctionConforms(t *testing.T) {
	for _, m := range []Auction{mustAuction(t, 1, 0), mustAuction(t, 0, 1), mustAuction(t, 0.3, 0.5), mustAllPay(t, 0), mustAllPay(t, 2)} {
		for _, n := range []int{1, 2, 5} {
			conforms(t, m, n, true)
		}
	}
	if got := mustAuction(t, 0.3, 2).Ranking(); got != (Ranking{First: 0.3, Reserve: 2}) {
		t.Errorf("ranking %+v", got)
	}
	if got := mustAllPay(t, 2).Ranking(); got != (Ranking{AllPay: true, Reserve: 2}) {
		t.Errorf("ranking %+v", got)
	}
}
