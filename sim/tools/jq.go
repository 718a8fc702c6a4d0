package tools

import (
	"errors"
	"fmt"
	"strings"

	"drydock/sim/machine"
)

// jq is a part of jq's language: paths, pipes, construction, selection and the
// functions of everyday use.
func jq(t *tool) int {
	o, ok := t.parse("r/raw-output c/compact-output S/sort-keys n/null-input e/exit-status s/slurp j/join-output a M C /tab /indent: /arg: R", jqArgs(t.Args[1:]))
	if !ok {
		return 2
	}
	if len(o.args) == 0 {
		t.Errorf("Usage:\tjq [OPTIONS] FILTER [FILES...]\n")
		return 2
	}
	filter, err := parseJQ(o.args[0])
	if err != nil {
		t.failf("error: %s\njq: 1 compile error", err)
		return 3
	}
	j := &jqRun{tool: t, vars: jqVariables(t.Args[1:])}
	status, bad := 0, false
	var inputs []any
	if o.has("n") {
		inputs = []any{nil}
	} else {
		status = t.inputs(o.args[1:], "error: Could not open %s: %s", "error: Could not open %s: %s", func(_ string, in *machine.Input) {
			list, err := jsonValues(in)
			inputs = append(inputs, list...)
			if err != nil && !bad {
				bad = true
				defer t.Errorf("jq: parse error: %s\n", strings.TrimPrefix(err.Error(), "json: "))
			}
		})
	}
	if o.has("s") {
		inputs = []any{inputs}
	}
	last := any(nil)
	for _, in := range inputs {
		list, err := j.eval(filter, in)
		for _, v := range list {
			j.show(v, o)
			last = v
		}
		if err != nil {
			t.failf("error (at <stdin>:0): %s", err)
			status = 5
		}
	}
	switch {
	case bad || status == 1:
		return 2
	case status == 0 && o.has("e") && (last == nil || last == false):
		return 1
	}
	return status
}

// jqArgs leaves out --arg NAME VALUE, which jqVariables reads.
func jqArgs(args []string) []string {
	var out []string
	for i := 0; i < len(args); i++ {
		if (args[i] == "--arg" || args[i] == "--argjson") && i+2 < len(args) {
			i += 2
			continue
		}
		out = append(out, args[i])
	}
	return out
}

func jqVariables(args []string) map[string]any {
	vars := map[string]any{}
	for i := 0; i+2 < len(args); i++ {
		switch args[i] {
		case "--arg":
			vars[args[i+1]] = args[i+2]
		case "--argjson":
			if list, err := jsonValues(strings.NewReader(args[i+2])); err == nil && len(list) == 1 {
				vars[args[i+1]] = list[0]
			}
		}
	}
	return vars
}

func (j *jqRun) show(v any, o *options) {
	indent := "  "
	if o.has("c") {
		indent = ""
	}
	if o.has("tab") {
		indent = "\t"
	}
	text, isText := v.(string)
	if !isText || !o.has("r") && !o.has("j") {
		text = encodeJSON(v, indent, o.has("S"))
	}
	if !o.has("j") {
		text += "\n"
	}
	j.write(text)
}

// jqRun evaluates filters.
type jqRun struct {
	*tool
	vars  map[string]any
	steps int
	depth int
}

// errJQLimit ends a filter that goes on for ever.
const errJQLimit jqError = "the filter runs too long for this simulator"

// jqError is an error of a filter, which `try` and `?` catch.
type jqError string

func (e jqError) Error() string { return string(e) }

func (j *jqRun) eval(n *jqNode, in any) ([]any, error) {
	if j.steps++; j.steps > 1_000_000 {
		return nil, errJQLimit
	}
	if j.depth++; j.depth > 2000 {
		j.depth--
		return nil, errJQLimit
	}
	defer func() { j.depth-- }()
	switch n.op {
	case ".":
		return []any{in}, nil
	case "value":
		return []any{n.value}, nil
	case "$":
		v, ok := j.vars[n.text]
		if !ok {
			return nil, jqError("$" + n.text + " is not defined")
		}
		return []any{v}, nil
	case "|":
		return j.each(n.kids[0], in, func(v any) ([]any, error) { return j.eval(n.kids[1], v) })
	case ",":
		a, err := j.eval(n.kids[0], in)
		if err != nil {
			return a, err
		}
		b, err := j.eval(n.kids[1], in)
		return append(a, b...), err
	case "?":
		list, err := j.eval(n.kids[0], in)
		if errors.Is(err, errJQLimit) {
			return nil, err
		}
		return list, nil
	case "[]":
		return j.each(n.kids[0], in, iterate)
	case "index":
		return j.pairs(n, in, index)
	case "slice":
		return j.slice(n, in)
	case "array":
		if len(n.kids) == 0 {
			return []any{[]any{}}, nil
		}
		list, err := j.eval(n.kids[0], in)
		return []any{append([]any{}, list...)}, err
	case "object":
		return j.object(n, in)
	case "text":
		return j.interpolate(n, in)
	}
	return j.operate(n, in)
}

// each feeds every output of a filter to fn and collects what comes out.
func (j *jqRun) each(n *jqNode, in any, fn func(any) ([]any, error)) ([]any, error) {
	list, err := j.eval(n, in)
	var out []any
	for _, v := range list {
		more, err := fn(v)
		out = append(out, more...)
		if err != nil {
			return out, err
		}
	}
	return out, err
}

// pairs combines every output of two filters.
func (j *jqRun) pairs(n *jqNode, in any, fn func(a, b any) (any, error)) ([]any, error) {
	return j.each(n.kids[1], in, func(b any) ([]any, error) {
		return j.each(n.kids[0], in, func(a any) ([]any, error) {
			v, err := fn(a, b)
			if err != nil {
				return nil, err
			}
			return []any{v}, nil
		})
	})
}

func iterate(v any) ([]any, error) {
	switch v := v.(type) {
	case []any:
		return v, nil
	case *jsonObject:
		var out []any
		for _, k := range v.keys {
			out = append(out, v.vals[k])
		}
		return out, nil
	}
	return nil, jqError(fmt.Sprintf("Cannot iterate over %s%s", jsonType(v), shown(v)))
}

// shown is how jq quotes a value in an error.
func shown(v any) string {
	if v == nil {
		return ""
	}
	return " (" + encodeJSON(v, "", false) + ")"
}

func index(v, key any) (any, error) {
	switch v := v.(type) {
	case nil:
		return nil, nil
	case *jsonObject:
		if k, ok := key.(string); ok {
			return v.vals[k], nil
		}
	case []any:
		if k, ok := key.(float64); ok {
			i := int(k)
			if i < 0 {
				i += len(v)
			}
			if i < 0 || i >= len(v) {
				return nil, nil
			}
			return v[i], nil
		}
	}
	if k, ok := key.(string); ok {
		return nil, jqError(fmt.Sprintf("Cannot index %s with \"%s\"", jsonType(v), k))
	}
	return nil, jqError(fmt.Sprintf("Cannot index %s with %s", jsonType(v), jsonType(key)))
}

func (j *jqRun) slice(n *jqNode, in any) ([]any, error) {
	bound := func(k *jqNode) (any, error) {
		if k == nil {
			return nil, nil
		}
		list, err := j.eval(k, in)
		if err != nil || len(list) == 0 {
			return nil, err
		}
		return list[0], nil
	}
	from, err1 := bound(n.kids[1])
	to, err2 := bound(n.kids[2])
	if err := errors.Join(err1, err2); err != nil {
		return nil, err
	}
	return j.each(n.kids[0], in, func(v any) ([]any, error) {
		cut := func(size int) (int, int) {
			at := func(b any, otherwise int) int {
				f, ok := b.(float64)
				if !ok {
					return otherwise
				}
				if f < 0 {
					f += float64(size)
				}
				return min(max(int(f), 0), size)
			}
			a, z := at(from, 0), at(to, size)
			return a, max(a, z)
		}
		switch v := v.(type) {
		case nil:
			return []any{nil}, nil
		case []any:
			a, z := cut(len(v))
			return []any{v[a:z]}, nil
		case string:
			r := []rune(v)
			a, z := cut(len(r))
			return []any{string(r[a:z])}, nil
		}
		return nil, jqError("Cannot index " + jsonType(v) + " with object")
	})
}

// object builds {...}: every combination of the outputs of its values.
func (j *jqRun) object(n *jqNode, in any) ([]any, error) {
	list := []*jsonObject{newObject()}
	for i := 0; i+1 < len(n.kids); i += 2 {
		keys, err := j.eval(n.kids[i], in)
		if err != nil {
			return nil, err
		}
		vals, err := j.eval(n.kids[i+1], in)
		if err != nil {
			return nil, err
		}
		var next []*jsonObject
		for _, o := range list {
			for _, k := range keys {
				name, ok := k.(string)
				if !ok {
					return nil, jqError("Object keys must be strings")
				}
				for _, v := range vals {
					c := newObject()
					for _, old := range o.keys {
						c.set(old, o.vals[old])
					}
					c.set(name, v)
					next = append(next, c)
				}
			}
		}
		list = next
	}
	out := make([]any, len(list))
	for i, o := range list {
		out[i] = o
	}
	return out, nil
}

func (j *jqRun) interpolate(n *jqNode, in any) ([]any, error) {
	texts := []any{""}
	for _, k := range n.kids {
		list, err := j.eval(k, in)
		if err != nil {
			return nil, err
		}
		var next []any
		for _, t := range texts {
			for _, v := range list {
				s, ok := v.(string)
				if !ok {
					s = encodeJSON(v, "", false)
				}
				next = append(next, t.(string)+s)
			}
		}
		texts = next
	}
	return texts, nil
}
