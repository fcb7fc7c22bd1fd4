// Package bound says what no mechanism can exceed, whatever its family: mechanisms that agents take
// part in of their own will and that pay no subsidies.
//
// Where agents know each other's values ([Full], full.go) it is what a designer who knows them could
// take, for revenue under a fairness [FairRevenue] (fair.go). Where each knows its own value only it
// is the optimal auction of Myerson (1981), [Revenue], [Welfare] and what lies between, [Weighted]
// (myerson.go), on virtual values that are ironed where they must be (curve.go). Money is in the unit
// of the values. Errors are about values that are negative, infinite or without a mean.
package bound
