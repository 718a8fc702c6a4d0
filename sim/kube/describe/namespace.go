package describe

import (
	"fmt"
	"slices"

	corev1 "k8s.io/api/core/v1"
)

func (p *page) namespace(n *corev1.Namespace) {
	p.identity(n)
	p.field(0, "Status", n.Status.Phase)
	if len(n.Status.Conditions) > 0 {
		p.line(0, "Conditions:")
		p.line(1, "Type\tStatus\tLastTransitionTime\tReason\tMessage")
		p.line(1, "----\t------\t------------------\t------\t-------")
	}
	for _, c := range n.Status.Conditions {
		p.line(1, "%s\t%s\t%s\t%s\t%s", c.Type, c.Status, date(c.LastTransitionTime), c.Reason, c.Message)
	}
	p.line(0, "")
	p.namespaceQuotas(n.Name)
	p.line(0, "")
	p.namespaceLimits(n.Name)
}

func (p *page) namespaceQuotas(namespace string) {
	quotas := p.server.ResourceQuotas.List(namespace)
	if len(quotas) == 0 {
		p.line(0, "No resource quota.")
		return
	}
	p.line(0, "Resource Quotas")
	for _, q := range quotas {
		p.field(1, "Name", q.Name)
		if len(q.Spec.Scopes) > 0 {
			p.field(1, "Scopes", joined(q.Spec.Scopes, ", "))
		}
		p.line(1, "Resource\tUsed\tHard")
		p.line(1, "--------\t---\t---")
		p.usage(1, q)
	}
}

func (p *page) usage(level int, q *corev1.ResourceQuota) {
	for _, name := range names(q.Status.Hard) {
		used, hard := q.Status.Used[corev1.ResourceName(name)], q.Status.Hard[corev1.ResourceName(name)]
		p.line(level, "%s\t%s\t%s", name, used.String(), hard.String())
	}
}

func (p *page) namespaceLimits(namespace string) {
	ranges := p.server.LimitRanges.List(namespace)
	if len(ranges) == 0 {
		p.line(0, "No LimitRange resource.")
		return
	}
	p.line(0, "Resource Limits")
	p.line(0, " Type\tResource\tMin\tMax\tDefault Request\tDefault Limit\tMax Limit/Request Ratio")
	p.line(0, " ----\t--------\t---\t---\t---------------\t-------------\t-----------------------")
	for _, r := range ranges {
		p.limits(r, " ")
	}
}

func (p *page) limits(r *corev1.LimitRange, indent string) {
	for _, item := range r.Spec.Limits {
		var all []string
		for _, list := range []corev1.ResourceList{item.Min, item.Max, item.DefaultRequest, item.Default, item.MaxLimitRequestRatio} {
			all = append(all, names(list)...)
		}
		slices.Sort(all)
		for _, name := range slices.Compact(all) {
			n := corev1.ResourceName(name)
			p.line(0, "%s%s\t%s\t%s\t%s\t%s\t%s\t%s", indent, item.Type, name, amount(item.Min, n), amount(item.Max, n),
				amount(item.DefaultRequest, n), amount(item.Default, n), amount(item.MaxLimitRequestRatio, n))
		}
	}
}

func (p *page) limitRange(r *corev1.LimitRange) {
	p.name(r)
	p.line(0, "Type\tResource\tMin\tMax\tDefault Request\tDefault Limit\tMax Limit/Request Ratio")
	p.line(0, "----\t--------\t---\t---\t---------------\t-------------\t-----------------------")
	p.limits(r, "")
}

func (p *page) quota(q *corev1.ResourceQuota) {
	p.name(q)
	if len(q.Spec.Scopes) > 0 {
		p.field(0, "Scopes", joined(q.Spec.Scopes, ", "))
		for _, s := range q.Spec.Scopes {
			p.line(0, " * %s", scopeText(s))
		}
	}
	p.line(0, "Resource\tUsed\tHard")
	p.line(0, "--------\t----\t----")
	p.usage(0, q)
}

func scopeText(s corev1.ResourceQuotaScope) string {
	switch s {
	case corev1.ResourceQuotaScopeTerminating:
		return "Matches all pods that have an active deadline. These pods have a limited lifespan on a node before being actively terminated by the system."
	case corev1.ResourceQuotaScopeNotTerminating:
		return "Matches all pods that do not have an active deadline. These pods usually include long running pods whose container command is not expected to terminate."
	case corev1.ResourceQuotaScopeBestEffort:
		return "Matches all pods that do not have resource requirements set. These pods have a best effort quality of service."
	case corev1.ResourceQuotaScopeNotBestEffort:
		return "Matches all pods that have at least one resource requirement set. These pods have a burstable or guaranteed quality of service."
	}
	return fmt.Sprintf("Matches %s", s)
}
