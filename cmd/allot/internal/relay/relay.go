// Package relay turns what MEV-Boost relays publish into studies: a relay's Data
// API answer (builder_blocks_received, proposer_payload_delivered: a JSON array of
// objects whose numbers are decimal strings, values in wei), a table of bids or a
// table of payments (CSV, values in gwei).
//
// Input is read as a stream and what is kept of it is bounded, whatever the input:
// a builder's best bid, or one number a slot. Errors name file, line, column and
// byte.
package relay

import (
	"bufio"
	"bytes"
	"fmt"
	"io"
	"math"
	"math/big"
	"sort"
	"strconv"
)

const (
	// maxSlots bounds the payments, maxBuilders the builders that are kept.
	maxSlots    = 4_000_000
	maxBuilders = 100_000
	// maxItem bounds one value, one line or one key of the input.
	maxItem = 1 << 20
	// maxValue is the largest value in ETH: more than there will ever be.
	maxValue = 1e9
)

// Options say what to make of the input.
type Options struct {
	// OneSlot takes the bids for Slot only.
	OneSlot bool
	Slot    uint64
	// Builders is how many builders of a table of payments are kept apart (0: 8).
	Builders int
	// Private makes a study in which builders know their own factor only, besides what
	// they all have in common; it takes a table of payments.
	Private bool
	// Window makes a study of tickets that win so many slots in a row; it takes the
	// payments of many slots. 0 for none.
	Window int
	// Names are builders' names by their identifier in the input.
	Names map[string]string
}

// Error says what is wrong with the input and where.
type Error struct {
	File string
	// Line and Column count from 1, Column and Offset in bytes; Line 0 stands for
	// the input as a whole, Offset -1 for none: a table's rows have lines.
	Line, Column int
	Offset       int64
	Message      string
	Hint         string
}

func (e *Error) Error() string {
	if e.Line == 0 {
		return fmt.Sprintf("%s: %s", e.File, e.Message)
	}
	if e.Offset < 0 {
		return fmt.Sprintf("%s:%d:%d: %s", e.File, e.Line, e.Column, e.Message)
	}
	return fmt.Sprintf("%s:%d:%d: %s (byte %d)", e.File, e.Line, e.Column, e.Message, e.Offset)
}

// Import reads relay data from r and returns a study as YAML; file is the name that
// errors carry. Errors in the data are of type *Error.
func Import(file string, r io.Reader, o Options) (string, error) {
	t := &tracker{r: r, line: 1}
	in := bufio.NewReader(t)
	if mark, err := in.Peek(3); err == nil && bytes.Equal(mark, []byte("\ufeff")) {
		if _, err := in.Discard(3); err != nil {
			return "", err
		}
		t.skipped = 3
	}
	l := &ledger{file: file, options: o, tracker: t, best: map[string]*big.Int{}, slots: map[uint64]visit{}, index: map[string]int{}}
	first, err := glance(in)
	switch {
	case err == io.EOF:
		return "", &Error{File: file, Line: 1, Column: 1, Message: "the input is empty", Hint: "expected a JSON array or a CSV table"}
	case err != nil:
		return "", fmt.Errorf("reading %s: %w", file, err)
	case first == '[' || first == '{':
		err = l.json(in)
	default:
		err = l.csv(in)
	}
	if err != nil {
		return "", err
	}
	return l.study()
}

// glance is the first byte that is not white space; nothing is consumed.
func glance(in *bufio.Reader) (byte, error) {
	for n := 1; n <= in.Size(); n++ {
		text, err := in.Peek(n)
		if len(text) < n {
			return 0, err
		}
		switch b := text[n-1]; b {
		case ' ', '\t', '\r', '\n':
		default:
			return b, nil
		}
	}
	return ' ', nil
}

// tracker remembers where lines start in what was read but not yet taken in, and
// stops an item that does not end.
type tracker struct {
	r                       io.Reader
	read, consumed, skipped int64
	breaks                  []int64 // offsets of line breaks past consumed
	line                    int
	start                   int64 // where the line of consumed starts
	long                    bool
}

func (t *tracker) Read(p []byte) (int, error) {
	if t.read-t.consumed > 4*maxItem {
		t.long = true
		return 0, fmt.Errorf("an item of more than %d MiB", maxItem>>20)
	}
	if len(p) > 64<<10 {
		p = p[:64<<10]
	}
	n, err := t.r.Read(p)
	for i, b := range p[:n] {
		if b == '\n' {
			t.breaks = append(t.breaks, t.read+int64(i))
		}
	}
	t.read += int64(n)
	return n, err
}

// at is the line and column of an offset that is not before the last one asked for.
func (t *tracker) at(offset int64) (line, column int) {
	k := 0
	for k < len(t.breaks) && t.breaks[k] < offset {
		t.line, t.start = t.line+1, t.breaks[k]+1
		k++
	}
	t.breaks = t.breaks[:copy(t.breaks, t.breaks[k:])]
	t.consumed = max(t.consumed, offset)
	return t.line, int(offset-t.start) + 1
}

// visit is what is remembered of a slot.
type visit struct {
	count int32
	mark  uint64 // of the entry, to tell a repetition from another bid
}

// ledger takes in entries and keeps what a study needs of them.
type ledger struct {
	file    string
	options Options
	tracker *tracker
	// digits is how many decimals the unit of value has below one ETH.
	digits  int
	entries int
	// table says that the input says of itself that it holds payments.
	table bool

	// One slot's bids.
	first uint64
	best  map[string]*big.Int // of the first slot, or of the one asked for

	// Many slots' payments.
	slots    map[uint64]visit
	index    map[string]int // of builders, in order of appearance
	builders []string
	wins     []int
	payments []float64
	order    []uint64 // the slots of the payments
	several  bool     // some slot has more than one bid
}

// entry is a bid or a payment.
type entry struct {
	slot    uint64
	builder string
	value   *big.Int
	mark    uint64
}

func (l *ledger) fail(line, column int, offset int64, hint, format string, args ...any) error {
	return &Error{File: l.file, Line: line, Column: column, Offset: offset, Message: fmt.Sprintf(format, args...), Hint: hint}
}

// take takes in an entry; the error is about the entry and has no position.
func (l *ledger) take(e entry) error {
	if l.options.OneSlot && e.slot != l.options.Slot {
		return nil
	}
	if l.entries == 0 {
		l.first = e.slot
	}
	l.entries++
	seen, known := l.slots[e.slot]
	if known && seen.mark == e.mark && e.mark != 0 {
		return nil // the same entry, from another relay or page
	}
	if !known && len(l.slots) >= maxSlots {
		return fmt.Errorf("more than %d slots", maxSlots)
	}
	l.several = l.several || known
	l.slots[e.slot] = visit{count: seen.count + 1, mark: e.mark}
	if e.slot == l.first && !l.table {
		best, ok := l.best[e.builder]
		if !ok && len(l.best) >= maxBuilders {
			return fmt.Errorf("more than %d builders", maxBuilders)
		}
		if !ok || e.value.Cmp(best) > 0 {
			l.best[e.builder] = e.value
		}
	}
	if l.options.OneSlot || known {
		return nil
	}
	i, ok := l.index[e.builder]
	if !ok {
		if len(l.builders) >= maxBuilders {
			return fmt.Errorf("more than %d builders", maxBuilders)
		}
		i = len(l.builders)
		l.index[e.builder] = i
		l.builders = append(l.builders, e.builder)
		l.wins = append(l.wins, 0)
	}
	l.wins[i]++
	l.payments = append(l.payments, l.eth(e.value))
	l.order = append(l.order, e.slot)
	return nil
}

// eth is a value in ETH, correctly rounded.
func (l *ledger) eth(x *big.Int) float64 {
	v, err := strconv.ParseFloat(decimal(x, l.digits), 64)
	if err != nil {
		return math.Inf(1)
	}
	return v
}

// amount reads a whole number of at least 0 in the input's unit.
func (l *ledger) amount(text string) (*big.Int, error) {
	if text == "" {
		return nil, fmt.Errorf("expected a whole number, found nothing")
	}
	if text[0] == '-' {
		return nil, fmt.Errorf("%s is negative", clip(text))
	}
	for i := range len(text) {
		if text[i] < '0' || text[i] > '9' {
			return nil, fmt.Errorf("expected a whole number, found %s", clip(text))
		}
	}
	if len(text) > 78 {
		return nil, fmt.Errorf("%s is too large", clip(text))
	}
	x, ok := new(big.Int).SetString(text, 10)
	if !ok {
		return nil, fmt.Errorf("expected a whole number, found %s", clip(text))
	}
	if v := l.eth(x); v > maxValue {
		return nil, fmt.Errorf("%s is too large: more than %.0f ETH", clip(text), maxValue)
	}
	return x, nil
}

// slotOf reads a slot number.
func slotOf(text string) (uint64, error) {
	slot, err := strconv.ParseUint(text, 10, 53)
	if err != nil {
		return 0, fmt.Errorf("expected a slot number, found %s", clip(text))
	}
	return slot, nil
}

// clip is a text for a message, in quotes and not too long.
func clip(text string) string {
	if len(text) > 40 {
		text = text[:40] + "..."
	}
	return strconv.QuoteToASCII(text)
}

// study is the study of what was taken in.
func (l *ledger) study() (string, error) {
	whole := func(hint, format string, args ...any) error {
		return &Error{File: l.file, Message: fmt.Sprintf(format, args...), Hint: hint}
	}
	switch {
	case l.entries == 0 && l.options.OneSlot:
		return "", whole("", "there is no bid for slot %d", l.options.Slot)
	case l.entries == 0:
		return "", whole("", "there is no bid and no payment in the input")
	case l.table && l.options.OneSlot:
		return "", whole("leave --slot out", "a table of payments has one payment a slot: no market can be made of a single slot")
	case l.options.Private && (len(l.slots) == 1 || l.several) && !l.table:
		return "", whole("leave --information private out", "one slot's bids say nothing of how values are drawn")
	case l.options.Window > 0 && (len(l.slots) == 1 || l.several) && !l.table:
		return "", whole("leave --window out", "one slot's bids say nothing of slots in a row")
	case len(l.slots) == 1 && !l.table:
		return l.bids(), nil
	case l.several && !l.table:
		return "", whole(fmt.Sprintf("choose one with --slot, such as --slot %d", l.busiest()), "bids for %d slots", len(l.slots))
	}
	if l.options.Window > 0 {
		return l.windows(l.options.Window)
	}
	return l.market()
}

// busiest is the slot with the most bids.
func (l *ledger) busiest() uint64 {
	slots := make([]uint64, 0, len(l.slots))
	for s := range l.slots {
		slots = append(slots, s)
	}
	sort.Slice(slots, func(i, j int) bool {
		a, b := l.slots[slots[i]].count, l.slots[slots[j]].count
		return a > b || a == b && slots[i] < slots[j]
	})
	return slots[0]
}
