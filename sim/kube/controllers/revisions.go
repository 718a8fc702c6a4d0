package controllers

import (
	"encoding/json"
	"fmt"
	"hash/fnv"
	"slices"

	appsv1 "k8s.io/api/apps/v1"
	corev1 "k8s.io/api/core/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/runtime"
	"k8s.io/apimachinery/pkg/util/rand"

	"drydock/sim/kube/api"
	"drydock/sim/kube/store"
)

// History are the ControllerRevisions of a StatefulSet or a DaemonSet, the oldest
// revision first.
func History(s *api.Server, owner metav1.Object) []*appsv1.ControllerRevision {
	list := slices.DeleteFunc(s.ControllerRevisions.Table.List(owner.GetNamespace()), func(r *appsv1.ControllerRevision) bool { return !owned(r, owner.GetUID()) })
	slices.SortStableFunc(list, func(a, b *appsv1.ControllerRevision) int { return int(a.Revision - b.Revision) })
	return list
}

// RevisionTemplate is the pod template that a ControllerRevision keeps.
func RevisionTemplate(r *appsv1.ControllerRevision) (*corev1.PodTemplateSpec, error) {
	var kept struct {
		Spec struct {
			Template corev1.PodTemplateSpec `json:"template"`
		} `json:"spec"`
	}
	if err := json.Unmarshal(r.Data.Raw, &kept); err != nil {
		return nil, fmt.Errorf("revision %s: %w", r.Name, err)
	}
	return &kept.Spec.Template, nil
}

// hashLabel is where the revisions of a kind have their hash.
func hashLabel(kind string) string {
	if kind == "DaemonSet" {
		return appsv1.DefaultDaemonSetUniqueLabelKey
	}
	return "controller.kubernetes.io/hash"
}

// revise finds the revision of a template, or makes it, and gives it the highest
// number. It returns all revisions and the one of the template.
func (o *podOwner) revise(t *corev1.PodTemplateSpec, labels map[string]string, name func(raw []byte) string) ([]*appsv1.ControllerRevision, *appsv1.ControllerRevision, error) {
	raw, err := templatePatch(t)
	if err != nil {
		return nil, nil, err
	}
	list := History(o.s, o.obj)
	next := int64(1)
	if len(list) > 0 {
		next = list[len(list)-1].Revision + 1
	}
	for i, r := range list {
		if string(r.Data.Raw) != string(raw) {
			continue
		}
		if i == len(list)-1 {
			return list, r, nil
		}
		copied := store.Copy(r)
		copied.Revision = next
		updated, err := o.s.ControllerRevisions.Update(copied)
		return append(slices.Delete(list, i, i+1), updated), updated, err
	}
	hash := name(raw)
	r := &appsv1.ControllerRevision{
		ObjectMeta: metav1.ObjectMeta{
			Name: o.obj.GetName() + "-" + hash, Namespace: o.obj.GetNamespace(), OwnerReferences: o.refs,
			Labels: with(labels, hashLabel(o.kind), hash), Annotations: o.obj.GetAnnotations(),
		},
		Data: runtime.RawExtension{Raw: raw}, Revision: next,
	}
	created, err := o.s.ControllerRevisions.Create(r)
	return append(list, created), created, err
}

// dataHash names a revision after the data that it keeps (v1.37.2,
// history.HashControllerRevision).
func dataHash(raw []byte) string {
	h := fnv.New32()
	h.Write(raw)
	return rand.SafeEncodeString(fmt.Sprint(h.Sum32()))
}

// templatePatch is what a revision keeps: a patch that brings the template back.
func templatePatch(t *corev1.PodTemplateSpec) ([]byte, error) {
	raw, err := json.Marshal(t)
	if err != nil {
		return nil, err
	}
	fields := map[string]any{}
	if err := json.Unmarshal(raw, &fields); err != nil {
		return nil, err
	}
	fields["$patch"] = "replace"
	return json.Marshal(map[string]any{"spec": map[string]any{"template": fields}})
}

// trim deletes the oldest revisions beyond the history limit; those in use, by the
// workload or one of its pods, stay and do not count.
func (o *podOwner) trim(history []*appsv1.ControllerRevision, limit *int32, inUse ...*appsv1.ControllerRevision) {
	most := 10
	if limit != nil {
		most = int(*limit)
	}
	if len(history) <= most {
		return
	}
	live := map[string]bool{}
	for _, r := range inUse {
		live[r.Name] = true
	}
	for _, p := range o.s.PodsByOwner.Get(string(o.obj.GetUID())) {
		hash := p.Labels[appsv1.ControllerRevisionHashLabelKey]
		live[hash], live[o.obj.GetName()+"-"+hash] = true, true
	}
	old := slices.DeleteFunc(slices.Clone(history), func(r *appsv1.ControllerRevision) bool { return live[r.Name] })
	for _, r := range old[:max(0, len(old)-most)] {
		_, _ = o.s.ControllerRevisions.Delete(r.Namespace, r.Name, api.DeleteOptions{}) // it was there a moment ago
	}
}
