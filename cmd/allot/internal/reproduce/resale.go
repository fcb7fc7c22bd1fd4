package reproduce

import (
	"fmt"
	"math"

	"allot/mechanisms/distributions"
	"allot/solver/equilibrium/rights"
	"allot/solver/equilibrium/slots"
)

func resale(h *sheet) {
	u, err := distributions.NewUniform(0, 1)
	if h.failed(err) {
		return
	}
	h.derived = true
	for _, c := range []struct {
		n    int
		kept float64
	}{{2, 3. / 4}, {3, 7. / 12}, {10, 0.2 * (1 - math.Pow(2, -10))}} {
		r, err := rights.Resell(u, c.n)
		if h.failed(err) {
			return
		}
		h.same(fmt.Sprintf("%d uniform builders: chance that the holder keeps the slot", c.n), r.Kept, c.kept, 1e-6)
		h.holds(fmt.Sprintf("%d uniform builders: that as a multiple of 1/n", c.n), r.Kept*float64(c.n), "more often than in an auction just in time", r.Kept > 1/float64(c.n))
		if c.n == 2 {
			h.same("2 uniform builders: worth of the right to its holder", r.Holder, 7./12, 1e-6)
			h.same("2 uniform builders: worth to the other", r.Rival, 1./24, 1e-6)
			h.same("2 uniform builders: price of the right beforehand", r.Price, 13./24, 1e-6)
			h.same("2 uniform builders: revenue of a second-price auction just in time", r.JustInTime, 1./3, 1e-6)
			h.same("2 uniform builders: the highest value", r.Best, 2./3, 1e-6)
		}
	}
	h.derived = false
	h.note("The printed examples of the paper were not at hand. Resale is computed among builders with one distribution; its theorem that the ex-ante strongest builder always wins beforehand is about different ones.")
}

// Stichler's stored runs: the strongest holder's capture, and what all holders earned run by
// run.
var stored = []struct {
	run               string
	capture, price    float64
	tolerance         float64 // of the price, from the digits of the capture
	expected, printed float64
	earned            []float64
}{
	{"2024-10-31_12-26", 0.8003694945947761, 21.609976354058958, 1e-9, 0.7203325451352985, 0.7273,
		[]float64{27583, 27579, 27616, 27589, 27637, 27668, 27679, 26533, 26500, 26501}},
	{"2024-10-31_12-04", 0.810463, 21.882518, 2.7e-5, 0.7294167, 0.7607,
		[]float64{26701, 26702, 26726, 26677, 26716, 26694, 26721, 27567, 27615, 27591}},
}

func simulated(h *sheet) {
	const independent = "its ten runs are paths of %d and %d copies (most likely workers that inherited one random state), so that an average of them is over %.2f independent paths"
	for _, r := range stored {
		bid, err := slots.HeuristicBid(30, r.capture, 10, 32, 32, 32)
		if h.failed(err) {
			return
		}
		h.same(r.run+", first price: price of a ticket", bid, r.price, r.tolerance)
		// The protocol collects the price of one ticket a slot, of an expected 30.
		share := bid / 30
		h.derived = true
		h.same(r.run+": expected share of MEV that the protocol gets", share, r.expected, 1e-6)
		h.derived = false
		paths := slots.EffectivePaths(r.earned, 200)
		// 1000 exponential rewards a path: the mean's relative error is 1/sqrt(1000 paths).
		sigma := share / math.Sqrt(1000*paths)
		h.other(r.run+": share printed, against the expected one", share, r.printed, r.expected, sigma,
			fmt.Sprintf("the printed average is off by %.1f of its standard errors, which is %.4f: it is over %.2f independent paths, not ten", math.Abs(r.printed-share)/sigma, sigma, paths))
		h.other(r.run+": independent runs behind its averages", paths, 10, 100./58, 1e-9, fmt.Sprintf(independent, 7, 3, paths))
	}
	e := slots.EIP1559{Target: 50, Factor: 8}
	h.derived = true
	h.same("EIP-1559 rule: the price after 20 with 75 of 100 tickets held", e.Next(20, 75), 21.25, 1e-12)
	h.same("exponential AMM: the price at no excess, factor 25, b = 6", slots.AMM{Target: 40, Factor: 25, B: 6}.Next(1, 40), 16.464241393939627, 1e-9)
	h.derived = false
	h.heuristic()
	h.note("Not reproduced: the Herfindahl index 9468.18 and the largest share 97.30 %, which count 27 slots won with the tickets that holders were given at the start (who drew them is in its files only); revenue from those 31 tickets, at 20 each, is not counted by the source.")
}

// heuristic says what the simulation's bids are worth as a strategy.
func (h *sheet) heuristic() {
	// Ten holders with the source's expected captures: 3 top, 4 middle, 3 tail.
	values := []float64{27, 27, 27, 24, 24, 24, 24, 20.25, 20.25, 20.25}
	s := h.solve(values, "auction", set("pricing", "first"))
	h.open("ten holders at the middle of its ranges who know each other: price in equilibrium", s.revenue(), "its bids, 9/10 of one's own value, are the equilibrium of ten equal bidders with private uniform values; holders who know each other's captures bid the best one's price up to the second best")
}
