package search

import (
	"context"
	"errors"
	"fmt"

	"allot/mechanisms"
)

// Dial is a parameter of a market that a map varies.
type Dial struct {
	Name   string
	Values []float64
	// Turn sets it in a market, which is a copy of the problem's.
	Turn func(m *mechanisms.Market, value float64)
}

// Atlas says which mechanism is best where, over two parameters of the market.
type Atlas struct {
	X, Y Dial
	// Places[j][i] is the answer at X.Values[i] and Y.Values[j].
	Places [][]Place
	// Evaluations is the effort in all; Stopped says that the map is not whole.
	Evaluations int
	Stopped     bool
}

// Place is the answer at one point of a map.
type Place struct {
	// Space is the position of the best mechanism among the problem's spaces, -1 where
	// none is feasible or nothing was computed.
	Space int
	// Best is nil where Space is -1.
	Best   *Candidate
	Status Status
	Bound  Bound
}

// maxPlaces bounds the work of a map.
const maxPlaces = 10_000

// Map searches the problem at every point of a grid of two market parameters. Each
// point is a search of its own with the problem's seed and budget.
func Map(ctx context.Context, problem *Problem, x, y Dial, progress func(done, of int)) (*Atlas, error) {
	if problem.Market == nil {
		return nil, errors.New("search: the problem has no market")
	}
	of := len(x.Values) * len(y.Values)
	if of == 0 || of > maxPlaces || x.Turn == nil || y.Turn == nil {
		return nil, fmt.Errorf("search: a map has 1 to %d points, not %d by %d", maxPlaces, len(x.Values), len(y.Values))
	}
	a := &Atlas{X: x, Y: y, Places: make([][]Place, len(y.Values))}
	done := 0
	for j, v := range y.Values {
		a.Places[j] = make([]Place, len(x.Values))
		for i, u := range x.Values {
			place := &a.Places[j][i]
			place.Space = -1
			if ctx.Err() != nil {
				a.Stopped, place.Status = true, Stopped
				continue
			}
			p := *problem
			p.Market = copied(problem.Market)
			x.Turn(p.Market, u)
			y.Turn(p.Market, v)
			r, err := Search(ctx, &p, nil)
			if err != nil {
				return nil, fmt.Errorf("at %s = %g, %s = %g: %w", x.Name, u, y.Name, v, err)
			}
			a.Evaluations += r.Evaluations
			place.Status, place.Best, place.Bound = r.Status, r.Best, r.Bound
			a.Stopped = a.Stopped || r.Status == Stopped
			if r.Best != nil {
				place.Space = r.Best.space
			}
			done++
			if progress != nil {
				progress(done, of)
			}
		}
	}
	return a, nil
}

// copied is the market with agents of its own.
func copied(m *mechanisms.Market) *mechanisms.Market {
	c := *m
	c.Agents = append([]mechanisms.Agent(nil), m.Agents...)
	return &c
}
