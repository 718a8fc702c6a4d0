package kubectl

import (
	"cmp"
	"encoding/json"
	"fmt"
	"slices"
	"strconv"
	"strings"

	"k8s.io/client-go/util/jsonpath"
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
		return s.customColumns(found, p.columns, o.noHeaders)
	}
	if single && len(found) == 0 {
		return nil
	}
	value, err := document(found, single)
	if err != nil {
		return err
	}
	return s.printValue(value, p)
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
		keys, err := values(value, "{."+strings.TrimPrefix(strings.TrimSuffix(strings.TrimPrefix(path, "{"), "}"), ".")+"}")
		if err != nil {
			return err
		}
		if list[i] = (keyed{t, strings.Join(keys, ",")}); list[i].key == "<nil>" {
			list[i].key = "" // what has no value comes first
		}
	}
	slices.SortStableFunc(list, func(a, b keyed) int {
		x, err := strconv.ParseFloat(a.key, 64)
		y, other := strconv.ParseFloat(b.key, 64)
		if err == nil && other == nil {
			return cmp.Compare(x, y)
		}
		return cmp.Compare(a.key, b.key)
	})
	for i, k := range list {
		found[i] = k.target
	}
	return nil
}
