package study

import (
	"errors"
	"fmt"
	"math"
	"slices"
	"strings"

	"allot/constraints"
	"allot/objectives"
)

// objective reads the objective of a market of so many agents: a name or an expression.
func (d *decoder) objective(n *node, agents int) (objectives.Objective, error) {
	text, err := d.expression(n, "objective")
	if err != nil {
		return nil, err
	}
	return d.goal(n, text, agents)
}

// goal makes a goal of a text that stands at the node.
func (d *decoder) goal(n *node, text string, agents int) (objectives.Objective, error) {
	o, err := objectives.New(text)
	if err == nil {
		err = objectives.Fits(o, agents)
	}
	if err != nil {
		return nil, d.within(n, err)
	}
	return o, nil
}

// expression reads the text of an expression; a number is one too.
func (d *decoder) expression(n *node, what string) (string, error) {
	if n.form != plain && n.form != quoted {
		return "", d.fail(n, "write a name or an expression, such as revenue + 0.5*fairness", "%s: expected a text, found %s", what, n.is())
	}
	return d.printable(n, what)
}

// within puts an expression's error at the place in the study that it is about.
func (d *decoder) within(n *node, err error) error {
	e := d.fail(n, "", "%s", bare(err)).(*Error)
	var inside *objectives.ExpressionError
	if !errors.As(err, &inside) {
		return e
	}
	e.Message = inside.Reason
	if inside.Line <= 1 {
		n.within(e, inside.Column-1)
	}
	var names []string
	for _, o := range objectives.All() {
		names = append(names, o.Name())
	}
	if _, name, ok := strings.Cut(inside.Reason, "unknown name "); ok {
		e.Hint = suggest(strings.Trim(name, "\"'"), names)
	} else if !strings.ContainsAny(n.text, " +-*/^()[]") {
		e.Hint = suggest(n.text, names)
	}
	return e
}

// constraints reads the list of constraints on a market of so many agents.
func (d *decoder) constraints(n *node, agents int) ([]constraints.Constraint, error) {
	if n.form != list {
		return nil, d.fail(n, "write constraints: [individual-rationality]", "constraints: expected a list, found %s", n.is())
	}
	var all []constraints.Constraint
	seen := map[string]int{}
	for _, item := range n.items {
		c, key, err := d.constraint(item, agents)
		if err != nil {
			return nil, err
		}
		if line, ok := seen[key]; ok {
			return nil, d.fail(item, "", "the constraint %s appears twice: first on line %d", c.Name(), line)
		}
		seen[key] = item.line
		all = append(all, c)
	}
	return all, nil
}

func (d *decoder) constraint(n *node, agents int) (constraints.Constraint, string, error) {
	if n.form == plain || n.form == quoted {
		kind, err := d.kind(n)
		if err != nil {
			return nil, "", err
		}
		c, err := d.build(n, kind, nil, nil)
		return c, kind.Name, err
	}
	if n.form == mapping {
		for _, e := range n.entries {
			switch e.key {
			case "expression":
				return d.formula(n, agents)
			case "name":
				return d.optioned(n, e.value)
			}
		}
	}
	return nil, "", d.fail(n, "write a name, {name: sybil-proof, identities: 3} or {expression: fairness, atLeast: 0.4}", "expected a constraint, found %s", n.is())
}

// kind is the constraint that the node names.
func (d *decoder) kind(n *node) (constraints.Kind, error) {
	kinds := constraints.Kinds()
	names := make([]string, len(kinds))
	for i, k := range kinds {
		if k.Name == n.text {
			return k, nil
		}
		names[i] = k.Name
	}
	hint := suggest(n.text, names)
	if strings.ContainsAny(n.text, "<>=") {
		hint = "write {expression: fairness, atLeast: 0.4}"
	}
	if n.form != plain && n.form != quoted {
		return constraints.Kind{}, d.fail(n, hint, "expected the name of a constraint, found %s", n.is())
	}
	return constraints.Kind{}, d.fail(n, hint, "there is no constraint %s", n.is())
}

// optioned reads {name: sybil-proof, identities: 3}.
func (d *decoder) optioned(n, name *node) (constraints.Constraint, string, error) {
	kind, err := d.kind(name)
	if err != nil {
		return nil, "", err
	}
	known := []string{"name"}
	for k := range kind.Options {
		known = append(known, k)
	}
	slices.Sort(known[1:])
	keys, err := d.keys(n, kind.Name, known...)
	if err != nil {
		return nil, "", err
	}
	options := map[string]float64{}
	key := kind.Name
	for _, k := range known[1:] {
		v, given := keys[k]
		if !given {
			continue
		}
		if options[k], err = d.positive(v, k); err != nil {
			return nil, "", err
		}
		key += fmt.Sprintf(" %s=%g", k, options[k])
	}
	c, err := d.build(n, kind, options, keys)
	return c, key, err
}

func (d *decoder) build(n *node, kind constraints.Kind, options map[string]float64, keys map[string]*node) (constraints.Constraint, error) {
	c, err := constraints.New(kind.Name, options)
	if err == nil {
		return c, nil
	}
	names := make([]string, 0, len(kind.Options))
	for k := range kind.Options {
		names = append(names, k)
	}
	slices.Sort(names)
	hint := ""
	if len(names) > 0 {
		hint = "its options are " + strings.Join(names, ", ")
	}
	for _, k := range names { // the option that the error is about
		if v, given := keys[k]; given && strings.Contains(err.Error(), k) {
			n = v
			break
		}
	}
	return nil, d.fail(n, hint, "%s", bare(err))
}

// relations are the keys that hold an expression against a number.
var relations = []struct {
	key      string
	relation constraints.Relation
}{{"atLeast", constraints.AtLeast}, {"atMost", constraints.AtMost}, {"equals", constraints.Equals}}

// formula reads {expression: fairness, atLeast: 0.4}.
func (d *decoder) formula(n *node, agents int) (constraints.Constraint, string, error) {
	keys, err := d.keys(n, "the constraint", "expression", "atLeast", "atMost", "equals")
	if err != nil {
		return nil, "", err
	}
	text, err := d.expression(keys["expression"], "expression")
	if err != nil {
		return nil, "", err
	}
	relation, bound, found := constraints.AtMost, math.NaN(), 0
	for _, r := range relations {
		v, given := keys[r.key]
		if !given {
			continue
		}
		found++
		relation = r.relation
		if bound, err = d.number(v, r.key); err != nil {
			return nil, "", err
		}
	}
	if found != 1 {
		return nil, "", d.fail(n, "", "the constraint has %d of atLeast, atMost and equals: it needs one", found)
	}
	if _, err := d.goal(keys["expression"], text, agents); err != nil {
		return nil, "", err
	}
	c, err := constraints.NewExpression(text, relation, bound)
	if err != nil {
		return nil, "", d.within(keys["expression"], err)
	}
	return c, fmt.Sprintf("%s %v %g", text, relation, bound), nil
}
