package api

import (
	"slices"
	"strings"

	corev1 "k8s.io/api/core/v1"
	apiequality "k8s.io/apimachinery/pkg/api/equality"
	"k8s.io/apimachinery/pkg/util/validation"
	"k8s.io/apimachinery/pkg/util/validation/field"
)

func sortedKeys[V any](m map[string]V) []string {
	keys := make([]string, 0, len(m))
	for k := range m {
		keys = append(keys, k)
	}
	slices.Sort(keys)
	return keys
}

const podUpdateForbidden = "pod updates may not change fields other than `spec.containers[*].image`,`spec.initContainers[*].image`,`spec.activeDeadlineSeconds`,`spec.tolerations` (only additions to existing tolerations),`spec.terminationGracePeriodSeconds` (allow it to be set to 1 if it was previously negative)"

// checkPod looks at a new pod; of one that is there only little may change.
func checkPod(p, old *corev1.Pod) field.ErrorList {
	path := field.NewPath("spec")
	if old == nil {
		return checkPodSpec(&p.Spec, path)
	}
	if samePodSpec(&p.Spec, &old.Spec) {
		return nil
	}
	errs := checkPodSpec(&p.Spec, path)
	if len(errs) == 0 && !samePodSpec(allowed(&p.Spec, &old.Spec), &old.Spec) {
		errs = append(errs, field.Forbidden(path, podUpdateForbidden))
	}
	return errs
}

func samePodSpec(a, b *corev1.PodSpec) bool {
	return a.NodeName == b.NodeName && apiequality.Semantic.DeepEqual(a, b)
}

// allowed takes the changes that may be made out of a pod's new spec. A node is
// given once, by the scheduler's binding.
func allowed(now, before *corev1.PodSpec) *corev1.PodSpec {
	spec := *now
	image := func(list, old []corev1.Container) []corev1.Container {
		if len(list) != len(old) {
			return list
		}
		list = slices.Clone(list)
		for i := range list {
			list[i].Image = old[i].Image
		}
		return list
	}
	spec.Containers = image(now.Containers, before.Containers)
	spec.InitContainers = image(now.InitContainers, before.InitContainers)
	spec.ActiveDeadlineSeconds = before.ActiveDeadlineSeconds
	spec.EphemeralContainers = before.EphemeralContainers
	if before.NodeName == "" {
		spec.NodeName = before.NodeName
	}
	if !slices.ContainsFunc(now.SchedulingGates, func(g corev1.PodSchedulingGate) bool { return !slices.Contains(before.SchedulingGates, g) }) {
		spec.SchedulingGates = before.SchedulingGates // gates may be taken away
	}
	kept := 0
	for _, t := range before.Tolerations {
		if slices.ContainsFunc(now.Tolerations, func(n corev1.Toleration) bool { return apiequality.Semantic.DeepEqual(n, t) }) {
			kept++
		}
	}
	if kept == len(before.Tolerations) {
		spec.Tolerations = before.Tolerations
	}
	return &spec
}

// checkPodSpec looks at a pod or a template.
func checkPodSpec(s *corev1.PodSpec, path *field.Path) field.ErrorList {
	volumes, errs := checkVolumes(s.Volumes, path.Child("volumes"))
	names := map[string]bool{}
	if len(s.Containers) == 0 {
		errs = append(errs, field.Required(path.Child("containers"), ""))
	}
	for i := range s.Containers {
		errs = append(errs, checkContainer(&s.Containers[i], names, volumes, path.Child("containers").Index(i))...)
	}
	for i := range s.InitContainers {
		errs = append(errs, checkContainer(&s.InitContainers[i], names, volumes, path.Child("initContainers").Index(i))...)
	}
	policies := []corev1.RestartPolicy{corev1.RestartPolicyAlways, corev1.RestartPolicyOnFailure, corev1.RestartPolicyNever}
	if !slices.Contains(policies, s.RestartPolicy) {
		errs = append(errs, field.NotSupported(path.Child("restartPolicy"), s.RestartPolicy, policies))
	}
	dns := []corev1.DNSPolicy{corev1.DNSClusterFirstWithHostNet, corev1.DNSClusterFirst, corev1.DNSDefault, corev1.DNSNone}
	if !slices.Contains(dns, s.DNSPolicy) {
		errs = append(errs, field.NotSupported(path.Child("dnsPolicy"), s.DNSPolicy, dns))
	}
	for _, key := range sortedKeys(s.NodeSelector) {
		errs = append(errs, invalids(path.Child("nodeSelector"), key, validation.IsQualifiedName(key))...)
		errs = append(errs, invalids(path.Child("nodeSelector"), s.NodeSelector[key], validation.IsValidLabelValue(s.NodeSelector[key]))...)
	}
	if s.ServiceAccountName != "" {
		errs = append(errs, invalids(path.Child("serviceAccountName"), s.ServiceAccountName, validation.IsDNS1123Subdomain(s.ServiceAccountName))...)
	}
	return errs
}

// checkOwnName checks a name that is used once within a pod, and takes it.
func checkOwnName(name string, taken map[string]bool, path *field.Path) field.ErrorList {
	defer func() { taken[name] = true }()
	switch {
	case name == "":
		return field.ErrorList{field.Required(path, "")}
	case taken[name]:
		return field.ErrorList{field.Duplicate(path, name)}
	}
	return invalids(path, name, validation.IsDNS1123Label(name))
}

func checkVolumes(list []corev1.Volume, path *field.Path) (names map[string]bool, errs field.ErrorList) {
	names = map[string]bool{}
	for i, v := range list {
		at := path.Index(i)
		errs = append(errs, checkOwnName(v.Name, names, at.Child("name"))...)
		switch {
		case v.ConfigMap != nil && v.ConfigMap.Name == "":
			errs = append(errs, field.Required(at.Child("configMap", "name"), ""))
		case v.Secret != nil && v.Secret.SecretName == "":
			errs = append(errs, field.Required(at.Child("secret", "secretName"), ""))
		case v.HostPath != nil && v.HostPath.Path == "":
			errs = append(errs, field.Required(at.Child("hostPath", "path"), ""))
		case v.PersistentVolumeClaim != nil && v.PersistentVolumeClaim.ClaimName == "":
			errs = append(errs, field.Required(at.Child("persistentVolumeClaim", "claimName"), ""))
		}
	}
	return names, errs
}

func checkContainer(c *corev1.Container, names, volumes map[string]bool, path *field.Path) field.ErrorList {
	errs := checkOwnName(c.Name, names, path.Child("name"))
	switch {
	case c.Image == "":
		errs = append(errs, field.Required(path.Child("image"), ""))
	case strings.TrimSpace(c.Image) != c.Image:
		errs = append(errs, field.Invalid(path.Child("image"), c.Image, "must not have leading or trailing whitespace"))
	}
	errs = append(errs, checkPorts(c.Ports, path.Child("ports"))...)
	errs = append(errs, checkEnv(c.Env, path.Child("env"))...)
	errs = append(errs, checkMounts(c.VolumeMounts, volumes, path.Child("volumeMounts"))...)
	pulls := []corev1.PullPolicy{corev1.PullAlways, corev1.PullIfNotPresent, corev1.PullNever}
	if !slices.Contains(pulls, c.ImagePullPolicy) {
		errs = append(errs, field.NotSupported(path.Child("imagePullPolicy"), c.ImagePullPolicy, pulls))
	}
	for _, p := range []struct {
		probe *corev1.Probe
		name  string
	}{{c.LivenessProbe, "livenessProbe"}, {c.ReadinessProbe, "readinessProbe"}, {c.StartupProbe, "startupProbe"}} {
		errs = append(errs, checkProbe(p.probe, path.Child(p.name), p.name != "readinessProbe")...)
	}
	return append(errs, checkResources(&c.Resources, path.Child("resources"))...)
}

func checkPorts(list []corev1.ContainerPort, path *field.Path) field.ErrorList {
	var errs field.ErrorList
	names := map[string]bool{}
	for i, p := range list {
		at := path.Index(i)
		if p.Name != "" {
			errs = append(errs, invalids(at.Child("name"), p.Name, validation.IsValidPortName(p.Name))...)
			if names[p.Name] {
				errs = append(errs, field.Duplicate(at.Child("name"), p.Name))
			}
			names[p.Name] = true
		}
		if p.ContainerPort == 0 {
			errs = append(errs, field.Required(at.Child("containerPort"), ""))
		} else {
			errs = append(errs, invalids(at.Child("containerPort"), p.ContainerPort, validation.IsValidPortNum(int(p.ContainerPort)))...)
		}
		protocols := []corev1.Protocol{corev1.ProtocolSCTP, corev1.ProtocolTCP, corev1.ProtocolUDP}
		if !slices.Contains(protocols, p.Protocol) {
			errs = append(errs, field.NotSupported(at.Child("protocol"), p.Protocol, protocols))
		}
	}
	return errs
}

func checkEnv(list []corev1.EnvVar, path *field.Path) field.ErrorList {
	var errs field.ErrorList
	for i, e := range list {
		at := path.Index(i)
		if e.Name == "" {
			errs = append(errs, field.Required(at.Child("name"), ""))
		} else {
			errs = append(errs, invalids(at.Child("name"), e.Name, validation.IsRelaxedEnvVarName(e.Name))...)
		}
		if e.ValueFrom != nil && e.Value != "" {
			errs = append(errs, field.Invalid(at.Child("valueFrom"), "", "may not be specified when `value` is not empty"))
		}
	}
	return errs
}

func checkMounts(list []corev1.VolumeMount, volumes map[string]bool, path *field.Path) field.ErrorList {
	var errs field.ErrorList
	paths := map[string]bool{}
	for i, m := range list {
		at := path.Index(i)
		switch {
		case m.Name == "":
			errs = append(errs, field.Required(at.Child("name"), ""))
		case !volumes[m.Name]:
			errs = append(errs, field.NotFound(at.Child("name"), m.Name))
		}
		switch {
		case m.MountPath == "":
			errs = append(errs, field.Required(at.Child("mountPath"), ""))
		case paths[m.MountPath]:
			errs = append(errs, field.Invalid(at.Child("mountPath"), m.MountPath, "must be unique"))
		}
		paths[m.MountPath] = true
	}
	return errs
}

func checkProbe(p *corev1.Probe, path *field.Path, once bool) field.ErrorList {
	if p == nil {
		return nil
	}
	var errs field.ErrorList
	count := 0
	for _, has := range []bool{p.Exec != nil, p.HTTPGet != nil, p.TCPSocket != nil, p.GRPC != nil} {
		if has {
			count++
		}
	}
	switch {
	case count == 0:
		errs = append(errs, field.Required(path, "must specify a handler type"))
	case count > 1:
		errs = append(errs, field.Forbidden(path, "may not specify more than 1 handler type"))
	}
	if p.HTTPGet != nil {
		errs = append(errs, checkTarget(path.Child("httpGet", "port"), p.HTTPGet.Port)...)
	}
	if p.TCPSocket != nil {
		errs = append(errs, checkTarget(path.Child("tcpSocket", "port"), p.TCPSocket.Port)...)
	}
	if once && p.SuccessThreshold != 1 {
		errs = append(errs, field.Invalid(path.Child("successThreshold"), p.SuccessThreshold, "must be 1"))
	}
	return errs
}

func checkResources(r *corev1.ResourceRequirements, path *field.Path) field.ErrorList {
	var errs field.ErrorList
	for _, name := range sortedNames(r.Limits) {
		if limit := r.Limits[name]; limit.Sign() < 0 {
			errs = append(errs, field.Invalid(path.Child("limits").Key(string(name)), limit.String(), "must be greater than or equal to 0"))
		}
	}
	for _, name := range sortedNames(r.Requests) {
		request := r.Requests[name]
		if request.Sign() < 0 {
			errs = append(errs, field.Invalid(path.Child("requests").Key(string(name)), request.String(), "must be greater than or equal to 0"))
		}
		if limit, limited := r.Limits[name]; limited && request.Cmp(limit) > 0 {
			errs = append(errs, field.Invalid(path.Child("requests"), request.String(), "must be less than or equal to "+string(name)+" limit of "+limit.String()))
		}
	}
	return errs
}
