package kubectl

import (
	"fmt"

	corev1 "k8s.io/api/core/v1"
	apierrors "k8s.io/apimachinery/pkg/api/errors"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"

	"drydock/sim/kube/api"
	"drydock/sim/kube/store"
)

// componentKind lists how the programs of the control plane are. The API server asks
// them at each request and keeps nothing (registry/core/componentstatus).
type componentKind struct {
	api.Collection // nobody asks for the rest of it
	running        func(program string) bool
}

// Type implements api.Collection.
func (componentKind) Type() api.Kind {
	return api.Kind{GroupVersion: corev1.SchemeGroupVersion, Kind: "ComponentStatus", Resource: "componentstatuses", Short: []string{"cs"}}
}

// New implements api.Collection.
func (componentKind) New() store.Object { return &corev1.ComponentStatus{} } //nolint:staticcheck // deprecated, and still served

// GetObject implements api.Collection.
func (k componentKind) GetObject(_, name string) (store.Object, bool) {
	for _, obj := range k.ListObjects("") {
		if obj.GetName() == name {
			return obj, true
		}
	}
	return nil, false
}

// ListObjects implements api.Collection.
func (k componentKind) ListObjects(string) []store.Object {
	var list []store.Object
	for _, part := range []struct {
		name, program string
		port          int
	}{{"etcd-0", "etcd", 2379}, {"controller-manager", "kube-controller-manager", 10257}, {"scheduler", "kube-scheduler", 10259}} {
		c := corev1.ComponentCondition{Type: corev1.ComponentHealthy, Status: corev1.ConditionTrue, Message: "ok"}
		if k.running != nil && !k.running(part.program) {
			c.Status = corev1.ConditionFalse
			c.Message = fmt.Sprintf("Get \"https://127.0.0.1:%d/healthz\": dial tcp 127.0.0.1:%d: connect: connection refused", part.port, part.port)
		}
		list = append(list, &corev1.ComponentStatus{ObjectMeta: metav1.ObjectMeta{Name: part.name}, Conditions: []corev1.ComponentCondition{c}}) //nolint:staticcheck // see New
	}
	return list
}

// CreateObject implements api.Collection.
func (k componentKind) CreateObject(store.Object) (store.Object, error) {
	return nil, k.refuse("create")
}

// UpdateObject implements api.Collection.
func (k componentKind) UpdateObject(store.Object) (store.Object, error) {
	return nil, k.refuse("update")
}

// TryCreate implements api.Collection.
func (k componentKind) TryCreate(store.Object) (store.Object, error) { return nil, k.refuse("create") }

// TryUpdate implements api.Collection.
func (k componentKind) TryUpdate(store.Object) (store.Object, error) { return nil, k.refuse("update") }

// DeleteObject implements api.Collection.
func (k componentKind) DeleteObject(string, string, api.DeleteOptions) (store.Object, error) {
	return nil, k.refuse("delete")
}

// WatchObjects implements api.Collection: the list has no watch.
func (componentKind) WatchObjects(func(store.ChangeType, store.Object)) (stop func()) {
	return func() {}
}

func (k componentKind) refuse(verb string) error {
	return apierrors.NewMethodNotSupported(k.Type().GroupResource(), verb)
}
