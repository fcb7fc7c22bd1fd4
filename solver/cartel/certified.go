package cartel

import (
	"fmt"

	"allot/mechanisms"
	"allot/solver/certify"
)

// certified is a proven upper bound on D/(D+G) at a point of a mechanism that says
// nothing about itself: D by package certify, which shares nothing with the search here,
// G by the mechanism's rule. It is 1, with a reason, where nothing is proven. A test holds it
// against tickets, whose D is known.
func (s *stage) certified(p point) (beta float64, reason string) {
	s.probe(p.b)
	bound, d := 0.0, make([]float64, len(s.values))
	profile := mechanisms.Profile{Signals: make([]float64, len(s.values))}
	profile.Signals[s.leader] = p.b
	gain := -s.rivals
	for j := range s.values {
		gain += s.stand[j]
	}
	copy(d, s.stand)
	var c certify.Certifier
	for j := range s.values {
		best := c.BestDeviation(s.search.game, profile, j, certify.Options{})
		if best.Standing != certify.Certified {
			if best.Reason == "" {
				best.Reason = fmt.Sprintf("no bound on the deviations of member %d", j+1)
			}
			return 1, best.Reason
		}
		gains := max(0, best.Bound-d[j])
		if j != s.leader {
			gains = max(gains, s.compete[j]-d[j])
		}
		bound += gains
	}
	if gain <= 0 {
		return 1, "the gain is rounding"
	}
	return bound / (bound + gain), ""
}
