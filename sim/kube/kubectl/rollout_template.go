package kubectl

import (
	"fmt"
	"maps"
	"slices"
	"strings"

	appsv1 "k8s.io/api/apps/v1"
)

// templateText is a revision's pod template as rollout history shows it.
func templateText(rs *appsv1.ReplicaSet) string {
	var b strings.Builder
	b.WriteString("Pod Template:\n")
	lines := func(title string, m map[string]string, sep string) {
		for i, k := range slices.Sorted(maps.Keys(m)) {
			if i == 0 {
				fmt.Fprintf(&b, "  %s:\t%s%s%s\n", title, k, sep, m[k])
				continue
			}
			fmt.Fprintf(&b, "\t%s%s%s\n", k, sep, m[k])
		}
	}
	lines("Labels", rs.Spec.Template.Labels, "=")
	annotations := maps.Clone(rs.Spec.Template.Annotations)
	if cause := rs.Annotations[causeAnnotation]; cause != "" {
		if annotations == nil {
			annotations = map[string]string{}
		}
		annotations[causeAnnotation] = cause
	}
	if len(annotations) > 0 {
		for i, k := range slices.Sorted(maps.Keys(annotations)) {
			title := "  Annotations:"
			if i > 0 {
				title = ""
			}
			fmt.Fprintf(&b, "%s\t%s: %s\n", title, k, annotations[k])
		}
	}
	b.WriteString("  Containers:\n")
	for _, c := range rs.Spec.Template.Spec.Containers {
		port := "<none>"
		if len(c.Ports) > 0 {
			port = fmt.Sprintf("%d/%s", c.Ports[0].ContainerPort, c.Ports[0].Protocol)
		}
		fmt.Fprintf(&b, "   %s:\n    Image:\t%s\n    Port:\t%s\n    Host Port:\t<none>\n", c.Name, c.Image, port)
		b.WriteString("    Environment:")
		if len(c.Env) == 0 {
			b.WriteString("\t<none>")
		}
		b.WriteByte('\n')
		for _, e := range c.Env {
			fmt.Fprintf(&b, "      %s:\t%s\n", e.Name, e.Value)
		}
		b.WriteString("    Mounts:\t<none>\n")
	}
	b.WriteString("  Volumes:\t<none>\n  Node-Selectors:\t<none>\n  Tolerations:\t<none>\n")
	return b.String()
}
