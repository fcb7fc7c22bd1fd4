package slots

import (
	"math"
	"math/rand/v2"
	"reflect"
	"strings"
	"testing"

	"allot/mechanisms"
	"allot/solver/equilibrium"
)

// Two agents of one identity each take turns under a cooldown of one slot: each is alone
// in its slot and pays nothing.
func TestTakingTurns(t *testing.T) {
	for name, m := range map[string]mechanisms.Mechanism{
		"auction": auction(t, 0), "contest": contest(t, mechanisms.Ratio{Exponent: 1}), "steep contest": contest(t, mechanisms.Ratio{Exponent: 3}),
	} {
		c := solved(t, Incumbency{Mechanism: m, Values: []float64{4, 2}, Discounts: same(2, 0.9), Premium: 0.5, Cooldown: 1})
		near(t, name+": share", c.Shares[0], 0.5, 1e-12)
		near(t, name+": revenue", c.Revenue, 0, 1e-12)
		near(t, name+": exposure", c.Exposure, 0, 0)
		near(t, name+": what the first keeps", c.Payoffs[0], 2, 1e-12)
		near(t, name+": runs", c.RunLength, 1, 1e-12)
	}
	// With a reserve the lone agent pays that, and stays out where it is worth less.
	c := solved(t, Incumbency{Mechanism: auction(t, 3), Values: []float64{4, 2}, Discounts: same(2, 0.9), Cooldown: 1})
	near(t, "share of the only one above the reserve", c.Shares[0], 0.5, 1e-12)
	near(t, "revenue at the reserve", c.Revenue, 1.5, 1e-12)
}

// Among three agents that do not look ahead, the two who are free play a contest of
// their own: it is a walk on a triangle with conductances v_i v_j, so that i wins in
// proportion to v_i (sum v - v_i), and revenue is 3 v_1 v_2 v_3 over the sum of these.
func TestCooldownOfAContest(t *testing.T) {
	v := []float64{4, 3, 2}
	g := Incumbency{Mechanism: contest(t, mechanisms.Ratio{Exponent: 1}), Values: v, Discounts: same(3, 0), Cooldown: 1}
	c := solved(t, g)
	for i, w := range []float64{20, 18, 14} {
		near(t, "share", c.Shares[i], w/52, 1e-12)
	}
	near(t, "revenue", c.Revenue, 72./52, 1e-12)
	// Four equal agents of which two are free: half the value. Three take turns.
	g = Incumbency{Mechanism: g.Mechanism, Values: same(4, 3), Discounts: same(4, 0), Cooldown: 2}
	c = solved(t, g)
	near(t, "revenue of two among four", c.Revenue, 1.5, 1e-9)
	near(t, "share", c.Shares[3], 0.25, 1e-9)
	g.Values, g.Discounts = same(3, 3), same(3, 0.8)
	near(t, "revenue of three who take turns", solved(t, g).Revenue, 0, 1e-9)
	// A cooldown longer than the agents are many leaves slots unsold.
	g.Cooldown = 4
	c = solved(t, g)
	near(t, "slots sold", c.Shares[0]+c.Shares[1]+c.Shares[2], 3./5, 1e-9)
}

// One identity more than the cooldown is long defeats it, for each agent that has them.
func TestIdentitiesDefeatAnyCooldown(t *testing.T) {
	for _, m := range []mechanisms.Mechanism{auction(t, 0), contest(t, mechanisms.Ratio{Exponent: 1})} {
		g := Incumbency{Mechanism: m, Values: []float64{4, 3, 2}, Discounts: same(3, 0.9), Premium: 0.3}
		free := solved(t, g)
		for k := 1; k <= 3; k++ {
			g.Cooldown, g.Identities = k, []int{k + 1, k + 1, k + 1}
			if c := solved(t, g); !reflect.DeepEqual(c, free) {
				t.Errorf("cooldown %d, %d identities: %+v, without %+v", k, k+1, c, free)
			}
		}
	}
	// Only the first has a second identity: it competes in every slot, with one rival in
	// each. v_1 = 4 against 3 or 2: t_1 = 4/7 after the third, 2/3 after the second.
	g := Incumbency{Mechanism: contest(t, mechanisms.Ratio{Exponent: 1}), Values: []float64{4, 3, 2}, Discounts: same(3, 0), Cooldown: 1, Identities: []int{2, 1, 1}}
	c := solved(t, g)
	// After the first's own slot all three are free: X = 24/13.
	x := 24. / 13
	p := [3][3]float64{{1 - x/4, 1 - x/3, 1 - x/2}, {2. / 3, 0, 1. / 3}, {4. / 7, 3. / 7, 0}}
	pi := [3]float64{1, 0, 0}
	for range 200 {
		var next [3]float64
		for s := range p {
			for k := range p {
				next[k] += pi[s] * p[s][k]
			}
		}
		pi = next
	}
	for i := range pi {
		near(t, "share", c.Shares[i], pi[i], 1e-9)
	}
	near(t, "exposure", c.Exposure, pi[0]*p[0][0], 1e-9)
	near(t, "revenue", c.Revenue, pi[0]*x+pi[1]*4./3+pi[2]*12./7, 1e-9)
}

// Under a cooldown nobody gains by another spend in any history.
func TestSpendsAreBestRepliesUnderACooldown(t *testing.T) {
	rng := rand.New(rand.NewPCG(31, 1))
	m := contest(t, mechanisms.Ratio{Exponent: 1, Weights: []float64{1, 2, 1, 1.5}})
	for round := range 8 {
		g := Incumbency{Mechanism: m, Values: make([]float64, 4), Discounts: make([]float64, 4), Premium: rng.Float64(), Cooldown: 1 + round%2, Identities: []int{1 + round%3, 1, 1, 2}}
		for i := range g.Values {
			g.Values[i], g.Discounts[i] = 1+2*rng.Float64(), 0.9*rng.Float64()
		}
		c, err := g.Solve()
		if err != nil {
			t.Fatal(err)
		}
		if c.Status != equilibrium.Converged {
			t.Fatalf("round %d: %v", round, c.Status)
		}
		for s, state := range listed(t, g) {
			rule, err := mechanisms.Among(m, state.free)
			if err != nil {
				t.Fatal(err)
			}
			if !reflect.DeepEqual(c.Histories[s], state.winners) {
				t.Fatalf("row %d is %v, not %v", s, c.Histories[s], state.winners)
			}
			spends := make([]float64, len(state.free))
			for a, i := range state.free {
				spends[a] = c.Cost[s][i]
			}
			out := mechanisms.NewOutcome(len(spends))
			yields := func(i, a int) float64 {
				rule.Allot(spends, out)
				u := -out.Cost(a)
				for b, k := range state.free {
					u += out.Win[b] * g.worth(i, k, &state, c.Value)
				}
				return u
			}
			for a, i := range state.free {
				own := yields(i, a)
				if len(spends) > 1 { // the spend of one that is alone is a limit
					near(t, "a value is what the spends bring", own, c.Value[s][i], 1e-8)
				}
				kept := spends[a]
				for step := 1; step < 100 && len(spends) > 1; step++ {
					if spends[a] = 3 * float64(step) / 100; yields(i, a) > own+1e-8 {
						t.Fatalf("%+v: after %v agent %d gains %g by spending %g, not %g", g, state.winners, i, yields(i, a)-own, spends[a], kept)
					}
				}
				spends[a] = kept
			}
		}
	}
}

// A lottery under a cooldown is the draw of Cooldown, at its price.
func TestCooldownOfALottery(t *testing.T) {
	lottery := func(l mechanisms.Lot) mechanisms.Mechanism {
		m, err := mechanisms.NewLottery(l)
		if err != nil {
			t.Fatal(err)
		}
		return m
	}
	g := Incumbency{Mechanism: lottery(mechanisms.Lot{Weights: []float64{2, 1, 1}}), Values: []float64{4, 4, 4}, Discounts: same(3, 0.9), Premium: 0.5, Cooldown: 1, Identities: []int{8, 8, 8}}
	c := solved(t, g)
	want, err := Cooldown{Weights: []float64{2, 1, 1}, Identities: []int{8, 8, 8}, Slots: 1}.Solve()
	if err != nil {
		t.Fatal(err)
	}
	near(t, "exposure", c.Exposure, want.Exposure, 0)
	near(t, "gain", c.Gain, 2*want.Exposure, 1e-15)
	// Equal chances: who has two of four identities wins half the slots or less, and at
	// the price 3 an agent of value 2 stays out.
	g = Incumbency{Mechanism: lottery(mechanisms.Lot{Price: 3}), Values: []float64{4, 4, 4, 2}, Discounts: same(4, 0.9), Cooldown: 1, Identities: []int{2, 1, 1, 5}}
	c = solved(t, g)
	// By hand: after the first's win 3 identities are free, one of its own; after
	// another's 3, two of its own: p = p/3 + (1-p) 2/3.
	near(t, "share", c.Shares[0], 0.5, 1e-12)
	near(t, "twice", c.Exposure, 0.5/3, 1e-12)
	near(t, "revenue", c.Revenue, 3, 0)
	near(t, "keeps", c.Payoffs[0], 0.5, 1e-12)
	near(t, "stays out", c.Shares[3], 0, 0)
	// Two agents that sit out three slots leave two of four unsold, and each is alone in
	// its slot, where it pays the fee of 1.
	g = Incumbency{Mechanism: lottery(mechanisms.Lot{Fee: 1}), Values: same(2, 3), Discounts: same(2, 0), Cooldown: 3}
	c = solved(t, g)
	near(t, "sold", c.Shares[0]+c.Shares[1], 0.5, 1e-12)
	near(t, "fees", c.Revenue, 0.5, 1e-12)
	for name, bad := range map[string]Incumbency{
		"entry fee":          {Mechanism: lottery(mechanisms.Lot{Fee: 1}), Values: same(2, 3), Discounts: same(2, 0), Cooldown: 1, Identities: []int{2, 1}},
		"for its premium":    {Mechanism: lottery(mechanisms.Lot{Price: 3}), Values: []float64{4, 2}, Discounts: same(2, 0), Premium: 1, Cooldown: 1},
		"nobody is left":     {Mechanism: lottery(mechanisms.Lot{}), Values: same(1, 3), Discounts: same(1, 0), Cooldown: 2, Identities: []int{2}},
		"histories":          {Mechanism: auction(t, 0), Values: same(9, 3), Discounts: same(9, 0), Cooldown: 3},
		"no identity":        {Mechanism: auction(t, 0), Values: same(2, 3), Discounts: same(2, 0), Cooldown: 1, Identities: []int{1, 0}},
		"negative cooldown":  {Mechanism: auction(t, 0), Values: same(2, 3), Discounts: same(2, 0), Cooldown: -1},
		"identities missing": {Mechanism: auction(t, 0), Values: same(2, 3), Discounts: same(2, 0), Cooldown: 1, Identities: []int{1}},
	} {
		if c, err := bad.Solve(); err == nil || !strings.HasPrefix(err.Error(), "slots: ") {
			t.Errorf("%s: %+v, %v", name, c, err)
		}
	}
	if _, err := (Incumbency{Mechanism: auction(t, 0), Values: same(2, 3), Discounts: same(2, 0), Cooldown: 1}).Equilibria(); err == nil {
		t.Error("equilibria are listed under a cooldown")
	}
	if math.IsNaN(c.RunLength) {
		t.Error("run length")
	}
}
