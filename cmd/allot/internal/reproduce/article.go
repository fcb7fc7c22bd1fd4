package reproduce

import (
	"fmt"
	"math"

	"allot/mechanisms"
	"allot/mechanisms/distributions"
	"allot/solver/bound"
	"allot/solver/cartel"
	"allot/solver/equilibrium/slots"
)

// article is the article that poses the problem, and the discussion below it.
var article = []Source{{
	Name:     "base-model",
	Citation: "Toward a General Model for Proposer Selection Mechanism Design (2025), with its discussion",
	Done:     "the worked example in both of its versions; the theorem on every family; what the article's transfers, discounting and bounds come to",
	Seen:     "the whole text was at hand",
	run:      baseModel,
}}

func baseModel(h *sheet) {
	first := h.collude([]float64{30, 20, 10}, "auction", set("pricing", "first"))
	if h.err != nil {
		return
	}
	h.proved(first.Candidate.Equilibrium.Relative)
	h.example(solved{first.Candidate})
	one, other := h.judge(first, 1, 1, 1), h.judge(first, 1, 5, 4)
	h.same("transfers 5 and 4: Alice keeps per period", other.Members[0].Collusive, 20, 1e-9)
	h.other("transfers 1 and 1: Alice keeps per period", one.Members[0].Collusive, 20, 27, 1e-9,
		"the agreement promises 1 and 1, the sum 30-1-5-4 deducts 5 and 4: two different agreements")
	h.other("transfers 5 and 4: Bob gets per period", other.Members[1].Collusive, 1, 5, 1e-9,
		"5 a period is a stream of 5/(1-r); the 1/(1-r) belongs to the agreement with 1 and 1")
	h.other("transfers 5 and 4: Carol gets per period", other.Members[2].Collusive, 1, 4, 1e-9,
		"4 a period is a stream of 4/(1-r); the 1/(1-r) belongs to the agreement with 1 and 1")

	const never = "nobody breaches, whatever the discount factor"
	const gain = "losing the stream is weighed against the one period in which the breach wins"
	h.fails("transfers 1 and 1: least discount factor for Bob", one.Members[1].CriticalDiscount, never, 18./19, 1e-12, gain+": 19 at once against 1 a period")
	h.fails("transfers 1 and 1: least discount factor for Carol", one.Members[2].CriticalDiscount, never, 8./9, 1e-12, gain+": 9 at once against 1 a period")
	h.fails("transfers 1 and 1: least discount factor for Alice", one.Members[0].CriticalDiscount, never, 2./19, 1e-12, gain+": she can keep the transfers for once")
	h.fails("transfers 5 and 4: least discount factor for Bob", other.Members[1].CriticalDiscount, never, 14./19, 1e-12, gain+": 19 at once against 5 a period")
	h.fails("transfers 5 and 4: least discount factor for Carol", other.Members[2].CriticalDiscount, never, 5./9, 1e-12, gain+": 9 at once against 4 a period")
	h.fails("transfers 5 and 4: least discount factor for Alice", other.Members[0].CriticalDiscount, never, 9./19, 1e-12, gain+": she can keep the transfers for once")
	unseen := first.Ring
	unseen.Shadow = cartel.Off
	if j, err := unseen.Judge(cartel.Agreement{Bid: 1, Transfers: []float64{1, 1}}); !h.failed(err) {
		h.fails("transfers 1 and 1: for Alice, if nobody bids just below her", j.Members[0].CriticalDiscount, never, 3./20, 1e-12, "she can then lower her bid of 1 unseen, too")
	}
	h.derived = true
	for _, b := range []float64{0, 1, 10} {
		j, err := first.Ring.Settle(b)
		if h.failed(err) {
			return
		}
		h.same(fmt.Sprintf("best transfers at a bid of %g: least discount factor", b), j.CriticalDiscount, (30-2*b)/(50-3*b), 1e-12)
	}
	h.derived = false

	h.theorem()
	h.patience()
	h.newcomers()
	h.measures()
	h.remedies()
}

// example are the numbers of the competitive play that the article works out.
func (h *sheet) example(s solved) {
	h.same("first price at 30, 20, 10: Alice pays", s.cost(0), 20, 1e-12)
	h.same("first price at 30, 20, 10: Alice's pay-off", s.payoff(0), 10, 1e-12)
	h.same("first price at 30, 20, 10: Bob's pay-off", s.payoff(1), 0, 1e-12)
	h.same("first price at 30, 20, 10: Carol's pay-off", s.payoff(2), 0, 1e-12)
}

// theorem puts the theorem, and the transfers of its proof, to every family.
func (h *sheet) theorem() {
	families := []struct {
		label, family string
		settings      mechanisms.Settings
	}{
		{"first price", "auction", set("pricing", "first")},
		{"second price", "auction", set("pricing", "second")},
		{"first price, reserve 5", "auction", set("pricing", "first", "reserve", 5.)},
		{"all-pay", "auction", set("pricing", "all-pay")},
		{"proportional tickets", "contest", set("exponent", 1.)},
		{"contest, exponent 0.5", "contest", set("exponent", 0.5)},
		{"tickets, elasticity 1", "tickets", set("eta", 1.)},
		{"lottery, price 2", "lottery", set("price", 2.)},
	}
	var rows [][]any
	competing, counter, unfair, predicted := 0, 0, 0, 0
	for _, values := range [][]float64{{30, 20, 10}, {9, 9, 9}, {4, 2}} {
		for _, f := range families {
			c := h.collude(values, f.family, f.settings)
			if h.err != nil {
				return
			}
			r, err := c.Ring.Analyse()
			if h.failed(err) {
				return
			}
			t := r.Theorem
			competition := "no"
			if t.Competition {
				competition = "yes"
				competing++
				if !(r.Gap > 0) {
					counter++
				}
				n := float64(len(values))
				if t.ArticleFails {
					unfair++
				}
				// the leader gains iff c_l - c_min >= (n-1)/n (sum c - c_min)
				if cost := c.Ring.Equilibrium.Cost[r.Leader]; cost-r.LeastCost < (n-1)/n*(t.Collected-r.LeastCost)-1e-9*values[0] {
					predicted++
				}
			}
			rows = append(rows, []any{f.label, list(values), t.Collected, r.LeastCost, competition, r.Gap, t.ArticleGains[r.Leader], t.Gain})
		}
	}
	h.table("The theorem on every family: the ring's gain G, the leader's by the article and by u_j + G/n",
		[]string{"mechanism", "values", "sum c", "c_min", "competition", "G", "by article", "by G/n"}, rows)
	h.same("mechanisms that ensure competition and leave a ring nothing", float64(counter), 0, 0)
	h.other(fmt.Sprintf("of the %d cases below with competition, those in which the article's transfers cost the leader", competing), float64(unfair), 0, float64(predicted), 0,
		"its transfers t_j R + (sum c - c_min)/n leave out what j no longer pays; the leader gains only if c_l - c_min >= (n-1)/n (sum c - c_min). With u_j + G/n every member gains")
	tickets := h.collude([]float64{30, 20, 10}, "contest", set("exponent", 1.))
	if h.err != nil {
		return
	}
	r, err := tickets.Ring.Analyse()
	if h.failed(err) {
		return
	}
	u := tickets.Ring.Equilibrium.Payoff
	h.fails("tickets at 30, 20, 10: Alice with the article's transfers", u[0]+r.Theorem.ArticleGains[0], "more than her 10.8 under competition", 10, 1e-9,
		"she would pay 0.4*30 + 12/3 to Bob and 12/3 to Carol")
	h.derived = true
	for i, want := range []float64{10.8 + 16./3, 3.2 + 16./3, 16. / 3} {
		h.same("tickets at 30, 20, 10: with u_j + G/n, "+letters[i], u[i]+r.Theorem.Gain, want, 1e-9)
	}
	h.derived = false
	reserve := h.collude([]float64{30, 20, 10}, "auction", set("pricing", "first", "reserve", 25.))
	if h.err != nil {
		return
	}
	if r, err = reserve.Ring.Analyse(); !h.failed(err) {
		h.open("first price with a reserve of 25: the ring's gain G", r.Gap, "a reserve between the two highest values is proof against rings; it gives up competition instead, so that the theorem stands")
	}
}

// patience is how the ring of three equal agents fares in both of the article's mechanisms.
func (h *sheet) patience() {
	h.derived = true
	for _, c := range []struct {
		label, family string
		settings      mechanisms.Settings
		want          float64
	}{
		{"first price, (n-1)/n", "auction", set("pricing", "first"), 2. / 3},
		{"tickets, n/(n+1)", "contest", set("exponent", 1.), 3. / 4},
	} {
		ring := h.collude([]float64{1, 1, 1}, c.family, c.settings)
		if h.err != nil {
			return
		}
		j, err := ring.Ring.Settle(0)
		if h.failed(err) {
			return
		}
		h.same("3 equal values, nothing bid: least discount factor, "+c.label, j.CriticalDiscount, c.want, 1e-12)
	}
	h.derived = false
}

// remedies are what the article and its discussion propose: a share of the reward for the
// protocol, and no two slots running for one proposer.
func (h *sheet) remedies() {
	h.derived = true
	defer func() { h.derived = false }()
	settings := set("exponent", 1., "burnShare", 0.25)
	s := h.solve([]float64{4, 2}, "contest", settings)
	h.same("tickets at 4, 2 with a burn share of 1/4: revenue", s.revenue(), 11./6, 1e-9)
	ring := h.collude([]float64{4, 2}, "contest", settings)
	if h.err != nil {
		return
	}
	left, err := ring.Ring.RobustRevenue(0.95, &cartel.Work{})
	if h.failed(err) {
		return
	}
	h.same("the same against a ring at discount 0.95: revenue, v_1/4", left, 1, 1e-9)
	tickets, auction := h.solve([]float64{4, 2}, "contest", set("exponent", 1.)), h.solve([]float64{4, 2}, "auction", set("pricing", "first"))
	for _, c := range []struct {
		label string
		s     solved
		want  float64
	}{{"tickets", tickets, 5. / 9}, {"execution auction", auction, 1}} {
		x, err := slots.Exposure([]float64{c.s.win(0), c.s.win(1)})
		if h.failed(err) {
			return
		}
		h.same("one proposer for two slots running at 4, 2: "+c.label, x, c.want, 1e-12)
	}
}

// newcomers is the agreement that admits newcomers.
func (h *sheet) newcomers() {
	const members = 9
	c := h.collude([]float64{30, 20, 10}, "auction", set("pricing", "first"))
	if h.err != nil {
		return
	}
	ring := c.Ring
	ring.Discounts = []float64{0.9, 0.9, 0.9}
	e, err := ring.Adapt(cartel.Adaptive{Bid: 1, Share: cartel.ArticleShare, Bound: func(int) int { return members }})
	if h.failed(err) {
		return
	}
	for k, want := range []float64{1, 1. / 3, 1. / 12} {
		h.same(fmt.Sprintf("a member's share with %d newcomers", k), e.States[k].Share, want, 1e-15)
	}
	h.other("N = 9, discount 0.9: newcomers that Bob invents", float64(e.Plans[1].Invented), (members-3)/2, members-3, 0,
		"Carol need not invent any: Bob alone can invent up to the bound, and does where he is impatient enough")
	h.open("N = 9, discount 0.9: newcomers that Alice invents", float64(e.Plans[0].Invented), "the leader gains by inventing newcomers too: each lowers what she pays")
}

// measures are the article's goal function, its constraint on the allocation, and what it
// calls the same.
func (h *sheet) measures() {
	h.same("sqrt(t_1...t_n) of 2 equal shares", h.equal(2), 0.5, 1e-12)
	for _, n := range []int{3, 4} {
		h.fails(fmt.Sprintf("sqrt(t_1...t_n) of %d equal shares", n), h.equal(n), "a measure of fairness", math.Pow(float64(n), -float64(n)/2), 1e-12,
			"it is the geometric mean for n = 2 only: the same equality scores less in a larger market. The objective `fairness` is (t_1...t_n)^(1/n)")
	}
	abc := []float64{30, 20, 10}
	h.same("winner-take-all tickets with refunds: revenue, as an execution auction's 20", h.solve(abc, "auction", set("pricing", "second")).revenue(), 20, 1e-12)
	h.other("winner-take-all tickets, burnt: revenue, as an execution auction's 20", h.solve(abc, "auction", set("pricing", "all-pay")).revenue(), 20, 50./3, 1e-9,
		"the two are equivalent only if losing tickets are refunded; burnt, they are an all-pay auction")
	u, err := distributions.NewUniform(0, 1)
	if h.failed(err) {
		return
	}
	o, err := bound.Revenue([]mechanisms.Distribution{u, u})
	if h.failed(err) {
		return
	}
	h.other("two uniform values: chance that the best mechanism keeps the right", o.Unsold, 0, 0.25, 1e-9,
		"sum t_i = 1 excludes reserve prices, which earn the most where values are private; t_0 makes room for them")
	s := h.solve(abc, "auction", set("pricing", "first"), demand{name: "producer-proof"}, demand{name: "ring-proof"})
	h.other("first price: what Roughgarden's agreement gains", s.measure("producer-proof"), 20, 0, 1e-9,
		"Definition 2 cites Roughgarden, whose agreement is between the block producer and users: a first-price auction passes. Its own is a bidding ring of agents, which gains 20")
	h.same("first price: what a ring of agents gains", s.measure("ring-proof"), 20, 1e-9)
}

// equal is the article's goal at the equal shares of n equal agents.
func (h *sheet) equal(n int) float64 {
	values := make([]float64, n)
	for i := range values {
		values[i] = 1
	}
	return h.solve(values, "contest", set("exponent", 1.)).metric("rootProduct")
}

// list writes values for a table.
func list(values []float64) string {
	text := ""
	for i, v := range values {
		if i > 0 {
			text += ", "
		}
		text += fmt.Sprintf("%g", v)
	}
	return text
}
