package kubectl

import (
	"cmp"
	"encoding/json"
	"fmt"
	"slices"
	"strings"
	"text/template"

	"k8s.io/client-go/util/jsonpath"
	"sigs.k8s.io/yaml"
)

// print prints objects in the format that was asked for.
func (s *session) print(found []target, single bool, o *getOptions, p printing) error {
	switch p.format {
	case "", "wide":
		s.tables(found, o)
		return nil
	case "name":
		for _, t := range found {
			s.p.Printf("%s\n", t)
		}
		return nil
	case "custom-columns":
		return s.customColumns(found, p.template, o.noHeaders)
	}
	if single && len(found) == 0 {
		return nil
	}
	value, err := document(found, single)
	if err != nil {
		return err
	}
	switch p.format {
	case "json":
		text, err := json.MarshalIndent(value, "", "    ")
		s.p.Printf("%s\n", text)
		return err
	case "yaml":
		text, err := yaml.Marshal(value)
		s.p.Printf("%s", text)
		return err
	case "jsonpath":
		return s.jsonPath(value, p.template)
	}
	return s.goTemplate(value, p.template)
}

// document is one object, or a List of them, as maps.
func document(found []target, single bool) (any, error) {
	items := []any{}
	for _, t := range found {
		item, err := t.generic()
		if err != nil {
			return nil, err
		}
		items = append(items, item)
	}
	if single && len(items) == 1 {
		return items[0], nil
	}
	return map[string]any{"apiVersion": "v1", "items": items, "kind": "List", "metadata": map[string]any{"resourceVersion": ""}}, nil
}

// generic is the object as JSON has it.
func (t target) generic() (any, error) {
	data, err := encode(t, t.object)
	if err != nil {
		return nil, err
	}
	var value any
	return value, json.Unmarshal(data, &value)
}

func (s *session) jsonPath(value any, text string) error {
	j := jsonpath.New("out").AllowMissingKeys(true)
	if err := j.Parse(text); err != nil {
		return fmt.Errorf("error parsing jsonpath %s, %w", text, err)
	}
	var b strings.Builder
	if err := j.Execute(&b, value); err != nil {
		s.p.Printf("%s", b.String())
		return fmt.Errorf("error executing jsonpath %q: Error executing template: %w. Printing more information for debugging the template:\n\ttemplate was:\n\t\t%s\n\tobject given to jsonpath engine was:\n\t\t%#v\n\n", text, err, text, value)
	}
	s.p.Printf("%s", b.String())
	return nil
}

func (s *session) goTemplate(value any, text string) error {
	t, err := template.New("output").Parse(text)
	if err != nil {
		return fmt.Errorf("error parsing template %s, %w", text, err)
	}
	return t.Execute(s.p.Stdout, value)
}

// relaxed is a path as people write it, with or without braces and the first dot.
func relaxed(path string) string {
	path = strings.TrimSuffix(strings.TrimPrefix(path, "{"), "}")
	return "{." + strings.TrimPrefix(path, ".") + "}"
}

func (s *session) customColumns(found []target, spec string, noHeaders bool) error {
	var head, paths []string
	for _, c := range strings.Split(spec, ",") {
		name, path, _ := strings.Cut(c, ":")
		head, paths = append(head, name), append(paths, relaxed(path))
	}
	g := grid{}
	if !noHeaders {
		g.rows = append(g.rows, head)
	}
	for _, t := range found {
		value, err := t.generic()
		if err != nil {
			return err
		}
		var row []string
		for _, path := range paths {
			list, err := values(value, path)
			if err != nil {
				return err
			}
			row = append(row, cmp.Or(strings.Join(list, ","), "<none>"))
		}
		g.rows = append(g.rows, row)
	}
	s.p.Printf("%s", g.text())
	return nil
}

// values are what a path finds in an object.
func values(value any, path string) ([]string, error) {
	j := jsonpath.New("field").AllowMissingKeys(true)
	if err := j.Parse(path); err != nil {
		return nil, err
	}
	results, err := j.FindResults(value)
	if err != nil {
		return nil, err
	}
	var list []string
	for _, r := range results {
		for _, v := range r {
			list = append(list, fmt.Sprint(v.Interface()))
		}
	}
	return list, nil
}

// order sorts objects by a field; numbers by their size, times and names as text.
func (s *session) order(found []target, path string) error {
	if path == "" {
		return nil
	}
	type keyed struct {
		target
		key string
	}
	list := make([]keyed, len(found))
	for i, t := range found {
		value, err := t.generic()
		if err != nil {
			return err
		}
		keys, err := values(value, relaxed(path))
		if err != nil {
			return err
		}
		list[i] = keyed{t, strings.Join(keys, ",")}
	}
	slices.SortStableFunc(list, func(a, b keyed) int {
		var x, y float64
		if _, err := fmt.Sscan(a.key+" "+b.key, &x, &y); err == nil {
			return cmp.Or(cmp.Compare(x, y), cmp.Compare(a.key, b.key))
		}
		return cmp.Compare(a.key, b.key)
	})
	for i, k := range list {
		found[i] = k.target
	}
	return nil
}
