package main

import (
	"context"
	"errors"
	"fmt"
	"strings"

	"github.com/spf13/cobra"

	"allot/cmd/allot/internal/report"
	"allot/cmd/allot/internal/reproduce"
)

func newReproduce(env *environment) *cobra.Command {
	c := &cobra.Command{
		Use:   "reproduce [NAME]",
		Short: "published results, ours beside theirs",
		Long: `Reproduce computes the published results that allot is held against, source by source,
and sets them beside the printed numbers, or beside what the source's formulas give. A
disagreement is shown as one, with its reason where it is known. Without a name it goes
through all sources and shows what comes of each.

The exit status is 1 if some number differs and no reason accounts for it.

Sources: ` + strings.Join(reproduce.Names(), ", ") + `.`,
		Example: "  allot reproduce neuder2024",
		Args: func(c *cobra.Command, args []string) error {
			if len(args) > 1 {
				return wrong("", "reproduce: one name at a time, found %d", len(args))
			}
			return nil
		},
		ValidArgsFunction: func(*cobra.Command, []string, string) ([]string, cobra.ShellCompDirective) {
			return reproduce.Names(), cobra.ShellCompDirectiveNoFileComp
		},
	}
	format := formatFlag(c)
	c.RunE = func(c *cobra.Command, args []string) error {
		f, err := format()
		if err != nil {
			return err
		}
		sources := reproduce.Sources()
		if len(args) == 1 {
			s, err := reproduce.Find(args[0])
			if err != nil {
				return wrong("there are "+strings.Join(reproduce.Names(), ", "), "%v", err)
			}
			sources = []reproduce.Source{s}
		}
		var entries []*reproduce.Entry
		for _, s := range sources {
			e, err := s.Run(c.Context())
			if errors.Is(err, context.Canceled) {
				return &failure{status: exitInterrupted, err: errors.New("interrupted")}
			}
			if err != nil {
				return fmt.Errorf("reproduce: %w", err)
			}
			entries = append(entries, e)
		}
		document := report.Reproductions(entries)
		if len(args) == 1 {
			document = report.Reproduction(entries[0])
		}
		if err := document.Write(env.out, f); err != nil {
			return err
		}
		return unexplained(entries)
	}
	return c
}

// unexplained is the error that some numbers differ and no reason accounts for them.
func unexplained(entries []*reproduce.Entry) error {
	n := 0
	for _, e := range entries {
		n += e.Count(reproduce.Unexplained)
	}
	if n == 0 {
		return nil
	}
	return &failure{status: exitFailure, err: fmt.Errorf("%d of the numbers differ and no reason accounts for them", n)}
}
