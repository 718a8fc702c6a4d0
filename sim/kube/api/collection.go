package api

import (
	"errors"
	"reflect"

	apiequality "k8s.io/apimachinery/pkg/api/equality"
	apierrors "k8s.io/apimachinery/pkg/api/errors"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"

	"drydock/sim/kube/store"
)

// Type implements Collection.
func (r *Resource[T]) Type() Kind { return r.kind }

// New implements Collection.
func (r *Resource[T]) New() store.Object { return r.fresh() }

// GetObject implements Collection.
func (r *Resource[T]) GetObject(namespace, name string) (store.Object, bool) {
	obj, found := r.Table.Get(namespace, name)
	if !found {
		return nil, false
	}
	return obj, true
}

// ListObjects implements Collection.
func (r *Resource[T]) ListObjects(namespace string) []store.Object {
	list := r.Table.List(namespace)
	objects := make([]store.Object, len(list))
	for i, obj := range list {
		objects[i] = obj
	}
	return objects
}

// CreateObject implements Collection.
func (r *Resource[T]) CreateObject(obj store.Object) (store.Object, error) {
	typed, ok := obj.(T)
	if !ok {
		return nil, apierrors.NewBadRequest("the object is no " + r.kind.Kind)
	}
	return r.Create(typed)
}

// UpdateObject implements Collection.
func (r *Resource[T]) UpdateObject(obj store.Object) (store.Object, error) {
	typed, ok := obj.(T)
	if !ok {
		return nil, apierrors.NewBadRequest("the object is no " + r.kind.Kind)
	}
	return r.Update(typed)
}

// DeleteObject implements Collection.
func (r *Resource[T]) DeleteObject(namespace, name string, o DeleteOptions) (store.Object, error) {
	return r.Delete(namespace, name, o)
}

// WatchObjects implements Collection.
func (r *Resource[T]) WatchObjects(fn func(store.ChangeType, store.Object)) (stop func()) {
	return r.Table.Watch(func(c store.Change[T]) { fn(c.Type, c.Now()) })
}

func (r *Resource[T]) watchChanges(fn func(old, now store.Object)) {
	r.Table.Watch(func(c store.Change[T]) {
		var old, now store.Object
		if c.Type != store.Added {
			old = c.Old
		}
		if c.Type != store.Deleted {
			now = c.New
		}
		fn(old, now)
	})
}

// Collections lists the kinds of the server, the core group first.
func (s *Server) Collections() []Collection { return s.collections }

// Find finds a kind by what a person calls it: "pods", "po", "pod", "deployments.apps",
// "Deployment". Nil when there is none.
func (s *Server) Find(name string) Collection {
	for _, c := range s.collections {
		if c.Type().called(name) {
			return c
		}
	}
	return nil
}

// Of finds the collection of an apiVersion and kind as manifests give them.
func (s *Server) Of(apiVersion, kind string) Collection {
	for _, c := range s.collections {
		if k := c.Type(); k.Kind == kind && k.GroupVersion.String() == apiVersion {
			return c
		}
	}
	return nil
}

// controllerOf is the uid of the object's controller, or "".
func controllerOf(obj metav1.Object) string {
	if ref := metav1.GetControllerOf(obj); ref != nil {
		return string(ref.UID)
	}
	return ""
}

func errModified() error {
	return errors.New("the object has been modified; please apply your changes to the latest version and try again")
}

// sameSpec compares what the generation counts: everything but metadata and status.
func sameSpec(a, b store.Object) bool {
	va, vb := reflect.ValueOf(a).Elem(), reflect.ValueOf(b).Elem()
	for i := range va.NumField() {
		switch va.Type().Field(i).Name {
		case "TypeMeta", "ObjectMeta", "Status":
			continue
		}
		if !apiequality.Semantic.DeepEqual(va.Field(i).Interface(), vb.Field(i).Interface()) {
			return false
		}
	}
	return true
}
