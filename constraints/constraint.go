// Package constraints holds what a protocol may demand of a mechanism: one file
// for each desideratum. A constraint measures a solved case; the measure is held
// against a bound, and the finding says by how much it is violated.
//
// registry.go lists them by name ([Kinds], [New]) with their options, expression.go makes one of a
// formula. What they share: field.go, split.go and climb.go search for what an agent gains by several
// identities, support.go lists the signals that are played, types.go has what agents play who know
// their own values only.
//
// Whatever implements [Constraint] is a constraint. One that is not of this package is measured
// where agents know each other's values and mind their own profit alone, without oversight, and
// unknown elsewhere.
package constraints

import (
	"math"

	"allot/mechanisms"
	"allot/solver/certify"
	"allot/solver/equilibrium"
)

// Case is a mechanism in a market of known values, at its equilibrium. Over draws
// there is one case for each draw, and measures are averaged.
type Case struct {
	Market *mechanisms.Market
	Design mechanisms.Design
	// Game is the mechanism with the values that agents play with (after terms).
	Game        mechanisms.Game
	Equilibrium *equilibrium.Equilibrium
	Account     *mechanisms.Account
	// Certificate returns the certificate of the equilibrium, computed when first
	// asked for.
	Certificate func() certify.Certificate
	// Solver solves other games (fewer agents, more identities); never nil.
	Solver *equilibrium.Solver

	// Types is what agents know and play where they know their own values only; nil where
	// they know each other's.
	Types *Types

	// scratch is the work space of the measures, kept from case to case when the
	// caller reuses the Case.
	scratch *scratch
}

// Constraint is a desideratum. Implementations are immutable and safe for
// concurrent use.
type Constraint interface {
	// Name is the name in studies and tables.
	Name() string
	// Bound is what the measure is held against.
	Bound() Bound
	// Measure is the constraint's measure, continuous in the mechanism's parameters
	// where it can be, or an error that says why it is unknown here.
	Measure(c *Case) (float64, error)
	// Explain is one line on a measure of this case: the witness where it is
	// violated.
	Explain(c *Case, measure float64) string
}

// pooled constraints have a measure over draws that is not a mean of the draws' own: it is
// made of expectations.
type pooled interface {
	// moments appends what is averaged over draws; ok is false where the measure is.
	moments(c *Case, into []float64) (out []float64, ok bool)
	// pool is the measure that the averages give, and one line on it.
	pool(moments []float64) (measure float64, why string)
}

// Moments appends what has to be averaged over draws for [Pool] to give the measure; ok is false
// where it is the measures that are averaged. The case is one that the constraint has a measure of.
func Moments(k Constraint, c *Case, into []float64) (out []float64, ok bool) {
	if g, guards := k.(guarded); guards {
		k = g.Constraint
	}
	p, ok := k.(pooled)
	if !ok {
		return into, false
	}
	return p.moments(c, into)
}

// Pool is the measure that averaged [Moments] give, and one line on it.
func Pool(k Constraint, moments []float64) (measure float64, why string) {
	if g, guards := k.(guarded); guards {
		k = g.Constraint
	}
	p, ok := k.(pooled)
	if !ok {
		return math.NaN(), ""
	}
	return p.pool(moments)
}

// Relation says on which side of the bound a measure must be.
type Relation int

const (
	// AtMost: measure <= bound.
	AtMost Relation = iota
	// AtLeast: measure >= bound.
	AtLeast
	// Equals: measure = bound.
	Equals
	// Above: measure > bound.
	Above
)

func (r Relation) String() string { return [...]string{"<=", ">=", "=", ">"}[r] }

// Bound is what a measure is held against.
type Bound struct {
	Relation Relation
	Value    float64
	// Tolerance is how far past the bound still holds, in the measure's unit (as
	// a share of E max v for money).
	Tolerance float64
	// Money measures are in value units, and violations of them are given as
	// a share of E max v.
	Money bool
}

// Verdict is what is known of a constraint.
type Verdict int

const (
	// Holds: the measure is within the bound.
	Holds Verdict = iota
	// Violated: it is not.
	Violated
	// Unknown: there is no measure.
	Unknown
)

func (v Verdict) String() string { return [...]string{"holds", "violated", "unknown"}[v] }

// Finding is a constraint's measure held against its bound.
type Finding struct {
	Name      string
	Measure   float64
	Bound     Bound
	Violation float64
	Verdict   Verdict
	Why       string
}

// Judge holds a measure against the bound; scale is E max v. A measure that is not
// a number gives Unknown.
func (b Bound) Judge(measure, scale float64) (violation float64, verdict Verdict) {
	if math.IsNaN(measure) {
		return math.NaN(), Unknown
	}
	switch b.Relation {
	case AtMost, Equals:
		violation = measure - b.Value
	case AtLeast, Above:
		violation = b.Value - measure
	}
	if b.Relation == Equals {
		violation = math.Abs(violation)
	}
	if b.Money && scale > 0 {
		violation /= scale
	}
	if b.Relation == Above && violation >= 0 {
		// A strict bound that is met exactly is violated, if by nothing.
		return math.Max(violation, math.SmallestNonzeroFloat64), Violated
	}
	if violation <= b.Tolerance {
		return math.Max(0, violation), Holds
	}
	return violation, Violated
}

// Kind describes a constraint that studies can name.
type Kind struct {
	Name string
	Doc  string
	// Options are the keys it takes, with their defaults (NaN: not set).
	Options map[string]float64
	// New makes the constraint; every option is present.
	New func(options map[string]float64) (Constraint, error)
}
