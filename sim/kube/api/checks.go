package api

import (
	"slices"
	"strings"

	appsv1 "k8s.io/api/apps/v1"
	batchv1 "k8s.io/api/batch/v1"
	corev1 "k8s.io/api/core/v1"
	apiequality "k8s.io/apimachinery/pkg/api/equality"
	apierrors "k8s.io/apimachinery/pkg/api/errors"
	apivalidation "k8s.io/apimachinery/pkg/api/validation"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	metavalidation "k8s.io/apimachinery/pkg/apis/meta/v1/validation"
	"k8s.io/apimachinery/pkg/labels"
	"k8s.io/apimachinery/pkg/runtime/schema"
	"k8s.io/apimachinery/pkg/util/validation/field"

	"drydock/sim/kube/store"
)

// checks gives each kind its validation, with the words of pkg/apis/*/validation of
// Kubernetes v1.37.
func (s *Server) checks() {
	check(s.Pods, apivalidation.NameIsDNSSubdomain, checkPod)
	check(s.Namespaces, apivalidation.NameIsDNSLabel, checkNamespace)
	check(s.Services, apivalidation.NameIsDNS1035Label, checkService)
	check(s.Deployments, apivalidation.NameIsDNSSubdomain, checkDeployment)
	check(s.ReplicaSets, apivalidation.NameIsDNSSubdomain, checkReplicaSet)
	check(s.StatefulSets, apivalidation.NameIsDNSSubdomain, checkStatefulSet)
	check(s.DaemonSets, apivalidation.NameIsDNSSubdomain, checkDaemonSet)
	check(s.Jobs, apivalidation.NameIsDNSSubdomain, checkJob)
	check(s.CronJobs, apivalidation.NameIsDNSSubdomain, checkCronJob)
	check(s.PersistentVolumeClaims, apivalidation.NameIsDNSSubdomain, checkClaim)
	check(s.ConfigMaps, apivalidation.NameIsDNSSubdomain, checkConfigMap)
	check(s.Secrets, apivalidation.NameIsDNSSubdomain, checkSecret)
	check(s.Nodes, apivalidation.NameIsDNSSubdomain, nil)
	check(s.ServiceAccounts, apivalidation.NameIsDNSSubdomain, nil)
	check(s.PersistentVolumes, apivalidation.NameIsDNSSubdomain, nil)
	check(s.ResourceQuotas, apivalidation.NameIsDNSSubdomain, nil)
	check(s.LimitRanges, apivalidation.NameIsDNSSubdomain, checkLimitRange)
	check(s.Ingresses, apivalidation.NameIsDNSSubdomain, checkIngress)
	check(s.NetworkPolicies, apivalidation.NameIsDNSSubdomain, checkNetworkPolicy)
	check(s.PodDisruptionBudgets, apivalidation.NameIsDNSSubdomain, checkBudget)
	check(s.HorizontalPodAutoscalers, apivalidation.NameIsDNSSubdomain, checkAutoscaler)
	check(s.PriorityClasses, apivalidation.NameIsDNSSubdomain, nil)
	check(s.StorageClasses, apivalidation.NameIsDNSSubdomain, nil)
}

// checker finds what is wrong in an object; old is nil for a new one.
type checker[P any] func(obj, old *P) field.ErrorList

// check makes a kind's validation: its metadata and what is its own. At an update
// the metadata is looked at only where it changed.
func check[P any, T interface {
	*P
	store.Object
}](r *Resource[T], name apivalidation.ValidateNameFunc, own checker[P]) {
	kind := schema.GroupKind{Group: r.kind.Group, Kind: r.kind.Kind}
	r.validate = func(obj, old T, update bool) error {
		var errs field.ErrorList
		if !update || !apiequality.Semantic.DeepEqual(obj.GetLabels(), old.GetLabels()) || !apiequality.Semantic.DeepEqual(obj.GetAnnotations(), old.GetAnnotations()) {
			errs = apivalidation.ValidateObjectMetaAccessor(obj, r.kind.Namespaced, name, field.NewPath("metadata"))
		}
		if own != nil {
			var before *P
			if update {
				before = old
			}
			errs = append(errs, own(obj, before)...)
		}
		if len(errs) == 0 {
			return nil
		}
		return apierrors.NewInvalid(kind, obj.GetName(), errs)
	}
}

// immutable finds a field that may not change and has.
func immutable(now, before any, path *field.Path) field.ErrorList {
	return apivalidation.ValidateImmutableField(now, before, path)
}

func notNegative(value *int32, path *field.Path) field.ErrorList {
	if value == nil {
		return nil
	}
	return apivalidation.ValidateNonnegativeField(int64(*value), path)
}

// checkSelector looks at a workload's selector and whether it finds its own pods.
func checkSelector(selector *metav1.LabelSelector, template *corev1.PodTemplateSpec, kind string) field.ErrorList {
	path, at := field.NewPath("spec", "selector"), field.NewPath("spec", "template", "metadata", "labels")
	var errs field.ErrorList
	if selector == nil {
		errs = append(errs, field.Required(path, ""))
	} else {
		errs = append(errs, metavalidation.ValidateLabelSelector(selector, metavalidation.LabelSelectorValidationOptions{}, path)...)
		if len(selector.MatchLabels)+len(selector.MatchExpressions) == 0 {
			errs = append(errs, field.Invalid(path, selector, "empty selector is invalid for "+kind))
		}
	}
	matcher, err := metav1.LabelSelectorAsSelector(selector)
	if err != nil {
		return append(errs, field.Invalid(path, selector, "invalid label selector"))
	}
	if !matcher.Empty() && !matcher.Matches(labels.Set(template.Labels)) {
		errs = append(errs, field.Invalid(at, template.Labels, "`selector` does not match template `labels`"))
	}
	return errs
}

// checkTemplate looks at a workload's pod template; only Always makes sense for
// pods that are to run for ever.
func checkTemplate(t *corev1.PodTemplateSpec) field.ErrorList {
	path := field.NewPath("spec", "template")
	errs := metavalidation.ValidateLabels(t.Labels, path.Child("labels"))
	errs = append(errs, checkPodSpec(&t.Spec, path.Child("spec"))...)
	if t.Spec.RestartPolicy != corev1.RestartPolicyAlways {
		errs = append(errs, field.NotSupported(path.Child("spec", "restartPolicy"), t.Spec.RestartPolicy, []corev1.RestartPolicy{corev1.RestartPolicyAlways}))
	}
	return errs
}

func checkDeployment(d, old *appsv1.Deployment) field.ErrorList {
	path := field.NewPath("spec")
	if old != nil && apiequality.Semantic.DeepEqual(d.Spec, old.Spec) {
		return nil
	}
	errs := notNegative(d.Spec.Replicas, path.Child("replicas"))
	errs = append(errs, checkSelector(d.Spec.Selector, &d.Spec.Template, "deployment")...)
	errs = append(errs, checkTemplate(&d.Spec.Template)...)
	errs = append(errs, checkStrategy(&d.Spec.Strategy, path.Child("strategy"))...)
	if d.Spec.ProgressDeadlineSeconds != nil && *d.Spec.ProgressDeadlineSeconds <= d.Spec.MinReadySeconds {
		errs = append(errs, field.Invalid(path.Child("progressDeadlineSeconds"), *d.Spec.ProgressDeadlineSeconds, "must be greater than minReadySeconds"))
	}
	if old != nil {
		errs = append(errs, immutable(d.Spec.Selector, old.Spec.Selector, path.Child("selector"))...)
	}
	return errs
}

func checkStrategy(s *appsv1.DeploymentStrategy, path *field.Path) field.ErrorList {
	types := []appsv1.DeploymentStrategyType{appsv1.RecreateDeploymentStrategyType, appsv1.RollingUpdateDeploymentStrategyType}
	switch s.Type {
	case appsv1.RecreateDeploymentStrategyType:
		if s.RollingUpdate != nil {
			return field.ErrorList{field.Forbidden(path.Child("rollingUpdate"), "may not be specified when strategy `type` is '"+string(s.Type)+"'")}
		}
		return nil
	case appsv1.RollingUpdateDeploymentStrategyType:
		zero := func(v string) bool { return strings.TrimSuffix(v, "%") == "0" }
		r := s.RollingUpdate
		if r != nil && r.MaxSurge != nil && r.MaxUnavailable != nil && zero(r.MaxSurge.String()) && zero(r.MaxUnavailable.String()) {
			return field.ErrorList{field.Invalid(path.Child("rollingUpdate", "maxUnavailable"), r.MaxUnavailable, "may not be 0 when `maxSurge` is 0")}
		}
		return nil
	}
	return field.ErrorList{field.NotSupported(path, s.Type, types)}
}

func checkReplicaSet(r, old *appsv1.ReplicaSet) field.ErrorList {
	if old != nil && apiequality.Semantic.DeepEqual(r.Spec, old.Spec) {
		return nil
	}
	path := field.NewPath("spec")
	errs := notNegative(r.Spec.Replicas, path.Child("replicas"))
	errs = append(errs, checkSelector(r.Spec.Selector, &r.Spec.Template, "deployment")...)
	errs = append(errs, checkTemplate(&r.Spec.Template)...)
	if old != nil {
		errs = append(errs, immutable(r.Spec.Selector, old.Spec.Selector, path.Child("selector"))...)
	}
	return errs
}

func checkDaemonSet(d, old *appsv1.DaemonSet) field.ErrorList {
	errs := checkSelector(d.Spec.Selector, &d.Spec.Template, "daemonset")
	errs = append(errs, checkTemplate(&d.Spec.Template)...)
	if old != nil {
		errs = append(errs, immutable(d.Spec.Selector, old.Spec.Selector, field.NewPath("spec", "selector"))...)
	}
	return errs
}

// checkStatefulSet: what makes a StatefulSet's pods what they are cannot change.
func checkStatefulSet(s, old *appsv1.StatefulSet) field.ErrorList {
	path := field.NewPath("spec")
	errs := notNegative(s.Spec.Replicas, path.Child("replicas"))
	errs = append(errs, checkSelector(s.Spec.Selector, &s.Spec.Template, "statefulset")...)
	errs = append(errs, checkTemplate(withClaims(s))...)
	if old == nil {
		return errs
	}
	fixed := immutable(s.Spec.ServiceName, old.Spec.ServiceName, path.Child("serviceName"))
	fixed = append(fixed, immutable(s.Spec.PodManagementPolicy, old.Spec.PodManagementPolicy, path.Child("podManagementPolicy"))...)
	fixed = append(fixed, immutable(s.Spec.Selector, old.Spec.Selector, path.Child("selector"))...)
	if !apiequality.Semantic.DeepEqual(s.Spec.VolumeClaimTemplates, old.Spec.VolumeClaimTemplates) {
		fixed = append(fixed, field.Forbidden(path, "updates to statefulset spec for fields other than 'replicas', 'ordinals', 'template', 'updateStrategy', 'revisionHistoryLimit', 'persistentVolumeClaimRetentionPolicy' and 'minReadySeconds' are forbidden"))
	}
	return append(errs, fixed...)
}

// withClaims is the template of a StatefulSet with the volumes that its pods get for
// their claims.
func withClaims(s *appsv1.StatefulSet) *corev1.PodTemplateSpec {
	t := s.Spec.Template
	t.Spec.Volumes = slices.Clone(t.Spec.Volumes)
	for i := range s.Spec.VolumeClaimTemplates {
		name := s.Spec.VolumeClaimTemplates[i].Name
		if !slices.ContainsFunc(t.Spec.Volumes, func(v corev1.Volume) bool { return v.Name == name }) {
			t.Spec.Volumes = append(t.Spec.Volumes, corev1.Volume{Name: name, VolumeSource: corev1.VolumeSource{
				PersistentVolumeClaim: &corev1.PersistentVolumeClaimVolumeSource{ClaimName: name},
			}})
		}
	}
	return &t
}

func checkJob(j, old *batchv1.Job) field.ErrorList {
	if old != nil && apiequality.Semantic.DeepEqual(j.Spec, old.Spec) {
		return nil
	}
	path := field.NewPath("spec")
	errs := checkJobSpec(&j.Spec, path)
	if old != nil {
		errs = append(errs, immutable(deref(j.Spec.Completions), deref(old.Spec.Completions), path.Child("completions"))...)
		errs = append(errs, immutable(j.Spec.Selector, old.Spec.Selector, path.Child("selector"))...)
		errs = append(errs, immutable(j.Spec.Template, old.Spec.Template, path.Child("template"))...)
	}
	return errs
}

// deref makes errors show the number and not its address.
func deref(n *int32) any {
	if n == nil {
		return nil
	}
	return *n
}

func checkJobSpec(s *batchv1.JobSpec, path *field.Path) field.ErrorList {
	errs := notNegative(s.Parallelism, path.Child("parallelism"))
	errs = append(errs, notNegative(s.Completions, path.Child("completions"))...)
	errs = append(errs, notNegative(s.BackoffLimit, path.Child("backoffLimit"))...)
	errs = append(errs, checkIndexed(s, path)...)
	at := path.Child("template", "spec")
	errs = append(errs, checkPodSpec(&s.Template.Spec, at)...)
	if p := s.Template.Spec.RestartPolicy; p == corev1.RestartPolicyAlways {
		errs = append(errs, field.Required(at.Child("restartPolicy"), `valid values: "OnFailure", "Never"`))
	}
	return errs
}

func checkCronJob(c, _ *batchv1.CronJob) field.ErrorList {
	path := field.NewPath("spec")
	var errs field.ErrorList
	if c.Spec.Schedule == "" {
		errs = append(errs, field.Required(path.Child("schedule"), ""))
	} else if fields := strings.Fields(c.Spec.Schedule); len(fields) != 5 && !strings.HasPrefix(c.Spec.Schedule, "@") {
		errs = append(errs, field.Invalid(path.Child("schedule"), c.Spec.Schedule, cronFields(fields)))
	}
	return append(errs, checkJobSpec(&c.Spec.JobTemplate.Spec, path.Child("jobTemplate", "spec"))...)
}
