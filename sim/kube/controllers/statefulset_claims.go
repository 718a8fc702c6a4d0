package controllers

import (
	"fmt"
	"maps"
	"slices"

	appsv1 "k8s.io/api/apps/v1"
	corev1 "k8s.io/api/core/v1"
	apiequality "k8s.io/apimachinery/pkg/api/equality"
	apierrors "k8s.io/apimachinery/pkg/api/errors"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"

	"drydock/sim/kube/store"
)

// claims makes the volume claims of a pod that do not exist yet and mounts them.
func (o *ordered) claims(p *corev1.Pod) error {
	if len(o.set.Spec.VolumeClaimTemplates) == 0 {
		return nil
	}
	volumes := slices.Clone(p.Spec.Volumes)
	for i := range o.set.Spec.VolumeClaimTemplates {
		t := &o.set.Spec.VolumeClaimTemplates[i]
		name := t.Name + "-" + p.Name
		volumes = slices.DeleteFunc(volumes, func(v corev1.Volume) bool { return v.Name == t.Name })
		volumes = append(volumes, corev1.Volume{Name: t.Name, VolumeSource: corev1.VolumeSource{
			PersistentVolumeClaim: &corev1.PersistentVolumeClaimVolumeSource{ClaimName: name},
		}})
		if _, found := o.s.PersistentVolumeClaims.Table.Get(p.Namespace, name); found {
			continue
		}
		claim := t.DeepCopy()
		claim.Name, claim.Namespace = name, p.Namespace
		for k, v := range o.set.Spec.Selector.MatchLabels {
			claim.Labels = with(claim.Labels, k, v)
		}
		if del, _ := o.retention(); del {
			claim.OwnerReferences = append(claim.OwnerReferences, o.refs...)
		}
		if _, err := o.s.PersistentVolumeClaims.Create(claim); err != nil && !apierrors.IsAlreadyExists(err) {
			o.event(corev1.EventTypeWarning, "FailedCreate", fmt.Sprintf("create Claim %s for Pod %s in StatefulSet %s failed error: %v", name, p.Name, o.set.Name, err))
			return err
		}
		o.event(corev1.EventTypeNormal, "SuccessfulCreate", fmt.Sprintf("create Claim %s Pod %s in StatefulSet %s success", name, p.Name, o.set.Name))
	}
	p.Spec.Volumes = volumes
	return nil
}

// retention is whether claims go with their set, and whether with their pod when the
// set shrinks.
func (o *ordered) retention() (withSet, withPod bool) {
	r := o.set.Spec.PersistentVolumeClaimRetentionPolicy
	if r == nil {
		return false, false
	}
	return r.WhenDeleted == appsv1.DeletePersistentVolumeClaimRetentionPolicyType, r.WhenScaled == appsv1.DeletePersistentVolumeClaimRetentionPolicyType
}

// own makes the claims of the set's pods belong to who takes them along: the set, or
// the pod when it is one too many. The garbage collector does the rest.
func (o *ordered) own(start, end int) {
	if len(o.set.Spec.VolumeClaimTemplates) == 0 {
		return
	}
	withSet, withPod := o.retention()
	pod := corev1.SchemeGroupVersion.WithKind("Pod")
	for _, n := range slices.Sorted(maps.Keys(o.pods)) {
		p := o.pods[n]
		var want []metav1.OwnerReference
		switch surplus := n < start || n >= end; {
		case surplus && withPod:
			want = []metav1.OwnerReference{*metav1.NewControllerRef(p, pod)}
		case withSet:
			want = o.refs
		}
		for i := range o.set.Spec.VolumeClaimTemplates {
			name := o.set.Spec.VolumeClaimTemplates[i].Name + "-" + p.Name
			if claim, found := o.s.PersistentVolumeClaims.Table.Get(p.Namespace, name); found {
				o.setOwner(claim, want, p)
			}
		}
	}
}

// setOwner replaces what a claim has of references to the set and to its pod.
func (o *ordered) setOwner(claim *corev1.PersistentVolumeClaim, want []metav1.OwnerReference, p *corev1.Pod) {
	refs := slices.DeleteFunc(slices.Clone(claim.OwnerReferences), func(r metav1.OwnerReference) bool {
		return r.UID == o.set.UID || r.Kind == "Pod" && r.Name == p.Name
	})
	refs = append(refs, want...)
	if len(refs) == len(claim.OwnerReferences) && apiequality.Semantic.DeepEqual(refs, claim.OwnerReferences) {
		return
	}
	c := store.Copy(claim)
	c.OwnerReferences = refs
	_, _ = o.s.PersistentVolumeClaims.Update(c) // a claim that has just gone needs no owner
}
