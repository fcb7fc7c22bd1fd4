package main

import (
	"bytes"
	"strings"
	"testing"

	"allot/cmd/allot/internal/reproduce"
)

// TestUnexplained holds that a difference without a reason ends with status 1, and that
// one with a reason does not.
func TestUnexplained(t *testing.T) {
	known := &reproduce.Entry{Rows: []reproduce.Row{{Verdict: reproduce.Agrees}, {Verdict: reproduce.Differs}, {Verdict: reproduce.Unpublished}}}
	if err := unexplained([]*reproduce.Entry{known}); err != nil {
		t.Errorf("known reasons: %v", err)
	}
	strange := &reproduce.Entry{Rows: []reproduce.Row{{Verdict: reproduce.Unexplained}, {Verdict: reproduce.Agrees}}}
	var out bytes.Buffer
	if got := explain(&out, unexplained([]*reproduce.Entry{known, strange})); got != exitFailure || !strings.Contains(out.String(), "1 of the numbers differ") {
		t.Errorf("status %d: %s", got, &out)
	}
}
