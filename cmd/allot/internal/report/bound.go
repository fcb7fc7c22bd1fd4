package report

import (
	"fmt"
	"math"

	"allot/solver/search"
)

type boundsJSON struct {
	Objective string         `json:"objective"`
	Bound     boundJSON      `json:"bound"`
	Optimum   *optimumJSON   `json:"optimum,omitempty"`
	Frontier  []frontierJSON `json:"frontier"`
}

type optimumJSON struct {
	Revenue Number        `json:"revenue"`
	Welfare Number        `json:"welfare"`
	Unsold  Number        `json:"unsold"`
	Ironed  bool          `json:"ironed"`
	Agents  []reserveJSON `json:"agents"`
}

type reserveJSON struct {
	Name    string `json:"name"`
	Reserve Number `json:"reserve"`
	Win     Number `json:"win"`
}

type frontierJSON struct {
	Revenue  Number `json:"revenue"`
	Welfare  Number `json:"welfare"`
	Fairness Number `json:"fairness"`
}

// Bounds is the document of the upper bounds over all mechanisms.
func Bounds(p *search.Problem, b *search.Bounds) *Document {
	data := &boundsJSON{
		Objective: p.Objective.Name(),
		Bound:     boundJSON{Value: Number(b.Bound.Value), Gap: Number(math.NaN()), Method: b.Bound.Method},
		Frontier:  []frontierJSON{},
	}
	d := &Document{Data: data}
	d.Facts = append(d.Facts, Fact{"objective", p.Objective.Name()}, Fact{"bound", bound(&search.Report{Bound: b.Bound})})
	if o := b.Optimum; o != nil {
		data.Optimum = &optimumJSON{Revenue: Number(o.Revenue), Welfare: Number(o.Welfare), Unsold: Number(o.Unsold), Ironed: o.Ironed}
		t := Table{Heading: "The mechanism of most revenue (Myerson 1981)", Columns: []string{"agent", "reserve", "wins"}}
		for i, a := range p.Market.Agents {
			data.Optimum.Agents = append(data.Optimum.Agents, reserveJSON{Name: a.Name, Reserve: Number(o.Reserves[i]), Win: Number(o.Win[i])})
			t.Rows = append(t.Rows, []Cell{Text(a.Name), Amount(o.Reserves[i]), Amount(o.Win[i])})
		}
		ironed := ""
		if o.Ironed {
			ironed = ", virtual values ironed"
		}
		d.Facts = append(d.Facts, Fact{"optimum", fmt.Sprintf("revenue %s, welfare %s, unsold %s%s", Digits(o.Revenue), Digits(o.Welfare), Digits(o.Unsold), ironed)})
		d.Tables = append(d.Tables, t)
	}
	if len(b.Frontier) > 0 {
		other := "welfare"
		if b.Optimum == nil {
			other = "fairness"
		}
		t := Table{Heading: "Frontier: no mechanism brings more revenue at as much " + other, Columns: []string{"revenue", other}}
		for _, x := range b.Frontier {
			data.Frontier = append(data.Frontier, frontierJSON{Number(x.Revenue), Number(x.Welfare), Number(x.Fairness)})
			y := x.Welfare
			if b.Optimum == nil {
				y = x.Fairness
			}
			t.Rows = append(t.Rows, []Cell{Amount(x.Revenue), Amount(y)})
		}
		d.Tables = append(d.Tables, t)
	}
	return d
}
