package constraints

import (
	"fmt"
	"math"
)

// producerProof demands that the receiver of the revenue and the agents cannot agree on
// anything better, all together.
//
//	measure: max_i v_i - (sum_i u_i + revenue), at most 0
//
// It is the off-chain agreement of Roughgarden (2020, 2021), between the block producer
// and its users: payments to the producer are transfers inside the coalition, so that
// its joint utility is the value that the right creates (the welfare), and the best
// that it could do is to give the right to the highest value. Every revenue counts as
// received; none is burnt out of the coalition's reach. So the first-price and the
// second-price auction pass, while a contest, a draw or a reserve that keeps the
// right back leaves something to agree on. It is not the ring of agents against the
// receiver: see ring-proof, which a first-price auction fails. Domain: every case
// with agents. Tolerance 1e-9 of E max v. A test asserts 4 - 10/3 for the
// proportional contest at values 4 and 2.
type producerProof struct{ tolerance float64 }

func (producerProof) Name() string { return "producer-proof" }

func (p producerProof) Bound() Bound {
	return Bound{Relation: AtMost, Tolerance: p.tolerance, Money: true}
}

func (producerProof) Measure(c *Case) (float64, error) {
	most := 0.0
	for _, v := range c.Account.Values {
		most = math.Max(most, v)
	}
	gain := most - c.Account.Welfare
	if math.Abs(gain) <= 1e-13*most {
		return 0, nil
	}
	return gain, nil
}

func (p producerProof) Explain(c *Case, measure float64) string {
	if _, verdict := p.Bound().Judge(measure, c.scale()); verdict != Violated {
		return "the highest value always wins: producer and agents together have nothing to gain"
	}
	most := 0
	for i, v := range c.Account.Values {
		if v > c.Account.Values[most] {
			most = i
		}
	}
	return fmt.Sprintf("producer and agents together gain %.6g by giving the right to %s", measure, c.name(most))
}
