package api

import (
	"strings"

	apierrors "k8s.io/apimachinery/pkg/api/errors"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/runtime/schema"

	"drydock/sim/clock"
	"drydock/sim/kube/store"
)

// Kind is a kind of object as discovery lists it.
type Kind struct {
	schema.GroupVersion
	Kind       string
	Resource   string // plural, lower case
	Short      []string
	Namespaced bool
	All        bool // in the category "all"
}

// Singular is the name that commands take for one object.
func (k Kind) Singular() string { return strings.ToLower(k.Kind) }

// GroupResource names the kind in errors: "deployments.apps".
func (k Kind) GroupResource() schema.GroupResource {
	return schema.GroupResource{Group: k.Group, Resource: k.Resource}
}

// Collection is the objects of one kind without their Go type.
type Collection interface {
	Type() Kind
	New() store.Object
	GetObject(namespace, name string) (store.Object, bool)
	// ListObjects lists by namespace and name; "" is every namespace.
	ListObjects(namespace string) []store.Object
	CreateObject(obj store.Object) (store.Object, error)
	UpdateObject(obj store.Object) (store.Object, error)
	// TryCreate and TryUpdate answer what CreateObject and UpdateObject would, and
	// store nothing (dryRun=All).
	TryCreate(obj store.Object) (store.Object, error)
	TryUpdate(obj store.Object) (store.Object, error)
	DeleteObject(namespace, name string, o DeleteOptions) (store.Object, error)
	// WatchObjects reports changes until stop is called; fn may only take note.
	WatchObjects(fn func(t store.ChangeType, obj store.Object)) (stop func())
}

// changing is a collection of the server's own: its changes come with the old and
// the new state, nil for none.
type changing interface {
	watchChanges(fn func(old, now store.Object))
}

// Resource is one kind of object of a server: its table with the rules of the API.
type Resource[T store.Object] struct {
	Table  *store.Table[T]
	server *Server
	kind   Kind
	fresh  func() T
	// rules are the kind's own; any may be nil. prepare fills in defaults, mutate
	// completes a new object, carry completes a changed one from its old state,
	// validate finds what is wrong in it and, at an update, in the change, and admit
	// refuses what is valid and yet not wanted here. keep refuses a deletion.
	prepare  func(obj T)
	mutate   func(obj T) error
	carry    func(obj, old T) error
	admit    func(obj T) error
	keep     func(obj T) error
	validate func(obj, old T, update bool) error
	// grace is how long deletion may take in seconds; nil removes at once.
	grace func(obj T, o DeleteOptions) (seconds int64, wait bool)
}

// DeleteOptions are those of the API's delete.
type DeleteOptions struct {
	GraceSeconds *int64
	// Propagation is Background (the default), Foreground or Orphan.
	Propagation metav1.DeletionPropagation
}

func add[T store.Object](s *Server, k Kind, newObject func() T) *Resource[T] {
	r := &Resource[T]{Table: store.NewTable[T](&s.revision), server: s, kind: k, fresh: newObject}
	s.collections = append(s.collections, r)
	return r
}

// Get finds an object.
func (r *Resource[T]) Get(namespace, name string) (T, bool) { return r.Table.Get(namespace, name) }

// List lists by namespace and name; "" is every namespace.
func (r *Resource[T]) List(namespace string) []T { return r.Table.List(namespace) }

// Watch reports changes at once; fn may only take note, as into a Queue.
func (r *Resource[T]) Watch(fn func(store.Change[T])) (stop func()) { return r.Table.Watch(fn) }

// Create makes an object: its name is generated from generateName where it has
// none, and what follows from it is blamed on its creation. Errors are API errors.
func (r *Resource[T]) Create(obj T) (T, error) {
	s := r.server
	if obj.GetName() == "" && obj.GetGenerateName() != "" {
		r.generateName(obj)
	}
	obj.SetUID(newUID(s.Clock.Rand()))
	obj.SetCreationTimestamp(metav1.NewTime(s.Clock.Now()))
	obj.SetDeletionTimestamp(nil)
	obj.SetDeletionGracePeriodSeconds(nil)
	if r.prepare != nil {
		r.prepare(obj)
	}
	if err := r.admission(obj); err != nil {
		return obj, err
	}
	if r.hasGeneration() {
		obj.SetGeneration(1)
	}
	s.because(r.kind, obj, "created", func() { r.Table.Put(obj) })
	return obj, nil
}

// generateName draws a name, up to eight times while it is taken (v1.30 and later).
func (r *Resource[T]) generateName(obj T) {
	for range 8 {
		obj.SetName(obj.GetGenerateName() + Suffix(r.server.Clock.Rand()))
		if _, taken := r.Table.Get(obj.GetNamespace(), obj.GetName()); !taken {
			return
		}
	}
}

func (r *Resource[T]) admission(obj T) error {
	if ns := obj.GetNamespace(); r.kind.Namespaced {
		in, found := r.server.Namespaces.Get("", ns)
		switch {
		case !found:
			return apierrors.NewNotFound(r.server.Namespaces.kind.GroupResource(), ns)
		case in.DeletionTimestamp != nil:
			return terminating(r.kind, obj, ns)
		}
	}
	if r.mutate != nil {
		if err := r.mutate(obj); err != nil {
			return err
		}
	}
	if r.validate != nil {
		var none T
		if err := r.validate(obj, none, false); err != nil {
			return err
		}
	}
	if r.admit != nil {
		if err := r.admit(obj); err != nil {
			return err
		}
	}
	if _, found := r.Table.Get(obj.GetNamespace(), obj.GetName()); found {
		return apierrors.NewAlreadyExists(r.kind.GroupResource(), obj.GetName())
	}
	if r.kind.Namespaced {
		return r.server.quotas.admit(r.kind, obj)
	}
	return nil
}

// Update replaces an object whose spec or metadata changed; the generation counts
// it. An object whose resourceVersion is set and not the present one is a conflict.
func (r *Resource[T]) Update(obj T) (T, error) {
	old, found := r.Table.Get(obj.GetNamespace(), obj.GetName())
	if !found {
		return obj, apierrors.NewNotFound(r.kind.GroupResource(), obj.GetName())
	}
	if v := obj.GetResourceVersion(); v != "" && v != old.GetResourceVersion() {
		return obj, apierrors.NewConflict(r.kind.GroupResource(), obj.GetName(), errModified())
	}
	if err := r.change(obj, old); err != nil {
		return obj, err
	}
	if r.hasGeneration() && !sameSpec(old, obj) {
		obj.SetGeneration(old.GetGeneration() + 1)
	}
	if obj.GetDeletionTimestamp() != nil && !held(obj, r.grace != nil) {
		r.server.because(r.kind, obj, "deleted", func() { r.Table.Remove(obj.GetNamespace(), obj.GetName()) })
		return obj, nil
	}
	r.server.because(r.kind, obj, "updated", func() { r.Table.Put(obj) })
	return obj, nil
}

// change completes and checks the new state of an object.
func (r *Resource[T]) change(obj, old T) error {
	obj.SetUID(old.GetUID())
	obj.SetCreationTimestamp(old.GetCreationTimestamp())
	obj.SetGeneration(old.GetGeneration())
	obj.SetDeletionTimestamp(old.GetDeletionTimestamp())
	obj.SetDeletionGracePeriodSeconds(old.GetDeletionGracePeriodSeconds())
	if r.prepare != nil {
		r.prepare(obj)
	}
	if r.carry != nil {
		if err := r.carry(obj, old); err != nil {
			return err
		}
	}
	if r.validate != nil {
		return r.validate(obj, old, true)
	}
	return nil
}

// SetStatus stores an object whose status alone changed, as the status subresource
// does. It is for components, which always work on the latest version.
func (r *Resource[T]) SetStatus(obj T) {
	if _, found := r.Table.Get(obj.GetNamespace(), obj.GetName()); found {
		r.Table.Put(obj)
	}
}

// because records what a request did to an object's desired state, as the cause of
// all that follows.
func (s *Server) because(k Kind, obj store.Object, what string, do func()) {
	id := s.Clock.Emit(clock.Event{
		Actor: "kube-apiserver", Object: clock.Object{Kind: k.Kind, Name: obj.GetName()}, Reason: what,
		Message: k.Kind + " " + obj.GetName() + " was " + what, Attr: attrs(obj),
	})
	s.Clock.Because(id, do)
}

func attrs(obj store.Object) map[string]string {
	if ns := obj.GetNamespace(); ns != "" && ns != metav1.NamespaceDefault {
		return map[string]string{"namespace": ns}
	}
	return nil
}

// hasGeneration reports a kind whose objects have a spec that controllers follow.
func (r *Resource[T]) hasGeneration() bool {
	switch r.kind.Kind {
	case "Node", "Namespace", "Service", "Endpoints", "ConfigMap", "Secret", "ServiceAccount", "PersistentVolume",
		"PersistentVolumeClaim", "ResourceQuota", "LimitRange", "ControllerRevision", "Lease", "Role", "RoleBinding",
		"ClusterRole", "ClusterRoleBinding", "StorageClass":
		return false
	}
	return true
}
