package reproduce

import (
	"fmt"
	"math"

	"allot/constraints"
	"allot/mechanisms"
	"allot/solver/bound"
	"allot/solver/equilibrium/rights"
	"allot/solver/equilibrium/slots"
)

// tickets are the sources on how Ethereum's proposing right may be sold.
var tickets = []Source{
	{
		Name:     "neuder2024",
		Citation: "Neuder, Garimidi, Roughgarden (2024), On block-space distribution mechanisms",
		Done:     "both rows of its table at values 4 and 2; its open questions: the best exponent, what dominates proportional tickets among Sybil-proof mechanisms, and the frontier of revenue and fairness",
		Seen:     "the text was at hand",
		run:      neuder,
	},
	{
		Name:     "burian-crapis2024",
		Citation: "Burian, Crapis (2024), Economic Analysis of Execution Tickets; Burian (2024), The Future of MEV",
		Done:     "tickets as assets: the value of one, of those issued and unissued, its variance; how likely a large holder's runs are",
		Seen:     "a summary was at hand; formulas derived anew",
		run:      assets,
	},
	{
		Name:     "execution-auctions",
		Citation: "Burian, Crapis (2024), Execution Auctions as an Alternative to Execution Tickets",
		Done:     "a slot sold 32 slots ahead against a ticket that waits to be drawn",
		Seen:     "a summary was at hand; formulas derived anew",
		run:      executionAuctions,
	},
	{
		Name:     "burian2024",
		Citation: "Burian, Crapis, Saleh (2024), MEV Capture and Decentralization in Execution Tickets",
		Done:     "the protocol's share chi and who holds the tickets, with price-taking and with strategic buyers",
		Seen:     "a summary was at hand; closed forms derived from its model",
		run:      capture,
	},
	{
		Name:     "schlegel2024",
		Citation: "Schlegel (2024), Inelastic vs. Elastic Supply: Why Proof of Stake Could Be Less Centralizing Than Execution Tickets",
		Done:     "shares and revenue under elastic and capped supply, with price-taking and with strategic buyers",
		Seen:     "a summary was at hand; closed forms derived anew",
		run:      supply,
	},
	{
		Name:     "pai-resnick2024",
		Citation: "Pai, Resnick (2024), Centralization in Attester-Proposer Separation",
		Done:     "an execution auction with resale just in time among builders with uniform values",
		Seen:     "a summary was at hand; closed forms derived from its model",
		run:      resale,
	},
	{
		Name:     "stichler2024",
		Citation: "Stichler (2024), Agent-based Simulation of Execution Tickets",
		Done:     "the prices that its rules post, the share of MEV that they capture, and how many independent runs its averages are of",
		Seen:     "code and stored outputs were summarised; the numbers are the stored ones",
		run:      simulated,
	},
	{
		Name:     "pan2024",
		Citation: "Pan, Mazorra, Schlegel, Mamageishvili (2024), On Sybil-proof Mechanisms",
		Done:     "which mechanisms false identities gain from",
		Seen:     "a summary was at hand",
		run:      identities,
	},
}

func neuder(h *sheet) {
	h.catalogue("proportional-4-2", "proportional-all-pay")
	h.catalogue("winner-take-all-4-2", "winner-take-all")
	values := []float64{4, 2}

	var rows [][]any
	for _, rho := range []float64{0.5, 1, 1.2, 1.3833, 1.5, 2} {
		s := h.solve(values, "contest", set("exponent", rho))
		rows = append(rows, []any{rho, s.revenue(), s.fairness(), s.regime()})
	}
	h.table("The exponent alpha in x_i = b_i^alpha/sum b_j^alpha, values 4 and 2", []string{"alpha", "revenue", "fairness", "regime"}, rows)
	p := h.problem(market(values...), "revenue", h.space("contest", set("exponent", [2]float64{0.05, 3})))
	best := h.seek(p)
	h.open("open question: exponent of most revenue", best.setting("exponent"), "found by a search over [0.05, 3]; it is where the pure equilibrium ends, alpha = 1 + (v_2/v_1)^alpha (Nti 1999): beyond it one agent mixes and revenue falls, from 2 on it is the all-pay auction's")
	h.open("its revenue", best.revenue(), "")
	h.open("its fairness", best.fairness(), "")
	h.derived = true
	h.same("where the pure equilibrium ends, alpha = 1 + (v_2/v_1)^alpha", best.setting("exponent"), 1.3833323479810615, 1e-6)
	h.derived = false
	h.mixtures(best.revenue())

	// Sybil-proof mechanisms that do as well in fairness as proportional tickets.
	lot := h.solve(values, "lottery", set("price", 2.), demand{"sybil-proof", map[string]float64{"identities": 9}})
	h.open("equal lottery at the price 2: revenue", lot.revenue(), "as much as the first-price auction, at more fairness than proportional tickets")
	h.open("equal lottery at the price 2: fairness", lot.fairness(), "")
	h.open("equal lottery at the price 2: what 9 identities gain", lot.measure("sybil-proof"), "it is not Sybil-proof: the strong agent's pay-off rises from 1 to 1.8")
	tick := h.solve(values, "contest", set("exponent", 1.), demand{"sybil-proof", map[string]float64{"identities": 9}})
	h.same("proportional-all-pay: what 9 identities gain", tick.measure("sybil-proof"), 0, 1e-9)
	h.dominate(tick.fairness())

	for _, fair := range []float64{0, math.Sqrt2 / 3, 0.5} {
		h.open(fmt.Sprintf("most revenue of any mechanism at fairness %.6g", fair), bound.FairRevenue(values, fair), "a designer who knows the values: the frontier that the third question asks for")
	}
}

// mixtures are what mixing the two mechanisms of the source comes to at a revenue.
func (h *sheet) mixtures(revenue float64) {
	values := []float64{4, 2}
	top := h.solve(values, "auction", set("pricing", "first"))
	for _, m := range []struct {
		label string
		with  solved
	}{
		{"proportional tickets", h.solve(values, "contest", set("exponent", 1.))},
		{"a free lottery", h.solve(values, "lottery", set())},
	} {
		q := (revenue - m.with.revenue()) / (top.revenue() - m.with.revenue())
		x := q*top.win(0) + (1-q)*m.with.win(0)
		h.open("mixing first price with "+m.label+" to the same revenue: fairness", math.Sqrt(x*(1-x)), "raising the exponent dominates the mixture")
	}
}

// dominate looks for Sybil-proof mechanisms of at least some fairness that bring more than
// proportional tickets.
func (h *sheet) dominate(fairness float64) {
	for _, x := range []struct {
		label    string
		family   string
		settings mechanisms.Settings
		remark   string
	}{
		{"exponents", "contest", set("exponent", [2]float64{0.2, 2}),
			"among exponents nothing dominates proportional tickets: those below 1 invite false identities, those above cost fairness"},
		{"proportional tickets with an entry fee", "contest", set("exponent", 1., "fee", [2]float64{0, 1}),
			"a fee that takes what the weaker agent would keep leaves shares as they are and costs every further identity as much: a Sybil-proof mechanism that dominates proportional tickets, where the protocol knows the values"},
		{"equal lotteries with an entry fee", "lottery", set("fee", [2]float64{0, 2}, "price", [2]float64{0, 2}),
			"charged on entry instead of on winning, the same expected payment makes a second identity cost as much as the first: a fee of v_2/2 brings the first-price auction's revenue at equal shares, Sybil-proof, and dominates both of the source's mechanisms, where the protocol knows the values"},
	} {
		p := h.problem(market(4, 2), "revenue", h.space(x.family, x.settings), demand{"sybil-proof", map[string]float64{"identities": 9}})
		c, err := constraints.NewExpression("fairness", constraints.AtLeast, fairness-1e-9)
		if h.failed(err) {
			return
		}
		p.Constraints = append(p.Constraints, c)
		s := h.seek(p)
		h.open("Sybil-proof and as fair as proportional tickets, most revenue: "+x.label, s.revenue(), x.remark)
		h.open("its fairness: "+x.label, s.fairness(), "")
	}
	fee := h.solve([]float64{4, 2}, "lottery", set("fee", 1.), demand{"sybil-proof", map[string]float64{"identities": 9}})
	h.open("equal lottery with an entry fee of 1: revenue", fee.revenue(), "the fee v_2/2 by itself, for comparison with the search")
	h.open("equal lottery with an entry fee of 1: what 9 identities gain", fee.measure("sybil-proof"), "")
}

func identities(h *sheet) {
	five := demand{"sybil-proof", map[string]float64{"identities": 5}}
	for _, c := range []struct {
		label, family string
		settings      mechanisms.Settings
	}{
		{"second price", "auction", set("pricing", "second")},
		{"first price", "auction", set("pricing", "first")},
		{"proportional contest", "contest", set("exponent", 1.)},
		{"contest with exponent 1.3", "contest", set("exponent", 1.3)},
	} {
		gain := h.solve([]float64{4, 2}, c.family, c.settings, five).measure("sybil-proof")
		h.holds(c.label+" at 4, 2: what 5 identities gain", gain, "Sybil-proof", gain <= 1e-9)
	}
	for _, c := range []struct {
		label, family string
		settings      mechanisms.Settings
	}{
		{"contest with exponent 0.5", "contest", set("exponent", 0.5)},
		{"free lottery", "lottery", set()},
		{"lottery at the price 2", "lottery", set("price", 2.)},
	} {
		gain := h.solve([]float64{4, 2}, c.family, c.settings, five).measure("sybil-proof")
		h.holds(c.label+" at 4, 2: what 5 identities gain", gain, "not Sybil-proof", gain > 1e-3)
	}
	h.derived = true
	// k identities multiply the impact of a spend by k^(1-rho).
	half := h.solve([]float64{1, 1}, "contest", set("exponent", 0.5), demand{"sybil-proof", map[string]float64{"identities": 2}})
	same := math.Sqrt2/(1+math.Sqrt2) - 0.125
	h.same("1, 1 at exponent 0.5: pay-off with one identity", half.payoff(0), 0.375, 1e-12)
	h.holds("1, 1 at exponent 0.5: what 2 identities gain", half.measure("sybil-proof"), "at least what the same spend split gains, 0.0858", half.measure("sybil-proof") >= same-0.375-1e-9)
}

func assets(h *sheet) {
	t, err := rights.Ticket(30, 1800, 100, 0.001)
	if h.failed(err) {
		return
	}
	h.derived = true
	h.same("a ticket of 100, mean 30, d = 0.001: E V = mu/(nd+1)", t.Mean, 30/1.1, 1e-9)
	h.same("all issued tickets, n mu/(nd+1)", t.Issued, 3000/1.1, 1e-8)
	h.same("all unissued tickets, mu/(d(nd+1))", t.Unissued, 30000/1.1, 1e-7)
	h.same("issued and unissued together: the NPV mu/d", t.Issued+t.Unissued, 30000, 1e-7)
	h.same("Var V, reward exponential: E R^2/(nd^2+2nd+1) - mu^2/(nd+1)^2", t.Variance, 756.0733575232366, 1e-9)
	for _, n := range []float64{1e4, 1e6} {
		more, err := rights.Ticket(30, 1800, n, 0.001)
		if h.failed(err) {
			return
		}
		h.holds(fmt.Sprintf("issued tickets of %.0g as a share of the NPV", n), more.Issued/30000, "tends to 1", more.Issued > t.Issued && more.Issued < 30000)
	}
	h.derived = false
	for _, m := range []int{20, 35} {
		p, err := slots.Streak(95, 100, m, slots.Reissued)
		if h.failed(err) {
			return
		}
		if m == 20 {
			h.same("95 of 100 tickets win 20 slots running", p, 0.04, 0.005)
		} else {
			h.holds("95 of 100 tickets win 35 slots running", p, "almost impossible", p < 1e-3)
		}
	}
	p, err := slots.Streak(95, 100, 20, slots.Spent)
	if h.failed(err) {
		return
	}
	h.open("the same 20 slots, if drawn tickets are not reissued", p, "draws without replacement leave a large holder about as large; the 4 % is for tickets that are reissued to others")
}

func executionAuctions(h *sheet) {
	a, err := rights.Auctioned(30, 900, 32, 0.001)
	if h.failed(err) {
		return
	}
	h.derived = true
	h.same("a slot 32 slots ahead, mean 30, d = 0.001: mu/(1+d)^m", a.Mean, 30*math.Pow(1.001, -32), 1e-9)
	h.same("its variance, Var R/(1+d)^2m", a.Variance, 900*math.Pow(1.001, -64), 1e-8)
	t, err := rights.Ticket(30, 1800, 32, 0.001)
	if h.failed(err) {
		return
	}
	h.holds("variance of a ticket of 32 less that of the slot", t.Variance-a.Variance, "a ticket's time of use is uncertain besides", t.Mean < 30)
	h.derived = false
	d, err := rights.SlotRate(0.034, 2628000)
	if h.failed(err) {
		return
	}
	h.same("d per slot of 3.4 % a year, 2,628,000 slots", d, 1.27e-8, 0.005e-8)
	h.other("(1+d)^2628000", math.Exp(2628000*math.Log1p(d)), 1.34, 1.034, 1e-9, "a misprint: 3.4 % a year is a factor of 1.034, which the printed d fits")
}

func capture(h *sheet) {
	h.derived = true
	c := h.captured([]float64{4, 2}, 0, 1024)
	h.same("means 4 and 2, no capital cost: holder", float64(c.Holder+1), 1, 0)
	h.same("the protocol's share chi", c.Share, 0.5, 1e-12)
	c = h.captured([]float64{3, 3, 3}, 0, 1024)
	h.same("equal means, no capital cost: chi", c.Share, 1, 1e-12)
	c = h.captured([]float64{3, 3, 3}, 1e-4, 1024)
	h.same("equal means, capital cost 1e-4 a slot, 1024 tickets: chi = 1/(1+Nd)", c.Share, 1/1.1024, 1e-12)
	d, err := rights.Captured([]float64{4, 4}, []float64{1e-4, 2e-4}, 1024)
	if h.failed(err) {
		return
	}
	h.same("equal means, capital costs 1e-4 and 2e-4: holder", float64(d.Holder+1), 1, 0)
	h.same("chi there, 1/(1+N d_2)", d.Share, 1/1.2048, 1e-12)
	h.derived = false
	values := []float64{4, 2}
	monopoly := h.solve(values, "tickets", set("eta", "capped", "conduct", "price-taking", "supply", 1024.))
	h.holds("capped supply, price-taking buyers: largest share", monopoly.win(0), "one buyer can hold all tickets", near(monopoly.win(0), 1, 1e-12))
	shared := h.solve(values, "tickets", set("eta", "capped", "conduct", "strategic", "supply", 1024.))
	h.fails("capped supply, strategic buyers: largest share", shared.win(0), "one buyer can hold all tickets", 2-math.Sqrt2, 1e-9,
		"buyers that know that they move the price hold back: shares are v_i/(v_i + sqrt(v_1 v_2)), and the protocol gets nothing. The source's buyers take prices")
	h.fails("capped supply, strategic buyers: chi", shared.revenue()/4, "up to 1", 0, 1e-9, "demand reduction takes the price to nothing as the supply is capped")
}

func (h *sheet) captured(means []float64, d, n float64) rights.Capture {
	rates := make([]float64, len(means))
	for i := range rates {
		rates[i] = d
	}
	c, err := rights.Captured(means, rates, n)
	h.failed(err)
	return c
}

func supply(h *sheet) {
	values := []float64{4, 2}
	sale := func(eta float64, conduct string) solved {
		if math.IsInf(eta, 1) {
			return h.solve(values, "tickets", set("eta", "capped", "conduct", conduct, "supply", 1024.))
		}
		return h.solve(values, "tickets", set("eta", eta, "conduct", conduct, "supply", 1024.))
	}
	elastic := sale(0, "strategic")
	h.holds("elastic supply: largest share", elastic.win(0), "an oligopoly", elastic.win(0) < 1 && elastic.win(1) > 0)
	monopoly := sale(math.Inf(1), "price-taking")
	h.holds("capped supply, price-taking buyers: largest share", monopoly.win(0), "a monopoly", near(monopoly.win(0), 1, 1e-12))
	h.derived = true
	h.same("elastic supply: largest share, 1 - z/v_1", elastic.win(0), 2./3, 1e-12)
	h.same("elastic supply: revenue", elastic.revenue(), 4./3, 1e-12)
	h.same("capped supply, price-taking buyers: revenue, the second value", monopoly.revenue(), 2, 1e-12)
	h.derived = false
	capped := sale(math.Inf(1), "strategic")
	h.fails("capped supply, strategic buyers: largest share", capped.win(0), "a monopoly", 2-math.Sqrt2, 1e-9,
		"the claim needs price-taking (or ascending) buyers; strategic ones reduce demand, which makes shares more equal than elastic supply does")
	h.open("capped supply, strategic buyers: revenue", capped.revenue(), "demand reduction takes the price to nothing")
	var rows [][]any
	for _, eta := range []float64{0, 0.5, 1, 4, 100, math.Inf(1)} {
		s := sale(eta, "strategic")
		name := fmt.Sprintf("%g", eta)
		if math.IsInf(eta, 1) {
			name = "capped"
		}
		t := sale(eta, "price-taking")
		rows = append(rows, []any{name, s.win(0), s.revenue(), t.win(0), t.revenue()})
		if eta > 0 && !math.IsInf(eta, 1) {
			three := h.solve([]float64{3, 3, 3}, "tickets", set("eta", eta, "conduct", "strategic"))
			h.derived = true
			h.same(fmt.Sprintf("three equal buyers, elasticity %g: revenue v(n-1)/(n+eta)", eta), three.revenue(), 6/(3+eta), 1e-9)
			h.derived = false
		}
	}
	h.table("Price p(Q) = Q^eta, values 4 and 2: largest share and revenue under both conducts",
		[]string{"eta", "share, strategic", "revenue, strategic", "share, price-taking", "revenue, price-taking"}, rows)
}
