package mechanisms

// Among is the mechanism for some of the agents only, in the order given: weights belong
// to agents, everything else is as before.
//
// Domain: agents counts from 0; agents beyond the weights have weight 1. Mechanisms that
// tell agents apart by other means than [Ratioed] and [EqualChance] weights are taken to
// do so by position. A test asserts shares 3/4, 1/4 of equal signals for the third
// and first of weights 1, 2, 3.
func Among(m Mechanism, agents []int) (Mechanism, error) {
	pick := func(weights []float64) []float64 {
		w := make([]float64, len(agents))
		for k, i := range agents {
			w[k] = 1
			if i < len(weights) {
				w[k] = weights[i]
			}
		}
		return w
	}
	switch t := m.(type) {
	case Ratioed:
		if ratio := t.Ratio(); ratio.Weights != nil {
			ratio.Weights = pick(ratio.Weights)
			return NewContest(ratio)
		}
	case EqualChance:
		if lot := t.Lot(); lot.Weights != nil {
			lot.Weights = pick(lot.Weights)
			return NewLottery(lot)
		}
	}
	return m, nil
}
