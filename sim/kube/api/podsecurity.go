package api

import (
	"fmt"
	"slices"
	"strings"

	appsv1 "k8s.io/api/apps/v1"
	batchv1 "k8s.io/api/batch/v1"
	corev1 "k8s.io/api/core/v1"
	apierrors "k8s.io/apimachinery/pkg/api/errors"

	"drydock/sim/kube/store"
)

// violation is one rule of a Pod Security level that a pod breaks: its short name
// and what to do about it, as k8s.io/pod-security-admission/policy writes them.
type violation struct{ rule, detail string }

// podSecurity refuses a pod that breaks the level its namespace enforces.
func (s *Server) podSecurity(p *corev1.Pod) error {
	level := s.securityLevel(p.Namespace, "enforce")
	found := violations(&p.Spec, level)
	if len(found) == 0 {
		return nil
	}
	return apierrors.NewForbidden(s.Pods.kind.GroupResource(), p.Name, fmt.Errorf("violates PodSecurity \"%s:latest\": %s", level, sentence(found)))
}

func (s *Server) securityLevel(namespace, mode string) string {
	ns, found := s.Namespaces.Get("", namespace)
	if !found {
		return ""
	}
	return ns.Labels[securityPrefix+mode]
}

func sentence(list []violation) string {
	parts := make([]string, len(list))
	for i, v := range list {
		parts[i] = fmt.Sprintf("%s (%s)", v.rule, v.detail)
	}
	return strings.Join(parts, ", ")
}

// Warnings are what the server warns of when obj is created (old is nil) or
// replaces old; kubectl prints each as "Warning: ...". They hold also for requests
// that succeed.
func (s *Server) Warnings(old, obj store.Object) []string {
	switch o := obj.(type) {
	case *corev1.Namespace:
		before, _ := old.(*corev1.Namespace)
		return s.namespaceWarnings(before, o)
	case *corev1.Pod:
		if old != nil || s.podSecurity(o) != nil {
			return nil
		}
		return s.templateWarnings(o.Namespace, &o.Spec, "warn")
	}
	if spec := TemplateOf(obj); spec != nil {
		return s.templateWarnings(obj.GetNamespace(), spec, "warn", "enforce")
	}
	return nil
}

// TemplateOf is the pod spec that a workload makes its pods from, nil for others.
func TemplateOf(obj store.Object) *corev1.PodSpec {
	switch o := obj.(type) {
	case *appsv1.Deployment:
		return &o.Spec.Template.Spec
	case *appsv1.ReplicaSet:
		return &o.Spec.Template.Spec
	case *appsv1.StatefulSet:
		return &o.Spec.Template.Spec
	case *appsv1.DaemonSet:
		return &o.Spec.Template.Spec
	case *batchv1.Job:
		return &o.Spec.Template.Spec
	case *batchv1.CronJob:
		return &o.Spec.JobTemplate.Spec.Template.Spec
	}
	return nil
}

// templateWarnings uses the first of the modes that the namespace sets: without a
// level to warn of, a workload is warned of what its pods will be refused for.
func (s *Server) templateWarnings(namespace string, spec *corev1.PodSpec, modes ...string) []string {
	for _, mode := range modes {
		level := s.securityLevel(namespace, mode)
		if level == "" {
			continue
		}
		found := violations(spec, level)
		if len(found) == 0 {
			return nil
		}
		return []string{fmt.Sprintf("would violate PodSecurity \"%s:latest\": %s", level, sentence(found))}
	}
	return nil
}

// namespaceWarnings names the pods that a stricter level would refuse.
func (s *Server) namespaceWarnings(old, now *corev1.Namespace) []string {
	level := now.Labels[securityPrefix+"enforce"]
	if old == nil || level == "" || level == old.Labels[securityPrefix+"enforce"] {
		return nil
	}
	var list []string
	for _, p := range s.Pods.List(now.Name) {
		var rules []string
		for _, v := range violations(&p.Spec, level) {
			rules = append(rules, v.rule)
		}
		if len(rules) > 0 {
			list = append(list, p.Name+": "+strings.Join(rules, ", "))
		}
	}
	if len(list) == 0 {
		return nil
	}
	return append([]string{fmt.Sprintf("existing pods in namespace %q violate the new PodSecurity enforce level \"%s:latest\"", now.Name, level)}, list...)
}

// violations are the rules of a level that a pod breaks, baseline's first.
func violations(spec *corev1.PodSpec, level string) []violation {
	if level != "baseline" && level != "restricted" {
		return nil
	}
	list := baseline(spec, level == "restricted")
	if level == "restricted" {
		list = append(list, restricted(spec)...)
	}
	return list
}

func allContainers(spec *corev1.PodSpec) []corev1.Container {
	return slices.Concat(spec.InitContainers, spec.Containers)
}

// quoted names things with their noun in the right number: container "a", containers
// "a", "b".
func quoted(noun string, names []string) string {
	if len(names) != 1 {
		noun += "s"
	}
	q := make([]string, len(names))
	for i, n := range names {
		q[i] = fmt.Sprintf("%q", n)
	}
	return noun + " " + strings.Join(q, ", ")
}

// failing are the names of the containers for which bad is true.
func failing(spec *corev1.PodSpec, bad func(c corev1.Container) bool) []string {
	var names []string
	for _, c := range allContainers(spec) {
		if bad(c) {
			names = append(names, c.Name)
		}
	}
	return names
}

// baseline is the level that prevents known escalations. restricted reports a
// hostPath with its other volumes.
func baseline(spec *corev1.PodSpec, restrictedToo bool) []violation {
	var list []violation
	var host []string
	for _, h := range []struct {
		on   bool
		name string
	}{{spec.HostNetwork, "hostNetwork=true"}, {spec.HostPID, "hostPID=true"}, {spec.HostIPC, "hostIPC=true"}} {
		if h.on {
			host = append(host, h.name)
		}
	}
	if len(host) > 0 {
		list = append(list, violation{"host namespaces", strings.Join(host, ", ")})
	}
	var paths []string
	for _, v := range spec.Volumes {
		if v.HostPath != nil {
			paths = append(paths, v.Name)
		}
	}
	if len(paths) > 0 && !restrictedToo {
		list = append(list, violation{"hostPath volumes", quoted("volume", paths)})
	}
	list = append(list, hostPortViolations(spec)...)
	privileged := failing(spec, func(c corev1.Container) bool {
		return c.SecurityContext != nil && c.SecurityContext.Privileged != nil && *c.SecurityContext.Privileged
	})
	if len(privileged) > 0 {
		list = append(list, violation{"privileged", quoted("container", privileged) + " must not set securityContext.privileged=true"})
	}
	return list
}

func hostPortViolations(spec *corev1.PodSpec) []violation {
	var ports []string
	names := failing(spec, func(c corev1.Container) bool {
		bad := false
		for _, p := range c.Ports {
			if p.HostPort != 0 {
				bad = true
				ports = append(ports, fmt.Sprint(p.HostPort))
			}
		}
		return bad
	})
	if len(names) == 0 {
		return nil
	}
	verb, noun := "uses", "hostPort"
	if len(names) > 1 {
		verb = "use"
	}
	if len(ports) > 1 {
		noun = "hostPorts"
	}
	return []violation{{"hostPort", fmt.Sprintf("%s %s %s %s", quoted("container", names), verb, noun, strings.Join(ports, ", "))}}
}
