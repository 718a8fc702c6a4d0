package api

import (
	"maps"
	"strconv"

	appsv1 "k8s.io/api/apps/v1"
	apiequality "k8s.io/apimachinery/pkg/api/equality"
)

// TemplateGeneration is how often the pod template of a DaemonSet has changed, with
// the first. The field of that name is left over from before apps/v1 and shows as
// the annotation deprecated.daemonset.template.generation.
func TemplateGeneration(d *appsv1.DaemonSet) int64 {
	n, err := strconv.ParseInt(d.Annotations[appsv1.DeprecatedTemplateGeneration], 10, 64)
	if err != nil {
		return 1
	}
	return n
}

// numberTemplate gives the template of a new DaemonSet its number.
func numberTemplate(d *appsv1.DaemonSet) error {
	setTemplateGeneration(d, 1)
	return nil
}

// keepTemplateNumber counts a changed template; nobody else can change the number.
func keepTemplateNumber(d, old *appsv1.DaemonSet) error {
	n := TemplateGeneration(old)
	if !apiequality.Semantic.DeepEqual(d.Spec.Template, old.Spec.Template) {
		n++
	}
	setTemplateGeneration(d, n)
	return nil
}

func setTemplateGeneration(d *appsv1.DaemonSet, n int64) {
	d.Annotations = maps.Clone(d.Annotations)
	if d.Annotations == nil {
		d.Annotations = map[string]string{}
	}
	d.Annotations[appsv1.DeprecatedTemplateGeneration] = strconv.FormatInt(n, 10)
}
