package main

import (
	"fmt"
	"go/ast"
	"go/parser"
	"go/token"
	"io/fs"
	"os/exec"
	"path"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"testing"
)

// The limits of a room: beyond them a file or function has more than one purpose.
const (
	maxFileLines     = 450
	maxFunctionLines = 70
	maxTestLines     = 60
)

// floors are the packages from the bottom up. A package imports only those of
// floors below it, and of its own.
func floors() []string {
	return []string{
		"sim/clock", "sim/vfs", "sim/machine", "sim/image", "sim/docker", "sim/podman", "sim/compose", "sim/swarm", "sim/kube",
		"sim/tools", "sim/shell", "sim", "sim/replay", "lessons", "tui", ".",
	}
}

// source is a parsed file of the project.
type source struct {
	path    string // "sim/clock/clock.go"
	file    *ast.File
	fset    *token.FileSet
	imports []string
}

func (s source) dir() string           { return path.Dir(s.path) }
func (s source) test() bool            { return strings.HasSuffix(s.path, "_test.go") }
func (s source) line(p token.Pos) int  { return s.fset.Position(p).Line }
func (s source) at(p token.Pos) string { return fmt.Sprintf("%s:%d", s.path, s.line(p)) }
func (s source) length(n ast.Node) int { return s.line(n.End()) - s.line(n.Pos()) + 1 }
func (s source) under(dirs ...string) bool {
	return slices.ContainsFunc(dirs, func(d string) bool { return s.dir() == d || strings.HasPrefix(s.path, d+"/") })
}

// sources parses every Go file of the project.
func sources(t *testing.T) []source {
	t.Helper()
	var all []source
	err := filepath.WalkDir(".", func(p string, d fs.DirEntry, err error) error {
		switch {
		case err != nil:
			return err
		case d.IsDir() && p != "." && (strings.HasPrefix(d.Name(), ".") || d.Name() == "testdata"):
			return filepath.SkipDir
		case d.IsDir() || !strings.HasSuffix(p, ".go"):
			return nil
		}
		s := source{path: filepath.ToSlash(p), fset: token.NewFileSet()}
		if s.file, err = parser.ParseFile(s.fset, p, nil, parser.ParseComments|parser.SkipObjectResolution); err != nil {
			return err
		}
		for _, i := range s.file.Imports {
			name, _ := strconv.Unquote(i.Path.Value)
			s.imports = append(s.imports, name)
		}
		all = append(all, s)
		return nil
	})
	if err != nil || len(all) == 0 {
		t.Fatalf("no sources: %v", err)
	}
	return all
}

func TestImportsGoOneWay(t *testing.T) {
	order := floors()
	for _, s := range sources(t) {
		if s.test() {
			continue
		}
		own := floorOf(order, s.dir())
		if own < 0 {
			t.Errorf("%s: the package %s is on no floor; give it a place in floors()", s.path, s.dir())
		}
		for _, name := range s.imports {
			rest, inside := strings.CutPrefix(name, "drydock/")
			if inside && floorOf(order, rest) > own {
				t.Errorf("%s imports %s, which is above it", s.path, name)
			}
		}
	}
}

// floorOf is the place of a directory: its own, or that of the nearest one above.
func floorOf(order []string, dir string) int {
	for d := dir; d != "." && d != "/"; d = path.Dir(d) {
		if i := slices.Index(order, d); i >= 0 {
			return i
		}
		if path.Dir(d) == "sim" {
			return -1
		}
	}
	if dir == "." || strings.HasPrefix(dir, "internal/") {
		return len(order) - 1
	}
	return -1
}

// TestTheModelKnowsNoScreen asks the go command, which also follows other modules.
func TestTheModelKnowsNoScreen(t *testing.T) {
	for _, tree := range []string{"./sim/...", "./lessons/..."} {
		out, err := exec.Command("go", "list", "-deps", tree).Output()
		if err != nil {
			t.Fatalf("go list -deps %s: %v", tree, err)
		}
		for dep := range strings.Lines(string(out)) {
			if strings.HasPrefix(dep, "charm.land/") {
				t.Errorf("%s depends on %s", tree, strings.TrimSpace(dep))
			}
		}
	}
}

func TestRoomsAreSmall(t *testing.T) {
	for _, s := range sources(t) {
		if n := s.line(s.file.FileEnd); n > maxFileLines && !s.test() {
			t.Errorf("%s has %d lines, more than %d", s.path, n, maxFileLines)
		}
		for _, d := range s.file.Decls {
			f, ok := d.(*ast.FuncDecl)
			if !ok {
				continue
			}
			limit := maxFunctionLines
			if s.test() && strings.HasPrefix(f.Name.Name, "Test") {
				limit = maxTestLines
			}
			if n := s.length(f); n > limit {
				t.Errorf("%s: %s has %d lines, more than %d", s.at(f.Pos()), f.Name.Name, n, limit)
			}
		}
	}
}

func TestPackagesAreNamedForWhatTheyDo(t *testing.T) {
	for _, s := range sources(t) {
		if slices.Contains([]string{"util", "utils", "common", "helper", "helpers", "types", "manager", "misc"}, s.file.Name.Name) {
			t.Errorf("%s: a package named %s says nothing", s.path, s.file.Name.Name)
		}
	}
}

func TestPackagesHoldNoState(t *testing.T) {
	for _, s := range sources(t) {
		if s.test() {
			continue
		}
		for _, d := range s.file.Decls {
			switch d := d.(type) {
			case *ast.FuncDecl:
				if d.Name.Name == "init" && d.Recv == nil {
					t.Errorf("%s: no init functions", s.at(d.Pos()))
				}
			case *ast.GenDecl:
				for _, spec := range d.Specs {
					if v, ok := spec.(*ast.ValueSpec); ok && d.Tok == token.VAR && !constant(d, v) {
						t.Errorf("%s: the package variable %s; make it a function or a field", s.at(v.Pos()), v.Names[0])
					}
				}
			}
		}
	}
}

// constant reports a variable that nobody changes: an error value (by its name),
// an embedded file, an interface check.
func constant(d *ast.GenDecl, v *ast.ValueSpec) bool {
	if d.Doc != nil && slices.ContainsFunc(d.Doc.List, func(c *ast.Comment) bool { return strings.HasPrefix(c.Text, "//go:embed ") }) {
		return true
	}
	called := strings.ToLower(v.Names[0].Name)
	return called == "_" || strings.HasPrefix(called, "err") || strings.HasPrefix(called, "skip")
}

// name is an expression such as time.Now as it is written.
func name(e ast.Expr) string {
	sel, ok := e.(*ast.SelectorExpr)
	if !ok {
		return ""
	}
	if x, ok := sel.X.(*ast.Ident); ok {
		return x.Name + "." + sel.Sel.Name
	}
	return ""
}

// hasImport reports that the x of x.Name is a package in this file, not a variable.
func (s source) hasImport(selector string) bool {
	x, _, _ := strings.Cut(selector, ".")
	return slices.ContainsFunc(s.imports, func(i string) bool {
		return path.Base(strings.TrimSuffix(i, "/v2")) == x
	})
}

// TestTheSimulatorIsDeterministic finds what would make two replays differ: the
// real clock, the real machine, goroutines, chance that the seed does not rule.
func TestTheSimulatorIsDeterministic(t *testing.T) {
	packages := []string{"os", "os/exec", "sync", "sync/atomic", "math/rand", "crypto/rand", "unsafe"}
	calls := []string{
		"time.Now", "time.Since", "time.Until", "time.Sleep", "time.After", "time.AfterFunc", "time.NewTimer", "time.NewTicker", "time.Tick",
		"net.Dial", "net.Listen", "net.LookupHost", "http.Get", "http.Post", "http.ListenAndServe",
		"rand.Int", "rand.IntN", "rand.N", "rand.Float64", "rand.Perm", "rand.Shuffle", "rand.Uint64", "rand.Uint32", "rand.Int64N",
	}
	for _, s := range sources(t) {
		if s.test() || !s.under("sim") {
			continue
		}
		for _, i := range s.imports {
			if slices.Contains(packages, i) {
				t.Errorf("%s imports %s", s.path, i)
			}
		}
		ast.Inspect(s.file, func(n ast.Node) bool {
			switch n := n.(type) {
			case *ast.GoStmt:
				t.Errorf("%s: a goroutine", s.at(n.Pos()))
			case *ast.SelectorExpr:
				if slices.Contains(calls, name(n)) && s.hasImport(name(n)) {
					t.Errorf("%s: %s", s.at(n.Pos()), name(n))
				}
			}
			return true
		})
	}
}

// TestOnlyMainLooksOutside keeps arguments, environment and standard streams at
// the door, so that everything else can be tested without a process.
func TestOnlyMainLooksOutside(t *testing.T) {
	outside := []string{"os.Args", "os.Getenv", "os.LookupEnv", "os.Environ", "os.Stdin", "os.Stdout", "os.Stderr", "os.Exit"}
	for _, s := range sources(t) {
		if s.test() || s.dir() == "." || s.under("internal") {
			continue
		}
		ast.Inspect(s.file, func(n ast.Node) bool {
			if sel, ok := n.(*ast.SelectorExpr); ok && slices.Contains(outside, name(sel)) {
				t.Errorf("%s: %s belongs in main", s.at(n.Pos()), name(sel))
			}
			return true
		})
	}
}
