package kubectl

import (
	"fmt"
	"slices"
	"strings"

	"github.com/spf13/pflag"

	"drydock/sim/kube/generate"
	"drydock/sim/kube/store"
)

// resourceVerbs are those that the server knows for resources (kubectl's
// validResourceVerbs).
func resourceVerbs() []string {
	return []string{"*", "get", "delete", "list", "create", "update", "patch", "watch", "proxy", "deletecollection", "use", "bind", "escalate", "impersonate"}
}

func policyCreations() []creation {
	return append(accessCreations(),
		creation{kind: "quota", aliases: []string{"resourcequota"}, failed: "failed to create resourcequota", flags: func(fs *pflag.FlagSet) builder {
			hard := fs.String("hard", "", "A comma-delimited set of resource=quantity pairs that define a hard limit.")
			scopes := fs.String("scopes", "", "A comma-delimited set of quota scopes that must all match each object tracked by the quota.")
			return func(_ *session, name string, _ []string) (store.Object, error) {
				return generate.Quota(name, *hard, *scopes)
			}
		}},
		creation{kind: "poddisruptionbudget", aliases: []string{"pdb"}, failed: "failed to create poddisruptionbudgets", flags: func(fs *pflag.FlagSet) builder {
			selector := fs.String("selector", "", "A label selector to use for this budget.")
			minimum := fs.String("min-available", "", "The minimum number or percentage of available pods this budget requires.")
			maximum := fs.String("max-unavailable", "", "The maximum number or percentage of unavailable pods this budget requires.")
			return func(_ *session, name string, _ []string) (store.Object, error) {
				return generate.PodDisruptionBudget(name, *selector, *minimum, *maximum)
			}
		}},
		creation{kind: "priorityclass", aliases: []string{"pc"}, failed: "failed to create priorityclass", flags: func(fs *pflag.FlagSet) builder {
			value := fs.Int32("value", 0, "the value of this priority class.")
			global := fs.Bool("global-default", false, "global-default specifies whether this PriorityClass should be considered as the default priority.")
			description := fs.String("description", "", "description is an arbitrary string that usually provides guidelines on when this priority class should be used.")
			preemption := fs.String("preemption-policy", "PreemptLowerPriority", "preemption-policy is the policy for preempting pods with lower priority.")
			return func(_ *session, name string, _ []string) (store.Object, error) {
				return generate.PriorityClass(name, *value, *global, *description, *preemption), nil
			}
		}},
		creation{kind: "ingress", aliases: []string{"ing"}, failed: "failed to create ingress", flags: func(fs *pflag.FlagSet) builder {
			var o generate.IngressOptions
			var annotations []string
			fs.StringVar(&o.Class, "class", "", "Ingress Class to be used")
			fs.StringArrayVar(&o.Rules, "rule", nil, "Rule in format host/path=service:port[,tls=secretname].")
			fs.StringVar(&o.DefaultBackend, "default-backend", "", "Default service for backend, in format of svcname:port")
			fs.StringArrayVar(&annotations, "annotation", nil, "Annotation to insert in the ingress object, in the format annotation=value")
			return func(_ *session, name string, _ []string) (store.Object, error) {
				for _, a := range annotations {
					k, v, found := strings.Cut(a, "=")
					if !found {
						return nil, fmt.Errorf("annotation %s is invalid and should be in format key=[value]", a)
					}
					if o.Annotations == nil {
						o.Annotations = map[string]string{}
					}
					o.Annotations[k] = v
				}
				return generate.Ingress(name, o)
			}
		}})
}

func accessCreations() []creation {
	rules := func(kind string) func(fs *pflag.FlagSet) builder {
		return func(fs *pflag.FlagSet) builder {
			var o generate.RuleOptions
			var resources []string
			fs.StringSliceVar(&o.Verbs, "verb", nil, "Verb that applies to the resources contained in the rule")
			fs.StringSliceVar(&resources, "resource", nil, "Resource that the rule applies to")
			fs.StringArrayVar(&o.ResourceNames, "resource-name", nil, "Resource in the white list that the rule applies to")
			if kind == "clusterrole" {
				fs.StringSliceVar(&o.NonResource, "non-resource-url", nil, "A partial url that user should have access to.")
			}
			return func(s *session, name string, _ []string) (store.Object, error) {
				found, err := s.groupResources(resources)
				if err != nil {
					return nil, err
				}
				o.Resources = found
				for _, v := range o.Verbs {
					if len(o.NonResource) == 0 && !slices.Contains(resourceVerbs(), v) {
						s.p.Errorf("Warning: '%s' is not a standard resource verb\n", v)
					}
				}
				list, err := generate.Rules(o)
				switch {
				case err != nil:
					return nil, err
				case kind == "role":
					return generate.Role(name, list), nil
				}
				return generate.ClusterRole(name, list), nil
			}
		}
	}
	binding := func(kind string) func(fs *pflag.FlagSet) builder {
		return func(fs *pflag.FlagSet) builder {
			var o generate.BindingOptions
			fs.StringVar(&o.ClusterRole, "clusterrole", "", "ClusterRole this binding should reference")
			if kind == "rolebinding" {
				fs.StringVar(&o.Role, "role", "", "Role this RoleBinding should reference")
			}
			fs.StringArrayVar(&o.Users, "user", nil, "Usernames to bind to the role.")
			fs.StringArrayVar(&o.Groups, "group", nil, "Groups to bind to the role.")
			fs.StringArrayVar(&o.ServiceAccounts, "serviceaccount", nil, "Service accounts to bind to the role, in the format <namespace>:<name>.")
			return func(_ *session, name string, _ []string) (store.Object, error) {
				if kind == "rolebinding" {
					return generate.RoleBinding(name, o)
				}
				return generate.ClusterRoleBinding(name, o)
			}
		}
	}
	return []creation{
		{kind: "role", flags: rules("role")},
		{kind: "clusterrole", flags: rules("clusterrole")},
		{kind: "rolebinding", failed: "failed to create rolebinding", flags: binding("rolebinding")},
		{kind: "clusterrolebinding", failed: "failed to create clusterrolebinding", need: []string{"clusterrole"}, flags: binding("clusterrolebinding")},
	}
}
