package printer

import (
	"strconv"
	"strings"
	"time"

	appsv1 "k8s.io/api/apps/v1"
	corev1 "k8s.io/api/core/v1"
	schedulingv1 "k8s.io/api/scheduling/v1"
	storagev1 "k8s.io/api/storage/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"

	"drydock/sim/kube/store"
)

// defaultClass marks the StorageClass of claims that name none.
const defaultClass = "storageclass.kubernetes.io/is-default-class"

// storageColumns are those of volumes and classes (v1.37, pkg/printers/internalversion).
func storageColumns() map[string]Columns {
	return map[string]Columns{
		"PersistentVolume":   {Names: names("NAME|CAPACITY|ACCESS MODES|RECLAIM POLICY|STATUS|CLAIM|STORAGECLASS|VOLUMEATTRIBUTESCLASS|REASON|AGE"), Wide: names("VOLUMEMODE")},
		"StorageClass":       {Names: names("NAME|PROVISIONER|RECLAIMPOLICY|VOLUMEBINDINGMODE|ALLOWVOLUMEEXPANSION|AGE")},
		"PriorityClass":      {Names: names("NAME|VALUE|GLOBAL-DEFAULT|AGE|PREEMPTIONPOLICY")},
		"ControllerRevision": {Names: names("NAME|CONTROLLER|REVISION|AGE")},
	}
}

func storage(obj store.Object, now time.Time) (Row, bool) {
	born := age(obj.GetCreationTimestamp(), now)
	switch o := obj.(type) {
	case *corev1.PersistentVolume:
		return volume(o, born), true
	case *storagev1.StorageClass:
		return class(o, born), true
	case *schedulingv1.PriorityClass:
		policy := string(corev1.PreemptLowerPriority)
		if o.PreemptionPolicy != nil {
			policy = string(*o.PreemptionPolicy)
		}
		return Row{Cells: []string{o.Name, number(o.Value), strconv.FormatBool(o.GlobalDefault), born, policy}}, true
	case *appsv1.ControllerRevision:
		owner := "<none>"
		if ref := metav1.GetControllerOf(o); ref != nil {
			group, _, _ := strings.Cut(ref.APIVersion, "/")
			owner = strings.ToLower(ref.Kind) + "." + group + "/" + ref.Name
		}
		return Row{Cells: []string{o.Name, owner, strconv.FormatInt(o.Revision, 10), born}}, true
	}
	return Row{}, false
}

func volume(v *corev1.PersistentVolume, born string) Row {
	size, claim, attributes, mode := v.Spec.Capacity[corev1.ResourceStorage], "", "<unset>", "<unset>"
	if ref := v.Spec.ClaimRef; ref != nil {
		claim = ref.Namespace + "/" + ref.Name
	}
	if name := v.Spec.VolumeAttributesClassName; name != nil {
		attributes = *name
	}
	if v.Spec.VolumeMode != nil {
		mode = string(*v.Spec.VolumeMode)
	}
	phase := string(v.Status.Phase)
	if v.DeletionTimestamp != nil {
		phase = "Terminating"
	}
	return Row{
		[]string{v.Name, size.String(), modes(v.Spec.AccessModes), string(v.Spec.PersistentVolumeReclaimPolicy), phase, claim, v.Spec.StorageClassName, attributes, v.Status.Reason, born},
		[]string{mode},
	}
}

func class(c *storagev1.StorageClass, born string) Row {
	name, reclaim, binding := c.Name, string(corev1.PersistentVolumeReclaimDelete), string(storagev1.VolumeBindingImmediate)
	if c.Annotations[defaultClass] == "true" {
		name += " (default)"
	}
	if c.ReclaimPolicy != nil {
		reclaim = string(*c.ReclaimPolicy)
	}
	if c.VolumeBindingMode != nil {
		binding = string(*c.VolumeBindingMode)
	}
	return Row{Cells: []string{name, c.Provisioner, reclaim, binding, strconv.FormatBool(c.AllowVolumeExpansion != nil && *c.AllowVolumeExpansion), born}}
}
