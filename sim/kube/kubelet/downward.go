package kubelet

import (
	"fmt"
	"maps"
	"slices"
	"strconv"
	"strings"

	corev1 "k8s.io/api/core/v1"
)

// field is what the downward API says about the pod itself.
func (w *worker) field(pod *corev1.Pod, path string) string {
	if base, key, found := strings.Cut(path, "['"); found {
		key = strings.TrimSuffix(key, "']")
		if base == "metadata.labels" {
			return pod.Labels[key]
		}
		return pod.Annotations[key]
	}
	switch path {
	case "metadata.name":
		return pod.Name
	case "metadata.namespace":
		return pod.Namespace
	case "metadata.uid":
		return string(pod.UID)
	case "metadata.labels":
		return lines(pod.Labels)
	case "metadata.annotations":
		return lines(pod.Annotations)
	case "spec.nodeName":
		return pod.Spec.NodeName
	case "spec.serviceAccountName":
		return pod.Spec.ServiceAccountName
	case "status.hostIP", "status.hostIPs":
		return w.kubelet.Address.String()
	case "status.podIP", "status.podIPs":
		return w.ip()
	}
	return ""
}

func lines(m map[string]string) string {
	var list []string
	for _, k := range slices.Sorted(maps.Keys(m)) {
		list = append(list, fmt.Sprintf("%s=%q", k, m[k]))
	}
	return strings.Join(list, "\n")
}

// resource is a request or limit of a container; without a limit it is what the
// node has.
func (w *worker) resource(pod *corev1.Pod, spec *corev1.Container, r *corev1.ResourceFieldSelector) string {
	for i := range pod.Spec.Containers {
		if pod.Spec.Containers[i].Name == r.ContainerName {
			spec = &pod.Spec.Containers[i]
		}
	}
	kind, name, _ := strings.Cut(r.Resource, ".")
	list := spec.Resources.Requests
	if kind == "limits" {
		list = spec.Resources.Limits
	}
	q, found := list[corev1.ResourceName(name)]
	value := amount(q, corev1.ResourceName(name))
	if !found && kind == "limits" {
		value = w.kubelet.Memory
		if name == "cpu" {
			value = int64(w.kubelet.CPUs) * 1000
		}
	}
	divisor := amount(r.Divisor, corev1.ResourceName(name))
	if divisor == 0 {
		divisor = 1
		if name == "cpu" {
			divisor = 1000
		}
	}
	return strconv.FormatInt((value+divisor-1)/divisor, 10)
}
