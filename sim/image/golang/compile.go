package golang

import (
	"fmt"
	"go/ast"
	"go/token"
	"path"
	"slices"
	"strconv"
)

// An expr computes a value, a stmt does something and says how control goes on.
type (
	expr func(*frame) any
	stmt func(*frame) control
)

// control is how a statement ended.
type control int

const (
	next control = iota
	breaks
	continues
	returns
)

// function is a function of the program or a literal.
type function struct {
	params []string
	body   []stmt
	scope  *scope // what a literal sees; nil for the package's own
}

type compiler struct {
	fset    *token.FileSet
	prog    *Program
	errs    []string
	imports map[string]*imported // by the name in this file
}

type imported struct {
	path string
	used bool
	pos  token.Pos
}

// maxErrors is where go build stops listing.
const maxErrors = 10

func (c *compiler) fail(pos token.Pos, format string, args ...any) {
	if len(c.errs) > maxErrors {
		return
	}
	at := c.fset.Position(pos)
	c.errs = append(c.errs, fmt.Sprintf("./%s:%d:%d: %s", at.Filename, at.Line, at.Column, fmt.Sprintf(format, args...)))
}

// beyond reports something that is Go, but not the simulator's.
func (c *compiler) beyond(n ast.Node, what string) {
	c.fail(n.Pos(), "%s is Go, but this simulator's go cannot build it", what)
}

// declare makes the functions of a file known before any body is compiled.
func (c *compiler) declare(f *ast.File) {
	if f.Name.Name != "main" {
		c.fail(f.Name.Pos(), "package %s is not a main package", f.Name.Name)
	}
	for _, d := range f.Decls {
		if fn, ok := d.(*ast.FuncDecl); ok && fn.Recv == nil {
			c.prog.funcs[fn.Name.Name] = &function{}
		}
	}
}

func (c *compiler) file(f *ast.File) {
	c.imports = map[string]*imported{}
	var order []string
	for _, spec := range f.Imports {
		name := c.importSpec(spec)
		order = append(order, name)
	}
	for _, d := range f.Decls {
		switch d := d.(type) {
		case *ast.FuncDecl:
			c.funcDecl(d)
		case *ast.GenDecl:
			c.genDecl(d)
		}
	}
	for _, name := range order {
		if im := c.imports[name]; im != nil && !im.used && name != "_" {
			c.fail(im.pos, "%q imported and not used", im.path)
		}
	}
}

func (c *compiler) importSpec(spec *ast.ImportSpec) string {
	full, _ := strconv.Unquote(spec.Path.Value)
	name := path.Base(full)
	if spec.Name != nil {
		name = spec.Name.Name
	}
	if !slices.Contains(packages(), full) {
		if len(full) > 0 && !slices.Contains([]byte(full), '.') {
			c.fail(spec.Pos(), "package %s is Go's, but this simulator's go does not have it", full)
		} else {
			c.fail(spec.Pos(), "no required module provides package %s: this simulator's go has only a part of the standard library", full)
		}
	}
	c.imports[name] = &imported{path: full, pos: spec.Pos()}
	return name
}

func (c *compiler) genDecl(d *ast.GenDecl) {
	for _, spec := range d.Specs {
		v, ok := spec.(*ast.ValueSpec)
		if !ok {
			if d.Tok != token.IMPORT {
				c.beyond(spec, "a type declaration")
			}
			continue
		}
		c.prog.vars = append(c.prog.vars, c.define(v))
	}
}

func (c *compiler) funcDecl(d *ast.FuncDecl) {
	if d.Recv != nil {
		c.beyond(d, "a method")
		return
	}
	fn := c.prog.funcs[d.Name.Name]
	fn.params = params(d.Type)
	if d.Body != nil {
		fn.body = c.block(d.Body.List)
	}
}

func params(t *ast.FuncType) []string {
	var names []string
	for _, field := range t.Params.List {
		for _, name := range field.Names {
			names = append(names, name.Name)
		}
		if len(field.Names) == 0 {
			names = append(names, "_")
		}
	}
	return names
}

func (c *compiler) block(list []ast.Stmt) []stmt {
	out := make([]stmt, 0, len(list))
	for _, s := range list {
		out = append(out, c.stmt(s))
	}
	return out
}

// define is var or const with a value or a type.
func (c *compiler) define(v *ast.ValueSpec) stmt {
	var values []expr
	for _, e := range v.Values {
		values = append(values, c.expr(e))
	}
	zero := zeroOf(v.Type)
	names := v.Names
	return func(f *frame) control {
		for i, name := range names {
			value := zero
			if i < len(values) {
				value = values[i](f)
			}
			f.set(name.Name, value)
		}
		return next
	}
}

// zeroOf is the zero value of a type that the interpreter knows.
func zeroOf(t ast.Expr) any {
	if id, ok := t.(*ast.Ident); ok {
		switch id.Name {
		case "string":
			return ""
		case "bool":
			return false
		case "float64":
			return 0.0
		case "int", "int64", "int32":
			return 0
		}
	}
	return nil
}
