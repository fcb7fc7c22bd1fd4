package relay

import (
	"encoding/csv"
	"errors"
	"fmt"
	"io"
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"
)

// sheet is a table with named columns.
type sheet struct {
	file    string
	tracker *tracker
	r       *csv.Reader
	columns map[string]int
	row     []string
	line    int // on which the last row ended
}

func newSheet(file string, t *tracker, in io.Reader) (*sheet, error) {
	s := &sheet{file: file, tracker: t, r: csv.NewReader(in), columns: map[string]int{}}
	s.r.ReuseRecord = true
	header, err := s.next()
	if err != nil {
		return nil, err
	}
	for i, name := range header {
		if name = strings.TrimSpace(name); name != "" {
			if _, twice := s.columns[name]; twice {
				return nil, s.fail(i, "", "the column %s appears twice", clip(name))
			}
			s.columns[name] = i
		}
	}
	return s, nil
}

// next reads a row, nil at the end.
func (s *sheet) next() ([]string, error) {
	row, err := s.r.Read()
	s.tracker.consumed = s.tracker.skipped + s.r.InputOffset()
	s.tracker.breaks = s.tracker.breaks[:0]
	if err == io.EOF {
		return nil, nil
	}
	if err != nil {
		var p *csv.ParseError
		if errors.As(err, &p) {
			return nil, &Error{File: s.file, Line: p.Line, Column: p.Column, Offset: -1, Message: p.Err.Error()}
		}
		if s.tracker.long {
			return nil, &Error{File: s.file, Line: s.line + 1, Column: 1, Offset: -1, Message: err.Error()}
		}
		return nil, fmt.Errorf("reading %s: %w", s.file, err)
	}
	s.row = row
	s.line, _ = s.r.FieldPos(len(row) - 1)
	return row, nil
}

// cell is the row's text in a column.
func (s *sheet) cell(name string) string { return strings.TrimSpace(s.row[s.columns[name]]) }

func (s *sheet) fail(column int, hint, format string, args ...any) error {
	line, col := 1, 1
	if column < len(s.row) { // there may be no row at all
		line, col = s.r.FieldPos(column)
	}
	return &Error{File: s.file, Line: line, Column: col, Offset: -1, Message: fmt.Sprintf(format, args...), Hint: hint}
}

func (s *sheet) wrong(name string, err error) error {
	return s.fail(s.columns[name], "", "%s: %v", name, err)
}

// csv takes in a table of bids (slot, builder_pubkey or builder_pubkey_prefix,
// value_gwei) or of payments (slot, builder_id, kind, value_gwei).
func (l *ledger) csv(in io.Reader) error {
	l.digits = 9
	s, err := newSheet(l.file, l.tracker, in)
	if err != nil {
		return err
	}
	builder := ""
	for _, name := range []string{"builder_pubkey", "builder_pubkey_prefix", "builder_id"} {
		if _, ok := s.columns[name]; ok {
			builder = name
			break
		}
	}
	for _, name := range []string{"slot", builder, "value_gwei"} {
		if _, ok := s.columns[name]; !ok {
			return s.fail(0, "a table of payments starts with slot,builder_id,kind,value_gwei and one of bids with slot,builder_pubkey,value_gwei",
				"not a table of bids or payments, and not a JSON array")
		}
	}
	_, l.table = s.columns["kind"]
	kinds := []string{"m", "u", "v", "x"}
	for {
		row, err := s.next()
		if err != nil || row == nil {
			return err
		}
		e := entry{}
		if e.slot, err = slotOf(s.cell("slot")); err != nil {
			return s.wrong("slot", err)
		}
		if l.table {
			kind := s.cell("kind")
			if !slices.Contains(kinds, kind) {
				return s.wrong("kind", fmt.Errorf("expected m, u, v or x, found %s", clip(kind)))
			}
			if kind != "m" { // no payment is known
				continue
			}
			if _, twice := l.slots[e.slot]; twice {
				return s.wrong("slot", fmt.Errorf("slot %d has two payments", e.slot))
			}
		}
		if e.value, err = l.amount(s.cell("value_gwei")); err != nil {
			return s.wrong("value_gwei", err)
		}
		if e.builder = s.cell(builder); builder != "builder_id" {
			if e.builder, err = pubkey(e.builder); err != nil {
				return s.wrong(builder, err)
			}
		} else if e.builder == "" || len(e.builder) > 100 || strings.ContainsFunc(e.builder, garbles) {
			return s.wrong(builder, fmt.Errorf("expected a builder, found %s", clip(e.builder)))
		}
		if err := l.take(e); err != nil {
			return s.wrong("slot", err)
		}
	}
}

// ReadNames reads a table builder_id,builder; file is the name that errors carry.
func ReadNames(file string, r io.Reader) (map[string]string, error) {
	t := &tracker{r: r, line: 1}
	s, err := newSheet(file, t, t)
	if err != nil {
		return nil, err
	}
	for _, name := range []string{"builder_id", "builder"} {
		if _, ok := s.columns[name]; !ok {
			return nil, &Error{File: file, Line: 1, Column: 1, Offset: -1, Message: "not a table of names", Hint: "it starts with builder_id,builder"}
		}
	}
	names := map[string]string{}
	for {
		row, err := s.next()
		if err != nil || row == nil {
			return names, err
		}
		if len(names) >= maxBuilders {
			return nil, s.fail(0, "", "more than %d builders", maxBuilders)
		}
		if name := printable(s.cell("builder")); name != "" {
			names[s.cell("builder_id")] = name
		}
	}
}

// garbles reports what is no text, or would garble a terminal.
func garbles(r rune) bool { return r == utf8.RuneError || !unicode.IsPrint(r) }

// printable is the text without what would garble a terminal, cut to 40 characters:
// builders choose their own names.
func printable(text string) string {
	text = strings.Map(func(r rune) rune {
		if garbles(r) {
			return -1
		}
		return r
	}, text)
	r := []rune(strings.TrimSpace(text))
	return strings.TrimSpace(string(r[:min(len(r), 40)]))
}
