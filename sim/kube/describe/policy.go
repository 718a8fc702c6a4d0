package describe

import (
	"fmt"
	"strings"

	autoscalingv2 "k8s.io/api/autoscaling/v2"
	corev1 "k8s.io/api/core/v1"
	networkingv1 "k8s.io/api/networking/v1"
	policyv1 "k8s.io/api/policy/v1"
	schedulingv1 "k8s.io/api/scheduling/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
)

func (p *page) disruptionBudget(b *policyv1.PodDisruptionBudget) {
	p.name(b)
	switch {
	case b.Spec.MinAvailable != nil:
		p.field(0, "Min available", b.Spec.MinAvailable.String())
	case b.Spec.MaxUnavailable != nil:
		p.field(0, "Max unavailable", b.Spec.MaxUnavailable.String())
	}
	if b.Spec.Selector != nil {
		p.field(0, "Selector", selector(b.Spec.Selector))
	} else {
		p.field(0, "Selector", unset)
	}
	p.line(0, "Status:")
	p.field(2, "Allowed disruptions", b.Status.DisruptionsAllowed)
	p.field(2, "Current", b.Status.CurrentHealthy)
	p.field(2, "Desired", b.Status.DesiredHealthy)
	p.field(2, "Total", b.Status.ExpectedPods)
	p.eventTable()
}

func (p *page) priorityClass(c *schedulingv1.PriorityClass) {
	p.field(0, "Name", c.Name)
	p.field(0, "Value", c.Value)
	p.field(0, "GlobalDefault", c.GlobalDefault)
	policy := corev1.PreemptLowerPriority
	if c.PreemptionPolicy != nil {
		policy = *c.PreemptionPolicy
	}
	p.field(0, "PreemptionPolicy", policy)
	p.field(0, "Description", c.Description)
	p.field(0, "Annotations", equalities(c.Annotations))
	p.eventTable()
}

func (p *page) autoscaler(h *autoscalingv2.HorizontalPodAutoscaler) {
	p.identity(h)
	p.field(0, "CreationTimestamp", date(h.CreationTimestamp))
	p.field(0, "Reference", h.Spec.ScaleTargetRef.Kind+"/"+h.Spec.ScaleTargetRef.Name)
	p.field(0, "Metrics", "( current / target )")
	for i, m := range h.Spec.Metrics {
		if m.Resource == nil {
			p.line(1, "<unknown metric type>")
			continue
		}
		var now *autoscalingv2.ResourceMetricStatus
		if i < len(h.Status.CurrentMetrics) {
			now = h.Status.CurrentMetrics[i].Resource
		}
		p.resourceMetric(m.Resource, now)
	}
	low := unset
	if h.Spec.MinReplicas != nil {
		low = fmt.Sprint(*h.Spec.MinReplicas)
	}
	p.field(0, "Min replicas", low)
	p.field(0, "Max replicas", h.Spec.MaxReplicas)
	p.line(0, "%s pods:\t%d current / %d desired", h.Spec.ScaleTargetRef.Kind, h.Status.CurrentReplicas, h.Status.DesiredReplicas)
	if len(h.Status.Conditions) > 0 {
		p.line(0, "Conditions:")
		p.line(1, "Type\tStatus\tReason\tMessage")
		p.line(1, "----\t------\t------\t-------")
	}
	for _, c := range h.Status.Conditions {
		p.line(1, "%s\t%s\t%s\t%s", c.Type, c.Status, c.Reason, c.Message)
	}
	p.eventTable()
}

func (p *page) resourceMetric(m *autoscalingv2.ResourceMetricSource, now *autoscalingv2.ResourceMetricStatus) {
	current := "<unknown>"
	if m.Target.AverageValue != nil {
		if now != nil && now.Current.AverageValue != nil {
			current = now.Current.AverageValue.String()
		}
		p.field(1, fmt.Sprintf("resource %s on pods", m.Name), current+" / "+m.Target.AverageValue.String())
		return
	}
	if now != nil && now.Current.AverageUtilization != nil {
		current = fmt.Sprintf("%d%%", *now.Current.AverageUtilization)
		if now.Current.AverageValue != nil {
			current += " (" + now.Current.AverageValue.String() + ")"
		}
	}
	target := "<auto>"
	if m.Target.AverageUtilization != nil {
		target = fmt.Sprintf("%d%%", *m.Target.AverageUtilization)
	}
	p.field(1, fmt.Sprintf("resource %s on pods  (as a percentage of request)", m.Name), current+" / "+target)
}

func (p *page) networkPolicy(n *networkingv1.NetworkPolicy) {
	p.name(n)
	p.line(0, "Created on:\t%s", n.CreationTimestamp.UTC().Format("2006-01-02 15:04:05 -0700 MST"))
	p.labels("Labels", n.Labels)
	p.annotations("Annotations", n.Annotations)
	p.line(0, "Spec:")
	if s := &n.Spec.PodSelector; len(s.MatchLabels) == 0 && len(s.MatchExpressions) == 0 {
		p.line(1, "PodSelector:     <none> (Allowing the specific traffic to all pods in this namespace)")
	} else {
		p.line(1, "PodSelector:     %s", selector(s))
	}
	applies := map[networkingv1.PolicyType]bool{}
	for _, t := range n.Spec.PolicyTypes {
		applies[t] = true
	}
	p.direction(applies[networkingv1.PolicyTypeIngress], "ingress", "From", len(n.Spec.Ingress), func(i int) ([]networkingv1.NetworkPolicyPort, []networkingv1.NetworkPolicyPeer) {
		return n.Spec.Ingress[i].Ports, n.Spec.Ingress[i].From
	})
	p.direction(applies[networkingv1.PolicyTypeEgress], "egress", "To", len(n.Spec.Egress), func(i int) ([]networkingv1.NetworkPolicyPort, []networkingv1.NetworkPolicyPeer) {
		return n.Spec.Egress[i].Ports, n.Spec.Egress[i].To
	})
	p.line(1, "Policy Types: %s", joined(n.Spec.PolicyTypes, ", "))
}

func (p *page) direction(on bool, way, peer string, rules int, rule func(int) ([]networkingv1.NetworkPolicyPort, []networkingv1.NetworkPolicyPeer)) {
	if !on {
		p.line(1, "Not affecting %s traffic", way)
		return
	}
	p.line(1, "Allowing %s traffic:", way)
	if rules == 0 {
		p.line(2, "<none> (Selected pods are isolated for %s connectivity)", way)
	}
	for i := range rules {
		ports, peers := rule(i)
		if len(ports) == 0 {
			p.line(2, "To Port: <any> (traffic allowed to all ports)")
		}
		for _, port := range ports {
			protocol, number := corev1.ProtocolTCP, "<any>"
			if port.Protocol != nil {
				protocol = *port.Protocol
			}
			if port.Port != nil {
				number = port.Port.String()
			}
			p.line(2, "To Port: %s/%s", number, protocol)
		}
		if len(peers) == 0 {
			p.line(2, "%s: <any> (traffic not restricted by %s)", peer, map[string]string{"From": "source", "To": "destination"}[peer])
		}
		for _, from := range peers {
			p.peer(peer, from)
		}
		if i < rules-1 {
			p.line(2, "----------")
		}
	}
}

func (p *page) peer(title string, from networkingv1.NetworkPolicyPeer) {
	p.line(2, "%s:", title)
	if b := from.IPBlock; b != nil {
		p.line(3, "IPBlock:")
		p.line(4, "CIDR: %s", b.CIDR)
		p.line(4, "Except: %s", strings.Join(b.Except, ", "))
		return
	}
	for _, part := range []struct {
		name string
		s    *metav1.LabelSelector
	}{{"NamespaceSelector", from.NamespaceSelector}, {"PodSelector", from.PodSelector}} {
		if part.s != nil {
			p.line(3, "%s: %s", part.name, selector(part.s))
		}
	}
}
