package study

import (
	"fmt"
	"strings"
)

// Error says what is wrong with a study and where.
type Error struct {
	File string
	// Line and Column count from 1.
	Line, Column int
	Message      string
	// Hint says what would help, or "".
	Hint string
}

func (e *Error) Error() string {
	return fmt.Sprintf("%s:%d:%d: %s", e.File, e.Line, e.Column, e.Message)
}

// closest is the known name that is nearest to a mistyped one, or "" where none is
// near (Damerau-Levenshtein distance, case ignored).
func closest(name string, known []string) string {
	best, least := "", 1+len(name)/3
	for _, k := range known {
		if d := distance(strings.ToLower(name), strings.ToLower(k)); d <= least {
			if best == "" || d < least {
				best, least = k, d
			}
		}
	}
	return best
}

// distance counts the insertions, deletions, replacements and swaps of neighbours
// that turn a into b; names longer than 64 bytes count as far from everything.
func distance(a, b string) int {
	if len(a) > 64 || len(b) > 64 {
		return 1 << 30
	}
	var rows [3][65]int
	for j := range len(b) + 1 {
		rows[1][j] = j
	}
	for i := 1; i <= len(a); i++ {
		before, last, row := &rows[(i+2)%3], &rows[i%3], &rows[(i+1)%3]
		row[0] = i
		for j := 1; j <= len(b); j++ {
			cost := 1
			if a[i-1] == b[j-1] {
				cost = 0
			}
			row[j] = min(last[j]+1, row[j-1]+1, last[j-1]+cost)
			if i > 1 && j > 1 && a[i-1] == b[j-2] && a[i-2] == b[j-1] {
				row[j] = min(row[j], before[j-2]+1)
			}
		}
	}
	return rows[(len(a)+1)%3][len(b)]
}

// oneOf lists names as a hint does: "a, b or c".
func oneOf(names []string) string {
	switch n := len(names); n {
	case 0:
		return ""
	case 1:
		return names[0]
	default:
		return strings.Join(names[:n-1], ", ") + " or " + names[n-1]
	}
}

// suggest is the hint for a name that is not known.
func suggest(name string, known []string) string {
	if c := closest(name, known); c != "" {
		return fmt.Sprintf("did you mean %s?", c)
	}
	if len(known) == 0 {
		return ""
	}
	return "there are " + oneOf(known)
}
