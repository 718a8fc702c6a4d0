package api

import (
	"fmt"
	"strings"

	corev1 "k8s.io/api/core/v1"
	apiequality "k8s.io/apimachinery/pkg/api/equality"
	"k8s.io/apimachinery/pkg/util/intstr"
	"k8s.io/apimachinery/pkg/util/validation"
	"k8s.io/apimachinery/pkg/util/validation/field"
)

// cronFields is the cron parser's complaint about a schedule that has not five.
func cronFields(fields []string) string {
	return fmt.Sprintf("expected exactly 5 fields, found %d: [%s]", len(fields), strings.Join(fields, " "))
}

// The labels by which a namespace chooses its Pod Security levels.
const securityPrefix = "pod-security.kubernetes.io/"

func checkNamespace(n, _ *corev1.Namespace) field.ErrorList {
	var errs field.ErrorList
	for _, mode := range []string{"enforce", "audit", "warn"} {
		switch level := n.Labels[securityPrefix+mode]; level {
		case "", "privileged", "baseline", "restricted":
		default:
			errs = append(errs, field.Invalid(field.NewPath("metadata", "labels").Key(securityPrefix+mode), level, "must be one of privileged, baseline, restricted"))
		}
	}
	return errs
}

func checkService(v, old *corev1.Service) field.ErrorList {
	path := field.NewPath("spec")
	var errs field.ErrorList
	types := []corev1.ServiceType{corev1.ServiceTypeClusterIP, corev1.ServiceTypeExternalName, corev1.ServiceTypeLoadBalancer, corev1.ServiceTypeNodePort}
	switch v.Spec.Type {
	case corev1.ServiceTypeClusterIP, corev1.ServiceTypeNodePort, corev1.ServiceTypeLoadBalancer:
		if len(v.Spec.Ports) == 0 && v.Spec.ClusterIP != corev1.ClusterIPNone {
			errs = append(errs, field.Required(path.Child("ports"), ""))
		}
	case corev1.ServiceTypeExternalName:
		if v.Spec.ExternalName == "" {
			errs = append(errs, field.Required(path.Child("externalName"), ""))
		}
	default:
		errs = append(errs, field.NotSupported(path.Child("type"), v.Spec.Type, types))
	}
	errs = append(errs, checkServicePorts(v, path.Child("ports"))...)
	if old != nil && old.Spec.ClusterIP != "" && old.Spec.ClusterIP != v.Spec.ClusterIP && v.Spec.Type != corev1.ServiceTypeExternalName && old.Spec.Type != corev1.ServiceTypeExternalName {
		errs = append(errs, field.Invalid(path.Child("clusterIPs").Index(0), v.Spec.ClusterIPs, "may not change once set"))
	}
	return errs
}

func checkServicePorts(v *corev1.Service, path *field.Path) field.ErrorList {
	var errs field.ErrorList
	names, taken := map[string]bool{}, map[string]bool{}
	for i, p := range v.Spec.Ports {
		at := path.Index(i)
		switch {
		case p.Name == "" && len(v.Spec.Ports) > 1:
			errs = append(errs, field.Required(at.Child("name"), ""))
		case names[p.Name]:
			errs = append(errs, field.Duplicate(at.Child("name"), p.Name))
		case p.Name != "":
			errs = append(errs, invalids(at.Child("name"), p.Name, validation.IsDNS1123Label(p.Name))...)
		}
		names[p.Name] = true
		errs = append(errs, invalids(at.Child("port"), p.Port, validation.IsValidPortNum(int(p.Port)))...)
		errs = append(errs, checkTarget(at.Child("targetPort"), p.TargetPort)...)
		key := fmt.Sprintf("%s/%d", p.Protocol, p.Port)
		if taken[key] {
			errs = append(errs, field.Duplicate(at, p))
		}
		taken[key] = true
		if p.NodePort != 0 && (p.NodePort < nodePortFirst || p.NodePort >= nodePortFirst+nodePortCount) {
			errs = append(errs, field.Invalid(at.Child("nodePort"), p.NodePort, "provided port is not in the valid range. The range of valid ports is 30000-32767"))
		}
	}
	return errs
}

func checkTarget(path *field.Path, port intstr.IntOrString) field.ErrorList {
	if port.Type == intstr.String {
		return invalids(path, port.StrVal, validation.IsValidPortName(port.StrVal))
	}
	return invalids(path, port.IntVal, validation.IsValidPortNum(port.IntValue()))
}

// invalids makes one error of each message about a value.
func invalids(path *field.Path, value any, messages []string) field.ErrorList {
	var errs field.ErrorList
	for _, m := range messages {
		errs = append(errs, field.Invalid(path, value, m))
	}
	return errs
}

func checkClaim(c, old *corev1.PersistentVolumeClaim) field.ErrorList {
	path := field.NewPath("spec")
	if old != nil {
		was, is := old.Spec.DeepCopy(), c.Spec.DeepCopy()
		was.Resources.Requests, is.Resources.Requests = nil, nil
		// Binding sets the volume once.
		if was.VolumeName == "" {
			was.VolumeName = is.VolumeName
		}
		if was.StorageClassName == nil {
			was.StorageClassName = is.StorageClassName
		}
		grown := apiequality.Semantic.DeepEqual(old.Spec.Resources.Requests, c.Spec.Resources.Requests) || old.Status.Phase == corev1.ClaimBound
		if !apiequality.Semantic.DeepEqual(was, is) || !grown {
			return field.ErrorList{field.Forbidden(path, "spec is immutable after creation except resources.requests and volumeAttributesClassName for bound claims")}
		}
		before, now := old.Spec.Resources.Requests[corev1.ResourceStorage], c.Spec.Resources.Requests[corev1.ResourceStorage]
		if now.Cmp(before) < 0 {
			return field.ErrorList{field.Forbidden(path.Child("resources", "requests", "storage"), "field can not be less than status.capacity")}
		}
		return nil
	}
	var errs field.ErrorList
	if len(c.Spec.AccessModes) == 0 {
		errs = append(errs, field.Required(path.Child("accessModes"), "at least 1 access mode is required"))
	}
	if _, found := c.Spec.Resources.Requests[corev1.ResourceStorage]; !found {
		errs = append(errs, field.Required(path.Child("resources").Key("storage"), ""))
	}
	return errs
}

func checkConfigMap(c, old *corev1.ConfigMap) field.ErrorList {
	var errs field.ErrorList
	for _, key := range sortedKeys(c.Data) {
		errs = append(errs, invalids(field.NewPath("data").Key(key), key, validation.IsConfigMapKey(key))...)
	}
	if old != nil && old.Immutable != nil && *old.Immutable && !apiequality.Semantic.DeepEqual(c.Data, old.Data) {
		errs = append(errs, field.Forbidden(field.NewPath("data"), "field is immutable when `immutable` is set"))
	}
	return errs
}

func checkSecret(c, old *corev1.Secret) field.ErrorList {
	var errs field.ErrorList
	for _, key := range sortedKeys(c.Data) {
		errs = append(errs, invalids(field.NewPath("data").Key(key), key, validation.IsConfigMapKey(key))...)
	}
	if old == nil {
		return errs
	}
	errs = append(errs, immutable(c.Type, old.Type, field.NewPath("type"))...)
	if old.Immutable != nil && *old.Immutable && !apiequality.Semantic.DeepEqual(c.Data, old.Data) {
		errs = append(errs, field.Forbidden(field.NewPath("data"), "field is immutable when `immutable` is set"))
	}
	return errs
}
