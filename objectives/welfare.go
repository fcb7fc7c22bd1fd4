package objectives

import "allot/mechanisms"

// Welfare is the value that reaches whoever gets the right.
//
//	g = sum t_i v_i - what concealing rewards costs
//
// Its upper bound over all mechanisms is E v_(1) (Vickrey 1961). Domain: every
// account; the share t_0 that nobody wins counts nothing. A test asserts 10/3 for
// the proportional contest at values 4 and 2.
type Welfare struct{}

// Name implements Objective.
func (Welfare) Name() string { return "welfare" }

// Of implements Objective.
func (Welfare) Of(a *mechanisms.Account) float64 { return finite(a.Welfare) }
