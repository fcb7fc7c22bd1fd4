package report

import "strconv"

// records are a contract as CSV, one value a row: the place of the mechanism, its family, what
// kind of value, whose, which and what.
type records struct {
	rows          [][]string
	place, family string
}

// newRecords begins with the columns; place is what the first counts.
func newRecords(place string) *records {
	return &records{rows: [][]string{{place, "family", "kind", "name", "field", "value"}}}
}

// about says what the next rows are about.
func (r *records) about(place int, family string) { r.place, r.family = strconv.Itoa(place), family }

func (r *records) put(kind, name, field, value string) {
	r.rows = append(r.rows, []string{r.place, r.family, kind, name, field, value})
}

func (r *records) number(kind, name, field string, x Number) {
	r.put(kind, name, field, Exact(float64(x)))
}

func (r *records) truth(kind, name, field string, b bool) {
	r.put(kind, name, field, strconv.FormatBool(b))
}

func (r *records) notes(list []string) {
	for _, note := range list {
		r.put("note", "", "text", note)
	}
}

// numbers are a contract's list.
func numbers(xs []float64) []Number {
	list := make([]Number, len(xs))
	for i, x := range xs {
		list[i] = Number(x)
	}
	return list
}
