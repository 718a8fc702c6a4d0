package controllers

import (
	appsv1 "k8s.io/api/apps/v1"
	corev1 "k8s.io/api/core/v1"
)

// surge is how many nodes may have a second pod during an update.
func (d *daemons) surge() int32 {
	if ru := d.ds.Spec.UpdateStrategy.RollingUpdate; ru != nil && ru.MaxSurge != nil {
		return share(ru.MaxSurge, d.wanted, true)
	}
	return 0
}

// desired is how many nodes should have a pod.
func (d *daemons) desired() int32 {
	n := int32(0)
	for _, node := range d.nodes {
		if should, _ := d.fits(node); should {
			n++
		}
	}
	return n
}

// update replaces outdated pods: by a new pod beside them where the strategy surges,
// else by deleting them first.
func (d *daemons) update() error {
	if surge := d.surge(); surge > 0 {
		return d.updateBeside(surge)
	}
	d.updateInPlace()
	return nil
}

// updateBeside starts new pods on nodes that have only an old one: at once where that
// is not available, elsewhere on as many nodes as may surge.
func (d *daemons) updateBeside(surge int32) error {
	var urgent, next []string
	for _, n := range d.nodes {
		if should, _ := d.fits(n); !should {
			continue
		}
		switch old, fresh := d.split(d.byNode[n.Name]); {
		case old == nil:
		case fresh != nil:
			surge--
		case !d.available(old):
			urgent = append(urgent, n.Name)
		default:
			next = append(next, n.Name)
		}
	}
	return d.createOn(append(urgent, next[:max(0, min(int(surge), len(next)))]...))
}

// updateInPlace deletes outdated pods: those that are not available, and of the others
// as many as may be missing at a time.
func (d *daemons) updateInPlace() {
	budget := int32(1)
	if ru := d.ds.Spec.UpdateStrategy.RollingUpdate; ru != nil && ru.MaxUnavailable != nil {
		budget = share(ru.MaxUnavailable, d.wanted, true)
	}
	var next []*corev1.Pod
	for _, n := range d.nodes {
		should, _ := d.fits(n)
		if !should {
			continue
		}
		var p *corev1.Pod
		for _, o := range d.byNode[n.Name] {
			if o.DeletionTimestamp == nil {
				p = o
			}
		}
		if p != nil && d.available(p) {
			if p.Labels[appsv1.DefaultDaemonSetUniqueLabelKey] != d.hash {
				next = append(next, p)
			}
			continue
		}
		budget--
		if p != nil && p.Labels[appsv1.DefaultDaemonSetUniqueLabelKey] != d.hash {
			d.remove(p)
		}
	}
	for _, p := range next[:max(0, min(int(budget), len(next)))] {
		d.remove(p)
	}
}
