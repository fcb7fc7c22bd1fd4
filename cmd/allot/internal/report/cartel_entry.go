package report

import (
	"fmt"

	"allot/solver/cartel"
)

// shownAttacks is how many of a member's attacks a table shows.
const shownAttacks = 4

// survival says what becomes of the agreement that admits newcomers.
func (c *Cartel) survival(n names) string {
	e := c.Entry
	if e.Survives {
		text := "an agreement that admits newcomers survives"
		if e.Invented > 0 {
			text += fmt.Sprintf(", though %s invents %d", n[e.Leader], e.Invented)
		}
		return text
	}
	var spoilers []int
	for _, p := range append(append([]cartel.Plan(nil), e.Plans...), e.After...) {
		if p.Agent != e.Leader && !p.Pays() || p.Agent == e.Leader && !p.Ends {
			continue
		}
		known := false
		for _, i := range spoilers {
			known = known || i == p.Agent
		}
		if !known {
			spoilers = append(spoilers, p.Agent)
		}
	}
	return "an agreement that admits newcomers does not survive: departing pays for " + n.list(spoilers)
}

// bound lists N(t).
func (c *Cartel) bound() string {
	if len(c.Bound) == 1 {
		return fmt.Sprintf("up to %d members", c.Bound[0])
	}
	if len(c.Bound) > 8 {
		return fmt.Sprintf("up to %d members at first, %d in the end", c.Bound[0], c.Bound[len(c.Bound)-1])
	}
	return fmt.Sprintf("up to %v members in periods 0, 1, ...", c.Bound)
}

// plan is a best plan in words.
func plan(p cartel.Plan, leads bool) string {
	if !p.Pays() {
		return "complies"
	}
	text := ""
	if p.Invented > 0 {
		text = fmt.Sprintf("invents %d", p.Invented)
	}
	if !p.Ends {
		return text + ", then complies"
	}
	end := "takes the right and ends it"
	if leads {
		end = "keeps the transfers and ends it"
	}
	if text == "" {
		return end
	}
	return text + ", then " + end
}

// attack is an attack in words.
func attack(a cartel.Attack, leads bool) string {
	wins := a.Invented
	if a.Ends {
		wins++
	}
	return plan(cartel.Plan{Invented: a.Invented, Ends: a.Ends, Wins: wins}, leads)
}

// entry are the tables about newcomers.
func (c *Cartel) entry(n names) []Table {
	e := c.Entry
	if e == nil {
		return nil
	}
	size := c.size()
	states := Table{
		Heading: fmt.Sprintf("Newcomers: the leader signals %s and pays %s to each, %s", Digits(c.EntryBid), c.Schedule, c.bound()),
		Columns: []string{"newcomers", "for each", "paid in all", n[e.Leader] + " keeps", "nobody ends it from"},
	}
	shown, more := few(e.States)
	for _, s := range shown {
		worst := 0.0
		for _, b := range s.Breach {
			worst = max(worst, b)
		}
		states.Rows = append(states.Rows, []Cell{Text(fmt.Sprint(s.Newcomers)), Near(s.Share, size), Near(s.Total, size), Near(s.Keeps, size), patient(worst)})
	}
	if more > 0 {
		states.Rows = append(states.Rows, []Cell{Text("..."), Text(""), Text(""), Text(""), Text("")})
	}
	plans := Table{
		Heading: "Each member's best plan, at its own discount factor",
		Columns: []string{"member", "discount", "complying", "best plan brings", "best plan"},
	}
	attacks := Table{
		Heading: "Discount factors at which an attack pays, if the others comply",
		Columns: []string{"member", "above", "and below", "attack"},
	}
	members, left := few(e.Plans)
	for _, p := range members {
		leads := p.Agent == e.Leader
		plans.Rows = append(plans.Rows, []Cell{Text(n[p.Agent]), Amount(p.Discount), Near(p.Comply, size), Near(p.Value, size), Text(plan(p, leads))})
		list := p.Attacks
		if len(list) > shownAttacks { // the first ones, and the one that ends it
			list = append(append([]cartel.Attack(nil), list[:shownAttacks-1]...), list[len(list)-1])
		}
		for _, a := range list {
			row := []Cell{Text(n[p.Agent]), Amount(a.From), Amount(a.Below), Text(attack(a, leads))}
			if !(a.From < a.Below) {
				row[1], row[2] = Text("never"), Text("never")
			}
			attacks.Rows = append(attacks.Rows, row)
		}
	}
	if left > 0 {
		plans.Rows = append(plans.Rows, []Cell{Text(fmt.Sprintf("%d others", left)), Text(""), Text(""), Text(""), Text("")})
	}
	for _, p := range e.After {
		if p.Pays() && len(plans.Rows) <= 2*shownAgents {
			plans.Rows = append(plans.Rows, []Cell{
				Text(n[p.Agent]), Amount(p.Discount), Near(p.Comply, size), Near(p.Value, size),
				Text(fmt.Sprintf("%s, once %s has invented %d", plan(p, false), n[e.Leader], e.Invented)),
			})
		}
	}
	tables := []Table{states, plans, attacks}
	if len(e.Arrivals) > 0 {
		t := Table{Heading: "Newcomers of known value", Columns: []string{"value", "joining", "competing", "what it does"}}
		for _, a := range e.Arrivals {
			does := "competes"
			if a.Joins {
				does = "joins"
				if a.Leads {
					does = "joins and leads"
				}
			}
			t.Rows = append(t.Rows, []Cell{Near(a.Value, size), Near(a.Joining, size), Near(a.Refusing, size), Text(does)})
		}
		tables = append(tables, t)
	}
	return tables
}
