// Package store holds the objects of a Kubernetes cluster as the API server keeps
// them in etcd: one typed table a kind, resource versions, indexes, watches.
//
// Objects in a table never change. Whoever wants another state of one makes a
// shallow copy (Copy), replaces whole parts of it (never a slice's or a map's
// elements, which other versions share) and puts it back. So watchers may keep
// what they got, and 100,000 pods share one template.
package store

import (
	"cmp"

	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/runtime"
)

// Object is an object of the Kubernetes API.
type Object interface {
	metav1.Object
	runtime.Object
}

// Copy makes a shallow copy of an object, to change whole fields of it.
func Copy[S any](obj *S) *S {
	c := *obj
	return &c
}

// Key names an object within its kind; Namespace is empty for cluster-scoped kinds.
type Key struct{ Namespace, Name string }

// String is the key as controllers' queues and logs write it.
func (k Key) String() string {
	if k.Namespace == "" {
		return k.Name
	}
	return k.Namespace + "/" + k.Name
}

// Compare orders keys by namespace and name, as etcd keeps them.
func Compare(a, b Key) int {
	return cmp.Or(cmp.Compare(a.Namespace, b.Namespace), cmp.Compare(a.Name, b.Name))
}

// KeyOf is the key of an object.
func KeyOf(obj metav1.Object) Key { return Key{obj.GetNamespace(), obj.GetName()} }

// Change is one change of an object as a watch reports it: Old is missing when it
// was created, New when it is gone.
type Change[T Object] struct {
	Type     ChangeType
	Old, New T
}

// Now is the object as the change left it; the last state of one that is gone.
func (c Change[T]) Now() T {
	if c.Type == Deleted {
		return c.Old
	}
	return c.New
}

// ChangeType is what happened to an object, in the words of the watch API.
type ChangeType string

// The changes of a watch.
const (
	Added    ChangeType = "ADDED"
	Modified ChangeType = "MODIFIED"
	Deleted  ChangeType = "DELETED"
)
