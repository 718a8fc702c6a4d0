package scheduler

import (
	"fmt"
	"maps"
	"slices"

	corev1 "k8s.io/api/core/v1"
	storagev1 "k8s.io/api/storage/v1"

	"drydock/sim/kube/store"
)

// selectedNode tells the provisioner of a claim where its pod will run.
const selectedNode = "volume.kubernetes.io/selected-node"

// volumes is what a pod's claims ask of its node.
type volumes struct {
	refused string // why the pod can go nowhere
	bound   []*corev1.PersistentVolume
	delayed []*corev1.PersistentVolumeClaim // bound once the pod has a node
}

// volumesOf looks at the claims of a pod: missing or unbound ones keep it from
// every node, unless their class waits for the first consumer.
func (x *Scheduler) volumesOf(p *corev1.Pod) volumes {
	var v volumes
	for _, volume := range p.Spec.Volumes {
		name := ""
		switch {
		case volume.PersistentVolumeClaim != nil:
			name = volume.PersistentVolumeClaim.ClaimName
		case volume.Ephemeral != nil:
			name = p.Name + "-" + volume.Name
		default:
			continue
		}
		claim, found := x.server.PersistentVolumeClaims.Get(p.Namespace, name)
		switch {
		case !found && volume.Ephemeral != nil:
			v.refused = fmt.Sprintf("waiting for ephemeral volume controller to create the persistentvolumeclaim %q", name)
		case !found:
			v.refused = fmt.Sprintf("persistentvolumeclaim %q not found", name)
		case claim.DeletionTimestamp != nil:
			v.refused = fmt.Sprintf("persistentvolumeclaim %q is being deleted", name)
		case claim.Spec.VolumeName == "" && x.waits(claim):
			v.delayed = append(v.delayed, claim)
		case claim.Spec.VolumeName == "" || claim.Status.Phase != "" && claim.Status.Phase != corev1.ClaimBound:
			v.refused = "pod has unbound immediate PersistentVolumeClaims"
		default:
			if pv, ok := x.server.PersistentVolumes.Get("", claim.Spec.VolumeName); ok {
				v.bound = append(v.bound, pv)
			}
		}
		if v.refused != "" {
			return v
		}
	}
	return v
}

// claimChanged lets pods try again when a claim comes, goes or is bound; what else is
// written on it helps none.
func (x *Scheduler) claimChanged(ch store.Change[*corev1.PersistentVolumeClaim]) {
	if ch.Old != nil && ch.New != nil && ch.Old.Spec.VolumeName == ch.New.Spec.VolumeName && ch.Old.Status.Phase == ch.New.Status.Phase &&
		ch.Old.DeletionTimestamp.Equal(ch.New.DeletionTimestamp) {
		return
	}
	x.version++
	x.wake(helpVolume)
}

// waits reports a claim whose class binds it only when a pod uses it.
func (x *Scheduler) waits(claim *corev1.PersistentVolumeClaim) bool {
	if claim.Spec.StorageClassName == nil {
		return false
	}
	class, ok := x.server.StorageClasses.Get("", *claim.Spec.StorageClassName)
	return ok && class.VolumeBindingMode != nil && *class.VolumeBindingMode == storagev1.VolumeBindingWaitForFirstConsumer
}

// pinned reports that the volumes may be bound to nodes.
func (v *volumes) pinned() bool { return len(v.bound)+len(v.delayed) > 0 }

// reach reports that a node can have all the volumes.
func (v *volumes) reach(n *node) bool {
	for _, pv := range v.bound {
		if pv.Spec.NodeAffinity == nil || pv.Spec.NodeAffinity.Required == nil {
			continue
		}
		if !slices.ContainsFunc(pv.Spec.NodeAffinity.Required.NodeSelectorTerms, func(t corev1.NodeSelectorTerm) bool { return termMatches(t, n.obj) }) {
			return false
		}
	}
	for _, claim := range v.delayed {
		if on := claim.Annotations[selectedNode]; on != "" && on != n.name {
			return false
		}
	}
	return true
}

// choose tells the claims that wait for it about the node, and reports that the pod
// must wait for them.
func (v *volumes) choose(x *Scheduler, n *node) bool {
	for _, claim := range v.delayed {
		if claim.Annotations[selectedNode] != "" {
			continue
		}
		c := store.Copy(claim)
		c.Annotations = maps.Clone(c.Annotations)
		if c.Annotations == nil {
			c.Annotations = map[string]string{}
		}
		c.Annotations[selectedNode] = n.name
		_, _ = x.server.PersistentVolumeClaims.Update(c) // a claim that has just gone keeps the pod waiting
	}
	return len(v.delayed) > 0
}
