package kubectl

import (
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"

	appsv1 "k8s.io/api/apps/v1"
	batchv1 "k8s.io/api/batch/v1"
	corev1 "k8s.io/api/core/v1"
	"k8s.io/apimachinery/pkg/labels"

	"drydock/sim/kube/kubelet"
)

// podOf finds the pod that an argument means: POD or TYPE/NAME, where a workload or
// service stands for one of its pods. count is how many there were to choose from.
func (s *session) podOf(arg string) (pod *corev1.Pod, count int, err error) {
	if !strings.Contains(arg, "/") {
		arg = "pods/" + arg
	}
	r, err := s.parse([]string{arg})
	if err != nil {
		return nil, 0, err
	}
	t, err := r.named[0].lookup()
	if err != nil {
		return nil, 0, err
	}
	if pod, is := t.object.(*corev1.Pod); is {
		return pod, 1, nil
	}
	match, err := podLabels(t)
	if err != nil {
		return nil, 0, err
	}
	list, err := s.podsWith(t.namespace, labels.SelectorFromSet(match))
	if err != nil {
		return nil, 0, err
	}
	if len(list) == 0 {
		return nil, 0, fmt.Errorf("timed out waiting for the condition")
	}
	return list[0], len(list), nil
}

// allPodsOf are all pods of a workload or service.
func (s *session) allPodsOf(arg string) ([]*corev1.Pod, error) {
	r, err := s.parse([]string{arg})
	if err != nil {
		return nil, err
	}
	t, err := r.named[0].lookup()
	if err != nil {
		return nil, err
	}
	if pod, is := t.object.(*corev1.Pod); is {
		return []*corev1.Pod{pod}, nil
	}
	match, err := podLabels(t)
	if err != nil {
		return nil, err
	}
	return s.podsWith(t.namespace, labels.SelectorFromSet(match))
}

// podLabels are the labels of an object's pods.
func podLabels(t target) (map[string]string, error) {
	switch o := t.object.(type) {
	case *appsv1.StatefulSet:
		return o.Spec.Selector.MatchLabels, nil
	case *appsv1.DaemonSet:
		return o.Spec.Selector.MatchLabels, nil
	case *batchv1.Job:
		return o.Spec.Selector.MatchLabels, nil
	case *corev1.Service, *appsv1.Deployment, *appsv1.ReplicaSet:
		return exposable(t)
	}
	return nil, fmt.Errorf("cannot get the logs from %T: selector for %T not implemented", t.object, t.object)
}

// podsWith are pods by their labels, those first that kubectl prefers: running ones,
// and those that have been ready for longer.
func (s *session) podsWith(namespace string, match labels.Selector) ([]*corev1.Pod, error) {
	if err := mayList(s.guard(s.server.Pods), namespace); err != nil {
		return nil, err
	}
	var list []*corev1.Pod
	for _, pod := range s.server.Pods.List(namespace) {
		if match.Matches(labels.Set(pod.Labels)) {
			list = append(list, pod)
		}
	}
	slices.SortStableFunc(list, func(a, b *corev1.Pod) int { return readySince(a).Compare(readySince(b)) })
	return list, nil
}

// readySince is when a pod became ready; one that is not comes after all others.
func readySince(pod *corev1.Pod) time.Time {
	for _, c := range pod.Status.Conditions {
		if c.Type == corev1.PodReady && c.Status == corev1.ConditionTrue {
			return c.LastTransitionTime.Time
		}
	}
	return time.Unix(1<<40, 0)
}

// containerNames are a pod's containers as messages list them.
func containerNames(pod *corev1.Pod) string {
	var names []string
	for _, c := range pod.Spec.Containers {
		names = append(names, c.Name)
	}
	for _, c := range pod.Spec.EphemeralContainers {
		names = append(names, c.Name+" (ephem)")
	}
	for _, c := range pod.Spec.InitContainers {
		names = append(names, c.Name+" (init)")
	}
	return strings.Join(names, ", ")
}

// nameList are the names of all containers of a pod.
func nameList(pod *corev1.Pod) []string {
	var names []string
	for _, c := range slices.Concat(pod.Spec.Containers, pod.Spec.InitContainers) {
		names = append(names, c.Name)
	}
	for _, c := range pod.Spec.EphemeralContainers {
		names = append(names, c.Name)
	}
	return names
}

// containerOf is the container that is meant: the named one, that of the pod's
// annotation, or the first, which kubectl says where there are others.
func (s *session) containerOf(pod *corev1.Pod, name string) (string, error) {
	if name == "" {
		name = pod.Annotations["kubectl.kubernetes.io/default-container"]
	}
	if name == "" {
		name = pod.Spec.Containers[0].Name
		if len(nameList(pod)) > 1 {
			s.p.Errorf("Defaulted container %q out of: %s\n", name, containerNames(pod))
		}
		return name, nil
	}
	if slices.Contains(nameList(pod), name) {
		return name, nil
	}
	return "", fmt.Errorf("container %s is not valid for pod %s out of: %s", name, pod.Name, containerNames(pod))
}

// kubeletOf is the kubelet of a pod's node, or nil before the pod has one.
func (f *factory) kubeletOf(pod *corev1.Pod) (*kubelet.Kubelet, error) {
	if f.backend.Kubelet == nil {
		return nil, errors.New("this cluster has no kubelets")
	}
	return f.backend.Kubelet(pod.Spec.NodeName), nil
}
