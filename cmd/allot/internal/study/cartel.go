package study

import (
	"math"
	"slices"
	"strconv"

	"allot/mechanisms"
	"allot/solver/cartel"
)

// Cartel is an off-chain agreement as a study names it.
type Cartel struct {
	// Ring are the members, as ascending indices into the market's agents; nil means all.
	Ring []int
	// Bid is what the leader signals; nil means that it is solved for.
	Bid *float64
	// Transfers are what the members other than the leader get, in the market's
	// order; nil means that they are solved for.
	Transfers []float64
	// Discounts are the members' discount factors in the market's order; nil means
	// the market's.
	Discounts []float64
	// Shadow says whether a member signals just below the leader; nil means the
	// family's default.
	Shadow *bool
	// Monitoring is how well the members see each other, Oversight what validators
	// let pass.
	Monitoring cartel.Monitoring
	Oversight  float64
	// Entry is the agreement that admits newcomers, nil for none.
	Entry *Entry

	file  string
	block *node
	keys  map[string]*node
}

// Entry is an agreement that admits newcomers.
type Entry struct {
	// Share is what each member but the leader gets with k newcomers; Schedule says it.
	Share    func(k int) float64
	Schedule string
	// Bound are N(0), N(1), ...: the number of members at which the agreement stops
	// admitting; the last holds from then on.
	Bound []int
	// Newcomers are the values of newcomers in the order in which they turn up.
	Newcomers []float64
}

// Refuse is an error at a key of the cartel block, or at the block where the key is
// not given.
func (c *Cartel) Refuse(key, message, hint string) error {
	n, given := c.keys[key]
	if !given {
		n = c.block
	}
	return &Error{File: c.file, Line: n.line, Column: n.column, Message: message, Hint: hint}
}

// cartel reads the cartel block.
func (d *decoder) cartel(n *node, m *mechanisms.Market) (*Cartel, error) {
	keys, err := d.keys(n, "cartel", "ring", "bid", "transfers", "discounts", "shadow", "monitoring", "oversight", "entry")
	if err != nil {
		return nil, err
	}
	c := &Cartel{file: d.file, block: n, keys: keys}
	members := len(m.Agents)
	if v, ok := keys["ring"]; ok && !v.word("all") {
		if c.Ring, err = d.ring(v, m); err != nil {
			return nil, err
		}
		members = len(c.Ring)
	}
	if v, ok := keys["bid"]; ok {
		bid, err := d.positive(v, "bid")
		if err != nil {
			return nil, err
		}
		c.Bid = &bid
	}
	if v, ok := keys["transfers"]; ok {
		if c.Transfers, err = d.numbers(v, "transfers"); err != nil {
			return nil, err
		}
		if len(c.Transfers) != members-1 {
			return nil, d.fail(v, "one for each member but the leader, in the market's order", "transfers: %d numbers for %d members besides the leader", len(c.Transfers), members-1)
		}
	}
	if v, ok := keys["discounts"]; ok {
		if v.form != list || len(v.items) != members {
			return nil, d.fail(v, "one for each member, in the market's order", "discounts: expected a list of %d numbers, found %s", members, v.is())
		}
		for _, item := range v.items {
			x, err := d.fraction(item, "discounts", false)
			if err != nil {
				return nil, err
			}
			c.Discounts = append(c.Discounts, x)
		}
	}
	if v, ok := keys["shadow"]; ok {
		shadow, err := d.truth(v, "shadow")
		if err != nil {
			return nil, err
		}
		c.Shadow = &shadow
	}
	if v, ok := keys["monitoring"]; ok {
		if c.Monitoring, err = d.monitoring(v); err != nil {
			return nil, err
		}
	}
	if v, ok := keys["oversight"]; ok {
		if c.Oversight, err = d.fraction(v, "oversight", true); err != nil {
			return nil, err
		}
	}
	if v, ok := keys["entry"]; ok {
		if c.Ring != nil && len(c.Ring) < len(m.Agents) {
			return nil, d.fail(v, "leave out the ring, or write ring: all", "entry: newcomers join a ring of all agents")
		}
		if c.Entry, err = d.admission(v, len(m.Agents)); err != nil {
			return nil, err
		}
		for i := range m.Agents {
			if c.Discounts == nil && !(m.DiscountOf(i) > 0) {
				return nil, d.fail(v, "add discount: 0.9 to the market, or discounts to the cartel", "entry: %s has no discount factor", m.Agents[i].Name)
			}
		}
	}
	return c, nil
}

// maxLag bounds how late a departure may be seen.
const maxLag = 1_000_000

func (d *decoder) monitoring(n *node) (cartel.Monitoring, error) {
	m := cartel.Monitoring{}
	keys, err := d.keys(n, "monitoring", "lag", "falseAlarms")
	if err != nil {
		return m, err
	}
	if v, ok := keys["lag"]; ok {
		if m.Lag, err = d.whole(v, "lag", 0, maxLag); err != nil {
			return m, err
		}
	}
	if v, ok := keys["falseAlarms"]; ok {
		m.FalseAlarm, err = d.fraction(v, "falseAlarms", false)
	}
	return m, err
}

const (
	// maxBound is the largest ring that newcomers may make, maxPeriods for how many
	// periods its bound may change.
	maxBound   = 10_000
	maxPeriods = 100
)

func (d *decoder) admission(n *node, members int) (*Entry, error) {
	keys, err := d.keys(n, "entry", "share", "bound", "newcomers")
	if err != nil {
		return nil, err
	}
	e := &Entry{}
	for _, k := range []string{"share", "bound"} {
		if _, ok := keys[k]; !ok {
			return nil, d.fail(n, "write entry: {share: article, bound: 6}", "entry has no %s", k)
		}
	}
	bound := keys["bound"]
	items := []*node{bound}
	if bound.form == list {
		items = bound.items
	}
	if len(items) == 0 || len(items) > maxPeriods {
		return nil, d.fail(bound, "", "bound: expected a number or a list of 1 to %d, found %d", maxPeriods, len(items))
	}
	for k, item := range items {
		x, err := d.whole(item, "bound", float64(members), float64(max(maxBound, members)))
		if err != nil {
			if x, number := d.number(item, "bound"); number == nil && x < float64(members) && x == math.Trunc(x) {
				err = d.fail(item, "it counts the members that there are too", "bound: %s is below the %d members", item.is(), members)
			}
			return nil, err
		}
		if k > 0 && x < e.Bound[k-1] {
			return nil, d.fail(item, "a later bound must not be lower", "bound: %d comes after %d", x, e.Bound[k-1])
		}
		e.Bound = append(e.Bound, x)
	}
	if v, ok := keys["newcomers"]; ok {
		if e.Newcomers, err = d.numbers(v, "newcomers"); err != nil {
			return nil, err
		}
		if len(e.Newcomers) > maxPeriods {
			return nil, d.fail(v, "", "newcomers: %d values are too many: the limit is %d", len(e.Newcomers), maxPeriods)
		}
	}
	share := keys["share"]
	if e.Share, e.Schedule, err = d.share(share); err != nil {
		return nil, err
	}
	for k := range max(e.Bound[len(e.Bound)-1]-members, len(e.Newcomers)) + 1 {
		if x := e.Share(k); !(x >= 0 && x <= math.MaxFloat64) {
			return nil, d.fail(share, "", "share: with %d newcomers it is %g, not a finite number of at least 0", k, x)
		}
	}
	return e, nil
}

// ring reads the members' names.
func (d *decoder) ring(n *node, m *mechanisms.Market) ([]int, error) {
	if n.form != list || len(n.items) < 2 {
		return nil, d.fail(n, "write ring: all, or ring: [Alice, Bob]", "ring: expected all or a list of two agents or more, found %s", n.is())
	}
	if len(n.items) > len(m.Agents) {
		return nil, d.fail(n, "", "ring: %d members of %d agents", len(n.items), len(m.Agents))
	}
	index := make(map[string]int, len(m.Agents))
	names := make([]string, len(m.Agents))
	for i := range m.Agents {
		index[m.Agents[i].Name] = i
		names[i] = m.Agents[i].Name
	}
	in := map[int]bool{}
	ring := make([]int, 0, len(n.items))
	for _, item := range n.items {
		i, ok := index[item.text]
		if !ok {
			hint := ""
			if c := closest(item.text, names[:min(len(names), 1000)]); c != "" {
				hint = "did you mean " + strconv.Quote(c) + "?"
			}
			return nil, d.fail(item, hint, "ring: there is no agent %s", item.is())
		}
		if in[i] {
			return nil, d.fail(item, "", "ring: %s is in it twice", item.is())
		}
		in[i] = true
		ring = append(ring, i)
	}
	slices.Sort(ring)
	return ring, nil
}
