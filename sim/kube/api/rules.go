package api

import (
	"errors"

	corev1 "k8s.io/api/core/v1"
	rbacv1 "k8s.io/api/rbac/v1"
	apierrors "k8s.io/apimachinery/pkg/api/errors"

	"drydock/sim/kube/store"
)

// rules gives each kind its own.
func (s *Server) rules() {
	s.Pods.prepare, s.Pods.mutate, s.Pods.grace = DefaultPod, s.completePod, podGrace
	s.Pods.admit = func(p *corev1.Pod) error {
		if err := s.limitCheck(p); err != nil {
			return err
		}
		return s.podSecurity(p)
	}
	s.Deployments.prepare, s.ReplicaSets.prepare = defaultDeployment, defaultReplicaSet
	s.StatefulSets.prepare, s.DaemonSets.prepare = defaultStatefulSet, defaultDaemonSet
	s.DaemonSets.mutate, s.DaemonSets.carry = numberTemplate, keepTemplateNumber
	s.Jobs.prepare, s.Jobs.mutate, s.CronJobs.prepare = defaultJob, ownJob, defaultCronJob
	s.HorizontalPodAutoscalers.prepare = defaultAutoscaler
	s.Services.prepare, s.Services.mutate, s.Services.carry = defaultService, s.allocate, s.keepService
	s.Namespaces.prepare, s.Namespaces.grace, s.Namespaces.keep = defaultNamespace, namespaceGrace, s.keepNamespace
	s.Secrets.prepare = defaultSecret
	s.PersistentVolumeClaims.prepare, s.PersistentVolumeClaims.mutate = defaultClaim, s.claimClass
	s.PersistentVolumeClaims.carry = s.claimResize
	s.PersistentVolumes.prepare = defaultVolumeObject
	s.StorageClasses.prepare = defaultStorageClass
	s.NetworkPolicies.prepare = defaultNetworkPolicy
	s.LimitRanges.prepare = defaultLimits
	s.RoleBindings.prepare = func(b *rbacv1.RoleBinding) { b.Subjects = defaultBinding(&b.RoleRef, b.Subjects) }
	s.ClusterRoleBindings.prepare = func(b *rbacv1.ClusterRoleBinding) { b.Subjects = defaultBinding(&b.RoleRef, b.Subjects) }
	s.checks()
}

// podGrace is how long a pod may take to end. One that is on no node, or has ended,
// goes at once; all others are removed by their kubelet.
func podGrace(p *corev1.Pod, o DeleteOptions) (seconds int64, wait bool) {
	switch {
	case o.GraceSeconds != nil:
		seconds = max(*o.GraceSeconds, 0)
	case p.Spec.TerminationGracePeriodSeconds != nil:
		seconds = *p.Spec.TerminationGracePeriodSeconds
	default:
		seconds = corev1.DefaultTerminationGracePeriodSeconds
	}
	if p.Spec.NodeName == "" || p.Status.Phase == corev1.PodSucceeded || p.Status.Phase == corev1.PodFailed {
		return 0, false
	}
	return seconds, seconds > 0
}

// namespaceGrace keeps a namespace until its contents are gone: its finalizer
// "kubernetes" is taken off by the namespace controller.
func namespaceGrace(n *corev1.Namespace, _ DeleteOptions) (seconds int64, wait bool) {
	return 0, len(n.Spec.Finalizers) > 0
}

// keepNamespace refuses to delete those that the cluster cannot do without
// (plugin NamespaceLifecycle).
func (s *Server) keepNamespace(n *corev1.Namespace) error {
	switch n.Name {
	case "default", "kube-system", "kube-public":
		return apierrors.NewForbidden(s.Namespaces.kind.GroupResource(), n.Name, errors.New("this namespace may not be deleted"))
	}
	return nil
}

// keepService lets an update keep what was allocated, and allocates what a change of
// type needs.
func (s *Server) keepService(v, old *corev1.Service) error {
	keepAllocated(v, old)
	return s.allocate(v)
}

// held reports that an object marked for deletion has to stay for now.
func held(obj store.Object, graceful bool) bool {
	if len(obj.GetFinalizers()) > 0 {
		return true
	}
	if n, ok := obj.(*corev1.Namespace); ok {
		return len(n.Spec.Finalizers) > 0
	}
	left := obj.GetDeletionGracePeriodSeconds()
	return graceful && left != nil && *left > 0
}
