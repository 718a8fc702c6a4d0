package api

import (
	corev1 "k8s.io/api/core/v1"
	networkingv1 "k8s.io/api/networking/v1"
	rbacv1 "k8s.io/api/rbac/v1"
	storagev1 "k8s.io/api/storage/v1"
)

func defaultNamespace(n *corev1.Namespace) {
	if n.Labels["kubernetes.io/metadata.name"] != n.Name {
		labels := map[string]string{"kubernetes.io/metadata.name": n.Name}
		for k, v := range n.Labels {
			if k != "kubernetes.io/metadata.name" {
				labels[k] = v
			}
		}
		n.Labels = labels
	}
	if len(n.Spec.Finalizers) == 0 && n.DeletionTimestamp == nil {
		n.Spec.Finalizers = []corev1.FinalizerName{corev1.FinalizerKubernetes}
	}
	setString(&n.Status.Phase, corev1.NamespaceActive)
}

// defaultSecret sets the type, and encodes what was given as plain text.
func defaultSecret(s *corev1.Secret) {
	setString(&s.Type, corev1.SecretTypeOpaque)
	if len(s.StringData) == 0 {
		return
	}
	data := map[string][]byte{}
	for k, v := range s.Data {
		data[k] = v
	}
	for k, v := range s.StringData {
		data[k] = []byte(v)
	}
	s.Data, s.StringData = data, nil
}

func defaultClaim(c *corev1.PersistentVolumeClaim) {
	setPointer(&c.Spec.VolumeMode, corev1.PersistentVolumeFilesystem)
	setString(&c.Status.Phase, corev1.ClaimPending)
}

func defaultVolumeObject(v *corev1.PersistentVolume) {
	setPointer(&v.Spec.VolumeMode, corev1.PersistentVolumeFilesystem)
	setString(&v.Spec.PersistentVolumeReclaimPolicy, corev1.PersistentVolumeReclaimRetain)
	setString(&v.Status.Phase, corev1.VolumePending)
	if v.Spec.HostPath != nil && v.Spec.HostPath.Type == nil {
		v.Spec.HostPath = v.Spec.HostPath.DeepCopy()
		v.Spec.HostPath.Type = new(corev1.HostPathUnset)
	}
}

// The annotation of the storage class that claims without one get.
const defaultClassAnnotation = "storageclass.kubernetes.io/is-default-class"

// claimClass gives a claim the cluster's default storage class.
func (s *Server) claimClass(c *corev1.PersistentVolumeClaim) error {
	if c.Spec.StorageClassName != nil {
		return nil
	}
	var newest *storagev1.StorageClass
	for _, class := range s.StorageClasses.List("") {
		if class.Annotations[defaultClassAnnotation] == "true" && (newest == nil || newest.CreationTimestamp.Before(&class.CreationTimestamp)) {
			newest = class
		}
	}
	if newest != nil {
		c.Spec.StorageClassName = &newest.Name
	}
	return nil
}

func defaultStorageClass(c *storagev1.StorageClass) {
	setPointer(&c.ReclaimPolicy, corev1.PersistentVolumeReclaimDelete)
	setPointer(&c.VolumeBindingMode, storagev1.VolumeBindingImmediate)
}

// defaultNetworkPolicy derives the directions from the rules.
func defaultNetworkPolicy(p *networkingv1.NetworkPolicy) {
	if len(p.Spec.PolicyTypes) == 0 {
		p.Spec.PolicyTypes = []networkingv1.PolicyType{networkingv1.PolicyTypeIngress}
		if len(p.Spec.Egress) > 0 {
			p.Spec.PolicyTypes = append(p.Spec.PolicyTypes, networkingv1.PolicyTypeEgress)
		}
	}
}

// defaultBinding completes a role and its subjects.
func defaultBinding(ref *rbacv1.RoleRef, subjects []rbacv1.Subject) []rbacv1.Subject {
	setString(&ref.APIGroup, rbacv1.GroupName)
	return eachChanged(subjects, func(s *rbacv1.Subject) {
		if s.Kind == rbacv1.UserKind || s.Kind == rbacv1.GroupKind {
			setString(&s.APIGroup, rbacv1.GroupName)
		}
	})
}

// defaultLimits completes a LimitRange: a maximum is the default limit, which is the
// default request, as is a minimum where there is nothing else.
func defaultLimits(l *corev1.LimitRange) {
	l.Spec.Limits = eachChanged(l.Spec.Limits, func(i *corev1.LimitRangeItem) {
		if i.Type != corev1.LimitTypeContainer {
			return
		}
		i.Default = merged(i.Max, i.Default)
		i.DefaultRequest = merged(merged(i.Min, i.Default), i.DefaultRequest)
	})
}

// merged is the first list with the values of the second over it; nil for none.
func merged(under, over corev1.ResourceList) corev1.ResourceList {
	if len(under)+len(over) == 0 {
		return nil
	}
	list := corev1.ResourceList{}
	for name, q := range under {
		list[name] = q
	}
	for name, q := range over {
		list[name] = q
	}
	return list
}
