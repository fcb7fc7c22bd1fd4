package study

import (
	"strconv"

	"allot/mechanisms"
)

// Cartel is an off-chain agreement as a study names it.
type Cartel struct {
	// Ring are the members, as indices into the market's agents; nil means all.
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
}

// cartel reads the cartel block.
func (d *decoder) cartel(n *node, m *mechanisms.Market) (*Cartel, error) {
	keys, err := d.keys(n, "cartel", "ring", "bid", "transfers", "discounts", "shadow")
	if err != nil {
		return nil, err
	}
	c := &Cartel{}
	members := len(m.Agents)
	if v, ok := keys["ring"]; ok && !(v.form == plain && v.text == "all") {
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
	return c, nil
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
	return ring, nil
}
