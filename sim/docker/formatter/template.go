package formatter

import (
	"bytes"
	"encoding/json"
	"fmt"
	"reflect"
	"strings"
	"text/template"
	"unicode"
	"unicode/utf8"
)

// Parse reads a template with docker's functions: json, split, join, title,
// lower, upper, pad, truncate, println and those of Go.
func Parse(text string) (*template.Template, error) {
	return template.New("").Funcs(funcs()).Parse(text)
}

func funcs() template.FuncMap {
	return template.FuncMap{
		"json":     toJSON,
		"split":    strings.Split,
		"join":     join,
		"title":    title,
		"lower":    strings.ToLower,
		"upper":    strings.ToUpper,
		"pad":      pad,
		"truncate": truncate,
	}
}

// headerFuncs leave a column's title as it is, whatever is done to its values.
func headerFuncs() template.FuncMap {
	same := func(s string) string { return s }
	return template.FuncMap{
		"json":     same,
		"split":    func(v, _ string) string { return v },
		"join":     func(v, _ string) string { return v },
		"title":    same,
		"lower":    same,
		"upper":    same,
		"pad":      pad,
		"truncate": func(v string, _ int) string { return v },
	}
}

func toJSON(v any) (string, error) {
	if _, ok := v.(rower); ok {
		v = Fields(v)
	}
	var buf bytes.Buffer
	enc := json.NewEncoder(&buf)
	enc.SetEscapeHTML(false)
	if err := enc.Encode(v); err != nil {
		return "", err
	}
	return strings.TrimSpace(buf.String()), nil
}

// Fields are the fields of a row by name: what its exported methods without
// arguments return.
func Fields(row any) map[string]any {
	fields := map[string]any{}
	v := reflect.ValueOf(row)
	for i := range v.NumMethod() {
		m := v.Method(i)
		if m.Type().NumIn() == 0 && m.Type().NumOut() == 1 {
			fields[v.Type().Method(i).Name] = m.Call(nil)[0].Interface()
		}
	}
	return fields
}

func join(v any, sep string) (string, error) {
	switch list := v.(type) {
	case []string:
		return strings.Join(list, sep), nil
	case []any:
		words := make([]string, len(list))
		for i, item := range list {
			words[i] = fmt.Sprint(item)
		}
		return strings.Join(words, sep), nil
	case nil:
		return "", nil
	}
	return "", fmt.Errorf("wrong type for value; expected []string; got %T", v)
}

func title(s string) string {
	first, size := utf8.DecodeRuneInString(s)
	if size == 0 {
		return ""
	}
	return string(unicode.ToUpper(first)) + s[size:]
}

// maxPad keeps a template from asking for more blanks than anyone can read.
const maxPad = 1000

func pad(s string, before, after int) string {
	if s == "" {
		return s
	}
	blanks := func(n int) string { return strings.Repeat(" ", min(max(n, 0), maxPad)) }
	return blanks(before) + s + blanks(after)
}

func truncate(s string, n int) string {
	if n < 0 || utf8.RuneCountInString(s) <= n {
		return s
	}
	return string([]rune(s)[:n])
}

// Ellipsis shortens a text to n characters, the last of which says so: "sleep 10…".
func Ellipsis(s string, n int) string {
	if n <= 0 || utf8.RuneCountInString(s) <= n {
		return s
	}
	if n == 1 {
		return string([]rune(s)[:1])
	}
	return string([]rune(s)[:n-1]) + "…"
}
