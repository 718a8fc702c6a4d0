package api

import (
	"slices"

	corev1 "k8s.io/api/core/v1"

	"github.com/distribution/reference"
)

// Defaults are filled in as pkg/apis/core/v1/defaults.go of Kubernetes v1.37 does.
// Pods share the slices of their template, so every change here replaces a slice
// or a pointer and never writes through it.

// DefaultPod fills in what only pods have, and all that their templates have too.
func DefaultPod(p *corev1.Pod) {
	defaultPodSpec(&p.Spec)
	if p.Spec.EnableServiceLinks == nil {
		p.Spec.EnableServiceLinks = new(corev1.DefaultEnableServiceLinks)
	}
	p.Spec.Containers = eachChanged(p.Spec.Containers, requestsFromLimits)
	p.Spec.InitContainers = eachChanged(p.Spec.InitContainers, requestsFromLimits)
}

// defaultPodSpec fills in the fields that pods and templates have.
func defaultPodSpec(s *corev1.PodSpec) {
	setString(&s.DNSPolicy, corev1.DNSClusterFirst)
	setString(&s.RestartPolicy, corev1.RestartPolicyAlways)
	setString(&s.SchedulerName, corev1.DefaultSchedulerName)
	if s.SecurityContext == nil {
		s.SecurityContext = &corev1.PodSecurityContext{}
	}
	if s.TerminationGracePeriodSeconds == nil {
		s.TerminationGracePeriodSeconds = new(int64(corev1.DefaultTerminationGracePeriodSeconds))
	}
	if s.ServiceAccountName == "" {
		s.ServiceAccountName = s.DeprecatedServiceAccount
	}
	s.DeprecatedServiceAccount = s.ServiceAccountName
	s.Containers = eachChanged(s.Containers, defaultContainer)
	s.InitContainers = eachChanged(s.InitContainers, defaultContainer)
	s.Volumes = eachChanged(s.Volumes, defaultVolume)
	if s.HostNetwork {
		s.Containers = eachChanged(s.Containers, hostPorts)
	}
}

// setString gives a field of a string type its default.
func setString[S ~string](field *S, value S) {
	if *field == "" {
		*field = value
	}
}

// eachChanged applies a change to copies of the elements.
func eachChanged[E any](list []E, change func(*E)) []E {
	if len(list) == 0 {
		return list
	}
	list = slices.Clone(list)
	for i := range list {
		change(&list[i])
	}
	return list
}

func defaultContainer(c *corev1.Container) {
	if c.ImagePullPolicy == "" {
		c.ImagePullPolicy = PullPolicy(c.Image)
	}
	setString(&c.TerminationMessagePath, corev1.TerminationMessagePathDefault)
	setString(&c.TerminationMessagePolicy, corev1.TerminationMessageReadFile)
	c.Ports = eachChanged(c.Ports, func(p *corev1.ContainerPort) { setString(&p.Protocol, corev1.ProtocolTCP) })
	c.LivenessProbe, c.ReadinessProbe, c.StartupProbe = defaultProbe(c.LivenessProbe), defaultProbe(c.ReadinessProbe), defaultProbe(c.StartupProbe)
	c.Env = eachChanged(c.Env, func(e *corev1.EnvVar) {
		if e.ValueFrom != nil && e.ValueFrom.FieldRef != nil && e.ValueFrom.FieldRef.APIVersion == "" {
			e.ValueFrom = e.ValueFrom.DeepCopy()
			e.ValueFrom.FieldRef.APIVersion = "v1"
		}
	})
	if c.Lifecycle != nil {
		c.Lifecycle = c.Lifecycle.DeepCopy()
		for _, h := range []*corev1.LifecycleHandler{c.Lifecycle.PostStart, c.Lifecycle.PreStop} {
			if h != nil && h.HTTPGet != nil {
				defaultHTTPGet(h.HTTPGet)
			}
		}
	}
}

// PullPolicy is a container's when it says nothing (v1.37): Always for the tag latest, also where it is not written.
func PullPolicy(image string) corev1.PullPolicy {
	named, err := reference.ParseNormalizedNamed(image)
	if err != nil {
		return corev1.PullIfNotPresent
	}
	tagged, ok := reference.TagNameOnly(named).(reference.Tagged)
	if ok && tagged.Tag() == "latest" {
		return corev1.PullAlways
	}
	return corev1.PullIfNotPresent
}

func defaultProbe(p *corev1.Probe) *corev1.Probe {
	if p == nil {
		return nil
	}
	p = p.DeepCopy()
	setNumber(&p.TimeoutSeconds, 1)
	setNumber(&p.PeriodSeconds, 10)
	setNumber(&p.SuccessThreshold, 1)
	setNumber(&p.FailureThreshold, 3)
	if p.HTTPGet != nil {
		defaultHTTPGet(p.HTTPGet)
	}
	if p.GRPC != nil && p.GRPC.Service == nil {
		p.GRPC.Service = new("")
	}
	return p
}

func setNumber(field *int32, value int32) {
	if *field == 0 {
		*field = value
	}
}

func defaultHTTPGet(h *corev1.HTTPGetAction) {
	setString(&h.Path, "/")
	setString(&h.Scheme, corev1.URISchemeHTTP)
}

// requestsFromLimits makes a limit the request where there is no other.
func requestsFromLimits(c *corev1.Container) {
	missing := false
	for name := range c.Resources.Limits {
		if _, found := c.Resources.Requests[name]; !found {
			missing = true
		}
	}
	if !missing {
		return
	}
	requests := corev1.ResourceList{}
	for name, q := range c.Resources.Limits {
		requests[name] = q
	}
	for name, q := range c.Resources.Requests {
		requests[name] = q
	}
	c.Resources.Requests = requests
}

func hostPorts(c *corev1.Container) {
	c.Ports = eachChanged(c.Ports, func(p *corev1.ContainerPort) { setNumber(&p.HostPort, p.ContainerPort) })
}

// defaultVolume gives a volume without a source an empty directory, and files in
// volumes their mode 0644.
func defaultVolume(v *corev1.Volume) {
	if v.VolumeSource == (corev1.VolumeSource{}) {
		v.EmptyDir = &corev1.EmptyDirVolumeSource{}
		return
	}
	v.VolumeSource = *v.VolumeSource.DeepCopy()
	mode := func(m **int32) {
		if *m == nil {
			*m = new(int32(0o644))
		}
	}
	switch {
	case v.Secret != nil:
		mode(&v.Secret.DefaultMode)
	case v.ConfigMap != nil:
		mode(&v.ConfigMap.DefaultMode)
	case v.DownwardAPI != nil:
		mode(&v.DownwardAPI.DefaultMode)
	case v.Projected != nil:
		mode(&v.Projected.DefaultMode)
	case v.HostPath != nil && v.HostPath.Type == nil:
		v.HostPath.Type = new(corev1.HostPathUnset)
	}
}
