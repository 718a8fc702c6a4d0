package kubelet

import (
	"fmt"
	"net/netip"
	"slices"
	"strings"

	corev1 "k8s.io/api/core/v1"
	apiequality "k8s.io/apimachinery/pkg/api/equality"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"

	"drydock/sim/kube/store"
)

func parseAddr(text string) (netip.Addr, error) { return netip.ParseAddr(text) }

// report writes what the worker sees now, and what its last look found, into the
// pod's status.
func (w *worker) report(pod *corev1.Pod) {
	k, now := w.kubelet, metav1.NewTime(w.kubelet.clock.Now())
	c := store.Copy(pod)
	s := &c.Status
	if s.StartTime == nil {
		s.StartTime = &now
	}
	s.ObservedGeneration = pod.Generation
	s.InitContainerStatuses, s.ContainerStatuses, s.EphemeralContainerStatuses = nil, nil, nil
	for _, ct := range w.debuggers {
		s.EphemeralContainerStatuses = append(s.EphemeralContainerStatuses, w.status(pod, ct))
	}
	for _, ct := range w.containers {
		if status := w.status(pod, ct); ct.init {
			s.InitContainerStatuses = append(s.InitContainerStatuses, status)
		} else {
			s.ContainerStatuses = append(s.ContainerStatuses, status)
		}
	}
	s.Resources, s.AllocatedResources = together(&pod.Spec)
	if w.net != nil || s.HostIP == "" {
		addr, _ := netip.ParseAddr(w.ip())
		k.setAddresses(s, pod, addr)
	}
	if !finished(pod) {
		s.Phase = phase(pod, s)
		if w.ending {
			s.Phase = lastPhase(s)
		}
	}
	s.Conditions = conditions(pod, now, w.facts(pod, s))
	if !apiequality.Semantic.DeepEqual(pod.Status, c.Status) {
		w.store(c)
	}
}

// setAddresses fills in where the pod and its node are.
func (k *Kubelet) setAddresses(s *corev1.PodStatus, pod *corev1.Pod, ip netip.Addr) {
	s.HostIP, s.HostIPs = k.Address.String(), []corev1.HostIP{{IP: k.Address.String()}}
	if pod.Spec.HostNetwork {
		ip = k.Address
	}
	if ip.IsValid() {
		s.PodIP, s.PodIPs = ip.String(), []corev1.PodIP{{IP: ip.String()}}
	}
}

// status is one container's.
func (w *worker) status(pod *corev1.Pod, c *container) corev1.ContainerStatus {
	spec := c.spec(pod)
	started := c.running() && c.started
	s := corev1.ContainerStatus{Name: c.name, Image: spec.Image, RestartCount: int32(max(c.runs-1, 0)), Started: &started} //nolint:gosec // small
	for _, m := range spec.VolumeMounts {
		mount := corev1.VolumeMountStatus{Name: m.Name, MountPath: m.MountPath, ReadOnly: m.ReadOnly}
		if m.ReadOnly {
			no := corev1.RecursiveReadOnlyDisabled
			mount.RecursiveReadOnly = &no
		}
		s.VolumeMounts = append(s.VolumeMounts, mount)
	}
	if c.last != nil {
		s.LastTerminationState.Terminated = c.last
	}
	if c.now != nil {
		s.ContainerID, s.ImageID = "containerd://"+c.now.ID, c.id
		if c.named != "" {
			s.Image = c.named
		}
		s.Resources = spec.Resources.DeepCopy()
		s.AllocatedResources = s.Resources.Requests
	}
	switch {
	case c.running():
		if c.started && !c.ready && c.looked != nil {
			c.looked.Broadcast()
		}
		s.State.Running = &corev1.ContainerStateRunning{StartedAt: metav1.NewTime(c.now.State.Started)}
		s.Ready = c.ready
	case c.ended():
		t := c.terminated()
		if c.reason != "" {
			s.State.Waiting = &corev1.ContainerStateWaiting{Reason: c.reason, Message: c.message}
			s.LastTerminationState.Terminated = t
			break
		}
		s.State.Terminated = t
		s.Ready = c.init && !c.sidecar && t.ExitCode == 0
	case c.reason != "":
		s.State.Waiting = &corev1.ContainerStateWaiting{Reason: c.reason, Message: c.message}
	default:
		s.State.Waiting = &corev1.ContainerStateWaiting{Reason: "ContainerCreating"}
		if len(pod.Spec.InitContainers) > 0 {
			s.State.Waiting.Reason = "PodInitializing"
		}
	}
	return s
}

// phase is the pod's, from its containers (pkg/kubelet: getPhase).
func phase(pod *corev1.Pod, s *corev1.PodStatus) corev1.PodPhase {
	for i := range s.InitContainerStatuses {
		st := &s.InitContainerStatuses[i]
		t := st.State.Terminated
		switch {
		case sidecar(&pod.Spec.InitContainers[i]):
			if st.Started == nil || !*st.Started {
				if st.LastTerminationState.Terminated == nil && t == nil {
					return corev1.PodPending
				}
			}
		case t != nil && t.ExitCode == 0:
		case t != nil && pod.Spec.RestartPolicy == corev1.RestartPolicyNever:
			return corev1.PodFailed
		default:
			return corev1.PodPending
		}
	}
	var waiting, running, stopped, succeeded int
	for i := range s.ContainerStatuses {
		switch st := &s.ContainerStatuses[i]; {
		case st.State.Running != nil:
			running++
		case st.State.Terminated != nil:
			stopped++
			if st.State.Terminated.ExitCode == 0 {
				succeeded++
			}
		case st.LastTerminationState.Terminated != nil:
			stopped++
		default:
			waiting++
		}
	}
	switch policy := pod.Spec.RestartPolicy; {
	case waiting > 0:
		return corev1.PodPending
	case running > 0 || stopped > 0 && policy == corev1.RestartPolicyAlways:
		return corev1.PodRunning
	case stopped > 0 && stopped == succeeded:
		return corev1.PodSucceeded
	case stopped > 0 && policy == corev1.RestartPolicyNever:
		return corev1.PodFailed
	case stopped > 0:
		return corev1.PodRunning
	}
	return corev1.PodPending
}

// lastPhase is the phase of a deleted pod whose containers have ended: kubectl shows
// it in place of Terminating.
func lastPhase(s *corev1.PodStatus) corev1.PodPhase {
	for i := range s.ContainerStatuses {
		if t := s.ContainerStatuses[i].State.Terminated; t == nil || t.ExitCode != 0 {
			return corev1.PodFailed
		}
	}
	return corev1.PodSucceeded
}

// podFacts are what the conditions say.
type podFacts struct {
	sandbox, initialized, ready bool
	uninitialized, unready      []string
	phase                       corev1.PodPhase
}

func (w *worker) facts(pod *corev1.Pod, s *corev1.PodStatus) podFacts {
	f := podFacts{sandbox: w.net != nil && !finished(&corev1.Pod{Status: *s}), phase: s.Phase}
	for i := range s.InitContainerStatuses {
		st := &s.InitContainerStatuses[i]
		if sidecar(&pod.Spec.InitContainers[i]) {
			if st.Started == nil || !*st.Started {
				f.uninitialized = append(f.uninitialized, st.Name)
			}
			if !st.Ready {
				f.unready = append(f.unready, st.Name)
			}
		} else if !st.Ready {
			f.uninitialized = append(f.uninitialized, st.Name)
		}
	}
	for i := range s.ContainerStatuses {
		if !s.ContainerStatuses[i].Ready {
			f.unready = append(f.unready, s.ContainerStatuses[i].Name)
		}
	}
	f.initialized, f.ready = len(f.uninitialized) == 0 || s.Phase == corev1.PodSucceeded, len(f.unready) == 0
	return f
}

// conditions are the pod's, in the kubelet's order; those that did not change keep
// their time, those of others stay.
func conditions(pod *corev1.Pod, now metav1.Time, f podFacts) []corev1.PodCondition {
	var list []corev1.PodCondition
	add := func(t corev1.PodConditionType, ok bool, reason, message string) {
		c := corev1.PodCondition{Type: t, Status: corev1.ConditionTrue, LastTransitionTime: now, ObservedGeneration: pod.Generation}
		if !ok {
			c.Status, c.Reason, c.Message = corev1.ConditionFalse, reason, message
		}
		for _, o := range pod.Status.Conditions {
			if o.Type == t && o.Status == c.Status {
				c.LastTransitionTime = o.LastTransitionTime
			}
		}
		list = append(list, c)
	}
	ready, message := "ContainersNotReady", fmt.Sprintf("containers with unready status: [%s]", strings.Join(f.unready, " "))
	switch f.phase {
	case corev1.PodSucceeded:
		ready, message = "PodCompleted", ""
	case corev1.PodFailed:
		ready, message = "PodFailed", ""
	}
	add(corev1.PodReadyToStartContainers, f.sandbox, "", "")
	add(corev1.PodInitialized, f.initialized, "ContainersNotInitialized", fmt.Sprintf("containers with incomplete status: [%s]", strings.Join(f.uninitialized, " ")))
	gates := f.ready
	for _, g := range pod.Spec.ReadinessGates {
		gates = gates && slices.ContainsFunc(pod.Status.Conditions, func(c corev1.PodCondition) bool {
			return c.Type == g.ConditionType && c.Status == corev1.ConditionTrue
		})
	}
	if f.ready && !gates {
		add(corev1.PodReady, false, "ReadinessGatesNotReady", "the status of pod readiness gates is not \"True\", but False")
	} else {
		add(corev1.PodReady, f.ready, ready, message)
	}
	add(corev1.ContainersReady, f.ready, ready, message)
	add(corev1.PodScheduled, true, "", "")
	for _, o := range pod.Status.Conditions {
		if !slices.ContainsFunc(list, func(c corev1.PodCondition) bool { return c.Type == o.Type }) {
			list = append(list, o)
		}
	}
	return list
}

// recall takes from the status what an earlier start of the kubelet knew: how often
// the containers were started and how they ended last.
func (w *worker) recall(pod *corev1.Pod) {
	for _, st := range slices.Concat(pod.Status.InitContainerStatuses, pod.Status.ContainerStatuses) {
		for _, c := range w.containers {
			if c.name != st.Name || st.ContainerID == "" {
				continue
			}
			c.runs = int(st.RestartCount) + 1
			c.before, _ = w.kubelet.engine.Container(runName(pod, c.name, c.runs-1))
			switch {
			case st.State.Terminated != nil:
				c.last = st.State.Terminated
			case st.State.Running != nil:
				c.last = &corev1.ContainerStateTerminated{
					ExitCode: 255, Reason: "Unknown", ContainerID: st.ContainerID,
					StartedAt: st.State.Running.StartedAt, FinishedAt: metav1.NewTime(w.kubelet.clock.Now()),
				}
			}
		}
	}
}
