package api

import (
	apierrors "k8s.io/apimachinery/pkg/api/errors"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"

	"drydock/sim/kube/store"
)

// TryCreate is CreateObject with dryRun=All: the object goes through defaults,
// admission and validation, and is not stored.
func (r *Resource[T]) TryCreate(obj store.Object) (store.Object, error) {
	typed, ok := obj.(T)
	if !ok {
		return nil, apierrors.NewBadRequest("the object is no " + r.kind.Kind)
	}
	if typed.GetName() == "" && typed.GetGenerateName() != "" {
		r.generateName(typed)
	}
	typed.SetUID(newUID(r.server.Clock.Rand()))
	typed.SetCreationTimestamp(metav1.NewTime(r.server.Clock.Now()))
	if r.prepare != nil {
		r.prepare(typed)
	}
	if err := r.admission(typed); err != nil {
		return nil, err
	}
	if r.hasGeneration() {
		typed.SetGeneration(1)
	}
	return typed, nil
}

// TryUpdate is UpdateObject with dryRun=All.
func (r *Resource[T]) TryUpdate(obj store.Object) (store.Object, error) {
	typed, ok := obj.(T)
	if !ok {
		return nil, apierrors.NewBadRequest("the object is no " + r.kind.Kind)
	}
	old, found := r.Table.Get(obj.GetNamespace(), obj.GetName())
	if !found {
		return nil, apierrors.NewNotFound(r.kind.GroupResource(), obj.GetName())
	}
	if err := r.change(typed, old); err != nil {
		return nil, err
	}
	if r.hasGeneration() && !sameSpec(old, typed) {
		typed.SetGeneration(old.GetGeneration() + 1)
	}
	return typed, nil
}

// TryCreate implements Collection.
func (g Guarded) TryCreate(obj store.Object) (store.Object, error) {
	if err := g.May("create", "", obj.GetNamespace(), ""); err != nil {
		return nil, err
	}
	return g.Collection.TryCreate(obj)
}

// TryUpdate implements Collection.
func (g Guarded) TryUpdate(obj store.Object) (store.Object, error) {
	if err := g.May(g.change, "", obj.GetNamespace(), obj.GetName()); err != nil {
		return nil, err
	}
	return g.Collection.TryUpdate(obj)
}
