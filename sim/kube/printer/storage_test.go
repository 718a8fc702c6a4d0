package printer_test

import (
	"testing"
	"time"

	appsv1 "k8s.io/api/apps/v1"
	corev1 "k8s.io/api/core/v1"
	storagev1 "k8s.io/api/storage/v1"
	"k8s.io/apimachinery/pkg/api/resource"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"

	"drydock/sim/kube/printer"
)

func TestAVolumeShowsItsClaim(t *testing.T) {
	v := &corev1.PersistentVolume{ObjectMeta: meta("disk-a", time.Minute)}
	v.Spec.Capacity = corev1.ResourceList{corev1.ResourceStorage: resource.MustParse("10Gi")}
	v.Spec.AccessModes = []corev1.PersistentVolumeAccessMode{corev1.ReadWriteOnce}
	v.Spec.PersistentVolumeReclaimPolicy = corev1.PersistentVolumeReclaimRetain
	v.Spec.ClaimRef = &corev1.ObjectReference{Namespace: "default", Name: "data"}
	v.Status.Phase = corev1.VolumeBound
	check(t, printer.RowOf(v, now).Cells, "disk-a|10Gi|RWO|Retain|Bound|default/data||<unset>||60s")
}

func TestTheDefaultStorageClassSaysSo(t *testing.T) {
	c := &storagev1.StorageClass{ObjectMeta: meta("standard", time.Minute), Provisioner: "rancher.io/local-path"}
	c.Annotations = map[string]string{"storageclass.kubernetes.io/is-default-class": "true"}
	check(t, printer.RowOf(c, now).Cells, "standard (default)|rancher.io/local-path|Delete|Immediate|false|60s")
}

func TestARevisionNamesItsController(t *testing.T) {
	yes := true
	r := &appsv1.ControllerRevision{ObjectMeta: meta("agent-5c9cbf9fb6", time.Minute), Revision: 2}
	r.OwnerReferences = []metav1.OwnerReference{{APIVersion: "apps/v1", Kind: "DaemonSet", Name: "agent", Controller: &yes}}
	check(t, printer.RowOf(r, now).Cells, "agent-5c9cbf9fb6|daemonset.apps/agent|2|60s")
}
