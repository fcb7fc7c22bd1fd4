// Package study reads study files: who competes, which mechanisms may be used,
// what the protocol wants and what must hold.
//
// A study is one YAML document. It is read through the syntax tree, so that every
// error names file, line and column, says what was expected and gives a hint. What
// a study may hold is bounded before anything is built from it: its size, its
// depth, the number of its agents; aliases are refused.
//
//	market:
//	  information: complete          # or private
//	  agents:
//	    - {name: Alice, value: 30}
//	    - {name: builder, count: 2, value: {lognormal: {mu: -3, sigma: 0.4}}}
//	mechanisms:
//	  - {family: contest, exponent: {from: 0.1, to: 2}}
//	objective: revenue
//	constraints: [individual-rationality]
//	search: {evaluations: 400, seed: 1}
//
// Without an objective a study is about revenue.
package study

import (
	"bytes"
	"fmt"
	"io"
	"math"

	"allot/mechanisms"
	"allot/objectives"
	"allot/solver/search"
)

const (
	// maxAgents bounds a market, maxSpaces the mechanisms of a study.
	maxAgents = 1_000_000
	maxSpaces = 1_000
)

// MaxEvaluations is the largest budget that a study or a flag may give a search.
const MaxEvaluations = 100_000_000

// Study is what a study file says.
type Study struct {
	// File is the name that errors carry.
	File string
	// Problem is what is to be solved.
	Problem search.Problem
	// Cartel is the agreement that the study names, nil for none.
	Cartel *Cartel
	// Atlas is what a map of the study varies, nil for nothing.
	Atlas *Atlas
}

// Read reads a study from r; file is the name that errors carry. Reading stops a
// little past the largest study that is taken.
func Read(file string, r io.Reader) (*Study, error) {
	var text bytes.Buffer
	if _, err := io.Copy(&text, io.LimitReader(r, maxBytes+1)); err != nil {
		return nil, fmt.Errorf("reading %s: %w", file, err)
	}
	return Parse(file, text.Bytes())
}

// Parse reads a study from its text. Errors in the study are of type *Error.
func Parse(file string, text []byte) (*Study, error) {
	root, err := tree(file, text)
	if err != nil {
		return nil, err
	}
	d := &decoder{file: file}
	top, err := d.keys(root, "the study", "market", "mechanisms", "objective", "constraints", "cartel", "map", "search")
	if err != nil {
		return nil, err
	}
	s := &Study{File: file, Problem: search.Problem{Evaluations: 400, Seed: 1, Draws: 4096, Tolerance: 1e-6}}
	p := &s.Problem
	p.Objective = objectives.Revenue{}
	for _, part := range []struct {
		key, hint string
		needed    bool
		read      func(*node) error
	}{
		{"market", "add market: {agents: [...]}", true, func(n *node) (err error) { p.Market, err = d.market(n); return }},
		{"mechanisms", "add mechanisms: [{family: auction}]", true, func(n *node) (err error) { p.Spaces, err = d.spaces(n, len(p.Market.Agents)); return }},
		{"objective", "", false, func(n *node) (err error) { p.Objective, err = d.objective(n, len(p.Market.Agents)); return }},
		{"constraints", "", false, func(n *node) (err error) { p.Constraints, err = d.constraints(n, len(p.Market.Agents)); return }},
		{"cartel", "", false, func(n *node) (err error) { s.Cartel, err = d.cartel(n, p.Market); return }},
		{"map", "", false, func(n *node) (err error) { s.Atlas, err = d.atlas(n, p.Market); return }},
		{"search", "", false, func(n *node) error { return d.search(n, p) }},
	} {
		n, given := top[part.key]
		if !given {
			if part.needed {
				return nil, d.fail(root, part.hint, "the study has no %s", part.key)
			}
			continue
		}
		if err := part.read(n); err != nil {
			return nil, err
		}
	}
	return s, nil
}

// search reads the search block.
func (d *decoder) search(n *node, p *search.Problem) error {
	keys, err := d.keys(n, "search", "evaluations", "seed", "draws", "tolerance")
	if err != nil {
		return err
	}
	if v, ok := keys["evaluations"]; ok {
		if p.Evaluations, err = d.whole(v, "evaluations", 1, MaxEvaluations); err != nil {
			return err
		}
	}
	if v, ok := keys["seed"]; ok {
		seed, err := d.whole(v, "seed", 0, 1<<53)
		if err != nil {
			return err
		}
		p.Seed = uint64(seed)
	}
	if v, ok := keys["draws"]; ok {
		if p.Draws, err = d.whole(v, "draws", 1, search.MaxDraws); err != nil {
			return err
		}
	}
	if v, ok := keys["tolerance"]; ok {
		if p.Tolerance, err = d.positive(v, "tolerance"); err != nil {
			return err
		}
		if p.Tolerance == 0 || p.Tolerance > 1 {
			return d.fail(v, "", "tolerance: expected a number above 0 and at most 1, found %s", v.is())
		}
	}
	return nil
}

// named is a parameter of a market that is a number of at least 0.
type named struct {
	key  string
	into *float64
	unit bool // in [0, 1)
	full bool // in [0, 1]
}

func (d *decoder) amounts(keys map[string]*node, amounts []named) error {
	for _, a := range amounts {
		n, ok := keys[a.key]
		if !ok {
			continue
		}
		var err error
		if a.unit || a.full {
			*a.into, err = d.fraction(n, a.key, a.full)
		} else {
			*a.into, err = d.positive(n, a.key)
		}
		if err != nil {
			return err
		}
	}
	return nil
}

// market reads the market block.
func (d *decoder) market(n *node) (*mechanisms.Market, error) {
	keys, err := d.keys(n, "market", "information", "agents", "discount", "concealmentCost", "persistence", "premium", "myopic")
	if err != nil {
		return nil, err
	}
	m := &mechanisms.Market{ConcealmentCost: math.Inf(1)}
	if v, ok := keys["information"]; ok {
		switch {
		case v.word("complete"):
		case v.word("private"):
			m.Information = mechanisms.Private
		default:
			return nil, d.fail(v, suggest(v.text, []string{"complete", "private"}), "information: expected complete or private, found %s", v.is())
		}
	}
	if err := d.amounts(keys, []named{
		{key: "discount", into: &m.Discount, unit: true},
		{key: "concealmentCost", into: &m.ConcealmentCost},
		{key: "persistence", into: &m.Persistence, full: true},
		{key: "premium", into: &m.Premium},
	}); err != nil {
		return nil, err
	}
	if v, ok := keys["myopic"]; ok {
		var err error
		if m.Myopic, err = d.truth(v, "myopic"); err != nil {
			return nil, err
		}
	}
	agents, ok := keys["agents"]
	if !ok {
		return nil, d.fail(n, "add agents: [{name: Alice, value: 30}]", "the market has no agents")
	}
	if m.Agents, err = d.agents(agents); err != nil {
		return nil, err
	}
	if err := m.Validate(); err != nil {
		return nil, d.fail(agents, "", "%s", bare(err))
	}
	return m, nil
}
