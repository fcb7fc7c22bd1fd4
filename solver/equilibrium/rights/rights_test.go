package rights

import (
	"math"
	"math/rand/v2"
	"testing"

	"allot/mechanisms"
	"allot/mechanisms/distributions"
)

func near(t testing.TB, what string, got, want, tolerance float64) {
	t.Helper()
	if !(math.Abs(got-want) <= tolerance) {
		t.Errorf("%s: %.15g, want %.15g", what, got, want)
	}
}

// Burian, Crapis (2024), observations 1 to 5, rewards exponential.
func TestTicket(t *testing.T) {
	a, err := Ticket(30, 1800, 100, 0.001)
	if err != nil {
		t.Fatal(err)
	}
	near(t, "value", a.Mean, 27.27272727272727, 1e-12)
	near(t, "variance", a.Variance, 756.0733575232366, 1e-9)
	near(t, "issued", a.Issued, 2727.272727272727, 1e-9)
	near(t, "unissued", a.Unissued, 27272.727272727272, 1e-8)
	near(t, "all", a.Issued+a.Unissued, 30/0.001, 1e-8)
	// By the wait, which is geometric.
	mean, second := 0.0, 0.0
	for k := 1; k < 20000; k++ {
		p := math.Pow(0.99, float64(k-1)) / 100
		mean += p * 30 * math.Pow(1.001, -float64(k))
		second += p * 1800 * math.Pow(1.001, -2*float64(k))
	}
	near(t, "value by the wait", a.Mean, mean, 1e-9)
	near(t, "variance by the wait", a.Variance, second-mean*mean, 1e-7)
	if a, err = Ticket(30, 900, 1, 0); err != nil || a != (Asset{Mean: 30, Issued: 30, Unissued: math.Inf(1)}) {
		t.Errorf("a certain reward without discounting: %+v, %v", a, err)
	}
	// The wait alone, at 3.4 % a year: n (n-1) d^2 mu^2 to leading order.
	if a, err = Ticket(0.1189, 0.1189*0.1189, 32, 1.2723e-8); err != nil || !(math.Abs(a.Variance/(32*31*1.2723e-8*1.2723e-8*0.1189*0.1189)-1) < 1e-5) {
		t.Errorf("a known value: variance %g, %v", a.Variance, err)
	}
	if a, err = Ticket(30, math.Inf(1), 100, 0.001); err != nil || !math.IsInf(a.Variance, 1) || !(math.Abs(a.Mean-30/1.1) < 1e-12) {
		t.Errorf("a reward without a variance: %+v, %v", a, err)
	}
	for _, x := range [][4]float64{{30, 800, 100, 0.001}, {30, 1800, 0.5, 0}, {30, 1800, 100, -1}, {math.NaN(), 1, 1, 1}, {1, math.NaN(), 1, 1}} {
		if a, err := Ticket(x[0], x[1], x[2], x[3]); err == nil {
			t.Errorf("%v: %+v", x, a)
		}
	}
}

func TestExpiring(t *testing.T) {
	a, err := Expiring(1, 1, 2, 1, 0)
	if err != nil {
		t.Fatal(err)
	}
	near(t, "drawn or not", a.Mean, 0.5, 1e-15)
	near(t, "its variance", a.Variance, 0.25, 1e-15)
	for _, c := range []struct{ n, life, d float64 }{{8, 5, 0.01}, {100, 64, 0.001}, {1, 3, 0.1}, {20, 1, 0.3}, {3, 400, 0.02}, {50, 10, 0}} {
		a, err := Expiring(30, 1800, c.n, c.life, c.d)
		if err != nil {
			t.Fatal(err)
		}
		x, y := 1-1/c.n, 1/(1+c.d)
		mean, square, issued, ages := 0.0, 0.0, 0.0, 0.0
		for j := range int(c.life) {
			age := math.Pow(x, float64(j))
			ages += age
			for k := 1; k <= int(c.life); k++ {
				drawn := math.Pow(x, float64(k-1)) / c.n
				if j == 0 {
					mean += 30 * drawn * math.Pow(y, float64(k))
					square += 1800 * drawn * math.Pow(y, 2*float64(k))
				}
				if j+k <= int(c.life) {
					issued += age * 30 * drawn * math.Pow(y, float64(k))
				}
			}
		}
		issued *= c.n / ages
		near(t, "value", a.Mean, mean, 1e-11*mean)
		near(t, "variance", a.Variance, square-mean*mean, 1e-9*square)
		near(t, "issued", a.Issued, issued, 1e-9*issued)
		if c.d > 0 {
			near(t, "all", a.Issued+a.Unissued, 30/c.d, 1e-9/c.d)
		}
	}
	for _, life := range []float64{0, 1e6} {
		a, err := Expiring(30, 1800, 100, life, 0.001)
		want, _ := Ticket(30, 1800, 100, 0.001)
		if err != nil {
			t.Fatal(err)
		}
		near(t, "never expires: value", a.Mean, want.Mean, 1e-12)
		near(t, "variance", a.Variance, want.Variance, 1e-9)
		near(t, "issued", a.Issued, want.Issued, 1e-9)
	}
	for _, life := range []float64{0.5, -1, math.NaN(), math.Inf(1)} {
		if a, err := Expiring(30, 1800, 100, life, 0.001); err == nil {
			t.Errorf("lifetime %g: %+v", life, a)
		}
	}
}

func TestAuctioned(t *testing.T) {
	a, err := Auctioned(30, 900, 32, 0.001)
	if err != nil {
		t.Fatal(err)
	}
	near(t, "value", a.Mean, 29.055662039559706, 1e-9)
	near(t, "variance", a.Variance, 844.2314965571111, 1e-9)
	if _, err := Auctioned(30, -1, 32, 0.001); err == nil {
		t.Error("a negative variance is accepted")
	}
}

func TestSlotRate(t *testing.T) {
	d, err := SlotRate(0.034, 2628000)
	if err != nil {
		t.Fatal(err)
	}
	near(t, "rate", d, 1.27225176e-08, 1e-16)
	near(t, "compounded", math.Pow(1+d, 2628000), 1.034, 1e-8)
	for _, x := range [][2]float64{{-1, 1}, {math.NaN(), 1}, {0.1, 0}} {
		if d, err := SlotRate(x[0], x[1]); err == nil {
			t.Errorf("%v: %g", x, d)
		}
	}
}

// Burian, Crapis, Saleh (2024), as derived from the price-taking outcome.
func TestCaptured(t *testing.T) {
	for _, c := range []struct {
		means, rates []float64
		n            float64
		want         Capture
	}{
		{[]float64{4, 2}, []float64{0, 0}, 1024, Capture{0, 2, 0.5}},
		{[]float64{3, 3}, []float64{0, 0}, 1024, Capture{0, 3, 1}},
		{[]float64{1, 1}, []float64{1e-4, 1e-4}, 1024, Capture{0, 1 / 1.1024, 0.9071117561683599}},
		{[]float64{4, 3}, []float64{0.01, 0}, 100, Capture{1, 2, 2. / 3}},
		{[]float64{5}, []float64{0}, 10, Capture{0, 0, 0}},
		{[]float64{0, 0}, []float64{0, 0}, 10, Capture{0, 0, 0}},
	} {
		got, err := Captured(c.means, c.rates, c.n)
		if err != nil {
			t.Fatal(err)
		}
		if got.Holder != c.want.Holder {
			t.Errorf("%v: holder %d, want %d", c.means, got.Holder, c.want.Holder)
		}
		near(t, "price", got.Price, c.want.Price, 1e-12)
		near(t, "share", got.Share, c.want.Share, 1e-12)
	}
	if _, err := Captured([]float64{1}, nil, 1); err == nil {
		t.Error("a rate is missing and nobody minds")
	}
}

// Arnosti, Weinberg (2022): shares and their lower bounds 1 - c_j/c_i.
func TestStaking(t *testing.T) {
	for _, c := range []struct {
		costs, shares []float64
		threshold     float64
	}{
		{[]float64{1, 1.1}, []float64{0.5238095238095238, 0.47619047619047616}, 2.1},
		{[]float64{1, 1, 1.5}, []float64{3. / 7, 3. / 7, 1. / 7}, 1.75},
		{[]float64{1e-200, 3e-200, 1e-199}, []float64{0.75, 0.25, 0}, 4e-200},
	} {
		shares, threshold, err := Staking(c.costs)
		if err != nil {
			t.Fatal(err)
		}
		near(t, "threshold", threshold, c.threshold, 1e-12*c.threshold)
		for i := range shares {
			near(t, "share", shares[i], c.shares[i], 1e-12)
		}
	}
	rng := rand.New(rand.NewPCG(31, 1))
	for range 200 {
		costs := make([]float64, 2+rng.IntN(6))
		for i := range costs {
			costs[i] = math.Exp(rng.NormFloat64())
		}
		shares, _, err := Staking(costs)
		if err != nil {
			t.Fatal(err)
		}
		for i, ci := range costs {
			for j, cj := range costs {
				if shares[i] > 0 && shares[j] < 1-cj/ci-1e-12 {
					t.Fatalf("%v: staker %d takes part and %d has %g, less than %g", costs, i, j, shares[j], 1-cj/ci)
				}
			}
		}
	}
	for _, costs := range [][]float64{{1}, {1, 0}, {1, math.Inf(1)}, {1, -1}} {
		if _, _, err := Staking(costs); err == nil {
			t.Errorf("%v is accepted", costs)
		}
	}
}

// Pai, Resnick (2024) with uniform builders, in closed form: the holder of value v sells
// at reserve (1+v)/2.
func TestResellUniform(t *testing.T) {
	d, err := distributions.NewUniform(0, 1)
	if err != nil {
		t.Fatal(err)
	}
	two, err := Resell(d, 2)
	if err != nil {
		t.Fatal(err)
	}
	near(t, "holder", two.Holder, 7./12, 1e-6)
	near(t, "rival", two.Rival, 1./24, 1e-6)
	near(t, "price", two.Price, 13./24, 1e-6)
	near(t, "just in time", two.JustInTime, 1./3, 1e-6)
	near(t, "best", two.Best, 2./3, 1e-6)
	for _, n := range []int{2, 3, 10} {
		r, err := Resell(d, n)
		if err != nil {
			t.Fatal(err)
		}
		near(t, "kept", r.Kept, 2/float64(n)*(1-math.Pow(2, -float64(n))), 2e-6)
		near(t, "highest of n", r.Best, float64(n)/float64(n+1), 1e-6)
		near(t, "second of n", r.JustInTime, float64(n-1)/float64(n+1), 1e-6)
	}
}

// The holder's offer to one rival is a price: maximise (1-F(p))(p-v) + v directly.
func TestResellToOneRival(t *testing.T) {
	exponential, err := distributions.NewExponential(2)
	if err != nil {
		t.Fatal(err)
	}
	// Memoryless: the price is v + 2, so the holder gets v + 2 e^-(v+2)/2 and the rival 2 e^-(v+2)/2.
	r, err := Resell(exponential, 2)
	if err != nil {
		t.Fatal(err)
	}
	near(t, "holder", r.Holder, 2+math.Exp(-1), 2e-3)
	near(t, "rival", r.Rival, math.Exp(-1), 2e-3)
	near(t, "kept", r.Kept, 1-math.Exp(-1)/2, 1e-4)

	// Two kinds of uniform values: the revenue curve must be ironed.
	lumpy, err := distributions.NewQuantiles([]float64{0, 0.5, 0.5000001, 1}, []float64{0, 1, 5, 6})
	if err != nil {
		t.Fatal(err)
	}
	got, err := Resell(lumpy, 2)
	if err != nil {
		t.Fatal(err)
	}
	want := 0.0
	const steps = 2000
	for k := range steps {
		v := lumpy.Quantile((float64(k) + 0.5) / steps)
		best := v
		for l := range steps {
			p := lumpy.Quantile((float64(l) + 0.25) / steps)
			best = math.Max(best, v+(1-lumpy.CDF(p))*(p-v))
		}
		want += best / steps
	}
	near(t, "holder of lumpy values", got.Holder, want, 5e-3)
}

func TestResellRefuses(t *testing.T) {
	d, err := distributions.NewUniform(0, 1)
	if err != nil {
		t.Fatal(err)
	}
	for _, n := range []int{-1, 0, 1} {
		if r, err := Resell(d, n); err == nil {
			t.Errorf("%d agents: %+v", n, r)
		}
	}
	if r, err := Resell(nil, 2); err == nil {
		t.Errorf("no distribution: %+v", r)
	}
	r, err := Resell(mechanisms.Point(3), 4)
	if err != nil {
		t.Fatal(err)
	}
	near(t, "a known value", r.Holder, 3, 1e-9)
	near(t, "a rival's", r.Rival, 0, 1e-9)
}

func logNormalMarket(t testing.TB, mu, sigma, persistence, capital float64) *mechanisms.Market {
	t.Helper()
	d, err := distributions.NewLogNormal(mu, sigma)
	if err != nil {
		t.Fatal(err)
	}
	return &mechanisms.Market{Agents: []mechanisms.Agent{{Value: d, CapitalCost: capital}, {Value: mechanisms.Point(3), CapitalCost: capital}}, Persistence: persistence}
}

func TestForecasts(t *testing.T) {
	m := logNormalMarket(t, -3.024, 0.448, 0.9, 0.001)
	const slots = 5
	f, err := Forecasts(m, nil, slots)
	if err != nil {
		t.Fatal(err)
	}
	near(t, "what waiting leaves", f[0].Hold, math.Pow(1.001, -slots), 1e-15)
	ahead, err := Ahead(m, slots)
	if err != nil {
		t.Fatal(err)
	}
	narrow := ahead.Agents[0].Value.(distributions.LogNormal)
	mu, sigma := narrow.Parameters()
	near(t, "deviation phi^L sigma", sigma, math.Pow(0.9, slots)*0.448, 1e-15)
	near(t, "mean", narrow.Mean(), m.Agents[0].Value.Mean(), 1e-15)
	near(t, "location", mu, -3.024+(0.448*0.448-sigma*sigma)/2, 1e-14)
	near(t, "a known value", ahead.Agents[1].Value.Mean(), 3, 0)
	for _, p := range []float64{0.001, 0.3, 0.5, 0.99} { // value by value and as a distribution
		near(t, "quantile", f[0].Value(m.Agents[0].Value.Quantile(p)), narrow.Quantile(p), 1e-14)
	}
	near(t, "value 0 stays 0", f[1].Value(0), 0, 0)
}

// Revenue of two equal bidders who know each other's forecasts, E min of two
// log-normals 2 E v Phi(-s'/sqrt 2): lookahead raises it towards the mean.
func TestForecastRevenue(t *testing.T) {
	m := logNormalMarket(t, math.Log(0.05), 0.96954, 0.8, 0)
	last := 0.0
	for _, lookahead := range []int{0, 1, 4, 32} {
		f, err := Forecasts(m, nil, lookahead)
		if err != nil {
			t.Fatal(err)
		}
		const steps = 400
		revenue := 0.0
		for i := range steps {
			x := f[0].Value(m.Agents[0].Value.Quantile((float64(i) + 0.5) / steps))
			for j := range steps {
				revenue += math.Min(x, f[0].Value(m.Agents[0].Value.Quantile((float64(j)+0.5)/steps))) / (steps * steps)
			}
		}
		s := math.Pow(0.8, float64(lookahead)) * 0.96954
		near(t, "revenue", revenue, m.Agents[0].Value.Mean()*math.Erfc(s/2), 2e-4)
		if revenue <= last {
			t.Errorf("lookahead %d: revenue %g after %g", lookahead, revenue, last)
		}
		last = revenue
	}
}

func TestForecastsOfTwinsAndTickets(t *testing.T) {
	d, err := distributions.NewLogNormal(0, 0.5)
	if err != nil {
		t.Fatal(err)
	}
	common := &mechanisms.Common{Value: d}
	m := &mechanisms.Market{Persistence: 0.5, Agents: []mechanisms.Agent{{Value: d, Common: common}, {Value: d, Common: common}}}
	ahead, err := Ahead(m, 1)
	if err != nil {
		t.Fatal(err)
	}
	if ahead.Agents[0].Common != ahead.Agents[1].Common || ahead.Agents[0].Common == common {
		t.Error("twins are no twins any more, or the market was changed")
	}
	f, err := Forecasts(m, nil, 1)
	if err != nil {
		t.Fatal(err)
	}
	c, e := d.Quantile(0.8), d.Quantile(0.3)
	near(t, "a twin's value", f[0].Value(c*e), ahead.Agents[0].Common.Value.Quantile(0.8)*ahead.Agents[0].Value.Quantile(0.3), 1e-14)

	tickets, err := mechanisms.NewTickets(mechanisms.Sale{Price: 1, Supply: 100})
	if err != nil {
		t.Fatal(err)
	}
	waits := &mechanisms.Market{Agents: []mechanisms.Agent{{Value: mechanisms.Point(30), CapitalCost: 0.001}}}
	if f, err = Forecasts(waits, tickets, 0); err != nil {
		t.Fatal(err)
	}
	near(t, "a ticket of 100", 30*f[0].Hold, 27.27272727272727, 1e-12)
	if f[0].Plain() || !mustForecast(t, waits, 0)[0].Plain() {
		t.Error("a ticket waits, a right for this slot does not")
	}
}

func mustForecast(t testing.TB, m *mechanisms.Market, lookahead int) []Forecast {
	t.Helper()
	f, err := Forecasts(m, nil, lookahead)
	if err != nil {
		t.Fatal(err)
	}
	return f
}

func TestForecastsRefuse(t *testing.T) {
	uniform, err := distributions.NewUniform(0, 1)
	if err != nil {
		t.Fatal(err)
	}
	m := &mechanisms.Market{Agents: []mechanisms.Agent{{Value: uniform}}, Persistence: 0.5}
	if f, err := Forecasts(m, nil, 1); err == nil {
		t.Errorf("persistence of uniform values: %+v", f)
	}
	if _, err := Forecasts(m, nil, 0); err != nil {
		t.Errorf("just in time there is nothing to forecast: %v", err)
	}
	if _, err := Forecasts(m, nil, -1); err == nil {
		t.Error("a negative lookahead is accepted")
	}
	if _, err := Forecasts(&mechanisms.Market{}, nil, 1); err == nil {
		t.Error("an empty market is accepted")
	}
	f := mustForecast(t, logNormalMarket(t, 0, 1, 0, 1e300), 1<<20)
	near(t, "what an absurd cost of capital leaves", f[0].Hold*f[0].Value(1), 0, 0)
}

func TestOversight(t *testing.T) {
	rng := rand.New(rand.NewPCG(32, 1))
	for _, o := range []Oversight{{0.9, 0.1}, {0.5, 0.4}, {1, 0.2}, {0, 1}, {0.8, 0}} {
		e, err := o.Errors(20, 12)
		if err != nil {
			t.Fatal(err)
		}
		const draws = 200_000
		honest, cartel := 0.0, 0.0
		for range draws {
			bar := o.Threshold * 20 * math.Exp(o.Noise*rng.NormFloat64())
			if 20 < bar {
				honest++
			}
			if 12 >= bar {
				cartel++
			}
		}
		near(t, "honest blocks rejected", e.Honest, honest/draws, 0.005)
		near(t, "cartels passed", e.Cartel, cartel/draws, 0.005)
	}
	for _, o := range []Oversight{{-1, 0}, {1, math.NaN()}, {math.Inf(1), 0}} {
		if e, err := o.Errors(1, 1); err == nil {
			t.Errorf("%+v: %+v", o, e)
		}
	}
}

func TestEvade(t *testing.T) {
	for _, c := range []struct {
		o          Oversight
		paid, gain float64
	}{
		{Oversight{0.8, 0}, 16, 14}, {Oversight{0, 0}, 0, 30}, {Oversight{0, 2}, 0, 30}, {Oversight{1, 0}, 20, 10},
	} {
		e, err := c.o.Evade(30, 20)
		if err != nil {
			t.Fatal(err)
		}
		near(t, "paid", e.Paid, c.paid, 1e-9)
		near(t, "profit", e.Profit, c.gain, 1e-9)
	}
	o := Oversight{0.9, 0.15}
	e, err := o.Evade(30, 20)
	if err != nil {
		t.Fatal(err)
	}
	for k := range 200_000 {
		b := 20 * float64(k) / 200_000
		errors, err := o.Errors(20, b)
		if err != nil {
			t.Fatal(err)
		}
		if errors.Cartel*(30-b) > e.Profit+1e-9 {
			t.Fatalf("paying %g brings %g, more than %+v", b, errors.Cartel*(30-b), e)
		}
	}
	none, err := o.Evade(0, 20)
	if err != nil || none.Profit < 0 {
		t.Errorf("a worthless right: %+v, %v", none, err)
	}
	if _, err := o.Evade(math.NaN(), 20); err == nil {
		t.Error("a value that is no number is accepted")
	}
}

func TestResellAmongEquals(t *testing.T) {
	d, err := distributions.NewUniform(0, 1)
	if err != nil {
		t.Fatal(err)
	}
	for _, n := range []int{2, 3} {
		want, err := Resell(d, n)
		if err != nil {
			t.Fatal(err)
		}
		values := make([]mechanisms.Distribution, n)
		for i := range values {
			values[i] = d
		}
		got, err := ResellAmong(values)
		if err != nil {
			t.Fatal(err)
		}
		near(t, "holder", got.Holder[n-1], want.Holder, 1e-5)
		near(t, "rival", got.Rival[0][n-1], want.Rival, 1e-5)
		near(t, "price", got.Price, want.Price, 2e-5)
		near(t, "kept", got.Shares[got.Winner], want.Kept, 1e-5)
		near(t, "just in time", got.Usual[0], 1/float64(n), 1e-5)
	}
}

// Uniform on [0, 2] against [0, 1]: with v the strong one's value it resells at (1+v)/2
// if v < 1, so W_1 = 1 + E max(0, 1-v)^2/4 = 25/24 and L_2 = E max(0, 1-v)^2/8 = 1/48; the weak
// one resells at 1 + v/2, so W_2 = E[v + (1-v/2)^2/2] = 19/24 and L_1 = E(1-v/2)^2/4 = 7/48.
func TestResellAmongUnequals(t *testing.T) {
	strong, err := distributions.NewUniform(0, 2)
	if err != nil {
		t.Fatal(err)
	}
	weak, err := distributions.NewUniform(0, 1)
	if err != nil {
		t.Fatal(err)
	}
	got, err := ResellAmong([]mechanisms.Distribution{strong, weak})
	if err != nil {
		t.Fatal(err)
	}
	near(t, "the strong holder", got.Holder[0], 25./24, 1e-6)
	near(t, "its rival", got.Rival[0][1], 1./48, 1e-6)
	near(t, "the weak holder", got.Holder[1], 19./24, 1e-6)
	near(t, "its rival", got.Rival[1][0], 7./48, 1e-6)
	near(t, "price", got.Price, 19./24-1./48, 1e-6)
	if got.Winner != 0 || got.Shares[0] <= got.Usual[0] {
		t.Errorf("agent %d buys; the strongest uses %g of the slots, just in time %g", got.Winner+1, got.Shares[0], got.Usual[0])
	}
	near(t, "just in time the strong one has the highest value", got.Usual[0], 0.75, 1e-6)
	// It sells if v < 1 and the other is above (1+v)/2: with probability (1/2) E(1-v)/2 = 1/8.
	near(t, "it keeps the slot", got.Shares[0], 7./8, 1e-6)

	back, err := ResellAmong([]mechanisms.Distribution{weak, weak, strong})
	if err != nil {
		t.Fatal(err)
	}
	total := 0.0
	for _, x := range back.Shares {
		total += x
	}
	near(t, "somebody uses the slot", total, 1, 1e-6)
	if back.Winner != 2 || back.Shares[2] <= back.Usual[2] {
		t.Errorf("agent %d buys; the strongest uses %g of the slots, just in time %g", back.Winner+1, back.Shares[2], back.Usual[2])
	}
	for _, values := range [][]mechanisms.Distribution{nil, {weak}, {weak, nil}} {
		if s, err := ResellAmong(values); err == nil {
			t.Errorf("%v: %+v", values, s)
		}
	}
}
