package study

import (
	"fmt"
	"math"
	"regexp"
	"strconv"
	"strings"
	"unicode"
)

// decoder reads nodes; every error carries the node's position.
type decoder struct{ file string }

func (d *decoder) fail(n *node, hint, format string, args ...any) error {
	return &Error{File: d.file, Line: n.line, Column: n.column, Message: fmt.Sprintf(format, args...), Hint: hint}
}

// keys refuses a node that is not a mapping with these keys only.
func (d *decoder) keys(n *node, what string, known ...string) (map[string]*node, error) {
	if n.form != mapping {
		return nil, d.fail(n, "its keys are "+strings.Join(known, ", "), "%s: expected a mapping, found %s", what, n.is())
	}
	values := make(map[string]*node, len(n.entries))
	for _, e := range n.entries {
		if !contains(known, e.key) {
			return nil, &Error{File: d.file, Line: e.line, Column: e.column, Message: fmt.Sprintf("unknown key %q in %s", clip(e.key, 40), what), Hint: suggest(e.key, known)}
		}
		values[e.key] = e.value
	}
	return values, nil
}

func contains(names []string, name string) bool {
	for _, n := range names {
		if n == name {
			return true
		}
	}
	return false
}

// decimal is the only form of a number: no octal, no hexadecimal, no separators.
var decimal = regexp.MustCompile(`^[+-]?([0-9]+\.?[0-9]*|\.[0-9]+)([eE][+-]?[0-9]+)?$`)

// number reads a finite number of any sign.
func (d *decoder) number(n *node, what string) (float64, error) {
	if n.form == quoted && decimal.MatchString(n.text) {
		return 0, d.fail(n, "write the number without quotes", "%s: expected a number, found the text %s", what, n.is())
	}
	if n.form != plain {
		return 0, d.fail(n, "", "%s: expected a number, found %s", what, n.is())
	}
	digits := strings.TrimLeft(n.text, "+-")
	switch strings.ToLower(digits) {
	case ".nan", "nan", ".inf", "inf", "infinity":
		return 0, d.fail(n, "leave the key out where there is no limit", "%s: expected a finite number, found %s", what, n.is())
	}
	if !decimal.MatchString(n.text) {
		hint := ""
		if strings.Trim(digits, "0123456789_xXoObBaAcCdDeEfF,.") == "" && digits != "" && digits[0] >= '0' && digits[0] <= '9' {
			hint = "write numbers in decimal, without separators"
		}
		return 0, d.fail(n, hint, "%s: expected a number, found %s", what, n.is())
	}
	if len(digits) > 1 && digits[0] == '0' && digits[1] >= '0' && digits[1] <= '9' {
		return 0, d.fail(n, "write "+strings.TrimLeft(digits[:len(digits)-1], "0")+digits[len(digits)-1:], "%s: %s starts with a zero and looks octal", what, n.is())
	}
	x, err := strconv.ParseFloat(n.text, 64)
	if err != nil || math.IsInf(x, 0) {
		return 0, d.fail(n, "", "%s: %s is too large", what, n.is())
	}
	if x == 0 {
		mantissa, _, _ := strings.Cut(strings.ToLower(digits), "e")
		if strings.Trim(mantissa, "0.") != "" {
			return 0, d.fail(n, "write 0", "%s: %s is too small to tell from 0", what, n.is())
		}
		return 0, nil // -0 is 0
	}
	return x, nil
}

// positive reads a finite number of at least 0.
func (d *decoder) positive(n *node, what string) (float64, error) {
	x, err := d.number(n, what)
	if err == nil && x < 0 {
		err = d.fail(n, "", "%s: expected a number of at least 0, found %s", what, n.is())
	}
	return x, err
}

// fraction reads a number in [0, 1), or [0, 1] if closed.
func (d *decoder) fraction(n *node, what string, closed bool) (float64, error) {
	x, err := d.number(n, what)
	if err == nil && (x < 0 || x > 1 || x == 1 && !closed) {
		interval := "[0, 1)"
		if closed {
			interval = "[0, 1]"
		}
		err = d.fail(n, "", "%s: expected a number in %s, found %s", what, interval, n.is())
	}
	return x, err
}

// whole reads a whole number in [low, high].
func (d *decoder) whole(n *node, what string, low, high float64) (int, error) {
	x, err := d.number(n, what)
	if err != nil {
		return 0, err
	}
	if x != math.Trunc(x) {
		return 0, d.fail(n, "", "%s: expected a whole number, found %s", what, n.is())
	}
	if x < low {
		return 0, d.fail(n, "", "%s: expected a whole number of at least %.0f, found %s", what, low, n.is())
	}
	if x > high {
		return 0, d.fail(n, "", "%s: expected a whole number of at most %.0f, found %s", what, high, n.is())
	}
	return int(x), nil
}

// truth reads true or false.
func (d *decoder) truth(n *node, what string) (bool, error) {
	if n.form == plain && (n.text == "true" || n.text == "false") {
		return n.text == "true", nil
	}
	return false, d.fail(n, "", "%s: expected true or false, found %s", what, n.is())
}

// word reads text that is not a number and not empty.
func (d *decoder) word(n *node, what string) (string, error) {
	if n.form != plain && n.form != quoted {
		return "", d.fail(n, "", "%s: expected a text, found %s", what, n.is())
	}
	if n.form == plain && (decimal.MatchString(n.text) || n.text == "true" || n.text == "false") {
		return "", d.fail(n, "put it in quotes", "%s: expected a text, found %s", what, n.is())
	}
	return d.printable(n, what)
}

// printable refuses text that would garble a terminal.
func (d *decoder) printable(n *node, what string) (string, error) {
	if strings.TrimSpace(n.text) == "" {
		return "", d.fail(n, "", "%s: expected a text, found %s", what, n.is())
	}
	for _, r := range n.text {
		if !unicode.IsPrint(r) {
			return "", d.fail(n, "", "%s: the text %s has a character that cannot be printed", what, n.is())
		}
	}
	return n.text, nil
}

// numbers reads a list of finite numbers of at least 0.
func (d *decoder) numbers(n *node, what string) ([]float64, error) {
	if n.form != list {
		return nil, d.fail(n, "", "%s: expected a list of numbers, found %s", what, n.is())
	}
	if len(n.items) == 0 {
		return nil, d.fail(n, "", "%s: the list is empty", what)
	}
	xs := make([]float64, len(n.items))
	for i, item := range n.items {
		x, err := d.positive(item, what)
		if err != nil {
			return nil, err
		}
		xs[i] = x
	}
	return xs, nil
}
