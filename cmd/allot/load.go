package main

import (
	"context"
	"slices"

	"github.com/spf13/cobra"

	"allot/cmd/allot/internal/report"
	"allot/cmd/allot/internal/study"
	"allot/solver/search"
)

// onStudy completes a command that reads one study and writes one document. The error
// of work, which the exit status comes from, may stand beside a document.
func (env *environment) onStudy(c *cobra.Command, work func(context.Context, *study.Study) (*report.Document, error)) *cobra.Command {
	c.Args = one("study")
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
		d, err := work(c.Context(), s)
		if d != nil {
			if err := d.Write(env.out, f); err != nil {
				return err
			}
		}
		return err
	}
	return c
}

// overrides are flags that take the place of what a study says.
type overrides struct {
	evaluations, draws, workers int
	seed                        uint64
	tolerance                   float64
}

// searching and drawing are the commands that try many mechanisms, and those that draw
// values. The others take their flags too, so that one command line serves all, and do
// not show them.
var (
	searching = []string{"search", "map"}
	drawing   = []string{"search", "evaluate", "compare", "map", "bound"}
)

// studyFlags adds the flags that every command on a study has.
func studyFlags(c *cobra.Command) *overrides {
	o := &overrides{}
	c.Flags().IntVar(&o.evaluations, "evaluations", 0, "how many mechanisms to try in each family (default: the study's, or 400)")
	c.Flags().Uint64Var(&o.seed, "seed", 0, "the seed of every random choice (default: the study's, or 1)")
	c.Flags().IntVar(&o.draws, "draws", 0, "how many draws of values (default: the study's, or 4096)")
	c.Flags().IntVar(&o.workers, "workers", 0, "how many goroutines; the answer does not depend on it (default: all cores)")
	c.Flags().Float64Var(&o.tolerance, "tolerance", 0, "the certificate asked for, as a share of the expected highest value (default: the study's, or 1e-6)")
	c.Flags().Lookup("evaluations").Hidden = !slices.Contains(searching, c.Name())
	c.Flags().Lookup("draws").Hidden = !slices.Contains(drawing, c.Name())
	return o
}

// load reads the study and puts the flags that were given in its place.
func (env *environment) load(c *cobra.Command, name string, o *overrides) (*study.Study, error) {
	f, shown, err := env.open(c.Context(), name)
	if err != nil {
		return nil, err
	}
	defer f.Close()
	s, err := study.Read(shown, f)
	if err != nil {
		return nil, err
	}
	p := &s.Problem
	for _, n := range []struct {
		flag        string
		value, most int
		into        *int
	}{
		{"evaluations", o.evaluations, study.MaxEvaluations, &p.Evaluations},
		{"draws", o.draws, search.MaxDraws, &p.Draws},
		{"workers", o.workers, search.MaxWorkers, &p.Workers},
	} {
		if !c.Flags().Changed(n.flag) {
			continue
		}
		if n.value < 1 || n.value > n.most {
			return nil, wrong("", "--%s: expected a whole number from 1 to %d, found %d", n.flag, n.most, n.value)
		}
		*n.into = n.value
	}
	if c.Flags().Changed("seed") {
		p.Seed = o.seed
	}
	if c.Flags().Changed("tolerance") {
		if !(o.tolerance > 0 && o.tolerance <= 1) {
			return nil, wrong("", "--tolerance: expected a number above 0 and at most 1, found %g", o.tolerance)
		}
		p.Tolerance = o.tolerance
	}
	return s, nil
}
