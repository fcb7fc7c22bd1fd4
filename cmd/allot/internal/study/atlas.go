package study

import (
	"allot/mechanisms"
	"allot/solver/search"
)

// Atlas are the two parameters of a market that a map varies.
type Atlas struct{ X, Y search.Dial }

// maxSteps bounds one side of a map.
const maxSteps = 100

// dials are the numbers of a market that a map can vary, besides agents' values.
var dials = map[string]struct {
	unit bool
	turn func(m *mechanisms.Market, v float64)
}{
	"concealmentCost": {false, func(m *mechanisms.Market, v float64) { m.ConcealmentCost = v }},
	"discount":        {true, func(m *mechanisms.Market, v float64) { m.Discount = v }},
	"persistence":     {true, func(m *mechanisms.Market, v float64) { m.Persistence = v }},
	"premium":         {false, func(m *mechanisms.Market, v float64) { m.Premium = v }},
	"spite": {false, func(m *mechanisms.Market, v float64) { // the same for all
		for i := range m.Agents {
			m.Agents[i].Spite = v
		}
	}},
}

// atlas reads the map block: {x: DIAL, y: DIAL}, a dial being an agent's value or
// a number of the market, {agent: Bob, from: 5, to: 30, steps: 6} or {market: premium, ...}.
func (d *decoder) atlas(n *node, m *mechanisms.Market) (*Atlas, error) {
	keys, err := d.keys(n, "map", "x", "y")
	if err != nil {
		return nil, err
	}
	a := &Atlas{}
	for _, side := range []struct {
		key  string
		into *search.Dial
	}{{"x", &a.X}, {"y", &a.Y}} {
		v, ok := keys[side.key]
		if !ok {
			return nil, d.fail(n, "write map: {x: {agent: NAME, from: 1, to: 9, steps: 5}, y: {...}}", "map: there is no %s", side.key)
		}
		if *side.into, err = d.dial(v, side.key, m); err != nil {
			return nil, err
		}
	}
	if a.X.Name == a.Y.Name {
		return nil, d.fail(keys["y"], "a map varies two things", "y: the %s is varied by x already", a.Y.Name)
	}
	return a, nil
}

func (d *decoder) dial(n *node, what string, m *mechanisms.Market) (search.Dial, error) {
	var out search.Dial
	keys, err := d.keys(n, what, "agent", "market", "from", "to", "steps")
	if err != nil {
		return out, err
	}
	unit := false
	agent, byAgent := keys["agent"]
	number, byMarket := keys["market"]
	switch {
	case byAgent == byMarket:
		return out, d.fail(n, "write agent: NAME or market: concealmentCost", "%s: expected an agent or a number of the market, one of them", what)
	case byAgent:
		at := -1
		names := make([]string, 0, min(len(m.Agents), 1000))
		for i := range m.Agents {
			if m.Agents[i].Name == agent.text {
				at = i
			}
			if i < cap(names) {
				names = append(names, m.Agents[i].Name)
			}
		}
		if at < 0 {
			return out, d.fail(agent, suggest(agent.text, names), "%s: there is no agent %s", what, agent.is())
		}
		out.Name = "value of " + agent.text
		out.Turn = func(m *mechanisms.Market, v float64) { m.Agents[at].Value = mechanisms.Point(v) }
	default:
		known, ok := dials[number.text]
		if !ok {
			return out, d.fail(number, suggest(number.text, []string{"concealmentCost", "discount", "persistence", "premium", "spite"}),
				"%s: expected concealmentCost, discount, persistence, premium or spite, found %s", what, number.is())
		}
		out.Name, out.Turn, unit = number.text, known.turn, known.unit
	}
	ends := [2]float64{}
	for k, key := range []string{"from", "to"} {
		v, ok := keys[key]
		if !ok {
			return out, d.fail(n, "", "%s: there is no %s", what, key)
		}
		if unit {
			ends[k], err = d.fraction(v, key, false)
		} else {
			ends[k], err = d.positive(v, key)
		}
		if err != nil {
			return out, err
		}
	}
	if ends[0] > ends[1] {
		return out, d.fail(keys["to"], "", "%s: the range from %g to %g is empty", what, ends[0], ends[1])
	}
	steps := 5
	if v, ok := keys["steps"]; ok {
		if steps, err = d.whole(v, "steps", 1, maxSteps); err != nil {
			return out, err
		}
	}
	if steps == 1 && ends[0] != ends[1] {
		return out, d.fail(keys["steps"], "", "%s: one step has no room from %g to %g", what, ends[0], ends[1])
	}
	for k := range steps {
		v := ends[0]
		if k == steps-1 {
			v = ends[1]
		} else if k > 0 {
			v += (ends[1] - ends[0]) * float64(k) / float64(steps-1)
		}
		out.Values = append(out.Values, v)
	}
	return out, nil
}
