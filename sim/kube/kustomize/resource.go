package kustomize

import (
	"bufio"
	"bytes"
	"cmp"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"strings"
)

func newReader(text []byte) *bufio.Reader { return bufio.NewReader(bytes.NewReader(text)) }

// resource is one object on its way through the kustomizations.
type resource struct {
	doc map[string]any
	// names that it had before, the first as it was written: others refer to them.
	names []string
	hash  bool // its name is to end with a hash of its contents
}

func newResource(doc map[string]any) (*resource, error) {
	r := &resource{doc: doc}
	switch {
	case r.kind() == "":
		return nil, errors.New("missing metadata.name in object or kind")
	case r.name() == "":
		return nil, fmt.Errorf("missing metadata.name in object %v", doc)
	}
	r.names = []string{r.name()}
	return r, nil
}

func (r *resource) text(key string) string {
	s, _ := r.doc[key].(string)
	return s
}

func (r *resource) kind() string { return r.text("kind") }

// groupVersion splits the apiVersion.
func (r *resource) groupVersion() (group, version string) {
	group, version, found := strings.Cut(r.text("apiVersion"), "/")
	if !found {
		return "", group
	}
	return group, version
}

// meta is the metadata, made where there is none.
func (r *resource) meta() map[string]any { return within(r.doc, "metadata") }

// within is a map inside a map, made where there is none.
func within(m map[string]any, key string) map[string]any {
	inner, ok := m[key].(map[string]any)
	if !ok {
		inner = map[string]any{}
		m[key] = inner
	}
	return inner
}

func (r *resource) name() string {
	meta, _ := r.doc["metadata"].(map[string]any)
	name, _ := meta["name"].(string)
	return name
}

func (r *resource) namespace() string {
	meta, _ := r.doc["metadata"].(map[string]any)
	ns, _ := meta["namespace"].(string)
	return ns
}

// rename gives another name and keeps the old one for those that refer to it.
func (r *resource) rename(name string) {
	if name != r.name() {
		r.names = append(r.names, r.name())
		r.meta()["name"] = name
	}
}

func (r *resource) called(name string) bool {
	return r.name() == name || slices.Contains(r.names, name)
}

// id is how kustomize's messages name an object: "Deployment.v1.apps/web.[noNs]".
func (r *resource) id() string {
	group, version := r.groupVersion()
	return fmt.Sprintf("%s.%s.%s/%s.%s", r.kind(), version, cmp.Or(group, "[noGrp]"), r.name(), cmp.Or(r.namespace(), "[noNs]"))
}

func find(list []*resource, id string) *resource {
	for _, r := range list {
		if r.id() == id {
			return r
		}
	}
	return nil
}

// addHashes ends the names of generated objects with a hash of what is in them, so
// that pods that use them roll when it changes.
func addHashes(list []*resource) error {
	for _, r := range list {
		if !r.hash {
			continue
		}
		sum, err := hashOf(r)
		if err != nil {
			return err
		}
		r.rename(r.name() + "-" + sum)
	}
	followNames(list)
	return nil
}

// hashOf is kustomize's hash of a ConfigMap or Secret (api/internal/hasher): ten hex
// digits of a SHA-256, with letters instead of those that could spell a word. The
// name is always empty in what is hashed (kustomize v5.8.1).
func hashOf(r *resource) (string, error) {
	or := func(key string) any {
		if v, ok := r.doc[key]; ok {
			return v
		}
		return ""
	}
	m := map[string]any{"kind": r.kind(), "name": "", "data": or("data")}
	extra := "binaryData"
	if r.kind() == "Secret" {
		m["type"], extra = or("type"), "stringData"
	}
	if v, ok := r.doc[extra].(map[string]any); ok {
		m[extra] = v
	}
	data, err := json.Marshal(m)
	if err != nil {
		return "", err
	}
	sum := sha256.Sum256(data)
	return strings.NewReplacer("0", "g", "1", "h", "3", "k", "a", "m", "e", "t").Replace(hex.EncodeToString(sum[:])[:10]), nil
}

// legacyOrder sorts objects as kubectl applies them: first what others need.
func legacyOrder(list []*resource) {
	first := strings.Fields("Namespace ResourceQuota StorageClass CustomResourceDefinition ServiceAccount PodSecurityPolicy Role ClusterRole RoleBinding " +
		"ClusterRoleBinding ConfigMap Secret Endpoints Service LimitRange PriorityClass PersistentVolume PersistentVolumeClaim Deployment StatefulSet CronJob PodDisruptionBudget")
	rank := func(r *resource) int {
		if i := slices.Index(first, r.kind()); i >= 0 {
			return i
		}
		if strings.HasSuffix(r.kind(), "WebhookConfiguration") {
			return len(first) + 1
		}
		return len(first)
	}
	key := func(r *resource) string {
		group, version := r.groupVersion()
		return cmp.Or(group, "~G") + "_" + version + "_" + r.kind() + "|" + cmp.Or(r.namespace(), "~X") + "|" + r.name()
	}
	slices.SortStableFunc(list, func(a, b *resource) int {
		return cmp.Or(cmp.Compare(rank(a), rank(b)), cmp.Compare(key(a), key(b)))
	})
}
