// Package slots computes what happens when the proposing right is allotted slot
// after slot to the same agents: Markov-perfect values of being the incumbent, how
// often one agent proposes twice running under draws and cooldowns, and long runs
// of ticket sales at a posted price.
package slots
