package api

import (
	"fmt"

	corev1 "k8s.io/api/core/v1"
	apierrors "k8s.io/apimachinery/pkg/api/errors"
	"k8s.io/apimachinery/pkg/api/resource"
)

// tokenMount is where containers find the token of their service account.
const tokenMount = "/var/run/secrets/kubernetes.io/serviceaccount" //nolint:gosec // a path

// completePod is what admission does to a new pod (plugins ServiceAccount,
// DefaultTolerationSeconds, Priority, LimitRanger), and its first status.
func (s *Server) completePod(p *corev1.Pod) error {
	if err := s.limitDefaults(p); err != nil {
		return err
	}
	if p.Annotations[corev1.MirrorPodAnnotationKey] == "" {
		if err := s.serviceAccount(p); err != nil {
			return err
		}
	}
	if err := s.priority(p); err != nil {
		return err
	}
	tolerateForAWhile(p)
	p.Status = corev1.PodStatus{Phase: corev1.PodPending, QOSClass: QOS(&p.Spec)}
	return nil
}

// serviceAccount names the pod's account and mounts its token. An account "default"
// that is not there yet is waited for by the real server, so it is taken as given.
func (s *Server) serviceAccount(p *corev1.Pod) error {
	setString(&p.Spec.ServiceAccountName, "default")
	name := p.Spec.ServiceAccountName
	p.Spec.DeprecatedServiceAccount = name
	account, found := s.ServiceAccounts.Get(p.Namespace, name)
	if !found && name != "default" {
		return apierrors.NewForbidden(s.Pods.kind.GroupResource(), p.Name,
			fmt.Errorf("error looking up service account %s/%s: serviceaccount %q not found", p.Namespace, name, name))
	}
	if found && len(p.Spec.ImagePullSecrets) == 0 {
		p.Spec.ImagePullSecrets = account.ImagePullSecrets
	}
	automount := p.Spec.AutomountServiceAccountToken
	if automount == nil && found {
		automount = account.AutomountServiceAccountToken
	}
	if automount != nil && !*automount {
		return nil
	}
	s.mountToken(p)
	return nil
}

func (s *Server) mountToken(p *corev1.Pod) {
	volume, used := "", false
	mount := func(c *corev1.Container) {
		for _, m := range c.VolumeMounts {
			if m.MountPath == tokenMount {
				return
			}
		}
		if volume == "" {
			volume = "kube-api-access-" + Suffix(s.Clock.Rand())
		}
		used = true
		mounts := make([]corev1.VolumeMount, 0, len(c.VolumeMounts)+1)
		c.VolumeMounts = append(append(mounts, c.VolumeMounts...), corev1.VolumeMount{Name: volume, ReadOnly: true, MountPath: tokenMount})
	}
	p.Spec.InitContainers = eachChanged(p.Spec.InitContainers, mount)
	p.Spec.Containers = eachChanged(p.Spec.Containers, mount)
	if !used {
		return
	}
	volumes := make([]corev1.Volume, 0, len(p.Spec.Volumes)+1)
	p.Spec.Volumes = append(append(volumes, p.Spec.Volumes...), corev1.Volume{Name: volume, VolumeSource: tokenVolume()})
}

func tokenVolume() corev1.VolumeSource {
	return corev1.VolumeSource{Projected: &corev1.ProjectedVolumeSource{
		DefaultMode: new(int32(0o644)),
		Sources: []corev1.VolumeProjection{
			{ServiceAccountToken: &corev1.ServiceAccountTokenProjection{ExpirationSeconds: new(int64(3607)), Path: "token"}},
			{ConfigMap: &corev1.ConfigMapProjection{
				LocalObjectReference: corev1.LocalObjectReference{Name: "kube-root-ca.crt"},
				Items:                []corev1.KeyToPath{{Key: "ca.crt", Path: "ca.crt"}},
			}},
			{DownwardAPI: &corev1.DownwardAPIProjection{Items: []corev1.DownwardAPIVolumeFile{
				{Path: "namespace", FieldRef: &corev1.ObjectFieldSelector{APIVersion: "v1", FieldPath: "metadata.namespace"}},
			}}},
		},
	}}
}

// tolerateForAWhile lets a pod stay 300 s on a node that is lost, unless it says
// something else about that.
func tolerateForAWhile(p *corev1.Pod) {
	tolerations := make([]corev1.Toleration, 0, len(p.Spec.Tolerations)+2)
	tolerations = append(tolerations, p.Spec.Tolerations...)
	for _, key := range []string{corev1.TaintNodeNotReady, corev1.TaintNodeUnreachable} {
		has := false
		for _, t := range p.Spec.Tolerations {
			if (t.Key == key || t.Key == "") && (t.Effect == corev1.TaintEffectNoExecute || t.Effect == "") {
				has = true
			}
		}
		if !has {
			tolerations = append(tolerations, corev1.Toleration{Key: key, Operator: corev1.TolerationOpExists, Effect: corev1.TaintEffectNoExecute, TolerationSeconds: new(int64(300))})
		}
	}
	p.Spec.Tolerations = tolerations
}

// QOS is the quality-of-service class that follows from requests and limits of CPU
// and memory of all containers.
func QOS(spec *corev1.PodSpec) corev1.PodQOSClass {
	guaranteed, any := true, false
	containers := append(append([]corev1.Container{}, spec.InitContainers...), spec.Containers...)
	for _, c := range containers {
		for _, name := range []corev1.ResourceName{corev1.ResourceCPU, corev1.ResourceMemory} {
			request, limit := amount(c.Resources.Requests, name), amount(c.Resources.Limits, name)
			any = any || !request.IsZero() || !limit.IsZero()
			if limit.IsZero() || request.Cmp(limit) != 0 {
				guaranteed = false
			}
		}
	}
	switch {
	case !any:
		return corev1.PodQOSBestEffort
	case guaranteed:
		return corev1.PodQOSGuaranteed
	}
	return corev1.PodQOSBurstable
}

func amount(list corev1.ResourceList, name corev1.ResourceName) resource.Quantity { return list[name] }
