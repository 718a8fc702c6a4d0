package printer

import (
	"fmt"
	"strconv"
	"time"

	corev1 "k8s.io/api/core/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/util/duration"
)

func pod(p *corev1.Pod, now time.Time) Row {
	ready, restarts, last := 0, 0, metav1.Time{}
	total := len(p.Spec.Containers)
	for _, s := range p.Status.ContainerStatuses {
		restarts += int(s.RestartCount)
		last = later(last, s)
		if s.Ready && s.State.Running != nil {
			ready++
		}
	}
	for i, s := range p.Status.InitContainerStatuses {
		if i >= len(p.Spec.InitContainers) || !sidecar(p.Spec.InitContainers[i]) {
			continue
		}
		restarts += int(s.RestartCount)
		last = later(last, s)
		if s.Ready {
			ready++
		}
	}
	for _, c := range p.Spec.InitContainers {
		if sidecar(c) {
			total++
		}
	}
	reason, starting := initReason(p)
	if starting {
		restarts, last = 0, metav1.Time{}
		for _, s := range p.Status.InitContainerStatuses {
			restarts += int(s.RestartCount)
			last = later(last, s)
		}
	}
	again := strconv.Itoa(restarts)
	if restarts > 0 && !last.IsZero() {
		again = fmt.Sprintf("%d (%s ago)", restarts, duration.HumanDuration(now.Sub(last.Time)))
	}
	return Row{
		Cells: []string{p.Name, fmt.Sprintf("%d/%d", ready, total), reason, again, age(p.CreationTimestamp, now)},
		Wide:  []string{or(p.Status.PodIP, "<none>"), or(p.Spec.NodeName, "<none>"), or(p.Status.NominatedNodeName, "<none>"), gates(p)},
	}
}

func later(t metav1.Time, s corev1.ContainerStatus) metav1.Time {
	if e := s.LastTerminationState.Terminated; e != nil && t.Before(&e.FinishedAt) {
		return e.FinishedAt
	}
	return t
}

func sidecar(c corev1.Container) bool {
	return c.RestartPolicy != nil && *c.RestartPolicy == corev1.ContainerRestartPolicyAlways
}

// gates are the readiness gates that are met, of all.
func gates(p *corev1.Pod) string {
	if len(p.Spec.ReadinessGates) == 0 {
		return "<none>"
	}
	met := 0
	for _, g := range p.Spec.ReadinessGates {
		for _, c := range p.Status.Conditions {
			if c.Type == g.ConditionType && c.Status == corev1.ConditionTrue {
				met++
			}
		}
	}
	return fmt.Sprintf("%d/%d", met, len(p.Spec.ReadinessGates))
}

// Status is the STATUS column of a pod, as kubectl get pods words it (v1.37).
func Status(p *corev1.Pod) string {
	status, _ := initReason(p)
	return status
}

// initReason is the STATUS column, and whether init containers still run.
func initReason(p *corev1.Pod) (string, bool) {
	reason := or(p.Status.Reason, string(p.Status.Phase))
	for _, c := range p.Status.Conditions {
		if c.Type == corev1.PodScheduled && c.Reason == corev1.PodReasonSchedulingGated {
			reason = corev1.PodReasonSchedulingGated
		}
	}
	starting := false
	for i, s := range p.Status.InitContainerStatuses {
		side := i < len(p.Spec.InitContainers) && sidecar(p.Spec.InitContainers[i])
		if text, busy := initState(s, side, i, len(p.Spec.InitContainers)); busy {
			reason, starting = text, true
			break
		}
	}
	if !starting || initialized(p) {
		reason = running(p, reason)
	}
	if p.DeletionTimestamp != nil {
		switch {
		case p.Status.Reason == "NodeLost":
			reason = "Unknown"
		case p.Status.Phase != corev1.PodSucceeded && p.Status.Phase != corev1.PodFailed:
			reason = "Terminating"
		}
	}
	return reason, starting
}

func initialized(p *corev1.Pod) bool {
	for _, c := range p.Status.Conditions {
		if c.Type == corev1.PodInitialized {
			return c.Status == corev1.ConditionTrue
		}
	}
	return false
}

func initState(s corev1.ContainerStatus, side bool, i, n int) (string, bool) {
	switch t, w := s.State.Terminated, s.State.Waiting; {
	case t != nil && t.ExitCode == 0, side && s.Started != nil && *s.Started:
		return "", false
	case t != nil:
		return "Init:" + ended(t), true
	case w != nil && w.Reason != "" && w.Reason != "PodInitializing":
		return "Init:" + w.Reason, true
	}
	return fmt.Sprintf("Init:%d/%d", i, n), true
}

func ended(t *corev1.ContainerStateTerminated) string {
	switch {
	case t.Reason != "":
		return t.Reason
	case t.Signal != 0:
		return fmt.Sprintf("Signal:%d", t.Signal)
	}
	return fmt.Sprintf("ExitCode:%d", t.ExitCode)
}

// running is the reason that the containers give, the first one's over the last's.
func running(p *corev1.Pod, reason string) string {
	up := false
	for i := len(p.Status.ContainerStatuses) - 1; i >= 0; i-- {
		s := p.Status.ContainerStatuses[i]
		switch {
		case s.State.Waiting != nil && s.State.Waiting.Reason != "":
			reason = s.State.Waiting.Reason
		case s.State.Terminated != nil:
			reason = ended(s.State.Terminated)
		case s.Ready && s.State.Running != nil:
			up = true
		}
	}
	if reason != "Completed" || !up {
		return reason
	}
	for _, c := range p.Status.Conditions {
		if c.Type == corev1.PodReady && c.Status == corev1.ConditionTrue {
			return "Running"
		}
	}
	return "NotReady"
}
