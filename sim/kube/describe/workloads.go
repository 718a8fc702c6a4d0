package describe

import (
	appsv1 "k8s.io/api/apps/v1"
	corev1 "k8s.io/api/core/v1"
	"k8s.io/apimachinery/pkg/types"
)

func (p *page) replicaSet(rs *appsv1.ReplicaSet) {
	p.name(rs)
	p.field(0, "Selector", selector(rs.Spec.Selector))
	p.labels("Labels", rs.Labels)
	p.annotations("Annotations", rs.Annotations)
	p.controller(rs)
	p.line(0, "Replicas:\t%d current / %d desired", rs.Status.Replicas, wanted(rs.Spec.Replicas))
	p.podCounts(rs.UID)
	p.template(&rs.Spec.Template)
	if len(rs.Status.Conditions) > 0 {
		p.line(0, "Conditions:")
		p.line(1, "Type\tStatus\tReason")
		p.line(1, "----\t------\t------")
		for _, c := range rs.Status.Conditions {
			p.line(1, "%s \t%s\t%s", c.Type, c.Status, c.Reason)
		}
	}
	p.eventTable()
}

// podCounts counts an owner's pods by phase.
func (p *page) podCounts(owner types.UID) {
	count := map[corev1.PodPhase]int{}
	for _, pod := range p.server.PodsByOwner.Get(string(owner)) {
		count[pod.Status.Phase]++
	}
	p.line(0, "Pods Status:\t%d Running / %d Waiting / %d Succeeded / %d Failed",
		count[corev1.PodRunning], count[corev1.PodPending], count[corev1.PodSucceeded], count[corev1.PodFailed])
}

func (p *page) statefulSet(sts *appsv1.StatefulSet) {
	p.name(sts)
	p.field(0, "CreationTimestamp", date(sts.CreationTimestamp))
	p.field(0, "Selector", selector(sts.Spec.Selector))
	p.labels("Labels", sts.Labels)
	p.annotations("Annotations", sts.Annotations)
	p.field(0, "Service Name", sts.Spec.ServiceName)
	p.field(0, "Pod Management Policy", sts.Spec.PodManagementPolicy)
	p.line(0, "Replicas:\t%d desired | %d total", wanted(sts.Spec.Replicas), sts.Status.Replicas)
	p.field(0, "Update Strategy", sts.Spec.UpdateStrategy.Type)
	if u := sts.Spec.UpdateStrategy.RollingUpdate; u != nil {
		if u.Partition != nil {
			p.field(1, "Partition", *u.Partition)
		}
		if u.MaxUnavailable != nil {
			p.field(1, "MaxUnavailable", u.MaxUnavailable.String())
		}
	}
	if r := sts.Spec.PersistentVolumeClaimRetentionPolicy; r != nil {
		p.line(0, "Persistent Volume Claim Retention Policy:")
		p.field(1, "WhenDeleted", r.WhenDeleted)
		p.field(1, "WhenScaled", r.WhenScaled)
	}
	p.podCounts(sts.UID)
	p.template(&sts.Spec.Template)
	p.claimTemplates(sts.Spec.VolumeClaimTemplates)
	p.eventTable()
}

func (p *page) claimTemplates(list []corev1.PersistentVolumeClaim) {
	if len(list) == 0 {
		p.field(0, "Volume Claims", none)
		return
	}
	p.line(0, "Volume Claims:")
	for i := range list {
		c := &list[i]
		p.field(1, "Name", c.Name)
		class := ""
		if c.Spec.StorageClassName != nil {
			class = *c.Spec.StorageClassName
		}
		p.field(1, "StorageClass", class)
		p.labels("  Labels", c.Labels)
		p.annotations("  Annotations", c.Annotations)
		capacity := none
		if q, found := c.Spec.Resources.Requests[corev1.ResourceStorage]; found {
			capacity = q.String()
		}
		p.field(1, "Capacity", capacity)
		p.field(1, "Access Modes", "["+joined(c.Spec.AccessModes, " ")+"]")
	}
}

func (p *page) daemonSet(ds *appsv1.DaemonSet) {
	p.name(ds)
	p.field(0, "Selector", selector(ds.Spec.Selector))
	p.field(0, "Node-Selector", equalities(ds.Spec.Template.Spec.NodeSelector))
	p.labels("Labels", ds.Labels)
	p.annotations("Annotations", ds.Annotations)
	p.line(0, "Desired Number of Nodes Scheduled: %d", ds.Status.DesiredNumberScheduled)
	p.line(0, "Current Number of Nodes Scheduled: %d", ds.Status.CurrentNumberScheduled)
	p.line(0, "Number of Nodes Scheduled with Up-to-date Pods: %d", ds.Status.UpdatedNumberScheduled)
	p.line(0, "Number of Nodes Scheduled with Available Pods: %d", ds.Status.NumberAvailable)
	p.line(0, "Number of Nodes Misscheduled: %d", ds.Status.NumberMisscheduled)
	p.podCounts(ds.UID)
	p.template(&ds.Spec.Template)
	p.eventTable()
}
