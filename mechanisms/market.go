package mechanisms

import (
	"errors"
	"fmt"
	"math"
)

// Information says what agents know of each other.
type Information int

const (
	// Complete information: agents know each other's values.
	Complete Information = iota
	// Private information: each agent knows its own value only.
	Private
)

func (i Information) String() string {
	if i == Private {
		return "private"
	}
	return "complete"
}

// Distribution is what is known of a value before it is drawn. Values are
// never negative. Implementations are immutable; those for the usual families
// are in package distributions.
type Distribution interface {
	// CDF is P(value <= v).
	CDF(v float64) float64
	// Quantile is the least v with CDF(v) >= p, for p in [0, 1].
	Quantile(p float64) float64
	// Mean is the expectation, +Inf where there is none.
	Mean() float64
	// Support is the smallest closed interval with all the probability; high
	// may be +Inf.
	Support() (low, high float64)
}

// Point is a value that is known: the distribution with all its mass there.
type Point float64

func (p Point) CDF(v float64) float64 {
	if v < float64(p) {
		return 0
	}
	return 1
}

func (p Point) Quantile(float64) float64     { return float64(p) }
func (p Point) Mean() float64                { return float64(p) }
func (p Point) Support() (low, high float64) { return float64(p), float64(p) }

// Knowledge says what the members of a group with a common component know.
type Knowledge int

const (
	// KnowsOwn: an agent knows its own value only, not how it came about.
	KnowsOwn Knowledge = iota
	// KnowsCommon: an agent knows the common component, so that it knows its
	// twins' values up to their private parts.
	KnowsCommon
	// KnowsBoth: an agent knows the common component and its own value.
	KnowsBoth
)

// Common is a component that the agents of a group share: v_i = Value * e_i with
// e_i the agent's own Value. Agents that point at the same Common are twins.
type Common struct {
	Name  string
	Value Distribution
	Knows Knowledge
}

// Agent competes for the proposing right. The zero value of every field but
// Value is the usual one.
type Agent struct {
	Name  string
	Value Distribution
	// Common is the component shared with twins, nil for none.
	Common *Common
	// CapitalCost is the agent's cost of capital, as a rate per slot.
	CapitalCost float64
	// Budget is the most that the agent can pay; 0 means no limit.
	Budget float64
	// Identities is how many identities the agent can pass off as agents,
	// itself included; 0 means the study's default.
	Identities int
	// Discount is the agent's discount factor per slot in [0, 1); 0 means the
	// market's.
	Discount float64
	// Spite is the weight s_i that the agent puts on its rivals' profit: it plays for
	// u_i - s_i sum_{j != i} u_j (Morgan, Steiglitz, Reis 2003).
	Spite float64
	// Stake is the share of the slots that the agent proposes itself: a staking service
	// that has a builder of its own. It matters where a floor is burnt.
	Stake float64
}

// Market is who competes, and what is known of them.
type Market struct {
	Information Information
	Agents      []Agent
	// Discount is the discount factor per slot of agents that name none.
	Discount float64
	// ConcealmentCost is psi: hiding a share h of a reward v costs psi h^2 v/2. At 0
	// hiding is free and a burn share brings nothing; math.Inf(1) says that the reward
	// can be observed, as studies do that name no cost.
	ConcealmentCost float64
	// Persistence is phi, how much of today's log value is left a slot later.
	Persistence float64
	// Premium is mu: a holder of slot s values slot s+1 at (1+mu) v.
	Premium float64
	// Myopic agents do not look beyond the slot.
	Myopic bool
}

// Validate says what is wrong with the market, or nil.
func (m *Market) Validate() error {
	if len(m.Agents) == 0 {
		return errors.New("mechanisms: the market has no agents")
	}
	staked := 0.0
	for i := range m.Agents {
		a := &m.Agents[i]
		staked += a.Stake
		if a.Value == nil {
			return fmt.Errorf("mechanisms: agent %d (%s) has no value", i+1, a.Name)
		}
		low, high := a.Value.Support()
		if math.IsNaN(low) || math.IsNaN(high) || low < 0 || math.IsInf(low, 0) {
			return fmt.Errorf("mechanisms: agent %d (%s) has values in [%g, %g]: they must be finite and at least 0", i+1, a.Name, low, high)
		}
		if a.Value.Mean() > math.MaxFloat64 {
			return fmt.Errorf("mechanisms: agent %d (%s): the distribution of its value has no mean", i+1, a.Name)
		}
		if bad(a.CapitalCost) || bad(a.Budget) || bad(a.Spite) || bad(a.Discount) || a.Discount >= 1 || a.Identities < 0 {
			return fmt.Errorf("mechanisms: agent %d (%s): rates, budget, spite and identities must be finite and at least 0, a discount factor below 1", i+1, a.Name)
		}
		if bad(a.Stake) || a.Stake > 1 {
			return fmt.Errorf("mechanisms: agent %d (%s): stake %g is not a share of all slots", i+1, a.Name, a.Stake)
		}
	}
	if staked > 1+1e-12 {
		return fmt.Errorf("mechanisms: stakes sum to %g: they are shares of all slots", staked)
	}
	if bad(m.Discount) || m.Discount >= 1 {
		return fmt.Errorf("mechanisms: discount factor %g is not in [0, 1)", m.Discount)
	}
	if math.IsNaN(m.ConcealmentCost) || m.ConcealmentCost < 0 {
		return fmt.Errorf("mechanisms: concealment cost %g is negative", m.ConcealmentCost)
	}
	if bad(m.Persistence) || m.Persistence > 1 {
		return fmt.Errorf("mechanisms: persistence %g is not in [0, 1]", m.Persistence)
	}
	if bad(m.Premium) {
		return fmt.Errorf("mechanisms: premium %g is negative", m.Premium)
	}
	return nil
}

// bad reports a number that is negative, infinite or not a number.
func bad(x float64) bool { return !(x >= 0 && x <= math.MaxFloat64) }

// Known writes the values of a market of numbers into values (grown as needed)
// and reports whether they are all known.
func (m *Market) Known(values []float64) ([]float64, bool) {
	values = values[:0]
	for i := range m.Agents {
		p, ok := m.Agents[i].Value.(Point)
		if !ok {
			return values, false
		}
		v := float64(p)
		if c := m.Agents[i].Common; c != nil {
			q, ok := c.Value.(Point)
			if !ok {
				return values, false
			}
			v *= float64(q)
		}
		values = append(values, v)
	}
	return values, true
}

// Spites are the agents' weights on their rivals' profit; nil where none has rivals and
// minds them.
func (m *Market) Spites() []float64 {
	var spites []float64
	for i := range m.Agents {
		if s := m.Agents[i].Spite; s > 0 && len(m.Agents) > 1 {
			if spites == nil {
				spites = make([]float64, len(m.Agents))
			}
			spites[i] = s
		}
	}
	return spites
}

// Stakes are the agents' shares of the slots that they propose themselves; nil where none
// proposes any.
func (m *Market) Stakes() []float64 {
	var stakes []float64
	for i := range m.Agents {
		if q := m.Agents[i].Stake; q > 0 {
			if stakes == nil {
				stakes = make([]float64, len(m.Agents))
			}
			stakes[i] = q
		}
	}
	return stakes
}

// DiscountOf is agent i's discount factor.
func (m *Market) DiscountOf(i int) float64 {
	if d := m.Agents[i].Discount; d > 0 {
		return d
	}
	return m.Discount
}
