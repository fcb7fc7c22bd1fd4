// Package floors holds no code: its test holds the table of floors, that is which
// package may import which, and fails when the code departs from it.
package floors
