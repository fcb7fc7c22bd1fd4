// Package objectives holds the goals g(T, C) that a protocol may pursue: one file
// each, and expressions of them.
//
// An objective maps a [mechanisms.Account] to a number, larger being better.
// Concentration measures are over t_i/(1-t_0), the shares given that somebody
// wins, and are NaN where nobody ever does (t_0 = 1).
package objectives

import "allot/mechanisms"

// Objective is a goal g. Implementations are immutable and safe for concurrent
// use; Of does not allocate for the built-in ones.
type Objective interface {
	// Name is the name in studies and tables; for an expression, its text.
	Name() string
	// Of is g of the account, NaN where g is not defined there.
	Of(a *mechanisms.Account) float64
}

// Warner objectives have something to say about some markets.
type Warner interface {
	Objective
	// Warning is what a user with n agents should know, or "".
	Warning(n int) string
}
