package objectives

import "allot/mechanisms"

// AgentSurplus is what the agents keep.
//
//	g = sum u_i,  u_i = t_i v_i - c_i after the terms
//
// Domain: every account; 0 in an empty market. Where nothing is concealed, it is
// welfare less revenue. A test asserts 2 for the proportional contest at values
// 4 and 2 (Neuder, Garimidi, Roughgarden 2024: 16/9 and 2/9).
type AgentSurplus struct{}

// Name implements Objective.
func (AgentSurplus) Name() string { return "agentSurplus" }

// Of implements Objective.
func (AgentSurplus) Of(a *mechanisms.Account) float64 { return finite(a.Surplus()) }
