package mechanisms

import (
	"errors"
	"math"
	"strings"
	"testing"
)

// Every family makes a mechanism from its defaults that keeps Mechanism's promises,
// and says what it and its parameters are.
func TestFamilies(t *testing.T) {
	seen := map[string]bool{}
	for _, f := range Families() {
		if f.Name == "" || f.Summary == "" || seen[f.Name] {
			t.Errorf("family %q: %q", f.Name, f.Summary)
		}
		seen[f.Name] = true
		names := map[string]bool{}
		for _, p := range append(append([]Parameter(nil), f.Parameters...), TermParameters()...) {
			if p.Name == "" || p.Doc == "" || names[p.Name] {
				t.Errorf("%s: parameter %q: %q", f.Name, p.Name, p.Doc)
			}
			names[p.Name] = true
		}
	}
	for _, name := range []string{"auction", "contest", "lottery"} {
		space, err := NewSpace(name, nil)
		if err != nil {
			t.Fatal(err)
		}
		if space.Family() != name || len(space.Axes()) != 0 {
			t.Errorf("%s: family %q, axes %v", name, space.Family(), space.Axes())
		}
		d, err := space.At(nil)
		if err != nil {
			t.Fatal(err)
		}
		conforms(t, d.Mechanism, 4, true)
	}
	if !seen["auction"] || !seen["contest"] || !seen["lottery"] {
		t.Errorf("families %v", seen)
	}
	Families()[0] = Family{}
	if Families()[0].Name == "" {
		t.Error("the registry can be changed from outside")
	}
}

func TestSpace(t *testing.T) {
	space, err := NewSpace("auction", Settings{"pricing": Range(0, 1), "reserve": Range(5, 25), "burnShare": Number(0.5), "lookahead": Range(0, 3)})
	if err != nil {
		t.Fatal(err)
	}
	axes := space.Axes()
	if len(axes) != 3 || axes[0].Name != "pricing" || axes[1].Name != "reserve" || axes[2].Name != "lookahead" || !axes[2].Integer {
		t.Fatalf("axes %+v", axes)
	}
	d, err := space.At([]float64{0.25, 25, 1.6})
	if err != nil {
		t.Fatal(err)
	}
	if got := d.Mechanism.(Ranked).Ranking(); got != (Ranking{First: 0.25, Reserve: 25}) {
		t.Errorf("ranking %+v", got)
	}
	if d.Terms != (Terms{BurnShare: 0.5, Lookahead: 2}) || d.Family != "auction" || d.Settings.Number("reserve") != 25 {
		t.Errorf("terms %+v, settings %v", d.Terms, d.Settings)
	}
	// A point of the space leaves the space as it was.
	if again, _ := space.At([]float64{0, 5, 0}); again.Settings.Number("reserve") != 5 || d.Settings.Number("reserve") != 25 {
		t.Error("designs share their settings")
	}
	if _, err := space.At([]float64{0.5}); err == nil {
		t.Error("one coordinate for three axes: no error")
	}
}

// Points are in the parameters' own units; beyond the ends, they are the ends.
func TestAxis(t *testing.T) {
	for _, a := range []Axis{{From: 0.05, To: 3}, {From: 1e-3, To: 1e9}, {From: 2, To: 9, Integer: true}} {
		if a.Clamp(a.From) != a.From || a.Clamp(a.To) != a.To || a.Clamp(a.From-1) != a.From || a.Clamp(2*a.To) != a.To {
			t.Errorf("%+v: ends %g, %g; beyond %g, %g", a, a.Clamp(a.From), a.Clamp(a.To), a.Clamp(a.From-1), a.Clamp(2*a.To))
		}
		for k := range 101 {
			x := a.From + (a.To-a.From)*float64(k)/100
			y := a.Clamp(x)
			if !a.Integer && y != x && x <= a.To || a.Integer && (y != math.Trunc(y) || math.Abs(y-x) > 0.5) {
				t.Errorf("%+v: %g gives %g", a, x, y)
			}
		}
	}
}

// A space that is fixed at a point has that one design.
func TestFixed(t *testing.T) {
	space, err := NewSpace("auction", Settings{"reserve": Range(5, 25), "pricing": Word("second")})
	if err != nil {
		t.Fatal(err)
	}
	fixed, err := space.Fixed([]float64{7})
	if err != nil {
		t.Fatal(err)
	}
	d, err := fixed.At(nil)
	if err != nil || len(fixed.Axes()) != 0 {
		t.Fatal(err, fixed.Axes())
	}
	if got := d.Mechanism.(Ranked).Ranking(); got != (Ranking{Reserve: 7}) {
		t.Errorf("ranking %+v", got)
	}
	if _, err := space.Fixed(nil); err == nil {
		t.Error("no coordinates: no error")
	}
}

func TestSettingsThatAreWrong(t *testing.T) {
	for _, c := range []struct {
		family    string
		settings  Settings
		parameter string
		says      string
	}{
		{"raffle", nil, "", "no such family"},
		{"auction", Settings{"fee": Number(1)}, "fee", "no such parameter"},
		{"auction", Settings{"pricing": Word("third")}, "pricing", `"third"`},
		{"auction", Settings{"pricing": Number(1.5)}, "pricing", "1.5"},
		{"auction", Settings{"reserve": Number(-1)}, "reserve", "-1"},
		{"auction", Settings{"reserve": Number(math.NaN())}, "reserve", "NaN"},
		{"auction", Settings{"reserve": Number(math.Inf(1))}, "reserve", "Inf"},
		{"auction", Settings{"reserve": Range(3, 2)}, "reserve", "empty"},
		{"auction", Settings{"reserve": Word("high")}, "reserve", `"high"`},
		{"contest", Settings{"exponent": Number(0)}, "exponent", "0"},
		{"contest", Settings{"payment": Number(1)}, "payment", "number"},
		{"contest", Settings{"weights": Number(1)}, "weights", "list"},
		{"contest", Settings{"weights": {List: []float64{1, -1}}}, "weights", "-1"},
		{"contest", Settings{"weights": {List: []float64{1, 0}}}, "", "weights are positive"},
		{"contest", Settings{"exponent": {List: []float64{1}}}, "exponent", "list"},
		{"lottery", Settings{"lookahead": Number(1.5)}, "lookahead", "whole"},
		{"lottery", Settings{"burnShare": Range(0, 1.01)}, "burnShare", "1.01"},
	} {
		_, err := NewSpace(c.family, c.settings)
		if err == nil {
			t.Errorf("%s %v: no error", c.family, c.settings)
			continue
		}
		if !strings.Contains(err.Error(), c.says) || strings.Count(err.Error(), "mechanisms:") != 1 {
			t.Errorf("%s %v: %q, want it to say %q", c.family, c.settings, err, c.says)
		}
		var wrong *SettingError
		if c.parameter != "" && (!errors.As(err, &wrong) || wrong.Parameter != c.parameter) {
			t.Errorf("%s %v: %v does not name parameter %s", c.family, c.settings, err, c.parameter)
		}
	}
}

// What the settings say is what the mechanism does.
func TestSettingsReachTheMechanism(t *testing.T) {
	design := func(family string, s Settings) Mechanism {
		space, err := NewSpace(family, s)
		if err != nil {
			t.Fatal(err)
		}
		d, err := space.At(nil)
		if err != nil {
			t.Fatal(err)
		}
		return d.Mechanism
	}
	for want, s := range map[Ranking]Settings{
		{First: 1}:                   nil,
		{First: 0, Reserve: 3}:       {"pricing": Word("second"), "reserve": Number(3)},
		{First: 0.5}:                 {"pricing": Number(0.5)},
		{AllPay: true, Reserve: 0.5}: {"pricing": Word("all-pay"), "reserve": Number(0.5)},
	} {
		if got := design("auction", s).(Ranked).Ranking(); got != want {
			t.Errorf("%v: %+v, want %+v", s, got, want)
		}
	}
	r := design("contest", Settings{"exponent": Number(2), "fee": Number(0.1), "phantom": Number(3), "payment": Word("winner-pays"), "weights": {List: []float64{1, 2}}}).(Ratioed).Ratio()
	if r.Exponent != 2 || r.Fee != 0.1 || r.Phantom != 3 || !r.WinnerPays || len(r.Weights) != 2 || r.Weights[1] != 2 {
		t.Errorf("ratio %+v", r)
	}
	if r := design("contest", nil).(Ratioed).Ratio(); r.Exponent != 1 || r.Fee != 0 || r.WinnerPays || len(r.Weights) != 0 {
		t.Errorf("default ratio %+v", r)
	}
	l := design("lottery", Settings{"fee": Number(1), "price": Number(2), "weights": {List: []float64{3}}}).(EqualChance).Lot()
	if l.Fee != 1 || l.Price != 2 || len(l.Weights) != 1 || l.Weights[0] != 3 {
		t.Errorf("lot %+v", l)
	}
}

func TestMarket(t *testing.T) {
	fine := func() *Market {
		return &Market{Agents: []Agent{{Name: "a", Value: Point(3)}, {Name: "b", Value: Point(2), Common: &Common{Value: Point(4)}, Discount: 0.5}}, Discount: 0.9}
	}
	m := fine()
	if err := m.Validate(); err != nil {
		t.Fatal(err)
	}
	values, known := m.Known(nil)
	if !known || m.DiscountOf(0) != 0.9 || m.DiscountOf(1) != 0.5 {
		t.Errorf("known %v, discounts %g, %g", known, m.DiscountOf(0), m.DiscountOf(1))
	}
	equal(t, "values", values, []float64{3, 8})
	for name, spoil := range map[string]func(m *Market){
		"no agents":            func(m *Market) { m.Agents = nil },
		"no value":             func(m *Market) { m.Agents[0].Value = nil },
		"negative value":       func(m *Market) { m.Agents[0].Value = Point(-1) },
		"NaN":                  func(m *Market) { m.Agents[0].Value = Point(math.NaN()) },
		"infinite value":       func(m *Market) { m.Agents[0].Value = Point(math.Inf(1)) },
		"discount 1":           func(m *Market) { m.Discount = 1 },
		"agent's discount 1":   func(m *Market) { m.Agents[0].Discount = 1 },
		"negative budget":      func(m *Market) { m.Agents[0].Budget = -1 },
		"negative stake":       func(m *Market) { m.Agents[0].Stake = -0.1 },
		"stakes above 1":       func(m *Market) { m.Agents[0].Stake, m.Agents[1].Stake = 0.6, 0.6 },
		"negative spite":       func(m *Market) { m.Agents[0].Spite = -1 },
		"negative identities":  func(m *Market) { m.Agents[0].Identities = -1 },
		"negative concealment": func(m *Market) { m.ConcealmentCost = -1 },
		"persistence above 1":  func(m *Market) { m.Persistence = 1.1 },
		"infinite premium":     func(m *Market) { m.Premium = math.Inf(1) },
	} {
		m := fine()
		spoil(m)
		if m.Validate() == nil {
			t.Errorf("%s: no error", name)
		}
	}
	p := Point(3)
	if low, high := p.Support(); low != 3 || high != 3 || p.Mean() != 3 || p.Quantile(0.2) != 3 || p.CDF(2.9) != 0 || p.CDF(3) != 1 {
		t.Error("a point is not where it is")
	}
	if Complete.String() != "complete" || Private.String() != "private" {
		t.Error("information has no names")
	}
}
