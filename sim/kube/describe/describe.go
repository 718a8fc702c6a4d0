// Package describe writes what kubectl describe prints: one object with all that a
// person wants to know about it, as text (kubectl v1.37).
package describe

import (
	"time"

	appsv1 "k8s.io/api/apps/v1"
	autoscalingv2 "k8s.io/api/autoscaling/v2"
	batchv1 "k8s.io/api/batch/v1"
	corev1 "k8s.io/api/core/v1"
	networkingv1 "k8s.io/api/networking/v1"
	policyv1 "k8s.io/api/policy/v1"
	rbacv1 "k8s.io/api/rbac/v1"
	schedulingv1 "k8s.io/api/scheduling/v1"
	storagev1 "k8s.io/api/storage/v1"

	"drydock/sim/kube/api"
	"drydock/sim/kube/store"
)

// Describe is the text of an object with what belongs to it in s: a deployment's
// replica sets, a node's pods. Events are those of the object; nil leaves their
// section out (--show-events=false, or several objects at once), an empty list
// says that there are none.
func Describe(s *api.Server, obj store.Object, events []*corev1.Event, now time.Time) string {
	p := newPage(s, events, now)
	if !p.workload(obj) && !p.core(obj) && !p.cluster(obj) {
		p.generic(obj)
	}
	return p.text()
}

// workload describes what runs pods.
func (p *page) workload(obj store.Object) bool {
	switch o := obj.(type) {
	case *corev1.Pod:
		p.pod(o)
	case *appsv1.Deployment:
		p.deployment(o)
	case *appsv1.ReplicaSet:
		p.replicaSet(o)
	case *appsv1.StatefulSet:
		p.statefulSet(o)
	case *appsv1.DaemonSet:
		p.daemonSet(o)
	case *batchv1.Job:
		p.job(o)
	case *batchv1.CronJob:
		p.cronJob(o)
	case *autoscalingv2.HorizontalPodAutoscaler:
		p.autoscaler(o)
	case *policyv1.PodDisruptionBudget:
		p.disruptionBudget(o)
	default:
		return false
	}
	return true
}

// core describes the kinds that a namespace's users make beside their workloads.
func (p *page) core(obj store.Object) bool {
	switch o := obj.(type) {
	case *corev1.Service:
		p.service(o)
	case *corev1.Endpoints: //nolint:staticcheck // deprecated, and still there
		p.endpoints(o)
	case *networkingv1.Ingress:
		p.ingress(o)
	case *networkingv1.NetworkPolicy:
		p.networkPolicy(o)
	case *corev1.ConfigMap:
		p.configMap(o)
	case *corev1.Secret:
		p.secret(o)
	case *corev1.PersistentVolumeClaim:
		p.claim(o)
	case *corev1.ServiceAccount:
		p.serviceAccount(o)
	case *corev1.ResourceQuota:
		p.quota(o)
	case *corev1.LimitRange:
		p.limitRange(o)
	default:
		return false
	}
	return true
}

// cluster describes the kinds that administrators care for.
func (p *page) cluster(obj store.Object) bool {
	switch o := obj.(type) {
	case *corev1.Node:
		p.node(o)
	case *corev1.Namespace:
		p.namespace(o)
	case *corev1.PersistentVolume:
		p.volume(o)
	case *storagev1.StorageClass:
		p.storageClass(o)
	case *schedulingv1.PriorityClass:
		p.priorityClass(o)
	case *rbacv1.Role:
		p.role(o, o.Rules)
	case *rbacv1.ClusterRole:
		p.role(o, o.Rules)
	case *rbacv1.RoleBinding:
		p.binding(o, o.RoleRef, o.Subjects)
	case *rbacv1.ClusterRoleBinding:
		p.binding(o, o.RoleRef, o.Subjects)
	default:
		return false
	}
	return true
}
