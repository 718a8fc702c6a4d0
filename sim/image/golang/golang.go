// Package golang is Go as a container builds and runs it: the go command over
// the simulated files, and the programs that come out of it. Programs are read
// with Go's own parser and run by a small interpreter; what it does not know is
// said when the program is built, never guessed.
//
// It knows package main with functions, variables, if, for, switch-free control
// flow, strings, numbers and slices, and of the standard library what small
// programs use: fmt, os, log, time, strings, strconv and an HTTP server.
package golang

import (
	"encoding/json"
	"fmt"
	"go/ast"
	"go/parser"
	"go/scanner"
	"go/token"
	"maps"
	"slices"

	"drydock/sim/machine"
)

// BinaryProgram is the program name that executables made by go build carry.
const BinaryProgram = "go-binary"

// binarySize is what a static binary with an HTTP server in it weighs, in bytes.
const binarySize = 7_400_000

// binary is what an executable holds: the source that it was built from.
type binary struct {
	Files map[string]string
}

// Program is a program that was built.
type Program struct {
	main  *function
	funcs map[string]*function
	vars  []stmt // package variables, in order
}

// Binary runs executables that go build has made.
func Binary(p *machine.Process) int {
	node, err := p.FS.Stat(p.Path)
	if err != nil {
		return 127
	}
	var b binary
	if json.Unmarshal(node.Data, &b) != nil {
		p.Errorf("%s: this file is no program that the simulator's go has built\n", p.Path)
		return 126
	}
	prog, errs := Compile(b.Files)
	if len(errs) > 0 {
		p.Errorf("%s\n", errs[0])
		return 2
	}
	return prog.Run(p)
}

// Compile checks and prepares a program from its source files by name. The
// errors are go build's, a line each: "./main.go:5:2: ...".
func Compile(files map[string]string) (*Program, []string) {
	c := &compiler{fset: token.NewFileSet(), prog: &Program{funcs: map[string]*function{}}}
	var parsed []*ast.File
	for _, name := range slices.Sorted(maps.Keys(files)) {
		f, err := parser.ParseFile(c.fset, name, files[name], parser.SkipObjectResolution)
		if err != nil {
			return nil, syntaxErrors(err)
		}
		parsed = append(parsed, f)
	}
	for _, f := range parsed {
		c.declare(f)
	}
	for _, f := range parsed {
		c.file(f)
	}
	c.prog.main = c.prog.funcs["main"]
	if c.prog.main == nil && len(c.errs) == 0 {
		c.errs = append(c.errs, "runtime.main_main·f: function main is undeclared in the main package")
	}
	return c.prog, c.errs
}

// syntaxErrors words a parser's errors as go build does.
func syntaxErrors(err error) []string {
	list, ok := err.(scanner.ErrorList)
	if !ok {
		return []string{err.Error()}
	}
	var out []string
	for _, e := range list[:min(len(list), 10)] {
		out = append(out, fmt.Sprintf("./%s:%d:%d: syntax error: %s", e.Pos.Filename, e.Pos.Line, e.Pos.Column, e.Msg))
	}
	return out
}
