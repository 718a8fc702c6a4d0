package describe

import (
	"fmt"
	"slices"
	"strings"

	corev1 "k8s.io/api/core/v1"
)

// containers describes the containers of a pod (indent "") or of a template
// (indent "  "). statuses are those of a pod; pod is nil in a template.
func (p *page) containers(title string, list []corev1.Container, statuses []corev1.ContainerStatus, pod *corev1.Pod, indent string) {
	p.line(0, "%s%s:", indent, title)
	if indent != "" {
		indent = " "
	}
	for i := range list {
		c := &list[i]
		p.line(1, "%s%s:", indent, c.Name)
		at := slices.IndexFunc(statuses, func(s corev1.ContainerStatus) bool { return s.Name == c.Name })
		p.basics(c, statuses, at)
		p.command("Command", c.Command)
		p.command("Args", c.Args)
		if at >= 0 {
			p.status(&statuses[at])
		}
		p.resources(c.Resources.Limits, c.Resources.Requests)
		p.probe("Liveness", c.LivenessProbe)
		p.probe("Readiness", c.ReadinessProbe)
		p.probe("Startup", c.StartupProbe)
		p.environment(c, pod)
		p.mounts(c)
	}
}

func (p *page) basics(c *corev1.Container, statuses []corev1.ContainerStatus, at int) {
	if at >= 0 {
		p.field(2, "Container ID", statuses[at].ContainerID)
	}
	p.field(2, "Image", c.Image)
	if at >= 0 {
		p.field(2, "Image ID", statuses[at].ImageID)
	}
	var ports, host []string
	for _, port := range c.Ports {
		name := ""
		if port.Name != "" {
			name = " (" + port.Name + ")"
		}
		ports = append(ports, fmt.Sprintf("%d/%s%s", port.ContainerPort, port.Protocol, name))
		host = append(host, fmt.Sprintf("%d/%s%s", port.HostPort, port.Protocol, name))
	}
	p.ports("Port", ports)
	p.ports("Host Port", host)
	if sc := c.SecurityContext; sc != nil && sc.SeccompProfile != nil {
		p.seccomp(2, sc.SeccompProfile)
	}
}

func (p *page) ports(title string, ports []string) {
	switch len(ports) {
	case 0:
		p.field(2, title, none)
	case 1:
		p.field(2, title, ports[0])
	default:
		p.field(2, title+"s", strings.Join(ports, ", "))
	}
}

func (p *page) seccomp(level int, s *corev1.SeccompProfile) {
	p.field(level, "SeccompProfile", s.Type)
	if s.LocalhostProfile != nil {
		p.field(level+1, "LocalhostProfile", *s.LocalhostProfile)
	}
}

func (p *page) command(title string, words []string) {
	if len(words) == 0 {
		return
	}
	p.line(2, "%s:", title)
	for _, word := range words {
		for s := range strings.SplitSeq(word, "\n") {
			p.line(3, "%s", s)
		}
	}
}

func (p *page) status(s *corev1.ContainerStatus) {
	p.state("State", s.State)
	if s.LastTerminationState.Terminated != nil {
		p.state("Last State", s.LastTerminationState)
	}
	p.field(2, "Ready", truth(s.Ready))
	p.field(2, "Restart Count", s.RestartCount)
}

func (p *page) state(title string, s corev1.ContainerState) {
	switch {
	case s.Running != nil:
		p.field(2, title, "Running")
		p.field(3, "Started", date(s.Running.StartedAt))
	case s.Terminated != nil:
		t := s.Terminated
		p.field(2, title, "Terminated")
		p.given(3, "Reason", t.Reason)
		p.given(3, "Message", t.Message)
		p.field(3, "Exit Code", t.ExitCode)
		if t.Signal > 0 {
			p.field(3, "Signal", t.Signal)
		}
		p.field(3, "Started", date(t.StartedAt))
		p.field(3, "Finished", date(t.FinishedAt))
	default:
		p.field(2, title, "Waiting")
		if s.Waiting != nil {
			p.given(3, "Reason", s.Waiting.Reason)
		}
	}
}

func (p *page) resources(limits, requests corev1.ResourceList) {
	for _, part := range []struct {
		title string
		list  corev1.ResourceList
	}{{"Limits", limits}, {"Requests", requests}} {
		if len(part.list) == 0 {
			continue
		}
		p.line(2, "%s:", part.title)
		for _, name := range names(part.list) {
			q := part.list[corev1.ResourceName(name)]
			p.line(3, "%s:\t%s", name, q.String())
		}
	}
}

func (p *page) probe(title string, probe *corev1.Probe) {
	if probe == nil {
		return
	}
	p.line(2, "%s:\t%s delay=%ds timeout=%ds period=%ds successThreshold=%d failureThreshold=%d", title, handler(probe.ProbeHandler),
		probe.InitialDelaySeconds, probe.TimeoutSeconds, probe.PeriodSeconds, probe.SuccessThreshold, probe.FailureThreshold)
}

func handler(h corev1.ProbeHandler) string {
	switch {
	case h.Exec != nil:
		return fmt.Sprintf("exec %v", h.Exec.Command)
	case h.HTTPGet != nil:
		port := h.HTTPGet.Port.String()
		if port != "" {
			port = ":" + port
		}
		path := h.HTTPGet.Path
		if path != "" && !strings.HasPrefix(path, "/") {
			path = "/" + path
		}
		return "http-get " + strings.ToLower(string(h.HTTPGet.Scheme)) + "://" + h.HTTPGet.Host + port + path
	case h.TCPSocket != nil:
		return "tcp-socket " + h.TCPSocket.Host + ":" + h.TCPSocket.Port.String()
	case h.GRPC != nil:
		service := ""
		if h.GRPC.Service != nil {
			service = *h.GRPC.Service
		}
		return fmt.Sprintf("grpc <pod>:%d %s", h.GRPC.Port, service)
	}
	return "unknown"
}

func (p *page) environment(c *corev1.Container, pod *corev1.Pod) {
	if len(c.EnvFrom) > 0 {
		p.line(2, "Environment Variables from:")
	}
	for _, e := range c.EnvFrom {
		from, name, optional := "", "", (*bool)(nil)
		switch {
		case e.ConfigMapRef != nil:
			from, name, optional = "ConfigMap", e.ConfigMapRef.Name, e.ConfigMapRef.Optional
		case e.SecretRef != nil:
			from, name, optional = "Secret", e.SecretRef.Name, e.SecretRef.Optional
		}
		if e.Prefix != "" {
			from += " with prefix '" + e.Prefix + "'"
		}
		p.line(3, "%s\t%s\tOptional: %t", name, from, optional != nil && *optional)
	}
	if len(c.Env) == 0 {
		p.field(2, "Environment", none)
		return
	}
	p.line(2, "Environment:")
	for _, e := range c.Env {
		if e.ValueFrom == nil {
			p.line(3, "%s:\t%s", e.Name, strings.ReplaceAll(e.Value, "\n", "\n      \t"))
			continue
		}
		p.source(e.Name, e.ValueFrom, c, pod)
	}
}

func (p *page) source(name string, from *corev1.EnvVarSource, c *corev1.Container, pod *corev1.Pod) {
	switch {
	case from.FieldRef != nil:
		p.line(3, "%s:\t%s (%s:%s)", name, fieldValue(pod, from.FieldRef.FieldPath), from.FieldRef.APIVersion, from.FieldRef.FieldPath)
	case from.ResourceFieldRef != nil:
		p.line(3, "%s:\t%s (%s)", name, resourceValue(c, from.ResourceFieldRef), from.ResourceFieldRef.Resource)
	case from.SecretKeyRef != nil:
		r := from.SecretKeyRef
		p.line(3, "%s:\t<set to the key '%s' in secret '%s'>\tOptional: %t", name, r.Key, r.Name, r.Optional != nil && *r.Optional)
	case from.ConfigMapKeyRef != nil:
		r := from.ConfigMapKeyRef
		p.line(3, "%s:\t<set to the key '%s' of config map '%s'>\tOptional: %t", name, r.Key, r.Name, r.Optional != nil && *r.Optional)
	}
}

// fieldValue is what a field of the pod's metadata says. kubectl knows no others,
// so that spec.nodeName shows nothing.
func fieldValue(pod *corev1.Pod, path string) string {
	if pod == nil {
		return ""
	}
	if base, key, found := strings.Cut(strings.TrimSuffix(path, "']"), "['"); found {
		switch base {
		case "metadata.labels":
			return pod.Labels[key]
		case "metadata.annotations":
			return pod.Annotations[key]
		}
		return ""
	}
	return map[string]string{"metadata.name": pod.Name, "metadata.namespace": pod.Namespace, "metadata.uid": string(pod.UID)}[path]
}

func resourceValue(c *corev1.Container, ref *corev1.ResourceFieldSelector) string {
	kind, name, _ := strings.Cut(ref.Resource, ".")
	list := c.Resources.Limits
	if kind == "requests" {
		list = c.Resources.Requests
	}
	q, found := list[corev1.ResourceName(name)]
	switch {
	case !found && kind == "limits":
		return "node allocatable"
	case name == "cpu":
		return fmt.Sprint(q.ScaledValue(0))
	}
	return fmt.Sprint(q.Value())
}

func (p *page) mounts(c *corev1.Container) {
	if len(c.VolumeMounts) == 0 {
		p.field(2, "Mounts", none)
	} else {
		p.line(2, "Mounts:")
	}
	mounts := slices.Clone(c.VolumeMounts)
	slices.SortStableFunc(mounts, func(a, b corev1.VolumeMount) int { return strings.Compare(a.MountPath, b.MountPath) })
	for _, m := range mounts {
		flags := "rw"
		if m.ReadOnly {
			flags = "ro"
		}
		if m.SubPath != "" {
			flags += fmt.Sprintf(",path=%q", m.SubPath)
		}
		p.line(3, "%s from %s (%s)", m.MountPath, m.Name, flags)
	}
	if len(c.VolumeDevices) > 0 {
		p.line(2, "Devices:")
	}
	for _, d := range c.VolumeDevices {
		p.line(3, "%s from %s", d.DevicePath, d.Name)
	}
}
