package bound

import (
	"math"
	"math/rand/v2"
	"sort"
	"strings"
	"testing"

	"allot/mechanisms"
	"allot/mechanisms/distributions"
)

type dist = mechanisms.Distribution

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

func near(t testing.TB, what string, got, want, tol float64) {
	t.Helper()
	if !(math.Abs(got-want) <= tol) {
		t.Errorf("%s: got %.13g, want %.13g", what, got, want)
	}
}

func TestRevenue(t *testing.T) {
	e := math.E
	u := uniform(t, 0, 1)
	exp := must[distributions.Exponential](t)(distributions.NewExponential(1))
	p3 := must[distributions.Pareto](t)(distributions.NewPareto(1, 3))
	p127 := must[distributions.Pareto](t)(distributions.NewPareto(1, 1.27))
	ln := must[distributions.LogNormal](t)(distributions.NewLogNormal(0, 1))
	for _, c := range []struct {
		name     string
		values   []dist
		revenue  float64
		reserves []float64
		win      []float64
	}{
		{"U[0,1], n=2 (Myerson 1981)", []dist{u, u}, 5.0 / 12, []float64{0.5, 0.5}, []float64{0.375, 0.375}},
		{"U[0,1], U[0,2]: E max(0, 2v-1, 2w-2)", []dist{u, uniform(t, 0, 2)}, 31.0 / 48, []float64{0.5, 1}, []float64{5.0 / 16, 7.0 / 16}},
		{"Exp(1), n=2", []dist{exp, exp}, 2/e - 1/(2*e*e), []float64{1, 1}, nil},
		{"Pareto(3), n=2: E min", []dist{p3, p3}, 1.2, []float64{1, 1}, []float64{0.5, 0.5}},
		{"Pareto(1.27), n=2", []dist{p127, p127}, 2.54 / 1.54, []float64{1, 1}, []float64{0.5, 0.5}},
		{"a known value", []dist{mechanisms.Point(3)}, 3, []float64{3}, []float64{1}},
		{"a known value against U[0,1]: E max(1/2, 2v-1)", []dist{mechanisms.Point(0.5), u}, 0.5 + 0.0625, []float64{0.5, 0.5}, []float64{0.75, 0.25}},
		{"one LogNormal(0,1): the monopoly price", []dist{ln}, math.NaN(), nil, nil},
	} {
		o, err := Revenue(c.values)
		if err != nil {
			t.Fatal(err)
		}
		if !math.IsNaN(c.revenue) {
			near(t, c.name, o.Revenue, c.revenue, 1e-11)
		}
		for i := range c.reserves {
			near(t, c.name+": reserve", o.Reserves[i], c.reserves[i], 1e-12)
		}
		for i := range c.win {
			near(t, c.name+": chance to win", o.Win[i], c.win[i], 1e-11)
		}
		sum := o.Unsold
		for _, w := range o.Win {
			sum += w
		}
		near(t, c.name+": shares", sum, 1, 1e-10)
	}
	// One agent: the best posted price, by search.
	best := 0.0
	for v := 0.5; v < 5; v += 1e-5 {
		best = math.Max(best, v*(1-ln.CDF(v)))
	}
	o, err := Revenue([]dist{ln})
	if err != nil {
		t.Fatal(err)
	}
	near(t, "monopoly price of LogNormal(0,1)", o.Revenue, best, 1e-9)
}

// A million agents, and the order of agents.
func TestMany(t *testing.T) {
	u := uniform(t, 0, 1)
	values := make([]dist, 1000000)
	for i := range values {
		values[i] = u
	}
	o, err := Revenue(values)
	if err != nil {
		t.Fatal(err)
	}
	near(t, "a million", o.Revenue, 999999.0/1000001, 1e-9)
	a, _ := Revenue([]dist{u, uniform(t, 0, 2), uniform(t, 1, 5)})
	b, _ := Revenue([]dist{uniform(t, 1, 5), u, uniform(t, 0, 2)})
	near(t, "permuted", a.Revenue, b.Revenue, 1e-11)
	c, _ := Revenue([]dist{u, uniform(t, 0, 2), uniform(t, 1, 5), mechanisms.Point(0)})
	near(t, "with one more of no value", c.Revenue, a.Revenue, 1e-11)
}

// The dumb reference: samples, whose ironed virtual values are found by trying every chord,
// and every combination of draws.
func TestSamples(t *testing.T) {
	r := rand.New(rand.NewPCG(2, 3))
	for range 200 {
		n := 1 + r.IntN(3)
		values := make([]dist, n)
		psi := make([]map[float64]float64, n)
		samples := make([][]float64, n)
		for i := range values {
			x := make([]float64, 2+r.IntN(5))
			for k := range x {
				x[k] = float64(r.IntN(12))
			}
			x[0], x[1] = 1, 13
			samples[i] = x
			values[i] = must[distributions.Empirical](t)(distributions.NewEmpirical(x))
			psi[i] = ironed(x)
		}
		want := 0.0
		index := make([]int, n)
		for count := 0; ; {
			top, p := 0.0, 1.0
			for i, k := range index {
				top = math.Max(top, psi[i][samples[i][k]])
				p /= float64(len(samples[i]))
			}
			want += p * top
			i := 0
			for ; i < n; i++ {
				if index[i]++; index[i] < len(samples[i]) {
					break
				}
				index[i] = 0
			}
			if i == n {
				break
			}
			if count++; count > 1e6 {
				t.Fatal("too many")
			}
		}
		o, err := Revenue(values)
		if err != nil {
			t.Fatal(err)
		}
		near(t, "samples", o.Revenue, want, 1e-11)
	}
}

// ironed is the slope of the revenue curve's concave hull at each number of a sample: the
// least over chords to the left of the greatest to the right.
func ironed(sample []float64) map[float64]float64 {
	x := append([]float64(nil), sample...)
	sort.Float64s(x)
	n := len(x)
	revenue := func(k int) float64 { // the k highest are sold to
		if k == 0 {
			return 0
		}
		return x[n-k] * float64(k) / float64(n)
	}
	out := map[float64]float64{}
	for k := 1; k <= n; k++ {
		if k < n && x[n-k-1] == x[n-k] {
			continue
		}
		least := math.Inf(1)
		// the group of equal numbers ends at k; it begins after the higher ones
		start := k - 1
		for start > 0 && x[n-start] == x[n-k] {
			start--
		}
		for i := 0; i <= start; i++ {
			most := math.Inf(-1)
			for j := k; j <= n; j++ {
				most = math.Max(most, (revenue(j)-revenue(i))/(float64(j-i)/float64(n)))
			}
			least = math.Min(least, most)
		}
		out[x[n-k]] = least
	}
	return out
}

// An irregular distribution: half of the values within [4, 4.1], half spread to 10. The
// reference is the same distribution as a sample of many numbers.
func TestIrregular(t *testing.T) {
	d := must[distributions.Quantiles](t)(distributions.NewQuantiles([]float64{0, 0.5, 1}, []float64{4, 4.1, 10}))
	o, err := Revenue([]dist{d, d})
	if err != nil {
		t.Fatal(err)
	}
	if !o.Ironed {
		t.Error("nothing was ironed")
	}
	for _, n := range []int{500, 2000} {
		x := make([]float64, n)
		for k := range x {
			x[k] = d.Quantile((float64(k) + 0.5) / float64(n))
		}
		s := must[distributions.Empirical](t)(distributions.NewEmpirical(x))
		ref, err := Revenue([]dist{s, s})
		if err != nil {
			t.Fatal(err)
		}
		near(t, "sample", o.Revenue, ref.Revenue, 8/float64(n))
	}
	// One agent: sell at 4 for sure. With weight on welfare there is nothing more to gain.
	one, err := Revenue([]dist{d})
	if err != nil {
		t.Fatal(err)
	}
	near(t, "one agent", one.Revenue, 4, 1e-9)
	// The hull of q v(q) = q (10 - 11.8 q) up to 1/2 and 4 at 1: the tangent from (1, 4) touches
	// at q with (4 - 10 q + 11.8 q^2)/(1 - q) = 10 - 23.6 q; above it types are not ironed. For
	// two agents: int over types of the hull's slope times their chance.
	q := 1 - math.Sqrt(1-6/11.8)
	slope := 10 - 23.6*q
	want := 0.0
	x, w := nodes()
	for k := range x {
		y := q / 2 * (1 + x[k])
		want += 2 * q / 2 * w[k] * (10 - 23.6*y) * (1 - y)
	}
	want += slope * (1 - q) * (1 - q)
	near(t, "two agents", o.Revenue, want, 1e-10)
	// A gap below what is sold: the price stays at the gap's upper end.
	d = must[distributions.Quantiles](t)(distributions.NewQuantiles([]float64{0, 0.7, 0.75, 1}, []float64{0, 1, 3, 4}))
	one, err = Revenue([]dist{d})
	if err != nil {
		t.Fatal(err)
	}
	near(t, "posted price 3", one.Revenue, 0.75, 1e-12)
}

func TestFrontier(t *testing.T) {
	u, u2 := uniform(t, 0, 1), uniform(t, 0, 2)
	var f []Optimum
	for _, weight := range []float64{0, 0.25, 0.5, 0.75, 1} {
		o, err := Weighted([]dist{u, u2}, weight)
		if err != nil {
			t.Fatal(err)
		}
		f = append(f, o)
	}
	near(t, "most revenue", f[0].Revenue, 31.0/48, 1e-11)
	near(t, "most welfare", f[4].Welfare, 13.0/12, 1e-11)
	near(t, "revenue at the most welfare", f[4].Revenue, 5.0/12, 1e-10)
	for k := 1; k < len(f); k++ {
		if f[k].Revenue > f[k-1].Revenue || f[k].Welfare < f[k-1].Welfare {
			t.Errorf("the frontier turns at %d: %+v %+v", k, f[k-1], f[k])
		}
	}
	// At weight 1/2 the virtual value is v - (1-F)/(2f): (3v-1)/2 for U[0,1].
	near(t, "reserve at 1/2", f[2].Reserves[0], 1.0/3, 1e-12)
	w, err := Welfare([]dist{u, u})
	if err != nil {
		t.Fatal(err)
	}
	near(t, "E max", w, 2.0/3, 1e-12)
}

func TestReserve(t *testing.T) {
	for _, c := range []struct {
		d    dist
		want float64
	}{
		{uniform(t, 0, 1), 0.5},
		{uniform(t, 2, 3), 2},
		{must[distributions.Exponential](t)(distributions.NewExponential(3)), 3},
		{mechanisms.Point(2), 2},
	} {
		o, err := Revenue([]dist{c.d})
		if err != nil {
			t.Fatal(err)
		}
		near(t, "reserve", o.Reserves[0], c.want, 1e-12)
	}
}

func TestErrors(t *testing.T) {
	u := uniform(t, 0, 1)
	for _, c := range []struct {
		values []dist
		weight float64
		want   string
	}{
		{nil, 0, "no agents"},
		{[]dist{u}, -1, "weight"},
		{[]dist{u}, math.NaN(), "weight"},
		{[]dist{u, nil}, 0, "agent 2"},
		{[]dist{mechanisms.Point(math.Inf(1))}, 0, "finite"},
	} {
		if _, err := Weighted(c.values, c.weight); err == nil || !strings.Contains(err.Error(), c.want) {
			t.Errorf("error %v does not say %q", err, c.want)
		}
	}
}

// An atom amid a density is ironed with the types above it: virtual values seem to ascend past it
// where the atom's own, its value, is left out. One agent: the price at the atom, 1.38 times the
// chance 0.74 of at least that. Two: the optimum by the concave hull of the revenue curve on a grid
// of 400,000 ranks.
func TestAtomAmidDensity(t *testing.T) {
	one := must[distributions.Quantiles](t)(distributions.NewQuantiles([]float64{0, 0.26, 0.29, 1}, []float64{0.68, 1.38, 1.38, 1.96}))
	o, err := Revenue([]dist{one})
	if err != nil {
		t.Fatal(err)
	}
	near(t, "one agent", o.Revenue, 1.38*0.74, 1e-12)
	near(t, "unsold", o.Unsold, 0.26, 1e-12)
	two := must[distributions.Quantiles](t)(distributions.NewQuantiles([]float64{0, 0.77, 0.87, 1}, []float64{0.09, 1.23, 1.23, 1.44}))
	if o, err = Revenue([]dist{two, uniform(t, 0, 1)}); err != nil {
		t.Fatal(err)
	}
	near(t, "two agents", o.Revenue, 0.562004229, 1e-7)
}

// Where the density jumps so does the virtual value, and the others' integrals are split at either
// end of the jump. The optimum by the two tangents of the revenue curve, whose common tangent has
// the slope 0.96834, and adaptive quadrature of the distribution functions.
func TestDensityJumps(t *testing.T) {
	q := must[distributions.Quantiles](t)(distributions.NewQuantiles([]float64{0, 0.43, 0.98, 1}, []float64{0.77, 0.96, 0.99, 1.42}))
	o, err := Revenue([]dist{uniform(t, 0.3818538196974869, 1.6134778465395463), q})
	if err != nil {
		t.Fatal(err)
	}
	near(t, "revenue", o.Revenue, 0.925352730, 1e-7)
}
