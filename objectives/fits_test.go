package objectives_test

import (
	"errors"
	"testing"

	"allot/objectives"
)

// Elements that a market's vectors do not have are found before anything is solved.
func TestFits(t *testing.T) {
	for _, c := range []struct {
		text   string
		agents int
		column int // 0: fits
	}{
		{"t[1]", 2, 0}, {"t[-2]", 2, 0}, {"revenue", 1, 0}, {"t[len(t) - 1]", 1, 0}, {"sum(t[0:5])", 2, 0},
		{"revenue + t[2]", 2, 12}, {"u[-3]", 2, 2}, {"t[1]", 1, 2},
	} {
		o, err := objectives.New(c.text)
		if err != nil {
			t.Fatal(err)
		}
		err = objectives.Fits(o, c.agents)
		var wrong *objectives.ExpressionError
		switch {
		case c.column == 0 && err != nil:
			t.Errorf("%s with %d agents: %v", c.text, c.agents, err)
		case c.column > 0 && (!errors.As(err, &wrong) || wrong.Column != c.column):
			t.Errorf("%s with %d agents: %v, want column %d", c.text, c.agents, err, c.column)
		}
	}
	if err := objectives.Fits(objectives.Revenue{}, 1); err != nil {
		t.Error(err)
	}
}
