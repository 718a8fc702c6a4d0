package kustomize

import (
	"encoding/json"
	"errors"
	"fmt"
	"path"
	"regexp"
	"slices"
	"strings"

	jsonpatch "gopkg.in/evanphx/json-patch.v4"
	appsv1 "k8s.io/api/apps/v1"
	autoscalingv2 "k8s.io/api/autoscaling/v2"
	batchv1 "k8s.io/api/batch/v1"
	corev1 "k8s.io/api/core/v1"
	networkingv1 "k8s.io/api/networking/v1"
	policyv1 "k8s.io/api/policy/v1"
	rbacv1 "k8s.io/api/rbac/v1"
	"k8s.io/apimachinery/pkg/labels"
	"k8s.io/apimachinery/pkg/runtime"
	"k8s.io/apimachinery/pkg/runtime/schema"
	"k8s.io/apimachinery/pkg/util/strategicpatch"
	"sigs.k8s.io/yaml"
)

// patch is an entry of patches.
type patch struct {
	Path    string         `json:"path,omitempty"`
	Patch   string         `json:"patch,omitempty"`
	Target  *patchTarget   `json:"target,omitempty"`
	Options map[string]any `json:"options,omitempty"`
}

// patchTarget chooses objects; its texts are regular expressions of the whole value.
type patchTarget struct {
	Group              string `json:"group,omitempty"`
	Version            string `json:"version,omitempty"`
	Kind               string `json:"kind,omitempty"`
	Name               string `json:"name,omitempty"`
	Namespace          string `json:"namespace,omitempty"`
	LabelSelector      string `json:"labelSelector,omitempty"`
	AnnotationSelector string `json:"annotationSelector,omitempty"`
}

// patch applies the patches of a kustomization.
func (b *build) patch(k *file, dir string, list []*resource) ([]*resource, error) {
	all := slices.Clone(k.Patches)
	for _, p := range k.PatchesStrategicMerge {
		if strings.Contains(p, "\n") {
			all = append(all, patch{Patch: p})
		} else {
			all = append(all, patch{Path: p})
		}
	}
	for _, p := range append(all, k.PatchesJSON6902...) {
		text := []byte(p.Patch)
		if p.Path != "" {
			var err error
			if text, err = b.files.Read(path.Join(dir, p.Path)); err != nil {
				return nil, fmt.Errorf("failed to get the patch file from path(%s): evalsymlink failure on '%s' : lstat %s: no such file or directory", p.Path, path.Join(dir, p.Path), path.Join(dir, p.Path))
			}
		}
		var err error
		if list, err = p.apply(text, list); err != nil {
			return nil, err
		}
	}
	return list, nil
}

// apply changes the objects that a patch is for. JSON patches are lists, strategic
// ones objects.
func (p patch) apply(text []byte, list []*resource) ([]*resource, error) {
	var operations []any
	if yaml.Unmarshal(text, &operations) == nil && operations != nil {
		if p.Target == nil {
			return nil, fmt.Errorf("must specify a target for JSON patch [path: %q, patch: %q]", p.Path, p.Patch)
		}
		return list, p.operations(operations, list)
	}
	docs, err := documents(text)
	if err != nil || len(docs) == 0 {
		return nil, fmt.Errorf("unable to parse SM or JSON patch from [path: %q, patch: %q]", p.Path, p.Patch)
	}
	for _, doc := range docs {
		var chosen func(*resource) bool
		if p.Target != nil {
			if chosen, err = p.Target.matcher(); err != nil {
				return nil, err
			}
		} else {
			like, err := newResource(doc)
			if err != nil {
				return nil, err
			}
			chosen = func(r *resource) bool { return r.kind() == like.kind() && r.called(like.name()) }
			if !slices.ContainsFunc(list, chosen) {
				return nil, fmt.Errorf("no resource matches strategic merge patch %q: no matches for Id %s; failed to find unique target for patch %s", like.id(), like.id(), like.id())
			}
		}
		if list, err = strategic(doc, list, chosen); err != nil {
			return nil, err
		}
	}
	return list, nil
}

// strategic merges a patch into objects; `$patch: delete` removes them.
func strategic(doc map[string]any, list []*resource, chosen func(*resource) bool) ([]*resource, error) {
	known := scheme()
	var kept []*resource
	for _, r := range list {
		if !chosen(r) {
			kept = append(kept, r)
			continue
		}
		if doc["$patch"] == "delete" {
			continue
		}
		var shape any = &corev1.ConfigMap{}
		if obj, err := known.New(schema.FromAPIVersionAndKind(r.text("apiVersion"), r.kind())); err == nil {
			shape = obj
		}
		name, kind, version := r.name(), r.doc["kind"], r.doc["apiVersion"]
		changed, err := strategicpatch.StrategicMergeMapPatch(r.doc, runtime.DeepCopyJSON(plain(doc)), shape)
		if err != nil {
			return nil, err
		}
		r.doc = changed
		r.doc["kind"], r.doc["apiVersion"] = kind, version
		r.meta()["name"] = name
		kept = append(kept, r)
	}
	return kept, nil
}

// plain is a document with the number types of JSON.
func plain(doc map[string]any) map[string]any {
	data, err := json.Marshal(doc)
	if err != nil {
		return doc
	}
	var m map[string]any
	if json.Unmarshal(data, &m) != nil {
		return doc
	}
	return m
}

// scheme knows the Go types whose lists merge by a key.
func scheme() *runtime.Scheme {
	s := runtime.NewScheme()
	for _, add := range []func(*runtime.Scheme) error{corev1.AddToScheme, appsv1.AddToScheme, batchv1.AddToScheme, networkingv1.AddToScheme, policyv1.AddToScheme, rbacv1.AddToScheme, autoscalingv2.AddToScheme} {
		_ = add(s) // fails only for a type that is added twice
	}
	return s
}

// operations applies a JSON patch.
func (p patch) operations(list []any, to []*resource) error {
	chosen, err := p.Target.matcher()
	if err != nil {
		return err
	}
	data, err := json.Marshal(list)
	if err != nil {
		return err
	}
	operations, err := jsonpatch.DecodePatch(data)
	if err != nil {
		return err
	}
	for _, r := range to {
		if !chosen(r) {
			continue
		}
		old, err := json.Marshal(r.doc)
		if err != nil {
			return err
		}
		changed, err := operations.Apply(old)
		if err != nil {
			return errors.New(strings.ReplaceAll(err.Error(), "jsonpatch ", ""))
		}
		var doc map[string]any
		if err := json.Unmarshal(changed, &doc); err != nil {
			return err
		}
		r.doc = doc
	}
	return nil
}

// matcher says which objects a target chooses.
func (t *patchTarget) matcher() (func(*resource) bool, error) {
	var texts []*regexp.Regexp
	for _, pattern := range []string{t.Group, t.Version, t.Kind, t.Namespace, t.Name} {
		if pattern == "" {
			pattern = ".*"
		}
		re, err := regexp.Compile("^(?:" + pattern + ")$")
		if err != nil {
			return nil, err
		}
		texts = append(texts, re)
	}
	byLabels, err := labels.Parse(t.LabelSelector)
	if err != nil {
		return nil, err
	}
	byAnnotations, err := labels.Parse(t.AnnotationSelector)
	if err != nil {
		return nil, err
	}
	return func(r *resource) bool {
		group, version := r.groupVersion()
		for i, value := range []string{group, version, r.kind(), r.namespace()} {
			if !texts[i].MatchString(value) {
				return false
			}
		}
		return (texts[4].MatchString(r.name()) || slices.ContainsFunc(r.names, texts[4].MatchString)) &&
			byLabels.Matches(pairs(r, "labels")) && byAnnotations.Matches(pairs(r, "annotations"))
	}, nil
}

func pairs(r *resource, key string) labels.Set {
	set := labels.Set{}
	meta, _ := r.doc["metadata"].(map[string]any)
	m, _ := meta[key].(map[string]any)
	for k, v := range m {
		set[k] = fmt.Sprint(v)
	}
	return set
}
