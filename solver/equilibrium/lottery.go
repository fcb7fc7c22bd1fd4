package equilibrium

import (
	"math"
	"slices"

	"allot/mechanisms"
)

// Lotteries under complete information: an agent of positive value is in iff that
// pays, t_i (v_i - price) - fee >= 0.
//
//	largest set of the highest values with w_i/W (v_i - price) >= fee for all members;
//	nobody else would gain by entering: w_j/(W + w_j) (v_j - price) <= fee
//
// W is the members' total weight. With equal weights the set is an equilibrium
// as it stands: the next agent would have the same chance by entering as a member
// of the larger set. With unequal weights agents are ranked by what entry alone is
// worth to them, w_i (v_i - price), members that lose are dropped, the worst first, and
// the result is checked both ways. Zero values stand back. A test asserts
// revenue 2 at values 4, 2 and price 2.
func (s *Solver) solveLottery(lot mechanisms.Lot, values []float64, eq *Equilibrium) {
	eq.Method = "entry, largest set of the highest values"
	s.order = s.order[:0]
	for i, v := range values {
		if v > 0 && v >= lot.Price {
			s.order = append(s.order, i)
		}
	}
	weight := func(i int) float64 {
		if i < len(lot.Weights) {
			return lot.Weights[i]
		}
		return 1
	}
	in, sum := s.order, 0.0
	for _, i := range in {
		sum += weight(i)
	}
	margin := math.Inf(1)
	if lot.Fee > 0 {
		// worth*weight may leave the range of floats; its logarithm does not.
		rank := func(i int) float64 { return math.Log(values[i]-lot.Price) + math.Log(weight(i)) }
		slices.SortStableFunc(in, func(i, j int) int {
			switch a, b := rank(i), rank(j); {
			case a > b:
				return -1
			case a < b:
				return 1
			}
			return 0
		})
		// The last of a set has the least w (v - price), hence the least pay-off.
		most, kept := 0.0, 0
		sum = 0
		for k, i := range s.order {
			most += weight(i)
			switch slack := weight(i)/most*(values[i]-lot.Price) - lot.Fee; {
			case slack >= 0:
				kept, sum, margin = k+1, most, slack
			case k == kept:
				margin = math.Min(margin, -slack)
			}
		}
		in = s.order[:kept]
		eq.Selection = "largest set of the highest values in which everyone covers the fee"
		if lot.Weights != nil {
			eq.Selection = "largest set of the highest value times weight in which everyone covers the fee"
		}
		for _, j := range s.order[len(in):] {
			if w := weight(j); w/(sum+w)*(values[j]-lot.Price) > lot.Fee*(1+1e-12) {
				eq.Status = NotFound
				eq.Selection = "no set of the highest values keeps the others out"
				eq.Piece = stir(pieceNotFound, 0)
				return
			}
		}
	} else if lot.Price > 0 {
		for _, v := range values {
			if v > 0 {
				margin = math.Min(margin, math.Abs(v-lot.Price))
			}
		}
	}
	for _, i := range in {
		t := weight(i) / sum
		eq.Profile.Signals[i] = 1
		eq.Win[i], eq.Cost[i] = t, t*lot.Price+lot.Fee
		eq.Payoff[i] = t*(values[i]-lot.Price) - lot.Fee
	}
	eq.Margin = margin
	eq.mark(pieceLottery)
}
