package sim

import (
	"strings"

	"k8s.io/apimachinery/pkg/runtime"

	"drydock/sim/kube/api"
	"drydock/sim/machine"
)

// KubeObject is an object of the cluster as its YAML shows it, an empty map where
// there is none. kind is any name that kubectl get takes: "deployment", "hpa".
func (w *World) KubeObject(kind, namespace, name string) map[string]any {
	if w.cluster == nil {
		return map[string]any{}
	}
	collection := w.cluster.Server.Find(strings.ToLower(kind))
	if collection == nil {
		return map[string]any{}
	}
	if !collection.Type().Namespaced {
		namespace = ""
	}
	obj, found := collection.GetObject(namespace, name)
	if !found {
		return map[string]any{}
	}
	fields, err := runtime.DefaultUnstructuredConverter.ToUnstructured(obj)
	if err != nil {
		return map[string]any{}
	}
	return fields
}

// KubeAllows reports whether RBAC lets a user do something. A service account is
// the user "system:serviceaccount:NAMESPACE:NAME".
func (w *World) KubeAllows(user, verb, resource, namespace string) bool {
	if w.cluster == nil {
		return false
	}
	resource, sub, _ := strings.Cut(resource, "/")
	group := ""
	if c := w.cluster.Server.Find(resource); c != nil {
		kind := c.Type()
		resource, group = kind.Resource, kind.GroupVersion.Group
		if !kind.Namespaced {
			namespace = ""
		}
	}
	return w.cluster.Server.Authorize(api.User{Name: user}, verb, group, resource, sub, namespace, "") == nil
}

// PodLogs is what the containers of a pod printed in their latest runs.
func (w *World) PodLogs(namespace, name string) string {
	if w.cluster == nil {
		return ""
	}
	pod, found := w.cluster.Server.Pods.Get(namespace, name)
	if !found {
		return ""
	}
	var b strings.Builder
	for i := range pod.Spec.Containers {
		for _, line := range w.cluster.Logs(pod.Spec.NodeName, namespace, name, pod.Spec.Containers[i].Name) {
			b.WriteString(line)
		}
	}
	return b.String()
}

// standing is the network stack that a look starts from: a machine's, or that of a
// pod, "pod/NAME" or "pod/NAMESPACE/NAME". Nil where there is none; then the text
// says why.
func (w *World) standing(from string) (*machine.Namespace, string) {
	rest, isPod := strings.CutPrefix(from, "pod/")
	if !isPod {
		m := w.site.Machine(from)
		switch {
		case m == nil:
			return nil, "there is no machine \"" + from + "\""
		case !m.Powered:
			return nil, from + " has no power"
		}
		return m.Net, ""
	}
	namespace, name, found := strings.Cut(rest, "/")
	if !found {
		namespace, name = "default", rest
	}
	if w.cluster != nil {
		if pod, found := w.cluster.Server.Pods.Get(namespace, name); found {
			if net := w.cluster.PodNetwork(pod); net != nil {
				return net, ""
			}
		}
	}
	return nil, "no pod " + rest + " is running"
}
