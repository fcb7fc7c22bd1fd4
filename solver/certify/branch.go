package certify

import "math"

// Best-first branch and bound on one signal: a heap of intervals by their upper
// bounds (Land, Doig 1960). The bound returned holds whether or not the search
// ran to its end.

// unit is the unit roundoff of float64.
const unit = 0x1p-53

// tiny covers the rounding of numbers too small for unit to matter.
const tiny = 0x1p-1064

// piece is an interval of signals with an upper bound on the pay-off in it.
type piece struct {
	lo, hi, bound float64
	// closed pieces gain nothing from being split.
	closed bool
}

// curve is the pay-off of a deviation as a function of the signal.
type curve interface {
	// bound is an upper bound on the pay-off on [lo, hi] (with its limits from
	// inside), and a signal there with a pay-off surely reached. closed says that
	// splitting would not help.
	bound(lo, hi, tol float64) (upper, signal, value float64, closed bool)
}

// search bounds f on the pieces put into c.heap by add. The caller gives the best
// known so far.
func (c *Certifier) search(f curve, best deviation, tol float64, limit int) deviation {
	for len(c.heap) > 0 {
		top := c.heap[0]
		if top.bound <= best.value+tol || top.bound <= best.bound || limit <= 0 {
			break
		}
		c.pop()
		mid := top.lo + (top.hi-top.lo)/2
		if top.closed || !(mid > top.lo && mid < top.hi) {
			best.bound = max(best.bound, top.bound)
			continue
		}
		if top.lo > 0 && top.hi > 16*top.lo {
			// Many scales: halve the logarithm.
			mid = math.Sqrt(top.lo) * math.Sqrt(top.hi)
		}
		best = c.add(f, top.lo, mid, top.bound, tol, best)
		best = c.add(f, mid, top.hi, top.bound, tol, best)
		limit -= 2
	}
	if len(c.heap) > 0 {
		if c.heap[0].bound > best.value+tol && c.heap[0].bound > best.bound {
			c.limited = true
		}
		best.bound = max(best.bound, c.heap[0].bound)
	}
	best.bound = max(best.bound, best.value)
	c.heap = c.heap[:0]
	return best
}

// add bounds f on [lo, hi] and puts the piece on the heap, unless it cannot matter.
func (c *Certifier) add(f curve, lo, hi, parent, tol float64, best deviation) deviation {
	upper, signal, value, closed := f.bound(lo, hi, tol)
	c.evaluations++
	if value > best.value {
		best.value, best.signal = value, signal
	}
	if !(upper <= parent) { // also where it is not a number
		upper = parent
	}
	if upper > best.bound {
		c.push(piece{lo: lo, hi: hi, bound: upper, closed: closed})
	}
	return best
}

func (c *Certifier) push(p piece) {
	c.heap = append(c.heap, p)
	h := c.heap
	for i := len(h) - 1; i > 0; {
		up := (i - 1) / 2
		if h[up].bound >= h[i].bound {
			return
		}
		h[up], h[i] = h[i], h[up]
		i = up
	}
}

func (c *Certifier) pop() {
	h := c.heap
	last := len(h) - 1
	h[0] = h[last]
	h = h[:last]
	c.heap = h
	for i := 0; ; {
		big := i
		if l := 2*i + 1; l < last && h[l].bound > h[big].bound {
			big = l
		}
		if r := 2*i + 2; r < last && h[r].bound > h[big].bound {
			big = r
		}
		if big == i {
			return
		}
		h[big], h[i] = h[i], h[big]
		i = big
	}
}
