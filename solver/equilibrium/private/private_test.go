package private_test

import (
	"math"
	"math/rand/v2"
	"strings"
	"testing"

	"allot/mechanisms"
	"allot/mechanisms/distributions"
	"allot/solver/certify"
	certificate "allot/solver/certify/private"
	"allot/solver/equilibrium"
	"allot/solver/equilibrium/private"
)

type dist = mechanisms.Distribution

// must fails the test on an error.
func must[D any](t testing.TB) func(D, error) D {
	return func(d D, err error) D {
		t.Helper()
		if err != nil {
			t.Fatal(err)
		}
		return d
	}
}

func uniform(t testing.TB, low, high float64) dist {
	return must[distributions.Uniform](t)(distributions.NewUniform(low, high))
}

func logNormal(t testing.TB, mu, sigma float64) dist {
	return must[distributions.LogNormal](t)(distributions.NewLogNormal(mu, sigma))
}

func power(t testing.TB, a, high float64) dist {
	return must[distributions.Power](t)(distributions.NewPower(a, high))
}

func pareto(t testing.TB, scale, shape float64) dist {
	return must[distributions.Pareto](t)(distributions.NewPareto(scale, shape))
}

func exponential(t testing.TB, mean float64) dist {
	return must[distributions.Exponential](t)(distributions.NewExponential(mean))
}

func sample(t testing.TB, v ...float64) dist {
	return must[distributions.Empirical](t)(distributions.NewEmpirical(v))
}

func auction(t testing.TB, first, reserve float64) mechanisms.Auction {
	return must[mechanisms.Auction](t)(mechanisms.NewAuction(first, reserve))
}

func allPay(t testing.TB, reserve float64) mechanisms.Auction {
	return must[mechanisms.Auction](t)(mechanisms.NewAllPay(reserve))
}

func times(n int, d dist) []dist {
	out := make([]dist, n)
	for i := range out {
		out[i] = d
	}
	return out
}

// solved solves and certifies; the certificate must be within tol of E max v.
func solved(t testing.TB, m mechanisms.Auction, values []dist, tol float64) *private.Equilibrium {
	t.Helper()
	eq, err := private.Solver{}.Solve(m, values)
	if err != nil {
		t.Fatal(err)
	}
	if eq.Status != equilibrium.Converged {
		t.Fatalf("%v: %s", eq.Status, eq.Reason)
	}
	c := certificate.Auction(m, values, eq.Curves)
	if c.Standing != certify.Certified || !(c.Epsilon <= tol*eq.Highest) {
		t.Errorf("%s: epsilon %.3g of E max v, agent %d at %g: %s", c.Standing, c.Epsilon/eq.Highest, c.Agent, c.Signal, c.Reason)
	}
	sold := eq.Account.Unsold
	for i, w := range eq.Account.Win {
		sold += w
		u := eq.Account.Payoff[i]
		if !(w >= 0) || !(u >= -1e-12) || !(eq.Account.Cost[i] >= 0) {
			t.Errorf("agent %d: win %g, cost %g, payoff %g", i, w, eq.Account.Cost[i], u)
		}
	}
	near(t, "shares", sold, 1, 1e-8)
	near(t, "welfare", eq.Account.Revenue()+eq.Account.Surplus(), eq.Account.Welfare, 1e-9*eq.Highest)
	return eq
}

func near(t testing.TB, what string, got, want, tol float64) {
	t.Helper()
	if !(math.Abs(got-want) <= tol) {
		t.Errorf("%s: got %.12g, want %.12g", what, got, want)
	}
}

// bidOf is the bid of a value.
func bidOf(c mechanisms.BidCurve, v float64) float64 {
	for k := 1; k < len(c.Values); k++ {
		if c.Values[k] >= v && c.Values[k] > c.Values[k-1] {
			w := (v - c.Values[k-1]) / (c.Values[k] - c.Values[k-1])
			return c.Bids[k-1] + w*(c.Bids[k]-c.Bids[k-1])
		}
	}
	return math.NaN()
}

// The closed forms of equal agents.
func TestEqualAgents(t *testing.T) {
	e := math.E
	for _, c := range []struct {
		name    string
		m       mechanisms.Auction
		values  []dist
		revenue float64
	}{
		{"first price, U[0,1], n=2 (Vickrey 1961)", auction(t, 1, 0), times(2, uniform(t, 0, 1)), 1.0 / 3},
		{"first price, U[0,1], n=10", auction(t, 1, 0), times(10, uniform(t, 0, 1)), 9.0 / 11},
		{"first price, U[0,1], reserve 1/2 (Riley, Samuelson 1981)", auction(t, 1, 0.5), times(2, uniform(t, 0, 1)), 5.0 / 12},
		{"second price, U[0,1], reserve 1/2", auction(t, 0, 0.5), times(2, uniform(t, 0, 1)), 5.0 / 12},
		{"a mix, U[0,1], reserve 1/2", auction(t, 0.3, 0.5), times(2, uniform(t, 0, 1)), 5.0 / 12},
		{"all-pay, U[0,1], n=5 (Krishna 2010)", allPay(t, 0), times(5, uniform(t, 0, 1)), 2.0 / 3},
		{"first price, Exp(1)", auction(t, 1, 0), times(2, exponential(t, 1)), 0.5},
		{"first price, Exp(1), reserve 1", auction(t, 1, 1), times(2, exponential(t, 1)), 2/e - 1/(2*e*e)},
		{"first price, Pareto(3)", auction(t, 1, 0), times(2, pareto(t, 1, 3)), 1.2},
		{"first price, Pareto(1.27), no variance", auction(t, 1, 0), times(2, pareto(t, 1, 1.27)), 2.54 / 1.54},
		{"first price, LogNormal(0,1)", auction(t, 1, 0), times(2, logNormal(t, 0, 1)), math.Sqrt(e) * math.Erfc(0.5)},
		{"a lone agent", auction(t, 1, 0.5), times(1, uniform(t, 0, 1)), 0.25},
		{"a reserve that nobody meets", auction(t, 1, 2), times(3, uniform(t, 0, 1)), 0},
		{"known and equal", auction(t, 1, 0), times(2, mechanisms.Point(3)), 3},
	} {
		t.Run(c.name, func(t *testing.T) {
			eq := solved(t, c.m, c.values, 1.2e-6)
			near(t, "revenue", eq.Account.Revenue(), c.revenue, 1e-12)
		})
	}
	eq := solved(t, auction(t, 1, 0.5), times(2, uniform(t, 0, 1)), 1e-6)
	c := eq.Curves[0]
	near(t, "bid at 1", bidOf(c, 1), 0.625, 1e-9)
	near(t, "bid at 0.8", bidOf(c, 0.8), 0.55625, 1e-6)
	near(t, "unsold", eq.Account.Unsold, 0.25, 1e-12)
	c = solved(t, auction(t, 1, 0), times(2, exponential(t, 1)), 1e-6).Curves[0]
	near(t, "bid at 2 of Exp(1)", bidOf(c, 2), 1-2*math.Exp(-2)/(1-math.Exp(-2)), 1e-5)
}

// Different agents in a first-price auction, against closed forms.
func TestFirstPrice(t *testing.T) {
	u := uniform(t, 0, 1)
	for _, c := range []struct {
		name                  string
		reserve               float64
		values                []dist
		bottom, top, revenue  float64
		topWithin, revenueOff float64
	}{
		{"U[0,1], U[0,2] (Griesmer, Levitan, Shubik 1967)", 0, []dist{u, uniform(t, 0, 2)}, 0, 2.0 / 3, 0.459005055703, 1e-10, 1e-9},
		// Top bids from the first integral of the system; revenue by a Runge-Kutta
		// integration of it with 22,000 steps.
		{"v against v^2 (Marshall et al. 1994)", 0, []dist{u, power(t, 2, 1)}, 0, 37.0 / 64, 0.426290695206, 1e-10, 1e-9},
		{"v against v^4", 0, []dist{u, power(t, 4, 1)}, 0, 0.6373758723740017, 0.505430471674, 1e-9, 1e-9},
		{"known value 1/2 (Vickrey 1961, appendix III)", 0, []dist{u, mechanisms.Point(0.5)}, 0.25, 0.4375, math.NaN(), 1e-8, 0},
		{"supports that overlap (Kaplan, Zamir 2012)", 0, []dist{u, uniform(t, 0.5, 2)}, 0.25, 0.775, math.NaN(), 1e-8, 0},
		// b_1 = v/2 + m/2, b_2 = v/2 + m/4 + l/4 where m = (2 l_2 + l_1)/3 and h_1 - m = h_2 - l_2.
		{"the linear class (Kaplan, Zamir 2012, proposition 6)", 0.4, []dist{uniform(t, 0, 1), uniform(t, 0.6, 1.2)}, 0.4, 0.7, math.NaN(), 1e-8, 0},
		// b_i = a_j v/(1+a_j) where the tops agree: top_1 a_2/(1+a_2) = top_2 a_1/(1+a_1).
		{"the linear class (Cheng 2006)", 0, []dist{power(t, 1, 0.75), power(t, 2, 1)}, 0, 0.5, math.NaN(), 1e-9, 0},
		// top (h1 h2 - (l1+l2)^2/4)/(h1-l1+h2-l2), bottom (l1+l2)/2 (Kaplan, Zamir 2012, proposition 1).
		{"supports that overlap little", 0, []dist{uniform(t, 0.3, 1), uniform(t, 0.5, 2)}, 0.4, 1.84 / 2.2, math.NaN(), 1e-8, 0},
		{"supports that overlap much", 0, []dist{u, uniform(t, 0.2, 1.1)}, 0.1, 1.09 / 1.9, math.NaN(), 1e-8, 0},
		{"the linear class (Cheng 2006), thrice and once", 0, []dist{power(t, 3, 1), power(t, 0.5, 4.0/9)}, 0, 1 / 3.0, math.NaN(), 1e-9, 0},
		// (c-b) F = (c-r) r for the types of U[0,1] where c = 1/2 is known to be one's value, r = 0.3.
		{"two known values and U[0,1]", 0, []dist{u, mechanisms.Point(0.3), mechanisms.Point(0.5)}, 0.3, 0.44, math.NaN(), 1e-8, 0},
		// (1-b) F_A = (1-b) F_B = 1/2: agent 1 with 0 or 1, agent 2 with 1; both payoffs follow.
		{"a sample and a known value", 0, []dist{sample(t, 0, 1), mechanisms.Point(1)}, 0, 0.5, 0.25, 1e-9, 1e-9},
		{"twins of a known value below two others'", 0, []dist{u, u, mechanisms.Point(0.5), mechanisms.Point(0.5)}, 0.5, 0.625, 5.0/12 + 0.125, 1e-8, 1e-9},
		{"one agent above all others", 0, []dist{u, uniform(t, 5, 6)}, 1, 1, 1, 0, 1e-12},
		{"twins of a known value below one other's", 0, []dist{u, mechanisms.Point(0.5), mechanisms.Point(0.5)}, 0.5, 0.5, 0.5, 0, 1e-12},
		{"twins of a known value above all", 0, []dist{u, mechanisms.Point(3), mechanisms.Point(3)}, 3, 3, 3, 0, 1e-12},
		{"a reserve that one agent meets", 1.5, []dist{u, uniform(t, 0, 2)}, 1.5, 1.5, 0.375, 0, 1e-12},
	} {
		t.Run(c.name, func(t *testing.T) {
			eq := solved(t, auction(t, 1, c.reserve), c.values, 1.4e-6)
			near(t, "bottom", eq.Bottom, c.bottom, 1e-7)
			near(t, "top", eq.Top, c.top, c.topWithin)
			if !math.IsNaN(c.revenue) {
				near(t, "revenue", eq.Account.Revenue(), c.revenue, c.revenueOff)
			}
		})
	}
	eq := solved(t, auction(t, 1, 0), []dist{u, uniform(t, 0, 2)}, 1e-6)
	// Between knots bids are chords, which are off by the square of the steps; knots are not.
	near(t, "bid of 0.7", bidOf(eq.Curves[0], 0.7), 0.3899072647060128, 5e-6)
	near(t, "bid of 1.3", bidOf(eq.Curves[1], 1.3), 0.5187918303974972, 5e-6)
	for i, c := range eq.Curves {
		for k, b := range c.Bids {
			if b > 1e-3 { // nobody wins by less
				near(t, "the type that bids", c.Values[k], 2*b/(1+0.75*b*b*float64(1-2*i)), 2e-8)
			}
		}
	}
	near(t, "the weak agent wins", eq.Account.Win[0], 1.0/3, 1e-9)
	eq = solved(t, auction(t, 1, 0), []dist{u, mechanisms.Point(0.5)}, 1e-6)
	near(t, "bid of 0.8 against a known 1/2", bidOf(eq.Curves[0], 0.8), 0.421875, 1e-6)
	near(t, "payoff of the known 1/2", eq.Account.Payoff[1], 0.0625, 1e-8)
	c := eq.Curves[1]
	for k := 1; k < len(c.Bids); k++ {
		if c.Bids[k] >= 0.4 {
			w := (0.4 - c.Bids[k-1]) / (c.Bids[k] - c.Bids[k-1])
			near(t, "its chance of at most 0.4", c.Below[k-1]+w*(c.Below[k]-c.Below[k-1]), 0.8956641382172364, 1e-5)
			break
		}
	}
	for k, v := range eq.Curves[0].Values { // phi_1 = beta^2/(4 (beta-b))
		if v > 0.26 {
			near(t, "the type that bids", v, 0.0625/(0.5-eq.Curves[0].Bids[k]), 1e-6)
		}
	}
}

// Strategies have as many knots as the tolerance asks for, as its square root.
func TestKnots(t *testing.T) {
	for _, values := range [][]dist{
		{uniform(t, 0, 1), uniform(t, 0, 2)},
		{logNormal(t, -3.024, 0.448), logNormal(t, -3.024, 0.448), logNormal(t, -3.497, 0.570)},
		{uniform(t, 0, 1), uniform(t, 0, 2), uniform(t, 0, 2)},
		{uniform(t, 0, 1), mechanisms.Point(0.5)},
	} {
		last := 0
		for _, tolerance := range []float64{1e-5, 1e-6, 1e-7} {
			eq, err := private.Solver{Tolerance: tolerance}.Solve(auction(t, 1, 0), values)
			if err != nil || eq.Status != equilibrium.Converged {
				t.Fatal(err, eq)
			}
			if e := certificate.Auction(auction(t, 1, 0), values, eq.Curves).Epsilon / eq.Highest; e > tolerance || e < 0.2*tolerance {
				t.Errorf("%v: epsilon %g of E max v at tolerance %g", values, e, tolerance)
			}
			n := len(eq.Curves[0].Bids)
			if last > 0 && float64(n) > 4*float64(last) {
				t.Errorf("%v: %d knots at tolerance %g, %d before", values, n, tolerance, last)
			}
			last = n
		}
	}
}

// Markets of all kinds are solved and certified.
func TestMarkets(t *testing.T) {
	u, u2 := uniform(t, 0, 1), uniform(t, 0, 2)
	a, b := logNormal(t, -3.024, 0.448), logNormal(t, -3.497, 0.570)
	sample := must[distributions.Empirical](t)(distributions.NewEmpirical([]float64{1, 2, 2, 3, 7}))
	knots := must[distributions.Quantiles](t)(distributions.NewQuantiles([]float64{0, .3, .5, .5, 1}, []float64{0, 1, 1, 2, 5}))
	beta := must[distributions.Beta](t)(distributions.NewBeta(2, 3))
	var eight []dist
	for i := range 8 {
		eight = append(eight, logNormal(t, -3.5+0.1*float64(i), 0.3+0.05*float64((i*3)%8)))
	}
	for _, c := range []struct {
		name   string
		m      mechanisms.Auction
		values []dist
		tol    float64
	}{
		{"two integrated and two other builders", auction(t, 1, 0), []dist{a, a, b, b}, 1e-6},
		{"with a reserve", auction(t, 1, 0.03), []dist{a, a, b, b}, 1e-6},
		{"2 + 3", auction(t, 1, 0), []dist{a, b, a, b, b}, 1e-6},
		{"eight log-normals", auction(t, 1, 0), eight, 1e-4},
		{"a weak agent that joins below the top", auction(t, 1, 0), []dist{u, u2, u2}, 1e-6},
		{"two weak ones", auction(t, 1, 0), []dist{u, u2, u2, power(t, 2, 1)}, 1e-6},
		{"unbounded against bounded", auction(t, 1, 0), []dist{exponential(t, 1), u}, 1e-6},
		{"no density at the top", auction(t, 1, 0), []dist{beta, u}, 1e-6},
		{"one above two", auction(t, 1, 0), []dist{pareto(t, 1, 3), exponential(t, 1), exponential(t, 1)}, 2e-6},
		{"equal agents, atoms", auction(t, 1, 0.5), times(3, sample), 1e-6},
		{"equal agents, atoms, a mix", auction(t, 0.4, 1.5), times(3, sample), 1e-6},
		{"equal agents, atoms, all-pay", allPay(t, 0.5), times(3, sample), 1e-6},
		{"equal agents, an atom and a gap", auction(t, 1, 0.5), times(3, knots), 1e-6},
		{"a heavy tail, a mix", auction(t, 0.3, 1.2), times(3, pareto(t, 1, 1.27)), 1e-6},
		{"many agents", auction(t, 1, 0), times(50000, u), 1e-6},
		{"a mix, builders", auction(t, 0.3, 0.02), []dist{a, a, b, b}, 1e-6},
		{"a mix, eight log-normals", auction(t, 0.4, 0), eight, 1e-6},
		{"a mix, a known value", auction(t, 0.5, 0), []dist{u, mechanisms.Point(0.5)}, 1e-6},
		{"a mix, weak ones join below the top", auction(t, 0.2, 0), []dist{u, u2, u2, power(t, 2, 1)}, 1e-6},
		{"a mix, no density at the top", auction(t, 0.4, 0), []dist{beta, u}, 1e-6},
		{"a mix, unbounded against bounded", auction(t, 0.03, 0.1), []dist{exponential(t, 1), u}, 1e-6},
		{"a mix, one above two", auction(t, 0.5, 0), []dist{pareto(t, 1, 3), exponential(t, 1), exponential(t, 1)}, 2e-6},
		{"a mix, one below the others' lowest bid", auction(t, 0.1, 0), []dist{u, uniform(t, 0.9, 2), uniform(t, 0, 0.6)}, 1e-6},
		{"second price", auction(t, 0, 0.5), []dist{u, u2}, 1e-6},
		{"second price, unbounded", auction(t, 0, 0), []dist{a, a, b, b}, 1e-6},
		{"second price, atoms", auction(t, 0, 0), []dist{sample, sample, u, mechanisms.Point(2)}, 1e-4},
		{"all-pay", allPay(t, 0), []dist{u, u2}, 1e-6},
		{"all-pay, reserve", allPay(t, 0.2), []dist{u, u2}, 1e-6},
		{"all-pay, unbounded", allPay(t, 0), []dist{a, b}, 1e-6},
		{"all-pay, a known value", allPay(t, 0.2), []dist{u, mechanisms.Point(0.5)}, 1e-6},
		{"all-pay, atoms", allPay(t, 0.2), []dist{sample, u}, 1e-6},
	} {
		t.Run(c.name, func(t *testing.T) { solved(t, c.m, c.values, c.tol) })
	}
}

// A second-price auction's revenue is the expected runner-up, by inclusion and exclusion.
func TestSecondPrice(t *testing.T) {
	u, u2 := uniform(t, 0, 1), uniform(t, 0, 2)
	near(t, "U[0,1], U[0,2]", solved(t, auction(t, 0, 0), []dist{u, u2}, 1e-6).Account.Revenue(), 5.0/12, 1e-12)
	near(t, "v, v^2", solved(t, auction(t, 0, 0), []dist{u, power(t, 2, 1)}, 1e-6).Account.Revenue(), 5.0/12, 1e-12)
	// Equal agents written as different ones: two power laws that are equal in law.
	x, y := power(t, 1, 1), u
	for _, r := range []float64{0, 0.3, 0.5} {
		whole := solved(t, auction(t, 0, r), times(2, u), 1e-6).Account.Revenue()
		near(t, "mixed types, second", solved(t, auction(t, 0, r), []dist{x, y}, 1e-6).Account.Revenue(), whole, 1e-11)
		near(t, "mixed types, first", solved(t, auction(t, 1, r), []dist{x, y}, 1e-6).Account.Revenue(), whole, 1e-9)
		want := solved(t, allPay(t, r), times(2, u), 1e-6).Account
		got := solved(t, allPay(t, r), []dist{x, y}, 1e-6).Account
		near(t, "mixed types, all-pay", got.Revenue(), want.Revenue(), 1e-9)
	}
}

// The all-pay matching function k' = k f_1/(v f_2(k)) of U[0,1] against U[0,2] is k = 2v;
// so the strong agent bids v^2/6... by integration: b_1(v) = int_0^v k f_1 dx = v^2 F's.
func TestAllPayPair(t *testing.T) {
	eq := solved(t, allPay(t, 0), []dist{uniform(t, 0, 1), uniform(t, 0, 2)}, 1e-6)
	// k' = 2k/v, k(1) = 2: k = 2 v^2, b_1 = int 2 x^2 dx = 2 v^3/3.
	near(t, "top", eq.Top, 2.0/3, 1e-9)
	near(t, "bid of 0.5", bidOf(eq.Curves[0], 0.5), 2.0/24, 1e-6)
	near(t, "bid of 0.5 of the strong agent", bidOf(eq.Curves[1], 0.5), 2.0/3/8, 1e-6)
	near(t, "the weak agent wins", eq.Account.Win[0], 1.0/3, 1e-9)
	near(t, "revenue", eq.Account.Revenue(), 1.0/6+4.0/15, 1e-9)
}

// Expectations against a simulation of the strategies, with its standard error.
func TestSimulation(t *testing.T) {
	a, b := logNormal(t, -3.024, 0.448), logNormal(t, -3.497, 0.570)
	u, u2 := uniform(t, 0, 1), uniform(t, 0, 2)
	r := rand.New(rand.NewPCG(7, 11))
	for _, c := range []struct {
		name   string
		m      mechanisms.Auction
		values []dist
	}{
		{"builders", auction(t, 1, 0.02), []dist{a, a, b, b}},
		{"three", auction(t, 1, 0), []dist{u, u2, u2}},
		{"second", auction(t, 0, 0.6), []dist{u, u2, u2}},
		{"mix", auction(t, 0.5, 0.3), times(3, u)},
		{"mix, different", auction(t, 0.3, 0.3), []dist{u, u2, u2}},
		{"mix, builders", auction(t, 0.1, 0), []dist{a, a, b, b}},
		{"mix, one above the other", auction(t, 0.5, 0.1), []dist{u, uniform(t, 0.5, 2)}},
		{"mix, top bids within rounding", auction(t, 0.02, 0), []dist{u, u2}},
		{"all-pay", allPay(t, 0.2), []dist{u, u2}},
		{"all-pay, a jump", allPay(t, 0), []dist{u, power(t, 2, 1), power(t, 3, 1)}},
		{"all-pay, one left at the reserve", allPay(t, 0.2), []dist{u, uniform(t, 0.5, 1.2), uniform(t, 0.6, 1.3)}},
	} {
		t.Run(c.name, func(t *testing.T) {
			eq := solved(t, c.m, c.values, 1e-6)
			const draws = 100000
			n := len(c.values)
			signals, out := make([]float64, n), mechanisms.NewOutcome(n)
			mean, square := make([]float64, 2*n), make([]float64, 2*n)
			for range draws {
				for i, curve := range eq.Curves {
					p := r.Float64()
					k := 1
					for lo, hi := 1, len(curve.Below)-1; lo < hi; {
						if mid := (lo + hi) / 2; curve.Below[mid] >= p {
							hi = mid
						} else {
							lo = mid + 1
						}
						k = hi
					}
					w := 0.0
					if d := curve.Below[k] - curve.Below[k-1]; d > 0 {
						w = (p - curve.Below[k-1]) / d
					}
					signals[i] = curve.Bids[k-1] + w*(curve.Bids[k]-curve.Bids[k-1])
				}
				c.m.Allot(signals, out)
				for i := range n {
					mean[i] += out.Win[i] / draws
					square[i] += out.Win[i] * out.Win[i] / draws
					cost := out.Cost(i)
					mean[n+i] += cost / draws
					square[n+i] += cost * cost / draws
				}
			}
			for i := range n {
				for j, want := range []float64{eq.Account.Win[i], eq.Account.Cost[i]} {
					k := j*n + i
					se := math.Sqrt((square[k] - mean[k]*mean[k]) / draws)
					if math.Abs(mean[k]-want) > 4.5*se+1e-9 {
						t.Errorf("agent %d: simulated %g +- %g, computed %g", i, mean[k], se, want)
					}
				}
			}
		})
	}
}

// Scaling values scales money; the order of agents does not matter; an agent without
// value changes nothing.
func TestProperties(t *testing.T) {
	r := rand.New(rand.NewPCG(3, 5))
	for range 6 {
		h1, h2, a1, a2 := 0.5+r.Float64(), 0.5+2*r.Float64(), 0.5+2*r.Float64(), 0.5+2*r.Float64()
		reserve := 0.3 * r.Float64() * math.Min(h1, h2)
		const factor = 7.5
		for _, first := range []float64{1, 0.4, 0} {
			values := []dist{power(t, a1, h1), power(t, a2, h2), power(t, a2, h2)}
			x := solved(t, auction(t, first, reserve), values, 2e-6)
			scaled := []dist{power(t, a1, factor*h1), power(t, a2, factor*h2), power(t, a2, factor*h2)}
			y := solved(t, auction(t, first, factor*reserve), scaled, 2e-6)
			near(t, "scaled", y.Account.Revenue()/factor, x.Account.Revenue(), 1e-8)
			z := solved(t, auction(t, first, reserve), []dist{values[1], values[0], values[2]}, 2e-6)
			near(t, "permuted revenue", z.Account.Revenue(), x.Account.Revenue(), 1e-8)
			near(t, "permuted chance", z.Account.Win[1], x.Account.Win[0], 1e-8)
			w := solved(t, auction(t, first, reserve), append(values, mechanisms.Point(0)), 2e-6)
			near(t, "with one more of no value", w.Account.Revenue(), x.Account.Revenue(), 1e-8)
		}
	}
}

// What has no fast method is solved approximately, and says so.
func TestApproximate(t *testing.T) {
	u := uniform(t, 0, 1)
	for _, c := range []struct {
		name   string
		m      mechanisms.Auction
		values []dist
	}{
		{"atoms among three, all-pay", allPay(t, 0), []dist{u, uniform(t, 0, 2), must[distributions.Empirical](t)(distributions.NewEmpirical([]float64{1, 2, 2, 3}))}},
		{"a known value of pay-off 0, all-pay", allPay(t, 0), []dist{u, power(t, 2, 1), mechanisms.Point(0.6)}},
	} {
		eq, err := private.Solver{}.Solve(c.m, c.values)
		if err != nil || eq.Status != equilibrium.IterationLimit || !(eq.Account.Revenue() > 0) {
			t.Errorf("%s: %v, %v %q", c.name, err, eq.Status, eq.Reason)
		}
	}
}

func TestErrors(t *testing.T) {
	u := uniform(t, 0, 1)
	for _, c := range []struct {
		market *mechanisms.Market
		want   string
	}{
		{nil, "no market"},
		{&mechanisms.Market{}, "no agents"},
		{&mechanisms.Market{Agents: []mechanisms.Agent{{Value: nil}}}, "no value"},
	} {
		if _, err := private.Solve(auction(t, 1, 0), c.market); err == nil || !strings.Contains(err.Error(), c.want) {
			t.Errorf("error %v does not say %q", err, c.want)
		}
	}
	for _, a := range []mechanisms.Agent{{Value: u, Budget: 1}, {Value: u, Spite: 0.1}, {Value: u, Common: &mechanisms.Common{Value: u}}} {
		eq, err := private.Solve(auction(t, 1, 0), &mechanisms.Market{Agents: []mechanisms.Agent{a, {Value: u}}})
		if err != nil || eq.Status != equilibrium.NotFound || eq.Reason == "" {
			t.Errorf("%v, %v", err, eq)
		}
	}
	if _, err := (private.Solver{}).Solve(auction(t, 1, 0), []dist{mechanisms.Point(math.Inf(1))}); err == nil {
		t.Error("an infinite value is accepted")
	}
	if _, err := (private.Solver{}).Solve(nil, []dist{u}); err == nil {
		t.Error("no mechanism is accepted")
	}
}

// The draw with a fee: tau (1+tau)/2 = 0.1 for two draws of U[0,1].
func TestLottery(t *testing.T) {
	u := uniform(t, 0, 1)
	l := must[mechanisms.Lottery](t)(mechanisms.NewLottery(mechanisms.Lot{Fee: 0.1}))
	eq, err := private.Solver{}.Solve(l, times(2, u))
	if err != nil {
		t.Fatal(err)
	}
	tau := (math.Sqrt(1.8) - 1) / 2
	near(t, "threshold", eq.Curves[0].Values[1], tau, 1e-10)
	near(t, "revenue", eq.Account.Revenue(), 0.2*(1-tau), 1e-10)
	near(t, "unsold", eq.Account.Unsold, tau*tau, 1e-10)
	// A price and no fee: revenue p (1 - F(p)^n).
	l = must[mechanisms.Lottery](t)(mechanisms.NewLottery(mechanisms.Lot{Price: 0.3, Weights: []float64{1, 2, 5}}))
	eq, err = private.Solver{}.Solve(l, times(3, u))
	if err != nil {
		t.Fatal(err)
	}
	near(t, "revenue at a price", eq.Account.Revenue(), 0.3*(1-0.027), 1e-9)
	near(t, "chances", eq.Account.Win[0]+eq.Account.Win[1]+eq.Account.Win[2], 1-0.027, 1e-9)
	if w := eq.Account.Win; !(w[0] < w[1] && w[1] < w[2]) {
		t.Errorf("chances %v at weights 1, 2, 5", w)
	}
}

// The generic method finds the all-pay auction's equilibrium when it is not told that it is
// one, to the accuracy that it claims; and its contests are best replies to the order of the
// grid.
func TestGeneric(t *testing.T) {
	u := uniform(t, 0, 1)
	for _, n := range []int{2, 3} {
		m := hidden{allPay(t, 0)}
		eq, err := private.Solver{}.Solve(m, times(n, u))
		if err != nil || eq.Status != equilibrium.IterationLimit {
			t.Fatal(err, eq)
		}
		near(t, "all-pay revenue", eq.Account.Revenue(), float64(n-1)/float64(n+1), 0.03)
		paid, c := 0.0, &eq.Curves[0] // the account is that of the curves
		for k := 1; k < len(c.Bids); k++ {
			paid += (c.Below[k] - c.Below[k-1]) * (c.Bids[k] + c.Bids[k-1]) / 2
		}
		near(t, "cost", eq.Account.Cost[0], paid, 3e-4) // of 8192 points
	}
	c := must[mechanisms.Contest](t)(mechanisms.NewContest(mechanisms.Ratio{Exponent: 1}))
	eq, err := private.Solver{}.Solve(c, times(2, u))
	if err != nil {
		t.Fatal(err)
	}
	proof := certificate.Search(c, times(2, u), eq.Curves)
	if proof.Standing != certify.Approximate || !(proof.Epsilon < 0.02*eq.Highest) {
		t.Errorf("contest: %+v", proof)
	}
	// Known values: the contest of complete information, X = 1/(1/4+1/2), revenue 4/3.
	eq, err = private.Solver{}.Solve(c, []dist{mechanisms.Point(4), mechanisms.Point(2)})
	if err != nil {
		t.Fatal(err)
	}
	near(t, "contest at 4, 2 (Neuder, Garimidi, Roughgarden 2024)", eq.Account.Revenue(), 4.0/3, 0.03)
}

// hidden is a mechanism that does not say what it can do.
type hidden struct{ m mechanisms.Mechanism }

func (h hidden) Allot(signals []float64, out *mechanisms.Outcome) { h.m.Allot(signals, out) }
