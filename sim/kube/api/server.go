// Package api is the API server of a cluster: the one door to its objects. It
// knows the kinds, fills in defaults, validates, admits, and keeps metadata and
// deletion right; controllers, kubelets and kubectl all go through it.
package api

import (
	"crypto/ed25519"
	"fmt"
	"math/rand/v2"

	appsv1 "k8s.io/api/apps/v1"
	autoscalingv2 "k8s.io/api/autoscaling/v2"
	batchv1 "k8s.io/api/batch/v1"
	coordinationv1 "k8s.io/api/coordination/v1"
	corev1 "k8s.io/api/core/v1"
	discoveryv1 "k8s.io/api/discovery/v1"
	networkingv1 "k8s.io/api/networking/v1"
	policyv1 "k8s.io/api/policy/v1"
	rbacv1 "k8s.io/api/rbac/v1"
	schedulingv1 "k8s.io/api/scheduling/v1"
	storagev1 "k8s.io/api/storage/v1"
	"k8s.io/apimachinery/pkg/types"

	"drydock/sim/clock"
	"drydock/sim/kube/store"
	"drydock/sim/machine"
)

// Version is the Kubernetes whose behaviour and wording are modelled.
const Version = "v1.37.2"

// Server is the API server of one cluster with its store. With several control
// plane nodes there is still one Server: what they have in common is etcd.
type Server struct {
	Clock *clock.Clock
	// Ready reports whether requests are answered: false while no API server runs or
	// etcd has no quorum. Components ask before they work. Nil means always.
	Ready func() bool
	// Memo keeps what costs time and is the same in every run of a world, such as
	// certificates; nil keeps nothing.
	Memo *machine.Memo

	Pods                   *Resource[*corev1.Pod]
	Nodes                  *Resource[*corev1.Node]
	Namespaces             *Resource[*corev1.Namespace]
	Services               *Resource[*corev1.Service]
	Endpoints              *Resource[*corev1.Endpoints] //nolint:staticcheck // deprecated, and still what learners meet
	ConfigMaps             *Resource[*corev1.ConfigMap]
	Secrets                *Resource[*corev1.Secret]
	ServiceAccounts        *Resource[*corev1.ServiceAccount]
	PersistentVolumes      *Resource[*corev1.PersistentVolume]
	PersistentVolumeClaims *Resource[*corev1.PersistentVolumeClaim]
	ResourceQuotas         *Resource[*corev1.ResourceQuota]
	LimitRanges            *Resource[*corev1.LimitRange]

	Deployments         *Resource[*appsv1.Deployment]
	ReplicaSets         *Resource[*appsv1.ReplicaSet]
	StatefulSets        *Resource[*appsv1.StatefulSet]
	DaemonSets          *Resource[*appsv1.DaemonSet]
	ControllerRevisions *Resource[*appsv1.ControllerRevision]
	Jobs                *Resource[*batchv1.Job]
	CronJobs            *Resource[*batchv1.CronJob]

	HorizontalPodAutoscalers *Resource[*autoscalingv2.HorizontalPodAutoscaler]
	PodDisruptionBudgets     *Resource[*policyv1.PodDisruptionBudget]
	EndpointSlices           *Resource[*discoveryv1.EndpointSlice]
	Leases                   *Resource[*coordinationv1.Lease]
	Ingresses                *Resource[*networkingv1.Ingress]
	IngressClasses           *Resource[*networkingv1.IngressClass]
	NetworkPolicies          *Resource[*networkingv1.NetworkPolicy]
	Roles                    *Resource[*rbacv1.Role]
	RoleBindings             *Resource[*rbacv1.RoleBinding]
	ClusterRoles             *Resource[*rbacv1.ClusterRole]
	ClusterRoleBindings      *Resource[*rbacv1.ClusterRoleBinding]
	PriorityClasses          *Resource[*schedulingv1.PriorityClass]
	StorageClasses           *Resource[*storagev1.StorageClass]

	// PodsByNode finds pods by spec.nodeName ("" for those not bound), PodsByOwner by
	// the uid of their controller, ReplicaSetsByOwner likewise.
	PodsByNode         *store.Index[*corev1.Pod]
	PodsByOwner        *store.Index[*corev1.Pod]
	ReplicaSetsByOwner *store.Index[*appsv1.ReplicaSet]

	revision    store.Revision
	collections []Collection
	events      eventLog
	quotas      *quotas

	key         ed25519.PrivateKey // of the authority, when it was asked for
	certificate []byte             // the authority's, in PEM, likewise
}

// NewServer makes the API server of an empty cluster.
func NewServer(c *clock.Clock) *Server {
	s := &Server{Clock: c}
	s.core()
	s.groups()
	s.PodsByNode = s.Pods.Table.Index(func(p *corev1.Pod) []string { return []string{p.Spec.NodeName} })
	s.PodsByOwner = s.Pods.Table.Index(func(p *corev1.Pod) []string { return []string{controllerOf(p)} })
	s.ReplicaSetsByOwner = s.ReplicaSets.Table.Index(func(r *appsv1.ReplicaSet) []string { return []string{controllerOf(r)} })
	s.rules()
	s.quotas = newQuotas(s)
	return s
}

// Revision is the resource version of the latest change to anything.
func (s *Server) Revision() string { return s.revision.Now() }

// core makes the tables of the group "".
func (s *Server) core() {
	v1 := corev1.SchemeGroupVersion
	s.Pods = add(s, Kind{GroupVersion: v1, Kind: "Pod", Resource: "pods", Short: []string{"po"}, Namespaced: true, All: true}, func() *corev1.Pod { return &corev1.Pod{} })
	s.Nodes = add(s, Kind{GroupVersion: v1, Kind: "Node", Resource: "nodes", Short: []string{"no"}}, func() *corev1.Node { return &corev1.Node{} })
	s.Namespaces = add(s, Kind{GroupVersion: v1, Kind: "Namespace", Resource: "namespaces", Short: []string{"ns"}}, func() *corev1.Namespace { return &corev1.Namespace{} })
	s.Services = add(s, Kind{GroupVersion: v1, Kind: "Service", Resource: "services", Short: []string{"svc"}, Namespaced: true, All: true}, func() *corev1.Service { return &corev1.Service{} })
	s.Endpoints = add(s, Kind{GroupVersion: v1, Kind: "Endpoints", Resource: "endpoints", Short: []string{"ep"}, Namespaced: true}, func() *corev1.Endpoints { return &corev1.Endpoints{} }) //nolint:staticcheck // see above
	s.ConfigMaps = add(s, Kind{GroupVersion: v1, Kind: "ConfigMap", Resource: "configmaps", Short: []string{"cm"}, Namespaced: true}, func() *corev1.ConfigMap { return &corev1.ConfigMap{} })
	s.Secrets = add(s, Kind{GroupVersion: v1, Kind: "Secret", Resource: "secrets", Namespaced: true}, func() *corev1.Secret { return &corev1.Secret{} })
	s.ServiceAccounts = add(s, Kind{GroupVersion: v1, Kind: "ServiceAccount", Resource: "serviceaccounts", Short: []string{"sa"}, Namespaced: true}, func() *corev1.ServiceAccount { return &corev1.ServiceAccount{} })
	s.PersistentVolumes = add(s, Kind{GroupVersion: v1, Kind: "PersistentVolume", Resource: "persistentvolumes", Short: []string{"pv"}}, func() *corev1.PersistentVolume { return &corev1.PersistentVolume{} })
	s.PersistentVolumeClaims = add(s, Kind{GroupVersion: v1, Kind: "PersistentVolumeClaim", Resource: "persistentvolumeclaims", Short: []string{"pvc"}, Namespaced: true}, func() *corev1.PersistentVolumeClaim { return &corev1.PersistentVolumeClaim{} })
	s.ResourceQuotas = add(s, Kind{GroupVersion: v1, Kind: "ResourceQuota", Resource: "resourcequotas", Short: []string{"quota"}, Namespaced: true}, func() *corev1.ResourceQuota { return &corev1.ResourceQuota{} })
	s.LimitRanges = add(s, Kind{GroupVersion: v1, Kind: "LimitRange", Resource: "limitranges", Short: []string{"limits"}, Namespaced: true}, func() *corev1.LimitRange { return &corev1.LimitRange{} })
}

// groups makes the tables of the named groups.
func (s *Server) groups() {
	apps, batch, net, rbac := appsv1.SchemeGroupVersion, batchv1.SchemeGroupVersion, networkingv1.SchemeGroupVersion, rbacv1.SchemeGroupVersion
	s.Deployments = add(s, Kind{GroupVersion: apps, Kind: "Deployment", Resource: "deployments", Short: []string{"deploy"}, Namespaced: true, All: true}, func() *appsv1.Deployment { return &appsv1.Deployment{} })
	s.ReplicaSets = add(s, Kind{GroupVersion: apps, Kind: "ReplicaSet", Resource: "replicasets", Short: []string{"rs"}, Namespaced: true, All: true}, func() *appsv1.ReplicaSet { return &appsv1.ReplicaSet{} })
	s.StatefulSets = add(s, Kind{GroupVersion: apps, Kind: "StatefulSet", Resource: "statefulsets", Short: []string{"sts"}, Namespaced: true, All: true}, func() *appsv1.StatefulSet { return &appsv1.StatefulSet{} })
	s.DaemonSets = add(s, Kind{GroupVersion: apps, Kind: "DaemonSet", Resource: "daemonsets", Short: []string{"ds"}, Namespaced: true, All: true}, func() *appsv1.DaemonSet { return &appsv1.DaemonSet{} })
	s.ControllerRevisions = add(s, Kind{GroupVersion: apps, Kind: "ControllerRevision", Resource: "controllerrevisions", Namespaced: true}, func() *appsv1.ControllerRevision { return &appsv1.ControllerRevision{} })
	s.Jobs = add(s, Kind{GroupVersion: batch, Kind: "Job", Resource: "jobs", Namespaced: true, All: true}, func() *batchv1.Job { return &batchv1.Job{} })
	s.CronJobs = add(s, Kind{GroupVersion: batch, Kind: "CronJob", Resource: "cronjobs", Short: []string{"cj"}, Namespaced: true, All: true}, func() *batchv1.CronJob { return &batchv1.CronJob{} })
	s.HorizontalPodAutoscalers = add(s, Kind{GroupVersion: autoscalingv2.SchemeGroupVersion, Kind: "HorizontalPodAutoscaler", Resource: "horizontalpodautoscalers", Short: []string{"hpa"}, Namespaced: true, All: true}, func() *autoscalingv2.HorizontalPodAutoscaler { return &autoscalingv2.HorizontalPodAutoscaler{} })
	s.PodDisruptionBudgets = add(s, Kind{GroupVersion: policyv1.SchemeGroupVersion, Kind: "PodDisruptionBudget", Resource: "poddisruptionbudgets", Short: []string{"pdb"}, Namespaced: true}, func() *policyv1.PodDisruptionBudget { return &policyv1.PodDisruptionBudget{} })
	s.EndpointSlices = add(s, Kind{GroupVersion: discoveryv1.SchemeGroupVersion, Kind: "EndpointSlice", Resource: "endpointslices", Namespaced: true}, func() *discoveryv1.EndpointSlice { return &discoveryv1.EndpointSlice{} })
	s.Leases = add(s, Kind{GroupVersion: coordinationv1.SchemeGroupVersion, Kind: "Lease", Resource: "leases", Namespaced: true}, func() *coordinationv1.Lease { return &coordinationv1.Lease{} })
	s.Ingresses = add(s, Kind{GroupVersion: net, Kind: "Ingress", Resource: "ingresses", Short: []string{"ing"}, Namespaced: true}, func() *networkingv1.Ingress { return &networkingv1.Ingress{} })
	s.IngressClasses = add(s, Kind{GroupVersion: net, Kind: "IngressClass", Resource: "ingressclasses"}, func() *networkingv1.IngressClass { return &networkingv1.IngressClass{} })
	s.NetworkPolicies = add(s, Kind{GroupVersion: net, Kind: "NetworkPolicy", Resource: "networkpolicies", Short: []string{"netpol"}, Namespaced: true}, func() *networkingv1.NetworkPolicy { return &networkingv1.NetworkPolicy{} })
	s.Roles = add(s, Kind{GroupVersion: rbac, Kind: "Role", Resource: "roles", Namespaced: true}, func() *rbacv1.Role { return &rbacv1.Role{} })
	s.RoleBindings = add(s, Kind{GroupVersion: rbac, Kind: "RoleBinding", Resource: "rolebindings", Namespaced: true}, func() *rbacv1.RoleBinding { return &rbacv1.RoleBinding{} })
	s.ClusterRoles = add(s, Kind{GroupVersion: rbac, Kind: "ClusterRole", Resource: "clusterroles"}, func() *rbacv1.ClusterRole { return &rbacv1.ClusterRole{} })
	s.ClusterRoleBindings = add(s, Kind{GroupVersion: rbac, Kind: "ClusterRoleBinding", Resource: "clusterrolebindings"}, func() *rbacv1.ClusterRoleBinding { return &rbacv1.ClusterRoleBinding{} })
	s.PriorityClasses = add(s, Kind{GroupVersion: schedulingv1.SchemeGroupVersion, Kind: "PriorityClass", Resource: "priorityclasses", Short: []string{"pc"}}, func() *schedulingv1.PriorityClass { return &schedulingv1.PriorityClass{} })
	s.StorageClasses = add(s, Kind{GroupVersion: storagev1.SchemeGroupVersion, Kind: "StorageClass", Resource: "storageclasses", Short: []string{"sc"}}, func() *storagev1.StorageClass { return &storagev1.StorageClass{} })
}

// suffixLetters are those of generated names: no vowels, no 0, 1 or 3
// (apimachinery's util/rand).
const suffixLetters = "bcdfghjklmnpqrstvwxz2456789"

// Suffix draws the five characters that make a generated name unique.
func Suffix(r *rand.Rand) string {
	b := make([]byte, 5)
	for i := range b {
		b[i] = suffixLetters[r.IntN(len(suffixLetters))]
	}
	return string(b)
}

// newUID draws the identity of an object (a UUID of version 4).
func newUID(r *rand.Rand) types.UID {
	a, b := r.Uint64(), r.Uint64()
	return types.UID(fmt.Sprintf("%08x-%04x-4%03x-%04x-%012x", a>>32, a>>16&0xffff, a&0xfff, b>>48&0x3fff|0x8000, b&0xffffffffffff))
}
