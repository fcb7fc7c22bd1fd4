package report

import (
	"fmt"
	"math"
	"strconv"
	"strings"

	"allot/solver/equilibrium/slots"
)

// Cooled is a mechanism played slot after slot under a cooldown, with some number of
// identities for each agent.
type Cooled struct {
	// Alike is how many identities every agent has, 0 where they are those of the study.
	Alike      int
	Identities []int
	Chain      slots.Chain
	// Reason says why there is no chain, "" where there is.
	Reason string
	// tried says that agents were tried as the only one with so many identities;
	// Alone is the one that gains most by it, and Gain how much per slot.
	tried bool
	Alone int
	Gain  float64
}

// Try notes what an agent gains as the only one with so many identities.
func (c *Cooled) Try(agent int, gain float64) {
	if !c.tried || gain > c.Gain {
		c.tried, c.Alone, c.Gain = true, agent, gain
	}
}

// unsold is the share of slots that nobody wins.
func (c *Cooled) unsold() float64 {
	left := 1.0
	for _, t := range c.Chain.Shares {
		left -= t
	}
	if math.Abs(left) < 1e-12 {
		return 0
	}
	return left
}

type cooldownJSON struct {
	Slots int          `json:"slots"`
	Rows  []cooledJSON `json:"rows"`
}

type cooledJSON struct {
	// Identities are each agent's, in the market's order.
	Identities []int    `json:"identities"`
	Exposure   Number   `json:"exposure"`
	RunLength  Number   `json:"runLength"`
	Gain       Number   `json:"gain"`
	Revenue    Number   `json:"revenue"`
	Unsold     Number   `json:"unsold"`
	Shares     []Number `json:"shares"`
	Payoffs    []Number `json:"payoffs"`
	// Alone gains the most as the only agent with more than one identity.
	Alone     string `json:"alone,omitempty"`
	AloneGain Number `json:"aloneGain"`
	Note      string `json:"note,omitempty"`
}

func cooldownData(n names, s *Succession) *cooldownJSON {
	if s.Cooled == nil {
		return nil
	}
	out := &cooldownJSON{Slots: s.Cooldown, Rows: []cooledJSON{}}
	for _, c := range s.Cooled {
		nan := Number(math.NaN())
		row := cooledJSON{Identities: c.Identities, Exposure: nan, RunLength: nan, Gain: nan, Revenue: nan, Unsold: nan, AloneGain: nan, Note: c.Reason}
		if c.Reason == "" {
			row.Exposure, row.RunLength, row.Gain, row.Revenue, row.Unsold = Number(c.Chain.Exposure), Number(c.Chain.RunLength), Number(c.Chain.Gain), Number(c.Chain.Revenue), Number(c.unsold())
			row.Shares, row.Payoffs = numbers(c.Chain.Shares), numbers(c.Chain.Payoffs)
		}
		if c.tried {
			row.Alone, row.AloneGain = n[c.Alone], Number(c.Gain)
		}
		out.Rows = append(out.Rows, row)
	}
	return out
}

// cooled are the tables of mechanisms under a cooldown, one each, and remarks on what they
// leave out.
func cooled(label string, n names, s *Succession) (tables []Table, notes []string) {
	if s.Cooled == nil {
		return nil, nil
	}
	t := Table{
		Heading: fmt.Sprintf("Under %s, an identity that won a slot sits out the next %s", label, plural(s.Cooldown, "slot")),
		Columns: []string{"identities each", "wins again", "premium", "revenue", "unsold", "gains alone", "shares"},
	}
	if rule := s.Cooled[0].Chain.Selection; rule != "" {
		t.Heading += " (" + rule + ")"
	}
	size := 0.0
	for _, v := range s.Values {
		size = math.Max(size, v)
	}
	reasons := map[string]int{} // where each stands among the notes
	for _, c := range s.Cooled {
		if c.Reason != "" {
			k, said := reasons[c.Reason]
			switch {
			case c.Identities == nil:
				notes = append(notes, "cooldown: "+c.Reason)
			case !said:
				reasons[c.Reason] = len(notes)
				notes = append(notes, "cooldown, identities "+c.label()+": "+c.Reason)
			default:
				notes[k] = strings.Replace(notes[k], ": ", ", "+c.label()+": ", 1)
			}
			continue
		}
		alone := Text("-")
		if c.tried {
			alone = Text(Digits(rounded(c.Gain, 1e3*size)) + " " + n[c.Alone])
		}
		t.Rows = append(t.Rows, []Cell{
			Text(c.label()), Near(c.Chain.Exposure, 1), Near(c.Chain.Gain, size), Near(c.Chain.Revenue, size), Amount(c.unsold()), alone, Text(spread(c.Chain.Shares)),
		})
	}
	if len(t.Rows) == 0 {
		return nil, notes
	}
	return []Table{t}, notes
}

func (c *Cooled) label() string {
	if c.Alike > 0 {
		return strconv.Itoa(c.Alike)
	}
	return "the study's"
}

// spread lists shares of a few agents, or the largest of many.
func spread(shares []float64) string {
	top := 0.0
	var all []string
	for _, t := range shares {
		top = math.Max(top, t)
		all = append(all, strconv.FormatFloat(t, 'g', 4, 64))
	}
	if len(shares) > 4 {
		return fmt.Sprintf("at most %.4g", top)
	}
	return strings.Join(all, ", ")
}

func plural(k int, what string) string {
	if k == 1 {
		return what
	}
	return fmt.Sprintf("%d %ss", k, what)
}
