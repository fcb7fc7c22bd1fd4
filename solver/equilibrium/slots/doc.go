// Package slots computes what happens when the proposing right is allotted slot
// after slot to the same agents: Markov-perfect values of being the incumbent, how
// often one agent proposes twice running under draws and cooldowns, and long runs
// of ticket sales at a posted price.
//
// incumbency.go has the game and its solution by value iteration, stage.go and proportional.go the
// play of one slot, equilibria.go the other equilibria, histories.go who won before under a
// cooldown; draws.go independent draws; posted.go the rules of a posted price, simulation.go sales
// under them.
package slots
