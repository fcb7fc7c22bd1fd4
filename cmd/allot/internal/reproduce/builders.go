package reproduce

import (
	"fmt"
	"math"

	"allot/mechanisms"
	"allot/mechanisms/distributions"
	"allot/solver/certify"
	certificate "allot/solver/certify/private"
	"allot/solver/equilibrium/private"
	"allot/solver/formats"
)

// builders is the question that Gupta, Pai, Resnick, Tang leave open.
var builders = []Source{{
	Name:     "builders",
	Citation: "Gupta, Pai, Resnick, Tang, Structural Estimation of MEV-Boost Auctions (working paper)",
	Done:     "its open questions, with two integrated and two other builders whose values follow its estimates: what a sealed first-price auction brings against today's open auction, and what one more builder brings",
	Seen:     "the estimates, the sample's quartiles and two worked blocks were at hand",
	run:      openQuestion,
}}

// The source's coefficients: mu and the logarithms of sigma and omega are linear in X1, the
// absolute move of the price over the slot in basis points, and X2, the base fee in gwei.
var (
	integrated = formats.Estimates{
		Mu:    [3]float64{0.0646, 0.0143, -3.4444},
		Omega: [3]float64{-0.0120, -0.3913, 0.4734},
		Sigma: [3]float64{0.0311, 0.0048, -0.9652},
	}
	others = formats.Estimates{
		Mu:    [3]float64{0.0402, 0.0160, -3.8956},
		Omega: [3]float64{0.0357, -0.9673, 0.7140},
		Sigma: [3]float64{0.0197, -0.0236, -0.1481},
	}
	// quartiles are those of X1 and X2 in its sample.
	quartiles = [2][3]float64{{0, 0.58, 2.21}, {6.38, 12.15, 19.92}}
)

// block is one of its two worked blocks; an omega of 0 is not printed.
type block struct {
	name     string
	x1, x2   float64
	a, b     formats.Type
	means    [2]float64
	meansOff float64
}

var blocks = []block{
	{"block 20915921", 2.21, 19.40, formats.Type{Count: 2, Mu: -3.024, Sigma: 0.448, Omega: 0.0005}, formats.Type{Count: 2, Mu: -3.497, Sigma: 0.570, Omega: 0.00001}, [2]float64{0.054, 0.036}, 5e-4},
	{"block 21131351", 0.891416, 22.543174, formats.Type{Count: 2, Mu: -3.0642, Sigma: 0.4360}, formats.Type{Count: 2, Mu: -3.4991, Sigma: 0.5152}, [2]float64{0.051346, 0.034516}, 2e-6},
}

func openQuestion(h *sheet) {
	h.estimates()
	h.independent()
	h.convergence(h.twins())
}

// estimates holds the printed blocks against the printed coefficients.
func (h *sheet) estimates() {
	for _, b := range blocks {
		for k, t := range []struct {
			name     string
			printed  formats.Type
			estimate formats.Estimates
		}{{"integrated", b.a, integrated}, {"others", b.b, others}} {
			d := dist[distributions.LogNormal](h)(distributions.NewLogNormal(t.printed.Mu, t.printed.Sigma))
			if h.err != nil {
				return
			}
			label := b.name + ", " + t.name
			h.same(label+": mean value", d.Mean(), b.means[k], b.meansOff)
			at := t.estimate.At(2, b.x1, b.x2)
			// The coefficients have four decimals, the worked blocks three or four.
			off := 5e-5 * (1 + b.x1 + b.x2)
			h.same(label+": mu from the coefficients", at.Mu, t.printed.Mu, off+5e-4)
			h.same(label+": sigma from the coefficients", at.Sigma, t.printed.Sigma, at.Sigma*off+5e-4)
			if t.printed.Omega > 0 {
				h.other(label+": omega from the coefficients", at.Omega, t.printed.Omega, math.Exp(t.estimate.Omega[0]*b.x1+t.estimate.Omega[1]*b.x2+t.estimate.Omega[2]), 1e-12,
					"the printed coefficients do not give the printed omega, for a reason that is not known; both are small, and what the revenue makes of it is shown below")
			}
		}
	}
}

// pair is a market: builders of the two types.
type pair struct {
	label string
	a, b  formats.Type
}

// pairs are the markets that are compared: the blocks, then the quartiles.
func pairs() []pair {
	var all []pair
	for _, b := range blocks {
		// Where no omega is printed it is the coefficients'.
		if b.a.Omega == 0 {
			b.a.Omega, b.b.Omega = integrated.At(2, b.x1, b.x2).Omega, others.At(2, b.x1, b.x2).Omega
		}
		all = append(all, pair{b.name, b.a, b.b})
	}
	for _, x1 := range quartiles[0] {
		for _, x2 := range quartiles[1] {
			all = append(all, pair{fmt.Sprintf("X1 %g, X2 %g", x1, x2), integrated.At(2, x1, x2), others.At(2, x1, x2)})
		}
	}
	return all
}

// independent compares the formats where each builder's value is a draw of its own.
func (h *sheet) independent() {
	var rows, best, more [][]any
	worst, off, room := 0.0, 0.0, math.Inf(1)
	lead, share, adds := newSpan(), newSpan(), newSpan()
	for i, p := range pairs() {
		r, ok := h.compare(p.a, p.b)
		if !ok {
			return
		}
		for _, f := range []formats.Format{r.First, r.Open, r.FirstBest, r.OpenBest} {
			worst = math.Max(worst, f.Epsilon)
			room = math.Min(room, r.Bound.Revenue-f.Revenue)
			h.proved(f.Epsilon)
		}
		lead.take(r.First.Revenue/r.Open.Revenue - 1)
		share.take(1 - r.First.Revenue/r.Highest)
		rows = append(rows, []any{p.label, r.First.Revenue, r.Open.Revenue, r.First.Revenue/r.Open.Revenue - 1, r.Bound.Revenue, r.Highest, short(r.First.Epsilon)})
		best = append(best, []any{p.label, r.FirstBest.Reserve, r.FirstBest.Revenue, r.OpenBest.Reserve, r.OpenBest.Revenue, r.Bound.Reserves[0], r.Bound.Reserves[len(r.Bound.Reserves)-1]})
		coarse, ok := h.sealed(1e-5, p.a, p.b)
		if !ok {
			return
		}
		off = math.Max(off, math.Abs(coarse.Account.Revenue()/r.First.Revenue-1))
		if i >= len(blocks) {
			continue
		}
		h.open(p.label+", independent: sealed first-price revenue, ETH", r.First.Revenue, "")
		h.open(p.label+", independent: open auction's revenue", r.Open.Revenue, "")
		h.open(p.label+", independent: the best of all mechanisms", r.Bound.Revenue, "")
		for k, label := range []string{"one more integrated", "one more other"} {
			a, b := p.a, p.b
			if k == 0 {
				a.Count++
			} else {
				b.Count++
			}
			first, open, ok := h.both(a, b)
			if !ok {
				return
			}
			adds.take(first/r.First.Revenue - 1)
			more = append(more, []any{p.label, label, first, first - r.First.Revenue, open, open - r.Open.Revenue})
		}
	}
	h.holds("largest certified epsilon of these equilibria, share of E max v", worst, "at most 1e-6", worst <= 1e-6)
	h.holds("largest change of a sealed revenue at ten times the tolerance, share of it", off, "at most 1e-8", off <= 1e-8)
	h.holds("least room between a format and the bound, ETH", room, "at least 0", room >= 0)
	h.table("Independent draws: revenue without a reserve (ETH), the sealed auction's lead, the bound, E max v",
		[]string{"market", "sealed", "open", "lead", "bound", "E max v", "epsilon"}, rows)
	h.table("Independent draws: best reserves and their revenue; the reserves of the bound, for either type",
		[]string{"market", "sealed at", "sealed", "open at", "open", "integrated", "others"}, best)
	h.table("Independent draws: revenue with one more builder, and what it adds",
		[]string{"market", "entrant", "sealed", "adds", "open", "adds "}, more)
	h.note("Independent draws: which format brings more turns on the estimates; the sealed auction's lead runs from " + lead.percent() + " of revenue. It leads in both printed blocks and where the base fee is high, and trails where the base fee is low and the other builders' values are much more spread out than the integrated ones'. Revenue falls short of E max v by " + share.percent() + ": a builder's twin says nothing of its value. One more builder brings " + adds.percent() + " more in the sealed auction. Revenues and bounds are good to eight digits, best reserves to six: a second solver, by collocation, finds the sealed revenues to five, as a test holds.")
}

// span is the range of some numbers.
type span struct{ low, high float64 }

func newSpan() *span { return &span{math.Inf(1), math.Inf(-1)} }

func (s *span) take(x float64) { s.low, s.high = math.Min(s.low, x), math.Max(s.high, x) }

func (s *span) percent() string { return fmt.Sprintf("%.2g %% to %.2g %%", 100*s.low, 100*s.high) }

// short writes a number that matters by its size only.
func short(x float64) string { return fmt.Sprintf("%.2g", x) }

// compare compares the formats for independent draws.
func (h *sheet) compare(types ...formats.Type) (formats.Report, bool) {
	values, err := formats.Builders(types...)
	if h.failed(err) {
		return formats.Report{}, false
	}
	r, err := formats.Compare(values, 0)
	return r, !h.failed(err)
}

// sealed is the sealed auction among independent draws, to a tolerance.
func (h *sheet) sealed(tolerance float64, types ...formats.Type) (*private.Equilibrium, bool) {
	values, err := formats.Builders(types...)
	if h.failed(err) {
		return nil, false
	}
	m, err := mechanisms.NewAuction(1, 0)
	if h.failed(err) {
		return nil, false
	}
	eq, err := private.Solver{Tolerance: tolerance}.Solve(m, values)
	if err == nil && len(eq.Curves) == 0 {
		err = fmt.Errorf("no equilibrium was found: %s", eq.Reason)
	}
	return eq, !h.failed(err)
}

// both is the revenue of the sealed and of the open auction without a reserve.
func (h *sheet) both(types ...formats.Type) (first, open float64, ok bool) {
	values, err := formats.Builders(types...)
	if h.failed(err) {
		return 0, 0, false
	}
	first = h.bayes(1, 0, values...).Account.Revenue()
	open = h.bayes(0, 0, values...).Account.Revenue()
	return first, open, h.err == nil
}

// twins compares the formats where builders of a type know what they share.
func (h *sheet) twins() (reports []formats.Report) {
	var rows, best, more [][]any
	lead, share, adds, apart := newSpan(), newSpan(), newSpan(), newSpan()
	worst, off, room, gained := 0.0, 0.0, math.Inf(1), 0.0
	for i, p := range pairs() {
		r, ok := h.known(twinSteps, p.a, p.b)
		if !ok {
			return nil
		}
		reports = append(reports, r)
		lead.take(r.First.Revenue/r.Open.Revenue - 1)
		share.take(1 - r.First.Revenue/r.Highest)
		worst, off = math.Max(worst, r.First.Epsilon), math.Max(off, r.First.Error/r.First.Revenue)
		room = math.Min(room, r.Bound.Revenue-math.Max(r.First.Revenue, r.Open.Revenue))
		gained = math.Max(gained, math.Max(r.FirstBest.Reserve, r.OpenBest.Reserve))
		limit := p.limit()
		apart.take((1 - r.First.Revenue/limit) / math.Max(p.a.Omega, p.b.Omega))
		rows = append(rows, []any{p.label, short(p.a.Omega), short(p.b.Omega), r.First.Revenue, short(r.First.Error), r.Open.Revenue, r.First.Revenue/r.Open.Revenue - 1, short(r.First.Epsilon)})
		best = append(best, []any{p.label, r.FirstBest.Reserve, r.OpenBest.Reserve, r.Bound.Revenue, limit, r.Highest})
		if i >= len(blocks) {
			continue
		}
		h.open(p.label+", shared component: sealed first-price revenue, ETH", r.First.Revenue, "")
		h.open(p.label+", shared component: open auction's revenue", r.Open.Revenue, "")
		h.open(p.label+", shared component: the best of all mechanisms", r.Bound.Revenue, "")
		if i == 0 {
			a, b := p.a, p.b
			a.Omega, b.Omega = integrated.At(2, blocks[0].x1, blocks[0].x2).Omega, others.At(2, blocks[0].x1, blocks[0].x2).Omega
			s, ok := h.known(twinSteps, a, b)
			if !ok {
				return nil
			}
			h.open(p.label+", shared component: sealed revenue with the omegas of the coefficients", s.First.Revenue,
				"it falls by 0.4 of what the larger omega is more, so that its fourth digit turns on which omega is meant")
		}
		for k, label := range []string{"one more integrated", "one more other"} {
			a, b := p.a, p.b
			if k == 0 {
				a.Count++
			} else {
				b.Count++
			}
			s, ok := h.known(twinSteps, a, b)
			if !ok {
				return nil
			}
			adds.take(s.First.Revenue/r.First.Revenue - 1)
			more = append(more, []any{p.label, label, s.First.Revenue, s.First.Revenue - r.First.Revenue, s.Open.Revenue, s.Open.Revenue - r.Open.Revenue})
		}
	}
	h.holds("shared component: largest certified epsilon, share of E max v", worst, "at most 1e-4", worst <= 1e-4)
	h.holds("shared component: largest proven error of the sealed revenue, share of it", off, "at most 5e-5", off <= 5e-5)
	h.holds("shared component: least room between a format and the bound, ETH", room, "above 0", room > 0)
	h.holds("shared component: the sealed revenue's distance from E max C over the larger omega, share of it", apart.high, "from 0 to 1", apart.low > 0 && apart.high < 1)
	h.holds("shared component: largest of the best reserves, ETH", gained, "0", gained == 0)
	h.table("Shared component: revenue without a reserve (ETH), the proven error of the sealed one, its lead",
		[]string{"market", "omega", "others'", "sealed", "error", "open", "lead", "epsilon"}, rows)
	h.table("Shared component: best reserves, the bound, E max C (the limit as omega goes to 0), E max v",
		[]string{"market", "sealed at", "open at", "bound", "E max C", "E max v"}, best)
	h.table("Shared component: revenue with one more builder, and what it adds",
		[]string{"market", "entrant", "sealed", "adds", "open", "adds "}, more)
	h.note("A component that builders of a type share and know: twins compete for everything but what the factor omega sets them apart by. As omega goes to 0 either format brings all of E max C. The sealed auction's lead runs from " + lead.percent() + ", of the order of omega squared; revenue falls short of E max v by " + share.percent() + ", and one more builder brings " + adds.percent() + " more in the printed blocks: two twins already take the price up. A reserve, which is fixed before C is drawn, adds less than 1e-5 of revenue in either format. The bound is the mean over C of Myerson's optimum for a designer who knows C; what twins know of each other is no more than C, so their own factors cannot be had for nothing. Where no omega is printed (block 21131351) it is the coefficients'.")
	h.note(fmt.Sprintf("Certificates of the shared component: no type within six standard deviations in C and in its own factor (all but 4e-9 of them) gains more than epsilon, at most %.1g of E max v, by any bid; the sealed revenue's error is a proven bound on the expectation for these strategies, and the convergence table shows how many more digits are stable. The open auction's revenue rests on dominance, as the bound rests on Myerson's theorem: quadratures, good to nine digits. That the equilibrium is the only one is not proven.", worst))
	h.note("What differs between the two, and why: the first takes a builder's twin to be as different from it as anybody, the second to have nearly the same value. That, not the format, decides what the auction brings and what an entrant adds.")
	return reports
}

// known compares the formats for a shared component.
func (h *sheet) known(steps int, types ...formats.Type) (formats.Report, bool) {
	if h.failed(nil) {
		return formats.Report{}, false
	}
	r, err := formats.Twins(types, steps)
	if h.failed(err) {
		return r, false
	}
	if r.First.Standing == certify.Certified {
		h.proved(r.First.Epsilon)
	} else {
		h.entry.Approximate++
	}
	return r, true
}

// limit is the mean of the larger of both types' components, log-normal and independent.
func (p pair) limit() float64 {
	normal := func(z float64) float64 { return math.Erfc(-z/math.Sqrt2) / 2 }
	s, d := math.Hypot(p.a.Sigma, p.b.Sigma), p.a.Mu-p.b.Mu
	mean := func(t formats.Type, d float64) float64 {
		return math.Exp(t.Mu+t.Sigma*t.Sigma/2) * normal((d+t.Sigma*t.Sigma)/s)
	}
	return mean(p.a, d) + mean(p.b, -d)
}

// twinSteps is the grid of the model with a shared component; see the convergence table.
const twinSteps = 50

// convergence shows how many digits are stable, given what twins found for all pairs.
func (h *sheet) convergence(reports []formats.Report) {
	if h.failed(nil) {
		return
	}
	p := pairs()[0]
	values, err := formats.Builders(p.a, p.b)
	if h.failed(err) {
		return
	}
	m, err := mechanisms.NewAuction(1, 0)
	if h.failed(err) {
		return
	}
	var rows [][]any
	for _, tolerance := range []float64{1e-3, 1e-4, 1e-5, 1e-6, 1e-7} {
		eq, ok := h.sealed(tolerance, p.a, p.b)
		if !ok {
			return
		}
		proof := certificate.Auction(m, values, eq.Curves)
		rows = append(rows, []any{fmt.Sprintf("%.0e", tolerance), len(eq.Curves[0].Bids), proof.Epsilon / eq.Highest, fmt.Sprintf("%.10f", eq.Account.Revenue()), fmt.Sprintf("%.10f", eq.Top)})
	}
	h.table(p.label+", independent: the sealed auction against the tolerance asked for",
		[]string{"tolerance", "knots", "certified epsilon", "revenue", "highest bid"}, rows)
	rows = nil
	for _, i := range []int{0, len(blocks)} {
		p := pairs()[i]
		for _, steps := range []int{twinSteps / 4, twinSteps / 2, twinSteps} {
			r := reports[i]
			if steps < twinSteps {
				var err error
				if r, err = formats.Twins([]formats.Type{p.a, p.b}, steps); h.failed(err) {
					return
				}
			}
			rows = append(rows, []any{p.label, steps, short(r.First.Epsilon), short(r.First.Error), fmt.Sprintf("%.10f", r.First.Revenue), fmt.Sprintf("%.10f", r.Open.Revenue), fmt.Sprintf("%.10f", r.Bound.Revenue)})
		}
	}
	h.table("Shared component: the grid, entries to a standard deviation",
		[]string{"market", "steps", "certified epsilon", "proven error", "sealed", "open", "bound"}, rows)
}
