package cartel

import (
	"math"
	"math/rand/v2"
	"testing"

	"allot/mechanisms"
	"allot/solver/certify"
)

// promising is a mechanism that says only that it is monotone.
type promising struct{ hidden }

func (promising) Monotone() bool { return true }

// Every closed form of a deviation against package certify, which shares no code
// with it.
func TestDeviationsCertified(t *testing.T) {
	rng := rand.New(rand.NewPCG(23, 24))
	for range 12 {
		values := make([]float64, 2+rng.IntN(4))
		for i := range values {
			values[i] = 0.5 + 20*rng.Float64()
		}
		for _, m := range []mechanisms.Mechanism{
			auction(t, 1, 4*rng.Float64()), auction(t, rng.Float64(), 4*rng.Float64()), allPay(t, 2*rng.Float64()),
			contest(t, mechanisms.Ratio{Exponent: 0.4 + 0.6*rng.Float64()}),
			contest(t, mechanisms.Ratio{Exponent: 1 + rng.Float64(), Phantom: 0.1 + rng.Float64()}),
			contest(t, mechanisms.Ratio{Exponent: 0.5 + rng.Float64(), WinnerPays: true}),
			contest(t, mechanisms.Ratio{Exponent: 0.5 + rng.Float64(), Phantom: rng.Float64(), Weights: values}),
			contest(t, mechanisms.Ratio{Exponent: 1, Weights: values, WinnerPays: true}),
			lottery(t, mechanisms.Lot{Fee: 0.2 * rng.Float64(), Weights: values}),
			lottery(t, mechanisms.Lot{Fee: 0.2 * rng.Float64(), Price: rng.Float64()}),
			ticketsAt(t, mechanisms.Sale{Elasticity: 2 * rng.Float64(), Price: 1, Supply: 4}),
		} {
			r := &Ring{Game: mechanisms.Game{Mechanism: m, Values: values}, Equilibrium: blank(len(values)), Shadow: Off}
			rep := analyse(t, r)
			if rep.CriticalDiscount == 1 || rep.StandBack {
				continue
			}
			signals := make([]float64, len(values))
			signals[rep.Leader] = rep.Bid
			_, drawn := m.(mechanisms.EqualChance)
			if drawn {
				signals[rep.Leader] = 1
			}
			var out mechanisms.Outcome
			m.Allot(signals, &out)
			for j, x := range rep.Members {
				best := certify.BestDeviation(r.Game, mechanisms.Profile{Signals: signals}, j, certify.Options{})
				stay := out.Payoff(j, values[j])
				if best.Standing != certify.Certified {
					t.Errorf("%T: %s", m, best.Reason)
					continue
				}
				if !drawn && rep.Bid == 0 && x.Agent != rep.Leader {
					continue // a signal of next to nothing is a limit, of which certify knows nothing
				}
				if !drawn && rep.Bid == 0 {
					stay = values[j]
				}
				if x.Deviation > best.Bound-stay+1e-7 || x.Deviation < best.Payoff-stay-1e-7 {
					t.Errorf("%T %+v values %v bid %g member %d: gains %.12g, certified in [%.12g, %.12g]", m, m, values, rep.Bid, j, x.Deviation, best.Payoff-stay, best.Bound-stay)
				}
			}
		}
	}
}

func TestCertifiedDiscount(t *testing.T) {
	exact := analyse(t, tickets(t, abc))
	near(t, "closed form", exact.CertifiedDiscount, exact.CriticalDiscount, 0)
	r := tickets(t, abc)
	r.Curve = []float64{0.5}
	r.Game.Mechanism = promising{hidden{r.Game.Mechanism}}
	rep := analyse(t, r)
	if rep.Exact || rep.CertifiedDiscount < exact.CriticalDiscount || math.Abs(rep.CertifiedDiscount-exact.CriticalDiscount) > 1e-4 {
		t.Errorf("certified %g, closed form %g: %v", rep.CertifiedDiscount, exact.CriticalDiscount, rep.Notes)
	}
	r.Game.Mechanism = r.Game.Mechanism.(promising).hidden
	if rep = analyse(t, r); rep.CertifiedDiscount != 1 || len(rep.Notes) < 2 {
		t.Errorf("certified %g of a mechanism that promises nothing: %v", rep.CertifiedDiscount, rep.Notes)
	}
}
