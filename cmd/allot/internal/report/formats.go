package report

import (
	"bytes"
	"encoding/csv"
	"encoding/json"
	"fmt"
	"io"
	"strings"
	"unicode/utf8"

	"github.com/olekukonko/tablewriter"
	"github.com/olekukonko/tablewriter/renderer"
	"github.com/olekukonko/tablewriter/tw"
)

// width is how many columns of a terminal the tables take.
const width = 100

func (d *Document) json(w io.Writer) error {
	var out bytes.Buffer
	e := json.NewEncoder(&out)
	e.SetEscapeHTML(false)
	e.SetIndent("", "  ")
	if err := e.Encode(d.Data); err != nil {
		return fmt.Errorf("report: %w", err)
	}
	_, err := w.Write(out.Bytes())
	return err
}

func (d *Document) csv(w io.Writer) error {
	c := csv.NewWriter(w)
	records := d.Records
	if records == nil {
		for i, t := range d.Tables {
			if i > 0 {
				records = append(records, nil)
			}
			records = append(records, t.Columns)
			for _, row := range t.Rows {
				record := make([]string, len(row))
				for k, cell := range row {
					record[k] = cell.exact()
				}
				records = append(records, record)
			}
		}
	}
	if err := c.WriteAll(records); err != nil {
		return err
	}
	c.Flush()
	return c.Error()
}

// plain writes for a terminal.
func (d *Document) plain(w io.Writer) error {
	var out bytes.Buffer
	label := 0
	for _, f := range d.Facts {
		label = max(label, utf8.RuneCountInString(f.Label))
	}
	for _, f := range d.Facts {
		for i, line := range wrap(f.Text, width-label-2) {
			if i > 0 {
				f.Label = ""
			}
			fmt.Fprintf(&out, "%-*s  %s\n", label, f.Label, line)
		}
	}
	for _, t := range d.Tables {
		out.WriteString("\n")
		for _, line := range strings.Split(t.Heading, "\n") {
			out.WriteString(strings.Join(wrap(line, width), "\n") + "\n")
		}
		if err := t.render(&out); err != nil {
			return err
		}
	}
	if len(d.Remarks) > 0 {
		out.WriteString("\n")
	}
	for _, r := range d.Remarks {
		for i, line := range wrap(r, width-2) {
			if i > 0 {
				line = "  " + line
			}
			out.WriteString(line + "\n")
		}
	}
	_, err := w.Write(trimmed(out.Bytes()))
	return err
}

// trimmed takes the blanks off the ends of lines.
func trimmed(text []byte) []byte {
	lines := bytes.Split(text, []byte("\n"))
	for i := range lines {
		lines[i] = bytes.TrimRight(lines[i], " ")
	}
	return bytes.Join(lines, []byte("\n"))
}

// numeric reports which columns hold numbers.
func (t *Table) numeric() []bool {
	right := make([]bool, len(t.Columns))
	for k := range t.Columns {
		for _, row := range t.Rows {
			right[k] = right[k] || row[k].numeric
		}
	}
	return right
}

func (t *Table) alignment() tw.Alignment {
	alignment := make(tw.Alignment, len(t.Columns))
	for k, right := range t.numeric() {
		alignment[k] = tw.AlignLeft
		if right {
			alignment[k] = tw.AlignRight
		}
	}
	return alignment
}

// render draws the table with tablewriter. Headers and numbers are given as they
// are to be shown, and the last column is wrapped here: left to itself the library
// rewrites the one and cuts the other.
func (t *Table) render(out io.Writer) error {
	rows := make([][]string, len(t.Rows))
	widths := make([]int, len(t.Columns))
	for k, c := range t.Columns {
		widths[k] = utf8.RuneCountInString(c)
	}
	last := len(t.Columns) - 1
	for i, row := range t.Rows {
		rows[i] = make([]string, len(row))
		for k, cell := range row {
			rows[i][k] = cell.shown()
			if k < last {
				widths[k] = max(widths[k], utf8.RuneCountInString(rows[i][k]))
			}
		}
	}
	room := width - 2 // the last column is padded too
	for _, w := range widths[:max(0, last)] {
		room -= w + 2
	}
	for i := range rows {
		rows[i][last] = strings.Join(wrap(rows[i][last], max(room, 20)), "\n")
	}
	table := tablewriter.NewTable(out,
		tablewriter.WithRenderer(renderer.NewBlueprint(tw.Rendition{
			Borders: tw.BorderNone,
			Symbols: tw.NewSymbols(tw.StyleASCII),
			Settings: tw.Settings{
				Separators: tw.Separators{BetweenColumns: tw.Off, BetweenRows: tw.Off, ShowHeader: tw.Off},
				Lines:      tw.Lines{ShowHeaderLine: tw.On, ShowTop: tw.Off, ShowBottom: tw.Off},
			},
		})),
		tablewriter.WithHeaderAutoFormat(tw.Off),
		tablewriter.WithHeaderAutoWrap(tw.WrapNone),
		tablewriter.WithRowAutoWrap(tw.WrapNone),
		tablewriter.WithTrimSpace(tw.Off),
		tablewriter.WithAlignment(t.alignment()),
		tablewriter.WithHeaderAlignmentConfig(tw.CellAlignment{PerColumn: t.alignment()}),
		tablewriter.WithRowAlignmentConfig(tw.CellAlignment{PerColumn: t.alignment()}),
		tablewriter.WithPadding(tw.Padding{Left: "", Right: "  ", Overwrite: true}),
	)
	table.Header(t.Columns)
	if err := table.Bulk(rows); err != nil {
		return fmt.Errorf("report: %w", err)
	}
	if err := table.Render(); err != nil {
		return fmt.Errorf("report: %w", err)
	}
	return nil
}

// wrap breaks a text into lines of at most n characters, at blanks where it can.
func wrap(text string, n int) []string {
	var lines []string
	for paragraph := range strings.SplitSeq(text, "\n") {
		line := []rune{}
		for word := range strings.FieldsSeq(paragraph) {
			r := []rune(word)
			if len(line) > 0 && len(line)+1+len(r) > n {
				lines, line = append(lines, string(line)), line[:0]
			}
			if len(line) > 0 {
				line = append(line, ' ')
			}
			for len(r) > n {
				lines, r = append(lines, string(r[:n])), r[n:]
			}
			line = append(line, r...)
		}
		lines = append(lines, string(line))
	}
	return lines
}

var markdownEscapes = strings.NewReplacer(`\`, `\\`, "|", `\|`, "\n", "<br>", "*", `\*`, "_", `\_`, "`", "\\`", "<", "&lt;", ">", "&gt;", "[", `\[`, "]", `\]`)

func (d *Document) markdown(w io.Writer) error {
	var out bytes.Buffer
	for _, f := range d.Facts {
		fmt.Fprintf(&out, "- **%s**: %s\n", markdownEscapes.Replace(f.Label), markdownEscapes.Replace(f.Text))
	}
	for _, t := range d.Tables {
		fmt.Fprintf(&out, "\n### %s\n\n", markdownEscapes.Replace(t.Heading))
		table := tablewriter.NewTable(&out,
			tablewriter.WithRenderer(renderer.NewMarkdown()),
			tablewriter.WithHeaderAutoFormat(tw.Off),
			tablewriter.WithHeaderAutoWrap(tw.WrapNone),
			tablewriter.WithRowAutoWrap(tw.WrapNone),
			tablewriter.WithAlignment(t.alignment()),
			tablewriter.WithHeaderAlignmentConfig(tw.CellAlignment{PerColumn: t.alignment()}),
			tablewriter.WithRowAlignmentConfig(tw.CellAlignment{PerColumn: t.alignment()}),
		)
		header := make([]string, len(t.Columns))
		for k, c := range t.Columns {
			header[k] = markdownEscapes.Replace(c)
		}
		table.Header(header)
		for _, row := range t.Rows {
			cells := make([]string, len(row))
			for k, cell := range row {
				cells[k] = markdownEscapes.Replace(cell.shown())
			}
			if err := table.Append(cells); err != nil {
				return fmt.Errorf("report: %w", err)
			}
		}
		if err := table.Render(); err != nil {
			return fmt.Errorf("report: %w", err)
		}
	}
	if len(d.Remarks) > 0 {
		out.WriteString("\n")
	}
	for _, r := range d.Remarks {
		fmt.Fprintf(&out, "- %s\n", markdownEscapes.Replace(r))
	}
	_, err := w.Write(out.Bytes())
	return err
}

var latexEscapes = strings.NewReplacer(
	`\`, `\textbackslash{}`, "&", `\&`, "%", `\%`, "$", `\$`, "#", `\#`, "_", `\_`, "{", `\{`, "}", `\}`,
	"~", `\textasciitilde{}`, "^", `\textasciicircum{}`, "<", `\textless{}`, ">", `\textgreater{}`, "|", `\textbar{}`, "\n", " ")

// latex writes tables in the booktabs style.
func (d *Document) latex(w io.Writer) error {
	var out bytes.Buffer
	out.WriteString("% needs \\usepackage{booktabs}\n")
	if len(d.Facts) > 0 {
		out.WriteString("\\begin{description}\n")
		for _, f := range d.Facts {
			fmt.Fprintf(&out, "  \\item[%s] %s\n", latexEscapes.Replace(f.Label), latexEscapes.Replace(f.Text))
		}
		out.WriteString("\\end{description}\n")
	}
	for _, t := range d.Tables {
		columns := strings.Builder{}
		for k, right := range t.numeric() {
			switch {
			case right:
				columns.WriteByte('r')
			case k == len(t.Columns)-1 && k > 2:
				columns.WriteString(`p{0.3\textwidth}`)
			default:
				columns.WriteByte('l')
			}
		}
		fmt.Fprintf(&out, "\n\\begin{table}\n\\centering\n\\caption{%s}\n\\begin{tabular}{%s}\n\\toprule\n", latexEscapes.Replace(t.Heading), columns.String())
		line := func(n int, cell func(k int) string) {
			for k := range n {
				if k > 0 {
					out.WriteString(" & ")
				}
				out.WriteString(latexEscapes.Replace(cell(k)))
			}
			out.WriteString(" \\\\\n")
		}
		line(len(t.Columns), func(k int) string { return t.Columns[k] })
		out.WriteString("\\midrule\n")
		for _, row := range t.Rows {
			line(len(row), func(k int) string { return row[k].shown() })
		}
		out.WriteString("\\bottomrule\n\\end{tabular}\n\\end{table}\n")
	}
	for _, r := range d.Remarks {
		fmt.Fprintf(&out, "\n\\noindent %s\n", latexEscapes.Replace(r))
	}
	_, err := w.Write(out.Bytes())
	return err
}
