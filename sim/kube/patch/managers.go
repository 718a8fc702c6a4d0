package patch

import (
	"encoding/json"
	"errors"
	"fmt"
	"maps"
	"reflect"
	"slices"
	"strings"

	apierrors "k8s.io/apimachinery/pkg/api/errors"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/util/strategicpatch"
	"sigs.k8s.io/structured-merge-diff/v6/fieldpath"
	"sigs.k8s.io/structured-merge-diff/v6/value"

	"drydock/sim/kube/store"
)

// Manager is who writes an object, as metadata.managedFields names it.
type Manager struct {
	Name        string // "kubectl-edit"
	Subresource string // "scale", or ""
}

// leaves are the fields of a document that have values of their own, by their path.
type leaves struct {
	set    *fieldpath.Set
	values map[string]any
}

// read finds the fields of an object in JSON. What only names it belongs to nobody.
func read(data []byte, into store.Object) (leaves, error) {
	l := leaves{fieldpath.NewSet(), map[string]any{}}
	var doc map[string]any
	if err := json.Unmarshal(data, &doc); err != nil {
		return l, err
	}
	delete(doc, "apiVersion")
	delete(doc, "kind")
	delete(doc, "status")
	if meta, ok := doc["metadata"].(map[string]any); ok {
		maps.DeleteFunc(meta, func(k string, _ any) bool {
			return !slices.Contains([]string{"labels", "annotations", "finalizers", "ownerReferences"}, k)
		})
		if notes, ok := meta["annotations"].(map[string]any); ok {
			delete(notes, LastApplied)
		}
	}
	meta, err := strategicpatch.NewPatchMetaFromStruct(into)
	if err != nil {
		return l, err
	}
	l.fields(doc, meta, nil)
	return l, nil
}

// normalize gives the values of a manifest as the API server writes them, such as 500m
// for 0.5.
func (l leaves) normalize(manifest []byte, into store.Object) {
	typed, ok := into.DeepCopyObject().(store.Object)
	if !ok || json.Unmarshal(manifest, typed) != nil {
		return
	}
	data, err := json.Marshal(typed)
	if err != nil {
		return
	}
	normal, err := read(data, into)
	if err != nil {
		return
	}
	for path, v := range normal.values {
		if _, found := l.values[path]; found {
			l.values[path] = v
		}
	}
}

func (l leaves) leaf(path fieldpath.Path, v any) {
	l.set.Insert(path.Copy())
	l.values[path.String()] = v
}

func (l leaves) fields(doc map[string]any, meta strategicpatch.LookupPatchMeta, path fieldpath.Path) {
	for _, name := range slices.Sorted(maps.Keys(doc)) {
		at := append(path.Copy(), fieldpath.PathElement{FieldName: &name})
		switch v := doc[name].(type) {
		case map[string]any:
			if len(v) == 0 {
				l.leaf(at, v)
			}
			l.fields(v, structMeta(meta, name), at)
		case []any:
			l.list(name, v, meta, at)
		case nil:
		default:
			l.leaf(at, v)
		}
	}
}

// list are the fields of a list: each element's where the list has a key, else the
// list as a whole.
func (l leaves) list(name string, v []any, meta strategicpatch.LookupPatchMeta, at fieldpath.Path) {
	sub, key := listMeta(meta, name)
	for _, e := range v {
		element, ok := e.(map[string]any)
		if key == "" || !ok || element[key] == nil {
			l.leaf(at, v)
			return
		}
	}
	for _, e := range v {
		element, _ := e.(map[string]any)
		l.fields(element, sub, append(at.Copy(), elementOf(name, key, element)))
	}
}

// owned is what an entry of managedFields says.
func owned(e metav1.ManagedFieldsEntry) *fieldpath.Set {
	set := fieldpath.NewSet()
	if e.FieldsV1 != nil {
		_ = set.FromJSON(e.FieldsV1.GetRawReader()) // our own text
	}
	return set
}

// entries is managedFields while it is changed.
type entries []metav1.ManagedFieldsEntry

func (list entries) without(set *fieldpath.Set, except int) entries {
	for i := range list {
		if i != except {
			list[i].FieldsV1 = raw(owned(list[i]).Difference(set))
		}
	}
	return list
}

func raw(set *fieldpath.Set) *metav1.FieldsV1 {
	data, err := set.ToJSON()
	if err != nil {
		return nil
	}
	return metav1.NewFieldsV1(string(data))
}

// put finds the entry of a manager, or makes it.
func (list entries) put(by Manager, how metav1.ManagedFieldsOperationType, version string) (entries, int) {
	for i, e := range list {
		if e.Manager == by.Name && e.Subresource == by.Subresource && e.Operation == how {
			return list, i
		}
	}
	return append(list, metav1.ManagedFieldsEntry{Manager: by.Name, Subresource: by.Subresource, Operation: how, APIVersion: version, FieldsType: "FieldsV1"}), len(list)
}

// Updated writes down in an object that a manager has changed it. Both texts are the
// object in JSON; before is nil for one that is made.
func Updated(obj, into store.Object, was []metav1.ManagedFieldsEntry, before, after []byte, by Manager, version string) {
	now, err := read(after, into)
	if err != nil {
		return
	}
	had := leaves{fieldpath.NewSet(), nil}
	if before != nil {
		if had, err = read(before, into); err != nil {
			return
		}
	}
	changed := those(now.set, func(p string) bool {
		old, found := had.values[p]
		return !found || !reflect.DeepEqual(old, now.values[p])
	})
	list := entries(slices.Clone(was)).without(had.set.Difference(now.set).Union(changed), -1)
	list, i := list.put(by, metav1.ManagedFieldsOperationUpdate, version)
	list[i].FieldsV1 = raw(owned(list[i]).Union(changed))
	obj.SetManagedFields(used(list))
}

// used are the entries that own something.
func used(list entries) []metav1.ManagedFieldsEntry {
	return slices.DeleteFunc(list, func(e metav1.ManagedFieldsEntry) bool { return owned(e).Empty() })
}

// ServerSide applies a manifest as the API server does (v1.37): what the manager
// applied before and does not any more goes, unless somebody else has it too; what
// others manage and the manifest wants otherwise is a conflict, or is taken from them
// by force. live and manifest are in JSON.
func ServerSide(obj, into store.Object, live, manifest []byte, by Manager, version string, force bool) (store.Object, error) {
	want, err := read(manifest, into)
	if err != nil {
		return nil, err
	}
	want.normalize(manifest, into)
	there, err := read(live, into)
	if err != nil {
		return nil, err
	}
	list, mine := entries(slices.Clone(obj.GetManagedFields())).put(by, metav1.ManagedFieldsOperationApply, version)
	changed := those(want.set, func(p string) bool {
		old, found := there.values[p]
		return found && !reflect.DeepEqual(old, want.values[p])
	})
	if err := list.conflicts(changed, mine); err != nil && !force {
		return nil, err
	}
	others := fieldpath.NewSet()
	list = list.without(changed, mine)
	for i, e := range list {
		if i != mine {
			others = others.Union(owned(e))
		}
	}
	gone := owned(list[mine]).Difference(want.set).Difference(others)
	result, err := merged(obj, into, live, manifest, gone)
	if err != nil {
		return nil, err
	}
	list[mine].FieldsV1 = raw(want.set)
	result.SetManagedFields(used(list))
	return result, nil
}

// Migrated gives what one manager's updates own to another, who applies.
func Migrated(list []metav1.ManagedFieldsEntry, from string, to Manager) []metav1.ManagedFieldsEntry {
	var kept entries
	moved := fieldpath.NewSet()
	version := ""
	for _, e := range list {
		if e.Manager == from && e.Operation == metav1.ManagedFieldsOperationUpdate {
			moved, version = moved.Union(owned(e)), e.APIVersion
			continue
		}
		kept = append(kept, e)
	}
	if moved.Empty() {
		return list
	}
	kept, i := kept.put(to, metav1.ManagedFieldsOperationApply, version)
	kept[i].FieldsV1 = raw(owned(kept[i]).Union(moved))
	return kept
}

// conflicts are the fields that others manage, as an error.
func (list entries) conflicts(changed *fieldpath.Set, mine int) error {
	var causes []metav1.StatusCause
	var text []string
	first := ""
	for i, e := range list {
		paths := owned(e).Intersection(changed)
		if i == mine || paths.Empty() {
			continue
		}
		name := fmt.Sprintf("%q", e.Manager)
		if e.Subresource != "" {
			name += fmt.Sprintf(" with subresource %q", e.Subresource)
		}
		if e.Operation == metav1.ManagedFieldsOperationUpdate {
			name += " using " + e.APIVersion
		}
		lines := []string{"conflicts with " + name + ":"}
		paths.Iterate(func(p fieldpath.Path) {
			first = "conflict with " + name + ": " + p.String()
			lines = append(lines, "- "+p.String())
			causes = append(causes, metav1.StatusCause{Type: metav1.CauseTypeFieldManagerConflict, Message: "conflict with " + name, Field: p.String()})
		})
		text = append(text, strings.Join(lines, "\n"))
	}
	switch len(causes) {
	case 0:
		return nil
	case 1:
		return apierrors.NewApplyConflict(causes, "Apply failed with 1 conflict: "+first)
	}
	slices.Sort(text)
	return apierrors.NewApplyConflict(causes, fmt.Sprintf("Apply failed with %d conflicts: %s", len(causes), strings.Join(text, "\n")))
}

// merged is the object with the manifest in it and without the fields that are gone.
func merged(obj, into store.Object, live, manifest []byte, gone *fieldpath.Set) (store.Object, error) {
	var doc map[string]any
	if err := json.Unmarshal(live, &doc); err != nil {
		return nil, err
	}
	meta, err := strategicpatch.NewPatchMetaFromStruct(into)
	if err != nil {
		return nil, err
	}
	last, err := json.Marshal(only(doc, meta, nil, gone))
	if err != nil {
		return nil, err
	}
	p, err := ThreeWay(last, manifest, live, into)
	if err != nil {
		return nil, err
	}
	if Empty(p) {
		c, ok := obj.DeepCopyObject().(store.Object)
		if !ok {
			return nil, errors.New("the object cannot be copied")
		}
		return c, nil
	}
	return Apply(obj, into, Strategic, p)
}

// only is what a document has of the fields.
func only(doc map[string]any, meta strategicpatch.LookupPatchMeta, path fieldpath.Path, set *fieldpath.Set) map[string]any {
	out := map[string]any{}
	for name, v := range doc { // each by itself, so the order does not matter
		at := append(path.Copy(), fieldpath.PathElement{FieldName: &name})
		switch child := v.(type) {
		case map[string]any:
			if kept := only(child, structMeta(meta, name), at, set); len(kept) > 0 {
				out[name] = kept
			}
		case []any:
			if kept := onlyElements(name, child, meta, at, set); len(kept) > 0 {
				out[name] = kept
			}
		}
		if set.Has(at) {
			out[name] = v
		}
	}
	return out
}

func onlyElements(name string, list []any, meta strategicpatch.LookupPatchMeta, at fieldpath.Path, set *fieldpath.Set) []any {
	sub, key := listMeta(meta, name)
	var out []any
	for _, e := range list {
		element, ok := e.(map[string]any)
		if key == "" || !ok || element[key] == nil {
			return nil
		}
		if kept := only(element, sub, append(at.Copy(), elementOf(name, key, element)), set); len(kept) > 0 {
			kept[key] = element[key]
			out = append(out, kept)
		}
	}
	return out
}

// structMeta knows the lists below a field; nil for a plain map.
func structMeta(meta strategicpatch.LookupPatchMeta, name string) strategicpatch.LookupPatchMeta {
	if meta == nil {
		return nil
	}
	sub, _, err := meta.LookupPatchMetadataForStruct(name)
	if err != nil {
		return nil
	}
	return sub
}

// listMeta is the key of a list's elements, or "".
func listMeta(meta strategicpatch.LookupPatchMeta, name string) (strategicpatch.LookupPatchMeta, string) {
	if meta == nil {
		return nil, ""
	}
	sub, how, err := meta.LookupPatchMetadataForSlice(name)
	if err != nil {
		return nil, ""
	}
	return sub, how.GetPatchMergeKey()
}

// elementOf is an element of a list by its key; ports have two.
func elementOf(name, key string, element map[string]any) fieldpath.PathElement {
	fields := value.FieldList{{Name: key, Value: value.NewValueInterface(element[key])}}
	if name == "ports" {
		protocol, _ := element["protocol"].(string)
		if protocol == "" {
			protocol = "TCP"
		}
		fields = append(fields, value.Field{Name: "protocol", Value: value.NewValueInterface(protocol)})
	}
	return fieldpath.PathElement{Key: &fields}
}

// those are the paths of a set that a condition holds for.
func those(set *fieldpath.Set, holds func(path string) bool) *fieldpath.Set {
	out := fieldpath.NewSet()
	set.Iterate(func(p fieldpath.Path) {
		if holds(p.String()) {
			out.Insert(p.Copy())
		}
	})
	return out
}
