package mechanisms

import (
	"fmt"
	"math"
)

// Contest shares the right in proportion to powers of the signals (Tullock 1980).
//
//	t_i = w_i a_i^rho / (sum_j w_j a_j^rho + R^rho)
//
// Everyone pays its signal, or with WinnerPays only the winner; taking part
// (a_i > 0) costs Fee besides, whatever the result. rho = 1 with everyone paying
// is the proportional execution ticket (Neuder, Garimidi, Roughgarden 2024);
// rho -> infinity the all-pay auction. R is a phantom bid: its share is t_0. If
// nobody signals and R = 0, all share equally. Domain: rho > 0, Fee >= 0, R >= 0,
// weights > 0. A test asserts shares 2/3, 1/3 for signals 8/9, 4/9 at rho = 1.
type Contest struct{ ratio Ratio }

// NewContest checks the parameters; it copies the weights.
func NewContest(r Ratio) (Contest, error) {
	if !(r.Exponent > 0) || math.IsInf(r.Exponent, 1) || bad(r.Fee) || bad(r.Phantom) {
		return Contest{}, fmt.Errorf("mechanisms: contest: exponent %g must be positive, fee %g and phantom bid %g at least 0, and all finite", r.Exponent, r.Fee, r.Phantom)
	}
	for i, w := range r.Weights {
		if bad(w) || w == 0 {
			return Contest{}, fmt.Errorf("mechanisms: contest: weight %d is %g: weights are positive and finite", i+1, w)
		}
	}
	r.Weights = append([]float64(nil), r.Weights...)
	return Contest{ratio: r}, nil
}

// Ratio implements Ratioed.
func (c Contest) Ratio() Ratio { return c.ratio }

// Monotone implements Monotone.
func (c Contest) Monotone() bool { return true }

// Split implements Splitter: a weight belongs to the agent, and each of its
// identities has it, as each would have if it had come alone.
func (c Contest) Split(i, k int) Mechanism {
	if i < 0 || i >= len(c.ratio.Weights) || k < 2 {
		return c
	}
	r := c.ratio
	w := append([]float64(nil), r.Weights...)
	for range k - 1 {
		w = append(w, w[i])
	}
	r.Weights = w
	return Contest{ratio: r}
}

// Allot implements Mechanism. Powers are taken relative to the largest signal, so
// that no exponent overflows.
func (c Contest) Allot(signals []float64, out *Outcome) {
	n := len(signals)
	out.Resize(n)
	top := c.ratio.Phantom
	for _, s := range signals {
		top = math.Max(top, s)
	}
	total := 0.0
	if c.ratio.Phantom > 0 {
		total = c.power(c.ratio.Phantom / top)
	}
	for i, s := range signals {
		share := 0.0
		if s > 0 {
			share = c.power(s / top)
			if i < len(c.ratio.Weights) {
				share *= c.ratio.Weights[i]
			}
		}
		out.Win[i] = share
		total += share
	}
	if total > math.MaxFloat64 { // a sum of weights
		total = rescale(out.Win)
	}
	for i, s := range signals {
		if total > 0 {
			out.Win[i] /= total
		} else {
			out.Win[i] = 1 / float64(n)
		}
		out.IfWin[i], out.IfLose[i] = s, s
		if c.ratio.WinnerPays {
			out.IfLose[i] = 0
		}
		if s > 0 {
			out.IfWin[i] += c.ratio.Fee
			out.IfLose[i] += c.ratio.Fee
		}
	}
}

// rescale divides shares, whose sum overflows, by more than their number, and returns the
// sum. What a phantom bid adds is nothing beside them.
func rescale(shares []float64) float64 {
	total := 0.0
	for i := range shares {
		shares[i] /= 2 * float64(len(shares))
		total += shares[i]
	}
	return total
}

func (c Contest) power(x float64) float64 {
	if c.ratio.Exponent == 1 {
		return x
	}
	return math.Pow(x, c.ratio.Exponent)
}

var contestFamily = Family{
	Name:    "contest",
	Summary: "the right is shared in proportion to powers of the signals",
	Parameters: []Parameter{
		{Name: "exponent", Doc: "rho: how much a larger signal counts", Default: Number(1), Low: math.SmallestNonzeroFloat64, High: math.MaxFloat64},
		{Name: "fee", Doc: "what taking part costs", High: math.MaxFloat64},
		{Name: "phantom", Doc: "a bid of the protocol's own", High: math.MaxFloat64},
		{Name: "payment", Doc: "who pays its signal", Default: Word("all-pay"), Words: []string{"all-pay", "winner-pays"}},
		{Name: "weights", Doc: "how much each agent's signal counts", PerAgent: true},
	},
	New: func(s Settings) (Mechanism, error) {
		return NewContest(Ratio{
			Exponent:   s.Number("exponent"),
			Fee:        s.Number("fee"),
			Phantom:    s.Number("phantom"),
			WinnerPays: s.Word("payment") == "winner-pays",
			Weights:    s["weights"].List,
		})
	},
}
