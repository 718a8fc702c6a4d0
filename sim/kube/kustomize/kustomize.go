// Package kustomize builds the objects of a kustomization directory, as the
// kustomize inside kubectl v1.37 does (kustomize v5): resources and bases,
// generators, patches, and the transformers of names, labels and images.
package kustomize

import (
	"bytes"
	"errors"
	"fmt"
	"path"
	"strings"

	utilyaml "k8s.io/apimachinery/pkg/util/yaml"
	"sigs.k8s.io/yaml"
)

// Files is where kustomizations lie. Names are absolute paths.
type Files struct {
	Read func(name string) ([]byte, error)
	// Stat reports whether a path exists and whether it is a directory.
	Stat func(name string) (exists, dir bool)
}

// file is a kustomization.yaml.
type file struct {
	APIVersion            string            `json:"apiVersion,omitempty"`
	Kind                  string            `json:"kind,omitempty"`
	Metadata              map[string]any    `json:"metadata,omitempty"`
	Resources             []string          `json:"resources,omitempty"`
	Bases                 []string          `json:"bases,omitempty"`
	Components            []string          `json:"components,omitempty"`
	Namespace             string            `json:"namespace,omitempty"`
	NamePrefix            string            `json:"namePrefix,omitempty"`
	NameSuffix            string            `json:"nameSuffix,omitempty"`
	CommonLabels          map[string]string `json:"commonLabels,omitempty"`
	Labels                []labelSet        `json:"labels,omitempty"`
	CommonAnnotations     map[string]string `json:"commonAnnotations,omitempty"`
	Images                []imageChange     `json:"images,omitempty"`
	Replicas              []replicaChange   `json:"replicas,omitempty"`
	ConfigMapGenerator    []generator       `json:"configMapGenerator,omitempty"`
	SecretGenerator       []generator       `json:"secretGenerator,omitempty"`
	GeneratorOptions      *generatorOptions `json:"generatorOptions,omitempty"`
	Patches               []patch           `json:"patches,omitempty"`
	PatchesStrategicMerge []string          `json:"patchesStrategicMerge,omitempty"`
	PatchesJSON6902       []patch           `json:"patchesJson6902,omitempty"`
}

// build is one run: where the files are and what is to be said besides.
type build struct {
	files    Files
	warnings []string
}

// Build gives the YAML documents of a kustomization directory, in the order in which
// they are applied, and what kustomize warns of. shown is the directory as it was
// written, for messages.
func Build(files Files, dir, shown string) (yamlText []byte, warnings []string, err error) {
	b := &build{files: files}
	switch exists, isDir := files.Stat(dir); {
	case !exists:
		return nil, nil, fmt.Errorf("must build at directory: not a valid directory: evalsymlink failure on '%s' : lstat %s: no such file or directory", shown, dir)
	case !isDir:
		return nil, nil, fmt.Errorf("must build at directory: '%s': file is not directory", shown)
	}
	list, err := b.directory(dir, nil)
	if err != nil {
		return nil, b.warnings, err
	}
	if err := addHashes(list); err != nil {
		return nil, b.warnings, err
	}
	legacyOrder(list)
	var out bytes.Buffer
	for i, r := range list {
		if i > 0 {
			out.WriteString("---\n")
		}
		text, err := yaml.Marshal(r.doc)
		if err != nil {
			return nil, b.warnings, err
		}
		out.Write(text)
	}
	return out.Bytes(), b.warnings, nil
}

// directory builds one kustomization; above are the directories that include it.
func (b *build) directory(dir string, above []string) ([]*resource, error) {
	for _, d := range above {
		if d == dir {
			return nil, fmt.Errorf("cycle detected: candidate root '%s' contains visited root '%s'", dir, d)
		}
	}
	k, err := b.read(dir)
	if err != nil {
		return nil, err
	}
	if len(k.Components) > 0 {
		return nil, errors.New("kubectl: 'components' is part of kustomize, but this simulator does not have it")
	}
	var list []*resource
	for _, name := range append(k.Resources, k.Bases...) {
		found, err := b.accumulate(dir, name, append(above, dir))
		if err != nil {
			return nil, fmt.Errorf("accumulating resources: %w", err)
		}
		for _, r := range found {
			if find(list, r.id()) != nil {
				return nil, fmt.Errorf("accumulating resources: may not add resource with an already registered id: %s", r.id())
			}
			list = append(list, r)
		}
	}
	if list, err = b.generate(k, dir, list); err != nil {
		return nil, err
	}
	if list, err = b.patch(k, dir, list); err != nil {
		return nil, err
	}
	k.transform(list)
	return list, nil
}

// read reads the kustomization file of a directory.
func (b *build) read(dir string) (*file, error) {
	for _, name := range []string{"kustomization.yaml", "kustomization.yml", "Kustomization"} {
		if exists, isDir := b.files.Stat(path.Join(dir, name)); !exists || isDir {
			continue
		}
		text, err := b.files.Read(path.Join(dir, name))
		if err != nil {
			return nil, err
		}
		if len(bytes.TrimSpace(text)) == 0 {
			return nil, errors.New(name + " is empty")
		}
		k := &file{}
		if err := yaml.UnmarshalStrict(text, k); err != nil {
			return nil, fmt.Errorf("invalid Kustomization: %s", strings.TrimPrefix(strings.TrimPrefix(err.Error(), "error unmarshaling JSON: "), "while decoding JSON: "))
		}
		b.deprecated(k)
		return k, nil
	}
	return nil, fmt.Errorf("unable to find one of 'kustomization.yaml', 'kustomization.yml' or 'Kustomization' in directory '%s'", dir)
}

// deprecated warns of fields that have another name now.
func (b *build) deprecated(k *file) {
	warn := func(is bool, old, now string) {
		if is {
			b.warnings = append(b.warnings, fmt.Sprintf("# Warning: '%s' is deprecated. Please use '%s' instead. Run 'kustomize edit fix' to update your Kustomization automatically.", old, now))
		}
	}
	warn(len(k.Bases) > 0, "bases", "resources")
	warn(len(k.CommonLabels) > 0, "commonLabels", "labels")
	warn(len(k.PatchesJSON6902) > 0, "patchesJson6902", "patches")
	warn(len(k.PatchesStrategicMerge) > 0, "patchesStrategicMerge", "patches")
}

// accumulate reads a file of resources, or builds a directory.
func (b *build) accumulate(dir, name string, above []string) ([]*resource, error) {
	full := path.Join(dir, name)
	exists, isDir := b.files.Stat(full)
	switch {
	case strings.Contains(name, "://") || strings.HasPrefix(name, "github.com/"):
		return nil, fmt.Errorf("accumulation err='accumulating resources from '%s': the network is unreachable'", name)
	case !exists:
		lost := fmt.Sprintf("evalsymlink failure on '%s' : lstat %s: no such file or directory", full, full)
		return nil, fmt.Errorf("accumulation err='accumulating resources from '%s': %s': must build at directory: not a valid directory: %s", name, lost, lost)
	case isDir:
		list, err := b.directory(full, above)
		if err != nil {
			return nil, fmt.Errorf("accumulation err='accumulating resources from '%s': '%s' must resolve to a file': recursed accumulation of path '%s': %w", name, full, full, err)
		}
		return list, nil
	}
	text, err := b.files.Read(full)
	if err != nil {
		return nil, err
	}
	docs, err := documents(text)
	if err != nil {
		return nil, fmt.Errorf("accumulation err='accumulating resources from '%s': %w': must build at directory: '%s': file is not directory", name, err, full)
	}
	var list []*resource
	for _, doc := range docs {
		r, err := newResource(doc)
		if err != nil {
			return nil, fmt.Errorf("accumulation err='accumulating resources from '%s': %w': must build at directory: '%s': file is not directory", name, err, full)
		}
		list = append(list, r)
	}
	return list, nil
}

// documents are the objects of a YAML text; those of a List stand for themselves.
func documents(text []byte) ([]map[string]any, error) {
	var list []map[string]any
	for reader := utilyaml.NewYAMLReader(newReader(text)); ; {
		one, err := reader.Read()
		if err != nil {
			return list, nil //nolint:nilerr // the end of the text
		}
		var doc map[string]any
		if err := yaml.Unmarshal(one, &doc); err != nil {
			return nil, fmt.Errorf("MalformedYAMLError: %w", err)
		}
		if doc == nil {
			continue
		}
		items, isList := doc["items"].([]any)
		if kind, _ := doc["kind"].(string); !isList || !strings.HasSuffix(kind, "List") {
			list = append(list, doc)
			continue
		}
		for _, i := range items {
			if item, ok := i.(map[string]any); ok {
				list = append(list, item)
			}
		}
	}
}
