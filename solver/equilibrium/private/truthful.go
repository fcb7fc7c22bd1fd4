package private

import (
	"math"

	"allot/mechanisms"
	"allot/solver/equilibrium"
)

// Different agents in a second-price auction bid their values, whatever the others do
// (Vickrey 1961); types below the reserve stand back. The expectations are
//
//	u_i = int_r (1-F_i) H_i dx,  t_i = int_r H_i dF_i,  E[v_i; i wins] = int_r x H_i dF_i
//
// with H_i the product of the others' distribution functions; ties at atoms are shared
// equally. A test asserts revenue 5/12 for U[0,1] against U[0,2] and for F = v against
// v^2.
func (s Solver) truthful(eq *Equilibrium, rule mechanisms.Ranking, groups []*group) {
	eq.Method = "truth is dominant (Vickrey 1961)"
	eq.Selection = "everyone bids its value"
	r := rule.Reserve
	agents := len(eq.Curves)
	eq.Account = newAccount(agents)
	acc := &eq.Account
	ends := panels(groups, r)
	sold := 0.0
	var seams []float64 // where somebody's distribution function is not smooth
	for _, g := range groups {
		if !g.rough() {
			seams = append(seams, g.breaks...)
		}
	}
	// Values without end have one top bid, far up.
	farthest := 0.0
	for _, g := range groups {
		if s.Brief {
			break
		}
		if l := ladder(g, rank{0, 1, g.low}, agents); g.high == math.Inf(1) && len(l) > 1 {
			farthest = math.Max(farthest, 2*l[len(l)-2].value)
		}
	}
	for i, g := range groups {
		var curve mechanisms.BidCurve
		if !s.Brief {
			var k knots
			s.truth(&k, g, func(a, b rank) float64 {
				if math.IsInf(b.value, 1) {
					return 0
				}
				most := 0.0 // for whoever sees these bids
				for j := range groups {
					most = math.Max(most, beaten(groups, j, a.value)-beaten(groups, j, b.value))
				}
				return most
			}, agents, r, r, eq.Highest, seams)
			k.reach(g, farthest)
			curve = k.curve()
		}
		win, worth := chances(groups, i, ends)
		payoff := over(func(x float64) float64 { return g.survival(x) * rivals(groups, i, x) }, ends) +
			beyond([]*group{{law: g.law, n: 1}}, ends[len(ends)-1])
		for _, a := range g.agents {
			eq.Curves[a] = curve
			acc.Values[a] = g.Mean()
			acc.Win[a], acc.Payoff[a], acc.Cost[a] = win, payoff, math.Max(0, worth-payoff)
			acc.Welfare += worth
			sold += win
		}
	}
	acc.Unsold = clean(1 - sold)
	if r > 0 {
		acc.Unsold = clean(belowStrictly(groups, r))
	}
	if eq.Status = equilibrium.Converged; !s.Brief {
		eq.Bottom, eq.Top = bidRange(eq.Curves, r)
	}
}

// reach continues a truthful strategy of values without end up to a bid.
func (k *knots) reach(g *group, top float64) {
	n := len(k.bids) - 1
	if g.high < math.Inf(1) || n < 1 || k.ranks[n-1].above >= 1 {
		return
	}
	k.ranks, k.bids = k.ranks[:n], k.bids[:n]
	for v := 1.05 * k.bids[n-1]; v < top; v *= 1.05 {
		q := g.survival(v)
		if q < 1e-290 {
			break
		}
		k.add(rank{1 - q, q, v}, v)
	}
	k.add(rank{1, 0, g.high}, top)
}

// rivals is the chance that the rivals of one agent of group i are at most x.
func rivals(groups []*group, i int, x float64) float64 {
	log, p := 0.0, 1.0
	for j, g := range groups {
		n := g.n
		if j == i {
			n--
		}
		if n == 0 {
			continue
		}
		if s := g.survival(x); s < 0.5 {
			log += float64(n) * math.Log1p(-s)
		} else {
			p *= power(g.CDF(x), n)
		}
	}
	return p * math.Exp(log)
}

// beaten is the chance that some rival of one agent of group i is above x, without
// cancellation in the tail.
func beaten(groups []*group, i int, x float64) float64 {
	log := 0.0
	for j, g := range groups {
		n := g.n
		if j == i {
			n--
		}
		if n == 0 {
			continue
		}
		s := g.survival(x)
		if s >= 1 {
			return 1
		}
		log += float64(n) * math.Log1p(-s)
	}
	return -math.Expm1(log)
}

// chances are an agent of group i's chance to have the highest value, of at least the first
// end, and the expectation of its value there.
func chances(groups []*group, i int, ends []float64) (win, worth float64) {
	g := groups[i]
	for k, x := range ends {
		// Types of exactly x, if there are such: a tie is won by the highest of draws from
		// [0, 1], one for each agent.
		below := math.Nextafter(x, math.Inf(-1))
		if mass := g.survival(below) - g.survival(x); mass > 1e-14 && (g.rough() || g.point()) {
			p := mass * integral(func(u float64) float64 {
				h := 1.0
				for j, r := range groups {
					n := r.n
					if j == i {
						n--
					}
					if n > 0 {
						a, b := r.CDF(below), r.CDF(x)
						h *= power(a+u*(b-a), n)
					}
				}
				return h
			}, 0, 1)
			win += p
			worth += p * x
		}
		if k+1 == len(ends) {
			break
		}
		next := math.Nextafter(ends[k+1], 0)
		a, b := rank{g.CDF(x), g.survival(x), x}, rank{g.CDF(next), g.survival(next), next}
		if a.above-b.above <= 0 {
			continue
		}
		add := func(weight float64, v float64) {
			h := weight * rivals(groups, i, v)
			win += h
			worth += h * v
		}
		for _, n := range gauss16 {
			for _, t := range [...]float64{-n[0], n[0]} {
				switch {
				case a.above < 0.5 && a.above > 1.5*b.above && b.above > 0:
					h := math.Log(a.above)/2 - math.Log(b.above)/2
					q := b.above * math.Exp(h*(1+t))
					add(h*n[1]*q, g.upper(q))
				case a.above < 0.5:
					h := (a.above - b.above) / 2
					add(h*n[1], g.upper(b.above+h*(1+t)))
				case a.below > 0 && b.below > 1.5*a.below:
					h := math.Log(b.below)/2 - math.Log(a.below)/2
					p := a.below * math.Exp(h*(1+t))
					add(h*n[1]*p, g.Quantile(p))
				default:
					h := (b.below - a.below) / 2
					add(h*n[1], g.Quantile(a.below+h*(1+t)))
				}
			}
		}
	}
	last := ends[len(ends)-1]
	if q := g.survival(last); q > 0 {
		win += q
		if g.tail != nil {
			worth += g.tail(last)
		}
	}
	return win, worth
}
