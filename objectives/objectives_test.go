package objectives_test

import (
	"math"
	"math/rand/v2"
	"testing"

	"allot/mechanisms"
	"allot/objectives"
)

// near compares to a relative tolerance; NaN equals NaN.
func near(got, want, tolerance float64) bool {
	if math.IsNaN(want) || math.IsNaN(got) {
		return math.IsNaN(want) == math.IsNaN(got)
	}
	return math.Abs(got-want) <= tolerance*math.Max(1, math.Abs(want))
}

// tickets is the proportional contest at values 4 and 2 of Neuder, Garimidi and
// Roughgarden (2024).
func tickets() *mechanisms.Account {
	a := &mechanisms.Account{}
	a.Settle([]float64{4, 2}, []float64{2. / 3, 1. / 3}, []float64{8. / 9, 4. / 9}, []float64{16. / 9, 2. / 9},
		mechanisms.Terms{}, math.Inf(1))
	return a
}

func shares(t ...float64) *mechanisms.Account {
	a := &mechanisms.Account{}
	zero := make([]float64, len(t))
	a.Settle(zero, t, zero, zero, mechanisms.Terms{}, math.Inf(1))
	return a
}

func repeat(x float64, n int) []float64 {
	list := make([]float64, n)
	for i := range list {
		list[i] = x
	}
	return list
}

func TestNamed(t *testing.T) {
	nan := math.NaN()
	burned := tickets()
	burned.Burned, burned.Proposer = 0.5, 0.25
	empty := shares()
	for _, c := range []struct {
		name    string
		account *mechanisms.Account
		want    float64
		source  string
	}{
		{"revenue", tickets(), 4. / 3, "Neuder, Garimidi, Roughgarden 2024"},
		{"welfare", tickets(), 10. / 3, "same"},
		{"agentSurplus", tickets(), 2, "same"},
		{"fairness", tickets(), math.Sqrt2 / 3, "same"},
		{"rootProduct", tickets(), math.Sqrt2 / 3, "same"},
		{"minShare", tickets(), 1. / 3, "same"},
		{"effectiveAgents", tickets(), 9. / 5, "same: shares 2/3, 1/3"},
		{"proposerIncome", tickets(), 0, "all is burnt"},
		{"revenue", burned, 4./3 + 0.5, "the burn share counts as revenue"},
		{"proposerIncome", burned, 0.25, "follows the account"},

		{"rootProduct", shares(repeat(1./2, 2)...), 0.5, "equal shares"},
		{"rootProduct", shares(repeat(1./3, 3)...), 0.19245008972987526, "equal shares"},
		{"rootProduct", shares(repeat(1./4, 4)...), 0.0625, "equal shares"},
		{"fairness", shares(repeat(1./3, 3)...), 1. / 3, "equal shares"},
		{"fairness", shares(0.6, 0.4, 0), 0, "an agent without a chance"},
		{"rootProduct", shares(0.6, 0.4, 0), 0, "an agent without a chance"},
		{"effectiveAgents", shares(0.6, 0.4, 0), 1 / 0.52, "30/20/10, proportional contest"},
		{"minShare", shares(0.6, 0.4, 0), 0, "an agent without a chance"},
		{"entropy", shares(0.6, 0.4, 0), math.Log(1.9601317042077895), "exp(entropy) at 30/20/10"},
		{"entropy", shares(1), 0, "one agent"},

		{"fairness", shares(0.25, 0.25), 0.25, "a share kept back is nobody's chance"},
		{"effectiveAgents", shares(0.25, 0.25), 2, "given that somebody wins"},
		{"entropy", shares(0.25, 0.25), math.Ln2, "given that somebody wins"},
		{"minShare", shares(0.25, 0.25), 0.5, "given that somebody wins"},
		{"effectiveAgents", shares(1e-300, 1e-300), 2, "hardly anybody ever wins"},

		{"fairness", shares(0, 0), 0, "t_0 = 1"},
		{"rootProduct", shares(0, 0), 0, "t_0 = 1"},
		{"entropy", shares(0, 0), nan, "t_0 = 1"},
		{"effectiveAgents", shares(0, 0), nan, "t_0 = 1"},
		{"minShare", shares(0, 0), nan, "t_0 = 1"},

		{"revenue", empty, 0, "no agents"},
		{"welfare", empty, 0, "no agents"},
		{"agentSurplus", empty, 0, "no agents"},
		{"fairness", empty, nan, "no agents"},
		{"rootProduct", empty, nan, "no agents"},
		{"entropy", empty, nan, "no agents"},
		{"effectiveAgents", empty, nan, "no agents"},
		{"minShare", empty, nan, "no agents"},

		{"fairness", shares(0.5, nan), nan, "a share that is not a number"},
		{"fairness", shares(0, nan), nan, "a share that is not a number, after a zero"},
		{"fairness", shares(1.5, -0.5), nan, "a negative share"},
		{"entropy", shares(0.5, nan), nan, "a share that is not a number"},
		{"minShare", shares(0.5, nan), nan, "a share that is not a number"},
		{"revenue", &mechanisms.Account{Cost: []float64{math.Inf(1)}}, nan, "an infinite payment"},
		{"welfare", &mechanisms.Account{Welfare: math.Inf(1)}, nan, "infinite welfare"},
	} {
		o, err := objectives.New(c.name)
		if err != nil {
			t.Fatal(err)
		}
		if got := o.Of(c.account); !near(got, c.want, 1e-12) {
			t.Errorf("%s (%s) of shares %v = %v, want %v", c.name, c.source, c.account.Win, got, c.want)
		}
	}
}

func TestMillionAgents(t *testing.T) {
	const n = 1_000_000
	a := shares(repeat(1./n, n)...)
	for name, want := range map[string]float64{
		"fairness": 1. / n, "entropy": math.Log(n), "effectiveAgents": n, "minShare": 1. / n,
		"sum(t)": 1, "dot(t, t)": 1. / n, "max(t)": 1. / n,
	} {
		o, err := objectives.New(name)
		if err != nil {
			t.Fatal(err)
		}
		if got := o.Of(a); !near(got/want, 1, 1e-9) {
			t.Errorf("%s of a million equal shares = %v, want %v", name, got, want)
		}
	}
}

func TestAllAreNamed(t *testing.T) {
	want := []string{"revenue", "welfare", "agentSurplus", "fairness", "rootProduct", "entropy", "effectiveAgents", "minShare", "proposerIncome"}
	got := objectives.All()
	if len(got) != len(want) {
		t.Fatalf("%d objectives, want %d", len(got), len(want))
	}
	for i, o := range got {
		if o.Name() != want[i] {
			t.Errorf("objective %d is %s, want %s", i, o.Name(), want[i])
		}
		if again, err := objectives.New(" " + o.Name() + "\n"); err != nil || again != o {
			t.Errorf("New(%q) = %v, %v", o.Name(), again, err)
		}
	}
}

func TestRootProductWarns(t *testing.T) {
	for text, warns := range map[string]bool{"rootProduct": true, "2*rootProduct + revenue": true, "revenue + 1": false} {
		o, err := objectives.New(text)
		if err != nil {
			t.Fatal(err)
		}
		w, ok := o.(objectives.Warner)
		if !ok {
			t.Fatalf("%s does not warn at all", text)
		}
		if got := w.Warning(3) != ""; got != warns {
			t.Errorf("%s warns of 3 agents: %v, want %v", text, got, warns)
		}
		if got := w.Warning(2); got != "" {
			t.Errorf("%s warns of 2 agents: %s", text, got)
		}
	}
}

func TestRobustRevenueAsksTheAccount(t *testing.T) {
	a := tickets()
	for _, text := range []string{"robustRevenue(0.9)", "robustRevenue( 0.9 ) + 0", "robustRevenue(1.8/2)"} {
		o, err := objectives.New(text)
		if err != nil {
			t.Fatal(err)
		}
		a.Robust = nil
		if got := o.Of(a); !math.IsNaN(got) {
			t.Errorf("%s of an account that does not know = %v, want NaN", text, got)
		}
		a.Robust = func(d float64) float64 { return 10 * d }
		if got := o.Of(a); !near(got, 9, 1e-12) {
			t.Errorf("%s = %v, want 9", text, got)
		}
	}
	if got := (objectives.RobustRevenue{Discount: 2}).Of(a); !math.IsNaN(got) {
		t.Errorf("robustRevenue(2) = %v, want NaN", got)
	}
	if got := (objectives.RobustRevenue{Discount: 0.9}).Name(); got != "robustRevenue(0.9)" {
		t.Errorf("name %s", got)
	}
}

// The concentration measures agree with products and powers taken plainly, do not
// care about the order of agents, and those given that somebody wins not about t_0.
func TestProperties(t *testing.T) {
	random := rand.New(rand.NewPCG(1, 2))
	for range 2000 {
		n := 1 + random.IntN(8)
		win, sum := make([]float64, n), 0.0
		for i := range win {
			win[i] = random.Float64()
			sum += win[i]
		}
		product, hhi := 1.0, 0.0
		for i := range win {
			win[i] /= sum
			product *= win[i]
			hhi += win[i] * win[i]
		}
		a := shares(win...)
		if got, want := (objectives.Fairness{}).Of(a), math.Pow(product, 1/float64(n)); !near(got, want, 1e-12) {
			t.Fatalf("fairness of %v = %v, want %v", win, got, want)
		}
		if got, want := (objectives.RootProduct{}).Of(a), math.Sqrt(product); !near(got, want, 1e-12) {
			t.Fatalf("rootProduct of %v = %v, want %v", win, got, want)
		}
		if got, want := (objectives.EffectiveAgents{}).Of(a), 1/hhi; !near(got, want, 1e-12) {
			t.Fatalf("effectiveAgents of %v = %v, want %v", win, got, want)
		}
		kept := random.Float64()
		other := make([]float64, n)
		for i, j := range random.Perm(n) {
			other[i] = win[j] * (1 - kept)
		}
		b := shares(other...)
		for _, o := range []objectives.Objective{objectives.Entropy{}, objectives.EffectiveAgents{}, objectives.MinShare{}} {
			if x, y := o.Of(a), o.Of(b); !near(x, y, 1e-12) {
				t.Fatalf("%s of %v = %v, of %v = %v", o.Name(), win, x, other, y)
			}
		}
		if x, y := (objectives.Fairness{}).Of(a)*(1-kept), (objectives.Fairness{}).Of(b); !near(x, y, 1e-12) {
			t.Fatalf("fairness of %v = %v, want %v", other, y, x)
		}
	}
}
