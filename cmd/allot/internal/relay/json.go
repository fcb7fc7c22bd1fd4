package relay

import (
	"encoding/json"
	"errors"
	"fmt"
	"hash/fnv"
	"io"
	"strings"
)

// maxKeys bounds the keys of one object.
const maxKeys = 256

// reading is a JSON stream and where it is.
type reading struct {
	*ledger
	d *json.Decoder
}

// json takes in an array of objects with slot, builder_pubkey and value in wei.
func (l *ledger) json(in io.Reader) error {
	l.digits = 18
	r := &reading{ledger: l, d: json.NewDecoder(in)}
	r.d.UseNumber()
	open, err := r.d.Token()
	if err != nil {
		return r.broken(err)
	}
	if open != json.Delim('[') {
		return r.here(1, "this looks like a relay's error message, or one object of the array", "expected a JSON array, found an object")
	}
	for r.d.More() {
		if err := r.object(); err != nil {
			return err
		}
	}
	if _, err := r.d.Token(); err != nil {
		return r.broken(err)
	}
	if _, err := r.d.Token(); err != io.EOF {
		if err != nil {
			return r.broken(err)
		}
		return r.here(1, "", "expected the end of the input after the array")
	}
	return nil
}

// here is an error at the item of that many bytes that was just read.
func (r *reading) here(length int, hint, format string, args ...any) error {
	offset := r.tracker.skipped + r.d.InputOffset() - int64(length)
	line, column := r.tracker.at(max(offset, 0))
	return r.fail(line, column, offset, hint, format, args...)
}

// broken is an error for JSON that is not.
func (r *reading) broken(err error) error {
	offset := r.tracker.skipped + r.d.InputOffset()
	var syntax *json.SyntaxError
	message := err.Error()
	switch {
	case r.tracker.long:
	case errors.Is(err, io.ErrUnexpectedEOF), errors.Is(err, io.EOF):
		offset, message = r.tracker.read, "the input ends in the middle: it is truncated"
	case errors.As(err, &syntax):
		if strings.Contains(message, "unexpected end") {
			offset, message = r.tracker.read, "the input ends in the middle: it is truncated"
			break
		}
		message = "not JSON: " + message
	default:
		return fmt.Errorf("reading %s: %w", r.file, err)
	}
	line, column := r.tracker.at(offset)
	return r.fail(line, column, offset, "", "%s", message)
}

// object takes in one bid or payment.
func (r *reading) object() error {
	open, err := r.d.Token()
	if err != nil {
		return r.broken(err)
	}
	if open != json.Delim('{') {
		return r.here(1, "", "expected an object with slot, builder_pubkey and value, found %v", describe(open))
	}
	r.tracker.at(r.tracker.skipped + r.d.InputOffset()) // what came before is done with
	var e entry
	seen := make(map[string]bool, 32)
	mark := fnv.New64a()
	for r.d.More() {
		token, err := r.d.Token()
		if err != nil {
			return r.broken(err)
		}
		key, ok := token.(string)
		if !ok {
			return r.here(1, "", "expected a key, found %v", describe(token))
		}
		if seen[key] {
			return r.here(len(key)+2, "", "the key %s appears twice in one object", clip(key))
		}
		if seen[key] = true; len(seen) > maxKeys {
			return r.here(len(key)+2, "", "more than %d keys in one object", maxKeys)
		}
		var raw json.RawMessage
		if err := r.d.Decode(&raw); err != nil {
			return r.broken(err)
		}
		text, isText := scalar(raw)
		var wrong error
		switch key {
		case "slot":
			if e.slot, wrong = slotOf(text); !isText {
				wrong = fmt.Errorf("expected a slot number, found %s", clip(string(raw)))
			}
		case "value":
			if e.value, wrong = r.amount(text); !isText {
				wrong = fmt.Errorf("expected a whole number, found %s", clip(string(raw)))
			}
		case "builder_pubkey":
			if e.builder, wrong = pubkey(text); !isText {
				wrong = fmt.Errorf("expected a public key, found %s", clip(string(raw)))
			}
		case "block_hash":
			fmt.Fprintf(mark, "%s", text)
			e.mark = mark.Sum64()
		}
		if wrong != nil {
			return r.here(len(raw), "", "%s: %v", key, wrong)
		}
	}
	for _, key := range []string{"slot", "builder_pubkey", "value"} {
		if !seen[key] {
			return r.here(0, "a bid or payment has slot, builder_pubkey and value", "the object has no %s", key)
		}
	}
	if _, err := r.d.Token(); err != nil {
		return r.broken(err)
	}
	if err := r.take(e); err != nil {
		return r.here(1, "", "%v", err)
	}
	return nil
}

// scalar is the text of a JSON string or number.
func scalar(raw json.RawMessage) (string, bool) {
	if len(raw) == 0 {
		return "", false
	}
	if raw[0] == '"' {
		var text string
		err := json.Unmarshal(raw, &text)
		return text, err == nil
	}
	return string(raw), raw[0] == '-' || raw[0] >= '0' && raw[0] <= '9'
}

// pubkey reads a public key or the beginning of one.
func pubkey(text string) (string, error) {
	key := strings.ToLower(text)
	digits, ok := strings.CutPrefix(key, "0x")
	if !ok || len(digits) < 8 || len(digits) > 96 || strings.Trim(digits, "0123456789abcdef") != "" {
		return "", fmt.Errorf("expected a public key such as 0x978a35c3..., found %s", clip(text))
	}
	return key, nil
}

func describe(token json.Token) string {
	switch t := token.(type) {
	case json.Delim:
		return clip(t.String())
	case string:
		return clip(t)
	case nil:
		return "null"
	}
	return clip(fmt.Sprint(token))
}
