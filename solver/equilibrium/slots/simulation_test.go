package slots

import (
	"context"
	"errors"
	"math"
	"math/rand/v2"
	"reflect"
	"testing"

	"allot/mechanisms"
	"allot/mechanisms/distributions"
)

func TestPostedPrices(t *testing.T) {
	near(t, "EIP-1559 (Stichler 2024)", EIP1559{Target: 50, Factor: 8}.Next(20, 75), 21.25, 1e-12)
	near(t, "EIP-1559 at its target", EIP1559{Target: 50, Factor: 8}.Next(20, 50), 20, 0)
	near(t, "EIP-1559 with nothing held", EIP1559{Target: 50, Factor: 8}.Next(20, 0), 17.5, 1e-12)
	near(t, "AMM (Stichler 2024)", AMM{Target: 40, Factor: 25, B: 6}.Next(1, 40), 16.464241393939627, 1e-9)
	near(t, "an AMM never overflows", AMM{Factor: 1, B: 6}.Next(1, 1<<40), math.MaxFloat64, 0)
	for _, r := range []Posting{EIP1559{}, EIP1559{Target: 1}, EIP1559{Target: math.NaN(), Factor: 8}, AMM{}, AMM{Factor: 1, B: math.Inf(1)}, AMM{Factor: 1e-9}} {
		if r.Check() == nil {
			t.Errorf("%+v is accepted", r)
		}
	}
}

// Stichler (2024), run 2024-10-31_12-26: 1000 of 1031 tickets at this price; the
// protocol's expected share is then 0.9 of the best capture.
func TestHeuristicBid(t *testing.T) {
	bid, err := HeuristicBid(30, 0.8003694945947761, 10, 32, 32, 32)
	if err != nil {
		t.Fatal(err)
	}
	near(t, "price", bid, 21.609976354058958, 1e-12)
	near(t, "the protocol's share", bid/30, 0.7203325451352985, 1e-12)
	late, err := HeuristicBid(30, 1, 10, 32, 64, 32)
	if err != nil {
		t.Fatal(err)
	}
	near(t, "half as likely to be drawn in time", late, 13.5, 1e-12)
	if bid, err = HeuristicBid(30, 1.1, 10, 32, 64, 32); err == nil {
		t.Errorf("more than everything is captured: %g", bid)
	}
}

func reward(t testing.TB, mean float64) mechanisms.Distribution {
	t.Helper()
	d, err := distributions.NewExponential(mean)
	if err != nil {
		t.Fatal(err)
	}
	return d
}

func run(t testing.TB, s Sales) Long {
	t.Helper()
	out, err := s.Run(context.Background())
	if err != nil {
		t.Fatal(err)
	}
	return out
}

func TestRunsAreTheSameOnAnyNumberOfWorkers(t *testing.T) {
	s := Sales{
		Buyers:  []Buyer{{Capture: 0.9, Capital: 1e-3, Funds: 500}, {Capture: 0.85, Capital: 1e-3}, {Capture: 0.8}},
		Posting: EIP1559{Target: 50, Factor: 8}, Price: 20, Offer: 4, Reward: reward(t, 30), Slots: 3000, Runs: 7, Seed: 5,
	}
	want := run(t, s)
	for _, workers := range []int{1, 2, 3, 16} {
		s.Workers = workers
		if got := run(t, s); !reflect.DeepEqual(got, want) {
			t.Errorf("%d workers: %+v, want %+v", workers, got, want)
		}
	}
	s.Seed++
	if got := run(t, s); got.Available == want.Available {
		t.Error("another seed gives the same rewards")
	}
}

// Price-taking buyers without capital costs: equal ones share alike and give up
// everything (Burian, Crapis, Saleh 2024); otherwise the best one wins every slot
// and pays its own value, since a posted price knows no runner-up.
func TestPostedPriceCaptures(t *testing.T) {
	s := Sales{
		Buyers:  []Buyer{{Capture: 1}, {Capture: 1}, {Capture: 1}, {Capture: 1}},
		Posting: AMM{Target: 50, Factor: 50, B: 7}, Price: 20, Offer: 2, Reward: mechanisms.Point(30), Slots: 20000, Runs: 2, Seed: 1,
	}
	out := run(t, s)
	for _, x := range out.Shares {
		near(t, "an equal buyer's share", x, 0.25, 0.02)
	}
	// The price climbs by 2 % a ticket until it is refused, so sales are at 2 to 4 % below the value.
	if out.Captured < 0.95 || out.Captured > 1 {
		t.Errorf("the protocol captures %g", out.Captured)
	}
	s.Buyers = []Buyer{{Capture: 0.9}, {Capture: 0.8}}
	out = run(t, s)
	near(t, "the best buyer's share", out.Shares[0], 1, 0)
	near(t, "its runs", out.Exposure, 1, 0)
	if out.Captured < 0.95*0.9 || out.Captured > 0.9 {
		t.Errorf("the protocol captures %g of what is worth 0.9 to the best", out.Captured)
	}
	s.Buyers = []Buyer{{}, {}}
	out = run(t, s)
	if out.Collected != 0 || out.Unsold != 1 || out.Captured != 0 {
		t.Errorf("buyers that make nothing of it: %+v", out)
	}
}

// At rest an automated market maker sells one ticket a slot at the price of the 100th,
// 1/50 in logarithm below that at its target, where the 101st is not worth its price.
func TestEveryTicketOfAnAMMHasItsPrice(t *testing.T) {
	worth := 30 / 1.1
	s := Sales{
		Buyers: []Buyer{{Capture: 1, Capital: 1e-3}}, Price: worth, Offer: 100, Reward: mechanisms.Point(30), Slots: 1000, Skip: 1000, Runs: 1,
		Posting: AMM{Target: 100, Factor: 50, B: math.Log(worth) - math.Log(math.Expm1(0.02))},
	}
	out := run(t, s)
	want := worth * math.Exp(-0.02)
	near(t, "paid", out.Paid, want, 1e-9)
	near(t, "posted", out.Price, want, 1e-9)
	near(t, "lowest", out.Low, want, 1e-9)
	near(t, "highest", out.High, want, 1e-9)
	near(t, "collected", out.Collected, want, 1e-9)
	// An EIP-1559 price holds for a slot and swings where tickets hardly lower each
	// other's worth: all tickets are sold at prices of at most that.
	s.Posting, s.Buyers[0].Capital = EIP1559{Target: 100, Factor: 8}, 0
	out = run(t, s)
	if out.Low >= 30 || out.High <= 60 || out.Paid >= 30 || out.Paid < out.Low {
		t.Errorf("prices from %g to %g, %g paid", out.Low, out.High, out.Paid)
	}
}

func TestErrorsAreHonest(t *testing.T) {
	s := Sales{
		Buyers:  []Buyer{{Capture: 1, Funds: 100}, {Capture: 0.7}},
		Posting: AMM{Target: 50, Factor: 25, B: 6.4}, Price: 20, Offer: 4, Reward: reward(t, 30), Slots: 4000, Runs: 40, Seed: 3, Workers: 2,
	}
	many := run(t, s)
	near(t, "mean reward", many.Available, 30, 4*30/math.Sqrt(160000))
	spread := 0.0
	for r := range 40 {
		one := s
		one.Runs, one.Seed = 1, uint64(100+r)
		got := run(t, one)
		spread += got.Error * got.Error / 40
	}
	// The error of one run, by batch means, against the spread between runs.
	if ratio := math.Sqrt(spread) / (many.Error * math.Sqrt(40)); ratio < 0.6 || ratio > 1.6 {
		t.Errorf("the error of one run is %g times what runs differ by", ratio)
	}
	near(t, "independent runs", many.Paths, 40, 0)
	if many.Samples > 160000 || many.Samples < 40 {
		t.Errorf("%g effective samples of 160000", many.Samples)
	}
}

func TestEffectiveSamples(t *testing.T) {
	// An autoregressive series of coefficient 0.9 is worth (1-0.9)/(1+0.9) of its length.
	rng := rand.New(rand.NewPCG(9, 1))
	x := make([]float64, 400_000)
	for i := 1; i < len(x); i++ {
		x[i] = 0.9*x[i-1] + rng.NormFloat64()
	}
	samples, square := effective(x)
	near(t, "effective samples", samples/float64(len(x)), 0.1/1.9, 0.012)
	near(t, "squared error", square, 1/(0.1*0.1)/float64(len(x)), 30/float64(len(x)))
	if samples, _ = effective(make([]float64, 100)); samples != 100 {
		t.Errorf("a constant series counts as %g", samples)
	}
}

// Stichler's (2024) ten runs are two paths: what the holders earned in run 2024-10-31_12-04.
func TestEffectivePaths(t *testing.T) {
	earned := []float64{26701, 26702, 26726, 26677, 26716, 26694, 26721, 27567, 27615, 27591}
	near(t, "paths of ten runs", EffectivePaths(earned, 100), 1/(0.49+0.09), 1e-12)
	near(t, "distinct runs", EffectivePaths(earned, 0), 10, 0)
	near(t, "no runs", EffectivePaths(nil, 0), 0, 0)
}

func TestSalesRefuse(t *testing.T) {
	good := Sales{Buyers: []Buyer{{Capture: 1}}, Posting: EIP1559{Target: 50, Factor: 8}, Price: 20, Offer: 4, Reward: reward(t, 30), Slots: 10, Runs: 1}
	for name, change := range map[string]func(*Sales){
		"no buyers":    func(s *Sales) { s.Buyers = nil },
		"no rule":      func(s *Sales) { s.Posting = nil },
		"a bad rule":   func(s *Sales) { s.Posting = EIP1559{} },
		"no reward":    func(s *Sales) { s.Reward = nil },
		"reward of 0":  func(s *Sales) { s.Reward = mechanisms.Point(0) },
		"no slots":     func(s *Sales) { s.Slots = 0 },
		"no tickets":   func(s *Sales) { s.Offer = 0 },
		"NaN price":    func(s *Sales) { s.Price = math.NaN() },
		"over-capture": func(s *Sales) { s.Buyers = []Buyer{{Capture: 2}} },
	} {
		s := good
		change(&s)
		if out, err := s.Run(context.Background()); err == nil {
			t.Errorf("%s: %+v", name, out)
		}
	}
	ctx, cancel := context.WithCancel(context.Background())
	cancel()
	good.Runs = 1000
	if _, err := good.Run(ctx); !errors.Is(err, context.Canceled) {
		t.Errorf("a cancelled simulation ends with %v", err)
	}
}

// Slots that are skipped leave those after them as they are in one long run.
func TestSkip(t *testing.T) {
	s := Sales{
		Buyers: []Buyer{{Capture: 1, Capital: 1e-3}, {Capture: 0.9, Capital: 1e-3}}, Posting: EIP1559{Target: 100, Factor: 8},
		Price: 27, Offer: 100, Reward: mechanisms.Point(30), Runs: 2, Seed: 1,
	}
	run := func(slots, skip int) Long {
		s.Slots, s.Skip = slots, skip
		out, err := s.Run(context.Background())
		if err != nil {
			t.Fatal(err)
		}
		return out
	}
	whole, first, rest := run(300, 0), run(200, 0), run(100, 200)
	for name, sum := range map[string][2]float64{
		"collected": {300 * whole.Collected, 200*first.Collected + 100*rest.Collected},
		"price":     {300 * whole.Price, 200*first.Price + 100*rest.Price},
		"share":     {300 * whole.Shares[0], 200*first.Shares[0] + 100*rest.Shares[0]},
	} {
		if math.Abs(sum[0]-sum[1]) > 1e-9*sum[0] {
			t.Errorf("%s: %g in all, %g in parts", name, sum[0], sum[1])
		}
	}
	// At rest one ticket is sold a slot at one price.
	if rest = run(20000, 5000); rest.Samples != 40000 {
		t.Errorf("%g effective slots of 40000 that are alike", rest.Samples)
	}
	s.Skip = -1
	if _, err := s.Run(context.Background()); err == nil {
		t.Error("-1 slots skipped")
	}
}
