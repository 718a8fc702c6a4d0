package api

import (
	"fmt"
	"slices"

	corev1 "k8s.io/api/core/v1"
)

// restricted is the level of hardened pods, as far as it goes beyond baseline.
func restricted(spec *corev1.PodSpec) []violation {
	var list []violation
	add := func(names []string, rule, noun, what string) {
		if len(names) > 0 {
			list = append(list, violation{rule, quoted(noun, names) + " must set " + what})
		}
	}
	add(failing(spec, func(c corev1.Container) bool {
		return c.SecurityContext == nil || c.SecurityContext.AllowPrivilegeEscalation == nil || *c.SecurityContext.AllowPrivilegeEscalation
	}), "allowPrivilegeEscalation != false", "container", "securityContext.allowPrivilegeEscalation=false")
	add(failing(spec, func(c corev1.Container) bool {
		return c.SecurityContext == nil || c.SecurityContext.Capabilities == nil || !slices.Contains(c.SecurityContext.Capabilities.Drop, "ALL")
	}), "unrestricted capabilities", "container", `securityContext.capabilities.drop=["ALL"]`)
	for _, v := range spec.Volumes {
		if v.HostPath != nil {
			list = append(list, violation{"restricted volume types", fmt.Sprintf("volume %q uses restricted volume type %q", v.Name, "hostPath")})
		}
	}
	pod := spec.SecurityContext
	podNonRoot := pod != nil && pod.RunAsNonRoot != nil && *pod.RunAsNonRoot
	add(failing(spec, func(c corev1.Container) bool {
		if c.SecurityContext != nil && c.SecurityContext.RunAsNonRoot != nil {
			return !*c.SecurityContext.RunAsNonRoot
		}
		return !podNonRoot
	}), "runAsNonRoot != true", "pod or container", "securityContext.runAsNonRoot=true")
	list = append(list, rootUsers(spec)...)
	podProfile := pod != nil && goodProfile(pod.SeccompProfile)
	add(failing(spec, func(c corev1.Container) bool {
		if c.SecurityContext != nil && c.SecurityContext.SeccompProfile != nil {
			return !goodProfile(c.SecurityContext.SeccompProfile)
		}
		return !podProfile
	}), "seccompProfile", "pod or container", `securityContext.seccompProfile.type to "RuntimeDefault" or "Localhost"`)
	return list
}

func goodProfile(p *corev1.SeccompProfile) bool {
	return p != nil && (p.Type == corev1.SeccompProfileTypeRuntimeDefault || p.Type == corev1.SeccompProfileTypeLocalhost)
}

// rootUsers finds who asks to run as user 0.
func rootUsers(spec *corev1.PodSpec) []violation {
	var list []violation
	if c := spec.SecurityContext; c != nil && c.RunAsUser != nil && *c.RunAsUser == 0 {
		list = append(list, violation{"runAsUser=0", "pod must not set runAsUser=0"})
	}
	names := failing(spec, func(c corev1.Container) bool {
		return c.SecurityContext != nil && c.SecurityContext.RunAsUser != nil && *c.SecurityContext.RunAsUser == 0
	})
	if len(names) > 0 {
		list = append(list, violation{"runAsUser=0", quoted("container", names) + " must not set runAsUser=0"})
	}
	return list
}
