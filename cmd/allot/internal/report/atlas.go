package report

import (
	"fmt"
	"math"

	"allot/solver/search"
)

type atlasJSON struct {
	Objective   string      `json:"objective"`
	X           dialJSON    `json:"x"`
	Y           dialJSON    `json:"y"`
	Places      []placeJSON `json:"places"`
	Evaluations int         `json:"evaluations"`
	Stopped     bool        `json:"stopped"`
}

type dialJSON struct {
	Name   string   `json:"name"`
	Values []Number `json:"values"`
}

type placeJSON struct {
	X      Number `json:"x"`
	Y      Number `json:"y"`
	Status string `json:"status"`
	// Mechanism is the position of the best among the study's, from 0; -1 for none.
	Mechanism int            `json:"mechanism"`
	Best      *candidateJSON `json:"best,omitempty"`
	Bound     boundJSON      `json:"bound"`
}

// Atlas is the document of a map.
func Atlas(p *search.Problem, a *search.Atlas) *Document {
	data := &atlasJSON{Objective: p.Objective.Name(), X: dial(a.X), Y: dial(a.Y), Evaluations: a.Evaluations, Stopped: a.Stopped}
	d := &Document{Data: data, Records: [][]string{{a.X.Name, a.Y.Name, "status", "mechanism", p.Objective.Name(), "parameters"}}}
	shown := make([]bool, len(p.Spaces))
	corner := a.Y.Name + " \\ " + a.X.Name
	which := Table{Heading: "Best mechanism", Columns: []string{corner}}
	worth := Table{Heading: p.Objective.Name(), Columns: []string{corner}}
	for _, x := range a.X.Values {
		which.Columns = append(which.Columns, Digits(x))
		worth.Columns = append(worth.Columns, Digits(x))
	}
	for j, row := range a.Places {
		y := a.Y.Values[j]
		names, amounts := []Cell{Amount(y)}, []Cell{Amount(y)}
		for i, place := range row {
			out := placeJSON{X: Number(a.X.Values[i]), Y: Number(y), Status: string(place.Status), Mechanism: place.Space,
				Bound: boundJSON{Value: Number(place.Bound.Value), Gap: Number(place.Bound.Gap), Method: place.Bound.Method}}
			record := []string{Exact(a.X.Values[i]), Exact(y), string(place.Status), "", "", ""}
			if place.Best == nil {
				out.Bound.Gap = Number(math.NaN())
				names, amounts = append(names, Text("-")), append(amounts, Text("-"))
			} else {
				out.Best = candidateData(place.Best, nil)
				shown[place.Space] = true
				names = append(names, Text(letter(place.Space)))
				amounts = append(amounts, Amount(place.Best.Objective))
				record[3], record[4], record[5] = place.Best.Family, Exact(place.Best.Objective), Mechanism(place.Best)
			}
			data.Places = append(data.Places, out)
			d.Records = append(d.Records, record)
		}
		which.Rows, worth.Rows = append(which.Rows, names), append(worth.Rows, amounts)
	}
	d.Facts = append(d.Facts, Fact{"objective", p.Objective.Name()})
	for space, s := range p.Spaces {
		if shown[space] {
			d.Facts = append(d.Facts, Fact{letter(space), fmt.Sprintf("mechanism %d of the study, %s, for instance %s", space+1, s.Family(), Mechanism(instance(a, space)))})
		}
	}
	d.Facts = append(d.Facts, Fact{"effort", fmt.Sprintf("%d evaluations in %d searches", a.Evaluations, len(data.Places))})
	d.Tables = []Table{which, worth}
	return d
}

// instance is the first place at which a space is best.
func instance(a *search.Atlas, space int) *search.Candidate {
	for _, row := range a.Places {
		for _, p := range row {
			if p.Space == space && p.Best != nil {
				return p.Best
			}
		}
	}
	return &search.Candidate{}
}

// letter is A, B, ..., Z, AA, ...
func letter(k int) string {
	if k < 26 {
		return string(rune('A' + k))
	}
	return letter(k/26-1) + letter(k%26)
}

func dial(d search.Dial) dialJSON {
	out := dialJSON{Name: d.Name}
	for _, v := range d.Values {
		out.Values = append(out.Values, Number(v))
	}
	return out
}
