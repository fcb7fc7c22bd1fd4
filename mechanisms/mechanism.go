package mechanisms

// Mechanism is the article's M: it maps signals to winning probabilities and
// payments. Implementations are immutable and safe for concurrent use.
type Mechanism interface {
	// Allot writes what the signals bring into out, whose slices hold
	// len(signals) agents. Signals are finite and >= 0; a signal of 0 is that
	// of an agent that stands back. The winning probabilities are >= 0 and sum
	// to at most 1; the rest is t_0, the share that stays with the protocol.
	// Allot does not allocate and does not keep the slices.
	Allot(signals []float64, out *Outcome)
}

// Outcome is what one vector of signals brings: agent i wins with probability
// Win[i], pays IfWin[i] when it wins and IfLose[i] when it does not.
type Outcome struct {
	Win, IfWin, IfLose []float64
}

// NewOutcome returns an outcome with room for n agents.
func NewOutcome(n int) *Outcome {
	o := &Outcome{}
	o.Resize(n)
	return o
}

// Resize gives the outcome room for n agents; it allocates only when it grows.
func (o *Outcome) Resize(n int) {
	if cap(o.Win) < n {
		o.Win, o.IfWin, o.IfLose = make([]float64, n), make([]float64, n), make([]float64, n)
	}
	o.Win, o.IfWin, o.IfLose = o.Win[:n], o.IfWin[:n], o.IfLose[:n]
}

// Cost is c_i, the expected payment of agent i.
func (o *Outcome) Cost(i int) float64 {
	t := o.Win[i]
	switch t { // keep 0 * anything out of the sum: a payment may be large
	case 0:
		return o.IfLose[i]
	case 1:
		return o.IfWin[i]
	}
	return t*o.IfWin[i] + (1-t)*o.IfLose[i]
}

// Payoff is u_i = t_i v_i - c_i for an agent that values winning at v.
func (o *Outcome) Payoff(i int, v float64) float64 { return o.Win[i]*v - o.Cost(i) }

// Game is a mechanism and what winning is worth to each agent once the terms
// are taken off (Terms.Factor), in the market's order of agents.
type Game struct {
	Mechanism Mechanism
	Values    []float64
	// Spites are the weights s_i that agents put on their rivals' profit: agent i then
	// plays for u_i - s_i sum_{j != i} u_j. Nil where nobody does.
	Spites []float64
}

// Spiteful reports that some agent minds what its rivals keep.
func (g Game) Spiteful() bool {
	if len(g.Values) < 2 {
		return false
	}
	for _, s := range g.Spites {
		if s != 0 {
			return true
		}
	}
	return false
}

// Spite is the weight that agent i puts on its rivals' profit.
func (g Game) Spite(i int) float64 {
	if i < len(g.Spites) {
		return g.Spites[i]
	}
	return 0
}

// The optional interfaces below say what a mechanism can do.

// Ranked mechanisms give the right to the highest signal.
type Ranked interface {
	Mechanism
	Ranking() Ranking
}

// Ranking describes a mechanism in which the highest signal of at least Reserve
// wins, ties sharing equally. With AllPay everyone pays its own signal;
// otherwise the winner pays First*own + (1-First)*max(runner-up, Reserve), First
// in [0, 1].
type Ranking struct {
	AllPay  bool
	First   float64
	Reserve float64
}

// Ratioed mechanisms are contests with a ratio-form success function.
type Ratioed interface {
	Mechanism
	Ratio() Ratio
}

// Ratio describes t_i = w_i a_i^Exponent / (sum_j w_j a_j^Exponent +
// Phantom^Exponent). Everyone pays its signal, or with WinnerPays only the
// winner; whoever signals more than 0 also pays Fee. Weights is nil when all are
// 1. When nobody signals, the right is shared equally if Phantom is 0 and stays
// with the protocol otherwise.
type Ratio struct {
	Exponent, Fee, Phantom float64
	Weights                []float64
	WinnerPays             bool
}

// EqualChance mechanisms draw the winner among those who enter.
type EqualChance interface {
	Mechanism
	Lot() Lot
}

// Lot describes a draw among the agents with a positive signal, in proportion to
// Weights (nil: equally): everyone in it pays Fee, the winner pays Price too.
type Lot struct {
	Fee, Price float64
	Weights    []float64
}

// Monotone mechanisms promise that an agent's winning probability and both its
// payments never fall when it alone raises its signal. Over an interval of
// signals [a, b] such a mechanism pays at most v t(b) - c(a) where c is the
// smaller expected payment, which is what a certificate needs.
type Monotone interface {
	Mechanism
	Monotone() bool
}

// Splitter mechanisms treat agents by name (weights), so an agent that appears
// under several identities needs a rule for them. Split returns the mechanism for
// a market in which agent i has k identities: itself and k-1 more, which are
// appended after the last agent. Mechanisms without it are anonymous and take
// any number of signals as they are.
type Splitter interface {
	Mechanism
	Split(i, k int) Mechanism
}
