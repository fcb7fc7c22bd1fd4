package report

import (
	"fmt"
	"math"
	"strconv"
	"strings"

	"allot/cmd/allot/internal/reproduce"
)

type sourceJSON struct {
	Name     string `json:"name"`
	Citation string `json:"citation"`
	Done     string `json:"done"`
	Seen     string `json:"seen"`
	// Agrees, differs, unpublished and unexplained count the rows by verdict.
	Agrees      int             `json:"agrees"`
	Differs     int             `json:"differs"`
	Unpublished int             `json:"unpublished"`
	Unexplained int             `json:"unexplained"`
	Equilibria  equilibriaJSON  `json:"equilibria"`
	Rows        []publishedJSON `json:"rows"`
	Tables      []sideTableJSON `json:"tables"`
	Notes       []string        `json:"notes"`
}

type equilibriaJSON struct {
	Certified   int `json:"certified"`
	Approximate int `json:"approximate"`
	// Epsilon is the largest certified, as a share of E max v.
	Epsilon Number `json:"epsilon"`
}

type publishedJSON struct {
	Quantity  string `json:"quantity"`
	Ours      Number `json:"ours"`
	Theirs    Number `json:"theirs"`
	Claim     string `json:"claim,omitempty"`
	Source    string `json:"source"`
	Tolerance Number `json:"tolerance"`
	Verdict   string `json:"verdict"`
	Reason    string `json:"reason,omitempty"`
	// Instead is what the reason leads to.
	Instead Number `json:"instead"`
}

type sideTableJSON struct {
	Heading string   `json:"heading"`
	Columns []string `json:"columns"`
	Rows    [][]any  `json:"rows"`
}

type reproductionsJSON struct {
	Entries     []*sourceJSON `json:"entries"`
	Agrees      int           `json:"agrees"`
	Differs     int           `json:"differs"`
	Unpublished int           `json:"unpublished"`
	Unexplained int           `json:"unexplained"`
}

// Reproductions is the document of all sources: what comes of each, and every row on
// which ours and theirs differ.
func Reproductions(entries []*reproduce.Entry) *Document {
	data := &reproductionsJSON{Entries: []*sourceJSON{}}
	d := &Document{Data: data, Records: [][]string{rowColumns}}
	t := Table{Heading: "Published results, ours beside theirs", Columns: []string{"source", "agrees", "differs", "no number", "unexplained", "verdict"}}
	for _, e := range entries {
		k := entryData(e)
		data.Entries = append(data.Entries, k)
		data.Agrees += k.Agrees
		data.Differs += k.Differs
		data.Unpublished += k.Unpublished
		data.Unexplained += k.Unexplained
		t.Rows = append(t.Rows, []Cell{Text(e.Name), count(k.Agrees), count(k.Differs), count(k.Unpublished), count(k.Unexplained), Text(summary(k))})
		d.Records = append(d.Records, rowRecords(e)...)
		for _, r := range e.Rows {
			if r.Verdict == reproduce.Differs || r.Verdict == reproduce.Unexplained {
				d.Remarks = append(d.Remarks, e.Name+": "+difference(r))
			}
		}
	}
	d.Tables = append(d.Tables, t)
	d.Facts = append(d.Facts,
		Fact{"sources", strconv.Itoa(len(entries))},
		Fact{"rows", fmt.Sprintf("%d agree, %d differ for a known reason, %d have no published number, %d differ without a reason", data.Agrees, data.Differs, data.Unpublished, data.Unexplained)})
	return d
}

// Reproduction is the document of one source.
func Reproduction(e *reproduce.Entry) *Document {
	data := entryData(e)
	d := &Document{Data: data, Records: append([][]string{rowColumns}, rowRecords(e)...)}
	d.Facts = append(d.Facts,
		Fact{"source", e.Citation},
		Fact{"done", e.Done},
		Fact{"seen", e.Seen},
		Fact{"verdict", summary(data)},
	)
	if e.Certified+e.Approximate > 0 {
		text := fmt.Sprintf("%d certified, epsilon at most %.2g of E max v", e.Certified, e.Epsilon)
		if e.Approximate > 0 {
			text += fmt.Sprintf("; %d without a proof", e.Approximate)
		}
		d.Facts = append(d.Facts, Fact{"equilibria", text})
	}
	t := Table{Heading: "Ours beside theirs (* from a formula of theirs)", Columns: []string{"quantity", "ours", "theirs", "within", "verdict"}}
	given := map[string]int{}
	for _, r := range e.Rows {
		quantity := r.Quantity
		if text := reason(r); text != "" {
			if given[text] == 0 {
				given[text] = len(given) + 1
				d.Remarks = append(d.Remarks, fmt.Sprintf("[%d] %s", given[text], text))
			}
			quantity += fmt.Sprintf(" [%d]", given[text])
		}
		t.Rows = append(t.Rows, beside(quantity, r)...)
	}
	d.Tables = append(d.Tables, t)
	for _, s := range e.Tables {
		d.Tables = append(d.Tables, side(s))
	}
	d.Remarks = append(d.Remarks, e.Notes...)
	return d
}

// beside is a row in as many lines as its quantity and its claim take.
func beside(quantity string, r reproduce.Row) [][]Cell {
	theirs, within := Text("-"), Text("-")
	switch {
	case r.Claim != "":
		theirs = Text("") // below
	case !math.IsNaN(r.Theirs):
		theirs, within = Text(Digits(r.Theirs)), Text(strconv.FormatFloat(r.Tolerance, 'g', 2, 64))
		if r.Derived {
			theirs = Text(Digits(r.Theirs) + "*")
		}
	}
	verdict := r.Verdict.String()
	switch r.Verdict {
	case reproduce.Unpublished:
		verdict = "no number"
	case reproduce.Unexplained:
		verdict = "unexplained"
	}
	lines, claim := wrap(quantity, 44), []string(nil)
	if r.Claim != "" {
		claim = wrap(r.Claim, 20)
	}
	var rows [][]Cell
	for k := range max(len(lines), len(claim)) {
		row := []Cell{Text(""), Text(""), Text(""), Text(""), Text("")}
		if k == 0 {
			row = []Cell{Text(""), Near(r.Ours, 1), theirs, within, Text(verdict)}
		}
		if k < len(lines) {
			row[0] = Text(strings.Repeat(" ", 2*min(k, 1)) + lines[k])
		}
		if k < len(claim) {
			row[2] = Text(claim[k])
		}
		rows = append(rows, row)
	}
	return rows
}

// side is a table that stands beside the rows.
func side(s reproduce.Table) Table {
	t := Table{Heading: s.Heading, Columns: s.Columns}
	for _, row := range s.Rows {
		cells := make([]Cell, len(row))
		for k, x := range row {
			switch x := x.(type) {
			case float64:
				cells[k] = Near(x, 1)
			case int:
				cells[k] = count(x)
			default:
				cells[k] = Text(fmt.Sprint(x))
			}
		}
		t.Rows = append(t.Rows, cells)
	}
	return t
}

func count(n int) Cell { return Amount(float64(n)) }

func summary(k *sourceJSON) string {
	switch {
	case k.Unexplained > 0:
		return "differs, unexplained"
	case k.Differs > 0:
		return "agrees but for known reasons"
	case k.Agrees > 0:
		return "agrees"
	}
	return "no published number"
}

// difference is a row in a sentence.
func difference(r reproduce.Row) string {
	theirs := r.Claim
	if theirs == "" {
		theirs = Digits(r.Theirs)
	}
	text := fmt.Sprintf("%s: ours %s, theirs %s", r.Quantity, Digits(r.Ours), theirs)
	if r.Reason != "" {
		text += ": " + r.Reason
	}
	return text
}

// reason adds to a reason the number that it leads to, where ours is another.
func reason(r reproduce.Row) string {
	if r.Verdict == reproduce.Unexplained && !math.IsNaN(r.Instead) {
		return fmt.Sprintf("%s (which gives %s, not ours)", r.Reason, Digits(r.Instead))
	}
	return r.Reason
}

var rowColumns = []string{"source", "quantity", "ours", "theirs", "claim", "from", "tolerance", "verdict", "reason"}

func rowRecords(e *reproduce.Entry) [][]string {
	var records [][]string
	for _, r := range e.Rows {
		tolerance := ""
		if !math.IsNaN(r.Theirs) {
			tolerance = Exact(r.Tolerance)
		}
		records = append(records, []string{e.Name, r.Quantity, Exact(r.Ours), Exact(r.Theirs), r.Claim, origin(r), tolerance, r.Verdict.String(), r.Reason})
	}
	return records
}

// origin says where a published number is from.
func origin(r reproduce.Row) string {
	switch {
	case r.Claim != "":
		return "claim"
	case math.IsNaN(r.Theirs):
		return "none"
	case r.Derived:
		return "formula"
	}
	return "printed"
}

func entryData(e *reproduce.Entry) *sourceJSON {
	k := &sourceJSON{
		Name: e.Name, Citation: e.Citation, Done: e.Done, Seen: e.Seen,
		Agrees: e.Count(reproduce.Agrees), Differs: e.Count(reproduce.Differs),
		Unpublished: e.Count(reproduce.Unpublished), Unexplained: e.Count(reproduce.Unexplained),
		Equilibria: equilibriaJSON{e.Certified, e.Approximate, Number(e.Epsilon)},
		Rows:       []publishedJSON{}, Tables: []sideTableJSON{}, Notes: append([]string{}, e.Notes...),
	}
	for _, r := range e.Rows {
		k.Rows = append(k.Rows, publishedJSON{r.Quantity, Number(r.Ours), Number(r.Theirs), r.Claim, origin(r), Number(r.Tolerance), r.Verdict.String(), r.Reason, Number(r.Instead)})
	}
	for _, t := range e.Tables {
		rows := make([][]any, len(t.Rows))
		for i, row := range t.Rows {
			rows[i] = make([]any, len(row))
			for j, x := range row {
				if number, ok := x.(float64); ok {
					x = Number(number)
				}
				rows[i][j] = x
			}
		}
		k.Tables = append(k.Tables, sideTableJSON{t.Heading, t.Columns, rows})
	}
	return k
}
