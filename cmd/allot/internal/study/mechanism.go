package study

import (
	"errors"
	"fmt"
	"math"
	"strings"

	"allot/mechanisms"
)

// spaces reads the list of mechanisms for a market of n agents.
func (d *decoder) spaces(n *node, agents int) ([]mechanisms.Space, error) {
	const hint = "write - {family: auction, pricing: first}"
	if n.form != list {
		return nil, d.fail(n, hint, "mechanisms: expected a list of mechanisms, found %s", n.is())
	}
	if len(n.items) == 0 {
		return nil, d.fail(n, hint, "the study has no mechanisms")
	}
	if len(n.items) > maxSpaces {
		return nil, d.fail(n.items[maxSpaces], "", "more than %d mechanisms", maxSpaces)
	}
	spaces := make([]mechanisms.Space, 0, len(n.items))
	for _, item := range n.items {
		s, err := d.space(item, agents)
		if err != nil {
			return nil, err
		}
		spaces = append(spaces, s)
	}
	return spaces, nil
}

func (d *decoder) space(n *node, agents int) (mechanisms.Space, error) {
	none := mechanisms.Space{}
	family, err := d.family(n)
	if err != nil {
		return none, err
	}
	parameters := append(append([]mechanisms.Parameter(nil), family.Parameters...), mechanisms.TermParameters()...)
	known := make([]string, 0, len(parameters)+1)
	known = append(known, "family")
	for _, p := range parameters {
		known = append(known, p.Name)
	}
	if family.Named {
		known = append(known, "parameters")
	}
	keys, err := d.keys(n, "the "+family.Name, known...)
	if err != nil {
		return none, err
	}
	settings := mechanisms.Settings{}
	if v, given := keys["parameters"]; given {
		if err := d.named(v, known, settings, keys); err != nil {
			return none, err
		}
	}
	for _, p := range parameters {
		v, given := keys[p.Name]
		if !given {
			continue
		}
		if settings[p.Name], err = d.setting(v, p, agents); err != nil {
			return none, err
		}
	}
	space, err := mechanisms.NewSpace(family.Name, settings)
	if err != nil {
		return none, d.refused(n, keys, err)
	}
	return space, nil
}

// refused puts the error of a mechanism that cannot be made at the parameter that
// it is about, and within an expression at the place in it.
func (d *decoder) refused(n *node, keys map[string]*node, err error) error {
	var wrong *mechanisms.SettingError
	if !errors.As(err, &wrong) {
		return d.fail(n, "", "%s", bare(err))
	}
	v, given := keys[wrong.Parameter]
	if !given {
		return d.fail(n, "", "%s", wrong.Reason)
	}
	reason := strings.TrimPrefix(wrong.Reason, fmt.Sprintf("line %d, column %d: ", wrong.Line, wrong.Column))
	e := d.fail(v, "", "%s: %s", wrong.Parameter, reason).(*Error)
	if wrong.Line == 1 && wrong.Column > 0 {
		v.within(e, wrong.Column-1)
	}
	return e
}

// named reads the numbers that a family's expressions may name, and notes where
// each stands.
func (d *decoder) named(n *node, known []string, settings mechanisms.Settings, keys map[string]*node) error {
	if n.form != mapping {
		return d.fail(n, "write parameters: {k: 2}", "parameters: expected a mapping, found %s", n.is())
	}
	for _, e := range n.entries {
		if contains(known, e.key) {
			return &Error{File: d.file, Line: e.line, Column: e.column, Message: fmt.Sprintf("parameters: the name %q is taken", e.key), Hint: "use another name in the expressions"}
		}
		s, err := d.setting(e.value, mechanisms.Parameter{Name: e.key, High: math.MaxFloat64}, 0)
		if err != nil {
			return err
		}
		settings[e.key], keys[e.key] = s, e.value
	}
	return nil
}

func (d *decoder) family(n *node) (mechanisms.Family, error) {
	families := mechanisms.Families()
	names := make([]string, len(families))
	for i, f := range families {
		names[i] = f.Name
	}
	there := "the families are " + strings.Join(names, ", ")
	if n.form != mapping {
		return mechanisms.Family{}, d.fail(n, "write {family: "+names[0]+"}", "expected a mechanism, found %s", n.is())
	}
	for _, e := range n.entries {
		if e.key != "family" {
			continue
		}
		for _, f := range families {
			if f.Name == e.value.text {
				return f, nil
			}
		}
		return mechanisms.Family{}, d.fail(e.value, suggest(e.value.text, names), "there is no family %s", e.value.is())
	}
	return mechanisms.Family{}, d.fail(n, there, "the mechanism has no family")
}

// setting reads a parameter: a number, a word, a list with a number for each agent,
// or {from, to}.
func (d *decoder) setting(n *node, p mechanisms.Parameter, agents int) (mechanisms.Setting, error) {
	none := mechanisms.Setting{}
	switch n.form {
	case mapping:
		keys, err := d.keys(n, p.Name, "from", "to")
		if err != nil {
			return none, err
		}
		var ends [2]float64
		for i, k := range []string{"from", "to"} {
			v, ok := keys[k]
			if !ok {
				return none, d.fail(n, "a searched parameter is {from: 0, to: 1}", "%s has no %s", p.Name, k)
			}
			if ends[i], err = d.number(v, p.Name); err != nil {
				return none, err
			}
		}
		return mechanisms.Range(ends[0], ends[1]), nil
	case list:
		xs, err := d.numbers(n, p.Name)
		if err != nil {
			return none, err
		}
		if p.PerAgent && len(xs) != agents {
			return none, d.fail(n, "", "%s: %d numbers for %d agents", p.Name, len(xs), agents)
		}
		return mechanisms.Setting{List: xs}, nil
	case nothing:
		return none, d.fail(n, "", "%s: expected %s, found nothing", p.Name, wanted(p))
	}
	if p.Free {
		text, err := d.printable(n, p.Name)
		return mechanisms.Word(text), err
	}
	for _, w := range p.Words {
		if n.text == w {
			return mechanisms.Word(w), nil
		}
	}
	if p.Integer && p.High == 1 && n.form == plain && (n.text == "true" || n.text == "false") { // a switch
		if n.text == "true" {
			return mechanisms.Number(1), nil
		}
		return mechanisms.Number(0), nil
	}
	if n.form == plain && startsNumber(n.text) {
		x, err := d.number(n, p.Name)
		return mechanisms.Number(x), err
	}
	return none, d.fail(n, suggestWord(n.text, p), "%s: expected %s, found %s", p.Name, wanted(p), n.is())
}

// startsNumber reports text that was meant as a number, if not always a good one.
func startsNumber(text string) bool {
	t := strings.TrimLeft(text, "+-.")
	return t != "" && t[0] >= '0' && t[0] <= '9' || strings.EqualFold(t, "nan") || strings.EqualFold(t, "inf")
}

func suggestWord(text string, p mechanisms.Parameter) string {
	if c := closest(text, p.Words); c != "" {
		return fmt.Sprintf("did you mean %s?", c)
	}
	return ""
}

func wanted(p mechanisms.Parameter) string {
	parts := append([]string(nil), p.Words...)
	switch {
	case p.Free:
		parts = append(parts, "an expression")
	case p.PerAgent:
		parts = append(parts, "a list with a number for each agent")
	case p.Integer && p.High == 1:
		parts = append(parts, "true", "false", "a range {from: 0, to: 1}")
	case p.High > 0:
		parts = append(parts, "a number", "a range {from, to}")
	}
	return oneOf(parts)
}
