package slots

import (
	"math"
	"math/rand/v2"
	"testing"
)

func TestStreak(t *testing.T) {
	for _, c := range []struct {
		held, supply float64
		slots        int
		draw         Draw
		want         float64
	}{
		{95, 100, 20, Reissued, 0.041637792162049}, // Burian, Crapis (2024): approximately 4 %
		{95, 100, 35, Reissued, 1.2414366646982823e-04},
		{95, 100, 96, Reissued, 0},
		{2, 3, 2, Returned, 4. / 9},
		{2, 3, 2, Reissued, 2. / 9},
		{2, 3, 2, Spent, 1. / 3},
		{2, 2, 2, Spent, 1},
		{0, 5, 1, Spent, 0},
		{2.5, 5, 2, Spent, 0.5 * 1.5 / 4},
		{2, 2, 3, Spent, 0},
	} {
		got, err := Streak(c.held, c.supply, c.slots, c.draw)
		if err != nil {
			t.Fatal(err)
		}
		near(t, "streak", got, c.want, 1e-12*math.Max(c.want, 1e-3))
	}
	for _, c := range [][3]float64{{3, 2, 1}, {-1, 2, 1}, {0, 0, 1}, {1, 2, 0}, {math.NaN(), 2, 1}, {1, math.Inf(1), 1}} {
		if p, err := Streak(c[0], c[1], int(c[2]), Spent); err == nil {
			t.Errorf("%v: %g", c, p)
		}
	}
}

func TestExposureRefuses(t *testing.T) {
	for _, shares := range [][]float64{{1.1}, {-0.1}, {math.NaN()}, {0.6, 0.6}} {
		if x, err := Exposure(shares); err == nil {
			t.Errorf("%v: %g", shares, x)
		}
	}
}

// long is the dumb reference: the chain over the last winners, powered up.
func long(c Cooldown) Rest {
	var weight []float64
	var owner []int
	for i, w := range c.Weights {
		k := 1
		if c.Identities != nil {
			k = c.Identities[i]
		}
		for range k {
			weight, owner = append(weight, w/float64(k)), append(owner, i)
		}
	}
	type history [4]int
	var none history
	for i := range none {
		none[i] = -1
	}
	now := map[history]float64{none: 1}
	out := Rest{}
	const steps = 400
	for step := range steps + 1 {
		next := map[history]float64{}
		rest := Rest{Shares: make([]float64, len(c.Weights))}
		for h, p := range now {
			total := 0.0
			resting := func(k int) bool {
				for l := range c.Slots {
					if h[l] == k {
						return true
					}
				}
				return false
			}
			for k, w := range weight {
				if !resting(k) {
					total += w
				}
			}
			for k, w := range weight {
				if resting(k) || w == 0 {
					continue
				}
				q := p * w / total
				rest.Shares[owner[k]] += q
				if h[0] >= 0 && owner[h[0]] == owner[k] {
					rest.Exposure += q
				}
				g := h
				copy(g[1:], h[:len(h)-1])
				g[0] = k
				for l := max(1, c.Slots); l < len(g); l++ {
					g[l] = -1
				}
				next[g] += q
			}
		}
		if step == steps {
			out = rest
		}
		now = next
	}
	return out
}

func TestCooldown(t *testing.T) {
	rng := rand.New(rand.NewPCG(21, 1))
	for round := range 40 {
		c := Cooldown{Weights: make([]float64, 2+rng.IntN(2)), Identities: make([]int, 4), Slots: rng.IntN(3)}
		c.Identities = c.Identities[:len(c.Weights)]
		identities := 0
		for i := range c.Weights {
			c.Weights[i], c.Identities[i] = 0.2+rng.Float64(), 1+rng.IntN(2)
			identities += c.Identities[i]
		}
		if identities < c.Slots+2 { // else the chain is a cycle and has no limit
			continue
		}
		got, err := c.Solve()
		if err != nil {
			t.Fatal(err)
		}
		want := long(c)
		near(t, "exposure", got.Exposure, want.Exposure, 1e-9)
		for i := range want.Shares {
			near(t, "share", got.Shares[i], want.Shares[i], 1e-9)
		}
		if t.Failed() {
			t.Fatalf("round %d: %+v", round, c)
		}
	}
}

func TestIdentitiesDefeatACooldown(t *testing.T) {
	weights := []float64{2. / 3, 1. / 3, 1. / 3}
	free, err := Cooldown{Weights: weights}.Solve()
	if err != nil {
		t.Fatal(err)
	}
	near(t, "without cooldown", free.Exposure, 0.375, 1e-15)
	honest, err := Cooldown{Weights: weights, Slots: 1}.Solve()
	if err != nil {
		t.Fatal(err)
	}
	near(t, "one identity each", honest.Exposure, 0, 0)
	last := 0.0
	for _, k := range []int{2, 4, 16, 256, 1 << 16} {
		c, err := Cooldown{Weights: weights, Identities: []int{k, k, k}, Slots: 1}.Solve()
		if err != nil {
			t.Fatal(err)
		}
		if c.Exposure <= last || c.Exposure >= free.Exposure {
			t.Errorf("%d identities each: exposure %g, after %g", k, c.Exposure, last)
		}
		last = c.Exposure
	}
	near(t, "many identities each", last, free.Exposure, 1e-4)
	alone, err := Cooldown{Weights: weights, Identities: []int{8, 1, 1}, Slots: 1}.Solve()
	if err != nil {
		t.Fatal(err)
	}
	if alone.Shares[0] <= honest.Shares[0] {
		t.Errorf("eight identities win %g of the slots, one wins %g", alone.Shares[0], honest.Shares[0])
	}
}

func TestCooldownExtremes(t *testing.T) {
	epoch, err := Cooldown{Weights: same(1000, 1), Slots: 32}.Solve()
	if err != nil {
		t.Fatal(err)
	}
	near(t, "equal shares", epoch.Shares[999], 1e-3, 1e-12)
	cycle, err := Cooldown{Weights: []float64{5, 1, 1e-6}, Slots: 2}.Solve()
	if err != nil {
		t.Fatal(err)
	}
	for _, x := range cycle.Shares {
		near(t, "three take turns", x, 1./3, 1e-12)
	}
	for _, c := range []Cooldown{
		{}, {Weights: []float64{1}, Slots: 1}, {Weights: []float64{1, 0}, Slots: 1}, {Weights: []float64{-1, 1}}, {Weights: []float64{math.NaN(), 1}},
		{Weights: []float64{1, 1}, Identities: []int{1}}, {Weights: []float64{1, 1}, Identities: []int{0, 1}}, {Weights: []float64{1, 1}, Slots: -1}, {Weights: []float64{0, 0}},
	} {
		if r, err := c.Solve(); err == nil {
			t.Errorf("%+v: %+v", c, r)
		}
	}
}
