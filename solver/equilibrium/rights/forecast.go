package rights

import (
	"fmt"
	"math"

	"allot/mechanisms"
	"allot/mechanisms/distributions"
)

// Forecast is how an agent sees a slot's value when the right is sold beforehand:
// what it expects of a value that it will know exactly, and what waiting leaves of it.
//
//	v' = exp(m + (s^2 - s'^2)/2 + phi^L (ln v - m)),   s' = phi^L s
//
// for a log-normal value exp(m + s Z), of whose logarithm a share phi is left a slot
// later. L is the lookahead; v' is log-normal with deviation s' and the mean of v. A
// value that is known, and any value where no persistence is given (phi = 0) or
// phi = 1, is known beforehand too: v' = v. Waiting L slots at capital cost d leaves a
// share (1+d)^-L of it (Burian, Crapis 2024); a ticket waits for its draw besides
// ([mechanisms.Sale.Worth]).
type Forecast struct {
	// Hold is the share that waiting leaves.
	Hold float64

	keep, shift float64 // v' = exp(shift) v^keep
}

// Plain reports a forecast that changes nothing: the value itself, at no cost.
func (f Forecast) Plain() bool { return f.keep == 1 && f.Hold == 1 }

// Forecasts gives each agent's forecast for rights that a mechanism sells lookahead
// slots ahead. It is an error if persistence is to act on values that are neither
// known nor log-normal.
func Forecasts(m *mechanisms.Market, mechanism mechanisms.Mechanism, lookahead int) ([]Forecast, error) {
	if err := m.Validate(); err != nil {
		return nil, fmt.Errorf("rights: %w", err)
	}
	if lookahead < 0 {
		return nil, fmt.Errorf("rights: a lookahead of %d slots", lookahead)
	}
	out := make([]Forecast, len(m.Agents))
	for i := range m.Agents {
		a := &m.Agents[i]
		f := Forecast{Hold: math.Exp(-float64(lookahead) * math.Log1p(a.CapitalCost)), keep: 1}
		if p, ok := mechanism.(mechanisms.Priced); ok {
			f.Hold *= p.Sale().Worth(a.CapitalCost)
		}
		if lookahead > 0 && m.Persistence > 0 && m.Persistence < 1 {
			mu, square, ok := logNormal(a.Value)
			if c := a.Common; ok && c != nil {
				var mean, more float64
				mean, more, ok = logNormal(c.Value)
				mu, square = mu+mean, square+more
			}
			if !ok {
				return nil, fmt.Errorf("rights: agent %d (%s): forecasts with persistence %g need a log-normal value", i+1, a.Name, m.Persistence)
			}
			if square > 0 {
				f.keep = math.Pow(m.Persistence, float64(lookahead))
				f.shift = (1-f.keep)*mu + square*(1-f.keep*f.keep)/2
			}
		}
		out[i] = f
	}
	return out, nil
}

// logNormal is the mean and the variance of the logarithm of a value that is
// log-normal or known.
func logNormal(d mechanisms.Distribution) (mean, variance float64, ok bool) {
	switch d := d.(type) {
	case mechanisms.Point:
		return math.Log(float64(d)), 0, d > 0
	case distributions.LogNormal:
		mu, sigma := d.Parameters()
		return mu, sigma * sigma, true
	}
	return 0, 0, false
}

// Value is v', the forecast of a value that turns out to be v. Agents play with Hold
// times it.
func (f Forecast) Value(v float64) float64 {
	if f.keep == 1 {
		return v
	}
	return math.Exp(f.shift) * math.Pow(v, f.keep)
}

// Ahead is the market with every value replaced by the distribution of its forecast,
// before the cost of waiting (see [Forecast]).
func Ahead(m *mechanisms.Market, lookahead int) (*mechanisms.Market, error) {
	forecasts, err := Forecasts(m, nil, lookahead)
	if err != nil {
		return nil, err
	}
	out := *m
	out.Agents = append([]mechanisms.Agent(nil), m.Agents...)
	commons := make(map[*mechanisms.Common]*mechanisms.Common)
	for i, f := range forecasts {
		a := &out.Agents[i]
		if a.Value, err = f.of(a.Value); err != nil {
			return nil, err
		}
		if c := a.Common; c != nil {
			if commons[c] == nil {
				common := *c
				if common.Value, err = f.of(c.Value); err != nil {
					return nil, err
				}
				commons[c] = &common
			}
			a.Common = commons[c]
		}
	}
	return &out, nil
}

// of is the distribution of a component's forecast.
func (f Forecast) of(d mechanisms.Distribution) (mechanisms.Distribution, error) {
	l, ok := d.(distributions.LogNormal)
	if !ok || f.keep == 1 {
		return d, nil
	}
	mu, sigma := l.Parameters()
	kept := sigma * f.keep
	if kept < 1e-12 { // constant to the last digit
		return mechanisms.Point(l.Mean()), nil
	}
	narrow, err := distributions.NewLogNormal(mu+(sigma*sigma-kept*kept)/2, kept)
	if err != nil {
		return nil, fmt.Errorf("rights: %w", err)
	}
	return narrow, nil
}
