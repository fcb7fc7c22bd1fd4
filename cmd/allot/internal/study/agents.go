package study

import (
	"fmt"
	"math"
	"strconv"
	"strings"

	"allot/mechanisms"
	"allot/mechanisms/distributions"
)

// seat is where an agent's name was given.
type seat struct{ line int }

// roll collects the agents and keeps their names apart.
type roll struct {
	agents []mechanisms.Agent
	taken  map[string]seat
	// unnamed are the agents that get a name once all given names are known.
	unnamed []int
	groups  int
}

// agents reads the list of agents and groups.
func (d *decoder) agents(n *node) ([]mechanisms.Agent, error) {
	if n.form != list {
		return nil, d.fail(n, "", "agents: expected a list, found %s", n.is())
	}
	if len(n.items) == 0 {
		return nil, d.fail(n, "add {name: Alice, value: 30}", "the market has no agents")
	}
	r := &roll{taken: map[string]seat{}}
	for _, item := range n.items {
		if err := d.entry(item, r); err != nil {
			return nil, err
		}
	}
	for _, i := range r.unnamed {
		for k := i + 1; ; k++ {
			name := "agent " + strconv.Itoa(k)
			if _, taken := r.taken[name]; !taken {
				r.taken[name], r.agents[i].Name = seat{}, name
				break
			}
		}
	}
	return r.agents, nil
}

// entry reads an agent, a number of agents that are alike, or a group with a
// common component.
func (d *decoder) entry(n *node, r *roll) error {
	if n.form == mapping {
		for _, e := range n.entries {
			if e.key == "members" {
				return d.group(n, r)
			}
		}
	}
	return d.alike(n, r, nil, "name", "value", "count", "common", "knows", "capitalCost", "budget", "identities", "discount", "spite", "stake")
}

// group reads agents that share a common component but differ otherwise.
func (d *decoder) group(n *node, r *roll) error {
	keys, err := d.keys(n, "a group", "name", "common", "knows", "members")
	if err != nil {
		return err
	}
	name := ""
	if v, ok := keys["name"]; ok {
		if name, err = d.word(v, "name"); err != nil {
			return err
		}
	}
	common, err := d.common(n, keys, name, r)
	if err != nil {
		return err
	}
	if common == nil {
		return d.fail(n, "add common: {lognormal: {mu: -3, sigma: 0.4}}", "a group with members has a common component")
	}
	members := keys["members"]
	if members.form != list || len(members.items) == 0 {
		return d.fail(members, "", "members: expected a list of agents, found %s", members.is())
	}
	for _, item := range members.items {
		if err := d.alike(item, r, common, "name", "value", "count", "capitalCost", "budget", "identities", "discount", "spite", "stake"); err != nil {
			return err
		}
	}
	return nil
}

// common reads the component that a group shares, nil for none.
func (d *decoder) common(n *node, keys map[string]*node, name string, r *roll) (*mechanisms.Common, error) {
	v, ok := keys["common"]
	if !ok {
		if knows, given := keys["knows"]; given {
			return nil, d.fail(knows, "add common: {lognormal: {mu: -3, sigma: 0.4}}", "knows says what is known of a common component, and there is none")
		}
		return nil, nil
	}
	value, err := d.distribution(v, "common")
	if err != nil {
		return nil, err
	}
	r.groups++
	if name == "" {
		name = "group " + strconv.Itoa(r.groups)
	}
	c := &mechanisms.Common{Name: name, Value: value}
	if knows, given := keys["knows"]; given {
		switch knows.text {
		case "own":
		case "common":
			c.Knows = mechanisms.KnowsCommon
		case "both":
			c.Knows = mechanisms.KnowsBoth
		default:
			return nil, d.fail(knows, suggest(knows.text, []string{"own", "common", "both"}), "knows: expected own, common or both, found %s", knows.is())
		}
	}
	return c, nil
}

// alike reads one agent, or count of them.
func (d *decoder) alike(n *node, r *roll, common *mechanisms.Common, known ...string) error {
	keys, err := d.keys(n, "an agent", known...)
	if err != nil {
		return err
	}
	a := mechanisms.Agent{Common: common}
	if v, ok := keys["name"]; ok {
		if a.Name, err = d.word(v, "name"); err != nil {
			return err
		}
	}
	if common == nil {
		if a.Common, err = d.common(n, keys, a.Name, r); err != nil {
			return err
		}
	}
	value, ok := keys["value"]
	switch {
	case ok:
		if a.Value, err = d.distribution(value, "value"); err != nil {
			return err
		}
	case a.Common != nil: // its value is the common component
		a.Value = mechanisms.Point(1)
	default:
		return d.fail(n, "add value: 30, or value: {lognormal: {mu: -3, sigma: 0.4}}", "the agent has no value")
	}
	if err := d.amounts(keys, []named{
		{key: "capitalCost", into: &a.CapitalCost},
		{key: "budget", into: &a.Budget},
		{key: "discount", into: &a.Discount, unit: true},
		{key: "spite", into: &a.Spite},
		{key: "stake", into: &a.Stake, full: true},
	}); err != nil {
		return err
	}
	if v, ok := keys["identities"]; ok {
		if a.Identities, err = d.whole(v, "identities", 1, maxAgents); err != nil {
			return err
		}
	}
	count := 1
	if v, ok := keys["count"]; ok {
		if count, err = d.whole(v, "count", 1, maxAgents); err != nil {
			return err
		}
	}
	if len(r.agents)+count > maxAgents {
		return d.fail(n, "", "the market has more than %d agents", maxAgents)
	}
	return d.enrol(n, keys["name"], a, count, r)
}

// enrol adds count agents like a to the roll.
func (d *decoder) enrol(n, name *node, a mechanisms.Agent, count int, r *roll) error {
	for k := range count {
		b := a
		switch {
		case name == nil:
			r.unnamed = append(r.unnamed, len(r.agents))
		case count > 1:
			b.Name = a.Name + " " + strconv.Itoa(k+1)
		}
		if name != nil {
			if first, taken := r.taken[b.Name]; taken {
				return d.fail(name, "names tell agents apart in every table", "the name %q is taken: first on line %d", b.Name, first.line)
			}
			r.taken[b.Name] = seat{line: name.line}
		}
		r.agents = append(r.agents, b)
	}
	return nil
}

// shape is a distribution that studies can name.
type shape struct {
	name string
	keys []string
	make func(p []float64) (mechanisms.Distribution, error)
}

func as[T mechanisms.Distribution](d T, err error) (mechanisms.Distribution, error) { return d, err }

var shapes = []shape{
	{"uniform", []string{"low", "high"}, func(p []float64) (mechanisms.Distribution, error) { return as(distributions.NewUniform(p[0], p[1])) }},
	{"lognormal", []string{"mu", "sigma"}, func(p []float64) (mechanisms.Distribution, error) { return as(distributions.NewLogNormal(p[0], p[1])) }},
	{"exponential", []string{"mean"}, func(p []float64) (mechanisms.Distribution, error) { return as(distributions.NewExponential(p[0])) }},
	{"pareto", []string{"scale", "shape"}, func(p []float64) (mechanisms.Distribution, error) { return as(distributions.NewPareto(p[0], p[1])) }},
	{"power", []string{"exponent", "high"}, func(p []float64) (mechanisms.Distribution, error) { return as(distributions.NewPower(p[0], p[1])) }},
	{"beta", []string{"a", "b"}, func(p []float64) (mechanisms.Distribution, error) { return as(distributions.NewBeta(p[0], p[1])) }},
	{"empirical", nil, nil},
	{"quantiles", []string{"probabilities", "values"}, nil},
}

// distribution reads a number of at least 0 or a distribution such as
// {lognormal: {mu: -3, sigma: 0.4}}.
func (d *decoder) distribution(n *node, what string) (mechanisms.Distribution, error) {
	if n.form != mapping {
		x, err := d.number(n, what)
		if err != nil {
			e := err.(*Error)
			if n.form == nothing || n.form == list {
				e.Hint = "write a number or a distribution, such as {uniform: {low: 0, high: 1}}"
			}
			return nil, e
		}
		if x < 0 {
			return nil, d.fail(n, "", "%s: expected a number of at least 0, found %s", what, n.is())
		}
		return mechanisms.Point(x), nil
	}
	names := make([]string, len(shapes))
	for i, s := range shapes {
		names[i] = s.name
	}
	if len(n.entries) != 1 {
		return nil, d.fail(n, "the distributions are "+oneOf(names), "%s: expected one distribution, found %d keys", what, len(n.entries))
	}
	e := n.entries[0]
	for _, s := range shapes {
		if s.name == e.key {
			made, err := d.shaped(s, e.value)
			if err != nil {
				return nil, err
			}
			if mean := made.Mean(); math.IsNaN(mean) || math.IsInf(mean, 0) {
				return nil, d.fail(e.value, "", "%s: the distribution has no finite mean", s.name)
			}
			return made, nil
		}
	}
	return nil, &Error{File: d.file, Line: e.line, Column: e.column, Message: fmt.Sprintf("unknown distribution %q", e.key), Hint: suggest(e.key, names)}
}

func (d *decoder) shaped(s shape, n *node) (mechanisms.Distribution, error) {
	var made mechanisms.Distribution
	var err error
	switch s.name {
	case "empirical":
		var sample []float64
		if sample, err = d.numbers(n, s.name); err != nil {
			return nil, err
		}
		made, err = as(distributions.NewEmpirical(sample))
	case "quantiles":
		keys, kerr := d.all(n, s)
		if kerr != nil {
			return nil, kerr
		}
		var columns [2][]float64
		for i, k := range s.keys {
			if columns[i], err = d.numbers(keys[k], k); err != nil {
				return nil, err
			}
		}
		made, err = as(distributions.NewQuantiles(columns[0], columns[1]))
	default:
		keys, kerr := d.all(n, s)
		if kerr != nil {
			return nil, kerr
		}
		p := make([]float64, len(s.keys))
		for i, k := range s.keys {
			if p[i], err = d.number(keys[k], k); err != nil {
				return nil, err
			}
			if p[i] < 0 && k != "mu" {
				return nil, d.fail(keys[k], "", "%s: expected a number of at least 0, found %s", k, keys[k].is())
			}
		}
		made, err = s.make(p)
	}
	if err != nil {
		return nil, d.fail(n, "a value that is known is a number: {value: 30}", "%s", bare(err))
	}
	return made, nil
}

// all reads the keys of a distribution, each of which must be there.
func (d *decoder) all(n *node, s shape) (map[string]*node, error) {
	keys, err := d.keys(n, s.name, s.keys...)
	if err != nil {
		return nil, err
	}
	for _, k := range s.keys {
		if _, ok := keys[k]; !ok {
			return nil, d.fail(n, "its keys are "+strings.Join(s.keys, ", "), "%s has no %s", s.name, k)
		}
	}
	return keys, nil
}

// bare is an error's text without the name of the package that it came from: the
// position says more.
func bare(err error) string {
	text := err.Error()
	if name, rest, ok := strings.Cut(text, ": "); ok {
		switch name {
		case "mechanisms", "distributions", "objectives", "constraints":
			return rest
		}
	}
	return text
}
