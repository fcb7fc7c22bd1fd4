package cartel

import (
	"fmt"
	"math"
)

// Monitoring is how well the members see each other. Only the winner is seen, so
// that a member that departs cannot be told from an outsider: every alarm ends the
// agreement for all. With
//
//	Lag L           extra periods in which a departure goes unseen (and pays again)
//	FalseAlarm p    chance in each period that competition starts by mistake
//
// and q = delta (1-p), a member that gets x by complying, P by departing and u under
// competition has, per period,
//
//	comply  m x + (1-m) u,   m  = (1-delta)/(1-q)
//	depart  m' P + (1-m') u, m' = (1-delta)(1-q^(L+1))/(1-q)
//
// so that it complies iff x >= (1-beta) P + beta u with beta = (delta (1-p))^(L+1): the
// agreement works as under perfect monitoring at the discount factor beta. The zero
// value is perfect monitoring. After Green and Porter (1984), with reversion for
// ever. A test asserts beta = 0.729 at delta = 0.9, L = 2 and beta = 0.81 at p = 0.1, L = 0.
type Monitoring struct {
	Lag        int
	FalseAlarm float64
}

// Effective is beta at a discount factor delta.
func (m Monitoring) Effective(delta float64) float64 {
	return math.Pow(delta*(1-m.FalseAlarm), float64(m.Lag+1))
}

// Required is the least discount factor with Effective of at least beta; 1 where
// none below 1 has.
func (m Monitoring) Required(beta float64) float64 {
	if beta <= 0 {
		return 0
	}
	return math.Min(1, math.Pow(beta, 1/float64(m.Lag+1))/(1-m.FalseAlarm))
}

func (m Monitoring) check() error {
	if m.Lag < 0 || m.Lag > 1<<20 || !(m.FalseAlarm >= 0 && m.FalseAlarm < 1) {
		return fmt.Errorf("cartel: monitoring: lag %d must be in [0, %d] and the chance of a false alarm %g in [0, 1)", m.Lag, 1<<20, m.FalseAlarm)
	}
	return nil
}
