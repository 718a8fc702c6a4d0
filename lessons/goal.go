package lessons

import (
	"errors"
	"fmt"
	"reflect"
	"regexp"
	"strconv"
	"strings"
	"time"

	"github.com/docker/go-units"
	"github.com/expr-lang/expr"
	"github.com/expr-lang/expr/ast"
	"github.com/expr-lang/expr/file"
	"github.com/expr-lang/expr/vm"
)

const (
	maxExpression = 1000    // characters
	maxNesting    = 3       // loops within loops: any(…, any(…))
	maxMemory     = 200_000 // list elements that one evaluation may make
)

// compileWhen compiles a goal's condition.
func compileWhen(source string) (*vm.Program, error) {
	return compile(source, expr.AsBool(), expr.WarnOnAny())
}

// compile checks an expression against the view and makes it ready to run. The
// errors say where in it something is wrong.
func compile(source string, more ...expr.Option) (program *vm.Program, err error) {
	if len(source) > maxExpression {
		return nil, fmt.Errorf("an expression may have at most %d characters, not %d", maxExpression, len(source))
	}
	// A parser for strangers' text must not take the game down with it.
	defer func() {
		if r := recover(); r != nil {
			program, err = nil, fmt.Errorf("the expression cannot be read: %v", r)
		}
	}()
	depth := &nesting{depth: map[ast.Node]int{}}
	options := []expr.Option{expr.Env(view{}), expr.Patch(depth), expr.DisableBuiltin("now")}
	options = append(options, more...)
	program, err = expr.Compile(source, options...)
	if err != nil {
		return nil, where(source, err)
	}
	if depth.max > maxNesting {
		return nil, fmt.Errorf("loops (any, all, filter, ...) nest %d deep; at most %d are allowed", depth.max, maxNesting)
	}
	if depth.reduces {
		return nil, errors.New("reduce is not available, because it can grow without bounds; use count, sum, filter or map")
	}
	return program, nil
}

// where says in one line what is wrong and after which part of the expression.
func where(source string, err error) error {
	var at *file.Error
	if !errors.As(err, &at) {
		return err
	}
	// The names of Go types mean nothing to an author.
	message := regexp.MustCompile(`type (\[\])?\*?(?:lessons\.found|lessons\.|sim\.)(\w+)`).ReplaceAllString(at.Message, "a $2")
	if r := []rune(source); at.Line <= 1 && at.Column > 0 && at.Column < len(r) {
		return fmt.Errorf("%s (at %q)", message, clip(string(r[at.Column:]), 30))
	}
	return errors.New(message)
}

func clip(s string, n int) string {
	if r := []rune(s); len(r) > n {
		return string(r[:n]) + "…"
	}
	return s
}

// nesting measures how deep loops lie in each other: each level multiplies the
// time that a hostile expression can take.
type nesting struct {
	depth   map[ast.Node]int
	max     int
	reduces bool
}

// Visit implements ast.Visitor; children come before their parents.
func (v *nesting) Visit(node *ast.Node) {
	if b, ok := (*node).(*ast.BuiltinNode); ok && b.Name == "reduce" {
		v.reduces = true
	}
	p, ok := (*node).(*ast.PredicateNode)
	if !ok || v.depth[p] > 0 {
		return
	}
	inner := &deepest{of: v.depth}
	ast.Walk(&p.Node, inner)
	v.depth[p] = inner.max + 1
	v.max = max(v.max, inner.max+1)
}

type deepest struct {
	of  map[ast.Node]int
	max int
}

// Visit implements ast.Visitor.
func (d *deepest) Visit(node *ast.Node) { d.max = max(d.max, d.of[*node]) }

// run evaluates a program; a failure is an error, never a panic.
func run(program *vm.Program, v *view) (out any, err error) {
	defer func() {
		if r := recover(); r != nil {
			err = fmt.Errorf("%v", r)
		}
	}()
	machine := vm.VM{MemoryBudget: maxMemory}
	out, err = machine.Run(program, v)
	if err != nil {
		var at *file.Error
		if errors.As(err, &at) {
			err = errors.New(at.Message)
		}
	}
	return out, err
}

// template is a text with {expressions} in it.
type template []piece

type piece struct {
	text    string
	program *vm.Program // nil for plain text
}

// compileFound takes a text apart at its braces. "{{" is a brace of the text, up
// to the "}}" that ends it, so that docker's own formats can be quoted.
func compileFound(source string) (template, error) {
	var t template
	rest := source
	for {
		i := strings.IndexByte(rest, '{')
		if i < 0 {
			return append(t, piece{text: rest}), nil
		}
		if strings.HasPrefix(rest[i:], "{{") {
			end := strings.Index(rest[i:], "}}")
			if end < 0 {
				return nil, errors.New("the {{ is never closed; write }} after it")
			}
			t = append(t, piece{text: rest[:i+end+2]})
			rest = rest[i+end+2:]
			continue
		}
		end := closing(rest[i:])
		if end < 0 {
			return nil, errors.New("the { is never closed; write } after the expression")
		}
		program, err := compile(rest[i+1:i+end], expr.AsAny())
		if err != nil {
			return nil, fmt.Errorf("in {%s}: %w", clip(rest[i+1:i+end], 30), err)
		}
		t = append(t, piece{text: rest[:i]}, piece{program: program})
		rest = rest[i+end+1:]
	}
}

// closing finds the brace that closes the one at the start of s; those in quoted
// strings do not count.
func closing(s string) int {
	depth, quote := 0, byte(0)
	for i := 0; i < len(s); i++ {
		c := s[i]
		switch {
		case quote != 0 && c == '\\':
			i++
		case quote != 0 && c == quote:
			quote = 0
		case quote != 0:
		case c == '"' || c == '\'' || c == '`':
			quote = c
		case c == '{':
			depth++
		case c == '}':
			if depth--; depth == 0 {
				return i
			}
		}
	}
	return -1
}

// say fills the text in. What cannot be worked out is left out as "?".
func (t template) say(v *view) (string, error) {
	var b strings.Builder
	var failed error
	for _, p := range t {
		if p.program == nil {
			b.WriteString(p.text)
			continue
		}
		out, err := run(p.program, v)
		if err != nil {
			failed = err
			b.WriteByte('?')
			continue
		}
		b.WriteString(readable(out))
	}
	return b.String(), failed
}

// readable is a value as a sentence holds it.
func readable(v any) string {
	switch v := v.(type) {
	case nil:
		return "nothing"
	case string:
		if v == "" {
			return "nothing"
		}
		return clip(strings.TrimRight(v, "\n"), 200)
	case bool:
		if v {
			return "yes"
		}
		return "no"
	case time.Duration:
		return v.Round(time.Second / 10).String()
	case float64:
		return strconv.FormatFloat(v, 'g', 6, 64)
	}
	if r := reflect.ValueOf(v); r.Kind() == reflect.Slice {
		return readableList(r)
	}
	return clip(fmt.Sprint(v), 200)
}

func readableList(list reflect.Value) string {
	if list.Len() == 0 {
		return "nothing"
	}
	var parts []string
	for i := range min(list.Len(), 10) {
		parts = append(parts, readable(list.Index(i).Interface()))
	}
	if list.Len() > len(parts) {
		parts = append(parts, "...")
	}
	return strings.Join(parts, ", ")
}

// readableSize is a number of bytes for people, as docker prints it.
func readableSize(bytes int64) string { return units.HumanSize(float64(bytes)) }
