package kubectl

import (
	"strings"

	"drydock/sim/kube/patch"
	"drydock/sim/kube/store"
)

// managerOf is the field manager under which a command writes (kubectl v1.37): its
// --field-manager, or a name made of the command's.
func managerOf(args []string) patch.Manager {
	verb := ""
	for i, a := range args[min(1, len(args)):] {
		if name, given := strings.CutPrefix(a, "--field-manager"); given {
			value, with := strings.CutPrefix(name, "=")
			if !with && i+2 < len(args) {
				value = args[i+2]
			}
			return patch.Manager{Name: value}
		}
		if verb == "" {
			verb = map[string]string{
				"create": "kubectl-create", "apply": "kubectl-client-side-apply", "edit": "kubectl-edit", "patch": "kubectl-patch", "set": "kubectl-set",
				"label": "kubectl-label", "annotate": "kubectl-annotate", "expose": "kubectl-expose", "run": "kubectl-run", "rollout": "kubectl-rollout",
				"replace": "kubectl-replace", "autoscale": "kubectl-autoscale", "taint": "kubectl-taint", "scale": "kubectl",
			}[a]
		}
	}
	if verb == "kubectl" { // scale writes the subresource
		return patch.Manager{Name: verb, Subresource: "scale"}
	}
	if verb == "" {
		verb = "kubectl"
	}
	return patch.Manager{Name: verb}
}

// note writes down in an object who changed what of it; before is nil for one that is
// made.
func (o *outcome) note(t target, obj, before store.Object) {
	after, err := encode(t, obj)
	if err != nil {
		return
	}
	k := t.collection.Type()
	if before == nil {
		patch.Updated(obj, t.collection.New(), nil, nil, after, o.manager, k.GroupVersion.String())
		return
	}
	text, err := encode(t, before)
	if err != nil {
		return
	}
	patch.Updated(obj, t.collection.New(), before.GetManagedFields(), text, after, o.manager, k.GroupVersion.String())
}
