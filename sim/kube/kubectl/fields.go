package kubectl

import (
	"slices"
	"strconv"

	batchv1 "k8s.io/api/batch/v1"
	corev1 "k8s.io/api/core/v1"
	"k8s.io/apimachinery/pkg/fields"

	"drydock/sim/kube/api"
	"drydock/sim/kube/store"
)

// selectable says whether the API server selects objects of a kind by a field.
func selectable(k api.Kind, field string) bool {
	if field == "metadata.name" || field == "metadata.namespace" && k.Namespaced {
		return true
	}
	obj := map[string][]string{
		"Pod":       {"spec.nodeName", "spec.restartPolicy", "spec.schedulerName", "spec.serviceAccountName", "spec.hostNetwork", "status.phase", "status.podIP", "status.nominatedNodeName"},
		"Node":      {"spec.unschedulable"},
		"Namespace": {"status.phase"},
		"Secret":    {"type"},
		"Job":       {"status.successful"},
		"Event": {"involvedObject.kind", "involvedObject.namespace", "involvedObject.name", "involvedObject.uid", "involvedObject.apiVersion",
			"involvedObject.resourceVersion", "involvedObject.fieldPath", "reason", "reportingComponent", "source", "type"},
	}
	return slices.Contains(obj[k.Kind], field)
}

// fieldsOf are the values that field selectors compare.
func fieldsOf(obj store.Object) fields.Set {
	set := fields.Set{"metadata.name": obj.GetName(), "metadata.namespace": obj.GetNamespace()}
	switch o := obj.(type) {
	case *corev1.Pod:
		set["spec.nodeName"], set["spec.restartPolicy"] = o.Spec.NodeName, string(o.Spec.RestartPolicy)
		set["spec.schedulerName"], set["spec.serviceAccountName"] = o.Spec.SchedulerName, o.Spec.ServiceAccountName
		set["spec.hostNetwork"], set["status.phase"] = strconv.FormatBool(o.Spec.HostNetwork), string(o.Status.Phase)
		set["status.podIP"], set["status.nominatedNodeName"] = o.Status.PodIP, o.Status.NominatedNodeName
	case *corev1.Node:
		set["spec.unschedulable"] = strconv.FormatBool(o.Spec.Unschedulable)
	case *corev1.Namespace:
		set["status.phase"] = string(o.Status.Phase)
	case *corev1.Secret:
		set["type"] = string(o.Type)
	case *batchv1.Job:
		set["status.successful"] = strconv.Itoa(int(o.Status.Succeeded))
	case *corev1.Event:
		about := o.InvolvedObject
		set["involvedObject.kind"], set["involvedObject.namespace"], set["involvedObject.name"] = about.Kind, about.Namespace, about.Name
		set["involvedObject.uid"], set["involvedObject.apiVersion"] = string(about.UID), about.APIVersion
		set["involvedObject.resourceVersion"], set["involvedObject.fieldPath"] = about.ResourceVersion, about.FieldPath
		set["reason"], set["type"] = o.Reason, o.Type
		set["reportingComponent"], set["source"] = o.ReportingController, o.Source.Component
	}
	return set
}
