package api

import (
	"errors"
	"fmt"
	"slices"
	"strings"

	rbacv1 "k8s.io/api/rbac/v1"
	apierrors "k8s.io/apimachinery/pkg/api/errors"
	"k8s.io/apimachinery/pkg/runtime/schema"

	"drydock/sim/kube/store"
)

// escalates refuses a role, or a binding to one, that gives rights which its maker
// does not have and may not give either (pkg/registry/rbac/*/policybased, v1.37).
func (s *Server) escalates(u User, obj store.Object) error {
	if slices.Contains(u.Groups, groupMasters) {
		return nil
	}
	resource, verb := "", "escalate"
	var rules []rbacv1.PolicyRule
	var ref rbacv1.RoleRef
	switch o := obj.(type) {
	case *rbacv1.Role:
		resource, rules = "roles", o.Rules
	case *rbacv1.ClusterRole:
		resource, rules = "clusterroles", o.Rules
	case *rbacv1.RoleBinding:
		resource, ref, verb = "rolebindings", o.RoleRef, "bind"
	case *rbacv1.ClusterRoleBinding:
		resource, ref, verb = "clusterrolebindings", o.RoleRef, "bind"
	default:
		return nil
	}
	onKind, onName := resource, obj.GetName()
	if verb == "bind" {
		onKind, onName = strings.ToLower(ref.Kind)+"s", ref.Name
	}
	namespace := obj.GetNamespace()
	if s.Authorize(u, verb, rbacv1.GroupName, onKind, "", namespace, onName) == nil {
		return nil
	}
	refused := func(err error) error {
		return apierrors.NewForbidden(schema.GroupResource{Group: rbacv1.GroupName, Resource: resource}, obj.GetName(), err)
	}
	if verb == "bind" {
		found, ok := s.roleRules(ref, namespace)
		if !ok {
			return apierrors.NewNotFound(schema.GroupResource{Group: rbacv1.GroupName, Resource: strings.ToLower(ref.Kind)}, ref.Name)
		}
		rules = found
	}
	held, _ := s.Rules(u, namespace)
	missing := beyond(rules, held)
	if len(missing) == 0 {
		return nil
	}
	return refused(errors.New(fmt.Sprintf("user %q (groups=%q) is attempting to grant RBAC permissions not currently held:\n", u.Name, u.AllGroups()) + strings.Join(missing, "\n")))
}

// beyond describes the rules that held ones do not cover, one line a kind.
func beyond(rules, held []rbacv1.PolicyRule) []string {
	var lines []string
	for _, one := range compact(rules) {
		var verbs []string
		for _, v := range one.Verbs {
			if !slices.ContainsFunc(held, func(h rbacv1.PolicyRule) bool { return includes(h, one, v) }) {
				verbs = append(verbs, v)
			}
		}
		if len(verbs) > 0 {
			one.Verbs = verbs
			lines = append(lines, short(one))
		}
	}
	return lines
}

// includes reports that a held rule covers one verb of a simple one.
func includes(held, one rbacv1.PolicyRule, verb string) bool {
	if len(one.NonResourceURLs) > 0 {
		has := func(list []string, v string) bool { return slices.Contains(list, v) || slices.Contains(list, "*") }
		return has(held.Verbs, verb) && has(held.NonResourceURLs, one.NonResourceURLs[0])
	}
	_, sub, _ := strings.Cut(one.Resources[0], "/")
	name := ""
	if len(one.ResourceNames) > 0 {
		name = one.ResourceNames[0]
	}
	return covers(held, verb, one.APIGroups[0], one.Resources[0], sub, name)
}

// short is a rule as refusals write it (component-helpers' CompactString).
func short(r rbacv1.PolicyRule) string {
	var parts []string
	add := func(name string, list []string) {
		if len(list) > 0 {
			parts = append(parts, fmt.Sprintf("%s:%s", name, strings.ReplaceAll(fmt.Sprintf("%q", list), `" "`, `", "`)))
		}
	}
	add("APIGroups", r.APIGroups)
	add("Resources", r.Resources)
	add("NonResourceURLs", r.NonResourceURLs)
	add("ResourceNames", r.ResourceNames)
	add("Verbs", r.Verbs)
	return "{" + strings.Join(parts, ", ") + "}"
}

// Simplified are rules with one kind, or one path, each and all its verbs, in the
// order that `kubectl auth can-i --list` and describe have.
func Simplified(rules []rbacv1.PolicyRule) []rbacv1.PolicyRule {
	list := compact(rules)
	key := func(r rbacv1.PolicyRule) string {
		return fmt.Sprintf("%v,%v,%v,%v,%v", r.Verbs, r.APIGroups, r.Resources, r.ResourceNames, r.NonResourceURLs)
	}
	slices.SortStableFunc(list, func(a, b rbacv1.PolicyRule) int { return strings.Compare(key(a), key(b)) })
	return list
}

// compact breaks rules down to one kind each and puts the verbs of a kind together;
// those of paths stay apart (component-helpers' CompactRules).
func compact(rules []rbacv1.PolicyRule) []rbacv1.PolicyRule {
	var list []rbacv1.PolicyRule
	at := map[[3]string]int{}
	for _, r := range rules {
		for _, url := range r.NonResourceURLs {
			list = append(list, rbacv1.PolicyRule{Verbs: slices.Clone(r.Verbs), NonResourceURLs: []string{url}})
		}
		names := r.ResourceNames
		if len(names) == 0 {
			names = []string{""}
		}
		for _, group := range r.APIGroups {
			for _, resource := range r.Resources {
				for _, name := range names {
					k := [3]string{group, resource, name}
					if i, found := at[k]; found {
						list[i].Verbs = append(list[i].Verbs, r.Verbs...)
						continue
					}
					at[k] = len(list)
					one := rbacv1.PolicyRule{Verbs: slices.Clone(r.Verbs), APIGroups: []string{group}, Resources: []string{resource}}
					if name != "" {
						one.ResourceNames = []string{name}
					}
					list = append(list, one)
				}
			}
		}
	}
	return list
}
