package main

import (
	"context"
	"errors"
	"fmt"

	"github.com/spf13/cobra"

	"allot/cmd/allot/internal/report"
	"allot/cmd/allot/internal/study"
	"allot/solver/search"
)

// engine is what the commands ask to solve a study; tests put another in its place.
var engine = struct {
	search   func(context.Context, *search.Problem, func(search.Progress)) (*search.Report, error)
	evaluate func(context.Context, *search.Problem) (*search.Report, error)
	binding  func(context.Context, *search.Problem, *search.Candidate) ([]bool, error)
}{search.Search, search.Evaluate, search.Binding}

func newSearch(env *environment) *cobra.Command {
	return env.onStudy(&cobra.Command{
		Use:   "search STUDY.yaml",
		Short: "find the best mechanism for a study",
		Long: `Search finds the mechanism that serves the study's objective best among those that
satisfy every constraint, and proves how far the agents are from an equilibrium and
the objective from a bound. - reads the study from standard input.`,
		Example: "  allot examples ticket-contest | allot search -\n  allot search study.yaml --format json",
	}, func(ctx context.Context, s *study.Study) (*report.Document, error) {
		line := newProgress(env.errors)
		r, err := engine.search(ctx, &s.Problem, line.tell)
		line.done()
		if err != nil {
			return nil, solving(ctx, s.File, err)
		}
		binding, err := engine.binding(ctx, &s.Problem, r.Best)
		switch {
		case err != nil && ctx.Err() != nil && errors.Is(err, ctx.Err()):
			r.Status = search.Stopped // what binds is not known
		case err != nil:
			return nil, solving(ctx, s.File, err)
		}
		d := report.Search(&s.Problem, r, binding)
		return d, outcome(&s.Problem, r)
	})
}

// solving is an error of the engine: a mechanism or market that cannot be
// solved is the study's.
func solving(ctx context.Context, file string, err error) error {
	if ctx.Err() != nil && errors.Is(err, ctx.Err()) {
		return &failure{status: exitInterrupted, err: errors.New("interrupted before anything was solved")}
	}
	return &failure{status: exitWrong, err: fmt.Errorf("%s: %w", file, err)}
}

// outcome is the exit status of a report that was written.
func outcome(p *search.Problem, r *search.Report) error {
	switch {
	case r.Status == search.Stopped:
		return &failure{status: exitInterrupted, err: errors.New("interrupted: the report shows what was in hand")}
	case r.Best == nil:
		text := "no feasible mechanism was found"
		if len(r.Candidates) > 0 { // the least violating comes first
			text += ": the least violation is " + report.Violation(r.Candidates[0])
		}
		return &failure{status: exitInfeasible, err: errors.New(text)}
	case !certified(p, r.Best):
		return &failure{status: exitUncertified, err: fmt.Errorf("the equilibrium is not certified to the tolerance %g", tolerance(p)), hint: "the report's certificate says what is known"}
	}
	return nil
}

func tolerance(p *search.Problem) float64 {
	if p.Tolerance > 0 {
		return p.Tolerance
	}
	return 1e-6
}

// certified reports an equilibrium with a proof that is good enough.
func certified(p *search.Problem, c *search.Candidate) bool {
	return c.Equilibrium.Status == "certified" && c.Equilibrium.Relative <= tolerance(p)
}
