package kubectl

import (
	appsv1 "k8s.io/api/apps/v1"
	autoscalingv1 "k8s.io/api/autoscaling/v1"
	apierrors "k8s.io/apimachinery/pkg/api/errors"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/runtime/schema"

	"drydock/sim/kube/api"
	"drydock/sim/kube/store"
)

// scaleKind is the subresource scale of a kind, for get --subresource.
type scaleKind struct{ api.Collection }

// Type implements api.Collection.
func (scaleKind) Type() api.Kind {
	return api.Kind{GroupVersion: schema.GroupVersion{Group: "autoscaling", Version: "v1"}, Kind: "Scale", Resource: "scales", Namespaced: true}
}

// subresources are the named subresources of objects: status is the whole object,
// scale a small one of its own.
func subresources(found []target, name string) ([]target, error) {
	list := make([]target, len(found))
	for i, t := range found {
		if err := t.may("get", name); err != nil {
			return nil, err
		}
		list[i] = t
		switch {
		case name == "status":
		case name == "scale" && replicasOf(t.object) != nil:
			list[i].collection, list[i].object = scaleKind{t.collection}, scaleOf(t.object)
		default:
			return nil, noSubresource()
		}
	}
	return list, nil
}

// noSubresource is how the server answers for a subresource that a kind does not have.
func noSubresource() error {
	return &apierrors.StatusError{ErrStatus: metav1.Status{Reason: metav1.StatusReasonNotFound, Message: "the server could not find the requested resource"}}
}

func scaleOf(obj store.Object) *autoscalingv1.Scale {
	s := &autoscalingv1.Scale{ObjectMeta: metav1.ObjectMeta{
		Name: obj.GetName(), Namespace: obj.GetNamespace(), UID: obj.GetUID(),
		ResourceVersion: obj.GetResourceVersion(), CreationTimestamp: obj.GetCreationTimestamp(),
	}}
	if at := replicasOf(obj); *at != nil {
		s.Spec.Replicas = **at
	}
	var selector *metav1.LabelSelector
	switch o := obj.(type) {
	case *appsv1.Deployment:
		s.Status.Replicas, selector = o.Status.Replicas, o.Spec.Selector
	case *appsv1.ReplicaSet:
		s.Status.Replicas, selector = o.Status.Replicas, o.Spec.Selector
	case *appsv1.StatefulSet:
		s.Status.Replicas, selector = o.Status.Replicas, o.Spec.Selector
	}
	s.Status.Selector = metav1.FormatLabelSelector(selector)
	return s
}
