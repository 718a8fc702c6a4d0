package kustomize

import (
	"slices"
	"strings"
)

// labelSet is an entry of labels.
type labelSet struct {
	Pairs            map[string]string `json:"pairs,omitempty"`
	IncludeSelectors bool              `json:"includeSelectors,omitempty"`
	IncludeTemplates bool              `json:"includeTemplates,omitempty"`
	Fields           []any             `json:"fields,omitempty"`
}

// imageChange is an entry of images.
type imageChange struct {
	Name      string `json:"name,omitempty"`
	NewName   string `json:"newName,omitempty"`
	NewTag    string `json:"newTag,omitempty"`
	TagSuffix string `json:"tagSuffix,omitempty"`
	Digest    string `json:"digest,omitempty"`
}

// replicaChange is an entry of replicas.
type replicaChange struct {
	Name  string `json:"name"`
	Count int64  `json:"count"`
}

// transform applies the fields of a kustomization that change every object.
func (k *file) transform(list []*resource) {
	for _, r := range list {
		k.place(r)
		set(r, k.CommonLabels, true, true)
		for _, l := range k.Labels {
			set(r, l.Pairs, l.IncludeSelectors, l.IncludeSelectors || l.IncludeTemplates)
		}
		k.annotate(r)
		for _, c := range k.Images {
			c.apply(r)
		}
		for _, c := range k.Replicas {
			if slices.Contains([]string{"Deployment", "ReplicaSet", "StatefulSet", "ReplicationController"}, r.kind()) && r.called(c.Name) {
				within(r.doc, "spec")["replicas"] = c.Count
			}
		}
	}
	for _, r := range list {
		if !slices.Contains([]string{"CustomResourceDefinition", "APIService", "Namespace"}, r.kind()) {
			r.rename(k.NamePrefix + r.name() + k.NameSuffix)
		}
	}
	followNames(list)
}

// clusterWide reports kinds that are in no namespace.
func clusterWide(kind string) bool {
	return slices.Contains([]string{"Namespace", "Node", "PersistentVolume", "StorageClass", "PriorityClass", "IngressClass", "ClusterRole", "ClusterRoleBinding",
		"CustomResourceDefinition", "APIService", "ValidatingWebhookConfiguration", "MutatingWebhookConfiguration"}, kind)
}

// place puts an object into the namespace of the kustomization.
func (k *file) place(r *resource) {
	switch {
	case k.Namespace == "":
		return
	case r.kind() == "Namespace":
		r.rename(k.Namespace)
	case !clusterWide(r.kind()):
		r.meta()["namespace"] = k.Namespace
	}
	if strings.HasSuffix(r.kind(), "RoleBinding") {
		visit(r.doc, "subjects[]/kind", false, func(in map[string]any, _ string) {
			if in["kind"] == "ServiceAccount" {
				in["namespace"] = k.Namespace
			}
		})
	}
}

// put adds pairs to the map at a path.
func put(r *resource, path string, pairs map[string]string, create bool) {
	visit(r.doc, path, create, func(in map[string]any, key string) {
		m := within(in, key)
		for k, v := range pairs {
			m[k] = v
		}
	})
}

// set adds labels to an object, to what it selects by, and to the pods it makes.
func set(r *resource, pairs map[string]string, selecting, pods bool) {
	if len(pairs) == 0 {
		return
	}
	put(r, "metadata/labels", pairs, true)
	if t, has := template(r.kind()); has && pods {
		put(r, t+"metadata/labels", pairs, true)
		if r.kind() == "CronJob" {
			put(r, "spec/jobTemplate/metadata/labels", pairs, true)
		}
		if r.kind() == "StatefulSet" && selecting {
			put(r, "spec/volumeClaimTemplates[]/metadata/labels", pairs, true)
		}
	}
	if !selecting {
		return
	}
	made, present := selectors(r.kind())
	for _, p := range made {
		put(r, p, pairs, true)
	}
	for _, p := range present {
		put(r, p, pairs, false)
	}
}

func (k *file) annotate(r *resource) {
	if len(k.CommonAnnotations) == 0 {
		return
	}
	put(r, "metadata/annotations", k.CommonAnnotations, true)
	if t, has := template(r.kind()); has {
		put(r, t+"metadata/annotations", k.CommonAnnotations, true)
	}
}

// apply changes the images of an object's containers.
func (c imageChange) apply(r *resource) {
	t, has := template(r.kind())
	if !has {
		return
	}
	for _, list := range []string{"spec/containers[]/image", "spec/initContainers[]/image"} {
		visit(r.doc, t+list, false, func(in map[string]any, key string) {
			if image, ok := in[key].(string); ok {
				in[key] = c.changed(image)
			}
		})
	}
}

func (c imageChange) changed(image string) string {
	name, digest, _ := strings.Cut(image, "@")
	tag := ""
	if i := strings.LastIndex(name, ":"); i > strings.LastIndex(name, "/") {
		name, tag = name[:i], name[i+1:]
	}
	if name != c.Name {
		return image
	}
	if c.NewName != "" {
		name = c.NewName
	}
	switch {
	case c.Digest != "":
		return name + "@" + c.Digest
	case c.NewTag != "":
		return name + ":" + c.NewTag + c.TagSuffix
	case tag != "":
		name += ":" + tag + c.TagSuffix
	}
	if digest != "" {
		name += "@" + digest
	}
	return name
}

// followNames makes references to objects that have got another name follow it.
func followNames(list []*resource) {
	type old struct{ kind, name string }
	now := map[old]string{}
	for _, r := range list {
		for _, n := range r.names {
			now[old{r.kind(), n}] = r.name()
		}
	}
	for _, r := range list {
		now[old{r.kind(), r.name()}] = r.name()
	}
	for _, r := range list {
		for _, ref := range references(r.kind()) {
			visit(r.doc, ref.path, false, func(in map[string]any, key string) {
				name, ok := in[key].(string)
				if kind, has := in["kind"].(string); !ok || has && kind != ref.kind {
					return
				}
				if to, renamed := now[old{ref.kind, name}]; renamed {
					in[key] = to
				}
			})
		}
	}
}
