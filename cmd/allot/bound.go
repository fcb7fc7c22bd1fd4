package main

import (
	"context"

	"github.com/spf13/cobra"

	"allot/cmd/allot/internal/report"
	"allot/cmd/allot/internal/study"
	"allot/solver/search"
)

func newBound(env *environment) *cobra.Command {
	return env.onStudy(&cobra.Command{
		Use:   "bound STUDY.yaml",
		Short: "what no mechanism can exceed in a study's market",
		Long: `Bound shows the upper bound on the study's objective over all mechanisms, whatever
their family: Myerson's optimum and the frontier between revenue and welfare with private
values, the full-information frontier between revenue and fairness with known values.
- reads the study from standard input.`,
		Example: "  allot examples ticket-contest | allot bound -",
	}, func(ctx context.Context, s *study.Study) (*report.Document, error) {
		b, err := apart(ctx, func() (*search.Bounds, error) { return search.UpperBounds(&s.Problem) })
		if err != nil {
			return nil, unsolved(ctx, s, err)
		}
		return report.Bounds(&s.Problem, b), nil
	})
}
