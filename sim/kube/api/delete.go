package api

import (
	"fmt"
	"slices"
	"strings"
	"time"

	corev1 "k8s.io/api/core/v1"
	apierrors "k8s.io/apimachinery/pkg/api/errors"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"

	"drydock/sim/kube/store"
)

// The finalizers that the garbage collector works off.
const (
	foregroundFinalizer = metav1.FinalizerDeleteDependents
	orphanFinalizer     = metav1.FinalizerOrphanDependents
)

// Delete deletes an object, or marks it for deletion while finalizers or a grace
// period hold it. It returns the object's last state.
func (r *Resource[T]) Delete(namespace, name string, o DeleteOptions) (T, error) {
	obj, found := r.Table.Get(namespace, name)
	if !found {
		return obj, apierrors.NewNotFound(r.kind.GroupResource(), name)
	}
	if r.keep != nil {
		if err := r.keep(obj); err != nil {
			return obj, err
		}
	}
	finalizers := slices.Clone(obj.GetFinalizers())
	switch {
	case o.Propagation == metav1.DeletePropagationForeground && !slices.Contains(finalizers, foregroundFinalizer):
		finalizers = append(finalizers, foregroundFinalizer)
	case o.Propagation == metav1.DeletePropagationOrphan && !slices.Contains(finalizers, orphanFinalizer):
		finalizers = append(finalizers, orphanFinalizer)
	}
	seconds, wait := int64(0), false
	if r.grace != nil {
		seconds, wait = r.grace(obj, o)
	}
	if len(finalizers) == 0 && !wait {
		r.server.because(r.kind, obj, "deleted", func() { r.Table.Remove(namespace, name) })
		return obj, nil
	}
	if obj.GetDeletionTimestamp() != nil && !shortens(obj, seconds) {
		return obj, nil
	}
	marked, ok := obj.DeepCopyObject().(T)
	if !ok {
		return obj, apierrors.NewInternalError(fmt.Errorf("%s cannot be copied", r.kind.Kind))
	}
	at := metav1.NewTime(r.server.Clock.Now().Add(time.Duration(seconds) * time.Second))
	marked.SetFinalizers(finalizers)
	marked.SetDeletionTimestamp(&at)
	marked.SetDeletionGracePeriodSeconds(&seconds)
	if g := marked.GetGeneration(); g > 0 {
		marked.SetGeneration(g + 1)
	}
	if n, ok := any(marked).(*corev1.Namespace); ok {
		n.Status.Phase = corev1.NamespaceTerminating
	}
	r.server.because(r.kind, obj, "deleted", func() { r.Table.Put(marked) })
	return marked, nil
}

// shortens reports that a second deletion asks for less time than the first.
func shortens(obj store.Object, seconds int64) bool {
	had := obj.GetDeletionGracePeriodSeconds()
	return had != nil && seconds < *had
}

// Remove takes an object out of the store at once, as a kubelet does with a pod
// whose containers have ended. Finalizers still hold it: the update that takes off
// the last one removes it then.
func (r *Resource[T]) Remove(namespace, name string) {
	obj, found := r.Table.Get(namespace, name)
	if !found || len(obj.GetFinalizers()) == 0 {
		r.Table.Remove(namespace, name)
		return
	}
	if left := obj.GetDeletionGracePeriodSeconds(); obj.GetDeletionTimestamp() != nil && left != nil && *left == 0 {
		return
	}
	marked, ok := obj.DeepCopyObject().(T)
	if !ok {
		return
	}
	at := metav1.NewTime(r.server.Clock.Now())
	marked.SetDeletionTimestamp(&at)
	marked.SetDeletionGracePeriodSeconds(new(int64))
	r.Table.Put(marked)
}

func terminating(k Kind, obj store.Object, ns string) error {
	return apierrors.NewForbidden(k.GroupResource(), obj.GetName(),
		fmt.Errorf("unable to create new content in namespace %s because it is being terminated", ns))
}

// called reports that a person may mean the kind by a name.
func (k Kind) called(name string) bool {
	name = strings.ToLower(name)
	if base, group, found := strings.Cut(name, "."); found {
		if group != k.Group && group != k.Version+"."+k.Group {
			return false
		}
		name = base
	}
	return name == k.Resource || name == k.Singular() || slices.Contains(k.Short, name)
}
