package main

import (
	"context"

	"github.com/spf13/cobra"

	"allot/cmd/allot/internal/report"
	"allot/cmd/allot/internal/study"
	"allot/solver/search"
)

func newCompare(env *environment) *cobra.Command {
	return env.onStudy(&cobra.Command{
		Use:   "compare STUDY.yaml",
		Short: "put mechanisms side by side and say which are the same",
		Long: `Compare solves every mechanism of a study, whose parameters are all fixed, in one
market and says which are conceptually the same: the same rule, the same outcome in every
sampled market, the same outcome in this one, or no more than the same revenue. - reads
the study from standard input.`,
		Example: "  allot examples three-agents | allot compare -",
	}, func(ctx context.Context, s *study.Study) (*report.Document, error) {
		if err := fixed(s); err != nil {
			return nil, err
		}
		r, err := apart(ctx, func() (*search.Comparison, error) { return search.Compare(ctx, &s.Problem) })
		if err != nil {
			return nil, unsolved(ctx, s, err)
		}
		return report.Comparison(&s.Problem, r), nil
	})
}

// fixed refuses a study that leaves a parameter to be searched.
func fixed(s *study.Study) error {
	for i, space := range s.Problem.Spaces {
		if axes := space.Axes(); len(axes) > 0 {
			return wrong("write a number for it, or run allot search", "%s: mechanism %d (%s) leaves %s to be searched", s.File, i+1, space.Family(), axes[0].Name)
		}
	}
	return nil
}
