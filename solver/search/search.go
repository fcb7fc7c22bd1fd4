// Package search finds the best mechanism: it solves every candidate's
// equilibrium, checks the constraints and steers the parameters.
//
// A [Problem] is a market, spaces of mechanisms, an objective and constraints; the types of the
// answer are in search.go too. What can be asked of it:
//
//	Search       the best mechanism (run.go); what steers is package optimize
//	Evaluate     mechanisms whose parameters are fixed (run.go)
//	Compare      which of these are alike (compare.go)
//	Collude      the rings that can form against them (collusion.go)
//	Map          which is best where, over two parameters of the market (atlas.go)
//	Binding      which constraints keep the objective from being better (binding.go)
//	UpperBounds  what no mechanism can exceed (bounds.go)
//
// How one design is judged depends on what agents know: evaluator.go where they know each
// other's values, numbers or draws of them (draws.go), bayesian.go where each knows its own only,
// shared.go, conditioned.go and twins.go where values have a component that all, or a group, know.
// terms.go has what the terms change, resale.go a right that is sold on. The same problem and
// seed give the same bits on any number of workers.
//
// Mechanisms, objectives and constraints of one's own take part like those that ship: see the
// example of Search.
package search

import (
	"allot/constraints"
	"allot/mechanisms"
	"allot/objectives"
)

// Problem is a study: a market, the mechanisms that may be used, what the protocol
// wants and what must hold.
type Problem struct {
	Market      *mechanisms.Market
	Spaces      []mechanisms.Space
	Objective   objectives.Objective
	Constraints []constraints.Constraint
	// Evaluations is the budget for each space (default 400), Seed the seed of
	// every random choice, Draws the number of draws of values (default 4096,
	// rounded up to a power of two), Workers how many goroutines solve draws
	// (default: all cores). The answer does not depend on Workers.
	Evaluations int
	Seed        uint64
	Draws       int
	Workers     int
	// Tolerance is the certificate asked for, as a share of E max v (default 1e-6).
	Tolerance float64
}

// MaxDraws is the largest number of draws, MaxWorkers the most goroutines.
const (
	MaxDraws   = 1 << 20
	MaxWorkers = 1024
)

// Status says what a search found.
type Status string

const (
	// Optimal: the gap to a proven bound is within tolerance.
	Optimal Status = "optimal"
	// Feasible: every constraint holds; nothing better was found.
	Feasible Status = "feasible"
	// Infeasible: no mechanism was found that satisfies every constraint.
	Infeasible Status = "infeasible"
	// Stopped: the search was interrupted.
	Stopped Status = "stopped"
)

// Report is the answer to a Problem.
type Report struct {
	Status Status
	// Best is nil where nothing is feasible; Candidates are ranked, best first,
	// one for each space (the least violating one where none is feasible).
	Best        *Candidate
	Candidates  []*Candidate
	Bound       Bound
	Evaluations int
	Seed        uint64
	Warnings    []string
}

// Bound is an upper bound on the objective over all mechanisms.
type Bound struct {
	// Value is +Inf where no bound is known; Gap is Value less the best objective.
	Value, Gap float64
	Method     string
}

// Candidate is one mechanism, solved and checked.
type Candidate struct {
	Family string
	// Settings are the mechanism's parameters, terms included; Searched names
	// those that the search chose.
	Settings  mechanisms.Settings
	Searched  []string
	Objective float64
	// Metrics are the built-in objectives by name.
	Metrics     map[string]float64
	Equilibrium Solved
	Constraints []constraints.Finding
	// Violation is the largest violation; Feasible says that every constraint
	// holds.
	Violation float64
	Feasible  bool
	// TailShare is, for drawn values, the share of the objective that comes from
	// the top 0.1 % of values; NaN otherwise.
	TailShare float64
	// StandardError is, for drawn values, that of the objective, from scrambling
	// the draws anew; 0 for a market of numbers, NaN where it was not computed. It is for the
	// best candidate of a search and for every candidate of an evaluation.
	StandardError float64
	// Oversight is what validators let pass, nil without oversight.
	Oversight *Oversight
	Notes     []string

	point []float64 // where in its space
	space int
}

// Oversight is how often validators err, and what a cartel pays to get past them
// (expectations over draws).
type Oversight struct {
	// Rejected is the share of honest outcomes that they reject, Passed that of a
	// cartel's that they let pass when it pays what is best for its leader.
	Rejected, Passed float64
	// Paid is what such a cartel pays, Total what competition does.
	Paid, Total float64
}

// Solved is a candidate's equilibrium as reports show it.
type Solved struct {
	// Status is the two axes in one word: certified, approximate or none; Stopped is
	// why the solver stopped.
	Status, Stopped, Method, Regime, Selection string
	// Epsilon is the certified bound on what any agent could gain, in value
	// units; the largest over draws. Relative is its share of E max v.
	Epsilon, Relative float64
	Agents            []AgentResult
	Unsold            float64
}

// AgentResult is one agent's part (expectations over draws): its value before terms, what it
// signals, wins (a probability), pays and keeps.
type AgentResult struct {
	Name                             string
	Value, Signal, Win, Cost, Payoff float64
	// Mixture is what the agent plays where it mixes, in a market of numbers; empty
	// otherwise. Strategy is its bid by rank with private values; nil otherwise.
	Mixture  mechanisms.Mixture
	Strategy []RankBid
}

// RankBid is what the type bids whose value exceeds a share Rank of all. Value may be
// +Inf at rank 1; bids below the reserve stand back.
type RankBid struct {
	Rank, Value, Bid float64
}

// Progress is told to the caller while the search runs: of the family in hand, how many of Budget
// evaluations are done, the best objective so far and by how much its constraints are violated.
type Progress struct {
	Family      string
	Evaluations int
	Budget      int
	Best        float64
	Violation   float64
}
