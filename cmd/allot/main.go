// Command allot searches for the best way to allot Ethereum's proposing right.
//
//	allot search STUDY.yaml      the best mechanism, with a certificate
//	allot evaluate STUDY.yaml    fixed mechanisms: equilibrium, objectives, constraints
//	allot compare STUDY.yaml     mechanisms side by side, and which are the same
//	allot cartel STUDY.yaml      the best off-chain agreement, and the patience it takes
//	allot slots STUDY.yaml       slot after slot: who holds on to the right
//	allot bound STUDY.yaml       what no mechanism can exceed
//	allot map STUDY.yaml         which mechanism is best where
//	allot import FILE            a study from relay data
//	allot reproduce [NAME]       published results, ours beside theirs
//	allot examples [NAME]        studies that ship with the program
//	allot completion SHELL       completion for bash, zsh, fish or powershell
//
// A study says who competes, which mechanisms may be used, what the protocol wants
// and what must hold; - reads it from standard input. Data goes to standard
// output, everything else to standard error.
//
// Exit status: 0 done; 1 internal or input/output failure; 2 the study or the
// command line is wrong; 3 no feasible mechanism; 4 feasible but not certified to the
// tolerance asked for; 130 interrupted.
package main

import (
	"context"
	"fmt"
	"os"
	"os/signal"
	"syscall"
	"time"
)

func main() { os.Exit(start()) }

// start runs the command in the process's own surroundings.
func start() int {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	defer stop()
	// A reader that goes away (allot ... | head) is an error of writing, not the end
	// of the process by a signal.
	signal.Ignore(syscall.SIGPIPE)
	finished := make(chan struct{})
	defer close(finished) // before stop, which ends ctx too
	go func() {
		<-ctx.Done()
		stop() // a second interrupt ends the process at once
		select {
		case <-finished:
		case <-time.After(time.Second):
			fmt.Fprintln(os.Stderr, "allot: interrupted: finishing with what is in hand; a second interrupt ends at once")
		}
	}()
	return run(ctx, os.Args[1:], &environment{in: os.Stdin, out: os.Stdout, errors: os.Stderr})
}
