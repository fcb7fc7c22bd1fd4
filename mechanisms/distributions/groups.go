package distributions

import (
	"reflect"
	"slices"
)

// Equal reports equal distributions. Two that == cannot compare are compared in depth.
func Equal(a, b anyValue) bool {
	t := reflect.TypeOf(a)
	if t != reflect.TypeOf(b) {
		return false
	}
	if t.Comparable() {
		return a == b
	}
	return reflect.DeepEqual(a, b)
}

// Groups are the indices of equal distributions, in order of appearance; none may be nil. A test
// asserts that d, e, d give [0 2] and [1].
func Groups[D anyValue](values []D) [][]int {
	var groups [][]int
	index := make(map[anyValue]int)
	last := -1
	for i, d := range values {
		k := -1
		switch {
		case !reflect.TypeOf(d).Comparable():
			k = slices.IndexFunc(groups, func(g []int) bool { return Equal(values[g[0]], d) })
		case i > 0 && anyValue(d) == anyValue(values[i-1]): // runs can be long
			k = last
		default:
			if at, known := index[d]; known {
				k = at
			} else {
				index[d] = len(groups)
			}
		}
		if k < 0 {
			k = len(groups)
			groups = append(groups, nil)
		}
		groups[k] = append(groups[k], i)
		last = k
	}
	return groups
}
