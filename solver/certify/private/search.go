package private

import (
	"fmt"
	"math"

	"allot/mechanisms"
	"allot/solver/certify"
)

// Search looks for what agents can gain in any mechanism when agent i's value is drawn from
// values[i] and it plays curves[i]: the best of 257 signals from 0 to 1.5 times the highest in
// use, and of everyone's knots, for 64 types of each agent, against the others' strategies at
// the points of a lattice in their ranks (an additive recurrence on the golden ratio's
// generalisation: Roberts 2018). What it finds is no proof: the standing is Approximate, and
// a gain smaller than the lattice's error, about one in a thousand of the top value, says
// nothing. A test asserts that half the value is found to be a best reply between two draws of
// U[0,1] in a first-price auction, and that 0.7 of it is not.
func Search(m mechanisms.Mechanism, values []mechanisms.Distribution, curves []mechanisms.BidCurve) certify.Certificate {
	none := func(reason string) certify.Certificate {
		return certify.Certificate{Standing: certify.None, Epsilon: math.Inf(1), Reason: reason}
	}
	if m == nil || len(values) == 0 || len(values) != len(curves) {
		return none("there is no mechanism, or there are not as many strategies as agents")
	}
	for i, d := range values {
		if d == nil {
			return none(fmt.Sprintf("agent %d has no value", i+1))
		}
	}
	players, reason := sorted(values, curves)
	if reason != "" {
		return none(reason)
	}
	top := 0.0
	for _, p := range players {
		top = math.Max(top, p.curve.Bids[len(p.curve.Bids)-1])
	}
	if top == 0 {
		for _, p := range players {
			top = math.Max(top, p.value(0.999, 1e-3))
		}
	}
	s := sampling{mechanism: m, play: lattice(curves), out: mechanisms.NewOutcome(len(values)), scene: make([]float64, len(values))}
	cert := certify.Certificate{Standing: certify.Approximate, Method: "search over signals and types, strategies on a lattice"}
	for _, p := range players {
		if gain, signal := s.gain(p, 1.5*top); gain > cert.Epsilon {
			cert.Epsilon, cert.Agent, cert.Signal = gain, p.agent, signal
		}
	}
	cert.Evaluations = s.evaluations
	if math.IsNaN(cert.Epsilon) || math.IsInf(cert.Epsilon, 0) {
		return none("the payoffs are not finite numbers")
	}
	return cert
}

// lattice is what everyone plays at the points of a lattice in ranks: alpha_j = 1/g^j, where
// g^(n+1) = g + 1.
func lattice(curves []mechanisms.BidCurve) [][]float64 {
	n := len(curves)
	points := 1024
	if n > 16 {
		points = 256
	}
	g := 2.0
	for range 64 {
		g = math.Pow(1+g, 1/float64(n+1))
	}
	play := make([][]float64, points)
	for k := range play {
		play[k] = make([]float64, n)
		for j := range n {
			x := 0.5 + float64(k+1)*math.Pow(g, -float64(j+1))
			play[k][j] = signalAt(curves[j], x-math.Floor(x))
		}
	}
	return play
}

// sampling is a mechanism against strategies that are sampled.
type sampling struct {
	mechanism   mechanisms.Mechanism
	play        [][]float64
	out         *mechanisms.Outcome
	scene       []float64
	evaluations int
}

// brings is an agent's mean chance to win and payment with a signal.
func (s *sampling) brings(agent int, signal float64) (win, cost float64) {
	points := len(s.play)
	for _, others := range s.play {
		copy(s.scene, others)
		s.scene[agent] = signal
		s.mechanism.Allot(s.scene, s.out)
		win += s.out.Win[agent] / float64(points)
		cost += s.out.Cost(agent) / float64(points)
	}
	s.evaluations += points
	return win, cost
}

// gain is the most that a type of the player gains by a signal up to high, and that signal.
func (s *sampling) gain(p player, high float64) (most, signal float64) {
	const (
		signals = 257
		types   = 64
	)
	var win, cost [signals]float64
	at := func(b int) float64 { return high * float64(b) / (signals - 1) }
	for b := range signals {
		win[b], cost[b] = s.brings(p.agent, at(b))
	}
	for k := range types {
		rank := (float64(k) + 0.5) / types
		v := p.value(rank, 1-rank)
		w, c := s.brings(p.agent, signalAt(p.curve, rank))
		own := v*w - c
		for b := range signals {
			if gain := v*win[b] - cost[b] - own; gain > most {
				most, signal = gain, at(b)
			}
		}
	}
	return most, signal
}

// signalAt is the signal of the type of rank p.
func signalAt(c mechanisms.BidCurve, p float64) float64 {
	lo, hi := 1, len(c.Below)-1
	for lo < hi {
		if mid := (lo + hi) / 2; c.Below[mid] >= p {
			hi = mid
		} else {
			lo = mid + 1
		}
	}
	w := 0.0
	if d := c.Below[lo] - c.Below[lo-1]; d > 0 {
		w = math.Min(1, math.Max(0, (p-c.Below[lo-1])/d))
	}
	return c.Bids[lo-1] + w*(c.Bids[lo]-c.Bids[lo-1])
}
