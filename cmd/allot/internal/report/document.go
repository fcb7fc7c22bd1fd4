// Package report writes results: as tables for a terminal, JSON (the contract
// with other programs), CSV, Markdown and LaTeX.
//
// A command fills a [Document]; the formats know nothing of what is in it. Tables
// show 7 significant digits, JSON and CSV every digit. What is not a number is
// never written as one: null in JSON, empty in CSV, a dash in tables.
package report

import (
	"fmt"
	"io"
	"math"
	"strconv"
	"strings"
)

// Format is how a document is written.
type Format string

// The formats.
const (
	Plain    Format = "table"
	JSON     Format = "json"
	CSV      Format = "csv"
	Markdown Format = "markdown"
	LaTeX    Format = "latex"
)

// Formats lists the formats by name.
func Formats() []string {
	return []string{string(Plain), string(JSON), string(CSV), string(Markdown), string(LaTeX)}
}

// ParseFormat is the format of that name.
func ParseFormat(name string) (Format, error) {
	for _, f := range Formats() {
		if f == name {
			return Format(f), nil
		}
	}
	return "", fmt.Errorf("there is no format %q: the formats are %s", name, strings.Join(Formats(), ", "))
}

// Document is a result in parts.
type Document struct {
	// Facts are the result in short, a label and a text each.
	Facts []Fact
	// Tables are the result at length.
	Tables []Table
	// Remarks are warnings and notes.
	Remarks []string
	// Data is what JSON shows; numbers in it are of type [Number].
	Data any
	// Records are what CSV shows, the header first; nil means the tables.
	Records [][]string
}

// Fact is a label and what it stands for.
type Fact struct{ Label, Text string }

// Table is a heading, columns and rows. Columns of numbers are set to the right.
type Table struct {
	Heading string
	Columns []string
	Rows    [][]Cell
}

// Cell is a text or a number.
type Cell struct {
	text    string
	number  float64
	numeric bool
}

// Text is a cell with a text.
func Text(s string) Cell { return Cell{text: s} }

// Amount is a cell with a number, which tables show to 7 digits.
func Amount(x float64) Cell { return Cell{number: x, numeric: true} }

// Near is a cell with a number that tables show as 0 where it is nothing but
// rounding beside numbers of the given scale.
func Near(x, scale float64) Cell {
	return Cell{number: x, numeric: true, text: Digits(rounded(x, scale))}
}

func rounded(x, scale float64) float64 {
	if math.Abs(x) < 1e-14*scale {
		return 0
	}
	return x
}

func (c Cell) shown() string {
	if c.numeric && c.text == "" {
		return Digits(c.number)
	}
	return c.text
}

func (c Cell) exact() string {
	if c.numeric {
		return Exact(c.number)
	}
	return c.text
}

// Digits writes a number with 7 significant digits.
func Digits(x float64) string {
	switch {
	case math.IsNaN(x):
		return "-"
	case math.IsInf(x, 0):
		return "unbounded"
	case x == 0:
		return "0"
	}
	return strconv.FormatFloat(x, 'g', 7, 64)
}

// Exact writes a number with every digit it has, and what is not a number as "".
func Exact(x float64) string {
	if math.IsNaN(x) || math.IsInf(x, 0) {
		return ""
	}
	return strconv.FormatFloat(x, 'g', -1, 64)
}

// Number is a number in JSON: null where it is not finite.
type Number float64

// MarshalJSON implements json.Marshaler.
func (n Number) MarshalJSON() ([]byte, error) {
	text := Exact(float64(n))
	if text == "" {
		text = "null"
	}
	return []byte(text), nil
}

// Write writes the document.
func (d *Document) Write(w io.Writer, f Format) error {
	for _, t := range d.Tables {
		for _, row := range t.Rows {
			if len(row) != len(t.Columns) {
				return fmt.Errorf("report: table %q: a row of %d cells in %d columns", t.Heading, len(row), len(t.Columns))
			}
		}
	}
	switch f {
	case JSON:
		return d.json(w)
	case CSV:
		return d.csv(w)
	case Markdown:
		return d.markdown(w)
	case LaTeX:
		return d.latex(w)
	}
	return d.plain(w)
}
