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

func newMap(env *environment) *cobra.Command {
	return env.onStudy(&cobra.Command{
		Use:   "map STUDY.yaml",
		Short: "which mechanism is best where, over two market parameters",
		Long: `Map searches a study at every point of a grid of two parameters of its market, which the
study names, and shows which mechanism is best where:

  map:
    x: {agent: Bob, from: 5, to: 30, steps: 6}
    y: {market: concealmentCost, from: 0.5, to: 4, steps: 5}

- reads the study from standard input.`,
		Example: "  allot examples map | allot map -",
	}, func(ctx context.Context, s *study.Study) (*report.Document, error) {
		if s.Atlas == nil {
			return nil, wrong("add map: {x: {agent: NAME, from: 1, to: 9, steps: 5}, y: {market: concealmentCost, from: 1, to: 4}}", "%s: the study names no two parameters to vary", s.File)
		}
		a, err := search.Map(ctx, &s.Problem, s.Atlas.X, s.Atlas.Y, nil)
		if err != nil {
			return nil, solving(ctx, s.File, err)
		}
		d := report.Atlas(&s.Problem, a)
		if a.Stopped {
			return d, &failure{status: exitInterrupted, err: errors.New("interrupted: the map shows what was in hand")}
		}
		for _, row := range a.Places {
			for _, p := range row {
				if p.Space >= 0 {
					return d, nil
				}
			}
		}
		return d, &failure{status: exitInfeasible, err: fmt.Errorf("no mechanism is feasible anywhere on the map")}
	})
}
