package main

import (
	"fmt"
	"io"
	"math"
	"os"
	"sync"
	"time"

	"github.com/vbauerster/mpb/v8"
	"github.com/vbauerster/mpb/v8/decor"
	"golang.org/x/term"

	"allot/cmd/allot/internal/report"
	"allot/solver/search"
)

// progress is a line on a terminal that says how far a search is; elsewhere it says
// nothing.
type progress struct {
	container *mpb.Progress
	bar       *mpb.Bar
	start     time.Time

	mu   sync.Mutex
	last search.Progress
	base int // evaluations of the families that are done
}

func newProgress(w io.Writer) *progress {
	p := &progress{}
	f, ok := w.(*os.File)
	if !ok || !term.IsTerminal(int(f.Fd())) {
		return p
	}
	p.start = time.Now()
	p.container = mpb.New(mpb.WithOutput(w), mpb.WithWidth(24), mpb.WithRefreshRate(150*time.Millisecond))
	p.bar = p.container.AddBar(0, mpb.BarRemoveOnComplete(), mpb.AppendDecorators(decor.Any(func(decor.Statistics) string { return p.line() })))
	return p
}

// tell takes in what the search says.
func (p *progress) tell(s search.Progress) {
	if p.bar == nil {
		return
	}
	p.take(s)
	p.bar.SetTotal(int64(s.Budget), false)
	p.bar.SetCurrent(int64(min(s.Evaluations, s.Budget)))
}

func (p *progress) take(s search.Progress) {
	p.mu.Lock()
	defer p.mu.Unlock()
	if s.Evaluations < p.last.Evaluations { // the next family counts anew
		p.base += p.last.Evaluations
	}
	p.last = s
}

// line is what stands beside the bar.
func (p *progress) line() string {
	p.mu.Lock()
	defer p.mu.Unlock()
	s := p.last
	if s.Family == "" {
		return "starting"
	}
	rate := float64(p.base+s.Evaluations) / math.Max(time.Since(p.start).Seconds(), 1e-3)
	text := fmt.Sprintf("%s %d/%d, %.0f/s, best %s", s.Family, s.Evaluations, s.Budget, rate, report.Digits(s.Best))
	if s.Violation > 0 {
		text += fmt.Sprintf(", violation %.2g", s.Violation)
	}
	return text
}

// done takes the line away.
func (p *progress) done() {
	if p.bar == nil {
		return
	}
	p.bar.Abort(true)
	p.container.Wait()
}
