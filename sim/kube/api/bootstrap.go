package api

import (
	corev1 "k8s.io/api/core/v1"
	rbacv1 "k8s.io/api/rbac/v1"
	schedulingv1 "k8s.io/api/scheduling/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
)

// Bootstrap makes what every cluster has from its API server's first start: the
// namespaces, the service of the API itself, the system's priority classes and
// RBAC's default roles.
func (s *Server) Bootstrap() {
	for _, name := range []string{"kube-system", "kube-public", "kube-node-lease", "default"} {
		mustBeNew(s.Namespaces.Create(&corev1.Namespace{ObjectMeta: metav1.ObjectMeta{Name: name}}))
	}
	s.keepOwnService()
	s.systemPriority("system-cluster-critical", 2000000000, "Used for system critical pods that must run in the cluster, but can be moved to another node if necessary.")
	s.systemPriority("system-node-critical", 2000001000, "Used for system critical pods that must not be moved from their current node.")
	s.defaultRoles()
}

// mustBeNew passes over that an object is there already: a second Bootstrap, like a
// second start of the server, changes nothing.
func mustBeNew[T any](_ T, _ error) {}

func (s *Server) systemPriority(name string, value int32, description string) {
	mustBeNew(s.PriorityClasses.Create(&schedulingv1.PriorityClass{
		ObjectMeta: metav1.ObjectMeta{Name: name}, Value: value, Description: description,
		PreemptionPolicy: new(corev1.PreemptLowerPriority),
	}))
}

// The verbs of roles.
func reading() []string { return []string{"get", "list", "watch"} }
func writing() []string {
	return []string{"create", "delete", "deletecollection", "patch", "update"}
}

// workloadRules allow the same on all that belongs to an application.
func workloadRules(verbs []string) []rbacv1.PolicyRule {
	return []rbacv1.PolicyRule{
		{Verbs: verbs, APIGroups: []string{""}, Resources: []string{
			"configmaps", "endpoints", "persistentvolumeclaims", "persistentvolumeclaims/status", "pods", "replicationcontrollers",
			"replicationcontrollers/scale", "serviceaccounts", "services", "services/status", "events", "limitranges", "pods/log", "pods/status",
			"resourcequotas", "resourcequotas/status",
		}},
		{Verbs: verbs, APIGroups: []string{"discovery.k8s.io"}, Resources: []string{"endpointslices"}},
		{Verbs: verbs, APIGroups: []string{"apps"}, Resources: []string{
			"controllerrevisions", "daemonsets", "daemonsets/status", "deployments", "deployments/scale", "deployments/status",
			"replicasets", "replicasets/scale", "replicasets/status", "statefulsets", "statefulsets/scale", "statefulsets/status",
		}},
		{Verbs: verbs, APIGroups: []string{"autoscaling"}, Resources: []string{"horizontalpodautoscalers", "horizontalpodautoscalers/status"}},
		{Verbs: verbs, APIGroups: []string{"batch"}, Resources: []string{"cronjobs", "cronjobs/status", "jobs", "jobs/status"}},
		{Verbs: verbs, APIGroups: []string{"policy"}, Resources: []string{"poddisruptionbudgets", "poddisruptionbudgets/status"}},
		{Verbs: verbs, APIGroups: []string{"networking.k8s.io"}, Resources: []string{"ingresses", "ingresses/status", "networkpolicies"}},
	}
}

// defaultRoles makes the roles that are for users, and what everybody may do
// (plugin/pkg/auth/authorizer/rbac/bootstrappolicy of v1.37).
func (s *Server) defaultRoles() {
	core := []string{""}
	all := []string{"*"}
	view := append(workloadRules(reading()), rbacv1.PolicyRule{Verbs: reading(), APIGroups: core, Resources: []string{"bindings", "namespaces", "namespaces/status"}})
	edit := append(append([]rbacv1.PolicyRule{}, view...), workloadRules(writing())...)
	edit = append(edit,
		rbacv1.PolicyRule{Verbs: append(reading(), writing()...), APIGroups: core, Resources: []string{"secrets", "pods/attach", "pods/exec", "pods/portforward", "pods/proxy", "services/proxy"}},
		rbacv1.PolicyRule{Verbs: []string{"create"}, APIGroups: core, Resources: []string{"pods/eviction"}},
		rbacv1.PolicyRule{Verbs: []string{"impersonate"}, APIGroups: core, Resources: []string{"serviceaccounts"}})
	admin := append(append([]rbacv1.PolicyRule{}, edit...),
		rbacv1.PolicyRule{Verbs: append(reading(), writing()...), APIGroups: []string{rbacv1.GroupName}, Resources: []string{"roles", "rolebindings"}},
		rbacv1.PolicyRule{Verbs: []string{"create"}, APIGroups: []string{"authorization.k8s.io"}, Resources: []string{"localsubjectaccessreviews"}})
	s.systemRole("cluster-admin", groupMasters, []rbacv1.PolicyRule{
		{Verbs: all, APIGroups: all, Resources: all}, {Verbs: all, NonResourceURLs: all}})
	s.systemRole("admin", "", admin)
	s.systemRole("edit", "", edit)
	s.systemRole("view", "", view)
	s.systemRole("system:basic-user", groupAuthenticated, []rbacv1.PolicyRule{
		{Verbs: []string{"create"}, APIGroups: []string{"authentication.k8s.io"}, Resources: []string{"selfsubjectreviews"}},
		{Verbs: []string{"create"}, APIGroups: []string{"authorization.k8s.io"}, Resources: []string{"selfsubjectaccessreviews", "selfsubjectrulesreviews"}}})
	health := []string{"/healthz", "/livez", "/readyz", "/version", "/version/"}
	s.systemRole("system:discovery", groupAuthenticated, []rbacv1.PolicyRule{{Verbs: []string{"get"},
		NonResourceURLs: append([]string{"/api", "/api/*", "/apis", "/apis/*", "/openapi", "/openapi/*"}, health...)}})
	s.systemRole("system:public-info-viewer", groupAuthenticated, []rbacv1.PolicyRule{{Verbs: []string{"get"}, NonResourceURLs: health}})
}

// systemRole makes a cluster role and binds it to a group, if one is named.
func (s *Server) systemRole(name, group string, rules []rbacv1.PolicyRule) {
	about := metav1.ObjectMeta{
		Name: name, Labels: map[string]string{"kubernetes.io/bootstrapping": "rbac-defaults"},
		Annotations: map[string]string{rbacv1.AutoUpdateAnnotationKey: "true"},
	}
	mustBeNew(s.ClusterRoles.Create(&rbacv1.ClusterRole{ObjectMeta: about, Rules: rules}))
	if group == "" {
		return
	}
	mustBeNew(s.ClusterRoleBindings.Create(&rbacv1.ClusterRoleBinding{
		ObjectMeta: about,
		RoleRef:    rbacv1.RoleRef{APIGroup: rbacv1.GroupName, Kind: "ClusterRole", Name: name},
		Subjects:   []rbacv1.Subject{{Kind: rbacv1.GroupKind, APIGroup: rbacv1.GroupName, Name: group}},
	}))
}
