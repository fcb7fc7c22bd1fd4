package main

import (
	"errors"
	"fmt"

	"github.com/spf13/cobra"

	"allot/cmd/allot/internal/report"
	"allot/solver/search"
)

func newEvaluate(env *environment) *cobra.Command {
	c := &cobra.Command{
		Use:   "evaluate STUDY.yaml",
		Short: "solve fixed mechanisms: equilibrium, objectives, constraints",
		Long: `Evaluate solves every mechanism of a study whose parameters are all fixed and shows
what the agents do, what it brings and which constraints hold. - reads the study from
standard input.`,
		Example: "  allot examples three-agents | allot evaluate -",
		Args:    one("study"),
	}
	format := formatFlag(c)
	flags := studyFlags(c)
	c.RunE = func(c *cobra.Command, args []string) error {
		f, err := format()
		if err != nil {
			return err
		}
		s, err := env.load(c, args[0], flags)
		if err != nil {
			return err
		}
		p := &s.Problem
		for i, space := range p.Spaces {
			if axes := space.Axes(); len(axes) > 0 {
				return wrong("write a number for it, or run allot search", "%s: mechanism %d (%s) leaves %s to be searched", s.File, i+1, space.Family(), axes[0].Name)
			}
		}
		r, err := engine.evaluate(c.Context(), p)
		if err != nil {
			return solving(c.Context(), s.File, err)
		}
		if err := report.Evaluation(p, r).Write(env.out, f); err != nil {
			return err
		}
		return evaluated(p, r)
	}
	return c
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
