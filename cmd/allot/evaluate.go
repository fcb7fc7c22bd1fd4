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

func newEvaluate(env *environment) *cobra.Command {
	return env.onStudy(&cobra.Command{
		Use:   "evaluate STUDY.yaml",
		Short: "solve fixed mechanisms: equilibrium, objectives, constraints",
		Long: `Evaluate solves every mechanism of a study whose parameters are all fixed and shows
what the agents do, what it brings and which constraints hold. - reads the study from
standard input.`,
		Example: "  allot examples three-agents | allot evaluate -",
	}, func(ctx context.Context, s *study.Study) (*report.Document, error) {
		p := &s.Problem
		if err := fixed(s); err != nil {
			return nil, err
		}
		r, err := engine.evaluate(ctx, p)
		if err != nil {
			return nil, solving(ctx, s.File, err)
		}
		d := report.Evaluation(p, r)
		return d, evaluated(p, r)
	})
}

// evaluated is the exit status of an evaluation that was written.
func evaluated(p *search.Problem, r *search.Report) error {
	if r.Status == search.Stopped {
		return &failure{status: exitInterrupted, err: errors.New("interrupted: the report shows what was in hand")}
	}
	feasible, proven := 0, 0
	for _, c := range r.Candidates {
		if c.Feasible {
			feasible++
			if certified(p, c) {
				proven++
			}
		}
	}
	switch {
	case feasible == 0 && len(p.Constraints) == 0:
		return &failure{status: exitInfeasible, err: errors.New("no mechanism has an equilibrium and a value of the objective")}
	case feasible == 0:
		return &failure{status: exitInfeasible, err: errors.New("no mechanism satisfies every constraint")}
	case proven < feasible:
		return &failure{status: exitUncertified, err: fmt.Errorf("%d of %d equilibria are not certified to the tolerance %g", feasible-proven, feasible, tolerance(p))}
	}
	return nil
}
