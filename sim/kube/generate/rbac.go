package generate

import (
	"fmt"
	"slices"
	"strings"

	corev1 "k8s.io/api/core/v1"
	rbacv1 "k8s.io/api/rbac/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/runtime/schema"
)

// RuleOptions are the flags of `kubectl create role` and `clusterrole`. Resources are
// resolved by the caller; a subresource is in the Resource's name.
type RuleOptions struct {
	Verbs         []string
	Resources     []schema.GroupResource
	ResourceNames []string
	NonResource   []string // URLs, for cluster roles
}

// Rules makes the rules of a role: one for each API group, in the order given.
func Rules(o RuleOptions) ([]rbacv1.PolicyRule, error) {
	var verbs []string
	for _, v := range o.Verbs {
		if v == "*" {
			verbs = []string{"*"}
			break
		}
		if !slices.Contains(verbs, v) {
			verbs = append(verbs, v)
		}
	}
	switch {
	case len(verbs) == 0:
		return nil, fmt.Errorf("at least one verb must be specified")
	case len(o.Resources) == 0 && len(o.NonResource) == 0:
		return nil, fmt.Errorf("at least one resource must be specified")
	}
	var rules []rbacv1.PolicyRule
	for _, r := range o.Resources {
		at := slices.IndexFunc(rules, func(p rbacv1.PolicyRule) bool { return p.APIGroups[0] == r.Group })
		if at < 0 {
			rules = append(rules, rbacv1.PolicyRule{Verbs: verbs, APIGroups: []string{r.Group}, ResourceNames: o.ResourceNames})
			at = len(rules) - 1
		}
		if !slices.Contains(rules[at].Resources, r.Resource) {
			rules[at].Resources = append(rules[at].Resources, r.Resource)
		}
	}
	if len(o.NonResource) > 0 {
		rules = append(rules, rbacv1.PolicyRule{Verbs: verbs, NonResourceURLs: o.NonResource})
	}
	return rules, nil
}

// Role makes what `kubectl create role NAME` sends.
func Role(name string, rules []rbacv1.PolicyRule) *rbacv1.Role {
	return &rbacv1.Role{TypeMeta: metav1.TypeMeta{APIVersion: "rbac.authorization.k8s.io/v1", Kind: "Role"}, ObjectMeta: metav1.ObjectMeta{Name: name}, Rules: rules}
}

// ClusterRole makes what `kubectl create clusterrole NAME` sends.
func ClusterRole(name string, rules []rbacv1.PolicyRule) *rbacv1.ClusterRole {
	return &rbacv1.ClusterRole{TypeMeta: metav1.TypeMeta{APIVersion: "rbac.authorization.k8s.io/v1", Kind: "ClusterRole"}, ObjectMeta: metav1.ObjectMeta{Name: name}, Rules: rules}
}

// BindingOptions are the flags of `kubectl create rolebinding` and
// `clusterrolebinding`.
type BindingOptions struct {
	Role, ClusterRole string
	Users, Groups     []string
	ServiceAccounts   []string // namespace:name
}

// RoleBinding makes what `kubectl create rolebinding NAME` sends.
func RoleBinding(name string, o BindingOptions) (*rbacv1.RoleBinding, error) {
	if (o.Role == "") == (o.ClusterRole == "") {
		return nil, fmt.Errorf("exactly one of clusterrole or role must be specified")
	}
	subjects, err := o.subjects()
	if err != nil {
		return nil, err
	}
	return &rbacv1.RoleBinding{
		TypeMeta: metav1.TypeMeta{APIVersion: "rbac.authorization.k8s.io/v1", Kind: "RoleBinding"}, ObjectMeta: metav1.ObjectMeta{Name: name},
		RoleRef: o.ref(), Subjects: subjects,
	}, nil
}

// ClusterRoleBinding makes what `kubectl create clusterrolebinding NAME` sends.
func ClusterRoleBinding(name string, o BindingOptions) (*rbacv1.ClusterRoleBinding, error) {
	subjects, err := o.subjects()
	if err != nil {
		return nil, err
	}
	return &rbacv1.ClusterRoleBinding{
		TypeMeta: metav1.TypeMeta{APIVersion: "rbac.authorization.k8s.io/v1", Kind: "ClusterRoleBinding"}, ObjectMeta: metav1.ObjectMeta{Name: name},
		RoleRef: o.ref(), Subjects: subjects,
	}, nil
}

func (o BindingOptions) ref() rbacv1.RoleRef {
	if o.Role != "" {
		return rbacv1.RoleRef{APIGroup: rbacv1.GroupName, Kind: "Role", Name: o.Role}
	}
	return rbacv1.RoleRef{APIGroup: rbacv1.GroupName, Kind: "ClusterRole", Name: o.ClusterRole}
}

func (o BindingOptions) subjects() ([]rbacv1.Subject, error) {
	var list []rbacv1.Subject
	for _, u := range o.Users {
		list = append(list, rbacv1.Subject{Kind: rbacv1.UserKind, APIGroup: rbacv1.GroupName, Name: u})
	}
	for _, g := range o.Groups {
		list = append(list, rbacv1.Subject{Kind: rbacv1.GroupKind, APIGroup: rbacv1.GroupName, Name: g})
	}
	for _, sa := range o.ServiceAccounts {
		ns, name, found := strings.Cut(sa, ":")
		if !found || ns == "" || name == "" {
			return nil, fmt.Errorf("serviceaccount must be <namespace>:<name>")
		}
		list = append(list, rbacv1.Subject{Kind: rbacv1.ServiceAccountKind, Namespace: ns, Name: name})
	}
	return list, nil
}

// ServiceAccount makes what `kubectl create serviceaccount NAME` sends.
func ServiceAccount(name string) *corev1.ServiceAccount {
	return &corev1.ServiceAccount{TypeMeta: metav1.TypeMeta{APIVersion: "v1", Kind: "ServiceAccount"}, ObjectMeta: metav1.ObjectMeta{Name: name}}
}
