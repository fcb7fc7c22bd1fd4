package cartel

import (
	"math"

	"allot/mechanisms"
	"allot/solver/equilibrium"
)

// A global search in one dimension over an agent's signal, for mechanisms that say
// nothing about themselves: signals from next to nothing upwards on a
// logarithmic grid and up to the reach on an even one, then golden sections
// and halvings around the best; and just above each of the others' signals. It sees every feature wider than a grid step; its result is a lower bound
// on the supremum. A test holds it against the closed form of tickets.

// What a search maximises: an agent's own pay-off, or everyone's together.
const (
	own = iota
	together
)

const (
	logSteps    = 40 // from 1e-13 of the reach
	evenSteps   = 96 // to the reach
	goldenSteps = 60 // to 1e-12 of a grid step
	golden      = 0.6180339887498949
)

// reach is how far an agent's signals are searched: twice its value or the
// highest signal played, whichever is more.
func reach(g mechanisms.Game, eq *equilibrium.Equilibrium, agent int) float64 {
	r := g.Values[agent]
	if eq != nil {
		for _, a := range eq.Profile.Signals {
			if a <= math.MaxFloat64 {
				r = math.Max(r, a)
			}
		}
	}
	return math.Min(2*r, math.MaxFloat64)
}

// grid is the k-th signal searched.
func grid(k int, reach float64) float64 {
	if k < logSteps {
		return reach * math.Pow(10, -13+11*float64(k)/logSteps)
	}
	return reach * float64(k-logSteps+1) / evenSteps
}

// search returns the best signal of one agent, given the others' in ws.signals, and its
// value; ws.out is the outcome there and ws.signals has the best signal. Signal 0 is not
// searched.
func (ws *Work) search(agent int, reach float64, what int) (signal, value float64) {
	best, at := math.Inf(-1), 0
	for k := range logSteps + evenSteps {
		if f := ws.try(agent, grid(k, reach), what); f > best {
			best, at = f, k
		}
	}
	signal, value = grid(at, reach), best
	for j, a := range ws.signals { // just above another's signal
		if j == agent || a == 0 {
			continue
		}
		if f := ws.try(agent, a*(1+1e-13), what); f > value {
			signal, value = a*(1+1e-13), f
		}
	}
	if signal != grid(at, reach) {
		ws.try(agent, signal, what)
		return signal, value
	}
	low, high := 0.0, grid(at+1, reach)
	if at == logSteps { // the grids overlap: the step before is the even one's
		low = grid(logSteps-6, reach)
	} else if at > 0 {
		low = grid(at-1, reach)
	}
	if at == logSteps-1 {
		high = grid(logSteps, reach)
	}
	if low > high {
		low, high = high, low
	}
	before := low
	x, y := high-golden*(high-low), low+golden*(high-low)
	fx, fy := ws.try(agent, x, what), ws.try(agent, y, what)
	for range goldenSteps {
		if fx > value {
			signal, value = x, fx
		}
		if fy > value {
			signal, value = y, fy
		}
		if fx >= fy {
			high, y, fy = y, x, fx
			x = high - golden*(high-low)
			fx = ws.try(agent, x, what)
		} else {
			low, x, fx = x, y, fy
			y = low + golden*(high-low)
			fy = ws.try(agent, y, what)
		}
	}
	// Where winning starts at some signal, the pay-off jumps up there and falls from
	// there: golden sections can miss the jump, halving from the grid point before cannot.
	low = before
	for range goldenSteps {
		mid := low + (signal-low)/2
		if mid <= low || mid >= signal {
			break
		}
		if f := ws.try(agent, mid, what); f >= value {
			signal, value = mid, f
		} else {
			low = mid
		}
	}
	ws.try(agent, signal, what)
	return signal, value
}

// try is what a search maximises at one signal; -Inf where the mechanism's answer
// is not a number.
func (ws *Work) try(agent int, signal float64, what int) float64 {
	ws.signals[agent] = signal
	if what == together {
		return ws.together(signal)
	}
	ws.game.Mechanism.Allot(ws.signals, &ws.out)
	return finite(ws.out.Payoff(agent, ws.game.Values[agent]))
}

// together is everyone's pay-off when the leader signals a and the others are
// as in ws.signals.
func (ws *Work) together(a float64) float64 {
	ws.signals[ws.leader] = a
	ws.game.Mechanism.Allot(ws.signals, &ws.out)
	sum := 0.0
	for i, v := range ws.game.Values {
		sum += ws.out.Payoff(i, v)
	}
	return finite(sum)
}

func finite(x float64) float64 {
	if math.IsNaN(x) || math.IsInf(x, 1) {
		return math.Inf(-1)
	}
	return x
}
