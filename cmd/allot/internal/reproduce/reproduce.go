// Package reproduce holds published results beside what allot computes: one source of
// the literature after another, each with its rows of numbers and a verdict on each.
//
// Every number of ours is computed when asked for, by the packages that studies are
// solved with. Theirs are constants with a citation: printed ones, or what a closed form
// of theirs gives. Where the two differ for a reason that is known, the row says the
// reason and the number that it leads to, and ours is held against that: a reason excuses
// nothing else.
package reproduce

import (
	"context"
	"fmt"
	"math"
	"slices"
	"strings"
)

// Verdict is what comes of holding our number against theirs.
type Verdict int

// The verdicts.
const (
	// Agrees: within the tolerance.
	Agrees Verdict = iota
	// Differs: for a reason that is known, and as much as the reason says.
	Differs
	// Unpublished: no number was published.
	Unpublished
	// Unexplained: different, and no reason accounts for it.
	Unexplained
)

func (v Verdict) String() string {
	return [...]string{"agrees", "differs", "no published number", "differs, unexplained"}[v]
}

// Row is one quantity.
type Row struct {
	Quantity string
	// Ours is computed. Theirs is the source's, NaN where it has none; Claim is what it says
	// where that is no number.
	Ours, Theirs float64
	Claim        string
	// Derived says that Theirs is not printed in the source but follows from its formulas.
	Derived bool
	// Tolerance is absolute.
	Tolerance float64
	// Reason is why the two differ, and Instead what they differ by it to: what ours
	// must be.
	Reason  string
	Instead float64
	Verdict Verdict
}

// Table is what no row can say. Cells are texts, whole numbers or float64.
type Table struct {
	Heading string
	Columns []string
	Rows    [][]any
}

// Entry is a source reproduced.
type Entry struct {
	Source
	Rows   []Row
	Tables []Table
	// Notes say what the reader should know.
	Notes []string
	// Certified is how many equilibria stand behind the rows with a proof, Approximate
	// how many without one, and Epsilon the largest that is proven, as a share of E max v.
	Certified, Approximate int
	Epsilon                float64
}

// Count is how many rows have the verdict.
func (e *Entry) Count(v Verdict) int {
	n := 0
	for _, r := range e.Rows {
		if r.Verdict == v {
			n++
		}
	}
	return n
}

// Source is one source of the literature.
type Source struct {
	Name, Citation string
	// Done says what is computed, Seen how much of the source was at hand.
	Done, Seen string
	run        func(*sheet)
}

// Sources lists the sources, in the order in which a run goes through them.
func Sources() []Source {
	return slices.Concat(article, tickets, contests, auctions, spite, builders)
}

// Names lists the sources' names.
func Names() []string {
	all := Sources()
	names := make([]string, len(all))
	for i, s := range all {
		names[i] = s.Name
	}
	return names
}

// Find is the source of that name, or the only one whose name starts with it.
func Find(name string) (Source, error) {
	var found []Source
	for _, s := range Sources() {
		if s.Name == name {
			return s, nil
		}
		if name != "" && strings.HasPrefix(s.Name, name) {
			found = append(found, s)
		}
	}
	if len(found) == 1 {
		return found[0], nil
	}
	return Source{}, fmt.Errorf("there is no source %q", name)
}

// Run computes the entry. An error means that something could not be computed at all; that
// numbers differ is said in the rows.
func (s Source) Run(ctx context.Context) (*Entry, error) {
	h := &sheet{ctx: ctx, entry: &Entry{Source: s}}
	s.run(h)
	if h.err != nil {
		return nil, fmt.Errorf("%s: %w", s.Name, h.err)
	}
	if err := ctx.Err(); err != nil {
		return nil, fmt.Errorf("%s: %w", s.Name, err)
	}
	return h.entry, nil
}

// sheet collects an entry; the first error ends the computation.
type sheet struct {
	ctx   context.Context
	entry *Entry
	err   error
	// derived marks the rows that follow.
	derived bool
}

// failed keeps the first error and reports whether there is one.
func (h *sheet) failed(err error) bool {
	if h.err == nil {
		h.err = err
	}
	if h.err == nil {
		h.err = h.ctx.Err()
	}
	return h.err != nil
}

func (h *sheet) add(r Row) {
	if h.err != nil {
		return
	}
	r.Derived = h.derived && !math.IsNaN(r.Theirs)
	h.entry.Rows = append(h.entry.Rows, r)
}

func near(a, b, tolerance float64) bool { return math.Abs(a-b) <= tolerance }

// same is a row on which both should agree.
func (h *sheet) same(quantity string, ours, theirs, tolerance float64) {
	r := Row{Quantity: quantity, Ours: ours, Theirs: theirs, Tolerance: tolerance, Instead: math.NaN(), Verdict: Unexplained}
	if near(ours, theirs, tolerance) {
		r.Verdict = Agrees
	}
	h.add(r)
}

// other is a row on which the source is known to differ: the reason leads to instead.
func (h *sheet) other(quantity string, ours, theirs, instead, tolerance float64, reason string) {
	r := Row{Quantity: quantity, Ours: ours, Theirs: theirs, Tolerance: tolerance, Instead: instead, Reason: reason, Verdict: Unexplained}
	switch {
	case near(ours, theirs, tolerance):
		r.Verdict = Agrees
	case near(ours, instead, tolerance):
		r.Verdict = Differs
	}
	h.add(r)
}

// holds is a row on which the source says something that is no number, and that is true of
// ours.
func (h *sheet) holds(quantity string, ours float64, claim string, so bool) {
	r := Row{Quantity: quantity, Ours: ours, Theirs: math.NaN(), Claim: claim, Instead: math.NaN(), Verdict: Unexplained}
	if so && !math.IsNaN(ours) {
		r.Verdict = Agrees
	}
	h.add(r)
}

// fails is a row on which what the source says is not so: the reason leads to instead.
func (h *sheet) fails(quantity string, ours float64, claim string, instead, tolerance float64, reason string) {
	r := Row{Quantity: quantity, Ours: ours, Theirs: math.NaN(), Claim: claim, Tolerance: tolerance, Instead: instead, Reason: reason, Verdict: Unexplained}
	if near(ours, instead, tolerance) {
		r.Verdict = Differs
	}
	h.add(r)
}

// open is a row for which nothing was published.
func (h *sheet) open(quantity string, ours float64, remark string) {
	r := Row{Quantity: quantity, Ours: ours, Theirs: math.NaN(), Instead: math.NaN(), Reason: remark, Verdict: Unpublished}
	if math.IsNaN(ours) {
		r.Verdict = Unexplained
	}
	h.add(r)
}

func (h *sheet) note(text string) { h.entry.Notes = append(h.entry.Notes, text) }

func (h *sheet) table(heading string, columns []string, rows [][]any) {
	h.entry.Tables = append(h.entry.Tables, Table{heading, columns, rows})
}
