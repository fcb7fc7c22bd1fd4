package reproduce

import (
	"fmt"
	"math"

	"allot/benchmarks"
	"allot/constraints"
	"allot/mechanisms"
	"allot/objectives"
	"allot/solver/cartel"
	certificate "allot/solver/certify/private"
	"allot/solver/equilibrium"
	"allot/solver/equilibrium/private"
	"allot/solver/search"
)

// letters name agents.
var letters = []string{"Alice", "Bob", "Carol", "Dan", "Emma", "Frank", "Grace", "Heidi", "Ivan", "Judy"}

// market is a market of known values.
func market(values ...float64) *mechanisms.Market {
	m := &mechanisms.Market{ConcealmentCost: math.Inf(1)}
	for i, v := range values {
		name := fmt.Sprintf("agent %d", i+1)
		if i < len(letters) {
			name = letters[i]
		}
		m.Agents = append(m.Agents, mechanisms.Agent{Name: name, Value: mechanisms.Point(v)})
	}
	return m
}

// set pairs parameters with their settings: a float64, a word, or two float64 for a range.
func set(pairs ...any) mechanisms.Settings {
	s := mechanisms.Settings{}
	for i := 0; i+1 < len(pairs); i += 2 {
		name, _ := pairs[i].(string)
		switch x := pairs[i+1].(type) {
		case float64:
			s[name] = mechanisms.Number(x)
		case string:
			s[name] = mechanisms.Word(x)
		case [2]float64:
			s[name] = mechanisms.Range(x[0], x[1])
		}
	}
	return s
}

// solved is a candidate of a search or an evaluation; what it has not is NaN.
type solved struct{ *search.Candidate }

func (s solved) metric(name string) float64 {
	if s.Candidate != nil {
		if x, ok := s.Metrics[name]; ok {
			return x
		}
	}
	return math.NaN()
}

func (s solved) revenue() float64  { return s.metric("revenue") }
func (s solved) fairness() float64 { return s.metric("fairness") }
func (s solved) win(i int) float64 {
	return s.agent(i, func(a search.AgentResult) float64 { return a.Win })
}
func (s solved) cost(i int) float64 {
	return s.agent(i, func(a search.AgentResult) float64 { return a.Cost })
}
func (s solved) payoff(i int) float64 {
	return s.agent(i, func(a search.AgentResult) float64 { return a.Payoff })
}
func (s solved) signal(i int) float64 {
	return s.agent(i, func(a search.AgentResult) float64 { return a.Signal })
}

func (s solved) agent(i int, f func(search.AgentResult) float64) float64 {
	if s.Candidate == nil || i >= len(s.Equilibrium.Agents) {
		return math.NaN()
	}
	return f(s.Equilibrium.Agents[i])
}

func (s solved) regime() string {
	if s.Candidate == nil {
		return "-"
	}
	return s.Equilibrium.Regime
}

// setting is a number that a search chose.
func (s solved) setting(name string) float64 {
	if s.Candidate == nil {
		return math.NaN()
	}
	return s.Settings.Number(name)
}

// measure is what a constraint measured.
func (s solved) measure(name string) float64 {
	if s.Candidate != nil {
		for _, f := range s.Constraints {
			if f.Name == name {
				return f.Measure
			}
		}
	}
	return math.NaN()
}

// demand is a constraint by name.
type demand struct {
	name    string
	options map[string]float64
}

// problem puts a study together.
func (h *sheet) problem(m *mechanisms.Market, objective string, spaces []mechanisms.Space, demands ...demand) *search.Problem {
	goal, err := objectives.New(objective)
	if h.failed(err) {
		return nil
	}
	p := &search.Problem{Market: m, Spaces: spaces, Objective: goal, Seed: 1, Workers: 1}
	for _, d := range demands {
		c, err := constraints.New(d.name, d.options)
		if h.failed(err) {
			return nil
		}
		p.Constraints = append(p.Constraints, c)
	}
	return p
}

func (h *sheet) space(family string, settings mechanisms.Settings) []mechanisms.Space {
	s, err := mechanisms.NewSpace(family, settings)
	h.failed(err)
	return []mechanisms.Space{s}
}

// solve is the equilibrium of one fixed mechanism among agents with known values.
func (h *sheet) solve(values []float64, family string, settings mechanisms.Settings, demands ...demand) solved {
	return h.play(market(values...), family, settings, demands...)
}

func (h *sheet) play(m *mechanisms.Market, family string, settings mechanisms.Settings, demands ...demand) solved {
	p := h.problem(m, "revenue", h.space(family, settings), demands...)
	if h.err != nil {
		return solved{}
	}
	r, err := search.Evaluate(h.ctx, p)
	if h.failed(err) {
		return solved{}
	}
	if len(r.Candidates) == 0 {
		h.failed(fmt.Errorf("%s: nothing was solved", family))
		return solved{}
	}
	c := r.Candidates[0]
	if c.Equilibrium.Status == "certified" {
		h.proved(c.Equilibrium.Relative)
	} else {
		h.entry.Approximate++
	}
	return solved{c}
}

// seek searches the spaces for the best mechanism.
func (h *sheet) seek(p *search.Problem) solved {
	if h.err != nil {
		return solved{}
	}
	r, err := search.Search(h.ctx, p, nil)
	if h.failed(err) || r.Best == nil {
		return solved{}
	}
	if r.Best.Equilibrium.Status == "certified" {
		h.proved(r.Best.Equilibrium.Relative)
	} else {
		h.entry.Approximate++
	}
	return solved{r.Best}
}

func (h *sheet) proved(epsilon float64) {
	h.entry.Certified++
	h.entry.Epsilon = math.Max(h.entry.Epsilon, epsilon)
}

// catalogue adds the rows of a case of the catalogue of known answers.
func (h *sheet) catalogue(id, label string) solved {
	for _, c := range benchmarks.Catalogue() {
		if c.ID != id {
			continue
		}
		s := h.solve(c.Values, c.Family, c.Settings)
		per := func(what string, want []float64, have func(int) float64) {
			for i, x := range want {
				h.same(fmt.Sprintf("%s: %s of agent %d", label, what, i+1), have(i), x, c.Tolerance)
			}
		}
		per("chance", c.Win, s.win)
		per("payment", c.Cost, s.cost)
		// Sources print chances, payments, revenue and fairness; the rest follows.
		before := h.derived
		h.derived = true
		per("pay-off", c.Payoff, s.payoff)
		for _, o := range objectives.All() {
			if x, ok := c.Metrics[o.Name()]; ok {
				h.derived = before || o.Name() != "revenue" && o.Name() != "fairness"
				h.same(label+": "+o.Name(), s.metric(o.Name()), x, c.Tolerance)
			}
		}
		h.derived = before
		return s
	}
	h.failed(fmt.Errorf("the catalogue of known answers has no case %q", id))
	return solved{}
}

// collude prepares the ring of all agents against a mechanism.
func (h *sheet) collude(values []float64, family string, settings mechanisms.Settings) *search.Collusion {
	p := h.problem(market(values...), "revenue", h.space(family, settings))
	if h.err != nil {
		return nil
	}
	c, err := search.Collude(h.ctx, p, nil)
	if h.failed(err) {
		return nil
	}
	if c[0].Reason != "" {
		h.failed(fmt.Errorf("%s: %s", family, c[0].Reason))
		return nil
	}
	return c[0]
}

// judge examines an agreement.
func (h *sheet) judge(c *search.Collusion, bid float64, transfers ...float64) cartel.Judgement {
	if h.err != nil || c == nil {
		return cartel.Judgement{Members: make([]cartel.Member, len(transfers)+1)}
	}
	j, err := c.Ring.Judge(cartel.Agreement{Bid: bid, Transfers: transfers})
	if h.failed(err) {
		return cartel.Judgement{Members: make([]cartel.Member, len(transfers)+1)}
	}
	return *j
}

// game solves a mechanism for its whole equilibrium.
func (h *sheet) game(m mechanisms.Mechanism, err error, values ...float64) *equilibrium.Equilibrium {
	eq := &equilibrium.Equilibrium{}
	if h.failed(err) {
		return eq
	}
	h.failed(new(equilibrium.Solver).Solve(mechanisms.Game{Mechanism: m, Values: values}, eq))
	return eq
}

// bayes solves an auction among agents who know their own value only, and proves it.
func (h *sheet) bayes(first, reserve float64, values ...mechanisms.Distribution) *private.Equilibrium {
	m, err := mechanisms.NewAuction(first, reserve)
	if h.failed(err) {
		return nothing(len(values))
	}
	return h.types(m, values...)
}

// nothing is what there is of an equilibrium after an error.
func nothing(n int) *private.Equilibrium {
	return &private.Equilibrium{Account: mechanisms.Account{Win: make([]float64, n), Payoff: make([]float64, n)}}
}

func (h *sheet) types(m mechanisms.Auction, values ...mechanisms.Distribution) *private.Equilibrium {
	if h.err != nil {
		return nothing(len(values))
	}
	eq, err := private.Solver{Tolerance: 1e-7}.Solve(m, values)
	if err == nil && eq.Status == equilibrium.NotFound {
		err = fmt.Errorf("no equilibrium was found: %s", eq.Reason)
	}
	if h.failed(err) {
		return nothing(len(values))
	}
	proof := certificate.Auction(m, values, eq.Curves)
	if proof.Reason != "" {
		h.entry.Approximate++
	} else {
		h.proved(proof.Epsilon / eq.Highest)
	}
	return eq
}

// bid is what an agent with the value bids, NaN where it is not said.
func bid(eq *private.Equilibrium, agent int, d mechanisms.Distribution, value float64) float64 {
	if agent >= len(eq.Curves) || d == nil {
		return math.NaN()
	}
	c := eq.Curves[agent]
	rank := d.CDF(value)
	for k := 1; k < len(c.Below); k++ {
		if rank > c.Below[k] {
			continue
		}
		if c.Below[k] == c.Below[k-1] {
			return c.Bids[k]
		}
		w := (rank - c.Below[k-1]) / (c.Below[k] - c.Below[k-1])
		return c.Bids[k-1] + w*(c.Bids[k]-c.Bids[k-1])
	}
	if n := len(c.Bids); n > 0 {
		return c.Bids[n-1]
	}
	return math.NaN()
}
