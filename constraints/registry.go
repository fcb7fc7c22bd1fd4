package constraints

import (
	"errors"
	"fmt"
	"math"
	"sort"
	"strings"
)

// money is the tolerance of measures in money, as a share of E max v, and of shares.
const money = 1e-9

// Kinds lists the constraints that studies can name, in the order in which they are
// shown. [New] fills in the options that are not given and checks them; a Kind's own
// New leaves both to the caller.
func Kinds() []Kind {
	unset := math.NaN()
	simple := func(name, doc string, tolerance float64, make func(tolerance float64) Constraint) Kind {
		return Kind{Name: name, Doc: doc, Options: map[string]float64{"tolerance": tolerance}, New: func(o map[string]float64) (Constraint, error) {
			return make(o["tolerance"]), nil
		}}
	}
	capped := func(name, doc string, make func(max float64) Constraint) Kind {
		return Kind{Name: name, Doc: doc, Options: map[string]float64{"max": 0}, New: func(o map[string]float64) (Constraint, error) {
			return make(o["max"]), nil
		}}
	}
	return []Kind{
		simple("allocation", "somebody always wins", money, func(t float64) Constraint { return allocation{t} }),
		simple("individual-rationality", "nobody expects to lose", money, func(t float64) Constraint { return individualRationality{t} }),
		simple("ex-post", "nobody loses in any outcome", money, func(t float64) Constraint { return exPost{t} }),
		simple("best-response", "the strategies are certified best responses", 1e-6, func(t float64) Constraint { return bestResponse{t} }),
		{"sybil-proof", "nobody gains by several identities", map[string]float64{"identities": 2, "tolerance": money}, newSybilProof},
		{"merge-proof", "several agents gain nothing by one identity", map[string]float64{"identities": 2, "tolerance": money}, newMergeProof},
		{"competition", "agents pay more together than one alone would", map[string]float64{}, func(map[string]float64) (Constraint, error) { return competition{}, nil }},
		{"ring-proof", "the ring of all agents gains nothing, or needs patience", map[string]float64{"minDiscount": unset, "tolerance": money}, newRingProof},
		simple("producer-proof", "producer and agents together gain nothing", money, func(t float64) Constraint { return producerProof{t} }),
		capped("beacon-rewards", "the slot's value does not reach the beacon proposer", func(x float64) Constraint { return beaconRewards{x} }),
		{"multi-slot", "two slots in a row are worth no more than two apart", map[string]float64{"max": 0, "cooldown": 0, "identities": 1}, newMultiSlot},
		{"known-proposer", "the next proposer is known ahead", map[string]float64{}, func(map[string]float64) (Constraint, error) { return knownProposer{}, nil }},
		capped("no-randomness", "no draw needs randomness that nobody could predict", func(x float64) Constraint { return noRandomness{x} }),
		{"decentralization", "the right does not gather in few hands", map[string]float64{"maxShare": unset, "maxHHI": unset, "minNakamoto": unset}, newDecentralization},
		simple("budget", "nobody can have to pay more than it has", money, func(t float64) Constraint { return budget{t} }),
	}
}

// New is the constraint of the given name; options that are not given take their
// defaults. It is an error to name a constraint or an option that does not exist, or
// an option that is out of its domain.
func New(name string, options map[string]float64) (Constraint, error) {
	kinds := Kinds()
	for _, k := range kinds {
		if k.Name == name {
			return k.make(options)
		}
	}
	names := make([]string, len(kinds))
	for i, k := range kinds {
		names[i] = k.Name
	}
	return nil, fmt.Errorf("constraints: there is no constraint %q; there are %s", name, strings.Join(names, ", "))
}

func (k Kind) make(options map[string]float64) (Constraint, error) {
	given := make([]string, 0, len(options))
	for o := range options {
		given = append(given, o)
	}
	sort.Strings(given)
	full := make(map[string]float64, len(k.Options))
	for o, x := range k.Options {
		full[o] = x
	}
	for _, o := range given {
		if _, ok := k.Options[o]; !ok {
			return nil, fmt.Errorf("constraints: %s: there is no option %q", k.Name, o)
		}
		if x := options[o]; !(x >= 0 && x <= math.MaxFloat64) {
			return nil, fmt.Errorf("constraints: %s: %s is %g: a finite number of at least 0", k.Name, o, x)
		}
		full[o] = options[o]
	}
	c, err := k.New(full)
	if err != nil {
		return nil, err
	}
	return guarded{c}, nil
}

// guarded refuses cases without an account, and measures that are not numbers.
type guarded struct{ Constraint }

var (
	errNoAccount = errors.New("there is no account of the equilibrium")
	errNotFinite = errors.New("the measure is not a finite number")
)

func (g guarded) Measure(c *Case) (float64, error) {
	if c == nil || c.Account == nil {
		return 0, errNoAccount
	}
	if c.Game.Spiteful() && !spiteful(g.Constraint, c) {
		return 0, errSpiteful
	}
	x, err := g.Constraint.Measure(c)
	if err != nil {
		return 0, err
	}
	if math.IsNaN(x) || math.IsInf(x, 0) {
		return 0, errNotFinite
	}
	return x, nil
}

func (g guarded) Explain(c *Case, measure float64) string {
	if c == nil || c.Account == nil {
		return errNoAccount.Error()
	}
	return g.Constraint.Explain(c, measure)
}

// Worst says whether over draws the largest measure counts, not the mean.
func (g guarded) Worst() bool {
	w, ok := g.Constraint.(interface{ Worst() bool })
	return ok && w.Worst()
}
