package mechanisms

import (
	"fmt"
	"math"
	"sort"
	"strings"
)

// Family is a rule with named parameters.
type Family struct {
	Name    string
	Summary string
	// Parameters are the family's own, in the order in which they are shown; the
	// terms come on top.
	Parameters []Parameter
	// Named families take further parameters of any name, numbers of at least 0,
	// for New to make sense of (the names in an expression).
	Named bool
	// New makes the mechanism. Every parameter is present and in its domain.
	New func(Settings) (Mechanism, error)
}

// Parameter is a knob of a family or a term: a number in [Low, High], a word, or
// a list with one number for each agent.
type Parameter struct {
	Name    string
	Doc     string
	Default Setting
	Low     float64
	High    float64
	// Integer parameters take whole numbers only.
	Integer bool
	// Words are the words taken instead of a number, or only words where High is
	// 0; Free takes any word (an expression).
	Words []string
	Free  bool
	// PerAgent parameters take a list.
	PerAgent bool
	// Optional parameters have no default: they are not among the settings unless
	// they are given.
	Optional bool
}

// Setting is a parameter's setting: a word, a list, or the numbers from From to To,
// searched when these differ.
type Setting struct {
	Word     string
	List     []float64
	From, To float64
}

// Number is the setting of a parameter that is fixed at x.
func Number(x float64) Setting { return Setting{From: x, To: x} }

// Word is the setting of a parameter that is fixed at a word.
func Word(w string) Setting { return Setting{Word: w} }

// Range is the setting of a parameter that is searched in [from, to].
func Range(from, to float64) Setting { return Setting{From: from, To: to} }

// Searched reports a range with more than one point.
func (s Setting) Searched() bool { return s.Word == "" && s.List == nil && s.From != s.To }

// Settings are the settings of named parameters.
type Settings map[string]Setting

// Number is the number that the parameter is fixed at.
func (s Settings) Number(name string) float64 { return s[name].From }

// Word is the word that the parameter is fixed at, or "".
func (s Settings) Word(name string) string { return s[name].Word }

// SettingError says which parameter is wrong and why.
type SettingError struct {
	Family, Parameter, Reason string
	// Line and Column count from 1 and say where in an expression; 0 elsewhere.
	Line, Column int
}

func (e *SettingError) Error() string {
	if e.Parameter == "" {
		return fmt.Sprintf("mechanisms: %s: %s", e.Family, e.Reason)
	}
	return fmt.Sprintf("mechanisms: %s: %s: %s", e.Family, e.Parameter, e.Reason)
}

// families is the registry; Families returns it in this order.
var families = []Family{auctionFamily, contestFamily, lotteryFamily, ticketsFamily, customFamily}

// Families lists the families that ship with allot.
func Families() []Family { return append([]Family(nil), families...) }

// TermParameters lists the terms, which any family takes.
func TermParameters() []Parameter {
	return []Parameter{
		{Name: "burnShare", Doc: "share of the realised reward that the protocol takes", High: 1},
		{Name: "lookahead", Doc: "slots ahead that the right is sold", High: 1 << 20, Integer: true},
		{Name: "resale", Doc: "whether the holder may sell the right on, just in time", High: 1, Integer: true, Optional: true},
		{Name: "oversight", Doc: "share of its competitive total below which an outcome is rejected", High: 1, Optional: true},
		{Name: "oversightNoise", Doc: "deviation of the logarithm of the total that validators see", High: 100, Optional: true},
		{Name: "floor", Doc: "share of the payments that is seen at the deadline and burnt; the rest is the beacon proposer's", High: 1, Optional: true},
	}
}

// termsOf reads the terms from settings that are points.
func termsOf(s Settings) Terms {
	t := Terms{BurnShare: s.Number("burnShare"), Lookahead: int(s.Number("lookahead")), Resale: s.Number("resale") > 0, Oversight: s.Number("oversight"), Noise: s.Number("oversightNoise")}
	if floor, given := s["floor"]; given {
		t.Floor, t.Residual = true, 1-floor.From
	}
	return t
}

// Space is a family with each parameter fixed or searched in a range.
type Space struct {
	family   Family
	settings Settings
	axes     []Axis
}

// Axis is a parameter that is searched.
type Axis struct {
	Name     string
	From, To float64
	Integer  bool
}

// NewSpace checks the settings against the family's parameters and the terms and
// fills in defaults. A setting that is wrong gives a *SettingError.
func NewSpace(name string, settings Settings) (Space, error) {
	for _, f := range families {
		if f.Name == name {
			return f.Space(settings)
		}
	}
	names := make([]string, len(families))
	for i, f := range families {
		names[i] = f.Name
	}
	return Space{}, &SettingError{Family: name, Reason: "no such family; the families are " + strings.Join(names, ", ")}
}

// Space is the family with the given settings; the others take their defaults.
func (f Family) Space(settings Settings) (Space, error) {
	parameters := append([]Parameter(nil), f.Parameters...)
	if f.Named {
		parameters = append(parameters, f.named(settings)...)
	}
	parameters = append(parameters, TermParameters()...)
	full := make(Settings, len(parameters))
	var axes []Axis
	for _, p := range parameters {
		s, given := settings[p.Name]
		if !given && p.Optional {
			continue
		}
		if !given {
			s = p.Default
		} else if err := p.check(s); err != nil {
			return Space{}, &SettingError{Family: f.Name, Parameter: p.Name, Reason: err.Error()}
		}
		full[p.Name] = s
		if s.Searched() {
			axes = append(axes, Axis{Name: p.Name, From: s.From, To: s.To, Integer: p.Integer})
		}
	}
	unknown := make([]string, 0)
	for name := range settings {
		if _, ok := full[name]; !ok {
			unknown = append(unknown, name)
		}
	}
	if len(unknown) > 0 {
		sort.Strings(unknown)
		return Space{}, &SettingError{Family: f.Name, Parameter: unknown[0], Reason: "no such parameter; there are " + list(parameters)}
	}
	space := Space{family: f, settings: full, axes: axes}
	// A corner of the space must make a mechanism: errors show up before the search.
	corner := make([]float64, len(axes))
	for k, axis := range axes {
		corner[k] = axis.From
	}
	_, err := space.At(corner)
	return space, err
}

// named lists the settings that are neither the family's own nor terms, by name.
func (f Family) named(settings Settings) []Parameter {
	own := make(map[string]bool)
	for _, p := range append(TermParameters(), f.Parameters...) {
		own[p.Name] = true
	}
	var names []string
	for name := range settings {
		if !own[name] {
			names = append(names, name)
		}
	}
	sort.Strings(names)
	parameters := make([]Parameter, len(names))
	for k, name := range names {
		parameters[k] = Parameter{Name: name, High: math.MaxFloat64}
	}
	return parameters
}

func list(parameters []Parameter) string {
	names := make([]string, len(parameters))
	for i, p := range parameters {
		names[i] = p.Name
	}
	return strings.Join(names, ", ")
}

func (p Parameter) check(s Setting) error {
	switch {
	case s.Word != "":
		if p.Free {
			return nil
		}
		for _, w := range p.Words {
			if w == s.Word {
				return nil
			}
		}
		return fmt.Errorf("%q is not %s", s.Word, p.expected())
	case s.List != nil:
		if !p.PerAgent {
			return fmt.Errorf("a list is not %s", p.expected())
		}
		for _, x := range s.List {
			if bad(x) {
				return fmt.Errorf("%g in the list is not a finite number of at least 0", x)
			}
		}
		return nil
	case p.Free && !s.Searched() && !math.IsNaN(s.From) && !math.IsInf(s.From, 0):
		return nil // a number is an expression
	case p.PerAgent || p.Free || p.High == 0:
		return fmt.Errorf("a number is not %s", p.expected())
	}
	for _, x := range []float64{s.From, s.To} {
		if math.IsNaN(x) || math.IsInf(x, 0) || x < p.Low || x > p.High {
			return fmt.Errorf("%g is not %s", x, p.expected())
		}
		if p.Integer && x != math.Trunc(x) {
			return fmt.Errorf("%g is not a whole number", x)
		}
	}
	if s.From > s.To {
		return fmt.Errorf("the range from %g to %g is empty", s.From, s.To)
	}
	return nil
}

func (p Parameter) expected() string {
	var parts []string
	if len(p.Words) > 0 {
		parts = append(parts, strings.Join(p.Words, ", "))
	}
	switch {
	case p.Free:
		parts = append(parts, "an expression")
	case p.PerAgent:
		parts = append(parts, "a list with a number for each agent")
	case p.High == 0:
	case math.IsInf(p.High, 1) || p.High == math.MaxFloat64:
		parts = append(parts, fmt.Sprintf("a number of at least %g", p.Low))
	default:
		parts = append(parts, fmt.Sprintf("a number in [%g, %g]", p.Low, p.High))
	}
	return strings.Join(parts, " or ")
}

// Family is the name of the space's family.
func (s Space) Family() string { return s.family.Name }

// Axes are the parameters that are searched, in the family's order.
func (s Space) Axes() []Axis { return s.axes }

// At is the design at a point: one number for each axis, in the axis's own units.
// Numbers outside an axis are moved to its nearer end, and those of an integer
// axis are rounded.
func (s Space) At(x []float64) (Design, error) {
	point := s.settings
	if len(s.axes) > 0 {
		if len(x) != len(s.axes) {
			return Design{}, &SettingError{Family: s.family.Name, Reason: fmt.Sprintf("%d coordinates for %d searched parameters", len(x), len(s.axes))}
		}
		point = make(Settings, len(s.settings))
		for name, setting := range s.settings {
			point[name] = setting
		}
		for k, axis := range s.axes {
			point[axis.Name] = Number(axis.Clamp(x[k]))
		}
	}
	m, err := s.family.New(point)
	if err != nil {
		return Design{}, err
	}
	return Design{Family: s.family.Name, Settings: point, Mechanism: m, Terms: termsOf(point)}, nil
}

// Clamp is the point of the axis nearest to x.
func (a Axis) Clamp(x float64) float64 {
	if a.Integer {
		x = math.Round(x)
	}
	return math.Min(math.Max(x, a.From), a.To)
}

// Fixed is the space that holds nothing but the design at a point, as At takes it.
func (s Space) Fixed(x []float64) (Space, error) {
	d, err := s.At(x)
	if err != nil {
		return Space{}, err
	}
	return Space{family: s.family, settings: d.Settings}, nil
}

// Design is what the protocol offers: a mechanism of a family, at fixed
// parameters, under terms. Designs made by hand need a Mechanism only.
type Design struct {
	Family    string
	Settings  Settings
	Mechanism Mechanism
	Terms     Terms
}
