package describe

import (
	"strconv"
	"strings"

	corev1 "k8s.io/api/core/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
)

// Template describes the pods that a workload makes with tabs between the columns, as
// kubectl rollout history prints them.
func Template(t *corev1.PodTemplateSpec) string {
	p := &page{raw: true}
	p.template(t)
	return p.out.String()
}

// template describes the pods that a workload makes.
func (p *page) template(t *corev1.PodTemplateSpec) {
	p.line(0, "Pod Template:")
	p.labels("  Labels", t.Labels)
	if len(t.Annotations) > 0 {
		p.annotations("  Annotations", t.Annotations)
	}
	p.given(1, "Service Account", t.Spec.ServiceAccountName)
	if len(t.Spec.InitContainers) > 0 {
		p.containers("Init Containers", t.Spec.InitContainers, nil, nil, "  ")
	}
	p.containers("Containers", t.Spec.Containers, nil, nil, "  ")
	p.volumes(t.Spec.Volumes, "  ")
	p.spread("  ", t.Spec.TopologySpreadConstraints)
	p.given(1, "Priority Class Name", t.Spec.PriorityClassName)
	p.labels("  Node-Selectors", t.Spec.NodeSelector)
	p.tolerations("  Tolerations", t.Spec.Tolerations)
}

func (p *page) volumes(list []corev1.Volume, indent string) {
	if len(list) == 0 {
		p.line(0, "%sVolumes:\t%s", indent, none)
		return
	}
	p.line(0, "%sVolumes:", indent)
	if indent != "" {
		indent = " "
	}
	for i := range list {
		p.line(1, "%s%s:", indent, list[i].Name)
		p.volumeSource(&list[i].VolumeSource)
	}
}

// volumeSource describes where a volume of a pod comes from.
func (p *page) volumeSource(v *corev1.VolumeSource) {
	switch {
	case v.HostPath != nil:
		p.hostPath(v.HostPath)
	case v.EmptyDir != nil:
		p.field(2, "Type", "EmptyDir (a temporary directory that shares a pod's lifetime)")
		p.field(2, "Medium", v.EmptyDir.Medium)
		limit := unset
		if q := v.EmptyDir.SizeLimit; q != nil && !q.IsZero() {
			limit = q.String()
		}
		p.field(2, "SizeLimit", limit)
	case v.Secret != nil:
		p.field(2, "Type", "Secret (a volume populated by a Secret)")
		p.field(2, "SecretName", v.Secret.SecretName)
		p.field(2, "Optional", v.Secret.Optional != nil && *v.Secret.Optional)
	case v.ConfigMap != nil:
		p.field(2, "Type", "ConfigMap (a volume populated by a ConfigMap)")
		p.field(2, "Name", v.ConfigMap.Name)
		p.field(2, "Optional", v.ConfigMap.Optional != nil && *v.ConfigMap.Optional)
	case v.PersistentVolumeClaim != nil:
		p.field(2, "Type", "PersistentVolumeClaim (a reference to a PersistentVolumeClaim in the same namespace)")
		p.field(2, "ClaimName", v.PersistentVolumeClaim.ClaimName)
		p.field(2, "ReadOnly", v.PersistentVolumeClaim.ReadOnly)
	case v.NFS != nil:
		p.nfs(v.NFS)
	case v.Projected != nil:
		p.projected(v.Projected)
	case v.DownwardAPI != nil:
		p.field(2, "Type", "DownwardAPI (a volume populated by information about the pod)")
		p.line(2, "Items:")
		for _, item := range v.DownwardAPI.Items {
			if item.FieldRef != nil {
				p.line(3, "%s -> %s", item.FieldRef.FieldPath, item.Path)
			}
		}
	default:
		p.line(2, "<unknown>")
	}
}

func (p *page) hostPath(h *corev1.HostPathVolumeSource) {
	kind := none
	if h.Type != nil {
		kind = string(*h.Type)
	}
	p.field(2, "Type", "HostPath (bare host directory volume)")
	p.field(2, "Path", h.Path)
	p.field(2, "HostPathType", kind)
}

func (p *page) nfs(n *corev1.NFSVolumeSource) {
	p.field(2, "Type", "NFS (an NFS mount that lasts the lifetime of a pod)")
	p.field(2, "Server", n.Server)
	p.field(2, "Path", n.Path)
	p.field(2, "ReadOnly", n.ReadOnly)
}

func (p *page) projected(v *corev1.ProjectedVolumeSource) {
	p.field(2, "Type", "Projected (a volume that contains injected data from multiple sources)")
	for _, s := range v.Sources {
		switch {
		case s.Secret != nil:
			p.field(2, "SecretName", s.Secret.Name)
			p.field(2, "Optional", s.Secret.Optional != nil && *s.Secret.Optional)
		case s.DownwardAPI != nil:
			p.field(2, "DownwardAPI", true)
		case s.ConfigMap != nil:
			p.field(2, "ConfigMapName", s.ConfigMap.Name)
			p.field(2, "Optional", s.ConfigMap.Optional != nil && *s.ConfigMap.Optional)
		case s.ServiceAccountToken != nil:
			seconds := unset
			if n := s.ServiceAccountToken.ExpirationSeconds; n != nil {
				seconds = strconv.FormatInt(*n, 10)
			}
			p.field(2, "TokenExpirationSeconds", seconds)
		}
	}
}

// selector is a label selector on one line.
func selector(s *metav1.LabelSelector) string {
	if s == nil {
		return none
	}
	if text := metav1.FormatLabelSelector(s); text != "" {
		return text
	}
	return none
}

// equalities is a plain map of labels on one line.
func equalities(set map[string]string) string {
	if len(set) == 0 {
		return none
	}
	var values []string
	for _, k := range names(set) {
		values = append(values, k+"="+set[k])
	}
	return strings.Join(values, ",")
}
