package tools

import (
	"fmt"
	"strings"
)

// key is an array's subscript.
func (r *awkRun) key(kids []*awkNode) (string, error) {
	var words []string
	for _, k := range kids {
		v, err := r.eval(k)
		if err != nil {
			return "", err
		}
		words = append(words, v.text())
	}
	return strings.Join(words, "\x1c"), nil
}

// maxAwkArray bounds an array.
const maxAwkArray = 1 << 18

func (r *awkRun) store(n *awkNode, v awkValue) error {
	switch n.op {
	case "field":
		at, err := r.eval(n.kids[0])
		if err != nil {
			return err
		}
		return r.setField(int(at.number()), v)
	case "index":
		key, err := r.key(n.kids)
		if err != nil {
			return err
		}
		if r.arrays[n.text] == nil {
			r.arrays[n.text] = map[string]awkValue{}
		}
		if _, ok := r.arrays[n.text][key]; !ok {
			if len(r.arrays[n.text]) >= maxAwkArray {
				return fmt.Errorf("array too large")
			}
			r.keys[n.text] = append(r.keys[n.text], key)
		}
		r.arrays[n.text][key] = v
		return nil
	case "group":
		return r.store(n.kids[len(n.kids)-1], v)
	}
	if n.text == "NF" {
		count := min(max(int(v.number()), 0), 10000)
		for len(r.fields) < count {
			r.fields = append(r.fields, "")
		}
		r.fields = r.fields[:count]
		r.line = strings.Join(r.fields, r.vars["OFS"].text())
		return nil
	}
	r.vars[n.text] = v
	return nil
}
