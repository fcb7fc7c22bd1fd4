package cartel

import (
	"math"
	"math/rand/v2"
	"testing"
)

// At a bid b of 10 or less the least discount factor is (30-2b)/(50-3b); the transfers are
// 1 - delta of what the members forgo.
func TestSettle(t *testing.T) {
	for _, b := range []float64{0, 1, 5, 10} {
		j, err := firstPrice(t, abc, 0).Settle(b)
		if err != nil {
			t.Fatal(err)
		}
		d := (30 - 2*b) / (50 - 3*b)
		near(t, "critical discount", j.CriticalDiscount, d, 1e-12)
		near(t, "Bob's transfer", j.Members[1].Transfer, (1-d)*(20-b), 1e-12)
		near(t, "Carol's transfer", j.Members[2].Transfer, (1-d)*(10-b), 1e-12)
		near(t, "bid", j.Bid, b, 0)
	}
	// Above the competitive price the ring gains nothing.
	j, err := firstPrice(t, abc, 0).Settle(25)
	if err != nil {
		t.Fatal(err)
	}
	if j.CriticalDiscount != 1 || j.Members[1].Transfer != 0 {
		t.Errorf("bid 25: %+v", j)
	}
	if _, err := firstPrice(t, abc, 5).Settle(1); err == nil {
		t.Error("a bid below the reserve is taken")
	}
}

// No other transfers hold at less, at random bids and markets.
func TestSettleIsBest(t *testing.T) {
	random := rand.New(rand.NewPCG(4, 5))
	for range 100 {
		values := []float64{30, 30 * random.Float64(), 30 * random.Float64()}
		r := firstPrice(t, values, 0)
		bid := 20 * random.Float64()
		best, err := r.Settle(bid)
		if err != nil {
			t.Fatal(err)
		}
		for range 50 {
			j := judge(t, r, Agreement{Bid: bid, Transfers: []float64{10 * random.Float64(), 10 * random.Float64()}})
			if j.CriticalDiscount < best.CriticalDiscount-1e-9 {
				t.Fatalf("%v at %g: transfers %v hold at %g, the best at %g", values, bid, j.Members, j.CriticalDiscount, best.CriticalDiscount)
			}
		}
	}
}

// With transfers 5, 4 a bid of b needs 1 - 5/(20-b) of Bob, 1 - 4/(10-b) of Carol and, shadowed, 9/(20-b) of
// Alice: Bob and Alice meet at (20-b) = 14.
func TestSignal(t *testing.T) {
	j, err := firstPrice(t, abc, 0).Signal([]float64{5, 4})
	if err != nil {
		t.Fatal(err)
	}
	near(t, "bid", j.Bid, 6, 1e-6)
	near(t, "critical discount", j.CriticalDiscount, 9./14, 1e-9)
	if _, err := firstPrice(t, abc, 0).Signal([]float64{5}); err == nil {
		t.Error("one transfer is taken for three members")
	}
	j, err = firstPrice(t, abc, 0).Signal([]float64{50, 50})
	if err != nil {
		t.Fatal(err)
	}
	if j.CriticalDiscount != 1 || j.Holds || math.IsNaN(j.Bid) {
		t.Errorf("transfers above every value: %+v", j)
	}
}
