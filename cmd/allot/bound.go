package main

import (
	"github.com/spf13/cobra"

	"allot/cmd/allot/internal/report"
	"allot/solver/search"
)

func newBound(env *environment) *cobra.Command {
	c := &cobra.Command{
		Use:   "bound STUDY.yaml",
		Short: "what no mechanism can exceed in a study's market",
		Long: `Bound shows the upper bound on the study's objective over all mechanisms, whatever
their family: Myerson's optimum and the frontier between revenue and welfare with private
values, the full-information frontier between revenue and fairness with known values.
- reads the study from standard input.`,
		Example: "  allot examples ticket-contest | allot bound -",
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
		b, err := search.UpperBounds(&s.Problem)
		if err != nil {
			return solving(c.Context(), s.File, err)
		}
		return report.Bounds(&s.Problem, b).Write(env.out, f)
	}
	return c
}
