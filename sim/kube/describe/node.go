package describe

import (
	"fmt"
	"slices"
	"strings"
	"time"

	corev1 "k8s.io/api/core/v1"
)

func (p *page) node(n *corev1.Node) {
	p.field(0, "Name", n.Name)
	var roles []string
	for _, k := range names(n.Labels) {
		if role, found := strings.CutPrefix(k, "node-role.kubernetes.io/"); found && role != "" {
			roles = append(roles, role)
		}
	}
	if len(roles) == 0 {
		roles = []string{none}
	}
	p.field(0, "Roles", strings.Join(roles, ","))
	p.labels("Labels", n.Labels)
	p.annotations("Annotations", n.Annotations)
	p.field(0, "CreationTimestamp", date(n.CreationTimestamp))
	var taints []string
	for i := range n.Spec.Taints {
		taints = append(taints, n.Spec.Taints[i].ToString())
	}
	slices.Sort(taints)
	p.list("Taints", taints)
	p.field(0, "Unschedulable", n.Spec.Unschedulable)
	p.lease(n)
	p.nodeStatus(n)
	p.systemInfo(&n.Status.NodeInfo)
	p.given(0, "PodCIDR", n.Spec.PodCIDR)
	p.given(0, "PodCIDRs", strings.Join(n.Spec.PodCIDRs, ","))
	p.given(0, "ProviderID", n.Spec.ProviderID)
	p.nodePods(n)
	p.eventTable()
}

// lease shows when the kubelet last reported that it lives.
func (p *page) lease(n *corev1.Node) {
	p.line(0, "Lease:")
	l, found := p.server.Leases.Get("kube-node-lease", n.Name)
	if !found {
		p.line(1, "Failed to get lease: leases.coordination.k8s.io %q not found", n.Name)
		return
	}
	holder, acquired, renewed := unset, unset, unset
	if l.Spec.HolderIdentity != nil {
		holder = *l.Spec.HolderIdentity
	}
	if l.Spec.AcquireTime != nil {
		acquired = l.Spec.AcquireTime.UTC().Format(time.RFC1123Z)
	}
	if l.Spec.RenewTime != nil {
		renewed = l.Spec.RenewTime.UTC().Format(time.RFC1123Z)
	}
	p.field(1, "HolderIdentity", holder)
	p.field(1, "AcquireTime", acquired)
	p.field(1, "RenewTime", renewed)
}

func (p *page) nodeStatus(n *corev1.Node) {
	if len(n.Status.Conditions) > 0 {
		p.line(0, "Conditions:")
		p.line(1, "Type\tStatus\tLastHeartbeatTime\tLastTransitionTime\tReason\tMessage")
		p.line(1, "----\t------\t-----------------\t------------------\t------\t-------")
	}
	for _, c := range n.Status.Conditions {
		p.line(1, "%s \t%s \t%s \t%s \t%s \t%s", c.Type, c.Status, date(c.LastHeartbeatTime), date(c.LastTransitionTime), c.Reason, c.Message)
	}
	p.line(0, "Addresses:")
	for _, a := range n.Status.Addresses {
		p.field(1, string(a.Type), a.Address)
	}
	p.quantities("Capacity", n.Status.Capacity)
	p.quantities("Allocatable", n.Status.Allocatable)
}

func (p *page) quantities(title string, list corev1.ResourceList) {
	if len(list) == 0 {
		return
	}
	p.line(0, "%s:", title)
	for _, name := range names(list) {
		q := list[corev1.ResourceName(name)]
		p.field(1, name, q.String())
	}
}

func (p *page) systemInfo(i *corev1.NodeSystemInfo) {
	p.line(0, "System Info:")
	p.field(1, "Machine ID", i.MachineID)
	p.field(1, "System UUID", i.SystemUUID)
	p.field(1, "Boot ID", i.BootID)
	p.field(1, "Kernel Version", i.KernelVersion)
	p.field(1, "OS Image", i.OSImage)
	p.field(1, "Operating System", i.OperatingSystem)
	p.field(1, "Architecture", i.Architecture)
	p.field(1, "Container Runtime Version", i.ContainerRuntimeVersion)
	p.field(1, "Kubelet Version", i.KubeletVersion)
}

// nodePods lists the pods that use the node, and how much of it they take.
func (p *page) nodePods(n *corev1.Node) {
	var pods []*corev1.Pod
	for _, pod := range p.server.PodsByNode.Get(n.Name) {
		if pod.Status.Phase != corev1.PodSucceeded && pod.Status.Phase != corev1.PodFailed {
			pods = append(pods, pod)
		}
	}
	slices.SortFunc(pods, func(a, b *corev1.Pod) int {
		return strings.Compare(a.Namespace+"\x00"+a.Name, b.Namespace+"\x00"+b.Name)
	})
	room := n.Status.Allocatable
	if len(room) == 0 {
		room = n.Status.Capacity
	}
	p.line(0, "Non-terminated Pods:\t(%d in total)", len(pods))
	p.line(1, "Namespace\tName\t\tCPU Requests\tCPU Limits\tMemory Requests\tMemory Limits\tAge")
	p.line(1, "---------\t----\t\t------------\t----------\t---------------\t-------------\t---")
	requests, limits := corev1.ResourceList{}, corev1.ResourceList{}
	for _, pod := range pods {
		req, lim := podTotals(pod)
		p.line(1, "%s\t%s\t\t%s\t%s\t%s\t%s\t%s", pod.Namespace, pod.Name,
			share(req, room, "cpu"), share(lim, room, "cpu"), share(req, room, "memory"), share(lim, room, "memory"), p.since(pod.CreationTimestamp.Time))
		addTo(requests, req)
		addTo(limits, lim)
	}
	p.line(0, "Allocated resources:")
	p.line(1, "(Total limits may be over 100 percent, i.e., overcommitted.)")
	p.line(1, "Resource\tRequests\tLimits")
	p.line(1, "--------\t--------\t------")
	for _, name := range []corev1.ResourceName{corev1.ResourceCPU, corev1.ResourceMemory, corev1.ResourceEphemeralStorage} {
		p.line(1, "%s\t%s\t%s", name, share(requests, room, name), share(limits, room, name))
	}
	for _, name := range names(room) {
		q := room[corev1.ResourceName(name)]
		if extended := strings.Contains(name, "/") || strings.HasPrefix(name, "hugepages-"); extended && !q.IsZero() {
			r, l := requests[corev1.ResourceName(name)], limits[corev1.ResourceName(name)]
			p.line(1, "%s\t%s\t%s", name, r.String(), l.String())
		}
	}
}

// share is an amount and its part of the room in whole percent, rounded down.
func share(list, room corev1.ResourceList, name corev1.ResourceName) string {
	q, all := list[name], room[name]
	percent := int64(0)
	switch {
	case name == corev1.ResourceCPU && all.MilliValue() > 0:
		percent = int64(float64(q.MilliValue()) / float64(all.MilliValue()) * 100)
	case all.Value() > 0:
		percent = int64(float64(q.Value()) / float64(all.Value()) * 100)
	}
	return fmt.Sprintf("%s (%d%%)", q.String(), percent)
}

// podTotals is what a pod takes of its node: the sum of its containers and sidecars,
// or an init container where one takes more.
func podTotals(pod *corev1.Pod) (requests, limits corev1.ResourceList) {
	requests, limits = corev1.ResourceList{}, corev1.ResourceList{}
	for i := range pod.Spec.Containers {
		addTo(requests, pod.Spec.Containers[i].Resources.Requests)
		addTo(limits, pod.Spec.Containers[i].Resources.Limits)
	}
	sideRequests, sideLimits := corev1.ResourceList{}, corev1.ResourceList{}
	peakRequests, peakLimits := corev1.ResourceList{}, corev1.ResourceList{}
	for i := range pod.Spec.InitContainers {
		c := &pod.Spec.InitContainers[i]
		if c.RestartPolicy != nil && *c.RestartPolicy == corev1.ContainerRestartPolicyAlways {
			for _, to := range []corev1.ResourceList{requests, sideRequests} {
				addTo(to, c.Resources.Requests)
			}
			for _, to := range []corev1.ResourceList{limits, sideLimits} {
				addTo(to, c.Resources.Limits)
			}
			continue
		}
		raise(peakRequests, sideRequests, c.Resources.Requests)
		raise(peakLimits, sideLimits, c.Resources.Limits)
	}
	raise(requests, nil, peakRequests)
	raise(limits, nil, peakLimits)
	addTo(requests, pod.Spec.Overhead)
	return requests, limits
}

func addTo(sum, list corev1.ResourceList) {
	for name, q := range list {
		s, found := sum[name]
		if !found {
			sum[name] = q.DeepCopy()
			continue
		}
		s.Add(q)
		sum[name] = s
	}
}

// raise makes a peak at least as high as what runs beside plus the list.
func raise(peak, beside, list corev1.ResourceList) {
	for name, q := range list {
		sum := q.DeepCopy()
		if b, found := beside[name]; found {
			sum.Add(b)
		}
		if had, found := peak[name]; !found || had.Cmp(sum) < 0 {
			peak[name] = sum
		}
	}
}

// amount is a quantity as tables show it; "-" when there is none.
func amount(list corev1.ResourceList, name corev1.ResourceName) string {
	if q, found := list[name]; found {
		return q.String()
	}
	return "-"
}
