package describe

import (
	"reflect"
	"strings"
	"unicode"

	"k8s.io/apimachinery/pkg/runtime"

	"drydock/sim/kube/store"
)

// generic describes a kind that kubectl has no describer for: its fields as a tree.
func (p *page) generic(obj store.Object) {
	p.field(0, "Name", obj.GetName())
	p.field(0, "Namespace", obj.GetNamespace())
	p.labels("Labels", obj.GetLabels())
	p.annotations("Annotations", obj.GetAnnotations())
	fields, err := runtime.DefaultUnstructuredConverter.ToUnstructured(obj)
	if err != nil {
		return // what cannot be converted has no fields to show
	}
	if meta, ok := fields["metadata"].(map[string]any); ok {
		for _, k := range []string{"name", "namespace", "labels", "annotations", "managedFields"} {
			delete(meta, k)
		}
	}
	for _, c := range p.server.Collections() {
		if k := c.Type(); reflect.TypeOf(c.New()) == reflect.TypeOf(obj) {
			fields["apiVersion"], fields["kind"] = k.GroupVersion.String(), k.Kind
		}
	}
	p.tree(0, fields)
	p.eventTable()
}

func (p *page) tree(level int, fields map[string]any) {
	for _, k := range names(fields) {
		switch v := fields[k].(type) {
		case nil:
		case map[string]any:
			p.line(level, "%s:", spaced(k))
			p.tree(level+1, v)
		case []any:
			p.line(level, "%s:", spaced(k))
			for _, item := range v {
				if m, ok := item.(map[string]any); ok {
					p.tree(level+1, m)
					continue
				}
				p.line(level+1, "%v", item)
			}
		default:
			p.field(level, spaced(k), v)
		}
	}
}

// spaced turns a field's name into words: "apiVersion" is "API Version".
func spaced(name string) string {
	if strings.HasPrefix(name, "api") && len(name) > 3 {
		name = "API" + name[3:]
	}
	var b strings.Builder
	rs := []rune(name)
	for i, r := range rs {
		if i > 0 && unicode.IsUpper(r) && (unicode.IsLower(rs[i-1]) || i+1 < len(rs) && unicode.IsLower(rs[i+1])) {
			b.WriteByte(' ')
		}
		if i == 0 {
			r = unicode.ToUpper(r)
		}
		b.WriteRune(r)
	}
	return b.String()
}
