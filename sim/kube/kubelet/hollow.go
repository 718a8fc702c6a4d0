package kubelet

import (
	"fmt"
	"net/netip"
	"time"

	corev1 "k8s.io/api/core/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"

	"drydock/sim/kube/store"
)

const (
	hollowStart = 700 * time.Millisecond // image there, sandbox, container
	hollowEnd   = 300 * time.Millisecond
)

// hollow runs the pods of a node without a machine: what is to start or to end is
// collected, and one timer does it for all.
type hollow struct {
	kubelet *Kubelet
	ids     map[store.Key]netip.Addr
	batch   []store.Key
	ends    []store.Key
}

// note takes note of a pod that was bound, marked for deletion or removed.
func (h *hollow) note(pod *corev1.Pod, gone bool) {
	key, c := store.KeyOf(pod), h.kubelet.clock
	switch {
	case gone:
		delete(h.ids, key)
	case pod.DeletionTimestamp != nil:
		h.ends = append(h.ends, key)
		if len(h.ends) == 1 {
			c.After(hollowEnd, h.endAll)
		}
	case !finished(pod) && !h.ids[key].IsValid():
		h.ids[key] = h.kubelet.address()
		h.batch = append(h.batch, key)
		if len(h.batch) == 1 {
			c.After(hollowStart, h.startAll)
		}
	}
}

func finished(pod *corev1.Pod) bool {
	return pod.Status.Phase == corev1.PodSucceeded || pod.Status.Phase == corev1.PodFailed
}

func (h *hollow) startAll() {
	batch := h.batch
	h.batch = nil
	for _, key := range batch {
		pod, found := h.kubelet.server.Pods.Table.Get(key.Namespace, key.Name)
		switch {
		case !found || !h.kubelet.works():
			delete(h.ids, key) // a start of the kubelet takes it up again
		case pod.DeletionTimestamp == nil && pod.Spec.NodeName == h.kubelet.Node:
			h.run(pod, h.ids[key])
		}
	}
}

func (h *hollow) endAll() {
	ends := h.ends
	h.ends = nil
	for _, key := range ends {
		pod, found := h.kubelet.server.Pods.Table.Get(key.Namespace, key.Name)
		if found && h.kubelet.works() && pod.DeletionTimestamp != nil && len(pod.Finalizers) == 0 {
			h.kubelet.server.Pods.Remove(key.Namespace, key.Name)
		}
	}
}

// run reports a pod as running with all its containers.
func (h *hollow) run(pod *corev1.Pod, ip netip.Addr) {
	k := h.kubelet
	if reason, message := k.refuse(pod); reason != "" {
		k.reject(pod, reason, message)
		return
	}
	now := metav1.NewTime(k.clock.Now())
	c := store.Copy(pod)
	s := &c.Status
	s.Phase, s.StartTime, s.ObservedGeneration = corev1.PodRunning, &now, pod.Generation
	k.setAddresses(s, pod, ip)
	on := true
	status := func(spec *corev1.Container, state corev1.ContainerState) corev1.ContainerStatus {
		id := k.containerID()
		return corev1.ContainerStatus{Name: spec.Name, Image: spec.Image, ImageID: spec.Image, ContainerID: id, Ready: true, Started: &on, State: state}
	}
	for i := range pod.Spec.InitContainers {
		spec := &pod.Spec.InitContainers[i]
		state := corev1.ContainerState{Terminated: &corev1.ContainerStateTerminated{Reason: "Completed", StartedAt: now, FinishedAt: now}}
		if sidecar(spec) {
			state = corev1.ContainerState{Running: &corev1.ContainerStateRunning{StartedAt: now}}
		}
		s.InitContainerStatuses = append(s.InitContainerStatuses[:i:i], status(spec, state))
	}
	s.ContainerStatuses = make([]corev1.ContainerStatus, len(pod.Spec.Containers))
	for i := range pod.Spec.Containers {
		spec := &pod.Spec.Containers[i]
		s.ContainerStatuses[i] = status(spec, corev1.ContainerState{Running: &corev1.ContainerStateRunning{StartedAt: now}})
	}
	s.Conditions = conditions(pod, now, podFacts{sandbox: true, initialized: true, ready: true})
	k.server.Pods.SetStatus(c)
	for i := range pod.Spec.Containers {
		field := "spec.containers{" + pod.Spec.Containers[i].Name + "}"
		k.server.Event(k.source, "Pod", pod, field, "Normal", "Started", "Container started")
	}
}

// containerID draws the id of a container.
func (k *Kubelet) containerID() string {
	r := k.clock.Rand()
	return fmt.Sprintf("containerd://%016x%016x%016x%016x", r.Uint64(), r.Uint64(), r.Uint64(), r.Uint64())
}

// address is the next free one of the node's pod network, as host-local IPAM hands
// them out: round robin.
func (k *Kubelet) address() netip.Addr {
	for range 1 << 16 {
		k.nextAddr = k.nextAddr.Next()
		if !k.PodCIDR.Contains(k.nextAddr.Next()) { // the last is for broadcasts
			k.nextAddr = k.PodCIDR.Addr().Next()
			continue
		}
		if k.network == nil || k.network.Free(k.nextAddr) {
			return k.nextAddr
		}
	}
	return netip.Addr{}
}
