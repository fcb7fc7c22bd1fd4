package search

import (
	"fmt"
	"math"
	"slices"

	"allot/constraints"
)

// conflicts remembers which constraints were satisfied together, to say why
// nothing is feasible.
type conflicts struct {
	trials int
	known  []int   // trials in which constraint j was measured
	alone  []int   // trials in which it held
	both   [][]int // trials in which j and k held
}

func newConflicts(n int) *conflicts {
	c := &conflicts{known: make([]int, n), alone: make([]int, n), both: make([][]int, n)}
	for j := range c.both {
		c.both[j] = make([]int, n)
	}
	return c
}

func (c *conflicts) record(slack []float64) {
	c.trials++
	for j, s := range slack {
		if !math.IsNaN(s) {
			c.known[j]++
		}
		if !(s <= feasibility) {
			continue
		}
		c.alone[j]++
		for k := range j {
			if slack[k] <= feasibility {
				c.both[k][j]++
			}
		}
	}
}

// explain says which constraints never held, and which never held together,
// among the mechanisms tried.
func (c *conflicts) explain(list []constraints.Constraint) []string {
	if c.trials < 2 {
		return nil // the findings say it all
	}
	var lines []string
	for j, held := range c.alone {
		if held == 0 && c.known[j] > 0 { // why one is unknown stands beside it
			lines = append(lines, fmt.Sprintf("%s held in none of the %d mechanisms tried", list[j].Name(), c.trials))
		}
	}
	for k := range c.both {
		for j := k + 1; j < len(c.both); j++ {
			if c.alone[j] > 0 && c.alone[k] > 0 && c.both[k][j] == 0 {
				lines = append(lines, fmt.Sprintf("%s and %s conflict: each held alone, never both, in the %d mechanisms tried", list[k].Name(), list[j].Name(), c.trials))
			}
		}
	}
	if len(lines) == 0 && len(c.alone) > 0 && !slices.Contains(c.known, 0) {
		lines = append(lines, fmt.Sprintf("every pair of constraints held together somewhere, all of them never, in the %d mechanisms tried", c.trials))
	}
	return lines
}

// violationOf is the largest violation among findings, NaN where one is unknown.
func violationOf(findings []constraints.Finding) (largest float64, feasible bool) {
	feasible = true
	for _, f := range findings {
		if f.Verdict != constraints.Holds {
			feasible = false
		}
		if f.Verdict == constraints.Violated {
			largest = math.Max(largest, f.Violation)
		}
	}
	return largest, feasible
}
