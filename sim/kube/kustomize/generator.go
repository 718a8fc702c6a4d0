package kustomize

import (
	"encoding/json"
	"fmt"
	"maps"
	"path"

	"drydock/sim/kube/generate"
	"drydock/sim/kube/store"
)

// generator is an entry of configMapGenerator or secretGenerator.
type generator struct {
	Name      string            `json:"name,omitempty"`
	Namespace string            `json:"namespace,omitempty"`
	Type      string            `json:"type,omitempty"`
	Behavior  string            `json:"behavior,omitempty"`
	Literals  []string          `json:"literals,omitempty"`
	Files     []string          `json:"files,omitempty"`
	Envs      []string          `json:"envs,omitempty"`
	Env       string            `json:"env,omitempty"`
	Options   *generatorOptions `json:"options,omitempty"`
}

// generatorOptions say what generated objects have besides their contents.
type generatorOptions struct {
	Labels                map[string]string `json:"labels,omitempty"`
	Annotations           map[string]string `json:"annotations,omitempty"`
	DisableNameSuffixHash bool              `json:"disableNameSuffixHash,omitempty"`
	Immutable             bool              `json:"immutable,omitempty"`
}

// generate adds the ConfigMaps and Secrets of a kustomization to its objects.
func (b *build) generate(k *file, dir string, list []*resource) ([]*resource, error) {
	for i, g := range append(k.ConfigMapGenerator, k.SecretGenerator...) {
		kind := "ConfigMap"
		if i >= len(k.ConfigMapGenerator) {
			kind = "Secret"
		}
		r, err := b.generated(g, kind, dir)
		if err != nil {
			return nil, fmt.Errorf("loading KV pairs: %w", err)
		}
		r.options(k.GeneratorOptions)
		r.options(g.Options)
		if list, err = merge(list, r, g.Behavior); err != nil {
			return nil, err
		}
	}
	return list, nil
}

func (b *build) generated(g generator, kind, dir string) (*resource, error) {
	files := generate.Files{
		Read: func(name string) ([]byte, error) { return b.files.Read(path.Join(dir, name)) },
		List: func(string) ([]string, bool) { return nil, false },
	}
	envs := g.Envs
	if g.Env != "" {
		envs = append(envs, g.Env)
	}
	data := map[string]any{}
	for _, s := range []generate.Sources{{Literals: g.Literals, Files: g.Files}, {EnvFiles: envs}} {
		var obj store.Object
		var err error
		if kind == "Secret" {
			obj, err = generate.Secret(g.Name, g.Type, s, files)
		} else {
			obj, err = generate.ConfigMap(g.Name, s, files)
		}
		if err != nil {
			return nil, err
		}
		text, err := json.Marshal(obj)
		if err != nil {
			return nil, err
		}
		var part map[string]any
		if err := json.Unmarshal(text, &part); err != nil {
			return nil, err
		}
		combine(data, part)
	}
	doc := map[string]any{"apiVersion": "v1", "kind": kind, "metadata": map[string]any{"name": g.Name}}
	if g.Namespace != "" {
		within(doc, "metadata")["namespace"] = g.Namespace
	}
	if kind == "Secret" {
		doc["type"] = "Opaque"
		if g.Type != "" {
			doc["type"] = g.Type
		}
	}
	combine(doc, data)
	r, err := newResource(doc)
	if err != nil {
		return nil, err
	}
	r.hash = true
	return r, nil
}

// combine adds the contents of one ConfigMap or Secret to another's.
func combine(into, from map[string]any) {
	for _, key := range []string{"data", "binaryData"} {
		if m, ok := from[key].(map[string]any); ok {
			maps.Copy(within(into, key), m)
		}
	}
}

func (r *resource) options(o *generatorOptions) {
	if o == nil {
		return
	}
	if len(o.Labels) > 0 {
		put(r, "metadata/labels", o.Labels, true)
	}
	if len(o.Annotations) > 0 {
		put(r, "metadata/annotations", o.Annotations, true)
	}
	if o.Immutable {
		r.doc["immutable"] = true
	}
	r.hash = r.hash && !o.DisableNameSuffixHash
}

// merge adds a generated object, or changes the one of a base that it is to change.
func merge(list []*resource, r *resource, behavior string) ([]*resource, error) {
	var there *resource
	for _, old := range list {
		if old.kind() == r.kind() && old.called(r.name()) {
			there = old
		}
	}
	switch {
	case (behavior == "merge" || behavior == "replace") && there == nil:
		return nil, fmt.Errorf("merging from generator %v: id resource.ResId %s does not exist; cannot %s", r.name(), r.id(), behavior)
	case behavior == "merge":
		combine(there.doc, r.doc)
	case behavior == "replace":
		there.doc["data"] = r.doc["data"]
	case there != nil:
		return nil, fmt.Errorf("merging from generator %v: id %s exists; behavior must be merge or replace", r.name(), r.id())
	default:
		list = append(list, r)
	}
	return list, nil
}
