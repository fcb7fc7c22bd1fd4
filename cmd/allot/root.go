package main

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"strings"
	"syscall"

	"github.com/spf13/cobra"
	"github.com/spf13/pflag"

	"allot/cmd/allot/internal/relay"
	"allot/cmd/allot/internal/report"
	"allot/cmd/allot/internal/study"
)

// environment is what a command reads from and writes to.
type environment struct {
	in          io.Reader
	out, errors io.Writer
}

// commands makes the subcommands, one file each, in the order in which help shows
// them. A command is a function from the environment to a *cobra.Command whose
// RunE returns an error: a *failure for an exit status other than 1.
var commands = []func(*environment) *cobra.Command{
	newSearch, newEvaluate, newCompare, newCartel, newSlots, newBound, newMap, newImport, newReproduce, newExamples,
}

// Exit statuses.
const (
	exitFailure     = 1
	exitWrong       = 2
	exitInfeasible  = 3
	exitUncertified = 4
	exitInterrupted = 130
)

// failure is an error with an exit status; a nil err says nothing more than that.
type failure struct {
	status int
	err    error
	hint   string
}

func (f *failure) Error() string {
	if f.err == nil {
		return fmt.Sprintf("exit status %d", f.status)
	}
	return f.err.Error()
}

func (f *failure) Unwrap() error { return f.err }

// wrong is an error in the command line.
func wrong(hint, format string, args ...any) error {
	return &failure{status: exitWrong, err: fmt.Errorf(format, args...), hint: hint}
}

// run runs the command line and returns the exit status.
func run(ctx context.Context, args []string, env *environment) (status int) {
	defer func() {
		if p := recover(); p != nil {
			fmt.Fprintf(env.errors, "allot: internal error: %v\nhint: this is a defect of allot; the study that shows it would help to mend it\n", p)
			status = exitFailure
		}
	}()
	out := bufio.NewWriter(env.out)
	inner := *env
	inner.out = out
	root := newRoot(&inner)
	root.SetArgs(args)
	err := root.ExecuteContext(ctx)
	if flushed := out.Flush(); flushed != nil {
		if errors.Is(flushed, syscall.EPIPE) {
			flushed = nil // the reader has seen enough
		}
		if err == nil {
			err = flushed
		}
	}
	return explain(env.errors, err)
}

func newRoot(env *environment) *cobra.Command {
	root := &cobra.Command{
		Use:           "allot",
		Short:         "search for the best way to allot Ethereum's proposing right",
		Example:       "  allot examples ticket-contest | allot search -\n  source <(allot completion bash)",
		Args:          cobra.ArbitraryArgs,
		SilenceErrors: true,
		SilenceUsage:  true,
		RunE: func(c *cobra.Command, args []string) error {
			if len(args) > 0 {
				hint := "see allot --help"
				if s := c.SuggestionsFor(args[0]); len(s) > 0 {
					hint = "did you mean " + s[0] + "?"
				}
				return wrong(hint, "there is no command %q", args[0])
			}
			return c.Help()
		},
	}
	root.SuggestionsMinimumDistance = 2
	root.CompletionOptions.HiddenDefaultCmd = true
	root.SetIn(env.in)
	root.SetOut(env.out)
	root.SetErr(env.errors)
	root.SetFlagErrorFunc(func(c *cobra.Command, err error) error {
		var bad *pflag.InvalidValueError
		if errors.As(err, &bad) {
			expected := map[string]string{"int": "a whole number", "uint64": "a whole number of at least 0", "float64": "a number"}[bad.GetFlag().Value.Type()]
			if expected != "" {
				err = fmt.Errorf("--%s: expected %s, found %q", bad.GetFlag().Name, expected, bad.GetValue())
			}
		}
		return &failure{status: exitWrong, err: err, hint: "see " + c.CommandPath() + " --help"}
	})
	root.SetHelpCommand(&cobra.Command{
		Use:   "help [COMMAND]",
		Short: "help about a command",
		RunE: func(_ *cobra.Command, args []string) error {
			of, rest, err := root.Find(args)
			if err != nil || len(rest) > 0 {
				return wrong("see allot --help", "there is no command %q", strings.Join(args, " "))
			}
			of.InitDefaultHelpFlag()
			return of.Help()
		},
	})
	for _, command := range commands {
		root.AddCommand(command(env))
	}
	return root
}

// explain writes an error for a person and returns its exit status.
func explain(w io.Writer, err error) int {
	if err == nil {
		return 0
	}
	if errors.Is(err, syscall.EPIPE) {
		return 0
	}
	var in *study.Error
	if errors.As(err, &in) {
		fmt.Fprintln(w, in.Error())
		hint(w, in.Hint)
		return exitWrong
	}
	var bad *relay.Error
	if errors.As(err, &bad) {
		fmt.Fprintln(w, bad.Error())
		hint(w, bad.Hint)
		return exitWrong
	}
	var f *failure
	if errors.As(err, &f) {
		if f.err != nil {
			fmt.Fprintf(w, "allot: %v\n", f.err)
		}
		hint(w, f.hint)
		return f.status
	}
	if errors.Is(err, context.Canceled) {
		fmt.Fprintln(w, "allot: interrupted")
		return exitInterrupted
	}
	if strings.HasPrefix(err.Error(), "unknown command") {
		fmt.Fprintf(w, "allot: %v\n", err)
		return exitWrong
	}
	fmt.Fprintf(w, "allot: %v\n", err)
	return exitFailure
}

func hint(w io.Writer, text string) {
	if text != "" {
		fmt.Fprintf(w, "hint: %s\n", text)
	}
}

// one refuses any number of arguments but one.
func one(what string) cobra.PositionalArgs {
	return func(c *cobra.Command, args []string) error {
		switch {
		case len(args) == 0:
			return wrong("see "+c.CommandPath()+" --help", "%s: no %s given", c.Name(), what)
		case len(args) > 1:
			return wrong("see "+c.CommandPath()+" --help", "%s: one %s at a time, found %d arguments", c.Name(), what, len(args))
		}
		return nil
	}
}

// patient reads until the context ends, also from a reader that waits for more.
type patient struct {
	ctx context.Context
	r   io.Reader
}

func (p patient) Read(b []byte) (n int, err error) {
	text, done := make([]byte, len(b)), make(chan struct{})
	go func() {
		n, err = p.r.Read(text)
		close(done)
	}()
	select {
	case <-p.ctx.Done():
		return 0, p.ctx.Err()
	case <-done:
		return copy(b, text[:n]), err
	}
}

// open opens a file, or standard input for -, and returns the name for messages.
func (env *environment) open(ctx context.Context, name string) (io.ReadCloser, string, error) {
	if name == "-" {
		return io.NopCloser(patient{ctx, env.in}), "standard input", nil
	}
	f, err := os.Open(name)
	if err != nil {
		if errors.Is(err, fs.ErrNotExist) {
			help := "- reads standard input"
			if _, ok := example(name); ok {
				help = fmt.Sprintf("it is an example that ships with allot: allot examples %s | allot search -", name)
			}
			return nil, "", &failure{status: exitWrong, err: fmt.Errorf("there is no file %s", name), hint: help}
		}
		return nil, "", err
	}
	if s, err := f.Stat(); err == nil && s.IsDir() {
		f.Close()
		return nil, "", wrong("", "%s is a directory", name)
	}
	return f, name, nil
}

// formatFlag adds --format to a command.
func formatFlag(c *cobra.Command) func() (report.Format, error) {
	name := c.Flags().String("format", string(report.Plain), strings.Join(report.Formats(), ", "))
	if err := c.RegisterFlagCompletionFunc("format", cobra.FixedCompletions(report.Formats(), cobra.ShellCompDirectiveNoFileComp)); err != nil {
		return func() (report.Format, error) { return "", err }
	}
	return func() (report.Format, error) {
		f, err := report.ParseFormat(*name)
		if err != nil {
			return "", &failure{status: exitWrong, err: err}
		}
		return f, nil
	}
}
