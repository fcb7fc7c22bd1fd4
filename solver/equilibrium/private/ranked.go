package private

import (
	"math"

	"allot/mechanisms"
	"allot/solver/equilibrium"
)

// Auctions among different agents for which the fast methods find nothing (all-pay with atoms, or
// with a known value of pay-off 0; a price between the first and the second bid where
// collocation does not settle) are solved approximately by dual
// averaging over discretised types and bids (Nesterov 2009; Fichtl, Oberlechner, Bichler
// 2022). What a bid brings goes through the distribution of the best opposing bid,
//
//	H_k(b) = prod_j G_j(b)^(n_j - [j=k]),   u = v H - C,  C = b H - (1-lambda) int_r^b H, or C = b
//
// so that a step costs O(V B) for V types and B bids whatever the number of agents; scores
// are v sum H - sum C, kept once for all types. A bid's mass is spread over its cell of
// the grid: ties have no weight. The strategies are the bids' average distributions over the second
// half of the steps, in the order of the types. The status is IterationLimit; the
// certificate, which is proven, says how good the strategies are. Domain: every
// distribution with a mean; unbounded ones are cut at the rank 1 - 1e-4/n for the choice of
// the grid. A test asserts that the method, made to solve auctions with closed forms,
// finds their revenue to 2 percent and is certified to 5 percent of E max v.
type ranked struct {
	rule   mechanisms.Ranking
	groups []*group
	bids   []float64 // from the reserve up; standing back is apart
	width  float64
	types  [][]float64
	// For every group: what each bid brings by now, the chance of each bid (the last is
	// that of standing back) now and on average.
	sumWin, sumCost, chance, average [][]float64
	win, cost                        []float64
	below                            [][]float64 // G at the bids
}

const (
	rankedTypes = 64
	rankedBids  = 160
	rankedSteps = 1000
)

func (s Solver) ranked(eq *Equilibrium, rule mechanisms.Ranking, groups []*group) {
	eq.Method = "dual averaging over discretised types and bids, through the best opposing bid (Nesterov 2009; Fichtl, Oberlechner, Bichler 2022)"
	r := &ranked{rule: rule, groups: groups}
	n, top, second := 0, 0.0, 0.0
	for _, g := range groups {
		n += g.n
	}
	for _, g := range groups {
		high := math.Min(g.high, g.upper(1e-4/float64(n)))
		for range min(g.n, 2) {
			second = math.Max(second, math.Min(top, high))
			top = math.Max(top, high)
		}
		t := make([]float64, rankedTypes)
		for k := range t {
			p := (float64(k) + 0.5) / rankedTypes
			t[k] = g.at(p, 1-p)
		}
		r.types = append(r.types, t)
	}
	if second <= rule.Reserve {
		eq.Status, eq.Reason, eq.Curves = equilibrium.NotFound, "no method for these agents: at most one can meet the reserve", nil
		return
	}
	// Nobody bids more than the second highest value in a mix of first and second price
	// but in the second-price part; a first run finds the range that is used.
	r.grid(second)
	r.run(rankedSteps / 3)
	used := rule.Reserve
	for k := range groups {
		sum := 0.0
		for j := len(r.bids) - 1; j >= 0; j-- {
			if sum += r.average[k][j]; sum > 2e-3 {
				used = math.Max(used, r.bids[j]+4*r.width)
				break
			}
		}
	}
	r.grid(math.Min(second, used))
	r.run(rankedSteps)
	r.finish(eq)
	eq.Status = equilibrium.IterationLimit
	if bad := unsound(eq); bad != "" {
		eq.Status, eq.Reason = equilibrium.NotFound, bad
	}
}

// grid sets the bids, evenly spaced in the middle of their cells.
func (r *ranked) grid(top float64) {
	r.bids = make([]float64, rankedBids)
	r.width = (top - r.rule.Reserve) / rankedBids
	for j := range r.bids {
		r.bids[j] = r.rule.Reserve + (float64(j)+0.5)*r.width
	}
	table := func() [][]float64 {
		out := make([][]float64, len(r.groups))
		for k := range out {
			out[k] = make([]float64, rankedBids+1)
		}
		return out
	}
	r.sumWin, r.sumCost, r.chance, r.average, r.below = table(), table(), table(), table(), table()
	r.win, r.cost = make([]float64, rankedBids), make([]float64, rankedBids)
}

// run takes steps of dual averaging.
func (r *ranked) run(steps int) {
	scale := 0.0
	for _, t := range r.types {
		scale = math.Max(scale, t[len(t)-1])
	}
	for step := 1; step <= steps; step++ {
		rate := 40 / (scale * math.Sqrt(float64(step)))
		for k := range r.groups {
			r.respond(k, rate)
			if 2*step > steps {
				for j, p := range r.chance[k] {
					r.average[k][j] += p / float64(steps-steps/2)
				}
			}
			r.spread(k, r.chance[k])
		}
		for k := range r.groups {
			r.brings(k)
			for j := range r.bids {
				r.sumWin[k][j] += r.win[j]
				r.sumCost[k][j] += r.cost[j]
			}
		}
	}
}

// respond sets group k's chances of bids from the sums, at the given rate.
func (r *ranked) respond(k int, rate float64) {
	chance := r.chance[k]
	for j := range chance {
		chance[j] = 0
	}
	var p [rankedBids]float64
	for _, v := range r.types[k] {
		most := 0.0 // standing back
		for j := range r.bids {
			p[j] = v*r.sumWin[k][j] - r.sumCost[k][j]
			most = math.Max(most, p[j])
		}
		back := math.Exp(-rate * most)
		total := back
		for j := range r.bids {
			if x := rate * (p[j] - most); x > -40 {
				p[j] = math.Exp(x)
				total += p[j]
			} else {
				p[j] = 0
			}
		}
		w := 1 / (total * rankedTypes)
		chance[rankedBids] += back * w
		for j := range r.bids {
			chance[j] += p[j] * w
		}
	}
}

// spread computes G at the middle of the cells.
func (r *ranked) spread(k int, chance []float64) {
	sum := chance[rankedBids]
	for j := range r.bids {
		r.below[k][j] = math.Min(1, sum+chance[j]/2)
		sum += chance[j]
	}
}

// brings computes what each bid brings to an agent of group k.
func (r *ranked) brings(k int) {
	integral, last, at := 0.0, 0.0, r.rule.Reserve
	for j, b := range r.bids {
		h := 1.0
		for i, g := range r.groups {
			n := g.n
			if i == k {
				n--
			}
			h *= power(r.below[i][j], n)
		}
		if j == 0 {
			last = h
		}
		integral += (b - at) * (h + last) / 2
		last, at = h, b
		r.win[j] = h
		if r.rule.AllPay {
			r.cost[j] = b
		} else {
			r.cost[j] = b*h - (1-r.rule.First)*integral
		}
	}
}

// finish fills in the strategies and the expectations.
func (r *ranked) finish(eq *Equilibrium) {
	ends := make([][]float64, len(r.groups))
	for k, g := range r.groups {
		var curve mechanisms.BidCurve
		curve, ends[k] = r.strategy(k)
		for _, a := range g.agents {
			eq.Curves[a] = curve
		}
	}
	eq.Bottom, eq.Top = bidRange(eq.Curves, r.rule.Reserve)
	eq.Account = newAccount(len(eq.Curves))
	acc := &eq.Account
	none := 1.0
	for k, g := range r.groups {
		none *= power(ends[k][0], g.n)
		win, worth, cost := r.expect(k, ends)
		for _, a := range g.agents {
			acc.Values[a], acc.Win[a], acc.Cost[a], acc.Payoff[a] = g.Mean(), win, cost, worth-cost
			acc.Welfare += worth
		}
	}
	acc.Unsold = clean(none)
}

// strategy is the average distribution of a group's bids in the order of its types; ends[j] is
// the chance of a bid below cell j.
func (r *ranked) strategy(k int) (curve mechanisms.BidCurve, ends []float64) {
	g, chance := r.groups[k], r.average[k]
	ends = make([]float64, rankedBids+1)
	ends[0] = chance[rankedBids]
	for j := range r.bids {
		ends[j+1] = math.Min(1, ends[j]+chance[j])
		if ends[j+1] > 1-1e-9 { // nobody bids more
			ends[j+1] = 1
		}
	}
	ends[rankedBids] = 1
	var s knots
	at := func(p float64) rank {
		switch {
		case p <= 0:
			return rank{0, 1, g.low}
		case p >= 1:
			return rank{1, 0, g.high}
		}
		return rank{p, 1 - p, g.at(p, 1-p)}
	}
	if ends[0] > 1e-9 {
		s.out(g, at(ends[0]))
	} else {
		ends[0] = 0
	}
	for j, p := range ends {
		s.add(at(p), r.rule.Reserve+float64(j)*r.width)
		if p >= 1 {
			break
		}
	}
	return s.curve(), ends
}

// expect is an agent's chance to win, the value it then has and what it pays, in expectation, by
// quadrature over the cells of the bids.
func (r *ranked) expect(k int, ends [][]float64) (win, worth, cost float64) {
	g := r.groups[k]
	integral := 0.0 // of H up to the cell
	for j := range r.bids {
		low := r.rule.Reserve + float64(j)*r.width
		best := func(t float64) float64 { // H at a share t of the cell
			h := 1.0
			for i, o := range r.groups {
				m := o.n
				if i == k {
					m--
				}
				h *= power(ends[i][j]+t*(ends[i][j+1]-ends[i][j]), m)
			}
			return h
		}
		mass := ends[k][j+1] - ends[k][j]
		for _, q := range gauss16 {
			for _, t := range [2]float64{0.5 - q[0]/2, 0.5 + q[0]/2} {
				h, b := best(t), low+t*r.width
				w := mass * q[1] / 2
				p := ends[k][j] + t*mass
				win += w * h
				if v := g.at(p, 1-p); w > 0 && v <= math.MaxFloat64 {
					worth += w * h * v
				}
				if r.rule.AllPay {
					cost += w * b
					continue
				}
				part := 0.0 // int_low^b H
				if r.rule.First < 1 && w > 0 {
					part = integral + integral4(best, t)*r.width
				}
				cost += w * (b*h - (1-r.rule.First)*part)
			}
		}
		integral += integral4(best, 1) * r.width
	}
	return win, worth, cost
}
