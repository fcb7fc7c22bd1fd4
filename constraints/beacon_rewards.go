package constraints

import (
	"fmt"
	"math"
)

// beaconRewards demands that the slot's value does not reach the beacon proposer.
//
//	measure: (what the beacon proposer gets) / (welfare), at most `max` (0 unless set)
//
// 0 where all that the protocol takes is burnt or smoothed, as under every family
// whose terms say nothing else; what agents keep of the value is theirs, not the
// proposer's. It is the first demand of J. Ma's reply to the base model: no timing
// games and no reward variance for beacon proposers. Domain: 0/0 counts as 0. Tolerance 1e-9.
// A test asserts 0.1 for an income of a tenth of the welfare.
type beaconRewards struct{ max float64 }

func (beaconRewards) Name() string { return "beacon-rewards" }

func (b beaconRewards) Bound() Bound { return Bound{Relation: AtMost, Value: b.max, Tolerance: 1e-9} }

func (beaconRewards) Measure(c *Case) (float64, error) {
	income, welfare := c.Account.Proposer, c.Account.Welfare
	switch {
	case income == 0:
		return 0, nil
	case welfare > 0:
		return income / welfare, nil
	}
	return math.NaN(), nil
}

func (beaconRewards) Explain(_ *Case, measure float64) string {
	if measure == 0 {
		return "nothing of the slot's value reaches the beacon proposer"
	}
	return fmt.Sprintf("%.4g %% of the slot's value reaches the beacon proposer", 100*measure)
}
