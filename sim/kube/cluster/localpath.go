package cluster

import (
	"fmt"

	corev1 "k8s.io/api/core/v1"
	storagev1 "k8s.io/api/storage/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"

	"drydock/sim/kube/api"
)

// LocalPathAddon is the name of the addon that makes volumes of directories on the
// nodes, as kind and k3s have it (rancher.io/local-path v0.0.32).
const LocalPathAddon = "local-path"

// localPath is the local path provisioner.
type localPath struct{}

// Name is what storage classes call it.
func (localPath) Name() string { return "rancher.io/local-path" }

// Provision makes a volume of a directory on the node of the claim's first pod.
func (localPath) Provision(claim *corev1.PersistentVolumeClaim, class *storagev1.StorageClass, node string) (*corev1.PersistentVolume, error) {
	if node == "" {
		return nil, fmt.Errorf("configuration error, no node was specified")
	}
	for _, mode := range claim.Spec.AccessModes {
		if mode != corev1.ReadWriteOnce && mode != corev1.ReadWriteOncePod {
			return nil, fmt.Errorf("NodePath only supports ReadWriteOnce and ReadWriteOncePod (1.22+) access modes")
		}
	}
	name, kind := "pvc-"+string(claim.UID), corev1.HostPathDirectoryOrCreate
	pv := &corev1.PersistentVolume{ObjectMeta: metav1.ObjectMeta{Name: name, Annotations: map[string]string{
		"local.path.provisioner/selected-node": node, provisionedBy: localPath{}.Name(),
	}}}
	pv.Spec = corev1.PersistentVolumeSpec{
		Capacity:    corev1.ResourceList{corev1.ResourceStorage: claim.Spec.Resources.Requests[corev1.ResourceStorage]},
		AccessModes: claim.Spec.AccessModes, StorageClassName: class.Name, VolumeMode: claim.Spec.VolumeMode,
		PersistentVolumeReclaimPolicy: corev1.PersistentVolumeReclaimDelete,
		PersistentVolumeSource: corev1.PersistentVolumeSource{HostPath: &corev1.HostPathVolumeSource{
			Path: fmt.Sprintf("/var/local-path-provisioner/%s_%s_%s", name, claim.Namespace, claim.Name), Type: &kind,
		}},
		NodeAffinity: &corev1.VolumeNodeAffinity{Required: &corev1.NodeSelector{NodeSelectorTerms: []corev1.NodeSelectorTerm{{
			MatchExpressions: []corev1.NodeSelectorRequirement{{Key: corev1.LabelHostname, Operator: corev1.NodeSelectorOpIn, Values: []string{node}}},
		}}}},
	}
	if class.ReclaimPolicy != nil {
		pv.Spec.PersistentVolumeReclaimPolicy = *class.ReclaimPolicy
	}
	return pv, nil
}

// InstallLocalPath gives the cluster the local path provisioner and a default storage
// class that uses it.
func (c *Cluster) InstallLocalPath(s *api.Server) error {
	c.Provisioner = localPath{}
	late := storagev1.VolumeBindingWaitForFirstConsumer
	_, err := s.StorageClasses.Create(&storagev1.StorageClass{
		ObjectMeta:  metav1.ObjectMeta{Name: "local-path", Annotations: map[string]string{"storageclass.kubernetes.io/is-default-class": "true"}},
		Provisioner: localPath{}.Name(), VolumeBindingMode: &late,
	})
	return err
}
