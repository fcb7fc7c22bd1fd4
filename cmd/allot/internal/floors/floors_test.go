package floors

import (
	"go/parser"
	"go/token"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"testing"
)

// floors is the house as data: for each folder the folders that its packages may
// import, tests and commands aside. Imports point down only. A folder stands for
// everything below it, except what has a row of its own.
var floors = []struct {
	folder  string
	imports []string
}{
	{"mechanisms", nil},
	{"mechanisms/distributions", nil},
	{"objectives", []string{"mechanisms"}},
	{"solver/equilibrium", []string{"mechanisms", "mechanisms/distributions"}},
	{"solver/certify", []string{"mechanisms", "mechanisms/distributions"}}, // never equilibrium: it shares no code with what it proves
	{"solver/cartel", []string{"mechanisms", "mechanisms/distributions", "solver/equilibrium", "solver/certify"}},
	{"solver/formats", []string{"mechanisms", "mechanisms/distributions", "solver/equilibrium", "solver/certify", "solver/bound"}},
	{"solver/bound", []string{"mechanisms", "mechanisms/distributions", "objectives"}},
	{"constraints", []string{"mechanisms", "mechanisms/distributions", "objectives", "solver/equilibrium", "solver/certify", "solver/cartel"}},
	{"solver/search/optimize", nil},
	{"solver/search", []string{"mechanisms", "mechanisms/distributions", "objectives", "constraints", "solver/equilibrium", "solver/certify", "solver/cartel", "solver/bound", "solver/search/optimize"}},
	{"benchmarks", []string{"mechanisms"}}, // the catalogue of known answers, which the command shows too; its tests may import anything
	{"cmd", []string{"mechanisms", "mechanisms/distributions", "objectives", "constraints", "solver", "benchmarks", "cmd"}},
}

// withheld are the packages of the standard library and others that only the
// command may import: nothing below it reads files, prints, reads a clock or knows
// YAML.
var withheld = []string{
	"os", "os/exec", "os/signal", "io/ioutil", "io/fs", "embed", "log", "log/slog", "flag", "net", "net/http", "syscall", "plugin",
	"github.com/goccy/go-yaml", "github.com/olekukonko/tablewriter", "github.com/spf13/cobra", "github.com/vbauerster/mpb/v8", "golang.org/x/term",
}

// calls are the functions of packages that may be imported but not for that: a
// clock, the standard streams, a random source that is not seeded.
var calls = []string{"time.Now", "time.Since", "time.Sleep", "time.After", "fmt.Print", "fmt.Printf", "fmt.Println"}

// top are the folders of the top level, but for those that start with a dot.
var top = []string{"benchmarks", "cmd", "constraints", "mechanisms", "objectives", "solver"}

// floor is the row for a folder: the longest that it lies in.
func floor(folder string) (row int) {
	row = -1
	for i, f := range floors {
		if (folder == f.folder || strings.HasPrefix(folder, f.folder+"/")) && (row < 0 || len(f.folder) > len(floors[row].folder)) {
			row = i
		}
	}
	return row
}

// departures lists what a file imports or calls that its floor does not allow.
func departures(folder, name string, source []byte) ([]string, error) {
	file, err := parser.ParseFile(token.NewFileSet(), name, source, parser.ImportsOnly)
	if err != nil {
		return nil, err
	}
	row := floor(folder)
	if row < 0 {
		return []string{"the folder has no floor"}, nil
	}
	var wrong []string
	below := !strings.HasPrefix(folder, "cmd") && !strings.HasPrefix(folder, "benchmarks")
	for _, spec := range file.Imports {
		path, err := strconv.Unquote(spec.Path.Value)
		if err != nil {
			return nil, err
		}
		ours, inside := strings.CutPrefix(path, "allot/")
		switch {
		case inside:
			target := floor(ours)
			if target == row {
				break
			}
			if target < 0 || !slices.ContainsFunc(floors[row].imports, func(allowed string) bool {
				return floors[target].folder == allowed || allowed == "solver" && strings.HasPrefix(floors[target].folder, "solver/")
			}) {
				wrong = append(wrong, "imports "+path)
			}
		case below && slices.ContainsFunc(withheld, func(w string) bool { return path == w || strings.Contains(w, ".") && strings.HasPrefix(path, w+"/") }):
			wrong = append(wrong, "imports "+path)
		}
	}
	if below {
		text := string(source)
		for _, call := range calls {
			if strings.Contains(text, call+"(") {
				wrong = append(wrong, "calls "+call)
			}
		}
	}
	return wrong, nil
}

// TestFloors holds that imports point down only, and that the top level has the six
// folders and no others.
func TestFloors(t *testing.T) {
	root := os.DirFS("../../../..")
	seen := map[int]bool{}
	err := fs.WalkDir(root, ".", func(path string, d fs.DirEntry, err error) error {
		if err != nil {
			return err
		}
		if d.IsDir() {
			if path != "." && (strings.HasPrefix(d.Name(), ".") || d.Name() == "testdata") {
				return fs.SkipDir
			}
			if path != "." && !strings.Contains(path, "/") && !slices.Contains(top, path) {
				t.Errorf("%s: not a folder of the house", path)
			}
			return nil
		}
		if filepath.Ext(path) != ".go" || strings.HasSuffix(path, "_test.go") {
			return nil
		}
		source, err := fs.ReadFile(root, path)
		if err != nil {
			return err
		}
		folder := filepath.ToSlash(filepath.Dir(path))
		seen[floor(folder)] = true
		wrong, err := departures(folder, path, source)
		if err != nil {
			return err
		}
		for _, w := range wrong {
			t.Errorf("%s: %s", path, w)
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	for i, f := range floors {
		if !seen[i] && f.folder != "benchmarks" {
			t.Errorf("the table names %s, and there is no such code", f.folder)
		}
	}
}

// TestDepartures holds that the floors test sees what it is there to see.
func TestDepartures(t *testing.T) {
	for _, c := range []struct {
		folder, source string
		want           int
	}{
		{"mechanisms", `package x; import "math"`, 0},
		{"mechanisms", `package x; import "allot/objectives"`, 1},
		{"mechanisms", `package x; import "allot/mechanisms/distributions"`, 1},
		{"mechanisms/distributions", `package x; import "allot/mechanisms"`, 1},
		{"objectives", `package x; import "allot/mechanisms"`, 0},
		{"solver/certify", `package x; import "allot/solver/equilibrium"`, 1},
		{"solver/equilibrium", `package x; import "allot/solver/certify"`, 1},
		{"solver/search", `package x; import ("allot/constraints"; "allot/solver/search/optimize")`, 0},
		{"solver/search", `package x; import "allot/cmd/allot/internal/study"`, 1},
		{"solver/cartel", `package x; import "os"`, 1},
		{"constraints", `package x; import "github.com/goccy/go-yaml/ast"`, 1},
		{"constraints", "package x\nfunc f() { time.Now() }", 1},
		{"cmd/allot", `package x; import ("os"; "allot/solver/search"; "allot/mechanisms")`, 0},
		{"elsewhere", `package x`, 1},
	} {
		got, err := departures(c.folder, "x.go", []byte(c.source))
		if err != nil || len(got) != c.want {
			t.Errorf("%s: %s: departures %v, error %v, want %d", c.folder, c.source, got, err, c.want)
		}
	}
}
