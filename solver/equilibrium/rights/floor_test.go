package rights

import (
	"math"
	"math/rand/v2"
	"testing"

	"allot/mechanisms"
	"allot/solver/equilibrium"
)

func firstPrice(t testing.TB, reserve float64) mechanisms.Mechanism {
	t.Helper()
	m, err := mechanisms.NewAuction(1, reserve)
	if err != nil {
		t.Fatal(err)
	}
	return m
}

func burn(t testing.TB, f *Floor, g mechanisms.Game) (Burn, *equilibrium.Equilibrium) {
	t.Helper()
	var eq equilibrium.Equilibrium
	if err := new(equilibrium.Solver).Solve(g, &eq); err != nil {
		t.Fatal(err)
	}
	var b Burn
	if err := f.Settle(g, &eq, &b); err != nil {
		t.Fatal(err)
	}
	return b, &eq
}

func TestFloor(t *testing.T) {
	for _, c := range []struct {
		name                string
		seen                float64
		stakes              []float64
		spites              []float64
		reserve             float64
		kept, apart, others float64
		own                 [3]float64
	}{
		{"nobody integrated", 0.8, nil, nil, 0, 4, 4, 4, [3]float64{}},
		{"nothing is seen", 0, nil, nil, 0, 20, 20, 20, [3]float64{}},
		{"all is seen", 1, nil, nil, 0, 0, 0, 0, [3]float64{}},
		{"with the best builder: the others compete up to 10", 0.8, []float64{0.1, 0, 0}, nil, 0, 1.2, 4, 0, [3]float64{12, 0, 0}},
		{"with the second", 0.8, []float64{0, 0.1, 0}, nil, 0, 1.2, 4, 0, [3]float64{0, 12, 0}},
		{"with the second, all seen: late bids are its own", 1, []float64{0, 0.1, 0}, nil, 0, 1, 0, 0, [3]float64{0, 10, 0}},
		{"with the last: it can bid 10 early", 0.3, []float64{0, 0, 0.5}, nil, 0, 0.5*10 + 0.5*14, 14, 10, [3]float64{0, 0, 14}},
		{"two services: each bids away the other's", 0.3, []float64{0, 0.2, 0.4}, nil, 0, 0.2*10 + 0, 14, 0, [3]float64{0, 10, 0}},
		{"a reserve above: the last bids no more than its value", 0.5, []float64{0, 0, 0.5}, nil, 25, 12.5, 12.5, 12.5, [3]float64{0, 0, 12.5}},
		{"a spiteful last builder bids (10 + 30)/2 early", 0.3, []float64{0, 0, 0.5}, []float64{0, 0, 1}, 0, 0.5 * 14, 14, 0, [3]float64{0, 0, 14}},
	} {
		f := &Floor{Seen: c.seen, Stakes: c.stakes}
		b, _ := burn(t, f, mechanisms.Game{Mechanism: firstPrice(t, c.reserve), Values: []float64{30, 20, 10}, Spites: c.spites})
		near(t, c.name+": kept", b.Kept, c.kept, 1e-12)
		near(t, c.name+": apart", b.Apart, c.apart, 1e-12)
		near(t, c.name+": others", b.Others, c.others, 1e-12)
		for k, want := range c.own {
			near(t, c.name+": own", b.Own[k], want, 1e-12)
		}
	}
}

func TestFloorRefuses(t *testing.T) {
	g := mechanisms.Game{Mechanism: firstPrice(t, 0), Values: []float64{30, 20, 10}}
	var eq equilibrium.Equilibrium
	if err := new(equilibrium.Solver).Solve(g, &eq); err != nil {
		t.Fatal(err)
	}
	var b Burn
	for _, f := range []*Floor{{Seen: 1.1}, {Seen: math.NaN()}, {Stakes: []float64{1}}, {Stakes: []float64{0.6, 0.6, 0}}, {Stakes: []float64{-0.1, 0, 0}}} {
		if f.Settle(g, &eq, &b) == nil {
			t.Errorf("%v: %+v", f.Stakes, b)
		}
	}
	second, err := mechanisms.NewAuction(0, 0)
	if err != nil {
		t.Fatal(err)
	}
	allPay, err := mechanisms.NewAllPay(0)
	if err != nil {
		t.Fatal(err)
	}
	contest, err := mechanisms.NewContest(mechanisms.Ratio{Exponent: 1})
	if err != nil {
		t.Fatal(err)
	}
	for _, m := range []mechanisms.Mechanism{second, allPay, contest} {
		if new(Floor).Fits(m) == nil {
			t.Errorf("%T fits", m)
		}
	}
}

// slot is what the agents get in a slot that agent k proposes (nobody: -1), by the rule: the
// highest final bid of at least the best early one wins and is paid, the early one is burnt and
// the proposer gets the rest.
func slot(values, early, final []float64, k int) []float64 {
	burnt, best, winner := 0.0, -1.0, -1
	for i, b := range final {
		burnt = math.Max(burnt, early[i])
		if b > best {
			best, winner = b, i
		}
	}
	u := make([]float64, len(values))
	if best < burnt {
		return u
	}
	u[winner] = values[winner] - best
	if k >= 0 {
		u[k] += best - burnt
	}
	return u
}

// The dumb reference: in every proposer's slot no agent gains by another final bid, the
// proposer's builder gains by no early bid, and an integrated rival loses nothing by its own.
func TestFloorAgainstReference(t *testing.T) {
	rng := rand.New(rand.NewPCG(33, 1))
	for range 300 {
		n := 2 + rng.IntN(3)
		values, stakes := make([]float64, n), make([]float64, n)
		for i := range values {
			values[i], stakes[i] = 0.1+rng.Float64(), float64(rng.IntN(2))*rng.Float64()/float64(n)
		}
		f := &Floor{Seen: rng.Float64(), Stakes: stakes}
		b, eq := burn(t, f, mechanisms.Game{Mechanism: firstPrice(t, 0), Values: values})
		total := 0.0
		for _, q := range stakes {
			total += q
		}
		kept := (1 - total) * b.Others
		for k := range n {
			if stakes[k] == 0 {
				continue
			}
			kept += stakes[k] * b.Own[k]
			final, early := eq.Profile.Signals, make([]float64, n)
			top, second := 0.0, 0.0
			for i, v := range values {
				if i == k {
					continue
				}
				if v > top {
					top, second = v, top
				} else {
					second = math.Max(second, v)
				}
				if stakes[i] > 0 {
					early[i] = math.Min(final[i], b.Price)
				}
			}
			for i, v := range values { // the best of the others bids up to the second, in part
				if i != k && v == top {
					early[i] = math.Max(early[i], f.Seen*second)
				}
			}
			base := slot(values, early, final, k)
			won := 0.0
			if eq.Win[k] == 1 {
				won = values[k] - b.Price
			}
			near(t, "what the proposer keeps", base[k]-won, b.Own[k], 1e-12)
			for i := range values {
				bids := append([]float64(nil), final...)
				for x := 0.0; x <= 1.3; x += 0.01 {
					bids[i] = x
					if u := slot(values, early, bids, k)[i]; u > base[i]+1e-12 {
						t.Fatalf("values %v stakes %v: agent %d gains %g by a bid of %g in the slot of %d", values, stakes, i, u-base[i], x, k)
					}
				}
				sooner := append([]float64(nil), early...)
				for x := 0.0; x <= b.Price; x += 0.02 {
					sooner[i] = x
					switch u := slot(values, sooner, final, k); {
					case i == k && u[k] > base[k]+1e-12:
						t.Fatalf("the proposer's builder gains %g by an early bid", u[k]-base[k])
					case i != k && math.Abs(u[i]-base[i]) > 1e-12:
						t.Fatalf("an early bid of %g costs agent %d %g", x, i, base[i]-u[i])
					}
				}
			}
		}
		near(t, "kept", b.Kept, kept, 1e-12)
		if b.Kept < 0 || b.Kept > b.Price+1e-12 {
			t.Fatalf("%+v", b)
		}
	}
	f, g := &Floor{Seen: 0.5, Stakes: []float64{0.2, 0.3, 0}}, mechanisms.Game{Mechanism: firstPrice(t, 1), Values: []float64{3, 2, 1}}
	b, eq := burn(t, f, g)
	if allocated := testing.AllocsPerRun(20, func() {
		if err := f.Settle(g, eq, &b); err != nil {
			t.Error(err)
		}
	}); allocated != 0 {
		t.Errorf("Settle allocates %g times", allocated)
	}
}
