package describe

import (
	"fmt"
	"slices"
	"strings"

	corev1 "k8s.io/api/core/v1"
)

func (p *page) pod(pod *corev1.Pod) {
	p.name(pod)
	p.podPlace(pod)
	p.labels("Labels", pod.Labels)
	p.annotations("Annotations", pod.Annotations)
	p.podStatus(pod)
	if init := pod.Spec.InitContainers; len(init) > 0 {
		p.containers("Init Containers", init, pod.Status.InitContainerStatuses, pod, "")
	}
	p.containers("Containers", pod.Spec.Containers, pod.Status.ContainerStatuses, pod, "")
	if len(pod.Spec.EphemeralContainers) > 0 {
		var list []corev1.Container
		for _, e := range pod.Spec.EphemeralContainers {
			list = append(list, corev1.Container(e.EphemeralContainerCommon))
		}
		p.containers("Ephemeral Containers", list, pod.Status.EphemeralContainerStatuses, pod, "")
	}
	p.podConditions(pod)
	p.volumes(pod.Spec.Volumes, "")
	p.field(0, "QoS Class", pod.Status.QOSClass)
	p.labels("Node-Selectors", pod.Spec.NodeSelector)
	p.tolerations("Tolerations", pod.Spec.Tolerations)
	p.spread("", pod.Spec.TopologySpreadConstraints)
	p.eventTable()
}

func (p *page) podPlace(pod *corev1.Pod) {
	if pod.Spec.Priority != nil {
		p.field(0, "Priority", *pod.Spec.Priority)
		p.given(0, "Priority Class Name", pod.Spec.PriorityClassName)
	}
	if class := pod.Spec.RuntimeClassName; class != nil {
		p.given(0, "Runtime Class Name", *class)
	}
	p.given(0, "Service Account", pod.Spec.ServiceAccountName)
	if pod.Spec.NodeName == "" {
		p.field(0, "Node", none)
	} else {
		p.field(0, "Node", pod.Spec.NodeName+"/"+pod.Status.HostIP)
	}
	if pod.Status.StartTime != nil {
		p.field(0, "Start Time", date(*pod.Status.StartTime))
	}
}

func (p *page) podStatus(pod *corev1.Pod) {
	phase := pod.Status.Phase
	if pod.DeletionTimestamp != nil && phase != corev1.PodFailed && phase != corev1.PodSucceeded {
		p.field(0, "Status", "Terminating (lasts "+p.since(pod.DeletionTimestamp.Time)+")")
		if pod.DeletionGracePeriodSeconds != nil {
			p.field(0, "Termination Grace Period", fmt.Sprintf("%ds", *pod.DeletionGracePeriodSeconds))
		}
	} else {
		p.field(0, "Status", phase)
	}
	p.given(0, "Reason", pod.Status.Reason)
	p.given(0, "Message", pod.Status.Message)
	if sc := pod.Spec.SecurityContext; sc != nil && sc.SeccompProfile != nil {
		p.seccomp(0, sc.SeccompProfile)
	}
	p.field(0, "IP", pod.Status.PodIP)
	if len(pod.Status.PodIPs) == 0 {
		p.field(0, "IPs", none)
	} else {
		p.line(0, "IPs:")
	}
	for _, ip := range pod.Status.PodIPs {
		p.field(1, "IP", ip.IP)
	}
	p.controller(pod)
	p.given(0, "NominatedNodeName", pod.Status.NominatedNodeName)
}

func (p *page) podConditions(pod *corev1.Pod) {
	if gates := pod.Spec.ReadinessGates; len(gates) > 0 {
		p.line(0, "Readiness Gates:")
		p.line(1, "Type\tStatus")
		for _, g := range gates {
			status := none
			if at := slices.IndexFunc(pod.Status.Conditions, func(c corev1.PodCondition) bool { return c.Type == g.ConditionType }); at >= 0 {
				status = string(pod.Status.Conditions[at].Status)
			}
			p.line(1, "%s \t%s ", g.ConditionType, status)
		}
	}
	if len(pod.Status.Conditions) == 0 {
		return
	}
	p.line(0, "Conditions:")
	p.line(1, "Type\tStatus")
	for _, c := range pod.Status.Conditions {
		p.line(1, "%s \t%s ", c.Type, c.Status)
	}
}

func (p *page) tolerations(title string, list []corev1.Toleration) {
	var values []string
	for _, t := range list {
		v := t.Key
		if t.Value != "" {
			v += "=" + t.Value
		}
		if t.Effect != "" {
			v += ":" + string(t.Effect)
		}
		if t.Operator != "" && t.Operator != corev1.TolerationOpEqual {
			v = strings.TrimSpace(v + " op=" + string(t.Operator))
		}
		if t.TolerationSeconds != nil {
			v += fmt.Sprintf(" for %ds", *t.TolerationSeconds)
		}
		values = append(values, v)
	}
	slices.Sort(values)
	p.list(title, values)
}

func (p *page) spread(indent string, list []corev1.TopologySpreadConstraint) {
	var values []string
	for _, c := range list {
		v := fmt.Sprintf("%s:%s when max skew %d is exceeded", c.TopologyKey, c.WhenUnsatisfiable, c.MaxSkew)
		if c.LabelSelector != nil {
			v += " for selector " + selector(c.LabelSelector)
		}
		values = append(values, v)
	}
	if len(values) > 0 {
		slices.Sort(values)
		p.list(indent+"Topology Spread Constraints", values)
	}
}
