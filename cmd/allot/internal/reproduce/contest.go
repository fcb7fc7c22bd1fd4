package reproduce

import (
	"fmt"
	"math"

	"allot/mechanisms"
	"allot/solver/equilibrium"
	"allot/solver/equilibrium/rights"
)

// contests are the classics on contests and all-pay auctions, and what staking shares with
// them.
var contests = []Source{
	{Name: "tullock1980", Citation: "Tullock (1980), Efficient Rent Seeking; Szidarovszky, Okuguchi (1997); Stein (2002)",
		Done: "proportional contests: equal agents, and who stays out among different ones", Seen: memory, run: tullock},
	{Name: "nti1999", Citation: "Nti (1999), Rent-Seeking with Asymmetric Valuations",
		Done: "two agents with a pure equilibrium, and where it ends", Seen: memory, run: nti},
	{Name: "perez-castrillo-verdier1992", Citation: "Perez-Castrillo, Verdier (1992), A General Analysis of Rent-Seeking Games",
		Done: "equal agents with an exponent above 1: who takes part", Seen: memory, run: entry},
	{Name: "wang2010", Citation: "Wang (2010), The Optimal Accuracy Level in Asymmetric Contests; Feng, Lu (2017)",
		Done: "two agents between the pure equilibrium and the all-pay auction", Seen: memory, run: wang},
	{Name: "alcalde-dahm2010", Citation: "Alcalde, Dahm (2010), Rent Seeking and Rent Dissipation; Ewerhart (2015, 2017)",
		Done: "two agents with an exponent of 2 or more: all-pay pay-offs", Seen: memory, run: equivalent},
	{Name: "cornes-hartley2005", Citation: "Cornes, Hartley (2005), Asymmetric Contests with General Technologies",
		Done: "share functions for exponents up to 1", Seen: memory, run: shares},
	{Name: "hillman-riley1989", Citation: "Hillman, Riley (1989), Politically Contestable Rents and Transfers",
		Done: "the all-pay auction among different agents", Seen: memory, run: allPay},
	{Name: "baye1996", Citation: "Baye, Kovenock, de Vries (1996), The All-pay Auction with Complete Information",
		Done: "ties: continua of equilibria, and what the selection brings", Seen: memory, run: continua},
	{Name: "arnosti-weinberg2022", Citation: "Arnosti, Weinberg (2022), Bitcoin: A Natural Oligopoly",
		Done: "shares of miners (or stakers) with different costs, and its two theorems", Seen: "a summary was at hand; formulas derived anew", run: oligopoly},
	{Name: "bahrani2024", Citation: "Bahrani, Garimidi, Roughgarden (2024), Centralization in Block Building and Proposer-Builder Separation",
		Done: "staking shares under reward multipliers, from the contest and from the concave program", Seen: "a summary was at hand; the program derived anew", run: staking},
}

const memory = "standard results, derived anew and checked"

func tullock(h *sheet) {
	h.derived = true
	h.catalogue("symmetric-5-at-10", "5 equal at 10")
	h.catalogue("proportional-30-20-10", "30, 20, 10")
	h.same("2 of 30: payment (n-1)v/n^2", h.solve([]float64{30, 30}, "contest", set("exponent", 1.)).cost(0), 7.5, 1e-12)
}

func nti(h *sheet) {
	h.derived = true
	h.catalogue("pure-4-2-exponent-1.3", "4, 2 at exponent 1.3")
	for _, rho := range []float64{0.5, 0.8, 1.2, 1.35} {
		s := h.solve([]float64{4, 2}, "contest", set("exponent", rho))
		x := math.Pow(2, rho)
		h.same(fmt.Sprintf("4, 2 at exponent %g: revenue rho(v_1+v_2)p_1 p_2", rho), s.revenue(), rho*6*x/((1+x)*(1+x)), 1e-9)
	}
	const end = 1.3833323479810615 // alpha = 1 + 2^-alpha
	below, above := h.solve([]float64{4, 2}, "contest", set("exponent", end-1e-6)), h.solve([]float64{4, 2}, "contest", set("exponent", end+1e-6))
	h.holds("4, 2: pay-off of the weaker just below the end of the pure equilibrium", below.payoff(1), "pure", below.regime() == "pure")
	h.holds("4, 2: its pay-off just above", above.payoff(1), "not pure", above.regime() != "pure" && above.regime() != "-")
}

func entry(h *sheet) {
	h.derived = true
	h.catalogue("symmetric-3-exponent-1.4", "3 equal at exponent 1.4")
	s := h.catalogue("entry-5-exponent-1.5", "5 equal at exponent 1.5")
	active := 0
	for i := range 5 {
		if s.win(i) > 0 {
			active++
		}
	}
	h.same("5 equal at exponent 1.5: agents that take part, r/(r-1)", float64(active), 3, 0)
	c, err := mechanisms.NewContest(mechanisms.Ratio{Exponent: 1.4})
	if h.failed(err) {
		return
	}
	all, err := new(equilibrium.Solver).All(mechanisms.Game{Mechanism: c, Values: []float64{10, 9, 8}})
	if h.failed(err) {
		return
	}
	h.open("10, 9, 8 at exponent 1.4: pure equilibria", float64(len(all)), "the two highest values, or the first and the third: which of them take part is a selection, and reports name it")
}

func wang(h *sheet) {
	h.derived = true
	h.catalogue("semi-mixed-4-2-exponent-1.5", "4, 2 at exponent 1.5")
	c, err := mechanisms.NewContest(mechanisms.Ratio{Exponent: 1.5})
	eq := h.game(c, err, 4, 2)
	if h.err != nil {
		return
	}
	h.same("the stronger's signal x_2 (r-1)^(-1/r)", eq.Profile.Signals[0], 1.0582673679787995, 1e-9)
	signal, often := math.NaN(), math.NaN()
	if len(eq.Profile.Mixed) == 2 && !eq.Profile.Mixed[1].IsEmpty() {
		m := eq.Profile.Mixed[1]
		signal = m.Signals[len(m.Signals)-1]
		often = m.Mean() / signal
	}
	h.same("the weaker's signal x_2 = v_2(r-1)/r", signal, 2./3, 1e-9)
	h.same("its probability q = k(r-1)^(-1/r)", often, 0.7937005259840997, 1e-9)
	for _, rho := range []float64{1.4, 1.7, 1.95} {
		s := h.solve([]float64{4, 2}, "contest", set("exponent", rho))
		h.same(fmt.Sprintf("4, 2 at exponent %g: revenue v_2(1+k)(r-1)^(1-1/r)/r", rho), s.revenue(), 3*math.Pow(rho-1, 1-1/rho)/rho, 1e-9)
	}
}

func equivalent(h *sheet) {
	h.derived = true
	h.catalogue("mixed-4-2-exponent-3", "4, 2 at exponent 3")
	for _, rho := range []float64{2, 2.5, 10, 1000} {
		s := h.solve([]float64{4, 2}, "contest", set("exponent", rho))
		h.same(fmt.Sprintf("4, 2 at exponent %g: revenue v_2(v_1+v_2)/(2v_1)", rho), s.revenue(), 1.5, 1e-9)
	}
}

func shares(h *sheet) {
	h.derived = true
	for _, c := range []struct {
		values []float64
		rho    float64
	}{{[]float64{30, 20, 10}, 0.5}, {[]float64{30, 20, 10}, 0.9}, {[]float64{7, 5, 3, 2, 1}, 0.3}} {
		s := h.solve(c.values, "contest", set("exponent", c.rho))
		a, worst, total := 0.0, 0.0, 0.0
		for i := range c.values {
			a += math.Pow(s.signal(i), c.rho)
		}
		for i, v := range c.values {
			x := s.win(i)
			total += x
			worst = math.Max(worst, math.Abs(c.rho*v*math.Pow(x*a, 1-1/c.rho)*(1-x)/a-1))
		}
		label := fmt.Sprintf("%s at exponent %g", list(c.values), c.rho)
		h.same(label+": sum of the shares", total, 1, 1e-9)
		h.same(label+": largest departure from rho v (sA)^(1-1/rho)(1-s) = A", worst, 0, 1e-8)
		h.holds(label+": share of the least value", s.win(len(c.values)-1), "everyone takes part below exponent 1", s.win(len(c.values)-1) > 0)
	}
}

func allPay(h *sheet) {
	h.derived = true
	h.catalogue("all-pay-30-20-10", "30, 20, 10")
	s := h.solve([]float64{4, 2}, "auction", set("pricing", "all-pay"))
	h.same("4, 2: revenue v_2(v_1+v_2)/(2v_1)", s.revenue(), 1.5, 1e-12)
	h.same("4, 2: chance of the stronger, 1 - v_2/(2v_1)", s.win(0), 0.75, 1e-12)
	m, err := mechanisms.NewAllPay(0)
	eq := h.game(m, err, 30, 20, 10)
	if h.err != nil {
		return
	}
	atom := math.NaN()
	if len(eq.Profile.Mixed) == 3 && !eq.Profile.Mixed[1].IsEmpty() {
		b := eq.Profile.Mixed[1]
		atom = 0
		for k, x := range b.Signals {
			if x == 0 {
				atom = b.Cumulative[k]
			}
		}
	}
	h.same("30, 20, 10: chance that Bob bids nothing, 1 - v_2/v_1", atom, 1./3, 1e-9)
	h.derived = true
	h.catalogue("all-pay-reserve-30-20-10", "30, 20, 10 with a reserve of 10")
}

func continua(h *sheet) {
	s := h.solve([]float64{2, 1, 1}, "auction", set("pricing", "all-pay"))
	h.derived = true
	h.same("2, 1, 1: revenue with two active agents", s.revenue(), 0.75, 1e-9)
	h.same("2, 1, 1: the strongest's pay-off, in every equilibrium", s.payoff(0), 1, 1e-9)
	h.same("1, 1, 1: revenue, in every equilibrium", h.solve([]float64{1, 1, 1}, "auction", set("pricing", "all-pay")).revenue(), 1, 1e-9)
	h.derived = false
	h.note("With equal second values there is a continuum of equilibria, some with other revenue (2, 1, 1: down to 0.72386 with all three active): allot reports the one with the fewest active agents and says so.")
}

func oligopoly(h *sheet) {
	for _, c := range []struct {
		costs  []float64
		limit  float64
		shares []float64
	}{
		{[]float64{1, 1.1}, 2.1, []float64{1.1 / 2.1, 1 / 2.1}},
		{[]float64{1, 1, 1.5}, 1.75, []float64{3. / 7, 3. / 7, 1. / 7}},
	} {
		x, limit, err := rights.Staking(c.costs)
		if h.failed(err) {
			return
		}
		values := make([]float64, len(c.costs))
		for i, k := range c.costs {
			values[i] = 1 / k
		}
		s := h.solve(values, "contest", set("exponent", 1.))
		label := "costs " + list(c.costs)
		h.derived = true
		h.same(label+": threshold c*", limit, c.limit, 1e-12)
		for i, want := range c.shares {
			h.same(fmt.Sprintf("%s: share of miner %d, max(0, 1 - c_i/c*)", label, i+1), x[i], want, 1e-12)
			h.same(fmt.Sprintf("%s: that of miner %d in the contest at values 1/c_i", label, i+1), s.win(i), want, 1e-12)
		}
		h.derived = false
	}
	// Theorem (a): if i invests, j's share is at least 1 - c_j/c_i.
	costs := []float64{1, 1.2, 1.3, 1.7, 2.5}
	x, _, err := rights.Staking(costs)
	if h.failed(err) {
		return
	}
	slack := math.Inf(1)
	for i, ci := range costs {
		for j, cj := range costs {
			if x[i] > 0 {
				slack = math.Min(slack, x[j]-(1-cj/ci))
			}
		}
	}
	h.holds("costs 1, 1.2, 1.3, 1.7, 2.5: least of x_j - (1 - c_j/c_i), i investing", slack, "at least 0", slack >= -1e-12)
	// Theorem (b): with exponent alpha > 1 participants have at least 1 - 1/alpha.
	values := make([]float64, len(costs))
	for i, k := range costs {
		values[i] = 1 / k
	}
	for _, alpha := range []float64{1.1, 1.2, 1.3} {
		s := h.solve(values, "contest", set("exponent", alpha))
		least, active := 1.0, 0
		for i := range values {
			if s.win(i) > 0 {
				least, active = math.Min(least, s.win(i)), active+1
			}
		}
		h.holds(fmt.Sprintf("those costs at exponent %g: least share of a participant", alpha), least, fmt.Sprintf("at least %.4f", 1-1/alpha), least >= 1-1/alpha-1e-9)
		h.holds(fmt.Sprintf("those costs at exponent %g: participants", alpha), float64(active), fmt.Sprintf("at most %.4g", alpha/(alpha-1)), float64(active) <= alpha/(alpha-1)+1e-9)
	}
}

func staking(h *sheet) {
	h.derived = true
	for _, mu := range [][]float64{{4, 2}, {30, 20, 10}, {7, 6, 6, 5, 1}} {
		s := h.solve(mu, "contest", set("exponent", 1.))
		want := program(mu)
		for i, x := range want {
			h.same(fmt.Sprintf("multipliers %s: share of staker %d, argmax sum mu(s - s^2/2)", list(mu), i+1), s.win(i), x, 1e-12)
		}
	}
}

// program is the maximiser of sum mu_i (s_i - s_i^2/2) over the simplex: s_i = max(0, 1 -
// lambda/mu_i), lambda by bisection.
func program(mu []float64) []float64 {
	low, high := 0.0, 0.0
	for _, m := range mu {
		high = math.Max(high, m)
	}
	s := make([]float64, len(mu))
	for range 200 {
		lambda := (low + high) / 2
		sum := 0.0
		for i, m := range mu {
			s[i] = math.Max(0, 1-lambda/m)
			sum += s[i]
		}
		if sum > 1 {
			low = lambda
		} else {
			high = lambda
		}
	}
	return s
}
