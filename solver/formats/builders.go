package formats

import (
	"fmt"
	"math"

	"allot/mechanisms"
	"allot/mechanisms/distributions"
)

// Type is a type of block builder: v_i = C e_i, ln C ~ N(Mu, Sigma^2) shared by the type,
// ln e_i ~ N(0, Omega^2) the builder's own.
type Type struct {
	Count            int
	Mu, Sigma, Omega float64
}

// Estimates are the coefficients of one type's log-linear forms: Mu = m0 X1 + m1 X2 + m2,
// Sigma = exp(s0 X1 + s1 X2 + s2), Omega = exp(w0 X1 + w1 X2 + w2), X1 the absolute move of
// the price over the slot in basis points, X2 the base fee in gwei (Gupta, Pai, Resnick,
// Tang).
type Estimates struct {
	Mu, Sigma, Omega [3]float64
}

// At is the type with so many builders in a block with the covariates x1 and x2.
func (e Estimates) At(count int, x1, x2 float64) Type {
	form := func(c [3]float64) float64 { return c[0]*x1 + c[1]*x2 + c[2] }
	return Type{Count: count, Mu: form(e.Mu), Sigma: math.Exp(form(e.Sigma)), Omega: math.Exp(form(e.Omega))}
}

// Builders are the market's values when each builder's is an independent draw from its type's
// log-normal distribution with Mu and Sigma.
func Builders(types ...Type) ([]mechanisms.Distribution, error) {
	var values []mechanisms.Distribution
	for i, t := range types {
		d, err := distributions.NewLogNormal(t.Mu, t.Sigma)
		if err != nil {
			return nil, fmt.Errorf("formats: type %d: %w", i+1, err)
		}
		if t.Count < 0 {
			return nil, fmt.Errorf("formats: type %d: %d builders", i+1, t.Count)
		}
		for range t.Count {
			values = append(values, d)
		}
	}
	return values, nil
}
