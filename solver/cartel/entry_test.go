package cartel

import (
	"math"
	"math/rand/v2"
	"testing"
)

func adaptive(members int) Adaptive {
	return Adaptive{Bid: 1, Share: ArticleShare, Bound: func(int) int { return members }}
}

func adapt(t testing.TB, r *Ring, a Adaptive) *Entry {
	t.Helper()
	e, err := r.Adapt(a)
	if err != nil {
		t.Fatal(err)
	}
	return e
}

func patient(t testing.TB, d float64) *Ring {
	r := firstPrice(t, abc, 0)
	r.Discounts = []float64{d, d, d}
	return r
}

// The article's 1, 1/3, 1/12 is s_k = 2/(k+2)!; total 2/(k+1)!; Bob breaches for good below
// 1 - s_k/19.
func TestArticleSchedule(t *testing.T) {
	e := adapt(t, patient(t, 0.9), adaptive(6))
	shares := []float64{1, 1. / 3, 1. / 12, 1. / 60}
	totals := []float64{2, 1, 1. / 3, 1. / 12}
	breach := []float64{0.9473684210526315, 0.9824561403508771, 0.9956140350877193, 0.9991228070175439}
	if len(e.States) != 4 {
		t.Fatalf("%d states for 0 to 3 newcomers", len(e.States))
	}
	for k, s := range e.States {
		near(t, "share", s.Share, shares[k], 1e-15)
		near(t, "total", s.Total, totals[k], 1e-15)
		near(t, "Bob's breach", s.Breach[1], breach[k], 1e-12)
		near(t, "leader keeps", s.Keeps, 29-totals[k], 1e-15)
	}
}

// Bob alone can take the right N-3 times before the bound, not (N-3)/2 times, and once more to end
// it. For constant N each attack has its threshold in closed form: invent j and comply below
// (18/(19 - (1+j) s_j))^(1/j), break at the bound below (18/19)^(1/(N-2)).
func TestInventedNewcomers(t *testing.T) {
	const members = 9
	e := adapt(t, patient(t, 0.9), adaptive(members))
	bob := e.Plans[1]
	if bob.Invented != members-3 || !bob.Ends || bob.Wins != members-2 {
		t.Errorf("Bob at 0.9: %+v", bob)
	}
	near(t, "Bob's value", bob.Value, (1-math.Pow(0.9, members-2))*19, 1e-12)
	if len(bob.Attacks) != members-3+1 {
		t.Fatalf("%d attacks", len(bob.Attacks))
	}
	for k, a := range bob.Attacks[:members-3] {
		j := k + 1
		want := math.Pow(18/(19-float64(1+j)*ArticleShare(j)), 1/float64(j))
		near(t, "threshold", a.Below, want, 1e-12)
	}
	last := bob.Attacks[members-3]
	near(t, "breach at the bound", last.Below, math.Pow(18./19, 1./(members-2)), 1e-12)
	if !last.Ends || last.From != 0 {
		t.Errorf("last attack %+v", last)
	}
	if e.Survives {
		t.Error("survives Bob's attack")
	}
	// With flat shares every invention pays at every discount factor: it adds a share.
	a := adaptive(members)
	a.Share = FlatShare(1)
	e = adapt(t, patient(t, 0.99), a)
	if p := e.Plans[1]; p.Invented != members-3 || p.Ends || p.Attacks[0].Below != 1 {
		t.Errorf("flat shares: %+v", p)
	}
}

// The leader gains by inventing newcomers at any discount factor: she pays nobody in
// that period and less in all later ones. What is left to the others may not hold them.
func TestLeaderInvents(t *testing.T) {
	e := adapt(t, patient(t, 0.9999), adaptive(6))
	alice := e.Plans[0]
	if alice.Invented != 3 || alice.Ends || e.Invented != 3 {
		t.Errorf("Alice: %+v", alice)
	}
	// Three periods of 29, then 29 - 2/60.
	d3 := math.Pow(0.9999, 3)
	near(t, "Alice's value", alice.Value, (1-d3)*29+d3*(29-2./60), 1e-12)
	for _, a := range alice.Attacks {
		if !a.Ends && (a.From != 0 || a.Below != 1) {
			t.Errorf("inventing pays at all discount factors, not %+v", a)
		}
	}
	if !e.Survives {
		t.Errorf("0.9999 is above 1 - (1/60)/19 = 0.99912: %+v", e.After)
	}
	// At 0.99 Bob would comply with nobody else's inventions, but not for 1/60.
	e = adapt(t, patient(t, 0.9935), adaptive(6))
	if e.Plans[1].Pays() || e.Plans[2].Pays() {
		t.Errorf("at the start %+v", e.Plans)
	}
	if e.Survives || !e.After[0].Pays() {
		t.Errorf("after Alice's inventions %+v", e.After)
	}
}

// sequence is the value of a given plan, period by period, played out on a list of
// identities: bit t of plan says that j takes the right in period t.
func sequence(j, plan, periods int, d float64, a Adaptive, u, take, worth float64) float64 {
	owners := []int{0, 1, 2} // owners[i] is who identity i belongs to; Alice leads
	over := false
	total, weight := 0.0, 1-d
	stage := 0.0
	for t := range periods {
		acts := plan>>t&1 == 1
		switch {
		case over:
			stage = u
		case acts:
			stage = take
			if len(owners)+1 > a.Bound(t+1) {
				over = true
			} else {
				owners = append(owners, j)
			}
		default:
			stage = 0
			share := a.Share(len(owners) - 3)
			for i, o := range owners {
				switch {
				case i == 0 && j == 0:
					stage += worth - share*float64(len(owners)-1)
				case i > 0 && o == j:
					stage += share
				}
			}
		}
		total += weight * stage
		weight *= d
	}
	last := stage // goes on for ever
	if over {
		last = u
	} else if plan>>(periods-1)&1 == 1 {
		last = 0
		share := a.Share(len(owners) - 3)
		for i, o := range owners {
			switch {
			case i == 0 && j == 0:
				last += worth - share*float64(len(owners)-1)
			case i > 0 && o == j:
				last += share
			}
		}
	}
	return total + weight/(1-d)*last
}

// Every plan over the first periods, then complying for ever, against the recursion, under bounds
// that grow.
func TestPlansAgainstEnumeration(t *testing.T) {
	rng := rand.New(rand.NewPCG(11, 12))
	const periods = 11
	for range 30 {
		a := adaptive(0)
		start, every, cap := 3+rng.IntN(2), 1+rng.IntN(3), 3+rng.IntN(4)
		a.Bound = func(t int) int { return min(start+t/every, max(cap, start)) }
		a.Horizon = 12
		flat := rng.Float64()
		if rng.IntN(2) == 0 {
			a.Share = func(k int) float64 { return flat * 3 / float64(1+k*k) }
		}
		d := 0.3 + 0.4*rng.Float64()
		e := adapt(t, patient(t, d), a)
		for j, u := range []float64{10, 0, 0} {
			take := []float64{29, 19, 9}[j]
			best := math.Inf(-1)
			for plan := range 1 << periods {
				best = math.Max(best, sequence(j, plan, periods, d, a, u, take, 29))
			}
			// Keeping the transfers openly: the leader wins and all compete from then on.
			if j == 0 {
				best = math.Max(best, (1-d)*29+d*10)
			}
			got := e.Plans[j].Value
			if got < best-1e-9 || got > best+30*math.Pow(d, periods) {
				t.Errorf("member %d, delta %g, share(1) %g: %.9g, enumeration %.9g", j, d, a.Share(1), got, best)
			}
		}
	}
}

// The best plan played out with a random end (chance 1-delta after each period): the mean total times
// 1-delta is the value.
func TestPlanSimulated(t *testing.T) {
	const d, runs = 0.9, 40000
	a := adaptive(7)
	e := adapt(t, patient(t, d), a)
	rng := rand.New(rand.NewPCG(13, 14))
	for j, u := range []float64{10, 0, 0} {
		p := e.Plans[j]
		take := []float64{29, 19, 9}[j]
		sum, squares := 0.0, 0.0
		for range runs {
			total, members, wins, over := 0.0, 3, 0, false
			for {
				share := a.Share(members - 3)
				switch {
				case over:
					total += u
				case wins < p.Wins:
					total += take
					wins++
					if wins > p.Invented {
						over = true
					} else {
						members++
					}
				case j == 0:
					total += 29 - 2*share
				default:
					total += float64(1+wins) * share
				}
				if rng.Float64() >= d {
					break
				}
			}
			sum += total
			squares += total * total
		}
		mean := sum / runs
		se := math.Sqrt((squares/runs - mean*mean) / runs)
		if got := p.Value / (1 - d); math.Abs(got-mean) > 4.5*se {
			t.Errorf("member %d: %g, simulated %g +- %g", j, got, mean, se)
		}
	}
}

// Dan joins whether his value is above the leader's (he leads, bids 1 and pays three members 1/3
// each, against bidding 30) or below (1/3 against nothing).
func TestArrivals(t *testing.T) {
	a := adaptive(8)
	a.Newcomers = []float64{40, 20}
	e := adapt(t, patient(t, 0.9), a)
	dan, emma := e.Arrivals[0], e.Arrivals[1]
	if !dan.Leads || !dan.Joins || emma.Leads || !emma.Joins {
		t.Errorf("arrivals %+v", e.Arrivals)
	}
	near(t, "Dan joins", dan.Joining, 40-1-1, 1e-12)
	near(t, "Dan refuses", dan.Refusing, 10, 1e-12)
	near(t, "Emma joins", emma.Joining, 1./12, 1e-12)
	near(t, "Emma refuses", emma.Refusing, 0, 1e-12)
}

func TestAdaptErrors(t *testing.T) {
	good := adaptive(6)
	for name, c := range map[string]struct {
		r *Ring
		a Adaptive
	}{
		"no discounts": {firstPrice(t, abc, 0), good},
		"discount 1":   {patient(t, 1), good},
		"partial":      {&Ring{Game: patient(t, 0.5).Game, Equilibrium: priceEq(abc, 0), Members: []int{0, 1}, Discounts: []float64{0.5, 0.5, 0.5}}, good},
		"no share":     {patient(t, 0.5), Adaptive{Bound: good.Bound}},
		"no bound":     {patient(t, 0.5), Adaptive{Share: ArticleShare}},
		"low bound":    {patient(t, 0.5), adaptive(2)},
		"falling":      {patient(t, 0.5), Adaptive{Share: ArticleShare, Horizon: 2, Bound: func(t int) int { return 6 - t }}},
		"too many":     {patient(t, 0.5), adaptive(1 << 30)},
		"too far":      {patient(t, 0.5), Adaptive{Share: ArticleShare, Horizon: 1 << 30, Bound: good.Bound}},
		"nan share":    {patient(t, 0.5), Adaptive{Share: FlatShare(math.NaN()), Bound: good.Bound}},
		"nan bid":      {patient(t, 0.5), Adaptive{Bid: math.NaN(), Share: ArticleShare, Bound: good.Bound}},
		"newcomer":     {patient(t, 0.5), Adaptive{Share: ArticleShare, Bound: good.Bound, Newcomers: []float64{math.Inf(1)}}},
	} {
		if _, err := c.r.Adapt(c.a); err == nil {
			t.Errorf("%s: no error", name)
		}
	}
}
