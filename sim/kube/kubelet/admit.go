package kubelet

import (
	"fmt"

	corev1 "k8s.io/api/core/v1"
	"k8s.io/apimachinery/pkg/api/resource"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"

	"drydock/sim/kube/store"
)

// refuse tells why the node cannot take a pod that was bound to it, or nothing
// (pkg/kubelet/lifecycle/predicate.go).
func (k *Kubelet) refuse(pod *corev1.Pod) (reason, message string) {
	var cpu, memory, pods int64
	for _, other := range k.server.PodsByNode.Get(k.Node) {
		if other.UID == pod.UID || finished(other) || other.Status.StartTime == nil {
			continue
		}
		pods++
		cpu += requested(other, corev1.ResourceCPU)
		memory += requested(other, corev1.ResourceMemory)
	}
	word := func(what string, want, used, capacity int64) string {
		return fmt.Sprintf("Node didn't have enough resource: %s, requested: %d, used: %d, capacity: %d", what, want, used, capacity)
	}
	switch want := requested(pod, corev1.ResourceCPU); {
	case pods >= int64(k.MaxPods):
		return "OutOfpods", word("pods", 1, pods, int64(k.MaxPods))
	case want > 0 && cpu+want > int64(k.CPUs)*1000:
		return "OutOfcpu", word("cpu", want, cpu, int64(k.CPUs)*1000)
	}
	if want := requested(pod, corev1.ResourceMemory); want > 0 && memory+want > k.Memory {
		return "OutOfmemory", word("memory", want, memory, k.Memory)
	}
	return "", ""
}

// requested is what a pod asks for: millicores or bytes. Init containers run one
// after another, so only the largest counts; sidecars add up.
func requested(pod *corev1.Pod, name corev1.ResourceName) int64 {
	value := func(c *corev1.Container) int64 {
		q, found := c.Resources.Requests[name]
		if !found {
			q, found = c.Resources.Limits[name]
		}
		if !found {
			return 0
		}
		return amount(q, name)
	}
	var sum, side, most int64
	for i := range pod.Spec.Containers {
		sum += value(&pod.Spec.Containers[i])
	}
	for i := range pod.Spec.InitContainers {
		c := &pod.Spec.InitContainers[i]
		if sidecar(c) {
			side += value(c)
			most = max(most, side)
			continue
		}
		most = max(most, side+value(c))
	}
	total := max(sum+side, most)
	if q, found := pod.Spec.Overhead[name]; found {
		total += amount(q, name)
	}
	return total
}

func amount(q resource.Quantity, name corev1.ResourceName) int64 {
	if name == corev1.ResourceCPU {
		return q.MilliValue()
	}
	return q.Value()
}

// reject ends a pod that the node does not take.
func (k *Kubelet) reject(pod *corev1.Pod, reason, message string) {
	k.server.Event(k.source, "Pod", pod, "", "Warning", reason, message)
	c, now := store.Copy(pod), metav1.NewTime(k.clock.Now())
	c.Status.Phase, c.Status.Reason, c.Status.Message = corev1.PodFailed, reason, "Pod was rejected: "+message
	c.Status.StartTime, c.Status.ObservedGeneration = &now, pod.Generation
	k.server.Pods.SetStatus(c)
}
