package objectives

import "allot/mechanisms"

// ProposerIncome is what the beacon proposer gets.
//
//	g = the part of sum c_i that is neither burnt nor smoothed
//
// Domain: every account; 0 under every rule that burns all it takes, as the
// families do unless their terms say otherwise. A test asserts that it follows
// the account.
type ProposerIncome struct{}

// Name implements Objective.
func (ProposerIncome) Name() string { return "proposerIncome" }

// Of implements Objective.
func (ProposerIncome) Of(a *mechanisms.Account) float64 { return finite(a.Proposer) }
