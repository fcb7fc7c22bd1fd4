package mechanisms

// Profile is what the agents play, in the market's order: agent i plays
// Signals[i], or the mixture Mixed[i] where that is not empty; Signals[i] is then
// its mean.
type Profile struct {
	Signals []float64
	// Mixed is nil when every agent plays a pure strategy.
	Mixed []Mixture
}

// Mixture is a probability distribution over signals, given by its cumulative
// distribution function: Cumulative[k] is the probability of a signal of at most
// Signals[k], linear between knots. A signal that appears twice is an atom: the
// first of the two has the probability of less, the second of at most. The
// first knot's Cumulative is 0 or the mass of an atom there; the last is 1.
type Mixture struct {
	Signals, Cumulative []float64
}

// IsEmpty reports a mixture that stands for a pure strategy.
func (m Mixture) IsEmpty() bool { return len(m.Signals) == 0 }

// Mean is the expected signal.
func (m Mixture) Mean() float64 {
	if m.IsEmpty() {
		return 0
	}
	sum := m.Signals[0] * m.Cumulative[0]
	for k := 1; k < len(m.Signals); k++ {
		sum += (m.Cumulative[k] - m.Cumulative[k-1]) * (m.Signals[k] + m.Signals[k-1]) / 2
	}
	return sum
}

// BidCurve is a strategy under private values. A type's rank is the probability of
// a lower value (within an atom any rank of the atom's, drawn uniformly), and the
// bid is linear in the rank between knots: knot k has rank Below[k], value Values[k]
// and bid Bids[k], all ascending from rank 0 to rank 1. So the bid's distribution
// function is linear between knots whatever the distribution of values, and knots of
// equal value and different bids are a mixture. Above is 1 - Below without the
// rounding, for the ranks next to 1. Two knots of one rank are a jump; bids below the
// reserve stand back. Values may end in +Inf.
type BidCurve struct {
	Values, Bids []float64
	Below, Above []float64
}
