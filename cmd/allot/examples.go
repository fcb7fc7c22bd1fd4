package main

import (
	"embed"
	"fmt"
	"strings"

	"github.com/spf13/cobra"

	"allot/cmd/allot/internal/report"
)

//go:embed examples/*.yaml
var shipped embed.FS

// exampleNames lists the examples in the order of their file names.
func exampleNames() []string {
	entries, err := shipped.ReadDir("examples")
	if err != nil {
		return nil
	}
	names := make([]string, 0, len(entries))
	for _, e := range entries {
		names = append(names, strings.TrimSuffix(e.Name(), ".yaml"))
	}
	return names
}

// example is the text of an example.
func example(name string) (string, bool) {
	text, err := shipped.ReadFile("examples/" + strings.TrimSuffix(name, ".yaml") + ".yaml")
	return string(text), err == nil
}

// title is the example's first line.
func title(text string) string {
	line, _, _ := strings.Cut(text, "\n")
	return strings.TrimSpace(strings.TrimPrefix(line, "#"))
}

func newExamples(env *environment) *cobra.Command {
	return &cobra.Command{
		Use:     "examples [NAME]",
		Short:   "list the studies that ship with allot, or print one",
		Example: "  allot examples ticket-contest | allot search -",
		Args: func(c *cobra.Command, args []string) error {
			if len(args) > 1 {
				return wrong("", "examples: one name at a time, found %d", len(args))
			}
			return nil
		},
		ValidArgsFunction: func(*cobra.Command, []string, string) ([]string, cobra.ShellCompDirective) {
			return exampleNames(), cobra.ShellCompDirectiveNoFileComp
		},
		RunE: func(_ *cobra.Command, args []string) error {
			if len(args) == 1 {
				text, ok := example(args[0])
				if !ok {
					return wrong("there are "+strings.Join(exampleNames(), ", "), "there is no example %q", args[0])
				}
				_, err := fmt.Fprint(env.out, text)
				return err
			}
			d := report.Document{Tables: []report.Table{{Heading: "Studies that ship with allot", Columns: []string{"name", "what it asks"}}}}
			for _, name := range exampleNames() {
				text, _ := example(name)
				d.Tables[0].Rows = append(d.Tables[0].Rows, []report.Cell{report.Text(name), report.Text(title(text))})
			}
			d.Facts = []report.Fact{{Label: "to run one", Text: "allot examples NAME | allot search -"}}
			return d.Write(env.out, report.Plain)
		},
	}
}
