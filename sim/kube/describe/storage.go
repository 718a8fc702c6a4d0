package describe

import (
	"slices"
	"strings"

	corev1 "k8s.io/api/core/v1"
	storagev1 "k8s.io/api/storage/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
)

// modes are access modes in the short form of kubectl.
func modes(list []corev1.PersistentVolumeAccessMode) string {
	var words []string
	for _, m := range []struct {
		mode  corev1.PersistentVolumeAccessMode
		short string
	}{{corev1.ReadWriteOnce, "RWO"}, {corev1.ReadOnlyMany, "ROX"}, {corev1.ReadWriteMany, "RWX"}, {corev1.ReadWriteOncePod, "RWOP"}} {
		if slices.Contains(list, m.mode) {
			words = append(words, m.short)
		}
	}
	return strings.Join(words, ",")
}

func finalizers(obj metav1.Object) string { return "[" + strings.Join(obj.GetFinalizers(), " ") + "]" }

func (p *page) claim(c *corev1.PersistentVolumeClaim) {
	p.name(c)
	class := ""
	if c.Spec.StorageClassName != nil {
		class = *c.Spec.StorageClassName
	}
	p.field(0, "StorageClass", class)
	if c.DeletionTimestamp != nil {
		p.field(0, "Status", "Terminating (lasts "+p.since(c.DeletionTimestamp.Time)+")")
	} else {
		p.field(0, "Status", c.Status.Phase)
	}
	p.field(0, "Volume", c.Spec.VolumeName)
	p.labels("Labels", c.Labels)
	p.annotations("Annotations", c.Annotations)
	p.field(0, "Finalizers", finalizers(c))
	capacity, access := "", ""
	if c.Spec.VolumeName != "" {
		q := c.Status.Capacity[corev1.ResourceStorage]
		capacity, access = q.String(), modes(c.Status.AccessModes)
	}
	p.field(0, "Capacity", capacity)
	p.field(0, "Access Modes", access)
	if c.Spec.VolumeMode != nil {
		p.field(0, "VolumeMode", *c.Spec.VolumeMode)
	}
	p.list("Used By", p.users(c))
	if len(c.Status.Conditions) > 0 {
		p.line(0, "Conditions:")
		p.line(1, "Type\tStatus\tLastProbeTime\tLastTransitionTime\tReason\tMessage")
		p.line(1, "----\t------\t-----------------\t------------------\t------\t-------")
	}
	for _, k := range c.Status.Conditions {
		p.line(1, "%s \t%s \t%s \t%s \t%s \t%s", k.Type, k.Status, date(k.LastProbeTime), date(k.LastTransitionTime), k.Reason, k.Message)
	}
	p.eventTable()
}

// users are the pods that mount a claim.
func (p *page) users(c *corev1.PersistentVolumeClaim) []string {
	var list []string
	for _, pod := range p.server.Pods.List(c.Namespace) {
		if slices.ContainsFunc(pod.Spec.Volumes, func(v corev1.Volume) bool {
			return v.PersistentVolumeClaim != nil && v.PersistentVolumeClaim.ClaimName == c.Name
		}) {
			list = append(list, pod.Name)
		}
	}
	return list
}

func (p *page) volume(v *corev1.PersistentVolume) {
	p.identity(v)
	p.field(0, "Finalizers", finalizers(v))
	p.field(0, "StorageClass", v.Spec.StorageClassName)
	if v.DeletionTimestamp != nil {
		p.field(0, "Status", "Terminating (lasts "+p.since(v.DeletionTimestamp.Time)+")")
	} else {
		p.field(0, "Status", v.Status.Phase)
	}
	claim := ""
	if ref := v.Spec.ClaimRef; ref != nil {
		claim = ref.Namespace + "/" + ref.Name
	}
	p.field(0, "Claim", claim)
	p.field(0, "Reclaim Policy", v.Spec.PersistentVolumeReclaimPolicy)
	p.field(0, "Access Modes", modes(v.Spec.AccessModes))
	if v.Spec.VolumeMode != nil {
		p.field(0, "VolumeMode", *v.Spec.VolumeMode)
	}
	q := v.Spec.Capacity[corev1.ResourceStorage]
	p.field(0, "Capacity", q.String())
	p.nodeAffinity(v.Spec.NodeAffinity)
	p.field(0, "Message", v.Status.Message)
	p.line(0, "Source:")
	switch s := v.Spec.PersistentVolumeSource; {
	case s.HostPath != nil:
		p.hostPath(s.HostPath)
	case s.NFS != nil:
		p.nfs(s.NFS)
	case s.Local != nil:
		p.field(2, "Type", "LocalVolume (a persistent volume backed by local storage on a node)")
		p.field(2, "Path", s.Local.Path)
	case s.CSI != nil:
		p.field(2, "Type", "CSI (a Container Storage Interface (CSI) volume source)")
		p.field(2, "Driver", s.CSI.Driver)
		p.field(2, "VolumeHandle", s.CSI.VolumeHandle)
		p.field(2, "ReadOnly", s.CSI.ReadOnly)
	default:
		p.line(2, "<unknown>")
	}
	p.eventTable()
}

func (p *page) nodeAffinity(a *corev1.VolumeNodeAffinity) {
	if a == nil || a.Required == nil {
		p.field(0, "Node Affinity", none)
		return
	}
	p.line(0, "Node Affinity:")
	p.line(1, "Required Terms:")
	for i, term := range a.Required.NodeSelectorTerms {
		var words []string
		for _, e := range term.MatchExpressions {
			words = append(words, e.Key+" "+strings.ToLower(string(e.Operator))+" ["+strings.Join(e.Values, ", ")+"]")
		}
		if len(words) == 0 {
			words = []string{none}
		}
		p.line(2, "Term %d:\t%s", i, words[0])
		for _, w := range words[1:] {
			p.line(2, "\t%s", w)
		}
	}
}

func (p *page) storageClass(c *storagev1.StorageClass) {
	p.field(0, "Name", c.Name)
	standard := "No"
	if c.Annotations["storageclass.kubernetes.io/is-default-class"] == "true" {
		standard = "Yes"
	}
	p.field(0, "IsDefaultClass", standard)
	p.field(0, "Annotations", equalities(c.Annotations))
	p.field(0, "Provisioner", c.Provisioner)
	p.field(0, "Parameters", equalities(c.Parameters))
	expand := unset
	if c.AllowVolumeExpansion != nil {
		expand = truth(*c.AllowVolumeExpansion)
	}
	p.field(0, "AllowVolumeExpansion", expand)
	if len(c.MountOptions) == 0 {
		p.field(0, "MountOptions", none)
	} else {
		p.line(0, "MountOptions:")
		for _, o := range c.MountOptions {
			p.line(1, "%s", o)
		}
	}
	if c.ReclaimPolicy != nil {
		p.field(0, "ReclaimPolicy", *c.ReclaimPolicy)
	}
	if c.VolumeBindingMode != nil {
		p.field(0, "VolumeBindingMode", *c.VolumeBindingMode)
	}
	p.eventTable()
}
