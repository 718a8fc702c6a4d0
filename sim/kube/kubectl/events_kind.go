package kubectl

import (
	corev1 "k8s.io/api/core/v1"
	apierrors "k8s.io/apimachinery/pkg/api/errors"

	"drydock/sim/kube/api"
	"drydock/sim/kube/store"
)

// eventKind lists the server's events as a kind like any other; nobody may write
// them.
type eventKind struct {
	api.Collection // nothing but the API server itself asks for the rest of it
	server         *api.Server
}

// Type implements api.Collection.
func (eventKind) Type() api.Kind {
	return api.Kind{GroupVersion: corev1.SchemeGroupVersion, Kind: "Event", Resource: "events", Short: []string{"ev"}, Namespaced: true}
}

// New implements api.Collection.
func (eventKind) New() store.Object { return &corev1.Event{} }

// GetObject implements api.Collection.
func (k eventKind) GetObject(namespace, name string) (store.Object, bool) {
	for _, e := range k.server.Events(namespace) {
		if e.Name == name {
			return e, true
		}
	}
	return nil, false
}

// ListObjects implements api.Collection.
func (k eventKind) ListObjects(namespace string) []store.Object {
	events := k.server.Events(namespace)
	list := make([]store.Object, len(events))
	for i, e := range events {
		list[i] = e
	}
	return list
}

// CreateObject implements api.Collection.
func (k eventKind) CreateObject(store.Object) (store.Object, error) { return nil, k.refuse("create") }

// UpdateObject implements api.Collection.
func (k eventKind) UpdateObject(store.Object) (store.Object, error) { return nil, k.refuse("update") }

// DeleteObject implements api.Collection.
func (k eventKind) DeleteObject(string, string, api.DeleteOptions) (store.Object, error) {
	return nil, k.refuse("delete")
}

// WatchObjects implements api.Collection: a count that rises is a change.
func (k eventKind) WatchObjects(fn func(store.ChangeType, store.Object)) (stop func()) {
	return k.server.WatchEvents(func(e *corev1.Event) {
		change := store.Added
		if e.Count > 1 || e.Series != nil {
			change = store.Modified
		}
		fn(change, e)
	})
}

func (k eventKind) refuse(verb string) error {
	return apierrors.NewMethodNotSupported(k.Type().GroupResource(), verb)
}
