package main

import (
	"bufio"
	"os"
	"os/exec"
	"strconv"
	"strings"
	"testing"

	"github.com/rogpeppe/go-internal/testscript"
)

func TestMain(m *testing.M) {
	testscript.Main(m, map[string]func(){"allot": func() { os.Exit(start()) }})
}

// TestScripts runs the command as its users do; testdata has a script for each thing
// that it promises.
func TestScripts(t *testing.T) {
	testscript.Run(t, testscript.Params{
		Dir:                 "testdata",
		RequireExplicitExec: true,
		RequireUniqueNames:  true,
		Cmds: map[string]func(*testscript.TestScript, bool, []string){
			// exits STATUS PROGRAM ARGS... runs a program that must end with the status.
			"exits": func(ts *testscript.TestScript, neg bool, args []string) {
				if neg || len(args) < 2 {
					ts.Fatalf("usage: exits STATUS PROGRAM ARGS...")
				}
				want, err := strconv.Atoi(args[0])
				ts.Check(err)
				status := 0
				if err := ts.Exec(args[1], args[2:]...); err != nil {
					exit, ok := err.(*exec.ExitError)
					if !ok {
						ts.Fatalf("%v", err)
					}
					status = exit.ExitCode()
				}
				if status != want {
					ts.Fatalf("exit status %d, want %d", status, want)
				}
			},
			// repeat FILE COUNT TEXT appends the text COUNT times; \n in it is a line break.
			"repeat": func(ts *testscript.TestScript, neg bool, args []string) {
				if neg || len(args) != 3 {
					ts.Fatalf("usage: repeat FILE COUNT TEXT")
				}
				n, err := strconv.Atoi(args[1])
				ts.Check(err)
				f, err := os.OpenFile(ts.MkAbs(args[0]), os.O_APPEND|os.O_CREATE|os.O_WRONLY, 0o600)
				ts.Check(err)
				text := strings.ReplaceAll(args[2], `\n`, "\n")
				w := bufio.NewWriterSize(f, 1<<20)
				for range n {
					_, err := w.WriteString(text)
					ts.Check(err)
				}
				ts.Check(w.Flush())
				ts.Check(f.Close())
			},
			// narrow FILE COLUMNS holds that no line is longer.
			"narrow": func(ts *testscript.TestScript, neg bool, args []string) {
				if neg || len(args) != 2 {
					ts.Fatalf("usage: narrow FILE COLUMNS")
				}
				n, err := strconv.Atoi(args[1])
				ts.Check(err)
				for i, line := range strings.Split(ts.ReadFile(args[0]), "\n") {
					if len([]rune(line)) > n {
						ts.Fatalf("line %d has %d characters: %s", i+1, len([]rune(line)), line)
					}
				}
			},
		},
	})
}
