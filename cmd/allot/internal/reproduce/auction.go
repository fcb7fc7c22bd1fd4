package reproduce

import (
	"fmt"
	"math"

	"allot/mechanisms"
	"allot/mechanisms/distributions"
	"allot/solver/bound"
	"allot/solver/equilibrium/private"
)

// auctions are the classics on auctions among agents who know their own value only.
var auctions = []Source{
	{Name: "vickrey1961", Citation: "Vickrey (1961), Counterspeculation, Auctions, and Competitive Sealed Tenders; Riley, Samuelson (1981)",
		Done: "equal agents in first-price and second-price auctions, with and without a reserve; the all-pay auction", Seen: memory, run: vickrey},
	{Name: "griesmer1967", Citation: "Griesmer, Levitan, Shubik (1967), Toward a Study of Bidding Processes, Part IV",
		Done: "first price between values on [0, 1] and [0, 2]", Seen: memory, run: griesmer},
	{Name: "kaplan-zamir2012", Citation: "Kaplan, Zamir (2012), Asymmetric First-Price Auctions with Uniform Distributions",
		Done: "first price between any two uniform distributions: lowest and highest bid", Seen: memory, run: kaplan},
	{Name: "marshall1994", Citation: "Marshall, Meurer, Richard, Stromquist (1994), Numerical Analysis of Asymmetric First Price Auctions",
		Done: "first price between a coalition of uniform values and one outside it", Seen: "its printed table was not at hand; the top bid is a closed form", run: marshall},
	{Name: "cheng2006", Citation: "Cheng (2006), Ranking Sealed High-Bid and Open Asymmetric Auctions",
		Done: "first price between power distributions with linear strategies", Seen: memory, run: cheng},
	{Name: "myerson1981", Citation: "Myerson (1981), Optimal Auction Design",
		Done: "the revenue of the best mechanism, its reserves, and who wins", Seen: memory, run: myerson},
	{Name: "graham-marshall1987", Citation: "Graham, Marshall (1987), Collusive Bidder Behavior at Single-Object Second-Price and English Auctions",
		Done: "a ring of two among three uniform values; the best reserve against a ring", Seen: "from memory; numbers derived anew", run: partialRing},
	{Name: "mcafee-mcmillan1992", Citation: "McAfee, McMillan (1992), Bidding Rings",
		Done: "weak and strong rings of two uniform values", Seen: "from memory; numbers derived anew", run: wholeRing},
}

// dist checks a distribution.
func dist[D mechanisms.Distribution](h *sheet) func(D, error) mechanisms.Distribution {
	return func(d D, err error) mechanisms.Distribution {
		if h.failed(err) {
			return mechanisms.Point(0)
		}
		return d
	}
}

func (h *sheet) uniform(low, high float64) mechanisms.Distribution {
	return dist[distributions.Uniform](h)(distributions.NewUniform(low, high))
}

func (h *sheet) power(exponent, high float64) mechanisms.Distribution {
	return dist[distributions.Power](h)(distributions.NewPower(exponent, high))
}

func copies(n int, d mechanisms.Distribution) []mechanisms.Distribution {
	all := make([]mechanisms.Distribution, n)
	for i := range all {
		all[i] = d
	}
	return all
}

func vickrey(h *sheet) {
	u := h.uniform(0, 1)
	h.derived = true
	for _, n := range []int{2, 10} {
		eq := h.bayes(1, 0, copies(n, u)...)
		h.same(fmt.Sprintf("%d of U[0,1], first price: revenue (n-1)/(n+1)", n), eq.Account.Revenue(), float64(n-1)/float64(n+1), 1e-6)
		h.same(fmt.Sprintf("%d of U[0,1], first price: bid at 1/2, (n-1)/(2n)", n), bid(eq, 0, u, 0.5), float64(n-1)/float64(2*n), 1e-6)
		second := h.bayes(0, 0, copies(n, u)...)
		h.same(fmt.Sprintf("%d of U[0,1], second price: the same revenue", n), second.Account.Revenue(), float64(n-1)/float64(n+1), 1e-6)
	}
	eq := h.bayes(1, 0.5, u, u)
	h.same("2 of U[0,1], reserve 1/2: revenue", eq.Account.Revenue(), 5./12, 1e-6)
	h.same("2 of U[0,1], reserve 1/2: bid at 0.8, v/2 + r^2/(2v)", bid(eq, 0, u, 0.8), 0.55625, 1e-6)
	h.same("2 of U[0,1], reserve 1/2: chance of a sale", 1-eq.Account.Unsold, 0.75, 1e-9)
	h.knownValue(u)
	m, err := mechanisms.NewAllPay(0)
	if h.failed(err) {
		return
	}
	all := h.types(m, copies(5, u)...)
	h.same("5 of U[0,1], all-pay: revenue (n-1)/(n+1)", all.Account.Revenue(), 2./3, 1e-6)
	h.same("5 of U[0,1], all-pay: highest bid (n-1)/n", all.Top, 0.8, 1e-6)
}

// knownValue is Vickrey's bidder whose value, 1/2, everyone knows, against U[0,1].
func (h *sheet) knownValue(u mechanisms.Distribution) {
	const beta = 0.5
	eq := h.bayes(1, 0, u, mechanisms.Point(beta))
	h.same("U[0,1] against a known 1/2: lowest bid that wins, beta/2", eq.Bottom, beta/2, 1e-6)
	h.same("U[0,1] against a known 1/2: highest bid, beta - beta^2/4", eq.Top, 0.4375, 1e-6)
	h.same("U[0,1] against a known 1/2: bid at 0.8, beta - beta^2/(4v)", bid(eq, 0, u, 0.8), 0.421875, 1e-4)
	// G(b) = (2-beta) beta/(2(2b-beta)) exp(-beta/(2b-beta) + 2/(2-beta))
	h.same("U[0,1] against a known 1/2: its chance to bid at most 0.4", chance(eq, 1, 0.4), 0.8956641382172364, 1e-4)
	h.same("U[0,1] against a known 1/2: the known bidder's pay-off, beta^2/4", eq.Account.Payoff[1], beta*beta/4, 1e-6)
}

// chance is the probability that an agent bids at most b.
func chance(eq *private.Equilibrium, agent int, b float64) float64 {
	if agent >= len(eq.Curves) {
		return math.NaN()
	}
	c := eq.Curves[agent]
	for k := 1; k < len(c.Bids); k++ {
		if b < c.Bids[k] {
			if c.Bids[k] == c.Bids[k-1] || b < c.Bids[k-1] {
				return c.Below[k-1]
			}
			return c.Below[k-1] + (b-c.Bids[k-1])/(c.Bids[k]-c.Bids[k-1])*(c.Below[k]-c.Below[k-1])
		}
	}
	return 1
}

// partialRing is a ring in a second-price auction.
func partialRing(h *sheet) {
	u := h.uniform(0, 1)
	m, err := mechanisms.NewAuction(0, 0)
	if h.failed(err) {
		return
	}
	h.derived = true
	h.same("3 of U[0,1], second price: revenue without a ring", h.types(m, u, u, u).Account.Revenue(), 0.5, 1e-9)
	eq, err := private.Solver{}.Ring(m, copies(3, u), []int{0, 1})
	if h.failed(err) {
		return
	}
	h.same("3 of U[0,1], second price: revenue with a ring of two", eq.Account.Revenue(), 5./12, 1e-9)
	reserve, revenue, err := private.Solver{}.RingReserve(0, copies(2, u), []int{0, 1})
	if h.failed(err) {
		return
	}
	h.same("2 of U[0,1] in one ring: the best reserve, 1/sqrt(3)", reserve, 1/math.Sqrt(3), 1e-6)
	h.same("2 of U[0,1] in one ring: its revenue, 2/(3 sqrt(3))", revenue, 2/(3*math.Sqrt(3)), 1e-9)
}

// wholeRing is the ring of all agents, with and without transfers.
func wholeRing(h *sheet) {
	u := h.uniform(0, 1)
	if h.err != nil {
		return
	}
	c, err := private.Collude(copies(2, u), 0)
	if h.failed(err) {
		return
	}
	h.derived = true
	h.same("2 of U[0,1]: an agent's pay-off under competition", c.Competitive[0], 1./6, 1e-9)
	h.same("2 of U[0,1]: in a weak ring, which makes no transfers", c.Weak[0], 1./4, 1e-9)
	h.same("2 of U[0,1]: in a strong ring, with transfers", c.Strong[0], 1./3, 1e-9)
	h.same("2 of U[0,1]: what either leaves the protocol", c.Revenue, 0, 0)
}

func griesmer(h *sheet) {
	weak, strong := h.uniform(0, 1), h.uniform(0, 2)
	eq := h.bayes(1, 0, weak, strong)
	h.derived = true
	h.same("U[0,1] against U[0,2]: highest bid v_1 v_2/(v_1+v_2)", eq.Top, 2./3, 1e-6)
	h.same("U[0,1] against U[0,2]: revenue", eq.Account.Revenue(), 0.45900505570283523, 1e-6)
	h.same("U[0,1] against U[0,2]: the weak wins with", eq.Account.Win[0], 1./3, 1e-6)
	h.same("the weak's bid at 0.7", bid(eq, 0, weak, 0.7), 0.3899072647060128, 1e-6)
	h.same("the strong's bid at 1.3", bid(eq, 1, strong, 1.3), 0.5187918303974972, 1e-6)
	second := h.bayes(0, 0, weak, strong)
	h.same("second price: revenue", second.Account.Revenue(), 5./12, 1e-6)
}

func kaplan(h *sheet) {
	h.derived = true
	for _, c := range [][4]float64{{0, 1, 0, 2}, {0, 1, 0.2, 1.2}, {1, 2, 1.5, 3}} {
		l1, h1, l2, h2 := c[0], c[1], c[2], c[3]
		a, b := h.uniform(l1, h1), h.uniform(l2, h2)
		eq := h.bayes(1, 0, a, b)
		label := fmt.Sprintf("U[%g,%g] against U[%g,%g]", l1, h1, l2, h2)
		s := l1 + l2
		h.same(label+": lowest bid that can win, (l1+l2)/2", eq.Bottom, s/2, 1e-6)
		h.same(label+": highest bid (h1 h2 - (l1+l2)^2/4)/(h1-l1+h2-l2)", eq.Top, (h1*h2-s*s/4)/(h1-l1+h2-l2), 1e-6)
	}
}

func marshall(h *sheet) {
	one := h.power(1, 1)
	h.derived = true
	for _, c := range []struct{ a, revenue float64 }{{2, 0.42629068763796674}, {4, 0.5054304626757303}} {
		many := h.power(c.a, 1)
		eq := h.bayes(1, 0, one, many)
		k := -(1/c.a)*math.Log(1+c.a) - math.Log((1+c.a)/c.a) + 2*math.Ln2
		h.same(fmt.Sprintf("F = v against v^%g: highest bid", c.a), eq.Top, 1-math.Exp(k/(1/c.a-1)), 1e-6)
		h.same(fmt.Sprintf("F = v against v^%g: revenue", c.a), eq.Account.Revenue(), c.revenue, 2e-6)
	}
}

func cheng(h *sheet) {
	// F_i = (v/top_i)^a_i with top_1 a_2/(1+a_2) = top_2 a_1/(1+a_1): b_i = a_j v/(1+a_j).
	a, b := h.power(1, 0.75), h.power(2, 1)
	eq := h.bayes(1, 0, a, b)
	h.derived = true
	h.same("F = v/0.75 against v^2: highest bid", eq.Top, 0.5, 1e-6)
	for _, v := range []float64{0.2, 0.6} {
		h.same(fmt.Sprintf("the first's bid at %g, a_2 v/(1+a_2)", v), bid(eq, 0, a, v), 2*v/3, 1e-6)
		h.same(fmt.Sprintf("the second's bid at %g, a_1 v/(1+a_1)", v), bid(eq, 1, b, v), v/2, 1e-6)
	}
}

func myerson(h *sheet) {
	u := h.uniform(0, 1)
	h.derived = true
	best := func(values ...mechanisms.Distribution) bound.Optimum {
		if h.err != nil {
			return bound.Optimum{Reserves: make([]float64, len(values)), Win: make([]float64, len(values))}
		}
		o, err := bound.Revenue(values)
		if h.failed(err) {
			return bound.Optimum{Reserves: make([]float64, len(values)), Win: make([]float64, len(values))}
		}
		return o
	}
	o := best(u, h.uniform(0, 2))
	h.same("U[0,1] against U[0,2]: revenue", o.Revenue, 31./48, 1e-9)
	h.same("reserve of the weak", o.Reserves[0], 0.5, 1e-9)
	h.same("reserve of the strong", o.Reserves[1], 1, 1e-9)
	h.same("the weak wins with", o.Win[0], 5./16, 1e-9)
	h.same("the strong wins with", o.Win[1], 7./16, 1e-9)
	h.same("nobody wins with", o.Unsold, 0.25, 1e-9)
	o = best(u, u)
	h.same("2 of U[0,1]: revenue", o.Revenue, 5./12, 1e-9)
	exp := dist[distributions.Exponential](h)(distributions.NewExponential(1))
	o = best(exp, exp)
	h.same("2 of Exp(1): revenue 2/e - 1/(2e^2)", o.Revenue, 2/math.E-0.5*math.Exp(-2), 1e-9)
	h.same("2 of Exp(1): reserve", o.Reserves[0], 1, 1e-9)
	eq := h.bayes(1, 0, exp, exp)
	h.same("2 of Exp(1), first price without a reserve: revenue", eq.Account.Revenue(), 0.5, 1e-6)
	h.same("2 of Exp(1), first price: bid at 2", bid(eq, 0, exp, 2), 1-2*math.Exp(-2)/(1-math.Exp(-2)), 1e-6)
	pareto := dist[distributions.Pareto](h)(distributions.NewPareto(1, 3))
	o = best(pareto, pareto)
	h.same("2 of Pareto(1, 3): revenue, no reserve above 1", o.Revenue, 1.2, 1e-6)
	welfare, err := bound.Welfare([]mechanisms.Distribution{pareto, pareto})
	if h.failed(err) {
		return
	}
	h.same("2 of Pareto(1, 3): E max v", welfare, 1.8, 1e-6)
	log := dist[distributions.LogNormal](h)(distributions.NewLogNormal(0, 1))
	h.same("2 log-normal(0, 1), second price: E min v", h.bayes(0, 0, log, log).Account.Revenue(), 2*math.Exp(0.5)*0.5*math.Erfc(0.5), 1e-6)
}
