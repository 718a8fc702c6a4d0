package controllers

import (
	"maps"
	"slices"
	"time"

	corev1 "k8s.io/api/core/v1"
	apierrors "k8s.io/apimachinery/pkg/api/errors"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/labels"
	"k8s.io/apimachinery/pkg/runtime/schema"

	"drydock/sim/kube/api"
	"drydock/sim/kube/store"
)

// podOwner is a workload that makes pods, with what its controller needs for it.
type podOwner struct {
	s    *api.Server
	from api.Source
	kind string
	obj  store.Object
	refs []metav1.OwnerReference // shared by all of its pods
}

func newPodOwner(s *api.Server, component string, gvk schema.GroupVersionKind, obj store.Object) *podOwner {
	return &podOwner{
		s: s, from: api.Source{Component: component}, kind: gvk.Kind, obj: obj,
		refs: []metav1.OwnerReference{*metav1.NewControllerRef(obj, gvk)},
	}
}

// nameAttempts is how often the API server draws a generated name anew when it is
// taken (v1.30 and later).
const nameAttempts = 8

// pod makes a pod of a template, not yet created. It shares the template's parts.
func (o *podOwner) pod(t *corev1.PodTemplateSpec) *corev1.Pod {
	return &corev1.Pod{
		ObjectMeta: metav1.ObjectMeta{
			GenerateName: o.obj.GetName() + "-", Namespace: o.obj.GetNamespace(), Labels: t.Labels, Annotations: t.Annotations,
			Finalizers: t.Finalizers, OwnerReferences: o.refs,
		},
		Spec:   t.Spec,
		Status: corev1.PodStatus{Phase: corev1.PodPending},
	}
}

// create creates a pod and reports it, or why it could not be.
func (o *podOwner) create(pod *corev1.Pod) error {
	var err error
	named := pod.Name != ""
	for range nameAttempts {
		_, err = o.s.Pods.Create(pod)
		if named || !apierrors.IsAlreadyExists(err) {
			break
		}
		pod.Name = ""
	}
	if err != nil {
		if !apierrors.HasStatusCause(err, corev1.NamespaceTerminatingCause) {
			o.event(corev1.EventTypeWarning, "FailedCreate", "Error creating: "+err.Error())
		}
		return err
	}
	o.event(corev1.EventTypeNormal, "SuccessfulCreate", "Created pod: "+pod.Name)
	return nil
}

// remove deletes a pod and reports it.
func (o *podOwner) remove(pod *corev1.Pod) {
	if _, err := o.s.Pods.Delete(pod.Namespace, pod.Name, api.DeleteOptions{}); err == nil {
		o.event(corev1.EventTypeNormal, "SuccessfulDelete", "Deleted pod: "+pod.Name)
	}
}

func (o *podOwner) event(kind, reason, message string) int {
	return o.s.Event(o.from, o.kind, o.obj, "", kind, reason, message)
}

// claim returns the owner's pods. It lets go of those that no longer match its
// selector and adopts those that match and belong to nobody.
func (o *podOwner) claim(selector labels.Selector) []*corev1.Pod {
	all := o.s.PodsByOwner.Get(string(o.obj.GetUID()))
	mine := all[:0]
	for _, p := range all {
		switch {
		case selector.Matches(labels.Set(p.Labels)):
			mine = append(mine, p)
		case p.DeletionTimestamp == nil && o.obj.GetDeletionTimestamp() == nil:
			o.setRefs(p, slices.DeleteFunc(slices.Clone(p.OwnerReferences), func(r metav1.OwnerReference) bool { return r.UID == o.obj.GetUID() }))
		}
	}
	if o.obj.GetDeletionTimestamp() != nil {
		return mine
	}
	for _, p := range o.s.PodsByOwner.Get("") {
		if p.Namespace != o.obj.GetNamespace() || p.DeletionTimestamp != nil || !selector.Matches(labels.Set(p.Labels)) {
			continue
		}
		if adopted := o.setRefs(p, append(slices.Clone(p.OwnerReferences), o.refs...)); adopted != nil {
			mine = append(mine, adopted)
		}
	}
	return mine
}

func (o *podOwner) setRefs(p *corev1.Pod, refs []metav1.OwnerReference) *corev1.Pod {
	c := store.Copy(p)
	c.OwnerReferences = refs
	updated, err := o.s.Pods.Update(c)
	if err != nil {
		return nil
	}
	return updated
}

// finished reports a pod whose containers have ended for good.
func finished(p *corev1.Pod) bool {
	return p.Status.Phase == corev1.PodSucceeded || p.Status.Phase == corev1.PodFailed
}

// active reports a pod that counts as a replica.
func active(p *corev1.Pod) bool { return !finished(p) && p.DeletionTimestamp == nil }

func activePods(pods []*corev1.Pod) []*corev1.Pod {
	list := make([]*corev1.Pod, 0, len(pods))
	for _, p := range pods {
		if active(p) {
			list = append(list, p)
		}
	}
	return list
}

// readySince tells whether a pod is ready, and since when.
func readySince(p *corev1.Pod) (time.Time, bool) {
	for i := range p.Status.Conditions {
		if c := &p.Status.Conditions[i]; c.Type == corev1.PodReady {
			return c.LastTransitionTime.Time, c.Status == corev1.ConditionTrue
		}
	}
	return time.Time{}, false
}

// availableIn tells how long a ready pod must stay ready until it counts as
// available; nothing or less when it does already.
func availableIn(since, now time.Time, minReadySeconds int32) time.Duration {
	if minReadySeconds == 0 {
		return 0
	}
	return since.Add(time.Duration(minReadySeconds) * time.Second).Sub(now)
}

// with is a copy of labels or annotations with one more.
func with(m map[string]string, key, value string) map[string]string {
	c := maps.Clone(m)
	if c == nil {
		c = map[string]string{}
	}
	c[key] = value
	return c
}
