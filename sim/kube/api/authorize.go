package api

import (
	"errors"
	"fmt"
	"slices"
	"strings"

	rbacv1 "k8s.io/api/rbac/v1"
	apierrors "k8s.io/apimachinery/pkg/api/errors"
	"k8s.io/apimachinery/pkg/runtime/schema"
)

// User is who makes a request.
type User struct {
	Name   string
	UID    string // of a service account
	Groups []string
	Extra  []Extra
}

// Extra is something more that authentication knows of a user.
type Extra struct {
	Key    string
	Values []string
}

// The groups that RBAC knows of its own.
const (
	groupMasters       = "system:masters"
	groupAuthenticated = "system:authenticated"

	groupUnauthenticated = "system:unauthenticated"
	accountPrefix        = "system:serviceaccount:"
)

// AllGroups are the groups of a user with those that follow from its name: a
// service account's, and the one of all who are known.
func (u User) AllGroups() []string {
	groups := slices.Clone(u.Groups)
	add := func(g string) {
		if !slices.Contains(groups, g) {
			groups = append(groups, g)
		}
	}
	if rest, is := strings.CutPrefix(u.Name, accountPrefix); is {
		ns, _, _ := strings.Cut(rest, ":")
		add("system:serviceaccounts")
		add("system:serviceaccounts:" + ns)
	}
	if !slices.Contains(groups, groupUnauthenticated) {
		add(groupAuthenticated)
	}
	return groups
}

// Authorize asks RBAC whether a user may do something; nil is yes. namespace is ""
// at the cluster scope, subresource and name may be "". The error is Forbidden.
func (s *Server) Authorize(u User, verb, group, resource, subresource, namespace, name string) error {
	if slices.Contains(u.Groups, groupMasters) {
		return nil
	}
	full := resource
	if subresource != "" {
		full += "/" + subresource
	}
	rules, missing := s.Rules(u, namespace)
	for _, rule := range rules {
		if covers(rule, verb, group, full, subresource, name) {
			return nil
		}
	}
	scope := "at the cluster scope"
	if namespace != "" {
		scope = fmt.Sprintf("in the namespace %q", namespace)
	}
	message := fmt.Sprintf("User %q cannot %s resource %q in API group %q %s", u.Name, verb, full, group, scope)
	if len(missing) > 0 {
		message += ": RBAC: " + join(missing)
	}
	return apierrors.NewForbidden(schema.GroupResource{Group: group, Resource: resource}, name, errors.New(message))
}

// join is an aggregate of messages as the API server writes it.
func join(list []string) string {
	if len(list) == 1 {
		return list[0]
	}
	return "[" + strings.Join(list, ", ") + "]"
}

// Rules are those that apply to a user in a namespace ("" for the cluster scope),
// in the order of the bindings, and the bindings' roles that do not exist.
func (s *Server) Rules(u User, namespace string) (rules []rbacv1.PolicyRule, missing []string) {
	groups := u.AllGroups()
	take := func(subjects []rbacv1.Subject, ref rbacv1.RoleRef, ns string) {
		if !slices.ContainsFunc(subjects, func(sub rbacv1.Subject) bool { return u.is(sub, groups, ns) }) {
			return
		}
		if found, ok := s.roleRules(ref, ns); ok {
			rules = append(rules, found...)
			return
		}
		missing = append(missing, fmt.Sprintf("%s.rbac.authorization.k8s.io %q not found", strings.ToLower(ref.Kind), ref.Name))
	}
	for _, b := range s.ClusterRoleBindings.List("") {
		take(b.Subjects, b.RoleRef, "")
	}
	if namespace != "" {
		for _, b := range s.RoleBindings.List(namespace) {
			take(b.Subjects, b.RoleRef, namespace)
		}
	}
	return rules, missing
}

func (s *Server) roleRules(ref rbacv1.RoleRef, namespace string) ([]rbacv1.PolicyRule, bool) {
	if ref.Kind == "ClusterRole" {
		role, found := s.ClusterRoles.Get("", ref.Name)
		if !found {
			return nil, false
		}
		return role.Rules, true
	}
	role, found := s.Roles.Get(namespace, ref.Name)
	if !found {
		return nil, false
	}
	return role.Rules, true
}

// is reports that a binding's subject means the user.
func (u User) is(sub rbacv1.Subject, groups []string, namespace string) bool {
	switch sub.Kind {
	case rbacv1.UserKind:
		return sub.Name == u.Name
	case rbacv1.GroupKind:
		return slices.Contains(groups, sub.Name)
	case rbacv1.ServiceAccountKind:
		if sub.Namespace != "" {
			namespace = sub.Namespace
		}
		return u.Name == accountPrefix+namespace+":"+sub.Name
	}
	return false
}

// covers reports that a rule allows a request.
func covers(rule rbacv1.PolicyRule, verb, group, resource, subresource, name string) bool {
	has := func(list []string, v string) bool { return slices.Contains(list, v) || slices.Contains(list, "*") }
	return has(rule.Verbs, verb) && has(rule.APIGroups, group) &&
		(has(rule.Resources, resource) || subresource != "" && slices.Contains(rule.Resources, "*/"+subresource)) &&
		(len(rule.ResourceNames) == 0 || name != "" && slices.Contains(rule.ResourceNames, name))
}
