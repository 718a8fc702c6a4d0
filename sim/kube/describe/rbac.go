package describe

import (
	"slices"
	"strings"

	rbacv1 "k8s.io/api/rbac/v1"

	"drydock/sim/kube/store"
)

// line of a role: what may be done with what.
type grant struct{ resource, urls, names, verbs string }

func (p *page) role(obj store.Object, rules []rbacv1.PolicyRule) {
	p.field(0, "Name", obj.GetName())
	p.labels("Labels", obj.GetLabels())
	p.annotations("Annotations", obj.GetAnnotations())
	p.line(0, "PolicyRule:")
	p.line(1, "Resources\tNon-Resource URLs\tResource Names\tVerbs")
	p.line(1, "---------\t-----------------\t--------------\t-----")
	grants := grantsOf(rules)
	slices.SortStableFunc(grants, func(a, b grant) int { return strings.Compare(a.resource, b.resource) })
	for _, g := range grants {
		p.line(1, "%s\t%s\t%s\t%s", g.resource, g.urls, g.names, g.verbs)
	}
}

// grantsOf splits rules by resource and joins the verbs of those for the same thing.
func grantsOf(rules []rbacv1.PolicyRule) []grant {
	var grants []grant
	verbs := map[grant][]string{}
	note := func(g grant, v []string) {
		if _, found := verbs[g]; !found {
			grants = append(grants, g)
		}
		for _, verb := range v {
			if !slices.Contains(verbs[g], verb) {
				verbs[g] = append(verbs[g], verb)
			}
		}
	}
	for _, r := range rules {
		if len(r.NonResourceURLs) > 0 {
			note(grant{urls: bracketed(r.NonResourceURLs), names: "[]"}, r.Verbs)
		}
		for _, group := range r.APIGroups {
			for _, res := range r.Resources {
				if group != "" {
					res += "." + group
				}
				if len(r.ResourceNames) == 0 {
					note(grant{resource: res, urls: "[]", names: "[]"}, r.Verbs)
				}
				for _, name := range r.ResourceNames {
					note(grant{resource: res, urls: "[]", names: "[" + name + "]"}, r.Verbs)
				}
			}
		}
	}
	for i, g := range grants {
		grants[i].verbs = bracketed(verbs[g])
	}
	return grants
}

func bracketed(list []string) string { return "[" + strings.Join(list, " ") + "]" }

func (p *page) binding(obj store.Object, ref rbacv1.RoleRef, subjects []rbacv1.Subject) {
	p.field(0, "Name", obj.GetName())
	p.labels("Labels", obj.GetLabels())
	p.annotations("Annotations", obj.GetAnnotations())
	p.line(0, "Role:")
	p.field(1, "Kind", ref.Kind)
	p.field(1, "Name", ref.Name)
	p.line(0, "Subjects:")
	p.line(1, "Kind\tName\tNamespace")
	p.line(1, "----\t----\t---------")
	for _, s := range subjects {
		p.line(1, "%s\t%s\t%s", s.Kind, s.Name, s.Namespace)
	}
}
