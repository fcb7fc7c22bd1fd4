package report

import (
	"math"
	"sort"
	"strconv"

	"allot/mechanisms"
	"allot/solver/search"
)

// The types below are the JSON contract: names and order are part of it.

type searchJSON struct {
	Status      string           `json:"status"`
	Objective   string           `json:"objective"`
	Best        *candidateJSON   `json:"best"` // null where nothing is feasible
	Candidates  []*candidateJSON `json:"candidates"`
	Bound       boundJSON        `json:"bound"`
	Evaluations int              `json:"evaluations"`
	Seed        uint64           `json:"seed"`
	Warnings    []string         `json:"warnings"`
}

type evaluationJSON struct {
	Objective  string           `json:"objective"`
	Candidates []*candidateJSON `json:"candidates"`
	Warnings   []string         `json:"warnings"`
}

type boundJSON struct {
	Value  Number `json:"value"`
	Gap    Number `json:"gap"`
	Method string `json:"method"`
}

type candidateJSON struct {
	Family        string            `json:"family"`
	Parameters    map[string]any    `json:"parameters"`
	Searched      []string          `json:"searched"`
	Objective     Number            `json:"objective"`
	StandardError Number            `json:"standardError"`
	TailShare     Number            `json:"tailShare"`
	Feasible      bool              `json:"feasible"`
	Violation     Number            `json:"violation"`
	Metrics       map[string]Number `json:"metrics"`
	Equilibrium   equilibriumJSON   `json:"equilibrium"`
	Constraints   []constraintJSON  `json:"constraints"`
	Oversight     *oversightJSON    `json:"oversight,omitempty"`
	Notes         []string          `json:"notes"`
}

// oversightJSON is how often validators err: the share of honest outcomes that they
// reject and of a cartel's that they let pass, and what either pays in all.
type oversightJSON struct {
	HonestRejected  Number `json:"honestRejected"`
	CartelPassed    Number `json:"cartelPassed"`
	CartelPays      Number `json:"cartelPays"`
	CompetitionPays Number `json:"competitionPays"`
}

type equilibriumJSON struct {
	Status          string      `json:"status"`
	Stopped         string      `json:"stopped"`
	Method          string      `json:"method"`
	Regime          string      `json:"regime"`
	Selection       string      `json:"selection"`
	Epsilon         Number      `json:"epsilon"`
	RelativeEpsilon Number      `json:"relativeEpsilon"`
	Unsold          Number      `json:"unsold"`
	Agents          []agentJSON `json:"agents"`
}

type agentJSON struct {
	Name   string `json:"name"`
	Value  Number `json:"value"`
	Signal Number `json:"signal"`
	Win    Number `json:"win"`
	Cost   Number `json:"cost"`
	Payoff Number `json:"payoff"`
	// Mixture is what an agent plays that mixes: the probability of at most a signal,
	// linear between knots, a signal twice being an atom. Strategy is a bid by rank
	// with private values.
	Mixture  *mixtureJSON  `json:"mixture,omitempty"`
	Strategy []rankBidJSON `json:"strategy,omitempty"`
}

type mixtureJSON struct {
	Signals    []Number `json:"signals"`
	Cumulative []Number `json:"cumulative"`
}

type rankBidJSON struct {
	Rank  Number `json:"rank"`
	Value Number `json:"value"`
	Bid   Number `json:"bid"`
}

type constraintJSON struct {
	Name      string `json:"name"`
	Measure   Number `json:"measure"`
	Relation  string `json:"relation"`
	Bound     Number `json:"bound"`
	Violation Number `json:"violation"`
	Verdict   string `json:"verdict"`
	Binds     *bool  `json:"binds"` // null where it was not looked into
	Why       string `json:"why"`
}

// searchData fills the contract.
func searchData(p *search.Problem, r *search.Report, binding []bool) *searchJSON {
	out := &searchJSON{
		Status:      string(r.Status),
		Objective:   p.Objective.Name(),
		Candidates:  make([]*candidateJSON, 0, len(r.Candidates)),
		Bound:       boundJSON{Value: Number(r.Bound.Value), Gap: Number(r.Bound.Gap), Method: r.Bound.Method},
		Evaluations: r.Evaluations,
		Seed:        r.Seed,
		Warnings:    texts(r.Warnings),
	}
	if r.Best == nil {
		out.Bound.Gap = Number(math.NaN())
	} else {
		out.Best = candidateData(r.Best, binding)
	}
	for _, c := range r.Candidates {
		of := binding
		if c != r.Best {
			of = nil
		}
		out.Candidates = append(out.Candidates, candidateData(c, of))
	}
	return out
}

// texts is never nil: JSON shows an empty list, not null.
func texts(s []string) []string { return append([]string{}, s...) }

func candidateData(c *search.Candidate, binding []bool) *candidateJSON {
	e := c.Equilibrium
	out := &candidateJSON{
		Family: c.Family, Parameters: parametersData(c), Searched: texts(c.Searched),
		Objective: Number(c.Objective), StandardError: Number(c.StandardError), TailShare: Number(c.TailShare),
		Feasible: c.Feasible, Violation: Number(c.Violation), Metrics: map[string]Number{}, Notes: texts(c.Notes),
		Equilibrium: equilibriumJSON{
			Status: e.Status, Stopped: e.Stopped, Method: e.Method, Regime: e.Regime, Selection: e.Selection,
			Epsilon: Number(e.Epsilon), RelativeEpsilon: Number(e.Relative), Unsold: Number(e.Unsold), Agents: make([]agentJSON, 0, len(e.Agents)),
		},
		Constraints: make([]constraintJSON, 0, len(c.Constraints)),
	}
	for name, x := range c.Metrics {
		out.Metrics[name] = Number(x)
	}
	if o := c.Oversight; o != nil {
		out.Oversight = &oversightJSON{Number(o.Rejected), Number(o.Passed), Number(o.Paid), Number(o.Total)}
	}
	for _, a := range e.Agents {
		agent := agentJSON{Name: a.Name, Value: Number(a.Value), Signal: Number(a.Signal), Win: Number(a.Win), Cost: Number(a.Cost), Payoff: Number(a.Payoff)}
		if !a.Mixture.IsEmpty() {
			agent.Mixture = &mixtureJSON{numbers(a.Mixture.Signals), numbers(a.Mixture.Cumulative)}
		}
		for _, x := range a.Strategy {
			agent.Strategy = append(agent.Strategy, rankBidJSON{Number(x.Rank), Number(x.Value), Number(x.Bid)})
		}
		out.Equilibrium.Agents = append(out.Equilibrium.Agents, agent)
	}
	for j, f := range c.Constraints {
		k := constraintJSON{
			Name: f.Name, Measure: Number(f.Measure), Relation: f.Bound.Relation.String(), Bound: Number(f.Bound.Value),
			Violation: Number(f.Violation), Verdict: f.Verdict.String(), Why: f.Why,
		}
		if j < len(binding) {
			k.Binds = &binding[j]
		}
		out.Constraints = append(out.Constraints, k)
	}
	return out
}

// parameters are those of a family, terms included, by name.
func parameters(family string) map[string]mechanisms.Parameter {
	known := map[string]mechanisms.Parameter{}
	for _, f := range mechanisms.Families() {
		if f.Name == family {
			for _, p := range f.Parameters {
				known[p.Name] = p
			}
		}
	}
	for _, p := range mechanisms.TermParameters() {
		known[p.Name] = p
	}
	return known
}

// parametersData are a candidate's parameters in JSON.
func parametersData(c *search.Candidate) map[string]any {
	out := make(map[string]any, len(c.Settings))
	known := parameters(c.Family)
	for name, s := range c.Settings {
		p, ok := known[name]
		switch {
		case ok && (p.PerAgent && s.List == nil || p.Free && s.Word == ""): // not set
		case ok && toggled(p):
			out[name] = s.From != 0
		default:
			out[name] = value(s)
		}
	}
	return out
}

// toggled reports a parameter that is on or off.
func toggled(p mechanisms.Parameter) bool { return p.Integer && p.Low == 0 && p.High == 1 }

// value is a setting in JSON.
func value(s mechanisms.Setting) any {
	switch {
	case s.Word != "":
		return s.Word
	case s.List != nil:
		return numbers(s.List)
	}
	return Number(s.From)
}

// searchRecords are the contract as CSV: candidate 0 is the answer as a whole, 1 the best.
func searchRecords(s *searchJSON) [][]string {
	r := newRecords("candidate")
	r.about(0, "")
	r.put("answer", "", "status", s.Status)
	r.put("answer", "", "objective", s.Objective)
	r.number("bound", "", "value", s.Bound.Value)
	r.number("bound", "", "gap", s.Bound.Gap)
	r.put("bound", "", "method", s.Bound.Method)
	r.put("answer", "", "evaluations", strconv.Itoa(s.Evaluations))
	r.put("answer", "", "seed", strconv.FormatUint(s.Seed, 10))
	for _, w := range s.Warnings {
		r.put("warning", "", "text", w)
	}
	for i, c := range s.Candidates {
		r.about(i+1, c.Family)
		r.candidate(c)
	}
	return r.rows
}

func (r *records) candidate(c *candidateJSON) {
	for _, name := range sorted(c.Parameters) {
		switch v := c.Parameters[name].(type) {
		case Number:
			r.number("parameter", name, "value", v)
		case string:
			r.put("parameter", name, "value", v)
		case bool:
			r.truth("parameter", name, "value", v)
		case []Number:
			for k, x := range v {
				r.number("parameter", name, strconv.Itoa(k+1), x)
			}
		}
	}
	r.number("result", "", "objective", c.Objective)
	r.number("result", "", "standardError", c.StandardError)
	r.number("result", "", "tailShare", c.TailShare)
	r.number("result", "", "violation", c.Violation)
	r.truth("result", "", "feasible", c.Feasible)
	for _, name := range sorted(c.Metrics) {
		r.number("metric", name, "value", c.Metrics[name])
	}
	e := c.Equilibrium
	for _, f := range []Fact{{"status", e.Status}, {"stopped", e.Stopped}, {"method", e.Method}, {"regime", e.Regime}, {"selection", e.Selection}} {
		r.put("equilibrium", "", f.Label, f.Text)
	}
	r.number("equilibrium", "", "epsilon", e.Epsilon)
	r.number("equilibrium", "", "relativeEpsilon", e.RelativeEpsilon)
	r.number("equilibrium", "", "unsold", e.Unsold)
	for _, a := range e.Agents {
		r.number("agent", a.Name, "value", a.Value)
		r.number("agent", a.Name, "signal", a.Signal)
		r.number("agent", a.Name, "win", a.Win)
		r.number("agent", a.Name, "cost", a.Cost)
		r.number("agent", a.Name, "payoff", a.Payoff)
	}
	for _, f := range c.Constraints {
		r.number("constraint", f.Name, "measure", f.Measure)
		r.put("constraint", f.Name, "relation", f.Relation)
		r.number("constraint", f.Name, "bound", f.Bound)
		r.number("constraint", f.Name, "violation", f.Violation)
		r.put("constraint", f.Name, "verdict", f.Verdict)
		if f.Binds != nil {
			r.truth("constraint", f.Name, "binds", *f.Binds)
		}
		r.put("constraint", f.Name, "why", f.Why)
	}
	r.notes(c.Notes)
}

func sorted[V any](m map[string]V) []string {
	names := make([]string, 0, len(m))
	for name := range m {
		names = append(names, name)
	}
	sort.Strings(names)
	return names
}
