package report

import (
	"fmt"
	"strconv"
	"strings"

	"allot/solver/search"
)

type comparisonJSON struct {
	Objective  string           `json:"objective"`
	Candidates []*candidateJSON `json:"candidates"`
	// Likeness is a square: how alike candidates i and j are.
	Likeness [][]string  `json:"likeness"`
	Classes  []classJSON `json:"classes"`
	Markets  int         `json:"sampledMarkets"`
	Signals  int         `json:"sampledSignals"`
	Warnings []string    `json:"warnings"`
}

type classJSON struct {
	Likeness string `json:"likeness"`
	// Members are positions among the candidates, from 0.
	Members []int `json:"members"`
}

// Comparison is the document of mechanisms side by side.
func Comparison(p *search.Problem, c *search.Comparison) *Document {
	all := searchData(p, c.Report, nil)
	data := &comparisonJSON{
		Objective: all.Objective, Candidates: all.Candidates, Markets: c.Markets, Signals: c.Signals,
		Warnings: all.Warnings, Classes: []classJSON{},
	}
	for _, row := range c.Likeness {
		words := make([]string, len(row))
		for j, l := range row {
			words[j] = l.String()
		}
		data.Likeness = append(data.Likeness, words)
	}
	d := &Document{Data: data, Records: searchRecords(all)}
	d.Facts = append(d.Facts, Fact{"objective", p.Objective.Name()})

	t := Table{Heading: "Side by side", Columns: []string{"#", "revenue", "welfare", "fairness", "largest win", "epsilon", "mechanism"}}
	for i, k := range c.Candidates {
		largest := 0.0
		for _, a := range k.Equilibrium.Agents {
			largest = max(largest, a.Win)
		}
		metric := func(name string) Cell {
			if x, ok := k.Metrics[name]; ok {
				return Amount(x)
			}
			return Text("-")
		}
		epsilon := k.Equilibrium.Status
		if epsilon == "certified" {
			epsilon = fmt.Sprintf("%.2g", k.Equilibrium.Relative)
		}
		t.Rows = append(t.Rows, []Cell{Text(strconv.Itoa(i + 1)), metric("revenue"), metric("welfare"), metric("fairness"), Amount(largest), Text(epsilon), Text(Mechanism(k))})
	}
	d.Tables = append(d.Tables, t)

	alike := Table{Heading: "What is the same", Columns: []string{"mechanisms", "how alike"}}
	listed := make(map[string]bool)
	for _, level := range []search.Likeness{search.SameRule, search.SameEverywhere, search.SameOutcome, search.SameRevenue} {
		for _, class := range c.Classes(level) {
			names := make([]string, len(class))
			for k, i := range class {
				names[k] = strconv.Itoa(i + 1)
			}
			text := strings.Join(names, ", ")
			if len(class) < 2 || listed[text] {
				continue
			}
			listed[text] = true
			data.Classes = append(data.Classes, classJSON{Likeness: level.String(), Members: class})
			alike.Rows = append(alike.Rows, []Cell{Text(text), Text(level.String())})
		}
	}
	if len(alike.Rows) > 0 {
		d.Tables = append(d.Tables, alike)
	} else {
		d.Facts = append(d.Facts, Fact{"alike", "no two of these mechanisms bring the same"})
	}
	d.Facts = append(d.Facts, Fact{"sampled", sampled(c)})
	d.Remarks = remarks(c.Report)
	return d
}

func sampled(c *search.Comparison) string {
	text := fmt.Sprintf("rules on %d vectors of signals", c.Signals)
	if c.Markets > 0 {
		text += fmt.Sprintf(", outcomes in %d other markets of as many agents", c.Markets)
	}
	return text + ", to 1e-9 of the largest value"
}
