package slots

import (
	"math"
	"math/rand/v2"
	"testing"

	"allot/mechanisms"
)

// deviation is the most that an agent gains in some state by another signal in that state
// alone, in a contest in which all pay: on a grid, the others' signals being what they pay.
func deviation(g Incumbency, rho float64, c *Chain) float64 {
	most := 0.0
	for s := range c.Win {
		for i := range g.Values {
			total := 0.0
			for k, a := range c.Cost[s] {
				if k != i {
					total += math.Pow(a, rho)
				}
			}
			worth := func(k int) float64 {
				w := g.Discounts[i] * c.Value[k][i]
				if k == i {
					w += g.Values[i]
					if s == i {
						w += g.Premium * g.Values[i]
					}
				}
				return w
			}
			at := func(a float64) float64 {
				own := math.Pow(a, rho)
				u := own/(own+total)*worth(i) - a
				for k, b := range c.Cost[s] {
					if k != i {
						u += math.Pow(b, rho) / (own + total) * worth(k)
					}
				}
				return u
			}
			most = math.Max(most, math.Abs(at(c.Cost[s][i])-c.Value[s][i]))
			for k := range 2000 {
				most = math.Max(most, at(2*g.Values[0]*float64(k)/2000)-c.Value[s][i])
			}
		}
	}
	return most
}

// The weakest of three would stand back at the values that its taking part brings about, and
// take part at those of the other two alone: the largest set is none in some state, and
// standing back an equilibrium.
func TestParticipantsAreHeldOnTo(t *testing.T) {
	const kept = 0.1 / 1.0828567056280802 // of a burn share of 0.9 and eight slots at 1 %
	for _, rho := range []float64{1.085, 1.1075, 1.11} {
		g := Incumbency{
			Mechanism: contest(t, mechanisms.Ratio{Exponent: rho}), Premium: 0.1,
			Values: []float64{4.26 * kept, 0.705, 4.72 * kept}, Discounts: same(3, 0.9),
		}
		c := solved(t, g)
		if d := deviation(g, rho, &c); d > 1e-9 {
			t.Errorf("exponent %g: a deviation gains %g", rho, d)
		}
		if c.Win[2][0] != 0 {
			t.Errorf("exponent %g: the first agent wins with %g where the third is the incumbent", rho, c.Win[2][0])
		}
	}
	rng := rand.New(rand.NewPCG(5, 1))
	for range 10 {
		rho := 1 + 0.4*rng.Float64()
		g := Incumbency{Mechanism: contest(t, mechanisms.Ratio{Exponent: rho}), Premium: 0.3 * rng.Float64()}
		for range 3 + rng.IntN(3) {
			g.Values, g.Discounts = append(g.Values, 1+rng.Float64()), append(g.Discounts, 0.8)
		}
		c := solved(t, g)
		if d := deviation(g, rho, &c); d > 1e-9 {
			t.Errorf("values %v, exponent %g: a deviation gains %g", g.Values, rho, d)
		}
	}
}
