package objectives

import (
	"math"

	"allot/mechanisms"
)

// EffectiveAgents is the number of equal agents that would be as concentrated.
//
//	g = 1/HHI = 1 / sum s_i^2,  s_i = t_i/(1-t_0),  in [1, n]
//
// Domain: NaN where nobody ever wins (t_0 = 1) and for an empty market. Hirschman
// (1945), Herfindahl (1950); Laakso and Taagepera (1979). A test asserts 1/0.52 at
// shares 0.6, 0.4, 0.
type EffectiveAgents struct{}

// Name implements Objective.
func (EffectiveAgents) Name() string { return "effectiveAgents" }

// Of implements Objective.
func (EffectiveAgents) Of(a *mechanisms.Account) float64 {
	total := sold(a.Win)
	if !(total > 0) {
		return math.NaN()
	}
	hhi := 0.0
	for _, t := range a.Win {
		s := t / total
		hhi += s * s
	}
	return finite(1 / hhi)
}
