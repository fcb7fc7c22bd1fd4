package reproduce

import (
	"fmt"
	"math"

	"allot/mechanisms"
	"allot/solver/equilibrium"
	"allot/solver/equilibrium/rights"
)

// spite is what agents do who mind their rivals' profit, and who burns what proposers earn.
var spite = []Source{
	{Name: "aps-burn", Citation: "the discussion of the base model (2025): constraints on beacon proposers' rewards, and the burn incentives of APS burn",
		Done: "what proposers keep of a burn auction where a staking service has a builder", Seen: "the whole text was at hand", run: burning},
	{Name: "nishimura2011", Citation: "Nishimura, Cason, Saijo, Ikeda (2011), Spite and Reciprocity in Auctions; Morgan, Steiglitz, Reis (2003), The Spite Motive and Equilibrium Behavior in Auctions",
		Done: "second-price auctions of spiteful bidders who know each other's values, and auctions of those who know their own only", Seen: "abstracts only; numbers derived anew", run: overbidding},
}

// three is 30/20/10 with the same weight on rivals' profit for all.
func three(spite float64) *mechanisms.Market {
	m := market(30, 20, 10)
	for i := range m.Agents {
		m.Agents[i].Spite = spite
	}
	return m
}

// floor is where the price of a first-price auction goes when agents have these stakes.
func (h *sheet) floor(seen float64, m *mechanisms.Market, stakes ...float64) (b rights.Burn) {
	first, err := mechanisms.NewAuction(1, 0)
	if h.failed(err) {
		return b
	}
	h.play(m, "auction", set("pricing", "first")) // the same equilibrium, proved
	var eq equilibrium.Equilibrium
	values, _ := m.Known(nil)
	g := mechanisms.Game{Mechanism: first, Values: values, Spites: m.Spites()}
	if h.failed(new(equilibrium.Solver).Solve(g, &eq)) {
		return b
	}
	f := rights.Floor{Seen: seen, Stakes: stakes}
	h.failed(f.Settle(g, &eq, &b))
	return b
}

func burning(h *sheet) {
	const claim = "integrating with builders bids away competing proposers' profit margins"
	apart, second, best := h.floor(0.8, three(0)), h.floor(0.8, three(0), 0, 0.3, 0), h.floor(0.8, three(0), 0.3, 0, 0)
	last, minds, all := h.floor(0.3, three(0), 0, 0, 0.3), h.floor(0.3, three(1), 0, 0, 0.3), h.floor(1, three(0), 0, 0.3, 0)
	if h.err != nil {
		return
	}
	h.open("30/20/10, 0.8 seen, no service has a builder: proposers keep", apart.Kept, "a fifth of the price of 20")
	h.holds("the second builder is a service's: other proposers keep", second.Others, claim, second.Others == 0)
	h.open("the second builder is a service's: it keeps of its own slots", second.Own[1], "its builder bids late there: early the others compete up to 10, of which 0.8 are seen")
	h.holds("the best builder is a service's: other proposers keep", best.Others, claim, best.Others == 0)
	h.fails("0.3 seen, the last builder is a service's: other proposers keep", last.Others, claim, 10, 1e-12,
		"a builder bids away what it can pay itself, 10 of a price of 20")
	h.holds("the same, where all mind rivals' profit as their own: other proposers keep", minds.Others, claim, minds.Others < last.Others)
	h.fails("all seen, the second builder is of a service with 0.3 of the slots: proposers keep", all.Kept, "execution rewards are removed from beacon proposers", 3, 1e-12,
		"in its own slots the service's builder bids after the deadline, and 10 of a price of 20 are not seen")
	h.note("A service's builder makes its final bid before the deadline in others' slots and holds back in its own; other builders bid early in proportion. The price is that of the first-price auction in either case.")
}

func overbidding(h *sheet) {
	for _, s := range []float64{0.25, 0.5, 1} {
		one := h.play(three(s), "auction", set("pricing", "second"))
		if one.Candidate == nil {
			return
		}
		high, low := one.Equilibrium.Agents[0], one.Equilibrium.Agents[1]
		h.holds(fmt.Sprintf("30/20/10, weight %g: bid of the second beyond its value of 20", s), low.Signal-20, "bidders who know a rival's value to be higher overbid", low.Signal > 20+1e-9)
		h.holds(fmt.Sprintf("30/20/10, weight %g: what the first's bid is short of its value of 30", s), 30-high.Signal, "the bidder of the higher value underbids", high.Signal < 30-1e-9)
		h.derived = true
		h.same(fmt.Sprintf("30/20/10, weight %g: price, (v_1 + s v_2)/(1 + s)", s), one.revenue(), (30+20*s)/(1+s), 1e-12)
		h.same(fmt.Sprintf("30/20/10, weight %g: price of the first-price auction, (v_2 + s v_1)/(1 + s)", s), h.play(three(s), "auction", set("pricing", "first")).revenue(), (20+30*s)/(1+s), 1e-12)
		h.derived = false
	}
	all := h.play(three(0.5), "auction", set("pricing", "all-pay"))
	h.open("30/20/10, weight 0.5: revenue of the all-pay auction", all.revenue(), "more than the highest value: both pay to keep the right from the other, as if it were worth 40 and 35")
	u := h.uniform(0, 1)
	for _, n := range []int{2, 5} {
		const s = 0.5
		m := &mechanisms.Market{Information: mechanisms.Private, ConcealmentCost: math.Inf(1)}
		for range n {
			m.Agents = append(m.Agents, mechanisms.Agent{Value: u, Spite: s})
		}
		first, second := h.play(m, "auction", set("pricing", "first")), h.play(m, "auction", set("pricing", "second"))
		a := float64(n-1) * (1 + s)
		h.derived = true
		h.same(fmt.Sprintf("%d uniform values, each known to its agent only, weight %g: revenue at first price", n, s), first.revenue(), a/(a+1)*float64(n)/float64(n+1), 1e-9)
		h.same(fmt.Sprintf("%d uniform values, each known to its agent only, weight %g: revenue at second price", n, s), second.revenue(), (float64(n-1)/float64(n+1)*(1+s)+s)/(1+2*s), 1e-9)
		h.derived = false
		h.holds(fmt.Sprintf("%d uniform values: second price over first", n), second.revenue()-first.revenue(), "second-price outperforms first-price", second.revenue() > first.revenue())
	}
}
