package objectives

import "allot/mechanisms"

// Revenue is what the protocol takes in.
//
//	g = sum c_i + what the burn share brings
//
// Domain: every account; 0 in an empty market. Neuder, Garimidi and Roughgarden
// (2024) call it the accuracy of the MEV oracle. A test asserts 4/3 for the
// proportional contest at values 4 and 2.
type Revenue struct{}

// Name implements Objective.
func (Revenue) Name() string { return "revenue" }

// Of implements Objective.
func (Revenue) Of(a *mechanisms.Account) float64 { return finite(a.Revenue()) }
